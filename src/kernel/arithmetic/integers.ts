import { bitLength } from './gcd.js';
import type { Ordered } from './ordered.js';

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
  mostBits(row) {
    let low = -1n;
    let high = 1n;
    for (const a of row) {
      if (a > high) high = a;
      else if (a < low) low = a;
    }
    return bitLength(high > -low ? high : low);
  },
};
