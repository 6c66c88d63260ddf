/** Small matrices over a field of real numbers, exactly: products, kernels, solutions of linear systems, characteristic polynomials. */
import { rational } from '../kernel/arithmetic/rational.js';
import type { RealField } from './real-field.js';

export type VectorOf<E> = readonly E[];
/** by rows */
export type RowsOf<E> = readonly VectorOf<E>[];

/** Reduced row echelon form. */
interface Echelon<E> {
  readonly rows: RowsOf<E>;
  /** the column of each row's leading 1 */
  readonly pivots: readonly number[];
}

/** @param width  how many columns A has, where it has no rows */
export function transpose<E>(A: RowsOf<E>, width = A[0]?.length ?? 0): RowsOf<E> {
  return Array.from({ length: width }, (_, j) => A.map((row) => row[j] as E));
}

export class Matrices<E> {
  constructor(readonly field: RealField<E>) {}

  isZero(a: E): boolean {
    return this.field.sign(a) === 0;
  }

  inner(a: VectorOf<E>, b: VectorOf<E>): E {
    const { zero, add, multiply } = this.field;
    return a.reduce((sum, entry, j) => {
      const other = b[j] as E;
      return this.isZero(entry) || this.isZero(other) ? sum : add(sum, multiply(entry, other));
    }, zero);
  }

  timesVector(A: RowsOf<E>, x: VectorOf<E>): VectorOf<E> {
    return A.map((row) => this.inner(row, x));
  }

  times(A: RowsOf<E>, B: RowsOf<E>): RowsOf<E> {
    const columns = transpose(B);
    return A.map((row) => columns.map((column) => this.inner(row, column)));
  }

  identity(n: number): RowsOf<E> {
    const { zero, one } = this.field;
    return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => (i === j ? one : zero)));
  }

  outer(to: VectorOf<E>, from: VectorOf<E>): RowsOf<E> {
    return to.map((a) => from.map((b) => this.field.multiply(a, b)));
  }

  rank(A: RowsOf<E>): number {
    return this.#echelon(A, A[0]?.length ?? 0).pivots.length;
  }

  /** The columns of A that those before them do not span. */
  pivotColumns(A: RowsOf<E>): readonly number[] {
    return this.#echelon(A, A[0]?.length ?? 0).pivots;
  }

  /**
   * @param width  the number of columns of A
   * @returns a basis of {x : A x = 0}, shortened
   */
  kernel(A: RowsOf<E>, width: number): RowsOf<E> {
    const { zero, one, negate, shortened } = this.field;
    const { rows, pivots } = this.#echelon(A, width);
    const free = Array.from({ length: width }, (_, j) => j).filter((j) => !pivots.includes(j));
    return free.map((column) => {
      const x: E[] = new Array<E>(width).fill(zero);
      x[column] = one;
      rows.forEach((row, i) => {
        x[pivots[i] as number] = negate(row[column] as E);
      });
      return shortened(x);
    });
  }

  /** @returns one x with A x = b, or null */
  solution(A: RowsOf<E>, b: VectorOf<E>): VectorOf<E> | null {
    const width = A[0]?.length ?? 0;
    const { rows, pivots } = this.#echelon(
      A.map((row, i) => [...row, b[i] as E]),
      width + 1,
    );
    if (pivots.includes(width)) return null;
    const x: E[] = new Array<E>(width).fill(this.field.zero);
    rows.forEach((row, i) => {
      x[pivots[i] as number] = row[width] as E;
    });
    return x;
  }

  /** @returns X with A X = B, for an A that has an inverse */
  quotient(A: RowsOf<E>, B: RowsOf<E>): RowsOf<E> {
    const columns = transpose(B).map((column) => {
      const x = this.solution(A, column);
      if (x === null) throw new RangeError('Cannot divide by a matrix without an inverse');
      return x;
    });
    return transpose(columns, A.length);
  }

  /** @returns the coefficients of det(xI + A), that of 1 first, by the algorithm of Faddeev and LeVerrier */
  characteristic(A: RowsOf<E>): readonly E[] {
    const { zero, one, add, subtract, divide, fromRational } = this.field;
    const coefficients: E[] = [one];
    let B = this.identity(A.length);
    for (let k = 1; k <= A.length; k++) {
      const product = this.times(A, B);
      const trace = product.reduce((sum, row, i) => add(sum, row[i] as E), zero);
      const e = divide(trace, fromRational(rational(BigInt(k))));
      coefficients.push(e);
      B = product.map((row, i) => row.map((entry, j) => subtract(i === j ? e : zero, entry)));
    }
    return coefficients.reverse();
  }

  /** @returns the monic greatest common divisor of two polynomials that are not both 0 */
  commonDivisor(p: readonly E[], q: readonly E[]): readonly E[] {
    let [a, b] = [this.#trimmed(p), this.#trimmed(q)];
    while (b.length > 0) [a, b] = [b, this.#remainder(a, b)];
    const lead = a[a.length - 1] as E;
    return a.map((c) => this.field.divide(c, lead));
  }

  #remainder(a: readonly E[], b: readonly E[]): readonly E[] {
    const { subtract, multiply, divide } = this.field;
    let rest = [...a];
    while (rest.length >= b.length) {
      const [factor, shift] = [divide(rest[rest.length - 1] as E, b[b.length - 1] as E), rest.length - b.length];
      rest = rest.slice(0, -1).map((c, k) => (k < shift ? c : subtract(c, multiply(factor, b[k - shift] as E))));
      rest = [...this.#trimmed(rest)];
    }
    return rest;
  }

  #trimmed(p: readonly E[]): readonly E[] {
    let length = p.length;
    while (length > 0 && this.isZero(p[length - 1] as E)) length--;
    return p.slice(0, length);
  }

  #echelon(A: RowsOf<E>, width: number): Echelon<E> {
    const { subtract, multiply, divide } = this.field;
    let rest = [...A];
    let done: { readonly row: VectorOf<E>; readonly pivot: number }[] = [];
    for (let pivot = 0; pivot < width; pivot++) {
      const at = rest.findIndex((row) => !this.isZero(row[pivot] as E));
      if (at < 0) continue;
      const chosen = rest[at] as VectorOf<E>;
      const lead = chosen[pivot] as E;
      const row = chosen.map((entry) => divide(entry, lead));
      const without = (other: VectorOf<E>): VectorOf<E> => {
        const factor = other[pivot] as E;
        return this.isZero(factor) ? other : other.map((entry, j) => subtract(entry, multiply(factor, row[j] as E)));
      };
      rest = rest.filter((_, i) => i !== at).map(without);
      done = [...done.map((before) => ({ ...before, row: without(before.row) })), { row, pivot }];
    }
    return { rows: done.map(({ row }) => row), pivots: done.map(({ pivot }) => pivot) };
  }
}
