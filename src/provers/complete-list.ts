/** Complete lists of critical realizations of one hidden unit on an interval, with the kind of each (theory.md 5d). */
import { type Fields, pointJson, problemJson, quantity } from '../formats/write.js';
import { numeratorAt } from '../kernel/arithmetic/polynomial.js';
import {
  add,
  compare,
  divide,
  multiply,
  negate,
  one,
  type Rational,
  rational,
  subtract,
  zero,
} from '../kernel/arithmetic/rational.js';
import type { RealizationKind } from '../kernel/format.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { HingeProfiles, type Opening, type ProfilePiece } from '../kernel/model/hinge-profiles.js';
import type { Parameters, Stage } from '../kernel/model/network.js';
import { checkCompleteList, type Listed } from '../kernel/rules/hinge-profile.js';
import type { BoxProblem, CriticalRealization } from '../kernel/statement.js';
import { Ledger, Refusal } from '../kernel/verdict.js';
import { type FoundKink, findCriticalKinks } from './critical-kinks.js';
import { findCurveOnInterval } from './curves-on-interval.js';
import { denseOf } from './dense-of.js';

export interface FoundList {
  readonly statement: Fields;
  readonly proof: Fields;
  /** how many minima are not told to be global or spurious, since the risks of several may be equal */
  readonly undecided: number;
}

/** Digits after the point of the ends of intervals: more are tried where risks are not told apart. */
const digitsTried = [9, 18, 36, 72];

/** @throws Refusal (declined) for problems that complete lists are not for */
export function findCompleteList(problem: BoxProblem): FoundList | null {
  const meter = new Meter(defaultLimits);
  const profiles = new HingeProfiles(problem, meter);
  const kinks = findCriticalKinks(profiles);
  let best: { readonly list: readonly CriticalRealization[]; readonly kinds: Kinds } | null = null;
  for (const digits of digitsTried) {
    const list = listOf(problem, profiles, kinks, digits);
    const listed = checked(problem, list);
    if (listed === null) continue;
    const kinds = kindsOf(listed, profiles);
    if (best === null || kinds.undecided < best.kinds.undecided) best = { list, kinds };
    if (kinds.undecided === 0) break;
  }
  if (best === null) return null;
  const { list, kinds } = best;
  const proofs = kinds.kinds.map((kind, i) => proofOf(problem, list[i] as CriticalRealization, kind));
  if (proofs.some((proof) => proof === null)) return null;
  return {
    statement: {
      kind: 'complete-critical-realizations',
      problem: problemJson(problem),
      realizations: list.map(({ place }, i) => ({
        kind: kinds.kinds[i] as RealizationKind,
        ...(place.type === 'point'
          ? { point: pointJson(problem.network, place.point.parameters) }
          : { kink: { opens: place.opens, from: quantity(place.from), to: quantity(place.to) } }),
      })),
    },
    proof: { cells: profileNode, each: proofs as readonly Fields[] },
    undecided: kinds.undecided,
  };
}

const profileNode = { rule: 'hinge-profile' } as const;

/** The constant, the affine fit, and the hinges; all called minima for now. */
function listOf(
  problem: BoxProblem,
  profiles: HingeProfiles,
  kinks: readonly FoundKink[],
  digits: number,
): readonly CriticalRealization[] {
  const at = (w: Rational, b: Rational, v: Rational, c: Rational): CriticalRealization => ({
    kind: 'local-minimum',
    place: { type: 'point', point: { parameters: parametersOf(w, b, v, c), written: { layers: [] }, algebraic: null } },
  });
  const { slopes } = (problem.network.stages[0] as Stage).activation;
  const { ends, mean, slope } = profiles;
  const [a, b] = [ends[0], ends[ends.length - 1]] as [Rational, Rational];
  const [left, right] = slopesOf(problem);
  // Off where the activation has a flat side: then the constant is a local minimum.
  const constant = at(zero, rational(slopes[0] === 0n ? -1n : 1n), zero, mean);
  // Strictly on the side of a slope that is not 0, on all of [a, b].
  const [bias, side] = right.num !== 0n ? [subtract(one, a), right] : [negate(add(one, b)), left];
  const intercept = subtract(mean, multiply(slope, multiply(rational(1n, 2n), add(a, b))));
  const fit = at(one, bias, divide(slope, side), subtract(intercept, multiply(slope, bias)));
  const hinges = kinks.map((kink): CriticalRealization => {
    const { opens } = kink;
    const { from, to } = kink.within(digits);
    if (compare(from, to) < 0) return { kind: 'local-minimum', place: { type: 'kink', opens, from, to } };
    const [w, v, c] = hingeAt(profiles, opens, from, left, right);
    return at(w, negate(multiply(w, from)), v, c);
  });
  return [constant, ...(slope.num === 0n ? [] : [fit]), ...hinges];
}

