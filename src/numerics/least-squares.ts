import { solveIntegerSystem } from './dixon.js';
import type { IntegerMatrix, RationalMatrix } from './exact-matrix.js';
import { gramRows } from './gram.js';
import { invertModulo, wordPrimes } from './modular.js';
import { residuesOf, splitSquare } from './p-adic-lifting.js';

export type LeastSquaresOptions = {
  /** One positive weight per row of X; 1 by default. */
  readonly weights?: readonly bigint[];
  /** Primes from 5 to 2^24 - 4 for finding the rank; by default the largest below 2^24 - 2^8. */
  readonly primes?: Iterable<number>;
  /** Called with the part of the work that is done, in percent, roughly. */
  readonly observe?: (done: number, total: number) => void;
};

export type LeastSquares = {
  /** m × k; the rows outside the pivots are 0. */
  readonly coefficients: RationalMatrix;
  readonly rank: number;
  /** The columns of X that do not depend on columns before them, ascending. */
  readonly pivots: readonly number[];
};

/** What is done after each stage, in percent. */
const stages = { products: 15, rank: 25, solution: 90, check: 100 };

/**
 * Minimises Σ wᵢ |xᵢ C - yᵢ|² over all C, exactly, where xᵢ and yᵢ are the rows of X and Y: solves the normal equations
 * Xᵀ W (X C - Y) = 0 in a largest set of independent columns of X, and sets the coefficients of the others to 0.
 *
 * The columns come from elimination modulo a prime. That they are independent needs no more; that the others depend on
 * them is shown exactly. The normal equations are checked exactly in all m rows before anything is returned.
 *
 * @param X  N × m by rows
 * @param Y  N × k by rows
 * @throws RangeError if X, Y and the weights have not the same number of rows, or rows of different lengths, if a weight
 *   is not positive, or if all primes offered are unlucky
 */
export function leastSquares(
  X: IntegerMatrix,
  Y: IntegerMatrix,
  { weights = X.map(() => 1n), primes = wordPrimes(), observe = () => {} }: LeastSquaresOptions = {},
): LeastSquares {
  checkShapes(X, Y, weights);
  const m = X[0]?.length ?? 0;
  const report = (before: number, after: number) => (done: number, total: number) =>
    observe(before + ((after - before) * Math.min(done, total)) / total, 100);

  const Z = X.map((x, i) => [...x, ...(Y[i] as readonly bigint[])]);
  const products = gramRows(Z, m, weights, report(0, stages.products));
  const G = products.map((row) => row.slice(0, m));
  const H = products.map((row) => row.slice(m));
  const pivots = findPivots(G, X.length, primes, report(stages.products, stages.rank));
  const solution = solveNonsingular(
    submatrix(G, pivots, pivots),
    submatrix(H, pivots),
    report(stages.rank, stages.solution),
  );
  checkNormalEquations(G, H, pivots, solution, report(stages.solution, stages.check));

  const numerators = H.map((row) => row.map(() => 0n));
  pivots.forEach((j, t) => {
    numerators[j] = solution.numerators[t] as bigint[];
  });
  return { coefficients: { numerators, denominator: solution.denominator }, rank: pivots.length, pivots };
}

function checkShapes(X: IntegerMatrix, Y: IntegerMatrix, weights: readonly bigint[]): void {
  const act = 'Cannot fit by least squares';
  if (Y.length !== X.length) throw new RangeError(`${act}: X has ${X.length} rows, and Y has ${Y.length}`);
  if (weights.length !== X.length) throw new RangeError(`${act}: X has ${X.length} rows for ${weights.length} weights`);
  X.forEach((x, i) => {
    const [y, w] = [Y[i], weights[i] as bigint];
    if (x.length !== X[0]?.length) throw new RangeError(`${act}: rows 0 and ${i} of X have different lengths`);
    if (y?.length !== Y[0]?.length) throw new RangeError(`${act}: rows 0 and ${i} of Y have different lengths`);
    if (w <= 0n) throw new RangeError(`${act}: weight ${i} is ${w}, and must be positive`);
  });
}

/**
 * Finds a largest set of independent columns of X. Modulo a prime, the rank of G = Xᵀ W X can only be too small, so that
 * the columns found are independent; they are a largest set if there are as many as rows, or if all others depend on
 * them.
 *
 * @param G  m × m, positive semidefinite
 * @param N  the number of rows of X
 */
function findPivots(
  G: IntegerMatrix,
  N: number,
  primes: Iterable<number>,
  observe: (done: number, total: number) => void,
): readonly number[] {
  const split = splitSquare(G);
  for (const p of primes) {
    const pivots = invertModulo(residuesOf(split, p), G.length, p).columns;
    if (pivots.length === N || othersDepend(G, pivots, observe)) return pivots;
  }
  throw new RangeError('Cannot find the rank: modulo every prime offered it is too small');
}

/**
 * Shows that column j of X depends on the pivots, for all others j: the square of its distance from their span is
 * G[j, j] - G[j, pivots] G[pivots, pivots]⁻¹ G[pivots, j].
 */
function othersDepend(
  G: IntegerMatrix,
  pivots: readonly number[],
  observe: (done: number, total: number) => void,
): boolean {
  const inside = new Set(pivots);
  const others = G.map((_, j) => j).filter((j) => !inside.has(j) && G[j]?.[j] !== 0n);
  if (others.length === 0) return true;
  const D = solveNonsingular(submatrix(G, pivots, pivots), submatrix(G, pivots, others), observe);
  return others.every((j, s) => {
    const projected = pivots.reduce((sum, i, t) => sum + (G[j]?.[i] as bigint) * (D.numerators[t]?.[s] as bigint), 0n);
    return projected === D.denominator * (G[j]?.[j] as bigint);
  });
}

function submatrix(M: IntegerMatrix, rows: readonly number[], columns?: readonly number[]): IntegerMatrix {
  return rows.map((i) => {
    const row = M[i] as readonly bigint[];
    return columns === undefined ? row : columns.map((j) => row[j] as bigint);
  });
}

function solveNonsingular(
  A: IntegerMatrix,
  B: IntegerMatrix,
  observe: (done: number, total: number) => void,
): RationalMatrix {
  const solution = solveIntegerSystem(A, B, { observe });
  if (solution === 'singular')
    throw new Error('Cannot solve: a matrix invertible modulo a prime was taken for singular');
  return solution;
}

function checkNormalEquations(
  G: IntegerMatrix,
  H: IntegerMatrix,
  pivots: readonly number[],
  { numerators, denominator }: RationalMatrix,
  observe: (done: number, total: number) => void,
): void {
  G.forEach((G_i, i) => {
    H[i]?.forEach((h, k) => {
      const fitted = pivots.reduce((sum, j, t) => sum + (G_i[j] as bigint) * (numerators[t]?.[k] as bigint), 0n);
      if (fitted !== denominator * h)
        throw new Error(`Cannot vouch for the fit: normal equation ${i}, ${k} does not hold`);
    });
    observe(i + 1, G.length);
  });
}
