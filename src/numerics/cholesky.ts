/** Symmetric matrices in doubles, as lower triangles by rows: factors, solutions, the least eigenvalue. For searches only. */

export type Triangle = readonly Float64Array[];

/** @returns L with A = L Lᵀ, or null where a pivot is not > 0 */
export function cholesky(A: Triangle, shift = 0): Triangle | null {
  const L = A.map((row) => row.slice());
  for (let i = 0; i < L.length; i++) {
    const row = L[i] as Float64Array;
    row[i] = (row[i] as number) - shift;
    for (let j = 0; j <= i; j++) {
      const other = L[j] as Float64Array;
      let sum = row[j] as number;
      for (let k = 0; k < j; k++) sum -= (row[k] as number) * (other[k] as number);
      if (j < i) row[j] = sum / (other[j] as number);
      else if (sum > 0) row[i] = Math.sqrt(sum);
      else return null;
    }
  }
  return L;
}

/** Solves L Lᵀ x = b. */
export function solveCholesky(L: Triangle, b: Float64Array): Float64Array {
  const x = b.slice();
  for (let i = 0; i < L.length; i++) {
    const row = L[i] as Float64Array;
    let sum = x[i] as number;
    for (let k = 0; k < i; k++) sum -= (row[k] as number) * (x[k] as number);
    x[i] = sum / (row[i] as number);
  }
  for (let i = L.length - 1; i >= 0; i--) {
    const value = (x[i] as number) / ((L[i] as Float64Array)[i] as number);
    x[i] = value;
    const row = L[i] as Float64Array;
    for (let k = 0; k < i; k++) x[k] = (x[k] as number) - (row[k] as number) * value;
  }
  return x;
}

export interface Least {
  readonly value: number;
  /** of length 1 */
  readonly vector: Float64Array;
}

const bisections = 60;
const steps = 40;

/** The least eigenvalue, by bisection on whether A − shift is positive definite, and a vector for it by inverse iteration. */
export function leastEigenvalue(A: Triangle): Least {
  const rows = A.map((row, i) => row.reduce((sum, a) => sum + Math.abs(a), 0) + besideOf(A, i));
  const bound = Math.max(...rows);
  let [below, above] = [-bound, bound];
  for (let step = 0; step < bisections && above - below > 1e-14 * bound; step++) {
    const middle = (below + above) / 2;
    if (cholesky(A, middle) === null) above = middle;
    else below = middle;
  }
  const L = cholesky(A, below - 1e-6 * bound);
  let vector = Float64Array.from(A, (_, i) => Math.sin(1 + 2.3 * i));
  for (let step = 0; L !== null && step < steps; step++) {
    const next = solveCholesky(L, vector);
    const length = Math.hypot(...next);
    vector = next.map((c) => c / length);
  }
  return { value: below, vector };
}

function besideOf(A: Triangle, i: number): number {
  let sum = 0;
  for (let k = i + 1; k < A.length; k++) sum += Math.abs((A[k] as Float64Array)[i] as number);
  return sum;
}

/** Of a positive definite matrix, to about one per cent: for balls, of which more is not asked. @returns 0 where it is not positive definite */
export function roughLeastEigenvalue(A: Triangle): number {
  const most = Math.min(...A.map((row, j) => row[j] as number));
  if (!(most > 0) || cholesky(A) === null) return 0;
  let [low, high] = [0, most === Number.POSITIVE_INFINITY ? 1 : most];
  for (let step = 0; step < bisections && high - low > 0.01 * low; step++) {
    const middle = low > 0 ? Math.sqrt(low * high) : high * 1e-3;
    if (cholesky(A, middle) === null) high = middle;
    else low = middle;
    if (high < 1e-200) break;
  }
  return low;
}
