/**
 * Looks for a point of lower risk: in doubles for a good one, exactly for one that is there whenever theory.md 8 promises one. Whatever is
 * answered has been evaluated exactly.
 */
import { bitLength, gcd, lcm } from '../kernel/arithmetic/gcd.js';
import { compare, divide, type Rational, subtract } from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { evaluateExactly, exactRisk, residualGradients } from '../kernel/model/evaluation.js';
import type { DenseValues, Parameters, Stage } from '../kernel/model/network.js';
import type { Problem } from '../kernel/statement.js';
import { ratio } from '../numerics/floats.js';
import { leastSquares } from '../numerics/least-squares.js';
import { FloatRisk, floatActivation } from './float-network.js';
import { type FloatNetwork, fitColumns } from './float-network.js';
import { FloatSamples } from './float-samples.js';
import type { Observe } from './prover.js';
import { descend } from './quasi-newton.js';
import { type Random, seeded } from './random.js';
import { directionsFor, findRidges, withRidge } from './ridge-search.js';

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
export function findBetterPoint(problem: Problem, from: Parameters, search: BetterPointSearch): BetterPoint | null {
  const { network } = problem;
  if (network.stages.length !== 2 || network.stages.some(({ fixed }) => fixed !== null)) return null;
  const exact = new ExactRisk(problem);
  const risk = exact.of(from);
  return searchInDoubles(exact, from, risk, search) ?? exactRidge(exact, from, risk, search);
}

/** How much of the gain that doubles promise may be lost to rounding. */
const shareToKeep = 0.99;
/** Bits of the incoming weights, relative to their size, in the order in which they are tried. */
const precisions = [3, 4, 5, 6, 8, 10, 13, 17, 24, 32, 44];
/** With so many multiplications an evaluation, few precisions are tried. */
const largeWork = 2e6;
/** More kinks than this are not added one by one. */
const mostKinks = 16;

/** Risks and hidden values of points, exactly. */
class ExactRisk {
  readonly #meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });

  constructor(readonly problem: Problem) {}

  get isSquared(): boolean {
    const { loss } = this.problem;
    return loss.breakpoints.length === 0 && loss.degree === 2;
  }

