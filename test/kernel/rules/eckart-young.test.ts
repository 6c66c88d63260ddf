import { describe, expect, test } from 'vitest';
import {
  type Affine,
  activation,
  answer,
  certificate,
  changed,
  check,
  dense,
  type Fields,
  frozen,
  type ProblemParts,
  piecewise,
  point,
  problem,
  relu,
  row,
  rows,
  type Value,
} from '../../certificate.js';

interface Hints {
  readonly threshold: string;
  readonly excess: readonly (readonly (string | number)[])[];
  readonly weights: readonly (readonly (string | number)[])[];
  readonly bias?: readonly (string | number)[];
}

function eckartYoung(parts: ProblemParts, layers: readonly Affine[], hints: Hints): string {
  const { threshold, excess, weights, bias } = hints;
  const bestFit: Fields = bias === undefined ? { weights: rows(weights) } : { weights: rows(weights), bias: row(bias) };
  return answer(
    check(
      certificate(
        'global-minimum',
        { problem: problem(parts), point: point(...layers) },
        { globalMinimum: { rule: 'eckart-young', threshold, excess: rows(excess), bestFit } },
      ),
    ),
  );
}

const node = '$.proof.globalMinimum';

/** Targets diag(3, 2)x at the unit vectors: Σ = diag(9, 4), and rank 1 has to leave one of them out. */
const diagonal: ProblemParts = {
  layers: [dense(1, false), dense(2, false)],
  x: [
    [1, 0],
    [0, 1],
  ],
  y: [
    [3, 0],
    [0, 2],
  ],
};
const keepsFirst: readonly Affine[] = [[[[1, 0]]], [[[3], [0]]]];
const keepsSecond: readonly Affine[] = [[[[0, 1]]], [[[0], [2]]]];
const nothing: readonly Affine[] = [[[[0, 0]]], [[[0], [0]]]];
const fit = [
  [3, 0],
  [0, 2],
] as const;
const good: Hints = {
  threshold: '4',
  excess: [
    [0, 0],
    [0, 0],
  ],
  weights: fit,
};

