import { residuals } from '../model/evaluation.js';
import type { Instance } from '../model/instance.js';
import { type Ledger, reject } from '../verdict.js';

/**
 * Shows that θ is a global minimum: every residual p_i − y_i is 0, so R(θ) = 0, and every loss of model/loss.ts is ≥ 0.
 *
 * @see theory.md 6; proofs/rules/zero-loss.md
 */
export function checkZeroLoss<T>({ problem, evaluation, meter }: Instance<T>, ledger: Ledger): void {
  const { rows } = residuals(evaluation, problem.loss, problem.data, meter);
  rows.forEach((row, i) => {
    row.forEach((r, c) => {
      if (evaluation.ring.sign(r) !== 0) {
        reject('nonzero-residual', '$.statement.point', `output ${c} differs from the target at sample ${i}`);
      }
    });
    ledger.discharge('zero-residual', row.length);
  });
}
