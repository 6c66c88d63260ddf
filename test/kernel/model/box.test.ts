import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lcm } from '../../../src/kernel/arithmetic/gcd.js';
import type { Vector } from '../../../src/kernel/arithmetic/matrix.js';
import {
  add,
  compare,
  divide,
  formatRational,
  multiply,
  type Rational,
  rational,
  subtract,
} from '../../../src/kernel/arithmetic/rational.js';
import type { Decoded, lossSchema, networkSchema } from '../../../src/kernel/format.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';
import {
  type BoxData,
  expectPolynomialLoss,
  interpretBox,
  type WrittenBox,
  type WrittenPolynomial,
  type WrittenTarget,
} from '../../../src/kernel/model/box.js';
import { boxMoments, boxRisk } from '../../../src/kernel/model/box-integrals.js';
import { interpretLoss, type PolynomialLoss, polynomialLoss } from '../../../src/kernel/model/loss.js';
import { type DenseValues, interpretNetwork, type Network } from '../../../src/kernel/model/network.js';
import { realizationOn } from '../../../src/kernel/model/ridge.js';
import { Refusal } from '../../../src/kernel/verdict.js';
import { q, quadrature, sumOf } from '../arithmetic/exact-quadrature.js';

type Layer = Decoded<typeof networkSchema>['layers'][number];
type Quantity = number | Rational;

const seed = { seed: 1 };
const meter = () => new Meter(defaultLimits);
const exact = (n: Quantity): Rational => (typeof n === 'number' ? q(n) : n);
const dense = (units: number): Layer => ({ type: 'dense', units });
const relu: Layer = { type: 'activation', function: 'relu' };
const abs: Layer = { type: 'activation', function: 'abs' };
const hardswish: Layer = { type: 'activation', function: 'hardswish' };
const table = (breakpoints: readonly Quantity[], ...list: readonly (readonly Quantity[])[]): Layer => ({
  type: 'activation',
  function: 'piecewise',
  breakpoints: vector(breakpoints),
  pieces: list.map((c) => ({ polynomial: vector(c) })),
});
const network = (d: number, ...layers: readonly Layer[]): Network =>
  interpretNetwork({ input: [d], layers }, meter(), '$');

function vector(list: readonly Quantity[]): Vector {
  const entries = list.map(exact);
  const denominator = entries.reduce((common, { den }) => lcm(common, den), 1n);
  return { values: entries.map(({ num, den }) => num * (denominator / den)), denominator, bits: 64 };
}

/** [[weights, bias] of each unit] of one layer */
function values(...units: readonly (readonly [readonly Quantity[], Quantity])[]): DenseValues {
  const flat = vector(units.flatMap(([weights, bias]) => [...weights, bias]));
  const width = (units[0]?.[0].length ?? 0) + 1;
  const rows = units.map((_, u) => flat.values.slice(u * width, (u + 1) * width));
  return {
    weights: rows.map((row) => row.slice(0, -1)),
    bias: rows.map((row) => row[width - 1] as bigint),
    denominator: flat.denominator,
    bits: 64,
  };
}

const square = table([], [0, 0, 1]);
const relu2 = table([0], [0], [0, 0, 1]);
const polynomial = (...c: readonly Quantity[]): WrittenPolynomial => ({ polynomial: vector(c) });
const terms = (...list: readonly (readonly [Quantity, ...number[]])[]) => ({
  terms: list.map(([c, ...exponents]) => ({ coefficient: exact(c), exponents })),
});
const pieces = (breakpoints: readonly Quantity[], ...list: readonly (readonly Quantity[])[]): WrittenTarget => ({
  breakpoints: vector(breakpoints),
  pieces: list.map((c) => ({ polynomial: vector(c) })),
});
const written = (
  sides: readonly (readonly [Quantity, Quantity])[],
  targets: readonly WrittenTarget[],
  density?: WrittenPolynomial,
): WrittenBox => ({
  lower: vector(sides.map(([a]) => a)),
  upper: vector(sides.map(([, b]) => b)),
  targets,
  ...(density === undefined ? {} : { density }),
});
const loss = (written: Decoded<typeof lossSchema>): PolynomialLoss =>
  polynomialLoss(interpretLoss(written, meter(), '$.loss'));
const squared = loss({ function: 'squared' });
const fourth = loss({ function: 'power', exponent: q(4) });

function answer(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return `${error.kind} ${error.code} ${error.path}`;
    throw error;
  }
  return 'ok';
}

