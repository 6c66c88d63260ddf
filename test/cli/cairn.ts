/** Runs the built command line, as a shell would. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const main = fileURLToPath(new URL('../../dist/cli/main.cjs', import.meta.url));
export const irisCsv = fileURLToPath(new URL('../../certificates/data/iris.csv', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** @returns a fresh folder, which is removed after the tests of the file */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** @returns a function that runs cairn in this folder */
export function cairnIn(cwd: string): (...args: readonly string[]) => Ran {
  return (...args) => ran(spawnSync(process.execPath, [main, ...args], { cwd, encoding: 'utf8', timeout: 100_000 }));
}

export function ran({ status, stdout, stderr }: SpawnSyncReturns<string>): Ran {
  return { code: status, out: stdout, err: stderr };
}
