import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bounds } from '../../../src/kernel/arithmetic/bernstein.js';
import {
  commonDenominator,
  commonDenominatorOnBox,
  overBox,
  overInterval,
  strictlyMonotone,
  strictlyMonotoneOnBox,
} from '../../../src/kernel/arithmetic/families.js';
import {
  add,
  addMany,
  constantPolynomial,
  equal,
  type MultiPolynomial,
  monomial,
  multiply,
  negate,
} from '../../../src/kernel/arithmetic/multivariate.js';
import { locate, type Ordered } from '../../../src/kernel/arithmetic/ordered.js';
import * as one from '../../../src/kernel/arithmetic/polynomial.js';
import { type Polynomial, polynomial, signAt } from '../../../src/kernel/arithmetic/polynomial.js';
import { type Rational, rational } from '../../../src/kernel/arithmetic/rational.js';
import { signOn } from '../../../src/kernel/arithmetic/sturm.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';
import type { PiecewiseAffine } from '../../../src/kernel/model/activation.js';
import { exactly } from '../../../src/kernel/model/bending.js';
import { LossOverDenominator, type PolynomialLoss } from '../../../src/kernel/model/loss.js';

const seed = { seed: 1 };
const meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
const [from, to] = [rational(-1n), rational(2n)];
const onInterval = overInterval(from, to, meter);
const bounds: Bounds = [
  { from: rational(-1n), to: rational(1n) },
  { from: rational(1n, 2n), to: rational(2n) },
];
const onBox = overBox(bounds, meter);
const small = fc.bigInt({ min: -5n, max: 5n });
const univariate = fc.array(small, { maxLength: 4 }).map(polynomial);
const several = fc
  .array(fc.tuple(fc.array(fc.nat({ max: 2 }), { minLength: 2, maxLength: 2 }), small), { maxLength: 4 })
  .map((list) => addMany(list.map(([exponents, c]) => monomial(exponents, c))));

function expectLaws<T>(ring: Ordered<T>, some: fc.Arbitrary<T>): void {
  fc.assert(
    fc.property(some, some, some, small, (a, b, c, n) => {
      expect(ring.add(a, b)).toEqual(ring.add(b, a));
      expect(ring.add(ring.add(a, b), c)).toEqual(ring.add(a, ring.add(b, c)));
      expect(ring.multiply(a, ring.add(b, c))).toEqual(ring.add(ring.multiply(a, b), ring.multiply(a, c)));
      expect(ring.add(a, ring.negate(a))).toEqual(ring.zero);
      expect(ring.multiply(a, ring.fromInteger(1n))).toEqual(a);
      expect(ring.scale(a, n)).toEqual(ring.multiply(a, ring.fromInteger(n)));
      expect(ring.constant(ring.fromInteger(n))).toBe(n);
      const sign = ring.sign(a);
      expect(sign === 0).toBe(ring.constant(a) === 0n);
      const turned = sign === undefined ? undefined : 0 - sign;
      expect(ring.sign(ring.negate(a))).toBe(turned);
      // An order: sums and products of positive numbers are positive (and of the exact instance, decided to be so).
      if (sign === 1 && ring.sign(b) === 1) {
        expect(ring.sign(ring.add(a, b))).toBe(1);
        expect(ring.sign(ring.multiply(a, b))).toBe(1);
      }
      expect(ring.mostBits([a, b])).toBeGreaterThanOrEqual(ring.bits(a));
    }),
    { ...seed, numRuns: 60 },
  );
}

test('polynomials on an interval are a ring with signs', () => {
  expectLaws(onInterval, univariate);
});

test('polynomials on a box are a ring with signs', () => {
  expectLaws(onBox, several);
});

test('a sign on the interval is the sign at all its points', () => {
  fc.assert(
    fc.property(univariate, (a) => {
      const signs = new Set(Array.from({ length: 31 }, (_, k) => signAt(a, rational(BigInt(k) - 10n, 10n), meter)));
      const sign = onInterval.sign(a);
      if (sign !== undefined) expect([...signs]).toEqual([sign]);
    }),
    seed,
  );
});

test.each([
  [[], 0, 0n],
  [[3n], 1, 3n],
  [[0n, 1n], undefined, null],
  [[1n, 1n], undefined, null],
  [[2n, -1n], undefined, null],
  [[3n, -1n], 1, null],
  [[-1n, 0n, 0n, -1n], undefined, null],
  [[-2n, 0n, 0n, -1n], -1, null],
  [[-9n, 0n, 0n, 1n], -1, null],
])('on [−1, 2], %s has the sign %s and the constant %s', (a, sign, constant) => {
  expect(onInterval.sign(a)).toBe(sign);
  expect(onInterval.constant(a)).toBe(constant);
});

