import { pointJson, problemJson } from '../formats/write.js';
import { formatRational, type Rational, rational } from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { constantFit } from '../kernel/model/constant-fit.js';
import type { Parameters, Stage } from '../kernel/model/network.js';
import type { SampleProblem } from '../kernel/statement.js';
import { floatActivationOf } from '../numerics/float-realization.js';
import type { AffineFit } from '../provers/affine-fit.js';
import { findByDescent, roundedBelow } from '../provers/smooth-descent.js';
import type { Built, Construction, ConstructionInput } from './construction.js';
import { exactFit, flatPoints, threePoints } from './corollary-3.js';
import { shown } from './figures.js';
import { bendsAt, type FlatPoint, flatPoint, flatPointAt } from './flat-point.js';
import { proveBuilt } from './prove-built.js';
import { fails, fitToBeat, parseQuantity, poseProblem, unknownSetting, widthsOf } from './training-problem.js';
import { bibtex, paper } from './yun-sra-jadbabaie-2019.js';

const hypotheses = {
  scalar: { name: 'scalar output', text: 'the network has one output' },
  squared: { name: 'squared loss', text: 'the loss is the squared error, with any factor' },
  layers: { name: 'one hidden layer', text: 'the network is affine, activation, affine, all with biases' },
  width: { name: 'width at least 2', text: 'the hidden layer has at least 2 units; on data of your own, at least 1' },
  smooth: {
    name: 'a smooth bend',
    text: 'the activation has a second derivative near some number a, and it is not 0 there (C2.4, C2.6): not relu, leaky relu, prelu, which Theorem 1 is for',
  },
  target: {
    name: 'mean label not constant',
    text: 'the mean label over each distinct input is not one constant: else a constant is as good as any function',
  },
  orthogonal: {
    name: 'residuals orthogonal to the inputs',
    text: 'Σ μ_i (p − y_i) x_i = 0 for the mean p of the labels: no affine function is better than a constant',
  },
  definite: {
    name: 'definite second moments',
    text: 'Σ μ_i (p − y_i) x_i x_iᵀ is definite on the differences of inputs; with one hidden unit that is not needed',
  },
} as const;

export const yunSraJadbabaie2019Theorem2: Construction = {
  id: 'yun-sra-jadbabaie-2019-theorem-2',
  title: 'Flat spurious local minima of networks with smooth activations, where every unit sees one value',
  source: `${paper}, Theorem 2`,
  bibtex,
  hypotheses: Object.values(hypotheses),
  settings: [
    {
      name: 'a',
      type: 'quantity',
      default: 'auto',
      text: 'what every unit sees at all samples; the default is the first of −1, 1, −1/2, 1/2, −2, 2 where the activation bends, and the numbers of Corollary 3 for two units on the three points',
    },
  ],
  build,
};

/** Where an activation is tried, in order: at −1 all of the format that have a smooth piece bend. */
const places = ['-1', '1', '-1/2', '1/2', '-2', '2'];
/** Sizes of outgoing weights that are tried: with one unit, and moments that are not definite, a large one does. */
const sizes = [1n, 4n, 16n, 64n, 256n, 1024n].map((size) => rational(size));
const shareOfExactFit = rational(999_999n, 1_000_000n);

