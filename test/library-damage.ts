/** Every certificate of the library, damaged: in shards, so that the tests use all cores. */
import { describe, expect, test } from 'vitest';
import { canonicalStatement } from '../src/kernel/canonical.js';
import { checkCertificate } from '../src/kernel/check.js';
import { excuse } from './harmless.js';
import { type LibraryFile, library, named } from './library.js';
import { type Change, countPlaces, type Json, oneChangeAway } from './one-change-away.js';

const shards = 4;
/** So many places of each file are damaged, in one way each; library-damage.slow.ts takes all of them. A Hessian takes longer to check than anything else. */
const quickPlaces = ({ text }: LibraryFile): number => (text.includes('"strongly-convex-ball"') ? 6 : 12);

/** The statement that a text proves, as its canonical text, or null. */
export function proves(text: string): string | null {
  const verdict = checkCertificate(text);
  return verdict.kind === 'proved' ? canonicalStatement(verdict.theorem.statement) : null;
}

/** Hessians of more than 36 parameters take a second and more to check: fewer places of these are damaged, and all of the smaller one beside them. */
export function isLarge({ text }: LibraryFile): boolean {
  const students = /"type": "dense", "units": (\d+)/.exec(text)?.[1];
  return text.includes('"type": "gaussian-teacher"') && Number(students) > 6;
}
/** Hessians on a whole real data set take a third of a second. */
export function isTrained({ name, text }: LibraryFile): boolean {
  return name.startsWith('trained/') && text.length > 9_000;
}
const largePlaces = 4;
const largeWork = 2_000_000;

/** Each file goes to the shard with the least work so far, the largest first. */
function filesOf(shard: number): readonly LibraryFile[] {
  const sized = library().map((file) => {
    const places = Math.min(quickPlaces(file), countPlaces(JSON.parse(file.text) as Json));
    return { file, work: isLarge(file) ? largeWork : places * file.text.length };
  });
  const loads = new Array<number>(shards).fill(0);
  const chosen: LibraryFile[] = [];
  for (const { file, work } of sized.sort((a, b) => b.work - a.work)) {
    const least = loads.indexOf(Math.min(...loads));
    loads[least] = (loads[least] as number) + work;
    if (least === shard) chosen.push(file);
  }
  return chosen;
}

/** @returns the changes after which the text proves the same statement without an excuse */
export function wronglyProved(changes: Iterable<Change>, statement: string | null): readonly string[] {
  const wrong: string[] = [];
  for (const { path, what, changed } of changes) {
    if (proves(JSON.stringify(changed)) === statement && excuse(path, what) === null) wrong.push(`${path} ${what}`);
  }
  return wrong;
}

export function damageTests(shard: number): void {
  describe.each(named(filesOf(shard)))('%s', (_, file) => {
    const { text } = file;
    const statement = proves(text);
    const json = JSON.parse(text) as Json;

    test('is proved from its text', () => {
      expect(statement).not.toBeNull();
    });

    test('damaged in one place, is refused or restates another theorem', () => {
      const [all, sampled] = isLarge(file) ? [0, largePlaces] : [quickPlaces(file), quickPlaces(file)];
      const changes = oneChangeAway(json, all, sampled, 0);
      expect(wronglyProved(changes, statement)).toEqual([]);
    });

    test('cut short anywhere, is refused', () => {
      for (let part = 1; part < 20; part++) {
        expect(proves(text.slice(0, Math.floor((text.length * part) / 20)))).toBeNull();
      }
    });
  });
}
