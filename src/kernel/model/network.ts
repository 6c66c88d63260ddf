import { lcm } from '../arithmetic/gcd.js';
import type { Tensor, Vector } from '../arithmetic/matrix.js';
import type { Ordered } from '../arithmetic/ordered.js';
import type { Decoded, DecodedPoint, Layer, networkSchema } from '../format.js';
import { deepFreeze } from '../freeze.js';
import { quote } from '../json.js';
import type { Meter } from '../limits.js';
import { decline, reject, unreachable } from '../verdict.js';
import { type Activation, identity, interpretActivation, piecewiseAffine } from './activation.js';

/**
 * Weights [unit][input] and biases [unit] of one dense or convolutional layer over one positive integer. The inputs of a
 * convolution's unit are its taps, in C order: channel, row, column.
 */
export interface DenseIn<T> {
  readonly weights: readonly (readonly T[])[];
  readonly bias: readonly T[] | null;
  readonly denominator: bigint;
  /** an upper bound of the bits of every number here */
  readonly bits: number;
}

/** Rational ones. */
export type DenseValues = DenseIn<bigint>;

/**
 * One layer that mixes or moves entries, and the activation that follows it (theory.md 0). Values are flat rows in C order: entry
 * channel · positions + position.
 *
 * - `dense`, `convolution`: units (channels of the output) by weights, at every position.
 * - `average`, `maximum`: pools over windows of each channel.
 * - `flatten`: every entry becomes a channel.
 * - `fork` remembers what comes in; the `join` that closes it adds that to what comes in there (a residual sum).
 */
export interface Stage {
  readonly kind: 'dense' | 'convolution' | 'average' | 'maximum' | 'flatten' | 'fork' | 'join';
  /** inputs of one unit, its bias left out; 0 where there are no weights */
  readonly inputs: number;
  /** channels of the output */
  readonly units: number;
  /** positions of the output; 1 for dense layers */
  readonly positions: number;
  /** entries of the output: units · positions */
  readonly size: number;
  readonly bias: boolean;
  /** values of a frozen layer, which then has no entry in a point; empty where there is nothing to freeze */
  readonly fixed: DenseValues | null;
  readonly activation: Activation;
  /** index of the layer in the problem's list (inside a residual layer: of the outermost one), for messages */
  readonly layer: number;
  /** index of the layer's entry in a point, or null for a layer without */
  readonly entry: number | null;
  /** the shape of the weights on disk; empty where there are none */
  readonly weightShape: readonly number[];
  /** positions of the input */
  readonly inputPositions: number;
  /**
   * How positions meet, alike for every channel. Affine layers: for each tap and output position the input position, or −1 in the
   * padding. Pools: for each output position the input positions of its window. Empty for the others.
   */
  readonly places: readonly (readonly number[])[];
}

/** A network R^inputs → R^outputs of affine layers, pools and residual sums, with activations between them. */
export interface Network {
  readonly inputs: number;
  readonly outputs: number;
  readonly stages: readonly Stage[];
}

/** The values of all stages, frozen ones included; empty where a stage has no weights. */
export type ParametersIn<T> = readonly DenseIn<T>[];

/** Rational ones. */
export type Parameters = ParametersIn<bigint>;

/** @returns the same point with its numerators in a ring */
export function liftedTo<T>({ fromInteger }: Pick<Ordered<T>, 'fromInteger'>, parameters: Parameters): ParametersIn<T> {
  const lift = (row: readonly bigint[]): readonly T[] => row.map(fromInteger);
  return parameters.map((values) => ({
    ...values,
    weights: values.weights.map(lift),
    bias: values.bias === null ? null : lift(values.bias),
  }));
}

/** @throws Refusal (declined) where there are other layers than dense ones */
export function denseOnly({ stages }: Network): void {
  const other = stages.find(({ kind }) => kind !== 'dense');
  if (other !== undefined) {
    const network = '$.statement.problem.network';
    decline('unsupported-combination', `${network}.layers[${other.layer}]`, 'this rule is for dense layers only');
  }
}

