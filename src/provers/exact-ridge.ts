import { lcm } from '../kernel/arithmetic/gcd.js';
import { compare, type Rational } from '../kernel/arithmetic/rational.js';
import type { PiecewiseAffine } from '../kernel/model/activation.js';
import type { DenseValues, Parameters, Stage } from '../kernel/model/network.js';
import type { BetterPoint, BetterPointSearch } from './better-point.js';
import { denseOf } from './dense-of.js';
import type { ExactRisk } from './exact-risk.js';
import { seeded } from './random.js';

/** Steps of half the length before, in a direction in which the risk goes down. */
const mostHalvings = 200;
/** Random directions with entries up to 1, 2, 4, … before one is built that tells all inputs apart. */
const randomDirections = 24;

/**
 * Puts a ridge with Σ g_i h(w·x_i + b) ≠ 0 into a unit with outgoing weight 0, exactly: then some outgoing weight lowers the risk.
 *
 * For g ⟂ 1 the sums Σ g_i max(a·x_i − t, 0) over all places t vanish only if the g_i add up to 0 on every value of a·x.
 */
export function exactRidge(
  exact: ExactRisk,
  from: Parameters,
  risk: Rational,
  { seed, effort, observe }: BetterPointSearch,
): BetterPoint | null {
  const { network, data } = exact.problem;
  const [hidden] = network.stages as readonly [Stage, Stage];
  const [first, last] = from as readonly [DenseValues, DenseValues];
  const spare = first.weights.findIndex((_, j) => last.weights.every((row) => row[j] === 0n));
  const h = hidden.activation as PiecewiseAffine;
  if (spare < 0 || h.breakpoints.length === 0 || !hidden.bias) return null;
  const gradients = exact.gradients(from);
  const { rows, denominator: over } = data.inputs;
  const d = hidden.inputs;
  const random = seeded(seed);
  const directions = function* (): Generator<readonly bigint[]> {
    for (let j = 0; j < Math.min(d, 4 * effort); j++) yield Array.from({ length: d }, (_, i) => (i === j ? 1n : 0n));
    for (let t = 0; t < randomDirections; t++) {
      const size = 2 ** (t >> 2);
      yield Array.from({ length: d }, () => BigInt(random.integer(-size, size)));
    }
    let span = 1n;
    for (const row of rows) for (const x of row) if (x > span || -x > span) span = x < 0n ? -x : x;
    // Two different rows differ by less than the base in every place, so a·x tells them apart.
    yield Array.from({ length: d }, (_, i) => (2n * span + 1n) ** BigInt(i));
  };
  let tried = 0;
  for (const a of directions()) {
    observe?.('exact ridges', tried++, d + randomDirections + 1);
    const z = rows.map((row) => row.reduce((sum, x, j) => (a[j] === 0n ? sum : sum + x * (a[j] as bigint)), 0n));
    const ridge = ridgeAlong(h, z, over, gradients);
    if (ridge === null) continue;
    // z/over is a·x; the unit computes h(τ + κ (z − t)/over).
    const { breakpoint, scaleNumerator: κn, scaleDenominator: κd, cut } = ridge;
    const common = lcm(h.breakpointDenominator * κd * over, first.denominator);
    const weights = a.map((value) => (value * κn * common) / κd);
    const bias = (breakpoint * common) / h.breakpointDenominator - (κn * cut * common) / (κd * over);
    const factor = common / first.denominator;
    const next = denseOf(
      first.weights.map((row, j) => (j === spare ? weights : row.map((w) => w * factor))),
      (first.bias as readonly bigint[]).map((b, j) => (j === spare ? bias : b * factor)),
      common,
    );
    const better = exact.isSquared ? refit(exact, next, risk) : stepDown(exact, next, last, spare, gradients, risk);
    if (better !== null) return better;
  }
  return null;
}

function refit(exact: ExactRisk, first: DenseValues, risk: Rational): BetterPoint | null {
  const parameters = exact.refitted(first);
  const reached = exact.of(parameters);
  return compare(reached, risk) < 0 ? { parameters, risk: reached } : null;
}

