/**
 * What is decided about a point of a problem on a box: by the kernel's rules for minima, which need no search; then, for one hidden layer on an
 * interval, by curves along which the risk falls.
 */
import { anyPointJson, type Fields, pointJson } from '../formats/write.js';
import { compare } from '../kernel/arithmetic/rational.js';
import { defaultBits } from '../kernel/claims/claim.js';
import { riskOfAny } from '../kernel/claims/in-field.js';
import { withNumbers } from '../kernel/claims/with-numbers.js';
import type { Kind, RuleName } from '../kernel/format.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import type { AnyPoint, BoxProblem } from '../kernel/statement.js';
import { Refusal } from '../kernel/verdict.js';
import { findBetterPointOnBox } from './better-on-box.js';
import { findCurveOnInterval, standingsOnInterval } from './curves-on-interval.js';
import { proveClaim } from './prove-claim.js';
import type { Answer, CertifyOptions, Undecided } from './prover.js';

const minimumRules: readonly RuleName[] = ['affine-span', 'neuron-dominance-1d', 'reduced-hessian-1d'];
const lowerRisk: Fields = { lowerRisk: { rule: 'lower-risk' } };

export function certifyOnBox(problem: BoxProblem, point: AnyPoint, options: CertifyOptions): Answer {
  const { claim, radius } = options;
  if (radius !== undefined) {
    const message = 'the pair (a claim near a point, box) has no rule in this version';
    return undecided({ code: 'unsupported-combination', path: '$.data.type', message }, []);
  }
  const notes: string[] = [];
  const state: State = { problem, point, options };
  const prove = (kind: Kind, proof: Fields, rest: Fields = {}): Answer => proveClaim(state, kind, proof, rest, notes);
  const given = givenBetter(state, notes);
  for (const rule of ['zero-loss', 'convex-span'] as const) {
    if (!settles('global-minimum', claim)) break;
    const answer = prove('global-minimum', { globalMinimum: { rule } });
    if (answer.kind === 'certified') return answer;
  }
  if (settles('not-global-minimum', claim)) {
    const better = given ?? searchedBetter(state);
    return better === null ? noBetter(notes) : prove('not-global-minimum', lowerRisk, { betterPoint: better });
  }
  let reason: Undecided = { code: 'no-rule-applies', path: '$', message: 'no rule for boxes applies to this claim' };
  for (const rule of minimumRules) {
    const proof = { localMinimum: { rule } };
    const answer = prove('local-minimum', proof);
    if (answer.kind === 'undecided') {
      reason = answer.reason;
      continue;
    }
    const isAsked = claim === undefined || claim === 'spurious-local-minimum';
    const better = given ?? (isAsked ? searchedBetter(state) : null);
    const spurious =
      better === null ? null : prove('spurious-local-minimum', { ...proof, ...lowerRisk }, { betterPoint: better });
    if (spurious?.kind === 'certified') return spurious;
    if (claim === 'spurious-local-minimum') return spurious ?? noBetter(notes);
    // Where the kernel declines the better point, the minimum is still one.
    if (!isAsked) return answer;
    return { ...answer, notes: [...notes, 'no point of lower risk was found at this effort'] };
  }
  return descends(state, notes) ?? undecided(named(reason, problem, point), notes);
}

/** What is asked about which point. */
interface State {
  readonly problem: BoxProblem;
  readonly point: AnyPoint;
  readonly options: CertifyOptions;
}

function noBetter(notes: readonly string[]): Answer {
  const message = 'no point of lower risk was found at this effort';
  return undecided({ code: 'no-better-point', path: '$', message }, notes);
}

/** A saddle, or a point that is not a local minimum, by curves along which the risk falls and rises. */
function descends(state: State, notes: readonly string[]): Answer | null {
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

/** The point that was given as better, where it is. */
function givenBetter({ problem, point, options: { better } }: State, notes: string[]): Fields | null {
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

function searchedBetter({ problem, point, options }: State): Fields | null {
  try {
    const { lower } = riskOfAny(problem, point, defaultBits, new Meter(defaultLimits), '$');
    const found = findBetterPointOnBox(problem, point.parameters, lower, options);
    return found === null ? null : pointJson(problem.network, found.parameters);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

function unlimited(): Meter {
  return new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
}

function undecided(reason: Undecided, notes: readonly string[]): Answer {
  return { kind: 'undecided', reason, notes };
}