describe('diag(3, 2) through one unit', () => {
  test.each<[string, readonly Affine[], Hints, string]>([
    ['the larger part, λ = 4', keepsFirst, good, 'proved'],
    ['factors that are not balanced', [[[['1/7', 0]]], [[[21], [0]]]], good, 'proved'],
    [
      'λ between',
      keepsFirst,
      {
        ...good,
        threshold: '6',
        excess: [
          [0, 0],
          [0, 2],
        ],
      },
      'proved',
    ],
    [
      'λ = 9',
      keepsFirst,
      {
        ...good,
        threshold: '9',
        excess: [
          [0, 0],
          [0, 5],
        ],
      },
      'proved',
    ],
    ['λ below the eigenvalues', keepsFirst, { ...good, threshold: '3' }, 'bound-not-attained $.statement.point'],
    ['λ = 0', keepsFirst, { ...good, threshold: '0' }, 'bound-not-attained $.statement.point'],
    [
      'more excess than needed',
      keepsFirst,
      {
        ...good,
        excess: [
          [1, 0],
          [0, 0],
        ],
      },
      'bound-not-attained $.statement.point',
    ],
    ['λ above what S covers', keepsFirst, { ...good, threshold: '5' }, `not-semidefinite ${node}.excess`],
    [
      'λ = 10',
      keepsFirst,
      {
        ...good,
        threshold: '10',
        excess: [
          [0, 0],
          [0, 6],
        ],
      },
      `not-semidefinite ${node}.excess`,
    ],
    [
      'S is not ⪰ 0',
      keepsFirst,
      {
        ...good,
        excess: [
          [-1, 0],
          [0, 0],
        ],
      },
      `not-semidefinite ${node}.excess`,
    ],
    [
      'S is indefinite',
      keepsFirst,
      {
        ...good,
        excess: [
          [0, 1],
          [1, 0],
        ],
      },
      `not-semidefinite ${node}.excess`,
    ],
    [
      'S = −5 makes the bound higher',
      keepsSecond,
      {
        ...good,
        excess: [
          [-5, 0],
          [0, 0],
        ],
      },
      `not-semidefinite ${node}.excess`,
    ],
    ['a negative λ', keepsFirst, { ...good, threshold: '-4' }, `negative-multiplier ${node}.threshold`],
    [
      'S is not symmetric',
      keepsFirst,
      {
        ...good,
        excess: [
          [0, 1],
          [0, 0],
        ],
      },
      `wrong-hint ${node}.excess`,
    ],
    ['S is too small', keepsFirst, { ...good, excess: [[0]] }, `wrong-length ${node}.excess`],
    ['S has too few rows', keepsFirst, { ...good, excess: [[0, 0]] }, `wrong-length ${node}.excess`],
    [
      'S has too many columns',
      keepsFirst,
      {
        ...good,
        excess: [
          [0, 0, 0],
          [0, 0, 0],
        ],
      },
      `wrong-length ${node}.excess`,
    ],
    ['the smaller part', keepsSecond, good, 'bound-not-attained $.statement.point'],
    [
      'the smaller part, its own λ',
      keepsSecond,
      {
        ...good,
        threshold: '9',
        excess: [
          [0, 0],
          [0, 5],
        ],
      },
      'bound-not-attained $.statement.point',
    ],
    ['nothing', nothing, good, 'bound-not-attained $.statement.point'],
    ['almost the larger part', [[[[1, 0]]], [[['2999/1000'], [0]]]], good, 'bound-not-attained $.statement.point'],
    [
      'another fit',
      keepsFirst,
      {
        ...good,
        weights: [
          [3, 0],
          [0, 0],
        ],
      },
      `nonzero-residual-moment ${node}.bestFit`,
    ],
    [
      'a fit with one wrong entry',
      keepsFirst,
      {
        ...good,
        weights: [
          [3, 0],
          ['1/1000', 2],
        ],
      },
      `nonzero-residual-moment ${node}.bestFit`,
    ],
    ['a fit with a bias', keepsFirst, { ...good, bias: [0, 0] }, `wrong-hint ${node}.bestFit`],
    ['a fit of one output', keepsFirst, { ...good, weights: [[3, 0]] }, `wrong-length ${node}.bestFit.weights`],
    ['a fit of one input', keepsFirst, { ...good, weights: [[3], [0]] }, `wrong-length ${node}.bestFit.weights`],
  ])('%s', (_, layers, hints, expected) => {
    expect(eckartYoung(diagonal, layers, hints)).toBe(expected);
  });
});

