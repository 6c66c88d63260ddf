/**
 * The network that an ONNX model computes, in the words of the format, and its weights. A model whose every node is known becomes
 * a network that is the same function of the inputs and the weights; any other is refused, with the name of the node.
 */
import type { Limits } from '../kernel/limits.js';
import { type FloatTensor, shapeText, transposed } from './float-tensor.js';
import { activationOf } from './onnx-activation.js';
import { type OnnxInput, type OnnxNode, readOnnx } from './onnx-file.js';
import { OnnxGraph, type Step } from './onnx-graph.js';
import { Attributes, refuse } from './onnx-node.js';
import { quoted, visible } from './quoted.js';
import { tensorNotes, tensorPoint } from './tensor-point.js';
import { orRefused, Unreadable, type UnreadableFile } from './unreadable.js';
import type { Fields } from './write.js';

export interface ImportedNetwork {
  readonly kind: 'network';
  /** as the problem file says it */
  readonly network: Fields;
  /** entries of one input, Πinput */
  readonly inputs: number;
  readonly outputs: number;
  /** its weights, as a point file says it */
  readonly point: Fields;
  /** what became of which tensor, a line each */
  readonly notes: readonly string[];
}

/** The oldest opset whose operators mean what is read here: before, Add did not broadcast as it does now. */
const oldestOpset = 7;

/** @param bytes  an ONNX file (untrusted) */
export function parseOnnxNetwork(bytes: Uint8Array, limits: Pick<Limits, 'numbers'>): ImportedNetwork | UnreadableFile {
  return orRefused(() => {
    const model = readOnnx(bytes, limits);
    if (model.opset < oldestOpset) {
      throw new Unreadable(`expected opset ${oldestOpset} or later, found ${model.opset}`);
    }
    const graph = new OnnxGraph(model);
    const { batch, shape } = inputShape(model.inputs[0] as OnnxInput);
    const builder = new Builder(graph, batch, shape);
    const entries = withoutLastFlatten(builder.read(graph.steps()));
    const last = entries.at(-1);
    if (last === undefined) throw new Unreadable('expected a layer with weights, found none');
    if (last.kind === 'activation') {
      refuse(last.node, 'a network ends with a dense layer or a convolution: export the model up to its logits');
    }
    const names = new Set<string>();
    const placed = affineEntries(entries, '$.network.layers').map(({ entry, path }) => ({
      tensors: { weights: entry.weights, bias: entry.bias },
      path,
      label: entry.name === null ? entry.type : `${entry.type} ${quoted(entry.name)}`,
    }));
    return {
      kind: 'network',
      inputs: shape.reduce((size, extent) => size * extent, 1),
      outputs: builder.size,
      network: { input: shape, layers: entries.map((entry) => entryFields(entry, names)) },
      point: tensorPoint(placed.map(({ tensors }) => tensors)),
      notes: [...placed.flatMap(({ tensors, path, label }) => tensorNotes(tensors, path, label)), ...builder.notes],
    };
  });
}

/** The first extent is the number of samples. */
function inputShape({ name, shape }: OnnxInput): { readonly batch: number | null; readonly shape: readonly number[] } {
  const [batch, ...extents] = shape ?? [];
  const known = extents.filter((extent) => extent !== null && extent > 0 && extent < 2 ** 31) as number[];
  if (batch === undefined || extents.length === 0 || extents.length > 3 || known.length < extents.length) {
    const found = shape === null ? 'none' : `[${shape.map((extent) => extent ?? '?').join(', ')}]`;
    throw new Unreadable(
      `input ${quoted(name)}: expected the shape [samples, d] or [samples, channels, …], found ${found}`,
    );
  }
  return { batch, shape: known };
}

type Entry =
  | { readonly kind: 'plain'; readonly fields: Fields }
  | { readonly kind: 'activation'; readonly fields: Fields; readonly node: OnnxNode }
  | { readonly kind: 'residual'; readonly entries: readonly Entry[] }
  | AffineEntry;

