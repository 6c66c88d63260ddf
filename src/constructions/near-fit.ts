/**
 * Local minima near the best affine fit where that is irrational (rule `affine-span-near`): the fit is found to many decimals, and a ball
 * around it in which the risk of affine functions is strongly convex and its gradient small.
 */
import { Decimal } from 'decimal.js';
import { Span } from '../kernel/arithmetic/matrix.js';
import { add, compare, multiply, type Rational, rational, zero } from '../kernel/arithmetic/rational.js';
import type { Samples } from '../kernel/model/data.js';
import type { Loss } from '../kernel/model/loss.js';
import type { DenseValues, Network, Parameters } from '../kernel/model/network.js';
import type { SampleProblem } from '../kernel/statement.js';
import { leastSquares } from '../numerics/least-squares.js';
import { type AffineMap, carryingLayer, identityMap, layerOf, rangesOf, readingLayer } from '../provers/carriers.js';
import { denseOf } from '../provers/dense-of.js';
import { middleOf, placeFor, type Segment } from '../provers/segments.js';

/** decimal.js keeps its settings in the constructor. */
const D = Decimal.clone({ precision: 64, rounding: Decimal.ROUND_HALF_EVEN });

const digits = 42;
const ballDigits = 24;
const newtonSteps = 200;

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
  const columns = independentColumns(data);
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
    const found = newton(objective, start, (step) => observe?.(at * newtonSteps + step, searches.length * newtonSteps));
    if (found === null) return null;
    center.push(...found.map((v) => BigInt(v.times(denominator.toString()).toFixed(0))));
    const least = leastEigenvalue(objective.curvatureAt(found).map((row) => row.map((v) => v.toNumber())));
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

