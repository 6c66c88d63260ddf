import { describe, expect, test } from 'vitest';
import { yunSraJadbabaie2019Theorem1 as theorem1 } from '../../src/constructions/yun-sra-jadbabaie-2019-theorem-1.js';
import { compare, rational } from '../../src/kernel/arithmetic/rational.js';
import { pointRisk } from '../../src/report/risk-string.js';
import { build, csv, exact, number, type Options, piecewise, samples, share, theoremOf } from './samples.js';

const xor = samples(
  [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ],
  [1, 1, -1, -1],
);
const tent = samples([[0], [1], [2]], [0, 1, 0]);

describe('exact numbers', () => {
  test('XOR with factor 1/2 (case 2): risk 2, and better than the 251/128 of sources.md', async () => {
    const theorem = theoremOf(await build(theorem1, xor, { loss: 'squared:factor=1/2' }));
    const { risk } = theorem;
    expect(exact(risk.point)).toBe('2');
    expect(compare((risk.better ?? pointRisk(theorem)).upper, rational(251n, 128n))).toBe(-1);
  });

  test('the example of formats.md 9: risk 156/29, and at most 4/3', async () => {
    const data = samples([[-4], [-3], [-2], [2], [3], [4]], [4, 2, 2, 2, 4, 4]);
    const theorem = theoremOf(await build(theorem1, data, { effort: 10 }));
    const { risk } = theorem;
    expect(exact(risk.point)).toBe('156/29');
    expect(compare((risk.better ?? pointRisk(theorem)).upper, rational(4n, 3n))).toBeLessThanOrEqual(0);
  });

  test('the tent: W1 = a [W; 0], b1 = a [w₀ − η; −η], W2 = [1/(a s₊), 0], b2 = η', async () => {
    const settings = { a: '3/2', eta: '-2' };
    const built = await build(theorem1, tent, { activation: 'prelu:slope=1/3', settings });
    theoremOf(built);
    if (built.kind !== 'built') return;
    expect(JSON.parse(built.text).statement.point).toEqual({
      layers: [
        { weights: [['0'], ['0']], bias: ['7/2', '3'] },
        { weights: [['2/3', '0']], bias: ['-2'] },
      ],
    });
    expect(exact(built.theorem.risk.point)).toBe('2/3');
    expect(exact(built.theorem.risk.better)).toBe('0');
  });

  test('weights: risk of weighted least squares', async () => {
    const data = samples([[0], [1], [2]], [0, 1, 0], ['1/2', '3', '7/5']);
    expect(exact(theoremOf(await build(theorem1, data)).risk.point)).toBe('84/85');
  });
});

describe('accepts', () => {
  test.each(['relu', 'leaky-relu', 'leaky-relu:slope=1/10', 'prelu:slope=1/4', 'prelu:slope=2', 'prelu:slope=0'])(
    'iris with %s',
    async (activation) => {
      expect(share(theoremOf(await build(theorem1, csv('iris'), { activation })))).toBeGreaterThan(0.2);
    },
  );

  test('a table with two slopes through 0', async () => {
    const activation = piecewise(
      ['0'],
      [
        ['0', '1/2'],
        ['0', '3'],
      ],
    );
    theoremOf(await build(theorem1, xor, { activation }));
  });

  test.each([2, 3, 4, 5, 6, 7, 8])('iris with width %i', async (width) => {
    const theorem = theoremOf(await build(theorem1, csv('iris'), { hidden: [width] }));
    expect(theorem.statement.problem.network.stages[0]?.units).toBe(width);
    expect(share(theorem)).toBeGreaterThan(width === 2 ? 0.3 : 0.5);
  });

  test.each([
    ['iris', 0.35],
    ['diabetes', 0.1],
    ['wine', 0.5],
  ] as const)('%s takes more than %d of the risk off', async (name, least) => {
    expect(share(theoremOf(await build(theorem1, csv(name), { effort: 10 })))).toBeGreaterThan(least);
  });

  test.each([
    ['repeated inputs', samples([[0], [0], [1], [1], [2]], [0, 2, 5, 7, 1])],
    [
      'a constant column and a repeated one',
      samples(
        [
          [0, 5, 0],
          [1, 5, 1],
          [2, 5, 2],
          [3, 5, 3],
        ],
        [0, 1, 0, 1],
      ),
    ],
    [
      'more inputs than samples, but one repeated',
      samples(
        [
          [1, 2, 3, 4],
          [1, 2, 3, 4],
          [0, 0, 0, 0],
          ['1/2', 1, '3/2', 2],
        ],
        [0, 2, 0, 7],
      ),
    ],
    ['inputs far from 0', samples([['1000000000001'], ['1000000000002'], ['1000000000003']], [1, 0, 1])],
    [
      'inputs beyond doubles',
      samples([[`1${'0'.repeat(400)}`], [`2${'0'.repeat(400)}`], [`4${'0'.repeat(400)}`]], [1, 0, 1]),
    ],
    ['targets affine up to 1e-21', samples([[0], [1], [2]], [0, 1, '2000000000000000000001/1000000000000000000000'])],
    [
      'a gap of 1e-42 of the risk',
      samples(
        [[0], [0], [1], [1], [2], [2]],
        [
          -1,
          1,
          '-999999999999999999999/1000000000000000000000',
          '1000000000000000000001/1000000000000000000000',
          -1,
          1,
        ],
      ),
    ],
    [
      'two samples of weight 1e-30',
      samples([[0], [1], [2], [3]], [0, 1, 0, 1], [1, `1/1${'0'.repeat(30)}`, 1, `1/1${'0'.repeat(30)}`]),
    ],
  ])('%s', async (_, data) => {
    theoremOf(await build(theorem1, data));
    theoremOf(await build(theorem1, data, { hidden: [4], activation: 'leaky-relu' }));
  });

  test('positive η: the other units are strictly dead', async () => {
    const data = samples([[0], [1], [2]], [5, 7, 5]);
    const built = await build(theorem1, data, { settings: { eta: '1/2' }, hidden: [3] });
    theoremOf(built);
    if (built.kind === 'built')
      expect(JSON.parse(built.text).statement.point.layers[0].bias.slice(1)).toEqual(['-1/2', '-1/2']);
  });

  test('the same arguments give the same bytes', async () => {
    const [first, second] = await Promise.all([build(theorem1, csv('wine')), build(theorem1, csv('wine'))]);
    expect(first.kind === 'built' && second.kind === 'built' && first.text === second.text).toBe(true);
  });
});

