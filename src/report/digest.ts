/** SHA-256 of canonical texts: the kernel writes the text, the hash is taken here (proofs/format.md 14). Runs in browsers. */
import { canonicalData, canonicalPoint, canonicalProblem, canonicalStatement } from '../kernel/canonical.js';
import type { Point, Problem, Statement } from '../kernel/statement.js';

/** @returns the digest of the text's UTF-8 bytes as 64 lower-case hexadecimal digits */
export async function sha256(text: string): Promise<string> {
  const digest = await globalThis.crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const problemDigest = (problem: Problem): Promise<string> => sha256(canonicalProblem(problem));
export const dataDigest = ({ data }: Problem): Promise<string> => sha256(canonicalData(data));
export const pointDigest = ({ written }: Point): Promise<string> => sha256(canonicalPoint(written));

/** The object under "statement" of --json (proofs/format.md 12). */
export interface Digests {
  readonly sha256: string;
  readonly problem: string;
  readonly data: string;
  readonly point: string;
  readonly better: string | null;
}

export async function digestsOf(statement: Statement): Promise<Digests> {
  const { problem, point, betterPoint } = statement;
  const [whole, ofProblem, ofData, ofPoint, ofBetter] = await Promise.all([
    sha256(canonicalStatement(statement)),
    problemDigest(problem),
    dataDigest(problem),
    pointDigest(point),
    betterPoint === null ? null : pointDigest(betterPoint),
  ]);
  return { sha256: whole, problem: ofProblem, data: ofData, point: ofPoint, better: ofBetter };
}
