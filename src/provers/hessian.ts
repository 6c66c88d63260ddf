/** Second derivatives as doubles, from the kernel's own enclosures: for searches. */
import { Enclosures } from '../kernel/arithmetic/enclosure.js';
import type { Meter } from '../kernel/limits.js';
import { encloseHessian } from '../kernel/model/enclosed-hessian.js';
import type { Parameters } from '../kernel/model/network.js';
import type { Slice } from '../kernel/model/slice.js';
import { Recorder } from '../kernel/model/tape.js';
import type { SummedProblem } from '../kernel/statement.js';
import type { Triangle } from '../numerics/cholesky.js';
import { ratio } from '../numerics/floats.js';

const bits = 96;

/** The Hessian in the coordinates of a slice, in doubles. @throws Refusal where the risk has no second derivatives */
export function hessianIn(problem: SummedProblem, slice: Slice, theta: Parameters, meter: Meter): Triangle {
  const recorder = new Recorder(problem.network, theta, slice, 0n, new Enclosures(bits), meter);
  const { M } = encloseHessian(problem, slice, recorder, '$', () => {});
  return M.map((row) => Float64Array.from(row, (a) => ratio(a, 1n << BigInt(2 * bits))));
}
