import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  integrateOverBox,
  integrateOverSlab,
  type RationalBox,
  type RationalPolynomial,
  rangeOver,
  type Slab,
  totalDegree,
} from '../../../src/kernel/arithmetic/box-integral.js';
import {
  addMany,
  add as addPolynomials,
  constantPolynomial,
  type MultiPolynomial,
  monomial,
  multiply as multiplyPolynomials,
  power,
  terms,
} from '../../../src/kernel/arithmetic/multivariate.js';
import {
  add,
  compare,
  formatRational,
  multiply,
  negate,
  type Rational,
  rational,
  subtract,
} from '../../../src/kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';
import { q, quadrature, sumOf } from './exact-quadrature.js';

const seed = { seed: 1 };
const meter = () => new Meter(defaultLimits);

/** Terms as [coefficient, …exponents]. */
const P = (...list: readonly (readonly [number, ...number[]])[]): RationalPolynomial => ({
  numerator: addMany(list.map(([c, ...exponents]) => monomial(exponents, BigInt(c)))),
  denominator: 1n,
});
const box = (...sides: readonly (readonly [number, number])[]): RationalBox => ({
  lower: sides.map(([a]) => BigInt(a)),
  upper: sides.map(([, b]) => BigInt(b)),
  denominator: 1n,
});
const unit = (d: number): RationalBox => box(...new Array<[number, number]>(d).fill([0, 1]));
const slab = (low: Rational | null, high: Rational | null): Slab => ({ low, high });
const over = (p: RationalPolynomial, b: RationalBox) => formatRational(integrateOverBox(p, b, meter()));
const between = (p: RationalPolynomial, b: RationalBox, w: readonly number[], s: Slab) =>
  formatRational(integrateOverSlab(p, b, w.map(BigInt), s, meter()));

describe('whole boxes', () => {
  test.each<[string, RationalPolynomial, RationalBox, string]>([
    ['1 on [0,1]', P([1, 0]), unit(1), '1'],
    ['x² on [−1,2]', P([1, 2]), box([-1, 2]), '3'],
    ['an odd power on a symmetric interval', P([5, 7]), box([-3, 3]), '0'],
    ['x − 3x² + 2 on [1/2,3/2]', P([1, 1], [-3, 2], [2, 0]), { lower: [1n], upper: [3n], denominator: 2n }, '-1/4'],
    ['over a denominator', { ...P([3, 1]), denominator: 7n }, box([0, 2]), '6/7'],
    ['0', P(), unit(2), '0'],
    ['1 on a box: its volume', P([1, 0, 0, 0]), box([-1, 2], [3, 5], [0, 7]), '42'],
    ['x²y³', P([12, 2, 3]), box([0, 1], [-1, 2]), '15'],
    ['a sum', P([1, 1, 0], [1, 0, 1], [1, 0, 0]), unit(2), '2'],
    [
      'the volume in 10 dimensions',
      P([1, ...new Array<number>(10).fill(0)]),
      box(...new Array<[number, number]>(10).fill([-1, 1])),
      '1024',
    ],
  ])('%s', (_, p, b, expected) => {
    expect(over(p, b)).toBe(expected);
  });
});