/** As the kernel chooses them: the constant, then the columns that those before do not span. */
function independentColumns({ inputs }: Samples): readonly number[] {
  const d = inputs.rows[0]?.length ?? 0;
  const span = new Span(inputs.rows.length);
  return [d, ...Array.from({ length: d }, (_, j) => j)].filter((j) =>
    span.add(inputs.rows.map((row) => (j < d ? (row[j] as bigint) : inputs.denominator))),
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

interface Slopes {
  /** ∂_pL, and its derivative, at a prediction and a target */
  readonly first: (p: Decimal, y: Decimal) => Decimal;
  readonly second: (p: Decimal, y: Decimal) => Decimal;
}

/** null for losses whose outputs are not separate, or that are not convex */
function slopesOf(loss: Loss): Slopes | null {
  const decimal = ({ num, den }: Rational): Decimal => new D(num.toString()).div(den.toString());
  if (loss.family === 'polynomial') {
    if (!loss.convex) return null;
    const breaks = loss.breakpoints.map((tau) => new D(tau.toString()).div(loss.breakpointDenominator.toString()));
    const tables = [0, 1, 2].map((order) =>
      loss.pieces.map((piece) => {
        let coefficients = piece.map((c) => new D(c.toString()).div(loss.denominator.toString()));
        for (let n = 0; n < order; n++) coefficients = coefficients.slice(1).map((c, k) => c.times(k + 1));
        return coefficients;
      }),
    );
    const at = (order: number, r: Decimal): Decimal => {
      const j = breaks.filter((tau) => r.gt(tau)).length;
      const [coefficients = []] = tables.slice(order, order + 1).map((table) => table[j]);
      return coefficients.reduceRight((sum, c) => sum.times(r).plus(c), new D(0));
    };
    return { first: (p, y) => at(1, p.minus(y)), second: (p, y) => at(2, p.minus(y)) };
  }
  const factor = decimal(loss.factor);
  switch (loss.name) {
    case 'log-cosh':
      return {
        first: (p, y) => factor.times(p.minus(y).tanh()),
        second: (p, y) => factor.times(new D(1).minus(p.minus(y).tanh().pow(2))),
      };
    case 'logistic': {
      const sigmoid = (p: Decimal): Decimal => new D(1).div(p.neg().exp().plus(1));
      return {
        first: (p, y) => factor.times(sigmoid(p).minus(y)),
        second: (p) => factor.times(sigmoid(p)).times(new D(1).minus(sigmoid(p))),
      };
    }
    case 'power': {
      const q = decimal(loss.exponent);
      return {
        first: (p, y) => {
          const r = p.minus(y);
          return r.isZero()
            ? new D(0)
            : factor
                .times(q)
                .times(r.abs().pow(q.minus(1)))
                .times(r.s);
        },
        second: (p, y) => {
          const r = p.minus(y).abs();
          return factor
            .times(q)
            .times(q.minus(1))
            .times((r.isZero() ? new D('1e-30') : r).pow(q.minus(2)));
        },
      };
    }
    case 'cross-entropy':
      return null;
  }
}

/** A strictly convex function of some coordinates. */
interface Objective {
  gradientAt(a: readonly Decimal[]): readonly Decimal[];
  hessianAt(a: readonly Decimal[]): readonly (readonly Decimal[])[];
  /** a lower bound of the Hessian, as the kernel has it */
  curvatureAt(a: readonly Decimal[]): readonly (readonly Decimal[])[];
}

interface Search {
  readonly objective: Objective;
  readonly start: readonly Decimal[];
}

type Decimals = readonly (readonly Decimal[])[];

/** Output by output; for cross-entropy the logits of all classes but the last at once. */
function searchesFor(
  loss: Loss,
  rows: Decimals,
  y: Decimals,
  mu: readonly Decimal[],
  leastSquaresOf: (c: number) => readonly Decimal[],
): readonly Search[] | null {
  const outputs = y[0]?.length ?? 0;
  if (loss.family === 'smooth' && loss.name === 'cross-entropy') {
    // Of one class every prediction has the risk 0.
    if (outputs === 1) return null;
    const factor = new D(loss.factor.num.toString()).div(loss.factor.den.toString());
    const start = new Array<Decimal>((outputs - 1) * (rows[0]?.length ?? 0)).fill(new D(0));
    return [{ objective: crossEntropyOf(rows, y, mu, factor), start }];
  }
  const slopes = slopesOf(loss);
  if (slopes === null) return null;
  return Array.from({ length: outputs }, (_, c) => ({
    objective: oneOutput(
      rows,
      y.map((row) => row[c] as Decimal),
      mu,
      slopes,
    ),
    start: leastSquaresOf(c),
  }));
}

function dot(x: readonly Decimal[], a: readonly Decimal[]): Decimal {
  return x.reduce((sum, v, j) => sum.plus(v.times(a[j] as Decimal)), new D(0));
}

/** Adds factor · x xᵀ at the place (from, to). */
function addSquare(H: Decimal[][], factor: Decimal, x: readonly Decimal[], from = 0, to = 0): void {
  for (let j = 0; j < x.length; j++) {
    const row = H[from + j] as Decimal[];
    const cx = factor.times(x[j] as Decimal);
    for (let l = 0; l < x.length; l++) row[to + l] = (row[to + l] as Decimal).plus(cx.times(x[l] as Decimal));
  }
}

function zeroMatrix(size: number): Decimal[][] {
  return Array.from({ length: size }, () => new Array<Decimal>(size).fill(new D(0)));
}

function oneOutput(
  rows: Decimals,
  y: readonly Decimal[],
  mu: readonly Decimal[],
  { first, second }: Slopes,
): Objective {
  const hessianAt = (a: readonly Decimal[]): Decimals => {
    const H = zeroMatrix(a.length);
    rows.forEach((x, i) => {
      addSquare(H, (mu[i] as Decimal).times(second(dot(x, a), y[i] as Decimal)), x);
    });
    return H;
  };
  return {
    gradientAt(a) {
      const g = a.map(() => new D(0));
      rows.forEach((x, i) => {
        const slope = (mu[i] as Decimal).times(first(dot(x, a), y[i] as Decimal));
        for (let j = 0; j < g.length; j++) g[j] = (g[j] as Decimal).plus(slope.times(x[j] as Decimal));
      });
      return g;
    },
    hessianAt,
    curvatureAt: hessianAt,
  };
}

/** Coordinates class by class; the logit of the last class is 0. */
function crossEntropyOf(rows: Decimals, y: Decimals, mu: readonly Decimal[], factor: Decimal): Objective {
  const m = rows[0]?.length ?? 0;
  /** the probabilities of all classes at sample i, the last one's last */
  const softmax = (x: readonly Decimal[], a: readonly Decimal[]): readonly Decimal[] => {
    const weights = Array.from({ length: a.length / m }, (_, c) => dot(x, a.slice(c * m, (c + 1) * m)).exp());
    const total = weights.reduce((sum, w) => sum.plus(w), new D(1));
    return [...weights, new D(1)].map((w) => w.div(total));
  };
  const matrixAt = (
    a: readonly Decimal[],
    entry: (s: readonly Decimal[], c: number, d: number) => Decimal,
  ): Decimals => {
    const H = zeroMatrix(a.length);
    const classes = a.length / m;
    rows.forEach((x, i) => {
      const s = softmax(x, a);
      for (let c = 0; c < classes; c++) {
        for (let d = 0; d < classes; d++) {
          addSquare(H, factor.times(mu[i] as Decimal).times(entry(s, c, d)), x, c * m, d * m);
        }
      }
    });
    return H;
  };
  return {
    gradientAt(a) {
      const g = a.map(() => new D(0));
      rows.forEach((x, i) => {
        softmax(x, a)
          .slice(0, -1)
          .forEach((s, c) => {
            const slope = factor.times(mu[i] as Decimal).times(s.minus(y[i]?.[c] as Decimal));
            for (let j = 0; j < m; j++) g[c * m + j] = (g[c * m + j] as Decimal).plus(slope.times(x[j] as Decimal));
          });
      });
      return g;
    },
    hessianAt: (a) =>
      matrixAt(a, (s, c, d) => {
        const product = (s[c] as Decimal).times(s[d] as Decimal);
        return c === d ? (s[c] as Decimal).minus(product) : product.neg();
      }),
    curvatureAt: (a) =>
      matrixAt(a, (s, c, d) => (c === d ? (s[c] as Decimal).times(s[s.length - 1] as Decimal) : new D(0))),
  };
}

/** Damped Newton steps until the gradient is below what the ball needs. */
function newton(
  { gradientAt, hessianAt }: Objective,
  start: readonly Decimal[],
  observe: (step: number) => void,
): readonly Decimal[] | null {
  const at = (a: readonly Decimal[]) => {
    const g = gradientAt(a);
    return { a, g, size: g.reduce((sum, v) => sum.plus(v.pow(2)), new D(0)).sqrt() };
  };
  let here = at(start);
  const wanted = new D(10).pow(-digits);
  for (let step = 0; step < newtonSteps; step++) {
    observe(step);
    if (here.size.lt(wanted)) return here.a;
    const move = solve(hessianAt(here.a), here.g);
    if (move === null) return null;
    let share = new D(1);
    let next = here;
    for (let halvings = 0; halvings < 40 && !next.size.lt(here.size); halvings++) {
      next = at(here.a.map((v, j) => v.minus(share.times(move[j] as Decimal))));
      share = share.div(2);
    }
    // No step makes the gradient smaller: it is as small as these decimals can make it, or the method fails.
    if (!next.size.lt(here.size)) return here.size.lt(wanted.times(1e6)) ? here.a : null;
    here = next;
  }
  return null;
}

/** Gaussian elimination with pivots. */
function solve(H: readonly (readonly Decimal[])[], g: readonly Decimal[]): Decimal[] | null {
  const rows = H.map((row, j) => [...row, g[j] as Decimal]);
  const m = g.length;
  const at = (i: number, j: number): Decimal => rows[i]?.[j] as Decimal;
  for (let j = 0; j < m; j++) {
    let pivot = j;
    for (let i = j + 1; i < m; i++) if (at(i, j).abs().gt(at(pivot, j).abs())) pivot = i;
    [rows[j], rows[pivot]] = [rows[pivot] as Decimal[], rows[j] as Decimal[]];
    const lead = (rows[j] as Decimal[])[j] as Decimal;
    if (lead.isZero()) return null;
    for (let i = 0; i < m; i++) {
      if (i === j) continue;
      const factor = at(i, j).div(lead);
      if (factor.isZero()) continue;
      const row = rows[i] as Decimal[];
      for (let l = j; l <= m; l++)
        row[l] = (row[l] as Decimal).minus(factor.times((rows[j] as Decimal[])[l] as Decimal));
    }
  }
  return rows.map((row, j) => (row[m] as Decimal).div(row[j] as Decimal));
}

/** The least eigenvalue of a symmetric matrix, by Jacobi rotations in doubles. */
function leastEigenvalue(matrix: readonly (readonly number[])[]): number {
  const A = matrix.map((row) => [...row]);
  const n = A.length;
  const at = (i: number, j: number): number => A[i]?.[j] as number;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += at(p, q) ** 2;
    if (off < 1e-300) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (at(p, q) === 0) continue;
        const theta = (at(q, q) - at(p, p)) / (2 * at(p, q));
        const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let l = 0; l < n; l++) {
          const [x, y] = [at(l, p), at(l, q)];
          (A[l] as number[])[p] = c * x - s * y;
          (A[l] as number[])[q] = s * x + c * y;
        }
        for (let l = 0; l < n; l++) {
          const [x, y] = [at(p, l), at(q, l)];
          (A[p] as number[])[l] = c * x - s * y;
          (A[q] as number[])[l] = s * x + c * y;
        }
      }
    }
  }
  return Math.min(...A.map((row, i) => row[i] as number));
}
