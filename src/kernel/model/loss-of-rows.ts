import type { Enclosures } from '../arithmetic/enclosure.js';
import type { Interval } from '../arithmetic/interval.js';
import type { Meter } from '../limits.js';
import { decline } from '../verdict.js';
import type { Loss } from './loss.js';
import { LossNear } from './loss-near.js';
import { chargeFunction, known } from './smooth-piece.js';

/**
 * A convex loss near a point, all outputs of a sample together, in enclosures over 2^bits. Its arguments are the residuals p − y, or the
 * predictions p themselves for the logistic loss and cross-entropy.
 *
 * Cross-entropy does not change when all logits grow alike, since targets add up to 1. So its last logit is kept 0: only the others
 * are *free*. For other losses all outputs are free, and the loss is a sum over them.
 */
export class LossOfRows {
  readonly free: number;
  /** of one output; null for cross-entropy */
  readonly #single: LossNear | null;
  readonly #factor: Interval;

  /** @throws Refusal (declined) for losses that are not convex */
  constructor(
    loss: Loss,
    outputs: number,
    readonly e: Enclosures,
    readonly meter: Meter,
    path: string,
  ) {
    if (loss.family === 'polynomial' && !loss.convex) {
      decline('unsupported-combination', path, 'this rule needs a convex loss');
    }
    const isCrossEntropy = loss.family === 'smooth' && loss.name === 'cross-entropy';
    this.free = isCrossEntropy ? outputs - 1 : outputs;
    this.#single = isCrossEntropy ? null : new LossNear(loss, e, meter, path);
    this.#factor = isCrossEntropy ? e.of(loss.factor.num, loss.factor.den) : e.of(1n);
  }

  /** @returns the argument for the prediction p/pOver of one free output and its target y/yOver */
  argument(p: bigint, pOver: bigint, y: bigint, yOver: bigint): Interval {
    return this.#single === null ? this.e.of(p, pOver) : this.#single.argument(p, pOver, y, yOver).argument;
  }

  /**
   * ℓ(p, y).
   *
   * @param z  the arguments of the free outputs
   * @param y  the targets of all
   */
  value(z: readonly Interval[], y: readonly Interval[]): Interval {
    const { e } = this;
    const single = this.#single;
    const sum = (terms: readonly Interval[]): Interval => terms.reduce((a, b) => e.add(a, b), e.of(0n));
    if (single !== null) return sum(z.map((argument, c) => single.value(argument, y[c] as Interval)));
    const total = e.add(e.of(1n), sum(z.map((p) => known(e.exp(this.#charged(p))))));
    const linear = sum(z.map((p, c) => e.multiply(y[c] as Interval, p)));
    return e.multiply(this.#factor, e.subtract(known(e.log(this.#charged(total))), linear));
  }

  /** ∂ℓ/∂p_c for every free output c */
  derivative(z: readonly Interval[], y: readonly Interval[]): readonly Interval[] {
    const { e } = this;
    const single = this.#single;
    return z.map((argument, c) => {
      const target = y[c] as Interval;
      return single === null
        ? e.multiply(this.#factor, e.subtract(this.#softmax(z, c), target))
        : single.derivative(argument, target);
    });
  }

  /**
   * @param z  what the arguments of the free outputs range over
   * @returns  m_c ≥ 0, over 2^bits, with ⟨∂ℓ(v) − ∂ℓ(u), v − u⟩ ≥ Σ_c m_c (v_c − u_c)² for all u, v in these ranges
   */
  leastCurvatures(z: readonly Interval[]): readonly bigint[] {
    const { e } = this;
    const single = this.#single;
    if (single !== null) return z.map((range) => single.leastCurvature(range));
    // The Hessian diag(s) − s sᵀ of the free logits is at least diag(s_c s_k), s_k = 1 − Σ s_c: Cauchy–Schwarz.
    const last = atLeast(this.#softmax(z, z.length));
    return z.map((_, c) => {
      const { low } = e.multiply(this.#factor, e.multiply(atLeast(this.#softmax(z, c)), last));
      return low > 0n ? low : 0n;
    });
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

  #charged(z: Interval): Interval {
    chargeFunction(this.meter, this.e.bits, z);
    return z;
  }
}

function atLeast({ low }: Interval): Interval {
  return { low, high: low };
}
