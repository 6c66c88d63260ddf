import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { multiply, negate, type Polynomial, scale } from '../../../src/kernel/arithmetic/polynomial.js';
import { compare, type Rational, rational, zero } from '../../../src/kernel/arithmetic/rational.js';
import {
  countRealRoots,
  countRoots,
  type Ends,
  nonnegativeOn,
  nonnegativeOnLine,
  signOn,
} from '../../../src/kernel/arithmetic/sturm.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';

const seed = { seed: 1 };
const meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
const product = (list: readonly Polynomial[]): Polynomial => list.reduce(multiply, [1n]);
const allEnds: readonly Ends[] = ['both', 'neither', 'from', 'to'];

/** A polynomial with its rational roots and their multiplicities; other factors have no real root. */
interface Known {
  readonly p: Polynomial;
  readonly roots: readonly { readonly x: Rational; readonly times: number }[];
}

const fraction = fc
  .tuple(fc.bigInt({ min: -6n, max: 6n }), fc.bigInt({ min: 1n, max: 4n }))
  .map(([num, den]) => rational(num, den));
const hugeFraction = fc
  .tuple(fc.bigInt({ min: -(1n << 120n), max: 1n << 120n }), fc.bigInt({ min: 1n, max: 1n << 120n }))
  .map(([num, den]) => rational(num, den));
/** (at + b)² + c > 0 */
const withoutRoots = fc
  .tuple(fc.bigInt({ min: 1n, max: 5n }), fc.bigInt({ min: -9n, max: 9n }), fc.bigInt({ min: 1n, max: 5n }))
  .map(([a, b, c]): Polynomial => [b * b + c, 2n * a * b, a * a]);

const knownWith = (root: fc.Arbitrary<Rational>): fc.Arbitrary<Known> =>
  fc
    .tuple(
      fc.uniqueArray(fc.tuple(root, fc.integer({ min: 1, max: 4 })), {
        maxLength: 4,
        selector: ([x]) => `${x.num}/${x.den}`,
      }),
      fc.array(withoutRoots, { maxLength: 2 }),
      fc.constantFrom(1n, -1n, 12n, -(10n ** 40n)),
    )
    .map(([roots, others, factor]) => ({
      p: scale(
        product([
          ...roots.flatMap(([{ num, den }, times]) => new Array<Polynomial>(times).fill([-num, den])),
          ...others,
        ]),
        factor,
      ),
      roots: roots.map(([x, times]) => ({ x, times })),
    }));
const known = fc.oneof(
  { weight: 4, arbitrary: knownWith(fraction) },
  { weight: 1, arbitrary: knownWith(hugeFraction) },
);
/** Two ends, often roots. */
const ends = ({ roots }: Known): fc.Arbitrary<readonly [Rational, Rational]> => {
  const one = fc.oneof(
    fraction,
    hugeFraction,
    ...(roots.length > 0 ? [fc.constantFrom(...roots.map(({ x }) => x))] : []),
  );
  return fc.tuple(one, one).map(([a, b]) => (compare(a, b) <= 0 ? [a, b] : [b, a]));
};
const cases = known.chain((k) => ends(k).map(([from, to]) => ({ ...k, from, to })));

const inside = (x: Rational, from: Rational, to: Rational, which: Ends): boolean => {
  const [a, b] = [compare(from, x), compare(x, to)];
  const [withFrom, withTo] = [which === 'both' || which === 'from', which === 'both' || which === 'to'];
  return (a < 0 || (a === 0 && withFrom)) && (b < 0 || (b === 0 && withTo));
};

/** The sign at x from the factors: the leading sign, turned at each root of odd multiplicity above x. */
function signFromRoots({ p, roots }: Known, x: Rational): number {
  if (roots.some((root) => compare(root.x, x) === 0)) return 0;
  const turns = roots.reduce((sum, root) => sum + (compare(root.x, x) > 0 ? root.times : 0), 0);
  return ((p[p.length - 1] as bigint) < 0n ? -1 : 1) * (turns % 2 === 0 ? 1 : -1);
}

