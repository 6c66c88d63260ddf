/** Problems on boxes as texts: what is malformed, what has no rule, and which texts are the same problem. */
import { describe, expect, test } from 'vitest';
import { problemJson, writeFile } from '../../src/formats/write.js';
import { canonicalData, canonicalProblem } from '../../src/kernel/canonical.js';
import { readProblem } from '../../src/kernel/check.js';
import type { Problem } from '../../src/kernel/statement.js';
import {
  activation,
  answer,
  changed,
  check,
  dense,
  type Fields,
  localMinimum,
  point,
  relu,
  type Value,
} from '../certificate.js';
import { boxProblem, pieces, polynomial, terms } from './rules/box-problems.js';

const layers = [dense(2), relu, dense(1)];
const at = point(
  [
    [[1], [0]],
    [1, -1],
  ],
  [[[1, 0]], ['-7/6']],
);
const claim = localMinimum(boxProblem({ layers, lower: [0], upper: [1], targets: [polynomial(0, 0, 1)] }), at);
const data = '$.statement.problem.data';
const network = '$.statement.problem.network';

test('the claim that is damaged below is proved', () => {
  expect(answer(check(claim))).toBe('proved');
});

describe('malformed boxes', () => {
  test.each<[path: string, by: Value | undefined, expected: string]>([
    [`${data}.lower`, undefined, `missing-key ${data}`],
    [`${data}.upper`, undefined, `missing-key ${data}`],
    [`${data}.targets`, undefined, `missing-key ${data}`],
    [`${data}.lower`, [], `wrong-shape ${data}.lower`],
    [`${data}.lower`, ['0', '0'], `wrong-shape ${data}.lower`],
    [`${data}.upper`, ['0'], `out-of-range ${data}.upper[0]`],
    [`${data}.upper`, ['-1'], `out-of-range ${data}.upper[0]`],
    [`${data}.upper`, '1', `wrong-type ${data}.upper`],
    [`${data}.upper[0]`, 1, `wrong-type ${data}.upper[0]`],
    [`${data}.upper[0]`, 'inf', `malformed-quantity ${data}.upper[0]`],
    [`${data}.targets`, [], `empty-list ${data}.targets`],
    [`${data}.targets`, [polynomial(0), polynomial(0)], `wrong-shape ${data}.targets`],
    [`${data}.targets[0]`, {}, `missing-key ${data}.targets[0]`],
    [`${data}.targets[0].terms[0].exponents`, [], `wrong-shape ${data}.targets[0].terms[0].exponents`],
    [`${data}.targets[0].terms[0].exponents`, 2, `wrong-type ${data}.targets[0].terms[0].exponents`],
    [`${data}.targets[0].terms[0].exponents`, ['2'], `wrong-type ${data}.targets[0].terms[0].exponents[0]`],
    [`${data}.targets[0].terms[0].exponents`, [-1], `wrong-type ${data}.targets[0].terms[0].exponents[0]`],
    [`${data}.targets[0].terms[0].exponents`, [1001], `limit-degree ${data}.targets[0].terms[0].exponents`],
    [`${data}.targets[0].terms[0].coefficient`, undefined, `missing-key ${data}.targets[0].terms[0]`],
    [`${data}.targets[0].terms[0].power`, 1, `unknown-key ${data}.targets[0].terms[0].power`],
    [`${data}.targets[0].breakpoints`, ['1/2'], `unknown-key ${data}.targets[0].breakpoints`],
    [`${data}.targets[0]`, pieces(['1/2'], [0], [1]), `discontinuous ${data}.targets[0].pieces[1]`],
    [
      `${data}.targets[0]`,
      pieces(['1/2', '1/2'], [0], [0], [0]),
      `unordered-breakpoints ${data}.targets[0].breakpoints[1]`,
    ],
    [`${data}.targets[0]`, pieces(['1/2'], [0]), `wrong-shape ${data}.targets[0].pieces`],
    [`${data}.targets[0]`, { parametrized: {} }, `unknown-key ${data}.targets[0].parametrized`],
    [`${data}.density`, {}, `missing-key ${data}.density`],
    [`${data}.density`, { polynomial: ['0'] }, `out-of-range ${data}.density`],
    [`${data}.density`, { polynomial: ['1', '-2'] }, `out-of-range ${data}.density`],
    [`${data}.density`, { polynomial: ['24/100', '-1', '1'] }, `out-of-range ${data}.density`],
    [`${data}.density`, { polynomial: ['1'], ...terms([1, [0]]) }, `unknown-key ${data}.density.polynomial`],
    [`${data}.weights`, ['1'], `unknown-key ${data}.weights`],
    [`${data}.inputs`, [['0']], `unknown-key ${data}.inputs`],
    [`${data}.file`, 'box.csv', `unknown-key ${data}.file`],
    [data, { type: 'samples', lower: ['0'], upper: ['1'], targets: [] }, `unknown-key ${data}.lower`],
  ])('%s = %j: %s', (path, by, expected) => {
    expect(answer(check(changed(claim, path, by)))).toBe(expected);
  });
});

