/** What certify says of points where every unit sees one value. */
import { describe, expect, test } from 'vitest';
import { rational } from '../../src/kernel/arithmetic/rational.js';
import { readPoint, readProblem } from '../../src/kernel/check.js';
import { certify } from '../../src/provers/certify.js';
import { activation, dense, type Fields, point, problem, type Quantity, type Row } from '../certificate.js';

interface Asked {
  readonly near?: bigint;
  readonly better?: Fields;
}

async function decided(written: Fields, at: Fields, { near, better }: Asked = {}): Promise<string> {
  const read = readProblem(JSON.stringify({ format: 'cairn-problem', version: 1, ...written }));
  if (read.kind !== 'read') throw new Error(read.reason.message);
  const pointOf = (fields: Fields) => {
    const found = readPoint(JSON.stringify({ format: 'cairn-point', version: 1, ...fields }), read.value);
    if (found.kind !== 'read') throw new Error(found.reason.message);
    return found.value;
  };
  const answer = await certify(read.value, pointOf(at), {
    ...{ seed: 1, effort: 1 },
    ...(near === undefined ? {} : { radius: rational(1n, near) }),
    ...(better === undefined ? {} : { better: pointOf(better) }),
  });
  return answer.kind === 'certified' ? `${answer.claim} by ${answer.theorem.rule}` : answer.reason.code;
}

const three = {
  x: [
    [1, 0],
    [0, 1],
    ['1/2', '1/2'],
  ] as readonly Row[],
  y: [0, 0, 1] as Row,
};
const of = (name: string, bias = true): Fields =>
  problem({ layers: [dense(2), activation(name), dense(1, bias)], ...three });
/** Both units see `seen`. */
const flat = (seen: Quantity, u: Row, c?: Quantity): Fields =>
  point(
    [
      [
        [seen, seen],
        [seen, seen],
      ],
      [0, 0],
    ],
    c === undefined ? [[u]] : [[u], [c]],
  );
const constant = (p: Quantity): Fields => flat(0, [0, 0], p);

describe('exact', () => {
  test.each<[string, Fields, Fields, Asked, string]>([
    ['Corollary 3', of('quadratic'), flat(1, ['1/6', '1/6'], 0), {}, 'local-minimum by coincident-preactivations'],
    ['with a vector', of('quadratic'), flat(1, [-1, '1/2'], '5/6'), {}, 'local-minimum by coincident-preactivations'],
    [
      'a better point that is given',
      of('quadratic'),
      flat(1, ['1/6', '1/6'], 0),
      {
        better: point(
          [
            [
              [1, 1],
              [1, -1],
            ],
            [0, 0],
          ],
          [[[1, -1]], [0]],
        ),
      },
      'spurious-local-minimum by coincident-preactivations',
    ],
  ])('%s', async (_, problem, point, asked, expected) => {
    expect(await decided(problem, point, asked)).toBe(expected);
  });

  test.each([
    ['units that bend down', flat(1, ['-1/6', '-1/6'], '2/3')],
    ['another constant', flat(1, ['1/6', '1/6'], 1)],
  ])('%s: no rule for a minimum applies', async (_, point) => {
    expect(await decided(of('quadratic'), point)).toBe('unsupported-activation');
  });
});

describe('near', () => {
  const flatNear = 'local-minimum-near by coincident-preactivations';
  test.each<[string, Fields, Fields, Asked, string]>([
    ['an output bias', of('sigmoid'), flat('-1.1', ['2/3', '2/3'], '0.000347'), { near: 100n }, flatNear],
    ['no output bias', of('sigmoid', false), flat('-1.1', ['0.6675', '0.6674']), { near: 100n }, flatNear],
    [
      'a better point that is given',
      of('tanh'),
      flat('0.55', ['-1/3', 1], '-0.00035'),
      {
        near: 100n,
        better: point(
          [
            [
              ['0.549', '0.255'],
              ['0.255', '0.126'],
            ],
            [0, 0],
          ],
          [[[184, -367]], [0]],
        ),
      },
      'spurious-local-minimum-near by coincident-preactivations',
    ],
    [
      'rounded too much',
      of('sigmoid'),
      flat('-1.1', ['2/3', '2/3'], '0.1'),
      { near: 100n },
      'no-local-minimum-near by gradient-bound',
    ],
    [
      'units that bend down',
      of('sigmoid'),
      flat('-1.1', ['-2/3', '-2/3'], '0.666'),
      { near: 100n },
      'curvature-not-positive',
    ],
    ['nothing moves the prediction', of('sigmoid'), constant('1/3'), { near: 100n }, 'curvature-not-positive'],
  ])('%s', async (_, problem, point, asked, expected) => {
    expect(await decided(problem, point, asked)).toBe(expected);
  });
});
