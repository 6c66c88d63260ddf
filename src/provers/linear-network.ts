/** Deep linear networks at an exact point: dense free layers with nothing between them, as matrices W_1, …, W_L. */
import { isIdentity } from '../kernel/model/activation.js';
import type { DenseIn, Network } from '../kernel/model/network.js';
import type { Matrices, RowsOf, VectorOf } from '../numerics/matrices.js';
import type { ExactPlace, LayerOf } from './exact-place.js';

export interface LinearNetwork<E> {
  readonly network: Network;
  readonly matrices: Matrices<E>;
  /** W_1, …, W_L; W_j is d_j × d_{j−1}, d_0 = d and d_L = k */
  readonly weights: readonly RowsOf<E>[];
  readonly biases: readonly (VectorOf<E> | null)[];
  /** d_0, …, d_L */
  readonly widths: readonly number[];
}

/** What a search for chains looks at. */
export type Shape<E> = Pick<LinearNetwork<E>, 'matrices' | 'weights' | 'widths'>;

export function isDeepLinear({ stages }: Network): boolean {
  return stages.every(({ kind, fixed, activation }) => kind === 'dense' && fixed === null && isIdentity(activation));
}

export function linearNetworkAt<T, E>(
  network: Network,
  { matrices, theta, element }: ExactPlace<T, E>,
): LinearNetwork<E> {
  const read = ({ denominator }: DenseIn<T>, row: readonly T[]): VectorOf<E> => row.map((a) => element(a, denominator));
  return {
    network,
    matrices,
    weights: theta.map((layer) => layer.weights.map((row) => read(layer, row))),
    biases: theta.map((layer) => (layer.bias === null ? null : read(layer, layer.bias))),
    widths: [network.inputs, ...network.stages.map(({ units }) => units)],
  };
}

/** @returns W_to ⋯ W_{from+1}; the identity where from = to */
export function productOf<E>({ matrices, weights, widths }: Shape<E>, from: number, to: number): RowsOf<E> {
  return weights
    .slice(from, to)
    .reduce((product: RowsOf<E>, W) => matrices.times(W, product), matrices.identity(widths[from] as number));
}

/** t^power · E is added to W_layer (layers count from 1). */
export interface Move<E> {
  readonly layer: number;
  readonly power: number;
  readonly by: RowsOf<E>;
}

/**
 * The curve of the moves as coefficients of t, t², …. Biases move so that what each layer makes of `center` stays: what is linear in x − center is then
 * the product of the moved matrices, and nothing else changes.
 *
 * @param center  an input
 * @returns null where a layer that moves has no bias, and reads something else than 0 at the center
 */
export function curveOf<E>(
  { network, matrices, weights, biases, widths }: LinearNetwork<E>,
  moves: readonly Move<E>[],
  center: VectorOf<E>,
): readonly (readonly LayerOf<E>[])[] | null {
  const { zero, add, negate } = matrices.field;
  const reads: VectorOf<E>[] = [center];
  weights.forEach((W, s) => {
    const image = matrices.timesVector(W, reads[s] as VectorOf<E>);
    const bias = biases[s];
    reads.push(bias ? image.map((entry, u) => add(entry, bias[u] as E)) : image);
  });
  const isRecentred = moves.every(
    ({ layer, by }) =>
      biases[layer - 1] !== null ||
      matrices.timesVector(by, reads[layer - 1] as VectorOf<E>).every((entry) => matrices.isZero(entry)),
  );
  if (!isRecentred) return null;
  const degree = moves.reduce((most, { power }) => Math.max(most, power), 1);
  return Array.from({ length: degree }, (_, k) =>
    network.stages.map(({ units, inputs, bias }, s) => {
      const here = moves.filter(({ layer, power }) => layer === s + 1 && power === k + 1);
      const rows = Array.from({ length: units }, (__, u) =>
        Array.from({ length: inputs }, (___, j) => here.reduce((sum, { by }) => add(sum, by[u]?.[j] as E), zero)),
      );
      if (widths[s + 1] !== units) throw new RangeError('Cannot move layers of other widths');
      return { weights: rows, bias: bias ? matrices.timesVector(rows, reads[s] as VectorOf<E>).map(negate) : null };
    }),
  );
}
