/** The levels of risk that a construction offers, by its settings. */

import { compare } from '../kernel/arithmetic/rational.js';
import type { Samples } from '../kernel/model/data.js';
import type { Loss } from '../kernel/model/loss.js';
import type { Built, Construction, ConstructionInput } from './construction.js';
import { type FitCache, findLevel, type Level, table } from './risk-levels.js';
import { FloatSplits, findDirection, findExtremesOfTwo, refinements, type Slabs } from './split-along.js';

/** Most groups that may be asked for: every cut takes one or two hidden units. */
const mostGroups = 64;

export interface LevelSettings {
  readonly kind: 'settings';
  /** number of groups of the level asked for */
  readonly level: number;
  /** number of groups of the finest level looked for */
  readonly levels: number;
  readonly grouping: 'slabs' | 'extreme';
  /** an input, or null for the best direction found */
  readonly direction: number | null;
}

export function levelSettings(level: string): Construction['settings'] {
  return [
    {
      name: 'level',
      type: 'integer',
      default: level,
      text: 'the number of groups of the local minimum; 1 is the best affine fit to all samples',
    },
    {
      name: 'levels',
      type: 'integer',
      default: 'auto',
      text: 'the number of groups of the finest level that is looked for; auto is 4, or one more than the level',
    },
    {
      name: 'grouping',
      type: 'choice',
      default: 'slabs',
      text: 'slabs: groups are slabs along the direction in which one cut leaves least risk; extreme: first two groups such that the realized function is the maximum (or minimum) of their fits',
    },
    {
      name: 'direction',
      type: 'integer',
      default: 'auto',
      text: 'the input (from 0) along which slabs are cut; auto tries all of them, the direction of the fit, and random ones',
    },
  ];
}

export function readLevelSettings(
  { settings, inputs }: ConstructionInput,
  level: number,
): LevelSettings | Extract<Built, { kind: 'usage' }> {
  const usage = (message: string) => ({ kind: 'usage', message }) as const;
  const integer = (name: string, fallback: number, least: number, most: number): number | null => {
    const text = settings[name];
    if (text === undefined || text === 'auto') return fallback;
    const value = Number(text);
    return /^(0|[1-9][0-9]*)$/.test(text) && value >= least && value <= most ? value : null;
  };
  const wanted = integer('level', level, 1, mostGroups);
  if (wanted === null) return usage(`the setting "level" must be an integer from 1 to ${mostGroups}`);
  const finest = integer('levels', Math.max(4, wanted + 1), wanted, mostGroups + 1);
  if (finest === null) return usage(`the setting "levels" must be an integer from ${wanted} to ${mostGroups + 1}`);
  const { grouping = 'slabs' } = settings;
  if (grouping !== 'slabs' && grouping !== 'extreme') return usage('the setting "grouping" must be slabs or extreme');
  const d = inputs[0]?.length ?? 1;
  const direction = integer('direction', -1, 0, d - 1);
  if (direction === null) return usage(`the setting "direction" must be auto or an input from 0 to ${d - 1}`);
  if (direction >= 0 && grouping === 'extreme') return usage('the setting "direction" is for grouping=slabs');
  return { kind: 'settings', level: wanted, levels: finest, grouping, direction: direction < 0 ? null : direction };
}

/** @returns the level of all samples in one group, or null where the best fit was not found */
export function wholeLevel(data: Samples, loss: Loss, cache: FitCache, { observe }: ConstructionInput): Level | null {
  const all = data.inputs.rows.map((_, i) => i);
  const direction = (data.inputs.rows[0] ?? []).map(() => 0n);
  return findLevel(data, loss, { direction, groups: [all] }, cache, (done, total) =>
    observe?.('best affine fit', done, total),
  );
}

export type FoundLevels =
  /** by number of groups, each of strictly lower risk than the one before; the level asked for is among them */
  | { readonly kind: 'levels'; readonly levels: readonly Level[] }
  | { readonly kind: 'one-input' }
  /** no function is better than the level asked for, or than all samples in one group */
  | { readonly kind: 'fitted'; readonly message: string }
  | Extract<Built, { kind: 'gave-up' }>;

/** Finds the levels of scalar targets from all samples in one group on, each by one cut more, up to the finest asked for. */
export function findLevels(
  data: Samples,
  loss: Loss,
  { level: wanted, levels: finest, grouping, direction }: LevelSettings,
  input: ConstructionInput,
): FoundLevels {
  const search = { seed: input.seed, effort: input.effort, observe: input.observe };
  const cache: FitCache = new Map();
  const observe = (groups: number) => (done: number, total: number) =>
    input.observe?.(`best affine fits of ${groups} group${groups === 1 ? '' : 's'}`, done, total);
  const irrational = {
    kind: 'gave-up',
    message: 'the best affine fit of a group is irrational for this loss, as far as was found',
  } as const;
  const d = data.inputs.rows[0]?.length ?? 0;
  const all = data.inputs.rows.map((_, i) => i);
  const whole = wholeLevel(data, loss, cache, input);
  if (whole === null) return irrational;
  if (whole.isBest)
    return { kind: 'fitted', message: 'an affine function of the inputs is as good as any function of them' };
  const splits = new FloatSplits(data);
  let start: Slabs;
  if (grouping === 'extreme') {
    // Where an input is constant on a group, fits are many, and those found in doubles need not be the exact ones.
    const found = findExtremesOfTwo(splits, search).find(
      (slabs) => findLevel(data, loss, slabs, cache, observe(2))?.crossings === 1,
    );
    if (found === undefined) {
      return {
        kind: 'gave-up',
        message: 'no two groups were found on which the larger (or the smaller) of their two fits is their own',
      };
    }
    start = found;
  } else {
    const along =
      direction === null
        ? findDirection(splits, search)
        : Array.from({ length: d }, (_, j) => (j === direction ? 1n : 0n));
    if (along === null) return { kind: 'one-input' };
    start = { direction: along, groups: [all] };
  }
  const levels = [whole];
  for (const slabs of refinements(splits, start, finest, search)) {
    if (slabs.groups.length === 1) continue;
    const level = findLevel(data, loss, slabs, cache, observe(slabs.groups.length));
    if (level === null) return irrational;
    if (compare(level.risk, (levels.at(-1) as Level).risk) < 0) levels.push(level);
  }
  const level = levels.find(({ groups }) => groups.length === wanted);
  if (level === undefined) {
    return { kind: 'gave-up', message: `no level of ${wanted} groups was found: ${table(levels).join('; ')}` };
  }
  if (level.isBest) {
    return { kind: 'fitted', message: `the affine fits of ${wanted} groups are as good as any function of the inputs` };
  }
  return { kind: 'levels', levels };
}
