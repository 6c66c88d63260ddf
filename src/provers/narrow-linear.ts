/** Critical points of linear networks with a narrow layer, for squared losses: the eigenvalues of the best fit tell global minima from saddles. */
import type { Fields } from '../formats/write.js';
import { vectorJson } from '../formats/write.js';
import {
  add,
  compare,
  divide,
  multiply,
  one,
  type Rational,
  rational,
  subtract,
  zero,
} from '../kernel/arithmetic/rational.js';
import { checkEckartYoung } from '../kernel/rules/eckart-young.js';
import type { SampleProblem } from '../kernel/statement.js';
import { leastSquares } from '../numerics/least-squares.js';
import { type RowsOf, transpose, type VectorOf } from '../numerics/matrices.js';
import { type RationalRows, type RationalVector, rationalMatrices, rationalRows } from '../numerics/rational-matrix.js';
import { passes } from './any-depth.js';
import type { DeepLinear } from './deep-linear.js';
import { type ExactPlace, rationalPlace } from './exact-place.js';
import { curveOf, type LinearNetwork, linearNetworkAt, type Move, productOf } from './linear-network.js';
import type { Decision } from './one-hidden-layer.js';
import { floor } from './segments.js';

type Answer = Decision | { readonly kind: 'global-minimum'; readonly node: Fields };

/** @returns null where the loss is no square, or the kernel accepts neither: where the product has not the rank of the narrowest layer */
export function decideNarrow<T, E>(at: DeepLinear<T, E>): Answer | null {
  const { problem, place } = at;
  const { loss, network } = problem;
  if (loss.family !== 'polynomial' || loss.pieces.length > 1 || loss.degree !== 2) return null;
  const linear = linearNetworkAt(network, place);
  const biased = network.stages.some(({ bias }) => bias);
  const fit = bestFit(problem, biased);
  const P = productOf(linear, 0, linear.weights.length);
  const pivots = place.matrices.pivotColumns(P);
  const U = P.map((row) => pivots.map((j) => row[j] as E));
  const V = transpose(place.matrices.kernel(transpose(P), network.outputs), network.outputs);
  const found = separate(place, lifted(place, fit.scatter), U, V);
  if (found.kind === 'saddle') return saddle(at, linear, fit, found.inside, found.outside);
  return globalMinimum(at, fit, found.threshold, U);
}

