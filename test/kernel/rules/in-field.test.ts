/** Claims about points with numbers of a field Q(a) (proofs/rules/algebraic.md). */

import { describe, expect, test } from 'vitest';
import { canonicalPoint } from '../../../src/kernel/canonical.js';
import { readPoint, readProblem } from '../../../src/kernel/check.js';
import { isRational } from '../../../src/kernel/statement.js';
import { pointRisk } from '../../../src/report/risk-string.js';
import {
  activation,
  answer,
  certificate,
  changed,
  check,
  dense,
  dominance,
  type Fields,
  leaf,
  problem,
  relu,
  type Value,
} from '../../certificate.js';
import { library } from '../../library.js';
import { boxProblem, pieces, polynomial } from './box-problems.js';

const root3: Fields = { name: 'a', polynomial: ['-3', '0', '1'], root: ['1', '2'] };
const still: Fields = {
  layers: [
    { weights: [['0']], bias: ['0'] },
    { weights: [['0']], bias: ['0'] },
  ],
};
const line: Fields = boxProblem({
  layers: [dense(1), activation('leaky-relu', { slope: '3' }), dense(1)],
  ...{ lower: [0], upper: [1], targets: [polynomial('-1/2', 3)] },
});

/** The leaky relu saddle with one kink, at (√3 − 1)/2: N(x) = 1 + √3 h(x + 1/2 − √3/2). */
const saddle = certificate(
  'saddle',
  {
    problem: line,
    point: {
      field: root3,
      layers: [
        { weights: [['1']], bias: [['1/2', '-1/2']] },
        { weights: [[['0', '1']]], bias: ['1'] },
      ],
    },
  },
  {
    critical: { rule: 'zero-gradient' },
    descent: {
      rule: 'descent-curve',
      coefficients: [
        {
          layers: [
            { weights: [['-3']], bias: ['-1'] },
            { weights: [['0']], bias: ['5'] },
          ],
        },
      ],
    },
    ascent: { rule: 'ascent-curve', coefficients: [changed(still, '$.layers[1].bias[0]', '1')] },
  },
);

const at = '$.statement.point';
const answerTo = (...changes: readonly (readonly [string, Value | undefined])[]): string =>
  answer(check(changes.reduce((value: Value, [path, by]) => changed(value, path, by), saddle)));

