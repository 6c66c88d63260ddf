import { describe, expect, test } from 'vitest';
import {
  activation,
  answer,
  check,
  dense,
  type Fields,
  localMinimum,
  point,
  type Row,
  relu,
} from '../../certificate.js';
import { inField, network, onInterval, pieces, polynomial } from './box-problems.js';

const rule = { rule: 'reduced-hessian-1d' };
const at = ' $.statement.point';

/** The rule says the same of both. */
function verdict(problem: Fields, theta: Fields): string {
  const [rational, irrational] = [theta, inField(theta)].map((point) =>
    answer(check(localMinimum(problem, point, rule))),
  );
  expect(irrational).toBe(rational);
  return rational as string;
}

/** x² on [0, 1] has the hinge 1/27 + 4/3 max(x − 1/3, 0), its best one, and mirrored the hinge with its kink at 2/3 (sources.md 2). */
describe('one hinge for x²', () => {
  const square = onInterval(1, [polynomial(0, 0, 1)]);
  const hinge: readonly [Row[0], Row[0], Row[0]] = [1, '-1/3', '4/3'];
  test.each<[string, Fields, Fields, string]>([
    ['the best hinge', square, network('1/27', hinge), 'proved'],
    ['scaled', square, network('1/27', [4, '-4/3', '1/3']), 'proved'],
    ['the kink moved', square, network('1/27', [1, '-1001/3000', '4/3']), `nonzero-path-moment${at}`],
    ['steeper', square, network('1/27', [1, '-1/3', '1334/1000']), `nonzero-path-moment${at}`],
    ['a constant more', square, network('28/729', hinge), `nonzero-path-moment${at}`],
    ['beside a unit that is off', onInterval(2, [polynomial(0, 0, 1)]), network('1/27', hinge, [1, -2, 3]), 'proved'],
    [
      'beside an active unit of which nothing goes out: the slope may move',
      onInterval(2, [polynomial(0, 0, 1)]),
      network('1/27', hinge, [1, 1, 0]),
      `nonzero-path-moment${at}`,
    ],
    [
      'beside a unit that is 0 everywhere',
      onInterval(2, [polynomial(0, 0, 1)]),
      network('1/27', hinge, [0, 0, 0]),
      `degenerate-unit${at}`,
    ],
    [
      'in two halves, which may part',
      onInterval(2, [polynomial(0, 0, 1)]),
      network('1/27', [1, '-1/3', '2/3'], [1, '-1/3', '2/3']),
      `repeated-kink${at}`,
    ],
    [
      'beside a kinked unit of which nothing goes out',
      onInterval(2, [polynomial(0, 0, 1)]),
      network('1/27', hinge, [1, '-1/2', 0]),
      `bends-downward${at}`,
    ],
    // g = 2/27 at 0, and 2 (1/27 + 8/9 − 1) = −4/27 at 1
    [
      'beside a unit that bends at 0, adding where the realization is too high',
      onInterval(2, [polynomial(0, 0, 1)]),
      network('1/27', hinge, [-1, 0, 1]),
      'proved',
    ],
    [
      'the same, taking away',
      onInterval(2, [polynomial(0, 0, 1)]),
      network('1/27', hinge, [-1, 0, -1]),
      `bends-downward${at}`,
    ],
    [
      'a unit that bends at 1, taking away where it is too low',
      onInterval(2, [polynomial(0, 0, 1)]),
      network('1/27', hinge, [1, -1, -1]),
      'proved',
    ],
    [
      'the same, adding',
      onInterval(2, [polynomial(0, 0, 1)]),
      network('1/27', hinge, [1, -1, 1]),
      `bends-downward${at}`,
    ],
    [
      'another loss of degree 2, squared times 7/3',
      onInterval(1, [polynomial(0, 0, 1)], { loss: { function: 'squared', factor: '7/3' } }),
      network('1/27', hinge),
      'proved',
    ],
    [
      'a loss that is not convex',
      onInterval(1, [polynomial(0, 0, 1)], { loss: { function: 'polynomial', coefficients: ['0', '0', '-1'] } }),
      network('1/27', hinge),
      'unsupported-combination $.statement.problem.loss',
    ],
    [
      'a loss of degree 4',
      onInterval(1, [polynomial(0, 0, 1)], { loss: { function: 'power', exponent: '4' } }),
      network('1/27', hinge),
      'unsupported-combination $.statement.problem.loss',
    ],
    [
      'the density 2x',
      onInterval(1, [polynomial(0, 0, 1)], { density: { polynomial: ['0', '2'] } }),
      network('1/27', hinge),
      `nonzero-path-moment${at}`,
    ],
    [
      'two outputs',
      onInterval(1, [polynomial(0, 0, 1), polynomial(0)], { layers: [dense(1), relu, dense(2)] }),
      point(
        [[[1]], ['-1/3']],
        [
          [['4/3'], [0]],
          ['1/27', 0],
        ],
      ),
      'unsupported-combination $.statement.problem.network',
    ],
  ])('%s', (_, problem, theta, expected) => {
    expect(verdict(problem, theta)).toBe(expected);
  });
});

