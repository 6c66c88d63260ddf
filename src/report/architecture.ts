/** A problem in words: the network, the risk with its loss, weights and sizes. Everything is read from the checked problem. */
import { match, P } from 'ts-pattern';
import { formatRational, type Rational, rational } from '../kernel/arithmetic/rational.js';
import type { DecodedProblem, Layer } from '../kernel/format.js';
import type { Samples } from '../kernel/model/data.js';
import { freeParameters } from '../kernel/model/network.js';
import type { BoxProblem, GaussianProblem, ParametrizedProblem, Problem, SummedProblem } from '../kernel/statement.js';
import { unreachable } from '../kernel/verdict.js';
import { boxWords, isUniform, parametrizedWords } from './box-words.js';
import { type Formula, formula, joined } from './document.js';
import { fraction, superscript } from './numbers.js';

const half = rational(1n, 2n);
/** Breakpoints of a table, or weights of samples, that a sentence lists. */
const listed = 6;

const times = (sizes: readonly number[]): string => sizes.join('×');

/** " stride 2" and the like: only what is not the default. */
function notDefault(what: string, sizes: readonly number[] | undefined, usual: readonly number[]): string {
  return sizes === undefined || times(sizes) === times(usual) ? '' : ` ${what} ${times(sizes)}`;
}

function layerWords(layer: Layer): string {
  switch (layer.type) {
    case 'dense':
      return `dense ${layer.units}${weightedWords(layer)}`;
    case 'conv1d':
    case 'conv2d': {
      const { kernel, channels, stride, padding } = layer;
      const ones = kernel.map(() => 1);
      const zeros = kernel.map(() => 0);
      const windows = `${times(kernel)}${notDefault('stride', stride, ones)}${notDefault('padding', padding, zeros)}`;
      return `convolution ${channels} of ${windows}${weightedWords(layer)}`;
    }
    case 'avgpool':
    case 'maxpool': {
      const what = layer.type === 'avgpool' ? 'average' : 'maximum';
      return `${what} pool ${times(layer.kernel)}${notDefault('stride', layer.stride, layer.kernel)}`;
    }
    case 'flatten':
      return 'flatten';
    case 'residual':
      return `residual (${layer.layers.map(layerWords).join(' → ')})`;
    case 'activation':
      return activationWords(layer);
    default:
      return unreachable(layer);
  }
}

function weightedWords({ bias, fixed }: Extract<Layer, { type: 'dense' | 'conv1d' | 'conv2d' }>): string {
  return `${(bias ?? true) ? '' : ' without bias'}${fixed === undefined ? '' : ' (frozen)'}`;
}

function activationWords(layer: Extract<Layer, { type: 'activation' }>): string {
  return match(layer)
    .with({ function: 'leaky-relu' }, ({ slope }) => `leaky-relu(${fraction(slope ?? rational(1n, 100n)).unicode})`)
    .with({ function: 'prelu' }, ({ slope }) => `prelu(${fraction(slope).unicode})`)
    .with({ function: 'softshrink' }, ({ threshold }) => `softshrink(${fraction(threshold ?? half).unicode})`)
    .with({ function: 'piecewise' }, ({ breakpoints: { values, denominator }, pieces }) => {
      if (values.length === 0) return 'an affine function';
      const shown = values.slice(0, listed).map((at) => fraction(rational(at, denominator)).unicode);
      const more = values.length > listed ? ', …' : '';
      const isAffine = pieces.every(({ polynomial }) => (polynomial?.values.length ?? 3) <= 2);
      return `piecewise ${isAffine ? 'affine' : 'smooth'} (breakpoint${values.length === 1 ? '' : 's'} ${shown.join(', ')}${more})`;
    })
    .with({ function: P.union('elu', 'celu', 'isrlu') }, ({ function: name, alpha }) =>
      alpha === undefined ? name : `${name}(${fraction(alpha).unicode})`,
    )
    .with({ function: 'selu' }, ({ alpha, scale }) =>
      alpha === undefined && scale === undefined ? 'selu' : 'selu with other constants',
    )
    .with(
      { function: 'hardswish' },
      {
        function: P.union('sigmoid', 'tanh', 'atan', 'softplus', 'silu', 'gelu', 'sin', 'quadratic'),
      },
      { function: 'relu' },
      { function: 'identity' },
      { function: 'abs' },
      { function: 'hardtanh' },
      { function: 'relu6' },
      { function: 'hard-sigmoid' },
      ({ function: name }) => name,
    )
    .exhaustive();
}

