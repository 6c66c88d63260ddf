import { describe, expect, test } from 'vitest';
import { liu2021Convolutional as liu } from '../../src/constructions/liu-2021-convolutional.js';
import { formatRational, one, type Rational, rational, zero } from '../../src/kernel/arithmetic/rational.js';
import { leastSquares } from '../../src/numerics/least-squares.js';
import { build, csv, type Data, type Options, piecewise, samples, theoremOf } from './samples.js';

/** Signals of length 4 with the number of their peaks. */
const signals = samples(
  [
    [0, 1, 2, 1],
    [1, 0, 3, 1],
    [2, 1, 0, 4],
    [0, 0, 1, 0],
    [3, 1, 0, 0],
    [0, 2, 0, 1],
    [1, 1, 1, 0],
    [2, 0, 0, 5],
    [0, 4, 1, 3],
    [1, 0, 0, 0],
    [0, 3, 0, 0],
    [5, 0, 2, 1],
    [1, 2, 1, 0],
    [0, 0, 2, 3],
    [2, 2, 0, 1],
    [3, 0, 4, 0],
  ],
  [1, 2, 2, 1, 1, 2, 0, 2, 2, 1, 1, 2, 1, 1, 2, 2],
);
const shape = { shape: '1x4' };

function digits(n: number): Data {
  const { inputs, targets } = csv('digits');
  return { inputs: inputs.slice(0, n), targets: targets.slice(0, n), weights: null };
}

/** The exact risk of the best affine fit of given integer features. */
function riskOfFeatures(features: readonly (readonly bigint[])[], targets: readonly bigint[]): Rational {
  const X = features.map((row) => [...row, 1n]);
  const { coefficients } = leastSquares(
    X,
    targets.map((y) => [y]),
  );
  const { numerators, denominator } = coefficients;
  const total = X.reduce((sum, row, i) => {
    const p = row.reduce((value, x, j) => value + x * (numerators[j]?.[0] as bigint), 0n);
    return sum + (p - (targets[i] as bigint) * denominator) ** 2n;
  }, 0n);
  return rational(total, denominator * denominator);
}

const integersOf = ({ inputs, targets }: Data) => ({
  X: inputs.map((row) => row.map(({ num }) => num)),
  y: targets.map((row) => row[0]?.num as bigint),
});

/** The first risk that the notes name. */
function riskIn(built: Awaited<ReturnType<typeof build>>): string {
  if (built.kind !== 'built') throw new Error(JSON.stringify(built));
  return built.notes.map((note) => /risk ([^,;]*)/.exec(note)?.[1]).find((risk) => risk !== undefined) ?? '';
}

describe('the local minimum is the best affine fit of what the pool makes of the pixels', () => {
  const { X, y } = integersOf(signals);
  const at = (row: readonly bigint[], p: number): bigint => row[p] as bigint;
  const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);
  test.each<readonly [string, Options, (row: readonly bigint[]) => bigint[]]>([
    ['kernel 2, no pool: all pixels', { settings: { ...shape, kernel: '2', pool: 'none' } }, (row) => [...row]],
    [
      'kernel 3, global average',
      { settings: { ...shape, window: 'global' } },
      (row) => [0, 1, 2].map((p) => at(row, p) + at(row, p + 1)),
    ],
    [
      'kernel 1, average',
      { settings: { ...shape, kernel: '1' } },
      (row) => [0, 2].map((p) => at(row, p) + at(row, p + 1)),
    ],
    [
      'maximum of pairs',
      { settings: { ...shape, pool: 'max' } },
      (row) => [0, 2].map((p) => most(at(row, p), at(row, p + 1))),
    ],
    [
      'two input channels of length 2, kernel 1, global average',
      { settings: { shape: '2x2', kernel: '1', window: 'global' } },
      (row) => [0, 2].map((p) => at(row, p) + at(row, p + 1)),
    ],
    ['2 × 2 pixels, kernel 2, leaky', { activation: 'leaky-relu', settings: { kernel: '2' } }, (row) => [...row]],
  ])('%s', async (_, options, features) => {
    const built = await build(liu, signals, options);
    theoremOf(built);
    expect(riskIn(built)).toBe(formatRational(riskOfFeatures(X.map(features), y)));
  });
});

