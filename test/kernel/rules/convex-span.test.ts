import { describe, expect, test } from 'vitest';
import {
  type Affine,
  abs,
  activation,
  answer,
  certificate,
  check,
  dense,
  frozen,
  globalMinimum,
  type ProblemParts,
  piecewise,
  point,
  problem,
  relu,
} from '../../certificate.js';

const moment = 'nonzero-path-moment $.statement.point';
const linear = 'not-linear $.statement.problem.network';
const data = { x: [0, 1, 2], y: [0, 0, 3] } as const;
/** The best line is −1/2 + 3x/2. */
const best: Affine = [[['3/2']], ['-1/2']];
const flat = piecewise([], [0, 2]);

describe('least squares', () => {
  test.each<[string, ProblemParts, readonly Affine[], string]>([
    ['the best line', { ...data, layers: [dense(1)] }, [best], 'proved'],
    ['another slope', { ...data, layers: [dense(1)] }, [[[['301/200']], ['-1/2']]], moment],
    ['another height', { ...data, layers: [dense(1)] }, [[[['3/2']], [0]]], moment],
    ['the best line of other weights', { ...data, weights: [1, 1, 2], layers: [dense(1)] }, [best], moment],
    ['the best multiple', { ...data, layers: [dense(1, false)] }, [[[['6/5']]]], 'proved'],
    ['the best multiple, with a bias', { ...data, layers: [dense(1)] }, [[[['6/5']], [0]]], moment],
    [
      'two layers',
      { ...data, layers: [dense(2), dense(1)] },
      [
        [
          [['3/2'], [7]],
          ['-1/2', 1],
        ],
        [[[1, 0]], [0]],
      ],
      'proved',
    ],
    [
      'two layers, and the identity',
      { ...data, layers: [dense(1), activation('identity'), dense(1)] },
      [best, [[[1]], [0]]],
      'proved',
    ],
    [
      'a leaky relu of slope 1',
      { ...data, layers: [dense(1), activation('leaky-relu', { slope: '1' }), dense(1)] },
      [best, [[[1]], [0]]],
      'proved',
    ],
    [
      'an affine activation',
      { ...data, layers: [dense(1), piecewise([], [2, 1]), dense(1)] },
      [
        [[['3/4']], ['-3/4']],
        [[[1]], [0]],
      ],
      'proved',
    ],
    [
      'an affine activation, missed',
      { ...data, layers: [dense(1), piecewise([], [2, 1]), dense(1)] },
      [
        [[['3/4']], ['-1/4']],
        [[[1]], [0]],
      ],
      moment,
    ],
    [
      'a constant activation at the mean',
      { ...data, layers: [dense(1), flat, dense(1)] },
      [
        [[[5]], [7]],
        [[[0]], [1]],
      ],
      'proved',
    ],
    [
      'a constant activation off the mean',
      { ...data, layers: [dense(1), flat, dense(1)] },
      [
        [[[5]], [7]],
        [[[0]], [0]],
      ],
      moment,
    ],
    [
      'a constant activation, the only constant',
      { ...data, layers: [dense(1), flat, dense(1, false)] },
      [[[[5]], [7]], [[['1/2']]]],
      'proved',
    ],
    [
      'a constant activation, another constant',
      { ...data, layers: [dense(1), flat, dense(1, false)] },
      [[[[5]], [7]], [[[1]]]],
      moment,
    ],
    [
      'two outputs',
      {
        x: [0, 1],
        y: [
          [1, 4],
          [2, 4],
        ],
        layers: [dense(2)],
      },
      [
        [
          [[1], [0]],
          [1, 4],
        ],
      ],
      'proved',
    ],
    [
      'two outputs, one missed',
      {
        x: [0, 1],
        y: [
          [1, 4],
          [2, 5],
        ],
        layers: [dense(2)],
      },
      [
        [
          [[1], [0]],
          [1, 4],
        ],
      ],
      moment,
    ],
    ['a frozen first layer', { ...data, layers: [frozen([[[2]], [0]]), dense(1)] }, [[[['3/4']], ['-1/2']]], 'proved'],
    ['more inputs than data', { x: [[1, 2, 3]], y: [7], layers: [dense(1, false)] }, [[[[7, 0, 0]]]], 'proved'],
    ['more inputs than data, missed', { x: [[1, 2, 3]], y: [7], layers: [dense(1, false)] }, [[[[6, 0, 0]]]], moment],
  ])('%s: %s', (_, parts, layers, expected) => {
    expect(answer(check(globalMinimum(problem(parts), point(...layers), 'convex-span')))).toBe(expected);
  });
});

