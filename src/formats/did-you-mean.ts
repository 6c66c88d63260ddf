import { quoted } from './quoted.js';

/** Names longer than this, or beyond this many, are not compared: a hostile header must not cost more than its reading. */
const longest = 64;
const most = 1_000;

/** @returns how many letters must be inserted, deleted, replaced or swapped with their neighbour to turn a into b */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** @returns the known name that was probably meant, or null where each needs a change in more than a third of the letters */
export function didYouMean(name: string, known: readonly string[]): string | null {
  if (name.length > longest) return null;
  const word = name.trim().toLowerCase();
  let nearest: string | null = null;
  let bound = Math.floor(word.length / 3) + 1;
  for (const candidate of known.slice(0, most)) {
    if (candidate.length > longest || Math.abs(candidate.length - name.length) >= bound + 2) continue;
    const distance = editDistance(word, candidate.trim().toLowerCase());
    if (distance < bound) {
      nearest = candidate;
      bound = distance;
    }
  }
  return nearest;
}

/** More names are no hint. */
const mostNamed = 8;

/** @returns what a message can end with: the name that was meant, all names where they are few, or that there are others */
export function hint(name: string, known: readonly string[]): string {
  const meant = didYouMean(name, known);
  if (meant !== null) return `did you mean ${quoted(meant)}?`;
  if (known.length === 0) return 'it has none';
  const more = known.length - mostNamed;
  return `expected one of ${known.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