/** @returns "R¹ → dense 2 → relu → dense 1" */
export function architecture({ network, written }: Problem): Formula {
  const words = written.network.layers.map(layerWords);
  const { input } = written.network;
  const [plain, latex] =
    input.length === 1
      ? [`R${superscript(network.inputs)}`, `\\mathbb{R}^{${network.inputs}}`]
      : [`R^(${times(input)})`, `\\mathbb{R}^{${input.join(' \\times ')}}`];
  return formula([plain, ...words].join(' → '), [latex, ...words.map((word) => `\\text{${word}}`)].join(' \\to '));
}

export function parameterCount({ network }: Problem): string {
  const count = freeParameters(network);
  return `${count} free parameter${count === 1 ? '' : 's'}`;
}

/** What p and y are in losses of logits. */
function logits(outputs: number): Formula {
  return outputs === 1
    ? formula('p = N_θ(x_i), y = y_i', 'p = N_\\theta(x_i),\\ y = y_i')
    : formula('p_c = N_θ(x_i)_c, y_c = (y_i)_c', 'p_c = N_\\theta(x_i)_c,\\ y_c = (y_i)_c');
}

/** The loss at one sample, and what has to be said about its letters. */
function lossAt(
  loss: DecodedProblem['loss'],
  outputs: number,
): { readonly term: Formula; readonly where: Formula | null } {
  const scalar = outputs === 1;
  const residual = scalar
    ? formula('N_θ(x_i) − y_i', 'N_\\theta(x_i) - y_i')
    : formula('(N_θ(x_i) − y_i)_c', '(N_\\theta(x_i) - y_i)_c');
  const sum = scalar ? formula('') : formula('Σ_c ', '\\sum_c ');
  return match(loss)
    .with({ function: 'squared' }, () => ({
      term: scalar
        ? formula('(N_θ(x_i) − y_i)²', '(N_\\theta(x_i) - y_i)^2')
        : formula('|N_θ(x_i) − y_i|²', '\\lvert N_\\theta(x_i) - y_i \\rvert^2'),
      where: null,
    }))
    .with({ function: 'power' }, ({ exponent }) => ({
      term: joined(
        sum,
        formula('|', '\\lvert '),
        residual,
        exponent.den === 1n
          ? formula(`|${superscript(Number(exponent.num))}`, ` \\rvert^{${exponent.num}}`)
          : formula(`|^(${formatRational(exponent)})`, ` \\rvert^{${formatRational(exponent)}}`),
      ),
      where: null,
    }))
    .with({ function: 'log-cosh' }, () => ({
      term: joined(sum, formula('log cosh(', '\\log\\cosh('), residual, ')'),
      where: null,
    }))
    .with({ function: 'logistic' }, () => ({
      term: joined(sum, formula('[log(1 + e^p) − y p]', '\\left[\\log(1 + e^p) - y p\\right]')),
      where: logits(outputs),
    }))
    .with({ function: 'cross-entropy' }, () => ({
      term: formula('[log Σ_c e^p_c − Σ_c y_c p_c]', '\\Big[\\log \\sum_c e^{p_c} - \\sum_c y_c p_c\\Big]'),
      where: logits(outputs),
    }))
    .with({ function: 'polynomial' }, ({ coefficients: { values, denominator } }) => ({
      term: joined(sum, 'P(', residual, ')'),
      where: joined(
        formula('P(r) = ', 'P(r) = '),
        ...values.flatMap((c, k): Formula[] =>
          c === 0n
            ? []
            : [
                formula(k === 0 || values.slice(0, k).every((b) => b === 0n) ? '' : ' + '),
                joined('(', fraction(rational(c, denominator)), ')'),
                formula(k === 0 ? '' : k === 1 ? 'r' : `r${superscript(k)}`, k === 0 ? '' : k === 1 ? 'r' : `r^{${k}}`),
              ],
        ),
      ),
    }))
    .with({ function: 'huber' }, ({ threshold }) => ({
      term: joined(sum, 'H(', residual, ')'),
      where: joined(
        formula(
          'H(r) = r²/2 for |r| ≤ δ, δ|r| − δ²/2 beyond, δ = ',
          'H(r) = r^2/2 \\text{ for } \\lvert r \\rvert \\le \\delta,\\ \\delta \\lvert r \\rvert - \\delta^2/2 \\text{ beyond},\\ \\delta = ',
        ),
        fraction(threshold),
      ),
    }))
    .with({ function: 'smooth-quantile' }, ({ level, width }) => ({
      term: joined(sum, 'Q(', residual, ')'),
      where: joined(
        formula(
          'Q(r) = r²/(2w) for −wτ ≤ r ≤ w(1−τ), (1−τ)(r − w(1−τ)/2) above, −τ(r + wτ/2) below, τ = ',
          'Q(r) = r^2/(2w) \\text{ for } -w\\tau \\le r \\le w(1-\\tau),\\ (1-\\tau)(r - w(1-\\tau)/2) \\text{ above},\\ -\\tau(r + w\\tau/2) \\text{ below},\\ \\tau = ',
        ),
        fraction(level),
        formula(', w = ', ',\\ w = '),
        fraction(width),
      ),
    }))
    .exhaustive();
}

