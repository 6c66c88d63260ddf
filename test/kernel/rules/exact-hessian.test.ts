import { describe, expect, test } from 'vitest';
import {
  activation,
  answer,
  check,
  dense,
  type Fields,
  frozen,
  localMinimum,
  point,
  problem,
  relu,
} from '../../certificate.js';

const at = '$.proof.localMinimum';
const here = '$.statement.point';
const gauge = [{ layer: 0, unit: 0, input: 0 }];

/** The best line 3/2 x − 2/3 of three samples, carried by one relu unit. */
const line = problem({ layers: [dense(1), relu, dense(1, false)], x: [1, 2, 3], y: [1, 2, 4] });
const fit = point([[[1]], ['-4/9']], [[['3/2']]]);

const verdictOf = (problem: Fields, point: Fields, node: Fields): string =>
  answer(check(localMinimum(problem, point, { rule: 'exact-hessian', ...node })));

describe('exact-hessian', () => {
  test.each<[string, Fields, Fields, Fields, string]>([
    ['one relu unit', line, fit, { gauge }, 'proved'],
    ['few bits', line, fit, { gauge, bits: 20 }, 'proved'],
    ['without the gauge', line, fit, {}, `not-strongly-convex ${at}`],
    ['too few bits', line, fit, { gauge, bits: 3 }, `not-strongly-convex ${at}`],
    [
      'the gradient is small, not 0',
      line,
      point([[[1]], ['-4/9']], [[['1.50000000000000000001']]]),
      { gauge },
      `nonzero-gradient ${here}`,
    ],
    ['on a kink', line, point([[[1]], [-1]], [[['3/2']]]), { gauge }, `on-a-kink ${here}`],
    [
      'a gauge on the last layer',
      line,
      fit,
      { gauge: [{ layer: 1, unit: 0, input: 0 }] },
      `not-a-gauge ${at}.gauge[0]`,
    ],
    ['a weight that matters', line, fit, { gauge, silent: [{ layer: 1, input: 0 }] }, `not-silent ${at}.silent`],
    [
      'a maximum along the output bias',
      problem({
        layers: [dense(1)],
        x: [0],
        y: [0],
        loss: { function: 'polynomial', coefficients: ['0', '0', '-1', '0', '1'] },
      }),
      point([[[1]], [0]]),
      { silent: [{ layer: 0, input: 0 }] },
      `not-strongly-convex ${at}`,
    ],
    [
      'its minimum at r = 1/2',
      problem({
        layers: [dense(1)],
        x: [0],
        y: [0],
        loss: { function: 'polynomial', coefficients: ['0', '0', '-1/2', '0', '1'] },
      }),
      point([[[1]], ['1/2']]),
      { silent: [{ layer: 0, input: 0 }] },
      'proved',
    ],
    [
      'r⁴ at 0: a minimum, whose Hessian is 0',
      problem({ layers: [dense(1)], x: [0], y: [0], loss: { function: 'power', exponent: '4' } }),
      point([[[1]], [0]]),
      { silent: [{ layer: 0, input: 0 }] },
      `not-strongly-convex ${at}`,
    ],
    [
      'a saddle of two linear layers: (0, 0)',
      problem({ layers: [dense(1, false), dense(1, false)], x: [1], y: [1] }),
      point([[[0]]], [[[0]]]),
      {},
      `not-strongly-convex ${at}`,
    ],
    [
      'all parameters are frozen but the bias',
      problem({ layers: [frozen([[[1]], [0]]), relu, dense(1)], x: [1, 2, 3], y: [1, 2, 4] }),
      point([[['3/2']], ['-2/3']]),
      {},
      'proved',
    ],
    [
      'a loss that is irrational',
      problem({ layers: [dense(1)], x: [1], y: [1], loss: { function: 'log-cosh' } }),
      point([[[1]], [0]]),
      {},
      'unsupported-combination $.statement.problem.loss',
    ],
    [
      'a value that is irrational',
      problem({ layers: [dense(1), activation('tanh'), dense(1)], x: [1], y: [1] }),
      point([[[1]], [1]], [[[1]], [0]]),
      {},
      `irrational-value ${here}`,
    ],
    [
      'a smooth piece whose values are rational',
      problem({ layers: [dense(1), activation('quadratic'), dense(1)], x: [0, 1], y: [0, 1] }),
      point([[[1]], [0]], [[[1]], [0]]),
      {},
      'unsupported-activation $.statement.problem.network',
    ],
  ])('%s', (_, problem, point, node, expected) => {
    expect(verdictOf(problem, point, node)).toBe(expected);
  });
});
