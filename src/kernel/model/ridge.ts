import { type RationalBox, rangeOver, type Slab } from '../arithmetic/box-integral.js';
import { bitLength } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import { primitive } from '../arithmetic/matrix.js';
import { type Location, locate, location } from '../arithmetic/ordered.js';
import { compare, type Rational, rational } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import { decline } from '../verdict.js';
import { type PiecewiseAffine, piecewiseAffine } from './activation.js';
import { type DenseValues, denseOnly, type Network, type Parameters, type Stage } from './network.js';

/** x ↦ A x + b, numerators over the realization's denominator. */
export interface AffineMap {
  /** outputs × inputs */
  readonly linear: readonly (readonly bigint[])[];
  readonly constants: readonly bigint[];
}

/**
 * The realization of a network on a box of inputs: affine on each slab t_s ≤ w·x ≤ t_(s+1) of one direction w. In one dimension w = 1,
 * and the slabs are intervals of x.
 */
export interface Realization {
  /** w, a primitive integer vector; null where no unit bends, so that there is one map and no node */
  readonly direction: readonly bigint[] | null;
  /** t_0 < … < t_n, from the least to the largest w·x on the box */
  readonly nodes: readonly Rational[];
  /** one per slab; neighbours agree where they meet */
  readonly maps: readonly AffineMap[];
  readonly denominator: bigint;
  /** bits of the largest numerator above and of the denominator, for the meter */
  readonly bits: number;
  /**
   * For every hidden stage and unit the pieces that its preactivation meets on the closed box: strictly inside one piece if and only if
   * lower = upper. (A unit that the output does not depend on may have a larger range than it meets.)
   */
  readonly locations: readonly (readonly Location[])[];
}

/** What a unit is on the box: linear·x + slopes[s] z + intercepts[s] on slab s, z = w·x, numerators over its layer's denominator. */
interface Ridge {
  /** zeros where the unit is a function of z alone */
  readonly linear: readonly bigint[];
  readonly slopes: readonly bigint[];
  readonly intercepts: readonly bigint[];
}

/** null stands for a unit that is not such a function, and on which no output depends */
interface Layer {
  readonly units: readonly (Ridge | null)[];
  readonly denominator: bigint;
}

/** z/d with d > 0, not in lowest terms: where signs are asked and nothing is kept, a gcd would be most of the work. */
type Fraction = readonly [z: bigint, d: bigint];

/** @returns slab s of the realization, for integrals */
export function slabOf({ nodes }: Realization, s: number): Slab {
  return { low: nodes[s] ?? null, high: nodes[s + 1] ?? null };
}

/**
 * Evaluates a network on a whole box of inputs, layer by layer, exactly.
 *
 * A preactivation that stays in one closed piece of its activation over the whole box stays affine, or the ridge function it was. Any
 * other is *bent*: it must be a function of one direction only, and the first one fixes this direction w for the whole network; its
 * crossings of the breakpoints are new nodes. A second direction is declined. Units on which no output depends (all their paths to the
 * outputs pass a weight 0) may do what they like. Layers that are not dense are declined.
 *
 * @param path  of the point, for messages
 * @see         proofs/rules/boxes.md 2
 */
export function realizationOn(
  box: RationalBox,
  network: Network,
  parameters: Parameters,
  meter: Meter,
  path: string,
): Realization {
  denseOnly(network);
  const sweep = new Sweep(box, meter, path);
  const needed = neededUnits(network, parameters);
  const locations: (readonly Location[])[] = [];
  let layer = sweep.inputs();
  network.stages.forEach((stage, s) => {
    layer = sweep.affine(layer, parameters[s] as DenseValues);
    if (s + 1 === network.stages.length) return;
    const activated = sweep.activate(layer, stage, needed[s] as readonly boolean[]);
    locations.push(activated.locations);
    layer = activated.layer;
  });
  return { ...sweep.mapsOf(layer), locations };
}

/** @returns for each stage the units from which a path of nonzero weights leads to an output */
function neededUnits(network: Network, parameters: Parameters): readonly (readonly boolean[])[] {
  const needed: (readonly boolean[])[] = [new Array<boolean>(network.outputs).fill(true)];
  for (let s = network.stages.length - 1; s > 0; s--) {
    const above = needed[0] as readonly boolean[];
    const used = new Array<boolean>((network.stages[s] as Stage).inputs).fill(false);
    (parameters[s] as DenseValues).weights.forEach((row, u) => {
      if (!above[u]) return;
      row.forEach((w, j) => {
        if (w !== 0n) used[j] = true;
      });
    });
    needed.unshift(used);
  }
  return needed;
}