describe('what is accepted', () => {
  const I = [[0, 1]] as const;
  const S = [
    [0, 1],
    [0, 1],
  ] as const;
  const zero = terms([0, 0]);
  const zero2 = terms([0, 0, 0]);
  const wide: WrittenPolynomial = polynomial(1);
  test.each<[string, number, number, WrittenBox, string]>([
    ['an interval', 1, 1, written(I, [zero]), 'ok'],
    ['a square', 2, 1, written(S, [zero2]), 'ok'],
    ['no terms: the target 0', 2, 1, written(S, [terms()]), 'ok'],
    ['equal exponents are added up', 1, 1, written(I, [terms([1, 2], [-1, 2])]), 'ok'],
    ['two outputs', 1, 2, written(I, [zero, pieces([], [1])]), 'ok'],
    ['a square for an interval', 1, 1, written(S, [zero]), 'rejected wrong-shape $.data.lower'],
    ['an interval for a square', 2, 1, written(I, [zero2]), 'rejected wrong-shape $.data.lower'],
    ['upper ends too few', 2, 1, { ...written(S, [zero2]), upper: vector([1]) }, 'rejected wrong-shape $.data.upper'],
    ['no length', 1, 1, written([[1, 1]], [zero]), 'rejected out-of-range $.data.upper[0]'],
    [
      'ends in disorder',
      2,
      1,
      written(
        [
          [0, 1],
          [q(1, 2), q(1, 3)],
        ],
        [zero2],
      ),
      'rejected out-of-range $.data.upper[1]',
    ],
    ['a target too few', 1, 2, written(I, [zero]), 'rejected wrong-shape $.data.targets'],
    ['a target too many', 1, 1, written(I, [zero, zero]), 'rejected wrong-shape $.data.targets'],
    ['no target', 1, 1, written(I, []), 'rejected wrong-shape $.data.targets'],
    ['an exponent too many', 1, 1, written(I, [zero2]), 'rejected wrong-shape $.data.targets[0].terms[0].exponents'],
    [
      'an exponent too few',
      2,
      1,
      written(S, [terms([1, 1, 1], [1, 1])]),
      'rejected wrong-shape $.data.targets[0].terms[1].exponents',
    ],
    [
      'a degree above the limit',
      2,
      1,
      written(S, [terms([1, 600, 401])]),
      'declined limit-degree $.data.targets[0].terms[0].exponents',
    ],
    [
      'a piece above the limit',
      1,
      1,
      written(I, [pieces([], new Array<number>(1002).fill(1))]),
      'declined limit-degree $.data.targets[0].pieces[0].polynomial',
    ],
    ['an empty target', 1, 1, written(I, [{}]), 'rejected missing-key $.data.targets[0]'],
    ['breakpoints alone', 1, 1, written(I, [{ breakpoints: vector([]) }]), 'rejected missing-key $.data.targets[0]'],
    [
      'pieces alone',
      1,
      1,
      written(I, [{ pieces: [{ polynomial: vector([1]) }] }]),
      'rejected missing-key $.data.targets[0]',
    ],
    [
      'terms and pieces',
      1,
      1,
      written(I, [{ ...zero, ...pieces([], [1]) }]),
      'rejected unknown-key $.data.targets[0].breakpoints',
    ],
    ['pieces in two dimensions', 2, 1, written(S, [pieces([], [1])]), 'rejected wrong-shape $.data.targets[0].pieces'],
    ['a piece too few', 1, 1, written(I, [pieces([q(1, 2)], [1])]), 'rejected wrong-shape $.data.targets[0].pieces'],
    ['a piece too many', 1, 1, written(I, [pieces([], [1], [1])]), 'rejected wrong-shape $.data.targets[0].pieces'],
    [
      'an empty piece',
      1,
      1,
      written(I, [pieces([], [])]),
      'rejected empty-list $.data.targets[0].pieces[0].polynomial',
    ],
    ['pieces that meet', 1, 1, written(I, [pieces([q(1, 2)], [0, 1], [1, -1])]), 'ok'],
    ['pieces that meet outside the box', 1, 1, written(I, [pieces([7], [7], [0, 1])]), 'ok'],
    [
      'a jump',
      1,
      1,
      written(I, [pieces([q(1, 2)], [0, 1], [1, 1])]),
      'rejected discontinuous $.data.targets[0].pieces[1]',
    ],
    [
      'a jump outside the box',
      1,
      1,
      written(I, [pieces([7], [0], [1])]),
      'rejected discontinuous $.data.targets[0].pieces[1]',
    ],
    [
      'a second jump',
      1,
      1,
      written(I, [pieces([0, 1], [0], [0, 1], [2])]),
      'rejected discontinuous $.data.targets[0].pieces[2]',
    ],
    [
      'breakpoints in disorder',
      1,
      1,
      written(I, [pieces([1, 0], [1], [1], [1])]),
      'rejected unordered-breakpoints $.data.targets[0].breakpoints[1]',
    ],
    [
      'a breakpoint twice',
      1,
      1,
      written(I, [pieces([1, 1], [1], [1], [1])]),
      'rejected unordered-breakpoints $.data.targets[0].breakpoints[1]',
    ],
    ['a density', 1, 1, written(I, [zero], polynomial(1, -1)), 'ok'],
    ['a density by terms', 1, 1, written(I, [zero], terms([1, 2])), 'ok'],
    ['a density with a double root inside', 1, 1, written(I, [zero], polynomial(1, -4, 4)), 'ok'],
    [
      'a density that is negative inside',
      1,
      1,
      written(I, [zero], polynomial(q(99, 100), -4, 4)),
      'rejected out-of-range $.data.density',
    ],
    [
      'a density that is negative at an end',
      1,
      1,
      written(I, [zero], polynomial(1, q(-101, 100))),
      'rejected out-of-range $.data.density',
    ],
    ['a density that is negative outside', 1, 1, written(I, [zero], polynomial(0, 2, -2)), 'ok'],
    ['the density 0', 1, 1, written(I, [zero], polynomial(0, 0)), 'rejected out-of-range $.data.density'],
    [
      'the density 0 by terms',
      1,
      1,
      written(I, [zero], terms([1, 1], [-1, 1])),
      'rejected out-of-range $.data.density',
    ],
    ['a density < 0', 1, 1, written(I, [zero], polynomial(-1)), 'rejected out-of-range $.data.density'],
    ['an empty density', 1, 1, written(I, [zero], {}), 'rejected missing-key $.data.density'],
    [
      'a density in both forms',
      1,
      1,
      written(I, [zero], { ...wide, ...terms([1, 0]) }),
      'rejected unknown-key $.data.density.polynomial',
    ],
    [
      'a density without coefficients',
      1,
      1,
      written(I, [zero], polynomial()),
      'rejected empty-list $.data.density.polynomial',
    ],
    [
      'a density in one variable on a square',
      2,
      1,
      written(S, [zero2], wide),
      'rejected wrong-shape $.data.density.polynomial',
    ],
    ['a density on a square', 2, 1, written(S, [zero2], terms([1, 1, 1])), 'ok'],
    [
      'a density on a square with a root at a corner',
      2,
      1,
      written(S, [zero2], terms([2, 0, 0], [-1, 1, 0], [-1, 0, 1])),
      'ok',
    ],
    [
      'a density that is negative at a corner',
      2,
      1,
      written(S, [zero2], terms([1, 0, 0], [-1, 1, 0], [-1, 0, 1])),
      'declined unsupported-data $.data.density',
    ],
    [
      'a density < 0 on a square',
      2,
      1,
      written(S, [zero2], terms([-1, 0, 0])),
      'declined unsupported-data $.data.density',
    ],
    ['the density 0 on a square', 2, 1, written(S, [zero2], terms()), 'rejected out-of-range $.data.density'],
  ])('%s', (_, d, k, data, expected) => {
    const net = network(d, dense(k));
    expect(answer(() => interpretBox(data, net, meter(), '$.data'))).toBe(expected);
  });

  test.each<[string, Decoded<typeof lossSchema>, string]>([
    ['squared', { function: 'squared' }, 'ok'],
    ['an even power', { function: 'power', exponent: q(6) }, 'ok'],
    ['an odd power', { function: 'power', exponent: q(3) }, 'declined unsupported-loss $.loss'],
    ['huber', { function: 'huber', threshold: q(1) }, 'declined unsupported-loss $.loss'],
    [
      'smooth quantile',
      { function: 'smooth-quantile', level: q(1, 2), width: q(1) },
      'declined unsupported-loss $.loss',
    ],
  ])('loss %s', (_, written, expected) => {
    expect(answer(() => expectPolynomialLoss(loss(written), '$.loss'))).toBe(expected);
  });
});

