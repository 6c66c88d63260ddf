import { gcd } from './gcd.js';

declare const lowestTerms: unique symbol;
/** An exact rational with gcd(num, den) = 1 and den > 0, so equal numbers have equal fields. */
export type Rational = { readonly num: bigint; readonly den: bigint; readonly [lowestTerms]: true };

/** @throws RangeError if den = 0 */
export function rational(num: bigint, den = 1n): Rational {
  if (den === 0n) throw new RangeError(`Cannot make the rational ${num}/0: den must be nonzero`);
  if (den === 1n) return { num, den } as Rational;
  const g = den < 0n ? -gcd(num, den) : gcd(num, den);
  return { num: num / g, den: den / g } as Rational;
}

export const zero = rational(0n);
export const one = rational(1n);

export function add(a: Rational, b: Rational): Rational {
  return rational(a.num * b.den + b.num * a.den, a.den * b.den);
}

export function subtract(a: Rational, b: Rational): Rational {
  return rational(a.num * b.den - b.num * a.den, a.den * b.den);
}

export function multiply(a: Rational, b: Rational): Rational {
  return rational(a.num * b.num, a.den * b.den);
}

/** @throws RangeError if b = 0 */
export function divide(a: Rational, b: Rational): Rational {
  if (b.num === 0n) throw new RangeError(`Cannot divide ${formatRational(a)} by 0`);
  return rational(a.num * b.den, a.den * b.num);
}

export function negate(a: Rational): Rational {
  return { num: -a.num, den: a.den } as Rational;
}

/** @returns a number < 0, = 0 or > 0 as a < b, a = b or a > b */
export function compare(a: Rational, b: Rational): -1 | 0 | 1 {
  const difference = a.num * b.den - b.num * a.den;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** @returns the number as messages show it: at most 60 characters */
export function shown(a: Rational): string {
  const text = formatRational(a);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** @returns "n/d" in lowest terms, or "n" for an integer */
export function formatRational(a: Rational): string {
  return a.den === 1n ? a.num.toString() : `${a.num}/${a.den}`;
}
