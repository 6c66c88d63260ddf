/**
 * Trains the networks of trained.ts. Levenberg–Marquardt steps in doubles from seeded weights, then Newton's method, rounded to doubles.
 *
 *     node --import tsx certificates/train.ts NAME         from the two seeds of trained.ts, and writes the weights
 *     node --import tsx certificates/train.ts NAME 250     from seeds 1 to 250, and writes nothing: what minima there are
 *
 * Another version of JavaScript's tanh may end at other last bits: certificates are made from the weights that are committed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFile } from '../src/formats/write.js';
import { formatRational, readPoint } from '../src/index.js';
import { defaultLimits, Meter } from '../src/kernel/limits.js';
import { riskAt } from '../src/kernel/model/enclosing.js';
import type { DenseValues, Parameters } from '../src/kernel/model/network.js';
import type { Point, SampleProblem } from '../src/kernel/statement.js';
import { Refusal } from '../src/kernel/verdict.js';
import { cholesky, leastEigenvalue, solveCholesky } from '../src/numerics/cholesky.js';
import { exactDyadic } from '../src/numerics/exact-dyadic.js';
import { ratio } from '../src/numerics/floats.js';
import { localShape, polishFrom } from '../src/provers/minimum-near.js';
import { type Kink, nearestKink } from '../src/provers/nearest-kink.js';
import { type Random, seeded } from '../src/provers/random.js';
import { pointFile, problemOf, type Trained, trainedNetworks } from './trained.js';

const mostSteps = 1000;
/** Where Newton's method takes over. */
const smallGradient = 1e-4;
/** Minima with a smaller least eigenvalue, or closer to a kink, are passed over. */
const leastCurvature = 1e-4;
const leastDistance = 1e-4;

/** A fully connected network in doubles; theta is layer by layer, unit by unit: weights, then bias. */
class FloatNetwork {
  readonly sizes: readonly number[];
  readonly parameters: number;

  constructor(
    readonly trained: Trained,
    readonly X: readonly Float64Array[],
    readonly y: Float64Array,
  ) {
    this.sizes = [X[0]?.length ?? 0, ...trained.hidden, 1];
    this.parameters = this.sizes.slice(1).reduce((sum, units, l) => sum + units * ((this.sizes[l] as number) + 1), 0);
  }

  start(random: Random): Float64Array {
    const theta = new Float64Array(this.parameters);
    let at = 0;
    this.sizes.slice(1).forEach((units, l) => {
      const inputs = this.sizes[l] as number;
      for (let u = 0; u < units; u++) {
        const row = Array.from({ length: inputs }, () => random.normal() / Math.sqrt(inputs));
        // In the first layer z = 0 at a sample drawn: the units bend where the data are.
        const x = l === 0 ? (this.X[random.integer(0, this.X.length - 1)] as Float64Array) : new Float64Array(inputs);
        for (const w of row) theta[at++] = w;
        theta[at++] = -row.reduce((z, w, j) => z + w * (x[j] as number), 0);
      }
    });
    return theta;
  }

  /** @returns the sum of squares; residuals and their derivatives, one row a sample, go into r and J */
  evaluate(theta: Float64Array, r: Float64Array, J: readonly Float64Array[] | null): number {
    let risk = 0;
    this.X.forEach((x, i) => {
      const values: Float64Array[] = [x];
      const slopes: Float64Array[] = [];
      let at = 0;
      this.sizes.slice(1).forEach((units, l) => {
        const before = values[l] as Float64Array;
        const after = new Float64Array(units);
        const slope = new Float64Array(units);
        const isLast = l + 2 === this.sizes.length;
        for (let u = 0; u < units; u++) {
          let z = 0;
          for (const value of before) z += (theta[at++] as number) * value;
          z += theta[at++] as number;
          const bent = isLast ? z : this.trained.activation === 'tanh' ? Math.tanh(z) : Math.max(0, z);
          after[u] = bent;
          slope[u] = isLast ? 1 : this.trained.activation === 'tanh' ? 1 - bent * bent : z > 0 ? 1 : 0;
        }
        values.push(after);
        slopes.push(slope);
      });
      const residual = (values[values.length - 1]?.[0] as number) - (this.y[i] as number);
      r[i] = residual;
      risk += residual * residual;
      if (J !== null) this.#pullBack(theta, values, slopes, J[i] as Float64Array);
    });
    return risk;
  }

  #pullBack(
    theta: Float64Array,
    values: readonly Float64Array[],
    slopes: readonly Float64Array[],
    row: Float64Array,
  ): void {
    let at = this.parameters;
    let beta = Float64Array.of(1);
    for (let l = slopes.length - 1; l >= 0; l--) {
      const before = values[l] as Float64Array;
      const delta = (slopes[l] as Float64Array).map((slope, u) => slope * (beta[u] as number));
      at -= delta.length * (before.length + 1);
      beta = new Float64Array(before.length);
      delta.forEach((d, u) => {
        const from = at + u * (before.length + 1);
        before.forEach((value, j) => {
          row[from + j] = d * value;
          beta[j] = (beta[j] as number) + d * (theta[from + j] as number);
        });
        row[from + before.length] = d;
      });
    }
  }
}

