/** Weight decay: which rules count the penalty, and that no other rule sees such a problem. */

import { describe, expect, test } from 'vitest';
import { problemJson } from '../../../src/formats/write.js';
import { canonicalProblem } from '../../../src/kernel/canonical.js';
import { type Kind, obligations, type RuleName } from '../../../src/kernel/format.js';
import { pointRisk } from '../../../src/report/risk-string.js';
import {
  activation,
  answer,
  certificate,
  check,
  dense,
  type Fields,
  frozen,
  point,
  problem,
  relu,
  type Value,
} from '../../certificate.js';

const here = '$.statement.point';
const decayed = (l2: string, plain: Fields): Fields => ({ ...plain, regularization: { l2 } });

/** N = wx + b on x = −1, 1, y = −3, 5: R = 2(w − 4)² + 2(b − 1)² + l2 (w² + b²). With l2 = 2 it is least at w = 2, b = 1/2. */
const line = problem({ layers: [dense(1)], x: ['-1', 1], y: ['-3', 5] });
const best = point([[[2]], ['1/2']]);
const without = point([[[4]], [1]]);

const exact = (problem: Fields, at: Fields, node: Fields = {}): Fields =>
  certificate('local-minimum', { problem, point: at }, { localMinimum: { rule: 'exact-hessian', ...node } });
const near = (problem: Fields, at: Fields, radius: string, node: Fields): Fields =>
  certificate(
    'local-minimum-near',
    { problem, point: at, radius },
    { localMinimum: { rule: 'strongly-convex-ball', ...node } },
  );
const none = (problem: Fields, at: Fields, radius: string, node: Fields): Fields =>
  certificate('no-local-minimum-near', { problem, point: at, radius }, { descent: node });
const steep = { rule: 'gradient-bound' };

const ball = '$.proof.localMinimum';
const modulus = { modulus: '7' };

describe('a line', () => {
  test.each<[string, Fields, string]>([
    ['the exact minimum', exact(decayed('2', line), best), 'proved'],
    ['the minimum without the penalty', exact(line, without), 'proved'],
    ['the minimum without the penalty is none with it', exact(decayed('2', line), without), `nonzero-gradient ${here}`],
    ['the minimum with the penalty is none without it', exact(line, best), `nonzero-gradient ${here}`],
    ['another factor', exact(decayed('3', line), best), `nonzero-gradient ${here}`],
    ['half of it', exact(decayed('1', line), best), `nonzero-gradient ${here}`],
    ['biases count too', exact(decayed('2', line), point([[[2]], [1]])), `nonzero-gradient ${here}`],
    ['near the minimum', near(decayed('2', line), best, '1/100', modulus), 'proved'],
    ['its Hessian is 4 + 2 · 2', near(decayed('2', line), best, '1/100', { modulus: '79/10' }), 'proved'],
    [
      'and no more',
      near(decayed('2', line), best, '1/100', { modulus: '81/10' }),
      `not-strongly-convex ${ball}.modulus`,
    ],
    [
      'without the penalty it is 4',
      near(line, without, '1/100', { modulus: '41/10' }),
      `not-strongly-convex ${ball}.modulus`,
    ],
    [
      'near the minimum without the penalty',
      near(decayed('2', line), without, '1/100', modulus),
      `gradient-too-large ${ball}.modulus`,
    ],
    ['no minimum near the minimum without the penalty', none(decayed('2', line), without, '1', steep), 'proved'],
    ['some near the minimum', none(decayed('2', line), best, '1', steep), 'gradient-may-vanish $.proof.descent'],
    ['no minimum near the minimum with it, without it', none(line, best, '1/2', steep), 'proved'],
  ])('%s', (_, written, expected) => {
    expect(answer(check(written))).toBe(expected);
  });
});

