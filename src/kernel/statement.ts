/** What is claimed: a kind, a problem, and the points it speaks of, with every shape and sign condition checked. */
import { compare, type Rational, shown } from './arithmetic/rational.js';
import {
  type DecodedAlgebraicPoint,
  type DecodedPoint,
  type DecodedProblem,
  type DecodedStatement,
  type Kind,
  type RealizationKind,
  realizationObligations,
} from './format.js';
import { quote } from './json.js';
import type { Meter } from './limits.js';
import { type BoxData, expectIntegrable, interpretBox } from './model/box.js';
import { interpretData, type Samples } from './model/data.js';
import { type Family, interpretFamily, memberAt, middleOfRange } from './model/family.js';
import { type GaussianTeacher, interpretGaussianTeacher } from './model/gaussian-teacher.js';
import type { Opening } from './model/hinge-profiles.js';
import { expectTargets, interpretLoss, type Loss, type PolynomialLoss } from './model/loss.js';
import { interpretNetwork, interpretPoint, type Network, type Parameters } from './model/network.js';
import { type AlgebraicPoint, interpretAlgebraicPoint, isAlgebraic, roundedPoint } from './model/number-field.js';
import {
  interpretParametrized,
  isParametrized,
  type ParametrizedData,
  squareFactor,
} from './model/parametrized-target.js';
import { decline, reject } from './verdict.js';

/**
 * What is minimised over the free parameters θ (theory.md 0). Rules for samples take a `SampleProblem`, rules for boxes a `BoxProblem`:
 * on a box without samples every sum over samples would vanish, so none may be mistaken for another. Nor may weight decay be overlooked: a rule
 * that knows of it says so by taking a `SummedProblem`.
 */
export type Problem = SampleProblem | DecayedProblem | BoxProblem | ParametrizedProblem | GaussianProblem;

/** A sum over samples, with weight decay or without. */
export type SummedProblem = SampleProblem | DecayedProblem;

interface Posed {
  readonly network: Network;
  /** as it was written, for canonical texts and for messages */
  readonly written: DecodedProblem;
}

/** R(θ) = Σ_i μ_i ℓ(N_θ(x_i), y_i). */
export interface SampleProblem extends Posed {
  readonly type: 'samples';
  readonly loss: Loss;
  readonly data: Samples;
}

/** R(θ) = Σ_i μ_i ℓ(N_θ(x_i), y_i) + decay · |θ|², with the sum of the squares of all free weights and biases. */
export interface DecayedProblem extends Posed {
  readonly type: 'decayed-samples';
  readonly loss: Loss;
  readonly data: Samples;
  /** > 0 */
  readonly decay: Rational;
}

/** R(θ) = ∫ ℓ(N_θ(x), y(x)) ρ(x) dx over a box: dense layers, piecewise polynomial activations, a loss of one polynomial. */
export interface BoxProblem extends Posed {
  readonly type: 'box';
  readonly loss: PolynomialLoss;
  readonly data: BoxData;
}

/** R(θ) = λ ∫ (N_θ(x) − f(x))² dx over an interval, for a target f with rationally parametrised pieces: ∫f² is not known. */
export interface ParametrizedProblem extends Posed {
  readonly type: 'parametrized-target';
  readonly loss: PolynomialLoss;
  /** λ > 0 */
  readonly factor: Rational;
  readonly data: ParametrizedData;
}

/** R(θ) = ½ E (Σ_j relu(w_j·x) − Σ_k relu(v_k·x))², x ~ N(0, I): the network is the student, and the loss half the square. */
export interface GaussianProblem extends Posed {
  readonly type: 'gaussian-teacher';
  readonly loss: Loss;
  readonly data: GaussianTeacher;
}

/** A rational point. */
export interface Point {
  readonly parameters: Parameters;
  readonly written: DecodedPoint;
  readonly algebraic: null;
}

/** A point with numbers of a field Q(a). */
export interface PointInField {
  /** not θ, but a rational point near it: for pictures and decimals */
  readonly parameters: Parameters;
  readonly written: DecodedAlgebraicPoint;
  readonly algebraic: AlgebraicPoint;
}

/** What a statement may speak of. Rules that know rational points only say so by taking a `Statement<P>`, which has no others. */
export type AnyPoint = Point | PointInField;

