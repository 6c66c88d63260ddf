import type { BoundedSystem, IntegerAnswer } from './bounded-system.js';

/** Where to begin: the columns to make basic, the rows whose slack stays basic if possible, the columns at `upper`. */
export type Start = {
  readonly basicColumns: readonly number[];
  readonly basicRows: ReadonlySet<number> | ReadonlyMap<number, unknown>;
  readonly atUpper: ReadonlySet<number>;
};

/**
 * Decides A x = b, 0 ≤ x ≤ upper by pivoting in integers, from any start.
 *
 * The variables are r_0 … r_(m-1), with r = A x and every r_i fixed at b_i, then the x_j. A dictionary writes m basic
 * variables as combinations of the others, which rest at one of their bounds; at first the r_i are basic. While a basic
 * variable is out of its bounds it is exchanged for one that can move it there. If none can, its row is an identity
 * between r and x that no point within the bounds satisfies, and its coefficients on r are the multipliers y. After
 * 10 (m + n) greedy pivots both choices take the least index, which visits no dictionary twice: the search always ends.
 *
 * Coefficients are integers over one positive denominator D. All of them, and D, are minors of A up to sign, so that
 * Hadamard's inequality bounds them and every division below is exact.
 *
 * @returns an answer that should be right; the caller checks it
 * @see Dutertre and de Moura, A fast linear-arithmetic solver for DPLL(T), 2006; Bland, New finite pivoting rules for
 *      the simplex method, 1977; Edmonds and Maurras, Note sur les Q-matrices d'Edmonds, 1997 (integer pivoting)
 */
export function decideBySimplex(system: BoundedSystem, start?: Start): IntegerAnswer {
  const dictionary = new Dictionary(system);
  if (start) dictionary.moveTo(start);
  const greedyPivots = 10 * (system.b.length + system.upper.length);
  for (let pivots = 0; ; pivots++) {
    const choice = pivots < greedyPivots ? 'largest' : 'least-index';
    const row = dictionary.rowOutOfBounds(choice);
    if (row === null) return dictionary.point();
    const column = dictionary.columnThatHelps(row, choice);
    if (column === null) return dictionary.infeasibilityProof(row);
    dictionary.exchange(row, column);
  }
}

/** The largest number, which takes about 2 m pivots in practice but may cycle; or Bland's rule, which cannot cycle. */
type Choice = 'largest' | 'least-index';

class Dictionary {
  readonly #system: BoundedSystem;
  readonly #m: number;
  readonly #n: number;
  /** basic_i = (Σ_j T_ij (nonbasic_j − at_j) + T_in) / D, so that T_in / D is the value of basic_i. */
  readonly #T: bigint[][];
  #D = 1n;
  readonly #basic: number[];
  readonly #nonbasic: number[];
  /** The bound at which nonbasic_j rests. */
  readonly #at: bigint[];

  constructor(system: BoundedSystem) {
    this.#system = system;
    this.#m = system.A.length;
    this.#n = system.upper.length;
    this.#T = system.A.map((row) => [...row, 0n]);
    this.#basic = system.A.map((_, i) => i);
    this.#nonbasic = system.upper.map((_, j) => this.#m + j);
    this.#at = system.upper.map(() => 0n);
  }

