import { germs } from '../arithmetic/germ.js';
import type { Meter } from '../limits.js';
import { curveThrough, evaluate, locationOf } from '../model/evaluation.js';
import type { Parameters } from '../model/network.js';
import { residuals, risk } from '../model/risk.js';
import type { SampleProblem } from '../statement.js';
import { type Ledger, reject } from '../verdict.js';

/**
 * Shows that θ is no local minimum, whatever the gradient is: R is C² near θ and ξᵀHξ < 0.
 *
 * C²: every preactivation lies strictly inside an affine piece, every maximum pool has one winner, and the loss is C² near every residual.
 * ξᵀHξ is twice the coefficient of t² in R(θ + tξ). A local minimum of a C² function has H ⪰ 0.
 *
 * @param xi  a direction in the free parameters, with the shape of a point (untrusted)
 * @see theory.md 7; proofs/rules/negative-curvature.md
 */
export function checkNegativeCurvature(
  problem: SampleProblem,
  theta: Parameters,
  xi: Parameters,
  path: string,
  meter: Meter,
  ledger: Ledger,
): void {
  const { network, loss, data } = problem;
  const ring = germs(2);
  const line = evaluate(ring, network, curveThrough(network, theta, [xi]), data, meter);
  // Modulo t the same evaluation is the point itself, where nothing may lie on a breakpoint.
  const point = evaluate(germs(0), network, curveThrough(network, theta, []), data, meter);
  network.stages.forEach(({ kind, activation, size, layer }, s) => {
    const { preactivations, locations, winners } = point.stages[s] as (typeof point.stages)[number];
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
  const at = residuals(point, loss, data, meter);
  at.rows.forEach((row, i) => {
    row.forEach((r, c) => {
      if (!at.loss.isTwiceDifferentiable(r)) {
        reject('on-a-kink', '$.statement.point', `the loss is not C² at output ${c} of sample ${i}`);
      }
    });
    if (at.loss.loss.breakpoints.length > 0) ledger.discharge('twice-differentiable-loss', row.length);
  });
  const { value } = risk(line, loss, data, meter);
  if ((value[2] ?? 0n) >= 0n)
    reject('not-curved', `${path}.direction`, 'the second derivative of the risk along the direction is not < 0');
  ledger.discharge('negative-curvature');
}
