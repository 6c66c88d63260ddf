import { locationOf } from './evaluation.js';
import type { Instance } from './instance.js';

/**
 * The lowest hidden stage that matters at a sample: below it every unit is *shadowed*, because some later stage has only units
 * strictly inside slope-0 pieces there, so near θ the output does not depend on what comes before (theory.md 1).
 *
 * In a network of dense layers all units of a stage have the same consumers, so shadowing is a matter of whole stages.
 *
 * @returns a stage index; stages before it are shadowed at sample i
 */
export function firstVisibleStage<T>({ problem: { network }, evaluation }: Instance<T>, i: number): number {
  for (let s = network.stages.length - 2; s > 0; s--) {
    const stage = network.stages[s];
    if (stage === undefined) continue;
    const { activation, units } = stage;
    const { locations } = evaluation.stages[s] as (typeof evaluation.stages)[number];
    let dead = true;
    for (let u = 0; u < units && dead; u++) {
      const { lower, upper } = locationOf(activation, locations, i, u);
      dead = lower === upper && activation.slopes[lower] === 0n;
    }
    if (dead) return s;
  }
  return 0;
}
