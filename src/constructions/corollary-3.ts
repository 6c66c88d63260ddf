/** Three points and numbers by activation: Corollary 3 of Yun, Sra, Jadbabaie 2019, and more activations (sources.md 4). */
import { rational } from '../kernel/arithmetic/rational.js';
import type { ConstructionInput } from './construction.js';

const [zero, half, one] = [rational(0n), rational(1n, 2n), rational(1n)];

/** X = [[1, 0, ½], [0, 1, ½]], Y = [0, 0, 1], a sample a column. */
export const threePoints: Pick<ConstructionInput, 'inputs' | 'targets' | 'weights'> = {
  inputs: [
    [one, zero],
    [zero, one],
    [half, half],
  ],
  targets: [[zero], [zero], [one]],
  weights: null,
};

/** Quantities of the format. */
interface Flat {
  /** v_j: what unit j sees at all three points */
  readonly seen: readonly [string, string];
  /** u_j: its outgoing weight */
  readonly outgoing: readonly [string, string];
}

/** Near the table's values, where (C2.6) and (C2.7) hold with room; the output bias makes the prediction 1/3 (C2.3). */
export const flatPoints: Readonly<Record<string, Flat>> = {
  sigmoid: { seen: ['-1.1', '-1.1'], outgoing: ['2/3', '2/3'] },
  tanh: { seen: ['0.55', '0.55'], outgoing: ['-1/3', '1'] },
  atan: { seen: ['0.58', '0.58'], outgoing: ['-0.32', '0.95'] },
  quadratic: { seen: ['1', '1'], outgoing: ['1/6', '1/6'] },
  elu: { seen: ['-0.7', '1'], outgoing: ['1', '5/6'] },
  selu: { seen: ['-0.7', '1'], outgoing: ['0.57', '0.79'] },
  softplus: { seen: ['0', '0'], outgoing: ['0.24', '0.24'] },
  silu: { seen: ['1', '1'], outgoing: ['0.23', '0.23'] },
  gelu: { seen: ['1/2', '1/2'], outgoing: ['0.48', '0.48'] },
  sin: { seen: ['0.52', '0.52'], outgoing: ['-1/3', '1'] },
};

/** v_1, …, v_4 with (C2.1) and (C2.2): then two units fit the three points exactly. */
const fitted: Readonly<Record<string, readonly [number, number, number, number]>> = {
  sigmoid: [0, -Math.log(3), -Math.log(3), -Math.log(7)],
  tanh: [Math.atanh(1 / 2), Math.atanh(1 / 4), Math.atanh(1 / 4), Math.atanh(1 / 8)],
  atan: [Math.tan(1 / 2), Math.tan(1 / 4), Math.tan(1 / 4), Math.tan(1 / 8)],
  quadratic: [1, 1, 1, -1],
  elu: [-Math.LN2, -Math.log(4 / 3), 1 / 2, 1 / 4],
  selu: [-Math.LN2, -Math.log(4 / 3), 1 / 2, 1 / 4],
  softplus: [0, Math.log(Math.SQRT2 - 1), Math.log(Math.SQRT2 - 1), Math.log(2 ** (1 / 4) - 1)],
};

/**
 * W_1 = [[v_1, v_2], [v_3, v_4]], W_2 = (h(v_3), −h(v_1))/(h(v_3)h((v_1+v_2)/2) − h(v_1)h((v_3+v_4)/2)), no biases; more units do nothing.
 *
 * @param h  the activation in doubles
 * @param width  at least 2
 * @returns weights by units, then biases, layer by layer; null where the table has no numbers
 */
export function exactFit(activation: string, h: (z: number) => number, width: number): Float64Array | null {
  const values = fitted[activation];
  if (values === undefined) return null;
  const [v1, v2, v3, v4] = values;
  const over = h(v3) * h((v1 + v2) / 2) - h(v1) * h((v3 + v4) / 2);
  const theta = new Float64Array(2 * width + width + width + 1);
  theta.set([v1, v2, v3, v4]);
  theta.set([h(v3) / over, -h(v1) / over], 3 * width);
  return theta;
}
