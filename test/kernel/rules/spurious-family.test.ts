import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatRational, rational } from '../../../src/kernel/arithmetic/rational.js';
import { canonicalStatement } from '../../../src/kernel/canonical.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';
import { evaluate } from '../../../src/kernel/model/evaluation.js';
import { familyOver, memberAt, withSpace } from '../../../src/kernel/model/family.js';
import { checkRiskAtLeast } from '../../../src/kernel/rules/spurious-family.js';
import type { FamilyClaim, SampleProblem } from '../../../src/kernel/statement.js';
import { Ledger } from '../../../src/kernel/verdict.js';
import {
  abs,
  activation,
  answer,
  certificate,
  changed,
  check,
  dense,
  type Fields,
  frozen,
  type ProblemParts,
  point,
  problem,
  type Quantity,
  relu,
  type Value,
} from '../../certificate.js';

type Cell = Quantity | Fields;
type Layer = readonly [weights: readonly (readonly Cell[])[], bias?: readonly Cell[]];

const cell = (entry: Cell): Value => (typeof entry === 'object' ? entry : String(entry));
const ratio = (numerator: readonly Quantity[], denominator?: readonly Quantity[]): Fields => ({
  numerator: numerator.map(String),
  ...(denominator === undefined ? {} : { denominator: denominator.map(String) }),
});
type Terms = readonly (readonly [Quantity, ...number[]])[];
const terms = (list: Terms): Value =>
  list.map(([coefficient, ...exponents]) => ({ coefficient: String(coefficient), exponents }));
const several = (numerator: Terms, denominator?: Terms): Fields => ({
  numerator: terms(numerator),
  ...(denominator === undefined ? {} : { denominator: terms(denominator) }),
});
const range = (from: Quantity, to: Quantity, name = 't'): Fields => ({ name, from: String(from), to: String(to) });
const family = (parameters: readonly Fields[], ...layers: readonly Layer[]): Fields => ({
  parameters,
  layers: layers.map(([weights, bias]) => ({
    weights: weights.map((row) => row.map(cell)),
    ...(bias === undefined ? {} : { bias: bias.map(cell) }),
  })),
});

interface Claim {
  readonly problem: Fields;
  readonly family: Fields;
  readonly betterPoint: Fields;
  readonly gap: Quantity;
  readonly realizations: string;
  readonly coordinates: readonly Fields[];
  readonly predictions?: readonly Fields[];
}
const weight = (layer: number, unit: number, input = 0): Fields => ({ layer, unit, input });
const bias = (layer: number, unit: number): Fields => ({ layer, bias: unit });

function claim({ problem, family, betterPoint, gap, realizations, coordinates, predictions }: Claim): Fields {
  return certificate(
    'spurious-family',
    { problem, family, betterPoint, gap: String(gap), realizations },
    {
      localMinimum: { rule: 'affine-span' },
      lowerRisk: { rule: 'lower-risk' },
      injective: { rule: 'strictly-monotone', coordinates, ...(predictions === undefined ? {} : { predictions }) },
    },
  );
}

/** proofs/format.md 9: the best line 3 + 3x/29 through a V; two lines are better by 352/87. */
const V: ProblemParts = { layers: [dense(2), relu, dense(1)], x: [-4, -3, -2, 2, 3, 4], y: [4, 2, 2, 2, 4, 4] };
const twoLines = point(
  [
    [[-2], [1]],
    ['-2/3', '301/3'],
  ],
  [[[1, 1]], [-100]],
);
const t = ratio([0, 1]);
const overT = ratio([1], [0, 1]);

/** The first unit times t, its outgoing weight over t. */
const scale: Claim = {
  problem: problem(V),
  family: family(
    [range('1/2', 2)],
    [
      [[ratio([0, '3/29'])], [0]],
      [ratio([0, 3]), -1],
    ],
    [[[overT, 0]], [0]],
  ),
  betterPoint: twoLines,
  gap: '352/87',
  realizations: 'same-function',
  coordinates: [weight(0, 0)],
};

