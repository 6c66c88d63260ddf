import { describe, expect, test } from 'vitest';
import { type CheckOptions, checkCertificate, readPoint, readProblem } from '../../src/kernel/check.js';
import type { Limits } from '../../src/kernel/limits.js';
import {
  abs,
  answer,
  certificate,
  changed,
  check,
  codeOf,
  dense,
  dominance,
  globalMinimum,
  leaf,
  localMinimum,
  piecewise,
  point,
  problem,
  relu,
  type Value,
} from '../certificate.js';
import { conv2d, flatten, maxpool, pointOf, shaped } from '../layers.js';

/** x = −2, −1, 1, 2 with |x| as target: two units of the first layer, both away from their kinks. */
const parts = { layers: [dense(2), relu, dense(1)], x: [-2, -1, 1, 2], y: [2, 1, 1, 2] };
const zero = point(
  [
    [[1], [-1]],
    [0, 0],
  ],
  [[[1, 1]], [0]],
);
const whole = changed(localMinimum(problem(parts), zero), '$.about', { theorem: 't', source: 's', text: 'x' });
const spurious = certificate(
  'spurious-local-minimum',
  {
    problem: problem(parts),
    point: point(
      [
        [[0], [0]],
        [-1, -1],
      ],
      [[[1, 1]], ['3/2']],
    ),
    betterPoint: zero,
  },
  { localMinimum: { rule: 'affine-span' }, lowerRisk: { rule: 'lower-risk' } },
);
const split = localMinimum(
  problem({ layers: [dense(1, false), relu, dense(1, false)], x: [1], y: ['1/2'] }),
  point([[[0]]], [[[1]]]),
  dominance({ sample: 0, nonnegative: leaf([], [0]), nonpositive: leaf([], [0]) }),
);

test('what the tables change is proved, or refused by a rule', () => {
  expect([whole, spurious, split].map((c) => codeOf(check(c)))).toEqual(['proved', 'proved', 'nonzero-combination']);
});

const changes = (base: Value, table: readonly (readonly [string, Value | undefined, string])[]): void => {
  test.each(table)('%s = %j: %s', (path, by, expected) => {
    expect(answer(check(changed(base, path, by)))).toBe(expected);
  });
};

describe('the file', () => {
  changes(whole, [
    ['$.format', undefined, 'missing-key $'],
    ['$.format', 'cairn-point', 'wrong-format $.format'],
    ['$.format', 'Cairn-certificate', 'wrong-format $.format'],
    ['$.format', 1, 'wrong-format $.format'],
    ['$.format', null, 'wrong-format $.format'],
    ['$.version', undefined, 'missing-key $'],
    ['$.version', 0, 'wrong-type $.version'],
    ['$.version', 2, 'unsupported-version $.version'],
    ['$.version', 2147483648, 'wrong-type $.version'],
    ['$.version', '1', 'wrong-type $.version'],
    ['$.version', 1.5, 'wrong-type $.version'],
    ['$.version', null, 'wrong-type $.version'],
    ['$.statement', undefined, 'missing-key $'],
    ['$.statement', null, 'wrong-type $.statement'],
    ['$.statement', [], 'wrong-type $.statement'],
    ['$.proof', undefined, 'missing-key $'],
    ['$.proof', null, 'wrong-type $.proof'],
    ['$.proof', [], 'wrong-type $.proof'],
    ['$.extra', 1, 'unknown-key $.extra'],
    ['$.verdict', 'proved', 'unknown-key $.verdict'],
    ['$.constructor', 1, 'unknown-key $.constructor'],
    ['$.about', undefined, 'proved'],
    ['$.about', {}, 'proved'],
    ['$.about', null, 'wrong-type $.about'],
    ['$.about', 'text', 'wrong-type $.about'],
    ['$.about.author', 'x', 'unknown-key $.about.author'],
    ['$.about.text', 1, 'wrong-type $.about.text'],
    ['$.about.text', 'x'.repeat(2000), 'proved'],
    ['$.about.text', 'x'.repeat(2001), 'out-of-range $.about.text'],
    ['$.about.text', 'two\nlines', 'control-character $.about.text'],
    ['$.about.text', '\u001b[2J', 'control-character $.about.text'],
    ['$.about.text', '\u009b2J', 'control-character $.about.text'],
    ['$.about.text', '\u007f', 'control-character $.about.text'],
    ['$.about.source', '\u202egnorw', 'control-character $.about.source'],
    ['$.about.source', '\u2028', 'control-character $.about.source'],
    ['$.about.theorem', '\ud800', 'control-character $.about.theorem'],
    ['$.about.theorem', '\u{1f600} ≥ \u00e9', 'proved'],
  ]);

  test.each(['null', '[]', '"x"', '1', 'true'])('the text %s is no record', (text) => {
    expect(answer(checkCertificate(text))).toBe('wrong-type $');
  });
});

