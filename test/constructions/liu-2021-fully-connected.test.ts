import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { liu2021FullyConnected as liu } from '../../src/constructions/liu-2021-fully-connected.js';
import {
  add,
  compare,
  divide,
  formatRational,
  multiply,
  one,
  type Rational,
  rational,
  subtract,
  zero,
} from '../../src/kernel/arithmetic/rational.js';
import { checkCertificate } from '../../src/kernel/check.js';
import { build, csv, type Data, number, type Options, piecewise, samples, theoremOf } from './samples.js';

/** sources.md 3 */
const six = samples([[-4], [-3], [-2], [2], [3], [4]], [4, 2, 2, 2, 4, 4]);

interface Written {
  readonly statement: {
    readonly problem: { readonly data: unknown };
    readonly point: { readonly layers: readonly { readonly weights: unknown; readonly bias: unknown }[] };
  };
}

/** A vector or matrix of quantities, or of numerators over a denominator. */
function quantities(written: unknown): Rational[] {
  if (Array.isArray(written)) return written.map((cell) => decimal(cell as string));
  const { denominator, numerators } = written as { denominator: string; numerators: string[] };
  return numerators.map((n) => rational(BigInt(n), BigInt(denominator)));
}
function rows(written: unknown): Rational[][] {
  if (Array.isArray(written)) return written.map(quantities);
  const { denominator, numerators } = written as { denominator: string; numerators: string[][] };
  return numerators.map((row) => quantities({ denominator, numerators: row }));
}
function decimal(text: string): Rational {
  const [whole = '', digits = ''] = text.split('.');
  return digits === '' ? number(text) : rational(BigInt(whole + digits), 10n ** BigInt(digits.length));
}

/** Evaluates the point of a certificate of dense layers: predictions, and for each sample the signs of all preactivations. */
function evaluated(text: string, data: Data, [left, right]: readonly [Rational, Rational]) {
  const { point } = (JSON.parse(text) as Written).statement;
  const layers = point.layers.map(({ weights, bias }) => ({ W: rows(weights), b: quantities(bias) }));
  return data.inputs.map((x) => {
    let values: readonly Rational[] = x;
    const signs: string[] = [];
    layers.forEach(({ W, b }, l) => {
      const z = W.map((row, u) =>
        row.reduce((sum, w, j) => add(sum, multiply(w, values[j] as Rational)), b[u] as Rational),
      );
      if (l + 1 === layers.length) {
        values = z;
        return;
      }
      for (const value of z) {
        expect(value.num).not.toBe(0n);
        signs.push(value.num > 0n ? '+' : '-');
      }
      values = z.map((value) => multiply(value.num > 0n ? right : left, value));
    });
    return { prediction: values[0] as Rational, signs: signs.join('') };
  });
}

/** What the best affine fit leaves, by elimination with fractions. */
function leastSquaresRisk(inputs: readonly (readonly Rational[])[], targets: readonly Rational[]): Rational {
  const columns = (inputs[0] ?? []).map((_, j) => inputs.map((x) => x[j] as Rational));
  let rest = [...targets];
  const basis: Rational[][] = [];
  const dot = (a: readonly Rational[], b: readonly Rational[]) =>
    a.reduce((sum, v, i) => add(sum, multiply(v, b[i] as Rational)), zero);
  const without = (v: readonly Rational[], q: readonly Rational[]) => {
    const c = divide(dot(v, q), dot(q, q));
    return v.map((value, i) => subtract(value, multiply(c, q[i] as Rational)));
  };
  for (const column of [inputs.map(() => one), ...columns]) {
    const q = basis.reduce<readonly Rational[]>(without, column);
    if (q.every(({ num }) => num === 0n)) continue;
    basis.push([...q]);
    rest = without(rest, q);
  }
  return dot(rest, rest);
}

const ofRelu = [zero, one] as const;

function textOf(built: Awaited<ReturnType<typeof build>>): string {
  if (built.kind !== 'built') throw new Error(JSON.stringify(built));
  return built.text;
}

