import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Algebraic,
  type AlgebraicNumbers,
  algebraicNumbers,
  fromInteger,
  type NumberField,
  rationals,
} from '../../../src/kernel/arithmetic/algebraic.js';
import { polynomial } from '../../../src/kernel/arithmetic/polynomial.js';
import { compare, formatRational, one, rational } from '../../../src/kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';
import { Refusal } from '../../../src/kernel/verdict.js';

const seed = { seed: 1, numRuns: 200 };
const Precise = Decimal.clone({ precision: 120 });

function field(coefficients: readonly number[], from: string, to: string, index = 0): NumberField {
  const ratio = (text: string) => {
    const [num = '0', den = '1'] = text.split('/');
    return rational(BigInt(num), BigInt(den));
  };
  return { polynomial: coefficients.map(BigInt), from: ratio(from), to: ratio(to), index };
}

/** Irreducible, reducible, with a rational root, and with a leading coefficient other than 1. */
const fields: readonly (readonly [string, NumberField, Decimal])[] = [
  ['√2', field([-2, 0, 1], '1', '2'), new Precise(2).sqrt()],
  ['√(3/2) of 2x² − 3', field([-3, 0, 2], '1', '2'), new Precise('1.5').sqrt()],
  ['−√2', field([-2, 0, 1], '-2', '-1'), new Precise(2).sqrt().neg()],
  ['∛2', field([-2, 0, 0, 1], '1', '2'), new Precise(2).cbrt()],
  ['√2 of (x² − 2)(x² − 3)', field([6, 0, -5, 0, 1], '7/5', '3/2'), new Precise(2).sqrt()],
  ['3 of (x − 3)(x² − 2)', field([6, -2, -3, 1], '2', '4'), new Precise(3)],
  ['1/3 of (3x − 1)(5x² − 7)', field([7, -21, -5, 15], '0', '1'), new Precise(1).div(3)],
  ['1/2 of 2x − 1', field([-1, 2], '0', '1'), new Precise('0.5')],
  ['√2 + √3', field([1, 0, -10, 0, 1], '3', '4'), new Precise(2).sqrt().add(new Precise(3).sqrt())],
];

const numbersOf = (of: NumberField): AlgebraicNumbers => algebraicNumbers(of, new Meter(defaultLimits));

/** Σ n_k b^k with b = c·a */
function value(of: NumberField, a: Decimal, element: Algebraic): Decimal {
  const b = a.mul(String(of.polynomial[of.polynomial.length - 1]));
  return element.reduceRight((sum, n) => sum.mul(b).add(String(n)), new Precise(0));
}

const element = (of: NumberField) =>
  fc
    .array(fc.bigInt({ min: -50n, max: 50n }), { maxLength: of.polynomial.length - 1 })
    .map((coefficients) => polynomial(coefficients));

describe.each(fields)('%s', (_, of, a) => {
  const numbers = numbersOf(of);
  const { add, multiply, negate, sign, scale } = numbers;
  const equal = (x: Algebraic, y: Algebraic): boolean => sign(add(x, negate(y))) === 0;
  const any = element(of);

  test('is a commutative ring', () => {
    fc.assert(
      fc.property(any, any, any, (x, y, z) => {
        expect(equal(add(x, y), add(y, x))).toBe(true);
        expect(equal(multiply(x, y), multiply(y, x))).toBe(true);
        expect(equal(multiply(multiply(x, y), z), multiply(x, multiply(y, z)))).toBe(true);
        expect(equal(multiply(x, add(y, z)), add(multiply(x, y), multiply(x, z)))).toBe(true);
        expect(equal(multiply(x, fromInteger(1n)), x)).toBe(true);
        expect(equal(add(x, negate(x)), numbers.zero)).toBe(true);
        expect(equal(scale(x, 7n), multiply(x, fromInteger(7n)))).toBe(true);
      }),
      seed,
    );
  });

  test('products have the values, and signs those of many digits', () => {
    fc.assert(
      fc.property(any, any, (x, y) => {
        const product = multiply(x, y);
        const exact = value(of, a, x).mul(value(of, a, y));
        expect(value(of, a, product).sub(exact).abs().lt('1e-90')).toBe(true);
        const precise = value(of, a, product);
        expect(sign(product)).toBe(precise.abs().lt('1e-90') ? 0 : precise.isNegative() ? -1 : 1);
        expect(sign(add(product, negate(multiply(y, x))))).toBe(0);
      }),
      seed,
    );
  });

  test('the order is that of a field: squares are ≥ 0, products of signs are signs of products', () => {
    fc.assert(
      fc.property(any, any, (x, y) => {
        expect(sign(multiply(x, x))).not.toBe(-1);
        expect(sign(multiply(x, y))).toBe((sign(x) as number) * (sign(y) as number) + 0);
        expect((sign(negate(x)) as number) + (sign(x) as number)).toBe(0);
      }),
      seed,
    );
  });

  test('what is not 0 has an inverse', () => {
    fc.assert(
      fc.property(any, any, (x, y) => {
        if (sign(y) === 0) {
          expect(() => numbers.quotient(x, y)).toThrow(RangeError);
          return;
        }
        const { numerator, denominator } = numbers.quotient(x, y);
        expect(denominator > 0n).toBe(true);
        expect(equal(multiply(numerator, y), scale(x, denominator))).toBe(true);
      }),
      seed,
    );
  });

  test('enclosures are as narrow as was asked, around the number', () => {
    fc.assert(
      fc.property(any, fc.bigInt({ min: 1n, max: 99n }), fc.integer({ min: 1, max: 200 }), (x, d, bits) => {
        const { lower, upper } = numbers.enclosed(x, fromInteger(d), bits);
        const at = value(of, a, x).div(String(d));
        const [low, high] = [lower, upper].map((end) => new Precise(String(end.num)).div(String(end.den)));
        expect(low?.lte(at.add('1e-100'))).toBe(true);
        expect(high?.gte(at.sub('1e-100'))).toBe(true);
        expect((high as Decimal).sub(low as Decimal).lte(new Precise(2).pow(-bits).add('1e-100'))).toBe(true);
      }),
      seed,
    );
  });
});

