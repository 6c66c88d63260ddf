import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Enclosures, largestExponent } from '../../../src/kernel/arithmetic/enclosure.js';
import { type Interval, point } from '../../../src/kernel/arithmetic/interval.js';
import {
  atanhSeries,
  atanSeries,
  cosSeries,
  erfSeries,
  expSeries,
  sinSeries,
} from '../../../src/kernel/arithmetic/series.js';

const seed = { seed: 1 };
const names = [
  'exp',
  'log',
  'sqrt',
  'sin',
  'cos',
  'atan',
  'acos',
  'tanh',
  'sigmoid',
  'softplus',
  'logCosh',
  'erf',
] as const;
type Name = (typeof names)[number];
const increasing: readonly Name[] = ['exp', 'log', 'sqrt', 'atan', 'tanh', 'sigmoid', 'softplus', 'erf'];

const within = (a: Interval, b: Interval) => b.low <= a.low && a.high <= b.high;
const meet = (a: Interval, b: Interval) => a.low <= b.high && b.low <= a.high;
const ordered = (a: bigint, b: bigint): Interval => (a < b ? { low: a, high: b } : { low: b, high: a });
const width = (a: Interval) => a.high - a.low;
function given(a: Interval | undefined): Interval {
  if (a === undefined) throw new Error('no enclosure');
  return a;
}
const one = (bits: number) => 1n << BigInt(bits);
const instances = new Map<number, Enclosures>();
function enclosures(bits: number): Enclosures {
  const E = instances.get(bits) ?? new Enclosures(bits);
  instances.set(bits, E);
  return E;
}

/** Numerators over 2^bits in the domain of f: near 0, of every size up to about 40, and some larger. */
function numerators(f: Name, bits: number): fc.Arbitrary<bigint> {
  const unit = one(bits);
  const upTo = (max: bigint) => fc.bigInt({ min: -max, max });
  if (f === 'acos')
    return fc.oneof(
      upTo(unit),
      fc.bigInt({ min: 0n, max: 9n }).map((n) => unit - n),
    );
  const any = fc.oneof(
    upTo(9n),
    fc.integer({ min: 0, max: bits }).chain((k) => upTo(one(k))),
    upTo(4n * unit),
    upTo(40n * unit),
    upTo(one(bits + 10)),
  );
  const size = (n: bigint) => (n < 0n ? -n : n);
  if (f === 'log') return any.map((n) => size(n) + 1n);
  return f === 'sqrt' ? any.map(size) : any;
}