describe('slabs', () => {
  const none = slab(null, null);
  test.each<[string, RationalPolynomial, RationalBox, readonly number[], Slab, string]>([
    ['a half interval', P([1, 0]), box([0, 2]), [1], slab(q(1, 3), null), '5/3'],
    ['below', P([1, 0]), box([0, 2]), [1], slab(null, q(1, 3)), '1/3'],
    ['a negative direction', P([1, 0]), box([0, 2]), [-1], slab(q(-1, 3), null), '1/3'],
    ['a multiple of the direction', P([1, 0]), box([0, 2]), [6], slab(q(2), null), '5/3'],
    ['x on an inner interval', P([2, 1]), box([0, 9]), [1], slab(q(1), q(4)), '15'],
    ['the whole line', P([2, 1]), box([0, 9]), [1], none, '81'],
    ['the triangle x + y ≤ 1', P([1, 0, 0]), unit(2), [1, 1], slab(null, q(1)), '1/2'],
    ['the triangle x + y ≥ 3/2', P([1, 0, 0]), unit(2), [1, 1], slab(q(3, 2), null), '1/8'],
    ['xy on x + y ≤ 1', P([24, 1, 1]), unit(2), [1, 1], slab(null, q(1)), '1'],
    ['x²y³ on x + y ≤ 1: 2!3!/7!', P([5040, 2, 3]), unit(2), [1, 1], slab(null, q(1)), '12'],
    ['x ≥ y', P([1, 0, 0]), unit(2), [1, -1], slab(q(0), null), '1/2'],
    ['the corner simplex in 3 dimensions', P([1, 0, 0, 0]), unit(3), [1, 1, 1], slab(null, q(1)), '1/6'],
    ['the middle slab of the cube', P([1, 0, 0, 0]), unit(3), [1, 1, 1], slab(q(1), q(2)), '2/3'],
    ['xyz on the simplex: 1/6!', P([720, 1, 1, 1]), unit(3), [1, 1, 1], slab(null, q(1)), '1'],
    [
      'a coordinate that the direction does not see',
      P([1, 0, 2]),
      box([0, 1], [0, 3]),
      [1, 0],
      slab(q(1, 4), null),
      '27/4',
    ],
    ['the other coordinate', P([1, 2, 0]), box([0, 1], [0, 3]), [0, 2], slab(null, q(4)), '2/3'],
    ['the direction 0 inside', P([1, 1, 0]), unit(2), [0, 0], slab(q(-1), q(0)), '1/2'],
    ['the direction 0 without ends', P([1, 1, 0]), unit(2), [0, 0], none, '1/2'],
    ['the direction 0 above', P([1, 1, 0]), unit(2), [0, 0], slab(null, q(-1)), '0'],
    ['the direction 0 below', P([1, 1, 0]), unit(2), [0, 0], slab(q(1), null), '0'],
    ['a slab above the box', P([1, 0, 0]), unit(2), [1, 1], slab(q(5), q(7)), '0'],
    ['a slab below the box', P([1, 0, 0]), unit(2), [1, 1], slab(q(-7), q(-5)), '0'],
    ['a slab around the box', P([1, 0, 0]), unit(2), [1, 1], slab(q(-7), q(5)), '1'],
    ['a slab without inside', P([1, 0, 0]), unit(2), [1, 1], slab(q(1), q(1)), '0'],
    ['ends in disorder', P([1, 0, 0]), unit(2), [1, 1], slab(q(1), q(1, 2)), '0'],
    ['0', P(), unit(2), [1, 1], slab(q(1), null), '0'],
  ])('%s', (_, p, b, w, s, expected) => {
    expect(between(p, b, w, s)).toBe(expected);
  });

  test('the simplex in 10 dimensions has the volume 1/10!', () => {
    const one: RationalPolynomial = { numerator: constantPolynomial(10, 1n), denominator: 1n };
    expect(between(one, unit(10), new Array<number>(10).fill(1), slab(null, q(1)))).toBe('1/3628800');
  });
});

/** A random polynomial, box, direction and slab in d dimensions. */
const cases = (d: number, degree: number) => {
  const exponents = fc
    .array(fc.integer({ min: 0, max: degree }), { minLength: d, maxLength: d })
    .filter((e) => e.reduce((a, b) => a + b, 0) <= degree);
  const small = fc.integer({ min: -6, max: 6 });
  return fc
    .record({
      p: fc.record({
        numerator: fc
          .array(fc.tuple(exponents, small), { minLength: 1, maxLength: 4 })
          .map((list) => addMany(list.map(([e, c]) => monomial(e, BigInt(c))))),
        denominator: fc.bigInt({ min: 1n, max: 5n }),
      }),
      box: fc
        .record({
          sides: fc.array(fc.tuple(small, fc.integer({ min: 1, max: 5 })), { minLength: d, maxLength: d }),
          denominator: fc.bigInt({ min: 1n, max: 3n }),
        })
        .map(
          ({ sides, denominator }): RationalBox => ({
            lower: sides.map(([a]) => BigInt(a)),
            upper: sides.map(([a, length]) => BigInt(a + length)),
            denominator,
          }),
        ),
      w: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: d, maxLength: d }).map((w) => w.map(BigInt)),
      ends: fc.tuple(
        fc.integer({ min: -40, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 4 }),
      ),
      absent: fc.constantFrom('low', 'high', 'none', 'none'),
    })
    .map(({ p, box, w, ends: [low, length, den], absent }) => ({
      p,
      box,
      w,
      slab: { low: absent === 'low' ? null : q(low, den), high: absent === 'high' ? null : q(low + length, den) },
    }));
};

function at(p: RationalPolynomial, x: readonly Rational[]): Rational {
  const value = sumOf(
    [...terms(p.numerator)].map(({ exponents, coefficient }) =>
      exponents.reduce((v, e, j) => {
        let power = v;
        for (let k = 0; k < e; k++) power = multiply(power, x[j] as Rational);
        return power;
      }, rational(coefficient)),
    ),
  );
  return multiply(value, rational(1n, p.denominator));
}

