import { bitLength, lcm } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import { type Interval, intervals } from '../arithmetic/interval.js';
import {
  add as addPolynomials,
  commonDivisor,
  derivative,
  divideExactly,
  multiply as multiplyPolynomials,
  negate as negatePolynomial,
  numeratorAt,
  type Polynomial,
  scale as scalePolynomial,
  squareFreePart,
} from '../arithmetic/polynomial.js';
import { compare, divide, negate, type Rational, rational, subtract, zero } from '../arithmetic/rational.js';
import {
  add,
  composedWithAffine,
  integral,
  overIntegers,
  productOf,
  type RationalCoefficients,
  scale,
  sumOf,
  valueAt,
} from '../arithmetic/rational-polynomial.js';
import type { Meter } from '../limits.js';
import type { BoxProblem } from '../statement.js';
import { decline } from '../verdict.js';
import type { Target, TermList } from './box.js';
import { exactly, type Risk } from './enclosing.js';
import type { Stage } from './network.js';

/** On which side of the kink q the unit is > 0: h(x − q) opens to the right, h(q − x) to the left. */
export type Opening = 'right' | 'left';

/** The profile of one opening between two neighbouring ends, where it is a quotient of polynomials. */
export interface ProfilePiece {
  readonly from: Rational;
  readonly to: Rational;
  /** Q = ∫ (f − m) h over `momentDenominator` */
  readonly moment: Polynomial;
  readonly momentDenominator: bigint;
  /** n = ∫ h² − (∫ h)²/(b − a), over `varianceDenominator` */
  readonly variance: Polynomial;
  readonly varianceDenominator: bigint;
  /** P = 2Q′n − Qn′, up to a positive factor: −QP has the sign of r′ */
  readonly turning: Polynomial;
}

/** What is computed of the target alone. */
interface Moments {
  /** a = x_0 < … < x_K = b: the ends of the interval, and the breakpoints of the target between them */
  readonly ends: readonly Rational[];
  /** f − m from x_i to x_{i+1} */
  readonly deviations: readonly RationalCoefficients[];
  readonly mean: Rational;
  /** ∫ (f − m) x */
  readonly first: Rational;
  /** T(q) = ∫_q^b (f − m)(x − q) dx, from x_i to x_{i+1} */
  readonly tails: readonly RationalCoefficients[];
}

/**
 * One hidden unit on an interval [a, b], squared loss κ(p − f)² with constant density: how low the risk is for each kink.
 *
 * For a kink q in (a, b) and an opening, R over the realizations c + k h(±(x − q)) is a strictly convex quadratic in (c, k), least where
 * k = Q(q)/n(q), and its least value is r(q) = κ (∫ (f − m)² − Q(q)²/n(q)). Between breakpoints of f, Q is a polynomial of q; n is one on all of [a, b].
 *
 * @see theory.md 5d; proofs/rules/hinge-profile.md
 */
export class HingeProfiles {
  readonly ends: readonly Rational[];
  /** m, the mean of the target */
  readonly mean: Rational;
  /** the slope of the affine fit */
  readonly slope: Rational;
  /** how much lower than the risk of the constant m that of the affine fit is */
  readonly affineGain: Rational;
  /** without repetition: one of them where s⁺ = −s⁻, since then h(x − q) and h(q − x) span the same functions */
  readonly openings: readonly Opening[];
  readonly #profiles: Readonly<Record<Opening, readonly ProfilePiece[]>>;
  readonly #moments: Moments;
  readonly #factor: Rational;

