/**
 * Signs of a polynomial on an interval with rational ends, decided exactly by Sturm's theorem.
 *
 * @see proofs/rules/polynomials.md
 */
import type { Meter } from '../limits.js';
import type { Sign } from './ordered.js';
import {
  derivative,
  divideExactly,
  negate,
  oddPart,
  type Polynomial,
  primitivePart,
  pseudoRemainder,
  signAt,
} from './polynomial.js';
import { add, compare, multiply, type Rational, rational, subtract } from './rational.js';

/** Which ends belong to an interval. */
export type Ends = 'both' | 'neither' | 'from' | 'to';

/**
 * Sturm's chain of p: p, p′, then the negated remainders, each up to a positive factor; all divided by the last one, the greatest common
 * divisor of p and p′, so that the first has the roots of p, each of them once.
 */
type Chain = readonly Polynomial[];

/** @throws RangeError if p = 0, which is 0 everywhere */
function chainOf(p: Polynomial, meter: Meter): Chain {
  if (p.length === 0) throw new RangeError('Cannot count the roots of the polynomial 0');
  const chain: Polynomial[] = [];
  let [last, next] = [primitivePart(p, meter), primitivePart(derivative(p), meter)];
  chain.push(last);
  while (next.length > 0) {
    chain.push(next);
    [last, next] = [next, primitivePart(negate(pseudoRemainder(last, next, meter)), meter)];
  }
  return last.length === 1 ? chain : chain.map((f) => divideExactly(f, last, meter));
}

/** @returns how often the signs change along the list, zeros left out */
function variations(signs: readonly Sign[]): number {
  let count = 0;
  let last: Sign = 0;
  for (const sign of signs) {
    if (sign === 0) continue;
    if (last !== 0 && sign !== last) count++;
    last = sign;
  }
  return count;
}

function variationsAt(chain: Chain, x: Rational, meter: Meter): number {
  return variations(chain.map((f) => signAt(f, x, meter)));
}

/** @param side  1 for +∞, −1 for −∞ */
function variationsAtInfinity(chain: Chain, side: 1 | -1): number {
  return variations(
    chain.map((f) => {
      const lead = (f[f.length - 1] as bigint) < 0n ? -1 : 1;
      return side === -1 && f.length % 2 === 0 ? (-lead as Sign) : lead;
    }),
  );
}

/** Counts the different real roots of p between two ends. */
export type RootCounter = (from: Rational, to: Rational, ends: Ends) => number;

/**
 * Makes Sturm's chain of p once, for many intervals.
 *
 * @returns what throws a RangeError if from > to
 * @throws RangeError if p = 0
 */
export function rootCounter(p: Polynomial, meter: Meter): RootCounter {
  const chain = chainOf(p, meter);
  return (from, to, ends) => {
    expectInOrder(from, to);
    const [atFrom, atTo] = [from, to].map((x) => (signAt(p, x, meter) === 0 ? 1 : 0)) as [number, number];
    if (compare(from, to) === 0) return ends === 'both' ? atTo : 0;
    // The difference counts the end `to` and not the end `from`.
    const count = variationsAt(chain, from, meter) - variationsAt(chain, to, meter);
    const withFrom = ends === 'both' || ends === 'from' ? atFrom : 0;
    const withoutTo = ends === 'neither' || ends === 'from' ? atTo : 0;
    return count + withFrom - withoutTo;
  };
}

/**
 * Counts the different real roots of p between two ends, by Sturm's theorem.
 *
 * @throws RangeError if p = 0 or from > to
 */
export function countRoots(p: Polynomial, from: Rational, to: Rational, ends: Ends, meter: Meter): number {
  expectInOrder(from, to);
  return rootCounter(p, meter)(from, to, ends);
}

/** Counts the different real roots of p. @throws RangeError if p = 0 */
export function countRealRoots(p: Polynomial, meter: Meter): number {
  const chain = chainOf(p, meter);
  return variationsAtInfinity(chain, -1) - variationsAtInfinity(chain, 1);
}

/**
 * @returns 0 if p is 0 everywhere, 1 or −1 if p has that sign on the whole closed interval, undefined if p is 0 at some of its points only
 *   or changes its sign
 * @throws RangeError if from > to
 */
export function signOn(p: Polynomial, from: Rational, to: Rational, meter: Meter): Sign | undefined {
  expectInOrder(from, to);
  if (p.length === 0) return 0;
  const sign = signAt(p, from, meter);
  if (sign === 0 || signAt(p, to, meter) !== sign) return undefined;
  // Affine functions lie between their values at the ends.
  if (p.length <= 2) return sign;
  return countRoots(p, from, to, 'both', meter) === 0 ? sign : undefined;
}

/**
 * Decides whether p ≥ 0 on the whole closed interval; roots of even multiplicity, and any at the ends, are allowed.
 *
 * @throws RangeError if from > to
 */
export function nonnegativeOn(p: Polynomial, from: Rational, to: Rational, meter: Meter): boolean {
  expectInOrder(from, to);
  if (p.length === 0) return true;
  if (signAt(p, from, meter) === -1 || signAt(p, to, meter) === -1) return false;
  if (p.length <= 2 || compare(from, to) === 0) return true;
  if (countRoots(oddPart(p, meter), from, to, 'neither', meter) > 0) return false;
  // No change of sign inside, so that one point inside where p is not 0 decides. Of as many points as p has coefficients, one will do.
  const step = multiply(subtract(to, from), rational(1n, BigInt(p.length + 1)));
  let x = add(from, step);
  while (signAt(p, x, meter) === 0) x = add(x, step);
  return signAt(p, x, meter) === 1;
}

/** Decides whether p ≥ 0 on the whole line; roots of even multiplicity are allowed. */
export function nonnegativeOnLine(p: Polynomial, meter: Meter): boolean {
  const lead = p[p.length - 1];
  if (lead === undefined) return true;
  // Without a change of sign, the sign at +∞ is the sign everywhere.
  return lead > 0n && p.length % 2 === 1 && countRealRoots(oddPart(p, meter), meter) === 0;
}

function expectInOrder(from: Rational, to: Rational): void {
  if (compare(from, to) > 0) throw new RangeError('Cannot look at an interval: its first end is above its second');
}
