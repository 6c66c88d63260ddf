import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatRational, rational } from '../../../src/kernel/arithmetic/rational.js';
import { ceilingSquareRoot, exactRoot, floorRoot } from '../../../src/kernel/arithmetic/roots.js';

const seed = { seed: 1, numRuns: 500 };
const natural = fc.bigInt({ min: 0n, max: 2n ** 200n });
const degree = fc.bigInt({ min: 1n, max: 40n });

test('the floor of a root', () => {
  fc.assert(
    fc.property(natural, degree, (n, k) => {
      const root = floorRoot(n, k);
      expect(root ** k <= n && n < (root + 1n) ** k).toBe(true);
    }),
    seed,
  );
});

test('powers, and their neighbours', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 2n, max: 2n ** 60n }), degree, (x, k) => {
      expect(floorRoot(x ** k, k)).toBe(x);
      expect(floorRoot(x ** k - 1n, k)).toBe(k === 1n ? x ** k - 1n : x - 1n);
      expect(ceilingSquareRoot(x * x)).toBe(x);
      expect(ceilingSquareRoot(x * x + 1n)).toBe(x + 1n);
    }),
    seed,
  );
});

test.each([
  ['9/4', 2n, '3/2'],
  ['8/27', 3n, '2/3'],
  ['1', 10n ** 30n, '1'],
  ['5/3', 1n, '5/3'],
  ['2', 2n, undefined],
  ['4/3', 2n, undefined],
  ['3/4', 2n, undefined],
  ['4', 10n ** 30n, undefined],
])('%s to the power 1/%s', (q, k, root) => {
  const [n = '', d = '1'] = q.split('/');
  const found = exactRoot(rational(BigInt(n), BigInt(d)), k);
  expect(found === undefined ? undefined : formatRational(found)).toBe(root);
});
