/**
 * Puts the samples of a CSV file into the problem that refers to it. The kernel reads no files: a certificate contains its
 * data, and this is where they come from.
 */
import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { formatRational, type Rational } from '../kernel/arithmetic/rational.js';
import { defaultLimits } from '../kernel/limits.js';
import { type Columns, type ColumnsRefusal, type CsvCode, type CsvLimits, parseCsv, selectColumns } from './csv.js';
import { didYouMean } from './did-you-mean.js';
import { escaped, quoted } from './quoted.js';

export interface ResolvedProblem {
  readonly kind: 'resolved';
  /** the problem with its samples inline; the very object that was given where it refers to no file */
  readonly problem: unknown;
}

export interface FileReferenceRefusal {
  readonly kind: 'refused';
  readonly code: FileReferenceCode | CsvCode | ColumnsRefusal['code'];
  /** the place in the problem, such as `$.data.sha256` */
  readonly path: string;
  /** the path, a colon and what was found */
  readonly message: string;
}

export type FileReferenceCode =
  | 'wrong-type'
  | 'unknown-key'
  | 'malformed-digest'
  | 'different-digest'
  | 'outside-folder'
  | 'unreadable-file';

interface Reference {
  readonly kind: 'reference';
  readonly file: string;
  readonly sha256: string;
  readonly columns: Columns;
}

/**
 * Replaces `{"type":"samples","file":…}` by the samples themselves, as quantities in lowest terms.
 *
 * @param problem  a problem as JSON.parse gives it (untrusted)
 * @param folder   the folder of the problem's file: the reference may not leave it, by name or by symbolic link
 * @returns        the problem to go on with, or the first thing that is wrong; never throws on account of the problem
 */
export function resolveFileReference(
  problem: unknown,
  folder: string,
  limits: CsvLimits = defaultLimits,
): ResolvedProblem | FileReferenceRefusal {
  if (!isRecord(problem)) return { kind: 'resolved', problem };
  const { data: given } = problem;
  if (!isRecord(given) || !Object.hasOwn(given, 'file')) return { kind: 'resolved', problem };
  const reference = readReference(given);
  if (reference.kind === 'refused') return reference;
  const bytes = readInside(folder, reference.file, limits.bytes);
  if ('kind' in bytes) return bytes;
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (digest !== reference.sha256.toLowerCase()) {
    const what = `expected ${digest}, the digest of ${escaped(reference.file, 200)}, found ${reference.sha256}`;
    return refuse('different-digest', '$.data.sha256', what);
  }
  const table = parseCsv(bytes, reference.file, limits);
  if (table.kind === 'refused') return refuse(table.code, '$.data.file', table.message);
  const samples = selectColumns(table, reference.columns);
  if (samples.kind === 'refused') return refuse(samples.code, `$.data.columns${samples.path}`, samples.message);

  const rows = (matrix: readonly (readonly Rational[])[]) => matrix.map((row) => row.map(formatRational));
  const data = {
    type: 'samples',
    inputs: rows(samples.inputs),
    targets: rows(samples.targets),
    ...(samples.weights === null ? {} : { weights: samples.weights.map(formatRational) }),
  };
  return { kind: 'resolved', problem: { ...problem, data } };
}

function refuse(code: FileReferenceRefusal['code'], path: string, what: string): FileReferenceRefusal {
  return { kind: 'refused', code, path, message: `${path}: ${what}` };
}

type JsonRecord = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns the value as a message shows it: a text between quotes, anything else by its type */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return 'a list';
  return isRecord(value) ? 'an object' : String(value);
}

/** @returns a refusal of the first key that is not one of these */
function unknownKey(record: JsonRecord, known: readonly string[], path: string): FileReferenceRefusal | null {
  const key = Object.keys(record).find((name) => !known.includes(name));
  if (key === undefined) return null;
  const place = /^[A-Za-z_][A-Za-z0-9_]{0,39}$/.test(key) ? `.${key}` : `[${quoted(key)}]`;
  const meant = didYouMean(key, known);
  const hint = meant === null ? `only ${known.join(', ')}` : `did you mean ${quoted(meant)}?`;
  return refuse('unknown-key', `${path}${place}`, `the format has no such key here; ${hint}`);
}

