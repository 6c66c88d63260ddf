import { bitLength } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import type { Location, Ordered } from '../arithmetic/ordered.js';
import type { Polynomial } from '../arithmetic/polynomial.js';
import { decline } from '../verdict.js';
import type { Activation } from './activation.js';
import { type PolynomialTable, polynomialTable } from './piecewise-polynomial.js';

/** How an activation is applied to numerators over a positive denominator, by the ring's exact or enclosing arithmetic. */
export interface Bending<T> {
  /** @returns the numerator of h(z/d) over `denominator(h, d)`; a hull where the location spans pieces, either piece at a kink */
  readonly apply: (h: Activation, z: T, d: T, location: Location) => T;
  readonly denominator: (h: Activation, d: T) => T;
  /** how many products of two numbers one application takes, for the meter */
  readonly products: (h: Activation) => number;
  /** @returns an upper bound of the bits of numbers that apply gives, for numbers of so many bits */
  readonly bits: (h: Activation, bits: number) => number;
}

/**
 * Exact arithmetic: affine and polynomial pieces, over d^degree · (denominator of the coefficients).
 *
 * @throws Refusal (declined) where a number lies in another smooth piece: its value is irrational, or not known to be rational
 */
export function exactly<T>(ring: Ordered<T>): Bending<T> {
  const tables = new Map<Activation, PolynomialTable>();
  const tableOf = (h: Activation): PolynomialTable => {
    const known = tables.get(h);
    if (known !== undefined) return known;
    const table = polynomialTable(h);
    tables.set(h, table);
    return table;
  };
  /** Σ_k c_k z^k d^(degree − k) */
  const applyPolynomial = (coefficients: Polynomial, degree: number, z: T, d: T): T => {
    let value = ring.zero;
    let power = ring.fromInteger(1n);
    for (let k = degree; k >= 0; k--) {
      value = ring.multiply(value, z);
      const c = coefficients[k] ?? 0n;
      if (c !== 0n) value = ring.add(value, ring.scale(power, c));
      if (k > 0) power = ring.multiply(power, d);
    }
    return value;
  };
  const applyPiece = (h: Activation, z: T, d: T, j: number): T => {
    if (h.smooth !== null) {
      const { pieces, degree } = tableOf(h);
      const piece = pieces[j] ?? null;
      if (piece !== null) return applyPolynomial(piece, degree, z, d);
      return decline(
        'irrational-value',
        '$.statement',
        `a preactivation lies in a piece ${h.smooth[j]?.function}, whose value is not known to be rational`,
      );
    }
    const [slope, intercept] = [h.slopes[j] as bigint, h.intercepts[j] as bigint];
    const linear = slope === 1n ? z : slope === 0n ? ring.zero : ring.scale(z, slope);
    return intercept === 0n ? linear : ring.add(linear, ring.scale(d, intercept));
  };
  return {
    apply(h, z, d, { lower, upper }) {
      // On a breakpoint both pieces have one value: the exact one will do, if there is one.
      if (ring.hull === undefined && lower < upper && h.smooth !== null && tableOf(h).pieces[lower] === null) {
        return applyPiece(h, z, d, upper);
      }
      let value = applyPiece(h, z, d, lower);
      if (ring.hull !== undefined) {
        for (let j = lower + 1; j <= upper; j++) value = ring.hull(value, applyPiece(h, z, d, j));
      }
      return value;
    },
    denominator(h, d) {
      const { degree, denominator } = tableOf(h);
      let power = d;
      for (let k = degree; k > 1; k--) power = ring.multiply(power, d);
      return ring.scale(power, denominator);
    },
    // Horner's rule, and the powers of d beside it.
    products: (h) => 2 * tableOf(h).degree,
    bits(h, bits) {
      const { pieces, degree, denominator } = tableOf(h);
      const table = integers.mostBits([denominator, ...pieces.flatMap((piece) => piece ?? [])]);
      return degree * bits + 2 * table + bitLength(BigInt(degree + 1));
    },
  };
}
