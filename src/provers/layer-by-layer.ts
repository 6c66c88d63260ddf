import { bitLength, gcd } from '../kernel/arithmetic/gcd.js';
import type { Matrix } from '../kernel/arithmetic/matrix.js';
import { compare, multiply, type Rational, rational, subtract } from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { evaluateExactly } from '../kernel/model/evaluation.js';
import type { DenseValues, Parameters, Stage } from '../kernel/model/network.js';
import { exactRisk } from '../kernel/model/risk.js';
import type { SampleProblem } from '../kernel/statement.js';
import { findAffineFit } from './affine-fit.js';
import { type BetterPoint, type BetterPointSearch, findBetterPoint, searchInDoubles } from './better-point.js';
import { type AffineMap, carryingLayer, identityMap, layerOf, mapOf, rangesOf, readingLayer } from './carriers.js';
import { denseOf } from './dense-of.js';
import { ExactRisk } from './exact-risk.js';
import { middleOf, placeFor, type Segment, widestSegment } from './segments.js';
import { withShortOutput } from './short-output.js';

/** What kinks of a later layer must take off the risk to be worth their numbers. */
const worthwhile = rational(1n, 1000n);

/** The layers that are made, with what the data become behind them. */
interface Built {
  readonly hidden: readonly DenseValues[];
  readonly values: Matrix;
  /** the predictions, as a function of the values */
  readonly output: AffineMap;
  readonly risk: Rational;
}

/**
 * Finds a point of a deep network with lower risk than an affine map of the input.
 *
 * For dense layers with biases, nothing frozen, an activation that is not affine, and any loss of the kernel: the first hidden layer and an
 * output layer are a network with one hidden layer, and `findBetterPoint` finds a better one: the affine part, and kinks. Each later layer
 * reads what the layer before makes of the data, and carries the predictions through an affine segment of nonzero slope (theory.md 8); its
 * other units may take further kinks, by the same search. Where a later layer has fewer units than there are outputs, all hidden layers use
 * only as many units as the narrowest has, and carry every unit of the layer before.
 *
 * @param beaten  the map whose risk is to be beaten: the best affine one, with a unit more than outputs in every layer; or a constant
 * @returns null where nothing was found
 */
export function findDeepBetterPoint(
  problem: SampleProblem,
  beaten: AffineMap,
  search: BetterPointSearch,
): BetterPoint | null {
  const { stages, outputs: k } = problem.network;
  const hidden = stages.slice(0, -1);
  const segment = widestSegment((hidden[0] as Stage).activation, false);
  if (segment === null) return null;
  const narrowest = Math.min(...hidden.map(({ units }) => units));
  const narrow = hidden.slice(1).some(({ units }) => units < k);
  const widths = hidden.map(({ units }) => (narrow ? narrowest : units));
  const [first, ...later] = widths as [number, ...number[]];
  const part = oneHiddenLayer(problem, problem.data.inputs, first);
  const exact = new ExactRisk(part);
  const from = carrying(part, beaten, first, segment);
  const limit = exact.of(from);
  const found = findBetterPoint(part, from, search);
  if (found === null) return null;
  let built = behind(exact, [], shortened(exact, found, limit));
  for (const width of later) built = nextLayer(problem, built, width, segment, search, limit);
  const idle = middleOf(segment);
  const parameters = [...built.hidden, layerOf(built.output)].map((layer, s) =>
    padded(layer, (stages[s] as Stage).inputs, (stages[s] as Stage).units, idle),
  );
  return { parameters, risk: built.risk };
}

/**
 * Finds a point with lower risk than a network of any depth: `findBetterPoint` for one hidden layer, `findDeepBetterPoint` for several.
 *
 * @param from   the point to beat
 * @param bound  its risk, or less
 */
export function findBetterAtAnyDepth(
  problem: SampleProblem,
  from: Parameters,
  bound: Rational,
  search: BetterPointSearch,
): BetterPoint | null {
  const { network, loss, data } = problem;
  const { stages, outputs: k } = network;
  if (stages.length <= 2) return findBetterPoint(problem, from, search);
  const isUsable = ({ kind, fixed, bias, activation }: Stage): boolean =>
    kind === 'dense' && fixed === null && bias && activation.smooth === null;
  if (loss.family !== 'polynomial' || !stages.every(isUsable)) return null;
  const constant = stages.slice(0, -1).some(({ units }) => units <= k);
  const fit = findAffineFit(data, loss, { constant });
  const found = fit === null ? null : findDeepBetterPoint(problem, fit, search);
  if (found === null) return null;
  // Layers may have several activations, of which the search knows the first.
  const meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
  const risk = exactRisk(evaluateExactly(network, found.parameters, data, meter), loss, data, meter);
  return compare(risk, bound) < 0 ? { ...found, risk } : null;
}

