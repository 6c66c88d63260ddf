import type { RationalFunction } from '../arithmetic/families.js';
import type { Vector } from '../arithmetic/matrix.js';
import type { ProofNode } from '../format.js';
import type { Meter } from '../limits.js';
import type { Samples } from '../model/data.js';
import { type DenseOver, evaluate, predictions } from '../model/evaluation.js';
import { isIndependentOf, type ParameterSpace } from '../model/family.js';
import type { Network } from '../model/network.js';
import type { SampleProblem } from '../statement.js';
import { type Ledger, reject } from '../verdict.js';

type Node = Extract<ProofNode, { rule: 'strictly-monotone' }>;
type Coordinate = Node['coordinates'][number];
type Prediction = NonNullable<Node['predictions']>[number];

/**
 * Shows that functions f_1, …, f_p of the parameters t_1, …, t_p tell any two parameters t ≠ t' apart: let j be the first place where t and
 * t' differ.
 *
 *  (i) f_j depends on t_1, …, t_j only, so that f_j(t') = f_j(t_1, …, t_(j−1), t'_j);
 *  (ii) f_j is strictly monotone in t_j, the others held fixed anywhere in the range, so that this is not f_j(t).
 *
 * A Jacobian that is nowhere singular would not be enough: it tells only nearby parameters apart.
 *
 * @param path  of the list of the functions' hints
 */
function tellApart<T>(
  space: ParameterSpace<T>,
  functions: readonly RationalFunction<T>[],
  what: string,
  path: string,
  ledger: Ledger,
): void {
  const { dimension } = space;
  if (functions.length !== dimension) {
    reject('wrong-length', path, `expected one ${what} for each of ${dimension} parameters, found ${functions.length}`);
  }
  functions.forEach((f, j) => {
    for (let later = j + 1; later < dimension; later++) {
      if (!isIndependentOf(space, f, later)) {
        reject('depends-on-later-parameter', `${path}[${j}]`, `${what} ${j} depends on parameter ${later} too`);
      }
      ledger.discharge('independent-of-parameter');
    }
    if (!space.isMonotone(f, j)) {
      reject('not-monotone', `${path}[${j}]`, `${what} ${j} is not shown to be strictly monotone in parameter ${j}`);
    }
    ledger.discharge('strictly-monotone');
  });
}

/**
 * Shows that different parameters give different points: tellApart for one coordinate of θ(t) a parameter.
 *
 * @param over  the family over one positive denominator a layer
 * @param coordinates  which coordinates (from the certificate, untrusted)
 * @see theory.md 9; proofs/rules/strictly-monotone.md
 */
export function checkInjective<T>(
  space: ParameterSpace<T>,
  network: Network,
  over: readonly DenseOver<T>[],
  coordinates: readonly Coordinate[],
  path: string,
  ledger: Ledger,
): void {
  const functions = coordinates.map((coordinate, j) => coordinateOf(network, over, coordinate, `${path}[${j}]`));
  tellApart(space, functions, 'coordinate', path, ledger);
}

function coordinateOf<T>(
  { stages }: Network,
  over: readonly DenseOver<T>[],
  { layer, unit, input, bias }: Coordinate,
  path: string,
): RationalFunction<T> {
  const isBias = bias !== undefined;
  if (isBias ? unit !== undefined || input !== undefined : unit === undefined || input === undefined) {
    reject('wrong-hint', path, 'expected either "unit" and "input", or "bias"');
  }
  const s = stages.findIndex(({ entry }) => entry === layer);
  const { weights, bias: biases = null, denominator } = over[s] ?? { weights: [], denominator: null };
  const numerator = isBias ? biases?.[bias] : weights[unit as number]?.[input as number];
  if (numerator === undefined || denominator === null) {
    return reject('wrong-hint', path, 'the family has no such coordinate');
  }
  return { numerator, denominator };
}

/**
 * Shows that different parameters give different functions: tellApart for one output at one input a parameter.
 *
 * @param hints  at which samples, or at which inputs, and which outputs (from the certificate, untrusted)
 */
export function checkDistinctFunctions<T>(
  space: ParameterSpace<T>,
  { network, data }: SampleProblem,
  over: readonly DenseOver<T>[],
  hints: readonly Prediction[],
  path: string,
  meter: Meter,
  ledger: Ledger,
): void {
  const functions = hints.map(({ sample, input, output }, j): RationalFunction<T> => {
    const at = `${path}[${j}]`;
    if ((sample === undefined) === (input === undefined)) {
      reject('wrong-hint', at, 'expected either "sample" or "input"');
    }
    const x = input === undefined ? data.inputs.rows[sample as number] : input.values;
    if (x === undefined) return reject('wrong-hint', `${at}.sample`, 'the data have no such sample');
    if (x.length !== network.inputs) {
      reject('wrong-shape', `${at}.input`, `expected ${network.inputs} entries, found ${x.length}`);
    }
    if (output >= network.outputs) reject('wrong-hint', `${at}.output`, 'the network has no such output');
    const { denominator, bits } = input ?? data.inputs;
    const { preactivations, denominator: D } = predictions(
      evaluate(space.ring, network, over, oneInput(x, { denominator, bits }), meter),
    );
    return { numerator: preactivations[0]?.[output] as T, denominator: D };
  });
  tellApart(space, functions, 'prediction', path, ledger);
}

function oneInput(x: readonly bigint[], { denominator, bits }: Pick<Vector, 'denominator' | 'bits'>): Samples {
  const none = { rows: [[]], denominator: 1n, bits: 1 };
  return {
    inputs: { rows: [x], denominator, bits },
    targets: none,
    weights: { values: [1n], denominator: 1n, bits: 1 },
  };
}
