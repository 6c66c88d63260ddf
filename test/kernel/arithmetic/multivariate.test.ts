import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  add,
  addMany,
  bits,
  constantOf,
  constantPolynomial,
  degree,
  derivative,
  equal,
  highestExponent,
  isZero,
  type MultiPolynomial,
  monomial,
  multiply,
  negate,
  power,
  scale,
  terms,
} from '../../../src/kernel/arithmetic/multivariate.js';

const seed = { seed: 1 };
const small = fc.bigInt({ min: -4n, max: 4n });
const some = fc
  .array(fc.tuple(fc.array(fc.nat({ max: 3 }), { minLength: 2, maxLength: 2 }), small), { maxLength: 5 })
  .map((list) => addMany(list.map(([exponents, c]) => monomial(exponents, c))));

/** The value by definition, term by term. */
function at(p: MultiPolynomial, x: readonly bigint[]): bigint {
  let sum = 0n;
  for (const { exponents, coefficient } of terms(p)) {
    sum += exponents.reduce((product, e, j) => product * (x[j] as bigint) ** BigInt(e), coefficient);
  }
  return sum;
}

const points = [
  [0n, 0n],
  [1n, -2n],
  [3n, 5n],
  [-7n, 11n],
];

test('operations are those of the values', () => {
  fc.assert(
    fc.property(some, some, small, (p, q, n) => {
      for (const x of points) {
        expect(at(add(p, q), x)).toBe(at(p, x) + at(q, x));
        expect(at(addMany([p, q, p]), x)).toBe(2n * at(p, x) + at(q, x));
        expect(at(negate(p), x)).toBe(-at(p, x));
        expect(at(scale(p, n), x)).toBe(n * at(p, x));
        expect(at(multiply(p, q), x)).toBe(at(p, x) * at(q, x));
        expect(at(power(p, 3, 2), x)).toBe(at(p, x) ** 3n);
      }
    }),
    seed,
  );
});

test('no operation keeps a zero coefficient, so 0 has no terms and equal polynomials are equal', () => {
  fc.assert(
    fc.property(some, some, small, (p, q, n) => {
      for (const r of [add(p, q), addMany([p, negate(q)]), scale(p, n), multiply(p, q), derivative(p, 0)]) {
        expect([...r.values()].includes(0n)).toBe(false);
      }
      expect(isZero(add(p, negate(p)))).toBe(true);
      expect(equal(multiply(p, q), multiply(q, p))).toBe(true);
      expect(equal(add(p, monomial([1, 1], 1n)), p)).toBe(false);
    }),
    seed,
  );
});

test('the derivative is linear, and that of a product is by the product rule', () => {
  fc.assert(
    fc.property(some, some, fc.nat({ max: 1 }), (p, q, j) => {
      expect(equal(derivative(add(p, q), j), add(derivative(p, j), derivative(q, j)))).toBe(true);
      const product = add(multiply(derivative(p, j), q), multiply(p, derivative(q, j)));
      expect(equal(derivative(multiply(p, q), j), product)).toBe(true);
    }),
    seed,
  );
  expect([...terms(derivative(monomial([3, 1], 5n), 0))]).toEqual([{ exponents: [2, 1], coefficient: 15n }]);
  expect(isZero(derivative(monomial([3, 0], 5n), 1))).toBe(true);
});

describe('single polynomials', () => {
  const p = add(monomial([10, 0, 2], 3n), monomial([0, 12, 1], -1n));
  test('degrees', () => {
    expect([0, 1, 2].map((j) => degree(p, j))).toEqual([10, 12, 2]);
    expect(highestExponent(p)).toBe(12);
    expect(degree(constantPolynomial(1, 0n), 0)).toBe(0);
    expect(highestExponent(constantPolynomial(1, 0n))).toBe(0);
  });

  test('equal monomials meet, and different ones stay apart', () => {
    expect(equal(add(monomial([1, 11], 1n), monomial([1, 11], 2n)), monomial([1, 11], 3n))).toBe(true);
    expect(add(monomial([1, 11], 1n), monomial([11, 1], 1n)).size).toBe(2);
    expect(equal(monomial([1, 11], 1n), monomial([11, 1], 1n))).toBe(false);
  });

  test.each([
    [constantPolynomial(2, 0n), 0n],
    [constantPolynomial(2, -7n), -7n],
    [constantPolynomial(0, 4n), 4n],
    [monomial([0, 1], 4n), null],
    [add(monomial([0, 1], 4n), constantPolynomial(2, 1n)), null],
  ])('constant %#', (q, expected) => {
    expect(constantOf(q)).toBe(expected);
  });

  test('no variables at all are the integers', () => {
    const product = multiply(constantPolynomial(0, 6n), constantPolynomial(0, 7n));
    expect([...terms(product)]).toEqual([{ exponents: [], coefficient: 42n }]);
  });

  test('bits grow with the terms', () => {
    expect(bits(p)).toBe(128 + 2 + 1);
    expect(bits(constantPolynomial(3, 0n))).toBe(0);
  });
});

test.each([[[-1]], [[0.5]], [[Number.NaN]], [[2 ** 53]], [[Number.POSITIVE_INFINITY]]])(
  'no monomial has the exponents %s',
  (exponents) => {
    expect(() => monomial(exponents, 1n)).toThrow(RangeError);
  },
);

test('exponents that a number does not hold exactly are refused, not rounded', () => {
  const p = monomial([2 ** 53 - 1], 1n);
  expect(() => multiply(p, monomial([2], 1n))).toThrow(RangeError);
});
