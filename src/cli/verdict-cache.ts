/**
 * Proved verdicts of earlier runs, for `verify --cache FILE`. A verdict is found again only under the digest of everything that it
 * depends on: the certificate's bytes, the limits, the problem and the point asked for, and the code that is running. What was
 * rejected or declined is never kept. Whoever can write the file can make `verify` say what they like (proofs/trusted-base.md 3).
 *
 * The file: a header, then one entry a line. Each entry has a digest of itself, so that a damaged one is left out.
 */
import { createHash } from 'node:crypto';
import { defaultLimits } from '../kernel/limits.js';
import type { VerifyLine } from './answer.js';
import type { Checked, Question } from './check-file.js';
import { Failure } from './failure.js';
import { readBytes, readText, shownPath } from './read.js';
import { writeAtomically } from './write-atomically.js';

const header = '{"format":"cairn-cache","version":1}';
/** Of characters of the file; an entry has about 2,000, and more only where risks have thousands of digits. */
const longestFile = 2 ** 26;
const longestEntry = 2 ** 20;
const mostEntries = 20_000;
/** So that a run that is ended before its end has not been for nothing. */
const saveEveryMs = 60_000;

/** What is kept of an answer: neither the file's name nor the time. */
interface Answer {
  readonly line: Omit<VerifyLine, 'file' | 'ms'>;
  readonly short: string;
  readonly sentence: string | null;
  readonly source: string | null;
}

export class VerdictCache {
  readonly #path: string;
  readonly #code: string;
  /** the lines of the file by their keys, those used last at the end */
  readonly #entries = new Map<string, string>();
  #changed = false;
  #savedAt = performance.now();
  /** entries of the file that were damaged, and are not used */
  readonly damaged: number;

  /**
   * @param code  digest of the code that decides
   * @throws Failure where the file cannot be read, or is something else: it would be overwritten
   */
  constructor(path: string, code: string) {
    this.#path = path;
    this.#code = code;
    const read = readText(path, longestFile);
    if (read.kind !== 'text' && !(read.kind === 'unreadable' && read.message === 'no such file or folder')) {
      throw new Failure(`${shownPath(path)}: cannot use as a cache: ${read.message}`);
    }
    const [first, ...lines] = read.kind === 'text' ? read.text.split('\n') : [''];
    if (first !== header && (first !== '' || lines.length > 0)) {
      throw new Failure(`${shownPath(path)}: cannot use as a cache: this is another file; remove it, or name another`);
    }
    let damaged = 0;
    for (const line of lines.filter((text) => text !== '')) {
      const key = keyOf(line);
      if (key === null) damaged++;
      else this.#entries.set(key, line);
    }
    this.damaged = damaged;
    this.#changed = damaged > 0;
  }

  /** @returns the verdict on what the file says now, or null where it must be checked */
  find(question: Question): Checked | null {
    const start = performance.now();
    const { file, limits, words } = question;
    const read = readBytes(file, limits.bytes ?? defaultLimits.bytes);
    if (read.kind !== 'bytes') return null;
    const key = this.#key(question, createHash('sha256').update(read.bytes).digest('hex'));
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    const { line, short, sentence, source } = (JSON.parse(entry) as { readonly answer: Answer }).answer;
    if (words === 'sentence' && sentence === null) return null;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return {
      kind: 'proved',
      line: { file, ...line, ms: Math.round(performance.now() - start) },
      ...(words === 'none' ? { short: null } : { short }),
      ...(words === 'sentence' ? { sentence } : { sentence: null }),
      ...{ source, digest: null, cached: true },
    };
  }

  /** @param checked  what was said to the question: kept if it is proved */
  keep(question: Question, { kind, line, short, sentence, source, digest }: Checked): void {
    if (kind !== 'proved' || digest === null || short === null) return;
    const { file: _, ms: __, ...rest } = line;
    const key = this.#key(question, digest);
    const answer: Answer = { line: rest, short, sentence, source };
    const entry = JSON.stringify({ key, sha256: digestOf(key, answer), answer });
    if (entry.length > longestEntry) return;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#changed = true;
    // Should that fail, the command ends and says why.
    if (performance.now() - this.#savedAt > saveEveryMs) void this.save();
  }

  /** @throws Failure where the file cannot be written */
  async save(): Promise<void> {
    if (!this.#changed) return;
    let room = longestFile - header.length - 1;
    const kept: string[] = [];
    for (const entry of [...this.#entries.values()].reverse().slice(0, mostEntries)) {
      // A character of UTF-16 has at most three bytes.
      room -= 3 * entry.length + 1;
      if (room < 0) break;
      kept.push(entry);
    }
    this.#changed = false;
    this.#savedAt = performance.now();
    await writeAtomically([this.#path, `${[header, ...kept.reverse()].join('\n')}\n`]);
  }

  #key({ limits: some, problem, point }: Question, digest: string): string {
    const limits = Object.entries({ ...defaultLimits, ...some }).sort(([a], [b]) => (a < b ? -1 : 1));
    return createHash('sha256')
      .update(JSON.stringify([this.#code, digest, limits, problem, point]))
      .digest('hex');
  }
}

function digestOf(key: string, answer: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([key, answer]))
    .digest('hex');
}

/** @returns the key of an entry, or null of one that is not as it was written */
function keyOf(line: string): string | null {
  try {
    const { key, sha256, answer } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    return typeof key === 'string' && sha256 === digestOf(key, answer) ? key : null;
  } catch {
    return null;
  }
}
