/** Critical points of linear networks with a narrow layer, for squared losses: the eigenvalues of the best fit tell global minima from saddles. */
import { type Fields, matrixJson, vectorJson } from '../formats/write.js';
import { lcm } from '../kernel/arithmetic/gcd.js';
import {
  add,
  compare,
  divide,
  formatRational,
  multiply,
  one,
  type Rational,
  rational,
  subtract,
  zero,
} from '../kernel/arithmetic/rational.js';
import { checkEckartYoung, type EckartYoungHints } from '../kernel/rules/eckart-young.js';
import type { SampleProblem } from '../kernel/statement.js';
import { leastSquares } from '../numerics/least-squares.js';
import {
  identityRows,
  kernelOf,
  pivotColumns,
  type RationalRows,
  type RationalVector,
  rationalRows,
  solutionOf,
  times,
  timesVector,
  transpose,
} from '../numerics/rational-matrix.js';
import { passes } from './any-depth.js';
import { curveNode, type DeepLinear, isCurve } from './deep-linear.js';
import { curveOf, type LinearNetwork, linearNetworkAt, type Move, productOf } from './linear-network.js';
import { findNegativeDirection } from './negative-direction.js';
import type { Decision } from './one-hidden-layer.js';
import { floor } from './segments.js';

type Answer = Decision | { readonly kind: 'global-minimum'; readonly node: Fields };

/**
 * @returns null where the loss is no square, the product has not the rank of the narrowest layer, or no threshold between the eigenvalues of Σ inside and
 *   outside of its range was found
 */
export function decideNarrow(at: DeepLinear): Answer | null {
  const { loss, network } = at.problem;
  if (loss.family !== 'polynomial' || loss.pieces.length > 1 || loss.degree !== 2) return null;
  const linear = linearNetworkAt(network, at.theta);
  const biased = network.stages.some(({ bias }) => bias);
  const fit = bestFit(at.problem, biased);
  const P = productOf(linear, 0, linear.weights.length);
  const U = columnsOf(P, pivotColumns(P));
  const V = transpose(rationalRows(kernelOf(transpose(P), network.outputs)), network.outputs);
  const found = separate(fit.scatter, U, V);
  if (found === null) return null;
  if (found.kind === 'saddle') return saddle(at, linear, fit, found.inside, found.outside);
  return globalMinimum(at, fit, found.threshold, U);
}

export interface LinearFit {
  /** A, k × d */
  readonly A: RationalRows;
  readonly a: RationalVector | null;
  /** Σ = Σ_i μ_i u_i u_iᵀ */
  readonly scatter: RationalRows;
  /** of the inputs; 0 without biases */
  readonly mean: RationalVector;
}

/** The best affine map, or the best linear one. */
export function bestFit({ data }: SampleProblem, biased: boolean): LinearFit {
  const { inputs, targets, weights } = data;
  const rows = inputs.rows.map((x) => (biased ? [...x, inputs.denominator] : x));
  const { coefficients } = leastSquares(rows, targets.rows, { weights: weights.values });
  // Rows of the data are over inputs.denominator, targets over theirs.
  const all = transpose(
    rationalRows(
      coefficients.numerators.map((row) => row.map((c) => c * inputs.denominator)),
      coefficients.denominator * targets.denominator,
    ),
    targets.rows[0]?.length ?? 0,
  );
  const d = inputs.rows[0]?.length ?? 0;
  const A = all.map((row) => row.slice(0, d));
  const a = biased ? all.map((row) => row[d] as Rational) : null;
  const x = rationalRows(inputs.rows, inputs.denominator);
  const mu = weights.values.map((weight) => rational(weight, weights.denominator));
  const total = mu.reduce(add, zero);
  const weighted = x.map((row, i) => row.map((entry) => multiply(entry, mu[i] as Rational)));
  const mean = Array.from({ length: d }, (_, j) =>
    biased
      ? divide(
          weighted.reduce((sum, row) => add(sum, row[j] as Rational), zero),
          total,
        )
      : zero,
  );
  const centered = x.map((row) => row.map((entry, j) => subtract(entry, mean[j] as Rational)));
  const u = centered.map((row) => timesVector(A, row));
  const scatter = A.map((_, p) =>
    A.map((__, q) =>
      u.reduce(
        (sum, row, i) => add(sum, multiply(mu[i] as Rational, multiply(row[p] as Rational, row[q] as Rational))),
        zero,
      ),
    ),
  );
  return { A, a, scatter, mean };
}

type Separated =
  | { readonly kind: 'separated'; readonly threshold: Rational }
  | { readonly kind: 'saddle'; readonly inside: RationalVector; readonly outside: RationalVector };

const steps = 400;

/**
 * Looks for λ with Σ ⪰ λI on the range of U and Σ ⪯ λI on that of V; or for u in the one and v in the other with a larger quotient vᵀΣv/vᵀv.
 *
 * @param U, V  bases of two orthogonal complements, as columns
 */