describe('a saddle with a kink at an irrational place', () => {
  test('is proved, and its risk is between two rationals', () => {
    const verdict = check(saddle);
    if (verdict.kind !== 'proved') throw new Error(verdict.reason.message);
    const { lower, upper } = pointRisk(verdict.theorem);
    expect(isRational(verdict.theorem.statement)).toBe(false);
    expect(lower.num * 10n ** 7n > 538_475n * lower.den).toBe(true);
    expect(upper.num * 10n ** 7n < 538_476n * upper.den).toBe(true);
  });

  test.each<readonly [string, string, Value | undefined, string]>([
    ['name', 'field.name', 'root', 'proved'],
    ['multiples of the polynomial', 'field.polynomial', ['3/2', '0', '-1/2'], 'proved'],
    ['another isolating interval', 'field.root', ['3/2', '100'], 'proved'],
    // (x² − 3)(x² − 5)
    ['a reducible polynomial', 'field.polynomial', ['15', '0', '-8', '0', '1'], 'proved'],
    ['zeros at the end', 'field.polynomial', ['-3', '0', '1', '0'], 'proved'],
    ['a constant as a list', 'layers[0].weights[0][0]', ['1', '0'], 'proved'],
    ['the conjugate', 'field.root', ['-2', '-1'], `nonzero-gradient ${at}`],
    ['no root', 'field.root', ['2', '3'], `not-isolating ${at}.field.root`],
    ['two roots', 'field.root', ['-2', '2'], `not-isolating ${at}.field.root`],
    ['an empty interval', 'field.root', ['2', '1'], `empty-range ${at}.field.root`],
    ['an interval of one point', 'field.root', ['1', '1'], `empty-range ${at}.field.root`],
    ['one end alone', 'field.root', ['1'], `wrong-shape ${at}.field.root`],
    ['three ends', 'field.root', ['1', '2', '3'], `wrong-shape ${at}.field.root`],
    ['not square-free', 'field.polynomial', ['9', '0', '-6', '0', '1'], `not-square-free ${at}.field.polynomial`],
    ['a constant', 'field.polynomial', ['3'], `not-isolating ${at}.field.polynomial`],
    ['the polynomial 0', 'field.polynomial', ['0', '0'], `not-isolating ${at}.field.polynomial`],
    ['no polynomial', 'field.polynomial', [], `not-isolating ${at}.field.polynomial`],
    ['no field', 'field', undefined, `wrong-type ${at}.layers[0].bias[0]`],
    ['another key', 'field.degree', 2, `unknown-key ${at}.field.degree`],
    ['no name', 'field.name', undefined, `missing-key ${at}.field`],
    [
      'more coefficients than degrees',
      'layers[0].bias[0]',
      ['1/2', '-1/2', '0'],
      `wrong-shape ${at}.layers[0].bias[0]`,
    ],
    ['no coefficients', 'layers[0].bias[0]', [], `wrong-shape ${at}.layers[0].bias[0]`],
    ['a list in a list', 'layers[0].bias[0]', ['1/2', ['1']], `wrong-type ${at}.layers[0].bias[0][1]`],
    ['a number', 'layers[0].bias[0]', 1, `wrong-type ${at}.layers[0].bias[0]`],
    ['a quantity for a list', 'layers[0].bias', '1', `wrong-type ${at}.layers[0].bias`],
    ['a bias too many', 'layers[0].bias', ['1', '1'], `wrong-shape ${at}.layers[0].bias`],
    ['no bias', 'layers[0].bias', undefined, `missing-key ${at}.layers[0]`],
    ['a unit too many', 'layers[0].weights', [['1'], ['1']], `wrong-shape ${at}.layers[0].weights`],
    ['an input too many', 'layers[0].weights', [['1', '1']], `wrong-shape ${at}.layers[0].weights[0]`],
    ['a layer too few', 'layers', [{ weights: [['1']], bias: ['1'] }], `wrong-shape ${at}.layers`],
    [
      'a common denominator',
      'layers[0].bias',
      { denominator: '1', numerators: ['1'] },
      `wrong-type ${at}.layers[0].bias`,
    ],
    // √3 ≈ 1732050807568877293527446341505872367/10³⁶
    [
      'a rational number as near as one likes',
      'layers[0].bias[0]',
      ['-366025403784438646763723170752936183/1000000000000000000000000000000000000'],
      `nonzero-gradient ${at}`,
    ],
    ['another number of the field', 'layers[1].weights[0][0]', ['1/1000000000', '1'], `nonzero-gradient ${at}`],
  ])('%s', (_, path, by, expected) => {
    expect(answerTo([`${at}.${path}`, by])).toBe(expected);
  });

  test('(x − 3)(x² − 3): where a is √3 it is proved, where a is 3 it is another point', () => {
    const both: Value = ['9', '-3', '-3', '1'];
    expect(answerTo([`${at}.field.polynomial`, both])).toBe('proved');
    expect(answerTo([`${at}.field.polynomial`, both], [`${at}.field.root`, ['5/2', '4']])).toBe(
      `nonzero-gradient ${at}`,
    );
  });

  test('a root at an end is refused, though one more is inside', () => {
    expect(answerTo([`${at}.field.polynomial`, ['0', '-3', '0', '1']], [`${at}.field.root`, ['0', '2']])).toBe(
      `not-isolating ${at}.field.root`,
    );
  });

  test.each([0, 1])('a bias of layer %i, which has none, is refused', (layer) => {
    const path = `$.statement.problem.network.layers[${2 * layer}]`;
    expect(answerTo([path, dense(1, false)])).toBe(`unknown-key ${at}.layers[${layer}].bias`);
  });

  const descent = '$.proof.descent.coefficients';
  test.each<readonly [string, string, Value, string]>([
    ['coefficients in the field', `${descent}[0]`, { field: root3, ...still }, `not-descending ${descent}`],
    [
      'in the field, and down',
      `${descent}[0]`,
      {
        field: { ...root3, polynomial: ['-6', '0', '2'], root: ['0', '5'] },
        layers: [
          { weights: [[['0', '-3']]], bias: [['0', '-1']] },
          { weights: [['0']], bias: [['0', '5']] },
        ],
      },
      'proved',
    ],
    [
      'of the conjugate',
      `${descent}[0].field`,
      { ...root3, root: ['-2', '-1'] },
      `different-field ${descent}[0].field`,
    ],
    [
      'of another polynomial',
      `${descent}[0].field`,
      { ...root3, polynomial: ['15', '0', '-8', '0', '1'] },
      `different-field ${descent}[0].field`,
    ],
    [
      'of √2, which is the second root too',
      `${descent}[0].field`,
      { ...root3, polynomial: ['-2', '0', '1'] },
      `different-field ${descent}[0].field`,
    ],
    ['upward', descent, [changed(still, '$.layers[1].bias[0]', '1')], `not-descending ${descent}`],
    ['nowhere', descent, [still], `not-descending ${descent}`],
  ])('curves: %s', (_, path, by, expected) => {
    expect(answerTo([path, by])).toBe(expected);
  });

  test('ascent along the curve that descends is refused', () => {
    const down = [
      {
        layers: [
          { weights: [['-3']], bias: ['-1'] },
          { weights: [['0']], bias: ['5'] },
        ],
      },
    ];
    expect(answerTo(['$.proof.ascent.coefficients', down])).toBe('not-ascending $.proof.ascent.coefficients');
  });
});

