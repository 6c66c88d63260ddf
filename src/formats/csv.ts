/**
 * A strict reader of CSV: every cell below the header is a number, read exactly, or the file is refused with the line and
 * the column. Nothing is guessed, skipped or filled in, because a data set is part of the statement that is proved.
 */
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import { defaultLimits, type Limits } from '../kernel/limits.js';
import { didYouMean } from './did-you-mean.js';
import { escaped, quoted } from './quoted.js';

/** A table of exact numbers. */
export interface CsvTable {
  readonly kind: 'table';
  /** the file's name, for messages */
  readonly file: string;
  readonly header: readonly string[];
  /** one list a data row, as long as the header */
  readonly rows: readonly (readonly Rational[])[];
}

/** The first thing that is wrong with a file. */
export interface CsvRefusal {
  readonly kind: 'refused';
  readonly code: CsvCode;
  /** counts from 1, the header's line included; null where the whole file is refused */
  readonly line: number | null;
  /** the column's name; in the header its number, from 1; null where the whole line is refused */
  readonly column: string | number | null;
  /** the whole line to show: `iris.csv: line 7, column "petal_width": expected a number, found "abc"` */
  readonly message: string;
}

/** What can be wrong with a table, one code a condition. */
export type CsvCode =
  | 'not-utf8'
  | 'control-character'
  | 'misplaced-quote'
  | 'unterminated-quote'
  | 'no-header'
  | 'other-separator'
  | 'empty-name'
  | 'duplicate-name'
  | 'no-rows'
  | 'ragged-row'
  | 'empty-cell'
  | 'not-a-number'
  | 'limit-bytes'
  | 'limit-numbers'
  | 'limit-digits'
  | 'limit-exponent'
  | 'limit-operations';

/** What a table may cost. */
export type CsvLimits = Pick<Limits, 'bytes' | 'digits' | 'numbers' | 'operations'>;

/** More than any float64 needs, and so little that 1e999999999 costs nothing. */
const largestExponent = 1_000;

/** What is wrong, and in which column of its line, counted from 0; null for the line or the file. */
interface Fault {
  readonly kind: 'fault';
  readonly code: CsvCode;
  readonly column: number | null;
  readonly what: string;
}

function fault(code: CsvCode, column: number | null, what: string): Fault {
  return { kind: 'fault', code, column, what };
}

/**
 * Reads a table of exact numbers.
 *
 * @param bytes  the file (untrusted): UTF-8, a BOM is dropped; commas, a header row, LF or CRLF, quotes as in RFC 4180
 *               except that a cell ends on its line, since neither a number nor a name has a line break inside
 * @param file   its name, for messages (untrusted)
 * @returns      the table, or the first thing that is wrong in the order of the file; never throws on account of the bytes
 * @see          proofs/format.md; RFC 4180
 */
export function parseCsv(bytes: Uint8Array, file: string, limits: CsvLimits = defaultLimits): CsvTable | CsvRefusal {
  const refuse = (line: number | null, { code, column, what }: Fault, header: readonly string[] = []): CsvRefusal => {
    const name = column === null ? null : (header[column] ?? column + 1);
    const place = line === null ? [] : [`line ${line}${name === null ? '' : `, column ${shownColumn(name)}`}`];
    return { kind: 'refused', code, line, column: name, message: [escaped(file, 200), ...place, what].join(': ') };
  };

  if (bytes.length > limits.bytes) {
    return refuse(null, fault('limit-bytes', null, `expected at most ${limits.bytes} bytes, found ${bytes.length}`));
  }
  const text = decodeUtf8(bytes);
  if (text === null) return refuse(firstUndecodableLine(bytes), fault('not-utf8', null, 'expected UTF-8 text'));

  const numbers = new NumberReader(limits);
  const rows: Rational[][] = [];
  let header: readonly string[] | null = null;
  let line = 0;
  for (let start = 0; start < text.length; ) {
    line++;
    const feed = text.indexOf('\n', start);
    const end = feed < 0 ? text.length : feed;
    // A carriage return belongs to the line's end only before a line feed; elsewhere it is a control character.
    const content = text.slice(start, feed > start && text[feed - 1] === '\r' ? feed - 1 : end);
    start = end + 1;

    const cells = splitLine(content, limits);
    if ('kind' in cells) return refuse(line, cells, header ?? []);
    if (header === null) {
      const wrong = checkHeader(cells, limits);
      if (wrong !== null) return refuse(line, wrong);
      header = cells;
      continue;
    }
    if (cells.length !== header.length) {
      const found = content === '' ? 'an empty line' : `${cells.length}`;
      const what = `expected ${header.length} ${header.length === 1 ? 'cell' : 'cells'}, found ${found}`;
      return refuse(line, fault('ragged-row', null, what));
    }
    if ((rows.length + 2) * header.length > limits.numbers) return refuse(line, tooManyCells(limits.numbers));
    const row: Rational[] = [];
    for (const cell of cells) {
      const number = numbers.read(cell, row.length);
      if ('kind' in number) return refuse(line, number, header);
      row.push(number);
    }
    rows.push(row);
  }
  if (header === null) return refuse(1, fault('no-header', null, 'expected a header row, found an empty file'));
  if (rows.length === 0) {
    return refuse(line + 1, fault('no-rows', null, 'expected a row of numbers, found the end of the file'));
  }
  return { kind: 'table', file, header, rows };
}

