import { compare, type Rational, rational, shown } from '../arithmetic/rational.js';
import { evaluateExactly, predictions } from '../model/evaluation.js';
import { polynomialLoss } from '../model/loss.js';
import { exactRisk } from '../model/risk.js';
import type { SampleProblem, Statement } from '../statement.js';
import type { Facts } from '../theorem.js';
import { decline, reject } from '../verdict.js';
import { proveAt } from './at-point.js';
import type { Proof } from './claim.js';

/**
 * Shows that best approximation is ill-posed at the labels y (Hadamard): θ_1 is a global minimum of the squared loss, R(θ_2) = R(θ_1), and
 * the predictions p_1, p_2 are at least `jump` > 0 apart in the maximum norm. Then y + s(p_i − y), 0 < s < 1, has p_i as its only best
 * approximation: for other predictions q, |q − y(s)| ≥ |q − y| − s|p_i − y| ≥ (1 − s)|p_i − y| = |p_i − y(s)|, with equality only for q = p_i,
 * since the norm is strictly convex. Both labels tend to y as s → 0.
 *
 * @see theory.md 6; proofs/rules/enumeration.md
 */
export function proveIllPosed(statement: Statement<SampleProblem>, proof: Proof): Facts['risk'] {
  const { problem, point, other } = statement;
  const { network, loss, data } = problem;
  const { meter, ledger } = proof;
  if (other === null) throw new Error('Cannot happen: the kind names another point and a jump');
  const { pieces, degree } = polynomialLoss(loss);
  const [constant, linear] = pieces[0] as readonly [bigint, bigint];
  if (pieces.length > 1 || degree !== 2 || constant !== 0n || linear !== 0n) {
    decline('unsupported-combination', '$.statement.problem.loss', 'this kind is about the squared loss only');
  }
  const found = proveAt(statement, proof);
  const theta = evaluateExactly(network, point.parameters, data, meter);
  const there = evaluateExactly(network, other.point.parameters, data, meter);
  const risks = [theta, there].map((evaluation) => exactRisk(evaluation, loss, data, meter));
  const [risk, otherRisk] = risks as [Rational, Rational];
  if (compare(risk, otherRisk) !== 0) {
    reject(
      'risks-differ',
      '$.statement.otherPoint',
      `expected the risk ${shown(risk)} of the point, found ${shown(otherRisk)}`,
    );
  }
  ledger.discharge('equal-risk');
  const [p, q] = [predictions(theta), predictions(there)];
  const n = p.preactivations.length * (p.preactivations[0] as readonly bigint[]).length;
  meter.charge(3 * n, p.bits, q.bits);
  let most = 0n;
  p.preactivations.forEach((row, i) => {
    row.forEach((value, c) => {
      const difference = value * q.denominator - (q.preactivations[i]?.[c] as bigint) * p.denominator;
      const size = difference < 0n ? -difference : difference;
      if (size > most) most = size;
    });
  });
  const jump = rational(most, p.denominator * q.denominator);
  if (compare(jump, other.jump) < 0) {
    const [wanted, apart] = [other.jump, jump].map(shown);
    reject(
      'jump-not-reached',
      '$.statement.jump',
      `expected predictions at least ${wanted} apart at some sample, found ${apart}`,
    );
  }
  ledger.discharge('jump');
  return found;
}
