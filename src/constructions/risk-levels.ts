/** Levels of risk: groups of the samples, each with its own best affine fit, and a piecewise affine function that joins the fits. */

import { integers } from '../kernel/arithmetic/integers.js';
import { add, compare, one, type Rational, rational, zero } from '../kernel/arithmetic/rational.js';
import type { Samples } from '../kernel/model/data.js';
import { type Loss, LossOverDenominator, polynomialLoss } from '../kernel/model/loss.js';
import { type AffineFit, findAffineFit, fittedRange, isBestOfAllFunctions } from '../provers/affine-fit.js';
import { type AffineFunction, affineFunction, combination, valuesAt } from './affine-function.js';
import { percent, shown } from './figures.js';
import type { HingeSum } from './hinge-sum.js';
import type { Slabs } from './split-along.js';

/** Everything of one level but the network. */
export interface Level {
  readonly groups: readonly (readonly number[])[];
  readonly fits: readonly AffineFit[];
  /** Σ over groups of the least that an affine function leaves there; exact */
  readonly risk: Rational;
  /** takes the fit of each group on that group */
  readonly sum: HingeSum;
  /** cuts at which the fits themselves cross, as they do in a maximum or minimum: these need one hinge, the others two */
  readonly crossings: number;
  /** of the fitted values */
  readonly range: { readonly least: Rational; readonly most: Rational };
  /** true if no function at all is better */
  readonly isBest: boolean;
}

/** Fits by group, so that no group is fitted twice. */
export type FitCache = Map<string, AffineFit>;

/** @returns the level of these groups, or null where a best fit was not found: as a rule, it is irrational */
export function findLevel(
  data: Samples,
  loss: Loss,
  slabs: Slabs,
  cache: FitCache,
  observe?: (done: number, total: number) => void,
): Level | null {
  const fits: AffineFit[] = [];
  let risk = zero;
  let isBest = true;
  let [least, most] = [null as Rational | null, null as Rational | null];
  for (const group of slabs.groups) {
    const part = subset(data, group);
    const key = group.join();
    const fit = cache.get(key) ?? findAffineFit(part, loss, { constant: false, ...(observe && { observe }) });
    if (fit === null) return null;
    cache.set(key, fit);
    fits.push(fit);
    risk = add(risk, riskOf(part, loss, fit));
    isBest &&= isBestOfAllFunctions(part, fit).best;
    const range = fittedRange(fit);
    if (least === null || compare(range.least, least) < 0) least = range.least;
    if (most === null || compare(range.most, most) > 0) most = range.most;
  }
  const { sum, crossings } = join(data, slabs, fits);
  const range = { least: least as Rational, most: most as Rational };
  return { groups: slabs.groups, fits, risk, sum, crossings, range, isBest };
}

function subset({ inputs, targets, weights }: Samples, group: readonly number[]): Samples {
  const rows = <R>(all: readonly R[]): readonly R[] => group.map((i) => all[i] as R);
  return {
    inputs: { ...inputs, rows: rows(inputs.rows) },
    targets: { ...targets, rows: rows(targets.rows) },
    weights: { ...weights, values: rows(weights.values) },
  };
}

/** @returns the risk of the values n × k over their denominator, exactly */
export function riskOf(
  { targets, weights }: Samples,
  loss: Loss,
  { fitted, fittedDenominator }: Pick<AffineFit, 'fitted' | 'fittedDenominator'>,
): Rational {
  const L = new LossOverDenominator(integers, polynomialLoss(loss), fittedDenominator * targets.denominator);
  let total = 0n;
  fitted.forEach((row, i) => {
    row.forEach((p, c) => {
      const r = p * targets.denominator - (targets.rows[i]?.[c] as bigint) * fittedDenominator;
      total += L.value(r) * (weights.values[i] as bigint);
    });
  });
  return rational(total, L.valueDenominator * weights.denominator);
}

/**
 * A function that is l_g on group g, for slabs in the order of their groups: l_1 plus, for each cut, a function that is 0 before it and
 * z = l_{g+1} − l_g behind it.
 *
 *  - Where z < 0 before and z > 0 behind, that is max(z, 0), as in max(l_g, l_{g+1}); where the signs are reversed, −max(−z, 0), as in min.
 *  - Elsewhere it is max(z + K b, 0) − max(K b, 0), with b = a·x − t negative before and positive behind, and K |b| > |z| at all samples.
 */
function join(
  { inputs }: Samples,
  { direction, groups }: Slabs,
  fits: readonly AffineFit[],
): { readonly sum: HingeSum; readonly crossings: number } {
  const pieces = fits.map(({ A, b, denominator }) =>
    affineFunction(A[0] as readonly bigint[], b[0] as bigint, denominator),
  );
  const hinges: { readonly factor: Rational; readonly z: AffineFunction }[] = [];
  const minusOne = rational(-1n);
  let crossings = 0;
  const behind = new Set(groups.flat());
  for (let g = 0; g + 1 < groups.length; g++) {
    for (const i of groups[g] as readonly number[]) behind.delete(i);
    const z = combination([
      [one, pieces[g + 1] as AffineFunction],
      [minusOne, pieces[g] as AffineFunction],
    ]);
    if (z.b === 0n && z.a.every((c) => c === 0n)) continue;
    const { numerators, denominator } = valuesAt(z, inputs);
    const grows = numerators.every((value, i) => (behind.has(i) ? value > 0n : value < 0n));
    const falls = numerators.every((value, i) => (behind.has(i) ? value < 0n : value > 0n));
    if (grows || falls) {
      crossings++;
      hinges.push(grows ? { factor: one, z } : { factor: minusOne, z: combination([[minusOne, z]]) });
      continue;
    }
    // a·x at the samples, over inputs.denominator.
    const { numerators: places } = valuesAt(affineFunction(direction, 0n, 1n), inputs);
    let [before, after] = [null as bigint | null, null as bigint | null];
    places.forEach((p, i) => {
      if (behind.has(i)) after = after === null || p < after ? p : after;
      else before = before === null || p > before ? p : before;
    });
    const over = 2n * inputs.denominator;
    const middle = (before as unknown as bigint) + (after as unknown as bigint);
    const b = affineFunction(
      direction.map((c) => c * over),
      -middle,
      over,
    );
    const side = valuesAt(b, inputs);
    let most = 0n;
    numerators.forEach((value, i) => {
      const [size, distance] = [magnitude(value), magnitude(side.numerators[i] as bigint)];
      const ratio = (size * side.denominator) / (distance * denominator);
      if (ratio > most) most = ratio;
    });
    const K = rational(2n * (most + 1n));
    const gate = combination([[K, b]]);
    hinges.push(
      {
        factor: one,
        z: combination([
          [one, z],
          [one, gate],
        ]),
      },
      { factor: minusOne, z: gate },
    );
  }
  return { sum: { base: pieces[0] as AffineFunction, hinges }, crossings };
}

function magnitude(n: bigint): bigint {
  return n < 0n ? -n : n;
}

/** @returns the levels as people read them, one line each */
export function table(levels: readonly Level[]): string[] {
  return levels.map(({ groups, risk }, l) => {
    const sizes = groups.map(({ length }) => length).join(' + ');
    const before = levels[l - 1]?.risk;
    const lower =
      before === undefined || before.num === 0n
        ? ''
        : `, ${percent(rational(before.num * risk.den - risk.num * before.den, before.den * risk.den), before)} lower`;
    return `level ${groups.length}: ${groups.length === 1 ? `all ${sizes} samples` : `${sizes} samples`}, risk ${shown(risk)}${lower}`;
  });
}
