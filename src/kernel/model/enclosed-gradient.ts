import { type Interval, point } from '../arithmetic/interval.js';
import { type Rational, rational } from '../arithmetic/rational.js';
import type { SummedProblem } from '../statement.js';
import type { Risk } from './enclosing.js';
import { LossOfOutputs } from './loss-of-outputs.js';
import type { Slice } from './slice.js';
import { bitsOf, linksOf, type Recorder, type Tape } from './tape.js';
import { decayOf, enclosePenalty } from './weight-decay.js';

/** The risk and its gradient over the box of a recorder: at a point, if its radius is 0. */
export interface FirstOrderBounds {
  readonly risk: Risk;
  /** an upper bound of |∇R|², the derivatives by the coordinates of the slice */
  readonly squaredNorm: Rational;
  /** enclosures of the derivatives by the coordinates of the slice, over 2^bits */
  readonly gradient: readonly Interval[];
}

/**
 * Encloses R and ∇R over the box of a recorder, by reverse differentiation: ∂R/∂W_uj = Σ_i Σ_entries δ·a_j, and 2 · decay · W_uj of weight decay.
 *
 * @see proofs/rules/strongly-convex-ball.md 2
 */
export function boundFirstOrder(
  problem: SummedProblem,
  slice: Slice,
  recorder: Recorder,
  path: string,
): FirstOrderBounds {
  const { network, loss, data } = problem;
  const { e, meter } = recorder;
  const near = new LossOfOutputs(loss, e, meter, path);
  const decay = decayOf(problem);
  const penalty = decay === null ? null : enclosePenalty(decay, network, slice, recorder);
  const gradient = [...(penalty?.gradient ?? new Array<Interval>(slice.dimension).fill(point(0n)))];
  let value = penalty?.value ?? point(0n);
  data.inputs.rows.forEach((_, i) => {
    const tape = recorder.record(data, i);
    const mu = weightOf({ data, recorder }, i);
    const [p, y] = [predictionsOn(tape), targetsOf({ data, recorder }, i)];
    value = e.add(value, e.multiply(mu, near.value(p, y)));
    const g = near.gradient(p, y).map((derivative) => e.multiply(mu, derivative));
    const { deltas } = recorder.pullBack(tape, g);
    network.stages.forEach((_, s) => {
      addLayer(gradient, slice, recorder, tape, deltas[s] as readonly Interval[], s);
    });
  });
  const over = 1n << BigInt(e.bits);
  meter.charge(gradient.length, bitsOf(gradient), bitsOf(gradient));
  const squares = gradient.reduce((sum, a) => {
    const most = e.abs(a).high;
    return sum + most * most;
  }, 0n);
  return {
    risk: { lower: rational(value.low, over), upper: rational(value.high, over) },
    squaredNorm: rational(squares, over * over),
    gradient,
  };
}

interface Looked {
  readonly data: SummedProblem['data'];
  readonly recorder: Recorder;
}

/** Enclosure of μ_i. */
export function weightOf({ data, recorder }: Looked, i: number): Interval {
  recorder.meter.charge(2, data.weights.bits + recorder.e.bits, data.weights.bits);
  return recorder.e.of(data.weights.values[i] as bigint, data.weights.denominator);
}

/** Enclosures of y_i. */
export function targetsOf({ data: { targets }, recorder: { e, meter } }: Looked, i: number): readonly Interval[] {
  const row = targets.rows[i] as readonly bigint[];
  meter.charge(row.length, targets.bits + e.bits, targets.bits);
  return row.map((y) => e.of(y, targets.denominator));
}

export function predictionsOn({ stages }: Tape): readonly Interval[] {
  return stages[stages.length - 1]?.outputs ?? [];
}

function addLayer(
  gradient: Interval[],
  slice: Slice,
  { e, meter, wiring }: Recorder,
  { inputs, stages }: Tape,
  delta: readonly Interval[],
  s: number,
): void {
  const [weights, biases] = [slice.weights[s], slice.biases[s]];
  if (weights === undefined || weights.length === 0) return;
  const before = s === 0 ? inputs : (stages[s - 1]?.outputs ?? []);
  const { entries } = wiring[s] as (typeof wiring)[number];
  meter.charge(4 * linksOf(entries), bitsOf(delta), bitsOf(before));
  const addTo = (at: number, a: Interval): void => {
    gradient[at] = e.add(gradient[at] as Interval, a);
  };
  entries.forEach(({ unit, sources, taps }, entry) => {
    const d = delta[entry] as Interval;
    const bias = biases?.[unit] ?? -1;
    if (bias >= 0) addTo(bias, d);
    sources.forEach((source, j) => {
      const at = weights[unit]?.[taps?.[j] as number] as number;
      if (at >= 0) addTo(at, e.multiply(d, before[source] as Interval));
    });
  });
}
