/** The library as a whole; library-damage.ts has each certificate proved from its text, and damaged. */
import { describe, expect, test } from 'vitest';
import { checkCertificate } from '../src/kernel/check.js';
import { library } from './library.js';
import { countPlaces, type Json } from './one-change-away.js';

const files = library();

test('the library is as large and as varied as promised', () => {
  const parsed = files.map(({ text }) => JSON.parse(text) as { statement: { kind: string } });
  const count = (...kinds: string[]) => parsed.filter(({ statement }) => kinds.includes(statement.kind)).length;
  expect(files.length).toBeGreaterThanOrEqual(12);
  expect(count('not-local-minimum', 'no-local-minimum-near', 'not-global-minimum')).toBeGreaterThanOrEqual(3);
  expect(count('saddle')).toBeGreaterThanOrEqual(1);
  expect(count('global-minimum')).toBeGreaterThanOrEqual(1);
});

test('every kind of certificate has one that is damaged in every single place', () => {
  const kinds = new Map<string, boolean>();
  for (const { text } of files) {
    const json = JSON.parse(text) as { statement: { kind: string }; proof: Record<string, { rule: string }> };
    const kind = `${json.statement.kind} by ${Object.values(json.proof)[0]?.rule}`;
    kinds.set(kind, (kinds.get(kind) ?? false) || countPlaces(json as unknown as Json) <= 3000);
  }
  expect([...kinds].filter(([, everywhere]) => !everywhere)).toEqual([]);
});

describe('nearby false claims', () => {
  const spurious = files.filter(
    ({ text }) => (JSON.parse(text) as { statement: { kind: string } }).statement.kind === 'spurious-local-minimum',
  );
  type Parsed = { statement: { kind: string; point: Json; betterPoint: Json }; proof: { [key: string]: Json } };

  test.each(spurious)('$name: the two points swapped', ({ text }) => {
    const json = JSON.parse(text) as Parsed;
    const { point, betterPoint } = json.statement;
    const swapped = { ...json, statement: { ...json.statement, point: betterPoint, betterPoint: point } };
    const verdict = checkCertificate(JSON.stringify(swapped));
    // A point in a smooth piece has irrational values, of which `affine-span` says nothing.
    if (verdict.kind === 'declined') expect(verdict.reason.code).toBe('irrational-value');
    else expect(verdict.kind).toBe('rejected');
  });

  test.each(spurious)('$name: the same point as its own better point', ({ text }) => {
    const json = JSON.parse(text) as Parsed;
    const same = { ...json, statement: { ...json.statement, betterPoint: json.statement.point } };
    expect(checkCertificate(JSON.stringify(same))).toMatchObject({ kind: 'rejected', reason: { code: 'not-below' } });
  });

  test.each(spurious)('$name: the spurious minimum as a global one', ({ text }) => {
    const { statement, proof, ...rest } = JSON.parse(text) as Parsed;
    const { betterPoint: _, ...without } = statement;
    for (const rule of ['zero-loss', 'convex-span', (proof['localMinimum'] as { rule: string }).rule]) {
      const claim = { ...rest, statement: { ...without, kind: 'global-minimum' }, proof: { globalMinimum: { rule } } };
      expect(checkCertificate(JSON.stringify(claim)).kind).not.toBe('proved');
    }
  });
});
