import { describe, expect, test } from 'vitest';
import { checkCertificate } from '../../../src/kernel/check.js';
import { pointRisk } from '../../../src/report/risk-string.js';

/**
 * x = −2, −1, 1, 2 with log-cosh: the best line is irrational, near the centre below. One relu unit carries it.
 */
const center = { b: '1.47', a: '1.4' };
type Plain = string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain };
interface Parts {
  readonly loss?: Plain;
  readonly x?: readonly number[];
  readonly y?: readonly (number | string)[];
  readonly center?: readonly string[];
  readonly ballRadius?: string;
  readonly modulus?: string;
  readonly radius?: string;
  readonly bits?: number;
  readonly embedding?: readonly Plain[];
  readonly point?: Plain;
  readonly layers?: readonly Plain[];
  readonly better?: Plain;
}

const lift = 10;
/** E(b, a): unit 1 computes a x + b + lift, the output takes the lift off again. */
const constant = {
  layers: [
    { weights: [['0']], bias: [`${lift}`] },
    { weights: [['1']], bias: [`-${lift}`] },
  ],
};
const along = (w: string, b: string) => ({
  layers: [
    { weights: [[w]], bias: [b] },
    { weights: [['0']], bias: ['0'] },
  ],
});
const embedding = [constant, along('0', '1'), along('1', '0')];
const at = (b: string, a: string) => ({
  layers: [
    { weights: [[a]], bias: [b] },
    { weights: [['1']], bias: [`-${lift}`] },
  ],
});

function certificate(parts: Parts): string {
  const { x = [-2, -1, 1, 2], y = [-2, 1, 3, 4] } = parts;
  const better = parts.better === undefined ? {} : { betterPoint: parts.better };
  return JSON.stringify({
    format: 'cairn-certificate',
    version: 1,
    statement: {
      kind: parts.better === undefined ? 'local-minimum-near' : 'spurious-local-minimum-near',
      problem: {
        network: {
          input: [1],
          layers: parts.layers ?? [
            { type: 'dense', units: 1 },
            { type: 'activation', function: 'relu' },
            { type: 'dense', units: 1 },
          ],
        },
        loss: parts.loss ?? { function: 'log-cosh' },
        data: { type: 'samples', inputs: x.map((v) => [String(v)]), targets: y.map((v) => [String(v)]) },
      },
      point: parts.point ?? at(`${lift + 1.47}`, '1.4'),
      radius: parts.radius ?? '1/2',
      ...better,
    },
    proof: {
      localMinimum: {
        rule: 'affine-span-near',
        center: parts.center ?? [center.b, center.a],
        ballRadius: parts.ballRadius ?? '1/4',
        modulus: parts.modulus ?? '1/2',
        embedding: parts.embedding ?? embedding,
        bits: parts.bits ?? 64,
      },
      ...(parts.better === undefined ? {} : { lowerRisk: { rule: 'lower-risk' } }),
    },
  });
}

function answer(parts: Parts): string {
  const verdict = checkCertificate(certificate(parts));
  return verdict.kind === 'proved' ? 'proved' : verdict.reason.code;
}

test('a ball around the numerical fit proves a minimum, and bounds its risk', () => {
  const verdict = checkCertificate(certificate({}));
  expect(verdict.kind).toBe('proved');
  if (verdict.kind !== 'proved') return;
  const point = pointRisk(verdict.theorem);
  const value = (q: { num: bigint; den: bigint }) => Number((q.num * 10n ** 12n) / q.den) / 1e12;
  // The least risk of lines, by a fine search in doubles.
  let least = Number.POSITIVE_INFINITY;
  for (let b = 1; b <= 2; b += 0.001) {
    for (let a = 1; a <= 1.9; a += 0.001) {
      const risk = [-2, -1, 1, 2].reduce(
        (sum, x, i) => sum + Math.log(Math.cosh(a * x + b - ([-2, 1, 3, 4][i] as number))),
        0,
      );
      least = Math.min(least, risk);
    }
  }
  expect(value(point.lower)).toBeLessThanOrEqual(least);
  expect(value(point.upper)).toBeGreaterThanOrEqual(least - 1e-5);
});

