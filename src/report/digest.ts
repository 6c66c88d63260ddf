/** SHA-256 of canonical texts: the kernel writes the text, the hash is taken here (proofs/format.md 14). Runs in browsers. */
import { canonicalTexts } from '../kernel/canonical.js';
import type { AnyStatement } from '../kernel/statement.js';

/** @returns the digest of the text's UTF-8 bytes as 64 lower-case hexadecimal digits */
export async function sha256(text: string): Promise<string> {
  const digest = await globalThis.crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The object under "statement" of --json (proofs/format.md 12). */
export interface Digests {
  readonly sha256: string;
  readonly problem: string;
  readonly data: string;
  readonly point: string;
  readonly better: string | null;
}

/** Statements never change, and verdicts say their digests more than once. */
const known = new WeakMap<AnyStatement, Promise<Digests>>();

/**
 * SHA-256 of the canonical texts of a statement and its parts: equal statements have equal digests, however they are written.
 */
export function digestsOf(statement: AnyStatement): Promise<Digests> {
  const found = known.get(statement) ?? computeDigests(statement);
  known.set(statement, found);
  return found;
}

async function computeDigests(statement: AnyStatement): Promise<Digests> {
  const texts = canonicalTexts(statement);
  const [whole, problem, data, point, better] = await Promise.all([
    sha256(texts.statement),
    sha256(texts.problem),
    sha256(texts.data),
    sha256(texts.point),
    texts.better === null ? null : sha256(texts.better),
  ]);
  return { sha256: whole, problem, data, point, better };
}
