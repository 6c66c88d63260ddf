/** What each rule says of smooth pieces and of losses that are irrational or not convex. */
import { describe, expect, test } from 'vitest';
import {
  type Affine,
  activation,
  answer,
  certificate,
  check,
  dense,
  type Fields,
  globalMinimum,
  leaf,
  localMinimum,
  notLocalMinimum,
  type ProblemParts,
  point,
  problem,
  type Value,
} from '../../certificate.js';

const at = '$.statement.point';
const unsupported = 'unsupported-combination $.statement.problem.loss';
const smoothActivation = 'unsupported-activation $.statement.problem.network';
const smooth = `in-a-smooth-piece ${at}`;
const irrational = `irrational-value ${at}`;
const moment = `nonzero-path-moment ${at}`;
const polynomial = (...c: readonly (string | number)[]): Fields => ({ polynomial: c.map(String) });
const table = (breakpoints: readonly string[], ...pieces: readonly Fields[]): Fields =>
  activation('piecewise', { breakpoints, pieces });
const [elu, hardswish] = [activation('elu'), activation('hardswish')];
const exp: Fields = { function: 'exp', scale: '1', rate: '1', shift: '0', offset: '0' };
const logCosh: Fields = { function: 'log-cosh' };
const power = (exponent: string): Fields => ({ function: 'power', exponent });
const P = (...coefficients: readonly (string | number)[]): Fields => ({
  function: 'polynomial',
  coefficients: coefficients.map(String),
});
/** P″ > 0 exactly for |r| < 1 */
const quartic = P(0, 0, 6, 0, -1);

const one = (h: Fields, more: Partial<ProblemParts> = {}): ProblemParts => ({
  layers: [dense(1), h, dense(1)],
  x: [-1, -1, 1, 1],
  y: [1, 3, 5, 7],
  ...more,
});
/** w x + b, then v h + c */
const theta = (w: Value, b: Value, v: Value, c: Value): readonly Affine[] =>
  [
    [[[w]], [b]],
    [[[v]], [c]],
  ] as unknown as readonly Affine[];

const curved: ProblemParts = one(elu, {
  loss: quartic,
  y: ['4/5', '13/5', '24/5', '33/5'],
  weights: [11, 13, 11, 13],
});

