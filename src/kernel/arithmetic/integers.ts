import { bitLength } from './gcd.js';
import type { Ordered } from './ordered.js';

function dot(a: readonly bigint[], b: readonly bigint[], support: readonly number[]): bigint {
  let sum = 0n;
  for (let s = 0; s < support.length; s++) {
    const j = support[s] as number;
    sum += (a[j] as bigint) * (b[j] as bigint);
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
