/** What the claims about points, balls, families and boxes share. */
import type { Rational } from '../arithmetic/rational.js';
import type { ProofNode } from '../format.js';
import type { Meter } from '../limits.js';
import type { Streams } from '../streams.js';
import { decline, type Ledger } from '../verdict.js';

/** How far a check has come. */
export type Phase = 'text read' | 'statement checked' | 'points evaluated' | 'proof checked';

/** The proof nodes of a statement, by key, in the order of its obligations. */
export type Nodes = readonly (readonly [string, ProofNode])[];

/** What proves a claim beside its statement. */
export interface Proof {
  readonly nodes: Nodes;
  readonly meter: Meter;
  readonly observe: (done: Phase) => void;
  readonly ledger: Ledger;
  readonly streams: Streams;
}

/** The precision of enclosures where a node names none. */
export const defaultBits = 64;

/** The precision that `lower-risk` asks for; risks that are rational need none. */
export function bitsOf(nodes: Nodes, meter: Meter): number {
  for (const [key, node] of nodes) {
    if (node.rule !== 'lower-risk' || node.bits === undefined) continue;
    const path = `$.proof.${key}.bits`;
    if (node.bits > meter.limits.digits) {
      decline('limit-digits', path, `expected at most ${meter.limits.digits} bits`);
    }
    return node.bits;
  }
  return defaultBits;
}

export function precisionOf({ bits = defaultBits }: { readonly bits?: number }, path: string, meter: Meter): number {
  if (bits > meter.limits.digits)
    decline('limit-digits', `${path}.bits`, `expected at most ${meter.limits.digits} bits`);
  return bits;
}

export function radiusOf(radius: Rational | null): Rational {
  if (radius === null) throw new Error('Cannot happen: the kind has a radius');
  return radius;
}
