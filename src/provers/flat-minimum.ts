/** Hints for rule `coincident-preactivations`: vectors and a half-width. The kernel's own checks say whether they do; nothing here is evidence. */
import { type Fields, matrixJson, type Plain } from '../formats/write.js';
import { lcm } from '../kernel/arithmetic/gcd.js';
import { primitive } from '../kernel/arithmetic/matrix.js';
import { formatRational, type Rational, rational } from '../kernel/arithmetic/rational.js';
import { defaultBits } from '../kernel/claims/claim.js';
import type { Meter } from '../kernel/limits.js';
import { meanTarget } from '../kernel/model/constant-fit.js';
import { independentColumns, type Samples } from '../kernel/model/data.js';
import { evaluateIfRational } from '../kernel/model/enclosing.js';
import { predictions } from '../kernel/model/evaluation.js';
import type { Network, Parameters, Stage } from '../kernel/model/network.js';
import type { FormHints } from '../kernel/rules/coincident-form.js';
import { checkCoincidentPreactivations, twoLayers } from '../kernel/rules/coincident-preactivations.js';
import type { CoordinateHint } from '../kernel/rules/slice-hints.js';
import { checkSolvedCoordinate } from '../kernel/rules/solved-coordinate.js';
import type { SampleProblem } from '../kernel/statement.js';
import { passes } from './any-depth.js';

const bits = defaultBits;
/** The half-width is halved so often at most. */
const mostHalvings = 40;

/** @returns a node for the point itself, whose prediction is rational; null where it is not shown to be a minimum by this rule */
export function findFlatMinimum(problem: SampleProblem, theta: Parameters, meter: Meter): Fields | null {
  if (!passes(() => twoLayers(problem.network))) return null;
  const evaluation = evaluateIfRational(problem, theta, meter);
  if (evaluation === null) return null;
  const { preactivations, denominator } = predictions(evaluation);
  const p = rational(preactivations[0]?.[0] as bigint, denominator);
  const hints = findForm(problem, theta, p, rational(1n), () => true, meter);
  return hints === null ? null : nodeOf(hints, {});
}

/**
 * @returns a node for a minimum within the radius of the point, that differs from it in one parameter of the output layer; null where none is shown.
 * The prediction is the mean target.
 */
export function findFlatMinimumNear(
  problem: SampleProblem,
  theta: Parameters,
  radius: Rational,
  meter: Meter,
): Fields | null {
  if (!passes(() => twoLayers(problem.network))) return null;
  const p = meanTarget(problem, meter);
  for (const solveFor of solvable(problem.network)) {
    const reaches = ({ halfWidth }: FormHints): boolean =>
      passes((ledger) => {
        checkSolvedCoordinate(problem, theta, p, radius, { halfWidth, solveFor, bits }, '$', meter, ledger);
      });
    const hints = findForm(problem, theta, p, radius, reaches, meter);
    if (hints !== null) return nodeOf(hints, { solveFor: { ...solveFor } });
  }
  return null;
}

/** Parameters of the output layer, the bias first. */
function* solvable({ stages }: Network): Generator<CoordinateHint> {
  const { entry, bias, inputs } = stages[1] as Stage;
  if (entry === null) return;
  if (bias) yield { layer: entry, bias: 0 };
  else for (let input = 0; input < inputs; input++) yield { layer: entry, unit: 0, input };
}

function nodeOf({ halfWidth, vectors }: FormHints, rest: { readonly [key: string]: Plain }): Fields {
  return {
    ...{ rule: 'coincident-preactivations', halfWidth: formatRational(halfWidth) },
    vectors: matrixJson(vectors.rows, vectors.denominator),
    ...rest,
  };
}

/** Without vectors if that does, else with as many as there are independent inputs; of half-widths the largest that does, by halving. */
function findForm(
  problem: SampleProblem,
  theta: Parameters,
  p: Rational,
  most: Rational,
  reaches: (hints: FormHints) => boolean,
  meter: Meter,
): FormHints | null {
  const isForm = (hints: FormHints): boolean =>
    passes((ledger) => {
      checkCoincidentPreactivations(problem, theta, p, hints, '$', meter, ledger);
    });
  const halved = (times: number): Rational => rational(most.num, most.den << BigInt(times));
  for (const vectors of [() => [], () => vectorsFor(problem.data, meter)]) {
    const rows = vectors();
    const at = (halfWidth: Rational): FormHints => ({
      ...{ halfWidth, bits },
      vectors: {
        rows,
        denominator: 1n,
        bits: rows.flat().reduce((size, c) => Math.max(size, c.toString(2).length), 1),
      },
    });
    if (!isForm(at(halved(mostHalvings)))) continue;
    for (let times = 0; times <= mostHalvings; times++) {
      const hints = at(halved(times));
      if (!isForm(hints)) continue;
      // Smaller boxes reach less far.
      if (reaches(hints)) return hints;
      break;
    }
  }
  return null;
}

/**
 * μ_i (x_ia − mean of x_a) for every independent input a, made orthogonal in Σ_i z_i z'_i/μ_i by Gram and Schmidt: to first order predictions move by
 * combinations of the inputs and a constant, and for these Bessel's inequality is an equation.
 */
function vectorsFor({ inputs, weights, targets }: Samples, meter: Meter): readonly (readonly bigint[])[] {
  const mu = weights.values;
  const total = mu.reduce((sum, m) => sum + m, 0n);
  const common = mu.reduce((product, m) => lcm(product, m), 1n);
  const product = (z: readonly bigint[], other: readonly bigint[]): bigint =>
    z.reduce((sum, c, i) => sum + c * (other[i] as bigint) * (common / (mu[i] as bigint)), 0n);
  const d = inputs.rows[0]?.length ?? 0;
  const columns = independentColumns({ inputs, weights, targets }, [...inputs.rows.keys()], meter);
  const found: (readonly bigint[])[] = [];
  for (const a of columns.filter((column) => column < d)) {
    const x = inputs.rows.map((row) => row[a] as bigint);
    const mean = x.reduce((sum, value, i) => sum + value * (mu[i] as bigint), 0n);
    let z: readonly bigint[] = x.map((value, i) => (value * total - mean) * (mu[i] as bigint));
    for (const t of found) {
      const [along, square] = [product(z, t), product(t, t)];
      z = primitive(z.map((c, i) => c * square - along * (t[i] as bigint)));
    }
    found.push(primitive(z));
  }
  return found;
}
