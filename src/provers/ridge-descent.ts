/**
 * A better point than an affine fit for any loss, and any activation with an affine segment: ridges h(w·x + b) are added one by one, each
 * against the residual gradients that are left (theory.md 8). Units 1 … k of every layer carry the affine part, the others one ridge each.
 */
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import type { Samples } from '../kernel/model/data.js';
import type { Loss } from '../kernel/model/loss.js';
import type { DenseValues, Parameters, Stage } from '../kernel/model/network.js';
import type { SampleProblem } from '../kernel/statement.js';
import { floatLoss } from '../numerics/float-loss.js';
import { floatActivationOf } from '../numerics/float-realization.js';
import { ratio } from '../numerics/floats.js';
import { type AffineMap, carryingLayer, identityMap, layerOf, readingLayer } from './carriers.js';
import { denseOf } from './dense-of.js';
import { seeded } from './random.js';
import { middleOf, type Place, placeFor, type Segment } from './segments.js';

interface Search {
  readonly seed: number;
  readonly effort: number;
  readonly observe?: (what: string, done: number, total: number) => void;
}

/** A unit of the first layer, rounded already, and its values on the data. */
interface Ridge {
  /** integers, over `denominator` */
  readonly weights: readonly bigint[];
  readonly bias: bigint;
  readonly denominator: bigint;
  readonly values: Float64Array;
}

const unitBits = 12;
const outputBits = 40n;
const mostRidges = 6;

/**
 * @param fit  the affine fit to be improved, n samples
 * @returns null where no ridge lowers the risk in doubles
 */
export function findRidgeDescent(
  { network, loss, data }: SampleProblem,
  fit: AffineMap,
  segment: Segment,
  { seed, effort, observe }: Search,
): Parameters | null {
  const { stages, outputs: k } = network;
  const hidden = stages.slice(0, -1);
  const room = Math.min(mostRidges, ...hidden.map(({ units }) => units - k));
  if (room < 1) return null;
  const random = seeded(seed);
  const h = floatActivationOf((hidden[0] as Stage).activation);
  const { risk, gradient } = riskInDoubles(loss, data);
  const X = data.inputs.rows.map((row) => Float64Array.from(row, (x) => ratio(x, data.inputs.denominator)));
  const columns = [new Float64Array(X.length).fill(1), ...columnsOf(X)];
  const spread = columns.slice(1).map(deviation);
  let p = predictionsOf(fit, data);
  let best = risk(p);
  const ridges: Ridge[] = [];
  let basis = orthonormal(columns);
  const tries = 40 * effort;
  for (let round = 0; round < room; round++) {
    observe?.('ridges', round, room);
    const g = gradient(p);
    let found: { readonly ridge: Ridge; readonly gain: number } | null = null;
    for (let t = 0; t < tries; t++) {
      const ridge = randomRidge(X, spread, h, random);
      const rest = without(ridge.values, basis);
      const norm = dot(rest, rest);
      if (!(norm > 1e-9 * dot(ridge.values, ridge.values))) continue;
      const gain = g.reduce((sum, column) => sum + dot(column, rest) ** 2, 0) / norm;
      if (found === null || gain > found.gain) found = { ridge, gain };
    }
    if (found === null) break;
    ridges.push(found.ridge);
    basis = orthonormal([...columns, ...ridges.map(({ values }) => values)]);
    [p, best] = descend(p, best, basis, risk, gradient);
  }
  if (ridges.length === 0) return null;
  const features = [...columns, ...ridges.map(({ values }) => values)];
  const coefficients = p.map((column) => coefficientsOf(column, features));
  return assembled(network.stages, data, ridges, coefficients, segment, k);
}

/** The risk and its gradients as functions of the predictions, by outputs. */
function riskInDoubles(loss: Loss, { targets, weights }: Samples) {
  const { value, gradient } = floatLoss(loss);
  const Y = targets.rows.map((row) => Float64Array.from(row, (y) => ratio(y, targets.denominator)));
  const mu = weights.values.map((w) => ratio(w, weights.denominator));
  const sample = (p: readonly Float64Array[], i: number) => Float64Array.from(p, (column) => column[i] as number);
  return {
    risk: (p: readonly Float64Array[]): number =>
      Y.reduce((sum, y, i) => sum + (mu[i] as number) * value(sample(p, i), y), 0),
    gradient: (p: readonly Float64Array[]): readonly Float64Array[] => {
      const columns = p.map((column) => new Float64Array(column.length));
      Y.forEach((y, i) => {
        gradient(sample(p, i), y).forEach((g, c) => {
          (columns[c] as Float64Array)[i] = (mu[i] as number) * g;
        });
      });
      return columns;
    },
  };
}

