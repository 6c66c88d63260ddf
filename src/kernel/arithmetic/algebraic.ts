/**
 * Real algebraic numbers of one field Q(a), exactly: a is the one root of a polynomial in an open interval with rational ends.
 *
 * @see proofs/rules/algebraic.md
 */
import type { Meter } from '../limits.js';
import { type Definiteness, definiteness, definitenessOver } from './definite.js';
import { gcd } from './gcd.js';
import { integers } from './integers.js';
import { type Ordered, ordered, type Sign } from './ordered.js';
import { commonDivisor, content, divideExactly, type Polynomial, polynomial, primitivePart } from './polynomial.js';
import { type Rational, rational } from './rational.js';

/**
 * Which number a is. Its elements are written in powers of b = c·a: that is a root of the monic polynomial q(y) = c^(n−1) p(y/c) with integer
 * coefficients, n the degree of p, so that b^n is an integer combination of lower powers, and sums and products need no denominators.
 */
export interface NumberField {
  /** p, of degree ≥ 1, primitive, square-free, its leading coefficient c > 0; it need not be irreducible */
  readonly polynomial: Polynomial;
  /** p(from) ≠ 0 ≠ p(to), and a is the only root of p between them */
  readonly from: Rational;
  readonly to: Rational;
  /** how many real roots of p are less than a */
  readonly index: number;
}

/** Σ n_k b^k, k below the degree of the field, without zeros at the end. A number may have several of them where p is reducible. */
export type Algebraic = Polynomial;

/** @returns the integer as an element */
export function fromInteger(n: bigint): Algebraic {
  return n === 0n ? [] : [n];
}

/** A number over a positive integer, without a common factor. */
export interface FractionOf<T> {
  readonly numerator: T;
  readonly denominator: bigint;
}

export type Fraction = FractionOf<Algebraic>;

/** An ordered ring of numbers whose size can be enclosed, and whose quotients can be brought to one form. */
export interface Numbers<T> extends Ordered<T> {
  /**
   * @param denominator  > 0
   * @returns rationals around numerator/denominator that are at most 2^−bits apart; the number itself where it is seen to be rational
   */
  readonly enclosed: (
    numerator: T,
    denominator: T,
    bits: number,
  ) => { readonly lower: Rational; readonly upper: Rational };
  /** @throws RangeError if the denominator is 0 */
  readonly quotient: (numerator: T, denominator: T) => FractionOf<T>;
  /** @param A  symmetric: numerators over one positive denominator */
  readonly definiteness: (A: readonly (readonly T[])[], meter: Meter, path: string) => Definiteness;
}

/** The integers, whose quotients are rational. */
export const rationals: Numbers<bigint> = {
  ...integers,
  enclosed(numerator, denominator) {
    const value = rational(numerator, denominator);
    return { lower: value, upper: value };
  },
  quotient(numerator, denominator) {
    const { num, den } = rational(numerator, denominator);
    return { numerator: num, denominator: den };
  },
  definiteness,
};

/** Z[b] with the arithmetic of the field around it. */
export interface AlgebraicNumbers extends Numbers<Algebraic> {
  readonly field: NumberField;
}

/** low ≤ b ≤ high, over 2^bits; equal only where b is that number. */
interface Bounds {
  readonly low: bigint;
  readonly high: bigint;
  readonly bits: number;
}

/** Bits of the first enclosure of b, and of what is asked of a number first. */
const firstBits = 64;

