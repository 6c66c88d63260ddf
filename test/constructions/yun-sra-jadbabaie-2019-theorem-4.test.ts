import { expect, test } from 'vitest';
import { yunSraJadbabaie2019Theorem4 } from '../../src/constructions/yun-sra-jadbabaie-2019-theorem-4.js';
import { rational } from '../../src/kernel/arithmetic/rational.js';

const exact = (rows: readonly (readonly number[])[]) => rows.map((row) => row.map((n) => rational(BigInt(n))));
const unit = [
  [1, 0],
  [0, 1],
];
const diagonal = [
  [3, 0],
  [0, 2],
];

async function built(
  settings: Readonly<Record<string, string>>,
  hidden: readonly number[] = [2],
  targets: readonly (readonly number[])[] = diagonal,
  more: Readonly<Record<string, object>> = {},
): Promise<string> {
  const answer = await yunSraJadbabaie2019Theorem4.build({
    inputs: exact(unit),
    targets: exact(targets),
    weights: null,
    hidden,
    activation: { function: 'relu' },
    loss: { function: 'squared' },
    settings,
    seed: 1,
    effort: 1,
    ...more,
  });
  if (answer.kind === 'built') return answer.theorem.statement.kind;
  return answer.kind === 'hypothesis-fails' ? answer.hypothesis : answer.kind;
}

test.each([
  ['a saddle at rank 0', {}, [2], diagonal, 'saddle'],
  ['a saddle at rank 1', { rank: '1' }, [2, 3], diagonal, 'saddle'],
  ['rank 2 is optimal', { rank: '2' }, [2], diagonal, 'not optimal'],
  ['rank 3 is too much', { rank: '3' }, [2], diagonal, 'rational directions'],
  ['a global minimum', { kind: 'global' }, [2], diagonal, 'global-minimum'],
  ['a narrow global minimum', { kind: 'global' }, [1], diagonal, 'global-minimum'],
  ['a narrow saddle', { rank: '1' }, [1], diagonal, 'saddle'],
  [
    'irrational directions',
    { kind: 'global' },
    [1],
    [
      [1, 1],
      [1, 0],
    ],
    'rational directions',
  ],
  [
    'a wide network needs none',
    { kind: 'global' },
    [2],
    [
      [1, 1],
      [1, 0],
    ],
    'global-minimum',
  ],
  [
    'targets that are 0',
    {},
    [2],
    [
      [0, 0],
      [0, 0],
    ],
    'not optimal',
  ],
  ['another kind', { kind: 'local' }, [2], diagonal, 'usage'],
  ['another rank', { rank: '-1' }, [2], diagonal, 'usage'],
  ['another bias', { bias: 'perhaps' }, [2], diagonal, 'usage'],
  ['another setting', { ranks: '1' }, [2], diagonal, 'usage'],
] as const)('%s', async (_, settings, hidden, targets, expected) => {
  expect(await built(settings, hidden, targets)).toBe(expected);
});

test('other losses and activations', async () => {
  expect(await built({}, [2], diagonal, { loss: { function: 'log-cosh' } })).toBe('saddle');
  expect(await built({ rank: '1' }, [2], diagonal, { loss: { function: 'log-cosh' } })).toBe('squared loss');
  expect(await built({}, [2], diagonal, { activation: { function: 'tanh' } })).toBe('linear network');
});
