import { expect, test } from 'vitest';
import { formatRational } from '../../../src/kernel/arithmetic/rational.js';
import { answer, certificate, check, dense, type Fields, point, problem, type Quantity } from '../../certificate.js';

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
  expect(formatRational(verdict.theorem.risk.gap)).toBe(`1/5${'0'.repeat(119)}`);
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