interface Problem {
  readonly data: BoxData;
  readonly net: Network;
  readonly parameters: readonly DenseValues[];
}

function problem(data: WrittenBox, net: Network, ...parameters: readonly DenseValues[]): Problem {
  return { data: interpretBox(data, net, meter(), '$.data'), net, parameters };
}
const realizationOf = ({ data, net, parameters }: Problem) =>
  realizationOn(data.domain, net, parameters, meter(), '$.point');
const risk = (p: Problem, l: PolynomialLoss = squared): Rational => boxRisk(p.data, realizationOf(p), l, meter());
/** ∫ g x_j for all j, then ∫ g, of one output, over the whole box */
function moments(p: Problem, l: PolynomialLoss = squared, c = 0): readonly Rational[] {
  const slabs = boxMoments(p.data, realizationOf(p), l, meter());
  return Array.from({ length: p.net.inputs + 1 }, (_, j) =>
    sumOf(slabs.map(({ first, zeroth }) => (first[c]?.[j] ?? zeroth[c]) as Rational)),
  );
}
const shown = (list: readonly Rational[]): string => list.map(formatRational).join(' ');

const linear = (d: number) => network(d, dense(1));
const hinge = (d: number) => network(d, dense(1), relu, dense(1));
const curved = (d: number, h: Layer) => network(d, dense(1), h, dense(1));
const one = values([[1], 0]);