describe('products of known factors', () => {
  test('different roots are counted, with the ends that belong to the interval', () => {
    fc.assert(
      fc.property(cases, ({ p, roots, from, to }) => {
        for (const which of allEnds) {
          const expected = roots.filter(({ x }) => inside(x, from, to, which)).length;
          expect(countRoots(p, from, to, which, meter)).toBe(expected);
        }
        expect(countRealRoots(p, meter)).toBe(roots.length);
      }),
      { ...seed, numRuns: 150 },
    );
  });

  test('the sign on a closed interval', () => {
    fc.assert(
      fc.property(cases, ({ p, roots, from, to }) => {
        const none = !roots.some(({ x }) => inside(x, from, to, 'both'));
        expect(signOn(p, from, to, meter)).toBe(none ? signFromRoots({ p, roots }, from) : undefined);
      }),
      { ...seed, numRuns: 150 },
    );
  });

  test('p ≥ 0 on a closed interval and on the line', () => {
    fc.assert(
      fc.property(cases, ({ p, roots, from, to }) => {
        // The sign is constant between neighbouring roots and ends: midpoints and the ends tell all of it.
        const stops = [from, to, ...roots.map(({ x }) => x).filter((x) => inside(x, from, to, 'both'))].sort(compare);
        const middles = stops.slice(1).map((x, k) => {
          const y = stops[k] as Rational;
          return rational(x.num * y.den + y.num * x.den, 2n * x.den * y.den);
        });
        const expected = [...stops, ...middles].every((x) => signFromRoots({ p, roots }, x) >= 0);
        expect(nonnegativeOn(p, from, to, meter)).toBe(expected);
        const everywhere = (p[p.length - 1] as bigint) > 0n && roots.every(({ times }) => times % 2 === 0);
        expect(nonnegativeOnLine(p, meter)).toBe(everywhere);
      }),
      { ...seed, numRuns: 150 },
    );
  });

  test('squares are nonnegative, and nothing but 0 is so with both signs', () => {
    fc.assert(
      fc.property(cases, ({ p, from, to }) => {
        const square = multiply(p, p);
        expect(nonnegativeOnLine(square, meter)).toBe(true);
        expect(nonnegativeOn(square, from, to, meter)).toBe(true);
        if (compare(from, to) < 0) expect(nonnegativeOn(negate(square), from, to, meter)).toBe(false);
      }),
      { ...seed, numRuns: 20 },
    );
  });
});

describe('irrational roots', () => {
  // √2 lies between its continued fraction's convergents, however close they are.
  const [below, above] = [rational(1855077841n, 1311738121n), rational(4478554083n, 3166815962n)];
  const p: Polynomial = [-2n, 0n, 1n];
  test.each([
    [below, above, 1, undefined],
    [above, rational(2n), 0, 1],
    [zero, below, 0, -1],
    [rational(-2n), rational(2n), 2, undefined],
  ])('of t² − 2, case %#', (from, to, count, sign) => {
    expect(countRoots(p, from, to, 'both', meter)).toBe(count);
    expect(signOn(p, from, to, meter)).toBe(sign);
    expect(nonnegativeOn(p, from, to, meter)).toBe(sign === 1);
    expect(nonnegativeOn(multiply(p, p), from, to, meter)).toBe(true);
    expect(nonnegativeOn(product([p, p, p]), from, to, meter)).toBe(sign === 1);
  });

  test('Chebyshev polynomials have all their roots in (−1, 1)', () => {
    let [T, next]: [Polynomial, Polynomial] = [[1n], [0n, 1n]];
    for (let n = 0; n <= 24; n++) {
      expect(countRoots(T, rational(-1n), rational(1n), 'neither', meter)).toBe(n);
      expect(countRealRoots(T, meter)).toBe(n);
      const twice = multiply([0n, 2n], next);
      [T, next] = [next, twice.map((c, k) => c - (T[k] ?? 0n))];
    }
  });

  test("Wilkinson's polynomial and its famous neighbour", () => {
    const wilkinson = product(Array.from({ length: 20 }, (_, k) => [-BigInt(k + 1), 1n]));
    expect(countRealRoots(wilkinson, meter)).toBe(20);
    // −2⁻²³ at t¹⁹ leaves ten real roots.
    const disturbed = scale(wilkinson, 1n << 23n).map((c, k) => (k === 19 ? c - 1n : c));
    expect(countRealRoots(disturbed, meter)).toBe(10);
  });
});

