import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writtenDecimal } from '../../src/formats/onnx-activation.js';
import { parseOnnxNetwork } from '../../src/formats/onnx-network.js';
import { formatRational } from '../../src/kernel/arithmetic/rational.js';
import { defaultLimits } from '../../src/kernel/limits.js';
import { doubles, integer, type Model, message, type Node, onnx, part, type Tensor } from './binary-files.js';

const fixture = (name: string): Uint8Array => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

function read(bytes: Uint8Array, limits = {}) {
  return parseOnnxNetwork(bytes, { ...defaultLimits, ...limits });
}

function imported(model: Model | Uint8Array) {
  const answer = read(model instanceof Uint8Array ? model : onnx(model));
  if (answer.kind === 'refused') throw new Error(answer.message);
  return answer;
}

type Attributes = NonNullable<Node['with']>;

const gemm = (x: string, w: string, b: string | null, y: string, more: Attributes = {}): Node => ({
  op: 'Gemm',
  in: b === null ? [x, w] : [x, w, b],
  out: y,
  name: `/${y}/Gemm`,
  with: more,
});
const W: Tensor = { shape: [2, 2], values: [1, 2, 3, 4] };
const b: Tensor = { shape: [2], values: [5, 6] };
/** x → dense 2 → what is between → dense 2 → y */
const between = (...nodes: readonly Node[]): Model => ({
  nodes: [gemm('x', 'W', 'b', 'h'), ...nodes, gemm('z', 'V', 'c', 'y')],
  tensors: { W, b, V: W, c: b },
});
const unary = (op: string, more: Attributes = {}): Node => ({ op, in: ['h'], out: 'z', name: 'N', with: more });
const scalarOf = (value: number): Tensor => ({ shape: [], values: [value] });

describe('what PyTorch wrote', () => {
  test('dense layers', () => {
    const { network, inputs, outputs, notes } = imported(fixture('mlp.onnx'));
    expect(network).toEqual({
      input: [3],
      layers: [
        { type: 'dense', units: 4, name: '0' },
        { type: 'activation', function: 'leaky-relu', slope: '1/10' },
        { type: 'dense', units: 4, bias: false, name: '2' },
        { type: 'activation', function: 'relu' },
        { type: 'dense', units: 2, name: '4' },
      ],
    });
    expect([inputs, outputs]).toEqual([3, 2]);
    expect(notes[0]).toBe('"0.weight", float32 4 × 3: weights of $.network.layers[0], dense "0"');
  });

  test('convolutions, a residual sum, a pool and x.view(x.size(0), -1)', () => {
    const { network, inputs, outputs } = imported(fixture('images.onnx'));
    const kernel = { kernel: [3, 3], padding: [1, 1] };
    expect(network).toEqual({
      input: [1, 4, 4],
      layers: [
        { type: 'conv2d', channels: 2, ...kernel, name: 'first' },
        { type: 'activation', function: 'relu' },
        { type: 'residual', layers: [{ type: 'conv2d', channels: 2, ...kernel, bias: false, name: 'second' }] },
        { type: 'activation', function: 'relu' },
        { type: 'maxpool', kernel: [2, 2], stride: [2, 2] },
        { type: 'flatten' },
        { type: 'dense', units: 3, name: 'fc' },
      ],
    });
    expect([inputs, outputs]).toEqual([16, 3]);
  });

  test('one extent, an empty padding, a dropout', () => {
    expect(imported(fixture('signal.onnx')).network).toEqual({
      input: [2, 4],
      layers: [
        { type: 'conv1d', channels: 3, kernel: 2, stride: 2, padding: 1, name: '0' },
        { type: 'activation', function: 'elu', alpha: '1/2' },
        { type: 'avgpool', kernel: 2, stride: 1 },
        { type: 'flatten' },
        { type: 'dense', units: 1, name: '5' },
      ],
    });
  });

  test('activations', () => {
    const { layers } = imported(fixture('activations.onnx')).network as { readonly layers: readonly object[] };
    const activations = layers.flatMap((layer) => ('function' in layer ? [JSON.stringify({ ...layer, type: 0 })] : []));
    expect(activations).toEqual(
      [
        { function: 'relu' },
        { function: 'leaky-relu' },
        { function: 'leaky-relu', slope: '1/4' },
        { function: 'tanh' },
        { function: 'sigmoid' },
        { function: 'elu' },
        { function: 'celu', alpha: '3/2' },
        { function: 'selu' },
        { function: 'hardswish' },
        { function: 'hard-sigmoid' },
        { function: 'softplus' },
        { function: 'gelu' },
        { function: 'silu' },
        { function: 'relu6' },
        { function: 'hardtanh' },
      ].map((layer) => JSON.stringify({ type: 0, ...layer })),
    );
  });
});

