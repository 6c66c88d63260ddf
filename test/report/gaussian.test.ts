/** What people are told of a Gaussian teacher. */
import { expect, test } from 'vitest';
import { checkCertificate } from '../../src/kernel/check.js';
import type { Theorem } from '../../src/kernel/theorem.js';
import { explain } from '../../src/report/explain.js';
import { plot } from '../../src/report/plot.js';
import { type GaussianParts, gaussianCertificate, identity, point, sixUnits } from '../gaussian.js';

function theoremOf(parts: GaussianParts): Theorem {
  const verdict = checkCertificate(gaussianCertificate(parts));
  if (verdict.kind !== 'proved') throw new Error(verdict.reason.message);
  return verdict.theorem;
}

const six = theoremOf({
  student: sixUnits,
  teacher: identity(6),
  kind: 'spurious-local-minimum-near',
  better: identity(6),
  proof: {
    localMinimum: { rule: 'strongly-convex-ball', modulus: '1/500', ballRadius: '1/10000000000', bits: 96 },
    lowerRisk: { rule: 'lower-risk', bits: 96 },
  },
});
const refuted = theoremOf({
  student: [['1/10', '1/20']],
  teacher: identity(2),
  kind: 'no-local-minimum-near',
  radius: '1/1000',
  proof: { descent: { rule: 'negative-curvature', direction: point([['-1', '2']]) } },
});
/** In one dimension: 2 relu(x) for relu(x). */
const line = theoremOf({
  student: [['2']],
  teacher: [['1']],
  kind: 'not-global-minimum',
  better: [['1']],
  proof: { lowerRisk: { rule: 'lower-risk' } },
});

test.each([
  ['text', 'E relu(a·x) relu(b·x) = (s + (π − θ) p)/(2π)'],
  ['markdown', 'strongly-convex-ball'],
] as const)('explain, as %s', async (format, words) => {
  const text = await explain(six, format);
  expect(text).toContain(words);
  expect(text).toContain('proofs/rules/gaussian-teacher.md');
  expect(text).not.toMatch(/undefined|NaN|\[object/);
});

test('a refutation says what bends down', async () => {
  const text = await explain(refuted, 'text');
  expect(text).toContain('ξᵀ∇²R(θ′)ξ < 0');
});

test.each([
  ['six units', six],
  ['a refuted point', refuted],
  ['one dimension, where other data show the realization', line],
])('plot: %s', (_, theorem) => {
  const svg = plot(theorem);
  expect(svg).toContain('teacher unit');
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});
