/**
 * How large a neighbourhood the proofs of local minimality cover. The rules only need *some* neighbourhood; here a number is
 * found (in doubles) and then shown (exactly) to do: every θ' with |θ'_p − θ_p| ≤ r for all free parameters p has R(θ') ≥ R(θ).
 *
 * The conditions, and why they are enough:
 *  - `affine-span`: no visible preactivation leaves its piece over the box. Then Σ ⟨g_i, N_θ'(x_i)⟩ is one polynomial on the whole box, with
 *    the zero coefficients that the rule has checked, and Lemma 0 holds for all θ', because the loss is convex, or (asked of the box as
 *    well) convex near every residual that it meets.
 *  - `neuron-dominance`: no preactivation reaches a breakpoint other than one on which it lies at θ, so that ψ(w_j + e) = ψ(w_j) + ψ'(w_j; e); and
 *    v'_j keeps the sign of v_j (or stays in the cross-polytope of the certificate's radius c_j).
 */
import { bitLength } from '../kernel/arithmetic/gcd.js';
import type { Interval } from '../kernel/arithmetic/interval.js';
import { compare, divide, multiply, one, type Rational, rational } from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { type PiecewiseAffine, pieceOf } from '../kernel/model/activation.js';
import {
  boxAround,
  type Evaluation,
  evaluateBox,
  evaluateExactly,
  locationOf,
  type StageValues,
} from '../kernel/model/evaluation.js';
import { hiddenLayer } from '../kernel/model/hidden-layer.js';
import { Instance } from '../kernel/model/instance.js';
import type { DenseValues, Parameters, Stage } from '../kernel/model/network.js';
import { isVisible, type Visible, visibility } from '../kernel/model/visibility.js';
import type { SampleProblem } from '../kernel/statement.js';
import { Refusal } from '../kernel/verdict.js';
import { exactDyadic } from '../numerics/exact-dyadic.js';
import { entryName } from './layers.js';
import { distanceToKink, type Margin, smallestMargin } from './margins.js';
import { roundedDown, toFloat } from './numbers.js';

export type Neighbourhood =
  /** every preactivation stays in its piece whatever the parameters are */
  | { readonly kind: 'everywhere' }
  | { readonly kind: 'radius'; readonly radius: Rational; readonly margin: Margin | null }
  /** `size`: too small for doubles to find, or too much to compute; else there are layers, pieces or losses that this file has no bounds for */
  | {
      readonly kind: 'not-computed';
      readonly why: 'size' | 'layers' | 'smooth' | 'loss';
      readonly margin: Margin | null;
    };

/** by sample and stage */
type Seen = readonly (readonly Visible[])[];

const searchSteps = 60;
const verifications = 40;

/** @returns a radius in the maximum norm over the free parameters within which the proof of `affine-span` holds */
export function affineSpanNeighbourhood(problem: SampleProblem, theta: Parameters): Neighbourhood {
  const { network, data } = problem;
  const evaluation = evaluateExactly(network, theta, data, new Meter(defaultLimits));
  const instance = new Instance(problem, evaluation, new Meter(defaultLimits));
  const seen: Seen = data.inputs.rows.map((_, i) => visibility(instance, i).map(({ output }) => output));
  const margin = smallestMargin(network, evaluation, (i, s, e) => isVisible(seen[i]?.[s] as Visible, e));
  // Pools have winners to keep as well, and the bounds below are for dense layers.
  const isLinear = margin === null && network.stages.every(({ kind }) => kind !== 'maximum');
  if (network.stages.some(({ activation }) => activation.smooth !== null)) {
    return { kind: 'not-computed', why: 'smooth', margin };
  }
  if (isLinear && isConvex(problem)) return { kind: 'everywhere' };
  if (!isLinear && network.stages.some(({ kind }) => kind !== 'dense')) {
    return { kind: 'not-computed', why: 'layers', margin };
  }
  const visible = seen.map((row) => row.lastIndexOf('none') + 1);
  const start = margin === null ? 1 : reach(problem, theta, evaluation, visible);
  // Of a loss that is convex only near the residuals the search knows nothing.
  const shrink = isConvex(problem) ? rational(9n, 10n) : rational(1n, 2n);
  return confirmed(start, margin, shrink, (r) => staysInPieces(problem, theta, r, visible));
}

/** Where the loss is not convex, predictions must stay where it is. */
function isConvex({ loss }: SampleProblem): boolean {
  return loss.family === 'smooth' || loss.convex;
}

