/** Rule `neuron-dominance` where the hidden layer is a convolution: patches as rows, and one outgoing weight, or several, for each channel. */
import { describe, expect, test } from 'vitest';
import {
  answer,
  check,
  dense,
  dominance,
  type Fields,
  leaf,
  localMinimum,
  type Quantity,
  type Row,
  relu,
  rows,
  type Value,
} from '../../certificate.js';
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
  values,
} from '../../layers.js';

const unitPath = '$.proof.localMinimum.units[0]';
const at = '$.statement.point';
const network = 'unsupported-combination $.statement.problem.network';
const loss: Fields = { function: 'squared', factor: '1/2' };

type Point = readonly (readonly [Nested, Row?])[];

const found = (parts: ShapedParts, layers: Point, ...units: readonly Value[]): string =>
  answer(check(localMinimum(shaped({ loss, ...parts }), pointOf(...layers), dominance(...units)))).replace(
    unitPath,
    '…',
  );

const split = (sample: number, nonnegative: Fields, nonpositive: Fields): Fields => ({
  sample,
  nonnegative,
  nonpositive,
});
const vertices = (radius: Quantity, ...hints: readonly Value[]): Fields => ({
  radius: String(radius),
  vertices: hints,
});

const plain = { bias: false };
/** Inputs of two channels and two positions: the patches of [a, b, c, d] are (a, c) and (b, d). */
const two = { input: [2, 2] };
const global = (channels = 1, outputs = 1) => [
  conv1d(channels, 1, plain),
  relu,
  avgpool(2),
  flatten,
  dense(outputs, false),
];
const zeroKernel: Nested = [[[0], [0]]];

