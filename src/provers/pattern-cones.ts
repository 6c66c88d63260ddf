import { type Fields, quantity } from '../formats/write.js';
import { gcd } from '../kernel/arithmetic/gcd.js';
import { primitive, Span } from '../kernel/arithmetic/matrix.js';
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import type { Hyperplanes, KeptLeaf, SignOf } from '../kernel/rules/sign-tree.js';
import { findFeasibleExactly } from '../numerics/linear-program.js';

/** A sign tree whose kept leaves are the patterns that some w has at all data, as the certificate writes it. */
export interface PatternTree {
  readonly tree: Fields;
  /** in depth-first order */
  readonly leaves: readonly KeptLeaf[];
}

/** All signs, sample by sample, breakpoint by breakpoint; those that no w crosses are left out. */
function crossings({ rows, activation }: Hyperplanes): readonly Omit<SignOf, 'sign'>[] {
  return rows.flatMap((row, sample) =>
    activation.breakpoints.flatMap((tau, breakpoint) =>
      tau === 0n && row.every((x) => x === 0n) ? [] : [{ sample, breakpoint }],
    ),
  );
}

/**
 * Builds the tree by splitting on every sign in order; a side that is empty ends at once.
 *
 * @param most  how many leaves are kept at most
 * @returns null where there are more
 */
export function findPatterns(hyperplanes: Hyperplanes, most: number): PatternTree | null {
  const all = crossings(hyperplanes);
  const leaves: KeptLeaf[] = [];
  const grow = (signs: readonly SignOf[]): Fields | null => {
    const lambda = findEmptiness(hyperplanes, signs);
    if (lambda !== null) return { infeasible: lambda.map(quantity) };
    const next = all[signs.length];
    if (next === undefined) {
      if (leaves.length === most) return null;
      const pieces = hyperplanes.rows.map(
        (_, i) => signs.filter(({ sample, sign }) => sample === i && sign > 0n).length,
      );
      leaves.push({ signs, pieces });
      return { kept: true };
    }
    const below = grow([...signs, { ...next, sign: -1n }]);
    const above = below === null ? null : grow([...signs, { ...next, sign: 1n }]);
    return below === null || above === null ? null : { ...next, below, above };
  };
  const tree = grow([]);
  return tree === null ? null : { tree, leaves };
}

/** @returns λ ≥ 0, λ ≠ 0, Σ λσx̃ = 0, Σ λστ ≥ 0, or null where σ(w·x̃ − τ) > 0 for all signs has a solution w */
function findEmptiness({ rows, activation }: Hyperplanes, signs: readonly SignOf[]): readonly Rational[] | null {
  if (signs.length === 0) return null;
  const width = rows[0]?.length ?? 0;
  const column = (j: number) => signs.map(({ sample, sign }) => sign * (rows[sample]?.[j] as bigint));
  const tau = signs.map(({ breakpoint, sign }) => sign * (activation.breakpoints[breakpoint] as bigint));
  const A = [
    ...Array.from({ length: width }, (_, j) => [...column(j), 0n]),
    [...tau, -1n],
    [...signs.map(() => 1n), 0n],
  ];
  const found = findFeasibleExactly(
    A,
    [...Array.from({ length: width + 1 }, () => 0n), 1n],
    A[0]?.map(() => null) ?? [],
  );
  if (found.kind === 'infeasible') return null;
  const lambda = found.x.slice(0, -1);
  // Without denominators they are short.
  const common = lambda.reduce((most, { den }) => (most / gcd(most, den)) * den, 1n);
  return lambda.map(({ num, den }) => rational(num * (common / den)));
}

/** An extreme ray (u, t) of the closed cone of a leaf, and what it adds to the predictions with a positive v. */
export interface Ray {
  /** integers, up to one positive factor: u = z·(denominator of x̃), t·(denominator of τ) */
  readonly z: readonly bigint[];
  readonly t: bigint;
  /** Σ over the denominator of the pieces */
  readonly image: readonly bigint[];
}

/** Whether v·h(w·x) is a function of |v|w alone: all pieces pass through 0, where the only breakpoint is. */
export function isHomogeneous({ activation }: Hyperplanes): boolean {
  return activation.breakpoints.every((tau) => tau === 0n) && activation.intercepts.every((c) => c === 0n);
}