/** Null where every weight is 1. */
function weightWords({ weights: { values, denominator } }: Samples): Formula | null {
  const [first] = values as readonly [bigint, ...bigint[]];
  const at = (w: bigint): Formula => fraction(rational(w, denominator));
  if (values.every((w) => w === first)) {
    return first === denominator ? null : joined(formula('μ_i = ', '\\mu_i = '), at(first));
  }
  if (values.length <= listed) {
    const each = values.flatMap((w, i) => (i === 0 ? [at(w)] : [formula(', '), at(w)]));
    return joined(formula('μ = (', '\\mu = ('), ...each, ')');
  }
  const sorted = [...values].sort((a, b) => (a < b ? -1 : 1));
  const [low, high] = [sorted[0] as bigint, sorted[sorted.length - 1] as bigint];
  return joined(at(low), formula(' ≤ μ_i ≤ ', ' \\le \\mu_i \\le '), at(high));
}

export interface RiskWords {
  /** R(θ) = Σ_{i=1..n} … */
  readonly formula: Formula;
  /** what its letters mean, each one a formula */
  readonly where: readonly Formula[];
}

export function riskWords(problem: Problem): RiskWords {
  switch (problem.type) {
    case 'box':
      return integralWords(
        problem,
        isUniform(problem.data) ? '' : formula(' ρ(x)', '\\, \\rho(x)'),
        boxWords(problem.data),
      );
    case 'parametrized-target':
      return integralWords(problem, '', parametrizedWords(problem.data));
    case 'gaussian-teacher':
      return teacherWords(problem);
    case 'samples':
      return sumWords(problem);
    case 'decayed-samples': {
      const { formula: sum, where } = sumWords(problem);
      const penalty = joined(
        formula(' + ', ' + '),
        fraction(problem.decay),
        formula('·|θ|²', '\\, \\lvert \\theta \\rvert^2'),
      );
      return { formula: joined(sum, penalty), where };
    }
  }
}

function teacherWords({ data: { dimension, teacher } }: GaussianProblem): RiskWords {
  return {
    formula: formula(
      'R(θ) = ½ E (N_θ(x) − Σ_k max(v_k·x, 0))²',
      'R(\\theta) = \\tfrac12\\, \\mathbb{E}\\bigl(N_\\theta(x) - \\textstyle\\sum_k \\max(v_k \\cdot x, 0)\\bigr)^2',
    ),
    where: [
      formula(
        `x ~ N(0, I) in R${superscript(dimension)}`,
        `x \\sim \\mathcal{N}(0, I) \\text{ in } \\mathbb{R}^{${dimension}}`,
      ),
      formula(`${teacher.rows.length} teacher units v_k`, `${teacher.rows.length} \\text{ teacher units } v_k`),
    ],
  };
}

function integralWords(
  { network, written: { loss } }: BoxProblem | ParametrizedProblem,
  density: Formula | '',
  dataWords: readonly Formula[],
): RiskWords {
  const { term, where } = lossAt(loss, network.outputs);
  // The words for samples, said of x.
  const onBox = ({ unicode, latex }: Formula): Formula => {
    const [plain, tex] = [unicode, latex].map((text) => text.replaceAll('x_i', 'x').replaceAll('y_i', 'y(x)'));
    return formula(plain as string, tex as string);
  };
  return {
    formula: joined(
      formula('R(θ) = ', 'R(\\theta) = '),
      factorWords(loss.factor),
      formula('∫_B ', '\\int_B '),
      onBox(term),
      density,
      formula(' dx', '\\, dx'),
    ),
    where: [...(where === null ? [] : [onBox(where)]), ...dataWords],
  };
}

function factorWords(factor: Rational | undefined): Formula | '' {
  if (factor === undefined || (factor.num === 1n && factor.den === 1n)) return '';
  return joined(fraction(factor), formula('·', ' '));
}

function sumWords({ data, network, written: { loss } }: SummedProblem): RiskWords {
  const n = data.inputs.rows.length;
  const { term, where } = lossAt(loss, network.outputs);
  const weights = weightWords(data);
  return {
    formula: joined(
      formula('R(θ) = ', 'R(\\theta) = '),
      factorWords(loss.factor),
      formula(`Σ_{i=1..${n}} `, `\\sum_{i=1}^{${n}} `),
      weights === null ? '' : formula('μ_i ', '\\mu_i '),
      term,
    ),
    where: [where, weights].filter((words) => words !== null),
  };
}

/** People count units, samples and layers from 1; the format and the kernel's messages count from 0. */
export const countingNote =
  'Samples, units and affine layers are counted from 1 here; files and messages count from 0.';
