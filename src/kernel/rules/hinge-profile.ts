import { bitLength } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import type { Sign } from '../arithmetic/ordered.js';
import { derivative, type Polynomial, signAt } from '../arithmetic/polynomial.js';
import { add, compare, multiply, type Rational, rational, shown, subtract } from '../arithmetic/rational.js';
import { rootCounter } from '../arithmetic/sturm.js';
import type { Meter } from '../limits.js';
import { BoxInstance } from '../model/box-instance.js';
import { exactly, type Risk } from '../model/enclosing.js';
import { criticalKinks, HingeProfiles, type Opening, type ProfilePiece } from '../model/hinge-profiles.js';
import type { DenseValues, Parameters, Stage } from '../model/network.js';
import type { BoxProblem, CriticalRealization } from '../statement.js';
import { type Ledger, reject } from '../verdict.js';

/** A critical realization, and what is known of its risk. */
export interface Listed {
  readonly form: Form;
  readonly risk: Risk;
  /** the point that stands in the list, or null where an interval of its kink does */
  readonly at: BoxInstance | null;
  /** the place in the list of a realization with the same risk by symmetry, or null */
  readonly mirror: number | null;
}

export type Form = { readonly type: 'constant'; readonly value: Rational } | { readonly type: 'affine' } | Hinge;

/** A hinge whose kink is in the open interval (from, to), or is the point from = to. */
export interface Hinge {
  readonly type: 'hinge';
  readonly opens: Opening;
  readonly from: Rational;
  readonly to: Rational;
  /** whether r is least at the kink among kinks near it; else lower values are arbitrarily close */
  readonly isLeast: boolean;
}

/**
 * Shows that a list has every critical realization of one hidden unit on an interval exactly once, and nothing else.
 *
 *  (i) The constant m, the mean of the target, comes first.
 *  (ii) The affine fit follows if its slope is not 0.
 *  (iii) Then the hinges, those that open to the right before the others, kinks ascending: for each opening as many as P has roots that are no roots
 *       of Q in the open pieces (Sturm), and breakpoints of the target with P = 0 ≠ Q. Each kink that is listed is one of these: P vanishes and Q does
 *       not, at a rational point, or P vanishes once and Q nowhere in a closed interval inside a piece.
 *
 * A point stands for the best realization with its kink, since its risk is the least one, which is taken once only.
 *
 * @returns  the list, with risks or their bounds; hinges with what r does at their kinks
 * @see      theory.md 5d; proofs/rules/hinge-profile.md
 */
export function checkCompleteList(
  problem: BoxProblem,
  list: readonly CriticalRealization[],
  meter: Meter,
  ledger: Ledger,
): readonly Listed[] {
  const profiles = new HingeProfiles(problem, meter);
  const listed: Listed[] = [];
  for (const [i, realization] of list.entries()) {
    const path = `$.statement.realizations[${i}]`;
    const next = identify(problem, profiles, realization, listed[0] ?? null, meter, path);
    expectOrder(next.form, listed, path);
    listed.push(next);
    ledger.discharge('critical-realization');
  }
  expectComplete(profiles, listed, meter, ledger);
  return profiles.isMirrored() ? withMirrors(listed, profiles) : listed;
}

