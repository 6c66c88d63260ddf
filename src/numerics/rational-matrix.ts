/** Small matrices of rationals, exactly. */
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import { Matrices, type RowsOf, type VectorOf } from './matrices.js';
import { rationalField } from './real-field.js';

export type RationalVector = VectorOf<Rational>;
export type RationalRows = RowsOf<Rational>;

export const rationalMatrices = new Matrices(rationalField);

export function rationalRows(rows: readonly (readonly bigint[])[], denominator = 1n): RationalRows {
  return rows.map((row) => row.map((entry) => rational(entry, denominator)));
}
