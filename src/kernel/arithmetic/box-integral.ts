/** Exact integrals of polynomials over boxes, and over the part of a box between two parallel hyperplanes. */
import type { Meter } from '../limits.js';
import { bitLength, lcm } from './gcd.js';
import {
  add,
  addMany,
  bits,
  constantOf,
  degree,
  derivative,
  type MultiPolynomial,
  monomial,
  scale,
  type Term,
  terms,
} from './multivariate.js';
import { compare, type Rational, rational, zero } from './rational.js';

/** [a_1,b_1] × … × [a_d,b_d] as numerators over one positive denominator. Invariant: a_j < b_j. */
export interface RationalBox {
  readonly lower: readonly bigint[];
  readonly upper: readonly bigint[];
  readonly denominator: bigint;
}

/** A polynomial with rational coefficients: integers over one positive denominator. */
export interface RationalPolynomial {
  readonly numerator: MultiPolynomial;
  readonly denominator: bigint;
}

/** What a term of a polynomial in a map takes beyond its coefficient, for the meter. */
export const termBits = 1024;
/** What reading and writing an exponent of a term costs, in products of limbs. */
export const termCost = 40;

/** The points with low ≤ w·x ≤ high, for a direction w that is told elsewhere; an end that is null is absent. */
export interface Slab {
  readonly low: Rational | null;
  readonly high: Rational | null;
}

/** @returns ∫_box P(x) dx */
export function integrateOverBox(P: RationalPolynomial, box: RationalBox, meter: Meter): Rational {
  const { numerator, denominator } = integrateOut(
    P,
    box,
    box.lower.map((_, j) => j),
    meter,
  );
  return rational(constantOf(numerator) as bigint, denominator);
}

/**
 * Integrates the coordinates in `over` out, one after another: x_j^e becomes (b_j^(e+1) − a_j^(e+1)) / (e+1), a constant.
 *
 * @returns a polynomial in the same variables, in which those of `over` do not occur
 */
function integrateOut(
  P: RationalPolynomial,
  { lower, upper, denominator: D }: RationalBox,
  over: readonly number[],
  meter: Meter,
): RationalPolynomial {
  let { numerator, denominator } = P;
  for (const j of over) {
    const [a, b] = [lower[j] as bigint, upper[j] as bigint];
    const n = degree(numerator, j);
    const size = (n + 1) * (bitLength(a) + bitLength(b) + bitLength(D) + 64);
    meter.charge(n + 1, size, size);
    meter.charge(termCost * (lower.length + 1), bits(numerator), size);
    let common = 1n;
    for (let e = 0; e <= n; e++) common = lcm(common, BigInt(e + 1));
    // The integral of x_j^e, as a numerator over common · D^(n+1).
    const integrals = Array.from({ length: n + 1 }, (_, e) => {
      const k = BigInt(e + 1);
      return (b ** k - a ** k) * D ** BigInt(n - e) * (common / k);
    });
    numerator = addMany(
      Array.from(terms(numerator), ({ exponents, coefficient }) =>
        monomial(exponents.with(j, 0), coefficient * (integrals[exponents[j] as number] as bigint)),
      ),
    );
    denominator *= common * D ** BigInt(n + 1);
  }
  return { numerator, denominator };
}

/**
 * ∫ P(x) dx over the x in the box with low ≤ w·x ≤ high, by a sum over the 2^m vertices of the box, m the number of nonzero w_j.
 *
 * Where w_j = 0, x_j is integrated out first. For the other coordinates, integration by parts in each of them gives
 *
 *   ∫_{box, w·x > t} P = Σ_v (−1)^(lower ends in v) Σ_k P_k(v) (w·v − t)_+^(k+m) / ((k+m)! Π w_j),   Σ_k P_k s^k = Π_j (1 + s ∂_j/w_j)^(−1) P,
 *
 * and the slab is the difference of two half-spaces. An absent lower end is replaced by the least w·x on the box.
 *
 * @param w  one entry per coordinate, of any signs, zeros too
 * @see      theory.md 5e; proofs/rules/boxes.md 1
 */
