import type { Matrix, Vector } from '../kernel/arithmetic/matrix.js';
import type { Samples } from '../kernel/model/data.js';
import { ratio } from '../numerics/floats.js';

/** Beyond this many products the inputs are scaled, but not decorrelated. */
const whiteningWork = 1e9;
/** A direction whose spread is below this share of the largest counts as none. */
const negligible = 1e-10;

/**
 * Samples as doubles for a search, in coordinates in which it is easy: z = T(x − centre) has mean 0 and variance 1 in every
 * direction (where d is large, in every coordinate), and directions in which the inputs do not vary are left out.
 */
export class FloatSamples {
  /** n × dimension by rows */
  readonly Z: Float64Array;
  /** n × outputs by rows */
  readonly Y: Float64Array;
  /** positive, with sum 1 */
  readonly weights: Float64Array;
  readonly n: number;
  /** d, the dimension of x */
  readonly inputs: number;
  readonly outputs: number;
  readonly dimension: number;
  readonly #centre: Float64Array;
  readonly #spread: Float64Array;
  /** the inputs that the coordinates are made of */
  readonly #kept: readonly number[];
  /** lower triangular, dimension × dimension: L z = the kept inputs, centred and scaled; null for the identity */
  readonly #L: readonly Float64Array[] | null;
  /** d × dimension: the mean of x zᵀ over the data, so that x − centre = spread · M z; null for the identity on the kept inputs */
  readonly #M: readonly Float64Array[] | null;

  /** @param centred  false where the first layer has no bias, so that 0 must stay 0 */
  private constructor(X: Float64Array, Y: Float64Array, weights: Float64Array, outputs: number, centred: boolean) {
    const n = weights.length;
    const d = X.length / n;
    this.n = n;
    this.inputs = d;
    this.outputs = outputs;
    this.Y = Y;
    this.weights = weights;
    this.#centre = new Float64Array(d);
    this.#spread = new Float64Array(d);
    if (centred) {
      for (let i = 0; i < n; i++) {
        const mu = weights[i] as number;
        for (let j = 0; j < d; j++) this.#centre[j] = (this.#centre[j] as number) + mu * (X[i * d + j] as number);
      }
    }
    const squares = new Float64Array(d);
    for (let i = 0; i < n; i++) {
      const mu = weights[i] as number;
      for (let j = 0; j < d; j++) {
        const x = (X[i * d + j] as number) - (this.#centre[j] as number);
        X[i * d + j] = x;
        squares[j] = (squares[j] as number) + mu * x * x;
      }
    }
    const varying: number[] = [];
    for (let j = 0; j < d; j++) {
      // What rounding leaves of a constant column is noise, not spread.
      const spread = Math.sqrt(squares[j] as number);
      const noise = 1e-13 * Math.abs(this.#centre[j] as number);
      this.#spread[j] = spread > noise ? spread : 0;
      if (spread > noise) varying.push(j);
      for (let i = 0; i < n; i++) X[i * d + j] = spread > noise ? (X[i * d + j] as number) / spread : 0;
    }
    if (n * d * d > whiteningWork) {
      this.#kept = varying;
      this.#L = null;
      this.#M = null;
      this.dimension = varying.length;
      this.Z = varying.length === d ? X : new Float64Array(n * varying.length);
      if (varying.length < d) {
        for (let i = 0; i < n; i++) {
          for (const [t, j] of varying.entries()) this.Z[i * varying.length + t] = X[i * d + j] as number;
        }
      }
      return;
    }
    const C = covariance(X, weights, d);
    const { pivots, L } = pivotedCholesky(C);
    const r = pivots.length;
    this.#kept = pivots;
    this.#L = L;
    this.dimension = r;
    this.Z = new Float64Array(n * r);
    for (let i = 0; i < n; i++) {
      for (let t = 0; t < r; t++) {
        const row = L[t] as Float64Array;
        let z = X[i * d + (pivots[t] as number)] as number;
        for (let s = 0; s < t; s++) z -= (row[s] as number) * (this.Z[i * r + s] as number);
        this.Z[i * r + t] = z / (row[t] as number);
      }
    }
    // M = C Tᵀ, whose row j solves L m = C[pivots, j].
    this.#M = Array.from({ length: d }, (_, j) => {
      const m = new Float64Array(r);
      for (let t = 0; t < r; t++) {
        const row = L[t] as Float64Array;
        let value = C[(pivots[t] as number) * d + j] as number;
        for (let s = 0; s < t; s++) value -= (row[s] as number) * (m[s] as number);
        m[t] = value / (row[t] as number);
      }
      return m;
    });
  }

  /** @returns null where the numbers are beyond the range of doubles */
  static of({ inputs, targets, weights }: Samples, centred: boolean): FloatSamples | null {
    const mu = floatsOf({ rows: [weights.values], denominator: weights.denominator, bits: weights.bits });
    const total = mu.reduce((sum, w) => sum + w, 0);
    const [X, Y] = [floatsOf(inputs), floatsOf(targets)];
    if (!Number.isFinite(total) || ![X, Y].every((values) => values.every((x) => Math.abs(x) < 1e140))) return null;
    return new FloatSamples(
      X,
      Y,
      mu.map((w) => w / total),
      targets.rows[0]?.length ?? 0,
      centred,
    );
  }