describe('pairs without a rule are declined, and named', () => {
  const pair = (verdict: ReturnType<typeof check>): string =>
    verdict.kind === 'declined' ? `${answer(verdict)}: ${/\(.*box\)/.exec(verdict.reason.message)?.[0]}` : verdict.kind;

  test.each<[path: string, by: Value, expected: string]>([
    [
      '$.statement.problem.loss',
      { function: 'huber', threshold: '1' },
      'unsupported-loss $.statement.problem.loss: (huber, box)',
    ],
    [
      '$.statement.problem.loss',
      { function: 'power', exponent: '3' },
      'unsupported-loss $.statement.problem.loss: (power 3, box)',
    ],
    [
      '$.statement.problem.loss',
      { function: 'power', exponent: '3/2' },
      'unsupported-loss $.statement.problem.loss: (power 3/2, box)',
    ],
    [
      '$.statement.problem.loss',
      { function: 'log-cosh' },
      'unsupported-loss $.statement.problem.loss: (log-cosh, box)',
    ],
    [
      '$.statement.problem.loss',
      { function: 'logistic' },
      'unsupported-loss $.statement.problem.loss: (logistic, box)',
    ],
    [
      '$.statement.problem.loss',
      { function: 'smooth-quantile', level: '1/2', width: '1' },
      'unsupported-loss $.statement.problem.loss: (smooth-quantile, box)',
    ],
    [`${network}.layers[1]`, activation('elu'), `unsupported-activation ${network}.layers[1]: (elu, box)`],
    [`${network}.layers[1]`, activation('isrlu'), `unsupported-activation ${network}.layers[1]: (isrlu, box)`],
    [
      `${network}.layers[1]`,
      activation('piecewise', {
        breakpoints: ['0'],
        pieces: [{ polynomial: ['0', '0', '1'] }, { function: 'tanh', scale: '1', rate: '1', shift: '0', offset: '0' }],
      }),
      `unsupported-activation ${network}.layers[1]: (piecewise, box)`,
    ],
    [
      `${network}.layers`,
      [{ type: 'residual', layers: [dense(1)] }, ...layers],
      `unsupported-combination ${network}.layers[0]: (residual, box)`,
    ],
  ])('%s = %j', (path, by, expected) => {
    expect(pair(check(changed(claim, path, by)))).toBe(expected);
  });

  test('images', () => {
    const images = changed(changed(claim, `${network}.input`, [1, 1]), `${network}.layers`, [
      { type: 'conv1d', channels: 1, kernel: 1 },
      { type: 'flatten' },
      ...layers,
    ]);
    expect(pair(check(images))).toBe(`unsupported-combination ${network}.layers[0]: (conv1d, box)`);
  });
});

