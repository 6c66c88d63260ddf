import { describe, expect, test } from 'vitest';
import { yunSraJadbabaie2019Theorem2 as theorem2 } from '../../src/constructions/yun-sra-jadbabaie-2019-theorem-2.js';
import { build, csv, type Data, exact, type Options, piecewise, samples, share, theoremOf } from './samples.js';

/** The construction brings the paper's data itself. */
const paper: Data = { inputs: [], targets: [], weights: null };
const half = 'squared:factor=1/2';
const near = 'spurious-local-minimum-near';

describe('the three points of the paper', () => {
  test.each<[string, string, number]>([
    ['sigmoid', near, 0.999],
    ['tanh', near, 0.999],
    ['atan', near, 0.999],
    ['quadratic', 'spurious-local-minimum', 1],
    ['elu', near, 0.999],
    ['selu', near, 0.999],
    ['softplus', near, 0.999],
    ['silu', near, 0.2],
    ['gelu', near, 0.2],
    ['sin', near, 0.2],
    ['celu', near, 0.2],
    ['isrlu', near, 0.2],
    ['hardswish', 'spurious-local-minimum', 0.2],
  ])('%s: %s, risk 1/3', async (activation, kind, gain) => {
    const theorem = theoremOf(await build(theorem2, paper, { activation, loss: half, effort: 5 }), kind);
    expect(exact(theorem.risk.point)).toBe('1/3');
    expect(share(theorem)).toBeGreaterThanOrEqual(gain);
    expect(theorem.rule).toBe('coincident-preactivations');
  });

  test('quadratic units reach risk 0', async () => {
    const theorem = theoremOf(await build(theorem2, paper, { activation: 'quadratic' }));
    expect([exact(theorem.risk.point), exact(theorem.risk.better)]).toEqual(['2/3', '0']);
  });

  test.each([3, 7])('theorem D, width %i', async (width) => {
    const built = await build(theorem2, paper, { activation: 'sigmoid', hidden: [width] });
    expect(theoremOf(built, near).statement.problem.network.stages[0]?.units).toBe(width);
  });

  test('what the units see may be chosen', async () => {
    const theorem = theoremOf(await build(theorem2, paper, { activation: 'tanh', settings: { a: '3/4' } }), near);
    const { bias, denominator } = theorem.statement.point.parameters[0] ?? {};
    expect([bias, denominator]).toEqual([[3n, 3n], 4n]);
  });
});

/** ±x have the same label, so no line beats the mean. */
const cross = samples(
  [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
    [0, 0],
  ],
  ['3/4', '3/4', '3/4', '3/4', 2],
);
const saddle = samples(
  [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ],
  [1, 1, -1, -1],
);

describe('other data', () => {
  test.each<[string, Data, Options]>([
    ['a cross, one unit', cross, { activation: 'softplus', hidden: [1] }],
    ['a cross, four units', cross, { activation: 'gelu', hidden: [4] }],
    ['a composite design', csv('composite-design'), { activation: 'sigmoid' }],
    ['weighted samples', { ...cross, weights: samples([], [], [1, 1, 2, 2, 3]).weights }, { activation: 'atan' }],
    ['second moments that are not definite: one unit with a large weight', saddle, { activation: 'tanh', hidden: [1] }],
  ])('%s', async (_, data, options) => {
    theoremOf(await build(theorem2, data, { ...options, effort: 4 }), near);
  });

  test('a table with a smooth piece', async () => {
    const table = piecewise(['0'], [['0'], ['0', '0', '1']]);
    theoremOf(await build(theorem2, cross, { activation: table, effort: 4 }));
  });
});

describe('names the hypothesis that fails', () => {
  const line = samples([[0], [1], [2]], [0, 1, 3]);
  test.each<[string, Data, Options]>([
    ['a smooth bend', paper, { activation: 'relu' }],
    ['a smooth bend', paper, { activation: 'hardtanh' }],
    ['a smooth bend', paper, { activation: 'elu', settings: { a: '1' } }],
    ['a smooth bend', paper, { activation: 'sigmoid', settings: { a: '0' } }],
    ['width at least 2', paper, { activation: 'tanh', hidden: [1] }],
    ['one hidden layer', paper, { activation: 'tanh', hidden: [2, 2] }],
    ['squared loss', cross, { activation: 'tanh', loss: 'huber:threshold=1' }],
    ['squared loss', cross, { activation: 'tanh', loss: 'log-cosh' }],
    ['scalar output', { ...cross, targets: cross.targets.map(([y]) => [y, y]) } as Data, { activation: 'tanh' }],
    ['residuals orthogonal to the inputs', line, { activation: 'tanh' }],
    ['residuals orthogonal to the inputs', csv('iris'), { activation: 'tanh' }],
    ['mean label not constant', samples([[1], [-1]], [2, 2]), { activation: 'tanh' }],
    ['definite second moments', saddle, { activation: 'tanh', hidden: [2] }],
  ])('%s', async (hypothesis, data, options) => {
    expect(await build(theorem2, data, options)).toMatchObject({ kind: 'hypothesis-fails', hypothesis });
  });

  test.each([
    ['b', '1', 'has no setting "b"'],
    ['a', 'x', 'must be a quantity'],
  ])('usage: the setting %s=%s', async (name, value, said) => {
    const built = await build(theorem2, paper, { activation: 'tanh', settings: { [name]: value } });
    expect(built).toMatchObject({ kind: 'usage', message: expect.stringContaining(said) });
  });
});
