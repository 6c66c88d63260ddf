import { bitLength, lcm } from '../arithmetic/gcd.js';
import type { GermOver } from '../arithmetic/germ.js';
import { integers } from '../arithmetic/integers.js';
import { type Interval, intervals, point } from '../arithmetic/interval.js';
import { chargeLocating, type Location, locate, location, type Ordered } from '../arithmetic/ordered.js';
import type { Rational } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import { unreachable } from '../verdict.js';
import { type Activation, isIdentity } from './activation.js';
import { type Bending, exactly } from './bending.js';
import type { Samples } from './data.js';
import type { DenseIn, DenseValues, Network, Parameters, ParametersIn, Stage } from './network.js';

/** One affine layer over a ring: numerators over one positive denominator. */
export interface DenseOver<T> {
  readonly weights: readonly (readonly T[])[];
  readonly bias: readonly T[] | null;
  readonly denominator: T;
}

/** What the data become at one stage. Rows are samples, flat; numerators stand over one positive denominator. */
export interface StageValues<T> {
  /** what the stage reads; null at the first stage, where that is the data */
  readonly inputs: readonly (readonly T[])[] | null;
  readonly inputsDenominator: T;
  readonly preactivations: readonly (readonly T[])[];
  readonly denominator: T;
  /** an upper bound of the bits of all numbers here, for the meter */
  readonly bits: number;
  /** where each preactivation lies among its activation's breakpoints */
  readonly locations: readonly (readonly Location[])[];
  /** `maximum` only: for each sample and output entry the input entries that may attain the maximum */
  readonly winners: readonly (readonly (readonly number[])[])[];
}

export interface Evaluation<T> {
  readonly ring: Ordered<T>;
  readonly parameters: readonly DenseOver<T>[];
  /** one per stage; the last stage's preactivations are the predictions N_θ(x_i) */
  readonly stages: readonly StageValues<T>[];
}

export function predictions<T>(evaluation: Evaluation<T>): StageValues<T> {
  return evaluation.stages[evaluation.stages.length - 1] as StageValues<T>;
}

/** Of a layer's inputs, where they are mapped together (measured). */
const rowsAtOnce = 64;

/** What one stage makes of its inputs, before its activation. */
interface Mixed<T> {
  readonly rows: readonly (readonly T[])[];
  readonly denominator: T;
  readonly bits: number;
  readonly winners: StageValues<T>['winners'];
}

/** The values that flow from stage to stage. */
interface Flow<T> {
  /** null where they are the data themselves */
  readonly rows: readonly (readonly T[])[] | null;
  readonly denominator: T;
  readonly bits: number;
}

/**
 * Evaluates the realization at all data, layer by layer.
 */
export function evaluate<T>(
  ring: Ordered<T>,
  network: Network,
  parameters: readonly DenseOver<T>[],
  data: Samples,
  meter: Meter,
  bending: Bending<T> = exactly(ring),
): Evaluation<T> {
  const n = data.inputs.rows.length;
  const stages: StageValues<T>[] = [];
  const forks: Flow<T>[] = [];
  let flow: Flow<T> = { rows: null, denominator: ring.fromInteger(data.inputs.denominator), bits: data.inputs.bits };
  for (const [s, stage] of network.stages.entries()) {
    const { activation, size } = stage;
    const over = parameters[s] as DenseOver<T>;
    let mixed: Mixed<T>;
    switch (stage.kind) {
      case 'dense':
      case 'convolution':
        mixed = affine(ring, stage, over, flow, data, meter);
        break;
      case 'average':
        mixed = average(ring, stage, flow, data, meter);
        break;
      case 'maximum':
        mixed = maximum(ring, stage, flow, data, meter);
        break;
      case 'flatten':
        mixed = { ...flow, rows: rowsOf(ring, flow, data), winners: [] };
        break;
      case 'fork':
        forks.push(flow);
        mixed = { ...flow, rows: rowsOf(ring, flow, data), winners: [] };
        break;
      case 'join':
        mixed = sum(ring, forks.pop() as Flow<T>, flow, data, meter);
        break;
      default:
        return unreachable(stage.kind);
    }
    const { rows: preactivations, denominator, bits, winners } = mixed;
    const inputs = flow.rows;
    const bitsAfter = bending.bits(activation, bits);
    // A hull may take every piece.
    const pieces = ring.hull === undefined ? 1 : activation.breakpoints.length + 1;
    meter.charge(n * size * bending.products(activation) * pieces, bits, bitsAfter);
    chargeLocating(activation, n * size, bits + ring.bits(denominator), meter);
    if (activation.smooth !== null) meter.hold(n * size, bitsAfter, '$.statement');
    const bent = activation.breakpoints.length > 0;
    const last = s + 1 === network.stages.length;
    const straight = isIdentity(activation);
    const locations = new Array<readonly Location[]>(bent ? n : 0);
    const outputs = last || straight ? preactivations : new Array<readonly T[]>(n);
    if (bent || !(last || straight)) {
      for (let i = 0; i < n; i++) {
        const row = preactivations[i] as readonly T[];
        const places = new Array<Location>(bent ? size : 0);
        const after = new Array<T>(size);
        for (let e = 0; e < size; e++) {
          const z = row[e] as T;
          let place = onlyPiece;
          if (bent) {
            place = locate(ring, activation, z, denominator);
            places[e] = place;
          }
          after[e] = bending.apply(activation, z, denominator, place);
        }
        if (bent) locations[i] = places;
        (outputs as (readonly T[])[])[i] = after;
      }
    }
    stages.push({
      ...{ inputs, inputsDenominator: flow.denominator, preactivations, denominator, bits, locations, winners },
    });
    flow = straight
      ? { rows: preactivations, denominator, bits }
      : { rows: outputs, denominator: bending.denominator(activation, denominator), bits: bitsAfter };
  }
  return { ring, parameters, stages };
}

