import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * @returns a digest of all code that can decide what `verify` says: of the bundle that is running, kernel included, of the one that its
 *   threads run, and of Node's version
 */
export function digestOfRunningCode(): string {
  const hash = createHash('sha256').update(`${process.version}\n`);
  // In the bundle this is the bundle's own file.
  for (const url of [import.meta.url, new URL('verify-worker.cjs', import.meta.url)]) {
    const bytes = readFileSync(fileURLToPath(url));
    hash.update(`${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}
