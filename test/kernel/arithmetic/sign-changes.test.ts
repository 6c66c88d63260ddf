import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { multiply, type Polynomial, polynomial } from '../../../src/kernel/arithmetic/polynomial.js';
import { compare, formatRational, type Rational } from '../../../src/kernel/arithmetic/rational.js';
import { signChanges } from '../../../src/kernel/arithmetic/sign-changes.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';
import { Refusal } from '../../../src/kernel/verdict.js';
import { q } from './exact-quadrature.js';

const meter = () => new Meter(defaultLimits);
const of = (...c: readonly number[]): Polynomial => polynomial(c.map(BigInt));
const shown = (points: readonly Rational[] | null): string | null =>
  points === null ? null : [...points].sort(compare).map(formatRational).join(' ');
const product = (...factors: readonly Polynomial[]): Polynomial => factors.reduce(multiply, [1n]);

describe('where a polynomial changes its sign strictly inside an interval', () => {
  test.each<[string, Polynomial, Rational, Rational, string | null]>([
    ['0', [], q(-1), q(1), ''],
    ['a constant', of(3), q(-1), q(1), ''],
    ['a line inside', of(-1, 3), q(0), q(1), '1/3'],
    ['a line at an end', of(0, 3), q(0), q(1), ''],
    ['a falling line', of(1, -2), q(0), q(1), '1/2'],
    ['two rational roots', of(-4, 0, 9), q(-1), q(1), '-2/3 2/3'],
    ['one of them at an end', of(-4, 0, 9), q(-1), q(2, 3), '-2/3'],
    ['one of them outside', of(-4, 0, 9), q(0), q(1), '2/3'],
    ['both outside', of(-4, 0, 9), q(-1, 2), q(1, 2), ''],
    ['a square touches', product(of(-1, 2), of(-1, 2)), q(0), q(1), ''],
    ['a cube passes', product(of(-1, 2), of(-1, 2), of(-1, 2)), q(0), q(1), '1/2'],
    ['a negative cube', product(of(1, -2), of(1, -2), of(1, -2)), q(0), q(1), '1/2'],
    ['no real root', of(1, 0, 1), q(-9), q(9), ''],
    ['√2 inside', of(-2, 0, 1), q(0), q(2), null],
    ['√2 outside', of(-2, 0, 1), q(0), q(7, 5), ''],
    ['√2 twice is touched', product(of(-2, 0, 1), of(-2, 0, 1)), q(0), q(2), ''],
    ['√2 beside a rational root', product(of(-2, 0, 1), of(-1, 2)), q(0), q(2), null],
    ['a rational root before √2', product(of(-2, 0, 1), of(-1, 2)), q(0), q(1), '1/2'],
    ['√2 between two rationals that are near', product(of(-2, 0, 1), of(-1, 2)), q(1414, 1000), q(1415, 1000), null],
    ['roots 1/2, 1/3, 1/6', product(of(-1, 2), of(-1, 3), of(-1, 6)), q(0), q(1), '1/6 1/3 1/2'],
    ['0 among the roots', product(of(0, 1), of(-1, 3), of(1, 3)), q(-1), q(1), '-1/3 0 1/3'],
    ['an interval without inside', product(of(0, 1), of(-1, 3), of(1, 3)), q(1, 3), q(1, 3), ''],
  ])('%s', (_, p, from, to, expected) => {
    expect(shown(signChanges(p, from, to, meter()))).toBe(expected);
  });

  test('random products of lines, with multiplicities', () => {
    const line = fc.tuple(
      fc.integer({ min: -9, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 3 }),
    );
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), fc.boolean(), (lines, irrational) => {
        const count = new Map<string, { root: Rational; times: number }>();
        for (const [n, d, times] of lines) {
          const root = q(n, d);
          const key = formatRational(root);
          count.set(key, { root, times: (count.get(key)?.times ?? 0) + times });
        }
        const factors = lines.flatMap(([n, d, times]) => new Array<Polynomial>(times).fill(of(-n, d)));
        // x² + x + 1 has no real root, and (x² − 3)² does not change its sign.
        const more = irrational ? [of(-3, 0, 1), of(-3, 0, 1)] : [of(1, 1, 1)];
        const expected = [...count.values()]
          .filter(({ root, times }) => times % 2 === 1 && compare(q(-5, 2), root) < 0 && compare(root, q(3)) < 0)
          .map(({ root }) => root);
        expect(shown(signChanges(product(...factors, ...more), q(-5, 2), q(3), meter()))).toBe(shown(expected));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('a search that would take long is declined', () => {
    const p = polynomial([-(10n ** 4000n) - 1n, 0n, 10n ** 4000n + 7n]);
    const few = new Meter({ ...defaultLimits, operations: 1_000_000 });
    expect(() => signChanges(p, q(0), q(2), few)).toThrow(Refusal);
  });

  test('ends in disorder are a bug', () => {
    expect(() => signChanges(of(-2, 0, 1), q(1), q(0), meter())).toThrow(RangeError);
  });
});
