import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  add,
  compare,
  divide,
  formatRational,
  multiply,
  negate,
  one,
  type Rational,
  rational,
  subtract,
  zero,
} from '../../../src/kernel/arithmetic/rational.js';

const seed = { seed: 1 };
const integer = fc.oneof(fc.bigInt({ min: -20n, max: 20n }), fc.bigInt({ min: -(1n << 3000n), max: 1n << 3000n }));
const nonzero = integer.filter((n) => n !== 0n);
const any = fc.tuple(integer, nonzero).map(([num, den]) => rational(num, den));

const same = (a: Rational, b: Rational) => a.num === b.num && a.den === b.den;

function euclid(a: bigint, b: bigint): bigint {
  return b === 0n ? (a < 0n ? -a : a) : euclid(b, a % b);
}

test.each([
  [6n, 4n, '3/2'],
  [-6n, 4n, '-3/2'],
  [6n, -4n, '-3/2'],
  [-6n, -4n, '3/2'],
  [0n, -7n, '0'],
  [7n, 1n, '7'],
  [7n, -1n, '-7'],
  [12n, 3n, '4'],
])('%s/%s is %s', (num, den, expected) => {
  expect(formatRational(rational(num, den))).toBe(expected);
});

test('there is no 1/0, and nothing divided by 0', () => {
  expect(() => rational(1n, 0n)).toThrow(RangeError);
  expect(() => rational(0n, 0n)).toThrow(RangeError);
  expect(() => divide(one, zero)).toThrow(RangeError);
});

describe('laws', () => {
  test('a number is in lowest terms, with a positive denominator', () => {
    fc.assert(
      fc.property(integer, nonzero, (num, den) => {
        const a = rational(num, den);
        return a.den > 0n && euclid(a.num, a.den) === 1n && a.num * den === num * a.den;
      }),
      seed,
    );
  });

  test('a commutative ring', () => {
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        expect(same(add(a, b), add(b, a))).toBe(true);
        expect(same(add(add(a, b), c), add(a, add(b, c)))).toBe(true);
        expect(same(multiply(a, b), multiply(b, a))).toBe(true);
        expect(same(multiply(multiply(a, b), c), multiply(a, multiply(b, c)))).toBe(true);
        expect(same(multiply(a, add(b, c)), add(multiply(a, b), multiply(a, c)))).toBe(true);
        expect(same(add(a, zero), a)).toBe(true);
        expect(same(multiply(a, one), a)).toBe(true);
        expect(same(add(a, negate(a)), zero)).toBe(true);
        expect(same(subtract(a, b), add(a, negate(b)))).toBe(true);
      }),
      seed,
    );
  });

  test('division undoes multiplication', () => {
    fc.assert(
      fc.property(any, any, (a, b) => b.num === 0n || same(divide(multiply(a, b), b), a)),
      seed,
    );
  });

  test('the order is total, and compatible with sums and products', () => {
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        expect(compare(a, b) === 0).toBe(same(a, b));
        expect(compare(b, a) + compare(a, b)).toBe(0);
        expect(compare(add(a, c), add(b, c))).toBe(compare(a, b));
        expect(compare(multiply(a, c), multiply(b, c)) + 0).toBe(compare(a, b) * compare(c, zero) + 0);
        if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
      }),
      seed,
    );
  });
});
