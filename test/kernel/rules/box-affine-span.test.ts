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
  globalMinimum,
  localMinimum,
  piecewise,
  point,
  relu,
} from '../../certificate.js';
import { type BoxParts, boxProblem, pieces, polynomial, terms } from './box-problems.js';

const one: BoxParts = {
  layers: [dense(2), relu, dense(1)],
  lower: [0],
  upper: [1],
  // The best line to x² on [0, 1] is x − 1/6.
  targets: [polynomial(0, 0, 1)],
};
/** Unit 1 carries x + b, unit 2 is off. */
const line = (b: number | string = 1, shift: number | string = '-7/6', slope: number | string = 1, off = -1) =>
  point(
    [
      [[slope], [0]],
      [b, off],
    ],
    [[[1, 0]], [shift]],
  );
/** x − 1/6 with a hinge at 1/2 whose slope is to be chosen; x² is better approximated. */
const hinge = (v: number | string, c: number | string) =>
  point(
    [
      [[1], [1]],
      [1, '-1/2'],
    ],
    [[[1, v]], [c]],
  );

const spurious = (problem: Fields, at: Fields, better: Fields): Fields =>
  certificate(
    'spurious-local-minimum',
    { problem, point: at, betterPoint: better },
    { localMinimum: { rule: 'affine-span' }, lowerRisk: { rule: 'lower-risk' } },
  );

