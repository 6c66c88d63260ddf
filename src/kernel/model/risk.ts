import type { Ordered } from '../arithmetic/ordered.js';
import { type Rational, rational } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import type { Samples } from './data.js';
import { type Evaluation, mostBits, predictions } from './evaluation.js';
import { type Loss, LossOverDenominator, polynomialLoss } from './loss.js';

/** Residuals p − y as numerators over one denominator, with the loss at them. */
interface Residuals<T> {
  readonly loss: LossOverDenominator<T>;
  readonly rows: readonly (readonly T[])[];
}

/** Predictions of all samples, as numerators over one positive denominator. */
interface Predictions<T> {
  readonly preactivations: readonly (readonly T[])[];
  readonly denominator: T;
  /** an upper bound of the bits of all numbers here, for the meter */
  readonly bits: number;
}

/** @throws Refusal (declined) where the loss is no piecewise polynomial */
export function residuals<T>(evaluation: Evaluation<T>, given: Loss, data: Samples, meter: Meter): Residuals<T> {
  return residualsOf(evaluation.ring, predictions(evaluation), given, data, meter);
}

/** The same for predictions that need not be any network's. */
export function residualsOf<T>(
  ring: Ordered<T>,
  { preactivations, denominator, bits: predictionBits }: Predictions<T>,
  given: Loss,
  data: Samples,
  meter: Meter,
): Residuals<T> {
  const loss = polynomialLoss(given);
  const over = data.targets.denominator;
  const D = ring.scale(denominator, over);
  // Horner's rule multiplies a residual, or a power of D, by numbers of up to degree times that size, once a degree.
  const bits = predictionBits + data.targets.bits;
  const count = preactivations.length * (preactivations[0]?.length ?? 0) + 1;
  meter.charge(2 * count * (loss.degree + 1), bits, bits * (loss.degree + 1));
  meter.hold(count, bits * (loss.degree + 1), '$.statement');
  const minus = ring.negate(denominator);
  return {
    loss: new LossOverDenominator(ring, loss, D),
    rows: preactivations.map((row, i) => {
      const y = data.targets.rows[i] as readonly bigint[];
      return row.map((p, c) => ring.add(over === 1n ? p : ring.scale(p, over), ring.scale(minus, y[c] as bigint)));
    }),
  };
}

/** The risk R(θ) = Σ_i μ_i ℓ(N_θ(x_i), y_i) as numerator over a positive denominator. */
export function risk<T>(
  evaluation: Evaluation<T>,
  loss: Loss,
  data: Samples,
  meter: Meter,
): { value: T; denominator: T } {
  const { ring } = evaluation;
  const { loss: L, rows } = residuals(evaluation, loss, data, meter);
  let value = ring.zero;
  rows.forEach((row, i) => {
    const mu = data.weights.values[i] as bigint;
    for (const r of row) value = ring.add(value, mu === 1n ? L.value(r) : ring.scale(L.value(r), mu));
  });
  return { value, denominator: ring.scale(L.valueDenominator, data.weights.denominator) };
}

/** The risk at an exact point, in lowest terms. */
export function exactRisk(evaluation: Evaluation<bigint>, loss: Loss, data: Samples, meter: Meter): Rational {
  const { value, denominator } = risk(evaluation, loss, data, meter);
  return rational(value, denominator);
}

/** Residual gradients g_i = μ_i ∂_pℓ(p_i, y_i), n × k, as numerators over one positive denominator (theory.md 0). */
export interface ResidualGradients<T> {
  readonly rows: readonly (readonly T[])[];
  readonly denominator: T;
  /** bits of the largest number here, for the meter */
  readonly bits: number;
}

export function residualGradients<T>(
  evaluation: Evaluation<T>,
  loss: Loss,
  data: Samples,
  meter: Meter,
): ResidualGradients<T> {
  const { ring } = evaluation;
  const { loss: L, rows } = residuals(evaluation, loss, data, meter);
  const gradients = rows.map((row, i) => {
    const mu = data.weights.values[i] as bigint;
    return row.map((r) => (mu === 1n ? L.derivative(r) : ring.scale(L.derivative(r), mu)));
  });
  const denominator = ring.scale(L.derivativeDenominator, data.weights.denominator);
  return { rows: gradients, denominator, bits: mostBits(ring, [...gradients, [denominator]]) };
}
