import { bitLength, lcm } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import type { Breakpoints } from '../arithmetic/ordered.js';
import { type Polynomial, polynomial } from '../arithmetic/polynomial.js';
import type { Meter } from '../limits.js';
import { decline } from '../verdict.js';
import type { Activation } from './activation.js';

/** An activation all of whose pieces are polynomials, affine ones among them: breakpoints τ_1 < … < τ_k and k + 1 pieces. */
export interface PiecewisePolynomial extends Breakpoints {
  /** numerators over the denominator */
  readonly pieces: readonly Polynomial[];
  readonly denominator: bigint;
  /** bits of the longest number above, for the meter */
  readonly bits: number;
}

export function isPiecewisePolynomial({ smooth }: Activation): boolean {
  return smooth === null || smooth.every((piece) => piece === null || piece.function === 'polynomial');
}

/** @throws Refusal (declined) where the activation has a piece that is no polynomial */
export function piecewisePolynomial(activation: Activation, meter: Meter, path: string): PiecewisePolynomial {
  const { breakpoints, breakpointDenominator, slopes, intercepts } = activation;
  const curved = slopes.map((_, j) => {
    const piece = activation.smooth?.[j] ?? null;
    if (piece === null) return null;
    if (piece.function === 'polynomial') return piece.coefficients;
    return decline('unsupported-activation', path, `pieces ${piece.function} have no rule here in this version`);
  });
  let denominator = activation.denominator;
  for (const { den } of curved.flatMap((coefficients) => coefficients ?? [])) {
    meter.charge(2, bitLength(denominator), bitLength(den));
    denominator = lcm(denominator, den);
  }
  const size = bitLength(denominator);
  const factor = denominator / activation.denominator;
  const pieces = curved.map((coefficients, j) => {
    if (coefficients === null) {
      const ends = [intercepts[j], slopes[j]] as readonly bigint[];
      meter.charge(2, integers.mostBits(ends), size);
      return polynomial(ends.map((c) => c * factor));
    }
    meter.charge(coefficients.length, integers.mostBits(coefficients.map(({ num }) => num)), size);
    return polynomial(coefficients.map(({ num, den }) => num * (denominator / den)));
  });
  const bits = integers.mostBits([...pieces.flat(), denominator, ...breakpoints, breakpointDenominator]);
  return { breakpoints, breakpointDenominator, pieces, denominator, bits };
}
