import type { Meter } from '../limits.js';
import { bitLength } from './gcd.js';
import { integers } from './integers.js';
import { pack, unpack } from './packed.js';

/**
 * Shows that a symmetric integer matrix is positive semidefinite, or definite: A = (L D Lᵀ + S)/2^(2f), where L/2^f is unit lower triangular, D ≥ 0, and
 * S is diagonally dominant with a diagonal ≥ 0 (> 0). S is computed *exactly*, so it does not matter how L and D were found: they are those
 * of A − εI in fixed-point arithmetic, for some ε > 0 that is larger than their rounding.
 *
 * @param A  the lower triangle by rows: row j has entries 0, …, j; with units that are small against its eigenvalues, or little is shown
 * @param strict  whether A ≻ 0 is asked for
 * @returns false where it is not shown
 * @see theory.md 3 (ii); proofs/rules/strongly-convex-ball.md 5
 */
export function isSemidefinite(
  A: readonly (readonly bigint[])[],
  strict: boolean,
  meter: Meter,
  path: string,
): boolean {
  if (A.length === 0) return true;
  const excess = mostBits(A) - enoughBits;
  return isFactored(excess > 0 ? shortened(A, excess) : A, strict, meter, path);
}

/** Entries of more bits are shortened: it costs a multiple of n in the last of so many places, and makes products much cheaper. */
const enoughBits = 80;

/** @returns A' with A ⪰ 2^by A': A = 2^by ⌊A/2^by⌋ + F with 0 ≤ F_ij < 2^by, and F + n 2^by I ⪰ 0, as it is diagonally dominant */
function shortened(A: Triangle, by: number): Triangle {
  const n = BigInt(A.length);
  return A.map((row, j) => {
    const short = row.map((a) => a >> BigInt(by));
    short[j] = (short[j] as bigint) - n;
    return short;
  });
}

type Triangle = readonly (readonly bigint[])[];

function mostBits(A: Triangle): number {
  return A.reduce((most, row) => {
    const size = integers.mostBits(row);
    return size > most ? size : most;
  }, 1);
}

function isFactored(A: Triangle, strict: boolean, meter: Meter, path: string): boolean {
  const n = A.length;
  const bits = mostBits(A);
  const fraction = (bits >> 1) + bitLength(BigInt(n)) + 16;
  const factors = factorize(A, bits, fraction, meter, path);
  return factors !== null && isDominant(A, bits, fraction, factors, strict, meter, path);
}

/** L by rows, over 2^fraction, and the diagonal D of A's own scale. */
interface Factors {
  readonly L: readonly (readonly bigint[])[];
  readonly D: readonly bigint[];
}

/** @returns null where a pivot is not > 0; what it returns is not trusted */
function factorize(
  A: readonly (readonly bigint[])[],
  bits: number,
  fraction: number,
  meter: Meter,
  path: string,
): Factors | null {
  const n = A.length;
  const f = BigInt(fraction);
  // A is at most n² units of 2^−fraction, relative to its largest entry, from what the rounded factors give.
  const epsilon = ((BigInt(n * n) << BigInt(bits)) >> f) + 1n;
  // Entry (i, k) of A, so also every sum of L_ji U_ik, is at most the largest diagonal entry, if A is semidefinite.
  const width = bits + fraction + bitLength(BigInt(n)) + 4;
  meter.hold(n * n, width, path);
  meter.charge((n * n) / 2, bits + fraction, (width * n) / 3);
  const L = A.map((_, j) => new Array<bigint>(j + 1).fill(1n << f));
  const D: bigint[] = [];
  // U = D Lᵀ by rows, packed from the last column to the diagonal.
  const U: bigint[] = [];
  for (let j = 0; j < n; j++) {
    const column: bigint[] = [];
    for (let k = n - 1; k >= j; k--) {
      const a = (A[k] as readonly bigint[])[j] as bigint;
      column.push((k === j ? a - epsilon : a) << f);
    }
    let rest = pack(column, width);
    for (let i = 0; i < j; i++) {
      // Columns before j have been used.
      const row = BigInt.asIntN(width * (n - j), U[i] as bigint);
      U[i] = row;
      rest -= ((L[j] as bigint[])[i] as bigint) * row;
    }
    const row = unpack(rest, n - j, width).map((value) => value >> f);
    const pivot = row[n - 1 - j] as bigint;
    if (pivot <= 0n) return null;
    D.push(pivot);
    U.push(pack(row, width));
    for (let k = j + 1; k < n; k++) (L[k] as bigint[])[j] = ((row[n - 1 - k] as bigint) << f) / pivot;
  }
  return { L, D };
}

/** Whether S = 2^(2f) A − L D Lᵀ is diagonally dominant, exactly. */
function isDominant(
  A: readonly (readonly bigint[])[],
  bits: number,
  fraction: number,
  { L, D }: Factors,
  strict: boolean,
  meter: Meter,
  path: string,
): boolean {
  const n = A.length;
  const most = L.reduce((most, row) => {
    const size = integers.mostBits(row);
    return size > most ? size : most;
  }, 1);
  const pivots = integers.mostBits(D);
  const product = pivots + 2 * most + bitLength(BigInt(n));
  const scaled = bits + 2 * fraction;
  const width = (product > scaled ? product : scaled) + 2;
  meter.hold(n * n, width, path);
  meter.charge((n * n) / 2, pivots + most, (width * n) / 3);
  // Column i of L, packed from the last row to row i.
  const columns = A.map((_, i) => {
    const column: bigint[] = [];
    for (let k = n - 1; k >= i; k--) column.push((L[k] as readonly bigint[])[i] as bigint);
    return pack(column, width);
  });
  const diagonal: bigint[] = [];
  const beside = new Array<bigint>(n).fill(0n);
  for (let j = 0; j < n; j++) {
    if ((D[j] as bigint) < 0n) return false;
    let sum = 0n;
    for (let i = 0; i <= j; i++) {
      // Rows before j have been used.
      const column = BigInt.asIntN(width * (n - j), columns[i] as bigint);
      columns[i] = column;
      sum += (D[i] as bigint) * ((L[j] as readonly bigint[])[i] as bigint) * column;
    }
    const row = unpack(sum, n - j, width);
    for (let k = j; k < n; k++) {
      const a = (A[k] as readonly bigint[])[j] as bigint;
      const rest = (a << BigInt(2 * fraction)) - (row[n - 1 - k] as bigint);
      if (k === j) diagonal.push(rest);
      else {
        const size = rest < 0n ? -rest : rest;
        beside[j] = (beside[j] as bigint) + size;
        beside[k] = (beside[k] as bigint) + size;
      }
    }
  }
  return diagonal.every((s, j) => (strict ? s > (beside[j] as bigint) : s >= (beside[j] as bigint)));
}
