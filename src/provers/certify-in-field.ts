/** What is decided about a point of samples with numbers of a field Q(a): by the rules that compute in the field (proofs/rules/algebraic.md 4). */
import { type Algebraic, type AlgebraicNumbers, algebraicNumbers } from '../kernel/arithmetic/algebraic.js';
import { defaultBits } from '../kernel/claims/claim.js';
import { instanceOf, riskOfAny } from '../kernel/claims/in-field.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { evaluateExactly } from '../kernel/model/evaluation.js';
import { Instance } from '../kernel/model/instance.js';
import { liftedTo, type Parameters, type ParametersIn } from '../kernel/model/network.js';
import { checkCurve } from '../kernel/rules/curve.js';
import { checkZeroGradient } from '../kernel/rules/zero-gradient.js';
import type { PointInField, Problem } from '../kernel/statement.js';
import { findCurveNear, passes } from './any-depth.js';
import { decideDeepLinear, nonzeroAt } from './deep-linear.js';
import { dominanceInField } from './dominance-in-field.js';
import { placeInField } from './exact-place.js';
import { isDeepLinear } from './linear-network.js';
import {
  byAffineSpan,
  byConvexSpan,
  byZeroLoss,
  type Decider,
  decideByCurves,
  noRule,
  PointProver,
  type PointState,
} from './point-prover.js';
import type { Answer, CertifyOptions } from './prover.js';

interface StateInField extends PointState {
  readonly point: PointInField;
  readonly numbers: AlgebraicNumbers;
  readonly theta: ParametersIn<Algebraic>;
  readonly instance: Instance<Algebraic>;
}

const deciders: readonly Decider<StateInField>[] = [
  byZeroLoss(),
  byConvexSpan(),
  byAffineSpan(),
  {
    name: 'deep linear',
    applies: ({ problem, isCritical }) => isDeepLinear(problem.network) && isCritical(),
    decide: async ({ problem, theta, numbers, instance, meter }) => {
      const place = placeInField(problem, theta, numbers, meter);
      return decideDeepLinear({ problem, place, instance, nonzero: nonzeroAt(instance, place) });
    },
  },
  {
    name: 'neuron dominance',
    applies: () => true,
    decide: async ({ instance, numbers, options }) => {
      const node = await dominanceInField(instance, numbers, options);
      return node === null ? { kind: 'undecided', reason: noRule } : { kind: 'local-minimum', node };
    },
  },
  {
    name: 'curves',
    applies: () => true,
    decide: async ({ findCurve }) => decideByCurves(findCurve),
  },
];

/** @throws Refusal (declined) for losses that are no piecewise polynomials */
export async function certifyInField(problem: Problem, point: PointInField, options: CertifyOptions): Promise<Answer> {
  if (problem.type !== 'samples') return noPair('$.data.type', problem.type);
  if (options.radius !== undefined) return noPair('$.field', 'a claim near a point');
  const meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
  const risk = riskOfAny(problem, point, defaultBits, meter, '$');
  const { field, parameters: theta } = point.algebraic;
  const numbers = algebraicNumbers(field, meter);
  const instance = instanceOf(problem, { numbers, parameters: theta }, meter);
  const near = point.parameters;
  const instanceNear = new Instance(problem, evaluateExactly(problem.network, near, problem.data, meter), meter);
  const state: StateInField = {
    ...{ problem, point, numbers, theta, instance, risk, options, meter },
    isCritical: () => passes((ledger) => checkZeroGradient(instance, ledger)),
    findCurve(slope) {
      const isCurve = (curve: readonly Parameters[]): boolean =>
        passes((ledger) => {
          const lifted = curve.map((coefficient) => liftedTo(numbers, coefficient));
          checkCurve(problem, numbers, theta, lifted, slope, '$', meter, ledger);
        });
      return findCurveNear(problem, near, instanceNear, slope, isCurve, { ...options, meter });
    },
  };
  return new PointProver(state, deciders).decidePoint();
}

function noPair(path: string, name: string): Answer {
  const message = `the pair (${name}, algebraic point) has no rule in this version`;
  return { kind: 'undecided', reason: { code: 'unsupported-combination', path, message }, notes: [] };
}
