import { describe, expect, test } from 'vitest';
import {
  type Affine,
  abs,
  activation,
  answer,
  certificate,
  check,
  dense,
  type Fields,
  frozen,
  notLocalMinimum,
  type ProblemParts,
  point,
  problem,
  relu,
  type Value,
} from '../../certificate.js';

const of = (h: Fields | null, more: Partial<ProblemParts> = {}): ProblemParts => ({
  layers: [dense(1, false), ...(h === null ? [] : [h]), dense(1, false)],
  x: [1],
  y: [1],
  ...more,
});
const at = (w: string, v: string): readonly Affine[] => [[[[w]]], [[[v]]]];

function down(
  parts: ProblemParts,
  theta: readonly Affine[],
  rule: string,
  ...path: readonly (readonly Affine[])[]
): string {
  const way: Fields = rule.endsWith('curve')
    ? { coefficients: path.map((c) => point(...c)) }
    : { direction: point(...(path[0] as readonly Affine[])) };
  return answer(check(notLocalMinimum(problem(parts), point(...theta), { rule, ...way })));
}

/** `ascent-…` stands only in a saddle: v·w at 0 is one. */
function up(parts: ProblemParts, rule: string, ...path: readonly (readonly Affine[])[]): string {
  const way: Fields = rule.endsWith('curve')
    ? { coefficients: path.map((c) => point(...c)) }
    : { direction: point(...(path[0] as readonly Affine[])) };
  return answer(
    check(
      certificate(
        'saddle',
        { problem: problem(parts), point: point(...at('0', '0')) },
        {
          critical: { rule: 'zero-gradient' },
          descent: { rule: 'descent-curve', coefficients: [point(...at('1', '1'))] },
          ascent: { rule, ...way },
        },
      ),
    ),
  );
}

const notDown = 'not-descending $.proof.descent.direction';
const notDownCurve = 'not-descending $.proof.descent.coefficients';

describe('descent-direction', () => {
  test.each<[string, ProblemParts, readonly Affine[], readonly Affine[], string]>([
    ['down the slope', of(null), at('1/2', '1'), at('1', '0'), 'proved'],
    ['up the slope', of(null), at('1/2', '1'), at('-1', '0'), notDown],
    ['along the gauge', of(null), at('1/2', '1'), at('1', '-2'), notDown],
    ['nowhere', of(null), at('1/2', '1'), at('0', '0'), notDown],
    ['by second order only', of(null), at('0', '0'), at('1', '1'), notDown],
    ['at a minimum', of(null), at('1', '1'), at('1', '0'), notDown],
    ['relu(w) at its kink, to the living side', of(relu), at('0', '1'), at('1', '0'), 'proved'],
    ['relu(w) at its kink, to the dead side', of(relu), at('0', '1'), at('-1', '0'), notDown],
    ['v < 0: to the living side', of(relu), at('0', '-1'), at('1', '0'), notDown],
    ['|w| at its kink, either side', of(abs), at('0', '1'), at('-1', '0'), 'proved'],
    ['|w| at its kink, a tiny step', of(abs), at('0', '1'), at('1/1000000000000000000000', '0'), 'proved'],
    ['a convex kink', of(abs, { y: [-1] }), at('0', '1'), at('1', '0'), notDown],
    ['a convex kink, the other side', of(abs, { y: [-1] }), at('0', '1'), at('-1', '0'), notDown],
    ['v at a kink: nothing moves', of(relu), at('0', '1'), at('0', '1'), notDown],
    ['a dead unit', of(relu), at('-1', '1'), at('1', '1'), notDown],
    ['hardtanh at its end, inwards', of(activation('hardtanh'), { y: [0] }), at('1', '1'), at('-1', '0'), 'proved'],
    ['hardtanh at its end, outwards', of(activation('hardtanh'), { y: [2] }), at('1', '1'), at('1', '0'), notDown],
    [
      'a kink of the second layer',
      of(relu, { layers: [dense(1, false), relu, dense(1), relu, dense(1)] }),
      [[[[1]]], [[[1]], [-1]], [[[1]], [0]]],
      [[[[1]]], [[[0]], [0]], [[[0]], [0]]],
      'proved',
    ],
    [
      'a kink of the second layer, to the dead side',
      of(relu, { layers: [dense(1, false), relu, dense(1), relu, dense(1)] }),
      [[[[1]]], [[[1]], [-1]], [[[1]], [0]]],
      [[[[-1]]], [[[0]], [0]], [[[0]], [0]]],
      notDown,
    ],
    [
      'Huber far out',
      of(null, { loss: { function: 'huber', threshold: '1/2' } }),
      at('-9', '1'),
      at('1', '0'),
      'proved',
    ],
    ['Huber at δ', of(null, { loss: { function: 'huber', threshold: '1' } }), at('0', '1'), at('1', '0'), 'proved'],
    [
      'a cube at residual 0',
      of(null, { loss: { function: 'power', exponent: '3' } }),
      at('1', '1'),
      at('1', '0'),
      notDown,
    ],
    [
      'a frozen layer does not move',
      of(null, { layers: [dense(1, false), frozen([[[1]]])] }),
      [[[['1/2']]]],
      [[[[1]]]],
      'proved',
    ],
    [
      'a frozen layer is not asked',
      of(null, { layers: [dense(1, false), frozen([[[1]]])] }),
      [[[['1/2']]]],
      at('1', '1'),
      'wrong-shape $.proof.descent.direction.layers',
    ],
    ['nothing is free', of(null, { layers: [frozen([[['1/2']]])] }), [], [], notDown],
    [
      'another shape',
      of(null),
      at('1/2', '1'),
      [[[[1, 1]]], [[[0]]]],
      'wrong-shape $.proof.descent.direction.layers[0].weights',
    ],
    [
      'a bias that is not there',
      of(null),
      at('1/2', '1'),
      [[[[1]], [1]], [[[0]]]],
      'unknown-key $.proof.descent.direction.layers[0].bias',
    ],
  ])('%s: %s', (_, parts, theta, xi, expected) => {
    expect(down(parts, theta, 'descent-direction', xi)).toBe(expected);
  });
});

