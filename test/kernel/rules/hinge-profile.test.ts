import { describe, expect, test } from 'vitest';
import { canonicalTexts } from '../../../src/kernel/canonical.js';
import { pointRisk } from '../../../src/report/risk-string.js';
import {
  abs,
  activation,
  answer,
  certificate,
  changed,
  check,
  dense,
  type Fields,
  frozen,
  point,
  type Quantity,
  relu,
  type Value,
} from '../../certificate.js';
import { type BoxParts, boxProblem, network, pieces, polynomial } from './box-problems.js';

const profile = { rule: 'hinge-profile' };
const span = { rule: 'affine-span' };
const lowerRisk = { rule: 'lower-risk' };

/** A realization, and its proof. */
type Entry = readonly [realization: Fields, proof: Fields];

const minimum = (place: Fields, node: Fields = profile): Entry => [
  { kind: 'local-minimum', ...place },
  { localMinimum: node },
];
const spurious = (place: Fields, node: Fields = profile): Entry => [
  { kind: 'spurious-local-minimum', ...place },
  { localMinimum: node, lowerRisk },
];
const least = (place: Fields): Entry => [
  { kind: 'global-minimum', ...place },
  { globalMinimum: { rule: 'least-critical-risk' } },
];
const saddle = (place: Fields, node: Fields = profile): Entry => [
  { kind: 'saddle', ...place },
  { critical: node, descent: node, ascent: node },
];

/** c + v h(w x + b) */
const at = (c: Quantity, w: Quantity, b: Quantity, v: Quantity): Fields => ({ point: network(c, [w, b, v]) });
const within = (opens: string, from: Quantity, to: Quantity): Fields => ({
  kink: { opens, from: String(from), to: String(to) },
});

const oneUnit = (target: Fields, rest: Partial<BoxParts> = {}): Fields =>
  boxProblem({ layers: [dense(1), relu, dense(1)], lower: [0], upper: [1], targets: [target], ...rest });

function list(problem: Fields, ...entries: readonly Entry[]): Fields {
  const realizations: Value = entries.map(([realization]) => realization);
  const proof: Fields = { cells: profile, each: entries.map(([, each]) => each) };
  return certificate('complete-critical-realizations', { problem, realizations }, proof);
}

const verdict = (problem: Fields, ...entries: readonly Entry[]): string => answer(check(list(problem, ...entries)));
const realization = (i: number): string => `$.statement.realizations[${i}]`;

/** y = x² on [0, 1]: 1/3, x − 1/6, and 1/27 + 4/3 relu(x − 1/3). */
const square = oneUnit(polynomial(0, 0, 1));
const constant = spurious(at('1/3', 0, -1, 0), span);
const fit = spurious(at('-7/6', 1, 1, 1), span);
const hingePlace = at('1/27', 1, '-1/3', '4/3');
const hinge = least(hingePlace);

