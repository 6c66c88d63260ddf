import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Enclosures } from '../../../src/kernel/arithmetic/enclosure.js';
import type { Interval } from '../../../src/kernel/arithmetic/interval.js';
import { rational } from '../../../src/kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';
import type { Loss } from '../../../src/kernel/model/loss.js';
import { LossNear } from '../../../src/kernel/model/loss-near.js';
import { LossOfRows } from '../../../src/kernel/model/loss-of-rows.js';

const seed = { seed: 1 };
const bits = 60;
const e = new Enclosures(bits);
const meter = new Meter(defaultLimits);
const middle = ({ low, high }: Interval): number => Number(low + high) / 2 ** (bits + 1);
const units = (numerator: number): bigint => (BigInt(numerator) << BigInt(bits)) / 16n;

describe('cross-entropy of three classes, the last logit 0', () => {
  const loss: Loss = { family: 'smooth', name: 'cross-entropy', factor: rational(3n), exponent: rational(1n) };
  const near = new LossOfRows(loss, 3, e, meter, '$');
  const targets = [e.of(1n, 2n), e.of(1n, 4n), e.of(1n, 4n)];
  const softmax = (p: number, q: number): [number, number, number] => {
    const total = Math.exp(p) + Math.exp(q) + 1;
    return [Math.exp(p) / total, Math.exp(q) / total, 1 / total];
  };
  const at = (a: number, b: number): Interval[] => [e.of(BigInt(a), 16n), e.of(BigInt(b), 16n)];

  test('values and derivatives', () => {
    expect(near.free).toBe(2);
    for (let a = -64; a <= 64; a += 16) {
      for (let b = -60; b <= 64; b += 13) {
        const [p, q] = [a / 16, b / 16];
        const [s, t] = softmax(p, q);
        expect(middle(near.value(at(a, b), targets))).toBeCloseTo(
          3 * (Math.log(Math.exp(p) + Math.exp(q) + 1) - p / 2 - q / 4),
          11,
        );
        const [G, H] = near.derivative(at(a, b), targets) as [Interval, Interval];
        expect(middle(G)).toBeCloseTo(3 * (s - 1 / 2), 11);
        expect(middle(H)).toBeCloseTo(3 * (t - 1 / 4), 11);
      }
    }
  });

  test('the curvature at a point is the product of two probabilities', () => {
    const [s, t, last] = softmax(0.5, -0.25);
    const [m, n] = near.leastCurvatures(at(8, -4)).map((least) => Number(least) / 2 ** bits) as [number, number];
    expect(m).toBeCloseTo(3 * s * last, 11);
    expect(n).toBeCloseTo(3 * t * last, 11);
  });

  test('derivatives grow at least by the least curvatures', () => {
    const sixteenth = fc.integer({ min: -64, max: 64 });
    const pair = fc.tuple(sixteenth, sixteenth, sixteenth, sixteenth);
    fc.assert(
      fc.property(pair, pair, (first, second) => {
        const [A, B] = [first, second].map((four) => [...four].sort((x, z) => x - z).map(units)) as [
          bigint[],
          bigint[],
        ];
        const range = [A, B].map(([low, , , high]): Interval => ({ low: low as bigint, high: high as bigint }));
        const corner = (i: number, j: number): Interval[] =>
          [A[i], B[j]].map((end): Interval => ({ low: end as bigint, high: end as bigint }));
        const least = near.leastCurvatures(range);
        for (const [u, v] of [
          [corner(1, 1), corner(2, 2)],
          [corner(1, 2), corner(2, 1)],
        ] as const) {
          const [G, H] = [near.derivative(u, targets), near.derivative(v, targets)];
          let [grown, wanted] = [0n, 0n];
          for (const c of [0, 1]) {
            const step = (v[c] as Interval).low - (u[c] as Interval).low;
            const [from, to] = [G[c] as Interval, H[c] as Interval];
            // an upper bound of (∂ℓ(v) − ∂ℓ(u)) (v − u)
            grown += step >= 0n ? (to.high - from.low) * step : (to.low - from.high) * step;
            wanted += (least[c] as bigint) * step * step;
          }
          expect(grown << BigInt(bits) >= wanted).toBe(true);
        }
      }),
      { ...seed, numRuns: 150 },
    );
  });
});

test('a loss of separate outputs is the sum over them, and all of them are free', () => {
  const loss: Loss = { family: 'smooth', name: 'log-cosh', factor: rational(3n, 2n), exponent: rational(1n) };
  const [rows, single] = [new LossOfRows(loss, 2, e, meter, '$'), new LossNear(loss, e, meter, '$')];
  expect(rows.free).toBe(2);
  const [z, y] = [
    [e.of(1n, 3n), e.of(-2n, 5n)],
    [e.of(0n), e.of(1n)],
  ] as const;
  expect(rows.value(z, y)).toEqual(e.add(single.value(z[0], y[0]), single.value(z[1], y[1])));
  expect(rows.derivative(z, y)).toEqual(z.map((argument, c) => single.derivative(argument, y[c] as Interval)));
  expect(rows.leastCurvatures(z)).toEqual(z.map((range) => single.leastCurvature(range)));
  expect(rows.argument(3n, 4n, 1n, 2n)).toEqual(e.of(1n, 4n));
});