/** The data as numbers of the ring, where a stage cannot read them as integers. */
function rowsOf<T>(ring: Ordered<T>, { rows }: Flow<T>, data: Samples): readonly (readonly T[])[] {
  return rows ?? data.inputs.rows.map((row) => row.map(ring.fromInteger));
}

function affine<T>(
  ring: Ordered<T>,
  { kind, inputs, units, positions, inputPositions, places, size }: Stage,
  { weights, bias, denominator: over }: DenseOver<T>,
  flow: Flow<T>,
  data: Samples,
  meter: Meter,
): Mixed<T> {
  const n = data.inputs.rows.length;
  const supports = weights.map((row) => row.flatMap((w, j) => (ring.sign(w) === 0 ? [] : [j])));
  const terms = supports.reduce((count, { length }) => count + length + 1, 0);
  const weightBits = mostBits(ring, bias === null ? [...weights, [over]] : [...weights, bias, [over]]);
  meter.charge(n * positions * terms, weightBits, flow.bits);
  meter.hold(n * size, weightBits + flow.bits, '$.statement');
  const denominator = ring.multiply(over, flow.denominator);
  const shifts = weights.map((_, u) => (bias === null ? ring.zero : ring.multiply(bias[u] as T, flow.denominator)));
  // A sum of m products is less than 2^(bits of m) times the largest.
  const bits = weightBits + flow.bits + bitLength(BigInt(inputs + 1));
  const patches = kind === 'dense' ? null : patchesOf(inputs, positions, inputPositions, places);
  const patchesIn = <V>(row: readonly V[], padding: V): readonly (readonly V[])[] =>
    patches === null ? [row] : patches.map((patch) => gather(row, patch, padding));
  const rows = Array.from({ length: n }, () => new Array<T>(size));
  // Packed numbers have room for weights times inputs: where weights are much longer than inputs, that is more than was charged.
  const packable = flow.rows !== null && weightBits <= 2 * flow.bits;
  const imagesOf = packable ? (ring.images?.(shifts, weights, supports, bits) ?? null) : null;
  if (flow.rows !== null && imagesOf !== null) {
    const block = positions > rowsAtOnce ? 1 : (rowsAtOnce - (rowsAtOnce % positions)) / positions;
    meter.hold(block * positions * inputs, bits, '$.statement');
    for (let first = 0; first < n; first += block) {
      const x = flow.rows.slice(first, first + block).flatMap((row) => patchesIn(row, ring.zero));
      for (const [u, values] of imagesOf(x).entries()) {
        for (const [r, value] of values.entries()) {
          const p = r % positions;
          (rows[first + (r - p) / positions] as T[])[u * positions + p] = value;
        }
      }
    }
    return { rows, denominator, bits, winners: [] };
  }
  for (let i = 0; i < n; i++) {
    const row = rows[i] as T[];
    const x = flow.rows === null ? null : patchesIn(flow.rows[i] as readonly T[], ring.zero);
    const datum = x !== null ? null : patchesIn(data.inputs.rows[i] as readonly bigint[], 0n);
    for (let u = 0; u < units; u++) {
      const w = weights[u] as readonly T[];
      const support = supports[u] as readonly number[];
      const from = shifts[u] as T;
      for (let p = 0; p < positions; p++) {
        row[u * positions + p] =
          support.length === 0
            ? from
            : x === null
              ? ring.combine(from, w, (datum as readonly (readonly bigint[])[])[p] as readonly bigint[], support, bits)
              : ring.dot(from, w, x[p] as readonly T[], support, bits);
      }
    }
  }
  return { rows, denominator, bits, winners: [] };
}

