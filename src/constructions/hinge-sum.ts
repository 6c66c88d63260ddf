/** Continuous piecewise affine functions as sums of hinges, realized exactly on finitely many samples by any activation with a kink. */

import type { Matrix } from '../kernel/arithmetic/matrix.js';
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
import type { DenseValues } from '../kernel/model/network.js';
import { carryingLayer, identityMap, layerOf, mapOf, readingLayer } from '../provers/carriers.js';
import { denseOf } from '../provers/dense-of.js';
import { middleOf, placeFor, readingOf, type Segment, widestSegment } from '../provers/segments.js';
import { type AffineFunction, combination, rangeAt } from './affine-function.js';
import { commonDenominator, numerators } from './training-problem.js';

/** base + Σ factor · max(z, 0), with no z = 0 at a sample. */
export interface HingeSum {
  readonly base: AffineFunction;
  readonly hinges: readonly { readonly factor: Rational; readonly z: AffineFunction }[];
}

/** One unit with preactivation place + scale · z, place a breakpoint: h = value + scale · (right z if z ≥ 0, left z if z ≤ 0). */
interface Hinge {
  readonly place: Rational;
  readonly scale: Rational;
  readonly value: Rational;
  readonly left: Rational;
  readonly right: Rational;
}

/** The breakpoint between affine pieces that needs the least scaling for z from `least` to `most`, or null without any. */
function hingeFor(h: Activation, least: Rational, most: Rational): Hinge | null {
  const breakpoint = (j: number): Rational | null => {
    const at = h.breakpoints[j];
    return at === undefined ? null : rational(at, h.breakpointDenominator);
  };
  let best: Hinge | null = null;
  for (let j = 0; j < h.breakpoints.length; j++) {
    const [before, after] = [affinePieceOf(h, j), affinePieceOf(h, j + 1)];
    if (before === null || after === null) continue;
    const [low, place, high] = [breakpoint(j - 1), breakpoint(j) as Rational, breakpoint(j + 1)];
    let scale = one;
    const tooWide = (): boolean =>
      (low !== null && compare(add(place, multiply(scale, least)), low) <= 0) ||
      (high !== null && compare(add(place, multiply(scale, most)), high) >= 0);
    while (tooWide()) scale = divide(scale, rational(2n));
    const value = add(multiply(before.slope, place), before.intercept);
    if (best === null || compare(scale, best.scale) > 0) {
      best = { place, scale, value, left: before.slope, right: after.slope };
    }
  }
  return best;
}

/** @returns true if the activation has what `realize` needs: a kink between two affine pieces, and a piece of nonzero slope */
export function canRealize(h: Activation): boolean {
  return hingeFor(h, zero, zero) !== null && widestSegment(h, false) !== null;
}

/** @returns the units that a hinge sum needs: one for each hinge, one that carries the affine part */
export function widthOf({ hinges }: HingeSum): number {
  return hinges.length + 1;
}

/** @returns a place strictly inside an affine piece, of slope 0 where there is one: for units that do nothing */
export function idlePlace(h: Activation): Rational {
  return middleOf((widestSegment(h, true) ?? widestSegment(h, false)) as Segment);
}

/** One hidden layer, and the output that reads it. */
export interface Realization {
  readonly first: DenseValues;
  /** one unit */
  readonly last: DenseValues;
}

/**
 * Realizes f on the data. As max(z, 0) = (h(place + scale z) − value − scale · left · z)/(scale (right − left)), every hinge takes one unit;
 * one more carries the affine part less what the hinges add to it. Other units have zero weights, inside an affine piece. No preactivation is
 * on a kink at a sample.
 *
 * @param width  of the hidden layer, at least widthOf(f)
 */
export function realize(h: Activation, { base, hinges }: HingeSum, data: Matrix, width: number): Realization {
  const segment = widestSegment(h, false) as Segment;
  const rows: AffineFunction[] = [];
  const outgoing: Rational[] = [];
  let shift = zero;
  const affine: [Rational, AffineFunction][] = [[one, base]];
  for (const { factor, z } of hinges) {
    const { least, most } = rangeAt(z, data);
    const { place, scale, value, left, right } = hingeFor(h, least, most) as Hinge;
    const weight = divide(factor, multiply(scale, subtract(right, left)));
    rows.push(shifted(combination([[scale, z]]), place));
    outgoing.push(weight);
    shift = subtract(shift, multiply(weight, value));
    affine.push([negate(multiply(weight, multiply(scale, left))), z]);
  }
  const carried = combination(affine);
  const { least, most } = rangeAt(carried, data);
  const carrier = placeFor(segment, least, most);
  const reading = readingOf(segment, carrier);
  rows.unshift(shifted(combination([[carrier.scale, carried]]), carrier.middle));
  outgoing.unshift(reading.factor);
  shift = add(shift, reading.shift);
  const idle = idlePlace(h);
  while (rows.length < width) {
    rows.push({ a: base.a.map(() => 0n), b: idle.num, denominator: idle.den });
    outgoing.push(zero);
  }
  const over = commonDenominator([...outgoing, shift]);
  const [bias, ...weights] = numerators([shift, ...outgoing], over) as [bigint, ...bigint[]];
  return { first: together(rows), last: denseOf([weights], [bias], over) };
}

function shifted({ a, b, denominator }: AffineFunction, by: Rational): AffineFunction {
  return { a: a.map((c) => c * by.den), b: b * by.den + by.num * denominator, denominator: denominator * by.den };
}

function together(rows: readonly AffineFunction[]): DenseValues {
  const common = commonDenominator(rows.map(({ denominator }) => rational(1n, denominator)));
  const factors = rows.map(({ denominator }) => common / denominator);
  return denseOf(
    rows.map(({ a }, u) => a.map((c) => c * (factors[u] as bigint))),
    rows.map(({ b }, u) => b * (factors[u] as bigint)),
    common,
  );
}

/**
 * Puts further hidden layers behind a realization whose values on the data lie between least and most: one unit of each carries the value
 * through an affine segment, the others have zero weights.
 *
 * @param widths  of the further hidden layers
 * @returns one entry for each affine layer, the last one included
 */
export function deepen(
  h: Activation,
  { first, last }: Realization,
  widths: readonly number[],
  { least, most }: { readonly least: Rational; readonly most: Rational },
): readonly DenseValues[] {
  const segment = widestSegment(h, false) as Segment;
  const places = [placeFor(segment, least, most)];
  const layers = [first];
  let output = mapOf(last);
  for (const width of widths) {
    layers.push(carryingLayer(output, places, width, idlePlace(h)));
    output = readingLayer(identityMap(1), segment, places, width);
  }
  return [...layers, layerOf(output)];
}
