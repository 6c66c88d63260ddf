import { describe, expect, test } from 'vitest';
import { christofKowalczyk2023 as omnipresence } from '../../src/constructions/christof-kowalczyk-2023-spurious-minima.js';
import { formatRational } from '../../src/kernel/arithmetic/rational.js';
import { build, csv, number, type Options, piecewise, samples, share, theoremOf } from './samples.js';

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
    expect(formatRational(risk.point)).toBe('3/5');
    // A trapezoid of height 1 is one unit less another; with the affine part 0 this fits exactly.
    expect(formatRational(risk.better ?? risk.point)).toBe('0');
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
    expect(risk.point.den > 1n).toBe(true);
    theoremOf(await build(omnipresence, csv('iris'), { loss: 'huber:threshold=1/4', effort: 1 }));
  });

  test('smooth quantile', async () => {
    const data = samples([[0], [1], [2], [3], [4]], [0, 1, 0, 5, 1]);
    const { risk } = theoremOf(await build(omnipresence, data, { loss: 'smooth-quantile:level=1/4:width=1' }));
    expect(formatRational(risk.point)).toBe('21/16');
  });

  test.each(['4', '3', '6'])('power %s where symmetry makes the best fit rational', async (exponent) => {
    const data = samples([[-1], [0], [1], [2]], [1, -1, -1, 1]);
    const { risk } = theoremOf(await build(omnipresence, data, { loss: `power:exponent=${exponent}` }));
    expect(formatRational(risk.point)).toBe('4');
  });

  test('power 4 in general: the best fit is irrational', async () => {
    const built = await build(omnipresence, tent, { loss: 'power:exponent=4' });
    expect(built).toMatchObject({ kind: 'gave-up', message: expect.stringContaining('irrational') });
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
        expect(formatRational(theorem.risk.point)).toBe('100');
        expect(share(theorem)).toBeGreaterThan(0.5);
      }
    },
  );

  test('an affine target will do', async () => {
    const { risk } = theoremOf(await build(omnipresence, samples([[0], [1], [2]], [0, 1, 2]), { settings }));
    expect(formatRational(risk.point)).toBe('2');
  });
});

describe('names the hypothesis that fails', () => {
  const constant = { segment: 'constant' };
  const line = samples([[0], [1], [2]], [0, 1, 2]);
  const rows: readonly (readonly [string, string, typeof tent, Options])[] = [
    ['width at least 2', 'width 1', tent, { hidden: [1] }],
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

test('declines depth by name', async () => {
  const built = await build(omnipresence, tent, { hidden: [2, 2] });
  expect(built).toMatchObject({ kind: 'gave-up', message: expect.stringContaining('one hidden layer') });
});

test.each([{ segment: 'flat' }, { segments: 'constant' }])('refuses the settings %j', async (settings) => {
  expect((await build(omnipresence, tent, { settings: settings as Record<string, string> })).kind).toBe('usage');
});