describe('zero is seen exactly', () => {
  test.each<readonly [string, NumberField, readonly bigint[], -1 | 0 | 1]>([
    ['a factor that a is a root of', field([6, 0, -5, 0, 1], '7/5', '3/2'), [-2n, 0n, 1n], 0],
    ['the other factor', field([6, 0, -5, 0, 1], '7/5', '3/2'), [-3n, 0n, 1n], -1],
    ['the other factor, at its root', field([6, 0, -5, 0, 1], '8/5', '2'), [-3n, 0n, 1n], 0],
    ['a rational root', field([6, -2, -3, 1], '2', '4'), [-3n, 1n], 0],
    ['a rational root between dyadics', field([7, -21, -5, 15], '0', '1'), [-5n, 1n], 0],
    ['a zero divisor that is not 0', field([6, -2, -3, 1], '2', '4'), [-2n, 0n, 1n], 1],
    ['the conjugate', field([-2, 0, 1], '-2', '-1'), [1n, 1n], -1],
    // 665857/470832 is a convergent of √2, so far below any first guess of rounding.
    ['far from 0 only in the 12th place', field([-2, 0, 1], '1', '2'), [-665857n, 470832n], -1],
  ])('%s', (_, of, coefficients, expected) => {
    expect(numbersOf(of).sign(coefficients)).toBe(expected);
  });

  test('a number of size 10⁻³⁰⁰ is not 0', () => {
    // Convergents p/q of √2: |p − q√2| < 1/(2q).
    let [p, q] = [1n, 1n];
    while (q < 10n ** 300n) [p, q] = [p + 2n * q, p + q];
    const numbers = numbersOf(field([-2, 0, 1], '1', '2'));
    expect(numbers.sign([-p, q])).toBe(p * p > 2n * q * q ? -1 : 1);
    expect(numbers.sign([p, -q])).toBe(p * p > 2n * q * q ? 1 : -1);
  });

  test('an interval that is isolating, but only just', () => {
    // Roots 1 and 1 + 10⁻⁴⁰ of (x − 1)(10⁴⁰ x − 10⁴⁰ − 1), a the second one.
    const N = 10n ** 40n;
    const close: NumberField = {
      polynomial: [N + 1n, -2n * N - 1n, N],
      from: rational(2n * N + 1n, 2n * N),
      to: rational(2n),
      index: 1,
    };
    const numbers = numbersOf(close);
    expect(numbers.sign([-N, 1n])).toBe(1);
    expect(numbers.sign([-N - 1n, 1n])).toBe(0);
  });
});

test('rational quotients are themselves', () => {
  const { lower, upper } = rationals.enclosed(6n, 4n, 64);
  expect([lower, upper].map(formatRational)).toEqual(['3/2', '3/2']);
});

test('an element that is seen to be rational is enclosed by itself', () => {
  const numbers = numbersOf(field([-2, 0, 1], '1', '2'));
  // (3√2)/(5√2)
  const { lower, upper } = numbers.enclosed([0n, 3n], [0n, 5n], 8);
  expect([lower, upper].map(formatRational)).toEqual(['3/5', '3/5']);
  expect(compare(numbers.enclosed([0n, 1n], [1n], 8).lower, one)).toBe(1);
});

test('what is long is declined before it is computed', () => {
  const numbers = algebraicNumbers(field([-2, 0, 1], '1', '2'), new Meter({ ...defaultLimits, operations: 1_000 }));
  const long = [1n << 10_000n, 1n << 10_000n];
  expect(() => numbers.multiply(long, long)).toThrow(Refusal);
  expect(() => numbers.sign([-(1n << 10_000n), 1n << 9_000n])).toThrow(Refusal);
});
