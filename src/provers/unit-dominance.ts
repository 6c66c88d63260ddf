import type { Fields, Plain } from '../formats/write.js';
import { formatRational, multiply, type Rational, rational } from '../kernel/arithmetic/rational.js';
import type { Kink, OneSidedDerivative } from '../kernel/model/hidden-layer.js';
import { toFloats } from '../numerics/floats.js';
import { findFeasible } from '../numerics/linear-program.js';
import type { Observe } from './prover.js';
import { seeded } from './random.js';

/**
 * Whether f(e) = M·e + Σ κ max(e·x̃, 0) is ≥ 0 for every e: the hint that shows it, or a direction in which it is not. The hint is
 * for rule `neuron-dominance`, theory.md 2.
 */
export type UnitDecision =
  | { readonly kind: 'dominates'; readonly hint: Fields }
  | { readonly kind: 'descends'; readonly e: readonly bigint[] }
  | { readonly kind: 'undecided'; readonly hyperplanes: number };

export interface UnitSearch {
  readonly seed: number;
  readonly effort: number;
  readonly observe?: Observe | undefined;
}

/** Beyond so many hyperplanes in Q, and more than `planeDimension` coordinates, cells are not enumerated. */
const mostHyperplanes = 16;
/** x̃ = (x, 1) with d = 2: the cells of m planes through the origin number at most m(m − 1) + 2. */
const planeDimension = 3;

export async function decideUnit(derivative: OneSidedDerivative<bigint>, search: UnitSearch): Promise<UnitDecision> {
  const unit = new Unit(derivative);
  if (unit.Q.length === 0) return unit.decideConvex();
  const e = unit.findDescent(search);
  if (e !== null) return { kind: 'descends', e };
  if (unit.Q.length > mostHyperplanes && unit.dimension > planeDimension) {
    const hint = await unit.findTransport();
    return hint === null ? { kind: 'undecided', hyperplanes: unit.Q.length } : { kind: 'dominates', hint };
  }
  return unit.decideByCells(search.observe);
}

/** @returns f(e), up to a positive factor */
export function derivativeAlong({ M, kinks }: OneSidedDerivative<bigint>, e: readonly bigint[]): bigint {
  let value = dot(M, e);
  for (const { row, kappa } of kinks) {
    const side = dot(row, e);
    if (side > 0n) value += kappa * side;
  }
  return value;
}

function dot(a: readonly bigint[], b: readonly bigint[]): bigint {
  let sum = 0n;
  for (let j = 0; j < a.length; j++) sum += (a[j] as bigint) * (b[j] as bigint);
  return sum;
}

const quantities = (values: readonly Rational[]): Plain => values.map(formatRational);

/** Clears the denominators of a direction: only its ray matters. */
export function integerRay(e: readonly Rational[]): bigint[] {
  const common = e.reduce((product, { den }) => (product % den === 0n ? product : product * den), 1n);
  return e.map(({ num, den }) => num * (common / den));
}

type Cell = readonly { readonly kink: Kink<bigint>; readonly sign: 1n | -1n; readonly split: boolean }[];

class Unit {
  readonly P: readonly Kink<bigint>[];
  readonly Q: readonly Kink<bigint>[];
  readonly dimension: number;

  constructor(readonly derivative: OneSidedDerivative<bigint>) {
    this.P = derivative.kinks.filter(({ kappa }) => kappa > 0n);
    this.Q = derivative.kinks.filter(({ kappa }) => kappa < 0n);
    this.dimension = derivative.M.length;
  }

