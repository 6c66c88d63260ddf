import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Failure } from './failure.js';
import { shownPath, systemMessage } from './read.js';

/** A path, and what is to be in the file. */
export type FileContent = readonly [path: string, content: string | Uint8Array | ((file: number) => void)];

/**
 * Writes files so that whoever looks finds the old ones or the whole new ones: into neighbours first, which then take the names. If one
 * cannot be written none is, and after Ctrl-C all of them are there or none.
 *
 * @param files  paths and contents: texts, bytes, or what writes them to an open file
 * @throws Failure where that cannot be done; then nothing has changed
 */
export async function writeAtomically(...files: readonly FileContent[]): Promise<void> {
  const release = holdSignals();
  const neighbours: [string, string][] = [];
  let [current = ''] = files[0] ?? [];
  try {
    for (const [path, content] of files) {
      current = path;
      const { target, plain } = destination(path);
      if (!plain) {
        // Nothing may take the name of a device such as /dev/null.
        fill(target, content, 'w');
        continue;
      }
      const neighbour = neighbourOf(target, neighbours.length);
      neighbours.push([neighbour, target]);
      fill(neighbour, content, 'wx');
    }
    for (const [neighbour, target] of neighbours) {
      current = target;
      renameSync(neighbour, target);
    }
  } catch (error) {
    for (const [neighbour] of neighbours) rmSync(neighbour, { force: true });
    throw new Failure(`${shownPath(current)}: cannot write: ${systemMessage(error)}`);
  } finally {
    await release();
  }
}

function fill(path: string, content: FileContent[1], flag: 'w' | 'wx'): void {
  const file = openSync(path, flag);
  try {
    if (typeof content === 'function') content(file);
    else writeFileSync(file, content);
    if (flag === 'wx') fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A name beside the file that nothing else has. */
export function neighbourOf(target: string, index: number): string {
  return join(dirname(target), `.cairn-${process.pid}-${Date.now()}-${index}.tmp`);
}

/** A link stays a link: what it points to is written. */
export function destination(path: string): { readonly target: string; readonly plain: boolean } {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return { target: resolve(path), plain: true };
  if (stat.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
  return { target: realpathSync(path), plain: stat.isFile() };
}

/** Ctrl-C waits until the files have their names. @returns what lets it through again */
function holdSignals(): () => Promise<void> {
  const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
  const handlers = Object.entries(signals).map(([name, number]) => {
    const leave = () => process.exit(128 + number);
    process.on(name, leave);
    return () => process.off(name, leave);
  });
  // What arrived meanwhile is delivered by the event loop, so the handlers stay until it has looked for events once more.
  return () =>
    new Promise((resolve) => {
      const release = () => {
        for (const off of handlers) off();
        resolve();
      };
      setImmediate(() => setImmediate(release));
    });
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
