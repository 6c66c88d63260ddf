/** The kernel's evaluation against test/forward.ts, which is written from PyTorch's definitions and shares nothing with it. */
import { describe, expect, test } from 'vitest';
import { formatRational, rational } from '../../../src/kernel/arithmetic/rational.js';
import { predictions } from '../../../src/kernel/model/evaluation.js';
import { abs, activation, dense, type Fields, type Quantity, type Row, relu } from '../../certificate.js';
import { forward } from '../../forward.js';
import { Chance, type Fraction, read, write } from '../../landscape.js';
import { avgpool, conv1d, conv2d, flatten, maxpool, type Nested, pointOf, residual, values } from '../../layers.js';
import { entryOf, pointJson, randomInputs, randomNet } from '../../random-networks.js';
import { instanceOf } from './instances.js';

function evaluated(
  input: readonly number[],
  layers: readonly Fields[],
  point: Fields,
  x: readonly Row[],
  outputs: number,
) {
  return instanceOf({ input, layers, point, x, outputs }).evaluation;
}

function predicted(...given: Parameters<typeof evaluated>): readonly (readonly string[])[] {
  const { preactivations, denominator } = predictions(evaluated(...given));
  return preactivations.map((row) => row.map((p) => formatRational(rational(p, denominator))));
}

describe('by hand', () => {
  const image: Row = [1, 2, 3, 4, 5, 6];
  const ones = (n: number): readonly number[] => new Array<number>(n).fill(1);
  test.each<[string, readonly number[], readonly Fields[], readonly (readonly [Nested, Row?])[], Row, Row]>([
    ['a kernel is not turned over', [1, 3], [conv1d(1, 2, { bias: false })], [[[[[1, 10]]]]], [1, 2, 3], [21, 32]],
    [
      'zeros around',
      [1, 3],
      [conv1d(1, 3, { bias: false, padding: 1 })],
      [[[[[1, 10, 100]]]]],
      [1, 2, 3],
      [210, 321, 32],
    ],
    ['the bias stands in the padding too', [1, 1], [conv1d(1, 1, { padding: 1 })], [[[[[5]]], [7]]], [2], [7, 17, 7]],
    ['stride', [1, 5], [conv1d(1, 2, { bias: false, stride: 3 })], [[[[[1, 10]]]]], [1, 2, 3, 4, 5], [21, 54]],
    ['channels are added', [2, 2], [conv1d(1, 1, { bias: false })], [[[[[1], [10]]]]], [1, 2, 3, 4], [31, 42]],
    [
      'channels of the output',
      [1, 2],
      [conv1d(2, 1)],
      [
        [
          [[[1]], [[10]]],
          [1, 2],
        ],
      ],
      [3, 4],
      [4, 5, 32, 42],
    ],
    ['rows and columns', [1, 2, 3], [conv2d(1, [2, 1], { bias: false })], [[[[[[1], [10]]]]]], image, [41, 52, 63]],
    ['columns', [1, 2, 3], [conv2d(1, [1, 2], { bias: false })], [[[[[[1, 10]]]]]], image, [21, 32, 54, 65]],
    [
      'padding of columns alone',
      [1, 2, 3],
      [conv2d(1, [1, 3], { bias: false, padding: [0, 1], stride: [1, 2] })],
      [[[[[[1, 10, 100]]]]]],
      image,
      [210, 32, 540, 65],
    ],
    ['means', [1, 2, 3], [avgpool([2, 1]), flatten, dense(1, false)], [[[[1, 10, 100]]]], image, ['975/2']],
    [
      'maxima',
      [1, 2, 3],
      [maxpool([1, 2], { stride: [1, 1] }), flatten, dense(1, false)],
      [[[[1, 10, 100, 1000]]]],
      image,
      [6532],
    ],
    [
      'maxima, the last column left over',
      [1, 2, 3],
      [maxpool([1, 2]), flatten, dense(1, false)],
      [[[[1, 10]]]],
      image,
      [52],
    ],
    [
      'maxima are taken before the activation after them',
      [1, 2],
      [maxpool(2), abs, flatten, dense(1)],
      [[[[1]], [0]]],
      [-3, 1],
      [1],
    ],
    ['flatten: channels first', [2, 2], [flatten, dense(1, false)], [[[[1, 10, 100, 1000]]]], [1, 2, 3, 4], [4321]],
    [
      'a residual sum',
      [2],
      [residual(dense(2, false)), dense(1, false)],
      [
        [
          [
            [0, 1],
            [1, 1],
          ],
        ],
        [[[1, 10]]],
      ],
      [1, 2],
      [53],
    ],
    [
      'a residual sum before its activation',
      [1],
      [residual(dense(1)), relu, dense(1)],
      [
        [[[-3]], [0]],
        [[[1]], [9]],
      ],
      [1],
      [9],
    ],
    [
      'an activation first inside',
      [1],
      [residual(relu, dense(1)), dense(1)],
      [
        [[[10]], [1]],
        [[[1]], [0]],
      ],
      [-2],
      [-1],
    ],
    [
      'nested sums',
      [1],
      [residual(residual(dense(1, false)), dense(1, false)), dense(1, false)],
      [[[[2]]], [[[10]]], [[[1]]]],
      [1],
      [31],
    ],
    [
      'a frozen kernel',
      [1, 2],
      [conv1d(1, 2, { fixed: values([[[1, 10]]], [5]) }), flatten, dense(1, false)],
      [[[[2]]]],
      [3, 4],
      [96],
    ],
  ])('%s', (_, input, layers, theta, x, expected) => {
    expect(predicted(input, layers, pointOf(...theta), [x], expected.length)).toEqual([expected.map(String)]);
  });

  test('a mean of fractions', () => {
    expect(
      predicted(
        [1, 3],
        [avgpool(3), activation('leaky-relu'), flatten, dense(1)],
        pointOf([[[1]], ['1/7']]),
        [['-1/2', '1/3', 0]],
        1,
      ),
    ).toEqual([['1793/12600']]);
  });

  test('the winners of a maximum are all that attain it', () => {
    const { stages } = evaluated(
      [2, 3],
      [maxpool(2, { stride: 1 }), flatten, dense(1)],
      pointOf([[ones(4)], [0]]),
      [[1, 1, 0, -1, 2, 2]],
      1,
    );
    expect(stages[0]?.winners).toEqual([[[0, 1], [1], [4], [4, 5]]]);
  });
});

