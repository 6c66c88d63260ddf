import { gcd, lcm } from '../kernel/arithmetic/gcd.js';

/**
 * The conditions A x = b, 0 ≤ x ≤ upper. A is m × n by rows; rows may depend on each other or be zero; upper has length
 * n, every bound is at least 0, and null is no bound.
 */
export type BoundedSystem = {
  readonly A: readonly (readonly bigint[])[];
  readonly b: readonly bigint[];
  readonly upper: readonly (bigint | null)[];
};

/** A point x = X / den with den > 0, or multipliers y of the rows that show there is none. */
export type IntegerAnswer = IntegerPoint | { readonly kind: 'infeasible'; readonly y: readonly bigint[] };
export type IntegerPoint = { readonly kind: 'feasible'; readonly X: readonly bigint[]; readonly den: bigint };

/** @throws RangeError if the shapes disagree or an upper bound is negative */
export function requireBoundedSystem({ A, b, upper }: BoundedSystem): void {
  if (b.length !== A.length) throw new RangeError(`Cannot read A x = b: ${A.length} rows, but b has ${b.length}`);
  for (const [i, row] of A.entries()) {
    if (row.length !== upper.length) {
      throw new RangeError(`Cannot read A x = b: ${upper.length} upper bounds, but row ${i} has ${row.length} entries`);
    }
  }
  for (const [j, u] of upper.entries()) {
    if (u !== null && u < 0n) throw new RangeError(`Cannot read x_${j} in [0, ${u}]: the upper bound is negative`);
  }
}

/**
 * Decides, in integers, whether the answer is right. A point is right if A X = b den and 0 ≤ X ≤ upper den. Multipliers
 * are right if y·b > Σ_j max(y·A_j, 0) upper_j with y·A_j ≤ 0 wherever upper_j = null: a point x of the system would
 * give y·b = Σ_j (y·A_j) x_j ≤ Σ_j max(y·A_j, 0) upper_j.
 *
 * @see Schrijver, Theory of Linear and Integer Programming, 1986, §7.3 (Farkas' lemma)
 */
export function isAnswer(system: BoundedSystem, answer: IntegerAnswer): boolean {
  return answer.kind === 'feasible' ? isPoint(system, answer.X, answer.den) : isInfeasibilityProof(system, answer.y);
}

function isPoint({ A, b, upper }: BoundedSystem, X: readonly bigint[], den: bigint): boolean {
  if (den <= 0n || X.length !== upper.length) return false;
  for (const [j, u] of upper.entries()) {
    const x = X[j] as bigint;
    if (x < 0n || (u !== null && x > u * den)) return false;
  }
  return A.every((row, i) => dot(row, X) === (b[i] as bigint) * den);
}

function isInfeasibilityProof({ A, b, upper }: BoundedSystem, y: readonly bigint[]): boolean {
  if (y.length !== b.length) return false;
  let most = 0n;
  for (const [j, yA_j] of combineRows(A, y, upper.length).entries()) {
    if (yA_j <= 0n) continue;
    const u = upper[j] as bigint | null;
    if (u === null) return false;
    most += yA_j * u;
  }
  return dot(y, b) > most;
}

export function dot(a: readonly bigint[], b: readonly bigint[]): bigint {
  let sum = 0n;
  for (let i = 0; i < a.length; i++) {
    const factor = a[i] as bigint;
    if (factor !== 0n) sum += factor * (b[i] as bigint);
  }
  return sum;
}

/** @returns y A, of length n */
export function combineRows(A: readonly (readonly bigint[])[], y: readonly bigint[], n: number): bigint[] {
  const sum = new Array<bigint>(n).fill(0n);
  for (const [i, row] of A.entries()) {
    const factor = y[i] as bigint;
    if (factor === 0n) continue;
    for (let j = 0; j < n; j++) sum[j] = (sum[j] as bigint) + factor * (row[j] as bigint);
  }
  return sum;
}

/**
 * The same system in smaller numbers: every row of [A b] is divided by its content g_i, then every column by its
 * content h_j, with h_j x_j in place of x_j.
 *
 * @returns the small system, and how its answers become answers of the given one
 */
export function withoutContent(system: BoundedSystem): {
  small: BoundedSystem;
  translate: (answer: IntegerAnswer) => IntegerAnswer;
} {
  const { A, b, upper } = system;
  const g = A.map((row, i) => content(row, b[i] as bigint));
  const rows = A.map((row, i) => row.map((entry) => entry / (g[i] as bigint)));
  const h = upper.map((_, j) => content(rows.map((row) => row[j] as bigint)));
  const small = {
    A: rows.map((row) => row.map((entry, j) => entry / (h[j] as bigint))),
    b: b.map((entry, i) => entry / (g[i] as bigint)),
    upper: upper.map((u, j) => (u === null ? null : u * (h[j] as bigint))),
  };
  const translate = (answer: IntegerAnswer): IntegerAnswer => {
    if (answer.kind === 'feasible') {
      const H = h.reduce(lcm, 1n);
      return { kind: 'feasible', X: answer.X.map((x, j) => x * (H / (h[j] as bigint))), den: answer.den * H };
    }
    const G = g.reduce(lcm, 1n);
    return { kind: 'infeasible', y: answer.y.map((y, i) => y * (G / (g[i] as bigint))) };
  };
  return { small, translate };
}

/** @returns the greatest common divisor of the entries and `first`, positive; 1 if all are zero */
export function content(entries: readonly bigint[], first = 0n): bigint {
  let g = first;
  for (const entry of entries) {
    if (g === 1n) return 1n;
    if (entry !== 0n) g = gcd(g, entry);
  }
  return g === 0n ? 1n : g < 0n ? -g : g;
}