describe('the statement and the proof', () => {
  const [problemPath, pointPath] = ['$.statement.problem', '$.statement.point'];
  changes(whole, [
    ['$.statement.kind', undefined, 'missing-key $.statement'],
    ['$.statement.kind', 'global-maximum', 'unknown-kind $.statement.kind'],
    ['$.statement.kind', 'constructor', 'unknown-kind $.statement.kind'],
    ['$.statement.kind', '__proto__', 'unknown-kind $.statement.kind'],
    ['$.statement.kind', '', 'unknown-kind $.statement.kind'],
    ['$.statement.kind', 0, 'wrong-type $.statement.kind'],
    ['$.statement.kind', 'local-minimum-near', 'missing-key $.statement'],
    ['$.statement.kind', 'spurious-family', 'unknown-key $.statement.point'],
    ['$.statement.kind', 'global-minimum', 'unknown-key $.proof.localMinimum'],
    ['$.statement.kind', 'spurious-local-minimum', 'missing-key $.statement'],
    ['$.statement.betterPoint', {}, 'unknown-key $.statement.betterPoint'],
    ['$.statement.radius', '1', 'unknown-key $.statement.radius'],
    [problemPath, undefined, 'missing-key $.statement'],
    [pointPath, undefined, 'missing-key $.statement'],
    ['$.proof.localMinimum', undefined, 'missing-obligation $.proof'],
    ['$.proof.localMinimum', null, 'wrong-type $.proof.localMinimum'],
    ['$.proof.localMinimum', {}, 'missing-key $.proof.localMinimum'],
    ['$.proof.localMinimum', [], 'wrong-type $.proof.localMinimum'],
    ['$.proof.lowerRisk', { rule: 'lower-risk' }, 'unknown-key $.proof.lowerRisk'],
    ['$.proof.toString', {}, 'unknown-key $.proof.toString'],
    ['$.proof.localMinimum.rule', 'trust-me', 'unknown-rule $.proof.localMinimum.rule'],
    ['$.proof.localMinimum.rule', 'toString', 'unknown-rule $.proof.localMinimum.rule'],
    ['$.proof.localMinimum.rule', 'Affine-span', 'unknown-rule $.proof.localMinimum.rule'],
    ['$.proof.localMinimum.rule', 7, 'wrong-type $.proof.localMinimum.rule'],
    ['$.proof.localMinimum.rule', 'zero-loss', 'unsupported-combination $.proof.localMinimum.rule'],
    ['$.proof.localMinimum.rule', 'lower-risk', 'unsupported-combination $.proof.localMinimum.rule'],
    ['$.proof.localMinimum.rule', 'neuron-dominance', 'missing-key $.proof.localMinimum'],
    ['$.proof.localMinimum.units', [], 'unknown-key $.proof.localMinimum.units'],
    ['$.proof.localMinimum.bits', 64, 'unknown-key $.proof.localMinimum.bits'],
  ]);
  changes(spurious, [
    ['$.proof.lowerRisk', undefined, 'missing-obligation $.proof'],
    ['$.proof.localMinimum', undefined, 'missing-obligation $.proof'],
    ['$.statement.betterPoint', undefined, 'missing-key $.statement'],
    ['$.proof.lowerRisk.bits', 1, 'proved'],
    ['$.proof.lowerRisk.bits', 0, 'wrong-type $.proof.lowerRisk.bits'],
    ['$.proof.lowerRisk.bits', '64', 'wrong-type $.proof.lowerRisk.bits'],
    ['$.proof.lowerRisk.risk', '0', 'unknown-key $.proof.lowerRisk.risk'],
    ['$.statement.kind', 'not-global-minimum', 'unknown-key $.proof.localMinimum'],
    ['$.statement.kind', 'local-minimum', 'unknown-key $.statement.betterPoint'],
  ]);
});

describe('quantities', () => {
  const place = '$.statement.problem.data.targets[0][0]';
  changes(whole, [
    [place, '0', 'nonzero-path-moment $.statement.point'],
    [place, '4/2', 'proved'],
    [place, '2.000', 'proved'],
    [place, 2, `wrong-type ${place}`],
    [place, null, `wrong-type ${place}`],
    [place, true, `wrong-type ${place}`],
    [place, ['2'], `wrong-type ${place}`],
    [place, {}, `wrong-type ${place}`],
    ...[
      '',
      ' 2',
      '2 ',
      '+2',
      '-0',
      '02',
      '2.',
      '.5',
      '2e0',
      '2E1',
      '1e999',
      '1/0',
      '1/-2',
      '1/02',
      '1/2/3',
      '1.5/2',
      '1/2.5',
      '--2',
      '-',
      '/',
      '0x2',
      '2n',
      '1_000',
      '1,5',
      'NaN',
      'Infinity',
      '-Infinity',
      'two',
      '\u0662',
      '2\u0000',
      '2\n',
      '\u22122',
      '\u00bd',
    ].map((text): [string, Value, string] => [place, text, `malformed-quantity ${place}`]),
    [place, '-0.0', 'nonzero-path-moment $.statement.point'],
    [place, '-0/5', 'nonzero-path-moment $.statement.point'],
    ['$.statement.problem.loss.factor', '-0.0', 'nonpositive-factor $.statement.problem.loss.factor'],
    ['$.statement.problem.loss.factor', 1, 'wrong-type $.statement.problem.loss.factor'],
  ]);
});

