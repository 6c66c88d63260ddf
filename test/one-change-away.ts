/** Every single change of a JSON text's value: what a typing error, a bad merge or a forger could do in one place. */
import { seeded } from '../src/provers/random.js';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface Change {
  /** the place, as in messages, and what was done there */
  readonly path: string;
  readonly what: string;
  readonly changed: Json;
}

const quantity = /^-?\d+(\.\d+|\/\d+)?$/;

/** The changes of the value at one place itself, not of what it contains. */
function changesOf(value: Json): readonly (readonly [string, Json])[] {
  if (typeof value === 'boolean') return [['flipped', !value]];
  if (typeof value === 'number') return [['plus 1', value + 1]];
  if (typeof value === 'string') {
    if (!quantity.test(value)) return [['with a letter more', `${value}x`]];
    return [
      ['plus 1', plusOne(value)],
      ['with a digit more', value.includes('/') || value.includes('.') ? `${value}1` : `${value}.5`],
      ...(/[1-9]/.test(value) ? [['negated', value.startsWith('-') ? value.slice(1) : `-${value}`] as const] : []),
    ];
  }
  if (Array.isArray(value)) {
    const last = value[value.length - 1];
    if (last === undefined) return [['with an entry', ['1']]];
    const [first, second, ...rest] = value;
    const swap = JSON.stringify(first) !== JSON.stringify(second) && second !== undefined && first !== undefined;
    return [
      ['without its last entry', value.slice(0, -1)],
      ['with its last entry repeated', [...value, last]],
      ...(swap ? [['with its first two entries swapped', [second, first, ...rest] as Json[]] as const] : []),
    ];
  }
  if (value === null) return [];
  return [
    ['with a key more', { ...value, extra: '1' }],
    ...Object.keys(value).map((key) => {
      const { [key]: _, ...rest } = value;
      return [`without ${key}`, rest] as const;
    }),
  ];
}

function plusOne(text: string): string {
  const [, sign, whole, rest] = /^(-?)(\d+)(.*)$/.exec(text) as unknown as [string, string, string, string];
  const moved = BigInt(`${sign}${whole}`) + 1n;
  // "-1/2" plus 1 would lose its sign at 0: any other number does as well.
  return `${moved === 0n && rest !== '' ? 7n : moved}${rest}`;
}

/** A place: how to get there, and how to put another value back into a copy. */
interface Place {
  readonly path: string;
  readonly value: Json;
  readonly replace: (value: Json) => Json;
}

function* placesOf(place: Place): Generator<Place> {
  yield place;
  const { path, value, replace } = place;
  if (Array.isArray(value)) {
    for (const [i, element] of value.entries()) {
      yield* placesOf({
        path: `${path}[${i}]`,
        value: element,
        replace: (other) => replace(value.map((kept, j) => (i === j ? other : kept))),
      });
    }
  } else if (value !== null && typeof value === 'object') {
    for (const [key, element] of Object.entries(value)) {
      yield* placesOf({
        path: `${path}.${key}`,
        value: element,
        replace: (other) => replace({ ...value, [key]: other }),
      });
    }
  }
}

export function countPlaces(json: Json): number {
  let count = 0;
  for (const _ of placesOf({ path: '$', value: json, replace: (other) => other })) count++;
  return count;
}

/**
 * @param most  damages every place up to so many places; beyond, `sampled` places, drawn with a fixed seed
 * @param manyWays  up to so many places in every way; beyond, each place in one way, drawn with the same seed
 */
export function* oneChangeAway(json: Json, most = 3000, sampled = 300, manyWays = 400): Generator<Change> {
  const total = countPlaces(json);
  const random = seeded(7);
  const wanted = total <= most ? null : new Set(Array.from({ length: sampled }, () => random.integer(0, total - 1)));
  let at = 0;
  for (const { path, value, replace } of placesOf({ path: '$', value: json, replace: (other) => other })) {
    if (wanted !== null && !wanted.has(at++)) continue;
    const changes = changesOf(value);
    if (changes.length === 0) continue;
    const chosen =
      total <= manyWays ? changes : [changes[random.integer(0, changes.length - 1)] as (typeof changes)[number]];
    for (const [what, other] of chosen) yield { path, what, changed: replace(other) };
  }
}
