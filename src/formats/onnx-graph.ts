/**
 * Puts the nodes of an ONNX graph in a row: one after the other, with a residual sum where a value is added to what became of it.
 * Activations that exporters spell out in several nodes (silu, gelu) are recognised here.
 */
import type { OnnxModel, OnnxNode, OnnxTensor } from './onnx-file.js';
import { Attributes, refuse, scalar } from './onnx-node.js';
import { quoted } from './quoted.js';
import { Unreadable } from './unreadable.js';
import type { Fields } from './write.js';

export type Step =
  | { readonly kind: 'node'; readonly node: OnnxNode }
  /** an activation of several nodes, the last of which is `node` */
  | { readonly kind: 'activation'; readonly node: OnnxNode; readonly activation: Fields }
  | { readonly kind: 'residual'; readonly node: OnnxNode; readonly steps: readonly Step[] };

/** Deeper residual layers than the kernel reads. */
const deepest = 100;
const hints = new Map(
  Object.entries({
    Softmax: 'it has no counterpart; the loss cross-entropy contains it, so export the model up to its logits',
    LogSoftmax: 'it has no counterpart; the loss cross-entropy contains it, so export the model up to its logits',
    BatchNormalization: 'it has no counterpart; export in eval mode, which merges it into the layer before it',
    PRelu: 'a trained slope has no counterpart',
  }),
);

export class OnnxGraph {
  readonly constants: Map<string, OnnxTensor>;
  readonly input: string;
  readonly output: string;
  readonly #producers = new Map<string, { readonly node: OnnxNode; readonly index: number }>();
  readonly #used = new Set<OnnxNode>();

  /** @throws Unreadable where there is not one input and one output */
  constructor({ nodes, constants, inputs, outputs }: OnnxModel) {
    const [input, output] = [inputs[0], outputs[0]];
    if (input === undefined || inputs.length > 1) {
      const names = inputs.slice(0, 5).map(({ name }) => quoted(name));
      throw new Unreadable(`expected a model of one input, found ${inputs.length}: ${names.join(', ')}`);
    }
    if (output === undefined || outputs.length > 1) {
      const names = outputs.slice(0, 5).map(quoted);
      throw new Unreadable(`expected a model of one output, found ${outputs.length}: ${names.join(', ')}`);
    }
    this.input = input.name;
    this.output = output;
    this.constants = new Map(constants);
    for (const [index, node] of nodes.entries()) this.#add(node, index);
  }

