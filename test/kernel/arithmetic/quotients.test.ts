import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { antiderivative, Quotients } from '../../../src/kernel/arithmetic/quotients.js';
import { add, multiply, type Rational, rational, zero } from '../../../src/kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';

const meter = (): Meter => new Meter(defaultLimits);
const q = new Quotients(new Meter({ ...defaultLimits, operations: Number.MAX_VALUE }));
const coefficients = fc.array(fc.bigInt({ min: -9n, max: 9n }), { maxLength: 4 }).map((list) => {
  const length = list.findLastIndex((c) => c !== 0n) + 1;
  return list.slice(0, length);
});
const quotient = fc
  .tuple(
    coefficients,
    coefficients.filter((list) => list.length > 0),
  )
  .map(([n, d]) => q.of(n, d));

describe('the field of rational functions', () => {
  test('lowest terms: equal functions have equal fields', () => {
    // (2 − 2u²)/(4u + 4) = (1 − u)/2
    expect(q.of([2n, 0n, -2n], [4n, 4n])).toEqual({ numerator: [1n, -1n], denominator: [2n] });
    expect(q.of([1n], [-2n])).toEqual({ numerator: [-1n], denominator: [2n] });
    expect(q.of([], [0n, -3n])).toEqual({ numerator: [], denominator: [1n] });
    expect(() => q.of([1n], [])).toThrow(RangeError);
    expect(() => q.divide(q.of([1n], [1n]), q.of([], [1n]))).toThrow(RangeError);
  });

  test('its laws', () => {
    fc.assert(
      fc.property(quotient, quotient, quotient, (a, b, c) => {
        expect(q.product(a, q.sum(b, c))).toEqual(q.sum(q.product(a, b), q.product(a, c)));
        expect(q.subtract(q.sum(a, b), b)).toEqual(a);
        if (!q.isZero(b)) expect(q.product(q.divide(a, b), b)).toEqual(a);
        const leibniz = q.sum(q.product(q.derivative(a), b), q.product(a, q.derivative(b)));
        expect(q.derivative(q.product(a, b))).toEqual(leibniz);
      }),
    );
  });

  test('values, and constants', () => {
    const f = q.of([1n, 2n], [3n, 0n, 1n]);
    expect(q.valueAt(f, rational(1n, 2n))).toEqual(rational(8n, 13n));
    expect(q.valueAt(q.of([], [3n, 1n]), rational(1n, 2n))).toEqual(zero);
    expect(() => q.valueAt(q.of([1n], [-1n, 2n]), rational(1n, 2n))).toThrow(RangeError);
    expect(q.constantOf(q.of([2n, 4n], [3n, 6n]))).toEqual(rational(2n, 3n));
    expect(q.constantOf(f)).toBeNull();
    expect(q.constantOf(q.of([], [1n]))).toEqual(zero);
  });
});

test('the antiderivative of a polynomial is 0 at 0, and its derivative is the polynomial', () => {
  fc.assert(
    fc.property(coefficients, fc.bigInt({ min: 1n, max: 9n }), (n, d) => {
      const p = q.of(n, [d]);
      const P = antiderivative(p, meter());
      expect(q.derivative(P)).toEqual(p);
      expect(q.valueAt(P, zero)).toEqual(zero);
    }),
  );
  expect(() => antiderivative(q.of([1n], [0n, 1n]), meter())).toThrow(RangeError);
});

test('values are those of the coefficients', () => {
  fc.assert(
    fc.property(quotient, fc.bigInt({ min: -5n, max: 5n }), (f, x) => {
      const at = (list: readonly bigint[]): Rational =>
        list.reduceRight((sum, c) => add(multiply(sum, rational(x)), rational(c)), zero);
      const [top, bottom] = [at(f.numerator), at(f.denominator)];
      if (bottom.num !== 0n) expect(multiply(q.valueAt(f, rational(x)), bottom)).toEqual(top);
    }),
  );
});
