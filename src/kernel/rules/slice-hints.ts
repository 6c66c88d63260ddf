import type { Matrix } from '../arithmetic/matrix.js';
import { compare, type Rational, rational, shown } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import { isPositivelyHomogeneous } from '../model/activation.js';
import type { Samples } from '../model/data.js';
import type { DenseValues, Network, Parameters, Stage } from '../model/network.js';
import { type Coordinate, type Slice, sliceOf } from '../model/slice.js';
import type { Tape } from '../model/tape.js';
import type { StageWiring } from '../model/wiring.js';
import type { SampleProblem, SummedProblem } from '../statement.js';
import { type Ledger, reject } from '../verdict.js';

/** A weight (`unit`, `input`) or a bias, by the entries of `layers`. */
export interface CoordinateHint {
  readonly layer: number;
  readonly unit?: number;
  readonly input?: number;
  readonly bias?: number;
}

/** Which free parameters need not move, and why; nothing here is trusted. */
export interface SliceHints {
  /** one incoming parameter of a unit each */
  readonly gauge?: readonly CoordinateHint[];
  /** parameters that change nothing: `unit` alone stands for all that the unit has, `input` alone for all weights that read it */
  readonly silent?: readonly CoordinateHint[];
  /** columns C of the inputs X̃ of the first layer (the last one is the constant, if it has a bias), and T with X̃ = X̃_C T */
  readonly redundant?: { readonly columns: readonly number[]; readonly T: Matrix };
  /** with cross-entropy: the output whose weights and bias in the last layer stay */
  readonly logit?: number;
}

/** The slice, and the coordinates that are said to be silent. */
export interface AccountedSlice {
  readonly slice: Slice;
  readonly silent: readonly Coordinate[];
}

const key = ({ stage, unit, input }: Coordinate): string => `${stage} ${unit} ${input ?? 'bias'}`;

/**
 * Accounts for every free parameter: it moves in the slice, or is the one gauge parameter of its unit, or is silent, or belongs to a redundant
 * column of the first layer or to the one output whose logit is fixed. Near a point of the slice every point has the risk of a point of the slice, as near:
 *
 *  - *Redundant columns.* X̃ = X̃_C T with T_C = I, and the first layer is dense and free: it acts through W Tᵀ alone.
 *  - *Gauge.* Multiplying what comes into a unit by t > 0, and dividing what goes out by t, changes nothing: the layer and the next one with weights are
 *    free, only pools and flattens stand between, and all activations there are positively homogeneous. The parameter that stays is not 0; in a first layer with
 *    redundant columns it is one of C, and the entry of W Tᵀ is not 0.
 *  - *Logit.* Cross-entropy does not change when all logits grow alike, since targets add up to 1: in a last layer that is dense and free, the row of one
 *    output (weights and bias) may be subtracted from all rows.
 *  - *Silent.* Checked at every tape (`expectSilent`).
 *
 * With weight decay none of this holds, and all parameters move.
 *
 * @see theory.md 3 (gauge, logits, silent coordinates, redundant inputs, weight decay); proofs/rules/strongly-convex-ball.md 6
 */
export function accountForParameters(
  problem: SummedProblem,
  theta: Parameters,
  hints: SliceHints,
  path: string,
  meter: Meter,
  ledger: Ledger,
): AccountedSlice {
  const { network, data } = problem;
  if (problem.type === 'decayed-samples') {
    expectNoHints(hints, 'with weight decay', path);
    return { slice: sliceOf(network, () => false), silent: [] };
  }
  const { gauge = [], silent = [], redundant, logit } = hints;
  const stays = new Set<string>();
  const kept = redundant === undefined ? null : keptColumns(network, data, redundant, `${path}.redundant`, meter);
  if (kept !== null) {
    const { units, inputs, bias } = network.stages[0] as Stage;
    for (let unit = 0; unit < units; unit++) {
      for (let j = 0; j < inputs + (bias ? 1 : 0); j++) {
        if (!kept.has(j)) stays.add(key({ stage: 0, unit, input: j < inputs ? j : null }));
      }
    }
    ledger.discharge('redundant-columns');
  }
  const scaled = new Set<string>();
  gauge.forEach((hint, g) => {
    const at = `${path}.gauge[${g}]`;
    const coordinate = coordinateOf(network, hint, at);
    expectGauge(network, coordinate, at);
    const unit = `${coordinate.stage} ${coordinate.unit}`;
    if (scaled.has(unit)) reject('not-a-gauge', at, 'a unit has one gauge parameter');
    if (stays.has(key(coordinate))) reject('not-a-gauge', at, 'the parameter belongs to a redundant column');
    scaled.add(unit);
    const value = effectiveValue(network, theta, coordinate, redundant, kept);
    if (value === 0n) reject('not-a-gauge', at, 'expected a parameter that is not 0');
    ledger.discharge('gauge');
  });
  for (const hint of gauge) stays.add(key(coordinateOf(network, hint, path)));
  if (logit !== undefined) {
    for (const coordinate of logitCoordinates(problem, logit, `${path}.logit`)) stays.add(key(coordinate));
    ledger.discharge('logit');
  }
  const quiet = new Map<string, Coordinate>();
  silent.forEach((hint, j) => {
    const named = coordinatesOf(network, hint, `${path}.silent[${j}]`);
    meter.charge(named.length, 64, 64);
    for (const coordinate of named) quiet.set(key(coordinate), coordinate);
  });
  for (const name of quiet.keys()) stays.add(name);
  return { slice: sliceOf(network, (coordinate) => stays.has(key(coordinate))), silent: [...quiet.values()] };
}