describe('what is the same point', () => {
  const textOf = (...changes: readonly (readonly [string, Value])[]): string => {
    const verdict = check(changes.reduce((value: Value, [path, by]) => changed(value, `${at}.${path}`, by), saddle));
    if (verdict.kind !== 'proved') throw new Error(verdict.reason.message);
    return canonicalPoint(verdict.theorem.statement.point);
  };
  const whole = textOf();

  test('is told by the polynomial, the place of its root, and the entries', () => {
    expect(whole).toBe(
      '{"field":{"polynomial":["-3","0","1"],"root":1},"layers":[{"weights":[["1"]],"bias":[["1/2","-1/2"]]},{"weights":[[["0","1"]]],"bias":["1"]}]}',
    );
  });

  test.each<readonly [string, readonly (readonly [string, Value])[]]>([
    ['the name', [['field.name', 'b']]],
    ['another isolating interval', [['field.root', ['3/2', '100']]]],
    ['a multiple of the polynomial', [['field.polynomial', ['3/2', '0', '-1/2', '0']]]],
    ['fractions not in lowest terms, zeros at the end', [['layers[1].bias[0]', ['2/2', '0']]]],
  ])('%s says nothing', (_, changes) => {
    expect(textOf(...changes)).toBe(whole);
  });

  test('−√3 with the signs of a turned over is another text for the same numbers', () => {
    const turned = textOf(
      ['field.root', ['-2', '-1']],
      ['layers[0].bias[0]', ['1/2', '1/2']],
      ['layers[1].weights[0][0]', ['0', '-1']],
    );
    expect(turned).toContain('"root":0');
  });
});

test('a point file with a field is declined: commands are about rational points', () => {
  const { problem: posed, point } = (saddle as { statement: { problem: Fields; point: Fields } }).statement;
  const read = readProblem(JSON.stringify({ format: 'cairn-problem', version: 1, ...posed }));
  if (read.kind !== 'read') throw new Error(read.reason.message);
  const text = JSON.stringify({ format: 'cairn-point', version: 1, ...point });
  expect(readPoint(text, read.value)).toMatchObject({
    kind: 'declined',
    path: '$.field',
    reason: { code: 'unsupported-point' },
  });
});

