/**
 * Numbers that depend on parameters: polynomials on a closed interval, or on a box (theory.md 9).
 *
 * The coordinates of a family θ(t) are rational functions; `commonDenominator` makes them numerators over one positive denominator, which
 * is the form that rules compute in. A sign holds on the whole range, ends included: 0 where the polynomial is 0 identically, ±1 where
 * it is nowhere 0, undefined otherwise.
 *
 * @see proofs/rules/polynomials.md
 */
import type { Meter } from '../limits.js';
import { decline } from '../verdict.js';
import { type Bounds, signOnBox } from './bernstein.js';
import { gcd, lcm } from './gcd.js';
import { integers } from './integers.js';
import type { MultiPolynomial } from './multivariate.js';
import * as many from './multivariate.js';
import { type Ordered, ordered } from './ordered.js';
import type { Polynomial } from './polynomial.js';
import * as one from './polynomial.js';
import { compare, type Rational } from './rational.js';
import { signOn } from './sturm.js';

/** A quotient of two polynomials in the parameters. */
export interface RationalFunction<T> {
  readonly numerator: T;
  readonly denominator: T;
}

/** Rational functions over one denominator, which is positive on the whole range. */
export interface OverDenominator<T> {
  readonly numerators: readonly T[];
  readonly denominator: T;
}

/**
 * The ring of polynomials in t with their signs on from ≤ t ≤ to, decided exactly.
 *
 * @throws RangeError unless from < to
 */
export function overInterval(from: Rational, to: Rational, meter: Meter): Ordered<Polynomial> {
  if (compare(from, to) >= 0)
    throw new RangeError('Cannot make a family: its range needs a first end below the second');
  return ordered<Polynomial>({
    zero: [],
    fromInteger: (n) => (n === 0n ? [] : [n]),
    add: one.add,
    negate: one.negate,
    multiply: (a, b) => product(a, b, meter),
    scale(a, n) {
      expectRoom(a, [n], meter);
      return one.scale(a, n);
    },
    sign: (a) => signOn(a, from, to, meter),
    hull: (a, b) => theOneValue(a, one.equal(a, b)),
    constant: (a) => (a.length === 0 ? 0n : a.length === 1 ? (a[0] as bigint) : null),
    bits: one.bits,
  });
}

/**
 * The ring of polynomials in several parameters with their signs on a closed box. A sign that Bernstein coefficients do not decide is
 * undefined.
 *
 * @throws RangeError unless the box has inner points
 */
export function overBox(bounds: Bounds, meter: Meter): Ordered<MultiPolynomial> {
  if (bounds.some(({ from, to }) => compare(from, to) >= 0)) {
    throw new RangeError('Cannot make a family: every range needs a first end below the second');
  }
  return ordered<MultiPolynomial>({
    zero: many.constantPolynomial(bounds.length, 0n),
    fromInteger: (n) => many.constantPolynomial(bounds.length, n),
    add: many.add,
    negate: many.negate,
    multiply: (a, b) => productOfMany(a, b, meter),
    scale(a, n) {
      expectRoom([...a.values()], [n], meter);
      return many.scale(a, n);
    },
    sign: (a) => signOnBox(a, bounds, meter),
    hull: (a, b) => theOneValue(a, many.equal(a, b)),
    constant: many.constantOf,
    bits: many.bits,
  });
}

/**
 * The value of a number whose location spans several pieces. Either it is on a breakpoint identically, and both pieces give one polynomial;
 * or it passes a breakpoint, or may, and no polynomial is its value on the whole range. Were there no hull, the evaluation would go on
 * with the lower piece, and relu(t) would be 0 on [−1, 1].
 */
function theOneValue<T>(a: T, equal: boolean): T {
  if (!equal) {
    decline(
      'unsupported-combination',
      '$.statement',
      'a preactivation or a residual passes a breakpoint inside the range of the parameters, or may',
    );
  }
  return a;
}

/** @returns a · b, charged, and of at most the degree that is allowed */
export function product(a: Polynomial, b: Polynomial, meter: Meter): Polynomial {
  expectDegree(a.length + b.length - 2, meter);
  expectRoom(a, b, meter);
  return one.multiply(a, b);
}

function productOfMany(a: MultiPolynomial, b: MultiPolynomial, meter: Meter): MultiPolynomial {
  expectDegree(many.highestExponent(a) + many.highestExponent(b), meter);
  expectRoom([...a.values()], [...b.values()], meter);
  return many.multiply(a, b);
}

/** Rules charge for products by the bits of their factors; products of long sums take more, so each is charged here again. */
function expectRoom(a: readonly bigint[], b: readonly bigint[], meter: Meter): void {
  const [aBits, bBits] = [integers.mostBits(a), integers.mostBits(b)];
  meter.hold(a.length * b.length, aBits + bBits, '$.statement');
  meter.charge(a.length * b.length, aBits, bBits);
}

function expectDegree(degree: number, meter: Meter): void {
  const most = meter.limits.degree;
  if (degree > most) {
    decline('limit-degree', '$.statement', `polynomials in the parameters reach degree ${degree}, more than ${most}`);
  }
}

