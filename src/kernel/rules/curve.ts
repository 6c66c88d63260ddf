import type { Numbers } from '../arithmetic/algebraic.js';
import { germs, germsOver, lowestTerm } from '../arithmetic/germ.js';
import { integers } from '../arithmetic/integers.js';
import type { Ordered, Sign } from '../arithmetic/ordered.js';
import type { Meter } from '../limits.js';
import type { Risk } from '../model/enclosing.js';
import { curveThrough, evaluate } from '../model/evaluation.js';
import { polynomialLoss } from '../model/loss.js';
import type { Parameters, ParametersIn } from '../model/network.js';
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
  const line = evaluate(germs(1), network, curveThrough(integers, network, theta, [xi]), data, meter);
  const derivative =
    loss.family === 'smooth'
      ? signOfSmoothChange({ ...problem, loss }, line, bits, path, meter)
      : (integers.sign(risk(line, loss, data, meter).value[1] ?? 0n) as Sign);
  expectSlope(derivative, slope, `${path}.direction`, 'the one-sided derivative of the risk');
  ledger.discharge(`${slope}-direction`);
}

/** R(θ(t)) − R(θ) = coefficient · t^order + higher powers, for small t > 0 */
export interface Change<T> {
  readonly order: number;
  /** numerator over a denominator > 0 */
  readonly coefficient: { readonly numerator: T; readonly denominator: T };
  /** of the coefficient: 1 or −1 */
  readonly sign: Sign;
}

/** @returns the coefficient: a rational one exactly, else so narrowly that its sign is seen */
export function enclosedChange<T>(numbers: Numbers<T>, { coefficient, sign }: Change<T>): Risk {
  for (let bits = 64; ; bits *= 2) {
    const { lower, upper } = numbers.enclosed(coefficient.numerator, coefficient.denominator, bits);
    if (sign > 0 ? lower.num > 0n : upper.num < 0n) return { lower, upper };
  }
}

/**
 * @param ring  of the numerators of θ and the coefficients
 * @returns the lowest term of R(θ(t)) − R(θ), a polynomial in small t > 0; null where it is 0
 * @throws Refusal (declined) where its degree may exceed the limit
 */
export function changeOnSamples<T>(
  problem: SampleProblem,
  ring: Ordered<T>,
  theta: ParametersIn<T>,
  coefficients: readonly ParametersIn<T>[],
  meter: Meter,
  path: string,
): Change<T> | null {
  // Every affine layer adds the curve's degree, and the loss multiplies by its own.
  const degree = coefficients.length * problem.network.stages.length * polynomialLoss(problem.loss).degree;
  expectDegree(degree, meter, path);
  const curve = curveThrough(ring, problem.network, theta, coefficients);
  const { value, denominator } = risk(
    evaluate(germsOver(ring, null), problem.network, curve, problem.data, meter),
    problem.loss,
    problem.data,
    meter,
  );
  // The denominator is a constant, so the constant term of the quotient is R(θ).
  if (denominator.length !== 1) throw new Error('Cannot happen: the denominator of a curve is a constant');
  const change = lowestTerm(ring, [ring.zero, ...value.slice(1)]);
  if (change === null) return null;
  const coefficient = { numerator: change.coefficient, denominator: denominator[0] as T };
  return { order: change.order, coefficient, sign: change.sign };
}

/**
 * Rules `descent-curve` and `ascent-curve`: along θ(t) = θ + c_1 t + c_2 t² + … the germ of R(θ(t)) − R(θ) at t = 0⁺ is a polynomial whose
 * lowest nonzero coefficient is < 0 (> 0). Every sign on (0, ε) is read from lowest nonzero coefficients; a preactivation that
 * stays on a breakpoint identically may take either piece.
 *
 * @param ring  of the numerators of θ and the coefficients
 * @param coefficients  c_1, c_2, …, each with the shape of a point (untrusted)
 * @see theory.md 7; proofs/rules/descent-curve.md
 */
export function checkCurve<T>(
  problem: SampleProblem,
  ring: Ordered<T>,
  theta: ParametersIn<T>,
  coefficients: readonly ParametersIn<T>[],
  slope: Slope,
  path: string,
  meter: Meter,
  ledger: Ledger,
): void {
  const change = changeOnSamples(problem, ring, theta, coefficients, meter, `${path}.coefficients`);
  expectSlope(change?.sign ?? 0, slope, `${path}.coefficients`, 'the lowest coefficient of R(θ(t)) − R(θ)');
  ledger.discharge(`${slope}-curve`);
}

/**
 * The same for rational points and curves, with every loss: of one that is no piecewise polynomial only the first-order part is looked at.
 *
 * @param bits  of enclosures, for such losses (untrusted: any precision gives an enclosure)
 * @see proofs/rules/descent-curve.md
 */
export function checkRationalCurve(
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
  if (loss.family === 'polynomial')
    return checkCurve(problem, integers, theta, coefficients, slope, path, meter, ledger);
  const place = `${path}.coefficients`;
  expectDegree(coefficients.length * network.stages.length, meter, place);
  const curve = evaluate(germs(null), network, curveThrough(integers, network, theta, coefficients), data, meter);
  const change = signOfSmoothChange({ ...problem, loss }, curve, bits, path, meter);
  expectSlope(change, slope, place, 'the lowest coefficient of R(θ(t)) − R(θ)');
  ledger.discharge(`${slope}-curve`);
}

function expectDegree(degree: number, meter: Meter, path: string): void {
  if (degree <= meter.limits.degree) return;
  const message = `the risk along the curve may have degree ${degree}, more than ${meter.limits.degree}`;
  decline('limit-degree', path, message);
}

export function expectSlope(found: Sign, slope: Slope, path: string, what: string): void {
  if (slope === 'descent' && found >= 0) reject('not-descending', path, `${what} is not < 0`);
  if (slope === 'ascent' && found <= 0) reject('not-ascending', path, `${what} is not > 0`);
}
