import type { Enclosures } from '../arithmetic/enclosure.js';
import type { Interval } from '../arithmetic/interval.js';
import type { Meter } from '../limits.js';
import { reject } from '../verdict.js';
import { CrossEntropyNear } from './cross-entropy-near.js';
import type { Loss } from './loss.js';
import { LossNear } from './loss-near.js';

/** size · d dᵀ, with d = e_output, or d = e_output − e_other: one term of the Hessian of ℓ by the predictions. */
export interface Bend {
  readonly output: number;
  readonly other: number | null;
  readonly size: Interval;
}

/** ℓ(p, y) of all outputs of a sample together, and its first two derivatives by the predictions p, for p in intervals over 2^bits. */
export class LossOfOutputs {
  readonly #loss: { readonly each: LossNear } | { readonly all: CrossEntropyNear };

  constructor(
    loss: Loss,
    readonly e: Enclosures,
    readonly meter: Meter,
    path: string,
  ) {
    this.#loss =
      loss.family === 'smooth' && loss.name === 'cross-entropy'
        ? { all: new CrossEntropyNear(loss.factor, e, meter) }
        : { each: new LossNear(loss, e, meter, path) };
  }

  value(p: readonly Interval[], y: readonly Interval[]): Interval {
    const { e } = this;
    const loss = this.#loss;
    if ('all' in loss) return loss.all.value(p, y);
    return p
      .map((z, c) => loss.each.value(loss.each.argumentNear(z, y[c] as Interval), y[c] as Interval))
      .reduce((sum, term) => e.add(sum, term));
  }

  gradient(p: readonly Interval[], y: readonly Interval[]): readonly Interval[] {
    const loss = this.#loss;
    if ('all' in loss) return p.map((_, c) => loss.all.derivative(p, y, c));
    return p.map((z, c) => loss.each.derivative(loss.each.argumentNear(z, y[c] as Interval), y[c] as Interval));
  }

  /**
   * The terms of the Hessian, of all pieces of the loss that p meets.
   *
   * @param i  the sample, for the message
   * @throws Refusal (rejected) where a second derivative is not bounded
   */
  bends(p: readonly Interval[], y: readonly Interval[], i: number): readonly Bend[] {
    const loss = this.#loss;
    if ('all' in loss) {
      const s = p.map((_, c) => loss.all.probability(p, c));
      return s.flatMap((first, output) =>
        s.slice(0, output).map((second, other) => ({ output, other, size: loss.all.coupling(first, second) })),
      );
    }
    return p.map((z, output) => {
      const size = loss.each.curvature(loss.each.argumentNear(z, y[output] as Interval));
      if (size !== null) return { output, other: null, size };
      return reject('on-a-kink', '$.statement.point', `the loss may not be C² at output ${output} of sample ${i}`);
    });
  }
}