export function integrateOverSlab(
  P: RationalPolynomial,
  box: RationalBox,
  w: readonly bigint[],
  { low, high }: Slab,
  meter: Meter,
): Rational {
  const support = w.flatMap((c, j) => (c === 0n ? [] : [j]));
  const m = support.length;
  const { numerator: Q, denominator: over } = integrateOut(
    P,
    box,
    w.flatMap((c, j) => (c === 0n ? [j] : [])),
    meter,
  );
  if (m === 0) {
    const outside = (low !== null && low.num > 0n) || (high !== null && high.num < 0n);
    return outside ? zero : rational(constantOf(Q) as bigint, over);
  }
  const range = rangeOver(box, w);
  const from = low === null || compare(low, range.low) < 0 ? range.low : low;
  const to = high === null || compare(high, range.high) > 0 ? range.high : high;
  if (compare(from, to) >= 0) return zero;

  const { lower, upper, denominator: D } = box;
  const N = totalDegree(Q);
  let M = 1n;
  let product = 1n;
  for (const j of support) {
    const c = w[j] as bigint;
    M = lcm(M, c < 0n ? -c : c);
    product *= c;
  }
  const T = lcm(from.den, to.den);
  const ends = [from, to].map(({ num, den }) => num * (T / den) * D);

  const boxBits = support.reduce(
    (sum, j) => sum + bitLength(lower[j] as bigint) + bitLength(upper[j] as bigint),
    bitLength(D),
  );
  const endBits = bitLength(T) + bitLength(M) + boxBits + bitLength(ends[0] as bigint) + bitLength(ends[1] as bigint);
  const layers = layersOf(
    Q,
    N,
    support.map((j) => ({ j, factor: M / (w[j] as bigint) })),
    endBits,
    meter,
  );
  const powerBits = (N + m) * (endBits + 64);
  const layerBits = layers.reduce((total, layer) => total + bits(layer), 0);
  meter.charge(2 ** m * (m + 1), layerBits, powerBits);
  meter.charge(2 ** m * (N + 1), powerBits, powerBits);
  const layerTerms = layers.map((layer) => [...terms(layer)]);
  // Everything over D^(N+m) T^(N+m) M^N (N+m)! Π w_j · over: layer k needs (T M)^(N−k) (N+m)!/(k+m)! more.
  const weights = new Array<bigint>(N + 1);
  let weight = 1n;
  for (let k = N; k >= 0; k--) {
    weights[k] = weight;
    weight *= T * M * BigInt(k + m);
  }
  let sum = 0n;
  const point = new Array<bigint>(w.length).fill(0n);
  const visit = (depth: number, sign: bigint, z: bigint): void => {
    if (depth < m) {
      const j = support[depth] as number;
      for (const [end, side] of [
        [lower, -sign],
        [upper, sign],
      ] as const) {
        point[j] = end[j] as bigint;
        visit(depth + 1, side, z + (w[j] as bigint) * (end[j] as bigint) * T);
      }
      return;
    }
    // (w·v − t)_+ over D T, for both ends
    const heights = ends.map((end) => (z > end ? z - end : 0n));
    if (heights[0] === 0n) return;
    let powers = heights.map((height) => height ** BigInt(m));
    for (let k = 0; k <= N; k++) {
      const difference = (powers[0] as bigint) - (powers[1] as bigint);
      const value = homogeneousValue(layerTerms[k] as readonly Term[], point, D, N - k, support);
      sum += sign * value * difference * (weights[k] as bigint);
      powers = powers.map((power, i) => power * (heights[i] as bigint));
    }
  };
  visit(0, 1n, 0n);
  const exponent = BigInt(N + m);
  return rational(sum, D ** exponent * T ** exponent * M ** BigInt(N) * factorial(N + m) * product * over);
}

/**
 * @param steps  the coordinates j with w_j ≠ 0, each with its factor M/w_j
 * @returns      M^k P_k for k = 0 … N, of degree at most N − k: the coefficients of s^k in Π_j (1 + s · factor · ∂_j)^(−1) Q
 */
function layersOf(
  Q: MultiPolynomial,
  N: number,
  steps: readonly { readonly j: number; readonly factor: bigint }[],
  factorBits: number,
  meter: Meter,
): readonly MultiPolynomial[] {
  const layers: MultiPolynomial[] = [Q, ...new Array<MultiPolynomial>(N).fill(new Map())];
  let held = Q.size;
  for (const { j, factor } of steps) {
    // A series divided by 1 + s D, D = factor · ∂_j: c_k − D (c_(k−1) of the quotient), in place.
    for (let k = 1; k <= N; k++) {
      const [before, layer] = [layers[k - 1] as MultiPolynomial, layers[k] as MultiPolynomial];
      // A monomial has many derivatives: the sizes that matter are those of the layers, not that of Q.
      meter.charge(termCost * (steps.length + 1), bits(before) + bits(layer), factorBits + 64);
      meter.hold(held + before.size, termBits + bits(before) / (before.size + 1), '$.statement');
      const next = add(layer, scale(derivative(before, j), -factor));
      held += next.size - layer.size;
      layers[k] = next;
    }
  }
  return layers;
}

/** @returns least and largest w·x on the box */
export function rangeOver(
  { lower, upper, denominator }: RationalBox,
  w: readonly bigint[],
): { low: Rational; high: Rational } {
  let low = 0n;
  let high = 0n;
  w.forEach((c, j) => {
    const [a, b] = [c * (lower[j] as bigint), c * (upper[j] as bigint)];
    low += a < b ? a : b;
    high += a < b ? b : a;
  });
  return { low: rational(low, denominator), high: rational(high, denominator) };
}

/** @returns D^n P(X/D), where P has degree at most n and no variables but those of the support */
function homogeneousValue(
  P: readonly Term[],
  X: readonly bigint[],
  D: bigint,
  n: number,
  support: readonly number[],
): bigint {
  let sum = 0n;
  for (const { exponents, coefficient } of P) {
    let value = coefficient;
    let total = 0;
    for (const j of support) {
      const e = exponents[j] as number;
      if (e === 0) continue;
      value *= e === 1 ? (X[j] as bigint) : (X[j] as bigint) ** BigInt(e);
      total += e;
    }
    sum += D === 1n ? value : value * D ** BigInt(n - total);
  }
  return sum;
}

/** @returns the largest sum of exponents of a term; 0 for the polynomial 0 */
export function totalDegree(P: MultiPolynomial): number {
  let most = 0;
  for (const { exponents } of terms(P)) {
    const total = exponents.reduce((sum, e) => sum + e, 0);
    if (total > most) most = total;
  }
  return most;
}

function factorial(n: number): bigint {
  let product = 1n;
  for (let k = 2; k <= n; k++) product *= BigInt(k);
  return product;
}
