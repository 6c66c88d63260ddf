import { compare, divide, type Rational, subtract } from '../kernel/arithmetic/rational.js';
import type { DenseValues } from '../kernel/model/network.js';
import { ratio } from '../numerics/floats.js';
import type { BetterPoint } from './better-point.js';
import { denseOf } from './dense-of.js';
import type { ExactRisk } from './exact-risk.js';
import { type FloatNetwork, type FloatRisk, fitColumns } from './float-network.js';
import type { Candidate } from './kink-growth.js';

/** With so many multiplications an evaluation, few precisions are tried. */
const largeWork = 2e6;
/** Bits of the incoming weights, relative to their size, in the order in which they are tried. */
const precisions = [3, 4, 5, 6, 8, 10, 13, 17, 24, 32, 44];
/** How much of the gain that doubles promise may be lost to rounding. */
const shareToKeep = 0.99;
/** Rounds the hidden layer to more and more bits, until little of the gain is lost. */
export function rounded(
  exact: ExactRisk,
  floats: FloatRisk,
  { network, value }: Candidate,
  risk: Rational,
  current: number,
): BetterPoint | null {
  const large = floats.workOf(network.units) > largeWork;
  let best: BetterPoint | null = null;
  for (const bits of large ? precisions.filter((p) => p > 6) : precisions) {
    const first = roundedHidden(floats, network, bits);
    if (first === null) return best;
    const parameters = exact.isSquared
      ? exact.refitted(first)
      : [first, roundedOutput(exact, floats, network, first, bits)];
    const reached = exact.of(parameters);
    const gap = subtract(risk, reached);
    if (gap.num <= 0n) continue;
    if (best === null || compare(reached, best.risk) < 0) best = { parameters, risk: reached };
    const share = divide(gap, risk);
    if (ratio(share.num, share.den) * current >= shareToKeep * (current - value)) return best;
  }
  return best;
}

/** @returns null where a number is beyond the doubles */
function roundedHidden(floats: FloatRisk, net: FloatNetwork, bits: number): DenseValues | null {
  const { samples, activation, hiddenBias } = floats;
  const { dimension: r, inputs: d } = samples;
  const homogeneous = activation.breakpoints.every((t) => t === 0) && activation.intercepts.every((c) => c === 0);
  const weights: Dyadic[][] = [];
  const bias: Dyadic[] = [];
  for (let j = 0; j < net.units; j++) {
    const at = floats.unitOffset(net, j);
    const w = net.theta.subarray(at, at + r);
    const size = Math.sqrt(w.reduce((sum, value) => sum + value * value, 0));
    const { weights: onInputs } = samples.toInputs(w);
    const tolerance = size * 2 ** -bits;
    const row = Array.from({ length: d }, (_, i) => {
      const weight = onInputs[i] as number;
      return weight === 0 ? nothing : dyadic(weight, tolerance / samples.spreadOf(i));
    });
    let shift = net.theta[at + r] as number;
    // What rounding the weights has moved at the centre of the data, the bias takes back.
    for (let i = 0; i < d; i++) shift -= numberOf(row[i] as Dyadic) * samples.centreOf(i);
    const b = hiddenBias ? dyadic(shift, size > 0 ? tolerance : Math.abs(shift) * 2 ** -bits) : nothing;
    if (![...row, b].every(({ n, power }) => Number.isFinite(n) && Number.isFinite(power))) return null;
    // A unit of relu and the like may be scaled freely: whole numbers are the simplest.
    const lift = homogeneous
      ? Math.max(...[...row, b].map(({ n, power }) => (n === 0 ? Number.NEGATIVE_INFINITY : -power)))
      : 0;
    const scaled = ({ n, power }: Dyadic): Dyadic => ({
      n,
      power: n === 0 ? 0 : power + (Number.isFinite(lift) ? lift : 0),
    });
    weights.push(row.map(scaled));
    bias.push(scaled(b));
  }
  const lowest = Math.min(0, ...weights.flat().map(({ power }) => power), ...bias.map(({ power }) => power));
  const over = ({ n, power }: Dyadic): bigint => BigInt(n) << BigInt(power - lowest);
  return denseOf(
    weights.map((row) => row.map(over)),
    hiddenBias ? bias.map(over) : null,
    1n << BigInt(-lowest),
  );
}

/** The number n · 2^power. */
interface Dyadic {
  readonly n: number;
  readonly power: number;
}

const nothing: Dyadic = { n: 0, power: 0 };

function numberOf({ n, power }: Dyadic): number {
  return n * 2 ** power;
}

/** @returns a multiple of the largest power of two up to 2 · tolerance, hence within the tolerance; in lowest terms */
function dyadic(x: number, tolerance: number): Dyadic {
  if (x === 0) return nothing;
  // A double has 53 bits: nothing is gained below its last one.
  const least = Math.abs(x) * 2 ** -53;
  let power = Math.floor(Math.log2(Math.max(2 * tolerance, least)));
  let n = Math.round(x / 2 ** power);
  if (n === 0) return nothing;
  while (n % 2 === 0) {
    n /= 2;
    power++;
  }
  return { n, power };
}

/** For losses other than squared: outer weights fitted to what the network in doubles predicts, and rounded. */
function roundedOutput(
  exact: ExactRisk,
  floats: FloatRisk,
  net: FloatNetwork,
  first: DenseValues,
  bits: number,
): DenseValues {
  const { samples, outputBias } = floats;
  const { n, outputs: k, weights } = samples;
  const predictions = new Float64Array(n * k);
  floats.evaluate(net, null, predictions);
  for (let i = 0; i < n * k; i++) predictions[i] = (predictions[i] as number) + (samples.Y[i] as number);
  const { rows, denominator } = exact.hidden(first);
  const columns = Array.from({ length: net.units }, (_, j) =>
    Float64Array.from(rows, (row) => ratio(row[j] as bigint, denominator)),
  );
  // The constant first: a unit that does not vary then gets weight 0.
  const ones = outputBias ? [new Float64Array(n).fill(1)] : [];
  const coefficients = fitColumns([...ones, ...columns], predictions, weights);
  const spread = Math.sqrt(
    predictions.reduce((sum, p, at) => sum + (weights[Math.floor(at / k)] as number) * p * p, 0) || 1,
  );
  const round = (x: number, size: number): Dyadic =>
    x === 0 || size === 0 ? nothing : dyadic(x, (spread * 2 ** -(bits + 6)) / size);
  const sizes = columns.map((column) =>
    Math.sqrt(column.reduce((sum, v, i) => sum + (weights[i] as number) * v * v, 0)),
  );
  const v = Array.from({ length: k }, (_, c) =>
    columns.map((_, j) => round((coefficients[j + ones.length] as Float64Array)[c] as number, sizes[j] as number)),
  );
  const b = Array.from({ length: k }, (_, c) =>
    outputBias ? round((coefficients[0] as Float64Array)[c] as number, 1) : nothing,
  );
  const lowest = Math.min(0, ...v.flat().map(({ power }) => power), ...b.map(({ power }) => power));
  const over = ({ n: m, power }: Dyadic): bigint => BigInt(m) << BigInt(power - lowest);
  return denseOf(
    v.map((row) => row.map(over)),
    outputBias ? b.map(over) : null,
    1n << BigInt(-lowest),
  );
}
