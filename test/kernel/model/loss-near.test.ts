import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Enclosures } from '../../../src/kernel/arithmetic/enclosure.js';
import type { Interval } from '../../../src/kernel/arithmetic/interval.js';
import { Decoder } from '../../../src/kernel/decode.js';
import { lossSchema } from '../../../src/kernel/format.js';
import { readJson } from '../../../src/kernel/json.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';
import { interpretLoss } from '../../../src/kernel/model/loss.js';
import { LossNear } from '../../../src/kernel/model/loss-near.js';
import { Refusal } from '../../../src/kernel/verdict.js';

const seed = { seed: 1 };
const bits = 60;
const e = new Enclosures(bits);

function lossNear(written: object, enclosures = e, limits = defaultLimits, outputs = 1): LossNear {
  const meter = new Meter(limits);
  const json = readJson(JSON.stringify(written), limits);
  const loss = interpretLoss(new Decoder(meter).decode(lossSchema, json, '$'), meter, '$');
  return new LossNear(loss, outputs, enclosures, meter, '$');
}

/** Of a loss with one free output. */
function single(near: LossNear) {
  const only = <V>([value]: readonly V[]): V => value as V;
  return {
    value: (z: Interval, target: Interval) => near.value([z], [target]),
    derivative: (z: Interval, target: Interval) => only(near.derivative([z], [target])),
    leastCurvature: (z: Interval) => only(near.leastCurvatures([z])),
  };
}

/** Half of the sum, as a double. */
const middle = ({ low, high }: Interval): number => Number(low + high) / 2 ** (bits + 1);
const width = ({ low, high }: Interval): number => Number(high - low) / 2 ** bits;
const units = (numerator: number): bigint => (BigInt(numerator) << BigInt(bits)) / 16n;
const y = e.of(1n, 4n);

/** Values in doubles of L and L' where the argument is the residual (for the logistic loss the prediction, with the target 1/4). */
const reference: readonly [object, (r: number) => number, (r: number) => number][] = [
  [{ function: 'squared', factor: '1/2' }, (r) => (r * r) / 2, (r) => r],
  [{ function: 'power', exponent: '4' }, (r) => r ** 4, (r) => 4 * r ** 3],
  [{ function: 'power', exponent: '3' }, (r) => Math.abs(r) ** 3, (r) => 3 * r * Math.abs(r)],
  [
    { function: 'power', exponent: '3/2', factor: '2' },
    (r) => 2 * Math.abs(r) ** 1.5,
    (r) => 3 * Math.sign(r) * Math.sqrt(Math.abs(r)),
  ],
  [{ function: 'power', exponent: '5/2' }, (r) => Math.abs(r) ** 2.5, (r) => 2.5 * Math.sign(r) * Math.abs(r) ** 1.5],
  [
    { function: 'huber', threshold: '1/2' },
    (r) => (Math.abs(r) <= 0.5 ? (r * r) / 2 : Math.abs(r) / 2 - 1 / 8),
    (r) => Math.max(-0.5, Math.min(0.5, r)),
  ],
  [{ function: 'log-cosh', factor: '3' }, (r) => 3 * Math.log(Math.cosh(r)), (r) => 3 * Math.tanh(r)],
  [{ function: 'logistic' }, (p) => Math.log(1 + Math.exp(p)) - p / 4, (p) => 1 / (1 + Math.exp(-p)) - 1 / 4],
  [
    { function: 'smooth-quantile', level: '1/4', width: '2' },
    (r) => (r < -0.5 ? -r / 4 - 1 / 16 : r > 1.5 ? (3 * r) / 4 - 9 / 16 : (r * r) / 4),
    (r) => (r < -0.5 ? -1 / 4 : r > 1.5 ? 3 / 4 : r / 2),
  ],
  [
    { function: 'polynomial', coefficients: ['1', '-1', '1/2', '0', '1/12'] },
    (r) => 1 - r + (r * r) / 2 + r ** 4 / 12,
    (r) => -1 + r + r ** 3 / 3,
  ],
];

test.each(reference)('%o: values and derivatives', (written, value, derivative) => {
  const near = single(lossNear(written));
  for (let r = -64; r <= 64; r += 3) {
    const z = e.of(BigInt(r), 16n);
    const [V, G] = [near.value(z, y), near.derivative(z, y)];
    expect(middle(V)).toBeCloseTo(value(r / 16), 11);
    expect(middle(G)).toBeCloseTo(derivative(r / 16), 11);
    expect(width(V) + width(G)).toBeLessThan(1e-12);
  }
});

