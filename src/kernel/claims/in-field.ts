import type { Numbers } from '../arithmetic/algebraic.js';
import type { RuleName } from '../format.js';
import type { Meter } from '../limits.js';
import { BoxInstance } from '../model/box-instance.js';
import { exactly, type Risk, riskAt } from '../model/enclosing.js';
import { type DenseOver, evaluate } from '../model/evaluation.js';
import { Instance } from '../model/instance.js';
import { pointOnInterval } from '../model/interval-point.js';
import { risk as riskOver } from '../model/risk.js';
import { checkAffineSpan } from '../rules/affine-span.js';
import { checkConvexSpan } from '../rules/convex-span.js';
import { checkCurve } from '../rules/curve.js';
import { checkEckartYoung } from '../rules/eckart-young.js';
import { checkCurveOnInterval, checkZeroGradientOnInterval } from '../rules/interval-curve.js';
import { checkLowerRisk, gapBetween } from '../rules/lower-risk.js';
import { checkNeuronDominance } from '../rules/neuron-dominance.js';
import { checkNeuronDominance1d } from '../rules/neuron-dominance-1d.js';
import { checkReducedHessian1d } from '../rules/reduced-hessian-1d.js';
import { checkZeroGradient } from '../rules/zero-gradient.js';
import { checkZeroLoss } from '../rules/zero-loss.js';
import type { AnyPoint, AnyStatement, BoxProblem, Problem, SampleProblem } from '../statement.js';
import type { Facts } from '../theorem.js';
import { decline, type Ledger, reject } from '../verdict.js';
import { bitsOf, type Nodes, type Proof } from './claim.js';
import { eckartYoungHints, type Placed, withNumbers } from './with-numbers.js';

/**
 * Claims about points of which one at least has numbers of a field Q(a): the rules that compute with any numbers whose signs are decided.
 *
 * @see proofs/rules/algebraic.md
 */
export function proveInField(statement: AnyStatement, proof: Proof): Facts['risk'] {
  const { problem, radius, family, list, other } = statement;
  const { nodes, meter, ledger, observe } = proof;
  if (radius !== null || family !== null || list !== null || other !== null) noPair('$.statement.kind', statement.kind);
  for (const [key, { rule }] of nodes) if (!isRuleInField(problem, rule)) noPair(`$.proof.${key}.rule`, rule);
  const bits = bitsOf(nodes, meter);
  const better =
    statement.betterPoint === null
      ? null
      : riskOfAny(problem, statement.betterPoint, bits, meter, '$.statement.betterPoint');
  const point = withNumbers(problem, statement.point, meter, (placed) => {
    switch (problem.type) {
      case 'box':
        return proveOnInterval(problem, placed, nodes, bits, meter, ledger);
      case 'samples':
        return proveOnSamples(problem, placed, nodes, bits, meter, ledger);
      default:
        return noPair('$.statement.problem.data', problem.type);
    }
  });
  observe('points evaluated');
  if (better !== null) checkLowerRisk(point, better, ledger);
  return { point, better, gap: better === null ? null : gapBetween(point, better) };
}

/**
 * The risk of any point, and so of a better one: a rational one may be any that has a risk.
 *
 * @throws Refusal (declined) for problems and losses that have no rule at algebraic points
 */
export function riskOfAny(problem: Problem, point: AnyPoint, bits: number, meter: Meter, path: string): Risk {
  switch (problem.type) {
    case 'box':
      if (point.algebraic === null) {
        return exactly(new BoxInstance(problem, point.parameters, meter, path).risk);
      }
      return withNumbers(problem, point, meter, ({ numbers, parameters }) => {
        const { numerator, denominator } = pointOnInterval(problem, numbers, parameters, meter, path).risk;
        return numbers.enclosed(numerator, denominator, bits);
      });
    case 'samples':
    case 'decayed-samples':
      if (point.algebraic === null) return riskAt(problem, point.parameters, bits, meter);
      if (problem.type === 'decayed-samples') return noPair('$.statement.problem.data', problem.type);
      return withNumbers(problem, point, meter, (placed) =>
        riskOnSamples(instanceOf(problem, placed, meter), placed.numbers, bits),
      );
    default:
      return noPair('$.statement.problem.data', problem.type);
  }
}

