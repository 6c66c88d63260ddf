import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cairnIn, main, temporaryFolder } from './cairn.js';
import * as example from './worked-example.js';

const folder = temporaryFolder();
const cairn = cairnIn(folder);
const red = '\u001b[31m';
const { certificate, statement, proof } = example;

for (const name of ['mixed/sub', 'empty', 'good', 'linked', 'folder.cert.json']) {
  mkdirSync(join(folder, name), { recursive: true });
}
const wrong = { ...certificate, statement: { ...statement, betterPoint: example.minimum } };
const future = { ...certificate, version: 2 };
const noObligation = { ...certificate, proof: { localMinimum: proof.localMinimum } };
example.write(folder, {
  'good.json': certificate,
  'wrong.json': wrong,
  'future.json': future,
  'not-json.json': '{"format":',
  'not-utf8.json': Uint8Array.of(0x7b, 0xff, 0x7d),
  'bom.json': `\ufeff${JSON.stringify(certificate)}`,
  'nul.json': '\0',
  'empty.json': '',
  'escape.json': { ...certificate, [`key${red}`]: 1 },
  'about.json': { ...certificate, about: { source: 'A. <b>"Author"</b> & Co', text: 'x' } },
  'bad-about.json': { ...certificate, about: { source: `A${red}` } },
  'p.json': example.problemFile,
  'pf.json': example.referringProblem,
  'd.csv': example.csv,
  'other-loss.json': { ...example.problemFile, loss: { function: 'squared', factor: '1/2' } },
  'same-value.json': { ...example.problemFile, loss: { function: 'squared', factor: '2/2' } },
  'minimum.json': example.pointFile(example.minimum),
  'better.json': example.pointFile(example.better),
  'small.json': example.pointFile({ layers: [] }),
  'mixed/b.cert.json': certificate,
  'mixed/a.cert.json': wrong,
  'mixed/sub/c.cert.json': future,
  'mixed/ignoescape.json': 'no certificate',
  'good/a.cert.json': certificate,
  'good/b.cert.json': noObligation,
});
symlinkSync(join(folder, 'good'), join(folder, 'linked', 'to-good'));
symlinkSync(join(folder, 'linked'), join(folder, 'linked', 'circle'));
symlinkSync(join(folder, 'nowhere'), join(folder, 'linked', 'broken.cert.json'));
spawnSync('mkfifo', [join(folder, 'pipe.json')]);

const verify = (...args: readonly string[]) => cairn('verify', ...args);
const lines = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('exit codes', () => {
  test.each([
    ['good.json', 0, 'proved'],
    ['good.json about.json', 0, '2 proved'],
    ['wrong.json', 1, '[not-below]'],
    ['future.json', 2, '[unsupported-version]'],
    ['good.json future.json', 2, '1 proved, 0 rejected, 1 declined'],
    ['future.json wrong.json good.json', 1, '1 proved, 1 rejected, 1 declined'],
    ['wrong.json nowhere.json future.json', 3, '0 proved, 1 rejected, 1 declined, 1 not checked'],
    ['not-json.json', 1, '[malformed-json]'],
    ['empty.json', 1, '[malformed-json]'],
    ['nul.json', 1, '[malformed-json]'],
    ['bom.json', 1, '[malformed-json]'],
    ['bad-about.json', 1, '[control-character]'],
    ['escape.json', 1, '[unknown-key]'],
    ['p.json', 1, '[wrong-format]'],
    ['mixed', 1, '1 proved, 1 rejected, 1 declined'],
    ['good', 1, '[missing-obligation]'],
    ['good.json --limit digits=1', 2, '[limit-digits]'],
    ['good.json --limit bytes=100', 2, '[limit-bytes]'],
    ['good.json --limit bytes=100 --limit digits=5', 2, '[limit-bytes]'],
    ['good.json --problem p.json', 0, 'proved'],
    ['good.json --problem pf.json', 0, 'proved'],
    ['good.json --problem same-value.json', 0, 'proved'],
    ['good.json --problem other-loss.json', 1, '[different-problem]'],
    ['good.json --point minimum.json', 0, 'proved'],
    ['good.json --problem p.json --point minimum.json', 0, 'proved'],
    ['good.json --point better.json', 1, '[different-point]'],
    ['good.json --point small.json', 1, '[different-point]'],
    ['wrong.json --problem other-loss.json', 1, '[not-below]'],
  ])('verify %s: %i, %s', (args, code, said) => {
    const ran = verify(...args.split(' '));
    expect(ran).toMatchObject({ code });
    expect(ran.out).toContain(said);
  });

  test.each([
    ['nowhere.json', 'nowhere.json: no such file or folder'],
    ['not-utf8.json', 'not-utf8.json: expected UTF-8 text'],
    ['pipe.json', 'pipe.json: expected a file, found a device or a pipe'],
    ['/dev/zero', '/dev/zero: expected a file, found a device or a pipe'],
    ['good.json/x', 'good.json/x: a part of the path is not a folder'],
    ['empty', 'empty: no certificate found'],
    ['folder.cert.json', 'folder.cert.json: no certificate found'],
    ['linked', 'linked/broken.cert.json: no such file or folder'],
    [`a${red}.json`, 'a\\u{1b}[31m.json: no such file or folder'],
    ['good.json --problem nowhere.json', 'nowhere.json: no such file or folder'],
    ['good.json --problem minimum.json', 'minimum.json: $.format: expected "cairn-problem"'],
    ['good.json --problem p.json --point small.json', 'small.json: $'],
    ['good.json --junit empty', 'empty: cannot write'],
    ['good.json --junit nowhere/x.xml', 'nowhere/x.xml: cannot write: no such folder'],
    ['good.json --junit good.json', 'good.json: cannot write: the same file is read'],
  ])('verify %s: 3, %s', (args, said) => {
    const ran = verify(...args.split(' '));
    expect(ran).toMatchObject({ code: 3 });
    expect(ran.err).toContain(said);
    expect(ran.err.trimEnd().split('\n')).toHaveLength(1);
  });
});

