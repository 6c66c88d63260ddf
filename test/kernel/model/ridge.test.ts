import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RationalBox } from '../../../src/kernel/arithmetic/box-integral.js';
import { lcm } from '../../../src/kernel/arithmetic/gcd.js';
import type { Vector } from '../../../src/kernel/arithmetic/matrix.js';
import {
  add,
  compare,
  formatRational,
  multiply,
  type Rational,
  rational,
} from '../../../src/kernel/arithmetic/rational.js';
import type { Decoded, networkSchema } from '../../../src/kernel/format.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';
import { type DenseValues, interpretNetwork, type Network } from '../../../src/kernel/model/network.js';
import { piecewisePolynomial } from '../../../src/kernel/model/piecewise-polynomial.js';
import { type Realization, realizationOn } from '../../../src/kernel/model/ridge.js';
import { Refusal } from '../../../src/kernel/verdict.js';
import { q, sumOf } from '../arithmetic/exact-quadrature.js';

type Layer = Decoded<typeof networkSchema>['layers'][number];
type Number = number | Rational;

const seed = { seed: 1 };
const exact = (n: Number): Rational => (typeof n === 'number' ? q(n) : n);
const meter = () => new Meter(defaultLimits);
const dense = (units: number): Layer => ({ type: 'dense', units });
const relu: Layer = { type: 'activation', function: 'relu' };
const abs: Layer = { type: 'activation', function: 'abs' };
const hardtanh: Layer = { type: 'activation', function: 'hardtanh' };
const softshrink: Layer = { type: 'activation', function: 'softshrink' };
const hardswish: Layer = { type: 'activation', function: 'hardswish' };
/** A table by the coefficients of its pieces, constant first. */
const table = (breakpoints: readonly Number[], ...pieces: readonly (readonly Number[])[]): Layer => ({
  type: 'activation',
  function: 'piecewise',
  breakpoints: vector(breakpoints),
  pieces: pieces.map((coefficients) => ({ polynomial: vector(coefficients) })),
});
const square = table([], [0, 0, 1]);
/** 0, then t² */
const relu2 = table([0], [0], [0, 0, 1]);
const leaky = (slope: Rational): Layer => ({ type: 'activation', function: 'leaky-relu', slope });

const network = (d: number, ...layers: readonly Layer[]): Network =>
  interpretNetwork({ input: [d], layers }, meter(), '$');

function vector(list: readonly Number[]): Vector {
  const denominator = list.reduce((common: bigint, n) => lcm(common, exact(n).den), 1n);
  return { values: list.map((n) => exact(n).num * (denominator / exact(n).den)), denominator, bits: 64 };
}

function values(weights: readonly (readonly Number[])[], bias: readonly Number[]): DenseValues {
  const rows = weights.map((row) => row.map(exact));
  const shifts = bias.map(exact);
  const denominator = [...rows.flat(), ...shifts].reduce((common, { den }) => lcm(common, den), 1n);
  const over = ({ num, den }: Rational) => num * (denominator / den);
  return { weights: rows.map((row) => row.map(over)), bias: shifts.map(over), denominator, bits: 64 };
}

function box(...sides: readonly (readonly [Number, Number])[]): RationalBox {
  const ends = sides.flat().map(exact);
  const denominator = ends.reduce((common, { den }) => lcm(common, den), 1n);
  const over = (n: Number) => exact(n).num * (denominator / exact(n).den);
  return { lower: sides.map(([a]) => over(a)), upper: sides.map(([, b]) => over(b)), denominator };
}

const valueAt = (coefficients: readonly Rational[], t: Rational): Rational =>
  coefficients.reduceRight((value, c) => add(multiply(value, t), c), q(0));

/** The network at one point, layer by layer in rationals: preactivations of every stage. */
function forward(net: Network, parameters: readonly DenseValues[], x: readonly Rational[]): Rational[][] {
  let input = [...x];
  return net.stages.map(({ activation }, s) => {
    const { weights, bias, denominator } = parameters[s] as DenseValues;
    const z = weights.map((row, u) =>
      sumOf([
        ...row.map((w, j) => multiply(rational(w, denominator), input[j] as Rational)),
        rational(bias?.[u] ?? 0n, denominator),
      ]),
    );
    input = z.map((t) => {
      const piece = activation.breakpoints.filter(
        (at) => compare(rational(at, activation.breakpointDenominator), t) < 0,
      ).length;
      const { pieces, denominator: over } = piecewisePolynomial(activation, meter(), '$');
      return valueAt(
        (pieces[piece] as readonly bigint[]).map((c) => rational(c, over)),
        t,
      );
    });
    return z;
  });
}

function mapAt({ direction, maps, denominator }: Realization, s: number, x: readonly Rational[]): Rational[] {
  const map = maps[s];
  if (map === undefined) throw new Error('no such slab');
  const z = sumOf((direction ?? []).map((c, j) => multiply(rational(c), x[j] as Rational)));
  return map.constants.map((c, o) =>
    sumOf([
      rational(c, denominator),
      ...x.map((at, j) => multiply(at, rational(map.linear[o]?.[j] as bigint, denominator))),
      valueAt([q(0), q(0), ...(map.powers[o] ?? []).map((n) => rational(n, denominator))], z),
    ]),
  );
}

/** The realization as text: maps between nodes, `slope x+intercept` for d = 1. */
function shown({ direction, nodes, maps, denominator }: Realization): string {
  const number = (n: bigint) => formatRational(rational(n, denominator));
  const piece = (s: number) => {
    const map = maps[s];
    const powers = (o: number) => map?.powers[o]?.map((n, k) => `+(${number(n)})z^${k + 2}`).join('') ?? '';
    return map?.constants.map((c, o) => `(${map.linear[o]?.map(number).join()})x+${number(c)}${powers(o)}`).join(' & ');
  };
  if (direction === null) return piece(0) as string;
  const text = nodes.map((t, s) => (s < maps.length ? `|${formatRational(t)}| ${piece(s)}` : `|${formatRational(t)}|`));
  return `w=${direction.join()}: ${text.join(' ')}`;
}

