import { type Numbers, rationals } from '../arithmetic/algebraic.js';
import type { Meter } from '../limits.js';
import type { BoxProblem } from '../statement.js';
import type { BoxInstance } from './box-instance.js';
import type { DenseOver } from './evaluation.js';
import { expectHiddenLayerOnInterval, HiddenLayerOnInterval, type Quotient } from './hidden-layer-on-interval.js';
import type { DenseIn, ParametersIn } from './network.js';

/** A problem with one hidden layer on an interval, at a point with numbers of any kind. */
export interface IntervalPoint<T> {
  readonly problem: BoxProblem;
  readonly numbers: Numbers<T>;
  readonly parameters: ParametersIn<T>;
  readonly meter: Meter;
  /** of the point, for messages */
  readonly path: string;
  /** R(θ), exactly */
  readonly risk: Quotient<T>;
}

/** @throws Refusal (declined) for other networks */
export function pointOnInterval<T>(
  problem: BoxProblem,
  numbers: Numbers<T>,
  parameters: ParametersIn<T>,
  meter: Meter,
  path: string,
): IntervalPoint<T> {
  expectHiddenLayerOnInterval(problem);
  const risk = layerAt({ problem, numbers, parameters, meter }).risk();
  return { problem, numbers, parameters, meter, path, risk };
}

/** What is known of a rational point already; for one hidden layer and one input only. */
export function rationalPoint({
  problem,
  parameters,
  meter,
  path,
  risk: { num, den },
}: BoxInstance): IntervalPoint<bigint> {
  return { problem, numbers: rationals, parameters, meter, path, risk: { numerator: num, denominator: den } };
}

export function layerAt<T>({
  problem,
  numbers,
  parameters,
  meter,
}: Omit<IntervalPoint<T>, 'risk' | 'path'>): HiddenLayerOnInterval<T> {
  const [hidden, output] = parameters.map(
    (values): DenseOver<T> => ({ ...values, denominator: numbers.fromInteger(values.denominator) }),
  ) as [DenseOver<T>, DenseOver<T>];
  return new HiddenLayerOnInterval(problem, numbers, hidden, output, meter);
}

/** @returns a layer of zeros of the same shape */
export function stillLayer<T>({ zero }: Numbers<T>, { weights, bias }: DenseIn<T>): DenseIn<T> {
  return {
    weights: weights.map((row) => row.map(() => zero)),
    bias: bias?.map(() => zero) ?? null,
    denominator: 1n,
    bits: 1,
  };
}