  #lower(variable: number): bigint {
    return variable < this.#m ? (this.#system.b[variable] as bigint) : 0n;
  }

  #upper(variable: number): bigint | null {
    return (variable < this.#m ? this.#system.b[variable] : this.#system.upper[variable - this.#m]) as bigint | null;
  }

  /** @returns the value of basic_i less the bound it violates, times D: negative below, positive above, 0 within */
  #excess(i: number): bigint {
    const variable = this.#basic[i] as number;
    const value = (this.#T[i] as bigint[])[this.#n] as bigint;
    const overLower = value - this.#lower(variable) * this.#D;
    if (overLower < 0n) return overLower;
    const upper = this.#upper(variable);
    if (upper === null) return 0n;
    const overUpper = value - upper * this.#D;
    return overUpper > 0n ? overUpper : 0n;
  }

  /** Comes as close to the start as the rank of its columns allows. */
  moveTo({ basicColumns, basicRows, atUpper }: Start): void {
    for (const j of basicColumns) {
      const row = this.#T.findIndex((T_i, i) => {
        const variable = this.#basic[i] as number;
        return variable < this.#m && !basicRows.has(variable) && T_i[j] !== 0n;
      });
      if (row >= 0) this.#exchange(row, j, this.#lower(this.#basic[row] as number));
    }
    for (const j of atUpper) {
      const u = this.#system.upper[j] as bigint | null;
      if (u !== null && this.#nonbasic[j] === this.#m + j) this.#rest(j, u);
    }
  }

  /** @returns a row whose variable is out of its bounds, if any */
  rowOutOfBounds(choice: Choice): number | null {
    let best: number | null = null;
    let most = 0n;
    for (let i = 0; i < this.#m; i++) {
      const size = abs(this.#excess(i));
      if (size === 0n || !this.#prefers(choice, this.#basic, i, size, best, most)) continue;
      best = i;
      most = size;
    }
    return best;
  }

  /** @returns a column whose variable can move that of the row towards its bounds, if any */
  columnThatHelps(row: number, choice: Choice): number | null {
    const up = this.#excess(row) < 0n;
    const T_row = this.#T[row] as bigint[];
    let best: number | null = null;
    let most = 0n;
    for (let j = 0; j < this.#n; j++) {
      const variable = this.#nonbasic[j] as number;
      const coefficient = T_row[j] as bigint;
      if (variable < this.#m || coefficient === 0n) continue; // a nonbasic r_i is fixed
      const canMove = up === coefficient > 0n ? this.#at[j] !== this.#upper(variable) : this.#at[j] !== 0n;
      const size = abs(coefficient);
      if (!canMove || !this.#prefers(choice, this.#nonbasic, j, size, best, most)) continue;
      best = j;
      most = size;
    }
    return best;
  }

  #prefers(choice: Choice, variables: number[], k: number, size: bigint, best: number | null, most: bigint): boolean {
    if (best === null) return true;
    return choice === 'largest' ? size > most : (variables[k] as number) < (variables[best] as number);
  }

  /** Exchanges the variable of the row, which comes to rest at the bound it violates, for that of the column. */
  exchange(row: number, column: number): void {
    const leaving = this.#basic[row] as number;
    this.#exchange(row, column, this.#excess(row) < 0n ? this.#lower(leaving) : (this.#upper(leaving) as bigint));
  }

  #exchange(row: number, column: number, bound: bigint): void {
    // The row is read from the bound of the leaving variable before the pivot, from that of the entering one after.
    const T_row = this.#T[row] as bigint[];
    T_row[this.#n] = (T_row[this.#n] as bigint) - bound * this.#D;
    this.#pivot(row, column);
    T_row[this.#n] = (T_row[this.#n] as bigint) + (this.#at[column] as bigint) * this.#D;
    this.#at[column] = bound;
    const leaving = this.#basic[row] as number;
    this.#basic[row] = this.#nonbasic[column] as number;
    this.#nonbasic[column] = leaving;
  }

  /** Moves the variable of the column, and with it the values of the basic ones, to another bound. */
  #rest(column: number, bound: bigint): void {
    const step = bound - (this.#at[column] as bigint);
    for (const T_i of this.#T) T_i[this.#n] = (T_i[this.#n] as bigint) + (T_i[column] as bigint) * step;
    this.#at[column] = bound;
  }

  /** Solves the row for the variable of the column and puts the result into the other rows. */
  #pivot(row: number, column: number): void {
    const D = this.#D;
    const T_row = this.#T[row] as bigint[];
    const entry = T_row[column] as bigint;
    const p = abs(entry);
    const sign = entry < 0n ? -1n : 1n;
    for (let j = 0; j <= this.#n; j++) T_row[j] = entry < 0n ? (T_row[j] as bigint) : -(T_row[j] as bigint);
    T_row[column] = sign * D;
    for (let i = 0; i < this.#m; i++) {
      if (i === row) continue;
      const T_i = this.#T[i] as bigint[];
      const factor = T_i[column] as bigint;
      if (factor !== 0n) {
        for (let j = 0; j <= this.#n; j++) T_i[j] = ((T_i[j] as bigint) * p + factor * (T_row[j] as bigint)) / D;
        T_i[column] = sign * factor;
      } else if (p !== D) {
        for (let j = 0; j <= this.#n; j++) if (T_i[j] !== 0n) T_i[j] = ((T_i[j] as bigint) * p) / D;
      }
    }
    this.#D = p;
  }

  point(): IntegerAnswer {
    const X = this.#system.upper.map(() => 0n);
    for (const [j, variable] of this.#nonbasic.entries()) {
      if (variable >= this.#m) X[variable - this.#m] = (this.#at[j] as bigint) * this.#D;
    }
    for (const [i, variable] of this.#basic.entries()) {
      if (variable >= this.#m) X[variable - this.#m] = (this.#T[i] as bigint[])[this.#n] as bigint;
    }
    return { kind: 'feasible', X, den: this.#D };
  }

  /**
   * The row says 0 = Σ_j T_ij nonbasic_j − D basic_i for all r = A x; y is minus its coefficients on r, or plus them if
   * basic_i is above its upper bound.
   */
  infeasibilityProof(row: number): IntegerAnswer {
    const sign = this.#excess(row) < 0n ? -1n : 1n;
    const y = this.#system.b.map(() => 0n);
    for (const [j, variable] of this.#nonbasic.entries()) {
      if (variable < this.#m) y[variable] = sign * ((this.#T[row] as bigint[])[j] as bigint);
    }
    const variable = this.#basic[row] as number;
    if (variable < this.#m) y[variable] = -sign * this.#D;
    return { kind: 'infeasible', y };
  }
}

function abs(a: bigint): bigint {
  return a < 0n ? -a : a;
}
