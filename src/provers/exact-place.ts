/** A point of samples with the field of its numbers, for searches that compute exactly and are written once for rational and algebraic points. */
import { entryJson, type Fields, matrixJson, type Plain, pointInFieldJson, pointJson } from '../formats/write.js';
import {
  type Algebraic,
  type AlgebraicNumbers,
  type Fraction,
  fromInteger,
  type Numbers,
  rationals,
} from '../kernel/arithmetic/algebraic.js';
import { lcm } from '../kernel/arithmetic/gcd.js';
import { integers } from '../kernel/arithmetic/integers.js';
import { add, formatRational, type Rational, rational } from '../kernel/arithmetic/rational.js';
import { defaultBits } from '../kernel/claims/claim.js';
import type { Meter } from '../kernel/limits.js';
import type { DenseIn, Parameters, ParametersIn } from '../kernel/model/network.js';
import type { MatrixOver } from '../kernel/model/number-field.js';
import { checkCurve, checkRationalCurve, type Slope } from '../kernel/rules/curve.js';
import type { SampleProblem } from '../kernel/statement.js';
import { Matrices, type RowsOf, type VectorOf } from '../numerics/matrices.js';
import { rationalMatrices } from '../numerics/rational-matrix.js';
import { coefficientsOf, fieldOf } from '../numerics/real-field.js';
import { passes } from './any-depth.js';
import { denseOf } from './dense-of.js';
import { findNegativeDirection } from './negative-direction.js';

/** One layer of a point or of a coefficient of a curve. */
export interface LayerOf<E> {
  readonly weights: RowsOf<E>;
  readonly bias: VectorOf<E> | null;
}

export interface ExactPlace<T, E> {
  readonly numbers: Numbers<T>;
  readonly matrices: Matrices<E>;
  readonly theta: ParametersIn<T>;
  readonly element: (numerator: T, denominator: bigint) => E;
  readonly matrixOver: (rows: RowsOf<E>) => MatrixOver<T>;
  readonly numberJson: (a: E) => Plain;
  readonly matrixJson: (rows: RowsOf<E>) => Plain;
  /** @returns a node for `descent` (or `ascent`), where the curve of these coefficients of t, t², … is one */
  readonly curveNode: (curve: readonly (readonly LayerOf<E>[])[], slope: Slope) => Fields | null;
  /** @returns integers ξ with ξᵀQξ < 0, or null if Q is positive semidefinite */
  readonly negativeDirection: (Q: RowsOf<E>) => readonly bigint[] | null;
}

export function rationalPlace(problem: SampleProblem, theta: Parameters, meter: Meter): ExactPlace<bigint, Rational> {
  const { network } = problem;
  const over = (rows: RowsOf<Rational>): MatrixOver<bigint> => {
    const denominator = rows.flat().reduce((common, { den }) => lcm(common, den), 1n);
    return { rows: rows.map((row) => row.map(({ num, den }) => num * (denominator / den))), denominator, bits: 64 };
  };
  return {
    numbers: rationals,
    matrices: rationalMatrices,
    theta,
    element: rational,
    matrixOver: over,
    numberJson: formatRational,
    matrixJson(rows) {
      const { rows: numerators, denominator } = over(rows);
      return matrixJson(numerators, denominator);
    },
    curveNode(curve, slope) {
      const coefficients = curve.map((layers) =>
        layers.map(({ weights, bias }) => {
          const { rows, denominator } = over(bias === null ? weights : [...weights, bias]);
          return denseOf(
            rows.slice(0, weights.length),
            bias === null ? null : (rows[weights.length] ?? []),
            denominator,
          );
        }),
      );
      const isCurve = passes((ledger) =>
        checkRationalCurve(problem, theta, coefficients, slope, defaultBits, '$', meter, ledger),
      );
      if (!isCurve) return null;
      return { rule: `${slope}-curve`, coefficients: coefficients.map((layers) => pointJson(network, layers)) };
    },
    negativeDirection: findNegativeDirection,
  };
}

/** @param numbers  of the field of θ */
export function placeInField(
  problem: SampleProblem,
  theta: ParametersIn<Algebraic>,
  numbers: AlgebraicNumbers,
  meter: Meter,
): ExactPlace<Algebraic, Fraction> {
  const matrices = new Matrices(fieldOf(numbers));
  const over = (rows: RowsOf<Fraction>): MatrixOver<Algebraic> => {
    const denominator = rows.flat().reduce((common, { denominator: den }) => lcm(common, den), 1n);
    const numerators = rows.map((row) =>
      row.map(({ numerator, denominator: den }) => numbers.scale(numerator, denominator / den)),
    );
    return { rows: numerators, denominator, bits: mostBits(numbers, numerators) + integers.bits(denominator) };
  };
  const coefficients = (a: Fraction): readonly Rational[] => coefficientsOf(numbers, a);
  return {
    numbers,
    matrices,
    theta,
    element: (numerator, denominator) => numbers.quotient(numerator, fromInteger(denominator)),
    matrixOver: over,
    numberJson: (a) => entryJson(coefficients(a)),
    matrixJson: (rows) => rows.map((row) => row.map((a) => entryJson(coefficients(a)))),
    curveNode(curve, slope) {
      const moves = curve.map((layers) =>
        layers.map(({ weights, bias }): DenseIn<Algebraic> => {
          const { rows, denominator, bits } = over(bias === null ? weights : [...weights, bias]);
          const shift = bias === null ? null : (rows[weights.length] ?? []);
          return { weights: rows.slice(0, weights.length), bias: shift, denominator, bits };
        }),
      );
      const isCurve = passes((ledger) => checkCurve(problem, numbers, theta, moves, slope, '$', meter, ledger));
      if (!isCurve) return null;
      return {
        rule: `${slope}-curve`,
        coefficients: curve.map((layers) =>
          pointInFieldJson(
            numbers.field,
            layers.map(({ weights, bias }) => ({
              weights: weights.map((row) => row.map(coefficients)),
              bias: bias === null ? null : bias.map(coefficients),
            })),
          ),
        ),
      };
    },
    negativeDirection: (Q) => negativeDirectionIn(matrices, numbers, Q, over(Q).rows, meter),
  };
}

function mostBits(numbers: AlgebraicNumbers, rows: readonly (readonly Algebraic[])[]): number {
  return rows.reduce((most, row) => Math.max(most, numbers.mostBits(row)), 1);
}

/** Of Q + nεI with entries rounded by at most ε: what is negative there is so under Q. Directions of negative square are an open set. */
function negativeDirectionIn(
  { field }: Matrices<Fraction>,
  numbers: AlgebraicNumbers,
  Q: RowsOf<Fraction>,
  numerators: readonly (readonly Algebraic[])[],
  meter: Meter,
): readonly bigint[] | null {
  if (numbers.definiteness(numerators, meter, '$') !== 'neither') return null;
  for (let bits = 64; ; bits *= 2) {
    const margin = rational(BigInt(Q.length), 1n << BigInt(bits));
    const rounded = Q.map((row, i) =>
      row.map((_, j) => {
        // Symmetric, although a number may have several forms.
        const { lower } = field.enclosed((i < j ? Q[i]?.[j] : Q[j]?.[i]) as Fraction, bits);
        return i === j ? add(lower, margin) : lower;
      }),
    );
    const found = findNegativeDirection(rounded);
    if (found !== null) return found;
  }
}