function identify(
  problem: BoxProblem,
  profiles: HingeProfiles,
  { place }: CriticalRealization,
  constant: Listed | null,
  meter: Meter,
  path: string,
): Listed {
  if (place.type === 'kink') {
    if (constant === null) return reject('incomplete-list', path, 'expected the constant first');
    const { form, piece } = identifyInterval(profiles, place, meter, `${path}.kink`);
    const gain = profiles.gain(piece, place.from, place.to);
    if (gain === null)
      return reject('not-isolating', `${path}.kink`, 'the interval is too wide for bounds of the risk');
    return { form, risk: below(constant.risk, gain), at: null, mirror: null };
  }
  const at = new BoxInstance(problem, place.point.parameters, meter, `${path}.point`);
  const risk = exactly(at.risk);
  const found = realizationAt(problem, place.point.parameters, meter);
  if (constant === null) {
    if (found.type !== 'constant') return reject('incomplete-list', path, 'expected the constant first');
    if (compare(found.value, profiles.mean) !== 0) {
      reject('not-critical', path, `expected the mean ${shown(profiles.mean)}, found ${shown(found.value)}`);
    }
    return { form: found, risk, at, mirror: null };
  }
  const expectRisk = (gain: Rational): void => {
    const least = subtract(constant.risk.lower, gain);
    if (compare(risk.lower, least) !== 0) {
      const message = `expected the least risk with this kink, ${shown(least)}, found ${shown(risk.lower)}`;
      reject('not-critical', path, message);
    }
  };
  if (found.type === 'constant') return reject('unordered-list', path, 'expected no constant but the first one');
  if (found.type === 'affine') {
    expectRisk(profiles.affineGain);
    return { form: found, risk, at, mirror: null };
  }
  const opens = profiles.openings.includes(found.opens) ? found.opens : 'right';
  const { form, piece } = identifyPoint(profiles, opens, found.kink, meter, path);
  expectRisk((profiles.gain(piece, found.kink, found.kink) as Risk).lower);
  return { form, risk, at, mirror: null };
}

type Realized =
  | Extract<Form, { type: 'constant' | 'affine' }>
  | { readonly type: 'hinge'; readonly opens: Opening; readonly kink: Rational };

/** What c + v h(w x + b) is on [a, b], by the signs of w x + b at both ends. */
function realizationAt({ network, data: { domain } }: BoxProblem, parameters: Parameters, meter: Meter): Realized {
  const [hidden, output] = parameters as readonly [DenseValues, DenseValues];
  const [w, b] = [hidden.weights[0]?.[0], hidden.bias?.[0]] as [bigint, bigint];
  const [v, c] = [output.weights[0]?.[0], output.bias?.[0]] as [bigint, bigint];
  const { lower, upper, denominator } = domain;
  const ends = [lower[0], upper[0]] as [bigint, bigint];
  meter.charge(8, hidden.bits + output.bits, hidden.bits + output.bits + integers.mostBits([...ends, denominator]));
  const [first, second] = ends.map((x) => integers.sign(w * x + b * denominator)) as [number, number];
  const bias = rational(c, output.denominator);
  if (v === 0n) return { type: 'constant', value: bias };
  if (first * second < 0) return { type: 'hinge', opens: w > 0n ? 'right' : 'left', kink: rational(-b, w) };
  const { slopes, denominator: over } = (network.stages[0] as Stage).activation;
  // Both signs 0: the unit is 0 on [a, b], and either slope times 0 says so.
  const slope = multiply(rational(slopes[first + second > 0 ? 1 : 0] as bigint, over), rational(v, output.denominator));
  if (w !== 0n && slope.num !== 0n) return { type: 'affine' };
  return { type: 'constant', value: add(bias, multiply(slope, rational(b, hidden.denominator))) };
}

/** A rational kink: P = 0 ≠ Q there; the signs of r′ beside it are those of −QP. */
function identifyPoint(
  profiles: HingeProfiles,
  opens: Opening,
  kink: Rational,
  meter: Meter,
  path: string,
): { readonly form: Hinge; readonly piece: ProfilePiece } {
  const pieces = profiles.profile(opens);
  meter.charge(8 * pieces.length, bitLength(kink.num) + bitLength(kink.den), 64);
  const left = pieces.find(({ to }) => compare(kink, to) <= 0) as ProfilePiece;
  const right = pieces.find(({ to }) => compare(kink, to) < 0) as ProfilePiece;
  const sign = signAt(left.moment, kink, meter);
  if (sign === 0 || signAt(left.turning, kink, meter) !== 0) {
    return reject(
      'not-critical',
      path,
      `the hinge with its kink at ${shown(kink)} is not critical: P = 0 ≠ Q fails there`,
    );
  }
  const falling = sign * signBeside(left.turning, kink, -1, meter) > 0;
  const rising = sign * signBeside(right.turning, kink, 1, meter) < 0;
  return { form: { type: 'hinge', opens, from: kink, to: kink, isLeast: falling && rising }, piece: left };
}

