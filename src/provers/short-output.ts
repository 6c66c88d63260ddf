import { multiply, type Rational, rational, subtract } from '../kernel/arithmetic/rational.js';
import type { Samples } from '../kernel/model/data.js';
import type { DenseValues, Parameters } from '../kernel/model/network.js';
import { ratio } from '../numerics/floats.js';
import type { BetterPoint } from './better-point.js';
import { denseOf } from './dense-of.js';
import type { ExactRisk } from './exact-risk.js';

/** Numbers of up to so many bits are left as they are. */
const shortEnough = 48;
/** Bits of the outer weights, relative to what they do on the data, in the order in which they are tried. */
const precisions = [5, 6, 7, 8, 10, 12, 15, 19, 24, 32, 48, 64, 96];
const shareToKeep = rational(99n, 100n);

/**
 * Rounds the outer weights of a network with one hidden layer to as few bits as keep 99 % of what it takes off the risk: exact least squares
 * leaves long fractions.
 *
 * @param better  the network, with its risk
 * @param beaten  the risk that it beats
 */
export function withShortOutput(exact: ExactRisk, better: BetterPoint, beaten: Rational): BetterPoint {
  const [first, last] = better.parameters as readonly [DenseValues, DenseValues];
  if (last.bits <= shortEnough || last.bias === null) return better;
  const { data } = exact.problem;
  const { rows, denominator } = exact.hidden(first);
  const spreads = spreadsOf(rows, denominator, data.weights.values);
  const targets = spreadsOf(data.targets.rows, data.targets.denominator, data.weights.values);
  const size = Math.max(...targets.map(({ spread }) => spread));
  const enough = multiply(shareToKeep, subtract(beaten, better.risk));
  for (const bits of precisions) {
    const output = roundedOutput(last, spreads, size * 2 ** -bits);
    if (output === null) return better;
    const parameters: Parameters = [first, output];
    const risk = exact.of(parameters);
    if (subtract(subtract(beaten, risk), enough).num >= 0n) return { parameters, risk };
  }
  return better;
}

interface Spread {
  readonly mean: Rational;
  readonly spread: number;
}

function spreadsOf(
  rows: readonly (readonly bigint[])[],
  denominator: bigint,
  weights: Samples['weights']['values'],
): Spread[] {
  const total = weights.reduce((sum, w) => sum + w, 0n);
  return (rows[0] ?? []).map((_, j) => {
    let [sum, squares] = [0n, 0n];
    rows.forEach((row, i) => {
      const [x, w] = [row[j] as bigint, weights[i] as bigint];
      sum += w * x;
      squares += w * x * x;
    });
    // Σ w (x − mean)² / Σ w = (total · squares − sum²) / total²
    return {
      mean: rational(sum, total * denominator),
      spread: Math.sqrt(ratio(total * squares - sum * sum, total * total * denominator * denominator)),
    };
  });
}

/**
 * Weights to multiples of a power of two near tolerance / spread; what that moves at the mean of the data, the bias takes back.
 *
 * @returns null where a size is beyond the doubles
 */
function roundedOutput(
  { weights, bias, denominator }: DenseValues,
  spreads: readonly Spread[],
  tolerance: number,
): DenseValues | null {
  const power = (size: number): number => Math.floor(Math.log2(size));
  const powers = spreads.map(({ spread }) => (spread === 0 ? 0 : power(tolerance / spread)));
  const biasPower = power(tolerance);
  if (![biasPower, ...powers].every(Number.isFinite)) return null;
  const lowest = Math.min(0, biasPower, ...powers);
  const over = 1n << BigInt(-lowest);
  const round = (num: bigint, den: bigint, at: number): bigint => {
    const [n, d] = at < 0 ? [num << BigInt(-at), den] : [num, den << BigInt(at)];
    return nearest(n, d) << BigInt(at - lowest);
  };
  const rows = weights.map((row) =>
    row.map((w, j) => (spreads[j]?.spread === 0 ? 0n : round(w, denominator, powers[j] as number))),
  );
  const shifts = weights.map((row, c) => {
    let num = bias?.[c] as bigint;
    let den = denominator;
    row.forEach((w, j) => {
      const moved = w * over - (rows[c]?.[j] as bigint) * denominator;
      const { mean } = spreads[j] as Spread;
      // num/den + moved/(denominator over) · mean
      num = num * denominator * over * mean.den + moved * mean.num * den;
      den *= denominator * over * mean.den;
      ({ num, den } = rational(num, den));
    });
    return round(num, den, biasPower);
  });
  return denseOf(rows, shifts, over);
}

function nearest(num: bigint, den: bigint): bigint {
  const twice = 2n * num + den;
  const q = twice / (2n * den);
  return twice < 0n && twice % (2n * den) !== 0n ? q - 1n : q;
}
