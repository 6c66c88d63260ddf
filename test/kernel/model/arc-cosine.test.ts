import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Interval } from '../../../src/kernel/arithmetic/interval.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';
import { gaussianGradient, gaussianHessian, gaussianRisk } from '../../../src/kernel/model/arc-cosine.js';
import type { GaussianTeacher } from '../../../src/kernel/model/gaussian-teacher.js';
import type { Parameters } from '../../../src/kernel/model/network.js';
import { floatGaussianRisk } from '../../../src/numerics/gaussian-risk.js';

const bits = 80;
const meter = () => new Meter(defaultLimits);
const over = 16n;
const seed = { seed: 1, numRuns: 25 };

type Rows = readonly (readonly number[])[];
const integers = (rows: Rows): bigint[][] => rows.map((row) => row.map((c) => BigInt(Math.round(c * Number(over)))));
const student = (rows: Rows): Parameters => [{ weights: integers(rows), bias: null, denominator: over, bits: 16 }];
const data = (rows: Rows): GaussianTeacher => ({
  dimension: rows[0]?.length ?? 0,
  teacher: { rows: integers(rows), denominator: over, bits: 16 },
});
const inDoubles = (teacher: Rows, rows: Rows): number =>
  floatGaussianRisk(data(teacher))([{ weights: rows.map((row) => Float64Array.from(row)), bias: null }]);
const middle = ({ low, high }: Interval): number => Number(low + high) / 2 ** (bits + 1);

/** Rows of sixteenths, no two of them parallel. */
const rowsOf = (count: number, d: number) =>
  fc
    .array(fc.array(fc.integer({ min: -40, max: 40 }), { minLength: d, maxLength: d }), {
      minLength: count,
      maxLength: count,
    })
    .filter((rows) =>
      rows.every((a, i) =>
        rows.slice(0, i).every((b) => {
          const dot = (x: readonly number[], y: readonly number[]) =>
            x.reduce((sum, c, u) => sum + c * (y[u] as number), 0);
          return dot(a, a) * dot(b, b) - dot(a, b) ** 2 > 400;
        }),
      ),
    )
    .map((rows): Rows => rows.map((row) => row.map((c) => c / 16)));

test('the risk is the closed form, and that of the expectation it stands for', () => {
  fc.assert(
    fc.property(rowsOf(5, 3), (rows) => {
      const [W, V] = [rows.slice(0, 3), rows.slice(3)];
      const { lower, upper } = gaussianRisk(data(V), student(W), bits, meter());
      const value = Number((lower.num << 60n) / lower.den) / 2 ** 60;
      expect(value).toBeCloseTo(inDoubles(V, W), 11);
      expect(upper.num * lower.den >= lower.num * upper.den).toBe(true);
      expect(Number(((upper.num * lower.den - lower.num * upper.den) << 60n) / (upper.den * lower.den))).toBe(0);
    }),
    seed,
  );
});

test('the closed form against sampling', () => {
  // x ~ N(0, I) by the method of Box and Muller, from a fixed seed.
  let state = 7;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const W: Rows = [
    [1, -0.5, 0.25],
    [-0.75, 0.5, 1],
  ];
  const V: Rows = [
    [0.5, 1, 0],
    [0, -1, 0.5],
  ];
  const value = (rows: Rows, x: readonly number[]) =>
    rows.reduce(
      (sum, row) =>
        sum +
        Math.max(
          row.reduce((s, c, u) => s + c * (x[u] as number), 0),
          0,
        ),
      0,
    );
  const samples = 400_000;
  let [total, squares] = [0, 0];
  for (let i = 0; i < samples; i++) {
    const x = [normal(), normal(), normal()];
    const loss = (value(W, x) - value(V, x)) ** 2 / 2;
    total += loss;
    squares += loss * loss;
  }
  const mean = total / samples;
  const error = Math.sqrt((squares / samples - mean * mean) / samples);
  const { lower } = gaussianRisk(data(V), student(W), bits, meter());
  expect(Math.abs(Number((lower.num << 60n) / lower.den) / 2 ** 60 - mean)).toBeLessThan(5 * error);
});

