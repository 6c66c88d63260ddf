import type { DenseValues, Parameters } from '../kernel/model/network.js';
import { ratio } from '../numerics/floats.js';
import type { BetterPointSearch } from './better-point.js';
import type { FloatNetwork, FloatRisk } from './float-network.js';
import { descend } from './quasi-newton.js';
import { type Random, seeded } from './random.js';
import { directionsFor, findRamps, findRidges, withRidge } from './ridge-search.js';

/** More kinks than this are not added one by one. */
const mostKinks = 16;

export interface Candidate {
  readonly network: FloatNetwork;
  readonly value: number;
}

function byValue(found: readonly Candidate[]): Candidate[] {
  return [...found].sort((a, b) => a.value - b.value);
}

/** @returns one of those with nearly the same value, which are probably the same network */
function valleys(sorted: readonly Candidate[]): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of sorted) {
    const last = kept[kept.length - 1];
    if (last === undefined || candidate.value > last.value * (1 + sameValley)) kept.push(candidate);
  }
  return kept;
}

/** Networks with as many units as the problem has, the best first. */
export function candidates(
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
    const start = growth.settled(risk.blank(0, true), growth.long);
    for (const { network } of kinked ? growth.grown(start, Math.min(width - k, mostKinks)) : [start]) {
      found.push(growth.settled(carried(risk, network), growth.long));
    }
  }
  if (kinked && (!canCarry || risk.workOf(width) * growth.long < 1e8 * search.effort)) {
    const start = growth.settled(risk.blank(0, false), growth.short);
    found.push(...growth.grown(start, Math.min(width, mostKinks)));
    const ramp = width < 2 ? null : growth.ramped(start);
    if (ramp !== null) found.push(...growth.grown(ramp, Math.min(width - 2, mostKinks)));
  }
  if (!found.some(({ value }) => value < current * (1 - 1e-9))) {
    const start = floatsOf(risk, from);
    found.push(growth.settled(start, growth.long));
    const lean = withoutSpareUnits(risk, start);
    if (kinked && lean.units < width) {
      found.push(...growth.grown({ network: lean, value: current }, Math.min(width - lean.units, mostKinks)));
    }
  }
  const [best] = byValue(found);
  if (best !== undefined && !best.network.carrier && best.network.units > 0) found.push(growth.shaken(best));
  return byValue(found)
    .filter(({ value }) => value < current)
    .map(({ network, value }) => ({ network: padded(risk, network, width), value }));
}

/** Multiplications that a descent may cost, times the effort; it may take so many steps in any case. */
const stepWork = 4e8;
const fewestSteps = 80;

/** Relative difference of values below which two networks count as one. */
const sameValley = 1e-3;
const shakeWork = 2e7;
/** How far parameters are shaken, relative to their size; 0 stands for a new unit. */
const shakes = [0, 0.3, 0, 0.05];

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

  settled(network: FloatNetwork, steps: number): Candidate {
    const { units, carrier } = network;
    const affordable = (stepWork * this.search.effort) / this.risk.workOf(units);
    const iterations = Math.min(steps, Math.max(fewestSteps, Math.floor(affordable)));
    const { x, value } = descend(
      (theta, gradient) => this.risk.evaluate({ units, carrier, theta }, gradient),
      network.theta,
      iterations,
    );
    return { network: { units, carrier, theta: x }, value };
  }

  /** @returns a few networks with that many kinks more, or with fewer where more do not help; the best first */
  grown(start: Candidate, kinks: number): readonly Candidate[] {
    const { samples } = this.risk;
    let finalists: readonly Candidate[] = [start];
    for (let added = 0; added < kinks; added++) {
      this.search.observe?.('kinks', added, kinks);
      const [best] = finalists as readonly [Candidate];
      const gradients = new Float64Array(samples.n * samples.outputs);
      this.risk.evaluate(best.network, null, null, gradients);
      const directions = this.#directions(best.network, gradients);
      const starts = this.#starts(best.network);
      const next = byValue(
        findRidges(this.risk, best.network, gradients, directions, starts).map((ridge) =>
          this.settled(withRidge(this.risk, best.network, ridge), this.short),
        ),
      );
      // What is best after a few steps need not stay best: kinks make many valleys.
      const kept = valleys(next).slice(0, Math.ceil(starts / 2));
      const settled = byValue(kept.map(({ network }) => this.settled(network, this.long)));
      if (!((settled[0]?.value ?? best.value) < best.value * (1 - 1e-12))) break;
      finalists = settled;
    }
    return finalists;
  }

  /** @returns the network with two more units that make a ramp, or null */
  ramped({ network }: Candidate): Candidate | null {
    const { risk } = this;
    const gradients = new Float64Array(risk.samples.n * risk.samples.outputs);
    risk.evaluate(network, null, null, gradients);
    const ramps = findRamps(risk, gradients, this.#directions(network, gradients), this.#starts(network));
    const settled = byValue(
      ramps.map(([low, high]) => this.settled(withRidge(risk, withRidge(risk, network, low), high), this.short)),
    );
    const kept = valleys(settled).slice(0, Math.ceil(settled.length / 2));
    return byValue(kept.map((candidate) => this.settled(candidate.network, this.long)))[0] ?? null;
  }

  #directions(network: FloatNetwork, gradients: Float64Array): Float64Array[] {
    const count = 8 + 4 * this.search.effort + Math.min(this.risk.samples.inputs, 64);
    return directionsFor(this.risk, network, gradients, count, this.#random);
  }

  /** Shakes all parameters, or gives up one unit for another, and descends again, as often as is affordable; keeps what is better. */
  shaken(start: Candidate): Candidate {
    const { units, carrier } = start.network;
    const { effort } = this.search;
    const times = Math.min(2 * effort, Math.floor((shakeWork * effort) / (this.risk.workOf(units) * this.long)));
    let best = start;
    for (let t = 0; t < times; t++) {
      this.search.observe?.('shaking', t, times);
      const size = shakes[t % shakes.length] as number;
      const shaken =
        size === 0
          ? this.#withChance(best.network)
          : { units, carrier, theta: best.network.theta.map((value) => value * (1 + size * this.#random.normal())) };
      const next = this.settled(shaken, this.long);
      if (next.value < best.value) best = next;
    }
    return best;
  }

  /** Puts a kink along a random direction, through a random sample, in the place of a random unit. */
  #withChance(network: FloatNetwork): FloatNetwork {
    const { risk } = this;
    const { dimension: r, n, Z } = risk.samples;
    const gone = this.#random.integer(0, network.units - 1);
    const [at, next] = [risk.unitOffset(network, gone), risk.unitOffset(network, gone + 1)];
    const theta = Float64Array.from([...network.theta.subarray(0, at), ...network.theta.subarray(next)]);
    const u = Float64Array.from({ length: r }, () => this.#random.normal());
    const i = this.#random.integer(0, n - 1);
    let z = 0;
    for (let s = 0; s < r; s++) z += (u[s] as number) * (Z[i * r + s] as number);
    const { breakpoints } = risk.activation;
    const breakpoint = breakpoints[this.#random.integer(0, breakpoints.length - 1)] ?? 0;
    const offset = risk.hiddenBias ? breakpoint - z : 0;
    return withRidge(risk, { ...network, units: network.units - 1, theta }, { u, scale: 1, offset, gain: 0 });
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
  if (low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY)
    return { scale: 1, middle: 0, slope, intercept };
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
    network.theta[at + w.length] =
      hidden.bias === null ? 0 : bias + ratio(hidden.bias[j] as bigint, hidden.denominator);
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