/** Finds the rays that generate the image of a leaf's cone among the predictions. */
export class LeafRays {
  /** columns of x̃ that the others depend on; the coordinates of u elsewhere are 0 */
  readonly #columns: readonly number[];
  readonly #homogeneous: boolean;

  constructor(readonly hyperplanes: Hyperplanes) {
    const { rows } = hyperplanes;
    const span = new Span(rows.length);
    this.#columns = (rows[0] ?? []).flatMap((_, j) => (span.add(rows.map((row) => row[j] as bigint)) ? [j] : []));
    this.#homogeneous = isHomogeneous(hyperplanes);
  }

  of({ signs, pieces }: KeptLeaf): readonly Ray[] {
    const { rows, activation } = this.hyperplanes;
    const width = rows[0]?.length ?? 0;
    const sides = signs.map(({ sample, breakpoint, sign }) => {
      const u = this.#columns.map((j) => sign * (rows[sample]?.[j] as bigint));
      return this.#homogeneous ? u : [...u, -sign * (activation.breakpoints[breakpoint] as bigint)];
    });
    if (!this.#homogeneous) sides.push([...this.#columns.map(() => 0n), 1n]);
    const distinct = [...new Map(sides.map((side) => [shortest(side).join(), shortest(side)])).values()];
    return extremeRays(distinct, this.#columns.length + (this.#homogeneous ? 0 : 1)).map((ray) => {
      const z = new Array<bigint>(width).fill(0n);
      this.#columns.forEach((j, k) => {
        z[j] = ray[k] as bigint;
      });
      const t = this.#homogeneous ? 0n : (ray[ray.length - 1] as bigint);
      const image = rows.map((row, i) => {
        const piece = pieces[i] as number;
        const value = row.reduce((sum, x, j) => sum + x * (z[j] as bigint), 0n);
        const constant = (activation.intercepts[piece] as bigint) * activation.breakpointDenominator * t;
        return (activation.slopes[piece] as bigint) * value + constant;
      });
      return { z, t, image };
    });
  }
}

function shortest(v: readonly bigint[]): readonly bigint[] {
  const g = v.reduce((common, c) => gcd(common, c), 0n);
  return g > 1n ? v.map((c) => c / g) : v;
}

/** @returns the extreme rays of {z : a·z ≥ 0}, for rows that span the space: the lines on which dimension − 1 independent rows vanish */
function extremeRays(rows: readonly (readonly bigint[])[], dimension: number): readonly (readonly bigint[])[] {
  if (dimension === 0) return [];
  const found = new Map<string, readonly bigint[]>();
  const add = (ray: readonly bigint[]): void => {
    for (const sign of [1n, -1n]) {
      const signed = ray.map((c) => sign * c);
      if (rows.every((row) => row.reduce((sum, a, j) => sum + a * (signed[j] as bigint), 0n) >= 0n)) {
        found.set(signed.join(), signed);
      }
    }
  };
  const choose = (from: number, chosen: readonly (readonly bigint[])[]): void => {
    if (chosen.length === dimension - 1) {
      const ray = normalTo(chosen, dimension);
      if (ray !== null) add(ray);
      return;
    }
    for (let r = from; r < rows.length; r++) choose(r + 1, [...chosen, rows[r] as readonly bigint[]]);
  };
  choose(0, []);
  return [...found.values()];
}

/** @returns the primitive vector on which dimension − 1 rows vanish, by minors; null where they are dependent */
function normalTo(rows: readonly (readonly bigint[])[], dimension: number): readonly bigint[] | null {
  const normal = Array.from({ length: dimension }, (_, j) => {
    const minor = determinant(rows.map((row) => row.filter((_, k) => k !== j)));
    return j % 2 === 0 ? minor : -minor;
  });
  return normal.every((c) => c === 0n) ? null : primitive(normal);
}

function determinant(rows: readonly (readonly bigint[])[]): bigint {
  const [first, ...rest] = rows;
  if (first === undefined) return 1n;
  return first.reduce((sum, a, j) => {
    if (a === 0n) return sum;
    const minor = determinant(rest.map((row) => row.filter((_, k) => k !== j)));
    return j % 2 === 0 ? sum + a * minor : sum - a * minor;
  }, 0n);
}