describe('against decimal.js', () => {
  const D = Decimal.clone({ precision: 95, toExpNeg: -9e15, toExpPos: 9e15 });
  const decimal = (n: bigint, bits: number) => new D(n.toString()).div(new D(2).pow(bits));
  /** Maclaurin's alternating series at 95 digits, which cancels at most about 12 of them on |x| ≤ 5. */
  function erf(x: Decimal): Decimal {
    if (x.abs().gt(5)) return new D(Math.sign(x.toNumber()));
    let [power, sum] = [x, x];
    for (let k = 1; k < 400; k++) {
      power = power.times(x).times(x).div(-k);
      sum = sum.plus(power.div(2 * k + 1));
    }
    return sum.times(2).div(D.acos(-1).sqrt());
  }
  const real: { readonly [f in Name]: (x: Decimal) => Decimal } = {
    exp: (x) => x.exp(),
    log: (x) => x.ln(),
    sqrt: (x) => x.sqrt(),
    sin: (x) => x.sin(),
    cos: (x) => x.cos(),
    atan: (x) => x.atan(),
    acos: (x) => x.acos(),
    tanh: (x) => x.tanh(),
    sigmoid: (x) => new D(1).div(x.neg().exp().plus(1)),
    softplus: (x) => x.exp().plus(1).ln(),
    logCosh: (x) => x.cosh().ln(),
    erf,
  };
  /** What decimal.js may be wrong by, here: 95 digits for numbers up to e^40. */
  const slack = new D(10).pow(-70);
  const holds = (a: Interval, value: Decimal, bits: number) =>
    decimal(a.low, bits).minus(slack).lte(value) && decimal(a.high, bits).plus(slack).gte(value);

  test.each(names)('%s of points holds the value, in at most one unit', (f) => {
    for (const bits of [16, 64]) {
      const limit = 40n * one(bits);
      fc.assert(
        fc.property(
          numerators(f, bits).filter((t) => -limit <= t && t <= limit),
          (t) => {
            const result = given(enclosures(bits)[f](point(t)));
            const x = decimal(t, bits);
            if (f === 'erf' && x.abs().gt(5)) return;
            expect(holds(result, real[f](x), bits), `${f}(${t}/2^${bits})`).toBe(true);
            expect(width(result)).toBeLessThanOrEqual(1n);
          },
        ),
        { ...seed, numRuns: 40 },
      );
    }
  });

  test.each(names)('%s of rational enclosures holds the value', (f) => {
    const E = enclosures(48);
    const den = fc.bigInt({ min: 1n, max: 10n ** 12n });
    const num = fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n });
    fc.assert(
      fc.property(num, den, (n, d) => {
        const size = n < 0n ? -n : n;
        const [p, q] = f === 'acos' ? [n, size + d] : f === 'log' || f === 'sqrt' ? [size + 1n, d] : [n, d];
        fc.pre(f !== 'erf' || size <= 5n * d);
        fc.pre(size <= 40n * d || f === 'acos');
        const x = new D(p.toString()).div(q.toString());
        const argument = E.of(p, q);
        fc.pre(f !== 'log' || argument.low > 0n);
        expect(holds(given(E[f](argument)), real[f](x), 48), `${f}(${p}/${q})`).toBe(true);
      }),
      { ...seed, numRuns: 40 },
    );
  });

  // At few bits the tail counts: rounding each term hides it only in part. Enclosures takes 64 bits more, which would hide an error here.
  test.each<[string, typeof expSeries, number, (x: Decimal) => Decimal]>([
    ['exp', expSeries, 6, (x) => x.exp()],
    ['sin', sinSeries, 4, (x) => x.sin()],
    ['cos', cosSeries, 4, (x) => x.cos()],
    ['atan', atanSeries, 1 / 2, (x) => x.atan()],
    ['artanh', atanhSeries, 1 / 2, (x) => x.atanh()],
    ['erf', erfSeries, 4, (x) => erf(x).times(x.times(x).exp()).times(D.acos(-1).sqrt()).div(2)],
  ])('the series of %s at few bits holds the values at both ends', (name, series, most, f) => {
    for (const bits of [0, 1, 2, 3, 5, 8]) {
      const last = BigInt(Math.floor(most * 2 ** bits));
      // x² is rounded up, to more than 1/2 where there are too few bits.
      if (most < 1 && bits < 1) continue;
      const step = last > 64n ? (name === 'erf' ? 29n : 7n) : 1n;
      for (let low = 0n; low <= last; low += step) {
        for (const high of [low, low + 1n]) {
          if (high > last) continue;
          const result = series({ low, high }, BigInt(bits));
          for (const t of [low, high])
            expect(holds(result, f(decimal(t, bits)), bits), `${name}(${t}/2^${bits})`).toBe(true);
        }
      }
    }
  });

  test('π and log 2', () => {
    for (const bits of [1, 16, 64, 256]) {
      expect(holds(enclosures(bits).pi, D.acos(-1), bits)).toBe(true);
      expect(holds(enclosures(bits).ln2, D.ln(2), bits)).toBe(true);
      expect(width(enclosures(bits).pi)).toBe(1n);
      expect(width(enclosures(bits).ln2)).toBe(1n);
    }
  });
});