test('a number that is long is declined before it is computed', () => {
  const long = changed(saddle, `${at}.layers[0].bias[0]`, ['9'.repeat(3_000), '-1/2']);
  expect(answer(check(long, { limits: { operations: 10_000 } }))).toBe('limit-operations $');
  const high: Value = ['1', ...new Array<string>(33).fill('1')];
  expect(answerTo([`${at}.field.polynomial`, high])).toBe(`limit-degree ${at}.field.polynomial`);
});

describe('kinds and rules', () => {
  const { problem: posed, point } = (saddle as { statement: { problem: Fields; point: Fields } }).statement;
  const proof = (saddle as { proof: { descent: Fields } }).proof;
  const rational: Fields = {
    layers: [
      { weights: [['1']], bias: ['1'] },
      { weights: [['3']], bias: ['-7/2'] },
    ],
  };
  const pair = 'unsupported-combination';
  test.each<readonly [string, Fields, string]>([
    [
      'not a local minimum',
      certificate('not-local-minimum', { problem: posed, point }, { descent: proof.descent }),
      'proved',
    ],
    [
      'not a global minimum, by a rational point',
      certificate(
        'not-global-minimum',
        { problem: posed, point, betterPoint: rational },
        { lowerRisk: { rule: 'lower-risk' } },
      ),
      'proved',
    ],
    [
      'a rational point, and an algebraic one that is better',
      certificate(
        'not-global-minimum',
        { problem: posed, point: still, betterPoint: point },
        { lowerRisk: { rule: 'lower-risk' } },
      ),
      'proved',
    ],
    [
      'a field of degree 1',
      certificate(
        'not-global-minimum',
        {
          problem: posed,
          point: { field: { name: 'a', polynomial: ['-1', '1'], root: ['0', '2'] }, ...still },
          betterPoint: point,
        },
        { lowerRisk: { rule: 'lower-risk' } },
      ),
      'proved',
    ],
    [
      'the same point is not better',
      certificate(
        'not-global-minimum',
        { problem: posed, point, betterPoint: point },
        { lowerRisk: { rule: 'lower-risk' } },
      ),
      'not-below $.statement.betterPoint',
    ],
    [
      'a rational point has no curves in a field',
      certificate(
        'not-local-minimum',
        { problem: posed, point: rational },
        { descent: { rule: 'descent-curve', coefficients: [{ field: root3, ...still }] } },
      ),
      'different-field $.proof.descent.coefficients[0].field',
    ],
    [
      'affine-span on an interval',
      certificate('local-minimum', { problem: posed, point }, { localMinimum: { rule: 'affine-span' } }),
      `${pair} $.proof.localMinimum.rule`,
    ],
    [
      'a direction',
      certificate(
        'not-local-minimum',
        { problem: posed, point },
        { descent: { rule: 'descent-direction', direction: still } },
      ),
      `${pair} $.proof.descent.rule`,
    ],
    [
      'a direction in a field',
      certificate(
        'not-local-minimum',
        { problem: posed, point },
        { descent: { rule: 'descent-direction', direction: { field: root3, ...still } } },
      ),
      'unsupported-point $.proof.descent.direction.field',
    ],
    [
      'a ball around it',
      certificate(
        'no-local-minimum-near',
        { problem: posed, point, radius: '1/10' },
        { descent: { rule: 'gradient-bound' } },
      ),
      `${pair} $.statement.kind`,
    ],
    [
      'another best approximation',
      certificate(
        'ill-posed-best-approximation',
        { problem: posed, point, otherPoint: rational, jump: '1' },
        {
          globalMinimum: {
            rule: 'enumeration',
            tree: { kept: true },
            combinations: [{ prediction: ['0'], multipliers: [['0']] }],
          },
        },
      ),
      `${pair} $.statement.kind`,
    ],
    [
      'two inputs',
      certificate(
        'not-local-minimum',
        {
          problem: boxProblem({ layers: [dense(1)], lower: [0, 0], upper: [1, 1], targets: [{ terms: [] }] }),
          point: { field: root3, layers: [{ weights: [['1', ['0', '1']]], bias: ['1'] }] },
        },
        { descent: { rule: 'descent-curve', coefficients: [{ layers: [{ weights: [['0', '0']], bias: ['1'] }] }] } },
      ),
      `${pair} $.statement.problem.network`,
    ],
  ])('%s', (_, of, expected) => {
    expect(answer(check(of))).toBe(expected);
  });
});

