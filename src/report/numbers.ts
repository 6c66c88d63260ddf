/** Exact numbers for people: short decimals, abbreviated fractions, shares. What is rounded is marked ≈. */
import { Decimal } from 'decimal.js';
import { bitLength } from '../kernel/arithmetic/gcd.js';
import {
  add,
  compare,
  divide,
  formatRational,
  multiply,
  type Rational,
  rational,
} from '../kernel/arithmetic/rational.js';
import type { Risk } from '../kernel/model/enclosing.js';
import { type Formula, formula, joined } from './document.js';

/** decimal.js keeps its settings in the constructor, so this is one of our own: all digits read, few kept. */
const Rounded = Decimal.clone({ precision: 40, rounding: Decimal.ROUND_HALF_EVEN, toExpNeg: -9e15, toExpPos: 9e15 });
const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';
/** Fractions with more characters are abbreviated. */
const longestFraction = 40;
const keptDigits = 8;

export function superscript(n: number): string {
  return String(n).replaceAll(/[-0-9]/g, (c) => (c === '-' ? '⁻' : (superscripts[Number(c)] as string)));
}

export interface ShortDecimal extends Formula {
  /** false where digits were dropped */
  readonly exact: boolean;
}

/** @returns the number rounded to so many significant digits, without ≈; exact says whether anything was lost */
export function decimal(a: Rational, digits = 6): ShortDecimal {
  // Both parts are cut to leading digits first: dividing thousands of digits would only feed the rounding.
  const wide = new Rounded(a.num.toString()).div(new Rounded(a.den.toString()));
  const value = wide.toSignificantDigits(digits);
  const exact = isExactly(a, value);
  if (value.isZero()) return { ...formula('0'), exact };
  const exponent = value.e;
  if (exponent >= -4 && exponent < 9) {
    const text = value.toFixed();
    return { ...formula(minus(text), text), exact };
  }
  const mantissa = value.div(new Rounded(10).pow(exponent)).toSignificantDigits(digits).toFixed();
  return {
    unicode: `${minus(mantissa)}·10${superscript(exponent)}`,
    latex: `${mantissa} \\cdot 10^{${exponent}}`,
    exact,
  };
}

function isExactly(a: Rational, value: Decimal): boolean {
  // An exact short decimal has a denominator that divides a power of 10, so a long one need not be compared.
  if (a.den !== 1n && bitLength(a.den) > 400) return false;
  const places = value.decimalPlaces();
  if (places > 400 || value.e > 5_000) return false;
  const scale = 10n ** BigInt(places);
  return BigInt(value.toFixed().replace('.', '')) * a.den === a.num * scale;
}

/** A typographic minus: exact strings for machines keep the hyphen. */
export function minus(text: string): string {
  return text.replaceAll('-', '−');
}

/** First and last digits and the count, where a number is too long to read. */
function abbreviated(n: bigint): string {
  const digits = (n < 0n ? -n : n).toString();
  const sign = n < 0n ? '−' : '';
  if (digits.length <= 3 * keptDigits) return sign + digits;
  return `${sign}${digits.slice(0, keptDigits)}…${digits.slice(-keptDigits)} [${digits.length} digits]`;
}

/** A number, or two that it lies between. */
export type Amount = Rational | Risk;

/** @returns the number, or null where only bounds are known */
export function exactAmount(a: Amount): Rational | null {
  if ('num' in a) return a;
  return compare(a.lower, a.upper) === 0 ? a.lower : null;
}

/** @returns the number, or the middle of its bounds: for pictures and shares */
export function middle(a: Amount): Rational {
  const exact = exactAmount(a);
  if (exact !== null) return exact;
  const { lower, upper } = a as Risk;
  return divide(add(lower, upper), rational(2n));
}

const boundDigits = 12n;

/** @returns "[0.123, 0.124]", its ends rounded outward to 12 places */
function bounds({ lower, upper }: Risk): Formula {
  const scale = 10n ** boundDigits;
  const down = ({ num, den }: Rational): bigint => (num * scale - ((((num * scale) % den) + den) % den)) / den;
  const up = ({ num, den }: Rational): bigint => -down(rational(-num, den));
  const [low, high] = [down(lower), up(upper)].map((n) => {
    const digits = (n < 0n ? -n : n).toString().padStart(Number(boundDigits) + 1, '0');
    return `${n < 0n ? '-' : ''}${digits.slice(0, -Number(boundDigits))}.${digits.slice(-Number(boundDigits))}`;
  });
  return formula(minus(`[${low}, ${high}]`), `[${low}, ${high}]`);
}