/** The dead second unit may stand anywhere below its kink. */
const box: Claim = {
  ...scale,
  family: family(
    [range('1/2', 2, 'scale'), range(1, 2, 'depth'), range(0, '1/8', 'slope')],
    [
      [[several([['3/29', 1, 0, 0]])], [several([[1, 0, 0, 1]])]],
      [several([[3, 1, 0, 0]]), several([[-1, 0, 1, 0]])],
    ],
    [[[several([[1, 0, 0, 0]], [[1, 1, 0, 0]]), 0]], [0]],
  ),
  coordinates: [weight(0, 0), bias(0, 1), weight(0, 1)],
};

/** relu(3x/29 + 3 + t) − t is the line on the data, and −t far to the left of them. */
const lifted: Claim = {
  ...scale,
  family: family(
    [range(0, 1)],
    [
      [['3/29'], [0]],
      [ratio([3, 1]), -1],
    ],
    [[[1, 0]], [ratio([0, -1])]],
  ),
  realizations: 'same-predictions',
  coordinates: [bias(1, 0)],
};
const farLeft = { input: ['-1000'], output: 0 };

/** Residuals of ±10 in the linear parts of Huber's loss: the constant may move, and every prediction with it. */
const huber: Claim = {
  problem: problem({ ...V, loss: { function: 'huber', threshold: '1' }, x: [-2, -1, 1, 2], y: [10, -10, -10, 10] }),
  family: family(
    [range(-5, 5)],
    [
      [[0], [0]],
      [-1, -1],
    ],
    [[[0, 0]], [t]],
  ),
  betterPoint: point(
    [
      [[1], [-1]],
      [-1, -1],
    ],
    [[[20, 20]], [-10]],
  ),
  gap: 38,
  realizations: 'distinct',
  coordinates: [bias(1, 0)],
  predictions: [{ sample: 0, output: 0 }],
};

/** The best constant ½ for log-cosh, by symmetry; its risk is irrational. */
const smooth: Claim = {
  ...scale,
  problem: problem({ ...V, loss: { function: 'log-cosh' }, x: [-2, -1, 1, 2], y: [1, 0, 0, 1] }),
  family: family(
    [range('1/2', 2)],
    [
      [[0], [0]],
      [t, -1],
    ],
    [[[ratio([1], [0, 2]), 0]], [0]],
  ),
  betterPoint: point(
    [
      [[1], [-1]],
      [-1, -1],
    ],
    [[[1, 1]], [0]],
  ),
  gap: '12/25',
  coordinates: [bias(0, 0)],
};

/** hardtanh inside its middle piece, where it is the identity; abs with a negative factor; two layers, the inner unit scaled. */
const hardtanh: Claim = {
  ...scale,
  problem: problem({ ...V, layers: [dense(1), activation('hardtanh'), dense(2), relu, dense(1)] }),
  family: family(
    [range('1/2', 1)],
    [[[ratio([0, '1/5'])]], [0]],
    [
      [[ratio(['15/29'], [0, 1])], [0]],
      [3, -1],
    ],
    [[[1, 0]], [0]],
  ),
  betterPoint: point(
    [[['1/5']], [0]],
    [
      [[-10], [5]],
      ['-2/3', '301/3'],
    ],
    [[[1, 1]], [-100]],
  ),
  realizations: 'same-predictions',
};
const frozenLast: Claim = {
  ...scale,
  problem: problem({ ...V, layers: [dense(2), relu, dense(2), relu, frozen([[[1, 0]], [0]])] }),
  family: family(
    [range('1/2', 2)],
    [
      [[ratio([0, '3/29'])], [0]],
      [ratio([0, 3]), -1],
    ],
    [
      [
        [overT, 0],
        [0, 0],
      ],
      [0, -1],
    ],
  ),
  gap: 4,
  betterPoint: point(
    [
      [[-2], [1]],
      ['-2/3', '301/3'],
    ],
    [
      [
        [1, 1],
        [0, 0],
      ],
      [-100, -1],
    ],
  ),
};

