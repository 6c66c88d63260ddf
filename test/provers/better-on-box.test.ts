import { describe, expect, test } from 'vitest';
import { checkCertificate } from '../../src/kernel/check.js';
import { certify } from '../../src/provers/certify.js';
import { library, named } from '../library.js';

/** The spurious minima on boxes; of the table of critical points for affine targets, those of one and two units. */
const minima = library().filter(({ name, text }) => {
  const { kind, problem } = (JSON.parse(text) as { statement: { kind: string; problem: { data: { type: string } } } })
    .statement;
  return kind === 'spurious-local-minimum' && problem.data.type === 'box' && !/-3-.*-and-/.test(name);
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
    expect(minima.length).toBeGreaterThan(20);
  });
});