const biased = (...layers: readonly Plain[]): Plain => ({ layers });

/** The line y = x + 1 goes through all points. */
const line: Parts = { y: [-1, 0, 2, 3], center: ['1', '1'], point: at(`${lift + 1}`, '1') };
const logistic: Parts = {
  loss: { function: 'logistic' },
  y: ['0.1', '0.2', '0.9', 1],
  center: ['0.598', '1.684'],
  point: at(`${lift + 0.598}`, '1.684'),
};
const hidden = (units: number, activation: string): Pick<Parts, 'layers'> => ({
  layers: [
    { type: 'dense', units },
    { type: 'activation', function: activation },
    { type: 'dense', units: 1 },
  ],
});
/** A second unit, that is constant and that the output does not read. */
const beside = (bias: string): Parts => {
  const two = (w: string, b: string, second: string, v: string, c: string) =>
    biased({ weights: [[w], ['0']], bias: [b, second] }, { weights: [[v, '0']], bias: [c] });
  return {
    ...hidden(2, 'relu'),
    point: two('1.4', `${lift + 1.47}`, bias, '1', `-${lift}`),
    embedding: [two('0', `${lift}`, bias, '1', `-${lift}`), two('0', '1', '0', '0', '0'), two('1', '0', '0', '0', '0')],
  };
};

