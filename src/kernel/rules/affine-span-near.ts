import { type AffineForm, affineForms } from '../arithmetic/affine-forms.js';
import { definiteness } from '../arithmetic/definite.js';
import { Enclosures } from '../arithmetic/enclosure.js';
import { bitLength, lcm } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import type { Interval } from '../arithmetic/interval.js';
import type { Vector } from '../arithmetic/matrix.js';
import {
  add,
  compare,
  divide,
  multiply,
  type Rational,
  rational,
  shown,
  subtract,
  zero,
} from '../arithmetic/rational.js';
import { Meter } from '../limits.js';
import { columnOf, independentColumns, type Samples } from '../model/data.js';
import { type DenseOver, type Evaluation, evaluate, predictions } from '../model/evaluation.js';
import { Instance } from '../model/instance.js';
import { LossOfRows } from '../model/loss-of-rows.js';
import type { DenseValues, Network, Parameters } from '../model/network.js';
import type { SampleProblem } from '../statement.js';
import { type Ledger, reject } from '../verdict.js';
import { groupBySignature } from './signature-groups.js';

/** What the node carries; nothing here is trusted. */
export interface NearHints {
  /** of the ball, one number per coordinate */
  readonly center: Vector;
  readonly ballRadius: Rational;
  /** λ */
  readonly modulus: Rational;
  /** E(a) = E_0 + Σ_m a_m E_m */
  readonly constant: Parameters;
  readonly directions: readonly Parameters[];
  readonly bits: number;
}

/** Bounds of the risk of the local minimum that is shown to exist. */
export interface NearRisk {
  readonly lower: Rational;
  readonly upper: Rational;
}

/**
 * Shows that some θ* with |θ* − θ| ≤ radius is a local minimum. Affine functions of the data have coordinates a: one coefficient per
 * free output and per column of (x_i, 1) that the columns before it do not span. (All outputs are free, but for cross-entropy the last
 * one, which is kept 0: adding one function to all logits changes nothing.) Φ(a) is the risk of the affine function a.
 *
 *  (i) Φ is λ-strongly convex on the ball |a − c| ≤ ρ, and |∇Φ(c)| < λρ. So Φ, which is convex, has its minimum at some a* in the ball.
 *  (ii) N_{E(a)}(x_i) is the affine function a at every x_i, identically in a.
 *  (iii) For every a in the ball all samples take the same pieces strictly: E(a*) has one group.
 *  (iv) |E(a) − θ| ≤ radius for every a in the ball.
 *
 * Near E(a*) the network is one affine function of x on the data, so its risk is at least Φ(a*) = R(E(a*)). No equation is asked of
 * θ itself. Φ(a*) ≥ Φ(c) − |∇Φ(c)|²/(2λ).
 *
 * @param theta  θ, the point of the statement
 * @see theory.md 1 (irrational best fit) and 3; proofs/rules/affine-span-near.md
 */
export function checkAffineSpanNear(
  problem: SampleProblem,
  theta: Parameters,
  radius: Rational,
  hints: NearHints,
  path: string,
  meter: Meter,
  ledger: Ledger,
): NearRisk {
  const { network, data, loss } = problem;
  for (const key of ['ballRadius', 'modulus'] as const) {
    if (hints[key].num <= 0n)
      reject('wrong-hint', `${path}.${key}`, `expected a number > 0, found ${shown(hints[key])}`);
  }
  const columns = independentColumns(data, [...data.inputs.rows.keys()], meter);
  const near = new LossOfRows(loss, network.outputs, new Enclosures(hints.bits), meter, path);
  const dimension = near.free * columns.length;
  if (hints.center.values.length !== dimension) {
    reject('wrong-length', `${path}.center`, `expected ${dimension} coordinates, found ${hints.center.values.length}`);
  }
  if (hints.directions.length !== dimension) {
    reject(
      'wrong-length',
      `${path}.embedding`,
      `expected ${dimension + 1} entries, found ${hints.directions.length + 1}`,
    );
  }
  const risk = minimumInBall(near, data, columns, hints, path, meter, ledger);
  checkEmbedding(problem, near.free, columns, hints, path, meter, ledger);
  checkDistance(network, theta, radius, hints, path, meter, ledger);
  return risk;
}