describe('a family on, inside, or across a piece', () => {
  const relu: PiecewiseAffine = {
    smooth: null,
    breakpoints: [0n],
    breakpointDenominator: 1n,
    slopes: [0n, 1n],
    intercepts: [0n, 0n],
    denominator: 1n,
  };
  const clipped: PiecewiseAffine = {
    smooth: null,
    breakpoints: [0n, 4n],
    breakpointDenominator: 2n,
    slopes: [0n, 1n, 0n],
    intercepts: [0n, 0n, 2n],
    denominator: 1n,
  };
  /** |r|³ */
  const cubic: PolynomialLoss = {
    family: 'polynomial',
    convex: true,
    leastAtZero: true,
    breakpoints: [0n],
    breakpointDenominator: 1n,
    pieces: [
      [0n, 0n, 0n, -1n],
      [0n, 0n, 0n, 1n],
    ],
    denominator: 1n,
    degree: 3,
  };
  const passes = expect.objectContaining({ kind: 'declined', code: 'unsupported-combination', path: '$.statement' });
  const at = (h: PiecewiseAffine, z: Polynomial, d: Polynomial) =>
    exactly(onInterval).apply(h, z, d, locate(onInterval, h, z, d));

  test('strictly inside, the piece is used', () => {
    expect(at(relu, [2n, 1n], [1n])).toEqual([2n, 1n]);
    expect(at(relu, [-3n, 1n], [1n])).toEqual([]);
    expect(at(clipped, [9n, 1n], [2n])).toEqual([4n]);
    expect(at(clipped, [5n, 1n], [4n])).toEqual([5n, 1n]);
  });

  test('identically on a breakpoint, both pieces agree', () => {
    expect(at(relu, [], [1n])).toEqual([]);
    // z/d = 2 with a denominator that varies.
    expect(at(clipped, [6n, 2n], [3n, 1n])).toEqual([6n, 2n]);
    expect(locate(onInterval, clipped, [6n, 2n], [3n, 1n])).toEqual({ lower: 1, upper: 2 });
  });

  test.each([
    [relu, [0n, 1n], [1n], 'relu(t) would be 0 on [−1, 2]'],
    [relu, [1n, 1n], [1n], 'relu(t + 1) touches the kink at the end −1'],
    [relu, [0n, 0n, 1n], [1n], 'relu(t²) touches the kink inside'],
    [clipped, [0n, 3n], [1n], 'clip(3t) passes two kinks'],
    [clipped, [3n, 1n], [2n], 'clip((t + 3)/2) passes the second kink'],
  ])('passing or touching a breakpoint is declined, %#', (h, z, d) => {
    expect(() => at(h, z, d)).toThrow(passes);
  });

  test('the same for a residual and a loss with two pieces', () => {
    const loss = new LossOverDenominator(onInterval, cubic, [3n, 1n]);
    expect(loss.value([2n, 0n, 1n])).toEqual(one.multiply([2n, 0n, 1n], one.multiply([2n, 0n, 1n], [2n, 0n, 1n])));
    expect(loss.derivative([])).toEqual([]);
    expect(() => loss.value([0n, 1n])).toThrow(passes);
    expect(() => loss.derivative([0n, 1n])).toThrow(passes);
    const several = new LossOverDenominator(onBox, cubic, constantPolynomial(2, 1n));
    expect(() => several.derivative(monomial([1, 0], 1n))).toThrow(passes);
    expect(several.derivative(negate(monomial([0, 1], 1n)))).toEqual(monomial([0, 2], -3n));
  });

  test('on a box, an undecided sign is declined too', () => {
    // (3x − 1)² + 0·y ≥ 0 touches 0, where no halving comes.
    const square = addMany([monomial([2, 0], 9n), monomial([1, 0], -6n), constantPolynomial(2, 1n)]);
    const d = constantPolynomial(2, 1n);
    expect(() => exactly(onBox).apply(relu, square, d, locate(onBox, relu, square, d))).toThrow(passes);
    const positive = add(square, d);
    expect(exactly(onBox).apply(relu, positive, d, locate(onBox, relu, positive, d))).toEqual(positive);
  });
});

