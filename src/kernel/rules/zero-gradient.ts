import { isCritical } from '../model/exact-gradient.js';
import { gradient } from '../model/gradient.js';
import { hiddenLayer, neuronValue, oneSidedDerivative } from '../model/hidden-layer.js';
import type { Instance } from '../model/instance.js';
import { affineOnly, type Parameters } from '../model/network.js';
import { sliceOf } from '../model/slice.js';
import { type Ledger, reject } from '../verdict.js';
import { checkStrictPieces } from './strict-pieces.js';

const point = '$.statement.point';

/**
 * Shows that θ is critical: R is differentiable at θ, with gradient 0 in the free parameters.
 *
 * Without kinks (other than those of shadowed units) the gradient is computed. With kinks, for one free hidden layer:
 * Σ g_i = 0, Ψ(w_j) = 0, and e ↦ ⟨v_j, Ψ'(w_j; e)⟩ vanishes for every unit, merged kinks and linear part alike; then
 * R(θ') − R(θ) = o(|θ' − θ|), since ⟨v'_j, Ψ(w'_j)⟩ − ⟨v_j, Ψ(w_j)⟩ = ⟨v_j, Ψ'(w_j; e)⟩ + ⟨v'_j − v_j, Ψ'(w_j; e)⟩.
 *
 * @see theory.md 7; proofs/rules/zero-gradient.md
 */
export function checkZeroGradient<T>(instance: Instance<T>, ledger: Ledger): void {
  const { ring } = instance.evaluation;
  let kinks = false;
  const layers = gradient(instance, () => {
    kinks = true;
    return ring.zero;
  });
  if (kinks) {
    checkHiddenLayer(instance, ledger);
    return;
  }
  instance.problem.network.stages.forEach(({ layer }, s) => {
    const partial = layers[s];
    if (partial === undefined || partial === null) return;
    [...partial.weights, partial.bias ?? []].forEach((row) => {
      if (row.some((derivative) => ring.sign(derivative) !== 0)) {
        reject('nonzero-gradient', point, `some derivative of the risk in layer ${layer} is not 0`);
      }
      ledger.discharge('partial-derivative', row.length);
    });
  });
  // A network of frozen layers only has nothing to differentiate by.
  ledger.discharge('critical');
}

/**
 * The same for rational points, with every layer and loss: with other layers than dense ones, or a loss that is no piecewise polynomial, there are no
 * kinks, and every derivative is formally 0.
 *
 * @param theta  the instance's point
 */
export function checkRationalZeroGradient(instance: Instance<bigint>, theta: Parameters, ledger: Ledger): void {
  const { network, loss } = instance.problem;
  if (loss.family === 'polynomial' && network.stages.every(({ kind }) => kind === 'dense')) {
    checkZeroGradient(instance, ledger);
  } else checkFormalGradient(instance, theta, ledger);
}

function checkFormalGradient(
  { problem, evaluation, meter }: Instance<bigint>,
  theta: Parameters,
  ledger: Ledger,
): void {
  const { network } = problem;
  affineOnly(network);
  checkStrictPieces(network, evaluation, ledger);
  const slice = sliceOf(network, () => false);
  if (!isCritical(problem, slice, theta, evaluation, meter)) {
    reject('nonzero-gradient', point, 'some derivative of the risk is not shown to be 0');
  }
  ledger.discharge('partial-derivative', slice.dimension);
  ledger.discharge('critical');
}

function checkHiddenLayer<T>(instance: Instance<T>, ledger: Ledger): void {
  const { ring } = instance.evaluation;
  const isZero = (a: T): boolean => ring.sign(a) === 0;
  const layer = hiddenLayer(instance);
  const { hidden, output } = layer;
  const { rows, denominator } = instance.gradients;
  const { weights } = instance.evaluation.parameters[instance.evaluation.parameters.length - 1] as {
    weights: readonly (readonly T[])[];
  };
  for (let c = 0; c < output.units && output.fixed === null; c++) {
    const gammas = rows.map((row) => row[c] as T);
    if (output.bias) {
      if (!isZero(gammas.reduce(ring.add, ring.zero))) {
        reject('nonzero-residual-sum', point, `the residual gradients of output ${c} do not add up to 0`);
      }
      ledger.discharge('residual-sum');
    }
    for (let j = 0; j < hidden.units; j++) {
      if (!isZero(neuronValue(instance, layer, j, gammas))) {
        reject('nonzero-neuron-value', point, `Σ g h(w·x) is not 0 at unit ${j}, output ${c}`);
      }
      ledger.discharge('neuron-value');
    }
  }
  for (let j = 0; j < hidden.units && hidden.fixed === null; j++) {
    const gammas = rows.map((row) =>
      row.reduce((sum, g, c) => ring.add(sum, ring.multiply(g, weights[c]?.[j] as T)), ring.zero),
    );
    const { M, kinks } = oneSidedDerivative(instance, layer, j, gammas, denominator);
    if (kinks.some(({ kappa }) => !isZero(kappa))) {
      reject('not-differentiable', point, `the risk has a kink in the incoming weights of unit ${j}`);
    }
    if (!M.every(isZero)) {
      reject('nonzero-gradient', point, `the derivative of the risk in the incoming weights of unit ${j} is not 0`);
    }
    ledger.discharge('one-sided-derivative');
  }
}
