import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AffineForm, affineForms } from '../../../src/kernel/arithmetic/affine-forms.js';
import { rational } from '../../../src/kernel/arithmetic/rational.js';
import { Refusal } from '../../../src/kernel/verdict.js';

const seed = { seed: 1 };
const form = (constant: bigint, ...linear: readonly bigint[]): AffineForm => ({ constant, linear });
const half = affineForms(rational(1n, 2n));

// The radius is 1/2 and |(3, 4)| = 5: the form moves by 5/2.
test.each<[AffineForm, number | undefined]>([
  [form(0n), 0],
  [form(7n), 1],
  [form(-7n), -1],
  [form(3n, 3n, 4n), 1],
  [form(-3n, 3n, 4n), -1],
  [form(2n, 3n, 4n), undefined],
  [form(0n, 1n), undefined],
  // It reaches 0, on the sphere only.
  [form(5n, 6n, 8n), undefined],
  [form(6n, 6n, 8n), 1],
  [form(-5n, 0n, 10n), undefined],
])('the sign of %o over the ball is %s', (a, sign) => {
  expect(half.sign(a)).toBe(sign);
});

test('two forms that vary have no product here, and two that differ no hull', () => {
  const [a, b] = [form(1n, 1n), form(2n, 0n, 3n)];
  expect(() => half.multiply(a, b)).toThrow(Refusal);
  expect(half.multiply(a, form(3n))).toEqual(form(3n, 3n));
  expect(half.multiply(form(-1n), b)).toEqual(form(-2n, 0n, -3n));
  expect(half.multiply(form(0n), b)).toEqual(form(0n));
  expect(half.hull?.(a, form(1n, 1n))).toEqual(a);
  for (const other of [b, form(1n), form(2n, 1n), form(1n, 2n), form(1n, 1n, 1n)]) {
    expect(() => half.hull?.(a, other)).toThrow(Refusal);
  }
  expect([half.constant(a), half.constant(form(4n))]).toEqual([null, 4n]);
});

const numbers = fc.bigInt({ min: -9n, max: 9n });
const forms = fc
  .tuple(numbers, fc.array(numbers, { maxLength: 3 }))
  .map(([constant, linear]) => half.add(form(constant), half.add(form(0n, ...linear), half.zero)));
/** Points over 5 in the ball of radius 1/2. */
const inside = fc
  .array(fc.bigInt({ min: -2n, max: 2n }), { minLength: 3, maxLength: 3 })
  .filter((d) => 4n * d.reduce((sum, c) => sum + c * c, 0n) <= 25n);
/** 5 times the value at d/5 */
const at = ({ constant, linear }: AffineForm, d: readonly bigint[]): bigint =>
  linear.reduce((sum, c, m) => sum + c * (d[m] as bigint), 5n * constant);

test('sums and multiples have the values of the sums and multiples, and signs hold at every point of the ball', () => {
  fc.assert(
    fc.property(forms, forms, numbers, inside, (a, b, n, d) => {
      expect(at(half.add(a, b), d)).toBe(at(a, d) + at(b, d));
      expect(at(half.negate(a), d)).toBe(-at(a, d));
      expect(at(half.scale(a, n), d)).toBe(n * at(a, d));
      const sign = half.sign(a);
      if (sign !== undefined) expect(at(a, d) < 0n ? -1 : at(a, d) > 0n ? 1 : 0).toBe(sign);
      // The identity that rule affine-span-near asks: the zero form has no coefficient left.
      expect(half.sign(half.add(a, half.negate(a)))).toBe(0);
    }),
    { ...seed, numRuns: 300 },
  );
});
