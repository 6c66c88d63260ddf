import { bitLength } from '../kernel/arithmetic/gcd.js';
import type { IntegerMatrix, RationalMatrix } from './exact-matrix.js';
import { invertModulo, type RankProfile, wordPrimes } from './modular.js';
import { chanceBits, fractionsBehind } from './p-adic-fractions.js';
import { liftDigits, residuesOf, splitSquare } from './p-adic-lifting.js';
import { maxBits } from './pieces.js';

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

/** Attempts are made when the number of digits has grown by this factor, and at Hadamard's bound. */
const growth = 1.25;
const fewestDigits = 8;

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
  const total = Math.ceil((2 * hadamardBits(A, bits) + size.bitsOfB + chanceBits) / Math.log2(p));
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
    if (attempt > 4 * total) throw new Error(`Cannot solve the system: no fractions behind ${found.length} digits`);
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

/** The same numbers from 0 to 1 every time, by a congruential generator modulo 2^32. */
function seededRandom(): () => number {
  let state = 1;
  return () => {
    state = (69069 * state + 1) % 2 ** 32;
    return state / 2 ** 32;
  };
}
