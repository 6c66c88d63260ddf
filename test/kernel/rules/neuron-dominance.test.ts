import { describe, expect, test } from 'vitest';
import {
  type Affine,
  abs,
  activation,
  answer,
  check,
  codeOf,
  dense,
  dominance,
  type Fields,
  frozen,
  leaf,
  localMinimum,
  type ProblemParts,
  piecewise,
  point,
  problem,
  type Quantity,
  type Row,
  relu,
  row,
  rows,
  type Value,
} from '../../certificate.js';
import { conv1d, flatten, maxpool, pointOf, shaped, values } from '../../layers.js';

const unitPath = '$.proof.localMinimum.units[0]';
const at = '$.statement.point';

const found = (parts: ProblemParts, layers: readonly Affine[], ...units: readonly Value[]): string =>
  answer(check(localMinimum(problem(parts), point(...layers), dominance(...units)))).replace(unitPath, '…');

const split = (sample: number, nonnegative: Fields, nonpositive: Fields): Fields => ({
  sample,
  nonnegative,
  nonpositive,
});

describe('one unit at a kink, convex there', () => {
  /** relu(x) on x = −1, 0, 1, 2 with g = (−1, 2, −2, 1): κ = 2 at sample 1, and λ = 1. */
  const parts = (y: Row): ProblemParts => ({ layers: [dense(1), relu, dense(1)], x: [-1, 0, 1, 2], y });
  const theta: readonly Affine[] = [
    [[[1]], [0]],
    [[[1]], [0]],
  ];
  const y: Row = ['1/2', -1, 2, '3/2'];
  const table: readonly (readonly [string, Row, readonly Value[], string])[] = [
    ['λ = 1', y, [leaf([1])], 'proved'],
    ['λ = 3/3', y, [{ multipliers: { denominator: '3', numerators: ['3'] } }], 'proved'],
    ['λ at its upper end', ['0', '-1/2', 2, '3/2'], [leaf([1])], 'proved'],
    ['κ below λ', [0, '-49/100', 2, '3/2'], [leaf([1])], `nonzero-residual-sum ${at}`],
    ['κ below λ, sums kept', ['-1/100', '-49/100', 2, '3/2'], [leaf([1])], 'multiplier-too-large ….multipliers[0]'],
    ['κ below λ, another λ', ['-1/100', '-49/100', 2, '3/2'], [leaf(['49/50'])], 'nonzero-combination …'],
    ['κ = 0', ['-1/2', 0, 2, '3/2'], [leaf([])], 'nonzero-combination …'],
    ['κ = 0 with a multiplier', ['-1/2', 0, 2, '3/2'], [leaf([1])], 'wrong-length ….multipliers'],
    ['κ < 0', ['-3/2', 1, 2, '3/2'], [leaf([])], 'undecided-kink …'],
    [
      'κ < 0, split',
      ['-3/2', 1, 2, '3/2'],
      [split(1, leaf([], [0]), leaf([], [0]))],
      'nonzero-combination ….nonnegative',
    ],
    [
      'κ < 0, ν = −1',
      ['-3/2', 1, 2, '3/2'],
      [split(1, leaf([], [-3]), leaf([], [0]))],
      'negative-multiplier ….nonnegative.cone[0]',
    ],
    ['λ too small', y, [leaf(['1/2'])], 'nonzero-combination …'],
    ['λ too large for the sum', y, [leaf([2])], 'nonzero-combination …'],
    ['λ above κ', y, [leaf([3])], 'multiplier-too-large ….multipliers[0]'],
    ['λ just above κ', y, [leaf(['2.0000000001'])], 'multiplier-too-large ….multipliers[0]'],
    ['λ < 0', y, [leaf([-1])], 'negative-multiplier ….multipliers[0]'],
    ['no λ', y, [leaf([])], 'wrong-length ….multipliers'],
    ['two λ', y, [leaf([1, 0])], 'wrong-length ….multipliers'],
    ['no hint', y, [{}], 'wrong-hint …'],
    ['a cone without a split', y, [leaf([1], [])], 'wrong-hint …'],
    ['a cone alone', y, [{ cone: [] }], 'wrong-hint …'],
    ['vertices', y, [{ radius: '1', vertices: [leaf([1]), leaf([1])] }], 'wrong-hint …'],
    ['a radius beside', y, [{ ...leaf([1]), radius: '1' }], 'wrong-hint …'],
    ['a split on a convex kink', y, [split(1, leaf([1], []), leaf([1], []))], 'not-a-concave-kink ….sample'],
    ['a split on no kink', y, [split(0, leaf([1]), leaf([1]))], 'not-a-concave-kink ….sample'],
    ['a split on no sample', y, [split(4, leaf([1]), leaf([1]))], 'not-a-concave-kink ….sample'],
    ['a transport without a concave kink', y, [{ ...leaf([1]), transport: [[]] }], 'wrong-hint …'],
    ['two hints', y, [leaf([1]), {}], 'wrong-length $.proof.localMinimum.units'],
    ['Σ g ≠ 0', [0, -1, 2, '3/2'], [leaf([1])], `nonzero-residual-sum ${at}`],
    ['ψ(w) ≠ 0', [1, -1, '3/2', '3/2'], [leaf([1])], `nonzero-neuron-value ${at}`],
    ['all targets met', [0, 0, 1, 2], [leaf([])], 'proved'],
  ];
  test.each(table)('%s', (_, targets, units, expected) => {
    expect(found(parts(targets), theta, ...units)).toBe(expected);
  });

  test('nearby points are refused', () => {
    for (const e of ['1/1000', '-1/1000']) {
      for (const layers of [
        [[[[`${e === '1/1000' ? '1001' : '999'}/1000`]], [0]], theta[1]],
        [[[[1]], [e]], theta[1]],
        [theta[0], [[[`${e === '1/1000' ? '1001' : '999'}/1000`]], [0]]],
        [theta[0], [[[1]], [e]]],
      ] as const) {
        expect(found(parts(y), layers as readonly Affine[], leaf([1]))).not.toBe('proved');
      }
    }
  });

  test('with v < 0 the same kink is concave, and its mirror convex', () => {
    const mirror = (values: Row): Row => values.map(negated);
    const negative: readonly Affine[] = [theta[0] as Affine, [[[-1]], [0]]];
    expect(found(parts(mirror(y)), negative, leaf([1]))).toBe('proved');
    expect(found(parts(['1/2', -1, 0, '-5/2']), negative, leaf([1]))).toBe('undecided-kink …');
  });
});