test.each<[string, Parts, string]>([
  [
    'a smaller ball around a better centre',
    { center: ['1.472', '1.405'], ballRadius: '1/20', radius: '1/10' },
    'proved',
  ],
  [
    'huber, all residuals in the quadratic piece',
    { loss: { function: 'huber', threshold: '5' }, modulus: '1', center: ['3/2', '7/5'] },
    'proved',
  ],
  ['the exponent 3/2', { loss: { function: 'power', exponent: '3/2' }, modulus: '1/4' }, 'proved'],
  [
    'the exponent 5/2, curved enough away from 0',
    { loss: { function: 'power', exponent: '5/2' }, modulus: '1/1000' },
    'gradient-too-large',
  ],
  ['a modulus above the least curvature', { modulus: '3' }, 'not-strongly-convex'],
  [
    'a modulus that a ball too large does not keep',
    { ballRadius: '30', radius: '100', modulus: '1/10' },
    'not-strongly-convex',
  ],
  [
    'a centre too far from the minimum',
    { center: ['2', '2'], point: at(`${lift + 2}`, '2'), ballRadius: '1/100' },
    'gradient-too-large',
  ],
  ['a ball too small for the gradient at the centre', { ballRadius: '1/1000000' }, 'gradient-too-large'],
  ['a modulus too small for the gradient', { modulus: '1/1000000' }, 'gradient-too-large'],
  ['too few bits', { bits: 3, modulus: '1/10' }, 'not-strongly-convex'],
  ['a ball that leaves the radius', { radius: '1/5' }, 'too-far'],
  ['a point away from the ball', { point: at(`${lift}`, '0') }, 'too-far'],
  ['ballRadius 0', { ballRadius: '0' }, 'wrong-hint'],
  ['a negative modulus', { modulus: '-1' }, 'wrong-hint'],
  ['a centre with a coordinate too many', { center: ['1', '1', '1'] }, 'wrong-length'],
  ['a centre with a coordinate too few', { center: ['1'] }, 'wrong-length'],
  ['no direction', { embedding: [constant] }, 'wrong-length'],
  ['directions in the wrong order', { embedding: [constant, along('1', '0'), along('0', '1')] }, 'not-an-embedding'],
  ['a direction twice as long', { embedding: [constant, along('0', '2'), along('1', '0')] }, 'not-an-embedding'],
  [
    'a constant part that adds 1',
    {
      embedding: [
        biased({ weights: [['0']], bias: ['11'] }, { weights: [['1']], bias: ['-10'] }),
        along('0', '1'),
        along('1', '0'),
      ],
    },
    'not-an-embedding',
  ],
  [
    'a product of two numbers that vary',
    {
      embedding: [
        biased({ weights: [['0']], bias: ['10'] }, { weights: [['0']], bias: ['-10'] }),
        biased({ weights: [['0']], bias: ['1'] }, { weights: [['1']], bias: ['0'] }),
        biased({ weights: [['1']], bias: ['0'] }, { weights: [['1']], bias: ['0'] }),
      ],
    },
    'unsupported-combination',
  ],
  [
    'a unit that reaches its kink in the ball',
    {
      embedding: [
        biased({ weights: [['0']], bias: ['3/2'] }, { weights: [['1']], bias: ['-3/2'] }),
        along('0', '1'),
        along('1', '0'),
      ],
      point: biased({ weights: [['1.4']], bias: ['2.97'] }, { weights: [['1']], bias: ['-3/2'] }),
    },
    'unsupported-combination',
  ],
  [
    'a frozen output layer has no entry in the embedding',
    {
      layers: [
        { type: 'dense', units: 1 },
        { type: 'activation', function: 'relu' },
        { type: 'dense', units: 1, fixed: { weights: [['1']], bias: ['-10'] } },
      ],
      point: biased({ weights: [['1.4']], bias: ['11.47'] }),
      embedding: [
        biased({ weights: [['0']], bias: ['10'] }),
        biased({ weights: [['0']], bias: ['1'] }),
        biased({ weights: [['1']], bias: ['0'] }),
      ],
    },
    'proved',
  ],
  [
    'cross-entropy of one class: no logit is free',
    { loss: { function: 'cross-entropy' }, y: [1, 1, 1, 1] },
    'wrong-length',
  ],
  [
    'a loss that is not convex',
    { loss: { function: 'polynomial', coefficients: ['0', '0', '1', '0', '-1/1000'] } },
    'unsupported-combination',
  ],
  ['a better point that is none', { better: at(`${lift + 1.47}`, '1.4') }, 'not-below'],
  // Every fit leaves residuals beyond the threshold, where Huber's loss is not curved.
  [
    'huber with too few residuals in the quadratic piece',
    { loss: { function: 'huber', threshold: '1/10' }, y: [-9, 9, -9, 9], modulus: '1/1000', center: ['0', '0'] },
    'not-strongly-convex',
  ],
  [
    'the exponent 3/2 with residual 0 at the centre: curved without end there, and at least so much in the ball',
    { ...line, loss: { function: 'power', exponent: '3/2' }, modulus: '1', radius: '1/2' },
    'proved',
  ],
  [
    'the exponent 3 with residual 0 in the ball: not curved there',
    { ...line, loss: { function: 'power', exponent: '3' }, modulus: '1/1000' },
    'not-strongly-convex',
  ],
  [
    'the exponent 4 with residual 0 in the ball',
    { ...line, loss: { function: 'power', exponent: '4' }, modulus: '1/1000' },
    'not-strongly-convex',
  ],
  ['logistic', { ...logistic, modulus: '1/20' }, 'proved'],
  [
    'logistic with the targets of the other class',
    { ...logistic, y: [1, '0.9', '0.2', '0.1'], modulus: '1/20' },
    'gradient-too-large',
  ],
  ['a dead unit beside', beside('-5'), 'proved'],
  ['a unit beside that is on its kink, whatever it is multiplied by', beside('0'), 'on-a-kink'],
  ['a constant unit in a smooth piece', { ...beside('1'), ...hidden(2, 'hardswish') }, 'in-a-smooth-piece'],
  ['more bits than digits are allowed', { bits: 100_001 }, 'limit-digits'],
  ['bits that make each value of the loss long', { bits: 100_000 }, 'limit-operations'],
  [
    'a high power of long numbers',
    { loss: { function: 'power', exponent: '1000' }, center: ['1.47', `1${'0'.repeat(50_000)}`] },
    'limit-operations',
  ],
])('%s', (_, parts, expected) => {
  expect(answer(parts)).toBe(expected);
});

