/** Polynomials in one variable with integer coefficients, and their exact division. */
import type { Meter } from '../limits.js';
import { gcd } from './gcd.js';
import { germs } from './germ.js';
import { integers } from './integers.js';
import type { Sign } from './ordered.js';
import type { Rational } from './rational.js';

/**
 * c₀ + c₁t + …, lowest degree first, without zeros at the end: the empty list is 0, and equal polynomials have equal lists. Unlike a germ
 * (germ.ts), which has the same ring operations, it is looked at on a whole interval.
 */
export type Polynomial = readonly bigint[];

const ring = germs(null);
export const { negate, multiply, scale, bits } = ring;

/** @returns the polynomial with these coefficients, lowest degree first */
export function polynomial(coefficients: readonly bigint[]): Polynomial {
  let length = coefficients.length;
  while (length > 0 && coefficients[length - 1] === 0n) length--;
  return length === coefficients.length ? coefficients : coefficients.slice(0, length);
}

export function add(a: Polynomial, b: Polynomial): Polynomial {
  return polynomial(ring.add(a, b));
}

export function equal(a: Polynomial, b: Polynomial): boolean {
  return a.length === b.length && a.every((c, k) => c === b[k]);
}

export function derivative(a: Polynomial): Polynomial {
  return a.slice(1).map((c, k) => c * BigInt(k + 1));
}

/** @returns a(x) · den^degree, which has the sign of a(x) */
export function numeratorAt(a: Polynomial, { num, den }: Rational, meter: Meter): bigint {
  if (a.length === 0) return 0n;
  const size = integers.mostBits([num, den]);
  meter.charge(2 * a.length, integers.mostBits(a) + a.length * (size + 1), size);
  let value = 0n;
  let power = 1n;
  for (let k = a.length - 1; k >= 0; k--) {
    value = value * num + (a[k] as bigint) * power;
    power *= den;
  }
  return value;
}

export function signAt(a: Polynomial, x: Rational, meter: Meter): Sign {
  return integers.sign(numeratorAt(a, x, meter)) as Sign;
}

/** @returns the greatest common divisor of the coefficients, ≥ 0; 0 for the polynomial 0 */
export function content(a: Polynomial, meter: Meter): bigint {
  const size = integers.mostBits(a);
  meter.charge(a.length, size, size);
  let g = 0n;
  for (const c of a) {
    g = gcd(g, c);
    if (g === 1n) break;
  }
  return g;
}

/** @returns a over its content: the same signs everywhere */
export function primitivePart(a: Polynomial, meter: Meter): Polynomial {
  const g = content(a, meter);
  return g <= 1n ? a : a.map((c) => c / g);
}

/**
 * @returns r with c·a = q·b + r for some integer c > 0 and polynomial q, of lower degree than b: r has the sign of a at the roots of b
 * @throws RangeError if b = 0
 */
export function pseudoRemainder(a: Polynomial, b: Polynomial, meter: Meter): Polynomial {
  const lead = b[b.length - 1];
  if (lead === undefined) throw new RangeError('Cannot divide a polynomial by 0');
  if (a.length < b.length) return a;
  const steps = a.length - b.length + 1;
  const size = integers.mostBits(b);
  const sizeAfter = integers.mostBits(a) + steps * (size + 1);
  meter.hold(a.length, sizeAfter, '$.statement');
  meter.charge(steps * (a.length + b.length), sizeAfter, size);
  let rest = a;
  while (rest.length >= b.length) {
    const top = rest[rest.length - 1] as bigint;
    const shift = rest.length - b.length;
    // |lead|·rest − (sign of lead)·top·t^shift·b: the factor of rest stays positive whatever the sign of lead is.
    const [kept, taken] = lead < 0n ? [-lead, -top] : [lead, top];
    rest = polynomial(rest.map((c, k) => (k < shift ? c * kept : c * kept - taken * (b[k - shift] as bigint))));
  }
  return rest;
}

/**
 * @returns a / b
 * @throws RangeError if b = 0, or if b does not divide a in integer coefficients
 */
export function divideExactly(a: Polynomial, b: Polynomial, meter: Meter): Polynomial {
  const lead = b[b.length - 1];
  if (lead === undefined) throw new RangeError('Cannot divide a polynomial by 0');
  const size = integers.mostBits(b);
  const steps = a.length < b.length ? 0 : a.length - b.length + 1;
  // A factor of a has coefficients of at most a.length more bits than a (Mignotte).
  meter.charge((steps + 1) * b.length, integers.mostBits(a) + a.length + size, size);
  const rest = [...a];
  const quotient = new Array<bigint>(steps).fill(0n);
  for (let shift = steps - 1; shift >= 0; shift--) {
    const factor = (rest[shift + b.length - 1] as bigint) / lead;
    if (factor === 0n) continue;
    quotient[shift] = factor;
    for (let k = 0; k < b.length; k++) rest[shift + k] = (rest[shift + k] as bigint) - factor * (b[k] as bigint);
  }
  if (rest.some((c) => c !== 0n)) throw new RangeError('Cannot divide a polynomial: the remainder is not 0');
  return polynomial(quotient);
}

/** @returns the greatest common divisor in integer coefficients, with a positive leading coefficient; 0 for 0 and 0 */
export function commonDivisor(a: Polynomial, b: Polynomial, meter: Meter): Polynomial {
  const g = gcd(content(a, meter), content(b, meter));
  let [x, y] = [primitivePart(a, meter), primitivePart(b, meter)];
  while (y.length > 0) [x, y] = [y, primitivePart(pseudoRemainder(x, y, meter), meter)];
  return scale(x, (x[x.length - 1] ?? 0n) < 0n ? -g : g);
}

/**
 * @returns the product of the different irreducible factors of positive degree, times 1 or −1: the same roots, all simple
 * @throws RangeError if a = 0
 */
export function squareFreePart(a: Polynomial, meter: Meter): Polynomial {
  const p = primitivePart(a, meter);
  return divideExactly(p, commonDivisor(p, derivative(p), meter), meter);
}

/**
 * @returns the product of the irreducible factors of odd multiplicity, times 1 or −1: a changes its sign exactly at its roots
 * @throws RangeError if a = 0
 */
export function oddPart(a: Polynomial, meter: Meter): Polynomial {
  let odd: Polynomial = [1n];
  let rest = primitivePart(a, meter);
  do {
    // With rest = Π q_k^k, once is Π q_k and twice is Π_{k≥2} q_k, so that q_1 = once / twice, and q_3 comes next.
    const once = squareFreePart(rest, meter);
    rest = divideExactly(rest, once, meter);
    const twice = squareFreePart(rest, meter);
    rest = divideExactly(rest, twice, meter);
    const simple = divideExactly(once, twice, meter);
    meter.charge(odd.length * simple.length, integers.mostBits(odd), integers.mostBits(simple));
    odd = multiply(odd, simple);
  } while (rest.length > 1);
  return odd;
}

/** @returns a(numerator/denominator) · denominator^degree, where degree is that of a */
export function composed(a: Polynomial, numerator: Polynomial, denominator: Polynomial, meter: Meter): Polynomial {
  let value: Polynomial = [];
  let power: Polynomial = [1n];
  for (let k = a.length - 1; k >= 0; k--) {
    const c = a[k] as bigint;
    meter.charge(1, bits(value), bits(numerator));
    meter.charge(1, bits(power), bits(denominator) + bits([c]));
    value = add(multiply(value, numerator), scale(power, c));
    power = multiply(power, denominator);
  }
  return value;
}
