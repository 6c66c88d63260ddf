/**
 * Looks for a point of lower risk: in doubles for a good one, exactly for one that is there whenever theory.md 8 promises one. Whatever is
 * answered has been evaluated exactly.
 */

import type { Rational } from '../kernel/arithmetic/rational.js';
import type { PiecewiseAffine } from '../kernel/model/activation.js';
import { polynomialLoss } from '../kernel/model/loss.js';
import type { Parameters, Stage } from '../kernel/model/network.js';
import type { SampleProblem } from '../kernel/statement.js';
import { ratio } from '../numerics/floats.js';
import { exactRidge } from './exact-ridge.js';
import { ExactRisk } from './exact-risk.js';
import { FloatRisk, floatActivation } from './float-network.js';
import { FloatSamples } from './float-samples.js';
import { candidates } from './kink-growth.js';
import type { Observe } from './prover.js';
import { rounded } from './rounded-network.js';

export interface BetterPointSearch {
  readonly seed: number;
  /** directions tried and steps taken are proportional to it; 10 is the usual */
  readonly effort: number;
  readonly observe?: Observe | undefined;
}

export interface BetterPoint {
  readonly parameters: Parameters;
  /** exact */
  readonly risk: Rational;
}

/**
 * Finds a point with lower risk than `from`.
 *
 * For a network with one hidden layer and nothing frozen, of any width, number of outputs, piecewise affine activation and loss:
 *  1. A search in doubles: the best affine fit (carried by one unit per output, inside an affine segment) and kinks added one by one along
 *     many directions, or kinks alone, each time followed by descent in all parameters; and, where that does not beat `from`, the same
 *     starting from `from`.
 *  2. The hidden layer is rounded to as few bits as keep 99 % of the gain, and for a squared loss the outer weights are refitted exactly.
 *  3. Where doubles give nothing: if a unit of `from` has outgoing weight 0 and some Σ g_i h(w·x_i + b) ≠ 0, exactly that ridge. Unless the
 *     residual gradients add up to 0 on every distinct input, this finds one.
 *
 * The answer is the same for the same arguments: budgets count steps, and chance is seeded.
 *
 * @param from  the point to beat
 * @returns null where nothing was found, or where the network is not of this kind
 */
export function findBetterPoint(
  problem: SampleProblem,
  from: Parameters,
  search: BetterPointSearch,
): BetterPoint | null {
  const { network } = problem;
  if (network.stages.length !== 2 || problem.loss.family !== 'polynomial') return null;
  const usable = ({ kind, fixed, activation }: Stage) =>
    kind === 'dense' && fixed === null && activation.smooth === null;
  if (!network.stages.every(usable)) return null;
  const exact = new ExactRisk(problem);
  const risk = exact.of(from);
  return searchInDoubles(exact, from, risk, search) ?? exactRidge(exact, from, risk, search);
}

/** The first two steps of `findBetterPoint`, which find no gain that doubles do not see. */
export function searchInDoubles(
  exact: ExactRisk,
  from: Parameters,
  risk: Rational,
  search: BetterPointSearch,
): BetterPoint | null {
  const { network, loss, data } = exact.problem;
  const [hidden, output] = network.stages as readonly [Stage, Stage];
  const samples = FloatSamples.of(data, hidden.bias);
  if (samples === null || samples.dimension === 0) return null;
  const floats = new FloatRisk(
    samples,
    floatActivation(hidden.activation as PiecewiseAffine),
    polynomialLoss(loss),
    hidden.bias,
    output.bias,
  );
  const total = data.weights.values.reduce((sum, w) => sum + w, 0n);
  const current = ratio(risk.num, risk.den) / ratio(total, data.weights.denominator);
  if (!Number.isFinite(current) || current === 0) return null;
  const found = candidates(floats, hidden.units, from, current, search);
  search.observe?.('rounding', 0, 1);
  for (const candidate of found) {
    const better = rounded(exact, floats, candidate, risk, current);
    if (better !== null) return better;
  }
  return null;
}
