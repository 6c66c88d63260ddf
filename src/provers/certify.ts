import type { Rational } from '../kernel/arithmetic/rational.js';
import { defaultBits } from '../kernel/claims/claim.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { riskOf } from '../kernel/model/enclosing.js';
import { evaluateExactly } from '../kernel/model/evaluation.js';
import { Instance } from '../kernel/model/instance.js';
import { checkRationalZeroGradient } from '../kernel/rules/zero-gradient.js';
import type { AnyPoint, Point, Problem, SampleProblem } from '../kernel/statement.js';
import { Refusal } from '../kernel/verdict.js';
import { findCurve, passes } from './any-depth.js';
import { certifyDecayed } from './certify-decayed.js';
import { certifyGaussian } from './certify-gaussian.js';
import { certifyInField } from './certify-in-field.js';
import { certifyNear } from './certify-near.js';
import { certifyOnBox } from './certify-on-box.js';
import { decideDeepLinear, nonzeroIn } from './deep-linear.js';
import { type GlobalMinimum, PatternEnumeration } from './enumeration.js';
import { rationalPlace } from './exact-place.js';
import { findFlatMinimum } from './flat-minimum.js';
import { isDeepLinear } from './linear-network.js';
import { type Decision, decideOneHiddenLayer, isOneHiddenLayer } from './one-hidden-layer.js';
import {
  byAffineSpan,
  byConvexSpan,
  byZeroLoss,
  type Decider,
  decideByCurves,
  type GlobalDecision,
  noRule,
  PointProver,
  type PointState,
} from './point-prover.js';
import type { Answer, CertifyOptions } from './prover.js';

/** What `certify` is asked. The same request has the same answer, to the byte. */
export interface CertifyRequest extends Omit<CertifyOptions, 'seed' | 'effort'> {
  /** of the search; 1 by default */
  readonly seed?: number;
  /** search steps, never seconds: more may find more; 10 by default */
  readonly effort?: number;
}

/** A problem at a rational point, as the deciders see it. */
interface State extends PointState {
  readonly point: Point;
  readonly instance: Instance<bigint>;
}

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

const deciders: readonly Decider<State>[] = [
  byZeroLoss(),
  byConvexSpan(),
  {
    name: 'combinations of activation patterns',
    // Beside what it costs, a certificate of this kind is long: it is made for those who ask.
    applies: ({ options }) => options.claim === 'global-minimum',
    decide: async ({ problem, risk, options }) => decideByEnumeration(problem, risk.lower, options),
  },
  byAffineSpan(),
  {
    name: 'deep linear',
    applies: ({ problem, isCritical }) => isDeepLinear(problem.network) && isCritical(),
    decide: async ({ problem, point, instance, meter }) => {
      const place = rationalPlace(problem, point.parameters, meter);
      return decideDeepLinear({ problem, place, instance, nonzero: nonzeroIn(instance) });
    },
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
    decide: async ({ findCurve: find }) => decideByCurves(find),
  },
];

/**
 * Decides what a point is, and proves it: a global minimum, a (spurious) local minimum, a saddle, not a local minimum, or, near a
 * floating-point point, that a local minimum is near, or none. Everything that it calls certified has been proved by the kernel from the text.
 *
 * @param point  of this problem, as `readPoint` or `readAnyPoint` reads it
 * @returns `undecided` with the reason where every decider gives up, or where a limit of the kernel is met
 */
export async function certify(problem: Problem, point: AnyPoint, request: CertifyRequest = {}): Promise<Answer> {
  if (request.radius !== undefined && typeof request.radius.num !== 'bigint') {
    throw new TypeError('Cannot certify near a point: expected a radius that rational(numerator, denominator) makes');
  }
  try {
    return await decide(problem, point, { seed: 1, effort: 10, ...request });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, path, message } = error;
    return { kind: 'undecided', reason: { code, path, message }, notes: [] };
  }
}

async function decide(problem: Problem, point: AnyPoint, options: CertifyOptions): Promise<Answer> {
  if (problem.type === 'box') return certifyOnBox(problem, point, options);
  if (problem.type === 'parametrized-target') {
    const message = 'the rules for parametrized targets are about families, and about two points: see construct';
    const path = '$.data';
    return { kind: 'undecided', reason: { code: 'unsupported-combination', path, message }, notes: [] };
  }
  if (point.algebraic !== null) return certifyInField(problem, point, options);
  if (problem.type === 'gaussian-teacher') return certifyGaussian(problem, point, options);
  if (options.radius !== undefined) return certifyNear(problem, point, options.radius, options);
  if (problem.type === 'decayed-samples') return certifyDecayed(problem, point, options);
  const meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
  const { network, data } = problem;
  const instance = new Instance(problem, evaluateExactly(network, point.parameters, data, meter), meter);
  const risk = riskOf(problem, point.parameters, instance.evaluation, defaultBits, meter);
  const theta = point.parameters;
  const state: State = {
    ...{ problem, point, instance, risk, options, meter },
    isCritical: () => passes((ledger) => checkRationalZeroGradient(instance, theta, ledger)),
    findCurve: (slope) => findCurve(problem, theta, instance, slope, { ...options, meter }),
  };
  return new PointProver(state, deciders).decidePoint();
}
