/**
 * Local minima near the best affine fit where that is irrational (rule `affine-span-near`): the fit is found to many decimals, and a ball
 * around it in which the risk of affine functions is strongly convex and its gradient small.
 */
import type { Decimal } from 'decimal.js';
import { add, compare, multiply, type Rational, rational, zero } from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { independentColumns, type Samples } from '../kernel/model/data.js';
import type { DenseValues, Network, Parameters } from '../kernel/model/network.js';
import type { SampleProblem } from '../kernel/statement.js';
import { leastEigenvalue } from '../numerics/cholesky.js';
import { leastSquares } from '../numerics/least-squares.js';
import { D, newton } from '../numerics/newton.js';
import { type AffineMap, carryingLayer, identityMap, layerOf, rangesOf, readingLayer } from '../provers/carriers.js';
import { denseOf } from '../provers/dense-of.js';
import { middleOf, placeFor, type Segment } from '../provers/segments.js';
import { searchesFor } from './affine-risk.js';

const digits = 42;
const ballDigits = 24;
const mostSteps = 200;
const wanted = new D(10).pow(-digits);

/** What the certificate says of the ball. */
export interface NearFit {
  /** columns of (x, 1) that are coordinates: d stands for the 1 */
  readonly columns: readonly number[];
  /** output by output, over 10^digits; for cross-entropy without the last one, which is 0 */
  readonly center: readonly bigint[];
  readonly denominator: bigint;
  readonly ballRadius: Rational;
  readonly modulus: Rational;
  readonly bits: number;
}

/** @returns null where Newton's method does not settle, or the risk of affine fits is not strictly convex there */
export function findNearFit(
  { loss, data }: SampleProblem,
  observe: ((done: number, total: number) => void) | null,
): NearFit | null {
  const unlimited = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
  const columns = independentColumns(data, [...data.inputs.rows.keys()], unlimited);
  const over = new D(data.inputs.denominator.toString());
  const rows = data.inputs.rows.map((x) =>
    columns.map((j) => (j < x.length ? new D((x[j] as bigint).toString()).div(over) : new D(1))),
  );
  const mu = data.weights.values.map((w) => new D(w.toString()).div(data.weights.denominator.toString()));
  const y = data.targets.rows.map((row) =>
    row.map((value) => new D(value.toString()).div(data.targets.denominator.toString())),
  );
  const searches = searchesFor(loss, rows, y, mu, (c) => leastSquaresStart(data, columns, c));
  if (searches === null) return null;
  const center: bigint[] = [];
  let modulus: Decimal | null = null;
  const denominator = 10n ** BigInt(digits);
  for (const [at, { objective, start }] of searches.entries()) {
    const found = newton(objective, start, { wanted, mostSteps }, (step) =>
      observe?.(at * mostSteps + step, searches.length * mostSteps),
    );
    if (found === null) return null;
    center.push(...found.map((v) => BigInt(v.times(denominator.toString()).toFixed(0))));
    const least = leastEigenvalue(
      objective.curvatureAt(found).map((row, j) => Float64Array.from(row.slice(0, j + 1), (v) => v.toNumber())),
    ).value;
    if (!(least > 0)) return null;
    const half = new D(least).div(2);
    modulus = modulus === null || half.lt(modulus) ? half : modulus;
  }
  if (modulus === null) return null;
  // Two significant digits, rounded down: λ ρ must stay far above what rounding the centre leaves of the gradient.
  const exponent = modulus.e;
  const lambda = BigInt(
    modulus
      .times(new D(10).pow(1 - exponent))
      .floor()
      .toFixed(0),
  );
  const shift = exponent - 1;
  return {
    ...{ columns, center, denominator },
    ballRadius: rational(1n, 10n ** BigInt(ballDigits)),
    modulus: shift >= 0 ? rational(lambda * 10n ** BigInt(shift)) : rational(lambda, 10n ** BigInt(-shift)),
    bits: Math.ceil(digits * 3.33) + 32,
  };
}

/** The statement's point and radius, and the proof node of rule `affine-span-near`. */
export interface NearProof {
  readonly point: Parameters;
  readonly radius: Rational;
  /** E_0, then one direction a coordinate */
  readonly embedding: readonly Parameters[];
}

