/** Names of layers and of their entries, counted from 1 as people count. */
import type { Network, Stage } from '../kernel/model/network.js';
import { ranges } from './regions.js';

const isAffine = ({ kind }: Stage): boolean => kind === 'dense' || kind === 'convolution';

/** @returns how many affine layers there are up to a stage, itself included */
export function affineCount({ stages }: Network, s: number): number {
  return stages.slice(0, s + 1).filter(isAffine).length;
}

/** @returns "layer 2" for affine layers, which are counted, and "the maximum pool after layer 1" for the others */
export function layerName(network: Network, s: number): string {
  const { kind } = network.stages[s] as Stage;
  const count = affineCount(network, s);
  const after = count === 0 ? 'of the input' : `after layer ${count}`;
  switch (kind) {
    case 'dense':
    case 'convolution':
      return `layer ${count}`;
    case 'average':
      return `the average pool ${after}`;
    case 'maximum':
      return `the maximum pool ${after}`;
    case 'flatten':
      return `the flattening ${after}`;
    case 'fork':
      return `the start of the residual layer ${after}`;
    case 'join':
      return `the residual sum ${after}`;
  }
}

/** What one output is called: a convolution and a pool have channels, a dense layer has units. */
export function unitWord({ kind, positions }: Stage): 'unit' | 'channel' {
  return positions > 1 || kind === 'convolution' || kind === 'average' || kind === 'maximum' ? 'channel' : 'unit';
}

/** @returns "unit 3 of layer 1", or "channel 2 at position 5 of layer 1"; positions are counted row by row */
export function entryName(network: Network, s: number, entry: number): string {
  return `${placeName(network.stages[s] as Stage, entry)} of ${layerName(network, s)}`;
}

/** The same without the layer. */
export function placeName(stage: Stage, entry: number): string {
  const { positions } = stage;
  const unit = (entry - (entry % positions)) / positions;
  return `${unitWord(stage)} ${unit + 1}${positions === 1 ? '' : ` at position ${(entry % positions) + 1}`}`;
}

/** Channels whose entries share words, listed; beyond, entries are only counted. */
const listedChannels = 3;
const listedUnits = 16;
/** Runs of positions that are listed; beyond, positions are only counted. */
const listedRuns = 6;

function isLong(said: readonly (readonly [string, readonly number[]])[]): boolean {
  return said.some(([, at]) => at.filter((p, k) => p !== (at[k - 1] ?? -2) + 1).length > listedRuns);
}

/**
 * @param words  what is said of each entry; null where nothing is
 * @returns "units 1, 3 on; unit 2 off", or "channels 1–4 on at all 5 positions; channel 5: on at positions 1, 2, off at 3–5"
 */
export function inWords(stage: Stage, words: readonly (string | null)[]): string {
  const { units, positions, size } = stage;
  const word = unitWord(stage);
  if (positions === 1) {
    return [...byWords(words)]
      .map(([said, at]) => `${word}${at.length === 1 ? '' : 's'} ${ranges(at, listedUnits)} ${said}`)
      .join('; ');
  }
  // Channels with the same pattern of words share a line.
  const patterns = new Map<string, { readonly channels: number[]; readonly each: readonly (string | null)[] }>();
  for (let u = 0; u < units; u++) {
    const each = words.slice(u * positions, (u + 1) * positions);
    const key = each.join('\n');
    const known = patterns.get(key);
    if (known === undefined) patterns.set(key, { channels: [u], each });
    else known.channels.push(u);
  }
  const mixed = [...patterns.values()].filter(({ each }) => byWords(each).size > 1);
  if (mixed.length > listedChannels) {
    return `${[...byWords(words)].map(([said, at]) => `${at.length} of ${size} entries ${said}`).join(', ')} (${units} channels at ${positions} positions)`;
  }
  return [...patterns.values()]
    .flatMap(({ channels, each }): readonly string[] => {
      const name = `channel${channels.length === 1 ? '' : 's'} ${ranges(channels, listedUnits)}`;
      const said = [...byWords(each)];
      const [first] = said;
      if (first === undefined) return [];
      const isEverywhere = said.length === 1 && first[1].length === positions;
      if (isEverywhere) return [`${name} ${first[0]} at all ${positions} positions`];
      const parts = said.map(([what, at]) =>
        isLong(said) ? `${what} at ${at.length}` : `${what} at position${at.length === 1 ? '' : 's'} ${ranges(at)}`,
      );
      if (isLong(said)) return [`${name}: ${parts.join(', ')} of ${positions} positions`];
      return [`${name}: ${parts.join(', ')}`];
    })
    .join('; ');
}

function byWords(words: readonly (string | null)[]): ReadonlyMap<string, number[]> {
  const found = new Map<string, number[]>();
  words.forEach((said, e) => {
    if (said === null) return;
    const at = found.get(said);
    if (at === undefined) found.set(said, [e]);
    else at.push(e);
  });
  return found;
}

/** Said once on pages that name positions. */
export function positionsNote({ stages }: Network): string {
  return stages.some(({ positions }) => positions > 1) ? ' Positions of a channel are counted row by row.' : '';
}