/** For each output position the input entries under the kernel, channel by channel; −1 in the padding. */
export function patchesOf(
  inputs: number,
  positions: number,
  inputPositions: number,
  places: readonly (readonly number[])[],
): readonly (readonly number[])[] {
  const channels = inputs / places.length;
  return Array.from({ length: positions }, (_, p) => {
    const patch: number[] = [];
    for (let c = 0; c < channels; c++) {
      for (const places_ of places) {
        const q = places_[p] as number;
        patch.push(q < 0 ? -1 : c * inputPositions + q);
      }
    }
    return patch;
  });
}

function gather<V>(row: readonly V[], patch: readonly number[], padding: V): readonly V[] {
  return patch.map((entry) => (entry < 0 ? padding : (row[entry] as V)));
}

/** Means over windows, as sums over the windows' size. */
function average<T>(
  ring: Ordered<T>,
  { units, positions, inputPositions, places, size }: Stage,
  flow: Flow<T>,
  data: Samples,
  meter: Meter,
): Mixed<T> {
  const count = (places[0] as readonly number[]).length;
  meter.charge(data.inputs.rows.length * size * count, flow.bits, 1);
  const rows = rowsOf(ring, flow, data).map((row) => {
    const out = new Array<T>(size);
    for (let u = 0; u < units; u++) {
      for (let p = 0; p < positions; p++) {
        let total = ring.zero;
        for (const q of places[p] as readonly number[]) total = ring.add(total, row[u * inputPositions + q] as T);
        out[u * positions + p] = total;
      }
    }
    return out;
  });
  const bits = flow.bits + bitLength(BigInt(count));
  return { rows, denominator: ring.scale(flow.denominator, BigInt(count)), bits, winners: [] };
}

function maximum<T>(
  ring: Ordered<T>,
  { units, positions, inputPositions, places, size }: Stage,
  flow: Flow<T>,
  data: Samples,
  meter: Meter,
): Mixed<T> {
  const count = (places[0] as readonly number[]).length;
  meter.charge(data.inputs.rows.length * size * count * count, flow.bits, 1);
  const winners: (readonly number[])[][] = [];
  const rows = rowsOf(ring, flow, data).map((row) => {
    const out = new Array<T>(size);
    const attained = new Array<readonly number[]>(size);
    for (let u = 0; u < units; u++) {
      for (let p = 0; p < positions; p++) {
        const under = (places[p] as readonly number[]).map((q) => u * inputPositions + q);
        const best = largest(ring, row, under);
        attained[u * positions + p] = best;
        out[u * positions + p] = best
          .map((entry) => row[entry] as T)
          .reduce((value, other) => (ring.hull === undefined ? value : ring.hull(value, other)));
      }
    }
    winners.push(attained);
    return out;
  });
  return { rows, denominator: flow.denominator, bits: flow.bits, winners };
}

/** @returns the entries that no other entry certainly exceeds: the maximum is the value of one of them */
function largest<T>(ring: Ordered<T>, row: readonly T[], under: readonly number[]): readonly number[] {
  let best: number[] = [];
  for (const entry of under) {
    const signs = best.map((other) => ring.sign(ring.add(row[entry] as T, ring.negate(row[other] as T))));
    if (signs.includes(-1)) continue;
    best = best.filter((_, k) => signs[k] !== 1);
    best.push(entry);
  }
  return best;
}

