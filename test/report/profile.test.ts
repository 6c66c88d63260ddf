import { describe, expect, test } from 'vitest';
import { explain } from '../../src/report/explain.js';
import { plot } from '../../src/report/plot.js';
import { claimTitle, restate, verdictPieces } from '../../src/report/statement.js';
import { certificate, point } from '../certificate.js';
import { better, oneUnit, problemOf, profile, twoUnits } from '../kernel/rules/profile-problems.js';
import { theoremOf } from './instances.js';

const two = theoremOf(profile(twoUnits));
const one = theoremOf(profile({ ...oneUnit, gap: 1 }));
const flat = point(
  [
    [[0], [0]],
    [-1, -1],
  ],
  [[[0, 0]], [0]],
);
const beaten = theoremOf(
  certificate(
    'not-global-minimum',
    { problem: problemOf(twoUnits), point: flat, betterPoint: better },
    { lowerRisk: { rule: 'lower-risk' } },
  ),
);

test('the sentence has a gap, and no risk that nobody knows', async () => {
  const sentence = await restate(two);
  expect(sentence).toMatch(/t ∈ \[5\/9, 9\/5\], is a local minimum; different t give different points, and no two/);
  expect(sentence).toContain('has a risk that is lower than each by exactly 243/175. Problem');
  expect(sentence).toContain('G(u) = u³ / (1 + 3 u² + 3 u⁴ + u⁶)');
  expect(await restate(one)).toContain('lower than each by at least 1, exactly 3/2. Problem');
  expect(await restate(beaten)).toMatch(
    /is not a global minimum; the point sha256:\w+ has a risk that is lower by exactly 768\/175/,
  );
  expect(claimTitle(two)).toEqual(['A continuum of spurious local minima']);
});

test('pieces of --json: an exact gap beside two risks that are null', async () => {
  expect((await verdictPieces(one)).risk).toEqual({ point: null, better: null, gap: '3/2' });
  expect((await verdictPieces(beaten)).risk).toEqual({ point: null, better: null, gap: '768/175' });
});

describe('explain', () => {
  test.each([
    [
      two,
      [
        'unit 1 is affine',
        'unit 2 has its kink',
        '25/106',
        '81/106',
        '(1/5, 4/5)',
        '∫ (N_θ(t) − y) x dx = 0',
        '= 3,',
        '768/175',
        '243/175',
      ],
    ],
    [one, ['unit 2 is flat', 'unit 1 has its kink', '(0, 2/3)', '= 12', '∫ y² dx − 27/2', '3/2']],
    [beaten, ['R(θ) = ∫ y² dx − 0', '768/175']],
  ])('%#', async (theorem, words) => {
    const [text, markdown] = [await explain(theorem, 'text'), await explain(theorem, 'markdown')];
    for (const word of words) expect(text.replace(/\s+/g, ' ')).toContain(word);
    expect(markdown).toContain('proofs/rules/profile-family.md');
    expect(text).not.toMatch(/NaN|undefined|null/);
  });

  test('only a unit that is not flat asks for the moment of x', async () => {
    expect(await explain(one, 'text')).not.toContain('(N_θ(t) − y) x dx');
  });
});

test('pictures: the fan and the profile; the same bytes twice', () => {
  for (const theorem of [two, one]) {
    const drawn = plot(theorem);
    expect(drawn).toMatch(/^<svg /);
    expect(plot(theorem, { view: 'family' })).toBe(drawn);
    expect(drawn).toContain('Target and realizations of members');
    expect(drawn).toContain('Risk of the best fit with its kink at q');
    expect(drawn).not.toMatch(/NaN|undefined|Infinity/);
    expect(plot(theorem, { view: 'realization' })).toContain('Target and realizations');
    for (const view of ['segment', 'slice', 'residual'] as const)
      expect(() => plot(theorem, { view })).toThrow(RangeError);
  }
  expect(plot(beaten)).toContain('Target and realizations');
});
