import { bitLength } from '../kernel/arithmetic/gcd.js';
import { dot } from './bounded-system.js';

type Matrix = readonly (readonly bigint[])[];
type Vector = readonly bigint[];
/** A point X / den with den > 0. */
type Point = { readonly X: readonly bigint[]; readonly den: bigint };

/** A prime below 2^21, so that sums of up to `mostRows` products of two digits are exact in double precision. */
const p = 2 ** 21 - 9;
const digitBits = 21;
const base = 2 ** digitBits;
const mostRows = 2 ** 10;

/**
 * Finds the solution X / den of B x = c, one digit to the base p at a time: with C = B⁻¹ mod p, the next digit of x is
 * z = C r mod p, where r is the residual, at first c; then r gives way to (r − B z) / p. The rational point behind the
 * digits is guessed after 16, 32, 64, … of them and returned once it solves the system exactly, so that simple
 * solutions are found early.
 *
 * @param B  k × k by rows
 * @returns  X and den > 0 with B X = den c; null if p divides det B, which may not be 0 then, or if k > 1024
 * @see      Dixon, Exact solution of linear equations using p-adic expansions, 1982; Wang, A p-adic algorithm for
 *           univariate partial fractions, 1981 (rational numbers from residues)
 */
export function solveSquare(B: Matrix, c: Vector): Point | null {
  const k = B.length;
  const C = k > mostRows ? null : inverseModP(B);
  if (C === null) return null;
  const nextDigits = expansion(B, C, c);
  const enoughDigits = (2 * (hadamardBits(B) + Math.max(0, ...c.map(bitLength))) + 64) / (digitBits - 1);
  const digits: Float64Array[] = [];
  for (let count = 16; ; count *= 2) {
    while (digits.length < count) digits.push(nextDigits.next().value);
    const guess = simplestPoint(fromDigits(digits), BigInt(p) ** BigInt(count));
    if (guess !== null && B.every((row, i) => dot(row, guess.X) === guess.den * (c[i] as bigint))) return guess;
    if (count > enoughDigits) return null;
  }
}

/** The digits of x to the base p, without a bigint: every entry is a sum of limbs[l] 2^(21 l), with |limbs| < 2^32. */
function* expansion(B: Matrix, C: Float64Array, c: Vector): Generator<Float64Array, never> {
  const k = B.length;
  const B_limbs = limbs(B.flat());
  const residual = limbs(c);
  while (residual.length < B_limbs.length) residual.push(new Float64Array(k));
  residual.push(new Float64Array(k));
  for (;;) {
    const r = Float64Array.from(c, (_, i) =>
      residual.reduceRight((sum, limb) => mod(sum * base + (limb[i] as number)), 0),
    );
    const z = Float64Array.from(c, (_, i) => rowTimes(C, i, r) % p);
    yield z;
    // residual := (residual − B z) / p, by long division from the highest limb down; it leaves no remainder.
    for (let i = 0; i < k; i++) {
      let remainder = 0;
      for (let l = residual.length - 1; l >= 0; l--) {
        const limb = residual[l] as Float64Array;
        const B_l = B_limbs[l];
        const dividend = remainder * base + (limb[i] as number) - (B_l ? rowTimes(B_l, i, z) : 0);
        limb[i] = Math.floor(dividend / p);
        remainder = mod(dividend);
      }
    }
  }
}

/** @returns a − p ⌊a / p⌋, exact for integers |a| < 2^53 since then a / p is rounded by less than 1 / p */
function mod(a: number): number {
  return a - p * Math.floor(a / p);
}

/** @returns Σ_j M_ij v_j for a square M stored by rows */
function rowTimes(M: Float64Array, i: number, v: Float64Array): number {
  const k = v.length;
  let sum = 0;
  for (let j = 0, at = i * k; j < k; j++, at++) sum += (M[at] as number) * (v[j] as number);
  return sum;
}

/** @returns vectors of integers below 2^21 in absolute value with entries = Σ_l 2^(21 l) limbs[l] */
function limbs(entries: Vector): Float64Array[] {
  const bits = entries.reduce((most, entry) => Math.max(most, bitLength(entry)), 1);
  const parts = Array.from({ length: Math.ceil(bits / digitBits) }, () => new Float64Array(entries.length));
  for (const [at, entry] of entries.entries()) {
    const sign = entry < 0n ? -1 : 1;
    let rest = entry < 0n ? -entry : entry;
    for (const part of parts) {
      if (rest === 0n) break;
      part[at] = sign * Number(BigInt.asUintN(digitBits, rest));
      rest >>= BigInt(digitBits);
    }
  }
  return parts;
}

