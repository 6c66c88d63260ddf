/** A problem in words: the network, the risk with its loss, weights and sizes. Everything is read from the checked problem. */
import { match } from 'ts-pattern';
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import type { DecodedProblem } from '../kernel/format.js';
import type { Samples } from '../kernel/model/data.js';
import { freeParameters } from '../kernel/model/network.js';
import type { Problem } from '../kernel/statement.js';
import { type Formula, formula, joined } from './document.js';
import { fraction, minus, superscript } from './numbers.js';

type Layer = DecodedProblem['network']['layers'][number];

const half = rational(1n, 2n);
/** Breakpoints of a table, or weights of samples, that a sentence lists. */
const listed = 6;

function layerWords(layer: Layer): string {
  if (layer.type === 'dense') {
    const bias = (layer.bias ?? true) ? '' : ' without bias';
    return `dense ${layer.units}${bias}${layer.fixed === undefined ? '' : ' (frozen)'}`;
  }
  return match(layer)
    .with({ function: 'leaky-relu' }, ({ slope }) => `leaky-relu(${fraction(slope ?? rational(1n, 100n)).unicode})`)
    .with({ function: 'prelu' }, ({ slope }) => `prelu(${fraction(slope).unicode})`)
    .with({ function: 'softshrink' }, ({ threshold }) => `softshrink(${fraction(threshold ?? half).unicode})`)
    .with({ function: 'piecewise' }, ({ breakpoints: { values, denominator } }) => {
      if (values.length === 0) return 'an affine function';
      const shown = values.slice(0, listed).map((at) => fraction(rational(at, denominator)).unicode);
      const more = values.length > listed ? ', …' : '';
      return `piecewise affine (breakpoint${values.length === 1 ? '' : 's'} ${shown.join(', ')}${more})`;
    })
    .with(
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
  const d = network.inputs;
  return formula(
    [`R${superscript(d)}`, ...words].join(' → '),
    [`\\mathbb{R}^{${d}}`, ...words.map((word) => `\\text{${minus(word)}}`)].join(' \\to '),
  );
}

export function parameterCount({ network }: Problem): string {
  const count = freeParameters(network);
  return `${count} free parameter${count === 1 ? '' : 's'}`;
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
        formula(`|${superscript(Number(exponent.num))}`, ` \\rvert^{${exponent.num}}`),
      ),
      where: null,
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

export function riskWords({ data, network, written: { loss } }: Problem): RiskWords {
  const n = data.inputs.rows.length;
  const factor: Rational | undefined = loss.factor;
  const { term, where } = lossAt(loss, network.outputs);
  const weights = weightWords(data);
  return {
    formula: joined(
      formula('R(θ) = ', 'R(\\theta) = '),
      factor === undefined || (factor.num === 1n && factor.den === 1n)
        ? ''
        : joined(fraction(factor), formula('·', ' ')),
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
