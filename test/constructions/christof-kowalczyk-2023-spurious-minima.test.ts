import { describe, expect, test } from 'vitest';
import { christofKowalczyk2023 as omnipresence } from '../../src/constructions/christof-kowalczyk-2023-spurious-minima.js';
import { compare, rational } from '../../src/kernel/arithmetic/rational.js';
import { seeded } from '../../src/provers/random.js';
import { pointRisk } from '../../src/report/risk-string.js';
import { build, csv, exact, number, type Options, piecewise, samples, share, theoremOf } from './samples.js';

const K = samples([[-1], ['-1/2'], [0], ['1/2'], [1]], [1, 0, 0, 0, 1]);
const tent = samples([[0], [1], [2]], [0, 1, 0]);
const activations = ['relu', 'leaky-relu', 'prelu:slope=-2', 'abs', 'hardtanh', 'relu6', 'hard-sigmoid', 'softshrink'];
const ramp = piecewise(['-5', '-4', '3', '7/2'], [['2'], ['-3', '-1'], ['1'], ['-5', '2'], ['2']]);
const half = piecewise(['2'], [['0', '-3'], ['-6']]);

describe('segment=affine', () => {
  test.each([...activations, ramp, half])('iris with %j', async (activation) => {
    const theorem = theoremOf(await build(omnipresence, csv('iris'), { activation }));
    expect(share(theorem)).toBeGreaterThan(0.05);
    expect(theorem.rule).toBe('affine-span');
  });

  test.each(activations)('repeated inputs, a constant column and weights with %s', async (activation) => {
    const data = samples(
      [
        [0, 1],
        [0, 1],
        [2, 1],
        [3, 1],
      ],
      [1, 2, -4, 7],
      [1, '1/2', 3, '5/3'],
    );
    theoremOf(await build(omnipresence, data, { activation, hidden: [3] }));
  });

  test('the example of sources.md 1, with one hidden layer: unit 1 carries 2/5 in the middle of (−1, 1)', async () => {
    const built = await build(omnipresence, K, { activation: 'hardtanh', loss: 'squared:factor=1/2' });
    const { risk } = theoremOf(built);
    expect(exact(risk.point)).toBe('3/5');
    // A trapezoid of height 1 is one unit less another; with the affine part 0 this fits exactly.
    expect(exact(risk.better)).toBe('0');
    if (built.kind === 'built') {
      expect(JSON.parse(built.text).statement.point).toEqual({
        layers: [
          { weights: [['0'], ['0']], bias: ['1/5', '0'] },
          { weights: [['2', '0']], bias: ['0'] },
        ],
      });
    }
  });

  test('huber: the best fit is a rational function of the pieces', async () => {
    const data = samples([[0], [1], [2], [3], [4]], [0, 1, 0, 20, 1]);
    const { risk } = theoremOf(await build(omnipresence, data, { loss: 'huber:threshold=1' }));
    expect(exact(risk.point)).toContain('/');
    theoremOf(await build(omnipresence, csv('iris'), { loss: 'huber:threshold=1/4', effort: 1 }));
  });

  test('smooth quantile', async () => {
    const data = samples([[0], [1], [2], [3], [4]], [0, 1, 0, 5, 1]);
    const { risk } = theoremOf(await build(omnipresence, data, { loss: 'smooth-quantile:level=1/4:width=1' }));
    expect(exact(risk.point)).toBe('21/16');
  });

  test.each(['4', '3', '6'])('power %s where symmetry makes the best fit rational', async (exponent) => {
    const data = samples([[-1], [0], [1], [2]], [1, -1, -1, 1]);
    const { risk } = theoremOf(await build(omnipresence, data, { loss: `power:exponent=${exponent}` }));
    expect(exact(risk.point)).toBe('4');
  });

  test('power 4 in general: the best fit is irrational, and a minimum is near it', async () => {
    const built = await build(omnipresence, tent, { loss: 'power:exponent=4' });
    theoremOf(built, 'spurious-local-minimum-near');
    if (built.kind === 'built') expect(built.notes.join()).toContain('irrational');
  });

  test('two outputs need three units', async () => {
    const data = {
      ...tent,
      targets: [
        [0, 1],
        [1, 4],
        [0, 2],
      ].map((row) => row.map(number)),
    };
    theoremOf(await build(omnipresence, data));
    theoremOf(await build(omnipresence, data, { activation: 'hardtanh', hidden: [5] }));
    const narrow = await build(omnipresence, data, { hidden: [2] });
    expect(narrow).toMatchObject({ kind: 'hypothesis-fails', hypothesis: 'width at least 2' });
  });

  test.each(activations)('a gap of 1e-42 of the risk with %s', async (activation) => {
    const close = ['-999999999999999999999/1000000000000000000000', '1000000000000000000001/1000000000000000000000'];
    const data = samples([[0], [0], [1], [1], [2], [2]], [-1, 1, ...close, -1, 1]);
    theoremOf(await build(omnipresence, data, { activation }));
    theoremOf(await build(omnipresence, data, { activation, loss: 'huber:threshold=5' }));
  });
});