function sum<T>(ring: Ordered<T>, a: Flow<T>, b: Flow<T>, data: Samples, meter: Meter): Mixed<T> {
  const [left, right] = [rowsOf(ring, a, data), rowsOf(ring, b, data)];
  const bits = a.bits + b.bits + ring.bits(a.denominator) + ring.bits(b.denominator) + 1;
  const cells = left.length * (left[0]?.length ?? 0);
  meter.charge(2 * cells, bits, bits);
  meter.hold(cells, bits, '$.statement');
  return {
    rows: left.map((row, i) =>
      row.map((z, e) =>
        ring.add(ring.multiply(z, b.denominator), ring.multiply((right[i] as readonly T[])[e] as T, a.denominator)),
      ),
    ),
    denominator: ring.multiply(a.denominator, b.denominator),
    bits,
    winners: [],
  };
}

const onlyPiece = location(0, 0);

/** Activations without breakpoints keep no locations. */
export function locationOf(
  activation: Activation,
  locations: readonly (readonly Location[])[],
  i: number,
  u: number,
): Location {
  return activation.breakpoints.length === 0 ? onlyPiece : ((locations[i] as readonly Location[])[u] as Location);
}

/** @returns the bits of the largest entry */
export function mostBits<T>(ring: Ordered<T>, rows: readonly (readonly T[])[]): number {
  let most = 1;
  for (const row of rows) {
    const bits = ring.mostBits(row);
    if (bits > most) most = bits;
  }
  return most;
}

/** Evaluates an exact point. */
export function evaluateExactly(
  network: Network,
  parameters: Parameters,
  data: Samples,
  meter: Meter,
): Evaluation<bigint> {
  return evaluate(integers, network, parameters, data, meter);
}

/**
 * The curve θ(t) = θ + c_1 t + c_2 t² + … as germs.
 *
 * @param ring  of the numerators of θ and its coefficients
 * @param coefficients  c_1, c_2, …, each with the shape of a point; frozen layers do not move
 */
export function curveThrough<C>(
  ring: Ordered<C>,
  network: Network,
  theta: ParametersIn<C>,
  coefficients: readonly ParametersIn<C>[],
): DenseOver<GermOver<C>>[] {
  return network.stages.map((stage, s) => {
    const terms = [theta, ...(stage.fixed === null ? coefficients : [])].map((values) => values[s] as DenseIn<C>);
    const denominator = terms.reduce((common, term) => lcm(common, term.denominator), 1n);
    const factors = terms.map((term) => denominator / term.denominator);
    const germ = (pick: (term: DenseIn<C>) => C): GermOver<C> => {
      const c = terms.map((term, k) => ring.scale(pick(term), factors[k] as bigint));
      while (c.length > 0 && ring.constant(c[c.length - 1] as C) === 0n) c.pop();
      return c;
    };
    const [base] = terms as [DenseIn<C>];
    return {
      weights: base.weights.map((row, u) => row.map((_, j) => germ(({ weights }) => weights[u]?.[j] as C))),
      bias: base.bias?.map((_, u) => germ(({ bias }) => bias?.[u] as C)) ?? null,
      denominator: [ring.fromInteger(denominator)],
    };
  });
}

/**
 * A box that contains the closed ball of the given radius around θ in the free parameters: every coordinate moves by at most the
 * radius. Its ends are rounded outward to multiples of 2^−bits, so that long decimals do not make long products.
 */
export function boxAround(network: Network, theta: Parameters, radius: Rational, bits: number): DenseOver<Interval>[] {
  const scale = 1n << BigInt(bits);
  return network.stages.map((stage, s) => {
    const { weights, bias, denominator } = theta[s] as DenseValues;
    if (stage.fixed !== null) {
      return {
        weights: weights.map((row) => row.map(point)),
        bias: bias?.map(point) ?? null,
        denominator: point(denominator),
      };
    }
    const around = (w: bigint): Interval => {
      const over = denominator * radius.den;
      const center = w * radius.den * scale;
      const reach = radius.num * denominator * scale;
      return { low: floorDivide(center - reach, over), high: -floorDivide(-(center + reach), over) };
    };
    return {
      weights: weights.map((row) => row.map(around)),
      bias: bias?.map(around) ?? null,
      denominator: point(scale),
    };
  });
}

function floorDivide(a: bigint, b: bigint): bigint {
  const q = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? q - 1n : q;
}

/** Evaluates every point of a box at once. */
export function evaluateBox(
  network: Network,
  box: readonly DenseOver<Interval>[],
  data: Samples,
  meter: Meter,
): Evaluation<Interval> {
  return evaluate(intervals, network, box, data, meter);
}
