import { type GermOver, germsOver } from '../arithmetic/germ.js';
import type { Ordered } from '../arithmetic/ordered.js';
import type { Meter } from '../limits.js';
import type { BoxProblem } from '../statement.js';
import { decline } from '../verdict.js';
import type { Target } from './box.js';
import { curveThrough, type DenseOver } from './evaluation.js';
import {
  expectHiddenLayerOnInterval,
  HiddenLayerOnInterval,
  highestOf,
  type Quotient,
} from './hidden-layer-on-interval.js';
import type { ParametersIn, Stage } from './network.js';
import { piecewisePolynomial } from './piecewise-polynomial.js';

/**
 * The risk of one hidden layer on an interval [a, b] along the curve θ(t) = θ + c_1 t + c_2 t² + …, as t → 0⁺.
 *
 * On some (0, ε) the kinks of all units, the breakpoints of the target and the ends keep one order; between neighbours the integrand is a polynomial in
 * x whose coefficients are polynomials in t, and its integral a rational function of t.
 *
 * @param ring  of the numerators of θ and its coefficients
 * @param coefficients  c_1, c_2, …, each with the shape of a point
 * @returns R(θ(t)), the denominator > 0 on some (0, ε)
 * @throws  Refusal (declined) for other networks, and where degrees in t may exceed the limit
 * @see     theory.md 7; proofs/rules/descent-curve.md
 */
export function riskAlong<C>(
  problem: BoxProblem,
  ring: Ordered<C>,
  theta: ParametersIn<C>,
  coefficients: readonly ParametersIn<C>[],
  meter: Meter,
  path: string,
): Quotient<GermOver<C>> {
  const { network, loss, data } = problem;
  expectHiddenLayerOnInterval(problem);
  const { activation, units } = network.stages[0] as Stage;
  const h = piecewisePolynomial(activation, meter, '$.statement.problem.network');
  const steps = coefficients.length;
  const kinks = units * h.breakpoints.length;
  const inX = highestOf(data.density) + loss.degree * [h.degree, ...data.targets.map(degreeOf)].reduce(larger);
  const degree = steps * ((h.degree + 1) * loss.degree + (inX + 1) * (kinks + 1));
  if (degree > meter.limits.degree) {
    const message = `the risk along the curve may have degree ${degree}, more than ${meter.limits.degree}`;
    decline('limit-degree', path, message);
  }
  // The common denominator of all coefficients is at most the product of theirs.
  const size = [theta, ...coefficients].reduce((sum, values) => sum + longest(values), 0);
  meter.charge((1 + steps) * (units * (2 + network.outputs) + network.outputs), size, size);
  const [hidden, output] = curveThrough(ring, network, theta, coefficients) as [
    DenseOver<GermOver<C>>,
    DenseOver<GermOver<C>>,
  ];
  return new HiddenLayerOnInterval(problem, germsOver(ring, null), hidden, output, meter).risk();
}

const larger = (a: number, b: number): number => (a > b ? a : b);

function longest<C>(parameters: ParametersIn<C>): number {
  return parameters.map(({ bits }) => bits).reduce(larger, 1);
}

function degreeOf({ pieces }: Target): number {
  return pieces.map(highestOf).reduce(larger, 0);
}
