import type { Enclosures } from '../arithmetic/enclosure.js';
import type { Interval } from '../arithmetic/interval.js';
import type { Meter } from '../limits.js';
import { decline } from '../verdict.js';
import { CrossEntropyNear } from './cross-entropy-near.js';
import type { Loss } from './loss.js';
import { LossNear } from './loss-near.js';

/**
 * A convex loss near a point, all outputs of a sample together, in enclosures over 2^bits. Its arguments are the residuals p − y, or the
 * predictions p themselves for the logistic loss and cross-entropy.
 *
 * Cross-entropy does not change when all logits grow alike, since targets add up to 1. So its last logit is kept 0: only the others
 * are *free*. For other losses all outputs are free, and the loss is a sum over them.
 */
export class LossOfRows {
  readonly free: number;
  readonly #loss: { readonly each: LossNear } | { readonly all: CrossEntropyNear };

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
    this.#loss = isCrossEntropy
      ? { all: new CrossEntropyNear(loss.factor, e, meter) }
      : { each: new LossNear(loss, e, meter, path) };
  }

  /** @returns the argument for the prediction p/pOver of one free output and its target y/yOver */
  argument(p: bigint, pOver: bigint, y: bigint, yOver: bigint): Interval {
    const loss = this.#loss;
    return 'all' in loss ? this.e.of(p, pOver) : loss.each.argument(p, pOver, y, yOver).argument;
  }

  /**
   * ℓ(p, y).
   *
   * @param z  the arguments of the free outputs
   * @param y  the targets of all
   */
  value(z: readonly Interval[], y: readonly Interval[]): Interval {
    const { e } = this;
    const loss = this.#loss;
    if ('all' in loss) return loss.all.value(this.#logits(z), y);
    return z
      .map((argument, c) => loss.each.value(argument, y[c] as Interval))
      .reduce((sum, term) => e.add(sum, term), e.of(0n));
  }

  /** ∂ℓ/∂p_c for every free output c */
  derivative(z: readonly Interval[], y: readonly Interval[]): readonly Interval[] {
    const loss = this.#loss;
    return z.map((argument, c) =>
      'all' in loss ? loss.all.derivative(this.#logits(z), y, c) : loss.each.derivative(argument, y[c] as Interval),
    );
  }

  /**
   * @param z  what the arguments of the free outputs range over
   * @returns  m_c ≥ 0, over 2^bits, with ⟨∂ℓ(v) − ∂ℓ(u), v − u⟩ ≥ Σ_c m_c (v_c − u_c)² for all u, v in these ranges
   */
  leastCurvatures(z: readonly Interval[]): readonly bigint[] {
    const loss = this.#loss;
    if ('each' in loss) return z.map((range) => loss.each.leastCurvature(range));
    // The Hessian diag(s) − s sᵀ of the free logits is at least diag(s_c s_k), s_k = 1 − Σ s_c: Cauchy–Schwarz.
    const logits = this.#logits(z);
    const last = atLeast(loss.all.probability(logits, z.length));
    return z.map((_, c) => {
      const { low } = loss.all.coupling(atLeast(loss.all.probability(logits, c)), last);
      return low > 0n ? low : 0n;
    });
  }

  /** The last logit is 0. */
  #logits(z: readonly Interval[]): readonly Interval[] {
    return [...z, this.e.of(0n)];
  }
}

function atLeast({ low }: Interval): Interval {
  return { low, high: low };
}
