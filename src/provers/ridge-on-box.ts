/** Better points for the true loss on a box: the best affine fit, and one ridge around a breakpoint. */
import { type RationalBox, rangeOver } from '../kernel/arithmetic/box-integral.js';
import { gcd, lcm } from '../kernel/arithmetic/gcd.js';
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
import { type Activation, affinePieceOf } from '../kernel/model/activation.js';
import type { Parameters, Stage } from '../kernel/model/network.js';
import type { BoxProblem } from '../kernel/statement.js';
import { ratio } from '../numerics/floats.js';
import { nodesOn } from '../numerics/quadrature.js';
import type { BetterPointSearch } from './better-point.js';
import { eliminated, fitWithRidge, type HalfSpace, type Ridge, type RidgeFit } from './box-affine-fit.js';
import { type AffineMap, carryingLayer, identityMap, layerOf, readingLayer } from './carriers.js';
import { denseOf } from './dense-of.js';
import { riskOnBox } from './risk-on-box.js';
import { middleOf, placeFor, type Segment } from './segments.js';

interface Range {
  readonly least: Rational;
  readonly most: Rational;
}

/** The values of row c of the map on the box. */
function rangeOf({ data }: BoxProblem, { A, b, denominator }: AffineMap, c: number): Range {
  const { low, high } = rangeOver(data.domain, A[c] as readonly bigint[]);
  const at = (z: Rational): Rational => divide(add(z, rational(b[c] as bigint)), rational(denominator));
  return { least: at(low), most: at(high) };
}

/** Unit c of every hidden layer carries the fit of output c inside the segment. */
export function carriedOnBox(problem: BoxProblem, fit: AffineMap, segment: Segment): Parameters {
  const { stages } = problem.network;
  const places = fit.A.map((_, c) => {
    const { least, most } = rangeOf(problem, fit, c);
    return placeFor(segment, least, most);
  });
  const layers = [];
  let map = fit;
  for (const { units } of stages.slice(0, -1)) {
    layers.push(carryingLayer(map, places, units, middleOf(segment)));
    map = readingLayer(identityMap(fit.A.length), segment, places, units);
  }
  return [...layers, layerOf(map)];
}

/** Ridges that are tried exactly, of those that promise most in doubles. */
const tried = 4;
/** Where hinges stand, in parts of the range of w·x. */
const parts = 8n;

/**
 * Looks for a ridge beside the best affine fit.
 *
 * @param segment  of nonzero slope: units inside it carry the outputs, one for each in every layer
 * @param bend     around which a unit more of the first layer stands
 * @param risk     to beat
 */
export function findRidgeOnBox(
  problem: BoxProblem,
  fit: AffineMap,
  segment: Segment,
  bend: Bend,
  risk: Rational,
  { observe, effort }: Pick<BetterPointSearch, 'observe' | 'effort'>,
): Parameters | null {
  const candidates = rankedRidges(problem, fit, bend).slice(0, tried + effort);
  for (const [i, ridge] of candidates.entries()) {
    observe?.('better point', i, candidates.length);
    const best = fitWithRidge(problem, ridge);
    if (best === null) continue;
    // In squares the whole way is best; for other losses a part of it may be needed.
    for (const share of [1n, 2n, 4n, 16n, 64n]) {
      const point = aroundABend(problem, towards(fit, best, rational(1n, share)), segment, bend);
      const found = riskOnBox(problem, point);
      if (found !== null && compare(found, risk) < 0) return point;
    }
  }
  return null;
}

