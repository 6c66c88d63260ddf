/**
 * Better points of networks with one hidden layer and any activation: descent in doubles from several seeded starts, rounded to decimals. What is answered has a
 * risk that the kernel's enclosures show to be lower.
 */
import { compare, multiply, type Rational, rational, subtract } from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { riskAt } from '../kernel/model/enclosing.js';
import type { DenseValues, Parameters, Stage } from '../kernel/model/network.js';
import type { SampleProblem } from '../kernel/statement.js';
import { exactDyadic } from '../numerics/exact-dyadic.js';
import { floatLoss } from '../numerics/float-loss.js';
import { floatActivationOf } from '../numerics/float-realization.js';
import { ratio } from '../numerics/floats.js';
import type { BetterPointSearch } from './better-point.js';
import { denseOf } from './dense-of.js';
import { descend, type Objective } from './quasi-newton.js';
import { type Random, seeded } from './random.js';
import { floor } from './segments.js';

/** Precision of risks. */
const bits = 96;
const iterations = 400;
/** Decimals that are tried. */
const mostDecimals = 12;
/** Of the gain, what rounding has to keep. */
const shareToKeep = rational(9n, 10n);
/** Half the step of difference quotients of the activation. */
const step = 1e-6;

/**
 * @param beaten  the risk to beat
 * @returns null where nothing lower was found at this effort; for other networks than two free dense layers
 */
export function findByDescent(problem: SampleProblem, beaten: Rational, search: BetterPointSearch): Parameters | null {
  const { stages } = problem.network;
  if (stages.length !== 2 || stages.some(({ kind, fixed }) => kind !== 'dense' || fixed !== null)) return null;
  const f = objective(problem);
  const random = seeded(search.seed);
  const starts = 2 * search.effort;
  let best: { readonly x: Float64Array; readonly value: number } | null = null;
  for (let s = 0; s < starts; s++) {
    search.observe?.('descent', s, starts);
    const found = descend(f, start(problem, random), iterations);
    if (Number.isFinite(found.value) && (best === null || found.value < best.value)) best = found;
  }
  return best === null ? null : roundedBelow(problem, best.x, beaten, shareToKeep);
}

/** Where the parameters of both layers stand in one row: weights by units, then biases. */
interface Layout {
  readonly weight: (s: number, unit: number, input: number) => number;
  readonly bias: (s: number, unit: number) => number;
  readonly size: number;
}

function layoutOf([hidden, output]: readonly [Stage, Stage]): Layout {
  const weightsOf = (stage: Stage): number => stage.units * stage.inputs;
  const biasesOf = (stage: Stage): number => (stage.bias ? stage.units : 0);
  const second = weightsOf(hidden) + biasesOf(hidden);
  const from = [0, second] as const;
  const stages = [hidden, output] as const;
  return {
    weight: (s, unit, input) => (from[s] as number) + unit * (stages[s] as Stage).inputs + input,
    bias: (s, unit) => (from[s] as number) + weightsOf(stages[s] as Stage) + unit,
    size: second + weightsOf(output) + biasesOf(output),
  };
}

