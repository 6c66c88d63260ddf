import type { FractionOf } from '../arithmetic/algebraic.js';
import { lcm } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import type { Quotient } from '../model/hidden-layer-on-interval.js';
import type { IntervalPoint } from '../model/interval-point.js';
import { convexEverywhere } from '../model/loss.js';
import { UnitsOnInterval } from '../model/units-on-interval.js';
import { decline, type Ledger, reject } from '../verdict.js';
import { inWords, needGrowth, needStationaryKink, needWhole } from './neuron-dominance-1d.js';

/** A unit with a kink. */
interface Kinked<T> {
  readonly unit: number;
  readonly kink: Quotient<T>;
  readonly sign: 1 | -1;
  /** v |w| */
  readonly height: Quotient<T>;
  /** g at the kink */
  readonly g: Quotient<T>;
}

/** A coordinate's derivative of the realization on each part of [a, b]: α x + β up to one positive factor. */
type Direction<T> = readonly { readonly alpha: bigint; readonly beta: T }[];

/**
 * Rule `reduced-hessian-1d`: θ is a local minimum of the true loss of one hidden layer on an interval, since R near θ is at least a function F
 * of the constant A, the slope B (where some unit moves it), and the height s_j = v_j |w_j| and place q_j of every kink, and F has a strict
 * local minimum there: ∇F = 0, and its Hessian ∫ ρ ℓ'' ∂p ∂pᵀ + diag(…, (s⁺ − s⁻) s_j g(q_j), …) is positive definite.
 *
 * @see theory.md 5b; proofs/rules/reduced-hessian-1d.md
 */
export function checkReducedHessian1d<T>(point: IntervalPoint<T>, ledger: Ledger): void {
  const { problem, numbers, meter, path } = point;
  convexEverywhere(problem.loss);
  if (problem.loss.degree !== 2) {
    decline('unsupported-combination', '$.statement.problem.loss', 'this rule is for losses of degree 2');
  }
  const line = new UnitsOnInterval(point);
  needWhole(line, ledger);
  const kinks: Kinked<T>[] = [];
  for (const [j, unit] of line.units.entries()) {
    if (unit.type !== 'kinked') {
      needGrowth(line, j, unit, ledger);
      continue;
    }
    const { kink, sign } = unit;
    const outgoing = line.outgoing(j);
    if (numbers.sign(outgoing.numerator) === 0) {
      reject('bends-downward', path, `unit ${j} has a kink in the interval and the outgoing weight 0`);
    }
    const twin = kinks.find((other) => line.layer.compare(other.kink, kink) === 0);
    if (twin !== undefined) {
      const message = `units ${twin.unit} and ${j} have one kink at x = ${inWords(numbers, kink)}`;
      reject('repeated-kink', path, message);
    }
    needStationaryKink(line, j, unit, ledger);
    const height = line.layer.product(outgoing, line.steepness(j, unit));
    kinks.push({ unit: j, kink, sign, height, g: line.residualGradient(kink) });
  }
  if (numbers.definiteness(hessian(line, kinks), meter, '$.statement') !== 'definite') {
    reject('not-strongly-convex', path, 'the Hessian in height and place of the kinks is not positive definite');
  }
  ledger.discharge('positive-definite');
}

/** The Hessian of F in A, (B), s_1, q_1·s_1, s_2, … up to positive factors of its rows with the same columns, and one of all. */
function hessian<T>(line: UnitsOnInterval<T>, kinks: readonly Kinked<T>[]): T[][] {
  const { slopes, layer } = line;
  const { problem, meter, numbers } = line.point;
  const order = [...kinks].sort((one, other) => layer.compare(one.kink, other.kink));
  const places = [layer.ends[0], ...order.map(({ kink }) => kink), layer.ends[1]];
  const parts = places.length - 1;
  const [left, right] = slopes;
  const everywhere = (alpha: bigint, beta: bigint): Direction<T> =>
    new Array<Direction<T>[number]>(parts).fill({ alpha, beta: numbers.fromInteger(beta) });
  const directions = line.movesAffinely() ? [everywhere(0n, 1n), everywhere(1n, 0n)] : [everywhere(0n, 1n)];
  // (s⁺ − s⁻) g(q_j) / s_j in the places of the q_j, for derivatives divided by s_j
  const growth: (FractionOf<T> | null)[] = directions.map(() => null);
  const slopeDenominator = problem.network.stages[0]?.activation.denominator as bigint;
  for (const kinked of kinks) {
    const { kink, sign, height, g } = kinked;
    const at = order.indexOf(kinked) + 1;
    const { numerator, denominator } = fraction(kink.numerator, kink.denominator);
    // ε h'(ε (x − q)) on each part, over the activation's denominator
    const slopeOn = Array.from({ length: parts }, (_, s) => BigInt(sign) * (s >= at === sign > 0 ? right : left));
    directions.push(slopeOn.map((k) => ({ alpha: k * denominator, beta: numbers.scale(numerator, -k) })));
    directions.push(slopeOn.map((k) => ({ alpha: 0n, beta: numbers.fromInteger(-k) })));
    const bend = layer.product(g, { numerator: height.denominator, denominator: height.numerator });
    growth.push(null, fraction(numbers.scale(bend.numerator, (right - left) * slopeDenominator), bend.denominator));
  }
  // ℓ'' ∫ ρ x^k over each part
  const second = 2n * (problem.loss.pieces[0]?.[2] as bigint);
  const moments = layer
    .densityMoments(places, 2)
    .map((list) =>
      list.map(({ numerator, denominator }) =>
        fraction(numbers.scale(numerator, second), numbers.scale(denominator, problem.loss.denominator)),
      ),
    );
  let common = 1n;
  for (const { denominator } of [...moments.flat(), ...growth.flatMap((g) => g ?? [])]) {
    meter.charge(1, integers.bits(common), integers.bits(denominator));
    common = lcm(common, denominator);
  }
  const m = directions.length;
  const over = ({ numerator, denominator }: FractionOf<T>): T => numbers.scale(numerator, common / denominator);
  const weights = moments.map((list) => list.map(over));
  const grown = growth.map((of) => (of === null ? null : over(of)));
  const size = directions
    .flat()
    .reduce((most, { alpha, beta }) => larger(most, larger(integers.bits(alpha), numbers.bits(beta))), 1);
  const longest = weights.reduce((most, list) => larger(most, numbers.mostBits(list)), 1);
  meter.hold(m * m, 2 * size + longest, '$.statement');
  meter.charge(6 * m * m * parts, size, size + longest);
  return directions.map((p, i) =>
    directions.map((q, j) => {
      const gram = weights.reduce((sum, [m0, m1, m2], s) => {
        const [one, other] = [p[s], q[s]] as [Direction<T>[number], Direction<T>[number]];
        const crossed = numbers.add(numbers.scale(other.beta, one.alpha), numbers.scale(one.beta, other.alpha));
        const terms = [
          numbers.scale(m2 as T, one.alpha * other.alpha),
          numbers.multiply(crossed, m1 as T),
          numbers.multiply(numbers.multiply(one.beta, other.beta), m0 as T),
        ];
        return terms.reduce(numbers.add, sum);
      }, numbers.zero);
      const more = i === j ? (grown[i] ?? null) : null;
      return more === null ? gram : numbers.add(gram, more);
    }),
  );

  function fraction(numerator: T, denominator: T): FractionOf<T> {
    meter.charge(2, numbers.bits(numerator), numbers.bits(denominator));
    return numbers.quotient(numerator, denominator);
  }
}

const larger = (a: number, b: number): number => (a > b ? a : b);
