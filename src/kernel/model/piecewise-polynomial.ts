import { bitLength, lcm } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import type { Breakpoints } from '../arithmetic/ordered.js';
import { type Polynomial, polynomial } from '../arithmetic/polynomial.js';
import type { Meter } from '../limits.js';
import { decline } from '../verdict.js';
import type { Activation } from './activation.js';

/** The pieces of an activation that are polynomials, affine ones among them. */
export interface PolynomialTable {
  /** numerators over the denominator; null for the others */
  readonly pieces: readonly (Polynomial | null)[];
  readonly denominator: bigint;
  /** the largest one, at least 1 */
  readonly degree: number;
}

export function polynomialTable({ slopes, intercepts, denominator: affine, smooth }: Activation): PolynomialTable {
  let denominator = affine;
  let degree = 1;
  for (const piece of smooth ?? []) {
    if (piece?.function !== 'polynomial') continue;
    if (piece.coefficients.length > degree + 1) degree = piece.coefficients.length - 1;
    for (const { den } of piece.coefficients) denominator = lcm(denominator, den);
  }
  const pieces = slopes.map((slope, j) => {
    const piece = smooth?.[j] ?? null;
    if (piece === null) {
      return polynomial([intercepts[j] as bigint, slope as bigint].map((c) => c * (denominator / affine)));
    }
    if (piece.function !== 'polynomial') return null;
    return polynomial(piece.coefficients.map(({ num, den }) => num * (denominator / den)));
  });
  return { pieces, denominator, degree };
}

/** An activation all of whose pieces are polynomials: breakpoints τ_1 < … < τ_k and k + 1 pieces. */
export interface PiecewisePolynomial extends Breakpoints, PolynomialTable {
  readonly pieces: readonly Polynomial[];
  /** bits of the longest number above, for the meter */
  readonly bits: number;
}

export function isPiecewisePolynomial({ smooth }: Activation): boolean {
  return smooth === null || smooth.every((piece) => piece === null || piece.function === 'polynomial');
}

/** @throws Refusal (declined) where the activation has a piece that is no polynomial */
export function piecewisePolynomial(activation: Activation, meter: Meter, path: string): PiecewisePolynomial {
  const { breakpoints, breakpointDenominator } = activation;
  const coefficients = (activation.smooth ?? []).flatMap((piece) => {
    if (piece === null) return [];
    if (piece.function === 'polynomial') return piece.coefficients;
    return decline('unsupported-activation', path, `pieces ${piece.function} have no rule here in this version`);
  });
  // The common denominator is at most the product of all.
  const most = coefficients.reduce((sum, { den }) => sum + bitLength(den), bitLength(activation.denominator));
  const size = integers.mostBits(coefficients.map(({ num }) => num));
  meter.charge(3 * coefficients.length + 2 * activation.slopes.length, most, most > size ? most : size);
  const { pieces: found, denominator, degree } = polynomialTable(activation);
  const pieces = found as readonly Polynomial[];
  const bits = integers.mostBits([...pieces.flat(), denominator, ...breakpoints, breakpointDenominator]);
  return { breakpoints, breakpointDenominator, pieces, denominator, degree, bits };
}
