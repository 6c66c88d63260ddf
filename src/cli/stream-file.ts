/** The stream beside a certificate that is being made (proofs/format.md 15.28). */
import { fstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ProofNode } from '../kernel/format.js';
import { defaultLimits } from '../kernel/limits.js';
import type { Theorem } from '../kernel/theorem.js';
import type { LineStore } from '../provers/prover.js';
import { Failure } from './failure.js';
import { shownPath, systemMessage } from './read.js';
import { linesOf } from './read-lines.js';
import { destination, type FileContent, needWritable, neighbourOf } from './write-atomically.js';

/** Shorter lists are part of the certificate. */
const longestList = 50_000;
const batchCharacters = 2 ** 20;

/**
 * Lines that are written while they are found, and read again by the kernel, before anybody sees a file: until then they are in a file without
 * a name, of which nothing is left when the process ends, in whatever way.
 */
export class StreamFile implements LineStore {
  readonly above = longestList;
  #file: number | null = null;

  private constructor(
    readonly path: string,
    readonly name: string,
    /** for messages: beside the output as it was named */
    readonly shown: string,
  ) {}

  /** @returns null where the certificate goes to a device, which has nothing beside it */
  static beside(output: string, sources: readonly string[]): StreamFile | null {
    const { target, plain } = destination(output);
    if (!plain) return null;
    const name = `${basename(target).replace(/(\.cert)?\.json$/, '')}.leaves.jsonl`;
    const path = join(dirname(target), name);
    needWritable(path, sources);
    return new StreamFile(path, name, join(dirname(output), name));
  }

  write(lines: Iterable<string>): void {
    this.#attempt(() => {
      this.#file = this.#unnamed();
      let batch = '';
      for (const line of lines) {
        batch += `${line}\n`;
        if (batch.length < batchCharacters) continue;
        writeWhole(this.#file, Buffer.from(batch));
        batch = '';
      }
      writeWhole(this.#file, Buffer.from(batch));
    });
  }

  *read(): Generator<string, void, undefined> {
    if (this.#file === null) throw new Error('Cannot read a stream before it is written');
    yield* linesOf({ descriptor: this.#file, name: this.name }, defaultLimits.bytes);
  }

  /** The lines as a file to be written, before the certificate that names it. */
  file(): FileContent {
    const from = this.#file;
    if (from === null) throw new Error('Cannot publish a stream before it is written');
    return [this.path, (to) => copy(from, to)];
  }

  /** On the disk that it is meant for, which has the room. */
  #unnamed(): number {
    const path = neighbourOf(this.path, 0);
    const file = openSync(path, 'wx+');
    rmSync(path);
    return file;
  }

  #attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error;
      throw new Failure(`${shownPath(this.path)}: cannot write: ${systemMessage(error)}`);
    }
  }
}

function copy(from: number, to: number): void {
  const chunk = Buffer.allocUnsafe(batchCharacters);
  const size = fstatSync(from).size;
  for (let at = 0; at < size; ) {
    const got = readSync(from, chunk, 0, chunk.length, at);
    if (got === 0) throw new Error('Cannot copy the stream: it became shorter');
    writeWhole(to, chunk.subarray(0, got));
    at += got;
  }
}

function writeWhole(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/** @returns whether the proof of a theorem goes on in a stream */
export function hasStream({ steps }: Theorem): boolean {
  return Object.values(steps).some((step: ProofNode) => step.rule === 'enumeration' && 'stream' in step.combinations);
}
