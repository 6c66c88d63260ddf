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
  type Row,
  relu,
} from '../../certificate.js';

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

  test('max pooling has no rule: v·max(w₁x, w₂x) is not proved', () => {
    const layers = [dense(2, false), { type: 'maxpool', kernel: [2], stride: [2] }, dense(1, false)];
    expect(code({ layers, x: [1, -1], y: [0, 0] }, [[[1], [-1]]], [[[1]]])).toBe('unsupported-layer');
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