describe('matrices and vectors over one denominator', () => {
  const [targets, weights] = ['$.statement.problem.data.targets', '$.statement.problem.data.weights'];
  const over = (denominator: Value, ...numerators: readonly Value[]): Value => ({ denominator, numerators });
  changes(whole, [
    [targets, over('3', ['6'], ['3'], ['3'], ['6']), 'proved'],
    [targets, over('3', ['6'], ['3'], ['3'], ['5']), 'nonzero-path-moment $.statement.point'],
    [targets, over('0', ['6'], ['3'], ['3'], ['6']), `malformed-quantity ${targets}.denominator`],
    [targets, over('-1', ['-2'], ['-1'], ['-1'], ['-2']), `malformed-quantity ${targets}.denominator`],
    [targets, over('1/2', ['1'], ['1'], ['1'], ['1']), `malformed-quantity ${targets}.denominator`],
    [targets, over('01', ['2'], ['1'], ['1'], ['2']), `malformed-quantity ${targets}.denominator`],
    [targets, over(3, ['6'], ['3'], ['3'], ['6']), `wrong-type ${targets}.denominator`],
    [targets, over('3', ['6'], ['3/1'], ['3'], ['6']), `malformed-quantity ${targets}.numerators[1][0]`],
    [targets, over('3', ['6'], ['3.0'], ['3'], ['6']), `malformed-quantity ${targets}.numerators[1][0]`],
    [targets, over('3', ['6'], ['-0'], ['3'], ['6']), `malformed-quantity ${targets}.numerators[1][0]`],
    [targets, over('3', ['6'], ['3'], [3], ['6']), `wrong-type ${targets}.numerators[2][0]`],
    [targets, over('3', ['6'], '3', ['3'], ['6']), `wrong-type ${targets}.numerators[1]`],
    [targets, over('3', ['6'], [], ['3'], ['6']), `wrong-shape ${targets}.numerators[1]`],
    [targets, over('3', [], [], [], []), `wrong-shape ${targets}[0]`],
    [targets, over('3'), `wrong-shape ${targets}`],
    [targets, { denominator: '3' }, `missing-key ${targets}`],
    [targets, { numerators: [] }, `missing-key ${targets}`],
    [targets, { denominator: '1', numerators: {} }, `wrong-type ${targets}.numerators`],
    [targets, { denominator: '1', numerators: [], rows: '4' }, `unknown-key ${targets}.rows`],
    [targets, { constructor: '1', numerators: [] }, `unknown-key ${targets}.constructor`],
    [targets, [], `wrong-shape ${targets}`],
    [targets, [['2'], ['1'], ['1']], `wrong-shape ${targets}`],
    [targets, [['2'], ['1'], ['1'], ['2'], ['3']], `wrong-shape ${targets}`],
    [
      targets,
      [
        ['2', '1'],
        ['1', '1'],
        ['1', '1'],
        ['2', '1'],
      ],
      `wrong-shape ${targets}[0]`,
    ],
    [targets, [['2'], ['1', '1'], ['1'], ['2']], `wrong-shape ${targets}[1]`],
    [targets, [['2'], [], ['1'], ['2']], `wrong-shape ${targets}[1]`],
    [targets, ['2', '1', '1', '2'], `wrong-type ${targets}[0]`],
    [targets, '2', `wrong-type ${targets}`],
    [weights, ['1', '1', '1', '1'], 'proved'],
    [weights, over('7', '1', '2', '3', '4'), 'proved'],
    [weights, over('7', '1', '2', '3'), `wrong-shape ${weights}`],
    [weights, over('7', ['1'], '2', '3', '4'), `wrong-type ${weights}.numerators[0]`],
    [weights, [], `wrong-shape ${weights}`],
    [weights, ['1', '1', '1'], `wrong-shape ${weights}`],
    [weights, ['1', '1', '0', '1'], `nonpositive-weight ${weights}[2]`],
    [weights, ['1', '1', '-1/7', '1'], `nonpositive-weight ${weights}[2]`],
    [weights, null, `wrong-type ${weights}`],
    ['$.statement.problem.data.inputs', [], 'empty-list $.statement.problem.data.inputs'],
    ['$.statement.problem.data.inputs', [[], [], [], []], 'wrong-shape $.statement.problem.data.inputs[0]'],
  ]);
});

