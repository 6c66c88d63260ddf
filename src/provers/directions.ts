import { type Fields, pointJson } from '../formats/write.js';
import type { DenseValues, Network, Parameters } from '../kernel/model/network.js';
import { sliceOf } from '../kernel/model/slice.js';

/** A direction under construction: zero, until its entries are set. Frozen layers do not move. */
export class Direction {
  readonly #layers: { readonly weights: bigint[][]; readonly bias: bigint[] | null }[];

  constructor(readonly network: Network) {
    this.#layers = network.stages.map(({ units, inputs, bias }) => ({
      weights: Array.from({ length: units }, () => new Array<bigint>(inputs).fill(0n)),
      bias: bias ? new Array<bigint>(units).fill(0n) : null,
    }));
  }

  setWeight(stage: number, unit: number, input: number, value: bigint): this {
    const row = this.#layers[stage]?.weights[unit];
    if (row !== undefined) row[input] = value;
    return this;
  }

  setBias(stage: number, unit: number, value: bigint): this {
    const bias = this.#layers[stage]?.bias;
    if (bias) bias[unit] = value;
    return this;
  }

  /** Sets incoming weights, and the bias where e has one entry more than there are inputs. */
  setIncoming(stage: number, unit: number, e: readonly bigint[]): this {
    const inputs = this.network.stages[stage]?.inputs ?? 0;
    for (let j = 0; j < inputs; j++) this.setWeight(stage, unit, j, e[j] as bigint);
    if (e.length > inputs) this.setBias(stage, unit, e[inputs] as bigint);
    return this;
  }

  get parameters(): Parameters {
    return this.#layers.map(({ weights, bias }): DenseValues => ({ weights, bias, denominator: 1n, bits: 64 }));
  }

  json(): Fields {
    return pointJson(this.network, this.parameters);
  }
}

/** Entries of a direction are multiples of 2^−directionBits, times one scale, which does not matter to the sign. */
const directionBits = 24;

/**
 * @param vector  an entry for every free parameter, in the order of a slice of all
 * @param parts  the largest entry becomes this integer
 */
export function directionAlong(network: Network, vector: Float64Array, parts = 2 ** directionBits): Direction {
  const direction = new Direction(network);
  const { weights, biases } = sliceOf(network, () => false);
  const entry = (at: number): bigint => (at < 0 ? 0n : BigInt(Math.round((vector[at] as number) * parts)));
  weights.forEach((rows, s) => {
    for (const [u, row] of rows.entries()) for (const [j, at] of row.entries()) direction.setWeight(s, u, j, entry(at));
  });
  biases.forEach((row, s) => {
    for (const [u, at] of row.entries()) direction.setBias(s, u, entry(at));
  });
  return direction;
}