/** Condition (i). */
function minimumInBall(
  near: LossOfRows,
  data: Samples,
  columns: readonly number[],
  { center, ballRadius, modulus, bits }: NearHints,
  path: string,
  meter: Meter,
  ledger: Ledger,
): NearRisk {
  const { e, free } = near;
  const n = data.inputs.rows.length;
  const m = columns.length;
  const D = data.inputs.denominator;
  const over = center.denominator * D;
  const rho = e.of(ballRadius.num, ballRadius.den);
  meter.charge(n * free * m * (m + 8), data.inputs.bits + center.bits + bits, data.inputs.bits + bits);
  meter.hold(free * m * m, data.inputs.bits * 2 + data.weights.bits + bits, path);
  // Lower bounds of L'' over 2^bits, and gradients and values over 2^bits.
  const hessians = Array.from({ length: free }, () => Array.from({ length: m }, () => new Array<bigint>(m).fill(0n)));
  const gradient = Array.from({ length: free }, () => new Array<Interval>(m).fill(e.of(0n)));
  let value = e.of(0n);
  for (let i = 0; i < n; i++) {
    const x = columns.map((j) => columnOf(data, i, j));
    const mu = data.weights.values[i] as bigint;
    // |x̃| ≤ √(Σ x²)/D
    const length = e.sqrt(
      e.of(
        x.reduce((sum, c) => sum + c * c, 0n),
        D * D,
      ),
    ) as Interval;
    const reach = e.multiply(rho, length).high;
    const y = data.targets.rows[i] as readonly bigint[];
    const targets = y.map((value) => e.of(value, data.targets.denominator));
    const at = gradient.map((_, c) => {
      const p = x.reduce((sum, xj, j) => sum + xj * (center.values[c * m + j] as bigint), 0n);
      return near.argument(p, over, y[c] as bigint, data.targets.denominator);
    });
    value = e.add(value, e.scale(near.value(at, targets), mu));
    const slopes = near.derivative(at, targets);
    const curvatures = near.leastCurvatures(at.map(({ low, high }) => ({ low: low - reach, high: high + reach })));
    for (let c = 0; c < free; c++) {
      const slope = e.scale(slopes[c] as Interval, mu);
      const curvature = (curvatures[c] as bigint) * mu;
      // Far from the data these may be long.
      const size = integers.mostBits([curvature, slope.low, slope.high]) + data.inputs.bits;
      meter.charge(m * (m + 3), size, data.inputs.bits);
      const row = gradient[c] as Interval[];
      const H = hessians[c] as bigint[][];
      for (let j = 0; j < m; j++) {
        const xj = x[j] as bigint;
        row[j] = e.add(row[j] as Interval, e.scale(slope, xj));
        const cx = curvature * xj;
        for (let l = 0; l <= j; l++) (H[j] as bigint[])[l] = ((H[j] as bigint[])[l] as bigint) + cx * (x[l] as bigint);
      }
    }
  }
  // H − λI ≻ 0, over 2^bits · D² · (weights' denominator) · (modulus' denominator).
  const scale = data.weights.denominator;
  const shift = (modulus.num << BigInt(bits)) * D * D * scale;
  const size = integers.mostBits(hessians.flat(2));
  for (const [c, H] of hessians.entries()) {
    meter.charge(m * m, size, bitLength(modulus.den));
    const A = H.map((row, j) =>
      row.map(
        (_, l) =>
          (l <= j ? (row[l] as bigint) : ((H[l] as bigint[])[j] as bigint)) * modulus.den - (l === j ? shift : 0n),
      ),
    );
    if (definiteness(A, meter, path) !== 'definite') {
      reject(
        'not-strongly-convex',
        `${path}.modulus`,
        `the risk of affine fits is not shown to be ${shown(modulus)}-strongly convex in output ${c}`,
      );
    }
  }
  ledger.discharge('strong-convexity', free);
  const unit = (1n << BigInt(bits)) * scale;
  const norm = gradient.flat().reduce((sum, g) => {
    const most = e.abs(g).high;
    return add(sum, rational(most * most, unit * unit * D * D));
  }, zero);
  const bound = multiply(modulus, ballRadius);
  if (compare(norm, multiply(bound, bound)) >= 0) {
    reject(
      'gradient-too-large',
      `${path}.ballRadius`,
      'the gradient at the centre is not shown to be below modulus · ballRadius',
    );
  }
  ledger.discharge('small-gradient');
  const at = (end: bigint): Rational => rational(end, unit);
  return {
    lower: subtract(at(value.low), divide(norm, multiply(rational(2n), modulus))),
    upper: at(value.high),
  };
}

