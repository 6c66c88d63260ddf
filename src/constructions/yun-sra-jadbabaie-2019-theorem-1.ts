import type { Fields } from '../formats/write.js';
import { compare, formatRational, multiply, type Rational, rational } from '../kernel/arithmetic/rational.js';
import { type Activation, affinePieceOf } from '../kernel/model/activation.js';
import type { DenseValues, Parameters, Stage } from '../kernel/model/network.js';
import { type AffineFit, fittedRange } from '../provers/affine-fit.js';
import { findBetterPoint } from '../provers/better-point.js';
import { denseOf } from '../provers/dense-of.js';
import { floor } from '../provers/segments.js';
import type { Built, Construction, ConstructionInput } from './construction.js';
import { shown } from './figures.js';
import {
  fails,
  fitToBeat,
  parseQuantity,
  poseProblem,
  proveSpurious,
  unknownSetting,
  widthsOf,
} from './training-problem.js';
import { bibtex, paper } from './yun-sra-jadbabaie-2019.js';

const smallestWidth = 2;
const hypotheses = {
  scalar: { name: 'scalar output', text: 'the network has one output (C1.1)' },
  squared: { name: 'squared loss', text: 'the loss is the squared error, with any factor' },
  layers: { name: 'one hidden layer', text: 'the network is affine, activation, affine, all with biases' },
  width: { name: 'width at least 2', text: 'the hidden layer has at least 2 units (C1.4)' },
  slopes: {
    name: 'two slopes',
    text: 'the activation is max(s₊t, 0) + min(s₋t, 0) with s₊ > 0, s₋ ≥ 0, s₊ ≠ s₋: relu, leaky relu, prelu (C1.3)',
  },
  target: {
    name: 'mean label not affine',
    text: 'the mean label over each distinct input is not an affine function of the input (for distinct inputs: (C1.1) and (C1.2))',
  },
} as const;

export const yunSraJadbabaie2019Theorem1: Construction = {
  id: 'yun-sra-jadbabaie-2019-theorem-1',
  title: 'Spurious local minima of two-slope networks whose risk is that of linear least squares',
  source: `${paper}, Theorem 1`,
  bibtex,
  hypotheses: Object.values(hypotheses),
  settings: [
    {
      name: 'a',
      type: 'quantity',
      default: '1',
      text: 'a > 0: W1 = a [W; 0], W2 = [1/(a s₊), 0]; every a gives another local minimum with the same predictions',
    },
    {
      name: 'eta',
      type: 'quantity',
      default: 'auto',
      text: 'below every prediction of the least squares fit, and not 0: the output bias; the default is an integer ≤ min(−1, 2 min)',
    },
  ],
  build,
};

async function build(input: ConstructionInput): Promise<Built> {
  const unknown = unknownSetting(input, yunSraJadbabaie2019Theorem1.settings);
  if (unknown !== null) return { kind: 'usage', message: unknown };
  const a = parseQuantity(input.settings['a'] ?? '1');
  if (a === null || a.num <= 0n) return { kind: 'usage', message: 'the setting "a" must be a quantity > 0' };
  const layers = input.hidden?.length ?? 1;
  if (layers > 1) return fails(hypotheses.layers, `found ${layers} hidden layers`);
  const widths = widthsOf(input, smallestWidth, hypotheses.width);
  if ('kind' in widths) return widths;
  const [width] = widths as readonly [number];
  const posed = poseProblem(input, widths);
  if (posed.kind !== 'posed') return posed;
  const { problem } = posed;
  const { network, loss } = problem;
  if (network.outputs !== 1) return fails(hypotheses.scalar, `found ${network.outputs} outputs`);
  if (loss.family !== 'polynomial' || loss.breakpoints.length > 0 || loss.degree !== 2)
    return fails(hypotheses.squared, `found the loss ${written(input.loss)}`);
  const slopes = slopesOf((network.stages[0] as Stage).activation);
  if (slopes === null) return fails(hypotheses.slopes, `found ${written(input.activation)}`);

  const fit = fitToBeat(problem, input, false, hypotheses.target);
  if ('kind' in fit) return fit;
  const { least } = fittedRange(fit);
  const eta = chooseEta(input.settings['eta'] ?? 'auto', least);
  if (typeof eta === 'string') return { kind: 'usage', message: eta };

  const point = localMinimum(fit, a, eta, slopes.positive, width);
  const better = findBetterPoint(problem, point, input);
  if (better === null) throw new Error('Cannot happen: a ridge separates inputs whose residuals do not add up to 0');
  input.observe?.('checking', 0, 1);
  return proveSpurious(problem, point, better.parameters, yunSraJadbabaie2019Theorem1, [
    `width ${width}, s₊ = ${formatRational(slopes.positive)}, s₋ = ${formatRational(slopes.negative)}, a = ${formatRational(a)}, η = ${shown(eta)}`,
  ]);
}