const mpmath = spawnSync('python3', ['-c', 'import mpmath']).status === 0;
describe.skipIf(!mpmath)('against mpmath, where there is one: the smallest interval', () => {
  const oracle = fileURLToPath(new URL('enclosure.oracle.py', import.meta.url));

  function compare(bits: number, questions: readonly (readonly [Name, bigint])[]) {
    const input = questions.map(([f, t]) => `${f} ${bits} ${t}\n`).join('');
    const answers = execFileSync('python3', [oracle], { input, encoding: 'utf8' }).trim().split('\n');
    expect(answers.length).toBe(questions.length);
    questions.forEach(([f, t], i) => {
      const result = enclosures(bits)[f](point(t));
      expect(result && `${result.low} ${result.high}`, `${f}(${t}/2^${bits})`).toBe(answers[i]);
    });
  }

  test.each([16, 64, 256, 1024])('random points over 2^%i', (bits) => {
    const count = bits > 256 ? 4 : bits > 64 ? 12 : 30;
    compare(
      bits,
      names.flatMap((f) => fc.sample(numerators(f, bits), { ...seed, numRuns: count }).map((t) => [f, t] as const)),
    );
  });

  test.each([16, 64])('points over 2^%i where a case begins', (bits) => {
    const unit = one(bits);
    const around = (n: bigint) => [-2n, -1n, 0n, 1n, 2n].flatMap((by) => [n + by, -n + by]);
    const m = BigInt(bits);
    const root = given(enclosures(bits).sqrt(enclosures(bits).of(7n * m, 10n))).low;
    // Where e^(−x) or e^(−2x) or e^(−x²) counts as 0; 0, 1, powers of 2, and multiples of π/2.
    const places = [
      (7n * m * unit) / 10n,
      (7n * (m + 1n) * unit) / 20n,
      root,
      0n,
      unit,
      2n * unit,
      unit / 2n,
      unit * m,
    ];
    const quarter = Array.from({ length: 9 }, (_, n) => (enclosures(bits).pi.low * BigInt(n)) / 2n);
    const questions = [...places, ...quarter].flatMap(around).flatMap((t) =>
      names.flatMap((f) => {
        const outside =
          (f === 'log' && t <= 0n) || (f === 'sqrt' && t < 0n) || (f === 'acos' && (t > unit || t < -unit));
        return outside ? [] : [[f, t] as const];
      }),
    );
    compare(bits, questions);
  });

  test('large arguments', () => {
    const unit = one(32);
    const large = [100n, 1000n, 4095n, 4096n].map((n) => n * unit - 1n);
    const huge = [10n ** 9n, 10n ** 30n, 10n ** 300n].map((n) => n * unit + 12345n);
    compare(32, [
      ...large.flatMap((t) => names.filter((f) => f !== 'acos').map((f) => [f, t] as const)),
      ...huge.flatMap((t) => (['log', 'sqrt', 'sin', 'cos', 'atan'] as const).map((f) => [f, t] as const)),
      ...huge.flatMap((t) => (['sin', 'cos', 'atan'] as const).map((f) => [f, -t] as const)),
    ]);
  });
});

