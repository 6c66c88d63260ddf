import { describe, expect, test } from 'vitest';
import { christofKowalczyk2023IllPosedness as illPosedness } from '../../src/constructions/christof-kowalczyk-2023-ill-posedness.js';
import { christofKowalczyk2023 as spuriousMinima } from '../../src/constructions/christof-kowalczyk-2023-spurious-minima.js';
import { withExactGap } from '../../src/constructions/exact-gap.js';
import { yunSraJadbabaie2019Theorem1 as theorem1 } from '../../src/constructions/yun-sra-jadbabaie-2019-theorem-1.js';
import { formatRational } from '../../src/kernel/arithmetic/rational.js';
import { checkCertificate } from '../../src/kernel/check.js';
import { explain } from '../../src/report/explain.js';
import { plot } from '../../src/report/plot.js';
import { restate } from '../../src/report/statement.js';
import { MemoryStore } from '../enumerated.js';
import { build, type Data, exact, type Options, samples, theoremOf } from './samples.js';

const own: Data = { inputs: [], targets: [], weights: null };
const kind = 'ill-posed-best-approximation';

describe('labels with two best approximations', () => {
  test.each<[string, Options, string, string]>([
    ['relu', { activation: 'relu', settings: { jump: '1/2' } }, '1/2', '1/2'],
    ['a jump of 1, by default', { activation: 'relu' }, '1', '2'],
    ['a large jump', { activation: 'relu', settings: { jump: '1000000' } }, '1000000', '2000000000000'],
    ['leaky relu', { activation: 'leaky-relu:slope=1/4' }, '1', '14/3'],
    ['hardtanh', { activation: 'hardtanh', settings: { jump: '3' } }, '3', '18'],
    ['two units', { activation: 'relu', hidden: [2] }, '1', '3/2'],
  ])('%s', async (_, options, jump, risk) => {
    const theorem = theoremOf(await build(illPosedness, own, options), kind);
    const { other } = theorem.statement;
    expect([other === null ? '' : formatRational(other.jump), exact(theorem.risk.point)]).toEqual([jump, risk]);
    expect(theorem.rule).toBe('enumeration');
    expect(theorem.risk).toMatchObject({ better: null, gap: null });
  });

  test('at labels of one’s own', async () => {
    const data = samples([[-2], [-1], [1], [2]], [0, 3, 3, 0]);
    expect(theoremOf(await build(illPosedness, data, { activation: 'relu' }), kind).statement.other).not.toBeNull();
  });

  test.each<[string, Data, Options, string]>([
    ['labels that one unit fits', own, { activation: 'abs' }, 'some labels have two best approximations'],
    ['another loss', own, { loss: 'huber:threshold=1' }, 'squared loss'],
    ['two hidden layers', own, { hidden: [1, 1] }, 'one output'],
    [
      'two outputs',
      {
        ...samples([[0], [1]], [0, 1]),
        targets: samples(
          [
            [0, 1],
            [1, 0],
          ],
          [0, 0],
        ).inputs,
      },
      {},
      'one output',
    ],
    ['a smooth activation', own, { activation: 'elu' }, 'activation piecewise affine, not affine'],
    ['no kink', own, { activation: 'identity' }, 'activation piecewise affine, not affine'],
  ])('%s: a hypothesis fails', async (_, data, options, hypothesis) => {
    expect(await build(illPosedness, data, options)).toMatchObject({ kind: 'hypothesis-fails', hypothesis });
  });

  test.each(['0', '-1', 'far'])('a jump of %s is none', async (jump) => {
    expect(await build(illPosedness, own, { settings: { jump } })).toMatchObject({ kind: 'usage' });
  });

  test('too many combinations for the effort', async () => {
    const data = samples([[0], [1], [2], [3], [4], [5], [6], [7]], [0, 1, 0, 1, 0, 1, 0, 1]);
    expect(await build(illPosedness, data, { hidden: [4], effort: 1 })).toMatchObject({ kind: 'gave-up' });
  });

  test('the instability is told and drawn', async () => {
    const theorem = theoremOf(await build(illPosedness, own, { activation: 'relu' }), kind);
    expect(await restate(theorem)).toMatch(
      /the points sha256:[0-9a-f]{64} and sha256:[0-9a-f]{64} are global minima with R = 2, and their predictions differ by at least 1 at some sample/,
    );
    const page = await explain(theorem, 'text');
    expect(page).toContain('There are 12 combinations.');
    expect(page).toContain('The closures of the 6 that are kept cover');
    expect(page).toMatch(/1 +2 +1 +2 +−1\n/);
    expect(page.replaceAll('\n', ' ')).toContain(
      'the best approximation does not depend continuously on the labels (Hadamard)',
    );
    const picture = plot(theorem);
    expect(picture).toContain('Best approximation is ill-posed');
    expect(picture).toContain('>jump<');
  });
});

