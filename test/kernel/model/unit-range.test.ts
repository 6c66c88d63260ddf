import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RationalBox, rangeOver } from '../../../src/kernel/arithmetic/box-integral.js';
import { type Polynomial, polynomial } from '../../../src/kernel/arithmetic/polynomial.js';
import {
  add,
  compare,
  divide,
  formatRational,
  multiply,
  type Rational,
  rational,
  subtract,
} from '../../../src/kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';
import { piecesMet, rangeOfUnit, type Stretch } from '../../../src/kernel/model/unit-range.js';
import { q, sumOf } from '../arithmetic/exact-quadrature.js';

const meter = () => new Meter(defaultLimits);
const big = (list: readonly number[]): bigint[] => list.map(BigInt);

function valueAt({ values, over }: Stretch, z: Rational): Rational {
  return divide(
    values.reduceRight((sum, c) => add(multiply(sum, z), rational(c)), q(0)),
    rational(over),
  );
}

/** All stretches that z lies in must agree. */
function at(stretches: readonly Stretch[], z: Rational): string {
  const found = stretches.filter(({ from, to }) => compare(from, z) <= 0 && compare(z, to) <= 0);
  const values = new Set(found.map((stretch) => formatRational(valueAt(stretch, z))));
  return [...values].join(' and ');
}

/** γ·x at the points where edges of the box meet w·x = z: the vertices of that part. */
function sliceValues(
  { lower, upper, denominator }: RationalBox,
  gamma: readonly number[],
  w: readonly number[],
  z: Rational,
): readonly Rational[] {
  const d = w.length;
  const ends = lower.map((a, j) => [rational(a, denominator), rational(upper[j] as bigint, denominator)] as const);
  const found: Rational[] = [];
  for (let free = 0; free < d; free++) {
    for (let corner = 0; corner < 2 ** d; corner++) {
      const x = ends.map((pair, j) => pair[(corner >> j) & 1] as Rational);
      const rest = sumOf(x.map((c, j) => (j === free ? q(0) : multiply(q(w[j] as number), c))));
      if (w[free] === 0) {
        if (compare(rest, z) !== 0) continue;
      } else {
        const place = divide(subtract(z, rest), q(w[free] as number));
        const [a, b] = ends[free] as readonly [Rational, Rational];
        if (compare(place, a) < 0 || compare(b, place) < 0) continue;
        x[free] = place;
      }
      found.push(sumOf(x.map((c, j) => multiply(q(gamma[j] as number), c))));
    }
  }
  return found;
}

describe('the range of γ·x + p(z) for one z', () => {
  const small = fc.integer({ min: -3, max: 3 });
  const any = fc.integer({ min: 1, max: 4 }).chain((d) =>
    fc.record({
      w: fc.array(small, { minLength: d, maxLength: d }).filter((w) => w.some((c) => c !== 0)),
      gamma: fc.array(small, { minLength: d, maxLength: d }),
      sides: fc.array(fc.tuple(small, fc.integer({ min: 1, max: 4 })), { minLength: d, maxLength: d }),
      denominator: fc.integer({ min: 1, max: 3 }),
      profiles: fc.tuple(fc.array(small, { maxLength: 4 }), fc.array(small, { maxLength: 4 })),
      over: fc.integer({ min: 1, max: 3 }),
      places: fc.array(fc.integer({ min: 0, max: 24 }), { minLength: 5, maxLength: 5 }),
    }),
  );
  test('is that over the vertices of the slice', () => {
    fc.assert(
      fc.property(any, ({ w, gamma, sides, denominator, profiles, over, places }) => {
        const box: RationalBox = {
          lower: big(sides.map(([a]) => a)),
          upper: big(sides.map(([a, l]) => a + l)),
          denominator: BigInt(denominator),
        };
        const { low, high } = rangeOver(box, big(w));
        const nodes = [low, divide(add(low, high), q(2)), high];
        const lists = profiles.map((p) => polynomial(big(p)));
        const range = rangeOfUnit(box, big(w), nodes, big(gamma), lists, BigInt(over), meter());
        for (const place of places) {
          const z = add(low, multiply(subtract(high, low), q(place, 24)));
          // At the middle node p may jump, since it is any.
          if (place === 12) continue;
          const p = lists[place < 12 ? 0 : 1] as Polynomial;
          const profile = valueAt({ from: low, to: high, values: p, over: 1n }, z);
          const values = sliceValues(box, gamma, w, z)
            .map((value) => divide(add(value, profile), q(over)))
            .sort(compare);
          expect(at(range.least, z)).toBe(formatRational(values[0] as Rational));
          expect(at(range.most, z)).toBe(formatRational(values.at(-1) as Rational));
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('without a direction there is one range', () => {
    const box: RationalBox = { lower: [-1n, 0n], upper: [3n, 2n], denominator: 2n };
    const { least, most } = rangeOfUnit(box, null, [], [2n, -1n], [[5n]], 3n, meter());
    expect([least, most].map((stretches) => at(stretches, q(0)))).toEqual([
      formatRational(q(1)),
      formatRational(q(8, 3)),
    ]);
    const constant = rangeOfUnit(box, null, [], [0n, 0n], [[5n]], 3n, meter());
    expect(at(constant.least, q(0))).toBe('5/3');
  });
});

describe('which pieces are met', () => {
  test('no values are a bug, and not inside every piece', () => {
    expect(() => piecesMet({ least: [], most: [] }, h, meter())).toThrow(RangeError);
  });

  // Breakpoints 0, 1/2, 1
  const h = { breakpoints: [0n, 1n, 2n], breakpointDenominator: 2n };
  const on = (...values: readonly number[]): Stretch => ({
    from: q(-1),
    to: q(1),
    values: polynomial(big(values)),
    over: 4n,
  });
  test.each<[string, readonly Stretch[], readonly Stretch[], string, number | null]>([
    ['a constant inside', [on(1)], [on(1)], '1-1', 1],
    ['a constant at a breakpoint', [on(2)], [on(2)], '1-2', 1],
    ['below all', [on(-1)], [on(-1)], '0-0', 0],
    ['above all', [on(5)], [on(5)], '3-3', 3],
    ['from a breakpoint up', [on(2)], [on(3)], '1-2', 2],
    ['from a breakpoint to the next', [on(2)], [on(4)], '1-3', 2],
    ['a little more than that', [on(2)], [on(5)], '1-3', null],
    ['a piece and a half', [on(1)], [on(3)], '1-2', null],
    ['4x²/4: touches 0 inside, 1 at both ends', [on(0, 0, 4)], [on(0, 0, 4)], '0-3', null],
    ['1/4 + x²/4: touches 1/2 at both ends', [on(1, 0, 1)], [on(1, 0, 1)], '1-2', 1],
    ['x²/4 touches 0 inside', [on(0, 0, 1)], [on(0, 0, 1)], '0-1', 1],
    ['1/2 − x²/4 touches 1/2 inside', [on(2, 0, -1)], [on(2, 0, -1)], '1-2', 1],
    ['(3 − 4x²)/4: both ends lie below 0, the middle in the third piece', [on(3, 0, -4)], [on(3, 0, -4)], '0-2', null],
    ['in two stretches, one of which touches 0 at its ends', [on(1), on(1, 0, -1)], [on(1)], '0-1', 1],
  ])('%s', (_, least, most, pieces, one) => {
    const met = piecesMet({ least, most }, h, meter());
    expect(`${met.pieces.lower}-${met.pieces.upper}`).toBe(pieces);
    expect(met.one).toBe(one);
  });
});
