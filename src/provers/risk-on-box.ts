import type { Rational } from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { BoxInstance } from '../kernel/model/box-instance.js';
import type { Parameters } from '../kernel/model/network.js';
import type { BoxProblem } from '../kernel/statement.js';
import { Refusal } from '../kernel/verdict.js';

/** @returns R(θ), exactly; null where the kernel declines, as where kinks are not parallel */
export function riskOnBox(problem: BoxProblem, parameters: Parameters): Rational | null {
  const meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
  try {
    return new BoxInstance(problem, parameters, meter, '$').risk;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}
