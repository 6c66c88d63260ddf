/** Which values a unit takes on a box, and which pieces of its activation these meet. */
import type { RationalBox } from '../arithmetic/box-integral.js';
import { bitLength } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import { type Breakpoints, type Location, location } from '../arithmetic/ordered.js';
import { add, negate, type Polynomial, polynomial, scale } from '../arithmetic/polynomial.js';
import { compare, type Rational, rational, zero } from '../arithmetic/rational.js';
import { nonnegativeOn, signOn } from '../arithmetic/sturm.js';
import type { Meter } from '../limits.js';

/** The function values(z)/over for from ≤ z ≤ to. */
export interface Stretch {
  readonly from: Rational;
  readonly to: Rational;
  readonly values: Polynomial;
  /** > 0 */
  readonly over: bigint;
}

/** The least and the largest value of a unit on the part of the box where w·x = z, for all z of a range: both are taken there. */
export interface UnitRange {
  readonly least: readonly Stretch[];
  readonly most: readonly Stretch[];
}

/**
 * The range of γ·x + p_s(z) on slab s, z = w·x, divided by `over`.
 *
 * @param direction  w; null where no slab has been cut, so that p has one entry, a constant
 * @param profiles   p_s by slab
 * @param over       > 0
 * @see              proofs/rules/boxes.md 2, lemma 3
 */
export function rangeOfUnit(
  box: RationalBox,
  direction: readonly bigint[] | null,
  nodes: readonly Rational[],
  gamma: readonly bigint[],
  profiles: readonly Polynomial[],
  over: bigint,
  meter: Meter,
): UnitRange {
  const slabs = profiles.map((values, s) => ({ from: nodes[s] ?? zero, to: nodes[s + 1] ?? zero, values, over }));
  if (gamma.every((c) => c === 0n)) return { least: slabs, most: slabs };
  const w = direction ?? gamma.map(() => 0n);
  const leasts = leastAlong(box, gamma, w, meter);
  const opposite = gamma.map((c) => -c);
  const mosts = leastAlong(box, opposite, w, meter).map((stretch) => ({ ...stretch, values: negate(stretch.values) }));
  return {
    least: slabs.flatMap((slab) => sums(slab, leasts, meter)),
    most: slabs.flatMap((slab) => sums(slab, mosts, meter)),
  };
}

/**
 * The least γ·x on the part of the box where w·x = z, for all z that w·x takes on the box.
 *
 * From the vertex where w·x is least, z grows by as little of γ·x as can be if the coordinates are moved to their other ends one after
 * another, those with the least γ_j/w_j first.
 *
 * @returns its affine pieces; one constant at z = 0 if w = 0
 */
function leastAlong(
  { lower, upper, denominator: B }: RationalBox,
  gamma: readonly bigint[],
  w: readonly bigint[],
  meter: Meter,
): readonly Stretch[] {
  const d = w.length;
  const size = integers.mostBits(gamma) + integers.mostBits(w);
  meter.charge(d * (4 + bitLength(BigInt(d))), size, integers.mostBits([...lower, ...upper, B]) + size);
  // z and γ·x at the place that was reached, over B
  let [z, value] = [0n, 0n];
  const moves: { readonly length: bigint; readonly c: bigint; readonly g: bigint }[] = [];
  w.forEach((c, j) => {
    const [a, b, g] = [lower[j] as bigint, upper[j] as bigint, gamma[j] as bigint];
    const start = c > 0n || (c === 0n && g > 0n) ? a : b;
    z += c * start;
    value += g * start;
    // γ_j/w_j = g/c with c > 0
    if (c > 0n) moves.push({ length: c * (b - a), c, g });
    if (c < 0n) moves.push({ length: -c * (b - a), c: -c, g: -g });
  });
  if (moves.length === 0) return [{ from: zero, to: zero, values: polynomial([value]), over: B }];
  moves.sort((p, q) => integers.sign(p.g * q.c - q.g * p.c) as number);
  return moves.map(({ length, c, g }) => {
    const from = rational(z, B);
    // (value + (z′ − z) g/c) / B with z′ = B · (the variable)
    const values = polynomial([value * c - g * z, g * B]);
    z += length;
    value += (length / c) * g;
    return { from, to: rational(z, B), values, over: B * c };
  });
}

/** @returns the sum of a unit's profile on one slab and of γ·x, which is given without its denominator, on the stretches that they share */
function sums(slab: Stretch, along: readonly Stretch[], meter: Meter): readonly Stretch[] {
  const shared: Stretch[] = [];
  const ends = integers.mostBits([slab.from.num, slab.from.den, slab.to.num, slab.to.den]);
  for (const { from: a, to: b, values, over } of along) {
    meter.charge(6, ends, integers.mostBits([a.num, a.den, b.num, b.den]));
    const from = compare(a, slab.from) < 0 ? slab.from : a;
    const to = compare(b, slab.to) > 0 ? slab.to : b;
    // A common point alone belongs to a neighbour as well, unless z takes no other value.
    if (compare(from, to) > 0 || (compare(from, to) === 0 && along.length > 1)) continue;
    meter.charge(slab.values.length + 4, integers.mostBits([...slab.values, slab.over]), bitLength(over));
    shared.push({ from, to, values: add(scale(slab.values, over), values), over: slab.over * over });
  }
  return shared;
}

/** @returns the pieces that the values meet, and one piece whose closure holds all of them, if there is one */
export function piecesMet(
  { least, most }: UnitRange,
  { breakpoints, breakpointDenominator }: Breakpoints,
  meter: Meter,
): { readonly pieces: Location; readonly one: number | null } {
  let [above, notBelow, below, notAbove] = [0, 0, 0, 0];
  for (const tau of breakpoints) {
    const up = sideOf(least, 1, tau, breakpointDenominator, meter);
    const down = sideOf(most, -1, tau, breakpointDenominator, meter);
    if (up === 'strictly') above++;
    if (up !== null) notBelow++;
    if (down === 'strictly') below++;
    if (down !== null) notAbove++;
  }
  const k = breakpoints.length;
  // The largest value is above k − notAbove breakpoints, and the least is at or above notBelow of them.
  const [from, to] = [k - notAbove, notBelow];
  return { pieces: location(above, k - below), one: from <= to ? from : null };
}

/** @returns whether sign · (f − τ) is > 0 everywhere, or ≥ 0; null if it is < 0 somewhere */
function sideOf(
  stretches: readonly Stretch[],
  sign: 1 | -1,
  tau: bigint,
  tauDenominator: bigint,
  meter: Meter,
): 'strictly' | 'weakly' | null {
  // Of no values everything would be true.
  if (stretches.length === 0) throw new RangeError('Cannot locate the values of a unit: there are none');
  let strictly = true;
  for (const stretch of stretches) {
    const above = less(stretch, tau, tauDenominator, meter);
    const difference = sign === 1 ? above : negate(above);
    if (!nonnegativeOn(difference, stretch.from, stretch.to, meter)) return null;
    strictly &&= signOn(difference, stretch.from, stretch.to, meter) === 1;
  }
  return strictly ? 'strictly' : 'weakly';
}

/** @returns a positive multiple of the function less τ */
export function less({ values, over }: Stretch, tau: bigint, tauDenominator: bigint, meter: Meter): Polynomial {
  const size = integers.mostBits([tau, tauDenominator]);
  meter.charge(values.length + 1, integers.mostBits([...values, over]), size);
  return add(scale(values, tauDenominator), polynomial([-tau * over]));
}
