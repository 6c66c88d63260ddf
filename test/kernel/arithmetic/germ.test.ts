import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Germ, germs, lowestTerm } from '../../../src/kernel/arithmetic/germ.js';
import { integers } from '../../../src/kernel/arithmetic/integers.js';

const seed = { seed: 1 };
const germ = fc.array(fc.bigInt({ min: -5n, max: 5n }), { maxLength: 5 });
const any = germs(null);

/** The value at t = 1/N for an N so large that the lowest term decides (coefficients below 10⁶, degree below 16). */
const N = 10n ** 9n;
function signNear0(a: Germ): number {
  const value = a.reduce((sum, c, k) => sum + c * N ** BigInt(20 - k), 0n);
  return value < 0n ? -1 : value > 0n ? 1 : 0;
}

const coefficient = (a: Germ, k: number): bigint => a[k] ?? 0n;
const same = (a: Germ, b: Germ) =>
  Array.from({ length: 16 }, (_, k) => k).every((k) => coefficient(a, k) === coefficient(b, k));

describe('the ring of germs', () => {
  test('laws', () => {
    fc.assert(
      fc.property(germ, germ, germ, (a, b, c) => {
        expect(same(any.add(a, b), any.add(b, a))).toBe(true);
        expect(same(any.add(any.add(a, b), c), any.add(a, any.add(b, c)))).toBe(true);
        expect(same(any.multiply(a, b), any.multiply(b, a))).toBe(true);
        expect(same(any.multiply(any.multiply(a, b), c), any.multiply(a, any.multiply(b, c)))).toBe(true);
        expect(same(any.multiply(a, any.add(b, c)), any.add(any.multiply(a, b), any.multiply(a, c)))).toBe(true);
        expect(same(any.add(a, any.negate(a)), any.zero)).toBe(true);
        expect(same(any.multiply(a, any.fromInteger(1n)), a)).toBe(true);
        expect(same(any.scale(a, -3n), any.multiply(a, any.fromInteger(-3n)))).toBe(true);
        expect(same(any.scale(a, 0n), any.zero)).toBe(true);
      }),
      seed,
    );
  });

  test('the sign is the sign on an interval (0, ε)', () => {
    fc.assert(
      fc.property(germ, germ, (a, b) => {
        expect(any.sign(a)).toBe(signNear0(a));
        expect(any.sign(any.multiply(a, b))).toBe(signNear0(a) * signNear0(b) + 0);
        if (any.sign(a) === 1 && any.sign(b) !== -1) expect(any.sign(any.add(a, b))).toBe(1);
      }),
      seed,
    );
  });

  test('modulo t^(m+1) is a ring map', () => {
    const cut = (a: Germ, order: number) => a.slice(0, order + 1);
    fc.assert(
      fc.property(germ, germ, fc.integer({ min: 0, max: 4 }), (a, b, order) => {
        const ring = germs(order);
        expect(same(ring.multiply(cut(a, order), cut(b, order)), cut(any.multiply(a, b), order))).toBe(true);
        expect(same(ring.add(cut(a, order), cut(b, order)), cut(any.add(a, b), order))).toBe(true);
      }),
      seed,
    );
  });

  test('dot and combine are sums of products over the support', () => {
    const [a, b] = [
      [[1n, 1n], [2n], []],
      [[0n, 3n], [5n], [7n]],
    ] as const;
    expect(any.dot([], a, b, [0, 1, 2], 64)).toEqual([10n, 3n, 3n]);
    expect(any.dot([], a, b, [0], 64)).toEqual([0n, 3n, 3n]);
    expect(any.combine([], a, [2n, 3n, 4n], [0, 1, 2], 64)).toEqual([8n, 2n]);
  });
});

test.each([
  [[], null],
  [[0n, 0n], null],
  [[7n], { order: 0, coefficient: 7n, sign: 1 }],
  [[0n, 0n, -2n, 5n], { order: 2, coefficient: -2n, sign: -1 }],
])('the lowest term of %s', (a, expected) => {
  expect(lowestTerm(integers, a)).toEqual(expected);
});

test.each([
  [[], 0n],
  [[4n], 4n],
  [[4n, 0n], 4n],
  [[4n, 1n], null],
  [[0n, 1n], null],
])('the constant of %s is %s', (a, expected) => {
  expect(any.constant(a)).toBe(expected);
});
