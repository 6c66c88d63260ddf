import { expect, test } from 'vitest';
import { constructions, findConstruction } from '../../src/constructions/index.js';

test('every construction has its own id, one line of source, and settings with distinct names', () => {
  expect(new Set(constructions.map(({ id }) => id)).size).toBe(constructions.length);
  for (const { id, source, settings, bibtex } of constructions) {
    expect(id).toMatch(/^[a-z0-9-]+$/);
    expect(source).not.toContain('\n');
    expect(bibtex).toMatch(/^@[a-z]+\{/);
    expect(new Set(settings.map(({ name }) => name)).size).toBe(settings.length);
  }
});

test('finds a construction, or the one that was meant', () => {
  const [first] = constructions;
  expect(findConstruction(first?.id ?? '')).toEqual({ kind: 'found', construction: first });
  expect(findConstruction('yun-sra-jadbabaie-2019-theorem1')).toEqual({
    kind: 'unknown',
    meant: 'yun-sra-jadbabaie-2019-theorem-1',
  });
  expect(findConstruction('x')).toEqual({ kind: 'unknown', meant: null });
});