export function algebraicNumbers(field: NumberField, meter: Meter): AlgebraicNumbers {
  const q = monicOf(field, meter);
  const degree = q.length - 1;
  const sizeOfQ = integers.mostBits(q);
  let bounds = firstBounds(field, q, meter);
  const signBelow = signAtDyadic(q, bounds.low, bounds.bits, meter);

  /** Σ n_k b^k of any length, with b^degree = −(q_0 + … + q_(degree−1) b^(degree−1)) from the top. */
  const reduced = (long: bigint[]): Algebraic => {
    const steps = long.length - degree;
    if (steps > 0) meter.charge(steps * degree, integers.mostBits(long) + steps * (sizeOfQ + 1), sizeOfQ);
    for (let k = long.length - 1; k >= degree; k--) {
      const top = long[k] as bigint;
      if (top === 0n) continue;
      for (let j = 0; j < degree; j++) long[k - degree + j] = (long[k - degree + j] as bigint) - top * (q[j] as bigint);
    }
    return polynomial(long.slice(0, degree));
  };

  const multiply = (a: Algebraic, b: Algebraic): Algebraic => {
    if (a.length === 0 || b.length === 0) return [];
    meter.charge(a.length * b.length, integers.mostBits(a), integers.mostBits(b));
    const product = new Array<bigint>(a.length + b.length - 1).fill(0n);
    a.forEach((c, i) => {
      b.forEach((d, j) => {
        product[i + j] = (product[i + j] as bigint) + c * d;
      });
    });
    return reduced(product);
  };

  /** Halves the enclosure of b until it is at most 2^−bits wide. */
  const refine = (bits: number): void => {
    if (bounds.bits < bits) {
      const shift = BigInt(bits - bounds.bits);
      bounds = { low: bounds.low << shift, high: bounds.high << shift, bits };
    }
    while (bounds.high - bounds.low > 1n) {
      const { low, high } = bounds;
      const middle = (low + high) >> 1n;
      const side = signAtDyadic(q, middle, bounds.bits, meter);
      if (side === 0) bounds = { ...bounds, low: middle, high: middle };
      else if (side === signBelow) bounds = { ...bounds, low: middle };
      else bounds = { ...bounds, high: middle };
    }
  };

  /** Σ n_k b^k lies between low and high over 2^(bits · steps), by Horner's rule on the enclosure of b. */
  const range = (a: Algebraic): { readonly low: bigint; readonly high: bigint; readonly steps: number } => {
    const steps = a.length - 1;
    const size = integers.mostBits([bounds.low, bounds.high]);
    meter.charge(6 * a.length, integers.mostBits(a) + a.length * (size + 1), size);
    let [low, high] = [a[steps] as bigint, a[steps] as bigint];
    for (let k = steps - 1; k >= 0; k--) {
      const products = [low * bounds.low, low * bounds.high, high * bounds.low, high * bounds.high];
      const constant = (a[k] as bigint) << BigInt(bounds.bits * (steps - k));
      low = constant + products.reduce((least, c) => (c < least ? c : least));
      high = constant + products.reduce((most, c) => (c > most ? c : most));
    }
    return { low, high, steps };
  };

  /** Whether b is a root: of a polynomial that divides q then, and so changes its sign between the bounds. */
  const isZero = (a: Algebraic): boolean => {
    const common = commonDivisor(a, q, meter);
    if (common.length === 1) return false;
    const { low, high, bits } = bounds;
    return signAtDyadic(common, low, bits, meter) !== signAtDyadic(common, high, bits, meter);
  };

  const sign = (a: Algebraic): Sign => {
    if (a.length === 0) return 0;
    if (a.length === 1) return (a[0] as bigint) < 0n ? -1 : 1;
    for (let bits = firstBits, asked = false; ; bits *= 2) {
      refine(bits);
      const { low, high } = range(a);
      if (low > 0n) return 1;
      if (high < 0n) return -1;
      if (low === high) return 0;
      if (!asked && isZero(a)) return 0;
      // Not 0, so that some enclosure leaves 0 out.
      asked = true;
    }
  };

  const scale = (a: Algebraic, n: bigint): Algebraic => (n === 0n ? [] : a.map((c) => c * n));
  const add = (a: Algebraic, b: Algebraic): Algebraic => {
    const [long, short] = a.length >= b.length ? [a, b] : [b, a];
    return polynomial(long.map((c, k) => c + (short[k] ?? 0n)));
  };

  const ring = ordered<Algebraic>({
    zero: [],
    fromInteger,
    add,
    negate: (a) => a.map((c) => -c),
    multiply,
    scale,
    sign,
    constant: (a) => (a.length === 0 ? 0n : a.length === 1 ? (a[0] as bigint) : null),
    bits: (a) => a.reduce((sum, c) => sum + 64 + integers.bits(c), 1),
  });

  const quotient = (numerator: Algebraic, denominator: Algebraic): Fraction => {
    if (sign(denominator) === 0) throw new RangeError('Cannot divide by 0 in a number field');
    const { numerator: inverse, denominator: over } = inverseOf(denominator, q, meter);
    const product = multiply(numerator, inverse);
    meter.charge(product.length, integers.mostBits(product), integers.bits(over));
    const common = gcd(content(product, meter), over);
    return { numerator: product.map((c) => c / common), denominator: over / common };
  };

  return {
    ...ring,
    field,
    quotient,
    definiteness(A, charged, path) {
      const constants = A.map((row) => row.map(ring.constant));
      const areConstant = (rows: typeof constants): rows is bigint[][] => rows.every((row) => !row.includes(null));
      return areConstant(constants) ? definiteness(constants, charged, path) : definitenessOver(ring, A, charged, path);
    },
    enclosed(numerator, denominator, bits) {
      const { numerator: n, denominator: d } = quotient(numerator, denominator);
      if (n.length <= 1) {
        const value = rational(n[0] ?? 0n, d);
        return { lower: value, upper: value };
      }
      for (let precision = bits > firstBits ? bits : firstBits; ; precision *= 2) {
        refine(precision);
        const { low, high, steps } = range(n);
        const over = d << BigInt(bounds.bits * steps);
        if ((high - low) << BigInt(bits + 1) > over) continue;
        const round = (a: bigint): bigint => floorDivide(a << BigInt(bits + 2), over);
        const unit = 1n << BigInt(bits + 2);
        return { lower: rational(round(low), unit), upper: rational(-round(-high), unit) };
      }
    },
  };
}