describe('a global average pool, one output: the scalar check on all patches', () => {
  /** w = 0: all patches are kinks, and targets are −g. */
  const units = [1, 0, 0, 1]; // e1 and e2
  const both = [1, 0, 1, 0]; // (1, 1) and 0
  const twice = [1, 1, 1, 1]; // (1, 1) twice
  const swapped = [0, 1, 1, 0]; // e2 and e1
  const behind = [0, 1, 0, 1]; // 0 and (1, 1)
  test.each<[string, readonly Row[], Row, Value, string]>([
    [
      'κ is g times the mean: 1/2',
      [units, both],
      [-1, 1],
      split(2, leaf(['1/2', '1/2'], [0]), leaf([0, 0], [0])),
      'proved',
    ],
    ['by a transport', [units, both], [-1, 1], { transport: rows([[1], [1]]), ...leaf([0, 0]) }, 'proved'],
    [
      'λ as if there were no mean',
      [units, both],
      [-1, 1],
      split(2, leaf([1, 1], [0]), leaf([0, 0], [0])),
      'multiplier-too-large ….nonnegative.multipliers[0]',
    ],
    ['the concave kink undecided', [units, both], [-1, 1], leaf([0, 0]), 'undecided-kink …'],
    [
      'kinks go by patches, not by samples',
      [units, both],
      [-1, 1],
      split(1, leaf(['1/2', '1/2'], [0]), leaf([0, 0], [0])),
      'not-a-concave-kink ….sample',
    ],
    [
      'the second patch of a sample',
      [units, behind],
      [-1, 1],
      split(3, leaf(['1/2', '1/2'], [0]), leaf([0, 0], [0])),
      'proved',
    ],
    [
      'the second patch, called by the first',
      [units, behind],
      [-1, 1],
      split(2, leaf(['1/2', '1/2'], [0]), leaf([0, 0], [0])),
      'not-a-concave-kink ….sample',
    ],
    [
      'tied patches of one sample add up',
      [units, twice],
      [-1, 1],
      split(2, leaf(['1/2', '1/2'], [0]), leaf([0, 0], [0])),
      'nonzero-combination ….nonnegative',
    ],
    [
      'tied patches, twice the gradient',
      [units, twice],
      [-2, 1],
      split(2, leaf([1, 1], [0]), leaf([0, 0], [0])),
      'proved',
    ],
    [
      'tied patches go by the first',
      [units, twice],
      [-2, 1],
      split(3, leaf([1, 1], [0]), leaf([0, 0], [0])),
      'not-a-concave-kink ….sample',
    ],
    ['tied patches of two samples cancel', [units, swapped], [-1, 1], leaf([]), 'proved'],
    ['tied patches that cancel have no λ', [units, swapped], [-1, 1], leaf([0, 0]), 'wrong-length ….multipliers'],
    ['tied patches that do not cancel', [units, swapped], [-1, 2], leaf([]), 'undecided-kink …'],
    ['tied patches, one hint a class', [units, swapped], [-1, -1], leaf([0, 0]), 'proved'],
    ['tied patches, one hint a patch', [units, swapped], [-1, -1], leaf([0, 0, 0, 0]), 'wrong-length ….multipliers'],
    ['vertices', [units], [-1], vertices(1, leaf([0, 0]), leaf([0, 0])), 'wrong-hint …'],
    ['no hint', [units], [-1], {}, 'wrong-hint …'],
  ])('%s', (_, x, y, unit, expected) => {
    expect(found({ ...two, layers: global(), x, y }, [[zeroKernel], [[[1]]]], unit)).toBe(expected);
  });

  test.each<[string, readonly Row[], Row, Value, string]>([
    ['nothing moves the risk', [units, swapped], [-1, 1], {}, 'proved'],
    ['with a hint', [units, swapped], [-1, 1], leaf([]), 'wrong-hint …'],
    ['a kink', [units, swapped], [-1, 2], {}, `nonzero-one-sided-derivative ${at}`],
    ['a kink in one patch only', [units, both], [-1, 1], {}, `nonzero-one-sided-derivative ${at}`],
  ])('v = 0: %s', (_, x, y, unit, expected) => {
    expect(found({ ...two, layers: global(), x, y }, [[zeroKernel], [[[0]]]], unit)).toBe(expected);
  });

  /** w = (1, −1), so kinks are the patches (a, a), and M = (−1, −1)/2 with the patches (1, 0), (2, 1) active; the third sample has κ = g. */
  const moving = (
    y: Row,
    x: readonly Row[] = [
      [1, 1, 0],
      [2, 1, 1],
      [1, 1, 1],
    ],
  ): ShapedParts => ({
    input: [1, 3],
    layers: [conv1d(1, 2, plain), relu, avgpool(2), flatten, dense(1, false)],
    x,
    y,
  });
  const theta: Point = [[[[[1, -1]]]], [[[1]]]];
  test.each<[string, ShapedParts, Value, string]>([
    ['λ = 1/2', moving(['-1/2', '3/2', -1]), leaf(['1/2']), 'proved'],
    ['λ at its upper end', moving(['-1/2', '3/2', '-1/2']), leaf(['1/2']), 'proved'],
    ['κ below λ', moving(['-1/2', '3/2', '-49/100']), leaf(['1/2']), 'multiplier-too-large ….multipliers[0]'],
    ['κ below λ, another λ', moving(['-1/2', '3/2', '-49/100']), leaf(['49/100']), 'nonzero-combination …'],
    ['λ as if there were no mean', moving(['-1/2', '3/2', -1]), leaf([1]), 'nonzero-combination …'],
    ['no λ', moving(['-1/2', '3/2', -1]), leaf([]), 'wrong-length ….multipliers'],
    ['a λ for each kink of a sample', moving(['-1/2', '3/2', -1]), leaf(['1/2', 0]), 'wrong-length ….multipliers'],
    ['κ < 0', moving(['-1/2', '3/2', '1/2']), leaf([]), 'undecided-kink …'],
    ['ψ(w) ≠ 0', moving([-1, '3/2', -1]), leaf(['1/2']), `nonzero-neuron-value ${at}`],
    [
      'ψ(w) ≠ 0 by a sample of kinks made active',
      moving(
        ['-1/2', '3/2', '-1'],
        [
          [1, 1, 0],
          [2, 1, 1],
          [1, 1, '1/2'],
        ],
      ),
      leaf(['1/2']),
      `nonzero-neuron-value ${at}`,
    ],
  ])('kinks inside patches: %s', (_, parts, unit, expected) => {
    expect(found(parts, theta, unit)).toBe(expected);
  });

  test('nearby points are refused', () => {
    const parts = moving(['-1/2', '3/2', -1]);
    for (const w of [
      ['1001/1000', -1],
      ['999/1000', -1],
      [1, '-1001/1000'],
      [1, '-999/1000'],
    ] as const) {
      expect(found(parts, [[[[w]]], [[[1]]]], leaf(['1/2']))).not.toBe('proved');
    }
    for (const v of ['1001/1000', '999/1000']) {
      expect(found(parts, [theta[0] as Point[0], [[[v]]]], leaf(['1/2']))).not.toBe('proved');
    }
  });

  const biased = { input: [1, 2], layers: [conv1d(1, 1), relu, avgpool(2), flatten, dense(1)] };
  const flat: Point = [
    [[[[0]]], [1]],
    [[[1]], [0]],
  ];
  const mirrored: readonly Row[] = [
    [1, 0],
    [0, 1],
  ];
  test.each<[string, ShapedParts, Point, Value, string]>([
    // The data of theory.md 2's counterexample are harmless here: the mean does not tell the positions apart.
    ['active patches: M = 0', { ...biased, x: mirrored, y: [0, 2] }, flat, leaf([]), 'proved'],
    [
      'active patches: M ≠ 0',
      {
        ...biased,
        x: [
          [1, 0],
          [1, 1],
        ],
        y: [0, 2],
      },
      flat,
      leaf([]),
      'nonzero-combination …',
    ],
    ['the output bias: Σ g ≠ 0', { ...biased, x: mirrored, y: [0, 1] }, flat, leaf([]), `nonzero-residual-sum ${at}`],
    ['active patches, a λ', { ...biased, x: mirrored, y: [0, 2] }, flat, leaf([0]), 'wrong-length ….multipliers'],
  ])('%s', (_, parts, point, unit, expected) => {
    expect(found(parts, point, unit)).toBe(expected);
  });
});

