import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { integers } from '../../../src/kernel/arithmetic/integers.js';
import { locate } from '../../../src/kernel/arithmetic/ordered.js';

const seed = { seed: 1 };
const integer = fc.bigInt({ min: -(1n << 200n), max: 1n << 200n });

test('the ring is that of the integers', () => {
  fc.assert(
    fc.property(integer, integer, (a, b) => {
      expect(integers.add(a, b)).toBe(a + b);
      expect(integers.multiply(a, b)).toBe(a * b);
      expect(integers.scale(a, b)).toBe(a * b);
      expect(integers.negate(a)).toBe(-a);
      expect(integers.sign(a)).toBe(a < 0n ? -1 : a > 0n ? 1 : 0);
      expect(integers.constant(a)).toBe(a);
      expect(integers.fromInteger(a)).toBe(a);
    }),
    seed,
  );
});

test('dot sums over the support only', () => {
  expect(integers.dot(0n, [1n, 2n, 3n], [4n, 5n, 6n], [0, 2], 8)).toBe(22n);
  expect(integers.combine(7n, [1n, 2n, 3n], [4n, 5n, 6n], [], 8)).toBe(7n);
  // Whatever size is claimed, both loops add exactly.
  const long = 1n << 100n;
  for (const bits of [8, 300]) expect(integers.dot(1n, [long, 3n], [long, 0n], [0, 1], bits)).toBe(1n + (1n << 200n));
});

test('the images of many rows are those of one after the other, up to the largest numbers of their sizes', () => {
  const sized = fc.integer({ min: 1, max: 90 }).chain((bits) => {
    const most = (1n << BigInt(bits)) - 1n;
    return fc.array(fc.oneof(fc.constantFrom(most, -most, 0n), fc.bigInt({ min: -most, max: most })), {
      minLength: 400,
      maxLength: 400,
    });
  });
  let used = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 19 }),
      fc.integer({ min: 4, max: 20 }),
      fc.integer({ min: 1, max: 20 }),
      sized,
      sized,
      sized,
      (columns, units, count, weights, biases, data) => {
        const matrix = (rows: number, from: readonly bigint[]) =>
          Array.from({ length: rows }, (_, i) => from.slice(i * columns, (i + 1) * columns));
        const [a, rows] = [matrix(units, weights), matrix(count, data)];
        const supports = a.map((row) => row.flatMap((w, j) => (w === 0n ? [] : [j])));
        const bits = 1000;
        const map = integers.images?.(biases.slice(0, units), a, supports, bits) ?? null;
        if (map === null) return;
        used++;
        expect(map(rows)).toEqual(
          a.map((row, u) =>
            rows.map((x) => x.reduce((sum, v, j) => sum + v * (row[j] as bigint), biases[u] as bigint)),
          ),
        );
      },
    ),
    { ...seed, numRuns: 400 },
  );
  expect(used).toBeGreaterThan(100);
  // Sums that all reach their largest size.
  const most = (1n << 40n) - 1n;
  const full = Array.from({ length: 15 }, () => new Array<bigint>(15).fill(most));
  const signs = full.map((row, i) => (i % 2 === 0 ? row : row.map((v) => -v)));
  const support = full.map((row) => row.map((_, j) => j));
  for (const bias of [0n, (1n << 84n) - 1n, 1n - (1n << 84n)]) {
    const map = integers.images?.(new Array<bigint>(15).fill(bias), full, support, 1000) ?? null;
    expect(map?.(signs)).toEqual(full.map(() => signs.map((_, i) => bias + (i % 2 === 0 ? 15n : -15n) * most * most)));
  }
});

describe('locating z/d among −1/2, 0, 3/2', () => {
  const breakpoints = { breakpoints: [-1n, 0n, 3n], breakpointDenominator: 2n };
  test.each([
    [-2n, 3n, 0, 0],
    [-1n, 2n, 0, 1],
    [-2n, 4n, 0, 1],
    [-1n, 3n, 1, 1],
    [0n, 7n, 1, 2],
    [1n, 1000n, 2, 2],
    [3n, 2n, 2, 3],
    [9n, 6n, 2, 3],
    [10n, 6n, 3, 3],
  ])('%s/%s lies in the pieces %s to %s', (z, d, lower, upper) => {
    expect(locate(integers, breakpoints, z, d)).toEqual({ lower, upper });
  });

  test('no breakpoint leaves one piece', () => {
    expect(locate(integers, { breakpoints: [], breakpointDenominator: 1n }, 5n, 1n)).toEqual({ lower: 0, upper: 0 });
  });
});
