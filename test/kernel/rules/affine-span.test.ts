import { describe, expect, test } from 'vitest';
import {
  type Affine,
  abs,
  activation,
  answer,
  changed,
  check,
  codeOf,
  dense,
  dominance,
  type Fields,
  frozen,
  localMinimum,
  type ProblemParts,
  piecewise,
  point,
  problem,
  type Quantity,
  type Row,
  relu,
  type Value,
} from '../../certificate.js';
import { forward } from '../../forward.js';
import { minus, over, read, write } from '../../landscape.js';
import {
  avgpool,
  conv1d,
  conv2d,
  flatten,
  maxpool,
  type Nested,
  pointOf,
  residual,
  shaped,
  values,
} from '../../layers.js';

/** One hidden layer of relu on x = −4 … 4 (proofs/format.md 9): a line through all data, and two lines. */
const worked: ProblemParts = { layers: [dense(2), relu, dense(1)], x: [-4, -3, -2, 2, 3, 4], y: [4, 2, 2, 2, 4, 4] };
const line = point(
  [
    [['3/29'], [0]],
    [3, -1],
  ],
  [[[1, 0]], [0]],
);
const twoLines = point(
  [
    [[-2], [1]],
    ['-2/3', '301/3'],
  ],
  [[[1, 1]], [-100]],
);

const code = (parts: ProblemParts, ...layers: readonly Affine[]): string =>
  codeOf(check(localMinimum(problem(parts), point(...layers))));

describe('the worked example', () => {
  test.each<[string, Fields, string]>([
    ['the best line', line, 'proved'],
    ['two best lines, one a group', twoLines, 'proved'],
    [
      'another slope',
      point(
        [
          [[0], [0]],
          [3, -1],
        ],
        [[[1, 0]], [0]],
      ),
      'nonzero-path-moment $.statement.point',
    ],
    [
      'the slope from v, w halved',
      point(
        [
          [['3/58'], [0]],
          ['3/2', -1],
        ],
        [[[2, 0]], [0]],
      ),
      'proved',
    ],
    [
      'another height',
      point(
        [
          [['3/29'], [0]],
          [3, -1],
        ],
        [[[1, 0]], ['1/1000']],
      ),
      'nonzero-path-moment $.statement.point',
    ],
    [
      'a dead unit on its kink',
      point(
        [
          [['3/29'], [0]],
          [3, 0],
        ],
        [[[1, 0]], [0]],
      ),
      'on-a-kink $.statement.point',
    ],
    [
      'a dead unit with a kink at a sample',
      point(
        [
          [['3/29'], [1]],
          [3, -4],
        ],
        [[[1, 0]], [0]],
      ),
      'on-a-kink $.statement.point',
    ],
    [
      'a dead unit with a large weight',
      point(
        [
          [['3/29'], [0]],
          [3, -1],
        ],
        [[[1, 999]], [0]],
      ),
      'proved',
    ],
    [
      'a unit alive at one sample, v = 0',
      point(
        [
          [['3/29'], [1]],
          [3, '-7/2'],
        ],
        [[[1, 0]], [0]],
      ),
      'nonzero-path-moment $.statement.point',
    ],
    [
      'the constant mean',
      point(
        [
          [[0], [0]],
          [3, -1],
        ],
        [[[1, 0]], [0]],
      ),
      'nonzero-path-moment $.statement.point',
    ],
    [
      'everything dead at the mean',
      point(
        [
          [[0], [0]],
          [-1, -1],
        ],
        [[[1, 1]], [3]],
      ),
      'proved',
    ],
    [
      'everything dead off the mean',
      point(
        [
          [[0], [0]],
          [-1, -1],
        ],
        [[[1, 1]], ['3001/1000']],
      ),
      'nonzero-path-moment $.statement.point',
    ],
  ])('%s: %s', (_, theta, expected) => {
    expect(answer(check(localMinimum(problem(worked), theta)))).toBe(expected);
  });

  test('every other number in place of one of the point or the data is refused, or leaves the predictions alone', () => {
    const certificate = localMinimum(problem(worked), line);
    // Of the dead unit 1, and of the scale between w and v, the predictions do not depend.
    const harmless = ['layers[0].weights[1][0]', 'layers[0].bias[1]', 'layers[1].weights[0][1]'];
    const places = [
      ...['layers[0].weights[0][0]', 'layers[0].bias[0]', 'layers[1].weights[0][0]', 'layers[1].bias[0]', ...harmless],
    ].map((place) => `$.statement.point.${place}`);
    for (let i = 0; i < 6; i++) {
      places.push(`$.statement.problem.data.inputs[${i}][0]`, `$.statement.problem.data.targets[${i}][0]`);
    }
    for (const place of places) {
      for (const by of ['1/7', '-1/1000', '101/1000']) {
        const verdict = check(changed(certificate, place, by));
        const may = harmless.some((end) => place.endsWith(end));
        if (!may) expect(`${place} ${codeOf(verdict)}`).toBe(`${place} nonzero-path-moment`);
      }
    }
  });
});

describe('which moments are owed (theory.md 1, counterexamples)', () => {
  /** c + v relu(w x) at w = v = 1, c = 0: Σ g x = 0, Σ g ≠ 0. */
  const two = { x: [1, 2], y: [0, '5/2'] };
  const hidden = dense(1, false);
  const shifted = piecewise([0], [0, 0], [1, 0]);
  const raised = piecewise([-9, 0], [0, -8], [1, 1], [2, 1]);
  test.each<[string, ProblemParts, readonly Affine[], string]>([
    [
      'a free output bias',
      { ...two, layers: [hidden, relu, dense(1)] },
      [[[[1]]], [[[1]], [0]]],
      'nonzero-path-moment',
    ],
    ['no bias at all', { ...two, layers: [hidden, relu, dense(1, false)] }, [[[[1]]], [[[1]]]], 'proved'],
    [
      'a free hidden bias',
      { ...two, layers: [dense(1), relu, dense(1, false)] },
      [[[[1]], [0]], [[[1]]]],
      'nonzero-path-moment',
    ],
    ['a frozen output bias 0', { ...two, layers: [hidden, relu, frozen([[[1]], [0]])] }, [[[[1]]]], 'proved'],
    [
      'a frozen output bias 1',
      { ...two, y: [1, '7/2'], layers: [hidden, relu, frozen([[[1]], [1]])] },
      [[[[1]]]],
      'nonzero-path-moment',
    ],
    ['a frozen hidden bias 0', { ...two, layers: [frozen([[[1]], [0]]), relu, dense(1, false)] }, [[[[1]]]], 'proved'],
    [
      'a frozen hidden bias 1',
      { ...two, x: [0, 1], layers: [frozen([[[1]], [1]]), relu, dense(1, false)] },
      [[[[1]]]],
      'nonzero-path-moment',
    ],
    [
      'the same pieces, written out',
      { ...two, layers: [hidden, shifted, dense(1, false)] },
      [[[[1]]], [[[1]]]],
      'proved',
    ],
    [
      'an intercept',
      { x: [1, 2], y: [2, '11/2'], layers: [hidden, raised, dense(1, false)] },
      [[[[1]]], [[[1]]]],
      'nonzero-path-moment',
    ],
    [
      'Σ g x ≠ 0 too',
      { ...two, y: [0, 2], layers: [hidden, relu, dense(1, false)] },
      [[[[1]]], [[[1]]]],
      'nonzero-path-moment',
    ],
    [
      'weights that balance',
      { ...two, y: [0, 3], weights: [2, 1], layers: [hidden, relu, dense(1, false)] },
      [[[[1]]], [[[1]]]],
      'proved',
    ],
    [
      'weights that do not',
      { ...two, weights: [2, 1], layers: [hidden, relu, dense(1, false)] },
      [[[[1]]], [[[1]]]],
      'nonzero-path-moment',
    ],
    [
      'a sample twice for a weight 2',
      { x: [1, 1, 2], y: [0, 0, 3], layers: [hidden, relu, dense(1, false)] },
      [[[[1]]], [[[1]]]],
      'proved',
    ],
  ])('%s: %s', (_, parts, layers, expected) => {
    expect(code(parts, ...layers)).toBe(expected);
  });
});