describe('descent-curve', () => {
  const cubic = of(relu, { layers: [dense(1, false), relu, dense(1, false), relu, dense(1, false)] });
  const three = (a: string, b: string, c: string): readonly Affine[] => [[[[a]]], [[[b]]], [[[c]]]];
  const none = at('0', '0');
  test.each<[string, ProblemParts, readonly Affine[], readonly (readonly Affine[])[], string]>([
    ['second order', of(null), at('0', '0'), [at('1', '1')], 'proved'],
    ['second order, up', of(null), at('0', '0'), [at('1', '-1')], notDownCurve],
    ['third order', cubic, three('0', '0', '0'), [three('1', '1', '1')], 'proved'],
    ['third order, one dead', cubic, three('0', '0', '0'), [three('1', '-1', '1')], notDownCurve],
    ['t² against t', of(null), at('0', '0'), [at('1', '0'), at('0', '1')], 'proved'],
    ['t³ against t: up', of(null), at('0', '0'), [at('-1', '0'), at('0', '0'), at('0', '1')], notDownCurve],
    ['only t³', of(null), at('1/2', '1'), [none, none, at('1', '0')], 'proved'],
    ['the lowest order decides', of(null), at('1/2', '1'), [at('-1/1000000', '0'), at('1000000', '0')], notDownCurve],
    ['the lowest order decides, down', of(null), at('1/2', '1'), [at('1/1000000', '0'), at('-1000000', '0')], 'proved'],
    ['a constant curve', of(null), at('1/2', '1'), [none], notDownCurve],
    ['a constant curve of five zeros', of(null), at('1/2', '1'), [none, none, none, none, none], notDownCurve],
    ['along a level set', of(relu), at('-1', '1'), [at('1/2', '9')], notDownCurve],
    ['it starts at θ', of(null), at('1', '1'), [at('1', '0')], notDownCurve],
    ['a kink left by second order', of(relu), at('0', '1'), [none, at('1', '0')], 'proved'],
    ['a kink left by second order, dead', of(relu), at('0', '1'), [at('0', '1'), at('-1', '0')], notDownCurve],
    ['a kink left on the dead side first', of(relu), at('0', '1'), [at('-1', '0'), at('9', '0')], notDownCurve],
    ['a kink that is never left', of(relu), at('0', '1'), [at('0', '7')], notDownCurve],
    ['|w| at 0 against −1', of(abs, { y: [-1] }), at('0', '1'), [at('1', '0')], notDownCurve],
    ['|w| at 0 against −1, v falls more slowly', of(abs, { y: [-1] }), at('0', '0'), [at('1', '-1')], 'proved'],
    [
      'Huber at δ, inwards by second order',
      of(null, { loss: { function: 'huber', threshold: '1' } }),
      at('0', '0'),
      [at('1', '1')],
      'proved',
    ],
    [
      'Huber at δ, outwards by second order',
      of(null, { loss: { function: 'huber', threshold: '1' } }),
      at('0', '0'),
      [at('1', '-1')],
      notDownCurve,
    ],
    [
      'a cube at residual 0',
      of(null, { y: [0], loss: { function: 'power', exponent: '3' } }),
      at('0', '0'),
      [at('1', '-1')],
      notDownCurve,
    ],
    ['out of a flat square', of(null, { y: [0] }), at('0', '0'), [at('1', '-1')], notDownCurve],
    [
      'a coefficient of another shape',
      of(null),
      at('0', '0'),
      [at('1', '1'), [[[[1]]]]],
      'wrong-shape $.proof.descent.coefficients[1].layers',
    ],
  ])('%s: %s', (_, parts, theta, path, expected) => {
    expect(down(parts, theta, 'descent-curve', ...path)).toBe(expected);
  });

  test.each<[Value, string]>([
    [[], 'empty-list $.proof.descent.coefficients'],
    [{}, 'wrong-type $.proof.descent.coefficients'],
    [[{}], 'missing-key $.proof.descent.coefficients[0]'],
  ])('coefficients %j: %s', (coefficients, expected) => {
    const json = notLocalMinimum(problem(of(null)), point(...at('0', '0')), { rule: 'descent-curve', coefficients });
    expect(answer(check(json))).toBe(expected);
  });

  test('a degree above the limit is declined before anything is computed', () => {
    const many = new Array<readonly Affine[]>(251).fill(at('1', '1'));
    expect(down(of(null), at('0', '0'), 'descent-curve', ...many)).toBe('limit-degree $.proof.descent.coefficients');
    expect(down(of(null), at('0', '0'), 'descent-curve', ...many.slice(1))).toBe('proved');
  });

  test('smooth points of two pieces meet: the odd power takes the side of the sign', () => {
    // L = |r|³ at r = t − t²/2 …: v = 1, w = 1 − t: r = −t, L = t³ > 0.
    const cube = of(null, { loss: { function: 'power', exponent: '3' } });
    expect(down(cube, at('1', '1'), 'descent-curve', at('-1', '0'))).toBe(notDownCurve);
    expect(down(cube, at('1', '1'), 'descent-curve', at('1', '0'))).toBe(notDownCurve);
    expect(down(cube, at('1', '9/10'), 'descent-curve', at('0', '1'))).toBe('proved');
    expect(down(cube, at('1', '11/10'), 'descent-curve', at('0', '-1'))).toBe('proved');
  });
});