/** @see Nocedal, Wright, Numerical Optimization, 2006, section 10.3 */
function levenbergMarquardt(net: FloatNetwork, start: Float64Array): Float64Array {
  const n = net.X.length;
  const [r, tried] = [new Float64Array(n), new Float64Array(n)];
  const J = Array.from({ length: n }, () => new Float64Array(net.parameters));
  let theta = start;
  let damping = 1;
  for (let step = 0; step < mostSteps; step++) {
    const risk = net.evaluate(theta, r, J);
    const gradient = new Float64Array(net.parameters);
    const H = Array.from({ length: net.parameters }, (_, a) => new Float64Array(a + 1));
    J.forEach((row, i) => {
      for (let a = 0; a < row.length; a++) {
        const left = row[a] as number;
        gradient[a] = (gradient[a] as number) + left * (r[i] as number);
        const Ha = H[a] as Float64Array;
        for (let b = 0; b <= a; b++) Ha[b] = (Ha[b] as number) + left * (row[b] as number);
      }
    });
    if (Math.hypot(...gradient) < smallGradient) return theta;
    for (;;) {
      const L = cholesky(H, -damping);
      const move = L === null ? null : solveCholesky(L, gradient);
      const next = move === null ? theta : theta.map((w, a) => w - (move[a] as number));
      if (net.evaluate(next, tried, null) < risk) {
        theta = next;
        damping /= 3;
        break;
      }
      damping *= 4;
      if (damping > 1e12) return theta;
    }
  }
  return theta;
}

/** Where training ends. */
interface End {
  /** of the point file */
  readonly text: string;
  readonly risk: number;
  /** null where that is no minimum, or hardly one */
  readonly minimum: Minimum | null;
}

interface Minimum {
  readonly gradient: number;
  readonly least: number;
  readonly moving: number;
  readonly kink: Kink | null;
}

const meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });

function trainFrom(seed: number, problem: SampleProblem, net: FloatNetwork): End {
  const theta = levenbergMarquardt(net, net.start(seeded(seed)));
  const end = (text: string, minimum: Minimum | null): End => {
    const { upper } = riskAt(problem, pointOf(problem, text).parameters, 64, meter);
    return { text, risk: ratio(upper.num, upper.den), minimum };
  };
  const text = fileOf(net, theta);
  try {
    const start = pointOf(problem, text).parameters;
    const { still, shape } = localShape(problem, start);
    const isClose = shape.slope < 2 * smallGradient;
    const polished = isClose ? polishFrom(problem, still.slice, start) : null;
    if (polished === null) return end(text, null);
    const floats = polished.flatMap(({ weights, bias, denominator }: DenseValues) =>
      weights.flatMap((row, u) => [...row, bias?.[u] as bigint].map((w) => ratio(w, denominator))),
    );
    const rounded = fileOf(net, Float64Array.from(floats));
    return end(rounded, minimumAt(problem, pointOf(problem, rounded).parameters));
  } catch (error) {
    // A kink at the end, or on the way.
    if (!(error instanceof Refusal)) throw error;
    return end(text, null);
  }
}

function minimumAt(problem: SampleProblem, theta: Parameters): Minimum | null {
  const { slope, hessian } = localShape(problem, theta).shape;
  const kink = nearestKink(problem, theta, meter);
  const least = leastEigenvalue(hessian).value;
  if (!(least > leastCurvature && (kink === null || kink.distance > leastDistance))) return null;
  return { gradient: slope, least, moving: hessian.length, kink };
}

function pointOf(problem: SampleProblem, text: string): Point {
  const point = readPoint(text, problem);
  if (point.kind !== 'read') throw new Error(point.reason.message);
  return point.value;
}

/** Every weight is written as the double that it is. */
function fileOf({ sizes }: FloatNetwork, theta: Float64Array): string {
  let at = 0;
  const layers = sizes.slice(1).map((units, l) => {
    const rows = Array.from({ length: units }, () => {
      const row = Array.from(theta.slice(at, at + (sizes[l] as number) + 1), (w) => formatRational(exactDyadic(w)));
      at += row.length;
      return row;
    });
    return { weights: rows.map((row) => row.slice(0, -1)), bias: rows.map((row) => row[row.length - 1] as string) };
  });
  return writeFile({ format: 'cairn-point', version: 1, layers });
}

function described(minimum: Minimum | null): string {
  if (minimum === null) return 'no minimum yet';
  const { gradient, least, moving, kink } = minimum;
  const near = kink === null ? '' : `, nearest kink ${kink.distance.toPrecision(3)}`;
  return `|∇R| = ${gradient.toPrecision(2)}, least eigenvalue ${least.toPrecision(3)} in ${moving} coordinates${near}`;
}

const float = ({ rows, denominator }: SampleProblem['data']['inputs']): readonly Float64Array[] =>
  rows.map((row) => Float64Array.from(row, (v) => ratio(v, denominator)));

const [name, survey] = process.argv.slice(2);
const trained = trainedNetworks.find((network) => network.name === name);
if (trained === undefined)
  throw new Error(`expected one of ${trainedNetworks.map((network) => network.name).join(', ')}`);
const problem = problemOf(trained);
const net = new FloatNetwork(
  trained,
  float(problem.data.inputs),
  Float64Array.from(float(problem.data.targets), ([y]) => y as number),
);
const seeds =
  survey === undefined
    ? [trained.seeds.minimum, trained.seeds.better]
    : Array.from({ length: Number(survey) }, (_, s) => s + 1);
for (const seed of seeds) {
  const { text, risk, minimum } = trainFrom(seed, problem, net);
  process.stdout.write(`${name} seed ${seed}: R = ${risk.toPrecision(9)}, ${described(minimum)}\n`);
  if (survey !== undefined) continue;
  const file = pointFile(trained.name, seed === trained.seeds.minimum ? 'minimum' : 'better');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
