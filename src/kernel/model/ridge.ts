import { type RationalBox, rangeOver, type Slab } from '../arithmetic/box-integral.js';
import { bitLength } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import { primitive } from '../arithmetic/matrix.js';
import { type Location, location } from '../arithmetic/ordered.js';
import { add, multiply, type Polynomial, polynomial, bits as polynomialBits } from '../arithmetic/polynomial.js';
import { compare, type Rational } from '../arithmetic/rational.js';
import { signChanges } from '../arithmetic/sign-changes.js';
import type { Meter } from '../limits.js';
import { decline } from '../verdict.js';
import { type DenseValues, denseOnly, type Network, type Parameters, type Stage } from './network.js';
import { type PiecewisePolynomial, piecewisePolynomial } from './piecewise-polynomial.js';
import { less, piecesMet, rangeOfUnit, type UnitRange } from './unit-range.js';

/** x ↦ A x + b + Σ_k c_k z^k, k ≥ 2, z = w·x, numerators over the realization's denominator. */
export interface SlabMap {
  /** outputs × inputs */
  readonly linear: readonly (readonly bigint[])[];
  readonly constants: readonly bigint[];
  /** for each output c_2, c_3, …; empty where it is affine */
  readonly powers: readonly (readonly bigint[])[];
}

/**
 * The realization of a network on a box of inputs: on each slab t_s ≤ w·x ≤ t_(s+1) of one direction w an affine function of x and a polynomial
 * in w·x. In one dimension w = 1, and the slabs are intervals of x.
 */
export interface Realization {
  /** w, a primitive integer vector; null where no unit bends or curves, so that there is one affine map and no node */
  readonly direction: readonly bigint[] | null;
  /** t_0 < … < t_n, from the least to the largest w·x on the box */
  readonly nodes: readonly Rational[];
  /** one per slab; neighbours agree where they meet */
  readonly maps: readonly SlabMap[];
  readonly denominator: bigint;
  /** bits of the largest numerator above and of the denominator, for the meter */
  readonly bits: number;
  /**
   * For every hidden stage and unit the pieces that its preactivation meets on the closed box: strictly inside one piece if and only if
   * lower = upper. (A unit that the output does not depend on may have a larger range than it meets.)
   */
  readonly locations: readonly (readonly Location[])[];
}

/** What a unit is on the box: linear·x + p_s(z) on slab s, z = w·x, numerators over its layer's denominator. */
interface Ridge {
  /** zeros where the unit is a function of z alone */
  readonly linear: readonly bigint[];
  /** p_s by slab; without a direction one constant */
  readonly profiles: readonly Polynomial[];
}

/** null stands for a unit that is not such a function, and on which no output depends */
interface Layer {
  readonly units: readonly (Ridge | null)[];
  readonly denominator: bigint;
}

/** @returns slab s of the realization, for integrals */
export function slabOf({ nodes }: Realization, s: number): Slab {
  return { low: nodes[s] ?? null, high: nodes[s + 1] ?? null };
}

