import { describe, expect, test } from 'vitest';
import { heWangTao2020 as valley } from '../../src/constructions/he-wang-tao-2020.js';
import { checkCertificate } from '../../src/kernel/check.js';
import { seeded } from '../../src/provers/random.js';
import {
  build,
  type Cell,
  csv,
  type Data,
  exact,
  number,
  type Options,
  piecewise,
  samples,
  share,
  theoremOf,
} from './samples.js';

const outputs = (data: Data, targets: readonly (readonly Cell[])[]): Data => ({
  ...data,
  targets: targets.map((row) => row.map(number)),
});
const tent = samples([[0], [1], [2]], [0, 1, 0]);
const two = outputs(tent, [
  [0, 1],
  [1, 4],
  [0, 2],
]);

/** One indicator a species; the first of samples with equal inputs is kept. */
function species(): Data {
  const { inputs, targets } = csv('iris');
  const seen = new Set<string>();
  const kept = inputs.flatMap((row, i) => {
    const key = row.map(({ num, den }) => `${num}/${den}`).join();
    if (seen.has(key)) return [];
    seen.add(key);
    return [i];
  });
  return {
    inputs: kept.map((i) => inputs[i] as (typeof inputs)[number]),
    targets: kept.map((i) => [0n, 1n, 2n].map((k) => number(targets[i]?.[0]?.num === k ? 1 : 0))),
    weights: null,
  };
}

describe('accepts', () => {
  test.each([
    ['relu', [4]],
    ['leaky-relu', [4, 4]],
    ['hardtanh', [5, 4, 4]],
    ['relu6', [4, 4]],
    ['hard-sigmoid', [4, 5]],
    ['softshrink', [5, 4]],
    ['prelu:slope=-1/2', [4, 4]],
  ] as const)('three species of iris with %s, widths %j', async (activation, hidden) => {
    const theorem = theoremOf(await build(valley, species(), { activation, hidden, effort: 1 }));
    expect(theorem.rule).toBe('affine-span');
    expect(share(theorem)).toBeGreaterThan(0.4);
  });

  test('the smallest width is one more than there are outputs', async () => {
    const theorem = theoremOf(await build(valley, two));
    expect(theorem.statement.problem.network.stages.map(({ units }) => units)).toEqual([3, 2]);
  });

  test('random data, depths, outputs and activations', async () => {
    const random = seeded(3);
    const activations = ['relu', 'leaky-relu', 'hardtanh', 'relu6', 'hard-sigmoid', 'softshrink'];
    for (let t = 0; t < 18; t++) {
      const n = random.integer(4, 8);
      const k = random.integer(1, 3);
      const data = outputs(
        samples(
          Array.from({ length: n }, (_, i) => [i, random.integer(-3, 3)]),
          new Array(n).fill(0),
          Array.from({ length: n }, () => random.integer(1, 3)),
        ),
        Array.from({ length: n }, () => Array.from({ length: k }, () => `${random.integer(-9, 9)}/2`)),
      );
      const hidden = Array.from({ length: random.integer(1, 3) }, () => random.integer(k + 1, k + 3));
      theoremOf(
        await build(valley, data, { activation: activations[t % activations.length] as string, hidden, effort: 1 }),
      );
    }
  });

  test('along the valley every point is a local minimum of the same risk', async () => {
    const built = await build(valley, two, { hidden: [3, 4], activation: 'hardtanh' });
    const { risk } = theoremOf(built);
    if (built.kind !== 'built') return;
    const json = JSON.parse(built.text);
    expect(json.about.text).toContain(
      'unit 3 of hidden layer 1 has weights 0 in and out, and moving its bias between -1 and 1',
    );
    for (const bias of ['-99/100', '1/3', '99/100']) {
      const { layers } = json.statement.point;
      expect(layers[0].weights[2]).toEqual(['0']);
      expect((layers[1].weights as string[][]).map((row) => row[2])).toEqual(['0', '0', '0', '0']);
      layers[0].bias[2] = bias;
      const verdict = checkCertificate(JSON.stringify(json));
      expect(verdict.kind).toBe('proved');
      if (verdict.kind === 'proved') expect(exact(verdict.theorem.risk.point)).toBe(exact(risk.point));
    }
  });
});

describe('names the hypothesis that fails', () => {
  const line = outputs(tent, [
    [0, 1],
    [1, 3],
    [2, 5],
  ]);
  // |·| at −1, and −|·| at 1: slopes −2, 2, −2.
  const zigzag = piecewise(
    ['-1', '1'],
    [
      ['-2', '-2'],
      ['2', '2'],
      ['6', '-2'],
    ],
  );
  const rows: readonly (readonly [string, string, Data, Options])[] = [
    ['hidden layers wider than the output', 'one layer', two, { hidden: [2] }],
    ['hidden layers wider than the output', 'a later layer', two, { hidden: [3, 5, 2] }],
    ['activation piecewise linear, not linear', 'identity', two, { activation: 'identity' }],
    ['activation piecewise linear, not linear', 'a constant', two, { activation: piecewise([], [['1']]) }],
    ['activation piecewise linear, not linear', 'elu', two, { activation: 'elu' }],
    ['a kink whose two slopes do not sum to zero', 'abs', two, { activation: 'abs' }],
    ['a kink whose two slopes do not sum to zero', 'prelu −1', two, { activation: 'prelu:slope=-1' }],
    ['a kink whose two slopes do not sum to zero', 'a zigzag', two, { activation: zigzag }],
    ['distinct samples', 'equal labels', samples([[0], [1], [2], [1]], [0, 1, 0, 1]), {}],
    ['distinct samples', 'different labels', samples([[0], [1], [2], [1]], [0, 1, 0, 3]), {}],
    ['not linearly fittable', 'a line in each output', line, {}],
    [
      'not linearly fittable',
      'more inputs than samples',
      samples(
        [
          [1, 2],
          [3, 4],
        ],
        [5, 9],
      ),
      { hidden: [2, 2] },
    ],
    [
      'loss with derivative zero only at the label',
      'a polynomial whose minimum is elsewhere',
      two,
      { loss: { function: 'polynomial', coefficients: ['0', '-1', '1'] } },
    ],
  ];
  test.each(rows)('%s: %s', async (hypothesis, _, data, options) => {
    expect(valley.hypotheses.map(({ name }) => name)).toContain(hypothesis);
    expect(await build(valley, data, options)).toMatchObject({ kind: 'hypothesis-fails', hypothesis });
  });
});

test('has no settings', async () => {
  expect(await build(valley, two, { settings: { segment: 'constant' } })).toMatchObject({ kind: 'usage' });
});