describe('segment=constant', () => {
  const settings = { segment: 'constant' };
  test.each(['relu', 'hardtanh', 'relu6', 'hard-sigmoid', 'softshrink', ramp, half])(
    'iris with %j',
    async (activation) => {
      for (const hidden of [[1], [3]]) {
        const theorem = theoremOf(await build(omnipresence, csv('iris'), { activation, settings, hidden, effort: 1 }));
        expect(exact(theorem.risk.point)).toBe('100');
        expect(share(theorem)).toBeGreaterThan(0.5);
      }
    },
  );

  test('an affine target will do', async () => {
    const { risk } = theoremOf(await build(omnipresence, samples([[0], [1], [2]], [0, 1, 2]), { settings }));
    expect(exact(risk.point)).toBe('2');
  });
});

describe('names the hypothesis that fails', () => {
  const constant = { segment: 'constant' };
  const line = samples([[0], [1], [2]], [0, 1, 2]);
  const rows: readonly (readonly [string, string, typeof tent, Options])[] = [
    ['width at least 2', 'width 1', tent, { hidden: [1] }],
    ['width at least 2', 'width 1 in a later layer', tent, { hidden: [2, 2, 1, 2] }],
    ['width at least 2', 'width 0', tent, { hidden: [2, 0], settings: constant }],
    ['target not affine', 'a line, for three layers', line, { hidden: [2, 2, 2] }],
    ['activation not affine', 'identity, for two layers', tent, { activation: 'identity', hidden: [2, 2] }],
    [
      'activation has a constant segment',
      'abs, two layers',
      tent,
      { activation: 'abs', settings: constant, hidden: [2, 2] },
    ],
    ['activation has an affine segment of nonzero slope', 'a constant', tent, { activation: piecewise([], [['1']]) }],
    ['activation not affine', 'identity', tent, { activation: 'identity' }],
    [
      'activation not affine',
      'a kink that is none',
      tent,
      {
        activation: piecewise(
          ['1'],
          [
            ['0', '2'],
            ['0', '2'],
          ],
        ),
      },
    ],
    ['activation has a constant segment', 'leaky relu', tent, { activation: 'leaky-relu', settings: constant }],
    ['activation not affine', 'a constant', tent, { activation: piecewise([], [['1']]), settings: constant }],
    ['target not affine', 'a line', line, {}],
    ['target not affine', 'one sample', samples([[1]], [3]), {}],
    ['target not affine', 'repeated inputs with means on a line', samples([[0], [0], [1]], [0, 2, 5]), {}],
    ['target not affine', 'a line, for huber', line, { loss: 'huber:threshold=1' }],
    ['target not constant', 'a constant', samples([[0], [1], [1]], [2, 1, 3]), { settings: constant }],
  ];
  test.each(rows)('%s: %s', async (hypothesis, _, data, options) => {
    expect(omnipresence.hypotheses.map(({ name }) => name)).toContain(hypothesis);
    expect(await build(omnipresence, data, options)).toMatchObject({ kind: 'hypothesis-fails', hypothesis });
  });
});

