import { describe, expect, test } from 'vitest';
import { rational } from '../../src/kernel/arithmetic/rational.js';
import { readPoint, readProblem } from '../../src/kernel/check.js';
import { certify } from '../../src/provers/certify.js';
import type { Answer, CertifyOptions } from '../../src/provers/prover.js';
import { activation, dense, type Fields, point, problem, relu } from '../certificate.js';

const header = { version: 1 };

/** What certify says about a ball of radius 1/n. */
async function answerNear(
  written: Fields,
  at: Fields,
  n: bigint,
  options: Partial<CertifyOptions> = {},
  better?: Fields,
): Promise<Answer> {
  const read = readProblem(JSON.stringify({ format: 'cairn-problem', ...header, ...written }));
  if (read.kind !== 'read') throw new Error(read.reason.message);
  const pointOf = (fields: Fields) => {
    const found = readPoint(JSON.stringify({ format: 'cairn-point', ...header, ...fields }), read.value);
    if (found.kind !== 'read') throw new Error(found.reason.message);
    return found.value;
  };
  return certify(read.value, pointOf(at), {
    ...{ radius: rational(1n, n), seed: 1, effort: 1 },
    ...(better === undefined ? {} : { better: pointOf(better) }),
    ...options,
  });
}

/** The kind that is proved, or why none is. */
async function near(...question: Parameters<typeof answerNear>): Promise<string> {
  const answer = await answerNear(...question);
  return answer.kind === 'certified' ? `${answer.claim} ${answer.holds ? 'holds' : 'fails'}` : answer.reason.code;
}

const tanh = problem({
  layers: [dense(1), activation('tanh'), dense(1)],
  x: ['-2', '-1', '-1/2', '0', '1', '2'],
  // 2 tanh(x + 1/2) − 1, rounded.
  y: ['-2.8103', '-1.9242', '-1', '-0.0758', '0.8103', '0.9732'],
});
const fitted = (v = '2') => point([[[1]], ['1/2']], [[[v]], [-1]]);
/** In the same valley, too far away for a ball around it. */
const unfinished = point([[['1.1']], ['0.6']], [[[2]], [-1]]);
/** The mean target, with a unit that is off: it may be turned on either way. */
const saddle = point([[[0]], [0]], [[[0]], ['-0.67113']]);
const spurious = { claim: 'spurious-local-minimum-near' } as const;

describe('near a point of a smooth network', () => {
  test.each<[string, Fields, bigint, Partial<CertifyOptions>, string]>([
    ['a minimum', fitted(), 10n, {}, 'local-minimum-near holds'],
    ['asked for by name', fitted(), 10n, { claim: 'local-minimum-near' }, 'local-minimum-near holds'],
    ['a ball in which no derivative is 0', fitted(), 10n ** 12n, {}, 'no-local-minimum-near fails'],
    ['not curved, and steep', fitted('0'), 10n, {}, 'no-local-minimum-near fails'],
    ['a saddle', saddle, 1000n, {}, 'no-local-minimum-near fails'],
    ['a saddle, asked for by name', saddle, 1000n, { claim: 'no-local-minimum-near' }, 'no-local-minimum-near holds'],
    ['bent down at the point, in a ball where it need not be', fitted('0'), 1n, {}, 'curvature-not-positive'],
    ['steep, asked for by name', fitted('0'), 10n, { claim: 'no-local-minimum-near' }, 'no-local-minimum-near holds'],
    [
      'a spurious minimum without a better point',
      fitted(),
      10n,
      { claim: 'spurious-local-minimum-near' },
      'no-better-point',
    ],
    ['a claim about a point', fitted(), 10n, { claim: 'saddle' }, 'unsupported-claim'],
    ['no minimum, near a minimum', fitted(), 10n, { claim: 'no-local-minimum-near' }, 'gradient-may-vanish'],
  ])('%s', async (_, at, n, options, expected) => {
    expect(await near(tanh, at, n, options)).toBe(expected);
  });
});

