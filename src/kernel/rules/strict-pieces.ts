import { type Evaluation, locationOf, type StageValues } from '../model/evaluation.js';
import type { Network } from '../model/network.js';
import { type Ledger, reject } from '../verdict.js';

/**
 * Shows that all pieces that are taken at θ are taken near θ: every preactivation lies strictly inside a piece of its activation, and every
 * maximum pool has one winner. So the realization at the data is as smooth near θ as those pieces are.
 *
 * @param at  the network at θ
 * @see proofs/rules/negative-curvature.md, proofs/rules/zero-gradient.md
 */
export function checkStrictPieces<T>({ stages }: Network, at: Evaluation<T>, ledger: Ledger): void {
  stages.forEach(({ kind, activation, size, layer }, s) => {
    const { preactivations, locations, winners } = at.stages[s] as StageValues<T>;
    preactivations.forEach((_, i) => {
      for (let e = 0; e < size; e++) {
        const { lower, upper } = locationOf(activation, locations, i, e);
        if (lower !== upper)
          reject('on-a-kink', '$.statement.point', `unit ${e} of layer ${layer} is on a kink at sample ${i}`);
      }
      if (activation.breakpoints.length > 0) ledger.discharge('strict-piece', size);
      if (kind !== 'maximum') return;
      if (winners[i]?.some(({ length }) => length > 1)) {
        reject('tied-pool', '$.statement.point', `a pool of layer ${layer} has no strict winner at sample ${i}`);
      }
      ledger.discharge('pool-winner', size);
    });
  });
}
