import { expect, test } from 'vitest';
import { isVisible, visibility } from '../../../src/kernel/model/visibility.js';
import { activation, dense, type Fields, relu } from '../../certificate.js';
import { avgpool, conv1d, conv2d, flatten, maxpool, residual } from '../../layers.js';
import { type At, instanceAt } from './instances.js';

/** Of every stage "before→after its activation": 1 for what the output depends on, 0 for what is shadowed. */
function masks(at: At, i = 0): string {
  const instance = instanceAt(at);
  return visibility(instance, i)
    .map(({ mixed, output }, s) => {
      const size = instance.problem.network.stages[s]?.size as number;
      const [before, after] = [mixed, output].map((mask) =>
        Array.from({ length: size }, (_, e) => (isVisible(mask, e) ? 1 : 0)).join(''),
      );
      return before === after ? before : `${before}→${after}`;
    })
    .join(' ');
}

const hardtanh = activation('hardtanh');
/** relu of x, then what is in `layers`, with weights 1 and these biases. */
const chain = (x: number, ...layers: readonly (readonly [Fields, number | null])[]): At => ({
  input: [1],
  layers: [dense(1), relu, ...layers.map(([layer]) => layer), dense(1)],
  theta: [[[[1]], [0]], ...layers.flatMap(([, b]) => (b === null ? [] : ([[[[1]], [b]]] as const))), [[[1]], [0]]],
  x: [[x]],
});

