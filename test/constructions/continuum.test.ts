import { describe, expect, test } from 'vitest';
import { christofKowalczyk2023 as omnipresence } from '../../src/constructions/christof-kowalczyk-2023-spurious-minima.js';
import type { Built } from '../../src/constructions/construction.js';
import { shortBelow } from '../../src/constructions/continuum.js';
import { formatRational, rational } from '../../src/kernel/arithmetic/rational.js';
import { checkCertificate } from '../../src/kernel/check.js';
import type { Theorem } from '../../src/kernel/theorem.js';
import { build, csv, exact, type Options, samples, theoremOf } from './samples.js';

/** Of the kind spurious-family, proved again from its text. */
function familyOf(built: Built): Theorem {
  if (built.kind !== 'built') throw new Error(built.message);
  const verdict = checkCertificate(built.text);
  if (verdict.kind !== 'proved') throw new Error(verdict.reason.message);
  expect(verdict.theorem.statement.kind).toBe('spurious-family');
  return verdict.theorem;
}

const wave = samples([[0], [1], [2], [3], [4]], [0, 1, 0, 20, 1]);

describe('a continuum through the minimum of Christof and Kowalczyk', () => {
  test.each<[string, string, Options, string]>([
    ['relu', '1', {}, 'same-function'],
    ['relu', '2', {}, 'same-function'],
    ['abs', '3', { hidden: [3] }, 'same-function'],
    ['leaky-relu', '1', { hidden: [3, 2] }, 'same-function'],
    ['leaky-relu', '4', { hidden: [3, 2] }, 'same-function'],
    ['hardtanh', '1', {}, 'same-predictions'],
    ['hard-sigmoid', '2', {}, 'same-predictions'],
    ['relu6', '2', { hidden: [2, 2] }, 'same-predictions'],
    ['softshrink', '3', { hidden: [4] }, 'same-predictions'],
  ])('%s, %s parameters, %o: %s', async (activation, family, rest, realizations) => {
    const point = theoremOf(await build(omnipresence, wave, { activation, ...rest }));
    const { statement, risk, rules } = familyOf(
      await build(omnipresence, wave, { activation, ...rest, settings: { family } }),
    );
    expect(statement.family?.parameters.length).toBe(Number(family));
    expect(statement.family?.realizations).toBe(realizations);
    expect(exact(risk.point)).toBe(exact(point.risk.point));
    expect(rules).toEqual(['affine-span', 'lower-risk', 'strictly-monotone']);
  });

  test('several outputs: each has a unit that carries it', async () => {
    const data = { ...wave, targets: wave.targets.map(([y], i) => [y, rational(BigInt(i * i))]) } as typeof wave;
    const theorem = familyOf(await build(omnipresence, data, { hidden: [4], settings: { family: '4' } }));
    expect(theorem.statement.family?.parameters.length).toBe(4);
  });

  test('constant segments: biases of units that nothing reads', async () => {
    const settings = { segment: 'constant', family: '2' };
    const theorem = familyOf(await build(omnipresence, wave, { activation: 'hardtanh', settings }));
    expect(theorem.statement.family?.realizations).toBe('same-function');
  });

  test('iris, and 0 is a point', async () => {
    familyOf(await build(omnipresence, csv('iris'), { settings: { family: '1' } }));
    const { statement } = theoremOf(await build(omnipresence, wave, { settings: { family: '0' } }));
    expect(statement.kind).toBe('spurious-local-minimum');
  });

  test.each([
    ['3', 'gave-up'],
    ['99', 'gave-up'],
    ['-1', 'usage'],
    ['100', 'usage'],
    ['one', 'usage'],
    ['01', 'usage'],
  ])('family=%s with two units: %s', async (family, kind) => {
    expect((await build(omnipresence, wave, { settings: { family } })).kind).toBe(kind);
  });
});

test.each<[bigint, bigint, string]>([
  [352n, 87n, '352/87'],
  [123_456_789_012n, 1n, '123456789012'],
  [123_456_789_012_345n, 1_000_000_007n, '123456'],
  [1n, 30_000_000_000_000n, '333333/10000000000000000000'],
])('a short number below %d/%d: %s', (num, den, expected) => {
  expect(formatRational(shortBelow(rational(num, den)))).toBe(expected);
});