describe('problems', () => {
  const [network, loss, data] = ['network', 'loss', 'data'].map((key) => `$.statement.problem.${key}`) as [
    string,
    string,
    string,
  ];
  changes(whole, [
    [`${network}.input`, [], `empty-list ${network}.input`],
    [`${network}.input`, [0], `wrong-type ${network}.input[0]`],
    [`${network}.input`, [-1], `wrong-type ${network}.input[0]`],
    [`${network}.input`, ['1'], `wrong-type ${network}.input[0]`],
    [`${network}.input`, [2147483648], `wrong-type ${network}.input[0]`],
    [`${network}.input`, [2], `wrong-shape $.statement.problem.data.inputs[0]`],
    [`${network}.input`, [1, 1], `wrong-shape ${network}.layers[0]`],
    [`${network}.input`, [1, 1, 1], `wrong-shape ${network}.layers[0]`],
    [`${network}.input`, [1, 1, 1, 1], `unsupported-network ${network}.input`],
    [`${network}.layers`, [], `empty-list ${network}.layers`],
    [`${network}.layers`, [relu], `unsupported-network ${network}.layers[0]`],
    [`${network}.layers`, [dense(2), relu], `final-activation ${network}.layers[1]`],
    [`${network}.layers`, [dense(2), relu, relu, dense(1)], `unsupported-network ${network}.layers[2]`],
    [`${network}.layers[0].units`, 0, `wrong-type ${network}.layers[0].units`],
    [`${network}.layers[0].units`, '2', `wrong-type ${network}.layers[0].units`],
    [`${network}.layers[0].units`, 3, 'wrong-shape $.statement.point.layers[0].weights'],
    [`${network}.layers[0].units`, 2147483647, 'wrong-shape $.statement.point.layers[0].weights'],
    [`${network}.layers[0].bias`, 'true', `wrong-type ${network}.layers[0].bias`],
    [`${network}.layers[0].bias`, false, 'unknown-key $.statement.point.layers[0].bias'],
    [`${network}.layers[0].bias`, true, 'proved'],
    [`${network}.layers[0].name`, 'a', 'proved'],
    [`${network}.layers[0].name`, 'a'.repeat(201), `out-of-range ${network}.layers[0].name`],
    [`${network}.layers[0].name`, 'a\tb', `control-character ${network}.layers[0].name`],
    [`${network}.layers[0].name`, 1, `wrong-type ${network}.layers[0].name`],
    [`${network}.layers[0].type`, 'linear', `unknown-name ${network}.layers[0].type`],
    [`${network}.layers[0].type`, 'conv2d', `unknown-key ${network}.layers[0].units`],
    [`${network}.layers[0].type`, 'conv3d', `unknown-name ${network}.layers[0].type`],
    [`${network}.layers[0].type`, undefined, `missing-key ${network}.layers[0]`],
    [`${network}.layers[0].groups`, 1, `unknown-key ${network}.layers[0].groups`],
    [`${network}.layers[0].fixed`, {}, `missing-key ${network}.layers[0].fixed`],
    [`${network}.layers[0].fixed`, { weights: [['1']] }, `wrong-shape ${network}.layers[0].fixed.weights`],
    [`${network}.layers[0].fixed`, { weights: [['1'], ['1']] }, `missing-key ${network}.layers[0].fixed`],
    [
      `${network}.layers[0].fixed`,
      { weights: [['1'], ['1']], bias: ['0'] },
      `wrong-shape ${network}.layers[0].fixed.bias`,
    ],
    [
      `${network}.layers[0].fixed`,
      { weights: [['1'], ['1']], bias: ['0', '0'] },
      'wrong-shape $.statement.point.layers',
    ],
    [`${network}.layers[1].function`, 'swish', `unknown-name ${network}.layers[1].function`],
    [`${network}.layers[1].function`, 'tanh', 'irrational-value $.statement.point'],
    [`${network}.layers[1].function`, undefined, `missing-key ${network}.layers[1]`],
    [`${network}.layers[1].slope`, '0', `unknown-key ${network}.layers[1].slope`],
    [`${network}.layers[1].type`, 'dense', `unknown-key ${network}.layers[1].function`],
    [loss, { function: 'mae' }, `unknown-name ${loss}.function`],
    [loss, { function: 'logistic' }, `out-of-range ${data}.targets[0][0]`],
    [loss, {}, `missing-key ${loss}`],
    [loss, { function: 'squared', power: '2' }, `unknown-key ${loss}.power`],
    [`$.statement.problem.regularization`, {}, 'missing-key $.statement.problem.regularization'],
    [`$.statement.problem.regularization`, { l2: '0' }, 'out-of-range $.statement.problem.regularization.l2'],
    [`$.statement.problem.regularization`, { l2: '-1/2' }, 'out-of-range $.statement.problem.regularization.l2'],
    [`$.statement.problem.regularization`, { l2: 1 }, 'wrong-type $.statement.problem.regularization.l2'],
    [`$.statement.problem.regularization`, { l1: '1' }, 'unknown-key $.statement.problem.regularization.l1'],
    [`$.statement.problem.regularization`, { l2: '1' }, 'unsupported-combination $.proof.localMinimum.rule'],
    [`$.statement.problem.seed`, 1, 'unknown-key $.statement.problem.seed'],
    [`${data}.type`, 'box', `unknown-key ${data}.inputs`],
    [`${data}.type`, 'stream', `unknown-name ${data}.type`],
    [`${data}.file`, 'iris.csv', `file-reference ${data}.file`],
    [`${data}.labels`, [], `unknown-key ${data}.labels`],
    [`${data}.targets`, undefined, `missing-key ${data}`],
    ['$.statement.point.layers', [], 'wrong-shape $.statement.point.layers'],
    ['$.statement.point.layers[1]', undefined, 'wrong-shape $.statement.point.layers'],
    ['$.statement.point.layers[0].bias', undefined, 'missing-key $.statement.point.layers[0]'],
    ['$.statement.point.layers[0].bias', ['0'], 'wrong-shape $.statement.point.layers[0].bias'],
    ['$.statement.point.layers[0].scale', '1', 'unknown-key $.statement.point.layers[0].scale'],
    ['$.statement.point.field', {}, 'missing-key $.statement.point.field'],
    ['$.statement.point.format', 'cairn-point', 'unknown-key $.statement.point.format'],
  ]);

  test('a name stands once', () => {
    const named = changed(whole, `${network}.layers[0].name`, 'fc');
    expect(answer(check(changed(named, `${network}.layers[2].name`, 'fd')))).toBe('proved');
    for (const at of [1, 2]) {
      const path = `${network}.layers[${at}].name`;
      expect(answer(check(changed(named, path, 'fc')))).toBe(`duplicate-name ${path}`);
    }
  });
});

