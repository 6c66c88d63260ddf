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
import { avgpool, conv1d, flatten, pointOf, residual, shaped } from '../../layers.js';

const at = '$.proof.localMinimum';
const here = '$.statement.point';
const gauge = [{ layer: 0, unit: 0, input: 0 }];

/** The best line 3/2 x − 2/3 of three samples, carried by one relu unit. */
const line = problem({ layers: [dense(1), relu, dense(1, false)], x: [1, 2, 3], y: [1, 2, 4] });
const fit = point([[[1]], ['-4/9']], [[['3/2']]]);

const crossEntropy = { function: 'cross-entropy' };
/** N = v x² + c, and N = (wx + b)². */
const parabola = problem({
  layers: [frozen([[[1]]]), activation('quadratic'), dense(1)],
  ...{ x: ['-1', 0, 1, 1], y: [1, '-1', 2, 0] },
});
const square = problem({
  layers: [dense(1), activation('quadratic'), frozen([[[1]]])],
  ...{ x: ['-1', 0, 0, 1], y: [1, 2, 0, 9] },
});
/** N = h(wx + b) + 1/2 with h(z) = z³ for z < 2; a residual at x = 0 does no harm. */
const cubic = problem({
  layers: [
    dense(1),
    activation('piecewise', {
      breakpoints: ['2'],
      pieces: [{ polynomial: ['0', '0', '0', '1'] }, { polynomial: ['0', '4'] }],
    }),
    frozen([[[1]], ['1/2']]),
  ],
  ...{ x: ['-1', '-1/2', 0, 0, '1/2', 1], y: ['-1/2', '3/8', 1, 0, '5/8', '3/2'] },
});
/** Mean of two relu units, the same unit at two positions. */
const images = shaped({
  input: [1, 2],
  layers: [conv1d(1, 1), relu, avgpool(2), flatten, dense(1, false)],
  ...{
    x: [
      ['0', '2'],
      ['2', '4'],
      ['0', '0'],
      ['3', '1'],
    ],
    y: ['3', '3', '1', '3'],
  },
});
/** N = relu(x + wx + b). */
const skipping = problem({
  layers: [residual(dense(1)), relu, frozen([[[1]]])],
  ...{ x: [1, 2, 3], y: [1, 2, 4] },
});

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
      `not-strongly-convex ${at}`,
    ],
    [
      'log-cosh, whose gradient is formally 0: residuals 1 and −1',
      problem({ layers: [dense(1)], x: [1, 1, 2, 2], y: [1, '-1', 1, '-1'], loss: { function: 'log-cosh' } }),
      point([[[0]], [0]]),
      {},
      'proved',
    ],
    [
      'log-cosh, whose gradient is not: tanh 1 and tanh 2',
      problem({ layers: [dense(1)], x: [1, 1, 2, 2], y: [1, '-2', 1, '-1'], loss: { function: 'log-cosh' } }),
      point([[[0]], [0]]),
      {},
      `nonzero-gradient ${here}`,
    ],
    [
      'cross-entropy at equal logits, one of them fixed',
      problem({
        layers: [dense(3)],
        x: ['-1', 1],
        y: [
          ['1/3', '1/3', '1/3'],
          ['1/3', '1/3', '1/3'],
        ],
        loss: crossEntropy,
      }),
      point([
        [[0], [0], [0]],
        [0, 0, 0],
      ]),
      { logit: 1 },
      'proved',
    ],
    [
      'without a fixed logit its Hessian is singular',
      problem({
        layers: [dense(3)],
        x: ['-1', 1],
        y: [
          ['1/3', '1/3', '1/3'],
          ['1/3', '1/3', '1/3'],
        ],
        loss: crossEntropy,
      }),
      point([
        [[0], [0], [0]],
        [0, 0, 0],
      ]),
      {},
      `not-strongly-convex ${at}`,
    ],
    [
      'cross-entropy with other targets',
      problem({
        layers: [dense(3)],
        x: ['-1', 1],
        y: [
          ['1/2', '1/4', '1/4'],
          ['1/3', '1/3', '1/3'],
        ],
        loss: crossEntropy,
      }),
      point([
        [[0], [0], [0]],
        [0, 0, 0],
      ]),
      { logit: 1 },
      `nonzero-gradient ${here}`,
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
      `not-strongly-convex ${at}`,
    ],
    ['the best parabola, its unit fixed', parabola, point([[[2]], [-1]]), {}, 'proved'],
    ['a parabola that is not the best', parabola, point([[[2]], ['-9/10']]), {}, `nonzero-gradient ${here}`],
    ['a quadratic unit, its outgoing weight fixed', square, point([[[2]], [1]]), {}, 'proved'],
    ['and turned over', square, point([[[-2]], [-1]]), {}, 'proved'],
    ['the same with a sign wrong', square, point([[[-2]], [1]]), {}, `nonzero-gradient ${here}`],
    ['a cubic piece of a table', cubic, point([[[1]], [0]]), {}, 'proved'],
    ['a cubic piece, another bias', cubic, point([[[1]], ['1/9']]), {}, `nonzero-gradient ${here}`],
    [
      'a convolution and an average pool',
      images,
      pointOf([[[['3/5']]], ['8/5']], [[[1]]]),
      { gauge: [{ layer: 0, bias: 0 }] },
      'proved',
    ],
    ['a residual sum', skipping, point([[['1/2']], ['-2/3']]), {}, 'proved'],
    ['a residual sum that is counted once', skipping, point([[['3/2']], ['-2/3']]), {}, `nonzero-gradient ${here}`],
    [
      'the same convolution with another weight',
      images,
      pointOf([[[[2]]], ['8/5']], [[[1]]]),
      { gauge: [{ layer: 0, bias: 0 }] },
      `nonzero-gradient ${here}`,
    ],
  ])('%s', (_, problem, point, node, expected) => {
    expect(verdictOf(problem, point, node)).toBe(expected);
  });
});