function stepDown(
  exact: ExactRisk,
  first: DenseValues,
  last: DenseValues,
  unit: number,
  gradients: readonly (readonly bigint[])[],
  risk: Rational,
): BetterPoint | null {
  const { rows } = exact.hidden(first);
  const slopes = last.weights.map((_, c) =>
    gradients.reduce((sum, g, i) => sum + (g[c] as bigint) * (rows[i]?.[unit] as bigint), 0n),
  );
  const c = slopes.findIndex((slope) => slope !== 0n);
  if (c < 0) return null;
  const sign = (slopes[c] as bigint) > 0n ? -1n : 1n;
  for (let halvings = -20; halvings < mostHalvings; halvings++) {
    const over = halvings > 0 ? 1n << BigInt(halvings) : 1n;
    const step = halvings > 0 ? sign : sign << BigInt(-halvings);
    const second = denseOf(
      last.weights.map((row, o) => row.map((w, j) => (o === c && j === unit ? step * last.denominator : w * over))),
      last.bias?.map((b) => b * over) ?? null,
      last.denominator * over,
    );
    const parameters = [first, second];
    const reached = exact.of(parameters);
    if (compare(reached, risk) < 0) return { parameters, risk: reached };
  }
  return null;
}

interface ExactRidge {
  /** over the activation's breakpointDenominator */
  readonly breakpoint: bigint;
  readonly scaleNumerator: bigint;
  readonly scaleDenominator: bigint;
  /** over the inputs' denominator */
  readonly cut: bigint;
}

/** The best of the hinges at the values of z, with a scale that leaves one kink on the data; null where Σ g h is 0 for all of them. */
function ridgeAlong(
  h: PiecewiseAffine,
  z: readonly bigint[],
  over: bigint,
  gradients: readonly (readonly bigint[])[],
): ExactRidge | null {
  const order = z
    .map((_, i) => i)
    .sort((a, b) => ((z[a] as bigint) < (z[b] as bigint) ? -1 : z[a] === z[b] ? a - b : 1));
  const [low, high] = [z[order[0] as number] as bigint, z[order[order.length - 1] as number] as bigint];
  if (low === high) return null;
  const k = gradients[0]?.length ?? 0;
  // Σ g max(z − t, 0) at t = every value of z, from the right: the largest is taken, and one that is not 0.
  let [best, bestCut] = [0n, null as bigint | null];
  const S0 = new Array<bigint>(k).fill(0n);
  const S1 = new Array<bigint>(k).fill(0n);
  for (let p = order.length - 1; p >= 0; p--) {
    const i = order[p] as number;
    const t = z[i] as bigint;
    for (let c = 0; c < k; c++) {
      const value = (S1[c] as bigint) - t * (S0[c] as bigint);
      const size = value < 0n ? -value : value;
      if (size > best) [best, bestCut] = [size, t];
      const g = gradients[i]?.[c] as bigint;
      S0[c] = (S0[c] as bigint) + g;
      S1[c] = (S1[c] as bigint) + g * t;
    }
  }
  if (bestCut === null) return null;
  const left = bestCut - low;
  const right = high - bestCut;
  let chosen: ExactRidge | null = null;
  for (const [j, breakpoint] of h.breakpoints.entries()) {
    const before = j === 0 ? null : breakpoint - (h.breakpoints[j - 1] as bigint);
    const after = j + 1 < h.breakpoints.length ? (h.breakpoints[j + 1] as bigint) - breakpoint : null;
    // κ · left / over < before / breakpointDenominator, and so on the right; κ is a power of two up to 1.
    let scaleDenominator = 1n;
    const tooWide = (reach: bigint, space: bigint | null): boolean =>
      space !== null && reach * h.breakpointDenominator >= space * over * scaleDenominator;
    while (tooWide(left, before) || tooWide(right, after)) scaleDenominator *= 2n;
    if (chosen === null || scaleDenominator < chosen.scaleDenominator) {
      chosen = { breakpoint, scaleNumerator: 1n, scaleDenominator, cut: bestCut };
    }
  }
  return chosen;
}