function lifted<T, E>({ matrices: { field } }: ExactPlace<T, E>, rows: RationalRows): RowsOf<E> {
  return rows.map((row) => row.map(field.fromRational));
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
  const u = centered.map((row) => rationalMatrices.timesVector(A, row));
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

type Separated<E> =
  | { readonly kind: 'separated'; readonly threshold: E }
  | { readonly kind: 'saddle'; readonly inside: VectorOf<E>; readonly outside: VectorOf<E> };

/**
 * Finds λ with Σ ⪰ λI on the range of U and Σ ⪯ λI on that of V; or u in the one and v in the other with a larger quotient vᵀΣv/vᵀv. If the least
 * eigenvalue on the range of U is the largest on that of V, no other one is of both: the common divisor of the two characteristic polynomials has
 * this root only. Else there is room for a rational λ, or for u and v.
 *
 * @param U, V  bases of two orthogonal complements, as columns
 */
function separate<T, E>(place: ExactPlace<T, E>, scatter: RowsOf<E>, U: RowsOf<E>, V: RowsOf<E>): Separated<E> {
  const { matrices, negativeDirection } = place;
  const { field } = matrices;
  const above = (B: RowsOf<E>, lambda: E, sign: 1 | -1): VectorOf<E> | null => {
    const shifted = scatter.map((row, p) =>
      row.map((entry, q) => {
        const rest = p === q ? field.subtract(entry, lambda) : entry;
        return sign === 1 ? rest : field.negate(rest);
      }),
    );
    const form = matrices.times(matrices.times(transpose(B), shifted), B);
    const found = form.length === 0 ? null : negativeDirection(form);
    return found === null
      ? null
      : matrices.timesVector(
          B,
          found.map((n) => field.fromRational(rational(n))),
        );
  };
  const shared = sharedEigenvalue(place, scatter, U, V);
  if (shared !== null && above(U, shared, 1) === null && above(V, shared, -1) === null) {
    return { kind: 'separated', threshold: shared };
  }
  const trace = scatter.reduce((sum, row, c) => field.add(sum, row[c] as E), field.zero);
  let [low, high] = [zero, add(field.enclosed(trace, 0).upper, one)];
  for (let step = 0; ; step++) {
    const tried = step % 2 === 0 ? simplestBetween(low, high) : divide(add(low, high), rational(2n));
    const threshold = field.fromRational(tried);
    const inside = above(U, threshold, 1);
    const outside = above(V, threshold, -1);
    if (inside !== null && outside !== null) return { kind: 'saddle', inside, outside };
    if (inside === null && outside === null) return { kind: 'separated', threshold };
    if (inside === null) low = tried;
    else high = tried;
  }
}

/** @returns λ if Σ has it on the range of U and on that of V, and nothing else on both; null if it has nothing on both */
function sharedEigenvalue<T, E>(
  { matrices }: ExactPlace<T, E>,
  scatter: RowsOf<E>,
  U: RowsOf<E>,
  V: RowsOf<E>,
): E | null {
  if ((U[0]?.length ?? 0) === 0 || (V[0]?.length ?? 0) === 0) return null;
  const { divide: over, fromRational } = matrices.field;
  const on = (B: RowsOf<E>): readonly E[] => {
    const adjoint = transpose(B);
    const moved = matrices.times(adjoint, matrices.times(scatter, B));
    return matrices.characteristic(matrices.quotient(matrices.times(adjoint, B), moved));
  };
  // det(xI + ·): (x + λ)^m = x^m + m λ x^(m−1) + …
  const common = matrices.commonDivisor(on(U), on(V));
  const m = common.length - 1;
  return m === 0 ? null : over(common[m - 1] as E, fromRational(rational(BigInt(m))));
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
function saddle<T, E>(
  { place }: DeepLinear<T, E>,
  linear: LinearNetwork<E>,
  { A, mean }: LinearFit,
  u: VectorOf<E>,
  v: VectorOf<E>,
): Answer | null {
  const { matrices } = place;
  const L = linear.weights.length;
  const e = matrices.solution(productOf(linear, 1, L), u);
  if (e === null) return null;
  const top = matrices.timesVector(transpose(linear.weights[L - 1] as RowsOf<E>), u);
  const bottom = matrices.timesVector(transpose(lifted(place, A)), v);
  const moves: readonly Move<E>[] = [
    { layer: L, power: 1, by: matrices.outer(v, top) },
    { layer: 1, power: 1, by: matrices.outer(e, bottom) },
  ];
  const curve = curveOf(linear, moves, mean.map(matrices.field.fromRational));
  const node = curve === null ? null : place.curveNode(curve, 'descent');
  return node === null ? null : { kind: 'descends', node };
}

/** S = (I − Π)(λI − Σ)(I − Π), Π the projection onto the range of the product. */
function globalMinimum<T, E>(
  { problem, place, instance }: DeepLinear<T, E>,
  { A, a, scatter }: LinearFit,
  threshold: E,
  U: RowsOf<E>,
): Answer | null {
  const { matrices } = place;
  const { field } = matrices;
  const adjoint = transpose(U);
  const projection = matrices.times(U, matrices.quotient(matrices.times(adjoint, U), adjoint));
  const rest = matrices
    .identity(scatter.length)
    .map((row, p) => row.map((entry, q) => field.subtract(entry, projection[p]?.[q] ?? field.zero)));
  const below = lifted(place, scatter).map((row, p) =>
    row.map((entry, q) => field.subtract(p === q ? threshold : field.zero, entry)),
  );
  const excess = matrices.times(matrices.times(rest, below), rest);
  const rational = rationalPlace(problem, [], instance.meter);
  const constant = a === null ? null : rational.matrixOver([a]);
  const weights = rational.matrixOver(A);
  const bias = constant === null ? null : { ...constant, values: constant.rows[0] ?? [] };
  const hints = {
    threshold: place.matrixOver([[threshold]]),
    excess: place.matrixOver(excess),
    bestFit: bias === null ? { weights } : { weights, bias },
  };
  if (!passes((ledger) => checkEckartYoung(instance, place.numbers, hints, '$', ledger))) return null;
  const node: Fields = {
    rule: 'eckart-young',
    threshold: place.numberJson(threshold),
    excess: place.matrixJson(excess),
    bestFit: {
      weights: rational.matrixJson(A),
      ...(bias === null ? {} : { bias: vectorJson(bias.values, bias.denominator) }),
    },
  };
  return { kind: 'global-minimum', node };
}
