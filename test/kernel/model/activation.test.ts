import { describe, expect, test } from 'vitest';
import { formatRational, rational } from '../../../src/kernel/arithmetic/rational.js';
import { readProblem } from '../../../src/kernel/check.js';
import { affinePieceOf, type SmoothPiece } from '../../../src/kernel/model/activation.js';
import { pointRisk } from '../../../src/report/risk-string.js';
import {
  activation,
  answer,
  certificate,
  check,
  dense,
  type Fields,
  piecewise,
  point,
  problem,
  type Value,
} from '../../certificate.js';
import { activate, decimal } from '../../smooth.js';

function smoothText(piece: SmoothPiece): string {
  if (piece.function === 'polynomial') return `[${piece.coefficients.map(formatRational).join(' ')}]`;
  const [scale, rate, shift, offset, alpha] = (['scale', 'rate', 'shift', 'offset', 'alpha'] as const).map((key) =>
    formatRational(piece[key]),
  );
  return `${offset}+${scale}·${piece.function}(${rate}t+${shift})${alpha === '1' ? '' : ` α=${alpha}`}`;
}

/** The breakpoints and pieces of an activation as `slope t + intercept` from left to right, or the refusal. */
function shown(layer: Fields): string {
  const json = problem({ layers: [dense(1), layer, dense(1)], x: [1], y: [1] });
  const read = readProblem(JSON.stringify({ format: 'cairn-problem', version: 1, ...json }));
  if (read.kind !== 'read') return answer(read).replace('$.network.layers[1]', '…');
  const h = read.value.network.stages[0]?.activation;
  if (h === undefined) throw new Error('no stage');
  const piece = (j: number) => {
    const affine = affinePieceOf(h, j);
    if (affine === null) return smoothText(h.smooth?.[j] as SmoothPiece);
    return `${formatRational(affine.slope)}t+${formatRational(affine.intercept)}`;
  };
  return h.breakpoints.reduce(
    (text, at, j) => `${text} |${formatRational(rational(at, h.breakpointDenominator))}| ${piece(j + 1)}`,
    piece(0),
  );
}

describe('named activations', () => {
  test.each<[string, Fields, string]>([
    ['relu', {}, '0t+0 |0| 1t+0'],
    ['identity', {}, '1t+0'],
    ['abs', {}, '-1t+0 |0| 1t+0'],
    ['leaky-relu', {}, '1/100t+0 |0| 1t+0'],
    ['leaky-relu', { slope: '-1' }, '-1t+0 |0| 1t+0'],
    ['leaky-relu', { slope: '0' }, '0t+0 |0| 1t+0'],
    ['leaky-relu', { slope: '1' }, '1t+0'],
    ['prelu', { slope: '1' }, '1t+0'],
    ['prelu', { slope: '2/2' }, '1t+0'],
    ['prelu', { slope: '3' }, '3t+0 |0| 1t+0'],
    ['hardtanh', {}, '0t+-1 |-1| 1t+0 |1| 0t+1'],
    ['relu6', {}, '0t+0 |0| 1t+0 |6| 0t+6'],
    ['hard-sigmoid', {}, '0t+0 |-3| 1/6t+1/2 |3| 0t+1'],
    ['softshrink', {}, '1t+1/2 |-1/2| 0t+0 |1/2| 1t+-1/2'],
    ['softshrink', { threshold: '2' }, '1t+2 |-2| 0t+0 |2| 1t+-2'],
    ['softshrink', { threshold: '0' }, '1t+0'],
    ['softshrink', { threshold: '-1' }, 'out-of-range ….threshold'],
    ['prelu', {}, 'missing-key …'],
    ['prelu', { slope: '1/100', trained: true }, 'unknown-key ….trained'],
    ['relu', { slope: '0' }, 'unknown-key ….slope'],
    ['hardtanh', { threshold: '2' }, 'unknown-key ….threshold'],
    ['Relu', {}, 'unknown-name ….function'],
    ['toString', {}, 'unknown-name ….function'],
    ['sigmoid', {}, '0+1·sigmoid(1t+0)'],
    ['sigmoid', { rate: '2' }, 'unknown-key ….rate'],
    ['elu', {}, '-1+1·exp(1t+0) |0| 1t+0'],
    ['elu', { alpha: '1' }, '-1+1·exp(1t+0) |0| 1t+0'],
    ['elu', { alpha: '5/2' }, '-5/2+5/2·exp(1t+0) |0| 1t+0'],
    ['elu', { alpha: '0' }, 'out-of-range ….alpha'],
    ['elu', { alpha: '-1' }, 'out-of-range ….alpha'],
    ['elu', { scale: '1' }, 'unknown-key ….scale'],
    ['celu', {}, '-1+1·exp(1t+0) |0| 1t+0'],
    ['celu', { alpha: '2/3' }, '-2/3+2/3·exp(3/2t+0) |0| 1t+0'],
    ['celu', { alpha: '0' }, 'out-of-range ….alpha'],
    ['celu', { alpha: '-1/2' }, 'out-of-range ….alpha'],
    ['selu', { alpha: '2', scale: '3' }, '-6+6·exp(1t+0) |0| 3t+0'],
    ['selu', { alpha: '0' }, 'out-of-range ….alpha'],
    ['selu', { scale: '0' }, 'out-of-range ….scale'],
    ['selu', { scale: '-1' }, 'out-of-range ….scale'],
    ['isrlu', {}, '0+1·isru(1t+0) |0| 1t+0'],
    ['isrlu', { alpha: '3' }, '0+1·isru(1t+0) α=3 |0| 1t+0'],
    ['isrlu', { alpha: '0' }, 'out-of-range ….alpha'],
    ['isrlu', { alpha: '-3' }, 'out-of-range ….alpha'],
    ['hardswish', {}, '0t+0 |-3| [0 1/2 1/6] |3| 1t+0'],
    ['hardswish', { alpha: '1' }, 'unknown-key ….alpha'],
    ['gelu', {}, '0+1·gelu(1t+0)'],
    ['silu', {}, '0+1·silu(1t+0)'],
    ['tanh', {}, '0+1·tanh(1t+0)'],
    ['quadratic', {}, '[0 0 1]'],
    ['gelu', { approximate: 'tanh' }, 'unknown-key ….approximate'],
    ['swish', {}, 'unknown-name ….function'],
  ])('%s %o: %s', (name, parameters, expected) => {
    expect(shown(activation(name, parameters))).toBe(expected);
  });
});

