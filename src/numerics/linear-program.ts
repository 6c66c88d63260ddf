import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import {
  type BoundedSystem,
  combineRows,
  content,
  dot,
  type IntegerAnswer,
  type IntegerPoint,
  isAnswer,
  requireBoundedSystem,
  withoutContent,
} from './bounded-system.js';
import { solveIntegerSystem } from './dixon.js';
import { decideBySimplex } from './exact-simplex.js';
import { type ElasticBasis, findElasticBasis } from './highs.js';

/**
 * A point x with A x = b and 0 ≤ x ≤ upper, or multipliers y that show there is none: y·b > Σ_j max(y·A_j, 0) upper_j
 * with y·A_j ≤ 0 wherever upper_j = null, where A_j is column j. The y_i are integers without common divisor.
 */
export type Feasibility =
  | { readonly kind: 'feasible'; readonly x: Rational[] }
  | { readonly kind: 'infeasible'; readonly y: Rational[] };

/** Up to this many entries of A, the exact simplex method is faster than the way through HiGHS (measured). */
const tinySize = 150;

/**
 * Finds x with A x = b and 0 ≤ x ≤ upper, or a proof that there is none. HiGHS solves the problem in floating point;
 * what it says is rounded, or its basis solved exactly; and where neither is right, its basis is where the exact
 * simplex method starts. So the answer is exact on every input, whatever HiGHS does, and checked before it leaves.
 *
 * @param A      m × n by rows; the rows may be dependent or zero, and m or n may be 0
 * @param b      length m
 * @param upper  length n, at least 0; null is no bound
 * @throws RangeError if the shapes disagree or an upper bound is negative
 * @see    Applegate, Cook, Dash and Espinoza, Exact solutions to linear programming problems, 2007
 */
export async function findFeasible(
  A: readonly (readonly bigint[])[],
  b: readonly bigint[],
  upper: readonly (bigint | null)[],
): Promise<Feasibility> {
  if (A.length * upper.length <= tinySize || b.every((b_i) => b_i === 0n)) return findFeasibleExactly(A, b, upper);
  const system = { A, b, upper };
  requireBoundedSystem(system);
  const { small, translate } = withoutContent(system);
  const basis = await findElasticBasis(small);
  if (basis === null) return checked(system, translate(decideBySimplex(small)));
  const likely = roundedProof(small, basis) ?? basicAnswer(small, basis);
  return checked(system, translate(likely ?? decideBySimplex(small, basis)));
}

/** What `findFeasible` finds, without waiting and by exact arithmetic alone: the better choice for tiny problems. */
export function findFeasibleExactly(
  A: readonly (readonly bigint[])[],
  b: readonly bigint[],
  upper: readonly (bigint | null)[],
): Feasibility {
  const system = { A, b, upper };
  requireBoundedSystem(system);
  return checked(system, decideBySimplex(system));
}

/** A direction in the open cone, or multipliers λ ≥ 0, not all 0, with Σ λ_i a_i = 0. */
export type Interior =
  | { readonly kind: 'interior'; readonly e: Rational[] }
  | { readonly kind: 'empty'; readonly multipliers: Rational[] };

/**
 * Finds e with a_i·e > 0 for every row a_i, or λ ≥ 0 with Σ λ_i = 1 and Σ λ_i a_i = 0, which shows that there is none,
 * since then 0 = Σ λ_i (a_i·e) would be positive. The λ are sought as a feasible point; if there is none, the
 * multipliers (−e, t) of the proof have t > 0 and t ≤ a_i·e.
 *
 * @param rows       the a_i, each of length `dimension`; without rows the answer is e = 0
 * @param dimension  the length of e
 * @throws RangeError if a row has another length
 * @see    Gordan, 1873; Schrijver, Theory of Linear and Integer Programming, 1986, §7.8 (31)
 */
export function findInterior(rows: readonly (readonly bigint[])[], dimension: number): Interior {
  for (const [i, row] of rows.entries()) {
    if (row.length !== dimension) {
      throw new RangeError(`Cannot read a cone in dimension ${dimension}: row ${i} has ${row.length} entries`);
    }
  }
  const balance = Array.from({ length: dimension }, (_, k) => rows.map((row) => row[k] as bigint));
  const total = rows.map(() => 1n);
  const b = [...balance.map(() => 0n), 1n];
  const answer = findFeasibleExactly(
    [...balance, total],
    b,
    rows.map(() => null),
  );
  if (answer.kind === 'feasible') return { kind: 'empty', multipliers: answer.x };
  return { kind: 'interior', e: answer.y.slice(0, dimension).map(({ num }) => rational(-num)) };
}