describe('affine-span on a box', () => {
  test.each<[string, Fields, Fields, string]>([
    ['the best line of x² on [0, 1]', boxProblem(one), line(), 'proved'],
    ['the constant moved a little', boxProblem(one), line(1, '-7001/6000'), 'nonzero-path-moment $.statement.point'],
    [
      'the slope moved a little',
      boxProblem(one),
      line(1, '-7/6', '1001/1000'),
      'nonzero-path-moment $.statement.point',
    ],
    [
      'a line through the ends of the target: right at 0 and 1, wrong between',
      boxProblem(one),
      line(1, -1),
      'nonzero-path-moment $.statement.point',
    ],
    ['unit 1 on its kink at the left end', boxProblem(one), line(0, '-1/6'), 'on-a-kink $.statement.point'],
    [
      'unit 1 on its kink at the right end, on the dead side',
      boxProblem({ ...one, targets: [polynomial(5)] }),
      line(-1, 5),
      'on-a-kink $.statement.point',
    ],
    ['unit 1 bends inside', boxProblem(one), line('-1/2', '1/3'), 'on-a-kink $.statement.point'],
    [
      'unit 2 on its kink on all of the box, with outgoing weight 0',
      boxProblem(one),
      line(1, '-7/6', 1, 0),
      'on-a-kink $.statement.point',
    ],
    [
      'unit 2 bends inside, with outgoing weight 0: it bends again when the weight moves',
      boxProblem(one),
      hinge(0, '-7/6'),
      'on-a-kink $.statement.point',
    ],
    ['just inside its piece', boxProblem(one), line('1/1000000', '-500003/3000000'), 'proved'],
    [
      'just outside of it at the left end',
      boxProblem(one),
      line('-1/1000000', '-499997/3000000'),
      'on-a-kink $.statement.point',
    ],
    [
      'a piecewise target: |x − 1/2| on [0, 1], whose best line is 1/4',
      boxProblem({ ...one, targets: [pieces(['1/2'], ['1/2', -1], ['-1/2', 1])] }),
      line(1, '1/4', 0),
      'nonzero-path-moment $.statement.point',
    ],
    [
      'the same with the constant right',
      boxProblem({ ...one, targets: [pieces(['1/2'], ['1/2', -1], ['-1/2', 1])] }),
      line(1, '-3/4', 0),
      'proved',
    ],
    [
      'the density 2x: the best line of x² is 6/5 x − 3/10',
      boxProblem({ ...one, density: { polynomial: ['0', '2'] } }),
      line(1, '-3/2', '6/5'),
      'nonzero-path-moment $.statement.point',
    ],
    [
      'the density 2x with the constant right',
      boxProblem({ ...one, density: { polynomial: ['0', '2'] } }),
      line(1, '-13/10', '6/5'),
      'proved',
    ],
    [
      'the fourth power of |x| on [−1, 1]: 1/2 by symmetry',
      boxProblem({
        ...one,
        lower: [-1],
        targets: [pieces([0], [0, -1], [0, 1])],
        loss: { function: 'power', exponent: '4' },
      }),
      line(1, '-1/2', 0),
      'proved',
    ],
    [
      'the fourth power of x² on [−1, 1]: the mean is not the minimum',
      boxProblem({ ...one, lower: [-1], targets: [polynomial(0, 0, 1)], loss: { function: 'power', exponent: '4' } }),
      line(1, '-2/3', 0),
      'nonzero-path-moment $.statement.point',
    ],
    [
      'two dimensions: x y on [0, 1]² has the plane x/2 + y/2 − 1/4',
      boxProblem({ ...one, lower: [0, 0], upper: [1, 1], targets: [terms([1, [1, 1]])] }),
      point(
        [
          [
            ['1/2', '1/2'],
            [0, 0],
          ],
          [1, -1],
        ],
        [[[1, 0]], ['-5/4']],
      ),
      'proved',
    ],
    [
      'two dimensions, positive at three corners and 0 at the last',
      boxProblem({ ...one, lower: [0, 0], upper: [1, 1], targets: [terms([1, [1, 1]])] }),
      point(
        [
          [
            ['1/2', '1/2'],
            [0, 0],
          ],
          [0, -1],
        ],
        [[[1, 0]], ['-1/4']],
      ),
      'on-a-kink $.statement.point',
    ],
    [
      'two dimensions, one first moment wrong',
      boxProblem({ ...one, lower: [0, 0], upper: [1, 1], targets: [terms([1, [1, 1]])] }),
      point(
        [
          [
            ['1/2', 0],
            [0, 0],
          ],
          [1, -1],
        ],
        [[[1, 0]], [-1]],
      ),
      'nonzero-path-moment $.statement.point',
    ],
    [
      'two outputs, the second wrong',
      boxProblem({ ...one, layers: [dense(2), relu, dense(2)], targets: [polynomial(0, 0, 1), polynomial(0, 0, 1)] }),
      point(
        [
          [[1], [0]],
          [1, -1],
        ],
        [
          [
            [1, 0],
            [1, 0],
          ],
          ['-7/6', -1],
        ],
      ),
      'nonzero-path-moment $.statement.point',
    ],
    [
      'a loss that is not convex',
      boxProblem({ ...one, loss: { function: 'polynomial', coefficients: ['0', '0', '1', '0', '-1'] } }),
      line(),
      'unsupported-combination $.statement.problem.loss',
    ],
    [
      'the square as a polynomial loss',
      boxProblem({ ...one, loss: { function: 'polynomial', coefficients: ['0', '0', '3'] } }),
      line(),
      'proved',
    ],
  ])('%s: %#', (_, problem, at, expected) => {
    expect(answer(check(localMinimum(problem, at)))).toBe(expected);
  });

  test.each<[string, Fields, Fields, string]>([
    [
      'a dead layer: the constant is the mean, first moments are not asked',
      boxProblem({ ...one, targets: [polynomial(0, 3)] }),
      line(-2, '3/2'),
      'proved',
    ],
    [
      'a dead layer, and a wrong constant',
      boxProblem({ ...one, targets: [polynomial(0, 3)] }),
      line(-2, '4/3'),
      'nonzero-path-moment $.statement.point',
    ],
    [
      'a dead layer above a living one',
      boxProblem({ ...one, layers: [dense(1), relu, dense(1), relu, dense(1)], targets: [polynomial(0, 3)] }),
      point([[[1]], [1]], [[[1]], [-9]], [[[1]], ['3/2']]),
      'proved',
    ],
    [
      'a dead layer above a unit that meets its kink is not asked of samples, and is refused here',
      boxProblem({ ...one, layers: [dense(1), relu, dense(1), relu, dense(1)], targets: [polynomial(0, 3)] }),
      point([[[1]], [0]], [[[1]], [-9]], [[[1]], ['3/2']]),
      'on-a-kink $.statement.point',
    ],
    [
      'no bias anywhere: 2x − x² on [0, 1] has ∫ g x = 0 at 5x/4, and ∫ g ≠ 0 does not matter',
      boxProblem({
        ...one,
        layers: [dense(1, false), activation('leaky-relu'), dense(1, false)],
        lower: [1],
        upper: [2],
        targets: [polynomial(0, 0, 1)],
      }),
      point([[['45/28']]], [[[1]]]),
      'proved',
    ],
    [
      'the same with an output bias',
      boxProblem({
        ...one,
        layers: [dense(1, false), activation('leaky-relu'), dense(1)],
        lower: [1],
        upper: [2],
        targets: [polynomial(0, 0, 1)],
      }),
      point([[['45/28']]], [[[1]], [0]]),
      'nonzero-path-moment $.statement.point',
    ],
    [
      'the same with an output bias that is frozen at 0',
      boxProblem({
        ...one,
        layers: [dense(1, false), activation('leaky-relu'), frozen([[[1]], [0]])].map((layer, i) =>
          i < 2 ? layer : { type: 'dense', units: 1, fixed: { weights: [['1']], bias: ['0'] } },
        ),
        lower: [1],
        upper: [2],
        targets: [polynomial(0, 0, 1)],
      }),
      point([[['45/28']]]),
      'proved',
    ],
    [
      'no bias, but an intercept in the piece',
      boxProblem({
        ...one,
        layers: [dense(1, false), piecewise([0], [0, 1], [1, 1]), dense(1, false)],
        lower: [1],
        upper: [2],
        targets: [polynomial(0, 0, 1)],
      }),
      point([[[1]]], [[[1]]]),
      'nonzero-path-moment $.statement.point',
    ],
    [
      'three layers',
      boxProblem({ ...one, layers: [dense(2), relu, dense(2), relu, dense(1)] }),
      point(
        [
          [[1], [0]],
          [1, -1],
        ],
        [
          [
            [1, 0],
            [0, 0],
          ],
          [1, -1],
        ],
        [[[1, 0]], ['-13/6']],
      ),
      'proved',
    ],
  ])('%s', (_, problem, at, expected) => {
    expect(answer(check(localMinimum(problem, at)))).toBe(expected);
  });

  test('counts units and equations', () => {
    const verdict = check(localMinimum(boxProblem(one), line()));
    if (verdict.kind !== 'proved') throw new Error(verdict.reason.message);
    expect(verdict.theorem.obligations).toEqual({ total: 4, by: { 'strict-piece': 2, moment: 2 } });
    expect(pointRisk(verdict.theorem).lower).toMatchObject({ num: 1n, den: 180n });
  });
});

