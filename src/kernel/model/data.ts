import { type Matrix, Span, type Vector } from '../arithmetic/matrix.js';
import { rational, shown } from '../arithmetic/rational.js';
import type { DecodedSamples } from '../format.js';
import type { Meter } from '../limits.js';
import { reject } from '../verdict.js';
import type { Network } from './network.js';

/** n samples: inputs n × d, targets n × k, and one positive weight μ_i each (theory.md 0). */
export interface Samples {
  readonly inputs: Matrix;
  readonly targets: Matrix;
  readonly weights: Vector;
}

export function interpretData(data: DecodedSamples, network: Network, path: string): Samples {
  const { inputs, targets } = data;
  const n = inputs.rows.length;
  if (n === 0) reject('empty-list', `${path}.inputs`, 'expected at least 1 sample, found 0');
  expectWidth(inputs, network.inputs, `${path}.inputs`);
  if (targets.rows.length !== n) {
    reject('wrong-shape', `${path}.targets`, `expected ${n} rows, one a sample, found ${targets.rows.length}`);
  }
  expectWidth(targets, network.outputs, `${path}.targets`);
  const weights = data.weights ?? { values: new Array<bigint>(n).fill(1n), denominator: 1n, bits: 1 };
  if (weights.values.length !== n) {
    reject('wrong-shape', `${path}.weights`, `expected ${n} entries, one a sample, found ${weights.values.length}`);
  }
  weights.values.forEach((weight, i) => {
    if (weight <= 0n) {
      const found = shown(rational(weight, weights.denominator));
      reject('nonpositive-weight', `${path}.weights[${i}]`, `expected a weight > 0, found ${found}`);
    }
  });
  return { inputs, targets, weights };
}

/** Rows of a decoded matrix are equally long, so the first one tells. */
function expectWidth(matrix: Matrix, width: number, path: string): void {
  const found = matrix.rows[0]?.length ?? 0;
  if (found !== width) reject('wrong-shape', `${path}[0]`, `expected ${width} entries, found ${found}`);
}

/** A column of (x, 1): entry j of the inputs, or the constant 1 as the last one; over the inputs' denominator. */
export function columnOf({ inputs }: Samples, i: number, j: number): bigint {
  const row = inputs.rows[i] as readonly bigint[];
  return j < row.length ? (row[j] as bigint) : inputs.denominator;
}

/** @returns the columns of (x_i, 1), i among the samples, 1 first and then in order, that those before them do not span */
export function independentColumns(data: Samples, samples: readonly number[], meter: Meter): readonly number[] {
  const n = samples.length;
  const d = data.inputs.rows[0]?.length ?? 0;
  const span = new Span(n);
  const columns: number[] = [];
  // The constant comes first: a column that is constant adds nothing to it.
  for (const j of [d, ...Array.from({ length: d }, (_, column) => column)]) {
    // Elimination makes minors, and takes gcds of them.
    const minor = data.inputs.bits * (1 + span.dimension);
    meter.charge(3 * n * (1 + span.dimension), minor, minor);
    if (span.add(samples.map((i) => columnOf(data, i, j)))) columns.push(j);
  }
  return columns;
}
