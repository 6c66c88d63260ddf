import { describe, expect, test } from 'vitest';
import type { Built } from '../../src/constructions/construction.js';
import { ibragimovJentzenKroegerRiekert2022 as construction } from '../../src/constructions/ibragimov-jentzen-kroeger-riekert-2022-theorem-1-1.js';
import { parseQuantity } from '../../src/constructions/training-problem.js';
import { compare, formatRational } from '../../src/kernel/arithmetic/rational.js';

type Settings = Readonly<Record<string, string>>;

const build = (settings: Settings, loss = { function: 'squared' } as Settings, name = 'relu'): Promise<Built> =>
  construction.build({
    ...{ inputs: [], targets: [], weights: null, hidden: null, seed: 1, effort: 10 },
    activation: { function: name },
    loss,
    settings,
  });

describe('the gap is proved, and above δ', () => {
  test.each<[Settings, string]>([
    [{}, '243/175'],
    [{ delta: '243/175' }, '972/175'],
    [{ delta: '1/1000000' }, '243/175'],
    [{ delta: '100' }, '19683/175'],
    [{ a: '-1', b: '1', delta: '1000' }, '175446/175'],
    [{ a: '1/3', b: '1/2', delta: '7', H: '4' }, '1458/175'],
    [{ target: 'one-unit' }, '3/2'],
    [{ target: 'one-unit', a: '-5', b: '-3', delta: '40', H: '9' }, '48'],
    [{ target: 'one-unit', from: '1/2', to: '3/4', delta: '3/2' }, '6'],
  ])('%j: %s', async (settings, gap) => {
    const built = await build(settings);
    if (built.kind !== 'built') throw new Error(JSON.stringify(built));
    const { risk, statement, rule } = built.theorem;
    expect([statement.kind, rule, risk.point]).toEqual(['spurious-family', 'profile-family', null]);
    expect(formatRational(risk.gap?.lower as NonNullable<typeof risk.gap>['lower'])).toBe(gap);
    const delta = parseQuantity(settings['delta'] ?? '1');
    expect(compare(risk.gap?.lower as NonNullable<typeof delta>, delta as NonNullable<typeof delta>)).toBe(1);
    expect(statement.problem.network.stages[0]?.units).toBe(Number(settings['H'] ?? 2));
  });

  test('a factor of the loss counts', async () => {
    const built = await build({ delta: '1' }, { function: 'squared', factor: '1/2' });
    if (built.kind !== 'built') throw new Error(JSON.stringify(built));
    expect(built.theorem.risk.gap?.lower).toEqual({ num: 486n, den: 175n });
  });
});

test.each<[Settings, string]>([
  [{ a: '1', b: '1' }, 'interval'],
  [{ a: '2', b: '1' }, 'interval'],
  [{ delta: '0' }, 'delta'],
  [{ delta: '-1' }, 'delta'],
  [{ H: '1' }, 'units'],
  [{ from: '1/2' }, 'kinks'],
  [{ to: '2' }, 'kinks'],
  [{ from: '3/2', to: '3/2' }, 'kinks'],
  [{ target: 'one-unit', from: '1/3' }, 'kinks'],
  [{ target: 'one-unit', to: '1' }, 'kinks'],
])('%j: the hypothesis %s fails', async (settings, hypothesis) => {
  expect(await build(settings)).toMatchObject({ kind: 'hypothesis-fails', hypothesis });
});

test.each<[Settings, string]>([
  [{ a: 'x' }, '"a"'],
  [{ H: '2.5' }, '"H"'],
  [{ target: 'three-units' }, '"target"'],
  [{ gamma: '1' }, '"gamma"'],
])('%j is no setting: %s', async (settings, message) => {
  const built = await build(settings);
  expect(built).toMatchObject({ kind: 'usage', message: expect.stringContaining(message) });
});

test('it is about relu, the squared loss, and its own target', async () => {
  expect(await build({}, { function: 'huber', threshold: '1' })).toMatchObject({ kind: 'usage' });
  expect(await build({}, undefined, 'abs')).toMatchObject({ kind: 'usage' });
  const input = { inputs: [[]], targets: [], weights: null, hidden: null, settings: {}, seed: 1, effort: 10 };
  const rest = { activation: { function: 'relu' }, loss: { function: 'squared' } };
  expect(await construction.build({ ...input, ...rest })).toMatchObject({ kind: 'usage' });
  expect(await construction.build({ ...input, ...rest, inputs: [], hidden: [2] })).toMatchObject({ kind: 'usage' });
});