interface AffineEntry {
  readonly kind: 'affine';
  readonly type: 'dense' | 'conv1d' | 'conv2d';
  /** units, or channels, kernel, stride and padding */
  readonly fields: Fields;
  readonly weights: FloatTensor;
  /** an Add that follows may bring it */
  bias: FloatTensor | null;
  readonly name: string | null;
}

function entryFields(entry: Entry, names: Set<string>): Fields {
  switch (entry.kind) {
    case 'plain':
    case 'activation':
      return entry.fields;
    case 'residual':
      return { type: 'residual', layers: entry.entries.map((inner) => entryFields(inner, names)) };
    case 'affine': {
      const { type, fields, bias, name } = entry;
      const isNew = name !== null && !names.has(name);
      if (isNew) names.add(name);
      return { type, ...fields, ...(bias === null ? { bias: false } : {}), ...(isNew ? { name } : {}) };
    }
  }
}

function affineEntries(
  entries: readonly Entry[],
  path: string,
): { readonly entry: AffineEntry; readonly path: string }[] {
  return entries.flatMap((entry, i) => {
    if (entry.kind === 'affine') return [{ entry, path: `${path}[${i}]` }];
    return entry.kind === 'residual' ? affineEntries(entry.entries, `${path}[${i}].layers`) : [];
  });
}

/** An output is one flat row anyway. */
function withoutLastFlatten(entries: readonly Entry[]): readonly Entry[] {
  const last = entries.at(-1);
  return last?.kind === 'plain' && last.fields['type'] === 'flatten' ? entries.slice(0, -1) : entries;
}

/** Reads steps in order, shape by shape. */
class Builder {
  readonly notes: string[] = [];
  /** tensors that are some layer's */
  readonly #taken = new Set<FloatTensor>();

  constructor(
    readonly graph: OnnxGraph,
    /** how many samples the model was exported for, or null for any number */
    readonly batch: number | null,
    /** of what comes out of the last step, for one sample: entries, or channels and extents */
    public shape: readonly number[],
  ) {}

  read(steps: readonly Step[]): readonly Entry[] {
    const entries: Entry[] = [];
    for (const step of steps) {
      if (step.kind === 'node') this.#node(step.node, entries);
      else if (step.kind === 'residual') this.#residual(step.node, step.steps, entries);
      else entries.push({ kind: 'activation', fields: { type: 'activation', ...step.activation }, node: step.node });
    }
    return entries;
  }

