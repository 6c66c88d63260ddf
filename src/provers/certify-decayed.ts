/** What is decided of an exact point of a risk with weight decay: a local minimum by its exact gradient and Hessian, or that a given point is better. */
import { type Fields, pointJson } from '../formats/write.js';
import type { Kind } from '../kernel/format.js';
import type { DecayedProblem, Point } from '../kernel/statement.js';
import { proveClaim } from './prove-claim.js';
import type { Answer, CertifyOptions } from './prover.js';

const supported: readonly (Kind | undefined)[] = [
  undefined,
  'local-minimum',
  'spurious-local-minimum',
  'not-global-minimum',
];

export function certifyDecayed(problem: DecayedProblem, point: Point, options: CertifyOptions): Answer {
  const { claim, better } = options;
  if (!supported.includes(claim)) {
    const message = `${String(claim)} has no prover at a point of a risk with weight decay`;
    return { kind: 'undecided', reason: { code: 'unsupported-claim', path: '$', message }, notes: [] };
  }
  const prove = (kind: Kind, proof: Fields, rest: Fields): Answer =>
    proveClaim({ problem, point, options }, kind, proof, rest, []);
  const localMinimum: Fields = { rule: 'exact-hessian' };
  const lowerRisk: Fields = { rule: 'lower-risk' };
  const betterPoint = better === undefined ? null : pointJson(problem.network, better.parameters);
  if (betterPoint !== null && claim !== 'local-minimum') {
    const kind = claim === 'not-global-minimum' ? claim : 'spurious-local-minimum';
    const proof = kind === 'not-global-minimum' ? { lowerRisk } : { localMinimum, lowerRisk };
    const answer = prove(kind, proof, { betterPoint });
    if (answer.kind === 'certified' || claim !== undefined) return answer;
  }
  if (claim === 'not-global-minimum' || claim === 'spurious-local-minimum') {
    const reason = { code: 'no-better-point', path: '$', message: 'with weight decay a better point has to be given' };
    return { kind: 'undecided', reason, notes: [] };
  }
  return prove('local-minimum', { localMinimum }, {});
}
