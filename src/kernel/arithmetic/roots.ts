import { bitLength } from './gcd.js';
import { type Rational, rational } from './rational.js';

/** @returns ⌊n^(1/k)⌋ for n ≥ 0 and k ≥ 1, by Newton's method from above */
export function floorRoot(n: bigint, k: bigint): bigint {
  if (n < 2n) return n;
  const bits = BigInt(bitLength(n));
  if (bits <= k) return 1n;
  let x = 1n << ((bits + k - 1n) / k);
  for (;;) {
    const next = ((k - 1n) * x + n / x ** (k - 1n)) / k;
    if (next >= x) return x;
    x = next;
  }
}

/** @returns ⌈√n⌉ for n ≥ 0 */
export function ceilingSquareRoot(n: bigint): bigint {
  const root = floorRoot(n, 2n);
  return root * root === n ? root : root + 1n;
}

/** @returns the rational u > 0 with u^k = q, for q > 0 and k ≥ 1, or undefined where there is none */
export function exactRoot(q: Rational, k: bigint): Rational | undefined {
  const [num, den] = [floorRoot(q.num, k), floorRoot(q.den, k)];
  return num ** k === q.num && den ** k === q.den ? rational(num, den) : undefined;
}
