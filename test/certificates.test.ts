/** The library: every certificate is proved from its text, and damaged in every place it never proves the same theorem. */
import { describe, expect, test } from 'vitest';
import { canonicalStatement } from '../src/kernel/canonical.js';
import { checkCertificate } from '../src/kernel/check.js';
import { excuse } from './harmless.js';
import { library } from './library.js';
import { countPlaces, type Json, oneChangeAway } from './one-change-away.js';

const files = library();

/** The statement that a text proves, as its canonical text, or null. */
function proves(text: string): string | null {
  const verdict = checkCertificate(text);
  return verdict.kind === 'proved' ? canonicalStatement(verdict.theorem.statement) : null;
}

test('the library is as large and as varied as promised', () => {
  const parsed = files.map(({ text }) => JSON.parse(text) as { statement: { kind: string } });
  const count = (...kinds: string[]) => parsed.filter(({ statement }) => kinds.includes(statement.kind)).length;
  expect(files.length).toBeGreaterThanOrEqual(12);
  expect(count('not-local-minimum', 'no-local-minimum-near', 'not-global-minimum')).toBeGreaterThanOrEqual(3);
  expect(count('saddle')).toBeGreaterThanOrEqual(1);
  expect(count('global-minimum')).toBeGreaterThanOrEqual(1);
});

describe.each(files)('$name', ({ text }) => {
  const statement = proves(text);
  const json = JSON.parse(text) as Json;

  test('is proved from its text', () => {
    expect(statement).not.toBeNull();
  });

  test('damaged in one place, is refused or restates another theorem', () => {
    const wrong: string[] = [];
    for (const { path, what, changed } of oneChangeAway(json)) {
      if (proves(JSON.stringify(changed)) === statement && excuse(path, what) === null) wrong.push(`${path} ${what}`);
    }
    expect(wrong).toEqual([]);
  });

  test('cut short anywhere, is refused', () => {
    for (let part = 1; part < 20; part++)
      expect(proves(text.slice(0, Math.floor((text.length * part) / 20)))).toBeNull();
  });
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
  const spurious = files.filter(({ text }) => text.includes('"kind": "spurious-local-minimum"'));
  type Parsed = { statement: { kind: string; point: Json; betterPoint: Json }; proof: { [key: string]: Json } };

  test.each(spurious)('$name: the two points swapped', ({ text }) => {
    const json = JSON.parse(text) as Parsed;
    const { point, betterPoint } = json.statement;
    const swapped = { ...json, statement: { ...json.statement, point: betterPoint, betterPoint: point } };
    expect(checkCertificate(JSON.stringify(swapped))).toMatchObject({ kind: 'rejected' });
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