function shownColumn(column: string | number): string {
  return typeof column === 'number' ? `${column}` : quoted(column);
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The byte of a line feed is part of no other UTF-8 character, so the lines can be decoded one by one. */
function firstUndecodableLine(bytes: Uint8Array): number {
  for (let start = 0, line = 1; ; line++) {
    const feed = bytes.indexOf(0x0a, start);
    if (feed < 0 || decodeUtf8(bytes.subarray(start, feed)) === null) return line;
    start = feed + 1;
  }
}

const control = /\p{Cc}/u;

/** @returns the cells of a line without their quotes */
function splitLine(line: string, limits: CsvLimits): string[] | Fault {
  const cells = line.includes('"') ? splitQuoted(line, limits) : line.split(',', limits.numbers + 1);
  if ('kind' in cells) return cells;
  if (cells.length > limits.numbers) return tooManyCells(limits.numbers);
  const found = control.exec(line);
  if (found === null) return cells;
  const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  const column = cells.findIndex((cell) => control.test(cell));
  return fault('control-character', column, `expected no control characters, found U+${code}`);
}

function splitQuoted(line: string, limits: CsvLimits): string[] | Fault {
  const cells: string[] = [];
  for (let at = 0; at <= line.length && cells.length <= limits.numbers; ) {
    const column = cells.length;
    const misplaced = (cell: string) =>
      fault('misplaced-quote', column, `expected quotes only around a whole cell, found ${quoted(cell)}`);
    if (line[at] === '"') {
      let end = line.indexOf('"', at + 1);
      while (end >= 0 && line[end + 1] === '"') end = line.indexOf('"', end + 2);
      if (end < 0) {
        const what = `expected the quoted cell to end on its line, found ${quoted(line.slice(at))}`;
        return fault('unterminated-quote', column, what);
      }
      if (end + 1 < line.length && line[end + 1] !== ',') return misplaced(line.slice(at));
      if (end - at > longestCell(limits)) {
        const what = `expected a cell of at most ${longestCell(limits)} characters, found more`;
        return fault('limit-digits', column, what);
      }
      cells.push(line.slice(at + 1, end).replaceAll('""', '"'));
      at = end + 2;
    } else {
      const comma = line.indexOf(',', at);
      const cell = line.slice(at, comma < 0 ? line.length : comma);
      if (cell.includes('"')) return misplaced(cell);
      cells.push(cell);
      at += cell.length + 1;
    }
  }
  return cells;
}

/** Beside its digits a number needs a few characters; this keeps regular expressions and replacements off endless text. */
function longestCell(limits: CsvLimits): number {
  return limits.digits + 100;
}

function tooManyCells(atMost: number): Fault {
  return fault('limit-numbers', null, `expected at most ${atMost} cells, found more`);
}

function checkHeader(names: readonly string[], limits: CsvLimits): Fault | null {
  // A file without a header would otherwise silently lose its first sample.
  const numbers = new NumberReader(limits);
  if (names.every((name, column) => !('kind' in numbers.read(name, column)))) {
    return fault('no-header', null, 'expected a header row of column names, found only numbers');
  }
  if (names.length === 1 && names[0]?.includes(';')) {
    return fault('other-separator', null, 'expected commas between the columns, found semicolons');
  }
  const columns = new Map<string, number>();
  for (const [column, name] of names.entries()) {
    if (name.trim() === '') return fault('empty-name', column, `expected a column name, found ${shownCell(name)}`);
    const first = columns.get(name);
    if (first !== undefined) {
      const what = `expected a name of its own, found ${quoted(name)}, the name of column ${first + 1}`;
      return fault('duplicate-name', column, what);
    }
    columns.set(name, column);
  }
  return null;
}

function shownCell(cell: string): string {
  return cell === '' ? 'an empty cell' : quoted(cell);
}

const decimal = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?)0*([0-9]+))?$/;
const fraction = /^(-?(?:0|[1-9][0-9]*))\/([1-9][0-9]*)$/;

/** Reads cells; data sets repeat their values, so each is read once. */
class NumberReader {
  readonly #known = new Map<string, Rational>();
  #operations = 0;

  constructor(readonly limits: CsvLimits) {}

  read(cell: string, column: number): Rational | Fault {
    const known = this.#known.get(cell);
    if (known !== undefined) return known;
    const number = this.#parse(cell, column);
    if (!('kind' in number)) this.#known.set(cell, number);
    return number;
  }