describe('stride and padding', () => {
  const zero: Point = [[[[[0]]]], [[[1]]]];
  const one = (rest: Fields, pool: number, x: readonly Row[], input = x[0]?.length ?? 0): ShapedParts => ({
    input: [1, input],
    layers: [conv1d(1, 1, rest), relu, avgpool(pool), flatten, dense(1, false)],
    x,
    y: x.map((_, i) => (i === 0 ? -1 : 1)),
  });
  const biasedZero: Point = [[[[[0]]], [0]], [[[1]]]];
  test.each<[string, ShapedParts, Point, Value, string]>([
    [
      'stride 2 does not meet the middle',
      one({ bias: false, stride: 2 }, 2, [[1, 5, -1]]),
      zero,
      leaf(['1/2']),
      'proved',
    ],
    ['stride 1 does', one(plain, 3, [[1, 5, -1]]), zero, leaf(['1/3']), 'proved'],
    ['stride 1, the λ of stride 2', one(plain, 3, [[1, 5, -1]]), zero, leaf(['1/2']), 'nonzero-combination …'],
    [
      'stride 2, the λ of stride 1',
      one({ bias: false, stride: 2 }, 2, [[1, 5, -1]]),
      zero,
      leaf(['1/3']),
      'nonzero-combination …',
    ],
    ['a pool of two leaves the last position out', one(plain, 2, [[1, -1, 7]]), zero, leaf(['1/2']), 'proved'],
    ['a pool of two, the λ of three', one(plain, 2, [[1, -1, 7]]), zero, leaf(['1/3']), 'nonzero-combination …'],
    ['padding without a bias is no kink', one({ bias: false, padding: 1 }, 3, [[2]]), zero, leaf([0]), 'proved'],
    [
      'padding without a bias has no λ',
      one({ bias: false, padding: 1 }, 3, [[2]]),
      zero,
      leaf([0, 0]),
      'wrong-length ….multipliers',
    ],
    ['padding with a bias is the row (0, 1)', one({ padding: 1 }, 3, [[2]]), biasedZero, leaf([0, 0]), 'proved'],
    [
      'padding with a bias needs its λ',
      one({ padding: 1 }, 3, [[2]]),
      biasedZero,
      leaf([0]),
      'wrong-length ….multipliers',
    ],
    [
      'paddings cancel, the data do not',
      one({ padding: 1 }, 3, [[1], [2]]),
      biasedZero,
      split(4, leaf([0], [0]), leaf([0], [0])),
      'nonzero-combination ….nonnegative',
    ],
    [
      'the data at their position in the padded row',
      one({ padding: 1 }, 3, [[1], [2]]),
      biasedZero,
      split(3, leaf([0], [0]), leaf([0], [0])),
      'not-a-concave-kink ….sample',
    ],
    ['paddings and data cancel', one({ padding: 1 }, 3, [[2], [2]]), biasedZero, leaf([]), 'proved'],
  ])('%s', (_, parts, point, unit, expected) => {
    expect(found(parts, point, unit)).toBe(expected);
  });

  test('a padded kernel meets data and padding in one patch', () => {
    // Kernel 2 over 0, x, 0: the rows (0, x) and (x, 0), here of x = 1 with g = 1 and of x = −1 with g = 1.
    const parts: ShapedParts = {
      input: [1, 1],
      layers: [conv1d(1, 2, { bias: false, padding: 1 }), relu, avgpool(2), flatten, dense(1, false)],
      x: [[1], [-1]],
      y: [-1, -1],
    };
    const theta: Point = [[[[[0, 0]]]], [[[1]]]];
    expect(found(parts, theta, leaf(['1/2', '1/2']))).toBe('proved');
    expect(found(parts, theta, leaf(['1/2']))).toBe('wrong-length ….multipliers');
    expect(found(parts, theta, leaf(['1/2', 0]))).toBe('nonzero-combination …');
    expect(found({ ...parts, y: [-1, 1] }, theta, leaf([]))).toBe('nonzero-combination …');
  });

  test('two dimensions, channels and strides', () => {
    // Input 2 × 2 × 3, kernel 1 × 2, strides 2 and 1: positions (0, 0), (0, 1); rows (a00 a01 | b00 b01), (a01 a02 | b01 b02).
    const parts = (x: Row): ShapedParts => ({
      input: [2, 2, 3],
      layers: [conv2d(1, [1, 2], { bias: false, stride: [2, 1] }), relu, avgpool([1, 2]), flatten, dense(1, false)],
      x: [x],
      y: [-1],
    });
    const theta: Point = [[[[[[0, 0]], [[0, 0]]]]], [[[1]]]];
    // Antiparallel rows (1, −1 | 2, −2) and (−1, 1 | −2, 2).
    const x: Row = [1, -1, 1, 9, 9, 9, 2, -2, 2, 9, 9, 9];
    expect(found(parts(x), theta, leaf(['1/2']))).toBe('proved');
    expect(found(parts(x), theta, leaf([0]))).toBe('nonzero-combination …');
    expect(found(parts([1, -1, 1, 9, 9, 9, 2, -2, 3, 9, 9, 9]), theta, leaf([0, 0]))).toBe('proved');
    expect(found(parts([1, -1, 1, 9, 9, 9, 2, -2, 3, 9, 9, 9]), theta, leaf(['1/2']))).toBe(
      'wrong-length ….multipliers',
    );
  });
});

