import { bitLength } from '../kernel/arithmetic/gcd.js';
import { invertModulo, type RankProfile, wordPrimes } from './modular.js';
import { liftDigits, residuesOf, splitSquare } from './p-adic-lifting.js';
import { maxBits } from './pieces.js';
import { reconstructRational } from './rational-reconstruction.js';

export type IntegerMatrix = readonly (readonly bigint[])[];

/** The matrix numerators / denominator, with denominator > 0 and no factor common to it and all numerators. */
export type RationalMatrix = { readonly numerators: bigint[][]; readonly denominator: bigint };

export type DixonOptions = {
  /** Primes from 5 to 2^24 - 4 to try in turn; by default the largest below 2^24 - 2^8. */
  readonly primes?: Iterable<number>;
  /** Called after each lifting step; total is what Hadamard's bound allows for, and hardly ever passed. */
  readonly observe?: (done: number, total: number) => void;
};

/**
 * Solves A X = B exactly by Dixon's p-adic lifting. From time to time a random combination of the unknowns is tried for
 * a fraction; if there is one, its denominator clears the others.
 *
 * Nothing is left to chance but the time: U / d is returned only once A U = d B modulo a power of p that exceeds the
 * difference of the two sides, so that they are equal; and 'singular' only for the sake of a vector z with A z = 0.
 *
 * @param A  n × n by rows
 * @param B  n × r by rows
 * @returns  the n × r solution, or 'singular' if det A = 0
 * @throws RangeError if A is not square, if B has not n rows of one length, or if all primes offered divide det A
 * @see Dixon, Exact solution of linear equations using p-adic expansions, Numerische Mathematik 40, 1982
 */
export function solveIntegerSystem(
  A: IntegerMatrix,
  B: IntegerMatrix,
  { primes = wordPrimes(), observe }: DixonOptions = {},
): RationalMatrix | 'singular' {
  checkShapes(A, B);
  const split = splitSquare(A);
  for (const p of primes) {
    const C = residuesOf(split, p);
    const profile = invertModulo(C, A.length, p);
    if (profile.columns.length === A.length) return findFractions(A, B, liftDigits(split, B, C, p), p, observe);
    if (isSingular(A, profile, p)) return 'singular';
  }
  throw new RangeError('Cannot solve the system: every prime offered divides the determinant');
}

function checkShapes(A: IntegerMatrix, B: IntegerMatrix): void {
  const n = A.length;
  const r = B[0]?.length ?? 0;
  if (B.length !== n) throw new RangeError(`Cannot solve the system: A has ${n} rows, and B has ${B.length}`);
  for (let i = 0; i < n; i++) {
    const [A_i, B_i] = [A[i]?.length, B[i]?.length];
    if (A_i !== n) throw new RangeError(`Cannot solve the system: row ${i} of A has ${A_i} entries, not ${n}`);
    if (B_i !== r) throw new RangeError(`Cannot solve the system: row ${i} of B has ${B_i} entries, not ${r}`);
  }
}

/**
 * Shows that A is singular, if its rank modulo p is its rank: then a column outside the profile is a combination of
 * those inside, whose coefficients are found in the rows of the profile and checked in all rows.
 */
function isSingular(A: IntegerMatrix, { rows, columns }: RankProfile, p: number): boolean {
  const inside = new Set(columns);
  const outside = A.findIndex((_, j) => !inside.has(j));
  const z = solveIntegerSystem(
    rows.map((i) => columns.map((j) => A[i]?.[j] as bigint)),
    rows.map((i) => [A[i]?.[outside] as bigint]),
    { primes: [p] },
  );
  if (z === 'singular') return false;
  return A.every((A_i) => {
    const combined = columns.reduce((sum, j, t) => sum + (A_i[j] as bigint) * (z.numerators[t]?.[0] as bigint), 0n);
    return combined === z.denominator * (A_i[outside] as bigint);
  });
}

/** What a fraction must have in bits over what its size asks for, so that chance makes one with probability 2^-64. */
const guardBits = 64;
/** Attempts are made when the number of digits has grown by this factor, and at Hadamard's bound. */
const growth = 1.25;
const fewestDigits = 8;
/** The weights of the combination, 2^29 in all, keep combined digits below 2^53. */
const combinationBits = 29;

/** Takes digits of X to the base p until fractions that solve A X = B stand out. */
function findFractions(
  A: IntegerMatrix,
  B: IntegerMatrix,
  digits: Generator<Int32Array, never>,
  p: number,
  observe: DixonOptions['observe'],
): RationalMatrix {
  const bits = maxBits(A);
  const size = { bitsOfA: bits + bitLength(BigInt(A.length)), bitsOfB: maxBits(B) + bitLength(BigInt(A.length)) };
  const total = Math.ceil((2 * hadamardBits(A, bits) + size.bitsOfB + combinationBits + guardBits) / Math.log2(p));
  const random = seededRandom();
  const found: Int32Array[] = [];
  let attempt = total;
  while (attempt > fewestDigits * growth) attempt /= growth;
  for (;;) {
    while (found.length < attempt) {
      found.push(digits.next().value);
      observe?.(found.length, total);
    }
    const solution = fractionsBehind(found, p, A.length, size, random);
    if (solution !== undefined) return solution;
    attempt *= growth;
  }
}

/**
 * @param bits  those of the largest entry of A
 * @returns     an upper bound for log₂ |det A|, if A is nonsingular: the sum of the logarithms of the rows' lengths
 */
function hadamardBits(A: IntegerMatrix, bits: number): number {
  const shift = Math.max(0, bits - 500); // squares of longer entries would not fit a double
  let sum = 0;
  for (const A_i of A) {
    let square = 1;
    for (const a of A_i) square += (shift === 0 ? Number(a) : Number(a >> BigInt(shift))) ** 2;
    sum += shift + Math.log2(square) / 2;
  }
  return sum;
}

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

/** The same numbers from 0 to 1 every time, by a congruential generator modulo 2^32. */
function seededRandom(): () => number {
  let state = 1;
  return () => {
    state = (69069 * state + 1) % 2 ** 32;
    return state / 2 ** 32;
  };
}
