import { describe, expect, test } from 'vitest';
import { readPoint, readProblem } from '../../src/kernel/check.js';
import { certify } from '../../src/provers/certify.js';
import { seeded } from '../../src/provers/random.js';
import type { Fields } from '../certificate.js';
import { criticalPoint, pointOf, squaredProblem } from '../linear-networks.js';

async function decide(problem: Fields, point: Fields): Promise<string> {
  const read = readProblem(JSON.stringify({ format: 'cairn-problem', version: 1, ...problem }));
  if (read.kind !== 'read') throw new Error(`${read.path}: ${read.reason.message}`);
  const at = readPoint(JSON.stringify({ format: 'cairn-point', version: 1, ...point }), read.value);
  if (at.kind !== 'read') throw new Error(`${at.path}: ${at.reason.message}`);
  const answer = await certify(read.value, at.value, { seed: 1, effort: 1 });
  return answer.kind === 'certified' ? answer.claim : `undecided: ${answer.reason.message}`;
}

describe('all widths at least min(d, k)', () => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed))('random critical points, seed %i', async (seed) => {
    const random = seeded(seed);
    for (let t = 0; t < 10; t++) {
      const [d, k] = [random.integer(1, 3), random.integer(1, 3)];
      const depth = random.integer(2, 5);
      const hidden = Array.from({ length: depth - 1 }, () => Math.min(d, k) + random.integer(0, 2));
      const at = criticalPoint(random, [d, ...hidden, k]);
      const isOptimal = at.G.every((row) => row.every(({ num }) => num === 0n));
      const found = await decide(squaredProblem(random, at), pointOf(at.weights));
      expect(found, `widths ${[d, ...hidden, k]}`).toBe(isOptimal ? 'global-minimum' : 'saddle');
    }
  });
});
