import { describe, expect, test } from 'vitest';
import { canonicalTexts } from '../../../src/kernel/canonical.js';
import { checkCertificate } from '../../../src/kernel/check.js';
import {
  activation,
  answer,
  certificate,
  changed,
  check,
  dense,
  type Fields,
  frozen,
  piecewise,
  point,
  type Row,
  relu,
  type Value,
} from '../../certificate.js';
import { boxProblem, onInterval, polynomial } from './box-problems.js';
import {
  active,
  better,
  constant,
  cube,
  dead,
  jump,
  kink,
  leftEnd,
  members,
  middle,
  moving,
  oneUnit,
  type ProfileParts,
  parametrized,
  polynomialPiece,
  problemOf,
  profile,
  ratio,
  rightEnd,
  slope,
  squarePlus1,
  twoUnits,
  type Unit,
} from './profile-problems.js';

const verdict = (parts: ProfileParts): string => answer(check(profile(parts)));
const statement = '$.statement';
const at = ` ${statement}.family`;
const data = `${statement}.problem.data`;
const target = `${data}.targets[0]`;

const third: Unit = [1, kink, jump];
/** The first instance with other members, on 5/9 ≤ u ≤ 9/5. */
const withMembers = (c: Parameters<typeof members>[2], ...units: readonly Unit[]): ProfileParts => ({
  ...twoUnits,
  layers: [dense(units.length), relu, dense(1)],
  betterPoint: widened(units.length),
  family: members('5/9', '9/5', c, ...units),
});
/** The better point among more units. */
const widened = (units: number): Fields => {
  const more = Array.from({ length: units - 2 }, () => 0);
  return point(
    [
      [[-1], [1], ...more.map((w) => [w])],
      ['1/5', '-4/5', ...more],
    ],
    [[['240/7', '240/7', ...more]], ['-48/35']],
  );
};
const between = (from: string, to: string): ProfileParts => ({
  ...twoUnits,
  family: members(from, to, constant, active, moving),
});
/** leaky-relu with slope 1/2 on the left: h(z) = z/2 + relu(z)/2 */
const leaky = [dense(2), activation('leaky-relu', { slope: '1/2' }), dense(1)];

