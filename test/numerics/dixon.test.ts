import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { solveIntegerSystem } from '../../src/numerics/dixon.js';
import { solveByBareiss } from './bareiss.js';

const seed = 1982;
const matrix = (rows: number, columns: number, entry: fc.Arbitrary<bigint>) =>
  fc.array(fc.array(entry, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows });
const signed = (bits: number) => fc.bigInt(-(1n << BigInt(bits)), 1n << BigInt(bits));

const huge = 10n ** 300n;
/** The first that are tried by default. */
const firstPrimes = [16776941, 16776937];

test.each<[string, bigint[][], bigint[][], ReturnType<typeof solveIntegerSystem>]>([
  ['no equations', [], [], { numerators: [], denominator: 1n }],
  ['no right-hand sides', [[2n]], [[]], { numerators: [[]], denominator: 1n }],
  ['one equation', [[4n]], [[6n]], { numerators: [[3n]], denominator: 2n }],
  ['a negative determinant', [[-4n]], [[6n]], { numerators: [[-3n]], denominator: 2n }],
  ['a right-hand side of 0', [[5n]], [[0n]], { numerators: [[0n]], denominator: 1n }],
  [
    'a pivot of 0',
    [
      [0n, 1n],
      [1n, 0n],
    ],
    [[2n], [3n]],
    { numerators: [[3n], [2n]], denominator: 1n },
  ],
  [
    'one denominator for all',
    [
      [2n, 0n],
      [0n, 3n],
    ],
    [
      [1n, 0n],
      [1n, 1n],
    ],
    {
      numerators: [
        [3n, 0n],
        [2n, 2n],
      ],
      denominator: 6n,
    },
  ],
  [
    'huge entries',
    [
      [huge, 1n],
      [1n, huge],
    ],
    [[1n], [0n]],
    { numerators: [[huge], [-1n]], denominator: huge * huge - 1n },
  ],
  ['a huge right-hand side', [[3n]], [[huge]], { numerators: [[huge]], denominator: 3n }],
  ['a huge denominator', [[huge]], [[1n]], { numerators: [[1n]], denominator: huge }],
  ['one equation 0 = 1', [[0n]], [[1n]], 'singular'],
  ['one equation 0 = 0', [[0n]], [[0n]], 'singular'],
  [
    'a zero matrix',
    [
      [0n, 0n],
      [0n, 0n],
    ],
    [[1n], [2n]],
    'singular',
  ],
  [
    'dependent rows',
    [
      [1n, 2n],
      [2n, 4n],
    ],
    [[1n], [1n]],
    'singular',
  ],
  [
    'dependent columns',
    [
      [1n, 1n, 0n],
      [2n, 2n, 1n],
      [3n, 3n, 7n],
    ],
    [[1n], [1n], [1n]],
    'singular',
  ],
  [
    'huge dependent rows',
    [
      [huge, 1n],
      [huge * huge, huge],
    ],
    [[1n], [1n]],
    'singular',
  ],
])('%s', (_, A, B, expected) => {
  expect(solveIntegerSystem(A, B)).toEqual(expected);
});

test.each<[string, bigint[][], bigint[][], RegExp]>([
  ['A is not square', [[1n, 2n]], [[1n]], /row 0 of A has 2 entries, not 1/],
  ['a row of A is short', [[1n, 2n], [3n]], [[1n], [1n]], /row 1 of A has 1 entries, not 2/],
  [
    'B has too few rows',
    [
      [1n, 0n],
      [0n, 1n],
    ],
    [[1n]],
    /A has 2 rows, and B has 1/,
  ],
  ['B has rows without equations', [], [[1n]], /A has 0 rows, and B has 1/],
  [
    'the rows of B differ',
    [
      [1n, 0n],
      [0n, 1n],
    ],
    [[1n], [1n, 2n]],
    /row 1 of B has 2 entries, not 1/,
  ],
])('throws if %s', (_, A, B, message) => {
  expect(() => solveIntegerSystem(A, B)).toThrow(message);
});

