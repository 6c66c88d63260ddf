/** Problems on boxes at the command line, from construct to diff. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cairnIn, irisCsv, temporaryFolder } from './cairn.js';

const folder = temporaryFolder();
const cairn = cairnIn(folder);
const theorem = 'christof-kowalczyk-2023-spurious-minima';
const construct = (...args: readonly string[]) => cairn('construct', theorem, ...args);

interface Parsed {
  readonly statement: { readonly problem: object; readonly point: object; readonly betterPoint: object };
}

const built = construct('--box', '0,1', '--target', 'x^2', '-o', 'box.cert.json');
const { statement } = JSON.parse(readFileSync(join(folder, 'box.cert.json'), 'utf8')) as Parsed;
const write = (name: string, format: string, fields: object): void =>
  writeFileSync(join(folder, name), JSON.stringify({ format, version: 1, ...fields }));
write('box.problem.json', 'cairn-problem', statement.problem);
write('minimum.json', 'cairn-point', statement.point);
write('better.json', 'cairn-point', statement.betterPoint);

test('construct --box builds, proves and restates', () => {
  expect(built.code).toBe(0);
  expect(built.out).toContain('R = 1/180');
  expect(built.out).toContain('R(θ) = ∫_B (N_θ(x) − y(x))² dx, B = [0, 1], y(x) = x²');
});

test('several dimensions, several outputs', () => {
  const ran = construct(
    '--box',
    '0,1;-1/2,0.5',
    '--target',
    'x1*x2',
    '--target',
    '-x1^2',
    '--hidden',
    '3',
    '-o',
    'two.cert.json',
  );
  expect(ran.code).toBe(0);
  expect(ran.out).toContain('B = [0, 1] × [−1/2, 1/2], y_1(x) = x1 x2, y_2(x) = −x1²');
  expect(cairn('verify', 'two.cert.json')).toMatchObject({ code: 0 });
});

test('verify, diff, explain and plot', () => {
  expect(cairn('verify', 'box.cert.json', '--problem', 'box.problem.json', '--point', 'minimum.json').code).toBe(0);
  expect(cairn('verify', 'box.cert.json', '--point', 'better.json').code).toBe(1);
  expect(cairn('diff', 'box.cert.json', 'box.cert.json')).toMatchObject({ code: 0, out: 'the same statement\n' });
  expect(cairn('explain', 'box.cert.json').out).toContain('At every point of the closed box');
  expect(cairn('plot', 'box.cert.json', '-o', 'box.svg').code).toBe(0);
  expect(readFileSync(join(folder, 'box.svg'), 'utf8')).toContain('target y');
  expect(cairn('plot', 'box.cert.json', '--view', 'residual', '-o', 'residual.svg').code).toBe(0);
  expect(readFileSync(join(folder, 'residual.svg'), 'utf8')).toContain('Residual on the interval');
  const slab = cairn('plot', 'two.cert.json', '--view', 'residual', '-o', 'slab.svg');
  expect(slab).toMatchObject({ code: 3, out: '' });
  expect(slab.err).toContain('--view residual needs samples or an interval, found a box');
});

test('risk is exact; inspect has nothing for boxes', () => {
  expect(cairn('risk', 'box.problem.json', '--point', 'minimum.json', '--json').out).toBe('{"risk":"1/180"}\n');
  const inspected = cairn('inspect', 'box.problem.json', '--point', 'minimum.json');
  expect(inspected).toMatchObject({ code: 2, out: '' });
  expect(inspected.err.trim().split('\n')).toHaveLength(1);
  expect(inspected.err).toContain('inspect shows what a point makes of samples');
});

describe('certify decides what the rules for boxes decide', () => {
  const certify = (...args: readonly string[]) =>
    cairn('certify', 'box.problem.json', '--point', 'minimum.json', ...args, '-o', 'answer.cert.json', '--json');
  const verdict = ({ out }: { out: string }): unknown => (JSON.parse(out) as { verdict: unknown }).verdict;

  test.each([
    [[], 0, 'spurious-local-minimum'],
    [['--claim', 'spurious-local-minimum'], 0, 'spurious-local-minimum'],
    [['--claim', 'local-minimum'], 0, 'local-minimum'],
    [['--better', 'better.json'], 0, 'spurious-local-minimum'],
    [['--better', 'better.json', '--claim', 'local-minimum'], 0, 'spurious-local-minimum'],
    [['--better', 'better.json', '--claim', 'global-minimum'], 1, 'not-global-minimum'],
    [['--better', 'better.json', '--claim', 'not-global-minimum'], 0, 'not-global-minimum'],
    [['--better', 'minimum.json'], 0, 'spurious-local-minimum'],
    [['--claim', 'saddle'], 1, 'local-minimum'],
    [['--claim', 'global-minimum'], 1, 'not-global-minimum'],
    [['--near', '1/10'], 2, 'undecided'],
  ])('%j: %i, %s', (args, code, expected) => {
    const ran = certify(...(args as string[]));
    expect(ran.code).toBe(code);
    expect(verdict(ran)).toBe(expected);
    if (code < 2) expect(cairn('verify', 'answer.cert.json').code).toBe(0);
  });

  test('the better point is a minimum that has a kink', () => {
    const ran = cairn('certify', 'box.problem.json', '--point', 'better.json', '-o', 'kink.cert.json', '--json');
    expect([ran.code, verdict(ran)]).toEqual([0, 'spurious-local-minimum']);
    expect(cairn('verify', 'kink.cert.json').out).toContain('by reduced-hessian-1d');
  });
});

describe('usage', () => {
  test.each([
    [['--box', '0,1'], '--box needs --target'],
    [['--target', 'x'], 'it needs --box'],
    [['--box', '0', '--target', 'x'], '--box: expected two numbers a dimension'],
    [['--box', '0,1,2', '--target', 'x'], '--box: expected two numbers a dimension'],
    [['--box', '0,e', '--target', 'x'], 'found "e"'],
    [['--box', '1,0', '--target', 'x^2'], 'expected more than 1, found 0'],
    [['--box', '0,1', '--target', 'x^'], '--target "x^": expected an exponent from 0 to 100, found the end'],
    [['--box', '0,1;0,1', '--target', 'x'], 'expected a variable from x1 to x2, found "x"'],
    [['--box', '0,1', '--target', 'x^2', '--data', irisCsv], '--box and --data exclude each other'],
  ])('%j: %s', (args, said) => {
    const ran = construct(...args, '-o', 'nothing.json');
    expect(ran).toMatchObject({ code: 3, out: '' });
    expect(ran.err).toContain(said);
  });

  test('theorems about affine targets bring their interval', () => {
    const id = 'cheridito-jentzen-rossmannek-2022-relu';
    const ran = cairn('construct', id, '--set', 'kind=even-kinks', '--set', 'alpha=3', '-o', 'saddle.cert.json');
    expect(ran.code).toBe(0);
    expect(cairn('verify', 'saddle.cert.json').code).toBe(0);
    const odd = cairn('construct', id, '--set', 'kind=even-kinks', '--set', 'n=3', '-o', 'nothing.json');
    expect(odd.code).toBe(1);
    expect(odd.err).toContain('"an even number of kinks" fails: n is 3');
  });

  test('theorems about samples take no box', () => {
    const ran = cairn('construct', 'he-wang-tao-2020', '--box', '0,1', '--target', 'x^2', '-o', 'nothing.json');
    expect(ran).toMatchObject({ code: 3, out: '' });
    expect(ran.err).toContain('he-wang-tao-2020 is not about boxes');
  });

  test.each([
    [['--target', 'x'], 1, 'target not affine'],
    [['--target', 'x^2', '--loss', 'huber:threshold=1'], 2, 'huber'],
  ])('%j: %i', (args, code, said) => {
    const ran = construct('--box', '0,1', ...args, '-o', 'nothing.json');
    expect(ran).toMatchObject({ code, out: '' });
    expect(ran.err).toContain(said);
  });
});