describe('risks and moments by hand', () => {
  const I = [[0, 1]] as const;
  const S = [
    [0, 1],
    [0, 1],
  ] as const;
  const line = (a: Quantity, b: Quantity) => values([[a], b]);
  test.each<[string, Problem, PolynomialLoss, string, string]>([
    ['0 for x', problem(written(I, [terms([1, 1])]), linear(1), line(0, 0)), squared, '1/3', '-2/3 -1'],
    ['x for x', problem(written(I, [terms([1, 1])]), linear(1), line(1, 0)), squared, '0', '0 0'],
    [
      'the best line for x² on [0,1]',
      problem(written(I, [terms([1, 2])]), linear(1), line(1, q(-1, 6))),
      squared,
      '1/180',
      '0 0',
    ],
    ['not divided by the length', problem(written([[0, 5]], [terms()]), linear(1), line(0, 1)), squared, '5', '25 10'],
    [
      'a factor',
      problem(written(I, [terms()]), linear(1), line(0, 1)),
      loss({ function: 'squared', factor: q(1, 2) }),
      '1/2',
      '1/2 1',
    ],
    ['the fourth power', problem(written(I, [terms([1, 1])]), linear(1), line(0, 0)), fourth, '1/5', '-4/5 -1'],
    ['a density', problem(written(I, [terms()], polynomial(0, 2)), linear(1), line(0, 1)), squared, '1', '4/3 2'],
    [
      'relu for x on [−1,1]',
      problem(written([[-1, 1]], [terms([1, 1])]), hinge(1), one, one),
      squared,
      '1/3',
      '-2/3 1',
    ],
    ['relu for relu', problem(written([[-1, 1]], [pieces([0], [0], [0, 1])]), hinge(1), one, one), squared, '0', '0 0'],
    [
      'relu for |x|',
      problem(written([[-1, 1]], [pieces([0], [0, -1], [0, 1])]), hinge(1), one, one),
      squared,
      '1/3',
      '2/3 -1',
    ],
    [
      'relu(x − 1/3) for 0',
      problem(written(I, [terms()]), hinge(1), line(1, q(-1, 3)), one),
      squared,
      '8/81',
      '28/81 4/9',
    ],
    [
      '0 for x + y on the square',
      problem(written(S, [terms([1, 1, 0], [1, 0, 1])]), linear(2), values([[0, 0], 0])),
      squared,
      '7/6',
      '-7/6 -7/6 -2',
    ],
    [
      '0 for xy, density 4xy',
      problem(written(S, [terms([1, 1, 1])], terms([4, 1, 1])), linear(2), values([[0, 0], 0])),
      squared,
      '1/4',
      '-2/3 -2/3 -8/9',
    ],
    // ∫ (x+y−1)_+² over the square = 1/12; (x+y−1)_+ itself integrates to 1/6.
    [
      'relu(x + y − 1) for 0',
      problem(written(S, [terms()]), hinge(2), values([[1, 1], -1]), one),
      squared,
      '1/12',
      '1/4 1/4 1/3',
    ],
    [
      '−relu(1 − x − y) for 0',
      problem(written(S, [terms()]), hinge(2), values([[-1, -1], 1]), values([[-1], 0])),
      squared,
      '1/12',
      '-1/12 -1/12 -1/3',
    ],
    [
      '|x − y| for 0',
      problem(written(S, [terms()]), network(2, dense(1), abs, dense(1)), values([[1, -1], 0]), one),
      squared,
      '1/6',
      '1/3 1/3 2/3',
    ],
    // A triangle wave of 4 teeth has mean 1/2, mean square 1/3.
    [
      'a saw for 0',
      problem(written(I, [terms()]), network(1, dense(1), abs, dense(1), abs, dense(1)), line(2, -1), line(2, -1), one),
      squared,
      '1/3',
      '1/2 1',
    ],
    ['x² for x²', problem(written(I, [terms([1, 2])]), curved(1, square), one, one), squared, '0', '0 0'],
    [
      'hardswish for 0 on [−4, 5]: 36/5 + 98/3',
      problem(written([[-4, 5]], [terms()]), curved(1, hardswish), one, one),
      squared,
      '598/15',
      '250/3 22',
    ],
    [
      'hardswish for its middle piece on [−3, 3]',
      problem(written([[-3, 3]], [terms([q(1, 2), 1], [q(1, 6), 2])]), curved(1, hardswish), one, one),
      squared,
      '0',
      '0 0',
    ],
    [
      'x² for 0 in the fourth power',
      problem(written(I, [terms()]), curved(1, square), one, one),
      fourth,
      '1/9',
      '1/2 4/7',
    ],
    // ∫ (x+y−1)_+⁴ over the square = 1/30, ∫ (x+y−1)_+² = 1/12.
    [
      'relu²(x + y − 1) for 0',
      problem(written(S, [terms()]), curved(2, relu2), values([[1, 1], -1]), one),
      squared,
      '1/30',
      '2/15 2/15 1/6',
    ],
    [
      '(x − 2y)² for its terms',
      problem(written(S, [terms([1, 2, 0], [-4, 1, 1], [4, 0, 2])]), curved(2, square), values([[1, -2], 0]), one),
      squared,
      '0',
      '0 0 0',
    ],
  ])('%s', (_, p, l, expectedRisk, expectedMoments) => {
    expect(formatRational(risk(p, l))).toBe(expectedRisk);
    expect(shown(moments(p, l))).toBe(expectedMoments);
  });

  test('outputs add up', () => {
    const net = network(1, dense(1), relu, dense(2));
    const p = problem(
      written([[-1, 1]], [terms([1, 1]), pieces([0], [0, -1], [0, 1])]),
      net,
      one,
      values([[1], 0], [[1], 0]),
    );
    expect(formatRational(risk(p))).toBe('2/3');
    expect(shown(moments(p, squared, 0))).toBe('-2/3 1');
    expect(shown(moments(p, squared, 1))).toBe('2/3 -1');
  });

  test('moments by slab', () => {
    const p = problem(written([[-1, 1]], [terms([1, 1])]), hinge(1), one, one);
    const slabs = boxMoments(p.data, realizationOf(p), squared, meter());
    expect(slabs.map(({ first, zeroth }) => shown([...(first[0] ?? []), ...zeroth]))).toEqual(['-2/3 1', '0 0']);
  });

  test('a loss of several pieces is a bug here', () => {
    const p = problem(written([[0, 1]], [terms()]), linear(1), line(0, 0));
    expect(() => risk(p, loss({ function: 'huber', threshold: q(1) }))).toThrow(RangeError);
  });
});