function answer(act: () => string): string {
  try {
    return act();
  } catch (error) {
    if (error instanceof Refusal) return `${error.kind} ${error.code} ${error.path}: ${error.message}`;
    throw error;
  }
}

const on = (b: RationalBox, net: Network, ...parameters: readonly DenseValues[]): Realization =>
  realizationOn(b, net, parameters, meter(), '$.statement.point');
const places = ({ locations }: Realization): string =>
  locations
    .map((row) => row.map(({ lower, upper }) => (lower === upper ? `${lower}` : `${lower}-${upper}`)).join())
    .join(' | ');

describe('one dimension', () => {
  const I = box([0, 1]);
  const one = network(1, dense(1), relu, dense(1));
  const two = network(1, dense(2), relu, dense(1));
  const bent = (h: Layer) => network(1, dense(1), h, dense(1));
  const id = values([[1]], [0]);
  test.each<[string, RationalBox, Network, readonly DenseValues[], string, string]>([
    ['a line', I, network(1, dense(1)), [values([[3]], [-1])], 'w=1: |0| (3)x+-1 |1|', ''],
    ['a kink', I, one, [values([[3]], [-1]), values([[2]], [5])], 'w=1: |0| (0)x+5 |1/3| (6)x+3 |1|', '0-1'],
    [
      'a kink to the left',
      I,
      one,
      [values([[-3]], [1]), values([[2]], [5])],
      'w=1: |0| (-6)x+7 |1/3| (0)x+5 |1|',
      '0-1',
    ],
    ['a kink at an end', I, one, [values([[3]], [0]), values([[2]], [5])], 'w=1: |0| (6)x+5 |1|', '0-1'],
    ['a kink at the other end', I, one, [values([[3]], [-3]), values([[2]], [5])], 'w=1: |0| (0)x+5 |1|', '0-1'],
    ['a kink outside', I, one, [values([[3]], [1]), values([[2]], [5])], 'w=1: |0| (6)x+7 |1|', '1'],
    ['a dead unit', I, one, [values([[3]], [-4]), values([[2]], [5])], 'w=1: |0| (0)x+5 |1|', '0'],
    ['a constant 0', I, one, [values([[0]], [0]), values([[2]], [5])], 'w=1: |0| (0)x+5 |1|', '0-1'],
    ['a constant 1', I, one, [values([[0]], [1]), values([[2]], [5])], 'w=1: |0| (0)x+7 |1|', '1'],
    ['a unit that does not count', I, one, [values([[3]], [-1]), values([[0]], [5])], 'w=1: |0| (0)x+5 |1|', '0-1'],
    [
      'two kinks',
      box([-2, 2]),
      two,
      [values([[1], [-1]], [-1, -1]), values([[1, 1]], [0])],
      'w=1: |-2| (-1)x+-1 |-1| (0)x+0 |1| (1)x+-1 |2|',
      '0-1,0-1',
    ],
    [
      'a kink twice is one node',
      box([-2, 2]),
      two,
      [values([[1], [-2]], [-1, 2]), values([[1, 1]], [0])],
      'w=1: |-2| (-2)x+2 |1| (1)x+-1 |2|',
      '0-1,0-1',
    ],
    ['abs', box([-1, 2]), bent(abs), [id, id], 'w=1: |-1| (-1)x+0 |0| (1)x+0 |2|', '0-1'],
    ['hardtanh', box([-3, 3]), bent(hardtanh), [id, id], 'w=1: |-3| (0)x+-1 |-1| (1)x+0 |1| (0)x+1 |3|', '0-2'],
    [
      'hardtanh falling',
      box([-3, 3]),
      bent(hardtanh),
      [values([[-1]], [0]), id],
      'w=1: |-3| (0)x+1 |-1| (-1)x+0 |1| (0)x+-1 |3|',
      '0-2',
    ],
    ['hardtanh in the middle', box([-1, 1]), bent(hardtanh), [id, id], 'w=1: |-1| (1)x+0 |1|', '0-2'],
    [
      'hardtanh strictly in the middle',
      I,
      bent(hardtanh),
      [values([[1]], [-1 / 1]), id],
      'w=1: |0| (1)x+-1 |1|',
      '0-1',
    ],
    ['softshrink', I, bent(softshrink), [id, id], 'w=1: |0| (0)x+0 |1/2| (1)x+-1/2 |1|', '1-2'],
    ['leaky', box([-1, 1]), bent(leaky(q(1, 3))), [id, values([[3]], [0])], 'w=1: |-1| (1)x+0 |0| (3)x+0 |1|', '0-1'],
    [
      'two outputs',
      I,
      network(1, dense(1), relu, dense(2)),
      [values([[2]], [-1]), values([[1], [0]], [0, 7])],
      'w=1: |0| (0)x+0 & (0)x+7 |1/2| (2)x+-1 & (0)x+7 |1|',
      '0-1',
    ],
    [
      'a tooth of a saw, twice',
      I,
      network(1, dense(1), abs, dense(1), abs, dense(1)),
      [values([[2]], [-1]), values([[2]], [-1]), id],
      'w=1: |0| (-4)x+1 |1/4| (4)x+-1 |1/2| (-4)x+3 |3/4| (4)x+-3 |1|',
      '0-1 | 0-1',
    ],
    [
      'a plateau at a breakpoint',
      box([-1, 1]),
      network(1, dense(1), relu, dense(1), relu, dense(1)),
      [id, id, id],
      'w=1: |-1| (0)x+0 |0| (1)x+0 |1|',
      '0-1 | 0-1',
    ],
    [
      'strict above kinks below',
      box([-1, 1]),
      network(1, dense(1), relu, dense(1), relu, dense(1)),
      [id, values([[-1]], [2]), id],
      'w=1: |-1| (0)x+2 |0| (-1)x+2 |1|',
      '0-1 | 1',
    ],
    ['a square', I, bent(square), [values([[2]], [-1]), id], 'w=1: |0| (-4)x+1+(4)z^2 |1|', '0'],
    ['a square of a constant', I, bent(square), [values([[0]], [3]), id], 'w=1: |0| (0)x+9 |1|', '0'],
    ['hardswish to the right', I, bent(hardswish), [values([[1]], [4]), id], 'w=1: |0| (1)x+4 |1|', '2'],
    ['hardswish in the middle', I, bent(hardswish), [id, id], 'w=1: |0| (1/2)x+0+(1/6)z^2 |1|', '1'],
    ['hardswish up to both ends', box([-3, 3]), bent(hardswish), [id, id], 'w=1: |-3| (1/2)x+0+(1/6)z^2 |3|', '0-2'],
    [
      'hardswish on all pieces',
      box([-4, 5]),
      bent(hardswish),
      [id, values([[6]], [1])],
      'w=1: |-4| (0)x+1 |-3| (3)x+1+(1)z^2 |3| (6)x+1 |5|',
      '0-2',
    ],
    [
      'a square of a kink',
      box([-1, 1]),
      network(1, dense(1), relu, dense(1), square, dense(1)),
      [id, values([[2]], [1]), id],
      'w=1: |-1| (0)x+1 |0| (4)x+1+(4)z^2 |1|',
      '0-1 | 0',
    ],
    [
      'a parabola over a breakpoint, at rational points',
      box([-1, 2]),
      network(1, dense(1), square, dense(1), relu, dense(1)),
      [id, values([[9]], [-4]), id],
      'w=1: |-1| (0)x+-4+(9)z^2 |-2/3| (0)x+0 |2/3| (0)x+-4+(9)z^2 |2|',
      '0 | 0-1',
    ],
    [
      'a parabola that touches a breakpoint inside',
      box([-1, 2]),
      network(1, dense(1), square, dense(1), relu, dense(1)),
      [id, values([[9]], [0]), id],
      'w=1: |-1| (0)x+0+(9)z^2 |2|',
      '0 | 0-1',
    ],
    [
      'a parabola that touches it from below',
      box([-1, 2]),
      network(1, dense(1), square, dense(1), relu, dense(1)),
      [id, values([[-9]], [0]), id],
      'w=1: |-1| (0)x+0 |2|',
      '0 | 0-1',
    ],
    [
      'a parabola just above it',
      box([-1, 2]),
      network(1, dense(1), square, dense(1), relu, dense(1)),
      [id, values([[9]], [q(1, 1000)]), id],
      'w=1: |-1| (0)x+1/1000+(9)z^2 |2|',
      '0 | 1',
    ],
    [
      'a parabola that is above at both ends, and below between',
      box([-1, 1]),
      network(1, dense(1), square, dense(1), relu, dense(1)),
      [id, values([[1]], [q(-1, 4)]), values([[4]], [0])],
      'w=1: |-1| (0)x+-1+(4)z^2 |-1/2| (0)x+0 |1/2| (0)x+-1+(4)z^2 |1|',
      '0 | 0-1',
    ],
    [
      'a fourth power',
      box([0, 2]),
      network(1, dense(1), relu2, dense(1), relu2, dense(1)),
      [values([[1]], [-1]), id, id],
      'w=1: |0| (0)x+0 |1| (-4)x+1+(6)z^2+(-4)z^3+(1)z^4 |2|',
      '0-1 | 0-1',
    ],
  ])('%s', (_, b, net, parameters, expected, where) => {
    const realization = on(b, net, ...parameters);
    expect(shown(realization)).toBe(expected);
    expect(places(realization)).toBe(where);
  });
});

