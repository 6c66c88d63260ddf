import fc from 'fast-check';
import { afterAll, expect, test, vi } from 'vitest';
import { isAnswer } from '../../src/numerics/bounded-system.js';
import { decideBySimplex } from '../../src/numerics/exact-simplex.js';
import type { ElasticBasis } from '../../src/numerics/highs.js';
import { numbers, withPoint, withProof } from './systems.js';

// Modules are shared among files: the program is loaded anew to meet the mock, which is forgotten afterwards.
vi.resetModules();
vi.doMock('../../src/numerics/highs.js');
const { findElasticBasis } = await import('../../src/numerics/highs.js');
const { findFeasible } = await import('../../src/numerics/linear-program.js');
afterAll(() => {
  vi.doUnmock('../../src/numerics/highs.js');
  vi.resetModules();
});

/** Any basis of an m × n problem, whether it makes sense or not. */
function nonsense(m: number, n: number): fc.Arbitrary<ElasticBasis> {
  return fc.record({
    basicColumns: fc.subarray([...Array(n).keys()], { maxLength: m }),
    basicRows: fc.uniqueArray(fc.tuple(fc.nat(m - 1), fc.constantFrom(-1n, 0n, 1n))).map((rows) => new Map(rows)),
    atUpper: fc.subarray([...Array(n).keys()]).map((columns) => new Set(columns)),
    rowExponents: fc.array(fc.integer({ min: -40, max: 40 }), { minLength: m, maxLength: m }),
    multipliers: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: m, maxLength: m }),
    distance: fc.constantFrom(0, 1),
  });
}

test.each([
  ['feasible', withPoint(9, 18, numbers['small numbers'], 'full')],
  ['infeasible', withProof(10, 18, numbers['double precision'], 'full')],
] as const)('a %s system is known as such whatever HiGHS says', async (kind, systems) => {
  await fc.assert(
    fc.asyncProperty(
      systems.chain((system) => fc.tuple(fc.constant(system), fc.option(nonsense(system.b.length, 18)))),
      async ([system, basis]) => {
        vi.mocked(findElasticBasis).mockResolvedValue(basis);
        const answer = await findFeasible(system.A, system.b, system.upper);
        expect(vi.mocked(findElasticBasis)).toHaveBeenCalled();
        expect(answer.kind).toBe(kind);
        expect(isAnswer(system, decideBySimplex(system, basis ?? undefined))).toBe(true);
      },
    ),
    { seed: 1 },
  );
});