describe('the six points of sources.md 3', () => {
  test('width 2: max(l₁, l₂), risk 2/3, strict margins', async () => {
    const built = await build(liu, six, { hidden: [2], loss: 'squared:factor=1/2' });
    theoremOf(built);
    const found = evaluated(textOf(built), six, ofRelu);
    expect(found.map(({ prediction }) => formatRational(prediction))).toEqual([
      ...['11/3', '8/3', '5/3', '7/3', '10/3', '13/3'],
    ]);
    expect(new Set(found.map(({ signs }) => signs)).size).toBe(2);
    expect(risks(built)).toEqual(['78/29', '2/3', '1/3', '0']);
  });

  test.each([[[4]], [[2, 1]], [[4, 1, 3, 2]]])('hidden %j', async (hidden) => {
    for (const grouping of ['slabs', 'extreme']) {
      const built = await build(liu, six, { hidden, settings: { grouping } });
      theoremOf(built);
      expect(risks(built).slice(0, 2)).toEqual(['156/29', '4/3']);
    }
  });
});

/** The exact risks of the table, where they are short. */
function risks(built: Awaited<ReturnType<typeof build>>): string[] {
  if (built.kind !== 'built') throw new Error(JSON.stringify(built));
  return built.notes.flatMap((note) => /^level .*, risk ([^,]*)/.exec(note)?.[1] ?? []);
}

describe('every level is the sum of what the best fits of its groups leave, and lower than the one before', () => {
  const every = (n: number): Data => {
    const { inputs, targets } = csv('iris');
    return { inputs: inputs.filter((_, i) => i % 4 < n), targets: targets.filter((_, i) => i % 4 < n), weights: null };
  };
  const cases: readonly (readonly [string, Data, Options, readonly [Rational, Rational]])[] = [
    ['the six points', six, {}, ofRelu],
    ['iris', every(2), {}, ofRelu],
    ['iris, leaky, deep', every(2), { activation: 'leaky-relu:slope=1/3', hidden: [9, 2, 1] }, [rational(1n, 3n), one]],
    ['iris, abs', every(2), { activation: 'abs' }, [rational(-1n), one]],
    ['iris, extreme', every(2), { settings: { grouping: 'extreme' } }, ofRelu],
  ];
  test.each(cases)('%s', async (_, data, options, slopes) => {
    let before: Rational | null = null;
    for (const level of [1, 2, 3]) {
      const settings = { ...options.settings, level: String(level), levels: '4' };
      const built = await build(liu, data, { ...options, settings });
      theoremOf(built);
      const found = evaluated(textOf(built), data, slopes);
      const groups = [...new Set(found.map(({ signs }) => signs))];
      expect(groups.length).toBe(level);
      const risk = found.reduce((sum, { prediction }, i) => {
        const r = subtract(prediction, data.targets[i]?.[0] as Rational);
        return add(sum, multiply(r, r));
      }, zero);
      const ofGroups = groups.reduce((sum, group) => {
        const own = <R>(all: readonly R[]) => all.filter((__, i) => found[i]?.signs === group);
        return add(
          sum,
          leastSquaresRisk(
            own(data.inputs),
            own(data.targets).map(([y]) => y as Rational),
          ),
        );
      }, zero);
      expect(formatRational(risk)).toBe(formatRational(ofGroups));
      if (before !== null) expect(compare(risk, before)).toBe(-1);
      before = risk;
    }
  });
});

const bent = piecewise(['-5', '-4', '3', '7/2'], [['2'], ['-3', '-1'], ['1'], ['-5', '2'], ['2']]);
test.each(['relu', 'leaky-relu', 'prelu:slope=-2', 'abs', 'hardtanh', 'relu6', 'hard-sigmoid', 'softshrink', bent])(
  'every kink will do: %j, shallow and deep',
  async (activation) => {
    theoremOf(await build(liu, csv('iris'), { activation }));
    theoremOf(await build(liu, csv('iris'), { activation, hidden: [9, 1, 3], settings: { level: '4' }, effort: 1 }));
  },
);

test('diabetes, two groups, and four in a deep leaky network', async () => {
  theoremOf(await build(liu, csv('diabetes')));
  const options = { activation: 'leaky-relu', hidden: [9, 2, 2], settings: { level: '4' } };
  theoremOf(await build(liu, csv('diabetes'), options));
});

test('wine, the larger or smaller of two fits', async () => {
  const built = await build(liu, csv('wine'), { settings: { grouping: 'extreme' }, hidden: [4] });
  theoremOf(built);
  expect(built).toMatchObject({ notes: expect.arrayContaining([expect.stringContaining('level 2 needs 2')]) });
});

test('huber and weights', async () => {
  theoremOf(await build(liu, csv('iris'), { loss: 'huber:threshold=1/4', effort: 1 }));
  const weighted = { ...six, weights: [1, 2, '1/3', 4, 1, 5].map(number) };
  theoremOf(await build(liu, weighted));
});