describe('tensors and counts', () => {
  const network = '$.statement.problem.network';
  const weights = '$.statement.point.layers[0].weights';
  /** A kernel [1][1][1][2] on one row of two pixels: 2 · (1, 1). */
  const base = localMinimum(
    shaped({ input: [1, 1, 2], layers: [conv2d(1, [1, 2]), flatten, dense(1)], x: [[1, 1]], y: [4] }),
    pointOf([[[[[1, 3]]]], [0]], [[[1]], [0]]),
  );
  const over = (numerators: Value, denominator: Value = '2'): Value => ({ denominator, numerators });

  test('the kernel as it is', () => {
    expect(answer(check(base))).toBe('proved');
  });

  changes(base, [
    [weights, over([[[['2', '6']]]]), 'proved'],
    [weights, over([[[['2', '4']]]]), 'nonzero-path-moment $.statement.point'],
    [weights, [[[['2/2', '3.0']]]], 'proved'],
    [weights, '1', `wrong-type ${weights}`],
    [weights, [], `wrong-type ${weights}[0]`],
    [weights, ['1', '3'], `wrong-type ${weights}[0]`],
    [weights, [['1', '3']], `wrong-shape ${weights}`],
    [weights, [[['1', '3']]], `wrong-shape ${weights}`],
    [weights, [[[['1'], ['3']]]], `wrong-shape ${weights}`],
    [weights, [[[[['1', '3']]]]], `wrong-shape ${weights}`],
    [weights, [[[[]]]], `wrong-shape ${weights}`],
    [weights, [[[['1', '3', '4']]]], `wrong-shape ${weights}`],
    [weights, [[[['1', '3']]], '1'], `wrong-type ${weights}[1]`],
    [weights, [[[['1', '3']]], []], `wrong-shape ${weights}[1]`],
    [weights, [[[['1', '3']]], [[]]], `wrong-shape ${weights}[1][0]`],
    [weights, [[[['1', '3']], [['1']]]], `wrong-shape ${weights}[0][1][0]`],
    [weights, [[[['1', '3']], '1']], `wrong-type ${weights}[0][1]`],
    [
      weights,
      [
        [
          [
            ['1', '3'],
            ['1', '3', '4'],
          ],
        ],
      ],
      `wrong-shape ${weights}[0][0][1]`,
    ],
    [weights, [[[['1', ['3']]]]], `wrong-type ${weights}[0][0][0][1]`],
    [weights, [[[['1', null]]]], `wrong-type ${weights}[0][0][0][1]`],
    [weights, [[[['1', 3]]]], `wrong-type ${weights}[0][0][0][1]`],
    [weights, [[[['1', '1/0']]]], `malformed-quantity ${weights}[0][0][0][1]`],
    [
      weights,
      [
        [
          [
            ['1', '3'],
            ['-0', '3'],
          ],
        ],
      ],
      `malformed-quantity ${weights}[0][0][1][0]`,
    ],
    [weights, over([[[['2', '1/2']]]]), `malformed-quantity ${weights}.numerators[0][0][0][1]`],
    [weights, over([[[['2', 6]]]]), `wrong-type ${weights}.numerators[0][0][0][1]`],
    [weights, over([[[['2', '6'], ['2']]]]), `wrong-shape ${weights}.numerators[0][0][1]`],
    [weights, over('2'), `wrong-type ${weights}.numerators`],
    [weights, over(['2', '6']), `wrong-type ${weights}.numerators[0]`],
    [weights, over([[[['2', '6']]]], '0'), `malformed-quantity ${weights}.denominator`],
    [weights, over([[[['2', '6']]]], 2), `wrong-type ${weights}.denominator`],
    [weights, { numerators: [[[['2', '6']]]] }, `missing-key ${weights}`],
    [weights, { denominator: '2', numerators: [], shape: [1] }, `unknown-key ${weights}.shape`],
    ['$.statement.point.layers[0].bias', [['0']], 'wrong-type $.statement.point.layers[0].bias[0]'],
    ['$.statement.point.layers[1].weights', [[['1']]], 'wrong-shape $.statement.point.layers[1].weights'],
    [`${network}.layers[0].kernel`, 2, `wrong-shape ${network}.layers[0].kernel`],
    [`${network}.layers[0].kernel`, [2], `wrong-shape ${network}.layers[0].kernel`],
    [`${network}.layers[0].kernel`, [], `empty-list ${network}.layers[0].kernel`],
    [`${network}.layers[0].kernel`, '2', `wrong-type ${network}.layers[0].kernel`],
    [`${network}.layers[0].kernel`, [1, 2.5], `wrong-type ${network}.layers[0].kernel[1]`],
    [`${network}.layers[0].kernel`, [1, '2'], `wrong-type ${network}.layers[0].kernel[1]`],
    [`${network}.layers[0].kernel`, { rows: 1 }, `wrong-type ${network}.layers[0].kernel`],
    [`${network}.layers[0].stride`, [1, 1], 'proved'],
    [`${network}.layers[0].stride`, [7, 9], 'proved'],
    [`${network}.layers[0].stride`, [1, 0], `wrong-type ${network}.layers[0].stride[1]`],
    [`${network}.layers[0].padding`, [0, 0], 'proved'],
    [`${network}.layers[0].padding`, 0, `wrong-shape ${network}.layers[0].padding`],
    [`${network}.layers[0].padding`, [0, 1], 'wrong-shape $.statement.point.layers[1].weights'],
    [`${network}.layers[0].padding`, [0, -1], `wrong-type ${network}.layers[0].padding[1]`],
    [`${network}.layers[0].padding`, 'same', `wrong-type ${network}.layers[0].padding`],
    [`${network}.layers[0].groups`, 1, `unsupported-layer ${network}.layers[0].groups`],
    [`${network}.layers[0].dilation`, null, `unsupported-layer ${network}.layers[0].dilation`],
    [`${network}.layers[0].padding_mode`, 'zeros', `unknown-key ${network}.layers[0].padding_mode`],
    [`${network}.layers[1].start`, 1, `unknown-key ${network}.layers[1].start`],
    [`${network}.layers[1].type`, 'residual', `missing-key ${network}.layers[1]`],
    [`${network}.layers[1]`, { type: 'residual', layers: [flatten] }, `wrong-shape ${network}.layers[1]`],
    [`${network}.layers[1]`, { type: 'residual', layers: {} }, `wrong-type ${network}.layers[1].layers`],
    [`${network}.layers[1]`, { type: 'residual', layers: [[]] }, `wrong-type ${network}.layers[1].layers[0]`],
    [`${network}.layers[1]`, { type: 'residual', layers: [{}] }, `missing-key ${network}.layers[1].layers[0]`],
    [
      `${network}.layers[1]`,
      { type: 'residual', layers: [{ type: 'residual', layers: [{ type: 'lstm' }] }] },
      `unknown-name ${network}.layers[1].layers[0].layers[0].type`,
    ],
  ]);

  test('a matrix of one row is the shortest tensor; a list of numbers is none', () => {
    expect(answer(check(changed(whole, '$.statement.point.layers[1].weights', over([['2', '2']]))))).toBe('proved');
    expect(answer(check(changed(whole, '$.statement.point.layers[1].weights', ['1', '1'])))).toBe(
      'wrong-type $.statement.point.layers[1].weights[0]',
    );
  });

  test('a count or a list of one count', () => {
    const of = (kernel: Value) =>
      answer(
        check(
          localMinimum(
            shaped({ input: [1, 2], layers: [maxpool(kernel), flatten, dense(1)], x: [[1, 2]], y: [2] }),
            pointOf([[[1]], [0]]),
          ),
        ),
      );
    expect([of(2), of([2]), of([2, 1])]).toEqual(['proved', 'proved', `wrong-shape ${network}.layers[0].kernel`]);
  });
});

