import { bitLength, lcm } from '../arithmetic/gcd.js';
import type { Ordered } from '../arithmetic/ordered.js';
import { derivative } from '../arithmetic/polynomial.js';
import type { Meter } from '../limits.js';
import type { BoxProblem } from '../statement.js';
import { decline } from '../verdict.js';
import type { Target, TermList } from './box.js';
import type { DenseOver } from './evaluation.js';
import type { Stage } from './network.js';
import { type PiecewisePolynomial, piecewisePolynomial } from './piecewise-polynomial.js';

/** A number of the ring's field of fractions: numerator over a denominator > 0. */
export interface Quotient<T> {
  readonly numerator: T;
  readonly denominator: T;
}

/** c_0 + c_1 x + … over one positive integer. */
interface InPowers<T> {
  readonly coefficients: readonly T[];
  readonly denominator: bigint;
}

/** A function on [a, b] that is one polynomial between neighbouring places. */
export interface OnCells<T> {
  /** a = x_0 ≤ x_1 ≤ … ≤ x_m = b */
  readonly places: readonly Quotient<T>[];
  /** m of them */
  readonly pieces: readonly InPowers<T>[];
}

/** Where an affine function of x on [a, b] is 0 or more. */
type Side<T> =
  | { readonly type: 'all' }
  | { readonly type: 'none' }
  | { readonly type: 'from' | 'to'; readonly place: Quotient<T> };

/** @throws Refusal (declined) for other networks */
export function expectHiddenLayerOnInterval({ network }: BoxProblem): void {
  if (network.inputs === 1 && network.stages.length === 2) return;
  const message = 'on a box this rule is for one hidden layer and one input';
  decline('unsupported-combination', '$.statement.problem.network', message);
}

/**
 * One hidden layer on an interval [a, b], over any ordered ring whose signs are decided: integers or algebraic numbers for a point, germs for a curve.
 *
 * The kinks of all units, the breakpoints of the target and the ends have one order; between neighbours the integrand is a polynomial in x with
 * coefficients of the ring, and its integral a quotient of the ring.
 *
 * @see theory.md 5, 7; proofs/rules/descent-curve.md
 */
export class HiddenLayerOnInterval<T> {
  readonly #h: PiecewisePolynomial;
  /** a and b */
  readonly ends: readonly [Quotient<T>, Quotient<T>];
  readonly #one: T;
  readonly #multiples = new Map<number, bigint>();

  constructor(
    readonly problem: BoxProblem,
    readonly ring: Ordered<T>,
    readonly hidden: DenseOver<T>,
    readonly output: DenseOver<T>,
    readonly meter: Meter,
  ) {
    const { lower, upper, denominator } = problem.data.domain;
    this.#h = piecewisePolynomial(
      (problem.network.stages[0] as Stage).activation,
      meter,
      '$.statement.problem.network',
    );
    this.#one = ring.fromInteger(1n);
    this.ends = [this.#fixed(lower[0] as bigint, denominator), this.#fixed(upper[0] as bigint, denominator)];
    this.#chargePowers(ring.constant(hidden.denominator) as bigint, this.#h.degree);
  }

  get #zero(): Quotient<T> {
    return { numerator: this.ring.zero, denominator: this.#one };
  }

