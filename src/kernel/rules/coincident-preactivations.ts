import { type Rational, shown } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import { type ConstantFit, constantFit } from '../model/constant-fit.js';
import type { Samples } from '../model/data.js';
import { type DenseValues, denseOnly, type Network, type Parameters, type Stage } from '../model/network.js';
import type { SampleProblem } from '../statement.js';
import { decline, type Ledger, reject } from '../verdict.js';
import { checkForm, type FormHints } from './coincident-form.js';

/** One hidden layer, dense and free, and one output that reads it: p_i = c + Σ_j v_j h(w_j·x̃_i). */
export interface TwoLayers {
  readonly hidden: Stage;
  readonly output: Stage;
}

/** What every unit sees at every sample: m_j = w_j·x̃_i. */
export interface Coincidence {
  /** by unit, over `denominator` > 0 */
  readonly numerators: readonly bigint[];
  readonly denominator: bigint;
}

/**
 * Shows that a point θ* of a network of one hidden layer and one output is a local minimum, where every unit sees one value: the prediction is a
 * constant p. θ* is θ, but for a parameter of the output layer that may be up to halfWidth away.
 *
 *  (i) w_j·x̃_i = m_j for all samples i, for every unit j.
 *  (ii) L is convex near the residuals p − y_i, and Σ g_i = 0, Σ g_i x_i = 0 for g_i = μ_i L'(p − y_i).
 *  (iii) Over the box of that half-width around θ every preactivation stays strictly inside the piece of m_j.
 *  (iv) For every θ' of the box a quadratic form in the differences e_ij = w'_j·(x̃_i − x̃_1) is ≥ 0, which R(θ') − R(θ*) is not below.
 *
 * Neither a hidden bias nor an output bias is needed, and the output layer may be frozen.
 *
 * @param p  the prediction at θ*: that it is, the caller knows
 * @returns R(θ*)
 * @see theory.md 4; proofs/rules/coincident-preactivations.md
 */
export function checkCoincidentPreactivations(
  problem: SampleProblem,
  theta: Parameters,
  p: Rational,
  hints: FormHints,
  path: string,
  meter: Meter,
  ledger: Ledger,
): Rational {
  const { hidden, output } = twoLayers(problem.network);
  if (hints.halfWidth.num <= 0n) {
    reject('wrong-hint', `${path}.halfWidth`, `expected a number > 0, found ${shown(hints.halfWidth)}`);
  }
  const { data } = problem;
  const values = commonPreactivations(data, theta[0] as DenseValues, meter);
  ledger.discharge('coincident-preactivation', hidden.units * data.inputs.rows.length);
  const fit = constantFit(problem, p, meter);
  expectNoMoments(data, fit, meter);
  ledger.discharge('residual-moment', 1 + hidden.inputs);
  checkForm(problem, { hidden, output, values, outgoing: theta[1] as DenseValues, fit }, hints, path, meter, ledger);
  return fit.risk;
}

/** @throws Refusal (declined) where there are other layers, a frozen hidden layer, or several outputs */
export function twoLayers(network: Network): TwoLayers {
  denseOnly(network);
  const { stages, outputs } = network;
  const [hidden, output] = stages as readonly [Stage, Stage];
  if (stages.length !== 2 || outputs !== 1 || hidden.fixed !== null) {
    decline(
      'unsupported-combination',
      '$.statement.problem.network',
      'this rule needs two layers, the first one free, and one output',
    );
  }
  return { hidden, output };
}

/** Condition (i). */
function commonPreactivations(
  { inputs }: Samples,
  { weights, bias, denominator, bits }: DenseValues,
  meter: Meter,
): Coincidence {
  const width = inputs.rows[0]?.length ?? 0;
  meter.charge(inputs.rows.length * weights.length * (width + 1), inputs.bits, bits);
  const numerators = weights.map((row, unit) => {
    const shift = bias === null ? 0n : (bias[unit] as bigint) * inputs.denominator;
    const at = (x: readonly bigint[]): bigint => row.reduce((sum, w, j) => sum + w * (x[j] as bigint), shift);
    const common = at(inputs.rows[0] as readonly bigint[]);
    const other = inputs.rows.findIndex((x) => at(x) !== common);
    if (other >= 0) {
      reject('preactivations-differ', '$.statement.point', `unit ${unit} sees another value at sample ${other}`);
    }
    return common;
  });
  return { numerators, denominator: denominator * inputs.denominator };
}

/** Condition (ii): Σ g_i = 0 and Σ g_i x_i = 0. */
function expectNoMoments({ inputs }: Samples, { gradients, bits }: ConstantFit, meter: Meter): void {
  const width = inputs.rows[0]?.length ?? 0;
  meter.charge(gradients.length * (width + 1), bits, inputs.bits);
  if (gradients.reduce((sum, g) => sum + g, 0n) !== 0n) {
    reject('nonzero-residual-sum', '$.statement.point', 'the residual gradients do not add up to 0');
  }
  for (let j = 0; j < width; j++) {
    const moment = gradients.reduce((sum, g, i) => sum + g * (inputs.rows[i]?.[j] as bigint), 0n);
    if (moment !== 0n) {
      reject('nonzero-residual-moment', '$.statement.point', `the residual gradients are not orthogonal to input ${j}`);
    }
  }
}
