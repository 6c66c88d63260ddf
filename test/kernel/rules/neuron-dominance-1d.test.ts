import { describe, expect, test } from 'vitest';
import {
  abs,
  activation,
  answer,
  certificate,
  check,
  dense,
  type Fields,
  frozen,
  localMinimum,
  piecewise,
  point,
  type Row,
  relu,
} from '../../certificate.js';
import { type BoxParts, boxProblem, network, onInterval, pieces, polynomial } from './box-problems.js';

const rule = { rule: 'neuron-dominance-1d' };
const at = ' $.statement.point';

const verdict = (problem: Fields, theta: Fields): string => answer(check(localMinimum(problem, theta, rule)));

/** y = x on [0, 1], the constant 1/2: g = 1 − 2x. */
describe('without a kink inside the interval', () => {
  const line = (units = 1, layers = [dense(units), relu, dense(1)]) =>
    onInterval(units, [polynomial(0, 1)], { layers });
  test.each<[string, Fields, Fields, string]>([
    ['inactive', line(), network('1/2', [1, -2, 5]), 'proved'],
    ['inactive, and nothing goes out', line(), network('1/2', [1, -2, 0]), 'proved'],
    ['the constant is wrong', line(), network('51/100', [1, -2, 5]), `nonzero-path-moment${at}`],
    ['semi-inactive at 0, adding where the realization is too high', line(), network('1/2', [-1, 0, 1]), 'proved'],
    ['the same, taking away: a descent', line(), network('1/2', [-1, 0, -1]), `bends-downward${at}`],
    ['semi-inactive at 1, taking away where it is too low', line(), network('1/2', [1, -1, -1]), 'proved'],
    ['the same, adding', line(), network('1/2', [1, -1, 1]), `bends-downward${at}`],
    ['semi-inactive, and nothing goes out', line(), network('1/2', [1, -1, 0]), `bends-downward${at}`],
    ['degenerate', line(), network('1/2', [0, 0, 1]), `degenerate-unit${at}`],
    ['degenerate, and nothing goes out', line(), network('1/2', [0, 0, 0]), `degenerate-unit${at}`],
    ['one of two degenerate', line(2), network('1/2', [1, -2, 1], [0, 0, 0]), `degenerate-unit${at}`],
    [
      'an active unit of which nothing goes out: the slope may move',
      line(),
      network('1/2', [1, 1, 0]),
      `nonzero-path-moment${at}`,
    ],
    [
      'the same on a falling side of abs',
      line(1, [dense(1), abs, dense(1)]),
      network('1/2', [1, -3, 0]),
      `nonzero-path-moment${at}`,
    ],
    [
      'without an output bias an active unit moves constants, too: N = x + 3, y = x + 2 on [−1, 1]',
      onInterval(1, [polynomial(2, 1)], { lower: [-1], layers: [dense(1), relu, dense(1, false)] }),
      point([[[1]], [3]], [[[1]]]),
      `nonzero-path-moment${at}`,
    ],
    ['a constant unit above 0', line(), network('-1/2', [0, 1, 1]), `nonzero-path-moment${at}`],
    ['a constant unit below 0', line(), network('1/2', [0, -1, 1]), 'proved'],
    ['semi-active at 0: the slope may move', line(), network('1/2', [1, 0, 0]), `nonzero-path-moment${at}`],
  ])('%s', (_, problem, theta, expected) => {
    expect(verdict(problem, theta)).toBe(expected);
  });

  // The best line to x² is x − 1/6: g = 2 (x − 1/6 − x²), −1/3 at both ends.
  const square = (units: number) => onInterval(units, [polynomial(0, 0, 1)]);
  test.each<[string, Fields, Fields, string]>([
    ['an active unit', square(1), network('-7/6', [1, 1, 1]), 'proved'],
    ['semi-active at 0', square(1), network('-1/6', [1, 0, 1]), `bends-downward${at}`],
    ['semi-active at 0, falling', square(2), network('-1/6', [1, 0, -1], [1, 1, 2]), `nonzero-path-moment${at}`],
    ['semi-active at 0, falling, with the line made up', square(2), network('-13/6', [1, 0, -1], [1, 1, 2]), 'proved'],
    ['semi-active at 1', square(2), network('17/6', [-1, 1, -1], [-1, 2, -1]), `nonzero-path-moment${at}`],
  ])('%s', (_, problem, theta, expected) => {
    expect(verdict(problem, theta)).toBe(expected);
  });
});