const negated = (q: Quantity): string => (q === 0 ? '0' : String(q).startsWith('-') ? String(q).slice(1) : `-${q}`);

/** One unit without any bias, at w = 0 with v = 1: every sample x is a kink with κ = g = −y, and M = 0. */
function atZero(x: ProblemParts['x'], kappa: Row, v: Quantity = 1): [ProblemParts, readonly Affine[]] {
  const [first] = x;
  const w: Row = Array.isArray(first) ? first.map(() => 0) : [0];
  const loss = { function: 'squared', factor: '1/2' };
  return [{ layers: [dense(1, false), relu, dense(1, false)], x, y: kappa.map(negated), loss }, [[[w]], [[[v]]]]];
}

describe('relu(w·x) at w = 0', () => {
  const e1: Row = [1, 0];
  const e2: Row = [0, 1];
  const both: Row = [1, 1];
  const [a, b, c]: Row[] = [
    [2, 1],
    [1, 2],
    [3, 3],
  ];
  const three = [a, b, c, e1, e2] as readonly Row[];
  const kappas: Row = [-1, -1, -1, 6, 6];
  const implied = (sample: number, side: 'nonnegative' | 'nonpositive', by: Row, below: Fields): Fields => ({
    sample,
    implied: row(by),
    [side]: below,
  });
  const L = (multipliers: Row, cone: Row = [0, 0, 0]): Fields => leaf(multipliers, cone);
  const tree = (
    plusPlus: Fields = implied(2, 'nonnegative', [1, 1], L([6, 6])),
    minusMinus: Fields = implied(2, 'nonpositive', [1, 1], L([0, 0])),
    plusMinus: Fields = split(2, L([5, 4]), L([2, 1])),
  ): Fields => split(0, split(1, plusPlus, plusMinus), split(1, split(2, L([4, 5]), L([1, 2])), minusMinus));

  const table: readonly (readonly [string, ProblemParts['x'], Row, Value, string])[] = [
    ['one convex kink', [1], [1], leaf([0]), 'proved'],
    ['one convex kink, λ too large', [1], [1], leaf([2]), 'multiplier-too-large ….multipliers[0]'],
    // theory.md 2: relu(wx), w = 0, v = 1, x = 1, y = 1/2 is no local minimum.
    ['a leaf that leaves the concave kink undecided', [1], ['-1/2'], leaf([]), 'undecided-kink …'],
    ['a leaf that names its cone', [1], ['-1/2'], leaf([], [0]), 'undecided-kink …'],
    ['a leaf with a cone for a kink undecided', [1], ['-1/2'], leaf([], ['1/2']), 'undecided-kink …'],
    ['the split, ν = 0', [1], ['-1/2'], split(0, leaf([], [0]), leaf([], [0])), 'nonzero-combination ….nonnegative'],
    [
      'the split, ν < 0',
      [1],
      ['-1/2'],
      split(0, leaf([], ['-1/2']), leaf([], [0])),
      'negative-multiplier ….nonnegative.cone[0]',
    ],
    ['one side of the split', [1], ['-1/2'], { sample: 0, nonpositive: leaf([], [0]) }, 'wrong-hint …'],
    ['the other side of the split', [1], ['-1/2'], { sample: 0, nonnegative: leaf([], [0]) }, 'wrong-hint …'],
    [
      'a sign implied by nothing',
      [1],
      ['-1/2'],
      implied(0, 'nonpositive', [], leaf([], [0])),
      'wrong-implication ….implied',
    ],
    ['a transport from nothing', [1], ['-1/2'], { transport: [], multipliers: [] }, 'nonzero-combination ….transport'],
    ['an empty hint', [1], ['-1/2'], {}, 'wrong-hint …'],
    [
      'a split twice',
      [1],
      ['-1/2'],
      split(0, split(0, leaf([], [0]), leaf([], [0])), leaf([], [0])),
      'repeated-kink ….nonnegative.sample',
    ],

    ['parallel rows are merged', [1, 2, -2, 0], [1, '-1/4', '1/4', 5], leaf(['1/2']), 'proved'],
    [
      'parallel rows, unmerged hints',
      [1, 2, -2, 0],
      [1, '-1/4', '1/4', 5],
      leaf(['1/2', 0]),
      'wrong-length ….multipliers',
    ],
    ['parallel rows, the wrong λ', [1, 2, -2, 0], [1, '-1/4', '1/4', 5], leaf([0]), 'nonzero-combination …'],
    ['parallel rows, negative together', [1, 2], [1, '-3/4'], leaf([0]), 'undecided-kink …'],
    ['parallel rows that cancel', [1, 2, -3], [2, -1, 0], leaf([]), 'proved'],
    ['antiparallel rows that cancel in κ, not in M', [1, -1], [1, -1], leaf([]), 'nonzero-combination …'],
    ['antiparallel rows, one too concave', [1, -1], [2, -1], leaf([1]), 'nonzero-combination …'],
    ['antiparallel rows, |x|', [1, -1], [1, 1], leaf([1]), 'proved'],
    ['a zero row is dropped', [0, 1], [-7, 1], leaf([0]), 'proved'],
    ['only zero rows', [0, 0], [-7, 1], leaf([]), 'proved'],
    [
      'a zero row is no kink to split',
      [0, 1],
      [-7, 1],
      split(0, leaf([0], []), leaf([0], [])),
      'not-a-concave-kink ….sample',
    ],
    [
      'the merged kink goes by its first sample',
      [-2, 1, 4],
      [-1, 0, 0],
      split(1, leaf([], [0]), leaf([], [0])),
      'not-a-concave-kink ….sample',
    ],

    [
      'a concave kink between two convex ones',
      [e1, e2, both],
      [1, 1, -1],
      split(2, leaf([1, 1], [0]), leaf([0, 0], [0])),
      'proved',
    ],
    ['the same by a transport', [e1, e2, both], [1, 1, -1], { transport: rows([[1], [1]]), ...leaf([0, 0]) }, 'proved'],
    [
      'more is lost than the convex kinks give',
      [e1, e2, both],
      [1, 1, '-1001/1000'],
      split(2, leaf(['1001/1000', '1001/1000'], [0]), leaf([0, 0], [0])),
      'multiplier-too-large ….nonnegative.multipliers[0]',
    ],
    [
      'more is lost, within the bounds',
      [e1, e2, both],
      [1, 1, '-1001/1000'],
      split(2, leaf([1, 1], [0]), leaf([0, 0], [0])),
      'nonzero-combination ….nonnegative',
    ],
    [
      'more is lost, by a transport',
      [e1, e2, both],
      [1, 1, '-1001/1000'],
      { transport: rows([['1001/1000'], ['1001/1000']]), ...leaf([0, 0]) },
      'multiplier-too-large ….transport[0]',
    ],
    [
      'a transport that misses',
      [e1, e2, both],
      [1, 1, -1],
      { transport: rows([[1], ['1/2']]), ...leaf([0, 0]) },
      'nonzero-combination ….transport',
    ],
    [
      'a transport with a negative entry',
      [e1, e2, both],
      [1, 1, -1],
      { transport: rows([[1], [-1]]), ...leaf([0, 0]) },
      'negative-multiplier ….transport[1][0]',
    ],
    [
      'a transport that is not 2 × 1',
      [e1, e2, both],
      [1, 1, -1],
      { transport: rows([[1, 1]]), ...leaf([0, 0]) },
      'wrong-shape ….transport',
    ],
    [
      'a transport that is 2 × 0',
      [e1, e2, both],
      [1, 1, -1],
      { transport: rows([[], []]), ...leaf([0, 0]) },
      'wrong-shape ….transport',
    ],
    [
      'a transport that is 2 × 2',
      [e1, e2, both],
      [1, 1, -1],
      {
        transport: rows([
          [1, 0],
          [1, 0],
        ]),
        ...leaf([0, 0]),
      },
      'wrong-shape ….transport',
    ],
    ['a transport without multipliers', [e1, e2, both], [1, 1, -1], { transport: rows([[1], [1]]) }, 'wrong-hint …'],
    [
      'a transport with a cone',
      [e1, e2, both],
      [1, 1, -1],
      { transport: rows([[1], [1]]), ...leaf([0, 0], [0]) },
      'wrong-hint …',
    ],
    [
      'a transport with a split',
      [e1, e2, both],
      [1, 1, -1],
      { transport: rows([[1], [1]]), ...leaf([0, 0]), sample: 2 },
      'wrong-hint …',
    ],
    [
      'a multiplier of what is spent',
      [e1, e2, both],
      [1, 1, -1],
      { transport: rows([[1], [1]]), ...leaf([1, 0]) },
      'multiplier-too-large ….multipliers[0]',
    ],
    [
      'a share left, not needed',
      [e1, e2, both],
      [2, 2, -1],
      { transport: rows([['1/2'], ['1/2']]), ...leaf([1, 0]) },
      'nonzero-combination …',
    ],
    ['a share left', [e1, e2, both], [2, 2, -1], { transport: rows([['1/2'], ['1/2']]), ...leaf([0, 0]) }, 'proved'],
    [
      'a leaf without its cone',
      [e1, e2, both],
      [1, 1, -1],
      split(2, leaf([1, 1]), leaf([0, 0], [0])),
      'wrong-hint ….nonnegative',
    ],
    [
      'a leaf with two of a cone',
      [e1, e2, both],
      [1, 1, -1],
      split(2, leaf([1, 1], [0, 0]), leaf([0, 0], [0])),
      'wrong-length ….nonnegative.cone',
    ],
    [
      'a split beside multipliers',
      [e1, e2, both],
      [1, 1, -1],
      { ...split(2, leaf([1, 1], [0]), leaf([0, 0], [0])), multipliers: [] },
      'wrong-hint …',
    ],
    [
      'a concave kink alone in its direction',
      [e1, e2, [-1, -1]],
      [1, 1, -1],
      split(2, leaf([0, 0], [1]), leaf([0, 0], [0])),
      'nonzero-combination ….nonnegative',
    ],
    [
      'a concave kink outside what convex ones span',
      [e1, both],
      [1, '-1/100'],
      split(1, leaf(['1/100'], [0]), leaf([0], [0])),
      'nonzero-combination ….nonnegative',
    ],

    ['three concave kinks, one implied', three, kappas, tree(), 'proved'],
    [
      'three concave kinks by a transport',
      three,
      kappas,
      {
        transport: rows([
          ['1/3', '1/6', '1/2'],
          ['1/6', '1/3', '1/2'],
        ]),
        ...leaf([0, 0]),
      },
      'proved',
    ],
    ['the signs split in place of implied', three, kappas, tree(split(2, L([6, 6]), L([3, 3]))), 'proved'],
    [
      'the implied sign turned',
      three,
      kappas,
      tree(implied(2, 'nonpositive', [1, 1], L([3, 3]))),
      'wrong-implication ….nonnegative.nonnegative.implied',
    ],
    [
      'the implied sign by too little',
      three,
      kappas,
      tree(implied(2, 'nonnegative', [1, 0], L([6, 6]))),
      'wrong-implication ….nonnegative.nonnegative.implied',
    ],
    [
      'the implied sign by a negative number',
      three,
      kappas,
      tree(implied(2, 'nonnegative', [-1, 1], L([6, 6]))),
      'negative-multiplier ….nonnegative.nonnegative.implied[0]',
    ],
    [
      'the implied sign by one number',
      three,
      kappas,
      tree(implied(2, 'nonnegative', [1], L([6, 6]))),
      'wrong-length ….nonnegative.nonnegative.implied',
    ],
    [
      'the implied sign by three',
      three,
      kappas,
      tree(implied(2, 'nonnegative', [1, 1, 0], L([6, 6]))),
      'wrong-length ….nonnegative.nonnegative.implied',
    ],
    [
      'the implied sign, both sides given',
      three,
      kappas,
      tree({ ...split(2, L([6, 6]), L([3, 3])), implied: row([1, 1]) }),
      'wrong-hint ….nonnegative.nonnegative',
    ],
    [
      'the implied sign, no side given',
      three,
      kappas,
      tree({ sample: 2, implied: row([1, 1]) }),
      'wrong-hint ….nonnegative.nonnegative',
    ],
    [
      'an implied sign of mixed splits',
      three,
      kappas,
      tree(undefined, undefined, implied(2, 'nonnegative', [1, 1], L([5, 4]))),
      'wrong-implication ….nonnegative.nonpositive.implied',
    ],
    ['a leaf above the last concave kink', three, kappas, tree(L([6, 6])), 'undecided-kink ….nonnegative.nonnegative'],
    [
      'a sample split again below',
      three,
      kappas,
      tree(split(0, L([6, 6]), L([6, 6]))),
      'repeated-kink ….nonnegative.nonnegative.sample',
    ],
    [
      'a sample implied again below',
      three,
      kappas,
      tree(implied(1, 'nonnegative', [0, 1], L([6, 6]))),
      'repeated-kink ….nonnegative.nonnegative.sample',
    ],
    ['an implied sign cannot imply another', [...three, [4, 4]] as readonly Row[], [...kappas, 0], tree(), 'proved'],
    [
      'the convex kinks a little weaker',
      three,
      [-1, -1, -1, 6, '5999/1000'],
      tree(),
      'multiplier-too-large ….nonnegative.nonnegative.nonnegative.multipliers[1]',
    ],
    [
      'a concave kink a little stronger',
      three,
      [-1, -1, '-1001/1000', 6, 6],
      tree(),
      'nonzero-combination ….nonnegative.nonnegative.nonnegative',
    ],
  ];
  test.each(table)('%s', (_, x, kappa, unit, expected) => {
    const [parts, layers] = atZero(x, kappa);
    expect(found(parts, layers, unit)).toBe(expected);
  });

  test.each<[string, ProblemParts['x'], Row, Value, string]>([
    ['nothing moves the risk', [1, 1], [1, -1], {}, 'proved'],
    ['parallel rows that cancel', [1, 2], [2, -1], {}, 'proved'],
    ['a kink', [1], [1], {}, `nonzero-one-sided-derivative ${at}`],
    ['a kink, with a hint for it', [1], [1], leaf([0]), 'wrong-hint …'],
    ['a concave kink', [1], [-1], {}, `nonzero-one-sided-derivative ${at}`],
    ['antiparallel rows that cancel in κ, not in M', [1, -1], [1, -1], {}, `nonzero-one-sided-derivative ${at}`],
    ['two kinks', [e1, e2], [1, -1], {}, `nonzero-one-sided-derivative ${at}`],
  ])('v = 0: %s', (_, x, kappa, unit, expected) => {
    const [parts, layers] = atZero(x, kappa, 0);
    expect(found(parts, layers, unit)).toBe(expected);
  });
});