function monicOf({ polynomial: p }: NumberField, meter: Meter): Polynomial {
  const n = p.length - 1;
  const lead = p[n] as bigint;
  meter.charge(2 * n, integers.mostBits(p) + n * integers.bits(lead), integers.bits(lead));
  return p.map((c, k) => (k === n ? 1n : c * lead ** BigInt(n - 1 - k)));
}

/** An enclosure inside the open interval c·from … c·to: q changes its sign between its ends, so it has an odd number of roots there, which is b. */
function firstBounds({ polynomial: p, from, to }: NumberField, q: Polynomial, meter: Meter): Bounds {
  const lead = p[p.length - 1] as bigint;
  for (let bits = firstBits; ; bits *= 2) {
    const unit = 1n << BigInt(bits);
    meter.charge(
      4,
      integers.mostBits([lead, from.num, to.num]) + bits,
      integers.mostBits([lead, from.den, to.den]) + bits,
    );
    const low = -floorDivide(-lead * from.num * unit, from.den);
    const high = floorDivide(lead * to.num * unit, to.den);
    if (low > high) continue;
    const [below, above] = [low, high].map((n) => signAtDyadic(q, n, bits, meter));
    if (below !== 0 && above !== 0 && below !== above) return { low, high, bits };
    // An end was rounded onto b: q is not 0 at the ends of the open interval.
    if (below === 0) return { low, high: low, bits };
    if (above === 0) return { low: high, high, bits };
  }
}

/** The sign of p(n/2^bits). */
function signAtDyadic(p: Polynomial, n: bigint, bits: number, meter: Meter): Sign {
  const degree = p.length - 1;
  const size = integers.bits(n);
  meter.charge(p.length, integers.mostBits(p) + p.length * (size + bits), size + 1);
  let value = 0n;
  for (let k = degree; k >= 0; k--) value = value * n + ((p[k] as bigint) << BigInt(bits * (degree - k)));
  return integers.sign(value) as Sign;
}

/**
 * Euclid's algorithm, on s·d ≡ r modulo q: where it ends with a constant r, s/r is the inverse. Where it ends with a common factor of d and q, b is a
 * root of q over that factor, since it is none of d.
 *
 * @param d  not 0 at b
 */
function inverseOf(d: Algebraic, q: Polynomial, meter: Meter): Fraction {
  let modulus = q;
  for (;;) {
    let [r0, s0]: readonly [Polynomial, Polynomial] = [modulus, []];
    let [r1, s1]: readonly [Polynomial, Polynomial] = [d, [1n]];
    while (r1.length > 1) {
      const lead = r1[r1.length - 1] as bigint;
      let [r, s] = [r0, s0];
      while (r.length >= r1.length) {
        const [top, shift] = [r[r.length - 1] as bigint, r.length - r1.length];
        const size = integers.mostBits([...r, ...s]) + integers.mostBits([...r1, ...s1]);
        meter.charge(2 * (r.length + s.length + shift + s1.length), size, integers.mostBits([top, lead]));
        r = difference(r, lead, r1, top, shift);
        s = difference(s, lead, s1, top, shift);
        const common = gcd(content(r, meter), content(s, meter));
        if (common > 1n) [r, s] = [r.map((c) => c / common), s.map((c) => c / common)];
      }
      [r0, s0, r1, s1] = [r1, s1, r, s];
    }
    const [last] = r1;
    if (last !== undefined) {
      return last > 0n ? { numerator: s1, denominator: last } : { numerator: s1.map((c) => -c), denominator: -last };
    }
    modulus = divideExactly(modulus, primitivePart(r0, meter), meter);
  }
}

/** lead · a − top · t^shift · b */
function difference(a: Polynomial, lead: bigint, b: Polynomial, top: bigint, shift: number): Polynomial {
  const length = a.length > b.length + shift ? a.length : b.length + shift;
  return polynomial(
    Array.from({ length }, (_, k) => (a[k] ?? 0n) * lead - (k < shift ? 0n : top * (b[k - shift] ?? 0n))),
  );
}

/** ⌊a/b⌋ for b > 0 */
function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}
