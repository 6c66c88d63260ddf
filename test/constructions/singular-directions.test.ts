/** Random narrow linear problems, decided exactly and in floats: which eigenvalues a product keeps says what it is. */
import { describe, expect, test } from 'vitest';
import { yunSraJadbabaie2019Theorem4 } from '../../src/constructions/yun-sra-jadbabaie-2019-theorem-4.js';
import { rational } from '../../src/kernel/arithmetic/rational.js';
import { seeded } from '../../src/provers/random.js';
import { pointRisk } from '../../src/report/risk-string.js';

type Floats = readonly (readonly number[])[];

/** The eigenvalues of a symmetric matrix, the largest first, by powers and deflation in floats. */
function eigenvalues(A: Floats): readonly number[] {
  let rest = A;
  return A.map(() => {
    let x = A.map((_, i) => 1 + i / 7 + (i * i) / 11);
    let value = 0;
    for (let step = 0; step < 4_000; step++) {
      const y = rest.map((row) => row.reduce((sum, a, j) => sum + a * (x[j] as number), 0));
      value = Math.hypot(...y);
      if (value < 1e-12) return 0;
      x = y.map((entry) => entry / value);
    }
    rest = rest.map((row, i) => row.map((a, j) => a - value * (x[i] as number) * (x[j] as number)));
    return value;
  }).sort((a, b) => b - a);
}

const counts: Record<string, number> = {};

describe('what is kept', () => {
  test.each(Array.from({ length: 12 }, (_, seed) => seed))('seed %i', async (seed) => {
    const random = seeded(seed);
    for (const kind of ['global', 'saddle']) {
      const k = random.integer(2, 4);
      const r = random.integer(1, k - 1);
      const unit = Array.from({ length: k }, (_, i) => Array.from({ length: k }, (__, j) => (i === j ? 1 : 0)));
      const Y = unit.map((row) => row.map(() => random.integer(-2, 2)));
      const exact = (rows: Floats) => rows.map((row) => row.map((n) => rational(BigInt(n))));
      const built = await yunSraJadbabaie2019Theorem4.build({
        ...{ inputs: exact(unit), targets: exact(Y), weights: null, hidden: [r], seed: 1, effort: 1 },
        ...{ activation: { function: 'relu' }, loss: { function: 'squared' } },
        settings: kind === 'global' ? { kind } : { kind, rank: String(r) },
      });
      const all = eigenvalues(
        unit.map((_, p) => unit.map((__, q) => Y.reduce((s, y) => s + (y[p] ?? 0) * (y[q] ?? 0), 0))),
      );
      const nonzero = all.filter((value) => value > 1e-6);
      const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
      const name = built.kind === 'built' ? built.theorem.statement.kind : built.kind;
      counts[name] = (counts[name] ?? 0) + 1;
      if (built.kind !== 'built') {
        expect(built.kind).toBe('hypothesis-fails');
        continue;
      }
      const kept = kind === 'global' ? all.slice(0, r) : nonzero.slice(-r);
      const { lower, upper } = pointRisk(built.theorem);
      const middle = (Number(lower.num) / Number(lower.den) + Number(upper.num) / Number(upper.den)) / 2;
      expect(middle).toBeCloseTo(sum(all) - sum(kept), 4);
      expect(name).toBe(sum(all.slice(0, r)) - sum(kept) < 1e-6 ? 'global-minimum' : 'saddle');
    }
  });

  test('both occur, and most are decided', () => {
    expect(counts['global-minimum']).toBeGreaterThan(5);
    expect(counts['saddle']).toBeGreaterThan(5);
  });
});
