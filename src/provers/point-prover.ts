import { anyPointJson, type Fields, pointJson } from '../formats/write.js';
import { compare } from '../kernel/arithmetic/rational.js';
import { defaultBits } from '../kernel/claims/claim.js';
import { riskOfAny } from '../kernel/claims/in-field.js';
import type { Kind } from '../kernel/format.js';
import type { Meter } from '../kernel/limits.js';
import type { Risk } from '../kernel/model/enclosing.js';
import type { Instance } from '../kernel/model/instance.js';
import type { Parameters } from '../kernel/model/network.js';
import { checkAffineSpan } from '../kernel/rules/affine-span.js';
import { checkConvexSpan } from '../kernel/rules/convex-span.js';
import type { Slope } from '../kernel/rules/curve.js';
import { checkZeroLoss } from '../kernel/rules/zero-loss.js';
import type { AnyPoint, SampleProblem } from '../kernel/statement.js';
import { passes } from './any-depth.js';
import { Direction } from './directions.js';
import { findBetterAtAnyDepth } from './layer-by-layer.js';
import type { Decision } from './one-hidden-layer.js';
import { proveClaim } from './prove-claim.js';
import type { Answer, CertifyOptions, Undecided } from './prover.js';

/** A problem at a point, as it is asked about. */
export interface PointState {
  readonly problem: SampleProblem;
  readonly point: AnyPoint;
  readonly risk: Risk;
  readonly options: CertifyOptions;
  readonly meter: Meter;
  /** whether the rule `zero-gradient` holds */
  readonly isCritical: () => boolean;
  /** a node for `descent` (or `ascent`), or null */
  readonly findCurve: (slope: Slope) => Fields | null;
}

/** One way to decide a point; the first that applies and does not give up answers. */
export interface Decider<S> {
  readonly name: string;
  readonly applies: (state: S) => boolean;
  readonly decide: (state: S) => Promise<Decision | GlobalDecision>;
}

export type GlobalDecision =
  | { readonly kind: 'global-minimum'; readonly node: Fields }
  /** a global minimum of lower risk */
  | { readonly kind: 'beaten'; readonly better: Parameters };

export const noRule: Undecided = { code: 'no-rule-applies', path: '$', message: 'no decider applies' };

/** Rules that ask for no search, whatever the numbers are. */
type ByRule<T> = Decider<{ readonly instance: Instance<T> }>;

export function byZeroLoss<T>(): ByRule<T> {
  return {
    name: 'zero loss',
    applies: ({ instance }) => passes((ledger) => checkZeroLoss(instance, ledger)),
    decide: async () => ({ kind: 'global-minimum', node: { rule: 'zero-loss' } }),
  };
}

export function byConvexSpan<T>(): ByRule<T> {
  return {
    name: 'convex span',
    applies: ({ instance }) => passes((ledger) => checkConvexSpan(instance, ledger)),
    decide: async () => ({ kind: 'global-minimum', node: { rule: 'convex-span' } }),
  };
}

export function byAffineSpan<T>(): ByRule<T> {
  return {
    name: 'affine span',
    applies: ({ instance }) => passes((ledger) => checkAffineSpan(instance, ledger)),
    decide: async () => ({ kind: 'local-minimum', node: { rule: 'affine-span' } }),
  };
}

export function decideByCurves(findCurve: PointState['findCurve']): Decision {
  const node = findCurve('descent');
  if (node !== null) return { kind: 'descends', node };
  const message =
    'no rule for a local minimum applies, and no curve along which the risk falls was found at this effort';
  return { kind: 'undecided', reason: { code: 'no-rule-applies', path: '$', message } };
}

/** Answers what is asked about a point, by the first decider that applies and does not give up. */
export class PointProver<S extends PointState> {
  readonly #notes: string[] = [];

  constructor(
    readonly state: S,
    readonly deciders: readonly Decider<S>[],
  ) {}

  async decidePoint(): Promise<Answer> {
    const { claim } = this.state.options;
    if (claim?.endsWith('-near') === true) {
      return this.#undecided({ code: 'no-radius', path: '$', message: 'a claim near a point needs a radius' });
    }
    if (claim === 'not-global-minimum') return this.#decideNotGlobal();
    let reason = noRule;
    for (const decider of this.deciders) {
      this.state.options.observe?.(decider.name, 0, 0);
      if (!decider.applies(this.state)) continue;
      const decision = await decider.decide(this.state);
      if (decision.kind === 'undecided') {
        reason = decision.reason;
        continue;
      }
      const answer = await this.#answer(decision);
      if (answer !== null) return answer;
      reason = {
        code: 'claim-does-not-fit',
        path: '$',
        message: `the point is ${describedAs(decision.kind)}, which neither proves nor refutes ${claim}`,
      };
    }
    return this.#undecided(reason);
  }

