import { describe, expect, test } from 'vitest';
import { lcm } from '../../../src/kernel/arithmetic/gcd.js';
import { rational } from '../../../src/kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';
import { type FormalSum, formalGradients, formalSums } from '../../../src/kernel/model/formal-gradient.js';
import type { SmoothLoss } from '../../../src/kernel/model/loss.js';
import { Chance, Decimal, decimal, lossAt } from '../../smooth.js';

const meter = () => new Meter(defaultLimits);
const loss = (name: SmoothLoss['name'], exponent = '1'): SmoothLoss => {
  const [n, d] = exponent.split('/').map(BigInt) as [bigint, bigint?];
  return { family: 'smooth', name, factor: rational(3n, 7n), exponent: rational(n, d ?? 1n) };
};

/** Numerators over one denominator. */
function over(rows: readonly (readonly string[])[]) {
  const parts = rows.map((row) => row.map((q) => q.split('/').map(BigInt) as [bigint, bigint?]));
  const denominator = parts.flat().reduce((common, [, d]) => lcm(common, d ?? 1n), 1n);
  return { rows: parts.map((row) => row.map(([n, d]) => n * (denominator / (d ?? 1n)))), denominator, bits: 64 };
}

function gradients(of: SmoothLoss, p: readonly string[][], y: readonly string[][], mu: readonly string[]) {
  const [predictions, targets, weights] = [over(p), over(y), over([mu])];
  return formalGradients(
    of,
    predictions.rows,
    predictions.denominator,
    {
      inputs: targets,
      targets,
      weights: { values: weights.rows[0] as bigint[], denominator: weights.denominator, bits: 64 },
    } as unknown as Parameters<typeof formalGradients>[3],
    meter(),
  );
}

/** The real number that a formal sum stands for. */
function value(sum: FormalSum, exponent: Decimal, p: readonly (readonly string[])[]): Decimal {
  return [...sum].reduce((total, [name, c]) => {
    const [f, ...numbers] = name.split(' ');
    const first = f === '1' ? new Decimal(1) : decimal(numbers[0] as string);
    const term =
      f === '1'
        ? new Decimal(1)
        : f === 'tanh'
          ? first.tanh()
          : f === 'power'
            ? first.ln().mul(exponent.sub(1)).exp()
            : first.exp().div(exponentials(p[Number(numbers[3])] as readonly string[]));
    return total.add(term.mul(String(c)));
  }, new Decimal(0));
}

/** Σ_b e^(d_b), d the logits less the least one. */
function exponentials(row: readonly string[]): Decimal {
  const logits = row.map(decimal);
  const least = Decimal.min(...logits);
  return logits.reduce((sum, z) => sum.add(z.sub(least).exp()), new Decimal(0));
}

/** dℓ/dp_c, from a difference quotient of the definition. */
function derivative(of: SmoothLoss, p: readonly Decimal[], y: readonly Decimal[], c: number): Decimal {
  const fields = { function: of.name, exponent: `${of.exponent.num}/${of.exponent.den}` };
  const h = new Decimal('1e-12');
  const at = (t: Decimal) =>
    lossAt(
      fields,
      p.map((z, b) => (b === c ? z.add(t) : z)),
      y,
    );
  return at(h).sub(at(h.neg())).div(h.mul(2));
}