test('a folder is searched with its links, in the order of the paths', () => {
  const { out } = verify('mixed', 'linked', '--json');
  expect(lines(out).map(({ file }) => file)).toEqual([
    'mixed/a.cert.json',
    'mixed/b.cert.json',
    'mixed/sub/c.cert.json',
    'linked/broken.cert.json',
    'linked/to-good/a.cert.json',
    'linked/to-good/b.cert.json',
  ]);
});

const keys = ['file', 'verdict', 'kind', 'rule', 'risk', 'statement', 'obligations', 'reason', 'ms'];

test('--json of a proof has the values of proofs/format.md 9 and 12', () => {
  const { out, err } = verify('good.json', '--json');
  expect(err).toBe('');
  const [line] = lines(out);
  expect(Object.keys(line ?? {})).toEqual(keys);
  expect(line).toMatchObject({
    file: 'good.json',
    verdict: 'proved',
    kind: 'spurious-local-minimum',
    rule: 'affine-span',
    risk: { point: '156/29', better: '4/3', gap: '352/87' },
    obligations: { total: 15, by: { 'strict-piece': 12, 'group-moment': 2, 'lower-risk': 1 } },
    reason: null,
  });
  const digests = line?.['statement'] as Record<string, string>;
  expect(Object.keys(digests)).toEqual(['sha256', 'problem', 'data', 'point', 'better']);
  for (const digest of Object.values(digests)) expect(digest).toMatch(/^[0-9a-f]{64}$/);
});

test('--json has all keys whatever the verdict, and only ms differs between runs or with threads', () => {
  const args = ['mixed', 'good.json', 'nowhere.json', 'not-utf8.json', 'escape.json', '--json'];
  const first = lines(verify(...args).out);
  expect(first.map(({ verdict }) => verdict)).toEqual([
    'rejected',
    'proved',
    'declined',
    'proved',
    null,
    null,
    'rejected',
  ]);
  for (const line of first) expect(Object.keys(line)).toEqual(keys);
  const timeless = (found: readonly object[]) => found.map((line) => ({ ...line, ms: 0 }));
  expect(timeless(lines(verify(...args).out))).toEqual(timeless(first));
  expect(timeless(lines(verify(...args, '--jobs', '3').out))).toEqual(timeless(first));
});

test('with threads the text and the exit code are the same', () => {
  const [one, two] = [verify('mixed', 'good'), verify('mixed', 'good', '--jobs', '2')];
  const timeless = (ran: typeof one) => ({ ...ran, out: ran.out.replace(/ +\d+\.\d s/g, ' s') });
  expect(timeless(two)).toEqual(timeless(one));
  expect(one.code).toBe(1);
});

test('more than three files end with a summary, and the last line is the count', () => {
  const { out } = verify('mixed', 'good', 'nowhere.json');
  expect(
    out
      .replace(/ +\d+\.\d s/g, ' s')
      .split('\n')
      .slice(-12),
  ).toEqual([
    '',
    'folder     proved  rejected  declined  not checked   time',
    'mixed           1         1         0            0 s',
    'mixed/sub       0         0         1            0 s',
    'good            1         1         0            0 s',
    '.               0         0         0            1 s',
    '',
    'kind                    proved   time  by',
    'spurious-local-minimum       2 s  affine-span',
    '',
    '2 proved, 2 rejected, 1 declined, 1 not checked',
    '',
  ]);
  expect(verify('good', 'good.json').out).not.toContain('folder');
  expect(verify('mixed', 'good', '--json').out).not.toContain('folder');
});

