import type { Enclosures } from '../arithmetic/enclosure.js';
import { bitLength } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import type { Interval } from '../arithmetic/interval.js';
import { type Rational, rational } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import { decline } from '../verdict.js';
import type { Loss, PolynomialLoss } from './loss.js';
import { chargeFunction, known } from './smooth-piece.js';

/**
 * One output's part of a loss near a point, in enclosures over 2^bits: the argument is the residual p − y, or the prediction p
 * itself for the logistic loss.
 */
export class LossNear {
  /** @throws Refusal (declined) for the loss whose outputs are not separate */
  constructor(
    readonly loss: Loss,
    readonly e: Enclosures,
    readonly meter: Meter,
    path: string,
  ) {
    if (loss.family === 'smooth' && loss.name === 'cross-entropy') {
      decline(
        'unsupported-combination',
        path,
        'this rule needs a loss that adds up over the outputs: not cross-entropy',
      );
    }
  }

  /** @returns the argument for the prediction p/pOver and the target y/yOver, and the target */
  argument(
    p: bigint,
    pOver: bigint,
    y: bigint,
    yOver: bigint,
  ): { readonly argument: Interval; readonly target: Interval } {
    const target = this.e.of(y, yOver);
    const isLogistic = this.loss.family === 'smooth' && this.loss.name === 'logistic';
    return { argument: isLogistic ? this.e.of(p, pOver) : this.e.of(p * yOver - y * pOver, pOver * yOver), target };
  }

  /** @returns the argument for every prediction of an interval */
  argumentNear(p: Interval, target: Interval): Interval {
    return this.loss.family === 'smooth' && this.loss.name === 'logistic' ? p : this.e.subtract(p, target);
  }

  value(z: Interval, y: Interval): Interval {
    const { loss, e } = this;
    if (loss.family === 'polynomial') return this.#pieces(loss, z, 0);
    switch (loss.name) {
      case 'log-cosh':
        return this.#times(known(e.logCosh(this.#charged(z))));
      case 'logistic':
        return this.#times(e.subtract(known(e.softplus(this.#charged(z))), e.multiply(y, z)));
      default:
        return this.#times(this.#power(e.abs(z), loss.exponent));
    }
  }

  /** L'(z) */
  derivative(z: Interval, y: Interval): Interval {
    const { loss, e } = this;
    if (loss.family === 'polynomial') return this.#pieces(loss, z, 1);
    switch (loss.name) {
      case 'log-cosh':
        return this.#times(known(e.tanh(this.#charged(z))));
      case 'logistic':
        return this.#times(e.subtract(known(e.sigmoid(this.#charged(z))), y));
      default: {
        // q sign(z) |z|^(q−1), increasing
        const { num, den } = loss.exponent;
        const at = (end: bigint): Interval => {
          const size = this.#power(e.abs({ low: end, high: end }), rational(num - den, den));
          return e.multiply(e.of(num, den), end < 0n ? e.negate(size) : size);
        };
        return this.#times({ low: at(z.low).low, high: at(z.high).high });
      }
    }
  }