describe('hints', () => {
  const unit = '$.proof.localMinimum.units[0]';
  changes(split, [
    ['$.proof.localMinimum.units', [], 'empty-list $.proof.localMinimum.units'],
    ['$.proof.localMinimum.units', {}, 'wrong-type $.proof.localMinimum.units'],
    [unit, [], `wrong-type ${unit}`],
    [unit, null, `wrong-type ${unit}`],
    [`${unit}.note`, 'x', `unknown-key ${unit}.note`],
    [`${unit}.sample`, -1, `wrong-type ${unit}.sample`],
    [`${unit}.sample`, '0', `wrong-type ${unit}.sample`],
    [`${unit}.sample`, 0.5, `wrong-type ${unit}.sample`],
    [`${unit}.nonnegative`, 'x', `wrong-type ${unit}.nonnegative`],
    [`${unit}.nonnegative.cone`, ['1/0'], `malformed-quantity ${unit}.nonnegative.cone[0]`],
    [`${unit}.nonnegative.cone`, [['1']], `wrong-type ${unit}.nonnegative.cone[0]`],
    [`${unit}.nonpositive.multipliers`, '1', `wrong-type ${unit}.nonpositive.multipliers`],
    [`${unit}.nonpositive.x`, '1', `unknown-key ${unit}.nonpositive.x`],
    [`${unit}.vertices`, {}, `wrong-type ${unit}.vertices`],
    [`${unit}.radius`, '1e3', `malformed-quantity ${unit}.radius`],
    [`${unit}.transport`, ['1'], `wrong-type ${unit}.transport[0]`],
  ]);
});

