import { anyPointJson, type Certificate, type Fields, problemJson, writeCertificate } from '../formats/write.js';
import { type CheckOptions, checkCertificate } from '../kernel/check.js';
import type { Kind } from '../kernel/format.js';
import type { AnyPoint, Problem } from '../kernel/statement.js';
import type { Answer, CertifyOptions, LineStore, Observe } from './prover.js';

/** @returns the certificate, if the kernel proves it from its text; else why it does not */
export function proveClaim(
  { problem, point, options }: { problem: Problem; point: AnyPoint; options: CertifyOptions },
  claim: Kind,
  proof: Fields,
  rest: Fields,
  notes: readonly string[],
): Answer {
  const at = anyPointJson(problem.network, point);
  const certificate: Certificate = {
    statement: { kind: claim, problem: problemJson(problem), point: at, ...rest },
    proof,
  };
  const text = writeCertificate(certificate);
  const verdict = checkCertificate(text, checkedFrom(options));
  if (verdict.kind !== 'proved') return { kind: 'undecided', reason: { ...verdict.reason, path: verdict.path }, notes };
  return { kind: 'certified', claim, holds: holds(claim, options.claim), text, theorem: verdict.theorem, notes };
}

/** The kernel reads what the store has kept, and not what was meant to be kept. */
export function checkedFrom({
  store,
  observe,
}: {
  readonly store?: LineStore | undefined;
  readonly observe?: Observe | undefined;
}): CheckOptions {
  if (store === undefined) return {};
  return {
    lines: () => store.read(),
    observeLines: (checked, total) => observe?.('checking the combinations', checked, total),
  };
}

/** Whether a proved kind is the claim that was asked for; without one, the question is whether the point is, or is near, a local minimum. */
function holds(proved: Kind, asked: Kind | undefined): boolean {
  const minima: readonly Kind[] = ['local-minimum', 'spurious-local-minimum', 'global-minimum'];
  const near: readonly Kind[] = ['local-minimum-near', 'spurious-local-minimum-near'];
  if (asked === undefined) return minima.includes(proved) || near.includes(proved);
  if (asked === 'local-minimum') return minima.includes(proved);
  if (asked === 'local-minimum-near') return near.includes(proved);
  if (asked === 'not-local-minimum') return proved === 'not-local-minimum' || proved === 'saddle';
  return proved === asked;
}