const reluAt = (t: Rational): Rational => (t.num > 0n ? t : q(0));
const power = (x: Rational, n: number): Rational => {
  let product = q(1);
  for (let k = 0; k < n; k++) product = multiply(product, x);
  return product;
};
const evaluate = (list: readonly (readonly [number, ...number[]])[], x: readonly Rational[]): Rational =>
  sumOf(list.map(([c, ...e]) => e.reduce((v, n, j) => multiply(v, power(x[j] as Rational, n)), q(c))));
const small = fc.integer({ min: -3, max: 3 });
const nonzero = small.filter((n) => n !== 0);
const fraction = fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 4 })).map(([n, d]) => q(n, d));

/**
 * One hidden layer with hinges across one direction, and one unit that is affine on the box; the other side evaluates the network
 * itself, in rationals, at the nodes of an exact quadrature.
 */
const ridgeProblems = (d: number) =>
  fc.record({
    w: fc.array(nonzero, { minLength: d, maxLength: d }),
    shifts: fc.tuple(fraction, fraction),
    outer: fc.tuple(fraction, fraction, fraction),
    slope: fc.array(small, { minLength: d, maxLength: d }),
    sides: fc.array(fc.tuple(small, fc.integer({ min: 1, max: 3 })), { minLength: d, maxLength: d }),
    target: fc.array(fc.tuple(small, fc.array(fc.integer({ min: 0, max: 1 }), { minLength: d, maxLength: d })), {
      minLength: 1,
      maxLength: 2,
    }),
    density: fc.constantFrom<readonly (readonly [number, ...number[]])[] | null>(null, [
      [1, ...new Array<number>(d).fill(0)],
      [1, 2, ...new Array<number>(d - 1).fill(0)],
    ]),
  });