describe('polynomial pieces', () => {
  const curvedBy = (h: Fields, rest: Partial<BoxParts> = {}) =>
    boxProblem({ ...one, layers: [dense(1), h, dense(1)], ...rest });
  const hardswish = activation('hardswish');
  const polynomials = (breakpoints: readonly string[], ...list: readonly (readonly string[])[]) =>
    activation('piecewise', { breakpoints, pieces: list.map((coefficients) => ({ polynomial: coefficients })) });
  const square = polynomials([], ['0', '0', '1']);
  const at = (w: number | string, b: number | string, v: number | string, c: number | string) =>
    point([[[w]], [b]], [[[v]], [c]]);

  test.each<[string, Fields, Fields, string]>([
    ['in the affine piece of hardswish', curvedBy(hardswish), at(1, 4, 1, '-25/6'), 'proved'],
    ['the same, the constant wrong', curvedBy(hardswish), at(1, 4, 1, -4), 'nonzero-path-moment $.statement.point'],
    ['in its constant piece', curvedBy(hardswish), at(1, -5, 1, '1/3'), 'proved'],
    ['just inside the affine piece', curvedBy(hardswish), at(1, '3000001/1000000', 1, '-19000006/6000000'), 'proved'],
    ['where the pieces meet at the left end', curvedBy(hardswish), at(1, 3, 1, '-19/6'), 'on-a-kink $.statement.point'],
    ['where they meet on all of the box', curvedBy(hardswish), at(0, 3, 1, '-8/3'), 'on-a-kink $.statement.point'],
    ['in the polynomial piece', curvedBy(hardswish), at(0, 0, 1, '1/3'), 'in-a-smooth-piece $.statement.point'],
    ['in it, with outgoing weight 0', curvedBy(hardswish), at(0, 0, 0, '1/3'), 'in-a-smooth-piece $.statement.point'],
    // −x² on [−1, 1]: ∫ g = ∫ g x = 0 at the constant −1/3, but −(εx)² is lower.
    [
      'a square that stands at 0, all moments 0',
      curvedBy(square, { lower: [-1], targets: [polynomial(0, 0, -1)] }),
      at(0, 0, -1, '-1/3'),
      'in-a-smooth-piece $.statement.point',
    ],
    [
      'below a dead layer',
      boxProblem({ ...one, layers: [dense(1), square, dense(1), relu, dense(1)] }),
      point([[[1]], [0]], [[[-1]], [-1]], [[[1]], ['1/3']]),
      'in-a-smooth-piece $.statement.point',
    ],
    [
      'a smooth piece beside an affine one whose derivative it continues',
      curvedBy(polynomials(['0'], ['0', '1'], ['0', '1', '1'])),
      at(1, '-1', 1, '5/6'),
      'on-a-kink $.statement.point',
    ],
    [
      'transcendental pieces have no rule, wherever the units are',
      curvedBy(activation('elu')),
      at(1, 4, 1, '-25/6'),
      'unsupported-activation $.statement.problem.network.layers[1]',
    ],
  ])('affine-span: %s', (_, problem, theta, expected) => {
    expect(answer(check(localMinimum(problem, theta)))).toBe(expected);
  });

  test.each<[string, Fields, Fields, string]>([
    ['a square is not affine', curvedBy(square), at(0, 0, 1, '1/3'), 'in-a-smooth-piece $.statement.point'],
    ['hardswish has breakpoints', curvedBy(hardswish), at(1, 4, 1, '-25/6'), 'not-linear $.statement.problem.network'],
  ])('convex-span: %s', (_, problem, theta, expected) => {
    expect(answer(check(globalMinimum(problem, theta, 'convex-span')))).toBe(expected);
  });

  const plane = { lower: [0, 0], upper: [1, 1] };
  test.each<[string, Fields, Fields, string]>([
    ['x² by a square', curvedBy(square), at(1, 0, 1, 0), 'proved'],
    ['(2x + 1)² by a square', curvedBy(square, { targets: [polynomial(1, 4, 4)] }), at(2, 1, 1, 0), 'proved'],
    ['almost x²', curvedBy(square), at('1000001/1000000', 0, 1, 0), 'nonzero-residual $.statement.point'],
    [
      'hardswish on all of its pieces',
      curvedBy(hardswish, { lower: [-4], upper: [4], targets: [pieces([-3, 3], [0], [0, '1/2', '1/6'], [0, 1])] }),
      at(1, 0, 1, 0),
      'proved',
    ],
    [
      'the middle piece for all of them',
      curvedBy(hardswish, { lower: [-4], upper: [4], targets: [polynomial(0, '1/2', '1/6')] }),
      at(1, 0, 1, 0),
      'nonzero-residual $.statement.point',
    ],
    [
      '(x + y)² in two dimensions',
      curvedBy(square, { ...plane, targets: [terms([1, [2, 0]], [2, [1, 1]], [1, [0, 2]])] }),
      point([[[1, 1]], [0]], [[[1]], [0]]),
      'proved',
    ],
    [
      '(x + y)² for x² + y²',
      curvedBy(square, { ...plane, targets: [terms([1, [2, 0]], [1, [0, 2]])] }),
      point([[[1, 1]], [0]], [[[1]], [0]]),
      'nonzero-residual $.statement.point',
    ],
    [
      'x² + y² by two squares: two directions have no rule',
      boxProblem({
        layers: [dense(2), square, dense(1)],
        ...plane,
        targets: [terms([1, [2, 0]], [1, [0, 2]])],
      }),
      point(
        [
          [
            [1, 0],
            [0, 1],
          ],
          [0, 0],
        ],
        [[[1, 1]], [0]],
      ),
      'unsupported-point $.statement.point',
    ],
    [
      'relu(x² − 1/2) passes 0 at an irrational point',
      boxProblem({ ...one, layers: [dense(1), square, dense(1), relu, dense(1)], targets: [polynomial(0)] }),
      point([[[1]], [0]], [[[1]], ['-1/2']], [[[0]], [0]]),
      'proved',
    ],
    [
      'the same where it counts',
      boxProblem({ ...one, layers: [dense(1), square, dense(1), relu, dense(1)], targets: [polynomial(0)] }),
      point([[[1]], [0]], [[[1]], ['-1/2']], [[[1]], [0]]),
      'unsupported-point $.statement.point',
    ],
  ])('zero-loss: %s', (_, problem, theta, expected) => {
    expect(answer(check(globalMinimum(problem, theta, 'zero-loss')))).toBe(expected);
  });

  test('a better point in a polynomial piece', () => {
    const claim = spurious(curvedBy(hardswish), at(1, 4, 1, '-25/6'), at(1, 0, 1, 0));
    // ∫ (x/2 + x²/6 − x²)² = 1/12 − 5/24 + 5/36 = 1/72
    expect(answer(check(claim))).toBe('not-below $.statement.betterPoint');
    const verdict = check(spurious(curvedBy(hardswish), at(1, 4, 1, '-25/6'), at(1, '-3/2', 6, '9/4')));
    if (verdict.kind !== 'proved') throw new Error(`${verdict.path}: ${verdict.reason.message}`);
    // 6 h(x − 3/2) = (x − 3/2)(x + 3/2) = x² − 9/4
    expect(verdict.theorem.risk.better?.lower.num).toBe(0n);
    expect(verdict.theorem.risk.gap?.lower).toMatchObject({ num: 1n, den: 180n });
  });
});

