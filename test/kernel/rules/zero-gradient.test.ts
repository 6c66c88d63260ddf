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
  type ProblemParts,
  point,
  problem,
  relu,
} from '../../certificate.js';

const at = '$.statement.point';
const curve = (...coefficients: readonly Fields[]): Fields => ({ coefficients });

/** A saddle along the two curves: what is tried first is `critical`. */
function saddle(
  parts: ProblemParts,
  layers: readonly Affine[],
  down: readonly Affine[],
  up: readonly Affine[],
): string {
  return answer(
    check(
      certificate(
        'saddle',
        { problem: problem(parts), point: point(...layers) },
        {
          critical: { rule: 'zero-gradient' },
          descent: { rule: 'descent-curve', ...curve(point(...down)) },
          ascent: { rule: 'ascent-curve', ...curve(point(...up)) },
        },
      ),
    ),
  );
}

/** N = v·h(w x) on x = 1 against y = 1. */
const of = (h: Fields | null, more: Partial<ProblemParts> = {}): ProblemParts => ({
  layers: [dense(1, false), ...(h === null ? [] : [h]), dense(1, false)],
  x: [1],
  y: [1],
  ...more,
});
const zero: readonly Affine[] = [[[[0]]], [[[0]]]];
const plus: readonly Affine[] = [[[[1]]], [[[1]]]];
const minus: readonly Affine[] = [[[[1]]], [[[-1]]]];

describe('without kinks', () => {
  test.each<[string, ProblemParts, readonly Affine[], readonly Affine[], readonly Affine[], string]>([
    ['v·w at 0', of(null), zero, plus, minus, 'proved'],
    ['v·w, the curves exchanged', of(null), zero, minus, plus, 'not-descending $.proof.descent.coefficients'],
    ['v·w, both down', of(null), zero, plus, plus, 'not-ascending $.proof.ascent.coefficients'],
    ['v·w beside 0', of(null), [[[[0]]], [[['1/1000']]]], plus, minus, `nonzero-gradient ${at}`],
    ['v·w, w ≠ 0', of(null), [[[[1]]], [[[0]]]], plus, minus, `nonzero-gradient ${at}`],
    ['v·w at a minimum', of(null), plus, plus, minus, 'not-descending $.proof.descent.coefficients'],
    [
      'v·w with a bias that falls',
      of(null, { layers: [dense(1, false), dense(1)] }),
      [[[[0]]], [[[0]], [0]]],
      [[[[1]]], [[[1]], [0]]],
      [[[[1]]], [[[-1]], [0]]],
      `nonzero-gradient ${at}`,
    ],
    [
      'v·w with a bias at the mean',
      of(null, { x: [1, 0], y: [1, 0], layers: [dense(1, false), dense(1)] }),
      [[[[0]]], [[[0]], ['1/2']]],
      [[[[1]]], [[[1]], [0]]],
      [[[[1]]], [[[-1]], [0]]],
      'proved',
    ],
    [
      'a maximum over nothing free',
      of(null, { layers: [frozen([[[0]]]), frozen([[[0]]])] }),
      [],
      [],
      [],
      'not-descending $.proof.descent.coefficients',
    ],
    [
      'one layer',
      of(null, { layers: [dense(1)], x: [0], y: [0] }),
      [[[[1]], [0]]],
      [[[[1]], [0]]],
      [[[[0]], [1]]],
      'not-descending $.proof.descent.coefficients',
    ],
    [
      'saturated, at the mean, v moves the mean',
      of(activation('hardtanh'), { x: [5, 5], y: [1, 3] }),
      [[[[1]]], [[[2]]]],
      zero,
      [[[[0]]], [[[1]]]],
      'not-descending $.proof.descent.coefficients',
    ],
    ['Huber at δ', of(null, { loss: { function: 'huber', threshold: '1' } }), zero, plus, minus, 'proved'],
    [
      'v·w beside 0, with an input that is 0',
      of(null, { x: [[1, 0]] }),
      [[[[0, 0]]], [[['1/1000']]]],
      [[[[1, 0]]], [[[1]]]],
      [[[[1, 0]]], [[[-1]]]],
      `nonzero-gradient ${at}`,
    ],
    [
      'v·w beside 0, the first input 0',
      of(null, { x: [[0, 1]] }),
      [[[[0, 0]]], [[['1/1000']]]],
      [[[[0, 1]]], [[[1]]]],
      [[[[0, 1]]], [[[-1]]]],
      `nonzero-gradient ${at}`,
    ],
  ])('%s: %s', (_, parts, layers, down, up, expected) => {
    expect(saddle(parts, layers, down, up)).toBe(expected);
  });
});

