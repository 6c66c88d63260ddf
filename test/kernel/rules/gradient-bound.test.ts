import { expect, test } from 'vitest';
import { checkCertificate } from '../../../src/kernel/check.js';
import {
  type Affine,
  abs,
  activation,
  answer,
  certificate,
  check,
  dense,
  frozen,
  type ProblemParts,
  point,
  problem,
  type Quantity,
  relu,
  type Value,
} from '../../certificate.js';

const vanish = 'gradient-may-vanish $.proof.descent';
const line: ProblemParts = { layers: [dense(1, false)], x: [1], y: [0] };
/** |w| against −10 (theory.md 3: the ball of radius 1 around w = 1 ends at the local minimum w = 0). */
const size: ProblemParts = { layers: [dense(1, false), abs, frozen([[[1]]])], x: [1], y: [-10] };
const one: readonly Affine[] = [[[[1]]]];

test.each<[string, ProblemParts, readonly Affine[], Quantity, number | null, string]>([
  ['w², 1 away from its minimum', line, one, '99/100', null, 'proved'],
  ['w², the minimum on the boundary', line, one, 1, null, vanish],
  ['w², the minimum inside', line, one, 2, null, vanish],
  ['w², 2 bits', line, one, '1/2', 2, 'proved'],
  ['w², 1 bit is too coarse', line, one, '3/4', 1, vanish],
  ['w², 2 bits for a thin margin', line, one, '99/100', 2, vanish],
  ['w², 20 bits for a thin margin', line, one, '99/100', 20, 'proved'],
  ['w², thin beyond 64 bits', line, one, `${'9'.repeat(30)}/1${'0'.repeat(30)}`, null, vanish],
  ['w², thin within 128 bits', line, one, `${'9'.repeat(30)}/1${'0'.repeat(30)}`, 128, 'proved'],
  ['more bits than digits', line, one, '1/2', 100_001, 'limit-digits $.proof.descent.bits'],
  ['a point with long decimals', line, [[[[`0.${'1'.repeat(300)}`]]]], '1/10', null, 'proved'],
  ['|w|, the kink on the boundary', size, one, 1, null, vanish],
  ['|w|, the kink beyond it', size, one, '999/1000', null, 'proved'],
  ['|w|, the kink inside', size, one, 2, null, vanish],
  ['|w| on its kink', size, [[[[0]]]], '1/1000', null, vanish],
  [
    'relu, a dead unit',
    { layers: [dense(1), relu, dense(1, false)], x: [1], y: [1] },
    [[[[-5]], [0]], [[[1]]]],
    1,
    null,
    vanish,
  ],
  [
    'relu, a dead unit, the output bias falls',
    { layers: [dense(1), relu, dense(1)], x: [1], y: [1] },
    [
      [[[-5]], [0]],
      [[[1]], [0]],
    ],
    '1/2',
    null,
    'proved',
  ],
  [
    'relu, a unit about to live, the output bias falls',
    { layers: [dense(1), relu, dense(1)], x: [1], y: [9] },
    [
      [[[0]], [0]],
      [[[1]], [0]],
    ],
    '1/2',
    null,
    'proved',
  ],
  [
    'relu, across a kink with one sign',
    { layers: [dense(1, false), relu, frozen([[[1]]])], x: [1], y: [-1] },
    [[[[0]]]],
    1,
    null,
    vanish,
  ],
  [
    'leaky relu, across a kink with one sign',
    { layers: [dense(1, false), activation('leaky-relu', { slope: '1/2' }), frozen([[[1]]])], x: [1], y: [-9] },
    [[[[0]]]],
    1,
    null,
    'proved',
  ],
  [
    'leaky relu of slope −1/2: the sign turns',
    { layers: [dense(1, false), activation('leaky-relu', { slope: '-1/2' }), frozen([[[1]]])], x: [1], y: [-9] },
    [[[[0]]]],
    1,
    null,
    vanish,
  ],
  ['Huber beyond δ', { ...line, y: [-9], loss: { function: 'huber', threshold: '1' } }, [[[[0]]]], 7, null, 'proved'],
  [
    'Huber across δ',
    { ...line, y: [-9], loss: { function: 'huber', threshold: '1' } },
    [[[[0]]]],
    '17/2',
    null,
    'proved',
  ],
  [
    'Huber up to the minimum',
    { ...line, y: [-9], loss: { function: 'huber', threshold: '1' } },
    [[[[0]]]],
    9,
    null,
    vanish,
  ],
  ['a cube across its minimum', { ...line, loss: { function: 'power', exponent: '3' } }, [[[[0]]]], 1, null, vanish],
  ['one of two coordinates', { layers: [dense(1)], x: [0], y: [9] }, [[[[7]], [0]]], 8, null, 'proved'],
  ['no coordinate at a zero input', { layers: [dense(1, false)], x: [0], y: [9] }, one, 1, null, vanish],
  [
    'deep and linear, near a saddle',
    { layers: [dense(1, false), dense(1, false)], x: [1], y: [1] },
    [[[[0]]], [[[0]]]],
    '1/10',
    null,
    vanish,
  ],
  [
    'deep and linear, on a slope',
    { layers: [dense(1, false), dense(1, false)], x: [1], y: [9] },
    [[[[1]]], [[[1]]]],
    '1/2',
    null,
    'proved',
  ],
  ['nothing free', { layers: [frozen([[[1]]])], x: [1], y: [9] }, [], 1, null, vanish],
  ['two samples that pull apart', { ...line, x: [1, 1], y: [-1, 1] }, [[[[0]]]], '1/1000', null, vanish],
  // The ball is rounded outward to multiples of 1/2: its ends ±3/4 are local minima here.
  ['the lower end, 1 bit', { ...line, y: ['-3/4'] }, [[[[0]]]], '3/4', 1, vanish],
  ['the upper end, 1 bit', { ...line, y: ['3/4'] }, [[[[0]]]], '3/4', 1, vanish],
  ['the lower end on the other side, 1 bit', { ...line, y: ['1/4'] }, [[[[1]]]], '3/4', 1, vanish],
  ['the upper end on the other side, 1 bit', { ...line, y: ['-1/4'] }, [[[[-1]]]], '3/4', 1, vanish],
  [
    // relu(10w − 1) falls, and relu(w − 1) rises beyond its kink at w = 1: a local minimum.
    'a second layer that may come to life shadows nothing',
    { layers: [dense(1, false), relu, frozen([[[1]], [-1]]), relu, frozen([[[1]]])], x: [10, 1], y: [10, -100] },
    one,
    '1/1000',
    null,
    vanish,
  ],
  [
    'a second layer that stays dead shadows the first',
    { layers: [dense(1, false), relu, frozen([[[1]], [-1]]), relu, frozen([[[1]]])], x: [10, '1/2'], y: [10, -100] },
    one,
    '1/1000',
    null,
    'proved',
  ],
])('%s: %s', (_, parts, layers, radius, bits, expected) => {
  const node: { readonly [key: string]: Value } =
    bits === null ? { rule: 'gradient-bound' } : { rule: 'gradient-bound', bits };
  const statement = { problem: problem(parts), point: point(...layers), radius: String(radius) };
  expect(answer(check(certificate('no-local-minimum-near', statement, { descent: node })))).toBe(expected);
});

