import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cairnIn, temporaryFolder } from './cairn.js';
import * as example from './worked-example.js';

const folder = temporaryFolder();
const cairn = cairnIn(folder);
mkdirSync(join(folder, 'in'));
mkdirSync(join(folder, 'a-folder'));
const outside = { ...example.referringProblem, data: { ...example.referringProblem.data, file: '../d.csv' } };
const changed = { ...example.referringProblem, data: { ...example.referringProblem.data, sha256: '0'.repeat(64) } };
const tanh = { type: 'activation', function: 'tanh' };
example.write(folder, {
  'p.json': example.problemFile,
  'minimum.json': example.pointFile(example.minimum),
  'better.json': example.pointFile(example.better),
  'least.json': example.pointFile({
    layers: [
      { weights: [['1'], ['-2']], bias: ['-5/3', '-6'] },
      { weights: [['1', '1']], bias: ['2'] },
    ],
  }),
  'no-minimum.json': example.pointFile(example.noMinimum),
  'one-layer.json': example.pointFile({ layers: [] }),
  'tanh.json': JSON.stringify(example.problemFile).replace('relu', 'tanh'),
  'decay.json': { ...example.problemFile, regularization: { l2: '1/100' } },
  'valley.json': {
    ...example.problemFile,
    network: { input: [1], layers: [{ type: 'dense', units: 1 }, tanh, { type: 'dense', units: 1 }] },
    data: {
      type: 'samples',
      inputs: [['-2'], ['-1'], ['-1/2'], ['0'], ['1'], ['2']],
      // 2 tanh(x + 1/2) − 1, rounded.
      targets: [['-2.8103'], ['-1.9242'], ['-1'], ['-0.0758'], ['0.8103'], ['0.9732']],
    },
  },
  'unfinished.json': example.pointFile({
    layers: [
      { weights: [['1.1']], bias: ['0.6'] },
      { weights: [['2']], bias: ['-1'] },
    ],
  }),
  'negative.json': JSON.stringify(example.problemFile).replace('"squared"', '"squared","factor":"-1"'),
  'twice.json': JSON.stringify(example.referringProblem).replace('{', '{"format":"cairn-problem",'),
  'number.json': JSON.stringify(example.referringProblem).replace('"units":2', '"units":2.0'),
  'not-json.json': 'cairn',
  'not-utf8.json': Uint8Array.of(0xc3, 0x28),
  'in/p.json': example.referringProblem,
  'in/d.csv': example.csv,
  'in/outside.json': outside,
  'in/changed.json': changed,
  'd.csv': example.csv,
});
const before = readdirSync(folder).sort();
const certify = (args: string) => cairn('certify', ...args.split(' '));

describe('exit codes', () => {
  test.each([
    ['p.json --point minimum.json', 0, 'spurious-local-minimum'],
    ['p.json --point minimum.json --better better.json', 0, '352/87'],
    ['p.json --point minimum.json --claim local-minimum', 0, 'proved    local-minimum'],
    ['p.json --point minimum.json --claim global-minimum', 1, 'not-global-minimum'],
    ['p.json --point better.json --claim global-minimum', 1, 'better R° = 2/3'],
    ['p.json --point least.json --claim global-minimum', 0, 'global-minimum by enumeration: R = 2/3'],
    ['p.json --point minimum.json --claim not-local-minimum', 1, 'proved    local-minimum'],
    ['p.json --point better.json --claim local-minimum', 0, 'local-minimum by affine-span'],
    ['p.json --point no-minimum.json', 1, 'not-local-minimum'],
    ['p.json --point no-minimum.json --claim not-local-minimum', 0, 'not-local-minimum'],
    ['p.json --point no-minimum.json --near 1/1000000', 1, 'no-local-minimum-near'],
    ['tanh.json --point minimum.json --near 1/1000', 1, 'no-local-minimum-near'],
    ['decay.json --point no-minimum.json --near 1/1000000', 1, 'no-local-minimum-near'],
    ['p.json --point no-minimum.json --near 1/1000000 --claim no-local-minimum-near', 0, 'no-local-minimum-near'],
    ['in/p.json --point minimum.json --claim local-minimum', 0, 'proved    local-minimum'],
  ])('certify %s: %i, %s, and what is written is proved', (args, code, said) => {
    const ran = certify(`${args} -o out.cert.json`);
    const falls = 'along the direction of the certificate the risk changes by −18·t + …; at t = 2 it is lower by 12\n';
    expect(ran).toMatchObject({ code, err: said === 'not-local-minimum' ? falls : '' });
    expect(ran.out).toContain(said);
    expect(ran.out).toContain('written: out.cert.json');
    expect(cairn('verify', 'out.cert.json', '--problem', args.split(' ')[0] ?? '')).toMatchObject({ code: 0 });
  });

  test.each([
    ['p.json --point minimum.json --near 1/1000', '[gradient-may-vanish]'],
    ['decay.json --point minimum.json', '[nonzero-gradient]'],
    ['decay.json --point minimum.json --claim saddle', '[unsupported-claim]'],
    ['decay.json --point minimum.json --claim not-global-minimum', '[no-better-point]'],
    [
      'p.json --point minimum.json --near 1/1000',
      '; no minimum is shown: the Hessian of the risk is not positive definite',
    ],
    ['tanh.json --point minimum.json', '[irrational-value]'],
    ['tanh.json --point minimum.json --near 10', '[curvature-not-positive]'],
    ['p.json --point minimum.json --near 1/1000', '; doubles find no smaller radius that might do'],
  ])('certify %s: 2, %s, and nothing is written', (args, said) => {
    const ran = certify(`${args} -o nothing.json`);
    expect(ran).toMatchObject({ code: 2, err: '' });
    expect(ran.out).toContain(said);
    expect(existsSync(join(folder, 'nothing.json'))).toBe(false);
  });

  test.each([
    ['nowhere.json --point minimum.json', 'nowhere.json: no such file or folder'],
    ['p.json --point nowhere.json', 'nowhere.json: no such file or folder'],
    ['p.json --point minimum.json --better nowhere.json', 'nowhere.json: no such file or folder'],
    ['not-json.json --point minimum.json', 'not-json.json: $: line 1, column 1: '],
    ['not-utf8.json --point minimum.json', 'not-utf8.json: expected UTF-8 text'],
    ['a-folder --point minimum.json', 'a-folder: expected a file, found a folder'],
    ['negative.json --point minimum.json', 'negative.json: $.loss.factor: '],
    ['twice.json --point minimum.json', 'twice.json: $: the key "format" stands twice'],
    ['number.json --point minimum.json', 'number.json: $.network.layers[0].units: expected an integer ≥ 1, found 2.0'],
    ['p.json --point one-layer.json', 'one-layer.json: $'],
    ['p.json --point minimum.json --claim local-minimum-near', '--claim local-minimum-near needs --near'],
    ['p.json --point minimum.json --near 1/9 --claim local-minimum', '--near excludes --claim local-minimum'],
    ['in/outside.json --point minimum.json', 'in/outside.json: $.data.file: '],
    ['in/changed.json --point minimum.json', 'in/changed.json: $.data.sha256: '],
  ])('certify %s: 3, %s, and nothing is written', (args, said) => {
    const { code, out, err } = certify(`${args} -o nothing.json`);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain(said);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(existsSync(join(folder, 'nothing.json'))).toBe(false);
  });
});