/** @returns the sign of p just right or left of x; p is not 0 */
function signBeside(p: Polynomial, x: Rational, side: 1 | -1, meter: Meter): Sign {
  let sideOfOrder: 1 | -1 = 1;
  for (let q = p; q.length > 0; q = derivative(q)) {
    const sign = signAt(q, x, meter);
    if (sign !== 0) return (sign * sideOfOrder) as Sign;
    meter.charge(q.length, integers.mostBits(q), 64);
    sideOfOrder = (sideOfOrder * side) as 1 | -1;
  }
  throw new Error('Cannot happen: the profile is constant beside a critical kink');
}

/** A kink known by an interval: inside one piece, with one root of P and none of Q in the closed interval, none of them an end. */
function identifyInterval(
  profiles: HingeProfiles,
  { opens, from, to }: Extract<CriticalRealization['place'], { type: 'kink' }>,
  meter: Meter,
  path: string,
): { readonly form: Hinge; readonly piece: ProfilePiece } {
  if (!profiles.openings.includes(opens)) {
    return reject('unordered-list', path, 'where s⁺ = −s⁻ hinges that open to the left open to the right, too');
  }
  const pieces = profiles.profile(opens);
  meter.charge(8 * pieces.length, integers.mostBits([from.num, from.den, to.num, to.den]), 64);
  const piece = pieces.find((p) => compare(p.from, from) <= 0 && compare(to, p.to) <= 0);
  if (piece === undefined) {
    return reject('not-isolating', path, 'expected an interval between neighbouring breakpoints of the target');
  }
  const { moment, turning } = piece;
  const [before, after] = [from, to].map((x) => signAt(turning, x, meter)) as [Sign, Sign];
  const sign = signAt(moment, from, meter);
  if (sign === 0 || before === 0 || after === 0) {
    return reject('not-isolating', path, 'P or Q is 0 at an end of the interval');
  }
  if (rootCounter(moment, meter)(from, to, 'both') > 0) {
    return reject('not-isolating', path, 'Q is 0 at some kink in the interval');
  }
  const roots = rootCounter(turning, meter)(from, to, 'both');
  if (roots === 0) return reject('not-critical', path, 'no hinge with its kink in the interval is critical');
  if (roots > 1) return reject('not-isolating', path, `${roots} kinks in the interval are critical`);
  const isLeast = sign * before > 0 && sign * after < 0;
  return { form: { type: 'hinge', opens, from, to, isLeast }, piece };
}

/** One constant, then at most one affine function, then hinges in the order of openings and kinks. */
function expectOrder(form: Form, before: readonly Listed[], path: string): void {
  const last = before[before.length - 1]?.form;
  if (form.type === 'affine' && before.length !== 1) {
    reject('unordered-list', path, 'expected the affine fit after the constant');
  }
  if (form.type !== 'hinge' || last?.type !== 'hinge') return;
  const wrong = form.opens === last.opens ? compare(last.to, form.from) >= 0 : form.opens === 'right';
  if (wrong)
    reject('unordered-list', path, 'expected hinges opening right, then left, their kinks ascending and apart');
}

/** All listed hinges are critical and different, so equal numbers leave none out. */
function expectComplete(profiles: HingeProfiles, listed: readonly Listed[], meter: Meter, ledger: Ledger): void {
  const path = '$.statement.realizations';
  if (profiles.slope.num !== 0n && listed[1]?.form.type !== 'affine') {
    reject('incomplete-list', path, `expected the affine fit, whose slope is ${shown(profiles.slope)}`);
  }
  for (const opens of profiles.openings) {
    const pieces = profiles.profile(opens);
    let critical = 0;
    for (const [i, piece] of pieces.entries()) {
      critical += rootCounter(criticalKinks(piece, meter), meter)(piece.from, piece.to, 'neither');
      ledger.discharge('piece');
      if (i + 1 === pieces.length) break;
      const isCritical = signAt(piece.turning, piece.to, meter) === 0 && signAt(piece.moment, piece.to, meter) !== 0;
      if (isCritical) critical++;
      ledger.discharge('breakpoint');
    }
    const found = listed.filter(({ form }) => form.type === 'hinge' && form.opens === opens).length;
    if (found !== critical) {
      reject('incomplete-list', path, `expected ${critical} hinges that open to the ${opens}, found ${found}`);
    }
  }
}

