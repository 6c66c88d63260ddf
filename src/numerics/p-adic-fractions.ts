import { bitLength } from '../kernel/arithmetic/gcd.js';
import { reconstructRational } from './rational-reconstruction.js';

export type IntegerMatrix = readonly (readonly bigint[])[];

/** The matrix numerators / denominator, with denominator > 0 and no factor common to it and all numerators. */
export type RationalMatrix = { readonly numerators: bigint[][]; readonly denominator: bigint };

/** What a fraction must have in bits over what its size asks for, so that chance makes one with probability 2^-64. */
const guardBits = 64;
/** The weights of the combination, 2^29 in all, keep combined digits below 2^53. */
const combinationBits = 29;
/** By how many bits Hadamard's bound for numerator and denominator must be exceeded for a fraction to stand out. */
export const chanceBits = guardBits + combinationBits;

type Size = { readonly bitsOfA: number; readonly bitsOfB: number };

/**
 * Looks for U / d with A U = d B among the fractions that the digits are those of.
 *
 * @param digits  the first digits of the entries of X by columns: A X = B modulo p^(digits.length)
 * @param size    a row of A times a vector is below 2^bitsOfA times its largest entry; an entry of B below 2^bitsOfB
 * @returns       undefined if the digits are too few
 */
function fractionsBehind(
  digits: readonly Int32Array[],
  p: number,
  n: number,
  size: Size,
  random: () => number,
): RationalMatrix | undefined {
  const guess = guessCombination(digits, p, size, random);
  if (guess === undefined) return undefined;
  const bits = Math.max(bitLength(guess.num) + size.bitsOfA, bitLength(guess.den) + size.bitsOfB) + guardBits;
  const pairs = Math.min(digits.length >> 1, Math.ceil(bits / (2 * Math.log2(p))));
  const powers = powersOf(BigInt(p) ** 2n, pairs);
  const modulus = BigInt(p) ** BigInt(2 * pairs);
  // A U and d B are equal modulo p^h; if U and d keep to their limits, both are below half of p^h.
  const limitOfU = modulus >> BigInt(size.bitsOfA + 1);
  const limitOfD = modulus >> BigInt(size.bitsOfB + 1);

  let denominator = guess.den;
  const entries: { num: bigint; den: bigint }[] = [];
  const pairDigits = new Float64Array(pairs);
  for (let e = 0; e < (digits[0]?.length ?? 0) && denominator <= limitOfD; e++) {
    for (let k = 0; k < pairs; k++) {
      pairDigits[k] = (digits[2 * k]?.[e] as number) + p * (digits[2 * k + 1]?.[e] as number);
    }
    const x = denominator * fromDigits(pairDigits, powers);
    const u = nearestResidue(x, modulus);
    if (absolute(u) <= limitOfU) entries.push({ num: u, den: denominator });
    else {
      // The combination had lost a factor of the denominator.
      const { num, den } = reconstructSigned(u, modulus, limitOfU >> BigInt(guardBits / 2));
      denominator *= den;
      entries.push({ num, den: denominator });
    }
  }
  const U = entries.map(({ num, den }) => (den === denominator ? num : num * (denominator / den)));
  if (denominator > limitOfD || U.some((u) => absolute(u) > limitOfU)) return undefined;
  const columns = U.length / n;
  const numerators = Array.from({ length: n }, (_, i) =>
    Array.from({ length: columns }, (_, k) => U[k * n + i] as bigint),
  );
  return { numerators, denominator };
}

/** Guesses the fraction behind a random combination of all entries of X, if the digits are enough to single it out. */
function guessCombination(
  digits: readonly Int32Array[],
  p: number,
  { bitsOfB }: Size,
  random: () => number,
): { num: bigint; den: bigint } | undefined {
  const entries = digits[0]?.length ?? 0;
  const weights = Float64Array.from(
    { length: entries },
    () => 1 + Math.floor((random() * 2 ** combinationBits) / entries),
  );
  const combined = Float64Array.from(digits, (digit) => {
    let sum = 0;
    for (let e = 0; e < entries; e++) sum += (digit[e] as number) * (weights[e] as number);
    return sum;
  });
  const modulus = BigInt(p) ** BigInt(digits.length);
  const bits = Math.floor(digits.length * Math.log2(p)) - guardBits;
  // Cramer's rule: a numerator may be longer than the denominator by what B and the weights contribute.
  const bitsOfNum = Math.min(bits, (bits + bitsOfB + combinationBits) >> 1);
  if (bitsOfNum < 0) return undefined;
  const guess = reconstructSigned(
    fromDigits(combined, powersOf(BigInt(p), digits.length)),
    modulus,
    1n << BigInt(bitsOfNum),
  );
  return bitLength(guess.den) <= bits - bitsOfNum + 1 ? guess : undefined;
}

function reconstructSigned(a: bigint, modulus: bigint, bound: bigint): { num: bigint; den: bigint } {
  const residue = a % modulus;
  return reconstructRational(residue < 0n ? residue + modulus : residue, modulus, bound);
}

/** @returns base, base², base⁴, …: what fromDigits needs for that many digits */
function powersOf(base: bigint, count: number): bigint[] {
  const powers: bigint[] = [];
  for (let power = base, length = 1; length < count; length *= 2, power *= power) powers.push(power);
  return powers;
}

/** @returns Σ digits[k] base^k, by halves of halves */
function fromDigits(digits: Float64Array, powers: readonly bigint[]): bigint {
  let values = Array.from(digits, BigInt);
  for (const power of powers) {
    const halves: bigint[] = [];
    for (let k = 0; k < values.length; k += 2) {
      halves.push((values[k] as bigint) + (k + 1 < values.length ? (values[k + 1] as bigint) * power : 0n));
    }
    values = halves;
  }
  return values[0] ?? 0n;
}

/** @returns the residue of a from -m/2 to m/2 */
function nearestResidue(a: bigint, m: bigint): bigint {
  const rest = a % m;
  if (2n * rest > m) return rest - m;
  return 2n * rest < -m ? rest + m : rest;
}

function absolute(a: bigint): bigint {
  return a < 0n ? -a : a;
}
