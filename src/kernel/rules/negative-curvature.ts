import { germs } from '../arithmetic/germ.js';
import type { Meter } from '../limits.js';
import { curveThrough, evaluate, locationOf, residuals, risk } from '../model/evaluation.js';
import type { Parameters } from '../model/network.js';
import type { Problem } from '../statement.js';
import { type Ledger, reject } from '../verdict.js';

/**
 * Shows that θ is no local minimum, whatever the gradient is: R is C² near θ and ξᵀHξ < 0.
 *
 * C²: every preactivation lies strictly inside an affine piece, and the loss is C² near every residual.
 * ξᵀHξ is twice the coefficient of t² in R(θ + tξ). A local minimum of a C² function has H ⪰ 0.
 *
 * @param xi  a direction in the free parameters, with the shape of a point (untrusted)
 * @see theory.md 7; proofs/rules/negative-curvature.md
 */
export function checkNegativeCurvature(
  problem: Problem,
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
  network.stages.forEach(({ activation, units, layer }, s) => {
    point.stages[s]?.preactivations.forEach((_, i) => {
      for (let u = 0; u < units; u++) {
        const { lower, upper } = locationOf(activation, point.stages[s]?.locations ?? [], i, u);
        if (lower !== upper)
          reject('on-a-kink', '$.statement.point', `unit ${u} of layer ${layer} is on a kink at sample ${i}`);
      }
      if (activation.breakpoints.length > 0) ledger.discharge('strict-piece', units);
    });
  });
  const at = residuals(point, loss, data, meter);
  at.rows.forEach((row, i) => {
    row.forEach((r, c) => {
      if (!at.loss.isTwiceDifferentiable(r)) {
        reject('on-a-kink', '$.statement.point', `the loss is not C² at output ${c} of sample ${i}`);
      }
    });
    if (loss.breakpoints.length > 0) ledger.discharge('twice-differentiable-loss', row.length);
  });
  const { value } = risk(line, loss, data, meter);
  if ((value[2] ?? 0n) >= 0n)
    reject('not-curved', `${path}.direction`, 'the second derivative of the risk along the direction is not < 0');
  ledger.discharge('negative-curvature');
}