/** Where every parameter has a risk of its own, none may stay. */
export function expectNoHints({ gauge, silent, redundant, logit }: SliceHints, where: string, path: string): void {
  if (gauge !== undefined || silent !== undefined || redundant !== undefined || logit !== undefined) {
    reject('wrong-hint', path, `${where} all parameters move: expected no gauge, silent, redundant or logit`);
  }
}

/** @returns the weights and the bias of one output of the last layer, if that may be fixed */
function logitCoordinates({ network: { stages }, loss }: SampleProblem, unit: number, path: string): Coordinate[] {
  const stage = stages.length - 1;
  const { kind, fixed, units, inputs, bias } = stages[stage] as Stage;
  if (loss.family !== 'smooth' || loss.name !== 'cross-entropy') {
    reject('not-a-gauge', path, 'adding one number to all outputs changes the loss: it is not cross-entropy');
  }
  if (kind !== 'dense' || fixed !== null) {
    reject('not-a-gauge', path, 'the last layer is not a dense layer that is free');
  }
  if (unit >= units) reject('wrong-hint', path, `expected an output below ${units}, found ${unit}`);
  const weights = Array.from({ length: inputs }, (_, input): Coordinate => ({ stage, unit, input }));
  return bias ? [...weights, { stage, unit, input: null }] : weights;
}

/**
 * Checks at one sample that silent parameters change nothing, wherever the slice and all parameters near it are: at every position of a weight's unit
 * its input is 0, or the unit is strictly inside a piece of slope 0; of a bias, the unit is.
 */
export function expectSilent(
  silent: readonly Coordinate[],
  wiring: readonly StageWiring[],
  { zeroInputs, stages }: Tape,
  i: number,
  path: string,
  meter: Meter,
  ledger: Ledger,
): void {
  for (const { stage: s, unit, input } of silent) {
    const { entries, stage } = wiring[s] as StageWiring;
    const isZero = s === 0 ? zeroInputs : (stages[s - 1]?.zero ?? []);
    const isFlat = stages[s]?.flat ?? [];
    meter.charge(stage.positions * (1 + stage.inputs), 1, 1);
    for (let entry = unit * stage.positions; entry < (unit + 1) * stage.positions; entry++) {
      if (isFlat[entry] === true) continue;
      const { sources, taps } = entries[entry] as StageWiring['entries'][number];
      const j = input === null ? -1 : (taps ?? []).indexOf(input);
      // A tap in the padding reads nothing.
      if (input !== null && (j < 0 || isZero[sources[j] as number] === true)) continue;
      const what = input === null ? 'the bias' : `the weight at input ${input}`;
      reject(
        'not-silent',
        `${path}.silent`,
        `${what} of unit ${unit} in layer ${stage.layer} may matter at sample ${i}`,
      );
    }
    ledger.discharge('silent-parameter');
  }
}

function stageOf({ stages }: Network, layer: number, path: string): number {
  const s = stages.findIndex(({ entry }) => entry === layer);
  if (s < 0) reject('wrong-hint', `${path}.layer`, 'the point has no such layer');
  return s;
}

export function coordinateOf(network: Network, hint: CoordinateHint, path: string): Coordinate {
  const [only, ...others] = coordinatesOf(network, hint, path);
  const isWhole = hint.bias === undefined && (hint.unit === undefined || hint.input === undefined);
  if (only === undefined || others.length > 0 || isWhole) {
    return reject('wrong-hint', path, 'expected either "unit" and "input", or "bias"');
  }
  return only;
}

