import type { Enclosures } from '../arithmetic/enclosure.js';
import { integers } from '../arithmetic/integers.js';
import { type Interval, intervals, point } from '../arithmetic/interval.js';
import { chargeLocating, locate } from '../arithmetic/ordered.js';
import type { Rational } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import { reject } from '../verdict.js';
import { type Activation, affinePieceOf, isDifferentiableAt, isIdentity } from './activation.js';
import type { Samples } from './data.js';
import type { DenseValues, Network, Parameters } from './network.js';
import type { Slice } from './slice.js';
import { type Jet, smoothJet } from './smooth-piece.js';
import { type StageWiring, wiringOf } from './wiring.js';

/** Weights and biases of a stage in enclosures; empty where it has none. */
export interface EnclosedValues {
  readonly weights: readonly (readonly Interval[])[];
  readonly bias: readonly Interval[] | null;
}

/** What one sample becomes at one stage, for all parameters of a box: enclosures over 2^bits. */
export interface StageTape {
  /** the entries after the activation h, h' and h'' at the preactivations */
  readonly outputs: readonly Interval[];
  readonly first: readonly Interval[];
  readonly second: readonly Interval[];
  /** whether the entry is constant on a neighbourhood of the box: strictly inside a piece of slope 0 */
  readonly flat: readonly boolean[];
  /** whether the output is 0 on a neighbourhood of the box */
  readonly zero: readonly boolean[];
  /** `maximum` only: for each entry its source that is strictly largest over the box */
  readonly winners: readonly number[];
}

/** One sample through the network. */
export interface Tape {
  readonly inputs: readonly Interval[];
  readonly zeroInputs: readonly boolean[];
  readonly stages: readonly StageTape[];
}

/** Derivatives of Σ_c g_c N_c at one sample: by preactivations δ, and by the outputs β of the stages. */
export interface Adjoint {
  readonly deltas: readonly (readonly Interval[])[];
  readonly betas: readonly (readonly Interval[])[];
}

const where = '$.statement.point';

/**
 * A network at all points of a box at once: the coordinates of a slice are within a radius of θ, the others are those of θ.
 *
 * @see proofs/rules/strongly-convex-ball.md 1 and 2
 */
export class Recorder {
  readonly wiring: readonly StageWiring[];
  readonly parameters: readonly EnclosedValues[];
  /** by stage, of the longest weight or bias */
  readonly weightBits: readonly number[];
  /** by stage and breakpoint: whether the activation is C¹ there */
  readonly #isSmooth: readonly (readonly boolean[])[];
  readonly #one: Interval;
  readonly #zero = point(0n);