describe('agrees with Bareiss', () => {
  test.each([
    ['small entries', 6, 2, 3],
    ['entries of 8 bits', 12, 3, 8],
    ['entries of 20 bits', 9, 1, 20],
    ['entries that fill a double', 7, 2, 53],
    ['entries of 64 bits', 5, 2, 64],
    ['entries of 1000 bits', 4, 2, 1000],
  ])('on %s', (_, most, r, bits) => {
    const system = fc
      .integer({ min: 1, max: most })
      .chain((n) => fc.tuple(matrix(n, n, signed(bits)), matrix(n, r, signed(bits))));
    fc.assert(
      fc.property(system, ([A, B]) => {
        expect(solveIntegerSystem(A, B)).toEqual(solveByBareiss(A, B));
      }),
      { seed, numRuns: bits > 500 ? 20 : 100 },
    );
  });

  test('on matrices of lower rank', () => {
    const factors = fc
      .tuple(fc.integer({ min: 2, max: 7 }), fc.integer({ min: 0, max: 7 }))
      .chain(([n, rank]) => fc.tuple(matrix(n, Math.min(rank, n), signed(9)), matrix(Math.min(rank, n), n, signed(9))));
    fc.assert(
      fc.property(factors, ([L, R]) => {
        const A = L.map((row) => L.map((__, j) => row.reduce((sum, a, t) => sum + a * (R[t]?.[j] ?? 0n), 0n)));
        const B = A.map(() => [1n]);
        expect(solveIntegerSystem(A, B)).toEqual(solveByBareiss(A, B));
      }),
      { seed, numRuns: 100 },
    );
  });

  test('on a right-hand side much larger than the matrix, and much smaller', () => {
    const system = fc
      .integer({ min: 1, max: 5 })
      .chain((n) => fc.tuple(matrix(n, n, signed(4)), matrix(n, 2, signed(700))));
    fc.assert(
      fc.property(system, ([A, B]) => {
        expect(solveIntegerSystem(A, B)).toEqual(solveByBareiss(A, B));
        const [C, D] = [A.map((row) => row.map((a) => a * huge + 1n)), B.map((row) => row.map((b) => b >> 696n))];
        expect(solveIntegerSystem(C, D)).toEqual(solveByBareiss(C, D));
      }),
      { seed, numRuns: 100 },
    );
  });

  // Elimination goes by panels of 32 columns, sums by 64 terms, dot products by tiles of 4 × 2.
  test.each([31, 32, 33, 66])('on %i equations', (n) => {
    const [[A, B] = [[], []]] = fc.sample(fc.tuple(matrix(n, n, signed(20)), matrix(n, 3, signed(20))), {
      seed,
      numRuns: 1,
    });
    expect(solveIntegerSystem(A, B)).toEqual(solveByBareiss(A, B));
  });

  // The rounding of the lowest piece is worst if all entries are as large as it takes, and of one sign.
  test.each([20, 33, 40, 41, 42, 43, 60])('on nearly equal entries of %i bits', (bits) => {
    const near = fc.bigInt(0n, 1000n).map((less) => (1n << BigInt(bits)) - less);
    const [[A, B] = [[], []]] = fc.sample(fc.tuple(matrix(40, 40, near), matrix(40, 1, near)), { seed, numRuns: 1 });
    expect(solveIntegerSystem(A, B)).toEqual(solveByBareiss(A, B));
  });
});

test('simple solutions of large systems are found after few digits', () => {
  const [A = []] = fc.sample(matrix(40, 40, signed(30)), { seed, numRuns: 1 });
  const B = A.map((row) => [row.reduce((sum, a, j) => sum + a * BigInt(j), 0n)]);
  let [steps, bound] = [0, 0];
  const solution = solveIntegerSystem(A, B, {
    observe: (done, total) => {
      [steps, bound] = [done, total];
    },
  });
  expect(solution).toEqual({ numerators: A.map((_, j) => [BigInt(j)]), denominator: 1n });
  expect(steps).toBeLessThan(20);
  expect(bound).toBeGreaterThan(100);
});

test('a first unknown that says nothing about the others does not mislead', () => {
  const A = [
    [1n, 0n, 0n],
    [0n, huge + 1n, 2n],
    [0n, 3n, huge],
  ];
  const B = [[0n], [5n], [7n]];
  expect(solveIntegerSystem(A, B)).toEqual(solveByBareiss(A, B));
});

describe('unlucky primes', () => {
  test('a determinant divisible by the first primes', () => {
    const [p, q] = firstPrimes.map(BigInt) as [bigint, bigint];
    const A = [
      [p, 1n],
      [0n, q],
    ];
    const B = [[1n], [1n]];
    expect(solveIntegerSystem(A, B)).toEqual(solveByBareiss(A, B));
    expect(solveIntegerSystem(A, B, { primes: [...firstPrimes, 16776931] })).toEqual(solveByBareiss(A, B));
    expect(() => solveIntegerSystem(A, B, { primes: firstPrimes })).toThrow(/every prime offered divides/);
  });

  test('a matrix that is 0 modulo the prime', () => {
    expect(solveIntegerSystem([[35n]], [[1n]], { primes: [5, 7, 11] })).toEqual({
      numerators: [[1n]],
      denominator: 35n,
    });
    expect(() => solveIntegerSystem([[35n]], [[1n]], { primes: [5, 7] })).toThrow(/every prime offered divides/);
  });

  test('singular matrices of lower rank modulo the prime than over the rationals', () => {
    const A = [
      [5n, 0n, 5n],
      [0n, 1n, 1n],
      [5n, 1n, 6n],
    ];
    const B = [[1n], [0n], [0n]];
    expect(solveIntegerSystem(A, B, { primes: [5, 7] })).toBe('singular');
    expect(() => solveIntegerSystem(A, B, { primes: [5] })).toThrow(/every prime offered divides/);
  });

  test('small primes do for all sizes', () => {
    const system = fc
      .integer({ min: 1, max: 6 })
      .chain((n) => fc.tuple(matrix(n, n, signed(30)), matrix(n, 2, signed(30))));
    fc.assert(
      fc.property(system, ([A, B]) => {
        const primes = [5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 16776989];
        expect(solveIntegerSystem(A, B, { primes })).toEqual(solveByBareiss(A, B));
      }),
      { seed, numRuns: 200 },
    );
  });
});
