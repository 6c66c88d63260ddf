/** Certificates whose proof goes on in a stream: every command reads it beside the file, or says that it does not; and a check that is stopped goes on. */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dense, type Fields, point, problem, relu } from '../certificate.js';
import { globalBy, minimumOf, nodeFor, rational, streamed } from '../enumerated.js';
import { cairnIn, main, temporaryFolder } from './cairn.js';

const folder = temporaryFolder();
const cairn = cairnIn(folder);
const at = (name: string) => join(folder, name);
const write = (name: string, content: string | Uint8Array) => writeFileSync(at(name), content);
const red = '\u001b[31m';

const valley = problem({ layers: [dense(1), relu, dense(1)], x: [-1, 0, 1], y: [1, 0, 1] });
const hinge = point([[['1/2']], [0]], [[[1]], ['1/2']]);
const listed = globalBy(valley, hinge, nodeFor(valley, rational(1n, 2n)));
const { lines } = streamed(listed);
const asFile = (all: readonly string[]) => all.map((line) => `${line}\n`).join('');
const named = (name: string) => JSON.stringify(streamed(listed, name).certificate);
/** A certificate, and a stream beside it. */
const put = (name: string, content: string | Uint8Array | null) => {
  write(`${name}.cert.json`, named(`${name}.leaves.jsonl`));
  if (content !== null) write(`${name}.leaves.jsonl`, content);
};

write('list.cert.json', JSON.stringify(listed));
put('good', asFile(lines));
put('open', asFile(lines).slice(0, -1));
put('crlf', asFile(lines).replaceAll('\n', '\r\n'));
put('bom', `\ufeff${asFile(lines)}`);
put('short', asFile(lines.slice(0, 11)));
put('long', `${asFile(lines)}\n`);
put('empty', '');
put('missing', null);
put('latin', Buffer.from(asFile(lines.with(4, '{"ü":0}')), 'latin1'));
put('wide', asFile(lines.with(4, `{"prediction":["${'1'.repeat(9_000)}"]}`)));
put('wrong', asFile(lines.with(7, lines[2] as string)));
mkdirSync(at('folder.leaves.jsonl'));
put('folder', null);
write('outside.cert.json', JSON.stringify(streamed(listed, '../good.leaves.jsonl').certificate));
write('escape.cert.json', JSON.stringify(streamed(listed, `a${red}.leaves.jsonl`).certificate));
mkdirSync(at('sub'));
symlinkSync(at('good.cert.json'), at('sub/link.cert.json'));

test.each([
  ['good.cert.json', 0, '1 proved'],
  ['open.cert.json', 0, '1 proved'],
  ['sub/link.cert.json', 0, '1 proved'],
  ['good.cert.json list.cert.json open.cert.json --jobs 2', 0, '3 proved'],
  ['good.cert.json wrong.cert.json --jobs 2', 1, '1 proved, 1 rejected'],
  ['crlf.cert.json', 1, '$.proof.globalMinimum.combinations[0]: line 1: expected one record'],
  ['bom.cert.json', 1, '$.proof.globalMinimum.combinations[0]: line 1, column 1'],
  ['short.cert.json', 1, 'expected 12 lines in the stream, found 11 [wrong-length]'],
  ['long.cert.json', 1, 'expected 12 lines in the stream, found more [wrong-length]'],
  ['empty.cert.json', 1, 'expected 12 lines in the stream, found 0 [wrong-length]'],
  ['wrong.cert.json', 1, '$.proof.globalMinimum.combinations[7]'],
  ['outside.cert.json', 1, '[file-reference]'],
  ['escape.cert.json', 1, '[control-character]'],
  ['wide.cert.json --limit bytes=5000', 2, '$.proof.globalMinimum.combinations[4]: the text has 5001 characters'],
])('verify %s: %i, %s', (args, code, said) => {
  const ran = cairn('verify', ...args.split(' '));
  expect(ran).toMatchObject({ code });
  expect(ran.out).toContain(said);
});

test.each([
  ['missing.cert.json', 'missing.cert.json: missing.leaves.jsonl: no such file or folder'],
  ['folder.cert.json', 'folder.cert.json: folder.leaves.jsonl: expected a file, found a folder'],
  ['latin.cert.json', 'latin.cert.json: latin.leaves.jsonl, line 5: expected UTF-8 text'],
  ['good.cert.json missing.cert.json', 'missing.cert.json: missing.leaves.jsonl: no such file or folder'],
])('verify %s: 3, %s', (args, said) => {
  for (const jobs of ['1', '2']) {
    const ran = cairn('verify', ...args.split(' '), '--jobs', jobs);
    expect(ran).toMatchObject({ code: 3 });
    expect(ran.err.trimEnd()).toBe(said);
  }
});

