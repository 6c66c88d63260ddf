import { describe, expect, test } from 'vitest';
import { formatRational, type Rational } from '../../../src/kernel/arithmetic/rational.js';
import { readPoint, readProblem } from '../../../src/kernel/check.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';
import { evaluateIfRational, riskAt } from '../../../src/kernel/model/enclosing.js';
import type { SampleProblem } from '../../../src/kernel/statement.js';
import { Refusal } from '../../../src/kernel/verdict.js';
import { activation, dense, type Fields, point, problem, type Value } from '../../certificate.js';
import { Chance, type Decimal, decimal, functionNames, layersOf, riskOf } from '../../smooth.js';

function read(problem: Fields, theta: Fields) {
  const found = readProblem(JSON.stringify({ format: 'cairn-problem', version: 1, ...problem }));
  if (found.kind !== 'read') throw new Error(`${found.path}: ${found.reason.message}`);
  const at = readPoint(JSON.stringify({ format: 'cairn-point', version: 1, ...theta }), found.value);
  if (at.kind !== 'read') throw new Error(`${at.path}: ${at.reason.message}`);
  return { problem: found.value as SampleProblem, parameters: at.value.parameters };
}

const of = (a: Rational): Decimal => decimal(formatRational(a));

function enclosed(json: Fields, theta: Fields, bits: number) {
  const { problem, parameters } = read(json, theta);
  const { lower, upper } = riskAt(problem, parameters, bits, new Meter(defaultLimits));
  return { lower: of(lower), upper: of(upper), exactly: formatRational(lower) === formatRational(upper) };
}

const piece = (f: string, scale: Value, rate: Value, shift: Value, offset: Value): Fields => ({
  function: f,
  ...{ scale, rate, shift, offset },
});
const table = (breakpoints: readonly Value[], ...pieces: readonly Fields[]): Fields =>
  activation('piecewise', { breakpoints, pieces });
const polynomial = (...c: readonly Value[]): Fields => ({ polynomial: c });

const activations: readonly Fields[] = [
  ...['relu', 'abs', 'hardtanh', 'relu6', 'hard-sigmoid', 'hardswish', 'leaky-relu', 'softshrink'].map((name) =>
    activation(name),
  ),
  ...['elu', 'celu', 'isrlu', 'selu'].map((name) => activation(name)),
  activation('elu', { alpha: '1/3' }),
  activation('celu', { alpha: '5/2' }),
  activation('isrlu', { alpha: '4' }),
  activation('selu', { alpha: '2', scale: '1/2' }),
  ...functionNames.map((f) => table([], piece(f, '-3/2', '2/3', '-1/5', '1/7'))),
  table(['0'], piece('tanh', '2', '3', '0', '0'), polynomial('0', '1', '-1/3')),
  table(['-1'], polynomial('1', '0', '0', '1'), piece('sin', '1', '1', '1', '0')),
];

const losses: readonly Fields[] = [
  { function: 'squared' },
  { function: 'power', exponent: '3' },
  { function: 'power', exponent: '3/2' },
  { function: 'power', exponent: '101/100', factor: '7/3' },
  { function: 'power', exponent: '7/2' },
  { function: 'huber', threshold: '2/3' },
  { function: 'smooth-quantile', level: '1/5', width: '1/2' },
  { function: 'log-cosh', factor: '1/9' },
  { function: 'logistic' },
  { function: 'cross-entropy', factor: '5' },
  { function: 'polynomial', coefficients: ['1/3', '-1', '0', '2', '-1/7'] },
];

function randomProblem(chance: Chance, h: Fields, loss: Fields): { json: Fields; theta: Fields } {
  const k = loss['function'] === 'cross-entropy' ? 1 + chance.below(3) : 1 + chance.below(2);
  const [d, units, n] = [1 + chance.below(2), 1 + chance.below(2), 1 + chance.below(2)];
  const deep = chance.below(3) === 0;
  const target = (): string[] => {
    if (loss['function'] === 'cross-entropy') {
      const shares = chance.list(k, () => chance.below(4));
      const sum = shares.reduce((a, b) => a + b, 0);
      return sum === 0 ? shares.map((_, c) => (c === 0 ? '1' : '0')) : shares.map((s) => `${s}/${sum}`);
    }
    if (loss['function'] === 'logistic') return chance.list(k, () => `${chance.below(4)}/3`);
    return chance.list(k, () => chance.fraction());
  };
  const layer = (u: number, inputs: number) =>
    [
      chance.list(u, () => chance.list(inputs, () => chance.fraction())),
      chance.list(u, () => chance.fraction()),
    ] as const;
  return {
    json: problem({
      layers: [dense(units), h, ...(deep ? [dense(2), h] : []), dense(k)],
      loss,
      x: chance.list(n, () => chance.list(d, () => chance.fraction())),
      y: chance.list(n, target),
      weights: chance.list(n, () => `${1 + chance.below(5)}/${1 + chance.below(3)}`),
    }),
    theta: point(layer(units, d), ...(deep ? [layer(2, units)] : []), layer(k, deep ? 2 : units)),
  };
}

