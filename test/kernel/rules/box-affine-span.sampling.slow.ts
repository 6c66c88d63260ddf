/** What the rule proves on boxes, tried: no sampled point near the proved minima has lower risk. */

import { expect, test } from 'vitest';
import { compare, rational } from '../../../src/kernel/arithmetic/rational.js';
import { checkCertificate } from '../../../src/kernel/check.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';
import { BoxInstance } from '../../../src/kernel/model/box-instance.js';
import { Refusal } from '../../../src/kernel/verdict.js';
import { seeded } from '../../../src/provers/random.js';
import { combined, parametersFrom } from '../../../src/report/motion.js';
import { pointRisk } from '../../../src/report/risk-string.js';
import { library } from '../../library.js';

const boxes = library().filter(
  ({ text }) => text.includes('"type": "box"') && /"kind": "(spurious-local|local|global)-minimum"/.test(text),
);

test('there are boxes of dimensions 1, 2 and 3', () => {
  const dimensions = boxes.map(({ text }) => (JSON.parse(text) as Parsed).statement.problem.data.lower.length);
  expect(new Set(dimensions)).toEqual(new Set([1, 2, 3]));
});

interface Parsed {
  readonly statement: { readonly problem: { readonly data: { readonly lower: readonly string[] } } };
}

test.each(boxes)('$name', ({ text }) => {
  const verdict = checkCertificate(text);
  if (verdict.kind !== 'proved') throw new Error(verdict.reason.message);
  const { problem, point } = verdict.theorem.statement;
  if (problem.type !== 'box') throw new Error('samples');
  const { lower } = pointRisk(verdict.theorem);
  const random = seeded(1);
  let compared = 0;
  for (let k = 0; k < 60; k++) {
    const step = parametersFrom(problem.network, point.parameters, () => BigInt(random.integer(-100, 100)), 100n);
    // From far inside the pieces to steps at which units may bend.
    const size = rational(1n, 10n ** BigInt(2 + (k % 5)));
    const near = combined(problem.network, point.parameters, [{ values: step, factor: size }]);
    try {
      const { risk } = new BoxInstance(problem, near, new Meter(defaultLimits), '$');
      expect(compare(risk, lower)).toBeGreaterThanOrEqual(0);
      compared++;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  expect(compared).toBeGreaterThan(20);
});