/** relu(wx + b) v: what changes no prediction changes the penalty. */
describe('parameters that may stay without the penalty', () => {
  const unit = problem({ layers: [dense(1), relu, dense(1, false)], x: [1, 2, 3], y: [1, 2, 4] });
  const fit = point([[[1]], ['-4/9']], [[['3/2']]]);
  const gauge = [{ layer: 0, unit: 0, input: 0 }];
  const hints: readonly Fields[] = [
    { gauge },
    { gauge: [] },
    { silent: [{ layer: 0, bias: 0 }] },
    { silent: [] },
    {
      redundant: {
        columns: [0, 1],
        T: [
          ['1', '0'],
          ['0', '1'],
        ],
      },
    },
    { logit: 0 },
  ];
  test.each(hints)('%j', (hint) => {
    const small = decayed('1/1000000', unit);
    expect(answer(check(near(small, fit, '1/1000', { modulus: '1/4', ...hint })))).toBe(`wrong-hint ${ball}`);
    expect(answer(check(exact(small, fit, hint)))).toBe(`wrong-hint ${ball}`);
  });

  test('the gauge is a direction like any other', () => {
    expect(answer(check(near(unit, fit, '1/1000', { modulus: '1/4', gauge })))).toBe('proved');
    expect(answer(check(near(decayed('1/1000000', unit), fit, '1/1000', { modulus: '1/4' })))).toBe(
      `not-strongly-convex ${ball}.modulus`,
    );
  });

  test('a unit that is off at every sample: its parameters are drawn to 0, and only 0 is a minimum', () => {
    const two = problem({
      layers: [
        frozen([
          [[1], [-1]],
          [0, '-1'],
        ]),
        relu,
        dense(1),
      ],
      x: [1, 3],
      y: [1, 3],
    });
    // R = (v + c − 1)² + (3v + c − 3)² + l2 (v² + u² + c²), u of the unit that is off.
    const zero = decayed(
      '2',
      problem({
        layers: [
          frozen([
            [[1], [-1]],
            [0, '-1'],
          ]),
          relu,
          dense(1),
        ],
        x: [1, 3],
        y: [0, 0],
      }),
    );
    expect(answer(check(exact(zero, point([[[0, 0]], [0]]))))).toBe('proved');
    expect(answer(check(exact(zero, point([[[0, 1]], [0]]))))).toBe(`nonzero-gradient ${here}`);
    expect(answer(check(exact(two, point([[[1, 1]], [0]]), { silent: [{ layer: 0, unit: 0, input: 1 }] })))).toBe(
      'proved',
    );
  });

  test('both weights and biases count in the risk', () => {
    // R = 2(2 − 4)² + 2(1/2 − 1)² + 2(4 + 1/4)
    const verdict = check(exact(decayed('2', line), best));
    if (verdict.kind !== 'proved') throw new Error('not proved');
    expect(pointRisk(verdict.theorem).lower).toEqual({ num: 17n, den: 1n });
  });

  test('frozen weights do not count', () => {
    // R = (v·1000 − 500)² + l2 v², least at v = 500000/(1000000 + l2).
    const big = (l2: string) =>
      decayed(l2, problem({ layers: [frozen([[[1000]]]), dense(1, false)], x: [1], y: [500] }));
    expect(answer(check(exact(big('1000000'), point([[['1/4']]]))))).toBe('proved');
    const verdict = check(exact(big('1000000'), point([[['1/4']]])));
    if (verdict.kind !== 'proved') throw new Error('not proved');
    expect(pointRisk(verdict.theorem).lower).toEqual({ num: 125_000n, den: 1n });
  });
});

/** N = (w² − 1, 0, …, 0) at x = 1, in a sample of weight 2. */
function balanced(outputs: number, y: readonly number[], name: string, factor = '1/2'): Fields {
  const others = new Array<number>(outputs - 1).fill(0);
  const output = frozen([
    [[1], ...others.map((zero) => [zero])],
    [-1, ...others],
  ]);
  const layers = [dense(1, false), activation('quadratic'), output];
  return problem({ layers, x: [1], y: [y], weights: [2], loss: { function: name, factor } });
}

