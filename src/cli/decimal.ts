/** Exact numbers as people read them. */

/** Fractions of more characters than this are shown as decimals, and by their length. */
const longest = 40;

/**
 * @param exact  "n" or "n/d"
 * @returns `156/29 (≈ 5.37931)`, `7`, or `≈ 0.00231452 (a fraction of 412 characters)`
 */
export function shown(exact: string): string {
  const [num = '0', den] = exact.split('/');
  if (den === undefined && exact.length <= longest) return exact;
  const decimal = approximately(BigInt(num), BigInt(den ?? '1'));
  return exact.length <= longest ? `${exact} (≈ ${decimal})` : `≈ ${decimal} (exactly a fraction of ${exact.length} characters)`;
}

/** @returns num/den to six significant digits; den > 0 */
export function approximately(num: bigint, den: bigint): string {
  if (num === 0n) return '0';
  const sign = num < 0n ? '-' : '';
  const size = num < 0n ? -num : num;
  // The quotient has this many digits before the point, or one less.
  let exponent = size.toString().length - den.toString().length;
  const digitsAt = (e: number): bigint => {
    const shift = 5 - e;
    const [n, d] = shift >= 0 ? [size * 10n ** BigInt(shift), den] : [size, den * 10n ** BigInt(-shift)];
    return (2n * n + d) / (2n * d);
  };
  let digits = digitsAt(exponent);
  if (digits < 100_000n) digits = digitsAt(--exponent);
  if (digits >= 1_000_000n) [digits, exponent] = [digits / 10n, exponent + 1];
  const text = digits.toString();
  if (exponent >= 6 || exponent < -4) return `${sign}${trimmed(`${text[0]}.${text.slice(1)}`)}e${exponent}`;
  if (exponent >= 0) return `${sign}${trimmed(`${text.slice(0, exponent + 1)}.${text.slice(exponent + 1)}`)}`;
  return `${sign}${trimmed(`0.${'0'.repeat(-exponent - 1)}${text}`)}`;
}

function trimmed(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}