describe('the path form', () => {
  /** relu(x): dead at −1 and −2, alive at 1, 2, 3. */
  const at = (left: Row, right: Row, bias = true): [ProblemParts, Affine, Affine] => [
    { layers: [dense(1, bias), relu, dense(1)], x: [-1, -2, 1, 2, 3], y: [...left, ...right] },
    bias ? [[[1]], [0]] : [[[1]]],
    [[[1]], [0]],
  ];
  test.each<[string, [ProblemParts, Affine, Affine], string]>([
    ['both groups have no moments', at([0, 0], [0, 4, 2]), 'proved'],
    ['the dead group has a first moment', at([1, -1], [0, 4, 2]), 'proved'],
    ['the dead group has a mean', at([1, 1], [0, 4, 2]), 'nonzero-path-moment'],
    ['the means cancel, with a hidden bias', at([1, 1], [1, 2, 1]), 'nonzero-path-moment'],
    ['the means cancel, without one', at([1, '3/2'], ['-1/2', 2, 3], false), 'nonzero-path-moment'],
    ['the means cancel, and Σ g x = 0 on the living', at([0, -2], [4, 2, 2], false), 'proved'],
    ['the means do not cancel', at([1, -1], [4, 2, 2], false), 'nonzero-path-moment'],
    ['Σ g x ≠ 0 on the living', at([0, -2], [2, 4, 2], false), 'nonzero-path-moment'],
  ])('%s: %s', (_, [parts, ...layers], expected) => {
    expect(code(parts, ...layers)).toBe(expected);
  });

  test('two units of equal slopes on every group ask for one combination, and of different slopes for two', () => {
    const h = piecewise([0], ['1/2', 0], [1, 0]);
    const twice: ProblemParts = { layers: [dense(2, false), h, dense(1, false)], x: [-2, 1], y: [0, 0] };
    // Predictions v·h(wx): with w = (1, 1) slopes are (1/2, 1) for both units; with (1, −1) the second has (1, 1/2).
    expect(code({ ...twice, y: [-2, 0] }, [[[1], [1]]], [[['1/2', '1/2']]])).toBe('proved');
    expect(code({ ...twice, y: ['-1/2', '-3/4'] }, [[[1], [-1]]], [[['1/2', '1/2']]])).toBe('nonzero-path-moment');
    expect(code({ ...twice, y: ['-1/2', 3] }, [[[1], [1]]], [[['1/2', '1/2']]])).toBe('nonzero-path-moment');
  });
});

describe('shadowed units and dead layers', () => {
  const deep = (second: number): ProblemParts => ({
    layers: [dense(1), relu, dense(second), relu, dense(1)],
    x: [0, 1, 2],
    y: [0, 1, 5],
  });
  test.each<[string, ProblemParts, readonly Affine[], string]>([
    [
      'a kink below a dead layer',
      deep(1),
      [
        [[[1]], [0]],
        [[[1]], [-9]],
        [[[1]], [2]],
      ],
      'proved',
    ],
    [
      'a kink below a dead layer, not at the mean',
      deep(1),
      [
        [[[1]], [0]],
        [[[1]], [-9]],
        [[[1]], [3]],
      ],
      'nonzero-path-moment',
    ],
    [
      'the layer above the kink lives',
      deep(1),
      [
        [[[1]], [0]],
        [[[1]], [9]],
        [[[0]], [2]],
      ],
      'on-a-kink',
    ],
    [
      'the layer above is itself on a kink',
      deep(1),
      [
        [[[1]], [0]],
        [[[0]], [0]],
        [[[1]], [2]],
      ],
      'on-a-kink',
    ],
    [
      'one of two units above lives, with outgoing weight 0',
      deep(2),
      [
        [[[1]], [0]],
        [
          [[1], [1]],
          [-9, 9],
        ],
        [[[1, 0]], [2]],
      ],
      'on-a-kink',
    ],
    [
      'both units above are dead',
      deep(2),
      [
        [[[1]], [0]],
        [
          [[1], [1]],
          [-9, -3],
        ],
        [[[1, 1]], [2]],
      ],
      'proved',
    ],
    [
      'dead at the kink only',
      deep(1),
      [
        [[[1]], [0]],
        [[[1]], ['-1/2']],
        [[['7/2']], ['-1/4']],
      ],
      'nonzero-path-moment',
    ],
    [
      'dead at the kink, a line through the others',
      { ...deep(1), y: [7, 1, 5] },
      [
        [[[1]], [0]],
        [[[4]], [-2]],
        [[[1]], [-1]],
      ],
      'nonzero-path-moment',
    ],
    [
      'dead at the kink, and its residual 0',
      { ...deep(1), y: [-1, 1, 5] },
      [
        [[[1]], [0]],
        [[[4]], [-2]],
        [[[1]], [-1]],
      ],
      'proved',
    ],
    [
      'a kink two layers below a dead layer',
      { layers: [dense(1), relu, dense(1), relu, dense(1), relu, dense(1)], x: [0, 1], y: [1, 3] },
      [
        [[[1]], [0]],
        [[[1]], [0]],
        [[[1]], [-9]],
        [[[5]], [2]],
      ],
      'proved',
    ],
    [
      'a kink two layers below a living layer',
      { layers: [dense(1), relu, dense(1), relu, dense(1), relu, dense(1)], x: [0, 1], y: [1, 3] },
      [
        [[[1]], [0]],
        [[[1]], [1]],
        [[[1]], [9]],
        [[[0]], [2]],
      ],
      'on-a-kink',
    ],
    [
      'a saturated layer with a nonzero value needs its Σ g, which the outgoing weight moves',
      { layers: [dense(1), relu, dense(1), activation('hardtanh'), dense(1, false)], x: [0, 1], y: [1, 3] },
      [[[[1]], [0]], [[[1]], [9]], [[[2]]]],
      'proved',
    ],
    [
      'a saturated layer at another value',
      { layers: [dense(1), relu, dense(1), activation('hardtanh'), dense(1, false)], x: [0, 1], y: [1, 3] },
      [[[[1]], [0]], [[[1]], [9]], [[[1]]]],
      'nonzero-path-moment',
    ],
    [
      'samples saturated on both sides are two groups',
      { layers: [dense(1, false), activation('hardtanh'), dense(1)], x: [-9, 9, 9], y: [1, 2, 4] },
      [[[[1]]], [[[1]], [2]]],
      'proved',
    ],
    [
      'samples saturated on both sides, one mean missed',
      { layers: [dense(1, false), activation('hardtanh'), dense(1)], x: [-9, 9, 9], y: [1, 2, 5] },
      [[[[1]]], [[[1]], [2]]],
      'nonzero-path-moment',
    ],
  ])('%s: %s', (_, parts, layers, expected) => {
    expect(code(parts, ...layers)).toBe(expected);
  });
});

