/** Gradients and Hessians over boxes, against differences of the risk at 40 digits (test/smooth.ts) and in exact fractions (test/forward.ts). */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Enclosures } from '../../../src/kernel/arithmetic/enclosure.js';
import { readPoint, readProblem } from '../../../src/kernel/check.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';
import { boundFirstOrder } from '../../../src/kernel/model/enclosed-gradient.js';
import { encloseHessian } from '../../../src/kernel/model/enclosed-hessian.js';
import { sliceOf } from '../../../src/kernel/model/slice.js';
import { Recorder } from '../../../src/kernel/model/tape.js';
import type { SummedProblem } from '../../../src/kernel/statement.js';
import {
  activation,
  dense,
  type Fields,
  point,
  problem,
  type Quantity,
  type Row,
  type Value,
} from '../../certificate.js';
import { riskAt } from '../../forward.js';
import { type Fraction, read } from '../../landscape.js';
import { avgpool, conv1d, conv2d, flatten, maxpool, type Nested, pointOf, residual, shaped } from '../../layers.js';
import { Decimal, decimal, layersOf, riskOf } from '../../smooth.js';

const seed = { seed: 1 };

interface Bounds {
  readonly dimension: number;
  readonly value: readonly [Decimal, Decimal];
  readonly gradient: readonly (readonly [Decimal, Decimal])[];
  /** lower triangle of M, and row sums of E */
  readonly M: readonly (readonly Decimal[])[];
  readonly rowSums: readonly Decimal[];
}

/** What the kernel finds over the box of this half width around a point. */
function bounds(written: Fields, theta: Fields, bits: number, halfWidth: number): Bounds {
  const header = { version: 1 };
  const read = readProblem(JSON.stringify({ format: 'cairn-problem', ...header, ...written }));
  if (read.kind !== 'read' || !['samples', 'decayed-samples'].includes(read.value.type))
    throw new Error(JSON.stringify(read));
  const samples = read.value as SummedProblem;
  const at = readPoint(JSON.stringify({ format: 'cairn-point', ...header, ...theta }), read.value);
  if (at.kind !== 'read') throw new Error(at.reason.message);
  const meter = new Meter(defaultLimits);
  const e = new Enclosures(bits);
  const slice = sliceOf(samples.network, () => false);
  const recorder = (radius: bigint) => new Recorder(samples.network, at.value.parameters, slice, radius, e, meter);
  const first = boundFirstOrder(samples, slice, recorder(0n), '$');
  const wide = recorder(BigInt(Math.round(halfWidth * 2 ** 40)) << BigInt(bits - 40));
  const { M, rowSums } = encloseHessian(samples, slice, wide, '$', () => {});
  const over = (a: bigint, shift: number): Decimal => new Decimal(a.toString()).div(new Decimal(2).pow(shift));
  const { lower, upper } = first.risk;
  const quotient = ({ num, den }: { num: bigint; den: bigint }) => new Decimal(num.toString()).div(den.toString());
  return {
    dimension: slice.dimension,
    value: [quotient(lower), quotient(upper)],
    gradient: first.gradient.map(({ low, high }) => [over(low, bits), over(high, bits)]),
    M: M.map((row) => row.map((a) => over(a, 2 * bits))),
    rowSums: rowSums.map((a) => over(a, 2 * bits)),
  };
}

/** θ as a list of coordinates, in the order of slices, and back. */
function coordinatesOf(theta: Fields): {
  readonly list: readonly Decimal[];
  readonly back: (list: readonly Decimal[]) => Fields;
} {
  const layers = layersOf(theta);
  const list = layers.flatMap(({ weights, bias }) =>
    weights.flatMap((row, u) => [...row, ...(bias === null ? [] : [bias[u] as Decimal])]),
  );
  return {
    list,
    back(values) {
      let at = 0;
      const next = (): string => (values[at++] as Decimal).toFixed(60);
      return {
        layers: layers.map(({ weights, bias }) => {
          const rows = weights.map((row) => ({ weights: row.map(next), bias: bias === null ? null : next() }));
          const own = { weights: rows.map((row) => row.weights) };
          return bias === null ? own : { ...own, bias: rows.map((row) => row.bias as string) };
        }),
      };
    },
  };
}