test.each(reference)(
  "%o: L' grows at least by the least curvature, and enclosures hold what lies in the interval",
  (written) => {
    const near = single(lossNear(written));
    const sixteenth = fc.integer({ min: -64, max: 64 });
    fc.assert(
      fc.property(fc.tuple(sixteenth, sixteenth, sixteenth, sixteenth), (four) => {
        const [low, a, b, high] = [...four].sort((x, z) => x - z).map(units) as [bigint, bigint, bigint, bigint];
        const z = { low, high };
        const least = near.leastCurvature(z);
        expect(least >= 0n).toBe(true);
        const [A, B] = [a, b].map((end) => near.derivative({ low: end, high: end }, y)) as [Interval, Interval];
        // L'(b) − L'(a) ≥ m (b − a), up to what the enclosures leave open
        expect((B.high - A.low) << BigInt(bits) >= least * (b - a)).toBe(true);
        const [G, V, at] = [near.derivative(z, y), near.value(z, y), near.value({ low: a, high: a }, y)];
        expect(G.low <= A.high && A.low <= G.high).toBe(true);
        expect(V.low <= at.high && at.low <= V.high).toBe(true);
      }),
      { ...seed, numRuns: 150 },
    );
  },
);

test.each<[string, object, readonly [number, number], number]>([
  ['huber inside', { function: 'huber', threshold: '1' }, [-8, 8], 1],
  ['huber up to the threshold: the piece beyond is met', { function: 'huber', threshold: '1' }, [-8, 16], 0],
  ['huber beyond', { function: 'huber', threshold: '1' }, [17, 30], 0],
  ['the exponent 3 at 0', { function: 'power', exponent: '3' }, [-1, 16], 0],
  ['the exponent 3 off 0', { function: 'power', exponent: '3' }, [16, 32], 6],
  ['the exponent 4, left of 0', { function: 'power', exponent: '4' }, [-32, -16], 12],
  ['the exponent 3/2 at 0', { function: 'power', exponent: '3/2' }, [-16, 64], 3 / 8],
  ['the exponent 5/2 at 0', { function: 'power', exponent: '5/2' }, [0, 64], 0],
  ['the exponent 5/2, left of 0', { function: 'power', exponent: '5/2' }, [-64, -16], 15 / 4],
  ['log-cosh: least at the far end, whichever it is', { function: 'log-cosh' }, [-32, 16], 1 / Math.cosh(2) ** 2],
  ['logistic', { function: 'logistic' }, [-16, 32], Math.exp(2) / (1 + Math.exp(2)) ** 2],
  ['logistic with a factor', { function: 'logistic', factor: '4' }, [-16, 0], (4 * Math.E) / (1 + Math.E) ** 2],
])('%s: the least curvature', (_, written, [low, high], expected) => {
  const least = Number(single(lossNear(written)).leastCurvature({ low: units(low), high: units(high) })) / 2 ** bits;
  expect(least).toBeCloseTo(expected, 11);
  expect(least).toBeLessThanOrEqual(expected + 1e-15);
});

test('the argument is the residual, but for the logistic loss and cross-entropy the prediction', () => {
  const of = (written: object): Interval => lossNear(written).argument(3n, 4n, 1n, 2n);
  expect(of({ function: 'log-cosh' })).toEqual(e.of(1n, 4n));
  expect(of({ function: 'squared' })).toEqual(e.of(1n, 4n));
  expect(of({ function: 'logistic' })).toEqual(e.of(3n, 4n));
  expect(of({ function: 'cross-entropy' })).toEqual(e.of(3n, 4n));
});

test('what is not convex has no such bounds; nor have values that take too long', () => {
  expect(() => lossNear({ function: 'polynomial', coefficients: ['0', '0', '-1'] })).toThrow(Refusal);
  const costly = (written: object): void => {
    const fine = new Enclosures(10_000);
    const near = lossNear(written, fine, { ...defaultLimits, operations: 1e7 });
    near.value([fine.of(1n, 3n)], [fine.of(0n)]);
  };
  expect(() => costly({ function: 'log-cosh' })).toThrow(Refusal);
  expect(() => costly({ function: 'power', exponent: '3/2' })).toThrow(Refusal);
  expect(() => costly({ function: 'power', exponent: '999' })).toThrow(Refusal);
  expect(() => costly({ function: 'squared' })).not.toThrow();
});

describe('cross-entropy of three classes, the last logit 0', () => {
  const near = lossNear({ function: 'cross-entropy', factor: '3' }, e, defaultLimits, 3);
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
