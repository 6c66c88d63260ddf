import { germs, lowestTerm } from '../kernel/arithmetic/germ.js';
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { BoxInstance } from '../kernel/model/box-instance.js';
import { riskAlong } from '../kernel/model/curve-on-interval.js';
import type { Parameters } from '../kernel/model/network.js';
import type { BoxProblem } from '../kernel/statement.js';

/** R(θ(t)) − R(θ) = coefficient · t^order + higher powers, for small t > 0 */
export interface Change {
  readonly order: number;
  readonly coefficient: Rational;
}

const ring = germs(null);

/** How the true loss of one hidden layer on an interval changes along curves from one point, exactly. */
export class ChangesOnInterval {
  readonly #meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
  readonly #risk: Rational;

  /** @throws Refusal where the risk is not exact */
  constructor(
    readonly problem: BoxProblem,
    readonly theta: Parameters,
  ) {
    this.#risk = new BoxInstance(problem, theta, this.#meter, '$').risk;
  }

  /**
   * @param coefficients  of t, t², …, each with the shape of a point
   * @returns null where the risk stays the same
   * @throws  Refusal (declined) for other networks
   */
  along(coefficients: readonly Parameters[]): Change | null {
    const { numerator, denominator } = riskAlong(this.problem, this.theta, coefficients, this.#meter, '$');
    const { num, den } = this.#risk;
    const change = lowestTerm(ring.add(ring.scale(numerator, den), ring.scale(denominator, -num)));
    const size = lowestTerm(denominator);
    if (change === null || size === null) return null;
    return { order: change.order - size.order, coefficient: rational(change.coefficient, size.coefficient * den) };
  }
}