  #residual(node: OnnxNode, steps: readonly Step[], entries: Entry[]): void {
    const before = shapeText(this.shape);
    const inner = this.read(steps);
    const after = shapeText(this.shape);
    if (after !== before) refuse(node, `it adds values of different shapes, ${before} and ${after}`);
    if (inner.length === 0) refuse(node, 'a value is added to itself');
    entries.push({ kind: 'residual', entries: inner });
  }

  #node(node: OnnxNode, entries: Entry[]): void {
    const activation = activationOf(node, this.graph.constants);
    if (activation !== null) {
      entries.push({ kind: 'activation', fields: { type: 'activation', ...activation }, node });
      return;
    }
    const attributes = new Attributes(node);
    this.#layer(node, attributes, entries);
    attributes.end();
  }

  #layer(node: OnnxNode, attributes: Attributes, entries: Entry[]): void {
    switch (node.operator) {
      case 'Identity':
        return;
      case 'Dropout':
        attributes.ignore('ratio', 'seed');
        if (node.inputs[2] !== undefined && node.inputs[2] !== '') refuse(node, 'export in eval mode');
        return;
      case 'Pad':
        return this.#emptyPad(node, attributes);
      case 'Gemm':
        return void entries.push(this.#gemm(node, attributes));
      case 'MatMul':
        return void entries.push(this.#product(node));
      case 'Add':
        return this.#bias(node, entries);
      case 'Conv':
        return void entries.push(this.#convolution(node, attributes));
      case 'MaxPool':
      case 'AveragePool':
        return void entries.push(this.#pool(node, attributes));
      case 'GlobalAveragePool':
        return void entries.push(this.#wholePool(node));
      case 'Flatten':
        attributes.only('axis', 1);
        return this.#flatten(entries);
      case 'Reshape':
        attributes.only('allowzero', 0);
        return this.#reshape(node, entries);
      default:
        return refuse(node, 'the operator has no counterpart');
    }
  }

  /** PyTorch writes one before an average pool, whatever its padding is. */
  #emptyPad(node: OnnxNode, attributes: Attributes): void {
    attributes.ignore('mode', 'value');
    const given = this.graph.constants.get(node.inputs[1] ?? '');
    const pads = given?.kind === 'integers' ? given.values : attributes.integers('pads');
    if (pads === null || pads.some((n) => n !== 0)) refuse(node, 'only padding of a convolution has a counterpart');
  }

  /** y = x·B + C, B transposed or not. */
  #gemm(node: OnnxNode, attributes: Attributes): Entry {
    attributes.only('transA', 0);
    for (const name of ['alpha', 'beta']) {
      const factor = attributes.float(name, 1);
      if (factor !== 1) refuse(node, `expected the attribute ${name} to be 1, found ${factor}`);
    }
    const matrix = this.#weights(node, node.inputs[1], 'two extents', ({ length }) => length === 2);
    const isTransposed = attributes.integer('transB', 0) !== 0;
    return this.#dense(node, isTransposed ? matrix : transposed(matrix), node.inputs[2]);
  }

  #product(node: OnnxNode): Entry {
    if (this.graph.constants.has(node.inputs[0] ?? '')) refuse(node, 'expected the weights on the right');
    const matrix = this.#weights(node, node.inputs[1], 'two extents', ({ length }) => length === 2);
    return this.#dense(node, transposed(matrix), undefined);
  }

  /** @param weights  units × inputs */
  #dense(node: OnnxNode, weights: FloatTensor, biasName: string | undefined): AffineEntry {
    const [units, inputs] = weights.shape as readonly [number, number];
    if (this.shape.length !== 1 || this.shape[0] !== inputs) {
      refuse(node, `expected ${inputs} inputs, as ${quoted(weights.name)} has, found ${shapeText(this.shape)}`);
    }
    this.shape = [units];
    return this.#affine(node, 'dense', { units }, weights, biasName);
  }

  #convolution(node: OnnxNode, attributes: Attributes): AffineEntry {
    const [channels = 0, ...extents] = this.shape;
    const rank = `${this.shape.length + 1} extents`;
    const weights = this.#weights(node, node.inputs[1], rank, ({ length }) => length === this.shape.length + 1);
    const [out = 0, inputs, ...kernel] = weights.shape;
    attributes.only('group', 1);
    if (extents.length === 0) refuse(node, 'expected an input with positions, found a flat one');
    if (inputs !== channels) {
      refuse(node, `expected ${inputs} channels, as ${quoted(weights.name)} has, found ${shapeText(this.shape)}`);
    }
    const given = attributes.integers('kernel_shape');
    if (given !== null && String(given) !== String(kernel))
      refuse(node, `its weights have the kernel ${shapeText(kernel)}`);
    const { padding, stride, after } = this.#windows(node, attributes, extents, kernel);
    this.shape = [out, ...after];
    const fields = {
      channels: out,
      kernel: sizes(kernel),
      ...(stride.every((n) => n === 1) ? {} : { stride: sizes(stride) }),
      ...(padding.every((n) => n === 0) ? {} : { padding: sizes(padding) }),
    };
    return this.#affine(node, kernel.length === 1 ? 'conv1d' : 'conv2d', fields, weights, node.inputs[2]);
  }

  #pool(node: OnnxNode, attributes: Attributes): Entry {
    const [channels = 0, ...extents] = this.shape;
    const kernel = attributes.integers('kernel_shape') ?? refuse(node, 'expected the attribute kernel_shape');
    attributes.only('ceil_mode', 0);
    attributes.ignore('count_include_pad', 'storage_order');
    if (extents.length === 0) refuse(node, 'expected an input with positions, found a flat one');
    const { padding, stride, after } = this.#windows(node, attributes, extents, kernel);
    if (padding.some((n) => n !== 0)) refuse(node, 'a pool with padding has no counterpart');
    this.shape = [channels, ...after];
    const type = node.operator === 'MaxPool' ? 'maxpool' : 'avgpool';
    return { kind: 'plain', fields: { type, kernel: sizes(kernel), stride: sizes(stride) } };
  }

  /** One window over all positions. */
  #wholePool(node: OnnxNode): Entry {
    const [channels = 0, ...extents] = this.shape;
    if (extents.length === 0) refuse(node, 'expected an input with positions, found a flat one');
    this.shape = [channels, ...extents.map(() => 1)];
    return { kind: 'plain', fields: { type: 'avgpool', kernel: sizes(extents) } };
  }

  /** Strides and paddings, an extent each; ONNX pads both ends on its own. */
  #windows(
    node: OnnxNode,
    attributes: Attributes,
    extents: readonly number[],
    kernel: readonly number[],
  ): Readonly<Record<'padding' | 'stride' | 'after', readonly number[]>> {
    const automatic = attributes.text('auto_pad', 'NOTSET');
    if (automatic !== 'NOTSET' && automatic !== 'VALID')
      refuse(node, `the padding ${quoted(automatic)} has no counterpart`);
    const ones = kernel.map(() => 1);
    const stride = attributes.integers('strides') ?? ones;
    const pads = attributes.integers('pads') ?? [...kernel, ...kernel].map(() => 0);
    const dilations = attributes.integers('dilations') ?? ones;
    if (dilations.some((n) => n !== 1)) refuse(node, 'a dilation has no counterpart');
    const lengths = [extents, stride, dilations, pads.slice(0, pads.length / 2)].map(({ length }) => length);
    if (lengths.some((length) => length !== kernel.length)) refuse(node, 'its attributes are of different lengths');
    if ([...kernel, ...stride].some((n) => n < 1) || pads.some((n) => n < 0)) refuse(node, 'expected sizes ≥ 1');
    const padding = pads.slice(0, kernel.length);
    if (String(padding) !== String(pads.slice(kernel.length))) refuse(node, 'padding of one side has no counterpart');
    const after = extents.map((extent, a) => {
      const room = extent + 2 * (padding[a] ?? 0) - (kernel[a] ?? 0);
      return room < 0 ? refuse(node, 'the kernel is larger than its input') : Math.floor(room / (stride[a] ?? 1)) + 1;
    });
    return { padding, stride, after };
  }

  #flatten(entries: Entry[]): void {
    // What is flat stays as it is.
    if (this.shape.length === 1) return;
    this.shape = [this.size];
    entries.push({ kind: 'plain', fields: { type: 'flatten' } });
  }

  /** entries of what comes out of the last step */
  get size(): number {
    return this.shape.reduce((size, extent) => size * extent, 1);
  }

  /** Only to one row a sample: to [samples, −1], [samples, entries] or [−1, entries]. */
  #reshape(node: OnnxNode, entries: Entry[]): void {
    const target = this.#targetShape(node.inputs[1], node.inputs[0]);
    const [samples, size] = target ?? [];
    const isRow = size === this.size || (size === 0 && this.shape.length === 1);
    const keepsSamples = samples === 'samples' || samples === 0 || (samples !== undefined && samples === this.batch);
    const isFlat = (keepsSamples && (isRow || size === -1)) || (samples === -1 && isRow);
    if (target?.length !== 2 || !isFlat) {
      const found = target === null ? 'a computed shape' : `[${target.join(', ')}]`;
      refuse(node, `only reshaping to one row a sample has a counterpart, found ${found}`);
    }
    this.#flatten(entries);
  }

  /** A shape that is a constant, or computed as `x.view(x.size(0), -1)` is. */
  #targetShape(name: string | undefined, reshaped: string | undefined): readonly (number | 'samples')[] | null {
    const constant = this.graph.constants.get(name ?? '');
    if (constant?.kind === 'integers') return constant.values;
    type Part = readonly (number | 'samples')[] | null;
    const parts = this.graph.producer(name, 'Concat')?.inputs.map((input): Part => {
      const part = this.graph.constants.get(input);
      if (part?.kind === 'integers') return part.values;
      const extent = this.graph.producer(this.graph.producer(input, 'Unsqueeze')?.inputs[0], 'Gather');
      const index = this.graph.constants.get(extent?.inputs[1] ?? '');
      const shape = this.graph.producer(extent?.inputs[0], 'Shape');
      if (index?.kind !== 'integers' || index.values[0] !== 0 || index.values.length !== 1) return null;
      const isWhole = shape !== null && shape.attributes.size === 0 && shape.inputs[0] === reshaped;
      return isWhole ? ['samples'] : null;
    });
    if (parts === undefined || parts.includes(null)) return null;
    return parts.flatMap((part) => part ?? []);
  }

  #affine(
    node: OnnxNode,
    type: AffineEntry['type'],
    fields: Fields,
    weights: FloatTensor,
    biasName: string | undefined,
  ): AffineEntry {
    const bias = biasName === undefined || biasName === '' ? null : this.#biasOf(node, biasName, weights.shape[0] ?? 0);
    return { kind: 'affine', type, fields, weights, bias, name: layerName(node, weights, bias) };
  }

  /** What exporters make of a dense layer on more than a matrix: MatMul, then Add. */
  #bias(node: OnnxNode, entries: Entry[]): void {
    const name = node.inputs.find((input) => this.graph.constants.has(input));
    const last = entries.at(-1);
    if (name === undefined || last?.kind !== 'affine' || last.type !== 'dense' || last.bias !== null) {
      return refuse(node, 'only a bias after weights without one, or a residual sum, has a counterpart');
    }
    last.bias = this.#biasOf(node, name, last.weights.shape[0] ?? 0);
  }

  /** One number a unit, which may be the same for all. */
  #biasOf(node: OnnxNode, name: string, units: number): FloatTensor {
    const expected = `${units} numbers`;
    const tensor = this.#weights(node, name, expected, (shape) => {
      const extents = shape.filter((extent, i) => extent !== 1 || i === shape.length - 1);
      return shape.length <= 2 && extents.length <= 1 && [1, units].includes(extents[0] ?? 1);
    });
    if (tensor.values.length === units) return { ...tensor, shape: [units] };
    return { ...tensor, shape: [units], values: new Float64Array(units).fill(tensor.values[0] ?? 0) };
  }

  #weights(
    node: OnnxNode,
    name: string | undefined,
    expected: string,
    fits: (shape: readonly number[]) => boolean,
  ): FloatTensor {
    const constant = this.graph.constants.get(name ?? '');
    if (constant === undefined) return refuse(node, `its weights ${quoted(name ?? '')} are computed: no counterpart`);
    if (constant.kind !== 'floats') return refuse(node, `its weights ${quoted(name ?? '')} are no floats`);
    const { tensor } = constant;
    if (!fits(tensor.shape)) {
      refuse(node, `tensor ${quoted(tensor.name)}: expected ${expected}, found ${shapeText(tensor.shape)}`);
    }
    // Exporters merge tensors that are equal, such as two biases of zeros.
    if (this.#taken.has(tensor)) {
      this.notes.push(`tensor ${quoted(tensor.name)} is used in two layers: in this problem each has its own weights`);
    }
    this.#taken.add(tensor);
    return tensor;
  }
}

/** One extent is written as a number. */
function sizes(list: readonly number[]): number | readonly number[] {
  return list.length === 1 ? (list[0] ?? 0) : list;
}

/** As PyTorch calls the layer: what its tensors are called, or the folder of its node. Other names say nothing. */
function layerName({ name }: OnnxNode, weights: FloatTensor, bias: FloatTensor | null): string | null {
  const found =
    /^(.+)\.weight$/su.exec(weights.name)?.[1] ??
    /^(.+)\.bias$/su.exec(bias?.name ?? '')?.[1] ??
    /\/([^/]+)\/[^/]+$/su.exec(name)?.[1] ??
    '';
  return found === '' || found.length > 200 || visible(found) !== found ? null : found;
}
