import { Enclosures } from '../arithmetic/enclosure.js';
import { zero } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import { encloseHessian } from '../model/enclosed-hessian.js';
import { gradient, type LayerGradient } from '../model/gradient.js';
import type { Instance } from '../model/instance.js';
import type { Parameters } from '../model/network.js';
import { Recorder } from '../model/tape.js';
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
 * @see theory.md 3 (exact variant); proofs/rules/exact-hessian.md
 */
export function checkExactHessian(
  instance: Instance<bigint>,
  theta: Parameters,
  hints: HessianHints,
  path: string,
  meter: Meter,
  ledger: Ledger,
): void {
  const { problem } = instance;
  const { slice, silent } = accountForParameters(problem, theta, hints, path, meter, ledger);
  const recorder = new Recorder(problem.network, theta, slice, 0n, new Enclosures(hints.bits), meter);
  const hessian = encloseHessian(problem, slice, recorder, path, (tape, i) => {
    expectSilent(silent, recorder.wiring, tape, i, path, meter, ledger);
  });
  const layers = gradient(instance, () => reject('on-a-kink', '$.statement.point', 'a preactivation is on a kink'));
  layers.forEach((layer, s) => {
    if (layer === null) return;
    const moves = (at: number | undefined): boolean => at !== undefined && at >= 0;
    const isZero = ({ weights, bias }: LayerGradient<bigint>): boolean =>
      weights.every((row, u) => row.every((a, j) => a === 0n || !moves(slice.weights[s]?.[u]?.[j]))) &&
      (bias ?? []).every((a, u) => a === 0n || !moves(slice.biases[s]?.[u]));
    if (!isZero(layer)) {
      reject('nonzero-gradient', '$.statement.point', 'some derivative of the risk is not 0');
    }
  });
  ledger.discharge('zero-gradient', slice.dimension);
  if (!exceeds(hessian, zero, true, hints.bits, meter, path)) {
    reject('not-strongly-convex', path, 'the Hessian is not shown to be positive definite');
  }
  ledger.discharge('positive-definite-hessian');
}