describe('activations, losses, outputs', () => {
  const four = { x: [-2, -1, 1, 2], y: [2, 1, 1, 2] };
  const V = [[[1, 1]], [0]] as const;
  test.each<[string, ProblemParts, readonly Affine[], string]>([
    [
      'abs',
      { ...four, layers: [dense(1), abs, dense(1)] },
      [
        [[[1]], [0]],
        [[[1]], [0]],
      ],
      'proved',
    ],
    [
      'abs at 0',
      { ...four, x: [0, -1, 1, 2], layers: [dense(1), abs, dense(1)] },
      [
        [[[1]], [0]],
        [[[1]], [0]],
      ],
      'on-a-kink',
    ],
    [
      'prelu with slope 1 has no kink',
      { ...four, x: [0, 0, 1, 1], layers: [dense(1), activation('prelu', { slope: '1' }), dense(1)] },
      [
        [[[0]], [0]],
        [[[0]], ['3/2']],
      ],
      'proved',
    ],
    [
      'prelu with slope 99/100 has one',
      { ...four, x: [0, 0, 1, 1], layers: [dense(1), activation('prelu', { slope: '99/100' }), dense(1)] },
      [
        [[[0]], [0]],
        [[[0]], ['3/2']],
      ],
      'on-a-kink',
    ],
    [
      'a breakpoint between equal pieces is none',
      { ...four, x: [0, 0, 1, 1], layers: [dense(1), piecewise([0], [1, 0], [1, 0]), dense(1)] },
      [
        [[[0]], [0]],
        [[[0]], ['3/2']],
      ],
      'proved',
    ],
    [
      'relu6 at 6',
      { ...four, layers: [dense(1), activation('relu6'), dense(1)] },
      [
        [[[0]], [6]],
        [[[0]], ['3/2']],
      ],
      'on-a-kink',
    ],
    [
      'relu6 above 6',
      { ...four, layers: [dense(1), activation('relu6'), dense(1)] },
      [
        [[[0]], ['61/10']],
        [[[0]], ['3/2']],
      ],
      'proved',
    ],
    [
      'softshrink at its threshold',
      { ...four, layers: [dense(1), activation('softshrink'), dense(1)] },
      [
        [[[0]], ['-1/2']],
        [[[0]], ['3/2']],
      ],
      'on-a-kink',
    ],
    ['no hidden layer', { ...four, layers: [dense(1)] }, [[[[0]], ['3/2']]], 'proved'],
    ['no hidden layer, off the mean', { ...four, layers: [dense(1)] }, [[[[0]], [1]]], 'nonzero-path-moment'],
    [
      'two layers without an activation, at 0',
      { ...four, layers: [dense(1, false), dense(1, false)] },
      [[[[0]]], [[[0]]]],
      'proved',
    ],
    [
      'two layers without an activation: a saddle',
      { x: [1], y: [1], layers: [dense(1, false), dense(1, false)] },
      [[[[0]]], [[[0]]]],
      'nonzero-path-moment',
    ],
    [
      'Huber at its threshold',
      { x: [1, 2], y: [-1, 1], loss: { function: 'huber', threshold: '1' }, layers: [dense(1)] },
      [[[[0]], [0]]],
      'nonzero-path-moment',
    ],
    [
      'Huber beyond its threshold',
      { x: [1, 1], y: [-5, 5], loss: { function: 'huber', threshold: '1' }, layers: [dense(1)] },
      [[[[0]], [0]]],
      'proved',
    ],
    [
      'Huber, one side at the threshold',
      { x: [1, 1], y: [-1, 5], loss: { function: 'huber', threshold: '1' }, layers: [dense(1)] },
      [[[[0]], [0]]],
      'proved',
    ],
    [
      'Huber, one side below the threshold',
      { x: [1, 1], y: ['-99/100', 5], loss: { function: 'huber', threshold: '1' }, layers: [dense(1)] },
      [[[[0]], [0]]],
      'nonzero-path-moment',
    ],
    [
      'a cube at residual 0',
      { x: [1, 1], y: [0, 0], loss: { function: 'power', exponent: '3' }, layers: [dense(1)] },
      [[[[0]], [0]]],
      'proved',
    ],
    [
      'a cube between two targets',
      { x: [1, 1], y: [-2, 2], loss: { function: 'power', exponent: '3' }, layers: [dense(1)] },
      [[[[0]], [0]]],
      'proved',
    ],
    [
      'a cube off the middle',
      { x: [1, 1], y: [-2, 3], loss: { function: 'power', exponent: '3' }, layers: [dense(1)] },
      [[[[0]], [0]]],
      'nonzero-path-moment',
    ],
    [
      'a quantile, three to one',
      {
        x: [1, 1, 1, 1],
        y: [-9, -9, -9, 9],
        loss: { function: 'smooth-quantile', level: '1/4', width: '1' },
        layers: [dense(1)],
      },
      [[[[0]], [0]]],
      'nonzero-path-moment',
    ],
    [
      'a quantile, one to three',
      {
        x: [1, 1, 1, 1],
        y: [-9, 9, 9, 9],
        loss: { function: 'smooth-quantile', level: '1/4', width: '1' },
        layers: [dense(1)],
      },
      [[[[0]], [0]]],
      'proved',
    ],
    [
      'two outputs',
      {
        x: [-1, 1],
        y: [
          [1, 5],
          [3, 5],
        ],
        layers: [dense(2), relu, dense(2)],
      },
      [
        [
          [[0], [0]],
          [1, -1],
        ],
        [
          [
            [2, 0],
            [5, 0],
          ],
          [0, 0],
        ],
      ],
      'nonzero-path-moment',
    ],
    [
      'two outputs, both at their lines',
      {
        x: [-1, 1],
        y: [
          [1, 5],
          [3, 5],
        ],
        layers: [dense(2), relu, dense(2)],
      },
      [
        [
          [[1], [0]],
          [2, -1],
        ],
        [
          [
            [1, 0],
            [0, 7],
          ],
          [0, 5],
        ],
      ],
      'proved',
    ],
    [
      'two outputs, one wrong',
      {
        x: [-1, 1],
        y: [
          [1, 5],
          [3, 6],
        ],
        layers: [dense(2), relu, dense(2)],
      },
      [
        [
          [[1], [0]],
          [2, -1],
        ],
        [
          [
            [1, 0],
            [0, 7],
          ],
          [0, 5],
        ],
      ],
      'nonzero-path-moment',
    ],
    [
      'huge and tiny numbers',
      {
        x: ['1/1000000000000000000000', '-1/1000000000000000000000'],
        y: ['1000000000000000000000', '-1000000000000000000000'],
        layers: [dense(1), relu, dense(1)],
      },
      [
        [[['1000000000000000000000000000000000000000000']], ['1000000000000000000000000000000000']],
        [[[1]], ['-1000000000000000000000000000000000']],
      ],
      'proved',
    ],
    ['nothing free, nothing wrong', { x: [1], y: [2], layers: [frozen([[[2]], [0]])] }, [], 'proved'],
    ['nothing free, a residual', { x: [1], y: [3], layers: [frozen([[[2]], [0]])] }, [], 'nonzero-path-moment'],
    [
      'nothing to show',
      { x: [1], y: [3], layers: [dense(1, false), piecewise([], [0, 0]), dense(1, false)] },
      [[[[2]]], [[[1]]]],
      'no-obligations',
    ],
    ['x and its mirror', { ...four, layers: [dense(2, false), relu, dense(1)] }, [[[[1], [-1]]], V], 'proved'],
  ])('%s: %s', (_, parts, layers, expected) => {
    expect(code(parts, ...layers)).toBe(expected);
  });

  test('dominance is another rule: its node has hints', () => {
    const json = localMinimum(
      problem({ ...four, layers: [dense(1), relu, dense(1)] }),
      point([[[0]], [0]], [[[0]], [0]]),
      {
        ...dominance({}),
        rule: 'affine-span',
      },
    );
    expect(answer(check(json))).toBe('unknown-key $.proof.localMinimum.units');
  });
});

