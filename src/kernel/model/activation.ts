import { lcm } from '../arithmetic/gcd.js';
import { entry } from '../arithmetic/matrix.js';
import type { Breakpoints, Location, Ordered } from '../arithmetic/ordered.js';
import {
  add,
  compare,
  divide,
  multiply,
  negate,
  one,
  type Rational,
  rational,
  shown,
  zero,
} from '../arithmetic/rational.js';
import type { Decoded, networkSchema } from '../format.js';
import { deepFreeze } from '../freeze.js';
import { decline, reject, unreachable } from '../verdict.js';

/**
 * A continuous piecewise affine function on the line: breakpoints τ_1 < … < τ_k and k+1 affine pieces, neighbours different.
 * Breakpoints are numerators over one positive denominator; slopes and intercepts over another.
 */
export interface PiecewiseAffine extends Breakpoints {
  readonly slopes: readonly bigint[];
  readonly intercepts: readonly bigint[];
  readonly denominator: bigint;
}

export interface AffinePiece {
  readonly slope: Rational;
  readonly intercept: Rational;
}

type ActivationLayer = Extract<Decoded<typeof networkSchema>['layers'][number], { type: 'activation' }>;

/** @returns the identity, which stands where two affine layers follow each other */
export const identity: PiecewiseAffine = deepFreeze({
  breakpoints: [],
  breakpointDenominator: 1n,
  slopes: [1n],
  intercepts: [0n],
  denominator: 1n,
});

const integer = (n: bigint): Rational => rational(n);
const constant = (c: Rational): AffinePiece => ({ slope: zero, intercept: c });
const through = (slope: Rational): AffinePiece => ({ slope, intercept: zero });

/** The breakpoints and pieces of a layer of the format (proofs/format.md 3), before anything is checked. */
function tableOf(
  layer: ActivationLayer,
  path: string,
): { breakpoints: readonly Rational[]; pieces: readonly AffinePiece[] } {
  switch (layer.function) {
    case 'relu':
      return { breakpoints: [zero], pieces: [constant(zero), through(one)] };
    case 'identity':
      return { breakpoints: [], pieces: [through(one)] };
    case 'abs':
      return { breakpoints: [zero], pieces: [through(integer(-1n)), through(one)] };
    case 'leaky-relu':
      return { breakpoints: [zero], pieces: [through(layer.slope ?? rational(1n, 100n)), through(one)] };
    case 'prelu':
      return { breakpoints: [zero], pieces: [through(layer.slope), through(one)] };
    case 'hardtanh':
      return { breakpoints: [integer(-1n), one], pieces: [constant(integer(-1n)), through(one), constant(one)] };
    case 'relu6':
      return { breakpoints: [zero, integer(6n)], pieces: [constant(zero), through(one), constant(integer(6n))] };
    case 'hard-sigmoid':
      return {
        breakpoints: [integer(-3n), integer(3n)],
        pieces: [constant(zero), { slope: rational(1n, 6n), intercept: rational(1n, 2n) }, constant(one)],
      };
    case 'softshrink': {
      const threshold = layer.threshold ?? rational(1n, 2n);
      if (threshold.num < 0n) {
        reject('out-of-range', `${path}.threshold`, `expected a threshold ≥ 0, found ${shown(threshold)}`);
      }
      const outer = [
        { slope: one, intercept: threshold },
        { slope: one, intercept: negate(threshold) },
      ] as const;
      if (threshold.num === 0n) return { breakpoints: [], pieces: [outer[0]] };
      return { breakpoints: [negate(threshold), threshold], pieces: [outer[0], constant(zero), outer[1]] };
    }
    case 'piecewise':
      return {
        breakpoints: layer.breakpoints.values.map((_, j) => entry(layer.breakpoints, j)),
        pieces: layer.pieces.map(({ polynomial }, j) => {
          if (polynomial.values.length === 0) {
            reject('empty-list', `${path}.pieces[${j}].polynomial`, 'expected at least 1 coefficient, found 0');
          }
          if (polynomial.values.slice(2).some((c) => c !== 0n)) {
            decline(
              'unsupported-activation',
              `${path}.pieces[${j}].polynomial`,
              'only affine pieces have a rule in this version',
            );
          }
          return {
            intercept: entry(polynomial, 0),
            slope: polynomial.values.length > 1 ? entry(polynomial, 1) : zero,
          };
        }),
      };
    default:
      return unreachable(layer);
  }
}

