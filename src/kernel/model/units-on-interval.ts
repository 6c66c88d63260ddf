/** One hidden layer on an interval [a, b]: its units by the exact signs of their preactivations at both ends (theory.md 5). */
import { decline } from '../verdict.js';
import type { HiddenLayerOnInterval, OnCells, Quotient } from './hidden-layer-on-interval.js';
import { type IntervalPoint, layerAt } from './interval-point.js';
import type { DenseIn, Network, Stage } from './network.js';

/**
 * - `straight`: one strict sign on [a, b], and the slope there;
 * - `boundary`: 0 at one end only, and the slope inside;
 * - `kinked`: 0 at a point q strictly inside; the sign of the incoming weight;
 * - `degenerate`: 0 everywhere.
 *
 * Slopes are numerators over the activation's denominator.
 */
export type UnitOnInterval<T> =
  | { readonly type: 'straight'; readonly slope: bigint }
  | { readonly type: 'boundary'; readonly slope: bigint; readonly end: Quotient<T> }
  | { readonly type: 'kinked'; readonly kink: Quotient<T>; readonly sign: 1 | -1 }
  | { readonly type: 'degenerate' };

/** ∫ g and ∫ g x over a part of [a, b]. */
interface MomentsOnPart<T> {
  readonly zeroth: Quotient<T>;
  readonly first: Quotient<T>;
}

/**
 * The slopes s⁻ ≠ s⁺ of the activation of one hidden layer, over its denominator.
 *
 * @throws Refusal (declined) for another architecture, or an activation that is not two lines that meet at (0, 0)
 */
export function slopesAtBend({ stages, inputs, outputs }: Network): readonly [left: bigint, right: bigint] {
  if (inputs !== 1 || outputs !== 1 || stages.length !== 2) {
    const message = 'this rule is for one hidden layer, one input and one output';
    decline('unsupported-combination', '$.statement.problem.network', message);
  }
  const { breakpoints, intercepts, slopes, smooth } = (stages[0] as Stage).activation;
  // Neighbouring pieces differ, so the slopes do; h is continuous, so one intercept 0 at a breakpoint 0 makes both 0.
  const bendsAtZero = breakpoints.length === 1 && breakpoints[0] === 0n && intercepts[0] === 0n;
  if (smooth !== null || !bendsAtZero) {
    const message = 'this rule is for activations of two slopes that bend at 0, where they are 0';
    decline('unsupported-combination', '$.statement.problem.network', message);
  }
  return slopes as readonly [bigint, bigint];
}

/** What rules for one hidden layer on an interval look at. g = ρ ∂ℓ(N_θ(x), y(x)) is continuous, since the target is. */
export class UnitsOnInterval<T> {
  readonly units: readonly UnitOnInterval<T>[];
  /** slopes s⁻ ≠ s⁺ of the activation over its denominator */
  readonly slopes: readonly [left: bigint, right: bigint];
  readonly layer: HiddenLayerOnInterval<T>;
  readonly #hidden: DenseIn<T>;
  readonly #output: DenseIn<T>;
  readonly #g: OnCells<T>;