/** A problem in which the residual gradients at θ are g: targets are p − g/2, with p from test/forward.ts. */
interface Shaped {
  readonly input: readonly number[];
  readonly layers: readonly Fields[];
  readonly theta: readonly (readonly [weights: Nested, bias?: Row])[];
  readonly x: readonly Row[];
  /** one row a sample, or one number where there is one output */
  readonly g: readonly (Row | Quantity)[];
}

const leavesOf = (value: Value): readonly string[] =>
  Array.isArray(value) ? (value as readonly Value[]).flatMap(leavesOf) : [value as string];

/** The layers with weights, depth first. */
const weighted = (layers: readonly Fields[]): readonly Fields[] =>
  layers.flatMap((layer) =>
    layer['type'] === 'residual'
      ? weighted(layer['layers'] as readonly Fields[])
      : ['dense', 'conv1d', 'conv2d'].includes(layer['type'] as string)
        ? [layer]
        : [],
  );

function codeAt({ input, layers, theta, x, g }: Shaped): string {
  const at = pointOf(...theta);
  const entries = [...(at['layers'] as readonly Fields[])];
  const all = weighted(layers).map((layer) => {
    const { weights, bias } = (layer['fixed'] ?? entries.shift()) as { weights: readonly Value[]; bias?: Row };
    return { weights: weights.map((row) => leavesOf(row).map(read)), bias: bias?.map(read) ?? null };
  });
  const y = x.map((xi, i) => {
    const gi = g[i] as Row | Quantity;
    const row = (typeof gi === 'object' ? gi : [gi]) as Row;
    return forward({ input, layers }, all, xi.map(read)).map((p, c) =>
      write(minus(p, over(read(row[c] as Quantity), [2n, 1n]))),
    );
  });
  return codeOf(check(localMinimum(shaped({ input, layers, x, y }), at)));
}

const bare = { bias: false };
const moment = 'nonzero-path-moment';

