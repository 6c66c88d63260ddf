/** The activation regions that the data meet at a point: which samples share one affine function, and which function it is. */
import { integers } from '../kernel/arithmetic/integers.js';
import type { Interval } from '../kernel/arithmetic/interval.js';
import type { Location } from '../kernel/arithmetic/ordered.js';
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import { affinePieceOf } from '../kernel/model/activation.js';
import { evaluateEnclosing, evaluateIfRational } from '../kernel/model/enclosing.js';
import { type Evaluation, locationOf, patchesOf, type StageValues } from '../kernel/model/evaluation.js';
import type { DenseValues, Network, Stage } from '../kernel/model/network.js';
import type { Point, SampleProblem } from '../kernel/statement.js';
import { unlimited } from './motion.js';

/** What every entry takes: its piece, and in a maximum pool the entry that wins. */
export interface Taken {
  /** by stage but the last one, and entry; lower < upper where the entry is on a kink at these samples */
  readonly locations: readonly (readonly Location[])[];
  /** by the same stages: for each entry of a maximum pool the input entries that attain the maximum; empty for other stages */
  readonly winners: readonly (readonly (readonly number[])[])[];
}

export interface Region extends Taken {
  /** increasing sample indices */
  readonly samples: readonly number[];
}

export interface Regions {
  readonly evaluation: Evaluation<bigint>;
  /** false where some value is irrational: then preactivations are the middles of narrow enclosures */
  readonly isExact: boolean;
  /** largest first, then by first sample */
  readonly regions: readonly Region[];
}

/** Enclosures of irrational values have ends that are multiples of 2^−this. */
const enclosingBits = 256;

export function regionsOf(problem: SampleProblem, { parameters }: Point): Regions {
  const { network, data } = problem;
  const exact = evaluateIfRational(problem, parameters, unlimited());
  const evaluation = exact ?? middles(evaluateEnclosing(network, parameters, data, enclosingBits, unlimited()));
  const found = new Map<string, Taken & { readonly samples: number[] }>();
  data.inputs.rows.forEach((_, i) => {
    const hidden = network.stages.slice(0, -1);
    const locations = hidden.map(({ activation, size }, s) =>
      Array.from({ length: size }, (_, e) => locationOf(activation, evaluation.stages[s]?.locations ?? [], i, e)),
    );
    const winners = hidden.map(({ kind }, s) => (kind === 'maximum' ? (evaluation.stages[s]?.winners[i] ?? []) : []));
    const pieces = locations.map((row) => row.map(({ lower, upper }) => `${lower}:${upper}`).join());
    const key = [...pieces, ...winners.map((row) => row.map((entries) => entries.join(':')).join())].join(';');
    const region = found.get(key);
    if (region === undefined) found.set(key, { samples: [i], locations, winners });
    else region.samples.push(i);
  });
  const regions = [...found.values()].sort(
    (a, b) => b.samples.length - a.samples.length || (a.samples[0] as number) - (b.samples[0] as number),
  );
  return { evaluation, isExact: exact !== null, regions };
}

/** Denominators of such an evaluation are single numbers. Where an enclosure spans pieces it may be on the kink between them. */
function middles({ stages }: Evaluation<Interval>): Evaluation<bigint> {
  const middle = (row: readonly Interval[]): readonly bigint[] => row.map(({ low, high }) => low + high);
  return {
    ...{ ring: integers, parameters: [] },
    stages: stages.map(
      (values): StageValues<bigint> => ({
        ...values,
        inputs: values.inputs?.map(middle) ?? null,
        inputsDenominator: 2n * values.inputsDenominator.low,
        preactivations: values.preactivations.map(middle),
        denominator: 2n * values.denominator.low,
      }),
    ),
  };
}

/** x ↦ a·x + b, one output of a network */
export interface AffineFunction {
  readonly a: readonly Rational[];
  readonly b: Rational;
}

/** The coefficients of (x, 1) of one entry; null where it is no affine function of x. */
type Row = readonly bigint[] | null;

/** Rows as numerators over one denominator. */
interface Flow {
  readonly rows: readonly Row[];
  readonly denominator: bigint;
}

/**
 * @returns for each output the affine function that it is where every entry takes its located piece and every pool its winner; null where
 *   it depends on a smooth piece. At a kink the lower piece is taken, or the affine one; in a tie the first winner: that gives the same
 *   value at the samples themselves
 */
export function affineMap(
  network: Network,
  { parameters }: Point,
  { locations, winners }: Taken,
): readonly (AffineFunction | null)[] {
  const width = network.inputs + 1;
  const forks: Flow[] = [];
  let flow: Flow = {
    rows: Array.from({ length: network.inputs }, (_, j) =>
      Array.from({ length: width }, (_, l) => (l === j ? 1n : 0n)),
    ),
    denominator: 1n,
  };
  network.stages.forEach((stage, s) => {
    if (stage.kind === 'fork') forks.push(flow);
    flow = mixed(stage, parameters[s] as DenseValues, winners[s] ?? [], flow, forks, width);
    if (s + 1 < network.stages.length) flow = bent(stage, locations[s] as readonly Location[], flow, width);
  });
  const { rows, denominator } = flow;
  return rows.map((row) =>
    row === null
      ? null
      : {
          a: row.slice(0, -1).map((c) => rational(c, denominator)),
          b: rational(row[width - 1] as bigint, denominator),
        },
  );
}

