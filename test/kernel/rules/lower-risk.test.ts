import { expect, test } from 'vitest';
import { checkCertificate } from '../../../src/kernel/check.js';
import { pointRisk, riskString } from '../../../src/report/risk-string.js';
import {
  activation,
  answer,
  certificate,
  check,
  dense,
  type Fields,
  point,
  problem,
  type Quantity,
} from '../../certificate.js';

const tiny = `1/1${'0'.repeat(60)}`;
const constant = (c: Quantity): Fields => point([[[0]], [c]]);

/** Constants against the targets −1 and 1: R(c) = 2 + 2c². */
function found(c: Quantity, better: Quantity, node: Fields = { rule: 'lower-risk' }) {
  const parts = { layers: [dense(1)], x: [0, 1], y: [-1, 1] };
  return check(
    certificate(
      'not-global-minimum',
      { problem: problem(parts), point: constant(c), betterPoint: constant(better) },
      { lowerRisk: node },
    ),
  );
}

const below = 'not-below $.statement.betterPoint';
test.each<[Quantity, Quantity, string]>([
  [1, 0, 'proved'],
  [1, '1/2', 'proved'],
  [tiny, 0, 'proved'],
  [-1, '999/1000', 'proved'],
  [1, 1, below],
  [1, -1, below],
  [1, '2/2', below],
  [0, 0, below],
  [0, tiny, below],
  [0, 1, below],
  [1, 2, below],
  ['1/3', '33333333333333333333333333/100000000000000000000000000', 'proved'],
  ['33333333333333333333333333/100000000000000000000000000', '1/3', below],
])('from %s to %s: %s', (c, better, expected) => {
  expect(answer(found(c, better))).toBe(expected);
});

test('the gap is exact', () => {
  const verdict = found(tiny, 0);
  if (verdict.kind !== 'proved' || verdict.theorem.risk.gap === null) throw new Error('not proved');
  expect(riskString(verdict.theorem.risk.gap)).toBe(`1/5${'0'.repeat(119)}`);
});

test('the kind that needs a minimum as well is not shown by a lower risk', () => {
  const parts = { layers: [dense(1)], x: [0, 0], y: [-1, 1] };
  const statement = { problem: problem(parts), point: constant(1), betterPoint: constant(0) };
  const proof = { localMinimum: { rule: 'affine-span' }, lowerRisk: { rule: 'lower-risk' } };
  expect(answer(check(certificate('spurious-local-minimum', statement, proof)))).toBe(
    'nonzero-path-moment $.statement.point',
  );
  const turned = { ...statement, point: constant(0), betterPoint: constant(1) };
  expect(answer(check(certificate('spurious-local-minimum', turned, proof)))).toBe(below);
});

/** elu(−1) = 1/e − 1 against the target 0, and a constant. */
function enclosed(c: Quantity, better: Quantity, node: Fields = {}, loss: Fields = { function: 'squared' }) {
  const json = problem({ layers: [dense(1), activation('elu'), dense(1)], x: [0], y: [0], loss });
  const at = (v: Quantity, b: Quantity): Fields => point([[[0]], [-1]], [[[v]], [b]]);
  return certificate(
    'not-global-minimum',
    { problem: json, point: at(0, c), betterPoint: at(1, better) },
    { lowerRisk: { rule: 'lower-risk', ...node } },
  );
}

// 1 − 1/e = 0.63212055882855767840447622983853913255418886896823…
test.each<[string, Fields, string]>([
  ['0.63 is less', enclosed('0.63', 0), below],
  ['0.64 is more, and exact', enclosed('0.64', 0), 'proved'],
  ['a difference of 10⁻¹⁷', enclosed('0.63212055882855769', 0), 'proved'],
  ['a difference of 10⁻¹⁸', enclosed('0.632120558828557679', 0), 'proved'],
  ['a difference of 10⁻²⁵ needs more than 64 bits', enclosed('0.6321205588285576784044763', 0), below],
  ['with 100 bits', enclosed('0.6321205588285576784044763', 0, { bits: 100 }), 'proved'],
  ['less by 10⁻²⁵, with 100 bits', enclosed('0.6321205588285576784044762', 0, { bits: 100 }), below],
  ['equal, as the same point', enclosed('0.64', '0.64'), 'proved'],
  ['1 bit, far', enclosed(3, 0, { bits: 1 }), 'proved'],
  ['1 bit, near', enclosed('0.64', 0, { bits: 1 }), below],
  ['0 bits', enclosed('0.64', 0, { bits: 0 }), 'wrong-type $.proof.lowerRisk.bits'],
  ['bits as text', enclosed('0.64', 0, { bits: '64' }), 'wrong-type $.proof.lowerRisk.bits'],
  ['bits beyond the limit', enclosed('0.64', 0, { bits: 100001 }), 'limit-digits $.proof.lowerRisk.bits'],
  ['log-cosh', enclosed('0.64', 0, {}, { function: 'log-cosh' }), 'proved'],
  ['log-cosh, the other way', enclosed('0.63', 0, {}, { function: 'log-cosh' }), below],
  ['a power', enclosed('0.64', 0, {}, { function: 'power', exponent: '3/2' }), 'proved'],
  ['a power, the other way', enclosed('0.63', 0, {}, { function: 'power', exponent: '3/2' }), below],
])('enclosures: %s', (_, json, expected) => {
  expect(answer(check(json))).toBe(expected);
});

test('a risk is no better than itself, however it is enclosed', () => {
  for (const bits of [1, 2, 3, 64, 300]) {
    const json = problem({ layers: [dense(1)], x: [0], y: [0], loss: { function: 'log-cosh' } });
    const at = point([[[0]], [1]]);
    const same = certificate(
      'not-global-minimum',
      { problem: json, point: at, betterPoint: at },
      { lowerRisk: { rule: 'lower-risk', bits } },
    );
    expect(answer(check(same))).toBe(below);
  }
});

test('the gap is enclosed, and says so where it does not suffice', () => {
  const proved = check(enclosed('0.64', 0));
  if (proved.kind !== 'proved') throw new Error('not proved');
  const { better, gap } = proved.theorem.risk;
  const at = pointRisk(proved.theorem);
  expect(riskString(at)).toBe('256/625');
  const { lower, upper } = riskString(better as typeof at) as { lower: string; upper: string };
  for (const end of [lower, upper])
    expect(Number(end.split('/')[0]) / Number(end.split('/')[1])).toBeCloseTo(0.39957640089, 10);
  expect(typeof riskString(gap as typeof at)).toBe('object');
  const rejected = checkCertificate(JSON.stringify(enclosed('0.63', 0)));
  if (rejected.kind !== 'rejected') throw new Error('not rejected');
  expect(rejected.reason.message).toMatch(/\(bounds of enclosures\)$/);
});