describe('lower-risk on a box', () => {
  test.each<[string, Fields, string]>([
    ['a hinge at 1/2', hinge('1/2', '-7/6'), 'not-below $.statement.betterPoint'],
    ['the same point', line(), 'not-below $.statement.betterPoint'],
    ['a worse line', line(1, -1), 'not-below $.statement.betterPoint'],
  ])('%s', (_, better, expected) => {
    expect(answer(check(spurious(boxProblem(one), line(), better)))).toBe(expected);
  });

  // x/2 + (x − 1/2)₊ interpolates x² at 0, 1/2 and 1; lowered by 1/24 its risk is 1/2880.
  const better = point(
    [
      [['1/2'], [1]],
      [1, '-1/2'],
    ],
    [[[1, 1]], ['-25/24']],
  );

  test('a spurious local minimum on [0, 1]', () => {
    const verdict = check(spurious(boxProblem(one), line(), better));
    if (verdict.kind !== 'proved') throw new Error(`${verdict.path}: ${verdict.reason.message}`);
    const { point: at, better: there, gap } = verdict.theorem.risk;
    expect([at, there, gap].map((r) => `${r?.lower.num}/${r?.lower.den}`)).toEqual(['1/180', '1/2880', '1/192']);
    expect(verdict.theorem.obligations.by).toEqual({ 'strict-piece': 2, moment: 2, 'lower-risk': 1 });
  });

  test('the better point alone is no local minimum by this rule', () => {
    expect(answer(check(localMinimum(boxProblem(one), better)))).toBe('on-a-kink $.statement.point');
  });

  test('hinges that are not parallel are declined', () => {
    const problem = boxProblem({ ...one, lower: [-1, -1], upper: [1, 1], targets: [terms([1, [1, 1]])] });
    const flat = point(
      [
        [
          [0, 0],
          [0, 0],
        ],
        [-1, -1],
      ],
      [[[1, 1]], [0]],
    );
    const crossing = point(
      [
        [
          [1, 0],
          [0, 1],
        ],
        [0, 0],
      ],
      [[[1, 1]], [0]],
    );
    expect(answer(check(spurious(problem, flat, crossing)))).toBe('unsupported-point $.statement.betterPoint');
    expect(answer(check(localMinimum(problem, flat)))).toBe('proved');
  });

  test('not a global minimum, kinks or not', () => {
    const claim = (at: Fields, other: Fields) =>
      certificate(
        'not-global-minimum',
        { problem: boxProblem(one), point: at, betterPoint: other },
        { lowerRisk: { rule: 'lower-risk' } },
      );
    expect(answer(check(claim(hinge('1/2', 0), better)))).toBe('proved');
    expect(answer(check(claim(better, line())))).toBe('not-below $.statement.betterPoint');
  });
});

