/** Rule `coincident-preactivations`, at an exact point and near one: every condition broken once. */

import { describe, expect, test } from 'vitest';
import { pointRisk } from '../../../src/report/risk-string.js';
import {
  activation,
  answer,
  certificate,
  changed,
  check,
  dense,
  type Fields,
  frozen,
  localMinimum,
  point,
  problem,
  type Quantity,
  type Row,
  relu,
} from '../../certificate.js';
import { conv1d, pointOf, shaped } from '../../layers.js';

const rule = 'coincident-preactivations';
const at = '$.proof.localMinimum';
const here = '$.statement.point';
const layers = '$.statement.problem.network';

const half = { function: 'squared', factor: '1/2' };
/** The data of the paper: a mean of 1/3, and residuals orthogonal to both inputs. */
const three = {
  x: [
    [1, 0],
    [0, 1],
    ['1/2', '1/2'],
  ] as readonly Row[],
  y: [0, 0, 1] as Row,
  loss: half,
};
const between = [['1', '-1', '0']];

const network = (h: Fields, units = 2): readonly Fields[] => [dense(units), h, dense(1)];
const quadratic = activation('quadratic');
const paper = problem({ layers: network(quadratic), ...three });
/** u_1 v_1² + u_2 v_2² = 1/3 with v = (1, 1), u = (1/6, 1/6). */
const corollary = point(
  [
    [
      [1, 1],
      [1, 1],
    ],
    [0, 0],
  ],
  [[['1/6', '1/6']], [0]],
);
const hints = { rule, halfWidth: '1/100', vectors: between };

const verdictOf = (problem: Fields, point: Fields, node: Fields): string =>
  answer(check(localMinimum(problem, point, { ...hints, ...node })));

/** Two quadratic units at v = 1 that have outgoing weights u, and the output bias that makes the prediction 1/3. */
const withOutgoing = (u: readonly [Quantity, Quantity], c: Quantity): Fields =>
  point(
    [
      [
        [1, 1],
        [1, 1],
      ],
      [0, 0],
    ],
    [[u], [c]],
  );

/** Theorem D: five points in the plane, residuals (1, 1, 1, 1, −4)/4, of any width where v_j h'' > 0. */
const cross = {
  x: [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
    [0, 0],
  ] as readonly Row[],
  y: ['3/4', '3/4', '3/4', '3/4', 2] as Row,
};
const flat = [0, 0] as const;
/** elu's affine side has no curvature: its units add nothing to the form. */
const hardswish = activation('hardswish');
const sum = (z: Row): Fields => point([[flat, flat, flat], z], [[[3, 3, 3]], [1]]);

const cubic = problem({
  layers: [
    dense(1),
    activation('piecewise', { breakpoints: [], pieces: [{ polynomial: ['0', '0', '0', '1'] }] }),
    dense(1),
  ],
  ...cross,
});

