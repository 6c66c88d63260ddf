import type { Vector } from '../arithmetic/matrix.js';
import { hiddenLayer, neuronValue, oneSidedDerivative } from '../model/hidden-layer.js';
import type { Instance } from '../model/instance.js';
import { decline, type Ledger, reject } from '../verdict.js';

/**
 * Shows that θ is no local minimum by a unit j whose outgoing weights are all 0: the points with w_j + εe have the risk of θ, and there
 * ∂R/∂v_j = Ψ(w_j) + εΨ'(w_j; e) ≠ 0 for small ε > 0, so points arbitrarily close to θ have lower risk.
 *
 * @param e  one entry per incoming weight of the unit, then its bias (untrusted)
 * @see theory.md 2 and 7; proofs/rules/flat-then-descent.md
 */
export function checkFlatThenDescent(
  instance: Instance<bigint>,
  unit: number,
  e: Vector,
  path: string,
  ledger: Ledger,
): void {
  const layer = hiddenLayer(instance);
  const { hidden, output } = layer;
  if (hidden.fixed !== null || output.fixed !== null) {
    decline(
      'unsupported-combination',
      '$.statement.problem.network',
      'this rule needs a free hidden and a free output layer',
    );
  }
  if (unit >= hidden.units)
    reject('out-of-range', `${path}.unit`, `expected a unit below ${hidden.units}, found ${unit}`);
  const width = hidden.inputs + (hidden.bias ? 1 : 0);
  if (e.values.length !== width) {
    reject('wrong-length', `${path}.direction`, `expected ${width} entries, found ${e.values.length}`);
  }
  const { weights } = instance.evaluation.parameters[instance.evaluation.parameters.length - 1] as {
    weights: readonly (readonly bigint[])[];
  };
  if (weights.some((row) => row[unit] !== 0n)) {
    reject('outgoing-weight-nonzero', `${path}.unit`, `unit ${unit} has an outgoing weight that is not 0`);
  }
  const { rows, denominator } = instance.gradients;
  for (let c = 0; c < output.units; c++) {
    const gammas = rows.map((row) => row[c] as bigint);
    const { M, kinks } = oneSidedDerivative(instance, layer, unit, gammas, denominator);
    const along = (row: readonly bigint[]): bigint => row.reduce((sum, x, j) => sum + x * (e.values[j] as bigint), 0n);
    let derivative = along(M);
    for (const { row, kappa } of kinks) {
      const side = along(row);
      if (side > 0n) derivative += kappa * side;
    }
    if (derivative !== 0n || neuronValue(instance, layer, unit, gammas) !== 0n) {
      ledger.discharge('flat-then-descent');
      return;
    }
  }
  reject('not-descending', `${path}.direction`, `Σ g h'(w·x; e) is 0 for unit ${unit} and this direction`);
}