/** Conditions (ii) and (iii). */
function checkEmbedding(
  problem: SampleProblem,
  free: number,
  columns: readonly number[],
  { center, ballRadius, constant, directions }: NearHints,
  path: string,
  meter: Meter,
  ledger: Ledger,
): void {
  const { network, data } = problem;
  const [k, m] = [network.outputs, columns.length];
  const ring = affineForms(ballRadius);
  const forms = embedding(network, center, constant, directions, path, meter);
  const evaluation = evaluate(ring, network, forms, data, new FormMeter(meter, directions.length + 1));
  const { preactivations, denominator } = predictions(evaluation);
  const D = data.inputs.denominator;
  const [n, last] = [data.inputs.rows.length, ring.mostBits([denominator, ...preactivations.flat()])];
  const given = center.bits + data.inputs.bits;
  meter.charge(3 * n * k * (directions.length + m + 1), last + given, given);
  preactivations.forEach((row, i) => {
    row.forEach((prediction, c) => {
      // prediction/denominator = Σ_j (center_j/center.denominator + δ_j) x̃_j/D, and 0 for an output that is not free
      const wanted: AffineForm =
        c >= free
          ? ring.zero
          : {
              constant: columns.reduce(
                (sum, j, l) => sum + columnOf(data, i, j) * (center.values[c * m + l] as bigint),
                0n,
              ),
              linear: [
                ...new Array<bigint>(c * m).fill(0n),
                ...columns.map((j) => columnOf(data, i, j) * center.denominator),
              ],
            };
      const difference = ring.add(
        ring.scale(prediction, center.denominator * D),
        ring.negate(ring.multiply(denominator, wanted)),
      );
      if (ring.sign(difference) !== 0) {
        reject('not-an-embedding', `${path}.embedding`, `output ${c} is not the affine function at sample ${i}`);
      }
      ledger.discharge('embedded-prediction');
    });
  });
  expectOneGroup(problem, evaluation, k, meter, ledger);
}

function expectOneGroup(
  problem: SampleProblem,
  evaluation: Evaluation<AffineForm>,
  outputs: number,
  meter: Meter,
  ledger: Ledger,
): void {
  const groups = groupBySignature(new Instance(problem, evaluation, meter), ledger);
  if (groups.length > 1) {
    const [first, second] = groups.map(({ samples }) => samples[0]);
    reject('several-groups', '$.statement.point', `samples ${first} and ${second} take different pieces`);
  }
  ledger.discharge('one-group', outputs);
}

/** Charges for forms: what is done to one number is done to each of the coefficients. */
class FormMeter extends Meter {
  constructor(
    readonly numbers: Meter,
    readonly coefficients: number,
  ) {
    super(numbers.limits);
  }

  override hold(cells: number, bits: number, path: string): void {
    this.numbers.hold(cells * this.coefficients, bits, path);
  }

  override charge(count: number, a: number, b: number): void {
    this.numbers.charge(count * this.coefficients, a, b);
  }
}

