import type { Rational } from '../arithmetic/rational.js';
import type { DecodedPoint, ProofNode } from '../format.js';
import type { Meter } from '../limits.js';
import { type Risk, riskAt } from '../model/enclosing.js';
import { interpretDirection, interpretPoint } from '../model/network.js';
import { checkAffineSpanNear } from '../rules/affine-span-near.js';
import { checkLowerRisk, gapBetween } from '../rules/lower-risk.js';
import { checkStronglyConvexBall } from '../rules/strongly-convex-ball.js';
import type { Point, SampleProblem, Statement } from '../statement.js';
import type { Facts } from '../theorem.js';
import type { Ledger } from '../verdict.js';
import { bitsOf, type Proof, precisionOf } from './claim.js';

/** Claims that a local minimum exists near a point: its risk is known by bounds. */
export function proveNear(
  { problem, point, betterPoint, radius }: Statement<SampleProblem>,
  { nodes, meter, observe, ledger }: Proof,
): Facts['risk'] {
  const [first] = nodes as readonly [readonly [string, ProofNode]];
  const [key, node] = first;
  if (radius === null) throw new Error('Cannot happen: the kind has a radius');
  const path = `$.proof.${key}`;
  const risk =
    node.rule === 'strongly-convex-ball'
      ? checkStronglyConvexBall(
          problem,
          point.parameters,
          radius,
          { ...node, ballRadius: node.ballRadius ?? radius, bits: precisionOf(node, path, meter) },
          path,
          meter,
          ledger,
        )
      : proveAffineSpanNear(problem, point, radius, node, path, meter, ledger);
  const better = betterPoint === null ? null : riskAt(problem, betterPoint.parameters, bitsOf(nodes, meter), meter);
  observe('points evaluated');
  if (better !== null) checkLowerRisk(risk, better, ledger);
  return { point: risk, better, gap: better === null ? null : gapBetween(risk, better) };
}

function proveAffineSpanNear(
  problem: SampleProblem,
  point: Point,
  radius: Rational,
  node: ProofNode,
  path: string,
  meter: Meter,
  ledger: Ledger,
): Risk {
  if (node.rule !== 'affine-span-near') throw new Error('Cannot happen: another rule for this kind');
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