/** The saddle of y = x with two kinks (theory.md 5d): equidistributed, 1/3 and 2/3, slopes 2/3 at each. */
test('a critical hinge function that is a saddle', () => {
  const line = onInterval(2, [polynomial(0, 1)]);
  const hat = network('1/2', [1, '-1/3', '2/3'], [-1, '2/3', '-2/3']);
  expect(verdict(line, hat)).toBe(`not-strongly-convex${at}`);
  // With one orientation it is not critical.
  expect(verdict(line, network('1/2', [1, '-1/3', '2/3'], [-1, '2/3', '2/3']))).toBe(`nonzero-path-moment${at}`);
});

/** N = relu(x) on [−1, 1], y = N − g/2, g = γ (6x² ± 6x + 1): orthogonal to 1 and x on both sides. */
describe('a hinge that is curved downward', () => {
  const interval = { lower: [-1] };
  const third = [pieces([0], ['1/6', 1, 1], ['1/6', 0, 1])];
  test('γ = −1/3: its height holds it, where the whole cannot be tilted', () => {
    expect(verdict(onInterval(1, third, interval), network(0, [1, 0, 1]))).toBe('proved');
    // An active unit of which nothing goes out.
    expect(verdict(onInterval(2, third, interval), network(0, [1, 0, 1], [1, 2, 0]))).toBe(`not-strongly-convex${at}`);
  });

  test.each([
    ['bias', pieces([0], [-1, '-5/2'], [-1, '5/2'])],
    ['weight', pieces([0], [-1, -2], [-1, 3])],
  ])('a kink whose derivative in its %s is not 0', (_, target) => {
    expect(verdict(onInterval(1, [target], interval), network(0, [1, 0, 1]))).toBe(`nonzero-path-moment${at}`);
  });
});

/** Slopes 1/2 and 1 and N = h(x) on [−1, 1]: y = N − g/2 with g orthogonal to 1, and to h' and h' x, which are 1/2 and 1. */
describe('leaky relu', () => {
  const leaky = activation('leaky-relu', { slope: '1/2' });
  // ∫ g = 0 and ∫_0^1 g + ½ ∫_−1^0 g = 0 make both halves 0; then ½ ∫_−1^0 g x + ∫_0^1 g x = 0.
  const target = (left: Row, right: Row): Fields => pieces([0], left, right);
  const kinked = (left: Row, right: Row): Fields =>
    onInterval(1, [target(left, right)], { lower: [-1], layers: [dense(1), leaky, dense(1)] });
  const theta = network(0, [1, 0, 1]);
  test('a kink that is curved', () => {
    // g = 6x² + 6x + 1 on the left and 6x² − 6x + 1 on the right: orthogonal to 1 and x on both sides, g(0) = 1
    expect(verdict(kinked(['-1/2', '-5/2', -3], ['-1/2', 4, -3]), theta)).toBe('proved');
    // A constant too low.
    expect(verdict(kinked(['1/100', '1/2', 0], ['1/100', 1, 0]), theta)).toBe(`nonzero-path-moment${at}`);
    const bent = (e: number): Fields => kinked([`${e}/2`, `${1 + 6 * e}/2`, 3 * e], [`${e}/2`, 1 - 3 * e, 3 * e]);
    expect(verdict(bent(20), theta)).toBe(`not-strongly-convex${at}`);
  });
});
