import type { Polynomial } from '../arithmetic/polynomial.js';
import { type Quotient, Quotients } from '../arithmetic/quotients.js';
import { compare, multiply, type Rational, rational, shown, subtract } from '../arithmetic/rational.js';
import type { ProofNode } from '../format.js';
import type { Meter } from '../limits.js';
import type { DenseOver } from '../model/evaluation.js';
import { familyOver, type ParameterSpace, spaceOnInterval, withSpace } from '../model/family.js';
import { jointsOf, TargetIntegrals, type TargetMoments, type TargetPiece } from '../model/parametrized-target.js';
import { slopesAtBend } from '../model/units-on-interval.js';
import type { FamilyClaim, ParametrizedProblem } from '../statement.js';
import { decline, type Ledger, reject } from '../verdict.js';
import { checkInjective } from './strictly-monotone.js';

/** What is proved of a family θ(u) of one parameter, and from what. */
export interface ProfileProof {
  readonly problem: ParametrizedProblem;
  readonly family: FamilyClaim;
  /** R(θ°) − λ∫f² */
  readonly better: Rational;
  /** hints from the certificate, untrusted */
  readonly profile: Extract<ProofNode, { rule: 'profile-family' }>;
  readonly injective: Extract<ProofNode, { rule: 'strictly-monotone' }>;
}

/** A unit as its kink passes: the weights W, b, v of one member are numerators over the positive denominators of their layers. */
interface Member {
  readonly space: ParameterSpace<Polynomial>;
  readonly quotients: Quotients;
  readonly hidden: DenseOver<Polynomial>;
  readonly output: DenseOver<Polynomial>;
  /** slopes s⁻ ≠ s⁺ of the activation, over its denominator */
  readonly slopes: readonly [left: bigint, right: bigint];
  readonly over: bigint;
}

/** The signs of the preactivation at both ends of [a, b], for all members: equal where the unit is straight, different where it is kinked. */
interface UnitSigns {
  readonly atLower: 1 | -1;
  readonly atUpper: 1 | -1;
}

/**
 * Rule `profile-family`: every member of θ(u), u in a closed interval T, is a local minimum of R(θ) = λ∫(N_θ − f)² over [a, b], all have one risk, and
 * no two of them are one function.
 *
 * Near θ(u) every realization is A + B x + s h(ε(x − q)): one unit has its kink q inside (a, b), and every other one a strict sign. So R is at
 * least the profile r(q), the least value over A, B, s with this q; and r is one number near q(u), which R(θ(u)) is:
 *
 *  (i) on T, ends included, the preactivation of every unit but one has one strict sign at a and b, that of this one opposite signs;
 *  (ii) its kink −b/w is X(u) for a piece of the target that has T strictly inside its range, so that u ± ε still are parameters of it;
 *  (iii) its outgoing weight is nowhere 0: the kinks are different, and so are the functions;
 *  (iv) N − f is orthogonal to 1, to the kinked unit, and to x if another unit is not flat, as identities in u: N is the best fit with this kink;
 *  (v) ∫ f N is a number, and so is r = λ(∫f² − ∫f N), for all u near T;
 *  (vi) R(θ(u)) − R(θ°) = −λ∫f N − (R(θ°) − λ∫f²) is at least the stated gap.
 *
 * @returns R(θ(u)) − R(θ°), the same for all u
 * @see theory.md 5c; proofs/rules/profile-family.md
 */
export function checkProfileFamily(proof: ProfileProof, meter: Meter, ledger: Ledger): Rational {
  const { problem, family } = proof;
  const [parameter, ...more] = family.parameters;
  if (parameter === undefined || more.length > 0) {
    return decline('unsupported-combination', '$.statement.family.parameters', 'this rule is for one parameter');
  }
  if (proof.profile.parameter !== parameter.name) {
    reject('wrong-hint', '$.proof.localMinimum.parameter', 'the family has no parameter of this name');
  }
  const slopes = slopesAtBend(problem.network);
  const space = spaceOnInterval(parameter, meter);
  const [hidden, output] = familyOver(space, problem.network, family) as [DenseOver<Polynomial>, DenseOver<Polynomial>];
  const over = problem.network.stages[0]?.activation.denominator as bigint;
  const member: Member = { space, quotients: new Quotients(meter), hidden, output, slopes, over };
  const signs = hidden.weights.map((_, j) => signsOf(member, problem, j, ledger));
  const k = theKinked(signs);
  const piece = pieceOfKink(member, proof, k, ledger);
  const sign = space.ring.sign(output.weights[0]?.[k] as Polynomial);
  if (sign !== 1 && sign !== -1) {
    reject('outgoing-weight-vanishes', '$.statement.family', `that of unit ${k} is 0 for some parameter of the range`);
  }
  ledger.discharge('kink-visible');
  const explained = checkBestFit(member, problem, signs, k, piece, meter, ledger);
  const gap = subtract(multiply(problem.factor, rational(-explained.num, explained.den)), proof.better);
  if (compare(gap, family.gap) < 0) {
    reject('gap-not-reached', '$.statement.gap', `expected at most ${shown(gap)}, found ${shown(family.gap)}`);
  }
  ledger.discharge('lower-risk');
  checkDifferent(proof, meter, ledger);
  return gap;
}