describe('intervals', () => {
  const bits = 24;
  const E = enclosures(bits);
  /** An interval, and two members. */
  const nested = (f: Name) =>
    fc
      .tuple(numerators(f, bits), numerators(f, bits), fc.nat(1000), fc.nat(1000), fc.boolean())
      .map(([a, b, i, j, near]) => {
        const far = ordered(a, b);
        // Half of them are narrow, or sin and cos would be [-1, 1] most of the time.
        const whole = near && width(far) > one(bits) ? { low: far.low, high: far.low + one(bits) / 3n } : far;
        const at = (n: number) => whole.low + (width(whole) * BigInt(n)) / 1000n;
        return { whole, part: ordered(at(i), at(j)) };
      });

  test.each(names)('%s of an interval holds that of its parts and of its members', (f) => {
    fc.assert(
      fc.property(nested(f), ({ whole, part }) => {
        const result = given(E[f](whole));
        expect(within(given(E[f](part)), result)).toBe(true);
        for (const t of [whole.low, part.low, part.high, whole.high])
          expect(within(given(E[f](point(t))), result)).toBe(true);
      }),
      { ...seed, numRuns: 150 },
    );
  });

  test.each(increasing)('%s is increasing', (f) => {
    fc.assert(
      fc.property(numerators(f, bits), numerators(f, bits), (s, t) => {
        const { low, high } = ordered(s, t);
        const [left, right] = [given(E[f](point(low))), given(E[f](point(high)))];
        expect(left.low <= right.low && left.high <= right.high).toBe(true);
        expect(given(E[f]({ low, high }))).toEqual({ low: left.low, high: right.high });
      }),
      { ...seed, numRuns: 100 },
    );
  });

  test.each([
    ['1', '2', true, false],
    ['1', '3/2', false, false],
    ['8/5', '2', false, false],
    ['-2', '-1', false, true],
    ['-1', '1', false, false],
    ['-2', '2', true, true],
    ['4', '5', false, true],
    ['7', '8', true, false],
    ['-5', '-4', true, false],
    ['2', '5', false, true],
    ['0', '6', true, true],
    ['100', '1061/10', true, true],
    ['100', '101', false, false],
    ['0', '7', true, true],
    ['0', '1000000000000000000000000', true, true],
  ])('sin on [%s, %s] has a peak: %s, and a trough: %s', (low, high, peak, trough) => {
    const read = (text: string) => {
      const [n, d] = text.split('/');
      return E.of(BigInt(n as string), BigInt(d ?? 1));
    };
    const x = { low: read(low).low, high: read(high).high };
    const ends = E.hull(E.sin(point(x.low)), E.sin(point(x.high)));
    const expected = { low: trough ? -one(bits) : ends.low, high: peak ? one(bits) : ends.high };
    expect(E.sin(x)).toEqual(expected);
    // cos(x − π/2) = sin x, as far as an enclosure of π/2 tells.
    const shifted = E.subtract(x, E.over(E.pi, 2n * one(bits)));
    expect(within(E.sin(x), E.cos(shifted))).toBe(true);
  });

  test('sin of a narrow interval around every quarter turn', () => {
    for (let n = -9n; n <= 9n; n++) {
      const quarter = E.over(E.scale(E.pi, n), 2n * one(bits));
      const around = { low: quarter.low - 1000n, high: quarter.high + 1000n };
      const remainder = ((n % 4n) + 4n) % 4n;
      expect(E.sin(around).high === one(bits), `${n}`).toBe(remainder === 1n);
      expect(E.sin(around).low === -one(bits), `${n}`).toBe(remainder === 3n);
      expect(E.cos(around).high === one(bits), `${n}`).toBe(remainder === 0n);
      expect(E.cos(around).low === -one(bits), `${n}`).toBe(remainder === 2n);
    }
  });

  test('log-cosh takes its minimum 0 inside', () => {
    expect(E.logCosh({ low: -one(bits), high: 2n * one(bits) })).toEqual({
      low: 0n,
      high: E.logCosh(point(2n * one(bits))).high,
    });
    expect(E.logCosh({ low: -one(bits), high: -1n })).toEqual(E.logCosh({ low: 1n, high: one(bits) }));
  });

  test('acos is decreasing, and clips', () => {
    const unit = one(bits);
    const [a, b] = [given(E.acos(point(-unit / 3n))), given(E.acos(point(unit / 2n)))];
    expect(E.acos({ low: -unit / 3n, high: unit / 2n })).toEqual({ low: b.low, high: a.high });
    expect(E.acos({ low: unit / 2n, high: unit + 5n })).toEqual({ low: 0n, high: b.high });
    expect(E.acos({ low: -unit - 5n, high: -unit / 3n })).toEqual({ low: a.low, high: E.pi.high });
    expect(E.acos({ low: -9n * unit, high: 9n * unit })).toEqual({ low: 0n, high: E.pi.high });
  });
});