describe('every row is the gradient times its weight, up to one positive factor for all', () => {
  const cases: readonly [SmoothLoss, number][] = [
    [loss('log-cosh'), 1],
    [loss('log-cosh'), 3],
    [loss('power', '3/2'), 2],
    [loss('power', '8/3'), 1],
    [loss('power', '11/10'), 2],
    [loss('logistic'), 1],
    [loss('logistic'), 2],
    [loss('cross-entropy'), 2],
    [loss('cross-entropy'), 3],
    [loss('cross-entropy'), 4],
  ];
  test.each(cases.map(([of, k]) => [of.name, k, of] as const))('%s, %i outputs', (_, k, of) => {
    const chance = new Chance(k);
    for (let attempt = 0; attempt < 3; attempt++) {
      const n = 4;
      const probability = of.name === 'logistic' || of.name === 'cross-entropy';
      const target = (): string[] => {
        if (of.name === 'logistic') return chance.list(k, () => `${chance.below(6)}/5`);
        if (of.name !== 'cross-entropy') return chance.list(k, () => chance.fraction());
        const shares = chance.list(k, () => 1 + chance.below(4));
        return shares.map((s) => `${s}/${shares.reduce((a, b) => a + b, 0)}`);
      };
      // The last sample has equal logits.
      const p = chance.list(n, () => chance.list(k, () => chance.fraction(4, [1, 2, 3])));
      p[n - 1] = new Array<string>(k).fill('5/7');
      const y = chance.list(n, target);
      const mu = chance.list(n, () => `${1 + chance.below(6)}/${1 + chance.below(4)}`);
      const { rows } = gradients(of, p, y, mu);
      const exponent = decimal(`${of.exponent.num}/${of.exponent.den}`);
      const ratios: Decimal[] = [];
      rows.forEach((row, i) => {
        row.forEach((sum, c) => {
          const [at, to] = [(p[i] as string[]).map(decimal), (y[i] as string[]).map(decimal)];
          const g = decimal(mu[i] as string).mul(derivative(of, at, to, c));
          if (g.abs().lt('1e-9')) {
            if (!(probability && k === 1)) expect(value(sum, exponent, p).abs().lt('1e-5')).toBe(true);
            return;
          }
          ratios.push(value(sum, exponent, p).div(g));
        });
      });
      for (const ratio of ratios) {
        expect(ratio.gt(0)).toBe(true);
        expect(
          ratio
            .div(ratios[0] as Decimal)
            .sub(1)
            .abs()
            .lt('1e-3'),
        ).toBe(true);
      }
    }
  });
});

describe('formal sums', () => {
  const text = (sum: FormalSum): string => [...sum].map(([name, c]) => `${c}·${name}`).join(' + ') || '0';
  test.each<[string, SmoothLoss, string[], string[], string]>([
    ['residual 0', loss('log-cosh'), ['1/2'], ['2/4'], '0'],
    ['odd', loss('log-cosh'), ['0'], ['1/2'], '-1·tanh 1/2'],
    ['lowest terms', loss('log-cosh'), ['4/6'], ['0'], '1·tanh 2/3'],
    ['a power', loss('power', '3/2'), ['-3'], ['0'], '-1·power 3'],
    ['a logit 0 for ½', loss('logistic'), ['0'], ['1/2'], '0'],
    ['a logit 0 for 1', loss('logistic'), ['0'], ['1'], '-1·1'],
    ['a logit for 1', loss('logistic'), ['3'], ['1'], '1·tanh 3/2 + -1·1'],
    ['two classes are one logit', loss('cross-entropy'), ['3', '0'], ['1', '0'], '1·tanh 3/2 + -1·1'],
    ['equal logits', loss('cross-entropy'), ['7', '7', '7'], ['1/3', '1/3', '1/3'], '0'],
    ['one class', loss('cross-entropy'), ['7'], ['1'], '0'],
    [
      'a logit above the least',
      loss('cross-entropy'),
      ['3', '1', '2'],
      ['1', '0', '0'],
      '-1·1 + 1·softmax 2 of sample 0',
    ],
    [
      'the least logit is what the others leave',
      loss('cross-entropy'),
      ['1', '3', '2'],
      ['0', '0', '1'],
      '1·1 + -1·softmax 2 of sample 0 + -1·softmax 1 of sample 0',
    ],
    [
      'two least logits share it',
      loss('cross-entropy'),
      ['1', '3', '1'],
      ['1/2', '0', '1/2'],
      '-2·softmax 2 of sample 0',
    ],
  ])('%s', (_, of, p, y, expected) => {
    expect(text((gradients(of, [p], [y], ['1']).rows[0] as FormalSum[])[0] as FormalSum)).toBe(expected);
  });

  const sum = (entries: Record<string, bigint>): FormalSum => new Map(Object.entries(entries));
  test('no coefficient is kept that is 0', () => {
    const a = sum({ x: 2n, y: -1n });
    expect(formalSums.isZero(formalSums.add(a, formalSums.scale(a, -1n)))).toBe(true);
    expect(formalSums.isZero(formalSums.scale(a, 0n))).toBe(true);
    expect(text(formalSums.add(a, sum({ y: 1n })))).toBe('2·x');
    expect(formalSums.isZero(formalSums.add(a, sum({ z: -1n })))).toBe(false);
  });

  test('sums in place leave their terms alone, and each other', () => {
    const a = sum({ x: 2n });
    const sums = [formalSums.zero, formalSums.zero];
    formalSums.addMultiples(sums, a, [3n, 0n]);
    formalSums.addMultiples(sums, a, [1n, -5n]);
    formalSums.addMultiples(sums, a, [-4n, 5n]);
    expect(sums.map(formalSums.isZero)).toEqual([true, true]);
    expect(text(a)).toBe('2·x');
    expect(formalSums.zero.size).toBe(0);
  });
});

