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

/** @returns a number > 0 with one digit, or two below a millionth, in a form that options and files take: 0.02 or 1/25000000 */
export function quantityNear(x: number): string {
  if (x >= 1e-6 && x < 1e15) return String(Number(x.toPrecision(1)));
  const [digits, exponent] = (x < 1 ? 1 / x : x).toExponential(1).split('e') as [string, string];
  const whole = `${digits.replace('.', '')}${'0'.repeat(Number(exponent) - 1)}`;
  return x < 1 ? `1/${whole}` : whole;
}

/** @returns num/den as a float, whatever the sizes of both */
export function ratio(num: bigint, den: bigint): number {
  const [a, b] = [bitLength(num), bitLength(den)];
  return (quotient(num, a) / quotient(den, b)) * 2 ** (a - b);
}
