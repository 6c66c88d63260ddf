import { decline } from '../verdict.js';
import { bitLength } from './gcd.js';
import { type Ordered, ordered } from './ordered.js';
import type { Rational } from './rational.js';

/** constant + Σ linear_m δ_m with integer coefficients, in coordinates δ about the centre of a ball. */
export interface AffineForm {
  readonly constant: bigint;
  /** no zeros beyond the last coefficient that is not 0; empty where the form is constant */
  readonly linear: readonly bigint[];
}

function trimmed(constant: bigint, linear: bigint[]): AffineForm {
  while (linear.length > 0 && linear[linear.length - 1] === 0n) linear.pop();
  return { constant, linear };
}

/**
 * Affine forms on the closed ball |δ| ≤ ρ. A sign is the sign that the form has at every point of the ball, by Cauchy and Schwarz: the
 * constant term outweighs ρ times the length of the linear part. 0 is the sign of the zero form alone.
 *
 * @param radius  ρ > 0
 * @throws Refusal (declined) where two forms are multiplied that both vary, or where a number may take several pieces
 */
export function affineForms({ num, den }: Rational): Ordered<AffineForm> {
  const constant = (n: bigint): AffineForm => ({ constant: n, linear: [] });
  const scale = (a: AffineForm, n: bigint): AffineForm =>
    n === 0n ? constant(0n) : { constant: a.constant * n, linear: a.linear.map((c) => c * n) };
  return ordered<AffineForm>({
    zero: constant(0n),
    fromInteger: constant,
    add(a, b) {
      const [long, short] = a.linear.length >= b.linear.length ? [a.linear, b.linear] : [b.linear, a.linear];
      const linear = [...long];
      for (let m = 0; m < short.length; m++) linear[m] = (long[m] as bigint) + (short[m] as bigint);
      return trimmed(a.constant + b.constant, linear);
    },
    negate: (a) => scale(a, -1n),
    multiply(a, b) {
      if (a.linear.length === 0) return scale(b, a.constant);
      if (b.linear.length === 0) return scale(a, b.constant);
      return decline(
        'unsupported-combination',
        '$.proof',
        'the embedding makes a product of two numbers that both vary',
      );
    },
    scale,
    sign({ constant: c, linear }) {
      if (linear.length === 0) return c === 0n ? 0 : c < 0n ? -1 : 1;
      // |c| > ρ √Σ l² ⇔ c² den² > num² Σ l²
      const reach = num * num * linear.reduce((sum, l) => sum + l * l, 0n);
      if (c * c * den * den <= reach) return undefined;
      return c < 0n ? -1 : 1;
    },
    hull(a, b) {
      const same = a.constant === b.constant && a.linear.length === b.linear.length;
      if (same && a.linear.every((l, m) => l === b.linear[m])) return a;
      return decline('unsupported-combination', '$.proof', 'a preactivation may take several pieces over the ball');
    },
    constant: (a) => (a.linear.length === 0 ? a.constant : null),
    // Of the longest coefficient; there are up to 1 more of them than coordinates.
    bits(a) {
      let most = bitLength(a.constant);
      for (const l of a.linear) {
        const bits = bitLength(l);
        if (bits > most) most = bits;
      }
      return most;
    },
  });
}