  /** What becomes of the input until it is the output. */
  steps(): readonly Step[] {
    return this.#between(this.input, this.output, 0, (value) => {
      throw new Unreadable(`no node makes the value ${quoted(value)} from the model's input`);
    });
  }

  /** The node that makes a value, if it is of this operator. */
  producer(value: string | undefined, operator: string): OnnxNode | null {
    const node = this.#producers.get(value ?? '')?.node;
    return node?.operator === operator && node.domain === '' && node.outputs[0] === value ? node : null;
  }

  #add(node: OnnxNode, index: number): void {
    const constant = node.domain === '' ? this.#constantOf(node) : undefined;
    for (const output of node.outputs) {
      if (output === '') continue;
      if (this.constants.has(output) || this.#producers.has(output) || output === this.input) {
        refuse(node, `the value ${quoted(output)} is made twice`);
      }
      if (constant === undefined) this.#producers.set(output, { node, index });
      else this.constants.set(output, constant);
    }
  }

  #constantOf(node: OnnxNode): OnnxTensor | undefined {
    if (node.operator === 'Identity') return this.constants.get(node.inputs[0] ?? '');
    if (node.operator !== 'Constant') return undefined;
    const [name = ''] = node.outputs;
    const [[key, attribute] = [undefined, undefined], second] = node.attributes;
    if (second !== undefined) return refuse(node, 'expected one value');
    if (key === 'value' && attribute?.kind === 'tensor') return attribute.value;
    if (key === 'value_float' && attribute?.kind === 'float') {
      const tensor = { name, type: 'float32', shape: [], values: Float64Array.of(attribute.value) } as const;
      return { kind: 'floats', tensor };
    }
    if (key === 'value_int' && attribute?.kind === 'integer') {
      return { kind: 'integers', shape: [], values: [attribute.value] };
    }
    if (key === 'value_ints' && attribute?.kind === 'integers') {
      return { kind: 'integers', shape: [attribute.values.length], values: attribute.values };
    }
    return { kind: 'other' };
  }

  /**
   * From the end backwards: every value has one producer.
   *
   * @param missed  what is said where `to` did not come of `from`
   */
  #between(from: string, to: string, depth: number, missed: (at: string) => never): readonly Step[] {
    const steps: Step[] = [];
    for (let value = to; value !== from; ) {
      if (this.#indexOf(value) <= this.#indexOf(from)) missed(value);
      const [step, before] = this.#stepTo(value, depth);
      steps.push(step);
      value = before;
    }
    return steps.reverse();
  }

  /** @returns the last step on the way to a value, and the value before it */
  #stepTo(value: string, depth: number): readonly [Step, string] {
    const made = this.#producers.get(value);
    if (made === undefined) throw new Unreadable(`no node makes the value ${quoted(value)}`);
    const { node } = made;
    this.#use(node);
    if (node.outputs[0] !== value) refuse(node, 'only its first output has a counterpart');
    if (node.domain !== '') refuse(node, 'the operator has no counterpart');
    const hint = hints.get(node.operator);
    if (hint !== undefined) refuse(node, hint);
    // The shape that Reshape is given may be computed: whoever reads the node looks at it.
    const given = node.operator === 'Reshape' ? node.inputs.slice(0, 1) : node.inputs;
    const [a, b, c] = given.filter((name) => name !== '' && !this.constants.has(name));
    if (a === undefined || c !== undefined) return refuse(node, 'the operator has no counterpart with these inputs');
    if (node.operator === 'Mul') return this.#product(node, a, b);
    if (b === undefined) return [{ kind: 'node', node }, a];
    if (node.operator !== 'Add')
      return refuse(node, 'the operator has no counterpart with two inputs that are computed');
    return this.#residual(node, a, b, depth);
  }

  #residual(node: OnnxNode, a: string, b: string, depth: number): readonly [Step, string] {
    if (a === b) refuse(node, 'a value is added to itself');
    if (depth >= deepest) refuse(node, `expected at most ${deepest} residual sums inside each other`);
    new Attributes(node).end();
    // A graph is sorted, so what came of a value is made after it.
    const [fork, through] = this.#indexOf(a) < this.#indexOf(b) ? [a, b] : [b, a];
    const steps = this.#between(fork, through, depth + 1, () =>
      refuse(node, 'it adds two values of which neither came of the other'),
    );
    return [{ kind: 'residual', node, steps }, fork];
  }

  #indexOf(value: string): number {
    return this.#producers.get(value)?.index ?? -1;
  }

  /** x·sigmoid(x), x·hardsigmoid(x), x·x, and gelu as ((x·(erf(x/√2) + 1))·½). */
  #product(node: OnnxNode, a: string, b: string | undefined): readonly [Step, string] {
    new Attributes(node).end();
    if (b === undefined) return this.#gelu(node, a);
    const step = (name: string): Step => ({ kind: 'activation', node, activation: { function: name } });
    if (a === b) return [step('quadratic'), a];
    for (const [x, gate] of [
      [a, b],
      [b, a],
    ] as const) {
      const sigmoid = this.producer(gate, 'Sigmoid');
      if (sigmoid !== null && sigmoid.inputs[0] === x) {
        this.#use(sigmoid);
        return [step('silu'), x];
      }
      const hard = this.producer(gate, 'HardSigmoid');
      if (hard !== null && hard.inputs[0] === x) {
        const attributes = new Attributes(hard);
        const [alpha, beta] = [attributes.float('alpha', Math.fround(0.2)), attributes.float('beta', 0.5)];
        if (alpha !== Math.fround(1 / 6) || beta !== 0.5) refuse(node, 'it is not quite hardswish');
        this.#use(hard);
        return [step('hardswish'), x];
      }
    }
    return refuse(node, 'a product of two values has no counterpart');
  }

  #gelu(node: OnnxNode, inner: string): readonly [Step, string] {
    const other = (of: OnnxNode, value: string): string | undefined => of.inputs.find((name) => name !== value);
    const isNumber = (name: string | undefined, value: number): boolean =>
      scalar(this.constants, name) === Math.fround(value);
    const product = this.producer(inner, 'Mul');
    if (product !== null && isNumber(other(node, inner), 0.5)) {
      for (const [x, shifted] of [product.inputs, product.inputs.toReversed()] as readonly (readonly string[])[]) {
        const sum = this.producer(shifted, 'Add');
        const erf = sum?.inputs.map((name) => this.producer(name, 'Erf')).find((found) => found !== null);
        const quotient = this.producer(erf?.inputs[0], 'Div');
        if (sum === null || !erf || quotient === null || x === undefined || quotient.inputs[0] !== x) continue;
        if (!isNumber(other(sum, erf.outputs[0] ?? ''), 1) || !isNumber(quotient.inputs[1], Math.SQRT2)) continue;
        for (const part of [product, sum, erf, quotient]) this.#use(part);
        return [{ kind: 'activation', node, activation: { function: 'gelu' } }, x];
      }
    }
    return refuse(node, 'a product with a constant has no counterpart');
  }

  /** Every node stands in one place of a row; what is read twice elsewhere would be computed by shared weights. */
  #use(node: OnnxNode): void {
    if (this.#used.has(node)) refuse(node, 'its value is used in two places that are no residual sum');
    this.#used.add(node);
  }
}