describe.each([
  [1, 60],
  [2, 10],
  [3, 4],
])('against exact quadrature in %i dimensions', (d, numRuns) => {
  test('risk and moments', () => {
    fc.assert(
      fc.property(ridgeProblems(d), ({ w, shifts, outer, slope, sides, target, density }) => {
        const targetTerms = target.map(([c, e]) => [c, ...e] as const);
        const ends = sides.map(([a, length]) => [a, a + length] as const);
        const data = written(ends, [terms(...targetTerms)], density === null ? undefined : terms(...density));
        const p = problem(
          data,
          network(d, dense(3), relu, dense(1)),
          values([w, shifts[0]], [w.map((c) => -2 * c), shifts[1]], [slope, 100]),
          values([outer, 1]),
        );
        const dot = (v: readonly number[], x: readonly Rational[]) =>
          sumOf(v.map((c, j) => multiply(q(c), x[j] as Rational)));
        const residual = (x: readonly Rational[]): Rational => {
          const z = dot(w, x);
          const units = [add(z, shifts[0]), subtract(shifts[1], add(z, z)), add(dot(slope, x), q(100))].map(reluAt);
          const prediction = sumOf([q(1), ...units.map((u, i) => multiply(u, outer[i] as Rational))]);
          return subtract(prediction, evaluate(targetTerms, x));
        };
        const rho = (x: readonly Rational[]) => (density === null ? q(1) : evaluate(density, x));
        const cuts = [multiply(q(-1), shifts[0]), divide(shifts[1], q(2))];
        const [lower, upper] = [ends.map(([a]) => q(a)), ends.map(([, b]) => q(b))];
        const integral = (f: (x: readonly Rational[]) => Rational, degree: number) =>
          formatRational(
            quadrature(
              f,
              degree,
              lower,
              upper,
              w.map((c) => q(c)),
              cuts,
            ),
          );
        const residualDegree = d > 1 ? d : 1;
        const extra = density === null ? 0 : 2;
        expect(formatRational(risk(p))).toBe(
          integral((x) => multiply(rho(x), power(residual(x), 2)), 2 * residualDegree + extra),
        );
        const gradient = (x: readonly Rational[]) => multiply(q(2), multiply(rho(x), residual(x)));
        const expected = [...Array(d).keys()].map((j) =>
          integral((x) => multiply(gradient(x), x[j] as Rational), residualDegree + extra + 1),
        );
        expect(shown(moments(p)).split(' ')).toEqual([...expected, integral(gradient, residualDegree + extra)]);
      }),
      { ...seed, numRuns },
    );
  });
});

describe.each([
  [1, 60],
  [2, 10],
  [3, 4],
])('polynomial pieces against exact quadrature in %i dimensions', (d, numRuns) => {
  const hardswishAt = (t: Rational): Rational =>
    compare(t, q(-3)) <= 0 ? q(0) : compare(t, q(3)) >= 0 ? t : divide(multiply(t, add(t, q(3))), q(6));

  test('risk and moments', () => {
    fc.assert(
      fc.property(ridgeProblems(d), ({ w, shifts, outer, slope, sides, target, density }) => {
        const targetTerms = target.map(([c, e]) => [c, ...e] as const);
        const ends = sides.map(([a, length]) => [a, a + length] as const);
        const p = problem(
          written(ends, [terms(...targetTerms)], density === null ? undefined : terms(...density)),
          network(d, dense(3), hardswish, dense(1)),
          values([w, shifts[0]], [w.map((c) => -2 * c), shifts[1]], [slope, 100]),
          values([outer, 1]),
        );
        const dot = (v: readonly number[], x: readonly Rational[]) =>
          sumOf(v.map((c, j) => multiply(q(c), x[j] as Rational)));
        const residual = (x: readonly Rational[]): Rational => {
          const z = dot(w, x);
          const units = [add(z, shifts[0]), subtract(shifts[1], add(z, z)), add(dot(slope, x), q(100))].map(
            hardswishAt,
          );
          const prediction = sumOf([q(1), ...units.map((u, i) => multiply(u, outer[i] as Rational))]);
          return subtract(prediction, evaluate(targetTerms, x));
        };
        const rho = (x: readonly Rational[]) => (density === null ? q(1) : evaluate(density, x));
        const cuts = [q(-3), q(3)].flatMap((tau) => [subtract(tau, shifts[0]), divide(subtract(shifts[1], tau), q(2))]);
        const [lower, upper] = [ends.map(([a]) => q(a)), ends.map(([, b]) => q(b))];
        const integral = (f: (x: readonly Rational[]) => Rational, degree: number) => {
          const across = w.map((c) => q(c));
          return formatRational(quadrature(f, degree, lower, upper, across, cuts));
        };
        const degree = d > 2 ? d : 2;
        const extra = density === null ? 0 : 2;
        expect(formatRational(risk(p))).toBe(
          integral((x) => multiply(rho(x), power(residual(x), 2)), 2 * degree + extra),
        );
        const gradient = (x: readonly Rational[]) => multiply(q(2), multiply(rho(x), residual(x)));
        const expected = [...Array(d).keys()].map((j) =>
          integral((x) => multiply(gradient(x), x[j] as Rational), degree + extra + 1),
        );
        expect(shown(moments(p)).split(' ')).toEqual([...expected, integral(gradient, degree + extra)]);
      }),
      { ...seed, numRuns },
    );
  });
});

