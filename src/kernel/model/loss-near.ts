import type { Enclosures } from '../arithmetic/enclosure.js';
import { bitLength } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import type { Interval } from '../arithmetic/interval.js';
import { type Rational, rational } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import { decline } from '../verdict.js';
import { chargeFunction } from './enclosing.js';
import type { Loss, PolynomialLoss } from './loss.js';

/**
 * A convex loss near a point, in enclosures over 2^bits. Its arguments are the residuals p − y, or the predictions p themselves for the
 * logistic loss and cross-entropy.
 *
 * Cross-entropy does not change when all logits grow alike, since targets add up to 1. So its last logit is kept 0: only the others
 * are *free*. For other losses all outputs are free, and the loss is a sum over them.
 */
export class LossNear {
  readonly free: number;

  /** @throws Refusal (declined) for losses that are not convex */
  constructor(
    readonly loss: Loss,
    outputs: number,
    readonly e: Enclosures,
    readonly meter: Meter,
    path: string,
  ) {
    if (loss.family === 'polynomial' && !loss.convex) {
      decline('unsupported-combination', path, 'this rule needs a convex loss');
    }
    this.free = loss.family === 'smooth' && loss.name === 'cross-entropy' ? outputs - 1 : outputs;
  }

  /** @returns the argument for the prediction p/pOver of one free output and its target y/yOver */
  argument(p: bigint, pOver: bigint, y: bigint, yOver: bigint): Interval {
    const readsPrediction =
      this.loss.family === 'smooth' && (this.loss.name === 'logistic' || this.loss.name === 'cross-entropy');
    return readsPrediction ? this.e.of(p, pOver) : this.e.of(p * yOver - y * pOver, pOver * yOver);
  }

  /**
   * ℓ(p, y).
   *
   * @param z  the arguments of the free outputs
   * @param y  the targets of all
   */
  value(z: readonly Interval[], y: readonly Interval[]): Interval {
    const { loss, e } = this;
    const sum = (terms: readonly Interval[]): Interval => terms.reduce((a, b) => e.add(a, b), e.of(0n));
    if (loss.family === 'polynomial') return sum(z.map((r) => this.#pieces(loss, r, 0)));
    const target = (c: number): Interval => y[c] as Interval;
    switch (loss.name) {
      case 'log-cosh':
        return this.#times(sum(z.map((r) => known(e.logCosh(this.#charged(r))))));
      case 'logistic':
        return this.#times(
          sum(z.map((p, c) => e.subtract(known(e.softplus(this.#charged(p))), e.multiply(target(c), p)))),
        );
      case 'cross-entropy': {
        const total = e.add(e.of(1n), sum(z.map((p) => known(e.exp(this.#charged(p))))));
        const linear = sum(z.map((p, c) => e.multiply(target(c), p)));
        return this.#times(e.subtract(known(e.log(this.#charged(total))), linear));
      }
      case 'power':
        return this.#times(sum(z.map((r) => this.#power(e.abs(r), loss.exponent))));
    }
  }

  /** ∂ℓ/∂p_c for every free output c */
  derivative(z: readonly Interval[], y: readonly Interval[]): readonly Interval[] {
    const { loss, e } = this;
    if (loss.family === 'polynomial') return z.map((r) => this.#pieces(loss, r, 1));
    switch (loss.name) {
      case 'log-cosh':
        return z.map((r) => this.#times(known(e.tanh(this.#charged(r)))));
      case 'logistic':
        return z.map((p, c) => this.#times(e.subtract(known(e.sigmoid(this.#charged(p))), y[c] as Interval)));
      case 'cross-entropy':
        return z.map((_, c) => this.#times(e.subtract(this.#softmax(z, c), y[c] as Interval)));
      case 'power': {
        // q sign(r) |r|^(q−1), increasing
        const { num, den } = loss.exponent;
        const at = (end: bigint): Interval => {
          const size = this.#power(e.abs({ low: end, high: end }), rational(num - den, den));
          return e.multiply(e.of(num, den), end < 0n ? e.negate(size) : size);
        };
        return z.map((r) => this.#times({ low: at(r.low).low, high: at(r.high).high }));
      }
    }
  }

  /**
   * @param z  what the arguments of the free outputs range over
   * @returns  m_c ≥ 0, over 2^bits, with ⟨∂ℓ(v) − ∂ℓ(u), v − u⟩ ≥ Σ_c m_c (v_c − u_c)² for all u, v in these ranges
   */
  leastCurvatures(z: readonly Interval[]): readonly bigint[] {
    const { loss, e } = this;
    if (loss.family === 'smooth' && loss.name === 'cross-entropy') {
      // The Hessian diag(s) − s sᵀ of the free logits is at least diag(s_c s_k), s_k = 1 − Σ s_c: Cauchy–Schwarz.
      const last = this.#softmax(z, z.length);
      return z.map((_, c) => positive(this.#times(e.multiply(atLeast(this.#softmax(z, c)), atLeast(last)))));
    }
    return z.map((range) => this.#leastCurvature(loss, range));
  }

  /** @returns m ≥ 0, over 2^bits, with L'(v) − L'(u) ≥ m (v − u) for all u ≤ v in z */
  #leastCurvature(loss: Loss, z: Interval): bigint {
    const { e } = this;
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

  /** @returns the probability of class c; the last class, whose logit is 0, is number z.length */
  #softmax(z: readonly Interval[], c: number): Interval {
    const { e } = this;
    const own = z[c] ?? e.of(0n);
    // 1 / Σ_a e^(z_a − z_c)
    const others = [...z, e.of(0n)].filter((_, a) => a !== c);
    const sum = others.reduce(
      (total, other) => e.add(total, known(e.exp(this.#charged(e.subtract(other, own))))),
      e.of(1n),
    );
    return known(e.divide(e.of(1n), sum));
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

function positive({ low }: Interval): bigint {
  return low > 0n ? low : 0n;
}

function atLeast({ low }: Interval): Interval {
  return { low, high: low };
}

function known(value: Interval | undefined): Interval {
  if (value === undefined) decline('irrational-value', '$.statement', 'a value is too large, or too wide, to enclose');
  return value;
}
