import { bitLength } from './gcd.js';
import type { Ordered } from './ordered.js';
import { pack, unpack } from './packed.js';

/** Machine words have 64 bits, one of them the sign. */
const wordBits = 63;

/**
 * from + Σ a_j b_j twice over, the same exact sum: V8 compiles a loop that has only met bigints of one word to machine arithmetic, and
 * gives that up for good, at seven times the cost, once it has met a longer one. So short sums have a loop of their own.
 */
function dot(
  from: bigint,
  a: readonly bigint[],
  b: readonly bigint[],
  support: readonly number[],
  bits: number,
): bigint {
  let sum = from;
  if (bits <= wordBits) {
    for (let s = 0; s < support.length; s++) {
      const j = support[s] as number;
      sum += (a[j] as bigint) * (b[j] as bigint);
    }
    return sum;
  }
  return longDot(sum, a, b, support);
}

function longDot(from: bigint, a: readonly bigint[], b: readonly bigint[], support: readonly number[]): bigint {
  let sum = from;
  for (let s = 0; s < support.length; s++) {
    const j = support[s] as number;
    const factor = b[j] as bigint;
    if (factor !== 0n) sum += (a[j] as bigint) * factor;
  }
  return sum;
}

function mostBits(row: readonly bigint[]): number {
  let low = -1n;
  let high = 1n;
  for (const a of row) {
    if (a > high) high = a;
    else if (a < low) low = a;
  }
  return bitLength(high > -low ? high : low);
}

function longestOf(rows: readonly (readonly bigint[])[]): number {
  return rows.reduce((most, row) => {
    const bits = mostBits(row);
    return bits > most ? bits : most;
  }, 1);
}

/** Packing and unpacking cost as much as this many products an entry (measured). */
const packingCost = 4;

/**
 * The rows of x column by column in long numbers, and their combinations. Where no x_j has more than b bits, no a_uj more than c, and there are less
 * than 2^k columns, a sum of products is below 2^(b + c + k) in size; with from_u below 2^(width − 2), as that is, all stay below 2^(width − 1).
 */
function images(
  from: readonly bigint[],
  a: readonly (readonly bigint[])[],
  supports: readonly (readonly number[])[],
  bits: number,
): ((rows: readonly (readonly bigint[])[]) => readonly (readonly bigint[])[]) | null {
  const columns = a[0]?.length ?? 0;
  const products = supports.reduce((sum, { length }) => sum + length, 0);
  if (bits <= wordBits || products < packingCost * (columns + a.length)) return null;
  const longest = mostBits(from);
  const factors = bitLength(BigInt(columns)) + longestOf(a);
  return (rows) => {
    const sum = factors + longestOf(rows);
    const width = 2 + (sum > longest ? sum : longest);
    const ones = pack(new Array<bigint>(rows.length).fill(1n), width);
    const packed = Array.from({ length: columns }, (_, j) =>
      pack(
        rows.map((x) => x[j] as bigint),
        width,
      ),
    );
    return a.map((row, u) =>
      unpack(longDot((from[u] as bigint) * ones, packed, row, supports[u] as readonly number[]), rows.length, width),
    );
  };
}

/** The integers: numerators of exact points. */
export const integers: Ordered<bigint> = {
  zero: 0n,
  fromInteger: (n) => n,
  add: (a, b) => a + b,
  negate: (a) => -a,
  multiply: (a, b) => a * b,
  scale: (a, n) => a * n,
  sign: (a) => (a < 0n ? -1 : a > 0n ? 1 : 0),
  dot,
  combine: dot,
  addMultiples(sums, factor, n) {
    for (let j = 0; j < n.length; j++) {
      const c = n[j] as bigint;
      if (c !== 0n) sums[j] = (sums[j] as bigint) + factor * c;
    }
  },
  constant: (a) => a,
  bits: bitLength,
  mostBits,
  images,
};
