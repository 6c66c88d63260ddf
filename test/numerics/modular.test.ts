import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDotProductsModulo, invertModulo, wordPrimes } from '../../src/numerics/modular.js';

const seed = 1843;
const p = 16776941;

test('the primes descend from 2^24 - 2^8', () => {
  const primes = wordPrimes();
  expect([primes.next().value, primes.next().value, primes.next().value]).toEqual([16776941, 16776937, 16776931]);
});

// A sum of 200 products of residues this large has 54 bits: it must be reduced on the way.
test.each([
  [64, 1],
  [65, 2],
  [200, 3],
])('dot products of the largest residues, %i terms and %i vectors', (length, r) => {
  const largest = (p + 1) / 2; // odd
  const out = new Float64Array(5 * r);
  addDotProductsModulo(
    out,
    new Float64Array(5 * length).fill(largest),
    5,
    new Float64Array(r * length).fill(largest),
    r,
    length,
    p,
  );
  const expected = (BigInt(length) * BigInt(largest) ** 2n) % BigInt(p);
  for (const sum of out) expect((BigInt(sum) + BigInt(p)) % BigInt(p)).toBe(expected);
});

test.each([1, 2, 5, 31, 32, 33, 70])('the inverse of %i × %i residues', (n) => {
  const residue = fc.integer({ min: -(p - 1) / 2, max: (p - 1) / 2 });
  const [entries = []] = fc.sample(fc.array(residue, { minLength: n * n, maxLength: n * n }), { seed, numRuns: 1 });
  const M = Float64Array.from(entries);
  expect(invertModulo(M, n, p).columns).toHaveLength(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0n;
      for (let t = 0; t < n; t++) sum += BigInt(entries[i * n + t] ?? 0) * BigInt(M[t * n + j] ?? 0);
      expect((sum - (i === j ? 1n : 0n)) % BigInt(p)).toBe(0n);
    }
  }
});

test.each([
  [[0, 0, 0, 0, 0, 0, 0, 0, 0], [], []],
  [[0, 0, 0, 0, 0, 0, 0, 0, 7], [2], [2]],
  [
    [1, 2, 1, 2, 4, 3, 3, 6, 1],
    [0, 1],
    [0, 2],
  ],
  [
    [0, 1, 0, 0, 2, 0, 0, 3, 5],
    [0, 2],
    [1, 2],
  ],
])('the rank profile of %j is %j, %j', (entries, rows, columns) => {
  const profile = invertModulo(Float64Array.from(entries), 3, p);
  expect(profile.columns).toEqual(columns);
  expect([...profile.rows].sort()).toEqual(rows);
});