describe('neuron-dominance-1d', () => {
  // g = 1 + 2x on the left of 0, 1 − 6x + 6x² on the right.
  const tent = boxProblem({
    layers: [dense(1), relu, dense(1)],
    ...{ lower: [-1], upper: [1], targets: [pieces([0], ['-1/2', -1], ['-1/2', 4, -3])] },
  });
  const theta: Fields = {
    field: { name: 'a', polynomial: ['-2', '0', '1'], root: ['1', '2'] },
    layers: [
      { weights: [[['0', '1']]], bias: ['0'] },
      { weights: [[['0', '1/2']]], bias: ['0'] },
    ],
  };
  const minimum = (point: Fields, rule = 'neuron-dominance-1d'): string =>
    answer(check(certificate('local-minimum', { problem: tent, point }, { localMinimum: { rule } })));

  test('a unit of weights √2 and 1/√2 with its kink at 0', () => {
    expect(minimum(theta)).toBe('proved');
  });

  test.each<readonly [string, string, Value, string]>([
    ['steeper by 10⁻⁹', '$.layers[1].weights[0][0]', ['1/1000000000', '1/2'], `nonzero-path-moment ${at}`],
    ['the kink at −10⁻⁹', '$.layers[0].bias[0]', ['0', '1/1000000000'], `nonzero-path-moment ${at}`],
    ['a constant more', '$.layers[1].bias[0]', ['0', '1/1000000000'], `nonzero-path-moment ${at}`],
    ['nothing goes out', '$.layers[1].weights[0][0]', ['0', '0'], `nonzero-path-moment ${at}`],
    ['the other root: −√2 relu(−x)', '$.field.root', ['-2', '-1'], `nonzero-path-moment ${at}`],
    ['degenerate', '$.layers[0].weights[0][0]', '0', `nonzero-path-moment ${at}`],
  ])('%s', (_, path, by, expected) => {
    expect(minimum(changed(theta, path, by) as Fields)).toBe(expected);
  });

  test('reduced-hessian-1d shows it, too', () => {
    expect(minimum(theta, 'reduced-hessian-1d')).toBe('proved');
  });
});

