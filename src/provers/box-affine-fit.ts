/** The best affine (or constant) fit on a box, exactly where it is rational, and the same with one ridge more. */
import {
  integrateOverBox,
  integrateOverSlab,
  type RationalBox,
  type RationalPolynomial,
  rangeOver,
} from '../kernel/arithmetic/box-integral.js';
import { lcm } from '../kernel/arithmetic/gcd.js';
import { add, addMany, constantPolynomial, monomial, multiply, scale } from '../kernel/arithmetic/multivariate.js';
import {
  compare,
  divide,
  negate,
  add as plus,
  type Rational,
  rational,
  subtract,
  multiply as times,
  zero,
} from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import type { BoxData, Target, TermList } from '../kernel/model/box.js';
import { boxMoments } from '../kernel/model/box-integrals.js';
import type { PolynomialLoss } from '../kernel/model/loss.js';
import type { BoxProblem } from '../kernel/statement.js';
import { floatLoss } from '../numerics/float-loss.js';
import { ratio } from '../numerics/floats.js';
import { nodesOn } from '../numerics/quadrature.js';
import type { AffineMap } from './carriers.js';

/** The part of the box where w·x > t. */
export interface HalfSpace {
  readonly w: readonly bigint[];
  readonly t: Rational;
}

/** x ↦ Σ_k r_k y^k with y = w·x − t where y > 0, and 0 elsewhere. A hinge (w·x − t)₊ has the profile 1. */
export interface Ridge extends HalfSpace {
  /** r_1, r_2, … */
  readonly profile: readonly Rational[];
}

/** x ↦ A x + b + v · ridge(x) */
export interface RidgeFit {
  readonly map: AffineMap;
  readonly ridge: Ridge;
  /** one per output */
  readonly v: readonly Rational[];
}

const unlimited = (): Meter => new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });

/** Exact integrals of ρ times polynomials times targets, over the box or beyond a ridge. */
class Integrals {
  readonly meter = unlimited();
  readonly #density: RationalPolynomial;
  readonly d: number;

  constructor(readonly data: BoxData) {
    this.d = data.domain.lower.length;
    this.#density = polynomialOf(data.density);
  }

  /** ∫ ρ P over the box, or a part of it */
  of(P: RationalPolynomial, beyond: HalfSpace | null): Rational {
    return this.#over(product(P, this.#density), this.data.domain, beyond);
  }

