import { gaussianRisk } from '../model/arc-cosine.js';
import { interpretDirection } from '../model/network.js';
import { checkGaussianBall, checkGaussianBound, checkGaussianCurvature } from '../rules/gaussian-teacher.js';
import { checkLowerRisk, gapBetween } from '../rules/lower-risk.js';
import { expectNoHints } from '../rules/slice-hints.js';
import type { GaussianProblem, Statement } from '../statement.js';
import type { Facts } from '../theorem.js';
import { decline } from '../verdict.js';
import { bitsOf, type Proof, precisionOf, radiusOf } from './claim.js';

/** Claims about the population loss of a Gaussian teacher: rules over a ball, and comparison of risks. */
export function proveGaussian(
  { kind, problem, point, betterPoint, radius }: Statement<GaussianProblem>,
  { nodes, meter, observe, ledger }: Proof,
): Facts['risk'] {
  const noRule = (path: string, name: string): never =>
    decline('unsupported-combination', path, `the pair (${name}, gaussian-teacher) has no rule in this version`);
  if (!kindsOfGaussian.includes(kind)) noRule('$.statement.kind', kind);
  const { parameters: theta } = point;
  const bits = bitsOf(nodes, meter);
  let risk = gaussianRisk(problem.data, theta, bits, meter);
  const better = betterPoint === null ? null : gaussianRisk(problem.data, betterPoint.parameters, bits, meter);
  observe('points evaluated');
  // The obligation about the point comes first: it bounds the risk that the better one is compared with.
  for (const [key, node] of nodes) {
    const path = `$.proof.${key}`;
    switch (node.rule) {
      case 'strongly-convex-ball': {
        const { ballRadius, modulus } = node;
        expectNoHints(node, 'with a Gaussian teacher', path);
        const needed = radiusOf(radius);
        const hints = { modulus, ballRadius: ballRadius ?? needed, bits: precisionOf(node, path, meter) };
        risk = checkGaussianBall(problem, theta, needed, hints, path, meter, ledger);
        break;
      }
      case 'negative-curvature': {
        const xi = interpretDirection(problem.network, node.direction, meter, `${path}.direction`);
        const precision = precisionOf(node, path, meter);
        checkGaussianCurvature(problem, theta, radiusOf(radius), xi, precision, path, meter, ledger);
        break;
      }
      case 'gradient-bound':
        checkGaussianBound(problem, theta, radiusOf(radius), precisionOf(node, path, meter), path, meter, ledger);
        break;
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

const kindsOfGaussian: readonly Statement['kind'][] = [
  'local-minimum-near',
  'spurious-local-minimum-near',
  'no-local-minimum-near',
  'not-global-minimum',
];
