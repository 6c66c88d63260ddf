import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  add,
  commonDivisor,
  composed,
  content,
  derivative,
  divideExactly,
  equal,
  multiply,
  negate,
  numeratorAt,
  oddPart,
  type Polynomial,
  polynomial,
  primitivePart,
  pseudoRemainder,
  scale,
  signAt,
  squareFreePart,
} from '../../../src/kernel/arithmetic/polynomial.js';
import { rational } from '../../../src/kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';

const seed = { seed: 1 };
const meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
const integer = fc.oneof(fc.bigInt({ min: -5n, max: 5n }), fc.bigInt({ min: -(1n << 90n), max: 1n << 90n }));
const some = fc.array(integer, { maxLength: 6 }).map(polynomial);
const nonzero = some.filter((p) => p.length > 0);
const product = (list: readonly Polynomial[]): Polynomial => list.reduce(multiply, [1n]);
const upToSign = (p: Polynomial): Polynomial => ((p[p.length - 1] ?? 0n) < 0n ? negate(p) : p);

/** The value at an integer, term by term. */
const at = (p: Polynomial, x: bigint): bigint => p.reduce((sum, c, k) => sum + c * x ** BigInt(k), 0n);
const points = [0n, 1n, -1n, 2n, -7n, 1000n];

/** Linear and irreducible quadratic factors, no two of them parallel. */
const factors: readonly Polynomial[] = [
  [0n, 1n],
  [-1n, 1n],
  [-3n, 2n],
  [5n, 7n],
  [1n, 0n, 1n],
  [2n, 1n, 3n],
  [-2n, 0n, 1n],
];
const powersOf = (exponents: readonly number[]): Polynomial =>
  product(exponents.flatMap((e, k) => new Array<Polynomial>(e).fill(factors[k] as Polynomial)));
const exponents = fc.array(fc.nat({ max: 4 }), { minLength: factors.length, maxLength: factors.length });

test('operations are those of the values, and no list ends with 0', () => {
  fc.assert(
    fc.property(some, some, integer, (a, b, n) => {
      for (const x of points) {
        expect(at(add(a, b), x)).toBe(at(a, x) + at(b, x));
        expect(at(multiply(a, b), x)).toBe(at(a, x) * at(b, x));
        expect(at(negate(a), x)).toBe(-at(a, x));
        expect(at(scale(a, n), x)).toBe(at(a, x) * n);
      }
      for (const p of [add(a, b), add(a, negate(a)), multiply(a, b), scale(a, n), scale(a, 0n), derivative(a)]) {
        expect(p[p.length - 1]).not.toBe(0n);
      }
      expect(derivative(multiply(a, b))).toEqual(add(multiply(derivative(a), b), multiply(a, derivative(b))));
      expect(equal(a, b)).toBe(add(a, negate(b)).length === 0);
    }),
    seed,
  );
});

test('the value at a fraction, by its numerator', () => {
  fc.assert(
    fc.property(some, integer, fc.bigInt({ min: 1n, max: 99n }), (a, num, den) => {
      const x = rational(num, den);
      const numerator = a.reduce((sum, c, k) => sum + c * x.num ** BigInt(k) * x.den ** BigInt(a.length - 1 - k), 0n);
      expect(numeratorAt(a, x, meter)).toBe(numerator);
      expect(signAt(a, x, meter)).toBe(numerator < 0n ? -1 : numerator > 0n ? 1 : 0);
    }),
    seed,
  );
});

test('content and primitive part', () => {
  expect(content([], meter)).toBe(0n);
  expect(primitivePart([], meter)).toEqual([]);
  expect(content([-4n, 0n, 6n], meter)).toBe(2n);
  expect(primitivePart([-4n, 0n, -6n], meter)).toEqual([-2n, 0n, -3n]);
  expect(primitivePart([-5n], meter)).toEqual([-1n]);
});

test('the pseudo-remainder is c·a − q·b for some c > 0, so it has the sign of a at the roots of b', () => {
  fc.assert(
    fc.property(some, nonzero, (a, b) => {
      const r = pseudoRemainder(a, b, meter);
      expect(a.length < b.length ? r.length === a.length : r.length < b.length).toBe(true);
      // b divides lead^steps·a − (±)r for the textbook factor, whose sign is that of lead^steps.
      const lead = b[b.length - 1] as bigint;
      const rest = textbookRemainder(a, b);
      const flipped = lead < 0n && rest.steps % 2 === 1 ? negate(rest.r) : rest.r;
      expect(primitivePart(r, meter)).toEqual(primitivePart(flipped, meter));
    }),
    seed,
  );
});

/** lead^steps·a mod b, one step at a time, also where the top is 0. */
function textbookRemainder(a: Polynomial, b: Polynomial): { r: Polynomial; steps: number } {
  let r = [...a];
  let steps = 0;
  const lead = b[b.length - 1] as bigint;
  while (r.length >= b.length) {
    const top = r[r.length - 1] as bigint;
    const shift = r.length - b.length;
    r = r.map((c, k) => c * lead - (k < shift ? 0n : top * (b[k - shift] as bigint))).slice(0, -1);
    steps++;
  }
  return { r: polynomial(r), steps };
}