describe('one activation', () => {
  const constants = { lower: scalarOf(0), upper: scalarOf(6), two: scalarOf(2) };
  test.each<[string, readonly Node[], object]>([
    ['Abs', [unary('Abs')], { function: 'abs' }],
    ['Atan', [unary('Atan')], { function: 'atan' }],
    ['Sin', [unary('Sin')], { function: 'sin' }],
    ['Gelu', [unary('Gelu')], { function: 'gelu' }],
    ['Gelu, exact', [unary('Gelu', { approximate: 'none' })], { function: 'gelu' }],
    ['HardSwish', [unary('HardSwish')], { function: 'hardswish' }],
    ['Elu', [unary('Elu', { alpha: { f: 0.3 } })], { function: 'elu', alpha: '3/10' }],
    ['Selu of its own', [unary('Selu', { gamma: { f: 2 } })], { function: 'selu', scale: '2' }],
    [
      'HardSigmoid of ONNX',
      [unary('HardSigmoid')],
      {
        function: 'piecewise',
        breakpoints: ['-5/2', '5/2'],
        pieces: [{ polynomial: ['0'] }, { polynomial: ['1/2', '1/5'] }, { polynomial: ['1'] }],
      },
    ],
    ['Clip', [{ op: 'Clip', in: ['h', 'lower', 'upper'], out: 'z' }], { function: 'relu6' }],
    ['Pow 2', [{ op: 'Pow', in: ['h', 'two'], out: 'z' }], { function: 'quadratic' }],
    ['x·x', [{ op: 'Mul', in: ['h', 'h'], out: 'z' }], { function: 'quadratic' }],
    [
      'sigmoid(x)·x',
      [
        { op: 'Sigmoid', in: ['h'], out: 's' },
        { op: 'Mul', in: ['s', 'h'], out: 'z' },
      ],
      { function: 'silu' },
    ],
    [
      'x·hardsigmoid(x)',
      [
        { op: 'HardSigmoid', in: ['h'], out: 's', with: { alpha: { f: 1 / 6 } } },
        { op: 'Mul', in: ['h', 's'], out: 'z' },
      ],
      { function: 'hardswish' },
    ],
  ])('%s', (_, nodes, activation) => {
    const model = between(...nodes);
    const { layers } = imported({ ...model, tensors: { ...model.tensors, ...constants } }).network as {
      readonly layers: readonly object[];
    };
    expect(layers[1]).toEqual({ type: 'activation', ...activation });
  });

  test.each([
    [0.01, '1/100'],
    [0.1, '1/10'],
    [1 / 3, '16666667/50000000'],
    [-0.25, '-1/4'],
    [0, '0'],
    [16777216, '16777216'],
    [3.4028235e38, '340282350000000000000000000000000000000'],
    [1e-45, '1/1000000000000000000000000000000000000000000000'],
  ])('the float32 of %d was written as %s', (value, decimal) => {
    expect(formatRational(writtenDecimal(Math.fround(value)))).toBe(decimal);
  });
});

