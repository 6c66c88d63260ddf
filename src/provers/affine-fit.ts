/** The best affine (or constant) fit to the data, exactly where it is rational. */

import { integers } from '../kernel/arithmetic/integers.js';
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import type { Samples } from '../kernel/model/data.js';
import { type Loss, LossOverDenominator, type PolynomialLoss } from '../kernel/model/loss.js';
import { solveIntegerSystem } from '../numerics/dixon.js';
import { ratio } from '../numerics/floats.js';
import { leastSquares } from '../numerics/least-squares.js';
import type { AffineMap } from './carriers.js';

/** A map from R^d to R^k, with what it does on the data. */
export interface AffineFit extends AffineMap {
  /** the fitted values n × k over fittedDenominator */
  readonly fitted: readonly (readonly bigint[])[];
  readonly fittedDenominator: bigint;
  /** g_i = μ_i ∂ℓ at the fitted values, n × k, up to one positive factor */
  readonly gradients: readonly (readonly bigint[])[];
}

export type FindOptions = {
  /** fit a constant instead */
  readonly constant: boolean;
  readonly observe?: (done: number, total: number) => void;
};

/**
 * Finds a minimiser of Σ μ_i ℓ(A x_i + b, y_i) over A and b.
 *
 * Squared: exact least squares. Piecewise quadratic (Huber, smooth quantile): the piece of each residual is found in doubles, the linear
 * system of these pieces is solved exactly. Powers: only where the minimiser found in doubles is a simple rational. In every case the
 * normal equations Σ g_i ⊗ (x_i, 1) = 0 are tested exactly before anything is answered.
 *
 * @returns null where none was found: as a rule, the best fit is irrational; or the loss is no convex piecewise polynomial
 */
export function findAffineFit(data: Samples, loss: Loss, { constant, observe }: FindOptions): AffineFit | null {
  // For a loss that is not convex, a critical fit need not be the best.
  if (loss.family !== 'polynomial' || !loss.convex) return null;
  const over = data.inputs.denominator;
  // Rows (x, 1) over the inputs' denominator.
  const rows = data.inputs.rows.map((x) => (constant ? [over] : [...x, over]));
  const fits = (coefficients: readonly (readonly bigint[])[], denominator: bigint): AffineFit | null =>
    fitOf(data, loss, rows, coefficients, denominator, constant);
  const { coefficients } = leastSquares(rows, data.targets.rows, {
    weights: data.weights.values,
    ...(observe === undefined ? {} : { observe }),
  });
  // Rows are (x, 1) · over, targets y · targets.denominator.
  const scaled = coefficients.numerators.map((row) => row.map((c) => c * over));
  const denominator = coefficients.denominator * data.targets.denominator;
  // The least squares fit also serves other losses where residuals are symmetric, or all in one quadratic piece.
  const first = fits(scaled, denominator);
  if (first !== null) return first;
  const start = scaled.map((row) => row.map((c) => ratio(c, denominator)));
  const found = newton(data, loss, rows, start);
  if (found === null) return null;
  if (loss.degree === 2) return piecewiseQuadratic(data, loss, rows, found, fits);
  for (const bits of [12, 20, 30]) {
    const guess = found.map((row) => row.map((c) => simplest(c, 2 ** -bits)));
    const common = guess.flat().reduce((product, { den }) => lcmOf(product, den), 1n);
    const fit = fits(
      guess.map((row) => row.map(({ num, den }) => num * (common / den))),
      common,
    );
    if (fit !== null) return fit;
  }
  return null;
}

function lcmOf(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return (a / x) * b;
}

