/** What certify answers at points of one hidden layer on an interval, and the searches behind it. */
import { describe, expect, test } from 'vitest';
import { rationals } from '../../src/kernel/arithmetic/algebraic.js';
import { integers } from '../../src/kernel/arithmetic/integers.js';
import { type Rational, rational } from '../../src/kernel/arithmetic/rational.js';
import { checkCertificate, readPoint, readProblem } from '../../src/kernel/check.js';
import { defaultLimits, Meter } from '../../src/kernel/limits.js';
import { BoxInstance } from '../../src/kernel/model/box-instance.js';
import { rationalPoint } from '../../src/kernel/model/interval-point.js';
import { type Change, enclosedChange } from '../../src/kernel/rules/curve.js';
import { changeAlong } from '../../src/kernel/rules/interval-curve.js';
import type { BoxProblem } from '../../src/kernel/statement.js';
import { certify } from '../../src/provers/certify.js';
import { standingsOnInterval } from '../../src/provers/curves-on-interval.js';
import { findNegativeDirection } from '../../src/provers/negative-direction.js';
import type { Answer, CertifyOptions } from '../../src/provers/prover.js';
import { activation, dense, type Fields, point, type Row, relu, type Value } from '../certificate.js';
import { boxProblem, polynomial } from '../kernel/rules/box-problems.js';
import { Chance } from '../landscape.js';

function posed(units: number, act: Value, target: Fields, ends: Row): BoxProblem {
  const fields = boxProblem({
    layers: [dense(units), act as Fields, dense(1)],
    lower: [ends[0] as string],
    upper: [ends[1] as string],
    targets: [target],
  });
  const read = readProblem(JSON.stringify({ format: 'cairn-problem', version: 1, ...fields }));
  if (read.kind !== 'read' || read.value.type !== 'box') throw new Error(JSON.stringify(read));
  return read.value;
}

/** Units (w, b, v). */
function pointOf(problem: BoxProblem, units: readonly Row[], c: Row[number]) {
  const layers = point(
    [units.map(([w]) => [w as string]), units.map(([, b]) => b as string)],
    [[units.map(([, , v]) => v as string)], [c]],
  );
  const read = readPoint(JSON.stringify({ format: 'cairn-point', version: 1, ...layers }), problem);
  if (read.kind !== 'read') throw new Error(JSON.stringify(read));
  return read.value;
}

async function decide(
  act: Value,
  target: Fields,
  ends: Row,
  units: readonly Row[],
  c: Row[number],
  options: Partial<CertifyOptions> = {},
): Promise<Answer> {
  const problem = posed(units.length, act, target, ends);
  return certify(problem, pointOf(problem, units, c), { seed: 1, effort: 5, ...options });
}

const line = polynomial(0, 1);
const parabola = polynomial(0, 0, 1);

describe('certify on an interval', () => {
  test.each<readonly [string, Value, Fields, readonly Row[], Row[number], string]>([
    ['all off', relu, line, [[1, -2, 1]], '1/2', 'spurious-local-minimum'],
    ['the target', relu, line, [[1, 0, 1]], 0, 'global-minimum'],
    ['a unit of the wrong sign at an end', relu, line, [[1, -1, 1]], '1/2', 'saddle'],
    ['a degenerate flat unit', relu, line, [[0, 0, 0]], '1/2', 'saddle'],
    ['a flat unit that is constant', relu, line, [[0, 1, 0]], '1/2', 'saddle'],
    [
      'two kinks',
      relu,
      line,
      [
        [1, '-1/3', '2/3'],
        [-1, '2/3', '-2/3'],
      ],
      '1/2',
      'saddle',
    ],
    ['a degenerate unit that is not flat: no gradient', relu, line, [[0, 0, 1]], '1/2', 'not-local-minimum'],
    ['a bias that is off', relu, line, [[1, -2, 1]], 1, 'not-local-minimum'],
    // The best right hinge of x² on [0, 1] beside constants (sources.md 2).
    ['the best hinge', relu, parabola, [[1, '-1/3', '4/3']], '1/27', 'local-minimum'],
    [
      'beside it a flat unit with the same kink',
      relu,
      parabola,
      [
        [1, '-1/3', '4/3'],
        [1, '-1/3', 0],
      ],
      '1/27',
      'saddle',
    ],
    ['the best constant of x² in a quadratic unit', activation('quadratic'), parabola, [[0, 0, 1]], '1/3', 'saddle'],
    ['x² itself', activation('quadratic'), parabola, [[1, 0, 1]], 0, 'global-minimum'],
    ['hardtanh that is off', activation('hardtanh'), line, [[1, 5, 1]], '-1/2', 'spurious-local-minimum'],
  ])('%s', async (_, act, target, units, c, expected) => {
    const answer = await decide(act, target, [0, 1], units, c);
    if (answer.kind !== 'certified') throw new Error(JSON.stringify(answer.reason));
    expect(answer.claim).toBe(expected);
    expect(checkCertificate(answer.text).kind).toBe('proved');
  });

  const twoKinks: readonly Row[] = [
    [1, '-1/3', '2/3'],
    [-1, '2/3', '-2/3'],
  ];
  test.each([
    ['saddle', 'saddle', true],
    ['local-minimum', 'saddle', false],
    ['not-local-minimum', 'not-local-minimum', true],
  ] as const)('asked for %s at a saddle: %s', async (claim, expected, holds) => {
    const answer = await decide(relu, line, [0, 1], twoKinks, '1/2', { claim });
    expect(answer).toMatchObject({ kind: 'certified', claim: expected, holds });
  });

  test('asked for a saddle where the gradient is not 0: undecided, and why', async () => {
    const answer = await decide(relu, line, [0, 1], [[1, -2, 1]], 1, { claim: 'saddle' });
    expect(answer).toMatchObject({ kind: 'undecided', reason: { code: 'nonzero-gradient' } });
  });

  test.each([
    ['global-minimum', false],
    ['not-global-minimum', true],
  ] as const)('asked for %s at a saddle: a point of lower risk', async (claim, holds) => {
    const answer = await decide(relu, line, [0, 1], twoKinks, '1/2', { claim });
    expect(answer).toMatchObject({ kind: 'certified', claim: 'not-global-minimum', holds });
  });

  test('a minimum below which nothing is found is one, and that is said', async () => {
    const [units, c] = [[[1, '-1/3', '4/3']], '1/27'] as const;
    const note = 'no point of lower risk was found at this effort';
    const answer = await decide(relu, parabola, [0, 1], units, c);
    expect(answer).toMatchObject({ kind: 'certified', claim: 'local-minimum', notes: [note] });
    for (const claim of ['spurious-local-minimum', 'not-global-minimum', 'global-minimum'] as const) {
      const asked = await decide(relu, parabola, [0, 1], units, c, { claim });
      expect(asked).toMatchObject({ kind: 'undecided', reason: { code: 'no-better-point', message: note } });
    }
  });

  test('undecided names the degenerate case', async () => {
    // g = 4x − 6x² is 0 at the end where the unit bends, and rises there: a minimum, if it is one, by third order.
    const answer = await decide(relu, polynomial(0, -2, 3), [0, 1], [[-1, 0, 1]], 0);
    expect(answer).toMatchObject({ kind: 'undecided', reason: { code: 'bends-downward' } });
    if (answer.kind === 'undecided') expect(answer.reason.message).toContain('unit 0 is on a breakpoint at an end');
  });

  test('whatever is answered at random points is proved, and a point off the critical ones is decided', async () => {
    const chance = new Chance(7);
    const small = (): string => String(chance.below(7) - 3);
    for (let k = 0; k < 25; k++) {
      const units = Array.from({ length: 1 + chance.below(2) }, (): Row => [small(), small(), small()]);
      const answer = await decide(relu, parabola, [-1, 1], units, small());
      if (answer.kind !== 'certified') throw new Error(JSON.stringify({ units, ...answer }));
      expect(['not-local-minimum', 'saddle', 'local-minimum', 'global-minimum']).toContain(answer.claim);
    }
  });
});