describe('proved', () => {
  test.each<[string, ProfileParts]>([
    ['an active unit and a moving kink: the gap is 243/175', twoUnits],
    ['a smaller gap', { ...twoUnits, gap: '1/1000000' }],
    ['one unit: the gap is 3/2', oneUnit],
    ['half the loss has half the gap', { ...twoUnits, loss: { function: 'squared', factor: '1/2' }, gap: '243/350' }],
    [
      'a quadratic polynomial loss',
      { ...twoUnits, loss: { function: 'polynomial', coefficients: ['0', '0', '2', '0'] }, gap: '486/175' },
    ],
    ['power 2', { ...twoUnits, loss: { function: 'power', exponent: '2' } }],
    ['the density 1, written out', { ...twoUnits, density: { polynomial: ['1', '0'] } }],
    ['nearly all kinks of the piece', between('500001/1000000', '1999999/1000000')],
    [
      'dead units, of which something goes out',
      withMembers(constant, active, moving, [0, -1, 5], [1, -2, ratio([0, 1])]),
    ],
    [
      'a unit that falls beside its kink: −(q − x)₊ is (x − q)₊ less x − q',
      {
        ...twoUnits,
        family: members(
          '5/9',
          '9/5',
          ratio([-6, 0, -15], [0, 0, 0, 1]),
          [1, 1, ratio([3, 0, 9], [0, 0, 0, 1])],
          [-1, ratio([1], squarePlus1), jump],
        ),
        betterPoint: better,
      },
    ],
    [
      'leaky relu: a kinked unit that is flat nowhere',
      {
        ...twoUnits,
        layers: leaky,
        // v₂ = 2 jump; it adds jump (x − q) that the affine unit takes back
        family: members(
          '5/9',
          '9/5',
          ratio([6, 0, 15, 0, 24, 0, 6], [0, 0, 0, 1]),
          [1, 1, ratio([-3, 0, -9, 0, -18, 0, -6], [0, 0, 0, 1])],
          [1, kink, ratio([6, 0, 18, 0, 18, 0, 6], [0, 0, 0, 1])],
        ),
        // (1/5 − x)₊ = 2 h(1/5 − x) − (1/5 − x), and so on: their lines have the sum 3/5·240/7
        betterPoint: point(
          [
            [[-1], [1]],
            ['1/5', '-4/5'],
          ],
          [[['480/7', '480/7']], ['672/35']],
        ),
      },
    ],
    [
      'x rises with the parameter: u for 1/u',
      {
        ...twoUnits,
        pieces: [leftEnd, parametrized('1/2', 2, ratio([0, 0, 1], squarePlus1), ratio([0, 0, 0, 1], cube)), rightEnd],
        family: members(
          '5/9',
          '9/5',
          ratio([3, 0, 12], [0, 0, 0, 1]),
          [1, 1, ratio([-3, 0, -9], [0, 0, 0, 1])],
          [1, ratio([0, 0, -1], squarePlus1), ratio([3, 0, 9, 0, 9, 0, 3], [0, 0, 0, 1])],
        ),
      },
    ],
    [
      'common factors above and below',
      {
        ...twoUnits,
        pieces: [
          leftEnd,
          parametrized('1/2', 2, ratio([5, 1], [5, 1, 5, 1]), ratio([0, 0, 0, 2, 2], [2, 2, 6, 6, 6, 6, 2, 2])),
          rightEnd,
        ],
      },
    ],
    [
      'a piece that is cut in two',
      {
        ...twoUnits,
        breakpoints: ['1/10', '1/5', '4/5'],
        pieces: [leftEnd, leftEnd, middle, rightEnd],
      },
    ],
    [
      'G with an affine function of x more, which is no other target',
      {
        ...twoUnits,
        pieces: [
          leftEnd,
          // u³/(1 + u²)³ + 2/(1 + u²) + 7
          parametrized('1/2', 2, ratio([1], squarePlus1), ratio([9, 0, 25, 1, 23, 0, 7], cube)),
          rightEnd,
        ],
      },
    ],
  ])('%s', (_, parts) => {
    expect(verdict(parts)).toBe('proved');
  });

  test('the gap is known exactly, the risks are not', () => {
    const found = check(profile({ ...twoUnits, gap: 1 }));
    if (found.kind !== 'proved') throw new Error('expected a theorem');
    const { risk } = found.theorem;
    expect(risk.point).toBeNull();
    expect(risk.better).toBeNull();
    expect(risk.gap?.lower).toEqual({ num: 243n, den: 175n });
    expect(risk.gap?.upper).toEqual(risk.gap?.lower);
  });

  test('every condition is an obligation', () => {
    const found = check(profile(twoUnits));
    if (found.kind !== 'proved') throw new Error('expected a theorem');
    expect(found.theorem.obligations.by).toEqual({
      'strict-sign': 4,
      'kink-on-piece': 1,
      'kink-visible': 1,
      moment: 3,
      'profile-constant': 1,
      'lower-risk': 1,
      'strictly-monotone': 1,
    });
  });
});

describe('the range of the parameter', () => {
  test.each([
    ['1/2', '9/5', 'its first end is that of the piece, where r(q) is another function on the other side'],
    ['5/9', '2', 'so is its last end'],
    ['1/2', '2', 'both ends'],
    ['1/4', '9/5', 'it begins before the piece'],
    ['5/9', '3', 'it ends behind it'],
    ['3', '4', 'it is beside the piece'],
  ])('from %s to %s: %s', (from, to) => {
    expect(verdict(between(from, to))).toBe(`kink-off-piece${at}`);
  });
});

