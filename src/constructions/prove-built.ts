import { type Fields, writeCertificate } from '../formats/write.js';
import { checkCertificate } from '../kernel/check.js';
import type { Theorem } from '../kernel/theorem.js';
import { checkedFrom } from '../provers/prove-claim.js';
import type { LineStore, Observe } from '../provers/prover.js';
import type { Built, Construction } from './construction.js';
import { percent } from './figures.js';

/** What a construction says of itself in a certificate. */
export type Named = Pick<Construction, 'id' | 'source' | 'title'>;

interface Manner {
  /** of `about`; the title where it is left out */
  readonly text?: string | undefined;
  /** whether numbers come from floats, so that a rejection is a search that gave out */
  readonly numeric?: boolean;
  /** where the lines of a long proof were kept */
  readonly store?: LineStore;
  readonly observe?: Observe;
}

/**
 * Writes the certificate of a construction, and has the kernel prove it from the text.
 *
 * @throws Error if the kernel rejects it: what an exact construction writes is right, or the construction is wrong
 */
export function proveBuilt(
  { id, source, title }: Named,
  statement: Fields,
  proof: Fields,
  notes: readonly string[],
  { text = title, numeric = false, ...kept }: Manner = {},
): Built {
  const certificate = writeCertificate({ statement, proof, about: { theorem: id, source, text } });
  const verdict = checkCertificate(certificate, checkedFrom(kept));
  if (verdict.kind === 'declined' || (verdict.kind === 'rejected' && numeric)) {
    const message = `the kernel does not prove the certificate, at ${verdict.path}: ${verdict.reason.message}`;
    return { kind: 'gave-up', message };
  }
  if (verdict.kind === 'rejected') {
    throw new Error(`Cannot construct ${id}: the kernel rejects it at ${verdict.path}: ${verdict.reason.message}`);
  }
  const { theorem } = verdict;
  return { kind: 'built', text: certificate, theorem, notes: [...notes, ...gapNote(theorem)] };
}

function gapNote({ risk: { point, gap }, statement: { family } }: Theorem): readonly string[] {
  if (gap === null || family !== null || point === null || point.upper.num === 0n) return [];
  return [`the better point takes ${percent(gap.lower, point.upper)} off the risk`];
}
