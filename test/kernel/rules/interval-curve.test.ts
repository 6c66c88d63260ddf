/** Gradients and curves of the true loss on an interval: theory.md 7; proofs/rules/descent-curve.md, zero-gradient.md. */
import { describe, expect, test } from 'vitest';
import {
  activation,
  answer,
  certificate,
  check,
  dense,
  type Fields,
  frozen,
  piecewise,
  point,
  type Row,
  relu,
} from '../../certificate.js';
import { type BoxParts, boxProblem, pieces, polynomial } from './box-problems.js';

const at = ' $.statement.point';
const noDescent = 'not-descending $.proof.descent.coefficients';
const noAscent = 'not-ascending $.proof.ascent.coefficients';
const network = 'unsupported-combination $.statement.problem.network';

type Quantity = Row[0];
type Unit = readonly [w: Quantity, b: Quantity, v: Quantity];
/** One unit (w, b, v) each, and the output bias: a point, or a coefficient of a curve. */
const of = (c: Quantity, ...units: readonly Unit[]): Fields =>
  point([units.map(([w]) => [w]), units.map(([, b]) => b)], [[units.map(([, , v]) => v)], [c]]);

const parts = (units: number, targets: BoxParts['targets'], rest: Partial<BoxParts> = {}): Fields =>
  boxProblem({ layers: [dense(units), relu, dense(1)], lower: [0], upper: [1], targets, ...rest });

const descent = (...coefficients: readonly Fields[]): Fields => ({ rule: 'descent-curve', coefficients });
const ascent = (...coefficients: readonly Fields[]): Fields => ({ rule: 'ascent-curve', coefficients });

function falls(problem: Fields, theta: Fields, ...coefficients: readonly Fields[]): string {
  return answer(
    check(certificate('not-local-minimum', { problem, point: theta }, { descent: descent(...coefficients) })),
  );
}

function saddle(problem: Fields, theta: Fields, down: readonly Fields[], up: readonly Fields[]): string {
  const proof = { critical: { rule: 'zero-gradient' }, descent: descent(...down), ascent: ascent(...up) };
  return answer(check(certificate('saddle', { problem, point: theta }, proof)));
}

/** y = x on [0, 1], the constant 1/2: g = 1 − 2x, and ∫ g x = −1/6. */
const line = (units = 1, rest: Partial<BoxParts> = {}): Fields => parts(units, [polynomial(0, 1)], rest);
const closed = of('1/2', [0, 0, 0]);

