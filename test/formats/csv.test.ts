import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvTable, parseCsv, selectColumns } from '../../src/formats/csv.js';
import { add, formatRational, rational, zero } from '../../src/kernel/arithmetic/rational.js';
import { defaultLimits } from '../../src/kernel/limits.js';

const utf8 = (text: string) => new TextEncoder().encode(text);

function read(text: string | Uint8Array, limits = {}) {
  return parseCsv(typeof text === 'string' ? utf8(text) : text, 'a.csv', { ...defaultLimits, ...limits });
}

function table(text: string): CsvTable {
  const answer = read(text);
  if (answer.kind === 'refused') throw new Error(answer.message);
  return answer;
}

const shown = (rows: CsvTable['rows']) => rows.map((row) => row.map(formatRational).join(' ')).join(' | ');

test.each([
  ['a,b\n1,2\n', '1 2', 'LF'],
  ['a,b\r\n1,2\r\n3,4\r\n', '1 2 | 3 4', 'CRLF'],
  ['a,b\r\n1,2\n3,4', '1 2 | 3 4', 'mixed, and no line end at the end'],
  ['\ufeffa,b\n1,2\n', '1 2', 'a BOM'],
  ['"a","b"\n"1",2\n', '1 2', 'quotes around a name and a number'],
  ['a\n7\n', '7', 'one column'],
  ['1,b\n5,6\n', '5 6', 'a header with one name that is a number'],
])('the text %j holds %s: %s', (text, expected) => {
  const answer = table(text);
  expect(shown(answer.rows)).toBe(expected);
  expect(answer.header[0]).toBe(text.includes('1,b') ? '1' : 'a');
});

test('names keep their commas, quotes and letters', () => {
  expect(table('"a,b","say ""x""",größe (cm), d\n1,2,3,4\n').header).toEqual(['a,b', 'say "x"', 'größe (cm)', ' d']);
});

test.each([
  ['0', '0'],
  ['-7', '-7'],
  ['0.1', '1/10'],
  ['5.10', '51/10'],
  ['-0.0', '0'],
  ['2/4', '1/2'],
  ['-7/2', '-7/2'],
  ['1.510000000000000000e+02', '151'],
  ['1E3', '1000'],
  ['-2.5e-3', '-1/400'],
  ['1e0005', '100000'],
  ['0e-7', '0'],
  ['-0e+00', '0'],
  ['0.1000000000000000055511151231257827021181583404541015625', '3602879701896397/36028797018963968'],
  ['5e-324', `1/2${'0'.repeat(323)}`],
  ['1e1000', `1${'0'.repeat(1000)}`],
])('the cell %s is exactly %s', (cell, expected) => {
  expect(shown(table(`a\n${cell}\n`).rows)).toBe(expected);
});

test.each([
  'abc',
  '+5',
  ' 5',
  '5 ',
  '0x10',
  'NaN',
  'nan',
  'Infinity',
  '-inf',
  '.5',
  '5.',
  '05',
  '-0',
  '00',
  '--1',
  '1e',
  '1e1.5',
  '1/0',
  '1/-2',
  '1/02',
  '1.5/2',
  '1/2e3',
  '-',
  '1 000',
  '1_000',
  '1;2',
  '5%',
  '٣',
  '−1',
  'TRUE',
  'null',
  '1n',
  '5/',
])('the cell %j is no number', (cell) => {
  expect(read(`a,b\n1,2\n3,${cell}\n`)).toEqual({
    kind: 'refused',
    code: 'not-a-number',
    line: 3,
    column: 'b',
    message: `a.csv: line 3, column "b": expected a number, found "${cell}"`,
  });
});

const digits = (n: number) => '7'.repeat(n);

