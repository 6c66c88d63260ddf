import { Enclosures } from '../arithmetic/enclosure.js';
import { bitLength } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import { compare, divide, multiply, type Rational, rational, shown, subtract } from '../arithmetic/rational.js';
import { isSemidefinite } from '../arithmetic/semidefinite.js';
import type { Meter } from '../limits.js';
import { boundFirstOrder } from '../model/enclosed-gradient.js';
import { type EnclosedHessian, encloseHessian } from '../model/enclosed-hessian.js';
import type { Risk } from '../model/enclosing.js';
import type { Parameters } from '../model/network.js';
import { Recorder } from '../model/tape.js';
import type { SummedProblem } from '../statement.js';
import { type Ledger, reject } from '../verdict.js';
import { accountForParameters, expectSilent, type SliceHints } from './slice-hints.js';

/** What the node carries; nothing here is trusted. */
export interface BallHints extends SliceHints {
  /** λ */
  readonly modulus: Rational;
  /** ρ */
  readonly ballRadius: Rational;
  readonly bits: number;
}

/**
 * Shows that some θ* with |θ* − θ̂| ≤ ρ ≤ radius is a local minimum. Over the ball of radius ρ around θ̂ in the slice of the coordinates that move:
 *
 *  (i) Every preactivation stays strictly inside one piece, or where its activation is C¹; every pool has one strict winner; the loss has a
 *      bounded second derivative.
 *  (ii) The Hessian in the slice is M + E', |E'| ≤ E, and M − λI − diag(Σ_j E_ij) ⪰ 0.
 *  (iii) |∇R(θ̂)| < λρ in the slice.
 *
 * So R in the slice has a minimum θ* inside the ball, and R(θ̂) ≥ R(θ*) ≥ R(θ̂) − |∇R(θ̂)|²/(2λ). Every free parameter that does not move is accounted
 * for, so θ* is a local minimum among all of them.
 *
 * @returns what R(θ*) lies between
 * @see theory.md 3; proofs/rules/strongly-convex-ball.md
 */
export function checkStronglyConvexBall(
  problem: SummedProblem,
  theta: Parameters,
  radius: Rational,
  hints: BallHints,
  path: string,
  meter: Meter,
  ledger: Ledger,
): Risk {
  const { ballRadius, bits } = hints;
  const e = new Enclosures(bits);
  const { slice, silent } = accountForParameters(problem, theta, hints, path, meter, ledger);
  const still = new Recorder(problem.network, theta, slice, 0n, e, meter);
  const ball = new Recorder(problem.network, theta, slice, e.of(ballRadius.num, ballRadius.den).high, e, meter);
  return checkBall(radius, hints, path, meter, ledger, {
    firstOrder: () => boundFirstOrder(problem, slice, still, path),
    hessian: () =>
      encloseHessian(problem, slice, ball, path, (tape, i) => {
        expectSilent(silent, ball.wiring, tape, i, path, meter, ledger);
      }),
  });
}

/** A risk near θ̂ in the coordinates that move. */
interface NearPoint {
  /** R(θ̂), and an upper bound of |∇R(θ̂)|² */
  readonly firstOrder: () => { readonly risk: Risk; readonly squaredNorm: Rational };
  /** of every point of the ball; that R is C², or C¹ with this hull of second derivatives, is shown on the way */
  readonly hessian: () => EnclosedHessian;
}

/** Checks (ii) and (iii) for any risk. @returns what R(θ*) lies between */
export function checkBall(
  radius: Rational,
  { modulus, ballRadius, bits }: Pick<BallHints, 'modulus' | 'ballRadius' | 'bits'>,
  path: string,
  meter: Meter,
  ledger: Ledger,
  { firstOrder, hessian }: NearPoint,
): Risk {
  for (const [key, value] of Object.entries({ ballRadius, modulus })) {
    if (value.num <= 0n) reject('wrong-hint', `${path}.${key}`, `expected a number > 0, found ${shown(value)}`);
  }
  if (compare(ballRadius, radius) > 0) {
    reject('too-far', `${path}.ballRadius`, `expected at most the radius ${shown(radius)}, found ${shown(ballRadius)}`);
  }
  const { risk, squaredNorm } = firstOrder();
  const bound = multiply(modulus, ballRadius);
  if (compare(squaredNorm, multiply(bound, bound)) >= 0) {
    reject(
      'gradient-too-large',
      `${path}.modulus`,
      'the gradient at the point is not shown to be below modulus · ball radius',
    );
  }
  ledger.discharge('small-gradient');
  if (!exceeds(hessian(), modulus, false, bits, meter, path)) {
    reject(
      'not-strongly-convex',
      `${path}.modulus`,
      `the risk is not shown to be ${shown(modulus)}-strongly convex on the ball`,
    );
  }
  ledger.discharge('strong-convexity');
  return {
    lower: subtract(risk.lower, divide(squaredNorm, multiply(rational(2n), modulus))),
    upper: risk.upper,
  };
}

/** Shows M − λI − diag(Σ_j E_ij) ⪰ 0, or ≻ 0: then every matrix that is enclosed is ⪰ λI, or ≻ λI. */
export function exceeds(
  { M, rowSums }: EnclosedHessian,
  { num, den }: Rational,
  strict: boolean,
  bits: number,
  meter: Meter,
  path: string,
): boolean {
  const shift = BigInt(2 * bits);
  // Rounded up, over 2^(2·bits).
  const lambda = -((-num << shift) / den) + 1n;
  meter.charge(M.length, integers.mostBits(rowSums), bitLength(lambda));
  const A = M.map((row, j) => {
    const shifted = [...row];
    shifted[j] = (row[j] as bigint) - lambda - (rowSums[j] as bigint);
    return shifted;
  });
  return isSemidefinite(A, strict, meter, path);
}