describe('relations between names', () => {
  const total = (of: SmoothLoss, p: readonly string[][], y: readonly string[][], mu: readonly string[]) => {
    const { rows, numbers } = gradients(of, p, y, mu);
    const [sum, size] = rows.reduce(
      ([all, count], row) => [numbers.add(all, row[0] as FormalSum), count + 1],
      [numbers.zero, 0],
    );
    expect(size).toBe(p.length);
    const of1 = decimal(`${of.exponent.num}/${of.exponent.den}`);
    const isZero = numbers.isZero(sum);
    // What is called 0 is 0, to thirty digits.
    if (isZero) expect(value(sum, of1, p).abs().lt('1e-30')).toBe(true);
    return isZero;
  };
  test.each<[string, string, string[], string[], boolean]>([
    ['√4 = 2√1', '3/2', ['4', '-1'], ['1', '2'], true],
    ['√4 is not 3√1', '3/2', ['4', '-1'], ['1', '3'], false],
    ['√8 = 2√2', '3/2', ['8', '-2'], ['1', '2'], true],
    ['√(1/2) = ½√2', '3/2', ['1/2', '-2'], ['2', '1'], true],
    ['√2 and √3 are independent', '3/2', ['2', '-3'], ['1', '1'], false],
    ['√2 + √8 = 3√2', '3/2', ['2', '8', '-18'], ['1', '1', '1'], true],
    ['each class by itself', '3/2', ['2', '-8', '3', '-12'], ['2', '1', '2', '1'], true],
    ['each class by itself, one of them not 0', '3/2', ['2', '-8', '3', '-12'], ['2', '1', '1', '1'], false],
    ['∛16 = 2∛2', '4/3', ['16', '-2'], ['1', '2'], true],
    ['∛4 is no multiple of ∛2', '4/3', ['4', '-2'], ['1', '1'], false],
    ['16^(2/3) = 4 · 2^(2/3)', '5/3', ['16', '-2'], ['1', '4'], true],
    ['16^(2/3) is not 2 · 2^(2/3)', '5/3', ['16', '-2'], ['1', '2'], false],
    ['(27/8)^(2/3) = 9/4', '5/3', ['27/8', '-1'], ['4', '9'], true],
    ['a square root where a cube root is asked for', '4/3', ['4', '-1'], ['1', '2'], false],
    ['a long exponent', '100000000000000000000001/100000000000000000000000', ['4', '-2'], ['1', '1'], false],
  ])('%s', (_, exponent, residuals, mu, expected) => {
    const of = loss('power', exponent);
    expect(
      total(
        of,
        residuals.map((r) => [r]),
        residuals.map(() => ['0']),
        mu,
      ),
    ).toBe(expected);
  });

  test('an exponent that would take too long is declined', () => {
    expect(() => total(loss('power', '200000000001/2'), [['4'], ['-1']], [['0'], ['0']], ['1', '2'])).toThrow(
      'limb operations',
    );
  });

  test('probabilities of the same logits add up to 1, in any order', () => {
    const of = loss('cross-entropy');
    const p = [
      ['0', '1/2', '2'],
      ['1/2', '2', '0'],
      ['9', '7', '15/2'],
    ];
    const y = (a: string, b: string) => p.map((_, i) => (i === 0 ? [a, b, '0'] : ['1/3', '1/3', '1/3']));
    expect(total(of, p, y('1/3', '2/3'), ['1', '1', '1'])).toBe(true);
    expect(total(of, p, y('1/2', '1/2'), ['1', '1', '1'])).toBe(false);
    expect(total(of, p, y('1/3', '2/3'), ['1', '1', '2'])).toBe(false);
    expect(total(of, [...p.slice(0, 2), ['9', '7', '8']], y('1/3', '2/3'), ['1', '1', '1'])).toBe(false);
  });
});
