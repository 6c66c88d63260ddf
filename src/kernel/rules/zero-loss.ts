import type { Instance } from '../model/instance.js';
import { residuals } from '../model/risk.js';
import { decline, type Ledger, reject } from '../verdict.js';

/**
 * Shows that θ is a global minimum: every residual p_i − y_i is 0, so R(θ) = 0, and the loss is ≥ 0 everywhere (for a polynomial loss by Sturm's theorem).
 *
 * @see theory.md 6; proofs/rules/zero-loss.md
 */
export function checkZeroLoss<T>({ problem, evaluation, meter }: Instance<T>, ledger: Ledger): void {
  const { rows, loss } = residuals(evaluation, problem.loss, problem.data, meter);
  if (!loss.loss.leastAtZero) {
    decline('unsupported-combination', '$.statement.problem.loss', 'this loss is not least where the residual is 0');
  }
  rows.forEach((row, i) => {
    row.forEach((r, c) => {
      if (evaluation.ring.sign(r) !== 0) {
        reject('nonzero-residual', '$.statement.point', `output ${c} differs from the target at sample ${i}`);
      }
    });
    ledger.discharge('zero-residual', row.length);
  });
}
