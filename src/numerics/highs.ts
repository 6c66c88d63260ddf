import { bitLength } from '../kernel/arithmetic/gcd.js';
import type { BoundedSystem } from './bounded-system.js';

/**
 * The basis at which HiGHS, in floating point, minimises Σ |s_i| 2^rowExponents_i over A x + s = b, 0 ≤ x ≤ upper.
 * If it is right and the least sum is 0, its x is a point of the system; otherwise its dual solution is a proof that
 * there is none. Nothing here is trusted: the caller solves the basis exactly and checks.
 */
export type ElasticBasis = {
  readonly basicColumns: readonly number[];
  /** The rows whose s_i is basic, with the sign it is given in the sum, or 0 if HiGHS keeps it at 0. */
  readonly basicRows: ReadonlyMap<number, -1n | 0n | 1n>;
  readonly atUpper: ReadonlySet<number>;
  readonly rowExponents: readonly number[];
  /** One a row, for the rows scaled by 2^rowExponents_i; at most about 1. */
  readonly multipliers: readonly number[];
  /** The least sum found, in units of the largest scaled entry of b. */
  readonly distance: number;
};

/** @returns null if HiGHS gives up, fails or does not load, as it may on any input */
export async function findElasticBasis(system: BoundedSystem): Promise<ElasticBasis | null> {
  try {
    return solveElastic(await loadHighs(), system);
  } catch {
    loading = undefined; // a failure inside WebAssembly may leave its memory in any state
    return null;
  }
}

/** What is used of the package, whose own types do not resolve for ES modules. */
type Highs = {
  readonly infinity: number;
  withModel<Result>(operation: (model: Model) => Result): Result;
};
type Problem = {
  readonly numCols: number;
  readonly numRows: number;
  readonly colCost: Float64Array;
  readonly colLower: Float64Array;
  readonly colUpper: Float64Array;
  readonly rowLower: Float64Array;
  readonly rowUpper: Float64Array;
  readonly matrix: {
    readonly format: 'csc';
    readonly numRows: number;
    readonly numCols: number;
    readonly starts: readonly number[];
    readonly indices: readonly number[];
    readonly values: readonly number[];
  };
};
type Model = {
  readonly options: { set(values: Readonly<Record<string, boolean | number | string>>): unknown };
  passModel(problem: Problem): unknown;
  run(): { readonly modelStatus: number };
  getBasis(): { readonly colStatus: Int32Array; readonly rowStatus: Int32Array };
  getSolution(): { readonly rowDual: Float64Array };
  getObjectiveValue(): number;
};
const optimal = 7;
const basic = 1;
const upperBound = 2;

let loading: Promise<Highs> | undefined;

function loadHighs(): Promise<Highs> {
  loading ??= import('highs').then((module) => (module.default as unknown as () => Promise<Highs>)());
  return loading;
}

function solveElastic(highs: Highs, system: BoundedSystem): ElasticBasis | null {
  const m = system.A.length;
  const n = system.upper.length;
  const { rowExponents, columnExponents } = equilibrate(system);
  const unit = Math.max(...system.b.map((b_i, i) => (b_i === 0n ? -Infinity : bitLength(b_i) + at(rowExponents, i))));
  const b = Float64Array.from(system.b, (b_i, i) => scaled(b_i, at(rowExponents, i) - unit));
  const starts = [0];
  const indices: number[] = [];
  const values: number[] = [];
  const push = (i: number, value: number) => {
    indices.push(i);
    values.push(value);
  };
  for (let j = 0; j < n; j++) {
    for (const [i, row] of system.A.entries()) {
      const entry = row[j] as bigint;
      if (entry !== 0n) push(i, scaled(entry, at(rowExponents, i) + at(columnExponents, j)));
    }
    starts.push(indices.length);
  }
  // s = s⁺ − s⁻: the columns n + i are s⁺, the columns n + m + i are s⁻.
  for (const sign of [1, -1]) {
    for (let i = 0; i < m; i++) {
      push(i, sign);
      starts.push(indices.length);
    }
  }
  const numCols = n + 2 * m;
  const problem: Problem = {
    numCols,
    numRows: m,
    colCost: new Float64Array(numCols).fill(1, n),
    colLower: new Float64Array(numCols),
    colUpper: Float64Array.from({ length: numCols }, (_, j) => {
      const u = j < n ? (system.upper[j] as bigint | null) : null;
      return u === null ? highs.infinity : scaled(u, -at(columnExponents, j) - unit);
    }),
    rowLower: b,
    rowUpper: b,
    matrix: { format: 'csc', numRows: m, numCols, starts, indices, values },
  };
  return highs.withModel((model) => {
    model.options.set({
      output_flag: false,
      presolve: 'off',
      solver: 'simplex',
      primal_feasibility_tolerance: 1e-10,
      dual_feasibility_tolerance: 1e-10,
      small_matrix_value: 1e-12,
      large_matrix_value: 1e200,
      simplex_iteration_limit: 1000 + 100 * numCols,
    });
    model.passModel(problem);
    if (model.run().modelStatus !== optimal) return null;
    const { colStatus, rowStatus } = model.getBasis();
    const multipliers = [...model.getSolution().rowDual];
    if (!multipliers.every(Number.isFinite)) return null;
    const basicRows = new Map<number, -1n | 0n | 1n>();
    for (let i = 0; i < m; i++) {
      if (rowStatus[i] === basic) basicRows.set(i, 0n); // the row's own slack, which HiGHS adds and fixes at 0
      if (colStatus[n + i] === basic) basicRows.set(i, 1n);
      if (colStatus[n + m + i] === basic) basicRows.set(i, -1n);
    }
    const columns = system.upper.map((_, j) => j);
    return {
      basicColumns: columns.filter((j) => colStatus[j] === basic),
      basicRows,
      atUpper: new Set(columns.filter((j) => colStatus[j] === upperBound)),
      rowExponents,
      multipliers,
      distance: model.getObjectiveValue(),
    };
  });
}

/**
 * @returns exponents that bring the largest |A_ij| 2^(row_i + column_j) of every row and every column near 1. Scaling
 *          by mean or middle exponents instead lets a few tiny entries blow up their column, which misleads HiGHS.
 */
function equilibrate({ A, upper }: BoundedSystem): { rowExponents: number[]; columnExponents: number[] } {
  const bits = A.map((row) => row.map((entry) => (entry === 0n ? -Infinity : bitLength(entry))));
  const minusLargest = (exponents: readonly number[]) => {
    const largest = Math.max(...exponents);
    return largest === -Infinity ? 0 : -largest;
  };
  const rowExponents = bits.map(minusLargest);
  const columnExponents = upper.map((_, j) => minusLargest(bits.map((row, i) => at(row, j) + at(rowExponents, i))));
  return { rowExponents, columnExponents };
}

/** @returns a · 2^exponent to about 60 bits, however long a; 0 or ±∞ where doubles end */
function scaled(a: bigint, exponent: number): number {
  const excess = Math.max(0, bitLength(a) - 60);
  return Number(a >> BigInt(excess)) * 2 ** (exponent + excess);
}

function at<T>(array: readonly T[], index: number): T {
  return array[index] as T;
}