describe('piecewise activations', () => {
  test.each<[string, Fields, string]>([
    ['one piece', piecewise([], [2, 3]), '2t+3'],
    ['a hat', piecewise([-1, 0, 1], [0, 0], [1, 1], [-1, 1], [0, 0]), '0t+0 |-1| 1t+1 |0| -1t+1 |1| 0t+0'],
    ['two equal neighbours', piecewise([0, 1], [0, 0], [1, 0], [1, 0]), '0t+0 |0| 1t+0'],
    ['all pieces equal', piecewise([-5, 0, 5], [2, 1], [2, 1], [2, 1], [2, 1]), '2t+1'],
    ['equal pieces with another between', piecewise([0, 1], [1, 0], [0, 0], [1, -1]), '1t+0 |0| 0t+0 |1| 1t+-1'],
    ['fractions', piecewise(['1/3'], ['1/2', 0], ['1/5', '1/10']), '1/2t+0 |1/3| 1/5t+1/10'],
    ['a jump', piecewise([0], [0, 0], [1, 1]), 'discontinuous ….pieces[1]'],
    ['a jump between equal slopes', piecewise([0], [1, 0], [1, 1]), 'discontinuous ….pieces[1]'],
    ['a jump at the second', piecewise([0, 1], [0, 0], [1, 0], [2, 0]), 'discontinuous ….pieces[2]'],
    ['a jump of 10⁻⁴⁰', piecewise([0], [0, 0], [1, `1/1${'0'.repeat(40)}`]), 'discontinuous ….pieces[1]'],
    ['breakpoints in disorder', piecewise([1, 0], [0, 0], [0, 0], [0, 0]), 'unordered-breakpoints ….breakpoints[1]'],
    ['a breakpoint twice', piecewise([0, 0], [0, 0], [5, 0], [1, 0]), 'unordered-breakpoints ….breakpoints[1]'],
    [
      'a breakpoint twice, merged',
      piecewise([0, '0/9'], [1, 0], [1, 0], [1, 0]),
      'unordered-breakpoints ….breakpoints[1]',
    ],
    ['a piece too few', piecewise([0], [0, 0]), 'wrong-shape ….pieces'],
    ['a piece too many', piecewise([], [0, 0], [0, 0]), 'wrong-shape ….pieces'],
    ['no piece', piecewise([]), 'empty-list ….pieces'],
    ['a jump before a wrong order', piecewise([0, 0], [0, 0], [1, 1], [1, 1]), 'discontinuous ….pieces[1]'],
  ])('%s', (_, layer, expected) => {
    expect(shown(layer)).toBe(expected);
  });

  const table = (...pieces: readonly Value[]): Fields => activation('piecewise', { breakpoints: [], pieces });
  test.each<[string, Fields, string]>([
    ['the empty polynomial', table({ polynomial: [] }), 'empty-list ….pieces[0].polynomial'],
    ['a constant', table({ polynomial: ['7'] }), '0t+7'],
    ['zeros of higher degree', table({ polynomial: ['7', '1', '0', '0'] }), '1t+7'],
    ['over a denominator', table({ polynomial: { denominator: '4', numerators: ['2', '6'] } }), '3/2t+1/2'],
    ['a quadratic piece', table({ polynomial: ['0', '0', '1'] }), '[0 0 1]'],
    ['a quadratic piece with zeros', table({ polynomial: ['0', '2', '1/3', '0'] }), '[0 2 1/3]'],
    ['a name alone', table({ function: 'exp' }), 'missing-key ….pieces[0]'],
    ['no polynomial', table({}), 'missing-key ….pieces[0]'],
    ['another key', table({ polynomial: ['0'], on: ['0', '1'] }), 'unknown-key ….pieces[0].on'],
    ['a list', table(['0', '1']), 'wrong-type ….pieces[0]'],
  ])('%s', (_, layer, expected) => {
    expect(shown(layer)).toBe(expected);
  });
});

