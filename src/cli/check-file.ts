/** Checks one certificate file: what `verify` does in this thread, or in several others. */
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { canonicalPoint, canonicalProblem } from '../kernel/canonical.js';
import { checkCertificate, type ObserveLines, type Phase, readAnyPoint } from '../kernel/check.js';
import { defaultLimits, type Limits } from '../kernel/limits.js';
import type { Risk } from '../kernel/model/enclosing.js';
import type { Theorem } from '../kernel/theorem.js';
import { digestsOf, sha256 } from '../report/digest.js';
import { reasonInWords } from '../report/reason-in-words.js';
import { gapString, riskString } from '../report/risk-string.js';
import type { Reason, RiskText, VerifyLine } from './answer.js';
import { oneLine } from './failure.js';
import { readText, shownPath } from './read.js';
import { readLines, UnreadableStream } from './read-lines.js';
import { hasStream } from './stream-file.js';

/** Only texts and numbers, so that it can be sent to another thread. */
export interface Question {
  readonly file: string;
  readonly limits: Partial<Limits>;
  /** the canonical text that the certificate's problem must have, or null */
  readonly problem: string | null;
  /** the text of a point file that the certificate must be about, or null */
  readonly point: string | null;
  /** for people: what is proved in short, and the whole theorem in a sentence */
  readonly words: 'none' | 'short' | 'sentence';
  /** whether a proved answer is to be kept: then it is said in short, too, and with the digest of the text */
  readonly keep: boolean;
}

export interface Unproved {
  /** `failed` where there was nothing to check, or cairn has a bug */
  readonly kind: 'rejected' | 'declined' | 'failed';
  readonly reason: Reason;
}

/** The kernel's verdict on a file. */
export type FileVerdict = { readonly kind: 'proved'; readonly theorem: Theorem; readonly text: string } | Unproved;

/** A verdict as texts and numbers. */
export interface Checked {
  readonly kind: FileVerdict['kind'];
  readonly line: VerifyLine;
  /** what is proved, in short and in one long sentence; null where nothing is, or nobody asked */
  readonly short: string | null;
  readonly sentence: string | null;
  /** the source that the file claims, which nobody has checked; null where it claims none */
  readonly source: string | null;
  /** SHA-256 of the text that was checked, where the answer is to be kept and nothing but the text made it */
  readonly digest: string | null;
  /** whether this is the answer of an earlier run */
  readonly cached: boolean;
}

/** Who looks on while a certificate is checked. */
export interface Watch {
  readonly observe?: (done: Phase) => void;
  readonly observeLines?: ObserveLines;
  /** the text alone, as a page has it: streams are declined */
  readonly alone?: true;
  /** for a run that goes on where an earlier one stopped: how its stream is read */
  readonly resume?: (text: string) => Resumed;
}

/** A run that goes on where an earlier one stopped. */
export interface Resumed {
  readonly from: number;
  /** the same lines, looked at as they pass by */
  readonly watched: (lines: Iterable<string>) => Iterable<string>;
}

/** A state that does not fit what there is to be checked. */
export class UnfitState extends Error {}

/** A check that was ended from outside: of the certificate it says nothing. */
export class Stopped extends Error {}

/**
 * Never throws but `Stopped`: a throw of the kernel is an answer, too, and never a proof. A stream is read beside the file, links resolved.
 */
export function checkCertificateFile(file: string, some: Partial<Limits>, watch: Watch = {}): FileVerdict {
  const limits = { ...defaultLimits, ...some };
  try {
    const read = readText(file, limits.bytes);
    if (read.kind === 'unreadable') return unproved('failed', 'unreadable-file', '$', read.message);
    // formats.md 13: a file beyond a limit is declined, and not unreadable.
    if (read.kind === 'too-large') return unproved('declined', 'limit-bytes', '$', read.message);
    const { observe = () => {}, observeLines = () => {} } = watch;
    const { from, watched } = watch.resume?.(read.text) ?? { from: 0, watched: (lines: Iterable<string>) => lines };
    const lines = (name: string) =>
      watched(readLines(join(dirname(realpathSync(file)), name), shownPath(name), limits.bytes));
    const lent = watch.alone === true ? {} : { lines };
    const verdict = checkCertificate(read.text, { limits, observe, observeLines, from, ...lent });
    if (verdict.kind === 'proved') return { ...verdict, text: read.text };
    return unproved(verdict.kind, verdict.reason.code, verdict.path, reasonInWords(verdict.reason));
  } catch (error) {
    if (error instanceof Stopped) throw error;
    if (error instanceof UnreadableStream) return unproved('failed', 'unreadable-file', '$', error.message);
    if (error instanceof UnfitState) return unproved('failed', 'unfit-state', '$', error.message);
    return internal(error);
  }
}

