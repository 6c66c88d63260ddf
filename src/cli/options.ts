/** Values of options: what cannot be understood is a usage error of commander, exit code 3. */
import { InvalidArgumentError } from 'commander';
import { hint } from '../formats/did-you-mean.js';
import { quoted, visible } from '../formats/quoted.js';
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import type { Limits } from '../kernel/limits.js';

const largestCount = 2_147_483_647;

/** @returns a reader of integers from `least` on */
export function count(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^(?:0|[1-9][0-9]{0,9})$/.test(text) || value > largestCount || value < least) {
      throw new InvalidArgumentError(`Expected an integer from ${least} to ${largestCount}, found ${quoted(text)}.`);
    }
    return value;
  };
}

/** A quantity > 0 of the format: an integer, a decimal or a fraction. */
export function positive(text: string): Rational {
  const match = /^(0|[1-9][0-9]*)(?:\.([0-9]+)|\/([1-9][0-9]*))?$/.exec(text);
  const [, whole = '0', places = '', den = '1'] = match ?? [];
  const value = rational(BigInt(whole + places), 10n ** BigInt(places.length) * BigInt(den));
  if (match !== null && text.length <= 10_000 && value.num > 0n) return value;
  throw new InvalidArgumentError(`Expected a number > 0 such as 1/1000 or 0.001, found ${quoted(text)}.`);
}

const longestName = 60;

/** A few words on one line. */
export function words(text: string): string {
  const count = [...text].length;
  if (text.trim() !== '' && count <= longestName && visible(text) === text) return text;
  throw new InvalidArgumentError(`Expected from 1 to ${longestName} characters on one line, found ${quoted(text)}.`);
}

/** Names between commas, as in --inputs sepal_length,sepal_width. */
export function list(text: string): string[] {
  const names = text.split(',');
  if (names.includes('')) throw new InvalidArgumentError(`Expected names between commas, found ${quoted(text)}.`);
  return names;
}

export function counts(text: string): number[] {
  return list(text).map(count(1));
}

/** One of several NAME=VALUE. */
export function assignment(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at <= 0) throw new InvalidArgumentError(`Expected NAME=VALUE, found ${quoted(text)}.`);
  const name = text.slice(0, at);
  if (Object.hasOwn(before, name)) throw new InvalidArgumentError(`${quoted(name)} is given twice.`);
  return { ...before, [name]: text.slice(at + 1) };
}

const limitNames = ['bytes', 'digits', 'nesting', 'numbers', 'nodes', 'degree', 'limbs', 'operations'] as const;
limitNames satisfies readonly (keyof Limits)[];

/** One of several --limit NAME=VALUE. */
export function limit(text: string, before: Partial<Limits> = {}): Partial<Limits> {
  const [[name, value] = ['', '']] = Object.entries(assignment(text));
  const known = oneOf(limitNames)(name);
  if (!/^[1-9][0-9]{0,15}$/.test(value) || Number(value) > Number.MAX_SAFE_INTEGER) {
    throw new InvalidArgumentError(`Expected a positive integer for ${name}, found ${quoted(value)}.`);
  }
  if (known in before) throw new InvalidArgumentError(`${name} is given twice.`);
  return { ...before, [known]: Number(value) };
}

/** What each reader of names takes, for those who complete command lines. */
const namesRead = new WeakMap<object, readonly string[]>([[limit, limitNames.map((name) => `${name}=`)]]);

/** @returns the names that a reader of an option takes, or null where it takes anything */
export function namesOf(reader: object | undefined): readonly string[] | null {
  return (reader === undefined ? undefined : namesRead.get(reader)) ?? null;
}

/** @returns a reader of these names, which knows what was meant */
export function oneOf<N extends string>(names: readonly N[]): (text: string) => N {
  const read = (text: string): N => {
    const found = names.find((name) => name === text);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`Unknown name ${quoted(text)}; ${hint(text, names)}`);
  };
  namesRead.set(read, names);
  return read;
}
