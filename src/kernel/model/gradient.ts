import type { Interval } from '../arithmetic/interval.js';
import type { DenseOver } from './evaluation.js';
import { locationOf, mostBits, type StageValues } from './evaluation.js';
import type { Instance } from './instance.js';
import type { Stage } from './network.js';
import { affineOnly, denseOnly } from './network.js';
import { visibility } from './visibility.js';

/** The partial derivatives of the risk in one affine layer, as numerators over one positive denominator. */
export interface LayerGradient<T> {
  /** [unit][input] */
  readonly weights: readonly (readonly T[])[];
  readonly bias: readonly T[] | null;
  readonly denominator: T;
}

/**
 * The gradient of the risk by reverse differentiation: δ of a stage is Wᵀδ of the next one, times the slopes between them.
 *
 * @param onKink  called for a preactivation whose location spans several pieces, with sample, stage and unit; gives the slope to
 *   use there (numerator over the activation's denominator). Shadowed units are left out: nothing depends on them.
 * @returns one entry per stage, null for frozen layers
 */
export function gradient<T>(
  instance: Instance<T>,
  onKink: (i: number, s: number, u: number) => T,
): readonly (LayerGradient<T> | null)[] {
  const { problem, evaluation, gradients, meter } = instance;
  const { ring } = evaluation;
  const { stages } = problem.network;
  denseOnly(problem.network);
  affineOnly(problem.network);
  const n = problem.data.inputs.rows.length;
  const visible = Array.from({ length: n }, (_, i) => visibility(instance, i));
  const layers: (LayerGradient<T> | null)[] = new Array(stages.length).fill(null);
  let deltas = gradients.rows;
  let denominator = gradients.denominator;
  // What lies before the first free layer is a fixed map of the data.
  const lowest = stages.findIndex(({ fixed }) => fixed === null);
  for (let s = stages.length - 1; s >= lowest && lowest >= 0; s--) {
    const stage = stages[s] as Stage;
    const { inputs, inputsDenominator } = evaluation.stages[s] as StageValues<T>;
    const over = evaluation.parameters[s] as DenseOver<T>;
    const inputBits = s === 0 ? problem.data.inputs.bits : (evaluation.stages[s - 1] as StageValues<T>).bits;
    const values = mostBits(ring, [...over.weights, [inputsDenominator, over.denominator]]) + inputBits;
    meter.charge(2 * n * stage.units * (stage.inputs + 1), mostBits(ring, [...deltas, [denominator]]), values);
    if (stage.fixed === null) {
      const weights = Array.from({ length: stage.units }, () => new Array<T>(stage.inputs).fill(ring.zero));
      const bias = new Array<T>(stage.units).fill(ring.zero);
      deltas.forEach((delta, i) => {
        const row = inputs === null ? null : (inputs[i] as readonly T[]);
        const datum = problem.data.inputs.rows[i] as readonly bigint[];
        delta.forEach((d, u) => {
          if (ring.sign(d) === 0) return;
          bias[u] = ring.add(bias[u] as T, d);
          const w = weights[u] as T[];
          if (row === null) ring.addMultiples(w, d, datum);
          else for (let j = 0; j < stage.inputs; j++) w[j] = ring.add(w[j] as T, ring.multiply(d, row[j] as T));
        });
      });
      layers[s] = {
        weights,
        bias: stage.bias ? bias.map((b) => ring.multiply(b, inputsDenominator)) : null,
        denominator: ring.multiply(denominator, inputsDenominator),
      };
    }
    if (s === lowest) break;
    const { activation } = stages[s - 1] as Stage;
    const { locations } = evaluation.stages[s - 1] as StageValues<T>;
    const support = Array.from({ length: stage.units }, (_, u) => u);
    const columns = Array.from({ length: stage.inputs }, (_, j) => over.weights.map((row) => row[j] as T));
    deltas = deltas.map((delta, i) =>
      columns.map((column, j) => {
        if (visible[i]?.[s - 1]?.output === 'none') return ring.zero;
        const back = ring.dot(ring.zero, column, delta, support, Number.POSITIVE_INFINITY);
        const { lower, upper } = locationOf(activation, locations, i, j);
        if (lower === upper) return ring.scale(back, activation.slopes[lower] as bigint);
        return ring.multiply(back, onKink(i, s - 1, j));
      }),
    );
    denominator = ring.scale(ring.multiply(denominator, over.denominator), activation.denominator);
  }
  return layers;
}

/** The hull of all slopes that a preactivation's enclosure may meet. */
export function slopeHull(instance: Instance<Interval>, i: number, s: number, u: number): Interval {
  const { activation } = instance.problem.network.stages[s] as Stage;
  const { lower, upper } = locationOf(
    activation,
    (instance.evaluation.stages[s] as StageValues<Interval>).locations,
    i,
    u,
  );
  const slopes = activation.slopes.slice(lower, upper + 1) as readonly bigint[];
  return {
    low: slopes.reduce((least, slope) => (slope < least ? slope : least)),
    high: slopes.reduce((most, slope) => (slope > most ? slope : most)),
  };
}
