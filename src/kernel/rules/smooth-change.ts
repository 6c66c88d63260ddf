import { Enclosures } from '../arithmetic/enclosure.js';
import { bitLength } from '../arithmetic/gcd.js';
import type { Germ } from '../arithmetic/germ.js';
import { type Interval, point } from '../arithmetic/interval.js';
import type { Sign } from '../arithmetic/ordered.js';
import type { Meter } from '../limits.js';
import { type Evaluation, mostBits, predictions } from '../model/evaluation.js';
import { formalGradients } from '../model/formal-gradient.js';
import type { SmoothLoss } from '../model/loss.js';
import { LossOfOutputs } from '../model/loss-of-outputs.js';
import type { SampleProblem } from '../statement.js';

/**
 * The sign of R(θ(t)) − R(θ) for small t > 0, of a loss that is no piecewise polynomial, by its first-order part
 * D(t) = Σ_i ⟨g_i, p_i(t) − p_i⟩ = Σ_e D_e t^e, p_i(t) the prediction at x_i.
 *
 * Let m be the least order of p_i(t) − p_i over all i. Then R(θ(t)) − R(θ) − D(t) = O(t^(βm)): β = 2 where the second derivatives of the loss are
 * bounded on bounded sets, β = q for |p − y|^q with q < 2. So if D_1, …, D_(e−1) are 0 as formal sums, e < βm, and an enclosure shows the sign of
 * D_e, this is the sign.
 *
 * @param curve  the predictions along a curve, or along a line modulo t²
 * @param bits  of the enclosures (untrusted: any precision gives an enclosure)
 * @returns 0 where the sign is not shown
 * @see proofs/rules/descent-curve.md, "Smooth losses"
 */
export function signOfSmoothChange(
  { data, loss }: SampleProblem & { readonly loss: SmoothLoss },
  curve: Evaluation<Germ>,
  bits: number,
  path: string,
  meter: Meter,
): Sign {
  const { preactivations, denominator } = predictions(curve);
  if (denominator.length !== 1) throw new Error('Cannot happen: the denominator of a curve is a constant');
  const [over] = denominator as readonly [bigint];
  const p = preactivations.map((row) => row.map((germ) => germ[0] ?? 0n));
  const { rows, numbers, bits: size } = formalGradients(loss, p, over, data, meter);
  const top = preactivations.reduce((most, row) => row.reduce((m, { length }) => (length > m ? length : m), most), 1);
  const k = p[0]?.length ?? 0;
  const longest = mostBits(curve.ring, preactivations);
  // A residual gradient has at most k + 1 names.
  meter.charge(2 * top * p.length * k * (k + 2), size, longest);
  let least = top;
  for (const row of preactivations) {
    for (const germ of row) {
      for (let e = 1; e < least && e < germ.length; e++) if (germ[e] !== 0n) least = e;
    }
  }
  /** D_e, times the positive denominators of μ and of the predictions */
  const coefficientOf = (e: number): Interval => {
    const enclosures = new Enclosures(bits);
    const near = new LossOfOutputs(loss, enclosures, meter, path);
    meter.charge(8 * p.length * (k + 1), bits + bitLength(over) + data.targets.bits, bits + longest);
    let total = point(0n);
    p.forEach((row, i) => {
      const z = row.map((value) => enclosures.of(value, over));
      const y = data.targets.rows[i]?.map((value) => enclosures.of(value, data.targets.denominator)) ?? [];
      const mu = data.weights.values[i] as bigint;
      near.gradient(z, y).forEach((g, c) => {
        total = enclosures.add(total, enclosures.scale(g, mu * (preactivations[i]?.[c]?.[e] ?? 0n)));
      });
    });
    return total;
  };
  for (let e = least; e < top; e++) {
    const sum = [numbers.zero];
    preactivations.forEach((row, i) => {
      row.forEach((germ, c) => {
        const g = rows[i]?.[c] as (typeof sum)[number];
        numbers.addMultiples(sum, g, [germ[e] ?? 0n]);
      });
    });
    if (numbers.isZero(sum[0] as (typeof sum)[number])) continue;
    if (!dominates(loss, e, least)) return 0;
    const { low, high } = coefficientOf(e);
    return low > 0n ? 1 : high < 0n ? -1 : 0;
  }
  return 0;
}

/** Whether t^e is of lower order than t^(βm). */
function dominates({ name, exponent: { num, den } }: SmoothLoss, e: number, m: number): boolean {
  const isRough = name === 'power' && num < 2n * den;
  return isRough ? BigInt(e) * den < num * BigInt(m) : e < 2 * m;
}
