import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkFile, type Question } from '../../src/cli/check-file.js';
import { VerdictCache } from '../../src/cli/verdict-cache.js';
import { temporaryFolder } from './cairn.js';
import * as example from './worked-example.js';

const folder = temporaryFolder();
example.write(folder, { 'a.json': example.certificate });
const question: Question = {
  ...{ file: join(folder, 'a.json'), limits: {}, problem: null, point: null },
  ...{ words: 'short', keep: true },
};
const path = join(folder, 'cache');

test('an entry with one byte changed is never an answer', async () => {
  const cache = new VerdictCache(path, 'code');
  cache.keep(question, await checkFile(question));
  await cache.save();
  const text = readFileSync(path, 'utf8');
  expect(new VerdictCache(path, 'code').find(question)).toMatchObject({ kind: 'proved', cached: true });
  for (let at = text.indexOf('\n') + 1; at < text.length - 1; at++) {
    writeFileSync(path, `${text.slice(0, at)}${text[at] === '7' ? '8' : '7'}${text.slice(at + 1)}`);
    const damaged = new VerdictCache(path, 'code');
    expect([damaged.damaged, damaged.find(question)]).toEqual([1, null]);
  }
});

test.each([
  ['another kernel', 'other code', {}],
  ['another limit', 'code', { limits: { digits: 5 } }],
  ['another problem', 'code', { problem: '{}' }],
  ['another point', 'code', { point: '{}' }],
  ['a sentence that was not made', 'code', { words: 'sentence' as const }],
])('no answer for %s', async (_, code, change) => {
  const cache = new VerdictCache(join(folder, 'none'), 'code');
  cache.keep(question, await checkFile(question));
  await cache.save();
  const again = new VerdictCache(join(folder, 'none'), code);
  expect(again.find({ ...question, ...change })).toBeNull();
});

test('the file stays bounded: beyond 20,000 entries those used least recently go', async () => {
  const many = join(folder, 'many');
  const cache = new VerdictCache(many, 'code');
  const checked = await checkFile(question);
  const digest = (i: number) => i.toString(16).padStart(64, '0');
  cache.keep(question, checked);
  for (let i = 0; i < 20_000; i++) {
    cache.keep(question, { ...checked, digest: digest(i) });
    if (i === 10_000) expect(cache.find(question)).not.toBeNull();
  }
  await cache.save();
  expect(readFileSync(many, 'utf8').trimEnd().split('\n')).toHaveLength(20_001);
  expect(new VerdictCache(many, 'code').find(question)).not.toBeNull();
});

test('an answer of more than a million characters is not kept', async () => {
  const long = join(folder, 'long');
  const cache = new VerdictCache(long, 'code');
  const checked = await checkFile(question);
  cache.keep(question, { ...checked, source: 'x'.repeat(2 ** 20) });
  expect(cache.find(question)).toBeNull();
});