test('a point given as better that is not is reported, and ignored', () => {
  const { code, out, err } = certify('p.json --point minimum.json --better minimum.json -o out.cert.json');
  expect([code, err]).toEqual([0, 'the point given as better has no lower risk, and is ignored\n']);
  expect(out).toContain('proved    ');
});

test('a point that is not quite a minimum is polished, and stderr says so', () => {
  const { code, out, err } = certify('valley.json --point unfinished.json --near 1/2 -o out.cert.json');
  expect(code).toBe(0);
  expect(out).toContain('proved    local-minimum-near');
  expect(err).toMatch(/^the certificate is about the point that Newton’s method makes of the given one, \S+ away, /);
  expect(cairn('verify', 'out.cert.json', '--problem', 'valley.json')).toMatchObject({ code: 0 });
});

test('--json has exactly the keys of proofs/format.md 12', () => {
  const keys = ['verdict', 'kind', 'certificate', 'near', 'reason', 'ms'];
  const json = (args: string) => JSON.parse(certify(`${args} --json`).out) as Record<string, unknown>;
  const proved = json('p.json --point minimum.json --better better.json -o out.cert.json');
  expect(Object.keys(proved)).toEqual(keys);
  const kind = 'spurious-local-minimum';
  expect(proved).toMatchObject({ verdict: kind, kind, certificate: 'out.cert.json', near: null, reason: null });
  const undecided = json('p.json --point minimum.json --near 0.0010 -o nothing.json');
  expect(Object.keys(undecided)).toEqual(keys);
  expect(undecided).toMatchObject({ verdict: 'undecided', kind: null, certificate: null, near: '1/1000' });
  expect(Object.keys(undecided['reason'] as object)).toEqual(['code', 'path', 'message']);
});

test('the same question has the same bytes for an answer', () => {
  const bytes = ['1.json', '2.json'].map((name) => {
    certify(`p.json --point minimum.json -o ${name}`);
    return readFileSync(join(folder, name), 'utf8');
  });
  expect(bytes[1]).toBe(bytes[0]);
});

describe('writing', () => {
  const kept = 'an older file';
  test('an older file stays where there is nothing to write', () => {
    example.write(folder, { 'kept.json': kept });
    for (const args of ['tanh.json --point minimum.json', 'nowhere.json --point minimum.json']) {
      certify(`${args} -o kept.json`);
      expect(readFileSync(join(folder, 'kept.json'), 'utf8')).toBe(kept);
    }
  });

  test.each([
    ['a-folder', 'a-folder: cannot write: this is a folder'],
    ['nowhere/out.json', 'nowhere/out.json: cannot write: no such folder'],
    ['p.json', 'p.json: cannot write: the same file is read'],
    ['./in/../minimum.json', 'cannot write: the same file is read'],
  ])('certify … -o %s: 3, %s', (output, said) => {
    const { code, out, err } = certify(`p.json --point minimum.json -o ${output}`);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain(said);
  });

  test('a device is written to, and not replaced', () => {
    expect(certify('p.json --point minimum.json --claim local-minimum -o /dev/null').code).toBe(0);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  test('no other file is left behind', () => {
    const made = ['1.json', '2.json', 'kept.json', 'out.cert.json'];
    expect(readdirSync(folder).sort()).toEqual([...before, ...made].sort());
  });
});