describe('affine-span', () => {
  // The affine fit 4 + 2x: residuals −1 and 1 at both inputs.
  const fit = theta(1, 10, 2, -16);
  const constant: Partial<ProblemParts> = { x: [-1, -1, 1, 1], y: [1, 3, 1, 3] };
  test.each<[string, ProblemParts, readonly Affine[], string]>([
    ['elu, its affine piece', one(elu), fit, 'proved'],
    ['elu, one sample on the kink', one(elu), theta(1, 1, 2, 2), `on-a-kink ${at}`],
    ['elu, one sample in the smooth piece', one(elu), theta(1, '1/2', 2, 3), irrational],
    ['hardswish', one(hardswish), fit, 'proved'],
    ['hardswish, in the quadratic piece', one(hardswish), theta(1, 1, 2, 0), smooth],
    ['hardswish, on its kink', one(hardswish), theta(1, 4, 2, 0), `on-a-kink ${at}`],
    ['hardswish, dead: the constant fit', one(hardswish, constant), theta(1, -9, 2, 2), 'proved'],
    ['hardswish, dead, another slope', one(hardswish), theta(1, -9, 2, 4), 'proved'],
    ['hardswish, dead, not the mean', one(hardswish), theta(1, -9, 2, 3), moment],
    ['a polynomial that is affine', one(table([], polynomial(0, 1, 0))), fit, 'proved'],
    ['one quadratic piece', one(table([], polynomial(0, 1, 1))), theta(0, 0, 0, 4), smooth],
    ['one exponential piece', one(table([], exp)), theta(0, 0, 0, 4), irrational],
    ['a quadratic next to an affine piece', one(table(['0'], polynomial(0, 0, 1), polynomial(0, 1))), fit, 'proved'],
    [
      'on their kink, where both slopes may be equal',
      one(table(['0'], polynomial(0, 1, 1), polynomial(0, 1))),
      theta(0, 0, 0, 4),
      `on-a-kink ${at}`,
    ],
    ['log-cosh', one(elu, { loss: logCosh }), fit, 'proved'],
    ['log-cosh, a factor', one(elu, { loss: { ...logCosh, factor: '3/7' } }), fit, 'proved'],
    ['log-cosh, residuals 1 and 2', one(elu, { loss: logCosh, y: [1, 4, 5, 8] }), fit, moment],
    ['log-cosh, weights 1 and 2', one(elu, { loss: logCosh, weights: [1, 2, 1, 2] }), fit, moment],
    ['log-cosh, weights that balance', one(elu, { loss: logCosh, weights: [3, 3, '1/2', '1/2'] }), fit, 'proved'],
    // tanh(1/2) + tanh(1/2) is not tanh 1, though residuals add up to 0.
    [
      'log-cosh, residuals that add up to 0',
      one(elu, { loss: logCosh, x: [0, 0, 0], y: ['1/2', '1/2', -1] }),
      theta(0, 5, 0, 0),
      moment,
    ],
    ['squared, the same residuals', one(elu, { x: [0, 0, 0], y: ['1/2', '1/2', -1] }), theta(0, 5, 0, 0), 'proved'],
    ['a power 3/2', one(elu, { loss: power('3/2') }), fit, 'proved'],
    ['a power 3/2, spoiled', one(elu, { loss: power('3/2'), y: [1, 3, 5, '701/100'] }), fit, moment],
    [
      'a power 3/2, √4 = 2√1',
      one(elu, { loss: power('3/2'), x: [0, 0, 0], y: [4, -1, -1] }),
      theta(0, 5, 0, 0),
      'proved',
    ],
    [
      'a power 3/2, √4 is not 3√1',
      one(elu, { loss: power('3/2'), x: [0, 0, 0, 0], y: [4, -1, -1, -1] }),
      theta(0, 5, 0, 0),
      moment,
    ],
    [
      'logistic at 0',
      one(hardswish, { loss: { function: 'logistic' }, y: [0, 1, '1/3', '2/3'] }),
      theta(1, -9, 2, 0),
      'proved',
    ],
    [
      'logistic, not balanced',
      one(hardswish, { loss: { function: 'logistic' }, y: [0, 1, '1/3', '1/3'] }),
      theta(1, -9, 2, 0),
      moment,
    ],
    [
      'logistic, balanced elsewhere',
      one(hardswish, { loss: { function: 'logistic' }, y: [0, 1, '1/3', '2/3'] }),
      theta(1, -9, 2, '1/9'),
      moment,
    ],
    ['a convex polynomial', one(elu, { loss: P(0, 0, 1, 0, '1/9') }), fit, 'proved'],
    ['not convex, but near', one(elu, { loss: quartic, y: ['3/2', '5/2', '11/2', '13/2'] }), fit, 'proved'],
    ['not convex at residual 1', one(elu, { loss: quartic }), fit, `not-convex-here ${at}`],
    ['not convex at residual 2', one(elu, { loss: quartic, y: [0, 4, 4, 8] }), fit, `not-convex-here ${at}`],
    [
      'convex near one, not near the other',
      one(elu, { loss: quartic, y: ['3/2', '5/2', 4, 8] }),
      fit,
      `not-convex-here ${at}`,
    ],
    // P′(6/5) · 11 = −P′(−3/5) · 13, P″(6/5) · 11 + P″(−3/5) · 13 > 0
    ['not convex at two samples, but together', curved, fit, 'proved'],
    [
      'not convex together at one input',
      { ...curved, y: ['4/5', '13/5', '9/2', '13/2'], weights: [11, 13, 11, 9] },
      fit,
      `not-convex-here ${at}`,
    ],
    [
      'not convex together at both',
      { ...curved, y: ['1/2', '5/2', '9/2', '13/2'], weights: [11, 9, 11, 9] },
      fit,
      `not-convex-here ${at}`,
    ],
    ['together, but moments are left', { ...curved, weights: [11, 13, 11, 12] }, fit, moment],
    [
      'together, but in a group whose moments do not vanish, though no path reads them',
      one(hardswish, { loss: quartic, x: [-1, 1], y: ['4/5', '13/5'], weights: [11, 13] }),
      theta(1, -9, 2, 2),
      `not-convex-here ${at}`,
    ],
    ['concave', one(elu, { loss: P(0, 0, -1) }), fit, `not-convex-here ${at}`],
    ['linear: nothing to balance it', one(elu, { loss: P(0, 1) }), fit, moment],
  ])('%s: %s', (_, parts, layers, expected) => {
    expect(answer(check(localMinimum(problem(parts), point(...layers))))).toBe(expected);
  });

  test('vector outputs: each must be positive definite on its group', () => {
    // Both outputs are 4 + 2x: predictions 2, 2, 6, 6.
    const theta = {
      layers: [
        { weights: [['1'], ['1']], bias: ['10', '10'] },
        {
          weights: [
            ['2', '0'],
            ['0', '2'],
          ],
          bias: ['-16', '-16'],
        },
      ],
    };
    const of = (weights: readonly string[], y: readonly (readonly string[])[]): string => {
      const inputs = [['-1'], ['-1'], ['1'], ['1']];
      const posed = problem({ ...curved, layers: [dense(2), elu, dense(2)] });
      const data = { type: 'samples', inputs, targets: y, weights };
      return answer(check(localMinimum({ ...posed, data }, theta)));
    };
    const [eleven, nine] = [
      ['11', '13', '11', '13'],
      ['11', '9', '11', '9'],
    ] as const;
    const fitted = (first: readonly [string, string]) => [
      [first[0], '2'],
      [first[1], '2'],
      ['6', '6'],
      ['6', '6'],
    ];
    // Residuals 6/5 and −3/5 with weights 11 and 13, as above, and 0.
    expect(of(eleven, fitted(['4/5', '13/5']))).toBe('proved');
    expect(of(eleven, fitted(['13/5', '4/5']))).toBe(moment);
    // P′(3/2) · 11 = −P′(−1/2) · 9, but P″(3/2) · 11 + P″(−1/2) · 9 < 0; in the first output, or in the second.
    expect(of(nine, fitted(['2', '2']))).toBe('proved');
    expect(of(nine, fitted(['1/2', '5/2']))).toBe(`not-convex-here ${at}`);
    expect(
      of(
        nine,
        fitted(['1/2', '5/2']).map(([a, b]) => [b as string, a as string]),
      ),
    ).toBe(`not-convex-here ${at}`);
  });

  test('vector outputs: each must balance', () => {
    const json = (y: readonly (readonly string[])[], loss: Fields) =>
      answer(
        check(
          localMinimum(
            problem({ layers: [dense(1), elu, dense(2)], x: [0, 0], y, loss }),
            point(
              [[[0]], [1]],
              [
                [[0], [0]],
                [0, 0],
              ],
            ),
          ),
        ),
      );
    expect(
      json(
        [
          ['1', '-2'],
          ['-1', '2'],
        ],
        logCosh,
      ),
    ).toBe('proved');
    expect(
      json(
        [
          ['1', '-2'],
          ['-1', '1'],
        ],
        logCosh,
      ),
    ).toBe(moment);
    // One output pays for the other: 1 against −1, but not the same output.
    expect(
      json(
        [
          ['1', '-1'],
          ['1', '-1'],
        ],
        logCosh,
      ),
    ).toBe(moment);
    expect(
      json(
        [
          ['1/2', '0'],
          ['-1/2', '0'],
        ],
        quartic,
      ),
    ).toBe('proved');
    expect(
      json(
        [
          ['1/2', '1'],
          ['-1/2', '-1'],
        ],
        quartic,
      ),
    ).toBe(`not-convex-here ${at}`);
  });
});