/** N = relu(x) on [−1, 1] and g = 1 + 2x on the left, 6x² − 6x + 1 on the right: y = N − g/2. */
describe('with a kink at 0', () => {
  const left: Row = ['-1/2', -1];
  const right: Row = ['-1/2', 4, -3];
  const interval = { lower: [-1], targets: [pieces([0], left, right)] };
  const kinked = (rest: Partial<BoxParts> = {}) => onInterval(1, interval.targets, { ...interval, ...rest });
  const theta = network(0, [1, 0, 1]);
  const leaky = activation('leaky-relu', { slope: '1/2' });
  test.each<[string, Fields, Fields, string]>([
    ['relu', kinked(), theta, 'proved'],
    ['scaled, weights 3 and 1/3', kinked(), network(0, [3, 0, '1/3']), 'proved'],
    ['the kink moved', kinked(), network(0, [1, '-1/1000', 1]), `nonzero-path-moment${at}`],
    ['steeper', kinked(), network(0, [1, 0, '1001/1000']), `nonzero-path-moment${at}`],
    ['a constant more', kinked(), network('1/1000', [1, 0, 1]), `nonzero-path-moment${at}`],
    [
      'looking at the active side only would be wrong: slopes 1/2 and 1 (theory.md 5a)',
      onInterval(1, [pieces([0], ['-1/2', '-1/2'], ['-1/2', 4, -3])], {
        ...{ lower: [-1], layers: [dense(1), leaky, dense(1)] },
      }),
      theta,
      `nonzero-path-moment${at}`,
    ],
    [
      'the derivative in the weight is 0, that in the bias is not: g = 2 + 5x left, 2 − 3x right',
      kinked({ targets: [pieces([0], [-1, '-5/2'], [-1, '5/2'])] }),
      theta,
      `nonzero-path-moment${at}`,
    ],
    [
      'two units with one kink',
      onInterval(2, interval.targets, interval),
      network(0, [1, 0, '1/2'], [2, 0, '1/4']),
      'proved',
    ],
    [
      'one of them bends down',
      onInterval(2, interval.targets, interval),
      network(0, [1, 0, 2], [1, 0, -1]),
      `bends-downward${at}`,
    ],
    [
      'nothing goes out of a kinked unit',
      onInterval(2, interval.targets, interval),
      network(0, [1, 0, 1], [1, 0, 0]),
      `bends-downward${at}`,
    ],
    [
      'nothing goes out of a unit with a kink of its own',
      onInterval(2, interval.targets, interval),
      network(0, [1, 0, 1], [1, '-1/2', 0]),
      `bends-downward${at}`,
    ],
    [
      'downward: y = N + g/2',
      kinked({ targets: [pieces([0], ['1/2', 1], ['1/2', -2, 3])] }),
      theta,
      `bends-downward${at}`,
    ],
    [
      'turned over: y = −N + g/2, a falling unit',
      kinked({ targets: [pieces([0], ['1/2', 1], ['1/2', -4, 3])] }),
      network(0, [1, 0, -1]),
      'proved',
    ],
    [
      'mirrored: x to −x',
      kinked({ targets: [pieces([0], ['-1/2', -4, -3], ['-1/2', 1])] }),
      network(0, [-1, 0, 1]),
      'proved',
    ],
    [
      'a density that is 0 at the kink',
      kinked({ density: { polynomial: ['0', '0', '1'] } }),
      theta,
      `nonzero-path-moment${at}`,
    ],
    [
      'another convex loss, of degree 4',
      kinked({ loss: { function: 'power', exponent: '4' } }),
      theta,
      `nonzero-path-moment${at}`,
    ],
  ])('%s', (_, problem, given, expected) => {
    expect(verdict(problem, given)).toBe(expected);
  });

  test('slopes that cancel out: abs, with g even and orthogonal to x on each side', () => {
    // g = 6x² − 6|x| + 1, y = |x| − g/2
    const problem = kinked({
      layers: [dense(1), abs, dense(1)],
      targets: [pieces([0], ['-1/2', -4, -3], ['-1/2', 4, -3])],
    });
    expect(verdict(problem, theta)).toBe('proved');
    expect(verdict(problem, network(0, [-1, 0, 1]))).toBe('proved');
    expect(verdict(problem, network(0, [1, 0, 1]))).toBe('proved');
    expect(verdict(problem, network(0, [1, '1/100', 1]))).toBe(`nonzero-path-moment${at}`);
  });

  test('spurious with a better point, and not with a worse one', () => {
    const spurious = (better: Fields): string =>
      answer(
        check(
          certificate(
            'spurious-local-minimum',
            {
              problem: onInterval(2, interval.targets, interval),
              point: network(0, [1, 0, '1/2'], [2, 0, '1/4']),
              betterPoint: better,
            },
            { localMinimum: rule, lowerRisk: { rule: 'lower-risk' } },
          ),
        ),
      );
    expect(spurious(network('-1/2', [-1, 0, 1], [1, 0, '7/4']))).toBe('proved');
    expect(spurious(network(0, [1, 0, '1/2'], [1, 0, '1/2']))).toBe('not-below $.statement.betterPoint');
  });
});

