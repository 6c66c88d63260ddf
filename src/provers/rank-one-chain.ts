/**
 * Curves out of a critical point of a deep linear network at which the product P = W_L ⋯ W_1 could be improved: G = ∇ℓ_0(P) ≠ 0.
 *
 * @see proofs/deep-linear.md 2
 */
import { type Matrices, type RowsOf, transpose, type VectorOf } from '../numerics/matrices.js';
import { type Move, productOf, type Shape } from './linear-network.js';

/** Whether G A ≠ 0 for a d × m matrix A: a row of G and a column of A whose product is not 0, or null. */
export type FindNonzero<E> = (A: RowsOf<E>) => { readonly row: number; readonly column: number } | null;

/** All layers of a chain move at first order but one, which moves at a higher one. */
export interface Chain<E> {
  readonly moves: readonly Omit<Move<E>, 'power'>[];
  /** the layer that moves at t^N; with N > slack the change of the risk has the order of its first-order part */
  readonly last: number;
  readonly slack: number;
}

/** The network read from its outputs to its inputs: Pᵀ = W_1ᵀ ⋯ W_Lᵀ. */
export function reversed<E>({ matrices, weights, widths }: Shape<E>): Shape<E> {
  return {
    matrices,
    weights: [...weights].reverse().map((W, at) => transpose(W, widths[widths.length - 2 - at] as number)),
    widths: [...widths].reverse(),
  };
}

/** The chains of the network, then those of the network read backwards. */
export function* chainsOf<E>(shape: Shape<E>, find: FindNonzero<E>, findReversed: FindNonzero<E>): Generator<Chain<E>> {
  const L = shape.weights.length;
  for (let p = 1; p < L; p++) {
    const chain = chainThrough(shape, p, find);
    if (chain !== null) yield chain;
  }
  const backwards = reversed(shape);
  for (let p = 1; p < L; p++) {
    const chain = chainThrough(backwards, p, findReversed);
    if (chain === null) continue;
    yield {
      moves: chain.moves.map(({ layer, by }) => ({
        layer: L + 1 - layer,
        by: transpose(by, backwards.widths[layer - 1] as number),
      })),
      last: L + 1 - chain.last,
      slack: chain.slack,
    };
  }
}

/**
 * The chain that leaves the product alone through hidden layer p, or null where a vector that it needs is not there.
 *
 * With A_j = W_j ⋯ W_1 and D_j = W_p ⋯ W_{j+1}: c ⟂ range A_p; b_j ⟂ range A_j for j > p; s < p the largest with G A_sᵀ ≠ 0; m > s the least with
 * cᵀD_m ≠ 0; e_j ∈ ker D_j for s < j < m. Then W_j moves by b'_j b_{j−1}ᵀ above p, and by e_j f_{j−1}ᵀ from s + 1 to m.
 */
function chainThrough<E>(shape: Shape<E>, p: number, find: FindNonzero<E>): Chain<E> | null {
  const { matrices, weights, widths } = shape;
  const unit = (length: number, at: number): VectorOf<E> => matrices.identity(length)[at] as VectorOf<E>;
  /** an entry that is not 0 */
  const support = (vector: VectorOf<E>): number => vector.findIndex((entry) => !matrices.isZero(entry));
  const outer = matrices.outer.bind(matrices);
  const L = weights.length;
  const width = (j: number): number => widths[j] as number;
  const leftKernel = (j: number): VectorOf<E> | null =>
    matrices.kernel(transpose(productOf(shape, 0, j), width(0)), width(j))[0] ?? null;
  const c = leftKernel(p);
  if (c === null) return null;
  let s = p - 1;
  let start = find(transpose(productOf(shape, 0, s), width(0)));
  while (start === null && s > 0) start = find(transpose(productOf(shape, 0, --s), width(0)));
  if (start === null) return null;

  const moves: Omit<Move<E>, 'power'>[] = [];
  // Below: f_s, e_{s+1}, f_{s+1}, …, e_m.
  let f = unit(width(s), start.column);
  let m = s + 1;
  for (; ; m++) {
    const D = productOf(shape, m, p);
    const reach = support(matrices.timesVector(transpose(D, width(m)), c));
    if (reach >= 0) {
      moves.push({ layer: m, by: outer(unit(width(m), reach), f) });
      break;
    }
    const [e] = matrices.kernel(D, width(m));
    if (e === undefined) return null;
    moves.push({ layer: m, by: outer(e, f) });
    f = unit(width(m), support(e));
  }
  // Above: c, b'_{p+1}, b_{p+1}, …, u.
  let b = c;
  for (let j = p + 1; j <= L; j++) {
    const next = j === L ? null : leftKernel(j);
    if (j < L && next === null) return null;
    const to = next === null ? unit(width(L), start.row) : unit(width(j), support(next));
    moves.push({ layer: j, by: outer(to, b) });
    if (next !== null) b = next;
  }
  return { moves, last: m, slack: m - s - 1 + (L - p) };
}

/** @returns the curve of a chain whose last link moves at t^N, up or down */
export function movesOf<E>(
  { field }: Matrices<E>,
  { moves, last }: Chain<E>,
  N: number,
  sign: 1n | -1n,
): readonly Move<E>[] {
  const signed = (row: VectorOf<E>): VectorOf<E> => (sign === 1n ? row : row.map(field.negate));
  return moves.map(({ layer, by }) =>
    layer === last ? { layer, power: N, by: by.map(signed) } : { layer, power: 1, by },
  );
}
