import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare, rational, subtract, zero } from '../../src/kernel/arithmetic/rational.js';
import { exactDyadic } from '../../src/numerics/exact-dyadic.js';
import { cell, exactly, fraction, percent, roundedDown, toFloat } from '../../src/report/numbers.js';

test.each([
  [156n, 29n, '156/29 ≈ 5.37931'],
  [1n, 4n, '1/4 = 0.25'],
  [-7n, 2n, '−7/2 = −3.5'],
  [3n, 1n, '3'],
  [0n, 1n, '0'],
  [1n, 3_000_000n, '1/3000000 ≈ 3.33333·10⁻⁷'],
  [10n ** 60n + 1n, 1n, '10000000…00000001 [61 digits] ≈ 1·10⁶⁰'],
  [10n ** 12n, 1n, '1000000000000'],
  [2n ** 64n, 3n, '18446744073709551616/3 ≈ 6.14891·10¹⁸'],
])('%s/%s is shown as %s', (num, den, expected) => {
  expect(exactly(rational(num, den)).unicode).toBe(expected);
});

test('a number of many digits is abbreviated, and says how long it is', () => {
  const long = rational(3n ** 2000n, 2n ** 3001n);
  expect(fraction(long).unicode).toMatch(/^\d{8}…\d{8} \[955 digits\] \/ \d{8}…\d{8} \[904 digits\]$/);
});

test.each([
  [352n, 87n, 156n, 29n, '≈ 75.2 %'],
  [1n, 4n, 1n, 1n, '25 %'],
  [1n, 3_000_000n, 1n, 1n, '≈ 3.33·10⁻⁵ %'],
])('the share of %s/%s in %s/%s is %s', (a, b, c, d, expected) => {
  expect(percent(rational(a, b), rational(c, d)).unicode).toBe(expected);
});

test('≈ stands exactly where digits were dropped', () => {
  expect(cell(rational(1n, 8n)).unicode).toBe('0.125');
  expect(cell(rational(1n, 3n)).unicode).toBe('≈ 0.333333');
  expect(cell(rational(1_234_567n)).unicode).toBe('≈ 1234570');
});

test('rounding down gives two digits and never more than the number', () => {
  const positive = fc.tuple(fc.bigInt(1n, 10n ** 40n), fc.bigInt(1n, 10n ** 40n));
  fc.assert(
    fc.property(positive, ([num, den]) => {
      const a = rational(num, den);
      const down = roundedDown(a);
      expect(compare(down, a)).toBeLessThanOrEqual(0);
      expect(compare(down, zero)).toBe(1);
      // Less than a tenth is lost.
      const lost = subtract(a, down);
      expect(lost.num * 10n * a.den < a.num * lost.den).toBe(true);
    }),
    { seed: 1 },
  );
});

test('doubles near huge and tiny quotients are finite', () => {
  expect(toFloat(1n << 5000n, 1n)).toBe(1e300);
  expect(toFloat(-(1n << 5000n), 3n)).toBe(-1e300);
  expect(toFloat(1n, 1n << 5000n)).toBe(0);
  expect(toFloat(3n ** 4000n, 3n ** 4001n)).toBeCloseTo(1 / 3, 15);
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e290, max: 1e290 }), (x) => {
      const { num, den } = exactDyadic(x);
      const back = toFloat(num, den);
      expect(Math.abs(back - x) <= Math.abs(x) * 1e-15 + 1e-300).toBe(true);
    }),
    { seed: 1 },
  );
});
