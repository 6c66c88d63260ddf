import type { Meter } from '../limits.js';
import type { Ordered } from './ordered.js';

/**
 * Whether a symmetric integer matrix is positive definite: by fraction-free elimination (Bareiss), whose pivots are the leading
 * principal minors, all of which are > 0 exactly then (Sylvester).
 *
 * @param A  n × n, symmetric
 */
export function isPositiveDefinite(A: readonly (readonly bigint[])[]): boolean {
  const rows = A.map((row) => [...row]);
  const n = rows.length;
  let previous = 1n;
  for (let k = 0; k < n; k++) {
    const pivotRow = rows[k] as bigint[];
    const pivot = pivotRow[k] as bigint;
    if (pivot <= 0n) return false;
    for (let i = k + 1; i < n; i++) {
      const row = rows[i] as bigint[];
      const factor = row[k] as bigint;
      // Symmetric: only the part right of the diagonal is used again.
      for (let j = i; j < n; j++) {
        row[j] = ((row[j] as bigint) * pivot - factor * (pivotRow[j] as bigint)) / previous;
      }
      for (let j = k + 1; j < i; j++) row[j] = (rows[j] as bigint[])[i] as bigint;
    }
    previous = pivot;
  }
  return true;
}

/**
 * Whether a symmetric matrix is positive semidefinite: exactly if all coefficients of det(xI + A) = x^n + e_1 x^(n−1) + … + e_n are ≥ 0. By the
 * algorithm of Faddeev and LeVerrier, without divisions: C_0 = I, k! e_k = tr(A C_(k−1)), C_k = k! e_k I − k A C_(k−1).
 *
 * @param A  n × n, symmetric: numerators over one positive denominator
 * @see proofs/rules/eckart-young.md
 */
export function isPositiveSemidefinite<T>(
  ring: Ordered<T>,
  A: readonly (readonly T[])[],
  meter: Meter,
  path: string,
): boolean {
  const n = A.length;
  const all = A.map((_, i) => i);
  const size = largest(ring, A);
  let C = A.map((_, i) => A.map((__, j) => ring.fromInteger(i === j ? 1n : 0n)));
  for (let k = 1; k <= n; k++) {
    const bits = largest(ring, C);
    meter.hold(n * n, size + bits + n, path);
    meter.charge((n * n * (n + 1)) / 2, size, bits);
    // A C is symmetric, since C is a polynomial in A.
    const product = A.map((row, i) =>
      all.map((j) => (j < i ? ring.zero : ring.dot(ring.zero, row, C[j] as readonly T[], all, size + bits + n))),
    );
    const e = product.reduce((sum, row, i) => ring.add(sum, row[i] as T), ring.zero);
    if (ring.sign(e) !== 0 && ring.sign(e) !== 1) return false;
    C = all.map((i) =>
      all.map((j) => {
        const entry = ring.scale((i < j ? product[i]?.[j] : product[j]?.[i]) as T, BigInt(-k));
        return i === j ? ring.add(e, entry) : entry;
      }),
    );
  }
  return true;
}

function largest<T>(ring: Ordered<T>, rows: readonly (readonly T[])[]): number {
  return rows.reduce((most, row) => {
    const bits = ring.mostBits(row);
    return bits > most ? bits : most;
  }, 1);
}