/**
 * Reads an activation, checks that its pieces tile the line and meet continuously, and merges neighbours that are the same
 * affine function (theory.md 0): a breakpoint that is none would make a point look as if it were on a kink.
 */
export function interpretActivation(layer: ActivationLayer, path: string): PiecewiseAffine {
  const { breakpoints, pieces } = tableOf(layer, path);
  if (pieces.length !== breakpoints.length + 1) {
    reject('wrong-shape', `${path}.pieces`, `expected ${breakpoints.length + 1} pieces, found ${pieces.length}`);
  }
  const kept: Rational[] = [];
  const merged: AffinePiece[] = [pieces[0] as AffinePiece];
  for (let j = 0; j < breakpoints.length; j++) {
    const at = breakpoints[j] as Rational;
    const before = breakpoints[j - 1];
    if (before !== undefined && compare(before, at) >= 0) {
      reject(
        'unordered-breakpoints',
        `${path}.breakpoints[${j}]`,
        `expected more than ${shown(before)}, found ${shown(at)}`,
      );
    }
    const [left, right] = [pieces[j] as AffinePiece, pieces[j + 1] as AffinePiece];
    const [from, to] = [valueAt(left, at), valueAt(right, at)];
    if (compare(from, to) !== 0) {
      reject('discontinuous', `${path}.pieces[${j + 1}]`, `jumps from ${shown(from)} to ${shown(to)} at ${shown(at)}`);
    }
    // Continuity and equal slopes make the two pieces one.
    if (compare(left.slope, right.slope) === 0) continue;
    kept.push(at);
    merged.push(right);
  }
  const breakpointDenominator = kept.reduce((common, { den }) => lcm(common, den), 1n);
  const denominator = merged.reduce((common, { slope, intercept }) => lcm(lcm(common, slope.den), intercept.den), 1n);
  return {
    breakpoints: kept.map(({ num, den }) => num * (breakpointDenominator / den)),
    breakpointDenominator,
    slopes: merged.map(({ slope: { num, den } }) => num * (denominator / den)),
    intercepts: merged.map(({ intercept: { num, den } }) => num * (denominator / den)),
    denominator,
  };
}

function valueAt({ slope, intercept }: AffinePiece, t: Rational): Rational {
  return add(multiply(slope, t), intercept);
}

/** @returns piece j with its true slope and intercept */
export function pieceOf(h: PiecewiseAffine, j: number): AffinePiece {
  const over = rational(h.denominator);
  return {
    slope: divide(rational(h.slopes[j] as bigint), over),
    intercept: divide(rational(h.intercepts[j] as bigint), over),
  };
}

/** @returns the numerator of h(z/d) over d · h.denominator; where the location spans pieces, a hull, or either piece at its kink */
export function applyPieces<T>(ring: Ordered<T>, h: PiecewiseAffine, z: T, d: T, { lower, upper }: Location): T {
  let value = applyPiece(ring, h, z, d, lower);
  if (ring.hull !== undefined) {
    for (let j = lower + 1; j <= upper; j++) value = ring.hull(value, applyPiece(ring, h, z, d, j));
  }
  return value;
}

function applyPiece<T>(ring: Ordered<T>, h: PiecewiseAffine, z: T, d: T, j: number): T {
  const [slope, intercept] = [h.slopes[j] as bigint, h.intercepts[j] as bigint];
  const linear = slope === 1n ? z : slope === 0n ? ring.zero : ring.scale(z, slope);
  return intercept === 0n ? linear : ring.add(linear, ring.scale(d, intercept));
}
