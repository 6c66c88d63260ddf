/** The risk at a point for a target with parametrized pieces, but for λ∫f², which no rule needs. */
import { bitLength } from '../arithmetic/gcd.js';
import { add, multiply, type Rational, rational, subtract, zero } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import type { ParametrizedProblem } from '../statement.js';
import { decline } from '../verdict.js';
import type { Parameters } from './network.js';
import { TargetIntegrals } from './parametrized-target.js';
import { realizationOn } from './ridge.js';

/**
 * @param path  of the point, for messages
 * @returns R(θ) − λ∫f² = λ(∫N² − 2∫f N), exactly
 * @throws Refusal (declined) where N is not affine between points at which the parameter of the target's piece is rational
 */
export function riskBeside(
  { network, data, factor }: ParametrizedProblem,
  theta: Parameters,
  meter: Meter,
  path: string,
): Rational {
  const { nodes, maps, denominator, bits } = realizationOn(data.domain, network, theta, meter, path);
  const target = new TargetIntegrals(data, meter);
  const reached = nodes.map((node) => target.upTo(node));
  let sum = zero;
  maps.forEach(({ linear, constants, powers }, s) => {
    if (powers.some((row) => row.length > 0)) {
      decline(
        'unsupported-activation',
        path,
        'with parametrized targets only piecewise affine realizations have a rule',
      );
    }
    const [from, to] = [nodes[s], nodes[s + 1]] as [Rational, Rational];
    const [start, end] = [reached[s], reached[s + 1]] as [(typeof reached)[number], (typeof reached)[number]];
    const numbers = [from, to, start.zeroth, start.first, end.zeroth, end.first, sum];
    const size = numbers.reduce((all, { num, den }) => all + bitLength(num) + bitLength(den), 4 * bits);
    meter.charge(60, 3 * size, 3 * size);
    const [alpha, beta] = [linear[0]?.[0], constants[0]].map((n) => rational(n as bigint, denominator)) as [
      Rational,
      Rational,
    ];
    /** ∫ x^(n−1) over the slab */
    const power = (n: bigint): Rational => {
      const raised = ({ num, den }: Rational): Rational => rational(num ** n, den ** n);
      return multiply(rational(1n, n), subtract(raised(to), raised(from)));
    };
    const product = (...factors: readonly Rational[]): Rational => factors.reduce(multiply);
    const two = rational(2n);
    const square = [
      product(alpha, alpha, power(3n)),
      product(two, alpha, beta, power(2n)),
      product(beta, beta, power(1n)),
    ].reduce(add);
    const mixed = add(
      product(alpha, subtract(end.first, start.first)),
      product(beta, subtract(end.zeroth, start.zeroth)),
    );
    sum = add(sum, subtract(square, product(two, mixed)));
  });
  return multiply(factor, sum);
}
