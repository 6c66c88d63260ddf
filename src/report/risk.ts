/** The risk of a point, by the kernel's own evaluation; a number to look at, and no theorem. */
import { defaultBits } from '../kernel/claims/claim.js';
import { defaultLimits, type Limits, Meter } from '../kernel/limits.js';
import { gaussianRisk } from '../kernel/model/arc-cosine.js';
import { BoxInstance } from '../kernel/model/box-instance.js';
import { exactly, type Risk, riskAt } from '../kernel/model/enclosing.js';
import type { Point, Problem } from '../kernel/statement.js';
import { type ReasonCode, Refusal } from '../kernel/verdict.js';

/** A risk, or why this version does not compute it. */
export type RiskAnswer =
  | { readonly kind: 'computed'; readonly risk: Risk }
  | {
      readonly kind: 'declined';
      readonly path: string;
      readonly reason: { readonly code: ReasonCode; readonly message: string };
    };

/** How a risk is computed. */
export interface RiskOptions {
  /** precision of risks that are irrational; 64 by default */
  readonly bits?: number;
  readonly limits?: Partial<Limits>;
}

/**
 * Computes R(θ): exactly (`lower` and `upper` are equal) where it is known to be rational, else between two rationals.
 *
 * @param point  of this problem, as `readPoint` reads it
 */
export function riskOf(
  problem: Problem,
  { parameters }: Point,
  { bits = defaultBits, limits }: RiskOptions = {},
): RiskAnswer {
  const meter = new Meter({ ...defaultLimits, ...limits });
  try {
    switch (problem.type) {
      case 'parametrized-target': {
        const message = 'of a parametrized target the integral of its square is not computed, and so no risk';
        return { kind: 'declined', path: '$.data', reason: { code: 'unsupported-data', message } };
      }
      case 'box':
        return { kind: 'computed', risk: exactly(new BoxInstance(problem, parameters, meter, '$').risk) };
      case 'gaussian-teacher':
        return { kind: 'computed', risk: gaussianRisk(problem.data, parameters, bits, meter) };
      default:
        return { kind: 'computed', risk: riskAt(problem, parameters, bits, meter) };
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { path, code, message } = error;
    return { kind: 'declined', path, reason: { code, message } };
  }
}
