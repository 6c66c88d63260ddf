import { describe, expect, test } from 'vitest';
import { explain } from '../../src/report/explain.js';
import { restate } from '../../src/report/statement.js';
import { all, descending, kinked, split, theoremOf, worked } from './instances.js';

/** Words without the line breaks of the page. */
const flat = (page: string): string => page.replaceAll(/\s+/g, ' ');

describe('every theorem has a page in both formats', () => {
  test.each(Object.keys(all))('%s', async (name) => {
    const theorem = theoremOf(all[name] ?? {});
    const [text, markdown] = [await explain(theorem, 'text'), await explain(theorem, 'markdown')];
    expect(flat(text)).toContain(await restate(theorem));
    expect(flat(text)).toContain(`${theorem.obligations.total} obligation`);
    for (const { rule } of Object.values(theorem.steps)) expect(markdown).toContain(`proofs/rules/${rule}.md`);
    expect(`${text}${markdown}`).not.toMatch(/undefined|NaN|\ue000|\[object/);
    expect(markdown).toMatch(/\| --- \| --- \|/);
    // Dollar signs pair up, so no formula runs on.
    expect((markdown.replaceAll('\\$', '').match(/\$/g) ?? []).length % 2).toBe(0);
  });
});

test('affine-span is told with its numbers', async () => {
  const page = flat(await explain(theoremOf(worked), 'text'));
  expect(page).toContain('The 6 samples fall into 1 group by the pieces taken');
  expect(page).toContain('that of unit 2 of layer 1 at sample 1, 1 away from the kink at 0');
  expect(page).toContain('every θ′ with max_p |θ′_p − θ_p| ≤ 19/100 = 0.19 over the free parameters has R(θ′) ≥ R(θ)');
  expect(page).toContain('The gap R(θ) − R(θ°) is 352/87 ≈ 4.04598, which is ≈ 75.2 % of R(θ)');
});

test('neuron-dominance shows the multipliers of the certificate', async () => {
  expect(flat(await explain(theoremOf(kinked), 'text'))).toContain('unit 1: sample 2: λ = 2 ≤ κ = 3');
  expect(flat(await explain(theoremOf(split), 'text'))).toContain('split into 2 cones');
});

test('descent is told along the direction of the certificate', async () => {
  const given = flat(await explain(theoremOf(descending), 'text'));
  expect(given).toContain('Along the direction of the certificate:');
  expect(given).toContain('R(θ(t)) − R(θ) = −2·t + …: the one-sided derivative is −2 < 0');
  expect(given).toContain('the largest with lower risk is t = 1, with the exact risk 1');
});