describe('implied signs below implied signs', () => {
  const Q: readonly (readonly [number, number])[] = [
    [2, 1],
    [1, 2],
    [3, 3],
    [5, 4],
  ];
  const [parts, layers] = atZero([...Q, [1, 0], [0, 1]], [-1, -1, -1, -1, 12, 12]);

  /** Splits a and b, then c = a + b and d = 2a + b, implied where the signs agree; λ is the sum of the rows taken ≥ 0. */
  function tree(byC: Row, byD: Row, signs: readonly number[] = []): Fields {
    const sample = signs.length;
    if (sample === Q.length) {
      const sum = (j: 0 | 1) => Q.reduce((total, q, i) => (signs[i] === 1 ? total + q[j] : total), 0);
      return leaf([sum(0), sum(1)], [0, 0, 0, 0]);
    }
    if (sample >= 2 && signs[0] === signs[1]) {
      const side = signs[0] === 1 ? 'nonnegative' : 'nonpositive';
      return { sample, implied: row(sample === 2 ? byC : byD), [side]: tree(byC, byD, [...signs, signs[0] as number]) };
    }
    return split(sample, tree(byC, byD, [...signs, 1]), tree(byC, byD, [...signs, -1]));
  }

  test.each<[Row, Row, string]>([
    [[1, 1], [2, 1], 'proved'],
    [[1, 1], [1, 0, 1], 'wrong-length ….nonnegative.nonnegative.nonnegative.implied'],
    [[1, 1], [2, 1, 0], 'wrong-length ….nonnegative.nonnegative.nonnegative.implied'],
    [[1, 1], [1, 1], 'wrong-implication ….nonnegative.nonnegative.nonnegative.implied'],
    [[2, 1], [2, 1], 'wrong-implication ….nonnegative.nonnegative.implied'],
  ])('c by %s, d by %s: only splits imply: %s', (byC, byD, expected) => {
    expect(found(parts, layers, tree(byC, byD))).toBe(expected);
  });
});