  /** @throws Refusal (declined) for other networks, activations, losses and densities */
  constructor(
    problem: BoxProblem,
    readonly meter: Meter,
  ) {
    const slopes = slopesOf(problem);
    this.#factor = factorOf(problem, meter);
    const moments = momentsOf(problem, meter);
    this.#moments = moments;
    this.ends = moments.ends;
    this.mean = moments.mean;
    const [a, b] = [this.ends[0], this.ends[this.ends.length - 1]] as [Rational, Rational];
    const length = subtract(b, a);
    const cube = productOf(length, productOf(length, length, meter), meter);
    this.slope = divide(productOf(rational(12n), moments.first, meter), cube);
    this.affineGain = productOf(this.#factor, productOf(this.slope, moments.first, meter), meter);
    const [left, right] = slopes;
    this.openings = compare(left, negate(right)) === 0 ? ['right'] : ['right', 'left'];
    // h(q − x) has the slopes −s⁺ and −s⁻; n only knows products of two slopes.
    this.#profiles = {
      right: profile(moments, productOf(left, moments.first, meter), slopes, slopes, meter),
      left: profile(moments, negate(productOf(right, moments.first, meter)), slopes, [right, left], meter),
    };
  }

  profile(opens: Opening): readonly ProfilePiece[] {
    return this.#profiles[opens];
  }