function readReference(data: JsonRecord): Reference | FileReferenceRefusal {
  const { type, file, sha256, columns: said } = data;
  if (type !== 'samples') {
    return refuse(
      'wrong-type',
      '$.data.type',
      `expected "samples", as only samples come from a file, found ${shown(type)}`,
    );
  }
  const unknown = unknownKey(data, ['type', 'file', 'sha256', 'columns'], '$.data');
  if (unknown !== null) return unknown;
  if (typeof file !== 'string' || file === '') {
    return refuse('wrong-type', '$.data.file', `expected the name of a CSV file, found ${shown(file)}`);
  }
  if (typeof sha256 !== 'string' || !/^[0-9a-fA-F]{64}$/.test(sha256)) {
    const what = `expected the SHA-256 of the file, 64 hex digits, found ${shown(sha256)}`;
    return refuse('malformed-digest', '$.data.sha256', what);
  }
  const columns = said === undefined ? ({ kind: 'columns' } as const) : readColumns(said);
  return columns.kind === 'refused' ? columns : { kind: 'reference', file, sha256, columns };
}

function readColumns(value: unknown): (Columns & { readonly kind: 'columns' }) | FileReferenceRefusal {
  const path = '$.data.columns';
  if (!isRecord(value)) return refuse('wrong-type', path, `expected an object, found ${shown(value)}`);
  const unknown = unknownKey(value, ['inputs', 'targets', 'weights'], path);
  if (unknown !== null) return unknown;
  for (const key of ['inputs', 'targets'] as const) {
    const names = value[key];
    if (names === undefined) continue;
    if (!Array.isArray(names)) {
      return refuse('wrong-type', `${path}.${key}`, `expected a list of column names, found ${shown(names)}`);
    }
    const bad = names.findIndex((name) => typeof name !== 'string');
    if (bad >= 0) {
      return refuse('wrong-type', `${path}.${key}[${bad}]`, `expected a column name, found ${shown(names[bad])}`);
    }
  }
  const { inputs, targets, weights } = value as { inputs?: string[]; targets?: string[]; weights?: unknown };
  if (weights !== undefined && typeof weights !== 'string') {
    return refuse('wrong-type', `${path}.weights`, `expected a column name, found ${shown(weights)}`);
  }
  return { kind: 'columns', inputs, targets, weights };
}

/** Reads a file whose real path, all symbolic links followed, lies inside the folder. */
function readInside(folder: string, file: string, atMost: number): Uint8Array | FileReferenceRefusal {
  const path = '$.data.file';
  const name = quoted(file);
  const segments = file.split('/');
  if (/^[A-Za-z]:/.test(file) || file.includes('\\') || isAbsolute(file) || segments.includes('..')) {
    const what = `expected a name inside the problem's folder, with / between folders and without .., found ${name}`;
    return refuse('outside-folder', path, what);
  }
  if (file.includes('\0')) return refuse('unreadable-file', path, `expected the name of a file, found ${name}`);
  try {
    const root = realpathSync(folder);
    const real = realpathSync(join(root, file));
    const [first] = relative(root, real).split(sep);
    if (first === '..' || isAbsolute(relative(root, real))) {
      return refuse(
        'outside-folder',
        path,
        `expected a file inside the problem's folder, found a link out of it: ${name}`,
      );
    }
    // A device or a pipe may never end.
    const stat = statSync(real);
    if (!stat.isFile()) return refuse('unreadable-file', path, `expected a file, found something else: ${name}`);
    if (stat.size > atMost) {
      return refuse('limit-bytes', path, `expected at most ${atMost} bytes, found ${stat.size}: ${name}`);
    }
    return readFileSync(real);
  } catch (error) {
    return refuse('unreadable-file', path, `cannot read ${name}: ${systemCode(error)}`);
  }
}

function systemCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'no such file',
    EACCES: 'permission denied',
    ENOTDIR: 'not a folder',
    ELOOP: 'links in a circle',
    ENAMETOOLONG: 'the name is too long',
  };
  return known[code] ?? code;
}
