import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Failure } from './failure.js';
import { shownPath, systemMessage } from './read.js';

/**
 * Writes a file so that whoever looks finds the old one or the whole new one: into a neighbour first, which then takes the name.
 *
 * @param content  the text, or what writes it to an open file
 * @throws Failure where that cannot be done; then nothing has changed
 */
export function writeAtomically(path: string, content: string | ((file: number) => void)): void {
  const release = holdSignals();
  let neighbour: string | null = null;
  try {
    const { target, plain } = destination(path);
    if (!plain) {
      // Nothing may take the name of a device such as /dev/null.
      fill(target, content, 'w');
      return;
    }
    neighbour = neighbourOf(target);
    fill(neighbour, content, 'wx');
    renameSync(neighbour, target);
  } catch (error) {
    if (neighbour !== null) rmSync(neighbour, { force: true });
    throw new Failure(`${shownPath(path)}: cannot write: ${systemMessage(error)}`);
  } finally {
    release();
  }
}

function fill(path: string, content: string | ((file: number) => void), flag: 'w' | 'wx'): void {
  const file = openSync(path, flag);
  try {
    if (typeof content === 'string') writeFileSync(file, content);
    else content(file);
    if (flag === 'wx') fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A name beside the file that nothing else has. */
export function neighbourOf(target: string): string {
  return join(dirname(target), `.cairn-${process.pid}-${Date.now()}.tmp`);
}

/** A link stays a link: what it points to is written. */
export function destination(path: string): { readonly target: string; readonly plain: boolean } {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return { target: resolve(path), plain: true };
  if (stat.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
  return { target: realpathSync(path), plain: stat.isFile() };
}

/** Ctrl-C waits until the file has its name. @returns what lets it through again */
function holdSignals(): () => void {
  const signals = { SIGINT: 2, SIGTERM: 15 } as const;
  const handlers = Object.entries(signals).map(([name, number]) => {
    const leave = () => process.exit(128 + number);
    process.on(name, leave);
    return () => process.off(name, leave);
  });
  // What arrived meanwhile is delivered by the event loop, so the handlers stay for one turn of it.
  const release = () => {
    for (const off of handlers) off();
  };
  return () => setTimeout(release, 10).unref();
}

/** Where a file is to be written must be found out before a long search, and must not be what the search reads. */
export function needWritable(path: string, sources: readonly string[]): void {
  const folder = statSync(dirname(resolve(path)), { throwIfNoEntry: false });
  if (folder === undefined || !folder.isDirectory()) {
    throw new Failure(`${shownPath(path)}: cannot write: no such folder`);
  }
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) throw new Failure(`${shownPath(path)}: cannot write: this is a folder`);
  for (const source of sources) {
    const other = statSync(source, { throwIfNoEntry: false });
    if (
      stat !== undefined &&
      other !== undefined &&
      stat.isFile() &&
      stat.dev === other.dev &&
      stat.ino === other.ino
    ) {
      throw new Failure(`${shownPath(path)}: cannot write: the same file is read`);
    }
  }
}
