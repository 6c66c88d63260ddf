/** Points near a point: θ + t c_1 + t² c_2 + …, exactly, with their risks, and directions in which the risk falls. */

import { type Numbers, rationals } from '../kernel/arithmetic/algebraic.js';
import { bitLength, lcm } from '../kernel/arithmetic/gcd.js';
import type { Sign } from '../kernel/arithmetic/ordered.js';
import { compare, multiply, one, type Rational, rational } from '../kernel/arithmetic/rational.js';
import { withNumbers } from '../kernel/claims/with-numbers.js';
import type { DecodedAlgebraicPoint, DecodedPoint } from '../kernel/format.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { gaussianRisk } from '../kernel/model/arc-cosine.js';
import { BoxInstance } from '../kernel/model/box-instance.js';
import { riskAt as enclosedRisk, type Risk } from '../kernel/model/enclosing.js';
import { evaluateExactly } from '../kernel/model/evaluation.js';
import { gradient } from '../kernel/model/gradient.js';
import { Instance } from '../kernel/model/instance.js';
import { pointOnInterval } from '../kernel/model/interval-point.js';
import {
  type DenseValues,
  interpretPoint,
  type Network,
  type Parameters,
  type ParametersIn,
} from '../kernel/model/network.js';
import { interpretAlgebraicPoint, isAlgebraic, roundedPoint } from '../kernel/model/number-field.js';
import { changeOnSamples, enclosedChange } from '../kernel/rules/curve.js';
import { changeAlong } from '../kernel/rules/interval-curve.js';
import type { AnyPoint, BoxProblem, Problem, SampleProblem } from '../kernel/statement.js';
import type { Theorem } from '../kernel/theorem.js';
import { Refusal } from '../kernel/verdict.js';
import { Direction } from '../provers/directions.js';
import { middle } from './numbers.js';

export const unlimited = (): Meter => new Meter({ ...defaultLimits, operations: Number.MAX_VALUE });

/** The shape of a point, filled with integers over one denominator; frozen layers stay. */
export function parametersFrom(
  network: Network,
  theta: Parameters,
  next: () => bigint,
  denominator: bigint,
): Parameters {
  return network.stages.map((stage, s) => {
    if (stage.fixed !== null) return theta[s] as DenseValues;
    const weights = Array.from({ length: stage.units }, () => Array.from({ length: stage.inputs }, next));
    const bias = stage.bias ? Array.from({ length: stage.units }, next) : null;
    return { weights, bias, denominator, bits: 64 };
  });
}

/** @returns base + Σ factor · values in the free parameters, exactly */
export function combined(
  network: Network,
  base: Parameters,
  added: readonly { readonly values: Parameters; readonly factor: Rational }[],
): Parameters {
  return network.stages.map((stage, s) => {
    const start = base[s] as DenseValues;
    if (stage.fixed !== null) return start;
    const terms = [{ layer: start, factor: one }];
    for (const { values, factor } of added) terms.push({ layer: values[s] as DenseValues, factor });
    const denominator = terms.reduce((common, { layer, factor }) => lcm(common, layer.denominator * factor.den), 1n);
    const factors = terms.map(({ layer, factor }) => (denominator / (layer.denominator * factor.den)) * factor.num);
    const sum = (pick: (layer: DenseValues) => bigint): bigint =>
      terms.reduce((total, { layer }, k) => total + pick(layer) * (factors[k] as bigint), 0n);
    return {
      weights: start.weights.map((row, u) => row.map((_, j) => sum(({ weights }) => weights[u]?.[j] as bigint))),
      bias: start.bias?.map((_, u) => sum(({ bias }) => bias?.[u] as bigint)) ?? null,
      denominator,
      bits: bitLength(denominator) + 64,
    };
  });
}

/** @returns θ + Σ_k t^k c_k, exactly */
export function moved(
  network: Network,
  theta: Parameters,
  coefficients: readonly Parameters[],
  t: Rational,
): Parameters {
  let power = one;
  const added = coefficients.map((values) => {
    power = multiply(power, t);
    return { values, factor: power };
  });
  return combined(network, theta, added);
}