/** Brings layers of several points over one denominator: that may be much longer than theirs. */
function commonDenominator(layers: readonly DenseValues[], more: number, path: string, meter: Meter): bigint {
  let common = 1n;
  let most = 1;
  for (const { denominator, bits } of layers) {
    if (bits > most) most = bits;
    if (common === denominator) continue;
    meter.charge(4, bitLength(common), bitLength(denominator));
    common = lcm(common, denominator);
  }
  const [{ weights }] = layers as readonly [DenseValues];
  const cells = weights.length * ((weights[0]?.length ?? 0) + 1) * layers.length;
  const bits = most + bitLength(common) + more;
  meter.charge(4 * cells, bits, bits);
  meter.hold(cells, bits, `${path}.embedding`);
  return common;
}

/** E(c + δ) as affine forms in δ, over one denominator a layer. */
function embedding(
  network: Network,
  center: Vector,
  constant: Parameters,
  directions: readonly Parameters[],
  path: string,
  meter: Meter,
): readonly DenseOver<AffineForm>[] {
  return network.stages.map((stage, s) => {
    const E0 = constant[s] as DenseValues;
    const moving = stage.entry === null ? [] : directions.map((direction) => direction[s] as DenseValues);
    const common = commonDenominator([E0, ...moving], center.bits, path, meter);
    const denominator = common * center.denominator;
    const form = (pick: (values: DenseValues) => bigint): AffineForm => {
      const own = moving.map((values) => pick(values) * (common / values.denominator));
      const linear = own.map((c) => c * center.denominator);
      while (linear.length > 0 && linear[linear.length - 1] === 0n) linear.pop();
      const base = pick(E0) * (common / E0.denominator) * center.denominator;
      return { constant: own.reduce((sum, c, l) => sum + c * (center.values[l] as bigint), base), linear };
    };
    return {
      weights: E0.weights.map((row, u) => row.map((_, j) => form(({ weights }) => weights[u]?.[j] as bigint))),
      bias: E0.bias?.map((_, u) => form(({ bias }) => bias?.[u] as bigint)) ?? null,
      denominator: { constant: denominator, linear: [] },
    };
  });
}

/** Condition (iv): |E(c) − θ| + ρ √(Σ |E_m|²) ≤ radius. */
function checkDistance(
  network: Network,
  theta: Parameters,
  radius: Rational,
  { center, ballRadius, constant, directions }: NearHints,
  path: string,
  meter: Meter,
  ledger: Ledger,
): void {
  let offset = zero;
  let spread = zero;
  network.stages.forEach(({ entry }, s) => {
    if (entry === null) return;
    const E0 = constant[s] as DenseValues;
    const moving = directions.map((direction) => direction[s] as DenseValues);
    const at = theta[s] as DenseValues;
    const common = commonDenominator([E0, at, ...moving], center.bits, path, meter);
    let [u, v] = [0n, 0n];
    const cell = (pick: (values: DenseValues) => bigint): void => {
      const over = (values: DenseValues): bigint => pick(values) * (common / values.denominator);
      let difference = (over(E0) - over(at)) * center.denominator;
      moving.forEach((values, l) => {
        const c = over(values);
        difference += c * (center.values[l] as bigint);
        v += c * c;
      });
      u += difference * difference;
    };
    E0.weights.forEach((row, a) => {
      row.forEach((_, b) => {
        cell(({ weights }) => weights[a]?.[b] as bigint);
      });
    });
    E0.bias?.forEach((_, a) => {
      cell(({ bias }) => bias?.[a] as bigint);
    });
    const bits = 2 * (bitLength(common) + center.bits) + bitLength(u) + bitLength(v);
    meter.charge(16, bits, bits + bitLength(offset.den) + bitLength(spread.den));
    offset = add(offset, rational(u, common * common * center.denominator * center.denominator));
    spread = add(spread, rational(v, common * common));
  });
  const second = multiply(spread, multiply(ballRadius, ballRadius));
  // √u + √v ≤ r ⇔ u + v ≤ r² and 4uv ≤ (r² − u − v)²
  const rest = subtract(multiply(radius, radius), add(offset, second));
  const product = multiply(rational(4n), multiply(offset, second));
  if (rest.num < 0n || compare(product, multiply(rest, rest)) > 0) {
    reject('too-far', `${path}.embedding`, 'the embedded ball is not shown to lie within the radius of the point');
  }
  ledger.discharge('within-radius');
}
