import {
  add,
  divide,
  formatRational,
  multiply,
  negate,
  type Rational,
  rational,
  subtract,
} from '../kernel/arithmetic/rational.js';
import { type AffinePiece, type PiecewiseAffine, pieceOf } from '../kernel/model/activation.js';
import type { Network, Parameters, Stage } from '../kernel/model/network.js';
import { findBetterPoint } from '../provers/better-point.js';
import { denseOf } from '../provers/dense-of.js';
import { type AffineFit, ceiling, findAffineFit, fittedRange, floor, isBestOfAllFunctions } from './affine-fit.js';
import type { Built, Construction, ConstructionInput } from './construction.js';
import { commonDenominator, numerators, poseProblem, proveSpurious, unknownSetting } from './training-problem.js';

const hypotheses = {
  layers: { name: 'one hidden layer', text: 'the network is affine, activation, affine, all with biases' },
  width: {
    name: 'width at least 2',
    text: 'the hidden layer has at least one unit more than there are outputs: at least 2 for a scalar output',
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
  ],
  build,
};

async function build(input: ConstructionInput): Promise<Built> {
  const fails = ({ name }: { readonly name: string }, message: string): Built => ({
    kind: 'hypothesis-fails',
    hypothesis: name,
    message,
  });
  const unknown = unknownSetting(input, christofKowalczyk2023.settings);
  if (unknown !== null) return { kind: 'usage', message: unknown };
  const kind = input.settings['segment'] ?? 'affine';
  if (kind !== 'affine' && kind !== 'constant') {
    return { kind: 'usage', message: 'the setting "segment" must be affine or constant' };
  }
  const constant = kind === 'constant';
  const outputs = input.targets[0]?.length ?? 1;
  const smallest = constant ? 1 : outputs + 1;
  const [width = constant ? 2 : smallest, ...deeper] = input.hidden ?? [];
  if (deeper.length > 0) {
    return {
      kind: 'gave-up',
      message: `the theorem holds for every depth, but this version constructs only one hidden layer, and ${deeper.length + 1} were asked for`,
    };
  }
  if (width < smallest)
    return fails(hypotheses.width, `found width ${width} for ${outputs} output${outputs === 1 ? '' : 's'}`);
  const posed = poseProblem(input, width);
  if (posed.kind !== 'posed') return posed;
  const { problem } = posed;
  const { network, loss, data } = problem;
  const { activation } = network.stages[0] as Stage;
  const segment = widestSegment(activation, constant);
  if (segment === null) {
    return constant
      ? fails(hypotheses.constantSegment, 'the slope is nonzero on every segment')
      : fails(hypotheses.segment, 'the activation is constant');
  }
  if (activation.breakpoints.length === 0) return fails(hypotheses.nonlinear, 'it has no kink');

  const fit = findAffineFit(data, loss, {
    constant,
    observe: (done, total) => input.observe?.('best affine fit', done, total),
  });
  if (fit === null) {
    return {
      kind: 'gave-up',
      message: `the best ${kind} fit for this loss is irrational, as far as was found: a later version proves a local minimum near it`,
    };
  }
  const { distinct, best } = isBestOfAllFunctions(data, fit);
  if (best) {
    return fails(
      constant ? hypotheses.constantTarget : hypotheses.target,
      `${constant ? 'a constant' : 'an affine function'} is as good as any function on the data, which have ${distinct} distinct inputs`,
    );
  }
  const point = constant ? constantPoint(network, fit, segment) : affinePoint(network, fit, segment);
  const better = findBetterPoint(problem, point, input);
  if (better === null) return { kind: 'gave-up', message: 'no better point was found at this effort' };
  input.observe?.('checking', 0, 1);
  return proveSpurious(problem, point, better.parameters, christofKowalczyk2023, [
    `width ${width}, segment ${described(segment)}`,
  ]);
}

/** An open interval on which the activation is affine; an end is null at infinity. */
interface Segment extends AffinePiece {
  readonly low: Rational | null;
  readonly high: Rational | null;
}

/** @returns the widest segment that is constant, or not; one to the right before one to the left */
function widestSegment(h: PiecewiseAffine, constant: boolean): Segment | null {
  const segments = h.slopes.flatMap((slope, j): Segment[] =>
    (slope === 0n) === constant ? [{ ...pieceOf(h, j), low: breakpoint(h, j - 1), high: breakpoint(h, j) }] : [],
  );
  const right = segments.find(({ high }) => high === null);
  const left = segments.find(({ low }) => low === null);
  let widest = right ?? left ?? null;
  if (widest !== null) return widest;
  let width: Rational | null = null;
  for (const segment of segments) {
    const size = subtract(segment.high as Rational, segment.low as Rational);
    if (width === null || subtract(size, width).num > 0n) [widest, width] = [segment, size];
  }
  return widest;
}