describe('weights', () => {
  const points = (model: Model): unknown => imported(model).point['layers'];
  const turned = [
    {
      weights: [
        ['1', '3'],
        ['2', '4'],
      ],
      bias: ['5', '6'],
    },
  ];

  test.each<[string, Model]>([
    ['Gemm', { nodes: [gemm('x', 'W', 'b', 'y')], tensors: { W, b } }],
    [
      'MatMul, Add',
      {
        nodes: [
          { op: 'MatMul', in: ['x', 'W'], out: 'h' },
          { op: 'Add', in: ['h', 'b'], out: 'y' },
        ],
        tensors: { W, b },
      },
    ],
    [
      'Add of a row on the left',
      {
        nodes: [
          { op: 'MatMul', in: ['x', 'W'], out: 'h' },
          { op: 'Add', in: ['b', 'h'], out: 'y' },
        ],
        tensors: { W, b: { ...b, shape: [1, 2] } },
      },
    ],
    ['transB', { nodes: [gemm('x', 'W', 'b', 'y', { transB: 1 })], tensors: { W: { ...W, values: [1, 3, 2, 4] }, b } }],
    [
      'lists of floats',
      { nodes: [gemm('x', 'W', 'b', 'y')], tensors: { W: { ...W, listed: true }, b: { ...b, listed: true } } },
    ],
    ['lists of doubles', { nodes: [gemm('x', 'W', 'b', 'y')], tensors: { W: { ...W, listed: true, type: 11 }, b } }],
    [
      'raw doubles',
      { nodes: [gemm('x', 'W', 'b', 'y')], tensors: { W: { ...W, type: 11, raw: doubles(1, 2, 3, 4) }, b } },
    ],
    [
      'halves in a list',
      {
        nodes: [gemm('x', 'W', 'b', 'y')],
        tensors: { W: { ...W, type: 10, listed: true, values: [0x3c00, 0x4000, 0x4200, 0x4400] }, b },
      },
    ],
    [
      'a Constant node',
      {
        nodes: [{ op: 'Constant', in: [], out: 'b', with: { value: { t: b } } }, gemm('x', 'W', 'b', 'y')],
        tensors: { W },
      },
    ],
    [
      'an Identity of a tensor',
      { nodes: [{ op: 'Identity', in: ['c'], out: 'b' }, gemm('x', 'W', 'b', 'y')], tensors: { W, c: b } },
    ],
    [
      'an Identity and a Dropout',
      {
        nodes: [
          gemm('x', 'W', 'b', 'h'),
          { op: 'Identity', in: ['h'], out: 'i' },
          { op: 'Dropout', in: ['i'], out: ['y', 'mask'] },
        ],
        tensors: { W, b },
      },
    ],
    ['tensors that are inputs, too', { nodes: [gemm('x', 'W', 'b', 'y')], tensors: { W, b }, inputs: ['x', 'W', 'b'] }],
    [
      'a node that nobody reads',
      { nodes: [gemm('x', 'W', 'b', 'y'), { op: 'Strange', in: ['x'], out: 's' }], tensors: { W, b } },
    ],
  ])('%s', (_, model) => {
    expect(points(model)).toEqual(turned);
  });

  test('one number may be the bias of all units; without one there is none', () => {
    expect(points({ nodes: [gemm('x', 'W', 'b', 'y')], tensors: { W, b: scalarOf(7) } })).toMatchObject([
      { bias: ['7', '7'] },
    ]);
    expect(imported({ nodes: [gemm('x', 'W', null, 'y')], tensors: { W } }).network).toMatchObject({
      layers: [{ type: 'dense', units: 2, bias: false }],
    });
  });

  test('tensors that an exporter merged are said to be separate now', () => {
    const { notes, network } = imported({
      nodes: [gemm('x', 'W', 'b', 'h'), { op: 'Relu', in: ['h'], out: 'r' }, gemm('r', 'W', 'b', 'y')],
      tensors: { W, b },
    });
    expect(notes.filter((note) => note.includes('is used in two layers')).length).toBe(2);
    expect((network['layers'] as readonly unknown[]).length).toBe(3);
  });

  test('a residual sum in a residual sum', () => {
    const relu = (x: string, y: string): Node => ({ op: 'Relu', in: [x], out: y });
    const model: Model = {
      nodes: [
        gemm('x', 'W', 'b', 'h'),
        gemm('h', 'V', 'c', 'i'),
        relu('i', 'j'),
        { op: 'Add', in: ['j', 'i'], out: 'k' },
        { op: 'Add', in: ['h', 'k'], out: 'l' },
        gemm('l', 'U', 'd', 'y'),
      ],
      tensors: { W, V: W, U: W, b, c: b, d: b },
    };
    expect(imported(model).network).toEqual({
      input: [2],
      layers: [
        { type: 'dense', units: 2, name: 'h' },
        {
          type: 'residual',
          layers: [
            { type: 'dense', units: 2, name: 'i' },
            { type: 'residual', layers: [{ type: 'activation', function: 'relu' }] },
          ],
        },
        { type: 'dense', units: 2, name: 'y' },
      ],
    });
  });
});