  /** @param radius  over 2^bits, at least 0 */
  constructor(
    network: Network,
    theta: Parameters,
    slice: Slice,
    radius: bigint,
    readonly e: Enclosures,
    readonly meter: Meter,
  ) {
    this.#one = e.of(1n);
    this.wiring = wiringOf(network, meter);
    this.parameters = network.stages.map((_, s) => {
      const { weights, bias, denominator, bits } = theta[s] as DenseValues;
      meter.charge(weights.length * ((weights[0]?.length ?? 0) + 1), bits + e.bits, bits);
      const around = (w: bigint, coordinate: number): Interval => {
        const at = e.of(w, denominator);
        return coordinate < 0 ? at : { low: at.low - radius, high: at.high + radius };
      };
      return {
        weights: weights.map((row, u) => row.map((w, j) => around(w, slice.weights[s]?.[u]?.[j] as number))),
        bias: bias?.map((b, u) => around(b, slice.biases[s]?.[u] as number)) ?? null,
      };
    });
    this.weightBits = this.parameters.map(({ weights, bias }) => bitsOf([...weights.flat(), ...(bias ?? [])]));
    this.#isSmooth = network.stages.map(({ activation }) =>
      activation.breakpoints.map((_, j) => isDifferentiableAt(activation, j, meter)),
    );
  }

  /**
   * @throws Refusal (rejected) where a preactivation may cross a breakpoint at which its activation is not C¹, or a pool has no
   * strict winner
   */
  record({ inputs }: Samples, i: number): Tape {
    const { e, meter } = this;
    const row = inputs.rows[i] as readonly bigint[];
    meter.charge(row.length, inputs.bits + e.bits, inputs.bits);
    const x = row.map((value) => e.of(value, inputs.denominator));
    const zeroInputs = row.map((value) => value === 0n);
    const stages: StageTape[] = [];
    const outputsOf = (s: number): readonly Interval[] => (s < 0 ? x : (stages[s] as StageTape).outputs);
    const zerosOf = (s: number): readonly boolean[] => (s < 0 ? zeroInputs : (stages[s] as StageTape).zero);
    for (const [s, wiring] of this.wiring.entries()) {
      const [before, zeroBefore] = [outputsOf(s - 1), zerosOf(s - 1)];
      const winners = wiring.stage.kind === 'maximum' ? this.#winners(wiring, before, i) : [];
      let mixed = this.#mix(wiring, s, before, winners);
      let zero =
        wiring.stage.inputs > 0
          ? mixed.map(() => false)
          : wiring.entries.map(({ sources }) => sources.every((source) => zeroBefore[source] as boolean));
      if (wiring.beside !== null) {
        const [skipped, zeroSkipped] = [outputsOf(wiring.beside), zerosOf(wiring.beside)];
        mixed = mixed.map((z, entry) => e.add(z, skipped[entry] as Interval));
        zero = zero.map((isZero, entry) => isZero && (zeroSkipped[entry] as boolean));
      }
      stages.push(this.#bend(wiring, s, mixed, zero, winners, i));
    }
    return { inputs: x, zeroInputs, stages };
  }

  /** Reverse differentiation. @param g  enclosures of the weights of the outputs */
  pullBack({ stages }: Tape, g: readonly Interval[]): Adjoint {
    const { e, meter } = this;
    const deltas: (readonly Interval[])[] = new Array(stages.length).fill([]);
    const betas: (readonly Interval[])[] = new Array(stages.length).fill([]);
    const skipped: (readonly Interval[])[] = [];
    let beta: Interval[] = [...g];
    for (let s = stages.length - 1; s >= 0; s--) {
      const { stage, entries, count } = this.wiring[s] as StageWiring;
      const { first, winners } = stages[s] as StageTape;
      const size = bitsOf(beta);
      meter.charge(4 * beta.length, size, bitsOf(first));
      const delta = beta.map((b, entry) => e.multiply(b, first[entry] as Interval));
      betas[s] = beta;
      deltas[s] = delta;
      if (s === 0) break;
      if (stage.kind === 'join') skipped.push(delta);
      const back = new Array<Interval>((stages[s - 1] as StageTape).outputs.length).fill(this.#zero);
      const { weights } = this.parameters[s] as EnclosedValues;
      const share = e.of(1n, BigInt(count));
      meter.charge(4 * linksOf(entries), size + e.bits, this.weightBits[s] as number);
      entries.forEach(({ unit, sources, taps }, entry) => {
        const d = delta[entry] as Interval;
        if (d.low === 0n && d.high === 0n) return;
        if (stage.kind === 'maximum') {
          const winner = winners[entry] as number;
          back[winner] = e.add(back[winner] as Interval, d);
          return;
        }
        const row = weights[unit];
        sources.forEach((source, j) => {
          const factor = taps === null ? share : ((row as readonly Interval[])[taps[j] as number] as Interval);
          back[source] = e.add(back[source] as Interval, e.multiply(factor, d));
        });
      });
      if (stage.kind === 'fork') {
        const beside = skipped.pop() as readonly Interval[];
        back.forEach((b, entry) => {
          back[entry] = e.add(b, beside[entry] as Interval);
        });
      }
      beta = back;
    }
    return { deltas, betas };
  }

  #mix({ stage, entries, count }: StageWiring, s: number, before: readonly Interval[], winners: readonly number[]) {
    const { e, meter } = this;
    if (stage.kind === 'maximum') return winners.map((winner) => before[winner] as Interval);
    const { weights, bias } = this.parameters[s] as EnclosedValues;
    const share = e.of(1n, BigInt(count));
    meter.charge(4 * linksOf(entries), this.weightBits[s] as number, bitsOf(before));
    return entries.map(({ unit, sources, taps }): Interval => {
      if (taps === null && count === 1) return before[sources[0] as number] as Interval;
      let [low, high] = [0n, 0n];
      const row = weights[unit];
      for (let j = 0; j < sources.length; j++) {
        const a = before[sources[j] as number] as Interval;
        const factor = taps === null ? share : ((row as readonly Interval[])[taps[j] as number] as Interval);
        const product = intervals.multiply(factor, a);
        low += product.low;
        high += product.high;
      }
      // Rounded once, outward.
      const shift = BigInt(e.bits);
      const sum = { low: low >> shift, high: -(-high >> shift) };
      return bias === null ? sum : e.add(sum, bias[unit] as Interval);
    });
  }

  #winners({ entries, stage }: StageWiring, before: readonly Interval[], i: number): number[] {
    this.meter.charge(4 * linksOf(entries), bitsOf(before), 1);
    return entries.map(({ sources }) => {
      // Only the first of those with the largest low end may be above all others.
      const lowOf = (source: number): bigint => (before[source] as Interval).low;
      const best = sources.reduce((most, source) => (lowOf(source) > lowOf(most) ? source : most));
      if (sources.some((other) => other !== best && (before[other] as Interval).high >= lowOf(best))) {
        return reject('tied-pool', where, `a pool of layer ${stage.layer} has no strict winner at sample ${i}`);
      }
      return best;
    });
  }

  #bend(
    { stage }: StageWiring,
    s: number,
    z: readonly Interval[],
    zeroBefore: readonly boolean[],
    winners: readonly number[],
    i: number,
  ): StageTape {
    const h = stage.activation;
    if (isIdentity(h)) {
      const still = z.map(() => false);
      return {
        ...{ outputs: z, first: z.map(() => this.#one), second: z.map(() => this.#zero) },
        ...{ flat: still, zero: zeroBefore, winners },
      };
    }
    const jets: Jet[] = [];
    const flat: boolean[] = [];
    const zero: boolean[] = [];
    chargeLocating(h, z.length, bitsOf([...z, this.#one]), this.meter);
    z.forEach((at, entry) => {
      const { lower, upper } = locate(intervals, h, at, this.#one);
      for (let j = lower; j < upper; j++) {
        if (!(this.#isSmooth[s] as readonly boolean[])[j]) {
          reject('on-a-kink', where, `entry ${entry} of layer ${stage.layer} may be on a kink at sample ${i}`);
        }
      }
      let jet = this.#piece(h, at, lower);
      for (let j = lower + 1; j <= upper; j++) jet = this.#hull(jet, this.#piece(h, at, j));
      jets.push(jet);
      const isFlat = lower === upper && h.slopes[lower] === 0n;
      flat.push(isFlat);
      zero.push(isFlat && h.intercepts[lower] === 0n);
    });
    return {
      outputs: jets.map(({ value }) => value),
      first: jets.map(({ first }) => first),
      second: jets.map(({ second }) => second),
      ...{ flat, zero, winners },
    };
  }

  #piece(h: Activation, z: Interval, j: number): Jet {
    const { e } = this;
    const smooth = h.smooth?.[j] ?? null;
    if (smooth !== null) return smoothJet(e, smooth, z, this.meter);
    const { slope, intercept } = affinePieceOf(h, j) as { readonly slope: Rational; readonly intercept: Rational };
    const steep = e.of(slope.num, slope.den);
    this.meter.charge(4, bitsOf([steep]), bitsOf([z]));
    return {
      value: e.add(e.multiply(steep, z), e.of(intercept.num, intercept.den)),
      first: steep,
      second: this.#zero,
    };
  }

  #hull(a: Jet, b: Jet): Jet {
    const { e } = this;
    return {
      value: e.hull(a.value, b.value),
      first: e.hull(a.first, b.first),
      second: e.hull(a.second, b.second),
    };
  }
}

/** @returns the bits of the longest end, at least 1 */
export function bitsOf(row: readonly Interval[]): number {
  return integers.mostBits(row.flatMap(({ low, high }) => [low, high]));
}

export function linksOf(entries: StageWiring['entries']): number {
  return entries.reduce((count, { sources }) => count + sources.length, 0);
}
