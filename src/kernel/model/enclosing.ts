import { Enclosures } from '../arithmetic/enclosure.js';
import { type Interval, intervals, point } from '../arithmetic/interval.js';
import { add, type Rational, rational } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import type { SummedProblem } from '../statement.js';
import { Refusal } from '../verdict.js';
import type { Activation } from './activation.js';
import { type Bending, exactly as exactlyIn } from './bending.js';
import type { Samples } from './data.js';
import { type DenseOver, type Evaluation, evaluate, evaluateExactly, predictions } from './evaluation.js';
import type { SmoothLoss } from './loss.js';
import type { Network, Parameters } from './network.js';
import { exactRisk, risk } from './risk.js';
import { chargeFunction, known, smoothValue } from './smooth-piece.js';
import { decayOf, penaltyAt } from './weight-decay.js';

/** A risk between two rationals, ends included; equal where it is known exactly. */
export interface Risk {
  readonly lower: Rational;
  readonly upper: Rational;
}

export function exactly(risk: Rational): Risk {
  return { lower: risk, upper: risk };
}

/** The evaluation at a point; null where a value is irrational, or not known to be rational. */
export function evaluateIfRational(
  problem: SummedProblem,
  parameters: Parameters,
  meter: Meter,
): Evaluation<bigint> | null {
  try {
    return evaluateExactly(problem.network, parameters, problem.data, meter);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'irrational-value') return null;
    throw error;
  }
}

/**
 * The risk at a point: exact where its value is known to be rational, else an enclosure.
 *
 * @param evaluation  what `evaluateIfRational` gives at the point
 * @param bits  enclosures have ends that are multiples of 2^−bits (untrusted: any precision gives an enclosure)
 */
export function riskOf(
  problem: SummedProblem,
  parameters: Parameters,
  evaluation: Evaluation<bigint> | null,
  bits: number,
  meter: Meter,
): Risk {
  const sum = sumOver(problem, parameters, evaluation, bits, meter);
  const decay = decayOf(problem);
  if (decay === null) return sum;
  const penalty = penaltyAt(decay, problem.network, parameters, meter);
  return { lower: add(sum.lower, penalty), upper: add(sum.upper, penalty) };
}

/** Σ_i μ_i ℓ(N_θ(x_i), y_i), without the penalty of weight decay. */
function sumOver(
  { network, loss, data }: SummedProblem,
  parameters: Parameters,
  evaluation: Evaluation<bigint> | null,
  bits: number,
  meter: Meter,
): Risk {
  if (loss.family === 'polynomial') {
    if (evaluation !== null) {
      return exactly(exactRisk(evaluation, loss, data, meter));
    }
    const { value, denominator } = risk(evaluateEnclosing(network, parameters, data, bits, meter), loss, data, meter);
    return { lower: rational(value.low, denominator.low), upper: rational(value.high, denominator.low) };
  }
  const enclosures = new Enclosures(bits);
  const p =
    evaluation === null
      ? predictionsOver(evaluateEnclosing(network, parameters, data, bits, meter), (z, d) => enclosures.over(z, d.low))
      : predictionsOver(evaluation, (z, d) => enclosures.of(z, d));
  return smoothRisk(loss, p, data, enclosures, meter);
}

/** @returns the risk at a point, evaluated for this alone */
export function riskAt(problem: SummedProblem, parameters: Parameters, bits: number, meter: Meter): Risk {
  return riskOf(problem, parameters, evaluateIfRational(problem, parameters, meter), bits, meter);
}

function predictionsOver<T>(
  evaluation: Evaluation<T>,
  enclose: (z: T, denominator: T) => Interval,
): readonly (readonly Interval[])[] {
  const { preactivations, denominator } = predictions(evaluation);
  return preactivations.map((row) => row.map((z) => enclose(z, denominator)));
}

/** Evaluates an exact point in intervals, whose ends are rounded outward to multiples of 2^−bits after every activation. */
export function evaluateEnclosing(
  network: Network,
  parameters: Parameters,
  data: Samples,
  bits: number,
  meter: Meter,
): Evaluation<Interval> {
  const points = parameters.map(
    ({ weights, bias, denominator }): DenseOver<Interval> => ({
      weights: weights.map((row) => row.map(point)),
      bias: bias?.map(point) ?? null,
      denominator: point(denominator),
    }),
  );
  return evaluate(intervals, network, points, data, meter, enclosing(bits, meter));
}