describe('in one dimension, against antiderivatives cell by cell', () => {
  test('deep networks and piecewise targets', () => {
    const layer = (units: number, inputs: number) =>
      fc
        .array(fc.tuple(fc.array(fraction, { minLength: inputs, maxLength: inputs }), fraction), {
          minLength: units,
          maxLength: units,
        })
        .map((list) => values(...list));
    const any = fc.record({
      parameters: fc.tuple(layer(3, 1), layer(2, 3), layer(1, 2)),
      knots: fc
        .tuple(fraction, fraction, fraction)
        .filter(([a, b, c]) => compare(a, b) * compare(b, c) * compare(a, c) !== 0),
      slopes: fc.tuple(fraction, fraction, fraction),
      even: fc.constantFrom(2, 4),
    });
    const net = network(1, dense(3), relu, dense(2), abs, dense(1));
    fc.assert(
      fc.property(any, ({ parameters, knots, slopes, even }) => {
        const [s, t] = [...knots].sort(compare) as [Rational, Rational];
        // y = αx + β, then ½-parabola, then a constant, continuous at s and t
        const [alpha, gamma, beta] = slopes;
        const first = [beta, alpha];
        const valueAt = (c: readonly Rational[], x: Rational) => sumOf(c.map((ck, k) => multiply(ck, power(x, k))));
        const second = [subtract(valueAt(first, s), multiply(gamma, power(s, 2))), q(0), gamma];
        const third = [valueAt(second, t)];
        const p = problem(written([[-2, q(5, 2)]], [pieces([s, t], first, second, third)]), net, ...parameters);
        const { nodes, maps, denominator } = realizationOf(p);
        const cells = [...nodes, s, t].filter((x) => compare(q(-2), x) <= 0 && compare(x, q(5, 2)) <= 0).sort(compare);
        const parts = cells.slice(1).map((to, i) => {
          const from = cells[i] as Rational;
          if (compare(from, to) === 0) return q(0);
          const middle = divide(add(from, to), q(2));
          const slab = nodes.filter((x) => compare(x, middle) < 0).length - 1;
          const y = compare(middle, s) < 0 ? first : compare(middle, t) < 0 ? second : third;
          const map = maps[slab];
          const N = [
            rational(map?.constants[0] as bigint, denominator),
            rational(map?.linear[0]?.[0] as bigint, denominator),
            q(0),
          ];
          const r = N.map((c, k) => subtract(c, y[k] ?? q(0)));
          let product: Rational[] = [q(1)];
          for (let n = 0; n < even; n++) {
            const next = new Array<Rational>(product.length + 2).fill(q(0));
            for (const [i, a] of product.entries()) {
              for (const [k, b] of r.entries()) next[i + k] = add(next[i + k] as Rational, multiply(a, b));
            }
            product = next;
          }
          const F = [q(0), ...product.map((c, k) => divide(c, q(k + 1)))];
          return subtract(valueAt(F, to), valueAt(F, from));
        });
        expect(formatRational(risk(p, even === 2 ? squared : fourth))).toBe(formatRational(sumOf(parts)));
      }),
      { ...seed, numRuns: 60 },
    );
  });
});

