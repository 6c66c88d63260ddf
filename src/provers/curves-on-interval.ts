/** Curves along which the true loss of one hidden layer on an interval falls, or rises, from a point: small ones, tried exactly. */
import type { Fields } from '../formats/write.js';
import { gcd } from '../kernel/arithmetic/gcd.js';
import type { Ordered } from '../kernel/arithmetic/ordered.js';
import { add, compare, negate, type Rational, rational, subtract, zero } from '../kernel/arithmetic/rational.js';
import { withNumbers } from '../kernel/claims/with-numbers.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { BoxInstance } from '../kernel/model/box-instance.js';
import { type IntervalPoint, pointOnInterval, rationalPoint } from '../kernel/model/interval-point.js';
import { type DenseIn, liftedTo, type ParametersIn, type Stage } from '../kernel/model/network.js';
import { type Change, enclosedChange, type Slope } from '../kernel/rules/curve.js';
import { changeAlong } from '../kernel/rules/interval-curve.js';
import type { AnyPoint, BoxProblem } from '../kernel/statement.js';
import { Refusal } from '../kernel/verdict.js';
import { Direction } from './directions.js';
import { findNegativeDirection } from './negative-direction.js';

/** Coefficients of t, t², … */
type Curve = readonly Direction[];

/** A free parameter, and the hidden unit that it belongs to; null for the output biases. */
interface Coordinate {
  readonly unit: number | null;
  readonly set: (direction: Direction, value: bigint) => Direction;
}

/** Where every hidden unit is on a breakpoint: nowhere that matters, at an end of the interval, or all over it. */
export type Standing = 'smooth' | 'at-an-end' | 'on-a-breakpoint';

/** More coordinates have too many pairs for the second order. */
const mostCoordinates = 40;

/**
 * Tries single parameters; then small integers along which the second order is negative (positive), where it is a quadratic form; then what opens
 * single units: both of incoming and outgoing weights, and hinges of units that are 0 all over the interval.
 *
 * @returns a node for `descent` (or `ascent`), or null
 */