/** Exact: over the box every visible preactivation is strictly inside one piece; the box contains θ, so it is the piece at θ. */
function staysInPieces(
  problem: SampleProblem,
  theta: Parameters,
  radius: Rational,
  visible: readonly number[],
): boolean {
  const { network, data } = problem;
  // The box is rounded outward, by far less than it is wide.
  const bits = 64 + Math.max(0, bitLength(radius.den) - bitLength(radius.num));
  const box = boxAround(network, theta, radius, bits);
  const over = evaluateBox(network, box, data, new Meter(defaultLimits));
  if (!isConvexOver(problem, over)) return false;
  const { stages } = over;
  return visible.every((from, i) =>
    network.stages.every(({ activation, units }, s) => {
      if (s < from || activation.breakpoints.length === 0) return true;
      const { locations } = stages[s] as (typeof stages)[number];
      for (let u = 0; u < units; u++) {
        const { lower, upper } = locationOf(activation, locations, i, u);
        if (lower !== upper) return false;
      }
      return true;
    }),
  );
}

/** Lemma 0 needs a loss that is convex at all predictions over the box. */
function isConvexOver(problem: SampleProblem, over: Evaluation<Interval>): boolean {
  try {
    new Instance(problem, over, new Meter(defaultLimits)).needConvexNear();
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not-convex-here') return false;
    throw error;
  }
}

/** In doubles: the largest r for which bounds of |z' − z|, propagated from layer to layer, stay below the distances to the kinks. */
function reach(
  { network, data }: SampleProblem,
  theta: Parameters,
  { stages }: Evaluation<bigint>,
  visible: readonly number[],
): number {
  const layers = network.stages.map((stage, s) => {
    const { weights, denominator } = theta[s] as DenseValues;
    const { activation } = stage;
    const slopes = activation.slopes.map((_, j) => {
      const { slope } = pieceOf(activation as PiecewiseAffine, j);
      return Math.abs(toFloat(slope.num, slope.den));
    });
    const values = stages[s] as StageValues<bigint>;
    return {
      stage,
      weights: weights.map((row) => row.map((w) => Math.abs(toFloat(w, denominator)))),
      slopes,
      steepest: Math.max(...slopes),
      inputs: (values.inputs ?? data.inputs.rows).map((row) =>
        row.map((x) =>
          Math.abs(toFloat(x, values.inputs === null ? data.inputs.denominator : values.inputsDenominator)),
        ),
      ),
      distances: values.preactivations.map((row) =>
        row.map((z) => {
          const found = distanceToKink(activation, z, values.denominator);
          return found === null
            ? Number.POSITIVE_INFINITY
            : toFloat(found.distance, values.denominator * activation.breakpointDenominator);
        }),
      ),
      values,
    };
  });
  const holds = (r: number): boolean =>
    visible.every((from, i) => {
      let moves: readonly number[] = new Array<number>(network.inputs).fill(0);
      for (const [s, layer] of layers.slice(0, -1).entries()) {
        const { stage, weights, inputs, distances, slopes, steepest, values } = layer;
        const free = stage.fixed === null ? r : 0;
        const x = inputs[i] as readonly number[];
        const ownMove = free * (x.reduce((sum, xj, j) => sum + xj + (moves[j] as number), 0) + (stage.bias ? 1 : 0));
        const changes = weights.map((row) => ownMove + row.reduce((sum, w, j) => sum + w * (moves[j] as number), 0));
        if (s >= from && changes.some((change, u) => change >= (distances[i]?.[u] as number))) return false;
        moves = changes.map((change, u) => {
          if (s < from) return change * steepest;
          return change * (slopes[locationOf(stage.activation, values.locations, i, u).lower] as number);
        });
      }
      return true;
    });
  return largest(holds);
}

