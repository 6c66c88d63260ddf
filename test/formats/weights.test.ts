import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exactTensor } from '../../src/formats/float-tensor.js';
import { parseWeights, type WeightsFile } from '../../src/formats/weights.js';
import { type Rational, rational } from '../../src/kernel/arithmetic/rational.js';
import { defaultLimits } from '../../src/kernel/limits.js';
import { dictionary, doubles, floats, npy, safetensors, type Zipped, zip } from './binary-files.js';

const fixtures = new URL('fixtures/', import.meta.url);
const fixture = (name: string): Uint8Array => readFileSync(new URL(name, fixtures));
const expected = JSON.parse(fixture('expected.json').toString()) as Record<string, Record<string, number[]>>;

type Format = 'npz' | 'safetensors';

function read(bytes: Uint8Array, format: Format = 'npz', limits = {}) {
  return parseWeights(bytes, format, { ...defaultLimits, ...limits });
}

function tensors(bytes: Uint8Array, format: Format = 'npz'): WeightsFile['tensors'] {
  const answer = read(bytes, format);
  if (answer.kind === 'refused') throw new Error(answer.message);
  return answer.tensors;
}

const values = (list: WeightsFile['tensors']) =>
  Object.fromEntries(list.map(({ name, values }) => [name, Array.from(values)]));
const flat = (record: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(record).map(([name, list]) => [name, [list].flat(3)]));

describe('what NumPy, PyTorch and safetensors wrote is read bit for bit', () => {
  test.each([
    ['mlp.npz', 'npz', 'mlp'],
    ['mlp.safetensors', 'safetensors', 'mlp'],
    ['mlp-bf16.safetensors', 'safetensors', 'mlp-bf16'],
    ['special.npz', 'npz', 'special'],
    ['special-compressed.npz', 'npz', 'special'],
  ] as const)('%s', (name, format, key) => {
    expect(values(tensors(fixture(name), format))).toEqual(flat(expected[key] ?? {}));
  });

  test('types and shapes', () => {
    const shapes = tensors(fixture('special.npz')).map(({ name, type, shape }) => [name, type, shape]);
    expect(shapes).toEqual([
      ['half', 'float16', [6]],
      ['single', 'float32', [6]],
      ['double', 'float64', [6]],
      ['big-endian', 'float64', [2]],
      ['fortran', 'float32', [2, 3, 4]],
      ['scalar', 'float32', []],
      ['empty', 'float64', [0, 3]],
    ]);
    expect(tensors(fixture('mlp-bf16.safetensors'), 'safetensors')[0]?.type).toBe('bfloat16');
  });

  test('positional arrays have NumPy’s names', () => {
    expect(tensors(fixture('mlp-compressed.npz')).map(({ name }) => name)).toEqual([
      'arr_0',
      'arr_1',
      'arr_2',
      'arr_3',
      'arr_4',
    ]);
  });
});

/** Every half float, against the definition of IEEE 754. */
test('all 65,536 half floats', () => {
  const bits = Uint16Array.from({ length: 65_536 }, (_, i) => i);
  const [tensor] = tensors(
    zip([{ name: 'a.npy', bytes: npy(dictionary('65536,', '<f2'), new Uint8Array(bits.buffer)) }]),
  );
  for (const [i, value] of (tensor?.values ?? []).entries()) {
    const [sign, exponent, fraction] = [i >> 15 ? -1 : 1, (i >> 10) & 31, i & 1023];
    const normal = sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
    const special = fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    expect(value).toBe(exponent === 31 ? special : exponent === 0 ? sign * 2 ** -14 * (fraction / 1024) : normal);
  }
});

