import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Interval, intervals, point } from '../../../src/kernel/arithmetic/interval.js';
import { locate } from '../../../src/kernel/arithmetic/ordered.js';

const seed = { seed: 1 };
const end = fc.bigInt({ min: -6n, max: 6n });
const interval = fc.tuple(end, end).map(([a, b]): Interval => (a < b ? { low: a, high: b } : { low: b, high: a }));
const inside = (n: bigint, { low, high }: Interval) => low <= n && n <= high;
const within = (a: Interval, b: Interval) => b.low <= a.low && a.high <= b.high;
const members = ({ low, high }: Interval) => Array.from({ length: Number(high - low) + 1 }, (_, i) => low + BigInt(i));
const { add, multiply, negate, scale, sign } = intervals;
const hull = intervals.hull as (a: Interval, b: Interval) => Interval;

describe('enclosure', () => {
  test('every operation holds what it gives on the members, and its ends are met', () => {
    fc.assert(
      fc.property(interval, interval, end, (a, b, n) => {
        const [sums, products] = [new Set<bigint>(), new Set<bigint>()];
        for (const x of members(a)) {
          for (const y of members(b)) {
            sums.add(x + y);
            products.add(x * y);
          }
          expect(inside(-x, negate(a))).toBe(true);
          expect(inside(x * n, scale(a, n))).toBe(true);
          expect(inside(x, hull(a, b))).toBe(true);
        }
        for (const s of sums) expect(inside(s, add(a, b))).toBe(true);
        for (const p of products) expect(inside(p, multiply(a, b))).toBe(true);
        const product = multiply(a, b);
        expect(products.has(product.low) && products.has(product.high)).toBe(true);
      }),
      seed,
    );
  });

  test('inclusion isotone', () => {
    const wider = (a: Interval, by: bigint): Interval => ({ low: a.low - by, high: a.high + by });
    const amount = fc.bigInt({ min: 0n, max: 5n });
    fc.assert(
      fc.property(interval, interval, amount, amount, end, (a, b, p, q, n) => {
        const [A, B] = [wider(a, p), wider(b, q)];
        expect(within(add(a, b), add(A, B))).toBe(true);
        expect(within(multiply(a, b), multiply(A, B))).toBe(true);
        expect(within(negate(a), negate(A))).toBe(true);
        expect(within(scale(a, n), scale(A, n))).toBe(true);
        expect(within(hull(a, b), hull(A, B))).toBe(true);
      }),
      seed,
    );
  });

  test('a sign is claimed only where all members have it', () => {
    fc.assert(
      fc.property(interval, (a) => {
        const signs = new Set(members(a).map((n) => (n < 0n ? -1 : n > 0n ? 1 : 0)));
        expect(sign(a)).toBe(signs.size === 1 ? [...signs][0] : undefined);
      }),
      seed,
    );
  });
});

test.each([
  [0n, 0n, 0, 0n],
  [0n, 1n, undefined, null],
  [-1n, 0n, undefined, null],
  [-2n, 2n, undefined, null],
  [1n, 9n, 1, null],
  [3n, 3n, 1, 3n],
  [-9n, -1n, -1, null],
])('[%s, %s] has the sign %s and the constant %s', (low, high, s, constant) => {
  expect(sign({ low, high })).toBe(s);
  expect(intervals.constant({ low, high })).toBe(constant);
});

describe('locating an enclosure among the breakpoints −1, 1', () => {
  const breakpoints = { breakpoints: [-1n, 1n], breakpointDenominator: 1n };
  test.each([
    [-9n, -2n, 0, 0],
    [-9n, -1n, 0, 1],
    [-9n, 0n, 0, 1],
    [-9n, 9n, 0, 2],
    [-9n, 1n, 0, 2],
    [-1n, -1n, 0, 1],
    [-1n, 0n, 0, 1],
    [0n, 0n, 1, 1],
    [0n, 1n, 1, 2],
    [1n, 1n, 1, 2],
    [1n, 2n, 1, 2],
    [2n, 3n, 2, 2],
  ])('[%s, %s] touches the pieces %s to %s', (low, high, lower, upper) => {
    expect(locate(intervals, breakpoints, { low, high }, point(1n))).toEqual({ lower, upper });
  });
});
