/** Checks one certificate file: what `verify` does in this thread, or in several others. */
import { createHash } from 'node:crypto';
import { formatRational, type Rational } from '../kernel/arithmetic/rational.js';
import { canonicalData, canonicalPoint, canonicalProblem, canonicalStatement } from '../kernel/canonical.js';
import { checkCertificate, type Phase, readPoint } from '../kernel/check.js';
import { defaultLimits, type Limits } from '../kernel/limits.js';
import type { Theorem } from '../kernel/theorem.js';
import type { Verdict } from '../kernel/verdict.js';
import type { Reason, VerifyLine } from './answer.js';
import { oneLine } from './failure.js';
import { readText } from './read.js';

/** Only texts and numbers, so that it can be sent to another thread. */
export interface Question {
  readonly file: string;
  readonly limits: Partial<Limits>;
  /** the canonical text that the certificate's problem must have, or null */
  readonly problem: string | null;
  /** the text of a point file that the certificate must be about, or null */
  readonly point: string | null;
  /** whether the theorem is to be said in words */
  readonly restate: boolean;
}

export interface Checked {
  /** `failed` where there was nothing to check, or the kernel threw */
  readonly kind: 'proved' | 'rejected' | 'declined' | 'failed';
  readonly line: VerifyLine;
  readonly sentence: string | null;
}

/** A verdict on a file, with the theorem: for those who go on with it in this thread. */
export type FileVerdict = Verdict | { readonly kind: 'failed'; readonly path: string; readonly reason: Omit<Reason, 'path'> };

/** Never throws: a throw of the kernel is an answer, too, and never a proof. */
export function checkText(file: string, some: Partial<Limits> = {}, observe: (done: Phase) => void = () => {}): FileVerdict {
  const limits = { ...defaultLimits, ...some };
  try {
    const read = readText(file, limits.bytes);
    switch (read.kind) {
      case 'text':
        return checkCertificate(read.text, { limits, observe });
      case 'too-large':
        return { kind: 'declined', path: '$', reason: { code: 'limit-bytes', message: read.message } };
      case 'unreadable':
        return { kind: 'failed', path: '$', reason: { code: 'unreadable-file', message: read.message } };
    }
  } catch (error) {
    return { kind: 'failed', path: '$', reason: { code: 'internal', message: `internal error: ${oneLine(error)}` } };
  }
}

export async function checkFile(question: Question, observe: (done: Phase) => void = () => {}): Promise<Checked> {
  const start = performance.now();
  const { file, limits } = question;
  const verdict = checkText(file, limits, observe);
  const answer = verdict.kind === 'proved' ? anotherStatement(verdict.theorem, question) : unproved(verdict);
  if (answer === null && verdict.kind === 'proved') {
    const { theorem } = verdict;
    const line: VerifyLine = { file, verdict: 'proved', ...facts(theorem), reason: null, ms: since(start) };
    return { kind: 'proved', line, sentence: question.restate ? await sentence(theorem) : null };
  }
  const { kind, reason } = answer as Unproved;
  const line: VerifyLine = {
    file,
    verdict: kind === 'failed' ? null : kind,
    ...{ kind: null, rule: null, risk: null, statement: null, obligations: null },
    reason,
    ms: since(start),
  };
  return { kind, line, sentence: null };
}
