/** The risk of a point, by the kernel's own evaluation; a number to look at, and no theorem. */
import { defaultBits } from '../kernel/claims/claim.js';
import { riskOfAny } from '../kernel/claims/in-field.js';
import { defaultLimits, type Limits, Meter } from '../kernel/limits.js';
import { gaussianRisk } from '../kernel/model/arc-cosine.js';
import type { Risk } from '../kernel/model/enclosing.js';
import type { AnyPoint, Problem } from '../kernel/statement.js';
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
 * @param point  of this problem, as `readPoint` or `readAnyPoint` reads it
 */
export function riskOf(
  problem: Problem,
  point: AnyPoint,
  { bits = defaultBits, limits }: RiskOptions = {},
): RiskAnswer {
  const meter = new Meter({ ...defaultLimits, ...limits });
  try {
    if (problem.type === 'parametrized-target') {
      const message = 'of a parametrized target the integral of its square is not computed, and so no risk';
      return { kind: 'declined', path: '$.data', reason: { code: 'unsupported-data', message } };
    }
    const risk =
      problem.type === 'gaussian-teacher' && point.algebraic === null
        ? gaussianRisk(problem.data, point.parameters, bits, meter)
        : riskOfAny(problem, point, bits, meter, '$');
    return { kind: 'computed', risk };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { path, code, message } = error;
    return { kind: 'declined', path, reason: { code, message } };
  }
}
