/** Risks for --json (proofs/format.md 12). */

import { compare, formatRational } from '../kernel/arithmetic/rational.js';
import type { Risk } from '../kernel/model/enclosing.js';
import type { Theorem } from '../kernel/theorem.js';

/** @throws RangeError where risks are known only up to an integral that they share (parametrized targets) */
export function pointRisk({ risk: { point } }: Theorem): Risk {
  if (point === null)
    throw new RangeError('Cannot show a risk: it is known only up to the integral of the squared target');
  return point;
}

/** "n/d", or the bounds that are known */
export type RiskString = string | { readonly lower: string; readonly upper: string };

/** A gap of which only the lower bound is claimed: near a point, or all along a family whose risk is known. */
export type BoundString = { readonly lower: string; readonly upper: null };

export function gapString({ statement: { kind }, risk: { point, gap } }: Theorem): RiskString | BoundString | null {
  if (gap === null) return null;
  const isBound = kind.endsWith('-near') || (kind === 'spurious-family' && point !== null);
  return isBound ? { lower: formatRational(gap.lower), upper: null } : riskString(gap);
}

export function riskString({ lower, upper }: Risk): RiskString {
  if (compare(lower, upper) === 0) return formatRational(lower);
  return { lower: formatRational(lower), upper: formatRational(upper) };
}
