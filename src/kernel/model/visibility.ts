import { locationOf, type StageValues } from './evaluation.js';
import type { Instance } from './instance.js';
import type { Stage } from './network.js';

/** Which entries of a stage's output the network's output depends on near θ; `all` and `none` are the usual cases. */
export type Visible = 'all' | 'none' | readonly boolean[];

export function isVisible(visible: Visible, entry: number): boolean {
  return visible === 'all' || (visible !== 'none' && (visible[entry] as boolean));
}

/** Visible entries of one stage, before and after its activation. */
export interface Visibility {
  readonly mixed: Visible;
  readonly output: Visible;
}

/**
 * What is *shadowed* at a sample (theory.md 1): an entry is shadowed if every consumer of it is shadowed, or strictly inside a slope-0
 * piece, or a maximum that another entry certainly attains. Near θ the output does not depend on shadowed entries. The network's
 * outputs are never shadowed.
 *
 * @returns for each stage, which entries are visible at sample i
 */
export function visibility<T>({ problem: { network }, evaluation }: Instance<T>, i: number): readonly Visibility[] {
  const found = new Array<Visibility>(network.stages.length);
  const skipped: Visible[] = [];
  let visible: Visible = 'all';
  for (let s = network.stages.length - 1; s >= 0; s--) {
    const stage = network.stages[s] as Stage;
    const values = evaluation.stages[s] as StageValues<T>;
    const mixed: Visible = beforeActivation(stage, values, visible, i);
    found[s] = { mixed, output: visible };
    switch (stage.kind) {
      case 'join':
        skipped.push(mixed);
        visible = mixed;
        break;
      case 'fork':
        visible = union(mixed, skipped.pop() as Visible);
        break;
      case 'flatten':
        visible = mixed;
        break;
      default:
        visible = consumed(stage, values, mixed, i);
    }
  }
  return found;
}

/** Strictly inside a slope-0 piece, an activation hides its preactivation. */
function beforeActivation<T>(
  { activation, size }: Stage,
  { locations }: StageValues<T>,
  visible: Visible,
  i: number,
): Visible {
  if (visible === 'none' || !activation.slopes.includes(0n)) return visible;
  let [some, every] = [false, true];
  const mask = new Array<boolean>(size);
  for (let e = 0; e < size; e++) {
    const { lower, upper } = locationOf(activation, locations, i, e);
    const hidden = lower === upper && activation.slopes[lower] === 0n;
    const shown = !hidden && isVisible(visible, e);
    mask[e] = shown;
    if (shown) some = true;
    else every = false;
  }
  return every ? 'all' : some ? mask : 'none';
}

/** The entries that a visible output of an affine layer or a pool is made from. */
function consumed<T>(
  { kind, units, positions, inputPositions, places, inputs }: Stage,
  { winners }: StageValues<T>,
  visible: Visible,
  i: number,
): Visible {
  if (visible === 'none') return 'none';
  // A dense unit reads every entry.
  if (kind === 'dense') return 'all';
  const channels = kind === 'convolution' ? inputs / places.length : units;
  const mask = new Array<boolean>(channels * inputPositions).fill(false);
  for (let u = 0; u < units; u++) {
    for (let p = 0; p < positions; p++) {
      const entry = u * positions + p;
      if (!isVisible(visible, entry)) continue;
      if (kind === 'maximum') {
        for (const winner of winners[i]?.[entry] ?? []) mask[winner] = true;
      } else if (kind === 'average') {
        for (const q of places[p] as readonly number[]) mask[u * inputPositions + q] = true;
      } else {
        for (const tap of places) {
          const q = tap[p] as number;
          if (q >= 0) for (let c = 0; c < channels; c++) mask[c * inputPositions + q] = true;
        }
      }
    }
  }
  return mask.every((shown) => shown) ? 'all' : mask;
}

function union(a: Visible, b: Visible): Visible {
  if (a === 'all' || b === 'all') return 'all';
  if (a === 'none') return b;
  if (b === 'none') return a;
  return a.map((shown, e) => shown || (b[e] as boolean));
}
