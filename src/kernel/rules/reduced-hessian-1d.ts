import { isPositiveDefinite } from '../arithmetic/definite.js';
import { bitLength, lcm } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import { compare, divide, multiply, type Rational, rational, shown } from '../arithmetic/rational.js';
import type { BoxInstance } from '../model/box-instance.js';
import { densityMoments } from '../model/box-integrals.js';
import type { Quotient } from '../model/hidden-layer-on-interval.js';
import { rationalPoint } from '../model/interval-point.js';
import { convexEverywhere } from '../model/loss.js';
import { UnitsOnInterval } from '../model/units-on-interval.js';
import { decline, type Ledger, reject } from '../verdict.js';
import { needGrowth, needStationaryKink, needWhole } from './neuron-dominance-1d.js';

/** A unit with a kink, at a rational place. */
interface Kinked {
  readonly unit: number;
  readonly kink: Rational;
  readonly sign: 1 | -1;
  /** v |w| */
  readonly height: Rational;
  /** g at the kink */
  readonly g: Rational;
}

const exactly = ({ numerator, denominator }: Quotient<bigint>): Rational => rational(numerator, denominator);

/** A coordinate's derivative of the realization: α x + β on each part of [a, b], integers up to one positive factor. */
type Direction = readonly (readonly [alpha: bigint, beta: bigint])[];

/**
 * Rule `reduced-hessian-1d`: θ is a local minimum of the true loss of one hidden layer on an interval, since R near θ is at least a function F
 * of the constant A, the slope B (where some unit moves it), and the height s_j = v_j |w_j| and place q_j of every kink, and F has a strict
 * local minimum there: ∇F = 0, and its Hessian ∫ ρ ℓ'' ∂p ∂pᵀ + diag(…, (s⁺ − s⁻) s_j g(q_j), …) is positive definite.
 *
 * @see theory.md 5b; proofs/rules/reduced-hessian-1d.md
 */
export function checkReducedHessian1d(instance: BoxInstance, ledger: Ledger): void {
  const { loss } = instance.problem;
  convexEverywhere(loss);
  if (loss.degree !== 2) {
    decline('unsupported-combination', '$.statement.problem.loss', 'this rule is for losses of degree 2');
  }
  const line = new UnitsOnInterval(rationalPoint(instance));
  needWhole(line, ledger);
  const kinks: Kinked[] = [];
  for (const [j, unit] of line.units.entries()) {
    if (unit.type !== 'kinked') {
      needGrowth(line, j, unit, ledger);
      continue;
    }
    if (line.outgoing(j).numerator === 0n) {
      reject('bends-downward', instance.path, `unit ${j} has a kink in the interval and the outgoing weight 0`);
    }
    const kink = exactly(unit.kink);
    const twin = kinks.find((other) => compare(other.kink, kink) === 0);
    if (twin !== undefined) {
      const message = `units ${twin.unit} and ${j} have one kink at x = ${shown(kink)}`;
      reject('repeated-kink', instance.path, message);
    }
    needStationaryKink(line, j, unit, ledger);
    const height = multiply(exactly(line.outgoing(j)), exactly(line.steepness(j, unit)));
    kinks.push({ unit: j, kink, sign: unit.sign, height, g: exactly(line.residualGradient(unit.kink)) });
  }
  if (!isPositiveDefinite(hessian(instance, line, kinks))) {
    reject(
      'not-strongly-convex',
      instance.path,
      'the Hessian in height and place of the kinks is not positive definite',
    );
  }
  ledger.discharge('positive-definite');
}

/** The Hessian of F in A, (B), s_1, q_1·s_1, s_2, … up to positive factors of its rows with the same columns, and one of all. */
function hessian(instance: BoxInstance, line: UnitsOnInterval<bigint>, kinks: readonly Kinked[]): bigint[][] {
  const { slopes } = line;
  const { problem, meter, realization } = instance;
  const { nodes } = realization;
  const parts = nodes.length - 1;
  const [left, right] = slopes;
  const constant: Direction = new Array<readonly [bigint, bigint]>(parts).fill([0n, 1n]);
  const linear: Direction = new Array<readonly [bigint, bigint]>(parts).fill([1n, 0n]);
  const directions: Direction[] = line.movesAffinely() ? [constant, linear] : [constant];
  // (s⁺ − s⁻) g(q_j) / s_j in the places of the q_j, for derivatives divided by s_j
  const growth: (Rational | null)[] = directions.map(() => null);
  for (const { kink, sign, height, g } of kinks) {
    const at = nodes.findIndex((node) => compare(node, kink) === 0);
    // h'(ε (x − q)) on each part, over the activation's denominator
    const slopeOn = Array.from({ length: parts }, (_, s) => (s >= at === sign > 0 ? right : left));
    const epsilon = BigInt(sign);
    directions.push(slopeOn.map((slope) => [epsilon * slope * kink.den, -epsilon * slope * kink.num]));
    directions.push(slopeOn.map((slope) => [0n, -epsilon * slope]));
    const denominator = problem.network.stages[0]?.activation.denominator as bigint;
    growth.push(null, multiply(rational((right - left) * denominator), divide(g, height)));
  }
  const second = rational(2n * (problem.loss.pieces[0]?.[2] as bigint), problem.loss.denominator);
  const moments = densityMoments(problem.data, nodes, 2, meter).map((list) => list.map((m) => multiply(second, m)));
  const all = [...moments.flat(), ...growth.flatMap((g) => g ?? [])];
  const m = directions.length;
  const size = all.reduce(
    (sum, { num, den }) => sum + bitLength(den) + bitLength(num),
    integers.mostBits(directions.flat(2)),
  );
  meter.charge(all.length + 6 * m * m * parts + m * m * m, size * (1 + m), size * (1 + m));
  meter.hold(m * m, size * (1 + m), '$.statement');
  const common = all.reduce((sum, { den }) => lcm(sum, den), 1n);
  const over = ({ num, den }: Rational): bigint => num * (common / den);
  const weights = moments.map((list) => list.map(over));
  return directions.map((p, i) =>
    directions.map((q, j) => {
      const gram = weights.reduce((sum, [m0, m1, m2], s) => {
        const [[a, b], [c, d]] = [p[s], q[s]] as [readonly [bigint, bigint], readonly [bigint, bigint]];
        return sum + a * c * (m2 as bigint) + (a * d + b * c) * (m1 as bigint) + b * d * (m0 as bigint);
      }, 0n);
      const grown = growth[i] ?? null;
      return i === j && grown !== null ? gram + over(grown) : gram;
    }),
  );
}