/** Balls that hold a local minimum which only outward rounding, the last piece of a hull, or closed pieces keep in sight. */
const dense1 = (bias = false, weight?: string): object => ({
  type: 'dense',
  units: 1,
  bias,
  ...(weight && { fixed: { weights: [[weight]] } }),
});
const shifted = (at: string, minus: string): object => ({
  type: 'activation',
  function: 'piecewise',
  breakpoints: [at],
  pieces: [{ polynomial: [at, '-1'] }, { polynomial: [minus, '1'] }],
});
const at = (...weights: readonly string[]): object[] => weights.map((w) => ({ weights: [[w]] }));

test.each<[string, object[], object, string, object[], string, number]>([
  [
    'the low end of the box is rounded down',
    [dense1(), shifted('-1/16', '1/16'), dense1(false, '1')],
    { function: 'squared' },
    '-10',
    at('1'),
    '9/8',
    1,
  ],
  [
    'the high end of the box is rounded up',
    [dense1(), shifted('1/16', '-1/16'), dense1(false, '1')],
    { function: 'squared' },
    '-10',
    at('-1'),
    '9/8',
    1,
  ],
  [
    'the hull of an activation has its last piece',
    [dense1(), { type: 'activation', function: 'relu' }, dense1(true)],
    { function: 'squared' },
    '3/2',
    [{ weights: [['1/2']] }, { weights: [['1']], bias: ['0'] }],
    '1',
    64,
  ],
  [
    'the hull of a loss has its last piece',
    [dense1()],
    { function: 'huber', threshold: '1' },
    '0',
    at('-3/4'),
    '5/4',
    64,
  ],
])('%s', (_, layers, loss, y, layersOfPoint, radius, bits) => {
  const data = { type: 'samples', inputs: [['1']], targets: [[y]] };
  const statement = {
    kind: 'no-local-minimum-near',
    problem: { network: { input: [1], layers }, loss, data },
    point: { layers: layersOfPoint },
    radius,
  };
  const proof = { descent: { rule: 'gradient-bound', bits } };
  const text = JSON.stringify({ format: 'cairn-certificate', version: 1, statement, proof });
  expect(checkCertificate(text)).toMatchObject({ kind: 'rejected', reason: { code: 'gradient-may-vanish' } });
});
