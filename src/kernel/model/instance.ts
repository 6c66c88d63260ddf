import type { Meter } from '../limits.js';
import type { Problem } from '../statement.js';
import { type Evaluation, type ResidualGradients, residualGradients } from './evaluation.js';

/** A problem at one point, or at one germ or box of points: what most rules look at. */
export class Instance<T> {
  #gradients: ResidualGradients<T> | null = null;

  constructor(
    readonly problem: Problem,
    readonly evaluation: Evaluation<T>,
    readonly meter: Meter,
  ) {}

  /** g_i = μ_i ∂_pℓ(p_i, y_i) */
  get gradients(): ResidualGradients<T> {
    this.#gradients ??= residualGradients(this.evaluation, this.problem.loss, this.problem.data, this.meter);
    return this.#gradients;
  }
}
