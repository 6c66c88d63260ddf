/** A family from the command line: construct, verify, explain, plot. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { cairnIn, irisCsv, temporaryFolder } from './cairn.js';
import * as example from './worked-example.js';

const folder = temporaryFolder();
const cairn = cairnIn(folder);
const kink = fileURLToPath(new URL('../../certificates/continua/v-kink-beyond-the-data.cert.json', import.meta.url));
example.write(folder, {
  'p.json': example.problemFile,
  'minimum.json': example.pointFile(example.minimum),
  'point.json': example.certificate,
});

test('verify --json has the line of a family', () => {
  const { code, out } = cairn('verify', kink, '--json');
  expect(code).toBe(0);
  const line = JSON.parse(out);
  expect(Object.keys(line)).toEqual([
    'file',
    'verdict',
    'kind',
    'rule',
    'risk',
    'statement',
    'obligations',
    'reason',
    'ms',
  ]);
  expect(line).toMatchObject({
    verdict: 'proved',
    kind: 'spurious-family',
    rule: 'affine-span',
    risk: { point: '156/29', better: '4/3', gap: { lower: '352/87', upper: null } },
    obligations: { by: { 'strict-piece': 12, 'group-moment': 2, 'lower-risk': 1, 'strictly-monotone': 2 }, total: 17 },
    reason: null,
  });
  expect(line.statement.point).toMatch(/^[0-9a-f]{64}$/);
});

test('verify --problem compares the problem; a family is about no single point', () => {
  expect(cairn('verify', kink, '--problem', 'p.json').code).toBe(0);
  const asked = cairn('verify', kink, '--problem', 'p.json', '--point', 'minimum.json');
  expect(asked.code).toBe(1);
  expect(`${asked.out}${asked.err}`).toContain('different-point');
});

test('construct --set family=2, then verify', () => {
  const built = cairn(
    ...[
      'construct',
      'christof-kowalczyk-2023-spurious-minima',
      '--data',
      irisCsv,
      '--set',
      'family=2',
      '-o',
      'two.cert.json',
    ],
  );
  expect(built).toMatchObject({ code: 0 });
  expect(built.out).toContain('spurious-family');
  expect(cairn('verify', 'two.cert.json').code).toBe(0);
  expect(cairn('explain', 'two.cert.json').out).toContain('continuum of dimension 2');
  const failed = cairn(
    ...[
      'construct',
      'christof-kowalczyk-2023-spurious-minima',
      '--data',
      irisCsv,
      '--set',
      'family=9',
      '-o',
      'no.json',
    ],
  );
  expect(failed.code).toBe(2);
  expect(existsSync(join(folder, 'no.json'))).toBe(false);
});

test('plot --view family, of families only', () => {
  expect(cairn('plot', kink, '-o', 'f.svg', '--view', 'family')).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder, 'f.svg'), 'utf8')).toContain('Risk along the family');
  expect(cairn('plot', 'point.json', '-o', 'g.svg', '--view', 'family').code).toBe(3);
  expect(existsSync(join(folder, 'g.svg'))).toBe(false);
});