/** A mirrored target mirrors its critical hinges, and the list is complete: the first one is the mirror image of the last. */
function withMirrors(listed: readonly Listed[], { openings }: HingeProfiles): readonly Listed[] {
  const placesOf = (opens: Opening): readonly number[] =>
    listed.flatMap(({ form }, i) => (form.type === 'hinge' && form.opens === opens ? [i] : []));
  const right = placesOf('right');
  const left = openings.length === 1 ? right : placesOf('left');
  const images = [...left.toReversed(), ...right.toReversed()];
  const mirrors = new Map([...right, ...left].map((i, k) => [i, images[k] as number]));
  return listed.map((each, i) => ({ ...each, mirror: mirrors.get(i) ?? null }));
}

function below({ lower, upper }: Risk, gain: Risk): Risk {
  return { lower: subtract(lower, gain.upper), upper: subtract(upper, gain.lower) };
}

/** Shows what r does at the kink of a hinge: least near it, or with lower values beside it. */
export function checkHingeProfile(
  { form }: Pick<Listed, 'form'>,
  wanted: 'minimum' | 'saddle',
  path: string,
  ledger: Ledger,
): void {
  if (form.type !== 'hinge') {
    return reject('wrong-kind', path, 'the profile is about hinges: this realization is constant or affine');
  }
  if (form.isLeast !== (wanted === 'minimum')) {
    const found = form.isLeast
      ? 'least at this kink among kinks near it'
      : 'lower at kinks arbitrarily close to this one';
    reject('wrong-kind', path, `the least risk by the kink is ${found}`);
  }
  ledger.discharge('profile-signs');
}

/** Shows that a realization on a complete list has the least risk there is: none on the list has a lower one. */
export function checkLeastCriticalRisk(listed: readonly Listed[], i: number, meter: Meter, ledger: Ledger): void {
  const { risk, mirror } = listed[i] as Listed;
  for (const [j, other] of listed.entries()) {
    if (j === i || j === mirror || !isBelow(other.risk.lower, risk.upper, meter)) continue;
    const message = `realization ${j} is not shown to have a risk of at least ${shown(risk.upper)}`;
    reject('not-below', `$.statement.realizations[${i}]`, message);
  }
  ledger.discharge('least-critical-risk', listed.length);
}

/** Shows that a realization is spurious: one on the list has a lower risk. */
export function checkLowerRiskOnList(listed: readonly Listed[], i: number, meter: Meter, ledger: Ledger): void {
  const { risk } = listed[i] as Listed;
  if (!listed.some((other) => isBelow(other.risk.upper, risk.lower, meter))) {
    const message = `none on the list is shown to have a risk below ${shown(risk.lower)}`;
    reject('not-below', `$.statement.realizations[${i}]`, message);
  }
  ledger.discharge('lower-risk');
}

/** @returns bounds of the least risk of all */
export function leastRisk(listed: readonly Listed[], meter: Meter): Risk {
  const least = (values: readonly Rational[]): Rational => values.reduce((a, b) => (isBelow(b, a, meter) ? b : a));
  return { lower: least(listed.map(({ risk }) => risk.lower)), upper: least(listed.map(({ risk }) => risk.upper)) };
}

function isBelow(a: Rational, b: Rational, meter: Meter): boolean {
  meter.charge(2, integers.mostBits([a.num, a.den]), integers.mostBits([b.num, b.den]));
  return compare(a, b) < 0;
}
