import { bitLength } from '../arithmetic/gcd.js';
import { type Interval, intervals } from '../arithmetic/interval.js';
import { compare, type Rational, shown } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import { evaluateEnclosing } from '../model/enclosing.js';
import { predictions } from '../model/evaluation.js';
import type { DenseValues, Parameters } from '../model/network.js';
import type { Coordinate } from '../model/slice.js';
import type { SampleProblem } from '../statement.js';
import { type Ledger, reject } from '../verdict.js';
import { type CoordinateHint, coordinateOf } from './slice-hints.js';

/** What the node carries; nothing here is trusted. */
export interface SolvedHints {
  readonly halfWidth: Rational;
  readonly solveFor: CoordinateHint;
  readonly bits: number;
}

/**
 * Shows that with some value of one parameter of the output layer, less than halfWidth ≤ radius from that of θ, the network predicts p at the first sample:
 * the prediction is an affine function of that parameter, and lies strictly on opposite sides of p at both ends.
 *
 * @see theory.md 4; proofs/rules/coincident-preactivations.md 4
 */
export function checkSolvedCoordinate(
  { network, data }: SampleProblem,
  theta: Parameters,
  p: Rational,
  radius: Rational,
  { halfWidth, solveFor, bits }: SolvedHints,
  path: string,
  meter: Meter,
  ledger: Ledger,
): void {
  if (compare(halfWidth, radius) > 0) {
    reject('too-far', `${path}.halfWidth`, `expected at most the radius ${shown(radius)}, found ${shown(halfWidth)}`);
  }
  const coordinate = coordinateOf(network, solveFor, `${path}.solveFor`);
  const last = network.stages.length - 1;
  if (coordinate.stage !== last) {
    reject('wrong-hint', `${path}.solveFor`, 'expected a parameter of the output layer');
  }
  const first = { ...data, inputs: { ...data.inputs, rows: data.inputs.rows.slice(0, 1) } };
  const sideAt = (sign: -1n | 1n): -1 | 0 | 1 | undefined => {
    const moved = theta.map((values, s) => (s === last ? shifted(values, coordinate, halfWidth, sign, meter) : values));
    const { preactivations, denominator } = predictions(evaluateEnclosing(network, moved, first, bits, meter));
    const [[prediction]] = preactivations as readonly [readonly [Interval]];
    const { low, high } = prediction;
    const longest = bitLength(low) > bitLength(high) ? low : high;
    meter.charge(4, bitLength(longest) + bitLength(denominator.low), bitLength(p.num) + bitLength(p.den));
    return intervals.sign(intervals.add(intervals.scale(prediction, p.den), intervals.scale(denominator, -p.num)));
  };
  const [below, above] = [sideAt(-1n), sideAt(1n)];
  if (!((below === -1 && above === 1) || (below === 1 && above === -1))) {
    reject(
      'prediction-not-bracketed',
      `${path}.solveFor`,
      `the prediction is not shown to pass ${shown(p)} within the half-width`,
    );
  }
  ledger.discharge('solved-coordinate');
}

/** One coordinate of a layer moved by ± the half-width. */
function shifted(
  { weights, bias, denominator, bits }: DenseValues,
  { unit, input }: Coordinate,
  { num, den }: Rational,
  sign: -1n | 1n,
  meter: Meter,
): DenseValues {
  const size = bitLength(num) + bitLength(den);
  const count = (weights[0]?.length ?? 0) + 1;
  meter.charge(2 * count, bits, size);
  const by = (isIt: boolean): bigint => (isIt ? sign * num * denominator : 0n);
  return {
    weights: weights.map((row, u) => row.map((w, j) => w * den + by(u === unit && j === input))),
    bias: bias?.map((b, u) => b * den + by(u === unit && input === null)) ?? null,
    denominator: denominator * den,
    bits: bits + size + 1,
  };
}
