import { add, formatRational, type Rational, rational } from '../kernel/arithmetic/rational.js';
import { type Activation, affinePieceOf } from '../kernel/model/activation.js';
import type { Samples } from '../kernel/model/data.js';
import type { Loss } from '../kernel/model/loss.js';
import type { Stage } from '../kernel/model/network.js';
import { type Segment, widestSegment } from '../provers/segments.js';
import { carriedFit, described, findBetterThanFit } from './carried-fit.js';
import type { Built, Construction, ConstructionInput } from './construction.js';
import { fails, fitToBeat, poseProblem, proveSpurious, unknownSetting, widthsOf } from './training-problem.js';

const hypotheses = {
  width: {
    name: 'hidden layers wider than the output',
    text: 'every hidden layer has more units than there are outputs',
  },
  activation: {
    name: 'activation piecewise linear, not linear',
    text: 'the activation is continuous with finitely many affine pieces, and not affine on the whole line',
  },
  kink: {
    name: 'a kink whose two slopes do not sum to zero',
    text: 'at some kink the slopes on the left and on the right do not add up to 0 (abs has none such)',
  },
  loss: {
    name: 'loss with derivative zero only at the label',
    text: 'the loss is continuously differentiable, and its derivative is 0 only where the prediction is the label',
  },
  distinct: { name: 'distinct samples', text: 'no two samples have the same input' },
  target: { name: 'not linearly fittable', text: 'no affine function of the input takes all labels' },
} as const;

export const heWangTao2020: Construction = {
  id: 'he-wang-tao-2020',
  title: 'Infinitely many spurious local minima in a connected valley, for any depth and any number of outputs',
  source:
    'He, Wang, Tao, Piecewise linear activations substantially shape the loss surfaces of neural networks, ICLR 2020',
  bibtex: `@inproceedings{he2020piecewise,
  title     = {Piecewise linear activations substantially shape the loss surfaces of neural networks},
  author    = {He, Fengxiang and Wang, Bohan and Tao, Dacheng},
  booktitle = {International Conference on Learning Representations},
  year      = {2020},
  eprint    = {2003.12236},
  archivePrefix = {arXiv}
}`,
  hypotheses: Object.values(hypotheses),
  settings: [],
  build,
};

async function build(input: ConstructionInput): Promise<Built> {
  const unknown = unknownSetting(input, heWangTao2020.settings);
  if (unknown !== null) return { kind: 'usage', message: unknown };
  const outputs = input.targets[0]?.length ?? 1;
  const widths = widthsOf(input, outputs + 1, hypotheses.width);
  if ('kind' in widths) return widths;
  const posed = poseProblem(input, widths);
  if (posed.kind !== 'posed') return posed;
  const { problem } = posed;
  const { network, loss, data } = problem;
  const { activation } = network.stages[0] as Stage;
  if (activation.smooth !== null) return fails(hypotheses.activation, 'a piece of it is not affine');
  if (activation.breakpoints.length === 0) return fails(hypotheses.activation, 'it has no kink');
  const kink = steepKink(activation);
  if (kink === null) return fails(hypotheses.kink, 'at every kink the slopes on the left and on the right add up to 0');
  const flaw = flawOf(loss);
  if (flaw !== null) return fails(hypotheses.loss, flaw);
  const repeated = repeatedInput(data);
  if (repeated !== null) {
    return fails(hypotheses.distinct, `samples ${repeated[0]} and ${repeated[1]} (from 0) have the same input`);
  }
  const fit = fitToBeat(problem, input, false, hypotheses.target);
  if ('kind' in fit) return fit;
  // At a kink with slopes of sum ≠ 0 one of them is not 0.
  const segment = widestSegment(activation, false) as Segment;
  const point = carriedFit(network, fit, segment);
  const better = findBetterThanFit(problem, point, fit, input);
  if (better === null) return { kind: 'gave-up', message: 'no better point was found at this effort' };
  input.observe?.('checking', 0, 1);
  const [from, to] = [segment.low, segment.high];
  const range = `${from === null ? '−∞' : formatRational(from)} and ${to === null ? '∞' : formatRational(to)}`;
  const valley =
    `${heWangTao2020.title}: unit ${outputs + 1} of hidden layer 1 has weights 0 in and out, and moving its bias between ${range} changes no prediction; ` +
    'every point on the way is a local minimum of the same risk, for the same reason';
  const notes = [
    `width ${widths.join(', ')}, segment ${described(segment)}, kink at ${formatRational(kink)}`,
    'the local minimum is one of infinitely many, in a connected valley of the same risk',
  ];
  return proveSpurious(problem, point, better.parameters, heWangTao2020, notes, valley);
}

/** @returns the first kink whose slopes do not add up to 0, or null */
function steepKink(h: Activation): Rational | null {
  const j = h.breakpoints.findIndex((_, at) => {
    const [left, right] = [affinePieceOf(h, at), affinePieceOf(h, at + 1)];
    return left !== null && right !== null && add(left.slope, right.slope).num !== 0n;
  });
  return j < 0 ? null : rational(h.breakpoints[j] as bigint, h.breakpointDenominator);
}

/** @returns where the derivative of the loss is 0 besides the label, in words, or null */
function flawOf(loss: Loss): string | null {
  if (loss.family === 'smooth') {
    return loss.name === 'logistic' || loss.name === 'cross-entropy'
      ? `for ${loss.name} it is 0 where the probabilities are the labels, and not the predictions`
      : null;
  }
  if (!loss.leastAtZero) return 'it does not have its least value at the label';
  // L is convex with L'(0) = 0, so L' is 0 elsewhere only on a piece that is constant.
  const flat = loss.convex && loss.pieces.some((piece) => piece.slice(1).every((c) => c === 0n));
  return flat ? 'the loss is constant on some interval' : null;
}

/** @returns two samples with the same input, or null */
function repeatedInput({ inputs }: Samples): readonly [number, number] | null {
  const seen = new Map<string, number>();
  for (const [i, row] of inputs.rows.entries()) {
    const key = row.join(',');
    const before = seen.get(key);
    if (before !== undefined) return [before, i];
    seen.set(key, i);
  }
  return null;
}
