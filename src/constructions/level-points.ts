import { compare } from '../kernel/arithmetic/rational.js';
import type { Activation } from '../kernel/model/activation.js';
import type { Samples } from '../kernel/model/data.js';
import type { DenseValues } from '../kernel/model/network.js';
import { findBetterPoint } from '../provers/better-point.js';
import { mapOf, rangesOf } from '../provers/carriers.js';
import { ExactRisk } from '../provers/exact-risk.js';
import type { Built, ConstructionInput } from './construction.js';
import { deepen, type Realization, realize, widthOf } from './hinge-sum.js';
import type { Level } from './risk-levels.js';
import type { PosedProblem } from './training-problem.js';

export type FoundPoints =
  | {
      readonly kind: 'found';
      /** widths of the hidden layers */
      readonly hidden: readonly number[];
      /** one entry for each dense layer */
      readonly point: readonly DenseValues[];
      readonly better: readonly DenseValues[];
      readonly note: string;
    }
  | { readonly kind: 'too-narrow'; readonly message: string }
  | Exclude<Built, { kind: 'built' }>;

/**
 * Finds the dense layers of the local minimum, and of a better point: the finest level that the widths allow; where they allow none that is
 * finer, what a search with one hidden layer finds, carried through the others.
 *
 * @param levels  by number of groups, each of lower risk than the one before
 * @param wanted  the number of groups of the local minimum
 * @param pose    makes a problem on `data` with hidden layers of given widths
 */
export function findPoints(
  h: Activation,
  data: Samples,
  levels: readonly Level[],
  wanted: number,
  input: ConstructionInput,
  pose: (input: ConstructionInput, hidden: readonly number[]) => PosedProblem,
): FoundPoints {
  const level = levels.find(({ groups }) => groups.length === wanted) as Level;
  const finer = levels.filter(({ groups, risk }) => groups.length > wanted && compare(risk, level.risk) < 0);
  const needed = widthOf(level.sum);
  const next = finer[0];
  const hidden = input.hidden === null || input.hidden.length === 0 ? [widthOf((next ?? level).sum)] : input.hidden;
  const [width, ...deeper] = hidden as [number, ...number[]];
  if (width < needed) {
    const message = `level ${wanted} needs ${needed} units in the first hidden layer, found ${width}`;
    return { kind: 'too-narrow', message };
  }
  const deep = (realization: Realization, range: Level['range']) => deepen(h, realization, deeper, range);
  const at = realize(h, level.sum, data.inputs, width);
  const crossings = wanted === 1 ? '' : `, as the fits cross at ${level.crossings} of ${wanted - 1} cuts`;
  const found = (better: readonly DenseValues[], what: string): FoundPoints => ({
    kind: 'found',
    hidden,
    point: deep(at, level.range),
    better,
    note: `hidden widths ${hidden.join(', ')}; level ${wanted} needs ${needed}${crossings}; the better point is ${what}`,
  });
  const lower = finer.filter(({ sum }) => widthOf(sum) <= width).at(-1);
  if (lower !== undefined) {
    return found(deep(realize(h, lower.sum, data.inputs, width), lower.range), `level ${lower.groups.length}`);
  }
  const shallow = pose(input, [width]);
  if (shallow.kind !== 'posed') return shallow;
  const [first, last] = findBetterPoint(shallow.problem, [at.first, at.last], input)?.parameters ?? [];
  if (first === undefined || last === undefined) {
    const wider = next === undefined ? '' : `; level ${next.groups.length} needs width ${widthOf(next.sum)}`;
    return { kind: 'gave-up', message: `no better point of width ${width} was found at this effort${wider}` };
  }
  const { rows, denominator } = new ExactRisk(shallow.problem).hidden(first);
  const [range] = rangesOf(mapOf(last), rows, denominator);
  return found(deep({ first, last }, range as Level['range']), 'none of these levels');
}
