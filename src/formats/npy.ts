/** NumPy's array files, and archives of them: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
import type { Limits } from '../kernel/limits.js';
import { bytesOf, decodeFloats, type FloatTensor, type FloatType, sizeOf } from './float-tensor.js';
import { quoted } from './quoted.js';
import { Unreadable } from './unreadable.js';
import { readZip } from './zip.js';

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const typeNames: ReadonlyMap<string, FloatType> = new Map(
  Object.entries({ f2: 'float16', f4: 'float32', f8: 'float64' } as const),
);

/** @throws Unreadable */
export function readNpz(bytes: Uint8Array, limits: Pick<Limits, 'bytes' | 'numbers'>): readonly FloatTensor[] {
  let values = 0;
  return readZip(bytes, limits.bytes).map((file) => {
    if (!file.name.endsWith('.npy')) {
      throw new Unreadable(`expected only arrays, NAME.npy, in the archive, found ${quoted(file.name)}`);
    }
    const tensor = readNpy(file.bytes, file.name.slice(0, -'.npy'.length), limits.numbers - values);
    values += tensor.values.length;
    return tensor;
  });
}

/** @throws Unreadable */
function readNpy(bytes: Uint8Array, name: string, atMost: number): FloatTensor {
  const what = `tensor ${quoted(name)}`;
  const { descr, fortranOrder, shape, start } = readHeader(bytes, what);
  const type = typeNames.get(descr.slice(1));
  if (type === undefined || !/^[<>]/.test(descr)) {
    throw new Unreadable(`${what}: expected float16, float32 or float64, found the type ${quoted(descr)}`);
  }
  const expected = sizeOf(shape, atMost, what) * bytesOf[type];
  const found = bytes.length - start;
  if (found !== expected) throw new Unreadable(`${what}: expected ${expected} bytes of values, found ${found}`);
  const values = decodeFloats(bytes.subarray(start), type, descr.startsWith('<'));
  return { name, type, shape, values: fortranOrder ? fromFortran(values, shape) : values };
}

interface Header {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** where the values start */
  readonly start: number;
}

function readHeader(bytes: Uint8Array, what: string): Header {
  const cutOff = new Unreadable(`${what}: the header of the array is cut off`);
  if (!magic.every((byte, i) => bytes[i] === byte)) throw new Unreadable(`${what}: expected a NumPy array`);
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3) throw new Unreadable(`${what}: expected a NumPy array of version 1 to 3`);
  const first = version === 1 ? 10 : 12;
  if (bytes.length < first) throw cutOff;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = first + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (bytes.length < start) throw cutOff;
  return { ...readDictionary(new TextDecoder('latin1').decode(bytes.subarray(first, start)), what), start };
}

const item = /\s*'(descr|fortran_order|shape)'\s*:\s*(?:'([^']*)'|(True|False)|\(([0-9,\s]*)\))\s*(,|(?=\}))/y;

/** The three keys of a Python dictionary, in any order, each once. */
function readDictionary(text: string, what: string): Omit<Header, 'start'> {
  const refused = new Unreadable(`${what}: cannot read the header of the array, ${quoted(text.trim())}`);
  let [descr, fortranOrder, shape]: [string?, boolean?, number[]?] = [];
  if (!text.startsWith('{')) throw refused;
  item.lastIndex = 1;
  let at = 1;
  for (let found = item.exec(text); found !== null; found = item.exec(text)) {
    at = item.lastIndex;
    const [, key, word, flag, extents] = found;
    if (key === 'descr' && descr === undefined && word !== undefined) descr = word;
    else if (key === 'fortran_order' && fortranOrder === undefined && flag !== undefined)
      fortranOrder = flag === 'True';
    else if (key === 'shape' && shape === undefined && extents !== undefined) shape = readExtents(extents, refused);
    else throw refused;
  }
  if (!/^\s*\}\s*$/.test(text.slice(at))) throw refused;
  if (descr === undefined || fortranOrder === undefined || shape === undefined) throw refused;
  return { descr, fortranOrder, shape };
}

/** `3, 4` or `3,`; at most 32 extents, as in NumPy. */
function readExtents(text: string, refused: Unreadable): number[] {
  const extents = text.trim().replace(/,$/, '');
  if (extents === '') return [];
  const list = extents.split(',', 33).map((extent) => extent.trim());
  if (list.length > 32 || list.some((extent) => !/^(?:0|[1-9][0-9]{0,14})$/.test(extent))) throw refused;
  return list.map(Number);
}

/** Values whose first index runs fastest, in C order. */
function fromFortran(values: Float64Array, shape: readonly number[]): Float64Array {
  return values.map((_, index) => {
    let [rest, place, stride] = [index, 0, values.length];
    for (const extent of shape.toReversed()) {
      stride /= extent;
      place += (rest % extent) * stride;
      rest = Math.floor(rest / extent);
    }
    return values[place] as number;
  });
}