describe('common denominators in one variable', () => {
  const fractions = fc.array(
    fc.tuple(univariate, univariate).map(([numerator, denominator]) => ({ numerator, denominator })),
    { maxLength: 4 },
  );

  test('the fractions stay what they are, and the denominator is positive', () => {
    fc.assert(
      fc.property(fractions, (list) => {
        const answer = commonDenominator(list, from, to, meter);
        const fine = list.every(({ denominator }) => {
          const sign = signOn(denominator, from, to, meter);
          return sign === 1 || sign === -1;
        });
        expect(answer !== undefined).toBe(fine);
        if (answer === undefined) return;
        expect(signOn(answer.denominator, from, to, meter)).toBe(1);
        list.forEach(({ numerator, denominator }, i) => {
          const left = one.multiply(numerator, answer.denominator);
          expect(one.multiply(answer.numerators[i] as Polynomial, denominator)).toEqual(left);
        });
      }),
      { ...seed, numRuns: 200 },
    );
  });

  const over = (numerator: Polynomial, denominator: Polynomial) => ({ numerator, denominator });
  test.each([
    { list: [], numerators: [], denominator: [1n], what: 'nothing' },
    { list: [over([1n], [1n])], numerators: [[1n]], denominator: [1n], what: 'an integer' },
    { list: [over([1n], [2n]), over([1n], [-3n])], numerators: [[3n], [-2n]], denominator: [6n], what: 'constants' },
    {
      list: [over([1n], [-3n, 1n]), over([0n, 1n], [18n, 0n, -2n])],
      numerators: [
        [-6n, -2n],
        [0n, 1n],
      ],
      denominator: [18n, 0n, -2n],
      what: '1/(t − 3) and t/(18 − 2t²), which has that factor',
    },
    {
      list: [over([1n], [-3n, 1n]), over([1n], [-3n, 1n])],
      numerators: [[-1n], [-1n]],
      denominator: [3n, -1n],
      what: '1/(t − 3) twice, with its sign turned',
    },
  ])('of $what', ({ list, numerators, denominator }) => {
    expect(commonDenominator(list, from, to, meter)).toEqual({ numerators, denominator });
  });

  test.each([
    [[], 'no denominator at all'],
    [[0n, 1n], '0 inside'],
    [[1n, 1n], '0 at an end'],
    [[0n, 0n, 1n], '0 without a change of sign'],
  ])('the denominator %s is refused: %s', (denominator) => {
    const good = { numerator: [1n], denominator: [5n, 1n] };
    // Even where the numerator has the same zeros: t/t is not 1 here.
    const bad = { numerator: denominator, denominator };
    expect(commonDenominator([good, bad], from, to, meter)).toBe(undefined);
    expect(commonDenominator([bad, good], from, to, meter)).toBe(undefined);
  });
});

describe('common denominators in several variables', () => {
  const [x, y] = [monomial([1, 0], 1n), monomial([0, 1], 1n)];
  const c = (n: bigint) => constantPolynomial(2, n);
  const fractions = fc.array(
    fc.tuple(several, several, fc.bigInt({ min: -60n, max: 60n })).map(([numerator, q, shift]) => ({
      numerator,
      denominator: add(q, c(shift)),
    })),
    { maxLength: 3 },
  );

  test('the fractions stay what they are, and the denominator is positive', () => {
    let answered = 0;
    fc.assert(
      fc.property(fractions, (list) => {
        const answer = commonDenominatorOnBox(list, bounds, meter);
        if (answer === undefined) {
          expect(list.some(({ denominator }) => [0, undefined].includes(onBox.sign(denominator)))).toBe(true);
          return;
        }
        answered++;
        expect(onBox.sign(answer.denominator)).toBe(1);
        list.forEach(({ numerator, denominator }, i) => {
          const left = multiply(numerator, answer.denominator);
          expect(equal(multiply(answer.numerators[i] as MultiPolynomial, denominator), left)).toBe(true);
        });
      }),
      { ...seed, numRuns: 100 },
    );
    expect(answered).toBeGreaterThan(30);
  });

  test('a denominator that comes again, with an integer or a sign, is taken once', () => {
    const d = add(x, c(3n));
    const answer = commonDenominatorOnBox(
      [
        { numerator: c(1n), denominator: d },
        { numerator: y, denominator: negate(multiply(d, c(4n))) },
        { numerator: x, denominator: c(6n) },
      ],
      bounds,
      meter,
    );
    expect(answer?.denominator).toEqual(multiply(d, c(12n)));
    expect(answer?.numerators).toEqual([c(12n), multiply(y, c(-3n)), multiply(x, multiply(d, c(2n)))]);
  });

  test.each([
    ['no denominator at all', c(0n)],
    ['0 inside', x],
    ['0 on a side', add(x, c(1n))],
    ['0 inside', add(x, y)],
    ['0 without a change of sign', multiply(x, x)],
  ])('the denominator is refused: %s', (_, denominator) => {
    const good = { numerator: c(1n), denominator: y };
    expect(commonDenominatorOnBox([good, { numerator: denominator, denominator }], bounds, meter)).toBe(undefined);
  });
});

