import { type Fields, pointJson } from '../formats/write.js';
import { compare, type Rational } from '../kernel/arithmetic/rational.js';
import { defaultBits } from '../kernel/claims/claim.js';
import type { Kind } from '../kernel/format.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { type Risk, riskAt, riskOf } from '../kernel/model/enclosing.js';
import { evaluateExactly } from '../kernel/model/evaluation.js';
import { Instance } from '../kernel/model/instance.js';
import type { Parameters } from '../kernel/model/network.js';
import { checkAffineSpan } from '../kernel/rules/affine-span.js';
import { checkConvexSpan } from '../kernel/rules/convex-span.js';
import { checkRationalZeroGradient } from '../kernel/rules/zero-gradient.js';
import { checkZeroLoss } from '../kernel/rules/zero-loss.js';
import type { Point, Problem, SampleProblem } from '../kernel/statement.js';
import { findCurve, passes } from './any-depth.js';
import { findBetterPoint } from './better-point.js';
import { certifyDecayed } from './certify-decayed.js';
import { certifyGaussian } from './certify-gaussian.js';
import { certifyNear } from './certify-near.js';
import { certifyOnBox } from './certify-on-box.js';
import { decideDeepLinear, isCriticalDeepLinear } from './deep-linear.js';
import { Direction } from './directions.js';
import { type GlobalMinimum, PatternEnumeration } from './enumeration.js';
import { findFlatMinimum } from './flat-minimum.js';
import { type Decision, decideOneHiddenLayer, isOneHiddenLayer } from './one-hidden-layer.js';
import { proveClaim } from './prove-claim.js';
import type { Answer, CertifyOptions, Undecided } from './prover.js';

/** One way to decide a point; the first that applies and does not give up answers. */
interface Decider {
  readonly name: string;
  readonly applies: (state: State) => boolean;
  readonly decide: (state: State) => Promise<Decision | GlobalDecision>;
}

type GlobalDecision =
  | { readonly kind: 'global-minimum'; readonly node: Fields }
  /** a global minimum of lower risk */
  | { readonly kind: 'beaten'; readonly better: Parameters };

/** A problem at a point, as the deciders see it. */
interface State {
  readonly problem: SampleProblem;
  readonly point: Point;
  readonly instance: Instance<bigint>;
  readonly risk: Risk;
  readonly options: CertifyOptions;
  readonly meter: Meter;
}

const noRule: Undecided = { code: 'no-rule-applies', path: '$', message: 'no decider applies' };

/** How many combinations are looked through, for each step of effort. */
const combinationsAStep = 2_500;

function decideByEnumeration(
  problem: SampleProblem,
  risk: Rational,
  { effort, observe, store }: CertifyOptions,
): Decision | GlobalDecision {
  const enumeration = PatternEnumeration.of(problem, combinationsAStep * effort);
  const proved = enumeration?.prove(risk, { observe, store });
  if (proved?.kind === 'proved') return { kind: 'global-minimum', node: proved.node };
  const found = enumeration?.findMinima(observe);
  if (found?.kind === 'found') return { kind: 'beaten', better: (found.minima[0] as GlobalMinimum).parameters };
  return { kind: 'undecided', reason: noRule };
}

