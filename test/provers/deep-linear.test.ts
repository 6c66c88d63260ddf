import { describe, expect, test } from 'vitest';
import { rational } from '../../src/kernel/arithmetic/rational.js';
import { readPoint, readProblem } from '../../src/kernel/check.js';
import type { RationalRows } from '../../src/numerics/rational-matrix.js';
import { certify } from '../../src/provers/certify.js';
import { type Random, seeded } from '../../src/provers/random.js';
import { dense, type Fields, problem } from '../certificate.js';
import { criticalPoint, halfSquare, logCosh, pointOf, problemOf, threeHalves } from '../linear-networks.js';

async function decide(problem: Fields, point: Fields): Promise<string> {
  const read = readProblem(JSON.stringify({ format: 'cairn-problem', version: 1, ...problem }));
  if (read.kind !== 'read') throw new Error(`${read.path}: ${read.reason.message}`);
  const at = readPoint(JSON.stringify({ format: 'cairn-point', version: 1, ...point }), read.value);
  if (at.kind !== 'read') throw new Error(`${at.path}: ${at.reason.message}`);
  const answer = await certify(read.value, at.value, { seed: 1, effort: 1 });
  return answer.kind === 'certified' ? answer.claim : `undecided: ${answer.reason.message}`;
}

const isZero = (G: RationalRows): boolean => G.every((row) => row.every(({ num }) => num === 0n));
const seeds = (count: number): readonly number[] => Array.from({ length: count }, (_, seed) => seed);

interface Shape {
  readonly most: number;
  /** of the hidden layers, above min(d, k) */
  readonly least: number;
}

function widths(random: Random, { most, least }: Shape): readonly number[] {
  const [d, k] = [random.integer(1, most), random.integer(1, most)];
  const depth = random.integer(2, 5);
  return [d, ...Array.from({ length: depth - 1 }, () => Math.max(1, Math.min(d, k) + least + random.integer(0, 2))), k];
}

describe('all widths at least min(d, k): a critical point is a global minimum where the gradient by the product is 0, else a saddle', () => {
  const wide: Shape = { most: 3, least: 0 };
  test.each(seeds(20))('squared loss, seed %i', async (seed) => {
    const random = seeded(seed);
    for (let t = 0; t < 10; t++) {
      const shape = widths(random, wide);
      const at = criticalPoint(random, shape);
      const found = await decide(problemOf(random, at, halfSquare), pointOf(at.weights));
      expect(found, `widths ${shape}`).toBe(isZero(at.G) ? 'global-minimum' : 'saddle');
    }
  });

  test.each(seeds(10))('biases everywhere, seed %i', async (seed) => {
    const random = seeded(100 + seed);
    for (let t = 0; t < 5; t++) {
      const shape = widths(random, wide);
      const at = criticalPoint(random, shape);
      const biases = at.weights.map((W) => W.map(() => rational(BigInt(random.integer(-2, 2)))));
      const found = await decide(problemOf(random, at, halfSquare, { biases }), pointOf(at.weights, biases));
      expect(found, `widths ${shape}`).toBe(isZero(at.G) ? 'global-minimum' : 'saddle');
    }
  });

  test.each(seeds(10))('log-cosh and |p − y|^(3/2), seed %i', async (seed) => {
    const random = seeded(200 + seed);
    for (let t = 0; t < 20; t++) {
      const shape = widths(random, wide);
      const at = criticalPoint(random, shape);
      // Entries of one size: their tanh, or square root, is one number.
      const isOfUnits = at.G.every((row) => row.every(({ num }) => num >= -1n && num <= 1n));
      const loss = random.integer(0, 1) === 0 && isOfUnits ? logCosh : threeHalves;
      const found = await decide(problemOf(random, at, loss, { plain: true }), pointOf(at.weights));
      expect(found, `widths ${shape}`).toBe(isZero(at.G) ? 'global-minimum' : 'saddle');
    }
  });

  test('logistic and cross-entropy at 0', async () => {
    for (const [loss, y] of [
      ['logistic', [['1/4'], ['1/2'], ['3/4']]],
      [
        'cross-entropy',
        [
          ['1', '0'],
          ['0', '1'],
          ['0', '1'],
        ],
      ],
    ] as const) {
      for (const depth of [2, 3, 4]) {
        const units = Array.from({ length: depth }, (_, j) => (j + 1 < depth ? 2 : (y[0]?.length ?? 0)));
        const layers = units.map((n) => dense(n, false));
        const at = {
          layers: units.map((n, j) => ({
            weights: Array.from({ length: n }, () => (j === 0 ? ['0', '0'] : ['0', '0'])),
          })),
        };
        const parts = problem({
          layers,
          x: [
            [1, 0],
            [0, 1],
            [1, 2],
          ],
          y,
          loss: { function: loss },
        });
        expect(await decide(parts, at), `${loss}, depth ${depth}`).toBe('saddle');
      }
    }
  });
});

describe('a layer narrower than min(d, k), squared loss', () => {
  const found: Record<string, number> = {};
  test.each(seeds(20))('every critical point is a global minimum or a saddle, seed %i', async (seed) => {
    const random = seeded(300 + seed);
    for (let t = 0; t < 10; t++) {
      const shape = widths(random, { most: 4, least: -2 });
      const biases = random.integer(0, 2) === 0;
      const at = criticalPoint(random, shape);
      const b = biases ? at.weights.map((W) => W.map(() => rational(BigInt(random.integer(-2, 2))))) : null;
      const answer = await decide(problemOf(random, at, halfSquare, { biases: b }), pointOf(at.weights, b));
      expect(['global-minimum', 'saddle'], `widths ${shape}`).toContain(answer);
      found[answer] = (found[answer] ?? 0) + 1;
    }
  });

  test('both occur', () => {
    expect(found['global-minimum']).toBeGreaterThan(20);
    expect(found['saddle']).toBeGreaterThan(20);
  });
});

describe('points that are not critical', () => {
  test.each(seeds(10))('seed %i', async (seed) => {
    const random = seeded(400 + seed);
    for (let t = 0; t < 5; t++) {
      const at = criticalPoint(random, widths(random, { most: 3, least: 0 }));
      const moved = at.weights.map((W) =>
        W.map((row) => row.map(({ num }) => rational(num + BigInt(random.integer(1, 3))))),
      );
      for (const loss of [halfSquare, threeHalves]) {
        const answer = await decide(problemOf(random, at, loss, { plain: true }), pointOf(moved));
        expect(['not-local-minimum', 'saddle', 'global-minimum']).toContain(answer);
      }
    }
  });
});
