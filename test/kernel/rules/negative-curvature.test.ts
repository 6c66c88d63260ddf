import { describe, expect, test } from 'vitest';
import { checkCertificate } from '../../../src/kernel/check.js';
import {
  type Affine,
  abs,
  activation,
  answer,
  check,
  dense,
  type Fields,
  frozen,
  notLocalMinimum,
  type ProblemParts,
  point,
  problem,
  relu,
} from '../../certificate.js';

const of = (h: Fields | null, more: Partial<ProblemParts> = {}): ProblemParts => ({
  layers: [dense(1, false), ...(h === null ? [] : [h]), dense(1, false)],
  x: [1],
  y: [1],
  ...more,
});
const at = (w: string, v: string): readonly Affine[] => [[[[w]]], [[[v]]]];
const kink = 'on-a-kink $.statement.point';
const flat = 'not-curved $.proof.descent.direction';
const power = (exponent: string): Fields => ({ function: 'power', exponent });

test.each<[string, ProblemParts, readonly Affine[], readonly Affine[], string]>([
  ['(vw − 1)² at 0, along the diagonal', of(null), at('0', '0'), at('1', '1'), 'proved'],
  ['(vw − 1)² at 0, a long way', of(null), at('0', '0'), at('1000', '1'), 'proved'],
  ['(vw − 1)² at 0, across', of(null), at('0', '0'), at('1', '-1'), flat],
  ['(vw − 1)² at 0, along an axis', of(null), at('0', '0'), at('1', '0'), flat],
  ['(vw − 1)² at 0, nowhere', of(null), at('0', '0'), at('0', '0'), flat],
  ['where the gradient is not 0', of(null), at('1/10', '0'), at('1', '1'), 'proved'],
  ['at a minimum', of(null), at('1', '1'), at('1', '1'), flat],
  ['at a minimum, along the valley', of(null), at('1', '1'), at('1', '-1'), flat],
  ['past the diagonal of the hyperbola', of(null), at('1', '1/2'), at('1', '1'), flat],
  ['relu, alive', of(relu), at('1/10', '1/10'), at('1', '1'), 'proved'],
  ['relu on its kink', of(relu), at('0', '1/10'), at('1', '1'), kink],
  ['relu on its kink, not moved', of(relu), at('0', '1/10'), at('0', '1'), kink],
  ['relu, dead', of(relu), at('-1', '1/10'), at('1', '1'), flat],
  ['abs on its kink', of(abs), at('0', '0'), at('1', '1'), kink],
  ['a concave kink of the first order is no curvature', of(relu), at('0', '1'), at('1', '0'), kink],
  [
    'a kink of a frozen part',
    of(relu, { x: [0, 1], y: [0, 1], layers: [frozen([[[1]]]), relu, dense(1, false), dense(1, false)] }),
    at('0', '0'),
    at('1', '1'),
    kink,
  ],
  ['a kink that is none', of(activation('prelu', { slope: '1' })), at('0', '0'), at('1', '1'), 'proved'],
  ['Huber inside', of(null, { loss: { function: 'huber', threshold: '2' } }), at('0', '0'), at('1', '1'), 'proved'],
  ['Huber outside', of(null, { loss: { function: 'huber', threshold: '1/2' } }), at('0', '0'), at('1', '1'), 'proved'],
  ['Huber at δ', of(null, { loss: { function: 'huber', threshold: '1' } }), at('0', '0'), at('1', '1'), kink],
  [
    'a quantile at its end',
    of(null, { loss: { function: 'smooth-quantile', level: '1/2', width: '2' } }),
    at('0', '0'),
    at('1', '1'),
    kink,
  ],
  [
    'a quantile inside',
    of(null, { loss: { function: 'smooth-quantile', level: '1/2', width: '3' } }),
    at('0', '0'),
    at('1', '1'),
    'proved',
  ],
  ['a cube away from 0', of(null, { loss: power('3') }), at('0', '0'), at('1', '1'), 'proved'],
  [
    'a cube at residual 0, which is C² there',
    of(null, { x: [1, 1], y: [0, 1], loss: power('3') }),
    at('0', '0'),
    at('1', '1'),
    'proved',
  ],
  ['a cube at residual 0 alone', of(null, { y: [0], loss: power('3') }), at('0', '0'), at('1', '1'), flat],
  ['a square written as a power', of(null, { loss: power('2') }), at('0', '0'), at('1', '1'), 'proved'],
  ['a fourth power at residual 0', of(null, { y: [0], loss: power('4') }), at('0', '0'), at('1', '1'), flat],
  ['one layer is convex', of(null, { layers: [dense(1)] }), [[[[0]], [0]]], [[[[1]], [1]]], flat],
  ['a frozen factor is convex', of(null, { layers: [dense(1, false), frozen([[[1]]])] }), [[[[0]]]], [[[[1]]]], flat],
  ['nothing free', of(null, { layers: [frozen([[[0]]]), frozen([[[0]]])] }), [], [], flat],
  ['two samples that pull apart', of(null, { x: [1, 1], y: [1, -1] }), at('0', '0'), at('1', '1'), flat],
  ['two samples, weighted', of(null, { x: [1, 1], y: [1, -1], weights: [2, 1] }), at('0', '0'), at('1', '1'), 'proved'],
  ['another shape', of(null), at('0', '0'), [[[[1]]]], 'wrong-shape $.proof.descent.direction.layers'],
])('%s: %s', (_, parts, theta, xi, expected) => {
  const json = notLocalMinimum(problem(parts), point(...theta), {
    rule: 'negative-curvature',
    direction: point(...xi),
  });
  expect(answer(check(json))).toBe(expected);
});

