import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPositiveDefinite } from '../../../src/kernel/arithmetic/definite.js';

const seed = { seed: 1 };
type Integers = readonly (readonly number[])[];
const exact = (A: Integers): bigint[][] => A.map((row) => row.map(BigInt));

test.each<[string, Integers, boolean]>([
  ['1', [[1]], true],
  ['0', [[0]], false],
  ['-1', [[-1]], false],
  [
    'semidefinite',
    [
      [1, 1],
      [1, 1],
    ],
    false,
  ],
  [
    'barely definite',
    [
      [1, 1],
      [1, 2],
    ],
    true,
  ],
  [
    'a negative determinant',
    [
      [1, 2],
      [2, 1],
    ],
    false,
  ],
  [
    'a zero diagonal entry',
    [
      [0, 1],
      [1, 5],
    ],
    false,
  ],
  [
    'negative definite of even size: the determinant is > 0',
    [
      [-2, 1],
      [1, -2],
    ],
    false,
  ],
  [
    'the last minor decides',
    [
      [2, 1, 1],
      [1, 2, 1],
      [1, 1, 0],
    ],
    false,
  ],
  [
    'the last minor is 0',
    [
      [2, 1, 3],
      [1, 2, 3],
      [3, 3, 6],
    ],
    false,
  ],
  [
    '4 × 4',
    [
      [4, 1, -1, 2],
      [1, 4, 1, 0],
      [-1, 1, 4, 1],
      [2, 0, 1, 4],
    ],
    true,
  ],
])('%s', (_, A, expected) => {
  expect(isPositiveDefinite(exact(A))).toBe(expected);
});

test('what is given stays as it is', () => {
  const A = exact([
    [2, 1],
    [1, 2],
  ]);
  isPositiveDefinite(A);
  expect(A).toEqual(
    exact([
      [2, 1],
      [1, 2],
    ]),
  );
});

const entries = (least: number, most: number) => fc.integer({ min: least, max: most });
const square = fc
  .integer({ min: 1, max: 4 })
  .chain((n) => fc.array(fc.array(entries(-4, 4), { minLength: n, maxLength: n }), { minLength: n, maxLength: n }));

/** By Laplace: nothing in common with elimination. */
function determinant(A: Integers): number {
  const [first, ...others] = A;
  if (first === undefined) return 1;
  return first.reduce(
    (sum, c, j) => sum + (j % 2 === 0 ? c : -c) * determinant(others.map((row) => row.filter((_, l) => l !== j))),
    0,
  );
}

test('exactly if all leading principal minors are > 0', () => {
  fc.assert(
    fc.property(square, entries(0, 12), (B, shift) => {
      const A = B.map((row, i) =>
        row.map((c, j) => c + ((B[j] as readonly number[])[i] as number) + (i === j ? shift : 0)),
      );
      const minors = A.map((_, k) => determinant(A.slice(0, k + 1).map((row) => row.slice(0, k + 1))));
      expect(isPositiveDefinite(exact(A))).toBe(minors.every((minor) => minor > 0));
    }),
    { ...seed, numRuns: 500 },
  );
});

test('a Gram matrix, and one less a multiple of the unit matrix that is too much', () => {
  fc.assert(
    fc.property(square, (B) => {
      const gram = B.map((row) => B.map((other) => row.reduce((sum, c, j) => sum + c * (other[j] as number), 0)));
      expect(isPositiveDefinite(exact(gram))).toBe(determinant(B) !== 0);
      const least = Math.min(...gram.map((row, i) => row[i] as number));
      expect(isPositiveDefinite(exact(gram.map((row, i) => row.map((c, j) => (i === j ? c - least : c)))))).toBe(false);
    }),
    { ...seed, numRuns: 300 },
  );
});
