import { compare, type Rational, shown } from '../arithmetic/rational.js';
import { type Ledger, reject } from '../verdict.js';

/**
 * Shows that a point is not a global minimum: R(θ°) < R(θ), both exact.
 *
 * @see theory.md 6; proofs/rules/lower-risk.md
 */
export function checkLowerRisk(risk: Rational, better: Rational, ledger: Ledger): void {
  if (compare(better, risk) >= 0) {
    const [lower, upper] = [better, risk].map(shown);
    reject('not-below', '$.statement.betterPoint', `expected a risk below ${upper}, found ${lower}`);
  }
  ledger.discharge('lower-risk');
}
