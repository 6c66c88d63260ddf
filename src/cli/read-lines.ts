/** Files → their lines, one at a time: whatever the size of the file, memory holds one line, and of a line no more than is asked for. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { longestString, systemMessage } from './read.js';

/** A stream that ends the check, though nothing is wrong with the certificate: one line that names the stream. */
export class UnreadableStream extends Error {}

const chunkBytes = 2 ** 18;
const lineFeed = 10;

/** Where bytes come from: a file that was opened, read from its start on. */
export interface OpenFile {
  readonly descriptor: number;
  /** for messages */
  readonly name: string;
}

/**
 * The lines of a UTF-8 file, without their line feeds; that of the last one may be missing.
 *
 * @param atMost  bytes of one line: a longer one is cut off, so that it has more characters than that, and is to be refused for its length
 * @throws UnreadableStream
 */
export function* readLines(path: string, name: string, atMost: number): Generator<string, void, undefined> {
  const descriptor = open(path, name);
  try {
    yield* linesOf({ descriptor, name }, atMost);
  } finally {
    closeSync(descriptor);
  }
}

/** The same of a file that is open, and stays open. */
export function* linesOf({ descriptor, name }: OpenFile, atMost: number): Generator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const most = Math.min(atMost, longestString - 1);
  const chunk = Buffer.allocUnsafe(chunkBytes);
  const begun = new BegunLine(most);
  let number = 1;
  const text = (bytes: Uint8Array): string => {
    if (bytes.length > most) return Buffer.from(bytes.buffer, bytes.byteOffset, most + 1).toString('latin1');
    try {
      return decoder.decode(bytes);
    } catch {
      throw new UnreadableStream(`${name}, line ${number}: expected UTF-8 text`);
    }
  };
  for (let position = 0; ; ) {
    const got = read(descriptor, name, chunk, position);
    if (got === 0) break;
    position += got;
    const filled = chunk.subarray(0, got);
    let start = 0;
    for (let end = filled.indexOf(lineFeed); end >= 0; end = filled.indexOf(lineFeed, start)) {
      const rest = filled.subarray(start, end);
      yield text(begun.isEmpty ? rest : begun.finish(rest));
      number++;
      start = end + 1;
    }
    begun.add(filled.subarray(start));
  }
  if (!begun.isEmpty) yield text(begun.finish(new Uint8Array()));
}

/** The bytes of a line whose end has not been read. */
class BegunLine {
  #bytes = Buffer.alloc(0);
  #length = 0;

  constructor(readonly atMost: number) {}

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** One byte too many is kept, to tell that the line is too long, and what follows is not. */
  add(bytes: Uint8Array): void {
    const kept = bytes.subarray(0, Math.max(0, this.atMost + 1 - this.#length));
    if (this.#length + kept.length > this.#bytes.length) {
      const size = Math.min(this.atMost + 1, Math.max(2 * this.#bytes.length, this.#length + kept.length));
      const larger = Buffer.allocUnsafe(size);
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#bytes.set(kept, this.#length);
    this.#length += kept.length;
  }

  /** @returns all of it, until the next line begins */
  finish(bytes: Uint8Array): Uint8Array {
    this.add(bytes);
    const line = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    // What one long line took is not kept for the short ones that follow.
    if (this.#bytes.length > chunkBytes) this.#bytes = Buffer.alloc(0);
    return line;
  }
}

/** Only a plain file has an end that can be waited for: a device or a pipe may never end. */
function open(path: string, name: string): number {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new UnreadableStream(`${name}: ${systemMessage(error)}`);
  }
  const stat = fstatSync(descriptor);
  if (stat.isFile()) return descriptor;
  closeSync(descriptor);
  const found = stat.isDirectory() ? 'a folder' : 'a device or a pipe';
  throw new UnreadableStream(`${name}: expected a file, found ${found}`);
}

function read(descriptor: number, name: string, chunk: Buffer, position: number): number {
  try {
    return readSync(descriptor, chunk, 0, chunk.length, position);
  } catch (error) {
    throw new UnreadableStream(`${name}: ${systemMessage(error)}`);
  }
}
