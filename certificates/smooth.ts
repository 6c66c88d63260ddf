/**
 * Spurious local minima of networks with smooth activations and losses: an affine or constant fit that is exactly rational, inside affine
 * pieces, and a better point that was found in doubles and rounded, mostly in smooth pieces. Most of these data are symmetric: for
 * log-cosh, logistic and cross-entropy few other best fits are rational.
 */
import { type Fields as Plain, writeFile } from '../src/formats/write.js';
import { type ConstructionInput, formatRational } from '../src/index.js';

type Fields = { readonly [key: string]: unknown };
type Samples = Pick<ConstructionInput, 'inputs' | 'targets'>;
type Layer = readonly [weights: readonly (readonly string[])[], bias: readonly string[]];
interface Data {
  readonly inputs: readonly (readonly string[])[];
  readonly targets: readonly (readonly string[])[];
}

const activation = (name: string, parameters: Fields = {}): Fields => ({
  type: 'activation',
  function: name,
  ...parameters,
});
const piece = (name: string): Fields => ({ function: name, scale: '1', rate: '1', shift: '0', offset: '0' });
/** e^t, then 1, then 1 + (t − 1)² */
const mixture = activation('piecewise', {
  breakpoints: ['0', '1'],
  pieces: [piece('exp'), { polynomial: ['1'] }, { polynomial: ['2', '-2', '1'] }],
});
const tanhLeft = activation('piecewise', { breakpoints: ['0'], pieces: [piece('tanh'), { polynomial: ['0', '1'] }] });
const nothing = (inputs: number, units: number): string[][] =>
  Array.from({ length: units }, () => new Array<string>(inputs).fill('0'));
/** 1/(2·scale) of selu */
const seluSlope = '10000000000000000000000000000000/21014019747109609868386699705892';

const pointOf = (layers: readonly Layer[]): Fields => ({
  layers: layers.map(([weights, bias]) => ({ weights, bias })),
});

const column = (...values: readonly string[]): string[][] => values.map((value) => [value]);
const byHand = {
  // x/2, and residuals 1, −1, −1, 1
  hinge: { inputs: column('-3', '-1', '1', '3'), targets: column('-1/2', '-3/2', '-1/2', '5/2') },
  signs: { inputs: column('-3', '-1', '1', '3'), targets: column('1', '-1', '-1', '1') },
  twoClasses: {
    inputs: column('-2', '-1', '1', '2'),
    targets: [
      ['1', '0'],
      ['0', '1'],
      ['0', '1'],
      ['1', '0'],
    ],
  },
} as const;
const realData = ['species', 'setosaVersicolor', 'versicolorVirginica'] as const;

interface Case {
  readonly name: string;
  readonly activation: Fields;
  readonly loss: Fields;
  readonly data: keyof typeof byHand | (typeof realData)[number];
  readonly point: readonly Layer[];
  readonly better: readonly Layer[];
}