const step = new Decimal('1e-10');

type Risk = (at: readonly Decimal[]) => Decimal;

function shifted(risk: Risk, at: readonly Decimal[], moves: readonly (readonly [number, number])[]): Decimal {
  return risk(at.map((value, k) => moves.reduce((sum, [j, sign]) => (j === k ? sum.add(step.mul(sign)) : sum), value)));
}

/** Central differences: errors of about 10⁻¹⁹. */
function derivative(risk: Risk, at: readonly Decimal[], j: number): Decimal {
  return shifted(risk, at, [[j, 1]])
    .sub(shifted(risk, at, [[j, -1]]))
    .div(step.mul(2));
}

function secondDerivative(risk: Risk, at: readonly Decimal[], j: number, k: number): Decimal {
  const corner = (a: number, b: number): Decimal =>
    shifted(risk, at, [
      [j, a],
      [k, b],
    ]);
  return corner(1, 1).sub(corner(1, -1)).sub(corner(-1, 1)).add(corner(-1, -1)).div(step.mul(step).mul(4));
}

const slack = new Decimal('1e-14');

/** The Hessian at a member of the box is M + E', and no |E'_jk| is above the sum of its row, or of its column. */
function expectEnclosed(
  { M, rowSums, dimension }: Bounds,
  risk: Risk,
  at: readonly Decimal[],
  pairs: readonly number[],
): void {
  for (const pair of pairs) {
    const [a, b] = [pair % dimension, Math.floor(pair / dimension) % dimension];
    const [j, k] = a >= b ? [a, b] : [b, a];
    const error = ((M[j] as readonly Decimal[])[k] as Decimal).sub(secondDerivative(risk, at, j, k)).abs();
    expect(error.lte(Decimal.min(rowSums[j] as Decimal, rowSums[k] as Decimal).add(slack))).toBe(true);
  }
}

function expectGradient(
  { gradient, dimension }: Bounds,
  risk: Risk,
  at: readonly Decimal[],
  chosen: readonly number[],
): void {
  for (const choice of chosen) {
    const j = choice % dimension;
    const [low, high] = gradient[j] as readonly [Decimal, Decimal];
    const found = derivative(risk, at, j);
    expect(found.gte(low.sub(slack)) && found.lte(high.add(slack))).toBe(true);
    expect(high.sub(low).lte('1e-10')).toBe(true);
  }
}

const smooth = ['tanh', 'sigmoid', 'atan', 'sin', 'softplus', 'silu', 'gelu', 'quadratic'];
const losses: readonly Fields[] = [
  { function: 'squared', factor: '1/2' },
  { function: 'log-cosh' },
  { function: 'power', exponent: '4' },
  { function: 'power', exponent: '5/2' },
  { function: 'polynomial', coefficients: ['0', '1', '-1', '0', '1'] },
  { function: 'logistic' },
];

/** Layers of these widths, with random weights of a few sixteenths. */
const network = (name: string, widths: readonly number[]) =>
  fc.array(fc.integer({ min: -16, max: 16 }), { minLength: 200, maxLength: 200 }).map((numbers) => {
    let at = 0;
    const next = (): string => `${numbers[at++] ?? 1}/16`;
    const layers = widths.slice(1).map((units, l) => {
      const weights = Array.from({ length: units }, () => Array.from({ length: widths[l] as number }, next));
      return [weights, Array.from({ length: units }, next)] as const;
    });
    const written = widths
      .slice(1)
      .flatMap((units, l) => (l === 0 ? [dense(units)] : [activation(name), dense(units)]));
    return { written, theta: point(...(layers as unknown as (readonly [readonly Row[], Row])[])) };
  });

const inputs: readonly Row[] = [
  [1, '-1/2'],
  ['3/4', 2],
  [0, '-5/4'],
];
const targets = (width: number): readonly Row[] =>
  [
    ['1/4', '1/2'],
    ['3/4', '1'],
    ['1/3', '0'],
  ].map((row) => row.slice(0, width) as readonly Quantity[]);

