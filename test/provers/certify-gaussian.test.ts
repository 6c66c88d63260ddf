import { expect, test } from 'vitest';
import { rational } from '../../src/kernel/arithmetic/rational.js';
import { checkCertificate, readPoint, readProblem } from '../../src/kernel/check.js';
import { defaultLimits, Meter } from '../../src/kernel/limits.js';
import { gaussianGradient } from '../../src/kernel/model/arc-cosine.js';
import type { GaussianProblem, Point } from '../../src/kernel/statement.js';
import { certify } from '../../src/provers/certify.js';
import { polishGaussian } from '../../src/provers/certify-gaussian.js';
import type { CertifyOptions } from '../../src/provers/prover.js';
import { identity, point, type Rows, sixUnits, studentLayers } from '../gaussian.js';

function given(student: Rows, teacher: Rows): { problem: GaussianProblem; at: Point } {
  const d = teacher[0]?.length ?? 0;
  const problem = readProblem(
    JSON.stringify({
      format: 'cairn-problem',
      version: 1,
      network: { input: [d], layers: studentLayers(student.length) },
      loss: { function: 'squared', factor: '1/2' },
      data: { type: 'gaussian-teacher', dimension: d, teacher },
    }),
  );
  if (problem.kind !== 'read' || problem.value.type !== 'gaussian-teacher') throw new Error('not read');
  const text = JSON.stringify({ format: 'cairn-point', version: 1, ...(point(student) as object) });
  const at = readPoint(text, problem.value);
  if (at.kind !== 'read') throw new Error(at.reason.message);
  return { problem: problem.value, at: at.value };
}

async function answer(student: Rows, teacher: Rows, options: Partial<CertifyOptions>): Promise<string> {
  const { problem, at } = given(student, teacher);
  const found = await certify(problem, at, { seed: 1, effort: 1, ...options });
  if (found.kind === 'undecided') return `undecided ${found.reason.code}`;
  expect(checkCertificate(found.text).kind).toBe('proved');
  return `${found.holds ? 'yes' : 'no'} ${found.claim}`;
}

const near = { radius: rational(1n, 1_000_000n) };
const short: Rows = [['1/10', '1/20']];

test.each<[string, Rows, Rows, Partial<CertifyOptions>, string]>([
  ['the point of six units', sixUnits, identity(6), near, 'yes spurious-local-minimum-near'],
  [
    'asked for a minimum alone',
    sixUnits,
    identity(6),
    { ...near, claim: 'local-minimum-near' },
    'yes local-minimum-near',
  ],
  [
    'asked whether there is none',
    sixUnits,
    identity(6),
    { ...near, claim: 'no-local-minimum-near' },
    'no spurious-local-minimum-near',
  ],
  ['a short unit', short, identity(2), near, 'no no-local-minimum-near'],
  [
    'asked whether none is near a short unit',
    short,
    identity(2),
    { ...near, claim: 'no-local-minimum-near' },
    'yes no-local-minimum-near',
  ],
  ['a claim that no rule has', sixUnits, identity(6), { ...near, claim: 'saddle' }, 'undecided unsupported-claim'],
  [
    'a claim about the exact point',
    sixUnits,
    identity(6),
    { ...near, claim: 'local-minimum' },
    'undecided unsupported-claim',
  ],
  ['a unit of the teacher', identity(6), identity(6), near, 'undecided parallel-units'],
  [
    'a ball too small for the gradient',
    sixUnits,
    identity(6),
    { radius: rational(1n, 10n ** 30n) },
    'no no-local-minimum-near',
  ],
  [
    'a minimum asked for, where no derivative is 0',
    sixUnits,
    identity(6),
    { radius: rational(1n, 10n ** 30n), claim: 'local-minimum-near' },
    'no no-local-minimum-near',
  ],
  ['without a radius', sixUnits, identity(6), {}, 'no not-global-minimum'],
  ['the teacher itself, without a radius', identity(6), identity(6), {}, 'undecided no-radius'],
  [
    'the teacher itself is a global minimum',
    identity(6),
    identity(6),
    { claim: 'not-global-minimum' },
    'undecided no-better-point',
  ],
])('%s', async (_, student, teacher, options, expected) => {
  expect(await answer(student, teacher, options)).toBe(expected);
});

test('fewer units than the teacher has: a minimum, and no better point is known', async () => {
  // The best unit for e_1 and e_2 lies between them.
  const { problem, at } = given([['4/5', '4/5']], identity(2));
  const polished = polishGaussian(problem, at.parameters, 6);
  if (polished === null) throw new Error('not polished');
  const best = { ...at, parameters: polished };
  for (const [claim, expected] of [
    [undefined, 'local-minimum-near'],
    ['spurious-local-minimum-near', 'no-better-point'],
  ] as const) {
    const found = await certify(problem, best, {
      seed: 1,
      effort: 1,
      ...near,
      ...(claim === undefined ? {} : { claim }),
    });
    expect(found.kind === 'certified' ? found.claim : found.reason.code).toBe(expected);
  }
});

test('a point with a few digits is polished within the radius, and the answer says so', async () => {
  const cut: Rows = sixUnits.map((row) => row.map((w) => w.slice(0, 7)));
  const { problem, at } = given(cut, identity(6));
  const found = await certify(problem, at, { seed: 1, effort: 1, radius: rational(1n, 10_000n) });
  if (found.kind === 'undecided') throw new Error(found.reason.message);
  expect(found.claim).toBe('spurious-local-minimum-near');
  expect(found.notes).toHaveLength(1);
  expect(found.notes[0]).toContain('a minimum is within 1/10000 of the given one');
});

test('polishing takes the gradient to the precision of the enclosures, or says that there is no minimum', () => {
  const cut: Rows = sixUnits.map((row) => row.map((w) => w.slice(0, 7)));
  const { problem, at } = given(cut, identity(6));
  const polished = polishGaussian(problem, at.parameters, 4);
  if (polished === null) throw new Error('not polished');
  const size = (parameters: Point['parameters']): number =>
    Math.max(
      ...gaussianGradient(problem.data, parameters, 0n, 192, new Meter(defaultLimits))
        .flat()
        .map(({ high }) => Math.abs(Number(high)) / 2 ** 192),
    );
  expect(size(at.parameters)).toBeGreaterThan(1e-7);
  expect(size(polished)).toBeLessThan(1e-26);
  const away = given(short, identity(2));
  expect(polishGaussian(away.problem, away.at.parameters, 1)).toBeNull();
});
