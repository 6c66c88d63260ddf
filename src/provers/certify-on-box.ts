/**
 * What is decided about a point of a problem on a box: by the kernel's rules for minima, which need no search; then, for one hidden layer on an
 * interval, by curves along which the risk falls.
 */
import { anyPointJson, type Fields } from '../formats/write.js';
import { compare } from '../kernel/arithmetic/rational.js';
import { defaultBits } from '../kernel/claims/claim.js';
import { riskOfAny } from '../kernel/claims/in-field.js';
import { withNumbers } from '../kernel/claims/with-numbers.js';
import type { Kind, RuleName } from '../kernel/format.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import type { AnyPoint, BoxProblem } from '../kernel/statement.js';
import { Refusal } from '../kernel/verdict.js';
import { findCurveOnInterval, standingsOnInterval } from './curves-on-interval.js';
import { proveClaim } from './prove-claim.js';
import type { Answer, CertifyOptions, Undecided } from './prover.js';

/** One claim that might hold, and its proof. */
interface Attempt {
  readonly claim: Kind;
  readonly proof: Fields;
  readonly rest: Fields;
}

const minimumRules: readonly RuleName[] = ['affine-span', 'neuron-dominance-1d', 'reduced-hessian-1d'];
const lowerRisk: Fields = { lowerRisk: { rule: 'lower-risk' } };

export function certifyOnBox(problem: BoxProblem, point: AnyPoint, options: CertifyOptions): Answer {
  const { claim, radius } = options;
  if (radius !== undefined) {
    const message = 'the pair (a claim near a point, box) has no rule in this version';
    return undecided({ code: 'unsupported-combination', path: '$.data.type', message }, []);
  }
  const notes: string[] = [];
  const better = betterJson(problem, point, options, notes);
  const attempts: readonly Attempt[] = [
    { claim: 'global-minimum', proof: { globalMinimum: { rule: 'zero-loss' } }, rest: {} },
    { claim: 'global-minimum', proof: { globalMinimum: { rule: 'convex-span' } }, rest: {} },
    ...(better === null
      ? []
      : [
          ...minimumRules.map(
            (rule): Attempt => ({
              claim: 'spurious-local-minimum',
              proof: { localMinimum: { rule }, ...lowerRisk },
              rest: { betterPoint: better },
            }),
          ),
          { claim: 'not-global-minimum', proof: lowerRisk, rest: { betterPoint: better } } as const,
        ]),
    ...minimumRules.map((rule): Attempt => ({ claim: 'local-minimum', proof: { localMinimum: { rule } }, rest: {} })),
  ];
  let reason: Undecided = { code: 'no-rule-applies', path: '$', message: 'no rule for boxes applies to this claim' };
  for (const attempt of attempts) {
    if (!settles(attempt.claim, claim)) continue;
    const answer = proveClaim({ problem, point, options }, attempt.claim, attempt.proof, attempt.rest, notes);
    if (answer.kind === 'certified') return answer;
    if (attempt.claim === 'local-minimum') reason = answer.reason;
  }
  return descends({ problem, point, options }, notes) ?? undecided(named(reason, problem, point), notes);
}

/** A saddle, or a point that is not a local minimum, by curves along which the risk falls and rises. */
function descends(
  state: { readonly problem: BoxProblem; readonly point: AnyPoint; readonly options: CertifyOptions },
  notes: readonly string[],
): Answer | null {
  const { problem, point, options } = state;
  // Of a spurious minimum, too, this is the negation.
  if (!settles('local-minimum', options.claim) && options.claim !== 'spurious-local-minimum') return null;
  options.observe?.('curves', 0, 1);
  const descent = findCurveOnInterval(problem, point, 'descent');
  if (descent === null) return null;
  if (options.claim !== 'not-local-minimum') {
    const ascent = findCurveOnInterval(problem, point, 'ascent');
    if (ascent !== null) {
      const answer = proveClaim(state, 'saddle', { critical: { rule: 'zero-gradient' }, descent, ascent }, {}, notes);
      if (answer.kind === 'certified' || options.claim === 'saddle') return answer;
    }
  }
  const answer = proveClaim(state, 'not-local-minimum', { descent }, {}, notes);
  return answer.kind === 'certified' ? answer : null;
}

/** The reason with the degenerate case in words, where there is one. */
function named(reason: Undecided, problem: BoxProblem, point: AnyPoint): Undecided {
  const { network } = problem;
  if (network.inputs !== 1 || network.stages.length !== 2) return reason;
  const words = {
    'on-a-breakpoint': 'on a breakpoint all over the interval',
    'at-an-end': 'on a breakpoint at an end',
  };
  const standings = withNumbers(problem, point, unlimited(), ({ numbers, parameters }) =>
    standingsOnInterval(problem, numbers, parameters),
  );
  const cases = standings.flatMap((standing, j) => (standing === 'smooth' ? [] : [`unit ${j} is ${words[standing]}`]));
  const found = 'no curve along which the risk falls was found';
  const why = cases.length === 0 ? found : `${found}, and ${cases.join(', ')}`;
  return { ...reason, message: `${reason.message}; ${why}` };
}

/** Whether a proof of `proved` answers the claim that was asked for, yes or no. */
function settles(proved: Kind, asked: Kind | undefined): boolean {
  const minima: readonly Kind[] = ['local-minimum', 'spurious-local-minimum', 'global-minimum'];
  const aboutMinima: readonly (Kind | undefined)[] = [undefined, 'local-minimum', 'not-local-minimum', 'saddle'];
  if (aboutMinima.includes(asked)) return minima.includes(proved);
  const opposite: Partial<Record<Kind, Kind>> = {
    'global-minimum': 'not-global-minimum',
    'not-global-minimum': 'global-minimum',
  };
  return proved === asked || proved === opposite[asked as Kind];
}

function betterJson(problem: BoxProblem, point: AnyPoint, { better }: CertifyOptions, notes: string[]): Fields | null {
  if (better === undefined) return null;
  try {
    const [at, there] = [point, better].map((theta) => riskOfAny(problem, theta, defaultBits, unlimited(), '$'));
    if (at !== undefined && there !== undefined && compare(there.upper, at.lower) < 0) {
      return anyPointJson(problem.network, better);
    }
    notes.push('the point given as better has no lower risk, and is ignored');
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    notes.push(`the risks of the two points cannot be compared: ${error.message}`);
  }
  return null;
}

function unlimited(): Meter {
  return new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
}

function undecided(reason: Undecided, notes: readonly string[]): Answer {
  return { kind: 'undecided', reason, notes };
}