/** The direction and the slabs found so far. */
class Sweep {
  #direction: readonly bigint[] | null = null;
  /** empty without a direction */
  #nodes: readonly Rational[] = [];
  /** the unit that fixed the direction, for messages */
  #first = '';
  /** bits of the longest node */
  #nodeBits = 1;

  constructor(
    readonly box: RationalBox,
    readonly meter: Meter,
    readonly path: string,
  ) {
    if (box.lower.length === 1) this.#align([1n], 'the input');
  }

  get #slabs(): number {
    return this.#direction === null ? 1 : this.#nodes.length - 1;
  }

  #align(direction: readonly bigint[], first: string): void {
    const { low, high } = rangeOver(this.box, direction);
    this.#direction = direction;
    this.#first = first;
    this.#setNodes([low, high]);
  }

  #setNodes(nodes: readonly Rational[]): void {
    this.#nodes = nodes;
    this.#nodeBits = nodes.reduce((most, { num, den }) => {
      const bits = bitLength(num) + bitLength(den);
      return bits > most ? bits : most;
    }, 1);
  }

  /** The coordinates x_j. */
  inputs(): Layer {
    const d = this.box.lower.length;
    const zeros = new Array<bigint>(d).fill(0n);
    const units = zeros.map((_, j) => this.#folded({ linear: zeros.with(j, 1n), slopes: [0n], intercepts: [0n] }));
    return { units, denominator: 1n };
  }

  affine(below: Layer, { weights, bias, denominator: over, bits: weightBits }: DenseValues): Layer {
    const d = this.box.lower.length;
    const width = d + 2 * this.#slabs;
    const bits = bitsOf(below);
    const products = weights.reduce((sum, row) => sum + row.reduce((n, w) => (w === 0n ? n : n + 1), 1), 0);
    this.meter.charge(products * width, weightBits, bits);
    this.meter.hold(weights.length * width, weightBits + bits, this.path);
    const units = weights.map((row, u) => {
      const linear = new Array<bigint>(d).fill(0n);
      const slopes = new Array<bigint>(this.#slabs).fill(0n);
      const intercepts = new Array<bigint>(this.#slabs).fill((bias?.[u] ?? 0n) * below.denominator);
      for (const [j, w] of row.entries()) {
        if (w === 0n) continue;
        const input = below.units[j];
        if (input === null || input === undefined) return null;
        integers.addMultiples(linear, w, input.linear);
        integers.addMultiples(slopes, w, input.slopes);
        integers.addMultiples(intercepts, w, input.intercepts);
      }
      return this.#folded({ linear, slopes, intercepts });
    });
    return { units, denominator: over * below.denominator };
  }

  activate(
    { units, denominator: D }: Layer,
    { activation, layer }: Stage,
    needed: readonly boolean[],
  ): { layer: Layer; locations: readonly Location[] } {
    const h = piecewiseAffine(activation, this.path);
    const bits = bitsOf({ units, denominator: D });
    const nodes = this.#slabs + 1;
    const d = this.box.lower.length;
    this.meter.charge(units.length * nodes * (2 + h.breakpoints.length + d * d), bits + bitsOfTable(h), this.#nodeBits);

    const bent = new Set<number>();
    const pieces: (number | null)[] = [];
    const locations: Location[] = [];
    units.forEach((unit, u) => {
      const met = unit === null ? { pieces: location(0, h.breakpoints.length), one: null } : this.#met(unit, D, h);
      locations.push(met.pieces);
      pieces.push(met.one);
      if (met.one !== null || !needed[u]) return;
      const { linear } = this.#folded(unit as Ridge);
      const name = `unit ${u} of layer ${layer}`;
      // A preactivation that is not bent by a breakpoint is constant: without a direction, linear is not 0 here.
      if (this.#direction === null) this.#align(primitive(linear), name);
      else if (linear.some((c) => c !== 0n)) {
        decline(
          'unsupported-point',
          this.path,
          `the hinges of ${name} and of ${this.#first} are not parallel on the box: two such hinges have no rule in this version`,
        );
      }
      bent.add(u);
    });
    const folded = units.map((unit) => (unit === null ? null : this.#folded(unit)));
    const origins = this.#refine(
      [...bent].flatMap((u) => this.#crossings(folded[u] as Ridge, D, h)),
      bits + bitsOfTable(h),
    );
    this.meter.hold(units.length * (d + 2 * this.#slabs), bits + bitsOfTable(h), this.path);
    this.meter.charge(units.length * (d + 4 * this.#slabs), bits + this.#nodeBits, bitsOfTable(h));
    const applied = folded.map((unit, u) => {
      const one = pieces[u] as number | null;
      if (unit === null || (one === null && !bent.has(u))) return null;
      const fine: Ridge = {
        linear: unit.linear,
        slopes: origins.map((s) => unit.slopes[s] as bigint),
        intercepts: origins.map((s) => unit.intercepts[s] as bigint),
      };
      return one === null ? this.#bent(fine, D, h) : throughPieces(fine, D, h, () => one);
    });
    return { layer: { units: applied, denominator: D * h.denominator }, locations };
  }

  /** The outputs, slab by slab. */
  mapsOf({ units, denominator }: Layer): Omit<Realization, 'locations'> {
    const w = this.#direction;
    const outputs = units as readonly Ridge[];
    this.meter.charge(outputs.length * this.box.lower.length * this.#slabs, 64, bitsOf({ units, denominator }));
    const maps = Array.from({ length: this.#slabs }, (_, s) => ({
      linear: outputs.map(({ linear, slopes }) =>
        w === null ? linear : linear.map((c, j) => c + (slopes[s] as bigint) * (w[j] as bigint)),
      ),
      constants: outputs.map(({ intercepts }) => intercepts[s] as bigint),
    }));
    const bits = maps.reduce((most, { linear, constants }) => {
      const here = [...linear, constants].reduce((m, row) => larger(m, integers.mostBits(row)), most);
      return larger(most, here);
    }, bitLength(denominator));
    return { direction: w, nodes: this.#nodes, maps, denominator, bits };
  }

  /** @returns the same function, with a linear part that is a multiple of w moved into the slopes */
  #folded(unit: Ridge): Ridge {
    const w = this.#direction;
    if (w === null) return unit;
    const pivot = w.findIndex((c) => c !== 0n);
    const [lead, at] = [w[pivot] as bigint, unit.linear[pivot] as bigint];
    if (at === 0n || unit.linear.some((c, j) => c * lead !== at * (w[j] as bigint))) return unit;
    // w is primitive, so lead divides at: it divides at · w_j for all j.
    const factor = at / lead;
    return {
      linear: unit.linear.map(() => 0n),
      slopes: unit.slopes.map((c) => c + factor),
      intercepts: unit.intercepts,
    };
  }

  /** @returns the pieces that the unit meets on the closed box, and one piece whose closure holds all its values, if there is one */
  #met(unit: Ridge, D: bigint, h: PiecewiseAffine): { pieces: Location; one: number | null } {
    if (h.breakpoints.length === 0) return { pieces: location(0, 0), one: 0 };
    const ends = this.#extremes(unit, D).map(([z, d]) => locate(integers, h, z, d));
    const [first] = ends as [Location];
    let [least, most] = [first.lower, first.upper];
    // A value lies in the closed piece j if and only if lower ≤ j ≤ upper.
    let [from, to] = [least, most];
    for (const { lower, upper } of ends) {
      if (lower < least) least = lower;
      if (upper > most) most = upper;
      if (lower > from) from = lower;
      if (upper < to) to = upper;
    }
    return { pieces: location(least, most), one: from <= to ? from : null };
  }

  /** @returns values of the unit on the box, its least and largest among them */
  #extremes(unit: Ridge, D: bigint): readonly Fraction[] {
    const { linear, slopes, intercepts } = unit;
    // A function of z alone is affine on each slab, so its extremes are at nodes.
    if (this.#direction !== null && linear.every((c) => c === 0n)) {
      return this.#nodes.map((_, i) => this.#valueAt(unit, D, i));
    }
    const w = this.#direction ?? linear.map(() => 0n);
    return slopes.flatMap((slope, s) => {
      const gradient = linear.map((c, j) => c + slope * (w[j] as bigint));
      const least = this.#least(gradient, s);
      const most = this.#least(
        gradient.map((c) => -c),
        s,
      );
      const shift = intercepts[s] as bigint;
      return [
        [least.num + shift * least.den, D * least.den],
        [shift * most.den - most.num, D * most.den],
      ] as const;
    });
  }

  /** @returns the unit, a function of z alone, at node i */
  #valueAt({ slopes, intercepts }: Ridge, D: bigint, i: number): Fraction {
    const { num, den } = this.#nodes[i] as Rational;
    const s = i < slopes.length ? i : i - 1;
    return [(slopes[s] as bigint) * num + (intercepts[s] as bigint) * den, D * den];
  }

  /**
   * The least γ·x over the part of the box in slab s. For every λ it is at least min_box (γ − λw)·x + min(λ t_s, λ t_(s+1)); by
   * duality it is the largest of these bounds, which are concave and piecewise linear in λ with kinks at 0 and at the γ_j/w_j.
   */
  #least(gamma: readonly bigint[], s: number): Rational {
    let best = rangeOver(this.box, gamma).low;
    const w = this.#direction;
    if (w === null) return best;
    const [low, high] = [this.#nodes[s] as Rational, this.#nodes[s + 1] as Rational];
    w.forEach((c, j) => {
      if (c === 0n) return;
      // λ = l/k with k > 0
      const [l, k] = c < 0n ? [-(gamma[j] as bigint), -c] : [gamma[j] as bigint, c];
      const rest = rangeOver(
        this.box,
        gamma.map((g, i) => k * g - l * (w[i] as bigint)),
      ).low;
      const end = l < 0n ? high : low;
      const bound = rational(rest.num * end.den + l * end.num * rest.den, k * rest.den * end.den);
      if (compare(bound, best) > 0) best = bound;
    });
    return best;
  }

  /** @returns the points strictly inside slabs where a function of z alone meets a breakpoint of h */
  #crossings(unit: Ridge, D: bigint, h: PiecewiseAffine): Rational[] {
    const ends = this.#nodes.map((_, i) => locate(integers, h, ...this.#valueAt(unit, D, i)));
    return unit.slopes.flatMap((slope, s) => {
      const [a, b] = [ends[s] as Location, ends[s + 1] as Location];
      const crossings: Rational[] = [];
      // Breakpoint j lies between the pieces j and j + 1: these are the breakpoints strictly between the values at the ends.
      for (let j = smaller(a.upper, b.upper); j < larger(a.lower, b.lower); j++) {
        const rise = (h.breakpoints[j] as bigint) * D - (unit.intercepts[s] as bigint) * h.breakpointDenominator;
        crossings.push(rational(rise, slope * h.breakpointDenominator));
      }
      return crossings;
    });
  }

  /** @returns for each slab after the crossings have become nodes the slab in which it lay */
  #refine(crossings: readonly Rational[], bits: number): readonly number[] {
    if (this.#direction === null) return [0];
    this.meter.charge(crossings.length * (4 + bitLength(BigInt(crossings.length))), bits, bits + this.#nodeBits);
    this.meter.hold(this.#nodes.length + crossings.length, 2 * bits + this.#nodeBits, this.path);
    const fresh = [...crossings].sort(compare);
    const nodes: Rational[] = [];
    const origins: number[] = [];
    let next = 0;
    for (let s = 0; s + 1 < this.#nodes.length; s++) {
      nodes.push(this.#nodes[s] as Rational);
      origins.push(s);
      const end = this.#nodes[s + 1] as Rational;
      for (; next < fresh.length && compare(fresh[next] as Rational, end) < 0; next++) {
        const crossing = fresh[next] as Rational;
        if (compare(crossing, nodes[nodes.length - 1] as Rational) === 0) continue;
        nodes.push(crossing);
        origins.push(s);
      }
    }
    this.#setNodes([...nodes, this.#nodes[this.#nodes.length - 1] as Rational]);
    return origins;
  }

  /** @returns h of a function of z alone, whose crossings are nodes by now */
  #bent(unit: Ridge, D: bigint, h: PiecewiseAffine): Ridge {
    const ends = this.#nodes.map((_, i) => locate(integers, h, ...this.#valueAt(unit, D, i)));
    // No breakpoint lies strictly between the values at the ends of a slab, so both lie in one closed piece.
    return throughPieces(unit, D, h, (s) => larger((ends[s] as Location).lower, (ends[s + 1] as Location).lower));
  }
}

/** @returns h of the unit, where its values on slab s lie in the closed piece pieceOn(s) */
function throughPieces(
  { linear, slopes, intercepts }: Ridge,
  D: bigint,
  h: PiecewiseAffine,
  pieceOn: (s: number) => number,
): Ridge {
  const slopeOn = (s: number): bigint => h.slopes[pieceOn(s)] as bigint;
  // Only functions of z alone take different pieces, and their linear part is 0.
  return {
    linear: linear.map((c) => c * slopeOn(0)),
    slopes: slopes.map((c, s) => c * slopeOn(s)),
    intercepts: intercepts.map((c, s) => c * slopeOn(s) + (h.intercepts[pieceOn(s)] as bigint) * D),
  };
}

function bitsOf({ units, denominator }: Layer): number {
  let most = bitLength(denominator);
  for (const unit of units) {
    if (unit === null) continue;
    for (const row of [unit.linear, unit.slopes, unit.intercepts]) most = larger(most, integers.mostBits(row));
  }
  return most;
}

function bitsOfTable({ slopes, intercepts, denominator, breakpoints, breakpointDenominator }: PiecewiseAffine): number {
  return integers.mostBits([...slopes, ...intercepts, denominator, ...breakpoints, breakpointDenominator]);
}

function smaller(a: number, b: number): number {
  return a < b ? a : b;
}

function larger(a: number, b: number): number {
  return a > b ? a : b;
}