/** Ridges by how much of the squared residual of the fit they explain, in doubles. */
function rankedRidges({ data }: BoxProblem, fit: AffineMap, bend: Bend): readonly Ridge[] {
  const nodes = nodesOn(data);
  const rows = fit.A.map((row, c) => [...row, fit.b[c] as bigint].map((n) => ratio(n, fit.denominator)));
  const residuals = nodes.map(({ x, y }) =>
    rows.map((row, c) => [...x, 1].reduce((sum, z, j) => sum - z * (row[j] as number), y[c] as number)),
  );
  const breakpoints = data.domain.lower.length === 1 ? data.targets.flatMap((target) => target.breakpoints) : [];
  const ridges = directionsIn(data.domain.lower.length).flatMap((w): Ridge[] => {
    const { low, high } = rangeOver(data.domain, w);
    const step = divide(subtract(high, low), rational(parts));
    const inside = breakpoints.filter((t) => compare(low, t) < 0 && compare(t, high) < 0);
    const grid = Array.from({ length: Number(parts) - 1 }, (_, i) => add(low, multiply(step, rational(BigInt(i + 1)))));
    return [...inside, ...grid].map((t) => ({ w, t, profile: bentAt(bend, data.domain, { w, t }).profile }));
  });
  const gram = Array.from({ length: data.domain.lower.length + 1 }, (_, i) =>
    Array.from({ length: data.domain.lower.length + 1 }, (__, j) =>
      nodes.reduce((sum, { x, weight }) => sum + weight * (x[i] ?? 1) * (x[j] ?? 1), 0),
    ),
  );
  const scored = ridges.map((ridge) => {
    const w = ridge.w.map(Number);
    const t = ratio(ridge.t.num, ridge.t.den);
    const profile = ridge.profile.map(({ num, den }) => ratio(num, den));
    const gains = rows.map(() => 0);
    const moments = new Array<number>(w.length + 1).fill(0);
    let size = 0;
    nodes.forEach(({ x, weight }, i) => {
      const y = x.reduce((sum, value, j) => sum + value * (w[j] as number), -t);
      if (y <= 0) return;
      const z = profile.reduceRight((sum, r) => (sum + r) * y, 0);
      size += weight * z * z;
      [...x, 1].forEach((value, j) => {
        moments[j] = (moments[j] as number) + weight * z * value;
      });
      residuals[i]?.forEach((r, c) => {
        gains[c] = (gains[c] as number) + weight * r * z;
      });
    });
    // What of the ridge no affine function explains.
    const share = eliminated(gram.map((row, j) => [...row, moments[j] as number]));
    const rest = size - share.reduce((sum, a, j) => sum + a * (moments[j] as number), 0);
    return { ridge, score: rest > 1e-12 * size ? gains.reduce((sum, g) => sum + g * g, 0) / rest : 0 };
  });
  return scored.sort((a, b) => b.score - a.score).map(({ ridge }) => ridge);
}

/** Coordinates, sums and differences of two, and their sum where there are few. */
function directionsIn(d: number): readonly (readonly bigint[])[] {
  const unit = (j: number): bigint[] => new Array<bigint>(d).fill(0n).with(j, 1n);
  const directions = Array.from({ length: d }, (_, j) => unit(j));
  for (let i = 0; i < Math.min(d, 6); i++) {
    for (let j = i + 1; j < Math.min(d, 6); j++) {
      directions.push(unit(i).with(j, 1n), unit(i).with(j, -1n));
    }
  }
  if (d === 3 || d === 4) directions.push(new Array<bigint>(d).fill(1n));
  return directions;
}

/** fit + share · (best − fit) */
function towards(fit: AffineMap, { map, ridge, v }: RidgeFit, share: Rational): RidgeFit {
  const mixed = (a: bigint, b: bigint): Rational => {
    const [from, to] = [rational(a, fit.denominator), rational(b, map.denominator)];
    return add(from, multiply(share, subtract(to, from)));
  };
  const rows = map.A.map((row, c) => [
    ...row.map((w, j) => mixed(fit.A[c]?.[j] as bigint, w)),
    mixed(fit.b[c] as bigint, map.b[c] as bigint),
  ]);
  return { map: overCommon(rows), ridge, v: v.map((a) => multiply(share, a)) };
}

/** @param rows  by output the coefficients of x and 1 */
function overCommon(rows: readonly (readonly Rational[])[]): AffineMap {
  const denominator = rows.flat().reduce((common, { den }) => lcm(common, den), 1n);
  const numerators = rows.map((row) => row.map(({ num, den }) => num * (denominator / den)));
  return {
    A: numerators.map((row) => row.slice(0, -1)),
    b: numerators.map((row) => row.at(-1) as bigint),
    denominator,
  };
}

