import { visible } from './terminal.js';

/** Ends the command: what is shown is one line, `FILE: $.path: message` where there is a file. */
export class Failure extends Error {
  /** @param kind  `rejected` where a certificate is wrong, `undecided` or `declined` where this version cannot tell */
  constructor(
    message: string,
    readonly kind: 'failed' | 'undecided' | 'rejected' | 'declined' = 'failed',
  ) {
    super(message);
  }
}

/** @returns one line about anything that was thrown */
export function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [first = ''] = text.split('\n');
  // An uncaught error of a WebAssembly package can quote its whole source.
  return visible(first.length > 300 ? `${first.slice(0, 300)}…` : first);
}