function enclosing(bits: number, meter: Meter): Bending<Interval> {
  const enclosures = new Enclosures(bits);
  const over = point(1n << BigInt(bits));
  const piece = (h: Activation, z: Interval, d: Interval, j: number): Interval => {
    const smooth = h.smooth?.[j] ?? null;
    if (smooth !== null) return smoothValue(enclosures, smooth, enclosures.over(z, d.low), meter);
    const linear = intervals.scale(z, h.slopes[j] as bigint);
    const value = intervals.add(linear, intervals.scale(d, h.intercepts[j] as bigint));
    return enclosures.over(value, d.low * h.denominator);
  };
  return {
    apply(h, z, d, { lower, upper }) {
      let value = piece(h, z, d, lower);
      for (let j = lower + 1; j <= upper; j++) value = intervals.hull?.(value, piece(h, z, d, j)) as Interval;
      return value;
    },
    denominator: () => over,
    products: () => 2,
    // Values of exp have at most 5,910 bits before the point.
    bits: (h, before) => exactlyIn(intervals).bits(h, before) + bits + (h.smooth === null ? 0 : 6_144),
  };
}

/** Σ_i μ_i factor ℓ(p_i, y_i) for predictions in enclosures over 2^bits. */
function smoothRisk(
  loss: SmoothLoss,
  p: readonly (readonly Interval[])[],
  { targets, weights }: Samples,
  e: Enclosures,
  meter: Meter,
): Risk {
  let total = point(0n);
  p.forEach((row, i) => {
    const y = (targets.rows[i] as readonly bigint[]).map((value) => e.of(value, targets.denominator));
    total = e.add(total, e.scale(sampleLoss(loss, row, y, e, meter), weights.values[i] as bigint));
  });
  const { num, den } = loss.factor;
  const over = (1n << BigInt(e.bits)) * weights.denominator * den;
  return { lower: rational(total.low * num, over), upper: rational(total.high * num, over) };
}

function sampleLoss(
  loss: SmoothLoss,
  p: readonly Interval[],
  y: readonly Interval[],
  e: Enclosures,
  meter: Meter,
): Interval {
  const at = (z: Interval): Interval => {
    chargeFunction(meter, e.bits, z);
    return z;
  };
  const sum = (terms: readonly Interval[]): Interval => terms.reduce((a, b) => e.add(a, b), point(0n));
  switch (loss.name) {
    case 'log-cosh':
      return sum(p.map((z, c) => known(e.logCosh(at(e.subtract(z, y[c] as Interval))))));
    case 'logistic':
      return sum(p.map((z, c) => e.subtract(known(e.softplus(at(z))), e.multiply(y[c] as Interval, z))));
    case 'power':
      return sum(p.map((z, c) => known(power(e.abs(e.subtract(z, y[c] as Interval)), loss.exponent, e, at))));
    case 'cross-entropy': {
      // log Σ e^{p_c} = p_0 + log(1 + Σ_{c>0} e^{p_c − p_0})
      const [first, ...others] = p as readonly [Interval, ...Interval[]];
      const rest = others.map((z) => known(e.exp(at(e.subtract(z, first)))));
      const logSum = e.add(first, known(e.log(at(e.add(e.of(1n), sum(rest))))));
      return e.subtract(logSum, sum(p.map((z, c) => e.multiply(y[c] as Interval, z))));
    }
  }
}

/** r^q for r ≥ 0 and a rational q > 1, increasing in r. */
function power(
  r: Interval,
  { num, den }: Rational,
  e: Enclosures,
  charged: (z: Interval) => Interval,
): Interval | undefined {
  const at = (end: bigint): Interval | undefined => {
    if (end === 0n) return point(0n);
    const log = e.log(charged(point(end)));
    return log === undefined ? undefined : e.exp(charged(e.multiply(e.of(num, den), log)));
  };
  const [low, high] = [at(r.low), at(r.high)];
  return low === undefined || high === undefined ? undefined : { low: low.low < 0n ? 0n : low.low, high: high.high };
}
