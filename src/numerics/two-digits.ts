import { type Rational, rational } from '../kernel/arithmetic/rational.js';

/** A positive number of the size of ordinary doubles, in two decimal digits. */
export function twoDigits(x: number, round: (x: number) => number): Rational {
  const exponent = Math.floor(Math.log10(x)) - 1;
  const digits = BigInt(round(x / 10 ** exponent));
  return exponent < 0 ? rational(digits, 10n ** BigInt(-exponent)) : rational(digits * 10n ** BigInt(exponent));
}