describe('strictly monotone', () => {
  test.each([
    [[0n, 1n], [1n], true, 't rises'],
    [[0n, -1n], [1n], true, '−t falls'],
    [[1n], [4n, 1n], true, '1/(t + 4) falls'],
    [[1n], [-4n, -1n], true, '−1/(t + 4) rises'],
    [[0n, 3n], [6n], true, 't/2'],
    [[5n], [1n], false, 'a constant'],
    [[], [1n], false, 'the constant 0'],
    [[4n, 1n], [8n, 2n], false, 'a constant in disguise'],
    [[0n, 0n, 1n], [1n], false, 't² turns at 0'],
    [[0n, 0n, 0n, 1n], [1n], false, 't³ is monotone, but its derivative is 0 at 0'],
    [[0n, -4n, 1n], [1n], false, 't² − 4t turns at the end 2'],
    [[0n, -5n, 1n], [1n], true, 't² − 5t turns beyond the end'],
    [[1n], [0n, 1n], false, '1/t falls on both sides of its pole'],
    [[1n], [1n, 1n], false, '1/(t + 1) has its pole at the end'],
    [[1n], [], false, 'no denominator'],
  ])('%s over %s on [−1, 2]: %s, %s', (numerator, denominator, expected) => {
    expect(strictlyMonotone({ numerator, denominator }, from, to, meter)).toBe(expected);
  });

  test('on a box, in one parameter at a time', () => {
    const [x, y] = [monomial([1, 0], 1n), monomial([0, 1], 1n)];
    const c = (n: bigint) => constantPolynomial(2, n);
    const ask = (numerator: MultiPolynomial, denominator: MultiPolynomial) =>
      [0, 1].map((j) => strictlyMonotoneOnBox({ numerator, denominator }, j, bounds, meter));
    expect(ask(x, c(1n))).toEqual([true, false]);
    expect(ask(multiply(x, y), c(1n))).toEqual([true, false]);
    expect(ask(add(x, y), c(-7n))).toEqual([true, true]);
    expect(ask(x, y)).toEqual([true, false]);
    expect(ask(c(1n), y)).toEqual([false, true]);
    expect(ask(multiply(x, x), c(1n))).toEqual([false, false]);
    expect(ask(multiply(y, y), c(1n))).toEqual([false, true]);
    expect(ask(c(1n), x)).toEqual([false, false]);
    expect(ask(x, c(0n))).toEqual([false, false]);
  });
});

describe('refusals', () => {
  const flat: [Rational, Rational][] = [
    [rational(1n), rational(1n)],
    [rational(2n), rational(1n)],
  ];
  test.each(flat)('a range without inner points throws, %#', (a, b) => {
    expect(() => overInterval(a, b, meter)).toThrow(RangeError);
    expect(() => overBox([...bounds, { from: a, to: b }], meter)).toThrow(RangeError);
  });

  test('degrees, operations and limbs are bounded', () => {
    const strict = (limits: Partial<typeof defaultLimits>) => new Meter({ ...defaultLimits, ...limits });
    const long = Array.from({ length: 60 }, () => 10n ** 30n);
    const code = (name: string) => expect.objectContaining({ kind: 'declined', code: name });
    const many = addMany(long.map((a, k) => monomial([k, k], a)));
    for (const [limits, name] of [
      [{ degree: 100 }, 'limit-degree'],
      [{ operations: 1000 }, 'limit-operations'],
      [{ limbs: 100 }, 'limit-limbs'],
    ] as const) {
      expect(() => overInterval(from, to, strict(limits)).multiply(long, long)).toThrow(code(name));
      expect(() => overBox(bounds, strict(limits)).multiply(many, many)).toThrow(code(name));
    }
    const huge = 1n << 100_000n;
    expect(() => overInterval(from, to, strict({ operations: 1000 })).scale(long, huge)).toThrow(
      code('limit-operations'),
    );
    expect(() => overBox(bounds, strict({ limbs: 1000 })).scale(many, huge)).toThrow(code('limit-limbs'));
  });
});