/** |w − 3/4|^(3/2) */
const root = (factor: string, weight = '1'): Fields =>
  problem({
    layers: [dense(1, false)],
    ...{ x: [1], y: ['3/4'], weights: [weight] },
    loss: { function: 'power', exponent: '3/2', factor },
  });

describe('smooth risks', () => {
  const tanh = problem({ layers: [dense(1), activation('tanh'), dense(1)], x: ['-1', 0, 2], y: ['-2', 0, 3] });
  const logCosh = { loss: { function: 'log-cosh' } };
  test.each<[string, Fields, string]>([
    [
      'log-cosh at its formal minimum',
      exact(decayed('1/2', problem({ layers: [dense(1)], x: [1, 1], y: [1, '-1'], ...logCosh })), point([[[0]], [0]])),
      'proved',
    ],
    [
      'log-cosh, a derivative of the penalty beside a formal 0',
      exact(decayed('1/2', problem({ layers: [dense(1)], x: [0, 0], y: [1, '-1'], ...logCosh })), point([[[1]], [0]])),
      `nonzero-gradient ${here}`,
    ],
    // σ(0) = 1/2: 2(1/2 − y) + 2 · l2 · b vanishes with y = 1/2 at b = 0 only.
    [
      'logistic at 0',
      exact(
        decayed(
          '1/2',
          problem({ layers: [dense(1)], x: [1, '-1'], y: ['1/2', '1/2'], loss: { function: 'logistic' } }),
        ),
        point([[[0]], [0]]),
      ),
      'proved',
    ],
    // N = w² − 1 at w = 1 is 0, and ∂N/∂w = 2: the rational derivative 2(1/2 − 1) of the loss is that of the penalty, taken away.
    ['logistic against the penalty', exact(decayed('1/2', balanced(1, [1], 'logistic')), point([[[1]]])), 'proved'],
    [
      'logistic against more',
      exact(decayed('3/5', balanced(1, [1], 'logistic')), point([[[1]]])),
      `nonzero-gradient ${here}`,
    ],
    ['a factor and a weight count', exact(decayed('3', balanced(1, [1], 'logistic', '3')), point([[[1]]])), 'proved'],
    ['two classes', exact(decayed('1/2', balanced(2, [1, 0], 'cross-entropy')), point([[[1]]])), 'proved'],
    ['two classes, a factor', exact(decayed('3', balanced(2, [1, 0], 'cross-entropy', '3')), point([[[1]]])), 'proved'],
    ['three classes', exact(decayed('2/3', balanced(3, [1, 0, 0], 'cross-entropy')), point([[[1]]])), 'proved'],
    [
      'three classes, a factor',
      exact(decayed('4', balanced(3, [1, 0, 0], 'cross-entropy', '3')), point([[[1]]])),
      'proved',
    ],
    [
      'three classes, two classes’ penalty',
      exact(decayed('1/2', balanced(3, [1, 0, 0], 'cross-entropy')), point([[[1]]])),
      `nonzero-gradient ${here}`,
    ],
    // w = 1/2, y = 3/4: 3/2 √(1/4) = 3/4 = 2 · 3/4 · w.
    ['a radical that is rational', exact(decayed('3/4', root('1')), point([[['1/2']]])), 'proved'],
    ['with a factor and a weight', exact(decayed('9/2', root('2', '3')), point([[['1/2']]])), 'proved'],
    [
      'with one of them forgotten',
      exact(decayed('3/2', root('2', '3')), point([[['1/2']]])),
      `nonzero-gradient ${here}`,
    ],
    [
      'cross-entropy: the penalty fixes the logits',
      exact(
        decayed(
          '1',
          problem({
            layers: [dense(3)],
            x: ['-1', 1],
            y: new Array(2).fill(['1/3', '1/3', '1/3']),
            loss: { function: 'cross-entropy' },
          }),
        ),
        point([
          [[0], [0], [0]],
          [0, 0, 0],
        ]),
      ),
      'proved',
    ],
    [
      'cross-entropy away from 0: the penalty moves it',
      exact(
        decayed(
          '1',
          problem({
            layers: [dense(3)],
            x: ['-1', 1],
            y: new Array(2).fill(['1/3', '1/3', '1/3']),
            loss: { function: 'cross-entropy' },
          }),
        ),
        point([
          [[0], [0], [0]],
          [1, 1, 1],
        ]),
      ),
      `nonzero-gradient ${here}`,
    ],
    [
      'values of tanh that are irrational',
      exact(decayed('1', tanh), point([[[1]], [0]], [[[1]], [0]])),
      `irrational-value ${here}`,
    ],
    [
      'near 0 the risk of tanh is not convex',
      near(decayed('1/100', tanh), point([[[0]], [0]], [[[0]], [0]]), '1/100', modulus),
      `gradient-too-large ${ball}.modulus`,
    ],
    [
      'negative curvature over a ball',
      none(decayed('1/100', tanh), point([[[0]], [0]], [[[0]], ['1/3']]), '1/1000', {
        rule: 'negative-curvature',
        direction: point([[[1]], [0]], [[[1]], [0]]),
      }),
      'proved',
    ],
    [
      'that a strong penalty takes away',
      none(decayed('100', tanh), point([[[0]], [0]], [[[0]], ['1/3']]), '1/1000', {
        rule: 'negative-curvature',
        direction: point([[[1]], [0]], [[[1]], [0]]),
      }),
      'not-curved $.proof.descent.direction',
    ],
  ])('%s', (_, written, expected) => {
    expect(answer(check(written))).toBe(expected);
  });
});