describe('with kinks', () => {
  const four = { x: [1, -1], y: [1, 1] };
  test.each<[string, ProblemParts, readonly Affine[], readonly Affine[], readonly Affine[], string]>([
    ['v·relu(w) at 0', of(relu), zero, plus, minus, 'proved'],
    ['v·relu(w) at w = 0, v = 1', of(relu), [[[[0]]], [[[1]]]], plus, minus, `not-differentiable ${at}`],
    ['v·relu(w) at w = 0, v = −1/1000', of(relu), [[[[0]]], [[['-1/1000']]]], plus, minus, `not-differentiable ${at}`],
    [
      'v·relu(w) with a bias that falls',
      of(relu, { layers: [dense(1, false), relu, dense(1)] }),
      [[[[0]]], [[[0]], [0]]],
      [[[[1]]], [[[1]], [0]]],
      [[[[1]]], [[[-1]], [0]]],
      `nonzero-residual-sum ${at}`,
    ],
    [
      'v·relu(w + b) at a kink and alive at another',
      of(relu, { x: [0, 1], y: [0, 1], layers: [dense(1), relu, dense(1, false)] }),
      [[[[1]], [0]], [[[0]]]],
      [[[[0]], [0]], [[[1]]]],
      [[[[0]], [0]], [[[-1]]]],
      `nonzero-neuron-value ${at}`,
    ],
    [
      '|w| at 0 with v = 1: opposite kinks add up',
      of(abs, four),
      [[[[0]]], [[[1]]]],
      plus,
      minus,
      `not-differentiable ${at}`,
    ],
    [
      'w at 0 by relu(w) − relu(−w): kinks cancel',
      of(relu, { x: [1, -1], y: [1, -1] }),
      [[[[0]]], [[[1]]]],
      plus,
      minus,
      `nonzero-gradient ${at}`,
    ],
    [
      'kinks and slopes cancel',
      of(relu, { x: [1, 1], y: [1, -1] }),
      [[[[0]]], [[[1]]]],
      [[[[1]]], [[[0]]]],
      [[[[1]]], [[[0]]]],
      'not-descending $.proof.descent.coefficients',
    ],
    [
      'v frozen at 1',
      of(relu, { layers: [dense(1, false), relu, frozen([[[1]]])] }),
      [[[[0]]]],
      [[[[1]]]],
      [[[[-1]]]],
      `not-differentiable ${at}`,
    ],
    [
      'v frozen at 0',
      of(relu, { layers: [dense(1, false), relu, frozen([[[0]]])] }),
      [[[[0]]]],
      [[[[1]]]],
      [[[[-1]]]],
      'not-descending $.proof.descent.coefficients',
    ],
    [
      'w frozen on its kink',
      of(relu, { layers: [frozen([[[0]]]), relu, dense(1, false)] }),
      [[[[1]]]],
      [[[[1]]]],
      [[[[-1]]]],
      'not-descending $.proof.descent.coefficients',
    ],
    [
      'a kink in a deep network',
      of(relu, { layers: [dense(1, false), relu, dense(1, false), relu, dense(1, false)] }),
      [[[[0]]], [[[0]]], [[[0]]]],
      [[[[1]]], [[[1]]], [[[1]]]],
      [[[[1]]], [[[1]]], [[[-1]]]],
      'unsupported-combination $.statement.problem.network',
    ],
    [
      'a kink below a dead layer',
      of(relu, { x: [0, 1], y: [1, -1], layers: [dense(1), relu, dense(1), relu, dense(1)] }),
      [
        [[[1]], [0]],
        [[[1]], [-9]],
        [[[1]], [0]],
      ],
      [
        [[[1]], [0]],
        [[[1]], [0]],
        [[[1]], [0]],
      ],
      [
        [[[1]], [0]],
        [[[1]], [0]],
        [[[1]], [1]],
      ],
      'not-descending $.proof.descent.coefficients',
    ],
    [
      'two outputs, v = (0, 0)',
      of(relu, { y: [[1, 0]], layers: [dense(1, false), relu, dense(2, false)] }),
      [[[[0]]], [[[0], [0]]]],
      [[[[1]]], [[[1], [0]]]],
      [[[[1]]], [[[-1], [0]]]],
      'proved',
    ],
    [
      'two outputs, v ⟂ g',
      of(relu, { y: [[1, 0]], layers: [dense(1, false), relu, dense(2, false)] }),
      [[[[0]]], [[[0], [5]]]],
      [[[[1]]], [[[26], [0]]]],
      [[[[1]]], [[[-1], [0]]]],
      'proved',
    ],
    [
      'two outputs, v not ⟂ g',
      of(relu, { y: [[1, 0]], layers: [dense(1, false), relu, dense(2, false)] }),
      [[[[0]]], [[['1/9'], [5]]]],
      [[[[1]]], [[[26], [0]]]],
      [[[[1]]], [[[-1], [0]]]],
      `not-differentiable ${at}`,
    ],
  ])('%s: %s', (_, parts, layers, down, up, expected) => {
    expect(saddle(parts, layers, down, up)).toBe(expected);
  });
});

