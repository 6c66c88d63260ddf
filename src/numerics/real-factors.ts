/** Polynomials whose roots are all real: their roots in order, and which of them are conjugate. */
import { integers } from '../kernel/arithmetic/integers.js';
import { divideExactly, type Polynomial, pseudoRemainder } from '../kernel/arithmetic/polynomial.js';
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import { countRoots, rootCounter } from '../kernel/arithmetic/sturm.js';
import { defaultLimits, Meter } from '../kernel/limits.js';

/** A factor over the rationals. */
export interface RealFactor {
  /** monic, with integer coefficients */
  readonly polynomial: Polynomial;
  /** of all roots in increasing order, the indices of those that this one has */
  readonly roots: readonly number[];
  /** false where it is a product of irreducible factors that all have degrees beyond the bound */
  readonly irreducible: boolean;
}

/** Irreducible factors of higher degrees are not told apart. */
export const mostFactorDegree = 4;

const meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });

/**
 * @param p  monic, with integer coefficients, square-free, all its roots real
 * @returns its factors over the rationals: the irreducible ones of degrees up to the bound, and what is left over as one
 */
export function realFactors(p: Polynomial): readonly RealFactor[] {
  const degree = p.length - 1;
  const size = integers.mostBits(p);
  // Coefficients of a factor are sums of products of at most so many roots; roots are less than 2^(size + 1) by Cauchy's bound.
  const bits = mostFactorDegree * (size + 2) + 16;
  const approximations = rootsOf(p, size + 1, bits);
  const left = Array.from({ length: degree }, (_, i) => i);
  const factors: RealFactor[] = [];
  const large: number[] = [];
  let rest = p;
  while (left.length > 0) {
    const [first] = left as [number];
    const found = minimalFactor(rest, first, left.slice(1), approximations, bits);
    if (found === null) {
      large.push(first);
      left.shift();
      continue;
    }
    factors.push(found);
    rest = divideExactly(rest, found.polynomial, meter);
    for (const root of found.roots) left.splice(left.indexOf(root), 1);
  }
  return large.length === 0 ? factors : [...factors, { polynomial: rest, roots: large, irreducible: false }];
}

/** @returns the factor of least degree that has the root: the one that no smaller factor has is irreducible */
function minimalFactor(
  p: Polynomial,
  root: number,
  others: readonly number[],
  approximations: readonly bigint[],
  bits: number,
): RealFactor | null {
  for (let size = 1; size <= mostFactorDegree; size++) {
    for (const chosen of subsets(others, size - 1)) {
      const roots = [root, ...chosen];
      const f = rounded(
        roots.map((i) => approximations[i] as bigint),
        bits,
      );
      if (pseudoRemainder(p, f, meter).length === 0) return { polynomial: f, roots, irreducible: true };
    }
  }
  return null;
}

function* subsets(of: readonly number[], size: number): Generator<readonly number[]> {
  if (size === 0) yield [];
  else {
    for (const [at, first] of of.entries()) {
      for (const others of subsets(of.slice(at + 1), size - 1)) yield [first, ...others];
    }
  }
}

/** ∏ (x − r) with its coefficients rounded to integers. */
function rounded(roots: readonly bigint[], bits: number): Polynomial {
  const shift = BigInt(bits);
  let product: readonly bigint[] = [1n << shift];
  for (const r of roots) {
    const low = product.map((c) => (-c * r) >> shift);
    product = [...low, 0n].map((c, k) => c + (k === 0 ? 0n : (product[k - 1] as bigint)));
  }
  return product.map((c) => (c + (1n << (shift - 1n))) >> shift);
}

/** @returns the roots in increasing order, each rounded up to a multiple of 2^−bits */
function rootsOf(p: Polynomial, size: number, bits: number): readonly bigint[] {
  const count = rootCounter(p, meter);
  const bound = 1n << BigInt(size + bits);
  const over = 1n << BigInt(bits);
  const lowest = rational(-bound, over);
  return Array.from({ length: p.length - 1 }, (_, i) => {
    // More than i roots are at most high/2^bits, and no more than i at most low/2^bits.
    let [low, high] = [-bound, bound];
    while (high - low > 1n) {
      const middle = (low + high) >> 1n;
      if (count(lowest, rational(middle, over), 'to') > i) high = middle;
      else low = middle;
    }
    return high;
  });
}

/**
 * @param f  irreducible, of degree 2 at least: no rational number is a root
 * @param index  of the root among those of f, in increasing order
 * @returns an open interval which has this root alone
 */
export function isolated(f: Polynomial, index: number): { readonly from: Rational; readonly to: Rational } {
  for (let bits = 0; ; bits++) {
    const high = rootsOf(f, integers.mostBits(f) + 1, bits)[index] as bigint;
    const over = 1n << BigInt(bits);
    const [from, to] = [rational(high - 1n, over), rational(high, over)];
    if (countRoots(f, from, to, 'neither', meter) === 1) return { from, to };
  }
}