/**
 * Unit k of the first layer stands at a breakpoint τ beside an affine piece: its preactivation is τ ± δ y, y = w·x − t, with the affine piece where
 * y < 0 and δ so small that no other breakpoint is met. There h = h(τ) ± s δ y + jump · ridge(x) with the slope s of that piece. Units 0 … k−1
 * carry what is left, and every later layer carries the outputs.
 */
function aroundABend(problem: BoxProblem, { map, ridge, v }: RidgeFit, segment: Segment, bend: Bend): Parameters {
  const { stages, outputs: k } = problem.network;
  const [first, ...rest] = stages.slice(0, -1) as [Stage, ...Stage[]];
  const { w, t } = ridge;
  const { step, jump, above } = bentAt(bend, problem.data.domain, ridge);
  // ridge = (h − h(τ) − s · step · y) / jump
  const factors = v.map((a) => divide(a, jump));
  const carriedRows = map.A.map((row, c) => {
    const factor = factors[c] as Rational;
    const slope = multiply(factor, multiply(bend.slope, step));
    const over = rational(map.denominator);
    const linear = row.map((a, j) => subtract(divide(rational(a), over), multiply(slope, rational(w[j] as bigint))));
    const constant = add(divide(rational(map.b[c] as bigint), over), multiply(slope, t));
    return [...linear, subtract(constant, multiply(factor, bend.value))];
  });
  const left = overCommon(carriedRows);
  const places = left.A.map((_, c) => {
    const { least, most } = rangeOf(problem, left, c);
    return placeFor(segment, least, most);
  });
  const row = [...w.map((c) => multiply(step, rational(c))), subtract(bend.at, multiply(step, t))];
  const layers = [withRow(carryingLayer(left, places, first.units, middleOf(segment)), k, row)];
  // Every later layer carries the outputs, whose range is within that of the affine part and those of the ridge's terms.
  let read = readingRidge(readingLayer(identityMap(k), segment, places, first.units), k, factors);
  const later = map.A.map((_, c) => {
    let { least, most } = rangeOf(problem, map, c);
    let power = one;
    for (const r of ridge.profile) {
      power = multiply(power, above);
      const end = multiply(multiply(v[c] as Rational, r), power);
      if (end.num < 0n) least = add(least, end);
      else most = add(most, end);
    }
    return placeFor(segment, least, most);
  });
  for (const { units } of rest) {
    layers.push(carryingLayer(read, later, units, middleOf(segment)));
    read = readingLayer(identityMap(k), segment, later, units);
  }
  return [...layers, layerOf(read)];
}

/** A breakpoint between an affine piece and another one. */
export interface Bend {
  readonly at: Rational;
  readonly value: Rational;
  /** of the affine piece */
  readonly slope: Rational;
  /** 1 if the affine piece is to the left, −1 if it is to the right */
  readonly side: Rational;
  /** d_1, d_2, …: at τ + side · u the other piece less the affine one is Σ_k d_k u^k */
  readonly rise: readonly Rational[];
  /** to the next breakpoint; null where there is none */
  readonly room: Rational | null;
}

/** @returns the first breakpoint beside an affine piece, if there is one */
export function bendOf(h: Activation): Bend | null {
  const taus = h.breakpoints.map((tau) => rational(tau, h.breakpointDenominator));
  for (const [j, at] of taus.entries()) {
    const [left, right] = [coefficientsOf(h, j), coefficientsOf(h, j + 1)];
    if (left === null || right === null) continue;
    const [affine, other] = left.length <= 2 ? [left, right] : [right, left];
    if (affine.length > 2) continue;
    const side = affine === left ? one : negate(one);
    const [value = zero, ...slopes] = shifted(affine, at, side);
    const rise = shifted(other, at, side).slice(1);
    const slope = slopes[0] ?? zero;
    const rooms = [taus[j - 1], taus[j + 1]].flatMap((tau) => {
      if (tau === undefined) return [];
      const distance = subtract(tau, at);
      return [distance.num < 0n ? negate(distance) : distance];
    });
    return {
      ...{ at, value, side },
      slope: multiply(side, slope),
      rise: rise.map((c, k) => (k === 0 ? subtract(c, slope) : c)),
      room: rooms.sort(compare)[0] ?? null,
    };
  }
  return null;
}