/** Condition (i) for one unit. */
function signsOf(
  { space: { ring }, hidden }: Member,
  { data: { domain } }: ParametrizedProblem,
  j: number,
  ledger: Ledger,
): UnitSigns {
  const w = hidden.weights[j]?.[0] as Polynomial;
  const b = hidden.bias?.[j] ?? [];
  // w x + b over (the layer's denominator · that of the ends)
  const [atLower, atUpper] = [domain.lower, domain.upper].map(([x]) =>
    ring.sign(ring.add(ring.scale(w, x as bigint), ring.scale(b, domain.denominator))),
  );
  if ((atLower !== 1 && atLower !== -1) || (atUpper !== 1 && atUpper !== -1)) {
    const what = 'is 0 at an end of the interval for some parameter of the range';
    return reject('on-a-kink', '$.statement.family', `the preactivation of unit ${j} ${what}`);
  }
  ledger.discharge('strict-sign', 2);
  return { atLower, atUpper };
}

function theKinked(signs: readonly UnitSigns[]): number {
  const kinked = signs.flatMap(({ atLower, atUpper }, j) => (atLower === atUpper ? [] : [j]));
  const [k] = kinked;
  if (k === undefined || kinked.length > 1) {
    const found = `this rule is for one unit with its kink inside the interval, found ${kinked.length}`;
    return decline('unsupported-combination', '$.statement.family', found);
  }
  return k;
}

/** Condition (ii). @returns the index of the piece */
function pieceOfKink(
  { quotients, hidden }: Member,
  { problem: { data }, family }: ProfileProof,
  k: number,
  ledger: Ledger,
): number {
  const [{ from, to }] = family.parameters as readonly [FamilyClaim['parameters'][number]];
  const zero = { numerator: [], denominator: [1n] };
  const w = hidden.weights[k]?.[0] as Polynomial;
  const kink = quotients.subtract(zero, quotients.of(hidden.bias?.[k] ?? [], w));
  const along = data.pieces.flatMap((piece, j) =>
    quotients.isZero(quotients.subtract(kink, piece.X)) ? [{ piece, j }] : [],
  );
  const found = along.find(({ piece }) => compare(piece.from, from) < 0 && compare(to, piece.to) < 0);
  if (found === undefined) {
    const why =
      along.length === 0
        ? `the kink of unit ${k} is X(parameter) for no piece of the target`
        : "the range is not strictly inside the range of the piece's parameter";
    return reject('kink-off-piece', '$.statement.family', why);
  }
  ledger.discharge('kink-on-piece');
  return found.j;
}

/**
 * Conditions (iv) and (v). N is α x + β on [a, q] and on [q, b], and g = N − f.
 *
 * @returns ∫ f N
 */
