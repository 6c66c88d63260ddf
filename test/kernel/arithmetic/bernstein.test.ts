import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bounds, nonnegativeOnBox, signOnBox } from '../../../src/kernel/arithmetic/bernstein.js';
import {
  add,
  addMany,
  constantPolynomial,
  type MultiPolynomial,
  monomial,
  multiply,
  negate,
  power,
  scale,
  terms,
} from '../../../src/kernel/arithmetic/multivariate.js';
import { polynomial } from '../../../src/kernel/arithmetic/polynomial.js';
import { type Rational, rational } from '../../../src/kernel/arithmetic/rational.js';
import { nonnegativeOn, signOn } from '../../../src/kernel/arithmetic/sturm.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';

const seed = { seed: 1 };
const meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
const interval = fc
  .tuple(
    fc.bigInt({ min: -6n, max: 6n }),
    fc.bigInt({ min: 1n, max: 3n }),
    fc.bigInt({ min: 0n, max: 9n }),
    fc.bigInt({ min: 1n, max: 5n }),
  )
  .map(([a, b, c, d]) => ({ from: rational(a, b), to: rational(a * d + c * b, b * d) }));
const box = (dimension: number) => fc.array(interval, { minLength: dimension, maxLength: dimension });
const some = (dimension: number, most = 3) =>
  fc
    .array(
      fc.tuple(
        fc.array(fc.nat({ max: most }), { minLength: dimension, maxLength: dimension }),
        fc.bigInt({ min: -9n, max: 9n }),
      ),
      { maxLength: 5 },
    )
    .map((list) => addMany(list.map(([exponents, c]) => monomial(exponents, c))));
const unit = (dimension: number): Bounds =>
  Array.from({ length: dimension }, () => ({ from: rational(0n), to: rational(1n) }));

/** p · (common denominator) at the point k/steps of the way through each interval, ends included. */
function samples(p: MultiPolynomial, bounds: Bounds, steps: bigint): bigint[] {
  const grid = bounds.map(({ from, to }) =>
    Array.from({ length: Number(steps) + 1 }, (_, k) =>
      rational(from.num * to.den * (steps - BigInt(k)) + to.num * from.den * BigInt(k), from.den * to.den * steps),
    ),
  );
  let points: Rational[][] = [[]];
  for (const axis of grid) points = points.flatMap((point) => axis.map((x) => [...point, x]));
  return points.map((x) => {
    let value = rational(0n);
    for (const { exponents, coefficient } of terms(p)) {
      let term = rational(coefficient);
      exponents.forEach((e, j) => {
        const { num, den } = x[j] as Rational;
        term = rational(term.num * num ** BigInt(e), term.den * den ** BigInt(e));
      });
      value = rational(value.num * term.den + term.num * value.den, value.den * term.den);
    }
    return value.num;
  });
}

describe('against dense sampling', () => {
  test.each([1, 2, 3])('in %s variables, no answer is wrong', (dimension) => {
    fc.assert(
      fc.property(some(dimension), box(dimension), fc.bigInt({ min: -40n, max: 40n }), (q, bounds, shift) => {
        const p = add(q, constantPolynomial(dimension, shift));
        const values = samples(p, bounds, dimension === 3 ? 3n : 8n);
        const sign = signOnBox(p, bounds, meter);
        if (sign === 1) expect(values.every((v) => v > 0n)).toBe(true);
        if (sign === -1) expect(values.every((v) => v < 0n)).toBe(true);
        expect(sign === 0).toBe(p.size === 0);
        if (nonnegativeOnBox(p, bounds, meter)) expect(values.every((v) => v >= 0n)).toBe(true);
        // What the samples refute is refused, and never for want of boxes.
        if (values.some((v) => v < 0n)) expect(nonnegativeOnBox(p, bounds, meter)).toBe(false);
      }),
      { ...seed, numRuns: dimension === 3 ? 40 : 120 },
    );
  });

  test('and the two signs mirror each other', () => {
    fc.assert(
      fc.property(some(2), box(2), (p, bounds) => {
        const sign = signOnBox(p, bounds, meter);
        expect(signOnBox(negate(p), bounds, meter)).toBe(sign === undefined ? undefined : 0 - sign);
      }),
      { ...seed, numRuns: 60 },
    );
  });
});

