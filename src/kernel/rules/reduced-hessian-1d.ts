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

/** x ↦ α x + β, up to a positive factor. */
interface Line<T> {
  readonly alpha: bigint;
  readonly beta: T;
}

/** A coordinate's derivative of the realization: one line on the parts before `at`, another from there on; both up to one positive factor. */
interface Direction<T> {
  readonly at: number;
  readonly before: Line<T>;
  readonly after: Line<T>;
}

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
  const everywhere = (alpha: bigint, beta: bigint): Direction<T> => {
    const one = { alpha, beta: numbers.fromInteger(beta) };
    return { at: 0, before: one, after: one };
  };
  const directions = line.movesAffinely() ? [everywhere(0n, 1n), everywhere(1n, 0n)] : [everywhere(0n, 1n)];
  // (s⁺ − s⁻) g(q_j) / s_j in the places of the q_j, for derivatives divided by s_j
  const growth: (FractionOf<T> | null)[] = directions.map(() => null);
  const slopeDenominator = problem.network.stages[0]?.activation.denominator as bigint;
  for (const kinked of kinks) {
    const { kink, sign, height, g } = kinked;
    const at = order.indexOf(kinked) + 1;
    const { numerator, denominator } = fraction(kink.numerator, kink.denominator);
    // ε h'(ε (x − q)) on both sides, over the activation's denominator
    const [before, after] = sign > 0 ? [left, right] : [-right, -left];
    const raised = (k: bigint): Line<T> => ({ alpha: k * denominator, beta: numbers.scale(numerator, -k) });
    const shifted = (k: bigint): Line<T> => ({ alpha: 0n, beta: numbers.fromInteger(-k) });
    directions.push({ at, before: raised(before), after: raised(after) });
    directions.push({ at, before: shifted(before), after: shifted(after) });
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
  const fractions = [...moments.flat(), ...growth.flatMap((g) => g ?? [])];
  let common = 1n;
  let longest = 1;
  for (const { numerator, denominator } of fractions) {
    meter.charge(1, integers.bits(common), integers.bits(denominator));
    common = lcm(common, denominator);
    longest = larger(longest, numbers.bits(numerator));
    meter.hold(fractions.length, integers.bits(common) + longest, '$.statement');
  }
  meter.charge(fractions.length, integers.bits(common), integers.bits(common) + longest);
  const over = ({ numerator, denominator }: FractionOf<T>): T => numbers.scale(numerator, common / denominator);
  const grown = growth.map((of) => (of === null ? null : over(of)));
  // From a to the start of each part.
  const sums: T[][] = [[numbers.zero, numbers.zero, numbers.zero]];
  for (const list of moments) {
    const before = sums[sums.length - 1] as T[];
    sums.push(list.map((moment, k) => numbers.add(before[k] as T, over(moment))));
  }
  const size = directions
    .flatMap(({ before, after }) => [before, after])
    .reduce((most, { alpha, beta }) => larger(most, larger(integers.bits(alpha), numbers.bits(beta))), 1);
  const total = sums.reduce((most, list) => larger(most, numbers.mostBits(list)), 1);
  const m = directions.length;
  // Whether it is definite is decided with minors of up to m rows.
  meter.hold(m * m, larger(m, 2 * size + total), '$.statement');
  // Three stretches with ten sums and products each; products of short numbers take as long as ten limbs do.
  meter.charge(300 * m * m, size, size + total);

  /** ∫ of the product from one place to another */
  const integral = (p: Line<T>, q: Line<T>, from: number, to: number): T => {
    const [m0, m1, m2] = [0, 1, 2].map((k) =>
      numbers.add(sums[to]?.[k] as T, numbers.negate(sums[from]?.[k] as T)),
    ) as [T, T, T];
    const crossed = numbers.add(numbers.scale(q.beta, p.alpha), numbers.scale(p.beta, q.alpha));
    const ends = numbers.add(numbers.scale(m2, p.alpha * q.alpha), numbers.multiply(crossed, m1));
    return numbers.add(ends, numbers.multiply(numbers.multiply(p.beta, q.beta), m0));
  };
  const gram = (p: Direction<T>, q: Direction<T>): T => {
    const [first, last] = p.at <= q.at ? [p, q] : [q, p];
    const stretches = [
      integral(first.before, last.before, 0, first.at),
      integral(first.after, last.before, first.at, last.at),
      integral(first.after, last.after, last.at, parts),
    ];
    return stretches.reduce(numbers.add);
  };
  const H: T[][] = directions.map(() => new Array<T>(m));
  directions.forEach((p, i) => {
    directions.slice(i).forEach((q, shift) => {
      const more = shift === 0 ? (grown[i] ?? null) : null;
      const entry = more === null ? gram(p, q) : numbers.add(gram(p, q), more);
      (H[i] as T[])[i + shift] = entry;
      (H[i + shift] as T[])[i] = entry;
    });
  });
  return H;

  function fraction(numerator: T, denominator: T): FractionOf<T> {
    meter.charge(2, numbers.bits(numerator), numbers.bits(denominator));
    return numbers.quotient(numerator, denominator);
  }
}

const larger = (a: number, b: number): number => (a > b ? a : b);
