import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkCertificate } from '../../src/kernel/check.js';
import type { Theorem } from '../../src/kernel/theorem.js';
import { explain } from '../../src/report/explain.js';
import { plot } from '../../src/report/plot.js';
import { restate } from '../../src/report/statement.js';

function theorem(name: string): Theorem {
  const text = readFileSync(new URL(`../../certificates/complete-lists/${name}.cert.json`, import.meta.url), 'utf8');
  const verdict = checkCertificate(text);
  if (verdict.kind !== 'proved') throw new Error(verdict.reason.message);
  return verdict.theorem;
}

describe('a complete list', () => {
  test('is restated with the number of its functions and their kinds', async () => {
    const sentence = await restate(theorem('legendre'));
    expect(sentence).toMatch(
      /the list sha256:[0-9a-f]{64} of 5 functions is complete: every θ that is a local minimum, or at which R is differentiable with gradient 0, is on the interval one of these functions/,
    );
    expect(sentence).toContain(
      'They are 2 global minima, 3 spurious local minima; the least risk of all is R ∈ [0.1085',
    );
    expect(await restate(theorem('square'))).toContain('the least risk of all is R = 4/3645');
  });

  test('is explained as a table, with approximate numbers marked', async () => {
    const page = await explain(theorem('wave'), 'text');
    expect(page).toMatch(/1 {2}m = 25\/24 .* spurious local minimum {2}affine-span, lower-risk/);
    expect(page).toMatch(/2 {2}13\/96 \+ \(29\/16\) x/);
    expect(page).toMatch(/4 {2}hinge, opens right {2}≈ 0\.509203858 .* global minimum/);
    expect(page).toMatch(/5 {2}hinge, opens left {3}1\/4 {13}−4 /);
    expect(page).toContain('in 8 pieces, and tested 6 breakpoints');
    expect(page).toContain('proofs/rules/hinge-profile.md');
    expect(page).not.toContain('mirrored');
    expect(await explain(theorem('legendre'), 'markdown')).toContain('mirrored');
  });

  test.each(['square', 'wave', 'line', 'square-abs', 'square-leaky-relu'])(
    '%s is drawn, the same way each time',
    (name) => {
      const proved = theorem(name);
      const picture = plot(proved);
      expect(picture).toBe(plot(proved));
      expect(picture).toContain('Least risk with a kink at q');
      expect(picture).toContain('Target and critical realizations');
      expect(picture).not.toMatch(/NaN|Infinity/);
      expect(plot(proved, { view: 'segment' })).not.toMatch(/NaN|Infinity/);
    },
  );
});
