import { describe, expect, test } from 'vitest';
import { checkCertificate } from '../../src/kernel/check.js';
import { certify } from '../../src/provers/certify.js';
import { library, named } from '../library.js';

interface Written {
  readonly statement: {
    readonly kind: string;
    readonly problem: { readonly data: { readonly type: string } };
  };
}

/** The spurious minima on boxes; of the table of critical points for affine targets, those of one and two units; and deep ones for samples. */
const deep = ['iris-hardtanh-constant-3-1', 'iris-hardtanh-2-2-2-2', 'iris-huber-softshrink-3-2'];
const minima = library().filter(({ name, text }) => {
  const { kind, problem } = (JSON.parse(text) as Written).statement;
  const isOnBox = problem.data.type === 'box' && !/-3-.*-and-/.test(name);
  return kind === 'spurious-local-minimum' && (isOnBox || deep.some((file) => name.endsWith(`/${file}.cert.json`)));
});

describe('of a spurious minimum alone, certify finds that it is one', () => {
  test.each(named(minima))('%s', async (_, { text }) => {
    const verdict = checkCertificate(text);
    if (verdict.kind !== 'proved') throw new Error(verdict.reason.message);
    const { problem, point } = verdict.theorem.statement;
    const answer = await certify(problem, point, { seed: 1, effort: 5 });
    expect(answer).toMatchObject({ kind: 'certified', claim: 'spurious-local-minimum', holds: true });
    if (answer.kind !== 'certified') return;
    const again = await certify(problem, point, { seed: 1, effort: 5 });
    expect(again).toMatchObject({ text: answer.text });
  });

  test('there are some', () => {
    expect(minima.length).toBeGreaterThan(20 + deep.length);
  });
});