/** @throws Refusal (declined) where an activation has a smooth piece */
export function affineOnly({ stages }: Network): void {
  for (const { activation } of stages) piecewiseAffine(activation, '$.statement.problem.network');
}

type Weighted = Extract<Layer, { type: 'dense' | 'conv1d' | 'conv2d' }>;

/** Channels, and the extents of their positions: none for flat values. */
interface Shape {
  readonly channels: number;
  readonly extents: readonly number[];
}

const nothing: DenseValues = deepFreeze({ weights: [], bias: null, denominator: 1n, bits: 1 });
const withoutWeights = { inputs: 0, bias: false, fixed: nothing, entry: null, weightShape: [], places: [] } as const;

const product = (extents: readonly number[]): number => extents.reduce((size, n) => size * n, 1);
const shapeText = ({ channels, extents }: Shape): string => [channels, ...extents].join(' × ');

/** Reads layers in order, shape by shape. */
class Builder {
  readonly stages: Stage[] = [];
  readonly #names = new Set<string>();
  #entries = 0;
  /** how many entries the places of all layers have, or more */
  #places = 0;
  /** whether the last layer read was none or an activation, which no activation may follow */
  #bent = true;

  constructor(
    public shape: Shape,
    readonly meter: Meter,
  ) {}

  read(layers: readonly Layer[], path: string, outermost: number | null): void {
    for (const [i, layer] of layers.entries()) {
      const at = `${path}[${i}]`;
      const { name } = layer;
      if (name !== undefined) {
        if (this.#names.has(name)) reject('duplicate-name', `${at}.name`, `the name ${quote(name)} stands twice`);
        this.#names.add(name);
      }
      this.#read(layer, at, outermost ?? i);
    }
  }

  #read(layer: Layer, path: string, index: number): void {
    switch (layer.type) {
      case 'activation':
        return this.#activation(layer, path);
      case 'dense': {
        const { channels: inputs, extents } = this.shape;
        if (extents.length > 0) {
          reject('wrong-shape', path, `a dense layer wants a flat input, found ${shapeText(this.shape)}`);
        }
        const after = { channels: layer.units, extents: [] };
        return this.#affine('dense', layer, [layer.units, inputs], [[0]], after, path, index);
      }
      case 'conv1d':
        return this.#convolution(layer, 1, path, index);
      case 'conv2d':
        return this.#convolution(layer, 2, path, index);
      case 'avgpool':
      case 'maxpool': {
        const { kernel, stride = kernel } = layer;
        const { extents, taps } = this.#windows(
          kernel,
          stride,
          kernel.map(() => 0),
          path,
        );
        const places = Array.from({ length: product(extents) }, (_, p) => taps.map((tap) => tap[p] as number));
        const after = { channels: this.shape.channels, extents };
        return this.#push(
          layer.type === 'avgpool' ? 'average' : 'maximum',
          { ...withoutWeights, places },
          after,
          index,
        );
      }
      case 'flatten': {
        const { channels, extents } = this.shape;
        // What is flat stays as it is.
        if (extents.length === 0) return;
        return this.#push('flatten', withoutWeights, { channels: channels * product(extents), extents: [] }, index);
      }
      case 'residual': {
        const before = this.shape;
        this.#push('fork', withoutWeights, before, index);
        this.read(layer.layers, `${path}.layers`, index);
        if (shapeText(this.shape) !== shapeText(before)) {
          const found = `${shapeText(before)} before and ${shapeText(this.shape)} after`;
          reject('wrong-shape', path, `a residual layer keeps the shape, found ${found}`);
        }
        return this.#push('join', withoutWeights, before, index);
      }
      default:
        return unreachable(layer);
    }
  }

  #push(
    kind: Stage['kind'],
    rest: Pick<Stage, 'inputs' | 'bias' | 'fixed' | 'entry' | 'weightShape' | 'places'>,
    after: Shape,
    layer: number,
  ): void {
    const [inputPositions, positions] = [product(this.shape.extents), product(after.extents)];
    const [units, size] = [after.channels, after.channels * positions];
    this.stages.push({ kind, ...rest, units, positions, size, activation: identity, layer, inputPositions });
    this.shape = after;
    this.#bent = false;
  }

  #activation(layer: Extract<Layer, { type: 'activation' }>, path: string): void {
    const activation = interpretActivation(layer, this.meter, path);
    const last = this.stages.pop();
    if (last === undefined || this.#bent) {
      decline('unsupported-network', path, 'an activation must follow a layer that is none');
    }
    this.stages.push({ ...last, activation });
    this.#bent = true;
  }

  #affine(
    kind: 'dense' | 'convolution',
    { fixed: frozen, bias = true }: Weighted,
    weightShape: readonly number[],
    places: Stage['places'],
    after: Shape,
    path: string,
    index: number,
  ): void {
    const shape = { units: after.channels, inputs: product(weightShape.slice(1)), bias, weightShape };
    const fixed =
      frozen === undefined ? null : interpretValues(frozen.weights, frozen.bias, shape, this.meter, `${path}.fixed`);
    const { inputs } = shape;
    this.#push(
      kind,
      { inputs, bias, fixed, entry: fixed === null ? this.#entries++ : null, weightShape, places },
      after,
      index,
    );
  }

  #convolution(
    layer: Extract<Layer, { type: 'conv1d' | 'conv2d' }>,
    dimension: 1 | 2,
    path: string,
    index: number,
  ): void {
    const { kernel, stride = kernel.map(() => 1), padding = kernel.map(() => 0) } = layer;
    if (this.shape.extents.length !== dimension) {
      const wanted = dimension === 1 ? 'channels × length' : 'channels × height × width';
      reject('wrong-shape', path, `expected an input of ${wanted}, found ${shapeText(this.shape)}`);
    }
    const { extents, taps } = this.#windows(kernel, stride, padding, path);
    const weightShape = [layer.channels, this.shape.channels, ...kernel];
    this.#affine('convolution', layer, weightShape, taps, { channels: layer.channels, extents }, path, index);
  }

  /** For every tap of the kernel and every output position, in C order, the input position that they meet, or −1 in the padding. */
  #windows(
    kernel: readonly number[],
    stride: readonly number[],
    padding: readonly number[],
    path: string,
  ): { readonly extents: readonly number[]; readonly taps: readonly (readonly number[])[] } {
    const before = this.shape.extents;
    if (before.length === 0) reject('wrong-shape', path, 'expected an input with positions, found a flat one');
    for (const [key, { length }] of Object.entries({ kernel, stride, padding })) {
      if (length !== before.length) {
        reject('wrong-shape', `${path}.${key}`, `expected ${before.length} extents, as the input has, found ${length}`);
      }
    }
    const extents = before.map((extent, a) => {
      const room = extent + 2 * (padding[a] as number) - (kernel[a] as number);
      if (room < 0) reject('wrong-shape', `${path}.kernel`, 'the kernel is larger than what it runs over');
      return (room - (room % (stride[a] as number))) / (stride[a] as number) + 1;
    });
    // Padding makes many positions from a short text, so all layers are held together; every tap has a list of its own.
    const [count, positions] = [product(kernel), product(extents)];
    this.#places += count * (positions + 8);
    this.meter.hold(this.#places, 64, path);
    const placeOf = (tap: number, position: number): number => {
      let [k, p, place, size] = [tap, position, 0, 1];
      for (let a = before.length - 1; a >= 0; a--) {
        const [width, steps, extent] = [kernel[a], extents[a], before[a]] as [number, number, number];
        const at = (p % steps) * (stride[a] as number) + (k % width) - (padding[a] as number);
        if (at < 0 || at >= extent) return -1;
        place += at * size;
        [k, p, size] = [(k - (k % width)) / width, (p - (p % steps)) / steps, size * extent];
      }
      return place;
    };
    const taps = Array.from({ length: count }, (_, k) => Array.from({ length: positions }, (_, p) => placeOf(k, p)));
    return { extents, taps };
  }
}

