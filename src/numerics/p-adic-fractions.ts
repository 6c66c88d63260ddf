import { bitLength } from '../kernel/arithmetic/gcd.js';
import type { RationalMatrix } from './exact-matrix.js';
import { reconstructRational } from './rational-reconstruction.js';

/** What a fraction must have in bits over what its size asks for, so that chance makes one with probability 2^-64. */
const guardBits = 64;
/** The weights of the combination, 2^29 in all, keep combined digits below 2^53. */
const combinationBits = 29;
/** By how many bits Hadamard's bound for numerator and denominator must be exceeded for a fraction to stand out. */
export const chanceBits = guardBits + combinationBits;

/** A row of A times a vector is below 2^bitsOfA times its largest entry; an entry of B is below 2^bitsOfB. */
export type Size = { readonly bitsOfA: number; readonly bitsOfB: number };

/**
 * Looks for the fractions U / d that solve A X = B, by their digits. That they do is certain: A U = d B modulo a power
 * of p, and both sides are below half of it.
 *
 * @param digits  the first digits to the base p of the n r entries of X, by columns
 * @param random  numbers from 0 to 1, new ones at each call
 * @returns       undefined if the digits are too few
 */
export function fractionsBehind(
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
  const limitOfU = modulus >> BigInt(size.bitsOfA + 1);
  const limitOfD = modulus >> BigInt(size.bitsOfB + 1);

  const entries = digits[0]?.length ?? 0;
  const U: Fraction[] = [];
  let d = guess.den;
  for (let e = 0; e < entries && d <= limitOfD; e++) {
    const pairDigits = Float64Array.from(
      { length: pairs },
      (_, k) => (digits[2 * k]?.[e] as number) + p * (digits[2 * k + 1]?.[e] as number),
    );
    const u = nearestResidue(d * fromDigits(pairDigits, powers), modulus);
    if (absolute(u) <= limitOfU) U.push({ num: u, den: d });
    else {
      // The combination had lost a factor of the denominator.
      const { num, den } = reconstruct(u, modulus, limitOfU >> BigInt(guardBits / 2));
      d *= den;
      U.push({ num, den: d });
    }
  }
  const numerator = ({ num, den }: Fraction) => (den === d ? num : num * (d / den));
  if (d > limitOfD || U.some((u) => absolute(numerator(u)) > limitOfU)) return undefined;
  const row = (i: number) => Array.from({ length: entries / n }, (_, k) => numerator(U[k * n + i] as Fraction));
  return { numerators: Array.from({ length: n }, (_, i) => row(i)), denominator: d };
}

type Fraction = { readonly num: bigint; readonly den: bigint };

/** Guesses the fraction behind a random combination of all entries of X, if the digits are enough to single it out. */
function guessCombination(
  digits: readonly Int32Array[],
  p: number,
  { bitsOfB }: Size,
  random: () => number,
): Fraction | undefined {
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
  const guess = reconstruct(fromDigits(combined, powersOf(BigInt(p), digits.length)), modulus, 1n << BigInt(bitsOfNum));
  return bitLength(guess.den) <= bits - bitsOfNum + 1 ? guess : undefined;
}

function reconstruct(a: bigint, modulus: bigint, bound: bigint): Fraction {
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