const list: readonly Case[] = [
  {
    name: 'elu-log-cosh',
    activation: activation('elu'),
    loss: { function: 'log-cosh' },
    data: 'hinge',
    point: [
      [
        [['1'], ['0']],
        ['10', '1'],
      ],
      [[['1/2', '0']], ['-5']],
    ],
    better: [
      [
        [['0.88'], ['1.91']],
        ['1.96', '-0.85'],
      ],
      [[['-0.68', '1.1']], ['0.26']],
    ],
  },
  {
    name: 'celu-power',
    activation: activation('celu', { alpha: '1/2' }),
    loss: { function: 'power', exponent: '3/2' },
    data: 'hinge',
    point: [
      [
        [['1'], ['0']],
        ['10', '1'],
      ],
      [[['1/2', '0']], ['-5']],
    ],
    better: [
      [
        [['4.18'], ['0.21']],
        ['-0.5', '1.73'],
      ],
      [[['0.48', '-2.4']], ['2.39']],
    ],
  },
  {
    name: 'selu-quartic',
    activation: activation('selu'),
    loss: { function: 'polynomial', coefficients: ['0', '0', '1', '0', '1/10'] },
    data: 'hinge',
    point: [
      [
        [['1'], ['0']],
        ['10', '1'],
      ],
      [[[seluSlope, '0']], ['-5']],
    ],
    better: [
      [
        [['0.34'], ['2.26']],
        ['0.38', '-1.74'],
      ],
      [[['-1.18', '0.81']], ['-0.05']],
    ],
  },
  {
    name: 'isrlu-double-well',
    activation: activation('isrlu'),
    loss: { function: 'polynomial', coefficients: ['1/4', '0', '-1', '0', '1'] },
    data: 'hinge',
    point: [
      [
        [['1'], ['0']],
        ['10', '1'],
      ],
      [[['1/2', '0']], ['-5']],
    ],
    better: [
      [
        [['1.01'], ['-2.08']],
        ['0.58', '-1.37'],
      ],
      [[['0.79', '0.34']], ['-0.72']],
    ],
  },
  {
    name: 'hardswish-logistic-iris',
    activation: activation('hardswish'),
    loss: { function: 'logistic' },
    data: 'versicolorVirginica',
    point: [
      [nothing(4, 2), ['-4', '-4']],
      [[['1', '-2']], ['0']],
    ],
    better: [
      [
        [
          ['2.66', '-0.21', '-3.24', '-2.34'],
          ['-0.27', '-2.54', '2.61', '6.05'],
        ],
        ['0.84', '-4.98'],
      ],
      [[['6.28', '2.96']], ['-26.28']],
    ],
  },
  {
    name: 'mixture-cross-entropy-iris',
    activation: mixture,
    loss: { function: 'cross-entropy' },
    data: 'species',
    point: [
      [nothing(4, 2), ['1/2', '1/2']],
      [
        [
          ['1', '-1'],
          ['1', '-1'],
          ['1', '-1'],
        ],
        ['0', '0', '0'],
      ],
    ],
    better: [
      [
        [
          ['-3.45', '2.7', '1.8', '-4.17'],
          ['-2.57', '-0.07', '3.13', '2.24'],
        ],
        ['10.35', '-2.93'],
      ],
      [
        [
          ['19.8', '-9.05'],
          ['-1.48', '-8.94'],
          ['-19.15', '18.67'],
        ],
        ['-17.55', '17.83', '-1'],
      ],
    ],
  },
  {
    name: 'leaky-relu-quantile',
    activation: activation('leaky-relu'),
    loss: { function: 'smooth-quantile', level: '1/3', width: '4' },
    data: 'hinge',
    point: [
      [
        [['1'], ['0']],
        ['10', '1'],
      ],
      [[['1/2', '0']], ['-5']],
    ],
    better: [
      [
        [['0.44'], ['1.28']],
        ['1.46', '0'],
      ],
      [[['-1.18', '1.58']], ['-0.28']],
    ],
  },
  {
    name: 'prelu-log-cosh',
    activation: activation('prelu', { slope: '-1/3' }),
    loss: { function: 'log-cosh' },
    data: 'hinge',
    point: [
      [
        [['1'], ['0']],
        ['10', '1'],
      ],
      [[['1/2', '0']], ['-5']],
    ],
    better: [
      [
        [['-0.45'], ['1.52']],
        ['-1.05', '0.22'],
      ],
      [[['-1.65', '1.15']], ['-1.67']],
    ],
  },
  {
    name: 'relu6-huber',
    activation: activation('relu6'),
    loss: { function: 'huber', threshold: '1/2' },
    data: 'hinge',
    point: [
      [
        [['1/2'], ['0']],
        ['3', '1'],
      ],
      [[['1', '0']], ['-3']],
    ],
    better: [
      [
        [['0.67'], ['1.41']],
        ['1.9', '0.03'],
      ],
      [[['-0.81', '1.45']], ['-0.5']],
    ],
  },
  {
    name: 'softshrink-log-cosh',
    activation: activation('softshrink'),
    loss: { function: 'log-cosh' },
    data: 'signs',
    point: [
      [
        [['1/10'], ['0']],
        ['0', '1/4'],
      ],
      [[['1', '1']], ['0']],
    ],
    better: [
      [
        [['-0.33'], ['0.82']],
        ['0.53', '-2.68'],
      ],
      [[['6.7', '1.47']], ['1']],
    ],
  },
  {
    name: 'hard-sigmoid-logistic-iris',
    activation: activation('hard-sigmoid'),
    loss: { function: 'logistic' },
    data: 'setosaVersicolor',
    point: [
      [nothing(4, 2), ['4', '4']],
      [[['1', '-1']], ['0']],
    ],
    better: [
      [
        [
          ['-2.06', '-7.55', '11.67', '4.95'],
          ['-1.59', '-15.4', '13.48', '11.31'],
        ],
        ['-2', '0.88'],
      ],
      [[['13.21', '28.38']], ['-25.24']],
    ],
  },
  {
    name: 'hardswish-log-cosh-deep',
    activation: activation('hardswish'),
    loss: { function: 'log-cosh' },
    data: 'hinge',
    point: [
      [
        [['1'], ['0']],
        ['10', '4'],
      ],
      [
        [
          ['1', '0'],
          ['0', '0'],
        ],
        ['0', '4'],
      ],
      [[['1/2', '0']], ['-5']],
    ],
    better: [
      [
        [['1.58'], ['-0.98']],
        ['-1', '0.78'],
      ],
      [
        [
          ['-1.52', '0.07'],
          ['1.05', '0.57'],
        ],
        ['0.65', '-1.52'],
      ],
      [[['-1.67', '1.25']], ['0.05']],
    ],
  },
  {
    name: 'tanh-piece-cross-entropy',
    activation: tanhLeft,
    loss: { function: 'cross-entropy', factor: '1/4' },
    data: 'twoClasses',
    point: [
      [
        [['1'], ['-1']],
        ['3', '3'],
      ],
      [
        [
          ['0', '0'],
          ['0', '0'],
        ],
        ['0', '0'],
      ],
    ],
    better: [
      [
        [['-22.44'], ['-6.97']],
        ['-19.05', '9.45'],
      ],
      [
        [
          ['14.62', '-15.59'],
          ['-14.2', '16.28'],
        ],
        ['9.51', '-9.5'],
      ],
    ],
  },
];

