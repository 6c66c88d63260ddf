import { bitLength } from '../kernel/arithmetic/gcd.js';

/** Quotients are found from this many leading bits: so few that the rounded quotient of two doubles has the right floor. */
const leadingBits = 50;

/**
 * Finds a fraction with a small numerator that an integer stands for: num = den · a modulo m and |num| ≤ bound, by
 * Euclid's algorithm on m and a, stopped at the first remainder within the bound. If some fraction with |num| ≤ bound
 * has 2 · bound · den < m, it is the only one with that, and this is it (in lowest terms).
 *
 * The quotients are found many at a time from leading bits (Lehmer). Should such a quotient be wrong, num = den · a
 * modulo m would hold all the same.
 *
 * @param a      from 0 to m - 1
 * @param bound  from 0 to m - 1
 * @returns      num and den > 0
 * @see Wang, A p-adic algorithm for univariate partial fractions, 1981; Knuth, The Art of Computer Programming, vol. 2,
 *      1997, §4.5.2, Algorithm L
 */
export function reconstructRational(a: bigint, m: bigint, bound: bigint): { num: bigint; den: bigint } {
  // Throughout x = u a and y = v a modulo m.
  let [x, y, u, v] = [m, a, 0n, 1n];
  let shift = Math.max(0, bitLength(m) - leadingBits);
  // A pass shortens x by at most 27 bits, so that it cannot step over the bound.
  const lastShift = Math.max(0, bitLength(bound) + 30 - leadingBits);
  while (y > bound) {
    let xLead = Number(x >> BigInt(shift));
    while (shift > 0 && xLead < 2 ** (leadingBits - 1)) {
      shift = Math.max(0, shift - Math.max(1, leadingBits - 1 - Math.floor(Math.log2(xLead + 1))));
      xLead = Number(x >> BigInt(shift));
    }
    const { A, B, C, D } = shift > lastShift ? quotientMatrix(xLead, Number(y >> BigInt(shift))) : identity;
    if (B === 0n) {
      const q = x / y;
      [x, y, u, v] = [y, x - q * y, v, u - q * v];
    } else {
      [x, y, u, v] = [A * x + B * y, C * x + D * y, A * u + B * v, C * u + D * v];
    }
  }
  return v < 0n ? { num: -y, den: -v } : { num: y, den: v };
}

type QuotientMatrix = { readonly A: bigint; readonly B: bigint; readonly C: bigint; readonly D: bigint };
const identity: QuotientMatrix = { A: 1n, B: 0n, C: 0n, D: 1n };

/** @returns the product of the steps of Euclid's algorithm that all numbers with these leading bits have in common */
function quotientMatrix(xLead: number, yLead: number): QuotientMatrix {
  let [x, y, A, B, C, D] = [xLead, yLead, 1, 0, 0, 1];
  while (y + C > 0 && y + D > 0) {
    const q = Math.floor((x + A) / (y + C));
    if (q !== Math.floor((x + B) / (y + D))) break;
    [x, y, A, B, C, D] = [y, x - q * y, C, D, A - q * C, B - q * D];
  }
  return { A: BigInt(A), B: BigInt(B), C: BigInt(C), D: BigInt(D) };
}