/** x² on [−1, 1] has the best hinge A + s max(x − q, 0) with 3q² + 4q − 3 = 0, s = q + 1, A = (q² − q + 1)/3: here 3q + 2 is the number a = √13. */
describe('reduced-hessian-1d', () => {
  const onWhole = (units: number, rest: Fields = {}): Fields => ({
    ...boxProblem({
      layers: [dense(units), relu, dense(1)],
      ...{ lower: [-1], upper: [1], targets: [{ terms: [{ coefficient: '1', exponents: [2] }] }] },
    }),
    ...rest,
  });
  type Unit = readonly [w: Value, b: Value, v: Value];
  const root13: Fields = { name: 'a', polynomial: ['-13', '0', '1'], root: ['3', '4'] };
  const [height, before, constant] = [
    ['1/3', '1/3'],
    ['2/3', '-1/3'],
    ['32/27', '-7/27'],
  ];
  const best: Unit = ['1', before, height];
  const hinges = (units: readonly Unit[], c: Value = constant, field: Fields = root13): Fields => ({
    field,
    layers: [
      { weights: units.map(([w]) => [w]), bias: units.map(([, b]) => b) },
      { weights: [units.map(([, , v]) => v)], bias: [c] },
    ],
  });
  const verdict = (point: Fields, rule = 'reduced-hessian-1d', units = 1, rest: Fields = {}): string =>
    answer(check(certificate('local-minimum', { problem: onWhole(units, rest), point }, { localMinimum: { rule } })));

  test('the best hinge, whose kink is irrational, bends downward where it is too low', () => {
    expect(verdict(hinges([best]))).toBe('proved');
    expect(verdict(hinges([best]), 'neuron-dominance-1d')).toBe(`bends-downward ${at}`);
  });

  test.each<readonly [string, Fields, string]>([
    ['steeper by 10⁻⁹', hinges([['1', before, ['1000000003/3000000000', '1/3']]]), `nonzero-path-moment ${at}`],
    ['the kink moved by 10⁻⁹', hinges([['1', ['2000000003/3000000000', '-1/3'], height]]), `nonzero-path-moment ${at}`],
    ['a constant more', hinges([best], ['32000000027/27000000000', '-7/27']), `nonzero-path-moment ${at}`],
    [
      'the conjugate: no kink inside',
      hinges([best], constant, { ...root13, root: ['-4', '-3'] }),
      `nonzero-path-moment ${at}`,
    ],
    [
      'a of (x² − 13)(x² − 3)',
      hinges([best], constant, { ...root13, polynomial: ['39', '0', '-16', '0', '1'] }),
      'proved',
    ],
    [
      'the other root of it',
      hinges([best], constant, { ...root13, polynomial: ['39', '0', '-16', '0', '1'], root: ['1', '2'] }),
      `nonzero-path-moment ${at}`,
    ],
    [
      '3a with the polynomial of 3a',
      hinges([['1', ['2/3', '-1/9'], ['1/3', '1/9']]], ['32/27', '-7/81'], {
        ...root13,
        polynomial: ['-117', '0', '1'],
        root: ['10', '11'],
      }),
      'proved',
    ],
    ['nothing goes out', hinges([['1', before, ['0', '0']]], '1/3'), `bends-downward ${at}`],
    ['the best constant, of a unit that is off', hinges([[['0', '0'], ['-1'], height]], '1/3'), 'proved'],
  ])('%s', (_, point, expected) => {
    expect(verdict(point)).toBe(expected);
  });

  test.each<readonly [string, Fields, string]>([
    ['a unit that is off', hinges([best, ['1', '-2', '3']]), 'proved'],
    [
      'one that bends at −1, where the hinge is too low, and takes away',
      hinges([best, ['-1', '-1', ['0', '-1']]]),
      'proved',
    ],
    ['the same, adding', hinges([best, ['-1', '-1', ['0', '1']]]), `bends-downward ${at}`],
    ['an active unit of which nothing goes out', hinges([best, ['1', '2', '0']]), `nonzero-path-moment ${at}`],
    ['a unit that is 0 everywhere', hinges([best, ['0', '0', '0']]), `degenerate-unit ${at}`],
    [
      'its other half',
      hinges([
        ['1', before, ['1/3']],
        ['1', before, ['0', '1/3']],
      ]),
      `repeated-kink ${at}`,
    ],
  ])('beside %s', (_, point, expected) => {
    expect(verdict(point, 'reduced-hessian-1d', 2)).toBe(expected);
  });

  test('only for losses of degree 2', () => {
    expect(verdict(hinges([best]), 'reduced-hessian-1d', 1, { loss: { function: 'power', exponent: '4' } })).toBe(
      'unsupported-combination $.statement.problem.loss',
    );
  });
});