test('a saddle may go down by curvature or by a flat unit, and up by a direction only where it is not critical', () => {
  const json = (parts: ProblemParts, descent: Fields, ascent: Fields) =>
    answer(
      check(
        certificate(
          'saddle',
          { problem: problem(parts), point: point(...zero) },
          { critical: { rule: 'zero-gradient' }, descent, ascent },
        ),
      ),
    );
  const up = { rule: 'ascent-curve', ...curve(point(...minus)) };
  expect(json(of(null), { rule: 'negative-curvature', direction: point(...plus) }, up)).toBe('proved');
  expect(json(of(null), { rule: 'negative-curvature', direction: point(...minus) }, up)).toBe(
    'not-curved $.proof.descent.direction',
  );
  expect(json(of(relu), { rule: 'negative-curvature', direction: point(...plus) }, up)).toBe(`on-a-kink ${at}`);
  expect(json(of(relu), { rule: 'flat-then-descent', unit: 0, direction: ['1'] }, up)).toBe('proved');
  expect(json(of(relu), { rule: 'flat-then-descent', unit: 0, direction: ['-1'] }, up)).toBe(
    'not-descending $.proof.descent.direction',
  );
  const plusDirection = { rule: 'ascent-direction', direction: point(...minus) };
  expect(json(of(null), { rule: 'negative-curvature', direction: point(...plus) }, plusDirection)).toBe(
    'not-ascending $.proof.ascent.direction',
  );
});

describe('losses that are no piecewise polynomials, and other layers', () => {
  const logCosh: Fields = { function: 'log-cosh' };
  test.each<[string, ProblemParts, readonly Affine[], readonly Affine[], readonly Affine[], string]>([
    ['log-cosh, v·w at 0', of(null, { loss: logCosh }), zero, plus, minus, 'proved'],
    [
      'log-cosh, beside 0',
      of(null, { loss: logCosh }),
      [[[[0]]], [[['1/1000']]]],
      plus,
      minus,
      `nonzero-gradient ${at}`,
    ],
    [
      'log-cosh, exchanged',
      of(null, { loss: logCosh }),
      zero,
      minus,
      plus,
      'not-descending $.proof.descent.coefficients',
    ],
    ['a power 3/2', of(null, { loss: { function: 'power', exponent: '3/2' } }), zero, plus, minus, 'proved'],
    ['logistic', of(null, { loss: { function: 'logistic' } }), zero, plus, minus, 'proved'],
    [
      'logistic, a target of 1/2',
      of(null, { loss: { function: 'logistic' }, y: ['1/2'] }),
      zero,
      plus,
      minus,
      'not-descending $.proof.descent.coefficients',
    ],
    [
      'log-cosh, relu off its kink, dead',
      of(relu, { loss: logCosh }),
      [[[[-1]]], [[[0]]]],
      [[[[0]]], [[[1]]]],
      [[[[0]]], [[[-1]]]],
      'not-descending $.proof.descent.coefficients',
    ],
    ['log-cosh, relu on its kink', of(relu, { loss: logCosh }), zero, plus, minus, `on-a-kink ${at}`],
  ])('%s', (_, parts, theta, down, up, expected) => {
    expect(saddle(parts, theta, down, up)).toBe(expected);
  });

  test('a convolution that is 0 is a saddle', () => {
    const layers = [{ type: 'conv1d', channels: 1, kernel: 2, bias: false }, { type: 'flatten' }, dense(1, false)];
    const conv = (w: readonly number[], v: readonly number[]): Fields => ({
      layers: [{ weights: [[w.map(String)]] }, { weights: [v.map(String)] }],
    });
    const parts = { ...problem({ layers, x: [[1, 2, 3]], y: [1] }) };
    const network = { input: [1, 3], layers };
    const json = (theta: Fields, down: Fields, up: Fields): Fields =>
      certificate(
        'saddle',
        { problem: { ...parts, network }, point: theta },
        {
          critical: { rule: 'zero-gradient' },
          descent: { rule: 'descent-curve', ...curve(down) },
          ascent: { rule: 'ascent-curve', ...curve(up) },
        },
      );
    const [origin, along, against] = [conv([0, 0], [0, 0]), conv([1, 0], [1, 0]), conv([1, 0], [-1, 0])];
    expect(answer(check(json(origin, along, against)))).toBe('proved');
    expect(answer(check(json(origin, against, along)))).toBe('not-descending $.proof.descent.coefficients');
    expect(answer(check(json(conv([0, 1], [0, 0]), along, against)))).toBe(`nonzero-gradient ${at}`);
  });
});
