import { visible } from './terminal.js';

/** Ends the command with exit code 3: what is shown is one line, `FILE: $.path: message` where there is a file. */
export class Failure extends Error {}

/** @returns one line about anything that was thrown */
export function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [first = ''] = text.split('\n');
  // An uncaught error of a WebAssembly package can quote its whole source.
  return visible(first.length > 300 ? `${first.slice(0, 300)}…` : first);
}
