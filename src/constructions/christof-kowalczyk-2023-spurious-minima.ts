import type { Stage } from '../kernel/model/network.js';
import { findRidgeDescent } from '../provers/ridge-descent.js';
import { widestSegment } from '../provers/segments.js';
import { carriedFit, constantFit, described, findBetterThanFit } from './carried-fit.js';
import { buildOnBox } from './christof-kowalczyk-on-boxes.js';
import type { Built, Construction, ConstructionInput } from './construction.js';
import { familySetting, withContinuum } from './continuum.js';
import { constructNear } from './near-minimum.js';
import { fails, fitToBeat, poseProblem, proveSpurious, unknownSetting, widthsOf } from './training-problem.js';

const hypotheses = {
  width: {
    name: 'width at least 2',
    text: 'every hidden layer has at least one unit more than there are outputs: at least 2 for a scalar output',
  },
  segment: {
    name: 'activation has an affine segment of nonzero slope',
    text: 'the activation is affine and not constant on some open interval (segment=affine)',
  },
  constantSegment: {
    name: 'activation has a constant segment',
    text: 'the activation is constant on some open interval (segment=constant; any width will do then)',
  },
  nonlinear: { name: 'activation not affine', text: 'the activation is not affine on the whole line' },
  target: {
    name: 'target not affine',
    text: 'some function of the input has lower risk than every affine one: for distinct inputs, the target is not affine',
  },
  constantTarget: {
    name: 'target not constant',
    text: 'some function of the input has lower risk than every constant one (segment=constant)',
  },
} as const;

export const christofKowalczyk2023: Construction = {
  id: 'christof-kowalczyk-2023-spurious-minima',
  title:
    'Spurious local minima that realize the best affine (or constant) fit inside an affine segment of the activation',
  source:
    'Christof, Kowalczyk, On the omnipresence of spurious local minima in certain neural network training problems, Constructive Approximation, 2023',
  bibtex: `@article{christof2023omnipresence,
  title   = {On the omnipresence of spurious local minima in certain neural network training problems},
  author  = {Christof, Constantin and Kowalczyk, Julia},
  journal = {Constructive Approximation},
  year    = {2023},
  eprint  = {2202.12262},
  archivePrefix = {arXiv}
}`,
  hypotheses: Object.values(hypotheses),
  settings: [
    {
      name: 'segment',
      type: 'choice',
      default: 'affine',
      text: 'affine: the local minimum is the best affine fit, in a segment of nonzero slope; constant: the best constant fit, in a constant segment',
    },
    familySetting,
  ],
  onBoxes: true,
  build: (input) => withContinuum(input, christofKowalczyk2023, build),
};

async function build(input: ConstructionInput): Promise<Built> {
  const unknown = unknownSetting(input, christofKowalczyk2023.settings);
  if (unknown !== null) return { kind: 'usage', message: unknown };
  const kind = input.settings['segment'] ?? 'affine';
  if (kind !== 'affine' && kind !== 'constant') {
    return { kind: 'usage', message: 'the setting "segment" must be affine or constant' };
  }
  const constant = kind === 'constant';
  const { hidden, box } = input;
  if (box !== undefined) return buildOnBox(input, box, constant, christofKowalczyk2023, hypotheses);
  const outputs = input.targets[0]?.length ?? 1;
  // Any width will do for a constant, but two units show more.
  const widths = constant && hidden === null ? [2] : widthsOf(input, constant ? 1 : outputs + 1, hypotheses.width);
  if ('kind' in widths) return widths;
  const posed = poseProblem(input, widths);
  if (posed.kind !== 'posed') return posed;
  const { problem } = posed;
  const { network } = problem;
  const { activation } = network.stages[0] as Stage;
  const segment = widestSegment(activation, constant);
  if (segment === null) {
    return constant
      ? fails(hypotheses.constantSegment, 'no piece of it is constant')
      : fails(
          hypotheses.segment,
          activation.smooth === null ? 'the activation is constant' : 'no piece of it is affine',
        );
  }
  if (activation.breakpoints.length === 0) return fails(hypotheses.nonlinear, 'it has no kink');
  const notes = [`width ${widths.join(', ')}, segment ${described(segment)}`];
  const fit = fitToBeat(problem, input, constant, constant ? hypotheses.constantTarget : hypotheses.target);
  // No rational best fit was found: there is a local minimum near the irrational one.
  if ('kind' in fit) {
    return fit.kind === 'gave-up' && !constant
      ? constructNear(problem, segment, input, christofKowalczyk2023, notes)
      : fit;
  }
  const point = constant ? constantFit(network, fit, segment) : carriedFit(network, fit, segment);
  const better =
    activation.smooth === null && problem.loss.family === 'polynomial'
      ? (findBetterThanFit(problem, point, fit, input)?.parameters ?? null)
      : findRidgeDescent(problem, fit, segment, input);
  if (better === null) return { kind: 'gave-up', message: 'no better point was found at this effort' };
  input.observe?.('checking', 0, 1);
  return proveSpurious(problem, point, better, christofKowalczyk2023, notes);
}
