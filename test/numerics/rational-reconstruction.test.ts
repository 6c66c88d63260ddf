import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gcd } from '../../src/kernel/arithmetic/gcd.js';
import { reconstructRational } from '../../src/numerics/rational-reconstruction.js';

/** Euclid's algorithm, the plainest way. */
function reconstructByEuclid(a: bigint, m: bigint, bound: bigint): { num: bigint; den: bigint } {
  let [x, y, u, v] = [m, a, 0n, 1n];
  while (y > bound) [x, y, u, v] = [y, x % y, v, u - (x / y) * v];
  return v < 0n ? { num: -y, den: -v } : { num: y, den: v };
}

test.each([
  [0n, 7n, 0n, 0n, 1n],
  [1n, 2n, 1n, 1n, 1n],
  [4n, 7n, 1n, 1n, 2n],
  [6n, 7n, 1n, -1n, 1n],
  [5n, 101n, 5n, 5n, 1n],
  [2n ** 49n - 1n, 2n ** 200n + 1n, 2n ** 60n, 2n ** 49n - 1n, 1n],
])('%i modulo %i within %i is %i/%i', (a, m, bound, num, den) => {
  expect(reconstructRational(a, m, bound)).toEqual({ num, den });
});

test.each([40, 60, 100, 300, 3000])('agrees with Euclid on numbers up to %i bits', (bits) => {
  const modulus = fc.bigInt(2n, 1n << BigInt(bits));
  const problem = modulus.chain((m) =>
    fc.tuple(fc.bigInt(0n, m - 1n), fc.constant(m), fc.bigInt(0n, m - 1n), fc.nat(bits)),
  );
  fc.assert(
    fc.property(problem, ([a, m, large, shift]) => {
      const bound = large >> BigInt(shift);
      expect(reconstructRational(a, m, bound)).toEqual(reconstructByEuclid(a, m, bound));
    }),
    { seed: 1981, numRuns: 300 },
  );
});

test('finds every fraction whose bounds are below half of the modulus', () => {
  const fraction = fc.tuple(fc.bigInt(-(1n << 700n), 1n << 700n), fc.bigInt(1n, 1n << 300n));
  const m = 3n ** 632n; // more than 2^1001
  fc.assert(
    fc.property(fraction, ([n, d]) => {
      fc.pre(d % 3n !== 0n);
      const common = gcd(n, d);
      const [num, den] = [n / common, d / common];
      const inverse = reconstructByEuclid(den, m, 1n).den * reconstructByEuclid(den, m, 1n).num;
      const a = (((num * inverse) % m) + m) % m;
      expect(reconstructRational(a, m, 1n << 700n)).toEqual({ num, den });
    }),
    { seed: 1981, numRuns: 100 },
  );
});
