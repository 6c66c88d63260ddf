import fc from 'fast-check';
import { expect, test } from 'vitest';
import { definiteness } from '../../../src/kernel/arithmetic/definite.js';
import { pack, unpack } from '../../../src/kernel/arithmetic/packed.js';
import { isSemidefinite } from '../../../src/kernel/arithmetic/semidefinite.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';

const seed = { seed: 1 };
type Integers = readonly (readonly (number | bigint)[])[];
/** In units that are small against the eigenvalues, as its callers have them. */
const lower = (A: Integers): bigint[][] => A.map((row, j) => row.slice(0, j + 1).map((a) => BigInt(a) << 40n));
const isShown = (A: Integers, strict = false): boolean =>
  isSemidefinite(lower(A), strict, new Meter(defaultLimits), '$');
const isPositiveDefinite = (A: readonly (readonly bigint[])[]): boolean =>
  definiteness(A, new Meter(defaultLimits), '$') === 'definite';

test.each<[string, Integers, boolean]>([
  ['nothing', [], true],
  ['1', [[1]], true],
  ['-1', [[-1]], false],
  ['2 1; 1 2', [[2], [1, 2]], true],
  ['1 2; 2 1', [[1], [2, 1]], false],
  ['large off the diagonal', [[1], [1000, 1]], false],
  ['barely negative', [[10 ** 6], [10 ** 6, 10 ** 6 - 1]], false],
  ['far apart', [[10n ** 30n], [0n, 1n]].map((row) => row), false],
  ['a negative last entry', [[4], [1, 4], [1, 1, -1]], false],
  ['the last minor is negative', [[2], [1, 2], [1, 1, 0]], false],
])('%s', (_, A, expected) => {
  expect(isShown(A)).toBe(expected);
});

const entries = (most: number) => fc.integer({ min: -most, max: most });
const square = (most: number, sides: number) =>
  fc
    .integer({ min: 1, max: sides })
    .chain((n) => fc.array(fc.array(entries(most), { minLength: n, maxLength: n }), { minLength: n, maxLength: n }));
const symmetric = (B: readonly (readonly number[])[], shift: number): bigint[][] =>
  B.map((row, i) => row.map((c, j) => BigInt(c + (B[j]?.[i] as number) + (i === j ? shift : 0))));

test('never more than exact elimination shows, and as much where the least eigenvalue is not tiny', () => {
  fc.assert(
    fc.property(square(4, 6), fc.integer({ min: 0, max: 40 }), (B, shift) => {
      const A = symmetric(B, shift);
      const barely = A.map((row, i) => row.map((c, j) => (i === j ? c * 1000n - 1n : c * 1000n)));
      if (isShown(A, true)) expect(isPositiveDefinite(A)).toBe(true);
      expect(isShown(A, true)).toBe(isShown(A));
      if (isPositiveDefinite(barely)) expect(isShown(A)).toBe(true);
    }),
    { ...seed, numRuns: 400 },
  );
});

test('Gram matrices that are singular are never strictly positive', () => {
  fc.assert(
    fc.property(square(9, 6), (B) => {
      const first = B[0] as readonly number[];
      // One more vector than there are dimensions.
      const rows = [...B, first.map((c, j) => c + (B[B.length - 1]?.[j] as number))];
      const gram = rows.map((row) =>
        rows.map((other) => row.reduce((sum, c, j) => sum + BigInt(c * (other[j] as number)), 0n) << 40n),
      );
      expect(isShown(gram, true)).toBe(false);
      expect(
        isShown(
          gram.map((row, i) => row.map((c, j) => (i === j ? c + (1n << 15n) : c))),
          true,
        ),
      ).toBe(true);
      expect(isShown(gram.map((row, i) => row.map((c, j) => (i === j ? c - 1n : c))))).toBe(false);
    }),
    { ...seed, numRuns: 200 },
  );
});

test('packed numbers come back', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 90 }).chain((width) =>
        fc.tuple(
          fc.constant(width),
          fc.array(fc.bigInt({ min: -(1n << BigInt(width - 1)) + 1n, max: (1n << BigInt(width - 1)) - 1n }), {
            maxLength: 20,
          }),
        ),
      ),
      ([width, values]) => {
        expect(unpack(pack(values, width), values.length, width)).toEqual(values);
        const half = values.length >> 1;
        expect(unpack(pack(values, width), half, width)).toEqual(values.slice(0, half));
      },
    ),
    { ...seed, numRuns: 500 },
  );
});

test('sums of multiples are taken entry by entry', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(entries(1000), fc.array(entries(1000), { minLength: 7, maxLength: 7 })), { maxLength: 9 }),
      (terms) => {
        const packed = terms.reduce((sum, [c, v]) => sum + BigInt(c) * pack(v.map(BigInt), 25), 0n);
        const plain = Array.from({ length: 7 }, (_, k) =>
          BigInt(terms.reduce((sum, [c, v]) => sum + c * (v[k] as number), 0)),
        );
        expect(unpack(packed, 7, 25)).toEqual(plain);
      },
    ),
    seed,
  );
});
