import type { Meter } from '../limits.js';
import type { SampleProblem } from '../statement.js';
import { decline, reject } from '../verdict.js';
import { type Evaluation, predictions } from './evaluation.js';
import { type Additive, formalGradients } from './formal-gradient.js';
import { type ResidualGradients, residualGradients, residuals } from './risk.js';

/** Residual gradients up to one positive factor, as rule `affine-span` uses them: numbers of the ring, or formal sums. */
export interface FirstOrder<G> {
  readonly numbers: Additive<G>;
  /** n × k */
  readonly rows: readonly (readonly G[])[];
  /** bits of the largest coefficient, for the meter */
  readonly bits: number;
}

/** A problem at one point, or at one germ or box of points: what most rules look at. */
export class Instance<T> {
  #gradients: ResidualGradients<T> | null = null;

  constructor(
    readonly problem: SampleProblem,
    readonly evaluation: Evaluation<T>,
    readonly meter: Meter,
  ) {}

  /** g_i = μ_i ∂_pℓ(p_i, y_i), for piecewise polynomial losses */
  get gradients(): ResidualGradients<T> {
    this.#gradients ??= residualGradients(this.evaluation, this.problem.loss, this.problem.data, this.meter);
    return this.#gradients;
  }

  /** Lends g_i to a proof that only adds multiples of them: for every loss, as long as predictions are exact. */
  withFirstOrder(use: <G>(gradients: FirstOrder<G>) => void): void {
    const { problem, evaluation, meter } = this;
    const { ring } = evaluation;
    if (problem.loss.family === 'polynomial') {
      const { rows, bits } = this.gradients;
      return use({ numbers: { ...ring, isZero: (a) => ring.sign(a) === 0 }, rows, bits });
    }
    const { preactivations, denominator } = predictions(evaluation);
    const exact = (a: T): bigint =>
      ring.constant(a) ??
      decline('unsupported-combination', '$.statement.problem.loss', 'with this loss the predictions must be constant');
    const p = preactivations.map((row) => row.map(exact));
    use(formalGradients(problem.loss, p, exact(denominator), problem.data, meter));
  }

  /** Lemma 0 needs a loss that is convex near the predictions (theory.md 0). */
  needConvexNear(): void {
    const [first] = this.notConvexNear();
    if (first !== undefined) refuseNotConvex(first);
  }

  /** @returns where the loss is not shown to be convex near the prediction */
  notConvexNear(): readonly Prediction[] {
    const { loss, data } = this.problem;
    if (loss.family === 'smooth' || loss.convex) return [];
    const { rows, loss: L } = residuals(this.evaluation, loss, data, this.meter);
    return rows.flatMap((row, sample) => row.flatMap((r, output) => (L.isConvexNear(r) ? [] : [{ sample, output }])));
  }

  /** @returns L''(r_ic) by sample and output, up to one positive factor, for a loss of one polynomial */
  curvatures(): readonly (readonly T[])[] {
    const { loss, data } = this.problem;
    const { rows, loss: L } = residuals(this.evaluation, loss, data, this.meter);
    return rows.map((row) => row.map((r) => L.curvature(r)));
  }
}

/** One output at one sample. */
export interface Prediction {
  readonly sample: number;
  readonly output: number;
}

export function refuseNotConvex({ sample, output }: Prediction): never {
  return reject(
    'not-convex-here',
    '$.statement.point',
    `the loss is not shown to be convex near output ${output} of sample ${sample}`,
  );
}
