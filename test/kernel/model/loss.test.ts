import { describe, expect, test } from 'vitest';
import { pointRisk, riskString } from '../../../src/report/risk-string.js';
import { answer, certificate, check, dense, type Fields, frozen, point, problem } from '../../certificate.js';

/** The loss of the residual r, by way of a network that predicts r against the target 0: its exact risk, or the refusal. */
function lossOf(loss: Fields, r: string, weight = '1'): string {
  const risk = certificate(
    'not-global-minimum',
    {
      problem: problem({ layers: [dense(1)], x: [1], y: [0], weights: [weight], loss }),
      point: point([[[0]], [r]]),
      betterPoint: point([[[0]], [0]]),
    },
    { lowerRisk: { rule: 'lower-risk' } },
  );
  const verdict = check(risk);
  if (verdict.kind === 'proved') return String(riskString(pointRisk(verdict.theorem)));
  return answer(verdict).replace('$.statement.problem.loss', '…');
}

const squared = { function: 'squared' };
const power = (exponent: string) => ({ function: 'power', exponent });
const huber = (threshold: string) => ({ function: 'huber', threshold });
const quantile = (level: string, width: string) => ({ function: 'smooth-quantile', level, width });

describe('values', () => {
  test.each<[Fields, string, string]>([
    [squared, '3', '9'],
    [squared, '-3', '9'],
    [{ ...squared, factor: '1/2' }, '3', '9/2'],
    [power('2'), '-3', '9'],
    [power('3'), '-2', '8'],
    [power('3'), '2', '8'],
    [power('4'), '-1/2', '1/16'],
    [power('6/2'), '-2', '8'],
    [{ ...power('5'), factor: '3' }, '-1', '3'],
    [huber('1'), '1/2', '1/8'],
    [huber('1'), '1', '1/2'],
    [huber('1'), '-1', '1/2'],
    [huber('1'), '-3', '5/2'],
    [huber('1/2'), '3', '11/8'],
    [{ ...huber('2'), factor: '2' }, '5', '16'],
    // τ = 1/4, w = 2: kinks of the derivative at −1/2 and 3/2.
    [quantile('1/4', '2'), '1', '1/4'],
    [quantile('1/4', '2'), '3/2', '9/16'],
    [quantile('1/4', '2'), '3', '27/16'],
    [quantile('1/4', '2'), '-1/2', '1/16'],
    [quantile('1/4', '2'), '-3', '11/16'],
  ])('%o at %s is %s', (loss, r, expected) => {
    expect(lossOf(loss, r)).toBe(expected);
  });

  test('a weight multiplies', () => {
    expect(lossOf(squared, '3', '2/3')).toBe('6');
  });

  test('no residual is lower than none', () => {
    for (const loss of [squared, power('3'), huber('1'), quantile('1/4', '2')]) {
      expect(lossOf(loss, '0')).toBe('not-below $.statement.betterPoint');
    }
  });
});

describe('refused', () => {
  test.each<[Fields, string]>([
    [{ ...squared, factor: '0' }, 'nonpositive-factor ….factor'],
    [{ ...squared, factor: '-1' }, 'nonpositive-factor ….factor'],
    [{ ...squared, exponent: '2' }, 'unknown-key ….exponent'],
    [{ function: 'power' }, 'missing-key …'],
    [power('1'), 'out-of-range ….exponent'],
    [power('2/2'), 'out-of-range ….exponent'],
    [power('1/2'), 'out-of-range ….exponent'],
    [power('0'), 'out-of-range ….exponent'],
    [power('-2'), 'out-of-range ….exponent'],
    [power('0.9999999999'), 'out-of-range ….exponent'],
    [power('-3/2'), 'out-of-range ….exponent'],
    [power('1001'), 'limit-degree ….exponent'],
    [power('9'.repeat(500)), 'limit-degree ….exponent'],
    [{ function: 'huber' }, 'missing-key …'],
    [huber('0'), 'out-of-range ….threshold'],
    [huber('-1'), 'out-of-range ….threshold'],
    [quantile('0', '1'), 'out-of-range ….level'],
    [quantile('1', '1'), 'out-of-range ….level'],
    [quantile('-1/2', '1'), 'out-of-range ….level'],
    [quantile('3/2', '1'), 'out-of-range ….level'],
    [quantile('1/2', '0'), 'out-of-range ….width'],
    [quantile('1/2', '-1'), 'out-of-range ….width'],
    [{ function: 'smooth-quantile', level: '1/2' }, 'missing-key …'],
    [{ function: 'log-cosh', exponent: '2' }, 'unknown-key ….exponent'],
    [{ function: 'log-cosh', factor: '0' }, 'nonpositive-factor ….factor'],
    [{ function: 'logistic', factor: '-1' }, 'nonpositive-factor ….factor'],
    [{ ...power('3/2'), factor: '0' }, 'nonpositive-factor ….factor'],
    [{ function: 'polynomial', coefficients: ['0', '0', '1'], factor: '-1' }, 'nonpositive-factor ….factor'],
    [{ function: 'polynomial' }, 'missing-key …'],
    [{ function: 'polynomial', polynomial: ['0', '1'] }, 'unknown-key ….polynomial'],
    [{ function: 'polynomial', coefficients: [] }, 'empty-list ….coefficients'],
    [
      { function: 'polynomial', coefficients: new Array<string>(1001).fill('0').concat('1') },
      'limit-degree ….coefficients',
    ],
    [{ function: 'hinge' }, 'unknown-name ….function'],
    [{ function: 'valueOf' }, 'unknown-name ….function'],
    [{}, 'missing-key …'],
  ])('%o: %s', (loss, expected) => {
    expect(lossOf(loss, '1')).toBe(expected);
  });
});

