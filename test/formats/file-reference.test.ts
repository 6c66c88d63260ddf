import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { resolveFileReference } from '../../src/formats/file-reference.js';
import { defaultLimits } from '../../src/kernel/limits.js';

const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const top = mkdtempSync(join(tmpdir(), 'cairn-file-reference-'));
afterAll(() => rmSync(top, { recursive: true }));
const folder = join(top, 'problem');
const csv = 'a,b,w\n0.5,1/3,1\n-2,4/6,2e0\n';
const digest = sha256(csv);
mkdirSync(join(folder, 'data'), { recursive: true });
mkdirSync(join(folder, '..twins'));
mkdirSync(join(top, 'problem-2'));
for (const place of [
  'problem/a.csv',
  'problem/data/a.csv',
  'problem/..twins/a.csv',
  'outside.csv',
  'problem-2/a.csv',
]) {
  writeFileSync(join(top, place), csv);
}
writeFileSync(join(folder, 'bad.csv'), 'a,b\n1,x\n');
symlinkSync(join(folder, 'data', 'a.csv'), join(folder, 'inner.csv'));
symlinkSync(join(top, 'outside.csv'), join(folder, 'outer.csv'));
symlinkSync(join(top, 'problem-2', 'a.csv'), join(folder, 'neighbour.csv'));
symlinkSync(top, join(folder, 'up'));
symlinkSync('circle.csv', join(folder, 'circle.csv'));
symlinkSync('/dev/zero', join(folder, 'endless.csv'));
symlinkSync(folder, join(top, 'alias'));
execFileSync('mkfifo', [join(folder, 'pipe.csv')]);

const reference = (more: object) => ({
  loss: 1,
  data: { type: 'samples', file: 'a.csv', sha256: digest, ...more },
  network: 2,
});

const inline = {
  type: 'samples',
  inputs: [
    ['1/2', '1/3'],
    ['-2', '2/3'],
  ],
  targets: [['1'], ['2']],
};

test.each([
  ['beside the problem', {}, inline],
  ['in a folder', { file: 'data/a.csv' }, inline],
  ['with a dot', { file: './data/./a.csv' }, inline],
  ['in a folder whose name begins with two dots', { file: '..twins/a.csv' }, inline],
  ['behind a link that stays inside', { file: 'inner.csv' }, inline],
  ['with a digest in capitals', { sha256: digest.toUpperCase() }, inline],
  [
    'with a weight',
    { columns: { weights: 'w' } },
    { type: 'samples', inputs: [['1/2'], ['-2']], targets: [['1/3'], ['2/3']], weights: ['1', '2'] },
  ],
  [
    'with columns',
    { columns: { inputs: ['b'], targets: ['a'] } },
    { type: 'samples', inputs: [['1/3'], ['2/3']], targets: [['1/2'], ['-2']] },
  ],
])('a file %s is put into its problem', (_, more, data) => {
  const problem = reference(more);
  const before = JSON.stringify(problem);
  const answer = resolveFileReference(problem, folder);
  // toBe on the text, since the order of the keys is part of the answer
  expect(JSON.stringify(answer)).toBe(JSON.stringify({ kind: 'resolved', problem: { loss: 1, data, network: 2 } }));
  expect(JSON.stringify(problem)).toBe(before);
});

test('the problem’s own folder may be reached through a link', () => {
  expect(resolveFileReference(reference({}), join(top, 'alias')).kind).toBe('resolved');
});

test.each([
  [{ data: { type: 'samples', inputs: [['1']], targets: [['1']] } }],
  [{ data: { type: 'box', lower: ['0'] } }],
  [{ data: ['file'] }],
  [{ data: null }],
  [{ file: 'a.csv' }],
  [['data']],
  ['text'],
  [null],
])('%j refers to no file and stays what it is', (problem) => {
  const answer = resolveFileReference(problem, folder);
  expect(answer.kind === 'resolved' && answer.problem).toBe(problem);
});