describe('flatten: the vector check', () => {
  test.each<[string, Row, Value, string]>([
    // Ψ(w) = 0 and even Σ_a v_a Ψ_a'(w; e) = 0, but v' = (1 + ε, 1 − ε) with w' = −ε has lower risk.
    [
      'radius 1',
      ['3/2', '5/2'],
      vertices(1, leaf([]), leaf([]), leaf([]), leaf([])),
      'nonzero-combination ….vertices[0]',
    ],
    [
      'radius 1/1000',
      ['3/2', '5/2'],
      vertices('1/1000', leaf([]), leaf([]), leaf([]), leaf([])),
      'nonzero-combination ….vertices[0]',
    ],
    ['radius 0', ['3/2', '5/2'], vertices(0, leaf([]), leaf([]), leaf([]), leaf([])), 'nonpositive-radius ….radius'],
    ['the scalar hint', ['3/2', '5/2'], leaf([]), 'wrong-hint …'],
    ['no hint', ['3/2', '5/2'], {}, 'wrong-hint …'],
    ['two vertices, as of one sum', ['3/2', '5/2'], vertices(1, leaf([]), leaf([])), 'wrong-length ….vertices'],
    ['Σ g ≠ 0 in c', ['3/2', '3/2'], vertices(1, leaf([]), leaf([]), leaf([]), leaf([])), `nonzero-residual-sum ${at}`],
    ['targets met', [2, 2], vertices(1, leaf([]), leaf([]), leaf([]), leaf([])), 'proved'],
  ])('the counterexample of theory.md 2, %s', (_, y, unit, expected) => {
    const x: readonly Row[] = [
      [1, 0],
      [0, 1],
    ];
    const parts = { input: [1, 2], layers: [conv1d(1, 1), relu, flatten, dense(1)], x, y };
    const theta: Point = [
      [[[[0]]], [1]],
      [[[1, 1]], [0]],
    ];
    expect(found(parts, theta, unit)).toBe(expected);
  });

  /** w = 0 on x = (1, 2) with g = 1 and v = (1, 0): one class of kinks, with κ = u_0 + 2 u_1 at the vertex u. */
  const parts: ShapedParts = {
    input: [1, 2],
    layers: [conv1d(1, 1, plain), relu, flatten, dense(1, false)],
    x: [[1, 2]],
    y: [-1],
  };
  const [zero, none] = [leaf([0]), leaf([])];
  const theta: Point = [[[[[0]]]], [[[1, 0]]]];
  test.each<[string, Value, string]>([
    ['radius 1/3', vertices('1/3', zero, zero, zero, zero), 'proved'],
    ['radius 1/2: κ = 0 at (1, −1/2)', vertices('1/2', zero, zero, zero, none), 'proved'],
    ['the order of the vertices', vertices('1/2', zero, none, zero, zero), 'wrong-length ….vertices[1].multipliers'],
    ['pluses first', vertices('1/2', zero, zero, none, zero), 'wrong-length ….vertices[2].multipliers'],
    ['radius 1: concave at (1, −1)', vertices(1, zero, none, zero, none), 'undecided-kink ….vertices[3]'],
    [
      'radius 1, split',
      vertices(1, zero, none, zero, split(0, leaf([], [0]), leaf([], [0]))),
      'nonzero-combination ….vertices[3].nonnegative',
    ],
    ['κ = u_0 + 2 u_1', vertices('1/3', zero, zero, leaf(['5/3']), zero), 'nonzero-combination ….vertices[2]'],
    [
      'λ above κ',
      vertices('1/3', zero, zero, leaf(['501/300']), zero),
      'multiplier-too-large ….vertices[2].multipliers[0]',
    ],
    ['five vertices', vertices('1/3', zero, zero, zero, zero, zero), 'wrong-length ….vertices'],
    ['a radius alone', { radius: '1/3' }, 'wrong-hint …'],
  ])('%s', (_, unit, expected) => {
    expect(found(parts, theta, unit)).toBe(expected);
  });

  test.each<[string, ShapedParts, Point, Value, string]>([
    [
      'Ψ ≠ 0 in each position, though not in their sum',
      {
        ...parts,
        x: [
          [1, -1],
          [-1, 1],
        ],
        y: [1, -1],
        layers: [conv1d(1, 1), relu, flatten, dense(1, false)],
      },
      [[[[[1]]], [1]], [[[0, 0]]]],
      vertices(1, none, none, none, none),
      `nonzero-neuron-value ${at}`,
    ],
    [
      'v = 0 and a residual',
      parts,
      [[[[[0]]]], [[[0, 0]]]],
      vertices(1, zero, none, zero, none),
      'undecided-kink ….vertices[1]',
    ],
    [
      'Ψ ≠ 0 in the second position only',
      { ...parts, x: [[-1, 1]], y: [1] },
      [[[[[1]]]], [[[0, 0]]]],
      vertices(1, none, none, none, none),
      `nonzero-neuron-value ${at}`,
    ],
    ['v = 0, the empty hint', parts, [[[[[0]]]], [[[0, 0]]]], {}, 'wrong-hint …'],
    [
      'v = 0 and residuals that cancel at each position',
      {
        ...parts,
        x: [
          [1, 2],
          [1, 2],
        ],
        y: [1, -1],
      },
      [[[[[0]]]], [[[0, 0]]]],
      vertices(1, none, none, none, none),
      'proved',
    ],
    [
      'v = 0 and residuals that cancel only in the sum of the positions',
      {
        ...parts,
        x: [
          [1, 2],
          [2, 1],
        ],
        y: [1, -1],
      },
      [[[[[0]]]], [[[0, 0]]]],
      vertices(1, zero, zero, zero, zero),
      'undecided-kink ….vertices[1]',
    ],
  ])('%s', (_, problem, point, unit, expected) => {
    expect(found(problem, point, unit)).toBe(expected);
  });

  test('several windows: the weights of a channel are those of the means', () => {
    // x = (1, 1, 2, 2): κ = u_0 + 2 u_1 again, as means over two positions each.
    const pooled: ShapedParts = {
      input: [1, 4],
      layers: [conv1d(1, 1, plain), relu, avgpool(2), flatten, dense(1, false)],
      x: [[1, 1, 2, 2]],
      y: [-1],
    };
    expect(found(pooled, theta, vertices('1/2', zero, zero, zero, none))).toBe('proved');
    expect(found(pooled, theta, vertices('1/2', zero, zero, zero, zero))).toBe(
      'wrong-length ….vertices[3].multipliers',
    );
    expect(found(pooled, theta, vertices('1/3', zero, zero, leaf(['501/300']), zero))).toBe(
      'multiplier-too-large ….vertices[2].multipliers[0]',
    );
    expect(found(pooled, theta, zero)).toBe('wrong-hint …');
    // Windows that overlap: (x_0 + x_1)/2 and (x_1 + x_2)/2 of 0, 2, 2, so κ = u_0 + 2 u_1.
    const overlapping: ShapedParts = {
      ...pooled,
      input: [1, 3],
      layers: [conv1d(1, 1, plain), relu, avgpool(2, { stride: 1 }), flatten, dense(1, false)],
      x: [[0, 2, 2]],
    };
    expect(found(overlapping, theta, vertices('1/2', zero, zero, zero, none))).toBe('proved');
    expect(found(overlapping, theta, vertices('1/2', zero, zero, none, none))).toBe(
      'wrong-length ….vertices[2].multipliers',
    );
    expect(found(overlapping, theta, vertices('3/4', zero, zero, zero, none))).toBe('undecided-kink ….vertices[3]');
  });

  test('a position that no window holds is in its class, and may stand for it', () => {
    // Patches of the first sample: 0, 0 and the (1, 1) that the pool of two leaves out; of the second: e1, e2; of the third: (1, 1), 0.
    const pooled: ShapedParts = {
      input: [2, 3],
      layers: [conv1d(1, 1, plain), relu, avgpool(2), flatten, dense(1, false)],
      x: [
        [0, 0, 1, 0, 0, 1],
        [1, 0, 0, 0, 1, 0],
        [1, 0, 0, 1, 0, 0],
      ],
      y: [-5, -1, 1],
    };
    const at = (sample: number) => split(sample, leaf(['1/2', '1/2'], [0]), leaf([0, 0], [0]));
    expect(found(pooled, [[zeroKernel], [[[1]]]], at(2))).toBe('proved');
    expect(found(pooled, [[zeroKernel], [[[1]]]], at(6))).toBe('not-a-concave-kink ….sample');
    expect(found({ ...pooled, y: [5, -1, '101/100'] }, [[zeroKernel], [[[1]]]], at(2))).toBe(
      'nonzero-combination ….nonnegative',
    );
  });
});

