/** Small matrices of rationals, exactly. */
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import { Matrices, type RowsOf, type VectorOf } from './matrices.js';
import { integersOf, rationalField } from './real-field.js';

export { transpose } from './matrices.js';
export { integersOf };

export type RationalVector = VectorOf<Rational>;
export type RationalRows = RowsOf<Rational>;

export const rationalMatrices = new Matrices(rationalField);

export function rationalRows(rows: readonly (readonly bigint[])[], denominator = 1n): RationalRows {
  return rows.map((row) => row.map((entry) => rational(entry, denominator)));
}

export function inner(a: RationalVector, b: RationalVector): Rational {
  return rationalMatrices.inner(a, b);
}

export function timesVector(A: RationalRows, x: RationalVector): RationalVector {
  return rationalMatrices.timesVector(A, x);
}

export function times(A: RationalRows, B: RationalRows): RationalRows {
  return rationalMatrices.times(A, B);
}

export function identityRows(n: number): RationalRows {
  return rationalMatrices.identity(n);
}

/**
 * @param width  the number of columns of A
 * @returns a basis of {x : A x = 0}, in integers without a common factor
 */
export function kernelOf(A: RationalRows, width: number): readonly (readonly bigint[])[] {
  return rationalMatrices.kernel(A, width).map((row) => row.map(({ num }) => num));
}

/** @returns one x with A x = b, or null */
export function solutionOf(A: RationalRows, b: RationalVector): RationalVector | null {
  return rationalMatrices.solution(A, b);
}