/** @returns null unless the normal equations hold exactly */
function fitOf(
  { targets, weights, inputs }: Samples,
  loss: PolynomialLoss,
  rows: readonly (readonly bigint[])[],
  coefficients: readonly (readonly bigint[])[],
  denominator: bigint,
  constant: boolean,
): AffineFit | null {
  const k = targets.rows[0]?.length ?? 0;
  const m = coefficients.length;
  const columns = Array.from({ length: k }, (_, c) => coefficients.map((row) => row[c] as bigint));
  const fitted = rows.map((row) =>
    columns.map((column) => {
      let sum = 0n;
      for (let j = 0; j < m; j++) {
        const x = row[j] as bigint;
        if (x !== 0n) sum += x * (column[j] as bigint);
      }
      return sum;
    }),
  );
  const fittedDenominator = denominator * inputs.denominator;
  const L = new LossOverDenominator(integers, loss, fittedDenominator * targets.denominator);
  const gradients = fitted.map((row, i) =>
    row.map((p, c) => {
      const r = p * targets.denominator - (targets.rows[i]?.[c] as bigint) * fittedDenominator;
      return L.derivative(r) * (weights.values[i] as bigint);
    }),
  );
  const isLeastSquares = loss.degree === 2 && loss.breakpoints.length === 0;
  if (!isLeastSquares) {
    for (let c = 0; c < k; c++) {
      for (let j = 0; j < m; j++) {
        let moment = 0n;
        rows.forEach((row, i) => {
          moment += (row[j] as bigint) * (gradients[i]?.[c] as bigint);
        });
        if (moment !== 0n) return null;
      }
    }
  }
  const d = inputs.rows[0]?.length ?? 0;
  return {
    A: columns.map((column) => (constant ? new Array<bigint>(d).fill(0n) : column.slice(0, d))),
    b: columns.map((column) => column[m - 1] as bigint),
    denominator,
    fitted,
    fittedDenominator,
    gradients,
  };
}

/** Solves the normal equations of the pieces that the residuals of `found` lie in. */
function piecewiseQuadratic(
  { targets, weights, inputs }: Samples,
  loss: PolynomialLoss,
  rows: readonly (readonly bigint[])[],
  found: readonly (readonly number[])[],
  fits: (coefficients: readonly (readonly bigint[])[], denominator: bigint) => AffineFit | null,
): AffineFit | null {
  const m = rows[0]?.length ?? 0;
  const k = targets.rows[0]?.length ?? 0;
  const solutions: {
    readonly pivots: readonly number[];
    readonly values: readonly bigint[];
    readonly denominator: bigint;
  }[] = [];
  const floatRows = rows.map((row) => row.map((x) => ratio(x, inputs.denominator)));
  for (let c = 0; c < k; c++) {
    // L' = a r + b on a piece: Σ μ (a (x·C − y) + b) x = 0, with x, y over their denominators and a, b over the loss's.
    const pieces = floatRows.map((row, i) => {
      const p = row.reduce((sum, x, j) => sum + x * (found[j]?.[c] as number), 0);
      const r = p - ratio(targets.rows[i]?.[c] as bigint, targets.denominator);
      let piece = 0;
      while (
        piece < loss.breakpoints.length &&
        r > ratio(loss.breakpoints[piece] as bigint, loss.breakpointDenominator)
      )
        piece++;
      const [, linear, square] = loss.pieces[piece] as readonly [bigint, bigint, bigint];
      return { a: 2n * square, b: linear };
    });
    const G = Array.from({ length: m }, () => new Array<bigint>(m).fill(0n));
    const B = new Array<bigint>(m).fill(0n);
    rows.forEach((row, i) => {
      const { a, b } = pieces[i] as (typeof pieces)[number];
      const mu = weights.values[i] as bigint;
      const y = targets.rows[i]?.[c] as bigint;
      const right = mu * (a * y - b * targets.denominator);
      for (let j = 0; j < m; j++) {
        const x = row[j] as bigint;
        B[j] = (B[j] as bigint) + right * x;
        if (a === 0n) continue;
        const Gj = G[j] as bigint[];
        for (let l = 0; l < m; l++) Gj[l] = (Gj[l] as bigint) + mu * a * x * (row[l] as bigint);
      }
    });
    const quadratic = rows.filter((_, i) => pieces[i]?.a !== 0n);
    const pivots =
      quadratic.length === 0
        ? []
        : leastSquares(
            quadratic,
            quadratic.map(() => [0n]),
          ).pivots;
    if (pivots.length === 0) return null;
    const solution = solveIntegerSystem(
      pivots.map((j) => pivots.map((l) => G[j]?.[l] as bigint)),
      pivots.map((j) => [B[j] as bigint]),
    );
    if (solution === 'singular') return null;
    solutions.push({
      pivots,
      values: solution.numerators.map(([v]) => v as bigint),
      denominator: solution.denominator,
    });
  }
  const common = solutions.reduce((product, { denominator }) => lcmOf(product, denominator), 1n);
  // G C = B has x over inputs.denominator once more than B, and y over targets.denominator.
  const coefficients = Array.from({ length: m }, (_, j) =>
    solutions.map(({ pivots, values, denominator }) => {
      const at = pivots.indexOf(j);
      return at < 0 ? 0n : (values[at] as bigint) * (common / denominator) * inputs.denominator;
    }),
  );
  return fits(coefficients, common * targets.denominator);
}

