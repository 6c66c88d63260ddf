import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cairnIn, temporaryFolder } from './cairn.js';
import * as example from './worked-example.js';

const folder = temporaryFolder();
const cairn = cairnIn(folder);
const { certificate, statement } = example;
/** Inputs twice as large and first weights half as large: the same predictions. So are weights twice and a factor half as large. */
function scaled(): object {
  const file = structuredClone(certificate);
  const { problem, point, betterPoint } = file.statement;
  Object.assign(problem, { loss: { function: 'squared', factor: '1/2' } });
  problem.data.inputs = problem.data.inputs.map(([x]) => [`${2 * Number(x)}`]);
  Object.assign(problem.data, { weights: problem.data.inputs.map(() => '2') });
  (point.layers[0] as { weights: string[][] }).weights = [['3/58'], ['0']];
  (betterPoint.layers[0] as { weights: string[][] }).weights = [['-1'], ['1/2']];
  return file;
}
const theirs = 'a claim that nobody may see';
example.write(folder, {
  'good.json': { ...certificate, about: { source: 'A <b>b</b> & $c$', text: 'x' } },
  'local.json': {
    ...certificate,
    statement: { kind: 'local-minimum', problem: example.problem, point: example.minimum },
    proof: { localMinimum: { rule: 'affine-span' } },
  },
  'rewritten.json': JSON.stringify(certificate).replace('"3/29"', '"6/58"').replace('"301/3"', '"602/6"'),
  'wrong.json': { ...certificate, statement: { ...statement, betterPoint: example.minimum }, about: { text: theirs } },
  'future.json': { ...certificate, version: 2, about: { text: theirs } },
  'other.json': scaled(),
  'p.json': example.problemFile,
  'decay.json': { ...example.problemFile, regularization: { l2: '1/100' } },
  'minimum.json': example.pointFile(example.minimum),
});

describe('an unproved certificate shows nothing but its reason', () => {
  test.each([
    ['explain wrong.json', 1, '[not-below]'],
    ['explain future.json', 2, '[unsupported-version]'],
    ['explain wrong.json --format markdown', 1, '[not-below]'],
    ['plot wrong.json -o no.svg', 1, '[not-below]'],
    ['plot future.json -o no.svg', 2, '[unsupported-version]'],
    ['diff good.json wrong.json', 3, '[not-below]'],
  ])('cairn %s: %i', (args, code, said) => {
    const ran = cairn(...args.split(' '));
    expect(ran).toMatchObject({ code, out: '' });
    expect(ran.err).toContain(said);
    expect(ran.err).not.toContain(theirs);
    expect(existsSync(join(folder, 'no.svg'))).toBe(false);
  });
});

test('explain says the theorem, as text and as Markdown', () => {
  const [text, markdown] = [cairn('explain', 'good.json'), cairn('explain', 'good.json', '--format', 'markdown')];
  expect([text.code, markdown.code]).toEqual([0, 0]);
  expect(text.out).toContain('A spurious local minimum');
  expect(markdown.out).toContain('# ');
  expect(markdown.out).not.toContain('<b>');
});

test('plot draws the same bytes twice', () => {
  expect(cairn('plot', 'good.json', '-o', '1.svg')).toEqual({ code: 0, out: 'written: 1.svg\n', err: '' });
  cairn('plot', 'good.json', '-o', '2.svg');
  const [first, second] = ['1.svg', '2.svg'].map((name) => readFileSync(join(folder, name), 'utf8'));
  expect(first).toMatch(/^<svg /);
  expect(second).toBe(first);
});

test('plot -o of a .pdf is a PDF', () => {
  expect(cairn('plot', 'good.json', '-o', '1.pdf')).toEqual({ code: 0, out: 'written: 1.pdf\n', err: '' });
  expect(readFileSync(join(folder, '1.pdf')).subarray(0, 5).toString()).toBe('%PDF-');
});

test('explain prints a paper, its body and entries for BibTeX, which cite the file by its digest', () => {
  const digest = createHash('sha256')
    .update(readFileSync(join(folder, 'good.json')))
    .digest('hex');
  const [whole, body, entries] = ['latex', 'latex-body', 'bibtex'].map((format) => {
    const { code, out, err } = cairn('explain', 'good.json', '--format', format);
    expect([code, err]).toEqual([0, '']);
    return out;
  }) as [string, string, string];
  expect(whole).toMatch(/^%.*\\documentclass.*\\end\{document\}/s);
  expect(whole).toContain(body.trimEnd());
  expect(body).toMatch(/^\\begin\{theorem\}/);
  for (const text of [whole, body, entries]) expect(text.replaceAll('\\allowbreak ', '')).toContain(digest);
  expect(cairn('explain', 'wrong.json', '--format', 'latex')).toMatchObject({ code: 1, out: '' });
});

test.each(['segment', 'slice', 'realization', 'residual'])('plot --view %s', (view) => {
  expect(cairn('plot', 'good.json', '-o', `${view}.svg`, '--view', view, '--plane', '7')).toMatchObject({ code: 0 });
});

