import { describe, expect, test } from 'vitest';
import { Ties } from '../../../src/kernel/model/ties.js';
import { abs, activation, dense, type Fields, piecewise, type Row, relu } from '../../certificate.js';
import { Chance, read, write } from '../../landscape.js';
import { avgpool, conv1d, conv2d, flatten, maxpool, type Nested, residual, values } from '../../layers.js';
import { pointJson, randomInputs, randomNet } from '../../random-networks.js';
import { instanceAt, instanceOf } from './instances.js';

/** Whether the entries of what the last pool reads may tie. */
function mayTie(
  input: readonly number[],
  before: readonly Fields[],
  theta: readonly (readonly [Nested, Row?])[],
  x: Row,
  entries: readonly number[] = [0, 1],
): boolean {
  const kernel = input.length === 3 ? [1, 1] : 1;
  const layers = [...before, maxpool(kernel), flatten, dense(1, false)];
  const find = (width: number) =>
    instanceAt({ input, layers, theta: [...theta, [[new Array<number>(width).fill(1)]]], x: [x] });
  for (let width = 1; ; width++) {
    let instance: ReturnType<typeof instanceAt>;
    try {
      instance = find(width);
    } catch (error) {
      if (width > 20) throw error;
      continue;
    }
    const s = instance.problem.network.stages.findLastIndex(({ kind }) => kind === 'maximum');
    return new Ties(instance, 0).mayTie(s, entries);
  }
}

const k1 = (w: number, b: number): readonly [Nested, Row] => [[[[w]]], [b]];
const wide = conv1d(1, 3, { padding: 1 });
const k3: readonly [Nested, Row] = [[[[0, 0, 0]]], [0]];

describe('the same function of θ', () => {
  test.each<[string, boolean, ...Parameters<typeof mayTie>]>([
    ['equal data', true, [1, 2], [], [], [3, 3]],
    ['other data', false, [1, 2], [], [], [3, 4]],
    ['equal data, written as fractions', true, [1, 2], [], [], ['1/2', '2/4']],
    ['equal data under one kernel', true, [1, 2], [conv1d(1, 1)], [k1(1, 0)], [3, 3]],
    ['data that a weight 0 makes equal', false, [1, 2], [conv1d(1, 1)], [k1(0, 1)], [3, 4]],
    ['opposite data under abs', false, [1, 2], [conv1d(1, 1), abs], [k1(1, 0)], [3, -3]],
    ['equal patches', true, [1, 4], [conv1d(1, 2, { stride: 2 })], [[[[[1, 2]]], [0]]], [5, 6, 5, 6]],
    [
      'patches of the same data in another order',
      false,
      [1, 4],
      [conv1d(1, 2, { stride: 2 })],
      [[[[[1, 1]]], [0]]],
      [5, 6, 6, 5],
    ],
    [
      'patches that agree where the weights are not 0',
      false,
      [1, 4],
      [conv1d(1, 2, { stride: 2 })],
      [[[[[1, 0]]], [0]]],
      [5, 6, 5, 7],
    ],
    ['a zero of the data and one of the padding', true, [1, 1], [conv1d(1, 1, { padding: 1 })], [k1(1, 0)], [0]],
    ['another datum and the padding', false, [1, 1], [conv1d(1, 1, { padding: 1 })], [k1(0, 0)], [5]],
    ['zeros of the padding', true, [1, 1], [conv1d(1, 1, { padding: 1 })], [k1(1, 0)], [4], [0, 2]],
    ['one datum under two taps', false, [1, 1], [conv1d(1, 2, { padding: 1 })], [[[[[1, 1]]], [0]]], [4]],
    ['the other channel differs', false, [2, 2], [conv1d(1, 1)], [[[[[1], [0]]], [0]]], [5, 5, 6, 7]],
    ['both channels agree', true, [2, 2], [conv1d(1, 1)], [[[[[1], [0]]], [0]]], [5, 5, 6, 6]],
    [
      'two units with equal weights',
      false,
      [1, 1],
      [conv1d(2, 1)],
      [
        [
          [[[1]], [[1]]],
          [0, 0],
        ],
      ],
      [4],
    ],
    [
      'two frozen units with equal weights: units are told apart',
      false,
      [1, 1],
      [conv1d(2, 1, { fixed: values([[[1]], [[1]]], [0, 0]) })],
      [],
      [4],
    ],
    [
      'through two kernels',
      true,
      [1, 2],
      [conv1d(2, 1), relu, conv1d(1, 1)],
      [
        [
          [[[1]], [[2]]],
          [0, 0],
        ],
        [[[[1], [1]]], [0]],
      ],
      [4, 4],
    ],
    [
      'through two kernels, other data',
      false,
      [1, 2],
      [conv1d(1, 1), relu, conv1d(1, 1)],
      [k1(0, 1), k1(1, 0)],
      [1, 2],
    ],
    ['through means', true, [1, 4], [conv1d(1, 1), avgpool(2)], [k1(1, 0)], [1, 2, 1, 2]],
    ['through means, in another order (stricter)', false, [1, 4], [conv1d(1, 1), avgpool(2)], [k1(1, 0)], [1, 2, 2, 1]],
    ['through maxima', true, [1, 4], [conv1d(1, 1), maxpool(2)], [k1(1, 0)], [1, 2, 1, 2]],
    ['through maxima with equal winners only', false, [1, 4], [conv1d(1, 1), maxpool(2)], [k1(1, 0)], [1, 2, 0, 2]],
    ['through a sum', true, [1, 2], [residual(conv1d(1, 1), relu)], [k1(1, 0)], [2, 2]],
    ['through a sum, the way past differs', false, [1, 2], [residual(conv1d(1, 1), relu)], [k1(-1, 0)], [2, 3]],
    [
      'through a sum, the way through differs',
      false,
      [1, 3],
      [residual(conv1d(1, 3, { padding: 1 }))],
      [[[[[1, 0, 1]]], [0]]],
      [2, 2, 2],
    ],
    ['nested sums', true, [1, 2], [residual(residual(conv1d(1, 1)), conv1d(1, 1))], [k1(2, 0), k1(3, 1)], [2, 2]],
    ['zeros of the data and of the padding in a sum', true, [1, 2], [residual(wide)], [k3], [0, 0]],
    [
      'what an activation makes of zeros of the data, and the padding',
      false,
      [1, 2],
      [residual(activation('hard-sigmoid'), wide)],
      [k3],
      [0, 0],
    ],
    ['the same where it makes 0 of 0 (stricter)', false, [1, 2], [residual(relu, wide)], [k3], [0, 0]],
    [
      'the same, with the padding on the same side of both',
      true,
      [1, 1, 2],
      [residual(activation('hard-sigmoid'), conv2d(1, [3, 1], { padding: [1, 0] }))],
      [[[[[[0], [0], [0]]]], [0]]],
      [0, 0],
    ],
    ['rows of an image', true, [1, 2, 2], [conv2d(1, [1, 2])], [[[[[[1, 2]]]], [0]]], [1, 2, 1, 2]],
    ['rows of an image, one pixel off', false, [1, 2, 2], [conv2d(1, [1, 2])], [[[[[[1, 0]]]], [0]]], [1, 2, 1, 3]],
    ['three, two of them equal', false, [1, 3], [conv1d(1, 1)], [k1(1, 0)], [2, 2, 3], [0, 1, 2]],
    ['three equal ones', true, [1, 3], [conv1d(1, 1)], [k1(1, 0)], [2, 2, 2], [0, 1, 2]],
  ])('%s: %s', (_, expected, ...of) => {
    expect(mayTie(...of)).toBe(expected);
  });
});

