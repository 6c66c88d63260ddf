import type { Rational } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import type { BoxProblem } from '../statement.js';
import { type BoxMoments, boxMoments, boxRisk } from './box-integrals.js';
import type { Parameters } from './network.js';
import { type Realization, realizationOn } from './ridge.js';

/** A problem on a box at one point: what the rules for boxes look at, as an `Instance` is for samples. */
export class BoxInstance {
  readonly realization: Realization;
  #risk: Rational | null = null;

  /** @param path  of the point, for messages */
  constructor(
    readonly problem: BoxProblem,
    readonly parameters: Parameters,
    readonly meter: Meter,
    readonly path: string,
  ) {
    this.realization = realizationOn(problem.data.domain, problem.network, parameters, meter, path);
  }

  /** R(θ), exactly */
  get risk(): Rational {
    const { data, loss } = this.problem;
    this.#risk ??= boxRisk(data, this.realization, loss, this.meter);
    return this.#risk;
  }

  /** ∫ g ⊗ x and ∫ g over each slab, g = ρ ∂ℓ(N_θ(x), y(x)) */
  moments(): readonly BoxMoments[] {
    const { data, loss } = this.problem;
    return boxMoments(data, this.realization, loss, this.meter);
  }
}