/** @returns k = Q/n of the best hinge with its kink at q */
export function bestHeight(profiles: HingeProfiles, opens: Opening, q: Rational): Rational {
  const piece = profiles.profile(opens).find(({ to }) => compare(q, to) <= 0) as ProfilePiece;
  const valueAt = (p: readonly bigint[], over: bigint): Rational =>
    rational(numeratorAt(p, q, profiles.meter), over * q.den ** BigInt(Math.max(0, p.length - 1)));
  return divide(valueAt(piece.moment, piece.momentDenominator), valueAt(piece.variance, piece.varianceDenominator));
}

/** w = ±1, and v and c of the best hinge with its kink at q. */
function hingeAt(
  profiles: HingeProfiles,
  opens: 'right' | 'left',
  q: Rational,
  left: Rational,
  right: Rational,
): readonly [w: Rational, v: Rational, c: Rational] {
  const { ends, mean } = profiles;
  const v = bestHeight(profiles, opens, q);
  const [a, b] = [ends[0], ends[ends.length - 1]] as [Rational, Rational];
  const [before, after] = [subtract(q, a), subtract(b, q)].map((x) => multiply(rational(1n, 2n), multiply(x, x))) as [
    Rational,
    Rational,
  ];
  const integral =
    opens === 'right'
      ? subtract(multiply(right, after), multiply(left, before))
      : subtract(multiply(right, before), multiply(left, after));
  const c = subtract(mean, divide(multiply(v, integral), subtract(b, a)));
  return [opens === 'right' ? one : rational(-1n), v, c];
}

function slopesOf({ network }: BoxProblem): readonly [Rational, Rational] {
  const { slopes, denominator } = (network.stages[0] as Stage).activation;
  const [left, right] = slopes as readonly [bigint, bigint];
  return [rational(left, denominator), rational(right, denominator)];
}

function parametersOf(w: Rational, b: Rational, v: Rational, c: Rational): Parameters {
  return [
    denseOf([[w.num * b.den]], [b.num * w.den], w.den * b.den),
    denseOf([[v.num * c.den]], [c.num * v.den], v.den * c.den),
  ];
}

/** @returns what the kernel finds out of the list, or null where intervals are not short enough */
function checked(problem: BoxProblem, list: readonly CriticalRealization[]): readonly Listed[] | null {
  try {
    return checkCompleteList(problem, list, new Meter(defaultLimits), new Ledger());
  } catch (error) {
    if (error instanceof Refusal && (error.code === 'not-isolating' || error.code === 'unordered-list')) return null;
    throw error;
  }
}

interface Kinds {
  readonly kinds: readonly RealizationKind[];
  readonly undecided: number;
}

function kindsOf(listed: readonly Listed[], { slope }: HingeProfiles): Kinds {
  let undecided = 0;
  const kinds = listed.map(({ form, risk, mirror, at }, i): RealizationKind => {
    const flat = at !== null && at.problem.network.stages[0]?.activation.slopes.includes(0n) === true;
    const isMinimum = form.type === 'hinge' ? form.isLeast : form.type === 'affine' || flat || slope.num === 0n;
    if (!isMinimum) return 'saddle';
    const others = listed.filter((_, j) => j !== i && j !== mirror);
    if (others.every((other) => compare(risk.upper, other.risk.lower) <= 0)) return 'global-minimum';
    if (others.some((other) => compare(other.risk.upper, risk.lower) < 0)) return 'spurious-local-minimum';
    undecided++;
    return 'local-minimum';
  });
  return { kinds, undecided };
}

function proofOf(problem: BoxProblem, { place }: CriticalRealization, kind: RealizationKind): Fields | null {
  const isHinge = place.type === 'kink' || isBent(problem, place.point.parameters);
  const minimum = isHinge ? profileNode : { rule: 'affine-span' };
  switch (kind) {
    case 'global-minimum':
      return { globalMinimum: { rule: 'least-critical-risk' } };
    case 'spurious-local-minimum':
      return { localMinimum: minimum, lowerRisk: { rule: 'lower-risk' } };
    case 'local-minimum':
      return { localMinimum: minimum };
    case 'saddle': {
      if (place.type === 'kink' || isHinge) return { critical: profileNode, descent: profileNode, ascent: profileNode };
      const descent = findCurveOnInterval(problem, place.point, 'descent');
      const ascent = findCurveOnInterval(problem, place.point, 'ascent');
      return descent === null || ascent === null ? null : { critical: { rule: 'zero-gradient' }, descent, ascent };
    }
  }
}

/** Points of the list: hinges have a kink inside the interval, the others an outgoing weight 0 or a unit of one sign. */
function isBent({ data: { domain } }: BoxProblem, [hidden]: Parameters): boolean {
  const [w, b] = [hidden?.weights[0]?.[0], hidden?.bias?.[0]] as [bigint, bigint];
  const [atLower, atUpper] = [domain.lower[0], domain.upper[0]].map(
    (x) => w * (x as bigint) + b * domain.denominator,
  ) as [bigint, bigint];
  return atLower < 0n !== atUpper < 0n && atLower !== 0n && atUpper !== 0n;
}
