import type { Instance } from '../model/instance.js';
import { convexEverywhere } from '../model/loss.js';
import { type Ledger, reject } from '../verdict.js';
import { checkAffineSpan } from './affine-span.js';

/**
 * Shows that θ is a global minimum of a network without any breakpoint or maximum: N_θ' is one affine function for every θ', and the
 * coefficients of Σ_i ⟨g_i, N_θ'(x_i)⟩ vanish as in rule `affine-span`, so Lemma 0 holds for every θ' (convex losses).
 *
 * @see theory.md 6; proofs/rules/convex-span.md
 */
export function checkConvexSpan<T>(instance: Instance<T>, ledger: Ledger): void {
  convexEverywhere(instance.problem.loss);
  for (const { kind, activation, layer } of instance.problem.network.stages) {
    if (kind === 'maximum') {
      reject('not-linear', '$.statement.problem.network', `layer ${layer} takes maxima`);
    }
    if (activation.breakpoints.length > 0) {
      reject('not-linear', '$.statement.problem.network', `the activation after layer ${layer} has a breakpoint`);
    }
  }
  checkAffineSpan(instance, ledger);
}