/** @returns the coefficients of piece j of an activation, constant first; null where it is no polynomial */
function coefficientsOf(h: Activation, j: number): readonly Rational[] | null {
  const affine = affinePieceOf(h, j);
  if (affine !== null) return [affine.intercept, affine.slope];
  const piece = h.smooth?.[j] ?? null;
  return piece?.function === 'polynomial' ? piece.coefficients : null;
}

/** @returns the coefficients of p(at + side · u) in u */
function shifted(p: readonly Rational[], at: Rational, side: Rational): readonly Rational[] {
  let value: readonly Rational[] = [];
  for (const c of [...p].reverse()) {
    const times = (k: number): Rational => add(multiply(at, value[k] ?? zero), multiply(side, value[k - 1] ?? zero));
    value = Array.from({ length: value.length + 1 }, (_, k) => (k === 0 ? add(times(k), c) : times(k)));
  }
  return value;
}

/** A unit that bends at w·x = t: its preactivation is τ + step · y, and its value jump · ridge more than that of the affine piece. */
interface Bent {
  /** ± δ */
  readonly step: Rational;
  readonly jump: Rational;
  readonly profile: readonly Rational[];
  /** the largest y on the box */
  readonly above: Rational;
}

function bentAt({ side, rise, room }: Bend, domain: RationalBox, { w, t }: HalfSpace): Bent {
  const { low, high } = rangeOver(domain, w);
  const [below, above] = [subtract(low, t), subtract(high, t)];
  const reach = compare(negate(below), above) > 0 ? negate(below) : above;
  const delta = room === null ? one : divide(room, multiply(rational(2n), reach));
  let power = one;
  const scaled = rise.map((c) => {
    power = multiply(power, delta);
    return multiply(c, power);
  });
  const jump = scaled.find(({ num }) => num !== 0n);
  if (jump === undefined) throw new Error('Cannot happen: pieces of a breakpoint are different');
  return { step: multiply(side, delta), jump, profile: scaled.map((c) => divide(c, jump)), above };
}

/** @returns the layer with the weights and the bias of one unit replaced */
function withRow(layer: Parameters[number], unit: number, row: readonly Rational[]): Parameters[number] {
  const common = row.reduce((over, { den }) => lcm(over, den), layer.denominator);
  const factor = common / layer.denominator;
  const numerators = row.map(({ num, den }) => num * (common / den));
  const weights = layer.weights.map((old, u) => (u === unit ? numerators.slice(0, -1) : old.map((c) => c * factor)));
  const bias = (layer.bias as readonly bigint[]).map((b, u) =>
    u === unit ? (numerators.at(-1) as bigint) : b * factor,
  );
  return denseOf(weights, bias, common);
}

/** @returns the map with `factors` as the column of one unit */
function readingRidge({ A, b, denominator }: AffineMap, unit: number, factors: readonly Rational[]): AffineMap {
  const common = factors.reduce((over, { den }) => lcm(over, den), denominator);
  const factor = common / denominator;
  const rows = A.map((row, c) => {
    const { num, den } = factors[c] as Rational;
    return row.map((a, u) => (u === unit ? num * (common / den) : a * factor));
  });
  return reduced(
    rows,
    b.map((c) => c * factor),
    common,
  );
}

function reduced(A: readonly (readonly bigint[])[], b: readonly bigint[], denominator: bigint): AffineMap {
  const g = [...A.flat(), ...b].reduce((common, c) => gcd(common, c), denominator);
  return { A: A.map((row) => row.map((c) => c / g)), b: b.map((c) => c / g), denominator: denominator / g };
}
