/** Fields of real numbers with exact arithmetic, for searches that are written once: the rationals, and Q(a). */
import type { AlgebraicNumbers, Fraction } from '../kernel/arithmetic/algebraic.js';
import { lcm } from '../kernel/arithmetic/gcd.js';
import { primitive } from '../kernel/arithmetic/matrix.js';
import type { Sign } from '../kernel/arithmetic/ordered.js';
import {
  add,
  divide,
  multiply,
  negate,
  one,
  type Rational,
  rational,
  subtract,
  zero,
} from '../kernel/arithmetic/rational.js';

export interface RealField<E> {
  readonly zero: E;
  readonly one: E;
  readonly fromRational: (q: Rational) => E;
  readonly add: (a: E, b: E) => E;
  readonly subtract: (a: E, b: E) => E;
  readonly negate: (a: E) => E;
  readonly multiply: (a: E, b: E) => E;
  /** @throws RangeError if b = 0 */
  readonly divide: (a: E, b: E) => E;
  readonly sign: (a: E) => Sign;
  /** @returns rationals around a that are at most 2^−bits apart; a itself where it is seen to be rational */
  readonly enclosed: (a: E, bits: number) => { readonly lower: Rational; readonly upper: Rational };
  /** @returns a multiple of a vector ≠ 0 that is shorter, if one is easily found */
  readonly shortened: (x: readonly E[]) => readonly E[];
}

export const rationalField: RealField<Rational> = {
  ...{ zero, one, add, subtract, negate, multiply, divide },
  fromRational: (q) => q,
  sign: ({ num }) => (num === 0n ? 0 : num < 0n ? -1 : 1),
  enclosed: (a) => ({ lower: a, upper: a }),
  shortened: (x) => integersOf(x).map((n) => rational(n)),
};

/** @returns integers without a common factor, the first of them that is not 0 positive, that are a multiple of x */
export function integersOf(x: readonly Rational[]): readonly bigint[] {
  const common = x.reduce((product, { den }) => lcm(product, den), 1n);
  return primitive(x.map(({ num, den }) => num * (common / den)));
}

/** Quotients of elements, over integers (proofs/rules/algebraic.md 3). */
export function fieldOf(numbers: AlgebraicNumbers): RealField<Fraction> {
  const over = (numerator: Fraction['numerator'], denominator: bigint): Fraction =>
    numbers.quotient(numerator, numbers.fromInteger(denominator));
  const sum = (a: Fraction, b: Fraction): Fraction =>
    over(
      numbers.add(numbers.scale(a.numerator, b.denominator), numbers.scale(b.numerator, a.denominator)),
      a.denominator * b.denominator,
    );
  const negated = ({ numerator, denominator }: Fraction): Fraction => ({
    numerator: numbers.negate(numerator),
    denominator,
  });
  const fromRational = ({ num, den }: Rational): Fraction => ({
    numerator: numbers.fromInteger(num),
    denominator: den,
  });
  return {
    zero: fromRational(zero),
    one: fromRational(one),
    fromRational,
    add: sum,
    subtract: (a, b) => sum(a, negated(b)),
    negate: negated,
    multiply: (a, b) => over(numbers.multiply(a.numerator, b.numerator), a.denominator * b.denominator),
    divide: (a, b) =>
      numbers.quotient(numbers.scale(a.numerator, b.denominator), numbers.scale(b.numerator, a.denominator)),
    sign: ({ numerator }) => numbers.sign(numerator) as Sign,
    enclosed: ({ numerator, denominator }, bits) => numbers.enclosed(numerator, numbers.fromInteger(denominator), bits),
    shortened: (x) => x,
  };
}

/** @returns the coefficients of 1, a, a², …; the element is in powers of c·a, c the leading coefficient of a's polynomial */
export function coefficientsOf(
  { field: { polynomial } }: Pick<AlgebraicNumbers, 'field'>,
  { numerator, denominator }: Fraction,
): readonly Rational[] {
  const lead = polynomial[polynomial.length - 1] as bigint;
  return numerator.length === 0 ? [zero] : numerator.map((n, k) => rational(n * lead ** BigInt(k), denominator));
}
