import {
  add,
  compare,
  divide,
  multiply,
  one,
  type Rational,
  rational,
  subtract,
  zero,
} from '../kernel/arithmetic/rational.js';
import { solveIntegerSystem } from './dixon.js';

/** A point of the cone of some vectors that may be the closest one to a target, by float arithmetic. */
export interface ConicFit {
  /** Σ_i weight_i (p_i − y_i)² */
  readonly distance: number;
  /** the vectors with positive coefficients, ascending; they are linearly independent, as far as floats can tell */
  readonly support: readonly number[];
}

const steps = 200;
const tolerance = 1e-11;

/**
 * Minimises Σ_i weight_i (p_i − y_i)² over p = Σ_k α_k G_k, with α_k ≥ 0 from the place `free` on, and any α_k before it.
 *
 * @param G        vectors of length n
 * @param weights  n positive numbers
 * @see Lawson and Hanson, Solving Least Squares Problems, 1974, chapter 23
 */
export function conicFit(G: readonly Float64Array[], free: number, y: Float64Array, weights: Float64Array): ConicFit {
  const n = y.length;
  const sizes = G.map((column) => Math.sqrt(product(column, column, weights)));
  const alpha = new Float64Array(G.length);
  let support: number[] = [];
  const residual = Float64Array.from(y);
  const resolve = (): void => {
    residual.set(y);
    for (const k of support) {
      const column = G[k] as Float64Array;
      for (let i = 0; i < n; i++) residual[i] = (residual[i] as number) - (alpha[k] as number) * (column[i] as number);
    }
  };
  for (let k = 0; k < free; k++) {
    const grown = [...support, k];
    const solved = (sizes[k] as number) > 0 ? solve(G, grown, y, weights) : null;
    if (solved === null) continue;
    support = grown;
    support.forEach((j, s) => {
      alpha[j] = solved[s] as number;
    });
  }
  resolve();
  const scale = Math.sqrt(product(y, y, weights)) || 1;
  const given = new Set<number>();
  for (let step = 0; step < steps; step++) {
    let best = -1;
    let most = tolerance * scale;
    for (let k = free; k < G.length; k++) {
      if (support.includes(k) || given.has(k) || !((sizes[k] as number) > 0)) continue;
      const slope = product(G[k] as Float64Array, residual, weights) / (sizes[k] as number);
      if (slope > most) {
        most = slope;
        best = k;
      }
    }
    if (best < 0) break;
    let solved = solve(G, [...support, best], y, weights);
    if (solved === null || (solved[support.length] as number) <= 0) {
      given.add(best);
      continue;
    }
    support = [...support, best];
    // Back along the segment until no coefficient is negative.
    for (;;) {
      let ratio = 1;
      const candidates = solved;
      support.forEach((k, s) => {
        const [from, to] = [alpha[k] as number, candidates[s] as number];
        if (k >= free && to <= 0) ratio = Math.min(ratio, from / (from - to));
      });
      support.forEach((k, s) => {
        alpha[k] = (alpha[k] as number) + ratio * ((candidates[s] as number) - (alpha[k] as number));
      });
      if (ratio === 1) break;
      const kept = support.filter((k, s) => k < free || (candidates[s] as number) > 0 || (alpha[k] as number) > 1e-14);
      for (const k of support) if (!kept.includes(k)) alpha[k] = 0;
      support = kept.length === support.length ? support.slice(0, -1) : kept;
      solved = solve(G, support, y, weights);
      if (solved === null) break;
    }
    resolve();
  }
  return { distance: product(residual, residual, weights), support: [...support].sort((a, b) => a - b) };
}

function product(a: Float64Array, b: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number) * (weights[i] as number);
  return sum;
}

/** @returns the coefficients of the closest point of a span, or null where its vectors depend on each other, nearly */
function solve(
  G: readonly Float64Array[],
  support: readonly number[],
  y: Float64Array,
  weights: Float64Array,
): number[] | null {
  const m = support.length;
  const rows = support.map((a) => {
    const left = G[a] as Float64Array;
    return [...support.map((b) => product(left, G[b] as Float64Array, weights)), product(left, y, weights)];
  });
  const diagonal = rows.map((row, a) => row[a] as number);
  for (let a = 0; a < m; a++) {
    const pivot = rows[a] as number[];
    if (!((pivot[a] as number) > 1e-10 * (diagonal[a] as number))) return null;
    for (let b = a + 1; b < m; b++) {
      const row = rows[b] as number[];
      const factor = (row[a] as number) / (pivot[a] as number);
      for (let c = a; c <= m; c++) row[c] = (row[c] as number) - factor * (pivot[c] as number);
    }
  }
  const x = new Array<number>(m).fill(0);
  for (let a = m - 1; a >= 0; a--) {
    const row = rows[a] as number[];
    let sum = row[m] as number;
    for (let b = a + 1; b < m; b++) sum -= (row[b] as number) * (x[b] as number);
    x[a] = sum / (row[a] as number);
  }
  return x;
}