describe('other networks', () => {
  test.each<[string, ProblemParts, readonly Affine[], Hints, string]>([
    [
      'three layers, the narrow one in the middle',
      { ...diagonal, layers: [dense(2, false), dense(1, false), dense(3, false), dense(2, false)] },
      [
        [
          [
            [1, 0],
            [0, 1],
          ],
        ],
        [[[1, 0]]],
        [[[1], [0], [0]]],
        [
          [
            [3, 0, 0],
            [0, 0, 0],
          ],
        ],
      ],
      good,
      'proved',
    ],
    [
      'two units are not narrow: what one can do is not enough',
      { ...diagonal, layers: [dense(2, false), dense(2, false)] },
      [
        [
          [
            [1, 0],
            [0, 0],
          ],
        ],
        [
          [
            [3, 0],
            [0, 0],
          ],
        ],
      ],
      good,
      'bound-not-attained $.statement.point',
    ],
    [
      'the last layer counts as no bottleneck',
      {
        layers: [dense(1, false)],
        x: [
          [1, 0],
          [0, 1],
        ],
        y: [3, 2],
      },
      [[[[3, 2]]]],
      { threshold: '0', excess: [[0]], weights: [[3, 2]] },
      'proved',
    ],
    [
      'fewer inputs than outputs: the rank is at most d',
      { layers: [dense(2, false), dense(2, false)], x: [1], y: [[3, 2]] },
      [
        [[[1], [0]]],
        [
          [
            [3, 0],
            [2, 0],
          ],
        ],
      ],
      {
        threshold: '0',
        excess: [
          [0, 0],
          [0, 0],
        ],
        weights: [[3], [2]],
      },
      'proved',
    ],
    [
      'a weight of 1/4 makes the larger part the smaller one',
      { ...diagonal, weights: ['1/4', 1] },
      keepsSecond,
      { ...good, threshold: '9/4' },
      'proved',
    ],
    [
      'a weight of 1/4, the wrong part',
      { ...diagonal, weights: ['1/4', 1] },
      keepsFirst,
      { ...good, threshold: '9/4' },
      'bound-not-attained $.statement.point',
    ],
    ['a factor of the loss', { ...diagonal, loss: { function: 'squared', factor: '1/2' } }, keepsFirst, good, 'proved'],
    [
      'a polynomial of degree 2',
      { ...diagonal, loss: { function: 'polynomial', coefficients: ['0', '0', '5'] } },
      keepsFirst,
      good,
      'proved',
    ],
    [
      'data of rank 1',
      {
        layers: [dense(1, false), dense(2, false)],
        x: [
          [1, 1],
          [2, 2],
        ],
        y: [
          [1, 2],
          [2, 4],
        ],
      },
      [[[[1, 0]]], [[[1], [2]]]],
      {
        threshold: '0',
        excess: [
          [0, 0],
          [0, 0],
        ],
        weights: [
          [1, 0],
          [2, 0],
        ],
      },
      'proved',
    ],
    [
      'Huber',
      { ...diagonal, loss: { function: 'huber', threshold: '100' } },
      keepsFirst,
      good,
      'unsupported-combination $.statement.problem.loss',
    ],
    [
      'a fourth power',
      { ...diagonal, loss: { function: 'power', exponent: '4' } },
      keepsFirst,
      good,
      'unsupported-combination $.statement.problem.loss',
    ],
    [
      'log-cosh',
      { ...diagonal, loss: { function: 'log-cosh' } },
      keepsFirst,
      good,
      'unsupported-combination $.statement.problem.loss',
    ],
    [
      'a square and a fourth power',
      { ...diagonal, loss: { function: 'polynomial', coefficients: ['0', '0', '1', '0', '1'] } },
      keepsFirst,
      good,
      'unsupported-combination $.statement.problem.loss',
    ],
    [
      'a concave square',
      { ...diagonal, loss: { function: 'polynomial', coefficients: ['0', '0', '-1'] } },
      keepsFirst,
      good,
      'unsupported-combination $.statement.problem.loss',
    ],
    [
      'relu',
      { ...diagonal, layers: [dense(1, false), relu, dense(2, false)] },
      keepsFirst,
      good,
      'not-linear $.statement.problem.network',
    ],
    [
      'a smooth activation',
      { ...diagonal, layers: [dense(1, false), activation('quadratic'), dense(2, false)] },
      [[[[0, 0]]], [[[3], [0]]]],
      good,
      'not-linear $.statement.problem.network',
    ],
    [
      'a frozen narrow layer that sees the larger part',
      { ...diagonal, layers: [frozen([[[1, 0]]]), dense(2, false)] },
      [[[[3], [0]]]],
      good,
      'proved',
    ],
    [
      'a residual sum around the narrow layer',
      {
        ...diagonal,
        layers: [{ type: 'residual', layers: [dense(1, false), dense(2, false)] }],
      },
      keepsFirst,
      good,
      'final-activation $.statement.problem.network.layers[0]',
    ],
    [
      'a residual sum that lets more than rank 1 through',
      { ...diagonal, layers: [{ type: 'residual', layers: [dense(1, false), dense(2, false)] }, dense(2, false)] },
      [
        ...keepsFirst,
        [
          [
            [1, 0],
            [0, 0],
          ],
        ],
      ],
      good,
      'unsupported-combination $.statement.problem.network.layers[0]',
    ],
  ])('%s', (_, parts, layers, hints, expected) => {
    expect(eckartYoung(parts, layers, hints)).toBe(expected);
  });
});