/** @returns B⁻¹ mod p by rows, or null if p divides det B (Gauss–Jordan, in place) */
function inverseModP(B: Matrix): Float64Array | null {
  const k = B.length;
  const M: Float64Array[] = Array.from(B, (row) => Float64Array.from(row, (entry) => mod(Number(entry % BigInt(p)))));
  const swaps: (readonly [number, number])[] = [];
  for (let c = 0; c < k; c++) {
    const pivot = M.findIndex((row, i) => i >= c && row[c] !== 0);
    if (pivot < 0) return null;
    const M_c = M[pivot] as Float64Array;
    M[pivot] = M[c] as Float64Array;
    M[c] = M_c;
    swaps.push([c, pivot]);
    const inverse = invertModP(M_c[c] as number);
    M_c[c] = 1;
    for (let j = 0; j < k; j++) M_c[j] = mod((M_c[j] as number) * inverse);
    for (let i = 0; i < k; i++) {
      const M_i = M[i] as Float64Array;
      const factor = M_i[c] as number;
      if (i === c || factor === 0) continue;
      M_i[c] = 0;
      for (let j = 0; j < k; j++) M_i[j] = mod((M_i[j] as number) - factor * (M_c[j] as number));
    }
  }
  // Exchanging rows of B exchanges columns of its inverse.
  for (const [c, pivot] of swaps.reverse()) {
    for (const row of M) [row[c], row[pivot]] = [row[pivot] as number, row[c] as number];
  }
  const inverse = new Float64Array(k * k);
  for (const [i, row] of M.entries()) inverse.set(row, i * k);
  return inverse;
}

/** @returns a⁻¹ mod p for 0 < a < p */
function invertModP(a: number): number {
  let [r, s] = [p, a];
  let [x, y] = [0, 1]; // r ≡ x a and s ≡ y a mod p
  while (s !== 0) {
    const q = Math.floor(r / s);
    [r, s] = [s, r - q * s];
    [x, y] = [y, x - q * y];
  }
  return mod(x);
}

/** @returns a number of bits that no minor of B exceeds, by Hadamard's bound */
function hadamardBits(B: Matrix): number {
  const rootOfLength = Math.ceil(bitLength(BigInt(B.length)) / 2);
  return B.reduce((sum, row) => sum + rootOfLength + Math.max(0, ...row.map(bitLength)), 0);
}

/** @returns Σ_d digits[d] p^d; halving the sum keeps the factors of long products equally long */
function fromDigits(digits: readonly Float64Array[]): bigint[] {
  if (digits.length === 1) return Array.from(digits[0] as Float64Array, BigInt);
  const middle = digits.length >> 1;
  const power = BigInt(p) ** BigInt(middle);
  const high = fromDigits(digits.slice(middle));
  return fromDigits(digits.slice(0, middle)).map((low, i) => low + power * (high[i] as bigint));
}

/** @returns the point with X / den ≡ residues mod `modulus`, X and den well below √modulus, if one comes to light */
function simplestPoint(residues: Vector, modulus: bigint): Point | null {
  const limit = 1n << BigInt((bitLength(modulus) >> 1) - 8);
  // Most denominators divide the product of the earlier ones.
  let den = 1n;
  const fractions: { num: bigint; den: bigint }[] = [];
  for (const residue of residues) {
    const scaled = (residue * den) % modulus;
    const fraction = simplestRational(scaled, modulus, limit);
    if (fraction === null) return null;
    den *= fraction.den;
    if (den >= limit) return null;
    fractions.push({ num: fraction.num, den });
  }
  return { X: fractions.map((fraction) => fraction.num * (den / fraction.den)), den };
}

/** @returns the first num / den ≡ residue mod `modulus` with |num| < limit among Euclid's remainders, if den < limit */
function simplestRational(residue: bigint, modulus: bigint, limit: bigint): { num: bigint; den: bigint } | null {
  if (modulus - residue < limit) return { num: residue - modulus, den: 1n };
  let [r, s] = [modulus, residue];
  let [x, y] = [0n, 1n]; // r ≡ x residue and s ≡ y residue mod modulus
  while (s >= limit) {
    const q = r / s;
    [r, s] = [s, r - q * s];
    [x, y] = [y, x - q * y];
  }
  const [num, den] = y < 0n ? [-s, -y] : [s, y];
  return den === 0n || den >= limit ? null : { num, den };
}
