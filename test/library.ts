/** The certificates of the library, as texts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../certificates', import.meta.url));

export interface LibraryFile {
  /** relative to certificates/ */
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** One of hundreds of rows of a table for three units, of which the rows for one and two units are the smaller siblings. */
export function isTableRow({ name }: LibraryFile): boolean {
  return /^cheridito-jentzen-rossmannek-2022\/[a-z-]+-3-/.test(name);
}

export function library(): readonly LibraryFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.cert.json'))
    .sort()
    .map((name) => {
      const path = join(folder, name);
      return { name: relative(folder, path), path, text: readFileSync(path, 'utf8') };
    });
}

/** Rows of a table of tests: $name would be cut short. */
export function named(files: readonly LibraryFile[]): readonly (readonly [name: string, file: LibraryFile])[] {
  return files.map((file) => [file.name, file]);
}