test('the statement is that of the list, and so is all of --json', () => {
  const parsed = (name: string) => {
    const { file, ms, ...rest } = JSON.parse(cairn('verify', name, '--json').out) as Record<string, unknown>;
    return rest;
  };
  expect(parsed('good.cert.json')).toEqual(parsed('list.cert.json'));
  expect(cairn('diff', 'good.cert.json', 'list.cert.json')).toMatchObject({ code: 0, out: 'the same statement\n' });
  expect(cairn('diff', 'good.cert.json', 'wrong.cert.json')).toMatchObject({ code: 3 });
});

test('explain and plot read it; a page has nothing beside it, and view says so', () => {
  const explained = cairn('explain', 'good.cert.json');
  expect(explained).toMatchObject({ code: 0 });
  expect(explained.out.replaceAll(/\s+/g, ' ')).toContain(
    'There are 12 combinations. For each one a line of the stream beside the certificate carries',
  );
  expect(explained.out).not.toContain('least bound');
  expect(cairn('explain', 'missing.cert.json')).toMatchObject({ code: 3, out: '' });
  expect(cairn('explain', 'wrong.cert.json')).toMatchObject({ code: 1, out: '' });
  expect(cairn('plot', 'good.cert.json', '-o', 'good.svg')).toMatchObject({ code: 0 });
  expect(cairn('plot', 'wrong.cert.json', '-o', 'wrong.svg')).toMatchObject({ code: 1 });
  const viewed = cairn('view', 'good.cert.json', '-o', 'good.html', '--no-open');
  expect(viewed).toMatchObject({ code: 2 });
  expect(viewed.err).toContain(
    'the proof goes on in the file good.leaves.jsonl, which is not at hand here [unsupported-stream]',
  );
  expect(cairn('verify', 'good.cert.json', '--junit', 'good.xml')).toMatchObject({ code: 0 });
  expect(readFileSync(at('good.xml'), 'utf8')).toContain('failures="0"');
});

const resume = (name: string, state: string, ...more: readonly string[]) =>
  cairn('verify', `${name}.cert.json`, '--resume', state, ...more);
const stateOf = (name: string) => JSON.parse(readFileSync(at(name), 'utf8')) as Record<string, string | number>;

test('a check that met a wrong line goes on from there, once the line is right; then nothing is left to go on from', () => {
  put('mended', asFile(lines.with(7, lines[2] as string)));
  expect(resume('mended', 'mended.state')).toMatchObject({ code: 1 });
  expect(stateOf('mended.state')).toMatchObject({ combinations: 7 });
  expect(readFileSync(at('mended.state')).length).toBeLessThan(1_000);
  write('mended.leaves.jsonl', asFile(lines));
  copyFileSync(at('mended.state'), at('kept.state'));
  const ran = resume('mended', 'mended.state');
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.err).toBe('mended.cert.json: the first 7 combinations are not checked again: mended.state is believed\n');
  expect(ran.out).toContain('(7 of the combinations checked by an earlier run)');
  expect(ran.out).toContain(
    'Not checked in this run: the first 7 combinations of the stream, which an earlier run is believed to have checked',
  );
  expect(existsSync(at('mended.state'))).toBe(false);
  for (const output of [['--json'], ['--junit', 'mended.xml']]) {
    const refused = resume('mended', 'kept.state', ...output);
    expect(refused).toMatchObject({ code: 3, out: '' });
    expect(refused.err).toContain('--resume excludes --json and --junit');
  }
  expect(existsSync(at('mended.xml'))).toBe(false);
});

type State = Record<string, string | number>;
const begins = 'the stream does not begin with the';
const none = 'expected a state that cairn verify --resume has written';
/** The same value in other bytes. */
const spaced = (c: number) => (lines[c] as string).replace(':', ': ');
const stream = (all: readonly string[]) => () => write('r.leaves.jsonl', asFile(all));
const with_ = (change: State) => (state: State) => void Object.assign(state, change);

put('r', asFile(lines.with(7, lines[2] as string)));
resume('r', 'r.state');
const seven = stateOf('r.state');

