import {
  add,
  compare,
  divide,
  multiply,
  negate,
  type Rational,
  rational,
  zero,
} from '../kernel/arithmetic/rational.js';
import { floor } from './segments.js';

type Form = readonly (readonly Rational[])[];
type Vector = readonly Rational[];

/**
 * @param Q  symmetric
 * @returns small integers ξ with ξᵀQξ < 0, or null if Q is positive semidefinite
 */
export function findNegativeDirection(Q: Form): readonly bigint[] | null {
  const found = negativeVector(Q);
  return found === null ? null : simplest(Q, found);
}

/** Symmetric elimination: vectors that are orthogonal under Q to all pivots before, until one has a negative square. */
function negativeVector(Q: Form): Vector | null {
  let basis: readonly Vector[] = Q.map((_, i) => Q.map((__, j) => rational(i === j ? 1n : 0n)));
  while (basis.length > 0) {
    const gram = basis.map((x) => basis.map((y) => product(Q, x, y)));
    const square = (i: number): Rational => gram[i]?.[i] as Rational;
    const negative = basis.find((_, i) => square(i).num < 0n);
    if (negative !== undefined) return negative;
    for (const [i, row] of gram.entries()) {
      if (square(i).num !== 0n) continue;
      const j = row.findIndex(({ num }) => num !== 0n);
      if (j < 0) continue;
      // (s x_i − y_j)² = y_j² − 2 s x_i·y_j
      const mixed = row[j] as Rational;
      const s = add(divide(square(j), mixed), rational(mixed.num < 0n ? -1n : 1n));
      return combined(basis[i] as Vector, s, negate(rational(1n)), basis[j] as Vector);
    }
    const pivot = basis.findIndex((_, i) => square(i).num > 0n);
    if (pivot < 0) return null;
    const p = basis[pivot] as Vector;
    basis = basis.flatMap((x, i) => {
      if (i === pivot) return [];
      return [combined(x, rational(1n), negate(divide(gram[i]?.[pivot] as Rational, square(pivot))), p)];
    });
  }
  return null;
}

/** s x + t y */
function combined(x: Vector, s: Rational, t: Rational, y: Vector): Vector {
  return x.map((a, k) => add(multiply(s, a), multiply(t, y[k] as Rational)));
}

function product(Q: Form, x: Vector, y: Vector): Rational {
  let sum = zero;
  x.forEach((a, i) => {
    if (a.num === 0n) return;
    y.forEach((b, j) => {
      if (b.num !== 0n) sum = add(sum, multiply(multiply(a, b), Q[i]?.[j] as Rational));
    });
  });
  return sum;
}

/** Rounded to so many parts of the largest entry. */
const roundings = [1n, 2n, 3n, 4n, 5n, 6n, 8n, 12n, 16n, 32n, 64n, 256n, 1024n, 65_536n, 1n << 32n];

function simplest(Q: Form, found: Vector): readonly bigint[] {
  const size = (a: Rational): Rational => (a.num < 0n ? negate(a) : a);
  const most = found.map(size).reduce((a, b) => (compare(a, b) < 0 ? b : a));
  for (const parts of roundings) {
    const rounded = found.map((a) => floor(add(multiply(divide(a, most), rational(parts)), rational(1n, 2n))));
    const xi = rounded.map((n) => rational(n));
    if (product(Q, xi, xi).num < 0n) return rounded;
  }
  const common = found.reduce((sum, { den }) => sum * den, 1n);
  return found.map(({ num, den }) => num * (common / den));
}
