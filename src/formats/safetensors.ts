/** Weights as Hugging Face keeps them: https://github.com/huggingface/safetensors#format. 8 bytes, a JSON header, the values. */
import { type Json, readJson } from '../kernel/json.js';
import { defaultLimits, type Limits } from '../kernel/limits.js';
import { Refusal } from '../kernel/verdict.js';
import { bytesOf, decodeFloats, type FloatTensor, type FloatType, sizeOf } from './float-tensor.js';
import { escaped, quoted } from './quoted.js';
import { Unreadable } from './unreadable.js';

const typeNames: ReadonlyMap<string, FloatType> = new Map(
  Object.entries({
    F16: 'float16',
    BF16: 'bfloat16',
    F32: 'float32',
    F64: 'float64',
  } as const),
);

interface Entry {
  readonly name: string;
  readonly type: FloatType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** @throws Unreadable */
export function readSafetensors(bytes: Uint8Array, limits: Pick<Limits, 'numbers'>): readonly FloatTensor[] {
  if (bytes.length < 8) throw new Unreadable('expected a safetensors file, found less than 8 bytes');
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (headerLength > BigInt(bytes.length - 8)) {
    throw new Unreadable('expected a safetensors file, found no header: the file is another kind, or cut off');
  }
  const start = 8 + Number(headerLength);
  const entries = readHeader(bytes.subarray(8, start));
  // The format: every byte belongs to exactly one tensor.
  let [end, values] = [0, 0];
  for (const { name, type, shape, ...range } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    const what = `tensor ${quoted(name)}`;
    const size = sizeOf(shape, limits.numbers - values, what) * bytesOf[type];
    const found = range.end - range.begin;
    if (found !== size) throw new Unreadable(`${what}: expected ${size} bytes of values, found ${found}`);
    if (range.begin !== end)
      throw new Unreadable(`${what}: expected its values from byte ${end}, found ${range.begin}`);
    end = range.end;
    values += size / bytesOf[type];
  }
  if (end !== bytes.length - start) {
    throw new Unreadable(`expected ${end} bytes of values, found ${bytes.length - start}`);
  }
  return entries.map(({ name, type, shape, begin, end }) => ({
    name,
    type,
    shape,
    values: decodeFloats(bytes.subarray(start + begin, start + end), type, true),
  }));
}

/** The kernel's reader refuses a key that stands twice, where JSON.parse would keep the last. */
function readHeader(bytes: Uint8Array): Entry[] {
  let header: Json;
  try {
    header = readJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), defaultLimits);
  } catch (error) {
    if (error instanceof Refusal) throw new Unreadable(`the header is no JSON: ${escaped(error.message, 200)}`);
    throw new Unreadable('the header is no UTF-8');
  }
  if (!(header instanceof Map)) throw new Unreadable('expected a record as the header');
  return [...header].flatMap(([name, entry]) => (name === '__metadata__' ? [] : [readEntry(name, entry)]));
}

function readEntry(name: string, entry: Json): Entry {
  const what = `tensor ${quoted(name)}`;
  if (!(entry instanceof Map)) throw new Unreadable(`${what}: expected a record`);
  const typeName = entry.get('dtype');
  const type = typeof typeName === 'string' ? typeNames.get(typeName) : undefined;
  if (type === undefined) {
    const found = typeof typeName === 'string' ? quoted(typeName) : 'none';
    throw new Unreadable(`${what}: expected F16, BF16, F32 or F64, found the type ${found}`);
  }
  const shape = counts(entry.get('shape'), 32);
  const [begin, end] = counts(entry.get('data_offsets'), 2) ?? [];
  if (shape === null) throw new Unreadable(`${what}: expected a list of counts as its shape`);
  if (begin === undefined || end === undefined || begin > end) {
    throw new Unreadable(`${what}: expected two rising counts as data_offsets`);
  }
  return { name, type, shape, begin, end };
}

function counts(json: Json | undefined, atMost: number): number[] | null {
  if (!Array.isArray(json) || json.length > atMost) return null;
  const list = json.map((element: Json) => {
    const text = typeof element === 'object' && element !== null && 'number' in element ? element.number : '';
    return /^(?:0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : -1;
  });
  return list.includes(-1) ? null : list;
}
