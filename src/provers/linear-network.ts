/** Deep linear networks at a rational point: dense free layers with nothing between them, as matrices W_1, …, W_L. */
import { lcm } from '../kernel/arithmetic/gcd.js';
import { add, negate, type Rational, zero } from '../kernel/arithmetic/rational.js';
import { isIdentity } from '../kernel/model/activation.js';
import type { Network, Parameters } from '../kernel/model/network.js';
import {
  identityRows,
  type RationalRows,
  type RationalVector,
  rationalRows,
  times,
  timesVector,
} from '../numerics/rational-matrix.js';
import { denseOf } from './dense-of.js';

export interface LinearNetwork {
  readonly network: Network;
  /** W_1, …, W_L; W_j is d_j × d_{j−1}, d_0 = d and d_L = k */
  readonly weights: readonly RationalRows[];
  readonly biases: readonly (RationalVector | null)[];
  /** d_0, …, d_L */
  readonly widths: readonly number[];
}

export function isDeepLinear({ stages }: Network): boolean {
  return stages.every(({ kind, fixed, activation }) => kind === 'dense' && fixed === null && isIdentity(activation));
}

export function linearNetworkAt(network: Network, theta: Parameters): LinearNetwork {
  const biases = theta.map(({ bias, denominator }) =>
    bias === null ? null : (rationalRows([bias], denominator)[0] ?? []),
  );
  return {
    network,
    weights: theta.map(({ weights, denominator }) => rationalRows(weights, denominator)),
    biases,
    widths: [network.inputs, ...network.stages.map(({ units }) => units)],
  };
}

/** @returns W_to ⋯ W_{from+1}; the identity where from = to */
export function productOf(
  { weights, widths }: Pick<LinearNetwork, 'weights' | 'widths'>,
  from: number,
  to: number,
): RationalRows {
  return weights
    .slice(from, to)
    .reduce((product: RationalRows, W) => times(W, product), identityRows(widths[from] as number));
}

/** t^power · E is added to W_layer (layers count from 1). */
export interface Move {
  readonly layer: number;
  readonly power: number;
  readonly by: RationalRows;
}

/**
 * The curve of the moves as coefficients of t, t², …. Biases move so that what each layer makes of `center` stays: what is linear in x − center is then
 * the product of the moved matrices, and nothing else changes.
 *
 * @param center  an input
 * @returns null where a layer that moves has no bias, and reads something else than 0 at the center
 */
export function curveOf(
  { network, weights, biases, widths }: LinearNetwork,
  moves: readonly Move[],
  center: RationalVector,
): readonly Parameters[] | null {
  const reads: RationalVector[] = [center];
  weights.forEach((W, s) => {
    const image = timesVector(W, reads[s] as RationalVector);
    const bias = biases[s];
    reads.push(bias ? image.map((entry, u) => add(entry, bias[u] as Rational)) : image);
  });
  const isRecentred = moves.every(
    ({ layer, by }) =>
      biases[layer - 1] !== null || timesVector(by, reads[layer - 1] as RationalVector).every(({ num }) => num === 0n),
  );
  if (!isRecentred) return null;
  const degree = moves.reduce((most, { power }) => Math.max(most, power), 1);
  return Array.from({ length: degree }, (_, k) =>
    network.stages.map(({ units, inputs, bias }, s) => {
      const here = moves.filter(({ layer, power }) => layer === s + 1 && power === k + 1);
      const rows = Array.from({ length: units }, (__, u) =>
        Array.from({ length: inputs }, (___, j) =>
          here.reduce((sum, { by }) => add(sum, by[u]?.[j] as Rational), zero),
        ),
      );
      const shift = bias ? timesVector(rows, reads[s] as RationalVector).map(negate) : null;
      const common = [...rows.flat(), ...(shift ?? [])].reduce((product, { den }) => lcm(product, den), 1n);
      const over = (row: RationalVector): readonly bigint[] => row.map(({ num, den }) => num * (common / den));
      if (widths[s + 1] !== units) throw new RangeError('Cannot move layers of other widths');
      return denseOf(rows.map(over), shift === null ? null : over(shift), common);
    }),
  );
}
