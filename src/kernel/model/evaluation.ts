import { bitLength, lcm } from '../arithmetic/gcd.js';
import type { Germ } from '../arithmetic/germ.js';
import { integers } from '../arithmetic/integers.js';
import { type Interval, intervals, point } from '../arithmetic/interval.js';
import { type Location, locate, location, type Ordered } from '../arithmetic/ordered.js';
import { type Rational, rational } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import { applyPieces, type PiecewiseAffine } from './activation.js';
import type { Samples } from './data.js';
import { type Loss, LossOverDenominator } from './loss.js';
import type { DenseValues, Network, Parameters } from './network.js';

/** One affine layer over a ring: numerators over one positive denominator. */
export interface DenseOver<T> {
  readonly weights: readonly (readonly T[])[];
  readonly bias: readonly T[] | null;
  readonly denominator: T;
}

/** What the data become at one stage. Rows are samples; numerators stand over one positive denominator. */
export interface StageValues<T> {
  /** the affine layer's inputs; null at the first stage, where they are the data */
  readonly inputs: readonly (readonly T[])[] | null;
  readonly inputsDenominator: T;
  readonly preactivations: readonly (readonly T[])[];
  readonly denominator: T;
  /** bits of the largest number here, for the meter */
  readonly bits: number;
  /** where each preactivation lies among its activation's breakpoints */
  readonly locations: readonly (readonly Location[])[];
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

/**
 * Evaluates the realization at all data, layer by layer.
 */
export function evaluate<T>(
  ring: Ordered<T>,
  network: Network,
  parameters: readonly DenseOver<T>[],
  data: Samples,
  meter: Meter,
): Evaluation<T> {
  const n = data.inputs.rows.length;
  const stages: StageValues<T>[] = [];
  let inputs: readonly (readonly T[])[] | null = null;
  let inputsDenominator = ring.fromInteger(data.inputs.denominator);
  let inputBits = data.inputs.bits;
  network.stages.forEach((stage, s) => {
    const { weights, bias, denominator: over } = parameters[s] as DenseOver<T>;
    const { units, activation } = stage;
    const supports = weights.map((row) => row.flatMap((w, j) => (ring.sign(w) === 0 ? [] : [j])));
    const terms = supports.reduce((sum, { length }) => sum + length + 1, 0);
    const weightBits = mostBits(ring, bias === null ? [...weights, [over]] : [...weights, bias, [over]]);
    meter.charge(n * terms, weightBits, inputBits);
    meter.hold(n * units, weightBits + inputBits, '$.statement');
    const denominator = ring.multiply(over, inputsDenominator);
    const shifts = weights.map((_, u) => (bias === null ? ring.zero : ring.multiply(bias[u] as T, inputsDenominator)));
    // A sum of m products is less than 2^(bits of m) times the largest.
    const bits = weightBits + inputBits + bitLength(BigInt(stage.inputs + 1));
    const bitsAfter = bits + bitsOfPieces(activation);
    meter.charge(2 * n * units, bits, bitsOfPieces(activation));
    const bent = activation.breakpoints.length > 0;
    const last = s + 1 === network.stages.length;
    const preactivations = new Array<readonly T[]>(n);
    const locations = new Array<readonly Location[]>(bent ? n : 0);
    const outputs = new Array<readonly T[]>(last ? 0 : n);
    for (let i = 0; i < n; i++) {
      const row = new Array<T>(units);
      const places = new Array<Location>(bent ? units : 0);
      const after = new Array<T>(last ? 0 : units);
      const x = inputs === null ? null : (inputs[i] as readonly T[]);
      const datum = data.inputs.rows[i] as readonly bigint[];
      for (let u = 0; u < units; u++) {
        const w = weights[u] as readonly T[];
        const support = supports[u] as readonly number[];
        const from = shifts[u] as T;
        const z = x === null ? ring.combine(from, w, datum, support, bits) : ring.dot(from, w, x, support, bits);
        row[u] = z;
        let place = onlyPiece;
        if (bent) {
          place = locate(ring, activation, z, denominator);
          places[u] = place;
        }
        if (!last) after[u] = applyPieces(ring, activation, z, denominator, place);
      }
      preactivations[i] = row;
      if (bent) locations[i] = places;
      if (!last) outputs[i] = after;
    }
    stages.push({ inputs, inputsDenominator, preactivations, denominator, bits, locations });
    if (!last) {
      inputs = outputs;
      inputsDenominator = ring.scale(denominator, activation.denominator);
      inputBits = bitsAfter;
    }
  });
  return { ring, parameters, stages };
}

const onlyPiece = location(0, 0);

/** Activations without breakpoints keep no locations. */
export function locationOf(
  activation: PiecewiseAffine,
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

function bitsOfPieces({ slopes, intercepts, denominator }: PiecewiseAffine): number {
  return mostBits(integers, [slopes, intercepts, [denominator]]);
}

/** Residuals p − y as numerators over one denominator, with the loss at them. */
interface Residuals<T> {
  readonly loss: LossOverDenominator<T>;
  readonly rows: readonly (readonly T[])[];
}

export function residuals<T>(evaluation: Evaluation<T>, loss: Loss, data: Samples, meter: Meter): Residuals<T> {
  const { ring } = evaluation;
  const { preactivations, denominator, bits: predictionBits } = predictions(evaluation);
  const over = data.targets.denominator;
  const D = ring.scale(denominator, over);
  // Horner's rule multiplies a residual, or a power of D, by numbers of up to degree times that size, once a degree.
  const bits = predictionBits + data.targets.bits;
  const count = preactivations.length * (preactivations[0]?.length ?? 0) + 1;
  meter.charge(2 * count * (loss.degree + 1), bits, bits * (loss.degree + 1));
  meter.hold(count, bits * (loss.degree + 1), '$.statement');
  const minus = ring.negate(denominator);
  return {
    loss: new LossOverDenominator(ring, loss, D),
    rows: preactivations.map((row, i) => {
      const y = data.targets.rows[i] as readonly bigint[];
      return row.map((p, c) => ring.add(over === 1n ? p : ring.scale(p, over), ring.scale(minus, y[c] as bigint)));
    }),
  };
}

/** The risk R(θ) = Σ_i μ_i ℓ(N_θ(x_i), y_i) as numerator over a positive denominator. */
export function risk<T>(
  evaluation: Evaluation<T>,
  loss: Loss,
  data: Samples,
  meter: Meter,
): { value: T; denominator: T } {
  const { ring } = evaluation;
  const { loss: L, rows } = residuals(evaluation, loss, data, meter);
  let value = ring.zero;
  rows.forEach((row, i) => {
    const mu = data.weights.values[i] as bigint;
    for (const r of row) value = ring.add(value, mu === 1n ? L.value(r) : ring.scale(L.value(r), mu));
  });
  return { value, denominator: ring.scale(L.valueDenominator, data.weights.denominator) };
}

/** The risk at an exact point, in lowest terms. */
export function exactRisk(evaluation: Evaluation<bigint>, loss: Loss, data: Samples, meter: Meter): Rational {
  const { value, denominator } = risk(evaluation, loss, data, meter);
  return rational(value, denominator);
}

/** Residual gradients g_i = μ_i ∂_pℓ(p_i, y_i), n × k, as numerators over one positive denominator (theory.md 0). */
export interface ResidualGradients<T> {
  readonly rows: readonly (readonly T[])[];
  readonly denominator: T;
  /** bits of the largest number here, for the meter */
  readonly bits: number;
}

export function residualGradients<T>(
  evaluation: Evaluation<T>,
  loss: Loss,
  data: Samples,
  meter: Meter,
): ResidualGradients<T> {
  const { ring } = evaluation;
  const { loss: L, rows } = residuals(evaluation, loss, data, meter);
  const gradients = rows.map((row, i) => {
    const mu = data.weights.values[i] as bigint;
    return row.map((r) => (mu === 1n ? L.derivative(r) : ring.scale(L.derivative(r), mu)));
  });
  const denominator = ring.scale(L.derivativeDenominator, data.weights.denominator);
  return { rows: gradients, denominator, bits: mostBits(ring, [...gradients, [denominator]]) };
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
 * @param coefficients  c_1, c_2, …, each with the shape of a point; frozen layers do not move
 */
export function curveThrough(
  network: Network,
  theta: Parameters,
  coefficients: readonly Parameters[],
): DenseOver<Germ>[] {
  return network.stages.map((stage, s) => {
    const terms = [theta, ...(stage.fixed === null ? coefficients : [])].map((values) => values[s] as DenseValues);
    const denominator = terms.reduce((common, term) => lcm(common, term.denominator), 1n);
    const factors = terms.map((term) => denominator / term.denominator);
    const germ = (pick: (term: DenseValues) => bigint): Germ => {
      const c = terms.map((term, k) => pick(term) * (factors[k] as bigint));
      while (c.length > 0 && c[c.length - 1] === 0n) c.pop();
      return c;
    };
    const [base] = terms as [DenseValues];
    return {
      weights: base.weights.map((row, u) => row.map((_, j) => germ(({ weights }) => weights[u]?.[j] as bigint))),
      bias: base.bias?.map((_, u) => germ(({ bias }) => bias?.[u] as bigint)) ?? null,
      denominator: [denominator],
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
