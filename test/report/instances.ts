/** Small theorems for the tests of the report. */
import { isRational, type SampleProblem, type Statement } from '../../src/kernel/statement.js';
import type { Theorem } from '../../src/kernel/theorem.js';
import {
  activation,
  certificate,
  check,
  dense,
  dominance,
  type Fields,
  leaf,
  localMinimum,
  notLocalMinimum,
  point,
  problem,
  relu,
} from '../certificate.js';

export function theoremOf(certificate: Fields): Theorem {
  const verdict = check(certificate);
  if (verdict.kind !== 'proved') throw new Error(`${verdict.path}: ${verdict.reason.message}`);
  return verdict.theorem;
}

const oneUnit = [dense(1), relu, dense(1)];
const plainLinear = [dense(1, false), dense(1, false)];

const workedProblem = problem({
  layers: [dense(2), relu, dense(1)],
  x: [-4, -3, -2, 2, 3, 4],
  y: [4, 2, 2, 2, 4, 4],
});
const workedPoint = point(
  [
    [['3/29'], [0]],
    [3, -1],
  ],
  [[[1, 0]], [0]],
);
const workedBetter = point(
  [
    [[-2], [1]],
    ['-2/3', '301/3'],
  ],
  [[[1, 1]], [-100]],
);

/** The worked certificate of proofs/format.md 9. */
export const worked: Fields = certificate(
  'spurious-local-minimum',
  { problem: workedProblem, point: workedPoint, betterPoint: workedBetter },
  { localMinimum: { rule: 'affine-span' }, lowerRisk: { rule: 'lower-risk' } },
);

const square = [
  [1, 1],
  [1, -1],
  [-1, 1],
  [-1, -1],
] as const;

/** Three affine layers, hardtanh, a dead unit, Huber's loss. */
export const deep: Fields = localMinimum(
  problem({
    layers: [dense(2), relu, dense(3), activation('hardtanh'), dense(1, false)],
    loss: { function: 'huber', threshold: '5/2' },
    x: square,
    y: [4, 2, -4, -2],
  }),
  point(
    [
      [
        [1, 0],
        [0, 1],
      ],
      [5, 5],
    ],
    [
      [
        ['1/4', 0],
        [0, '1/100'],
        [0, 0],
      ],
      ['-5/4', 0, -3],
    ],
    [[[12, 0, 0]]],
  ),
);

/** Two outputs, leaky relu, weights and a factor. */
export const outputs: Fields = localMinimum(
  problem({
    layers: [dense(3), activation('leaky-relu', { slope: '1/10' }), dense(2)],
    loss: { function: 'squared', factor: '1/2' },
    x: square,
    y: [
      [6, 2],
      [4, -4],
      [-2, -2],
      [0, 0],
    ],
    weights: [2, 2, 2, 2],
  }),
  point(
    [
      [
        [1, 0],
        [0, 1],
        [0, 0],
      ],
      [10, 10, -20],
    ],
    [
      [
        [3, 0, 0],
        [0, 1, 0],
      ],
      [-28, -11],
    ],
  ),
);

/** A unit on a convex kink at its second sample, with the multiplier 2. */
export const kinked: Fields = localMinimum(
  problem({ layers: oneUnit, x: [-1, 0, 1, 2, 3], y: ['1/2', '-3/2', '5/2', 2, '5/2'] }),
  point([[[1]], [0]], [[[1]], [0]]),
  dominance(leaf([2])),
);

/** All samples on the kink, and one of them concave: Q is split. */
export const split: Fields = localMinimum(
  problem({ layers: oneUnit, x: [-1, 0, 1], y: ['-1/2', 1, '-1/2'] }),
  point([[[0]], [0]], [[[1]], [0]]),
  dominance({ sample: 1, nonnegative: leaf([1, 1], [0]), nonpositive: leaf([0, 0], [0]) }),
);

export const descending: Fields = notLocalMinimum(
  problem({ layers: oneUnit, x: [-1, 0, 1], y: [1, 0, 1] }),
  point([[[0]], [0]], [[[1]], [0]]),
  { rule: 'descent-direction', direction: point([[[1]], [0]], [[[0]], [0]]) },
);

const linearProblem = problem({ layers: plainLinear, x: [1, 2], y: [1, 2] });
const origin = point([[[0]]], [[[0]]]);
const unit = point([[[1]]], [[[1]]]);

export const saddle: Fields = certificate(
  'saddle',
  { problem: linearProblem, point: origin },
  {
    critical: { rule: 'zero-gradient' },
    descent: { rule: 'descent-curve', coefficients: [unit] },
    ascent: { rule: 'ascent-curve', coefficients: [point([[[1]]], [[[-1]]])] },
  },
);

export const perfect: Fields = certificate(
  'global-minimum',
  { problem: linearProblem, point: unit },
  { globalMinimum: { rule: 'zero-loss' } },
);

export const quantile: Fields = certificate(
  'global-minimum',
  {
    problem: problem({
      layers: plainLinear,
      loss: { function: 'smooth-quantile', level: '1/2', width: '3' },
      x: [1, 1],
      y: ['1/2', '3/2'],
    }),
    point: unit,
  },
  { globalMinimum: { rule: 'convex-span' } },
);

export const cubed: Fields = certificate(
  'not-global-minimum',
  {
    problem: problem({ layers: plainLinear, loss: { function: 'power', exponent: '3' }, x: [1, 2], y: [1, 2] }),
    point: origin,
    betterPoint: unit,
  },
  { lowerRisk: { rule: 'lower-risk' } },
);

export const ball: Fields = certificate(
  'no-local-minimum-near',
  {
    problem: problem({ layers: oneUnit, x: [1, 2], y: [5, 7] }),
    point: point([[[1]], [1]], [[[1]], [0]]),
    radius: '1/10',
  },
  { descent: { rule: 'gradient-bound' } },
);

export const all: Readonly<Record<string, Fields>> = {
  worked,
  deep,
  outputs,
  kinked,
  split,
  descending,
  saddle,
  perfect,
  quantile,
  cubed,
  ball,
};

/** Its statement, if it is one about samples. */
export function sampleStatementOf(certificate: Fields): Statement<SampleProblem> {
  const { statement } = theoremOf(certificate);
  const { problem } = statement;
  if (problem.type !== 'samples' || !isRational(statement)) throw new Error('the data are a box, or a point algebraic');
  return { ...statement, problem };
}