describe('the kink is that of no piece', () => {
  test.each<[string, Unit]>([
    ['twice as near to 0', [2, kink, jump]],
    ['a little beside', [1, ratio([-100, 0, 1], [100, 0, 100]), jump]],
    ['at a constant place', [1, '-1/2', jump]],
    ['the kink of the mirrored piece', [1, ratio([0, 0, -1], squarePlus1), jump]],
  ])('%s', (_, unit) => {
    expect(verdict(withMembers(constant, active, unit))).toBe(`kink-off-piece${at}`);
  });
});

describe('unit types', () => {
  const code = `on-a-kink${at}`;
  test.each<[string, string, Unit]>([
    ['an active unit that is 0 at the first end', code, [1, 0, slope]],
    ['one that is 0 at the last end', code, [-1, 1, slope]],
    ['a dead unit that is 0 at an end', code, [-1, 0, 0]],
    ['a degenerate unit', code, [0, 0, 0]],
    ['0 at an end for one parameter only: u = 1', code, [ratio([-1, 1]), 0, 0]],
    ['0 at an end for the first parameter only', code, [0, ratio([-5, 9]), 0]],
    ['a sign that changes along the range', code, [0, ratio([-1, 1]), 0]],
    ['another kink inside', `unsupported-combination${at}`, [1, '-1/2', 1]],
    ['the same kink twice', `unsupported-combination${at}`, third],
  ])('%s', (_, expected, unit) => {
    expect(verdict(withMembers(constant, active, moving, unit))).toBe(expected);
  });

  test('no kink inside', () => {
    const parts = withMembers(constant, active, dead);
    expect(verdict(parts)).toBe(`unsupported-combination${at}`);
  });

  test('the outgoing weight of the kinked unit is 0: nothing bends, and all members are one function', () => {
    expect(verdict(withMembers(0, [1, 1, 0], [1, kink, 0]))).toBe(`outgoing-weight-vanishes${at}`);
    expect(verdict(withMembers(constant, active, [1, kink, ratio([-1, 1])]))).toBe(`outgoing-weight-vanishes${at}`);
    expect(verdict(withMembers(constant, active, [1, kink, ratio([-9, 5])]))).toBe(`outgoing-weight-vanishes${at}`);
  });
});

describe('the best fit', () => {
  const code = `nonzero-path-moment${at}`;
  test.each<[string, ProfileParts]>([
    ['another constant', withMembers(ratio([1, 12, 0, 3]), active, moving)],
    ['another constant for all but one parameter', withMembers(ratio([-1, 13, 0, 3]), active, moving)],
    [
      'another slope, the mean kept: N + x − 1/2',
      withMembers(ratio(['-3/2', 12, 0, 3]), [1, 1, ratio([1, -9, 0, -3])], moving),
    ],
    [
      'twice the fit: orthogonal to lines, not to the kinked unit',
      withMembers(
        ratio([0, 24, 0, 6]),
        [1, 1, ratio([0, -18, 0, -6])],
        [1, kink, ratio([6, 0, 18, 0, 18, 0, 6], [0, 0, 0, 1])],
      ),
    ],
    [
      'the fit of the target without its sign',
      withMembers(
        ratio([0, -12, 0, -3]),
        [1, 1, ratio([0, 9, 0, 3])],
        [1, kink, ratio([-3, 0, -9, 0, -9, 0, -3], [0, 0, 0, 1])],
      ),
    ],
    [
      'a unit that is not flat, whatever goes out of it, can tilt the whole',
      {
        ...oneUnit,
        family: members(
          '2/5',
          '9/10',
          ratio([0, -6]),
          [1, ratio([-1, 0, 1], [1, 0, 3]), ratio([12, 0, 72, 0, 108], [0, 0, 0, 16])],
          [0, 1, 0],
        ),
      },
    ],
    [
      'another target at the left end',
      {
        ...twoUnits,
        pieces: [polynomialPiece('-9/80', '-33/16'), middle, rightEnd],
      },
    ],
  ])('%s', (_, parts) => {
    expect(verdict(parts)).toBe(code);
  });

  test('the risk of the best fits varies with the kink: f = Q″, Q = x²(1 − x)²(x − 7/12), r = ∫f² − 3x(1 − x)(x − 7/12)²', () => {
    const parts: ProfileParts = {
      ...twoUnits,
      breakpoints: [],
      pieces: [parametrized(0, 1, ratio([0, 1]), ratio([0, 0, '-7/12', '13/6', '-31/12', 1]))],
      family: members(
        '1/10',
        '1/4',
        ratio(['-7/4', '-1/2', '45/4', -9], [0, 1]),
        [1, 1, ratio(['7/4', '-5/4', '-13/2', 6], [0, 1])],
        [1, ratio([0, -1]), ratio(['-7/4', 3], [0, 1, -1])],
      ),
    };
    expect(verdict(parts)).toBe(`profile-not-constant${at}`);
  });
});