  /** @throws Refusal (declined) for another architecture, or an activation that is not two lines that meet at (0, 0) */
  constructor(readonly point: IntervalPoint<T>) {
    const { problem, parameters, meter } = point;
    this.slopes = slopesAtBend(problem.network);
    [this.#hidden, this.#output] = parameters as [DenseIn<T>, DenseIn<T>];
    meter.charge(6 * this.#hidden.weights.length, this.#hidden.bits, 64);
    this.layer = layerAt(point);
    this.units = this.#hidden.weights.map((_, j) => this.#unit(j));
    this.#g = this.layer.residualGradient(0);
  }

  #unit(j: number): UnitOnInterval<T> {
    const { problem, numbers } = this.point;
    const { lower, upper, denominator } = problem.data.domain;
    const w = this.#hidden.weights[j]?.[0] as T;
    const b = this.#hidden.bias?.[j] ?? numbers.zero;
    const ends = [lower[0] as bigint, upper[0] as bigint];
    // w x + b over (the layer's denominator · denominator)
    const [atLower, atUpper] = ends.map((x) =>
      numbers.sign(numbers.add(numbers.scale(w, x), numbers.scale(b, denominator))),
    ) as [number, number];
    const inside = atLower + atUpper > 0 ? 1 : 0;
    if (atLower * atUpper > 0) return { type: 'straight', slope: this.slopes[inside] };
    if (atLower * atUpper < 0) {
      const kink =
        atUpper > 0
          ? { numerator: numbers.negate(b), denominator: w }
          : { numerator: b, denominator: numbers.negate(w) };
      return { type: 'kinked', kink, sign: atUpper > 0 ? 1 : -1 };
    }
    if (atLower === atUpper) return { type: 'degenerate' };
    const end = (atLower === 0 ? ends[0] : ends[1]) as bigint;
    const at = { numerator: numbers.fromInteger(end), denominator: numbers.fromInteger(denominator) };
    return { type: 'boundary', slope: this.slopes[inside], end: at };
  }

  /** Whether near θ some unit adds multiples of x to the realization: one that is not flat inside the interval, next to its ends or on all of it. */
  movesAffinely(): boolean {
    return this.units.some((unit) => (unit.type === 'straight' || unit.type === 'boundary') && unit.slope !== 0n);
  }

  /** ∫ g and ∫ g x over [a, b] */
  whole(): MomentsOnPart<T> {
    return this.#moments(this.#g);
  }

  #moments(g: OnCells<T>): MomentsOnPart<T> {
    return { zeroth: this.layer.integral(g), first: this.layer.integral(this.layer.timesX(g)) };
  }

  /** s⁺ ∫₊ g (1, x) + s⁻ ∫₋ g (1, x) for a kinked unit, over the parts of [a, b] where its preactivation is > 0 and < 0; over the activation's denominator */
  ofKinked({ kink, sign }: Extract<UnitOnInterval<T>, { type: 'kinked' }>): MomentsOnPart<T> {
    const { numbers } = this.point;
    const [left, right] = this.layer.split(this.#g, kink).map((part) => this.#moments(part)) as [
      MomentsOnPart<T>,
      MomentsOnPart<T>,
    ];
    const [s, t] = sign > 0 ? this.slopes : [this.slopes[1], this.slopes[0]];
    const times = ({ numerator, denominator }: Quotient<T>, slope: bigint): Quotient<T> => ({
      numerator: numbers.scale(numerator, slope),
      denominator,
    });
    const both = (a: Quotient<T>, b: Quotient<T>): Quotient<T> => this.layer.sum(times(a, s), times(b, t));
    return { zeroth: both(left.zeroth, right.zeroth), first: both(left.first, right.first) };
  }

  /** v_j, exactly */
  outgoing(j: number): Quotient<T> {
    const { denominator, weights } = this.#output;
    return { numerator: weights[0]?.[j] as T, denominator: this.point.numbers.fromInteger(denominator) };
  }

  /** |w_j| for a unit with a kink, exactly */
  steepness(j: number, { sign }: Extract<UnitOnInterval<T>, { type: 'kinked' }>): Quotient<T> {
    const { numbers } = this.point;
    const w = this.#hidden.weights[j]?.[0] as T;
    return {
      numerator: sign > 0 ? w : numbers.negate(w),
      denominator: numbers.fromInteger(this.#hidden.denominator),
    };
  }

  /** g(x), exactly, for x in [a, b] */
  residualGradient(x: Quotient<T>): Quotient<T> {
    return this.layer.valueAt(this.#g, x);
  }

  /** v_j (s⁺ − s⁻) g(x), which must be > 0 where unit j bends; times the activation's denominator */
  bend(j: number, x: Quotient<T>): Quotient<T> {
    const { numbers, meter } = this.point;
    const [left, right] = this.slopes;
    const [v, g] = [this.outgoing(j), this.residualGradient(x)];
    meter.charge(
      2,
      numbers.bits(v.numerator) + this.#output.bits,
      numbers.bits(g.numerator) + numbers.bits(g.denominator),
    );
    return {
      numerator: numbers.scale(numbers.multiply(v.numerator, g.numerator), right - left),
      denominator: numbers.multiply(v.denominator, g.denominator),
    };
  }
}
