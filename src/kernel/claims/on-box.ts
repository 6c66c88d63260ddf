import type { ProofNode, RuleName } from '../format.js';
import { BoxInstance } from '../model/box-instance.js';
import { exactly } from '../model/enclosing.js';
import { rationalPoint } from '../model/interval-point.js';
import { interpretDirection } from '../model/network.js';
import { interpretCurve } from '../model/number-field.js';
import { checkBoxAffineSpan, checkBoxConvexSpan } from '../rules/box-affine-span.js';
import { checkBoxZeroLoss } from '../rules/box-zero-loss.js';
import {
  checkCurveOnInterval,
  checkNegativeCurvatureOnInterval,
  checkZeroGradientOnInterval,
} from '../rules/interval-curve.js';
import { checkLowerRisk, gapBetween } from '../rules/lower-risk.js';
import { checkNeuronDominance1d } from '../rules/neuron-dominance-1d.js';
import { checkReducedHessian1d } from '../rules/reduced-hessian-1d.js';
import type { BoxProblem, Statement } from '../statement.js';
import type { Facts } from '../theorem.js';
import { decline, type Ledger, reject } from '../verdict.js';
import type { Proof } from './claim.js';

/** Claims about the true loss on a box: the rules that are written for boxes, and no other. */
export function proveOnBox(
  { kind, problem, point, betterPoint }: Statement<BoxProblem>,
  { nodes, meter, observe, ledger }: Proof,
): Facts['risk'] {
  for (const [key, { rule }] of nodes) {
    if (!isRuleOnBox(rule)) noPair(`$.proof.${key}.rule`, rule);
  }
  // A kind that says more than its rules do on a box is none of ours, whatever its rules are.
  if (!kindsOnBox.includes(kind)) noPair('$.statement.kind', kind);
  const at = new BoxInstance(problem, point.parameters, meter, '$.statement.point');
  const risk = exactly(at.risk);
  const better =
    betterPoint === null
      ? null
      : exactly(new BoxInstance(problem, betterPoint.parameters, meter, '$.statement.betterPoint').risk);
  observe('points evaluated');
  for (const [key, node] of nodes) {
    const before = ledger.total;
    const path = `$.proof.${key}`;
    if (node.rule === 'lower-risk') {
      if (better === null) throw new Error('Cannot happen: lower-risk is asked of a kind without a better point');
      checkLowerRisk(risk, better, ledger);
    } else checkRuleOnBox(node, at, path, ledger);
    if (ledger.total === before) reject('no-obligations', `$.proof.${key}`, 'nothing was shown');
  }
  return { point: risk, better, gap: better === null ? null : gapBetween(risk, better) };
}

/** One proof node at one point on a box. */
export function checkRuleOnBox(node: ProofNode, at: BoxInstance, path: string, ledger: Ledger): void {
  switch (node.rule) {
    case 'affine-span':
      return checkBoxAffineSpan(at, ledger);
    case 'neuron-dominance-1d':
      return checkNeuronDominance1d(rationalPoint(at), ledger);
    case 'reduced-hessian-1d':
      return checkReducedHessian1d(rationalPoint(at), ledger);
    case 'convex-span':
      return checkBoxConvexSpan(at, ledger);
    case 'zero-loss':
      return checkBoxZeroLoss(at, ledger);
    case 'zero-gradient':
      return checkZeroGradientOnInterval(rationalPoint(at), path, ledger);
    case 'descent-curve':
    case 'ascent-curve': {
      const coefficients = interpretCurve(at.problem.network, node.coefficients, at.meter, `${path}.coefficients`);
      const slope = node.rule === 'descent-curve' ? 'descent' : 'ascent';
      return checkCurveOnInterval(rationalPoint(at), coefficients, slope, path, ledger);
    }
    case 'negative-curvature': {
      const xi = interpretDirection(at.problem.network, node.direction, at.meter, `${path}.direction`);
      return checkNegativeCurvatureOnInterval(rationalPoint(at), xi, path, ledger);
    }
    default:
      throw new Error('Cannot happen: this rule was declined before');
  }
}

const rulesOnBox = [
  'affine-span',
  'neuron-dominance-1d',
  'reduced-hessian-1d',
  'convex-span',
  'zero-loss',
  'lower-risk',
  'zero-gradient',
  'descent-curve',
  'ascent-curve',
  'negative-curvature',
] as const satisfies readonly RuleName[];
const kindsOnBox: readonly Statement['kind'][] = [
  'local-minimum',
  'spurious-local-minimum',
  'global-minimum',
  'not-global-minimum',
  'not-local-minimum',
  'saddle',
];

function isRuleOnBox(rule: RuleName): rule is (typeof rulesOnBox)[number] {
  return (rulesOnBox as readonly RuleName[]).includes(rule);
}

function noPair(path: string, name: string): never {
  return decline('unsupported-combination', path, `the pair (${name}, box) has no rule in this version`);
}