test.each<[string, (state: State) => void, string]>([
  ['another certificate', () => write('r.cert.json', `${named('r.leaves.jsonl')}\n`), 'is about another certificate'],
  ['another program', with_({ kernel: '0'.repeat(64) }), 'the state was written by another version of cairn'],
  ['an earlier line changed', stream(lines.with(0, spaced(0))), `${begins} 7 lines that the state is about`],
  ['the last line changed', stream(lines.with(6, spaced(6))), begins],
  ['too few lines', stream(lines.slice(0, 6)), begins],
  ['no lines', stream([]), begins],
  ['a line more believed', with_({ combinations: 8 }), `${begins} 8 lines`],
  ['all believed', with_({ combinations: 12 }), `${begins} 12 lines`],
  ['more than there are', with_({ combinations: 13 }), `${begins} 13 lines`],
  ['other lines', with_({ lines: '0'.repeat(64) }), begins],
  ['a negative count', with_({ combinations: -1 }), none],
  ['half a line', with_({ combinations: 1.5 }), none],
  ['a key more', with_({ note: 'x' }), none],
  ['another version', with_({ version: 2 }), none],
  ['no digest', with_({ lines: '' }), none],
])('a state is refused after %s', (_, change, said) => {
  put('r', asFile(lines));
  const state = { ...seven };
  change(state);
  const text = `${JSON.stringify(state)}\n`;
  write('r.state', text);
  const ran = resume('r', 'r.state');
  expect(ran).toMatchObject({ code: 3 });
  expect(ran.err).toContain(said);
  expect(ran.out).not.toContain('proved   ');
  expect(readFileSync(at('r.state'), 'utf8')).toBe(text);
});

test.each([
  ['good.cert.json --resume list.cert.json', 'list.cert.json: expected at most 1000 bytes'],
  ['good.cert.json --resume good.cert.json', 'good.cert.json: cannot write: the same file is read'],
  ['good.cert.json --resume sub', 'sub: cannot write: this is a folder'],
  ['good.cert.json --resume nowhere/state', 'nowhere/state: cannot write: no such folder'],
  ['good.cert.json --resume empty.leaves.jsonl', 'empty.leaves.jsonl: expected a state'],
  ['good.cert.json open.cert.json --resume s', '--resume goes on with one certificate, found 2'],
  ['nowhere.cert.json --resume s', 'nowhere.cert.json: no such file or folder'],
])('verify %s: 3, %s', (args, said) => {
  const ran = cairn('verify', ...args.split(' '));
  expect(ran).toMatchObject({ code: 3 });
  expect(ran.err).toContain(said);
  expect(existsSync(at('s'))).toBe(false);
});

test('without a stream there is nothing to go on from', () => {
  expect(resume('list', 's')).toMatchObject({ code: 0, err: '' });
  expect(existsSync(at('s'))).toBe(false);
});

/** Labels 0 are fitted by zeros, so that all combinations have one line: many are made in no time. */
function longStream(name: string): number {
  const points = 9;
  const units = 4;
  const zero = point(
    [Array.from({ length: units }, () => [0]), Array.from({ length: units }, () => 0)],
    [[Array.from({ length: units }, () => 0)], [0]],
  );
  const of = (count: number) => ({
    layers: [dense(count), relu, dense(1)],
    x: Array.from({ length: points }, (_, i) => i),
    y: Array.from({ length: points }, () => 0),
  });
  const one = problem(of(1));
  const node = nodeFor(one, minimumOf(one).risk) as Fields & {
    combinations: readonly { multipliers: readonly Fields[] }[];
  };
  const [first] = node.combinations;
  const line = JSON.stringify({ ...first, multipliers: Array.from({ length: units }, () => first?.multipliers[0]) });
  const choices = node.combinations.length;
  let count = 1;
  for (let j = 1; j <= units; j++) count = (count * (choices - 1 + j)) / j;
  const stream = { ...node, combinations: { stream: `${name}.leaves.jsonl` } };
  write(`${name}.cert.json`, JSON.stringify(globalBy(problem(of(units)), zero, stream)));
  write(`${name}.leaves.jsonl`, `${line}\n`.repeat(count));
  return count;
}

test('Ctrl-C keeps what was checked, and the next run goes on', async () => {
  const count = longStream('ctrl');
  const run = spawn(process.execPath, [main, 'verify', 'ctrl.cert.json', '--resume', 'ctrl.state'], { cwd: folder });
  let told = '';
  run.stderr.on('data', (data: Buffer) => {
    told += data.toString();
  });
  const ended = new Promise<number | null>((resolve) => run.once('close', resolve));
  while (!existsSync(at('ctrl.state')) && run.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const before = stateOf('ctrl.state')['combinations'] as number;
  run.kill('SIGINT');
  expect(await ended).toBe(130);
  const { combinations } = stateOf('ctrl.state') as { combinations: number };
  expect(combinations).toBeGreaterThanOrEqual(before);
  expect(combinations).toBeLessThan(count);
  expect(told).toContain(
    `ctrl.cert.json: stopped: ${combinations} combinations are checked, and --resume ctrl.state goes on`,
  );
  const ran = resume('ctrl', 'ctrl.state');
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.out).toContain(`(${combinations} of the combinations checked by an earlier run)`);
  expect(existsSync(at('ctrl.state'))).toBe(false);
});
