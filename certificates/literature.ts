/**
 * Concrete small examples of the literature, each as its problem, its point and what is claimed, decided by `certify`. Where a paper states an
 * example without parameters, they are those of proofs/sources.md.
 */
import { rational } from '../src/index.js';
import { activation, column, decide, type Fields, inline, network, point, problem, relu } from './by-hand.js';

type Claim = 'local-minimum' | 'spurious-local-minimum' | 'saddle' | 'spurious-local-minimum-near';

interface Example {
  readonly name: string;
  /** who, where, and what they say */
  readonly source: string;
  readonly problem: Fields;
  readonly point: Fields;
  readonly better?: Fields;
  readonly claim: Claim;
  /** radius of the ball around a point that is no exact minimum */
  readonly radius?: readonly [bigint, bigint];
}

const half = { function: 'squared', factor: '1/2' };
const yun =
  'Yun, Sra, Jadbabaie, Small nonlinearities in activation functions create bad local minima in neural networks, ICLR 2019';
const cheridito =
  'Cheridito, Jentzen, Rossmannek, Landscape analysis for shallow neural networks: complete classification of critical points for affine target functions, J. Nonlinear Sci. 2022';
const ibragimov =
  'Ibragimov, Jentzen, Kröger, Riekert, On the existence of infinitely many realization functions of non-global local minima in the training of artificial neural networks with ReLU activation, arXiv 2202.11481';
const liu =
  'Liu, Spurious local minima are common for deep neural networks with piecewise linear activations, arXiv 2102.13233';

const threePoints = inline(
  [
    ['1', '0'],
    ['0', '1'],
    ['1/2', '1/2'],
  ],
  column(0, 0, 1),
);
const ones = [
  ['1', '1'],
  ['1', '1'],
];
const constantThird = point([ones, ['0', '0']], [[['1/6', '1/6']], ['0']]);

const cross = inline(
  [
    ['1', '0'],
    ['-1', '0'],
    ['0', '1'],
    ['0', '-1'],
  ],
  column(1, 1, -1, -1),
);
const sixPoints = inline(column(-4, -3, -2, 2, 3, 4), column(4, 2, 2, 2, 4, 4));
const twoLines = point([column(-2, 1), ['-2/3', '301/3']], [[['1', '1']], ['-100']]);

const onInterval = (
  units: number,
  act: Fields,
  ends: readonly [string, string],
  ...coefficients: readonly string[]
): Fields =>
  problem(network(1, units, act), {
    type: 'box',
    lower: [ends[0]],
    upper: [ends[1]],
    targets: [
      {
        terms: coefficients.flatMap((coefficient, k) => (coefficient === '0' ? [] : [{ coefficient, exponents: [k] }])),
      },
    ],
  });
const line = (units: number, act: Fields = relu): Fields => onInterval(units, act, ['0', '1'], '-1/2', '3');
const flipped = (v: string): Fields => point([column(0, -1, 1), ['-1', '0', '-1']], [[['5', v, '-2']], ['1']]);

/** 3x − 1/2 by one unit that is active on all of [0, 1] */
const target = point([column(1, 0, 0), ['1', '-1', '-1']], [[['3', '0', '0']], ['-7/2']]);

/** Safran and Shamir's smallest student: five equal neurons up to their order, and a sixth. */
const student = ((): Fields => {
  const [a, b, s] = [
    '0.9867038188885768422414222',
    '-0.05041340321680873742141619',
    '0.3080109914790687458326791',
  ] as const;
  const [t, u] = ['0.2245158075994778888490001', '-0.6015119235610937100839567'] as const;
  const neuron = (i: number): string[] => [...Array.from({ length: 5 }, (_, j) => (i === j ? a : b)), s];
  return { layers: [{ weights: [...[0, 1, 2, 3, 4].map(neuron), [t, t, t, t, t, u]] }] };
})();
const unitVectors = Array.from({ length: 6 }, (_, j) => Array.from({ length: 6 }, (__, k) => (j === k ? '1' : '0')));