const proved: readonly (readonly [string, Fields])[] = [
  ['a unit scaled', claim(scale)],
  ['three parameters', claim(box)],
  ['a kink beyond the data: the same predictions', claim(lifted)],
  [
    'a kink beyond the data: different functions',
    claim({ ...lifted, realizations: 'distinct', predictions: [farLeft] }),
  ],
  ['predictions that move with Huber’s loss', claim(huber)],
  ['an irrational risk', claim(smooth)],
  ['two hidden layers', claim(hardtanh)],
  ['a frozen last layer', claim(frozenLast)],
  ['a range on both sides of 0', changed(claim(lifted), '$.statement.family.parameters[0]', range(-1, 1)) as Fields],
  [
    'factors on both sides of a unit of abs, the incoming one negative',
    claim({
      ...scale,
      problem: problem({ ...V, layers: [dense(2), abs, dense(1)] }),
      family: family(
        [range('1/2', 2)],
        [
          [[ratio([0, '-3/29'])], [0]],
          [ratio([0, -3]), -1],
        ],
        [[[overT, 0]], [0]],
      ),
      betterPoint: point(
        [
          [[1], [0]],
          [0, 1],
        ],
        [[['4/5', 0]], ['3/5']],
      ),
      gap: 1,
    }),
  ],
  [
    'two scaled layers',
    claim({
      ...frozenLast,
      family: family(
        [range('1/2', 2)],
        [
          [[ratio([0, '3/29'])], [0]],
          [ratio([0, 3]), -1],
        ],
        [
          [
            [overT, 0],
            [0, ratio([5, 1])],
          ],
          [0, ratio([-1, -1])],
        ],
      ),
    }),
  ],
];

test.each(proved)('proved: %s', (_, certificate) => {
  expect(answer(check(certificate))).toBe('proved');
});

/** A cell of the family, or another place of the statement or proof, changed. */
const at = (of: Claim, path: string, by: Value | undefined): Fields => changed(claim(of), path, by) as Fields;
const statement = '$.statement';
const layers = `${statement}.family.layers`;
const parameter = `${statement}.family.parameters[0]`;
const coordinates = '$.proof.injective.coordinates';