describe('laws', () => {
  const any = fc.integer({ min: 1, max: 3 }).chain((d) => ridgeProblems(d).map((c) => ({ d, ...c })));
  type Case = typeof any extends fc.Arbitrary<infer C> ? C : never;
  const build = (
    { d, w, shifts, outer, slope, sides, target, density }: Case,
    ends = sides.map(([a, l]) => [q(a), q(a + l)] as const),
    bias = q(1),
  ) =>
    problem(
      written(
        ends,
        [terms(...target.map(([c, e]) => [c, ...e] as const))],
        density === null ? undefined : terms(...density),
      ),
      network(d, dense(3), relu, dense(1)),
      values([w, shifts[0]], [w.map((c) => -2 * c), shifts[1]], [slope, 100]),
      values([outer, bias]),
    );
  const law = (holds: (c: Case) => void) => fc.assert(fc.property(any, holds), { ...seed, numRuns: 30 });

  test('boxes add up to a box', () => {
    law((c) => {
      const ends = c.sides.map(([a, l]) => [q(a), q(a + l)] as const);
      ends.forEach(([a, b], j) => {
        const cut = add(a, divide(subtract(b, a), q(3)));
        const parts = [build(c, ends.with(j, [a, cut])), build(c, ends.with(j, [cut, b]))];
        expect(formatRational(sumOf(parts.map((p) => risk(p))))).toBe(formatRational(risk(build(c))));
        expect(
          shown(moments(parts[0] as Problem).map((m, i) => add(m, moments(parts[1] as Problem)[i] as Rational))),
        ).toBe(shown(moments(build(c))));
      });
    });
  });

  test('∫ g is the derivative in the output bias: exactly the central difference for squared loss', () => {
    law((c) => {
      const [up, down] = [q(2), q(0)].map((bias) => risk(build(c, undefined, bias)));
      const difference = divide(subtract(up as Rational, down as Rational), q(2));
      expect(formatRational(moments(build(c)).at(-1) as Rational)).toBe(formatRational(difference));
    });
  });

  test('a linear substitution x = 2x′ + 1 of the first coordinate', () => {
    law((c) => {
      if (c.density !== null || c.target.some(([, e]) => e[0] !== 0)) return;
      const ends = c.sides.map(([a, l]) => [q(a), q(a + l)] as const);
      const [a, b] = ends[0] as readonly [Rational, Rational];
      const halved = ends.with(0, [divide(subtract(a, q(1)), q(2)), divide(subtract(b, q(1)), q(2))]);
      const double = (row: readonly number[]) => row.with(0, 2 * (row[0] as number));
      const minusTwo = c.w.map((n) => -2 * n);
      const p = problem(
        written(halved, [terms(...c.target.map(([n, e]) => [n, ...e] as const))]),
        network(c.d, dense(3), relu, dense(1)),
        values(
          [double(c.w), add(c.shifts[0], q(c.w[0] as number))],
          [double(minusTwo), add(c.shifts[1], q(minusTwo[0] as number))],
          [double(c.slope), 100 + (c.slope[0] as number)],
        ),
        values([c.outer, 1]),
      );
      expect(formatRational(multiply(q(2), risk(p)))).toBe(formatRational(risk(build(c))));
    });
  });

  test('relu(t) − relu(−t) = t, and what does not count does not matter', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.array(nonzero, { minLength: 3, maxLength: 3 }),
        fraction,
        (d, row, shift) => {
          const w = row.slice(0, d);
          const data = written(
            w.map((c) => [c, c + 2] as const),
            [terms([2, ...w.map(() => 1)])],
          );
          const net = network(d, dense(3), relu, dense(1));
          const minus = (n: Rational) => multiply(q(-1), n);
          const crossing = w.map((c, j) => (j === 0 ? c + 1 : -c));
          const p = problem(
            data,
            net,
            values([w, shift], [w.map((c) => -c), minus(shift)], [crossing, 0]),
            values([[1, -1, 0], 0]),
          );
          const straight = problem(data, linear(d), values([w, shift]));
          expect(formatRational(risk(p, fourth))).toBe(formatRational(risk(straight, fourth)));
          expect(shown(moments(p, fourth))).toBe(shown(moments(straight, fourth)));
        },
      ),
      { ...seed, numRuns: 60 },
    );
  });
});

test('a seeded Monte Carlo estimate is near', () => {
  const p = problem(
    written(
      [
        [-1, 1],
        [0, 2],
        [0, 1],
      ],
      [terms([1, 1, 1, 0], [-1, 0, 0, 1])],
      terms([1, 0, 0, 0], [1, 0, 1, 0]),
    ),
    hinge(3),
    values([[1, 2, -1], -1]),
    values([[2], -1]),
  );
  let state = 12345;
  const random = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x80000000;
  };
  const n = 40_000;
  let total = 0;
  for (let i = 0; i < n; i++) {
    const [x, y, z] = [2 * random() - 1, 2 * random(), random()];
    const r = 2 * Math.max(0, x + 2 * y - z - 1) - 1 - (x * y - z);
    total += r * r * (1 + y);
  }
  const { num, den } = risk(p);
  const value = Number(num) / Number(den);
  expect(Math.abs((4 * total) / n / value - 1)).toBeLessThan(0.05);
});

describe('costs', () => {
  test('hundreds of pieces with long numbers', () => {
    const n = 200;
    const units = Array.from({ length: n }, (_, i) => [[q(1_000_003)], q(-(i + 1) * 4999 - (i % 7))] as const);
    const p = problem(
      written([[0, 1]], [terms([1, 3])]),
      network(1, dense(n), relu, dense(1)),
      values(...units),
      values([units.map((_, i) => q(i % 2 === 0 ? 1 : -2, 1_000_033)), 0]),
    );
    expect(realizationOf(p).maps.length).toBe(n + 1);
    expect(answer(() => risk(p))).toBe('ok');
  });

  test('powers that would have too many terms are declined', () => {
    const d = 12;
    const sum = terms(
      ...Array.from({ length: d }, (_, j) => [1, ...new Array<number>(d).fill(0).with(j, 1)] as [number, ...number[]]),
    );
    const p = problem(
      written(new Array<[number, number]>(d).fill([0, 1]), [sum]),
      linear(d),
      values([new Array<number>(d).fill(0), 1]),
    );
    const high = loss({ function: 'power', exponent: q(100) });
    const few = new Meter({ ...defaultLimits, operations: 100_000_000 });
    expect(answer(() => boxRisk(p.data, realizationOf(p), high, few))).toMatch(/^declined limit-/);
    expect(answer(() => risk(p, fourth))).toBe('ok');
  });
});