describe.each(smooth)('%s', (name) => {
  test.each<[string, readonly number[], number]>([
    ['one hidden layer', [2, 2, 1], 1],
    ['two hidden layers and outputs', [2, 2, 2, 2], 2],
  ])('%s: derivatives of the risk are enclosed', (_, widths, outputs) => {
    fc.assert(
      fc.property(
        network(name, widths),
        fc.constantFrom(...losses),
        fc.array(fc.nat(10_000), { minLength: 4, maxLength: 4 }),
        ({ written, theta }, loss, chosen) => {
          const samples = problem({ layers: written, loss, x: inputs, y: targets(outputs), weights: [1, '1/3', 2] });
          const halfWidth = 2 ** -7;
          const found = bounds(samples, theta, 64, halfWidth);
          const { list, back } = coordinatesOf(theta);
          const risk = (at: readonly Decimal[]) => riskOf(samples, layersOf(back(at)));
          const value = risk(list);
          expect(value.gte(found.value[0].sub(slack)) && value.lte(found.value[1].add(slack))).toBe(true);
          expectGradient(found, risk, list, chosen);
          expectEnclosed(found, risk, list, chosen);
          // And at another point of the box.
          const away = list.map((v, j) =>
            v.add(new Decimal(halfWidth).mul((((chosen[0] as number) + 11 * j) % 9) - 4).div(4)),
          );
          expectEnclosed(found, risk, away, chosen);
        },
      ),
      { ...seed, numRuns: 2 },
    );
  });
});

/** What has to be counted in all outputs together, or in the parameters themselves. */
describe('cross-entropy and weight decay', () => {
  const probabilities: readonly Row[] = [
    ['1/2', '1/4', '1/4'],
    [0, 1, 0],
    ['1/3', '1/3', '1/3'],
  ];
  test.each<[string, Fields, readonly number[], readonly Row[], string | null]>([
    ['cross-entropy, three classes', { function: 'cross-entropy' }, [2, 2, 3], probabilities, null],
    ['cross-entropy, a factor', { function: 'cross-entropy', factor: '3/7' }, [2, 2, 2, 3], probabilities, null],
    ['cross-entropy with weight decay', { function: 'cross-entropy' }, [2, 2, 3], probabilities, '3/7'],
    ['squares with weight decay', { function: 'squared' }, [2, 2, 1], targets(1), '5/3'],
    ['logistic with weight decay', { function: 'logistic' }, [2, 2, 2], targets(2), '1/9'],
  ])('%s', (_, loss, widths, y, l2) => {
    fc.assert(
      fc.property(
        network('tanh', widths),
        fc.array(fc.nat(10_000), { minLength: 6, maxLength: 6 }),
        ({ written, theta }, chosen) => {
          const plain = problem({ layers: written, loss, x: inputs, y, weights: [1, '1/3', 2] });
          const samples = l2 === null ? plain : { ...plain, regularization: { l2 } };
          const halfWidth = 2 ** -7;
          const found = bounds(samples, theta, 64, halfWidth);
          const { list, back } = coordinatesOf(theta);
          const penalty = (at: readonly Decimal[]): Decimal =>
            at.reduce((sum, w) => sum.add(w.mul(w)), new Decimal(0)).mul(decimal(l2 ?? '0'));
          const risk = (at: readonly Decimal[]) => riskOf(plain, layersOf(back(at))).add(penalty(at));
          const value = risk(list);
          expect(value.gte(found.value[0].sub(slack)) && value.lte(found.value[1].add(slack))).toBe(true);
          expectGradient(found, risk, list, chosen);
          expectEnclosed(found, risk, list, chosen);
          const away = list.map((v, j) =>
            v.add(new Decimal(halfWidth).mul((((chosen[0] as number) + 11 * j) % 9) - 4).div(4)),
          );
          expectEnclosed(found, risk, away, chosen);
        },
      ),
      { ...seed, numRuns: 2 },
    );
  });
});