  /** @returns what holds L'' on z, of all pieces that z meets; null where L'' is not bounded */
  curvature(z: Interval): Interval | null {
    const { loss, e } = this;
    if (loss.family === 'polynomial') return this.#pieces(loss, z, 2);
    switch (loss.name) {
      case 'log-cosh':
        return this.#times(e.subtract(e.of(1n), e.square(e.tanh(this.#charged(z)))));
      case 'logistic': {
        const s = e.sigmoid(this.#charged(z));
        return this.#times(e.multiply(s, e.subtract(e.of(1n), s)));
      }
      default: {
        // q (q − 1) |z|^(q−2)
        const { num, den } = loss.exponent;
        const [factor, size] = [e.of(num * (num - den), den * den), e.abs(z)];
        if (num >= 2n * den) return this.#times(e.multiply(factor, this.#power(size, rational(num - 2n * den, den))));
        const inverse = e.divide(e.of(1n), this.#power(size, rational(2n * den - num, den)));
        return inverse === undefined ? null : this.#times(e.multiply(factor, inverse));
      }
    }
  }

  /** For a convex L. @returns m ≥ 0, over 2^bits, with L'(b) − L'(a) ≥ m (b − a) for all a ≤ b in z */
  leastCurvature(z: Interval): bigint {
    const { loss, e } = this;
    const positive = (a: Interval): bigint => (a.low > 0n ? a.low : 0n);
    if (loss.family === 'polynomial') return positive(this.#pieces(loss, z, 2));
    const size = e.abs(z);
    const far = { low: size.high, high: size.high };
    switch (loss.name) {
      case 'log-cosh':
        // 1 − tanh² decreases away from 0
        return positive(this.#times(e.subtract(e.of(1n), e.square(known(e.tanh(this.#charged(far)))))));
      case 'logistic': {
        const s = known(e.sigmoid(this.#charged(far)));
        return positive(this.#times(e.multiply(s, e.subtract(e.of(1n), s))));
      }
      default: {
        // q (q − 1) |z|^(q−2): least at the far end for q < 2, at the near end for q ≥ 2
        const { num, den } = loss.exponent;
        const factor = e.of(num * (num - den), den * den);
        if (num >= 2n * den) {
          const near = { low: size.low, high: size.low };
          return positive(this.#times(e.multiply(factor, this.#power(near, rational(num - 2n * den, den)))));
        }
        const inverse = e.divide(e.of(1n), this.#power(far, rational(2n * den - num, den)));
        return inverse === undefined ? 0n : positive(this.#times(e.multiply(factor, inverse)));
      }
    }
  }

  /** A derivative of a piecewise polynomial, the hull over all pieces that z meets. */
  #pieces(loss: PolynomialLoss, z: Interval, order: 0 | 1 | 2): Interval {
    const { e } = this;
    const { breakpoints, breakpointDenominator: over, pieces, denominator } = loss;
    // Horner's rule multiplies by z, which may be long, once a degree.
    const size = integers.mostBits([z.low, z.high]) + e.bits;
    const most = size * (loss.degree + 1) + integers.mostBits(pieces.flat()) + bitLength(denominator);
    this.meter.charge(4 * pieces.length * (loss.degree + 1), size, most);
    let hull: Interval | null = null;
    pieces.forEach((piece, j) => {
      const [from, to] = [breakpoints[j - 1], breakpoints[j]];
      if (from !== undefined && z.high * over < from << BigInt(e.bits)) return;
      if (to !== undefined && z.low * over > to << BigInt(e.bits)) return;
      let coefficients = piece;
      for (let times = 0; times < order; times++) {
        coefficients = coefficients.slice(1).map((c, k) => c * BigInt(k + 1));
      }
      const value = coefficients.reduceRight((sum, c) => e.add(e.multiply(sum, z), e.of(c, denominator)), e.of(0n));
      hull = hull === null ? value : e.hull(hull, value);
    });
    return hull as unknown as Interval;
  }

  /** a^q for a ≥ 0 and a rational q > 0, increasing */
  #power(a: Interval, { num, den }: Rational): Interval {
    const { e } = this;
    const at = (end: bigint): Interval => {
      if (end <= 0n) return e.of(0n);
      const log = known(e.log(this.#charged({ low: end, high: end })));
      return known(e.exp(this.#charged(e.multiply(e.of(num, den), log))));
    };
    return { low: at(a.low).low, high: at(a.high).high };
  }

  #charged(z: Interval): Interval {
    chargeFunction(this.meter, this.e.bits, z);
    return z;
  }

  #times(a: Interval): Interval {
    if (this.loss.family === 'polynomial') return a;
    const { num, den } = this.loss.factor;
    return this.e.multiply(this.e.of(num, den), a);
  }
}
