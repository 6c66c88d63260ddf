/** Polynomials in one variable with rational coefficients, for what is integrated before its signs are asked for. */
import type { Meter } from '../limits.js';
import { bitLength, lcm } from './gcd.js';
import { integers } from './integers.js';
import { type Polynomial, polynomial } from './polynomial.js';
import * as rationals from './rational.js';
import { type Rational, rational, zero } from './rational.js';

/** c₀ + c₁x + …, lowest degree first; zeros may stand at the end. */
export type RationalCoefficients = readonly Rational[];

const sizeOf = ({ num, den }: Rational): number => bitLength(num) + bitLength(den);

/** Lowest terms cost more than products. */
function charge(a: Rational, b: Rational, meter: Meter): void {
  const size = sizeOf(a) + sizeOf(b);
  meter.charge(8, size, size);
}

export function sumOf(a: Rational, b: Rational, meter: Meter): Rational {
  charge(a, b, meter);
  return rationals.add(a, b);
}

export function productOf(a: Rational, b: Rational, meter: Meter): Rational {
  charge(a, b, meter);
  return rationals.multiply(a, b);
}

export function add(a: RationalCoefficients, b: RationalCoefficients, meter: Meter): RationalCoefficients {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  return long.map((c, k) => (k < short.length ? sumOf(c, short[k] as Rational, meter) : c));
}

export function scale(a: RationalCoefficients, factor: Rational, meter: Meter): RationalCoefficients {
  return a.map((c) => productOf(c, factor, meter));
}

/** @returns the antiderivative that is 0 at 0 */
export function integral(a: RationalCoefficients, meter: Meter): RationalCoefficients {
  return [zero, ...a.map((c, k) => productOf(c, rational(1n, BigInt(k + 1)), meter))];
}

/** @returns a(from + factor · x) */
export function composedWithAffine(
  a: RationalCoefficients,
  from: Rational,
  factor: Rational,
  meter: Meter,
): RationalCoefficients {
  let value: RationalCoefficients = [];
  for (const c of a.toReversed()) {
    value = add(add(scale(value, from, meter), [zero, ...scale(value, factor, meter)], meter), [c], meter);
  }
  return value;
}

export function valueAt(a: RationalCoefficients, x: Rational, meter: Meter): Rational {
  return a.reduceRight((value, c) => sumOf(productOf(value, x, meter), c, meter), zero);
}

/** @returns integer coefficients over one positive denominator */
export function overIntegers(
  a: RationalCoefficients,
  meter: Meter,
): { readonly numerator: Polynomial; readonly denominator: bigint } {
  let denominator = 1n;
  for (const { den } of a) {
    const size = bitLength(denominator) + bitLength(den);
    meter.charge(8, size, size);
    meter.hold(a.length, size, '$.statement');
    denominator = lcm(denominator, den);
  }
  meter.charge(a.length, bitLength(denominator), integers.mostBits(a.map(({ num }) => num)));
  return { numerator: polynomial(a.map(({ num, den }) => num * (denominator / den))), denominator };
}
