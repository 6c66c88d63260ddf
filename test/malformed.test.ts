import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkCertificate, type Read, readPoint, readProblem } from '../src/kernel/check.js';
import type { Verdict } from '../src/kernel/verdict.js';
import { dense, problem, relu } from './certificate.js';
import { bytesOf, type Malformed, malformed } from './malformed.js';

const parts = { layers: [dense(2), relu, dense(1)], x: [-2, -1, 1, 2], y: [2, 1, 1, 2] };

function answerTo({ as }: Malformed, text: string): Verdict | Read<unknown> {
  if (as === 'certificate') return checkCertificate(text);
  if (as === 'problem') return readProblem(text);
  const read = readProblem(JSON.stringify({ format: 'cairn-problem', version: 1, ...problem(parts) }));
  if (read.kind !== 'read') throw new Error(read.reason.message);
  return readPoint(text, read.value);
}

/** As strict as a reader of files has to be: a byte order mark stays. */
const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);

describe('the kernel answers with one line', () => {
  test.each(malformed.filter(({ code }) => code !== null))('$name: $code', (input) => {
    const bytes = bytesOf(input);
    if (bytes === null) throw new Error('no such file');
    const found = answerTo(input, decode(bytes));
    if (found.kind === 'proved' || found.kind === 'read') throw new Error(found.kind);
    expect(found.reason.code).toBe(input.code);
    expect(`${found.path}: ${found.reason.message}`).toBe(input.line);
    expect(input.line).not.toMatch(/\p{Cc}|\p{Cf}|\p{Cs}|\u2028|\u2029/u);
    const exit = input.as !== 'certificate' ? 3 : found.kind === 'rejected' ? 1 : 2;
    expect(input.exit).toBe(exit);
  });
});

describe('no text reaches the kernel', () => {
  test.each(malformed.filter(({ code }) => code === null))('$name', (input) => {
    const bytes = bytesOf(input);
    if (bytes !== null) expect(() => decode(bytes)).toThrow(TypeError);
    expect([input.line, input.exit]).toEqual([null, 3]);
  });
});

describe('the index', () => {
  test('has every file of the folder', () => {
    const files = readdirSync(new URL('malformed/', import.meta.url)).filter((file) => file !== 'index.json');
    const listed = malformed.flatMap(({ file }) =>
      file === undefined || bytesOf({ file } as Malformed) === null ? [] : [file],
    );
    expect([...listed].sort()).toEqual(files.sort());
  });

  test('has names that differ, and each exit code', () => {
    expect(new Set(malformed.map(({ name }) => name)).size).toBe(malformed.length);
    expect([...new Set(malformed.map(({ exit }) => exit))].sort()).toEqual([1, 2, 3]);
  });
});
