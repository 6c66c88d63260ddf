import { Enclosures } from '../arithmetic/enclosure.js';
import { bitLength, lcm } from '../arithmetic/gcd.js';
import { germs } from '../arithmetic/germ.js';
import { integers } from '../arithmetic/integers.js';
import type { Rational } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import { type EnclosedHessian, encloseHessian } from '../model/enclosed-hessian.js';
import { curveThrough, evaluate } from '../model/evaluation.js';
import type { Network, Parameters } from '../model/network.js';
import { residuals, risk } from '../model/risk.js';
import { sliceOf } from '../model/slice.js';
import { Recorder } from '../model/tape.js';
import type { SampleProblem, SummedProblem } from '../statement.js';
import { type Ledger, reject } from '../verdict.js';
import { checkStrictPieces } from './strict-pieces.js';

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
  const line = evaluate(ring, network, curveThrough(integers, network, theta, [xi]), data, meter);
  // Modulo t the same evaluation is the point itself, where nothing may lie on a breakpoint.
  const point = evaluate(germs(0), network, curveThrough(integers, network, theta, []), data, meter);
  checkStrictPieces(network, point, ledger);
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

/**
 * Shows that no point of the closed ball around θ is a local minimum: over a box around it ξᵀHξ < 0, H enclosed. Where an activation or a loss
 * is C¹ only, H is the hull of both sides: then t ↦ R(θ' + tξ) has a derivative that decreases strictly, and its minimum is not at 0.
 *
 * @see theory.md 3 and 7; proofs/rules/negative-curvature.md
 */
export function checkNegativeCurvatureNear(
  problem: SummedProblem,
  theta: Parameters,
  radius: Rational,
  xi: Parameters,
  bits: number,
  path: string,
  meter: Meter,
  ledger: Ledger,
): void {
  const { network } = problem;
  const e = new Enclosures(bits);
  const slice = sliceOf(network, () => false);
  const ball = new Recorder(network, theta, slice, e.of(radius.num, radius.den).high, e, meter);
  const hessian = encloseHessian(problem, slice, ball, path, () => {});
  needBend(hessian, network, xi, path, meter, ledger);
}

/** Checks ξᵀHξ < 0 for every enclosed Hessian. */
export function needBend(
  hessian: EnclosedHessian,
  network: Network,
  xi: Parameters,
  path: string,
  meter: Meter,
  ledger: Ledger,
): void {
  if (!bendsDown(hessian, network, xi, meter)) {
    reject(
      'not-curved',
      `${path}.direction`,
      'the second derivative along the direction is not shown to be < 0 over the ball',
    );
  }
  ledger.discharge('negative-curvature');
}

/**
 * Whether ξᵀHξ < 0 for every enclosed Hessian H = M + E' in all free parameters, stage by stage and unit by unit: |E'_ij| ≤ E_ij gives
 * |ξᵀE'ξ| ≤ Σ E_ij (ξ_i² + ξ_j²)/2 = Σ_i ξ_i² Σ_j E_ij.
 */
function bendsDown({ M, rowSums }: EnclosedHessian, { stages }: Network, xi: Parameters, meter: Meter): boolean {
  const free = xi.filter((_, s) => stages[s]?.entry !== null && stages[s]?.entry !== undefined);
  const over = free.reduce((common, { denominator }) => {
    meter.charge(4, bitLength(common), bitLength(denominator));
    return lcm(common, denominator);
  }, 1n);
  const direction = free.flatMap(({ weights, bias, denominator }) => {
    const factor = over / denominator;
    return weights.flatMap((row, u) => [...row, ...(bias === null ? [] : [bias[u] as bigint])].map((c) => c * factor));
  });
  if (direction.length !== M.length) throw new Error('Cannot happen: the Hessian is in all free parameters');
  const size = integers.mostBits(direction);
  const most = M.reduce((bits, row) => {
    const here = integers.mostBits(row);
    return here > bits ? here : bits;
  }, integers.mostBits(rowSums));
  meter.charge((M.length * (M.length + 3)) / 2, size, most + size);
  let total = 0n;
  M.forEach((row, i) => {
    const xi_i = direction[i] as bigint;
    let sum = (rowSums[i] as bigint) * xi_i;
    row.forEach((m, j) => {
      const term = m * (direction[j] as bigint);
      sum += j === i ? term : 2n * term;
    });
    total += xi_i * sum;
  });
  return total < 0n;
}
