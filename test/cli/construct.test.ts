import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cairnIn, irisCsv, temporaryFolder } from './cairn.js';
import * as example from './worked-example.js';

const folder = temporaryFolder();
const cairn = cairnIn(folder);
const theorem = 'yun-sra-jadbabaie-2019-theorem-1';
const construct = (...args: readonly string[]) => cairn('construct', theorem, ...args);
const iris = ['--data', irisCsv, '--inputs', 'sepal_length,sepal_width,petal_length', '--targets', 'petal_width'];

example.write(folder, { 'd.csv': example.csv, 'affine.csv': 'x,y\n0,0\n1,2\n2,4\n3,6\n', 'ragged.csv': 'x,y\n1\n' });

test('an instance on the iris data is proved, and its bytes repeat', () => {
  const runs = ['1.cert.json', '2.cert.json'].map((name) => ({
    name,
    ...construct(...iris, '--hidden', '8', '-o', name),
  }));
  for (const { name, code, out } of runs) {
    expect(code).toBe(0);
    expect(out).toContain('proved    spurious-local-minimum by affine-span, lower-risk');
    expect(out).toContain(`written: ${name}`);
  }
  const [first, second] = runs.map(({ name }) => readFileSync(join(folder, name), 'utf8'));
  expect(second).toBe(first);
  expect(cairn('verify', '1.cert.json')).toMatchObject({ code: 0 });
  expect(cairn('diff', '1.cert.json', '2.cert.json')).toMatchObject({ code: 0, out: 'the same statement\n' });
});

test('activation, loss and settings reach the statement', () => {
  const options = [
    '--activation',
    'leaky-relu:slope=1/10',
    '--loss',
    'squared:factor=1/2',
    '--set',
    'a=2',
    '--hidden',
    '3',
  ];
  const { code, out } = construct('--data', 'd.csv', ...options, '-o', 'leaky.cert.json');
  expect(code).toBe(0);
  expect(out).toContain('R¹ → dense 3 → leaky-relu(1/10) → dense 1');
  expect(out).toContain('R(θ) = 1/2·Σ_{i=1..6}');
});

test('Theorem 2 brings its own data, and says where relu belongs', () => {
  const flat = 'yun-sra-jadbabaie-2019-theorem-2';
  const { code, out, err } = cairn('construct', flat, '--activation', 'tanh', '-o', 'flat.cert.json');
  expect(code).toBe(0);
  expect(out).toContain('proved    spurious-local-minimum-near by coincident-preactivations, lower-risk');
  expect(err).toContain('within 1/1000000 of the point');
  const relu = cairn('construct', flat, '-o', 'nothing.json');
  expect(relu).toMatchObject({ code: 1, out: '' });
  expect(relu.err).toContain('the hypothesis "a smooth bend" fails: relu has no smooth piece');
});

test('with --exact-gap the better point is a global minimum, and its certificate stands beside', () => {
  const { code, out, err } = construct('--data', 'd.csv', '--exact-gap', '-o', 'gap.cert.json');
  expect(code).toBe(0);
  expect(out).toContain('gap 410/87');
  expect(out).toContain('written: gap.global.cert.json');
  expect(err).toContain('all global minima make 2 different vectors of predictions');
  expect(cairn('verify', 'gap.cert.json', 'gap.global.cert.json')).toMatchObject({ code: 0 });
  const wide = construct('--data', 'd.csv', '--hidden', '8', '--exact-gap', '-o', 'wide.cert.json');
  expect(wide).toMatchObject({ code: 0 });
  expect(wide.err).toContain('the exact gap is known for');
  expect(existsSync(join(folder, 'wide.global.cert.json'))).toBe(false);
});

describe('nothing is written where', () => {
  test.each([
    ['--data affine.csv', 1, 'the hypothesis'],
    ['--data d.csv --hidden 1', 1, 'the hypothesis'],
    ['--data d.csv --loss huber:threshold=1', 1, 'the hypothesis'],
    ['--data ragged.csv', 3, 'ragged.csv: line 2'],
    ['--data d.csv --targets z', 3, 'd.csv has no column "z"'],
    ['--data d.csv --set a=x', 3, theorem],
  ])('construct %s: %i, %s', (args, code, said) => {
    const ran = construct(...args.split(' '), '-o', 'nothing.json');
    expect(ran).toMatchObject({ code, out: '' });
    expect(ran.err).toContain(said);
    expect(existsSync(join(folder, 'nothing.json'))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

test('theorems lists ids, sources, hypotheses and settings', () => {
  const { code, out } = cairn('theorems');
  expect(code).toBe(0);
  expect(out).toContain(theorem);
  const lines = cairn('theorems', '--json').out.trimEnd().split('\n');
  const all = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const one of all) {
    expect(Object.keys(one)).toEqual(['id', 'title', 'source', 'bibtex', 'hypotheses', 'settings']);
    for (const setting of one['settings'] as object[]) {
      expect(Object.keys(setting)).toEqual(expect.arrayContaining(['name', 'type', 'default', 'text']));
    }
  }
  expect(all.map(({ id }) => id)).toContain(theorem);
});

test.each(['/proc/zz', '/proc/zz/deeper', 'good.csv/below'])('demo -o %s ends, and says why', (to) => {
  writeFileSync(join(folder, 'good.csv'), 'x,y\n1,2\n');
  const { code, out, err } = cairn('demo', '-o', to);
  expect([code, out]).toEqual([3, '']);
  expect(err).toMatch(/: cannot make the folder: .*\n$/);
});

test('demo writes a certificate that is proved, a page and a picture, and shows what is refused', () => {
  const { code, out } = cairn('demo', '-o', 'demo');
  expect(code).toBe(0);
  const digest = createHash('sha256').update(readFileSync(irisCsv)).digest('hex');
  expect(out).toContain('n = 150 samples, d = 3');
  expect(out).toContain(digest);
  expect(out).toContain('a local minimum: R = 3535329813377326/657088144511375 ≈ 5.3803');
  expect(out).toContain('proved  spurious-local-minimum by affine-span, lower-risk');
  expect(out.match(/REJECTED/g)).toHaveLength(3);
  expect(out.trimEnd().split('\n').slice(-3)).toEqual(['  demo/iris.cert.json', '  demo/iris.md', '  demo/iris.svg']);
  expect(readdirSync(join(folder, 'demo')).sort()).toEqual(['iris.cert.json', 'iris.md', 'iris.svg']);
  expect(cairn('verify', 'demo')).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder, 'demo/iris.svg'), 'utf8')).toMatch(/^<svg /);
  expect(readFileSync(join(folder, 'demo/iris.md'), 'utf8')).toContain('spurious local minimum');
});