test('in one variable it agrees with Sturm where it decides, and signs are all decided', () => {
  const cubic = fc.array(fc.bigInt({ min: -9n, max: 9n }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(cubic, interval, (c, { from, to }) => {
      const p = addMany(c.map((a, k) => monomial([k], a)));
      expect(signOnBox(p, [{ from, to }], meter)).toBe(signOn(polynomial(c), from, to, meter));
      if (nonnegativeOnBox(p, [{ from, to }], meter)) expect(nonnegativeOn(polynomial(c), from, to, meter)).toBe(true);
    }),
    { ...seed, numRuns: 200 },
  );
});

test('sums of squares and a positive number are positive', () => {
  fc.assert(
    fc.property(some(2, 2), some(2, 2), box(2), (p, q, bounds) => {
      const sum = addMany([multiply(p, p), multiply(q, q), constantPolynomial(2, 200n)]);
      expect(signOnBox(sum, bounds, meter)).toBe(1);
      expect(signOnBox(negate(sum), bounds, meter)).toBe(-1);
      expect(nonnegativeOnBox(sum, bounds, meter)).toBe(true);
    }),
    { ...seed, numRuns: 60 },
  );
});

describe('single polynomials', () => {
  const [x, y] = [monomial([1, 0], 1n), monomial([0, 1], 1n)];
  const c = (n: bigint) => constantPolynomial(2, n);
  const minus = (p: MultiPolynomial, q: MultiPolynomial) => add(p, negate(q));
  const square = (p: MultiPolynomial) => multiply(p, p);
  const motzkin = addMany([
    monomial([4, 2], 1n),
    monomial([2, 4], 1n),
    monomial([2, 2], -3n),
    constantPolynomial(2, 1n),
  ]);
  const sides = (from: bigint, to: bigint): Bounds => [
    { from: rational(from), to: rational(to) },
    { from: rational(from), to: rational(to) },
  ];

  test.each([
    ['0', c(0n), 0, true],
    ['7', c(7n), 1, true],
    ['−7', c(-7n), -1, false],
    ['x: 0 on a side', x, undefined, true],
    ['xy: 0 on two sides', multiply(x, y), undefined, true],
    ['x + 1', add(x, c(1n)), 1, true],
    ['x + y: 0 at a corner only', add(x, y), undefined, true],
    ['x − y: both signs', minus(x, y), undefined, false],
    ['2 − x − y: 0 at the far corner only', minus(c(2n), add(x, y)), undefined, true],
    ['1 − x + xy', add(minus(c(1n), x), multiply(x, y)), undefined, true],
    ['10⁴(x − y)² + 1, which needs halving', add(scale(square(minus(x, y)), 10_000n), c(1n)), 1, true],
    [
      '(2x − 1)² + y², 0 inside a side, which halving hits',
      add(square(minus(scale(x, 2n), c(1n))), square(y)),
      undefined,
      true,
    ],
    ['(3x − 1)² + y², 0 where no halving comes', add(square(minus(scale(x, 3n), c(1n))), square(y)), undefined, false],
    ['(x − y)², 0 along a diagonal', square(minus(x, y)), undefined, false],
    [
      '(3x − 1)² − 10⁻⁶, negative in a small place',
      minus(scale(square(minus(scale(x, 3n), c(1n))), 1_000_000n), c(1n)),
      undefined,
      false,
    ],
  ])('%s on the unit square', (_, p, sign, nonnegative) => {
    expect(signOnBox(p, unit(2), meter)).toBe(sign);
    expect(nonnegativeOnBox(p, unit(2), meter)).toBe(nonnegative);
  });

  test("Motzkin's polynomial, no sum of squares, with zeros at (±1, ±1)", () => {
    expect(nonnegativeOnBox(motzkin, sides(-1n, 1n), meter)).toBe(true);
    expect(signOnBox(motzkin, sides(-1n, 1n), meter)).toBe(undefined);
    expect(signOnBox(add(motzkin, scale(c(1n), 1n)), sides(-2n, 2n), meter)).toBe(1);
    expect(signOnBox(minus(scale(motzkin, 100n), c(1n)), sides(-2n, 2n), meter)).toBe(undefined);
  });

  test('high degrees and long numbers', () => {
    const long = 10n ** 200n + 1n;
    const p = minus(power(add(scale(x, long), c(1n)), 12, 2), scale(power(x, 12, 2), long ** 12n));
    expect(signOnBox(p, unit(2), meter)).toBe(1);
    const ends: Bounds = [
      { from: rational(-1n, long), to: rational(1n, long) },
      { from: rational(long - 1n, long), to: rational(1n) },
    ];
    expect(signOnBox(minus(scale(y, long), c(long - 2n)), ends, meter)).toBe(1);
    expect(signOnBox(minus(scale(y, long), c(long - 1n)), ends, meter)).toBe(undefined);
  });

  test('a box that is a point, and no variables at all', () => {
    const point: Bounds = [
      { from: rational(1n, 3n), to: rational(1n, 3n) },
      { from: rational(2n), to: rational(2n) },
    ];
    expect(signOnBox(minus(scale(x, 3n), c(1n)), point, meter)).toBe(undefined);
    expect(nonnegativeOnBox(minus(scale(x, 3n), c(1n)), point, meter)).toBe(true);
    expect(signOnBox(minus(y, x), point, meter)).toBe(1);
    expect(signOnBox(constantPolynomial(0, -3n), [], meter)).toBe(-1);
  });
});

describe('refusals', () => {
  const x = monomial([1], 1n);
  const wrong: Bounds = [{ from: rational(1n), to: rational(0n) }];
  test('bounds out of order, or not as many as variables', () => {
    for (const ask of [signOnBox, nonnegativeOnBox]) {
      expect(() => ask(x, wrong, meter)).toThrow(RangeError);
      expect(() => ask(constantPolynomial(1, 0n), wrong, meter)).toThrow(RangeError);
      expect(() => ask(x, unit(2), meter)).toThrow(RangeError);
      expect(() => ask(x, [], meter)).toThrow(RangeError);
    }
  });

  test('a short polynomial with a huge table of coefficients', () => {
    const p = add(monomial([999, 999, 999], 1n), constantPolynomial(3, 1n));
    expect(() => signOnBox(p, unit(3), new Meter(defaultLimits))).toThrow(
      expect.objectContaining({ kind: 'declined', code: 'limit-limbs' }),
    );
    const steep = add(monomial([100_000], 1n), constantPolynomial(1, 1n));
    expect(() => signOnBox(steep, unit(1), new Meter(defaultLimits))).toThrow(
      expect.objectContaining({ kind: 'declined' }),
    );
  });

  test('a meter that is spent stops the halving', () => {
    const p = power(add(monomial([1, 0], 1n), monomial([0, 1], -1n)), 2, 2);
    expect(() => nonnegativeOnBox(p, unit(2), new Meter({ ...defaultLimits, operations: 10_000 }))).toThrow(
      expect.objectContaining({ kind: 'declined', code: 'limit-operations' }),
    );
  });
});
