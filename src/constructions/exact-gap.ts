import { type Fields, pointJson, problemJson, writeCertificate, writeFile } from '../formats/write.js';
import { checkCertificate } from '../kernel/check.js';
import type { Theorem } from '../kernel/theorem.js';
import { type GlobalMinimum, PatternEnumeration } from '../provers/enumeration.js';
import { checkedFrom } from '../provers/prove-claim.js';
import type { LineStore, Observe } from '../provers/prover.js';

/** The certificate of a spurious minimum whose better point is a global minimum, and the certificate that it is one. */
export type ExactGap =
  | {
      readonly kind: 'exact';
      readonly text: string;
      readonly theorem: Theorem;
      readonly globalText: string;
      readonly globalTheorem: Theorem;
      readonly notes: readonly string[];
    }
  | { readonly kind: 'not-found'; readonly message: string };

const combinationsAStep = 2_500;

/**
 * Puts a global minimum in the place of the better point, so that the gap is that of the landscape.
 *
 * @param text   the certificate of the theorem
 * @param store  where the lines of a long proof go that the better point is a global minimum
 */
export function withExactGap(
  text: string,
  theorem: Theorem,
  effort: number,
  { observe, store }: { readonly observe?: Observe; readonly store?: LineStore | undefined } = {},
): ExactGap {
  const { kind, problem } = theorem.statement;
  const not = (message: string): ExactGap => ({ kind: 'not-found', message });
  if (kind !== 'spurious-local-minimum' || problem.type !== 'samples') {
    return not('the exact gap is known for spurious local minima on samples only');
  }
  const enumeration = PatternEnumeration.of(problem, combinationsAStep * effort);
  if (enumeration === null) {
    return not(
      `the exact gap is known for one hidden layer, one output and the squared loss, with at most ${combinationsAStep * effort} combinations of patterns at effort ${effort}`,
    );
  }
  const found = enumeration.findMinima(observe);
  if (found.kind === 'not-attained') return not('the least risk is not attained, as far as was found');
  const proved = enumeration.prove(found.risk, { observe, store });
  if (proved.kind !== 'proved') return not('floating point missed the combination with the least risk');
  const best = pointJson(problem.network, (found.minima[0] as GlobalMinimum).parameters);
  const globalText = writeCertificate({
    statement: { kind: 'global-minimum', problem: problemJson(problem), point: best },
    proof: { globalMinimum: proved.node },
  });
  const written = JSON.parse(text) as Fields & { readonly statement: Fields };
  const exactText = writeFile({ ...written, statement: { ...written.statement, betterPoint: best } });
  const spurious = checkCertificate(exactText);
  const global = checkCertificate(globalText, checkedFrom({ observe, store }));
  if (spurious.kind !== 'proved' || global.kind !== 'proved') return not('the kernel does not prove the exact gap');
  const count = found.minima.length;
  const fits = count === 1 ? 'one vector of predictions' : `${count} different vectors of predictions`;
  return {
    kind: 'exact',
    text: exactText,
    theorem: spurious.theorem,
    globalText,
    globalTheorem: global.theorem,
    notes: [
      `the better point is a global minimum, so the gap is exact: ${enumeration.combinations} combinations of ${enumeration.leaves.length} activation patterns and signs; all global minima make ${fits}`,
    ],
  };
}