const zeros = '0'.repeat(64);
const outside = "expected a name inside the problem's folder, with / between folders and without .., found";
const link = "expected a file inside the problem's folder, found a link out of it:";

test.each([
  [{ type: 'box' }, 'wrong-type', '$.data.type: expected "samples", as only samples come from a file, found "box"'],
  [
    { type: undefined },
    'wrong-type',
    '$.data.type: expected "samples", as only samples come from a file, found nothing',
  ],
  [{ file: 3 }, 'wrong-type', '$.data.file: expected the name of a CSV file, found 3'],
  [{ file: '' }, 'wrong-type', '$.data.file: expected the name of a CSV file, found ""'],
  [{ file: ['a.csv'] }, 'wrong-type', '$.data.file: expected the name of a CSV file, found a list'],
  [{ inputs: [] }, 'unknown-key', '$.data.inputs: the format has no such key here; only type, file, sha256, columns'],
  [{ column: {} }, 'unknown-key', '$.data.column: the format has no such key here; did you mean "columns"?'],
  [
    { 'a\u001bb': 1 },
    'unknown-key',
    '$.data["a\\u{1b}b"]: the format has no such key here; only type, file, sha256, columns',
  ],
  [
    { sha256: undefined },
    'malformed-digest',
    '$.data.sha256: expected the SHA-256 of the file, 64 hex digits, found nothing',
  ],
  [{ sha256: null }, 'malformed-digest', '$.data.sha256: expected the SHA-256 of the file, 64 hex digits, found null'],
  [
    { sha256: 'abc' },
    'malformed-digest',
    '$.data.sha256: expected the SHA-256 of the file, 64 hex digits, found "abc"',
  ],
  [
    { sha256: `${digest}\n` },
    'malformed-digest',
    `$.data.sha256: expected the SHA-256 of the file, 64 hex digits, found "${digest.slice(0, 40)}…"`,
  ],
  [{ sha256: zeros }, 'different-digest', `$.data.sha256: expected ${digest}, the digest of a.csv, found ${zeros}`],
  [{ file: '/etc/passwd' }, 'outside-folder', `$.data.file: ${outside} "/etc/passwd"`],
  [{ file: '../outside.csv' }, 'outside-folder', `$.data.file: ${outside} "../outside.csv"`],
  [{ file: 'data/../a.csv' }, 'outside-folder', `$.data.file: ${outside} "data/../a.csv"`],
  [{ file: '..' }, 'outside-folder', `$.data.file: ${outside} ".."`],
  [{ file: '..\\outside.csv' }, 'outside-folder', `$.data.file: ${outside} "..\\\\outside.csv"`],
  [{ file: 'C:a.csv' }, 'outside-folder', `$.data.file: ${outside} "C:a.csv"`],
  [{ file: 'outer.csv' }, 'outside-folder', `$.data.file: ${link} "outer.csv"`],
  [{ file: 'neighbour.csv' }, 'outside-folder', `$.data.file: ${link} "neighbour.csv"`],
  [{ file: 'up/outside.csv' }, 'outside-folder', `$.data.file: ${link} "up/outside.csv"`],
  [{ file: 'endless.csv' }, 'outside-folder', `$.data.file: ${link} "endless.csv"`],
  [{ file: 'missing.csv' }, 'unreadable-file', '$.data.file: cannot read "missing.csv": no such file'],
  [{ file: 'a.csv/b' }, 'unreadable-file', '$.data.file: cannot read "a.csv/b": not a folder'],
  [{ file: 'circle.csv' }, 'unreadable-file', '$.data.file: cannot read "circle.csv": links in a circle'],
  [
    { file: `${'x'.repeat(300)}.csv` },
    'unreadable-file',
    `$.data.file: cannot read "${'x'.repeat(40)}…": the name is too long`,
  ],
  [{ file: 'data' }, 'unreadable-file', '$.data.file: expected a file, found something else: "data"'],
  [{ file: '.' }, 'unreadable-file', '$.data.file: expected a file, found something else: "."'],
  [{ file: 'pipe.csv' }, 'unreadable-file', '$.data.file: expected a file, found something else: "pipe.csv"'],
  [{ file: 'a.csv\0' }, 'unreadable-file', '$.data.file: expected the name of a file, found "a.csv\\u{0}"'],
  [
    { file: 'bad.csv', sha256: sha256('a,b\n1,x\n') },
    'not-a-number',
    '$.data.file: bad.csv: line 2, column "b": expected a number, found "x"',
  ],
  [{ columns: ['a'] }, 'wrong-type', '$.data.columns: expected an object, found a list'],
  [{ columns: null }, 'wrong-type', '$.data.columns: expected an object, found null'],
  [
    { columns: { input: ['a'] } },
    'unknown-key',
    '$.data.columns.input: the format has no such key here; did you mean "inputs"?',
  ],
  [{ columns: { inputs: 'a' } }, 'wrong-type', '$.data.columns.inputs: expected a list of column names, found "a"'],
  [{ columns: { targets: ['a', 1] } }, 'wrong-type', '$.data.columns.targets[1]: expected a column name, found 1'],
  [{ columns: { weights: ['w'] } }, 'wrong-type', '$.data.columns.weights: expected a column name, found a list'],
  [
    { columns: { inputs: ['a', 'c'] } },
    'unknown-column',
    '$.data.columns.inputs[1]: a.csv has no column "c"; its columns are "a", "b", "w"',
  ],
  [
    { columns: { targets: [] } },
    'no-targets',
    '$.data.columns.targets: a.csv has no column left for the targets: name at least one',
  ],
])('the reference with %j is refused', (more, code, message) => {
  const path = message.slice(0, message.indexOf(': '));
  expect(resolveFileReference(reference(more), folder)).toEqual({ kind: 'refused', code, path, message });
});