describe('refused', () => {
  test.each<[string, Fields, string]>([
    [
      'a unit that passes its kink',
      at(scale, `${layers}[0].bias[1]`, ratio(['-5/4', 1])),
      'unsupported-combination $.statement',
    ],
    [
      'a unit on its kink at the end of the range',
      at(scale, `${layers}[0].bias[1]`, ratio(['1/2', -1])),
      'unsupported-combination $.statement',
    ],
    [
      'a unit that touches its kink inside',
      at(scale, `${layers}[0].bias[1]`, ratio([-1, 2, -1])),
      'unsupported-combination $.statement',
    ],
    ['a unit on its kink everywhere', at(scale, `${layers}[0].bias[1]`, '0'), 'on-a-kink $.statement.family'],
    [
      'on a box, a unit that touches its kink at a corner',
      at(
        box,
        `${layers}[0].bias[1]`,
        several([
          [1, 0, 1, 0],
          [-1, 0, 0, 0],
        ]),
      ),
      'unsupported-combination $.statement',
    ],
    [
      'another slope at every t but one',
      at(scale, `${layers}[1].weights[0][0]`, '1'),
      'nonzero-path-moment $.statement.family',
    ],
    [
      'another height',
      at(scale, `${layers}[1].bias[0]`, ratio([0, '1/1000'])),
      'nonzero-path-moment $.statement.family',
    ],
    [
      'heights that are right at both ends of the range only',
      at(scale, `${layers}[1].bias[0]`, ratio([1, '-5/2', 1])),
      'nonzero-path-moment $.statement.family',
    ],
    ['a gap larger than there is', at(scale, `${statement}.gap`, '353/87'), 'gap-not-reached $.statement.gap'],
    ['a gap larger than there is, on a box', at(box, `${statement}.gap`, '353/87'), 'gap-not-reached $.statement.gap'],
    [
      'a gap larger than there is, of an irrational risk',
      at(smooth, `${statement}.gap`, '1/2'),
      'gap-not-reached $.statement.gap',
    ],
    ['a gap of 0', at(scale, `${statement}.gap`, '0'), 'nonpositive-gap $.statement.gap'],
    ['a negative gap', at(scale, `${statement}.gap`, '-1'), 'nonpositive-gap $.statement.gap'],
    [
      'a better point that is the middle member',
      at(
        huber,
        `${statement}.betterPoint`,
        point(
          [
            [[0], [0]],
            [-1, -1],
          ],
          [[[0, 0]], [0]],
        ),
      ),
      'gap-not-reached $.statement.gap',
    ],
    [
      'a denominator that is 0 at an end',
      at(scale, `${parameter}.from`, '0'),
      'vanishing-denominator $.statement.family.layers[1].weights[0][0].denominator',
    ],
    [
      'a denominator that is 0 inside',
      at(scale, `${parameter}.from`, '-1'),
      'vanishing-denominator $.statement.family.layers[1].weights[0][0].denominator',
    ],
    [
      't/t where t is 0',
      at(lifted, `${layers}[1].weights[0][0]`, ratio([0, 1], [0, 1])),
      'vanishing-denominator $.statement.family.layers[1].weights[0][0].denominator',
    ],
    [
      'the denominator 0',
      at(scale, `${layers}[0].bias[1]`, ratio([-1], [0])),
      'vanishing-denominator $.statement.family.layers[0].bias[1].denominator',
    ],
    [
      'on a box, a denominator that is 0 at one corner',
      at(
        box,
        `${layers}[1].weights[0][1]`,
        several(
          [[1, 0, 0, 0]],
          [
            [1, 1, 0, 0],
            [-1, 0, 1, 0],
            ['1/2', 0, 0, 0],
          ],
        ),
      ),
      'vanishing-denominator $.statement.family.layers[1].weights[0][1].denominator',
    ],
    ['a range that is a point', at(scale, `${parameter}.to`, '1/2'), 'empty-range $.statement.family.parameters[0]'],
    ['a range upside down', at(scale, `${parameter}.to`, '1/4'), 'empty-range $.statement.family.parameters[0]'],
    [
      'one range of three that is a point',
      at(box, `${statement}.family.parameters[2].from`, '1/8'),
      'empty-range $.statement.family.parameters[2]',
    ],
    ['no parameter', at(scale, `${statement}.family.parameters`, []), 'empty-list $.statement.family.parameters'],
    [
      'two parameters of one name',
      at(box, `${statement}.family.parameters[1].name`, 'scale'),
      'duplicate-name $.statement.family.parameters[1].name',
    ],
    [
      'a coordinate that is t² on [−1, 1]',
      at(
        {
          ...lifted,
          family: family(
            [range(-1, 1)],
            [
              [['3/29'], [0]],
              [ratio([3, 0, 1]), -1],
            ],
            [[[1, 0]], [ratio([0, 0, -1])]],
          ),
        },
        `${coordinates}`,
        [bias(0, 0)],
      ),
      'not-monotone $.proof.injective.coordinates[0]',
    ],
    [
      't³, whose derivative is 0 at one t',
      {
        ...claim({
          ...lifted,
          family: family(
            [range(-1, 1)],
            [
              [['3/29'], [0]],
              [ratio([3, 0, 0, 1]), -1],
            ],
            [[[1, 0]], [ratio([0, 0, 0, -1])]],
          ),
        }),
      },
      'not-monotone $.proof.injective.coordinates[0]',
    ],
    [
      'a coordinate that does not move',
      at(scale, `${coordinates}[0]`, weight(0, 1)),
      'not-monotone $.proof.injective.coordinates[0]',
    ],
    [
      'coordinates in another order',
      at(box, coordinates, [weight(0, 0), weight(0, 1), bias(0, 1)]),
      'depends-on-later-parameter $.proof.injective.coordinates[1]',
    ],
    [
      'one coordinate twice',
      at(box, coordinates, [weight(0, 0), bias(0, 1), bias(0, 1)]),
      'not-monotone $.proof.injective.coordinates[2]',
    ],
    [
      'a coordinate that depends on a later parameter too',
      at(
        box,
        `${layers}[0].bias[0]`,
        several([
          [3, 1, 0, 0],
          [0, 0, 1, 0],
        ]),
      ),
      'proved',
    ],
    [
      'a bias of the dead unit that moves with a later parameter',
      at(
        box,
        `${layers}[0].bias[1]`,
        several([
          [-1, 0, 1, 0],
          [-1, 0, 0, 1],
        ]),
      ),
      'depends-on-later-parameter $.proof.injective.coordinates[1]',
    ],
    ['too few coordinates', at(box, `${coordinates}[2]`, undefined), 'wrong-length $.proof.injective.coordinates'],
    [
      'too many coordinates',
      at(scale, coordinates, [weight(0, 0), bias(0, 0)]),
      'wrong-length $.proof.injective.coordinates',
    ],
    ['no coordinate', at(scale, coordinates, []), 'empty-list $.proof.injective.coordinates'],
    [
      'a coordinate of a unit that there is not',
      at(scale, `${coordinates}[0]`, weight(0, 2)),
      'wrong-hint $.proof.injective.coordinates[0]',
    ],
    [
      'a coordinate of an input that there is not',
      at(scale, `${coordinates}[0]`, weight(0, 0, 1)),
      'wrong-hint $.proof.injective.coordinates[0]',
    ],
    [
      'a coordinate of a layer that there is not',
      at(scale, `${coordinates}[0]`, bias(2, 0)),
      'wrong-hint $.proof.injective.coordinates[0]',
    ],
    [
      'a coordinate that is a weight and a bias',
      at(scale, `${coordinates}[0]`, { ...weight(0, 0), bias: 0 }),
      'wrong-hint $.proof.injective.coordinates[0]',
    ],
    [
      'a coordinate that is neither',
      at(scale, `${coordinates}[0]`, { layer: 0, unit: 0 }),
      'wrong-hint $.proof.injective.coordinates[0]',
    ],
    [
      'a coordinate of a frozen layer',
      claim({ ...frozenLast, coordinates: [bias(2, 0)] }),
      'wrong-hint $.proof.injective.coordinates[0]',
    ],
    [
      'the same predictions where they move',
      at({ ...huber, realizations: 'same-predictions' }, '$.proof.injective.predictions', undefined),
      'predictions-differ $.statement.realizations',
    ],
    [
      'the same function where predictions move',
      at({ ...huber, realizations: 'same-function' }, '$.proof.injective.predictions', undefined),
      'unsupported-combination $.statement.realizations',
    ],
    [
      'the same function on the data only',
      at(lifted, `${statement}.realizations`, 'same-function'),
      'unsupported-combination $.statement.realizations',
    ],
    [
      'the same function, scaled in front of hardtanh',
      at(hardtanh, `${statement}.realizations`, 'same-function'),
      'unsupported-combination $.statement.realizations',
    ],
    [
      'different functions where they are the same',
      at({ ...scale, predictions: [{ sample: 0, output: 0 }] }, `${statement}.realizations`, 'distinct'),
      'not-monotone $.proof.injective.predictions[0]',
    ],
    [
      'different functions at an input on the data’s side',
      at({ ...lifted, predictions: [{ input: ['5'], output: 0 }] }, `${statement}.realizations`, 'distinct'),
      'not-monotone $.proof.injective.predictions[0]',
    ],
    [
      'different functions at an input that a kink passes',
      at({ ...lifted, predictions: [{ input: ['-30'], output: 0 }] }, `${statement}.realizations`, 'distinct'),
      'unsupported-combination $.statement',
    ],
    [
      'different functions without hints',
      at(lifted, `${statement}.realizations`, 'distinct'),
      'missing-key $.proof.injective',
    ],
    [
      'hints for what is not claimed',
      claim({ ...lifted, predictions: [farLeft] }),
      'unknown-key $.proof.injective.predictions',
    ],
    [
      'a hint at a sample and at an input',
      at(huber, '$.proof.injective.predictions[0]', { ...farLeft, sample: 0 }),
      'wrong-hint $.proof.injective.predictions[0]',
    ],
    [
      'a hint at neither',
      at(huber, '$.proof.injective.predictions[0]', { output: 0 }),
      'wrong-hint $.proof.injective.predictions[0]',
    ],
    [
      'a hint at a sample that there is not',
      at(huber, '$.proof.injective.predictions[0].sample', 4),
      'wrong-hint $.proof.injective.predictions[0].sample',
    ],
    [
      'a hint at an output that there is not',
      at(huber, '$.proof.injective.predictions[0].output', 1),
      'wrong-hint $.proof.injective.predictions[0].output',
    ],
    [
      'a hint at an input of another length',
      at(huber, '$.proof.injective.predictions[0]', { input: ['1', '2'], output: 0 }),
      'wrong-shape $.proof.injective.predictions[0].input',
    ],
    [
      'two hints for one parameter',
      at(huber, '$.proof.injective.predictions', [
        { sample: 0, output: 0 },
        { sample: 1, output: 0 },
      ]),
      'wrong-length $.proof.injective.predictions',
    ],
    ['other realizations', at(scale, `${statement}.realizations`, 'same'), 'unknown-name $.statement.realizations'],
    [
      'Huber residuals that pass their breakpoint',
      at(huber, `${parameter}.to`, '19/2'),
      'unsupported-combination $.statement',
    ],
    [
      'a smooth loss whose predictions move',
      at(smooth, `${layers}[1].bias[0]`, t),
      'unsupported-combination $.statement.problem.loss',
    ],
    [
      'terms for one parameter',
      at(scale, `${layers}[1].bias[0]`, several([[0, 0]])),
      'wrong-type $.statement.family.layers[1].bias[0]',
    ],
    [
      'coefficients for several parameters',
      at(box, `${layers}[1].bias[0]`, t),
      'wrong-type $.statement.family.layers[1].bias[0]',
    ],
    [
      'coefficients over terms',
      at(scale, `${layers}[1].bias[0]`, { numerator: ['0'], denominator: [{ coefficient: '1', exponents: [0] }] }),
      'wrong-type $.statement.family.layers[1].bias[0].denominator[0]',
    ],
    [
      'exponents of another number of parameters',
      at(box, `${layers}[1].bias[0]`, several([[0, 0, 0]])),
      'wrong-shape $.statement.family.layers[1].bias[0].numerator[0].exponents',
    ],
    [
      'no coefficient',
      at(scale, `${layers}[1].bias[0]`, ratio([])),
      'empty-list $.statement.family.layers[1].bias[0].numerator',
    ],
    [
      'a function without numerator',
      at(scale, `${layers}[1].bias[0]`, { denominator: ['1'] }),
      'missing-key $.statement.family.layers[1].bias[0]',
    ],
    [
      'a function with another key',
      at(scale, `${layers}[1].bias[0]`, { ...t, variable: 't' }),
      'unknown-key $.statement.family.layers[1].bias[0].variable',
    ],
    [
      'a number that is none',
      at(scale, `${layers}[1].bias[0]`, ratio(['1e3'])),
      'malformed-quantity $.statement.family.layers[1].bias[0].numerator[0]',
    ],
    [
      'too many units',
      at(scale, `${layers}[0].weights`, [['1'], ['1'], ['1']]),
      'wrong-shape $.statement.family.layers[0].weights',
    ],
    ['too few layers', at(scale, `${layers}[1]`, undefined), 'wrong-shape $.statement.family.layers'],
    ['a missing bias', at(scale, `${layers}[1].bias`, undefined), 'missing-key $.statement.family.layers[1]'],
    [
      'ragged weights',
      at(scale, `${layers}[0].weights[1]`, ['0', '0']),
      'wrong-shape $.statement.family.layers[0].weights[1]',
    ],
    ['a point beside the family', at(scale, `${statement}.point`, twoLines), 'unknown-key $.statement.point'],
    ['no gap', at(scale, `${statement}.gap`, undefined), 'missing-key $.statement'],
    ['no reason for injectivity', at(scale, '$.proof.injective', undefined), 'missing-obligation $.proof'],
    [
      'another rule for injectivity',
      at(scale, '$.proof.injective', { rule: 'zero-loss' }),
      'unsupported-combination $.proof.injective.rule',
    ],
    [
      'neuron-dominance, which has no form for families',
      at(scale, '$.proof.localMinimum', { rule: 'neuron-dominance', units: [{}] }),
      'unsupported-combination $.proof.localMinimum.rule',
    ],
    [
      'a degree above the limit',
      at(scale, `${layers}[1].bias[0]`, ratio(new Array<Quantity>(1002).fill(0))),
      'limit-degree $.statement.family.layers[1].bias[0].numerator[1001]',
    ],
  ])('%s', (_, certificate, expected) => {
    expect(answer(check(certificate))).toBe(expected);
  });
});