describe('convolutions, pools, flatten: what is owed', () => {
  /** v₁(w₁x₁ + w₂x₂) + v₂(w₁x₂ + w₂x₃) */
  const two: Shaped = {
    input: [1, 3],
    layers: [conv1d(1, 2, bare), flatten, dense(1, false)],
    theta: [[[[[1, 2]]]], [[[3, 5]]]],
    x: [
      [1, 0, 0],
      [2, 0, 0],
    ],
    g: [2, -1],
  };
  /** v · mean(w x), or v · max(w x) */
  const pooled = (
    pool: Fields,
    g: Row,
    x: readonly Row[] = [
      [1, 0],
      [0, 1],
    ],
  ): Shaped => ({
    input: [1, 2],
    layers: [conv1d(1, 1, bare), pool, flatten, dense(1, false)],
    theta: [[[[[1]]]], [[[1]]]],
    x,
    g,
  });
  const strided = (stride: number, g: Row): Shaped => ({
    input: [1, 3],
    layers: [conv1d(1, 1, { ...bare, stride }), flatten, dense(1, false)],
    theta: [[[[[1]]]], [[stride === 1 ? [1, 1, 1] : [1, 1]]]],
    x: [
      [1, 5, 1],
      [1, 7, 1],
    ],
    g,
  });
  const padded = (x: readonly Row[], g: Row): Shaped => ({
    input: [1, 1],
    layers: [conv1d(1, 3, { ...bare, padding: 1 }), flatten, dense(1, false)],
    theta: [[[[[1, 2, 3]]]], [[[1]]]],
    x,
    g,
  });
  const lastly = (x: readonly Row[], g: readonly Row[], rest: Fields = {}): Shaped => ({
    input: [1, 2],
    layers: [conv1d(1, 1, rest)],
    theta: [rest['bias'] === false ? [[[[2]]]] : [[[[2]]], [1]]],
    x,
    g,
  });
  const overlapping = (pool: Fields, x: readonly Row[], g: Row): Shaped => ({
    input: [1, 3],
    layers: [pool, flatten, dense(1, false)],
    theta: [[[[1, 1]]]],
    x,
    g,
  });
  const hat: readonly Row[] = [
    [1, 0, 1],
    [0, 1, 0],
  ];
  const same: readonly Row[] = [
    [1, 2],
    [1, 2],
  ];
  const image = (kernel: readonly [number, number], g: Row): Shaped => ({
    input: [1, 2, 2],
    layers: [conv2d(1, kernel, bare), flatten, dense(1, false)],
    theta: [[[[kernel[0] === 1 ? [[1, 2]] : [[1], [2]]]]], [[[1, 1]]]],
    x: [
      [1, 1, 2, 2],
      [3, 0, 0, 1],
      [4, 1, 2, 3],
    ],
    g,
  });
  test.each<[string, Shaped, string]>([
    ['conv1d, no bias: Σ g x = 0', two, 'proved'],
    ['conv1d, no bias: Σ g x ≠ 0', { ...two, g: [1, -1] }, moment],
    [
      'conv1d: another pixel has a moment',
      {
        ...two,
        x: [
          [1, 0, 1],
          [2, 0, 0],
        ],
      },
      moment,
    ],
    [
      'conv1d with a bias, Σ g ≠ 0',
      { ...two, layers: [conv1d(1, 2), flatten, dense(1, false)], theta: [[[[[1, 2]]], [0]], [[[3, 5]]]] },
      moment,
    ],
    [
      'dense with a bias, Σ g ≠ 0',
      { ...two, layers: [conv1d(1, 2, bare), flatten, dense(1)], theta: [[[[[1, 2]]]], [[[3, 5]], [0]]] },
      moment,
    ],
    [
      'a frozen convolution without a bias',
      {
        ...two,
        layers: [conv1d(1, 2, { ...bare, fixed: values([[[1, 2]]]) }), flatten, dense(1, false)],
        theta: [[[[3, 5]]]],
      },
      'proved',
    ],
    [
      'a frozen convolution, bias 0',
      {
        ...two,
        layers: [conv1d(1, 2, { fixed: values([[[1, 2]]], [0]) }), flatten, dense(1, false)],
        theta: [[[[3, 5]]]],
      },
      'proved',
    ],
    [
      'a frozen convolution, bias 1',
      {
        ...two,
        layers: [conv1d(1, 2, { fixed: values([[[1, 2]]], [1]) }), flatten, dense(1, false)],
        theta: [[[[3, 5]]]],
      },
      moment,
    ],
    [
      'a frozen convolution whose taps cancel: its weights count as free (stricter)',
      {
        ...two,
        layers: [conv1d(1, 2, { ...bare, fixed: values([[[1, -1]]]) }), flatten, dense(1, false)],
        theta: [[[[3, 5]]]],
        x: [
          [1, 1, 1],
          [2, 2, 2],
        ],
        g: [1, 1],
      },
      moment,
    ],
    ['a shared weight under a mean: moments of the sum of the pixels', pooled(avgpool(2), [1, -1]), 'proved'],
    [
      'a shared weight under a mean, the sums differ',
      pooled(
        avgpool(2),
        [1, -1],
        [
          [1, 0],
          [0, 2],
        ],
      ),
      moment,
    ],
    ['a shared weight under a maximum: moments of the winners', pooled(maxpool(2), [1, -1]), 'proved'],
    [
      'a shared weight under a maximum, the winners differ',
      pooled(
        maxpool(2),
        [1, -1],
        [
          [1, 0],
          [0, 2],
        ],
      ),
      moment,
    ],
    [
      'a shared weight under a maximum, the losers do not matter',
      pooled(
        maxpool(2),
        [2, -1],
        [
          [1, 0],
          [-7, 2],
        ],
      ),
      'proved',
    ],
    [
      'a shared weight without a pool: each pixel for itself',
      { ...pooled(avgpool(1), [1, -1]), theta: [[[[[1]]]], [[[1, 1]]]] },
      moment,
    ],
    ['a maximum of windows of one', { ...pooled(maxpool(1), [1, -1]), theta: [[[[[1]]]], [[[1, 1]]]] }, moment],
    ['stride 2 leaves the middle out', strided(2, [1, -1]), 'proved'],
    ['stride 1 does not', strided(1, [1, -1]), moment],
    ['stride 2, an end has a moment', strided(2, [1, 1]), moment],
    ['taps in the padding read nothing', padded([[1], [2]], [2, -1]), 'proved'],
    ['the tap in the middle reads', padded([[1], [2]], [1, -1]), moment],
    [
      'a convolution for the last layer',
      lastly(same, [
        [1, 3],
        [-1, -3],
      ]),
      'proved',
    ],
    [
      'a convolution for the last layer, a position left',
      lastly(same, [
        [1, 3],
        [-1, 3],
      ]),
      moment,
    ],
    [
      'a convolution for the last layer, g cancels across positions only (stricter)',
      lastly([[1, 1]], [[1, -1]]),
      moment,
    ],
    [
      'a convolution for the last layer, no bias',
      lastly(
        [
          [1, 2],
          [2, 1],
        ],
        [
          [2, 1],
          [-1, -2],
        ],
        bare,
      ),
      'proved',
    ],
    [
      'a convolution for the last layer, no bias, a position left',
      lastly(
        [
          [1, 2],
          [2, 1],
        ],
        [
          [2, 1],
          [-1, 2],
        ],
        bare,
      ),
      moment,
    ],
    [
      'a convolution for the last layer, a bias',
      lastly(
        [
          [1, 2],
          [2, 1],
        ],
        [
          [2, 1],
          [-1, -2],
        ],
      ),
      moment,
    ],
    ['means of windows that overlap', overlapping(avgpool(2, { stride: 1 }), hat, [1, -1]), 'proved'],
    [
      'means of windows that overlap, one differs',
      overlapping(
        avgpool(2, { stride: 1 }),
        [
          [1, 0, 1],
          [0, 1, 1],
        ],
        [1, -1],
      ),
      moment,
    ],
    ['maxima of windows that overlap', overlapping(maxpool(2, { stride: 1 }), hat, [1, -1]), 'proved'],
    [
      'maxima of windows that overlap, one differs',
      overlapping(
        maxpool(2, { stride: 1 }),
        [
          [1, 0, 1],
          [0, 1, 2],
        ],
        [1, -1],
      ),
      moment,
    ],
    [
      'windows that end before the last pixel',
      overlapping(
        { ...avgpool(1), stride: 2 },
        [
          [1, 9, 2],
          [1, 4, 2],
        ],
        [1, -1],
      ),
      'proved',
    ],
    ['kernel [1,2] pairs columns', image([1, 2], [0, 0, 0]), 'proved'],
    ['kernel [1,2], a moment', image([1, 2], [1, 0, 0]), moment],
    ['kernel [2,1], Σ g x ≠ 0', image([2, 1], [1, 1, -1]), 'proved'],
    ['kernel [1,2], one pixel has a moment', image([1, 2], [1, 2, -1]), moment],
  ])('%s', (_, of, expected) => {
    expect(codeAt(of)).toBe(expected);
  });

  test('an activation after a pool, a flatten, a residual sum', () => {
    const raised = piecewise([0], [0, 1], [1, 1]);
    const of = (layers: readonly Fields[], g: Row): string =>
      codeAt({
        input: [1, 2],
        layers,
        theta: [[[[[1]]]], [[[1]]]],
        x: [
          [1, 0],
          [0, 1],
        ],
        g,
      });
    // The intercept 1 wants Σ g = 0, relu nothing: there is no bias.
    for (const [h, expected] of [
      [relu, 'proved'],
      [raised, moment],
    ] as const) {
      const wide = [conv1d(1, 1, bare), avgpool(2), h, flatten, dense(1, false)];
      expect(of(wide, [1, -1])).toBe('proved');
      const late = [conv1d(1, 1, bare), avgpool(2), flatten, h, dense(1, false)];
      expect(of(late, [1, -1])).toBe('proved');
      for (const layers of [wide, late]) {
        expect(
          codeAt({
            input: [1, 2],
            layers,
            theta: [[[[[1]]]], [[[1]]]],
            x: [
              [1, 0],
              [0, 2],
            ],
            g: [2, -1],
          }),
        ).toBe(expected);
      }
    }
  });
});

