import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bitLength, gcd, lcm } from '../../../src/kernel/arithmetic/gcd.js';

const seed = { seed: 1 };

function euclid(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

const upTo = (bits: number) => fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n });
const sized = fc.integer({ min: 1, max: 8000 }).chain(upTo);

test.each([
  [0n, 0n, 0n],
  [0n, 5n, 5n],
  [-5n, 0n, 5n],
  [12n, -18n, 6n],
  [-12n, -18n, 6n],
  [1n << 1024n, 1n << 1024n, 1n << 1024n],
  [1n << 1024n, (1n << 1024n) + 1n, 1n],
  [(1n << 1024n) - 1n, (1n << 1024n) + 1n, 1n],
  [(1n << 4000n) - 1n, (1n << 2600n) - 1n, (1n << 200n) - 1n],
  [3n ** 2000n, 3n ** 1999n * 2n ** 1000n, 3n ** 1999n],
])('gcd(%#) is right where the sizes are at their limits', (a, b, expected) => {
  expect(gcd(a, b)).toBe(expected);
  expect(gcd(b, a)).toBe(expected);
});

test('Lehmer agrees with Euclid on long numbers', () => {
  fc.assert(
    fc.property(sized, sized, upTo(3000), (a, b, common) => {
      for (const [x, y] of [
        [a, b],
        [a * common, b * common],
        [-a * common, b],
        [a, a + 1n],
      ] as const) {
        expect(gcd(x, y)).toBe(euclid(x, y));
      }
    }),
    { ...seed, numRuns: 300 },
  );
});

test('Lehmer agrees with Euclid where all quotients are 1, or one is huge', () => {
  let [a, b] = [1n, 1n];
  for (let k = 0; k < 6000; k++) [a, b] = [a + b, a];
  for (const f of [1n, 3n ** 700n]) {
    expect(gcd(a * f, b * f)).toBe(f);
    for (const far of [1n << 60n, 1n << 2000n, 10n ** 1500n]) {
      expect(gcd(a * far * f, b * f)).toBe(euclid(a * far * f, b * f));
      expect(gcd((a * far + 1n) * f, a * f)).toBe(f);
    }
  }
});

test('Lehmer agrees with Euclid where the leading bits are all equal', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1024, max: 5000 }), upTo(1500), upTo(1500), (shift, low, other) => {
      const top = ((1n << 64n) - 1n) << BigInt(shift);
      expect(gcd(top + low, top + other)).toBe(euclid(top + low, top + other));
      expect(gcd(top + low, (top >> 1n) + other)).toBe(euclid(top + low, (top >> 1n) + other));
    }),
    { ...seed, numRuns: 200 },
  );
});

test('gcd · lcm is the product', () => {
  fc.assert(
    fc.property(sized, sized, (a, b) => a === 0n || b === 0n || gcd(a, b) * lcm(a, b) === a * b),
    seed,
  );
});

test('bitLength counts the bits', () => {
  expect([0n, 1n, -1n, 2n, 7n, 8n, 15n, 16n, 255n, -256n].map(bitLength)).toEqual([0, 1, 1, 2, 3, 4, 4, 5, 8, 9]);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5000 }), upTo(200), (k, low) => {
      const n = (1n << BigInt(k + 200)) + low;
      return bitLength(n) === k + 201 && bitLength(-n) === k + 201;
    }),
    seed,
  );
});
