import type { Enclosures } from '../arithmetic/enclosure.js';
import type { Interval } from '../arithmetic/interval.js';
import type { Rational } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import { chargeFunction, known } from './smooth-piece.js';

/**
 * factor · (log Σ_c e^{z_c} − Σ_c y_c z_c) near logits z, for targets y with Σ_c y_c = 1, in enclosures over 2^bits. Only differences of logits
 * are put into exponentials.
 */
export class CrossEntropyNear {
  readonly #factor: Interval;

  constructor(
    { num, den }: Rational,
    readonly e: Enclosures,
    readonly meter: Meter,
  ) {
    this.#factor = e.of(num, den);
  }

  /** log Σ_c e^{z_c} = z_k + log(1 + Σ_{c≠k} e^{z_c − z_k}), z_k the last logit */
  value(z: readonly Interval[], y: readonly Interval[]): Interval {
    const { e } = this;
    const last = z[z.length - 1] as Interval;
    const sum = (terms: readonly Interval[]): Interval => terms.reduce((a, b) => e.add(a, b), e.of(0n));
    const others = z.slice(0, -1).map((p) => known(e.exp(this.#charged(e.subtract(p, last)))));
    const log = e.add(last, known(e.log(this.#charged(e.add(e.of(1n), sum(others))))));
    const linear = sum(z.map((p, c) => e.multiply(y[c] as Interval, p)));
    return e.multiply(this.#factor, e.subtract(log, linear));
  }

  /** factor · (s_c − y_c), with s = softmax z */
  derivative(z: readonly Interval[], y: readonly Interval[], c: number): Interval {
    const { e } = this;
    return e.multiply(this.#factor, e.subtract(this.probability(z, c), y[c] as Interval));
  }

  /** factor · s_a s_b: the Hessian diag(s) − s sᵀ is Σ_{a<b} s_a s_b (e_a − e_b)(e_a − e_b)ᵀ, since Σ_c s_c = 1 */
  coupling(first: Interval, second: Interval): Interval {
    return this.e.multiply(this.#factor, this.e.multiply(first, second));
  }

  /** s_c = 1 / Σ_a e^{z_a − z_c} */
  probability(z: readonly Interval[], c: number): Interval {
    const { e } = this;
    const own = z[c] as Interval;
    const others = z.filter((_, a) => a !== c);
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