describe('at an exact point', () => {
  test.each<[string, Fields, Fields, Fields, string]>([
    ['Corollary 3, quadratic', paper, corollary, {}, 'proved'],
    ['a smaller box', paper, corollary, { halfWidth: '1/1000000' }, 'proved'],
    ['few bits', paper, corollary, { bits: 12 }, 'proved'],
    ['the curvature of the units alone', paper, corollary, { vectors: [] }, 'proved'],
    ['a vector that is longer', paper, corollary, { vectors: [['-7/3', '7/3', '0']] }, 'proved'],
    [
      'one unit bends down, and the prediction moves with it',
      paper,
      withOutgoing([-1, '1/2'], '5/6'),
      { halfWidth: '1/1000' },
      'proved',
    ],
    [
      'in a box where the errors beside the diagonal decide',
      paper,
      withOutgoing([-1, '1/2'], '5/6'),
      { halfWidth: '1/200' },
      `not-semidefinite ${at}`,
    ],
    [
      'without the vector it does not',
      paper,
      withOutgoing([-1, '1/2'], '5/6'),
      { vectors: [] },
      `not-semidefinite ${at}`,
    ],
    [
      'without any bias',
      problem({ layers: [dense(2, false), quadratic, dense(1, false)], ...three }),
      point(
        [
          [
            [1, 1],
            [1, 1],
          ],
        ],
        [[['1/6', '1/6']]],
      ),
      {},
      'proved',
    ],
    [
      'Theorem D, three units, hidden weights 0',
      problem({ layers: [dense(3), hardswish, dense(1)], ...cross }),
      point(
        [
          [flat, flat, flat],
          [0, 0, 0],
        ],
        [[[3, 3, 3]], [1]],
      ),
      { vectors: [] },
      'proved',
    ],
    [
      'the output layer is frozen',
      problem({ layers: [dense(2), quadratic, frozen([[['1/6', '1/6']], [0]])], ...three }),
      point([
        [
          [1, 1],
          [1, 1],
        ],
        [0, 0],
      ]),
      { halfWidth: '1/10' },
      'proved',
    ],
    [
      'weighted samples: a sample of weight 2 is two samples',
      problem({ layers: network(quadratic), ...three, weights: [1, 1, 2], y: [0, 0, 1] }),
      withOutgoing(['1/4', '1/4'], 0),
      {},
      'proved',
    ],
    [
      'log-cosh is even, and its gradients are irrational',
      problem({ layers: network(quadratic), ...three, loss: { function: 'log-cosh' } }),
      corollary,
      { vectors: [] },
      'unsupported-combination $.statement.problem.loss',
    ],
    [
      'Huber, whose gradients at 1/3 are 1/4, 1/4, −1/4: they do not add up to 0',
      problem({ layers: network(quadratic), ...three, loss: { function: 'huber', threshold: '1/4' } }),
      corollary,
      { vectors: [] },
      `nonzero-residual-sum ${here}`,
    ],
    [
      'Huber beyond its threshold: gradients 1/4, 1/4, −1/4 of weights 1, 1, 2',
      problem({
        layers: network(quadratic),
        ...three,
        weights: [1, 1, 2],
        loss: { function: 'huber', threshold: '1/4' },
      }),
      corollary,
      { vectors: [] },
      'proved',
    ],
    [
      'vectors with Huber',
      problem({
        layers: network(quadratic),
        ...three,
        weights: [1, 1, 2],
        loss: { function: 'huber', threshold: '1/4' },
      }),
      corollary,
      {},
      `unsupported-combination ${at}.vectors`,
    ],
    [
      'vectors with a polynomial loss of degree 4 that has a part r²',
      problem({
        layers: network(quadratic),
        ...three,
        y: [0, 0, 0],
        loss: { function: 'polynomial', coefficients: ['0', '0', '1', '0', '1'] },
      }),
      point(
        [
          [
            [1, 1],
            [1, 1],
          ],
          [0, 0],
        ],
        [[['1/6', '1/6']], ['-1/3']],
      ),
      {},
      `unsupported-combination ${at}.vectors`,
    ],
    [
      'a polynomial loss with a linear part is as good: P(r) = r² + r has its least risk 1/2 lower',
      problem({
        layers: network(quadratic),
        ...three,
        y: ['1/2', '1/2', '3/2'],
        loss: { function: 'polynomial', coefficients: ['0', '1', '1'] },
      }),
      corollary,
      {},
      'proved',
    ],
    [
      'a loss that is not convex',
      problem({
        layers: network(quadratic),
        ...three,
        loss: { function: 'polynomial', coefficients: ['0', '0', '-1'] },
      }),
      corollary,
      {},
      `not-convex-here ${here}`,
    ],
    ['units that bend down', paper, withOutgoing(['-1/6', '-1/6'], '2/3'), {}, `not-semidefinite ${at}`],
    ['one of two units bends down too much', paper, withOutgoing(['-1/6', '1/6'], '1/3'), {}, `not-semidefinite ${at}`],
    [
      't³ at 2, in a small box',
      cubic,
      point([[flat], [2]], [[[1]], [-7]]),
      { vectors: [], halfWidth: '1/20' },
      'proved',
    ],
    [
      't³ at 2, where h″ is between 9 and 15: each sample has a ξ of its own, and residuals of both signs do not cancel',
      cubic,
      point([[flat], [2]], [[[1]], [-7]]),
      { vectors: [], halfWidth: '1/4' },
      `not-semidefinite ${at}`,
    ],
    ['a box that is too wide', paper, corollary, { halfWidth: '1/2' }, `not-semidefinite ${at}`],
    ['too few bits', paper, corollary, { bits: 2 }, `not-semidefinite ${at}`],
    ['no box', paper, corollary, { halfWidth: '0' }, `wrong-hint ${at}.halfWidth`],
    ['a box turned inside out', paper, corollary, { halfWidth: '-1/100' }, `wrong-hint ${at}.halfWidth`],
    [
      'one unit sees another value at one sample',
      paper,
      changed(corollary, '$.layers[0].weights[1][0]', '2') as Fields,
      {},
      `preactivations-differ ${here}`,
    ],
    [
      'the prediction is not the mean',
      paper,
      withOutgoing(['1/6', '1/6'], '1/1000'),
      {},
      `nonzero-residual-sum ${here}`,
    ],
    [
      'residuals that are not orthogonal to an input',
      problem({ layers: network(quadratic), ...three, y: [0, 1, 0] }),
      corollary,
      {},
      `nonzero-residual-moment ${here}`,
    ],
    [
      'a vector that is not orthogonal to 1',
      paper,
      corollary,
      { vectors: [['1', '0', '0']] },
      `not-orthogonal ${at}.vectors[0]`,
    ],
    [
      'the same vector twice',
      paper,
      corollary,
      { vectors: [...between, ...between] },
      `not-orthogonal ${at}.vectors[1]`,
    ],
    [
      'orthogonal without the weights, not with them',
      problem({
        layers: network(quadratic),
        x: [[0], [0], [0], [0]],
        y: [0, 2, 1, 1],
        weights: [1, 1, 1, 2],
      }),
      point(
        [
          [[0], [0]],
          [0, 0],
        ],
        [[[1, 1]], [1]],
      ),
      {
        vectors: [
          ['0', '0', '1', '-1'],
          ['2', '0', '-1', '-1'],
        ],
      },
      `not-orthogonal ${at}.vectors[1]`,
    ],
    ['a vector of zeros', paper, corollary, { vectors: [['0', '0', '0']] }, `wrong-hint ${at}.vectors[0]`],
    ['a vector with an entry too few', paper, corollary, { vectors: [['1', '-1']] }, `wrong-length ${at}.vectors[0]`],
    ['no vectors', paper, corollary, { vectors: null }, `wrong-type ${at}.vectors`],
    ['a coordinate is solved for', paper, corollary, { solveFor: { layer: 1, bias: 0 } }, `wrong-hint ${at}.solveFor`],
    ['a prediction is given', paper, corollary, { prediction: '1/3' }, `wrong-hint ${at}.prediction`],
    [
      'hardswish at its breakpoint −3, where it is only C¹',
      problem({ layers: [dense(3), hardswish, dense(1)], ...cross }),
      sum([-3, 0, 0]),
      { vectors: [] },
      `on-a-kink ${here}`,
    ],
    [
      'a unit that may meet a breakpoint in the box',
      problem({ layers: [dense(3), hardswish, dense(1)], ...cross }),
      point(
        [
          [flat, flat, flat],
          ['-2.99', '0', '0'],
        ],
        [[[0, 3, 3]], [1]],
      ),
      { vectors: [] },
      `on-a-kink ${here}`,
    ],
    [
      'elu with α = 1 at 0 is only C¹',
      problem({ layers: [dense(1), activation('elu'), dense(1)], ...cross }),
      point([[flat], [0]], [[[3]], [1]]),
      { vectors: [] },
      `on-a-kink ${here}`,
    ],
    [
      'a unit with an affine piece: its row of the form is 0',
      problem({ layers: [dense(3), hardswish, dense(1)], ...cross }),
      point(
        [
          [flat, flat, flat],
          [4, 0, 0],
        ],
        [[[-1, 3, 3]], [5]],
      ),
      { vectors: [] },
      'proved',
    ],
    [
      'relu units on one side: nothing bends, and nothing moves the risk at first',
      problem({ layers: [dense(1), relu, dense(1)], ...cross }),
      point([[flat], [1]], [[[1]], [0]]),
      { vectors: [] },
      'proved',
    ],
    [
      'an outgoing weight 0 may take either sign',
      problem({ layers: [dense(3), hardswish, dense(1)], ...cross }),
      point(
        [
          [flat, flat, flat],
          [0, 0, 0],
        ],
        [[[0, 3, 3]], [1]],
      ),
      { vectors: [] },
      `not-semidefinite ${at}`,
    ],
    [
      'the hidden layer is frozen',
      problem({
        layers: [
          frozen([
            [
              [1, 1],
              [1, 1],
            ],
            [0, 0],
          ]),
          quadratic,
          dense(1),
        ],
        ...three,
      }),
      point([[['1/6', '1/6']], [0]]),
      {},
      `unsupported-combination ${layers}`,
    ],
    [
      'the hidden layer is a convolution',
      shaped({
        input: [1, 2],
        layers: [conv1d(1, 1), quadratic, conv1d(1, 2)],
        x: [
          [0, 0],
          [0, 0],
        ],
        y: [0, 2],
      }),
      pointOf([[[[1]]], [1]], [[[['1/2', '1/2']]], [0]]),
      { vectors: [['1', '-1']] },
      `unsupported-combination ${layers}.layers[0]`,
    ],
    [
      'two hidden layers',
      problem({ layers: [dense(1), quadratic, dense(1), quadratic, dense(1)], ...three }),
      point([[[1, 1]], [0]], [[[1]], [0]], [[['1/3']], [0]]),
      {},
      `unsupported-combination ${layers}`,
    ],
    [
      'two outputs',
      problem({
        layers: [dense(1), quadratic, dense(2)],
        x: [[0], [0]],
        y: [
          [0, 0],
          [2, 2],
        ],
      }),
      point(
        [[[0]], [1]],
        [
          [[1], [1]],
          [0, 0],
        ],
      ),
      { vectors: [['1', '-1']] },
      `unsupported-combination ${layers}`,
    ],
    [
      'a value that is irrational',
      problem({ layers: [dense(1), activation('tanh'), dense(1)], ...three }),
      point([[[1, 1]], [0]], [[[1]], [0]]),
      {},
      `irrational-value ${here}`,
    ],
  ])('%s', (_, problem, point, node, expected) => {
    expect(verdictOf(problem, point, node)).toBe(expected);
  });

  test('no other data than samples', () => {
    const box = { type: 'box', lower: ['0', '0'], upper: ['1', '1'], targets: [{ terms: [] }] };
    const onBox = changed(localMinimum(paper, corollary, hints), '$.statement.problem.data', box);
    expect(answer(check(onBox))).toBe(`unsupported-combination ${at}.rule`);
  });

  test('what it costs is charged before it is done', () => {
    const verdict = check(localMinimum(paper, corollary, hints), { limits: { operations: 500 } });
    expect(answer(verdict)).toBe('limit-operations $');
    const wide = localMinimum(paper, corollary, { ...hints, bits: 100_000 });
    expect(answer(check(wide, { limits: { digits: 1_000 } }))).toBe(`limit-digits ${at}.bits`);
  });

  test('the risk is that of the constant', () => {
    const verdict = check(localMinimum(paper, corollary, hints));
    if (verdict.kind !== 'proved') throw new Error('not proved');
    expect(pointRisk(verdict.theorem).lower).toMatchObject({ num: 1n, den: 3n });
    expect(verdict.theorem.obligations.by).toMatchObject({
      'coincident-preactivation': 6,
      'residual-moment': 3,
      'orthogonal-vector': 1,
      'strict-piece': 2,
      'nonnegative-form': 1,
    });
  });
});

