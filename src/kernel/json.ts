/**
 * A strict reader of JSON (RFC 8259): no duplicate keys, no trailing bytes, bounded depth and size, numbers kept as they are
 * written. JSON.parse would keep the last of two equal keys, and round 1e999 to Infinity, so a reader and the kernel could
 * disagree about what a certificate says.
 */
import type { Limits } from './limits.js';
import { decline, reject } from './verdict.js';

export type Json = string | boolean | null | JsonNumber | readonly Json[] | JsonObject;
export type JsonObject = ReadonlyMap<string, Json>;
/** A number exactly as written; the formats allow only counts, decode.ts looks at the text. */
export interface JsonNumber {
  readonly number: string;
}

/** Cells of data sets are short and repeat, so they are kept once. */
const internedLength = 6;

/** @returns `.key`, or `["key"]` where key is not a plain name */
export function pathKey(key: string): string {
  return key.length <= longestKey && /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `.${key}` : `[${quote(key)}]`;
}

/** Longer keys are shortened in paths. */
const longestKey = 60;

/** @returns the text as a JSON string of at most 60 characters, without control or bidirectional characters */
export function quote(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return JSON.stringify(short).replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
// A string without escapes, the usual case; control characters end the match.
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these
const plain = /[^"\\\u0000-\u001f]*/y;

const quotes = 34;
const comma = 44;
const bracket = 93;

class Reader {
  #at = 0;
  #values = 0;
  readonly #path: (string | number)[] = [];
  readonly #interned = new Map<string, string>();

  constructor(
    readonly text: string,
    readonly limits: Limits,
    readonly place: Place,
  ) {}

  document(): Json {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.text.length) this.#malformed('the text goes on after the value');
    return value;
  }

  #where(): string {
    return `${this.place.path}${this.#path.map((key) => (typeof key === 'number' ? `[${key}]` : pathKey(key))).join('')}`;
  }

  #malformed(what: string): never {
    const before = this.text.slice(0, this.#at);
    const line = this.place.line - 1 + before.split('\n').length;
    const column = this.#at - before.lastIndexOf('\n');
    return reject('malformed-json', this.#where(), `line ${line}, column ${column}: ${what}`);
  }

  #space(): void {
    let code = this.text.charCodeAt(this.#at);
    while (code === 32 || code === 10 || code === 13 || code === 9) code = this.text.charCodeAt(++this.#at);
  }

  #value(depth: number): Json {
    if (++this.#values > this.limits.numbers) {
      decline('limit-numbers', this.#where(), `the text has more than ${this.limits.numbers} values`);
    }
    this.#space();
    const code = this.text.charCodeAt(this.#at);
    if (code === quotes) return this.#string();
    switch (this.text[this.#at]) {
      case '[':
        return this.#list(depth + 1);
      case '{':
        return this.#record(depth + 1);
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      case undefined:
        return this.#malformed('the text ends too early');
      default:
        return this.#number();
    }
  }

  #nest(depth: number): void {
    if (depth > this.limits.nesting) {
      decline('limit-nesting', this.#where(), `lists and records nest more than ${this.limits.nesting} deep`);
    }
    this.#at++;
  }

  #word<W extends boolean | null>(word: string, value: W): W {
    if (!this.text.startsWith(word, this.#at)) this.#malformed(`expected ${word}`);
    this.#at += word.length;
    return value;
  }

  #number(): JsonNumber {
    number.lastIndex = this.#at;
    const match = number.exec(this.text);
    if (match === null) return this.#malformed(`expected a value, found ${quote(this.text[this.#at] as string)}`);
    this.#at = number.lastIndex;
    return { number: match[0] };
  }

  #string(): string {
    const start = this.#at + 1;
    let end = start;
    let code = this.text.charCodeAt(end);
    // Up to the closing quote, a backslash, a control character or the end of the text (NaN).
    while (code !== quotes && code !== 92 && code >= 32) code = this.text.charCodeAt(++end);
    if (code === quotes) {
      this.#at = end + 1;
      const value = this.text.slice(start, end);
      if (value.length > internedLength) return value;
      const known = this.#interned.get(value);
      if (known !== undefined) return known;
      this.#interned.set(value, value);
      return value;
    }
    return this.#escaped(start);
  }

  #escaped(start: number): string {
    const parts: string[] = [];
    this.#at = start;
    for (;;) {
      plain.lastIndex = this.#at;
      plain.exec(this.text);
      parts.push(this.text.slice(this.#at, plain.lastIndex));
      this.#at = plain.lastIndex;
      const c = this.text[this.#at];
      if (c === '"') {
        this.#at++;
        return parts.join('');
      }
      if (c === undefined) return this.#malformed('the string has no end');
      if (c !== '\\') return this.#malformed('a control character in a string must be escaped');
      const letter = this.text[this.#at + 1] ?? '';
      const simple = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }[letter];
      if (simple !== undefined) {
        parts.push(simple);
        this.#at += 2;
      } else {
        const hex = this.text.slice(this.#at + 2, this.#at + 6);
        if (letter !== 'u' || !/^[0-9a-fA-F]{4}$/.test(hex)) return this.#malformed('unknown escape in a string');
        parts.push(JSON.parse(`"\\u${hex}"`) as string);
        this.#at += 6;
      }
    }
  }

  #list(depth: number): Json[] {
    this.#nest(depth);
    const list: Json[] = [];
    this.#space();
    if (this.text[this.#at] === ']') {
      this.#at++;
      return list;
    }
    const level = this.#path.length;
    for (;;) {
      this.#path[level] = list.length;
      list.push(this.#value(depth));
      let code = this.text.charCodeAt(this.#at);
      if (code !== comma && code !== bracket) {
        this.#space();
        code = this.text.charCodeAt(this.#at);
      }
      if (code === comma || code === bracket) this.#at++;
      if (code === comma) continue;
      if (code === bracket) break;
      const c = this.text[this.#at];
      this.#malformed(c === undefined ? 'the list has no end' : `expected , or ] but found ${quote(c)}`);
    }
    this.#path.length = level;
    return list;
  }

  #record(depth: number): JsonObject {
    this.#nest(depth);
    const record = new Map<string, Json>();
    this.#space();
    if (this.text[this.#at] === '}') {
      this.#at++;
      return record;
    }
    const level = this.#path.length;
    for (;;) {
      this.#space();
      if (this.text[this.#at] !== '"') this.#malformed('expected a key in double quotes');
      const key = this.#string();
      if (record.has(key)) reject('duplicate-key', this.#where(), `the key ${quote(key)} stands twice`);
      this.#path[level] = key;
      this.#space();
      if (this.text[this.#at] !== ':') this.#malformed('expected : after the key');
      this.#at++;
      record.set(key, this.#value(depth));
      this.#path.length = level;
      this.#space();
      const c = this.text[this.#at++];
      if (c === ',') continue;
      if (c === '}') break;
      this.#at--;
      this.#malformed(c === undefined ? 'the record has no end' : `expected , or } but found ${quote(c)}`);
    }
    return record;
  }
}

/** Where a text stands: the path of its value, and the number of its first line. */
export interface Place {
  readonly path: string;
  readonly line: number;
}

const wholeFile: Place = { path: '$', line: 1 };

/**
 * Reads one JSON value.
 *
 * @throws Refusal `malformed-json`, `duplicate-key` or a limit, with the path of the place
 */
export function readJson(text: string, limits: Limits, place = wholeFile): Json {
  if (text.length > limits.bytes) {
    decline('limit-bytes', place.path, `the text has ${text.length} characters, more than ${limits.bytes}`);
  }
  return new Reader(text, limits, place).document();
}
