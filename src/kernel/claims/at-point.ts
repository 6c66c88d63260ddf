import { rationals } from '../arithmetic/algebraic.js';
import { rational } from '../arithmetic/rational.js';
import type { ProofNode } from '../format.js';
import { evaluateIfRational, riskAt, riskOf } from '../model/enclosing.js';
import { predictions } from '../model/evaluation.js';
import { Instance } from '../model/instance.js';
import { interpretDirection } from '../model/network.js';
import { interpretCurve } from '../model/number-field.js';
import { checkAffineSpan } from '../rules/affine-span.js';
import { checkCoincidentPreactivations } from '../rules/coincident-preactivations.js';
import { checkConvexSpan } from '../rules/convex-span.js';
import { checkDirection, checkRationalCurve } from '../rules/curve.js';
import { checkEckartYoung } from '../rules/eckart-young.js';
import { checkEnumeration } from '../rules/enumeration.js';
import { checkExactHessian } from '../rules/exact-hessian.js';
import { checkFlatThenDescent } from '../rules/flat-then-descent.js';
import { checkLowerRisk, gapBetween } from '../rules/lower-risk.js';
import { checkNegativeCurvature } from '../rules/negative-curvature.js';
import { checkNeuronDominance } from '../rules/neuron-dominance.js';
import { checkRationalZeroGradient } from '../rules/zero-gradient.js';
import { checkZeroLoss } from '../rules/zero-loss.js';
import type { SampleProblem, Statement } from '../statement.js';
import type { Facts } from '../theorem.js';
import { decline, reject, unreachable } from '../verdict.js';
import { bitsOf, type Proof, precisionOf } from './claim.js';
import { eckartYoungHints, rationallyPlaced } from './with-numbers.js';

/** Claims about an exact point. */
export function proveAt(statement: Statement<SampleProblem>, proof: Proof): Facts['risk'] {
  const { nodes, meter, observe, ledger } = proof;
  const { problem, point, betterPoint } = statement;
  const bits = bitsOf(nodes, meter);
  const evaluation = evaluateIfRational(problem, point.parameters, meter);
  const risk = riskOf(problem, point.parameters, evaluation, bits, meter);
  const better = betterPoint === null ? null : riskAt(problem, betterPoint.parameters, bits, meter);
  // Only bounds of the risk are known where a value is irrational; every rule but lower-risk needs the point itself.
  const instance = evaluation === null ? null : new Instance(problem, evaluation, meter);
  observe('points evaluated');
  for (const [key, node] of nodes) {
    const before = ledger.total;
    if (node.rule === 'lower-risk') {
      if (better === null) throw new Error('Cannot happen: lower-risk is asked of a kind without a better point');
      checkLowerRisk(risk, better, ledger);
    } else if (instance === null) {
      decline('irrational-value', '$.statement.point', 'a value at the point is not known to be rational');
    } else checkRule(node, statement, instance, `$.proof.${key}`, proof);
    if (ledger.total === before) reject('no-obligations', `$.proof.${key}`, 'nothing was shown');
  }
  return { point: risk, better, gap: better === null ? null : gapBetween(risk, better) };
}

function checkRule(
  node: Exclude<ProofNode, { rule: 'lower-risk' }>,
  { problem, point }: Statement<SampleProblem>,
  instance: Instance<bigint>,
  path: string,
  { meter, ledger, streams }: Proof,
): void {
  const { network } = problem;
  const theta = point.parameters;
  switch (node.rule) {
    case 'affine-span':
      return checkAffineSpan(instance, ledger);
    case 'neuron-dominance':
      return checkNeuronDominance(instance, node.units, path, ledger);
    case 'exact-hessian': {
      const bits = precisionOf(node, path, meter);
      return checkExactHessian(problem, theta, instance.evaluation, { ...node, bits }, path, meter, ledger);
    }
    case 'coincident-preactivations': {
      for (const key of ['solveFor', 'prediction'] as const) {
        if (node[key] !== undefined)
          reject('wrong-hint', `${path}.${key}`, 'the point itself is claimed: none is solved for');
      }
      const { preactivations, denominator } = predictions(instance.evaluation);
      const p = rational(preactivations[0]?.[0] as bigint, denominator);
      const bits = precisionOf(node, path, meter);
      checkCoincidentPreactivations(problem, theta, p, { ...node, bits }, path, meter, ledger);
      return;
    }
    case 'zero-loss':
      return checkZeroLoss(instance, ledger);
    case 'convex-span':
      return checkConvexSpan(instance, ledger);
    case 'enumeration':
      return checkEnumeration(instance, node, path, ledger, streams);
    case 'eckart-young':
      return checkEckartYoung(
        instance,
        rationals,
        eckartYoungHints(node, rationallyPlaced(network, theta, meter), network, path),
        path,
        ledger,
      );
    case 'zero-gradient':
      return checkRationalZeroGradient(instance, theta, ledger);
    case 'descent-direction':
    case 'ascent-direction': {
      const xi = interpretDirection(network, node.direction, meter, `${path}.direction`);
      return checkDirection(
        problem,
        theta,
        xi,
        node.rule === 'descent-direction' ? 'descent' : 'ascent',
        precisionOf(node, path, meter),
        path,
        meter,
        ledger,
      );
    }
    case 'descent-curve':
    case 'ascent-curve': {
      const coefficients = interpretCurve(network, node.coefficients, meter, `${path}.coefficients`);
      return checkRationalCurve(
        problem,
        theta,
        coefficients,
        node.rule === 'descent-curve' ? 'descent' : 'ascent',
        precisionOf(node, path, meter),
        path,
        meter,
        ledger,
      );
    }
    case 'flat-then-descent':
      return checkFlatThenDescent(instance, node.unit, node.direction, path, ledger);
    case 'negative-curvature': {
      const xi = interpretDirection(network, node.direction, meter, `${path}.direction`);
      return checkNegativeCurvature(problem, theta, xi, path, meter, ledger);
    }
    case 'neuron-dominance-1d':
    case 'reduced-hessian-1d':
      return decline('unsupported-combination', `${path}.rule`, `the pair (${node.rule}, samples) has no rule`);
    case 'gradient-bound':
    case 'affine-span-near':
    case 'strongly-convex-ball':
      throw new Error('Cannot happen: only claims about a neighbourhood ask for this rule');
    case 'hinge-profile':
    case 'least-critical-risk':
      throw new Error('Cannot happen: only complete lists ask for this rule');
    case 'profile-family':
    case 'strictly-monotone':
      throw new Error('Cannot happen: only claims about a family ask for this rule');
    default:
      return unreachable(node);
  }
}