/** What is claimed, with all its numbers decoded and checked. */
export interface Statement<P extends Problem = Problem, A extends AnyPoint = Point> {
  readonly kind: Kind;
  readonly problem: P;
  /** θ; of a family, its member in the middle of the range; of a list, the first point on it */
  readonly point: A;
  /** θ° of the kinds that name a better point */
  readonly betterPoint: A | null;
  /** of the -near kinds: Euclidean norm over all free parameters */
  readonly radius: Rational | null;
  /** of the kind spurious-family: all points that are claimed to be spurious local minima */
  readonly family: FamilyClaim | null;
  /** of the kind ill-posed-best-approximation: another global minimum, and how far its predictions are from θ's */
  readonly other: { readonly point: Point; readonly jump: Rational } | null;
  /** of the kind complete-critical-realizations: all of them */
  readonly list: readonly CriticalRealization[] | null;
}

/** One realization of a complete list, and what is said of the points that have it. */
export interface CriticalRealization {
  readonly kind: RealizationKind;
  readonly place: { readonly type: 'point'; readonly point: Point } | IsolatedKink;
}

/** A hinge of which only an interval is named that its kink is in, since the kink may be irrational. */
export interface IsolatedKink {
  readonly type: 'kink';
  readonly opens: Opening;
  /** from < to */
  readonly from: Rational;
  readonly to: Rational;
}

/** A statement about any points: what a certificate's text says. */
export type AnyStatement = Statement<Problem, AnyPoint>;

export function isRational(statement: AnyStatement): statement is Statement {
  return statement.point.algebraic === null && (statement.betterPoint?.algebraic ?? null) === null;
}

/** What is said of a family beside its members' being local minima. */
export interface FamilyClaim extends Family {
  /** R(θ(t)) − R(θ°) is at least this, for all t */
  readonly gap: Rational;
  readonly realizations: Realizations;
}

/** Whether different members make the same predictions on the data, are the same function, or are pairwise different functions. */
export type Realizations = (typeof realizationNames)[number];
const realizationNames = ['same-predictions', 'same-function', 'distinct'] as const;

export function interpretProblem(problem: DecodedProblem, meter: Meter, path: string): Problem {
  const network = interpretNetwork(problem.network, meter, `${path}.network`);
  const loss = interpretLoss(problem.loss, meter, `${path}.loss`);
  const { data: written, regularization } = problem;
  if (regularization !== undefined && written.type !== 'samples') {
    decline(
      'unsupported-combination',
      `${path}.regularization`,
      `the pair (l2, ${written.type}) has no rule in this version`,
    );
  }
  if (written.type === 'box') {
    const polynomial = expectIntegrable(problem, network, loss, path);
    if (isParametrized(written)) {
      const factor = squareFactor(loss, `${path}.loss`);
      const data = interpretParametrized(written, network, meter, `${path}.data`);
      return { type: 'parametrized-target', network, loss: polynomial, factor, data, written: problem };
    }
    const data = interpretBox(written, network, meter, `${path}.data`);
    return { type: 'box', network, loss: polynomial, data, written: problem };
  }
  if (written.type === 'gaussian-teacher') {
    const data = interpretGaussianTeacher(written, network, loss, path);
    return { type: 'gaussian-teacher', network, loss, data, written: problem };
  }
  const data = interpretData(written, network, `${path}.data`);
  expectTargets(loss, data, `${path}.data.targets`);
  if (regularization !== undefined) {
    const { l2: decay } = regularization;
    if (decay.num <= 0n) {
      reject('out-of-range', `${path}.regularization.l2`, `expected a number > 0, found ${shown(decay)}`);
    }
    return { type: 'decayed-samples', network, loss, data, decay, written: problem };
  }
  return { type: 'samples', network, loss, data, written: problem };
}

export function pointOf(problem: Problem, written: DecodedPoint, meter: Meter, path: string): Point {
  return { parameters: interpretPoint(problem.network, written, meter, path), written, algebraic: null };
}

export function anyPointOf(
  problem: Problem,
  written: DecodedPoint | DecodedAlgebraicPoint,
  meter: Meter,
  path: string,
): AnyPoint {
  if (!isAlgebraic(written)) return pointOf(problem, written, meter, path);
  const algebraic = interpretAlgebraicPoint(problem.network, written, meter, path);
  return { parameters: roundedPoint(algebraic, meter), written, algebraic };
}