describe('the gap', () => {
  test.each<[string, ProfileParts, string]>([
    ['a little more than it is', { ...twoUnits, gap: '243000001/175000000' }, `gap-not-reached ${statement}.gap`],
    ['of the other instance', { ...oneUnit, gap: '151/100' }, `gap-not-reached ${statement}.gap`],
    [
      'of half the loss',
      { ...twoUnits, loss: { function: 'squared', factor: '1/2' } },
      `gap-not-reached ${statement}.gap`,
    ],
    ['0', { ...twoUnits, gap: 0 }, `nonpositive-gap ${statement}.gap`],
    [
      'a point that is not better: the best line',
      {
        ...twoUnits,
        gap: '1/1000',
        betterPoint: point(
          [
            [[0], [0]],
            [0, 0],
          ],
          [[[0, 0]], [0]],
        ),
      },
      `gap-not-reached ${statement}.gap`,
    ],
    [
      'a better point with a kink at an irrational parameter',
      {
        ...twoUnits,
        betterPoint: point(
          [
            [[-1], [1]],
            ['1/3', '-4/5'],
          ],
          [[['240/7', '240/7']], ['-48/35']],
        ),
      },
      `irrational-value ${data}`,
    ],
    [
      'one with a kink at a rational one, 1/2: a worse fit',
      {
        ...twoUnits,
        betterPoint: point(
          [
            [[-1], [1]],
            ['1/2', '-4/5'],
          ],
          [[['240/7', '240/7']], ['-48/35']],
        ),
      },
      `gap-not-reached ${statement}.gap`,
    ],
  ])('%s', (_, parts, expected) => {
    expect(verdict(parts)).toBe(expected);
  });
});