describe('limits', () => {
  const digits = (n: number): string => '7'.repeat(n);
  const target = '$.statement.problem.data.targets[0][0]';
  const cases: readonly (readonly [string, Value, Partial<Limits>, string])[] = [
    ['a long integer', changed(whole, target, digits(200)), { digits: 100 }, `limit-digits ${target}`],
    ['a very long integer', changed(whole, target, digits(201 + 100)), { digits: 100 }, `limit-digits ${target}`],
    ['a long denominator', changed(whole, target, `1/${digits(200)}`), { digits: 100 }, `limit-digits ${target}`],
    ['a long decimal', changed(whole, target, `0.${digits(200)}`), { digits: 100 }, `limit-digits ${target}`],
    [
      'a long numerator over a denominator',
      changed(whole, '$.statement.problem.data.targets', { denominator: '1', numerators: [[digits(200)]] }),
      { digits: 100 },
      'limit-digits $.statement.problem.data.targets.numerators[0][0]',
    ],
    [
      'a long common denominator',
      changed(whole, '$.statement.problem.data.targets', { denominator: digits(200), numerators: [['1']] }),
      { digits: 100 },
      'limit-digits $.statement.problem.data.targets.denominator',
    ],
    ['proof nodes', split, { nodes: 3 }, 'limit-nodes $.proof.localMinimum.units[0].nonpositive'],
    ['proof nodes', split, { nodes: 0 }, 'limit-nodes $.proof.localMinimum'],
    ['values', whole, { numbers: 10 }, 'limit-numbers $.statement.problem.network.layers[0]'],
    ['characters', whole, { bytes: 100 }, 'limit-bytes $'],
    ['nesting', whole, { nesting: 5 }, 'limit-nesting $.statement.problem.network.layers[0]'],
    [
      'limbs over a common denominator',
      changed(whole, '$.statement.problem.data.weights', ['1/3', '1/5', '1/7', '1/11']),
      { limbs: 5 },
      'limit-limbs $.statement.problem.data.weights',
    ],
    ['operations', whole, { operations: 10 }, 'limit-operations $'],
    [
      'an exponent',
      changed(whole, '$.statement.problem.loss', { function: 'power', exponent: '11' }),
      { degree: 10 },
      'limit-degree $.statement.problem.loss.exponent',
    ],
  ];
  test.each(cases)('%s', (_, json, limits, expected) => {
    const verdict = check(json, { limits });
    expect(verdict.kind).toBe('declined');
    expect(answer(verdict)).toBe(expected);
  });

  test('within the limits the answer does not depend on them', () => {
    const generous: CheckOptions = { limits: { digits: 10, nodes: 4, nesting: 20, degree: 2 } };
    expect(codeOf(check(whole, generous))).toBe('proved');
    expect(codeOf(check(split, generous))).toBe('nonzero-combination');
  });
});

