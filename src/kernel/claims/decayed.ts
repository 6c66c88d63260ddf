import { evaluateIfRational, riskAt } from '../model/enclosing.js';
import { interpretDirection } from '../model/network.js';
import { checkExactHessian } from '../rules/exact-hessian.js';
import { checkGradientBound } from '../rules/gradient-bound.js';
import { checkLowerRisk, gapBetween } from '../rules/lower-risk.js';
import { checkNegativeCurvatureNear } from '../rules/negative-curvature.js';
import { checkStronglyConvexBall } from '../rules/strongly-convex-ball.js';
import type { DecayedProblem, Statement } from '../statement.js';
import type { Facts } from '../theorem.js';
import { decline } from '../verdict.js';
import { bitsOf, type Proof, precisionOf, radiusOf } from './claim.js';

/** Claims about a risk with weight decay: the rules that count the penalty, and no other. */
export function proveDecayed(
  { kind, problem, point, betterPoint, radius }: Statement<DecayedProblem>,
  { nodes, meter, observe, ledger }: Proof,
): Facts['risk'] {
  const noRule = (path: string, name: string): never =>
    decline('unsupported-combination', path, `the pair (${name}, weight decay) has no rule in this version`);
  if (!kindsWithDecay.includes(kind)) noRule('$.statement.kind', kind);
  const { parameters: theta } = point;
  const bits = bitsOf(nodes, meter);
  let risk = riskAt(problem, theta, bits, meter);
  const better = betterPoint === null ? null : riskAt(problem, betterPoint.parameters, bits, meter);
  observe('points evaluated');
  // The obligation about the point comes first: it bounds the risk that the better one is compared with.
  for (const [key, node] of nodes) {
    const path = `$.proof.${key}`;
    switch (node.rule) {
      case 'exact-hessian': {
        const evaluation = evaluateIfRational(problem, theta, meter);
        if (evaluation === null) {
          decline('irrational-value', '$.statement.point', 'a value at the point is not known to be rational');
        }
        checkExactHessian(
          problem,
          theta,
          evaluation,
          { ...node, bits: precisionOf(node, path, meter) },
          path,
          meter,
          ledger,
        );
        break;
      }
      case 'strongly-convex-ball': {
        const needed = radiusOf(radius);
        const hints = { ...node, ballRadius: node.ballRadius ?? needed, bits: precisionOf(node, path, meter) };
        risk = checkStronglyConvexBall(problem, theta, needed, hints, path, meter, ledger);
        break;
      }
      case 'gradient-bound':
        checkGradientBound(problem, theta, radiusOf(radius), precisionOf(node, path, meter), path, meter, ledger);
        break;
      case 'negative-curvature': {
        const xi = interpretDirection(problem.network, node.direction, meter, `${path}.direction`);
        const precision = precisionOf(node, path, meter);
        checkNegativeCurvatureNear(problem, theta, radiusOf(radius), xi, precision, path, meter, ledger);
        break;
      }
      case 'lower-risk':
        if (better === null) throw new Error('Cannot happen: lower-risk is asked of a kind without a better point');
        checkLowerRisk(risk, better, ledger);
        break;
      default:
        noRule(`${path}.rule`, node.rule);
    }
  }
  return { point: risk, better, gap: better === null ? null : gapBetween(risk, better) };
}

/** `negative-curvature` at an exact point does not count the penalty: no kind here asks for it. */
const kindsWithDecay: readonly Statement['kind'][] = [
  'local-minimum',
  'spurious-local-minimum',
  'not-global-minimum',
  'local-minimum-near',
  'spurious-local-minimum-near',
  'no-local-minimum-near',
];