describe('frozen parameters', () => {
  /** x = −1, 1 at w = 0: g = (1, 1) about a frozen or free v. */
  const data = { x: [-1, 1], y: ['-1/2', '-1/2'] } as const;
  const zero: Affine = [[[0]]];
  test.each<[string, ProblemParts, readonly Affine[], readonly Value[], string]>([
    ['all free', { ...data, layers: [dense(1, false), relu, dense(1, false)] }, [zero, [[[1]]]], [leaf([1])], 'proved'],
    ['v frozen', { ...data, layers: [dense(1, false), relu, frozen([[[1]]])] }, [zero], [leaf([1])], 'proved'],
    [
      'v < 0 frozen',
      { ...data, layers: [dense(1, false), relu, frozen([[[-1]]])] },
      [zero],
      [leaf([1])],
      'undecided-kink …',
    ],
    ['v = 0 frozen', { ...data, layers: [dense(1, false), relu, frozen([[[0]]])] }, [zero], [{}], 'proved'],
    [
      'v = 0 frozen, with a hint',
      { ...data, layers: [dense(1, false), relu, frozen([[[0]]])] },
      [zero],
      [leaf([])],
      'wrong-hint …',
    ],
    [
      'v = 0 free',
      { ...data, layers: [dense(1, false), relu, dense(1, false)] },
      [zero, [[[0]]]],
      [{}],
      `nonzero-one-sided-derivative ${at}`,
    ],
    // A saturated unit: ψ(w) = 2, which only v could use.
    [
      'ψ ≠ 0, v frozen',
      { x: [2], y: [0], layers: [dense(1, false), activation('hardtanh'), frozen([[[1]]])] },
      [[[[1]]]],
      [leaf([])],
      'proved',
    ],
    [
      'ψ ≠ 0, v free',
      { x: [2], y: [0], layers: [dense(1, false), activation('hardtanh'), dense(1, false)] },
      [[[[1]]], [[[1]]]],
      [leaf([])],
      `nonzero-neuron-value ${at}`,
    ],
    [
      'the output bias frozen, Σ g ≠ 0',
      { ...data, layers: [dense(1, false), relu, frozen([[[1]], [0]])] },
      [zero],
      [leaf([1])],
      'proved',
    ],
    [
      'the output bias free, Σ g ≠ 0',
      { ...data, layers: [dense(1, false), relu, dense(1)] },
      [zero, [[[1]], [0]]],
      [leaf([1])],
      `nonzero-residual-sum ${at}`,
    ],
    ['w frozen', { ...data, layers: [frozen([[[0]]]), relu, dense(1, false)] }, [[[[1]]]], [{}], 'proved'],
    [
      'w frozen, with a hint',
      { ...data, layers: [frozen([[[0]]]), relu, dense(1, false)] },
      [[[[1]]]],
      [leaf([1])],
      'wrong-hint …',
    ],
    [
      'w frozen, ψ ≠ 0',
      { ...data, layers: [frozen([[[1]]]), relu, dense(1, false)] },
      [[[[0]]]],
      [{}],
      `nonzero-neuron-value ${at}`,
    ],
    [
      'w frozen, Σ g ≠ 0',
      { ...data, layers: [frozen([[[0]]]), relu, dense(1)] },
      [[[[1]], [0]]],
      [{}],
      `nonzero-residual-sum ${at}`,
    ],
    ['all frozen', { ...data, layers: [frozen([[[1]]]), relu, frozen([[[1]]])] }, [], [{}], 'proved'],
    [
      'all frozen, no hint',
      { ...data, layers: [frozen([[[1]]]), relu, frozen([[[1]]])] },
      [],
      [],
      'empty-list $.proof.localMinimum.units',
    ],
    [
      'a frozen first part, with its own kinks',
      { ...data, x: [1, -1], layers: [frozen([[[1], [-1]]]), relu, dense(1, false), relu, dense(1, false)] },
      [[[[0, 0]]], [[[1]]]],
      [leaf([0, 0])],
      'proved',
    ],
    [
      'a frozen first part that maps both data to one',
      { x: [1, -1], y: [1, -2], layers: [frozen([[[1]]]), abs, dense(1, false), relu, dense(1, false)] },
      [[[[0]]], [[[1]]]],
      [leaf([0])],
      'proved',
    ],
    [
      'a frozen first part, concave after it',
      { x: [1, -1], y: [2, -1], layers: [frozen([[[1]]]), abs, dense(1, false), relu, dense(1, false)] },
      [[[[0]]], [[[1]]]],
      [leaf([0])],
      'undecided-kink …',
    ],
    [
      'a free first part',
      { ...data, layers: [dense(1, false), abs, dense(1, false), relu, dense(1, false)] },
      [[[[1]]], zero, [[[1]]]],
      [leaf([1])],
      'unsupported-combination $.statement.problem.network',
    ],
    [
      'no hidden layer',
      { ...data, layers: [dense(1)] },
      [[[[0]], ['-1/2']]],
      [{}],
      'unsupported-combination $.statement.problem.network',
    ],
  ])('%s', (_, parts, layers, units, expected) => {
    expect(found(parts, layers, ...units)).toBe(expected);
  });

  test('a frozen convolution and pool before the hidden layer are applied to the data', () => {
    const fixed = values([[[1]]]);
    const net = {
      input: [1, 2],
      x: [
        [1, 0],
        [0, 1],
      ],
      y: [1, -1],
      layers: [conv1d(1, 1, { bias: false, fixed }), maxpool(2), flatten, dense(1, false), relu, dense(1, false)],
    };
    const theta = pointOf([[[0]]], [[[1]]]);
    const of = (y: Row) => answer(check(localMinimum(shaped({ ...net, y }), theta, dominance(leaf([])))));
    expect(of([1, -1])).toBe('proved');
    expect(of([1, 1])).toBe(`undecided-kink ${unitPath}`);
  });
});

