import type { Theorem } from '../kernel/theorem.js';
import { checkCertificateFile } from './check-file.js';
import { Failure } from './failure.js';
import { startProgress } from './progress.js';
import { shownPath } from './read.js';

/**
 * A certificate for commands that show one; of an unproved certificate nothing is shown but the reason.
 *
 * @param unproved  how the command ends then, where not as `verify` does
 */
export function provedTheorem(file: string, unproved?: 'failed'): Theorem {
  return provedFile(file, unproved).theorem;
}

/** The same, with the text that was checked. */
export function provedFile(file: string, unproved?: 'failed'): { readonly theorem: Theorem; readonly text: string } {
  const progress = startProgress();
  const name = shownPath(file);
  const verdict = checkCertificateFile(
    file,
    {},
    {
      observe: (phase) => progress.show(`${name}: ${phase}`, 0, 0),
      observeLines: (checked, total) => progress.show(`${name}: combinations`, checked, total),
    },
  );
  progress.end();
  if (verdict.kind === 'proved') return verdict;
  const { code, path, message } = verdict.reason;
  if (verdict.kind === 'failed') throw new Failure(`${shownPath(file)}: ${message}`);
  throw new Failure(`${shownPath(file)}: ${path}: ${message} [${code}]`, unproved ?? verdict.kind);
}
