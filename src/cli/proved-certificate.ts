import { Decoder } from '../kernel/decode.js';
import { proofNodeSchema } from '../kernel/format.js';
import { type Json, type JsonObject, readJson } from '../kernel/json.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import type { Theorem } from '../kernel/theorem.js';
import type { ProofSteps } from '../report/subject.js';
import { checkCertificateFile } from './check-file.js';
import { Failure } from './failure.js';
import { startProgress } from './progress.js';
import { shownPath } from './read.js';

export interface ProvedCertificate {
  readonly theorem: Theorem;
  /** the file's proof, for explanations: the theorem does not depend on how it was proved */
  readonly steps: ProofSteps;
}

/**
 * A certificate for commands that show one; of an unproved certificate nothing is shown but the reason.
 *
 * @param unproved  how the command ends then, where not as `verify` does
 */
export function provedCertificate(file: string, unproved?: 'failed'): ProvedCertificate {
  const progress = startProgress();
  const verdict = checkCertificateFile(file, {}, (phase) => progress.show(`${shownPath(file)}: ${phase}`, 0, 0));
  progress.end();
  if (verdict.kind === 'proved') return { theorem: verdict.theorem, steps: stepsOf(verdict.text) };
  const { code, path, message } = verdict.reason;
  if (verdict.kind === 'failed') throw new Failure(`${shownPath(file)}: ${message}`);
  throw new Failure(`${shownPath(file)}: ${path}: ${message} [${code}]`, unproved ?? verdict.kind);
}

/** @param text  of a certificate that the kernel has just proved, so that nothing here can fail */
function stepsOf(text: string): ProofSteps {
  const decoder = new Decoder(new Meter(defaultLimits));
  const proof = (readJson(text, defaultLimits) as JsonObject).get('proof') as ReadonlyMap<string, Json>;
  return Object.fromEntries(
    [...proof].map(([key, node]) => [key, decoder.decode(proofNodeSchema, node, `$.proof.${key}`)]),
  );
}
