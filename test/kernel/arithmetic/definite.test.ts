import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Algebraic, algebraicNumbers } from '../../../src/kernel/arithmetic/algebraic.js';
import { type Definiteness, definiteness, definitenessOver } from '../../../src/kernel/arithmetic/definite.js';
import { integers } from '../../../src/kernel/arithmetic/integers.js';
import { rational } from '../../../src/kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';

const seed = { seed: 1 };
type Integers = readonly (readonly number[])[];
const exact = (A: Integers): bigint[][] => A.map((row) => row.map(BigInt));

/** By elimination, and by the coefficients of a determinant, which have nothing in common. */
function both(A: readonly (readonly bigint[])[]): Definiteness {
  const [found, other] = [
    definiteness(A, new Meter(defaultLimits), '$'),
    definitenessOver(integers, A, new Meter(defaultLimits), '$'),
  ];
  expect(found).toBe(other);
  return found;
}
const isPositiveDefinite = (A: readonly (readonly bigint[])[]): boolean => both(A) === 'definite';
const semidefinite = (A: readonly (readonly bigint[])[]): boolean => both(A) !== 'neither';

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

describe('semidefinite', () => {
  test.each<[string, Integers, boolean]>([
    ['nothing', [], true],
    ['0', [[0]], true],
    ['-1', [[-1]], false],
    [
      'of rank 1',
      [
        [1, 1],
        [1, 1],
      ],
      true,
    ],
    [
      'the same, one less',
      [
        [1, 1],
        [1, 0],
      ],
      false,
    ],
    [
      'a 0 on the diagonal with nothing beside it',
      [
        [0, 0],
        [0, 3],
      ],
      true,
    ],
    [
      'a 0 on the diagonal with something beside it',
      [
        [0, 1],
        [1, 5],
      ],
      false,
    ],
    [
      'indefinite after a 0',
      [
        [0, 0, 0],
        [0, 1, 2],
        [0, 2, 1],
      ],
      false,
    ],
    [
      'a 0 that comes of elimination',
      [
        [1, 1, 1],
        [1, 1, 1],
        [1, 1, 2],
      ],
      true,
    ],
    [
      'something beside such a 0',
      [
        [1, 1, 1],
        [1, 1, 2],
        [1, 2, 9],
      ],
      false,
    ],
    [
      'all leading minors are ≥ 0, and it is not',
      [
        [0, 0],
        [0, -1],
      ],
      false,
    ],
    [
      'negative definite of even size',
      [
        [-2, 1],
        [1, -2],
      ],
      false,
    ],
  ])('%s', (_, A, expected) => {
    expect(semidefinite(exact(A))).toBe(expected);
  });

  test('Gram matrices are, and one unit less on the diagonal of a singular one is not', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }).chain((n) =>
          fc.tuple(
            fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: n, maxLength: n }), {
              minLength: 1,
              maxLength: 4,
            }),
            fc.integer({ min: 0, max: n - 1 }),
          ),
        ),
        ([B, at]) => {
          const n = B[0]?.length ?? 0;
          const gram = Array.from({ length: n }, (_, i) =>
            Array.from({ length: n }, (__, j) =>
              B.reduce((sum, row) => sum + (row[i] as number) * (row[j] as number), 0),
            ),
          );
          expect(semidefinite(exact(gram))).toBe(true);
          const definite = isPositiveDefinite(exact(gram));
          const scaled = gram.map((row, i) => row.map((c, j) => 1_000_000_000 * c - (i === j && i === at ? 1 : 0)));
          // Where it is singular, xᵀ(·)x < 0 for an x of the kernel with x_at ≠ 0; det ≥ 1 leaves room otherwise.
          if (definite) expect(semidefinite(exact(scaled))).toBe(isPositiveDefinite(exact(scaled)));
        },
      ),
      seed,
    );
  });
});

test('as the signs of all principal minors say, of singular matrices too', () => {
  fc.assert(
    fc.property(square, entries(0, 4), (B, shift) => {
      // Of rank 2 at most, before the shift: sums of two squares, one with a minus now and then.
      const [u, v] = [B[0] as readonly number[], B[B.length - 1] as readonly number[]];
      const A = B.map((_, i) =>
        B.map((__, j) => {
          const [a, b, c, d] = [u[i], u[j], v[i], v[j]] as [number, number, number, number];
          return a * b + (shift === 3 ? -1 : 1) * c * d + (i === j && shift === 4 ? 1 : 0);
        }),
      );
      const subsets = Array.from({ length: 2 ** A.length }, (_, s) => A.map((__, i) => i).filter((i) => (s >> i) & 1));
      const minors = subsets.map((kept) => determinant(kept.map((i) => kept.map((j) => A[i]?.[j] as number))));
      const all = minors.at(-1) as number;
      const expected = minors.some((minor) => minor < 0) ? 'neither' : all > 0 ? 'definite' : 'semidefinite';
      expect(both(exact(A))).toBe(expected);
    }),
    { ...seed, numRuns: 600 },
  );
});

test.each([
  ['limbs', 'limit-limbs'],
  ['operations', 'limit-operations'],
])('what would go beyond the limit of %s is declined before it is done', (limit, code) => {
  const A = Array.from({ length: 8 }, (_, i) => Array.from({ length: 8 }, (__, j) => (i === j ? 1n << 200n : 1n)));
  const meter = (most: number) => new Meter({ ...defaultLimits, [limit]: most });
  for (const decide of [definiteness, (...of: Parameters<typeof definiteness>) => definitenessOver(integers, ...of)]) {
    expect(decide(A, meter(100_000_000), '$')).toBe('definite');
    expect(() => decide(A, meter(300), '$')).toThrow(expect.objectContaining({ code }));
  }
});

test.each<[string, readonly (readonly Algebraic[])[], Definiteness]>([
  [
    'a 1; 1 a',
    [
      [[0n, 1n], [1n]],
      [[1n], [0n, 1n]],
    ],
    'definite',
  ],
  [
    '1 a; a 2',
    [
      [[1n], [0n, 1n]],
      [[0n, 1n], [2n]],
    ],
    'semidefinite',
  ],
  [
    '1 a; a 1',
    [
      [[1n], [0n, 1n]],
      [[0n, 1n], [1n]],
    ],
    'neither',
  ],
  [
    'constants',
    [
      [[2n], [1n]],
      [[1n], [2n]],
    ],
    'definite',
  ],
  [
    'constants, singular',
    [
      [[1n], [1n]],
      [[1n], [1n]],
    ],
    'semidefinite',
  ],
  ['−a', [[[0n, -1n]]], 'neither'],
])('of numbers of Q(a), a = √2: %s', (_, A, expected) => {
  const meter = new Meter(defaultLimits);
  const field = { polynomial: [-2n, 0n, 1n], from: rational(1n), to: rational(2n), index: 1 };
  expect(algebraicNumbers(field, meter).definiteness(A, meter, '$')).toBe(expected);
});
