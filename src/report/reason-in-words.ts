import { hint } from '../formats/did-you-mean.js';
import type { Reason } from '../kernel/verdict.js';

/** A message of the kernel, with what was probably meant where a name is unknown. Runs in browsers. */
export function reasonInWords({ message, unknown }: Reason): string {
  return unknown === undefined ? message : `${message}; ${hint(unknown.name, unknown.known)}`;
}