describe('a name that is unknown is answered with what was meant, or with a few names', () => {
  const changed = (change: (file: Record<string, Record<string, unknown>>) => void) => {
    const file = structuredClone(certificate) as unknown as Record<string, Record<string, unknown>>;
    change(file);
    return file;
  };
  const rule = (name: string) =>
    changed((file) => Object.assign(file['proof'] as object, { localMinimum: { rule: name } }));
  test.each([
    ['a rule', rule('afine-span'), 'unknown name "afine-span"; did you mean "affine-span"? [unknown-rule]'],
    [
      'a rule like no other',
      rule('zzz'),
      /unknown name "zzz"; expected one of ([a-z0-9-]+, ){7}[a-z0-9-]+ and \d+ more \[unknown-rule\]/,
    ],
    [
      'a kind',
      changed((file) => Object.assign(file['statement'] as object, { kind: 'sadle' })),
      'unknown name "sadle"; did you mean "saddle"? [unknown-kind]',
    ],
    [
      'an obligation',
      changed((file) => Object.assign(file['proof'] as object, { lowerRisks: {} })),
      'a spurious-local-minimum has no such obligation; did you mean "lowerRisk"? [unknown-key]',
    ],
    [
      'a key of a layer',
      changed((file) => {
        const layers = (file['statement'] as typeof statement).problem.network.layers as object[];
        layers[0] = { type: 'dense', units: 2, bais: true };
      }),
      '$.statement.problem.network.layers[0].bais: the format has no such key here; did you mean "bias"? [unknown-key]',
    ],
    [
      'a key of the file',
      { ...certificate, prooof: 1 },
      '$.prooof: the format has no such key here; did you mean "proof"?',
    ],
    ['a key like no other', { ...certificate, x: 1 }, 'no such key here; expected one of statement, proof, about'],
  ])('%s', (_, file, said) => {
    example.write(folder, { 'misspelt.json': file });
    const { code, out } = verify('misspelt.json');
    expect(code).toBe(1);
    expect(out).toMatch(said);
  });
});

test('the theorem is restated, and the claimed source is called unchecked', () => {
  const { out } = verify('about.json');
  expect(out).toContain('For the network R¹ → dense 2 → relu → dense 1 (7 free parameters)');
  expect(out).toContain('has R = 4/3, lower by exactly 352/87. Problem sha256:');
  expect(out).toContain('claimed source (not checked): A. <b>"Author"</b> & Co');
});

test('JUnit XML counts what is not proved, and is escaped', () => {
  const ran = verify('mixed', 'escape.json', 'about.json', 'empty', '--junit', 'out.xml');
  expect(ran.code).toBe(3);
  const xml = readFileSync(join(folder, 'out.xml'), 'utf8');
  expect(xml).toContain('tests="6" failures="2" errors="2" skipped="0"');
  expect(xml).toContain('<error type="unsupported-version"');
  expect(xml).toContain('<error type="no-certificate"');
  expect(xml).toContain('<failure type="not-below"');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be there
  expect(xml).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  expect(xml.match(/<testcase /g)).toHaveLength(6);
});

describe('what a terminal would obey', () => {
  test.each(['good.json', 'escape.json', 'bad-about.json', 'about.json', `x${red}`])(
    'is not in the output of verify %j',
    (file) => {
      for (const more of [[], ['--json']]) {
        const { out, err } = verify(file, ...more);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be there
        expect(out + err).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      }
    },
  );

  const hasTerminal = spawnSync('script', ['--version']).status === 0;
  const onTerminal = (env: Record<string, string>) => {
    const command = `'${process.execPath}' '${main}' verify good.json`;
    const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm', ...env },
    });
    return stdout;
  };
  test.skipIf(!hasTerminal)('is there for people only: colours on a terminal, none with NO_COLOR or a dumb one', () => {
    expect(onTerminal({})).toContain('\u001b[32mproved');
    expect(onTerminal({ NO_COLOR: '1' })).not.toContain('\u001b');
    expect(onTerminal({ TERM: 'dumb' })).not.toContain('\u001b');
  });

  test('is not there for logs, whatever CI and FORCE_COLOR say', () => {
    const env = { ...process.env, CI: '1', FORCE_COLOR: '1' };
    const { stdout } = spawnSync(process.execPath, [main, 'verify', 'good.json'], {
      cwd: folder,
      encoding: 'utf8',
      env,
    });
    expect(stdout).toContain('proved');
    expect(stdout).not.toContain('\u001b');
  });
});

test('a reader who stops early is no failure', () => {
  const command = `'${process.execPath}' '${main}' verify good.json good.json good.json good.json --verbose | head -c 1 > /dev/null; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', command], { cwd: folder, encoding: 'utf8' });
  expect([stdout.trim(), stderr]).toEqual(['0', '']);
});