describe('names the hypothesis that fails', () => {
  const affine = samples(
    [
      [0, 1],
      [1, 3],
      [2, 2],
    ],
    ['1/3', '2/7', 5],
  );
  const vector = { ...tent, targets: tent.targets.map(([y = number(0)]) => [y, y]) };
  const rows: readonly (readonly [string, string, typeof tent, Options])[] = [
    ['scalar output', 'two outputs', vector, {}],
    ['squared loss', 'huber', tent, { loss: 'huber:threshold=1' }],
    ['squared loss', 'power 4', tent, { loss: 'power:exponent=4' }],
    ['one hidden layer', 'two hidden layers', tent, { hidden: [2, 2] }],
    ['width at least 2', 'width 1', tent, { hidden: [1] }],
    ['two slopes', 'abs has s₋ = −1', tent, { activation: 'abs' }],
    ['two slopes', 'hardtanh has two kinks', tent, { activation: 'hardtanh' }],
    ['two slopes', 'the kink is not at 0', tent, { activation: piecewise(['1'], [['0'], ['-1', '1']]) }],
    ['two slopes', 'the kink is not on the axis', tent, { activation: piecewise(['0'], [['1'], ['1', '1']]) }],
    ['two slopes', 's₊ = s₋', tent, { activation: 'prelu:slope=1' }],
    ['two slopes', 's₋ < 0', tent, { activation: 'prelu:slope=-1/2' }],
    ['two slopes', 'elu has a smooth piece', tent, { activation: 'elu' }],
    ['two slopes', 's₊ = 0', tent, { activation: piecewise(['0'], [['0', '1'], ['0']]) }],
    ['mean label not affine', 'three points in the plane', affine, {}],
    ['mean label not affine', 'one sample', samples([[1]], [3]), {}],
    ['mean label not affine', 'one input twice', samples([[1], [1]], [0, 5]), {}],
    ['mean label not affine', 'means on a line', samples([[0], [0], [1], [1], [2]], [0, 2, 1, 3, 3]), {}],
    [
      'mean label not affine',
      'weighted means on a line',
      samples([[0], [1], [2], [2]], [0, 1, 0, 3], [1, 1, 1, 2]),
      {},
    ],
  ];
  test.each(rows)('%s: %s', async (hypothesis, _, data, options) => {
    expect(theorem1.hypotheses.map(({ name }) => name)).toContain(hypothesis);
    expect(await build(theorem1, data, options)).toMatchObject({ kind: 'hypothesis-fails', hypothesis });
  });
});

test.each([
  [{ a: '0' }, /"a" must be/],
  [{ a: '-1' }, /"a" must be/],
  [{ a: 'x' }, /"a" must be/],
  [{ eta: '0' }, /"eta" must not be 0/],
  [{ eta: '1/3' }, /"eta" must be below the least prediction of the fit, 1\/3/],
  [{ eta: '1e5' }, /"eta" must be a quantity/],
  [{ etaa: '1' }, /did you mean "eta"\?/],
])('refuses the settings %j', async (settings, message) => {
  const built = await build(theorem1, tent, { settings: settings as Record<string, string> });
  expect(built).toMatchObject({ kind: 'usage', message: expect.stringMatching(message) });
});

test.each([
  ['no data', samples([], []), {}, 'usage'],
  ['rows of different lengths', samples([[1], [1, 2]], [0, 1]), {}, 'usage'],
  ['a weight of 0', samples([[0], [1]], [0, 1], [1, 0]), {}, 'usage'],
] as const)('answers %s', async (_, data, options, kind) => {
  expect((await build(theorem1, data, options)).kind).toBe(kind);
});
