import { shown } from '../arithmetic/rational.js';
import type { BoxInstance } from '../model/box-instance.js';
import { decline, type Ledger, reject } from '../verdict.js';

/**
 * Rule `zero-loss` on a box: θ is a global minimum, since R(θ) = 0 exactly, and R ≥ 0 everywhere: the loss is ≥ 0 (for a polynomial loss
 * by Sturm's theorem), and so is the density.
 *
 * @see theory.md 6; proofs/rules/boxes.md 4
 */
export function checkBoxZeroLoss({ problem, risk, path }: BoxInstance, ledger: Ledger): void {
  if (!problem.loss.leastAtZero) {
    decline('unsupported-combination', '$.statement.problem.loss', 'this loss is not least where the residual is 0');
  }
  if (risk.num !== 0n) reject('nonzero-residual', path, `expected the risk 0, found ${shown(risk)}`);
  ledger.discharge('zero-risk');
}