test('every power from 2 to 1000 agrees with the definition at −3/2', () => {
  for (const q of [2, 3, 4, 5, 7, 10, 99, 1000]) {
    expect(lossOf(power(String(q)), '-3/2')).toBe(`${3n ** BigInt(q)}/${2n ** BigInt(q)}`);
  }
});

test('several outputs add up, and a frozen layer predicts like a free one', () => {
  const json = (last: Fields, theta: Fields) =>
    certificate(
      'global-minimum',
      { problem: problem({ layers: [last], x: [1], y: [[1, 2]] }), point: theta },
      { globalMinimum: { rule: 'zero-loss' } },
    );
  const values = [
    [[1], [2]],
    [0, 0],
  ] as const;
  expect(answer(check(json(dense(2), point(values))))).toBe('proved');
  expect(answer(check(json(frozen(values), point())))).toBe('proved');
  expect(
    answer(
      check(
        json(
          frozen([
            [[1], [2]],
            [0, 1],
          ]),
          point(),
        ),
      ),
    ),
  ).toBe('nonzero-residual $.statement.point');
});

describe('targets', () => {
  const targets = (loss: string, y: readonly (readonly string[])[]): string => {
    const k = (y[0] as readonly string[]).length;
    const theta = point([new Array<[number]>(k).fill([0]), new Array<number>(k).fill(0)]);
    const json = certificate(
      'local-minimum',
      { problem: problem({ layers: [dense(k)], x: y.map(() => 1), y, loss: { function: loss } }), point: theta },
      { localMinimum: { rule: 'affine-span' } },
    );
    return answer(check(json)).replace('$.statement.problem.data.targets', '…');
  };
  const [at, unequal] = ['nonzero-path-moment $.statement.point', 'out-of-range …'];
  test.each<[string, string[][], string]>([
    ['logistic', [['1/2']], 'proved'],
    ['logistic', [['0'], ['1']], 'proved'],
    ['logistic', [['0']], at],
    ['logistic', [['1'], ['1/2']], at],
    [
      'logistic',
      [
        ['1/3', '1/2'],
        ['2/3', '1/2'],
      ],
      'proved',
    ],
    ['logistic', [['-1']], `${unequal}[0][0]`],
    ['logistic', [['1'], ['1.0000000001']], `${unequal}[1][0]`],
    ['logistic', [['1/2', '-0.0000000001']], `${unequal}[0][1]`],
    ['cross-entropy', [['1/2', '1/2']], 'proved'],
    [
      'cross-entropy',
      [
        ['1', '0'],
        ['0', '1'],
      ],
      'proved',
    ],
    [
      'cross-entropy',
      [
        ['1', '0', '0'],
        ['0', '1', '0'],
        ['0', '0', '1'],
      ],
      'proved',
    ],
    [
      'cross-entropy',
      [
        ['1', '0', '0'],
        ['0', '1', '0'],
      ],
      at,
    ],
    ['cross-entropy', [['1', '0']], at],
    ['cross-entropy', [['1']], 'proved'],
    ['cross-entropy', [['0']], `${unequal}[0]`],
    ['cross-entropy', [['1/2', '1/3']], `${unequal}[0]`],
    ['cross-entropy', [['1', '1']], `${unequal}[0]`],
    ['cross-entropy', [['3/2', '-1/2']], `${unequal}[0][0]`],
    [
      'cross-entropy',
      [
        ['1', '0'],
        ['2', '-1'],
      ],
      `${unequal}[1][0]`,
    ],
    ['log-cosh', [['7'], ['-7']], 'proved'],
  ])('%s of %j: %s', (loss, y, expected) => {
    expect(targets(loss, y)).toBe(expected);
  });
});

describe('a polynomial loss is convex exactly where P″ ≥ 0 everywhere', () => {
  const rows = (...c: readonly (number | string)[]) => c.map(String);
  test.each<[string, string[], string]>([
    ['r²', rows(0, 0, 1), 'proved'],
    ['r² with zeros', rows(0, 0, 1, 0, 0), 'proved'],
    ['r⁴', rows(0, 0, 0, 0, 1), 'proved'],
    ['a constant with a zero', rows(3, 0), 'proved'],
    ['linear', rows(3, 1), 'nonzero-path-moment'],
    ['constant', rows(3), 'proved'],
    ['6r² − 6r⁴ + 3r⁶', rows(0, 0, 6, 0, '-6', 0, 3), 'not convex'],
    // P″ = 12 (r − 1)²
    ['P″ with a double root', rows(0, 4, 6, -4, 1), 'nonzero-path-moment'],
    // P″ = 12 (r − 1)² − 10⁻²⁰
    ['P″ a little below 0', rows(0, 4, `${6n * 10n ** 20n * 2n - 1n}/2${'0'.repeat(20)}`, -4, 1), 'not convex'],
    ['−r²', rows(0, 0, -1), 'not convex'],
    ['r³', rows(0, 0, 0, 1), 'not convex'],
    ['r⁴ − r²', rows(0, 0, -1, 0, 1), 'not convex'],
  ])('%s', (_, coefficients, expected) => {
    // convex-span needs a loss that is convex everywhere; all of these have P'(0) = 0 or not, which the moments tell.
    const json = certificate(
      'global-minimum',
      {
        problem: problem({ layers: [dense(1)], x: [1], y: [0], loss: { function: 'polynomial', coefficients } }),
        point: point([[[0]], [0]]),
      },
      { globalMinimum: { rule: 'convex-span' } },
    );
    const found = answer(check(json)).split(' ')[0] as string;
    expect(found).toBe(expected === 'not convex' ? 'unsupported-combination' : expected);
  });
});