  #parse(cell: string, column: number): Rational | Fault {
    if (cell.length > longestCell(this.limits)) return this.#tooManyDigits(column);
    const match = decimal.exec(cell);
    const ratio = match === null ? fraction.exec(cell) : null;
    if (ratio !== null) {
      const [, num = '', den = ''] = ratio;
      return this.#bounded(num.length + den.length, column) ?? rational(BigInt(num), BigInt(den));
    }
    // formats.md 1: "-0" is no quantity.
    if (match === null || cell === '-0') {
      if (cell === '') return fault('empty-cell', column, 'expected a number, found an empty cell');
      return fault('not-a-number', column, `expected a number, found ${quoted(cell)}`);
    }
    const [, sign = '', whole = '', places = '', exponentSign = '', exponentDigits = '0'] = match;
    if (exponentDigits.length > 4 || Number(exponentDigits) > largestExponent) {
      const what = `expected an exponent of at most ${largestExponent}, found ${quoted(cell)}`;
      return fault('limit-exponent', column, what);
    }
    const exponent = Number(`${exponentSign}${exponentDigits}`);
    const tooLarge = this.#bounded(whole.length + places.length + Math.abs(exponent), column);
    if (tooLarge !== null) return tooLarge;
    const digits = BigInt(`${whole}${places}`);
    const numerator = sign === '-' ? -digits : digits;
    const power = exponent - places.length;
    return power < 0 ? rational(numerator, 10n ** BigInt(-power)) : rational(numerator * 10n ** BigInt(power));
  }

  /** Bringing n digits to lowest terms costs about n² operations. */
  #bounded(digits: number, column: number): Fault | null {
    if (digits > this.limits.digits) return this.#tooManyDigits(column);
    this.#operations += digits * digits;
    if (this.#operations > this.limits.operations) {
      const what = `expected numbers that cost at most ${this.limits.operations} operations to reduce, found more`;
      return fault('limit-operations', column, what);
    }
    return null;
  }

  #tooManyDigits(column: number): Fault {
    return fault('limit-digits', column, `expected a number of at most ${this.limits.digits} digits, found more`);
  }
}

/** What a problem or a command says about the columns; names are the header's. */
export interface Columns {
  readonly inputs?: readonly string[] | undefined;
  readonly targets?: readonly string[] | undefined;
  readonly weights?: string | undefined;
}

/** Exact data: row i of inputs and row i of targets are sample i. */
export interface Samples {
  readonly kind: 'samples';
  readonly inputs: readonly (readonly Rational[])[];
  readonly targets: readonly (readonly Rational[])[];
  readonly weights: readonly Rational[] | null;
}

/** Why columns are not cut into samples. */
export interface ColumnsRefusal {
  readonly kind: 'refused';
  readonly code: 'unknown-column' | 'repeated-column' | 'no-inputs' | 'no-targets';
  /** the place in Columns, such as `.inputs[1]` */
  readonly path: string;
  /** `iris.csv has no column "petal_widht"; did you mean "petal_width"?` */
  readonly message: string;
}

/**
 * Cuts a table into samples. Where nothing is said, the last column that is not the weight is the target and the rest are
 * inputs. A column may be an input and a target only if both lists name it, as an autoencoder's do.
 */
export function selectColumns(table: CsvTable, columns: Columns = {}): Samples | ColumnsRefusal {
  const { header } = table;
  const refuse = (code: ColumnsRefusal['code'], path: string, what: string): ColumnsRefusal => {
    return { kind: 'refused', code, path, message: `${escaped(table.file, 200)} ${what}` };
  };
  const place = new Map(header.map((name, index) => [name, index]));
  const named = [
    ...(columns.inputs ?? []).map((name, i) => [`.inputs[${i}]`, name] as const),
    ...(columns.targets ?? []).map((name, i) => [`.targets[${i}]`, name] as const),
    ...(columns.weights === undefined ? [] : [['.weights', columns.weights] as const]),
  ];
  for (const [path, name] of named) {
    if (place.has(name)) continue;
    const meant = didYouMean(name, header);
    const hint = meant === null ? `; its columns are ${listed(header)}` : `; did you mean ${quoted(meant)}?`;
    return refuse('unknown-column', path, `has no column ${quoted(name)}${hint}`);
  }
  for (const key of ['inputs', 'targets'] as const) {
    const seen = new Set<string>();
    for (const [i, name] of (columns[key] ?? []).entries()) {
      if (seen.has(name)) return refuse('repeated-column', `.${key}[${i}]`, `has only one column ${quoted(name)}`);
      seen.add(name);
    }
  }

  const rest = header.filter((name) => name !== columns.weights);
  const targets = columns.targets ?? without(rest.slice(-1), columns.inputs ?? []);
  const inputs = columns.inputs ?? without(rest, targets);
  if (targets.length === 0)
    return refuse('no-targets', '.targets', 'has no column left for the targets: name at least one');
  if (inputs.length === 0)
    return refuse('no-inputs', '.inputs', 'has no column left for the inputs: name at least one');

  const pick = (names: readonly string[]): Rational[][] => {
    const indices = names.map((name) => place.get(name) as number);
    return table.rows.map((row) => indices.map((index) => row[index] as Rational));
  };
  const weights = columns.weights === undefined ? null : pick([columns.weights]).flat();
  return { kind: 'samples', inputs: pick(inputs), targets: pick(targets), weights };
}

function without(names: readonly string[], taken: readonly string[]): string[] {
  const set = new Set(taken);
  return names.filter((name) => !set.has(name));
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map(quoted).join(', ');
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}
