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