function separate(scatter: RationalRows, U: RationalRows, V: RationalRows): Separated | null {
  const trace = scatter.reduce((sum, row, c) => add(sum, row[c] as Rational), zero);
  let [low, high] = [zero, add(trace, one)];
  const above = (B: RationalRows, lambda: Rational, sign: Rational): RationalVector | null => {
    const shifted = scatter.map((row, p) =>
      row.map((entry, q) => multiply(sign, p === q ? subtract(entry, lambda) : entry)),
    );
    const form = times(times(transpose(B), shifted), B);
    const found = form.length === 0 ? null : findNegativeDirection(form);
    return found === null ? null : timesVector(B, rationalRows([found])[0] ?? []);
  };
  for (let step = 0; step < steps; step++) {
    const threshold = step % 2 === 0 ? simplestBetween(low, high) : divide(add(low, high), rational(2n));
    const inside = above(U, threshold, one);
    const outside = above(V, threshold, rational(-1n));
    if (inside !== null && outside !== null) return { kind: 'saddle', inside, outside };
    if (inside === null && outside === null) return { kind: 'separated', threshold };
    if (inside === null) low = threshold;
    else high = threshold;
  }
  return null;
}

/** @returns the rational of the least denominator in the closed interval; 0 ≤ low ≤ high */
function simplestBetween(low: Rational, high: Rational): Rational {
  const whole = floor(low);
  if (compare(rational(whole), low) === 0) return low;
  if (compare(rational(whole + 1n), high) <= 0) return rational(whole + 1n);
  const rest = (x: Rational): Rational => divide(one, subtract(x, rational(whole)));
  return add(rational(whole), divide(one, simplestBetween(rest(high), rest(low))));
}

/** (I + t v uᵀ) W_L, and W_1 + t e vᵀA with W_L ⋯ W_2 e = u: the range of the product turns from u towards v. */
function saddle(
  at: DeepLinear,
  linear: LinearNetwork,
  { A, mean }: LinearFit,
  u: RationalVector,
  v: RationalVector,
): Answer | null {
  const L = linear.weights.length;
  const e = solutionOf(productOf(linear, 1, L), u);
  if (e === null) return null;
  const top = timesVector(transpose(linear.weights[L - 1] as RationalRows), u);
  const bottom = timesVector(transpose(A), v);
  const outer = (to: RationalVector, from: RationalVector): RationalRows =>
    to.map((x) => from.map((y) => multiply(x, y)));
  const moves: readonly Move[] = [
    { layer: L, power: 1, by: outer(v, top) },
    { layer: 1, power: 1, by: outer(e, bottom) },
  ];
  const curve = curveOf(linear, moves, mean);
  if (curve === null || !isCurve(at, curve, 'descent')) return null;
  return { kind: 'descends', node: curveNode(at, curve, 'descent') };
}

/** S = (I − Π)(λI − Σ)(I − Π), Π the projection onto the range of the product. */
function globalMinimum(
  at: DeepLinear,
  { A, a, scatter }: LinearFit,
  threshold: Rational,
  U: RationalRows,
): Answer | null {
  const k = scatter.length;
  const gram = times(transpose(U), U);
  // Rows of X solve (UᵀU) X = Uᵀ.
  const X = transpose(
    transpose(transpose(U), k).map((column) => solutionOf(gram, column) as RationalVector),
    U[0]?.length ?? 0,
  );
  const projection = times(U, X);
  const rest = identityRows(k).map((row, p) => row.map((entry, q) => subtract(entry, projection[p]?.[q] ?? zero)));
  const below = scatter.map((row, p) => row.map((entry, q) => subtract(p === q ? threshold : zero, entry)));
  const excess = times(times(rest, below), rest);
  const hints: EckartYoungHints = {
    threshold,
    excess: matrixOf(excess),
    bestFit: a === null ? { weights: matrixOf(A) } : { weights: matrixOf(A), bias: vectorOf(a) },
  };
  if (!passes((ledger) => checkEckartYoung(at.instance, hints, '$', ledger))) return null;
  const { weights, bias } = hints.bestFit;
  const node: Fields = {
    rule: 'eckart-young',
    threshold: formatRational(threshold),
    excess: matrixJson(hints.excess.rows, hints.excess.denominator),
    bestFit: {
      weights: matrixJson(weights.rows, weights.denominator),
      ...(bias === undefined ? {} : { bias: vectorJson(bias.values, bias.denominator) }),
    },
  };
  return { kind: 'global-minimum', node };
}

function matrixOf(rows: RationalRows): EckartYoungHints['excess'] {
  const denominator = rows.flat().reduce((common, { den }) => lcm(common, den), 1n);
  return { rows: rows.map((row) => row.map(({ num, den }) => num * (denominator / den))), denominator, bits: 64 };
}

function vectorOf(row: RationalVector) {
  const { rows, denominator, bits } = matrixOf([row]);
  return { values: rows[0] ?? [], denominator, bits };
}

function columnsOf(A: RationalRows, columns: readonly number[]): RationalRows {
  return A.map((row) => columns.map((j) => row[j] as Rational));
}
