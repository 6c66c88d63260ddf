/** A theorem in one sentence, and the pieces of --json that speak of its statement; from the checked values, never from the file. */
import { match } from 'ts-pattern';
import { compare, type Rational } from '../kernel/arithmetic/rational.js';
import { canonicalPoint } from '../kernel/canonical.js';
import type { RealizationKind } from '../kernel/format.js';
import type { Risk } from '../kernel/model/enclosing.js';
import type { CriticalRealization, FamilyClaim, Statement } from '../kernel/statement.js';
import type { Theorem } from '../kernel/theorem.js';
import { architecture, parameterCount, riskWords } from './architecture.js';
import { type Digests, digestsOf, sha256 } from './digest.js';
import { type Formula, formula, type Inline, joined } from './document.js';
import { plural } from './inspect.js';
import { equation, exactAmount, fraction, roundedDown } from './numbers.js';
import { type BoundString, gapString, pointRisk, type RiskString, riskString } from './risk-string.js';

/** @returns the sentence of proofs/format.md 14, on one line */
export async function restate(theorem: Theorem): Promise<string> {
  const content = await restatement(theorem);
  return content.map((part) => (typeof part === 'string' ? part : (part as Formula).unicode)).join('');
}

/** The same sentence with its formulas, for pages. */
export async function restatement(theorem: Theorem): Promise<readonly Inline[]> {
  const { statement, risk } = theorem;
  const { kind, problem, radius, family, list, other } = statement;
  const digests = await digestsOf(statement);
  const second = other === null ? null : await sha256(canonicalPoint(other.point));
  const { formula: risks, where } = riskWords(problem);
  const point = `the point sha256:${digests.point}`;
  const better = (): readonly Inline[] =>
    risk.better === null
      ? [`; the point sha256:${digests.better} has a risk that is lower by exactly `, roundedGap(risk.gap as Risk)]
      : [
          `; the point sha256:${digests.better} has `,
          equation('R', risk.better),
          exactAmount(risk.gap as Risk) === null ? ', lower by at least ' : ', lower by exactly ',
          roundedGap(risk.gap as Risk),
        ];
  const at = (): Formula => equation('R', pointRisk(theorem));
  const claim = match(kind)
    .returnType<readonly Inline[]>()
    .with('local-minimum', () => [`${point} is a local minimum with `, at()])
    .with('spurious-local-minimum', () => [`${point} is a local minimum with `, at(), ...better()])
    .with('global-minimum', () => [`${point} is a global minimum with `, at()])
    .with('not-global-minimum', () => [
      ...(risk.point === null ? [point] : [`${point} with `, at()]),
      ' is not a global minimum',
      ...better(),
    ])
    .with('not-local-minimum', () => [
      `${point} with `,
      at(),
      ' is not a local minimum: points arbitrarily close to it have lower risk',
    ])
    .with('saddle', () => [
      `${point} with `,
      at(),
      ' is a saddle point: R is differentiable there with gradient 0, and points arbitrarily close to it have lower risk, others higher risk',
    ])
    .with('local-minimum-near', 'spurious-local-minimum-near', () => [
      'some θ* within distance ',
      fraction(radius as Rational),
      ` (Euclidean norm over all free parameters) of ${point} is a local minimum, with `,
      equation('R(θ*)', pointRisk(theorem)),
      ...(risk.better === null
        ? []
        : [
            `; the point sha256:${digests.better} has `,
            equation('R', risk.better),
            ', lower by at least ',
            fraction(roundedDown((risk.gap as Risk).lower, 6)),
          ]),
    ])
    .with('no-local-minimum-near', () => [
      'no point within distance ',
      fraction(radius as Rational),
      ` (Euclidean norm over all free parameters) of ${point} with `,
      at(),
      ' is a local minimum',
    ])
    .with('ill-posed-best-approximation', () => [
      `the points sha256:${digests.point} and sha256:${second} are global minima with `,
      at(),
      ', and their predictions differ by at least ',
      fraction((other as Apart).jump),
      ' at some sample; so arbitrarily close to the labels y are labels whose only best approximations by the network differ by so much',
    ])
    .with('spurious-family', () => [
      'every point θ(t) of the family ',
      `sha256:${digests.point}, `,
      rangeOf(family as FamilyClaim),
      ', is a local minimum',
      ...(risk.point === null ? [] : [' with ', equation('R(θ(t))', risk.point)]),
      `; different t give different points, and ${realizationWords(family as FamilyClaim)}; the point sha256:${digests.better} has `,
      ...(risk.better === null ? ['a risk that is'] : [equation('R', risk.better), ',']),
      ' lower than each by ',
      ...gapWords(theorem, family as FamilyClaim),
    ])
    .with('complete-critical-realizations', () => [
      `the list sha256:${digests.point} of ${plural(list?.length ?? 0, 'function')} is complete: every θ that is a local minimum, or at which R is differentiable with gradient 0, is on the interval one of these functions, and each of them is some such θ. They are `,
      `${countsOf(list ?? [])}; the least risk of all is `,
      at(),
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
    ...(theorem.believed > 0 ? [`. ${believedWords(theorem.believed)}`] : []),
  ];
}

/** What a theorem rests on besides what the kernel has checked here. */
export function believedWords(lines: number): string {
  return `Not checked in this run: the first ${plural(lines, 'combination')} of the stream, which an earlier run is believed to have checked`;
}

/** How many of which kind, as in "2 global minima, 1 saddle". */
export function countsOf(list: readonly CriticalRealization[]): string {
  const words: Readonly<Record<RealizationKind, readonly [string, string]>> = {
    'global-minimum': ['global minimum', 'global minima'],
    'spurious-local-minimum': ['spurious local minimum', 'spurious local minima'],
    'local-minimum': ['local minimum', 'local minima'],
    saddle: ['saddle', 'saddles'],
  };
  return (Object.keys(words) as RealizationKind[])
    .map((kind) => ({ words: words[kind], count: list.filter((each) => each.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ words: [one, several], count }) => `${count} ${count === 1 ? one : several}`)
    .join(', ');
}
type Apart = NonNullable<Statement['other']>;

/** The stated gap is a lower bound; where no risk is known, the difference is known exactly. */
function gapWords({ risk: { better, gap } }: Theorem, family: FamilyClaim): readonly Inline[] {
  const exact = better === null ? exactAmount(gap as Risk) : null;
  if (exact === null) return ['at least ', fraction(family.gap)];
  if (compare(exact, family.gap) === 0) return ['exactly ', fraction(exact)];
  return ['at least ', fraction(family.gap), ', exactly ', fraction(exact)];
}

/** Parameters have names in the file; here they are t, or t₁, t₂, … in the file's order. */
export function rangeOf({ parameters }: FamilyClaim): Formula {
  const interval = ({ from, to }: FamilyClaim['parameters'][number]): Formula =>
    joined('[', fraction(from), ', ', fraction(to), ']');
  const product = parameters.map((parameter, j) =>
    joined(j === 0 ? '' : formula(' × ', ' \\times '), interval(parameter)),
  );
  return joined(formula('t ∈ ', 't \\in '), ...product);
}

export function realizationWords({ realizations }: FamilyClaim): string {
  return match(realizations)
    .with('same-predictions', () => 'all make the same predictions on the data')
    .with('same-function', () => 'all are the same function of the input')
    .with('distinct', () => 'no two of them are the same function of the input')
    .exhaustive();
}

/** A proved lower bound: the gap itself, or a short number below it. */
function roundedGap(gap: Risk): Formula {
  return fraction(exactAmount(gap) ?? roundedDown(gap.lower, 6));
}

/** The risks of a theorem, as exact texts. */
export interface RiskStrings {
  /** null where it is known only up to an integral that all risks share */
  readonly point: RiskString | null;
  readonly better: RiskString | null;
  readonly gap: RiskString | BoundString | null;
}

export function riskStrings(theorem: Theorem): RiskStrings {
  const { point, better } = theorem.risk;
  return {
    point: point === null ? null : riskString(point),
    better: better === null ? null : riskString(better),
    gap: gapString(theorem),
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

/** What `cairn verify --json` says of a theorem, but for the file and the time. */
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

/** What the stated risk is the risk of: the point, or the minimum that is shown to be near it. */
export function minimumName(kind: Theorem['statement']['kind']): 'θ' | 'θ*' {
  return kind === 'local-minimum-near' || kind === 'spurious-local-minimum-near' ? 'θ*' : 'θ';
}

/** What the kind claims, as a title. */
export function claimTitle({ statement: { kind, radius, family } }: Theorem): readonly Inline[] {
  return match(kind)
    .returnType<readonly Inline[]>()
    .with('local-minimum', () => ['A local minimum'])
    .with('spurious-local-minimum', () => ['A spurious local minimum'])
    .with('global-minimum', () => ['A global minimum'])
    .with('not-global-minimum', () => ['Not a global minimum'])
    .with('not-local-minimum', () => ['Not a local minimum'])
    .with('saddle', () => ['A saddle point'])
    .with('local-minimum-near', () => ['A local minimum within ', fraction(radius as Rational)])
    .with('spurious-local-minimum-near', () => ['A spurious local minimum within ', fraction(radius as Rational)])
    .with('no-local-minimum-near', () => ['No local minimum within ', fraction(radius as Rational)])
    .with('ill-posed-best-approximation', () => ['Best approximation is ill-posed'])
    .with('spurious-family', () => [
      family?.parameters.length === 1
        ? 'A continuum of spurious local minima'
        : `A continuum of spurious local minima of dimension ${family?.parameters.length}`,
    ])
    .with('complete-critical-realizations', () => ['All critical realizations'])
    .exhaustive();
}