/**
 * Evaluates a network on a whole box of inputs, layer by layer, exactly.
 *
 * A preactivation that stays in one closed affine piece of its activation over the whole box stays the sum that it was. Any other *bends*
 * (it meets several pieces) or *curves* (it stays in a polynomial piece): it must be a function of one direction only, and the first one fixes
 * this direction w for the whole network; its crossings of the breakpoints are new nodes, and declined if they are irrational. A second
 * direction is declined. Units on which no output depends (all their paths to the outputs pass a weight 0) may do what they like. Layers
 * that are not dense, and activations with other pieces than polynomials, are declined.
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
    const units = zeros.map((_, j) => this.#folded({ linear: zeros.with(j, 1n), profiles: [[]] }));
    return { units, denominator: 1n };
  }

  affine(below: Layer, { weights, bias, denominator: over, bits: weightBits }: DenseValues): Layer {
    const d = this.box.lower.length;
    const length = longestProfile(below);
    const width = d + length * this.#slabs;
    const bits = bitsOf(below);
    const products = weights.reduce((sum, row) => sum + row.reduce((n, w) => (w === 0n ? n : n + 1), 1), 0);
    this.meter.charge(products * width, weightBits, bits);
    this.meter.hold(weights.length * width, weightBits + bits, this.path);
    const units = weights.map((row, u) => {
      const linear = new Array<bigint>(d).fill(0n);
      const constant = (bias?.[u] ?? 0n) * below.denominator;
      const profiles = Array.from({ length: this.#slabs }, () => new Array<bigint>(length).fill(0n).with(0, constant));
      for (const [j, w] of row.entries()) {
        if (w === 0n) continue;
        const input = below.units[j];
        if (input === null || input === undefined) return null;
        integers.addMultiples(linear, w, input.linear);
        profiles.forEach((profile, s) => {
          integers.addMultiples(profile, w, input.profiles[s] as Polynomial);
        });
      }
      return this.#folded({ linear, profiles: profiles.map(polynomial) });
    });
    return { units, denominator: over * below.denominator };
  }

  activate(
    { units, denominator: D }: Layer,
    { activation, layer }: Stage,
    needed: readonly boolean[],
  ): { layer: Layer; locations: readonly Location[] } {
    const h = piecewisePolynomial(activation, this.meter, this.path);
    const bits = bitsOf({ units, denominator: D });
    const bending = new Set<number>();
    const pieces: (number | null)[] = [];
    const locations: Location[] = [];
    units.forEach((unit, u) => {
      const met =
        unit === null
          ? { pieces: location(0, h.breakpoints.length), one: null }
          : piecesMet(this.#rangeOf(unit, D), h, this.meter);
      locations.push(met.pieces);
      pieces.push(met.one);
      if (unit === null || !needed[u] || (met.one !== null && isAffine(h.pieces[met.one] as Polynomial))) return;
      const { linear } = this.#folded(unit);
      if (linear.some((c) => c !== 0n)) this.#needDirection(linear, `unit ${u} of layer ${layer}`, met.one === null);
      bending.add(u);
    });
    const folded = units.map((unit) => (unit === null ? null : this.#folded(unit)));
    const origins = this.#refine(
      [...bending].flatMap((u) =>
        pieces[u] === null ? this.#crossings(folded[u] as Ridge, D, h, `unit ${u} of layer ${layer}`) : [],
      ),
    );
    // A list for each unit that is kept: the piece taken on each slab.
    const taken = folded.map((unit, u): { readonly fine: Ridge; readonly pieces: readonly number[] } | null => {
      const one = pieces[u] as number | null;
      if (unit === null) return null;
      const fine: Ridge = { linear: unit.linear, profiles: origins.map((s) => unit.profiles[s] as Polynomial) };
      if (one === null) return bending.has(u) ? { fine, pieces: this.#piecesBySlab(fine, D, h) } : null;
      if (!bending.has(u) && !isAffine(h.pieces[one] as Polynomial)) return null;
      return { fine, pieces: origins.map(() => one) };
    });
    let degree = 1;
    let [cells, longest] = [0, 1];
    for (const unit of taken) {
      cells += this.box.lower.length;
      unit?.pieces.forEach((j, s) => {
        const outer = (h.pieces[j] as Polynomial).length - 1;
        const inner = (unit.fine.profiles[s] as Polynomial).length - 1;
        this.#limitDegree(outer * inner);
        cells += 2 + (inner > 0 && outer > 0 ? outer * inner : 0);
        longest = larger(longest, inner + 1);
        degree = larger(degree, outer);
      });
    }
    const grown = degree * (bits + bitLength(BigInt(longest))) + h.bits + bitLength(BigInt(degree));
    this.meter.hold(cells + degree, grown, this.path);
    this.meter.charge(degree, degree * bitLength(D), bitLength(D));
    this.meter.charge(taken.length * this.box.lower.length + 1, bits, grown);
    const powers = [1n];
    for (let k = 1; k <= degree; k++) powers.push((powers[k - 1] as bigint) * D);
    const applied = taken.map((unit) => (unit === null ? null : this.#through(unit.fine, unit.pieces, h, powers)));
    return { layer: { units: applied, denominator: (powers[degree] as bigint) * h.denominator }, locations };
  }

  /** Fixes the direction, or declines another one than was fixed. */
  #needDirection(linear: readonly bigint[], name: string, bends: boolean): void {
    if (this.#direction === null) {
      this.#align(primitive(linear), name);
      return;
    }
    const both = bends
      ? `the hinges of ${name} and of ${this.#first} are not parallel on the box: two such hinges have no rule`
      : `${name} curves along another direction than ${this.#first} on the box: two directions have no rule`;
    decline('unsupported-point', this.path, `${both} in this version`);
  }

  #limitDegree(degree: number): void {
    const { degree: most } = this.meter.limits;
    if (!(degree <= most)) decline('limit-degree', this.path, `on the box expected a degree of at most ${most}`);
  }

  /** The outputs, slab by slab. */
  mapsOf(layer: Layer): Omit<Realization, 'locations'> {
    const w = this.#direction;
    const outputs = layer.units as readonly Ridge[];
    const { denominator } = layer;
    const width = this.box.lower.length + longestProfile(layer);
    this.meter.charge(outputs.length * width * this.#slabs, 64, bitsOf(layer));
    const maps = Array.from({ length: this.#slabs }, (_, s): SlabMap => {
      const profiles = outputs.map((output) => output.profiles[s] as Polynomial);
      return {
        linear: outputs.map(({ linear }, c) => {
          const slope = profiles[c]?.[1] ?? 0n;
          return w === null ? linear : linear.map((a, j) => a + slope * (w[j] as bigint));
        }),
        constants: profiles.map((profile) => profile[0] ?? 0n),
        powers: profiles.map((profile) => profile.slice(2)),
      };
    });
    const bits = maps.reduce((most, { linear, constants, powers }) => {
      const here = [...linear, constants, ...powers].reduce((m, row) => larger(m, integers.mostBits(row)), most);
      return larger(most, here);
    }, bitLength(denominator));
    return { direction: w, nodes: this.#nodes, maps, denominator, bits };
  }

  /** @returns the same function, with a linear part that is a multiple of w moved into the profiles */
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
      profiles: unit.profiles.map((profile) => add(profile, [0n, factor])),
    };
  }

  #rangeOf({ linear, profiles }: Ridge, D: bigint): UnitRange {
    return rangeOfUnit(this.box, this.#direction, this.#nodes, linear, profiles, D, this.meter);
  }

  /** @returns the points strictly inside slabs where a function of z alone passes a breakpoint of h */
  #crossings(unit: Ridge, D: bigint, h: PiecewisePolynomial, name: string): readonly Rational[] {
    return this.#rangeOf(unit, D).least.flatMap((stretch) =>
      h.breakpoints.flatMap((tau) => {
        const difference = less(stretch, tau, h.breakpointDenominator, this.meter);
        const points = signChanges(difference, stretch.from, stretch.to, this.meter);
        if (points !== null) return points;
        return decline(
          'unsupported-point',
          this.path,
          `${name} meets a breakpoint on the box at a point that is not known to be rational`,
        );
      }),
    );
  }

  /** @returns for each slab after the crossings have become nodes the slab in which it lay */
  #refine(crossings: readonly Rational[]): readonly number[] {
    if (this.#direction === null) return [0];
    const bits = integers.mostBits(crossings.flatMap(({ num, den }) => [num, den]));
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

  /** @returns for each slab a piece of h that holds a function of z alone, whose crossings are nodes by now */
  #piecesBySlab(unit: Ridge, D: bigint, h: PiecewisePolynomial): readonly number[] {
    return this.#rangeOf(unit, D).least.map((stretch) => {
      const { one } = piecesMet({ least: [stretch], most: [stretch] }, h, this.meter);
      if (one === null) throw new Error('Cannot happen: a breakpoint is passed strictly inside a slab');
      return one;
    });
  }

  /**
   * @param pieces  by slab the piece of h that holds the unit; an affine one, and the same everywhere, unless the unit is a function of z alone
   * @param powers  of the layer's denominator, up to the degree of the pieces that are taken
   * @returns       h of the unit, over the last of the powers times h's denominator
   */
  #through(
    { linear, profiles }: Ridge,
    pieces: readonly number[],
    h: PiecewisePolynomial,
    powers: readonly bigint[],
  ): Ridge {
    const degree = powers.length - 1;
    const pieceOn = (s: number): Polynomial => h.pieces[pieces[s] as number] as Polynomial;
    const top = powers[degree - 1] as bigint;
    const slope = (pieceOn(0)[1] ?? 0n) * top;
    return {
      linear: linear.map((c) => c * slope),
      profiles: profiles.map((p, s) => {
        const piece = pieceOn(s);
        // Σ c_k p^k D^(degree − k), by Horner's rule
        let value: Polynomial = [];
        for (let k = piece.length - 1; k >= 0; k--) {
          const power = powers[degree - k] as bigint;
          this.meter.charge(1, polynomialBits(value) + 64, polynomialBits(p) + 64);
          this.meter.charge(1, bitLength(power), h.bits);
          value = add(multiply(value, p), polynomial([(piece[k] as bigint) * power]));
        }
        return value;
      }),
    };
  }
}

/** Of degree at most 1. */
function isAffine(p: Polynomial): boolean {
  return p.length <= 2;
}

/** @returns how many coefficients the longest profile has, at least 1 */
function longestProfile({ units }: Layer): number {
  let most = 1;
  for (const unit of units) for (const { length } of unit?.profiles ?? []) most = larger(most, length);
  return most;
}

function bitsOf({ units, denominator }: Layer): number {
  let most = bitLength(denominator);
  for (const unit of units) {
    if (unit === null) continue;
    for (const row of [unit.linear, ...unit.profiles]) most = larger(most, integers.mostBits(row));
  }
  return most;
}

function larger(a: number, b: number): number {
  return a > b ? a : b;
}