describe('with constants', () => {
  /** The same two directions around (5, 7): four inputs of mean 0. */
  const centered: ProblemParts = {
    layers: [dense(1), dense(2)],
    x: [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ],
    y: [
      [8, 7],
      [2, 7],
      [5, 9],
      [5, 5],
    ],
  };
  const at: readonly Affine[] = [
    [[[1, 0]], [0]],
    [
      [[3], [0]],
      [5, 7],
    ],
  ];
  const hints: Hints = { ...good, threshold: '8', bias: [5, 7] };
  test.each<[string, ProblemParts, readonly Affine[], Hints, string]>([
    ['the larger part around the mean', centered, at, hints, 'proved'],
    [
      'the mean is no direction that has to be kept',
      centered,
      [
        [[[0, 1]], [0]],
        [
          [[0], [2]],
          [5, 7],
        ],
      ],
      hints,
      'bound-not-attained $.statement.point',
    ],
    [
      'another constant',
      centered,
      [
        [[[1, 0]], [0]],
        [
          [[3], [0]],
          [5, 6],
        ],
      ],
      hints,
      'bound-not-attained $.statement.point',
    ],
    ['a fit without a constant', centered, at, { ...good, threshold: '8' }, `wrong-hint ${node}.bestFit`],
    [
      'a fit with another constant',
      centered,
      at,
      { ...hints, bias: [5, 6] },
      `nonzero-residual-moment ${node}.bestFit`,
    ],
    ['a constant too many', centered, at, { ...hints, bias: [5, 7, 0] }, `wrong-length ${node}.bestFit.bias`],
    [
      'one bias is enough for constants to count',
      { ...centered, layers: [dense(1, false), dense(2)] },
      [
        [[[1, 0]]],
        [
          [[3], [0]],
          [5, 7],
        ],
      ],
      hints,
      'proved',
    ],
    [
      'without biases the mean has to be kept: Σ is not centered',
      { ...centered, layers: [dense(1, false), dense(2, false)] },
      [[[[1, 0]]], [[[3], [0]]]],
      { ...good, threshold: '8' },
      'proved',
    ],
    [
      'an activation that adds a constant counts as a bias',
      { ...centered, layers: [dense(1, false), piecewise([], [1, 1]), dense(2, false)] },
      [[[[1, 0]]], [[[3], [0]]]],
      { ...good, threshold: '8' },
      `wrong-hint ${node}.bestFit`,
    ],
    [
      'inputs with a mean: Σ not centered would prove a saddle',
      {
        layers: [dense(1), dense(2)],
        x: [
          [10, 1],
          [10, -1],
          [9, 0],
          [11, 0],
        ],
        y: [
          [0, 2],
          [0, -2],
          [-1, 0],
          [1, 0],
        ],
      },
      [
        [[[1, 0]], [0]],
        [
          [[1], [0]],
          [-10, 0],
        ],
      ],
      {
        threshold: '2',
        excess: [
          [0, 0],
          [0, 0],
        ],
        weights: [
          [1, 0],
          [0, 2],
        ],
        bias: [-10, 0],
      },
      'bound-not-attained $.statement.point',
    ],
  ])('%s', (_, parts, layers, given, expected) => {
    expect(eckartYoung(parts, layers, given)).toBe(expected);
  });
});

