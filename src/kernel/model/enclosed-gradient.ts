import { type Interval, point } from '../arithmetic/interval.js';
import { type Rational, rational } from '../arithmetic/rational.js';
import type { SampleProblem } from '../statement.js';
import type { Risk } from './enclosing.js';
import { LossNear } from './loss-near.js';
import type { Slice } from './slice.js';
import { bitsOf, linksOf, type Recorder, type Tape } from './tape.js';

/** The risk and its gradient at a point. */
export interface FirstOrderBounds {
  readonly risk: Risk;
  /** an upper bound of |∇R|², the derivatives by the coordinates of the slice */
  readonly squaredNorm: Rational;
  /** enclosures of the derivatives by the coordinates of the slice, over 2^bits */
  readonly gradient: readonly Interval[];
}

/**
 * Encloses R and ∇R at the point that the recorder has, by reverse differentiation: ∂R/∂W_uj = Σ_i Σ_entries δ·a_j.
 *
 * @param recorder  of radius 0: its box is the point alone
 * @see proofs/rules/strongly-convex-ball.md 2
 */
export function boundFirstOrder(
  { network, loss, data }: SampleProblem,
  slice: Slice,
  recorder: Recorder,
  path: string,
): FirstOrderBounds {
  const { e, meter } = recorder;
  const near = new LossNear(loss, e, meter, path);
  const gradient = new Array<Interval>(slice.dimension).fill(point(0n));
  let value = point(0n);
  data.inputs.rows.forEach((_, i) => {
    const tape = recorder.record(data, i);
    const mu = weightOf({ data, recorder }, i);
    const g = lossArguments(near, data, recorder, tape, i).map(({ argument, target }) => {
      value = e.add(value, e.multiply(mu, near.value(argument, target)));
      return e.multiply(mu, near.derivative(argument, target));
    });
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

/** Enclosure of μ_i. */
export function weightOf({ data, recorder }: { data: SampleProblem['data']; recorder: Recorder }, i: number): Interval {
  recorder.meter.charge(2, data.weights.bits + recorder.e.bits, data.weights.bits);
  return recorder.e.of(data.weights.values[i] as bigint, data.weights.denominator);
}

/** For each output what its part of the loss is a function of, and its target. */
export function lossArguments(
  near: LossNear,
  { targets }: SampleProblem['data'],
  { e, meter }: Recorder,
  { stages }: Tape,
  i: number,
): readonly { readonly argument: Interval; readonly target: Interval }[] {
  const predictions = stages[stages.length - 1]?.outputs ?? [];
  meter.charge(predictions.length, targets.bits + e.bits, targets.bits);
  return predictions.map((p, c) => {
    const target = e.of((targets.rows[i] as readonly bigint[])[c] as bigint, targets.denominator);
    return { argument: near.argumentNear(p, target), target };
  });
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
