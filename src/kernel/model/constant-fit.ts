import { integers } from '../arithmetic/integers.js';
import { type Rational, rational } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import type { SampleProblem } from '../statement.js';
import { refuseNotConvex } from './instance.js';
import { LossOverDenominator, polynomialLoss } from './loss.js';

/** One output that predicts the same number p for every sample. */
export interface ConstantFit {
  /** g_i = μ_i L'(p − y_i), numerators over `denominator` */
  readonly gradients: readonly bigint[];
  readonly denominator: bigint;
  /** bits of the longest of them */
  readonly bits: number;
  /** Σ_i μ_i L(p − y_i) */
  readonly risk: Rational;
}

/**
 * Computes the residual gradients and the risk of a constant prediction.
 *
 * @param problem  of one output
 * @throws Refusal (declined) where the loss is no piecewise polynomial, (rejected) where it is not convex near a residual: Lemma 0 needs that
 */
export function constantFit({ loss: given, data }: SampleProblem, p: Rational, meter: Meter): ConstantFit {
  const loss = polynomialLoss(given);
  const { targets, weights } = data;
  const D = p.den * targets.denominator;
  const size = integers.mostBits([p.num, p.den]) + targets.bits;
  const n = targets.rows.length;
  const longest = size * (loss.degree + 1) + weights.bits;
  meter.charge(8 * n * (loss.degree + 1), size, longest);
  meter.hold(n + 1, longest, '$.statement');
  const L = new LossOverDenominator(integers, loss, D);
  const gradients: bigint[] = [];
  let value = 0n;
  targets.rows.forEach(([y], sample) => {
    const mu = weights.values[sample] as bigint;
    const r = p.num * targets.denominator - (y as bigint) * p.den;
    if (!L.isConvexNear(r)) refuseNotConvex({ sample, output: 0 });
    gradients.push(mu * L.derivative(r));
    value += mu * L.value(r);
  });
  const denominator = L.derivativeDenominator * weights.denominator;
  return {
    gradients,
    denominator,
    bits: integers.mostBits([...gradients, denominator]),
    risk: rational(value, L.valueDenominator * weights.denominator),
  };
}

/** @returns Σ μ_i y_i / Σ μ_i, the constant of least risk if the loss is squared; for problems of one output */
export function meanTarget({ data: { targets, weights } }: SampleProblem, meter: Meter): Rational {
  meter.charge(2 * targets.rows.length, targets.bits, weights.bits);
  let [sum, total] = [0n, 0n];
  targets.rows.forEach(([y], i) => {
    const mu = weights.values[i] as bigint;
    sum += mu * (y as bigint);
    total += mu;
  });
  return rational(sum, total * targets.denominator);
}