/** @returns "R = 1/2", or "R ∈ [0.123, 0.124]" where only bounds are known */
export function equation(name: string | Formula, a: Amount): Formula {
  return joined(name, exactAmount(a) === null ? formula(' ∈ ', ' \\in ') : ' = ', fraction(a));
}

/** @returns "n/d" in lowest terms, its parts abbreviated where it is long; bounds where only these are known */
export function fraction(amount: Amount): Formula {
  const a = exactAmount(amount);
  if (a === null) return bounds(amount as Risk);
  const text = isShort(a) ? formatRational(a) : null;
  if (text !== null && text.length <= longestFraction) return formula(minus(text), text);
  const shown = a.den === 1n ? abbreviated(a.num) : `${abbreviated(a.num)} / ${abbreviated(a.den)}`;
  const latex = shown.replaceAll('−', '-').replaceAll('…', '\\ldots ');
  return formula(shown, latex.replaceAll(/\[(\d+) digits\]/g, '\\,[\\text{$1 digits}]'));
}

/** Cheap enough to print: printing a number of 10⁵ digits takes time. */
function isShort(a: Rational): boolean {
  return bitLength(a.num) + bitLength(a.den) < 4 * longestFraction;
}

/** @returns the fraction, and the decimal beside it: "156/29 ≈ 5.37931", "1/4 = 0.25", "3" */
export function exactly(amount: Amount, digits = 6): Formula {
  const a = exactAmount(amount);
  if (a === null) return roughly(amount, digits);
  const shown = fraction(a);
  if (a.den === 1n && isShort(a)) return shown;
  const value = decimal(a, digits);
  return formula(
    `${shown.unicode} ${value.exact ? '=' : '≈'} ${value.unicode}`,
    `${shown.latex} ${value.exact ? '=' : '\\approx'} ${value.latex}`,
  );
}

/** @returns only the decimal, after "= " or "≈ " */
export function roughly(a: Amount, digits = 4): Formula {
  const { unicode, latex, exact: exactly } = decimal(middle(a), digits);
  const exact = exactly && exactAmount(a) !== null;
  return formula(`${exact ? '=' : '≈'} ${unicode}`, `${exact ? '=' : '\\approx'} ${latex}`);
}

/** @returns the decimal in a table cell, with ≈ where rounded */
export function cell(a: Amount, digits = 6): Formula {
  const { unicode, latex, exact: exactly } = decimal(middle(a), digits);
  const exact = exactly && exactAmount(a) !== null;
  return exact ? formula(unicode, latex) : formula(`≈ ${unicode}`, `\\approx ${latex}`);
}

/** @returns part/whole as "74.5 %", with ≈ where rounded */
export function percent(part: Amount, whole: Amount): Formula {
  const { unicode, latex, exact: exactly } = decimal(multiply(divide(middle(part), middle(whole)), rational(100n)), 3);
  const exact = exactly && exactAmount(part) !== null && exactAmount(whole) !== null;
  const sign = exact ? ['', ''] : ['≈ ', '\\approx '];
  return formula(`${sign[0]}${unicode} %`, `${sign[1]}${latex}\\,\\%`);
}

/** @returns part/whole, or null where the whole is not > 0, as risks may be where the loss is a polynomial */
export function share(part: Amount, whole: Amount): Formula | null {
  return middle(whole).num > 0n ? percent(part, whole) : null;
}

/** @returns the simple rational ≤ a, for a > 0, with so many significant decimal digits */
export function roundedDown(a: Rational, digits = 2): Rational {
  const { e } = new Rounded(a.num.toString()).div(new Rounded(a.den.toString()));
  const shift = digits - 1 - e;
  const power = 10n ** BigInt(shift < 0 ? -shift : shift);
  // floor(a · 10^shift) / 10^shift
  return shift >= 0 ? rational((a.num * power) / a.den, power) : rational((a.num / (a.den * power)) * power);
}

/** @returns a double near num/den, den > 0; magnitudes beyond the doubles' end at ±1e300, so nothing is ever NaN or Infinity */
export function toFloat(num: bigint, den: bigint): number {
  if (num === 0n) return 0;
  const shift = 64 - (bitLength(num) - bitLength(den));
  const scaled = shift >= 0 ? (num << BigInt(shift)) / den : num / (den << BigInt(-shift));
  const exponent = -shift;
  const value = exponent > 1_000 ? Number.POSITIVE_INFINITY : Number(scaled) * 2 ** Math.max(exponent, -1_070);
  if (exponent < -1_070) return 0;
  return Math.abs(value) > 1e300 || exponent > 1_000 ? (num < 0n ? -1e300 : 1e300) : value;
}

/** @returns the least and the largest; a call with as many arguments as there are samples would overflow the stack */
export function extent(values: readonly number[]): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
