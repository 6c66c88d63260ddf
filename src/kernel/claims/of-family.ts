import { subtract } from '../arithmetic/rational.js';
import { riskAt } from '../model/enclosing.js';
import { checkSpuriousFamily } from '../rules/spurious-family.js';
import type { SampleProblem, Statement } from '../statement.js';
import type { Facts } from '../theorem.js';
import { decline } from '../verdict.js';
import { bitsOf, type Proof } from './claim.js';

/** Claims about all members of a family; `point` is the one in the middle of the range, whose risk is that of all. */
export function proveFamily(
  { problem, point, betterPoint, family }: Statement<SampleProblem>,
  { nodes, meter, observe, ledger }: Proof,
): Facts['risk'] {
  const [first] = nodes;
  if (first?.[1].rule !== 'affine-span') {
    const message = `the pair (${first?.[1].rule}, samples) has no rule in this version`;
    decline('unsupported-combination', `$.proof.${first?.[0]}.rule`, message);
  }
  const injective = nodes.map(([, node]) => node).find((node) => node.rule === 'strictly-monotone');
  if (family === null || betterPoint === null || injective === undefined) {
    throw new Error('Cannot happen: the kind names a family, a better point and this rule');
  }
  const bits = bitsOf(nodes, meter);
  const middle = riskAt(problem, point.parameters, bits, meter);
  const better = riskAt(problem, betterPoint.parameters, bits, meter);
  observe('points evaluated');
  checkSpuriousFamily({ problem, family, middle, better, injective }, meter, ledger);
  return { point: middle, better, gap: { lower: family.gap, upper: subtract(middle.upper, better.lower) } };
}