describe('the exact gap', () => {
  const six = samples([[-4], [-3], [-2], [2], [3], [4]], [4, 2, 2, 2, 4, 4]);
  test('the better point is a global minimum', async () => {
    const built = await build(theorem1, six, { activation: 'relu', hidden: [2] });
    if (built.kind !== 'built') throw new Error(built.message);
    const gap = withExactGap(built.text, built.theorem, 10);
    if (gap.kind !== 'exact') throw new Error(gap.message);
    expect(gap.theorem.statement.kind).toBe('spurious-local-minimum');
    expect([exact(gap.theorem.risk.better), exact(gap.theorem.risk.gap)]).toEqual(['2/3', '410/87']);
    expect(gap.theorem.about).toEqual(built.theorem.about);
    const global = theoremOf(
      { kind: 'built', text: gap.globalText, ...proved(gap.globalText), notes: [] },
      'global-minimum',
    );
    expect(exact(global.risk.point)).toBe('2/3');
    expect(gap.notes[0]).toContain('300 combinations of 12 activation patterns and signs');
  });

  test('a long proof goes to the store, and is checked as the store has it', async () => {
    const built = await build(theorem1, six, { activation: 'relu', hidden: [2] });
    if (built.kind !== 'built') throw new Error(built.message);
    const store = new MemoryStore(299);
    const gap = withExactGap(built.text, built.theorem, 10, { store });
    if (gap.kind !== 'exact') throw new Error(gap.message);
    expect(store.lines).toHaveLength(300);
    expect(gap.globalText).toContain('"combinations": {"stream": "kept.leaves.jsonl"}');
    expect(checkCertificate(gap.globalText, { lines: () => store.lines }).kind).toBe('proved');
    expect(checkCertificate(gap.globalText)).toMatchObject({ reason: { code: 'unsupported-stream' } });
    const none = new MemoryStore(300);
    expect(withExactGap(built.text, built.theorem, 10, { store: none })).toMatchObject({ kind: 'exact' });
    expect(none.lines).toEqual([]);
    // What was kept is not what was found.
    const forgetful = new MemoryStore(299);
    forgetful.read = () => forgetful.lines.slice(1);
    expect(withExactGap(built.text, built.theorem, 10, { store: forgetful })).toMatchObject({ kind: 'not-found' });
  });

  test.each<[string, Options, number]>([
    ['two hidden layers', { activation: 'relu', hidden: [2, 2] }, 10],
    ['another loss', { activation: 'relu', hidden: [2], loss: 'huber:threshold=1' }, 10],
    ['too little effort', { activation: 'relu', hidden: [4] }, 1],
    ['a smooth piece', { activation: 'hardswish', hidden: [2] }, 10],
  ])('%s: not found, and said why', async (_, options, effort) => {
    const built = await build(spuriousMinima, six, options);
    if (built.kind !== 'built') throw new Error(built.message);
    expect(withExactGap(built.text, built.theorem, effort)).toMatchObject({ kind: 'not-found' });
  });
});

function proved(text: string) {
  const verdict = checkCertificate(text);
  if (verdict.kind !== 'proved') throw new Error(verdict.reason.message);
  return { theorem: verdict.theorem };
}