/** Two sigmoid units of Corollary 3: v_j near −ln 3, u_j = 2/3; the output bias makes up for sigmoid(−1.1) being irrational. */
const sigmoid = problem({ layers: network(activation('sigmoid')), ...three });
const rounded = (c: Quantity, u: readonly [Quantity, Quantity] = ['2/3', '2/3']): Fields =>
  point(
    [
      [
        ['-1.1', '-1.1'],
        ['-1.1', '-1.1'],
      ],
      [0, 0],
    ],
    [[u], [c]],
  );
const solveFor = { layer: 1, bias: 0 };
const near = { rule, halfWidth: '1/1000', vectors: between, solveFor };

const verdictNear = (problem: Fields, point: Fields, node: Fields, radius: string): string =>
  answer(
    check(
      certificate(
        'local-minimum-near',
        { problem, point, radius },
        {
          localMinimum: Object.fromEntries(
            Object.entries({ ...near, ...node }).filter(([, value]) => value !== undefined && value !== 'none'),
          ),
        },
      ),
    ),
  );

describe('near a point', () => {
  const radius = '1/100';
  test.each<[string, Fields, Fields, Fields, string, string]>([
    ['Corollary 3, sigmoid', sigmoid, rounded('0.000347'), {}, radius, 'proved'],
    ['more bits', sigmoid, rounded('0.000347'), { bits: 256 }, radius, 'proved'],
    ['the radius is the half-width', sigmoid, rounded('0.000347'), {}, '1/1000', 'proved'],
    ['the prediction is given, and is the mean', sigmoid, rounded('0.000347'), { prediction: '1/3' }, radius, 'proved'],
    [
      'an outgoing weight is solved for',
      problem({ layers: [dense(2), activation('sigmoid'), dense(1, false)], ...three }),
      point(
        [
          [
            ['-1.1', '-1.1'],
            ['-1.1', '-1.1'],
          ],
          [0, 0],
        ],
        [[['2/3', '0.668']]],
      ),
      { solveFor: { layer: 1, unit: 0, input: 1 }, halfWidth: '1/500' },
      radius,
      'proved',
    ],
    [
      'power 4, whose best constant is the middle of two values',
      problem({
        layers: [dense(1), activation('softplus'), dense(1)],
        x: [[1], [-1], [0]],
        y: [0, 0, 1],
        weights: [1, 1, 2],
        loss: { function: 'power', exponent: '4' },
      }),
      point([[[0]], [0]], [[[1]], ['-0.193']]),
      { prediction: '1/2', vectors: [] },
      radius,
      'proved',
    ],
    [
      'a prediction that is not the best constant',
      sigmoid,
      rounded('0.000347'),
      { prediction: '1/2' },
      radius,
      `nonzero-residual-sum ${here}`,
    ],
    ['nothing is solved for', sigmoid, rounded('0.000347'), { solveFor: 'none' }, radius, `missing-key ${at}`],
    [
      'a hidden weight is solved for',
      sigmoid,
      rounded('0.000347'),
      { solveFor: { layer: 0, unit: 0, input: 0 } },
      radius,
      `wrong-hint ${at}.solveFor`,
    ],
    [
      'a bias that is not there',
      problem({ layers: [dense(2), activation('sigmoid'), dense(1, false)], ...three }),
      point(
        [
          [
            ['-1.1', '-1.1'],
            ['-1.1', '-1.1'],
          ],
          [0, 0],
        ],
        [[['2/3', '0.668']]],
      ),
      {},
      radius,
      `wrong-hint ${at}.solveFor`,
    ],
    [
      'all outgoing weights at once',
      sigmoid,
      rounded('0.000347'),
      { solveFor: { layer: 1, unit: 0 } },
      radius,
      `wrong-hint ${at}.solveFor`,
    ],
    [
      'a layer that is not there',
      sigmoid,
      rounded('0.000347'),
      { solveFor: { layer: 2, bias: 0 } },
      radius,
      `wrong-hint ${at}.solveFor.layer`,
    ],
    [
      'the output bias is not near enough',
      sigmoid,
      rounded('0.002'),
      {},
      radius,
      `prediction-not-bracketed ${at}.solveFor`,
    ],
    [
      'bits too few to tell the sides apart',
      sigmoid,
      rounded('0.000347'),
      { halfWidth: '1/10000', bits: 10, vectors: [] },
      radius,
      `prediction-not-bracketed ${at}.solveFor`,
    ],
    [
      'solved exactly at an end of the interval: θ* is not inside the box',
      problem({ layers: network(quadratic), ...three }),
      withOutgoing(['1/6', '1/6'], '1/1000'),
      {},
      radius,
      `prediction-not-bracketed ${at}.solveFor`,
    ],
    [
      'a unit whose value is 0 cannot be solved for',
      problem({ layers: network(quadratic), ...three }),
      point(
        [
          [flat, flat],
          [0, 0],
        ],
        [[[1, 1]], ['1/3']],
      ),
      { solveFor: { layer: 1, unit: 0, input: 0 }, halfWidth: '1/1000000', vectors: [] },
      radius,
      `prediction-not-bracketed ${at}.solveFor`,
    ],
    ['the half-width beyond the radius', sigmoid, rounded('0.000347'), {}, '1/2000', `too-far ${at}.halfWidth`],
    ['units that bend down', sigmoid, rounded('0.6663', ['-2/3', '-2/3']), {}, radius, `not-semidefinite ${at}`],
    ['a box that is too wide', sigmoid, rounded('0.000347'), { halfWidth: '1/2' }, '1', `not-semidefinite ${at}`],
    [
      'one unit sees another value at one sample',
      sigmoid,
      changed(rounded('0.000347'), '$.layers[0].weights[0][1]', '-1.1000000001') as Fields,
      {},
      radius,
      `preactivations-differ ${here}`,
    ],
    [
      'a loss whose gradients are irrational',
      problem({ layers: network(activation('sigmoid')), ...three, loss: { function: 'log-cosh' } }),
      rounded('0.000347'),
      { vectors: [] },
      radius,
      'unsupported-combination $.statement.problem.loss',
    ],
    [
      'two outputs',
      problem({
        layers: [dense(1), activation('sigmoid'), dense(2)],
        x: [[0], [0]],
        y: [
          [0, 0],
          [2, 2],
        ],
      }),
      point(
        [[[0]], [1]],
        [
          [[1], [1]],
          [0, 0],
        ],
      ),
      {},
      radius,
      `unsupported-combination ${layers}`,
    ],
  ])('%s', (_, problem, point, node, radius, expected) => {
    expect(verdictNear(problem, point, node, radius)).toBe(expected);
  });

  test('the risk of the minimum is exact, and a better point is compared with it', () => {
    const better = point(
      [
        [
          [1, 1],
          [1, 1],
        ],
        [0, 0],
      ],
      [[[0, 0]], [0]],
    );
    const claim = (betterPoint: Fields): Fields =>
      certificate(
        'spurious-local-minimum-near',
        { problem: sigmoid, point: rounded('0.000347'), betterPoint, radius },
        { localMinimum: near, lowerRisk: { rule: 'lower-risk' } },
      );
    expect(answer(check(claim(better)))).toBe('not-below $.statement.betterPoint');
    const zeroRisk = point(
      [
        [
          [0, '-1.0986123'],
          ['-1.0986123', '-1.9459101'],
        ],
        [0, 0],
      ],
      [[['128.736', '-257.472']], [0]],
    );
    const verdict = check(claim(zeroRisk));
    if (verdict.kind !== 'proved') throw new Error(`not proved: ${answer(verdict)}`);
    const risk = pointRisk(verdict.theorem);
    expect([risk.lower, risk.upper]).toMatchObject([
      { num: 1n, den: 3n },
      { num: 1n, den: 3n },
    ]);
  });
});
