import type { Stage } from '../kernel/model/network.js';
import type { Built, Construction, ConstructionInput } from './construction.js';
import { canRealize } from './hinge-sum.js';
import { findPoints } from './level-points.js';
import { findLevels, levelSettings, readLevelSettings } from './level-search.js';
import { table } from './risk-levels.js';
import { fails, poseProblem, proveSpurious, unknownSetting } from './training-problem.js';

const hypotheses = {
  scalar: { name: 'scalar output', text: 'the network has one output' },
  activation: {
    name: 'piecewise linear activation',
    text: 'the activation has finitely many pieces, all affine, not all of slope 0, and at least one kink; every kink will do',
  },
  distinct: {
    name: 'distinct samples',
    text: 'some direction tells inputs apart, so that there are groups (samples with equal inputs stay in one group)',
  },
  target: {
    name: 'not linearly fittable',
    text: 'no affine function is as good as any function on the data; nor are affine fits of the groups of the level asked for',
  },
  width: {
    name: 'width',
    text: 'the first hidden layer has a unit that carries the affine part and one or two for each cut between groups; the other layers have at least 1',
  },
} as const;

export const liu2021FullyConnected: Construction = {
  id: 'liu-2021-fully-connected',
  title:
    'Spurious local minima of deep piecewise linear networks in which affine pieces fit disjoint groups of samples',
  source:
    'Liu, Spurious local minima are common for deep neural networks with piecewise linear activations, IEEE Transactions on Neural Networks and Learning Systems',
  bibtex: `@article{liu2021spurious,
  title   = {Spurious local minima are common for deep neural networks with piecewise linear activations},
  author  = {Liu, Bo},
  journal = {IEEE Transactions on Neural Networks and Learning Systems},
  eprint  = {2102.13233},
  archivePrefix = {arXiv}
}`,
  hypotheses: Object.values(hypotheses),
  settings: levelSettings('2'),
  build,
};

async function build(input: ConstructionInput): Promise<Built> {
  const unknown = unknownSetting(input, liu2021FullyConnected.settings);
  if (unknown !== null) return { kind: 'usage', message: unknown };
  const read = readLevelSettings(input, 2);
  if (read.kind === 'usage') return read;
  const { level: wanted } = read;
  const shallow = poseProblem(input, [1]);
  if (shallow.kind !== 'posed') return shallow;
  const { network, loss, data } = shallow.problem;
  if (network.outputs !== 1) return fails(hypotheses.scalar, `found ${network.outputs} outputs`);
  const h = (network.stages[0] as Stage).activation;
  if (h.smooth !== null) return fails(hypotheses.activation, 'a piece is not affine');
  if (!canRealize(h))
    return fails(hypotheses.activation, h.breakpoints.length === 0 ? 'it has no kink' : 'it is constant');

  const found = findLevels(data, loss, read, input);
  switch (found.kind) {
    case 'gave-up':
      return found;
    case 'one-input':
      return fails(hypotheses.distinct, 'all inputs are equal');
    case 'fitted':
      return fails(hypotheses.target, found.message);
  }
  const { levels } = found;
  const points = findPoints(h, data, levels, wanted, input, poseProblem);
  if (points.kind === 'too-narrow') return fails(hypotheses.width, points.message);
  if (points.kind !== 'found') return points;
  const posed = poseProblem(input, points.hidden);
  if (posed.kind !== 'posed') return posed;
  input.observe?.('checking', 0, 1);
  return proveSpurious(posed.problem, points.point, points.better, liu2021FullyConnected, [
    ...table(levels),
    points.note,
  ]);
}