const numbers = ['-2', '-1', '-1/2', '0', '1/3', '1', '3/2'].map(read);

test.each([41, 42, 43])('random networks, seed %i', (seed) => {
  const chance = new Chance(seed);
  const kinds = new Set<string>();
  for (let t = 0; t < 250; t++) {
    const net = randomNet(chance);
    const x = randomInputs(chance, net, 1 + chance.below(3), numbers);
    const expected = x.map((xi) => forward(net, net.theta, xi).map(write));
    const rows = x.map((xi): readonly Quantity[] => xi.map(write));
    expect({ net, found: predicted(net.input, net.layers, pointJson(net), rows, net.outputs) }).toEqual({
      net,
      found: expected,
    });
    for (const [, what] of JSON.stringify(net.layers).matchAll(/"type":"([a-z0-9]+)"/g)) kinds.add(what as string);
  }
  expect([...kinds].sort()).toEqual([
    'activation',
    'avgpool',
    'conv1d',
    'conv2d',
    'dense',
    'flatten',
    'maxpool',
    'residual',
  ]);
});

test.each<[string, readonly number[], readonly Fields[], readonly (readonly number[])[], number]>([
  [
    'dense layers, more samples than a block',
    [11],
    [dense(12), relu, dense(10), abs, dense(12), relu, dense(9)],
    [
      [12, 11],
      [10, 12],
      [12, 10],
      [9, 12],
    ],
    70,
  ],
  [
    'convolutions with padding',
    [2, 5, 4],
    [
      conv2d(7, [3, 3], { padding: [1, 1] }),
      relu,
      conv2d(6, [2, 3], { padding: [0, 1] }),
      relu,
      maxpool([2, 2]),
      flatten,
      dense(8),
    ],
    [
      [7, 2, 3, 3],
      [6, 7, 2, 3],
      [8, 24],
    ],
    5,
  ],
])('long weights, where many rows are mapped at once: %s', (_, input, layers, shapes, count) => {
  const chance = new Chance(44);
  const below = 1 << 30;
  const long = (): Fraction => [BigInt(2 * chance.below(below) - below), BigInt(below)];
  const theta = shapes.map(([units = 0, ...rest]) => ({
    weights: Array.from({ length: units }, () => Array.from({ length: rest.reduce((n, m) => n * m, 1) }, long)),
    bias: Array.from({ length: units }, long),
  }));
  const x = Array.from({ length: count }, () => Array.from({ length: input.reduce((n, m) => n * m, 1) }, long));
  const point = { layers: theta.map((layer, l) => entryOf(layer, shapes[l] as readonly number[])) };
  const expected = x.map((xi) => forward({ input, layers }, theta, xi).map(write));
  const rows = x.map((xi): readonly Quantity[] => xi.map(write));
  expect(predicted(input, layers, point, rows, expected[0]?.length as number)).toEqual(expected);
});
