import type { Meter } from '../limits.js';
import { unreachable } from '../verdict.js';
import { patchesOf } from './evaluation.js';
import type { Network, Stage } from './network.js';

/** What one entry of a stage is made from, before its activation. */
export interface Entry {
  /** channel */
  readonly unit: number;
  /** entries of what comes in; a maximum takes one of them */
  readonly sources: readonly number[];
  /** for each source the weight of the unit that multiplies it; null where there are no weights */
  readonly taps: readonly number[] | null;
}

/** How the entries of one stage are made: sums of weights times sources, sums of sources over `count`, or one source. */
export interface StageWiring {
  readonly stage: Stage;
  readonly entries: readonly Entry[];
  /** of an average the size of its window; else 1 */
  readonly count: number;
  /** of a join the stage whose outputs are added, −1 for the data; null for the others */
  readonly beside: number | null;
}

export function wiringOf({ stages }: Network, meter: Meter): readonly StageWiring[] {
  const forks: number[] = [];
  let links = 0;
  return stages.map((stage, s): StageWiring => {
    const { kind, inputs, units, positions, inputPositions, places, size } = stage;
    links += positions * inputs + size * (places[0]?.length ?? 1);
    meter.hold(links, 64, '$.statement');
    switch (kind) {
      case 'dense': {
        const all = Array.from({ length: inputs }, (_, j) => j);
        const entries = Array.from({ length: units }, (_, unit) => ({ unit, sources: all, taps: all }));
        return { stage, entries, count: 1, beside: null };
      }
      case 'convolution': {
        const patches = patchesOf(inputs, positions, inputPositions, places).map((patch) => {
          const taps = patch.flatMap((source, tap) => (source < 0 ? [] : [tap]));
          return { sources: taps.map((tap) => patch[tap] as number), taps };
        });
        const entries = Array.from({ length: units }, (_, unit) => patches.map((patch) => ({ unit, ...patch }))).flat();
        return { stage, entries, count: 1, beside: null };
      }
      case 'average':
      case 'maximum': {
        const windows = (unit: number): Entry[] =>
          places.map((under) => ({ unit, sources: under.map((q) => unit * inputPositions + q), taps: null }));
        const entries = Array.from({ length: units }, (_, unit) => windows(unit)).flat();
        return { stage, entries, count: kind === 'average' ? (places[0]?.length ?? 1) : 1, beside: null };
      }
      case 'flatten':
      case 'fork':
      case 'join': {
        const entries = Array.from({ length: size }, (_, unit) => ({ unit, sources: [unit], taps: null }));
        if (kind === 'fork') forks.push(s - 1);
        return { stage, entries, count: 1, beside: kind === 'join' ? (forks.pop() as number) : null };
      }
      default:
        return unreachable(kind);
    }
  });
}
