/** Points near a point: θ + t c_1 + t² c_2 + …, exactly, with their risks, and directions in which the risk falls. */

import { bitLength, lcm } from '../kernel/arithmetic/gcd.js';
import { germs, lowestTerm } from '../kernel/arithmetic/germ.js';
import { compare, multiply, one, type Rational, rational } from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { curveThrough, evaluate, evaluateExactly, exactRisk, risk } from '../kernel/model/evaluation.js';
import { gradient } from '../kernel/model/gradient.js';
import { Instance } from '../kernel/model/instance.js';
import { type DenseValues, freeParameters, type Network, type Parameters } from '../kernel/model/network.js';
import type { Problem } from '../kernel/statement.js';

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

export function riskAt({ network, data, loss }: Problem, theta: Parameters): Rational {
  const meter = unlimited();
  return exactRisk(evaluateExactly(network, theta, data, meter), loss, data, meter);
}

export interface Change {
  /** R(θ(t)) − R(θ) = coefficient · t^order + higher powers, for small t > 0 */
  readonly order: number;
  readonly coefficient: Rational;
}

/** @returns the lowest term of R(θ(t)) − R(θ) at t = 0⁺, or null where the risk stays the same */
export function firstChange(problem: Problem, theta: Parameters, coefficients: readonly Parameters[]): Change | null {
  const meter = unlimited();
  const curve = curveThrough(problem.network, theta, coefficients);
  const { value, denominator } = risk(
    evaluate(germs(null), problem.network, curve, problem.data, meter),
    problem.loss,
    problem.data,
    meter,
  );
  const term = lowestTerm([0n, ...value.slice(1)]);
  return term === null
    ? null
    : { order: term.order, coefficient: rational(term.coefficient, denominator[0] as bigint) };
}

export interface Motion {
  readonly coefficients: readonly Parameters[];
  readonly change: Change;
}

/** Small whole numbers from a seed, the same on every machine. */
export function seeded(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  return () => {
    // xorshift32: enough for choosing pictures and candidates
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

const mostTries = 64;
/** Products that the search may spend, about ten seconds. */
const mostProducts = 10_000_000;

/**
 * Looks for a straight line along which the risk falls (or rises): minus the gradient, single coordinates, seeded directions.
 *
 * @param sign  −1 for a fall, 1 for a rise
 * @returns null where none of the candidates does
 */
export function findMotion(problem: Problem, theta: Parameters, sign: -1 | 1, seed = 1): Motion | null {
  for (const candidate of candidates(problem, theta, sign, seed)) {
    const change = firstChange(problem, theta, [candidate]);
    if (change !== null && change.coefficient.num < 0n === sign < 0) return { coefficients: [candidate], change };
  }
  return null;
}

function* candidates(problem: Problem, theta: Parameters, sign: -1 | 1, seed: number): Generator<Parameters> {
  const { network } = problem;
  const slope = gradientDirection(problem, theta, sign);
  if (slope !== null) yield slope;
  const count = freeParameters(network);
  const affordable = Math.ceil(mostProducts / (problem.data.inputs.rows.length * count + 1));
  const tries = Math.min(mostTries, affordable);
  for (let p = 0; p < Math.min(count, tries); p++) {
    for (const step of [1n, -1n]) {
      let index = 0;
      yield parametersFrom(network, theta, () => (index++ === p ? step : 0n), 1n);
    }
  }
  yield* flatCandidates(problem, theta, tries);
  const random = seeded(seed);
  for (let attempt = 0; attempt < tries; attempt++) {
    yield parametersFrom(network, theta, () => BigInt((random() % 19) - 9), 1n);
  }
}

/**
 * Of a unit whose outgoing weights are 0 (rule `flat-then-descent`): its incoming weights turn towards a hinge x_j > x_ij at some sample i,
 * with a little of an outgoing weight.
 */
function* flatCandidates({ network, data }: Problem, theta: Parameters, most: number): Generator<Parameters> {
  const [hidden, output] = network.stages.slice(-2);
  const { weights } = theta[theta.length - 1] as DenseValues;
  if (network.stages.length !== 2 || hidden === undefined || output === undefined) return;
  if (hidden.fixed !== null || output.fixed !== null) return;
  const unit = Array.from({ length: hidden.units }, (_, u) => u).find((u) => weights.every((row) => row[u] === 0n));
  if (unit === undefined) return;
  const { rows, denominator } = data.inputs;
  const every = Math.ceil(rows.length / mostHinges);
  let count = 0;
  for (let i = 0; i < rows.length; i += every) {
    for (let input = 0; input < hidden.inputs; input++) {
      const hinge = hidden.bias ? -(rows[i]?.[input] as bigint) : 0n;
      for (const [e, v] of signs) {
        for (const share of shares) {
          if (count++ > 16 * most) return;
          const incoming = [
            ...Array.from({ length: hidden.inputs }, (_, j) => (j === input ? e * denominator : 0n)),
            e * hinge,
          ];
          yield flatDirection(
            network,
            theta,
            unit,
            incoming.map((c) => c * share),
            v * denominator,
            denominator * share,
          );
        }
      }
    }
  }
}

const mostHinges = 8;
const signs = [
  [1n, 1n],
  [1n, -1n],
  [-1n, 1n],
  [-1n, -1n],
] as const;
const shares = [16n, 4096n] as const;

function flatDirection(
  network: Network,
  theta: Parameters,
  unit: number,
  incoming: readonly bigint[],
  outgoing: bigint,
  denominator: bigint,
): Parameters {
  return network.stages.map((stage, s) => {
    if (stage.fixed !== null) return theta[s] as DenseValues;
    const entry = (u: number, j: number): bigint => {
      if (s === 0) return u === unit ? (incoming[j] as bigint) : 0n;
      return u === 0 && j === unit ? outgoing : 0n;
    };
    return {
      weights: Array.from({ length: stage.units }, (_, u) =>
        Array.from({ length: stage.inputs }, (_, j) => entry(u, j)),
      ),
      bias: stage.bias ? Array.from({ length: stage.units }, (_, u) => (s === 0 ? entry(u, stage.inputs) : 0n)) : null,
      denominator,
      bits: 64,
    };
  });
}

/** ±∇R with its entries rounded to 16 bits of the largest; a kink takes the lower slope, since this is only a candidate. */
function gradientDirection(problem: Problem, theta: Parameters, sign: -1 | 1): Parameters | null {
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
  problem: Problem,
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