describe('near a point of a relu network', () => {
  const seen = problem({ layers: [dense(2), relu, dense(1, false)], x: [1, 2, 3, '-1'], y: [1, 2, 4, 9] });
  // The second unit is off at every sample; the first carries the best line of the samples that it sees.
  const start = point(
    [
      [[1], [0]],
      ['-4/9', -1],
    ],
    [[['1.500000001', 3]]],
  );
  const better = point(
    [
      [[1], [-1]],
      ['-4/9', 0],
    ],
    [[['3/2', 9]]],
  );
  test('scales are fixed, silent parameters left out', async () => {
    expect(await near(seen, start, 1000n)).toBe('local-minimum-near holds');
    expect(await near(seen, start, 1000n, {}, better)).toBe('spurious-local-minimum-near holds');
    expect(await near(seen, start, 1000n, {}, start)).toBe('local-minimum-near holds');
    expect(await near(seen, start, 1000n, { claim: 'spurious-local-minimum-near' }, start)).toBe('no-better-point');
  });

  test('a better point, and a gradient that is too large for a ball around the point itself', async () => {
    const away = point(
      [
        [[1], [0]],
        ['-4/9', -1],
      ],
      [[['1.6', 3]]],
    );
    const { kind, notes } = await certified(seen, away, 2n, {}, better);
    expect([kind, notes.length]).toEqual(['spurious-local-minimum-near', 1]);
  });

  test('a point on a kink, where the risk falls', async () => {
    const kinked = point(
      [
        [[1], [0]],
        [-1, -1],
      ],
      [[['3/2', 3]]],
    );
    expect(await near(seen, kinked, 1000n, { claim: 'local-minimum-near' })).toBe('no-local-minimum-near fails');
  });
});

/** The certified statement, and what is said beside it. */
async function certified(...question: Parameters<typeof answerNear>) {
  const answer = await answerNear(...question);
  if (answer.kind !== 'certified') throw new Error(`${answer.reason.code}: ${answer.reason.message}`);
  const { statement, proof } = JSON.parse(answer.text) as {
    statement: { kind: string; point: Fields; radius: string };
    proof: { localMinimum: Fields };
  };
  return { ...statement, node: proof.localMinimum, notes: answer.notes };
}

/** Every weight and bias, in order. */
function numbersOf(at: Fields): number[] {
  const flat = (value: unknown): number[] =>
    typeof value === 'string'
      ? [value.split('/').map(Number)].map(([n = 0, d = 1]) => n / d)
      : typeof value === 'object' && value !== null
        ? Object.values(value).flatMap(flat)
        : [];
  return flat(at);
}

describe('polishing', () => {
  test('the ball around the polished point is inside the one that was asked about', async () => {
    const { kind, point: at, radius, notes } = await certified(tanh, unfinished, 2n);
    expect(kind).toBe('local-minimum-near');
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain('0.14 away');
    expect(notes[0]).toContain('a minimum is within 1/2 of the given one');
    const given = numbersOf(unfinished);
    const distance = Math.hypot(...numbersOf(at).map((w, j) => w - (given[j] as number)));
    const [n = 0, d = 1] = radius.split('/').map(Number);
    expect(distance).toBeGreaterThan(0.1);
    expect(distance + n / d).toBeLessThan(0.5);
  });

  test('a point that has its own ball is not moved', async () => {
    const { point: at, radius, notes } = await certified(tanh, fitted(), 10n);
    expect({ at, radius, notes }).toEqual({ at: fitted(), radius: '1/10', notes: [] });
  });

  test('two hidden layers', async () => {
    const deep = problem({
      layers: [dense(1, false), activation('tanh'), dense(1, false), activation('sigmoid'), dense(1, false)],
      x: ['-3', '-2', '-1', '-1/2', '0', '1/2', '1', '2', '3'],
      y: ['0.1', '0.1', '0.3', '0.5', '0.9', '1.2', '1.4', '1.5', '1.5'],
    });
    const { kind, notes } = await certified(deep, point([[['0.6']]], [[[3]]], [[['1.6']]]), 1n);
    expect([kind, notes.length]).toEqual(['local-minimum-near', 1]);
  });

  test('a convolution and an average pool', async () => {
    const convolution = {
      ...tanh,
      network: {
        input: [1, 3],
        layers: [
          { type: 'conv1d', channels: 1, kernel: 2, bias: false },
          activation('tanh'),
          { type: 'avgpool', kernel: 2 },
          { type: 'flatten' },
          dense(1, false),
        ],
      },
      data: {
        type: 'samples',
        inputs: ['100', '010', '001', '210', '112', '021'].map((digits) => [...digits]),
        targets: ['0.75', '1', '0.25', '1.75', '1.75', '1.45'].map((y) => [y]),
      },
    };
    const at = { layers: [{ weights: [[['1', '1/4']]] }, { weights: [['2']] }] };
    expect((await certified(convolution, at, 10n)).kind).toBe('local-minimum-near');
  });
});