test.each<[string, string | Uint8Array, string, string]>([
  ['an empty file', '', 'no-header', 'a.csv: line 1: expected a header row, found an empty file'],
  ['a BOM alone', '\ufeff', 'no-header', 'a.csv: line 1: expected a header row, found an empty file'],
  ['no header', '1,2\n3,4\n', 'no-header', 'a.csv: line 1: expected a header row of column names, found only numbers'],
  ['an empty header', '\n1\n', 'empty-name', 'a.csv: line 1, column 1: expected a column name, found an empty cell'],
  [
    'a name missing',
    'a,,c\n1,2,3\n',
    'empty-name',
    'a.csv: line 1, column 2: expected a column name, found an empty cell',
  ],
  [
    'a comma too many',
    'a,b,\n1,2\n',
    'empty-name',
    'a.csv: line 1, column 3: expected a column name, found an empty cell',
  ],
  ['a blank name', 'a, \n1,2\n', 'empty-name', 'a.csv: line 1, column 2: expected a column name, found " "'],
  [
    'a name twice',
    'a,b,a\n1,2,3\n',
    'duplicate-name',
    'a.csv: line 1, column 3: expected a name of its own, found "a", the name of column 1',
  ],
  ['a header alone', 'a,b\n', 'no-rows', 'a.csv: line 2: expected a row of numbers, found the end of the file'],
  [
    'a header without its line end',
    'a,b',
    'no-rows',
    'a.csv: line 2: expected a row of numbers, found the end of the file',
  ],
  ['a short row', 'a,b\n1,2\n3\n', 'ragged-row', 'a.csv: line 3: expected 2 cells, found 1'],
  ['a long row', 'a,b\n1,2,3\n', 'ragged-row', 'a.csv: line 2: expected 2 cells, found 3'],
  [
    'a semicolon table',
    'a;b\n1,5;2\n',
    'other-separator',
    'a.csv: line 1: expected commas between the columns, found semicolons',
  ],
  ['an empty line inside', 'a,b\n1,2\n\n3,4\n', 'ragged-row', 'a.csv: line 3: expected 2 cells, found an empty line'],
  ['an empty line at the end', 'a,b\n1,2\n\n', 'ragged-row', 'a.csv: line 3: expected 2 cells, found an empty line'],
  ['an empty cell', 'a,b\n1,\n', 'empty-cell', 'a.csv: line 2, column "b": expected a number, found an empty cell'],
  [
    'an empty cell in quotes',
    'a,b\n"",2\n',
    'empty-cell',
    'a.csv: line 2, column "a": expected a number, found an empty cell',
  ],
  [
    'an empty line under one column',
    'a\n1\n\n',
    'empty-cell',
    'a.csv: line 3, column "a": expected a number, found an empty cell',
  ],
  [
    'a quote without end',
    'a,b\n1,"2\n3,4\n',
    'unterminated-quote',
    'a.csv: line 2, column "b": expected the quoted cell to end on its line, found "\\"2"',
  ],
  [
    'a line break in quotes',
    '"a\nb",c\n1,2\n',
    'unterminated-quote',
    'a.csv: line 1, column 1: expected the quoted cell to end on its line, found "\\"a"',
  ],
  [
    'an escaped quote at the end',
    'a\n"1""\n',
    'unterminated-quote',
    'a.csv: line 2, column "a": expected the quoted cell to end on its line, found "\\"1\\"\\""',
  ],
  [
    'a quote inside',
    'a,b\n1,2"3\n',
    'misplaced-quote',
    'a.csv: line 2, column "b": expected quotes only around a whole cell, found "2\\"3"',
  ],
  [
    'text after a quote',
    'a,b\n"1"2,3\n',
    'misplaced-quote',
    'a.csv: line 2, column "a": expected quotes only around a whole cell, found "\\"1\\"2,3"',
  ],
  [
    'a NUL',
    'a,b\n1,2\0\n',
    'control-character',
    'a.csv: line 2, column "b": expected no control characters, found U+0000',
  ],
  [
    'a tab table',
    'a\tb\n1\t2\n',
    'control-character',
    'a.csv: line 1, column 1: expected no control characters, found U+0009',
  ],
  [
    'CR alone',
    'a,b\r1,2\r',
    'control-character',
    'a.csv: line 1, column 2: expected no control characters, found U+000D',
  ],
  [
    'CR at the end',
    'a,b\n1,2\r',
    'control-character',
    'a.csv: line 2, column "b": expected no control characters, found U+000D',
  ],
  [
    'an escape sequence',
    'a,\u001b[31m\n1,2\n',
    'control-character',
    'a.csv: line 1, column 2: expected no control characters, found U+001B',
  ],
  [
    'a C1 character',
    'a,b\n1,\u009b2\n',
    'control-character',
    'a.csv: line 2, column "b": expected no control characters, found U+009B',
  ],
  ['Latin-1', Uint8Array.of(0x61, 0x0a, 0x31, 0x0a, 0xe4, 0x0a), 'not-utf8', 'a.csv: line 3: expected UTF-8 text'],
  ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x61, 0, 0x0a, 0, 0x31, 0), 'not-utf8', 'a.csv: line 1: expected UTF-8 text'],
  ['an overlong NUL', Uint8Array.of(0x61, 0x0a, 0xc0, 0x80), 'not-utf8', 'a.csv: line 2: expected UTF-8 text'],
  ['a surrogate', Uint8Array.of(0x61, 0x0a, 0xed, 0xa0, 0x80), 'not-utf8', 'a.csv: line 2: expected UTF-8 text'],
  ['a cut character', Uint8Array.of(0x61, 0x0a, 0xe2, 0x82), 'not-utf8', 'a.csv: line 2: expected UTF-8 text'],
  [
    'an exponent of 1001',
    'a\n1e1001\n',
    'limit-exponent',
    'a.csv: line 2, column "a": expected an exponent of at most 1000, found "1e1001"',
  ],
  [
    'a huge exponent',
    'a\n1e999999999\n',
    'limit-exponent',
    'a.csv: line 2, column "a": expected an exponent of at most 1000, found "1e999999999"',
  ],
  [
    'a tiny number',
    'a\n1e-999999999\n',
    'limit-exponent',
    'a.csv: line 2, column "a": expected an exponent of at most 1000, found "1e-999999999"',
  ],
  [
    '100,001 digits',
    `a\n${digits(100_001)}\n`,
    'limit-digits',
    'a.csv: line 2, column "a": expected a number of at most 100000 digits, found more',
  ],
  [
    '10⁶ digits',
    `a\n0.${digits(1_000_000)}\n`,
    'limit-digits',
    'a.csv: line 2, column "a": expected a number of at most 100000 digits, found more',
  ],
  [
    '100,000 digits and an exponent',
    `a\n${digits(99_500)}e999\n`,
    'limit-digits',
    'a.csv: line 2, column "a": expected a number of at most 100000 digits, found more',
  ],
  [
    'a long fraction',
    `a\n${digits(60_000)}/${digits(60_000)}\n`,
    'limit-digits',
    'a.csv: line 2, column "a": expected a number of at most 100000 digits, found more',
  ],
])('%s is refused', (_, text, code, message) => {
  expect(read(text)).toMatchObject({ kind: 'refused', code, message });
});