describe('the target', () => {
  const withMiddle = (piece: Value): ProfileParts => ({ ...twoUnits, pieces: [leftEnd, piece, rightEnd] });
  const here = `${target}.pieces[1].parametrized`;
  const X = ratio([1], squarePlus1);
  const G = ratio([0, 0, 0, 1], cube);
  test.each<[string, ProfileParts, string]>([
    [
      'a jump at a joint',
      { ...twoUnits, pieces: [polynomialPiece(8, '-393/4', '1125/4'), middle, rightEnd] },
      `discontinuous ${target}.pieces[1]`,
    ],
    [
      'a jump at the other joint',
      { ...twoUnits, pieces: [leftEnd, middle, polynomialPiece(191, '-1857/4', '1125/4')] },
      `discontinuous ${target}.pieces[2]`,
    ],
    [
      'a pole of G at the end of the range',
      withMiddle(parametrized('1/2', 2, X, ratio([0, 0, 0, 1], [-2, 1]))),
      `vanishing-denominator ${here}.doubleIntegral.denominator`,
    ],
    [
      'a pole of X inside',
      withMiddle(parametrized('1/2', 2, ratio([1], [-1, 1]), G)),
      `vanishing-denominator ${here}.x.denominator`,
    ],
    [
      "X' = 0 at an end",
      {
        ...twoUnits,
        breakpoints: ['4/5'],
        pieces: [parametrized(0, '1/2', ratio([0, 0, '16/5']), ratio([0])), rightEnd],
      },
      `not-a-parametrization ${target}.pieces[0].parametrized.x`,
    ],
    [
      "X' = 0 inside, where X turns",
      withMiddle(parametrized(-2, '-1/2', ratio(['41/20', 2, 1]), G)),
      `not-a-parametrization ${here}.x`,
    ],
    [
      'degree 13',
      withMiddle(parametrized('1/2', 2, X, ratio([...new Array<number>(13).fill(0), 1]))),
      `limit-degree ${here}.doubleIntegral`,
    ],
    [
      'degree 13 in X',
      withMiddle(parametrized('1/2', 2, ratio([...new Array<number>(13).fill(0), 1]), G)),
      `limit-degree ${here}.x`,
    ],
    ['X is constant', withMiddle(parametrized('1/2', 2, '1/2', G)), `not-a-parametrization ${here}.x`],
    ['the image is too long', withMiddle(parametrized('1/3', 2, X, G)), `not-a-parametrization ${here}.x`],
    ['the image is too short', withMiddle(parametrized('1/2', '3/2', X, G)), `not-a-parametrization ${here}.x`],
    [
      'the image is beside the part',
      withMiddle(parametrized('1/2', 2, ratio([2, 0, 1], squarePlus1), G)),
      `not-a-parametrization ${here}.x`,
    ],
    ['an empty range', withMiddle(parametrized(2, '1/2', X, G)), `empty-range ${here}`],
    ['a range of one point', withMiddle(parametrized(2, 2, X, G)), `empty-range ${here}`],
    [
      'terms in several parameters',
      withMiddle(changed(parametrized('1/2', 2, X, G), '$.parametrized.x', polynomialTerms) as Fields),
      `wrong-type ${here}.x`,
    ],
    [
      'both forms of a piece',
      withMiddle({ ...(middle as Fields), polynomial: ['1'] }),
      `unknown-key ${target}.pieces[1].polynomial`,
    ],
    ['neither', withMiddle({}), `missing-key ${target}.pieces[1]`],
    [
      'a breakpoint at an end',
      { ...twoUnits, breakpoints: ['1/5', 1] },
      `unordered-breakpoints ${target}.breakpoints[1]`,
    ],
    [
      'breakpoints in disorder',
      { ...twoUnits, breakpoints: ['4/5', '1/5'] },
      `unordered-breakpoints ${target}.breakpoints[1]`,
    ],
    [
      'a breakpoint at the other end',
      { ...twoUnits, breakpoints: [0, '4/5'] },
      `unordered-breakpoints ${target}.breakpoints[0]`,
    ],
    [
      'a breakpoint twice',
      { ...twoUnits, breakpoints: ['1/5', '1/5'] },
      `unordered-breakpoints ${target}.breakpoints[1]`,
    ],
    ['a breakpoint too few', { ...twoUnits, breakpoints: ['1/5'] }, `wrong-shape ${target}.pieces`],
    ['another density', { ...twoUnits, density: { polynomial: ['2'] } }, `unsupported-data ${data}.density`],
    ['a density that varies', { ...twoUnits, density: { polynomial: ['1', '1'] } }, `unsupported-data ${data}.density`],
    ['the density x', { ...twoUnits, density: { polynomial: ['0', '1'] } }, `unsupported-data ${data}.density`],
    ['a density that is 0', { ...twoUnits, density: { polynomial: ['0'] } }, `out-of-range ${data}.density`],
    [
      'power 4',
      { ...twoUnits, loss: { function: 'power', exponent: '4' } },
      `unsupported-loss ${statement}.problem.loss`,
    ],
    [
      'a shifted square',
      { ...twoUnits, loss: { function: 'polynomial', coefficients: ['0', '1', '1'] } },
      `unsupported-loss ${statement}.problem.loss`,
    ],
    [
      'Huber',
      { ...twoUnits, loss: { function: 'huber', threshold: '1' } },
      `unsupported-loss ${statement}.problem.loss`,
    ],
  ])('%s', (_, parts, expected) => {
    expect(verdict(parts)).toBe(expected);
  });

  const changes: [string, Value | undefined, string][] = [
    [`${data}.upper`, ['0'], `out-of-range ${data}.upper[0]`],
    [`${data}.upper`, ['1', '1'], `wrong-shape ${data}.upper`],
    [`${target}.breakpoints`, undefined, `missing-key ${target}`],
    [`${target}.terms`, [], `unknown-key ${target}.terms`],
    [`${data}.targets[1]`, polynomial(0), `unsupported-data ${data}.targets`],
    [`${target}.pieces[1].parametrized.from`, undefined, `missing-key ${target}.pieces[1].parametrized`],
    [`${target}.parametrized`, {}, `unknown-key ${target}.parametrized`],
    [`${statement}.problem.regularization`, { l2: '1' }, `unsupported-combination ${statement}.problem.regularization`],
  ];
  test.each(changes)('%s = %j: %s', (path, by, expected) => {
    expect(answer(check(changed(profile(twoUnits), path, by)))).toBe(expected);
  });
});