describe('smooth pieces', () => {
  const of = (f: string, scale = '1', rate = '1', shift = '0', offset = '0'): Fields => ({
    function: f,
    ...{ scale, rate, shift, offset },
  });
  const polynomial = (...c: readonly string[]): Fields => ({ polynomial: c });
  const joined = (at: string, left: Fields, right: Fields): Fields =>
    activation('piecewise', { breakpoints: [at], pieces: [left, right] });
  const alone = (piece: Fields): Fields => activation('piecewise', { breakpoints: [], pieces: [piece] });
  const without = (key: string): Fields =>
    Object.fromEntries(Object.entries(of('exp')).filter(([name]) => name !== key));
  const undecided = (j: number): string => `continuity-undecided ….pieces[${j}]`;

  test.each<[string, Fields, string]>([
    [
      'the example of the contract',
      joined('1', polynomial('0', '1'), of('exp', '1', '1', '-1')),
      '1t+0 |1| 0+1·exp(1t+-1)',
    ],
    ['every name alone', alone(of('tanh', '-2', '1/3', '5', '7')), '7+-2·tanh(1/3t+5)'],
    ['exp(0) = 1', joined('0', polynomial('1'), of('exp')), '0t+1 |0| 0+1·exp(1t+0)'],
    ['exp(0) is not 0', joined('0', polynomial('0'), of('exp')), 'discontinuous ….pieces[1]'],
    ['sigmoid(0) = 1/2', joined('0', polynomial('1/2'), of('sigmoid')), '0t+1/2 |0| 0+1·sigmoid(1t+0)'],
    ['sigmoid(0) is not 0', joined('0', polynomial('0'), of('sigmoid')), 'discontinuous ….pieces[1]'],
    ['tanh(0) = 0', joined('0', of('tanh'), polynomial('0', '1')), '0+1·tanh(1t+0) |0| 1t+0'],
    ['atan(0) = 0', joined('0', of('atan'), polynomial('0')), '0+1·atan(1t+0) |0| 0t+0'],
    ['sin(0) = 0', joined('0', of('sin'), polynomial('0')), '0+1·sin(1t+0) |0| 0t+0'],
    ['erf(0) = 0', joined('0', of('erf'), polynomial('0')), '0+1·erf(1t+0) |0| 0t+0'],
    ['isru(0) = 0', joined('0', of('isru'), polynomial('0')), '0+1·isru(1t+0) |0| 0t+0'],
    ['a jump of 10⁻³⁰', joined('0', of('sin'), polynomial(`1/1${'0'.repeat(30)}`)), 'discontinuous ….pieces[1]'],
    ['two smooth pieces', joined('0', of('sin'), of('tanh', '3')), '0+1·sin(1t+0) |0| 0+3·tanh(1t+0)'],
    [
      'the same piece twice is a breakpoint still',
      joined('0', of('sin'), of('sin')),
      '0+1·sin(1t+0) |0| 0+1·sin(1t+0)',
    ],
    [
      'scale and offset',
      joined('2', of('tanh', '5', '3', '-6', '1/7'), polynomial('1/7')),
      '1/7+5·tanh(3t+-6) |2| 0t+1/7',
    ],
    [
      'polynomials that meet',
      joined('2', polynomial('0', '0', '1'), polynomial('-4', '0', '0', '1')),
      '[0 0 1] |2| [-4 0 0 1]',
    ],
    [
      'polynomials that do not',
      joined('2', polynomial('0', '0', '1'), polynomial('-3', '0', '0', '1')),
      'discontinuous ….pieces[1]',
    ],
    [
      'the same polynomial twice is a breakpoint still',
      joined('0', polynomial('0', '0', '1'), polynomial('0', '0', '1')),
      '[0 0 1] |0| [0 0 1]',
    ],
    ['softplus at 0 is log 2', joined('0', of('softplus'), polynomial('1')), undecided(0)],
    ['softplus at 0 on both sides', joined('0', of('softplus'), of('softplus')), undecided(0)],
    ['exp away from its 0', joined('1', polynomial('1'), of('exp')), undecided(1)],
    ['sin away from its 0', joined('1', of('sin'), polynomial('1')), undecided(0)],
    ['isru where it is rational', joined('3/4', of('isru'), polynomial('3/5')), undecided(0)],
    ['equal for certain, and not known', joined('1', of('tanh'), of('tanh')), undecided(0)],
    ['no scale', alone(without('scale')), 'missing-key ….pieces[0]'],
    ['no rate', alone(without('rate')), 'missing-key ….pieces[0]'],
    ['no shift', alone(without('shift')), 'missing-key ….pieces[0]'],
    ['no offset', alone(without('offset')), 'missing-key ….pieces[0]'],
    ['no function', alone({ scale: '1', rate: '1', shift: '0', offset: '0' }), 'missing-key ….pieces[0]'],
    ['scale 0', alone(of('exp', '0')), 'unsupported-activation ….pieces[0]'],
    ['silu is no piece of a table', alone(of('silu')), 'unknown-name ….pieces[0].function'],
    ['nor is gelu', alone(of('gelu')), 'unknown-name ….pieces[0].function'],
    ['rate 0', alone(of('exp', '1', '0')), 'unsupported-activation ….pieces[0]'],
    ['another name', alone(of('relu')), 'unknown-name ….pieces[0].function'],
    ['a name of every object', alone(of('constructor')), 'unknown-name ….pieces[0].function'],
    ['alpha', alone({ ...of('isru'), alpha: '2' }), 'unknown-key ….pieces[0].alpha'],
    ['both forms', alone({ ...of('exp'), polynomial: ['1'] }), 'unknown-key ….pieces[0].function'],
    ['a polynomial with a scale', alone({ polynomial: ['1'], scale: '2' }), 'unknown-key ….pieces[0].scale'],
    ['degree 1000', alone(polynomial(...new Array<string>(1000).fill('0'), '1')), `[${'0 '.repeat(1000)}1]`],
    [
      'degree 1001',
      alone(polynomial(...new Array<string>(1001).fill('0'), '1')),
      'limit-degree ….pieces[0].polynomial',
    ],
  ])('%s', (_, layer, expected) => {
    expect(shown(layer)).toBe(expected);
  });
});

