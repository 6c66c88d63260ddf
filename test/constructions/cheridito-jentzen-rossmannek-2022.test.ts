import { describe, expect, test } from 'vitest';
import type { Built } from '../../src/constructions/construction.js';
import { findConstruction } from '../../src/constructions/index.js';
import { formatRational, type Rational } from '../../src/kernel/arithmetic/rational.js';
import { checkCertificate } from '../../src/kernel/check.js';
import { pointRisk } from '../../src/report/risk-string.js';

type Name = 'relu' | 'quadratic' | 'leaky-relu';
type Settings = Readonly<Record<string, string>>;

async function build(name: Name, settings: Settings, rest: object = {}): Promise<Built> {
  const found = findConstruction(`cheridito-jentzen-rossmannek-2022-${name}`);
  if (found.kind !== 'found') throw new Error('unknown');
  return found.construction.build({
    ...{ inputs: [], targets: [], weights: null, hidden: null, settings, seed: 1, effort: 10 },
    activation: { function: name },
    loss: { function: 'squared' },
    ...rest,
  });
}

/** @returns the kind and the risk that the kernel proves from the text */
async function proved(name: Name, settings: Settings): Promise<readonly [string, string]> {
  const built = await build(name, settings);
  if (built.kind !== 'built') throw new Error(JSON.stringify(built));
  const verdict = checkCertificate(built.text);
  if (verdict.kind !== 'proved') throw new Error(verdict.reason.message);
  const { theorem } = verdict;
  return [theorem.statement.kind, formatRational(pointRisk(theorem).lower)];
}

/** Intervals and targets with α² h³/12. */
const targets: readonly (readonly [Settings, string])[] = [
  [{}, '1/12'],
  [{ a: '0', b: '1', alpha: '3', beta: '-1/2' }, '3/4'],
  [{ a: '-1', b: '1', alpha: '-1', beta: '7' }, '2/3'],
  [{ a: '-5/2', b: '-1/2', alpha: '2/3', beta: '1/7' }, '8/27'],
];

describe.each(targets)('the best constant for %j', (target, risk) => {
  test.each([
    ['relu', 'inactive', 'spurious-local-minimum'],
    ['relu', 'lower-end', 'spurious-local-minimum'],
    ['relu', 'upper-end', 'spurious-local-minimum'],
    ['relu', 'lower-end, upper-end, inactive', 'spurious-local-minimum'],
    ['relu', 'lower-end-falling', 'saddle'],
    ['relu', 'upper-end-falling', 'saddle'],
    ['relu', 'lower-end-flat', 'saddle'],
    ['relu', 'upper-end-flat', 'saddle'],
    ['relu', 'semi-active-flat', 'saddle'],
    ['relu', 'degenerate-flat', 'saddle'],
    ['relu', 'lower-end,degenerate-flat,upper-end-falling', 'saddle'],
    ['quadratic', 'flat-constant', 'saddle'],
    ['quadratic', 'flat-zero', 'saddle'],
    ['quadratic', 'flat-centered', 'saddle'],
    ['quadratic', 'zero-positive', 'saddle'],
    ['quadratic', 'zero-negative,flat-centered', 'saddle'],
    ['leaky-relu', 'flat-above', 'saddle'],
    ['leaky-relu', 'flat-below,flat-above', 'saddle'],
    ['leaky-relu', 'degenerate-flat', 'saddle'],
  ] as const)('%s, %s: %s', async (name, types, kind) => {
    expect(await proved(name, { ...target, types })).toEqual([kind, risk]);
  });

  test('is not global: the target is a network', async () => {
    for (const name of ['relu', 'quadratic', 'leaky-relu'] as const) {
      expect(await proved(name, { ...target, kind: 'global', N: '3' })).toEqual(['global-minimum', '0']);
    }
  });
});

describe('kinks', () => {
  // α² h³/(12 (n + 1)⁴)
  test.each<readonly [Settings, string]>([
    [{}, '1/972'],
    [{ n: '4' }, '1/7500'],
    [{ N: '5', types: 'inactive,lower-end-falling,kinked-twin' }, '1/972'],
    [{ types: 'kinked-flat' }, '1/972'],
    [{ types: 'semi-active-flat,degenerate-flat' }, '1/972'],
    [{ types: 'kinked-twin,kinked-twin', a: '-1', alpha: '-2', beta: '1/3' }, '8/243'],
  ])('of relu: %j', async (settings, risk) => {
    expect(await proved('relu', { kind: 'even-kinks', ...settings })).toEqual(['saddle', risk]);
  });

  test.each<readonly [Settings, string]>([
    [{ slope: '1/4', n: '1' }, 'saddle'],
    [{ slope: '1/4', n: '1', first: 'negative' }, 'saddle'],
    [{ slope: '9/16', n: '2', a: '-1', alpha: '-3' }, 'saddle'],
    [{ slope: '9/16', n: '2', first: 'negative' }, 'saddle'],
    [{ slope: '9/16', n: '3' }, 'saddle'],
    [{ slope: '1/8', n: '2', first: 'negative' }, 'saddle'],
    [{ slope: '4', n: '1' }, 'saddle'],
  ])('of leaky relu: %j', async (settings, kind) => {
    expect((await proved('leaky-relu', { kind: 'kinks', ...settings }))[0]).toBe(kind);
  });
});