const polynomialTerms = { numerator: [{ coefficient: '1', exponents: [1] }] };

describe('the network', () => {
  const networkPath = `unsupported-combination ${statement}.problem.network`;
  test.each<[string, readonly Fields[]]>([
    ['an activation that bends beside 0', [dense(2), piecewise([1], [0, 0], [1, -1]), dense(1)]],
    ['an activation that bends twice', [dense(2), activation('hardtanh'), dense(1)]],
    ['hinges that are not 0 at 0', [dense(2), piecewise([0], [0, 1], [1, 1]), dense(1)]],
    ['no bend at all', [dense(2), activation('identity'), dense(1)]],
  ])('%s', (_, layers) => {
    expect(
      verdict({
        ...twoUnits,
        gap: '1/1000',
        betterPoint: point(
          [
            [[0], [0]],
            [0, 0],
          ],
          [[[0, 0]], [0]],
        ),
        layers,
      }),
    ).toBe(networkPath);
  });

  test('two hidden layers', () => {
    const layers = [dense(2), relu, dense(1), relu, dense(1)];
    const deep = changed(profile({ ...twoUnits, layers }), `${statement}.family.layers[2]`, {
      weights: [['1']],
      bias: ['0'],
    });
    const both = changed(deep, `${statement}.betterPoint.layers[2]`, { weights: [['1']], bias: ['0'] });
    expect(answer(check(both))).toBe(networkPath);
  });

  test('a frozen hidden layer has no moving kink', () => {
    const layers = [
      frozen([
        [[1], [1]],
        [1, '-1/2'],
      ]),
      relu,
      dense(1),
    ];
    const output = { weights: [[slope, jump]], bias: [constant] };
    const parts = changed(profile({ ...twoUnits, layers }), `${statement}.family.layers`, [output]);
    const certificate = changed(parts, `${statement}.betterPoint.layers`, [{ weights: [['0', '0']], bias: ['0'] }]);
    expect(answer(check(certificate))).toBe(`kink-off-piece${at}`);
  });
});