describe('division', () => {
  test('undoes products', () => {
    fc.assert(
      fc.property(some, nonzero, (a, b) => {
        expect(divideExactly(multiply(a, b), b, meter)).toEqual(a);
      }),
      seed,
    );
  });

  test.each([
    [[1n], [2n], 'the quotient is no integer'],
    [[1n, 1n], [0n, 1n], 'a remainder is left'],
    [[1n], [0n, 1n], 'the degree is too low'],
    [[1n, 2n], [], 'division by 0'],
    [[], [], 'division of 0 by 0'],
  ])('of %s by %s throws: %s', (a, b) => {
    expect(() => divideExactly(a, b, meter)).toThrow(RangeError);
  });

  test('the remainder modulo 0 throws', () => {
    expect(() => pseudoRemainder([1n], [], meter)).toThrow(RangeError);
  });
});

describe('greatest common divisors', () => {
  test('of products of known factors', () => {
    fc.assert(
      fc.property(exponents, exponents, fc.integer({ min: 1, max: 30 }), (e, f, n) => {
        const a = scale(powersOf(e), BigInt(-6 * n));
        const b = scale(powersOf(f), 4n);
        const common = powersOf(e.map((k, j) => ((f[j] as number) < k ? (f[j] as number) : k)));
        expect(commonDivisor(a, b, meter)).toEqual(scale(upToSign(common), content([BigInt(6 * n), 4n], meter)));
      }),
      { ...seed, numRuns: 60 },
    );
  });

  test.each([
    [[], [], []],
    [[], [-6n, -3n], [6n, 3n]],
    [[4n], [6n], [2n]],
    [[-4n], [], [4n]],
    [[0n, 1n], [1n, 1n], [1n]],
  ])('of %s and %s is %s', (a, b, expected) => {
    expect(commonDivisor(a, b, meter)).toEqual(expected);
    expect(commonDivisor(b, a, meter)).toEqual(expected);
  });

  test('divides both, with quotients without common factors', () => {
    fc.assert(
      fc.property(nonzero, nonzero, nonzero, (a, b, c) => {
        const [x, y] = [multiply(a, c), multiply(b, c)];
        const g = commonDivisor(x, y, meter);
        const [u, v] = [divideExactly(x, g, meter), divideExactly(y, g, meter)];
        expect(commonDivisor(u, v, meter)).toEqual([1n]);
      }),
      seed,
    );
  });
});

test('square-free and odd parts of products of known factors', () => {
  fc.assert(
    fc.property(exponents, fc.bigInt({ min: 1n, max: 9n }), (e, n) => {
      const a = scale(powersOf(e), -n);
      expect(upToSign(squareFreePart(a, meter))).toEqual(upToSign(powersOf(e.map((k) => (k > 0 ? 1 : 0)))));
      expect(upToSign(oddPart(a, meter))).toEqual(upToSign(powersOf(e.map((k) => k % 2))));
    }),
    { ...seed, numRuns: 60 },
  );
  expect(squareFreePart([-7n], meter)).toEqual([-1n]);
  expect(upToSign(oddPart([-7n], meter))).toEqual([1n]);
  expect(() => squareFreePart([], meter)).toThrow(RangeError);
  expect(() => oddPart([], meter)).toThrow(RangeError);
});

test('composition with a quotient', () => {
  fc.assert(
    fc.property(some, some, some, (a, n, d) => {
      for (const x of points) {
        const [N, D] = [at(n, x), at(d, x)];
        const expected = a.reduce((sum, c, k) => sum + c * N ** BigInt(k) * D ** BigInt(a.length - 1 - k), 0n);
        expect(at(composed(a, n, d, meter), x)).toBe(expected);
      }
    }),
    seed,
  );
});

test('a meter that is spent stops each of the long computations', () => {
  const a = Array.from({ length: 40 }, (_, k) => 3n ** BigInt(k) + 1n);
  const b = Array.from({ length: 39 }, (_, k) => 5n ** BigInt(k) - 2n);
  const stopped = { kind: 'declined', code: 'limit-operations' };
  for (const run of [
    (m: Meter) => pseudoRemainder(a, b, m),
    (m: Meter) => commonDivisor(a, b, m),
    (m: Meter) => divideExactly(multiply(a, b), b, m),
    (m: Meter) => oddPart(a, m),
    (m: Meter) => numeratorAt(a, rational(1n, 3n), m),
    (m: Meter) => content(a, m),
    (m: Meter) => composed(a, b, a, m),
  ]) {
    expect(() => run(new Meter({ ...defaultLimits, operations: 20 }))).toThrow(expect.objectContaining(stopped));
  }
  expect(() => pseudoRemainder(a, b, new Meter({ ...defaultLimits, limbs: 20 }))).toThrow(
    expect.objectContaining({ code: 'limit-limbs' }),
  );
});
