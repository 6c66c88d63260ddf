import { lcm } from '../arithmetic/gcd.js';
import type { Matrix, Vector } from '../arithmetic/matrix.js';
import type { Decoded, DecodedPoint, networkSchema } from '../format.js';
import { quote } from '../json.js';
import type { Meter } from '../limits.js';
import { decline, reject } from '../verdict.js';
import { identity, interpretActivation, type PiecewiseAffine } from './activation.js';

/** Weights [unit][input] and biases [unit] of one dense layer over one positive denominator. */
export interface DenseValues {
  readonly weights: readonly (readonly bigint[])[];
  readonly bias: readonly bigint[] | null;
  readonly denominator: bigint;
  /** an upper bound of the bits of every number here */
  readonly bits: number;
}

/** One affine layer and the activation that follows it; the last stage of a network has none (theory.md 0). */
export interface Stage {
  readonly inputs: number;
  readonly units: number;
  readonly bias: boolean;
  /** values of a frozen layer, which then has no entry in a point */
  readonly fixed: DenseValues | null;
  readonly activation: PiecewiseAffine;
  /** index of the dense layer in the problem's list, for messages */
  readonly layer: number;
  /** index of the layer's entry in a point, or null for a frozen layer */
  readonly entry: number | null;
}

/** A network of dense layers R^inputs → R^outputs with piecewise affine activations between them. */
export interface Network {
  readonly inputs: number;
  readonly outputs: number;
  readonly stages: readonly Stage[];
}

/** The values of all affine layers, frozen ones included. */
export type Parameters = readonly DenseValues[];

/** Checks shapes and names; every hidden stage ends with its activation, the identity where none is written. */
export function interpretNetwork(network: Decoded<typeof networkSchema>, meter: Meter, path: string): Network {
  if (network.input.length !== 1) {
    decline('unsupported-network', `${path}.input`, 'inputs with channels have no rule in this version');
  }
  const inputs = network.input[0] as number;
  const names = new Set<string>();
  const stages: Stage[] = [];
  let width = inputs;
  let entries = 0;
  let afterDense = false;
  for (const [i, layer] of network.layers.entries()) {
    const at = `${path}.layers[${i}]`;
    if (layer.name !== undefined) {
      if (names.has(layer.name)) reject('duplicate-name', `${at}.name`, `the name ${quote(layer.name)} stands twice`);
      names.add(layer.name);
    }
    if (layer.type === 'activation') {
      const activation = interpretActivation(layer, at);
      const last = stages.pop();
      if (last === undefined || !afterDense) {
        decline('unsupported-network', at, 'an activation must follow an affine layer directly');
      }
      stages.push({ ...last, activation });
      afterDense = false;
      continue;
    }
    const bias = layer.bias ?? true;
    const shape = { units: layer.units, inputs: width, bias };
    const fixed =
      layer.fixed === undefined
        ? null
        : interpretValues(layer.fixed.weights, layer.fixed.bias, shape, meter, `${at}.fixed`);
    stages.push({ ...shape, fixed, activation: identity, layer: i, entry: fixed === null ? entries++ : null });
    width = layer.units;
    afterDense = true;
  }
  if (!afterDense) {
    decline('final-activation', `${path}.layers[${network.layers.length - 1}]`, 'the last layer must be affine');
  }
  return { inputs, outputs: width, stages };
}

function interpretValues(
  weights: Matrix,
  bias: Vector | undefined,
  shape: { readonly units: number; readonly inputs: number; readonly bias: boolean },
  meter: Meter,
  path: string,
): DenseValues {
  const width = weights.rows[0]?.length ?? 0;
  if (weights.rows.length !== shape.units || width !== shape.inputs) {
    reject(
      'wrong-shape',
      `${path}.weights`,
      `expected ${shape.units} × ${shape.inputs} entries, found ${weights.rows.length} × ${width}`,
    );
  }
  if (bias === undefined) {
    if (shape.bias) reject('missing-key', path, 'expected the key "bias"');
    return { weights: weights.rows, bias: null, denominator: weights.denominator, bits: weights.bits };
  }
  if (!shape.bias) reject('unknown-key', `${path}.bias`, 'this layer has no bias');
  if (bias.values.length !== shape.units) {
    reject('wrong-shape', `${path}.bias`, `expected ${shape.units} entries, found ${bias.values.length}`);
  }
  meter.charge(1, weights.bits, bias.bits);
  const denominator = lcm(weights.denominator, bias.denominator);
  const forWeights = denominator / weights.denominator;
  const forBias = denominator / bias.denominator;
  const bits = weights.bits + bias.bits;
  if (forWeights !== 1n) meter.charge(shape.units * shape.inputs, weights.bits, bits);
  return {
    weights: forWeights === 1n ? weights.rows : weights.rows.map((row) => row.map((w) => w * forWeights)),
    bias: forBias === 1n ? bias.values : bias.values.map((b) => b * forBias),
    denominator,
    bits,
  };
}

/** Checks a point against the network: one entry for every layer that is not frozen. */
export function interpretPoint(network: Network, point: DecodedPoint, meter: Meter, path: string): Parameters {
  const free = network.stages.filter(({ fixed }) => fixed === null).length;
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
