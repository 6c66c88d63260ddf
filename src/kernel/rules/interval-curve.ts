import { type GermOver, germsOver, lowestTerm } from '../arithmetic/germ.js';
import { integers } from '../arithmetic/integers.js';
import { riskAlong } from '../model/curve-on-interval.js';
import { type IntervalPoint, stillLayer } from '../model/interval-point.js';
import type { DenseIn, ParametersIn, Stage } from '../model/network.js';
import { type Ledger, reject } from '../verdict.js';
import { type Change, expectSlope, type Slope } from './curve.js';

/** R(θ(t)) − R(θ) = numerator/denominator, the denominator > 0 on some (0, ε). */
interface Difference<T> {
  readonly numerator: GermOver<T>;
  readonly denominator: GermOver<T>;
  /** of the lowest term of the denominator */
  readonly order: number;
}

function differenceAlong<T>(
  { problem, numbers, parameters, risk, meter }: IntervalPoint<T>,
  coefficients: readonly ParametersIn<T>[],
  path: string,
): Difference<T> {
  const { numerator, denominator } = riskAlong(problem, numbers, parameters, coefficients, meter, path);
  const size = [risk.numerator, risk.denominator].reduce((sum, a) => sum + numbers.bits(a), 64);
  const ring = germsOver(numbers, null);
  meter.charge(3, ring.bits(numerator) + ring.bits(denominator), size);
  const difference = ring.add(
    ring.multiply(numerator, [risk.denominator]),
    ring.multiply(denominator, [numbers.negate(risk.numerator)]),
  );
  const least = lowestTerm(numbers, denominator);
  if (least === null) throw new Error('Cannot happen: a denominator is > 0 on (0, ε)');
  return {
    numerator: difference,
    denominator: ring.multiply(denominator, [risk.denominator]),
    order: least.order,
  };
}

/** @returns the lowest term of R(θ(t)) − R(θ), a rational function of t; null where it is 0 */
export function changeAlong<T>(
  point: IntervalPoint<T>,
  coefficients: readonly ParametersIn<T>[],
  path: string,
): Change<T> | null {
  const { numerator, denominator, order } = differenceAlong(point, coefficients, path);
  const change = lowestTerm(point.numbers, numerator);
  if (change === null) return null;
  return {
    order: change.order - order,
    coefficient: { numerator: change.coefficient, denominator: denominator[order] as T },
    sign: change.sign,
  };
}

/**
 * Rule `negative-curvature` on an interval: φ(t) = R(θ + tξ) − R(θ) is a t + b t² + … with b < 0, with the same a and b for t > 0 and t < 0. Then φ
 * is negative on one side of 0, next to it, whatever a is.
 *
 * @param xi  with the shape of a point (untrusted)
 * @see theory.md 7; proofs/rules/negative-curvature.md
 */
export function checkNegativeCurvatureOnInterval(
  point: IntervalPoint<bigint>,
  xi: ParametersIn<bigint>,
  path: string,
  ledger: Ledger,
): void {
  const place = `${path}.direction`;
  const opposite = xi.map((values) => ({
    ...values,
    weights: values.weights.map((row) => row.map((w) => -w)),
    bias: values.bias?.map((b) => -b) ?? null,
  }));
  const [right, left] = [xi, opposite].map((direction) => {
    const { numerator, denominator, order } = differenceAlong(point, [direction], place);
    const [d0, d1] = [denominator[order] as bigint, denominator[order + 1] ?? 0n];
    const [e1, e2] = [numerator[order + 1] ?? 0n, numerator[order + 2] ?? 0n];
    const size = integers.mostBits([d0, d1, e1, e2]);
    point.meter.charge(16, 2 * size, 2 * size);
    // (e1 t + e2 t² + …)/(d0 + d1 t + …) = e1/d0 t + (e2 d0 − e1 d1)/d0² t² + …
    return { slope: e1, curvature: e2 * d0 - e1 * d1, over: d0 };
  }) as [Expansion, Expansion];
  const isSmooth =
    right.slope * left.over === -left.slope * right.over &&
    right.curvature * left.over ** 2n === left.curvature * right.over ** 2n;
  if (!isSmooth) reject('on-a-kink', point.path, 'the risk has no second derivative along the direction');
  if (right.curvature >= 0n) {
    reject('not-curved', place, 'the second derivative of the risk along the direction is not < 0');
  }
  ledger.discharge('negative-curvature');
}

