/**
 * The small interface that lets one rule serve every kind of number: a commutative ring with a compatible order.
 *
 * Rules are written over numerators and one positive denominator a layer, so they only add, multiply and ask for signs. The
 * instances are the integers (an exact point), germs at 0⁺ of polynomials (a direction or a curve, germ.ts) and intervals with
 * integer ends (a ball, interval.ts).
 */
import type { Meter } from '../limits.js';
import { bitLength } from './gcd.js';

export type Sign = -1 | 0 | 1;

export interface Ordered<T> {
  readonly zero: T;
  readonly fromInteger: (n: bigint) => T;
  readonly add: (a: T, b: T) => T;
  readonly negate: (a: T) => T;
  readonly multiply: (a: T, b: T) => T;
  /** @returns a · n */
  readonly scale: (a: T, n: bigint) => T;
  /** @returns the sign, or undefined where an enclosure contains 0 but is not 0 */
  readonly sign: (a: T) => Sign | undefined;
  /** @returns from + Σ a_j b_j over the j in support; bits, the most that the sum may have, only chooses the faster loop */
  readonly dot: (from: T, a: readonly T[], b: readonly T[], support: readonly number[], bits: number) => T;
  /** @returns from + Σ a_j n_j over the j in support */
  readonly combine: (from: T, a: readonly T[], n: readonly bigint[], support: readonly number[], bits: number) => T;
  /**
   * The same affine map of many rows x at once, [unit u][row]: from_u + Σ_j a_uj x_j over the j in the support of u. Absent, or null, where no way is
   * known that is faster than row by row; bits is as for `dot`.
   */
  readonly images?: (
    from: readonly T[],
    a: readonly (readonly T[])[],
    supports: readonly (readonly number[])[],
    bits: number,
  ) => ((rows: readonly (readonly T[])[]) => readonly (readonly T[])[]) | null;
  /** Adds factor · n_j to every sums_j, in place. */
  readonly addMultiples: (sums: T[], factor: T, n: readonly bigint[]) => void;
  /** @returns something that encloses both; absent where numbers are points */
  readonly hull?: (a: T, b: T) => T;
  /** @returns the integer that a is, or null where it varies */
  readonly constant: (a: T) => bigint | null;
  /** @returns an upper bound of the bits of a, for the meter */
  readonly bits: (a: T) => number;
  /** @returns the bits of the largest entry, at least 1 */
  readonly mostBits: (row: readonly T[]) => number;
}

/** Completes a ring whose sums of products need no special care. */
export function ordered<T>(ring: Omit<Ordered<T>, 'dot' | 'combine' | 'addMultiples' | 'mostBits'>): Ordered<T> {
  return {
    ...ring,
    dot(from, a, b, support) {
      let sum = from;
      for (const j of support) sum = ring.add(sum, ring.multiply(a[j] as T, b[j] as T));
      return sum;
    },
    addMultiples(sums, factor, n) {
      for (let j = 0; j < n.length; j++) {
        if (n[j] !== 0n) sums[j] = ring.add(sums[j] as T, ring.scale(factor, n[j] as bigint));
      }
    },
    mostBits(row) {
      let most = 1;
      for (const a of row) {
        const bits = ring.bits(a);
        if (bits > most) most = bits;
      }
      return most;
    },
    combine(from, a, n, support) {
      let sum = from;
      for (const j of support) sum = ring.add(sum, ring.scale(a[j] as T, n[j] as bigint));
      return sum;
    },
  };
}

/** Where a number lies among breakpoints: in the pieces from lower to upper; lower < upper at a breakpoint, or where an enclosure spans one. */
export interface Location {
  readonly lower: number;
  readonly upper: number;
}

/** Breakpoints τ_1 < … < τ_k as numerators over one positive denominator. */
export interface Breakpoints {
  readonly breakpoints: readonly bigint[];
  readonly breakpointDenominator: bigint;
}

const locations: Location[][] = [];

/** One object for each location: a network has as many preactivations as data times units, and few pieces. */
export function location(lower: number, upper: number): Location {
  locations[lower] ??= [];
  const row = locations[lower];
  row[upper] ??= Object.freeze({ lower, upper });
  return row[upper];
}

/**
 * Locates z/d among the breakpoints.
 *
 * @param z, d  numerator and positive denominator
 */
export function locate<T>(ring: Ordered<T>, { breakpoints, breakpointDenominator }: Breakpoints, z: T, d: T): Location {
  let lower = 0;
  for (let j = 0; j < breakpoints.length; j++) {
    const at = breakpoints[j] as bigint;
    const side = ring.sign(
      at === 0n ? z : ring.add(ring.scale(z, breakpointDenominator), ring.negate(ring.scale(d, at))),
    );
    if (side === 1) lower = j + 1;
    else if (side === -1) return location(lower, j);
    else if (side === 0) return location(j, j + 1);
    // Undefined: the enclosure meets this breakpoint, so both sides stay possible, and higher breakpoints may be met too.
  }
  return location(lower, breakpoints.length);
}

/**
 * Charges for the location of so many numbers, before they are located: each is compared with every breakpoint.
 *
 * @param bits  of the longest numerator or denominator
 */
export function chargeLocating(
  { breakpoints, breakpointDenominator }: Breakpoints,
  count: number,
  bits: number,
  meter: Meter,
): void {
  let longest = bitLength(breakpointDenominator);
  for (const at of breakpoints) {
    const size = bitLength(at);
    if (size > longest) longest = size;
  }
  meter.charge(count * breakpoints.length, bits, longest);
}