  /** Multipliers are found over the derivative's scale. */
  #unscaled(values: readonly Rational[]): Rational[] {
    const over = rational(1n, this.derivative.scale);
    return values.map((value) => multiply(value, over));
  }

  /** @returns the rows of Σ_j columns_j z_j = right, by coordinate */
  #system(columns: readonly (readonly bigint[])[]): bigint[][] {
    return Array.from({ length: this.dimension }, (_, k) => columns.map((column) => column[k] as bigint));
  }

  async decideConvex(): Promise<UnitDecision> {
    const { P, derivative } = this;
    const answer = await findFeasible(
      this.#system(P.map(({ row }) => row)),
      derivative.M.map((c) => -c),
      P.map(({ kappa }) => kappa),
    );
    if (answer.kind === 'infeasible') return { kind: 'descends', e: integerRay(answer.y) };
    return { kind: 'dominates', hint: { multipliers: quantities(this.#unscaled(answer.x)) } };
  }

  /** Looks for f(e) < 0 along rows, coordinates and seeded directions, each improved by a few subgradient steps in floats. */
  findDescent({ seed, effort }: UnitSearch): readonly bigint[] | null {
    const { M, kinks } = this.derivative;
    const random = seeded(seed);
    const { dimension } = this;
    const rows = kinks.map(({ row }) => toFloats(row));
    const scaled = toFloats([...M, ...kinks.map(({ kappa }) => kappa)]);
    const linear = scaled.subarray(0, dimension);
    const weights = scaled.subarray(dimension);
    // Rows are scaled one by one, so their coefficients take the factor back.
    const rowScale = kinks.map(({ row }, r) => scaleOf(row, rows[r] as Float64Array));
    const starts: Float64Array[] = [linear.map((c) => -c)];
    for (const row of rows)
      starts.push(
        row,
        row.map((c) => -c),
      );
    for (let k = 0; k < dimension; k++) {
      for (const sign of [1, -1]) starts.push(Float64Array.from({ length: dimension }, (_, j) => (j === k ? sign : 0)));
    }
    for (let t = 0; t < 20 * effort; t++) starts.push(Float64Array.from({ length: dimension }, random.normal));
    const exact = (e: Float64Array): readonly bigint[] | null => {
      const rounded = roundRay(e);
      return derivativeAlong(this.derivative, rounded) < 0n ? rounded : null;
    };
    for (const start of starts) {
      let e = start;
      const found = exact(e);
      if (found !== null) return found;
      for (let step = 1; step <= 8; step++) {
        const gradient = Float64Array.from(linear);
        for (let r = 0; r < rows.length; r++) {
          const row = rows[r] as Float64Array;
          let side = 0;
          for (let j = 0; j < dimension; j++) side += (row[j] as number) * (e[j] as number);
          const weight = (weights[r] as number) * (rowScale[r] as number);
          if (side > 0)
            for (let j = 0; j < dimension; j++) gradient[j] = (gradient[j] as number) + weight * (row[j] as number);
        }
        const size = Math.hypot(...gradient);
        const length = Math.hypot(...e);
        if (!(size > 0) || !(length > 0)) break;
        e = e.map((c, j) => c / length - ((gradient[j] as number) / size) * (0.7 / step));
        const better = exact(e);
        if (better !== null) return better;
      }
    }
    return null;
  }

  /** All cells of the hyperplanes of Q, each with its own linear program. */
  async decideByCells(observe: Observe | undefined): Promise<UnitDecision> {
    const counter = { done: 0 };
    const visit = async (cell: Cell, undecided: readonly Kink<bigint>[]): Promise<UnitDecision> => {
      const [kink, ...rest] = undecided;
      if (kink === undefined) {
        observe?.('cells of the kinks', ++counter.done, 0);
        return this.#decideCell(cell);
      }
      for (const sign of [1n, -1n] as const) {
        const implied = await this.#implication(kink, sign, cell);
        if (implied === null) continue;
        const below = await visit([...cell, { kink, sign, split: false }], rest);
        if (below.kind !== 'dominates') return below;
        const side = sign === 1n ? 'nonnegative' : 'nonpositive';
        return { kind: 'dominates', hint: { sample: kink.sample, implied, [side]: below.hint } };
      }
      const nonnegative = await visit([...cell, { kink, sign: 1n, split: true }], rest);
      if (nonnegative.kind !== 'dominates') return nonnegative;
      const nonpositive = await visit([...cell, { kink, sign: -1n, split: true }], rest);
      if (nonpositive.kind !== 'dominates') return nonpositive;
      return {
        kind: 'dominates',
        hint: { sample: kink.sample, nonnegative: nonnegative.hint, nonpositive: nonpositive.hint },
      };
    };
    return visit([], this.Q);
  }

  /** @returns c ≥ 0 with sign·x̃ = Σ c_s ε_s x̃_s over the splits above, or null */
  async #implication({ row }: Kink<bigint>, sign: bigint, cell: Cell): Promise<Plain | null> {
    const above = cell.filter(({ split }) => split);
    if (above.length === 0) return null;
    const answer = await findFeasible(
      this.#system(above.map(({ kink, sign: side }) => kink.row.map((c) => side * c))),
      row.map((c) => sign * c),
      above.map(() => null),
    );
    return answer.kind === 'feasible' ? quantities(answer.x) : null;
  }

  async #decideCell(cell: Cell): Promise<UnitDecision> {
    const { P, Q, derivative } = this;
    const signs = Q.map((kink) => (cell.find((decided) => decided.kink === kink) as Cell[number]).sign);
    const linear = derivative.M.map((c, k) =>
      Q.reduce((sum, { row, kappa }, q) => (signs[q] === 1n ? sum + kappa * (row[k] as bigint) : sum), c),
    );
    const answer = await findFeasible(
      this.#system([...P.map(({ row }) => row), ...Q.map(({ row }, q) => row.map((c) => -(signs[q] as bigint) * c))]),
      linear.map((c) => -c),
      [...P.map(({ kappa }) => kappa), ...Q.map(() => null)],
    );
    if (answer.kind === 'infeasible') return { kind: 'descends', e: integerRay(answer.y) };
    const values = this.#unscaled(answer.x);
    return {
      kind: 'dominates',
      hint: { multipliers: quantities(values.slice(0, P.length)), cone: quantities(values.slice(P.length)) },
    };
  }

  /** One linear program for masses m_pq = Γ_pq κ_p, multipliers λ_p and slacks, Σ_q m_pq + λ_p + slack_p = κ_p. */
  async findTransport(): Promise<Fields | null> {
    const { P, Q, dimension, derivative } = this;
    const width = P.length * Q.length + 2 * P.length;
    const rows: bigint[][] = [];
    const right: bigint[] = [];
    const add = (b: bigint): bigint[] => {
      const row = new Array<bigint>(width).fill(0n);
      rows.push(row);
      right.push(b);
      return row;
    };
    const lambda = (p: number): number => P.length * Q.length + p;
    for (const [q, target] of Q.entries()) {
      for (let k = 0; k < dimension; k++) {
        const row = add(-target.kappa * (target.row[k] as bigint));
        for (const [p, kink] of P.entries()) row[p * Q.length + q] = kink.row[k] as bigint;
      }
    }
    for (let k = 0; k < dimension; k++) {
      const row = add(-(derivative.M[k] as bigint));
      for (const [p, kink] of P.entries()) row[lambda(p)] = kink.row[k] as bigint;
    }
    for (const [p, kink] of P.entries()) {
      const row = add(kink.kappa);
      for (let q = 0; q < Q.length; q++) row[p * Q.length + q] = 1n;
      row[lambda(p)] = 1n;
      row[lambda(p) + P.length] = 1n;
    }
    const answer = await findFeasible(rows, right, new Array<null>(width).fill(null));
    if (answer.kind === 'infeasible') return null;
    return {
      transport: P.map(({ kappa }, p) =>
        Q.map((_, q) => formatRational(multiply(answer.x[p * Q.length + q] as Rational, rational(1n, kappa)))),
      ),
      multipliers: quantities(this.#unscaled(P.map((_, p) => answer.x[lambda(p)] as Rational))),
    };
  }
}

/** The factor between a row and its floats, as a float relative to the largest; only the search depends on it. */
function scaleOf(row: readonly bigint[], floats: Float64Array): number {
  const at = floats.findIndex((c) => c !== 0);
  return at < 0 ? 0 : Number(row[at] as bigint) / (floats[at] as number);
}

/** @returns the direction with 20 bits a coordinate */
function roundRay(e: Float64Array): bigint[] {
  const most = e.reduce((size, c) => Math.max(size, Math.abs(c)), 0);
  return Array.from(e, (c) => (most > 0 && Number.isFinite(most) ? BigInt(Math.round((c / most) * 2 ** 20)) : 0n));
}
