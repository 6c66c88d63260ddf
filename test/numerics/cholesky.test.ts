import { expect, test } from 'vitest';
import { cholesky, leastEigenvalue, roughLeastEigenvalue, solveCholesky } from '../../src/numerics/cholesky.js';

const triangle = (...rows: readonly (readonly number[])[]) => rows.map((row) => Float64Array.from(row));
/** Eigenvalues 1, 3 and 6: orthogonal columns (1, 1, 1), (1, −1, 0) and (1, 1, −2). */
const known = triangle([17 / 6], [-1 / 6, 17 / 6], [-5 / 3, -5 / 3, 13 / 3]);

test('factors and solves', () => {
  const L = cholesky(known);
  if (L === null) throw new Error('not factored');
  const x = solveCholesky(L, Float64Array.from([1, 1, 1]));
  // (1, 1, 1) belongs to the eigenvalue 1.
  for (const c of x) expect(c).toBeCloseTo(1, 12);
});

test('is null where the matrix is not positive definite', () => {
  expect(cholesky(known, 1.01)).toBeNull();
  expect(cholesky(known, 0.99)).not.toBeNull();
  expect(cholesky(triangle([0]))).toBeNull();
  expect(cholesky(triangle([1], [2, 1]))).toBeNull();
});

test('the least eigenvalue, and its vector', () => {
  const { value, vector } = leastEigenvalue(known);
  expect(value).toBeCloseTo(1, 6);
  for (const c of vector) expect(Math.abs(c)).toBeCloseTo(1 / Math.sqrt(3), 6);
  const saddle = leastEigenvalue(triangle([1], [2, 1]));
  expect(saddle.value).toBeCloseTo(-1, 6);
  expect(Math.abs((saddle.vector[0] as number) - (saddle.vector[1] as number))).toBeCloseTo(Math.SQRT2, 6);
});

test('roughly, however small it is beside the others; 0 where there is none above 0', () => {
  expect(roughLeastEigenvalue(known) / 1).toBeCloseTo(1, 1);
  expect(roughLeastEigenvalue(triangle([1], [0, 1e-12])) * 1e12).toBeCloseTo(1, 1);
  expect(roughLeastEigenvalue(triangle([1], [2, 1]))).toBe(0);
  expect(roughLeastEigenvalue(triangle([-1]))).toBe(0);
});