describe('other activations', () => {
  const data = { x: [-1, 1], y: ['-1/2', '-1/2'] } as const;
  test.each<[string, Fields, Quantity, readonly Value[], string]>([
    ['abs at 0', abs, 0, [leaf([2])], 'proved'],
    ['abs at 0, the bound of relu', abs, 0, [leaf([1])], 'nonzero-combination …'],
    ['leaky relu at 0', activation('leaky-relu', { slope: '1/2' }), 0, [leaf(['1/2'])], 'proved'],
    ['leaky relu of slope 2 is concave', activation('leaky-relu', { slope: '2' }), 0, [leaf([])], 'undecided-kink …'],
    ['leaky relu of slope −1 is abs', activation('leaky-relu', { slope: '-1' }), 0, [leaf([2])], 'proved'],
    ['prelu of slope 1 has no kink', activation('prelu', { slope: '1' }), 0, [leaf([])], 'proved'],
    ['the identity', activation('identity'), 0, [leaf([])], 'proved'],
    ['no activation', { type: 'dense', units: 1, bias: false }, 0, [], 'empty-list'],
    ['a concave hat', piecewise([0], [1, 0], [-1, 0]), 0, [leaf([])], 'undecided-kink …'],
  ])('%s', (_, h, w, units, expected) => {
    if (h['type'] === 'dense') {
      expect(found({ ...data, layers: [dense(1, false), dense(1, false)] }, [[[[w]]], [[[1]]]], leaf([]))).toBe(
        'proved',
      );
      return;
    }
    const layers = [dense(1, false), h, dense(1, false)];
    expect(found({ ...data, layers }, [[[[w]]], [[[1]]]], ...units)).toBe(expected);
  });

  test('hardtanh with a kink at each end', () => {
    // The kinks of x = −1 and x = 1 are one hyperplane w = 1, convex and concave for equal g.
    const parts = (y: Row): ProblemParts => ({
      layers: [dense(1, false), activation('hardtanh'), dense(1, false)],
      x: [-1, 0, 1],
      y,
    });
    const theta: readonly Affine[] = [[[[1]]], [[[1]]]];
    expect(found(parts(['-3/2', 0, '1/2']), theta, leaf([]))).toBe('proved');
    expect(found(parts(['-3/2', 0, '1/2']), theta, leaf([1]))).toBe('wrong-length ….multipliers');
    expect(found(parts(['-1/2', 0, '1/2']), theta, leaf([]))).toBe(`nonzero-neuron-value ${at}`);
    expect(found(parts(['-1/2', 0, '3/2']), theta, leaf([]))).toBe('proved');
    expect(found(parts([-1, '1/2', 1]), theta, leaf([]))).toBe('proved');
    expect(found({ ...parts([-1, 0, '1/2', '5/2']), x: [-1, 0, 1, 2] }, theta, leaf([]))).toBe(
      `nonzero-neuron-value ${at}`,
    );
    expect(found({ ...parts([-1, 0, '1/2', '3/2']), x: [-1, 0, 1, 2] }, theta, leaf([]))).toBe('undecided-kink …');
    expect(found({ ...parts([-1, 0, '3/2', '1/2']), x: [-1, 0, 1, 2] }, theta, leaf([0]))).toBe('proved');
  });
});