  of(parameters: Parameters): Rational {
    const { network, loss, data } = this.problem;
    return exactRisk(evaluateExactly(network, parameters, data, this.#meter), loss, data, this.#meter);
  }

  gradients(parameters: Parameters): readonly (readonly bigint[])[] {
    const { network, loss, data } = this.problem;
    return residualGradients(evaluateExactly(network, parameters, data, this.#meter), loss, data, this.#meter).rows;
  }

  /** @returns the values of the hidden units at the data, n × m over one denominator */
  hidden(first: DenseValues): { readonly rows: readonly (readonly bigint[])[]; readonly denominator: bigint } {
    const { network, data } = this.problem;
    const [, output] = network.stages as readonly [Stage, Stage];
    const silent: DenseValues = {
      weights: Array.from({ length: output.units }, () => new Array<bigint>(output.inputs).fill(0n)),
      bias: output.bias ? new Array<bigint>(output.units).fill(0n) : null,
      denominator: 1n,
      bits: 1,
    };
    const { inputs, inputsDenominator } = evaluateExactly(network, [first, silent], data, this.#meter)
      .stages[1] as ReturnType<typeof evaluateExactly>['stages'][number];
    return { rows: inputs as readonly (readonly bigint[])[], denominator: inputsDenominator };
  }

  /** For a squared loss: the best outer weights for a given hidden layer. */
  refitted(first: DenseValues): Parameters {
    const { network, data } = this.problem;
    const [, output] = network.stages as readonly [Stage, Stage];
    const { rows, denominator: over } = this.hidden(first);
    const X = output.bias ? rows.map((row) => [...row, over]) : rows;
    const { coefficients } = leastSquares(X, data.targets.rows, { weights: data.weights.values });
    const { numerators } = coefficients;
    // Hidden values are X / over, targets Y / targets.denominator.
    const denominator = coefficients.denominator * data.targets.denominator;
    const of = (j: number, c: number): bigint => (numerators[j]?.[c] as bigint) * over;
    const m = output.inputs;
    return [
      first,
      denseValues(
        Array.from({ length: output.units }, (_, c) => Array.from({ length: m }, (_, j) => of(j, c))),
        output.bias ? Array.from({ length: output.units }, (_, c) => of(m, c)) : null,
        denominator,
      ),
    ];
  }
}

/** @returns the values in lowest common terms */
function denseValues(
  weights: readonly (readonly bigint[])[],
  bias: readonly bigint[] | null,
  denominator: bigint,
): DenseValues {
  let g = denominator;
  for (const row of bias === null ? weights : [...weights, bias]) {
    for (const w of row) {
      if (g === 1n) break;
      g = gcd(g, w);
    }
  }
  const lower = (row: readonly bigint[]): readonly bigint[] => (g === 1n ? row : row.map((w) => w / g));
  const values = { weights: weights.map(lower), bias: bias === null ? null : lower(bias), denominator: denominator / g };
  let bits = bitLength(values.denominator);
  for (const row of values.bias === null ? values.weights : [...values.weights, values.bias]) {
    for (const w of row) bits = Math.max(bits, bitLength(w));
  }
  return { ...values, bits };
}

function searchInDoubles(
  exact: ExactRisk,
  from: Parameters,
  risk: Rational,
  search: BetterPointSearch,
): BetterPoint | null {
  const { network, loss, data } = exact.problem;
  const [hidden, output] = network.stages as readonly [Stage, Stage];
  const samples = FloatSamples.of(data, hidden.bias);
  if (samples === null || samples.dimension === 0) return null;
  const floats = new FloatRisk(samples, floatActivation(hidden.activation), loss, hidden.bias, output.bias);
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

interface Candidate {
  readonly network: FloatNetwork;
  readonly value: number;
}

/** Networks with as many units as the problem has, the best first. */
function candidates(
  risk: FloatRisk,
  width: number,
  from: Parameters,
  current: number,
  search: BetterPointSearch,
): readonly Candidate[] {
  const { samples, activation, hiddenBias, outputBias } = risk;
  const k = samples.outputs;
  const growth = new Growth(risk, search);
  const found: Candidate[] = [];
  const canCarry = hiddenBias && outputBias && width >= k + 1 && activation.slopes.some((s) => s !== 0);
  const kinked = activation.breakpoints.length > 0;
  if (canCarry) {
    let best = growth.settled(risk.blank(0, true), growth.long);
    if (kinked) best = growth.grown(best, Math.min(width - k, mostKinks));
    found.push(growth.settled(carried(risk, best.network), growth.long));
  }
  if (kinked && (!canCarry || risk.workOf(width) * growth.long < 1e8 * search.effort)) {
    const start = growth.settled(risk.blank(0, false), growth.short);
    const best = growth.grown(start, Math.min(width, mostKinks));
    found.push(growth.settled(best.network, growth.long));
  }
  if (!found.some(({ value }) => value < current * (1 - 1e-9))) {
    const start = floatsOf(risk, from);
    found.push(growth.settled(start, growth.long));
    const lean = withoutSpareUnits(risk, start);
    if (kinked && lean.units < width) {
      found.push(growth.grown({ network: lean, value: current }, Math.min(width - lean.units, mostKinks)));
    }
  }
  return found
    .filter(({ value }) => value < current)
    .sort((a, b) => a.value - b.value)
    .map(({ network, value }) => ({ network: padded(risk, network, width), value }));
}

/** Adds kinks one by one and descends, within the budget. */
class Growth {
  readonly #random: Random;
  readonly long: number;
  readonly short: number;

  constructor(
    readonly risk: FloatRisk,
    readonly search: BetterPointSearch,
  ) {
    this.#random = seeded(search.seed);
    this.short = 4 * search.effort;
    this.long = 30 * search.effort;
  }

  settled(network: FloatNetwork, iterations: number): Candidate {
    const { units, carrier } = network;
    const { x, value } = descend(
      (theta, gradient) => this.risk.evaluate({ units, carrier, theta }, gradient),
      network.theta,
      iterations,
    );
    return { network: { units, carrier, theta: x }, value };
  }

  grown(start: Candidate, kinks: number): Candidate {
    const { samples } = this.risk;
    let best = start;
    for (let added = 0; added < kinks; added++) {
      this.search.observe?.('kinks', added, kinks);
      const gradients = new Float64Array(samples.n * samples.outputs);
      this.risk.evaluate(best.network, null, null, gradients);
      const directions = directionsFor(
        this.risk,
        best.network,
        gradients,
        8 + 4 * this.search.effort + Math.min(samples.inputs, 64),
        this.#random,
      );
      const ridges = findRidges(this.risk, best.network, gradients, directions, this.#starts(best.network));
      let next: Candidate | null = null;
      for (const ridge of ridges) {
        const settled = this.settled(withRidge(this.risk, best.network, ridge), this.short);
        if (next === null || settled.value < next.value) next = settled;
      }
      if (next === null || !(next.value < best.value)) break;
      next = this.settled(next.network, added + 1 === kinks ? this.long : 2 * this.short);
      if (!(next.value < best.value * (1 - 1e-12))) break;
      best = next;
    }
    return best;
  }

  /** Small problems can afford more starts. */
  #starts({ units }: FloatNetwork): number {
    const { effort } = this.search;
    const work = this.risk.workOf(units + 1) * this.short;
    return Math.max(2, Math.min(1 + effort, Math.floor((1e7 * effort) / work)));
  }
}

/** Replaces the affine part by units inside an affine segment, one for each output. */
function carried(risk: FloatRisk, network: FloatNetwork): FloatNetwork {
  const { samples, activation } = risk;
  const { outputs: k, dimension: r, n, Z } = samples;
  const segment = widestSegment(activation);
  let next: FloatNetwork = risk.blank(network.units + k, false);
  const { theta } = next;
  theta.set(network.theta.subarray(0, k));
  theta.set(network.theta.subarray(k + k * r), risk.unitOffset(next, 0));
  for (let c = 0; c < k; c++) {
    const A = network.theta.subarray(k + c * r, k + (c + 1) * r);
    let reach = 0;
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let s = 0; s < r; s++) sum += (A[s] as number) * (Z[i * r + s] as number);
      reach = Math.max(reach, Math.abs(sum));
    }
    const { scale, middle, slope, intercept } = fitInto(segment, reach * 1.1 || 1);
    const at = risk.unitOffset(next, network.units + c);
    for (let s = 0; s < r; s++) theta[at + s] = scale * (A[s] as number);
    theta[at + r] = middle;
    theta[at + r + 1 + c] = 1 / (scale * slope);
    theta[c] = (theta[c] as number) - (slope * middle + intercept) / (scale * slope);
  }
  next = { ...next, theta };
  return next;
}

interface Segment {
  readonly low: number;
  readonly high: number;
  readonly slope: number;
  readonly intercept: number;
}

function widestSegment({ breakpoints, slopes, intercepts }: FloatRisk['activation']): Segment {
  let widest: Segment | null = null;
  for (const [j, slope] of slopes.entries()) {
    if (slope === 0) continue;
    const low = breakpoints[j - 1] ?? Number.NEGATIVE_INFINITY;
    const high = breakpoints[j] ?? Number.POSITIVE_INFINITY;
    if (widest === null || high - low >= widest.high - widest.low) {
      widest = { low, high, slope, intercept: intercepts[j] as number };
    }
  }
  if (widest === null) throw new Error('Cannot carry an affine part: the activation is constant on every segment');
  return widest;
}

function fitInto({ low, high, slope, intercept }: Segment, reach: number) {
  if (low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY) return { scale: 1, middle: 0, slope, intercept };
  if (high === Number.POSITIVE_INFINITY) return { scale: 1, middle: low + reach, slope, intercept };
  if (low === Number.NEGATIVE_INFINITY) return { scale: 1, middle: high - reach, slope, intercept };
  return { scale: (high - low) / (2 * reach), middle: (low + high) / 2, slope, intercept };
}

/** The point to beat, in the coordinates of the search. */
function floatsOf(risk: FloatRisk, [first, last]: Parameters): FloatNetwork {
  const { samples } = risk;
  const k = samples.outputs;
  const [hidden, output] = [first as DenseValues, last as DenseValues];
  const network = risk.blank(hidden.weights.length, false);
  output.bias?.forEach((b, c) => {
    network.theta[c] = ratio(b, output.denominator);
  });
  hidden.weights.forEach((row, j) => {
    const { w, bias } = samples.fromInputs(Float64Array.from(row, (n) => ratio(n, hidden.denominator)));
    const at = risk.unitOffset(network, j);
    network.theta.set(w, at);
    network.theta[at + w.length] = hidden.bias === null ? 0 : bias + ratio(hidden.bias[j] as bigint, hidden.denominator);
    for (let c = 0; c < k; c++) {
      network.theta[at + w.length + 1 + c] = ratio(output.weights[c]?.[j] as bigint, output.denominator);
    }
  });
  return network;
}

function withoutSpareUnits(risk: FloatRisk, network: FloatNetwork): FloatNetwork {
  const { outputs: k, dimension: r } = risk.samples;
  const used: number[] = [];
  for (let j = 0; j < network.units; j++) {
    const at = risk.unitOffset(network, j) + r + 1;
    if (network.theta.subarray(at, at + k).some((v) => v !== 0)) used.push(j);
  }
  const lean = risk.blank(used.length, false);
  lean.theta.set(network.theta.subarray(0, k));
  for (const [t, j] of used.entries()) {
    const at = risk.unitOffset(network, j);
    lean.theta.set(network.theta.subarray(at, at + r + 1 + k), risk.unitOffset(lean, t));
  }
  return lean;
}

function padded(risk: FloatRisk, network: FloatNetwork, width: number): FloatNetwork {
  const next = risk.blank(width, false);
  next.theta.set(network.theta);
  return next;
}

/** Rounds the hidden layer to more and more bits, until little of the gain is lost. */
function rounded(
  exact: ExactRisk,
  floats: FloatRisk,
  { network, value }: Candidate,
  risk: Rational,
  current: number,
): BetterPoint | null {
  const large = floats.workOf(network.units) > largeWork;
  let best: BetterPoint | null = null;
  for (const bits of large ? precisions.filter((p) => p > 6) : precisions) {
    const first = roundedHidden(floats, network, bits);
    if (first === null) return best;
    const parameters = exact.isSquared ? exact.refitted(first) : [first, roundedOutput(exact, floats, network, first, bits)];
    const reached = exact.of(parameters);
    const gap = subtract(risk, reached);
    if (gap.num <= 0n) continue;
    if (best === null || compare(reached, best.risk) < 0) best = { parameters, risk: reached };
    const share = divide(gap, risk);
    if (ratio(share.num, share.den) * current >= shareToKeep * (current - value)) return best;
  }
  return best;
}

/** @returns null where a number is beyond the doubles */
function roundedHidden(floats: FloatRisk, net: FloatNetwork, bits: number): DenseValues | null {
  const { samples, activation, hiddenBias } = floats;
  const { dimension: r, inputs: d } = samples;
  const homogeneous =
    activation.breakpoints.every((t) => t === 0) && activation.intercepts.every((c) => c === 0);
  const weights: Dyadic[][] = [];
  const bias: Dyadic[] = [];
  for (let j = 0; j < net.units; j++) {
    const at = floats.unitOffset(net, j);
    const w = net.theta.subarray(at, at + r);
    const size = Math.sqrt(w.reduce((sum, value) => sum + value * value, 0));
    const { weights: onInputs } = samples.toInputs(w);
    const tolerance = size * 2 ** -bits;
    const row = Array.from({ length: d }, (_, i) => {
      const weight = onInputs[i] as number;
      return weight === 0 ? nothing : dyadic(weight, tolerance / samples.spreadOf(i));
    });
    let shift = net.theta[at + r] as number;
    // What rounding the weights has moved at the centre of the data, the bias takes back.
    for (let i = 0; i < d; i++) shift -= numberOf(row[i] as Dyadic) * samples.centreOf(i);
    const b = hiddenBias ? dyadic(shift, size > 0 ? tolerance : Math.abs(shift) * 2 ** -bits) : nothing;
    if (![...row, b].every(({ n, power }) => Number.isFinite(n) && Number.isFinite(power))) return null;
    // A unit of relu and the like may be scaled freely: whole numbers are the simplest.
    const lift = homogeneous ? Math.max(...[...row, b].map(({ n, power }) => (n === 0 ? Number.NEGATIVE_INFINITY : -power))) : 0;
    const scaled = ({ n, power }: Dyadic): Dyadic => ({ n, power: n === 0 ? 0 : power + (Number.isFinite(lift) ? lift : 0) });
    weights.push(row.map(scaled));
    bias.push(scaled(b));
  }
  const lowest = Math.min(0, ...weights.flat().map(({ power }) => power), ...bias.map(({ power }) => power));
  const over = ({ n, power }: Dyadic): bigint => BigInt(n) << BigInt(power - lowest);
  return denseValues(
    weights.map((row) => row.map(over)),
    hiddenBias ? bias.map(over) : null,
    1n << BigInt(-lowest),
  );
}

/** The number n · 2^power. */
interface Dyadic {
  readonly n: number;
  readonly power: number;
}

const nothing: Dyadic = { n: 0, power: 0 };

function numberOf({ n, power }: Dyadic): number {
  return n * 2 ** power;
}

/** @returns a multiple of the largest power of two up to 2 · tolerance, hence within the tolerance; in lowest terms */
function dyadic(x: number, tolerance: number): Dyadic {
  // A double has 53 bits: nothing is gained below its last one.
  const least = Math.abs(x) * 2 ** -53;
  let power = Math.floor(Math.log2(Math.max(2 * tolerance, least)));
  let n = Math.round(x / 2 ** power);
  if (n === 0) return nothing;
  while (n % 2 === 0) {
    n /= 2;
    power++;
  }
  return { n, power };
}

/** For losses other than squared: outer weights fitted to what the network in doubles predicts, and rounded. */
function roundedOutput(
  exact: ExactRisk,
  floats: FloatRisk,
  net: FloatNetwork,
  first: DenseValues,
  bits: number,
): DenseValues {
  const { samples, outputBias } = floats;
  const { n, outputs: k, weights } = samples;
  const predictions = new Float64Array(n * k);
  floats.evaluate(net, null, predictions);
  for (let i = 0; i < n * k; i++) predictions[i] = (predictions[i] as number) + (samples.Y[i] as number);
  const { rows, denominator } = exact.hidden(first);
  const columns = Array.from({ length: net.units }, (_, j) =>
    Float64Array.from(rows, (row) => ratio(row[j] as bigint, denominator)),
  );
  // The constant first: a unit that does not vary then gets weight 0.
  const ones = outputBias ? [new Float64Array(n).fill(1)] : [];
  const coefficients = fitColumns([...ones, ...columns], predictions, weights);
  const spread = Math.sqrt(
    predictions.reduce((sum, p, at) => sum + (weights[Math.floor(at / k)] as number) * p * p, 0) || 1,
  );
  const round = (x: number, size: number): Dyadic =>
    x === 0 || size === 0 ? nothing : dyadic(x, (spread * 2 ** -(bits + 6)) / size);
  const sizes = columns.map((column) => Math.sqrt(column.reduce((sum, v, i) => sum + (weights[i] as number) * v * v, 0)));
  const v = Array.from({ length: k }, (_, c) =>
    columns.map((_, j) => round((coefficients[j + ones.length] as Float64Array)[c] as number, sizes[j] as number)),
  );
  const b = Array.from({ length: k }, (_, c) => (outputBias ? round((coefficients[0] as Float64Array)[c] as number, 1) : nothing));
  const lowest = Math.min(0, ...v.flat().map(({ power }) => power), ...b.map(({ power }) => power));
  const over = ({ n: m, power }: Dyadic): bigint => BigInt(m) << BigInt(power - lowest);
  return denseValues(
    v.map((row) => row.map(over)),
    outputBias ? b.map(over) : null,
    1n << BigInt(-lowest),
  );
}

/** Steps of half the length before, in a direction in which the risk goes down. */
const mostHalvings = 200;
/** Random directions with entries up to 1, 2, 4, … before one is built that tells all inputs apart. */
const randomDirections = 24;

/**
 * Puts a ridge with Σ g_i h(w·x_i + b) ≠ 0 into a unit with outgoing weight 0, exactly: then some outgoing weight lowers the risk.
 *
 * For g ⟂ 1 the sums Σ g_i max(a·x_i − t, 0) over all places t vanish only if the g_i add up to 0 on every value of a·x.
 */
function exactRidge(
  exact: ExactRisk,
  from: Parameters,
  risk: Rational,
  { seed, effort, observe }: BetterPointSearch,
): BetterPoint | null {
  const { network, data } = exact.problem;
  const [hidden] = network.stages as readonly [Stage, Stage];
  const [first, last] = from as readonly [DenseValues, DenseValues];
  const spare = first.weights.findIndex((_, j) => last.weights.every((row) => row[j] === 0n));
  const h = hidden.activation;
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
    const common = lcm(lcm(h.breakpointDenominator * κd * over, first.denominator), 1n);
    const weights = a.map((value) => (value * κn * common) / κd);
    const bias = (breakpoint * common) / h.breakpointDenominator - (κn * cut * common) / (κd * over);
    const factor = common / first.denominator;
    const next = denseValues(
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
    const second = denseValues(
      last.weights.map((row, o) =>
        row.map((w, j) => (o === c && j === unit ? step * last.denominator : w * over)),
      ),
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
  h: Stage['activation'],
  z: readonly bigint[],
  over: bigint,
  gradients: readonly (readonly bigint[])[],
): ExactRidge | null {
  const order = z.map((_, i) => i).sort((a, b) => ((z[a] as bigint) < (z[b] as bigint) ? -1 : z[a] === z[b] ? a - b : 1));
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
