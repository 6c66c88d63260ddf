import { describe, expect, test } from 'vitest';
import { conicFit, exactConicFit, spanFit } from '../../src/numerics/conic-fit.js';
import { seeded } from '../../src/provers/random.js';

const n = 5;
const problems = Array.from({ length: 60 }, (_, k) => {
  const random = seeded(k + 1);
  const row = (): bigint[] => Array.from({ length: n }, () => BigInt(random.integer(-4, 4)));
  const free = k % 2;
  const ones = new Array<bigint>(n).fill(1n);
  const G = [...(free === 1 ? [ones] : []), ...Array.from({ length: 2 + (k % 7) }, row)];
  const weights = Array.from({ length: n }, () => BigInt(random.integer(1, 3)));
  return { k, G, free, y: row(), weights };
});
const floats = (values: readonly bigint[]) => Float64Array.from(values, Number);

describe('the closest point of a cone', () => {
  test.each(problems)('problem $k: the exact one, from every start, is what floats find', ({ G, free, y, weights }) => {
    const found = conicFit(G.map(floats), free, floats(y), floats(weights));
    for (const start of [found.support, [], [G.length - 1], G.map((_, k) => k)]) {
      const withFree = [...new Set([...Array.from({ length: free }, (_, k) => k), ...start])];
      const { support, alpha, p, denominator } = exactConicFit(G, free, y, weights, withFree);
      expect(denominator > 0n).toBe(true);
      p.forEach((value, i) => {
        expect(value).toBe(support.reduce((sum, k, s) => sum + (alpha[s] as bigint) * (G[k]?.[i] as bigint), 0n));
      });
      support.forEach((k, s) => {
        expect(k < free || (alpha[s] as bigint) >= 0n).toBe(true);
      });
      // The residual is orthogonal to the support, and no generator comes closer to y.
      const pull = p.map((value, i) => ((y[i] as bigint) * denominator - value) * (weights[i] as bigint));
      G.forEach((column, k) => {
        const slope = column.reduce((sum, c, i) => sum + c * (pull[i] as bigint), 0n);
        if (k < free || support.includes(k)) expect(slope).toBe(0n);
        else expect(slope <= 0n).toBe(true);
      });
      const distance = p.reduce((sum, value, i) => {
        const r = Number((y[i] as bigint) * denominator - value) / Number(denominator);
        return sum + Number(weights[i]) * r * r;
      }, 0);
      expect(found.distance).toBeCloseTo(distance, 6);
    }
  });

  test('vectors that depend on each other span nothing exactly', () => {
    const weights = [1n, 1n];
    expect(
      spanFit(
        [
          [1n, 2n],
          [2n, 4n],
        ],
        [1n, 0n],
        weights,
      ),
    ).toBeNull();
    expect(spanFit([], [1n, 0n], weights)).toEqual({ alpha: [], p: [0n, 0n], denominator: 1n });
  });
});