describe('what is said beside', () => {
  const proof = '$.proof';
  test.each<[string, string, Value | undefined, string]>([
    [
      'another name of the parameter',
      `${proof}.localMinimum.parameter`,
      't',
      `wrong-hint ${proof}.localMinimum.parameter`,
    ],
    [
      'the same predictions',
      `${statement}.realizations`,
      'same-predictions',
      `predictions-differ ${statement}.realizations`,
    ],
    ['the same function', `${statement}.realizations`, 'same-function', `predictions-differ ${statement}.realizations`],
    [
      'predictions',
      `${proof}.injective.predictions`,
      [{ input: ['0'], output: 0 }],
      `unknown-key ${proof}.injective.predictions`,
    ],
    [
      'a coordinate that stands still',
      `${proof}.injective.coordinates`,
      [{ layer: 0, unit: 1, input: 0 }],
      `not-monotone ${proof}.injective.coordinates[0]`,
    ],
    [
      'affine-span',
      `${proof}.localMinimum`,
      { rule: 'affine-span' },
      `unsupported-combination ${proof}.localMinimum.rule`,
    ],
    ['no parameter', `${proof}.localMinimum`, { rule: 'profile-family' }, `missing-key ${proof}.localMinimum`],
    [
      'a second parameter',
      `${statement}.family`,
      {
        parameters: ['u', 'v'].map((name) => ({ name, from: '5/9', to: '9/5' })),
        layers: [
          { weights: [['1'], ['1']], bias: ['1', '-1/2'] },
          { weights: [['0', '1']], bias: ['0'] },
        ],
      },
      `unsupported-combination ${statement}.family.parameters`,
    ],
  ])('%s', (_, path, by, expected) => {
    expect(answer(check(changed(profile(twoUnits), path, by)))).toBe(expected);
  });
});

