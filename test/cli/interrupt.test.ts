/** Ctrl-C at any time: files are whole or not there, and nothing else is left. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { irisCsv, main, temporaryFolder } from './cairn.js';
import * as example from './worked-example.js';

const diabetesCsv = fileURLToPath(new URL('../../certificates/data/diabetes.csv', import.meta.url));
const folder = temporaryFolder();
example.write(folder, {
  'good.json': example.certificate,
  'p.json': example.problemFile,
  'minimum.json': example.pointFile(example.minimum),
});
const slow = `construct yun-sra-jadbabaie-2019-theorem-1 --data ${diabetesCsv} --hidden 200`;
const construct = `construct yun-sra-jadbabaie-2019-theorem-1 --data ${irisCsv}`;

/** Commands, and the files that they write; those of one row appear together. */
const commands: readonly (readonly [string, readonly string[]])[] = [
  ['verify good.json --junit out.xml', ['out.xml']],
  ['verify good.json --cache out.cache', ['out.cache']],
  ['certify p.json --point minimum.json -o out.json', ['out.json']],
  [`${construct} --hidden 2 -o out.json`, ['out.json']],
  ['extract good.json --problem out.p.json --point out.q.json', ['out.p.json', 'out.q.json']],
  ['plot good.json -o out.svg', ['out.svg']],
  ['view good.json -o out.html --no-open', ['out.html']],
];

describe('while a file is written', () => {
  // Just before a file gets its name, a signal comes; then the program computes on, and does not look for events.
  writeFileSync(
    join(folder, 'signal.cjs'),
    `const fs = require('node:fs');
const { renameSync } = fs;
fs.renameSync = (from, to) => {
  process.kill(process.pid, process.env.SENT);
  renameSync(from, to);
  const until = Date.now() + 30;
  while (Date.now() < until);
};`,
  );
  const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  test.each(
    commands.flatMap(([command, files], i) => {
      const sent = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const)[i % 3] ?? 'SIGINT';
      return [['SIGINT', command, files] as const, ...(sent === 'SIGINT' ? [] : [[sent, command, files] as const])];
    }),
  )('%s ends cairn %s with the whole of %j', (sent, command, files) => {
    const cwd = mkdtempSync(join(folder, 'signal-'));
    for (const name of ['good.json', 'p.json', 'minimum.json']) {
      writeFileSync(join(cwd, name), readFileSync(join(folder, name)));
    }
    const before = readdirSync(cwd);
    const env = { ...process.env, NODE_OPTIONS: `--require ${join(folder, 'signal.cjs')}`, SENT: sent };
    const { status, signal } = spawnSync(process.execPath, [main, ...command.split(' ')], { cwd, env });
    expect([status, signal]).toEqual([signals[sent], null]);
    expect(readdirSync(cwd).sort()).toEqual([...before, ...files].sort());
    for (const file of files) expect(readFileSync(join(cwd, file), 'utf8')).toMatch(/[>}]\n?$/);
  });
});

describe('while cairn computes', () => {
  const long: readonly (readonly [string, number])[] = [
    [`verify ${fileURLToPath(new URL('../../certificates/trained', import.meta.url))} --junit out.xml --cache c`, 0],
    [`${slow} -o out.json`, 400],
    [`${slow} -o out.json`, 2_000],
    ['demo -o demo', 300],
    ['demo -o demo', 1_000],
  ];
  test.each(long)('SIGINT ends cairn %s after %i ms, and leaves nothing that is not whole', async (command, wait) => {
    const cwd = mkdtempSync(join(folder, 'long-'));
    const child = spawn(process.execPath, [main, ...command.split(' ')], { cwd });
    const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
      child.on('exit', (code, signal) => resolve({ code, signal }));
    });
    if (wait === 0) await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), ended]);
    else await new Promise((resolve) => setTimeout(resolve, wait));
    child.kill('SIGINT');
    const { code, signal } = await ended;
    // A quick machine may have finished, a signal between two events is Node's own, one while a file is written is ours.
    expect([0, 130, 'SIGINT']).toContain(signal ?? code);
    const left = readdirSync(cwd, { recursive: true, encoding: 'utf8' });
    expect(left.filter((name) => name.includes('.tmp'))).toEqual([]);
    for (const name of left.filter((file) => file.endsWith('.json'))) {
      expect(() => JSON.parse(readFileSync(join(cwd, name), 'utf8'))).not.toThrow();
    }
    expect(existsSync(join(cwd, 'out.xml')) && code !== 0).toBe(false);
  });
});

test('a shell sees 130', () => {
  const script = `'${process.execPath}' '${main}' ${slow} -o out.json & sleep 1; kill -INT $!; wait $!; echo $?`;
  // Jobs in the background of a shell that is no terminal's ignore SIGINT, unless it controls them.
  const { stdout } = spawnSync('bash', ['-mc', script], { cwd: folder, encoding: 'utf8' });
  expect(stdout.trim()).toBe('130');
});

describe('what cannot be written', () => {
  test.each([
    ['verify good.json --junit /dev/full', '/dev/full: cannot write: no space left on the device'],
    ['certify p.json --point minimum.json -o /dev/full', '/dev/full: cannot write: no space left on the device'],
    ['plot good.json -o /proc/out.svg', '/proc/out.svg: cannot write: '],
  ])('cairn %s: 3, %s', (command, said) => {
    const { status, stderr } = spawnSync(process.execPath, [main, ...command.split(' ')], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status).toBe(3);
    expect(stderr).toContain(said);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test.each(['verify good.json', 'explain good.json', 'theorems', 'diff good.json good.json', '--help'])(
    'cairn %s on a full disk: 3, one line',
    (command) => {
      const line = `'${process.execPath}' '${main}' ${command} > /dev/full`;
      const { status, stderr } = spawnSync('bash', ['-c', line], { cwd: folder, encoding: 'utf8' });
      expect([status, stderr]).toEqual([3, 'cairn: cannot write the output: no space left on the device\n']);
    },
  );

  test('a reader of errors who stops early is no failure', () => {
    const line = `'${process.execPath}' '${main}' verify nowhere.json 2>&1 >/dev/null | true; echo "\${PIPESTATUS[0]}"`;
    const { stdout } = spawnSync('bash', ['-c', line], { cwd: folder, encoding: 'utf8' });
    expect(stdout).toBe('3\n');
  });
});