describe('what is not linear', () => {
  test.each<[string, ProblemParts, readonly Affine[], string]>([
    [
      'relu, alive on all data',
      { ...data, layers: [dense(1), relu, dense(1)] },
      [
        [[['3/2']], [9]],
        [[[1]], ['-19/2']],
      ],
      linear,
    ],
    [
      'relu, dead on all data',
      { ...data, layers: [dense(1), relu, dense(1)] },
      [
        [[[0]], [-1]],
        [[[1]], [1]],
      ],
      linear,
    ],
    [
      'abs',
      { ...data, layers: [dense(1), abs, dense(1)] },
      [
        [[['3/2']], [9]],
        [[[1]], ['-19/2']],
      ],
      linear,
    ],
    ['a relu in a frozen part', { ...data, layers: [frozen([[[1]], [0]]), relu, dense(1)] }, [best], linear],
    [
      'softshrink with threshold 1/1000',
      { ...data, layers: [dense(1), activation('softshrink', { threshold: '1/1000' }), dense(1)] },
      [best, [[[1]], [0]]],
      linear,
    ],
    [
      'softshrink with threshold 0',
      { ...data, layers: [dense(1), activation('softshrink', { threshold: '0' }), dense(1)] },
      [best, [[[1]], [0]]],
      'proved',
    ],
  ])('%s: %s', (_, parts, layers, expected) => {
    expect(answer(check(globalMinimum(problem(parts), point(...layers), 'convex-span')))).toBe(expected);
  });
});

describe('deep linear networks (theory.md 7)', () => {
  const deep: ProblemParts = { x: [1], y: [1], layers: [dense(1, false), dense(1, false)] };
  const zero: readonly Affine[] = [[[[0]]], [[[0]]]];
  test('the saddle at 0 is critical, and no minimum', () => {
    expect(answer(check(globalMinimum(problem(deep), point(...zero), 'convex-span')))).toBe(moment);
  });

  test('the optimum need not be balanced', () => {
    for (const [a, b] of [
      [1, 1],
      ['1/1000', 1000],
      [-7, '-1/7'],
    ] as const) {
      expect(answer(check(globalMinimum(problem(deep), point([[[a]]], [[[b]]]), 'convex-span')))).toBe('proved');
    }
    expect(answer(check(globalMinimum(problem(deep), point([[[1]]], [[[-1]]]), 'convex-span')))).toBe(moment);
  });
});

test.each(['affine-span', 'neuron-dominance', 'zero-gradient', 'lower-risk'])('%s shows no global minimum', (rule) => {
  const json = certificate(
    'global-minimum',
    { problem: problem({ ...data, layers: [dense(1)] }), point: point(best) },
    { globalMinimum: rule === 'neuron-dominance' ? { rule, units: [{}] } : { rule } },
  );
  expect(answer(check(json))).toBe('unsupported-combination $.proof.globalMinimum.rule');
});

test('the constant 2/3 is not called global (theory.md 6)', () => {
  const parts = { layers: [dense(1), relu, dense(1)], x: [-1, 0, 1], y: [1, 0, 1] };
  expect(answer(check(globalMinimum(problem(parts), point([[[0]], [-1]], [[[1]], ['2/3']]), 'convex-span')))).toBe(
    linear,
  );
});