describe('canonical texts', () => {
  function read(box: Fields): Problem {
    const text = JSON.stringify({ format: 'cairn-problem', version: 1, ...boxWith(box) });
    const answered = readProblem(text);
    if (answered.kind !== 'read') throw new Error(answered.reason.message);
    return answered.value;
  }
  const boxWith = (box: Fields): Fields => ({
    network: { input: [1], layers },
    loss: { function: 'squared' },
    data: { type: 'box', lower: ['0'], upper: ['1'], targets: [polynomial(0, 0, 1)], ...box },
  });
  const plain =
    '{"type":"box","lower":["0"],"upper":["1"],"density":{"terms":[{"coefficient":"1","exponents":[0]}]},' +
    '"targets":[{"terms":[{"coefficient":"1","exponents":[2]}]}]}';

  test.each<[string, Fields]>([
    ['as it is', {}],
    ['other ways to write numbers', { lower: ['0.0'], upper: { denominator: '2', numerators: ['2'] } }],
    ['the density written out', { density: { polynomial: ['1', '0'] } }],
    ['the density in terms', { density: terms(['1/2', [0]], ['1/2', [0]]) }],
    [
      'terms in another order, with zeros',
      { targets: [terms([0, [7]], ['1/2', [2]], [3, [1]], ['1/2', [2]], [-3, [1]])] },
    ],
    ['one piece', { targets: [pieces([], [0, 0, 1, 0])] }],
    ['a breakpoint at which nothing bends', { targets: [pieces(['1/3'], [0, 0, 1], [0, 0, 1])] }],
    ['a bend at the end of the box', { targets: [pieces([0], [0], [0, 0, 1])] }],
    ['bends outside of the box', { targets: [pieces([-1, 2], [1], [0, 0, 1], [4])] }],
  ])('the same: %s', (_, box) => {
    expect(canonicalData(read(box))).toBe(plain);
  });

  test.each<[string, Fields]>([
    ['another end', { upper: ['2'] }],
    ['another density', { density: { polynomial: ['2'] } }],
    ['another target', { targets: [polynomial(0, 1, 1)] }],
    ['another power', { targets: [polynomial(0, 0, 0, 1)] }],
    ['a bend inside', { targets: [pieces(['1/2'], ['1/4'], [0, 0, 1])] }],
  ])('another: %s', (_, box) => {
    expect(canonicalData(read(box))).not.toBe(plain);
  });

  test('pieces keep their breakpoints in order, and lose zeros at their ends', () => {
    const target = pieces(['1/4', '1/2', '3/4'], [1, 0, 0], [1], ['1/2', 1], ['1/2', 1, 0]);
    expect(canonicalData(read({ targets: [target] }))).toContain(
      '"targets":[{"breakpoints":["1/2"],"pieces":[{"polynomial":["1"]},{"polynomial":["1/2","1"]}]}]',
    );
    expect(canonicalData(read({ targets: [terms()] }))).toContain('"targets":[{"terms":[]}]');
    expect(canonicalData(read({ targets: [pieces(['1/2'], [0], ['-1/2', 1])] }))).toContain('{"polynomial":["0"]}');
  });

  test('in several variables the first exponent counts first', () => {
    const two: Fields = boxProblem({
      layers,
      lower: [0, 0],
      upper: [1, 1],
      targets: [terms([1, [1, 0]], [2, [0, 2]], [3, [0, 10]], [4, [1, 1]])],
    });
    const read = readProblem(JSON.stringify({ format: 'cairn-problem', version: 1, ...two }));
    if (read.kind !== 'read') throw new Error(read.reason.message);
    const order = canonicalData(read.value).match(/"exponents":\[\d+,\d+\]/g);
    expect(order?.slice(1).join(' ')).toBe('"exponents":[0,2] "exponents":[0,10] "exponents":[1,0] "exponents":[1,1]');
  });

  test('what is read, written and read again is the same problem', () => {
    for (const box of [
      {},
      { density: { polynomial: ['1/3', '2'] }, targets: [pieces(['1/2'], [0, 1], [1, -1])] },
      { density: terms([1, [2]], [1, [0]]) },
    ]) {
      const problem = read(box as Fields);
      const again = readProblem(writeFile({ format: 'cairn-problem', version: 1, ...problemJson(problem) }));
      if (again.kind !== 'read') throw new Error(again.reason.message);
      expect(canonicalProblem(again.value)).toBe(canonicalProblem(problem));
    }
  });
});

test('nothing in a theorem about a box can be changed', () => {
  const verdict = check(claim);
  if (verdict.kind !== 'proved') throw new Error(verdict.reason.message);
  const seen: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    if (!Object.isFrozen(value) || value instanceof Map || value instanceof Set) seen.push(path);
    for (const [key, part] of Object.entries(value)) visit(part, `${path}.${key}`);
  };
  visit(verdict.theorem.statement, 'statement');
  expect(seen).toEqual([]);
});
