import { describe, expect, test } from 'vitest';
import { problemJson, writeFile, writePoint } from '../../src/formats/write.js';
import { canonicalPoint, canonicalProblem, canonicalStatement } from '../../src/kernel/canonical.js';
import { readPoint, readProblem } from '../../src/kernel/check.js';
import {
  activation,
  certificate,
  changed,
  check,
  dense,
  type Fields,
  frozen,
  globalMinimum,
  piecewise,
  point,
  problem,
  relu,
  type Value,
} from '../certificate.js';
import { Chance, read, write } from '../landscape.js';
import { avgpool, conv1d, conv2d, flatten, maxpool, residual, shaped, values } from '../layers.js';
import { pointJson, randomInputs, randomNet } from '../random-networks.js';

const parts = { layers: [dense(1), relu, dense(1)], x: [1, 2], y: ['1/2', 1] };
const base = globalMinimum(problem(parts), point([[['1/2']], [0]], [[[1]], [0]]), 'zero-loss');

function textOf(json: Value): string {
  const verdict = check(json);
  if (verdict.kind !== 'proved') throw new Error(`${verdict.path}: ${verdict.reason.message}`);
  return canonicalStatement(verdict.theorem.statement);
}

test('the text of a small statement', () => {
  expect(textOf(base)).toBe(
    '{"kind":"global-minimum","problem":{"network":{"input":[1],"layers":[{"type":"dense","units":1,"bias":true},' +
      '{"type":"activation","function":"relu"},{"type":"dense","units":1,"bias":true}]},' +
      '"loss":{"function":"squared","factor":"1"},"data":{"type":"samples","inputs":[["1"],["2"]],"targets":[["1/2"],["1"]],' +
      '"weights":["1","1"]}},"point":{"layers":[{"weights":[["1/2"]],"bias":["0"]},{"weights":[["1"]],"bias":["0"]}]}}',
  );
});

describe('the same text for what is written differently', () => {
  const [network, loss, data] = ['network', 'loss', 'data'].map((key) => `$.statement.problem.${key}`);
  test.each<[string, Value]>([
    [`${data}.targets[0][0]`, '2/4'],
    [`${data}.targets[0][0]`, '0.50'],
    [`${data}.targets`, { denominator: '6', numerators: [['3'], ['6']] }],
    [`${data}.inputs`, { denominator: '1000', numerators: [['1000'], ['2000']] }],
    [`${data}.weights`, ['1', '1.0']],
    [`${data}.weights`, { denominator: '3', numerators: ['3', '3'] }],
    [`${loss}.factor`, '5/5'],
    [`${network}.layers[0].bias`, true],
    [`${network}.layers[0].name`, 'hidden'],
    ['$.statement.point.layers[0].bias', ['-0.0']],
    ['$.statement.point.layers[0].bias', ['0/7']],
    ['$.statement.point.layers[0].weights', { denominator: '2', numerators: [['1']] }],
    ['$.about', { text: 'hidden' }],
  ])('%s = %j', (path, by) => {
    expect(textOf(changed(base, path, by))).toBe(textOf(base));
  });
});

describe('another text for another statement', () => {
  const variants: readonly [string, Value][] = [
    ['the statement itself', base],
    ['another weight', changed(base, '$.statement.problem.data.weights', ['1', '2'])],
    ['another factor', changed(base, '$.statement.problem.loss.factor', '1/2')],
    ['another loss', changed(base, '$.statement.problem.loss', { function: 'power', exponent: '2' })],
    ['another exponent', changed(base, '$.statement.problem.loss', { function: 'power', exponent: '4' })],
    ['Huber', changed(base, '$.statement.problem.loss', { function: 'huber', threshold: '1' })],
    ['Huber with another threshold', changed(base, '$.statement.problem.loss', { function: 'huber', threshold: '2' })],
    [
      'a quantile',
      changed(base, '$.statement.problem.loss', { function: 'smooth-quantile', level: '1/2', width: '1/3' }),
    ],
    [
      'a quantile, the numbers swapped',
      changed(base, '$.statement.problem.loss', { function: 'smooth-quantile', level: '1/3', width: '1/2' }),
    ],
    ...[
      activation('abs'),
      activation('identity'),
      activation('leaky-relu'),
      activation('leaky-relu', { slope: '1/10' }),
      activation('prelu', { slope: '1/100' }),
      activation('hardtanh'),
      activation('relu6'),
      piecewise([0], [0, 0], [1, 0]),
      piecewise([0], ['1/2', 0], [1, 0]),
    ].map((h): [string, Value] => [
      `the activation ${String(h['function'])}`,
      changed(base, '$.statement.problem.network.layers[1]', h),
    ]),
    [
      'a frozen layer',
      changed(
        changed(base, '$.statement.problem.network.layers[2]', frozen([[[1]], [0]])),
        '$.statement.point.layers[1]',
        undefined,
      ),
    ],
    [
      'no bias',
      changed(
        changed(base, '$.statement.problem.network.layers[2].bias', false),
        '$.statement.point.layers[1].bias',
        undefined,
      ),
    ],
    ['another point', changed(base, '$.statement.point', point([[[1]], [0]], [[['1/2']], [0]]))],
    [
      'another kind',
      certificate(
        'not-global-minimum',
        {
          problem: problem(parts),
          point: point([[[0]], [0]], [[[1]], [0]]),
          betterPoint: point([[['1/2']], [0]], [[[1]], [0]]),
        },
        { lowerRisk: { rule: 'lower-risk' } },
      ),
    ],
  ];

  test('no two of them share a text', () => {
    const texts = new Map<string, string>();
    for (const [name, json] of variants) {
      const text = textOf(json);
      expect(`${name}: ${texts.get(text) ?? 'new'}`).toBe(`${name}: new`);
      texts.set(text, name);
    }
  });
});