/** The risk in doubles and its gradient; the activation's slopes are difference quotients. */
function objective({ network, loss, data }: SampleProblem): Objective {
  const [hidden, output] = network.stages as readonly [Stage, Stage];
  const layout = layoutOf([hidden, output]);
  const h = floatActivationOf(hidden.activation);
  const { value: lossAt, gradient: lossGradient } = floatLoss(loss);
  const matrix = (rows: readonly (readonly bigint[])[], over: bigint): Float64Array[] =>
    rows.map((row) => Float64Array.from(row, (a) => ratio(a, over)));
  const X = matrix(data.inputs.rows, data.inputs.denominator);
  const Y = matrix(data.targets.rows, data.targets.denominator);
  const mu = data.weights.values.map((weight) => ratio(weight, data.weights.denominator));
  const [values, slopes] = [new Float64Array(hidden.units), new Float64Array(hidden.units)];
  return (theta, gradient) => {
    gradient.fill(0);
    const at = (place: number): number => theta[place] as number;
    const add = (place: number, by: number): void => {
      gradient[place] = (gradient[place] as number) + by;
    };
    let total = 0;
    X.forEach((x, i) => {
      for (let u = 0; u < hidden.units; u++) {
        let z = hidden.bias ? at(layout.bias(0, u)) : 0;
        for (let j = 0; j < x.length; j++) z += at(layout.weight(0, u, j)) * (x[j] as number);
        values[u] = h(z);
        slopes[u] = (h(z + step) - h(z - step)) / (2 * step);
      }
      const p = Float64Array.from({ length: output.units }, (_, c) => {
        let sum = output.bias ? at(layout.bias(1, c)) : 0;
        for (let u = 0; u < hidden.units; u++) sum += at(layout.weight(1, c, u)) * (values[u] as number);
        return sum;
      });
      const [y, weight] = [Y[i] as Float64Array, mu[i] as number];
      total += weight * lossAt(p, y);
      const g = lossGradient(p, y);
      for (let u = 0; u < hidden.units; u++) {
        let back = 0;
        for (let c = 0; c < output.units; c++) {
          const gc = weight * (g[c] as number);
          add(layout.weight(1, c, u), gc * (values[u] as number));
          back += gc * at(layout.weight(1, c, u));
        }
        back *= slopes[u] as number;
        if (hidden.bias) add(layout.bias(0, u), back);
        for (let j = 0; j < x.length; j++) add(layout.weight(0, u, j), back * (x[j] as number));
      }
      if (output.bias) for (let c = 0; c < output.units; c++) add(layout.bias(1, c), weight * (g[c] as number));
    });
    return total;
  };
}

/** Random lines through the data, that cross it: w of length about 1/(size of x). */
function start({ network, data }: SampleProblem, random: Random): Float64Array {
  const [hidden, output] = network.stages as readonly [Stage, Stage];
  const layout = layoutOf([hidden, output]);
  const theta = new Float64Array(layout.size);
  const reach = Array.from({ length: hidden.inputs }, (_, j) =>
    Math.max(1e-9, ...data.inputs.rows.map((row) => Math.abs(ratio(row[j] as bigint, data.inputs.denominator)))),
  );
  for (let u = 0; u < hidden.units; u++) {
    for (let j = 0; j < hidden.inputs; j++)
      theta[layout.weight(0, u, j)] = (2 * random.normal()) / (reach[j] as number);
    if (hidden.bias) theta[layout.bias(0, u)] = random.normal();
    for (let c = 0; c < output.units; c++) theta[layout.weight(1, c, u)] = random.normal();
  }
  return theta;
}

/**
 * Rounds to as few decimals as keep a share of the gain.
 *
 * @param x  weights by units, then biases, layer by layer
 * @returns null where the risk, rounded to many decimals, is not below the one to beat
 */
export function roundedBelow(
  problem: SampleProblem,
  x: Float64Array,
  beaten: Rational,
  share: Rational,
): Parameters | null {
  const meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
  const upperAt = (parameters: Parameters): Rational => riskAt(problem, parameters, bits, meter).upper;
  const full = layersOf(problem, x, mostDecimals);
  const least = upperAt(full);
  if (compare(least, beaten) >= 0) return null;
  const enough = subtract(beaten, multiply(share, subtract(beaten, least)));
  for (let decimals = 1; decimals < mostDecimals; decimals++) {
    const candidate = layersOf(problem, x, decimals);
    if (compare(upperAt(candidate), enough) <= 0) return candidate;
  }
  return full;
}

function layersOf({ network }: SampleProblem, x: Float64Array, decimals: number): Parameters {
  const stages = network.stages as readonly [Stage, Stage];
  const layout = layoutOf(stages);
  const over = 10n ** BigInt(decimals);
  const round = (place: number): bigint => {
    const { num, den } = exactDyadic(x[place] as number);
    return floor(rational(2n * num * over + den, 2n * den));
  };
  return stages.map(
    ({ units, inputs, bias }, s): DenseValues =>
      denseOf(
        Array.from({ length: units }, (_, u) =>
          Array.from({ length: inputs }, (__, j) => round(layout.weight(s, u, j))),
        ),
        bias ? Array.from({ length: units }, (_, u) => round(layout.bias(s, u))) : null,
        over,
      ),
  );
}