/** Every parameter that a hint names. */
function coordinatesOf(network: Network, { layer, unit, input, bias }: CoordinateHint, path: string): Coordinate[] {
  const stage = stageOf(network, layer, path);
  const { units, inputs, bias: isBiased } = network.stages[stage] as Stage;
  const isOne = bias !== undefined;
  if (isOne ? unit !== undefined || input !== undefined : unit === undefined && input === undefined) {
    reject('wrong-hint', path, 'expected "unit", "input", both, or "bias"');
  }
  if ((unit ?? bias ?? 0) >= units || (input ?? 0) >= inputs || (isOne && !isBiased)) {
    reject('wrong-hint', path, 'the layer has no such parameter');
  }
  if (bias !== undefined) return [{ stage, unit: bias, input: null }];
  if (unit !== undefined && input !== undefined) return [{ stage, unit, input }];
  if (unit === undefined) {
    return Array.from({ length: units }, (_, u) => ({ stage, unit: u, input: input as number }));
  }
  const weights = Array.from({ length: inputs }, (_, j): Coordinate => ({ stage, unit, input: j }));
  return isBiased ? [...weights, { stage, unit, input: null }] : weights;
}

/** The layer is free by naming an entry of `layers`; the next one with weights must be so too. */
function expectGauge({ stages }: Network, { stage: s }: Coordinate, path: string): void {
  for (let t = s; ; t++) {
    const { activation, layer } = stages[t] as Stage;
    const next = stages[t + 1];
    if (next === undefined) reject('not-a-gauge', path, 'nothing follows the last layer');
    if (!isPositivelyHomogeneous(activation)) {
      reject('not-a-gauge', path, `the activation after layer ${layer} is not positively homogeneous`);
    }
    switch (next.kind) {
      case 'dense':
      case 'convolution':
        if (next.fixed !== null) reject('not-a-gauge', path, `the weights of layer ${next.layer} are frozen`);
        return;
      case 'fork':
      case 'join':
        reject('not-a-gauge', path, 'a residual sum stands between the unit and its next weights');
    }
  }
}

/** @returns the numerator of the parameter, in a layer with redundant columns that of the entry of W Tᵀ */
function effectiveValue(
  { stages }: Network,
  theta: Parameters,
  { stage: s, unit, input }: Coordinate,
  redundant: SliceHints['redundant'],
  kept: ReadonlyMap<number, number> | null,
): bigint {
  const { weights, bias } = theta[s] as DenseValues;
  const { inputs, bias: isBiased } = stages[s] as Stage;
  const row = weights[unit] as readonly bigint[];
  const own = input === null ? (bias?.[unit] as bigint) : (row[input] as bigint);
  if (s > 0 || redundant === undefined || kept === null) return own;
  const T = redundant.T.rows[kept.get(input ?? inputs) as number] as readonly bigint[];
  const whole = isBiased ? [...row, bias?.[unit] as bigint] : row;
  return whole.reduce((sum, w, j) => sum + w * (T[j] as bigint), 0n);
}

/** @returns for each column of C its row of T */
function keptColumns(
  { stages }: Network,
  { inputs: X }: Samples,
  { columns, T }: NonNullable<SliceHints['redundant']>,
  path: string,
  meter: Meter,
): ReadonlyMap<number, number> {
  const [first] = stages as readonly [Stage];
  if (first.kind !== 'dense' || first.fixed !== null) {
    reject('not-redundant', path, 'the first layer is not a dense layer that is free');
  }
  const width = first.inputs + (first.bias ? 1 : 0);
  const kept = new Map(columns.map((column, row) => [column, row]));
  if (kept.size !== columns.length || columns.some((column) => column >= width)) {
    reject('not-redundant', `${path}.columns`, `expected different columns below ${width}`);
  }
  if (T.rows.length !== columns.length || (T.rows[0]?.length ?? 0) !== width) {
    reject('wrong-shape', `${path}.T`, `expected ${columns.length} × ${width} entries`);
  }
  for (const [column, a] of kept) {
    T.rows.forEach((row, b) => {
      const entry: Rational = rational(row[column] as bigint, T.denominator);
      if (compare(entry, rational(a === b ? 1n : 0n)) !== 0) {
        reject('not-redundant', `${path}.T[${b}]`, `expected the identity at the columns, found ${shown(entry)}`);
      }
    });
  }
  meter.charge(X.rows.length * width * (columns.length + 1), X.bits, T.bits);
  X.rows.forEach((row, i) => {
    const x = first.bias ? [...row, X.denominator] : row;
    for (let j = 0; j < width; j++) {
      const made = columns.reduce(
        (sum, c, a) => sum + (x[c] as bigint) * ((T.rows[a] as readonly bigint[])[j] as bigint),
        0n,
      );
      if (made !== (x[j] as bigint) * T.denominator) {
        reject('not-redundant', `${path}.T`, `column ${j} of sample ${i} is not what T makes of the columns kept`);
      }
    }
  });
  return kept;
}