function checkBestFit(
  member: Member,
  problem: ParametrizedProblem,
  signs: readonly UnitSigns[],
  k: number,
  piece: number,
  meter: Meter,
  ledger: Ledger,
): Rational {
  const { quotients: q, slopes } = member;
  const { data } = problem;
  const joints = jointsOf(data);
  const [a, b] = [joints[0], joints[joints.length - 1]].map((end) => q.constant(end as Rational)) as [
    Quotient,
    Quotient,
  ];
  const { X } = data.pieces[piece] as TargetPiece;
  const target = new TargetIntegrals(data, meter);
  const before = target.upToMoving(piece);
  const { zeroth, first } = target.whole();
  const after: TargetMoments<Quotient> = {
    zeroth: q.subtract(q.constant(zeroth), before.zeroth),
    first: q.subtract(q.constant(first), before.first),
  };
  const slopeWhere = (sign: 1 | -1): bigint => slopes[sign > 0 ? 1 : 0];
  const left = lineOf(
    member,
    signs.map(({ atLower }) => slopeWhere(atLower)),
  );
  const right = lineOf(
    member,
    signs.map(({ atUpper }) => slopeWhere(atUpper)),
  );
  const [onLeft, onRight] = [residualMoments(q, left, a, X, before), residualMoments(q, right, X, b, after)];
  const needZero = (moment: Quotient, what: string): void => {
    if (!q.isZero(moment)) reject('nonzero-path-moment', '$.statement.family', `${what} is not 0 for all parameters`);
    ledger.discharge('moment');
  };
  needZero(q.sum(onLeft.zeroth, onRight.zeroth), '∫ (N − f)');
  // Whatever its weights are: a unit that is not flat can tilt the whole realization.
  if (signs.some(({ atLower, atUpper }) => atLower === atUpper && slopeWhere(atLower) !== 0n)) {
    needZero(q.sum(onLeft.first, onRight.first), '∫ (N − f) x');
  }
  const { atLower, atUpper } = signs[k] as UnitSigns;
  // h(w x + b) = w · slope · (x − q) on both sides of q, and w ≠ 0
  const bent = ([side, slope]: readonly [TargetMoments<Quotient>, bigint]): Quotient =>
    q.product(q.constant(rational(slope)), q.subtract(side.first, q.product(X, side.zeroth)));
  needZero(
    q.sum(bent([onLeft, slopeWhere(atLower)]), bent([onRight, slopeWhere(atUpper)])),
    `∫ (N − f) h(w x + b) of unit ${k}`,
  );
  const explained = q.constantOf(
    q.sum(
      q.product(left.constant, before.zeroth),
      q.product(left.slope, before.first),
      q.product(right.constant, after.zeroth),
      q.product(right.slope, after.first),
    ),
  );
  if (explained === null) {
    return reject('profile-not-constant', '$.statement.family', 'the risk of the best fits varies with their kink');
  }
  ledger.discharge('profile-constant');
  return explained;
}

interface Line {
  readonly slope: Quotient;
  readonly constant: Quotient;
}

/** N on a part of [a, b] on which every unit has one slope, all of them over the activation's denominator. */
function lineOf({ space: { ring }, quotients, hidden, output, over }: Member, slopes: readonly bigint[]): Line {
  const denominator = ring.scale(ring.multiply(hidden.denominator, output.denominator), over);
  let slope: Polynomial = ring.zero;
  let constant = ring.scale(ring.multiply(output.bias?.[0] ?? ring.zero, hidden.denominator), over);
  slopes.forEach((s, j) => {
    const v = ring.scale(output.weights[0]?.[j] as Polynomial, s);
    slope = ring.add(slope, ring.multiply(v, hidden.weights[j]?.[0] as Polynomial));
    constant = ring.add(constant, ring.multiply(v, hidden.bias?.[j] ?? ring.zero));
  });
  return { slope: quotients.of(slope, denominator), constant: quotients.of(constant, denominator) };
}

/** ∫ (N − f) and ∫ (N − f) x from one end to another, given the integrals of f. */
function residualMoments(
  q: Quotients,
  { slope, constant }: Line,
  from: Quotient,
  to: Quotient,
  target: TargetMoments<Quotient>,
): TargetMoments<Quotient> {
  /** ∫ x^(n−1) */
  const power = (n: number): Quotient => {
    const raised = (x: Quotient): Quotient => q.product(...new Array<Quotient>(n).fill(x));
    return q.product(q.constant(rational(1n, BigInt(n))), q.subtract(raised(to), raised(from)));
  };
  const [one, two, three] = [power(1), power(2), power(3)];
  return {
    zeroth: q.subtract(q.sum(q.product(constant, one), q.product(slope, two)), target.zeroth),
    first: q.subtract(q.sum(q.product(constant, two), q.product(slope, three)), target.first),
  };
}

/** Different kinks make different functions; so the points are, which one coordinate shows once more. */
function checkDifferent({ problem: { network }, family, injective }: ProfileProof, meter: Meter, ledger: Ledger): void {
  if (injective.predictions !== undefined) {
    reject('unknown-key', '$.proof.injective.predictions', 'on an interval the kinks tell realizations apart');
  }
  if (family.realizations !== 'distinct') {
    reject(
      'predictions-differ',
      '$.statement.realizations',
      'members have different kinks, and are different functions',
    );
  }
  withSpace(family.parameters, meter, (space) => {
    const over = familyOver(space, network, family);
    checkInjective(space, network, over, injective.coordinates, '$.proof.injective.coordinates', ledger);
  });
}
