import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemMessage } from './read.js';

export type Found =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'nothing'; readonly path: string; readonly message: string };

/** @returns what stands at the paths: a file as it is, a folder's *.cert.json in the order of their paths, links followed */
export function findCertificates(paths: readonly string[]): Found[] {
  return paths.flatMap((path): Found[] => {
    if (!isFolder(path)) return [{ kind: 'file', path }];
    const found = search(path, new Set());
    if (found.length > 0) return found;
    return [{ kind: 'nothing', path, message: 'no certificate found: no file here is named *.cert.json' }];
  });
}

function search(folder: string, above: ReadonlySet<string>): Found[] {
  try {
    const real = realpathSync(folder);
    // A link to a folder above would be searched for ever.
    if (above.has(real)) return [];
    const inside = new Set([...above, real]);
    const names = readdirSync(folder).sort((a, b) => (a < b ? -1 : 1));
    return names.flatMap((name): Found[] => {
      const path = join(folder, name);
      if (isFolder(path)) return search(path, inside);
      return name.endsWith('.cert.json') ? [{ kind: 'file', path }] : [];
    });
  } catch (error) {
    return [{ kind: 'nothing', path: folder, message: `cannot search: ${systemMessage(error)}` }];
  }
}

/** What cannot be looked at counts as a file: reading it says why. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