describe('several channels and outputs', () => {
  const parts: ShapedParts = {
    input: [1, 2],
    layers: [conv1d(1, 1, plain), relu, flatten, dense(2, false)],
    x: [[1, 2]],
    y: [[-1, '-1/4']],
  };
  const [zero, none] = [leaf([0]), leaf([])];
  // κ = Σ_a g_a (u_a0 + 2 u_a1) with g = (1, 1/4): 0 only where u_01 = −1/2.
  const eight = (...zeros: readonly number[]) =>
    vertices('1/2', ...Array.from({ length: 8 }, (_, at) => (zeros.includes(at) ? none : zero)));
  const v = (second: Row): Point => [[[[[0]]]], [[[1, 0], second as readonly Quantity[]]]];
  test.each<[string, Value, Row, string]>([
    ['first all positions of output 0', eight(3), [0, 0], 'proved'],
    ['not position by position', eight(5), [0, 0], 'wrong-length ….vertices[3].multipliers'],
    ['none is 0', eight(), [0, 0], 'wrong-length ….vertices[3].multipliers'],
    ['κ counts all outputs', eight(3), [1, 0], 'wrong-length ….vertices[3].multipliers'],
    ['κ counts all outputs, with its λ', eight(), [1, 0], 'proved'],
    ['four vertices', vertices('1/4', zero, zero, zero, zero), [0, 0], 'wrong-length ….vertices'],
    ['the other output against it', eight(1, 3), [0, -2], 'undecided-kink ….vertices[1]'],
  ])('two outputs, two positions: %s', (_, unit, second, expected) => {
    expect(found(parts, v(second), unit)).toBe(expected);
  });

  test.each<[string, Row, readonly Value[], string]>([
    [
      'each channel has its own entries',
      [1, 0, 0, 1],
      [vertices('1/3', zero, zero, zero, zero), vertices('1/3', zero, zero, zero, zero)],
      'proved',
    ],
    [
      'radius 1/2 in the first',
      [1, 0, 0, 1],
      [vertices('1/2', zero, zero, zero, none), vertices('1/2', zero, zero, zero, zero)],
      'proved',
    ],
    [
      'radius 1/2 in the second, with the zero of the first',
      [1, 0, 0, 1],
      [vertices('1/3', zero, zero, zero, zero), vertices('1/2', zero, zero, zero, none)],
      'wrong-length $.proof.localMinimum.units[1].vertices[3].multipliers',
    ],
    [
      'not every other entry',
      [1, 0, -1, 0],
      [vertices('1/3', zero, zero, zero, zero), vertices('1/3', zero, zero, zero, zero)],
      'undecided-kink $.proof.localMinimum.units[1].vertices[0]',
    ],
    ['one hint', [1, 0, 0, 1], [vertices('1/3', zero, zero, zero, zero)], 'wrong-length $.proof.localMinimum.units'],
  ])('two channels, two positions: %s', (_, outgoing, units, expected) => {
    const both = { ...parts, layers: [conv1d(2, 1, plain), relu, flatten, dense(1, false)], y: [-1] };
    expect(found(both, [[[[[0]], [[0]]]], [[outgoing as readonly Quantity[]]]], ...units)).toBe(expected);
  });

  test('two outputs of a global pool', () => {
    // κ = (1 + 2)/2 · ⟨u, g⟩ with g = (1, 1/2) and v = (1, 0), as of a dense unit.
    const pooled: ShapedParts = {
      ...parts,
      layers: [conv1d(1, 1, plain), relu, avgpool(2), flatten, dense(2, false)],
      y: [[-1, '-1/2']],
    };
    const theta: Point = [[[[[0]]]], [[[1], [0]]]];
    expect(found(pooled, theta, vertices('1/2', zero, zero, zero, zero))).toBe('proved');
    expect(found(pooled, theta, vertices(1, zero, none, zero, zero))).toBe('proved');
    expect(found(pooled, theta, vertices(1, zero, zero, zero, zero))).toBe('wrong-length ….vertices[1].multipliers');
    expect(found(pooled, theta, vertices(3, zero, none, zero, zero))).toBe('undecided-kink ….vertices[1]');
    expect(found(pooled, theta, zero)).toBe('wrong-hint …');
    expect(found({ ...pooled, y: [[-1, 1]] }, theta, vertices(2, zero, none, none, zero))).toBe(
      'undecided-kink ….vertices[1]',
    );
  });
});