describe('0 and constants', () => {
  const [from, to] = [rational(-1n), rational(1n)];
  test('0 has sign 0, is nonnegative, and its roots are not counted', () => {
    expect(signOn([], from, to, meter)).toBe(0);
    expect(nonnegativeOn([], from, to, meter)).toBe(true);
    expect(nonnegativeOnLine([], meter)).toBe(true);
    expect(() => countRoots([], from, to, 'both', meter)).toThrow(RangeError);
    expect(() => countRealRoots([], meter)).toThrow(RangeError);
  });

  test.each([
    [[7n], 1, true],
    [[-7n], -1, false],
  ])('the constant %s', (p, sign, nonnegative) => {
    expect(signOn(p, from, to, meter)).toBe(sign);
    expect(nonnegativeOn(p, from, to, meter)).toBe(nonnegative);
    expect(nonnegativeOnLine(p, meter)).toBe(nonnegative);
    expect(countRoots(p, from, to, 'both', meter)).toBe(0);
    expect(countRealRoots(p, meter)).toBe(0);
  });

  test.each([
    [[0n, 1n], [1, 0, 0, 0], undefined, true],
    [[1n, 1n], [0, 0, 0, 0], 1, true],
    [[-1n, 1n], [0, 0, 0, 0], -1, false],
  ])('at one point, %s', (p, counts, sign, nonnegative) => {
    expect(allEnds.map((which) => countRoots(p, zero, zero, which, meter))).toEqual(counts);
    expect(signOn(p, zero, zero, meter)).toBe(sign);
    expect(nonnegativeOn(p, zero, zero, meter)).toBe(nonnegative);
  });

  test('ends in the wrong order throw', () => {
    expect(() => countRoots([1n], to, from, 'both', meter)).toThrow(RangeError);
    expect(() => signOn([1n], to, from, meter)).toThrow(RangeError);
    expect(() => nonnegativeOn([1n], to, from, meter)).toThrow(RangeError);
  });
});

test('roots at the ends are on the closed interval', () => {
  // t(1 − t): a sign would be wrong, p ≥ 0 is right.
  expect(signOn([0n, 1n, -1n], zero, rational(1n), meter)).toBe(undefined);
  expect(nonnegativeOn([0n, 1n, -1n], zero, rational(1n), meter)).toBe(true);
  expect(nonnegativeOn([0n, -1n, 1n], zero, rational(1n), meter)).toBe(false);
  // t²(1 − t)²(2t − 1)³ changes its sign between roots at which it does not.
  const turned = product([
    [0n, 1n],
    [0n, 1n],
    [1n, -1n],
    [1n, -1n],
    [-1n, 2n],
    [-1n, 2n],
    [-1n, 2n],
  ]);
  expect(nonnegativeOn(turned, zero, rational(1n), meter)).toBe(false);
  expect(nonnegativeOn(turned, rational(1n, 2n), rational(1n), meter)).toBe(true);
  expect(nonnegativeOn(turned, zero, rational(1n, 2n), meter)).toBe(false);
});

test('the first points inside may be roots', () => {
  // Zero at k/7 for k = 1, …, 5, each twice: the search for a point that is none must go on.
  const p = product(
    [1n, 2n, 3n, 4n, 5n].flatMap((k): Polynomial[] => [
      [-k, 12n],
      [-k, 12n],
    ]),
  );
  expect(nonnegativeOn(p, zero, rational(1n), meter)).toBe(true);
  expect(nonnegativeOn(negate(p), zero, rational(1n), meter)).toBe(false);
  const ends = product([[0n, 1n], [-1n, 1n], p]);
  expect(nonnegativeOn(ends, zero, rational(1n), meter)).toBe(false);
  expect(nonnegativeOn(negate(ends), zero, rational(1n), meter)).toBe(true);
});

test('a meter that is spent stops the count', () => {
  const p = Array.from({ length: 60 }, (_, k) => 7n ** BigInt(k) - 10n);
  const spent = () => new Meter({ ...defaultLimits, operations: 5_000 });
  const stopped = expect.objectContaining({ kind: 'declined', code: 'limit-operations' });
  expect(() => countRealRoots(p, spent())).toThrow(stopped);
  expect(() => signOn([10n ** 60n, ...p], zero, rational(1n, 99n), spent())).toThrow(stopped);
  expect(() => nonnegativeOn([10n ** 60n, ...p], zero, rational(1n, 99n), spent())).toThrow(stopped);
});