describe('enclosures of the risk contain what decimal.js computes', () => {
  test.each(losses.map((loss, l) => [l, loss] as const))('%i: %o', (l, loss) => {
    const chance = new Chance(l);
    let narrow = 0;
    let total = 0;
    for (const [a, h] of activations.entries()) {
      if ((a + l) % 2 === 0) {
        const { json, theta } = randomProblem(chance, h, loss);
        const value = riskOf(json, layersOf(theta));
        if (!value.isFinite()) continue;
        const error = value.abs().add(1).mul('1e-25');
        for (const bits of [1, 2, 7, 64, 100]) {
          let found: ReturnType<typeof enclosed>;
          try {
            found = enclosed(json, theta, bits);
          } catch (refusal) {
            // Only because something is too large, or too wide, to enclose.
            if (!(refusal instanceof Refusal) || refusal.code !== 'irrational-value') throw refusal;
            continue;
          }
          const { lower, upper } = found;
          expect(lower.lte(upper)).toBe(true);
          expect(lower.sub(error).lte(value)).toBe(true);
          expect(upper.add(error).gte(value)).toBe(true);
          if (bits === 100) {
            total++;
            if (upper.sub(lower).lte(value.abs().add(1).mul('1e-20'))) narrow++;
          }
        }
      }
    }
    expect(total).toBeGreaterThan(7);
    expect(narrow / total).toBeGreaterThan(0.7);
  });
});

describe('exact where it is known to be', () => {
  const chain = (h: Fields): Fields =>
    problem({
      layers: [dense(1), h, dense(1)],
      x: [1],
      y: [0],
      loss: { function: 'polynomial', coefficients: ['0', '1'] },
    });
  const at = (t: string): Fields => point([[[0]], [t]], [[[1]], [0]]);
  const exp = (...rest: readonly [Value, Value, Value, Value]) => piece('exp', ...rest);
  test.each<[string, Fields, string, string]>([
    ['an affine piece', activation('elu'), '3/2', '3/2'],
    ['the breakpoint, where the exact piece is on the right', activation('elu'), '0', '0'],
    ['the breakpoint, where it is on the left', table(['0'], polynomial('0', '2'), exp('1', '1', '0', '-1')), '0', '0'],
    ['a polynomial piece', activation('hardswish'), '-1', '-1/3'],
    ['a breakpoint of polynomials', activation('hardswish'), '-3', '0'],
    ['a cubic', table([], polynomial('1/2', '0', '0', '-2/3')), '-3/2', '11/4'],
    ['trailing zeros', table([], polynomial('1/2', '0', '1', '0', '0')), '3', '19/2'],
    [
      'degrees that differ',
      table(['0'], polynomial('0', '1', '1'), polynomial('0', '1', '0', '0', '5')),
      '1/2',
      '13/16',
    ],
    [
      'degrees that differ, the other side',
      table(['0'], polynomial('0', '1', '1'), polynomial('0', '1', '0', '0', '5')),
      '-1/2',
      '-1/4',
    ],
    [
      'denominators that differ',
      table(['0'], polynomial('1/5', '1/7', '1/3'), polynomial('1/5', '1/11')),
      '-1/2',
      '89/420',
    ],
  ])('%s', (_, h, t, expected) => {
    const { problem, parameters } = read(chain(h), at(t));
    const { lower, upper } = riskAt(problem, parameters, 8, new Meter(defaultLimits));
    expect([formatRational(lower), formatRational(upper)]).toEqual([expected, expected]);
  });

  test.each<[string, Fields, string]>([
    ['exp', activation('elu'), '-1'],
    ['isru, though 3/5 it is', table([], piece('isru', '1', '1', '0', '0')), '3/4'],
    ['tanh at 0, which the kernel does not look for', table([], piece('tanh', '1', '1', '0', '0')), '0'],
    [
      'two smooth pieces at their breakpoint',
      table(['0'], piece('tanh', '1', '1', '0', '0'), piece('sin', '1', '1', '0', '0')),
      '0',
    ],
  ])('not known to be rational: %s', (_, h, t) => {
    const { problem, parameters } = read(chain(h), at(t));
    expect(evaluateIfRational(problem, parameters, new Meter(defaultLimits))).toBe(null);
  });
});

