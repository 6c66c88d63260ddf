/** Problem and point files, read by the kernel's own code; a reference to a data file is replaced by the data first. */
import { dirname } from 'node:path';
import { resolveFileReference } from '../formats/file-reference.js';
import { type Read, readAnyPoint, readProblem } from '../kernel/check.js';
import { type Json, type JsonNumber, type JsonObject, readJson } from '../kernel/json.js';
import { defaultLimits, type Limits } from '../kernel/limits.js';
import type { AnyPoint, Problem } from '../kernel/statement.js';
import { reasonInWords } from '../report/reason-in-words.js';
import type { Reason } from './answer.js';
import { Failure } from './failure.js';
import { needText, shownPath } from './read.js';

type PartialLimits = Partial<Limits>;

/** What was read, or why this version cannot say anything about it; malformed files end the command. */
export type Given<V> =
  | { readonly kind: 'given'; readonly value: V }
  | { readonly kind: 'declined'; readonly reason: Reason };

/** @throws Failure where the file cannot be read or is malformed */
export function readProblemFile(path: string, some: PartialLimits = {}): Given<Problem> {
  const limits = { ...defaultLimits, ...some };
  const text = needText(path, limits.bytes);
  const read = readProblem(text, { limits });
  // The kernel has read the whole text by then, so what follows meets no malformed JSON and no duplicate key.
  const refersToFile = read.kind === 'rejected' && read.reason.code === 'file-reference';
  return given(path, refersToFile ? readProblem(withData(path, readJson(text, limits), limits), { limits }) : read);
}

/** @throws Failure where the file cannot be read or is malformed */
export function readPointFile(path: string, problem: Problem, some: PartialLimits = {}): Given<AnyPoint> {
  const limits = { ...defaultLimits, ...some };
  return given(path, readAnyPoint(needText(path, limits.bytes), problem, { limits }));
}

/** @throws Failure where what was read is malformed */
export function given<V>(file: string, read: Read<V>): Given<V> {
  if (read.kind === 'read') return { kind: 'given', value: read.value };
  const { path, reason } = read;
  const message = reasonInWords(reason);
  if (read.kind === 'declined') return { kind: 'declined', reason: { code: reason.code, path, message } };
  throw new Failure(`${shownPath(file)}: ${path}: ${message}`);
}

function withData(path: string, problem: Json, limits: Limits): string {
  const fields = problem as JsonObject;
  const resolved = resolveFileReference({ data: plain(fields.get('data') as Json) }, dirname(path), limits);
  if (resolved.kind === 'refused') throw new Failure(`${shownPath(path)}: ${resolved.message}`);
  const { data } = resolved.problem as { readonly data: object };
  const entries = [...fields].map(([key, value]) => {
    return `${JSON.stringify(key)}:${key === 'data' ? JSON.stringify(data) : jsonText(value)}`;
  });
  return `{${entries.join(',')}}`;
}

/** Numbers become what JSON.parse would make of them: the reader of references wants none anyway. */
function plain(json: Json): unknown {
  if (json instanceof Map) return Object.fromEntries([...json].map(([key, value]) => [key, plain(value)]));
  if (Array.isArray(json)) return json.map(plain);
  return isNumber(json) ? Number(json.number) : json;
}

/** The same value again, with every number as it was written. */
function jsonText(json: Json): string {
  if (json instanceof Map) {
    return `{${[...json].map(([key, value]) => `${JSON.stringify(key)}:${jsonText(value)}`).join(',')}}`;
  }
  if (Array.isArray(json)) return `[${json.map(jsonText).join(',')}]`;
  return isNumber(json) ? json.number : JSON.stringify(json);
}

function isNumber(json: Json): json is JsonNumber {
  return typeof json === 'object' && json !== null && 'number' in json;
}

/** @returns the value, or ends the command: nothing can be said about it in this version */
export function need<V>(file: string, given: Given<V>): V {
  if (given.kind === 'given') return given.value;
  const { code, path, message } = given.reason;
  throw new Failure(`${shownPath(file)}: ${path}: ${message} [${code}]`, 'undecided');
}

/** Both files, for commands that look at a point of a problem. */
export function needProblemAndPoint(problemFile: string, pointFile: string): { problem: Problem; point: AnyPoint } {
  const problem = need(problemFile, readProblemFile(problemFile));
  return { problem, point: need(pointFile, readPointFile(pointFile, problem)) };
}