describe('samples', () => {
  const root2: Fields = { name: 'a', polynomial: ['-2', '0', '1'], root: ['1', '2'] };
  const linear = problem({ layers: [dense(1, false), dense(1, false)], x: [1], y: [2] });
  const product = (first: Value, second: Value, field: Fields = root2): Fields => ({
    field,
    layers: [{ weights: [[first]] }, { weights: [[second]] }],
  });
  const global = (at: Fields, rule: string): string =>
    answer(check(certificate('global-minimum', { problem: linear, point: at }, { globalMinimum: { rule } })));

  test.each<readonly [string, Fields, string, string]>([
    ['√2·√2 = 2', product(['0', '1'], ['0', '1']), 'zero-loss', 'proved'],
    ['√2·√2 = 2', product(['0', '1'], ['0', '1']), 'convex-span', 'proved'],
    ['√2·(√2 + 10⁻⁹)', product(['0', '1'], ['1/1000000000', '1']), 'zero-loss', `nonzero-residual ${at}`],
    ['√2·(√2 + 10⁻⁹)', product(['0', '1'], ['1/1000000000', '1']), 'convex-span', `nonzero-path-moment ${at}`],
    [
      '√2·√2 with a of (x² − 2)(x² − 3)',
      product(['0', '1'], ['0', '1'], { ...root2, polynomial: ['6', '0', '-5', '0', '1'], root: ['1', '3/2'] }),
      'zero-loss',
      'proved',
    ],
    [
      '√3·√3 with the same polynomial',
      product(['0', '1'], ['0', '1'], { ...root2, polynomial: ['6', '0', '-5', '0', '1'], root: ['3/2', '2'] }),
      'zero-loss',
      `nonzero-residual ${at}`,
    ],
  ])('%s by %s', (_, point, rule, expected) => {
    expect(global(point, rule)).toBe(expected);
  });

  const bent = problem({ layers: [dense(1, false), relu, dense(1)], x: [-1, 1], y: [1, 3] });
  const theta = (w: Value, v: Value, c: Value): Fields => ({
    field: root2,
    layers: [{ weights: [[w]] }, { weights: [[v]], bias: [c] }],
  });
  const minimum = (point: Fields, node: Fields): string =>
    answer(check(certificate('local-minimum', { problem: bent, point }, { localMinimum: node })));

  test('affine-span: √2 relu(√2 x) + 1 fits both', () => {
    expect(minimum(theta(['0', '1'], ['0', '1'], '1'), { rule: 'affine-span' })).toBe('proved');
    expect(minimum(theta(['0', '1'], ['0', '1'], '2'), { rule: 'affine-span' })).toBe(`nonzero-path-moment ${at}`);
    expect(minimum(theta('0', ['0', '1'], '2'), { rule: 'affine-span' })).toBe(`on-a-kink ${at}`);
  });

  test('neuron-dominance: a multiplier is rational, a weight need not be', () => {
    expect(minimum(theta(['0', '1'], ['0', '1'], '1'), dominance(leaf([])))).toBe('proved');
    expect(minimum(theta('0', ['0', '-1'], '2'), dominance(leaf([], [0, 0])))).not.toBe('proved');
  });

  test('a saddle of a deep linear network, and curves', () => {
    const deep = problem({ layers: [dense(1, false), dense(1, false)], x: [1], y: [2] });
    const zero = product('0', ['0', '0']);
    const coefficients = (first: Value, second: Value): Fields => ({
      coefficients: [{ field: root2, layers: [{ weights: [[first]] }, { weights: [[second]] }] }],
    });
    const whole = certificate(
      'saddle',
      { problem: deep, point: zero },
      {
        critical: { rule: 'zero-gradient' },
        descent: { rule: 'descent-curve', ...coefficients(['0', '1'], ['0', '1']) },
        ascent: { rule: 'ascent-curve', ...coefficients(['0', '1'], ['0', '-1']) },
      },
    );
    expect(answer(check(whole))).toBe('proved');
    const moved = changed(whole, `${at}.layers[1].weights[0][0]`, ['0', '1/1000']);
    expect(answer(check(moved))).toBe(`nonzero-gradient ${at}`);
    const swapped = changed(whole, '$.proof.descent.coefficients[0].layers[1].weights[0][0]', ['0', '-1']);
    expect(answer(check(swapped))).toBe('not-descending $.proof.descent.coefficients');
  });

  test.each<readonly [string, Fields, string]>([
    ['exact-hessian', bent, 'exact-hessian'],
    ['coincident-preactivations', bent, 'coincident-preactivations'],
  ])('%s is declined by name', (rule, posed) => {
    const node = rule === 'exact-hessian' ? { rule } : { rule, halfWidth: '1', vectors: [] };
    const point = theta(['0', '1'], ['0', '1'], '1');
    expect(answer(check(certificate('local-minimum', { problem: posed, point }, { localMinimum: node })))).toBe(
      'unsupported-combination $.proof.localMinimum.rule',
    );
  });

  test('weight decay is declined', () => {
    const posed = changed(bent, '$.regularization', { l2: '1' }) as Fields;
    const point = theta(['0', '1'], ['0', '1'], '1');
    const of = certificate('local-minimum', { problem: posed, point }, { localMinimum: { rule: 'exact-hessian' } });
    expect(answer(check(of))).toBe('unsupported-combination $.proof.localMinimum.rule');
  });

  test('a loss with irrational values is declined', () => {
    const posed = problem({ layers: [dense(1)], loss: { function: 'log-cosh' }, x: [1], y: [0] });
    const point = { field: root2, layers: [{ weights: [[['0', '1']]], bias: [['0', '-1']] }] };
    const of = certificate('global-minimum', { problem: posed, point }, { globalMinimum: { rule: 'convex-span' } });
    expect(answer(check(of))).toContain('unsupported-');
  });
});

