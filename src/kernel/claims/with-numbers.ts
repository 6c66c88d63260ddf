import { type Algebraic, algebraicNumbers, type Numbers, rationals } from '../arithmetic/algebraic.js';
import type { DecodedAlgebraicPoint, DecodedPoint } from '../format.js';
import type { Meter } from '../limits.js';
import type { ParametersIn } from '../model/network.js';
import { interpretAlgebraicCurve, interpretCurve } from '../model/number-field.js';
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
}

/** Lends a point with its numbers: integers, or those of its field. */
export function withNumbers<V>(
  { network }: Problem,
  point: AnyPoint,
  meter: Meter,
  use: <T>(placed: Placed<T>) => V,
): V {
  if (point.algebraic === null) {
    const curve: Placed<bigint>['curve'] = (written, path) => interpretCurve(network, written, meter, path);
    return use({ numbers: rationals, parameters: point.parameters, curve });
  }
  const { field, parameters } = point.algebraic;
  const curve: Placed<Algebraic>['curve'] = (written, path) =>
    interpretAlgebraicCurve(network, field, written, meter, path);
  return use({ numbers: algebraicNumbers(field, meter), parameters, curve });
}
