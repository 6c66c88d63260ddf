import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { cairnIn, temporaryFolder } from './cairn.js';
import * as example from './worked-example.js';

const folder = temporaryFolder();
const cairn = cairnIn(folder);
const library = (name: string) => fileURLToPath(new URL(`../../certificates/${name}.cert.json`, import.meta.url));
const { certificate, statement } = example;
example.write(folder, {
  'good.json': certificate,
  'rewritten.json': JSON.stringify(certificate).replace('"3/29"', '"6/58"').replace('"301/3"', '"602/6"'),
  'wrong.json': { ...certificate, statement: { ...statement, betterPoint: example.minimum } },
  'future.json': { ...certificate, version: 2 },
});
const all = ['--problem', 'p.json', '--point', 'q.json', '--better', 'b.json'] as const;

test('what is extracted is what certify and verify take, and has the same risks', () => {
  expect(cairn('extract', 'good.json', ...all)).toEqual({ code: 0, out: 'written: p.json, q.json, b.json\n', err: '' });
  expect(cairn('risk', 'p.json', '--point', 'q.json', '--json').out).toBe('{"risk":"156/29"}\n');
  expect(cairn('risk', 'p.json', '--point', 'b.json', '--json').out).toBe('{"risk":"4/3"}\n');
  const verified = cairn('verify', 'good.json', '--problem', 'p.json', '--point', 'q.json');
  expect(verified).toMatchObject({ code: 0 });
  const certified = cairn('certify', 'p.json', '--point', 'q.json', '--better', 'b.json', '-o', 'again.json');
  expect(certified.code).toBe(0);
  expect(cairn('diff', 'good.json', 'again.json').out).toBe('the same statement\n');
});

test('numbers are written in lowest terms, whatever way the certificate has them', () => {
  for (const [file, prefix] of [
    ['good.json', 'one'],
    ['rewritten.json', 'two'],
  ] as const) {
    const args = ['--problem', `${prefix}-p.json`, '--point', `${prefix}-q.json`, '--better', `${prefix}-b.json`];
    expect(cairn('extract', file, ...args).code).toBe(0);
  }
  for (const part of ['p', 'q', 'b']) {
    const [one, two] = ['one', 'two'].map((prefix) => readFileSync(join(folder, `${prefix}-${part}.json`), 'utf8'));
    expect(two).toBe(one);
  }
});

describe('the same risk again, as verify has it', () => {
  test.each([
    ['yun-sra-jadbabaie-2019-theorem-1/iris-relu-8', ['point', 'better']],
    ['literature/christof-kowalczyk-2023-hardtanh', ['point', 'better']],
    ['literature/ibragimov-2022-polynomial-target', ['point', 'better']],
    ['cheridito-jentzen-rossmannek-2022/leaky-relu-1-irrational-kink', ['point']],
    ['trained/iris-weight-decay-tanh-2', []],
    ['safran-shamir-2018/point-0-of-6-units', []],
  ] as const)('%s', (name, exact) => {
    const risk = (JSON.parse(cairn('verify', library(name), '--json').out) as { risk: Record<string, unknown> }).risk;
    const [problem, point, better] = ['r-p.json', 'r-q.json', 'r-b.json'];
    const args = ['--problem', problem, '--point', point, ...(risk['better'] === null ? [] : ['--better', better])];
    expect(cairn('extract', library(name), ...args)).toMatchObject({ code: 0, err: '' });
    expect(cairn('verify', library(name), '--problem', problem, '--point', point).code).toBe(0);
    for (const part of exact) {
      const file = part === 'point' ? point : better;
      const { risk: found } = JSON.parse(cairn('risk', problem, '--point', file, '--json').out) as { risk: unknown };
      expect(found).toEqual(risk[part]);
    }
  });
});

describe('what has no file is refused by name, and then nothing is written', () => {
  test.each([
    ['good.json', [], 3, 'expected --problem, --point or --better'],
    ['good.json', ['--problem', 'x', '--point', './x'], 3, './x: cannot write: two parts would go there'],
    ['good.json', ['--problem', 'good.json'], 3, 'good.json: cannot write: the same file is read'],
    ['good.json', ['--problem', 'x', '--point', 'nowhere/y'], 3, 'nowhere/y: cannot write: no such folder'],
    ['nowhere.json', ['--problem', 'x'], 3, 'nowhere.json: no such file or folder'],
    ['wrong.json', ['--problem', 'x'], 1, '[not-below]'],
    ['future.json', ['--problem', 'x'], 2, '[unsupported-version]'],
    [library('deep/max-of-two-fits'), ['--problem', 'x', '--better', 'y'], 3, 'local-minimum names no better point'],
    [library('complete-lists/cube'), ['--problem', 'x', '--point', 'y'], 3, '--point: the certificate is about a list'],
    [
      library('continua/huber-different-functions'),
      ['--problem', 'x', '--point', 'y'],
      3,
      '--point: the certificate is about a family',
    ],
  ] as const)('%s %j', (file, args, code, said) => {
    const ran = cairn('extract', file, ...args);
    expect(ran).toMatchObject({ code, out: '' });
    expect(ran.err).toContain(said);
    expect(existsSync(join(folder, 'x')) || existsSync(join(folder, 'y'))).toBe(false);
  });
});
