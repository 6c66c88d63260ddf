import { lcm } from '../arithmetic/gcd.js';
import { entry } from '../arithmetic/matrix.js';
import { type Breakpoints, locate, type Ordered } from '../arithmetic/ordered.js';
import { polynomial } from '../arithmetic/polynomial.js';
import {
  compare,
  multiply,
  negate,
  one,
  type Rational,
  rational,
  shown,
  subtract,
  zero,
} from '../arithmetic/rational.js';
import { nonnegativeOnLine } from '../arithmetic/sturm.js';
import type { Decoded, lossSchema } from '../format.js';
import type { Meter } from '../limits.js';
import { decline, reject, unreachable } from '../verdict.js';
import type { Samples } from './data.js';

/**
 * A loss per sample, ℓ(p,y) = Σ_c L(p_c − y_c), with L continuously differentiable and piecewise polynomial. All of this holds by the
 * table below and the conditions on its parameters that `interpretLoss` checks (theory.md 0).
 */
export interface PolynomialLoss extends Breakpoints {
  readonly family: 'polynomial';
  /** coefficients, lowest degree first, each list of length degree + 1, over denominator; the factor is included */
  readonly pieces: readonly (readonly bigint[])[];
  readonly denominator: bigint;
  readonly degree: number;
  /** whether L'' ≥ 0 everywhere */
  readonly convex: boolean;
  /** whether L ≥ L(0) = 0 */
  readonly leastAtZero: boolean;
}

/** A convex, continuously differentiable loss with irrational values (proofs/format.md 4). */
export interface SmoothLoss {
  readonly family: 'smooth';
  readonly name: 'log-cosh' | 'logistic' | 'cross-entropy' | 'power';
  readonly factor: Rational;
  /** of `power`, not an integer; else 1 */
  readonly exponent: Rational;
}

export type Loss = PolynomialLoss | SmoothLoss;

/** @throws Refusal (declined) where the loss is no piecewise polynomial */
export function polynomialLoss(loss: Loss): PolynomialLoss {
  if (loss.family === 'smooth') {
    decline(
      'unsupported-combination',
      '$.statement.problem.loss',
      `this rule has no proof for the loss ${loss.name} in this version`,
    );
  }
  return loss;
}

/** @throws Refusal (declined) where the loss is not convex: then Lemma 0 holds only near its arguments */
export function convexEverywhere(loss: Loss): void {
  if (loss.family === 'polynomial' && !loss.convex) {
    decline('unsupported-combination', '$.statement.problem.loss', 'this rule needs a convex loss');
  }
}

const half = rational(1n, 2n);

/** Breakpoints and pieces in r = p − y, before the factor (proofs/format.md 4). */
function tableOf(
  loss: Exclude<Decoded<typeof lossSchema>, { function: SmoothLoss['name'] }> | PowerLoss,
  meter: Meter,
  path: string,
): { breakpoints: readonly Rational[]; pieces: readonly (readonly Rational[])[] } {
  switch (loss.function) {
    case 'squared':
      return { breakpoints: [], pieces: [[zero, zero, one]] };
    case 'power': {
      const { num } = loss.exponent;
      if (num > BigInt(meter.limits.degree)) {
        decline('limit-degree', `${path}.exponent`, `expected an exponent of at most ${meter.limits.degree}`);
      }
      const monomial: Rational[] = [];
      for (let k = 0n; k < num; k++) monomial.push(zero);
      monomial.push(one);
      if (num % 2n === 0n) return { breakpoints: [], pieces: [monomial] };
      return { breakpoints: [zero], pieces: [monomial.map(negate), monomial] };
    }
    case 'huber': {
      const d = loss.threshold;
      if (d.num <= 0n) reject('out-of-range', `${path}.threshold`, `expected a threshold > 0, found ${shown(d)}`);
      const offset = negate(multiply(half, multiply(d, d)));
      return {
        breakpoints: [negate(d), d],
        pieces: [
          [offset, negate(d)],
          [zero, zero, half],
          [offset, d],
        ],
      };
    }
    case 'smooth-quantile': {
      const { level, width: w } = loss;
      if (level.num <= 0n || compare(level, one) >= 0) {
        reject('out-of-range', `${path}.level`, `expected a level between 0 and 1, found ${shown(level)}`);
      }
      if (w.num <= 0n) reject('out-of-range', `${path}.width`, `expected a width > 0, found ${shown(w)}`);
      const above = subtract(one, level);
      const offset = (slope: Rational) => negate(multiply(half, multiply(w, multiply(slope, slope))));
      return {
        breakpoints: [negate(multiply(w, level)), multiply(w, above)],
        pieces: [
          [offset(level), negate(level)],
          [zero, zero, rational(w.den, 2n * w.num)],
          [offset(above), above],
        ],
      };
    }
    case 'polynomial': {
      const { coefficients } = loss;
      if (coefficients.values.length === 0) {
        reject('empty-list', `${path}.coefficients`, 'expected at least 1 coefficient, found 0');
      }
      if (coefficients.values.length > meter.limits.degree + 1) {
        decline('limit-degree', `${path}.coefficients`, `expected a degree of at most ${meter.limits.degree}`);
      }
      const piece = coefficients.values.map((_, k) => entry(coefficients, k));
      while (piece.length > 2 && piece[piece.length - 1]?.num === 0n) piece.pop();
      if (piece.length === 1) piece.push(zero);
      return { breakpoints: [], pieces: [piece] };
    }
    default:
      return unreachable(loss);
  }
}

