import { describe, expect, test } from 'vitest';
import { compare, formatRational, type Rational } from '../../src/kernel/arithmetic/rational.js';
import { seeded } from '../../src/provers/random.js';
import { combined, parametersFrom, riskAt } from '../../src/report/motion.js';
import { affineSpanNeighbourhood, dominanceNeighbourhood } from '../../src/report/radius.js';
import { subjectOf } from '../../src/report/subject.js';
import { dense, type Fields, localMinimum, point, problem, relu } from '../certificate.js';
import { deep, kinked, outputs, split, theoremOf, worked } from './instances.js';

function radiusOf(certificate: Fields): Rational {
  const theorem = theoremOf(certificate);
  const { problem, theta, instance } = subjectOf(theorem);
  const neighbourhood =
    theorem.rule === 'affine-span'
      ? affineSpanNeighbourhood(problem, theta)
      : dominanceNeighbourhood(instance, theta, [null]).neighbourhood;
  if (neighbourhood.kind !== 'radius') throw new Error(neighbourhood.kind);
  return neighbourhood.radius;
}

/** P″ > 0 only for |r| > 1/√6, and the residuals are ±1. */
const doubleWell: Fields = localMinimum(
  problem({
    layers: [dense(1), relu, dense(1)],
    x: [-1, -1, 1, 1],
    y: [1, -1, 1, -1],
    loss: { function: 'polynomial', coefficients: ['0', '0', '-1', '0', '1'] },
  }),
  point([[[1]], [5]], [[[0]], [0]]),
);
const cases = { worked, deep, outputs, kinked, split, doubleWell };

describe('the radius is sound: no sampled point of the box has lower risk', () => {
  test.each(Object.entries(cases))('%s', (_, certificate) => {
    const theorem = theoremOf(certificate);
    const { problem, point } = theorem.statement;
    const radius = radiusOf(certificate);
    const random = seeded(1);
    for (let k = 0; k < 400; k++) {
      // Corners and faces as well as inner points.
      const corners = k % 2 === 0;
      const entry = (): bigint => (corners ? BigInt(random.integer(-1, 1)) * 100n : BigInt(random.integer(-100, 100)));
      const step = parametersFrom(problem.network, point.parameters, entry, 100n);
      const near = combined(problem.network, point.parameters, [{ values: step, factor: radius }]);
      expect(compare(riskAt(problem, near), theorem.risk.point?.upper as Rational)).toBeGreaterThanOrEqual(0);
    }
  });
});

test('the radius is not needlessly small', () => {
  // One hidden layer: the margin 1 at |x| = 4 gives 1/(4 + 1), rounded down to where the inequality is strict.
  expect(formatRational(radiusOf(worked))).toBe('19/100');
  // Sample −1 leaves the kink at distance 1, and |x| + 1 = 2.
  expect(formatRational(radiusOf(kinked))).toBe('1/2');
});

test('a network without kinks has no radius: the argument holds everywhere', () => {
  const linear = theoremOf({
    ...worked,
    statement: {
      kind: 'local-minimum',
      problem: {
        network: { input: [1], layers: [{ type: 'dense', units: 1 }] },
        loss: { function: 'squared' },
        data: { type: 'samples', inputs: [['1'], ['2']], targets: [['1'], ['2']] },
      },
      point: { layers: [{ weights: [['1']], bias: ['0'] }] },
    },
    proof: { localMinimum: { rule: 'affine-span' } },
  } as Fields);
  const { problem, theta } = subjectOf(linear);
  expect(affineSpanNeighbourhood(problem, theta)).toEqual({ kind: 'everywhere' });
});