test('an enclosure that meets a breakpoint takes both pieces', () => {
  // exp(−1) is known to 1 bit only: [0, 1/2] or so; its hinge at 3/8 must keep both sides.
  const json = problem({
    layers: [dense(1), activation('elu'), dense(1), activation('relu'), dense(1)],
    x: [1],
    y: [0],
    loss: { function: 'polynomial', coefficients: ['0', '1'] },
  });
  const theta = point([[[0]], [-1]], [[[1]], [1]], [[[1]], ['-3/8']]);
  const value = riskOf(json, layersOf(theta));
  for (const bits of [1, 2, 3, 4, 5, 50]) {
    const { lower, upper } = enclosed(json, theta, bits);
    expect(lower.lte(value) && value.lte(upper)).toBe(true);
  }
  expect(enclosed(json, theta, 1).lower.lte(0)).toBe(true);
});

describe('what is too large to enclose is refused, not guessed', () => {
  const code = (act: () => unknown): string => {
    try {
      act();
    } catch (refusal) {
      if (refusal instanceof Refusal) return `${refusal.kind} ${refusal.code}`;
      throw refusal;
    }
    return 'enclosed';
  };
  const grow = table([], piece('exp', '1', '1', '0', '0'));
  const linear = { function: 'polynomial', coefficients: ['0', '1'] };
  test.each<[string, Fields, Fields, number, string]>([
    [
      'e^4096',
      problem({ layers: [dense(1), grow, dense(1)], x: [1], y: [0], loss: linear }),
      point([[[0]], [4096]], [[[1]], [0]]),
      4,
      'enclosed',
    ],
    [
      'e^4097',
      problem({ layers: [dense(1), grow, dense(1)], x: [1], y: [0], loss: linear }),
      point([[[0]], [4097]], [[[1]], [0]]),
      4,
      'declined irrational-value',
    ],
    [
      'e^(e^(e^3))',
      problem({ layers: [dense(1), grow, dense(1), grow, dense(1), grow, dense(1)], x: [1], y: [0], loss: linear }),
      point([[[0]], [3]], [[[1]], [0]], [[[1]], [0]], [[[1]], [0]]),
      64,
      'declined irrational-value',
    ],
    [
      'a power of 10^2000',
      problem({ layers: [dense(1)], x: [1], y: [0], loss: { function: 'power', exponent: '3/2' } }),
      point([[[0]], [`1${'0'.repeat(2000)}`]]),
      64,
      'declined irrational-value',
    ],
    [
      'log-cosh of 10^2000',
      problem({ layers: [dense(1)], x: [1], y: [0], loss: { function: 'log-cosh' } }),
      point([[[0]], [`1${'0'.repeat(2000)}`]]),
      64,
      'enclosed',
    ],
    [
      'logits that are 10,000 apart',
      problem({ layers: [dense(2)], x: [1], y: [[1, 0]], loss: { function: 'cross-entropy' } }),
      point([
        [[0], [0]],
        [0, 10000],
      ]),
      64,
      'declined irrational-value',
    ],
    [
      'the same, the other way',
      problem({ layers: [dense(2)], x: [1], y: [[1, 0]], loss: { function: 'cross-entropy' } }),
      point([
        [[0], [0]],
        [10000, 0],
      ]),
      64,
      'enclosed',
    ],
  ])('%s', (_, json, theta, bits, expected) => {
    const { problem, parameters } = read(json, theta);
    expect(code(() => riskAt(problem, parameters, bits, new Meter(defaultLimits)))).toBe(expected);
  });

  test.each([
    ['of 100,000 bits', grow, '1', 100_000],
    ['near e^4096', grow, '4095', 64],
  ])('many values %s cost more than the limit', (_, h, t, bits) => {
    const json = problem({
      layers: [dense(1), h, dense(1)],
      x: new Array<number>(1000).fill(1),
      y: new Array<number>(1000).fill(0),
    });
    const { problem: read_, parameters } = read(json, point([[[0]], [t]], [[[1]], [0]]));
    const limits = { ...defaultLimits, operations: 1e10 };
    expect(code(() => riskAt(read_, parameters, bits, new Meter(limits)))).toBe('declined limit-operations');
  });

  test('towers of polynomials too', () => {
    const degree = (n: number) => table([], polynomial(...new Array<string>(n).fill('0'), '1'));
    const json = problem({
      layers: [1, 2, 3, 4].flatMap(() => [dense(1), degree(100)]).concat(dense(1)),
      x: [3],
      y: [0],
    });
    const unit = [[[3]], ['1/7']] as const;
    const { problem: read_, parameters } = read(json, point(unit, unit, unit, unit, unit));
    const limits = { ...defaultLimits, operations: 1e9 };
    expect(code(() => riskAt(read_, parameters, 64, new Meter(limits)))).toMatch(/^declined limit-/);
  });
});