describe('a curve', () => {
  test.each<[string, Fields, Fields, readonly Fields[], string]>([
    ['opens a unit that is 0 everywhere', line(), closed, [of(0, [1, 0, 1])], 'proved'],
    ['opens it the wrong way', line(), closed, [of(0, [1, 0, -1])], noDescent],
    ['moves its outgoing weight alone', line(), closed, [of(0, [0, 0, 1])], noDescent],
    ['moves its weight at second order', line(), closed, [of(0, [0, 0, 1]), of(0, [1, 0, 0])], 'proved'],
    ['moves its weight down: it stays 0', line(), closed, [of(0, [0, 0, 1]), of(0, [-1, 0, 0])], noDescent],
    ['opens it with a kink that stands still', line(), closed, [of(0, [1, '-1/2', 1])], 'proved'],
    ['opens it with a kink that comes out of 0', line(), closed, [of(0, [1, 0, 1]), of(0, [0, -1, 0])], 'proved'],
    ['with a kink far beyond 1', line(), closed, [of(0, [0, -1, 1]), of(0, [1, 0, 0])], noDescent],
    [
      'a constant of third order does not matter',
      line(),
      closed,
      [of(0, [1, 0, 1]), of(0, [0, 0, 0]), of(10, [0, 0, 0])],
      'proved',
    ],
    ['one of first order does', line(), closed, [of(1, [1, 0, 1])], noDescent],
    ['moves a kink into the interval', line(), of('1/2', [-1, 0, -1]), [of(0, [0, 1, 0])], 'proved'],
    ['moves it out', line(), of('1/2', [-1, 0, -1]), [of(0, [0, -1, 0])], noDescent],
    ['moves it in, where the unit adds', line(), of('1/2', [-1, 0, 1]), [of(0, [0, 1, 0])], noDescent],
    ['the same at the other end', line(), of('1/2', [1, -1, 1]), [of(0, [0, 1, 0])], 'proved'],
    ['and taking away there', line(), of('1/2', [1, -1, -1]), [of(0, [0, 1, 0])], noDescent],
    [
      'two units that make up for each other',
      line(2),
      of('1/2', [0, 0, 0], [0, 0, 0]),
      [of(0, [1, 0, 1], [1, 0, -1])],
      noDescent,
    ],
    [
      'of two units, one twice as fast',
      line(2),
      of('1/2', [0, 0, 0], [0, 0, 0]),
      [of(0, [1, 0, 2], [1, 0, -1])],
      'proved',
    ],
    [
      'a density that moves the mean to 2/3',
      line(1, { density: { polynomial: ['0', '1'] } }),
      of('2/3', [0, 0, 0]),
      [of(0, [1, 0, 1])],
      'proved',
    ],
    ['the mean without it', line(), of('2/3', [0, 0, 0]), [of(1, [0, 0, 0])], noDescent],
    ['the fourth power', line(1, { loss: { function: 'power', exponent: '4' } }), closed, [of(0, [1, 0, 1])], 'proved'],
    [
      'the fourth power, upward',
      line(1, { loss: { function: 'power', exponent: '4' } }),
      closed,
      [of(0, [1, 0, -1])],
      noDescent,
    ],
    [
      'a loss that bends down',
      line(1, { loss: { function: 'polynomial', coefficients: ['0', '0', '-1'] } }),
      closed,
      [of(1, [0, 0, 0])],
      'proved',
    ],
    [
      'a target with a breakpoint, on its right side',
      parts(1, [pieces(['1/2'], [0], ['-1/2', 1])]),
      of('1/8', [1, '-1/2', 0]),
      [of(0, [0, 0, 1])],
      'proved',
    ],
    [
      'and on its left',
      parts(1, [pieces(['1/2'], [0], ['-1/2', 1])]),
      of('1/8', [-1, '1/2', 0]),
      [of(0, [0, 0, 1])],
      noDescent,
    ],
    [
      'a frozen hidden layer does not move',
      line(1, { layers: [frozen([[[0]], [0]]), relu, dense(1)] }),
      point([[[0]], ['1/2']]),
      [point([[[1]], [0]])],
      noDescent,
    ],
    [
      'a frozen output does not',
      line(1, { layers: [dense(1), relu, frozen([[[0]], ['1/2']])] }),
      point([[[0]], [0]]),
      [point([[[1]], [1]])],
      noDescent,
    ],
  ])('%s', (_, problem, theta, coefficients, expected) => {
    expect(falls(problem, theta, ...coefficients)).toBe(expected);
  });

  test('two outputs, of which one falls as much as the other rises', () => {
    const problem = parts(1, [polynomial(0, 1), polynomial(0, 1)], { layers: [dense(1), relu, dense(2)] });
    const two = (c: Row, v: Row, w: Quantity): Fields => point([[[w]], [0]], [v.map((a) => [a]), c]);
    const theta = two(['1/2', '1/2'], [0, 0], 0);
    expect(falls(problem, theta, two([0, 0], [1, -1], 1))).toBe(noDescent);
    expect(falls(problem, theta, two([0, 0], [2, -1], 1))).toBe('proved');
    expect(saddle(problem, theta, [two([0, 0], [2, -1], 1)], [two([0, 0], [1, -1], 1)])).toBe('proved');
    const second = two(['1/2', '51/100'], [0, 0], 0);
    expect(saddle(problem, second, [two([0, 0], [2, -1], 1)], [two([0, 0], [1, -1], 1)])).toBe(`nonzero-gradient${at}`);
  });

  test('y = −x² on [−1, 1] by v (w x)² + c: at w = 0 no breakpoint, and yet lower (theory.md 5e)', () => {
    const problem = parts(1, [polynomial(0, 0, -1)], {
      ...{ lower: [-1], layers: [dense(1, false), activation('quadratic'), dense(1)] },
    });
    const curve = (w: Quantity, v: Quantity, c: Quantity): Fields => point([[[w]]], [[[v]], [c]]);
    expect(falls(problem, curve(0, -1, '-1/3'), curve(1, 0, 0))).toBe('proved');
    expect(falls(problem, curve(0, 1, '-1/3'), curve(1, 0, 0))).toBe(noDescent);
    expect(saddle(problem, curve(0, -1, '-1/3'), [curve(1, 0, 0)], [curve(0, 0, 1)])).toBe('proved');
    expect(saddle(problem, curve('1/100', -1, '-1/3'), [curve(1, 0, 0)], [curve(0, 0, 1)])).toBe(
      `nonzero-gradient${at}`,
    );
  });
});

