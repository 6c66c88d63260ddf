/** The script for bash, run by bash; those for zsh and fish have the same words. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { constructions } from '../../src/constructions/index.js';
import { cairnIn, temporaryFolder } from './cairn.js';

const folder = temporaryFolder();
const cairn = cairnIn(folder);
const scripts = Object.fromEntries(['bash', 'zsh', 'fish'].map((shell) => [shell, cairn('completion', shell)]));
writeFileSync(join(folder, 'cairn.bash'), scripts['bash']?.out ?? '');

/** @returns what bash offers for the last of these words; nothing where it completes names of files */
function offered(...words: readonly string[]): string[] {
  const script = `source cairn.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _cairn; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

describe('bash offers', () => {
  test.each([
    ['cairn ver', ['verify']],
    ['cairn e', ['explain', 'extract']],
    ['cairn --v', ['--version']],
    ['cairn verify --j', ['--jobs', '--junit', '--json']],
    ['cairn verify x.cert.json --limit di', ['digits=']],
    ['cairn verify x', []],
    ['cairn verify --junit r', []],
    ['cairn plot x --view s', ['segment', 'slice']],
    ['cairn plot x --view = s', ['segment', 'slice']],
    ['cairn explain x --format m', ['markdown']],
    ['cairn certify p --claim sa', ['saddle']],
    ['cairn certify p --seed 1', []],
    ['cairn construct x --activation le', ['leaky-relu']],
    ['cairn construct x --loss hu', ['huber']],
    ['cairn construct x --set jum', ['jump=']],
    ['cairn import w.npz --reduction m', ['mean']],
    ['cairn completion z', ['zsh']],
    ['cairn construct liu', ['liu-2021-fully-connected', 'liu-2021-convolutional']],
    ['cairn nothing x', []],
    ['cairn construct "$(touch here)', []],
  ])('%s: %j', (line, expected) => {
    expect(offered(...line.split(' '))).toEqual(expected);
  });

  test('every theorem', () => {
    expect(offered('cairn', 'construct', '')).toEqual(constructions.map(({ id }) => id));
  });
});

const commands = [...cairn('--help').out.matchAll(/^ {2}([a-z]+) \S/gm)]
  .map(([, name]) => name as string)
  .filter((name) => name !== 'help');
const options = commands.flatMap((name) =>
  [...cairn(name, '--help').out.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm)].map(([, option]) => option as string),
);

test.each(['bash', 'zsh', 'fish'])('the script for %s has every command, option and name', (shell) => {
  const { code, out, err } = scripts[shell] ?? { code: null, out: '', err: '' };
  expect([code, err]).toEqual([0, '']);
  expect(commands.length).toBeGreaterThan(10);
  expect(options.length).toBeGreaterThan(40);
  for (const name of [...commands, ...options]) expect(out).toContain(name);
  for (const name of ['realization', 'no-local-minimum-near', 'hardswish', 'smooth-quantile', 'digits=']) {
    expect(out).toContain(name);
  }
  for (const { id } of constructions) expect(out).toContain(id);
});

test.each([
  ['tcsh', 'expected one of bash, zsh, fish'],
  ['basch', 'did you mean "bash"?'],
])('completion %s: 3, %s', (shell, said) => {
  const { code, out, err } = cairn('completion', shell);
  expect([code, out]).toEqual([3, '']);
  expect(err).toContain(said);
});
