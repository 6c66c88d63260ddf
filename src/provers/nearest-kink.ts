import type { Meter } from '../kernel/limits.js';
import { isDifferentiableAt } from '../kernel/model/activation.js';
import { evaluateEnclosing, evaluateIfRational } from '../kernel/model/enclosing.js';
import type { Evaluation } from '../kernel/model/evaluation.js';
import type { Parameters } from '../kernel/model/network.js';
import type { SummedProblem } from '../kernel/statement.js';
import { ratio } from '../numerics/floats.js';

const bits = 64;

/** The preactivation that is closest to a breakpoint at which its activation is not C¹. */
export interface Kink {
  /** in the problem's list */
  readonly layer: number;
  /** channel of the entry */
  readonly unit: number;
  readonly sample: number;
  /** of the preactivation from the breakpoint */
  readonly distance: number;
}

/** @returns null where every activation is C¹ */
export function nearestKink(problem: SummedProblem, theta: Parameters, meter: Meter): Kink | null {
  const { network, data } = problem;
  const evaluation = evaluateIfRational(problem, theta, meter);
  return evaluation === null
    ? nearestIn(evaluateEnclosing(network, theta, data, bits, meter), problem, meter, ({ low, high }, { low: over }) =>
        ratio(low + high, 2n * over),
      )
    : nearestIn(evaluation, problem, meter, ratio);
}

function nearestIn<T>(
  { stages }: Evaluation<T>,
  { network }: SummedProblem,
  meter: Meter,
  float: (z: T, denominator: T) => number,
): Kink | null {
  let nearest: Kink | null = null;
  for (const [s, { activation, layer, positions }] of network.stages.entries()) {
    const kinks = activation.breakpoints.filter((_, j) => !isDifferentiableAt(activation, j, meter));
    const at = kinks.map((tau) => ratio(tau, activation.breakpointDenominator));
    const { preactivations = [], denominator } = stages[s] ?? {};
    if (at.length === 0 || denominator === undefined) continue;
    preactivations.forEach((row, sample) => {
      row.forEach((z, entry) => {
        const value = float(z, denominator);
        const distance = Math.min(...at.map((tau) => Math.abs(value - tau)));
        if (nearest === null || distance < nearest.distance) {
          nearest = { layer, unit: Math.floor(entry / positions), sample, distance };
        }
      });
    });
  }
  return nearest;
}
