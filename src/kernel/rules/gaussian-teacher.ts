import { Enclosures } from '../arithmetic/enclosure.js';
import { compare, divide, multiply, type Rational, rational, shown, subtract } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import { gaussianGradient, gaussianHessian, gaussianRisk } from '../model/arc-cosine.js';
import type { Risk } from '../model/enclosing.js';
import type { Parameters } from '../model/network.js';
import type { GaussianProblem } from '../statement.js';
import { type Ledger, reject } from '../verdict.js';
import { bendsDown } from './negative-curvature.js';
import { type BallHints, exceeds } from './strongly-convex-ball.js';

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
  { modulus, ballRadius, bits }: GaussianHints,
  path: string,
  meter: Meter,
  ledger: Ledger,
): Risk {
  const hints = { modulus, ballRadius };
  for (const [key, value] of Object.entries(hints)) {
    if (value.num <= 0n) reject('wrong-hint', `${path}.${key}`, `expected a number > 0, found ${shown(value)}`);
  }
  if (compare(ballRadius, radius) > 0) {
    reject('too-far', `${path}.ballRadius`, `expected at most the radius ${shown(radius)}, found ${shown(ballRadius)}`);
  }
  const e = new Enclosures(bits);
  const sum = gaussianGradient(data, theta, bits, meter)
    .flat()
    .reduce((total, g) => total + e.abs(g).high ** 2n, 0n);
  const squaredNorm = rational(sum, 1n << BigInt(2 * bits));
  const bound = multiply(modulus, ballRadius);
  if (compare(squaredNorm, multiply(bound, bound)) >= 0) {
    reject(
      'gradient-too-large',
      `${path}.modulus`,
      'the gradient at the point is not shown to be below modulus · ball radius',
    );
  }
  ledger.discharge('small-gradient');
  const hessian = gaussianHessian(data, theta, reachOf(ballRadius, bits), bits, meter, path);
  dischargePairs(data.teacher.rows.length, theta, ledger);
  if (!exceeds(hessian, modulus, false, bits, meter, path)) {
    reject(
      'not-strongly-convex',
      `${path}.modulus`,
      `the risk is not shown to be ${shown(modulus)}-strongly convex on the ball`,
    );
  }
  ledger.discharge('strong-convexity');
  const { lower, upper } = gaussianRisk(data, theta, bits, meter);
  return { lower: subtract(lower, divide(squaredNorm, multiply(rational(2n), modulus))), upper };
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
  const hessian = gaussianHessian(data, theta, reachOf(radius, bits), bits, meter, path);
  dischargePairs(data.teacher.rows.length, theta, ledger);
  if (!bendsDown(hessian, network, xi, meter)) {
    reject(
      'not-curved',
      `${path}.direction`,
      'the second derivative along the direction is not shown to be < 0 over the ball',
    );
  }
  ledger.discharge('negative-curvature');
}

/** @returns the radius over 2^bits, rounded up */
function reachOf({ num, den }: Rational, bits: number): bigint {
  return new Enclosures(bits).of(num, den).high;
}

/** One obligation for each pair of a student unit and another unit. */
function dischargePairs(teachers: number, [student]: Parameters, ledger: Ledger): void {
  const n = student?.weights.length ?? 0;
  ledger.discharge('pair-not-parallel', (n * (n - 1)) / 2 + n * teachers);
}