describe.each([
  [1, 5, 200],
  [2, 3, 60],
  [3, 2, 15],
])('in %i dimensions', (d, degree, numRuns) => {
  test('slabs agree with exact quadrature', () => {
    fc.assert(
      fc.property(cases(d, degree), ({ p, box, w, slab: { low, high } }) => {
        const [lower, upper] = [box.lower, box.upper].map((ends) => ends.map((n) => rational(n, box.denominator)));
        const expected = quadrature(
          (x) => at(p, x),
          totalDegree(p.numerator),
          lower as Rational[],
          upper as Rational[],
          w.map((c) => rational(c)),
          [low, high].filter((t) => t !== null),
          (z) => (low === null || compare(low, z) <= 0) && (high === null || compare(z, high) <= 0),
        );
        expect(formatRational(integrateOverSlab(p, box, w, { low, high }, meter()))).toBe(formatRational(expected));
      }),
      { ...seed, numRuns },
    );
  });
});

describe('laws', () => {
  const any = fc.integer({ min: 1, max: 4 }).chain((d) => cases(d, 3).map((c) => ({ d, ...c })));
  const check = (law: (c: { d: number; p: RationalPolynomial; box: RationalBox; w: bigint[]; slab: Slab }) => void) =>
    fc.assert(fc.property(any, law), { ...seed, numRuns: 200 });
  const equal = (a: Rational, b: Rational) => expect(formatRational(a)).toBe(formatRational(b));

  test('without ends a slab is the box', () => {
    check(({ p, box, w }) => {
      equal(integrateOverSlab(p, box, w, slab(null, null), meter()), integrateOverBox(p, box, meter()));
    });
  });

  test('two half-spaces make the box, unless the hyperplane is everything', () => {
    check(({ p, box, w, slab: { low, high } }) => {
      if (w.every((c) => c === 0n)) return;
      const t = (low ?? high) as Rational;
      const [below, above] = [slab(null, t), slab(t, null)].map((s) => integrateOverSlab(p, box, w, s, meter()));
      equal(add(below as Rational, above as Rational), integrateOverBox(p, box, meter()));
    });
  });

  test('a direction and its negative, its multiples: the same slab', () => {
    check(({ p, box, w, slab: s }) => {
      const by = (n: bigint): Slab => {
        const [low, high] = [s.low, s.high].map((t) => t && multiply(t, rational(n)));
        return n < 0n ? slab(high ?? null, low ?? null) : slab(low ?? null, high ?? null);
      };
      for (const n of [-1n, 4n, -6n]) {
        const scaled = w.map((c) => c * n);
        equal(integrateOverSlab(p, box, scaled, by(n), meter()), integrateOverSlab(p, box, w, s, meter()));
      }
    });
  });

  test('halves of a box add up', () => {
    check(({ d, p, box, w, slab: s }) => {
      const denominator = 2n * box.denominator;
      const [lower, upper] = [box.lower, box.upper].map((ends) => ends.map((n) => 2n * n)) as [bigint[], bigint[]];
      for (let j = 0; j < d; j++) {
        const middle = ((lower[j] as bigint) + (upper[j] as bigint)) / 2n;
        const halves = [
          { lower, upper: upper.with(j, middle), denominator },
          { lower: lower.with(j, middle), upper, denominator },
        ].map((half) => integrateOverSlab(p, half, w, s, meter()));
        equal(sumOf(halves), integrateOverSlab(p, box, w, s, meter()));
      }
    });
  });

  test('linear in the polynomial', () => {
    check(({ d, p, box, w, slab: s }) => {
      const r: RationalPolynomial = {
        numerator: monomial(new Array<number>(d).fill(1), 3n),
        denominator: p.denominator,
      };
      const both = { numerator: addPolynomials(p.numerator, r.numerator), denominator: p.denominator };
      const [a, b, c] = [p, r, both].map((f) => integrateOverSlab(f, box, w, s, meter())) as [
        Rational,
        Rational,
        Rational,
      ];
      equal(add(a, b), c);
    });
  });

  test('the order of the coordinates does not matter', () => {
    check(({ p, box, w, slab: s }) => {
      const turned: MultiPolynomial = addMany(
        Array.from(terms(p.numerator), ({ exponents, coefficient }) => monomial(exponents.toReversed(), coefficient)),
      );
      const other = { ...box, lower: box.lower.toReversed(), upper: box.upper.toReversed() };
      equal(
        integrateOverSlab({ ...p, numerator: turned }, other, w.toReversed(), s, meter()),
        integrateOverSlab(p, box, w, s, meter()),
      );
    });
  });

  test('a reflected coordinate', () => {
    check(({ d, p, box, w, slab: s }) => {
      for (let j = 0; j < d; j++) {
        const mirror = {
          ...box,
          lower: box.lower.with(j, -(box.upper[j] as bigint)),
          upper: box.upper.with(j, -(box.lower[j] as bigint)),
        };
        const turned = addMany(
          Array.from(terms(p.numerator), ({ exponents, coefficient }) =>
            monomial(exponents, (exponents[j] as number) % 2 === 1 ? -coefficient : coefficient),
          ),
        );
        equal(
          integrateOverSlab({ ...p, numerator: turned }, mirror, w.with(j, -(w[j] as bigint)), s, meter()),
          integrateOverSlab(p, box, w, s, meter()),
        );
      }
    });
  });

  // theory.md 5e: ∫ (w·x−t)_+^m = Σ_v (−1)^(lower ends) (w·x_v − t)_+^(m+d) / (Π w_j (m+1)…(m+d)).
  test('powers of a hinge have the sum over the vertices', () => {
    check(({ d, box, w, slab: { low, high } }) => {
      if (w.some((c) => c === 0n)) return;
      const t = (low ?? high) as Rational;
      const z = addMany([
        constantPolynomial(d, -t.num),
        ...w.map((c, j) => monomial(new Array<number>(d).fill(0).with(j, 1), c * t.den)),
      ]);
      for (const m of [0, 1, 2, 3]) {
        const hinge = { numerator: power(z, m, d), denominator: t.den ** BigInt(m) };
        let corners: [bigint, Rational][] = [[1n, negate(t)]];
        w.forEach((c, j) => {
          corners = corners.flatMap(([sign, at]) =>
            [box.lower, box.upper].map((ends, side): [bigint, Rational] => [
              side === 0 ? -sign : sign,
              add(at, rational(c * (ends[j] as bigint), box.denominator)),
            ]),
          );
        });
        let product = w.reduce((a, b) => a * b, 1n);
        for (let k = 1; k <= d; k++) product *= BigInt(m + k);
        const expected = sumOf(
          corners.map(([sign, at]) => {
            if (at.num <= 0n) return q(0);
            const n = BigInt(m + d);
            return rational(sign * at.num ** n, product * at.den ** n);
          }),
        );
        equal(integrateOverSlab(hinge, box, w, slab(t, null), meter()), expected);
      }
    });
  });

  test('the derivative of the integral in the end t is minus the integral over the hyperplane: a cube', () => {
    // ∫ over x+y+z ≥ t of the unit cube near t = 3: (3−t)³/6.
    const t = q(29, 10);
    equal(integrateOverSlab(P([1, 0, 0, 0]), unit(3), [1n, 1n, 1n], slab(t, null), meter()), rational(1n, 6000n));
    equal(subtract(q(3), t), q(1, 10));
  });

  test('products of polynomials: ∫ (pq) on disjoint coordinates is a product', () => {
    const [p, r] = [P([1, 2, 0], [3, 0, 0]), P([2, 0, 1], [1, 0, 3])];
    const b = box([0, 2], [-1, 3]);
    const both = { numerator: multiplyPolynomials(p.numerator, r.numerator), denominator: 1n };
    const [x, y] = [
      integrateOverBox(P([1, 2], [3, 0]), box([0, 2]), meter()),
      integrateOverBox(P([2, 1], [1, 3]), box([-1, 3]), meter()),
    ];
    equal(integrateOverBox(both, b, meter()), multiply(x, y));
  });
});

