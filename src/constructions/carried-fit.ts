/** Points that realize an affine (or constant) fit with all preactivations inside one segment of the activation, at any depth. */
import { formatRational } from '../kernel/arithmetic/rational.js';
import type { Network, Parameters } from '../kernel/model/network.js';
import type { SampleProblem } from '../kernel/statement.js';
import { type AffineFit, fittedRange } from '../provers/affine-fit.js';
import { type BetterPoint, type BetterPointSearch, findBetterPoint } from '../provers/better-point.js';
import { type AffineMap, carryingLayer, identityMap, layerOf, readingLayer } from '../provers/carriers.js';
import { findDeepBetterPoint } from '../provers/layer-by-layer.js';
import { middleOf, placeFor, type Segment } from '../provers/segments.js';

/**
 * Unit c of every hidden layer carries the fit of output c: its preactivation is middle + scale · (A_c x + b_c), the same in every layer,
 * strictly inside the segment on all data. The others have zero weights and a bias inside the segment (sources.md 1).
 */
export function carriedFit({ stages, outputs: k }: Network, fit: AffineFit, segment: Segment): Parameters {
  const idle = middleOf(segment);
  const { least, most } = fittedRange(fit);
  const places = new Array(k).fill(placeFor(segment, least, most));
  const layers = [];
  let predictions: AffineMap = fit;
  for (const { units } of stages.slice(0, -1)) {
    layers.push(carryingLayer(predictions, places, units, idle));
    predictions = readingLayer(identityMap(k), segment, places, units);
  }
  return [...layers, layerOf(predictions)];
}

/** All units stand inside the constant segment, with zero weights; the output bias is the best constant. */
export function constantFit({ stages }: Network, fit: AffineFit, segment: Segment): Parameters {
  return stages.map(({ inputs, units }, s) => {
    const zeros: AffineMap = {
      A: Array.from({ length: units }, () => new Array<bigint>(inputs).fill(0n)),
      b: new Array<bigint>(units).fill(0n),
      denominator: 1n,
    };
    if (s === stages.length - 1) return layerOf({ ...zeros, b: fit.b, denominator: fit.denominator });
    return carryingLayer(zeros, [], units, middleOf(segment));
  });
}

/** @param point  realizes the fit */
export function findBetterThanFit(
  problem: SampleProblem,
  point: Parameters,
  fit: AffineFit,
  search: BetterPointSearch,
): BetterPoint | null {
  return problem.network.stages.length === 2
    ? findBetterPoint(problem, point, search)
    : findDeepBetterPoint(problem, fit, search);
}

export function described({ low, high, slope }: Segment): string {
  const [from, to] = [low === null ? '−∞' : formatRational(low), high === null ? '∞' : formatRational(high)];
  return `(${from}, ${to}) of slope ${formatRational(slope)}`;
}