test('theory.md 1: an identical affine function in two groups is not enough', () => {
  // relu(Ax) − relu(−Ax) = Ax: each half of the data could be fitted by itself.
  const layers = [
    { type: 'dense', units: 2, bias: false },
    { type: 'activation', function: 'relu' },
    { type: 'dense', units: 1 },
  ];
  const point = (a: string, b: string) => ({
    layers: [{ weights: [[a], [`-${a}`]] }, { weights: [['1', '-1']], bias: [b] }],
  });
  const E = [
    { layers: [{ weights: [['0'], ['0']] }, { weights: [['1', '-1']], bias: ['0'] }] },
    { layers: [{ weights: [['0'], ['0']] }, { weights: [['0', '0']], bias: ['1'] }] },
    { layers: [{ weights: [['1'], ['-1']] }, { weights: [['0', '0']], bias: ['0'] }] },
  ];
  expect(answer({ layers, point: point('1.4', '1.47'), embedding: E, radius: '1' })).toBe('several-groups');
});

test('columns that others span are no coordinates', () => {
  const text = certificate({}).replace('"input":[1]', '"input":[2]');
  const doubled = JSON.parse(text);
  doubled.statement.problem.data.inputs = ['-2', '-1', '1', '2'].map((x) => [x, x]);
  const pair = (layer: { weights: string[][] }): void => {
    layer.weights = layer.weights.map(([w]) => [w as string, '0']);
  };
  for (const { layers } of [doubled.statement.point, ...doubled.proof.localMinimum.embedding]) pair(layers[0]);
  expect(checkCertificate(JSON.stringify(doubled)).kind).toBe('proved');
});

test('two outputs: center and directions go output by output', () => {
  const layers = (w: readonly string[], b: readonly string[], v: string, c: string): Plain =>
    biased(
      { weights: w.map((x) => [x]), bias: b },
      {
        weights: [
          [v, '0'],
          ['0', v],
        ],
        bias: [c, c],
      },
    );
  const still = ['0', '0'];
  const directions = [
    layers(still, ['1', '0'], '0', '0'),
    layers(['1', '0'], still, '0', '0'),
    layers(still, ['0', '1'], '0', '0'),
    layers(['0', '1'], still, '0', '0'),
  ];
  const problem = (directions: readonly Plain[], y: (v: string) => readonly string[]): string => {
    const text = JSON.parse(
      certificate({
        layers: [
          { type: 'dense', units: 2 },
          { type: 'activation', function: 'relu' },
          { type: 'dense', units: 2 },
        ],
        center: ['1.47', '1.4', '-1.47', '-1.4'],
        point: layers(['1.4', '-1.4'], ['11.47', '8.53'], '1', '-10'),
        embedding: [layers(still, ['10', '10'], '1', '-10'), ...directions],
        radius: '1',
      }),
    );
    const { data } = text.statement.problem;
    data.targets = data.targets.map(([v]: [string]) => y(v));
    return JSON.stringify(text);
  };
  const code = (text: string): string => {
    const verdict = checkCertificate(text);
    return verdict.kind === 'proved' ? 'proved' : verdict.reason.code;
  };
  const [b1, a1, b2, a2] = directions as [Plain, Plain, Plain, Plain];
  const opposite = (v: string): readonly string[] => [v, String(-Number(v))];
  expect(code(problem([b1, a1, b2, a2], opposite))).toBe('proved');
  expect(code(problem([b2, a2, b1, a1], opposite))).toBe('not-an-embedding');
  expect(code(problem([b1, b2, a1, a2], opposite))).toBe('not-an-embedding');
  // So far from the other targets log-cosh is hardly curved.
  expect(code(problem([b1, a1, b2, a2], (v) => [v, v]))).toBe('not-strongly-convex');
});