describe('values are those of the definitions', () => {
  /** h(t), by a network whose risk is its prediction */
  function at(h: Fields, t: string) {
    const linear = { function: 'polynomial', coefficients: ['0', '1'] };
    const verdict = check(
      certificate(
        'not-global-minimum',
        {
          problem: problem({ layers: [dense(1), h, dense(1)], x: [1], y: [0], loss: linear }),
          point: point([[[0]], [t]], [[[1]], [0]]),
          betterPoint: point([[[0]], [t]], [[[0]], [-1000]]),
        },
        { lowerRisk: { rule: 'lower-risk', bits: 100 } },
      ),
    );
    if (verdict.kind !== 'proved') throw new Error(`${verdict.path}: ${verdict.reason.message}`);
    return pointRisk(verdict.theorem);
  }
  const named: readonly Fields[] = [
    ...['relu', 'identity', 'abs', 'leaky-relu', 'hardtanh', 'relu6', 'hard-sigmoid', 'softshrink', 'hardswish'].map(
      (name) => activation(name),
    ),
    activation('prelu', { slope: '-2/7' }),
    activation('softshrink', { threshold: '4/3' }),
    ...['elu', 'celu', 'selu', 'isrlu'].map((name) => activation(name)),
    activation('elu', { alpha: '3' }),
    activation('celu', { alpha: '1/4' }),
    activation('selu', { alpha: '1', scale: '2' }),
    activation('isrlu', { alpha: '9/2' }),
  ];
  const rationalBelow0 = 11;
  test.each(named.map((h, j) => [h['function'], j, h] as const))('%s (%i)', (_, j, h) => {
    for (const t of ['-7', '-3', '-5/2', '-1', '-1/2', '-1/10', '0', '1/10', '1', '3/2', '3', '5', '6', '13/2']) {
      const { lower, upper } = at(h, t);
      const value = activate(h, decimal(t));
      const [low, high] = [decimal(formatRational(lower)), decimal(formatRational(upper))];
      if (j < rationalBelow0 || !t.startsWith('-')) {
        expect(formatRational(lower)).toBe(formatRational(upper));
        expect(value.sub(low).abs().lt('1e-38')).toBe(true);
      } else {
        expect(low.sub('1e-36').lte(value) && high.add('1e-36').gte(value)).toBe(true);
        expect(high.sub(low).lt('1e-28')).toBe(true);
      }
    }
  });
});