/** (slope / over) t + (curvature / over²) t² + …, over > 0 */
interface Expansion {
  readonly slope: bigint;
  readonly curvature: bigint;
  readonly over: bigint;
}

/**
 * Rules `descent-curve` and `ascent-curve` on an interval: the lowest term of R(θ(t)) − R(θ), a rational function of t on some (0, ε), has a
 * coefficient < 0 (> 0).
 *
 * @param coefficients  c_1, c_2, …, each with the shape of a point (untrusted)
 * @see theory.md 7; proofs/rules/descent-curve.md
 */
export function checkCurveOnInterval<T>(
  point: IntervalPoint<T>,
  coefficients: readonly ParametersIn<T>[],
  slope: Slope,
  path: string,
  ledger: Ledger,
): void {
  const change = changeAlong(point, coefficients, `${path}.coefficients`);
  expectSlope(change?.sign ?? 0, slope, `${path}.coefficients`, 'the lowest coefficient of R(θ(t)) − R(θ)');
  ledger.discharge(`${slope}-curve`);
}

/**
 * Rule `zero-gradient` on an interval: R is differentiable at θ, since no unit that anything goes out of stays on a breakpoint all over the interval, and
 * its derivative in every free parameter is 0.
 *
 * @see theory.md 7; proofs/rules/zero-gradient.md
 */
export function checkZeroGradientOnInterval<T>(point: IntervalPoint<T>, path: string, ledger: Ledger): void {
  const { problem, numbers, parameters } = point;
  const { stages } = problem.network;
  expectDifferentiable(point);
  parameters.forEach((values, s) => {
    const { fixed, layer } = stages[s] as Stage;
    if (fixed !== null) return;
    for (const direction of unitDirections(point, values)) {
      const xi = parameters.map((other, r) => (r === s ? direction : stillLayer(numbers, other)));
      const change = changeAlong(point, [xi], path);
      if (change !== null && change.order < 2) {
        reject('nonzero-gradient', point.path, `some derivative of the risk in layer ${layer} is not 0`);
      }
      ledger.discharge('partial-derivative');
    }
  });
  // A network of frozen layers only has nothing to differentiate by.
  ledger.discharge('critical');
}

/** A unit on a breakpoint at all x with outgoing weights that are not all 0 makes R a function with a kink. */
function expectDifferentiable<T>({ problem, numbers, parameters, meter, path }: IntervalPoint<T>): void {
  const [stage] = problem.network.stages as readonly [Stage];
  const [hidden, output] = parameters as readonly [DenseIn<T>, DenseIn<T> | undefined];
  if (output === undefined) return;
  const { breakpoints, breakpointDenominator } = stage.activation;
  const isZero = (a: T): boolean => numbers.sign(a) === 0;
  hidden.weights.forEach((row, j) => {
    if (row.some((w) => !isZero(w)) || output.weights.every((out) => isZero(out[j] as T))) return;
    meter.charge(2 * breakpoints.length + 1, hidden.bits, 64);
    const b = numbers.scale(hidden.bias?.[j] ?? numbers.zero, breakpointDenominator);
    const isAt = (tau: bigint): boolean => isZero(numbers.add(b, numbers.fromInteger(-tau * hidden.denominator)));
    if (!breakpoints.some(isAt)) return;
    reject('not-differentiable', path, `unit ${j} stays on a breakpoint all over the interval`);
  });
}

function* unitDirections<T>({ numbers }: IntervalPoint<T>, values: DenseIn<T>): Generator<DenseIn<T>> {
  const zero = stillLayer(numbers, values);
  const one = numbers.fromInteger(1n);
  for (const [u, row] of zero.weights.entries()) {
    for (const j of row.keys()) yield { ...zero, weights: zero.weights.with(u, row.with(j, one)) };
    if (zero.bias !== null) yield { ...zero, bias: zero.bias.with(u, one) };
  }
}
