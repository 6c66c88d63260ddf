import { describe, expect, test } from 'vitest';
import { matchWeights } from '../../src/formats/match-weights.js';
import type { WeightsFile } from '../../src/formats/weights.js';
import { writeFile } from '../../src/formats/write.js';
import { readProblem } from '../../src/kernel/check.js';
import type { Problem } from '../../src/kernel/statement.js';

const relu = { type: 'activation', function: 'relu' };
const dense = (units: number, more = {}) => ({ type: 'dense', units, ...more });

function problem(...layers: readonly object[]): Problem {
  const data = { type: 'samples', inputs: [['0', '0']], targets: [['0']] };
  const network = { input: [2], layers };
  const text = JSON.stringify({ format: 'cairn-problem', version: 1, network, loss: { function: 'squared' }, data });
  const read = readProblem(text);
  if (read.kind !== 'read') throw new Error(read.reason.message);
  return read.value;
}

/** Tensors `name: extents`, filled with 1, 2, …, one after the other. */
function file(shapes: Readonly<Record<string, readonly number[]>>, ordered = true): WeightsFile {
  let next = 0;
  const tensors = Object.entries(shapes).map(([name, shape]) => {
    const values = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => ++next);
    return { name, type: 'float64', shape, values } as const;
  });
  return { kind: 'weights', tensors, ordered };
}

const plain = problem(dense(3), relu, dense(1));
const square = problem(dense(2), relu, dense(2, { bias: false }), relu, dense(1));
const named = problem(
  dense(2, { name: 'b' }),
  relu,
  dense(2, { name: 'a', bias: false }),
  relu,
  dense(1, { name: 'c' }),
);
const residual = problem(
  dense(2),
  {
    type: 'residual',
    layers: [
      dense(2, {
        fixed: {
          weights: [
            ['1', '0'],
            ['0', '1'],
          ],
          bias: ['0', '0'],
        },
      }),
      relu,
      dense(2),
    ],
  },
  dense(1),
);

describe('matched', () => {
  test.each<[string, Problem, WeightsFile, string]>([
    [
      'numbers, not text, order the names',
      square,
      file({ '10.weight': [1, 2], '10.bias': [1], '2.weight': [2, 2], '0.bias': [2], '0.weight': [2, 2] }, false),
      '0.weight 0.bias 2.weight 10.weight 10.bias',
    ],
    [
      'names with a prefix',
      plain,
      file({ 'net.fc2.weight': [1, 3], 'net.fc2.bias': [1], 'net.fc1.weight': [3, 2], 'net.fc1.bias': [3] }, false),
      'net.fc1.weight net.fc1.bias net.fc2.weight net.fc2.bias',
    ],
    [
      'the order of the file',
      plain,
      file({ 'in.weight': [3, 2], 'in.bias': [3], 'a.weight': [1, 3], 'a.bias': [1] }),
      'in.weight in.bias a.weight a.bias',
    ],
    [
      'arrays without names',
      square,
      file({ arr_0: [2, 2], arr_1: [2], arr_2: [2, 2], arr_3: [1, 2], arr_4: [1] }),
      'arr_0 arr_1 arr_2 arr_3 arr_4',
    ],
    ['names of one’s own, as saved', plain, file({ W1: [3, 2], b1: [3], W2: [1, 3], b2: [1] }), 'W1 b1 W2 b2'],
    [
      'the problem’s names',
      named,
      file(
        { 'm.a.weight': [2, 2], 'm.b.weight': [2, 2], 'm.b.bias': [2], 'm.c.weight': [1, 2], 'm.c.bias': [1] },
        false,
      ),
      'm.b.weight m.b.bias m.a.weight m.c.weight m.c.bias',
    ],
    [
      'depth first, frozen layers left out',
      residual,
      file({ '0.weight': [2, 2], '0.bias': [2], '1.weight': [2, 2], '1.bias': [2], '2.weight': [1, 2], '2.bias': [1] }),
      '0.weight 0.bias 1.weight 1.bias 2.weight 2.bias',
    ],
    ['a layer alone', problem(dense(1)), file({ weight: [1, 2], bias: [1] }, false), 'weight bias'],
  ])('%s', (_, given, weights, order) => {
    const answer = matchWeights(weights, given);
    if (answer.kind === 'refused') throw new Error(answer.message);
    expect(answer.notes.map((note) => /^"([^"]*)"/.exec(note)?.[1]).join(' ')).toBe(order);
    const numbers = order.split(' ').flatMap((name) => {
      return [...(weights.tensors.find((tensor) => tensor.name === name)?.values ?? [])].map(String);
    });
    expect([...writeFile({ layers: answer.point['layers'] ?? [] }).matchAll(/"([0-9]+)"/g)].map(([, n]) => n)).toEqual(
      numbers,
    );
  });

  test('the place of a layer in a residual layer is said', () => {
    const answer = matchWeights(
      file({ '0.weight': [2, 2], '0.bias': [2], '1.weight': [2, 2], '1.bias': [2], '2.weight': [1, 2], '2.bias': [1] }),
      residual,
    );
    expect(answer).toMatchObject({
      notes: expect.arrayContaining(['"1.weight", float64 2 × 2: weights of $.network.layers[1].layers[2], dense']),
    });
  });
});

