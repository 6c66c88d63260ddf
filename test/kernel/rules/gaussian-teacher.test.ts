import { describe, expect, test } from 'vitest';
import type { Plain } from '../../../src/formats/write.js';
import { checkCertificate } from '../../../src/kernel/check.js';
import { pointRisk } from '../../../src/report/risk-string.js';
import { type GaussianParts, gaussianCertificate, identity, point, sixUnits, studentLayers } from '../../gaussian.js';

const answer = (parts: GaussianParts): string => {
  const verdict = checkCertificate(gaussianCertificate(parts));
  return verdict.kind === 'proved' ? 'proved' : `${verdict.kind} ${verdict.reason.code} ${verdict.path}`;
};
const steep = (hints: Readonly<Record<string, Plain>>): Readonly<Record<string, Plain>> => ({
  descent: { rule: 'gradient-bound', ...hints },
});
const ball = (hints: Readonly<Record<string, Plain>> = {}): Readonly<Record<string, Plain>> => ({
  localMinimum: { rule: 'strongly-convex-ball', modulus: '1/500', ballRadius: '1/10000000000', bits: 96, ...hints },
});
const six: GaussianParts = { student: sixUnits, teacher: identity(6), proof: ball() };
const spurious = (better: GaussianParts['better'], parts: Partial<GaussianParts> = {}): GaussianParts => ({
  ...six,
  kind: 'spurious-local-minimum-near',
  ...(better === undefined ? {} : { better }),
  proof: { ...ball(), lowerRisk: { rule: 'lower-risk', bits: 96 } },
  ...parts,
});
const path = '$.proof.localMinimum';
const withRow = (j: number, row: readonly string[]) => sixUnits.map((own, k) => (k === j ? row : own));

describe('strongly-convex-ball', () => {
  test.each<[string, GaussianParts, string]>([
    ['the point of six units', six, 'proved'],
    ['with the teacher as a better point', spurious(identity(6)), 'proved'],
    ['the ball is the radius', { ...six, proof: ball({ ballRadius: '1/1000000' }) }, 'proved'],
    ['too few bits', { ...six, proof: ball({ bits: 20 }) }, `rejected gradient-too-large ${path}.modulus`],
    [
      'a modulus above the least eigenvalue, .0047',
      { ...six, proof: ball({ modulus: '1/200' }) },
      `rejected not-strongly-convex ${path}.modulus`,
    ],
    ['a modulus just below it', { ...six, proof: ball({ modulus: '47/10000' }) }, 'proved'],
    [
      'a ball on which the Hessian changes too much',
      { ...six, radius: '1/100', proof: ball({ ballRadius: '1/1000' }) },
      `rejected not-strongly-convex ${path}.modulus`,
    ],
    [
      'a ball too small for the gradient',
      { ...six, proof: ball({ ballRadius: '1/10000000000000000000000000' }) },
      `rejected gradient-too-large ${path}.modulus`,
    ],
    ['a modulus of 0', { ...six, proof: ball({ modulus: '0' }) }, `rejected wrong-hint ${path}.modulus`],
    ['a negative ball', { ...six, proof: ball({ ballRadius: '-1' }) }, `rejected wrong-hint ${path}.ballRadius`],
    ['a ball beyond the radius', { ...six, radius: '1/100000000000' }, `rejected too-far ${path}.ballRadius`],
    [
      'a ball in which two units may be parallel',
      { ...six, radius: '2', proof: ball({ ballRadius: '1', modulus: '1/500' }) },
      'rejected parallel-units $.statement.point',
    ],
    [
      'a unit that is the teacher’s',
      { ...six, student: withRow(0, ['1', '0', '0', '0', '0', '0']) },
      'rejected parallel-units $.statement.point',
    ],
    [
      'a unit opposite to a teacher’s',
      { ...six, student: withRow(0, ['-2', '0', '0', '0', '0', '0']) },
      'rejected parallel-units $.statement.point',
    ],
    [
      'two units that are parallel',
      { ...six, student: withRow(0, sixUnits[5] as readonly string[]) },
      'rejected parallel-units $.statement.point',
    ],
    [
      'a unit that is 0',
      { ...six, student: withRow(0, new Array<string>(6).fill('0')) },
      'rejected parallel-units $.statement.point',
    ],
    [
      'a unit moved by a thousandth',
      { ...six, student: withRow(0, ['0.9877', ...(sixUnits[0] as readonly string[]).slice(1)]) },
      `rejected gradient-too-large ${path}.modulus`,
    ],
    ['a gauge', { ...six, proof: ball({ gauge: [{ layer: 0, unit: 0, input: 0 }] }) }, `rejected wrong-hint ${path}`],
    ['silent coordinates', { ...six, proof: ball({ silent: [{ layer: 0, unit: 0 }] }) }, `rejected wrong-hint ${path}`],
    [
      'redundant inputs',
      { ...six, proof: ball({ redundant: { columns: [0], T: [['1']] } }) },
      `rejected wrong-hint ${path}`,
    ],
    ['the same point as better', spurious(sixUnits), 'rejected not-below $.statement.betterPoint'],
    [
      'a worse point as better',
      spurious(sixUnits.map(() => new Array<string>(6).fill('0'))),
      'rejected not-below $.statement.betterPoint',
    ],
    [
      'a better point of the wrong shape',
      spurious(identity(5)),
      'rejected wrong-shape $.statement.betterPoint.layers[0].weights',
    ],
  ])('%s', (_, parts, expected) => {
    expect(answer(parts)).toBe(expected);
  });

  test('the risk is bounded, and the gap to the teacher is all of it', () => {
    const verdict = checkCertificate(gaussianCertificate(spurious(identity(6))));
    if (verdict.kind !== 'proved') throw new Error(verdict.reason.message);
    const { better, gap } = verdict.theorem.risk;
    const at = pointRisk(verdict.theorem);
    const value = ({ num, den }: { num: bigint; den: bigint }) => Number((num * 10n ** 18n) / den) / 1e18;
    expect(value(at.lower)).toBeCloseTo(0.02508058100246301, 15);
    expect(value(at.upper)).toBeCloseTo(0.02508058100246301, 15);
    expect(better).toEqual({
      lower: expect.objectContaining({ num: 0n }),
      upper: expect.objectContaining({ num: 0n }),
    });
    expect(value((gap as NonNullable<typeof gap>).lower)).toBeCloseTo(0.02508058100246, 12);
  });
});