const newtonSteps = 200;
const mostHalvings = 40;

/** Minimises the risk over the coefficients in doubles by damped Newton and reweighting steps. */
function newton(
  { targets, weights, inputs }: Samples,
  loss: PolynomialLoss,
  rows: readonly (readonly bigint[])[],
  start: readonly (readonly number[])[],
): readonly (readonly number[])[] | null {
  const X = rows.map((row) => row.map((x) => ratio(x, inputs.denominator)));
  const m = start.length;
  const k = targets.rows[0]?.length ?? 0;
  const result = start.map((row) => [...row]);
  const breakpoints = loss.breakpoints.map((t) => ratio(t, loss.breakpointDenominator));
  const pieces = loss.pieces.map((piece) => piece.map((c) => ratio(c, loss.denominator)));
  const mu = weights.values.map((w) => ratio(w, weights.denominator));
  const scale = Array.from(
    { length: m },
    (_, j) => Math.sqrt(X.reduce((sum, x) => sum + (x[j] as number) ** 2, 0)) || 1,
  );
  for (let c = 0; c < k; c++) {
    const Y = targets.rows.map((row) => ratio(row[c] as bigint, targets.denominator));
    const derivatives = (r: number): [number, number, number] => {
      let at = 0;
      while (at < breakpoints.length && r > (breakpoints[at] as number)) at++;
      const piece = pieces[at] as readonly number[];
      let [value, slope, curve] = [0, 0, 0];
      for (let q = piece.length - 1; q >= 0; q--) {
        curve = curve * r + 2 * slope;
        slope = slope * r + value;
        value = value * r + (piece[q] as number);
      }
      return [value, slope, curve];
    };
    let C = Array.from({ length: m }, (_, j) => (result[j]?.[c] as number) * (scale[j] as number));
    const predict = (v: readonly number[], x: readonly number[]): number =>
      x.reduce((sum, value, j) => sum + (value * (v[j] as number)) / (scale[j] as number), 0);
    const risk = (v: readonly number[]): number =>
      X.reduce((sum, x, i) => sum + (mu[i] as number) * derivatives(predict(v, x) - (Y[i] as number))[0], 0);
    // Newton's curvature L'' is best near the minimum; L'(r)/r never overshoots where L grows at most quadratically.
    const curvatures = [
      (r: number) => derivatives(r)[2],
      (r: number) => (Math.abs(r) > 1e-9 ? derivatives(r)[1] / r : derivatives(r)[2]),
    ];
    let value = risk(C);
    for (let step = 0; step < newtonSteps; step++) {
      const from = C;
      for (const curvature of curvatures) {
        const move = newtonMove(X, mu, scale, (i) => {
          const r = predict(from, X[i] as readonly number[]) - (Y[i] as number);
          return { slope: derivatives(r)[1], curve: curvature(r) };
        });
        if (move === null) continue;
        for (let halving = 0, length = 1; halving < mostHalvings; halving++, length /= 2) {
          const next = from.map((v, j) => v - length * (move[j] as number));
          const reached = risk(next);
          if (!(reached < value)) continue;
          [C, value] = [next, reached];
          break;
        }
      }
      if (C === from) break;
    }
    C.forEach((v, j) => {
      (result[j] as number[])[c] = v / (scale[j] as number);
    });
  }
  return result.flat().every(Number.isFinite) ? result : null;
}