  /** @returns κ Q²/n for some kink in [from, to], between bounds; null where the interval is too wide to bound n away from 0 */
  gain(
    { moment, momentDenominator, variance, varianceDenominator }: ProfilePiece,
    from: Rational,
    to: Rational,
  ): Risk | null {
    const Q = valuesOn(moment, from, to, this.meter);
    const n = valuesOn(variance, from, to, this.meter);
    if (n.values.low <= 0n) return null;
    const [least, most] = magnitudes(Q.values);
    const size = integers.mostBits([Q.values.low, Q.values.high, Q.denominator, momentDenominator]);
    const variationSize = integers.mostBits([n.values.high, n.denominator, varianceDenominator]);
    this.meter.charge(16, size, size);
    this.meter.charge(16, variationSize, variationSize);
    const over = (size: bigint, variation: bigint): Rational => {
      const [num, den] = [
        rational(size, momentDenominator * Q.denominator),
        rational(variation, varianceDenominator * n.denominator),
      ];
      const quotient = productOf(productOf(num, num, this.meter), rational(den.den, den.num), this.meter);
      return productOf(this.#factor, quotient, this.meter);
    };
    if (compare(from, to) === 0) return exactly(over(most, n.values.high));
    return { lower: over(least, n.values.high), upper: over(most, n.values.low) };
  }

  /** Whether f(a + b − x) is f(x) for all x, or 2m − f(x) for all x: then mirrored hinges have the same risk. */
  isMirrored(): boolean {
    const { ends, deviations } = this.#moments;
    const last = ends.length - 1;
    const sum = sumOf(ends[0] as Rational, ends[last] as Rational, this.meter);
    const isMirroredEnd = (x: Rational, i: number): boolean =>
      compare(sumOf(x, ends[last - i] as Rational, this.meter), sum) === 0;
    if (!ends.every(isMirroredEnd)) return false;
    return [rational(-1n), rational(1n)].some((sign) =>
      deviations.every((deviation, i) => {
        const other = deviations[last - 1 - i] as RationalCoefficients;
        const mirrored = composedWithAffine(other, sum, rational(-1n), this.meter);
        return add(deviation, scale(mirrored, sign, this.meter), this.meter).every(({ num }) => num === 0n);
      }),
    );
  }
}

/**
 * @returns a square-free polynomial whose roots are those of P that are no roots of Q: the kinks of critical hinges inside the piece
 * @throws  Error where P = 0 ≠ Q, which cannot be: n is no square (proofs/rules/hinge-profile.md 3)
 */
export function criticalKinks({ moment, turning }: ProfilePiece, meter: Meter): Polynomial {
  if (moment.length === 0) return [1n];
  if (turning.length === 0) throw new Error('Cannot happen: the profile is constant, and not that of the constant m');
  const simple = squareFreePart(turning, meter);
  return divideExactly(simple, commonDivisor(simple, moment, meter), meter);
}

/** @returns s⁻ and s⁺ */
function slopesOf({ network }: BoxProblem): readonly [left: Rational, right: Rational] {
  const path = '$.statement.problem.network';
  const { stages, inputs, outputs } = network;
  const hidden = stages[0] as Stage;
  const isOneUnit = inputs === 1 && outputs === 1 && stages.length === 2 && hidden.units === 1;
  if (!isOneUnit || !stages.every(({ bias, fixed }) => bias && fixed === null)) {
    const message = 'complete lists are for one hidden unit, one input and one output, all weights and biases free';
    return decline('unsupported-combination', path, message);
  }
  const { breakpoints, intercepts, slopes, smooth, denominator } = hidden.activation;
  // Neighbouring pieces differ, so the slopes do; h is continuous, so one intercept 0 at a breakpoint 0 makes both 0.
  const bendsAtZero = breakpoints.length === 1 && breakpoints[0] === 0n && intercepts[0] === 0n;
  if (smooth !== null || !bendsAtZero) {
    const message = 'this rule is for activations of two slopes that bend at 0, where they are 0';
    return decline('unsupported-combination', path, message);
  }
  const [left, right] = slopes as readonly [bigint, bigint];
  return [rational(left, denominator), rational(right, denominator)];
}

/** @returns κ > 0: the loss's factor times the density */
function factorOf({ loss, data: { density } }: BoxProblem, meter: Meter): Rational {
  const [piece] = loss.pieces as readonly [readonly bigint[]];
  const [constant, linear, square] = piece;
  if (piece.length !== 3 || constant !== 0n || linear !== 0n || (square as bigint) <= 0n) {
    decline('unsupported-combination', '$.statement.problem.loss', 'complete lists are for the squared loss');
  }
  const [term] = density.terms;
  if (density.terms.length !== 1 || term?.exponents[0] !== 0) {
    decline('unsupported-combination', '$.statement.problem.data.density', 'complete lists are for a constant density');
  }
  return productOf(
    rational(square as bigint, loss.denominator),
    rational((term as { coefficient: bigint }).coefficient, density.denominator),
    meter,
  );
}

function momentsOf({ data: { domain, targets } }: BoxProblem, meter: Meter): Moments {
  const [a, b] = [domain.lower, domain.upper].map((end) => rational(end[0] as bigint, domain.denominator)) as [
    Rational,
    Rational,
  ];
  const { breakpoints, pieces } = targets[0] as Target;
  for (const { num, den } of breakpoints)
    meter.charge(4, bitLength(num) + bitLength(den), bitLength(domain.denominator) + 64);
  const inside = breakpoints.filter((at) => compare(a, at) < 0 && compare(at, b) < 0);
  const first = breakpoints.filter((at) => compare(at, a) <= 0).length;
  const ends = [a, ...inside, b];
  const values = pieces.slice(first, first + inside.length + 1).map(coefficientsOf);
  const between = (p: RationalCoefficients, i: number): Rational =>
    sumOf(valueAt(p, ends[i + 1] as Rational, meter), negate(valueAt(p, ends[i] as Rational, meter)), meter);
  const whole = values.reduce((sum, f, i) => sumOf(sum, between(integral(f, meter), i), meter), zero);
  const mean = divide(whole, subtract(b, a));
  const deviations = values.map((f) => add(f, [negate(mean)], meter));
  // From the right: ∫_q^b (f − m), and then T, whose derivative is its negative; each is continuous and 0 at b.
  let [zeroth, tail] = [zero, zero];
  const tails: RationalCoefficients[] = [];
  for (let i = deviations.length - 1; i >= 0; i--) {
    const [from, to] = [ends[i], ends[i + 1]] as [Rational, Rational];
    const rest = untilEnd(deviations[i] as RationalCoefficients, to, zeroth, meter);
    const tailHere = untilEnd(rest, to, tail, meter);
    zeroth = valueAt(rest, from, meter);
    tail = valueAt(tailHere, from, meter);
    tails.unshift(tailHere);
  }
  return { ends, deviations, mean, first: tail, tails };
}

/** @returns ∫_q^to p + rest, as a polynomial in q */
function untilEnd(p: RationalCoefficients, to: Rational, rest: Rational, meter: Meter): RationalCoefficients {
  const whole = integral(p, meter);
  const constant = sumOf(valueAt(whole, to, meter), rest, meter);
  return add(whole.map(negate), [constant], meter);
}

function coefficientsOf({ terms, denominator }: TermList): RationalCoefficients {
  const [degree = 0] = terms[terms.length - 1]?.exponents ?? [];
  const coefficients = new Array<Rational>(degree + 1).fill(zero);
  for (const { exponents, coefficient } of terms) {
    coefficients[exponents[0] as number] = rational(coefficient, denominator);
  }
  return coefficients;
}

/**
 * Q = (s⁺ − s⁻) T + constant on every piece, and n = (b − a)³/12 (t² + 6t(s − t)u² + 4(s − t)(s − 2t)u³ − 3(s − t)²u⁴) with u = (q − a)/(b − a).
 *
 * @param slopes     s⁻ and s⁺
 * @param ownSlopes  s and t: those left and right of the kink, both up to one sign
 */
function profile(
  { ends, tails }: Moments,
  constant: Rational,
  slopes: readonly [Rational, Rational],
  [s, t]: readonly [Rational, Rational],
  meter: Meter,
): readonly ProfilePiece[] {
  const [a, b] = [ends[0], ends[ends.length - 1]] as [Rational, Rational];
  const times = (x: Rational, y: Rational): Rational => productOf(x, y, meter);
  const length = subtract(b, a);
  const bend = subtract(s, t);
  const inShares = [
    times(t, t),
    zero,
    times(rational(6n), times(t, bend)),
    times(rational(4n), times(bend, subtract(s, times(rational(2n), t)))),
    times(rational(-3n), times(bend, bend)),
  ];
  const inverse = divide(rational(1n), length);
  const inKinks = composedWithAffine(inShares, negate(times(a, inverse)), inverse, meter);
  const twelfth = times(rational(1n, 12n), times(length, times(length, length)));
  const { numerator: variance, denominator: varianceDenominator } = overIntegers(scale(inKinks, twelfth, meter), meter);
  const width = subtract(slopes[1], slopes[0]);
  return tails.map((tail, i) => {
    const { numerator: moment, denominator: momentDenominator } = overIntegers(
      add(scale(tail, width, meter), [constant], meter),
      meter,
    );
    return {
      ...{ from: ends[i] as Rational, to: ends[i + 1] as Rational },
      ...{ moment, momentDenominator, variance, varianceDenominator },
      turning: turningOf(moment, variance, meter),
    };
  });
}

/** 2Q′n − Qn′ */
function turningOf(Q: Polynomial, n: Polynomial, meter: Meter): Polynomial {
  meter.charge(4 * Q.length * n.length, integers.mostBits(Q) + 16, integers.mostBits(n) + 16);
  const rising = scalePolynomial(multiplyPolynomials(derivative(Q), n), 2n);
  return addPolynomials(rising, negatePolynomial(multiplyPolynomials(Q, derivative(n))));
}

/** @returns an interval of numerators that contains all values of p on [from, to], over one positive denominator */
function valuesOn(
  p: Polynomial,
  from: Rational,
  to: Rational,
  meter: Meter,
): { readonly values: Interval; readonly denominator: bigint } {
  const D = lcm(from.den, to.den);
  const degree = p.length === 0 ? 0 : p.length - 1;
  const size = bitLength(D) + bitLength(from.num) + bitLength(to.num);
  meter.charge(8 * p.length, integers.mostBits(p) + p.length * size, size);
  if (compare(from, to) === 0) {
    const value = numeratorAt(p, from, meter);
    return { values: { low: value, high: value }, denominator: from.den ** BigInt(degree) };
  }
  const x: Interval = { low: from.num * (D / from.den), high: to.num * (D / to.den) };
  let values = intervals.zero;
  let power = 1n;
  for (let k = p.length - 1; k >= 0; k--) {
    values = intervals.add(intervals.multiply(values, x), intervals.fromInteger((p[k] as bigint) * power));
    power *= D;
  }
  return { values, denominator: D ** BigInt(degree) };
}

/** @returns the least and the largest absolute value in an interval */
function magnitudes({ low, high }: Interval): readonly [bigint, bigint] {
  if (low >= 0n) return [low, high];
  if (high <= 0n) return [-high, -low];
  return [0n, -low > high ? -low : high];
}
