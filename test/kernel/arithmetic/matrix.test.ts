import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entry, primitive, Span } from '../../../src/kernel/arithmetic/matrix.js';
import { formatRational, type Rational, rational } from '../../../src/kernel/arithmetic/rational.js';

const seed = { seed: 1 };
const vectors = (length: number, most: bigint) =>
  fc.array(fc.array(fc.bigInt({ min: -most, max: most }), { minLength: length, maxLength: length }), {
    maxLength: 8,
  });

/** Rank by Gauss elimination in fractions: slow, and with nothing in common with Span. */
function rank(given: readonly (readonly bigint[])[]): number {
  const m = given.map((row) => row.map((c) => rational(c)));
  const minus = (a: Rational, f: Rational, b: Rational) =>
    rational(a.num * f.den * b.den - f.num * b.num * a.den, a.den * f.den * b.den);
  let r = 0;
  for (let j = 0; j < (m[0]?.length ?? 0); j++) {
    const at = m.findIndex((row, i) => i >= r && row[j]?.num !== 0n);
    if (at < 0) continue;
    [m[r], m[at]] = [m[at] as Rational[], m[r] as Rational[]];
    const lead = (m[r] as Rational[])[j] as Rational;
    for (let i = r + 1; i < m.length; i++) {
      const row = m[i] as Rational[];
      const c = row[j] as Rational;
      const f = rational(c.num * lead.den, c.den * lead.num);
      m[i] = row.map((a, k) => minus(a, f, (m[r] as Rational[])[k] as Rational));
    }
    r++;
  }
  return r;
}

test('the span has the rank as its dimension, and takes a vector exactly when the rank grows', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }).chain((d) => vectors(d, 3n).map((vs) => ({ d, vs }))),
      ({ d, vs }) => {
        const span = new Span(d);
        vs.forEach((v, i) => {
          const grew = span.add(v);
          expect(grew).toBe(rank(vs.slice(0, i + 1)) > rank(vs.slice(0, i)));
          expect(span.dimension).toBe(rank(vs.slice(0, i + 1)));
          expect(span.add(v)).toBe(false);
          expect(span.add(v.map((c) => -7n * c))).toBe(false);
        });
      },
    ),
    { ...seed, numRuns: 300 },
  );
});

test('the span takes sums of what it has, and long numbers', () => {
  fc.assert(
    fc.property(vectors(4, 1n << 300n), fc.array(fc.bigInt({ min: -9n, max: 9n }), { minLength: 8 }), (vs, c) => {
      const span = new Span(4);
      for (const v of vs) span.add(v);
      const sum = [0, 1, 2, 3].map((j) => vs.reduce((s, v, i) => s + (c[i] as bigint) * (v[j] as bigint), 0n));
      return !span.add(sum);
    }),
    seed,
  );
});

test('the zero vector adds nothing, and the span of no coordinates is full', () => {
  expect(new Span(2).add([0n, 0n])).toBe(false);
  expect(new Span(0).add([])).toBe(false);
});

test.each([
  [
    [0n, 0n],
    [0n, 0n],
  ],
  [[], []],
  [
    [0n, -6n, 4n],
    [0n, 3n, -2n],
  ],
  [
    [6n, 0n, -4n],
    [3n, 0n, -2n],
  ],
  [[-1n], [1n]],
  [
    [5n, 7n],
    [5n, 7n],
  ],
])('primitive(%s) is %s', (v, expected) => {
  expect(primitive(v)).toEqual(expected);
});

test('primitive vectors are equal exactly for parallel vectors', () => {
  fc.assert(
    fc.property(vectors(3, 4n), (vs) => {
      for (const a of vs) {
        for (const b of vs) {
          const parallel = rank([a, b]) < 2 && rank([a]) === rank([b]);
          expect(primitive(a).join() === primitive(b).join()).toBe(parallel);
        }
      }
    }),
    seed,
  );
});

test('an entry is in lowest terms', () => {
  expect(formatRational(entry({ values: [1n, -4n, 0n], denominator: 6n, bits: 3 }, 1))).toBe('-2/3');
});