describe('exact values stay exact', () => {
  test.each([16, 64, 256])('over 2^%i', (bits) => {
    const E = enclosures(bits);
    const unit = one(bits);
    const exact: readonly (readonly [Name, bigint, bigint])[] = [
      ['exp', 0n, unit],
      ['log', unit, 0n],
      ['sqrt', 0n, 0n],
      ['sqrt', unit, unit],
      ['sqrt', 9n * unit, 3n * unit],
      ['sqrt', unit / 4n, unit / 2n],
      ['sin', 0n, 0n],
      ['cos', 0n, unit],
      ['atan', 0n, 0n],
      ['acos', unit, 0n],
      ['tanh', 0n, 0n],
      ['sigmoid', 0n, unit / 2n],
      ['logCosh', 0n, 0n],
      ['erf', 0n, 0n],
    ];
    for (const [f, t, value] of exact) expect(E[f](point(t)), f).toEqual(point(value));
  });
});

describe('no enclosure', () => {
  const E = enclosures(16);
  const unit = one(16);
  test.each<[Name, bigint, bigint, boolean]>([
    ['log', 1n, unit, true],
    ['log', 0n, unit, false],
    ['log', -1n, unit, false],
    ['log', -2n, -1n, false],
    ['sqrt', 0n, unit, true],
    ['sqrt', -1n, unit, false],
    ['acos', unit, unit + 1n, true],
    ['acos', unit + 1n, unit + 1n, false],
    ['acos', -unit - 1n, -unit, true],
    ['acos', -unit - 1n, -unit - 1n, false],
    ['exp', 0n, largestExponent * unit, true],
    ['exp', 0n, largestExponent * unit + 1n, false],
    ['exp', -(10n ** 50n), 0n, true],
    ['exp', -(10n ** 50n), 10n ** 50n, false],
  ])('%s on [%s, %s] over 2^16 is enclosed: %s', (f, low, high, expected) => {
    expect(E[f]({ low, high }) !== undefined).toBe(expected);
  });

  test.each([
    [1n, 2n, true],
    [-2n, -1n, true],
    [0n, 0n, false],
    [0n, 1n, false],
    [-1n, 0n, false],
    [-1n, 1n, false],
  ])('division by [%s, %s] is enclosed: %s', (low, high, expected) => {
    expect(E.divide(point(1n), { low, high }) !== undefined).toBe(expected);
  });

  test('what a caller must not ask throws', () => {
    for (const bits of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => new Enclosures(bits)).toThrow('Cannot make enclosures');
    expect(() => E.of(1n, 0n)).toThrow('Cannot enclose numbers over 0');
    expect(() => E.over(point(1n), -2n)).toThrow('Cannot enclose numbers over -2');
    expect(() => E.power(point(1n), -1)).toThrow('Cannot enclose the power -1');
    for (const series of [expSeries, sinSeries, cosSeries, atanSeries, atanhSeries, erfSeries])
      expect(() => series({ low: -1n, high: 1n }, 16n)).toThrow('must be ≥ 0');
    for (const series of [atanSeries, atanhSeries])
      expect(() => series(point((3n * unit) / 4n), 16n)).toThrow('must be at most √½');
    expect(() => E.power(point(1n), 0.5)).toThrow('Cannot enclose the power 0.5');
  });
});

