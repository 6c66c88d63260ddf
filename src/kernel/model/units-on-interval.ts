/** One hidden layer on an interval [a, b]: its units by the exact signs of their preactivations at both ends (theory.md 5). */
import { bitLength } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import { derivative, numeratorAt, polynomial } from '../arithmetic/polynomial.js';
import { add, compare, multiply, type Rational, rational, subtract, zero } from '../arithmetic/rational.js';
import { decline } from '../verdict.js';
import { polynomialOf, type Target, type TermList, valueAt } from './box.js';
import type { BoxInstance } from './box-instance.js';
import type { DenseValues, Network, Stage } from './network.js';
import type { SlabMap } from './ridge.js';

/**
 * - `straight`: one strict sign on [a, b], and the slope there;
 * - `boundary`: 0 at one end only, and the slope inside;
 * - `kinked`: 0 at a point q strictly inside; the sign of the incoming weight;
 * - `degenerate`: 0 everywhere.
 *
 * Slopes are numerators over the activation's denominator.
 */
export type UnitOnInterval =
  | { readonly type: 'straight'; readonly slope: bigint }
  | { readonly type: 'boundary'; readonly slope: bigint; readonly end: Rational }
  | { readonly type: 'kinked'; readonly kink: Rational; readonly sign: 1 | -1 }
  | { readonly type: 'degenerate' };

/** ∫ g and ∫ g x over a part of [a, b]. */
interface MomentsOnPart {
  readonly zeroth: Rational;
  readonly first: Rational;
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
export class UnitsOnInterval {
  readonly units: readonly UnitOnInterval[];
  /** slopes s⁻ ≠ s⁺ of the activation over its denominator */
  readonly slopes: readonly [left: bigint, right: bigint];
  readonly #hidden: DenseValues;
  readonly #output: DenseValues;
  readonly #parts: readonly MomentsOnPart[];