test.each<[string, At, string]>([
  ['all alive', chain(1, [dense(1), 1], [relu, null]), '1 1 1'],
  ['a kink hides nothing', chain(0, [dense(1), 0], [relu, null]), '1 1 1'],
  ['dead on top: everything below', chain(0, [dense(1), -1], [relu, null]), '0 0→1 1'],
  ['dead below: only its preactivation', chain(-1, [dense(1), 1], [relu, null]), '0→1 1 1'],
  ['saturated above', chain(5, [dense(1), 1], [hardtanh, null]), '0 0→1 1'],
  [
    'a way past a dead layer: the fork itself stands for what is inside',
    chain(1, [residual(dense(1), relu), -9]),
    '1 0 0→1 1 1',
  ],
  ['a dead sum: both ways', chain(1, [residual(dense(1)), -9], [relu, null]), '0 0 0 0→1 1'],
  ['a sum that lives', chain(1, [residual(dense(1)), 9], [relu, null]), '1 1 1 1 1'],
  [
    'an activation first inside, dead: the way past stays',
    {
      ...chain(1),
      layers: [dense(1), residual(relu, dense(1)), dense(1)],
      theta: [
        [[[1]], [-2]],
        [[[1]], [0]],
        [[[1]], [0]],
      ],
    },
    '1 0→1 1 1 1',
  ],
  ['the output is never shadowed', { input: [1], layers: [dense(1)], theta: [[[[0]], [0]]], x: [[0]] }, '1'],
  [
    'weights 0 hide nothing',
    {
      input: [1],
      layers: [dense(2), relu, dense(1)],
      theta: [
        [
          [[1], [1]],
          [1, 1],
        ],
        [[[0, 0]], [0]],
      ],
      x: [[0]],
    },
    '11 1',
  ],
  [
    'one of two units dead',
    {
      input: [1],
      layers: [dense(1), relu, dense(2), relu, dense(1)],
      theta: [
        [[[1]], [0]],
        [
          [[1], [1]],
          [-9, 9],
        ],
        [[[1, 1]], [0]],
      ],
      x: [[0]],
    },
    '1 01→11 1',
  ],
  [
    'a maximum reads its winner',
    {
      input: [2, 2],
      layers: [residual(conv1d(2, 1)), maxpool(2), flatten, dense(1)],
      theta: [
        [
          [
            [[0], [0]],
            [[0], [0]],
          ],
          [0, 0],
        ],
        [[[1, 1]], [0]],
      ],
      x: [[1, 2, 4, 3]],
    },
    '1111 0110 0110 11 11 1',
  ],
  [
    'a tie reads all that tie',
    {
      input: [1, 3],
      layers: [conv1d(1, 1), maxpool(3), flatten, dense(1)],
      theta: [
        [[[[1]]], [0]],
        [[[1]], [0]],
      ],
      x: [[2, 1, 2]],
    },
    '101 1 1 1',
  ],
  [
    'windows that overlap',
    {
      input: [1, 4],
      layers: [conv1d(1, 1), maxpool(2, { stride: 1 }), flatten, dense(1)],
      theta: [
        [[[[1]]], [0]],
        [[[1, 1, 1]], [0]],
      ],
      x: [[3, 1, 2, 0]],
    },
    '1010 111 111 1',
  ],
  [
    'a maximum in a constant piece hides its winner',
    {
      input: [1, 2],
      layers: [conv1d(1, 1), maxpool(2), hardtanh, flatten, dense(1)],
      theta: [
        [[[[1]]], [0]],
        [[[1]], [0]],
      ],
      x: [[3, 1]],
    },
    '00 0→1 1 1',
  ],
  [
    'a mean reads its window, and not what is left over',
    {
      input: [1, 3],
      layers: [conv1d(1, 1), avgpool(2), flatten, dense(1)],
      theta: [
        [[[[1]]], [0]],
        [[[1]], [0]],
      ],
      x: [[1, 2, 3]],
    },
    '110 1 1 1',
  ],
  [
    'a kernel reads under its taps',
    {
      input: [1, 5],
      layers: [conv1d(1, 1), conv1d(1, 2, { stride: 3 }), flatten, dense(1)],
      theta: [
        [[[[1]]], [0]],
        [[[[0, 0]]], [0]],
        [[[1, 1]], [0]],
      ],
      x: [[1, 2, 3, 4, 5]],
    },
    '11011 11 11 1',
  ],
  [
    'a kernel in the padding reads nothing',
    {
      input: [1, 1],
      layers: [conv1d(1, 1), conv1d(1, 1, { padding: 1 }), relu, flatten, dense(1)],
      theta: [
        [[[[1]]], [5]],
        [[[[-1]]], [1]],
        [[[1, 1, 1]], [0]],
      ],
      x: [[0]],
    },
    '0 101→111 111 1',
  ],
  [
    'a dead position hides what only it reads, in every channel',
    {
      input: [2, 2],
      layers: [residual(conv1d(2, 1)), conv1d(1, 1), relu, flatten, dense(1)],
      theta: [
        [
          [
            [[0], [0]],
            [[0], [0]],
          ],
          [0, 0],
        ],
        [[[[1], [1]]], [0]],
        [[[1, 1]], [0]],
      ],
      x: [[1, -1, 1, -1]],
    },
    '1010 1010 1010 10→11 11 1',
  ],
  [
    'a sum: what either way reads',
    {
      input: [1, 4],
      layers: [conv1d(1, 1), residual(conv1d(1, 1), relu), maxpool(2), flatten, dense(1)],
      theta: [
        [[[[1]]], [0]],
        [[[[1]]], [-2]],
        [[[1, 1]], [0]],
      ],
      x: [[5, 0, 0, 1]],
    },
    '1001 1000 1000→1001 1001 11 11 1',
  ],
  [
    'rows and columns',
    {
      input: [1, 2, 3],
      layers: [conv2d(1, [1, 1]), maxpool([2, 1]), flatten, dense(1)],
      theta: [
        [[[[[1]]]], [0]],
        [[[1, 1, 1]], [0]],
      ],
      x: [[1, 5, 3, 4, 2, 6]],
    },
    '010101 111 111 1',
  ],
])('%s', (_, at, expected) => {
  expect(masks(at)).toBe(expected);
});

test('each sample for itself', () => {
  const at = { ...chain(0, [dense(1), '-3/2' as unknown as number], [relu, null]), x: [[1], [2]] };
  expect([masks(at, 0), masks(at, 1)]).toEqual(['0 0→1 1', '1 1 1']);
});
