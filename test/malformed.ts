/**
 * Broken input files, with what each of them gets: from the kernel its code and its line `<path>: <message>`, from the command
 * line its exit code (proofs/format.md 11; `verify` for certificates, `certify` for problems and points).
 */
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Malformed {
  readonly name: string;
  /** what the file is given for */
  readonly as: 'certificate' | 'problem' | 'point';
  /** in test/malformed; or, where it would be too large to keep, its text as repeated parts */
  readonly file?: string;
  readonly parts?: readonly (readonly [text: string, times: number])[];
  /** null where there is no text for the kernel: not UTF-8, no file */
  readonly code: string | null;
  readonly line: string | null;
  readonly exit: 1 | 2 | 3;
}

const at = (name: string): string => fileURLToPath(new URL(`malformed/${name}`, import.meta.url));

export const malformed = JSON.parse(readFileSync(at('index.json'), 'utf8')) as readonly Malformed[];

/** @returns where the file lies, or null where it has to be written first */
export const fileOf = ({ file }: Malformed): string | null => (file === undefined ? null : at(file));

/** @returns the bytes, or null for what is no file */
export function bytesOf({ file, parts }: Malformed): Uint8Array | null {
  if (parts !== undefined) return new TextEncoder().encode(parts.map(([text, times]) => text.repeat(times)).join(''));
  const path = at(file as string);
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path) : null;
}