/** Σ c · row over rows with c ≠ 0, plus a constant. */
function combination(terms: readonly (readonly [bigint, Row])[], constant: bigint, width: number): Row {
  const sum = new Array<bigint>(width).fill(0n);
  sum[width - 1] = constant;
  for (const [c, row] of terms) {
    if (c === 0n) continue;
    if (row === null) return null;
    for (let l = 0; l < width; l++) if (row[l] !== 0n) sum[l] = (sum[l] as bigint) + c * (row[l] as bigint);
  }
  return sum;
}

/** What a stage makes of its inputs, before its activation. */
function mixed(
  { kind, inputs, positions, inputPositions, places, size }: Stage,
  { weights, bias, denominator: over }: DenseValues,
  winners: readonly (readonly number[])[],
  flow: Flow,
  forks: Flow[],
  width: number,
): Flow {
  const { rows, denominator } = flow;
  const entries = Array.from({ length: size }, (_, e) => e);
  const at = (entry: number): Row => rows[entry] as Row;
  switch (kind) {
    case 'dense':
    case 'convolution': {
      const patches = kind === 'dense' ? null : patchesOf(inputs, positions, inputPositions, places);
      return {
        rows: entries.map((e) => {
          const [u, p] = [(e - (e % positions)) / positions, e % positions];
          const terms = (weights[u] as readonly bigint[]).flatMap((w, j): (readonly [bigint, Row])[] => {
            const from = patches === null ? j : (patches[p]?.[j] as number);
            return from < 0 ? [] : [[w, at(from)]];
          });
          return combination(terms, bias === null ? 0n : (bias[u] as bigint) * denominator, width);
        }),
        denominator: over * denominator,
      };
    }
    case 'average':
      return {
        rows: entries.map((e) => {
          const from = ((e - (e % positions)) / positions) * inputPositions;
          const window = places[e % positions] as readonly number[];
          return combination(
            window.map((q) => [1n, at(from + q)] as const),
            0n,
            width,
          );
        }),
        denominator: denominator * BigInt((places[0] as readonly number[]).length),
      };
    case 'maximum':
      return { rows: entries.map((e) => at(winners[e]?.[0] as number)), denominator };
    case 'join': {
      const skipped = forks.pop() as Flow;
      return {
        rows: entries.map((e) => {
          const terms = [
            [skipped.denominator, at(e)],
            [denominator, skipped.rows[e] as Row],
          ] as const;
          return combination(terms, 0n, width);
        }),
        denominator: denominator * skipped.denominator,
      };
    }
    case 'flatten':
    case 'fork':
      return flow;
  }
}

function bent({ activation }: Stage, locations: readonly Location[], { rows, denominator }: Flow, width: number): Flow {
  return {
    rows: rows.map((row, e) => {
      const { lower, upper } = locations[e] as Location;
      const j = activation.slopes[lower] === null ? upper : lower;
      const [slope, intercept] = [activation.slopes[j] as bigint | null, activation.intercepts[j] as bigint | null];
      if (slope === null || intercept === null) return null;
      return combination([[slope, row]], intercept * denominator, width);
    }),
    denominator: denominator * activation.denominator,
  };
}

/** Whether at these samples some entry is in a smooth piece. */
export function hasSmooth(network: Network, { locations }: Taken): boolean {
  return locations.some((row, s) => {
    const activation = network.stages[s]?.activation;
    return row.some(({ lower, upper }) => activation?.slopes[lower] === null && activation.slopes[upper] === null);
  });
}

/** What is said of one entry over all data. */
export interface EntryState {
  readonly stage: number;
  readonly entry: number;
  /** strictly inside slope-0 pieces at every sample: near θ nothing that it reads can change what it says */
  readonly dead: boolean;
  /** samples at which it is on a kink */
  readonly onKink: readonly number[];
  /** of a maximum pool: samples at which several entries attain the maximum */
  readonly tied: readonly number[];
}

export function entryStates(network: Network, { regions }: Regions): readonly EntryState[] {
  return network.stages.slice(0, -1).flatMap(({ size, activation }, stage) =>
    Array.from({ length: size }, (_, entry): EntryState => {
      const samplesWith = (holds: (region: Region) => boolean): readonly number[] =>
        regions.flatMap((region) => (holds(region) ? region.samples : [])).sort((a, b) => a - b);
      const at = ({ locations }: Region): Location => locations[stage]?.[entry] as Location;
      return {
        stage,
        entry,
        dead: regions.every((region) => {
          const { lower, upper } = at(region);
          return lower === upper && affinePieceOf(activation, lower)?.slope.num === 0n;
        }),
        onKink: samplesWith((region) => at(region).lower < at(region).upper),
        tied: samplesWith(({ winners }) => (winners[stage]?.[entry]?.length ?? 0) > 1),
      };
    }),
  );
}

/** @returns "1–3, 5" for indices 0, 1, 2, 4: people count from 1 */
export function ranges(indices: readonly number[], most = 12): string {
  const runs: [number, number][] = [];
  for (const i of indices) {
    const last = runs[runs.length - 1];
    if (last !== undefined && last[1] === i - 1) last[1] = i;
    else runs.push([i, i]);
  }
  const shown = runs
    .slice(0, most)
    .map(([from, to]) => (from === to ? `${from + 1}` : `${from + 1}${to === from + 1 ? ', ' : '–'}${to + 1}`));
  return `${shown.join(', ')}${runs.length > most ? ', …' : ''}`;
}
