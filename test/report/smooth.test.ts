/** Smooth activations, irrational losses and risks that are bounds, in every text and picture. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rational } from '../../src/kernel/arithmetic/rational.js';
import { checkCertificate } from '../../src/kernel/check.js';
import type { Theorem } from '../../src/kernel/theorem.js';
import { architecture, riskWords } from '../../src/report/architecture.js';
import { explain } from '../../src/report/explain.js';
import { equation, exactly, fraction, percent, share } from '../../src/report/numbers.js';
import { plot } from '../../src/report/plot.js';
import { riskString } from '../../src/report/risk-string.js';
import { restate, riskStrings } from '../../src/report/statement.js';
import { activation, certificate, dense, type Fields, localMinimum, point, problem } from '../certificate.js';
import { theoremOf } from './instances.js';

const folder = new URL('../../certificates/smooth/', import.meta.url);
function read(name: string): Theorem {
  const verdict = checkCertificate(readFileSync(new URL(name, folder), 'utf8'));
  if (verdict.kind !== 'proved') throw new Error(`${name}: ${verdict.reason.message}`);
  return verdict.theorem;
}
const flat = (page: string): string => page.replaceAll(/\s+/g, ' ');
const plain = async (theorem: Theorem): Promise<string> =>
  (await restate(theorem)).replaceAll(/sha256:[0-9a-f]{64}/g, 'D');

describe('certificates/smooth', () => {
  test.each(readdirSync(folder).filter((name) => name.endsWith('.cert.json')))('%s', async (name) => {
    const theorem = read(name);
    const [text, markdown] = [await explain(theorem, 'text'), await explain(theorem, 'markdown')];
    expect(flat(text)).toContain(await restate(theorem));
    expect(`${text}${markdown}`).not.toMatch(/undefined|NaN|\ue000|\[object/);
    // Slices of many samples take seconds.
    for (const view of name.includes('iris') ? (['residual'] as const) : (['segment', 'residual', 'slice'] as const)) {
      expect(plot(theorem, { view })).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  const from = 'R(θ) = Σ_{i=1..4}';
  test.each([
    [
      'elu-log-cosh.cert.json',
      `For the network R¹ → dense 2 → elu → dense 1 (7 free parameters) and the risk ${from} log cosh(N_θ(x_i) − y_i) on data D, ` +
        'the point D is a local minimum with R ∈ [1.735123321932, 1.735123321933]; the point D has R ∈ [0.000029358699, 0.000029358700], ' +
        'lower by at least 173509/100000. Problem D',
    ],
    [
      'celu-power.cert.json',
      `For the network R¹ → dense 2 → celu(1/2) → dense 1 (7 free parameters) and the risk ${from} |N_θ(x_i) − y_i|^(3/2) on data D, ` +
        'the point D is a local minimum with R = 4; the point D has R ∈ [0.001473809811, 0.001473809812], lower by at least 99963/25000. Problem D',
    ],
    [
      'tanh-piece-cross-entropy.cert.json',
      'For the network R¹ → dense 2 → piecewise smooth (breakpoint 0) → dense 2 (10 free parameters) and the risk ' +
        'R(θ) = 1/4·Σ_{i=1..4} [log Σ_c e^p_c − Σ_c y_c p_c], p_c = N_θ(x_i)_c, y_c = (y_i)_c, on data D, ' +
        'the point D is a local minimum with R ∈ [0.693147180559, 0.693147180560]; the point D has R ∈ [0.000000003906, 0.000000003907], ' +
        'lower by at least 693147/1000000. Problem D',
    ],
  ])('%s in one sentence', async (name, expected) => {
    expect(await plain(read(name))).toBe(expected);
  });

  test('JSON has bounds where the risk is irrational', () => {
    const { point, better, gap } = riskStrings(read('celu-power.cert.json'));
    // |±1|^(3/2) is 1, and an enclosure that is a point says so.
    expect(point).toBe('4');
    expect(Object.keys(better as object)).toEqual(['lower', 'upper']);
    expect(Object.keys(gap as object)).toEqual(['lower', 'upper']);
  });
});

describe('losses in words', () => {
  const words = (loss: Fields, outputs = 1) => {
    const y = outputs === 1 ? [0] : [[1, 0]];
    const theta = point([new Array<[number]>(outputs).fill([0]), new Array<number>(outputs).fill(0)]);
    const better = point([new Array<[number]>(outputs).fill([0]), outputs === 1 ? [-2] : [2, 0]]);
    const json = certificate(
      'not-global-minimum',
      { problem: problem({ layers: [dense(outputs)], x: [1], y, loss }), point: theta, betterPoint: better },
      { lowerRisk: { rule: 'lower-risk' } },
    );
    const { statement } = theoremOf(json);
    if (statement.problem.type === 'box') throw new Error('a box');
    const { formula, where } = riskWords(statement.problem);
    return [formula, ...where];
  };
  test.each<[Fields, number, string, string]>([
    [
      { function: 'logistic' },
      1,
      'R(θ) = Σ_{i=1..1} [log(1 + e^p) − y p]; p = N_θ(x_i), y = y_i',
      'R(\\theta) = \\sum_{i=1}^{1} \\left[\\log(1 + e^p) - y p\\right]; p = N_\\theta(x_i),\\ y = y_i',
    ],
    [
      { function: 'cross-entropy' },
      2,
      'R(θ) = Σ_{i=1..1} [log Σ_c e^p_c − Σ_c y_c p_c]; p_c = N_θ(x_i)_c, y_c = (y_i)_c',
      'R(\\theta) = \\sum_{i=1}^{1} \\Big[\\log \\sum_c e^{p_c} - \\sum_c y_c p_c\\Big]; p_c = N_\\theta(x_i)_c,\\ y_c = (y_i)_c',
    ],
    [
      { function: 'polynomial', coefficients: ['0', '1', '1/3'] },
      1,
      'R(θ) = Σ_{i=1..1} P(N_θ(x_i) − y_i); P(r) = (1)r + (1/3)r²',
      'R(\\theta) = \\sum_{i=1}^{1} P(N_\\theta(x_i) - y_i); P(r) = (1)r + (1/3)r^{2}',
    ],
  ])('%o', (loss, outputs, unicode, latex) => {
    const parts = words(loss, outputs);
    expect(parts.map((part) => part.unicode).join('; ')).toBe(unicode);
    expect(parts.map((part) => part.latex).join('; ')).toBe(latex);
  });
});

test.each<[Fields, string]>([
  [activation('elu'), 'elu'],
  [activation('elu', { alpha: '2/3' }), 'elu(2/3)'],
  [activation('celu', { alpha: '2' }), 'celu(2)'],
  [activation('isrlu', { alpha: '2' }), 'isrlu(2)'],
  [activation('selu'), 'selu'],
  [activation('selu', { scale: '2' }), 'selu with other constants'],
  [activation('hardswish'), 'hardswish'],
  [
    activation('piecewise', { breakpoints: ['0'], pieces: [{ polynomial: ['0', '0', '1'] }, { polynomial: ['0'] }] }),
    'piecewise smooth (breakpoint 0)',
  ],
])('%o is called %s', (h, expected) => {
  const json = localMinimum(
    problem({ layers: [dense(1), h, dense(1)], x: [1, 1], y: [1, -1] }),
    point([[[0]], [5]], [[[0]], [0]]),
  );
  const { statement } = theoremOf(json);
  expect(architecture(statement.problem).unicode).toBe(`R¹ → dense 1 → ${expected} → dense 1`);
});

describe('bounds as numbers', () => {
  const between = (a: bigint, b: bigint, den: bigint) => ({ lower: rational(a, den), upper: rational(b, den) });
  test('ends are rounded outward', () => {
    expect(fraction(between(1n, 2n, 3n)).unicode).toBe('[0.333333333333, 0.666666666667]');
    expect(fraction(between(-2n, -1n, 3n)).unicode).toBe('[−0.666666666667, −0.333333333333]');
    expect(fraction(between(-1n, 1n, 10n ** 30n)).unicode).toBe('[−0.000000000001, 0.000000000001]');
    expect(fraction(between(0n, 5n, 1n)).latex).toBe('[0.000000000000, 5.000000000000]');
  });
  test('equal ends are a number', () => {
    expect(fraction(between(1n, 1n, 3n)).unicode).toBe('1/3');
    expect(equation('R', between(1n, 1n, 3n)).unicode).toBe('R = 1/3');
    expect(equation('R', between(1n, 2n, 3n)).unicode).toBe('R ∈ [0.333333333333, 0.666666666667]');
    expect(riskString(between(2n, 2n, 6n))).toBe('1/3');
    expect(riskString(between(1n, 2n, 3n))).toEqual({ lower: '1/3', upper: '2/3' });
  });
  test('a number from bounds is never called exact', () => {
    expect(exactly(between(1n, 3n, 4n)).unicode).toBe('≈ 0.5');
    expect(percent(between(1n, 3n, 4n), rational(1n)).unicode).toBe('≈ 50 %');
    expect(percent(rational(1n), rational(2n)).unicode).toBe('50 %');
  });
  test('a share of nothing, or of less, is no share', () => {
    expect(share(rational(1n), rational(0n))).toBe(null);
    expect(share(rational(1n), rational(-1n))).toBe(null);
    expect(share(rational(1n), rational(4n))?.unicode).toBe('25 %');
  });
});

describe('a loss that is not convex', () => {
  const double = { function: 'polynomial', coefficients: ['0', '0', '-1', '0', '1'] };
  const parts = {
    layers: [dense(1), activation('relu'), dense(1)],
    x: [-1, -1, 1, 1],
    y: [1, -1, 1, -1],
    loss: double,
  };
  const theta = point([[[0]], [5]], [[[0]], [0]]);
  test('the page claims no bound far away', async () => {
    const page = flat(await explain(theoremOf(localMinimum(problem(parts), theta)), 'text'));
    expect(page).toContain('convex everywhere, convex near every residual');
    expect(page).toContain('every θ′ near θ satisfies');
  });
  test('without kinks it is not called global', async () => {
    const json = localMinimum(problem({ ...parts, layers: [dense(1)] }), point([[[0]], [0]]));
    expect(flat(await explain(theoremOf(json), 'text'))).not.toContain('global minimum');
  });
  test('a risk of 0 has no share', async () => {
    // Residuals ±1 give P = 0, and ±7/8 less.
    const json = certificate(
      'not-global-minimum',
      {
        problem: problem({
          layers: [dense(1), activation('abs'), dense(1)],
          x: [-3, -1, 1, 3],
          y: [1, -1, -1, 1],
          loss: double,
        }),
        point: point([[[1]], [0]], [[[0]], [0]]),
        betterPoint: point([[[1]], [0]], [[['1/8']], ['-1/4']]),
      },
      { lowerRisk: { rule: 'lower-risk' } },
    );
    const theorem = theoremOf(json);
    expect(riskStrings(theorem).point).toBe('0');
    expect(flat(await explain(theorem, 'text'))).toMatch(/The gap R\(θ\) − R\(θ°\) is [^,]*\./);
    expect(plot(theorem)).not.toMatch(/NaN|Infinity/);
  });
});

test('a point whose values are irrational has a page and a picture', async () => {
  const json = certificate(
    'not-global-minimum',
    {
      problem: problem({ layers: [dense(1), activation('elu'), dense(1)], x: [-1, 1], y: [0, 0] }),
      point: point([[[1]], [0]], [[[1]], [0]]),
      betterPoint: point([[[1]], [0]], [[[0]], [0]]),
    },
    { lowerRisk: { rule: 'lower-risk' } },
  );
  const theorem = theoremOf(json);
  expect(await plain(theorem)).toContain('with R ∈ [1.399576400893, 1.399576400894] is not a global minimum');
  expect(flat(await explain(theorem, 'text'))).toContain('Where a risk is irrational it is enclosed');
  for (const view of [undefined, 'segment', 'residual', 'slice', 'realization'] as const) {
    expect(plot(theorem, view === undefined ? {} : { view })).not.toMatch(/NaN|Infinity|undefined/);
  }
});