describe('constant near θ', () => {
  const hardtanh = activation('hardtanh');
  const valley = piecewise([0, 1], [0, 1], [-1, 1], [1, -1]);
  const flat = piecewise([], [0, 3]);
  const of = (h: Fields, x: Row, entries?: readonly number[]) =>
    mayTie([1, x.length], [conv1d(1, 1), h], [k1(1, 0)], x, entries);
  test.each<[string, boolean, Fields, Row]>([
    ['both dead', true, relu, [-1, -2]],
    ['one dead, one on its kink', false, relu, [-1, 0]],
    ['both saturated', true, hardtanh, [2, 3]],
    ['saturated, and at the corner', false, hardtanh, [1, 3]],
    ['saturated at both ends: constant too, whatever they are', true, hardtanh, [-2, 3]],
    ['constant, and at that value on a slope', false, valley, [-3, 2]],
    ['alive', false, relu, [1, 2]],
    ['a constant activation', true, flat, [1, 2]],
    ['no activation', false, activation('identity'), [1, 2]],
  ])('%s: %s', (_, expected, h, x) => {
    expect(of(h, x)).toBe(expected);
  });

  test('all of them have to be', () => {
    expect(of(relu, [-1, -2, 3], [0, 1])).toBe(true);
    expect(of(relu, [-1, -2, 3], [0, 1, 2])).toBe(false);
  });

  test('the activation before the pool counts, not one further down', () => {
    expect(mayTie([1, 2], [conv1d(1, 1), relu, conv1d(1, 1)], [k1(1, 0), k1(1, 0)], [-1, -2])).toBe(false);
  });
});

/** Without flat pieces, so that nothing ties for being constant; mostly with h(0) ≠ 0; first of all in every residual layer. */
function bentEverywhere(layers: readonly Fields[], chance: Chance): Fields[] {
  return layers.map((layer) => {
    if (layer['type'] === 'residual') {
      const inside = bentEverywhere(layer['layers'] as readonly Fields[], chance);
      return { ...layer, layers: inside[0]?.['type'] === 'activation' ? inside : [above, ...inside] };
    }
    return layer['type'] === 'activation' ? chance.of([above, above, abs]) : layer;
  });
}

const above = piecewise([-1], [2, '5/2'], ['1/2', 1]);
const mostlyZero = ['0', '0', '0', '1/2'].map(read);

test.each([71, 72, 73])('what may tie is equal at random parameters, seed %i', (seed) => {
  const chance = new Chance(seed);
  const told = { equal: 0, apart: 0 };
  for (let t = 0; t < 400; t++) {
    const net = randomNet(chance);
    const layers = bentEverywhere(net.layers, chance);
    const x = randomInputs(chance, net, 1, mostlyZero).map((row) => row.map(write));
    const instance = instanceOf({ input: net.input, layers, point: pointJson(net), x, outputs: net.outputs });
    const { problem, evaluation } = instance;
    const ties = new Ties(instance, 0);
    for (const [s, { kind }] of problem.network.stages.entries()) {
      if (kind !== 'maximum') continue;
      const [values = []] = evaluation.stages[s]?.inputs ?? [x[0] as readonly unknown[]];
      for (let a = 0; a < values.length; a++) {
        for (let b = 0; b < a; b++) {
          if (!ties.mayTie(s, [a, b])) told.apart++;
          else {
            told.equal++;
            expect({ net, layers, s, a, value: values[a] }).toEqual({ net, layers, s, a, value: values[b] });
          }
        }
      }
    }
  }
  expect(told.equal).toBeGreaterThan(100);
  expect(told.apart).toBeGreaterThan(100);
});