describe('what the rule has no proof for', () => {
  const line = [polynomial(0, 1)];
  const dead = network('1/2', [1, -2, 5]);
  test.each<[string, Fields, Fields, string]>([
    [
      'no bias at the output: near θ the network is 0',
      onInterval(1, line, { layers: [dense(1), relu, dense(1, false)] }),
      point([[[1]], [-2]], [[[5]]]),
      'proved',
    ],
    [
      'a frozen output',
      onInterval(1, line, { layers: [dense(1), relu, frozen([[[5]], ['1/3']])] }),
      point([[[1]], [-2]]),
      'proved',
    ],
    [
      'two outputs',
      onInterval(1, [...line, ...line], { layers: [dense(1), relu, dense(2)] }),
      point(
        [[[1]], [-2]],
        [
          [[5], [5]],
          [0, 0],
        ],
      ),
      'unsupported-combination $.statement.problem.network',
    ],
    [
      'two hidden layers',
      onInterval(1, line, { layers: [dense(1), relu, dense(1), relu, dense(1)] }),
      point([[[1]], [-2]], [[[5]], [0]], [[[5]], [0]]),
      'unsupported-combination $.statement.problem.network',
    ],
    [
      'no hidden layer',
      onInterval(1, line, { layers: [dense(1)] }),
      point([[[0]], ['1/2']]),
      'unsupported-combination $.statement.problem.network',
    ],
    [
      'two breakpoints',
      onInterval(1, line, { layers: [dense(1), activation('hardtanh'), dense(1)] }),
      dead,
      'unsupported-combination $.statement.problem.network',
    ],
    [
      'a breakpoint elsewhere',
      onInterval(1, line, { layers: [dense(1), piecewise([1], [0, 0], [1, -1]), dense(1)] }),
      dead,
      'unsupported-combination $.statement.problem.network',
    ],
    [
      'a curved piece right of 0',
      onInterval(1, line, {
        layers: [
          dense(1),
          activation('piecewise', {
            breakpoints: ['0'],
            pieces: [{ polynomial: ['0'] }, { polynomial: ['0', '0', '1'] }],
          }),
          dense(1),
        ],
      }),
      dead,
      'unsupported-combination $.statement.problem.network',
    ],
    [
      'one slope on both sides',
      onInterval(1, line, { layers: [dense(1), activation('leaky-relu', { slope: '1' }), dense(1)] }),
      dead,
      'unsupported-combination $.statement.problem.network',
    ],
    [
      'another value at 0',
      onInterval(1, line, { layers: [dense(1), piecewise([0], [0, 1], [1, 1]), dense(1)] }),
      dead,
      'unsupported-combination $.statement.problem.network',
    ],
    [
      'the quadratic activation',
      onInterval(1, line, { layers: [dense(1), activation('quadratic'), dense(1)] }),
      dead,
      'unsupported-combination $.statement.problem.network',
    ],
    [
      'two inputs',
      boxProblem({ layers: [dense(1), relu, dense(1)], lower: [0, 0], upper: [1, 1], targets: [{ terms: [] }] }),
      point([[[1, 0]], [-2]], [[[5]], [0]]),
      'unsupported-combination $.statement.problem.network',
    ],
    [
      'a loss that is not convex',
      onInterval(1, line, { loss: { function: 'polynomial', coefficients: ['0', '0', '1', '0', '-1'] } }),
      dead,
      'unsupported-combination $.statement.problem.loss',
    ],
  ])('%s', (_, problem, theta, expected) => {
    expect(verdict(problem, theta)).toBe(expected);
  });

  test('samples', () => {
    const problem = {
      network: { input: [1], layers: [dense(1), relu, dense(1)] },
      loss: { function: 'squared' },
      data: { type: 'samples', inputs: [['0'], ['1']], targets: [['0'], ['1']] },
    };
    for (const name of ['neuron-dominance-1d', 'reduced-hessian-1d']) {
      expect(answer(check(localMinimum(problem, dead, { rule: name })))).toBe(
        'unsupported-combination $.proof.localMinimum.rule',
      );
    }
  });
});
