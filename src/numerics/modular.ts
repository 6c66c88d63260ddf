/**
 * Linear algebra modulo a prime p < 2^24, in doubles. A residue is an integer of absolute value at most p/2 + 2, so
 * that up to 64 products of two residues can be added exactly before the sum is reduced.
 */

import { addDotProducts } from './dot-products.js';

/** Residues are below 2^23, their products below 2^46, and 64 of these, on top of a residue, below 2^53. */
export const exactTerms = 64;
const primesFrom = 2 ** 24 - 2 ** 8;

/** For |x| < 2^51, x + roundingShift has no bits after the point: adding and subtracting rounds x to an integer. */
export const roundingShift = 1.5 * 2 ** 52;

/** The primes below 2^24 - 2^8, from the largest down. */
export function* wordPrimes(): Generator<number> {
  for (let candidate = primesFrom - 1; candidate > 2 ** 22; candidate -= 2) {
    if (isOddPrime(candidate)) yield candidate;
  }
}

function isOddPrime(n: number): boolean {
  for (let d = 3; d * d <= n; d += 2) if (n % d === 0) return false;
  return true;
}

/**
 * Replaces integers below 2^53 by residues modulo p. The quotient is rounded from x (1/p) and may miss the nearest
 * integer by 2^53 · 2^-52 / p, which makes the residue at most p/2 + 2; all else is exact.
 */
export function reduceAll(values: Float64Array, p: number): void {
  const inverse = 1 / p;
  for (let i = 0; i < values.length; i++) {
    const x = values[i] as number;
    values[i] = x - p * (x * inverse + roundingShift - roundingShift);
  }
}

/** @returns the residue of an integer below 2^53 */
export function residue(x: number, p: number): number {
  return x - p * Math.round(x / p);
}

/** @returns the residue b with a b = 1 modulo p, for a not divisible by p */
function inverseModulo(a: number, p: number): number {
  let [r, s, x, y] = [a < 0 ? a + p : a, p, 1, 0];
  while (s !== 0) {
    const q = Math.floor(r / s);
    [r, s, x, y] = [s, r - q * s, y, x - q * y];
  }
  return residue(x, p);
}

/**
 * Adds modulo p the dot products of the m rows of A with the r rows of B, all of the given length: see addDotProducts.
 *
 * @param out  residues, to which is added
 */
export function addDotProductsModulo(
  out: Float64Array,
  A: Float64Array,
  m: number,
  B: Float64Array,
  r: number,
  length: number,
  p: number,
): void {
  for (let from = 0; from < length; from += exactTerms) {
    addDotProducts(out, A, m, B, r, length, from, Math.min(from + exactTerms, length));
    reduceAll(out, p);
  }
}

/** A largest set of rows and columns on which a matrix is invertible modulo p; the columns are the first possible. */
export type RankProfile = { readonly rows: readonly number[]; readonly columns: readonly number[] };

const panelWidth = 32;

/**
 * Gauss–Jordan elimination in place, by panels of 32 columns: a panel is eliminated by itself, which also gives the
 * matrix that does the same to the other columns, and one product of matrices applies it.
 *
 * @param M  n × n residues modulo p by rows; the inverse of M on return if the rank is n, else of no use
 * @returns  the rank profile of M modulo p
 */
export function invertModulo(M: Float64Array, n: number, p: number): RankProfile {
  const rows = Array.from({ length: n }, (_, i) => i);
  const columns: number[] = [];
  for (let from = 0; from < n; from += panelWidth) {
    const pivots = eliminatePanel(M, n, p, from, Math.min(from + panelWidth, n), columns.length, rows);
    applyPanel(M, n, p, from, Math.min(from + panelWidth, n), columns.length, pivots);
    columns.push(...pivots);
  }
  if (columns.length === n) permuteColumns(M, n, rows);
  return { rows: rows.slice(0, columns.length), columns };
}

/**
 * Eliminates in the columns from ≤ j < to alone, with pivots in the rows top, top + 1, …, and swaps whole rows to bring
 * these up. A pivot's column ends as the multiples of the pivot's row that were added to each row.
 *
 * @returns the columns of the pivots
 */
function eliminatePanel(
  M: Float64Array,
  n: number,
  p: number,
  from: number,
  to: number,
  top: number,
  rows: number[],
): number[] {
  const inverse = 1 / p;
  const pivots: number[] = [];
  for (let column = from; column < to; column++) {
    const t = top + pivots.length;
    let found = t;
    while (found < n && M[found * n + column] === 0) found++;
    if (found >= n) continue;
    swapRows(M, n, t, found);
    [rows[t], rows[found]] = [rows[found] as number, rows[t] as number];
    pivots.push(column);
    const pivotInverse = inverseModulo(M[t * n + column] as number, p);
    M[t * n + column] = 1;
    for (let j = from; j < to; j++) M[t * n + j] = residue((M[t * n + j] as number) * pivotInverse, p);
    for (let i = 0; i < n; i++) {
      const factor = M[i * n + column] as number;
      if (i === t || factor === 0) continue;
      M[i * n + column] = 0;
      for (let a = i * n + from, b = t * n + from; a < i * n + to; a++, b++) {
        const x = (M[a] as number) - factor * (M[b] as number);
        M[a] = x - p * (x * inverse + roundingShift - roundingShift);
      }
    }
  }
  return pivots;
}

/** Does to the columns outside from ≤ j < to what eliminatePanel did to those inside. */
function applyPanel(
  M: Float64Array,
  n: number,
  p: number,
  from: number,
  to: number,
  top: number,
  pivots: readonly number[],
): void {
  const k = pivots.length;
  const multiples = new Float64Array(n * k);
  for (let i = 0; i < n; i++)
    for (let s = 0; s < k; s++) multiples[i * k + s] = M[i * n + (pivots[s] as number)] as number;
  const pivotRows = new Float64Array(n * k); // transposed, with zeros in the panel, so that it stays as it is
  for (let s = 0; s < k; s++) {
    const row = (top + s) * n;
    for (let j = 0; j < n; j++) {
      if (j >= from && j < to) continue;
      pivotRows[j * k + s] = M[row + j] as number;
      M[row + j] = 0;
    }
  }
  addDotProductsModulo(M, pivotRows, n, multiples, n, k, p);
}

function swapRows(M: Float64Array, n: number, i: number, k: number): void {
  if (i === k) return;
  const row = M.slice(i * n, i * n + n);
  M.copyWithin(i * n, k * n, k * n + n);
  M.set(row, k * n);
}

/** Moves column j to the place order[j]. */
function permuteColumns(M: Float64Array, n: number, order: readonly number[]): void {
  const row = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) row[order[j] as number] = M[i * n + j] as number;
    M.set(row, i * n);
  }
}