describe('exact values', () => {
  const exactly = (value: number): Rational => {
    const { numerators, denominator } = exactTensor({
      name: 'a',
      type: 'float64',
      shape: [1],
      values: Float64Array.of(value),
    });
    return rational(numerators[0] as bigint, denominator);
  };
  test.each([
    [0, rational(0n)],
    [-0, rational(0n)],
    [1, rational(1n)],
    [-2.5, rational(-5n, 2n)],
    [0.1, rational(3602879701896397n, 2n ** 55n)],
    [5e-324, rational(1n, 2n ** 1074n)],
    [-2.225073858507201e-308, rational(-(2n ** 52n - 1n), 2n ** 1074n)],
    [2.2250738585072014e-308, rational(1n, 2n ** 1022n)],
    [1.7976931348623157e308, rational((2n ** 53n - 1n) * 2n ** 971n)],
  ])('%d', (value, exact) => {
    expect(exactly(value)).toEqual(exact);
  });

  test('every double is its sign, exponent and fraction', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const bits = new DataView(doubles(value).buffer).getBigUint64(0, true);
        const [exponent, fraction] = [(bits >> 52n) & 2047n, bits & (2n ** 52n - 1n)];
        const mantissa = exponent === 0n ? fraction : fraction + 2n ** 52n;
        const power = 2n ** (exponent === 0n ? 1n : exponent);
        const size = rational(mantissa * power, 2n ** 1075n);
        expect(exactly(value)).toEqual(bits >> 63n ? rational(-size.num, size.den) : size);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test.each([
    ['0.weight', '[1,1]', 'NaN'],
    ['0.bias', '[0]', 'Infinity'],
  ])('%s: at %s is %s', (name, place, found) => {
    const tensor = tensors(fixture('not-finite.npz')).find((candidate) => candidate.name === name);
    if (tensor === undefined) throw new Error('no such tensor');
    expect(() => exactTensor(tensor)).toThrow(`tensor "${name}": expected finite numbers, found ${found} at ${place}`);
  });
});

test('a few huge and tiny numbers among very many are refused before their numerators are made', () => {
  const values = new Float64Array(1_500_000).fill(1);
  values.set([1e308, 5e-324]);
  expect(() => exactTensor({ name: 'a', type: 'float64', shape: [values.length], values })).toThrow(
    'tensor "a": expected numbers of at most 50000000 limbs over a common denominator, found more',
  );
});

const array = (header: string, bytes: Uint8Array, version = 1): Uint8Array =>
  zip([{ name: 'a.npy', bytes: npy(header, bytes, version) }]);
const one = (file: Partial<Zipped>): Uint8Array =>
  zip([{ name: 'a.npy', bytes: npy(dictionary('1,'), doubles(7)), ...file }]);

describe('arrays that are right', () => {
  test.each([
    ['version 2', array(dictionary('2,'), doubles(7, 8), 2), [7, 8]],
    ['version 3', array(dictionary('2,'), doubles(7, 8), 3), [7, 8]],
    ['keys in another order', array("{ 'shape':(2,),'descr' :'<f8','fortran_order':False}", doubles(7, 8)), [7, 8]],
    [
      'Fortran order of a matrix',
      array(dictionary('2, 3', '<f8', 'True'), doubles(1, 4, 2, 5, 3, 6)),
      [1, 2, 3, 4, 5, 6],
    ],
    [
      'a comment after the archive',
      zip([{ name: 'a.npy', bytes: npy(dictionary('1,'), doubles(7)) }], { comment: 'hi' }),
      [7],
    ],
    ['deflated', one({ deflated: true }), [7]],
    ['a name that leaves the folder is a name', one({ name: '../../etc/a.npy' }), [7]],
  ])('%s', (_, bytes, expected) => {
    expect(Array.from(tensors(bytes)[0]?.values ?? [])).toEqual(expected);
  });
});

describe('an npz file is refused', () => {
  const whole = one({});
  test.each([
    ['an empty file', new Uint8Array(0), 'found no end of one'],
    ['text', Buffer.from('hello '.repeat(50)), 'found no end of one'],
    ['half a file', whole.subarray(0, 100), 'found no end of one'],
    ['its last byte missing', whole.subarray(0, -1), 'found no end of one'],
    ['its first byte missing', whole.subarray(1), 'cut off'],
    ['a count too large', zip([{ name: 'a.npy', bytes: new Uint8Array() }], { count: 2 }), 'damaged at file 1'],
    ['zip64', zip([], { count: 0xffff }), 'zip64'],
    ['zip64 of one file', one({ size: 0xffffffff }), 'zip64'],
    ['encryption', one({ flags: 1 }), '"a.npy" is encrypted'],
    ['another method', one({ method: 12 }), 'found method 12'],
    ['a stored size too small', one({ size: 5 }), 'expected 5 bytes'],
    ['a stored size too large', one({ size: 5_000 }), 'expected 5000 bytes'],
    ['a deflated size too small', one({ deflated: true, size: 5 }), 'found more or damaged ones'],
    ['a deflated size too large', one({ deflated: true, size: 5_000 }), 'expected 5000 bytes'],
    ['deflated rubbish', one({ method: 8, bytes: new Uint8Array(20).fill(255) }), 'found more or damaged ones'],
    ['another checksum', one({ crc: 1 }), 'the checksum is another one'],
    ['an offset outside', one({ offset: 1e6 }), 'no file where its directory says'],
    ['an offset inside', one({ offset: 1 }), 'no file where its directory says'],
    ['two names of a file', one({ localName: 'b.npy' }), 'has two names'],
    [
      'a name twice',
      zip([
        { name: 'a.npy', bytes: npy(dictionary(''), doubles(1)) },
        { name: 'a.npy', bytes: npy(dictionary(''), doubles(2)) },
      ]),
      'two files named "a.npy"',
    ],
    ['another kind of file', one({ name: 'data.pkl' }), 'found "data.pkl"'],
    ['a name that a terminal obeys', one({ name: '\u001b[2J.pkl' }), 'found "\\u{1b}[2J.pkl"'],
    ['no array', zip([{ name: 'a.npy', bytes: Buffer.from('hello hello') }]), 'tensor "a": expected a NumPy array'],
    ['version 9', array(dictionary('1,'), doubles(1), 9), 'version 1 to 3'],
    ['a header cut off', zip([{ name: 'a.npy', bytes: npy(dictionary('1,'), doubles(1)).subarray(0, 30) }]), 'cut off'],
    [
      'less than a header',
      zip([{ name: 'a.npy', bytes: npy(dictionary('1,'), doubles(1)).subarray(0, 7) }]),
      'cut off',
    ],
    ['values cut off', array(dictionary('2,'), doubles(1)), 'expected 16 bytes of values, found 8'],
    ['values too many', array(dictionary('1,'), doubles(1, 2)), 'expected 8 bytes of values, found 16'],
    ['integers', array(dictionary('1,', '<i8'), doubles(1)), 'found the type "<i8"'],
    ['complex numbers', array(dictionary('1,', '<c16'), doubles(1, 2)), 'found the type "<c16"'],
    ['long doubles', array(dictionary('1,', '<f16'), doubles(1, 2)), 'found the type "<f16"'],
    ['Python objects', fixture('objects.npz'), 'found the type "|O"'],
    ['a property of Object', array(dictionary('1,', '<constructor'), doubles(1)), 'found the type "<constructor"'],
    [
      'records',
      array("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }", doubles(1)),
      'cannot read the header',
    ],
    [
      'a shape that is huge',
      array(dictionary('100000000000000, 100000000000000'), doubles(1)),
      'expected at most 10000000 values',
    ],
    ['a shape that is too huge', array(dictionary('99999999999999999999,'), doubles(1)), 'cannot read the header'],
    ['a negative extent', array(dictionary('-1,'), doubles(1)), 'cannot read the header'],
    ['33 extents', array(dictionary('1,'.repeat(33)), doubles(1)), 'cannot read the header'],
    [
      'a key twice',
      array("{'shape': (1,), 'shape': (1,), 'descr': '<f8', 'fortran_order': False}", doubles(1)),
      'cannot read the header',
    ],
    ['a key missing', array("{'descr': '<f8', 'shape': (1,)}", doubles(1)), 'cannot read the header'],
    [
      'a key too many',
      array("{'descr': '<f8', 'shape': (1,), 'fortran_order': False, 'x': 1}", doubles(1)),
      'cannot read the header',
    ],
    [
      'a header without end',
      array("{'descr': '<f8', 'shape': (1,), 'fortran_order': False", doubles(1)),
      'cannot read the header',
    ],
  ])('%s', (_, bytes, message) => {
    const answer = read(bytes);
    expect(answer).toMatchObject({ kind: 'refused', message: expect.stringContaining(message) });
  });

  test('a bomb is refused by what it declares, before it is inflated', () => {
    const bomb = zip([{ name: 'a.npy', bytes: new Uint8Array(10_000_000), deflated: true }]);
    expect(bomb.length).toBeLessThan(20_000);
    expect(read(bomb, 'npz', { bytes: 1_000_000 })).toEqual({
      kind: 'refused',
      message: 'expected at most 1000000 bytes in the archive, found 10000000',
    });
  });

  test('a bomb that lies is stopped where it said it ends', () => {
    const bomb = one({ bytes: new Uint8Array(10_000_000), deflated: true, size: 100 });
    expect(read(bomb)).toMatchObject({ message: '"a.npy": expected 100 deflated bytes, found more or damaged ones' });
  });

  test('values are counted over all arrays', () => {
    const twice = zip(
      ['a', 'b'].map((name) => ({ name: `${name}.npy`, bytes: npy(dictionary('3,'), doubles(1, 2, 3)) })),
    );
    expect(read(twice, 'npz', { numbers: 6 }).kind).toBe('weights');
    expect(read(twice, 'npz', { numbers: 5 })).toMatchObject({
      message: 'tensor "b": expected at most 2 values, found 3',
    });
  });

  test('or read whole, whatever byte is damaged', () => {
    const file = fixture('mlp-compressed.npz');
    const before = values(tensors(file));
    for (let i = 0; i < file.length; i++) {
      const damaged = Uint8Array.from(file);
      damaged[i] = (damaged[i] as number) ^ 0x41;
      const answer = read(damaged);
      if (answer.kind === 'weights') expect(Object.values(values(answer.tensors))).toEqual(Object.values(before));
    }
  });
});

describe('a safetensors file is refused', () => {
  const entry = (shape: readonly number[], begin: number, end: number, dtype = 'F32') => ({
    dtype,
    shape,
    data_offsets: [begin, end],
  });
  const good = safetensors(
    { __metadata__: { format: 'pt' }, a: entry([2], 0, 8), b: entry([], 8, 12) },
    floats(1, 2, 3),
  );

  test('unless it is right', () => {
    expect(values(tensors(good, 'safetensors'))).toEqual({ a: [1, 2], b: [3] });
  });

  test.each([
    ['an empty file', new Uint8Array(0), 'less than 8 bytes'],
    ['text', Buffer.from('hello world, hello world'), 'found no header'],
    ['half a file', good.subarray(0, 60), 'found no header'],
    ['its last byte missing', good.subarray(0, -1), 'expected 12 bytes of values, found 11'],
    ['a byte too many', Buffer.concat([good, Buffer.from([0])]), 'expected 12 bytes of values, found 13'],
    ['a header of 2^63 bytes', Buffer.from([0, 0, 0, 0, 0, 0, 0, 128, 123, 125]), 'found no header'],
    ['a header that is no JSON', safetensors('{a}', floats()), 'the header is no JSON'],
    ['a header that is a list', safetensors('[]', floats()), 'expected a record as the header'],
    [
      'a header that is no UTF-8',
      Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]), Buffer.from([0xff])]),
      'no UTF-8',
    ],
    [
      'a name twice',
      safetensors(`{"a":${JSON.stringify(entry([1], 0, 4))},"a":${JSON.stringify(entry([1], 4, 8))}}`, floats(1, 2)),
      'the header is no JSON',
    ],
    ['an entry that is no record', safetensors({ a: 5 }, floats()), 'tensor "a": expected a record'],
    ['integers', safetensors({ a: entry([1], 0, 4, 'I32') }, floats(1)), 'found the type "I32"'],
    [
      'a property of Object',
      safetensors({ a: entry([1], 0, 4, 'constructor') }, floats(1)),
      'found the type "constructor"',
    ],
    ['no type', safetensors({ a: { shape: [1], data_offsets: [0, 4] } }, floats(1)), 'found the type none'],
    ['no shape', safetensors({ a: { dtype: 'F32', data_offsets: [0, 4] } }, floats(1)), 'expected a list of counts'],
    ['a negative extent', safetensors({ a: entry([-1], 0, 4) }, floats(1)), 'expected a list of counts'],
    ['half an extent', safetensors({ a: entry([0.5], 0, 4) }, floats(1)), 'expected a list of counts'],
    ['a huge shape', safetensors({ a: entry([1e12, 1e12], 0, 4) }, floats(1)), 'expected at most 10000000 values'],
    ['one offset', safetensors({ a: { dtype: 'F32', shape: [1], data_offsets: [0] } }, floats(1)), 'two rising counts'],
    ['offsets that fall', safetensors({ a: entry([1], 4, 0) }, floats(1)), 'two rising counts'],
    ['another size', safetensors({ a: entry([2], 0, 4) }, floats(1)), 'expected 8 bytes of values, found 4'],
    ['a gap', safetensors({ a: entry([1], 4, 8) }, floats(1, 2)), 'expected its values from byte 0, found 4'],
    ['an overlap', safetensors({ a: entry([2], 0, 8), b: entry([1], 4, 8) }, floats(1, 2)), 'from byte 8, found 4'],
    ['offsets outside', safetensors({ a: entry([2], 0, 8) }, floats(1)), 'expected 8 bytes of values, found 4'],
    ['a name that a terminal obeys', safetensors({ '\u001b[2J': 1 }, floats()), 'tensor "\\u{1b}[2J"'],
  ])('%s', (_, bytes, message) => {
    expect(read(bytes, 'safetensors')).toMatchObject({ kind: 'refused', message: expect.stringContaining(message) });
  });

  test('values are counted over all tensors', () => {
    expect(read(good, 'safetensors', { numbers: 3 }).kind).toBe('weights');
    expect(read(good, 'safetensors', { numbers: 2 })).toMatchObject({ kind: 'refused' });
  });
});

test('no bytes make the readers throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom<Format>('npz', 'safetensors'), (bytes, format) => {
      expect(['weights', 'refused']).toContain(read(bytes, format).kind);
    }),
    { seed: 1, numRuns: 1000 },
  );
});
