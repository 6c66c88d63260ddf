/** The corpus of broken files, through the built command line. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dense, problem, relu } from '../certificate.js';
import { bytesOf, fileOf, type Malformed, malformed } from '../malformed.js';
import { cairnIn, temporaryFolder } from './cairn.js';

const folder = temporaryFolder();
const cairn = cairnIn(folder);
const pathOf = (input: Malformed): string => {
  const path = fileOf(input);
  if (path !== null) return path;
  const written = join(folder, `${input.name}.json`);
  writeFileSync(written, bytesOf(input) as Uint8Array);
  return written;
};

test('verify answers every broken certificate with its one line', () => {
  const files = malformed.filter(({ as, name }) => as === 'certificate' && name !== 'folder');
  const ran = cairn('verify', ...files.map(pathOf), '--json');
  expect(ran.code).toBe(3);
  const lines = ran.out.trimEnd().split('\n');
  expect(lines).toHaveLength(files.length);
  for (const [i, { name, code, line, exit }] of files.entries()) {
    const { verdict, reason } = JSON.parse(lines[i] as string);
    expect([name, verdict]).toEqual([name, { 1: 'rejected', 2: 'declined', 3: null }[exit]]);
    if (code === null) expect(reason.code).toBe('unreadable-file');
    else {
      // The kernel's message ends where what was probably meant begins.
      const message = code.startsWith('unknown-')
        ? reason.message.replace(/; (?:did you mean|expected one of) .*/, '')
        : reason.message;
      expect([reason.code, `${reason.path}: ${message}`]).toEqual([code, line]);
    }
  }
});

test.each([1, 2, 3] as const)('verify of the broken certificates of exit code %i alone exits so', (exit) => {
  const files = malformed.filter((input) => input.as === 'certificate' && input.exit === exit);
  const { code, out, err } = cairn('verify', ...files.map(pathOf));
  expect(code).toBe(exit);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be there
  expect(out + err).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
});

describe('certify answers a broken problem or point with its one line, and writes nothing', () => {
  const parts = { layers: [dense(2), relu, dense(1)], x: [-2, -1, 1, 2], y: [2, 1, 1, 2] };
  const whole = join(folder, 'problem.json');
  writeFileSync(whole, JSON.stringify({ format: 'cairn-problem', version: 1, ...problem(parts) }));

  test.each(malformed.filter(({ as }) => as !== 'certificate'))('$name', (input) => {
    const path = pathOf(input);
    const args = input.as === 'problem' ? [path, '--point', whole] : [whole, '--point', path];
    const { code, out, err } = cairn('certify', ...args, '-o', 'out.json');
    // A problem that this version has no rule for is not malformed: the answer is an honest "undecided".
    const undecided = input.code === 'final-activation' || input.code?.startsWith('unsupported-');
    expect(code).toBe(undecided ? 2 : input.exit);
    expect(undecided ? out : err).toContain(`${path}: ${input.line}`);
  });
});