test('plot calls the axes what it is told', () => {
  const plot = (...args: readonly string[]) => cairn('plot', 'good.json', '-o', 'named.svg', ...args);
  const names = ['--input-name', 'length (cm)', '--output-name', 'width <cm>'];
  expect(plot(...names)).toMatchObject({ code: 0 });
  const svg = readFileSync(join(folder, 'named.svg'), 'utf8');
  for (const words of ['>length (cm)<', '>width &lt;cm&gt;<']) expect(svg).toContain(words);
  for (const [args, said] of [
    [['--view', 'residual', ...names], 'good.json: --input-name: the picture has no axis of the input'],
    [['--input-name', ' '], 'Expected from 1 to 60 characters on one line, found " ".'],
    [['--input-name', 'a\nb'], 'Expected from 1 to 60 characters on one line'],
    [['--output-name', 'y'.repeat(61)], 'Expected from 1 to 60 characters on one line'],
  ] as const) {
    const ran = plot(...args);
    expect(ran).toMatchObject({ code: 3, out: '' });
    expect(ran.err).toContain(said);
  }
});

test('risk is exact', () => {
  expect(cairn('risk', 'p.json', '--point', 'minimum.json')).toEqual({
    code: 0,
    out: 'R = 156/29 ≈ 5.37931\n',
    err: '',
  });
  expect(cairn('risk', 'p.json', '--point', 'minimum.json', '--json').out).toBe('{"risk":"156/29"}\n');
});

test('weight decay is part of the risk: 156/29 + (9260/841)/100', () => {
  expect(cairn('risk', 'decay.json', '--point', 'minimum.json', '--json').out).toBe('{"risk":"23083/4205"}\n');
  const inspected = cairn('inspect', 'decay.json', '--point', 'minimum.json');
  expect(inspected).toMatchObject({ code: 2 });
  expect(`${inspected.out}${inspected.err}`).toContain('has nothing for weight decay');
});

test('a risk that is irrational is enclosed', () => {
  const json = { format: 'cairn-problem', version: 1 };
  const dense = { type: 'dense', units: 1 };
  const problem = {
    ...json,
    network: { input: [1], layers: [dense, { type: 'activation', function: 'elu' }, dense] },
    loss: { function: 'squared' },
    data: { type: 'samples', inputs: [['1']], targets: [['0']] },
  };
  const point = {
    format: 'cairn-point',
    version: 1,
    layers: [
      { weights: [['-1']], bias: ['0'] },
      { weights: [['1']], bias: ['0'] },
    ],
  };
  writeFileSync(join(folder, 'elu.json'), JSON.stringify(problem));
  writeFileSync(join(folder, 'elu-point.json'), JSON.stringify(point));
  expect(cairn('risk', 'elu.json', '--point', 'elu-point.json')).toEqual({
    code: 0,
    out: 'R ∈ [0.399576400893, 0.399576400894]\n',
    err: '',
  });
  const { risk } = JSON.parse(cairn('risk', 'elu.json', '--point', 'elu-point.json', '--json').out) as {
    risk: Record<string, string>;
  };
  expect(Object.keys(risk)).toEqual(['lower', 'upper']);
  for (const end of Object.values(risk)) expect(end).toMatch(/^\d+\/\d+$/);
});

test('inspect shows the regions', () => {
  const { code, out } = cairn('inspect', 'p.json', '--point', 'minimum.json');
  expect(code).toBe(0);
  expect(out).toContain('N(x) = 3/29·x1 + 3');
});

test('diff compares statements by value', () => {
  expect(cairn('diff', 'good.json', 'rewritten.json')).toMatchObject({ code: 0, out: 'the same statement\n' });
});

test('diff says what differs, where, and what the kernel computes of both', () => {
  expect(cairn('diff', 'good.json', 'local.json')).toEqual({
    code: 1,
    out: `different: kind, better point
  before: spurious-local-minimum by affine-span, lower-risk: R = 156/29 ≈ 5.37931; better R° = 4/3 ≈ 1.33333; gap 352/87 ≈ 4.04598
  after:  local-minimum by affine-span: R = 156/29 ≈ 5.37931
2 places differ: 1 in kind, 1 in better point
  $.kind: spurious-local-minimum → local-minimum
  $.betterPoint: {"layers":[{"weigh…"bias":["-100"]}]} [103 characters] → nothing
`,
    err: '',
  });
  const { code, out } = cairn('diff', 'good.json', 'other.json');
  expect(code).toBe(1);
  expect(out.split('\n').slice(0, 1)).toEqual(['different: loss, data, point, better point']);
  expect(out).toContain('16 places differ: 1 in loss, 12 in data, 1 in point, 2 in better point\n');
  expect(out).toContain('  $.problem.loss.factor: 1 → 1/2\n  $.problem.data.inputs[0][0]: -4 → -8\n');
  expect(out).toMatch(/ {2}and 6 more\n$/);
});

test('diff --json has the same in one object', () => {
  const { code, out, err } = cairn('diff', 'good.json', 'local.json', '--json');
  expect([code, err]).toEqual([1, '']);
  const { before, after, changes, ...rest } = JSON.parse(out);
  expect(rest).toEqual({
    same: false,
    parts: [
      { name: 'kind', count: 1 },
      { name: 'better point', count: 1 },
    ],
    total: 2,
  });
  expect(before).toMatchObject({ kind: 'spurious-local-minimum', rule: 'affine-span', risk: { gap: '352/87' } });
  expect(after).toMatchObject({ kind: 'local-minimum', risk: { point: '156/29', better: null, gap: null } });
  expect(before.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(changes[0]).toEqual({ path: '$.kind', before: 'spurious-local-minimum', after: 'local-minimum' });
  const same = cairn('diff', 'good.json', 'rewritten.json', '--json');
  expect(same.code).toBe(0);
  expect(JSON.parse(same.out)).toMatchObject({ same: true, parts: [], changes: [], total: 0 });
});