/** Slopes 0 and 1 by turns, between breakpoints at −n, …, −1; the last piece is right of −1. */
function zigzag(n: number): Fields {
  const breakpoints = Array.from({ length: n }, (_, j) => j - n);
  const pieces: [number, number][] = [[0, 0]];
  for (const at of breakpoints) {
    const [slope, intercept] = pieces[pieces.length - 1] as [number, number];
    pieces.push([1 - slope, intercept + (2 * slope - 1) * at]);
  }
  return piecewise(breakpoints, ...pieces);
}

describe('tables of many pieces', () => {
  /** Every unit sees 1/2 at every sample. */
  const verdictOf = (h: Fields, kind: string, node: Fields, samples: number, units: number): string => {
    const each = <T>(count: number, value: T): T[] => new Array<T>(count).fill(value);
    const statement = {
      problem: problem({ layers: [dense(units), h, dense(1)], x: each(samples, 0), y: each(samples, 0) }),
      point: point([each(units, [0]), each(units, '1/2')], [[each(units, 0)], [0]]),
      ...(kind.endsWith('-near') ? { radius: '1/10' } : {}),
    };
    const proof = kind.startsWith('no-') ? { descent: node } : { localMinimum: node };
    return answer(check(certificate(kind, statement, proof), { limits: { operations: 2_000_000 } }));
  };
  const node = '$.proof.localMinimum';
  const ball = { rule: 'strongly-convex-ball', modulus: '1' };
  const flat = { rule: 'coincident-preactivations', halfWidth: '1/10', vectors: [], solveFor: { layer: 1, bias: 0 } };

  test.each<[string, Fields, number, number, string]>([
    ['local-minimum', { rule: 'affine-span' }, 20, 20, 'proved'],
    ['local-minimum-near', ball, 10, 20, `not-strongly-convex ${node}.modulus`],
    ['local-minimum-near', flat, 1, 200, 'proved'],
    ['no-local-minimum-near', { rule: 'gradient-bound' }, 20, 20, 'gradient-may-vanish $.proof.descent'],
  ])('comparing with breakpoints is charged: %s, %j', (kind, node, samples, units, expected) => {
    expect(verdictOf(zigzag(2), kind, node, samples, units)).toBe(expected);
    expect(verdictOf(zigzag(20_000), kind, node, samples, units)).toBe('limit-operations $');
  });

  /** Steps of height 1 from 0 to p_1, from there to p_1 + p_2, …: ((t − from)/p)^degree, for denominators p_j that have nothing in common. */
  const stairs = (denominators: readonly number[], degree: 1 | 2): Fields => {
    let from = 0;
    const breakpoints = [0];
    const steps = denominators.map((p, j) => {
      const line = degree === 1 ? [`${j * p - from}/${p}`, `1/${p}`] : null;
      const square = [`${j * p * p + from * from}/${p * p}`, `${-2 * from}/${p * p}`, `1/${p * p}`];
      from += p;
      breakpoints.push(from);
      return line ?? square;
    });
    const pieces = [['0'], ...steps, [String(denominators.length)]].map((polynomial) => ({ polynomial }));
    return activation('piecewise', { breakpoints: breakpoints.map(String), pieces });
  };

  test.each([1, 2] as const)('a common denominator as long as all of them is declined: degree %i', (degree) => {
    const primes: number[] = [];
    for (let n = 2; primes.length < 300; n++) if (primes.every((p) => n % p !== 0)) primes.push(n);
    const json = problem({ layers: [dense(1), stairs(primes, degree), dense(1)], x: [1], y: [1] });
    const text = JSON.stringify({ format: 'cairn-problem', version: 1, ...json });
    expect(readProblem(text, { limits: { limbs: 100_000 } }).kind).toBe('read');
    expect(readProblem(text, { limits: { limbs: 20_000 } })).toMatchObject({
      kind: 'declined',
      path: '$.network.layers[1]',
      reason: { code: 'limit-limbs' },
    });
  });
});