function breakpoint({ breakpoints, breakpointDenominator }: PiecewiseAffine, j: number): Rational | null {
  const at = breakpoints[j];
  return at === undefined ? null : rational(at, breakpointDenominator);
}

function described({ low, high, slope }: Segment): string {
  const [from, to] = [low === null ? '−∞' : formatRational(low), high === null ? '∞' : formatRational(high)];
  return `(${from}, ${to}) of slope ${formatRational(slope)}`;
}

/** A place well inside a segment: its middle, or 1 beside its only end. */
function middleOf({ low, high }: Segment): Rational {
  if (low === null) return high === null ? rational(0n) : subtract(high, rational(1n));
  if (high === null) return add(low, rational(1n));
  return divide(add(low, high), rational(2n));
}

/**
 * Unit c carries the fit of output c: its preactivation is middle + scale · (A_c x + b_c), strictly inside the segment on all data, where
 * h(t) = slope · t + intercept. The others have zero weights and a bias inside the segment.
 *
 * In a half-infinite segment the scale is 1 and the place an integer; in a finite one, with R an integer ≥ 1 + max |A x + b|, the scale is
 * half its length over R (sources.md 1).
 */
function affinePoint({ inputs: d, outputs: k, stages }: Network, fit: AffineFit, segment: Segment): Parameters {
  const { units } = stages[0] as Stage;
  const { low, high, slope, intercept } = segment;
  const { least, most, reach } = fittedRange(fit);
  const idle = middleOf(segment);
  let [middle, scale] = [idle, rational(1n)];
  if (high === null && low !== null) {
    const lift = ceiling(subtract(low, least));
    middle = rational(lift < 0n ? 1n : lift + 1n);
  } else if (low === null && high !== null) {
    const lift = floor(subtract(high, most));
    middle = rational(lift > 0n ? -1n : lift - 1n);
  } else if (low !== null && high !== null) {
    scale = divide(subtract(high, low), rational(2n * (ceiling(reach) + 1n)));
  }
  // Over denominator · scale.den · middle.den · idle.den.
  const common = fit.denominator * scale.den * middle.den * idle.den;
  const forFit = scale.num * middle.den * idle.den;
  const forMiddle = (middle.num * common) / middle.den;
  const forIdle = (idle.num * common) / idle.den;
  const zeros = new Array<bigint>(d).fill(0n);
  const first = denseOf(
    Array.from({ length: units }, (_, j) => fit.A[j]?.map((w) => w * forFit) ?? zeros),
    Array.from({ length: units }, (_, j) => (j < k ? (fit.b[j] as bigint) * forFit + forMiddle : forIdle)),
    common,
  );
  // h = slope (middle + scale p) + intercept, so p = h / (slope scale) − (slope middle + intercept) / (slope scale).
  const outgoing = divide(rational(1n), multiply(slope, scale));
  const shift = negate(multiply(outgoing, add(multiply(slope, middle), intercept)));
  return [first, outer(k, units, outgoing, shift)];
}

function outer(k: number, units: number, outgoing: Rational, shift: Rational) {
  const denominator = commonDenominator([outgoing, shift]);
  const [v, b] = numerators([outgoing, shift], denominator) as [bigint, bigint];
  return denseOf(
    Array.from({ length: k }, (_, c) => Array.from({ length: units }, (_, j) => (j === c ? v : 0n))),
    new Array<bigint>(k).fill(b),
    denominator,
  );
}

/** All units inside the constant segment, with zero weights; the output bias is the best constant. */
function constantPoint({ inputs: d, outputs: k, stages }: Network, fit: AffineFit, segment: Segment): Parameters {
  const { units } = stages[0] as Stage;
  const middle = middleOf(segment);
  return [
    denseOf(
      Array.from({ length: units }, () => new Array<bigint>(d).fill(0n)),
      new Array<bigint>(units).fill(middle.num),
      middle.den,
    ),
    denseOf(
      Array.from({ length: k }, () => new Array<bigint>(units).fill(0n)),
      fit.b,
      fit.denominator,
    ),
  ];
}
