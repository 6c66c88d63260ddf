import { nodeKey, type ProofNode, realizationObligations } from '../format.js';
import {
  checkCompleteList,
  checkHingeProfile,
  checkLeastCriticalRisk,
  checkLowerRiskOnList,
  leastRisk,
} from '../rules/hinge-profile.js';
import type { BoxProblem, Statement } from '../statement.js';
import type { Facts } from '../theorem.js';
import { decline, reject } from '../verdict.js';
import type { Proof } from './claim.js';
import { checkRuleOnBox } from './on-box.js';

/** Claims that a list has every critical realization; the risk that is reported is the least one on it, which is the least of all. */
export function proveCompleteList(
  { problem, list }: Statement<BoxProblem>,
  { nodes, meter, observe, ledger }: Proof,
): Facts['risk'] {
  if (list === null) throw new Error('Cannot happen: the kind has a list');
  const listed = checkCompleteList(problem, list, meter, ledger);
  observe('points evaluated');
  const named = new Map(nodes);
  for (const [i, { kind }] of list.entries()) {
    const { at, ...realization } = listed[i] as (typeof listed)[number];
    for (const obligation of Object.keys(realizationObligations[kind])) {
      const key = nodeKey(i, obligation);
      const node = named.get(key) as ProofNode;
      const path = `$.proof.${key}`;
      const before = ledger.total;
      switch (node.rule) {
        case 'hinge-profile':
          checkHingeProfile(realization, obligation === 'localMinimum' ? 'minimum' : 'saddle', path, ledger);
          break;
        case 'least-critical-risk':
          checkLeastCriticalRisk(listed, i, meter, ledger);
          break;
        case 'lower-risk':
          if (node.bits !== undefined)
            reject('wrong-hint', `${path}.bits`, 'risks on a list are as exact as its kinks');
          checkLowerRiskOnList(listed, i, meter, ledger);
          break;
        default:
          if (at === null) {
            decline(
              'unsupported-combination',
              `${path}.rule`,
              `${node.rule} needs a point, and an interval stands here`,
            );
          }
          checkRuleOnBox(node, at, path, ledger);
      }
      if (ledger.total === before) reject('no-obligations', path, 'nothing was shown');
    }
  }
  return { point: leastRisk(listed, meter), better: null, gap: null };
}
