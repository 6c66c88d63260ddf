import { bitLength } from '../kernel/arithmetic/gcd.js';

/**
 * Converts integers of any size to floats with one common factor, so that the largest has size about 1: what matters to a search is their
 * ratio, and a plain conversion would overflow.
 */
export function toFloats(values: readonly bigint[]): Float64Array {
  let bits = 0;
  for (const value of values) bits = Math.max(bits, bitLength(value));
  return Float64Array.from(values, (value) => quotient(value, bits));
}

/** @returns n / 2^bits as a float, correct to 2^−52 relatively; 0 where that is below the floats */
function quotient(n: bigint, bits: number): number {
  const shift = bitLength(n) - 64;
  return shift > 0 ? Number(n >> BigInt(shift)) * 2 ** (shift - bits) : Number(n) * 2 ** -bits;
}

/** @returns num/den as a float, whatever the sizes of both */
export function ratio(num: bigint, den: bigint): number {
  const [a, b] = [bitLength(num), bitLength(den)];
  return (quotient(num, a) / quotient(den, b)) * 2 ** (a - b);
}