/** Gradient steps within the span of the basis, halved until the risk falls. */
function descend(
  from: readonly Float64Array[],
  risk: number,
  basis: readonly Float64Array[],
  riskOf: (p: readonly Float64Array[]) => number,
  gradientOf: (p: readonly Float64Array[]) => readonly Float64Array[],
): [readonly Float64Array[], number] {
  let [p, value, step]: [readonly Float64Array[], number, number] = [from, risk, 1];
  for (let n = 0; n < 200 && step > 1e-9; n++) {
    const g = gradientOf(p).map((column) => projected(column, basis));
    const next = p.map((column, c) => column.map((z, i) => z - step * (g[c]?.[i] as number)));
    const reached = riskOf(next);
    if (reached < value) [p, value, step] = [next, reached, 1.6 * step];
    else step /= 2;
  }
  return [p, value];
}

function randomRidge(
  X: readonly Float64Array[],
  spread: readonly number[],
  h: (z: number) => number,
  random: ReturnType<typeof seeded>,
): Ridge {
  const scale = 2 ** unitBits;
  const w = spread.map((s): number => (s === 0 ? 0 : Math.round((scale * random.normal()) / s)));
  if (!w.some((c) => c !== 0)) w[0] = scale;
  const z = X.map((x) => dot(x, Float64Array.from(w)));
  const sorted = [...z].sort((a, b) => a - b);
  const bias = -Math.round(sorted[Math.floor(random.uniform() * sorted.length)] as number);
  return {
    weights: w.map(BigInt),
    bias: BigInt(bias),
    denominator: BigInt(scale),
    values: Float64Array.from(z, (c) => h((c + bias) / scale)),
  };
}

/** Carries affine part and ridges through all layers; output weights are rounded to multiples of 2^−40. */
function assembled(
  stages: readonly Stage[],
  data: Samples,
  ridges: readonly Ridge[],
  coefficients: readonly (readonly number[])[],
  segment: Segment,
  k: number,
): Parameters {
  const one = 1n << outputBits;
  const rounded = (c: number): bigint => BigInt(Math.round(c * 2 ** 20)) << (outputBits - 20n);
  const d = data.inputs.rows[0]?.length ?? 0;
  const part: AffineMap = {
    A: coefficients.map((row) => row.slice(1, d + 1).map(rounded)),
    b: coefficients.map((row) => rounded(row[0] as number)),
    denominator: one,
  };
  const idle = middleOf(segment);
  const carried = [...rangesOfMap(part, data), ...ridges.map(({ values }) => rangeOfFloats(values))];
  const places = carried.map(([least, most]): Place => placeFor(segment, least, most));
  const hidden = stages.slice(0, -1);
  const layers: DenseValues[] = [];
  // What later layers carry: the affine parts, then the ridges themselves.
  const all = identityMap(k + ridges.length);
  let reading: AffineMap = all;
  hidden.forEach(({ units }, s) => {
    if (s === 0) {
      layers.push(firstLayer(carryingLayer(part, places.slice(0, k), units, idle), ridges, k));
      // The affine parts are read off the segment, the ridges are what the unit gives.
      const affine = readingLayer(identityMap(k), segment, places.slice(0, k), units);
      reading = {
        A: [
          ...affine.A,
          ...ridges.map((_, r) => Array.from({ length: units }, (__, u) => (u === k + r ? affine.denominator : 0n))),
        ],
        b: [...affine.b, ...ridges.map(() => 0n)],
        denominator: affine.denominator,
      };
      return;
    }
    layers.push(carryingLayer(reading, places, units, idle));
    reading = readingLayer(all, segment, places, units);
  });
  const weights = coefficients.map((row, c) =>
    Array.from({ length: k + ridges.length }, (_, u) =>
      u < k ? (u === c ? one : 0n) : rounded(row[d + 1 + u - k] as number),
    ),
  );
  return [...layers, layerOf(after({ A: weights, b: coefficients.map(() => 0n), denominator: one }, reading))];
}

function firstLayer({ weights, bias, denominator }: DenseValues, ridges: readonly Ridge[], k: number): DenseValues {
  const common = ridges.reduce(
    (product, ridge) => product * (product % ridge.denominator === 0n ? 1n : ridge.denominator),
    denominator,
  );
  const factor = common / denominator;
  return denseOf(
    weights.map((row, u) => {
      const ridge = ridges[u - k];
      return ridge === undefined
        ? row.map((w) => w * factor)
        : ridge.weights.map((w) => (w * common) / ridge.denominator);
    }),
    (bias as readonly bigint[]).map((b, u) => {
      const ridge = ridges[u - k];
      return ridge === undefined ? b * factor : (ridge.bias * common) / ridge.denominator;
    }),
    common,
  );
}

