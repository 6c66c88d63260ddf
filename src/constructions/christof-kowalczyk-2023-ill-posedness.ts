import { pointJson, problemJson, quantity } from '../formats/write.js';
import { compare, divide, multiply, one, type Rational, rational, zero } from '../kernel/arithmetic/rational.js';
import type { Stage } from '../kernel/model/network.js';
import type { SampleProblem } from '../kernel/statement.js';
import { type GlobalMinimum, PatternEnumeration } from '../provers/enumeration.js';
import type { Built, Construction, ConstructionInput } from './construction.js';
import { proveBuilt } from './prove-built.js';
import { fails, parseQuantity, poseProblem, unknownSetting } from './training-problem.js';

const hypotheses = {
  output: { name: 'one output', text: 'the network has one output and one hidden layer, of any width' },
  loss: { name: 'squared loss', text: 'the loss is squared' },
  activation: {
    name: 'activation piecewise affine, not affine',
    text: 'the activation is piecewise affine, with a kink',
  },
  two: {
    name: 'some labels have two best approximations',
    text: 'at these labels two global minima have different predictions: without data, at a zigzag that has a kink more than the network',
  },
} as const;

export const christofKowalczyk2023IllPosedness: Construction = {
  id: 'christof-kowalczyk-2023-ill-posedness',
  title: 'Labels at which the best approximation by a network jumps, as far as one likes',
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
      name: 'jump',
      type: 'quantity',
      default: '1',
      text: 'how far apart the two best approximations are at some sample, at least: the labels are scaled until they are',
    },
  ],
  build: async (input) => build(input),
};

const combinationsAStep = 2_500;

function build(input: ConstructionInput): Built {
  const unknown = unknownSetting(input, christofKowalczyk2023IllPosedness.settings);
  if (unknown !== null) return { kind: 'usage', message: unknown };
  const jump = parseQuantity(input.settings['jump'] ?? '1');
  if (jump === null || jump.num <= 0n) return { kind: 'usage', message: 'the setting "jump" must be a number > 0' };
  const widths = input.hidden ?? [1];
  const given = input.inputs.length === 0 ? { ...input, ...ownData(widths[0] ?? 1) } : input;
  if (widths.length !== 1 || given.targets[0]?.length !== 1) {
    return fails(hypotheses.output, `found ${widths.length} hidden layers and ${given.targets[0]?.length} outputs`);
  }
  const posed = poseProblem(given, widths);
  if (posed.kind !== 'posed') return posed;
  const { activation } = posed.problem.network.stages[0] as Stage;
  if (input.loss['function'] !== 'squared') return fails(hypotheses.loss, `found ${String(input.loss['function'])}`);
  if (activation.smooth !== null || activation.breakpoints.length === 0) {
    return fails(hypotheses.activation, activation.smooth === null ? 'it has no kink' : 'it has a smooth piece');
  }
  const pair = findPair(posed.problem, input);
  if ('kind' in pair) return pair;
  const apart = jumpBetween(...pair.minima);
  // The image is a cone, since the last layer is free: labels, predictions and the jump are scaled together.
  const scale = compare(apart, jump) >= 0 ? one : divide(jump, apart);
  const scaled = poseProblem(
    { ...given, targets: given.targets.map((row) => row.map((y) => multiply(scale, y))) },
    widths,
  );
  if (scaled.kind !== 'posed') return scaled;
  const found = findPair(scaled.problem, input);
  if ('kind' in found) return found;
  const { problem, enumeration, risk, minima } = found;
  const proved = enumeration.prove(risk, input);
  if (proved.kind !== 'proved') {
    return { kind: 'gave-up', message: 'floating point missed the combination with the least risk' };
  }
  const [first, second] = minima;
  const reached = jumpBetween(first, second);
  const statement = {
    kind: 'ill-posed-best-approximation',
    problem: problemJson(problem),
    point: pointJson(problem.network, first.parameters),
    otherPoint: pointJson(problem.network, second.parameters),
    jump: quantity(reached),
  };
  const notes = [
    `${enumeration.leaves.length} activation patterns, ${enumeration.combinations} combinations of patterns and signs`,
  ];
  return proveBuilt(christofKowalczyk2023IllPosedness, statement, { globalMinimum: proved.node }, notes, input);
}

/** Labels 1, 0, 1, …, 0, 1 with a kink more than there are units: mirroring x changes nothing, and one kink has to go. */
function ownData(units: number): Pick<ConstructionInput, 'inputs' | 'targets' | 'weights'> {
  const places = Array.from({ length: 2 * units + 1 }, (_, i) => i);
  return {
    inputs: places.map((i) => [rational(BigInt(i - units))]),
    targets: places.map((i) => [i % 2 === 0 ? one : zero]),
    weights: null,
  };
}

interface Pair {
  readonly problem: SampleProblem;
  readonly enumeration: PatternEnumeration;
  readonly risk: Rational;
  readonly minima: readonly [GlobalMinimum, GlobalMinimum];
}

/** @returns the two global minima whose predictions are farthest apart at some sample */
function findPair(problem: SampleProblem, { effort, observe }: ConstructionInput): Pair | Built {
  const enumeration = PatternEnumeration.of(problem, combinationsAStep * effort);
  if (enumeration === null) {
    return { kind: 'gave-up', message: `there are more than ${combinationsAStep * effort} combinations of patterns` };
  }
  const found = enumeration.findMinima(observe);
  if (found.kind === 'not-attained')
    return { kind: 'gave-up', message: 'the least risk is not attained, as far as was found' };
  const { minima, risk } = found;
  const pairs = minima.flatMap((a, i) => minima.slice(i + 1).map((b) => [a, b] as const));
  const [first, ...others] = pairs;
  if (first === undefined) {
    return fails(hypotheses.two, 'the global minimum has only one vector of predictions on these data');
  }
  const size = ([a, b]: Pair['minima']): Rational => jumpBetween(a, b);
  const best = others.reduce((far, pair) => (compare(size(pair), size(far)) > 0 ? pair : far), first);
  return { problem, enumeration, risk, minima: best };
}

function jumpBetween(a: GlobalMinimum, b: GlobalMinimum): Rational {
  return a.predictions.reduce((most, p, i) => {
    const difference = p * b.denominator - (b.predictions[i] as bigint) * a.denominator;
    const size = rational(difference < 0n ? -difference : difference, a.denominator * b.denominator);
    return compare(size, most) > 0 ? size : most;
  }, zero);
}
