import { bitLength, lcm } from '../arithmetic/gcd.js';
import { type Germ, germs } from '../arithmetic/germ.js';
import { integers } from '../arithmetic/integers.js';
import type { Meter } from '../limits.js';
import type { BoxProblem } from '../statement.js';
import { decline } from '../verdict.js';
import type { Target, TermList } from './box.js';
import { curveThrough, type DenseOver } from './evaluation.js';
import type { Parameters, Stage } from './network.js';
import { type PiecewisePolynomial, piecewisePolynomial } from './piecewise-polynomial.js';

const ring = germs(null);
const one: Germ = [1n];

/** A number that moves with t: numerator over a denominator that is > 0 on some (0, ε). */
export interface Place {
  readonly numerator: Germ;
  readonly denominator: Germ;
}

const nothing: Place = { numerator: [], denominator: one };

/** c_0 + c_1 x + …, moving with t, over one positive integer. */
interface Moving {
  readonly coefficients: readonly Germ[];
  readonly denominator: bigint;
}

/** Where an affine function of x on [a, b] is 0 or more, for all t in some (0, ε). */
type Side =
  | { readonly type: 'all' }
  | { readonly type: 'none' }
  | { readonly type: 'from' | 'to'; readonly place: Place };

/**
 * The risk of one hidden layer on an interval [a, b] along the curve θ(t) = θ + c_1 t + c_2 t² + …, as t → 0⁺.
 *
 * On some (0, ε) the kinks of all units, the breakpoints of the target and the ends keep one order; between neighbours the integrand is a polynomial in
 * x whose coefficients are polynomials in t, and its integral a rational function of t.
 *
 * @param coefficients  c_1, c_2, …, each with the shape of a point
 * @returns R(θ(t)), the denominator > 0 on some (0, ε)
 * @throws  Refusal (declined) for other networks, and where degrees in t may exceed the limit
 * @see     theory.md 7; proofs/rules/descent-curve.md
 */
export function riskAlong(
  problem: BoxProblem,
  theta: Parameters,
  coefficients: readonly Parameters[],
  meter: Meter,
  path: string,
): Place {
  return new Curve(problem, theta, coefficients, meter, path).risk();
}

class Curve {
  readonly #hidden: DenseOver<Germ>;
  readonly #output: DenseOver<Germ>;
  readonly #h: PiecewisePolynomial;