describe('problem and point files', () => {
  const file = (format: string, fields: { readonly [key: string]: Value }): string =>
    JSON.stringify({ format, version: 1, ...fields });

  test.each([
    [file('cairn-problem', problem(parts)), 'read'],
    [file('cairn-point', problem(parts)), 'wrong-format $.format'],
    [file('cairn-problem', { ...problem(parts), point: {} }), 'unknown-key $.point'],
    [file('cairn-problem', { problem: problem(parts) }), 'unknown-key $.problem'],
    [file('cairn-problem', {}), 'missing-key $'],
    ['{}', 'missing-key $'],
    ['[]', 'wrong-type $'],
    ['', 'malformed-json $'],
  ])('a problem file %#', (text, expected) => {
    const found = readProblem(text);
    expect(found.kind === 'read' ? 'read' : answer(found)).toBe(expected);
  });

  test.each([
    [file('cairn-point', zero), 'read'],
    [file('cairn-problem', zero), 'wrong-format $.format'],
    [file('cairn-point', { layers: [] }), 'wrong-shape $.layers'],
    [file('cairn-point', {}), 'missing-key $'],
    [file('cairn-point', { layers: [{ weights: [['1']], bias: ['0'] }, {}] }), 'missing-key $.layers[1]'],
  ])('a point file %#', (text, expected) => {
    const read = readProblem(file('cairn-problem', problem(parts)));
    if (read.kind !== 'read') throw new Error(read.reason.message);
    const found = readPoint(text, read.value);
    expect(found.kind === 'read' ? 'read' : answer(found)).toBe(expected);
  });
});

test('the phases are told in order', () => {
  const phases: string[] = [];
  check(whole, { observe: (phase) => phases.push(phase) });
  expect(phases).toEqual(['text read', 'statement checked', 'points evaluated', 'proof checked']);
});

test('the order of keys does not matter', () => {
  const reversed = (value: Value): Value =>
    Array.isArray(value)
      ? (value as readonly Value[]).map(reversed)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, v]) => [key, reversed(v as Value)]),
          )
        : value;
  for (const json of [whole, spurious]) expect(codeOf(check(reversed(json)))).toBe('proved');
});

test('activations and a global minimum of one layer decode as well', () => {
  for (const h of [abs, piecewise([0], ['-1', 0], [1, 0]), piecewise([], [1, 0])]) {
    const json = localMinimum(problem({ ...parts, layers: [dense(2), h, dense(1)] }), zero);
    expect(codeOf(check(json))).toMatch(/^(proved|nonzero-path-moment)$/);
  }
  expect(
    codeOf(check(globalMinimum(problem({ ...parts, layers: [dense(1)] }), point([[[0]], ['3/2']]), 'convex-span'))),
  ).toBe('proved');
});

describe('a name that is unknown comes with those that are known', () => {
  test.each<[string, string, Value, string, readonly string[]]>([
    ['a key of the file', '$.prof', 1, 'prof', ['statement', 'proof', 'about']],
    ['a kind', '$.statement.kind', 'sadle', 'sadle', ['saddle']],
    ['a rule', '$.proof.localMinimum.rule', 'constructor', 'constructor', ['affine-span', 'neuron-dominance']],
    [
      'a key of a layer',
      '$.statement.problem.network.layers[0].bais',
      true,
      'bais',
      ['units', 'bias', 'name', 'fixed'],
    ],
    ['an obligation', '$.proof.descent', {}, 'descent', ['localMinimum']],
    ['a loss', '$.statement.problem.loss.function', 'hubr', 'hubr', ['squared', 'huber']],
  ])('%s', (_, path, value, name, some) => {
    const verdict = check(changed(whole, path, value));
    if (verdict.kind !== 'rejected') throw new Error(verdict.kind);
    expect(verdict.path).toBe(path);
    expect(verdict.reason.unknown?.name).toBe(name);
    expect(verdict.reason.unknown?.known).toEqual(expect.arrayContaining([...some]));
  });

  test('as a copy: whoever changes it changes no table of the kernel', () => {
    const misspelt = changed(whole, '$.prof', 1);
    const answered = () => {
      const verdict = check(misspelt);
      return verdict.kind === 'rejected' ? ((verdict.reason.unknown?.known ?? []) as string[]) : [];
    };
    answered().push('prof');
    expect(answered()).toEqual(['statement', 'proof', 'about']);
    expect(check(misspelt).kind).toBe('rejected');
  });

  test('other refusals have none', () => {
    const verdict = check(changed(whole, '$.version', 'x'));
    expect(verdict.kind === 'rejected' && 'unknown' in verdict.reason).toBe(false);
  });
});
