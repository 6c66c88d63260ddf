/** The library as a program calls it; the examples of its page run from the packed package (package.slow.ts). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as cairn from '../src/index.js';
import * as kernel from '../src/kernel/index.js';
import { minimum, pointFile, problemFile } from './cli/worked-example.js';

const theorem = 'yun-sra-jadbabaie-2019-theorem-1';
const fixture = (name: string) => readFileSync(new URL(`formats/fixtures/${name}`, import.meta.url));

function samplesOf(csv: string | Uint8Array, targets: readonly string[]): cairn.Samples {
  const table = cairn.parseCsv(typeof csv === 'string' ? new TextEncoder().encode(csv) : csv, 'mine.csv');
  if (table.kind === 'refused') throw new Error(table.message);
  const samples = cairn.selectColumns(table, { targets });
  if (samples.kind === 'refused') throw new Error(samples.message);
  return samples;
}
const data = samplesOf('x,y\n-4,4\n-3,2\n-2,2\n2,2\n3,4\n4,4\n', ['y']);

function problem(): cairn.Problem {
  const read = cairn.readProblem(JSON.stringify(problemFile));
  if (read.kind !== 'read') throw new Error(read.reason.message);
  return read.value;
}
function point(of: cairn.Problem): cairn.Point {
  const read = cairn.readPoint(JSON.stringify(pointFile(minimum)), of);
  if (read.kind !== 'read') throw new Error(read.reason.message);
  return read.value;
}

test('what the kernel exports, the library exports', () => {
  expect(Object.keys(cairn)).toEqual(expect.arrayContaining(Object.keys(kernel)));
  expect(Object.keys(kernel).sort()).toEqual([
    ...['canonicalTexts', 'checkCertificate', 'defaultLimits', 'formatRational', 'rational'],
    ...['readAnyPoint', 'readPoint', 'readProblem', 'reasonCodes'],
  ]);
});

describe('construct', () => {
  test('has defaults for all but the data, and answers what the kernel proved', async () => {
    const built = await cairn.construct(theorem, { data });
    if (built.kind !== 'built') throw new Error(built.message);
    expect(built.theorem.statement.kind).toBe('spurious-local-minimum');
    expect(cairn.checkCertificate(built.text).kind).toBe('proved');
    const again = await cairn.construct(theorem, { data, seed: 1, effort: 10, activation: { function: 'relu' } });
    expect(again).toMatchObject({ text: built.text });
  });

  test.each<[string, string, cairn.ConstructOptions, string, string]>([
    ['an unknown theorem', 'yun-2019', {}, 'theorem', 'unknown theorem "yun-2019"'],
    ['a misspelt theorem', `${theorem}1`, {}, 'theorem', `did you mean "${theorem}"?`],
    ['an unknown setting', theorem, { data, settings: { alpha: '1' } }, 'settings', 'has no setting "alpha"'],
    ['an unknown activation', theorem, { data, activation: { function: 'rleu' } }, 'activation', 'unknown name "rleu"'],
    ['a loss of factor 0', theorem, { data, loss: { function: 'squared', factor: '0' } }, 'loss', 'factor'],
    ['a box that it is not about', 'he-wang-tao-2020', { box: {} }, 'box', 'not about boxes'],
    ['a box and data', 'christof-kowalczyk-2023-spurious-minima', { data, box: {} }, 'box', 'exclude each other'],
  ])('%s is usage, with the option', async (_what, id, options, option, message) => {
    const built = await cairn.construct(id, options);
    expect(built).toMatchObject({ kind: 'usage', option });
    expect('message' in built && built.message).toContain(message);
  });

  test('a hypothesis that fails is named', async () => {
    const line = samplesOf('x,y\n0,0\n1,1\n2,2\n', ['y']);
    expect(await cairn.construct(theorem, { data: line })).toMatchObject({ kind: 'hypothesis-fails' });
  });
});

describe('certify and riskOf', () => {
  test('certify has defaults, and is the same twice', async () => {
    const of = problem();
    const answers = [await cairn.certify(of, point(of)), await cairn.certify(of, point(of), { seed: 1, effort: 10 })];
    expect(answers[0]).toMatchObject({ kind: 'certified', claim: 'spurious-local-minimum', holds: true });
    expect(answers[1]).toMatchObject({ text: (answers[0] as { text: string }).text });
  });

  test('the risk is exact', () => {
    const of = problem();
    const answer = cairn.riskOf(of, point(of));
    if (answer.kind !== 'computed') throw new Error(answer.reason.message);
    expect([answer.risk.lower, answer.risk.upper].map(cairn.formatRational)).toEqual(['156/29', '156/29']);
  });

  test('a limit is declined, not thrown', () => {
    const of = problem();
    const answer = cairn.riskOf(of, point(of), { limits: { operations: 1 } });
    expect(answer).toMatchObject({ kind: 'declined', reason: { code: 'limit-operations' } });
  });
});

test('problems and points are read as they are written', () => {
  const of = problem();
  const written = cairn.readProblem(cairn.writeProblem(of));
  if (written.kind !== 'read') throw new Error(written.reason.message);
  expect(cairn.writeProblem(written.value)).toBe(cairn.writeProblem(of));
  const text = cairn.writePoint(of, point(of));
  expect(JSON.parse(text)).toEqual(pointFile(minimum));
});

describe('import', () => {
  const samples = samplesOf(fixture('mlp.csv'), ['y0', 'y1']);
  const model = cairn.importModel(fixture('mlp.onnx'), samples, { reduction: 'mean' });

  test('a model becomes a problem and a point, and its weights the same point', () => {
    if (model.kind !== 'imported') throw new Error('the model is not imported');
    const read = cairn.readProblem(model.problemText);
    if (read.kind !== 'read') throw new Error(read.reason.message);
    for (const [file, format] of [
      ['mlp.safetensors', 'safetensors'],
      ['mlp.npz', 'npz'],
    ] as const) {
      const weights = cairn.importWeights(fixture(file), format, read.value);
      expect(weights).toMatchObject({ kind: 'imported', pointText: model.pointText });
    }
    expect(cairn.importWeights(fixture('mlp.csv'), 'npz', read.value)).toMatchObject({
      kind: 'refused',
      of: 'weights',
    });
  });

  test.each<[string, ReturnType<typeof cairn.importModel>, string]>([
    ['no model', cairn.importModel(fixture('mlp.csv'), samples), 'model'],
    [
      'no factor',
      cairn.importModel(fixture('mlp.onnx'), samples, { loss: { function: 'squared', factor: 'x' } }),
      'loss',
    ],
    [
      'no class',
      cairn.importModel(fixture('mlp.onnx'), samplesOf(fixture('mlp.csv'), ['y0']), {
        loss: { function: 'cross-entropy' },
      }),
      'data',
    ],
  ])('%s: refused, with what it is about', (_what, answer, of) => {
    expect(answer).toMatchObject({ kind: 'refused', of });
  });
});