/** Solves H move = gradient for the sums over all samples, with a small ridge against dependent columns. */
function newtonMove(
  X: readonly (readonly number[])[],
  mu: readonly number[],
  scale: readonly number[],
  at: (i: number) => { readonly slope: number; readonly curve: number },
): number[] | null {
  const m = scale.length;
  const gradient = new Array<number>(m).fill(0);
  const H = Array.from({ length: m }, () => new Array<number>(m).fill(0));
  X.forEach((x, i) => {
    const { slope, curve } = at(i);
    for (let j = 0; j < m; j++) {
      const xj = ((x[j] as number) / (scale[j] as number)) * (mu[i] as number);
      gradient[j] = (gradient[j] as number) + slope * xj;
      const Hj = H[j] as number[];
      for (let l = 0; l < m; l++) Hj[l] = (Hj[l] as number) + (curve * xj * (x[l] as number)) / (scale[l] as number);
    }
  });
  const trace = H.reduce((sum, row, j) => sum + (row[j] as number), 0);
  for (let j = 0; j < m; j++) (H[j] as number[])[j] = (H[j]?.[j] as number) + 1e-13 * (trace / m) + 1e-300;
  return solveSymmetric(H, gradient);
}

/** Gaussian elimination with pivoting; null where the matrix is singular in doubles. */
function solveSymmetric(A: readonly (readonly number[])[], b: readonly number[]): number[] | null {
  const n = b.length;
  const M = A.map((row, i) => [...row, b[i] as number]);
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(M[r]?.[c] as number) > Math.abs(M[pivot]?.[c] as number)) pivot = r;
    [M[c], M[pivot]] = [M[pivot] as number[], M[c] as number[]];
    const row = M[c] as number[];
    const lead = row[c] as number;
    if (lead === 0 || !Number.isFinite(lead)) return null;
    for (let r = c + 1; r < n; r++) {
      const other = M[r] as number[];
      const factor = (other[c] as number) / lead;
      for (let l = c; l <= n; l++) other[l] = (other[l] as number) - factor * (row[l] as number);
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let r = n - 1; r >= 0; r--) {
    const row = M[r] as number[];
    let sum = row[n] as number;
    for (let l = r + 1; l < n; l++) sum -= (row[l] as number) * (x[l] as number);
    x[r] = sum / (row[r] as number);
  }
  return x;
}

/** @returns a rational within tolerance · max(1, |x|) of x with a small denominator, by continued fractions */
function simplest(x: number, tolerance: number): Rational {
  const allowed = tolerance * Math.max(1, Math.abs(x));
  let [p0, q0, p1, q1] = [0n, 1n, 1n, 0n];
  let rest = x;
  for (let term = 0; term < 64; term++) {
    const whole = Math.floor(rest);
    [p0, q0, p1, q1] = [p1, q1, BigInt(whole) * p1 + p0, BigInt(whole) * q1 + q0];
    if (Math.abs(ratio(p1, q1) - x) <= allowed || rest === whole) break;
    rest = 1 / (rest - whole);
  }
  return rational(p1, q1);
}

/** @returns the number of distinct inputs, and true if the residual gradients add up to 0 on each: then no function at all is better */
export function isBestOfAllFunctions(
  { inputs }: Samples,
  { gradients }: AffineFit,
): { readonly distinct: number; readonly best: boolean } {
  const k = gradients[0]?.length ?? 0;
  const sums = new Map<string, bigint[]>();
  inputs.rows.forEach((row, i) => {
    const key = row.join(',');
    const sum = sums.get(key) ?? new Array<bigint>(k).fill(0n);
    sums.set(
      key,
      sum.map((s, c) => s + (gradients[i]?.[c] as bigint)),
    );
  });
  return { distinct: sums.size, best: [...sums.values()].every((sum) => sum.every((s) => s === 0n)) };
}

/** @returns the smallest, the largest and the absolutely largest fitted value over all samples and outputs */
export function fittedRange({ fitted, fittedDenominator }: AffineFit): {
  readonly least: Rational;
  readonly most: Rational;
  readonly reach: Rational;
} {
  let [least, most, reach] = [fitted[0]?.[0] as bigint, fitted[0]?.[0] as bigint, 0n];
  for (const row of fitted) {
    for (const p of row) {
      const size = p < 0n ? -p : p;
      if (p < least) least = p;
      if (p > most) most = p;
      if (size > reach) reach = size;
    }
  }
  return {
    least: rational(least, fittedDenominator),
    most: rational(most, fittedDenominator),
    reach: rational(reach, fittedDenominator),
  };
}
