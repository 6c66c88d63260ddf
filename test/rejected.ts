/** The corpus of wrong certificates, read from test/rejected. */
import { readFileSync } from 'node:fs';
import type { Limits } from '../src/kernel/limits.js';

export interface Rejected {
  readonly file: string;
  readonly text: string;
  readonly code: string;
  readonly path: string;
  readonly limits?: Partial<Limits>;
}

const read = (name: string): string => readFileSync(new URL(`rejected/${name}`, import.meta.url), 'utf8');

export const rejected: readonly Rejected[] = Object.entries(
  JSON.parse(read('expected.json')) as { readonly [file: string]: Omit<Rejected, 'file' | 'text'> },
).map(([file, expected]) => ({ file, text: read(file), ...expected }));