describe('kinks of leaky relu at irrational places', () => {
  // Figures of proofs/sources.md 5, and of the formula E² h/3 there.
  test.each<readonly [Settings, number, number]>([
    [{ n: '1', slope: '1/2' }, 3, 0.0220779],
    [{ n: '1', slope: '1/2', first: 'negative' }, 3, 0.0220779],
    [{ n: '2', slope: '1/2' }, 3, 0.00173388],
    [{ n: '2', slope: '1/2', first: 'negative' }, 3, 0.00386608],
    [{ n: '3', slope: '1/2' }, 5, 0.00062813],
    [{ n: '3', slope: '1/2', first: 'negative' }, 5, 0.00062813],
    // √g is rational, √(1 + g) is not; then √(1 + g) = 3, √8 is not; then both are, up to one root
    [{ n: '3', slope: '1/4' }, 3, 0.00216533],
    [{ n: '3', slope: '8' }, 3, 0.00393841],
    [{ n: '1', slope: '3' }, 3, 0.0538476],
  ])('%j', async (settings, length, risk) => {
    const built = await build('leaky-relu', { kind: 'kinks', alpha: '3', beta: '-1/2', ...settings });
    if (built.kind !== 'built') throw new Error(JSON.stringify(built));
    const { statement } = built.theorem;
    const { lower, upper } = pointRisk(built.theorem);
    expect(statement.kind).toBe('saddle');
    expect(statement.point.algebraic?.field.polynomial.length).toBe(length);
    const near = (end: Rational): number => Number((end.num * 10n ** 12n) / end.den) / 1e12;
    expect(near(lower)).toBeCloseTo(risk, 6);
    expect(near(upper)).toBeCloseTo(risk, 6);
  });
});

test('widths: types are repeated up to N', async () => {
  const built = await build('relu', { N: '3', types: 'inactive,lower-end' });
  if (built.kind !== 'built') throw new Error(JSON.stringify(built));
  const [hidden] = (JSON.parse(built.text) as { statement: { point: { layers: { weights: string[][] }[] } } }).statement
    .point.layers;
  expect(hidden?.weights).toEqual([['1'], ['-1'], ['-1']]);
});

describe('what fails is named', () => {
  test.each<readonly [Name, Settings, string]>([
    ['relu', { alpha: '0' }, 'target not constant'],
    ['relu', { types: 'kinked-flat' }, 'unit types'],
    ['relu', { types: 'active' }, 'unit types'],
    ['relu', { kind: 'even-kinks', n: '3' }, 'an even number of kinks'],
    ['relu', { kind: 'even-kinks', n: '4', N: '3' }, 'enough units'],
    ['relu', { N: '1', types: 'inactive,inactive' }, 'enough units'],
    ['relu', { kind: 'even-kinks', N: '2', types: 'inactive' }, 'enough units'],
    ['quadratic', { kind: 'global', N: '1' }, 'enough units'],
    ['quadratic', { types: 'inactive' }, 'unit types'],
    ['leaky-relu', { slope: '1' }, 'slope of the activation'],
    ['leaky-relu', { slope: '-1' }, 'slope of the activation'],
  ])('%s, %j: %s', async (name, settings, hypothesis) => {
    expect(await build(name, settings)).toMatchObject({ kind: 'hypothesis-fails', hypothesis });
  });

  test.each<readonly [Name, Settings, object, string]>([
    ['relu', { a: '1' }, {}, '"a" must be less than "b"'],
    ['relu', { beta: 'x' }, {}, '"beta" must be a number, found "x"'],
    ['relu', { N: '0' }, {}, '"N" must be an integer from 1 to 1000'],
    ['relu', { n: '2.5', kind: 'even-kinks' }, {}, '"n" must be an integer'],
    ['relu', { kind: 'kinks' }, {}, 'must be constant, even-kinks or global'],
    ['relu', { unit: '1' }, {}, 'no setting "unit"'],
    ['relu', {}, { hidden: [2] }, 'the width is the setting "N"'],
    ['relu', {}, { box: {} }, 'brings its own data'],
    ['relu', {}, { activation: { function: 'abs' } }, 'about relu'],
    ['relu', {}, { loss: { function: 'huber' } }, 'squared loss'],
    ['quadratic', { kind: 'kinks' }, {}, 'constant or global'],
    ['quadratic', {}, { activation: { function: 'abs' } }, 'about the quadratic activation'],
    ['leaky-relu', { slope: 'x' }, {}, '"slope" must be a number'],
    ['leaky-relu', { first: '1', kind: 'kinks' }, {}, 'positive or negative'],
    ['leaky-relu', { kind: 'even-kinks' }, {}, 'constant, kinks or global'],
    ['leaky-relu', {}, { activation: { function: 'leaky-relu', slope: '1/2' } }, 'its slope is the setting "slope"'],
  ])('%s, %j, %j: %s', async (name, settings, rest, message) => {
    const built = await build(name, settings, rest);
    expect(built).toMatchObject({ kind: 'usage', message: expect.stringContaining(message) as unknown });
  });
});