describe('a saddle', () => {
  const [down, up] = [of(0, [1, 0, 1]), of(0, [1, 0, -1])];
  const tanh = line(1, { layers: [dense(1), activation('hardtanh'), dense(1)] });
  const falling = line(1, { layers: [dense(1), piecewise([0], [-1, 0], [0, 0]), dense(1)] });
  // g = 1 + 2x on [−1, 0] and 6x² − 6x + 1 on [0, 1], y = relu(x) − g/2: a minimum for the unit (1, 0, 1).
  const kinked = parts(1, [pieces([0], ['-1/2', -1], ['-1/2', 4, -3])], { lower: [-1] });
  test.each<[string, Fields, Fields, Fields, Fields, string]>([
    ['a unit that is 0 everywhere, and nothing comes of it', line(), closed, down, up, 'proved'],
    ['both curves upward', line(), closed, up, up, noDescent],
    ['both curves downward', line(), closed, down, down, noAscent],
    ['along neither curve anything moves', line(), closed, of(0, [1, 0, 0]), up, noDescent],
    ['nothing moves upward', line(), closed, down, of(0, [1, 0, 0]), noAscent],
    ['a constant that is too large', line(), of('51/100', [0, 0, 0]), down, up, `nonzero-gradient${at}`],
    ['something comes of the unit: R has a kink', line(), of('1/2', [0, 0, 1]), down, up, `not-differentiable${at}`],
    [
      'the same where the unit falls: R rises along no coordinate, and falls along −w',
      falling,
      of('1/2', [0, 0, 1]),
      up,
      down,
      `not-differentiable${at}`,
    ],
    ['its bias is not 0: R has none, but a slope', line(), of('-1/2', [0, 1, 1]), down, up, `nonzero-gradient${at}`],
    [
      'a unit that only its outgoing weight could turn',
      line(),
      of('1/2', [1, 1, 0]),
      down,
      up,
      `nonzero-gradient${at}`,
    ],
    ['a kink at an end', line(), of('1/2', [-1, 0, -1]), of(0, [0, 1, 0]), of(1, [0, 0, 0]), 'proved'],
    [
      'one of two units has a kink in R',
      line(2),
      of('1/2', [0, 0, 0], [0, 0, 1]),
      of(0, [1, 0, 1], [0, 0, 0]),
      of(0, [1, 0, -1], [0, 0, 0]),
      `not-differentiable${at}`,
    ],
    [
      'hardtanh on its breakpoint 1, nothing comes of it',
      tanh,
      of('1/2', [0, 1, 0]),
      of(1, [-1, 0, -1]),
      of(0, [-1, 0, 1]),
      'proved',
    ],
    [
      'hardtanh on it, something does',
      tanh,
      of('-1/2', [0, 1, 1]),
      of(1, [-1, 0, -1]),
      of(0, [-1, 0, 1]),
      `not-differentiable${at}`,
    ],
    ['hardtanh on −1', tanh, of('3/2', [0, -1, 1]), of(1, [-1, 0, -1]), of(0, [-1, 0, 1]), `not-differentiable${at}`],
    [
      'hardtanh between them',
      tanh,
      of('1/2', [0, 0, 1]),
      of(1, [-1, 0, -1]),
      of(0, [-1, 0, 1]),
      `nonzero-gradient${at}`,
    ],
    ['a minimum with a kink: nothing falls', kinked, of(0, [1, 0, 1]), of(0, [0, 1, 0]), of(1, [0, 0, 0]), noDescent],
    ['the kink moved', kinked, of(0, [1, '1/1000', 1]), of(0, [0, 1, 0]), of(1, [0, 0, 0]), `nonzero-gradient${at}`],
    ['steeper', kinked, of(0, ['1001/1000', 0, 1]), of(0, [0, 1, 0]), of(1, [0, 0, 0]), `nonzero-gradient${at}`],
  ])('%s', (_, problem, theta, lower, higher, expected) => {
    expect(saddle(problem, theta, [lower], [higher])).toBe(expected);
  });
});