/** Checks shapes and names; every stage ends with its activation, the identity where none is written. */
export function interpretNetwork(network: Decoded<typeof networkSchema>, meter: Meter, path: string): Network {
  const [channels, ...extents] = network.input as [number, ...number[]];
  if (extents.length > 2) decline('unsupported-network', `${path}.input`, 'at most two extents have a rule');
  // Entries of the input are counted as data, whose size is bounded by the text.
  const inputs = channels * product(extents);
  if (!(inputs <= meter.limits.limbs)) decline('limit-limbs', `${path}.input`, `the input has ${inputs} entries`);
  const builder = new Builder({ channels, extents }, meter);
  builder.read(network.layers, `${path}.layers`, null);
  const { stages } = builder;
  const [last, written] = [stages[stages.length - 1], network.layers[network.layers.length - 1]];
  if (last === undefined || (written?.type !== 'dense' && written?.type !== 'conv1d' && written?.type !== 'conv2d')) {
    decline('final-activation', `${path}.layers[${network.layers.length - 1}]`, 'the last layer must be affine');
  }
  return { inputs, outputs: last.size, stages };
}

function interpretValues(
  weights: Tensor,
  bias: Vector | undefined,
  { units, inputs, bias: biased, weightShape }: Pick<Stage, 'units' | 'inputs' | 'bias' | 'weightShape'>,
  meter: Meter,
  path: string,
): DenseValues {
  const [expected, found] = [weightShape.join(' × '), weights.shape.join(' × ')];
  if (found !== expected) {
    reject('wrong-shape', `${path}.weights`, `expected ${expected} entries, found ${found}`);
  }
  if (bias === undefined) {
    if (biased) reject('missing-key', path, 'expected the key "bias"');
    return { weights: weights.rows, bias: null, denominator: weights.denominator, bits: weights.bits };
  }
  if (!biased) reject('unknown-key', `${path}.bias`, 'this layer has no bias');
  if (bias.values.length !== units) {
    reject('wrong-shape', `${path}.bias`, `expected ${units} entries, found ${bias.values.length}`);
  }
  meter.charge(1, weights.bits, bias.bits);
  const denominator = lcm(weights.denominator, bias.denominator);
  const forWeights = denominator / weights.denominator;
  const forBias = denominator / bias.denominator;
  const bits = weights.bits + bias.bits;
  if (forWeights !== 1n) meter.charge(units * inputs, weights.bits, bits);
  return {
    weights: forWeights === 1n ? weights.rows : weights.rows.map((row) => row.map((w) => w * forWeights)),
    bias: forBias === 1n ? bias.values : bias.values.map((b) => b * forBias),
    denominator,
    bits,
  };
}