test('defaults are written out', () => {
  const of = (name: string, parameters: Fields = {}) =>
    textOf(changed(base, '$.statement.problem.network.layers[1]', activation(name, parameters)));
  expect(of('leaky-relu')).toBe(of('leaky-relu', { slope: '0.01' }));
  const soft = (parameters: Fields) => {
    const read = readProblem(
      JSON.stringify({
        format: 'cairn-problem',
        version: 1,
        ...problem({ ...parts, layers: [dense(1), activation('softshrink', parameters), dense(1)] }),
      }),
    );
    if (read.kind !== 'read') throw new Error(read.reason.message);
    return JSON.stringify(read.value.written.network.layers[1], (_, v) => (typeof v === 'bigint' ? String(v) : v));
  };
  expect(soft({ threshold: '1/2' })).toBe(soft({ threshold: '0.5' }));
});

test('a point file and the point of a statement have one text', () => {
  const read = readProblem(JSON.stringify({ format: 'cairn-problem', version: 1, ...problem(parts) }));
  if (read.kind !== 'read') throw new Error(read.reason.message);
  const text = (fields: Fields) => {
    const found = readPoint(JSON.stringify({ format: 'cairn-point', version: 1, ...fields }), read.value);
    if (found.kind !== 'read') throw new Error(found.reason.message);
    return canonicalPoint(found.value);
  };
  expect(text(point([[['2/4']], [0]], [[[1]], [0]]))).toBe(text(point([[['0.5']], ['0/3']], [[[1]], [0]])));
  expect(text(point([[['1/2']], [0]], [[[1]], [0]]))).not.toBe(text(point([[['1/2']], [1]], [[[1]], [0]])));
});