describe('what has no rule here', () => {
  const one = [polynomial(0, 1)];
  const first = point([[[0]], ['1/2']]);
  test.each<[string, Fields, Fields, Fields, string]>([
    ['no hidden layer', parts(1, one, { layers: [dense(1)] }), first, point([[[1]], [0]]), network],
    [
      'two hidden layers',
      parts(1, one, { layers: [dense(1), relu, dense(1), relu, dense(1)] }),
      point([[[0]], [0]], [[[0]], [0]], [[[0]], ['1/2']]),
      point([[[1]], [0]], [[[1]], [0]], [[[1]], [0]]),
      network,
    ],
    [
      'two inputs',
      boxProblem({ layers: [dense(1), relu, dense(1)], lower: [0, 0], upper: [1, 1], targets: [{ terms: [] }] }),
      point([[[1, 0]], [0]], [[[1]], [0]]),
      point([[[1, 0]], [0]], [[[-1]], [0]]),
      network,
    ],
    [
      'a coefficient of another shape',
      line(),
      closed,
      of(0, [1, 0, 1], [1, 0, 1]),
      'wrong-shape $.proof.descent.coefficients[0].layers[0].weights',
    ],
  ])('%s', (_, problem, theta, coefficient, expected) => {
    expect(falls(problem, theta, coefficient)).toBe(expected);
  });

  test('descent-direction', () => {
    const node = { rule: 'descent-direction', direction: of(0, [1, 0, 1]) };
    const found = answer(
      check(certificate('not-local-minimum', { problem: line(), point: closed }, { descent: node })),
    );
    expect(found).toBe('unsupported-combination $.proof.descent.rule');
  });

  test('no coefficient', () => {
    expect(falls(line(), closed)).toBe('empty-list $.proof.descent.coefficients');
  });

  test('a degree in t beyond the limit: 1 · ((1 + 1) · 2 + (2 + 1) · (1 + 1)) for one unit, squared loss and y = x', () => {
    const text = certificate(
      'not-local-minimum',
      { problem: line(), point: closed },
      { descent: descent(of(0, [1, 0, 1])) },
    );
    expect(answer(check(text, { limits: { degree: 9 } }))).toBe('limit-degree $.proof.descent.coefficients');
    expect(answer(check(text, { limits: { degree: 10 } }))).toBe('proved');
  });

  test('a long breakpoint of a target of high degree: its value is declined, not computed', () => {
    const high: Row = [...new Array<number>(100).fill(0), 1];
    const long = `1/1${'0'.repeat(60_000)}`;
    const problem = parts(1, [pieces([long], high, high)]);
    expect(falls(problem, closed, of(0, [1, 0, 1]))).toBe('limit-operations $');
  });
});

/** φ(t) = R(θ + tξ) − R(θ) = a t + b t² + … with b < 0 on both sides of 0. */
describe('negative curvature', () => {
  /** The saddle of y = x with two kinks: slopes 2/3 at each. */
  const hat = of('1/2', [1, '-1/3', '2/3'], [-1, '2/3', '-2/3']);
  const apart = of(0, [-2, 2, 0], [1, 0, 0]);
  const notCurved = 'not-curved $.proof.descent.direction';
  const onAKink = `on-a-kink${at}`;
  /** An active unit of which nothing goes out: with w and v, δN = t (1 + t x). */
  const active = (c: Quantity): Fields => of(c, [0, 1, 0]);
  test.each<[string, Fields, Fields, Fields, string]>([
    ['two kinks that move apart', line(2), hat, apart, 'proved'],
    ['the same turned', line(2), hat, of(0, [2, -2, 0], [-1, 0, 0]), 'proved'],
    ['ten times as fast', line(2), hat, of(0, [-20, 20, 0], [10, 0, 0]), 'proved'],
    ['the constant curves upward', line(2), hat, of(1, [0, 0, 0], [0, 0, 0]), notCurved],
    ['with enough of it', line(2), hat, of(10, [-2, 2, 0], [1, 0, 0]), notCurved],
    ['a unit that turns: δN = t² x', line(), active('1/2'), of('-1', [1, 0, 1]), 'proved'],
    ['where the constant is wrong, too', line(), active('51/100'), of('-1', [1, 0, 1]), 'proved'],
    ['where the risk falls at first order', line(), active('51/100'), of('-9/10', [1, 0, 1]), 'proved'],
    ['where it rises at first order', line(), active('51/100'), of('-11/10', [1, 0, 1]), 'proved'],
    ['δN = −t² x', line(), active('1/2'), of('1', [1, 0, -1]), notCurved],
    ['nothing moves', line(), active('1/2'), of(0, [0, 0, 0]), notCurved],
    ['a unit that is 0 everywhere opens one way only', line(), closed, of(0, [1, 0, 1]), onAKink],
    ['a kink at the end comes in one way only', line(), of('1/2', [-1, 0, -1]), of(0, [0, 1, 0]), onAKink],
    [
      'δN = |t|/10 + t² x: the risk bends alike on both sides, and rises on both',
      line(3),
      of('51/100', [0, 1, 0], [0, 0, '1/10'], [0, 0, '1/10']),
      of('-1', [1, 0, 1], [0, 1, 0], [0, -1, 0]),
      onAKink,
    ],
    [
      'a direction of another shape',
      line(),
      closed,
      of(0, [1, 0, 1], [1, 0, 1]),
      'wrong-shape $.proof.descent.direction.layers[0].weights',
    ],
  ])('%s', (_, problem, theta, direction, expected) => {
    const node = { rule: 'negative-curvature', direction };
    expect(answer(check(certificate('not-local-minimum', { problem, point: theta }, { descent: node })))).toBe(
      expected,
    );
  });

  test('it is a descent of a saddle, too', () => {
    const proof = {
      critical: { rule: 'zero-gradient' },
      descent: { rule: 'negative-curvature', direction: apart },
      ascent: ascent(of(1, [0, 0, 0], [0, 0, 0])),
    };
    expect(answer(check(certificate('saddle', { problem: line(2), point: hat }, proof)))).toBe('proved');
  });
});
