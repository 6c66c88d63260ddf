import type { Matrix, Vector } from '../arithmetic/matrix.js';
import { rational, shown } from '../arithmetic/rational.js';
import type { DecodedSamples } from '../format.js';
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