/** Every fifth flower, by species: all three by class, or two of them by 0 and 1, 10 each. */
function flowers({ inputs, targets }: Samples, data: (typeof realData)[number]): Data {
  const rows = inputs.flatMap((row, i) =>
    i % 5 === 0 ? [{ x: row.map(formatRational), kind: Number(targets[i]?.[0]?.num) }] : [],
  );
  const first = data === 'versicolorVirginica' ? 1 : 0;
  const kept = data === 'species' ? rows : rows.filter(({ kind }) => kind === first || kind === first + 1);
  return {
    inputs: kept.map(({ x }) => x),
    targets: kept.map(({ kind }) =>
      data === 'species' ? [0, 1, 2].map((k) => (k === kind ? '1' : '0')) : [String(kind - first)],
    ),
  };
}

function text({ activation: h, loss, data: name, point, better }: Case, iris: Samples): string {
  const data: Data =
    name in byHand ? byHand[name as keyof typeof byHand] : flowers(iris, name as (typeof realData)[number]);
  const layers = point.flatMap(([, bias], l): Fields[] => [
    { type: 'dense', units: bias.length },
    ...(l + 1 < point.length ? [h] : []),
  ]);
  const network = { input: [data.inputs[0]?.length], layers };
  const samples = { type: 'samples', inputs: data.inputs, targets: data.targets };
  return spurious({ network, loss, data: samples }, pointOf(point), pointOf(better));
}

function spurious(problem: Fields, point: Fields, betterPoint: Fields): string {
  return writeFile({
    format: 'cairn-certificate',
    version: 1,
    statement: { kind: 'spurious-local-minimum', problem, point, betterPoint },
    proof: { localMinimum: { rule: 'affine-span' }, lowerRisk: { rule: 'lower-risk' } },
  } as Plain);
}

export const smoothCases = (iris: () => Samples): readonly (readonly [string, () => Promise<string>])[] =>
  list.map((each) => [`smooth/${each.name}`, async () => text(each, iris())]);

/** The best affine fit of real data, carried by an affine piece of elu. */
export function eluFit(network: Fields, problem: Fields, point: Fields): string {
  return spurious(
    { ...problem, network },
    point,
    pointOf([
      [
        [
          ['0.47', '-0.67', '-1.27'],
          ['0.52', '-0.71', '-0.76'],
        ],
        ['5.49', '0.21'],
      ],
      [[['-0.55', '1.03']], ['2.78']],
    ]),
  );
}
