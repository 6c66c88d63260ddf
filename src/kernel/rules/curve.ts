import { type Germ, germs, lowestTerm } from '../arithmetic/germ.js';
import type { Meter } from '../limits.js';
import { curveThrough, type Evaluation, evaluate } from '../model/evaluation.js';
import type { Parameters } from '../model/network.js';
import { risk } from '../model/risk.js';
import type { SampleProblem } from '../statement.js';
import { decline, type Ledger, reject } from '../verdict.js';
import { signOfSmoothChange } from './smooth-change.js';

/** Whether the risk is shown to fall or to rise. */
export type Slope = 'descent' | 'ascent';

/**
 * Rules `descent-direction` and `ascent-direction`: the one-sided derivative R'(θ; ξ) is < 0 (> 0), so points arbitrarily close to θ have
 * lower (higher) risk. All numbers are germs modulo t²: at a breakpoint the sign of the first-order term picks the piece, and
 * where that is 0 too, both pieces give the same first-order term. The losses are continuously differentiable.
 *
 * @param xi  a direction in the free parameters, with the shape of a point (untrusted)
 * @param bits  of enclosures, for losses that are no piecewise polynomials (untrusted: any precision gives an enclosure)
 * @see theory.md 7; proofs/rules/descent-direction.md
 */
export function checkDirection(
  problem: SampleProblem,
  theta: Parameters,
  xi: Parameters,
  slope: Slope,
  bits: number,
  path: string,
  meter: Meter,
  ledger: Ledger,
): void {
  const { network, data, loss } = problem;
  const line = evaluate(germs(1), network, curveThrough(network, theta, [xi]), data, meter);
  const derivative =
    loss.family === 'smooth'
      ? signOfSmoothChange({ ...problem, loss }, line, bits, path, meter)
      : (risk(line, loss, data, meter).value[1] ?? 0n);
  expectSlope(derivative, slope, `${path}.direction`, 'the one-sided derivative of the risk');
  ledger.discharge(`${slope}-direction`);
}

/**
 * Rules `descent-curve` and `ascent-curve`: along θ(t) = θ + c_1 t + c_2 t² + … the germ of R(θ(t)) − R(θ) at t = 0⁺ is a polynomial whose
 * lowest nonzero coefficient is < 0 (> 0). Every sign on (0, ε) is read from lowest nonzero coefficients; a preactivation that
 * stays on a breakpoint identically may take either piece. Of a loss that is no piecewise polynomial only the first-order part is looked at.
 *
 * @param coefficients  c_1, c_2, …, each with the shape of a point (untrusted)
 * @param bits  of enclosures, as above
 * @see theory.md 7; proofs/rules/descent-curve.md
 */
export function checkCurve(
  problem: SampleProblem,
  theta: Parameters,
  coefficients: readonly Parameters[],
  slope: Slope,
  bits: number,
  path: string,
  meter: Meter,
  ledger: Ledger,
): void {
  const { network, data, loss } = problem;
  // Every affine layer adds the curve's degree, and a loss multiplies by its own.
  const degree = coefficients.length * network.stages.length * (loss.family === 'smooth' ? 1 : loss.degree);
  if (degree > meter.limits.degree) {
    decline(
      'limit-degree',
      `${path}.coefficients`,
      `the risk along the curve may have degree ${degree}, more than ${meter.limits.degree}`,
    );
  }
  const curve = evaluate(germs(null), network, curveThrough(network, theta, coefficients), data, meter);
  const change =
    loss.family === 'smooth'
      ? signOfSmoothChange({ ...problem, loss }, curve, bits, path, meter)
      : lowestChange(curve, problem, meter);
  expectSlope(change, slope, `${path}.coefficients`, 'the lowest coefficient of R(θ(t)) − R(θ)');
  ledger.discharge(`${slope}-curve`);
}

/** @returns the lowest nonzero coefficient of R(θ(t)) − R(θ), or 0; up to a positive factor */
function lowestChange(curve: Evaluation<Germ>, { loss, data }: SampleProblem, meter: Meter): bigint {
  const { value, denominator } = risk(curve, loss, data, meter);
  // The denominator is a constant, so the constant term of the quotient is R(θ).
  if (denominator.length !== 1) throw new Error('Cannot happen: the denominator of a curve is a constant');
  return lowestTerm([0n, ...value.slice(1)])?.coefficient ?? 0n;
}

export function expectSlope(found: bigint, slope: Slope, path: string, what: string): void {
  if (slope === 'descent' && found >= 0n) reject('not-descending', path, `${what} is not < 0`);
  if (slope === 'ascent' && found <= 0n) reject('not-ascending', path, `${what} is not > 0`);
}
