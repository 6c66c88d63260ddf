import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cairnIn, main, temporaryFolder } from './cairn.js';
import * as example from './worked-example.js';

const folder = temporaryFolder();
const cairn = cairnIn(folder);
example.write(folder, {
  'good.json': example.certificate,
  'p.json': example.problemFile,
  'minimum.json': example.pointFile(example.minimum),
});
const commands = [
  'demo',
  'verify',
  'certify',
  'construct',
  'import',
  'theorems',
  'explain',
  'plot',
  'view',
  'inspect',
  'risk',
  'extract',
  'diff',
  'completion',
] as const;

test.each(commands)('%s --help has examples', (command) => {
  const { code, out, err } = cairn(command, '--help');
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain(`Usage: cairn ${command}`);
  expect(out).toContain(`Examples:\n  $ cairn ${command}`);
});

test('--help lists the commands, --version is the package’s', () => {
  const { code, out } = cairn('--help');
  expect(code).toBe(0);
  for (const command of commands) expect(out).toContain(`\n  ${command}`);
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(cairn('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

describe('wrong usage is 3, never "rejected" or "declined"', () => {
  const certify = 'certify p.json --point minimum.json -o out.json';
  const construct = 'construct yun-sra-jadbabaie-2019-theorem-1 -o out.json';
  test.each([
    ['', 'Usage: cairn'],
    ['help verfy', 'unknown command "verfy"; did you mean "verify"?'],
    ['--verison', "unknown option '--verison' (Did you mean --version?)\n"],
    ['verfy x', "unknown command 'verfy' (Did you mean verify?)\n"],
    ['verify', "missing required argument 'path'"],
    ['verify good.json --jsn', "unknown option '--jsn' (Did you mean --json?)\n"],
    ['verify good.json --jobs 0', 'Expected an integer from 1'],
    ['verify good.json --jobs x', 'Expected an integer from 1'],
    ['verify good.json --limit digits', 'Expected NAME=VALUE'],
    ['verify good.json --limit digit=5', 'did you mean "digits"?'],
    ['verify good.json --limit digits=-1', 'Expected a positive integer'],
    ['verify good.json --limit digits=1e9', 'Expected a positive integer'],
    ['verify good.json --limit digits=1 --limit digits=2', 'given twice'],
    ['certify p.json -o out.json', "required option '--point <file>'"],
    ['certify p.json --point minimum.json', "required option '-o, --output <file>'"],
    [`${certify} --claim local-minimun`, 'did you mean "local-minimum"?'],
    [`${certify} --near 0`, 'Expected a number > 0'],
    [`${certify} --near 1e-3`, 'Expected a number > 0'],
    [`${certify} --near 1/0`, 'Expected a number > 0'],
    [`${certify} --seed -1`, 'Expected an integer from 0'],
    [`${certify} --effort 99999999999`, 'Expected an integer from 1'],
    [`${certify} more`, 'too many arguments'],
    ['construct yun-sra-jadbabaie-2019-theorem-11 -o out.json', 'did you mean "yun-sra-jadbabaie-2019-theorem-1"?'],
    ['construct nothing -o out.json', '`cairn theorems` lists them'],
    [`${construct} --hidden 0`, 'Expected an integer from 1'],
    [`${construct} --hidden 8,`, 'Expected names between commas'],
    [`${construct} --activation rleu`, '--activation "rleu": unknown name "rleu"; did you mean "relu"?'],
    [`${construct} --activation tanh:slope=1`, 'the format has no such key'],
    [`${construct} --activation leaky-relu:slope`, 'expected NAME:key=value'],
    [`${construct} --loss squared:factor=0`, '--loss "squared:factor=0"'],
    [construct, 'there are no data: --data FILE.csv gives them'],
    [`${construct} --set a`, 'Expected NAME=VALUE'],
    [`${construct} --set alpha=1`, 'has no setting "alpha"'],
    [`${construct} --inputs a`, 'name columns of --data'],
    [`${construct} --data nowhere.csv`, 'nowhere.csv: no such file or folder'],
    [`${construct} --data p.json`, 'p.json: line 1'],
    ['explain', "missing required argument 'file'"],
    ['explain nowhere.json', 'nowhere.json: no such file or folder'],
    ['explain . ', 'expected a file, found a folder'],
    ['schema', "missing required argument 'name'"],
    ['schema certificat', 'did you mean "certificate"?'],
    ['explain good.json --format pdf', 'Unknown name "pdf"'],
    ['explain good.json --format latx', 'did you mean "latex"?'],
    ['plot good.json', "required option '-o, --output <file>'"],
    ['plot good.json -o out.svg --view slic', 'did you mean "slice"?'],
    ['plot good.json -o good.json', 'the same file is read'],
    ['plot good.json -o out.png', 'out.png: cannot draw: expected a name that ends in .svg or .pdf, found ".png"'],
    ['plot good.json -o out', 'out: cannot draw: expected a name that ends in .svg or .pdf, found no extension'],
    ['inspect p.json', "required option '--point <file>'"],
    ['inspect minimum.json --point p.json', '$.format: expected "cairn-problem"'],
    ['risk p.json --point p.json', '$.format: expected "cairn-point"'],
    [`${construct} --loss huberr:threshold=1`, 'unknown name "huberr"; did you mean "huber"?'],
    [`${construct} --activation leaky-relu:slop=1`, 'the format has no such key here; did you mean "slope"?'],
    [`${construct} --set ets=1`, 'has no setting "ets"; did you mean "eta"?'],
    ['extract', "missing required argument 'file'"],
    ['extract good.json', 'expected --problem, --point or --better'],
    ['extract good.json --problem good.json', 'the same file is read'],
    ['verify good.json --cache p.json', 'p.json: cannot use as a cache: this is another file'],
    ['verify good.json --cache nowhere/x', 'nowhere/x: cannot write: no such folder'],
    ['completion', "missing required argument 'shell'"],
    ['completion basch', 'did you mean "bash"?'],
    ['diff good.json nowhere.json', 'nowhere.json: no such file or folder'],
    ['diff good.json', "missing required argument 'b'"],
    ['diff good.json p.json', '[wrong-format]'],
    ['demo -o p.json', 'p.json: cannot make the folder: a file of this name is there'],
    ['explain -', '-: standard input is not read: name a file'],
    ['risk p.json --point .', '.: expected a file, found a folder'],
  ])('cairn %s', (args, said) => {
    const { code, out, err } = cairn(...args.split(' ').filter((arg) => arg !== ''));
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain(said);
    expect(readdirSync(folder).sort()).toEqual(['good.json', 'minimum.json', 'p.json']);
  });
});

test('what a terminal would obey is not repeated from the command line', () => {
  const { err } = cairn('verify', '--\u001b[31m');
  expect(err).toContain("unknown option '--\\u{1b}[31m'");
});

test('verify loads two files, for it must start quickly', () => {
  const coverage = join(folder, '..', `${folder.split('/').at(-1)}-coverage`);
  const env = { ...process.env, NODE_V8_COVERAGE: coverage };
  spawnSync(process.execPath, [main, 'verify', 'good.json', '--json'], { cwd: folder, env });
  const loaded = readdirSync(coverage).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(coverage, name), 'utf8')) as { result: { url: string }[] };
    return result.map(({ url }) => basename(url)).filter((url) => url.endsWith('js'));
  });
  expect(loaded.sort()).toEqual(['main.cjs', 'verify-alone.cjs']);
  spawnSync('rm', ['-r', coverage]);
});