describe('pools: strict winners and ties that last', () => {
  /** v · max over the two positions of h(w · patch + b) */
  const top = (h: Fields | null, x: readonly Row[], g: Row, w: Quantity = 1, b: Quantity = 0, above = 0): Shaped => ({
    input: [1, 2],
    layers: [conv1d(1, 1), ...(h === null ? [] : [h]), maxpool(2), flatten, dense(1)],
    theta: [
      [[[[w]]], [b]],
      [[[1]], [above]],
    ],
    x,
    g,
  });
  const hardtanh = activation('hardtanh');
  /** 1, then |z − 1| */
  const valley = piecewise([0, 1], [0, 1], [-1, 1], [1, -1]);
  const [kink, tie] = ['on-a-kink', 'tied-pool'];
  /** Two patches of two pixels: max(w₁x₁ + w₂x₂, w₁x₃ + w₂x₄). */
  const patches = (w: Row, x: readonly Row[], g: Row): Shaped => ({
    input: [1, 4],
    layers: [conv1d(1, 2, { ...bare, stride: 2 }), maxpool(2), flatten, dense(1, false)],
    theta: [[[[w]]], [[[1]]]],
    x,
    g,
  });
  const pads = (w: Row): Shaped => ({
    input: [1, 1],
    layers: [conv1d(1, 2, { padding: 1 }), maxpool(2), flatten, dense(1)],
    theta: [
      [[[w]], [0]],
      [[[1]], [0]],
    ],
    x: [[1]],
    g: [0],
  });
  /** v · max(x + F(x)) where w = 0 in F; the data tie at x = 0 only */
  const padded = (...layers: readonly Fields[]): Shaped => ({
    input: [1, 2],
    layers: [residual(...layers), maxpool(2), flatten, dense(1)],
    theta: [
      [[[[0, 0, 0]]], [0]],
      [[[1]], [0]],
    ],
    x: [
      [0, 0],
      [1, '1/2'],
      [2, 1],
    ],
    g: [-1, 2, -1],
  });
  const inside = (dead: number): Shaped => ({
    input: [1, 2],
    layers: [conv1d(1, 1), relu, conv1d(1, 1), maxpool(2), flatten, dense(1), relu, dense(1)],
    theta: [
      [[[[0]]], [1]],
      [[[[1]]], [0]],
      [[[1]], [dead]],
      [[[1]], [0]],
    ],
    x: [
      [1, 2],
      [1, 1],
    ],
    g: [-1, 1],
  });
  test.each<[string, Shaped, string]>([
    [
      'theory.md 1: v·max(w₁x, w₂x), the winners of x and −x differ',
      patches(
        [1, -1],
        [
          [1, 0, 0, 1],
          [-1, 0, 0, -1],
        ],
        [2, 2],
      ),
      moment,
    ],
    [
      'the same with one winner',
      patches(
        [1, -1],
        [
          [1, 0, 0, 1],
          [2, 0, 0, 2],
        ],
        [2, -1],
      ),
      'proved',
    ],
    [
      'theory.md 1: kernel 1, both entries equal at θ only',
      {
        ...inside(0),
        layers: [conv1d(1, 1), relu, conv1d(1, 1), maxpool(2), flatten, dense(1)],
        theta: inside(0).theta.slice(0, 3),
      },
      tie,
    ],
    ['the same under a dead layer: the tie is shadowed', inside(-9), 'proved'],
    ['the same under a living layer', inside(9), tie],
    [
      'a strict winner',
      top(
        null,
        [
          [1, 2],
          [1, 2],
        ],
        [1, -1],
      ),
      'proved',
    ],
    [
      'a strict winner, another one',
      top(
        null,
        [
          [1, 2],
          [2, 1],
        ],
        [1, -1],
      ),
      'proved',
    ],
    [
      'equal pixels: the same function of θ',
      top(
        null,
        [
          [2, 2],
          [2, 2],
        ],
        [1, -1],
      ),
      'proved',
    ],
    [
      'equal pixels tie with a strict winner of another sample',
      top(
        null,
        [
          [2, 2],
          [1, 2],
        ],
        [1, -1],
      ),
      'proved',
    ],
    [
      'w = 0: pixels that differ tie at θ only',
      top(
        null,
        [
          [1, 2],
          [1, 2],
        ],
        [1, -1],
        0,
        1,
      ),
      tie,
    ],
    [
      'equal pixels in two patches',
      patches(
        [1, 2],
        [
          [1, 2, 1, 2],
          [1, 2, 1, 2],
        ],
        [1, -1],
      ),
      'proved',
    ],
    ['equal values of two patches', patches([1, 1], [[1, 2, 2, 1]], [0]), tie],
    ['equal values of two patches, sharing a pixel', patches([1, 0], [[1, 2, 1, 3]], [0]), tie],
    ['one pixel under two taps: its places in the padding differ', pads([1, 1]), tie],
    ['one pixel under two taps, strictly', pads([1, 2]), 'proved'],
    [
      'both saturated at one value',
      top(
        hardtanh,
        [
          [2, 3],
          [2, 3],
        ],
        [1, -1],
      ),
      'proved',
    ],
    ['one saturated, one at the corner', top(hardtanh, [[1, 3]], [0]), kink],
    ['one saturated, one at the same value on a slope', top(valley, [[-3, 2]], [0]), tie],
    ['one saturated, one below it on a slope', top(valley, [[-3, '3/2']], [0]), 'proved'],
    ['both on a slope at the same value', top(valley, [['1/2', '3/2']], [0]), tie],
    [
      'dead entries tie at 0',
      top(
        relu,
        [
          [-1, -2],
          [-1, -2],
        ],
        [1, -1],
      ),
      'proved',
    ],
    ['a dead entry ties with one on its kink', top(relu, [[0, -1]], [0]), kink],
    ['both on their kinks', top(relu, [[0, 0]], [0]), kink],
    [
      'a kink strictly below the winner is shadowed',
      top(
        relu,
        [
          [0, 1],
          [0, 1],
        ],
        [1, -1],
      ),
      'proved',
    ],
    ['a kink that wins', top(hardtanh, [[1, 0]], [0]), kink],
    [
      'three entries, the two below tie',
      { ...top(null, [[1, 1, 2]], [0]), input: [1, 3], layers: [conv1d(1, 1), maxpool(3), flatten, dense(1)] },
      'proved',
    ],
    [
      'three entries, the two above tie',
      { ...top(null, [[1, 2, 2]], [0], 1), input: [1, 3], layers: [conv1d(1, 1), maxpool(3), flatten, dense(1)] },
      'proved',
    ],
    [
      'a pool of the data: equal pixels',
      {
        input: [1, 2],
        layers: [maxpool(2), flatten, dense(1)],
        theta: [[[[1]], [0]]],
        x: [
          [1, 1],
          [1, 0],
        ],
        g: [1, -1],
      },
      'proved',
    ],
    [
      'a pool of the data, a moment',
      {
        input: [1, 2],
        layers: [maxpool(2), flatten, dense(1)],
        theta: [[[[1]], [0]]],
        x: [
          [1, 1],
          [2, 0],
        ],
        g: [1, -1],
      },
      moment,
    ],
    ['zeros of the data and of the padding under one kernel', padded(conv1d(1, 3, { padding: 1 })), 'proved'],
    [
      'a fork whose activation makes ½ of the zeros, and the padding: w₀ = ε is lower',
      padded(piecewise([-3], [0, 0], ['1/6', '1/2']), conv1d(1, 3, { padding: 1 })),
      tie,
    ],
    [
      'a tie of means of equal pixels',
      {
        input: [1, 4],
        layers: [conv1d(1, 1), avgpool(2), maxpool(2), flatten, dense(1)],
        theta: [
          [[[[1]]], [0]],
          [[[1]], [0]],
        ],
        x: [[1, 2, 1, 2]],
        g: [0],
      },
      'proved',
    ],
    [
      'a tie of means of the same pixels in another order',
      {
        input: [1, 4],
        layers: [conv1d(1, 1), avgpool(2), maxpool(2), flatten, dense(1)],
        theta: [
          [[[[1]]], [0]],
          [[[1]], [0]],
        ],
        x: [[1, 2, 2, 1]],
        g: [0],
      },
      tie,
    ],
    [
      'a tie of maxima of equal pixels',
      {
        input: [1, 4],
        layers: [conv1d(1, 1), maxpool(2), maxpool(2), flatten, dense(1)],
        theta: [
          [[[[1]]], [0]],
          [[[1]], [0]],
        ],
        x: [[1, 2, 1, 2]],
        g: [0],
      },
      'proved',
    ],
    [
      'a tie through a residual sum of equal pixels',
      {
        input: [1, 2],
        layers: [residual(conv1d(1, 1), relu), maxpool(2), flatten, dense(1)],
        theta: [
          [[[[1]]], [1]],
          [[[1]], [0]],
        ],
        x: [[1, 1]],
        g: [0],
      },
      'proved',
    ],
    [
      'a tie through a residual sum of pixels that differ',
      {
        input: [1, 2],
        layers: [residual(conv1d(1, 1)), maxpool(2), flatten, dense(1)],
        theta: [
          [[[[-1]]], [0]],
          [[[1]], [0]],
        ],
        x: [[1, 2]],
        g: [0],
      },
      tie,
    ],
    [
      'two channels, each with its own winner',
      {
        input: [1, 2],
        layers: [conv1d(2, 1, bare), maxpool(2), flatten, dense(1, false)],
        theta: [[[[[1]], [[-1]]]], [[[1, 1]]]],
        x: [
          [1, 2],
          [2, 1],
        ],
        g: [1, -1],
      },
      'proved',
    ],
    [
      'two channels, one of them with a moment',
      {
        input: [1, 2],
        layers: [conv1d(2, 1, bare), maxpool(2), flatten, dense(1, false)],
        theta: [[[[[1]], [[-1]]]], [[[1, 1]]]],
        x: [
          [1, 2],
          [2, 3],
        ],
        g: [3, -2],
      },
      moment,
    ],
  ])('%s', (_, of, expected) => {
    expect(codeAt(of)).toBe(expected);
  });

  test.each<[string, readonly Row[], string]>([
    ['loses in both windows', [[1, 0, 1]], 'proved'],
    ['wins in the second', [[1, 0, -1]], kink],
    ['wins in both', [[-1, 0, -1]], kink],
  ])('a kink under two windows that %s: %s', (_, x, expected) => {
    const layers = [conv1d(1, 1), relu, maxpool(2, { stride: 1 }), flatten, dense(1)];
    expect(
      codeAt({
        input: [1, 3],
        layers,
        theta: [
          [[[[1]]], [0]],
          [[[1, 1]], [0]],
        ],
        x,
        g: [0],
      }),
    ).toBe(expected);
  });
});