/** The rules for one hidden layer on an interval. */
function proveOnInterval<T>(
  problem: BoxProblem,
  { numbers, parameters, curve }: Placed<T>,
  nodes: Nodes,
  bits: number,
  meter: Meter,
  ledger: Ledger,
): Risk {
  const at = pointOnInterval(problem, numbers, parameters, meter, '$.statement.point');
  for (const [key, node] of nodes) {
    const before = ledger.total;
    const path = `$.proof.${key}`;
    switch (node.rule) {
      case 'neuron-dominance-1d':
        checkNeuronDominance1d(at, ledger);
        break;
      case 'reduced-hessian-1d':
        checkReducedHessian1d(at, ledger);
        break;
      case 'zero-gradient':
        checkZeroGradientOnInterval(at, path, ledger);
        break;
      case 'descent-curve':
      case 'ascent-curve': {
        const slope = node.rule === 'descent-curve' ? 'descent' : 'ascent';
        checkCurveOnInterval(at, curve(node.coefficients, `${path}.coefficients`), slope, path, ledger);
        break;
      }
      case 'lower-risk':
        continue;
      default:
        throw new Error('Cannot happen: this rule was declined before');
    }
    expectShown(key, before, ledger);
  }
  return numbers.enclosed(at.risk.numerator, at.risk.denominator, bits);
}

/** The rules for samples that are written for any ordered ring. */
function proveOnSamples<T>(
  problem: SampleProblem,
  placed: Placed<T>,
  nodes: Nodes,
  bits: number,
  meter: Meter,
  ledger: Ledger,
): Risk {
  const { numbers, parameters, curve } = placed;
  const instance = instanceOf(problem, placed, meter);
  for (const [key, node] of nodes) {
    const before = ledger.total;
    const path = `$.proof.${key}`;
    switch (node.rule) {
      case 'affine-span':
        checkAffineSpan(instance, ledger);
        break;
      case 'neuron-dominance':
        checkNeuronDominance(instance, node.units, path, ledger);
        break;
      case 'convex-span':
        checkConvexSpan(instance, ledger);
        break;
      case 'zero-loss':
        checkZeroLoss(instance, ledger);
        break;
      case 'eckart-young': {
        const hints = eckartYoungHints(node, placed, problem.network, path);
        checkEckartYoung(instance, numbers, hints, path, ledger);
        break;
      }
      case 'zero-gradient':
        checkZeroGradient(instance, ledger);
        break;
      case 'descent-curve':
      case 'ascent-curve': {
        const slope = node.rule === 'descent-curve' ? 'descent' : 'ascent';
        const coefficients = curve(node.coefficients, `${path}.coefficients`);
        checkCurve(problem, numbers, parameters, coefficients, slope, path, meter, ledger);
        break;
      }
      case 'lower-risk':
        continue;
      default:
        throw new Error('Cannot happen: this rule was declined before');
    }
    expectShown(key, before, ledger);
  }
  return riskOnSamples(instance, numbers, bits);
}

export function instanceOf<T>(
  problem: SampleProblem,
  { numbers, parameters }: Pick<Placed<T>, 'numbers' | 'parameters'>,
  meter: Meter,
): Instance<T> {
  const layers = parameters.map(
    (values): DenseOver<T> => ({ ...values, denominator: numbers.fromInteger(values.denominator) }),
  );
  return new Instance(problem, evaluate(numbers, problem.network, layers, problem.data, meter), meter);
}

/** @throws Refusal (declined) for losses that are no piecewise polynomials */
function riskOnSamples<T>({ problem, evaluation, meter }: Instance<T>, numbers: Numbers<T>, bits: number): Risk {
  const { value, denominator } = riskOver(evaluation, problem.loss, problem.data, meter);
  // The denominator is an integer, whatever the point is.
  return numbers.enclosed(value, denominator, bits);
}

function expectShown(key: string, before: number, ledger: Ledger): void {
  if (ledger.total === before) reject('no-obligations', `$.proof.${key}`, 'nothing was shown');
}

const rulesInField: Readonly<Partial<Record<Problem['type'], readonly RuleName[]>>> = {
  box: ['neuron-dominance-1d', 'reduced-hessian-1d', 'zero-gradient', 'descent-curve', 'ascent-curve', 'lower-risk'],
  samples: [
    'affine-span',
    'neuron-dominance',
    'convex-span',
    'zero-loss',
    'eckart-young',
    'zero-gradient',
    'descent-curve',
    'ascent-curve',
    'lower-risk',
  ],
};

function isRuleInField({ type }: Problem, rule: RuleName): boolean {
  return rulesInField[type]?.includes(rule) ?? false;
}

function noPair(path: string, name: string): never {
  return decline('unsupported-combination', path, `the pair (${name}, algebraic point) has no rule in this version`);
}
