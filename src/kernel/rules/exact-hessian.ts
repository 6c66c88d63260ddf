import { Enclosures } from '../arithmetic/enclosure.js';
import { zero } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import { encloseHessian } from '../model/enclosed-hessian.js';
import type { Evaluation } from '../model/evaluation.js';
import { isCritical } from '../model/exact-gradient.js';
import type { Parameters } from '../model/network.js';
import { Recorder } from '../model/tape.js';
import type { SummedProblem } from '../statement.js';
import { type Ledger, reject } from '../verdict.js';
import { accountForParameters, expectSilent, type SliceHints } from './slice-hints.js';
import { exceeds } from './strongly-convex-ball.js';

/** What the node carries; nothing here is trusted. */
export interface HessianHints extends SliceHints {
  readonly bits: number;
}

/**
 * Shows that θ itself is a local minimum: in the slice of the coordinates that move,
 *
 *  (i) every preactivation lies strictly inside one piece, or where its activation is C¹; every pool has one strict winner;
 *  (ii) the Hessian, enclosed at θ, is ≻ 0;
 *  (iii) ∇R(θ) = 0, exactly.
 *
 * @param evaluation  at θ: all values are rational
 *
 * @see theory.md 3 (exact variant); proofs/rules/exact-hessian.md
 */
export function checkExactHessian(
  problem: SummedProblem,
  theta: Parameters,
  evaluation: Evaluation<bigint>,
  hints: HessianHints,
  path: string,
  meter: Meter,
  ledger: Ledger,
): void {
  const { slice, silent } = accountForParameters(problem, theta, hints, path, meter, ledger);
  const recorder = new Recorder(problem.network, theta, slice, 0n, new Enclosures(hints.bits), meter);
  const hessian = encloseHessian(problem, slice, recorder, path, (tape, i) => {
    expectSilent(silent, recorder.wiring, tape, i, path, meter, ledger);
  });
  if (!isCritical(problem, slice, theta, evaluation, meter)) {
    reject('nonzero-gradient', '$.statement.point', 'some derivative of the risk is not shown to be 0');
  }
  ledger.discharge('zero-gradient', slice.dimension);
  if (!exceeds(hessian, zero, true, hints.bits, meter, path)) {
    reject('not-strongly-convex', path, 'the Hessian is not shown to be positive definite');
  }
  ledger.discharge('positive-definite-hessian');
}
