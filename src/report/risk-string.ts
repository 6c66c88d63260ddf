/** Risks for --json (proofs/format.md 12). */
import { compare, formatRational } from '../kernel/arithmetic/rational.js';
import type { Kind } from '../kernel/format.js';
import type { Risk } from '../kernel/model/enclosing.js';

/** "n/d", or the bounds that are known */
export type RiskString = string | { readonly lower: string; readonly upper: string };

/** A gap of which only the lower bound is claimed: near a point, or all along a family. */
export type BoundString = { readonly lower: string; readonly upper: null };

export function gapString(kind: Kind, gap: Risk): RiskString | BoundString {
  const isBound = kind.endsWith('-near') || kind === 'spurious-family';
  return isBound ? { lower: formatRational(gap.lower), upper: null } : riskString(gap);
}

export function riskString({ lower, upper }: Risk): RiskString {
  if (compare(lower, upper) === 0) return formatRational(lower);
  return { lower: formatRational(lower), upper: formatRational(upper) };
}
