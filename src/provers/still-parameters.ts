/** Which parameters need not move in rules `strongly-convex-ball` and `exact-hessian`, chosen at a point; the kernel checks the choice. */
import type { Fields, Plain } from '../formats/write.js';
import type { Enclosures } from '../kernel/arithmetic/enclosure.js';
import { formatRational, rational } from '../kernel/arithmetic/rational.js';
import type { Meter } from '../kernel/limits.js';
import { isPositivelyHomogeneous } from '../kernel/model/activation.js';
import type { DenseValues, Network, Parameters, Stage } from '../kernel/model/network.js';
import { type Coordinate, type Slice, sliceOf } from '../kernel/model/slice.js';
import { Recorder } from '../kernel/model/tape.js';
import { expectSilent } from '../kernel/rules/slice-hints.js';
import type { SampleProblem, SummedProblem } from '../kernel/statement.js';
import { Ledger, Refusal } from '../kernel/verdict.js';
import { leastSquares } from '../numerics/least-squares.js';

export interface StillParameters {
  readonly slice: Slice;
  /** `gauge`, `logit`, `silent`, `redundant`, where they are needed */
  readonly hints: Fields;
}

/** Columns of the first layer's inputs, the constant last, and T that makes all columns of them: its rows over one denominator. */
export interface RedundantColumns {
  readonly columns: readonly number[];
  readonly T: readonly (readonly bigint[])[];
  readonly denominator: bigint;
}

/**
 * With weight decay every parameter moves.
 *
 * @param redundant  null where every column of the first layer's inputs moves
 */
export function stillParameters(
  problem: SummedProblem,
  theta: Parameters,
  redundant: RedundantColumns | null,
  e: Enclosures,
  meter: Meter,
): StillParameters {
  const { network } = problem;
  if (problem.type === 'decayed-samples') return { slice: sliceOf(network, () => false), hints: {} };
  const gauge = gaugeOf(network, theta, redundant);
  const logit = logitOf(problem);
  const silent = silentOf(problem, theta, e, meter);
  const still = new Set([...gauge, ...logit, ...silent].map(name));
  const { inputs } = network.stages[0] as Stage;
  const slice = sliceOf(
    network,
    (coordinate) =>
      still.has(name(coordinate)) ||
      (redundant !== null && coordinate.stage === 0 && !redundant.columns.includes(coordinate.input ?? inputs)),
  );
  const hints = {
    ...(gauge.length > 0 ? { gauge: gauge.map((coordinate) => hintOf(network, coordinate)) } : {}),
    ...(logit.length > 0 ? { logit: network.outputs - 1 } : {}),
    ...(silent.length > 0 ? { silent: silent.map((coordinate) => hintOf(network, coordinate)) } : {}),
    ...(redundant === null ? {} : { redundant: redundantHint(redundant) }),
  };
  return { slice, hints };
}

const name = ({ stage, unit, input }: Coordinate): string => `${stage} ${unit} ${input ?? 'bias'}`;

function hintOf({ stages }: Network, { stage, unit, input }: Coordinate): Plain {
  const layer = (stages[stage] as Stage).entry as number;
  return input === null ? { layer, bias: unit } : { layer, unit, input };
}

function redundantHint({ columns, T, denominator }: RedundantColumns): Plain {
  return { columns: [...columns], T: T.map((row) => row.map((t) => formatRational(rational(t, denominator)))) };
}

/** @returns null where no column of the first layer's inputs depends on the others, that layer is not dense and free, or with weight decay */
export function redundantColumns({ type, network, data }: SummedProblem): RedundantColumns | null {
  if (type === 'decayed-samples') return null;
  const { kind, fixed, bias, inputs } = network.stages[0] as Stage;
  if (kind !== 'dense' || fixed !== null) return null;
  const { rows, denominator } = data.inputs;
  const X = rows.map((row) => (bias ? [...row, denominator] : row));
  const { coefficients, pivots } = leastSquares(X, X);
  if (pivots.length === inputs + (bias ? 1 : 0) || pivots.length === 0) return null;
  return {
    columns: pivots,
    T: pivots.map((p) => coefficients.numerators[p] as readonly bigint[]),
    denominator: coefficients.denominator,
  };
}

/** The largest incoming weight of every unit that may be scaled; where columns are redundant, as the kept ones have it. */
function gaugeOf({ stages }: Network, theta: Parameters, redundant: RedundantColumns | null): readonly Coordinate[] {
  return stages.flatMap(({ fixed, units, inputs, activation }, stage): Coordinate[] => {
    if (fixed !== null || inputs === 0 || !isPositivelyHomogeneous(activation)) return [];
    let next = stage + 1;
    while (['average', 'maximum', 'flatten'].includes(stages[next]?.kind ?? '')) {
      if (!isPositivelyHomogeneous((stages[next] as Stage).activation)) return [];
      next++;
    }
    const reader = stages[next];
    if (reader === undefined || reader.inputs === 0 || reader.fixed !== null) return [];
    const { weights, bias } = theta[stage] as DenseValues;
    return Array.from({ length: units }, (_, unit) => unit).flatMap((unit): Coordinate[] => {
      const own = weights[unit] as readonly bigint[];
      const whole = bias === null ? own : [...own, bias[unit] as bigint];
      const size = (input: number): bigint => {
        const row = stage === 0 ? redundant?.columns.indexOf(input) : undefined;
        if (row === -1) return 0n;
        const w =
          row === undefined
            ? (own[input] as bigint)
            : whole.reduce((sum, v, j) => sum + v * (redundant?.T[row]?.[j] as bigint), 0n);
        return w < 0n ? -w : w;
      };
      const input = own.reduce((best, _, j) => (size(j) > size(best) ? j : best), 0);
      return size(input) === 0n ? [] : [{ stage, unit, input }];
    });
  });
}

/** The parameters of the last output, if the loss does not change when all outputs grow alike. */
function logitOf({ network: { stages }, loss }: SampleProblem): readonly Coordinate[] {
  const stage = stages.length - 1;
  const { kind, fixed, units, inputs, bias } = stages[stage] as Stage;
  const isCrossEntropy = loss.family === 'smooth' && loss.name === 'cross-entropy';
  if (!isCrossEntropy || kind !== 'dense' || fixed !== null) return [];
  const unit = units - 1;
  const weights = Array.from({ length: inputs }, (_, input): Coordinate => ({ stage, unit, input }));
  return bias ? [...weights, { stage, unit, input: null }] : weights;
}

/** Parameters that change nothing at any sample, by the kernel's own test at the point. */
function silentOf(
  { network, data }: SampleProblem,
  theta: Parameters,
  e: Enclosures,
  meter: Meter,
): readonly Coordinate[] {
  const whole = sliceOf(network, () => false);
  const recorder = new Recorder(network, theta, whole, 0n, e, meter);
  let silent = network.stages.flatMap(({ fixed, units, inputs, bias }, stage) =>
    fixed !== null || inputs === 0
      ? []
      : Array.from({ length: units }, (_, unit) => unit).flatMap((unit): Coordinate[] => [
          ...Array.from({ length: inputs }, (_, input) => ({ stage, unit, input })),
          ...(bias ? [{ stage, unit, input: null }] : []),
        ]),
  );
  data.inputs.rows.forEach((_, i) => {
    const tape = recorder.record(data, i);
    silent = silent.filter((coordinate) => {
      try {
        expectSilent([coordinate], recorder.wiring, tape, i, '$', meter, new Ledger());
        return true;
      } catch (error) {
        if (error instanceof Refusal && error.code === 'not-silent') return false;
        throw error;
      }
    });
  });
  return silent;
}
