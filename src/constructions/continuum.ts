/**
 * A continuum of spurious minima from one of them: what does not change the predictions on the data is moved. A unit that carries the fit
 * inside an affine piece is scaled, and its outgoing weights by the inverse; a unit that nothing reads gets another bias.
 */
import { type Fields, layerJson, pointJson, problemJson, quantity } from '../formats/write.js';
import {
  add,
  divide,
  multiply,
  negate,
  one,
  type Rational,
  rational,
  subtract,
  zero,
} from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { affinePieceOf, isPositivelyHomogeneous } from '../kernel/model/activation.js';
import { type Evaluation, evaluateExactly, locationOf, type StageValues } from '../kernel/model/evaluation.js';
import type { DenseValues, Network, Parameters, Stage } from '../kernel/model/network.js';
import type { SampleProblem } from '../kernel/statement.js';
import type { Theorem } from '../kernel/theorem.js';
import type { Built, Construction, ConstructionInput, Setting } from './construction.js';
import { type Named, proveBuilt } from './prove-built.js';

/** A function of the parameters that moves one cell: a polynomial of degree ≤ 1 in one of them, over that parameter or over 1. */
interface Moving {
  readonly stage: number;
  readonly unit: number;
  /** null: the bias */
  readonly input: number | null;
  /** (constant + slope·t) / (t or 1) */
  readonly constant: Rational;
  readonly slope: Rational;
  readonly isOverT: boolean;
}

/** One parameter of a family: its range, what it moves, and the strictly monotone coordinate. */
interface Mover {
  readonly from: Rational;
  readonly to: Rational;
  readonly moves: readonly Moving[];
  /** whether the realization stays the same everywhere, and not on the data only */
  readonly keepsFunction: boolean;
}

/**
 * @param theorem  of the kind spurious-local-minimum
 * @param dimension  how many parameters the family shall have
 */
export function continuumOf(
  { statement, risk }: Theorem,
  dimension: number,
  construction: Named,
  notes: readonly string[],
): Built {
  const { problem, point, betterPoint } = statement;
  const isExact = statement.kind === 'spurious-local-minimum';
  if (!isExact || problem.type !== 'samples' || betterPoint === null || risk.gap === null) {
    return { kind: 'gave-up', message: 'a continuum is built from an exact spurious local minimum on samples' };
  }
  const { network } = problem;
  const movers = moversOf(problem, point.parameters).slice(0, dimension);
  if (movers.length < dimension) {
    const found = `found ${movers.length}: units that carry the fit, and units that nothing reads`;
    return {
      kind: 'gave-up',
      message: `a family of ${dimension} parameters needs as many units that can be moved, ${found}`,
    };
  }
  const claim = {
    kind: 'spurious-family',
    problem: problemJson(problem),
    family: familyJson(network, point.parameters, movers),
    betterPoint: pointJson(network, betterPoint.parameters),
    gap: quantity(shortBelow(risk.gap.lower)),
    realizations: movers.every(({ keepsFunction }) => keepsFunction) ? 'same-function' : 'same-predictions',
  };
  const proof = {
    localMinimum: { rule: 'affine-span' },
    lowerRisk: { rule: 'lower-risk' },
    injective: { rule: 'strictly-monotone', coordinates: movers.map((mover) => coordinateJson(network, mover)) },
  };
  const continuum = `a continuum of dimension ${dimension}`;
  return proveBuilt(construction, claim, proof, [...notes, continuum], {
    text: `${construction.title}: a continuum of them`,
  });
}

export const familySetting: Setting = {
  name: 'family',
  type: 'integer',
  default: '0',
  text: 'how many parameters: the certificate is then about a continuum of spurious local minima of that dimension; 0: about one point',
};

/** Builds what a construction builds, and where `family` asks for it a continuum through its local minimum. */
export async function withContinuum(
  input: ConstructionInput,
  construction: Pick<Construction, 'id' | 'source' | 'title'>,
  build: (input: ConstructionInput) => Promise<Built>,
): Promise<Built> {
  const { family: written = '0', ...settings } = input.settings;
  if (!/^(?:0|[1-9][0-9]?)$/.test(written)) {
    return { kind: 'usage', message: 'the setting "family" must be a count of parameters, below 100' };
  }
  const built = await build({ ...input, settings });
  if (built.kind !== 'built' || written === '0') return built;
  return continuumOf(built.theorem, Number(written), construction, built.notes);
}

