import { expect, test } from 'vitest';
import { yunSraJadbabaie2019Theorem4 } from '../../src/constructions/yun-sra-jadbabaie-2019-theorem-4.js';
import { rational } from '../../src/kernel/arithmetic/rational.js';

const exact = (rows: readonly (readonly number[])[]) => rows.map((row) => row.map((n) => rational(BigInt(n))));
const diagonal = [
  [3, 0],
  [0, 2],
];

/** Eigenvalues (3 ± √5)/2 of what is explained. */
const golden = [
  [1, 1],
  [1, 0],
];
/** The pieces side by side. */
const blocks = (...pieces: readonly (readonly (readonly number[])[])[]): readonly (readonly number[])[] => {
  const size = pieces.reduce((sum, { length }) => sum + length, 0);
  let at = 0;
  return pieces.flatMap((piece) => {
    const start = at;
    at += piece.length;
    return piece.map((row) => [
      ...new Array<number>(start).fill(0),
      ...row,
      ...new Array<number>(size - start - row.length).fill(0),
    ]);
  });
};
/** Tridiagonal, with eigenvalues that are conjugate. */
const path = (n: number, first: number): readonly (readonly number[])[] =>
  Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (__, j) => (Math.abs(i - j) === 1 ? 1 : i + j === 0 ? first : 0)),
  );
const cubic = path(3, 1);
const quartic = path(4, 2);
const quintic = path(5, 1);
const pair = [
  [2, 1],
  [1, 0],
];
const twoPairs = blocks(golden, pair);
const threePairs = blocks(golden, pair, [
  [3, 1],
  [1, 0],
]);

async function built(
  settings: Readonly<Record<string, string>>,
  hidden: readonly number[] = [2],
  targets: readonly (readonly number[])[] = diagonal,
  more: Readonly<Record<string, object>> = {},
): Promise<string> {
  const answer = await yunSraJadbabaie2019Theorem4.build({
    inputs: exact(targets.map((_, i) => targets.map((__, j) => (i === j ? 1 : 0)))),
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
  ['rank 3 is too much', { rank: '3' }, [2], diagonal, 'directions in one field'],
  ['a global minimum', { kind: 'global' }, [2], diagonal, 'global-minimum'],
  ['a narrow global minimum', { kind: 'global' }, [1], diagonal, 'global-minimum'],
  ['a narrow saddle', { rank: '1' }, [1], diagonal, 'saddle'],
  ['directions in Q(√5)', { kind: 'global' }, [1], golden, 'global-minimum'],
  ['directions in Q(√5), the other one', { rank: '1' }, [1], golden, 'saddle'],
  ['with biases', { kind: 'global', bias: 'yes' }, [1], golden, 'global-minimum'],
  ['two layers between', { rank: '1' }, [1, 2], golden, 'saddle'],
  ['one of three conjugates', { kind: 'global' }, [1], cubic, 'global-minimum'],
  ['two of three conjugates', { kind: 'global' }, [2], cubic, 'global-minimum'],
  ['the least of three conjugates', { rank: '1' }, [1], cubic, 'saddle'],
  ['the least two of three conjugates', { rank: '2' }, [2], cubic, 'saddle'],
  ['one of each of two pairs: Q(√2, √5)', { kind: 'global' }, [2], twoPairs, 'global-minimum'],
  ['one of each of three pairs', { kind: 'global' }, [3], threePairs, 'directions in one field'],
  ['two of four conjugates', { kind: 'global' }, [2], quartic, 'directions in one field'],
  ['three of four conjugates', { kind: 'global' }, [3], quartic, 'global-minimum'],
  ['one of five conjugates', { kind: 'global' }, [1], quintic, 'directions in one field'],
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
