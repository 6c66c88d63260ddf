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
import { type Activation, type AffinePiece, affinePieceOf } from '../kernel/model/activation.js';

/** An open interval on which an activation is affine; an end is null at infinity. */
export interface Segment extends AffinePiece {
  readonly low: Rational | null;
  readonly high: Rational | null;
}

/** @returns the widest segment that is constant, or not; one to the right before one to the left */
export function widestSegment(h: Activation, constant: boolean): Segment | null {
  const segments = h.slopes.flatMap((slope, j): Segment[] => {
    const piece = affinePieceOf(h, j);
    if (piece === null || (slope === 0n) !== constant) return [];
    return [{ ...piece, low: breakpoint(h, j - 1), high: breakpoint(h, j) }];
  });
  const right = segments.find(({ high }) => high === null);
  const left = segments.find(({ low }) => low === null);
  let widest = right ?? left ?? null;
  if (widest !== null) return widest;
  let width: Rational | null = null;
  for (const segment of segments) {
    const size = subtract(segment.high as Rational, segment.low as Rational);
    if (width === null || subtract(size, width).num > 0n) [widest, width] = [segment, size];
  }
  return widest;
}

function breakpoint({ breakpoints, breakpointDenominator }: Activation, j: number): Rational | null {
  const at = breakpoints[j];
  return at === undefined ? null : rational(at, breakpointDenominator);
}

/** A place well inside a segment: its middle, or 1 beside its only end. */
export function middleOf({ low, high }: Segment): Rational {
  if (low === null) return high === null ? zero : subtract(high, one);
  if (high === null) return add(low, one);
  return divide(add(low, high), rational(2n));
}

/** Where a unit carries values p: as its preactivation middle + scale · p, strictly inside a segment. */
export interface Place {
  readonly middle: Rational;
  /** > 0 */
  readonly scale: Rational;
}

/**
 * The place for all p with least ≤ p ≤ most.
 *
 * In a half-infinite segment the scale is 1 and the middle an integer; in a finite one, with R an integer ≥ 1 + max |p|, the scale is half its
 * length over R (sources.md 1).
 */
export function placeFor(segment: Segment, least: Rational, most: Rational): Place {
  const { low, high } = segment;
  const middle = middleOf(segment);
  if (low !== null && high !== null) {
    const reach = compare(negate(least), most) > 0 ? negate(least) : most;
    return { middle, scale: divide(subtract(high, low), rational(2n * (ceiling(reach) + 1n))) };
  }
  if (low !== null) {
    const lift = ceiling(subtract(low, least));
    return { middle: rational(lift < 0n ? 1n : lift + 1n), scale: one };
  }
  if (high !== null) {
    const lift = floor(subtract(high, most));
    return { middle: rational(lift > 0n ? -1n : lift - 1n), scale: one };
  }
  return { middle, scale: one };
}

/**
 * How p is read off again behind the activation: there h = slope (middle + scale p) + intercept, so p = factor · h + shift. The slope must
 * not be 0.
 */
export function readingOf(
  { slope, intercept }: Segment,
  { middle, scale }: Place,
): { readonly factor: Rational; readonly shift: Rational } {
  const factor = divide(one, multiply(slope, scale));
  return { factor, shift: negate(multiply(factor, add(multiply(slope, middle), intercept))) };
}

export function floor({ num, den }: Rational): bigint {
  const q = num / den;
  return num % den !== 0n && num < 0n ? q - 1n : q;
}

export function ceiling(a: Rational): bigint {
  return -floor({ ...a, num: -a.num });
}