function unproved(kind: Unproved['kind'], code: string, path: string, message: string): Unproved {
  return { kind, reason: { code, path, message } };
}

/** Never throws but `Stopped`, like checkCertificateFile. */
export async function checkFile(question: Question, watch?: Watch): Promise<Checked> {
  const start = performance.now();
  const { file, limits, words, keep } = question;
  const ms = () => Math.round(performance.now() - start);
  try {
    const found = checkCertificateFile(file, limits, watch);
    const verdict = found.kind === 'proved' ? (anotherStatement(found.theorem, question) ?? found) : found;
    if (verdict.kind !== 'proved') return notProved(file, verdict, ms());
    const { theorem, text } = verdict;
    const { statement, rule, risk, obligations } = theorem;
    const line: VerifyLine = {
      ...{ file, verdict: 'proved', kind: statement.kind, rule },
      risk: {
        point: exact(risk.point),
        better: exact(risk.better),
        gap: gapString(theorem),
      },
      ...{ statement: await digestsOf(statement), obligations, reason: null, ms: ms() },
    };
    const source = theorem.about?.source ?? theorem.about?.theorem ?? null;
    const rest = { source, digest: keep && !hasStream(theorem) ? await sha256(text) : null, cached: false };
    if (words === 'none' && !keep) return { kind: 'proved', line, short: null, sentence: null, ...rest };
    // Only what is shown to people needs decimals, and the time to load them.
    const { inShort, restate } = await import('./in-words.js');
    const sentence = words === 'sentence' ? await restate(theorem) : null;
    return { kind: 'proved', line, short: inShort(theorem), sentence, ...rest };
  } catch (error) {
    if (error instanceof Stopped) throw error;
    return notProved(file, internal(error), ms());
  }
}

export function internal(error: unknown): Unproved {
  return unproved('failed', 'internal', '$', `internal error: ${oneLine(error)}`);
}

export function notProved(file: string, { kind, reason }: Unproved, ms: number): Checked {
  const line: VerifyLine = {
    file,
    verdict: kind === 'failed' ? null : kind,
    ...{ kind: null, rule: null, risk: null, statement: null, obligations: null },
    reason,
    ms,
  };
  return { kind, line, short: null, sentence: null, source: null, digest: null, cached: false };
}

function exact(value: Risk | null): RiskText | null {
  return value === null ? null : riskString(value);
}

/** A proof of something else than what was asked for is no answer to the question. */
function anotherStatement({ statement }: Theorem, { problem, point, limits }: Question): Unproved | null {
  if (problem !== null && canonicalProblem(statement.problem) !== problem) {
    const message = 'the certificate is about another problem than the one given with --problem';
    return unproved('rejected', 'different-problem', '$.statement.problem', message);
  }
  if (point === null) return null;
  const [several, at] = statement.list === null ? ['a family', 'family'] : ['a list', 'realizations'];
  if (statement.family !== null || statement.list !== null) {
    const message = `the certificate is about ${several}, and not about the point given with --point`;
    return unproved('rejected', 'different-point', `$.statement.${at}`, message);
  }
  const asked = readAnyPoint(point, statement.problem, { limits });
  const same = asked.kind === 'read' && canonicalPoint(asked.value) === canonicalPoint(statement.point);
  if (same) return null;
  const message = 'the certificate is about another point than the one given with --point';
  const fit =
    asked.kind === 'read' ? '' : ` (which is none of this problem: ${asked.path}: ${reasonInWords(asked.reason)})`;
  return unproved('rejected', 'different-point', '$.statement.point', `${message}${fit}`);
}