describe('what is not known to be rational is declined', () => {
  const over = (h: Layer) => network(1, dense(1), square, dense(1), h, dense(1));
  const id = values([[1]], [0]);
  const irrational = 'declined unsupported-point $.statement.point: unit 0 of layer 2 meets a breakpoint on the box';
  test.each<[string, RationalBox, Layer, DenseValues, string]>([
    ['√2 inside', box([0, 2]), relu, values([[1]], [-2]), irrational],
    ['√2 outside', box([0, q(7, 5)]), relu, values([[1]], [-2]), 'w=1: |0| (0)x+0 |7/5|'],
    ['the other √2 outside', box([q(3, 2), 2]), relu, values([[1]], [-2]), 'w=1: |3/2| (0)x+-2+(1)z^2 |2|'],
    ['√2 at a breakpoint at which nothing passes', box([0, 2]), relu, values([[0]], [0]), 'w=1: |0| (0)x+0 |2|'],
    [
      'one of two breakpoints is met at a rational point',
      box([0, 2]),
      table([1, 2], [0], [-1, 1], [1]),
      id,
      irrational,
    ],
    [
      'both are',
      box([0, 2]),
      table([1, q(9, 4)], [0], [-1, 1], [q(5, 4)]),
      id,
      'w=1: |0| (0)x+0 |1| (0)x+-1+(1)z^2 |3/2| (0)x+5/4 |2|',
    ],
  ])('%s', (_, b, h, second, expected) => {
    expect(answer(() => shown(on(b, over(h), id, second, id)))).toMatch(expected === irrational ? /^declined/ : /^w/);
    expect(answer(() => shown(on(b, over(h), id, second, id)))).toContain(expected);
  });

  test('a unit that does not count may pass a breakpoint anywhere', () => {
    const net = network(1, dense(1), square, dense(2), relu, dense(1));
    const realization = on(box([0, 2]), net, id, values([[1], [1]], [-2, 1]), values([[0, 1]], [0]));
    expect(shown(realization)).toBe('w=1: |0| (0)x+1+(1)z^2 |2|');
    expect(places(realization)).toBe('0 | 0-1,1');
  });

  test('transcendental pieces', () => {
    const net = network(1, dense(1), { type: 'activation', function: 'elu' }, dense(1));
    expect(answer(() => shown(on(box([1, 2]), net, id, id)))).toMatch(/^declined unsupported-activation /);
  });

  test.each([
    [9, 'w=1'],
    [10, 'declined limit-degree $.statement.point'],
  ])('degree 2^%i', (depth, expected) => {
    const net = network(1, ...new Array(depth).fill([dense(1), square]).flat(), dense(1));
    const parameters = new Array<DenseValues>(depth + 1).fill(id);
    expect(answer(() => shown(on(box([0, 1]), net, ...parameters)))).toContain(expected);
  });

  test('long compositions are declined before they are made', () => {
    const net = network(1, ...new Array(9).fill([dense(1), square]).flat(), dense(1));
    const long = values([[q(10n ** 200n + 1n, 10n ** 199n + 7n)]], [q(10n ** 200n + 3n, 10n ** 199n + 9n)]);
    const few = new Meter({ ...defaultLimits, operations: 1_000_000 });
    const parameters = new Array<DenseValues>(10).fill(long);
    expect(answer(() => shown(realizationOn(box([0, 1]), net, parameters, few, '$')))).toMatch(/^declined limit-/);
  });
});

