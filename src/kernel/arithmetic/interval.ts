import { bitLength } from './gcd.js';
import { type Ordered, ordered } from './ordered.js';

/** All reals between two integers, ends included. Invariant: low ≤ high. */
export interface Interval {
  readonly low: bigint;
  readonly high: bigint;
}

export function point(n: bigint): Interval {
  return { low: n, high: n };
}

/**
 * Intervals with integer ends, as numerators over one positive denominator. Every operation gives exactly the hull of what it
 * gives on the members, so nothing is rounded here; ends are rounded outward once, where a ball becomes a box.
 */
export const intervals: Ordered<Interval> = ordered<Interval>({
  zero: point(0n),
  fromInteger: point,
  add: (a, b) => ({ low: a.low + b.low, high: a.high + b.high }),
  negate: (a) => ({ low: -a.high, high: -a.low }),
  multiply(a, b) {
    let low = a.low * b.low;
    let high = low;
    for (const end of [a.low * b.high, a.high * b.low, a.high * b.high]) {
      if (end < low) low = end;
      if (end > high) high = end;
    }
    return { low, high };
  },
  scale: (a, n) => (n < 0n ? { low: a.high * n, high: a.low * n } : { low: a.low * n, high: a.high * n }),
  sign(a) {
    if (a.low > 0n) return 1;
    if (a.high < 0n) return -1;
    return a.low === 0n && a.high === 0n ? 0 : undefined;
  },
  hull: (a, b) => ({ low: a.low < b.low ? a.low : b.low, high: a.high > b.high ? a.high : b.high }),
  constant: (a) => (a.low === a.high ? a.low : null),
  bits: (a) => bitLength(a.low) + bitLength(a.high),
});
