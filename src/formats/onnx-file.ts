/**
 * Reads the protocol buffers of an ONNX model: its nodes, and the tensors that it contains. Field numbers are those of
 * https://github.com/onnx/onnx/blob/v1.12.0/onnx/onnx.proto; what a model may say and cairn needs not is skipped.
 */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { Limits } from '../kernel/limits.js';
import { bytesOf, decodeFloats, type FloatTensor, type FloatType, sizeOf } from './float-tensor.js';
import { quoted } from './quoted.js';
import { Unreadable } from './unreadable.js';

export interface OnnxModel {
  /** of the operators without a domain of their own */
  readonly opset: number;
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, OnnxTensor>;
  /** those that are no constants */
  readonly inputs: readonly OnnxInput[];
  readonly outputs: readonly string[];
}

export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  /** empty for ONNX's own operators */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

export type OnnxAttribute =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'integers'; readonly values: readonly number[] }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: OnnxTensor }
  | { readonly kind: 'other' };

export type OnnxTensor =
  | { readonly kind: 'floats'; readonly tensor: FloatTensor }
  | { readonly kind: 'integers'; readonly shape: readonly number[]; readonly values: readonly number[] }
  /** of a type that no layer has */
  | { readonly kind: 'other' };

export interface OnnxInput {
  readonly name: string;
  /** null where the model does not say; an extent is null where it is a variable */
  readonly shape: readonly (number | null)[] | null;
}

const onnxDomain = 'ai.onnx';
/** Fields of all messages: far more than a model of this size needs, and few enough to keep in memory. */
const mostParts = 1_000_000;
/** Integers are shapes, paddings and the like. */
const mostIntegers = 1_000;
const floatTypes: Readonly<Record<number, FloatType>> = { 1: 'float32', 10: 'float16', 11: 'float64', 16: 'bfloat16' };
const [int32, int64] = [6, 7];

/** @throws Unreadable */
export function readOnnx(bytes: Uint8Array, limits: Pick<Limits, 'numbers'>): OnnxModel {
  return new OnnxReader(limits.numbers).model(bytes);
}

/** Reads one field of a message. */
type Field = (reader: BinaryReader, wire: WireType) => void;
/** By their numbers; others are skipped. */
type Fields = Readonly<Record<number, Field>>;

function field<V>(expected: WireType, read: (reader: BinaryReader) => V, set: (value: V) => void): Field {
  return (reader, wire) => {
    if (wire !== expected) throw new RangeError('another wire type');
    set(read(reader));
  };
}

const text = (set: (value: string) => void): Field =>
  field(WireType.LengthDelimited, (reader) => reader.string(true), set);
const part = (set: (bytes: Uint8Array) => void): Field =>
  field(WireType.LengthDelimited, (reader) => reader.bytes(), set);
const integer = (set: (value: number) => void): Field =>
  field(WireType.Varint, (reader) => toNumber(reader.int64()), set);
const float = (set: (value: number) => void): Field => field(WireType.Bit32, (reader) => reader.float(), set);

/** A list: many values after their length, or one at a time. */
function integers(into: number[], atMost = mostIntegers): Field {
  const add = (reader: BinaryReader): void => {
    if (into.length >= atMost) throw new Unreadable(`expected a list of at most ${atMost} integers, found more`);
    into.push(toNumber(reader.int64()));
  };
  return (reader, wire) => {
    if (wire === WireType.Varint) return add(reader);
    const list = new BinaryReader(reader.bytes());
    while (list.pos < list.len) add(list);
  };
}

/** A list of values of the size of this wire type. */
function fixed(size: WireType.Bit32 | WireType.Bit64, into: Uint8Array[]): Field {
  return (reader, wire) => {
    if (wire !== size && wire !== WireType.LengthDelimited) throw new RangeError('another wire type');
    into.push(wire === size ? reader.skip(wire) : reader.bytes());
  };
}

function toNumber(value: bigint | string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new Unreadable(`expected an integer below 2^53 in size, found ${value}`);
  return number;
}

