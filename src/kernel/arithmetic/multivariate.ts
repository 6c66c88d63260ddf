import { bitLength } from './gcd.js';

/**
 * A polynomial in x_0, …, x_(p−1) with integer coefficients: each key is the exponents of a monomial, joined by commas, each value its
 * coefficient. The key of a constant in no variables is the empty text.
 *
 * Invariants, kept by every function here and given by `monomial` and `constantPolynomial`: no coefficient is 0, so a polynomial is
 * 0 exactly when it has no terms, and equal polynomials have equal terms; all keys have p exponents, written as integers ≥ 0 without
 * leading zeros, so equal monomials have equal keys. Polynomials that meet in one operation have one p.
 */
export type MultiPolynomial = ReadonlyMap<string, bigint>;

export interface Term {
  /** one per variable */
  readonly exponents: readonly number[];
  /** not 0 */
  readonly coefficient: bigint;
}

/** @throws RangeError if an exponent is not an integer ≥ 0 that a number holds exactly */
export function monomial(exponents: readonly number[], coefficient: bigint): MultiPolynomial {
  expectExponents(exponents);
  return new Map(coefficient === 0n ? [] : [[exponents.join(), coefficient]]);
}

function expectExponents(exponents: readonly number[]): void {
  const wrong = exponents.find((e) => !Number.isSafeInteger(e) || e < 0);
  if (wrong !== undefined) {
    throw new RangeError(`Cannot make a monomial: expected exponents from 0 to 2⁵³ − 1, found ${wrong}`);
  }
}

/** @param dimension  how many variables there are */
export function constantPolynomial(dimension: number, c: bigint): MultiPolynomial {
  return monomial(new Array<number>(dimension).fill(0), c);
}

/** @returns the terms, in no order */
export function* terms(p: MultiPolynomial): Generator<Term> {
  for (const [key, coefficient] of p) yield { exponents: exponentsOf(key), coefficient };
}

function exponentsOf(key: string): readonly number[] {
  return key === '' ? [] : key.split(',').map((e) => Number.parseInt(e, 10));
}

export function isZero(p: MultiPolynomial): boolean {
  return p.size === 0;
}

/** @returns the integer that p is, or null where it has a variable */
export function constantOf(p: MultiPolynomial): bigint | null {
  if (p.size === 0) return 0n;
  for (const { exponents, coefficient } of terms(p)) {
    if (p.size > 1 || exponents.some((e) => e > 0)) return null;
    return coefficient;
  }
  return null;
}

export function equal(p: MultiPolynomial, q: MultiPolynomial): boolean {
  if (p.size !== q.size) return false;
  for (const [key, c] of p) if (q.get(key) !== c) return false;
  return true;
}

export function add(p: MultiPolynomial, q: MultiPolynomial): MultiPolynomial {
  if (p.size === 0) return q;
  if (q.size === 0) return p;
  const [long, short] = p.size >= q.size ? [p, q] : [q, p];
  const sum = new Map(long);
  for (const [key, c] of short) addTo(sum, key, c);
  return sum;
}

export function addMany(polynomials: Iterable<MultiPolynomial>): MultiPolynomial {
  const sum = new Map<string, bigint>();
  for (const p of polynomials) for (const [key, c] of p) addTo(sum, key, c);
  return sum;
}

function addTo(sum: Map<string, bigint>, key: string, c: bigint): void {
  const total = (sum.get(key) ?? 0n) + c;
  if (total === 0n) sum.delete(key);
  else sum.set(key, total);
}

export function negate(p: MultiPolynomial): MultiPolynomial {
  return scale(p, -1n);
}

/** @returns p · n */
export function scale(p: MultiPolynomial, n: bigint): MultiPolynomial {
  if (n === 0n) return new Map();
  if (n === 1n) return p;
  const scaled = new Map<string, bigint>();
  for (const [key, c] of p) scaled.set(key, c * n);
  return scaled;
}

/**
 * The cost is one product for each pair of terms; callers charge for it with `bits`.
 *
 * @throws RangeError if an exponent becomes too large for a number to hold exactly
 */
export function multiply(p: MultiPolynomial, q: MultiPolynomial): MultiPolynomial {
  const product = new Map<string, bigint>();
  const right = [...terms(q)];
  for (const { exponents, coefficient } of terms(p)) {
    for (const term of right) {
      const sums = exponents.map((e, j) => e + (term.exponents[j] as number));
      expectExponents(sums);
      addTo(product, sums.join(), coefficient * term.coefficient);
    }
  }
  return product;
}

/**
 * @param dimension  how many variables p has: the zeroth power of 0 does not tell
 * @param n          an integer ≥ 0
 */
export function power(p: MultiPolynomial, n: number, dimension: number): MultiPolynomial {
  let product = constantPolynomial(dimension, 1n);
  for (let k = 0; k < n; k++) product = multiply(product, p);
  return product;
}

/** @returns ∂p/∂x_j */
export function derivative(p: MultiPolynomial, j: number): MultiPolynomial {
  const result = new Map<string, bigint>();
  for (const { exponents, coefficient } of terms(p)) {
    const e = exponents[j] as number;
    if (e > 0) result.set(exponents.with(j, e - 1).join(), coefficient * BigInt(e));
  }
  return result;
}

/** @returns the largest exponent of x_j; 0 for the polynomial 0 */
export function degree(p: MultiPolynomial, j: number): number {
  let most = 0;
  for (const { exponents } of terms(p)) {
    const e = exponents[j] as number;
    if (e > most) most = e;
  }
  return most;
}

/** @returns the largest exponent of all variables; 0 for the polynomial 0 */
export function highestExponent(p: MultiPolynomial): number {
  let most = 0;
  for (const { exponents } of terms(p)) for (const e of exponents) if (e > most) most = e;
  return most;
}

/**
 * An upper bound of the bits of p, for the meter: 64 more a term, so that products of many short terms are charged by how many
 * they are.
 */
export function bits(p: MultiPolynomial): number {
  let sum = 0;
  for (const c of p.values()) sum += 64 + bitLength(c);
  return sum;
}