test.each([
  ['bytes', { bytes: 5 }, 'a,b\n1,2\n', 'a.csv: expected at most 5 bytes, found 8'],
  ['numbers', { numbers: 4 }, 'a,b\n1,2\n3,4\n', 'a.csv: line 3: expected at most 4 cells, found more'],
  ['numbers', { numbers: 2 }, 'a,b,c\n', 'a.csv: line 1: expected at most 2 cells, found more'],
  ['numbers', { numbers: 2 }, '"a",b,c\n', 'a.csv: line 1: expected at most 2 cells, found more'],
  [
    'digits',
    { digits: 3 },
    'a\n1.234\n',
    'a.csv: line 2, column "a": expected a number of at most 3 digits, found more',
  ],
  [
    'digits',
    { digits: 3 },
    `"a${'""'.repeat(60)}"\n1\n`,
    'a.csv: line 1, column 1: expected a cell of at most 103 characters, found more',
  ],
  [
    'operations',
    { operations: 20 },
    'a\n123\n456\n789\n',
    'a.csv: line 4, column "a": expected numbers that cost at most 20 operations to reduce, found more',
  ],
])('the limit of %s %o refuses %j', (name, limits, text, message) => {
  expect(read(text, limits)).toMatchObject({ kind: 'refused', code: `limit-${name}`, message });
});

test('a number that stands twice is paid for once', () => {
  expect(read('a\n123\n123\n123\n', { operations: 10 }).kind).toBe('table');
});

test('what the file says is escaped and cut where it is shown', () => {
  const name = '\u202ea"\\b';
  const answer = parseCsv(utf8(`"${name.replace('"', '""')}"\n${'x\u200b'.repeat(30)}\n`), 'b\u001b[2J.csv');
  expect(answer).toMatchObject({
    column: name,
    message: `b\\u{1b}[2J.csv: line 2, column "\\u{202e}a\\"\\\\b": expected a number, found "${'x\\u{200b}'.repeat(20)}…"`,
  });
});

test('forty characters are shown whole, also where each has two units', () => {
  expect(read(`a\n${'😀'.repeat(40)}\n`)).toMatchObject({
    message: `a.csv: line 2, column "a": expected a number, found "${'😀'.repeat(40)}"`,
  });
  expect(read(`a\n${'😀'.repeat(41)}\n`)).toMatchObject({
    message: `a.csv: line 2, column "a": expected a number, found "${'😀'.repeat(40)}…"`,
  });
});