describe('convex-span on a box', () => {
  const linear: BoxParts = { ...one, layers: [dense(1), activation('identity'), dense(1)] };
  const at = (shift: string) => point([[[1]], [0]], [[[1]], [shift]]);

  test.each<[string, Fields, Fields, string]>([
    ['the best line is global', boxProblem(linear), at('-1/6'), 'proved'],
    ['another is not', boxProblem(linear), at('-1/7'), 'nonzero-path-moment $.statement.point'],
    ['with a hinge anywhere it is not shown', boxProblem(one), line(), 'not-linear $.statement.problem.network'],
    [
      'of a loss that is not convex it is not shown',
      boxProblem({ ...linear, loss: { function: 'polynomial', coefficients: ['0', '0', '1', '0', '-1'] } }),
      at('-1/6'),
      'unsupported-combination $.statement.problem.loss',
    ],
  ])('%s', (_, problem, theta, expected) => {
    expect(answer(check(globalMinimum(problem, theta, 'convex-span')))).toBe(expected);
  });
});

describe('zero-loss on a box', () => {
  const target = { ...one, targets: [pieces(['1/2'], [0], ['-1/2', 1])] };

  test.each<[string, Fields, Fields, string]>([
    [
      'a hinge that is the target',
      boxProblem(target),
      point(
        [
          [[1], [1]],
          ['-1/2', -5],
        ],
        [[[1, 0]], [0]],
      ),
      'proved',
    ],
    [
      'a hinge a little beside it',
      boxProblem(target),
      point(
        [
          [[1], [1]],
          ['-501/1000', -5],
        ],
        [[[1, 0]], [0]],
      ),
      'nonzero-residual $.statement.point',
    ],
    ['one that agrees at both ends', boxProblem(one), line(1, -1), 'nonzero-residual $.statement.point'],
    [
      'one of two outputs',
      boxProblem({
        ...target,
        layers: [dense(2), relu, dense(2)],
        targets: [target.targets[0] as Fields, polynomial(1)],
      }),
      point(
        [
          [[1], [1]],
          ['-1/2', -5],
        ],
        [
          [
            [1, 0],
            [0, 0],
          ],
          [0, 0],
        ],
      ),
      'nonzero-residual $.statement.point',
    ],
    [
      'a loss that is not least at 0',
      boxProblem({ ...target, loss: { function: 'polynomial', coefficients: ['0', '1', '1'] } }),
      point(
        [
          [[1], [1]],
          ['-1/2', -5],
        ],
        [[[1, 0]], [0]],
      ),
      'unsupported-combination $.statement.problem.loss',
    ],
  ])('%s', (_, problem, theta, expected) => {
    expect(answer(check(globalMinimum(problem, theta, 'zero-loss')))).toBe(expected);
  });
});