describe('ascent', () => {
  test.each<[string, readonly (readonly Affine[])[], string]>([
    ['ascent-curve', [at('1', '-1')], 'proved'],
    ['ascent-curve', [at('-1', '1')], 'proved'],
    ['ascent-curve', [at('1', '1')], 'not-ascending $.proof.ascent.coefficients'],
    ['ascent-curve', [at('1', '0')], 'not-ascending $.proof.ascent.coefficients'],
    ['ascent-curve', [at('0', '0')], 'not-ascending $.proof.ascent.coefficients'],
    ['ascent-curve', [at('1', '0'), at('0', '-1')], 'proved'],
    ['ascent-direction', [at('1', '-1')], 'not-ascending $.proof.ascent.direction'],
    ['ascent-direction', [at('0', '0')], 'not-ascending $.proof.ascent.direction'],
  ])('%s %#: %s', (rule, path, expected) => {
    expect(up(of(null), rule, ...path)).toBe(expected);
  });

  test('ascent does not refute', () => {
    for (const rule of ['ascent-direction', 'ascent-curve', 'zero-gradient', 'gradient-bound']) {
      const way = rule.startsWith('ascent')
        ? rule.endsWith('curve')
          ? { coefficients: [point(...at('1', '1'))] }
          : { direction: point(...at('1', '1')) }
        : {};
      const json = notLocalMinimum(problem(of(null)), point(...at('1', '1')), { rule, ...way });
      expect(answer(check(json))).toBe('unsupported-combination $.proof.descent.rule');
    }
  });
});