const meter = new Meter(defaultLimits);

function theoremOf(certificate: Value) {
  const verdict = check(certificate);
  if (verdict.kind !== 'proved') throw new Error(`${verdict.path}: ${verdict.reason.message}`);
  return verdict.theorem;
}

function written(member: ReturnType<typeof memberAt>): Fields {
  return {
    layers: member.layers.map(({ weights, bias }) => ({
      weights: weights.rows.map((row) => row.map((n) => formatRational(rational(n, weights.denominator)))),
      ...(bias === undefined ? {} : { bias: bias.values.map((n) => formatRational(rational(n, bias.denominator))) }),
    })),
  };
}

describe('members, one by one', () => {
  const shares = [0n, 1n, 7n, 24n, 50n, 73n, 99n, 100n];

  test.each(proved)('%s', (_, certificate) => {
    const theorem = theoremOf(certificate);
    const claimed = theorem.statement.family as FamilyClaim;
    const { problem, betterPoint } = (certificate as { statement: { problem: Fields; betterPoint: Fields } }).statement;
    const seen = new Set<string>();
    for (const share of shares) {
      const t = claimed.parameters.map(({ from, to }, j) => {
        const part = rational((share * BigInt(j + 1)) % 101n, 100n);
        const width = rational(to.num * from.den - from.num * to.den, to.den * from.den);
        return rational(
          from.num * part.den * width.den + part.num * width.num * from.den,
          from.den * part.den * width.den,
        );
      });
      const member = written(memberAt(claimed, t, meter));
      seen.add(JSON.stringify(member));
      const spurious = {
        format: 'cairn-certificate',
        version: 1,
        statement: { kind: 'spurious-local-minimum', problem, point: member, betterPoint },
        proof: { localMinimum: { rule: 'affine-span' }, lowerRisk: { rule: 'lower-risk' } },
      };
      const { risk } = theoremOf(spurious);
      expect(risk.point).toEqual(theorem.risk.point);
    }
    expect(seen.size).toBe(shares.length);
  });
});

