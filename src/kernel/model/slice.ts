import type { Network } from './network.js';

/** A free parameter: the weight of a unit at one of its inputs (of a convolution: a tap), or its bias. */
export interface Coordinate {
  readonly stage: number;
  readonly unit: number;
  /** null: the bias */
  readonly input: number | null;
}

/** The free parameters that move, numbered stage by stage; the others stay at θ. */
export interface Slice {
  readonly dimension: number;
  /** [stage][unit][input]: the number of the coordinate, −1 where it stays */
  readonly weights: readonly (readonly (readonly number[])[])[];
  /** [stage][unit]; empty where there is no bias */
  readonly biases: readonly (readonly number[])[];
}

/** @param stays  which free parameters stay */
export function sliceOf({ stages }: Network, stays: (coordinate: Coordinate) => boolean): Slice {
  let dimension = 0;
  const weights: (readonly number[])[][] = [];
  const biases: number[][] = [];
  stages.forEach(({ fixed, units, inputs, bias }, stage) => {
    const number = (unit: number, input: number | null): number =>
      fixed !== null || stays({ stage, unit, input }) ? -1 : dimension++;
    const own = Array.from({ length: inputs > 0 ? units : 0 }, (_, unit) => ({
      weights: Array.from({ length: inputs }, (_, input) => number(unit, input)),
      bias: bias ? number(unit, null) : null,
    }));
    weights.push(own.map((unit) => unit.weights));
    biases.push(own.flatMap((unit) => (unit.bias === null ? [] : [unit.bias])));
  });
  return { dimension, weights, biases };
}
