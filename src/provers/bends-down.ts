/** That no local minimum is near a point in floats, by rule `negative-curvature` over a ball: the kernel's own Hessian, read as doubles, suggests a direction. */
import type { Fields } from '../formats/write.js';
import { formatRational, type Rational } from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import type { Network } from '../kernel/model/network.js';
import { sliceOf } from '../kernel/model/slice.js';
import type { Point, SummedProblem } from '../kernel/statement.js';
import { Refusal } from '../kernel/verdict.js';
import { leastEigenvalue } from '../numerics/cholesky.js';
import { Direction } from './directions.js';
import { hessianIn } from './minimum-near.js';
import { proveClaim } from './prove-claim.js';
import type { Answer, CertifyOptions } from './prover.js';

const bits = 96;
/** Entries of a direction are multiples of 2^−directionBits, times one scale, which does not matter to the sign. */
const directionBits = 24;

/** A direction in all free parameters, as a hint. */
export function directionJson(network: Network, vector: Float64Array): Fields {
  const direction = new Direction(network);
  const { weights, biases } = sliceOf(network, () => false);
  const entry = (at: number): bigint => (at < 0 ? 0n : BigInt(Math.round((vector[at] as number) * 2 ** directionBits)));
  weights.forEach((rows, s) => {
    for (const [u, row] of rows.entries()) for (const [j, at] of row.entries()) direction.setWeight(s, u, j, entry(at));
  });
  biases.forEach((row, s) => {
    for (const [u, at] of row.entries()) direction.setBias(s, u, entry(at));
  });
  return direction.json();
}

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
    const descent = { rule: 'negative-curvature', direction: directionJson(network, vector), bits };
    const near = { radius: formatRational(radius) };
    const answer = proveClaim({ problem, point, options }, 'no-local-minimum-near', { descent }, near, []);
    return answer.kind === 'certified' ? answer : null;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return null;
  }
}
