import { expect, test } from 'vitest';
import {
  type Affine,
  activation,
  answer,
  check,
  dense,
  frozen,
  globalMinimum,
  type ProblemParts,
  point,
  problem,
  relu,
} from '../../certificate.js';

const at = 'nonzero-residual $.statement.point';
const hat: readonly Affine[] = [
  [
    [[1], [1]],
    [0, -1],
  ],
  [[[1, -2]], [0]],
];
const parts: ProblemParts = { layers: [dense(2), relu, dense(1)], x: [-1, 0, 1, 2], y: [0, 0, 1, 0] };

test.each<[string, ProblemParts, readonly Affine[], string]>([
  ['all targets met, kinks and all', parts, hat, 'proved'],
  ['a residual of 1/1000', { ...parts, y: [0, 0, 1, '1/1000'] }, hat, at],
  ['a residual of 10⁻⁵⁰', { ...parts, y: [`1/1${'0'.repeat(50)}`, 0, 1, 0] }, hat, at],
  ['a residual of a light sample', { ...parts, y: [0, 0, 1, 1], weights: [1, 1, 1, `1/1${'0'.repeat(50)}`] }, hat, at],
  ['residuals that cancel', { ...parts, y: [1, -1, 1, 0] }, hat, at],
  ['another height', parts, [hat[0] as Affine, [[[1, -2]], ['1/7']]], at],
  ['contradicting targets, half way', { ...parts, x: [1, 1], y: [0, 2] }, hat, at],
  [
    'a residual of Huber within δ',
    { ...parts, y: [0, 0, 1, '1/2'], loss: { function: 'huber', threshold: '1' } },
    hat,
    at,
  ],
  ['a cube', { ...parts, loss: { function: 'power', exponent: '3' } }, hat, 'proved'],
  ['a quantile', { ...parts, loss: { function: 'smooth-quantile', level: '1/9', width: '1' } }, hat, 'proved'],
  [
    'one of two outputs',
    { layers: [dense(2)], x: [1], y: [[1, 2]] },
    [
      [
        [[1], [2]],
        [0, '1/9'],
      ],
    ],
    at,
  ],
  [
    'both outputs',
    { layers: [dense(2)], x: [1], y: [[1, 2]] },
    [
      [
        [[1], [2]],
        [0, 0],
      ],
    ],
    'proved',
  ],
  ['nothing free', { layers: [frozen([[[2]], [0]])], x: [1], y: [2] }, [], 'proved'],
  ['nothing free, a residual', { layers: [frozen([[[2]], [0]])], x: [1], y: [1] }, [], at],
  [
    'three layers of hardtanh',
    { layers: [dense(1), activation('hardtanh'), dense(1), activation('hardtanh'), dense(1)], x: [5, -5], y: [1, -1] },
    [
      [[[1]], [0]],
      [[[1]], [0]],
      [[[1]], [0]],
    ],
    'proved',
  ],
])('%s: %s', (_, data, layers, expected) => {
  expect(answer(check(globalMinimum(problem(data), point(...layers), 'zero-loss')))).toBe(expected);
});