test('a file beyond the limit is not read', () => {
  const answer = resolveFileReference(reference({}), folder, { ...defaultLimits, bytes: 10 });
  expect(answer).toMatchObject({
    code: 'limit-bytes',
    message: '$.data.file: expected at most 10 bytes, found 27: "a.csv"',
  });
});

test('a key __proto__ is a key like any other', () => {
  const problem: unknown = JSON.parse('{"data":{"__proto__":{"file":"a.csv"},"type":"samples"}}');
  expect(resolveFileReference(problem, folder)).toEqual({ kind: 'resolved', problem });
  const named: unknown = JSON.parse(`{"data":{"type":"samples","file":"a.csv","__proto__":{"sha256":"${digest}"}}}`);
  expect(resolveFileReference(named, folder)).toMatchObject({ code: 'unknown-key', path: '$.data.__proto__' });
});

describe.each([
  ['iris', 150, 4, 1],
  ['diabetes', 442, 10, 1],
  ['digits', 1797, 64, 1],
  ['wine', 178, 13, 1],
])('the repository’s %s.csv', (name, samples, inputs, targets) => {
  const data = fileURLToPath(new URL('../../certificates/data/', import.meta.url));
  const file = `${name}.csv`;

  test('is put into a problem with its shape', () => {
    const problem = { data: { type: 'samples', file, sha256: sha256(readFileSync(join(data, file))) } };
    const answer = resolveFileReference(problem, data);
    if (answer.kind === 'refused') throw new Error(answer.message);
    const resolved = answer.problem as { data: { inputs: string[][]; targets: string[][]; weights?: string[] } };
    expect(resolved.data.inputs.map((row) => row.length)).toEqual(Array(samples).fill(inputs));
    expect(resolved.data.targets.map((row) => row.length)).toEqual(Array(samples).fill(targets));
    expect(Object.keys(resolved.data)).toEqual(['type', 'inputs', 'targets']);
    // every number is a quantity of formats.md 1
    const quantity = /^(?!-0$)-?(0|[1-9][0-9]*)(\/[1-9][0-9]*)?$/;
    expect(resolved.data.inputs.flat().filter((cell) => !quantity.test(cell))).toEqual([]);
  });
});
