import type { Meter } from '../limits.js';
import { bitLength } from './gcd.js';
import { integers } from './integers.js';
import type { Ordered, Sign } from './ordered.js';

/** Of a symmetric matrix: positive definite; positive semidefinite and singular; or neither. */
export type Definiteness = 'definite' | 'semidefinite' | 'neither';

/**
 * Fraction-free elimination (Bareiss) with any diagonal entry > 0 as the next pivot. What is left is a positive multiple of the Schur complement of the
 * rows that are done, so A ⪰ 0 exactly if it is; and where its diagonal is 0, exactly if all of it is.
 *
 * @param A  n × n, symmetric: numerators over one positive denominator
 * @see proofs/rules/eckart-young.md
 */
export function definiteness(A: readonly (readonly bigint[])[], meter: Meter, path: string): Definiteness {
  const rows = A.map((row) => [...row]);
  const n = rows.length;
  // All entries on the way are minors.
  const minor = n * (largest(integers, rows) + bitLength(BigInt(n)));
  meter.hold(n * n, minor, path);
  // Step k of n has (n − k)² entries of k/n of these bits: a thirtieth of n³ squares, and divisions.
  meter.charge((n * n * (n + 7)) / 8, minor, minor);
  let previous = 1n;
  for (let k = 0; k < n; k++) {
    const at = firstPivot(rows, k);
    if (at === 'negative') return 'neither';
    if (at === 'none')
      return rows.slice(k).every((row) => row.slice(k).every((c) => c === 0n)) ? 'semidefinite' : 'neither';
    exchange(rows, k, at);
    const pivotRow = rows[k] as bigint[];
    const pivot = pivotRow[k] as bigint;
    for (let i = k + 1; i < n; i++) {
      const row = rows[i] as bigint[];
      const factor = row[k] as bigint;
      for (let j = i; j < n; j++) {
        row[j] = ((row[j] as bigint) * pivot - factor * (pivotRow[j] as bigint)) / previous;
      }
      // Symmetric: the rest was computed in the rows above.
      for (let j = k + 1; j < i; j++) row[j] = (rows[j] as bigint[])[i] as bigint;
    }
    previous = pivot;
  }
  return 'definite';
}

/** The first entry > 0 of the diagonal from k on, if none there is < 0. */
function firstPivot(rows: readonly (readonly bigint[])[], k: number): number | 'none' | 'negative' {
  let first: number | 'none' = 'none';
  for (let i = k; i < rows.length; i++) {
    const c = rows[i]?.[i] as bigint;
    if (c < 0n) return 'negative';
    if (c > 0n && first === 'none') first = i;
  }
  return first;
}

/** Exchanges rows k and p, and columns k and p. */
function exchange(rows: bigint[][], k: number, p: number): void {
  if (p === k) return;
  [rows[k], rows[p]] = [rows[p] as bigint[], rows[k] as bigint[]];
  for (const row of rows) [row[k], row[p]] = [row[p] as bigint, row[k] as bigint];
}

/**
 * By the coefficients of det(xI + A) = x^n + e_1 x^(n−1) + … + e_n: all are ≥ 0 exactly if A ⪰ 0, and then e_n = det A says whether it is singular. By
 * the algorithm of Faddeev and LeVerrier, without divisions: C_0 = I, k! e_k = tr(A C_(k−1)), C_k = k! e_k I − k A C_(k−1).
 *
 * @param A  n × n, symmetric: numerators over one positive denominator
 * @see proofs/rules/eckart-young.md
 */
export function definitenessOver<T>(
  ring: Ordered<T>,
  A: readonly (readonly T[])[],
  meter: Meter,
  path: string,
): Definiteness {
  const n = A.length;
  const all = A.map((_, i) => i);
  const size = largest(ring, A);
  let C = A.map((_, i) => A.map((__, j) => ring.fromInteger(i === j ? 1n : 0n)));
  let last: Sign | undefined = 1;
  for (let k = 1; k <= n; k++) {
    const bits = largest(ring, C);
    meter.hold(n * n, size + bits + n, path);
    meter.charge((n * n * (n + 1)) / 2, size, bits);
    // Products of short elements take as long as a thousand limbs do.
    meter.charge(1_000 * n * n * (n + 1), 1, 1);
    // A C is symmetric, since C is a polynomial in A.
    const product = A.map((row, i) =>
      all.map((j) => (j < i ? ring.zero : ring.dot(ring.zero, row, C[j] as readonly T[], all, size + bits + n))),
    );
    const e = product.reduce((sum, row, i) => ring.add(sum, row[i] as T), ring.zero);
    last = ring.sign(e);
    if (last !== 0 && last !== 1) return 'neither';
    C = all.map((i) =>
      all.map((j) => {
        const entry = ring.scale((i < j ? product[i]?.[j] : product[j]?.[i]) as T, BigInt(-k));
        return i === j ? ring.add(e, entry) : entry;
      }),
    );
  }
  return last === 1 ? 'definite' : 'semidefinite';
}

function largest<T>(ring: Ordered<T>, rows: readonly (readonly T[])[]): number {
  return rows.reduce((most, row) => {
    const bits = ring.mostBits(row);
    return bits > most ? bits : most;
  }, 1);
}
