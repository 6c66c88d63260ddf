import { gcd } from '../../src/kernel/arithmetic/gcd.js';

/**
 * Solves A X = B over the integers by fraction-free elimination, the plainest way.
 *
 * @returns the solution with one denominator > 0 and no common factor, or 'singular'
 * @see Bareiss, Sylvester's identity and multistep integer-preserving Gaussian elimination, 1968
 */
export function solveByBareiss(
  A: readonly (readonly bigint[])[],
  B: readonly (readonly bigint[])[],
): { numerators: bigint[][]; denominator: bigint } | 'singular' {
  const n = A.length;
  const M = A.map((row, i) => [...row, ...(B[i] ?? [])]);
  let previous = 1n;
  for (let k = 0; k < n; k++) {
    const pivotRow = M.findIndex((row, i) => i >= k && row[k] !== 0n);
    if (pivotRow < 0) return 'singular';
    [M[k], M[pivotRow]] = [M[pivotRow] ?? [], M[k] ?? []];
    const [pivots, pivot] = [M[k] ?? [], M[k]?.[k] ?? 0n];
    M.forEach((row, i) => {
      const factor = row[k] ?? 0n;
      if (i !== k) M[i] = row.map((entry, j) => (pivot * entry - factor * (pivots[j] ?? 0n)) / previous);
    });
    previous = pivot;
  }
  const solution = M.map((row) => row.slice(n));
  const common = solution.flat().reduce(gcd, previous) * (previous < 0n ? -1n : 1n);
  return { numerators: solution.map((row) => row.map((entry) => entry / common)), denominator: previous / common };
}