describe('huge and tiny arguments', () => {
  const bits = 64;
  const E = enclosures(bits);
  const unit = one(bits);
  test.each<[Name, bigint, bigint, bigint]>([
    ['exp', -(10n ** 3000n), 0n, 1n],
    ['tanh', 10n ** 3000n, unit - 1n, unit],
    ['tanh', -(10n ** 3000n), -unit, 1n - unit],
    ['sigmoid', 10n ** 3000n, unit - 1n, unit],
    ['sigmoid', -(10n ** 3000n), 0n, 1n],
    ['erf', 10n ** 3000n, unit - 1n, unit],
    ['erf', -(10n ** 3000n), -unit, 1n - unit],
    ['softplus', -(10n ** 3000n), 0n, 1n],
    ['softplus', 10n ** 3000n, 10n ** 3000n, 10n ** 3000n + 1n],
    ['sin', 10n ** 3000n, -unit, unit],
    ['cos', -(10n ** 3000n), -unit, unit],
    ['exp', 1n, unit + 1n, unit + 2n],
    ['exp', -1n, unit - 1n, unit],
    ['log', unit + 1n, 0n, 1n],
    ['sin', 1n, 0n, 1n],
    ['sin', -1n, -1n, 0n],
    ['cos', 1n, unit - 1n, unit],
    ['atan', 1n, 0n, 1n],
    ['tanh', 1n, 0n, 1n],
    ['tanh', -1n, -1n, 0n],
    ['erf', 1n, 1n, 2n],
    ['logCosh', 1n, 0n, 1n],
    ['sqrt', 1n, 1n << 32n, 1n << 32n],
  ])('%s at its limits, row %#', (f, t, low, high) => {
    expect(E[f](point(t))).toEqual({ low, high });
  });

  test('log-cosh, atan, log and sqrt of 10^900', () => {
    const t = 10n ** 900n * unit;
    expect(within(E.subtract(point(t), E.logCosh(point(t))), E.ln2)).toBe(true);
    expect(E.atan(point(t))).toEqual(E.over(E.pi, 2n * unit));
    expect(meet(given(E.log(point(t))), E.scale(given(E.log(E.of(10n))), 900n))).toBe(true);
    expect(E.sqrt(point(t))).toEqual(point(10n ** 450n * unit));
  });
});

describe('more bits', () => {
  const sizes = [16, 64, 256, 1024];
  test.each(names)('%s at -3/4, 3/4, 1/8, 5/2 narrows to one unit, and each holds the next', (f) => {
    for (const [n, d] of [
      [-3n, 4n],
      [3n, 4n],
      [1n, 8n],
      [5n, 2n],
    ] as const) {
      if ((f === 'log' || f === 'sqrt') && n < 0n) continue;
      if (f === 'acos' && n > d) continue;
      const results = sizes.map((bits) => given(enclosures(bits)[f](enclosures(bits).of(n, d))));
      results.forEach((result, i) => {
        expect(width(result)).toBeLessThanOrEqual(1n);
        const next = results[i + 1];
        if (next === undefined) return;
        const shift = BigInt((sizes[i + 1] as number) - (sizes[i] as number));
        expect(within(next, { low: result.low << shift, high: result.high << shift })).toBe(true);
      });
    }
  });

  test('a rational argument costs what its width forces', () => {
    for (const bits of sizes) {
      const E = enclosures(bits);
      const third = E.of(1n, 3n);
      expect(width(third)).toBe(1n);
      for (const f of names) expect(width(given(E[f](third))), f).toBeLessThanOrEqual(f === 'log' ? 4n : 3n);
    }
  });
});

