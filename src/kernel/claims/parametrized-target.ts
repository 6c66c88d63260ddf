import { negate, shown, subtract } from '../arithmetic/rational.js';
import type { RuleName } from '../format.js';
import { exactly } from '../model/enclosing.js';
import { riskBeside } from '../model/parametrized-risk.js';
import { checkProfileFamily } from '../rules/profile-family.js';
import type { ParametrizedProblem, Statement } from '../statement.js';
import type { Facts } from '../theorem.js';
import { decline, reject } from '../verdict.js';
import type { Proof } from './claim.js';

/**
 * Claims about the true loss on an interval for a target with parametrized pieces. No rule needs ∫f², and none computes it: risks are known up to λ∫f²,
 * and the gap between two of them exactly.
 */
export function proveForParametrized(
  { kind, problem, point, betterPoint, family }: Statement<ParametrizedProblem>,
  { nodes, meter, observe, ledger }: Proof,
): Facts['risk'] {
  for (const [key, { rule }] of nodes) if (!knownRules.includes(rule)) noPair(`$.proof.${key}.rule`, rule);
  if (kind !== 'spurious-family' && kind !== 'not-global-minimum') return noPair('$.statement.kind', kind);
  if (betterPoint === null) throw new Error('Cannot happen: both kinds name a better point');
  const better = riskBeside(problem, betterPoint.parameters, meter, '$.statement.betterPoint');
  if (kind === 'not-global-minimum') {
    const risk = riskBeside(problem, point.parameters, meter, '$.statement.point');
    observe('points evaluated');
    const gap = subtract(risk, better);
    if (gap.num <= 0n) {
      const found = `one that is higher by ${shown(negate(gap))}`;
      reject('not-below', '$.statement.betterPoint', `expected a risk below that of the point, found ${found}`);
    }
    ledger.discharge('lower-risk');
    return { point: null, better: null, gap: exactly(gap) };
  }
  observe('points evaluated');
  const steps = nodes.map(([, node]) => node);
  const profile = steps.find((node) => node.rule === 'profile-family');
  const injective = steps.find((node) => node.rule === 'strictly-monotone');
  if (family === null || profile === undefined || injective === undefined) {
    throw new Error('Cannot happen: the kind names a family and these rules, and every other one was declined');
  }
  const gap = checkProfileFamily({ problem, family, better, profile, injective }, meter, ledger);
  if (ledger.total === 0) reject('no-obligations', '$.proof.localMinimum', 'nothing was shown');
  return { point: null, better: null, gap: exactly(gap) };
}

const knownRules: readonly RuleName[] = ['profile-family', 'lower-risk', 'strictly-monotone'];

function noPair(path: string, name: string): never {
  return decline(
    'unsupported-combination',
    path,
    `the pair (${name}, parametrized target) has no rule in this version`,
  );
}