async function build(given: ConstructionInput): Promise<Built> {
  const unknown = unknownSetting(given, yunSraJadbabaie2019Theorem2.settings);
  if (unknown !== null) return { kind: 'usage', message: unknown };
  const isPaper = given.inputs.length === 0;
  const input = isPaper ? { ...given, ...threePoints } : given;
  const layers = input.hidden?.length ?? 1;
  if (layers > 1) return fails(hypotheses.layers, `found ${layers} hidden layers`);
  const widths = widthsOf({ ...input, hidden: input.hidden ?? [2] }, isPaper ? 2 : 1, hypotheses.width);
  if ('kind' in widths) return widths;
  const [width] = widths as readonly [number];
  const posed = poseProblem(input, widths);
  if (posed.kind !== 'posed') return posed;
  const { problem } = posed;
  const { network, loss } = problem;
  if (network.outputs !== 1) return fails(hypotheses.scalar, `found ${network.outputs} outputs`);
  if (loss.family !== 'polynomial' || loss.breakpoints.length > 0 || loss.degree !== 2)
    return fails(hypotheses.squared, `found the loss ${String(input.loss['function'])}`);
  const { activation } = network.stages[0] as Stage;
  const asked = input.settings['a'] ?? 'auto';
  const candidates = asked === 'auto' ? places : [asked];
  const a = candidates.map(parseQuantity).find((value) => value === null || bendsAt(activation, value));
  if (a === null) return { kind: 'usage', message: 'the setting "a" must be a quantity' };
  if (a === undefined) {
    return fails(
      hypotheses.smooth,
      `${String(input.activation['function'])} has no smooth piece that bends at ${candidates.join(', ')}; Theorem 1 is for activations with two slopes`,
    );
  }
  const fit = fitToBeat(problem, input, true, hypotheses.target);
  if ('kind' in fit) return fit;
  const moment = firstMoment(problem, fit);
  if (moment !== null) return fails(hypotheses.orthogonal, moment);
  const p = rational(fit.fitted[0]?.[0] as bigint, fit.fittedDenominator);
  const corollary = isPaper && width === 2 && asked === 'auto' ? corollary3(problem, input, p) : null;
  const minimum = corollary ?? flatPointAt(problem, width, a, sizes, p);
  if (minimum === null) {
    return fails(
      hypotheses.definite,
      `neither sign of the outgoing weights of ${width} unit${width === 1 ? '' : 's'} makes the point a minimum`,
    );
  }
  const { risk } = constantFit(problem, p, new Meter(defaultLimits));
  const better = (isPaper ? fitOnPaper(problem, input, risk) : null) ?? findByDescent(problem, risk, input);
  if (better === null) return { kind: 'gave-up', message: 'no better point was found at this effort' };
  input.observe?.('checking', 0, 1);
  return prove(problem, minimum, better, [
    corollary === null
      ? `width ${width}: every unit sees ${shown(a)} (theorem D)`
      : 'two units near the numbers of Corollary 3',
    `the prediction is ${shown(p)} at every sample`,
  ]);
}

/** @returns what is wrong with the first input that the residual gradients are not orthogonal to, or null */
function firstMoment({ data: { inputs } }: SampleProblem, { gradients }: AffineFit): string | null {
  const width = inputs.rows[0]?.length ?? 0;
  for (let j = 0; j < width; j++) {
    const sum = gradients.reduce((total, g, i) => total + (g[0] as bigint) * (inputs.rows[i]?.[j] as bigint), 0n);
    if (sum !== 0n) return `an affine function is better than the constant: input ${j + 1} goes with the labels`;
  }
  return null;
}

/** Unit j has the incoming weights (v_j, v_j) and no bias, so that it sees v_j at all three points. */
function corollary3(problem: SampleProblem, { activation }: ConstructionInput, p: Rational): FlatPoint | null {
  const numbers = flatPoints[String(activation['function'])];
  if (numbers === undefined) return null;
  const read = (text: string): Rational => parseQuantity(text) as Rational;
  const weights = numbers.seen.map(read).map((v) => [v, v, rational(0n)]);
  return flatPoint(problem, weights, numbers.outgoing.map(read), p);
}

function fitOnPaper(problem: SampleProblem, { activation }: ConstructionInput, risk: Rational): Parameters | null {
  const { activation: h, units } = problem.network.stages[0] as Stage;
  const theta = exactFit(String(activation['function']), floatActivationOf(h), units);
  return theta === null ? null : roundedBelow(problem, theta, risk, shareOfExactFit);
}

function prove(
  problem: SampleProblem,
  { parameters, radius, node }: FlatPoint,
  better: Parameters,
  notes: readonly string[],
): Built {
  const { network } = problem;
  const statement = {
    kind: radius === null ? 'spurious-local-minimum' : 'spurious-local-minimum-near',
    problem: problemJson(problem),
    point: pointJson(network, parameters),
    ...(radius === null ? {} : { radius: formatRational(radius) }),
    betterPoint: pointJson(network, better),
  };
  const proof = { localMinimum: node, lowerRisk: { rule: 'lower-risk' } };
  const irrational =
    radius === null
      ? []
      : [`the output bias is irrational: the minimum is within ${formatRational(radius)} of the point`];
  return proveBuilt(yunSraJadbabaie2019Theorem2, statement, proof, [...notes, ...irrational]);
}
