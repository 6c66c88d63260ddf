/**
 * A ball for rule `strongly-convex-ball` around a point in floats: the kernel's own enclosures of gradient and Hessian at the point, read as doubles,
 * suggest modulus and radius. Nothing here is evidence.
 */
import type { Fields, Plain } from '../formats/write.js';
import { Enclosures } from '../kernel/arithmetic/enclosure.js';
import { compare, formatRational, type Rational, rational } from '../kernel/arithmetic/rational.js';
import type { Meter } from '../kernel/limits.js';
import { isPositivelyHomogeneous } from '../kernel/model/activation.js';
import { boundFirstOrder } from '../kernel/model/enclosed-gradient.js';
import { encloseHessian } from '../kernel/model/enclosed-hessian.js';
import type { DenseValues, Network, Stage } from '../kernel/model/network.js';
import { type Coordinate, sliceOf } from '../kernel/model/slice.js';
import { Recorder } from '../kernel/model/tape.js';
import { expectSilent } from '../kernel/rules/slice-hints.js';
import type { Point, SampleProblem, SummedProblem } from '../kernel/statement.js';
import { Ledger, Refusal } from '../kernel/verdict.js';
import { roughLeastEigenvalue } from '../numerics/cholesky.js';
import { ratio } from '../numerics/floats.js';
import type { Undecided } from './prover.js';

export type Ball =
  | { readonly kind: 'found'; readonly nodes: readonly Fields[] }
  | { readonly kind: 'undecided'; readonly reason: Undecided };

const bits = 96;

/**
 * @returns nodes to try, most hopeful first; or why there is none: `on-a-kink`, `curvature-not-positive`, or `radius-too-small` for the gradient
 */
export function findBall(problem: SummedProblem, point: Point, radius: Rational, meter: Meter): Ball {
  const { network } = problem;
  try {
    const e = new Enclosures(bits);
    // With weight decay every parameter moves.
    const [gauge, logit, silent] =
      problem.type === 'decayed-samples'
        ? [[], [], []]
        : [gaugeOf(network, point), logitOf(problem), silentOf(problem, point, e, meter)];
    const still = new Set([...gauge, ...logit, ...silent].map(name));
    const slice = sliceOf(network, (coordinate) => still.has(name(coordinate)));
    const recorder = new Recorder(network, point.parameters, slice, 0n, e, meter);
    const { squaredNorm } = boundFirstOrder(problem, slice, recorder, '$');
    const { M } = encloseHessian(problem, slice, recorder, '$', () => {});
    const least = roughLeastEigenvalue(M.map((row) => Float64Array.from(row, (a) => ratio(a, 1n << BigInt(2 * bits)))));
    if (!(least > 0)) {
      return undecided(
        'curvature-not-positive',
        '$.point',
        'the Hessian of the risk is not positive definite at the point',
      );
    }
    const slope = Math.sqrt(ratio(squaredNorm.num, squaredNorm.den));
    const most = ratio(radius.num, radius.den);
    if (slope >= least * most) {
      const needed = (slope / least).toPrecision(1);
      return undecided(
        'radius-too-small',
        '$.radius',
        `the gradient at the point is too large for this radius; one of about ${needed} might do`,
      );
    }
    const hints = {
      ...(gauge.length > 0 ? { gauge: gauge.map((coordinate) => hintOf(network, coordinate)) } : {}),
      ...(logit.length > 0 ? { logit: network.outputs - 1 } : {}),
      ...(silent.length > 0 ? { silent: silent.map((coordinate) => hintOf(network, coordinate)) } : {}),
    };
    const nodes = [
      [0.5, 3],
      [0.8, 1.5],
      [0.95, 1.1],
    ].flatMap(([share, reach]): Fields[] => {
      const ball = Math.max((slope / least) * (reach as number), Math.min(most, 2 ** -60));
      if (ball > most) return [];
      const modulus = formatRational(twoDigits(least * (share as number), Math.floor));
      const ballRadius = twoDigits(ball, Math.ceil);
      if (compare(ballRadius, radius) > 0) return [];
      return [{ rule: 'strongly-convex-ball', modulus, ballRadius: formatRational(ballRadius), bits, ...hints }];
    });
    return { kind: 'found', nodes };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return undecided(error.code, error.path, error.message);
  }
}

function undecided(code: string, path: string, message: string): Ball {
  return { kind: 'undecided', reason: { code, path, message } };
}

const name = ({ stage, unit, input }: Coordinate): string => `${stage} ${unit} ${input ?? 'bias'}`;

function hintOf({ stages }: Network, { stage, unit, input }: Coordinate): Plain {
  const layer = (stages[stage] as Stage).entry as number;
  return input === null ? { layer, bias: unit } : { layer, unit, input };
}

/** A positive number in two decimal digits. */
function twoDigits(x: number, round: (x: number) => number): Rational {
  const exponent = Math.floor(Math.log10(x)) - 1;
  const digits = BigInt(round(x / 10 ** exponent));
  return exponent < 0 ? rational(digits, 10n ** BigInt(-exponent)) : rational(digits * 10n ** BigInt(exponent));
}

/** The largest incoming weight of every unit that may be scaled. */
function gaugeOf({ stages }: Network, { parameters }: Point): readonly Coordinate[] {
  return stages.flatMap(({ fixed, units, inputs, activation }, stage): Coordinate[] => {
    if (fixed !== null || inputs === 0 || !isPositivelyHomogeneous(activation)) return [];
    let next = stage + 1;
    while (['average', 'maximum', 'flatten'].includes(stages[next]?.kind ?? '')) {
      if (!isPositivelyHomogeneous((stages[next] as Stage).activation)) return [];
      next++;
    }
    const reader = stages[next];
    if (reader === undefined || reader.inputs === 0 || reader.fixed !== null) return [];
    return Array.from({ length: units }, (_, unit) => unit).flatMap((unit): Coordinate[] => {
      const row = (parameters[stage] as DenseValues).weights[unit] as readonly bigint[];
      const size = (input: number): bigint => {
        const w = row[input] as bigint;
        return w < 0n ? -w : w;
      };
      const input = row.reduce((best, _, j) => (size(j) > size(best) ? j : best), 0);
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
function silentOf(problem: SampleProblem, { parameters }: Point, e: Enclosures, meter: Meter): readonly Coordinate[] {
  const { network, data } = problem;
  const whole = sliceOf(network, () => false);
  const recorder = new Recorder(network, parameters, whole, 0n, e, meter);
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