test.each<[string, Problem, WeightsFile, string]>([
  [
    'an order that is not kept',
    plain,
    file({ 'in.weight': [3, 2], 'in.bias': [3], 'a.weight': [1, 3], 'a.bias': [1] }, false),
    'the order of the layers is not kept in this file: name the problem\'s layers as it does, "in", "a"',
  ],
  [
    'names of one’s own that are not ordered',
    plain,
    file({ W1: [3, 2], b1: [3], W2: [1, 3], b2: [1] }, false),
    'the order of the layers is not kept',
  ],
  [
    'a transposed matrix',
    plain,
    file({ '0.weight': [2, 3], '0.bias': [3], '1.weight': [1, 3], '1.bias': [1] }),
    'tensor "0.weight" does not fit $.network.layers[0]: expected 3 × 2 (units × inputs), found 2 × 3: it is transposed',
  ],
  [
    'another shape',
    plain,
    file({ '0.weight': [3, 2], '0.bias': [3], '1.weight': [1, 4], '1.bias': [1] }),
    'tensor "1.weight" does not fit $.network.layers[2]: expected 1 × 3 (units × inputs), found 1 × 4',
  ],
  [
    'another bias',
    plain,
    file({ '0.weight': [3, 2], '0.bias': [2], '1.weight': [1, 3], '1.bias': [1] }),
    'tensor "0.bias" does not fit $.network.layers[0]: expected 3 (units), found 2',
  ],
  [
    'no bias',
    plain,
    file({ '0.weight': [3, 2], '1.weight': [1, 3], '1.bias': [1] }),
    'tensor "0.weight" has no bias beside it, and $.network.layers[0] has one',
  ],
  [
    'a bias too many',
    square,
    file({ '0.weight': [2, 2], '0.bias': [2], '1.weight': [2, 2], '1.bias': [2], '2.weight': [1, 2], '2.bias': [1] }),
    'tensor "1.bias": $.network.layers[2] has no bias',
  ],
  [
    'a bias alone',
    plain,
    file({ '0.weight': [3, 2], '0.bias': [3], '1.bias': [1] }),
    'tensor "1.bias": its layer has no weights',
  ],
  [
    'a layer too few',
    plain,
    file({ '0.weight': [3, 2], '0.bias': [3] }),
    'expected weights of 2 layers, found those of 1: "0.weight"',
  ],
  [
    'an array too many',
    plain,
    file({ arr_0: [3, 2], arr_1: [3], arr_2: [1, 3], arr_3: [1], arr_4: [1] }),
    'expected 4 tensors, the weights and biases of 2 layers, found 5',
  ],
  [
    'statistics of a normalization',
    plain,
    file({ '0.weight': [3, 2], '0.bias': [3], 'bn.running_mean': [3] }),
    'tensor "bn.running_mean": expected a name that ends in .weight or .bias',
  ],
  ['no tensors', plain, file({}), 'expected 4 tensors'],
  [
    'a name that is missing',
    named,
    file({ 'a.weight': [2, 2], 'x.weight': [2, 2], 'x.bias': [2], 'c.weight': [1, 2], 'c.bias': [1] }),
    '$.network.layers[0]: found no tensor "b.weight"',
  ],
  [
    'a name that stands twice',
    named,
    file({
      'm.a.weight': [2, 2],
      'n.a.weight': [2, 2],
      'b.weight': [2, 2],
      'b.bias': [2],
      'c.weight': [1, 2],
      'c.bias': [1],
    }),
    '$.network.layers[2], "a": found two tensors that may be meant, "m.a.weight" and "n.a.weight"',
  ],
  [
    'a name too many',
    named,
    file({
      'a.weight': [2, 2],
      'b.weight': [2, 2],
      'b.bias': [2],
      'c.weight': [1, 2],
      'c.bias': [1],
      'd.weight': [1, 2],
    }),
    'tensor "d.weight": the problem has no layer of that name to fill',
  ],
  [
    'a layer without a name',
    problem(dense(3, { name: 'a' }), relu, dense(1)),
    file({ 'a.weight': [3, 2], 'a.bias': [3], 'b.weight': [1, 3], 'b.bias': [1] }),
    '$.network.layers[2] has no name, where other layers name their tensors',
  ],
  ['what a terminal obeys', plain, file({ '\u001b[2J': [1] }), 'expected 4 tensors'],
  [
    'what a terminal obeys, named',
    plain,
    file({ '\u001b[2J.bias': [1] }),
    'tensor "\\u{1b}[2J.bias": its layer has no weights',
  ],
])('%s is refused', (_, given, weights, message) => {
  expect(matchWeights(weights, given)).toMatchObject({ kind: 'refused', message: expect.stringContaining(message) });
});

test('a number that is not finite is refused by name and place', () => {
  const weights = file({ '0.weight': [3, 2], '0.bias': [3], '1.weight': [1, 3], '1.bias': [1] });
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const tensors = weights.tensors.map((tensor, i) =>
      i === 0 ? { ...tensor, values: tensor.values.map((value, at) => (at === 3 ? bad : value)) } : tensor,
    );
    expect(matchWeights({ ...weights, tensors }, plain)).toEqual({
      kind: 'refused',
      message: `tensor "0.weight": expected finite numbers, found ${bad} at [1,1]`,
    });
  }
});