describe('the gap, where the risk is not constant', () => {
  /** The constant 3 + t: R = Σ (3 + t − y)² = 6t² + 6 on V, between 6 and 12. */
  const { problem, family: claimed } = theoremOf(
    claim({
      ...lifted,
      family: family(
        [range(-1, 1)],
        [
          [['3/29'], [0]],
          [ratio([3, 1]), -1],
        ],
        [[[1, 0]], [ratio([0, -1])]],
      ),
    }),
  ).statement;
  const moving = {
    ...(claimed as FamilyClaim),
    layers: (claimed as FamilyClaim).layers.map((layer, l) => {
      const zero = { numerator: [], denominator: [{ coefficient: 1n, exponents: [0] }] };
      const line = {
        numerator: [
          { coefficient: 3n, exponents: [0] },
          { coefficient: 1n, exponents: [1] },
        ],
        denominator: zero.denominator,
      };
      return l === 0 ? layer : { ...layer, weights: [[zero, zero]], bias: [line] };
    }),
  };
  const answerFor = (num: bigint, den: bigint, from: bigint): string =>
    withSpace([{ name: 't', from: rational(from), to: rational(1n) }], meter, (space) => {
      const { network, data } = problem as SampleProblem;
      const evaluation = evaluate(space.ring, network, familyOver(space, network, moving), data, meter);
      try {
        checkRiskAtLeast(space, problem as SampleProblem, evaluation, rational(num, den), meter, new Ledger());
        return 'shown';
      } catch (error) {
        return (error as { code: string }).code;
      }
    });

  test.each<[bigint, bigint, bigint, string]>([
    [6n, 1n, -1n, 'shown'],
    [6_000_001n, 1_000_000n, -1n, 'gap-not-reached'],
    [6n, 1n, 0n, 'shown'],
    [6_000_001n, 1_000_000n, 0n, 'gap-not-reached'],
    [11n, 1n, -1n, 'gap-not-reached'],
    [12n, 1n, -1n, 'gap-not-reached'],
  ])('R ≥ %d/%d for t from %d to 1: %s', (num, den, from, expected) => {
    expect(answerFor(num, den, from)).toBe(expected);
  });
});

