import { pointJson } from '../formats/write.js';
import { formatRational, type Rational } from '../kernel/arithmetic/rational.js';
import type { Kind } from '../kernel/format.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { freeParameters } from '../kernel/model/network.js';
import type { Point, SampleProblem } from '../kernel/statement.js';
import { gradientMargin } from '../numerics/float-box.js';
import { ratio } from '../numerics/floats.js';
import { findFlatMinimumNear } from './flat-minimum.js';
import { type Ball, findBall } from './minimum-near.js';
import { proveClaim } from './prove-claim.js';
import type { Answer, CertifyOptions, Undecided } from './prover.js';

/** Precisions that are tried for the box around a ball, in bits. */
const boxBits = [64, 256, 1024];
/** Samples times parameters: beyond, no smaller radius is suggested. */
const mostFloatWork = 100_000;

/** Decides whether a local minimum is within a radius of a point: none by one derivative that keeps its sign, some by a positive Hessian. */
export async function certifyNear(
  problem: SampleProblem,
  point: Point,
  radius: Rational,
  options: CertifyOptions,
): Promise<Answer> {
  const { claim, better } = options;
  const at = { problem, point, options };
  const near = { radius: formatRational(radius) };
  const minima: readonly (Kind | undefined)[] = [undefined, 'local-minimum-near', 'spurious-local-minimum-near'];
  if (!minima.includes(claim) && claim !== 'no-local-minimum-near') {
    return undecided({
      code: 'unsupported-claim',
      path: '$',
      message: `${claim} has no prover near a point in this version`,
    });
  }
  const isAffine = problem.network.stages.every(({ activation }) => activation.smooth === null);
  if (isAffine && problem.loss.family === 'polynomial') {
    for (const bits of boxBits) {
      const answer = proveClaim(at, 'no-local-minimum-near', { descent: { rule: 'gradient-bound', bits } }, near, []);
      if (answer.kind === 'certified') return answer;
    }
  }
  const mayVanish = (): Answer => {
    const hint = isAffine ? radiusThatMightDo(problem, point, ratio(radius.num, radius.den)) : '';
    return undecided({
      code: 'gradient-may-vanish',
      path: '$.radius',
      message: `every partial derivative of the risk may vanish somewhere in the ball${hint}`,
    });
  };
  if (!minima.includes(claim)) return mayVanish();
  const meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
  const flat = findFlatMinimumNear(problem, point.parameters, radius, meter);
  const ball: Ball = flat === null ? findBall(problem, point, radius, meter) : { kind: 'found', nodes: [flat] };
  if (ball.kind === 'undecided') return claim === undefined && isAffine ? mayVanish() : undecided(ball.reason);
  for (const localMinimum of ball.nodes) {
    if (better !== undefined && claim !== 'local-minimum-near') {
      const proof = { localMinimum, lowerRisk: { rule: 'lower-risk' } };
      const betterPoint = pointJson(problem.network, better.parameters);
      const answer = proveClaim(at, 'spurious-local-minimum-near', proof, { ...near, betterPoint }, []);
      if (answer.kind === 'certified') return answer;
    }
    if (claim === 'spurious-local-minimum-near') continue;
    const notes =
      better === undefined ? [] : ['the point given as better is not shown to have lower risk, and is ignored'];
    const answer = proveClaim(at, 'local-minimum-near', { localMinimum }, near, notes);
    if (answer.kind === 'certified') return answer;
  }
  return undecided({
    code: 'not-strongly-convex',
    path: '$.radius',
    message: 'the risk is convex at the point, but not shown to be so on a ball that the gradient allows',
  });
}

function undecided(reason: Undecided): Answer {
  return { kind: 'undecided', reason, notes: [] };
}

/** Halves the radius, in float intervals, until some derivative keeps its sign: what to try next. */
function radiusThatMightDo(problem: SampleProblem, point: Point, radius: number): string {
  if (problem.loss.family !== 'polynomial') return '';
  if (problem.data.inputs.rows.length * freeParameters(problem.network) > mostFloatWork) return '';
  for (let halvings = 1; halvings <= 60; halvings++) {
    const smaller = radius / 2 ** halvings;
    if (gradientMargin(problem, point, smaller) > 0) return `; a radius of about ${smaller.toPrecision(1)} might do`;
  }
  return '; no smaller radius helps, since the gradient at the point is 0 or a kink is too close to it';
}
