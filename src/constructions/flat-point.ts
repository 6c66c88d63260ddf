/** Points where every hidden unit sees one value at all samples, with the node that proves them local minima (theory.md 4). */
import type { Fields } from '../formats/write.js';
import { Enclosures } from '../kernel/arithmetic/enclosure.js';
import { integers } from '../kernel/arithmetic/integers.js';
import { locate } from '../kernel/arithmetic/ordered.js';
import { multiply, negate, type Rational, rational, subtract } from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import type { Activation } from '../kernel/model/activation.js';
import { evaluateIfRational } from '../kernel/model/enclosing.js';
import { predictions } from '../kernel/model/evaluation.js';
import type { Parameters, Stage } from '../kernel/model/network.js';
import { smoothJet } from '../kernel/model/smooth-piece.js';
import type { SampleProblem } from '../kernel/statement.js';
import { exactDyadic } from '../numerics/exact-dyadic.js';
import { floatActivationOf } from '../numerics/float-realization.js';
import { ratio } from '../numerics/floats.js';
import { denseOf } from '../provers/dense-of.js';
import { findFlatMinimum, findFlatMinimumNear } from '../provers/flat-minimum.js';
import { floor } from '../provers/segments.js';
import { commonDenominator, numerators } from './training-problem.js';

export interface FlatPoint {
  readonly parameters: Parameters;
  /** null: the point itself is the minimum */
  readonly radius: Rational | null;
  readonly node: Fields;
}

/** The radius within which the minimum is, where the output bias that makes the prediction exact is irrational. */
const radius = rational(1n, 1_000_000n);
const biasDecimals = 12;
const bits = 64;

const unlimited = (): Meter => new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });

/** @returns whether h is smooth near a, with a second derivative that is not 0 there */
export function bendsAt(h: Activation, a: Rational): boolean {
  const { lower, upper } = locate(integers, h, a.num, a.den);
  const smooth = h.smooth?.[lower] ?? null;
  if (lower !== upper || smooth === null) return false;
  const e = new Enclosures(bits);
  const { second } = smoothJet(e, smooth, e.of(a.num, a.den), unlimited());
  return second.low > 0n || second.high < 0n;
}

/**
 * @param weights  of the hidden layer, one row a unit, the bias last
 * @param outgoing  v_j
 * @param p  the prediction wanted
 * @returns null where the point with these weights, and the output bias that p needs, is not shown to be a minimum
 */
export function flatPoint(
  problem: SampleProblem,
  weights: readonly (readonly Rational[])[],
  outgoing: readonly Rational[],
  p: Rational,
): FlatPoint | null {
  const over = weights.reduce((common, row) => commonDenominator(row, common), 1n);
  const rows = weights.map((row) => numerators(row, over));
  const first = denseOf(
    rows.map((row) => row.slice(0, -1)),
    rows.map((row) => row[row.length - 1] as bigint),
    over,
  );
  const at = (c: Rational): Parameters => {
    const common = commonDenominator([...outgoing, c]);
    return [first, denseOf([numerators(outgoing, common)], numerators([c], common), common)];
  };
  const meter = unlimited();
  const exact = evaluateIfRational(problem, at(rational(0n)), meter);
  if (exact !== null) {
    const { preactivations, denominator } = predictions(exact);
    const parameters = at(subtract(p, rational(preactivations[0]?.[0] as bigint, denominator)));
    const node = findFlatMinimum(problem, parameters, meter);
    return node === null ? null : { parameters, radius: null, node };
  }
  const parameters = at(roundedBias(problem, weights, outgoing, p));
  const node = findFlatMinimumNear(problem, parameters, radius, meter);
  return node === null ? null : { parameters, radius, node };
}

/** c = p − Σ v_j h(m_j) in doubles, rounded to decimals; m_j is seen at the first sample, and at all of them. */
function roundedBias(
  { network, data }: SampleProblem,
  weights: readonly (readonly Rational[])[],
  outgoing: readonly Rational[],
  p: Rational,
): Rational {
  const h = floatActivationOf((network.stages[0] as Stage).activation);
  const x = data.inputs.rows[0] as readonly bigint[];
  const float = ({ num, den }: Rational): number => ratio(num, den);
  const sum = weights.reduce((total, row, unit) => {
    const m = row.reduce(
      (z, w, j) => z + float(w) * (j < x.length ? ratio(x[j] as bigint, data.inputs.denominator) : 1),
      0,
    );
    return total + float(outgoing[unit] as Rational) * h(m);
  }, 0);
  const over = 10n ** BigInt(biasDecimals);
  return rational(floor(multiply(exactDyadic(float(p) - sum), rational(over))), over);
}

/**
 * Theorem D: hidden weights 0, every unit's bias a, outgoing weights of one size and sign.
 *
 * @param units  how many
 * @param sizes  of the outgoing weights, to be tried in order
 */
export function flatPointAt(
  problem: SampleProblem,
  units: number,
  a: Rational,
  sizes: readonly Rational[],
  p: Rational,
): FlatPoint | null {
  const zero = rational(0n);
  const row = [...Array.from({ length: problem.network.inputs }, () => zero), a];
  for (const size of sizes) {
    for (const v of [size, negate(size)]) {
      const found = flatPoint(
        problem,
        Array.from({ length: units }, () => row),
        Array.from({ length: units }, () => v),
        p,
      );
      if (found !== null) return found;
    }
  }
  return null;
}