describe('residual sums, and what they leave visible', () => {
  const [plus, minus2] = [[1, 2].map((a) => [a]), [-1, -2].map((a) => [a])];
  /** v(x + relu(w x)) on x = 1, 2, −1, −2 */
  const one = (g: Row, ...layers: readonly Fields[]): Shaped => ({
    input: [1],
    layers: [residual(...layers), dense(1, false)],
    theta: [...weighted(layers).map(() => [[[1]]] as const), [[[1]]]],
    x: [...(plus as Row[]), ...(minus2 as Row[])],
    g,
  });
  const d = dense(1, false);
  /** relu, its kink at the first sample; then what is in `layers`, dead with these biases; then dense. */
  const below = (x: Row, bias: Quantity, ...layers: readonly Fields[]): Shaped => ({
    input: [1],
    layers: [dense(1), relu, ...layers, dense(1)],
    theta: [
      [[[1]], [0]],
      [[[1]], [bias]],
      [[[1]], [0]],
    ],
    x: x.map((a) => [a]),
    g: x.map(() => 0),
  });
  const images = (
    layers: readonly Fields[],
    theta: Shaped['theta'],
    x: readonly Row[],
    g: readonly Quantity[],
  ): Shaped => ({
    ...{ input: [1, 2], layers, theta, x, g },
  });
  const kink = 'on-a-kink';
  test.each<[string, Shaped, string]>([
    ['the ways past and through', one([2, -1, 2, -1], d, relu), 'proved'],
    ['the way past has a moment', one([2, -1, 1, 1], d, relu), moment],
    ['the way through has a moment', one([1, 0, 1, 0], d, relu), moment],
    [
      'without the sum the dead side has no moment',
      { ...one([2, -1, 1, 1]), layers: [d, relu, d], theta: [[[[1]]], [[[1]]]] },
      'proved',
    ],
    ['nested: both inner ways', one([2, -1, 2, -1], residual(d, relu), d), 'proved'],
    ['nested: the inner way through has a moment', one([1, 0, 1, 0], residual(d, relu), d), moment],
    ['nested twice', one([1, 0, 1, 0], residual(residual(d, relu), d), d), moment],
    ['an activation first: relu of the data', { ...one([2, -1, 2, -1], relu, d), theta: [[[[1]]], [[[1]]]] }, 'proved'],
    ['an activation first, a moment', { ...one([1, 0, 1, 0], relu, d), theta: [[[[1]]], [[[1]]]] }, moment],
    ['an activation first, the datum 0 on its kink (stricter)', { ...one([0], relu, d), x: [[0]] }, kink],
    ['an activation alone', { ...one([2, -1, 2, -1], relu), theta: [[[[1]]]] }, 'proved'],
    ['an activation after the sum', { ...one([2, -1, 1, 1], d, relu), layers: [residual(d), relu, d] }, 'proved'],
    [
      'an activation after the sum, on its kink',
      { ...one([0], d), layers: [residual(d), relu, d], theta: [[[[-1]]], [[[1]]]], x: [[1]] },
      kink,
    ],
    [
      'two channels, one with a way through of its own',
      {
        input: [2],
        layers: [residual(relu), d],
        theta: [[[[1, 1]]]],
        x: [2, -2, 1, -1].map((a) => [1, a]),
        g: [1, 1, -1, -1],
      },
      moment,
    ],
    [
      'channels and positions under a flatten with an activation',
      {
        input: [2, 2],
        layers: [flatten, relu, d],
        theta: [[[[1, 1, 1, 1]]]],
        x: [2, -2, 1, -1].map((a) => [1, a, 1, 1]),
        g: [1, 1, -1, -1],
      },
      moment,
    ],
    [
      'a bias inside',
      { ...one([2, -1, 2, -1]), layers: [residual(dense(1)), d], theta: [[[[1]], [0]], [[[1]]]] },
      moment,
    ],
    ['a dead layer hides the kink below it', below([0, 1], -9, dense(1), relu), 'proved'],
    ['a way past the dead layer does not', below([0, 1], -9, residual(dense(1), relu)), kink],
    ['a way past and a living layer neither', below([0, 1], 9, residual(dense(1), relu)), kink],
    ['a way past, no kink', below([1, 2], -9, residual(dense(1), relu)), 'proved'],
    [
      'a way past inside a dead layer',
      {
        ...below([0, 1], -9, residual(dense(1)), relu),
        theta: [
          [[[1]], [0]],
          [[[1]], [-9]],
          [[[1]], [0]],
        ],
      },
      'proved',
    ],
    [
      'a flatten below a dead layer',
      images(
        [conv1d(1, 1), relu, flatten, dense(1), relu, dense(1)],
        [
          [[[[1]]], [0]],
          [[[1, 1]], [-9]],
          [[[1]], [0]],
        ],
        [[0, 1]],
        [0],
      ),
      'proved',
    ],
    [
      'a flatten below a living layer',
      images(
        [conv1d(1, 1), relu, flatten, dense(1), relu, dense(1)],
        [
          [[[[1]]], [0]],
          [[[0, 1]], [9]],
          [[[1]], [0]],
        ],
        [[0, 1]],
        [0],
      ),
      kink,
    ],
    [
      'a mean below a dead layer',
      images(
        [conv1d(1, 1), relu, avgpool(2), flatten, dense(1), relu, dense(1)],
        [
          [[[[1]]], [0]],
          [[[1]], [-9]],
          [[[1]], [0]],
        ],
        [[0, 1]],
        [0],
      ),
      'proved',
    ],
    [
      'a mean sees every entry',
      images(
        [conv1d(1, 1), relu, avgpool(2), flatten, dense(1)],
        [
          [[[[1]]], [0]],
          [[[1]], [0]],
        ],
        [[0, 1]],
        [0],
      ),
      kink,
    ],
    [
      'one position dead: what only it reads is hidden',
      images(
        [conv1d(1, 1), relu, conv1d(1, 1), relu, flatten, dense(1)],
        [
          [[[[1]]], [0]],
          [[[[1]]], ['-1/2']],
          [[[1, 1]], [0]],
        ],
        [[0, 1]],
        [0],
      ),
      'proved',
    ],
    [
      'one position dead, the kink at the other',
      images(
        [conv1d(1, 1), relu, conv1d(1, 1), relu, flatten, dense(1)],
        [
          [[[[1]]], [0]],
          [[[[-1]]], ['1/2']],
          [[[1, 1]], [0]],
        ],
        [[0, 1]],
        [0],
      ),
      kink,
    ],
    [
      'one position dead, but a wider kernel reads it elsewhere',
      images(
        [conv1d(1, 1), relu, conv1d(1, 3, { padding: 1 }), relu, flatten, dense(1)],
        [
          [[[[1]]], [0]],
          [[[[0, 1, 0]]], ['-1/2']],
          [[[1, 1]], [0]],
        ],
        [[0, 1]],
        [0],
      ),
      kink,
    ],
    [
      'one channel dead at a position, the other not',
      images(
        [conv1d(1, 1), relu, conv1d(2, 1), relu, flatten, dense(1)],
        [
          [[[[1]]], [0]],
          [
            [[[1]], [[1]]],
            ['-1/2', '1/2'],
          ],
          [[[1, 1, 1, 1]], [0]],
        ],
        [[0, 1]],
        [0],
      ),
      kink,
    ],
    [
      'dead entries of a group ask for no first moment',
      images(
        [conv1d(1, 1), relu, maxpool(2), flatten, dense(1)],
        [
          [[[[1]]], [0]],
          [[[1]], [0]],
        ],
        [
          [-1, -2],
          [-3, -1],
        ],
        [1, -1],
      ),
      'proved',
    ],
    [
      'dead entries ask for the mean',
      images(
        [conv1d(1, 1), relu, maxpool(2), flatten, dense(1)],
        [
          [[[[1]]], [0]],
          [[[1]], [0]],
        ],
        [
          [-1, -2],
          [-3, -1],
        ],
        [1, 1],
      ),
      moment,
    ],
  ])('%s', (_, of, expected) => {
    expect(codeAt(of)).toBe(expected);
  });
});

test('the message of a kink or a tie names the unit, its position and the sample', () => {
  const lines = (layers: readonly Fields[], theta: Fields, x: Row): string => {
    const verdict = check(localMinimum(shaped({ input: [1, 2], layers, x: [[5, 7], x], y: [0, 0] }), theta));
    return verdict.kind === 'proved' ? 'proved' : verdict.reason.message;
  };
  const theta = (w: number, b: number) => pointOf([[[[w]]], [b]], [[[1]], [0]]);
  expect(lines([conv1d(1, 1), relu, avgpool(2), flatten, dense(1)], theta(1, 0), [1, 0])).toBe(
    'unit 0 at position 1 of layer 0 is on a kink at sample 1',
  );
  expect(lines([conv1d(1, 1), maxpool(2), flatten, dense(1)], theta(-0, 1), [1, 2])).toBe(
    'entry 0 of the pool of layer 1 has no strict winner at sample 0',
  );
});
