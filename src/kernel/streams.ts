import { Decoder } from './decode.js';
import type { Decoded, RecordSchema, StreamReference } from './format.js';
import { readJson } from './json.js';
import { type Limits, Meter } from './limits.js';
import { decline, reject } from './verdict.js';

/** Lends the lines of a stream from the first one on, without their line feeds; whoever lends them bounds how long they are. */
export type Lines = (name: string) => Iterable<string>;

/** Told after a line of a stream was checked: how many are, those that are believed among them, and how many there have to be. */
export type ObserveLines = (checked: number, total: number) => void;

/** One entry of a list that is too long for one text, where it stands, and what may be spent on it. */
export interface Line<E> {
  readonly index: number;
  readonly entry: E;
  readonly path: string;
  readonly meter: Meter;
}

/**
 * Lists that are too long for one text: a stream has one entry a line, in the order of the list. The kernel opens nothing, its caller lends the
 * lines. Each is read as strictly as a file, with limits of its own, and nothing of it is kept.
 */
export class Streams {
  #believed = 0;

  /** @param from  so many lines at the start are believed to have been checked by an earlier run: they are counted, and not looked at */
  constructor(
    readonly lines: Lines | null,
    readonly from: number,
    readonly observe: ObserveLines,
  ) {
    if (!Number.isSafeInteger(from) || from < 0) {
      throw new RangeError(`Cannot go on from line ${from}: expected a number of lines`);
    }
  }

  /** how many lines were not looked at */
  get believed(): number {
    return this.#believed;
  }

  /**
   * The entries of a stream, all but those that are believed. It ends only after exactly `count` lines: whoever has seen it end, has seen all.
   *
   * @param name   from the certificate (untrusted)
   * @param count  how many lines there have to be
   * @throws Refusal on a line that is no entry, a line too few or too many, or where no lines are lent
   */
  *entries<S extends RecordSchema>(
    { stream: name }: StreamReference,
    schema: S,
    count: number,
    path: string,
    limits: Limits,
  ): Generator<Line<Decoded<S>>, void, undefined> {
    if (this.lines === null) {
      decline(
        'unsupported-stream',
        `${path}.stream`,
        `the proof goes on in the file ${name}, which is not at hand here`,
      );
    }
    this.#believed += this.from;
    let index = 0;
    for (const line of this.lines(name)) {
      if (typeof line !== 'string') throw new TypeError('Cannot check a line that is not a text');
      if (index === count) reject('wrong-length', path, `expected ${count} lines in the stream, found more`);
      if (index >= this.from) {
        const at = `${path}[${index}]`;
        const meter = new Meter(limits, at);
        yield { index, entry: readEntry(schema, line, index, at, meter), path: at, meter };
        this.observe(index + 1, count);
      }
      index++;
    }
    if (index < count) reject('wrong-length', path, `expected ${count} lines in the stream, found ${index}`);
    if (this.from > count) throw new RangeError(`Cannot go on after line ${this.from}: there are ${count}`);
  }
}

function readEntry<S extends RecordSchema>(schema: S, line: string, index: number, path: string, meter: Meter) {
  const json = readJson(line, meter.limits, { path, line: index + 1 });
  const entry = new Decoder(meter).decode(schema, json, path);
  // Space around a value is JSON; in a line it would be a second way to write the same stream.
  if (!line.startsWith('{') || !line.endsWith('}')) {
    reject('malformed-json', path, `line ${index + 1}: expected one record and nothing around it, not even a space`);
  }
  return entry;
}