const image = (shape: readonly (number | string)[], ...nodes: readonly Node[]): Model => ({
  input: shape,
  nodes: [...nodes, gemm('f', 'W', 'b', 'y')],
  tensors: {
    K: { shape: [1, 1, 2, 2], values: [1, 2, 3, 4] },
    G: { shape: [2, 1, 1, 1], values: [1, 2] },
    W,
    b,
    rows: { shape: [2], values: [-1, 2], type: 7 },
    columns: { shape: [2], values: [2, -1], type: 7 },
    square: { shape: [2], values: [1, 2], type: 7 },
    pads: { shape: [8], values: [0, 0, 1, 1, 0, 0, 1, 1], type: 7 },
    yes: { shape: [], values: [1] },
  },
});
const flatten: Node = { op: 'Flatten', in: ['c'], out: 'f' };
const conv = (more: Attributes = {}, kernel = 'K'): Node => ({
  op: 'Conv',
  in: ['x', kernel],
  out: 'c',
  name: 'C',
  with: more,
});
const pool = (op: string, more: Attributes): Node => ({ op, in: ['x'], out: 'c', name: 'P', with: more });
const reshape = (shape: string): Node => ({ op: 'Reshape', in: ['c', shape], out: 'f', name: 'R' });

describe('positions', () => {
  test.each<[string, Model, object]>([
    [
      'a convolution',
      image(['n', 1, 2, 3], conv(), flatten),
      { type: 'conv2d', channels: 1, kernel: [2, 2], bias: false },
    ],
    [
      'VALID',
      image(['n', 1, 2, 3], conv({ auto_pad: 'VALID' }), flatten),
      { type: 'conv2d', channels: 1, kernel: [2, 2], bias: false },
    ],
    ['one window', image(['n', 2, 3, 5], pool('GlobalAveragePool', {}), flatten), { type: 'avgpool', kernel: [3, 5] }],
    [
      'a stride that is left out is 1',
      image(['n', 1, 2, 3], pool('MaxPool', { kernel_shape: [2, 2] }), flatten),
      { type: 'maxpool', kernel: [2, 2], stride: [1, 1] },
    ],
    [
      'a shape of rows',
      image(['n', 2, 1, 1], pool('GlobalAveragePool', {}), reshape('rows')),
      { type: 'avgpool', kernel: [1, 1] },
    ],
    [
      'a shape for the number of samples',
      image([2, 2, 1, 1], pool('GlobalAveragePool', {}), reshape('columns')),
      { type: 'avgpool', kernel: [1, 1] },
    ],
    [
      'a shape for one sample',
      image([1, 2, 1, 1], pool('GlobalAveragePool', {}), reshape('square')),
      { type: 'avgpool', kernel: [1, 1] },
    ],
  ])('%s', (_, model, layer) => {
    const { network } = imported(model);
    expect((network['layers'] as readonly unknown[])[0]).toEqual(layer);
  });
});