/** Nested loops over channels and positions in fractions (test/forward.ts): layers that are not dense. */
describe('convolutions, pools and residual sums', () => {
  const h = activation('leaky-relu', { slope: '1/4' });
  const image = [
    ['1', '-1/2', '3/4', '2'],
    ['-1', '1/3', '5/4', '-3/2'],
  ];
  const numbers = ['3/8', '-5/8', '7/16', '-1/4', '9/16', '-11/16', '1/2', '5/16', '-3/16', '13/16', '-7/8'];
  const layersFor: readonly (readonly [
    string,
    readonly number[],
    readonly Fields[],
    readonly (readonly number[])[],
  ])[] = [
    [
      'a convolution with padding, a residual sum, an average pool',
      [1, 4],
      [conv1d(2, 3, { padding: 1 }), h, residual(conv1d(2, 1), h, conv1d(2, 1)), h, avgpool(2), flatten, dense(1)],
      [
        [2, 1, 3],
        [2, 2, 1],
        [2, 2, 1],
        [1, 4],
      ],
    ],
    [
      'a maximum pool, two outputs, a residual sum that begins with an activation',
      [1, 4],
      [conv1d(2, 2, { stride: 2 }), h, maxpool(2), flatten, residual(h, dense(2)), h, dense(2)],
      [
        [2, 1, 2],
        [2, 2],
        [2, 2],
      ],
    ],
    [
      'two convolutions on an image',
      [1, 2, 2],
      [conv2d(2, [1, 2]), h, conv2d(2, [2, 1]), h, flatten, dense(1)],
      [
        [2, 1, 1, 2],
        [2, 2, 2, 1],
        [1, 2],
      ],
    ],
  ];

  test.each(layersFor)('%s', (_, input, layers, shapes) => {
    let at = 0;
    const next = (): string => numbers[at++ % numbers.length] as string;
    const nested = ([first, ...rest]: readonly number[]): Nested =>
      Array.from({ length: first as number }, () => (rest.length === 0 ? next() : nested(rest)));
    const theta = pointOf(
      ...shapes.map((shape) => [nested(shape), Array.from({ length: shape[0] as number }, next)] as const),
    );
    const outputs = shapes[shapes.length - 1]?.[0] as number;
    const y = [
      ['1/4', '1'],
      ['-1/2', '2'],
    ].map((row) => row.slice(0, outputs));
    const loss = { function: 'power', exponent: '4' };
    const found = bounds(shaped({ input, layers, x: image, y, loss }), theta, 80, 0);
    // All coordinates in the order of slices: unit by unit, its bias last.
    const flat = (values: Value): readonly string[] =>
      Array.isArray(values) ? values.flatMap(flat) : [values as string];
    const given = (theta['layers'] as readonly Fields[]).map(({ weights, bias }) => ({
      weights: (weights as readonly Value[]).map(flat),
      bias: bias as readonly string[],
    }));
    const list = given
      .flatMap(({ weights, bias }) => weights.flatMap((row, u) => [...row, bias[u] as string]))
      .map((q) => decimal(q));
    expect(list.length).toBe(found.dimension);
    const [x, targets] = [image, y].map((rows) => rows.map((row) => row.map(read))) as [Fraction[][], Fraction[][]];
    const risk: Risk = (values) => {
      let k = 0;
      const take = (): Fraction => {
        const scaled = (values[k++] as Decimal).mul('1e30').round().toFixed(0);
        return [BigInt(scaled), 10n ** 30n];
      };
      const moved = given.map(({ weights }) => {
        const rows = weights.map((row) => ({ row: row.map(take), bias: take() }));
        return { weights: rows.map(({ row }) => row), bias: rows.map((unit) => unit.bias) };
      });
      const [n, d] = riskAt({ input, layers }, moved, loss, x as Fraction[][], targets as Fraction[][]);
      return new Decimal(n.toString()).div(d.toString());
    };
    const pairs = Array.from({ length: 24 }, (_, k) => k * 97 + 13);
    expectGradient(found, risk, list, pairs);
    expectEnclosed(found, risk, list, pairs);
  });
});
