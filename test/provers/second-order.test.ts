import { describe, expect, test } from 'vitest';
import { checkCertificate, readPoint, readProblem } from '../../src/kernel/check.js';
import { certify } from '../../src/provers/certify.js';
import { explain } from '../../src/report/explain.js';
import { fallInWords } from '../../src/report/fall.js';
import { type Affine, dense, type Fields, point, problem, relu } from '../certificate.js';

/** Three relu layers, all units alive at every sample: near the point the network is v·w·u x, a product of three. */
const deep = (y: readonly number[], ...biases: readonly boolean[]): Fields =>
  problem({
    layers: [dense(1, biases[0]), relu, dense(1, biases[1]), relu, dense(1, biases[2])],
    x: [1, 2],
    y,
  });

async function decide(of: Fields, at: readonly Affine[]) {
  const read = readProblem(JSON.stringify({ format: 'cairn-problem', version: 1, ...of }));
  if (read.kind !== 'read') throw new Error(read.reason.message);
  const theta = readPoint(JSON.stringify({ format: 'cairn-point', version: 1, ...point(...at) }), read.value);
  if (theta.kind !== 'read') throw new Error(theta.reason.message);
  return certify(read.value, theta.value, { seed: 1, effort: 1 });
}

describe('saddles inside a region of a deep piecewise affine network', () => {
  // Biases keep both units alive where their incoming weights are 0. Targets of mean 0, Σ y_i x_i = 1.
  const inside: readonly Affine[] = [
    [[[0]], [1]],
    [[[0]], [1]],
    [[[0]], [0]],
  ];

  test('the curve of second or third order is found, and told', async () => {
    const answer = await decide(deep([-1, 1], true, true, true), inside);
    expect(answer.kind === 'certified' && answer.claim).toBe('saddle');
    if (answer.kind !== 'certified') return;
    const verdict = checkCertificate(answer.text);
    if (verdict.kind !== 'proved') throw new Error('it was proved before');
    expect(fallInWords(verdict.theorem)).toMatch(
      /^along the (direction|curve) of the certificate the risk changes by −/,
    );
    const page = await explain(verdict.theorem, 'text');
    expect(page).toContain('Flat directions');
    expect(page).toContain('its outgoing weights are 0');
  });

  test('second order: two layers meet', async () => {
    const alive: readonly Affine[] = [
      [[[1]], [1]],
      [[[0]], [1]],
      [[[0]], [0]],
    ];
    const answer = await decide(deep([-1, 1], true, true, true), alive);
    expect(answer.kind === 'certified' && answer.claim).toBe('saddle');
    if (answer.kind !== 'certified') return;
    const { proof } = JSON.parse(answer.text) as {
      proof: { descent: { rule: string; coefficients: readonly unknown[] } };
    };
    expect(proof.descent.rule).toBe('descent-curve');
    expect(proof.descent.coefficients).toHaveLength(1);
  });

  test('a gradient that is not 0 gives a direction', async () => {
    const answer = await decide(deep([-1, 2], true, true, true), inside);
    expect(answer.kind === 'certified' && answer.claim).toBe('not-local-minimum');
    if (answer.kind !== 'certified') return;
    expect(answer.text).toContain('"descent-direction"');
    expect(fallInWords(answer.theorem)).toContain('at t = ');
  });
});