type PowerLoss = Extract<Decoded<typeof lossSchema>, { function: 'power' }>;

export function interpretLoss(loss: Decoded<typeof lossSchema>, meter: Meter, path: string): Loss {
  const factor = loss.factor ?? one;
  if (factor.num <= 0n) reject('nonpositive-factor', `${path}.factor`, `expected a factor > 0, found ${shown(factor)}`);
  switch (loss.function) {
    case 'log-cosh':
    case 'logistic':
    case 'cross-entropy':
      return { family: 'smooth', name: loss.function, factor, exponent: one };
    case 'power': {
      const { exponent } = loss;
      if (exponent.num <= exponent.den) {
        reject('out-of-range', `${path}.exponent`, `expected an exponent > 1, found ${shown(exponent)}`);
      }
      if (exponent.den !== 1n) return { family: 'smooth', name: 'power', factor, exponent };
      break;
    }
  }
  const table = tableOf(loss, meter, path);
  const degree = table.pieces.reduce((most, piece) => (piece.length > most ? piece.length : most), 0) - 1;
  const pieces = table.pieces.map((piece) => piece.map((c) => multiply(c, factor)));
  const denominator = pieces.flat().reduce((common, { den }) => lcm(common, den), 1n);
  const breakpointDenominator = table.breakpoints.reduce((common, { den }) => lcm(common, den), 1n);
  const written = pieces.map((piece) =>
    Array.from({ length: degree + 1 }, (_, k) => {
      const { num, den } = piece[k] ?? zero;
      return num * (denominator / den);
    }),
  );
  return {
    family: 'polynomial',
    breakpoints: table.breakpoints.map(({ num, den }) => num * (breakpointDenominator / den)),
    breakpointDenominator,
    pieces: written,
    denominator,
    degree,
    ...(loss.function === 'polynomial'
      ? shapeOf(written[0] as readonly bigint[], meter)
      : { convex: true, leastAtZero: true }),
  };
}

/** Decided by Sturm's theorem, on P'' and on P. */
function shapeOf(P: readonly bigint[], meter: Meter): Pick<PolynomialLoss, 'convex' | 'leastAtZero'> {
  return {
    convex: nonnegativeOnLine(polynomial(derivativeOf(derivativeOf(P))), meter),
    leastAtZero: P[0] === 0n && nonnegativeOnLine(polynomial(P), meter),
  };
}

/** The loss at residuals over one denominator D > 0: values over denominator·D^degree, derivatives over denominator·D^(degree−1). */
export class LossOverDenominator<T> {
  /** c_k D^(degree−k) of each piece, and of its first two derivatives, with degree less 1 or 2 */
  readonly #pieces: readonly (readonly T[])[];
  readonly #slopes: readonly (readonly T[])[];
  readonly valueDenominator: T;
  readonly derivativeDenominator: T;

  constructor(
    readonly ring: Ordered<T>,
    readonly loss: PolynomialLoss,
    readonly D: T,
  ) {
    const powers = [ring.fromInteger(1n)];
    for (let k = 0; k < loss.degree; k++) powers.push(ring.multiply(powers[k] as T, D));
    const homogeneous = (coefficients: readonly bigint[]): readonly T[] =>
      coefficients.map((c, k) => ring.scale(powers[coefficients.length - 1 - k] as T, c));
    this.#pieces = loss.pieces.map(homogeneous);
    this.#slopes = loss.pieces.map((piece) => homogeneous(derivativeOf(piece)));
    this.valueDenominator = ring.scale(powers[loss.degree] as T, loss.denominator);
    this.derivativeDenominator = ring.scale(powers[loss.degree - 1] as T, loss.denominator);
  }