describe('layers with positions', () => {
  /** The text of the one layer before flatten and dense. */
  const layerOf = (input: readonly number[], layer: Fields, width: number): string => {
    const x = [new Array<number>(input.reduce((a, b) => a * b, 1)).fill(0)];
    const flat = input.length === 1 ? [] : [flatten];
    const read = readProblem(
      JSON.stringify({
        format: 'cairn-problem',
        version: 1,
        ...shaped({ input, layers: [layer, ...flat, dense(width)], x, y: [new Array<number>(width).fill(0)] }),
      }),
    );
    if (read.kind !== 'read') throw new Error(`${read.path}: ${read.reason.message}`);
    const text = canonicalProblem(read.value);
    return text.slice(
      text.indexOf('"layers":[') + 10,
      text.indexOf(flat.length === 0 ? ',{"type":"dense","units":7' : ',{"type":"flatten"}'),
    );
  };
  const frozenKernel = values([[[['2/4', 0]]], [[[1, '-0.5']]]], [1, '3/6']);
  test.each<[string, readonly number[], Fields, string]>([
    ['defaults', [1, 3], conv1d(2, 2), '{"type":"conv1d","channels":2,"kernel":2,"stride":1,"padding":0,"bias":true}'],
    [
      'a list of one',
      [1, 3],
      conv1d(2, 2, { kernel: [2], stride: [1], padding: [0] }),
      '{"type":"conv1d","channels":2,"kernel":2,"stride":1,"padding":0,"bias":true}',
    ],
    [
      'a name',
      [1, 3],
      conv1d(2, 2, { name: 'first' }),
      '{"type":"conv1d","channels":2,"kernel":2,"stride":1,"padding":0,"bias":true}',
    ],
    [
      'an image',
      [1, 3, 3],
      conv2d(1, [2, 1], { bias: false }),
      '{"type":"conv2d","channels":1,"kernel":[2,1],"stride":[1,1],"padding":[0,0],"bias":false}',
    ],
    [
      'stride and padding',
      [1, 3, 3],
      conv2d(1, [2, 1], { stride: [1, 2], padding: [0, 1] }),
      '{"type":"conv2d","channels":1,"kernel":[2,1],"stride":[1,2],"padding":[0,1],"bias":true}',
    ],
    [
      'frozen',
      [1, 1, 3],
      conv2d(2, [1, 2], { fixed: frozenKernel }),
      '{"type":"conv2d","channels":2,"kernel":[1,2],"stride":[1,1],"padding":[0,0],"bias":true,' +
        '"fixed":{"weights":[[[["1/2","0"]]],[[["1","-1/2"]]]],"bias":["1","1/2"]}}',
    ],
    [
      'frozen, over a denominator',
      [1, 1, 3],
      conv2d(2, [1, 2], {
        fixed: { weights: { denominator: '4', numerators: [[[['2', '0']]], [[['4', '-2']]]] }, bias: ['1', '0.5'] },
      }),
      '{"type":"conv2d","channels":2,"kernel":[1,2],"stride":[1,1],"padding":[0,0],"bias":true,' +
        '"fixed":{"weights":[[[["1/2","0"]]],[[["1","-1/2"]]]],"bias":["1","1/2"]}}',
    ],
    ['a maximum', [1, 4], maxpool(2), '{"type":"maxpool","kernel":2,"stride":2}'],
    ['a maximum, its stride written', [1, 4], maxpool([2], { stride: 2 }), '{"type":"maxpool","kernel":2,"stride":2}'],
    ['a mean of an image', [1, 4, 4], avgpool([2, 3]), '{"type":"avgpool","kernel":[2,3],"stride":[2,3]}'],
    [
      'a mean with a stride',
      [1, 4, 4],
      avgpool([2, 3], { stride: [1, 1] }),
      '{"type":"avgpool","kernel":[2,3],"stride":[1,1]}',
    ],
    ['flatten', [1, 4], flatten, '{"type":"flatten"}'],
    ['a flatten of what is flat stays in the text', [4], flatten, '{"type":"flatten"}'],
    [
      'residual layers',
      [1, 4],
      { ...residual(relu, residual(conv1d(1, 1)), maxpool(1)), name: 'block' },
      '{"type":"residual","layers":[{"type":"activation","function":"relu"},{"type":"residual","layers":[{"type":"conv1d","channels":1,' +
        '"kernel":1,"stride":1,"padding":0,"bias":true}]},{"type":"maxpool","kernel":1,"stride":1}]}',
    ],
  ])('%s', (_, input, layer, expected) => {
    expect(layerOf(input, layer, 7)).toBe(expected);
  });

  test('a kernel in a point: nested as on disk, whatever way it was written', () => {
    const read = readProblem(
      JSON.stringify({
        format: 'cairn-problem',
        version: 1,
        ...shaped({ input: [1, 1, 3], layers: [conv2d(2, [1, 2]), flatten, dense(1)], x: [[0, 0, 0]], y: [0] }),
      }),
    );
    if (read.kind !== 'read') throw new Error(read.reason.message);
    const text = (entry: Fields) => {
      const dense = { weights: [['1', '1', '1', '1']], bias: ['0'] };
      const found = readPoint(
        JSON.stringify({ format: 'cairn-point', version: 1, layers: [entry, dense] }),
        read.value,
      );
      if (found.kind !== 'read') throw new Error(`${found.path}: ${found.reason.message}`);
      return canonicalPoint(found.value);
    };
    const rest = ',{"weights":[["1","1","1","1"]],"bias":["0"]}]}';
    expect(text(frozenKernel)).toBe(
      `{"layers":[{"weights":[[[["1/2","0"]]],[[["1","-1/2"]]]],"bias":["1","1/2"]}${rest}`,
    );
    expect(
      text({ weights: { denominator: '2', numerators: [[[['1', '0']]], [[['2', '-1']]]] }, bias: ['1', '1/2'] }),
    ).toBe(text(frozenKernel));
  });

  test('random problems and points: what is written is read back as the same text', () => {
    const chance = new Chance(51);
    for (let t = 0; t < 150; t++) {
      const net = randomNet(chance);
      const x = randomInputs(chance, net, 2, ['1/3', '0', '2'].map(read));
      const y = x.map(() => new Array<number>(net.outputs).fill(0));
      const parts = { input: net.input, layers: net.layers, x: x.map((row) => row.map(write)), y };
      const problemOf = (text: string) => {
        const found = readProblem(text);
        if (found.kind !== 'read') throw new Error(`${found.path}: ${found.reason.message}`);
        return found.value;
      };
      const first = problemOf(JSON.stringify({ format: 'cairn-problem', version: 1, ...shaped(parts) }));
      const again = problemOf(writeFile({ format: 'cairn-problem', version: 1, ...problemJson(first) }));
      expect(canonicalProblem(again)).toBe(canonicalProblem(first));
      const pointIn = (text: string) => {
        const found = readPoint(text, first);
        if (found.kind !== 'read') throw new Error(`${found.path}: ${found.reason.message}`);
        return found.value;
      };
      const point = pointIn(JSON.stringify({ format: 'cairn-point', version: 1, ...pointJson(net) }));
      const back = pointIn(writePoint(first, point));
      expect(canonicalPoint(back)).toBe(canonicalPoint(point));
      expect(back.parameters).toEqual(point.parameters);
    }
  });
});