describe('rational points of the library, written in a field', () => {
  const known = new Set([
    ...['zero-gradient', 'descent-curve', 'ascent-curve', 'lower-risk', 'neuron-dominance-1d'],
    ...['affine-span', 'neuron-dominance', 'convex-span', 'zero-loss'],
  ]);
  const onSamples = new Set(['affine-span', 'neuron-dominance', 'convex-span', 'zero-loss']);
  const theorems = library().flatMap(({ name, text }) => {
    if (text.length > 6_000 || text.includes('"numerators"') || text.includes('"field"')) return [];
    const written = JSON.parse(text) as {
      statement: { kind: string; problem: { data: { type: string } } };
      proof: object;
    };
    const rules = Object.values(written.proof as Record<string, { rule: string }>).map(({ rule }) => rule);
    const { kind, problem: posed } = written.statement;
    if (kind === 'spurious-family' || kind.endsWith('-near') || !rules.every((rule) => known.has(rule))) return [];
    if (posed.data.type === 'box' && rules.some((rule) => onSamples.has(rule))) return [];
    const verdict = check(written as unknown as Value);
    // Losses that are piecewise polynomials, one hidden layer on an interval: of these all are decided in a field.
    if (verdict.kind !== 'proved' || verdict.theorem.statement.problem.loss.family !== 'polynomial') return [];
    return [{ name, written: written as unknown as Value, theorem: verdict.theorem }];
  });

  test('are some of every kind of data', () => {
    const types = theorems.map(({ theorem }) => theorem.statement.problem.type);
    expect(types.filter((type) => type === 'box').length).toBeGreaterThan(20);
    expect(types.filter((type) => type === 'samples').length).toBeGreaterThan(5);
  });

  test.each(theorems)('$name', ({ written, theorem }) => {
    const root2: Value = { name: 'a', polynomial: ['-2', '0', '1'], root: ['1', '2'] };
    const inField = changed(written, `${at}.field`, root2);
    const verdict = check(inField);
    if (verdict.kind !== 'proved') throw new Error(`${verdict.path}: ${verdict.reason.message}`);
    expect(verdict.theorem.risk).toEqual(theorem.risk);
    expect(verdict.theorem.obligations).toEqual(theorem.obligations);
  });
});