describe('cross-entropy of two classes: the last logit is kept 0', () => {
  interface Classes {
    readonly y?: readonly number[];
    readonly center?: readonly string[];
    readonly modulus?: string;
    /** the last logit at E(a) */
    readonly last?: { readonly constant?: string; readonly alongB?: string; readonly readsUnit?: string };
    readonly more?: boolean;
  }
  // The second unit is idle; the last logit may read it.
  const layers = (a: string, b: string, v: string, c: readonly [string, string], second: string, idle: string): Plain =>
    biased(
      { weights: [[a], ['0']], bias: [b, idle] },
      {
        weights: [
          [v, '0'],
          [second, '0'],
        ],
        bias: c,
      },
    );
  function classes({
    y = [0.1, 0.2, 0.9, 1],
    center = ['0.598', '1.684'],
    modulus = '1/20',
    last = {},
    more,
  }: Classes): string {
    const { constant: shift = '0', alongB = '0', readsUnit = '0' } = last;
    const E = [
      layers('0', `${lift}`, '1', [`-${lift}`, shift], readsUnit, '1'),
      layers('0', '1', '0', ['0', alongB], '0', '0'),
      layers('1', '0', '0', ['0', '0'], '0', '0'),
    ];
    const text = JSON.parse(
      certificate({
        layers: [
          { type: 'dense', units: 2 },
          { type: 'activation', function: 'relu' },
          { type: 'dense', units: 2 },
        ],
        loss: { function: 'cross-entropy' },
        center: more ? [...center, '0', '0'] : center,
        point: layers('1.684', `${lift + 0.598}`, '1', [`-${lift}`, shift], readsUnit, '1'),
        embedding: more ? [...E, E[1] as Plain, E[2] as Plain] : E,
        modulus,
      }),
    );
    text.statement.problem.data.targets = y.map((v) => [String(v), String(Math.round((1 - v) * 10) / 10)]);
    const verdict = checkCertificate(JSON.stringify(text));
    return verdict.kind === 'proved' ? 'proved' : verdict.reason.code;
  }

  test.each<[string, Classes, string]>([
    ['the fit of the logistic loss', {}, 'proved'],
    ['the targets of the other class', { y: [1, 0.9, 0.2, 0.1] }, 'gradient-too-large'],
    ['a modulus above the least curvature', { modulus: '3' }, 'not-strongly-convex'],
    ['coordinates of the last logit, too', { more: true }, 'wrong-length'],
    ['a last logit that is 1', { last: { constant: '1' } }, 'not-an-embedding'],
    ['a last logit that varies', { last: { alongB: '1' } }, 'not-an-embedding'],
    ['a last logit that is the first one', { last: { readsUnit: '1', constant: `-${lift}` } }, 'not-an-embedding'],
    ['targets that a line separates, far out', { y: [0, 0, 1, 1], center: ['0', '40'] }, 'not-strongly-convex'],
  ])('%s', (_, parts, expected) => {
    expect(classes(parts)).toBe(expected);
  });
});

/**
 * Inputs (x, beside) through a convolution of kernel 1 and a maximum pool, which takes x if the slope is > 0 and x > beside. The
 * output does not read the second channel, (x, beside) times `second` through the same pool.
 */
function pooled(beside: string | null, slope = '1.4', y = ['-2', '1', '3', '4'], second = '1'): string {
  const layers = (w: string, b: string, v: string, second: string): Plain =>
    biased({ weights: [[[w]], [[second]]], bias: [b, '0'] }, { weights: [[v, '0']], bias: ['0'] });
  const text = JSON.parse(
    certificate({
      layers: [
        { type: 'conv1d', channels: 2, kernel: [1] },
        { type: 'maxpool', kernel: [2] },
        { type: 'flatten' },
        { type: 'dense', units: 1 },
      ],
      center: ['1.47', slope],
      point: layers(slope, '1.47', '1', second),
      embedding: [layers('0', '0', '1', second), layers('0', '1', '0', '0'), layers('1', '0', '0', '0')],
    }),
  );
  text.statement.problem.network.input = [1, 2];
  text.statement.problem.data.inputs = ['-2', '-1', '1', '2'].map((x) => [x, beside ?? x]);
  text.statement.problem.data.targets = y.map((v) => [v]);
  const verdict = checkCertificate(JSON.stringify(text));
  return verdict.kind === 'proved' ? 'proved' : verdict.reason.code;
}

