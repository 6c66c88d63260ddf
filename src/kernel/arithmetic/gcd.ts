/**
 * Greatest common divisors of bigints by Lehmer's method: the quotients of Euclid's algorithm are found from the 60
 * leading bits of both numbers, and applied to the long numbers many at a time.
 *
 * Whatever the leading bits suggest, every step replaces (a, b) by an integer combination of determinant ±1, so the
 * result is the gcd even where a guessed quotient is wrong: only the number of steps would suffer.
 *
 * @see Knuth, The Art of Computer Programming, vol. 2, 1997, §4.5.2, Algorithm L
 */

const leadingBits = 60;
/** Below this size (measured) the built-in remainder is faster than collecting quotients. */
const lehmerFrom = 1n << 1024n;
const leadingZeros = [4, 3, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0];

/** @returns the number of bits of |n|; 0 for 0 */
export function bitLength(n: bigint): number {
  const hex = (n < 0n ? -n : n).toString(16);
  return 4 * hex.length - (leadingZeros['0123456789abcdef'.indexOf(hex.charAt(0))] ?? 0);
}

/** @returns the greatest common divisor of |a| and |b|, at least 0; gcd(0, 0) = 0 */
export function gcd(a: bigint, b: bigint): bigint {
  let x = a < 0n ? -a : a;
  let y = b < 0n ? -b : b;
  if (x < y) [x, y] = [y, x];
  while (y >= lehmerFrom) {
    const shift = BigInt(bitLength(x) - leadingBits);
    let u = x >> shift;
    let v = y >> shift;
    // (A, B; C, D) turns (x, y) into (A x + B y, C x + D y).
    let A = 1n;
    let B = 0n;
    let C = 0n;
    let D = 1n;
    while (v + C !== 0n && v + D !== 0n) {
      const q = (u + A) / (v + C);
      if (q !== (u + B) / (v + D)) break;
      [A, C] = [C, A - q * C];
      [B, D] = [D, B - q * D];
      [u, v] = [v, u - q * v];
    }
    if (B === 0n) [x, y] = [y, x % y];
    else {
      const nextX = A * x + B * y;
      const nextY = C * x + D * y;
      x = nextX < 0n ? -nextX : nextX;
      y = nextY < 0n ? -nextY : nextY;
      if (x < y) [x, y] = [y, x];
    }
  }
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** @returns the least common multiple of two positive numbers */
export function lcm(a: bigint, b: bigint): bigint {
  return a === b ? a : (a / gcd(a, b)) * b;
}
