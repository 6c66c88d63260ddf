import { describe, expect, test } from 'vitest';
import { checkCertificate } from '../../src/kernel/check.js';
import type { AnyStatement } from '../../src/kernel/statement.js';
import { certify } from '../../src/provers/certify.js';
import { type LibraryFile, library, named } from '../library.js';

interface Written {
  readonly statement: {
    readonly kind: string;
    readonly problem: { readonly data: { readonly type: string } };
  };
}

/** The spurious minima on boxes; of the table of critical points for affine targets, those of one and two units; and deep ones for samples. */
const deep = ['iris-hardtanh-constant-3-1', 'iris-hardtanh-2-2-2-2'];
const minima = library().filter(({ name, text }) => {
  const { kind, problem } = (JSON.parse(text) as Written).statement;
  const isOnBox = problem.data.type === 'box' && !/-3-.*-and-/.test(name);
  return kind === 'spurious-local-minimum' && (isOnBox || deep.some((file) => name.endsWith(`/${file}.cert.json`)));
});

function provedIn(text: string): AnyStatement {
  const verdict = checkCertificate(text);
  if (verdict.kind !== 'proved') throw new Error(verdict.reason.message);
  return verdict.theorem.statement;
}

describe('of a spurious minimum alone, certify finds that it is one', () => {
  test.each(named(minima))('%s', async (_, { text }) => {
    const { problem, point } = provedIn(text);
    const answer = await certify(problem, point, { seed: 1, effort: 5 });
    expect(answer).toMatchObject({ kind: 'certified', claim: 'spurious-local-minimum', holds: true });
  });

  test('the same bytes twice', async () => {
    const [{ text }] = minima.filter(({ name }) => name.includes('square-irrational-hinge')) as [LibraryFile];
    const { problem, point } = provedIn(text);
    const [one, other] = [await certify(problem, point), await certify(problem, point)];
    expect(one).toMatchObject({ kind: 'certified' });
    expect(other).toEqual(one);
  });

  test('there are some', () => {
    expect(minima.length).toBeGreaterThan(20 + deep.length);
  });
});
