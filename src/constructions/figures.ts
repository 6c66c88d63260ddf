/** Numbers in what constructions say to people. */
import { formatRational, type Rational } from '../kernel/arithmetic/rational.js';

/** @returns part/whole > 0 as a percentage with four digits, for people */
export function percent(part: Rational, whole: Rational): string {
  const num = 100n * part.num * whole.den;
  const den = part.den * whole.num;
  for (let digits = 2n; digits <= 30n; digits++) {
    const scale = 10n ** digits;
    const n = (num * scale) / den;
    if (n < 100n) continue;
    const decimals = (n % scale).toString().padStart(Number(digits), '0').replace(/0+$/, '');
    return decimals === '' ? `${n / scale} %` : `${n / scale}.${decimals} %`;
  }
  return 'less than 10^−28 %';
}

/** @returns an exact number as people read it in a message: a decimal where it is long */
export function shown(a: Rational): string {
  const exact = formatRational(a);
  if (exact.length <= 24) return exact;
  const scale = 10n ** 9n;
  const n = (a.num * scale) / a.den;
  const size = n < 0n ? -n : n;
  return `about ${n < 0n ? '-' : ''}${size / scale}.${(size % scale).toString().padStart(9, '0')}`;
}