describe('boxes', () => {
  const B = box([-1, 1], [-1, 1]);
  const two = network(2, dense(2), relu, dense(1));
  const deep = network(2, dense(2), relu, dense(2), relu, dense(1));
  const sum = values([[1, 1]], [0]);
  const notParallel = 'declined unsupported-point $.statement.point: the hinges of';
  const rest = 'are not parallel on the box: two such hinges have no rule in this version';
  test.each<[string, Network, readonly DenseValues[], string]>([
    ['an affine map', network(2, dense(1)), [values([[2, 3]], [4])], '(2,3)x+4'],
    [
      'no hinge meets the box',
      two,
      [
        values(
          [
            [1, 0],
            [0, 1],
          ],
          [2, -2],
        ),
        sum,
      ],
      '(1,0)x+2',
    ],
    [
      'hinges that touch the box at a face',
      two,
      [
        values(
          [
            [1, 0],
            [0, 1],
          ],
          [1, -1],
        ),
        sum,
      ],
      '(1,0)x+1',
    ],
    [
      'hinges that touch the box at a vertex',
      two,
      [
        values(
          [
            [1, 1],
            [1, 1],
          ],
          [2, -2],
        ),
        sum,
      ],
      '(1,1)x+2',
    ],
    [
      'one hinge',
      two,
      [
        values(
          [
            [2, 2],
            [0, 1],
          ],
          [1, 2],
        ),
        sum,
      ],
      'w=1,1: |-2| (0,1)x+2 |-1/2| (2,3)x+3 |2|',
    ],
    [
      'one hinge, first negative',
      two,
      [
        values(
          [
            [-2, 4],
            [0, 1],
          ],
          [1, 2],
        ),
        sum,
      ],
      'w=1,-2: |-3| (-2,5)x+3 |1/2| (0,1)x+2 |3|',
    ],
    [
      'parallel hinges',
      two,
      [
        values(
          [
            [1, 2],
            [-2, -4],
          ],
          [0, 1],
        ),
        sum,
      ],
      'w=1,2: |-3| (-2,-4)x+1 |0| (-1,-2)x+1 |1/2| (1,2)x+0 |3|',
    ],
    [
      'hinges that are not parallel',
      two,
      [
        values(
          [
            [1, 2],
            [2, 1],
          ],
          [0, 0],
        ),
        sum,
      ],
      `${notParallel} unit 1 of layer 0 and of unit 0 of layer 0 ${rest}`,
    ],
    [
      'the other does not count',
      two,
      [
        values(
          [
            [1, 2],
            [2, 1],
          ],
          [0, 0],
        ),
        values([[1, 0]], [0]),
      ],
      'w=1,2: |-3| (0,0)x+0 |0| (1,2)x+0 |3|',
    ],
    [
      'the first does not count',
      two,
      [
        values(
          [
            [1, 2],
            [2, 1],
          ],
          [0, 0],
        ),
        values([[0, 1]], [0]),
      ],
      'w=2,1: |-3| (0,0)x+0 |0| (2,1)x+0 |3|',
    ],
    [
      'a hinge in the second layer',
      deep,
      [
        values(
          [
            [1, 0],
            [0, 1],
          ],
          [1, 1],
        ),
        values(
          [
            [1, 1],
            [1, -1],
          ],
          [-2, 9],
        ),
        sum,
      ],
      'w=1,1: |-2| (1,-1)x+9 |0| (2,0)x+9 |2|',
    ],
    [
      'a hinge across another',
      deep,
      [
        values(
          [
            [1, 0],
            [0, 1],
          ],
          [0, 1],
        ),
        values(
          [
            [1, 1],
            [0, 0],
          ],
          [-1, 0],
        ),
        sum,
      ],
      `${notParallel} unit 0 of layer 2 and of unit 0 of layer 0 ${rest}`,
    ],
    [
      'a hinge of a hinge, the same direction',
      deep,
      [
        values(
          [
            [1, 0],
            [0, 1],
          ],
          [0, 1],
        ),
        values(
          [
            [2, 0],
            [0, 1],
          ],
          [-1, 0],
        ),
        sum,
      ],
      'w=1,0: |-1| (0,1)x+1 |0| (0,1)x+1 |1/2| (2,1)x+0 |1|',
    ],
    [
      'a ridge and a slope that stay positive',
      deep,
      [
        values(
          [
            [1, 0],
            [0, 1],
          ],
          [0, 1],
        ),
        values(
          [
            [-1, 1],
            [0, 0],
          ],
          [1, 0],
        ),
        sum,
      ],
      'w=1,0: |-1| (0,1)x+2 |0| (-1,1)x+2 |1|',
    ],
    [
      'a ridge and a slope that do not',
      deep,
      [
        values(
          [
            [1, 0],
            [0, 1],
          ],
          [0, 1],
        ),
        values(
          [
            [-1, 1],
            [0, 0],
          ],
          [q(999, 1000), 0],
        ),
        sum,
      ],
      `${notParallel} unit 0 of layer 2 and of unit 0 of layer 0 ${rest}`,
    ],
    [
      'two hinges that leave a line',
      deep,
      [
        values(
          [
            [1, 0],
            [-1, 0],
          ],
          [0, 0],
        ),
        values(
          [
            [1, -1],
            [0, 0],
          ],
          [5, 0],
        ),
        sum,
      ],
      'w=1,0: |-1| (1,0)x+5 |0| (1,0)x+5 |1|',
    ],
    [
      'a curved unit and one in an affine piece',
      network(2, dense(2), hardswish, dense(1)),
      [
        values(
          [
            [2, 4],
            [1, -1],
          ],
          [0, 5],
        ),
        values([[6, 1]], [0]),
      ],
      'w=1,2: |-3| (1,-1)x+5 |-3/2| (7,11)x+5+(4)z^2 |3/2| (13,23)x+5 |3|',
    ],
    [
      'curved units of one direction',
      network(2, dense(2), square, dense(1)),
      [
        values(
          [
            [1, 1],
            [-2, -2],
          ],
          [0, 1],
        ),
        sum,
      ],
      'w=1,1: |-2| (-4,-4)x+1+(5)z^2 |2|',
    ],
    [
      'curved units of two directions',
      network(2, dense(2), square, dense(1)),
      [
        values(
          [
            [1, 1],
            [1, 2],
          ],
          [0, 1],
        ),
        sum,
      ],
      'declined unsupported-point $.statement.point: unit 1 of layer 0 curves along another direction than unit 0 of layer 0 on the box: two directions have no rule in this version',
    ],
    [
      'a curved unit, and a hinge of another direction',
      network(2, dense(2), relu2, dense(1)),
      [
        values(
          [
            [1, 1],
            [1, 2],
          ],
          [2, 1],
        ),
        sum,
      ],
      `${notParallel} unit 1 of layer 0 and of unit 0 of layer 0 ${rest}`,
    ],
    [
      'a curved unit of another direction that does not count',
      network(2, dense(2), square, dense(1)),
      [
        values(
          [
            [1, 1],
            [1, 2],
          ],
          [0, 1],
        ),
        values([[0, 1]], [0]),
      ],
      'w=1,2: |-3| (2,4)x+1+(1)z^2 |3|',
    ],
    [
      'a curved unit that is dead',
      network(2, dense(2), relu2, dense(1), relu2, dense(1)),
      [
        values(
          [
            [1, 0],
            [0, 0],
          ],
          [0, 0],
        ),
        values([[1, 0]], [-1]),
        values([[3]], [0]),
      ],
      'w=1,0: |-1| (0,0)x+0 |0| (0,0)x+0 |1|',
    ],
    [
      'a curved sum of a curve and a slope',
      network(2, dense(2), table([5], [0, 0, 1], [20, 1]), dense(1), relu2, dense(1)),
      [
        values(
          [
            [1, 0],
            [0, 1],
          ],
          [0, 8],
        ),
        values([[1, 1]], [-26]),
        values([[1]], [0]),
      ],
      'declined unsupported-point $.statement.point: unit 0 of layer 2 curves along another direction than unit 0 of layer 0 on the box: two directions have no rule in this version',
    ],
    [
      'a curve and a slope that stay in an affine piece',
      network(2, dense(2), table([5], [0, 0, 1], [20, 1]), dense(1), relu, dense(1)),
      [
        values(
          [
            [1, 0],
            [0, 1],
          ],
          [0, 8],
        ),
        values([[1, 1]], [-27]),
        values([[1]], [0]),
      ],
      'w=1,0: |-1| (0,1)x+1+(1)z^2 |1|',
    ],
  ])('%s', (_, net, parameters, expected) => {
    expect(answer(() => shown(on(B, net, ...parameters)))).toBe(expected);
  });

  // x² + y + c over [−1, 1]², least −1 + c at (0, −1), which no vertex of a slab is.
  test.each<[Number, string]>([
    [q(1001, 1000), '1'],
    [1, '0-1'],
    [q(999, 1000), `${notParallel} unit 0 of layer 2 and of unit 0 of layer 0 ${rest}`],
    [-2, '0-1'],
    [q(-2001, 1000), '0'],
    [q(-1999, 1000), `${notParallel} unit 0 of layer 2 and of unit 0 of layer 0 ${rest}`],
  ])('a curve and a slope, and a breakpoint: c = %o', (c, expected) => {
    const net = network(2, dense(2), table([5], [0, 0, 1], [20, 1]), dense(1), relu, dense(1));
    const first = values(
      [
        [1, 0],
        [0, 1],
      ],
      [0, 8],
    );
    const [over] = [exact(c)];
    const second = values([[1, 1]], [add(over, q(-28))]);
    const where = () => places(on(B, net, first, second, values([[1]], [0]))).replace('0,1 | ', '');
    expect(answer(where)).toContain(expected);
  });

  test('layers that are not dense are declined', () => {
    const layers: Layer[] = [{ type: 'avgpool', kernel: [2] }, { type: 'flatten' }, dense(1)];
    const net = interpretNetwork({ input: [1, 2], layers }, meter(), '$');
    const nothing = { weights: [], bias: null, denominator: 1n, bits: 1 };
    const parameters = net.stages.map(({ kind }) => (kind === 'dense' ? values([[1]], [0]) : nothing));
    expect(answer(() => shown(on(B, net, ...parameters)))).toMatch(/^declined unsupported-combination /);
  });

  test('a unit that does not count may meet all pieces; what it feeds is not known', () => {
    const crossed = [
      values(
        [
          [1, 2],
          [2, 1],
        ],
        [0, 0],
      ),
      values(
        [
          [1, 0],
          [0, 1],
        ],
        [9, 9],
      ),
      values([[1, 0]], [0]),
    ];
    const realization = on(B, deep, ...crossed);
    expect(shown(realization)).toBe('w=1,2: |-3| (0,0)x+9 |0| (1,2)x+9 |3|');
    expect(places(realization)).toBe('0-1,0-1 | 1,0-1');
  });

  test('an interior of equal width is touched, not crossed', () => {
    const half = box([0, q(1, 2)], [0, q(1, 3)]);
    const touch = on(
      half,
      two,
      values(
        [
          [1, 1],
          [1, 1],
        ],
        [q(-5, 6), 0],
      ),
      sum,
    );
    expect(shown(touch)).toBe('(1,1)x+0');
    expect(places(touch)).toBe('0-1,0-1');
    const cross = on(
      half,
      two,
      values(
        [
          [1, 1],
          [1, 1],
        ],
        [q(-4999, 6000), 0],
      ),
      sum,
    );
    expect(shown(cross)).toBe('w=1,1: |0| (1,1)x+0 |4999/6000| (2,2)x+-4999/6000 |5/6|');
  });
});