describe('neuron-dominance', () => {
  const node = { rule: 'neuron-dominance', units: [leaf([])] };
  test.each<[string, ProblemParts, string]>([
    ['elu', one(elu), smoothActivation],
    ['log-cosh', one(activation('relu'), { loss: logCosh }), unsupported],
    ['a power 3/2', one(activation('relu'), { loss: power('3/2') }), unsupported],
    ['a convex polynomial', one(activation('relu'), { loss: P(0, 0, 1, 0, '1/9') }), 'proved'],
    ['not convex near a residual', one(activation('relu'), { loss: quartic }), `not-convex-here ${at}`],
    ['convex near all', one(activation('relu'), { loss: quartic, y: ['3/2', '5/2', '11/2', '13/2'] }), 'proved'],
  ])('%s: %s', (_, parts, expected) => {
    expect(answer(check(localMinimum(problem(parts), point(...theta(1, 10, 2, -16)), node)))).toBe(expected);
  });
});

describe('zero-loss', () => {
  const exact: Partial<ProblemParts> = { x: [-1, 1], y: ['-1/3', '2/3'] };
  const hit = theta(1, 0, 1, 0);
  test.each<[string, ProblemParts, readonly Affine[], string]>([
    ['hardswish in its quadratic piece', one(hardswish, exact), hit, 'proved'],
    ['missed by 1/3', one(hardswish, { ...exact, y: ['-1/3', 1] }), hit, `nonzero-residual ${at}`],
    ['elu on its kink', one(elu, { x: [0, 1], y: [0, 1] }), hit, 'proved'],
    ['elu in its smooth piece', one(elu, { x: [-1, 1], y: [0, 1] }), hit, irrational],
    ['log-cosh', one(hardswish, { ...exact, loss: logCosh }), hit, unsupported],
    ['logistic', one(hardswish, { x: [0, 0], y: [0, 1], loss: { function: 'logistic' } }), hit, unsupported],
    ['r² + r⁴', one(hardswish, { ...exact, loss: P(0, 0, 1, 0, 1) }), hit, 'proved'],
    ['r⁴ − 2r³ + r², not convex and ≥ 0', one(hardswish, { ...exact, loss: P(0, 0, 1, -2, 1) }), hit, 'proved'],
    ['r⁴ − 3r³ + r², < 0 at 1', one(hardswish, { ...exact, loss: P(0, 0, 1, -3, 1) }), hit, unsupported],
    ['r', one(hardswish, { ...exact, loss: P(0, 1) }), hit, unsupported],
    ['r² + 1, which is not 0 at 0', one(hardswish, { ...exact, loss: P(1, 0, 1) }), hit, unsupported],
    ['r² − 1', one(hardswish, { ...exact, loss: P(-1, 0, 1) }), hit, unsupported],
    ['r² + r', one(hardswish, { ...exact, loss: P(0, 1, 1) }), hit, unsupported],
    ['−r²', one(hardswish, { ...exact, loss: P(0, 0, -1) }), hit, unsupported],
    ['0', one(hardswish, { ...exact, loss: P(0) }), hit, 'proved'],
  ])('%s: %s', (_, parts, layers, expected) => {
    expect(answer(check(globalMinimum(problem(parts), point(...layers), 'zero-loss')))).toBe(expected);
  });
});

