import { expect, test } from 'vitest';
import {
  type Affine,
  abs,
  answer,
  check,
  dense,
  frozen,
  notLocalMinimum,
  type ProblemParts,
  point,
  problem,
  type Row,
  relu,
  row,
  type Value,
} from '../../certificate.js';

const parts: ProblemParts = { layers: [dense(2), relu, dense(1)], x: [-1, 0, 1], y: [1, 0, 1] };
/** Both units have their kink at the sample 0; unit 0 is silent, unit 1 as well. Predictions are the mean 2/3. */
const theta: readonly Affine[] = [
  [
    [[1], [0]],
    [0, 1],
  ],
  [[[0, 0]], ['2/3']],
];
const node = (unit: Value, direction: Row): { rule: string; unit: Value; direction: Value } => ({
  rule: 'flat-then-descent',
  unit,
  direction: row(direction),
});
const none = 'not-descending $.proof.descent.direction';
const combination = 'unsupported-combination $.statement.problem.network';

test.each<[string, ProblemParts, readonly Affine[], Value, string]>([
  // Unit 0: g = (−2/3, 4/3, −2/3), Ψ(w) = −2/3 ≠ 0 already.
  ['a unit with Ψ ≠ 0, any direction', parts, theta, node(0, [0, 0]), 'proved'],
  ['unit 1 is constant: Ψ = Σ g = 0, and its derivative is 0 too', parts, theta, node(1, [0, 1]), none],
  ['unit 1, another direction', parts, theta, node(1, [5, -3]), none],
  [
    'a kink in 0 and a hinge',
    { ...parts, y: [1, 0, 1] },
    [
      [
        [[0], [0]],
        [0, 1],
      ],
      theta[1] as Affine,
    ],
    node(0, [1, 0]),
    'proved',
  ],
  [
    'a kink in 0, all to the living side',
    { ...parts, y: [1, 0, 1] },
    [
      [
        [[0], [0]],
        [0, 1],
      ],
      theta[1] as Affine,
    ],
    node(0, [0, 1]),
    none,
  ],
  [
    'a kink in 0, all to the dead side',
    { ...parts, y: [1, 0, 1] },
    [
      [
        [[0], [0]],
        [0, 1],
      ],
      theta[1] as Affine,
    ],
    node(0, [0, -1]),
    none,
  ],
  [
    'a kink in 0, nowhere',
    { ...parts, y: [1, 0, 1] },
    [
      [
        [[0], [0]],
        [0, 1],
      ],
      theta[1] as Affine,
    ],
    node(0, [0, 0]),
    none,
  ],
  [
    'a kink in 0, mirrored',
    { ...parts, y: [1, 0, 1] },
    [
      [
        [[0], [0]],
        [0, 1],
      ],
      theta[1] as Affine,
    ],
    node(0, [-1, 0]),
    'proved',
  ],
  [
    'a kink in 0, a tiny direction',
    { ...parts, y: [1, 0, 1] },
    [
      [
        [[0], [0]],
        [0, 1],
      ],
      theta[1] as Affine,
    ],
    node(0, ['1/1000000000000', 0]),
    'proved',
  ],
  [
    'a dead unit',
    parts,
    [
      [
        [[1], [0]],
        [-9, 1],
      ],
      theta[1] as Affine,
    ],
    node(0, [1, 1]),
    none,
  ],
  ['no residual', { ...parts, y: ['2/3', '2/3', '2/3'] }, theta, node(0, [1, 1]), none],
  [
    'an outgoing weight',
    parts,
    [theta[0] as Affine, [[['1/1000', 0]], ['2/3']]],
    node(0, [1, 0]),
    'outgoing-weight-nonzero $.proof.descent.unit',
  ],
  [
    'the other unit’s outgoing weight',
    parts,
    [theta[0] as Affine, [[[0, '1/1000']], ['2/3']]],
    node(0, [1, 0]),
    'proved',
  ],
  ['unit 2 of two', parts, theta, node(2, [1, 0]), 'out-of-range $.proof.descent.unit'],
  ['unit −1', parts, theta, node(-1, [1, 0]), 'wrong-type $.proof.descent.unit'],
  ['unit "0"', parts, theta, node('0', [1, 0]), 'wrong-type $.proof.descent.unit'],
  ['a direction without the bias', parts, theta, node(0, [1]), 'wrong-length $.proof.descent.direction'],
  ['a direction with one entry more', parts, theta, node(0, [1, 0, 0]), 'wrong-length $.proof.descent.direction'],
  [
    'no bias, one entry',
    { ...parts, layers: [dense(1, false), relu, dense(1)] },
    [[[[0]]], [[[0]], ['2/3']]],
    node(0, [1]),
    'proved',
  ],
  [
    'no bias, two entries',
    { ...parts, layers: [dense(1, false), relu, dense(1)] },
    [[[[0]]], [[[0]], ['2/3']]],
    node(0, [1, 0]),
    'wrong-length $.proof.descent.direction',
  ],
  ['abs', { ...parts, layers: [dense(1, false), abs, dense(1)] }, [[[[0]]], [[[0]], ['2/3']]], node(0, [1]), 'proved'],
  [
    'odd residuals against abs',
    { ...parts, y: [1, 0, -1], layers: [dense(1, false), abs, dense(1)] },
    [[[[0]]], [[[0]], [0]]],
    node(0, [1]),
    none,
  ],
  [
    'merged rows that cancel',
    { ...parts, x: [1, 2], y: [2, -1], layers: [dense(1, false), relu, dense(1, false)] },
    [[[[0]]], [[[0]]]],
    node(0, [1]),
    none,
  ],
  [
    'merged rows that do not',
    { ...parts, x: [1, 2], y: [2, '-1001/1000'], layers: [dense(1, false), relu, dense(1, false)] },
    [[[[0]]], [[[0]]]],
    node(0, [1]),
    'proved',
  ],
  [
    'two outputs, one of them falls',
    { ...parts, x: [1], y: [[0, 1]], layers: [dense(1, false), relu, dense(2, false)] },
    [[[[0]]], [[[0], [0]]]],
    node(0, [1]),
    'proved',
  ],
  [
    'two outputs, one weight not 0',
    { ...parts, x: [1], y: [[0, 1]], layers: [dense(1, false), relu, dense(2, false)] },
    [[[[0]]], [[[0], [1]]]],
    node(0, [1]),
    'outgoing-weight-nonzero $.proof.descent.unit',
  ],
  [
    'two outputs, no residual',
    { ...parts, x: [1], y: [[0, 0]], layers: [dense(1, false), relu, dense(2, false)] },
    [[[[0]]], [[[0], [0]]]],
    node(0, [1]),
    none,
  ],
  [
    'a frozen hidden layer',
    { ...parts, layers: [frozen([[[0]]]), relu, dense(1)] },
    [[[[0]], ['2/3']]],
    node(0, [1]),
    combination,
  ],
  [
    'a frozen output layer',
    { ...parts, layers: [dense(1, false), relu, frozen([[[0]], ['2/3']])] },
    [[[[0]]]],
    node(0, [1]),
    combination,
  ],
  [
    'a frozen first part',
    { ...parts, layers: [frozen([[[1]]]), abs, dense(1, false), relu, dense(1)] },
    [[[[0]]], [[[0]], ['2/3']]],
    node(0, [1]),
    'proved',
  ],
  [
    'a free first part',
    { ...parts, layers: [dense(1, false), abs, dense(1, false), relu, dense(1)] },
    [[[[1]]], [[[0]]], [[[0]], ['2/3']]],
    node(0, [1]),
    combination,
  ],
  ['no hidden layer', { ...parts, layers: [dense(1)] }, [[[[0]], ['2/3']]], node(0, [1]), combination],
])('%s: %s', (_, data, layers, descent, expected) => {
  const json = notLocalMinimum(problem(data), point(...layers), descent as { rule: string });
  expect(answer(check(json))).toBe(expected);
});