function written(layer: Fields): string {
  return Object.entries(layer)
    .filter(([key]) => key !== 'type' && key !== 'factor')
    .map(([key, value]) => (key === 'function' ? String(value) : `${key} ${typeof value === 'string' ? value : '…'}`))
    .join(', ');
}

/** @returns s₊ and s₋ of max(s₊t, 0) + min(s₋t, 0), or null for another activation */
function slopesOf(h: Activation): { readonly positive: Rational; readonly negative: Rational } | null {
  if (h.breakpoints.length !== 1 || h.breakpoints[0] !== 0n) return null;
  const [left, right] = [affinePieceOf(h, 0), affinePieceOf(h, 1)];
  if (left === null || right === null) return null;
  if (left.intercept.num !== 0n || right.slope.num <= 0n || left.slope.num < 0n) return null;
  return { positive: right.slope, negative: left.slope };
}

/** @returns η below every prediction, or a message */
function chooseEta(text: string, least: Rational): Rational | string {
  // The paper's min{−1, 2 min ȳ} has as many digits as ȳ; the integer below it serves as well.
  if (text === 'auto') {
    const twice = floor(multiply(rational(2n), least));
    return rational(twice < -1n ? twice : -1n);
  }
  const eta = parseQuantity(text);
  if (eta === null) return 'the setting "eta" must be a quantity';
  if (eta.num === 0n) return 'the setting "eta" must not be 0: the other units would stand on a kink';
  if (compare(eta, least) >= 0) {
    return `the setting "eta" must be below the least prediction of the fit, ${shown(least)}`;
  }
  return eta;
}

/**
 * W1 = a [W; 0; …], b1 = a [w₀ − η; −η; …], W2 = [1/(a s₊), 0, …], b2 = η: unit 1 is strictly active on all data and carries the fit, the
 * others are strictly active (strictly dead for η > 0) and have outgoing weight 0.
 */
function localMinimum(fit: AffineFit, a: Rational, eta: Rational, positive: Rational, width: number): Parameters {
  const { A, b, denominator } = fit;
  // Everything over denominator · a.den · eta.den.
  const common = denominator * a.den * eta.den;
  const forFit = a.num * eta.den;
  const forEta = a.num * eta.num * denominator;
  const idle = Array.from({ length: width - 1 }, () => (A[0] as readonly bigint[]).map(() => 0n));
  const first: DenseValues = denseOf(
    [(A[0] as readonly bigint[]).map((w) => w * forFit), ...idle],
    [(b[0] as bigint) * forFit - forEta, ...idle.map(() => -forEta)],
    common,
  );
  const outgoing = multiply(rational(a.den, a.num), rational(positive.den, positive.num));
  const over = outgoing.den * eta.den;
  const last = denseOf([[outgoing.num * eta.den, ...idle.map(() => 0n)]], [eta.num * outgoing.den], over);
  return [first, last];
}
