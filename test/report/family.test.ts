import { expect, test } from 'vitest';
import { explain } from '../../src/report/explain.js';
import { plot } from '../../src/report/plot.js';
import { claimTitle, restate, verdictPieces } from '../../src/report/statement.js';
import { library } from '../library.js';
import { theoremOf, worked } from './instances.js';

const named = (name: string) => theoremOf(JSON.parse(library().find((file) => file.name === name)?.text as string));
const folder = 'christof-kowalczyk-2023-spurious-minima';
const [kink, huber, box] = [
  named('continua/v-kink-beyond-the-data.cert.json'),
  named('continua/huber-different-functions.cert.json'),
  named(`${folder}/family-iris-relu-3-of-dimension-3.cert.json`),
];

test('the sentence says that all members are local minima, what they realize, and the gap as a bound', async () => {
  const sentence = await restate(kink);
  expect(sentence).toMatch(
    /every point θ\(t\) of the family sha256:[0-9a-f]{64}, t ∈ \[0, 1\], is a local minimum with R\(θ\(t\)\) = 156\/29;/,
  );
  expect(sentence).toContain(
    'different t give different points, and no two of them are the same function of the input;',
  );
  expect(sentence).toContain('lower than each by at least 352/87. Problem');
  expect(await restate(box)).toContain('t ∈ [1/2, 2] × [0, 1] × [0, 1], is a local minimum');
  expect(await restate(box)).toContain('all are the same function of the input');
});

test('titles and pieces of --json', async () => {
  expect(claimTitle(kink)).toEqual(['A continuum of spurious local minima']);
  expect(claimTitle(box)).toEqual(['A continuum of spurious local minima of dimension 3']);
  const { kind, rule, risk } = await verdictPieces(huber);
  expect({ kind, rule, risk }).toEqual({
    kind: 'spurious-family',
    rule: 'affine-span',
    risk: { point: '38', better: '0', gap: { lower: '38', upper: null } },
  });
});

test.each([
  [kink, ['dimension 1', 'b1', '3 + t', '−t', 'Sturm', '352/87', 'no two of them']],
  [huber, ['dimension 1', 'R(θ(t)) = 38', 'strictly monotone']],
  [box, ['dimension 3', 't₁', '1 + t₂', 'Bernstein', 'w11, b2, b3', 'Up to positive factors']],
])('explain', async (theorem, words) => {
  const [text, markdown] = [await explain(theorem, 'text'), await explain(theorem, 'markdown')];
  for (const word of words) expect(text.replace(/\s+/g, ' ')).toContain(word);
  expect(markdown).toContain('proofs/rules/strictly-monotone.md');
  // Names of parameters come from the file.
  expect(text).not.toMatch(/lift|height/);
});

test('a point has no family in its explanation', async () => {
  expect(await explain(theoremOf(worked), 'text')).not.toContain('family');
});

test('pictures: the risk along the family, a fan for one input, the same bytes twice', () => {
  for (const theorem of [kink, huber, box]) {
    for (const view of ['family', 'segment', 'slice'] as const) {
      const drawn = plot(theorem, { view });
      expect(drawn).toMatch(/^<svg /);
      expect(plot(theorem, { view })).toBe(drawn);
      expect(drawn).not.toMatch(/NaN|undefined|Infinity/);
    }
  }
  expect(plot(kink, { view: 'family' })).toContain('realizations of members');
  expect(plot(box, { view: 'family' })).not.toContain('realizations of members');
  expect(() => plot(theoremOf(worked), { view: 'family' })).toThrow(RangeError);
});