describe('convex-span', () => {
  const linear = (loss: Fields, y: ProblemParts['y'] = [1, 3, 5, 7]): ProblemParts => ({
    layers: [dense(1)],
    x: [-1, -1, 1, 1],
    y,
    loss,
  });
  const line: readonly Affine[] = [[[[2]], [4]]];
  const notLinear = 'not-linear $.statement.problem.network';
  test.each<[string, ProblemParts, readonly Affine[], string]>([
    ['log-cosh', linear(logCosh), line, 'proved'],
    ['log-cosh, another line', linear(logCosh), [[[[2]], [5]]], moment],
    ['a power', linear(power('7/4')), line, 'proved'],
    ['logistic', linear({ function: 'logistic' }, [0, 1, '1/3', '2/3']), [[[[0]], [0]]], 'proved'],
    ['logistic, a slope', linear({ function: 'logistic' }, [0, 1, 1, 1]), [[[[0]], [0]]], moment],
    ['a convex polynomial', linear(P(0, 0, 1, 0, 1)), line, 'proved'],
    ['not convex, though near the residuals', linear(quartic, ['3/2', '5/2', '11/2', '13/2']), line, unsupported],
    ['elu in its affine piece', one(elu), theta(1, 10, 2, -16), notLinear],
    ['hardswish', one(hardswish), theta(1, 10, 2, -16), notLinear],
    ['one quadratic piece', one(table([], polynomial(0, 0, 1))), theta(0, 1, 0, 4), smooth],
    ['one exponential piece', one(table([], exp)), theta(0, 1, 0, 4), irrational],
    [
      'a quadratic that a constant hides',
      {
        layers: [dense(1), table([], polynomial(0, 0, 1)), dense(1), table([], polynomial(3)), dense(1)],
        x: [0, 0],
        y: [1, 3],
      },
      [...theta(1, 1, 1, 1), [[[0]], [2]]],
      'proved',
    ],
  ])('%s: %s', (_, parts, layers, expected) => {
    expect(answer(check(globalMinimum(problem(parts), point(...layers), 'convex-span')))).toBe(expected);
  });
});