describe('frozen parts, and other networks', () => {
  const data = { input: [1, 2], x: [[1, -1]], y: [-1] };
  const one = values([[1]]);
  const kernel = (w: Quantity) => values([[[w]]]);
  const zero: Point = [[[[[0]]]]];
  const pooled = (conv: Fields, output: Fields): Fields[] => [conv, relu, avgpool(2), flatten, output];
  const flat = (conv: Fields, output: Fields): Fields[] => [conv, relu, flatten, output];
  const free = conv1d(1, 1, plain);
  const conv = (w: Quantity): Fields => conv1d(1, 1, { ...plain, fixed: kernel(w) });
  const output = (fixed: Fields): Fields => ({ ...dense(1, false), fixed });
  test.each<[string, readonly Fields[], Point, readonly Value[], string]>([
    ['all free', pooled(free, dense(1, false)), [...zero, [[[1]]]], [leaf(['1/2'])], 'proved'],
    ['v frozen', pooled(free, output(one)), zero, [leaf(['1/2'])], 'proved'],
    ['v < 0 frozen', pooled(free, output(values([[-1]]))), zero, [leaf([0])], 'undecided-kink …'],
    ['v = 0 frozen', pooled(free, output(values([[0]]))), zero, [{}], 'proved'],
    ['v = 0 frozen, a hint', pooled(free, output(values([[0]]))), zero, [leaf([])], 'wrong-hint …'],
    ['v = 0 free', pooled(free, dense(1, false)), [...zero, [[[0]]]], [{}], `nonzero-one-sided-derivative ${at}`],
    ['w frozen', pooled(conv(0), dense(1, false)), [[[[1]]]], [{}], 'proved'],
    ['w frozen, a hint', pooled(conv(0), dense(1, false)), [[[[1]]]], [leaf(['1/2'])], 'wrong-hint …'],
    ['w frozen, ψ ≠ 0', pooled(conv(1), dense(1, false)), [[[[0]]]], [{}], `nonzero-neuron-value ${at}`],
    ['w frozen, Σ g ≠ 0', pooled(conv(0), dense(1)), [[[[1]], [0]]], [{}], `nonzero-residual-sum ${at}`],
    ['all frozen', pooled(conv(1), output(one)), [], [{}], 'proved'],
    ['w frozen, flatten', flat(conv(0), dense(1, false)), [[[[1, 2]]]], [{}], 'proved'],
    ['w frozen, flatten, Ψ ≠ 0', flat(conv(1), dense(1, false)), [[[[0, 0]]]], [{}], `nonzero-neuron-value ${at}`],
    [
      'w frozen, flatten, vertices',
      flat(conv(0), dense(1, false)),
      [[[[1, 2]]]],
      [vertices(1, leaf([]), leaf([]), leaf([]), leaf([]))],
      'wrong-hint …',
    ],
    [
      // κ = u_0 + u_1 and M = −u_1.
      'v frozen, flatten: the vertices all the same',
      flat(free, output(values([[1, 1]]))),
      zero,
      [vertices('1/2', leaf([1]), leaf([1]), leaf(['3/2']), leaf(['1/2']))],
      'proved',
    ],
    ['v frozen, flatten, one hint', flat(free, output(values([[1, 1]]))), zero, [leaf([1])], 'wrong-hint …'],
    [
      'v frozen, flatten, another vertex',
      flat(free, output(values([[1, 1]]))),
      zero,
      [vertices('1/2', leaf([1]), leaf([1]), leaf([1]), leaf(['1/2']))],
      'nonzero-combination ….vertices[2]',
    ],
    [
      'a frozen convolution before',
      [conv(3), ...pooled(free, dense(1, false))],
      [...zero, [[[1]]]],
      [leaf(['1/2'])],
      'proved',
    ],
    [
      'a frozen convolution before that leaves 0',
      [conv(0), ...pooled(free, dense(1, false))],
      [...zero, [[[1]]]],
      [leaf(['1/2'])],
      'wrong-length ….multipliers',
    ],
    [
      'a frozen residual layer before',
      [residual(conv(1)), ...pooled(free, dense(1, false))],
      [...zero, [[[1]]]],
      [leaf(['1/2'])],
      'proved',
    ],
    [
      'a frozen relu before',
      [conv(1), relu, ...pooled(free, dense(1, false))],
      [...zero, [[[1]]]],
      [leaf(['1/2'])],
      'nonzero-combination …',
    ],
    [
      'an identity after the pool',
      [free, relu, avgpool(2), { type: 'activation', function: 'identity' }, flatten, dense(1, false)],
      [...zero, [[[1]]]],
      [leaf(['1/2'])],
      'proved',
    ],
    [
      'a free convolution before',
      [free, ...pooled(free, dense(1, false))],
      [...zero, ...zero, [[[1]]]],
      [leaf([])],
      network,
    ],
    ['a maximum', [free, relu, maxpool(2), flatten, dense(1, false)], [...zero, [[[1]]]], [leaf([0])], network],
    [
      'a relu after the pool',
      [free, avgpool(2), relu, flatten, dense(1, false)],
      [...zero, [[[1]]]],
      [leaf([0])],
      network,
    ],
    ['a relu after the flatten', [free, flatten, relu, dense(1, false)], [...zero, [[[1, 1]]]], [leaf([0])], network],
    [
      'a second relu after the pool',
      [free, relu, avgpool(2), relu, flatten, dense(1, false)],
      [...zero, [[[1]]]],
      [leaf(['1/2'])],
      network,
    ],
    [
      'two pools',
      [free, relu, avgpool(2), avgpool(1), flatten, dense(1, false)],
      [...zero, [[[1]]]],
      [leaf(['1/2'])],
      network,
    ],
    ['a residual layer', [residual(free, relu), flatten, dense(1, false)], [...zero, [[[1, 1]]]], [leaf([0])], network],
    [
      'a convolution as the output',
      [free, relu, conv1d(1, 2, plain)],
      [...zero, [[[[1, 1]]]]],
      [leaf(['1/2'])],
      network,
    ],
    [
      'a dense layer between',
      [...pooled(free, dense(1, false)), dense(1, false)],
      [...zero, [[[1]]], [[[1]]]],
      [leaf([])],
      network,
    ],
    ['no hidden layer', [avgpool(2), flatten, dense(1, false)], [[[[1]]]], [leaf([])], network],
  ])('%s', (_, layers, point, units, expected) => {
    expect(found({ ...data, layers }, point, ...units)).toBe(expected);
  });
});

test('a kernel as wide as its input is a dense layer', () => {
  const data = {
    x: [
      [1, 0],
      [0, 1],
      [1, 1],
    ] as readonly Row[],
    y: [-1, -1, 1],
  };
  const unit = split(2, leaf([1, 1], [0]), leaf([0, 0], [0]));
  const asDense = { ...data, input: [2], layers: [dense(1, false), relu, dense(1, false)] };
  const wide = { ...data, input: [1, 2], layers: [conv1d(1, 2, plain), relu, flatten, dense(1, false)] };
  for (const y of [data.y, [-1, -1, '101/100'], [-1, 0, 1]]) {
    for (const hint of [unit, leaf([0, 0]), {}, split(1, leaf([0, 0], [0]), leaf([0, 0], [0]))]) {
      expect(found({ ...wide, y }, [[[[[0, 0]]]], [[[1]]]], hint)).toBe(
        found({ ...asDense, y }, [[[[0, 0]]], [[[1]]]], hint),
      );
    }
  }
});
