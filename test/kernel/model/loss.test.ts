import { describe, expect, test } from 'vitest';
import { formatRational } from '../../../src/kernel/arithmetic/rational.js';
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
  if (verdict.kind === 'proved') return formatRational(verdict.theorem.risk.point);
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
    [power('3/2'), 'unsupported-loss ….exponent'],
    [power('1.0000000001'), 'unsupported-loss ….exponent'],
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
    [{ function: 'log-cosh' }, 'unsupported-loss ….function'],
    [{ function: 'cross-entropy' }, 'unsupported-loss ….function'],
    [{ function: 'polynomial', coefficients: ['0', '0', '1'] }, 'unsupported-loss ….function'],
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
