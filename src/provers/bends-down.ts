/** That no local minimum is near a point in floats, by rule `negative-curvature` over a ball: the kernel's own Hessian, read as doubles, suggests a direction. */
import { formatRational, type Rational } from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { sliceOf } from '../kernel/model/slice.js';
import type { Point, SummedProblem } from '../kernel/statement.js';
import { Refusal } from '../kernel/verdict.js';
import { leastEigenvalue } from '../numerics/cholesky.js';
import { directionAlong } from './directions.js';
import { hessianIn } from './hessian.js';
import { proveClaim } from './prove-claim.js';
import type { Answer, CertifyOptions } from './prover.js';

const bits = 96;
/** @returns null where the Hessian at the point has no negative eigenvalue, or the kernel does not see one on the whole ball */
export function proveBendsDown(
  problem: SummedProblem,
  point: Point,
  radius: Rational,
  options: CertifyOptions,
): Answer | null {
  const { network } = problem;
  const meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
  try {
    const whole = sliceOf(network, () => false);
    const { value, vector } = leastEigenvalue(hessianIn(problem, whole, point.parameters, meter));
    if (!(value < 0 && Number.isFinite(value) && vector.every(Number.isFinite))) return null;
    const descent = { rule: 'negative-curvature', direction: directionAlong(network, vector).json(), bits };
    const near = { radius: formatRational(radius) };
    const answer = proveClaim({ problem, point, options }, 'no-local-minimum-near', { descent }, near, []);
    return answer.kind === 'certified' ? answer : null;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return null;
  }
}