describe('losses that are no piecewise polynomials', () => {
  const logCosh: Fields = { function: 'log-cosh' };
  const power = (exponent: string): Fields => ({ function: 'power', exponent });
  const entropy: Fields = { function: 'cross-entropy' };
  const classes: Partial<ProblemParts> = { loss: entropy, layers: [dense(1, false), dense(3, false)], y: [[1, 0, 0]] };
  const logits = (w: number, ...v: readonly number[]): readonly Affine[] => [[[[w]]], [v.map((c) => [c])]];
  test.each<[string, ProblemParts, readonly Affine[], string, readonly (readonly Affine[])[], string]>([
    ['down the slope', of(null, { loss: logCosh }), at('1/2', '1'), 'descent-direction', [at('1', '0')], 'proved'],
    ['up the slope', of(null, { loss: logCosh }), at('1/2', '1'), 'descent-direction', [at('-1', '0')], notDown],
    ['along the gauge', of(null, { loss: logCosh }), at('1/2', '1'), 'descent-direction', [at('1', '-2')], notDown],
    ['by second order only', of(null, { loss: logCosh }), at('0', '0'), 'descent-direction', [at('1', '1')], notDown],
    ['relu at its kink', of(relu, { loss: logCosh }), at('0', '1'), 'descent-direction', [at('1', '0')], 'proved'],
    [
      'relu at its kink, dead side',
      of(relu, { loss: logCosh }),
      at('0', '1'),
      'descent-direction',
      [at('-1', '0')],
      notDown,
    ],
    ['at 0 along (t, t)', of(null, { loss: logCosh }), at('0', '0'), 'descent-curve', [at('1', '1')], 'proved'],
    ['at 0 along (t, −t)', of(null, { loss: logCosh }), at('0', '0'), 'descent-curve', [at('1', '-1')], notDownCurve],
    [
      'at 0 along (t, t²)',
      of(null, { loss: logCosh }),
      at('0', '0'),
      'descent-curve',
      [at('1', '0'), at('0', '1')],
      'proved',
    ],
    [
      'at 0 along (t, t²), a power 3/2',
      of(null, { loss: power('3/2') }),
      at('0', '0'),
      'descent-curve',
      [at('1', '0'), at('0', '1')],
      'proved',
    ],
    ['at 0 along t alone', of(null, { loss: logCosh }), at('0', '0'), 'descent-curve', [at('1', '0')], notDownCurve],
    ['at a minimum', of(null, { loss: logCosh }), at('1', '1'), 'descent-curve', [at('1', '1')], notDownCurve],
    [
      'softmax, up the right logit',
      of(null, classes),
      logits(1, 0, 0, 0),
      'descent-direction',
      [logits(0, 1, 0, 0)],
      'proved',
    ],
    [
      'softmax, all logits alike',
      of(null, classes),
      logits(1, 0, 0, 0),
      'descent-direction',
      [logits(0, 1, 1, 1)],
      notDown,
    ],
    [
      'softmax, up a wrong logit',
      of(null, classes),
      logits(1, 0, 0, 0),
      'descent-direction',
      [logits(0, 0, 1, 0)],
      notDown,
    ],
    // Of two samples: g = (−tanh 1, 0), first order at t³ only, and predictions move at t: what moves at t costs t² more.
    [
      'a first-order part that the second order may outweigh',
      {
        layers: [dense(2, false), dense(1, false)],
        x: [
          [1, 0],
          [0, 1],
        ],
        y: [1, 0],
        loss: logCosh,
      },
      [
        [
          [
            [0, 0],
            [0, 0],
          ],
        ],
        [[[1, 0]]],
      ],
      'descent-curve',
      [
        [
          [
            [
              [0, 1],
              [0, 0],
            ],
          ],
          [[[0, 0]]],
        ],
        [
          [
            [
              [0, 0],
              [0, 0],
            ],
          ],
          [[[0, 0]]],
        ],
        [
          [
            [
              [1, 0],
              [0, 0],
            ],
          ],
          [[[0, 0]]],
        ],
      ],
      notDownCurve,
    ],
    [
      'a power 3/2: order 2 outweighed by order 3/2',
      {
        layers: [dense(2, false), dense(1, false)],
        x: [
          [1, 0],
          [0, 1],
        ],
        y: [1, 0],
        loss: power('3/2'),
      },
      [
        [
          [
            [0, 0],
            [0, 0],
          ],
        ],
        [[[1, 0]]],
      ],
      'descent-curve',
      [
        [
          [
            [
              [0, 1],
              [0, 0],
            ],
          ],
          [[[0, 0]]],
        ],
        [
          [
            [
              [1, 0],
              [0, 0],
            ],
          ],
          [[[0, 0]]],
        ],
      ],
      notDownCurve,
    ],
    [
      'a power 3/2: order 5 outweighed by order 9/2, not by order 6',
      {
        layers: [dense(1, false)],
        x: [
          [1, 0],
          [0, 1],
        ],
        y: [1, 0],
        loss: power('3/2'),
      },
      [[[[0, 0]]]],
      'descent-curve',
      [[[[[0, 0]]]], [[[[0, 0]]]], [[[[0, 1]]]], [[[[0, 0]]]], [[[[1, 0]]]]],
      notDownCurve,
    ],
    [
      'log-cosh: order 5 outweighs order 6',
      {
        layers: [dense(1, false)],
        x: [
          [1, 0],
          [0, 1],
        ],
        y: [1, 0],
        loss: logCosh,
      },
      [[[[0, 0]]]],
      'descent-curve',
      [[[[[0, 0]]]], [[[[0, 0]]]], [[[[0, 1]]]], [[[[0, 0]]]], [[[[1, 0]]]]],
      'proved',
    ],
    [
      'a power 5/2: the same, but order 2 is not less than 2',
      {
        layers: [dense(2, false), dense(1, false)],
        x: [
          [1, 0],
          [0, 1],
        ],
        y: [1, 0],
        loss: power('5/2'),
      },
      [
        [
          [
            [0, 0],
            [0, 0],
          ],
        ],
        [[[1, 0]]],
      ],
      'descent-curve',
      [
        [
          [
            [
              [0, 1],
              [0, 0],
            ],
          ],
          [[[0, 0]]],
        ],
        [
          [
            [
              [1, 0],
              [0, 0],
            ],
          ],
          [[[0, 0]]],
        ],
      ],
      notDownCurve,
    ],
    [
      'all of it at order 3',
      {
        layers: [dense(2, false), dense(1, false)],
        x: [
          [1, 0],
          [0, 1],
        ],
        y: [1, 0],
        loss: logCosh,
      },
      [
        [
          [
            [0, 0],
            [0, 0],
          ],
        ],
        [[[1, 0]]],
      ],
      'descent-curve',
      [
        [
          [
            [
              [0, 0],
              [0, 0],
            ],
          ],
          [[[0, 0]]],
        ],
        [
          [
            [
              [0, 1],
              [0, 0],
            ],
          ],
          [[[0, 0]]],
        ],
        [
          [
            [
              [1, 0],
              [0, 0],
            ],
          ],
          [[[0, 0]]],
        ],
      ],
      'proved',
    ],
  ])('%s', (_, parts, theta, rule, path, expected) => {
    expect(down(parts, theta, rule, ...path)).toBe(expected);
  });

  test('one bit may be too few to see the sign', () => {
    const json = (bits: number): Fields =>
      notLocalMinimum(problem(of(null, { loss: logCosh, y: ['1000001/1000000'] })), point(...at('1', '1')), {
        rule: 'descent-direction',
        direction: point(...at('1', '0')),
        bits,
      });
    expect(answer(check(json(1)))).toBe(notDown);
    expect(answer(check(json(64)))).toBe('proved');
  });
});