const small = fc.integer({ min: -4, max: 4 });
const layerValues = (units: number, inputs: number) =>
  fc
    .tuple(
      fc.array(fc.array(small, { minLength: inputs, maxLength: inputs }), { minLength: units, maxLength: units }),
      fc.array(fc.integer({ min: -6, max: 6 }), { minLength: units, maxLength: units }),
      fc.integer({ min: 1, max: 3 }),
    )
    .map(([weights, bias, den]) =>
      values(
        weights.map((row) => row.map((n) => q(n, den))),
        bias.map((n) => q(n, den)),
      ),
    );
const activations = fc.constantFrom(relu, abs, hardtanh, softshrink, leaky(q(-1, 2)));
const fractions = fc.tuple(fc.integer({ min: 0, max: 12 })).map(([n]) => q(n, 12));

/** A point of the box, by its place between the ends. */
const placeIn = ({ lower, upper, denominator }: RationalBox, s: readonly Rational[]): Rational[] =>
  lower.map((a, j) =>
    add(rational(a, denominator), multiply(rational((upper[j] as bigint) - a, denominator), s[j] as Rational)),
  );

function expectAgreement(
  realization: Realization,
  net: Network,
  parameters: readonly DenseValues[],
  x: readonly Rational[],
): void {
  const expected = forward(net, parameters, x).at(-1)?.map(formatRational);
  const { direction, nodes } = realization;
  const z = direction === null ? null : sumOf(direction.map((c, j) => multiply(rational(c), x[j] as Rational)));
  let found = 0;
  realization.maps.forEach((_, s) => {
    // Closed slabs: where two meet, both maps must give the value.
    if (z !== null && (compare(nodes[s] as Rational, z) > 0 || compare(z, nodes[s + 1] as Rational) > 0)) return;
    expect(mapAt(realization, s, x).map(formatRational)).toEqual(expected);
    found++;
  });
  expect(found).toBeGreaterThan(0);
  net.stages.slice(0, -1).forEach(({ activation }, stage) => {
    forward(net, parameters, x)[stage]?.forEach((t, u) => {
      const below = activation.breakpoints.filter(
        (at) => compare(rational(at, activation.breakpointDenominator), t) < 0,
      ).length;
      const upTo = activation.breakpoints.filter(
        (at) => compare(rational(at, activation.breakpointDenominator), t) <= 0,
      ).length;
      const { lower, upper } = realization.locations[stage]?.[u] ?? { lower: 9, upper: 0 };
      expect(lower).toBeLessThanOrEqual(below);
      expect(upper).toBeGreaterThanOrEqual(upTo);
    });
  });
}

