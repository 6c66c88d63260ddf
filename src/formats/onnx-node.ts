import type { OnnxAttribute, OnnxNode, OnnxTensor } from './onnx-file.js';
import { quoted } from './quoted.js';
import { Unreadable } from './unreadable.js';

export type Constants = ReadonlyMap<string, OnnxTensor>;

/** Ends the import at a node, by its name and its operator. */
export function refuse(node: OnnxNode, what: string): never {
  const named = node.name === '' ? `the node of ${quoted(node.outputs[0] ?? '')}` : `node ${quoted(node.name)}`;
  const operator = node.domain === '' ? node.operator : `${node.domain}.${node.operator}`;
  throw new Unreadable(`${named} (${quoted(operator).slice(1, -1)}): ${what}`);
}

/** The attributes of one node. Each is asked for by name, and one that nobody asked for may change what the node means. */
export class Attributes {
  readonly #asked = new Set<string>();

  constructor(readonly node: OnnxNode) {}

  integer(name: string, otherwise: number): number {
    return this.#get(name, 'integer')?.value ?? otherwise;
  }

  float(name: string, otherwise: number): number {
    return this.#get(name, 'float')?.value ?? otherwise;
  }

  text(name: string, otherwise: string): string {
    return this.#get(name, 'text')?.value ?? otherwise;
  }

  integers(name: string): readonly number[] | null {
    return this.#get(name, 'integers')?.values ?? null;
  }

  /** @throws Unreadable where an integer has another value */
  only(name: string, value: number): void {
    const found = this.integer(name, value);
    if (found !== value) refuse(this.node, `expected the attribute ${name} to be ${value}, found ${found}`);
  }

  /** Attributes that make no difference here. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#asked.add(name);
  }

  /** @throws Unreadable where there is an attribute that nobody asked for */
  end(): void {
    const unknown = [...this.node.attributes.keys()].find((name) => !this.#asked.has(name));
    if (unknown !== undefined) refuse(this.node, `the attribute ${quoted(unknown)} has no counterpart`);
  }

  #get<K extends OnnxAttribute['kind']>(name: string, kind: K): Extract<OnnxAttribute, { readonly kind: K }> | null {
    this.#asked.add(name);
    const attribute = this.node.attributes.get(name);
    if (attribute === undefined) return null;
    if (!isKind(attribute, kind)) return refuse(this.node, `the attribute ${name} is of another type`);
    return attribute;
  }
}

function isKind<K extends OnnxAttribute['kind']>(
  attribute: OnnxAttribute,
  kind: K,
): attribute is Extract<OnnxAttribute, { readonly kind: K }> {
  return attribute.kind === kind;
}

/** @returns the one value of a constant, or null where the name is no such constant */
export function scalar(constants: Constants, name: string | undefined): number | null {
  const constant = name === undefined ? undefined : constants.get(name);
  if (constant?.kind !== 'floats' || constant.tensor.values.length !== 1) return null;
  return constant.tensor.values[0] ?? null;
}
