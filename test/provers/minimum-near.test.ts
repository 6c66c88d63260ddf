import { describe, expect, test } from 'vitest';
import { rational } from '../../src/kernel/arithmetic/rational.js';
import { readPoint, readProblem } from '../../src/kernel/check.js';
import { certify } from '../../src/provers/certify.js';
import type { CertifyOptions } from '../../src/provers/prover.js';
import { activation, dense, type Fields, point, problem, relu } from '../certificate.js';

const header = { version: 1 };

/** What certify says about a ball of radius 1/n: the kind that is proved, or why none is. */
async function near(
  written: Fields,
  at: Fields,
  n: bigint,
  options: Partial<CertifyOptions> = {},
  better?: Fields,
): Promise<string> {
  const read = readProblem(JSON.stringify({ format: 'cairn-problem', ...header, ...written }));
  if (read.kind !== 'read') throw new Error(read.reason.message);
  const pointOf = (fields: Fields) => {
    const found = readPoint(JSON.stringify({ format: 'cairn-point', ...header, ...fields }), read.value);
    if (found.kind !== 'read') throw new Error(found.reason.message);
    return found.value;
  };
  const answer = await certify(read.value, pointOf(at), {
    ...{ radius: rational(1n, n), seed: 1, effort: 1 },
    ...(better === undefined ? {} : { better: pointOf(better) }),
    ...options,
  });
  return answer.kind === 'certified' ? `${answer.claim} ${answer.holds ? 'holds' : 'fails'}` : answer.reason.code;
}

const tanh = problem({
  layers: [dense(1), activation('tanh'), dense(1)],
  x: ['-2', '-1', '-1/2', '0', '1', '2'],
  // 2 tanh(x + 1/2) − 1, rounded.
  y: ['-2.8103', '-1.9242', '-1', '-0.0758', '0.8103', '0.9732'],
});
const fitted = (v = '2') => point([[[1]], ['1/2']], [[[v]], [-1]]);

describe('near a point of a smooth network', () => {
  test.each<[string, Fields, bigint, Partial<CertifyOptions>, string]>([
    ['a minimum', fitted(), 10n, {}, 'local-minimum-near holds'],
    ['asked for by name', fitted(), 10n, { claim: 'local-minimum-near' }, 'local-minimum-near holds'],
    ['a ball in which no derivative is 0', fitted(), 10n ** 12n, {}, 'no-local-minimum-near fails'],
    ['not curved, and steep', fitted('0'), 10n, {}, 'no-local-minimum-near fails'],
    ['not curved', fitted('0'), 1n, {}, 'curvature-not-positive'],
    ['a ball that the gradient leaves', fitted('1.9'), 2n, {}, 'radius-too-small'],
    ['steep, asked for by name', fitted('0'), 10n, { claim: 'no-local-minimum-near' }, 'no-local-minimum-near holds'],
    [
      'a spurious minimum without a better point',
      fitted(),
      10n,
      { claim: 'spurious-local-minimum-near' },
      'not-strongly-convex',
    ],
    ['a claim about a point', fitted(), 10n, { claim: 'saddle' }, 'unsupported-claim'],
    ['no minimum, near a minimum', fitted(), 10n, { claim: 'no-local-minimum-near' }, 'gradient-may-vanish'],
  ])('%s', async (_, at, n, options, expected) => {
    expect(await near(tanh, at, n, options)).toBe(expected);
  });
});

describe('near a point of a relu network', () => {
  const seen = problem({ layers: [dense(2), relu, dense(1, false)], x: [1, 2, 3, '-1'], y: [1, 2, 4, 9] });
  // The second unit is off at every sample; the first carries the best line of the samples that it sees.
  const start = point(
    [
      [[1], [0]],
      ['-4/9', -1],
    ],
    [[['1.500000001', 3]]],
  );
  const better = point(
    [
      [[1], [-1]],
      ['-4/9', 0],
    ],
    [[['3/2', 9]]],
  );
  test('scales are fixed, silent parameters left out', async () => {
    expect(await near(seen, start, 1000n)).toBe('local-minimum-near holds');
    expect(await near(seen, start, 1000n, {}, better)).toBe('spurious-local-minimum-near holds');
    expect(await near(seen, start, 1000n, {}, start)).toBe('local-minimum-near holds');
    expect(await near(seen, start, 1000n, { claim: 'spurious-local-minimum-near' }, start)).toBe('not-strongly-convex');
  });

  test('a point on a kink, where the risk falls', async () => {
    const kinked = point(
      [
        [[1], [0]],
        [-1, -1],
      ],
      [[['3/2', 3]]],
    );
    expect(await near(seen, kinked, 1000n, { claim: 'local-minimum-near' })).toBe('no-local-minimum-near fails');
  });
});