  /** R, the sum over all outputs */
  risk(): Quotient<T> {
    const { loss, data } = this.problem;
    const piece = loss.pieces[0] as readonly bigint[];
    return data.targets.reduce((total, _, c) => this.sum(total, this.integral(this.#ofResidual(c, piece))), this.#zero);
  }

  /** g = ρ ∂ℓ(N(x)_c − y_c(x)) */
  residualGradient(c: number): OnCells<T> {
    const slope = derivative(this.problem.loss.pieces[0] as readonly bigint[]);
    return this.#ofResidual(c, slope.length === 0 ? [0n] : slope);
  }

  /**
   * ρ · Σ_k c_k r^k, r = N(x)_c − y_c(x)
   *
   * @param coefficients  c_k over the loss's denominator
   */
  #ofResidual(c: number, coefficients: readonly bigint[]): OnCells<T> {
    const { data } = this.problem;
    const { breakpoints, pieces } = data.targets[c] as Target;
    // Of every unit and of the target: where it is past its breakpoints.
    const sides = this.hidden.weights.map((_, j) => this.#h.breakpoints.map((tau) => this.#past(j, tau)));
    const cuts = breakpoints.map((at) => this.#pastPlace(this.#fixed(at.num, at.den)));
    const nodes = [...sides.flat(), ...cuts].flatMap((side) => ('place' in side ? [side.place] : []));
    nodes.sort((p, q) => this.compare(p, q));
    const places = [this.ends[0], ...nodes, this.ends[1]];
    this.meter.charge(places.length * (sides.length + 1), 1, 1);
    const order = new Map(places.map((place, i) => [place, i]));
    const piecesOf = sides.map((list) => passedByCell(list, order));
    const targetOf = passedByCell(cuts, order);
    const integrands = places.slice(1).map((__, cell) => {
      const prediction = this.#prediction(
        c,
        piecesOf.map((list) => list[cell] as number),
      );
      return this.#integrand(prediction, pieces[targetOf[cell] as number] as TermList, coefficients);
    });
    return { places, pieces: integrands };
  }

  /** Before D^n is made. */
  #chargePowers(D: bigint, n: number): void {
    this.meter.charge(n + 1, n * bitLength(D), bitLength(D));
  }

  /** Where the preactivation of unit j is at or past a breakpoint τ. */
  #past(j: number, tau: bigint): Side<T> {
    const { ring } = this;
    const w = (this.hidden.weights[j] as readonly T[])[0] as T;
    const b = this.hidden.bias?.[j] ?? ring.zero;
    const { breakpointDenominator } = this.#h;
    // (w x + b)/D ≥ τ/T: slope · x ≥ level
    const slope = ring.scale(w, breakpointDenominator);
    const level = ring.add(ring.scale(this.hidden.denominator, tau), ring.negate(ring.scale(b, breakpointDenominator)));
    const [atLower, atUpper] = this.ends.map(({ numerator, denominator }) =>
      ring.sign(ring.add(this.#multiply(slope, numerator), ring.negate(this.#multiply(level, denominator)))),
    ) as [-1 | 0 | 1, -1 | 0 | 1];
    // At both ends on the breakpoint it is there everywhere, where both pieces agree.
    if (atLower >= 0 && atUpper >= 0) return { type: 'all' };
    if (atLower <= 0 && atUpper <= 0) return { type: 'none' };
    if (atUpper > 0) return { type: 'from', place: { numerator: level, denominator: slope } };
    return { type: 'to', place: { numerator: ring.negate(level), denominator: ring.negate(slope) } };
  }

  #pastPlace(place: Quotient<T>): Side<T> {
    const [a, b] = this.ends;
    if (this.compare(place, a) <= 0) return { type: 'all' };
    if (this.compare(place, b) >= 0) return { type: 'none' };
    return { type: 'from', place };
  }

  /** @returns a number < 0, = 0 or > 0 as p < q, p = q or p > q */
  compare(p: Quotient<T>, q: Quotient<T>): number {
    const { ring } = this;
    const difference = ring.add(
      this.#multiply(p.numerator, q.denominator),
      ring.negate(this.#multiply(q.numerator, p.denominator)),
    );
    return ring.sign(difference) as number;
  }

  /** Output c where unit j takes piece pieces_j. */
  #prediction(c: number, pieces: readonly number[]): InPowers<T> {
    const { ring } = this;
    const { weights, bias, denominator } = this.output;
    const D = ring.constant(this.hidden.denominator) as bigint;
    const over = ring.constant(denominator) as bigint;
    const { degree, denominator: ofH } = this.#h;
    // All over (denominator of h) · D^degree
    let sum: readonly T[] = [ring.scale((bias?.[c] ?? ring.zero) as T, ofH * D ** BigInt(degree))];
    pieces.forEach((piece, j) => {
      const z = [this.hidden.bias?.[j] ?? ring.zero, (this.hidden.weights[j] as readonly T[])[0] as T];
      const h = this.#h.pieces[piece] as readonly bigint[];
      let value: readonly T[] = [];
      for (let k = h.length - 1; k >= 0; k--) {
        const constant = ring.fromInteger((h[k] as bigint) * D ** BigInt(degree - k));
        value = this.#addAll(this.#times(value, z), [constant]);
      }
      sum = this.#addAll(sum, this.#times(value, [(weights[c] as readonly T[])[j] as T]));
    });
    return { coefficients: sum, denominator: over * ofH * D ** BigInt(degree) };
  }

  /** ρ · Σ_k c_k (prediction − y)^k, c_k over the loss's denominator */
  #integrand(prediction: InPowers<T>, target: TermList, coefficients: readonly bigint[]): InPowers<T> {
    const { ring } = this;
    const { data, loss } = this.problem;
    const y = this.#inPowers(target);
    const scaled = (list: readonly T[], n: bigint): readonly T[] => list.map((c) => ring.scale(c, n));
    const residual = this.#addAll(
      scaled(prediction.coefficients, y.denominator),
      scaled(y.coefficients, -prediction.denominator),
    );
    const E = prediction.denominator * y.denominator;
    const n = coefficients.length - 1;
    this.#chargePowers(E, n);
    let value: readonly T[] = [];
    for (let k = n; k >= 0; k--) {
      value = this.#addAll(this.#times(value, residual), [
        ring.fromInteger((coefficients[k] as bigint) * E ** BigInt(n - k)),
      ]);
    }
    const density = this.#inPowers(data.density);
    return {
      coefficients: this.#times(value, density.coefficients),
      denominator: loss.denominator * E ** BigInt(n) * density.denominator,
    };
  }

  /** @returns the function times x */
  timesX({ places, pieces }: OnCells<T>): OnCells<T> {
    return {
      places,
      pieces: pieces.map((piece) => ({ ...piece, coefficients: [this.ring.zero, ...piece.coefficients] })),
    };
  }

  /** @returns the function's parts on both sides of a place between its ends that is one of its places */
  split({ places, pieces }: OnCells<T>, at: Quotient<T>): readonly [OnCells<T>, OnCells<T>] {
    const i = places.findIndex((place) => this.compare(place, at) === 0);
    if (i < 0) throw new Error('Cannot happen: a kink is a place');
    return [
      { places: places.slice(0, i + 1), pieces: pieces.slice(0, i) },
      { places: places.slice(i), pieces: pieces.slice(i) },
    ];
  }

  /** @returns the value at a place from the first to the last one; where pieces meet, of the left one */
  valueAt({ places, pieces }: OnCells<T>, at: Quotient<T>): Quotient<T> {
    const { ring } = this;
    const cell = places.slice(1).findIndex((place) => this.compare(at, place) <= 0);
    if (cell < 0) throw new RangeError('Cannot evaluate beyond the last place');
    const { coefficients, denominator } = pieces[cell] as InPowers<T>;
    let value = ring.zero;
    let power = this.#one;
    for (let k = coefficients.length - 1; k >= 0; k--) {
      value = ring.add(this.#multiply(value, at.numerator), this.#multiply(coefficients[k] as T, power));
      if (k > 0) power = this.#multiply(power, at.denominator);
    }
    return { numerator: value, denominator: ring.scale(power, denominator) };
  }

  /** @returns a common multiple of 1, …, n, for all n that are asked for */
  #multipleUpTo(n: number): bigint {
    let known = this.#multiples.get(n);
    if (known === undefined) {
      this.meter.charge(n, 2 * n, 64);
      known = Array.from({ length: n }, (_, k) => BigInt(k + 1)).reduce(lcm, 1n);
      this.#multiples.set(n, known);
    }
    return known;
  }

  /** The integrals between neighbours: at every place what the primitive to the left has there, less what that to the right has. */
  integral({ places, pieces: integrands }: OnCells<T>): Quotient<T> {
    const { ring } = this;
    const common = integrands.reduce((sum, { denominator }) => lcm(sum, denominator), 1n);
    const length = integrands.map(({ coefficients }) => coefficients.length).reduce(larger, 0);
    const powers = this.#multipleUpTo(length);
    const over = integrands.map(({ coefficients, denominator }) =>
      coefficients.map((c) => ring.scale(c, common / denominator)),
    );
    let total = this.#zero;
    places.forEach(({ numerator, denominator }, i) => {
      const [left, right] = [over[i - 1] ?? [], over[i] ?? []];
      const jump = this.#addAll(
        left,
        right.map((c) => ring.negate(c)),
      );
      // Σ_k jump_k x^(k+1)/(k+1) with x = numerator/denominator, by Horner from the highest power
      let value = ring.zero;
      let power = this.#one;
      for (let k = jump.length - 1; k >= 0; k--) {
        const weighted = ring.scale(jump[k] as T, powers / BigInt(k + 1));
        value = ring.add(this.#multiply(value, numerator), this.#multiply(weighted, power));
        power = this.#multiply(power, denominator);
      }
      total = this.sum(total, { numerator: this.#multiply(value, numerator), denominator: power });
    });
    return { numerator: total.numerator, denominator: ring.scale(total.denominator, common * powers) };
  }

  /** @returns ∫ ρ x^k from each place to the next, k = 0 … most */
  densityMoments(places: readonly Quotient<T>[], most: number): readonly (readonly Quotient<T>[])[] {
    const density = this.#inPowers(this.problem.data.density);
    return places.slice(1).map((to, s) => {
      const moments: Quotient<T>[] = [];
      let power: OnCells<T> = { places: [places[s] as Quotient<T>, to], pieces: [density] };
      for (let k = 0; k <= most; k++) {
        moments.push(this.integral(power));
        power = this.timesX(power);
      }
      return moments;
    });
  }

  product(p: Quotient<T>, q: Quotient<T>): Quotient<T> {
    return {
      numerator: this.#multiply(p.numerator, q.numerator),
      denominator: this.#multiply(p.denominator, q.denominator),
    };
  }

  sum(p: Quotient<T>, q: Quotient<T>): Quotient<T> {
    const { ring } = this;
    return {
      numerator: ring.add(this.#multiply(p.numerator, q.denominator), this.#multiply(q.numerator, p.denominator)),
      denominator: this.#multiply(p.denominator, q.denominator),
    };
  }

  #multiply(a: T, b: T): T {
    this.meter.charge(1, this.ring.bits(a), this.ring.bits(b));
    // A product of short numbers, and what is done around it, takes as long as so many limbs do.
    this.meter.charge(200, 1, 1);
    return this.ring.multiply(a, b);
  }

  #times(a: readonly T[], b: readonly T[]): readonly T[] {
    if (a.length === 0 || b.length === 0) return [];
    const product = new Array<T>(a.length + b.length - 1).fill(this.ring.zero);
    a.forEach((c, i) => {
      b.forEach((d, j) => {
        product[i + j] = this.ring.add(product[i + j] as T, this.#multiply(c, d));
      });
    });
    return product;
  }

  #addAll(a: readonly T[], b: readonly T[]): readonly T[] {
    const [long, short] = a.length >= b.length ? [a, b] : [b, a];
    return long.map((c, k) => (k < short.length ? this.ring.add(c, short[k] as T) : c));
  }

  #fixed(num: bigint, den: bigint): Quotient<T> {
    return { numerator: this.ring.fromInteger(num), denominator: this.ring.fromInteger(den) };
  }

  #inPowers({ terms, denominator }: TermList): InPowers<T> {
    const coefficients = new Array<T>(highestOf({ terms, denominator }) + 1).fill(this.ring.zero);
    for (const { exponents, coefficient } of terms) {
      coefficients[exponents[0] as number] = this.ring.fromInteger(coefficient);
    }
    return { coefficients, denominator };
  }
}

/** Between neighbouring places: how many breakpoints of one function are passed there. */
function passedByCell<T>(sides: readonly Side<T>[], order: ReadonlyMap<Quotient<T>, number>): readonly number[] {
  const more = new Array<number>(order.size).fill(0);
  for (const side of sides) {
    if (side.type === 'none') continue;
    if (side.type !== 'from') more[0] = (more[0] as number) + 1;
    if (side.type === 'all') continue;
    const at = order.get(side.place) as number;
    more[at] = (more[at] as number) + (side.type === 'from' ? 1 : -1);
  }
  let passed = 0;
  return more.map((n) => {
    passed += n;
    return passed;
  });
}

const larger = (a: number, b: number): number => (a > b ? a : b);

export function highestOf({ terms: list }: TermList): number {
  return list.map(({ exponents }) => exponents[0] as number).reduce(larger, 0);
}