export function interpretStatement(statement: DecodedStatement, meter: Meter, path: string): AnyStatement {
  const problem = interpretProblem(statement.problem, meter, `${path}.problem`);
  const radius = 'radius' in statement ? statement.radius : null;
  if (radius !== null && radius.num <= 0n) {
    reject('nonpositive-radius', `${path}.radius`, `expected a radius > 0, found ${shown(radius)}`);
  }
  const family = statement.kind === 'spurious-family' ? interpretClaim(problem, statement, meter, path) : null;
  const list =
    statement.kind === 'complete-critical-realizations' ? interpretList(problem, statement, meter, path) : null;
  return {
    kind: statement.kind,
    problem,
    point:
      'point' in statement
        ? anyPointOf(problem, statement.point, meter, `${path}.point`)
        : list !== null
          ? firstPoint(list, path)
          : memberOf(problem, family as Family, middleOfRange(family as Family), meter, `${path}.family`),
    betterPoint:
      'betterPoint' in statement ? anyPointOf(problem, statement.betterPoint, meter, `${path}.betterPoint`) : null,
    radius,
    family,
    list,
    other:
      'otherPoint' in statement
        ? {
            point: pointOf(problem, statement.otherPoint, meter, `${path}.otherPoint`),
            jump: jumpOf(statement.jump, `${path}.jump`),
          }
        : null,
  };
}

function interpretList(
  problem: Problem,
  { realizations }: Extract<DecodedStatement, { kind: 'complete-critical-realizations' }>,
  meter: Meter,
  path: string,
): readonly CriticalRealization[] {
  const kinds = Object.keys(realizationObligations) as RealizationKind[];
  return realizations.map(({ kind: written, point, kink }, i) => {
    const at = `${path}.realizations[${i}]`;
    const kind = kinds.find((known) => known === written);
    if (kind === undefined) {
      return reject('unknown-name', `${at}.kind`, `unknown name ${quote(written)}`, { name: written, known: kinds });
    }
    if (point !== undefined) {
      if (kink !== undefined) reject('unknown-key', `${at}.kink`, 'expected no "kink" beside "point"');
      return { kind, place: { type: 'point', point: pointOf(problem, point, meter, `${at}.point`) } };
    }
    if (kink === undefined) return reject('missing-key', at, 'expected the key "point" or "kink"');
    const { opens, from, to } = kink;
    if (opens !== 'right' && opens !== 'left') {
      return reject('unknown-name', `${at}.kink.opens`, `unknown name ${quote(opens)}`, {
        name: opens,
        known: ['right', 'left'],
      });
    }
    if (compare(from, to) >= 0) {
      const message = `expected an interval with inner points, found from ${shown(from)} to ${shown(to)}`;
      reject('empty-range', `${at}.kink`, message);
    }
    return { kind, place: { type: 'kink', opens, from, to } };
  });
}

/** The constant comes first on every list, and its point is named. */
function firstPoint([first]: readonly CriticalRealization[], path: string): Point {
  if (first?.place.type === 'point') return first.place.point;
  return reject('missing-key', `${path}.realizations[0]`, 'expected the key "point": the constant comes first');
}

function jumpOf(jump: Rational, path: string): Rational {
  if (jump.num <= 0n) reject('nonpositive-jump', path, `expected a jump > 0, found ${shown(jump)}`);
  return jump;
}

/** @returns the member of a family at some parameters in its range */
export function memberOf(problem: Problem, family: Family, at: readonly Rational[], meter: Meter, path: string): Point {
  return pointOf(problem, memberAt(family, at, meter), meter, path);
}

function interpretClaim(
  { network }: Problem,
  { family, gap, realizations }: Extract<DecodedStatement, { kind: 'spurious-family' }>,
  meter: Meter,
  path: string,
): FamilyClaim {
  const name = realizationNames.find((known) => known === realizations);
  if (name === undefined) {
    return reject('unknown-name', `${path}.realizations`, `unknown name ${quote(realizations)}`, {
      name: realizations,
      known: realizationNames,
    });
  }
  if (gap.num <= 0n) reject('nonpositive-gap', `${path}.gap`, `expected a gap > 0, found ${shown(gap)}`);
  return { ...interpretFamily(network, family, meter, `${path}.family`), gap, realizations: name };
}
