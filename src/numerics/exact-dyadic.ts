import { type Rational, rational } from '../kernel/arithmetic/rational.js';

/** @returns the value of a finite double, every bit kept */
export function exactDyadic(x: number): Rational {
  if (x === 0) return rational(0n);
  const exponent = Math.max(-1_074, Math.floor(Math.log2(Math.abs(x))) - 53);
  // Two factors: 2^1074 is no double.
  const half = Math.trunc(exponent / 2);
  const mantissa = BigInt(Math.round(x / 2 ** half / 2 ** (exponent - half)));
  return exponent >= 0 ? rational(mantissa << BigInt(exponent)) : rational(mantissa, 1n << BigInt(-exponent));
}