test('a pool needs one winner over the whole ball, and the same for all samples', () => {
  expect(pooled('-10')).toBe('proved');
  // Both entries are the same function of all parameters.
  expect(pooled(null)).toBe('proved');
  // Over this ball the slope changes its sign, and the pool its winner.
  expect(pooled('-10', '0', ['1.47', '1.47', '1.47', '1.47'])).toBe('unsupported-combination');
  // What the second channel does is multiplied by 0, but not nearby.
  expect(pooled('-10', '1.4', undefined, '0')).toBe('tied-pool');
  expect(pooled('10', '-1.4', ['4', '3', '1', '-2'], '1')).toBe('proved');
  expect(pooled('-3/2')).toBe('not-an-embedding');
});

test('winners of a channel that the output does not read count too', () => {
  const text = JSON.parse(
    certificate({
      layers: [
        { type: 'conv1d', channels: 2, kernel: [2] },
        { type: 'maxpool', kernel: [2] },
        { type: 'flatten' },
        { type: 'dense', units: 1 },
      ],
    }),
  );
  // Channel 1 reads the first entry of a window, which is larger in the first window; channel 2 the second entry.
  const taps = (first: readonly string[], b: string, second: readonly string[], v: string): Plain =>
    biased({ weights: [[first], [second]], bias: [b, '0'] }, { weights: [[v, '0']], bias: ['0'] });
  const { statement, proof } = text;
  statement.problem.network.input = [1, 3];
  const code = (last: (x: number) => number): string => {
    statement.problem.data.inputs = [-2, -1, 1, 2].map((x) => [`${x}`, '-10', `${last(x)}`]);
    const verdict = checkCertificate(JSON.stringify(text));
    return verdict.kind === 'proved' ? 'proved' : verdict.reason.code;
  };
  const still = ['0', '0'];
  statement.point = taps(['1.4', '0'], '1.47', ['0', '1'], '1');
  proof.localMinimum.embedding = [
    taps(still, '0', ['0', '1'], '1'),
    taps(still, '1', still, '0'),
    taps(['1', '0'], '0', still, '0'),
  ];
  expect(code(() => -9)).toBe('proved');
  expect(code((x) => x - 10)).toBe('several-groups');
  // Equal here, but windows (x, −10) and (−10, −10) are told apart by the weights next to these.
  expect(code(() => -10)).toBe('tied-pool');
});

test('a claim about a box has no such rule', () => {
  const box = JSON.parse(certificate({ loss: { function: 'squared' } }));
  box.statement.problem.data = {
    type: 'box',
    lower: ['0'],
    upper: ['1'],
    target: [[{ coefficient: '1', exponents: [1] }]],
  };
  expect(checkCertificate(JSON.stringify(box)).kind).not.toBe('proved');
});

test('directions with coprime denominators are declined before they are brought over a common one', () => {
  const d = 40;
  const zeros = new Array<string>(d).fill('0');
  const unit = (j: number, one: string): readonly string[] => zeros.map((z, at) => (at === j ? one : z));
  // Consecutive numbers are coprime, and so on average are near ones.
  const part = (j: number): string => `1/${10n ** 3000n + BigInt(2 * j + 1)}`;
  const text = JSON.parse(certificate({ layers: [{ type: 'dense', units: 1 }], loss: { function: 'squared' } }));
  text.statement.problem.network.input = [d];
  text.statement.problem.data = {
    type: 'samples',
    inputs: [zeros, ...zeros.map((_, j) => unit(j, '1'))],
    targets: new Array(d + 1).fill(['0']),
  };
  text.statement.point = biased({ weights: [zeros], bias: ['0'] });
  Object.assign(text.proof.localMinimum, { center: ['0', ...zeros], modulus: '1/100' });
  const embed = (first: (j: number) => string) => [
    biased({ weights: [zeros], bias: ['0'] }),
    biased({ weights: [zeros], bias: ['1'] }),
    ...zeros.map((_, j) => biased({ weights: [unit(j, first(j))], bias: ['0'] })),
  ];
  const limits = { operations: 3e8 };
  text.statement.radius = '10';
  text.proof.localMinimum.embedding = embed(() => '1');
  expect(checkCertificate(JSON.stringify(text), { limits })).toMatchObject({ kind: 'proved' });
  text.proof.localMinimum.embedding = embed(part);
  expect(checkCertificate(JSON.stringify(text), { limits })).toMatchObject({ reason: { code: 'limit-operations' } });
});
