import { Enclosures } from '../arithmetic/enclosure.js';
import { type Rational, rational } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import { gaussianGradient, gaussianHessian, gaussianRisk } from '../model/arc-cosine.js';
import type { EnclosedHessian } from '../model/enclosed-hessian.js';
import type { Risk } from '../model/enclosing.js';
import type { Parameters } from '../model/network.js';
import type { GaussianProblem } from '../statement.js';
import type { Ledger } from '../verdict.js';
import { needNonzero } from './gradient-bound.js';
import { needBend } from './negative-curvature.js';
import { type BallHints, checkBall } from './strongly-convex-ball.js';

/** Gauge, silent and redundant coordinates have no place here: all parameters move. */
type GaussianHints = Pick<BallHints, 'modulus' | 'ballRadius' | 'bits'>;

/**
 * Rule `strongly-convex-ball` for the population loss: some θ* with |θ* − θ̂| ≤ ρ ≤ radius is a local minimum.
 *
 *  (i) Over the ball no student unit is 0 or parallel to another unit, so the closed form is analytic there.
 *  (ii) The Hessian is M + E', |E'| ≤ E, and M − λI − diag(Σ_j E_ij) ⪰ 0.
 *  (iii) |∇R(θ̂)| < λρ.
 *
 * @returns what R(θ*) lies between
 * @see theory.md 3 (Gaussian teacher); proofs/rules/gaussian-teacher.md
 */
export function checkGaussianBall(
  { data }: GaussianProblem,
  theta: Parameters,
  radius: Rational,
  hints: GaussianHints,
  path: string,
  meter: Meter,
  ledger: Ledger,
): Risk {
  const { ballRadius, bits } = hints;
  return checkBall(radius, hints, path, meter, ledger, {
    firstOrder: () => {
      const e = new Enclosures(bits);
      const squares = gaussianGradient(data, theta, 0n, bits, meter)
        .flat()
        .reduce((sum, g) => sum + e.abs(g).high ** 2n, 0n);
      return { risk: gaussianRisk(data, theta, bits, meter), squaredNorm: rational(squares, 1n << BigInt(2 * bits)) };
    },
    hessian: () => hessianOver(data, theta, ballRadius, bits, path, meter, ledger),
  });
}

/**
 * Rule `negative-curvature` over a ball: ξᵀ∇²R ξ < 0 at every point of it, so none is a local minimum.
 *
 * @param xi  a direction in the free parameters, with the shape of a point (untrusted)
 */
export function checkGaussianCurvature(
  { data, network }: GaussianProblem,
  theta: Parameters,
  radius: Rational,
  xi: Parameters,
  bits: number,
  path: string,
  meter: Meter,
  ledger: Ledger,
): void {
  needBend(hessianOver(data, theta, radius, bits, path, meter, ledger), network, xi, path, meter, ledger);
}

/**
 * Rule `gradient-bound` for the population loss: over the ball no student unit is 0 or parallel to another unit, so R is C¹ there, and one partial
 * derivative is nowhere 0.
 */
export function checkGaussianBound(
  { data }: GaussianProblem,
  theta: Parameters,
  { num, den }: Rational,
  bits: number,
  path: string,
  meter: Meter,
  ledger: Ledger,
): void {
  const reach = new Enclosures(bits).of(num, den).high;
  needNonzero(gaussianGradient(data, theta, reach, bits, meter).flat(), path, ledger);
}

/** Condition (i), one obligation for each pair of a student unit and another unit, and the Hessian over the ball. */
function hessianOver(
  data: GaussianProblem['data'],
  theta: Parameters,
  { num, den }: Rational,
  bits: number,
  path: string,
  meter: Meter,
  ledger: Ledger,
): EnclosedHessian {
  const hessian = gaussianHessian(data, theta, new Enclosures(bits).of(num, den).high, bits, meter, path);
  const n = theta[0]?.weights.length ?? 0;
  ledger.discharge('pair-not-parallel', (n * (n - 1)) / 2 + n * data.teacher.rows.length);
  return hessian;
}
