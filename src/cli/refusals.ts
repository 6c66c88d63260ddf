import { Refusal } from '../kernel/verdict.js';
import { Failure } from './failure.js';
import { shownPath } from './read.js';

/** Runs code of the kernel outside checkCertificate: what it declines, a limit for instance, is no bug. */
export async function withRefusals<R>(file: string, act: () => R | Promise<R>): Promise<R> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Failure(`${shownPath(file)}: ${error.path}: ${error.message} [${error.code}]`, 'undecided');
  }
}