test('one group is the best affine fit', async () => {
  const built = await build(liu, six, { settings: { level: '1' }, hidden: [2] });
  theoremOf(built);
  expect(built).toMatchObject({ notes: expect.arrayContaining([expect.stringContaining('better point is level 2')]) });
});

const line = samples([[0], [1], [2], [3]], [0, 1, 2, 3]);
test.each<readonly [string, Data, Options]>([
  ['scalar output', { ...six, targets: six.targets.map(([y]) => [y as Rational, one]) }, {}],
  ['piecewise linear activation', six, { activation: 'identity' }],
  ['piecewise linear activation', six, { activation: piecewise([], [['1']]) }],
  ['distinct samples', samples([[1], [1], [1]], [0, 1, 5]), {}],
  ['not linearly fittable', line, {}],
  ['not linearly fittable', samples([[0], [1], [2], [3]], [0, 1, 1, 0]), { settings: { level: '2' } }],
  ['width', six, { hidden: [1] }],
  ['width', csv('iris'), { hidden: [2, 8] }],
])('names the hypothesis that fails: %s', async (hypothesis, data, options) => {
  expect(liu.hypotheses.map(({ name }) => name)).toContain(hypothesis);
  const built = await build(liu, data, options);
  // One input only: the best affine fit is as good as any function.
  const named =
    hypothesis === 'distinct samples' ? expect.stringMatching(/^(distinct samples|not linearly)/) : hypothesis;
  expect(built).toMatchObject({ kind: 'hypothesis-fails', hypothesis: named });
});

describe('gives up, and says so', () => {
  test.each<readonly [string, Data, Options]>([
    ['no level of 5 groups', samples([[0], [1], [2]], [0, 1, 0]), { settings: { level: '5' } }],
    ['no two groups', samples([[0], [1], [2], [3]], [0, 1, 0, 3]), { settings: { grouping: 'extreme' } }],
    // The alternation settles only at the two sexes, where fits are not unique.
    ['no two groups', csv('diabetes'), { settings: { grouping: 'extreme' } }],
    ['irrational', samples([[0], [1], [2], [3], [5]], [0, 1, 0, 3, 1]), { loss: 'power:exponent=4' }],
  ])('%s', async (message, data, options) => {
    expect(await build(liu, data, options)).toMatchObject({
      kind: 'gave-up',
      message: expect.stringContaining(message),
    });
  });
});

test.each([
  [{ level: '0' }, /"level"/],
  [{ level: '1/2' }, /"level"/],
  [{ level: '3', levels: '2' }, /"levels"/],
  [{ grouping: 'tree' }, /"grouping"/],
  [{ direction: '1' }, /"direction"/],
  [{ direction: '0', grouping: 'extreme' }, /"direction" is for grouping=slabs/],
  [{ levle: '2' }, /did you mean "level"\?/],
])('refuses the settings %j', async (settings, message) => {
  const built = await build(liu, six, { settings: settings as Record<string, string> });
  expect(built).toMatchObject({ kind: 'usage', message: expect.stringMatching(message) });
});

test('whatever small data: proved, a named hypothesis, or given up', async () => {
  const cell = fc.integer({ min: -4, max: 4 });
  const data = fc.integer({ min: 1, max: 2 }).chain((d) =>
    fc.array(fc.tuple(fc.array(cell, { minLength: d, maxLength: d }), cell, fc.integer({ min: 1, max: 3 })), {
      minLength: 3,
      maxLength: 9,
    }),
  );
  const shape = fc.record({
    activation: fc.constantFrom('relu', 'leaky-relu:slope=1/2', 'hardtanh', 'abs'),
    hidden: fc.constantFrom([3], [5], [5, 1], [7, 2, 2]),
    level: fc.constantFrom('1', '2', '3'),
    grouping: fc.constantFrom('slabs', 'extreme'),
  });
  const kinds = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(data, shape, async (rows, { activation, hidden, level, grouping }) => {
      const given = samples(
        rows.map(([x]) => x),
        rows.map(([, y]) => y),
        rows.map(([, , w]) => w),
      );
      const built = await build(liu, given, { activation, hidden, settings: { level, grouping }, effort: 1 });
      kinds.set(built.kind, (kinds.get(built.kind) ?? 0) + 1);
      expect(built.kind).not.toBe('usage');
      if (built.kind === 'built') expect(checkCertificate(built.text).kind).toBe('proved');
    }),
    { numRuns: 150, seed: 1 },
  );
  expect(kinds.get('built')).toBeGreaterThan(30);
});