describe('identities', () => {
  const bits = 80;
  const E = enclosures(bits);
  const unit = one(bits);
  const real = fc.bigInt({ min: -20n * unit, max: 20n * unit });
  const check = (name: string, law: (x: Interval) => [Interval, Interval]) =>
    test(name, () => {
      fc.assert(
        fc.property(real, fc.bigInt({ min: 0n, max: 1n << 60n }), (low, by) => {
          const [left, right] = law({ low, high: low + by });
          expect(meet(left, right)).toBe(true);
        }),
        { ...seed, numRuns: 40 },
      );
    });
  const tenth = (x: Interval) => E.abs(E.multiply(x, E.of(1n, 10n)));
  check('sin² + cos² = 1', (x) => [E.add(E.square(E.sin(x)), E.square(E.cos(x))), E.of(1n)]);
  check('sin 2x = 2 sin x cos x', (x) => [E.sin(E.scale(x, 2n)), E.scale(E.multiply(E.sin(x), E.cos(x)), 2n)]);
  check('sin(x + π/2) = cos x', (x) => [E.sin(E.add(x, E.over(E.pi, 2n * unit))), E.cos(x)]);
  check('e^x e^(−x) = 1', (x) => [E.multiply(given(E.exp(x)), given(E.exp(E.negate(x)))), E.of(1n)]);
  check('log e^x = x', (x) => [given(E.log(given(E.exp(x)))), x]);
  check('e^(log x) = x', (x) => {
    const positive = E.add(E.abs(x), E.of(1n, 1000n));
    return [given(E.exp(given(E.log(positive)))), positive];
  });
  check('tanh x = 2 sigmoid(2x) − 1', (x) => [E.tanh(x), E.subtract(E.scale(E.sigmoid(E.scale(x, 2n)), 2n), E.of(1n))]);
  check('softplus x − softplus(−x) = x', (x) => [E.subtract(E.softplus(x), E.softplus(E.negate(x))), x]);
  check('softplus x = −log sigmoid(−x)', (x) => [E.softplus(x), E.negate(given(E.log(E.sigmoid(E.negate(x)))))]);
  check('log-cosh x = softplus 2x − x − log 2', (x) => [
    E.logCosh(x),
    E.subtract(E.softplus(E.scale(x, 2n)), E.add(x, E.ln2)),
  ]);
  check('erf is odd', (x) => [E.erf(E.negate(x)), E.negate(E.erf(x))]);
  check('cos acos x = x', (x) => {
    const cosine = E.sin(x);
    return [E.cos(given(E.acos(cosine))), cosine];
  });
  check('atan x + atan 1/x = π/2', (x) => {
    const positive = E.add(E.abs(x), E.of(1n, 1000n));
    return [E.add(E.atan(positive), E.atan(given(E.divide(E.of(1n), positive)))), E.over(E.pi, 2n * unit)];
  });
  check('tan atan x = x', (x) => {
    const angle = E.atan(tenth(x));
    return [given(E.divide(E.sin(angle), E.cos(angle))), tenth(x)];
  });
  check('(√x)² = x', (x) => [E.square(given(E.sqrt(tenth(x)))), tenth(x)]);
  check('x/√(1 + x²) = sin atan x', (x) => [
    given(E.divide(x, given(E.sqrt(E.add(E.square(x), E.of(1n)))))),
    E.sin(E.atan(x)),
  ]);
});

