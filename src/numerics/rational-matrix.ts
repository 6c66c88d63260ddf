/** Small matrices of rationals, exactly: products, kernels, solutions of linear systems. */
import { lcm } from '../kernel/arithmetic/gcd.js';
import { primitive } from '../kernel/arithmetic/matrix.js';
import {
  add,
  divide,
  multiply,
  negate,
  one,
  type Rational,
  rational,
  subtract,
  zero,
} from '../kernel/arithmetic/rational.js';

export type RationalVector = readonly Rational[];
/** by rows */
export type RationalRows = readonly RationalVector[];

export function rationalRows(rows: readonly (readonly bigint[])[], denominator = 1n): RationalRows {
  return rows.map((row) => row.map((entry) => rational(entry, denominator)));
}

export function inner(a: RationalVector, b: RationalVector): Rational {
  return a.reduce((sum, entry, j) => {
    const other = b[j] as Rational;
    return entry.num === 0n || other.num === 0n ? sum : add(sum, multiply(entry, other));
  }, zero);
}

/** @param width  how many columns A has, where it has no rows */
export function transpose(A: RationalRows, width = A[0]?.length ?? 0): RationalRows {
  return Array.from({ length: width }, (_, j) => A.map((row) => row[j] as Rational));
}

export function timesVector(A: RationalRows, x: RationalVector): RationalVector {
  return A.map((row) => inner(row, x));
}

export function times(A: RationalRows, B: RationalRows): RationalRows {
  const columns = transpose(B);
  return A.map((row) => columns.map((column) => inner(row, column)));
}

export function identityRows(n: number): RationalRows {
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => (i === j ? one : zero)));
}

/** Reduced row echelon form. */
interface Echelon {
  readonly rows: RationalRows;
  /** the column of each row's leading 1 */
  readonly pivots: readonly number[];
}

function echelon(A: RationalRows, width: number): Echelon {
  let rest = [...A];
  let done: { readonly row: RationalVector; readonly pivot: number }[] = [];
  for (let pivot = 0; pivot < width; pivot++) {
    const at = rest.findIndex((row) => row[pivot]?.num !== 0n);
    if (at < 0) continue;
    const chosen = rest[at] as RationalVector;
    const lead = chosen[pivot] as Rational;
    const row = chosen.map((entry) => divide(entry, lead));
    const without = (other: RationalVector): RationalVector => {
      const factor = other[pivot] as Rational;
      return factor.num === 0n ? other : other.map((entry, j) => subtract(entry, multiply(factor, row[j] as Rational)));
    };
    rest = rest.filter((_, i) => i !== at).map(without);
    done = [...done.map((before) => ({ ...before, row: without(before.row) })), { row, pivot }];
  }
  return { rows: done.map(({ row }) => row), pivots: done.map(({ pivot }) => pivot) };
}

export function rankOf(A: RationalRows): number {
  return echelon(A, A[0]?.length ?? 0).pivots.length;
}

/** The columns of A that those before them do not span. */
export function pivotColumns(A: RationalRows): readonly number[] {
  return echelon(A, A[0]?.length ?? 0).pivots;
}

/**
 * @param width  the number of columns of A
 * @returns a basis of {x : A x = 0}, in integers without a common factor
 */
export function kernelOf(A: RationalRows, width: number): readonly (readonly bigint[])[] {
  const { rows, pivots } = echelon(A, width);
  const free = Array.from({ length: width }, (_, j) => j).filter((j) => !pivots.includes(j));
  return free.map((column) => {
    const x: Rational[] = new Array<Rational>(width).fill(zero);
    x[column] = one;
    rows.forEach((row, i) => {
      x[pivots[i] as number] = negate(row[column] as Rational);
    });
    return integersOf(x);
  });
}

/** @returns one x with A x = b, or null */
export function solutionOf(A: RationalRows, b: RationalVector): RationalVector | null {
  const width = A[0]?.length ?? 0;
  const { rows, pivots } = echelon(
    A.map((row, i) => [...row, b[i] as Rational]),
    width + 1,
  );
  if (pivots.includes(width)) return null;
  const x: Rational[] = new Array<Rational>(width).fill(zero);
  rows.forEach((row, i) => {
    x[pivots[i] as number] = row[width] as Rational;
  });
  return x;
}

/** @returns integers without a common factor, the first of them that is not 0 positive, that are a multiple of x */
export function integersOf(x: RationalVector): readonly bigint[] {
  const common = x.reduce((product, { den }) => lcm(product, den), 1n);
  return primitive(x.map(({ num, den }) => num * (common / den)));
}