test.each(['relu', 'leaky-relu:slope=1/4', 'prelu:slope=-1', 'abs', 'hardtanh', 'relu6', 'softshrink'])(
  'one group and two groups with %s',
  async (activation) => {
    for (const pool of ['average', 'max', 'none']) {
      const settings = { ...shape, kernel: '1', pool };
      theoremOf(await build(liu, signals, { activation, settings }));
      theoremOf(await build(liu, signals, { activation, settings: { ...settings, level: '2' }, hidden: [5, 1] }));
    }
  },
);

test('a negative slope everywhere turns maxima into minima', async () => {
  const activation = piecewise(
    ['-1000'],
    [
      ['-500', '-3/2'],
      ['0', '-1'],
    ],
  );
  const built = await build(liu, signals, { activation, settings: { ...shape, pool: 'max' } });
  theoremOf(built);
  const { X, y } = integersOf(signals);
  const least = X.map(([a = 0n, b = 0n, c = 0n, d = 0n]) => [a < b ? a : b, c < d ? c : d]);
  expect(riskIn(built)).toBe(formatRational(riskOfFeatures(least, y)));
});

describe('digits', () => {
  test('average pool, one group', async () => {
    theoremOf(await build(liu, digits(120), {}));
  });
  test('maximum pool, where equal pixels tie', async () => {
    theoremOf(await build(liu, digits(120), { settings: { pool: 'max' } }));
  });
  test('groups in the dense layers behind', async () => {
    const built = await build(liu, digits(120), {
      activation: 'leaky-relu',
      hidden: [7, 2],
      settings: { kernel: '1', window: '4', level: '2' },
    });
    theoremOf(built);
    expect(built).toMatchObject({ notes: expect.arrayContaining([expect.stringContaining('level 3')]) });
  });
  test('several outputs, one group', async () => {
    const data = digits(100);
    const targets = data.targets.map(([y]) => [0n, 1n, 2n].map((kind) => (y?.num === kind ? one : zero)));
    theoremOf(await build(liu, { ...data, targets }, { settings: { window: '3' } }));
  });
});

test.each<readonly [string, Data, Options]>([
  ['piecewise linear activation', signals, { activation: 'identity', settings: shape }],
  ['pooling keeps its winners', signals, { settings: { ...shape, pool: 'max', kernel: '2' } }],
  ['channels', signals, { settings: { ...shape, kernel: '2', channels: '2' } }],
  [
    'scalar output',
    { ...signals, targets: signals.targets.map(([y]) => [y as Rational, one]) },
    { settings: { ...shape, level: '2' } },
  ],
  [
    'not linearly fittable',
    samples(
      [
        [0, 1],
        [1, 3],
        [2, 2],
      ],
      [1, 4, 4],
    ),
    { settings: { pool: 'none', kernel: '1' } },
  ],
  ['width', signals, { hidden: [1], settings: { ...shape, level: '2' } }],
])('names the hypothesis that fails: %s', async (hypothesis, data, options) => {
  expect(liu.hypotheses.map(({ name }) => name)).toContain(hypothesis);
  expect(await build(liu, data, options)).toMatchObject({ kind: 'hypothesis-fails', hypothesis });
});

test.each([
  [{ shape: '1x5' }, /"shape"/],
  [{ shape: '4' }, /"shape"/],
  [{ kernel: '5', ...shape }, /"kernel"/],
  [{ kernel: 'x', ...shape }, /"kernel"/],
  [{ pool: 'mean', ...shape }, /"pool"/],
  [{ window: '3', kernel: '3', ...shape }, /"window"/],
  [{ channels: '0', ...shape }, /"channels"/],
  [{ level: '0', ...shape }, /"level"/],
  [{ shap: '1x4' }, /did you mean "shape"\?/],
])('refuses the settings %j', async (settings, message) => {
  const built = await build(liu, signals, { settings: settings as Record<string, string> });
  expect(built).toMatchObject({ kind: 'usage', message: expect.stringMatching(message) });
});