describe('refutations', () => {
  const low = theta(1, 1, 1, 0);
  const up: Fields = point(...theta(0, 0, 0, 1));
  const down: Fields = point(...theta(0, 0, 0, -1));
  const direction = (way: Fields): Fields => ({ rule: 'descent-direction', direction: way });
  const curve = (...ways: readonly Fields[]): Fields => ({ rule: 'descent-curve', coefficients: ways });
  const curvature = (way: Fields): Fields => ({ rule: 'negative-curvature', direction: way });
  const [notDown, notCurve, notCurved] = ['direction', 'coefficients', 'direction'].map(
    (key, j) => `${j === 2 ? 'not-curved' : 'not-descending'} $.proof.descent.${key}`,
  ) as [string, string, string];
  // t² for t < 0, t for t ≥ 0: descends to the left only to second order
  const bent = table(['0'], polynomial(0, 0, 1), polynomial(0, 1));
  const kinked = one(bent, { x: [0], y: [-1] });
  const origin = theta(0, 0, 1, 0);
  const bias = (b: number): Fields => point(...theta(0, b, 0, 0));
  const hill = one(table([], polynomial(0, 0, 1)), { x: [0], y: [-1] });
  test.each<[string, ProblemParts, readonly Affine[], Fields, string]>([
    ['hardswish', one(hardswish), low, direction(up), 'proved'],
    ['hardswish, the other way', one(hardswish), low, direction(down), notDown],
    ['elu, in its affine piece', one(elu, { x: [1, 1], y: [5, 7] }), low, direction(up), 'proved'],
    ['elu, in its smooth piece', one(elu), theta(1, 0, 1, 0), direction(up), irrational],
    [
      'elu, into its smooth piece from the kink',
      one(elu, { x: [0], y: [-1] }),
      origin,
      direction(bias(-1)),
      'irrational-value $.statement',
    ],
    ['elu, along its kink', one(elu, { x: [0], y: [-1] }), origin, direction(down), 'proved'],
    ['elu, out of its smooth piece', one(elu, { x: [0], y: [1] }), origin, direction(bias(1)), 'proved'],
    ['log-cosh', one(hardswish, { loss: logCosh }), low, direction(up), 'proved'],
    ['a power 3/2', one(hardswish, { loss: power('3/2') }), low, direction(up), 'proved'],
    ['not convex', one(hardswish, { loss: quartic, x: [1, 1], y: [5, 5] }), low, direction(up), notDown],
    [
      'not convex, and down it goes',
      one(hardswish, { loss: quartic, x: [1, 1], y: [5, 5] }),
      low,
      direction(down),
      'proved',
    ],
    ['from a kink, to the right', kinked, origin, direction(bias(1)), notDown],
    ['from a kink, to the left: level to first order', kinked, origin, direction(bias(-1)), notDown],
    [
      'the same for a target above: t² rises, and descends',
      one(bent, { x: [0], y: [1] }),
      origin,
      curve(bias(-1)),
      'proved',
    ],
    ['a curve that rises to second order', kinked, origin, curve(bias(-1)), notCurve],
    ['a curve on which both cancel', kinked, origin, curve(bias(-1), down), notCurve],
    ['a curve on which the bias wins', kinked, origin, curve(bias(-1), point(...theta(0, 0, 0, -2))), 'proved'],
    ['a curve with log-cosh', one(hardswish, { loss: logCosh }), low, curve(up), 'proved'],
    ['a curve with elu', one(elu), theta(1, 0, 1, 0), curve(up), irrational],
    ['curvature of a quadratic piece', hill, theta(0, 0, -1, 0), curvature(bias(1)), 'proved'],
    ['curvature upward', hill, theta(0, 0, 1, 0), curvature(bias(1)), notCurved],
    ['curvature at a kink', kinked, theta(0, 0, -1, 0), curvature(bias(1)), `on-a-kink ${at}`],
    [
      'curvature at a kink between quadratics',
      one(hardswish, { x: [0], y: [0] }),
      theta(0, -3, 1, 0),
      curvature(bias(1)),
      `on-a-kink ${at}`,
    ],
    [
      'curvature of a concave loss',
      { layers: [dense(1)], x: [0], y: [0], loss: P(0, 0, -1) },
      [[[[0]], [1]]],
      curvature(point([[[0]], [1]])),
      'proved',
    ],
    [
      'curvature where P″ = 0',
      { layers: [dense(1)], x: [0], y: [0], loss: quartic },
      [[[[0]], [1]]],
      curvature(point([[[0]], [1]])),
      notCurved,
    ],
    ['curvature with log-cosh', one(hardswish, { loss: logCosh }), low, curvature(up), unsupported],
    ['curvature with elu', one(elu), theta(1, 0, 1, 0), curvature(up), irrational],
    [
      'a flat unit of elu',
      one(elu),
      theta(1, 10, 0, 4),
      { rule: 'flat-then-descent', unit: 0, direction: ['1', '0'] },
      smoothActivation,
    ],
    [
      'a flat unit with log-cosh',
      one(activation('relu'), { loss: logCosh }),
      theta(1, 10, 0, 4),
      { rule: 'flat-then-descent', unit: 0, direction: ['1', '0'] },
      unsupported,
    ],
    [
      'a flat unit, not convex',
      one(activation('relu'), { loss: P(0, 0, -1) }),
      theta(1, 0, 0, 4),
      { rule: 'flat-then-descent', unit: 0, direction: ['1', '0'] },
      'proved',
    ],
  ])('%s: %s', (_, parts, layers, node, expected) => {
    expect(answer(check(notLocalMinimum(problem(parts), point(...layers), node as { rule: string })))).toBe(expected);
  });

  test('saddles and balls', () => {
    const saddle = (parts: ProblemParts, layers: readonly Affine[]) =>
      answer(
        check(
          certificate(
            'saddle',
            { problem: problem(parts), point: point(...layers) },
            {
              critical: { rule: 'zero-gradient' },
              descent: { rule: 'descent-direction', direction: point(...theta(0, 0, 0, 1)) },
              ascent: { rule: 'ascent-direction', direction: point(...theta(0, 0, 0, 1)) },
            },
          ),
        ),
      );
    expect(saddle(one(hardswish), theta(1, -9, 1, 4))).toBe(smoothActivation);
    expect(saddle(one(activation('relu'), { loss: logCosh }), theta(1, -9, 1, 4))).toBe(
      'not-descending $.proof.descent.direction',
    );
    expect(saddle(one(activation('relu'), { loss: P(0, 1, 1) }), theta(1, -9, 1, 0))).toBe(`nonzero-gradient ${at}`);
    const ball = (parts: ProblemParts, layers: readonly Affine[]) =>
      answer(
        check(
          certificate(
            'no-local-minimum-near',
            { problem: problem(parts), point: point(...layers), radius: '1/100' },
            { descent: { rule: 'gradient-bound' } },
          ),
        ),
      );
    expect(ball(one(hardswish), low)).toBe('proved');
    expect(ball(one(elu), theta(1, 10, 2, 0))).toBe('proved');
    expect(ball(one(activation('relu'), { loss: logCosh }), low)).toBe(`on-a-kink ${at}`);
    expect(ball(one(activation('relu'), { loss: P(0, 1) }), low)).toBe('proved');
    expect(ball(one(activation('relu'), { loss: quartic, y: [1, 1, 2, 2] }), theta(1, -9, 1, '3/2'))).toBe(
      'gradient-may-vanish $.proof.descent',
    );
  });
});