  /** @returns the weights on x and what to add to the bias, for a unit with weights w on z */
  toInputs(w: Float64Array): { readonly weights: Float64Array; readonly bias: number } {
    const weights = new Float64Array(this.#centre.length);
    const r = this.dimension;
    const solved = Float64Array.from(w);
    if (this.#L !== null) {
      for (let t = r - 1; t >= 0; t--) {
        const row = this.#L[t] as Float64Array;
        solved[t] = (solved[t] as number) / (row[t] as number);
        for (let s = 0; s < t; s++) solved[s] = (solved[s] as number) - (row[s] as number) * (solved[t] as number);
      }
    }
    let bias = 0;
    for (const [t, j] of this.#kept.entries()) {
      const weight = (solved[t] as number) / (this.#spread[j] as number);
      weights[j] = weight;
      bias -= weight * (this.#centre[j] as number);
    }
    return { weights, bias };
  }

  /** @returns the weights on z and what to add to the bias, for a unit with the given weights on x */
  fromInputs(weights: Float64Array): { readonly w: Float64Array; readonly bias: number } {
    const w = new Float64Array(this.dimension);
    let bias = 0;
    for (let j = 0; j < weights.length; j++) {
      const weight = weights[j] as number;
      bias += weight * (this.#centre[j] as number);
      const scaled = weight * (this.#spread[j] as number);
      if (this.#M !== null) {
        const m = this.#M[j] as Float64Array;
        for (let t = 0; t < w.length; t++) w[t] = (w[t] as number) + scaled * (m[t] as number);
      }
    }
    if (this.#M === null) {
      for (const [t, j] of this.#kept.entries()) w[t] = (weights[j] as number) * (this.#spread[j] as number);
    }
    return { w, bias };
  }

  centreOf(j: number): number {
    return this.#centre[j] as number;
  }

  /** @returns the standard deviation of input j, 0 where it is constant */
  spreadOf(j: number): number {
    return this.#spread[j] as number;
  }
}

function floatsOf({
  rows,
  denominator,
  bits,
}: Matrix | (Omit<Matrix, 'rows'> & { rows: readonly Vector['values'][] })) {
  const width = rows[0]?.length ?? 0;
  const values = new Float64Array(rows.length * width);
  const plain = bits < 1000;
  const over = Number(denominator);
  rows.forEach((row, i) => {
    for (let j = 0; j < width; j++) {
      const n = row[j] as bigint;
      values[i * width + j] = plain ? Number(n) / over : n === 0n ? 0 : ratio(n, denominator);
    }
  });
  return values;
}

function covariance(X: Float64Array, weights: Float64Array, d: number): Float64Array {
  const C = new Float64Array(d * d);
  for (let i = 0; i < weights.length; i++) {
    for (let j = 0; j < d; j++) {
      const x = (weights[i] as number) * (X[i * d + j] as number);
      if (x === 0) continue;
      for (let l = 0; l <= j; l++) C[j * d + l] = (C[j * d + l] as number) + x * (X[i * d + l] as number);
    }
  }
  for (let j = 0; j < d; j++) for (let l = 0; l < j; l++) C[l * d + j] = C[j * d + l] as number;
  return C;
}

/** @returns L Lᵀ = C on the pivots, rows in the order of the pivots; the other columns depend on these up to rounding */
function pivotedCholesky(C: Float64Array): { readonly pivots: number[]; readonly L: Float64Array[] } {
  const d = Math.round(Math.sqrt(C.length));
  const rest = Float64Array.from({ length: d }, (_, j) => C[j * d + j] as number);
  const rows: Float64Array[] = Array.from({ length: d }, () => new Float64Array(d));
  const pivots: number[] = [];
  const taken = new Uint8Array(d);
  for (let t = 0; t < d; t++) {
    let best = -1;
    for (let j = 0; j < d; j++) {
      if (taken[j] === 0 && (best < 0 || (rest[j] as number) > (rest[best] as number))) best = j;
    }
    if (best < 0 || !((rest[best] as number) > negligible)) break;
    const root = Math.sqrt(rest[best] as number);
    const pivotRow = rows[best] as Float64Array;
    pivotRow[t] = root;
    taken[best] = 1;
    pivots.push(best);
    for (let j = 0; j < d; j++) {
      if (taken[j] === 1) continue;
      const row = rows[j] as Float64Array;
      let value = C[j * d + best] as number;
      for (let s = 0; s < t; s++) value -= (row[s] as number) * (pivotRow[s] as number);
      row[t] = value / root;
      rest[j] = (rest[j] as number) - (row[t] as number) ** 2;
    }
  }
  return { pivots, L: pivots.map((j) => (rows[j] as Float64Array).subarray(0, pivots.length)) };
}
