/** Layers that carry affine functions through an affine segment of the activation, unchanged. */
import { lcm } from '../kernel/arithmetic/gcd.js';
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import type { DenseValues } from '../kernel/model/network.js';
import { denseOf } from './dense-of.js';
import { type Place, readingOf, type Segment } from './segments.js';

/** x ↦ A x + b, by rows, over one positive denominator. */
export interface AffineMap {
  readonly A: readonly (readonly bigint[])[];
  readonly b: readonly bigint[];
  readonly denominator: bigint;
}

/** @returns a layer whose unit c carries A_c x + b_c at its place; the other units have weights 0 and stand at `idle` */
export function carryingLayer(
  { A, b, denominator }: AffineMap,
  places: readonly Place[],
  units: number,
  idle: Rational,
): DenseValues {
  const over = places.reduce((common, { middle, scale }) => lcm(lcm(common, middle.den), scale.den), idle.den);
  const common = denominator * over;
  const at = ({ num, den }: Rational): bigint => (num * common) / den;
  const none = (A[0] as readonly bigint[]).map(() => 0n);
  const rows = Array.from({ length: units }, (_, u) => {
    const place = places[u];
    if (place === undefined) return { weights: none, bias: at(idle) };
    const { middle, scale } = place;
    const factor = (scale.num * over) / scale.den;
    return {
      weights: (A[u] as readonly bigint[]).map((w) => w * factor),
      bias: (b[u] as bigint) * factor + at(middle),
    };
  });
  return denseOf(
    rows.map(({ weights }) => weights),
    rows.map(({ bias }) => bias),
    common,
  );
}

/** @returns p ↦ A p + b of the functions p_j that the units j carry at their places, as a map of the values of all `units` */
export function readingLayer(
  { A, b, denominator }: AffineMap,
  segment: Segment,
  places: readonly Place[],
  units: number,
): AffineMap {
  const readings = places.map((place) => readingOf(segment, place));
  const over = readings.reduce((common, { factor, shift }) => lcm(lcm(common, factor.den), shift.den), 1n);
  const at = ({ num, den }: Rational): bigint => (num * over) / den;
  return {
    A: A.map((row) =>
      Array.from({ length: units }, (_, u) => {
        const reading = readings[u];
        return reading === undefined ? 0n : (row[u] as bigint) * at(reading.factor);
      }),
    ),
    b: A.map((row, c) =>
      readings.reduce((sum, { shift }, u) => sum + (row[u] as bigint) * at(shift), (b[c] as bigint) * over),
    ),
    denominator: denominator * over,
  };
}

export function identityMap(k: number): AffineMap {
  return {
    A: Array.from({ length: k }, (_, c) => Array.from({ length: k }, (__, j) => (c === j ? 1n : 0n))),
    b: new Array<bigint>(k).fill(0n),
    denominator: 1n,
  };
}

export function layerOf({ A, b, denominator }: AffineMap): DenseValues {
  return denseOf(A, b, denominator);
}

export function mapOf({ weights, bias, denominator }: DenseValues): AffineMap {
  return { A: weights, b: bias ?? weights.map(() => 0n), denominator };
}

/** @returns the least and the largest value of each row of the map, over the rows of values / over */
export function rangesOf(
  { A, b, denominator }: AffineMap,
  values: readonly (readonly bigint[])[],
  over: bigint,
): readonly { readonly least: Rational; readonly most: Rational }[] {
  return A.map((row, c) => {
    const support = row.flatMap((w, j) => (w === 0n ? [] : [j]));
    let [least, most] = [null as bigint | null, null as bigint | null];
    for (const x of values) {
      let p = (b[c] as bigint) * over;
      for (const j of support) p += (row[j] as bigint) * (x[j] as bigint);
      if (least === null || p < least) least = p;
      if (most === null || p > most) most = p;
    }
    return { least: rational(least ?? 0n, denominator * over), most: rational(most ?? 0n, denominator * over) };
  });
}