describe('canonical texts', () => {
  const text = (certificate: Value): string => canonicalStatement(theoremOf(certificate).statement);
  const same: readonly (readonly [string, Claim, string, Value])[] = [
    ['a denominator of 1', scale, `${layers}[0].weights[0][0]`, ratio([0, '3/29'], [1])],
    ['a common factor', scale, `${layers}[0].weights[0][0]`, ratio([0, 0, 6], [0, 58])],
    ['zeros at the end', scale, `${layers}[0].weights[0][0]`, ratio([0, '3/29', 0])],
    ['a negative denominator', scale, `${layers}[1].weights[0][0]`, ratio([-1], [0, -1])],
    ['another name', scale, `${parameter}.name`, 'scale'],
    ['a constant as a function', scale, `${layers}[0].bias[1]`, ratio([-2], ['2'])],
    [
      'a layer of numbers over a common denominator',
      huber,
      `${layers}[0].weights`,
      { denominator: '7', numerators: [['0'], ['0']] },
    ],
    ['a bias over a common denominator', huber, `${layers}[0].bias`, { denominator: '7', numerators: ['-7', '-7'] }],
    ['another decimal', scale, `${statement}.gap`, '704/174'],
    [
      'terms in another order, one of them in two parts',
      box,
      `${layers}[1].weights[0][0]`,
      several(
        [
          ['1/2', 0, 0, 0],
          ['1/2', 0, 0, 0],
        ],
        [[1, 1, 0, 0]],
      ),
    ],
    ['integer factors', box, `${layers}[1].weights[0][0]`, several([[-2, 0, 0, 0]], [[-2, 1, 0, 0]])],
    ['other coordinates', scale, coordinates, [bias(0, 0)]],
  ];
  test.each(same)('%s: the same statement', (_, of, path, by) => {
    expect(text(at(of, path, by))).toBe(text(claim(of)));
  });

  const different: readonly (readonly [string, Claim, string, Value])[] = [
    ['the range', scale, `${parameter}.to`, '3'],
    ['the gap', scale, `${statement}.gap`, '4'],
    ['the realizations', scale, `${statement}.realizations`, 'same-predictions'],
    ['a number', scale, `${layers}[0].bias[1]`, '-2'],
    ['the family', scale, `${layers}[0].bias[1]`, ratio([-1, -1])],
  ];
  test.each(different)('%s changed: another statement', (_, of, path, by) => {
    expect(text(at(of, path, by))).not.toBe(text(claim(of)));
  });
});