describe('over a ball', () => {
  /** R = (v h(w) − y)², x = 1, near (w, v). */
  const over = (
    activation: string,
    at: readonly [string, string],
    xi: readonly [string, string],
    radius: string,
    y = '1',
  ): string => {
    const layers = ([w, v]: readonly [string, string]) => ({ layers: [{ weights: [[w]] }, { weights: [[v]] }] });
    const verdict = checkCertificate(
      JSON.stringify({
        format: 'cairn-certificate',
        version: 1,
        statement: {
          kind: 'no-local-minimum-near',
          problem: {
            network: {
              input: [1],
              layers: [
                { type: 'dense', units: 1, bias: false },
                { type: 'activation', function: activation },
                { type: 'dense', units: 1, bias: false },
              ],
            },
            loss: { function: 'squared' },
            data: { type: 'samples', inputs: [['1']], targets: [[y]] },
          },
          point: layers(at),
          radius,
        },
        proof: { descent: { rule: 'negative-curvature', direction: layers(xi) } },
      }),
    );
    return verdict.kind === 'proved' ? 'proved' : `${verdict.reason.code} ${verdict.path}`;
  };
  const curved = 'not-curved $.proof.descent.direction';
  test.each<[string, Parameters<typeof over>, string]>([
    // At w = v = 0: R ≈ 1 − 2wv.
    ['tanh around 0, along (1, 1)', ['tanh', ['0', '0'], ['1', '1'], '1/100'], 'proved'],
    ['tanh where its value is irrational', ['tanh', ['1/10', '1/10'], ['1', '1'], '1/100'], 'proved'],
    ['along (1, −1) it bends up', ['tanh', ['1/10', '1/10'], ['1', '-1'], '1/100'], curved],
    ['along one coordinate it is flat at 0', ['tanh', ['0', '0'], ['0', '1'], '1/100'], curved],
    ['a ball that holds the minima beyond', ['tanh', ['0', '0'], ['1', '1'], '2'], curved],
    ['the other label', ['tanh', ['0', '0'], ['1', '1'], '1/100', '-1'], curved],
    ['no direction', ['tanh', ['0', '0'], ['0', '0'], '1/100'], curved],
    ['relu inside a piece', ['relu', ['1/10', '1/10'], ['1', '1'], '1/100'], 'proved'],
    ['relu with its kink in the ball', ['relu', ['1/10', '1/10'], ['1', '1'], '1/5'], 'on-a-kink $.statement.point'],
    ['relu with its kink on the sphere', ['relu', ['1/10', '1/10'], ['1', '1'], '1/10'], 'on-a-kink $.statement.point'],
  ])('%s', (_, parts, expected) => {
    expect(over(...parts)).toBe(expected);
  });
});