/** Targets (x + y, x) at the unit vectors: Σ has the eigenvalues (3 ± √5)/2, and a = (1 + √5)/2 gives the direction (a, 1). */
describe('numbers of Q(√5)', () => {
  const golden = { name: 'a', polynomial: ['-1', '-1', '1'], root: ['1', '2'] };
  const theta: Fields = {
    field: golden,
    layers: [
      {
        weights: [
          [
            ['2/5', '1/5'],
            ['-1/5', '2/5'],
          ],
        ],
      },
      { weights: [[['0', '1']], ['1']] },
    ],
  };
  const whole = certificate(
    'global-minimum',
    {
      problem: problem({
        layers: [dense(1, false), dense(2, false)],
        x: [
          [1, 0],
          [0, 1],
        ],
        y: [
          [1, 1],
          [1, 0],
        ],
      }),
      point: theta,
    },
    {
      globalMinimum: {
        rule: 'eckart-young',
        threshold: '2',
        excess: [
          [
            ['-1/5', '2/5'],
            ['-2/5', '-1/5'],
          ],
          [
            ['-2/5', '-1/5'],
            ['1/5', '3/5'],
          ],
        ],
        bestFit: {
          weights: rows([
            [1, 1],
            [1, 0],
          ]),
        },
      },
    },
  );
  const at = '$.statement.point';
  test.each<[string, readonly (readonly [string, Value | undefined])[], string]>([
    ['the larger part, a rational λ', [], 'proved'],
    [
      'a reducible polynomial',
      [
        [`${at}.field.polynomial`, ['3', '3', '-4', '-1', '1']],
        [`${at}.field.root`, ['3/2', '17/10']],
      ],
      'proved',
    ],
    ['the conjugate is the smaller part', [[`${at}.field.root`, ['-1', '0']]], `not-semidefinite ${node}.excess`],
    ['λ = 3 as a list', [[`${node}.threshold`, ['3', '0']]], `not-semidefinite ${node}.excess`],
    ['λ = a is too low', [[`${node}.threshold`, ['0', '1']]], `bound-not-attained ${at}`],
    ['λ = −a', [[`${node}.threshold`, ['0', '-1']]], `negative-multiplier ${node}.threshold`],
    ['λ with three coefficients', [[`${node}.threshold`, ['0', '1', '0']]], `wrong-shape ${node}.threshold`],
    ['S near it', [[`${node}.excess[0][0]`, '0.4472135954']], `not-semidefinite ${node}.excess`],
    ['more S than needed', [[`${node}.excess[0][0]`, ['0', '2/5']]], `bound-not-attained ${at}`],
    ['S is not symmetric', [[`${node}.excess[0][1]`, ['-2/5', '1/5']]], `wrong-hint ${node}.excess`],
    ['S has a row too few', [[`${node}.excess`, [[['1', '1'], '0']]]], `wrong-shape ${node}.excess`],
    ['S has an entry too many', [[`${node}.excess[0]`, [['1', '1'], '0', '0']]], `wrong-shape ${node}.excess[0]`],
    ['another fit', [[`${node}.bestFit.weights[0][0]`, '2']], `nonzero-residual-moment ${node}.bestFit`],
    ['another point', [[`${at}.layers[1].weights[1][0]`, ['1', '1/1000000']]], `bound-not-attained ${at}`],
    [
      'a rational point has no such λ',
      [
        [at, point(...keepsFirst)],
        [`${node}.threshold`, ['0', '1']],
      ],
      `different-field ${node}.threshold`,
    ],
    ['a rational point has no such S', [[at, point(...keepsFirst)]], `different-field ${node}.excess`],
  ])('%s', (_, changes, expected) => {
    expect(answer(check(changes.reduce((value: Value, [path, by]) => changed(value, path, by), whole)))).toBe(expected);
  });
});

test('it shows no local minimum, and nothing on a box', () => {
  const json = certificate(
    'local-minimum',
    { problem: problem(diagonal), point: point(...keepsFirst) },
    {
      localMinimum: {
        rule: 'eckart-young',
        threshold: '4',
        excess: rows(good.excess),
        bestFit: { weights: rows(fit) },
      },
    },
  );
  expect(answer(check(json))).toBe('unsupported-combination $.proof.localMinimum.rule');
});