/** Whatever is proved of a family holds at its members: coefficients of a good family changed at random. */
test('no changed family is proved that has a member which is refused', () => {
  const small = fc.constantFrom<Quantity>(0, 1, -1, '1/2', 3, '-3/29', '3/29');
  const entry = fc.oneof(
    small,
    fc
      .tuple(fc.array(small, { minLength: 1, maxLength: 3 }), fc.array(small, { minLength: 1, maxLength: 2 }))
      .map(([n, d]) => ratio(n, d)),
  );
  const place = fc.constantFrom(
    '[0].weights[0][0]',
    '[0].weights[1][0]',
    '[0].bias[0]',
    '[0].bias[1]',
    '[1].weights[0][0]',
    '[1].weights[0][1]',
    '[1].bias[0]',
  );
  let shown = 0;
  fc.assert(
    fc.property(fc.constantFrom(scale, lifted), place, entry, (of, where, by) => {
      const tried = at(
        { ...of, realizations: 'same-predictions', coordinates: [bias(0, 0)] },
        `${layers}${where}`,
        cell(by),
      );
      const verdict = check(tried);
      if (verdict.kind !== 'proved') return;
      shown++;
      const claimed = verdict.theorem.statement.family as FamilyClaim;
      for (const [num, den] of [
        [0n, 1n],
        [1n, 7n],
        [1n, 2n],
        [5n, 6n],
        [1n, 1n],
      ] as const) {
        const { from, to } = claimed.parameters[0] as FamilyClaim['parameters'][number];
        const t = rational(from.num * to.den * (den - num) + to.num * from.den * num, from.den * to.den * den);
        const member = written(memberAt(claimed, [t], meter));
        const minimum = certificate(
          'local-minimum',
          { problem: of.problem, point: member },
          { localMinimum: { rule: 'affine-span' } },
        );
        expect(answer(check(minimum))).toBe('proved');
      }
    }),
    { seed: 1, numRuns: 400 },
  );
  expect(shown).toBeGreaterThan(20);
});
