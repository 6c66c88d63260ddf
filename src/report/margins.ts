/** How far the preactivations are from the kinks of their activations. */

import type { Breakpoints } from '../kernel/arithmetic/ordered.js';
import { compare, type Rational, rational } from '../kernel/arithmetic/rational.js';
import type { Evaluation, StageValues } from '../kernel/model/evaluation.js';
import type { Network } from '../kernel/model/network.js';
import { entryName } from './layers.js';

export interface Margin {
  readonly sample: number;
  /** "unit 2 of layer 1" */
  readonly name: string;
  /** distance of the preactivation to the nearest breakpoint */
  readonly distance: Rational;
  readonly breakpoint: Rational;
}

/**
 * @param z, denominator  one preactivation, denominator > 0
 * @returns the distance to the nearest breakpoint on which it does not lie, as a numerator over denominator · breakpointDenominator,
 *   and that breakpoint's index; null where there is none
 */
export function distanceToKink(
  { breakpoints, breakpointDenominator }: Breakpoints,
  z: bigint,
  denominator: bigint,
): { readonly distance: bigint; readonly index: number } | null {
  let nearest: { distance: bigint; index: number } | null = null;
  const at = z * breakpointDenominator;
  breakpoints.forEach((tau, index) => {
    const difference = at - tau * denominator;
    const distance = difference < 0n ? -difference : difference;
    if (distance !== 0n && (nearest === null || distance < nearest.distance)) nearest = { distance, index };
  });
  return nearest;
}

/**
 * @param counts  whether the preactivation of a sample at a stage matters
 * @returns the preactivation nearest to a kink on which it does not lie; null where nothing can reach one
 */
export function smallestMargin(
  network: Network,
  evaluation: Evaluation<bigint>,
  counts: (sample: number, stage: number, entry: number) => boolean,
): Margin | null {
  let smallest: Margin | null = null;
  network.stages.forEach(({ activation }, stage) => {
    if (activation.breakpoints.length === 0) return;
    const { preactivations, denominator } = evaluation.stages[stage] as StageValues<bigint>;
    let least: { distance: bigint; index: number; sample: number; unit: number } | null = null;
    preactivations.forEach((row, sample) => {
      row.forEach((z, unit) => {
        if (!counts(sample, stage, unit)) return;
        const found = distanceToKink(activation, z, denominator);
        if (found !== null && (least === null || found.distance < least.distance)) least = { ...found, sample, unit };
      });
    });
    if (least === null) return;
    const { distance, index, sample, unit } = least as {
      distance: bigint;
      index: number;
      sample: number;
      unit: number;
    };
    const candidate = rational(distance, denominator * activation.breakpointDenominator);
    if (smallest === null || compare(candidate, smallest.distance) < 0) {
      const breakpoint = rational(activation.breakpoints[index] as bigint, activation.breakpointDenominator);
      smallest = { sample, name: entryName(network, stage, unit), distance: candidate, breakpoint };
    }
  });
  return smallest;
}