test('units that are equal, parallel, opposite or 0 have exact risks where nothing else is left', () => {
  const exact = (W: Rows, V: Rows): string => {
    const { lower, upper } = gaussianRisk(data(V), student(W), bits, meter());
    expect(lower).toEqual(upper);
    return `${lower.num}/${lower.den}`;
  };
  const [e1, e2] = [
    [1, 0],
    [0, 1],
  ] as const;
  expect(exact([e1, e2], [e2, e1])).toBe('0/1');
  expect(exact([e1, e2, [0, 0]], [e1, e2])).toBe('0/1');
  // relu(2t) = relu(t) + relu(t)
  expect(exact([[2, 0], e2], [e1, e1, e2])).toBe('0/1');
  // ½ E relu(t)² = ¼
  expect(exact([[0, 0]], [e1])).toBe('1/4');
  expect(exact([[3, 0]], [e1])).toBe('1/1');
  // ½ E (relu(t) − relu(−t))² = ½ E t²
  expect(exact([e1], [[-1, 0]])).toBe('1/2');
});

test('gradient and Hessian are derivatives of the risk', () => {
  fc.assert(
    fc.property(rowsOf(5, 3), (rows) => {
      const [W, V] = [rows.slice(0, 3), rows.slice(3)];
      const gradient = gaussianGradient(data(V), student(W), 0n, bits, meter()).flat().map(middle);
      const { M, rowSums } = gaussianHessian(data(V), student(W), 0n, bits, meter(), '$');
      expect(rowSums.every((sum) => sum >= 0n && sum < 1n << BigInt(2 * bits - 40))).toBe(true);
      const h = 1e-5;
      const at = (moves: readonly (readonly [number, number])[]): number =>
        inDoubles(
          V,
          W.map((row, j) => row.map((c, u) => c + moves.reduce((sum, [k, t]) => (k === j * 3 + u ? sum + t : sum), 0))),
        );
      gradient.forEach((g, k) => {
        expect(g).toBeCloseTo((at([[k, h]]) - at([[k, -h]])) / (2 * h), 6);
      });
      M.forEach((row, k) => {
        row.forEach((m, l) => {
          const step = 1e-3;
          const difference =
            (at([
              [k, step],
              [l, step],
            ]) -
              at([
                [k, step],
                [l, -step],
              ]) -
              at([
                [k, -step],
                [l, step],
              ]) +
              at([
                [k, -step],
                [l, -step],
              ])) /
            (4 * step * step);
          expect(Number(m >> BigInt(bits)) / 2 ** bits).toBeCloseTo(difference, 2);
        });
      });
    }),
    seed,
  );
});

test('over a box, the Hessian at every point of it lies between', () => {
  fc.assert(
    fc.property(
      rowsOf(4, 2),
      fc.array(fc.integer({ min: -1, max: 1 }), { minLength: 4, maxLength: 4 }),
      (rows, moves) => {
        const [W, V] = [rows.slice(0, 2), rows.slice(2)];
        // Steps of 1/2^14 over a box of that size.
        const reach = 1n << BigInt(bits - 14);
        const { M, rowSums } = gaussianHessian(data(V), student(W), reach, bits, meter(), '$');
        const fine = 1n << 14n;
        const moved: Parameters = [
          {
            weights: integers(W).map((row, j) =>
              row.map((c, u) => (c * fine) / over + BigInt(moves[2 * j + u] as number)),
            ),
            bias: null,
            denominator: fine,
            bits: 32,
          },
        ];
        const inside = gaussianHessian(data(V), moved, 0n, bits, meter(), '$');
        M.forEach((row, k) => {
          row.forEach((m, l) => {
            const apart = ((inside.M[k] as readonly bigint[])[l] as bigint) - m;
            const most = (rowSums[k] as bigint) + (inside.rowSums[k] as bigint);
            expect((apart < 0n ? -apart : apart) <= most).toBe(true);
          });
        });
      },
    ),
    seed,
  );
});