function moversOf(problem: SampleProblem, parameters: Parameters): readonly Mover[] {
  const { network, data } = problem;
  const evaluation = evaluateExactly(network, parameters, data, new Meter(defaultLimits));
  const { stages } = network;
  if (stages.some(({ kind, fixed }) => kind !== 'dense' || fixed !== null)) return [];
  const last = stages.length - 2;
  const carriers = units(stages[last]).flatMap((u) => scaled(network, parameters, evaluation, last, u) ?? []);
  const idle = stages
    .slice(0, -1)
    .flatMap((stage, s) => units(stage).flatMap((u) => shifted(network, parameters, evaluation, s, u) ?? []));
  return [...carriers, ...idle];
}

const units = (stage: Stage | undefined): readonly number[] => Array.from({ length: stage?.units ?? 0 }, (_, u) => u);
const at = ({ denominator }: DenseValues, n: bigint | undefined): Rational => rational(n ?? 0n, denominator);

/** The piece that holds the unit at all data, with its ends and the unit's largest preactivation; null where there are several. */
function pieceOfUnit(
  { activation }: Stage,
  { locations, preactivations, denominator }: StageValues<bigint>,
  u: number,
): { piece: number; low: Rational | null; high: Rational | null; most: Rational } | null {
  const pieces = new Set<number>();
  for (let i = 0; i < preactivations.length; i++) {
    const { lower, upper } = locationOf(activation, locations, i, u);
    if (lower !== upper) return null;
    pieces.add(lower);
  }
  const [piece, ...others] = pieces;
  if (piece === undefined || others.length > 0) return null;
  const column = preactivations.map((row) => row[u] as bigint);
  const end = (n: bigint | undefined) => (n === undefined ? null : rational(n, activation.breakpointDenominator));
  return {
    piece,
    low: piece === 0 ? null : end(activation.breakpoints[piece - 1]),
    high: end(activation.breakpoints[piece]),
    most: rational(
      column.reduce((a, b) => (b > a ? b : a)),
      denominator,
    ),
  };
}

/**
 * z becomes m + t(z − m), m inside the piece, the outgoing weights v become v/t, and the output bias makes up for h(m) ≠ 0. Where the
 * activation is positively homogeneous, m = 0, and the function is the same.
 */
function scaled(
  { stages }: Network,
  parameters: Parameters,
  evaluation: Evaluation<bigint>,
  s: number,
  u: number,
): Mover | null {
  const [stage, next] = [stages[s], stages[s + 1]] as [Stage, Stage];
  const [values, after] = [parameters[s], parameters[s + 1]] as [DenseValues, DenseValues];
  const held = pieceOfUnit(stage, evaluation.stages[s] as StageValues<bigint>, u);
  const outgoing = after.weights.map((row) => at(after, row[u]));
  const incoming = (values.weights[u] as readonly bigint[]).map((w) => at(values, w));
  if (held === null || outgoing.every(({ num }) => num === 0n) || incoming.every(({ num }) => num === 0n)) return null;
  const affine = affinePieceOf(stage.activation, held.piece);
  if (affine === null) return null;
  const isHomogeneous = isPositivelyHomogeneous(stage.activation);
  const m = isHomogeneous ? zero : inside(held);
  const bias = at(values, values.bias?.[u]);
  const height = add(multiply(affine.slope, m), affine.intercept);
  if ((m.num !== 0n && values.bias === null) || (height.num !== 0n && after.bias === null)) return null;
  const linear = { stage: s, unit: u, isOverT: false };
  const above = units(next).map((c) => ({
    stage: s + 1,
    unit: c,
    isOverT: true,
    lost: multiply(outgoing[c] as Rational, height),
  }));
  const moves: Moving[] = [
    ...incoming.flatMap((w, j) => (w.num === 0n ? [] : [{ ...linear, input: j, constant: zero, slope: w }])),
    ...(values.bias === null ? [] : [{ ...linear, input: null, constant: m, slope: subtract(bias, m) }]),
    ...above.flatMap(({ lost: _, ...cell }) => {
      const v = outgoing[cell.unit] as Rational;
      return v.num === 0n ? [] : [{ ...cell, input: u, constant: v, slope: zero }];
    }),
    // c + lost·(1 − 1/t) = (−lost + (c + lost)·t) / t
    ...above.flatMap(({ lost, ...cell }) =>
      lost.num === 0n
        ? []
        : [{ ...cell, input: null, constant: negate(lost), slope: add(at(after, after.bias?.[cell.unit]), lost) }],
    ),
  ].filter(({ slope, constant, isOverT }) => isOverT || slope.num !== 0n || constant.num !== 0n);
  const half = rational(1n, 2n);
  return { from: half, to: isHomogeneous ? rational(2n) : one, moves, keepsFunction: isHomogeneous };
}

