/** The wrong certificates of test/rejected, each with the one answer that it must get (expected.json: code, path, limits). */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkCertificate } from '../src/kernel/check.js';
import { reasonCodes } from '../src/kernel/verdict.js';
import { answer } from './certificate.js';
import { rejected } from './rejected.js';

test.each(rejected)('$file: $code', ({ text, code, path, limits }) => {
  const verdict = checkCertificate(text, limits === undefined ? {} : { limits });
  expect(answer(verdict)).toBe(`${code} ${path}`);
  if (verdict.kind === 'proved') return;
  expect(verdict.reason.message.length).toBeLessThan(500);
  expect(verdict.kind).toBe((reasonCodes.declined as readonly string[]).includes(code) ? 'declined' : 'rejected');
});

describe('the list', () => {
  test('has every file, and every file has its code for a name', () => {
    const files = readdirSync(new URL('rejected/', import.meta.url)).filter((file) => file.endsWith('.cert.json'));
    expect(rejected.map(({ file }) => file).sort()).toEqual(files.sort());
    for (const { file, code } of rejected) expect(file.replace('.cert.json', '-')).toContain(`${code}-`);
  });

  test('has every code of the kernel', () => {
    const shown = new Set(rejected.map(({ code }) => code));
    expect([...reasonCodes.rejected, ...reasonCodes.declined].filter((code) => !shown.has(code))).toEqual([]);
    for (const code of shown) {
      expect([...reasonCodes.rejected, ...reasonCodes.declined] as readonly string[]).toContain(code);
    }
  });

  test('limits are asked for only by the codes about limits', () => {
    for (const { code, limits } of rejected) expect(limits !== undefined).toBe(code.startsWith('limit-'));
  });
});

test('the files are small, and stay as they are written', () => {
  for (const { file } of rejected) {
    expect(readFileSync(new URL(`rejected/${file}`, import.meta.url)).length).toBeLessThan(5_000);
  }
});
