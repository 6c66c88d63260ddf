/** Writes the binary formats that cairn reads, right or wrong in any place that a test names. */
import { crc32, deflateRawSync } from 'node:zlib';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

export interface Zipped {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly deflated?: boolean;
  readonly method?: number;
  readonly flags?: number;
  /** what the archive says of the size, the checksum, the place and the name before the file */
  readonly size?: number;
  readonly crc?: number;
  readonly offset?: number;
  readonly localName?: string;
}

export function zip(files: readonly Zipped[], { comment = '', count = files.length } = {}): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, bytes, deflated = false, flags = 0, localName = name, ...said } of files) {
    const packed = deflated ? deflateRawSync(bytes) : Buffer.from(bytes);
    const { method = deflated ? 8 : 0, size = bytes.length, crc = crc32(bytes), offset = at } = said;
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(flags, 2);
    shared.writeUInt16LE(method, 4);
    shared.writeUInt32LE(crc, 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(size, 18);
    const local = Buffer.from(shared);
    local.writeUInt16LE(Buffer.byteLength(localName), 22);
    shared.writeUInt16LE(Buffer.byteLength(name), 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\u0001\u0002\0\0', 'latin1'), shared, tail, Buffer.from(name));
    const before = [Buffer.from('PK\u0003\u0004', 'latin1'), local, Buffer.from(localName), packed];
    parts.push(...before);
    at += before.reduce((sum, part) => sum + part.length, 0);
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(
    directory.reduce((sum, part) => sum + part.length, 0),
    8,
  );
  end.writeUInt32LE(at, 12);
  end.writeUInt16LE(comment.length, 16);
  return Buffer.concat([...parts, ...directory, Buffer.from('PK\u0005\u0006', 'latin1'), end, Buffer.from(comment)]);
}

/** @param header  the dictionary, or what stands in its place */
export function npy(header: string, values: Uint8Array, version = 1): Uint8Array {
  const text = Buffer.from(`${header}\n`, 'latin1');
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(text.length);
  else length.writeUInt32LE(text.length);
  return Buffer.concat([Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]), length, text, values]);
}

export function doubles(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Float64Array.from(values).buffer);
}

export function floats(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

export function dictionary(shape: string, descr = '<f8', fortran = 'False'): string {
  return `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${shape}), }`;
}

/** @param header  an object, or the text of the header */
export function safetensors(header: object | string, values: Uint8Array): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, values]);
}

export type Attribute = number | string | readonly number[] | { readonly f: number } | { readonly t: Tensor };

export interface Tensor {
  readonly name?: string;
  readonly shape: readonly number[];
  /** float32, unless integers are asked for */
  readonly values: readonly number[];
  readonly type?: number;
  readonly raw?: Uint8Array;
  /** where the values stand: raw bytes, or a list of their own */
  readonly listed?: boolean;
  readonly external?: boolean;
}

export interface Node {
  readonly op: string;
  readonly in: readonly string[];
  readonly out: string | readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly with?: Readonly<Record<string, Attribute>>;
}

export interface Model {
  readonly nodes: readonly Node[];
  readonly tensors?: Readonly<Record<string, Tensor>>;
  /** null: no shape; an extent that is a text is a variable */
  readonly input?: readonly (number | string)[] | null;
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly opset?: number;
}

export function onnx({
  nodes,
  tensors = {},
  input = ['n', 2],
  inputs = ['x'],
  outputs = ['y'],
  opset = 13,
}: Model): Uint8Array {
  const graph = message([
    ...nodes.map((node) => part(1, nodeBytes(node))),
    ...Object.entries(tensors).map(([name, tensor]) => part(5, tensorBytes({ name, ...tensor }))),
    ...inputs.map((name) => part(11, valueBytes(name, input))),
    ...outputs.map((name) => part(12, valueBytes(name, null))),
  ]);
  const operators = message([text(1, ''), integer(2, opset)]);
  return message([integer(1, 8), text(2, 'test'), part(7, graph), part(8, operators)]);
}

type Write = (writer: BinaryWriter) => void;

export function message(fields: readonly Write[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const write of fields) write(writer);
  return writer.finish();
}

export const part = (field: number, bytes: Uint8Array): Write => {
  return (writer) => void writer.tag(field, WireType.LengthDelimited).bytes(bytes);
};
export const text = (field: number, value: string): Write => part(field, Buffer.from(value));
export const integer = (field: number, value: number): Write => {
  return (writer) => void writer.tag(field, WireType.Varint).int64(value);
};

function nodeBytes({ op, in: inputs, out, name = '', domain = '', with: attributes = {} }: Node): Uint8Array {
  return message([
    ...inputs.map((value) => text(1, value)),
    ...[out].flat().map((value) => text(2, value)),
    text(3, name),
    text(4, op),
    text(7, domain),
    ...Object.entries(attributes).map(([key, value]) => part(5, message([text(1, key), ...attribute(value)]))),
  ]);
}

function attribute(value: Attribute): Write[] {
  if (typeof value === 'number') return [integer(3, value)];
  if (typeof value === 'string') return [text(4, value)];
  if ('f' in value) return [(writer) => void writer.tag(2, WireType.Bit32).float(value.f)];
  if ('t' in value) return [part(5, tensorBytes(value.t))];
  return value.map((n) => integer(8, n));
}

function tensorBytes({
  name = '',
  shape,
  values,
  type = 1,
  raw,
  listed = false,
  external = false,
}: Tensor): Uint8Array {
  const list: Record<number, Write> = {
    1: part(4, floats(...values)),
    7: (writer) => {
      for (const value of values) integer(7, value)(writer);
    },
    10: (writer) => {
      for (const value of values) integer(5, value)(writer);
    },
    11: part(10, doubles(...values)),
  };
  const packed = type === 7 ? new Uint8Array(BigInt64Array.from(values, BigInt).buffer) : floats(...values);
  const content = listed ? list[type] : part(9, raw ?? packed);
  return message([
    ...shape.map((extent) => integer(1, extent)),
    integer(2, type),
    text(8, name),
    ...(content === undefined ? [] : [content]),
    ...(external ? [part(13, message([text(1, 'location'), text(2, '/etc/passwd')])), integer(14, 1)] : []),
  ]);
}

function valueBytes(name: string, shape: readonly (number | string)[] | null): Uint8Array {
  const extents = shape?.map((extent) =>
    part(1, message([typeof extent === 'number' ? integer(1, extent) : text(2, extent)])),
  );
  const tensor = message([integer(1, 1), ...(extents === undefined ? [] : [part(2, message(extents))])]);
  return message([text(1, name), part(2, message([part(1, tensor)]))]);
}