  /** @returns true where L is C² near r/D: inside a polynomial piece, or where two pieces agree to second order */
  isTwiceDifferentiable(r: T): boolean {
    const { ring, loss, D } = this;
    const { lower, upper } = locate(ring, loss, r, D);
    if (lower === upper) return true;
    const powers = [ring.fromInteger(1n)];
    for (let k = 0; k < loss.degree; k++) powers.push(ring.multiply(powers[k] as T, D));
    const second = (piece: number): T => {
      const coefficients = derivativeOf(derivativeOf(loss.pieces[piece] as readonly bigint[]));
      return this.#horner(
        coefficients.map((c, k) => ring.scale(powers[coefficients.length - 1 - k] as T, c)),
        r,
      );
    };
    for (let j = lower + 1; j <= upper; j++) {
      const jump = ring.add(second(j), ring.negate(second(lower)));
      if (ring.sign(jump) !== 0) return false;
    }
    return true;
  }

  /** @returns whether L is certainly convex near r/D: everywhere, or L'' > 0 there */
  isConvexNear(r: T): boolean {
    return this.loss.convex || this.ring.sign(this.curvature(r)) === 1;
  }

  /** @returns L''(r/D) up to one positive factor, for a loss of one polynomial: every loss that is not convex is one */
  curvature(r: T): T {
    const { ring, loss, D } = this;
    if (loss.pieces.length > 1) throw new RangeError('Cannot tell the curvature of a loss of several pieces');
    const coefficients = derivativeOf(derivativeOf(loss.pieces[0] as readonly bigint[]));
    let value = ring.zero;
    let power = ring.fromInteger(1n);
    for (let k = coefficients.length - 1; k >= 0; k--) {
      value = ring.add(ring.multiply(value, r), ring.scale(power, coefficients[k] as bigint));
      power = ring.multiply(power, D);
    }
    return value;
  }

  /** @returns the numerator of L(r/D) */
  value(r: T): T {
    return this.#hull(this.#pieces, r);
  }

  /** @returns the numerator of L'(r/D) */
  derivative(r: T): T {
    return this.#hull(this.#slopes, r);
  }

  /** At a breakpoint both pieces agree in value and derivative; an enclosure that spans one takes the hull. */
  #hull(pieces: readonly (readonly T[])[], r: T): T {
    const { lower, upper } = locate(this.ring, this.loss, r, this.D);
    let value = this.#horner(pieces[lower] as readonly T[], r);
    if (this.ring.hull !== undefined) {
      for (let j = lower + 1; j <= upper; j++) {
        value = this.ring.hull(value, this.#horner(pieces[j] as readonly T[], r));
      }
    }
    return value;
  }

  /** Σ_k c_k r^k */
  #horner(coefficients: readonly T[], r: T): T {
    const { ring } = this;
    let k = coefficients.length - 1;
    let value = k < 0 ? ring.zero : (coefficients[k] as T);
    while (--k >= 0) {
      value = ring.multiply(value, r);
      const c = coefficients[k] as T;
      if (c !== ring.zero) value = ring.add(value, c);
    }
    return value;
  }
}

function derivativeOf(coefficients: readonly bigint[]): readonly bigint[] {
  return coefficients.slice(1).map((c, k) => c * BigInt(k + 1));
}

/** Checks that targets are what the loss is for: probabilities for logistic, rows of them that add up to 1 for cross-entropy. */
export function expectTargets(loss: Loss, { targets }: Samples, path: string): void {
  if (loss.family !== 'smooth' || (loss.name !== 'logistic' && loss.name !== 'cross-entropy')) return;
  const { rows, denominator } = targets;
  rows.forEach((row, i) => {
    row.forEach((y, c) => {
      if (y < 0n || y > denominator) {
        reject(
          'out-of-range',
          `${path}[${i}][${c}]`,
          `expected a probability, found ${shown(rational(y, denominator))}`,
        );
      }
    });
    const sum = row.reduce((a, b) => a + b, 0n);
    if (loss.name === 'cross-entropy' && sum !== denominator) {
      reject(
        'out-of-range',
        `${path}[${i}]`,
        `expected probabilities that add up to 1, found ${shown(rational(sum, denominator))}`,
      );
    }
  });
}
