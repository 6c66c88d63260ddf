import fc from 'fast-check';
import { expect, test } from 'vitest';
import { solveSquare } from '../../src/numerics/p-adic-solve.js';

test.each([
  ['the empty system', [], [], { X: [], den: 1n }],
  ['2 x = 3', [[2n]], [3n], { X: [3n], den: 2n }],
  ['-2 x = 3', [[-2n]], [3n], { X: [-3n], den: 2n }],
  [
    'rows in the wrong order',
    [
      [0n, 1n],
      [1n, 1n],
    ],
    [2n, 5n],
    { X: [3n, 2n], den: 1n },
  ],
  [
    'different denominators',
    [
      [6n, 0n],
      [0n, 10n],
    ],
    [1n, 1n],
    { X: [5n, 3n], den: 30n },
  ],
  [
    'a singular matrix',
    [
      [1n, 2n],
      [2n, 4n],
    ],
    [1n, 2n],
    null,
  ],
  ['a determinant divisible by the prime 2^21 - 9', [[2n ** 21n - 9n]], [1n], null],
])('%s', (_, B, c, expected) => {
  expect(solveSquare(B, c)).toEqual(expected);
});

test('a solution solves the system', () => {
  const number = fc.oneof(fc.bigInt({ min: -9n, max: 9n }), fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }));
  const array = <T>(item: fc.Arbitrary<T>, length: number) => fc.array(item, { minLength: length, maxLength: length });
  const systems = fc.integer({ min: 1, max: 8 }).chain((k) => fc.tuple(array(array(number, k), k), array(number, k)));
  let solved = 0;
  fc.assert(
    fc.property(systems, ([B, c]) => {
      const solution = solveSquare(B, c);
      if (solution === null) return;
      solved++;
      for (const [i, row] of B.entries()) {
        const left = row.reduce((sum, entry, j) => sum + entry * (solution.X[j] ?? 0n), 0n);
        expect(left).toBe(solution.den * (c[i] ?? 0n));
      }
    }),
    { seed: 1 },
  );
  expect(solved).toBeGreaterThan(80);
});