  constructor(
    readonly problem: BoxProblem,
    theta: Parameters,
    coefficients: readonly Parameters[],
    readonly meter: Meter,
    path: string,
  ) {
    const { network, loss, data } = problem;
    if (network.inputs !== 1 || network.stages.length !== 2) {
      const message = 'on a box this rule is for one hidden layer and one input';
      decline('unsupported-combination', '$.statement.problem.network', message);
    }
    this.#h = piecewisePolynomial((network.stages[0] as Stage).activation, meter, '$.statement.problem.network');
    const steps = coefficients.length;
    const units = (network.stages[0] as Stage).units;
    const kinks = units * this.#h.breakpoints.length;
    const inX = highestOf(data.density) + loss.degree * [this.#h.degree, ...data.targets.map(degreeOf)].reduce(larger);
    const degree = steps * ((this.#h.degree + 1) * loss.degree + (inX + 1) * (kinks + 1));
    if (degree > meter.limits.degree) {
      const message = `the risk along the curve may have degree ${degree}, more than ${meter.limits.degree}`;
      decline('limit-degree', path, message);
    }
    // The common denominator of all coefficients is at most the product of theirs.
    const size = [theta, ...coefficients].reduce((sum, values) => sum + longest(values), 0);
    meter.charge((1 + steps) * (units * (2 + network.outputs) + network.outputs), size, size);
    [this.#hidden, this.#output] = curveThrough(network, theta, coefficients) as [DenseOver<Germ>, DenseOver<Germ>];
    this.#chargePowers(this.#hidden.denominator[0] as bigint, this.#h.degree);
  }

  risk(): Place {
    const { problem } = this;
    const { domain, targets } = problem.data;
    const ends = [domain.lower[0], domain.upper[0]].map((n) => fixed(n as bigint, domain.denominator)) as [
      Place,
      Place,
    ];
    let total = nothing;
    targets.forEach((_, c) => {
      total = this.#sum(total, this.#riskOfOutput(c, ends));
    });
    return total;
  }

  #riskOfOutput(c: number, ends: readonly [Place, Place]): Place {
    const { data } = this.problem;
    const { breakpoints, pieces } = data.targets[c] as Target;
    // Of every unit and of the target: where it is past its breakpoints.
    const sides = this.#hidden.weights.map((_, j) => this.#h.breakpoints.map((tau) => this.#past(j, tau, ends)));
    const cuts = breakpoints.map((at) => this.#pastPlace(fixed(at.num, at.den), ends));
    const nodes = [...sides.flat(), ...cuts].flatMap((side) => ('place' in side ? [side.place] : []));
    nodes.sort((p, q) => this.#compare(p, q));
    const places = [ends[0], ...nodes, ends[1]];
    this.meter.charge(places.length * (sides.length + 1), 1, 1);
    const order = new Map(places.map((place, i) => [place, i]));
    const piecesOf = sides.map((list) => passedByCell(list, order));
    const targetOf = passedByCell(cuts, order);
    const integrands = places.slice(1).map((__, cell) => {
      const prediction = this.#prediction(
        c,
        piecesOf.map((list) => list[cell] as number),
      );
      return this.#integrand(prediction, pieces[targetOf[cell] as number] as TermList);
    });
    return this.#integral(places, integrands);
  }

  /** Before D^n is made. */
  #chargePowers(D: bigint, n: number): void {
    this.meter.charge(n + 1, n * bitLength(D), bitLength(D));
  }

  /** Where the preactivation of unit j is at or past a breakpoint τ. */
  #past(j: number, tau: bigint, ends: readonly [Place, Place]): Side {
    const w = (this.#hidden.weights[j] as readonly Germ[])[0] as Germ;
    const b = this.#hidden.bias?.[j] ?? ring.zero;
    const { breakpointDenominator: T } = this.#h;
    // (w x + b)/D ≥ τ/T: slope · x ≥ level
    const slope = ring.scale(w, T);
    const level = ring.add(ring.scale(this.#hidden.denominator, tau), ring.negate(ring.scale(b, T)));
    const [atLower, atUpper] = ends.map(({ numerator, denominator }) =>
      ring.sign(ring.add(this.#product(slope, numerator), ring.negate(this.#product(level, denominator)))),
    ) as [-1 | 0 | 1, -1 | 0 | 1];
    // At both ends on the breakpoint it is there everywhere, where both pieces agree.
    if (atLower >= 0 && atUpper >= 0) return { type: 'all' };
    if (atLower <= 0 && atUpper <= 0) return { type: 'none' };
    if (atUpper > 0) return { type: 'from', place: { numerator: level, denominator: slope } };
    return { type: 'to', place: { numerator: ring.negate(level), denominator: ring.negate(slope) } };
  }

  #pastPlace(place: Place, [a, b]: readonly [Place, Place]): Side {
    if (this.#compare(place, a) <= 0) return { type: 'all' };
    if (this.#compare(place, b) >= 0) return { type: 'none' };
    return { type: 'from', place };
  }

  #compare(p: Place, q: Place): number {
    const difference = ring.add(
      this.#product(p.numerator, q.denominator),
      ring.negate(this.#product(q.numerator, p.denominator)),
    );
    return ring.sign(difference) as number;
  }

  /** Output c where unit j takes piece pieces_j. */
  #prediction(c: number, pieces: readonly number[]): Moving {
    const { weights, bias, denominator } = this.#output;
    const D = ring.constant(this.#hidden.denominator) as bigint;
    const over = ring.constant(denominator) as bigint;
    const { degree, denominator: ofH } = this.#h;
    // All over (denominator of h) · D^degree
    let sum: readonly Germ[] = [ring.scale((bias?.[c] ?? ring.zero) as Germ, ofH * D ** BigInt(degree))];
    pieces.forEach((piece, j) => {
      const z = [this.#hidden.bias?.[j] ?? ring.zero, (this.#hidden.weights[j] as readonly Germ[])[0] as Germ];
      const h = this.#h.pieces[piece] as readonly bigint[];
      let value: readonly Germ[] = [];
      for (let k = h.length - 1; k >= 0; k--) {
        const constant = ring.scale(one, (h[k] as bigint) * D ** BigInt(degree - k));
        value = addAll(this.#times(value, z), [constant]);
      }
      sum = addAll(sum, this.#times(value, [(weights[c] as readonly Germ[])[j] as Germ]));
    });
    return { coefficients: sum, denominator: over * ofH * D ** BigInt(degree) };
  }

  /** ρ · ℓ(prediction − y) */
  #integrand(prediction: Moving, target: TermList): Moving {
    const { data, loss } = this.problem;
    const y = inPowers(target);
    const scaled = (list: readonly Germ[], n: bigint): readonly Germ[] => list.map((c) => ring.scale(c, n));
    const residual = addAll(
      scaled(prediction.coefficients, y.denominator),
      scaled(y.coefficients, -prediction.denominator),
    );
    const E = prediction.denominator * y.denominator;
    const piece = loss.pieces[0] as readonly bigint[];
    const n = piece.length - 1;
    this.#chargePowers(E, n);
    let value: readonly Germ[] = [];
    for (let k = n; k >= 0; k--) {
      value = addAll(this.#times(value, residual), [ring.scale(one, (piece[k] as bigint) * E ** BigInt(n - k))]);
    }
    const density = inPowers(data.density);
    return {
      coefficients: this.#times(value, density.coefficients),
      denominator: loss.denominator * E ** BigInt(n) * density.denominator,
    };
  }

  /** The integrals between neighbours: at every place what the primitive to the left has there, less what that to the right has. */
  #integral(places: readonly Place[], integrands: readonly Moving[]): Place {
    const common = integrands.reduce((sum, { denominator }) => lcm(sum, denominator), 1n);
    const length = integrands.map(({ coefficients }) => coefficients.length).reduce(larger);
    const powers = Array.from({ length }, (_, k) => BigInt(k + 1)).reduce(lcm, 1n);
    const over = integrands.map(({ coefficients, denominator }) =>
      coefficients.map((c) => ring.scale(c, common / denominator)),
    );
    let total = nothing;
    places.forEach(({ numerator, denominator }, i) => {
      const [left, right] = [over[i - 1] ?? [], over[i] ?? []];
      const jump = addAll(
        left,
        right.map((c) => ring.negate(c)),
      );
      // Σ_k jump_k x^(k+1)/(k+1) with x = numerator/denominator, by Horner from the highest power
      let value: Germ = [];
      let power: Germ = one;
      for (let k = jump.length - 1; k >= 0; k--) {
        const weighted = ring.scale(jump[k] as Germ, powers / BigInt(k + 1));
        value = ring.add(this.#product(value, numerator), this.#product(weighted, power));
        power = this.#product(power, denominator);
      }
      total = this.#sum(total, { numerator: this.#product(value, numerator), denominator: power });
    });
    return { numerator: total.numerator, denominator: ring.scale(total.denominator, common * powers) };
  }

  #sum(p: Place, q: Place): Place {
    return {
      numerator: ring.add(this.#product(p.numerator, q.denominator), this.#product(q.numerator, p.denominator)),
      denominator: this.#product(p.denominator, q.denominator),
    };
  }

  #product(a: Germ, b: Germ): Germ {
    this.meter.charge(a.length * b.length, integers.mostBits(a), integers.mostBits(b));
    return ring.multiply(a, b);
  }

  #times(a: readonly Germ[], b: readonly Germ[]): readonly Germ[] {
    if (a.length === 0 || b.length === 0) return [];
    const product = new Array<Germ>(a.length + b.length - 1).fill(ring.zero);
    a.forEach((c, i) => {
      b.forEach((d, j) => {
        product[i + j] = ring.add(product[i + j] as Germ, this.#product(c, d));
      });
    });
    return product;
  }
}

/** Between neighbouring places: how many breakpoints of one function are passed there. */
function passedByCell(sides: readonly Side[], order: ReadonlyMap<Place, number>): readonly number[] {
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

function longest(parameters: Parameters): number {
  return parameters.map(({ bits }) => bits).reduce(larger, 1);
}

function highestOf({ terms: list }: TermList): number {
  return list.map(({ exponents }) => exponents[0] as number).reduce(larger, 0);
}

function degreeOf({ pieces }: Target): number {
  return pieces.map(highestOf).reduce(larger, 0);
}

function fixed(num: bigint, den: bigint): Place {
  return { numerator: num === 0n ? [] : [num], denominator: [den] };
}

function inPowers(list: TermList): Moving {
  const coefficients = new Array<Germ>(highestOf(list) + 1).fill(ring.zero);
  for (const { exponents, coefficient } of list.terms) coefficients[exponents[0] as number] = [coefficient];
  return { coefficients, denominator: list.denominator };
}

function addAll(a: readonly Germ[], b: readonly Germ[]): readonly Germ[] {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  return long.map((c, k) => (k < short.length ? ring.add(c, short[k] as Germ) : c));
}
