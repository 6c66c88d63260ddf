/** Files → text, within a bound that is kept before anything is read. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { escaped } from '../formats/quoted.js';
import { Failure } from './failure.js';

export type ReadText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'too-large'; readonly message: string }
  /** no such file, not a file, or not UTF-8: one line without the file's name */
  | { readonly kind: 'unreadable'; readonly message: string };

type ReadBytes = Exclude<ReadText, { kind: 'text' }> | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

/** Strings of V8 are no longer, whatever --limit says. */
export const longestString = 2 ** 29 - 24;

/** @param atMost  bytes */
export function readText(path: string, atMost: number): ReadText {
  const read = readBytes(path, Math.min(atMost, longestString));
  if (read.kind !== 'bytes') return read;
  try {
    // A byte order mark is kept: JSON has none (RFC 8259, 8.1), and the kernel says so.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(read.bytes);
    return { kind: 'text', text };
  } catch {
    return { kind: 'unreadable', message: 'expected UTF-8 text' };
  }
}

/** Only a plain file has an end that can be waited for: a device or a pipe may never end. */
export function readBytes(path: string, atMost: number): ReadBytes {
  const tooLarge = (found: string): ReadBytes => ({
    kind: 'too-large',
    message: `expected at most ${atMost} bytes, found ${found}`,
  });
  let file: number | null = null;
  try {
    // Opening a pipe that nobody writes to would wait for ever.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(file);
    if (stat.isDirectory()) return { kind: 'unreadable', message: 'expected a file, found a folder' };
    if (!stat.isFile()) return { kind: 'unreadable', message: 'expected a file, found a device or a pipe' };
    if (stat.size > atMost) return tooLarge(`${stat.size}`);
    return readAll(file, stat.size, atMost) ?? tooLarge('more');
  } catch (error) {
    const message = path === '-' ? 'standard input is not read: name a file' : systemMessage(error);
    return { kind: 'unreadable', message };
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** @returns null where the file grew beyond the bound while it was read */
function readAll(file: number, expected: number, atMost: number): ReadBytes | null {
  let buffer = Buffer.allocUnsafe(expected + 1);
  let length = 0;
  for (;;) {
    const got = readSync(file, buffer, length, buffer.length - length, null);
    if (got === 0) return { kind: 'bytes', bytes: buffer.subarray(0, length) };
    length += got;
    if (length > atMost) return null;
    if (length === buffer.length) buffer = Buffer.concat([buffer], 2 * length);
  }
}

export function systemMessage(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'no such file or folder',
    EACCES: 'permission denied',
    EPERM: 'not permitted',
    EISDIR: 'expected a file, found a folder',
    ENOTDIR: 'a part of the path is not a folder',
    ELOOP: 'links in a circle',
    ENAMETOOLONG: 'the name is too long',
    ENOSPC: 'no space left on the device',
    EDQUOT: 'no space left in the quota',
    EFBIG: 'the file is too large for the file system',
    EEXIST: 'a file of this name is there',
    EIO: 'the device failed',
    EMFILE: 'too many files are open',
    EROFS: 'the file system is read-only',
    ENXIO: 'expected a file, found a device or a pipe',
    ERR_INVALID_ARG_VALUE: 'this is no name of a file',
  };
  return known[code] ?? code;
}

/** @returns the text, or ends the command */
export function needText(path: string, atMost: number): string {
  const read = readText(path, atMost);
  if (read.kind === 'text') return read.text;
  throw new Failure(`${shownPath(path)}: ${read.message}`);
}

/** @returns the bytes, or ends the command */
export function needBytes(path: string, atMost: number): Uint8Array {
  const read = readBytes(path, atMost);
  if (read.kind === 'bytes') return read.bytes;
  throw new Failure(`${shownPath(path)}: ${read.message}`);
}

/** Names of files come from others, too. */
export function shownPath(path: string): string {
  return path === '' ? '""' : escaped(path, 500);
}