export function findCurveOnInterval(
  problem: BoxProblem,
  point: Pick<AnyPoint, 'parameters' | 'algebraic'>,
  slope: Slope,
): Fields | null {
  const { network } = problem;
  if (network.inputs !== 1 || network.stages.length !== 2) return null;
  const meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
  try {
    if (point.algebraic === null) {
      return findCurveAt(rationalPoint(new BoxInstance(problem, point.parameters, meter, '$')), slope);
    }
    return withNumbers(problem, point, meter, ({ numbers, parameters }) =>
      findCurveAt(pointOnInterval(problem, numbers, parameters, meter, '$'), slope),
    );
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** The same at a point with numbers of any kind; the curves themselves are rational. @throws Refusal where the kernel declines */
export function findCurveAt<T>(point: IntervalPoint<T>, slope: Slope): Fields | null {
  return new Search(point, slope).node();
}

/** @returns what every hidden unit of a network with one input does on its activation's breakpoints */
export function standingsOnInterval<T>(
  { network, data }: BoxProblem,
  ring: Ordered<T>,
  theta: ParametersIn<T>,
): readonly Standing[] {
  const { activation } = network.stages[0] as Stage;
  const { weights, bias, denominator } = theta[0] as DenseIn<T>;
  const { lower, upper, denominator: over } = data.domain;
  return weights.map(([w = ring.zero], j) => {
    const meets = activation.breakpoints.map((tau) => {
      const level = ring.fromInteger(-tau * denominator * over);
      const at = (x: bigint): boolean => {
        const value = ring.add(ring.scale(w, x), ring.scale(bias?.[j] ?? ring.zero, over));
        return ring.sign(ring.add(ring.scale(value, activation.breakpointDenominator), level)) === 0;
      };
      return [at(lower[0] as bigint), at(upper[0] as bigint)];
    });
    if (meets.some(([a, b]) => a && b)) return 'on-a-breakpoint';
    return meets.some(([a, b]) => a || b) ? 'at-an-end' : 'smooth';
  });
}

class Search<T> {
  readonly #coordinates: readonly Coordinate[];
  readonly #standings: readonly Standing[];
  /** whether some second order was irrational */
  #isRounded = false;

  constructor(
    readonly point: IntervalPoint<T>,
    readonly slope: Slope,
  ) {
    const { problem, numbers, parameters } = point;
    this.#coordinates = coordinatesOf(problem);
    this.#standings = standingsOnInterval(problem, numbers, parameters);
  }

  get problem(): BoxProblem {
    return this.point.problem;
  }

  node(): Fields | null {
    for (const curve of this.#curves()) {
      const change = this.#change(curve);
      if (change === null || change.sign < 0 !== (this.slope === 'descent')) continue;
      return { rule: `${this.slope}-curve`, coefficients: curve.map((coefficient) => coefficient.json()) };
    }
    return null;
  }

  #change(curve: Curve): Change<T> | null {
    const { numbers } = this.point;
    return changeAlong(
      this.point,
      curve.map(({ parameters }) => liftedTo(numbers, parameters)),
      '$',
    );
  }

  *#curves(): Generator<Curve> {
    // Output biases first: along them convex losses rise.
    for (const { set } of [...this.#coordinates].reverse()) {
      for (const sign of [1n, -1n]) yield [set(this.#still(), sign)];
    }
    const second = this.#alongSecondOrder();
    if (second !== null) yield [second];
    for (const [j, standing] of this.#standings.entries()) yield* this.#openings(j, standing);
  }

  #still(): Direction {
    return new Direction(this.problem.network);
  }

  /** Where no unit is on a breakpoint at an end, or all over, R is twice differentiable in these parameters. Single ones were tried. */
  #alongSecondOrder(): Direction | null {
    const moving = this.#coordinates.filter(({ unit }) => unit === null || this.#standings[unit] === 'smooth');
    if (moving.length > mostCoordinates) return null;
    const squares = moving.map(({ set }) => this.#second(set(this.#still(), 1n)));
    const below = moving.map((x, i) =>
      moving.slice(0, i).map((y, j) => {
        // 2 x·y = (x + y)² − x² − y²
        const both = this.#second(y.set(x.set(this.#still(), 1n), 1n));
        const mixed = subtract(both, add(squares[i] as Rational, squares[j] as Rational));
        return rational(mixed.num, 2n * mixed.den);
      }),
    );
    const form = moving.map((_, i) =>
      moving.map((__, j) => (i === j ? squares[i] : j < i ? below[i]?.[j] : below[j]?.[i]) as Rational),
    );
    const wanted = this.slope === 'descent' ? form : form.map((row) => row.map(negate));
    const margin = this.#rounding(wanted);
    const xi = findNegativeDirection(wanted.map((row, i) => row.map((a, j) => (i === j ? add(a, margin) : a))));
    if (xi === null) return null;
    return moving.reduce((direction, { set }, i) => set(direction, xi[i] as bigint), this.#still());
  }

  /** More than rounding takes off: along a direction that leaves the risk as it is, rounded squares may be negative. */
  #rounding(form: readonly (readonly Rational[])[]): Rational {
    if (!this.#isRounded) return zero;
    const largest = form.reduce(
      (most, row, i) => (compare(row[i] as Rational, most) > 0 ? (row[i] as Rational) : most),
      zero,
    );
    return rational(largest.num, largest.den << 40n);
  }

  /** The coefficient of t² along a direction, or a number near it. */
  #second(direction: Direction): Rational {
    const change = this.#change([direction]);
    if (change?.order !== 2) return zero;
    const { lower, upper } = enclosedChange(this.point.numbers, change);
    if (compare(lower, upper) !== 0) this.#isRounded = true;
    return lower;
  }

  /** Incoming parameters move at first order, the outgoing weight at first or, where its square is felt first, at third. */
  *#openings(unit: number, standing: Standing): Generator<Curve> {
    const { outputs } = this.problem.network;
    for (const incoming of this.#incoming(standing)) {
      const opened = (): Direction => this.#still().setIncoming(0, unit, incoming);
      yield [opened()];
      for (let c = 0; c < outputs; c++) {
        for (const v of [1n, -1n]) {
          yield [opened().setWeight(1, c, unit, v)];
          yield [opened(), this.#still(), this.#still().setWeight(1, c, unit, v)];
        }
      }
    }
  }

  /** Changes of weight and bias: one or both; of a unit that is on a breakpoint all over, hinges of both orientations at several places. */
  *#incoming(standing: Standing): Generator<readonly [weight: bigint, bias: bigint]> {
    yield* [
      [0n, 1n],
      [0n, -1n],
      [1n, 0n],
      [-1n, 0n],
      [1n, 1n],
      [1n, -1n],
      [-1n, 1n],
      [-1n, -1n],
    ] as const;
    if (standing !== 'on-a-breakpoint') return;
    const { lower, upper, denominator } = this.problem.data.domain;
    const [a, b] = [lower[0] as bigint, upper[0] as bigint];
    for (const part of hingeParts) {
      // At a + part/8 of the length, in units of 1/(8 · denominator); integers without a common factor.
      const at = 8n * a + part * (b - a);
      const g = gcd(8n * denominator, at);
      for (const sign of [1n, -1n]) yield [(sign * 8n * denominator) / g, (-sign * at) / g];
    }
  }
}

/** Places of hinges, in eighths of the interval; two are outside of it. */
const hingeParts = [-8n, 4n, 16n, 2n, 6n, 1n, 3n, 5n, 7n];

function coordinatesOf({ network: { stages } }: BoxProblem): readonly Coordinate[] {
  return stages.flatMap(({ fixed, units, inputs, bias }, s) => {
    if (fixed !== null) return [];
    return Array.from({ length: units }, (_, u): readonly Coordinate[] => [
      ...Array.from(
        { length: inputs },
        (__, j): Coordinate => ({
          unit: s === 0 ? u : j,
          set: (direction, value) => direction.setWeight(s, u, j, value),
        }),
      ),
      ...(bias
        ? [{ unit: s === 0 ? u : null, set: (direction: Direction, value: bigint) => direction.setBias(s, u, value) }]
        : []),
    ]).flat();
  });
}