const examples: readonly Example[] = [
  {
    name: 'yun-2019-theorem-2-quadratic',
    source: `${yun}, Theorem 2 and Corollary 3: three points, two units, h(t) = t²; v = (1, 1), u = (1/6, 1/6)`,
    problem: problem(network(2, 2, activation('quadratic')), threePoints, half),
    point: constantThird,
    better: point(
      [
        [
          ['1', '1'],
          ['1', '-1'],
        ],
        ['0', '0'],
      ],
      [[['1', '-1']], ['0']],
    ),
    claim: 'spurious-local-minimum',
  },
  {
    name: 'yun-2019-theorem-2-relu',
    source: `${yun}, appendix A6: the same data, relu, all biases 0`,
    problem: problem(network(2, 2, relu), threePoints, half),
    point: constantThird,
    better: point(
      [
        [
          ['2', '0'],
          ['1', '-1'],
        ],
        ['0', '0'],
      ],
      [[['1', '-2']], ['0']],
    ),
    claim: 'spurious-local-minimum',
  },
  {
    name: 'yun-2019-theorem-1-tied-predictions',
    source: `${yun}, Theorem 1, the case of tied predictions: (±1, 0) with label 1 and (0, ±1) with label −1; least squares gives 0`,
    problem: problem(network(2, 2, relu), cross, half),
    point: point(
      [
        [
          ['0', '0'],
          ['0', '0'],
        ],
        ['1', '1'],
      ],
      [[['1', '0']], ['-1']],
    ),
    claim: 'spurious-local-minimum',
  },
  {
    name: 'christof-kowalczyk-2023-hardtanh',
    source:
      'Christof, Kowalczyk, On the omnipresence of spurious local minima in certain neural network training problems, Constr. Approx. 2023: two hidden layers of hard-tanh on five points',
    problem: problem(
      {
        input: [1],
        layers: [
          { type: 'dense', units: 2 },
          activation('hardtanh'),
          { type: 'dense', units: 2 },
          activation('hardtanh'),
          { type: 'dense', units: 1 },
        ],
      },
      inline(column(-1, '-1/2', 0, '1/2', 1), column(1, 0, 0, 0, 1)),
      half,
    ),
    point: point(
      [column(0, 0), ['1/7', '0']],
      [
        [
          ['1', '0'],
          ['0', '0'],
        ],
        ['0', '0'],
      ],
      [[['14/5', '0']], ['0']],
    ),
    better: point(
      [column(0, -4), ['1/7', '3']],
      [
        [
          ['1', '0'],
          ['0', '1/4'],
        ],
        ['0', '0'],
      ],
      [[['14/5', '-24/25']], ['0']],
    ),
    claim: 'spurious-local-minimum',
  },
  {
    name: 'liu-2021-two-groups',
    source: `${liu}: the larger of the least squares fits of two groups of points`,
    problem: problem(network(1, 2, relu), sixPoints, half),
    point: twoLines,
    claim: 'local-minimum',
  },
  {
    name: 'liu-2021-one-group',
    source: `${liu}: the least squares fit of all points, less good than that of the two groups`,
    problem: problem(network(1, 2, relu), sixPoints, half),
    point: point([column('3/29', 0), ['103', '-1']], [[['1', '0']], ['-100']]),
    better: twoLines,
    claim: 'spurious-local-minimum',
  },
  {
    name: 'ibragimov-2022-polynomial-target',
    source: `${ibragimov}: a local minimum that is not global, here for the polynomial target 20x³ − 31x² + 13x − 7/6`,
    problem: onInterval(2, relu, ['0', '1'], '-7/6', '13', '-31', '20'),
    point: point([column(1, 1), ['1', '-7/8']], [[['-11/32', '8']], ['29/64']]),
    better: point([column(1, 1), ['1', '-1/6']], [[['25/3', '-9']], ['-75/8']]),
    claim: 'spurious-local-minimum',
  },
  {
    name: 'ibragimov-2022-best-hinge-of-a-parabola',
    source: `${ibragimov}, Theorem 1.2: one unit for x² on [0, 1], the hinge with its kink at 1/3`,
    problem: onInterval(1, relu, ['0', '1'], '0', '0', '1'),
    point: point([column(1), ['-1/3']], [[['4/3']], ['1/27']]),
    claim: 'local-minimum',
  },
  {
    name: 'cheridito-2022-semi-inactive-units',
    source: `${cheridito}, (III): 3x − 1/2 on [0, 1], an inactive unit and two semi-inactive ones`,
    problem: line(3),
    point: flipped('2'),
    better: target,
    claim: 'spurious-local-minimum',
  },
  {
    name: 'cheridito-2022-semi-inactive-units-flipped',
    source: `${cheridito}, (III): the same with the sign of one outgoing weight changed, which the theorem says is no local minimum`,
    problem: line(3),
    point: flipped('-2'),
    claim: 'spurious-local-minimum',
  },
  {
    name: 'cheridito-2022-two-kinks',
    source: `${cheridito}, (IV b): two equidistant kinks of opposite orientations`,
    problem: line(2),
    point: point([column(1, -1), ['-1/3', '2/3']], [[['2', '-2']], ['1']]),
    claim: 'saddle',
  },
  {
    name: 'cheridito-2022-two-kinks-claimed-a-minimum',
    source: `${cheridito}, (IV b): the same point, were it taken for a local minimum since gradient descent stalls there`,
    problem: line(2),
    point: point([column(1, -1), ['-1/3', '2/3']], [[['2', '-2']], ['1']]),
    claim: 'local-minimum',
  },
  {
    name: 'ding-li-sun-2022-any-width',
    source:
      'Ding, Li, Sun, Suboptimal local minima exist for wide neural networks with smooth activations, Math. Oper. Res. 2022: five points in the plane, residuals (1, 1, 1, 1, −4)/4, here h(t) = t² and four units',
    problem: problem(
      network(2, 4, activation('quadratic')),
      inline(
        [
          ['1', '0'],
          ['-1', '0'],
          ['0', '1'],
          ['0', '-1'],
          ['0', '0'],
        ],
        column('3/4', '3/4', '3/4', '3/4', 2),
      ),
      half,
    ),
    point: point(
      [
        [
          ['0', '0'],
          ['0', '0'],
          ['0', '0'],
          ['0', '0'],
        ],
        ['1', '1', '1', '1'],
      ],
      [[['1/4', '1/4', '1/4', '1/4']], ['0']],
    ),
    better: point(
      [
        [
          ['1', '0'],
          ['0', '1'],
          ['0', '0'],
          ['0', '0'],
        ],
        ['0', '0', '0', '0'],
      ],
      [[['-5/4', '-5/4', '0', '0']], ['2']],
    ),
    claim: 'spurious-local-minimum',
  },
  {
    name: 'safran-shamir-2018-six-neurons',
    source:
      'Safran, Shamir, Spurious local minima are common in two-layer ReLU neural networks, ICML 2018: six neurons, orthonormal teachers, Gaussian data; their smallest case, to 25 digits',
    problem: problem(
      {
        input: [6],
        layers: [
          { type: 'dense', units: 6, bias: false },
          relu,
          { type: 'dense', units: 1, bias: false, fixed: { weights: [['1', '1', '1', '1', '1', '1']] } },
        ],
      },
      { type: 'gaussian-teacher', dimension: 6, teacher: unitVectors },
      half,
    ),
    point: student,
    radius: [1n, 10n ** 15n],
    claim: 'spurious-local-minimum-near',
  },
];

export const literatureCases: readonly (readonly [string, () => Promise<string>])[] = examples.map(
  ({ name, source, claim, radius, problem: posed, point: at, better }) => [
    `literature/${name}`,
    async () => {
      const text = await decide(posed, at, {
        ...(radius === undefined ? { claim } : { radius: rational(...radius) }),
        ...(better === undefined ? {} : { better }),
      });
      const about = JSON.stringify({ source, text: `claimed: ${claim}` });
      // The answer says nothing of a source.
      return text.replace(/\n\}\n$/, `,\n  "about": ${about}\n}\n`);
    },
  ],
);
