import type { Location } from '../arithmetic/ordered.js';
import type { Rational } from '../arithmetic/rational.js';
import type { BoxInstance } from '../model/box-instance.js';
import { convexEverywhere } from '../model/loss.js';
import type { Stage } from '../model/network.js';
import { type Ledger, reject } from '../verdict.js';

/** Which moments stand before a product of weights in ∫ ⟨g, N_θ'⟩, so that they must vanish. */
export interface NeededMoments {
  readonly zeroth: boolean;
  readonly first: boolean;
}

/**
 * Rule `affine-span` on a box: θ is a local minimum, since near θ the realization is one affine function of x on the whole box, and the
 * residual gradient g = ρ ∂ℓ(N_θ(x), y(x)) is orthogonal to all that it can become.
 *
 *  (i) Every hidden preactivation lies strictly inside one affine piece at every point of the closed box, whether anything depends on it or not.
 *  (ii) F(θ') = ∫ ⟨g, N_θ'⟩, a polynomial near θ, has only zero coefficients: each is a product of slopes and intercepts times a
 *       moment ∫ g_c or ∫ g_c x_j, which must be 0 unless one of these slopes is 0 for all paths (`neededMoments`).
 *
 * Then F(θ') = F(θ) near θ, and Lemma 0 on a box gives R(θ') ≥ R(θ): the loss is convex and differentiable, and ρ ≥ 0.
 *
 * @see theory.md 1; proofs/rules/boxes.md 4
 */
export function checkBoxAffineSpan(instance: BoxInstance, ledger: Ledger): void {
  const { problem, realization } = instance;
  const { stages } = problem.network;
  convexEverywhere(problem.loss);
  realization.locations.forEach((locations, s) => {
    needStrict(stages[s] as Stage, locations, instance.path, ledger);
  });
  checkMoments(instance, neededMoments(stages, realization.locations), ledger);
}

/**
 * Rule `convex-span` on a box: no activation has a breakpoint, so all of the above holds for every θ', and θ is a global minimum.
 *
 * @see theory.md 6; proofs/rules/boxes.md 4
 */
export function checkBoxConvexSpan(instance: BoxInstance, ledger: Ledger): void {
  for (const { activation, layer } of instance.problem.network.stages) {
    if (activation.breakpoints.length > 0) {
      reject('not-linear', '$.statement.problem.network', `the activation after layer ${layer} has a breakpoint`);
    }
  }
  checkBoxAffineSpan(instance, ledger);
}

/** Condition (i) for one layer: one piece, and an affine one. */
function needStrict({ activation, layer }: Stage, locations: readonly Location[], path: string, ledger: Ledger): void {
  locations.forEach(({ lower, upper }, u) => {
    if (lower !== upper) {
      reject('on-a-kink', path, `unit ${u} of layer ${layer} meets a kink on the closed box`);
    }
    if (activation.slopes[lower] === null) {
      reject('in-a-smooth-piece', path, `unit ${u} of layer ${layer} is in a smooth piece of its activation`);
    }
  });
  if (activation.breakpoints.length > 0) ledger.discharge('strict-piece', locations.length);
}

/**
 * Follows the paths from the outputs down. A bias asks for ∫ g, so does a nonzero intercept, and the inputs ask for ∫ g ⊗ x. Below a layer
 * whose units all have slope 0 nothing is asked: whatever happens there is multiplied by 0, for all θ' near θ. Weights are not looked at,
 * since θ' has others.
 *
 * @param locations  of units strictly inside affine pieces
 */
export function neededMoments(stages: readonly Stage[], locations: readonly (readonly Location[])[]): NeededMoments {
  let zeroth = false;
  for (let s = stages.length - 1; s >= 0; s--) {
    const { bias, fixed } = stages[s] as Stage;
    // A bias that is frozen at 0 adds nothing.
    if (bias && (fixed?.bias?.some((b) => b !== 0n) ?? true)) zeroth = true;
    if (s === 0) break;
    const { slopes, intercepts } = (stages[s - 1] as Stage).activation;
    const pieces = (locations[s - 1] as readonly Location[]).map(({ lower }) => lower);
    if (pieces.some((j) => intercepts[j] !== 0n)) zeroth = true;
    if (pieces.every((j) => slopes[j] === 0n)) return { zeroth, first: false };
  }
  return { zeroth, first: true };
}

/** Condition (ii): with all units strictly inside their pieces there is one slab, the whole box. */
function checkMoments(instance: BoxInstance, { zeroth, first }: NeededMoments, ledger: Ledger): void {
  if (!zeroth && !first) return;
  const [moments, ...others] = instance.moments();
  if (moments === undefined || others.length > 0) {
    throw new Error('Cannot happen: units strictly inside their pieces make several slabs');
  }
  const need = (moment: Rational, what: string): void => {
    if (moment.num !== 0n) reject('nonzero-path-moment', instance.path, `${what} is not 0 on the box`);
    ledger.discharge('moment');
  };
  moments.zeroth.forEach((moment, c) => {
    if (zeroth) need(moment, `∫ g of output ${c}`);
  });
  moments.first.forEach((row, c) => {
    row.forEach((moment, j) => {
      if (first) need(moment, `∫ g x of output ${c}, input ${j}`);
    });
  });
}
