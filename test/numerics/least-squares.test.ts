import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leastSquares } from '../../src/numerics/least-squares.js';
import { solveByBareiss } from './bareiss.js';

const seed = 1809;
const matrix = (rows: number, columns: number, entry: fc.Arbitrary<bigint>) =>
  fc.array(fc.array(entry, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows });
const signed = (bits: number) => fc.bigInt(-(1n << BigInt(bits)), 1n << BigInt(bits));
const huge = 10n ** 300n;

const columns = (X: readonly (readonly bigint[])[], kept: readonly number[]) =>
  X.map((row) => kept.map((j) => row[j] ?? 0n));
const gram = (X: readonly (readonly bigint[])[], w: readonly bigint[], Y: readonly (readonly bigint[])[]) =>
  (X[0] ?? []).map((_, i) =>
    (Y[0] ?? []).map((__, j) => X.reduce((sum, x, t) => sum + (x[i] ?? 0n) * (w[t] ?? 0n) * (Y[t]?.[j] ?? 0n), 0n)),
  );

/** The same answer by trying the columns one by one, and Bareiss. */
function fitByBareiss(X: bigint[][], Y: bigint[][], w: bigint[]): ReturnType<typeof leastSquares> {
  const pivots: number[] = [];
  (X[0] ?? []).forEach((_, j) => {
    const G = gram(columns(X, [...pivots, j]), w, columns(X, [...pivots, j]));
    if (
      solveByBareiss(
        G,
        G.map(() => []),
      ) !== 'singular'
    )
      pivots.push(j);
  });
  const kept = columns(X, pivots);
  const solution = solveByBareiss(gram(kept, w, kept), gram(kept, w, Y));
  if (solution === 'singular') throw new Error('the columns were independent');
  const numerators = (X[0] ?? []).map((_, j) => solution.numerators[pivots.indexOf(j)] ?? (Y[0] ?? []).map(() => 0n));
  return { coefficients: { numerators, denominator: solution.denominator }, rank: pivots.length, pivots };
}

test.each<[string, bigint[][], bigint[][], bigint[], ReturnType<typeof leastSquares>]>([
  ['no samples', [], [], [], { coefficients: { numerators: [], denominator: 1n }, rank: 0, pivots: [] }],
  [
    'no inputs',
    [[], []],
    [[1n], [2n]],
    [1n, 1n],
    { coefficients: { numerators: [], denominator: 1n }, rank: 0, pivots: [] },
  ],
  [
    'no outputs',
    [[1n], [2n]],
    [[], []],
    [1n, 1n],
    { coefficients: { numerators: [[]], denominator: 1n }, rank: 1, pivots: [0] },
  ],
  [
    'the mean',
    [[1n], [1n]],
    [[1n], [2n]],
    [1n, 1n],
    { coefficients: { numerators: [[3n]], denominator: 2n }, rank: 1, pivots: [0] },
  ],
  [
    'a weighted mean',
    [[1n], [1n]],
    [[1n], [2n]],
    [1n, 2n],
    { coefficients: { numerators: [[5n]], denominator: 3n }, rank: 1, pivots: [0] },
  ],
  [
    'inputs 0',
    [[0n, 0n]],
    [[1n]],
    [1n],
    { coefficients: { numerators: [[0n], [0n]], denominator: 1n }, rank: 0, pivots: [] },
  ],
  [
    'a column 0 first',
    [[0n, 2n]],
    [[1n]],
    [1n],
    { coefficients: { numerators: [[0n], [1n]], denominator: 2n }, rank: 1, pivots: [1] },
  ],
  [
    'a column twice',
    [
      [1n, 1n],
      [2n, 2n],
    ],
    [[1n], [2n]],
    [1n, 1n],
    { coefficients: { numerators: [[1n], [0n]], denominator: 1n }, rank: 1, pivots: [0] },
  ],
  [
    'a multiple of a column, with N > rank',
    [
      [2n, 3n],
      [4n, 6n],
      [6n, 9n],
    ],
    [[1n], [2n], [3n]],
    [1n, 1n, 1n],
    { coefficients: { numerators: [[1n], [0n]], denominator: 2n }, rank: 1, pivots: [0] },
  ],
  [
    'fewer samples than inputs',
    [[1n, 2n, 3n]],
    [[4n]],
    [1n],
    { coefficients: { numerators: [[4n], [0n], [0n]], denominator: 1n }, rank: 1, pivots: [0] },
  ],
  [
    'huge entries',
    [[huge], [1n]],
    [[1n], [0n]],
    [1n, 1n],
    { coefficients: { numerators: [[huge]], denominator: huge * huge + 1n }, rank: 1, pivots: [0] },
  ],
])('%s', (_, X, Y, weights, expected) => {
  expect(leastSquares(X, Y, { weights })).toEqual(expected);
});

