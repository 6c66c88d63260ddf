/** Random critical points of deep linear networks, made from their factors: the gradient by the product is chosen among those that every layer forgives. */
import {
  add,
  formatRational,
  multiply,
  one,
  type Rational,
  rational,
  subtract,
  zero,
} from '../src/kernel/arithmetic/rational.js';
import { transpose } from '../src/numerics/matrices.js';
import { type RationalRows, rationalMatrices, rationalRows } from '../src/numerics/rational-matrix.js';
import type { Random } from '../src/provers/random.js';
import { dense, type Fields, problem } from './certificate.js';

export interface CriticalPoint {
  readonly weights: readonly RationalRows[];
  readonly product: RationalRows;
  /** an integer gradient by the product: 0 where no other is critical */
  readonly G: RationalRows;
}

const small = (random: Random): bigint => BigInt(random.integer(-2, 2));

/** @returns a matrix of at most this rank */
function ofRank(random: Random, rows: number, columns: number, rank: number): RationalRows {
  const part = (n: number, m: number): RationalRows =>
    rationalRows(Array.from({ length: n }, () => Array.from({ length: m }, () => small(random))));
  const [left, right] = [part(rows, rank), part(rank, columns)];
  return rank === 0
    ? Array.from({ length: rows }, () => new Array<Rational>(columns).fill(zero))
    : rationalMatrices.times(left, right);
}

/** @param widths  d, the hidden widths, k */
export function criticalPoint(random: Random, widths: readonly number[]): CriticalPoint {
  const weights = widths.slice(1).map((rows, j) => {
    const columns = widths[j] as number;
    return ofRank(random, rows, columns, random.integer(0, Math.min(rows, columns)));
  });
  return withGradient(random, weights, widths);
}

export function withGradient(
  random: Random,
  weights: readonly RationalRows[],
  widths: readonly number[],
): CriticalPoint {
  const L = weights.length;
  const [d, k] = [widths[0] as number, widths[L] as number];
  const product = (from: number, to: number): RationalRows =>
    weights
      .slice(from, to)
      .reduce(
        (below: RationalRows, W) => rationalMatrices.times(W, below),
        rationalMatrices.identity(widths[from] as number),
      );
  // B_jᵀ G A_{j−1}ᵀ = 0 for every j: equations for the entries of G, row by row.
  const equations = weights.flatMap((_, j) => {
    const [above, below] = [transpose(product(j + 1, L)), product(0, j)];
    return above.flatMap((b) => below.map((a) => b.flatMap((p) => a.map((q) => multiply(p, q)))));
  });
  const basis = rationalMatrices.kernel(equations, k * d);
  const G = basis.reduce(
    (sum, vector) => {
      const factor = small(random);
      return sum.map((entry, at) => entry + factor * (vector[at] as Rational).num);
    },
    new Array<bigint>(k * d).fill(0n),
  );
  const rows = Array.from({ length: k }, (_, c) => G.slice(c * d, (c + 1) * d));
  return { weights, product: product(0, L), G: rationalRows(rows) };
}

/** A loss, and the residual p − y at which its derivative by p is e. */
export interface InvertibleLoss {
  readonly loss: Fields;
  readonly residual: (e: Rational) => Rational;
}

export const halfSquare: InvertibleLoss = { loss: { function: 'squared', factor: '1/2' }, residual: (e) => e };

/** At e = c its derivative is c·tanh(1) if |c| is 0 or 1: a gradient of such entries is one up to a factor. */
export const logCosh: InvertibleLoss = { loss: { function: 'log-cosh' }, residual: (e) => e };

/** sign(e)|e|^(1/2) at sign(e)e². */
export const threeHalves: InvertibleLoss = {
  loss: { function: 'power', exponent: '3/2', factor: '2/3' },
  residual: (e) => multiply(e, e.num < 0n ? rational(-e.num, e.den) : e),
};

/**
 * Data and targets that make G the gradient by the product.
 *
 * @param biases  b_1, …, b_L: then the derivatives add up to 0 over the samples
 * @param plain  takes the unit vectors as inputs
 */
export function problemOf(
  random: Random,
  { weights, product, G }: CriticalPoint,
  { loss, residual }: InvertibleLoss,
  { biases = null, plain = false }: { readonly biases?: RationalRows | null; readonly plain?: boolean } = {},
): Fields {
  const d = product[0]?.length ?? 0;
  const n = biases === null ? d : d + 1;
  let X: RationalRows;
  let rows: RationalRows;
  do {
    X = plain
      ? rationalMatrices.identity(d)
      : rationalRows(Array.from({ length: n }, () => Array.from({ length: d }, () => small(random))));
    rows = biases === null ? X : X.map((x) => [...x, one]);
  } while (rationalMatrices.kernel(rows, n).length > 0);
  // Σ_i e_i (x_i, 1)ᵀ = (G, 0)
  const errors = G.map(
    (row) => rationalMatrices.solution(transpose(rows), biases === null ? row : [...row, zero]) ?? [],
  );
  const Y = X.map((x, i) => {
    let p: RationalRows = [x];
    weights.forEach((W, j) => {
      const image = rationalMatrices.times(p, transpose(W));
      p = biases === null ? image : plus(image, [biases[j] as RationalRows[number]]);
    });
    return (p[0] as RationalRows[number]).map((value, c) => subtract(value, residual(errors[c]?.[i] as Rational)));
  });
  return linearProblem(weights, X, Y, loss, biases !== null);
}

export function linearProblem(
  weights: readonly RationalRows[],
  X: RationalRows,
  Y: RationalRows,
  loss: Fields,
  bias = false,
): Fields {
  return problem({
    layers: weights.map((W) => dense(W.length, bias)),
    x: X.map((row) => row.map(formatRational)),
    y: Y.map((row) => row.map(formatRational)),
    input: X[0]?.length ?? 0,
    loss,
  });
}

export function pointOf(weights: readonly RationalRows[], biases: RationalRows | null = null): Fields {
  return {
    layers: weights.map((W, j) => ({
      weights: W.map((row) => row.map(formatRational)),
      ...(biases === null ? {} : { bias: (biases[j] as RationalRows[number]).map(formatRational) }),
    })),
  };
}

const plus = (a: RationalRows, b: RationalRows): RationalRows =>
  a.map((row, i) => row.map((entry, j) => add(entry, b[i]?.[j] as Rational)));
