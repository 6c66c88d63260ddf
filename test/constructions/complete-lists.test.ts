import { describe, expect, test } from 'vitest';
import type { Built } from '../../src/constructions/construction.js';
import { ibragimovJentzenKroegerRiekert2022Theorem2 as construction } from '../../src/constructions/ibragimov-jentzen-kroeger-riekert-2022-theorem-1-2.js';
import { parseTarget } from '../../src/formats/expression.js';
import type { Fields } from '../../src/formats/write.js';

interface Asked {
  readonly target?: string;
  readonly ends?: readonly [string, string];
  readonly activation?: Fields;
  readonly loss?: Fields;
  readonly hidden?: readonly number[];
  readonly settings?: Readonly<Record<string, string>>;
}

function build({
  target = 'x^2',
  ends: [a, b] = ['0', '1'],
  activation,
  loss,
  hidden,
  settings,
}: Asked): Promise<Built> {
  const read = parseTarget(target, 1);
  if (read.kind === 'refused') throw new Error(read.message);
  return construction.build({
    ...{ inputs: [], targets: [], weights: null, seed: 1, effort: 10 },
    box: { type: 'box', lower: [a], upper: [b], targets: [read.target] },
    hidden: hidden ?? null,
    activation: { type: 'activation', ...(activation ?? { function: 'relu' }) },
    loss: loss ?? { function: 'squared' },
    settings: settings ?? {},
  });
}

async function summary(asked: Asked): Promise<string> {
  const built = await build(asked);
  return built.kind === 'built'
    ? (built.notes[0] as string)
    : `${built.kind}: ${built.kind === 'hypothesis-fails' ? built.hypothesis : built.message}`;
}

describe('lists', () => {
  test.each<[string, Asked, string]>([
    ['x²', {}, '1 global minimum, 2 spurious local minima'],
    ['x³', { target: 'x^3' }, '1 global minimum, 2 spurious local minima'],
    ['a mirrored bump', { target: '16*x^2*(1 - x)^2' }, '2 global minima, 1 spurious local minimum'],
    ['Legendre’s third', { target: '20*x^3 - 30*x^2 + 12*x - 1' }, '2 global minima, 3 spurious local minima'],
    ['a line', { target: 'x' }, '1 global minimum, 1 spurious local minimum'],
    ['a constant', { target: '7' }, '1 global minimum'],
    ['a tent', { target: '3*x; 1/3; 1; 2/3; 3 - 3*x' }, '2 global minima, 1 spurious local minimum'],
    ['another interval', { ends: ['-1', '3'] }, '1 global minimum, 2 spurious local minima'],
    ['another factor', { loss: { function: 'squared', factor: '1/2' } }, '1 global minimum, 2 spurious local minima'],
    ['leaky relu', { activation: { function: 'leaky-relu' } }, '1 global minimum, 2 spurious local minima, 3 saddles'],
    ['abs', { activation: { function: 'abs' } }, '1 global minimum, 1 spurious local minimum, 1 saddle'],
    ['one unit, as said', { hidden: [1] }, '1 global minimum, 2 spurious local minima'],
  ])('%s', async (_, asked, expected) => {
    expect(await summary(asked)).toBe(expected);
  });
});

describe('what it is not for', () => {
  test.each<[string, Asked, string]>([
    ['two units', { hidden: [2] }, 'hypothesis-fails: one hidden unit'],
    ['two layers', { hidden: [1, 1] }, 'hypothesis-fails: one hidden unit'],
    ['hardtanh', { activation: { function: 'hardtanh' } }, 'hypothesis-fails: two slopes'],
    ['a curved activation', { activation: { function: 'quadratic' } }, 'hypothesis-fails: two slopes'],
    ['tanh', { activation: { function: 'tanh' } }, 'hypothesis-fails: an interval'],
    ['a fourth power', { loss: { function: 'power', exponent: '4' } }, 'hypothesis-fails: an interval'],
    ['a jump', { target: '0; 1/2; 1' }, 'hypothesis-fails: an interval'],
    ['a setting', { settings: { n: '1' } }, 'usage: the theorem has no setting "n": it has none'],
  ])('%s', async (_, asked, expected) => {
    expect(await summary(asked)).toBe(expected);
  });

  test('no interval at all', async () => {
    const built = await construction.build({
      ...{ inputs: [], targets: [], weights: null, hidden: null, seed: 1, effort: 10, settings: {} },
      activation: { type: 'activation', function: 'relu' },
      loss: { function: 'squared' },
    });
    expect(built).toMatchObject({ kind: 'hypothesis-fails', hypothesis: 'an interval' });
  });
});