describe('the square', () => {
  test.each<[string, readonly Entry[], string]>([
    ['the three realizations', [constant, fit, hinge], 'proved'],
    ['with weights of another scale', [constant, fit, least(at('1/27', 3, -1, '4/9'))], 'proved'],
    ['the hinge said to be a local minimum only', [constant, fit, minimum(hingePlace)], 'proved'],
    ['the same by another rule', [constant, fit, minimum(hingePlace, { rule: 'reduced-hessian-1d' })], 'proved'],
    ['a rational kink by an interval', [constant, fit, least(within('right', '333/1000', '334/1000'))], 'proved'],
    [
      'the constant by a unit that bends inside, and of which nothing comes: its kind is another matter',
      [minimum(at('1/3', 1, '-1/2', 0), span), fit, hinge],
      `on-a-kink ${realization(0)}.point`,
    ],
    ['without the hinge', [constant, fit], 'incomplete-list $.statement.realizations'],
    ['without the affine fit', [constant, hinge], 'incomplete-list $.statement.realizations'],
    ['without the constant', [fit, hinge], `incomplete-list ${realization(0)}`],
    ['the constant alone', [constant], 'incomplete-list $.statement.realizations'],
    ['the hinge first', [hinge, constant, fit], `incomplete-list ${realization(0)}`],
    ['the hinge before the affine fit', [constant, hinge, fit], `unordered-list ${realization(2)}`],
    ['the constant twice', [constant, constant, fit, hinge], `unordered-list ${realization(1)}`],
    ['the affine fit twice', [constant, fit, fit, hinge], `unordered-list ${realization(2)}`],
    ['the hinge twice', [constant, fit, hinge, hinge], `unordered-list ${realization(3)}`],
    [
      'the hinge by a point, and by an interval around it',
      [constant, fit, hinge, minimum(within('right', '3/10', '2/5'))],
      `unordered-list ${realization(3)}`,
    ],
    ['another constant', [spurious(at('1/4', 0, -1, 0), span), fit, hinge], `not-critical ${realization(0)}`],
    [
      'an affine function beside the fit',
      [constant, spurious(at(-1, 1, 1, 1), span), hinge],
      `not-critical ${realization(1)}`,
    ],
    ['a hinge of another height', [constant, fit, least(at('1/27', 1, '-1/3', 1))], `not-critical ${realization(2)}`],
    ['a hinge of another constant', [constant, fit, least(at(0, 1, '-1/3', '4/3'))], `not-critical ${realization(2)}`],
    // k = Q/n and c are best for this kink: only P is not 0.
    [
      'the best hinge with another kink',
      [constant, fit, least(at('1/60', 1, '-1/2', '8/5'))],
      `not-critical ${realization(2)}`,
    ],
    [
      'one that opens to the left besides',
      [constant, fit, hinge, minimum(at(0, -1, '1/3', 1))],
      `not-critical ${realization(3)}`,
    ],
    [
      'an interval without a critical kink',
      [constant, fit, least(within('right', '2/5', '1/2'))],
      `not-critical ${realization(2)}.kink`,
    ],
    [
      'an interval of the other opening',
      [constant, fit, least(within('left', '3/10', '2/5'))],
      `not-critical ${realization(2)}.kink`,
    ],
    [
      'an interval to the end, where P is 0, too',
      [constant, fit, least(within('right', '3/10', 1))],
      `not-isolating ${realization(2)}.kink`,
    ],
    [
      'an interval that ends at the kink',
      [constant, fit, least(within('right', '1/3', '2/5'))],
      `not-isolating ${realization(2)}.kink`,
    ],
    [
      'an interval beyond the end',
      [constant, fit, least(within('right', '3/10', 2))],
      `not-isolating ${realization(2)}.kink`,
    ],
    ['an empty interval', [constant, fit, least(within('right', '1/3', '1/3'))], `empty-range ${realization(2)}.kink`],
    [
      'an interval the wrong way round',
      [constant, fit, least(within('right', '2/5', '3/10'))],
      `empty-range ${realization(2)}.kink`,
    ],
    [
      'a hinge that opens upwards',
      [constant, fit, least(within('up', '3/10', '2/5'))],
      `unknown-name ${realization(2)}.kink.opens`,
    ],
    ['the hinge said to be a saddle', [constant, fit, saddle(hingePlace)], 'wrong-kind $.proof.each[2].critical'],
    [
      'the affine fit said to be a saddle',
      [constant, saddle(at('-7/6', 1, 1, 1)), hinge],
      'wrong-kind $.proof.each[1].critical',
    ],
    [
      'the constant by the profile',
      [spurious(at('1/3', 0, -1, 0)), fit, hinge],
      'wrong-kind $.proof.each[0].localMinimum',
    ],
    ['the affine fit as the least', [constant, least(at('-7/6', 1, 1, 1)), hinge], `not-below ${realization(1)}`],
    ['the constant as the least', [least(at('1/3', 0, -1, 0)), fit, hinge], `not-below ${realization(0)}`],
    ['the hinge as spurious', [constant, fit, spurious(hingePlace)], `not-below ${realization(2)}`],
    [
      'the hinge by a rule for one affine piece',
      [constant, fit, minimum(hingePlace, span)],
      `on-a-kink ${realization(2)}.point`,
    ],
    [
      'an interval by a rule for points',
      [constant, fit, minimum(within('right', '333/1000', '334/1000'), { rule: 'reduced-hessian-1d' })],
      'unsupported-combination $.proof.each[2].localMinimum.rule',
    ],
  ])('%s', (_, entries, expected) => {
    expect(verdict(square, ...entries)).toBe(expected);
  });

  test('a constant with a degenerate unit is the constant; what is said of it there is another matter', () => {
    const degenerate = minimum(at('1/3', 0, 0, 1), { rule: 'neuron-dominance-1d' });
    expect(verdict(square, degenerate, fit, hinge)).toBe(`degenerate-unit ${realization(0)}.point`);
  });

  test('the risk that is reported is the least one', () => {
    const found = check(list(square, constant, fit, hinge));
    if (found.kind !== 'proved') throw new Error(found.reason.message);
    const { better, gap } = found.theorem.risk;
    const risk = pointRisk(found.theorem);
    expect([risk.lower.num, risk.lower.den, risk.upper.num, risk.upper.den]).toEqual([4n, 3645n, 4n, 3645n]);
    expect([better, gap]).toEqual([null, null]);
    expect(found.theorem.rules[0]).toBe('hinge-profile');
  });

  test('a wide interval gives bounds of the least risk', () => {
    const found = check(list(square, constant, fit, least(within('right', '33/100', '34/100'))));
    if (found.kind !== 'proved') throw new Error(found.reason.message);
    const { lower, upper } = pointRisk(found.theorem);
    expect(Number(lower.num) / Number(lower.den)).toBeLessThan(4 / 3645);
    expect(Number(upper.num) / Number(upper.den)).toBeGreaterThan(4 / 3645);
  });
});