describe('random networks with polynomial pieces', () => {
  const curved = fc.constantFrom(
    hardswish,
    square,
    relu2,
    table([-1, 1], [q(1, 2), 1], [0, 0, q(-1, 2)], [q(1, 2), -2, 1]),
    table([0, 2], [0, 0, 0, 1], [0], [-4, 0, 1]),
  );

  test('one dimension: the maps are the network, at nodes too, unless a crossing is irrational', () => {
    const any = fc.tuple(curved, fc.oneof(curved, activations)).chain(([h, k]) =>
      fc.record({
        net: fc.constant(network(1, dense(2), h, dense(2), k, dense(2))),
        parameters: fc.tuple(layerValues(2, 1), layerValues(2, 2), layerValues(2, 2)),
        places: fc.array(fractions, { minLength: 6, maxLength: 6 }),
      }),
    );
    let [declined, powers] = [0, 0];
    fc.assert(
      fc.property(any, ({ net, parameters, places: at }) => {
        const b = box([q(-7, 3), q(5, 2)]);
        let realization: Realization;
        try {
          realization = on(b, net, ...parameters);
        } catch (error) {
          expect(error instanceof Refusal && error.message).toMatch(/not known to be rational$/);
          declined++;
          return;
        }
        if (realization.maps.some((map) => map.powers.some((list) => list.length > 1))) powers++;
        for (const s of at) expectAgreement(realization, net, parameters, placeIn(b, [s]));
        for (const t of realization.nodes) expectAgreement(realization, net, parameters, [t]);
      }),
      { ...seed, numRuns: 150 },
    );
    expect(declined).toBeGreaterThan(20);
    expect(declined).toBeLessThan(200);
    expect(powers).toBeGreaterThan(20);
  });

  test('boxes: the maps are the network where all that bends and curves has one direction', () => {
    const any = fc.tuple(curved, fc.oneof(curved, activations)).chain(([h, k]) =>
      fc.record({
        net: fc.constant(network(3, dense(3), h, dense(2), k, dense(1))),
        w: fc.tuple(small, small, small),
        factors: fc.array(small, { minLength: 3, maxLength: 3 }),
        shifts: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 }),
        second: layerValues(2, 3),
        third: fc.constantFrom([1, -1, 2], null),
        far: fc.constantFrom(0, 0, 1000, -1000),
        places: fc.array(fc.tuple(fractions, fractions, fractions), { minLength: 5, maxLength: 5 }),
      }),
    );
    let [declined, checked, mixed] = [0, 0, 0];
    fc.assert(
      fc.property(any, ({ net, w, factors, shifts, second, third, far, places: at }) => {
        const b = box([-1, 1], [0, 1], [q(-1, 2), 1]);
        // The third unit of the first layer may have another direction; the second layer mixes, and is far off at times.
        const rows = factors.map((f, u) => (u === 2 && third !== null ? third : w.map((c) => f * c)));
        const first = values(rows, [shifts[0] as number, shifts[1] as number, 40]);
        const away = {
          ...second,
          bias: (second.bias as readonly bigint[]).map((c) => c + BigInt(far) * second.denominator),
        };
        const parameters = [first, away, values([[1, 1]], [0])];
        let realization: Realization;
        try {
          realization = on(b, net, ...parameters);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          expect(error.code).toBe('unsupported-point');
          declined++;
          return;
        }
        checked++;
        if (realization.maps.some((map) => map.powers.some((list) => list.length > 0))) mixed++;
        for (const s of at) expectAgreement(realization, net, parameters, placeIn(b, s));
      }),
      { ...seed, numRuns: 260 },
    );
    expect(declined).toBeGreaterThan(20);
    expect(checked).toBeGreaterThan(100);
    expect(mixed).toBeGreaterThan(30);
  });
});