describe('arithmetic', () => {
  const bits = 5;
  const E = enclosures(bits);
  const end = fc.bigInt({ min: -100n, max: 100n });
  const interval = fc.tuple(end, end).map(([a, b]) => ordered(a, b));
  const members = ({ low, high }: Interval) => [low, low + (high - low) / 3n, (low + high) / 2n, high];
  /** Whether the interval holds num/den over 2^bits, by multiplying out. */
  const holds = (a: Interval, num: bigint, den: bigint) => {
    const [n, d] = den < 0n ? [-num, -den] : [num, den];
    return a.low * d <= n << BigInt(bits) && n << BigInt(bits) <= a.high * d;
  };
  const unit = one(bits);

  test('every operation holds what it gives on the members', () => {
    fc.assert(
      fc.property(interval, interval, fc.integer({ min: 0, max: 9 }), (a, b, n) => {
        const quotient = E.divide(a, b);
        expect(quotient === undefined).toBe(b.low <= 0n && b.high >= 0n);
        for (const x of members(a)) {
          expect(holds(E.square(a), x * x, unit * unit)).toBe(true);
          expect(holds(E.power(a, n), x ** BigInt(n), unit ** BigInt(n))).toBe(true);
          expect(holds(E.negate(a), -x, unit)).toBe(true);
          expect(holds(E.abs(a), x < 0n ? -x : x, unit)).toBe(true);
          for (const y of members(b)) {
            expect(holds(E.add(a, b), x + y, unit)).toBe(true);
            expect(holds(E.subtract(a, b), x - y, unit)).toBe(true);
            expect(holds(E.multiply(a, b), x * y, unit * unit)).toBe(true);
            if (quotient !== undefined) expect(holds(quotient, x, y)).toBe(true);
            expect(holds(E.max(a, b), x > y ? x : y, unit)).toBe(true);
            expect(holds(E.min(a, b), x < y ? x : y, unit)).toBe(true);
            expect(holds(E.hull(a, b), x, unit) && holds(E.hull(a, b), y, unit)).toBe(true);
          }
        }
      }),
      { ...seed, numRuns: 150 },
    );
  });

  test('inclusion isotone', () => {
    const amount = fc.bigInt({ min: 0n, max: 30n });
    fc.assert(
      fc.property(interval, interval, amount, amount, fc.integer({ min: 0, max: 9 }), (a, b, p, q, n) => {
        const [A, B] = [
          { low: a.low - p, high: a.high + q },
          { low: b.low - q, high: b.high + p },
        ];
        for (const f of ['add', 'subtract', 'multiply', 'hull', 'max', 'min'] as const)
          expect(within(E[f](a, b), E[f](A, B)), f).toBe(true);
        for (const f of ['square', 'negate', 'abs'] as const) expect(within(E[f](a), E[f](A)), f).toBe(true);
        expect(within(E.power(a, n), E.power(A, n))).toBe(true);
        const wide = E.divide(A, B);
        if (wide !== undefined) expect(within(given(E.divide(a, b)), wide)).toBe(true);
      }),
      { ...seed, numRuns: 150 },
    );
  });

  test.each([
    [7n, 1n, 224n, 224n],
    [1n, 3n, 10n, 11n],
    [-1n, 3n, -11n, -10n],
    [1n, 64n, 0n, 1n],
    [-1n, 64n, -1n, 0n],
    [-3n, 32n, -3n, -3n],
    [0n, 9n, 0n, 0n],
  ])('%s/%s is in [%s, %s]/32', (num, den, low, high) => {
    expect(E.of(num, den)).toEqual({ low, high });
  });

  test('an interval of numerators is rescaled outward', () => {
    expect(E.over({ low: -1n, high: 1n }, 3n)).toEqual({ low: -11n, high: 11n });
    expect(E.over({ low: 1n, high: 2n }, 3n)).toEqual({ low: 10n, high: 22n });
  });

  test('powers: even ones are ≥ 0, odd ones keep the sign, exact ones stay exact', () => {
    const a = { low: -3n * unit, high: 2n * unit };
    expect(E.power(a, 0)).toEqual(point(unit));
    expect(E.power(a, 1)).toEqual(a);
    expect(E.power(a, 2)).toEqual({ low: 0n, high: 9n * unit });
    expect(E.power(a, 3)).toEqual({ low: -27n * unit, high: 8n * unit });
    expect(E.power(point(-3n * unit), 101)).toEqual(point(-(3n ** 101n) * unit));
    expect(E.power(point(unit / 2n), 1000)).toEqual({ low: 0n, high: 1n });
    expect(E.power(point(0n), 0)).toEqual(point(unit));
  });

  test.each([
    [1n, 2n, 1],
    [-2n, -1n, -1],
    [0n, 0n, 0],
    [0n, 1n, undefined],
    [-1n, 0n, undefined],
    [-1n, 1n, undefined],
  ])('[%s, %s] has the sign %s', (low, high, sign) => {
    expect(E.sign({ low, high })).toBe(sign);
  });
});