describe('several outputs', () => {
  /** relu(wx) at w = 0, x = 1, v = (1, 0), g = (1, 1/2): ⟨u, g⟩ = u₁ + u₂/2 at the vertices u. */
  const parts: ProblemParts = {
    layers: [dense(1, false), relu, dense(2, false)],
    x: [1],
    y: [['-1/2', '-1/4']],
  };
  const theta: readonly Affine[] = [[[[0]]], [[[1], [0]]]];
  const zero = leaf([0]);
  const vertices = (radius: Quantity, ...units: readonly Value[]): Fields => ({
    radius: String(radius),
    vertices: units,
  });
  test.each<[string, Value, string]>([
    ['radius 1/2', vertices('1/2', zero, zero, zero, zero), 'proved'],
    ['radius 1/1000000', vertices('1/1000000', zero, zero, zero, zero), 'proved'],
    [
      'radius 1: κ = 0 at the vertex (0, 0)',
      vertices(1, zero, zero, zero, zero),
      'wrong-length ….vertices[1].multipliers',
    ],
    ['radius 1, its kink gone', vertices(1, zero, leaf([]), zero, zero), 'proved'],
    ['radius 3: concave at (−2, 0)', vertices(3, zero, leaf([]), zero, zero), 'undecided-kink ….vertices[1]'],
    [
      'radius 3 at (1, −3)',
      vertices(3, zero, split(0, leaf([], [0]), leaf([], [0])), zero, zero),
      'nonzero-combination ….vertices[1].nonnegative',
    ],
    ['radius 0', vertices(0, zero, zero, zero, zero), 'nonpositive-radius ….radius'],
    ['radius < 0', vertices('-1/2', zero, zero, zero, zero), 'nonpositive-radius ….radius'],
    ['three vertices', vertices('1/2', zero, zero, zero), 'wrong-length ….vertices'],
    ['five vertices', vertices('1/2', zero, zero, zero, zero, zero), 'wrong-length ….vertices'],
    ['no vertices', vertices('1/2'), 'wrong-length ….vertices'],
    ['no radius', { vertices: [zero, zero, zero, zero] }, 'wrong-hint …'],
    ['one hint', zero, 'wrong-hint …'],
    ['an empty hint', {}, 'wrong-hint …'],
    ['multipliers beside', { ...vertices('1/2', zero, zero, zero, zero), multipliers: [] }, 'wrong-hint …'],
    [
      'vertices in vertices',
      vertices('1/2', vertices('1/2', zero, zero, zero, zero), zero, zero, zero),
      'wrong-hint ….vertices[0]',
    ],
    ['a hint left out', vertices('1/2', zero, zero, zero, {}), 'wrong-hint ….vertices[3]'],
    ['a multiplier too large', vertices('1/2', zero, zero, zero, leaf(['3/4'])), 'nonzero-combination ….vertices[3]'],
    [
      'a multiplier above ⟨u, g⟩',
      vertices('1/2', zero, zero, zero, leaf(['751/1000'])),
      'multiplier-too-large ….vertices[3].multipliers[0]',
    ],
  ])('%s', (_, unit, expected) => {
    expect(found(parts, theta, unit)).toBe(expected);
  });

  test.each<[string, ProblemParts, readonly Affine[], Value, string]>([
    [
      'v = 0 and no residual moves',
      {
        ...parts,
        x: [1, 1],
        y: [
          [1, 1],
          [-1, -1],
        ],
      },
      [[[[0]]], [[[0], [0]]]],
      vertices(1, leaf([]), leaf([]), leaf([]), leaf([])),
      'proved',
    ],
    [
      'v = 0 and a residual',
      parts,
      [[[[0]]], [[[0], [0]]]],
      vertices(1, zero, leaf([]), zero, zero),
      'undecided-kink ….vertices[1]',
    ],
    [
      'Ψ ≠ 0 in one output',
      { ...parts, layers: [dense(1), relu, dense(2, false)], y: [[0, 1]] },
      [[[[0]], [1]], [[[0], [0]]]],
      vertices(1, zero, zero, zero, zero),
      `nonzero-neuron-value ${at}`,
    ],
    [
      'Σ g ≠ 0 in one output',
      { ...parts, layers: [dense(1, false), relu, dense(2)], y: [[0, 1]] },
      [
        [[[0]]],
        [
          [[1], [0]],
          [0, 0],
        ],
      ],
      vertices(1, zero, zero, zero, zero),
      `nonzero-residual-sum ${at}`,
    ],
    [
      'g orthogonal to v: v turns against it',
      { ...parts, y: [[0, '-1/2']] },
      theta,
      vertices('1/2', leaf([]), leaf([]), zero, leaf([])),
      'undecided-kink ….vertices[3]',
    ],
  ])('%s', (_, data, layers, unit, expected) => {
    expect(found(data, layers, unit)).toBe(expected);
  });
});