describe('rules for samples are declined, by name', () => {
  const direction = line(0, 1, 0, 0);
  const kinds: readonly (readonly [string, Fields, Fields, string])[] = [
    ['local-minimum', {}, { localMinimum: { rule: 'neuron-dominance', units: [{}, {}] } }, 'localMinimum'],
    ['not-local-minimum', {}, { descent: { rule: 'descent-direction', direction } }, 'descent'],
    ['not-local-minimum', {}, { descent: { rule: 'flat-then-descent', unit: 0, direction: ['1', '1'] } }, 'descent'],
    ['no-local-minimum-near', { radius: '1/10' }, { descent: { rule: 'gradient-bound' } }, 'descent'],
    [
      'saddle',
      {},
      {
        critical: { rule: 'zero-gradient' },
        descent: { rule: 'descent-direction', direction },
        ascent: { rule: 'ascent-curve', coefficients: [direction] },
      },
      'descent',
    ],
    [
      'local-minimum-near',
      { radius: '1/10' },
      {
        localMinimum: {
          rule: 'affine-span-near',
          center: ['1', '0'],
          ballRadius: '1/1000',
          modulus: '1/2',
          embedding: [line(), line(), line()],
        },
      },
      'localMinimum',
    ],
  ];

  test.each(kinds)('%s %#', (kind, rest, proof, key) => {
    const verdict = check(certificate(kind, { problem: boxProblem(one), point: line(), ...rest }, proof));
    expect(answer(verdict)).toBe(`unsupported-combination $.proof.${key}.rule`);
    const { rule } = (proof as Record<string, { rule: string }>)[key] as { rule: string };
    expect(verdict).toMatchObject({
      reason: { message: `the pair (${rule}, box) has no rule in this version` },
    });
  });
});

test('the same claim on samples of the box is another one', () => {
  const claim = localMinimum(boxProblem(one), line());
  const onSamples = changed(claim, '$.statement.problem.data', {
    type: 'samples',
    inputs: [['0'], ['1']],
    targets: [['0'], ['1']],
  });
  expect(answer(check(onSamples))).toBe('nonzero-path-moment $.statement.point');
});

test('a family on a box is declined, whatever its members are', () => {
  const family = {
    parameters: [{ name: 't', from: '1', to: '2' }],
    layers: [
      { weights: [['1'], ['0']], bias: [{ numerator: ['0', '1'] }, '-1'] },
      { weights: [['1', '0']], bias: [{ numerator: ['-1/6', '-1'] }] },
    ],
  };
  const proof = {
    localMinimum: { rule: 'affine-span' },
    lowerRisk: { rule: 'lower-risk' },
    injective: { rule: 'strictly-monotone', coordinates: [{ layer: 0, bias: 0 }] },
  };
  const statement = { problem: boxProblem(one), family, betterPoint: hinge(1, '-25/24'), gap: '1/1000' };
  const claim = certificate('spurious-family', { ...statement, realizations: 'same-function' }, proof);
  expect(answer(check(claim))).toBe('unsupported-combination $.proof.injective.rule');
});
