import { bitLength } from '../arithmetic/gcd.js';
import type { Interval } from '../arithmetic/interval.js';
import { add, multiply, type Rational, rational, zero } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import type { SummedProblem } from '../statement.js';
import type { EnclosedHessian } from './enclosed-hessian.js';
import type { DenseValues, Network, Parameters } from './network.js';
import type { Slice } from './slice.js';
import { bitsOf, type EnclosedValues, type Recorder } from './tape.js';

/** @returns the factor of |θ|² in the risk; null where there is none */
export function decayOf(problem: SummedProblem): Rational | null {
  return problem.type === 'decayed-samples' ? problem.decay : null;
}

/** @returns decay · |θ|², the sum of the squares of all free weights and biases; frozen ones do not count */
export function penaltyAt(decay: Rational, { stages }: Network, parameters: Parameters, meter: Meter): Rational {
  const squares = stages.reduce((total, { fixed }, s) => {
    if (fixed !== null) return total;
    const { weights, bias, denominator, bits } = parameters[s] as DenseValues;
    const numbers = [...weights.flat(), ...(bias ?? [])];
    if (numbers.length === 0) return total;
    meter.charge(numbers.length, bits, bits);
    // In lowest terms after every stage.
    const size = 2 * bits + bitLength(total.num) + bitLength(total.den);
    meter.charge(8, size, size);
    const sum = numbers.reduce((squared, w) => squared + w * w, 0n);
    return add(total, rational(sum, denominator * denominator));
  }, zero);
  return multiply(decay, squares);
}

/** The penalty over the box of a recorder, in enclosures over 2^bits. */
export interface EnclosedPenalty {
  readonly value: Interval;
  /** 2 · decay · θ_j by the coordinates of the slice */
  readonly gradient: readonly Interval[];
}

export function enclosePenalty(
  decay: Rational,
  { stages }: Network,
  slice: Slice,
  { e, meter, parameters }: Recorder,
): EnclosedPenalty {
  const gradient = new Array<Interval>(slice.dimension).fill(e.of(0n));
  const factor = e.of(decay.num, decay.den);
  let squares = e.of(0n);
  const include = (w: Interval, coordinate: number): void => {
    squares = e.add(squares, e.square(w));
    if (coordinate >= 0) gradient[coordinate] = e.scale(e.multiply(factor, w), 2n);
  };
  stages.forEach(({ fixed }, s) => {
    if (fixed !== null) return;
    const { weights, bias } = parameters[s] as EnclosedValues;
    const numbers = [...weights.flat(), ...(bias ?? [])];
    meter.charge(4 * numbers.length, bitsOf(numbers), bitsOf([...numbers, factor]));
    weights.forEach((row, u) => {
      row.forEach((w, j) => {
        include(w, slice.weights[s]?.[u]?.[j] ?? -1);
      });
    });
    bias?.forEach((b, u) => {
      include(b, slice.biases[s]?.[u] ?? -1);
    });
  });
  return { value: e.multiply(factor, squares), gradient };
}

/** @returns the Hessian with 2 · decay added to its diagonal, rounded down by less than one unit, which is blamed on the row */
export function withDecay({ M, rowSums }: EnclosedHessian, decay: Rational, bits: number): EnclosedHessian {
  const twice = ((decay.num << BigInt(2 * bits)) * 2n) / decay.den;
  return {
    M: M.map((row, j) => row.map((m, k) => (k === j ? m + twice : m))),
    rowSums: rowSums.map((sum) => sum + 1n),
  };
}