/** @returns θ° − θ in the free parameters */
export function difference(network: Network, theta: Parameters, other: Parameters): Parameters {
  return combined(network, other, [{ values: theta, factor: rational(-1n) }]);
}

/** Precision of risks that are irrational, for pictures. */
const riskBits = 128;

/** @returns the exact risk, or the middle of a narrow enclosure */
export function riskAt(problem: Problem, theta: Parameters): Rational {
  if (problem.type === 'box') return new BoxInstance(problem, theta, unlimited(), '$').risk;
  if (problem.type === 'gaussian-teacher') return middle(gaussianRisk(problem.data, theta, riskBits, unlimited()));
  if (problem.type === 'parametrized-target') {
    throw new RangeError('Cannot compute a risk: it is known only up to the integral of the squared target');
  }
  return middle(enclosedRisk(problem, theta, riskBits, unlimited()));
}

/** Data along whose curves the risk is followed. */
export type FollowedProblem = SampleProblem | BoxProblem;

/** R(θ(t)) − R(θ) = coefficient · t^order + …; a coefficient that is irrational is enclosed, 0 left out. */
export interface FirstChange {
  readonly order: number;
  readonly coefficient: Risk;
  readonly sign: Sign;
}

/** @returns the lowest term of R(θ(t)) − R(θ) at t = 0⁺, or null where the risk stays the same */
function firstChange<T>(
  problem: FollowedProblem,
  numbers: Numbers<T>,
  theta: ParametersIn<T>,
  coefficients: readonly ParametersIn<T>[],
): FirstChange | null {
  const meter = unlimited();
  const change =
    problem.type === 'box'
      ? changeAlong(pointOnInterval(problem, numbers, theta, meter, '$'), coefficients, '$')
      : changeOnSamples(problem, numbers, theta, coefficients, meter, '$');
  return change === null ? null : { ...change, coefficient: enclosedChange(numbers, change) };
}

export interface Motion {
  /** of t, t², …; rational ones nearby where they are algebraic */
  readonly coefficients: readonly Parameters[];
  readonly change: FirstChange;
}

/**
 * The curve by which a theorem's proof shows lower (or higher) risk: the certificate's own direction or coefficients; of `flat-then-descent`,
 * the incoming weights at first order and an outgoing one at second; of `gradient-bound`, minus the gradient.
 *
 * @param key  the obligation, `descent` or `ascent`
 */
export function motionOf(theorem: Theorem, key: string): Motion | null {
  const { problem, point } = theorem.statement;
  // For Gaussian data and with weight decay curves are not followed.
  if (problem.type !== 'samples' && problem.type !== 'box') return null;
  const sign = key === 'ascent' ? 1 : -1;
  try {
    if (point.algebraic !== null) return motionInField(theorem, problem, point, key);
    for (const coefficients of curvesOf(theorem, problem, key)) {
      const change = firstChange(problem, rationals, point.parameters, coefficients);
      if (change?.sign === sign) return { coefficients, change };
    }
    return null;
  } catch (error) {
    // Near a point, risks that are irrational have no expansion in numbers.
    if (!(error instanceof Refusal)) throw error;
    return null;
  }
}

function motionInField(theorem: Theorem, problem: FollowedProblem, point: AnyPoint, key: string): Motion | null {
  const node = theorem.steps[key];
  if (node?.rule !== 'descent-curve' && node?.rule !== 'ascent-curve') return null;
  const change = withNumbers(problem, point, unlimited(), ({ numbers, parameters, curve }) =>
    firstChange(problem, numbers, parameters, curve(node.coefficients, '$')),
  );
  const coefficients = node.coefficients.map((written) => readRounded(problem.network, written));
  return change === null ? null : { coefficients, change };
}