  /** ∫ ρ P y_c */
  withTarget(P: RationalPolynomial, c: number, beyond: HalfSpace | null): Rational {
    const { domain, targets } = this.data;
    const { breakpoints, pieces } = targets[c] as Target;
    const weighted = product(P, this.#density);
    if (breakpoints.length === 0) {
      return this.#over(product(weighted, polynomialOf(pieces[0] as TermList)), domain, beyond);
    }
    const [a, b] = [domain.lower, domain.upper].map(([n]) => rational(n as bigint, domain.denominator)) as [
      Rational,
      Rational,
    ];
    return pieces.reduce((sum, piece, j) => {
      const from = larger(a, breakpoints[j - 1] ?? a);
      const to = negate(larger(negate(b), negate(breakpoints[j] ?? b)));
      if (compare(from, to) >= 0) return sum;
      return plus(sum, this.#over(product(weighted, polynomialOf(piece)), interval(from, to), beyond));
    }, zero);
  }

  #over(P: RationalPolynomial, box: RationalBox, beyond: HalfSpace | null): Rational {
    return beyond === null
      ? integrateOverBox(P, box, this.meter)
      : integrateOverSlab(P, box, beyond.w, { low: beyond.t, high: null }, this.meter);
  }
}

const larger = (a: Rational, b: Rational): Rational => (compare(a, b) >= 0 ? a : b);

function interval(from: Rational, to: Rational): RationalBox {
  const denominator = lcm(from.den, to.den);
  return { lower: [from.num * (denominator / from.den)], upper: [to.num * (denominator / to.den)], denominator };
}

function polynomialOf({ terms, denominator }: TermList): RationalPolynomial {
  return {
    numerator: addMany(terms.map(({ exponents, coefficient }) => monomial(exponents, coefficient))),
    denominator,
  };
}

function product(p: RationalPolynomial, q: RationalPolynomial): RationalPolynomial {
  return { numerator: multiply(p.numerator, q.numerator), denominator: p.denominator * q.denominator };
}

/** x_j, and 1 for j = d */
function coordinate(j: number, d: number): RationalPolynomial {
  const exponents = Array.from({ length: d }, (_, i) => (i === j ? 1 : 0));
  return { numerator: monomial(exponents, 1n), denominator: 1n };
}

/** The polynomial that a ridge is where w·x > t. */
function profileOf({ w, t, profile }: Ridge): RationalPolynomial {
  const d = w.length;
  const linear = addMany(w.map((c, j) => scale(coordinate(j, d).numerator, c)));
  const y = { numerator: add(scale(linear, t.den), constantPolynomial(d, -t.num)), denominator: t.den };
  return profile.reduceRight<RationalPolynomial>((value, r) => product(y, plusConstant(value, r, d)), {
    numerator: new Map(),
    denominator: 1n,
  });
}

function plusConstant({ numerator, denominator }: RationalPolynomial, r: Rational, d: number): RationalPolynomial {
  const common = lcm(denominator, r.den);
  const constant = constantPolynomial(d, r.num * (common / r.den));
  return { numerator: add(scale(numerator, common / denominator), constant), denominator: common };
}

/**
 * Finds a minimiser of ∫ ρ ℓ(A x + b, y) over A and b.
 *
 * Squared: the normal equations, exactly. Even powers and other convex polynomials: the least squares fit where symmetry makes it serve, or
 * the minimiser found in doubles, rounded to simple rationals. The moments ∫ g ⊗ (x, 1) are tested exactly before anything is answered.
 *
 * @returns null where none was found: as a rule, the best fit is irrational; or the loss is not convex
 */
export function findBoxFit({ data, loss }: BoxProblem, constant: boolean): AffineMap | null {
  if (!loss.convex) return null;
  const integrals = new Integrals(data);
  const squares = mapOf(leastSquares(integrals, columns(integrals.d, constant, null)), integrals.d, constant);
  if (isCritical(data, loss, squares, constant)) return squares;
  const found = newton(data, loss, squares, constant);
  for (const bits of [8, 14, 20, 30]) {
    const guess = found.map((row) => row.map((c) => simplest(c, 2 ** -bits)));
    const map = mapOf(guess, integrals.d, constant);
    if (isCritical(data, loss, map, constant)) return map;
  }
  return null;
}

/** The best fit in squares with one ridge more: exact, whatever the loss is. */
export function fitWithRidge({ data }: BoxProblem, ridge: Ridge): RidgeFit | null {
  const integrals = new Integrals(data);
  const { d } = integrals;
  const solution = solve(integrals, columns(d, false, ridge));
  if (solution === null) return null;
  const map = mapOf(
    solution.map((row) => row.slice(0, d + 1)),
    d,
    false,
  );
  return { map, ridge, v: solution.map((row) => row[d + 1] as Rational) };
}

/** A function that is fitted: a polynomial on the box, or on a part of it and 0 elsewhere. */
interface Column {
  readonly P: RationalPolynomial;
  readonly beyond: HalfSpace | null;
}

function columns(d: number, constant: boolean, ridge: Ridge | null): readonly Column[] {
  const affine = Array.from({ length: d + 1 }, (_, j): Column => ({ P: coordinate(j, d), beyond: null }));
  const kept = constant ? affine.slice(d) : affine;
  return ridge === null ? kept : [...kept, { P: profileOf(ridge), beyond: ridge }];
}

function leastSquares(integrals: Integrals, list: readonly Column[]): readonly (readonly Rational[])[] {
  const solution = solve(integrals, list);
  if (solution === null) throw new Error('Cannot happen: coordinates are independent on a box');
  return solution;
}

/** @returns by output the coefficients of the columns, or null where they are dependent */
function solve(integrals: Integrals, list: readonly Column[]): readonly (readonly Rational[])[] | null {
  const both = (a: Column, b: Column): Rational => integrals.of(product(a.P, b.P), a.beyond ?? b.beyond);
  const outputs = integrals.data.targets.map((_, c) => c);
  const rows = list.map((a) => [
    ...list.map((b) => both(a, b)),
    ...outputs.map((c) => integrals.withTarget(a.P, c, a.beyond)),
  ]);
  const m = list.length;
  // The matrix is symmetric and positive semidefinite, so a pivot is 0 only where columns are dependent.
  for (let i = 0; i < m; i++) {
    const row = rows[i] as Rational[];
    const pivot = row[i] as Rational;
    if (pivot.num === 0n) return null;
    for (let j = i; j < row.length; j++) row[j] = divide(row[j] as Rational, pivot);
    for (const [k, other] of rows.entries()) {
      const factor = other[i] as Rational;
      if (k === i || factor.num === 0n) continue;
      for (let j = i; j < row.length; j++) {
        other[j] = subtract(other[j] as Rational, times(factor, row[j] as Rational));
      }
    }
  }
  return outputs.map((c) => rows.map((row) => row[m + c] as Rational));
}

/** @param rows  by output the coefficients of x_0, …, x_(d−1) and 1, or of 1 alone */
function mapOf(rows: readonly (readonly Rational[])[], d: number, constant: boolean): AffineMap {
  const denominator = rows.flat().reduce((common, { den }) => lcm(common, den), 1n);
  const over = rows.map((row) => row.map(({ num, den }) => num * (denominator / den)));
  return {
    A: over.map((row) => (constant ? new Array<bigint>(d).fill(0n) : row.slice(0, d))),
    b: over.map((row) => row[row.length - 1] as bigint),
    denominator,
  };
}

/** Whether ∫ g ⊗ (x, 1) = 0 (∫ g = 0 for constants), exactly. */
function isCritical(data: BoxData, loss: PolynomialLoss, { A, b, denominator }: AffineMap, constant: boolean): boolean {
  const { low, high } = rangeOver(data.domain, [1n, ...new Array<bigint>(data.domain.lower.length - 1).fill(0n)]);
  const isLine = data.domain.lower.length === 1;
  const realization = {
    direction: isLine ? [1n] : null,
    nodes: isLine ? [low, high] : [],
    maps: [{ linear: A, constants: b, powers: A.map(() => []) }],
    denominator,
    bits: 64,
    locations: [],
  };
  const [moments] = boxMoments(data, realization, loss, unlimited());
  if (moments === undefined) return false;
  const { zeroth, first } = moments;
  return zeroth.every(({ num }) => num === 0n) && (constant || first.flat().every(({ num }) => num === 0n));
}

/** Newton's method in doubles, output by output. */
function newton(
  data: BoxData,
  loss: PolynomialLoss,
  start: AffineMap,
  constant: boolean,
): readonly (readonly number[])[] {
  const nodes = nodesOn(data);
  const { gradient } = floatLoss(loss);
  return start.A.map((row, c) => {
    const from = [...(constant ? [] : row), start.b[c] as bigint].map((n) => ratio(n, start.denominator));
    let p = from;
    for (let step = 0; step < 200; step++) {
      const m = p.length;
      const system = Array.from({ length: m }, () => new Array<number>(m + 1).fill(0));
      for (const { x, y, weight } of nodes) {
        const basis = constant ? [1] : [...x, 1];
        const value = basis.reduce((sum, z, j) => sum + z * (p[j] as number), 0);
        const target = y[c] as number;
        const slopeAt = (z: number): number => gradient(Float64Array.of(z), Float64Array.of(target))[0] as number;
        const size = 1e-4 * (1 + Math.abs(value - target));
        const [g, curvature] = [slopeAt(value), (slopeAt(value + size) - slopeAt(value - size)) / (2 * size)];
        basis.forEach((z, i) => {
          const line = system[i] as number[];
          basis.forEach((other, j) => {
            line[j] = (line[j] as number) + weight * curvature * z * other;
          });
          line[m] = (line[m] as number) - weight * g * z;
        });
      }
      const change = eliminated(system);
      p = p.map((a, j) => a + (change[j] as number));
      if (!p.every(Number.isFinite)) return from;
      if (change.every((a) => Math.abs(a) < 1e-15)) break;
    }
    return p;
  });
}

/** @returns the solution of a square system with its right-hand side as the last column; the rows are overwritten */
export function eliminated(system: number[][]): readonly number[] {
  const m = system.length;
  for (let i = 0; i < m; i++) {
    const row = system[i] as number[];
    const pivot = row[i] as number;
    for (let k = 0; k < m; k++) {
      if (k === i) continue;
      const other = system[k] as number[];
      const factor = (other[i] as number) / pivot;
      for (let j = i; j <= m; j++) other[j] = (other[j] as number) - factor * (row[j] as number);
    }
  }
  return system.map((row, i) => (row[m] as number) / (row[i] as number));
}

/** The simplest fraction within the tolerance, by continued fractions. */
function simplest(x: number, tolerance: number): Rational {
  let [p0, q0, p1, q1] = [0n, 1n, 1n, 0n];
  let rest = x;
  for (let term = 0; term < 64; term++) {
    const whole = Math.floor(rest);
    [p0, q0, p1, q1] = [p1, q1, BigInt(whole) * p1 + p0, BigInt(whole) * q1 + q0];
    if (Math.abs(ratio(p1, q1) - x) <= tolerance * Math.max(1, Math.abs(x)) || rest === whole) break;
    rest = 1 / (rest - whole);
  }
  return rational(p1, q1);
}