/** @throws Error if the answer is wrong, which is a bug */
function checked(system: BoundedSystem, answer: IntegerAnswer): Feasibility {
  if (!isAnswer(system, answer)) throw new Error(`Cannot decide A x = b: the answer '${answer.kind}' fails its check`);
  if (answer.kind === 'feasible') {
    return { kind: 'feasible', x: answer.X.map((X_j) => rational(X_j, answer.den)) };
  }
  const g = content(answer.y);
  return { kind: 'infeasible', y: answer.y.map((y_i) => rational(y_i / g)) };
}

/**
 * Proofs from the float multipliers, shortest first. A few bits suffice unless some column without a bound, or the sum
 * itself, must come out as exactly 0.
 */
function roundedProof(system: BoundedSystem, basis: ElasticBasis): IntegerAnswer | null {
  if (basis.distance < 1e-7) return null;
  for (const bits of [4, 10, 24, 50]) {
    const y = basis.multipliers.map((y_i) => BigInt(Math.round(y_i * 2 ** bits)));
    const proof = { kind: 'infeasible', y: timesPowers(y, basis.rowExponents) } as const;
    if (isAnswer(system, proof)) return proof;
  }
  return null;
}

/** The answer of the basis, if it is optimal for the elastic problem: its x, or if that misses some row its y. */
function basicAnswer(system: BoundedSystem, basis: ElasticBasis): IntegerAnswer | null {
  const point = basicPoint(system, basis);
  if (point === null) return null;
  if (isAnswer(system, point)) return point;
  const proof = basicProof(system, basis, point);
  return proof !== null && isAnswer(system, proof) ? proof : null;
}

/** The x of the basis: the basic columns solve the rows without a basic s_i, the other columns rest at a bound. */
function basicPoint(system: BoundedSystem, { basicColumns, basicRows, atUpper }: ElasticBasis): IntegerPoint | null {
  const { A, b, upper } = system;
  const rest = upper.map((u, j) => (atUpper.has(j) && u !== null ? u : 0n));
  const rows = [...A.keys()].filter((i) => !basicRows.has(i));
  if (rows.length !== basicColumns.length) return null;
  const solved = solveIntegerSystem(
    rows.map((i) => basicColumns.map((j) => entry(A, i, j))),
    rows.map((i) => [(b[i] as bigint) - dot(A[i] as readonly bigint[], rest)]),
  );
  if (solved === 'singular') return null;
  const X = rest.map((x) => x * solved.denominator);
  for (const [k, j] of basicColumns.entries()) X[j] = solved.numerators[k]?.[0] as bigint;
  return { kind: 'feasible', X, den: solved.denominator };
}

/**
 * The y of the basis: ± the weight of s_i where s_i is basic, and y·A_j = 0 for the basic columns. The signs are those
 * of the exact s_i; where s_i = 0, which often happens, only the sign in the basis makes y optimal.
 */
function basicProof(system: BoundedSystem, basis: ElasticBasis, point: IntegerPoint): IntegerAnswer | null {
  const { A, b, upper } = system;
  const signs = A.map((row, i) => {
    const s_i = (b[i] as bigint) * point.den - dot(row, point.X);
    return s_i < 0n ? -1n : s_i > 0n ? 1n : (basis.basicRows.get(i) ?? 0n);
  });
  const y = timesPowers(signs, basis.rowExponents);
  const yA = combineRows(A, y, upper.length);
  const rows = [...A.keys()].filter((i) => !basis.basicRows.has(i));
  const solved = solveIntegerSystem(
    basis.basicColumns.map((j) => rows.map((i) => entry(A, i, j))),
    basis.basicColumns.map((j) => [-(yA[j] as bigint)]),
  );
  if (solved === 'singular') return null;
  for (const i of y.keys()) y[i] = (y[i] as bigint) * solved.denominator;
  for (const [k, i] of rows.entries()) y[i] = solved.numerators[k]?.[0] as bigint;
  return { kind: 'infeasible', y };
}

/** @returns y_i · 2^exponents_i, all multiplied by one power of 2 that makes them integers */
function timesPowers(y: readonly bigint[], exponents: readonly number[]): bigint[] {
  const least = Math.min(0, ...exponents);
  return y.map((y_i, i) => y_i << BigInt((exponents[i] as number) - least));
}

function entry(A: BoundedSystem['A'], i: number, j: number): bigint {
  return (A[i] as readonly bigint[])[j] as bigint;
}