describe('the better point pays the penalty, too', () => {
  const notGlobal = (l2: string | null, better: Fields): string =>
    answer(
      check(
        certificate(
          'not-global-minimum',
          { problem: l2 === null ? line : decayed(l2, line), point: best, betterPoint: better },
          { lowerRisk: { rule: 'lower-risk' } },
        ),
      ),
    );
  test.each<[string, string | null, Fields, string]>([
    ['without a penalty', null, without, 'proved'],
    ['with it', '2', without, 'not-below $.statement.betterPoint'],
    ['with a small one', '1/10', without, 'proved'],
    ['the same point', '2', best, 'not-below $.statement.betterPoint'],
    ['with a large one', '10', point([[['2/3']], ['1/6']]), 'proved'],
  ])('%s', (_, l2, better, expected) => {
    expect(notGlobal(l2, better)).toBe(expected);
  });
});

/** All nodes that the format knows, in shapes that decode. */
const nodes: Readonly<Record<RuleName, Fields>> = {
  'affine-span': {},
  'affine-span-near': { center: ['0', '0'], ballRadius: '1', modulus: '1', embedding: [best, best, best] },
  'strongly-convex-ball': modulus,
  'exact-hessian': {},
  'coincident-preactivations': { halfWidth: '1/10', vectors: [] },
  'neuron-dominance': { units: [{}] },
  'neuron-dominance-1d': {},
  'reduced-hessian-1d': {},
  'profile-family': { parameter: 't' },
  'zero-loss': {},
  'convex-span': {},
  enumeration: { tree: { kept: true }, combinations: [{ prediction: ['0'], multipliers: [[]] }] },
  'eckart-young': { threshold: '0', excess: [['0']], bestFit: { weights: [['0']] } },
  'zero-gradient': {},
  'lower-risk': {},
  'descent-direction': { direction: best },
  'ascent-direction': { direction: best },
  'descent-curve': { coefficients: [best] },
  'ascent-curve': { coefficients: [best] },
  'flat-then-descent': { unit: 0, direction: ['1', '1'] },
  'negative-curvature': { direction: best },
  'gradient-bound': {},
  'strictly-monotone': { coordinates: [{ layer: 0, unit: 0, input: 0 }] },
  'hinge-profile': {},
  'least-critical-risk': {},
};
const counted: Readonly<Partial<Record<Kind, readonly RuleName[]>>> = {
  'local-minimum': ['exact-hessian'],
  'spurious-local-minimum': ['exact-hessian', 'lower-risk'],
  'not-global-minimum': ['lower-risk'],
  'local-minimum-near': ['strongly-convex-ball'],
  'spurious-local-minimum-near': ['strongly-convex-ball', 'lower-risk'],
  'no-local-minimum-near': ['gradient-bound', 'negative-curvature'],
};
const pairs = (Object.keys(obligations) as Kind[]).flatMap((kind) =>
  Object.entries(obligations[kind]).flatMap(([key, rules]) => rules.map((rule) => [kind, key, rule] as const)),
);