/** outer ∘ inner */
function after(outer: AffineMap, inner: AffineMap): AffineMap {
  const sum = (row: readonly bigint[], pick: (j: number) => bigint): bigint =>
    row.reduce((total, w, j) => (w === 0n ? total : total + w * pick(j)), 0n);
  const width = inner.A[0]?.length ?? 0;
  return {
    A: outer.A.map((row) => Array.from({ length: width }, (_, u) => sum(row, (j) => inner.A[j]?.[u] as bigint))),
    b: outer.A.map((row, c) => sum(row, (j) => inner.b[j] as bigint) + (outer.b[c] as bigint) * inner.denominator),
    denominator: outer.denominator * inner.denominator,
  };
}

function rangesOfMap(
  { A, b, denominator }: AffineMap,
  { inputs }: Samples,
): readonly (readonly [Rational, Rational])[] {
  return A.map((row, c) => {
    const values = inputs.rows.map((x) =>
      x.reduce((sum, v, j) => sum + v * (row[j] as bigint), (b[c] as bigint) * inputs.denominator),
    );
    const [least, most] = [values.reduce((p, q) => (p < q ? p : q)), values.reduce((p, q) => (p > q ? p : q))];
    return [rational(least, denominator * inputs.denominator), rational(most, denominator * inputs.denominator)];
  });
}

/** Integers around all values, a margin away, since these are doubles. */
function rangeOfFloats(values: Float64Array): readonly [Rational, Rational] {
  return [rational(BigInt(Math.floor(Math.min(...values)) - 1)), rational(BigInt(Math.ceil(Math.max(...values)) + 1))];
}

function predictionsOf({ A, b, denominator }: AffineMap, { inputs }: Samples): readonly Float64Array[] {
  return A.map((row, c) =>
    Float64Array.from(inputs.rows, (x) =>
      ratio(
        x.reduce((sum, v, j) => sum + v * (row[j] as bigint), (b[c] as bigint) * inputs.denominator),
        denominator * inputs.denominator,
      ),
    ),
  );
}

function columnsOf(X: readonly Float64Array[]): Float64Array[] {
  return Array.from(X[0] ?? [], (_, j) => Float64Array.from(X, (row) => row[j] as number));
}

function deviation(column: Float64Array): number {
  const mean = column.reduce((a, b) => a + b, 0) / column.length;
  return Math.sqrt(column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / column.length);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function projected(v: Float64Array, basis: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(v.length);
  for (const q of basis) {
    const c = dot(q, v);
    for (let i = 0; i < v.length; i++) sum[i] = (sum[i] as number) + c * (q[i] as number);
  }
  return sum;
}

function without(v: Float64Array, basis: readonly Float64Array[]): Float64Array {
  const part = projected(v, basis);
  return v.map((x, i) => x - (part[i] as number));
}

/** Gram–Schmidt, twice over; what depends on the others is left out. */
function orthonormal(columns: readonly Float64Array[]): readonly Float64Array[] {
  const basis: Float64Array[] = [];
  for (const column of columns) {
    const rest = without(without(column, basis), basis);
    const norm = Math.sqrt(dot(rest, rest));
    if (norm > 1e-7 * Math.sqrt(dot(column, column))) basis.push(rest.map((x) => x / norm));
  }
  return basis;
}

/** Coefficients of a vector in the span of the features, one 0 for each feature that depends on those before it. */
function coefficientsOf(v: Float64Array, features: readonly Float64Array[]): readonly number[] {
  const kept: {
    readonly feature: number;
    readonly q: Float64Array;
    readonly parts: readonly number[];
    readonly norm: number;
  }[] = [];
  features.forEach((column, feature) => {
    const parts = kept.map(({ q }) => dot(q, column));
    const rest = without(
      column,
      kept.map(({ q }) => q),
    );
    const norm = Math.sqrt(dot(rest, rest));
    if (norm > 1e-7 * Math.sqrt(dot(column, column))) kept.push({ feature, q: rest.map((x) => x / norm), parts, norm });
  });
  const coefficients = new Array<number>(features.length).fill(0);
  const right = kept.map(({ q }) => dot(q, v));
  for (let l = kept.length - 1; l >= 0; l--) {
    const { feature, norm } = kept[l] as (typeof kept)[number];
    let value = right[l] as number;
    for (let m = l + 1; m < kept.length; m++) {
      const later = kept[m] as (typeof kept)[number];
      value -= (later.parts[l] as number) * (coefficients[later.feature] as number);
    }
    coefficients[feature] = value / norm;
  }
  return coefficients;
}