/** A unit that nothing reads keeps its piece while its bias moves away from a kink, or half the way to one. */
function shifted(
  network: Network,
  parameters: Parameters,
  evaluation: Evaluation<bigint>,
  s: number,
  u: number,
): Mover | null {
  const [values, after] = [parameters[s], parameters[s + 1]] as [DenseValues, DenseValues];
  if (values.bias === null || after.weights.some((row) => row[u] !== 0n)) return null;
  const held = pieceOfUnit(network.stages[s] as Stage, evaluation.stages[s] as StageValues<bigint>, u);
  if (held === null) return null;
  const { low, high, most } = held;
  const half = rational(1n, 2n);
  const reach = high === null ? one : low === null ? rational(-1n) : multiply(half, subtract(high, most));
  const bias = at(values, values.bias[u]);
  const move = { stage: s, unit: u, input: null, constant: bias, slope: reach, isOverT: false };
  return { from: zero, to: one, moves: [move], keepsFunction: true };
}

/** 0 if it is inside the piece, else the middle, or what is 1 beside its only end. */
function inside({ low, high }: { readonly low: Rational | null; readonly high: Rational | null }): Rational {
  const isBelow = (a: Rational, b: Rational): boolean => subtract(a, b).num < 0n;
  if ((low === null || isBelow(low, zero)) && (high === null || isBelow(zero, high))) return zero;
  if (low === null) return subtract(high as Rational, one);
  return high === null ? add(low, one) : divide(add(low, high), rational(2n));
}

function familyJson(network: Network, parameters: Parameters, movers: readonly Mover[]): Fields {
  const cells = new Map<string, Fields>();
  movers.forEach(({ moves }, j) => {
    for (const move of moves) {
      const key = `${move.stage} ${move.unit} ${move.input ?? 'bias'}`;
      if (cells.has(key)) throw new Error(`Cannot build a continuum: two parameters move one coordinate, ${key}`);
      cells.set(key, functionJson(move, j, movers.length));
    }
  });
  const names = movers.length === 1 ? ['t'] : movers.map((_, j) => `t${j + 1}`);
  return {
    parameters: movers.map(({ from, to }, j) => ({ name: names[j] as string, from: quantity(from), to: quantity(to) })),
    layers: network.stages.flatMap(({ entry, weightShape }, s) => {
      if (entry === null) return [];
      const values = parameters[s] as DenseValues;
      const moved = (u: number, input: number | null, n: bigint) =>
        cells.get(`${s} ${u} ${input ?? 'bias'}`) ?? quantity(at(values, n));
      const isStill = ![...cells.keys()].some((key) => key.startsWith(`${s} `));
      if (isStill) return [layerJson(values, weightShape)];
      const weights = values.weights.map((row, u) => row.map((w, j) => moved(u, j, w)));
      return [values.bias === null ? { weights } : { weights, bias: values.bias.map((b, u) => moved(u, null, b)) }];
    }),
  };
}

function functionJson({ constant, slope, isOverT }: Moving, j: number, dimension: number): Fields {
  if (dimension === 1) {
    const numerator = slope.num === 0n ? [quantity(constant)] : [quantity(constant), quantity(slope)];
    return isOverT ? { numerator, denominator: ['0', '1'] } : { numerator };
  }
  const exponents = (e: number): number[] => Array.from({ length: dimension }, (_, k) => (k === j ? e : 0));
  const term = (coefficient: Rational, e: number): Fields => ({
    coefficient: quantity(coefficient),
    exponents: exponents(e),
  });
  const numerator = [constant, slope].flatMap((c, e) => (c.num === 0n ? [] : [term(c, e)]));
  return isOverT ? { numerator, denominator: [term(one, 1)] } : { numerator };
}

function coordinateJson({ stages }: Network, { moves }: Mover): Fields {
  const { stage, unit, input } = moves.find(({ slope, isOverT }) => !isOverT && slope.num !== 0n) as Moving;
  const layer = (stages[stage] as Stage).entry as number;
  return input === null ? { layer, bias: unit } : { layer, unit, input };
}

/** A fraction with few digits, at most a > 0 and more than a/2: a bound that people can read. */
export function shortBelow(a: Rational): Rational {
  if (a.num.toString().length + a.den.toString().length <= 12) return a;
  let scale = 1n;
  while ((a.num * scale) / a.den < 100_000n) scale *= 10n;
  return rational((a.num * scale) / a.den, scale);
}