/** Checks a point against the network: one entry for every layer that is not frozen. */
export function interpretPoint(network: Network, point: DecodedPoint, meter: Meter, path: string): Parameters {
  const free = network.stages.filter(({ entry }) => entry !== null).length;
  if (point.layers.length !== free) {
    reject(
      'wrong-shape',
      `${path}.layers`,
      `expected ${free} entries (layers that are not fixed), found ${point.layers.length}`,
    );
  }
  return network.stages.map((stage) => {
    if (stage.fixed !== null) return stage.fixed;
    const at = stage.entry as number;
    const values = point.layers[at] as DecodedPoint['layers'][number];
    return interpretValues(values.weights, values.bias, stage, meter, `${path}.layers[${at}]`);
  });
}

/** Checks a direction in the free parameters against the network; frozen layers do not move. */
export function interpretDirection(network: Network, direction: DecodedPoint, meter: Meter, path: string): Parameters {
  const values = interpretPoint(network, direction, meter, path);
  return network.stages.map(({ fixed }, s) => (fixed === null ? (values[s] as DenseValues) : stillness(fixed)));
}

function stillness({ weights, bias }: DenseValues): DenseValues {
  const still = (row: readonly bigint[]): bigint[] => row.map(() => 0n);
  return { weights: weights.map(still), bias: bias === null ? null : still(bias), denominator: 1n, bits: 1 };
}

/** @returns the number of free parameters, the dimension of θ */
export function freeParameters(network: Network): number {
  let count = 0;
  for (const { fixed, units, inputs, bias } of network.stages)
    if (fixed === null) count += units * (inputs + (bias ? 1 : 0));
  return count;
}