test('inputs that depend on each other: their weights stay, and T says why', async () => {
  const data = {
    x: [-2, -1, '-1/2', 0, 1, 2].map((x) => [x, typeof x === 'number' ? 2 * x : -1, 1]),
    y: ['-2.8103', '-1.9242', '-1', '-0.0758', '0.8103', '0.9732'],
  };
  const twice = problem({ layers: [dense(1), activation('tanh'), dense(1)], ...data });
  const { node } = await certified(twice, point([[[1, 0, '1/4']], ['1/4']], [[[2]], [-1]]), 10n);
  expect(node['redundant']).toEqual({
    columns: [0, 2],
    T: [
      ['1', '2', '0', '0'],
      ['0', '0', '1', '1'],
    ],
  });
});

describe('why nothing is proved, with figures', () => {
  const line = problem({ layers: [dense(1), relu, dense(1)], x: [-2, -1, 1, 2, 3], y: [0, 0, 1, 2, '3.3'] });
  const endless = problem({ layers: [dense(1, false)], loss: { function: 'logistic' }, x: [1], y: [1] });
  const bent = point([[[1]], [1]], [[[1]], [-1]]);
  test.each<[string, Fields, Fields, bigint, Partial<CertifyOptions>, Fields | undefined, string, RegExp]>([
    [
      'a gradient for which the ball is too small',
      ...[tanh, unfinished, 8n, {}, undefined, 'radius-too-small'],
      /radius 0\.125, with \|∇R\| = 1\.09 and a least eigenvalue of the Hessian of 0\.466 at the point; Newton’s method ends 0\.141 away; a radius of about 0\.2 might do/,
    ],
    [
      'a Hessian that is not definite',
      ...[tanh, fitted('0'), 1n, {}, undefined, 'curvature-not-positive'],
      /least eigenvalue in the 4 coordinates that move is about -1\.75/,
    ],
    [
      'a Hessian beyond the doubles',
      ...[
        tanh,
        fitted(`1${'0'.repeat(200)}`),
        1n,
        { radius: rational(10n ** 210n) },
        undefined,
        'curvature-not-positive',
      ],
      /beyond the range of doubles/,
    ],
    [
      'a better point that is none',
      ...[tanh, fitted(), 10n, spurious, fitted('0'), 'no-better-point'],
      /the risk of the point given as better, 12\.2, is not below that of the point, 3\.2e-9/,
    ],
    [
      'a better point that is the minimum itself, roughly',
      ...[tanh, unfinished, 2n, spurious, fitted(), 'gap-too-small'],
      /has a risk of 3\.2e-9, and the minimum is not shown to have more: it has at most 1\.26e-9, with \|∇R\| = 1\.09 and/,
    ],
    [
      'a risk that falls for ever',
      ...[endless, point([[[0]]]), 1n, { claim: 'local-minimum-near', radius: rational(100n) }, undefined],
      'not-strongly-convex',
      /with \|∇R\| = 0\.5 and a least eigenvalue of the Hessian of 0\.248 at the point; \|∇R\| = .*, 31\.2 away: the risk is not shown to be/,
    ],
    [
      'a kink at a sample',
      ...[line, bent, 10n, { claim: 'local-minimum-near' }, undefined, 'on-a-kink'],
      /on a kink at sample 1; the nearest kink is that of unit 0 of layer 0, 0 from its value at sample 1/,
    ],
  ] as const)('%s', async (_, written, at, n, options, better, code, message) => {
    const answer = await answerNear(written, at, n, options, better);
    if (answer.kind === 'certified') throw new Error(`${answer.claim} is certified`);
    expect(answer.reason.code).toBe(code);
    expect(answer.reason.message).toMatch(message);
  });
});

describe('odd points are answered, never thrown at', () => {
  const sizes = ['0', `1${'0'.repeat(300)}`, `-${'7'.repeat(400)}`, `0.${'0'.repeat(299)}1`, `1/${'3'.repeat(350)}`];
  const layers = ['tanh', 'relu', 'elu', 'quadratic'].map((name) => [dense(1), activation(name), dense(1)]);
  test.each(sizes.map((size) => [size.length, size] as const))('a weight of %i characters', async (_, size) => {
    for (const network of layers) {
      const written = { ...tanh, network: { input: [1], layers: network } };
      for (const n of [10n, 10n ** 400n]) {
        expect(await near(written, point([[[size]], ['1/2']], [[[size]], [-1]]), n)).toMatch(
          /^[a-z-]+( holds| fails)?$/,
        );
      }
    }
  });
});