  async #answer(decision: Exclude<Decision, { kind: 'undecided' }> | GlobalDecision): Promise<Answer | null> {
    switch (decision.kind) {
      case 'global-minimum':
        return this.#prove('global-minimum', { globalMinimum: decision.node }, {});
      case 'beaten':
        return this.#prove(
          'not-global-minimum',
          { lowerRisk: { rule: 'lower-risk' } },
          {
            betterPoint: pointJson(this.state.problem.network, decision.better),
          },
        );
      case 'local-minimum':
        return this.#localMinimum(decision.node);
      case 'descends':
        return this.#descends(decision.node, decision.ascent ?? null);
    }
  }

  async #localMinimum(node: Fields): Promise<Answer | null> {
    const { claim, better } = this.state.options;
    if (claim === 'local-minimum' || claim === 'not-local-minimum' || claim === 'saddle') {
      return this.#prove('local-minimum', { localMinimum: node }, {});
    }
    const found = this.#betterPoint();
    if (found !== null) {
      const proof = { localMinimum: node, lowerRisk: { rule: 'lower-risk' } };
      if (claim === 'global-minimum')
        return this.#prove('not-global-minimum', { lowerRisk: proof.lowerRisk }, { betterPoint: found });
      return this.#prove('spurious-local-minimum', proof, { betterPoint: found });
    }
    if (better === undefined) this.#notes.push('no point of lower risk was found at this effort');
    return claim === undefined ? this.#prove('local-minimum', { localMinimum: node }, {}) : null;
  }

  async #descends(node: Fields, ascent: Fields | null): Promise<Answer | null> {
    const { claim } = this.state.options;
    if (claim === 'global-minimum') return this.#decideNotGlobal();
    if (claim !== 'not-local-minimum') {
      const saddle = this.#saddle(node, ascent);
      if (saddle !== null) return saddle;
    }
    return claim === 'saddle' ? null : this.#prove('not-local-minimum', { descent: node }, {});
  }

  /** A critical point that is no local minimum is a saddle where the risk rises along some curve too. */
  #saddle(descent: Fields, known: Fields | null): Answer | null {
    const { problem, isCritical, findCurve } = this.state;
    if (!isCritical()) return null;
    const { stages } = problem.network;
    const last = stages.length - 1;
    const proof = (ascent: Fields): Fields => ({ critical: { rule: 'zero-gradient' }, descent, ascent });
    if (known !== null) return this.#prove('saddle', proof(known), {});
    if (stages[last]?.fixed === null && stages[last]?.bias) {
      // Moving the output bias changes all predictions, and the losses are convex: usually the risk rises at second order.
      const c = new Direction(problem.network).setBias(last, 0, 1n).json();
      const answer = this.#prove('saddle', proof({ rule: 'ascent-curve', coefficients: [c] }), {});
      if (answer !== null) return answer;
    }
    const ascent = findCurve('ascent');
    return ascent === null ? null : this.#prove('saddle', proof(ascent), {});
  }

  async #decideNotGlobal(): Promise<Answer> {
    const better = this.#betterPoint();
    const answer =
      better === null
        ? null
        : this.#prove('not-global-minimum', { lowerRisk: { rule: 'lower-risk' } }, { betterPoint: better });
    return (
      answer ??
      this.#undecided({
        code: 'no-better-point',
        path: '$',
        message: 'no point of lower risk was found at this effort',
      })
    );
  }

  /** The given better point where it is better, or one that a search finds. */
  #betterPoint(): Fields | null {
    const { problem, point, risk, options, meter } = this.state;
    if (options.better !== undefined) {
      const found = riskOfAny(problem, options.better, defaultBits, meter, '$');
      if (compare(found.upper, risk.lower) < 0) return anyPointJson(problem.network, options.better);
      this.#notes.push('the point given as better has no lower risk, and is ignored');
    }
    const found = findBetterAtAnyDepth(problem, point.parameters, risk.lower, options);
    return found === null ? null : pointJson(problem.network, found.parameters);
  }

  #undecided(reason: Undecided): Answer {
    return { kind: 'undecided', reason, notes: this.#notes };
  }

  #prove(claim: Kind, proof: Fields, rest: Fields): Answer | null {
    const answer = proveClaim(this.state, claim, proof, rest, this.#notes);
    return answer.kind === 'certified' ? answer : null;
  }
}

function describedAs(kind: Exclude<Decision, { kind: 'undecided' }>['kind'] | GlobalDecision['kind']): string {
  switch (kind) {
    case 'descends':
      return 'not a local minimum';
    case 'beaten':
      return 'not a global minimum';
    default:
      return `a ${kind}`;
  }
}
