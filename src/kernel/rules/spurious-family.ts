import { add, compare, type Rational, shown, subtract } from '../arithmetic/rational.js';
import type { ProofNode } from '../format.js';
import type { Meter } from '../limits.js';
import type { Risk } from '../model/enclosing.js';
import { type Evaluation, evaluate } from '../model/evaluation.js';
import { familyOver, type ParameterSpace, withConstantPredictions, withSpace } from '../model/family.js';
import { Instance } from '../model/instance.js';
import { risk } from '../model/risk.js';
import type { FamilyClaim, SampleProblem } from '../statement.js';
import { decline, type Ledger, Refusal, reject, unreachable } from '../verdict.js';
import { checkAffineSpan } from './affine-span.js';
import { checkSameFunction } from './same-function.js';
import { checkDistinctFunctions, checkInjective } from './strictly-monotone.js';

export interface FamilyProof {
  readonly problem: SampleProblem;
  readonly family: FamilyClaim;
  /** R at the member in the middle of the range */
  readonly middle: Risk;
  /** R(θ°) */
  readonly better: Risk;
  /** hints from the certificate, untrusted */
  readonly injective: Extract<ProofNode, { rule: 'strictly-monotone' }>;
}

/**
 * Shows that every member of the family θ(t), t in a closed interval or box, is a spurious local minimum, and that different t give
 * different points.
 *
 *  (i) Rule affine-span holds with polynomials in t for numbers: each sign that it uses is the same for all t, ends included, and each of its
 *      equations is an identity. So every θ(t) is a local minimum.
 *  (ii) R(θ(t)) − R(θ°) ≥ gap > 0 for all t.
 *  (iii) t ↦ θ(t) is injective (strictly-monotone.ts).
 *  (iv) What is said of the realizations: the predictions on the data are constant, or the function is (same-function.ts), or different t give
 *       different functions.
 *
 * Then R(θ(t)) is one number for all t: it is continuous, and each of its values is that of a local minimum of it, hence the least value
 * near some rational t; so it takes countably many values on a connected range, and is constant.
 *
 * @see theory.md 9; proofs/rules/spurious-family.md
 */
export function checkSpuriousFamily(proof: FamilyProof, meter: Meter, ledger: Ledger): void {
  const { problem, family } = proof;
  withSpace(family.parameters, meter, (space) => {
    const over = familyOver(space, problem.network, family);
    const given = evaluate(space.ring, problem.network, over, problem.data, meter);
    const constant = withConstantPredictions(space, given);
    const evaluation = constant ?? given;
    atFamily(() => checkAffineSpan(new Instance(problem, evaluation, meter), ledger));
    if (ledger.total === 0) reject('no-obligations', '$.proof.localMinimum', 'nothing was shown');
    if (problem.loss.family === 'polynomial') {
      const bound = add(proof.better.upper, family.gap);
      checkRiskAtLeast(space, problem, evaluation, bound, meter, ledger);
      const { value, denominator } = risk(evaluation, problem.loss, problem.data, meter);
      if (space.constantQuotient({ numerator: value, denominator }) === null) {
        throw new Error('Cannot happen: the local minima of a connected family have one risk');
      }
    } else {
      if (constant === null) {
        decline('unsupported-combination', '$.statement.family', 'with this loss the predictions must be constant');
      }
      checkGapAtOne(proof, ledger);
    }
    checkInjective(space, problem.network, over, proof.injective.coordinates, '$.proof.injective.coordinates', ledger);
    const { predictions } = proof.injective;
    if (predictions !== undefined && family.realizations !== 'distinct') {
      reject('unknown-key', '$.proof.injective.predictions', 'only distinct realizations are shown by predictions');
    }
    switch (family.realizations) {
      case 'same-predictions':
        if (constant === null) {
          reject(
            'predictions-differ',
            '$.statement.realizations',
            'a prediction on the data varies with the parameters',
          );
        }
        ledger.discharge('same-prediction', problem.data.inputs.rows.length * problem.network.outputs);
        break;
      case 'same-function':
        checkSameFunction(space, problem.network, over, ledger);
        break;
      case 'distinct':
        if (predictions === undefined) {
          return reject('missing-key', '$.proof.injective', 'expected the key "predictions"');
        }
        checkDistinctFunctions(space, problem, over, predictions, '$.proof.injective.predictions', meter, ledger);
        break;
      default:
        unreachable(family.realizations);
    }
  });
}

/** The rule speaks of a point; here there is a family in its place. */
function atFamily(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof Refusal) || error.path !== '$.statement.point') throw error;
    throw new Refusal(error.kind, error.code, '$.statement.family', error.message);
  }
}

/** R(θ(t)) ≥ bound for all t, exactly: for piecewise polynomial losses. */
export function checkRiskAtLeast<T>(
  { ring, isNonnegative }: ParameterSpace<T>,
  { loss, data }: SampleProblem,
  evaluation: Evaluation<T>,
  bound: Rational,
  meter: Meter,
  ledger: Ledger,
): void {
  const { value, denominator } = risk(evaluation, loss, data, meter);
  const excess = ring.add(ring.scale(value, bound.den), ring.scale(denominator, -bound.num));
  if (!isNonnegative(excess)) {
    const wanted = `expected a risk of at least R(θ°) + gap = ${shown(bound)} on the whole range, which is not shown`;
    reject('gap-not-reached', '$.statement.gap', wanted);
  }
  ledger.discharge('lower-risk');
}

/** Where the predictions are the same for all t, the risk is that at one t. */
function checkGapAtOne({ family, middle, better }: FamilyProof, ledger: Ledger): void {
  const least = subtract(middle.lower, better.upper);
  if (compare(least, family.gap) < 0) {
    reject('gap-not-reached', '$.statement.gap', `expected at most ${shown(least)}, found ${shown(family.gap)}`);
  }
  ledger.discharge('lower-risk');
}