test('two units are each other’s business only through the residuals', () => {
  const parts: ProblemParts = { layers: [dense(2, false), relu, dense(1, false)], x: [-1, 1], y: ['-1/2', '-1/2'] };
  const layers: readonly Affine[] = [[[[0], [0]]], [[[1, 2]]]];
  expect(found(parts, layers, leaf([1]), leaf([1]))).toBe('proved');
  expect(found(parts, layers, leaf([1]), leaf(['1/2']))).toBe('nonzero-combination $.proof.localMinimum.units[1]');
  expect(found(parts, layers, leaf([1]), {})).toBe('wrong-hint $.proof.localMinimum.units[1]');
  expect(found(parts, layers, leaf([1]))).toBe('wrong-length $.proof.localMinimum.units');
  expect(found(parts, [[[[0], [0]]], [[[1, 0]]]], leaf([1]), {})).toBe(`nonzero-one-sided-derivative ${at}`);
  expect(found(parts, [[[[0], [0]]], [[[1, -2]]]], leaf([1]), leaf([1]))).toBe(
    'undecided-kink $.proof.localMinimum.units[1]',
  );
});

test('the answers hold under every loss with the same residual gradients', () => {
  for (const [loss, scale] of [
    [{ function: 'squared', factor: '1/2' }, '1/2'],
    [{ function: 'huber', threshold: '1/2' }, '1/2'],
    [{ function: 'huber', threshold: '1/2' }, '99'],
    [{ function: 'smooth-quantile', level: '1/2', width: '1' }, '1/2'],
    [{ function: 'smooth-quantile', level: '1/2', width: '1' }, '7'],
    [{ function: 'power', exponent: '2', factor: '1/2' }, '1/2'],
  ] as const) {
    const parts: ProblemParts = {
      layers: [dense(1, false), relu, dense(1, false)],
      x: [-1, 1],
      y: [`-${scale}`, `-${scale}`],
      loss,
    };
    const layers: readonly Affine[] = [[[[0]]], [[[1]]]];
    expect(found(parts, layers, leaf(['1/2']))).toBe('proved');
    expect(found(parts, layers, leaf(['3/5']))).toMatch(/multiplier-too-large|nonzero-combination/);
    expect(
      codeOf(check(localMinimum(problem({ ...parts, y: [scale, scale] }), point(...layers), dominance(leaf([]))))),
    ).toBe('undecided-kink');
  }
});
