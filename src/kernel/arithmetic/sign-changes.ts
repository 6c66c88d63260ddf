/** Where a polynomial changes its sign between two rational ends, if that is at rational points. */
import type { Meter } from '../limits.js';
import { bitLength } from './gcd.js';
import { oddPart, type Polynomial, signAt } from './polynomial.js';
import { compare, type Rational, rational } from './rational.js';
import { rootCounter } from './sturm.js';

/**
 * Finds the points strictly between two ends where p changes its sign.
 *
 * These are the roots of the odd part of p, which are simple. With L its leading coefficient, every rational root is an integer over L, so
 * the integers between L · from and L · to are halved as long as Sturm's theorem finds a root between.
 *
 * @returns the points, in no order; null if one of them is irrational
 * @throws  RangeError if from > to
 * @see     proofs/rules/boxes.md 2
 */
export function signChanges(p: Polynomial, from: Rational, to: Rational, meter: Meter): readonly Rational[] | null {
  const odd = p.length <= 2 ? p : oddPart(p, meter);
  const lead = odd[odd.length - 1];
  // A constant does not change its sign, and neither does a product of squares.
  if (lead === undefined || odd.length === 1) return [];
  if (odd.length === 2) {
    const constant = odd[0] as bigint;
    meter.charge(4, bitLength(constant), bitLength(lead));
    const root = rational(-constant, lead);
    return compare(from, root) < 0 && compare(root, to) < 0 ? [root] : [];
  }
  const L = lead < 0n ? -lead : lead;
  const countRoots = rootCounter(odd, meter);
  const found: Rational[] = [];
  // Open intervals (a, b), and the first and the last integer k with a < k/L < b.
  const open = [{ a: from, b: to, first: floorOfMultiple(L, from) + 1n, last: -floorOfMultiple(-L, to) - 1n }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { a, b, first, last } = next;
    if (countRoots(a, b, 'neither') === 0) continue;
    if (first > last) return null;
    const k = (first + last) >> 1n;
    meter.charge(4, bitLength(k), bitLength(L));
    const middle = rational(k, L);
    if (signAt(odd, middle, meter) === 0) found.push(middle);
    open.push({ a, b: middle, first, last: k - 1n }, { a: middle, b, first: k + 1n, last });
  }
  return found;
}

/** @returns the largest integer that is at most n · x */
function floorOfMultiple(n: bigint, { num, den }: Rational): bigint {
  const product = n * num;
  const quotient = product / den;
  return product < 0n && product % den !== 0n ? quotient - 1n : quotient;
}