test.each<[string, bigint[][], bigint[][], bigint[], RegExp]>([
  ['Y has too few rows', [[1n], [2n]], [[1n]], [1n, 1n], /X has 2 rows, and Y has 1/],
  ['there are too few weights', [[1n], [2n]], [[1n], [2n]], [1n], /X has 2 rows for 1 weights/],
  ['the rows of X differ', [[1n], [2n, 3n]], [[1n], [2n]], [1n, 1n], /rows 0 and 1 of X have different lengths/],
  ['the rows of Y differ', [[1n], [2n]], [[1n], []], [1n, 1n], /rows 0 and 1 of Y have different lengths/],
  ['a weight is 0', [[1n], [2n]], [[1n], [2n]], [1n, 0n], /weight 1 is 0, and must be positive/],
  ['a weight is negative', [[1n], [2n]], [[1n], [2n]], [-1n, 1n], /weight 0 is -1, and must be positive/],
])('throws if %s', (_, X, Y, weights, message) => {
  expect(() => leastSquares(X, Y, { weights })).toThrow(message);
});

describe('agrees with Bareiss', () => {
  test.each([
    ['entries of 2 bits, often of lower rank', 7, 5, 2, 3],
    ['bytes', 12, 6, 8, 4],
    ['entries that fill a double', 8, 4, 53, 53],
    ['entries of 100 bits', 6, 4, 100, 20],
    ['entries of 1000 bits', 4, 3, 1000, 1000],
  ])('on %s', (_, mostRows, mostColumns, bits, weightBits) => {
    const problem = fc
      .tuple(fc.integer({ min: 1, max: mostRows }), fc.integer({ min: 1, max: mostColumns }))
      .chain(([N, m]) =>
        fc.tuple(
          matrix(N, m, signed(bits)),
          matrix(N, 2, signed(bits)),
          fc.array(fc.bigInt(1n, 1n << BigInt(weightBits)), { minLength: N, maxLength: N }),
        ),
      );
    fc.assert(
      fc.property(problem, ([X, Y, weights]) => {
        expect(leastSquares(X, Y, { weights })).toEqual(fitByBareiss(X, Y, weights));
      }),
      { seed, numRuns: bits > 500 ? 20 : 100 },
    );
  });

  // Products are summed in blocks of 64 rows and 128 samples, and at most 2048 products of 21 bits at a time.
  test.each([
    [8, 300, 67],
    [21, 5000, 3],
    [22, 1300, 5],
    [60, 600, 6],
  ])('on nearly equal entries of %i bits, %i samples and %i inputs', (bits, N, m) => {
    const near = fc.bigInt(1n, 100n).map((less) => (1n << BigInt(bits)) - less);
    const [[X, Y] = [[], []]] = fc.sample(fc.tuple(matrix(N, m, near), matrix(N, 2, near)), { seed, numRuns: 1 });
    const w = X.map(() => 1n);
    const solution = solveByBareiss(gram(X, w, X), gram(X, w, Y));
    expect(leastSquares(X, Y)).toMatchObject({ coefficients: solution, rank: m });
  });
});

describe('unlucky primes', () => {
  const X = [
    [5n, 1n],
    [0n, 1n],
    [0n, 1n],
  ];
  const Y = [[1n], [2n], [4n]];
  const weights = [1n, 1n, 1n];

  test('that make the rank too small are passed over', () => {
    expect(leastSquares(X, Y, { primes: [5, 7], weights })).toEqual(fitByBareiss(X, Y, weights));
  });

  test('alone are refused, even where the fit would not need the column', () => {
    expect(() => leastSquares(X, Y, { primes: [5] })).toThrow(/modulo every prime offered it is too small/);
    expect(() => leastSquares(X, [[0n], [0n], [0n]], { primes: [5] })).toThrow(/it is too small/);
  });
});

test('progress ascends to 100', () => {
  const [X = []] = fc.sample(matrix(200, 30, signed(8)), { seed, numRuns: 1 });
  const seen: number[] = [];
  leastSquares(
    X,
    X.map((x) => x.slice(0, 1)),
    { observe: (done) => seen.push(done) },
  );
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(seen.at(-1)).toBe(100);
});