/** @returns a direction or a coefficient of a curve, or a rational one nearby */
function readRounded(network: Network, written: DecodedPoint | DecodedAlgebraicPoint): Parameters {
  if (!isAlgebraic(written)) return interpretPoint(network, written, unlimited(), '$');
  return roundedPoint(interpretAlgebraicPoint(network, written, unlimited(), '$'), unlimited());
}

function* curvesOf(theorem: Theorem, problem: FollowedProblem, key: string): Generator<readonly Parameters[]> {
  const { point } = theorem.statement;
  const { network } = problem;
  const read = (written: DecodedPoint | DecodedAlgebraicPoint): Parameters => readRounded(network, written);
  const node = theorem.steps[key];
  switch (node?.rule) {
    case 'descent-curve':
    case 'ascent-curve':
      return yield node.coefficients.map(read);
    case 'descent-direction':
    case 'ascent-direction':
      return yield [read(node.direction)];
    case 'negative-curvature': {
      const xi = read(node.direction);
      yield [xi];
      return yield [xi.map(opposite)];
    }
    case 'flat-then-descent': {
      const stage = network.stages.length - 2;
      const incoming = new Direction(network).setIncoming(stage, node.unit, node.direction.values).parameters;
      for (let c = 0; c < network.outputs; c++) {
        for (const v of [1n, -1n]) {
          yield [incoming, new Direction(network).setWeight(stage + 1, c, node.unit, v).parameters];
        }
      }
      return;
    }
    case 'gradient-bound': {
      if (problem.type === 'box') return;
      const down = gradientDirection(problem, point.parameters, -1);
      if (down !== null) yield [down];
    }
  }
}

function opposite(values: DenseValues): DenseValues {
  const negated = (row: readonly bigint[]): bigint[] => row.map((n) => -n);
  return { ...values, weights: values.weights.map(negated), bias: values.bias === null ? null : negated(values.bias) };
}

/** ±∇R with its entries rounded to 16 bits of the largest; a kink takes the lower slope, since this is only a candidate. */
function gradientDirection(problem: SampleProblem, theta: Parameters, sign: -1 | 1): Parameters | null {
  const { network, data } = problem;
  const meter = unlimited();
  const evaluation = evaluateExactly(network, theta, data, meter);
  const layers = gradient(
    new Instance(problem, evaluation, meter),
    (_, s) => network.stages[s]?.activation.slopes[0] as bigint,
  );
  const scaled = layers.flatMap((layer) =>
    layer === null
      ? []
      : [...layer.weights, layer.bias ?? []].flatMap((row) => row.map((g) => rational(g, layer.denominator))),
  );
  const size = (a: Rational): Rational => (a.num < 0n ? rational(-a.num, a.den) : a);
  const most = scaled.map(size).reduce((a, b) => (compare(a, b) < 0 ? b : a), rational(0n));
  if (most.num === 0n) return null;
  // The format lists weights before biases, layer by layer, and so does parametersFrom.
  const entries = scaled.map(({ num, den }) => (BigInt(sign) * num * most.den * 65_536n) / (den * most.num));
  let index = 0;
  return parametersFrom(network, theta, () => entries[index++] as bigint, 65_536n);
}

export interface Step {
  readonly t: Rational;
  readonly risk: Rational;
}

const largestExponent = 10;
/** For a rise: far away the risk is high along almost any line. */
const largestRisingExponent = 0;
const smallestExponent = -400;

/** @returns the largest t among powers of 2 at which the exact risk along the curve is on the given side of R(θ); null if none is found */
export function largestStep(
  problem: FollowedProblem,
  theta: Parameters,
  coefficients: readonly Parameters[],
  at: Rational,
  sign: -1 | 1,
): Step | null {
  for (let exponent = sign < 0 ? largestExponent : largestRisingExponent; exponent >= smallestExponent; exponent--) {
    const t = exponent >= 0 ? rational(1n << BigInt(exponent)) : rational(1n, 1n << BigInt(-exponent));
    const found = riskAt(problem, moved(problem.network, theta, coefficients, t));
    if (compare(found, at) === sign) return { t, risk: found };
  }
  return null;
}