describe('negative-curvature over a ball', () => {
  const teacher = identity(2);
  const along = (w: readonly string[], xi: readonly string[], radius: string): GaussianParts => ({
    student: [w],
    teacher,
    kind: 'no-local-minimum-near',
    radius,
    proof: { descent: { rule: 'negative-curvature', direction: point([xi]), bits: 64 } },
  });
  test.each<[string, GaussianParts, string]>([
    ['a short unit bends down across itself', along(['1/10', '1/20'], ['-1', '2'], '1/1000'), 'proved'],
    ['in any units', along(['1/10', '1/20'], ['-1/7', '2/7'], '1/1000'), 'proved'],
    [
      'not along itself',
      along(['1/10', '1/20'], ['2', '1'], '1/1000'),
      'rejected not-curved $.proof.descent.direction',
    ],
    ['a long unit does not', along(['2', '1'], ['-1', '2'], '1/1000'), 'rejected not-curved $.proof.descent.direction'],
    ['no direction', along(['1/10', '1/20'], ['0', '0'], '1/1000'), 'rejected not-curved $.proof.descent.direction'],
    ['a ball that holds 0', along(['1/10', '1/20'], ['-1', '2'], '1/5'), 'rejected parallel-units $.statement.point'],
    [
      'a ball that holds a direction of the teacher',
      along(['1/10', '1/100'], ['-1', '2'], '1/50'),
      'rejected parallel-units $.statement.point',
    ],
    [
      'a direction of the wrong shape',
      along(['1/10', '1/20'], ['1'], '1/1000'),
      'rejected wrong-shape $.proof.descent.direction.layers[0].weights',
    ],
  ])('%s', (_, parts, expected) => {
    expect(answer(parts)).toBe(expected);
  });
});