/** Carries the affine function a in the first k units of every layer: only the first layer depends on a, linearly. */
export function embedNearFit(network: Network, data: Samples, segment: Segment, fit: NearFit): NearProof {
  const k = network.outputs;
  const m = fit.columns.length;
  // The last logit of cross-entropy has no coordinates: it is 0.
  const free = fit.center.length / m;
  const hidden = network.stages.slice(0, -1);
  const mapOf = (a: readonly bigint[], denominator: bigint): AffineMap => {
    const A = Array.from({ length: k }, () => new Array<bigint>(network.inputs).fill(0n));
    const b = new Array<bigint>(k).fill(0n);
    for (let c = 0; c < free; c++) {
      fit.columns.forEach((j, l) => {
        const value = a[c * m + l] as bigint;
        if (j < network.inputs) (A[c] as bigint[])[j] = value;
        else b[c] = value;
      });
    }
    return { A, b, denominator };
  };
  const map = mapOf(fit.center, fit.denominator);
  const idle = middleOf(segment);
  const one = rational(1n);
  const ranges = rangesOf(map, data.inputs.rows, data.inputs.denominator);
  const least = ranges.map((range) => range.least).reduce((a, b) => (compare(a, b) < 0 ? a : b));
  const most = ranges.map((range) => range.most).reduce((a, b) => (compare(a, b) > 0 ? a : b));
  // One more on both sides leaves room for the ball.
  const places = new Array(k).fill(placeFor(segment, add(least, rational(-1n)), add(most, one)));
  const rest: DenseValues[] = [];
  let reading = readingLayer(identityMap(k), segment, places, hidden[0]?.units ?? k);
  for (const { units } of hidden.slice(1)) {
    rest.push(carryingLayer(reading, places, units, idle));
    reading = readingLayer(identityMap(k), segment, places, units);
  }
  rest.push(layerOf(reading));
  const firstLayer = (a: readonly bigint[], denominator: bigint): DenseValues =>
    carryingLayer(mapOf(a, denominator), places, hidden[0]?.units ?? k, idle);
  const zeros = new Array<bigint>(free * m).fill(0n);
  const base = firstLayer(zeros, 1n);
  const still = rest.map(({ weights, bias }) =>
    denseOf(
      weights.map((row) => row.map(() => 0n)),
      bias?.map(() => 0n) ?? null,
      1n,
    ),
  );
  const directions = zeros.map((_, l): Parameters => {
    const moved = firstLayer(
      zeros.map((z, at) => (at === l ? 1n : z)),
      1n,
    );
    return [differenceOf(moved, base), ...still];
  });
  let spread = zero;
  for (const [first] of directions) {
    const { weights, bias, denominator } = first as DenseValues;
    for (const w of [...weights.flat(), ...(bias ?? [])])
      spread = add(spread, rational(w * w, denominator * denominator));
  }
  const reach = multiply(spread, multiply(fit.ballRadius, fit.ballRadius));
  let radius = fit.ballRadius;
  while (compare(multiply(radius, radius), reach) < 0) radius = multiply(radius, rational(10n));
  return {
    point: [firstLayer(fit.center, fit.denominator), ...rest],
    radius,
    embedding: [[base, ...rest], ...directions],
  };
}

function differenceOf(a: DenseValues, b: DenseValues): DenseValues {
  const [p, q] = [b.denominator, a.denominator];
  return denseOf(
    a.weights.map((row, u) => row.map((w, j) => w * p - (b.weights[u]?.[j] as bigint) * q)),
    a.bias?.map((w, u) => w * p - (b.bias?.[u] as bigint) * q) ?? null,
    p * q,
  );
}

function leastSquaresStart(data: Samples, columns: readonly number[], c: number): Decimal[] {
  const over = data.inputs.denominator;
  const { coefficients } = leastSquares(
    data.inputs.rows.map((x) => columns.map((j) => (j < x.length ? (x[j] as bigint) : over))),
    data.targets.rows.map((row) => [row[c] as bigint]),
    { weights: data.weights.values },
  );
  const denominator = new D((coefficients.denominator * data.targets.denominator).toString());
  return coefficients.numerators.map(([v]) => new D(((v as bigint) * over).toString()).div(denominator));
}
