import type { Rational } from '../arithmetic/rational.js';
import type { DecodedPoint, ProofNode } from '../format.js';
import type { Meter } from '../limits.js';
import { meanTarget } from '../model/constant-fit.js';
import { exactly, type Risk, riskAt } from '../model/enclosing.js';
import { interpretDirection, interpretPoint, type Parameters } from '../model/network.js';
import { checkAffineSpanNear } from '../rules/affine-span-near.js';
import { checkCoincidentPreactivations, twoLayers } from '../rules/coincident-preactivations.js';
import { checkGradientBound } from '../rules/gradient-bound.js';
import { checkLowerRisk, gapBetween } from '../rules/lower-risk.js';
import { checkNegativeCurvatureNear } from '../rules/negative-curvature.js';
import { checkSolvedCoordinate } from '../rules/solved-coordinate.js';
import { checkStronglyConvexBall } from '../rules/strongly-convex-ball.js';
import type { Point, SampleProblem, Statement } from '../statement.js';
import type { Facts } from '../theorem.js';
import { type Ledger, reject } from '../verdict.js';
import { bitsOf, type Proof, precisionOf, radiusOf } from './claim.js';

/** Claims that a local minimum exists near a point, whose risk is known by bounds, or that none does. */
export function proveNear(
  statement: Statement<SampleProblem>,
  { nodes, meter, observe, ledger }: Proof,
): Facts['risk'] {
  const { problem, betterPoint } = statement;
  const [[key, node]] = nodes as readonly [readonly [string, ProofNode]];
  const bits = bitsOf(nodes, meter);
  const risk = riskNear(node, statement, bits, `$.proof.${key}`, meter, ledger);
  const better = betterPoint === null ? null : riskAt(problem, betterPoint.parameters, bits, meter);
  observe('points evaluated');
  if (better !== null) checkLowerRisk(risk, better, ledger);
  return { point: risk, better, gap: better === null ? null : gapBetween(risk, better) };
}

/** @returns bounds of the risk of the minimum that is shown to exist; of the point itself, if none is near it */
function riskNear(
  node: ProofNode,
  { problem, point, radius: given }: Statement<SampleProblem>,
  bits: number,
  path: string,
  meter: Meter,
  ledger: Ledger,
): Risk {
  const radius = radiusOf(given);
  const { parameters: theta } = point;
  switch (node.rule) {
    case 'affine-span-near':
      return proveAffineSpanNear(problem, point, radius, node, path, meter, ledger);
    case 'strongly-convex-ball': {
      const hints = { ...node, ballRadius: node.ballRadius ?? radius, bits: precisionOf(node, path, meter) };
      return checkStronglyConvexBall(problem, theta, radius, hints, path, meter, ledger);
    }
    case 'coincident-preactivations':
      return proveCoincident(problem, theta, radius, node, path, meter, ledger);
    case 'gradient-bound': {
      const risk = riskAt(problem, theta, bits, meter);
      checkGradientBound(problem, theta, radius, precisionOf(node, path, meter), path, meter, ledger);
      return risk;
    }
    case 'negative-curvature': {
      const risk = riskAt(problem, theta, bits, meter);
      const xi = interpretDirection(problem.network, node.direction, meter, `${path}.direction`);
      checkNegativeCurvatureNear(problem, theta, radius, xi, precisionOf(node, path, meter), path, meter, ledger);
      return risk;
    }
    default:
      throw new Error('Cannot happen: another rule for these kinds');
  }
}

/** The point's parameters but one are those of the minimum; its risk is that of the constant p, exactly. */
function proveCoincident(
  problem: SampleProblem,
  theta: Parameters,
  radius: Rational,
  node: Extract<ProofNode, { rule: 'coincident-preactivations' }>,
  path: string,
  meter: Meter,
  ledger: Ledger,
): Risk {
  const { solveFor } = node;
  if (solveFor === undefined) return reject('missing-key', path, 'expected the key "solveFor"');
  twoLayers(problem.network);
  const p = node.prediction ?? meanTarget(problem, meter);
  const hints = { ...node, bits: precisionOf(node, path, meter) };
  const risk = checkCoincidentPreactivations(problem, theta, p, hints, path, meter, ledger);
  checkSolvedCoordinate(problem, theta, p, radius, { ...hints, solveFor }, path, meter, ledger);
  return exactly(risk);
}

function proveAffineSpanNear(
  problem: SampleProblem,
  point: Point,
  radius: Rational,
  node: Extract<ProofNode, { rule: 'affine-span-near' }>,
  path: string,
  meter: Meter,
  ledger: Ledger,
): Risk {
  const { network } = problem;
  const [constant, ...directions] = node.embedding as readonly [DecodedPoint, ...DecodedPoint[]];
  const bits = precisionOf(node, path, meter);
  return checkAffineSpanNear(
    problem,
    point.parameters,
    radius,
    {
      ...{ center: node.center, ballRadius: node.ballRadius, modulus: node.modulus, bits },
      constant: interpretPoint(network, constant, meter, `${path}.embedding[0]`),
      directions: directions.map((direction, m) =>
        interpretDirection(network, direction, meter, `${path}.embedding[${m + 1}]`),
      ),
    },
    path,
    meter,
    ledger,
  );
}