describe('the problem', () => {
  const network = '$.statement.problem.network';
  const relu: Plain = { type: 'activation', function: 'relu' };
  const [hidden, , output] = studentLayers(6) as readonly [Plain, Plain, Plain];
  const ones = new Array<string>(6).fill('1');
  const six6 = studentLayers(6);
  const table = (breakpoint: string, ...pieces: readonly (readonly string[])[]): Plain => ({
    type: 'activation',
    function: 'piecewise',
    breakpoints: [breakpoint],
    pieces: pieces.map((polynomial) => ({ polynomial })),
  });
  const unlike = `declined unsupported-combination ${network}`;
  test.each<[string, GaussianParts, string]>([
    [
      'relu written as a table',
      {
        ...six,
        layers: [
          hidden,
          {
            type: 'activation',
            function: 'piecewise',
            breakpoints: ['0'],
            pieces: [{ polynomial: ['0'] }, { polynomial: ['0', '1'] }],
          },
          output,
        ],
      },
      'proved',
    ],
    ['another activation', { ...six, layers: [hidden, { type: 'activation', function: 'abs' }, output] }, unlike],
    [
      'a leaky relu',
      { ...six, layers: [hidden, { type: 'activation', function: 'leaky-relu', slope: '1/10' }, output] },
      unlike,
    ],
    [
      'output weights that are not 1',
      {
        ...six,
        layers: [
          hidden,
          relu,
          { type: 'dense', units: 1, bias: false, fixed: { weights: [['1', '1', '1', '1', '1', '2']] } },
        ],
      },
      unlike,
    ],
    [
      'an output bias',
      {
        ...six,
        layers: [
          hidden,
          relu,
          { type: 'dense', units: 1, fixed: { weights: [['1', '1', '1', '1', '1', '1']], bias: ['0'] } },
        ],
      },
      unlike,
    ],
    [
      'the loss without the half',
      { ...six, loss: { function: 'squared' } },
      'declined unsupported-loss $.statement.problem.loss',
    ],
    ['another loss', { ...six, loss: { function: 'log-cosh' } }, 'declined unsupported-loss $.statement.problem.loss'],
    [
      'half the square as a polynomial',
      { ...six, loss: { function: 'polynomial', coefficients: ['0', '0', '1/2'] } },
      'proved',
    ],
    ['a hidden bias', { ...six, layers: [{ type: 'dense', units: 6 }, relu, output] }, unlike],
    [
      'hidden weights that are frozen',
      { ...six, layers: [{ type: 'dense', units: 6, bias: false, fixed: { weights: sixUnits } }, relu, output] },
      unlike,
    ],
    [
      'output weights that are free',
      { ...six, layers: [hidden, relu, { type: 'dense', units: 1, bias: false }] },
      unlike,
    ],
    [
      'two outputs',
      {
        ...six,
        layers: [hidden, relu, { type: 'dense', units: 2, bias: false, fixed: { weights: [ones, ones] } }],
      },
      unlike,
    ],
    ['no activation', { ...six, layers: [hidden, output] }, unlike],
    ['relu shifted', { ...six, layers: [hidden, table('1', ['0'], ['-1', '1']), output] }, unlike],
    ['twice relu', { ...six, layers: [hidden, table('0', ['0'], ['0', '2']), output] }, unlike],
    [
      'a second hidden layer',
      { ...six, layers: [hidden, relu, { type: 'dense', units: 6, bias: false }, relu, output] },
      unlike,
    ],
    [
      'half the square and a constant',
      { ...six, loss: { function: 'polynomial', coefficients: ['1', '0', '1/2'] } },
      'declined unsupported-loss $.statement.problem.loss',
    ],
    [
      'half the square and a linear part',
      { ...six, loss: { function: 'polynomial', coefficients: ['0', '1', '1/2'] } },
      'declined unsupported-loss $.statement.problem.loss',
    ],
    [
      'half the square and a fourth power',
      { ...six, loss: { function: 'polynomial', coefficients: ['0', '0', '1/2', '0', '1'] } },
      'declined unsupported-loss $.statement.problem.loss',
    ],
    [
      'teacher units that are too short',
      { ...six, teacher: identity(5), layers: six6, dimension: 6, input: 6 },
      'rejected wrong-shape $.statement.problem.data.teacher[0]',
    ],
    [
      'no teacher units',
      { ...six, teacher: [], layers: six6, dimension: 6, input: 6 },
      'rejected empty-list $.statement.problem.data.teacher',
    ],
    ['another dimension', { ...six, dimension: 7 }, 'rejected wrong-shape $.statement.problem.data.dimension'],
    [
      'a teacher unit that is 0',
      { ...six, teacher: [...identity(6).slice(1), new Array<string>(6).fill('0')] },
      'rejected out-of-range $.statement.problem.data.teacher[5]',
    ],
    [
      'an exact local minimum',
      { ...six, kind: 'local-minimum', proof: { localMinimum: { rule: 'affine-span' } } },
      'declined unsupported-combination $.statement.kind',
    ],
    [
      'a gradient that may vanish',
      { ...six, kind: 'no-local-minimum-near', proof: { descent: { rule: 'gradient-bound' } } },
      'rejected gradient-may-vanish $.proof.descent',
    ],
    [
      'a radius that is smaller than the gradient: published digits are no minimum',
      { ...six, radius: `1/${10n ** 30n}`, kind: 'no-local-minimum-near', proof: steep({ bits: 160 }) },
      'proved',
    ],
    [
      'with too few bits for it',
      { ...six, radius: `1/${10n ** 30n}`, kind: 'no-local-minimum-near', proof: steep({ bits: 32 }) },
      'rejected gradient-may-vanish $.proof.descent',
    ],
    [
      'units that may be parallel in the ball',
      { ...six, radius: '2', kind: 'no-local-minimum-near', proof: steep({}) },
      'rejected parallel-units $.statement.point',
    ],
    [
      'the rule for exact minima',
      {
        ...six,
        kind: 'not-local-minimum',
        proof: { descent: { rule: 'descent-direction', direction: { layers: [] } } },
      },
      'declined unsupported-combination $.statement.kind',
    ],
    [
      'not a global minimum',
      { ...six, kind: 'not-global-minimum', better: identity(6), proof: { lowerRisk: { rule: 'lower-risk' } } },
      'proved',
    ],
    [
      'not a global minimum: the teacher',
      {
        ...six,
        student: identity(6),
        kind: 'not-global-minimum',
        better: sixUnits,
        proof: { lowerRisk: { rule: 'lower-risk' } },
      },
      'rejected not-below $.statement.betterPoint',
    ],
    ['bits beyond the limit', { ...six, proof: ball({ bits: 100_001 }) }, `declined limit-digits ${path}.bits`],
  ])('%s', (_, parts, expected) => {
    expect(answer(parts)).toBe(expected);
  });
});
