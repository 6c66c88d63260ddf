import { compare, type Rational, shown, subtract } from '../arithmetic/rational.js';
import { exactly, type Risk } from '../model/enclosing.js';
import { type Ledger, reject } from '../verdict.js';

/**
 * Shows that a point is not a global minimum: R(θ°) < R(θ), both exact or enclosed.
 *
 * @see theory.md 6; proofs/rules/lower-risk.md
 */
export function checkLowerRisk(risk: Risk, better: Risk, ledger: Ledger): void {
  if (compare(better.upper, risk.lower) >= 0) {
    const [found, wanted] = [better.upper, risk.lower].map(shown);
    const bound = isExact(better) && isExact(risk) ? '' : ' (bounds of enclosures)';
    reject('not-below', '$.statement.betterPoint', `expected a risk below ${wanted}, found ${found}${bound}`);
  }
  ledger.discharge('lower-risk');
}

function isExact({ lower, upper }: { readonly lower: Rational; readonly upper: Rational }): boolean {
  return compare(lower, upper) === 0;
}

/** @returns what R(θ) − R(θ°) lies between */
export function gapBetween(risk: Risk, better: Risk): Risk {
  if (isExact(risk) && isExact(better)) return exactly(subtract(risk.lower, better.lower));
  return { lower: subtract(risk.lower, better.upper), upper: subtract(risk.upper, better.lower) };
}
