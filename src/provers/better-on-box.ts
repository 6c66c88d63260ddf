import { bitLength } from '../kernel/arithmetic/gcd.js';
import type { Matrix } from '../kernel/arithmetic/matrix.js';
import { compare, type Rational } from '../kernel/arithmetic/rational.js';
import type { Samples } from '../kernel/model/data.js';
import type { Parameters, Stage } from '../kernel/model/network.js';
import type { BoxProblem, SampleProblem } from '../kernel/statement.js';
import { nodesOn } from '../numerics/quadrature.js';
import { type BetterPoint, type BetterPointSearch, findBetterPoint } from './better-point.js';
import { findBoxFit } from './box-affine-fit.js';
import { ExactRisk } from './exact-risk.js';
import { bendOf, carriedOnBox, findRidgeOnBox } from './ridge-on-box.js';
import { riskOnBox } from './risk-on-box.js';
import { widestSegment } from './segments.js';
import { withShortOutput } from './short-output.js';

/**
 * Looks for a network whose true loss on a box is lower. What is found counts where its exact integral is below the bound.
 *
 *  1. In one dimension, for networks that `findBetterPoint` knows: the nodes of a quadrature are samples, among which it looks. (In several
 *     dimensions the kinks that it finds are not parallel, and their integrals have no rule.)
 *  2. At any depth, for dense layers with biases, nothing frozen: the best affine fit, and one ridge beside it.
 *
 * @param from   the point to start from, or a rational one near it
 * @param bound  the risk to beat
 * @returns null where nothing was found
 */
export function findBetterPointOnBox(
  problem: BoxProblem,
  from: Parameters,
  bound: Rational,
  search: BetterPointSearch,
): BetterPoint | null {
  const amongSamples = problem.network.inputs === 1 ? foundAmongSamples(problem, from, search) : [];
  for (const parameters of amongSamples) {
    const risk = riskOnBox(problem, parameters);
    if (risk !== null && compare(risk, bound) < 0) return { parameters, risk };
  }
  return foundBesideFit(problem, bound, search);
}

/** Short numbers first. */
function foundAmongSamples(problem: BoxProblem, from: Parameters, search: BetterPointSearch): readonly Parameters[] {
  const data = samplesOn(problem);
  if (data === null) return [];
  const { network, loss, written } = problem;
  const sampled: SampleProblem = { type: 'samples', network, loss, written, data };
  const found = findBetterPoint(sampled, from, search);
  if (found === null) return [];
  const exact = new ExactRisk(sampled);
  if (!exact.isSquared) return [found.parameters];
  return [withShortOutput(exact, found, exact.of(from)).parameters, found.parameters];
}

function foundBesideFit(problem: BoxProblem, bound: Rational, search: BetterPointSearch): BetterPoint | null {
  const { stages, outputs: k } = problem.network;
  const hidden = stages.slice(0, -1);
  const [first] = hidden;
  const isFree = ({ kind, fixed, bias }: Stage): boolean => kind === 'dense' && fixed === null && bias;
  if (first === undefined || !stages.every(isFree) || hidden.some(({ units }) => units < k)) return null;
  const segment = widestSegment(first.activation, false);
  const fit = segment === null ? null : findBoxFit(problem, false);
  if (segment === null || fit === null) return null;
  const bend = bendOf(first.activation);
  const ridge = bend === null || first.units <= k ? null : findRidgeOnBox(problem, fit, segment, bend, bound, search);
  const parameters = ridge ?? carriedOnBox(problem, fit, segment);
  const risk = riskOnBox(problem, parameters);
  return risk !== null && compare(risk, bound) < 0 ? { parameters, risk } : null;
}

/** Bits of the samples, relative to the sizes of their columns. */
const precision = 24;

/** @returns null where doubles do not hold them, or the density is 0 at all nodes */
function samplesOn({ data }: BoxProblem): Samples | null {
  const nodes = nodesOn(data).filter(({ weight }) => weight > 0);
  const inputs = rounded(nodes.map(({ x }) => [...x]));
  const targets = rounded(nodes.map(({ y }) => [...y]));
  const weights = rounded(nodes.map(({ weight }) => [weight]));
  if (inputs === null || targets === null || weights === null) return null;
  const kept = weights.rows.flatMap(([w], i) => ((w as bigint) > 0n ? [i] : []));
  const only = ({ rows, ...rest }: Matrix): Matrix => ({
    ...rest,
    rows: kept.map((i) => rows[i] as readonly bigint[]),
  });
  return {
    inputs: only(inputs),
    targets: only(targets),
    weights: { ...weights, values: kept.map((i) => weights.rows[i]?.[0] as bigint) },
  };
}

/** To multiples of a power of two that is small against the least spread of a column. */
function rounded(rows: readonly (readonly number[])[]): Matrix | null {
  const columns = (rows[0] ?? []).map((_, j) => rows.map((row) => row[j] as number));
  const spreads = columns.map((column) => Math.max(...column) - Math.min(...column));
  const sizes = columns.flat().map(Math.abs);
  if (rows.length === 0 || !sizes.every(Number.isFinite)) return null;
  // A constant column is as exact as its size asks for.
  const least = Math.min(...spreads.map((spread, j) => spread || Math.abs(columns[j]?.[0] as number) || 1));
  const power = Math.max(0, precision - Math.floor(Math.log2(least)));
  const unit = 2 ** power;
  if (!Number.isFinite(unit) || !Number.isFinite(Math.max(...sizes) * unit)) return null;
  const denominator = 1n << BigInt(power);
  const whole = rows.map((row) => row.map((value) => BigInt(Math.round(value * unit))));
  const bits = Math.max(bitLength(denominator), ...whole.flat().map(bitLength));
  return { rows: whole, denominator, bits };
}