/** The affine map at units of its own; where it is constant, as the output bias alone. */
function carrying(
  { network, data }: SampleProblem,
  map: AffineMap,
  width: number,
  segment: Segment,
): readonly DenseValues[] {
  const k = network.outputs;
  const constant = map.A.every((row) => row.every((w) => w === 0n));
  const idle = middleOf(segment);
  if (constant) {
    const none = { ...map, A: map.A.map(() => new Array<bigint>(width).fill(0n)) };
    return [carryingLayer(map, [], width, idle), layerOf(none)];
  }
  const ranges = rangesOf(map, data.inputs.rows, data.inputs.denominator);
  const places = ranges.map(({ least, most }) => placeFor(segment, least, most));
  return [carryingLayer(map, places, width, idle), layerOf(readingLayer(identityMap(k), segment, places, width))];
}

function nextLayer(
  problem: SampleProblem,
  { hidden, values, output, risk }: Built,
  width: number,
  segment: Segment,
  search: BetterPointSearch,
  limit: Rational,
): Built {
  const part = oneHiddenLayer(problem, values, width);
  const exact = new ExactRisk(part);
  const byOutputs = width >= problem.network.outputs;
  const units = part.network.inputs;
  const [carried, read] = byOutputs ? [output, identityMap(output.A.length)] : [identityMap(units), output];
  const ranges = rangesOf(carried, values.rows, values.denominator);
  const places = ranges.map(({ least, most }) => placeFor(segment, least, most));
  const from = [
    carryingLayer(carried, places, width, middleOf(segment)),
    layerOf(readingLayer(read, segment, places, width)),
  ];
  const found = risk.num === 0n ? null : searchInDoubles(exact, from, risk, search);
  const gain = found === null ? null : subtract(subtract(risk, found.risk), multiply(worthwhile, risk));
  if (found === null || gain === null || gain.num < 0n) return behind(exact, hidden, { parameters: from, risk });
  return behind(exact, hidden, shortened(exact, found, limit));
}

function shortened(exact: ExactRisk, found: BetterPoint, limit: Rational): BetterPoint {
  return exact.isSquared && found.risk.num !== 0n ? withShortOutput(exact, found, limit) : found;
}

function behind(exact: ExactRisk, hidden: readonly DenseValues[], { parameters, risk }: BetterPoint): Built {
  const [first, last] = parameters as readonly [DenseValues, DenseValues];
  const { rows, denominator } = exact.hidden(first);
  return { hidden: [...hidden, first], values: inLowestTerms(rows, denominator), output: mapOf(last), risk };
}

function inLowestTerms(rows: readonly (readonly bigint[])[], denominator: bigint): Matrix {
  let g = denominator;
  for (const row of rows) {
    for (const x of row) {
      if (g === 1n) break;
      g = gcd(g, x);
    }
  }
  let bits = bitLength(denominator / g);
  const reduced = rows.map((row) =>
    row.map((x) => {
      const value = x / g;
      bits = Math.max(bits, bitLength(value));
      return value;
    }),
  );
  return { rows: reduced, denominator: denominator / g, bits };
}

/** The problem of one hidden layer and the output, with other inputs. */
function oneHiddenLayer(problem: SampleProblem, inputs: Matrix, units: number): SampleProblem {
  const { network, data } = problem;
  const [stage, last] = [network.stages[0] as Stage, network.stages[network.stages.length - 1] as Stage];
  const d = inputs.rows[0]?.length ?? 0;
  const shape = (of: Stage, from: number, to: number): Stage => ({
    ...of,
    inputs: from,
    units: to,
    size: to,
    weightShape: [to, from],
  });
  return {
    ...problem,
    network: {
      ...network,
      inputs: d,
      stages: [shape(stage, d, units), shape(last, units, network.outputs)],
    },
    data: { ...data, inputs },
  };
}

/** @returns the layer with more inputs, which it does not read, and more units, which stand idle */
function padded({ weights, bias, denominator }: DenseValues, inputs: number, units: number, idle: Rational) {
  const wide = weights.map((row) => [...row, ...new Array<bigint>(inputs - row.length).fill(0n)]);
  const more = units - weights.length;
  if (more === 0) return denseOf(wide, bias, denominator);
  return denseOf(
    [...wide, ...Array.from({ length: more }, () => new Array<bigint>(inputs).fill(0n))].map((row) =>
      row.map((w) => w * idle.den),
    ),
    [...(bias ?? []).map((b) => b * idle.den), ...new Array<bigint>(more).fill(idle.num * denominator)],
    denominator * idle.den,
  );
}