test('the canonical text has the list in the place of a point', () => {
  const found = check(list(square, constant, fit, minimum(within('right', '666/2000', '0.334'))));
  if (found.kind !== 'proved') throw new Error(found.reason.message);
  const { statement, point: own } = canonicalTexts(found.theorem.statement);
  expect(own).toMatch(
    /^\[\{"kind":"spurious-local-minimum","point":\{"layers":\[.*\{"kind":"local-minimum","kink":\{"opens":"right","from":"333\/1000","to":"167\/500"\}\}\]$/,
  );
  expect(statement.endsWith(`,"realizations":${own}}`)).toBe(true);
});

describe('the texts', () => {
  const good = list(square, constant, fit, hinge);
  test.each<[string, string, Value | undefined, string]>([
    ['no list', '$.statement.realizations', undefined, 'missing-key $.statement'],
    ['an empty list', '$.statement.realizations', [], 'empty-list $.statement.realizations'],
    ['no kind', '$.statement.realizations[2].kind', undefined, `missing-key ${realization(2)}`],
    [
      'a kind of no realization',
      '$.statement.realizations[2].kind',
      'not-local-minimum',
      `unknown-name ${realization(2)}.kind`,
    ],
    ['neither point nor kink', '$.statement.realizations[2].point', undefined, `missing-key ${realization(2)}`],
    [
      'both',
      '$.statement.realizations[2].kink',
      { opens: 'right', from: '3/10', to: '2/5' },
      `unknown-key ${realization(2)}.kink`,
    ],
    [
      'a kink first',
      '$.statement.realizations[0]',
      { kind: 'saddle', ...within('right', 0, 1) },
      `missing-key ${realization(0)}`,
    ],
    ['no proof of the cells', '$.proof.cells', undefined, 'missing-obligation $.proof'],
    ['another rule for the cells', '$.proof.cells.rule', 'affine-span', 'unsupported-combination $.proof.cells.rule'],
    ['no proofs', '$.proof.each', undefined, 'missing-obligation $.proof'],
    ['one proof', '$.proof.each', profile, 'wrong-type $.proof.each'],
    ['a proof too few', '$.proof.each[2]', undefined, 'wrong-length $.proof.each'],
    ['a proof that is none', '$.proof.each[2]', 'x', 'wrong-type $.proof.each[2]'],
    ['no better realization', '$.proof.each[1].lowerRisk', undefined, 'missing-obligation $.proof.each[1]'],
    ['a proof of something else', '$.proof.each[2].lowerRisk', lowerRisk, 'unknown-key $.proof.each[2].lowerRisk'],
    [
      'the least risk of something else',
      '$.proof.each[2].globalMinimum.rule',
      'zero-loss',
      'unsupported-combination $.proof.each[2].globalMinimum.rule',
    ],
    ['a precision', '$.proof.each[1].lowerRisk.bits', 64, 'wrong-hint $.proof.each[1].lowerRisk.bits'],
    ['an obligation of the list', '$.proof.descent', profile, 'unknown-key $.proof.descent'],
  ])('%s', (_, path, by, expected) => {
    expect(answer(check(changed(good, path, by)))).toBe(expected);
  });
});

describe('only for what the theorem is about', () => {
  const path = '$.statement.problem';
  const frozenBias = [frozen([[[1]], [0]]), relu, dense(1)];
  test.each<[string, Partial<BoxParts>, string]>([
    ['two units', { layers: [dense(2), relu, dense(1)] }, `wrong-shape ${realization(0)}.point.layers[0].weights`],
    ['a frozen layer', { layers: frozenBias }, `wrong-shape ${realization(0)}.point.layers`],
    [
      'no output bias',
      { layers: [dense(1), relu, dense(1, false)] },
      `unknown-key ${realization(0)}.point.layers[1].bias`,
    ],
    [
      'a breakpoint beside 0',
      { layers: [dense(1), activation('hardtanh'), dense(1)] },
      `unsupported-combination ${path}.network`,
    ],
    [
      'no breakpoint',
      { layers: [dense(1), activation('identity'), dense(1)] },
      `unsupported-combination ${path}.network`,
    ],
    [
      'a curved piece',
      { layers: [dense(1), activation('quadratic'), dense(1)] },
      `unsupported-combination ${path}.network`,
    ],
    ['a fourth power', { loss: { function: 'power', exponent: '4' } }, `unsupported-combination ${path}.loss`],
    [
      'a parabola with its vertex elsewhere',
      { loss: { function: 'polynomial', coefficients: ['0', '1', '1'] } },
      `unsupported-combination ${path}.loss`,
    ],
    [
      'a parabola that opens downwards',
      { loss: { function: 'polynomial', coefficients: ['0', '0', '-1'] } },
      `unsupported-combination ${path}.loss`,
    ],
    ['a density', { density: { polynomial: ['1', '1'] } }, `unsupported-combination ${path}.data.density`],
    ['a constant density', { density: { polynomial: ['3'] } }, 'proved'],
    ['a factor', { loss: { function: 'squared', factor: '1/2' } }, 'proved'],
    ['the same loss as a polynomial', { loss: { function: 'polynomial', coefficients: ['0', '0', '3'] } }, 'proved'],
  ])('%s', (_, rest, expected) => {
    expect(verdict(oneUnit(polynomial(0, 0, 1), rest), constant, fit, hinge)).toBe(expected);
  });

  test('samples', () => {
    const samples = {
      ...square,
      data: { type: 'samples', inputs: [['0'], ['1']], targets: [['0'], ['1']] },
    };
    expect(verdict(samples, constant, fit, hinge)).toBe('unsupported-combination $.statement.kind');
  });

  test('two units, with a point of two units', () => {
    const two = oneUnit(polynomial(0, 0, 1), { layers: [dense(2), relu, dense(1)] });
    const there = minimum({ point: network('1/3', [0, -1, 0], [0, -1, 0]) }, span);
    expect(verdict(two, there)).toBe(`unsupported-combination ${path}.network`);
  });

  test('layers without a bias, and frozen ones', () => {
    const free = oneUnit(polynomial(0, 0, 1), { layers: [dense(1, false), relu, dense(1)] });
    const there = minimum({ point: point([[[-1]]], [[[1]], ['1/3']]) }, span);
    expect(verdict(free, there)).toBe(`unsupported-combination ${path}.network`);
    const fixed = oneUnit(polynomial(0, 0, 1), { layers: frozenBias });
    expect(verdict(fixed, minimum({ point: point([[[0]], ['1/3']]) }, span))).toBe(
      `unsupported-combination ${path}.network`,
    );
  });
});

/** 20x³ − 30x² + 12x − 1 on [0, 1]: odd about 1/2, and its affine fit is 0. Two hinges open to each side; the outer ones are the best. */
describe('a mirrored target', () => {
  const legendre = oneUnit(polynomial(-1, 12, -30, 20));
  const zero = spurious(at(0, 0, -1, 0), span);
  const inner = spurious(within('right', '303/1000', '304/1000'));
  const outerPlace = within('right', '887088/1000000', '887089/1000000');
  const outerLeftPlace = within('left', '112911/1000000', '112912/1000000');
  const [outer, outerLeft] = [least(outerPlace), least(outerLeftPlace)];
  const innerLeft = spurious(within('left', '696/1000', '697/1000'));
  const wide = within('right', '22/100', '38/100');
  test.each<[string, readonly Entry[], string]>([
    ['both outer hinges are global minima', [zero, inner, outer, outerLeft, innerLeft], 'proved'],
    ['left before right', [zero, outerLeft, innerLeft, inner, outer], `unordered-list ${realization(3)}`],
    ['kinks descending', [zero, outer, inner, outerLeft, innerLeft], `unordered-list ${realization(2)}`],
    [
      'one of the mirror images is missing',
      [zero, inner, outer, outerLeft],
      'incomplete-list $.statement.realizations',
    ],
    [
      'the constant is the affine fit',
      [zero, spurious(at(-1, 1, 1, 0), span), inner, outer, outerLeft, innerLeft],
      `unordered-list ${realization(1)}`,
    ],
    [
      'an affine fit of slope 0 is none',
      [zero, spurious(at('-1/1000', 1, 1, '1/1000'), span), inner, outer, outerLeft, innerLeft],
      `not-critical ${realization(1)}`,
    ],
    [
      'an inner hinge as the least',
      [zero, least(within('right', '303/1000', '304/1000')), outer, outerLeft, innerLeft],
      `not-below ${realization(1)}`,
    ],
    [
      'two kinks in an interval',
      [zero, least(within('right', '3/10', '9/10')), outerLeft, innerLeft],
      `not-isolating ${realization(1)}.kink`,
    ],
    [
      'an interval with a root of Q',
      [zero, inner, least(within('right', '6/10', '9/10')), outerLeft, innerLeft],
      `not-isolating ${realization(2)}.kink`,
    ],
    // The bounds of its risk are too wide to be above those of the others.
    [
      'beside a wide interval nothing is shown to be the least',
      [zero, minimum(wide), outer, outerLeft, innerLeft],
      `not-below ${realization(2)}`,
    ],
    [
      'a wide interval is not shown to be spurious',
      [zero, spurious(wide), minimum(outerPlace), minimum(outerLeftPlace), innerLeft],
      `not-below ${realization(1)}`,
    ],
    [
      'the hinge as a saddle',
      [zero, saddle(within('right', '303/1000', '304/1000')), outer, outerLeft, innerLeft],
      'wrong-kind $.proof.each[1].critical',
    ],
  ])('%s', (_, entries, expected) => {
    expect(verdict(legendre, ...entries)).toBe(expected);
  });
});

describe('kinks at breakpoints of the target', () => {
  /** relu(x − 1/3): the global minimum has its kink at the breakpoint. */
  const bent = oneUnit(pieces(['1/3'], [0], ['-1/3', 1]));
  const mean = spurious(at('2/9', 0, -1, 0), span);
  const affine = spurious(at('-8/9', 1, 1, '20/27'), span);
  const best = at(0, 1, '-1/3', 1);
  test.each<[string, readonly Entry[], string]>([
    ['the hinge at the breakpoint', [mean, affine, least(best)], 'proved'],
    ['it is left out', [mean, affine], 'incomplete-list $.statement.realizations'],
    [
      'an interval around the breakpoint',
      [mean, affine, least(within('right', '3/10', '4/10'))],
      `not-isolating ${realization(2)}.kink`,
    ],
    [
      'an interval from the breakpoint on',
      [mean, affine, least(within('right', '1/3', '4/10'))],
      `not-isolating ${realization(2)}.kink`,
    ],
    ['it is no saddle', [mean, affine, saddle(best)], 'wrong-kind $.proof.each[2].critical'],
  ])('%s', (_, entries, expected) => {
    expect(verdict(bent, ...entries)).toBe(expected);
  });

  test('where the target is its mean on a piece, and Q is 0 there, no kink of the piece is critical', () => {
    // 0 on [−1, 1], and odd bumps of mean and first moment 0 on both sides: Q = 0 between them.
    const bump = (from: number): readonly Quantity[] => {
      // (x − from)(x − from − 1) P(x − from), made orthogonal to 1 and x on [from, from + 1]
      const coefficients = [0, 1, -6, 10, -5];
      const expanded = [0, 0, 0, 0, 0];
      coefficients.forEach((c, k) => {
        let power = [1];
        for (let j = 0; j < k; j++) power = [...power, 0].map((_, i) => (power[i - 1] ?? 0) - from * (power[i] ?? 0));
        power.forEach((p, i) => {
          expanded[i] = (expanded[i] as number) + c * p;
        });
      });
      return expanded;
    };
    const target = pieces([-1, 1], bump(-2), [0], bump(1));
    const problem = oneUnit(target, { lower: [-2], upper: [2] });
    expect(verdict(problem, minimum(at(0, 0, -1, 0), span))).toMatch(/^incomplete-list/);
  });
});

/** Q″ for Q = (1 − x)² p, where p is chosen so that P has a double root, or a triple one, at 1/2; the mean is 0. */
describe('kinks at which the second derivative of the profile is 0', () => {
  const bend = at(-6, 1, '-1/2', 48);
  const double = oneUnit(polynomial('-201/10', '573/5', '-1188/5', 168));
  const doubleFit = least(at('-423/10', 1, 1, '141/5'));
  const triple = oneUnit(polynomial('-504/125', '-10704/125', '55584/125', '-18048/25', '9888/25'));
  const tripleFit = spurious(at('-4824/125', 1, 1, '3216/125'), span);
  const zero = spurious(at(0, 0, -1, 0), span);
  test.each<[string, Fields, readonly Entry[], string]>([
    ['an inflection is a saddle', double, [zero, doubleFit, saddle(bend)], 'proved'],
    ['and no minimum', double, [zero, doubleFit, minimum(bend)], 'wrong-kind $.proof.each[2].localMinimum'],
    ['an inflection counts', double, [zero, doubleFit], 'incomplete-list $.statement.realizations'],
    [
      'an inflection by an interval',
      double,
      [zero, doubleFit, saddle(within('right', '499/1000', '501/1000'))],
      'proved',
    ],
    [
      'an inflection by an interval is no minimum',
      double,
      [zero, doubleFit, minimum(within('right', '499/1000', '501/1000'))],
      'wrong-kind $.proof.each[2].localMinimum',
    ],
    ['a change of sign of order 3 is a minimum', triple, [zero, tripleFit, least(bend)], 'proved'],
    ['by the profile', triple, [zero, tripleFit, minimum(bend)], 'proved'],
    [
      'but not by second derivatives',
      triple,
      [zero, tripleFit, minimum(bend, { rule: 'reduced-hessian-1d' })],
      `not-strongly-convex ${realization(2)}.point`,
    ],
    ['and no saddle', triple, [zero, tripleFit, saddle(bend)], 'wrong-kind $.proof.each[2].critical'],
  ])('%s', (_, problem, entries, expected) => {
    expect(verdict(problem, ...entries)).toBe(expected);
  });
});

describe('abs: hinges of both openings are the same', () => {
  const folded = oneUnit(polynomial(0, 0, 1), { layers: [dense(1), abs, dense(1)] });
  const curve = (w: Quantity, v: Quantity, c: Quantity): Fields => ({
    coefficients: [point([[[w]], [0]], [[[v]], [c]])],
  });
  const flat: Entry = [
    { kind: 'saddle', ...at('1/3', 0, 1, 0) },
    {
      critical: { rule: 'zero-gradient' },
      descent: { rule: 'descent-curve', ...curve(1, 1, -1) },
      ascent: { rule: 'ascent-curve', ...curve(0, 0, 1) },
    },
  ];
  const best = least(within('right', '163/1000', '164/1000'));
  test.each<[string, readonly Entry[], string]>([
    ['three realizations', [flat, fit, best], 'proved'],
    [
      'the hinge opens left',
      [flat, fit, least(within('left', '163/1000', '164/1000'))],
      `unordered-list ${realization(2)}.kink`,
    ],
    ['both', [flat, fit, best, least(within('left', '836/1000', '837/1000'))], `unordered-list ${realization(3)}.kink`],
    [
      'the constant is no minimum',
      [spurious(at('1/3', 0, 1, 0), span), fit, best],
      `nonzero-path-moment ${realization(0)}.point`,
    ],
    ['the constant by the profile', [saddle(at('1/3', 0, 1, 0)), fit, best], 'wrong-kind $.proof.each[0].critical'],
    [
      'the profile for the ascent alone',
      [[flat[0], { ...flat[1], ascent: profile }], fit, best],
      'wrong-kind $.proof.each[0].ascent',
    ],
  ])('%s', (_, entries, expected) => {
    expect(verdict(folded, ...entries)).toBe(expected);
  });
});