describe('a model is refused', () => {
  const whole = onnx(between(unary('Relu')));
  const nested = (depth: number): Uint8Array => {
    let bytes: Uint8Array = new Uint8Array(0);
    for (let i = 0; i < depth; i++) bytes = message([part(7, bytes)]);
    return bytes;
  };
  test.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(0), 'found no graph'],
    ['text', Buffer.from('hello, hello'), 'expected an ONNX model'],
    ['a zip archive', fixture('mlp.npz'), 'expected an ONNX model'],
    ['half a file', whole.subarray(0, whole.length / 2), 'damaged or cut off'],
    ['its last byte missing', whole.subarray(0, -1), 'damaged or cut off'],
    ['no opset', message([part(7, new Uint8Array(0))]), 'no opset'],
    ['two graphs', Buffer.concat([whole, whole]), 'two of them'],
    ['graphs in graphs', nested(50), 'expected an ONNX model'],
    ['a field of another wire type', message([integer(7, 5)]), 'damaged or cut off'],
    [
      'too many parts',
      message([
        part(
          7,
          new Uint8Array(2_100_000).map((_, i) => (i % 2 === 0 ? 0x0a : 0)),
        ),
      ]),
      'at most 1000000 parts',
    ],
  ])('%s', (_, bytes, said) => {
    expect(read(bytes)).toMatchObject({ kind: 'refused', message: expect.stringContaining(said) });
  });

  const relu = unary('Relu');
  const y = gemm('z', 'V', 'c', 'y');
  test.each<[string, Model, string]>([
    ['an old opset', { ...between(relu), opset: 6 }, 'expected opset 7 or later, found 6'],
    ['an unknown operator', between(unary('Softsign')), 'node "N" (Softsign): the operator has no counterpart'],
    ['a property of Object', between(unary('constructor')), 'node "N" (constructor): the operator has no counterpart'],
    [
      'an operator of another domain',
      between({ ...relu, domain: 'com.microsoft' }),
      'node "N" (com.microsoft.Relu): the operator has no counterpart',
    ],
    [
      'what a terminal obeys',
      between({ ...relu, op: '\u001b[2J', name: '\u001b[31m' }),
      'node "\\u{1b}[31m" (\\u{1b}[2J)',
    ],
    ['a node without a name', between({ ...relu, op: 'Foo', name: '' }), 'the node of "z" (Foo)'],
    ['a softmax', between(unary('Softmax')), 'the loss cross-entropy contains it'],
    ['a batch normalization', between(unary('BatchNormalization')), 'export in eval mode'],
    ['a trained slope', between({ op: 'PRelu', in: ['h', 'b'], out: 'z' }), 'a trained slope has no counterpart'],
    [
      'an attribute that nobody knows',
      between(unary('Relu', { speed: 3 })),
      'the attribute "speed" has no counterpart',
    ],
    ['an attribute of another type', between(unary('Elu', { alpha: 3 })), 'the attribute alpha is of another type'],
    [
      'an infinite slope',
      between(unary('LeakyRelu', { alpha: { f: Number.POSITIVE_INFINITY } })),
      'expected a finite alpha, found Infinity',
    ],
    ['a hard sigmoid that falls', between(unary('HardSigmoid', { alpha: { f: -1 } })), 'expected alpha > 0'],
    ['an approximate gelu', between(unary('Gelu', { approximate: 'tanh' })), 'only the exact gelu'],
    ['other bounds', between(unary('Clip')), 'only the bounds 0, 6'],
    ['another power', between({ op: 'Pow', in: ['h', 'b'], out: 'z', name: 'N' }), 'the operator has no counterpart'],
    [
      'a gate of something else',
      between({ op: 'Sigmoid', in: ['x'], out: 's' }, { op: 'Mul', in: ['h', 's'], out: 'z' }),
      'a product of two values',
    ],
    [
      'a gate that is not quite hardswish',
      between({ op: 'HardSigmoid', in: ['h'], out: 's' }, { op: 'Mul', in: ['h', 's'], out: 'z' }),
      'not quite hardswish',
    ],
    [
      'a product with a constant',
      between({ op: 'Mul', in: ['h', 'b'], out: 'z', name: 'N' }),
      'a product with a constant',
    ],
    [
      'a final activation',
      { nodes: [gemm('x', 'W', 'b', 'h'), { op: 'Sigmoid', in: ['h'], out: 'y', name: 'N' }], tensors: { W, b } },
      'node "N" (Sigmoid): a network ends with a dense layer',
    ],
    ['no layer', { nodes: [{ op: 'Identity', in: ['x'], out: 'y' }] }, 'expected a layer with weights'],
    ['training', between({ op: 'Dropout', in: ['h', 'b', 'b'], out: 'z', name: 'N' }), 'export in eval mode'],
    [
      'another output of a node',
      between({ op: 'Dropout', in: ['h'], out: ['q', 'z'], name: 'N' }),
      'only its first output',
    ],
    ['a value made twice', between(relu, relu), 'the value "z" is made twice'],
    ['a value that nobody makes', { nodes: [y], tensors: { V: W, c: b } }, 'no node makes the value "z"'],
    ['a circle', { nodes: [{ op: 'Relu', in: ['y'], out: 'z' }, y], tensors: { V: W, c: b } }, 'is used in two places'],
    ['two inputs', { ...between(relu), inputs: ['x', 'u'] }, 'expected a model of one input, found 2: "x", "u"'],
    ['no input', { ...between(relu), inputs: [] }, 'expected a model of one input, found 0'],
    ['two outputs', { ...between(relu), outputs: ['y', 'h'] }, 'expected a model of one output, found 2'],
    [
      'an input without a shape',
      { ...between(relu), input: null },
      'input "x": expected the shape [samples, d] or [samples, channels, …], found none',
    ],
    ['an input of one extent', { ...between(relu), input: [2] }, 'found [2]'],
    ['an input of variable size', { ...between(relu), input: ['n', 'd'] }, 'found [?, ?]'],
    ['an input without entries', { ...between(relu), input: [1, 0] }, 'found [1, 0]'],
    ['an input of four extents', { ...between(relu), input: [1, 2, 3, 4, 5] }, 'found [1, 2, 3, 4, 5]'],
    [
      'another number of inputs',
      { ...between(relu), input: ['n', 3] },
      'node "/h/Gemm" (Gemm): expected 2 inputs, as "W" has, found 3',
    ],
    [
      'a dense layer on positions',
      { ...between(relu), input: ['n', 2, 2] },
      'expected 2 inputs, as "W" has, found 2 × 2',
    ],
    [
      'weights that are no matrix',
      { ...between(relu), tensors: { W: b, b, V: W, c: b } },
      'tensor "W": expected two extents, found 2',
    ],
    [
      'a bias of another length',
      { ...between(relu), tensors: { W, b: { shape: [3], values: [1, 2, 3] }, V: W, c: b } },
      'tensor "b": expected 2 numbers, found 3',
    ],
    [
      'a bias that is a column',
      { ...between(relu), tensors: { W, b: { ...b, shape: [2, 1] }, V: W, c: b } },
      'tensor "b": expected 2 numbers, found 2 × 1',
    ],
    [
      'weights that are integers',
      { ...between(relu), tensors: { W: { ...W, type: 7 }, b, V: W, c: b } },
      'its weights "W" are no floats',
    ],
    [
      'weights of another type',
      { ...between(relu), tensors: { W: { ...W, type: 14 }, b, V: W, c: b } },
      'its weights "W" are no floats',
    ],
    [
      'weights that are computed',
      { nodes: [gemm('x', 'h', 'b', 'y')], tensors: { b } },
      'the operator has no counterpart',
    ],
    [
      'weights on the left',
      { nodes: [{ op: 'MatMul', in: ['W', 'x'], out: 'y', name: 'M' }], tensors: { W } },
      'expected the weights on the right',
    ],
    [
      'another alpha',
      { nodes: [gemm('x', 'W', 'b', 'y', { alpha: { f: 2 } })], tensors: { W, b } },
      'expected the attribute alpha to be 1, found 2',
    ],
    [
      'transA',
      { nodes: [gemm('x', 'W', 'b', 'y', { transA: 1 })], tensors: { W, b } },
      'expected the attribute transA to be 0, found 1',
    ],
    [
      'a second bias',
      {
        nodes: [gemm('x', 'W', 'b', 'h'), { op: 'Add', in: ['h', 'c'], out: 'y', name: 'A' }],
        tensors: { W, b, c: b },
      },
      'node "A" (Add): only a bias after weights',
    ],
    [
      'a value added to itself',
      between({ op: 'Add', in: ['h', 'h'], out: 'z', name: 'A' }),
      'a value is added to itself',
    ],
    [
      'a value added to an identity',
      between({ op: 'Identity', in: ['h'], out: 'i' }, { op: 'Add', in: ['h', 'i'], out: 'z', name: 'A' }),
      'a value is added to itself',
    ],
    [
      'two branches',
      between(
        { op: 'Relu', in: ['h'], out: 'p' },
        { op: 'Tanh', in: ['h'], out: 'q' },
        { op: 'Add', in: ['p', 'q'], out: 'z', name: 'A' },
      ),
      'neither came of the other',
    ],
    [
      'a sum of different shapes',
      {
        nodes: [gemm('x', 'W', null, 'h'), { op: 'Add', in: ['x', 'h'], out: 'y', name: 'A' }],
        tensors: { W: { shape: [2, 1], values: [1, 2] } },
      },
      'different shapes, 2 and 1',
    ],
    [
      'external data',
      { ...between(relu), tensors: { W: { ...W, external: true }, b, V: W, c: b } },
      'tensor "W": its values are in another file',
    ],
    [
      'values cut off',
      { ...between(relu), tensors: { W: { ...W, values: [1, 2, 3] }, b, V: W, c: b } },
      'tensor "W": expected 16 bytes of values, found 12',
    ],
    [
      'a huge shape',
      { ...between(relu), tensors: { W: { shape: [2 ** 40, 2 ** 40], values: [] }, b } },
      'tensor "W": expected at most 10000000 values',
    ],
    [
      'a negative extent',
      { ...between(relu), tensors: { W: { shape: [-2, -2], values: [1, 2, 3, 4] }, b } },
      'expected extents ≥ 0',
    ],
    [
      'NaN',
      { ...between(relu), tensors: { W: { shape: [2, 2], values: [1, 2, Number.NaN, 4] }, b, V: W, c: b } },
      'tensor "W": expected finite numbers, found NaN at [0,1]',
    ],
    [
      'grouped channels',
      image(['n', 2, 1, 1], conv({ group: 2 }, 'G'), flatten),
      'expected the attribute group to be 1, found 2',
    ],
    [
      'other channels',
      image(['n', 2, 2, 3], conv(), flatten),
      'node "C" (Conv): expected 1 channels, as "K" has, found 2 × 2 × 3',
    ],
    [
      'a convolution of what is flat',
      image(['n', 2], conv(), flatten),
      'tensor "K": expected 2 extents, found 1 × 1 × 2 × 2',
    ],
    ['dilation', image(['n', 1, 3, 4], conv({ dilations: [2, 2] }), flatten), 'a dilation has no counterpart'],
    ['padding of one side', image(['n', 1, 2, 2], conv({ pads: [0, 0, 1, 1] }), flatten), 'padding of one side'],
    ['automatic padding', image(['n', 1, 2, 2], conv({ auto_pad: 'SAME_UPPER' }), flatten), 'the padding "SAME_UPPER"'],
    [
      'another kernel',
      image(['n', 1, 2, 3], conv({ kernel_shape: [3, 3] }), flatten),
      'its weights have the kernel 2 × 2',
    ],
    ['a kernel that is too large', image(['n', 1, 1, 1], conv(), flatten), 'the kernel is larger than its input'],
    ['strides of another length', image(['n', 1, 2, 3], conv({ strides: [1] }), flatten), 'of different lengths'],
    ['a stride of 0', image(['n', 1, 2, 3], conv({ strides: [0, 1] }), flatten), 'expected sizes ≥ 1'],
    [
      'a pool with padding',
      image(['n', 1, 2, 3], pool('MaxPool', { kernel_shape: [2, 2], pads: [1, 1, 1, 1] }), flatten),
      'a pool with padding',
    ],
    [
      'a pool that rounds up',
      image(['n', 1, 2, 3], pool('AveragePool', { kernel_shape: [2, 2], ceil_mode: 1 }), flatten),
      'expected the attribute ceil_mode to be 0',
    ],
    [
      'a pool without a kernel',
      image(['n', 1, 2, 3], pool('MaxPool', {}), flatten),
      'expected the attribute kernel_shape',
    ],
    ['a pool of what is flat', image(['n', 2], pool('MaxPool', { kernel_shape: [1] }), flatten), 'found a flat one'],
    [
      'padding of its own',
      image(['n', 1, 2, 3], { op: 'Pad', in: ['x', 'pads'], out: 'c', name: 'P' }, flatten),
      'only padding of a convolution',
    ],
    [
      'another axis',
      image(['n', 2, 1, 1], pool('GlobalAveragePool', {}), { ...flatten, with: { axis: 2 } }),
      'expected the attribute axis to be 1',
    ],
    [
      'another row length',
      image(['n', 3, 1, 1], pool('GlobalAveragePool', {}), reshape('rows')),
      'only reshaping to one row a sample has a counterpart, found [-1, 2]',
    ],
    [
      'another number of samples',
      image([3, 2, 1, 1], pool('GlobalAveragePool', {}), reshape('columns')),
      'found [2, -1]',
    ],
    [
      'a shape that is computed',
      image(['n', 2, 1, 1], { op: 'Shape', in: ['x'], out: 's' }, pool('GlobalAveragePool', {}), reshape('s')),
      'found a computed shape',
    ],
  ])('%s', (_, model, said) => {
    expect(read(onnx(model))).toMatchObject({ kind: 'refused', message: expect.stringContaining(said) });
  });

  test('more values than the limit', () => {
    expect(read(whole, { numbers: 12 }).kind).toBe('network');
    expect(read(whole, { numbers: 11 })).toMatchObject({ message: 'tensor "c": expected at most 1 values, found 2' });
  });

  test('or read, and nothing is thrown, whatever byte is damaged', () => {
    const kinds = new Set<string>();
    for (let i = 0; i < whole.length; i++) {
      const damaged = Uint8Array.from(whole);
      damaged[i] = (damaged[i] as number) ^ 0x15;
      kinds.add(read(damaged).kind);
    }
    expect([...kinds].sort()).toEqual(['network', 'refused']);
  });
});

test('no bytes make it throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      expect(read(Uint8Array.from([0x42, 2, 0x10, 13, 0x3a, bytes.length, ...bytes])).kind).toBe('refused');
      expect(read(bytes).kind).toBe('refused');
    }),
    { seed: 1, numRuns: 1000 },
  );
});