type Graph = Omit<OnnxModel, 'opset'>;

class OnnxReader {
  #parts = 0;
  /** how many values may still be read */
  #values: number;

  constructor(values: number) {
    this.#values = values;
  }

  model(bytes: Uint8Array): OnnxModel {
    let opset = 0;
    const graphs: Graph[] = [];
    this.#message(bytes, 'a model', {
      7: part((graph) => graphs.push(this.#graph(graph))),
      8: part((given) => {
        let [domain, version] = ['', 0];
        this.#message(given, 'an opset', {
          1: text((value) => {
            domain = value;
          }),
          2: integer((value) => {
            version = value;
          }),
        });
        if (domain === '' || domain === onnxDomain) opset = version;
      }),
    });
    const [graph, second] = graphs;
    if (graph === undefined || second !== undefined || opset === 0) {
      throw new Unreadable('expected an ONNX model, found no graph, two of them, or no opset');
    }
    return { opset, ...graph };
  }

  #graph(bytes: Uint8Array): Graph {
    const nodes: OnnxNode[] = [];
    const constants = new Map<string, OnnxTensor>();
    const inputs: OnnxInput[] = [];
    const outputs: string[] = [];
    this.#message(bytes, 'a graph', {
      1: part((node) => nodes.push(this.#node(node))),
      5: part((given) => {
        const { name, tensor } = this.#tensor(given);
        if (constants.has(name)) throw new Unreadable(`two tensors are named ${quoted(name)}`);
        constants.set(name, tensor);
      }),
      11: part((input) => inputs.push(this.#input(input))),
      12: part((output) => outputs.push(this.#input(output).name)),
      15: part(() => {
        throw new Unreadable('sparse tensors are not read');
      }),
    });
    return { nodes, constants, inputs: inputs.filter(({ name }) => !constants.has(name)), outputs };
  }

  #node(bytes: Uint8Array): OnnxNode {
    let [name, operator, domain] = ['', '', ''];
    const inputs: string[] = [];
    const outputs: string[] = [];
    const attributes = new Map<string, OnnxAttribute>();
    this.#message(bytes, 'a node', {
      1: text((value) => inputs.push(value)),
      2: text((value) => outputs.push(value)),
      3: text((value) => {
        name = value;
      }),
      4: text((value) => {
        operator = value;
      }),
      5: part((given) => {
        const [key, value] = this.#attribute(given);
        attributes.set(key, value);
      }),
      7: text((value) => {
        domain = value === onnxDomain ? '' : value;
      }),
    });
    return { name, operator, domain, inputs, outputs, attributes };
  }

  #attribute(bytes: Uint8Array): readonly [string, OnnxAttribute] {
    let name = '';
    let attribute: OnnxAttribute = { kind: 'other' };
    const list: number[] = [];
    const readList = integers(list);
    this.#message(bytes, 'an attribute', {
      1: text((value) => {
        name = value;
      }),
      2: float((value) => {
        attribute = { kind: 'float', value };
      }),
      3: integer((value) => {
        attribute = { kind: 'integer', value };
      }),
      4: text((value) => {
        attribute = { kind: 'text', value };
      }),
      5: part((value) => {
        attribute = { kind: 'tensor', value: this.#tensor(value).tensor };
      }),
      8: (reader, wire) => {
        readList(reader, wire);
        attribute = { kind: 'integers', values: list };
      },
    });
    return [name, attribute];
  }

  /** Inputs and outputs of the graph. */
  #input(bytes: Uint8Array): OnnxInput {
    let name = '';
    let shape: (number | null)[] | null = null;
    const readShape = (given: Uint8Array): void => {
      const extents: (number | null)[] = [];
      this.#message(given, 'a shape', {
        1: part((dimension) => {
          let extent: number | null = null;
          this.#message(dimension, 'a shape', {
            1: integer((value) => {
              extent = value;
            }),
          });
          extents.push(extent);
        }),
      });
      shape = extents;
    };
    this.#message(bytes, 'an input', {
      1: text((value) => {
        name = value;
      }),
      2: part((type) =>
        this.#message(type, 'a type', {
          1: part((tensor) => this.#message(tensor, 'a type', { 2: part(readShape) })),
        }),
      ),
    });
    return { name, shape };
  }

  #tensor(bytes: Uint8Array): { readonly name: string; readonly tensor: OnnxTensor } {
    let [name, type, external] = ['', 0, false];
    let raw: Uint8Array | null = null;
    const shape: number[] = [];
    const lists = {
      float32: [] as Uint8Array[],
      float64: [] as Uint8Array[],
      int32: [] as number[],
      int64: [] as number[],
    };
    this.#message(bytes, 'a tensor', {
      1: integers(shape),
      2: integer((value) => {
        type = value;
      }),
      4: fixed(WireType.Bit32, lists.float32),
      5: integers(lists.int32, this.#values),
      7: integers(lists.int64),
      8: text((value) => {
        name = value;
      }),
      9: part((value) => {
        raw = value;
      }),
      10: fixed(WireType.Bit64, lists.float64),
      13: part(() => {
        external = true;
      }),
      14: integer((value) => {
        external ||= value !== 0;
      }),
    });
    const what = `tensor ${quoted(name)}`;
    if (external) {
      throw new Unreadable(`${what}: its values are in another file; onnx.save(onnx.load(FILE), ONE) writes one file`);
    }
    if (shape.some((extent) => extent < 0)) throw new Unreadable(`${what}: expected extents ≥ 0, found a negative one`);
    const size = sizeOf(shape, this.#values, what);
    this.#values -= size;
    const floatType = floatTypes[type];
    if (floatType !== undefined) {
      const content = raw ?? listedFloats(floatType, lists);
      if (content.length !== size * bytesOf[floatType]) {
        const expected = `expected ${size * bytesOf[floatType]} bytes of values`;
        throw new Unreadable(`${what}: ${expected}, found ${content.length}`);
      }
      const values = decodeFloats(content, floatType, true);
      return { name, tensor: { kind: 'floats', tensor: { name, type: floatType, shape, values } } };
    }
    if (type !== int32 && type !== int64) return { name, tensor: { kind: 'other' } };
    const listed = type === int64 ? lists.int64 : lists.int32;
    const values = raw === null ? listed : rawIntegers(raw, type === int64 ? 8 : 4);
    if (values.length !== size) throw new Unreadable(`${what}: expected ${size} values, found ${values.length}`);
    return { name, tensor: { kind: 'integers', shape, values } };
  }

  #count(): void {
    this.#parts++;
    if (this.#parts > mostParts) throw new Unreadable(`expected a model of at most ${mostParts} parts, found more`);
  }

  #message(bytes: Uint8Array, what: string, fields: Fields): void {
    const reader = new BinaryReader(bytes);
    try {
      while (reader.pos < reader.len) {
        this.#count();
        const [number, wire] = reader.tag();
        const read = fields[number];
        if (read === undefined) reader.skip(wire, number);
        else read(reader, wire);
        if (reader.pos > reader.len) throw new RangeError('cut off');
      }
    } catch (error) {
      if (error instanceof Unreadable) throw error;
      throw new Unreadable(`expected an ONNX model, found ${what} that is damaged or cut off`);
    }
  }
}

/** Half floats stand in a list of integers. */
function listedFloats(
  type: FloatType,
  lists: { readonly float32: Uint8Array[]; readonly float64: Uint8Array[]; readonly int32: number[] },
): Uint8Array {
  if (type === 'float32' || type === 'float64') return Buffer.concat(lists[type]);
  return Uint8Array.from(lists.int32.flatMap((bits) => [bits & 255, (bits >> 8) & 255]));
}

function rawIntegers(raw: Uint8Array, size: 4 | 8): number[] {
  if (raw.length > size * mostIntegers) return [];
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Array.from({ length: Math.floor(raw.length / size) }, (_, i) =>
    size === 8 ? toNumber(view.getBigInt64(8 * i, true)) : view.getInt32(4 * i, true),
  );
}
