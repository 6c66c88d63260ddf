/** Convolutions, pools, residual layers, smooth pieces and every loss, through explain, inspect and plot. */
import { describe, expect, test } from 'vitest';
import { add, formatRational, multiply, type Rational, rational } from '../../src/kernel/arithmetic/rational.js';
import { readPoint, readProblem } from '../../src/kernel/check.js';
import { predictions } from '../../src/kernel/model/evaluation.js';
import type { Point, SampleProblem } from '../../src/kernel/statement.js';
import { explain } from '../../src/report/explain.js';
import { inspect } from '../../src/report/inspect.js';
import { plot, type View } from '../../src/report/plot.js';
import { affineMap, regionsOf } from '../../src/report/regions.js';
import {
  activation,
  certificate,
  check,
  dense,
  dominance,
  type Fields,
  globalMinimum,
  leaf,
  localMinimum,
  piecewise,
  point,
  problem,
  type Row,
  relu,
} from '../certificate.js';
import {
  avgpool,
  conv1d,
  conv2d,
  flatten,
  maxpool,
  type Nested,
  pointOf,
  residual,
  type ShapedParts,
  shaped,
} from '../layers.js';
import { theoremOf } from './instances.js';

const flat = (page: string): string => page.replaceAll(/\s+/g, ' ');

type Theta = readonly (readonly [weights: Nested, bias?: Row])[];
interface Case {
  readonly problem: Omit<ShapedParts, 'y'>;
  readonly theta: Theta;
  readonly outputs?: number;
  /** what inspect has to say */
  readonly said: readonly string[];
}

function given({ problem: parts, theta, outputs = 1 }: Case): { problem: SampleProblem; point: Point } {
  const y = parts.x.map((): Row => new Array<number>(outputs).fill(0));
  const read = readProblem(JSON.stringify({ format: 'cairn-problem', version: 1, ...shaped({ ...parts, y }) }));
  if (read.kind !== 'read') throw new Error(`${read.path}: ${read.reason.message}`);
  if (read.value.type !== 'samples') throw new Error('no samples');
  const at = readPoint(JSON.stringify({ format: 'cairn-point', version: 1, ...pointOf(...theta) }), read.value);
  if (at.kind !== 'read') throw new Error(`${at.path}: ${at.reason.message}`);
  return { problem: read.value, point: at.value };
}

const noFormulas = 'Formulas in the parameters are written for networks of dense layers only, not for this one.';

const cases: Readonly<Record<string, Case>> = {
  convolution: {
    problem: {
      input: [1, 3],
      layers: [conv1d(2, 2, { padding: 1 }), activation('leaky-relu', { slope: '1/2' }), flatten, dense(1)],
      x: [
        [1, 2, 3],
        [-1, -2, -3],
        [1, -5, 2],
      ],
    },
    theta: [
      [
        [[[1, 1]], [[2, '1/3']]],
        ['1/7', -1],
      ],
      [[[1, 2, 3, 4, 5, 6, 7, 8]], ['1/2']],
    ],
    said: [
      noFormulas,
      'layer 1: channel 1 on h(z) = z at all 4 positions; channel 2: on h(z) = 1/2·z at position 1, on h(z) = z at positions 2–4',
    ],
  },
  maximum: {
    problem: {
      input: [1, 2, 2],
      layers: [conv2d(2, [1, 1]), relu, maxpool([1, 2]), flatten, dense(2)],
      x: [
        [1, 2, 3, 4],
        [4, 3, 2, 1],
        [5, 5, 1, 2],
      ],
    },
    outputs: 2,
    theta: [
      [
        [[[[1]]], [[[-2]]]],
        [1, 20],
      ],
      [
        [
          [1, 2, 3, 4],
          [0, 1, 0, '1/3'],
        ],
        [0, 1],
      ],
    ],
    said: [
      'the maximum pool after layer 1: maxima of channel 1 from positions 2, 4; channel 2 from positions 1, 3',
      'the maximum pool after layer 1: 2 of 4 maxima attained twice or more',
      '| channel 1 at position 1 of the maximum pool after layer 1 | 1: 3 |',
      'one of the pieces or winners is taken',
    ],
  },
  average: {
    problem: {
      input: [2, 4],
      layers: [avgpool(2), conv1d(1, 2, { bias: false }), activation('hardtanh'), flatten, dense(1, false)],
      x: [
        [1, 2, 3, 4, 5, 6, 7, 8],
        [0, 0, '1/2', 0, 0, '1/3', 0, 0],
      ],
    },
    theta: [
      [
        [
          [
            [1, '1/2'],
            [-1, '1/4'],
          ],
        ],
      ],
      [[['3/5']]],
    ],
    said: ['layer 1: channel 1 on h(z) = z'],
  },
  residual: {
    problem: {
      input: [1, 3],
      layers: [
        conv1d(2, 1),
        residual(conv1d(2, 1), relu, residual(conv1d(2, 3, { padding: 1, bias: false }))),
        activation('abs'),
        flatten,
        dense(1),
      ],
      x: [
        [1, 2, 3],
        [-3, 4, '1/9'],
      ],
    },
    theta: [
      [
        [[[1]], [['1/2']]],
        [1, -1],
      ],
      [
        [
          [[1], [2]],
          [[-3], ['1/5']],
        ],
        ['1/3', 7],
      ],
      [
        [
          [
            [1, 2, 3],
            [1, 0, 0],
          ],
          [
            [0, 0, '1/2'],
            [0, 1, 0],
          ],
        ],
      ],
      [[[1, 2, 3, -1, -2, -3]], [4]],
    ],
    said: ['the residual sum after layer 3: channel'],
  },
  'dense residual': {
    problem: {
      input: [2],
      layers: [dense(2), relu, residual(dense(2), relu), dense(1)],
      x: [
        [1, 2],
        [-1, 3],
      ],
    },
    theta: [
      [
        [
          [1, 2],
          [3, '1/2'],
        ],
        [0, 1],
      ],
      [
        [
          [1, 0],
          [0, -1],
        ],
        ['1/3', 0],
      ],
      [[[2, '3/7']], [1]],
    ],
    said: ['layer 2: unit 1 on; unit 2 off', noFormulas],
  },
  'a constant piece after smooth ones': {
    problem: {
      input: [1],
      layers: [dense(1), activation('hardswish'), dense(1), piecewise([0], [0, 3], ['1/2', 3]), dense(1)],
      x: [[1], [5]],
    },
    theta: [
      [[[1]], [0]],
      [[[1]], [-4]],
      [[[2]], [1]],
    ],
    said: ['unit 1 on the smooth piece h(z) = 1/6·z² + 1/2·z', 'layer 2: unit 1 constant 3', 'N(x) = 7\n'],
  },
};