describe('random networks', () => {
  test('in one dimension the maps are the network, at nodes too, and the nodes increase', () => {
    const any = fc.tuple(activations, activations).chain(([h, k]) =>
      fc.record({
        net: fc.constant(network(1, dense(3), h, dense(2), k, dense(2))),
        parameters: fc.tuple(layerValues(3, 1), layerValues(2, 3), layerValues(2, 2)),
        places: fc.array(fractions, { minLength: 6, maxLength: 6 }),
      }),
    );
    fc.assert(
      fc.property(any, ({ net, parameters, places }) => {
        const b = box([q(-7, 3), q(5, 2)]);
        const realization = on(b, net, ...parameters);
        const { nodes } = realization;
        expect(nodes.slice(1).every((t, s) => compare(nodes[s] as Rational, t) < 0)).toBe(true);
        expect([nodes[0], nodes.at(-1)].map((t) => formatRational(t as Rational))).toEqual(['-7/3', '5/2']);
        for (const s of places) expectAgreement(realization, net, parameters, placeIn(b, [s]));
        for (const t of nodes) expectAgreement(realization, net, parameters, [t]);
      }),
      { ...seed, numRuns: 150 },
    );
  });

  test('one hidden layer on a box: declined exactly if two hinges that count cross it and are not parallel', () => {
    const any = fc.record({
      hidden: layerValues(2, 2),
      output: layerValues(1, 2),
      places: fc.array(fc.tuple(fractions, fractions), { minLength: 4, maxLength: 4 }),
    });
    let [declined, bent] = [0, 0];
    fc.assert(
      fc.property(any, ({ hidden, output, places: at }) => {
        const b = box([-1, q(1, 2)], [0, 1]);
        const net = network(2, dense(2), relu, dense(1));
        const signs = [0, 1].map((u) =>
          [0, 1].flatMap((s) =>
            [0, 1].map((t) => forward(net, [hidden, output], placeIn(b, [q(s), q(t)]))[0]?.[u]?.num as bigint),
          ),
        );
        const crosses = signs.map((row) => row.some((n) => n > 0n) && row.some((n) => n < 0n));
        const strict = signs.map((row) => row.every((n) => n > 0n) || row.every((n) => n < 0n));
        const counts = (output.weights[0] as bigint[]).map((v) => v !== 0n);
        const [v, w] = hidden.weights as [bigint[], bigint[]];
        const parallel = (v[0] as bigint) * (w[1] as bigint) === (v[1] as bigint) * (w[0] as bigint);
        const expected = !parallel && [0, 1].every((u) => crosses[u] && counts[u]);
        let realization: Realization;
        try {
          realization = on(b, net, hidden, output);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
          expect(expected).toBe(true);
          declined++;
          return;
        }
        expect(expected).toBe(false);
        expect(realization.direction !== null).toBe([0, 1].some((u) => crosses[u] && counts[u]));
        expect(realization.locations[0]?.map(({ lower, upper }) => lower === upper)).toEqual(strict);
        if (realization.direction !== null) bent++;
        for (const s of at) expectAgreement(realization, net, [hidden, output], placeIn(b, s));
      }),
      { ...seed, numRuns: 150 },
    );
    expect(declined).toBeGreaterThan(20);
    expect(bent).toBeGreaterThan(20);
  });

  // Unit 0 bends across (1, 2, −1); units 1 and 2 are affine on the box. The second layer mixes them.
  test('over a ridge, a second layer is affine exactly if no vertex of a slab changes its sign', () => {
    const any = fc.record({
      second: layerValues(2, 3),
      output: fc.constant(values([[1, 1]], [0])),
      places: fc.array(fc.tuple(fractions, fractions, fractions), { minLength: 4, maxLength: 4 }),
    });
    let [declined, strict] = [0, 0];
    fc.assert(
      fc.property(any, ({ second, output, places: at }) => {
        const b = box([-1, 1], [0, 1], [q(-1, 2), 1]);
        const net = network(3, dense(3), relu, dense(2), relu, dense(1));
        const first = values(
          [
            [1, 2, -1],
            [1, 1, 0],
            [0, -1, 1],
          ],
          [q(-1, 3), 4, 5],
        );
        // Vertices of the box, and the points where z = 1/3 cuts its edges: among them are the extremes of each unit.
        const cutPoints: Rational[][] = [];
        for (const s of [0, 1])
          for (const t of [0, 1]) for (const r of [0, 1]) cutPoints.push(placeIn(b, [q(s), q(t), q(r)]));
        const w = [q(1), q(2), q(-1)];
        for (const x of [...cutPoints]) {
          for (const j of [0, 1, 2]) {
            const others = sumOf(w.map((c, i) => (i === j ? q(0) : multiply(c, x[i] as Rational))));
            const xj = multiply(add(q(1, 3), multiply(q(-1), others)), q(1n, (w[j] as Rational).num));
            const [low, high] = [
              rational(b.lower[j] as bigint, b.denominator),
              rational(b.upper[j] as bigint, b.denominator),
            ];
            if (compare(low, xj) <= 0 && compare(xj, high) <= 0) cutPoints.push(x.with(j, xj));
          }
        }
        const signs = [0, 1].map((u) =>
          cutPoints.map((x) => forward(net, [first, second, output], x)[1]?.[u]?.num as bigint),
        );
        const crosses = signs.map((row) => row.some((n) => n > 0n) && row.some((n) => n < 0n));
        const ofZ = second.weights.map((row) => {
          const [, p, r] = row as [bigint, bigint, bigint];
          // p (1,1,0) + r (0,−1,1) is a multiple of (1,2,−1) iff p : (p − r) : r is 1 : 2 : −1
          return p - r === 2n * p && r === -p;
        });
        const counted = second.weights.some((row) => row[0] !== 0n);
        const bad = [0, 1].filter((u) => crosses[u] && !ofZ[u]);
        if (!counted) return;
        let realization: Realization;
        try {
          realization = on(b, net, first, second, output);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
          expect(bad.length).toBeGreaterThan(0);
          declined++;
          return;
        }
        expect(bad).toEqual([]);
        const expected = signs.map((row) => row.every((n) => n > 0n) || row.every((n) => n < 0n));
        expect(realization.locations[1]?.map(({ lower, upper }) => lower === upper)).toEqual(expected);
        if (expected[0] && expected[1]) strict++;
        for (const s of at) expectAgreement(realization, net, [first, second, output], placeIn(b, s));
      }),
      { ...seed, numRuns: 120 },
    );
    expect(declined).toBeGreaterThan(20);
    expect(strict).toBeGreaterThan(5);
  });

  test('parallel hinges in three dimensions, two layers deep', () => {
    const any = fc.tuple(activations, activations).chain(([h, k]) =>
      fc.record({
        net: fc.constant(network(3, dense(3), h, dense(2), k, dense(2))),
        slopes: fc.array(small, { minLength: 3, maxLength: 3 }),
        shifts: fc.array(small, { minLength: 3, maxLength: 3 }),
        rest: fc.tuple(layerValues(2, 3), layerValues(2, 2)),
        places: fc.array(fc.tuple(fractions, fractions, fractions), { minLength: 5, maxLength: 5 }),
      }),
    );
    fc.assert(
      fc.property(any, ({ net, slopes, shifts, rest, places: at }) => {
        const b = box([-1, 1], [0, 2], [q(-1, 3), 1]);
        const parameters = [
          values(
            slopes.map((c) => [2 * c, -4 * c, 0]),
            shifts,
          ),
          ...rest,
        ];
        const realization = on(b, net, ...parameters);
        if (realization.direction !== null) expect(realization.direction).toEqual([1n, -2n, 0n]);
        for (const s of at) expectAgreement(realization, net, parameters, placeIn(b, s));
      }),
      { ...seed, numRuns: 100 },
    );
  });
});

test('hundreds of pieces take milliseconds', () => {
  const n = 300;
  const net = network(1, dense(n), relu, dense(1));
  const hidden = values(
    Array.from({ length: n }, () => [n]),
    Array.from({ length: n }, (_, i) => -i - 1),
  );
  const output = values([Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 1 : -2))], [0]);
  const spent = new Meter({ ...defaultLimits, operations: 5_000_000 });
  const { maps } = realizationOn(box([0, 1]), net, [hidden, output], spent, '$');
  expect(maps.length).toBe(n);
});

test('folding that would make too many pieces is declined', () => {
  const layers = Array.from({ length: 60 }, () => [dense(1), abs]).flat();
  const net = network(1, ...layers, dense(1));
  const fold = values([[2]], [-1]);
  const parameters = net.stages.map(() => fold);
  const few = new Meter({ ...defaultLimits, operations: 1_000_000 });
  expect(answer(() => shown(realizationOn(box([0, 1]), net, parameters, few, '$')))).toMatch(/^declined limit-/);
});
