/** How far the check of one stream has come: what `verify --resume` writes, and goes on from (proofs/format.md 15.28). */
import { createHash } from 'node:crypto';
import { Failure } from './failure.js';
import { readText, shownPath } from './read.js';

/** Whoever goes on from a state believes it: proofs/trusted-base.md 7. */
export interface State {
  /** SHA-256 of the certificate's text */
  readonly certificate: string;
  /** SHA-256 of the program that checked */
  readonly kernel: string;
  /** so many lines of the stream were checked */
  readonly combinations: number;
  /** SHA-256 of these lines, each with a line feed */
  readonly lines: string;
}

const mostBytes = 1_000;
const head = { format: 'cairn-resume', version: 1 } as const;
const digests = ['certificate', 'kernel', 'lines'] as const;

export function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

export function writeState({ certificate, kernel, combinations, lines }: State): string {
  return `${JSON.stringify({ ...head, certificate, kernel, combinations, lines })}\n`;
}

/** @returns null where there is no such file; @throws Failure where it is no state: then it is somebody's file, and stays */
export function readState(path: string): State | null {
  const read = readText(path, mostBytes);
  if (read.kind === 'unreadable' && read.message === 'no such file or folder') return null;
  if (read.kind !== 'text') throw new Failure(`${shownPath(path)}: ${read.message}`);
  const state = parsed(read.text);
  // What is written again is the same only if nothing is missing, and nothing besides.
  if (state !== null && isState(state) && writeState(state) === read.text) return state;
  throw new Failure(
    `${shownPath(path)}: expected a state that cairn verify --resume has written, found something else`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isState(value: unknown): value is State {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  const { combinations } = fields;
  if (!Number.isSafeInteger(combinations) || (combinations as number) < 1) return false;
  return digests.every((key) => typeof fields[key] === 'string' && /^[0-9a-f]{64}$/.test(fields[key]));
}
