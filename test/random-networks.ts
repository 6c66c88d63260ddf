/** Small random networks of every kind of layer, for tests that compare the kernel with something else. */
import { activation, type Fields, piecewise, relu, type Value } from './certificate.js';
import type { Net } from './forward.js';
import { type Chance, type Fraction, type Layer, read, type Theta, write } from './landscape.js';
import { avgpool, flatten, maxpool } from './layers.js';

export interface RandomNet extends Net {
  /** one entry for every layer with weights, frozen ones included, depth first */
  readonly theta: Theta;
  readonly frozen: readonly boolean[];
  /** of the weights on disk */
  readonly shapes: readonly (readonly number[])[];
  readonly outputs: number;
}

const numbers = ['-1', '-1/2', '0', '1/2', '1', '2'].map(read);
const flat = piecewise(['-1/2', '1/2'], [0, 0], [2, 1], [0, 2]);
const activations = [
  relu,
  relu,
  relu,
  activation('abs'),
  activation('leaky-relu', { slope: '1/2' }),
  activation('hardtanh'),
  flat,
];

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/** Nested lists of quantities, as the format has them. */
export function nest(values: readonly Fraction[], [first, ...rest]: readonly number[]): Value {
  if (first === undefined) return write(values[0] as Fraction);
  const length = product(rest);
  return Array.from({ length: first }, (_, a) => nest(values.slice(a * length, (a + 1) * length), rest));
}

export function entryOf({ weights, bias }: Layer, shape: readonly number[]): Fields {
  const nested = { weights: nest(weights.flat(), shape) };
  return bias === null ? nested : { ...nested, bias: bias.map(write) };
}

/** The free layers' entries. */
export function pointJson({ theta, frozen, shapes }: RandomNet): Fields {
  return {
    layers: theta.flatMap((layer, l) => (frozen[l] ? [] : [entryOf(layer, shapes[l] as readonly number[])])),
  };
}

class Builder {
  readonly theta: Layer[] = [];
  readonly frozen: boolean[] = [];
  readonly shapes: (readonly number[])[] = [];

  constructor(
    readonly chance: Chance,
    public shape: readonly number[],
    readonly freeze: boolean,
  ) {}

  #weighted(type: string, units: number, shape: readonly number[], rest: Fields): Fields {
    const { chance } = this;
    const number = () => chance.of(numbers);
    const bias = chance.below(3) > 0;
    const layer: Layer = {
      weights: chance.list(units, () => chance.list(product(shape.slice(1)), number)),
      bias: bias ? chance.list(units, number) : null,
    };
    const fixed = this.freeze && chance.below(4) === 0;
    this.theta.push(layer);
    this.frozen.push(fixed);
    this.shapes.push(shape);
    const size = type === 'dense' ? { units } : { channels: units };
    return {
      type,
      ...size,
      ...rest,
      ...(bias ? {} : { bias: false }),
      ...(fixed ? { fixed: entryOf(layer, shape) } : {}),
    };
  }

  dense(units: number): Fields {
    const [inputs] = this.shape as readonly [number];
    this.shape = [units];
    return this.#weighted('dense', units, [units, inputs], {});
  }

  convolution(channels: number, same: boolean): Fields {
    const { chance } = this;
    const [inputs, ...extents] = this.shape as readonly [number, ...number[]];
    const kernel = extents.map((extent) => (same ? chance.of([1, 3]) : 1 + chance.below(Math.min(extent, 3))));
    const stride = extents.map(() => (same ? 1 : chance.of([1, 1, 2])));
    const padding = kernel.map((k) => (same ? (k - 1) / 2 : chance.of([0, 0, 1])));
    const after = extents.map((extent, a) =>
      Math.floor((extent + 2 * (padding[a] as number) - (kernel[a] as number)) / (stride[a] as number) + 1),
    );
    this.shape = [channels, ...after];
    const of = (sizes: readonly number[]): Value => (sizes.length === 1 ? (sizes[0] as number) : sizes);
    return this.#weighted(`conv${extents.length}d`, channels, [channels, inputs, ...kernel], {
      kernel: of(kernel),
      stride: of(stride),
      padding: of(padding),
    });
  }

  pool(same: boolean): Fields {
    const { chance } = this;
    const [channels, ...extents] = this.shape as readonly [number, ...number[]];
    const kernel = extents.map((extent) => (same ? 1 : 1 + chance.below(Math.min(extent, 2))));
    const stride = extents.map(() => (same ? 1 : 1 + chance.below(2)));
    this.shape = [
      channels,
      ...extents.map((extent, a) => Math.floor((extent - (kernel[a] as number)) / (stride[a] as number) + 1)),
    ];
    const of = (sizes: readonly number[]): Value => (sizes.length === 1 ? (sizes[0] as number) : sizes);
    return (chance.below(3) > 0 ? maxpool : avgpool)(of(kernel), { stride: of(stride) });
  }

  /** @param same  inside a residual layer: the shape stays, and an activation may come first */
  layers(count: number, same: boolean): Fields[] {
    const { chance } = this;
    const list: Fields[] = [];
    let bent = !same;
    for (let l = 0; l < count; l++) {
      const positions = this.shape.length > 1;
      const choice = chance.below(10);
      if (choice < 3 && !bent) {
        list.push(chance.of(activations));
        bent = true;
        continue;
      }
      bent = false;
      if (choice < 5 && positions) list.push(this.pool(same));
      else if (choice === 5 && !same && positions) {
        list.push(flatten);
        this.shape = [product(this.shape)];
      } else if (choice === 6 && count > 1) {
        list.push({ type: 'residual', layers: this.layers(1 + chance.below(3), true) });
      } else if (positions) {
        list.push(this.convolution(same ? (this.shape[0] as number) : 1 + chance.below(2), same));
      } else list.push(this.dense(same ? (this.shape[0] as number) : 1 + chance.below(2)));
    }
    return list;
  }
}

const inputs: readonly (readonly number[])[] = [
  [1],
  [2],
  [1, 2],
  [1, 3],
  [2, 2],
  [1, 4],
  [1, 2, 2],
  [1, 2, 3],
  [2, 1, 2],
];

export function randomNet(chance: Chance): RandomNet {
  const input = chance.of(inputs);
  const builder = new Builder(chance, input, chance.below(3) === 0);
  const layers = builder.layers(1 + chance.below(5), false);
  if (builder.shape.length > 1 && chance.below(4) === 0) layers.push(builder.convolution(1, false));
  else {
    if (builder.shape.length > 1) layers.push(flatten);
    builder.shape = [product(builder.shape)];
    layers.push(builder.dense(1 + chance.below(2)));
  }
  const { theta, frozen, shapes, shape } = builder;
  return { input, layers, theta, frozen, shapes, outputs: product(shape) };
}

export function randomInputs(chance: Chance, { input }: Net, n: number, pixels: readonly Fraction[]): Fraction[][] {
  return chance.list(n, () => chance.list(product(input), () => chance.of(pixels)));
}
