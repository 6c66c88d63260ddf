/** Checks one certificate file: what `verify` does in this thread, or in several others. */
import { createHash } from 'node:crypto';
import { formatRational, type Rational } from '../kernel/arithmetic/rational.js';
import { canonicalData, canonicalPoint, canonicalProblem, canonicalStatement } from '../kernel/canonical.js';
import { checkCertificate, type Phase, readPoint } from '../kernel/check.js';
import { defaultLimits, type Limits } from '../kernel/limits.js';
import type { Theorem } from '../kernel/theorem.js';
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
}

export interface Unproved {
  /** `failed` where there was nothing to check, or cairn has a bug */
  readonly kind: 'rejected' | 'declined' | 'failed';
  readonly reason: Reason;
}

/** The kernel's verdict on a file. */
export type FileVerdict = { readonly kind: 'proved'; readonly theorem: Theorem } | Unproved;

/** A verdict as texts and numbers. */
export interface Checked {
  readonly kind: FileVerdict['kind'];
  readonly line: VerifyLine;
}

/** Never throws: a throw of the kernel is an answer, too, and never a proof. */
export function checkCertificateFile(
  file: string,
  some: Partial<Limits>,
  observe: (done: Phase) => void = () => {},
): FileVerdict {
  const limits = { ...defaultLimits, ...some };
  try {
    const read = readText(file, limits.bytes);
    if (read.kind === 'unreadable') return unproved('failed', 'unreadable-file', '$', read.message);
    // formats.md 13: a file beyond a limit is declined, and not unreadable.
    if (read.kind === 'too-large') return unproved('declined', 'limit-bytes', '$', read.message);
    const verdict = checkCertificate(read.text, { limits, observe });
    if (verdict.kind === 'proved') return verdict;
    return unproved(verdict.kind, verdict.reason.code, verdict.path, verdict.reason.message);
  } catch (error) {
    return unproved('failed', 'internal', '$', `internal error: ${oneLine(error)}`);
  }
}

function unproved(kind: Unproved['kind'], code: string, path: string, message: string): Unproved {
  return { kind, reason: { code, path, message } };
}

export function checkFile(question: Question, observe?: (done: Phase) => void): Checked {
  const start = performance.now();
  const { file, limits } = question;
  let verdict = checkCertificateFile(file, limits, observe);
  if (verdict.kind === 'proved') verdict = anotherStatement(verdict.theorem, question) ?? verdict;
  const facts = verdict.kind === 'proved' ? factsOf(verdict.theorem) : nothing;
  const line: VerifyLine = {
    file,
    verdict: verdict.kind === 'failed' ? null : verdict.kind,
    ...facts,
    reason: verdict.kind === 'proved' ? null : verdict.reason,
    ms: Math.round(performance.now() - start),
  };
  return { kind: verdict.kind, line };
}

/** A proof of something else than what was asked for is no answer to the question. */
function anotherStatement({ statement }: Theorem, { problem, point, limits }: Question): Unproved | null {
  if (problem !== null && canonicalProblem(statement.problem) !== problem) {
    const message = 'the certificate is about another problem than the one given with --problem';
    return unproved('rejected', 'different-problem', '$.statement.problem', message);
  }
  if (point === null) return null;
  const asked = readPoint(point, statement.problem, { limits });
  const same = asked.kind === 'read' && canonicalPoint(asked.value.written) === canonicalPoint(statement.point.written);
  if (same) return null;
  const message = 'the certificate is about another point than the one given with --point';
  const fit = asked.kind === 'read' ? '' : ` (which is none of this problem: ${asked.path}: ${asked.reason.message})`;
  return unproved('rejected', 'different-point', '$.statement.point', `${message}${fit}`);
}

const nothing = { kind: null, rule: null, risk: null, statement: null, obligations: null } as const;

function factsOf({ statement, rule, risk, obligations }: Theorem) {
  const { kind, problem, point, betterPoint } = statement;
  const exact = (value: Rational | null) => (value === null ? null : formatRational(value));
  return {
    kind,
    rule,
    risk: { point: exact(risk.point), better: exact(risk.better), gap: exact(risk.gap) },
    statement: {
      sha256: digest(canonicalStatement(statement)),
      problem: digest(canonicalProblem(problem)),
      data: digest(canonicalData(problem.data)),
      point: digest(canonicalPoint(point.written)),
      better: betterPoint === null ? null : digest(canonicalPoint(betterPoint.written)),
    },
    obligations,
  };
}

/** SHA-256 of the UTF-8 text, in hex (proofs/format.md 14). */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