const node = { rule: 'hinge-profile' };

/** The first rule of a kind that counts the penalty. */
const counts = (kind: Kind, otherwise: RuleName): RuleName => counted[kind]?.[0] ?? otherwise;

/** Every kind with every rule: what does not count the penalty is declined by name, at a point where it would hold without. */
test.each(pairs)('%s by %s: %s', (kind, key, rule) => {
  const better = kind.startsWith('spurious') || kind === 'not-global-minimum' ? { betterPoint: best } : {};
  const radius = kind.endsWith('-near') ? { radius: '1/100' } : {};
  const proof = Object.fromEntries(
    Object.entries(obligations[kind]).map(([other, [first]]): [string, Value] => {
      const own = other === key ? rule : other === 'lowerRisk' ? 'lower-risk' : counts(kind, first as RuleName);
      return [other, { rule: own, ...nodes[own] }];
    }),
  );
  const family = {
    family: { parameters: [{ name: 't', from: '1', to: '2' }], layers: best['layers'] as Value },
    ...{ betterPoint: best, gap: '1', realizations: 'same-predictions' },
  };
  const isList = kind === 'complete-critical-realizations';
  const realizations = [{ kind: 'saddle', point: without }];
  const other = kind === 'ill-posed-best-approximation' ? { otherPoint: best, jump: '1' } : {};
  const about =
    kind === 'spurious-family'
      ? family
      : isList
        ? { realizations }
        : { point: without, ...better, ...other, ...radius };
  const each = isList ? { each: [{ critical: node, descent: node, ascent: node }] } : {};
  const found = answer(check(certificate(kind, { problem: decayed('2', line), ...about }, { ...proof, ...each })));
  if (counted[kind]?.includes(rule) === true) expect(found).not.toContain('unsupported-combination');
  else {
    const path = counted[kind] === undefined ? '$.statement.kind' : `$.proof.${key}.rule`;
    expect(found).toBe(`unsupported-combination ${path}`);
  }
});

test('only samples: a box and a Gaussian teacher are declined', () => {
  const path = '$.statement.problem.regularization';
  const box = { ...line, data: { type: 'box', lower: ['0'], upper: ['1'], targets: [{ terms: [] }] } };
  expect(answer(check(exact(decayed('1', box), best)))).toBe(`unsupported-combination ${path}`);
  const teacher = { ...line, data: { type: 'gaussian-teacher', dimension: 1, teacher: [['1']] } };
  expect(answer(check(exact(decayed('1', teacher), best)))).toBe(`unsupported-combination ${path}`);
});

test('the canonical text says the penalty, last and in lowest terms, and what is written again has it', () => {
  const verdict = check(exact(decayed('4/2', line), best));
  if (verdict.kind !== 'proved') throw new Error(verdict.reason.message);
  const { problem: proved } = verdict.theorem.statement;
  expect(canonicalProblem(proved)).toMatch(/"weights":\["1","1"\]\},"regularization":\{"l2":"2"\}\}$/);
  expect(problemJson(proved)['regularization']).toEqual({ l2: '2' });
});