describe('inspect knows every layer', () => {
  test.each(Object.keys(cases))('%s: the affine map gives the prediction of the kernel', async (name) => {
    const { problem, point } = given(cases[name] as Case);
    const found = regionsOf(problem, point);
    const { preactivations, denominator } = predictions(found.evaluation);
    for (const region of found.regions) {
      const map = affineMap(problem.network, point, region);
      for (const i of region.samples) {
        const x = (problem.data.inputs.rows[i] ?? []).map((n) => rational(n, problem.data.inputs.denominator));
        map.forEach((affine, c) => {
          const value = affine?.a.reduce((sum, a, j) => add(sum, multiply(a, x[j] as Rational)), affine.b);
          expect(value === undefined ? null : formatRational(value)).toBe(
            formatRational(rational(preactivations[i]?.[c] as bigint, denominator)),
          );
        });
      }
    }
    const pages = await Promise.all(
      (['text', 'markdown'] as const).map((format) => inspect(problem, point, { format })),
    );
    for (const words of cases[name]?.said ?? []) {
      expect(pages.some((page) => page.includes(words) || flat(page).includes(words))).toBe(true);
    }
    expect(pages.join()).not.toMatch(/undefined|NaN|\[object/);
  });
});

test('smooth pieces: no affine function, no formula, irrational values rounded', async () => {
  const { problem, point } = given({
    problem: {
      input: [1],
      layers: [dense(2), activation('elu'), dense(1)],
      loss: { function: 'log-cosh' },
      x: [[1], [-1], [0]],
    },
    theta: [
      [
        [[1], [2]],
        [0, 3],
      ],
      [[[1, 1]], [0]],
    ],
    said: [],
  });
  const page = await inspect(problem, point, { format: 'text' });
  expect(flat(page)).toContain(
    'The 3 samples lie in 3 regions: on each, all units keep their pieces. On 1 of them some unit',
  );
  expect(page).toContain('unit 1 on the smooth piece h(z) = exp(z) − 1');
  expect(page).toContain('N(x) depends on smooth pieces here, and is no affine function of x');
  expect(page).toContain('N(x) = 3·x1 + 3\n');
  expect(page).toContain('unit 1 on the kink at 0');
  expect(page).toContain('R(θ) ≈ ');
  expect(flat(page)).toContain('Smooth activations have irrational values at this point');
});

/** The loss at p = 0 for targets ±1, and at p = y + r elsewhere: residual gradients are odd in r, so pairs of samples cancel. */
const losses: Readonly<Record<string, { readonly loss: Fields; readonly y: Row; readonly said: string }>> = {
  squared: { loss: { function: 'squared' }, y: [1, -1, 1, -1], said: '(exact numbers, computed from the data and θ)' },
  'power 3/2': {
    loss: { function: 'power', exponent: '3/2' },
    y: [1, -1, 1, -1],
    said: 'multiples of powers with a broken exponent',
  },
  'power 4': { loss: { function: 'power', exponent: '4' }, y: [1, -1, 1, -1], said: '(exact numbers' },
  huber: { loss: { function: 'huber', threshold: '1/2' }, y: [1, -1, 1, -1], said: '(exact numbers' },
  quantile: {
    loss: { function: 'smooth-quantile', level: '1/2', width: '1' },
    y: [1, -1, 1, -1],
    said: '(exact numbers',
  },
  'log-cosh': { loss: { function: 'log-cosh' }, y: [1, -1, 1, -1], said: 'multiples of values of tanh' },
  logistic: { loss: { function: 'logistic' }, y: [1, 0, 1, 0], said: 'sums of rationals and values of tanh' },
  'not convex': {
    loss: { function: 'polynomial', coefficients: ['0', '0', '3', '0', '-1/8'] },
    y: [1, -1, 1, -1],
    said: 'though not shown to be convex everywhere, convex near every residual',
  },
};

const at = [-1, -1, 1, 1];
const networks: Readonly<Record<string, (loss: Fields, y: Row) => Fields>> = {
  dense: (loss, y) =>
    localMinimum(problem({ layers: [dense(1), relu, dense(1)], loss, x: at, y }), point([[[0]], [1]], [[[0]], [0]])),
  'smooth pieces beside': (loss, y) =>
    localMinimum(
      problem({ layers: [dense(1), activation('elu'), dense(1)], loss, x: at, y }),
      point([[[0]], [1]], [[[0]], [0]]),
    ),
  convolution: (loss, y) =>
    localMinimum(
      shaped({
        input: [1, 2],
        layers: [conv1d(2, 1), relu, maxpool(2), flatten, dense(1)],
        loss,
        x: at.map((x) => [x, 3 * x]),
        y,
      }),
      pointOf(
        [
          [[[1]], [['1/2']]],
          [9, 9],
        ],
        [[[0, 0]], [0]],
      ),
    ),
  linear: (loss, y) =>
    globalMinimum(problem({ layers: [dense(1)], loss, x: at, y }), point([[[0]], [0]]), 'convex-span'),
};

describe('explain and plot know every loss', () => {
  const rows = Object.keys(networks).flatMap((network) => Object.keys(losses).map((loss) => [network, loss] as const));
  test.each(rows)('%s, %s', async (network, name) => {
    const { loss, y, said } = losses[name] as (typeof losses)[string];
    const written = networks[network]?.(loss, y) as Fields;
    if (network === 'linear' && name === 'not convex') return expect(check(written).kind).toBe('declined');
    const theorem = theoremOf(written);
    const pages = [await explain(theorem, 'text'), await explain(theorem, 'markdown')];
    const page = flat(pages[0] as string);
    expect(page).toContain(said);
    expect(pages.join()).not.toMatch(/undefined|NaN|\[object/);
    if (network === 'smooth pieces beside') expect(page).toContain('for activations with smooth pieces; the theorem');
    if (network === 'convolution') {
      expect(page).toContain('and every maximum pool has one winner');
      expect(page).toContain('for convolutions, pools and residual layers; the theorem');
    }
    if (name === 'not convex') {
      expect(page).toContain('every θ′ near θ satisfies');
      expect(page).not.toContain('global minimum');
    }
    const views: readonly View[] =
      theorem.statement.problem.network.inputs === 1 ? ['segment', 'realization'] : ['segment'];
    for (const view of views) expect(plot(theorem, { view })).not.toMatch(/NaN|undefined|Infinity/);
  });
});

test('irrational residual gradients are shown rounded, and marked', async () => {
  const { loss, y } = losses['log-cosh'] as (typeof losses)[string];
  const page = await explain(theoremOf(networks['dense']?.(loss, y) as Fields), 'text');
  expect(page).toContain('The exact numbers; g is rounded here:');
  expect(page).toContain('≈ −0.7616');
});

test('lower risk at points with irrational values', async () => {
  const theorem = theoremOf(
    certificate(
      'not-global-minimum',
      {
        problem: problem({ layers: [dense(1), activation('elu'), dense(1)], x: [-1, 1], y: [0, 0] }),
        point: point([[[1]], [0]], [[[1]], [1]]),
        betterPoint: point([[[1]], [0]], [[['1/10']], [0]]),
      },
      { lowerRisk: { rule: 'lower-risk' } },
    ),
  );
  expect(flat(await explain(theorem, 'text'))).toContain('enclosed between two rationals');
  for (const view of ['segment', 'slice', 'realization', 'residual'] as const) {
    expect(plot(theorem, { view })).not.toMatch(/NaN|undefined/);
  }
});

test('neuron-dominance on channels', async () => {
  const theorem = theoremOf(
    localMinimum(
      shaped({
        input: [2, 2],
        layers: [conv1d(1, 1, { bias: false }), relu, avgpool(2), flatten, dense(1, false)],
        loss: { function: 'squared', factor: '1/2' },
        x: [
          [1, 0, 0, 1],
          [1, 0, 1, 0],
        ],
        y: [-1, 1],
      }),
      pointOf([[[[0], [0]]]], [[[1]]]),
      dominance({ transport: [['1'], ['1']], ...leaf([0, 0]) }),
    ),
  );
  const page = flat(await explain(theorem, 'text'));
  expect(page).toContain(
    'a channel meets 2 patches x̃_ip of every sample, and the output reads one number of each channel',
  );
  expect(page).toContain('No explicit radius is computed for convolutions');
});