describe('other claims about such targets', () => {
  const problem = problemOf(twoUnits);
  const flat = point(
    [
      [[0], [0]],
      [-1, -1],
    ],
    [[[0, 0]], [0]],
  );
  const pair = `unsupported-combination`;
  test.each<[string, Fields, Fields, string]>([
    ['local-minimum', { point: flat }, { localMinimum: { rule: 'affine-span' } }, `${pair} $.proof.localMinimum.rule`],
    [
      'local-minimum',
      { point: flat },
      { localMinimum: { rule: 'neuron-dominance-1d' } },
      `${pair} $.proof.localMinimum.rule`,
    ],
    [
      'local-minimum',
      { point: flat },
      { localMinimum: { rule: 'reduced-hessian-1d' } },
      `${pair} $.proof.localMinimum.rule`,
    ],
    ['global-minimum', { point: flat }, { globalMinimum: { rule: 'zero-loss' } }, `${pair} $.proof.globalMinimum.rule`],
    [
      'global-minimum',
      { point: flat },
      { globalMinimum: { rule: 'convex-span' } },
      `${pair} $.proof.globalMinimum.rule`,
    ],
    [
      'not-local-minimum',
      { point: flat },
      { descent: { rule: 'descent-curve', coefficients: [flat] } },
      `${pair} $.proof.descent.rule`,
    ],
    [
      'local-minimum-near',
      { point: flat, radius: '1' },
      { localMinimum: { rule: 'strongly-convex-ball', modulus: '1' } },
      `${pair} $.proof.localMinimum.rule`,
    ],
    ['not-global-minimum', { point: flat, betterPoint: better }, { lowerRisk: { rule: 'lower-risk' } }, 'proved'],
    [
      'not-global-minimum',
      { point: better, betterPoint: flat },
      { lowerRisk: { rule: 'lower-risk' } },
      `not-below ${statement}.betterPoint`,
    ],
    [
      'not-global-minimum',
      { point: better, betterPoint: better },
      { lowerRisk: { rule: 'lower-risk' } },
      `not-below ${statement}.betterPoint`,
    ],
  ])('%s, %j', (kind, points, proof, expected) => {
    expect(answer(check(certificate(kind, { problem, ...points }, proof)))).toBe(expected);
  });

  const [target0] = (problem as { data: { targets: readonly Value[] } }).data.targets;
  const flatOf = (inputs: number, outputs: number): Fields =>
    point(
      [[new Array<number>(inputs).fill(0)], [-1]],
      [new Array<Row>(outputs).fill([0]), new Array<number>(outputs).fill(0)],
    );
  test.each<[string, number, number, number]>([
    ['two inputs', 2, 1, 1],
    ['two outputs', 1, 2, 1],
    ['two outputs with a target each', 1, 2, 2],
    ['two targets for one output', 1, 1, 2],
  ])('%s are declined', (_, inputs, outputs, targets) => {
    const wide = boxProblem({
      layers: [dense(1), relu, dense(outputs)],
      lower: new Array<number>(inputs).fill(0),
      upper: new Array<number>(inputs).fill(1),
      targets: new Array<Value>(targets).fill(target0 as Value),
    });
    const still = flatOf(inputs, outputs);
    expect(
      answer(
        check(
          certificate(
            'not-global-minimum',
            { problem: wide, point: still, betterPoint: still },
            { lowerRisk: { rule: 'lower-risk' } },
          ),
        ),
      ),
    ).toBe(`unsupported-data ${data}.targets`);
  });

  test('a realization that is no piecewise affine function has no risk', () => {
    const layers = [dense(2), activation('quadratic'), dense(1)];
    const curved = changed(problem, '$.network.layers', layers);
    expect(
      answer(
        check(
          certificate(
            'not-global-minimum',
            { problem: curved, point: flat, betterPoint: better },
            { lowerRisk: { rule: 'lower-risk' } },
          ),
        ),
      ),
    ).toBe(`unsupported-activation ${statement}.betterPoint`);
  });

  test('the better point is better than the function 0 by 3 + 243/175', () => {
    const claim = certificate(
      'not-global-minimum',
      { problem, point: flat, betterPoint: better },
      { lowerRisk: { rule: 'lower-risk' } },
    );
    const found = checkCertificate(JSON.stringify({ format: 'cairn-certificate', version: 1, ...claim }));
    if (found.kind !== 'proved') throw new Error('expected a theorem');
    expect(found.theorem.risk.gap?.lower).toEqual({ num: 768n, den: 175n });
  });

  test('the rule on other problems', () => {
    const samples = { type: 'samples', inputs: [['0'], ['1']], targets: [['0'], ['0']] };
    const [onSamples, onBox] = [samples, (onInterval(2, [polynomial(0)]) as { data: Fields }).data].map((found) =>
      answer(check(changed(profile(twoUnits), data, found))),
    );
    expect(onSamples).toBe('unsupported-combination $.proof.localMinimum.rule');
    expect(onBox).toBe('unsupported-combination $.proof.localMinimum.rule');
  });
});

describe('canonical texts', () => {
  const textOf = (parts: ProfileParts): string => {
    const found = check(profile(parts));
    if (found.kind !== 'proved') throw new Error(found.reason.message);
    return canonicalTexts(found.theorem.statement).data;
  };

  test('functions are in lowest terms, the density is written out', () => {
    const written = parametrized(
      '1/2',
      2,
      ratio([5, 1], [5, 1, 5, 1]),
      ratio([0, 0, 0, 2, 2], [2, 2, 6, 6, 6, 6, 2, 2]),
    );
    const text = textOf({ ...twoUnits, density: { polynomial: ['1', '0'] }, pieces: [leftEnd, written, rightEnd] });
    expect(text).toBe(textOf(twoUnits));
    expect(text).toContain(
      '{"parametrized":{"from":"1/2","to":"2","x":{"numerator":["1"],"denominator":["1","0","1"]},"doubleIntegral":{"numerator":["0","0","0","1"],',
    );
    expect(text).toContain(
      '"density":{"terms":[{"coefficient":"1","exponents":[0]}]},"targets":[{"breakpoints":["1/5","4/5"],',
    );
  });

  test('another target has another text', () => {
    expect(textOf(twoUnits)).not.toBe(textOf(oneUnit));
  });
});
