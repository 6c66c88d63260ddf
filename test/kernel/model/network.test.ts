import { describe, expect, test } from 'vitest';
import { readPoint, readProblem } from '../../../src/kernel/check.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';
import { freeParameters, interpretDirection, type Network } from '../../../src/kernel/model/network.js';
import { dense, type Fields, frozen, relu, type Value } from '../../certificate.js';
import {
  avgpool,
  conv1d,
  conv2d,
  flatten,
  maxpool,
  type Nested,
  pointOf,
  residual,
  shaped,
  values,
} from '../../layers.js';

const file = (input: readonly number[], layers: readonly Fields[], inputs: number, outputs: number): string =>
  JSON.stringify({
    format: 'cairn-problem',
    version: 1,
    ...shaped({ input, layers, x: [new Array(inputs).fill(0)], y: [new Array(outputs).fill(0)] }),
  });

const frozenConvolution = conv1d(1, 2, {
  fixed: values(
    [
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [5],
  ),
});

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

function networkOf(input: readonly number[], layers: readonly Fields[], outputs = 1): Network {
  const found = readProblem(file(input, layers, product(input), outputs));
  if (found.kind !== 'read') throw new Error(`${found.path}: ${found.reason.message}`);
  return found.value.network;
}

function refusal(input: readonly number[], layers: readonly Fields[]): string {
  const found = readProblem(file(input, layers, product(input) < 100 ? product(input) : 1, 1));
  if (found.kind === 'read') return 'read';
  return `${found.reason.code} ${found.path.replace('$.network.', '')}: ${found.reason.message}`;
}

/** "kind units×positions" of every stage. */
const shapes = ({ stages }: Network): string =>
  stages.map(({ kind, units, positions }) => `${kind} ${units}×${positions}`).join(', ');

describe('shapes', () => {
  test.each<[string, readonly number[], readonly Fields[], string]>([
    ['dense', [3], [dense(2), dense(1)], 'dense 2×1, dense 1×1'],
    ['a length', [2, 5], [conv1d(3, 2), flatten, dense(1)], 'convolution 3×4, flatten 12×1, dense 1×1'],
    ['stride', [1, 6], [conv1d(1, 3, { stride: 2 }), flatten, dense(1)], 'convolution 1×2, flatten 2×1, dense 1×1'],
    ['padding', [1, 4], [conv1d(1, 3, { padding: 2 }), flatten, dense(1)], 'convolution 1×6, flatten 6×1, dense 1×1'],
    [
      'padding beyond the kernel',
      [1, 1],
      [conv1d(1, 1, { padding: 3 }), flatten, dense(1)],
      'convolution 1×7, flatten 7×1, dense 1×1',
    ],
    [
      'rows and columns apart',
      [1, 5, 4],
      [conv2d(2, [3, 1], { stride: [2, 3], padding: [0, 1] }), flatten, dense(1)],
      'convolution 2×4, flatten 8×1, dense 1×1',
    ],
    [
      'pools: the stride is the kernel',
      [1, 5, 4],
      [maxpool([2, 2]), flatten, dense(1)],
      'maximum 1×4, flatten 4×1, dense 1×1',
    ],
    [
      'pools with a stride',
      [2, 5],
      [avgpool(2, { stride: 1 }), flatten, dense(1)],
      'average 2×4, flatten 8×1, dense 1×1',
    ],
    ['pools drop what is left over', [1, 5], [maxpool(3), flatten, dense(1)], 'maximum 1×1, flatten 1×1, dense 1×1'],
    [
      'a kernel in a list',
      [1, 5],
      [conv1d(1, 2, { kernel: [2] }), flatten, dense(1)],
      'convolution 1×4, flatten 4×1, dense 1×1',
    ],
    ['flatten of what is flat is nothing', [3], [flatten, dense(2), flatten, dense(1)], 'dense 2×1, dense 1×1'],
    ['a residual sum', [2], [residual(dense(2), relu), dense(1)], 'fork 2×1, dense 2×1, join 2×1, dense 1×1'],
    [
      'residual sums nest',
      [1, 3],
      [residual(residual(conv1d(1, 3, { padding: 1 })), maxpool(1)), flatten, dense(1)],
      'fork 1×3, fork 1×3, convolution 1×3, join 1×3, maximum 1×3, join 1×3, flatten 3×1, dense 1×1',
    ],
    ['an image of one pixel', [1, 1, 1], [conv2d(1, [1, 1])], 'convolution 1×1'],
    [
      'a residual sum of a pool',
      [1, 2],
      [residual(maxpool(1)), conv1d(1, 2)],
      'fork 1×2, maximum 1×2, join 1×2, convolution 1×1',
    ],
  ])('%s', (_, input, layers, expected) => {
    expect(shapes(networkOf(input, layers))).toBe(expected);
  });

  test('places: taps in C order, −1 in the padding', () => {
    const [{ places }] = networkOf([1, 2, 3], [conv2d(1, [2, 2], { padding: [0, 1] })], 4).stages as [
      Network['stages'][0],
    ];
    expect(places).toEqual([
      [-1, 0, 1, 2],
      [0, 1, 2, -1],
      [-1, 3, 4, 5],
      [3, 4, 5, -1],
    ]);
  });

  test('places of a pool: the entries of each window', () => {
    const [{ places }] = networkOf([2, 2, 3], [avgpool([2, 2], { stride: [1, 1] }), flatten, dense(1)]).stages as [
      Network['stages'][0],
    ];
    expect(places).toEqual([
      [0, 1, 3, 4],
      [1, 2, 4, 5],
    ]);
  });

  test('an activation belongs to the stage before it, at the start of a residual layer to the fork', () => {
    const { stages } = networkOf([2], [residual(relu, dense(2), relu), relu, dense(1)]);
    expect(stages.map(({ kind, activation }) => `${kind} ${activation.slopes.length}`)).toEqual([
      'fork 2',
      'dense 2',
      'join 2',
      'dense 1',
    ]);
  });

  test('a residual layer numbers its layers by the outermost', () => {
    const { stages } = networkOf([2], [dense(2), residual(residual(dense(2))), dense(1)]);
    expect(stages.map(({ layer }) => layer)).toEqual([0, 1, 1, 1, 1, 1, 2]);
  });

  test('free parameters: a kernel counts once', () => {
    const layers = [conv1d(2, 3), frozenConvolution, flatten, dense(1, false)];
    expect(freeParameters(networkOf([1, 6], layers))).toBe(2 * 3 + 2 + 3);
  });
});

describe('refusals', () => {
  const conv = { type: 'conv1d', channels: 1, kernel: 1 };
  test.each<[readonly number[], readonly Fields[], string]>([
    [[1, 1, 1, 1], [dense(1)], 'unsupported-network input: at most two extents have a rule'],
    [[50000, 50000], [dense(1)], 'limit-limbs input: the input has 2500000000 entries'],
    [[1, 2], [dense(1)], 'wrong-shape layers[0]: a dense layer wants a flat input, found 1 × 2'],
    [[3, 2, 4], [relu, dense(1)], 'unsupported-network layers[0]: an activation must follow a layer that is none'],
    [[2], [relu, dense(1)], 'unsupported-network layers[0]: an activation must follow a layer that is none'],
    [[2], [flatten, relu, dense(1)], 'unsupported-network layers[1]: an activation must follow a layer that is none'],
    [
      [2],
      [dense(1), relu, relu, dense(1)],
      'unsupported-network layers[2]: an activation must follow a layer that is none',
    ],
    [
      [2],
      [dense(2), relu, flatten, relu, dense(1)],
      'unsupported-network layers[3]: an activation must follow a layer that is none',
    ],
    [
      [2],
      [residual(relu, relu), dense(1)],
      'unsupported-network layers[0].layers[1]: an activation must follow a layer that is none',
    ],
    [
      [2],
      [dense(2), relu, residual(relu, relu, dense(2)), dense(1)],
      'unsupported-network layers[2].layers[1]: an activation must follow a layer that is none',
    ],
    [[3], [conv, dense(1)], 'wrong-shape layers[0]: expected an input of channels × length, found 3'],
    [[1, 2, 3], [conv, dense(1)], 'wrong-shape layers[0]: expected an input of channels × length, found 1 × 2 × 3'],
    [
      [1, 3],
      [conv2d(1, [1, 1]), dense(1)],
      'wrong-shape layers[0]: expected an input of channels × height × width, found 1 × 3',
    ],
    [[1, 3], [conv, dense(1)], 'wrong-shape layers[1]: a dense layer wants a flat input, found 1 × 3'],
    [[1, 3], [conv1d(1, 4)], 'wrong-shape layers[0].kernel: the kernel is larger than what it runs over'],
    [
      [1, 3],
      [conv1d(1, 6, { padding: 1 })],
      'wrong-shape layers[0].kernel: the kernel is larger than what it runs over',
    ],
    [[1, 3, 1], [conv2d(1, [1, 2])], 'wrong-shape layers[0].kernel: the kernel is larger than what it runs over'],
    [
      [1, 3],
      [{ ...conv, kernel: [1, 1] }],
      'wrong-shape layers[0].kernel: expected 1 extents, as the input has, found 2',
    ],
    [
      [1, 3, 3],
      [{ ...conv, type: 'conv2d' }],
      'wrong-shape layers[0].kernel: expected 2 extents, as the input has, found 1',
    ],
    [
      [1, 3, 3],
      [conv2d(1, [1, 1], { stride: 2 })],
      'wrong-shape layers[0].stride: expected 2 extents, as the input has, found 1',
    ],
    [
      [1, 3, 3],
      [conv2d(1, [1, 1], { padding: [1] })],
      'wrong-shape layers[0].padding: expected 2 extents, as the input has, found 1',
    ],
    [[3], [maxpool(1), dense(1)], 'wrong-shape layers[0]: expected an input with positions, found a flat one'],
    [
      [1, 3],
      [flatten, avgpool(1), dense(1)],
      'wrong-shape layers[1]: expected an input with positions, found a flat one',
    ],
    [
      [1, 3],
      [maxpool(4), flatten, dense(1)],
      'wrong-shape layers[0].kernel: the kernel is larger than what it runs over',
    ],
    [
      [1, 3, 3],
      [maxpool(2), flatten, dense(1)],
      'wrong-shape layers[0].kernel: expected 2 extents, as the input has, found 1',
    ],
    [
      [1, 3],
      [avgpool(2, { stride: [1, 1] }), flatten, dense(1)],
      'wrong-shape layers[0].stride: expected 1 extents, as the input has, found 2',
    ],
    [
      [2],
      [residual(dense(3)), dense(1)],
      'wrong-shape layers[0]: a residual layer keeps the shape, found 2 before and 3 after',
    ],
    [
      [1, 4],
      [residual(conv1d(1, 3)), flatten, dense(1)],
      'wrong-shape layers[0]: a residual layer keeps the shape, found 1 × 4 before and 1 × 2 after',
    ],
    [
      [1, 4],
      [residual(flatten), dense(1)],
      'wrong-shape layers[0]: a residual layer keeps the shape, found 1 × 4 before and 4 after',
    ],
    [
      [1, 4],
      [residual(residual(conv1d(2, 1)), conv1d(1, 1)), flatten, dense(1)],
      'wrong-shape layers[0].layers[0]: a residual layer keeps the shape, found 1 × 4 before and 2 × 4 after',
    ],
    [[2], [residual(), dense(1)], 'empty-list layers[0].layers: expected at least 1 entries, found 0'],
    [[1, 2], [conv1d(1, 1), relu], 'final-activation layers[1]: the last layer must be affine'],
    [[1, 2], [conv1d(1, 1), flatten], 'final-activation layers[1]: the last layer must be affine'],
    [[1, 2], [maxpool(2)], 'final-activation layers[0]: the last layer must be affine'],
    [[1, 2], [conv1d(1, 1), avgpool(2)], 'final-activation layers[1]: the last layer must be affine'],
    [[2], [residual(dense(2))], 'final-activation layers[0]: the last layer must be affine'],
    [[2], [flatten], 'final-activation layers[0]: the last layer must be affine'],
    [[1, 2], [conv1d(1, 1)], 'wrong-shape $.data.targets[0]: expected 2 entries, found 1'],
    [
      [2],
      [{ ...dense(1), name: 'a' }, residual({ ...dense(1), name: 'a' }), dense(1)],
      'duplicate-name layers[1].layers[0].name: the name "a" stands twice',
    ],
    [
      [2],
      [{ ...dense(2), name: 'a' }, { ...residual(dense(2)), name: 'a' }, dense(1)],
      'duplicate-name layers[1].name: the name "a" stands twice',
    ],
    [
      [1, 2],
      [{ ...maxpool(2), name: 'p' }, { ...flatten, name: 'p' }, dense(1)],
      'duplicate-name layers[1].name: the name "p" stands twice',
    ],
    [
      [1, 2],
      [{ ...conv, groups: 1 }],
      'unsupported-layer layers[0].groups: grouped and dilated convolutions have no rule in this version',
    ],
    [
      [1, 2],
      [{ ...conv, dilation: 2 }],
      'unsupported-layer layers[0].dilation: grouped and dilated convolutions have no rule in this version',
    ],
    [[1, 2], [{ ...conv, units: 1 }], 'unknown-key layers[0].units: the format has no such key here'],
    [[1, 2], [{ ...maxpool(2), padding: 1 }], 'unknown-key layers[0].padding: the format has no such key here'],
    [[1, 2], [{ ...flatten, kernel: 1 }], 'unknown-key layers[0].kernel: the format has no such key here'],
    [[1, 2], [{ type: 'conv1d', kernel: 1 }], 'missing-key layers[0]: expected the key "channels"'],
    [[1, 2], [{ type: 'conv1d', channels: 1 }], 'missing-key layers[0]: expected the key "kernel"'],
    [[1, 2], [{ type: 'avgpool' }], 'missing-key layers[0]: expected the key "kernel"'],
    [[2], [{ type: 'residual' }], 'missing-key layers[0]: expected the key "layers"'],
    [[1, 2], [conv1d(1, 0)], 'wrong-type layers[0].kernel: expected an integer ≥ 1, found 0'],
    [[1, 2], [conv1d(1, 1, { stride: 0 })], 'wrong-type layers[0].stride: expected an integer ≥ 1, found 0'],
    [[1, 2], [conv1d(1, 1, { stride: [] })], 'empty-list layers[0].stride: expected at least 1 entry, found 0'],
    [[1, 2], [conv1d(1, 1, { padding: -1 })], 'wrong-type layers[0].padding: expected an integer ≥ 0, found -1'],
    [[1, 2], [conv1d(1, 1, { padding: '1' })], 'wrong-type layers[0].padding: expected an integer ≥ 0, found "1"'],
    [
      [1, 2],
      [maxpool([[2]] as Value), dense(1)],
      'wrong-type layers[0].kernel[0]: expected an integer ≥ 1, found a list',
    ],
    [
      [1, 2],
      [conv1d(2147483647, 1, { fixed: values([[[1]]], [0]) })],
      'wrong-shape layers[0].fixed.weights: expected 2147483647 × 1 × 1 entries, found 1 × 1 × 1',
    ],
    [
      [1, 2],
      [conv1d(1, 1, { padding: 2147483647 })],
      'limit-limbs layers[0]: over a common denominator this needs more than 50000000 limbs',
    ],
    [
      [1, 2],
      [conv1d(1, 1, { fixed: values([[1]], [0]) })],
      'wrong-shape layers[0].fixed.weights: expected 1 × 1 × 1 entries, found 1 × 1',
    ],
    [[1, 2], [conv1d(1, 1, { fixed: values([[[1]]]) })], 'missing-key layers[0].fixed: expected the key "bias"'],
    [
      [1, 2],
      [conv1d(1, 1, { bias: false, fixed: values([[[1]]], [0]) })],
      'unknown-key layers[0].fixed.bias: this layer has no bias',
    ],
    [
      [1, 2],
      [conv1d(2, 1, { fixed: values([[[1]], [[1]]], [0]) }), maxpool(2), flatten, dense(1)],
      'wrong-shape layers[0].fixed.bias: expected 2 entries, found 1',
    ],
  ])('%j %j', (input, layers, expected) => {
    expect(refusal(input, layers)).toBe(expected);
  });
});

describe('points', () => {
  const layers = [conv2d(2, [1, 3]), residual(frozenImage(), relu), flatten, dense(1, false)];
  const first: Nested = [[[[1, 2, 3]]], [[[4, 5, 6]]]];
  const at = (...entries: readonly (readonly [Nested, (readonly number[])?])[]): string => {
    const problem = readProblem(file([1, 2, 3], layers, 6, 1));
    if (problem.kind !== 'read') throw new Error(`${problem.path}: ${problem.reason.message}`);
    const found = readPoint(
      JSON.stringify({ format: 'cairn-point', version: 1, ...pointOf(...entries) }),
      problem.value,
    );
    return found.kind === 'read' ? 'read' : `${found.reason.code} ${found.path}: ${found.reason.message}`;
  };
  test.each<[string, readonly (readonly [Nested, (readonly number[])?])[], string]>([
    ['right', [[first, [0, 0]], [[[1, 2, 3, 4]]]], 'read'],
    [
      'an entry for the frozen layer',
      [[first, [0, 0]], [[[[[1]]]]], [[[1, 2, 3, 4]]]],
      'wrong-shape $.layers: expected 2 entries (layers that are not fixed), found 3',
    ],
    [
      'weights laid flat',
      [
        [
          [
            [1, 2, 3],
            [4, 5, 6],
          ],
          [0, 0],
        ],
        [[[1, 2, 3, 4]]],
      ],
      'wrong-shape $.layers[0].weights: expected 2 × 1 × 1 × 3 entries, found 2 × 3',
    ],
    [
      'rows for columns',
      [
        [
          [[[[1], [2], [3]]], [[[4], [5], [6]]]],
          [0, 0],
        ],
        [[[1, 2, 3, 4]]],
      ],
      'wrong-shape $.layers[0].weights: expected 2 × 1 × 1 × 3 entries, found 2 × 1 × 3 × 1',
    ],
    [
      'units and channels swapped',
      [[[[[[1, 2, 3]], [[4, 5, 6]]]], [0, 0]], [[[1, 2, 3, 4]]]],
      'wrong-shape $.layers[0].weights: expected 2 × 1 × 1 × 3 entries, found 1 × 2 × 1 × 3',
    ],
    ['no bias', [[first], [[[1, 2, 3, 4]]]], 'missing-key $.layers[0]: expected the key "bias"'],
    [
      'a bias a position',
      [[first, [0, 0, 0, 0]], [[[1, 2, 3, 4]]]],
      'wrong-shape $.layers[0].bias: expected 2 entries, found 4',
    ],
    [
      'a bias where there is none',
      [
        [first, [0, 0]],
        [[[1, 2, 3, 4]], [0]],
      ],
      'unknown-key $.layers[1].bias: this layer has no bias',
    ],
    [
      'ragged',
      [
        [
          [[[[1, 2, 3]]], [[[4, 5]]]],
          [0, 0],
        ],
        [[[1, 2, 3, 4]]],
      ],
      'wrong-shape $.layers[0].weights[1][0][0]: expected 3 entries, found 2',
    ],
  ])('%s', (_, entries, expected) => {
    expect(at(...entries)).toBe(expected);
  });

  test('a direction stands still where a layer is frozen', () => {
    const network = networkOf([1, 2], [conv1d(1, 1, { fixed: values([[[7]]], [8]) }), flatten, dense(1)]);
    const problem = readProblem(file([1, 2], [conv1d(1, 1, { fixed: values([[[7]]], [8]) }), flatten, dense(1)], 2, 1));
    if (problem.kind !== 'read') throw new Error('unreadable');
    const read = readPoint(
      JSON.stringify({ format: 'cairn-point', version: 1, ...pointOf([[[3, 4]], [5]]) }),
      problem.value,
    );
    if (read.kind !== 'read') throw new Error('unreadable');
    const xi = interpretDirection(network, read.value.written, new Meter(defaultLimits), '$');
    expect(xi.map(({ weights, bias }) => [weights, bias])).toEqual([
      [[[0n]], [0n]],
      [[], null],
      [[[3n, 4n]], [5n]],
    ]);
  });

  test('frozen dense layers are as before', () => {
    expect(
      shapes(
        networkOf(
          [1],
          [
            frozen([
              [[1], [2]],
              [0, 0],
            ]),
            relu,
            dense(1),
          ],
        ),
      ),
    ).toBe('dense 2×1, dense 1×1');
  });
});

function frozenImage(): Fields {
  return conv2d(2, [1, 1], {
    bias: false,
    fixed: values([
      [[[1]], [[0]]],
      [[[0]], [[1]]],
    ]),
  });
}