/** @returns about the largest r with holds(r), which is true below some number and false above */
function largest(holds: (r: number) => boolean): number {
  let exponent = 0;
  while (exponent < 300 && holds(2 ** exponent)) exponent++;
  while (exponent > -1_000 && !holds(2 ** exponent)) exponent--;
  let [low, high] = [2 ** exponent, 2 ** (exponent + 1)];
  for (let step = 0; step < searchSteps; step++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Rounds the search's answer down to a simple rational, and makes it smaller until the exact test holds. */
function confirmed(
  found: number,
  margin: Margin | null,
  shrink: Rational,
  holds: (r: Rational) => boolean,
): Neighbourhood {
  if (!(found > 1e-290)) return { kind: 'not-computed', why: 'size', margin };
  let candidate = roundedDown(exactDyadic(found));
  try {
    for (let attempt = 0; attempt < verifications; attempt++) {
      if (holds(candidate)) return { kind: 'radius', radius: candidate, margin };
      candidate = roundedDown(multiply(candidate, shrink));
    }
  } catch (error) {
    // The meter: an exact test of this size is not worth its time.
    if (!(error instanceof Refusal)) throw error;
  }
  return { kind: 'not-computed', why: 'size', margin };
}

export interface DominanceReach {
  readonly neighbourhood: Neighbourhood;
  /** the free outgoing weight that reaches 0 first, where that is what bounds the radius */
  readonly sign: { readonly unit: number; readonly weight: Rational } | null;
}

/**
 * @param radii  with several outputs: the cross-polytope radius c_j of each unit, from the certificate; null where it is not known
 * @returns a radius in the maximum norm within which ψ(w_j + e) = ψ(w_j) + ψ'(w_j; e) and v'_j keeps its sign, for every unit; exact throughout
 */
export function dominanceNeighbourhood(
  instance: Instance<bigint>,
  theta: Parameters,
  radii: readonly (Rational | null)[],
): DominanceReach {
  const { network } = instance.problem;
  const layer = hiddenLayer(instance);
  const { hidden, output, values, rows } = layer;
  const at = network.stages.length - 2;
  let least: Rational | null = null;
  let margin: Margin | null = null;
  if (hidden.fixed === null) {
    values.preactivations.forEach((row, sample) => {
      const length = (rows[sample] as readonly bigint[]).reduce((sum, x) => sum + (x < 0n ? -x : x), 0n);
      if (length === 0n) return;
      row.forEach((z, unit) => {
        const found = distanceToKink(hidden.activation, z, values.denominator);
        if (found === null) return;
        const distance = rational(found.distance, values.denominator * hidden.activation.breakpointDenominator);
        const bound = divide(distance, rational(length, rowsDenominator(values, instance.problem)));
        if (least === null || compare(bound, least) < 0) {
          least = bound;
          const breakpoint = rational(
            hidden.activation.breakpoints[found.index] as bigint,
            hidden.activation.breakpointDenominator,
          );
          margin = { sample, name: entryName(network, at, unit), distance, breakpoint };
        }
      });
    });
  }
  if (!isConvex(instance.problem)) return { neighbourhood: { kind: 'not-computed', why: 'loss', margin }, sign: null };
  const signBound = outgoingBound(output, hidden, theta, radii);
  if (signBound === 'unknown') return { neighbourhood: { kind: 'not-computed', why: 'size', margin }, sign: null };
  const signFirst = signBound !== null && (least === null || compare(signBound.bound, least) < 0);
  const bound: Rational | null = signFirst ? signBound.bound : least;
  if (bound === null) return { neighbourhood: { kind: 'everywhere' }, sign: null };
  return {
    neighbourhood: { kind: 'radius', radius: roundedDown(bound), margin },
    sign: signFirst ? signBound : null,
  };
}

function rowsDenominator({ inputs, inputsDenominator }: StageValues<bigint>, { data }: SampleProblem): bigint {
  return inputs === null ? data.inputs.denominator : inputsDenominator;
}

/** v'_j must keep its sign where ψ'(w_j; ·) is not 0 anyway; nothing is asked where either layer is frozen. */
function outgoingBound(
  output: Stage,
  hidden: Stage,
  theta: Parameters,
  radii: readonly (Rational | null)[],
): { readonly unit: number; readonly weight: Rational; readonly bound: Rational } | 'unknown' | null {
  if (output.fixed !== null || hidden.fixed !== null) return null;
  const { weights, denominator } = theta[theta.length - 1] as DenseValues;
  let least: { unit: number; weight: Rational; bound: Rational } | null = null;
  for (let unit = 0; unit < hidden.units; unit++) {
    let weight: Rational;
    let bound: Rational;
    if (output.units === 1) {
      weight = rational(weights[0]?.[unit] as bigint, denominator);
      bound = weight.num < 0n ? rational(-weight.num, weight.den) : weight;
      if (weight.num === 0n) continue;
    } else {
      const radius = radii[unit] ?? null;
      if (radius === null) return 'unknown';
      // |v'_j − v_j| in the sum norm is at most k times the maximum norm.
      [weight, bound] = [radius, divide(radius, multiply(one, rational(BigInt(output.units))))];
    }
    if (least === null || compare(bound, least.bound) < 0) least = { unit, weight, bound };
  }
  return least;
}