const deciders: readonly Decider[] = [
  {
    name: 'zero loss',
    applies: ({ instance }) => passes((ledger) => checkZeroLoss(instance, ledger)),
    decide: async () => ({ kind: 'global-minimum', node: { rule: 'zero-loss' } }),
  },
  {
    name: 'convex span',
    applies: ({ instance }) => passes((ledger) => checkConvexSpan(instance, ledger)),
    decide: async () => ({ kind: 'global-minimum', node: { rule: 'convex-span' } }),
  },
  {
    name: 'combinations of activation patterns',
    // Beside what it costs, a certificate of this kind is long: it is made for those who ask.
    applies: ({ options }) => options.claim === 'global-minimum',
    decide: async ({ problem, risk, options }) => decideByEnumeration(problem, risk.lower, options),
  },
  {
    name: 'affine span',
    applies: ({ instance }) => passes((ledger) => checkAffineSpan(instance, ledger)),
    decide: async () => ({ kind: 'local-minimum', node: { rule: 'affine-span' } }),
  },
  {
    name: 'deep linear',
    applies: ({ problem, point, instance }) => isCriticalDeepLinear({ problem, theta: point.parameters, instance }),
    decide: async ({ problem, point, instance }) => decideDeepLinear({ problem, theta: point.parameters, instance }),
  },
  {
    name: 'coincident preactivations',
    applies: () => true,
    decide: async ({ problem, point, meter }) => {
      const node = findFlatMinimum(problem, point.parameters, meter);
      return node === null ? { kind: 'undecided', reason: noRule } : { kind: 'local-minimum', node };
    },
  },
  {
    name: 'neuron dominance',
    applies: ({ instance }) => instance.problem.loss.family === 'polynomial' && isOneHiddenLayer(instance),
    decide: async ({ instance, options }) => decideOneHiddenLayer(instance, options),
  },
  {
    name: 'curves',
    applies: () => true,
    decide: async ({ problem, point, instance, options, meter }) => {
      const node = findCurve(problem, point.parameters, instance, 'descent', { ...options, meter });
      if (node !== null) return { kind: 'descends', node };
      return {
        kind: 'undecided',
        reason: {
          code: 'no-rule-applies',
          path: '$',
          message:
            'no rule for a local minimum applies, and no curve along which the risk falls was found at this effort',
        },
      };
    },
  },
];

/**
 * Decides what a point is, and proves it: a global minimum, a (spurious) local minimum, a saddle, not a local minimum, or, near a
 * floating-point point, that a local minimum is near, or none. Everything that it calls certified has been proved by the kernel from the text.
 *
 * @returns `undecided` with the reason where every decider gives up
 */
export async function certify(problem: Problem, point: Point, options: CertifyOptions): Promise<Answer> {
  if (problem.type === 'box') return certifyOnBox(problem, point, options);
  if (problem.type === 'parametrized-target') {
    const message = 'the rules for parametrized targets are about families, and about two points: see construct';
    const path = '$.data';
    return { kind: 'undecided', reason: { code: 'unsupported-combination', path, message }, notes: [] };
  }
  if (problem.type === 'gaussian-teacher') return certifyGaussian(problem, point, options);
  if (options.radius !== undefined) return certifyNear(problem, point, options.radius, options);
  if (problem.type === 'decayed-samples') return certifyDecayed(problem, point, options);
  const meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
  const { network, data } = problem;
  const instance = new Instance(problem, evaluateExactly(network, point.parameters, data, meter), meter);
  const risk = riskOf(problem, point.parameters, instance.evaluation, defaultBits, meter);
  return new Prover({ problem, point, instance, risk, options, meter }).decidePoint();
}

class Prover {
  readonly #notes: string[] = [];

  constructor(readonly state: State) {}

  async decidePoint(): Promise<Answer> {
    const { claim } = this.state.options;
    if (claim?.endsWith('-near') === true) {
      return this.#undecided({ code: 'no-radius', path: '$', message: 'a claim near a point needs a radius' });
    }
    if (claim === 'not-global-minimum') return this.#decideNotGlobal();
    let reason = noRule;
    for (const decider of deciders) {
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
    const { instance, problem, point, options, meter } = this.state;
    if (!passes((ledger) => checkRationalZeroGradient(instance, point.parameters, ledger))) return null;
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
    const ascent = findCurve(problem, point.parameters, instance, 'ascent', { ...options, meter });
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
      const found = riskAt(problem, options.better.parameters, defaultBits, meter);
      if (compare(found.upper, risk.lower) < 0) return pointJson(problem.network, options.better.parameters);
      this.#notes.push('the point given as better has no lower risk, and is ignored');
    }
    const found = findBetterPoint(problem, point.parameters, options);
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
