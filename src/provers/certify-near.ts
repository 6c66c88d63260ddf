import { pointJson } from '../formats/write.js';
import { formatRational, type Rational } from '../kernel/arithmetic/rational.js';
import type { Kind } from '../kernel/format.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { freeParameters } from '../kernel/model/network.js';
import { checkGradientBound, isPiecewise } from '../kernel/rules/gradient-bound.js';
import type { Point, SampleProblem, SummedProblem } from '../kernel/statement.js';
import { gradientMargin } from '../numerics/float-box.js';
import { quantityNear, ratio } from '../numerics/floats.js';
import { passes } from './any-depth.js';
import { proveBendsDown } from './bends-down.js';
import { findFlatMinimumNear } from './flat-minimum.js';
import { proveMinimumNear } from './minimum-near.js';
import { proveClaim } from './prove-claim.js';
import type { Answer, CertifyOptions, Undecided } from './prover.js';

/** Precisions that are tried for the box around a ball, in bits. */
const boxBits = [64, 256, 1024] as const;
/** Samples times parameters: beyond, no smaller radius is suggested. */
const mostFloatWork = 100_000;

/** Decides whether a local minimum is within a radius of a point: none by one derivative that keeps its sign or a direction that bends down, some by a positive Hessian. */
export async function certifyNear(
  problem: SummedProblem,
  point: Point,
  radius: Rational,
  options: CertifyOptions,
): Promise<Answer> {
  const { claim } = options;
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
  const isAffine = isPiecewise(problem);
  const isSteep = (): boolean =>
    passes((ledger) => {
      checkGradientBound(problem, point.parameters, radius, boxBits[0], '$', unlimited(), ledger);
    });
  if (isAffine || isSteep()) {
    for (const bits of boxBits) {
      const answer = proveClaim(at, 'no-local-minimum-near', { descent: { rule: 'gradient-bound', bits } }, near, []);
      if (answer.kind === 'certified') return answer;
    }
  }
  const mayVanish = (also: string): Answer => {
    const hint = isPiecewise(problem) ? radiusThatMightDo(problem, point, ratio(radius.num, radius.den)) : '';
    return undecided({
      code: 'gradient-may-vanish',
      path: '$.radius',
      message: `every partial derivative of the risk may vanish somewhere in the ball${hint}${also}`,
    });
  };
  if (!minima.includes(claim)) return proveBendsDown(problem, point, radius, options) ?? mayVanish('');
  const flat = proveFlatMinimum(problem, point, radius, options);
  if (flat !== null) return flat;
  const answer = proveMinimumNear({ problem, point, radius, options });
  if (answer.kind === 'undecided' && answer.reason.code === 'curvature-not-positive') {
    const refuted = proveBendsDown(problem, point, radius, options);
    if (refuted !== null) return refuted;
  }
  if (answer.kind === 'undecided' && claim === undefined && isAffine) {
    return mayVanish(`; no minimum is shown: ${answer.reason.message} [${answer.reason.code}]`);
  }
  return answer;
}

function undecided(reason: Undecided): Answer {
  return { kind: 'undecided', reason, notes: [] };
}

/** @returns null where the point is not near one that rule `coincident-preactivations` shows to be a minimum */
function proveFlatMinimum(
  problem: SummedProblem,
  point: Point,
  radius: Rational,
  options: CertifyOptions,
): Answer | null {
  if (problem.type !== 'samples') return null;
  const localMinimum = findFlatMinimumNear(problem, point.parameters, radius, unlimited());
  if (localMinimum === null) return null;
  const { claim, better } = options;
  const at = { problem, point, options };
  const near = { radius: formatRational(radius) };
  if (better !== undefined && claim !== 'local-minimum-near') {
    const proof = { localMinimum, lowerRisk: { rule: 'lower-risk' } };
    const betterPoint = pointJson(problem.network, better.parameters);
    const answer = proveClaim(at, 'spurious-local-minimum-near', proof, { ...near, betterPoint }, []);
    if (answer.kind === 'certified') return answer;
  }
  if (claim === 'spurious-local-minimum-near') return null;
  const notes =
    better === undefined ? [] : ['the point given as better is not shown to have lower risk, and is ignored'];
  const answer = proveClaim(at, 'local-minimum-near', { localMinimum }, near, notes);
  return answer.kind === 'certified' ? answer : null;
}

const unlimited = (): Meter => new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });

/** Halves the radius, in float intervals, until some derivative keeps its sign: what to try next. */
function radiusThatMightDo(problem: SampleProblem, point: Point, radius: number): string {
  if (problem.data.inputs.rows.length * freeParameters(problem.network) > mostFloatWork) return '';
  for (let halvings = 1; halvings <= 60; halvings++) {
    const smaller = radius / 2 ** halvings;
    if (gradientMargin(problem, point, smaller) > 0) return `; a radius of about ${quantityNear(smaller)} might do`;
  }
  return '; doubles find no smaller radius that might do: they cannot tell the gradient at the point from 0, or a kink is too close to it';
}