/**
 * Brings rational functions of t to their least common denominator, up to a constant.
 *
 * @returns undefined if some denominator is 0 somewhere on from ≤ t ≤ to
 */
export function commonDenominator(
  fractions: readonly RationalFunction<Polynomial>[],
  from: Rational,
  to: Rational,
  meter: Meter,
): OverDenominator<Polynomial> | undefined {
  let common: Polynomial = [1n];
  for (const { denominator } of fractions) {
    if (denominator.length === 0) return undefined;
    const missing = one.divideExactly(denominator, one.commonDivisor(common, denominator, meter), meter);
    common = product(common, missing, meter);
  }
  const sign = signOn(common, from, to, meter);
  if (sign === undefined) return undefined;
  const denominator = sign === -1 ? one.negate(common) : common;
  return {
    numerators: fractions.map((fraction) =>
      product(fraction.numerator, one.divideExactly(denominator, fraction.denominator, meter), meter),
    ),
    denominator,
  };
}

/**
 * Brings rational functions of several parameters to one denominator: the product of their different denominators, with the least
 * common multiple of their integer factors.
 *
 * @returns undefined if some denominator is 0 somewhere on the closed box, or if this is not found out
 */
export function commonDenominatorOnBox(
  fractions: readonly RationalFunction<MultiPolynomial>[],
  bounds: Bounds,
  meter: Meter,
): OverDenominator<MultiPolynomial> | undefined {
  /** the different denominators without their integer factors, made positive */
  const different: MultiPolynomial[] = [];
  let integer = 1n;
  const parts: { readonly at: number; readonly factor: bigint }[] = [];
  for (const { denominator } of fractions) {
    const content = contentOf(denominator, meter);
    if (content === 0n) return undefined;
    const primitive = new Map([...denominator].map(([key, c]) => [key, c / content]));
    const sameAs = (p: MultiPolynomial): number => different.findIndex((q) => many.equal(p, q));
    const [plus, minus] = [sameAs(primitive), sameAs(many.negate(primitive))];
    integer = lcm(integer, content);
    if (plus >= 0 || minus >= 0) {
      parts.push(plus >= 0 ? { at: plus, factor: content } : { at: minus, factor: -content });
      continue;
    }
    const sign = signOnBox(primitive, bounds, meter);
    if (sign === undefined) return undefined;
    parts.push({ at: different.length, factor: sign === -1 ? -content : content });
    different.push(sign === -1 ? many.negate(primitive) : primitive);
  }
  const times = (a: MultiPolynomial, b: MultiPolynomial): MultiPolynomial => productOfMany(a, b, meter);
  const start = many.constantPolynomial(bounds.length, integer);
  /** the common denominator without each of the different ones */
  const others = different.map((_, at) => different.reduce((all, q, k) => (k === at ? all : times(all, q)), start));
  return {
    numerators: fractions.map(({ numerator }, i) => {
      const { at, factor } = parts[i] as { at: number; factor: bigint };
      // others[at] is a multiple of the integer, and that of the factor.
      const cofactor = new Map([...(others[at] as MultiPolynomial)].map(([key, c]) => [key, c / factor]));
      return times(numerator, cofactor);
    }),
    denominator: different.reduce(times, start),
  };
}

/** @returns the greatest common divisor of the coefficients; 0 for 0 */
function contentOf(p: MultiPolynomial, meter: Meter): bigint {
  const size = many.bits(p);
  meter.charge(p.size, size, size);
  let g = 0n;
  for (const c of p.values()) g = gcd(g, c);
  return g;
}

/**
 * Shows that numerator/denominator is strictly monotone on from ≤ t ≤ to, and so takes no value twice: the denominator is nowhere 0, and
 * neither is n′d − nd′, the derivative times d².
 *
 * @returns false also for functions like t³, whose derivative is 0 at single points: theory.md 9 asks for a derivative without zeros
 */
export function strictlyMonotone(
  { numerator: n, denominator: d }: RationalFunction<Polynomial>,
  from: Rational,
  to: Rational,
  meter: Meter,
): boolean {
  const nonzero = (p: Polynomial): boolean => {
    const sign = signOn(p, from, to, meter);
    return sign === 1 || sign === -1;
  };
  if (!nonzero(d)) return false;
  const rising = product(one.derivative(n), d, meter);
  const falling = product(n, one.derivative(d), meter);
  return nonzero(one.add(rising, one.negate(falling)));
}

/**
 * Shows that numerator/denominator is strictly monotone in parameter j, the others held fixed anywhere in the closed box.
 *
 * @returns true only if it is; false if not, or if this is not found out
 */
export function strictlyMonotoneOnBox(
  { numerator: n, denominator: d }: RationalFunction<MultiPolynomial>,
  j: number,
  bounds: Bounds,
  meter: Meter,
): boolean {
  const nonzero = (p: MultiPolynomial): boolean => {
    const sign = signOnBox(p, bounds, meter);
    return sign === 1 || sign === -1;
  };
  if (!nonzero(d)) return false;
  const rising = productOfMany(many.derivative(n, j), d, meter);
  const falling = productOfMany(n, many.derivative(d, j), meter);
  return nonzero(many.add(rising, many.negate(falling)));
}