test('the range of w·x', () => {
  const { low, high } = rangeOver({ lower: [-1n, 2n, 0n], upper: [3n, 4n, 1n], denominator: 2n }, [1n, -2n, 0n]);
  expect([low, high].map(formatRational)).toEqual(['-9/2', '-1/2']);
});

describe('limits', () => {
  const refusal = (act: () => unknown): string => {
    try {
      act();
    } catch (error) {
      return (error as { code: string }).code;
    }
    return 'none';
  };
  const one = (d: number): RationalPolynomial => ({ numerator: constantPolynomial(d, 1n), denominator: 1n });

  test('too many vertices are declined before they are visited', () => {
    for (const d of [40, 784, 2000]) {
      const w = new Array<bigint>(d).fill(1n);
      expect(refusal(() => integrateOverSlab(one(d), unit(d), w, slab(q(1), null), meter()))).toBe('limit-operations');
    }
  });

  test('coordinates that the direction does not see cost little', () => {
    const w = new Array<bigint>(500).fill(0n).with(7, 1n);
    expect(formatRational(integrateOverSlab(one(500), unit(500), w, slab(q(1, 4), null), meter()))).toBe('3/4');
  });

  test('monomials with very many derivatives are declined', () => {
    const p = { numerator: monomial(new Array<number>(6).fill(100), 1n), denominator: 1n };
    const few = new Meter({ ...defaultLimits, limbs: 100_000 });
    const w = new Array<bigint>(6).fill(1n);
    expect(refusal(() => integrateOverSlab(p, unit(6), w, slab(q(1), null), few))).toBe('limit-limbs');
  });
});