  /** @throws Refusal (declined) for another architecture, or an activation that is not two lines that meet at (0, 0) */
  constructor(readonly instance: BoxInstance) {
    const { problem, parameters, meter } = instance;
    this.slopes = slopesAtBend(problem.network);
    [this.#hidden, this.#output] = parameters as [DenseValues, DenseValues];
    const { lower, upper, denominator } = problem.data.domain;
    meter.charge(
      6 * this.#hidden.weights.length,
      this.#hidden.bits,
      integers.mostBits([...lower, ...upper, denominator]),
    );
    this.units = this.#hidden.weights.map((_, j) => this.#unit(j));
    this.#parts = instance.moments().map(({ zeroth, first }) => ({
      zeroth: zeroth[0] as Rational,
      first: (first[0] as readonly Rational[])[0] as Rational,
    }));
  }

  #unit(j: number): UnitOnInterval {
    const { lower, upper, denominator } = this.instance.problem.data.domain;
    const w = this.#hidden.weights[j]?.[0] as bigint;
    const b = this.#hidden.bias?.[j] ?? 0n;
    const ends = [lower[0] as bigint, upper[0] as bigint];
    // w x + b over (the layer's denominator · denominator)
    const [atLower, atUpper] = ends.map((x) => integers.sign(w * x + b * denominator)) as [number, number];
    const inside = atLower + atUpper > 0 ? 1 : 0;
    if (atLower * atUpper > 0) return { type: 'straight', slope: this.slopes[inside] };
    if (atLower * atUpper < 0) return { type: 'kinked', kink: rational(-b, w), sign: w > 0n ? 1 : -1 };
    if (atLower === atUpper) return { type: 'degenerate' };
    const end = rational((atLower === 0 ? ends[0] : ends[1]) as bigint, denominator);
    return { type: 'boundary', slope: this.slopes[inside], end };
  }

  /** Whether near θ some unit adds multiples of x to the realization: one that is not flat inside the interval, next to its ends or on all of it. */
  movesAffinely(): boolean {
    return this.units.some((unit) => (unit.type === 'straight' || unit.type === 'boundary') && unit.slope !== 0n);
  }

  get #bits(): number {
    return this.#parts.reduce((most, { zeroth, first }) => {
      const size = integers.mostBits([zeroth.num, zeroth.den, first.num, first.den]);
      return size > most ? size : most;
    }, 1);
  }

  /** ∫ g and ∫ g x over [a, b] */
  whole(): MomentsOnPart {
    return this.#sum(this.#parts);
  }

  /** s⁺ ∫₊ g (1, x) + s⁻ ∫₋ g (1, x) for a kinked unit, over the parts of [a, b] where its preactivation is > 0 and < 0; over the activation's denominator */
  ofKinked({ kink, sign }: Extract<UnitOnInterval, { type: 'kinked' }>): MomentsOnPart {
    const { nodes } = this.instance.realization;
    const at = nodes.findIndex((node) => compare(node, kink) === 0);
    if (at < 0) throw new Error('Cannot happen: the realization has no node at a kink');
    const [left, right] = [this.#sum(this.#parts.slice(0, at)), this.#sum(this.#parts.slice(at))];
    const [s, t] = (sign > 0 ? this.slopes : [this.slopes[1], this.slopes[0]]).map((c) => rational(c)) as [
      Rational,
      Rational,
    ];
    const both = (a: Rational, b: Rational): Rational => add(multiply(s, a), multiply(t, b));
    return { zeroth: both(left.zeroth, right.zeroth), first: both(left.first, right.first) };
  }

  #sum(parts: readonly MomentsOnPart[]): MomentsOnPart {
    const size = (1 + parts.length) * this.#bits;
    this.instance.meter.charge(8 * (1 + parts.length), size, size);
    return parts.reduce(
      (sum, { zeroth, first }) => ({ zeroth: add(sum.zeroth, zeroth), first: add(sum.first, first) }),
      { zeroth: zero, first: zero },
    );
  }

  /** v_j, exactly */
  outgoing(j: number): Rational {
    return rational(this.#output.weights[0]?.[j] as bigint, this.#output.denominator);
  }

  /** |w_j|, exactly */
  steepness(j: number): Rational {
    const w = this.#hidden.weights[j]?.[0] as bigint;
    return rational(w < 0n ? -w : w, this.#hidden.denominator);
  }

  /** N_θ(x), exactly, for x in [a, b] */
  #prediction(x: Rational): Rational {
    const { nodes, maps, denominator, bits } = this.instance.realization;
    this.instance.meter.charge(nodes.length + 4, bits, bitLength(x.num) + bitLength(x.den));
    const slab = nodes.slice(1, -1).filter((node) => compare(node, x) < 0).length;
    const { linear, constants } = maps[slab] as SlabMap;
    return rational((linear[0]?.[0] as bigint) * x.num + (constants[0] as bigint) * x.den, denominator * x.den);
  }

  /** g(x), exactly, for x in [a, b] */
  residualGradient(x: Rational): Rational {
    const { problem, meter } = this.instance;
    const { density, targets } = problem.data;
    const { breakpoints, pieces } = targets[0] as Target;
    meter.charge(2 * breakpoints.length, bitLength(x.num) + bitLength(x.den), 64);
    const piece = breakpoints.filter((at) => compare(at, x) < 0).length;
    const residual = subtract(this.#prediction(x), valueAt(polynomialOf(pieces[piece] as TermList), x, meter));
    const slope = derivative(polynomial(problem.loss.pieces[0] as readonly bigint[]));
    const size = (1 + slope.length) * (integers.mostBits([residual.num, residual.den]) + integers.mostBits(slope) + 64);
    // Lowest terms, here and in what is made of it
    meter.charge(8, size, size);
    const power = residual.den ** BigInt(slope.length === 0 ? 0 : slope.length - 1);
    const derivativeThere = rational(numeratorAt(slope, residual, meter), problem.loss.denominator * power);
    return multiply(valueAt(polynomialOf(density), x, meter), derivativeThere);
  }

  /** v_j (s⁺ − s⁻) g(x), which must be > 0 where unit j bends; times the activation's denominator */
  bend(j: number, x: Rational): Rational {
    const [left, right] = this.slopes;
    return multiply(multiply(this.outgoing(j), rational(right - left)), this.residualGradient(x));
  }
}