describe('several hidden layers', () => {
  test('the example of sources.md 1: hardtanh, two layers of width 2, 3/5 and at most 57/125', async () => {
    const loss = 'squared:factor=1/2';
    const built = await build(omnipresence, K, { activation: 'hardtanh', loss, hidden: [2, 2] });
    const { risk } = theoremOf(built);
    expect(exact(risk.point)).toBe('3/5');
    expect(compare((risk.better ?? pointRisk(theoremOf(built))).upper, rational(57n, 125n))).toBeLessThanOrEqual(0);
    if (built.kind === 'built') {
      expect(JSON.parse(built.text).statement.point).toEqual({
        layers: [
          { weights: [['0'], ['0']], bias: ['1/5', '0'] },
          {
            weights: [
              ['1', '0'],
              ['0', '0'],
            ],
            bias: ['0', '0'],
          },
          { weights: [['2', '0']], bias: ['0'] },
        ],
      });
    }
  });

  test('hard sigmoid: layers after the first have weight 1/slope and bias −intercept/slope', async () => {
    const built = await build(omnipresence, tent, { activation: 'hard-sigmoid', hidden: [2, 2, 2] });
    theoremOf(built);
    if (built.kind !== 'built') return;
    const { layers } = JSON.parse(built.text).statement.point;
    for (const layer of [layers[1], layers[2]]) {
      expect(layer).toEqual({
        weights: [
          ['6', '0'],
          ['0', '0'],
        ],
        bias: ['-3', '0'],
      });
    }
  });

  test.each([...activations, ramp, half])('iris with %j: every depth has the same local risk', async (activation) => {
    const shallow = theoremOf(await build(omnipresence, csv('iris'), { activation, hidden: [2], effort: 1 }));
    for (const hidden of [
      [2, 2],
      [5, 3, 2],
      [2, 4, 2, 3],
    ]) {
      const deep = theoremOf(await build(omnipresence, csv('iris'), { activation, hidden, effort: 1 }));
      expect(deep.rule).toBe('affine-span');
      expect(exact(deep.risk.point)).toBe(exact(shallow.risk.point));
      expect(deep.statement.problem.network.stages.map(({ units }) => units)).toEqual([...hidden, 1]);
      expect(share(deep)).toBeGreaterThan(0.05);
    }
  });

  test.each([
    ['diabetes', [3, 2], 'relu', 0.12],
    ['wine', [3, 2], 'softshrink', 0.8],
  ] as const)('%s: later layers take more off', async (name, hidden, activation, least) => {
    const shallow = share(theoremOf(await build(omnipresence, csv(name), { activation, hidden: [hidden[0]] })));
    const deep = share(theoremOf(await build(omnipresence, csv(name), { activation, hidden })));
    expect(deep).toBeGreaterThan(0.99 * shallow);
    expect(deep).toBeGreaterThan(least);
  });

  test('random small data: rank deficient, constant columns, repeated inputs, weights, any depth and activation', async () => {
    const random = seeded(7);
    const cells = (count: number, size: number): number[] =>
      Array.from({ length: count }, () => random.integer(-size, size));
    let built = 0;
    for (let t = 0; t < 40; t++) {
      const [n, d] = [random.integer(3, 9), random.integer(1, 3)];
      const rows = Array.from({ length: n }, () => cells(d, 2));
      // One column is another's double, and one is constant.
      const inputs = rows.map((row) => [...row, 2 * (row[0] as number), 5]);
      const weights = t % 3 === 0 ? Array.from({ length: n }, () => `${random.integer(1, 4)}/3`) : undefined;
      const data = samples(inputs, cells(n, 3), weights);
      const hidden = Array.from({ length: random.integer(2, 4) }, () => random.integer(2, 4));
      const activation = [...activations, ramp, half][t % 10] as (typeof activations)[number];
      const answer = await build(omnipresence, data, { activation, hidden, effort: 1 });
      if (answer.kind === 'hypothesis-fails') {
        expect(answer.hypothesis).toBe('target not affine');
        continue;
      }
      theoremOf(answer);
      built++;
    }
    expect(built).toBeGreaterThan(25);
  });

  test.each([
    ['far from 0', samples([['1000000000001'], ['1000000000002'], ['1000000000003']], [1, 0, 1])],
    ['large', samples([['1000000000000000'], ['3000000000000000'], ['2000000000000000']], ['5000000000', 1, 2])],
    ['small', samples([['1/1000000000000'], ['1/2000000000000'], [0]], ['1/1000000000', 0, 0])],
    ['beyond doubles', samples([[`1${'0'.repeat(400)}`], [`2${'0'.repeat(400)}`], [`4${'0'.repeat(400)}`]], [1, 0, 1])],
    ['affine up to 1e-21', samples([[0], [1], [2]], [0, 1, '2000000000000000000001/1000000000000000000000'])],
  ])('numbers %s', async (_, data) => {
    for (const activation of ['relu', 'hardtanh', 'abs']) {
      theoremOf(await build(omnipresence, data, { activation, hidden: [2, 3, 2], effort: 1 }));
    }
  });

  test.each(['huber:threshold=1', 'smooth-quantile:level=1/4:width=1'])('%s', async (loss) => {
    const data = samples([[0], [1], [2], [3], [4]], [0, 1, 0, 20, 1]);
    for (const activation of ['relu', 'hardtanh']) {
      expect(share(theoremOf(await build(omnipresence, data, { loss, activation, hidden: [3, 2] })))).toBeGreaterThan(
        0.2,
      );
    }
  });

  test('two outputs need three units in every layer', async () => {
    const data = { ...tent, targets: [[0, 1].map(number), [1, 4].map(number), [0, 2].map(number)] };
    theoremOf(await build(omnipresence, data, { activation: 'relu6', hidden: [3, 3] }));
    expect(await build(omnipresence, data, { hidden: [3, 2] })).toMatchObject({
      kind: 'hypothesis-fails',
      hypothesis: 'width at least 2',
      message: 'found width 2 in hidden layer 2 for 2 outputs',
    });
  });

  test('a constant segment: any widths, even fewer than outputs', async () => {
    const settings = { segment: 'constant' };
    const targets = [[0, 1].map(number), [1, 4].map(number), [0, 2].map(number)];
    for (const activation of ['relu', 'hardtanh', 'softshrink']) {
      for (const hidden of [
        [1, 1],
        [3, 1, 2],
      ]) {
        theoremOf(await build(omnipresence, tent, { activation, hidden, settings }));
        theoremOf(await build(omnipresence, { ...tent, targets }, { activation, hidden, settings }));
      }
    }
  });

  test('the same arguments give the same bytes, and the outer weights are short', async () => {
    const options = { hidden: [4, 3], activation: 'leaky-relu' };
    const [first, second] = [
      await build(omnipresence, csv('wine'), options),
      await build(omnipresence, csv('wine'), options),
    ];
    if (first.kind !== 'built' || second.kind !== 'built') throw new Error('not built');
    expect(first.text).toBe(second.text);
    const { layers } = JSON.parse(first.text).statement.betterPoint;
    const numbers: string[] = [layers[2].weights, layers[2].bias].flat(3);
    for (const quantity of numbers) expect(quantity.length).toBeLessThan(40);
  });
});

test.each([{ segment: 'flat' }, { segments: 'constant' }])('refuses the settings %j', async (settings) => {
  expect((await build(omnipresence, tent, { settings: settings as Record<string, string> })).kind).toBe('usage');
});