/** Numbers over one positive denominator. */
export interface ExactFit {
  readonly alpha: readonly bigint[];
  readonly p: readonly bigint[];
  readonly denominator: bigint;
}

/**
 * The exactly closest point of the span of independent vectors; null where they depend on each other.
 *
 * @param y  over the denominator 1
 */
export function spanFit(
  G: readonly (readonly bigint[])[],
  y: readonly bigint[],
  weights: readonly bigint[],
): ExactFit | null {
  if (G.length === 0) return { alpha: [], p: y.map(() => 0n), denominator: 1n };
  const dot = (a: readonly bigint[], b: readonly bigint[]): bigint =>
    a.reduce((sum, a_i, i) => sum + a_i * (b[i] as bigint) * (weights[i] as bigint), 0n);
  const solved = solveIntegerSystem(
    G.map((a) => G.map((b) => dot(a, b))),
    G.map((a) => [dot(a, y)]),
  );
  if (solved === 'singular') return null;
  const alpha = solved.numerators.map((row) => row[0] as bigint);
  return {
    alpha,
    p: y.map((_, i) => G.reduce((sum, column, k) => sum + (column[i] as bigint) * (alpha[k] as bigint), 0n)),
    denominator: solved.denominator,
  };
}

/**
 * The exactly closest point of the cone, by the same method in rational arithmetic, from the support that floats have found.
 *
 * @param G  integer vectors; the first `free` of them are independent
 * @param y  over the denominator 1
 */
export function exactConicFit(
  G: readonly (readonly bigint[])[],
  free: number,
  y: readonly bigint[],
  weights: readonly bigint[],
  start: readonly number[],
): ExactFit & { readonly support: readonly number[] } {
  const fitted = (support: readonly number[]): ExactFit | null =>
    spanFit(
      support.map((k) => G[k] as readonly bigint[]),
      y,
      weights,
    );
  const isInside = (support: readonly number[], { alpha }: ExactFit): boolean =>
    support.every((k, s) => k < free || (alpha[s] as bigint) >= 0n);
  let support = [...start];
  let fit = fitted(support);
  if (fit === null || !isInside(support, fit)) {
    support = Array.from({ length: free }, (_, k) => k);
    fit = fitted(support) as ExactFit;
  }
  for (;;) {
    const { p, denominator } = fit;
    const pull = y.map((y_i, i) => (y_i * denominator - (p[i] as bigint)) * (weights[i] as bigint));
    const steepness = G.map((column, k) => {
      if (k < free || support.includes(k)) return -1;
      const slope = column.reduce((sum, c, i) => sum + c * (pull[i] as bigint), 0n);
      if (slope <= 0n) return -1;
      const size = column.reduce((sum, c, i) => sum + c * c * (weights[i] as bigint), 0n);
      return Number((slope * slope) / size) / Number(denominator) / Number(denominator);
    });
    const violated = steepness.map((s, k) => [s, k] as const).filter(([s]) => s >= 0);
    if (violated.length === 0) return { ...fit, support };
    const [, entering] = violated.reduce((a, b) => (b[0] > a[0] ? b : a));
    let alpha = new Map(support.map((k, s) => [k, rational((fit as ExactFit).alpha[s] as bigint, denominator)]));
    alpha.set(entering, zero);
    for (;;) {
      const trial = [...alpha.keys()].sort((a, b) => a - b);
      const next = fitted(trial);
      if (next === null) throw new Error('Cannot happen: the residual is orthogonal to what the support spans');
      if (isInside(trial, next)) {
        support = trial;
        fit = next;
        break;
      }
      const to = new Map(trial.map((k, s) => [k, rational(next.alpha[s] as bigint, next.denominator)]));
      let ratio = one;
      for (const [k, from] of alpha) {
        const end = to.get(k) as Rational;
        if (k < free || end.num >= 0n) continue;
        const part = divide(from, subtract(from, end));
        if (compare(part, ratio) < 0) ratio = part;
      }
      const moved = [...alpha].map(
        ([k, from]) => [k, add(from, multiply(ratio, subtract(to.get(k) as Rational, from)))] as const,
      );
      alpha = new Map(moved.filter(([k, value]) => k < free || value.num > 0n));
    }
  }
}
