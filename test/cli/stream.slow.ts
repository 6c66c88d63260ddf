/** A proof that is long enough to become a stream beside its certificate. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFile } from '../../src/formats/write.js';
import { dense, type Fields, problem, relu } from '../certificate.js';
import { minimumOf } from '../enumerated.js';
import { cairnIn, temporaryFolder } from './cairn.js';

const folder = temporaryFolder();
const cairn = cairnIn(folder);
const at = (name: string) => join(folder, name);
const write = (name: string, content: string) => writeFileSync(at(name), content);
const asFile = (all: readonly string[]) => all.map((line) => `${line}\n`).join('');

test('certify writes a long proof as a stream, and nothing else; a short one has none', () => {
  // 34 activation patterns, 68 choices: C(70, 3) combinations.
  const x = Array.from({ length: 17 }, (_, i) => i);
  const posed = problem({ layers: [dense(3), relu, dense(1)], x, y: x.map((i) => (i % 3 === 0 ? 2 : i % 2)) });
  const best = minimumOf(posed, 60_000);
  mkdirSync(at('made'));
  write('made/p.json', writeFile({ format: 'cairn-problem', version: 1, ...posed } as never));
  write('made/q.json', writeFile({ format: 'cairn-point', version: 1, ...(best.points[0] as Fields) } as never));
  const certify = (...more: readonly string[]) =>
    cairn(
      'certify',
      'made/p.json',
      '--point',
      'made/q.json',
      '--claim',
      'global-minimum',
      '-o',
      'made/c.cert.json',
      ...more,
    );
  const ran = certify('--effort', '30');
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.out).toContain('written: made/c.cert.json\nwritten: made/c.leaves.jsonl\n');
  expect(readdirSync(at('made')).sort()).toEqual(['c.cert.json', 'c.leaves.jsonl', 'p.json', 'q.json']);
  const written = readFileSync(at('made/c.leaves.jsonl'), 'utf8').trimEnd().split('\n');
  expect(written).toHaveLength(54_740);
  expect(cairn('verify', 'made')).toMatchObject({ code: 0 });
  const wrong = written.with(40_000, (written[40_000] as string).replace(/"([^"]*)"\]\]\}$/, '"1/7"]]}'));
  write('made/c.leaves.jsonl', asFile(wrong));
  const refused = cairn('verify', 'made');
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.out).toContain('$.proof.globalMinimum.combinations[40000].multipliers[2]');
});
