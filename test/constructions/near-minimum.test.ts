import { describe, expect, test } from 'vitest';
import { christofKowalczyk2023 as omnipresence } from '../../src/constructions/christof-kowalczyk-2023-spurious-minima.js';
import { compare } from '../../src/kernel/arithmetic/rational.js';
import { pointRisk } from '../../src/report/risk-string.js';
import { build, number, samples, theoremOf } from './samples.js';

const x = [[-3], [-2], [-1], [0], [1], [2], [3], [4]];
const bumps = samples(x, [0, 1, 3, -1, 4, 1, 5, '-1/2']);
const near = 'spurious-local-minimum-near';
const classes = samples(x, [0, 1, 0, 1, 1, 0, 1, 0]);

describe('a local minimum near the best affine fit, which is irrational', () => {
  test.each([
    ['relu', 'log-cosh', [2]],
    ['leaky-relu', 'log-cosh:factor=2/3', [2, 2]],
    ['hardtanh', 'power:exponent=3/2', [3]],
    ['softshrink', 'power:exponent=7/3', [2, 3, 2]],
    ['elu', 'power:exponent=4', [2]],
    ['celu', 'log-cosh', [3, 2]],
    ['isrlu', 'power:exponent=5/2', [3]],
    ['hardswish', 'log-cosh', [2]],
    ['abs', 'log-cosh', [3]],
  ] as const)('%s, %s, widths %j', async (activation, loss, hidden) => {
    const theorem = theoremOf(await build(omnipresence, bumps, { activation, loss, hidden }), near);
    const { gap } = theorem.risk;
    const point = pointRisk(theorem);
    expect(gap?.lower.num).toBeGreaterThan(0n);
    // The bounds of the minimum's risk agree to far more digits than anyone needs.
    expect(compare(point.lower, point.upper)).toBeLessThanOrEqual(0);
    const { num, den } = point.upper;
    expect((num * point.lower.den - point.lower.num * den) * 10n ** 20n).toBeLessThan(den * point.lower.den);
  });

  test('logistic, for classes that overlap', async () => {
    theoremOf(await build(omnipresence, classes, { loss: 'logistic', hidden: [3] }), near);
  });

  test.each([
    [
      'two classes',
      [2],
      [
        [1, 0],
        [0, 1],
        [1, 0],
        [0, 1],
        [0, 1],
        [1, 0],
        [0, 1],
        [1, 0],
      ],
    ],
    [
      'three classes',
      [4, 3],
      [
        ['1/2', '1/4', '1/4'],
        [0, 1, 0],
        [0, 0, 1],
        [1, 0, 0],
        [0, 0, 1],
        [0, 1, 0],
        [1, 0, 0],
        [0, 1, 0],
      ],
    ],
  ] as const)('cross-entropy, %s that overlap: the last logit is kept 0', async (_, hidden, targets) => {
    const data = {
      ...samples(
        x,
        targets.map(() => 0),
      ),
      targets: targets.map((row) => row.map(number)),
    };
    const widths = hidden.map((width) => width + targets[0].length - 1);
    theoremOf(await build(omnipresence, data, { loss: 'cross-entropy', hidden: widths }), near);
  });

  test('weights and a column that others span', async () => {
    const data = samples(
      x.map(([v]) => [v as number, 2 * (v as number), 7]),
      [0, 1, 3, -1, 4, 1, 5, '-1/2'],
      [1, '1/2', 2, 1, 3, 1, '1/3', 1],
    );
    theoremOf(await build(omnipresence, data, { loss: 'log-cosh', hidden: [2] }), near);
  });
});

test.each([
  ['classes that a line separates have no best logistic fit', samples(x, [0, 0, 0, 0, 1, 1, 1, 1]), 'logistic'],
  ['of one class every prediction is a best fit', samples(x, [1, 1, 1, 1, 1, 1, 1, 1]), 'cross-entropy'],
])('%s', async (_, data, loss) => {
  expect(await build(omnipresence, data, { loss, hidden: [2] })).toMatchObject({ kind: 'gave-up' });
});