test('a decimal with an exponent is its digits times a power of ten', () => {
  const parts = fc.tuple(
    fc.boolean(),
    fc.bigInt(0n, 10n ** 30n),
    fc.stringMatching(/^[0-9]{1,20}$/),
    fc.integer({ min: -50, max: 50 }),
  );
  fc.assert(
    fc.property(parts, ([negative, whole, places, exponent]) => {
      const cell = `${negative ? '-' : ''}${whole}.${places}e${exponent}`;
      const power = exponent - places.length;
      const digits = BigInt(`${whole}${places}`) * (negative ? -1n : 1n);
      const value = power < 0 ? rational(digits, 10n ** BigInt(-power)) : rational(digits * 10n ** BigInt(power));
      expect(table(`a\n${cell}\n`).rows).toEqual([[value]]);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('no bytes make it throw', () => {
  const hostile = fc.array(
    fc.constantFrom(
      0x0a,
      0x0d,
      0x22,
      0x2c,
      0x2d,
      0x2e,
      0x2f,
      0x31,
      0x45,
      0x65,
      0x61,
      0xc3,
      0xbc,
      0xef,
      0xbb,
      0xbf,
      0x00,
    ),
  );
  fc.assert(
    fc.property(hostile, (bytes) => {
      const answer = read(Uint8Array.from(bytes));
      expect(['table', 'refused']).toContain(answer.kind);
      if (answer.kind === 'table') for (const row of answer.rows) expect(row.length).toBe(answer.header.length);
    }),
    { seed: 1, numRuns: 2000 },
  );
});

const data = new URL('../../certificates/data/', import.meta.url);
const sources = readFileSync(new URL('SOURCES.md', data), 'utf8');

describe.each([
  [
    'iris',
    150,
    4,
    ['5.1 3.5 1.4 0.2 0', '5.9 3.0 5.1 1.8 2'],
    '22287/10',
    ['1753/2', '2293/5', '5637/10', '1799/10', '150'],
  ],
  [
    'diabetes',
    442,
    10,
    ['59 2 32.1 101 157 93.2 38 4 4.8598 87 151', '36 1 19.6 71 250 133.2 97 3 4.5951 92 57'],
    '687294467199999999997/2000000000000000',
    [
      '21445',
      '649',
      '116581/10',
      '2091699/50',
      '83600',
      '510241/10',
      '44013/2',
      '35981/20',
      '4103007199999999997/2000000000000000',
      '40337',
      '67243',
    ],
  ],
  ['digits', 1797, 64, [], '569788', ['0', '546', '9353', '21269', '21291']],
  [
    'wine',
    178,
    13,
    [
      '14.23 1.71 2.43 15.6 127 2.8 3.06 0.28 2.29 5.64 1.04 3.92 1065 0',
      '14.13 4.1 2.74 24.5 96 2.05 0.76 0.56 1.35 9.2 0.61 1.6 560 2',
    ],
    '160142295999/1000000',
    ['231411/100'],
  ],
  ['composite-design', 11, 2, ['-1 -1 62.1', '0 0 64.8'], '3347/5', ['0', '0', '3347/5']],
])('%s.csv', (name, samples, inputs, firstAndLast, total, columnSums) => {
  const bytes = readFileSync(new URL(`${name}.csv`, data));
  const answer = parseCsv(bytes, `${name}.csv`);
  if (answer.kind === 'refused') throw new Error(answer.message);

  test('has the digest and shape that SOURCES.md gives', () => {
    const digest = createHash('sha256').update(bytes).digest('hex');
    expect(sources).toContain(`| ${name}.csv | ${samples} × ${inputs} + 1 | ${bytes.length} | \`${digest}\` |`);
    expect(answer.rows.length).toBe(samples);
    expect(answer.header.length).toBe(inputs + 1);
  });

  test('has the known first and last sample and the exact sums that Python’s fractions give', () => {
    const ends = [answer.rows[0] ?? [], answer.rows.at(-1) ?? []];
    for (const [i, line] of firstAndLast.entries()) {
      expect(ends[i]).toEqual(table(`${answer.header.map((_, j) => `c${j}`)}\n${line.replaceAll(' ', ',')}\n`).rows[0]);
    }
    expect(formatRational(answer.rows.flat().reduce(add, zero))).toBe(total);
    for (const [j, sum] of columnSums.entries()) {
      expect(formatRational(answer.rows.map((row) => row[j] ?? zero).reduce(add, zero))).toBe(sum);
    }
  });

  test('gives its last column as the target', () => {
    const split = selectColumns(answer);
    if (split.kind === 'refused') throw new Error(split.message);
    expect(split.inputs.map((row) => row.length)).toEqual(Array(samples).fill(inputs));
    expect(split.targets).toEqual(answer.rows.map((row) => row.slice(-1)));
    expect(split.weights).toBe(null);
  });
});

const abcw = 'a,b,c,w\n1,2,3,4\n5,6,7,8\n';

test.each([
  [{}, '1 2 3 | 5 6 7', '4 | 8', null],
  [{ inputs: ['b', 'a'] }, '2 1 | 6 5', '4 | 8', null],
  [{ targets: ['b'] }, '1 3 4 | 5 7 8', '2 | 6', null],
  [{ weights: 'w' }, '1 2 | 5 6', '3 | 7', '4 8'],
  [{ weights: 'a', targets: ['b', 'c'] }, '4 | 8', '2 3 | 6 7', '1 5'],
  [{ inputs: ['a'], targets: ['c'], weights: 'w' }, '1 | 5', '3 | 7', '4 8'],
  [{ inputs: ['a', 'b'], targets: ['a', 'b'] }, '1 2 | 5 6', '1 2 | 5 6', null],
])('the columns %j', (columns, inputs, targets, weights) => {
  const answer = selectColumns(table(abcw), columns);
  if (answer.kind === 'refused') throw new Error(answer.message);
  expect(shown(answer.inputs)).toBe(inputs);
  expect(shown(answer.targets)).toBe(targets);
  expect(answer.weights?.map(formatRational).join(' ') ?? null).toBe(weights);
});

const iris = 'sepal_length,sepal_width,petal_length,petal_width,species\n1,2,3,4,5\n';
const wide = `${Array.from({ length: 12 }, (_, i) => `x${i}`)}\n${Array(12).fill('1')}\n`;

test.each([
  [
    iris,
    { inputs: ['petal_length', 'petal_widht'] },
    'unknown-column',
    '.inputs[1]',
    'a.csv has no column "petal_widht"; did you mean "petal_width"?',
  ],
  [
    iris,
    { targets: ['Species'] },
    'unknown-column',
    '.targets[0]',
    'a.csv has no column "Species"; did you mean "species"?',
  ],
  [
    iris,
    { weights: ' species' },
    'unknown-column',
    '.weights',
    'a.csv has no column " species"; did you mean "species"?',
  ],
  [
    abcw,
    { inputs: ['count'] },
    'unknown-column',
    '.inputs[0]',
    'a.csv has no column "count"; its columns are "a", "b", "c", "w"',
  ],
  [
    wide,
    { inputs: ['count'] },
    'unknown-column',
    '.inputs[0]',
    'a.csv has no column "count"; its columns are "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9" and 2 more',
  ],
  [
    abcw,
    { inputs: [''] },
    'unknown-column',
    '.inputs[0]',
    'a.csv has no column ""; its columns are "a", "b", "c", "w"',
  ],
  [
    abcw,
    { inputs: ['toString'] },
    'unknown-column',
    '.inputs[0]',
    'a.csv has no column "toString"; its columns are "a", "b", "c", "w"',
  ],
  [abcw, { inputs: ['a', 'b', 'a'] }, 'repeated-column', '.inputs[2]', 'a.csv has only one column "a"'],
  [abcw, { targets: ['c', 'c'] }, 'repeated-column', '.targets[1]', 'a.csv has only one column "c"'],
  [
    abcw,
    { inputs: ['a', 'w'] },
    'no-targets',
    '.targets',
    'a.csv has no column left for the targets: name at least one',
  ],
  [abcw, { targets: [] }, 'no-targets', '.targets', 'a.csv has no column left for the targets: name at least one'],
  [abcw, { inputs: [] }, 'no-inputs', '.inputs', 'a.csv has no column left for the inputs: name at least one'],
  [
    abcw,
    { targets: ['a', 'b', 'c', 'w'] },
    'no-inputs',
    '.inputs',
    'a.csv has no column left for the inputs: name at least one',
  ],
  ['a\n1\n', {}, 'no-inputs', '.inputs', 'a.csv has no column left for the inputs: name at least one'],
  ['a\n1\n', { weights: 'a' }, 'no-targets', '.targets', 'a.csv has no column left for the targets: name at least one'],
])('of %j the columns %j are refused', (text, columns, code, path, message) => {
  expect(selectColumns(table(text), columns)).toEqual({ kind: 'refused', code, path, message });
});
