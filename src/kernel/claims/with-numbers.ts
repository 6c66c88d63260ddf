import { type Algebraic, algebraicNumbers, type Numbers, rationals } from '../arithmetic/algebraic.js';
import type { Matrix } from '../arithmetic/matrix.js';
import type { DecodedAlgebraicPoint, DecodedPoint, NestedQuantities, ProofNode } from '../format.js';
import type { Meter } from '../limits.js';
import type { Network, Parameters, ParametersIn } from '../model/network.js';
import {
  interpretAlgebraicCurve,
  interpretCurve,
  interpretNumbers,
  interpretRationals,
  interpretScalar,
  type MatrixOver,
} from '../model/number-field.js';
import type { EckartYoungHints } from '../rules/eckart-young.js';
import type { AnyPoint, Problem } from '../statement.js';

/** A point with its kind of numbers. */
export interface Placed<T> {
  readonly numbers: Numbers<T>;
  readonly parameters: ParametersIn<T>;
  /** Checks the coefficients of a curve, and gives them these numbers. */
  readonly curve: (
    coefficients: readonly (DecodedPoint | DecodedAlgebraicPoint)[],
    path: string,
  ) => readonly ParametersIn<T>[];
  /** Checks a number, and gives it as a matrix of one entry. */
  readonly number: (written: NestedQuantities, path: string) => MatrixOver<T>;
  readonly matrix: (
    written: Matrix | NestedQuantities,
    shape: readonly [number, number],
    path: string,
  ) => MatrixOver<T>;
}

export function rationallyPlaced(network: Network, parameters: Parameters, meter: Meter): Placed<bigint> {
  return {
    numbers: rationals,
    parameters,
    curve: (written, path) => interpretCurve(network, written, meter, path),
    number: interpretRationals,
    matrix: (written, _, path) => interpretRationals(written, path),
  };
}

/** Lends a point with its numbers: integers, or those of its field. */
export function withNumbers<V>(
  { network }: Problem,
  point: Pick<AnyPoint, 'parameters' | 'algebraic'>,
  meter: Meter,
  use: <T>(placed: Placed<T>) => V,
): V {
  if (point.algebraic === null) return use(rationallyPlaced(network, point.parameters, meter));
  const { field, parameters } = point.algebraic;
  return use<Algebraic>({
    numbers: algebraicNumbers(field, meter),
    parameters,
    curve: (written, path) => interpretAlgebraicCurve(network, field, written, meter, path),
    number: (written, path) => interpretScalar(field, written, meter, path),
    matrix: (written, shape, path) => interpretNumbers(field, written, shape, meter, path),
  });
}

/** The hints of rule `eckart-young` in the point's numbers. */
export function eckartYoungHints<T>(
  { bestFit, threshold, excess }: Extract<ProofNode, { rule: 'eckart-young' }>,
  { number, matrix }: Placed<T>,
  { outputs: k }: Network,
  path: string,
): EckartYoungHints<T> {
  return {
    bestFit,
    threshold: number(threshold, `${path}.threshold`),
    excess: matrix(excess, [k, k], `${path}.excess`),
  };
}
