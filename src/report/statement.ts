/** A theorem in one sentence, and the pieces of --json that speak of its statement; from the checked values, never from the file. */
import { match } from 'ts-pattern';
import { formatRational, type Rational } from '../kernel/arithmetic/rational.js';
import type { Theorem } from '../kernel/theorem.js';
import { architecture, parameterCount, riskWords } from './architecture.js';
import { type Digests, digestsOf } from './digest.js';
import type { Formula, Inline } from './document.js';
import { joined } from './document.js';
import { fraction } from './numbers.js';

/** @returns the sentence of proofs/format.md 14, on one line */
export async function restate(theorem: Theorem): Promise<string> {
  const content = await restatement(theorem);
  return content.map((part) => (typeof part === 'string' ? part : (part as Formula).unicode)).join('');
}

/** The same sentence with its formulas, for pages. */
export async function restatement({ statement, risk }: Theorem): Promise<readonly Inline[]> {
  const { kind, problem, radius } = statement;
  const digests = await digestsOf(statement);
  const { formula: risks, where } = riskWords(problem);
  const point = `the point sha256:${digests.point}`;
  const better = (): readonly Inline[] => [
    `; the point sha256:${digests.better} has `,
    joined('R = ', fraction(risk.better as Rational)),
    ', lower by exactly ',
    fraction(risk.gap as Rational),
  ];
  const at = joined('R = ', fraction(risk.point));
  const claim = match(kind)
    .returnType<readonly Inline[]>()
    .with('local-minimum', () => [`${point} is a local minimum with `, at])
    .with('spurious-local-minimum', () => [`${point} is a local minimum with `, at, ...better()])
    .with('global-minimum', () => [`${point} is a global minimum with `, at])
    .with('not-global-minimum', () => [`${point} with `, at, ' is not a global minimum', ...better()])
    .with('not-local-minimum', () => [
      `${point} with `,
      at,
      ' is not a local minimum: points arbitrarily close to it have lower risk',
    ])
    .with('saddle', () => [
      `${point} with `,
      at,
      ' is a saddle point: R is differentiable there with gradient 0, and points arbitrarily close to it have lower risk, others higher risk',
    ])
    .with('no-local-minimum-near', () => [
      'no point within distance ',
      fraction(radius as Rational),
      ` (Euclidean norm over all free parameters) of ${point} with `,
      at,
      ' is a local minimum',
    ])
    .exhaustive();
  return [
    'For the network ',
    architecture(problem),
    ` (${parameterCount(problem)}) and the risk `,
    risks,
    ...where.flatMap((words): Inline[] => [', ', words]),
    ...(where.length > 0 ? [','] : []),
    ` on data sha256:${digests.data}, `,
    ...claim,
    `. Problem sha256:${digests.problem}`,
  ];
}

/** Exact "n/d" strings for --json (proofs/format.md 12). */
export interface RiskStrings {
  readonly point: string;
  readonly better: string | null;
  readonly gap: string | null;
}

export function riskStrings({ risk: { point, better, gap } }: Theorem): RiskStrings {
  return {
    point: formatRational(point),
    better: better === null ? null : formatRational(better),
    gap: gap === null ? null : formatRational(gap),
  };
}

/** The keys of a proved line of --json that come from the theorem, in the order of proofs/format.md 12. */
export interface VerdictPieces {
  readonly kind: Theorem['statement']['kind'];
  readonly rule: Theorem['rule'];
  readonly risk: RiskStrings;
  readonly statement: Digests;
  readonly obligations: Theorem['obligations'];
}

export async function verdictPieces(theorem: Theorem): Promise<VerdictPieces> {
  const { statement, rule, obligations } = theorem;
  return {
    kind: statement.kind,
    rule,
    risk: riskStrings(theorem),
    statement: await digestsOf(statement),
    obligations,
  };
}

/** What the kind claims, as a title. */
export function claimTitle({ statement: { kind, radius } }: Theorem): readonly Inline[] {
  return match(kind)
    .returnType<readonly Inline[]>()
    .with('local-minimum', () => ['A local minimum'])
    .with('spurious-local-minimum', () => ['A spurious local minimum'])
    .with('global-minimum', () => ['A global minimum'])
    .with('not-global-minimum', () => ['Not a global minimum'])
    .with('not-local-minimum', () => ['Not a local minimum'])
    .with('saddle', () => ['A saddle point'])
    .with('no-local-minimum-near', () => ['No local minimum within ', fraction(radius as Rational)])
    .exhaustive();
}
