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
 * Whether a symmetric integer matrix is positive semidefinite: by the same elimination, which leaves out what has a pivot 0. A
 * semidefinite matrix has nothing but 0 beside a 0 on its diagonal, and its Schur complements are semidefinite.
 *
 * @param A  n × n, symmetric
 */
export function isPositiveSemidefinite(A: readonly (readonly bigint[])[]): boolean {
  let rows = A;
  let previous = 1n;
  while (rows.length > 0) {
    const [pivotRow, ...others] = rows as [readonly bigint[], ...(readonly bigint[])[]];
    const [pivot, ...beside] = pivotRow as [bigint, ...bigint[]];
    if (pivot < 0n) return false;
    if (pivot === 0n) {
      if (beside.some((entry) => entry !== 0n)) return false;
      rows = others.map((row) => row.slice(1));
      continue;
    }
    const divisor = previous;
    rows = others.map(([factor, ...row]) =>
      row.map((entry, j) => (entry * pivot - (factor as bigint) * (beside[j] as bigint)) / divisor),
    );
    previous = pivot;
  }
  return true;
}
