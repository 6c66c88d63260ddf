/** What is claimed: a kind, a problem, and the points it speaks of, with every shape and sign condition checked. */
import { type Rational, shown } from './arithmetic/rational.js';
import type { DecodedPoint, DecodedProblem, DecodedStatement, Kind } from './format.js';
import type { Meter } from './limits.js';
import { interpretData, type Samples } from './model/data.js';
import { interpretLoss, type Loss } from './model/loss.js';
import { interpretNetwork, interpretPoint, type Network, type Parameters } from './model/network.js';
import { reject } from './verdict.js';

/** A training problem: minimise R(θ) = Σ_i μ_i ℓ(N_θ(x_i), y_i) over the free parameters θ (theory.md 0). */
export interface Problem {
  readonly network: Network;
  readonly loss: Loss;
  readonly data: Samples;
  /** as it was written, for canonical texts and for messages */
  readonly written: DecodedProblem;
}

export interface Point {
  readonly parameters: Parameters;
  readonly written: DecodedPoint;
}

export interface Statement {
  readonly kind: Kind;
  readonly problem: Problem;
  readonly point: Point;
  /** θ° of the kinds that name a better point */
  readonly betterPoint: Point | null;
  /** of the -near kinds: Euclidean norm over all free parameters */
  readonly radius: Rational | null;
}

export function interpretProblem(problem: DecodedProblem, meter: Meter, path: string): Problem {
  const network = interpretNetwork(problem.network, meter, `${path}.network`);
  return {
    network,
    loss: interpretLoss(problem.loss, meter, `${path}.loss`),
    data: interpretData(problem.data, network, `${path}.data`),
    written: problem,
  };
}

export function pointOf(problem: Problem, written: DecodedPoint, meter: Meter, path: string): Point {
  return { parameters: interpretPoint(problem.network, written, meter, path), written };
}

export function interpretStatement(statement: DecodedStatement, meter: Meter, path: string): Statement {
  const problem = interpretProblem(statement.problem, meter, `${path}.problem`);
  const radius = 'radius' in statement ? statement.radius : null;
  if (radius !== null && radius.num <= 0n) {
    reject('nonpositive-radius', `${path}.radius`, `expected a radius > 0, found ${shown(radius)}`);
  }
  return {
    kind: statement.kind,
    problem,
    point: pointOf(problem, statement.point, meter, `${path}.point`),
    betterPoint:
      'betterPoint' in statement ? pointOf(problem, statement.betterPoint, meter, `${path}.betterPoint`) : null,
    radius,
  };
}
