/** What is told and drawn of points with numbers of a field Q(a). */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { explain } from '../../src/report/explain.js';
import { plot } from '../../src/report/plot.js';
import { activation, certificate, check, dense, type Fields, problem } from '../certificate.js';

const file = new URL(
  '../../certificates/cheridito-jentzen-rossmannek-2022/leaky-relu-1-irrational-kink.cert.json',
  import.meta.url,
);

function theoremOf(written: unknown) {
  const verdict = check(written as Fields);
  if (verdict.kind !== 'proved') throw new Error(verdict.reason.message);
  return verdict.theorem;
}

const kinked = theoremOf(JSON.parse(readFileSync(file, 'utf8')));

test('the field and its numbers, exactly and as decimals', async () => {
  const text = await explain(kinked, 'text');
  expect(text).toMatch(
    /field Q\(a\), where a ≈ 1\.4142136\s+is\s+the\s+one\s+root \s*of\s+−2 \+ x²\s+between\s+1\s+and\s+2/,
  );
  expect(text).toContain('b1');
  expect(text).toContain(' a ');
  expect(text).toContain('≈');
  expect(text).not.toContain('exact risk');
  expect(text).not.toMatch(/\[\d+ digits\]/);
});

test('a picture says that it is drawn at decimals', () => {
  const picture = plot(kinked);
  expect(picture).toContain('irrational entries');
  expect(picture).not.toContain('NaN');
  for (const view of ['segment', 'slice'] as const) expect(plot(kinked, { view })).not.toContain('NaN');
});

test.each([
  ['local-minimum', 'localMinimum', { rule: 'affine-span' }, 'stays strictly inside one affine piece'],
  ['local-minimum', 'localMinimum', { rule: 'neuron-dominance', units: [{ multipliers: [] }] }, 'sum over the hidden'],
  ['global-minimum', 'globalMinimum', { rule: 'zero-loss' }, 'equals its target exactly'],
] as const)('%s by %o, %o', async (kind, key, node, words) => {
  const point = {
    field: { name: 'a', polynomial: ['-2', '0', '1'], root: ['1', '2'] },
    layers: [{ weights: [[['0', '1']]] }, { weights: [[['0', '1']]], bias: ['1'] }],
  };
  const posed = problem({ layers: [dense(1, false), activation('relu'), dense(1)], x: [-1, 1], y: [1, 3] });
  const text = await explain(theoremOf(certificate(kind, { problem: posed, point }, { [key]: node })), 'text');
  expect(text.replaceAll(/\s+/g, ' ')).toContain(words);
});
