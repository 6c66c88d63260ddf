/** What people are told of flat minima. */
import { expect, test } from 'vitest';
import { checkCertificate } from '../../src/kernel/check.js';
import type { Theorem } from '../../src/kernel/theorem.js';
import { explain } from '../../src/report/explain.js';
import { plot } from '../../src/report/plot.js';
import { library } from '../library.js';

function theoremOf(name: string): Theorem {
  const file = library().find((file) => file.name === `yun-sra-jadbabaie-2019-theorem-2/${name}.cert.json`);
  const verdict = checkCertificate(file?.text ?? '');
  if (verdict.kind !== 'proved') throw new Error(verdict.reason.message);
  return verdict.theorem;
}

test.each([
  ['three-points-tanh-2', ['p = 1/3 at θ*', 'the output bias alone', 'R(θ′) − R(θ*) ≥', '1 vector z_s', '1/1000000']],
  ['three-points-quadratic-2', ['p = 1/3.', 'R(θ′) − R(θ) ≥ ½ Σ_j v′_j Σ_i g_i h″(ξ_ij) e_ij²']],
])('explain %s', async (name, words) => {
  const theorem = theoremOf(name);
  const text = (await explain(theorem, 'text')).replaceAll(/\s+/g, ' ');
  for (const word of words) expect(text).toContain(word);
  expect(text).toContain('proofs/rules/coincident-preactivations.md');
  for (const page of [text, await explain(theorem, 'markdown'), plot(theorem)]) {
    expect(page).not.toMatch(/undefined|NaN|\[object/);
  }
});
