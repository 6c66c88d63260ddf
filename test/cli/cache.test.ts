/** `verify --cache FILE`: a verdict is found again only where nothing has changed that it depends on. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { cairnIn, main, ran, temporaryFolder } from './cairn.js';
import * as example from './worked-example.js';

const folder = temporaryFolder();
const cairn = cairnIn(folder);
const { certificate, statement, proof } = example;
const cache = join(folder, 'cache');
const wrong = { ...certificate, statement: { ...statement, betterPoint: example.minimum } };
const local = {
  ...certificate,
  statement: { kind: 'local-minimum', problem: example.problem, point: example.minimum },
  proof: { localMinimum: proof.localMinimum },
};
mkdirSync(join(folder, 'f'));

beforeEach(() => {
  rmSync(cache, { force: true });
  example.write(folder, {
    'f/a.cert.json': certificate,
    'f/b.cert.json': local,
    'wrong.json': wrong,
    'future.json': { ...certificate, version: 2 },
    'p.json': example.problemFile,
    'other.json': { ...example.problemFile, loss: { function: 'squared', factor: '1/2' } },
    'minimum.json': example.pointFile(example.minimum),
  });
});

const verify = (...args: readonly string[]) => cairn('verify', ...args, '--cache', 'cache');
const fromCache = (out: string) => Number(/^(\d+) of \d+ verdicts are of earlier runs/m.exec(out)?.[1] ?? 0);
const entries = () => readFileSync(cache, 'utf8').trimEnd().split('\n').slice(1);
const timeless = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => ({ ...(JSON.parse(line) as object), ms: 0 }));

test('a second run finds what the first one proved, and says so; the answers are the same', () => {
  const first = verify('f');
  expect(first).toMatchObject({ code: 0, err: '' });
  expect(fromCache(first.out)).toBe(0);
  const second = verify('f');
  expect(second).toMatchObject({ code: 0, err: '' });
  expect(second.out).toContain('2 of 2 verdicts are of earlier runs (--cache)\n2 proved, 0 rejected, 0 declined\n');
  expect(second.out.match(/ \(cached\)$/gm)).toHaveLength(2);
  expect(second.out).toContain('has R = 4/3, lower by exactly 352/87');
  expect(second.out.replace(/ \(cached\)|^2 of 2.*\n/gm, '')).toBe(first.out);
});

test('--json has the same lines with the cache or without, on threads too; what is cached is said on stderr', () => {
  const plain = timeless(cairn('verify', 'f', '--json').out);
  verify('f', '--jobs', '2');
  for (const more of [[], ['--jobs', '2']]) {
    const { code, out, err } = verify('f', '--json', ...more);
    expect(code).toBe(0);
    expect(timeless(out)).toEqual(plain);
    expect(Object.keys(JSON.parse(out.split('\n')[0] as string))).toEqual(Object.keys(plain[0] as object));
    expect(err).toBe('2 of 2 verdicts are of earlier runs (--cache)\n');
  }
});

describe('the certificate is checked again', () => {
  test.each<[string, () => void, readonly string[], number]>([
    ['if nothing has changed: not', () => {}, [], 2],
    [
      'if its bytes change, though it says the same',
      () => writeFileSync(join(folder, 'f/a.cert.json'), `${JSON.stringify(certificate)}\n`),
      [],
      1,
    ],
    ['if a limit changes', () => {}, ['--limit', 'digits=99999'], 0],
    ['if a limit is named that is the default: not', () => {}, ['--limit', 'digits=100000'], 2],
    ['if a problem is expected', () => {}, ['--problem', 'p.json'], 0],
    ['if a point is expected', () => {}, ['--point', 'minimum.json'], 0],
  ])('%s', (_, change, more, expected) => {
    verify('f');
    change();
    const { code, out } = verify('f', ...more);
    expect([code, fromCache(out)]).toEqual([0, expected]);
  });

  test('with the expected problem: a verdict for one problem is none for another', () => {
    expect(fromCache(verify('f', '--problem', 'p.json').out)).toBe(0);
    expect(fromCache(verify('f', '--problem', 'p.json').out)).toBe(2);
    const other = verify('f', '--problem', 'other.json');
    expect([other.code, fromCache(other.out)]).toEqual([1, 0]);
    expect(entries()).toHaveLength(2);
  });

  test('when the certificate is damaged at the same path', () => {
    verify('f');
    writeFileSync(join(folder, 'f/a.cert.json'), JSON.stringify(wrong));
    const { code, out } = verify('f');
    expect([code, fromCache(out)]).toEqual([1, 1]);
    expect(out).toContain('[not-below]');
  });

  test('when one byte of the kernel changes', () => {
    const program = join(folder, 'program/dist/cli');
    mkdirSync(program, { recursive: true });
    const built = dirname(main);
    for (const name of readdirSync(built).filter((file) => file.endsWith('.cjs'))) {
      cpSync(join(built, name), join(program, name));
    }
    cpSync(fileURLToPath(new URL('../../package.json', import.meta.url)), join(folder, 'program/package.json'));
    const run = () => {
      const args = [join(program, 'main.cjs'), 'verify', 'f', '--cache', 'cache'];
      return ran(spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }));
    };
    verify('f');
    // The copy is the same program.
    expect(fromCache(run().out)).toBe(2);
    for (const name of ['verify-alone.cjs', 'verify-worker.cjs']) {
      const text = readFileSync(join(program, name), 'utf8');
      const changed = text.replace('expected a quantity such as', 'Expected a quantity such as');
      expect(changed).not.toBe(text);
      writeFileSync(join(program, name), changed);
      expect(fromCache(run().out)).toBe(0);
      expect(fromCache(run().out)).toBe(2);
    }
  });
});

test('what is rejected or declined is never kept', () => {
  const { code } = verify('wrong.json', 'future.json', 'f');
  expect(code).toBe(1);
  expect(entries()).toHaveLength(2);
  const again = verify('wrong.json', 'future.json', 'f');
  expect([again.code, fromCache(again.out)]).toEqual([1, 2]);
  expect(again.out).toContain('2 proved, 1 rejected, 1 declined\n');
});

describe('a cache that is damaged', () => {
  const rewrite = (change: (lines: string[]) => string[]) =>
    writeFileSync(cache, change(readFileSync(cache, 'utf8').split('\n')).join('\n'));
  const [a, b] = [1, 2];
  const damages: readonly [string, (lines: string[]) => string[]][] = [
    ['a verdict edited by hand', (lines) => lines.map((line) => line.replace('352/87', '353/87'))],
    ['a key of another entry', (lines) => lines.with(a, swapKey(lines[a] as string, lines[b] as string))],
    ['a line cut off', (lines) => lines.with(a, (lines[a] as string).slice(0, 200))],
    ['a line that is no record', (lines) => lines.with(a, 'null')],
    ['a line that is no JSON', (lines) => lines.with(a, '{"key":')],
    ['an entry without its digest', (lines) => lines.with(a, (lines[a] as string).replace('"sha256"', '"sha255"'))],
  ];
  const swapKey = (line: string, other: string) =>
    JSON.stringify({ ...(JSON.parse(line) as object), key: (JSON.parse(other) as { key: string }).key });

  test.each(damages)('%s: the entry is left out, said, and checked again', (_, change) => {
    verify('f');
    rewrite(change);
    const { code, out, err } = verify('f');
    expect([code, fromCache(out)]).toEqual([0, 1]);
    expect(err).toBe('cache: left out entries that are damaged: 1\n');
    expect(fromCache(verify('f').out)).toBe(2);
    expect(verify('f').err).toBe('');
  });
});

test.each([
  ['p.json', 'cannot use as a cache: this is another file'],
  ['f/a.cert.json', 'the same file is read'],
  ['f', 'this is a folder'],
  ['nowhere/cache', 'no such folder'],
  ['not-utf8', 'cannot use as a cache: expected UTF-8 text'],
])('--cache %s: 3, %s, and the file stays as it is', (path, said) => {
  writeFileSync(join(folder, 'not-utf8'), Uint8Array.of(0x7b, 0xff));
  const before = path === 'p.json' ? readFileSync(join(folder, path), 'utf8') : '';
  const { code, out, err } = cairn('verify', 'f/a.cert.json', '--cache', path);
  expect([code, out]).toEqual([3, '']);
  expect(err).toContain(said);
  if (path === 'p.json') expect(readFileSync(join(folder, path), 'utf8')).toBe(before);
});

test('an empty file becomes a cache', () => {
  writeFileSync(cache, '');
  expect(verify('f').code).toBe(0);
  expect(fromCache(verify('f').out)).toBe(2);
});