test('units by where they are on a breakpoint', () => {
  const problem = posed(5, relu, line, [0, 2]);
  const at = pointOf(
    problem,
    [
      [1, -1, 1],
      [1, -2, 1],
      [-1, 0, 0],
      [0, 0, 0],
      [0, -1, 3],
    ],
    0,
  );
  expect(standingsOnInterval(problem, integers, at.parameters)).toEqual([
    'smooth',
    'at-an-end',
    'at-an-end',
    'on-a-breakpoint',
    'smooth',
  ]);
});

test('the lowest term of the risk along the output bias is t², times the length', () => {
  const problem = posed(1, relu, line, [-1, 2]);
  const { parameters } = pointOf(problem, [[1, -3, 1]], '1/2');
  const still = { weights: [[0n]], bias: [0n], denominator: 1n, bits: 1 };
  const instance = rationalPoint(new BoxInstance(problem, parameters, new Meter(defaultLimits), '$'));
  const change = changeAlong(instance, [[still, { ...still, bias: [1n] }]], '$');
  expect(change).toMatchObject({ order: 2, sign: 1 });
  expect(enclosedChange(rationals, change as Change<bigint>)).toEqual({ lower: rational(3n), upper: rational(3n) });
  expect(changeAlong(instance, [[still, still]], '$')).toBeNull();
});

describe('negative directions', () => {
  const form = (...rows: readonly (readonly number[])[]): Rational[][] =>
    rows.map((row) => row.map((n) => rational(BigInt(n))));
  const square = (Q: Rational[][], xi: readonly bigint[]): bigint =>
    xi.reduce((sum, a, i) => sum + xi.reduce((inner, b, j) => inner + a * b * (Q[i]?.[j]?.num as bigint), 0n), 0n);

  test.each([
    ['a negative entry', form([1, 0], [0, -1])],
    ['zero on the diagonal', form([0, 1], [1, 0])],
    ['zero beside a large square', form([0, 1], [1, 1000])],
    ['negative zero', form([0, -1], [-1, 5])],
    ['after elimination', form([1, 2], [2, 3])],
    ['of three, in the last step', form([4, 2, 2], [2, 2, 1], [2, 1, 0])],
    ['barely', form([1000, 999, 0], [999, 998, 0], [0, 0, 1])],
  ])('%s', (_, Q) => {
    const xi = findNegativeDirection(Q);
    if (xi === null) throw new Error('none was found');
    expect(square(Q, xi)).toBeLessThan(0n);
  });

  test.each([
    ['definite', form([2, 1], [1, 2])],
    ['semidefinite', form([1, 1], [1, 1])],
    ['zero', form([0, 0], [0, 0])],
    ['nothing', []],
  ])('none where it is %s', (_, Q) => {
    expect(findNegativeDirection(Q)).toBeNull();
  });

  test('on random forms: none exactly where no small vector has a negative square', () => {
    const chance = new Chance(3);
    for (let k = 0; k < 200; k++) {
      const [a, b, c] = [chance.below(7) - 1, chance.below(9) - 4, chance.below(7) - 1] as [number, number, number];
      const Q = form([a, b], [b, c]);
      const semidefinite = a >= 0 && c >= 0 && a * c - b * b >= 0;
      const xi = findNegativeDirection(Q);
      expect(xi === null).toBe(semidefinite);
      if (xi !== null) expect(square(Q, xi)).toBeLessThan(0n);
    }
  });
});
