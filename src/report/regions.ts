/** The activation regions that the data meet at a point: which samples share one affine function, and which function it is. */
import type { Location } from '../kernel/arithmetic/ordered.js';
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { type Evaluation, evaluateExactly, locationOf } from '../kernel/model/evaluation.js';
import type { DenseValues, Network } from '../kernel/model/network.js';
import type { Point, Problem } from '../kernel/statement.js';

export interface Region {
  /** increasing sample indices */
  readonly samples: readonly number[];
  /** by hidden stage and unit; lower < upper where the unit is on a kink at these samples */
  readonly locations: readonly (readonly Location[])[];
}

export interface Regions {
  readonly evaluation: Evaluation<bigint>;
  /** largest first, then by first sample */
  readonly regions: readonly Region[];
}

export function regionsOf({ network, data }: Problem, { parameters }: Point): Regions {
  const evaluation = evaluateExactly(network, parameters, data, new Meter(defaultLimits));
  const found = new Map<string, { samples: number[]; locations: readonly (readonly Location[])[] }>();
  data.inputs.rows.forEach((_, i) => {
    const locations = network.stages
      .slice(0, -1)
      .map(({ activation, units }, s) =>
        Array.from({ length: units }, (_, u) => locationOf(activation, evaluation.stages[s]?.locations ?? [], i, u)),
      );
    const key = locations.map((row) => row.map(({ lower, upper }) => `${lower}:${upper}`).join()).join(';');
    const region = found.get(key);
    if (region === undefined) found.set(key, { samples: [i], locations });
    else region.samples.push(i);
  });
  const regions = [...found.values()].sort(
    (a, b) => b.samples.length - a.samples.length || (a.samples[0] as number) - (b.samples[0] as number),
  );
  return { evaluation, regions };
}

/** x ↦ A x + b */
export interface AffineMap {
  /** outputs × inputs */
  readonly A: readonly (readonly Rational[])[];
  readonly b: readonly Rational[];
}

/**
 * @returns the affine function that the network is where every unit takes its located piece; at a kink the lower piece is taken,
 *   which gives the same value at the samples themselves
 */
export function affineMap(network: Network, { parameters }: Point, locations: Region['locations']): AffineMap {
  // Rows are the coefficients of (x, 1), as numerators over one denominator.
  let rows: readonly (readonly bigint[])[] = Array.from({ length: network.inputs }, (_, j) =>
    Array.from({ length: network.inputs + 1 }, (_, l) => (l === j ? 1n : 0n)),
  );
  let denominator = 1n;
  network.stages.forEach(({ activation }, s) => {
    const { weights, bias, denominator: over } = parameters[s] as DenseValues;
    const before = rows;
    const scale = denominator;
    rows = weights.map((w, u) =>
      Array.from({ length: network.inputs + 1 }, (_, l) => {
        const sum = w.reduce((total, c, j) => (c === 0n ? total : total + c * (before[j]?.[l] as bigint)), 0n);
        return l === network.inputs && bias !== null ? sum + (bias[u] as bigint) * scale : sum;
      }),
    );
    denominator *= over;
    if (s + 1 === network.stages.length) return;
    const preactivationDenominator = denominator;
    const pieces = locations[s] as readonly Location[];
    rows = rows.map((row, u) => {
      const { lower } = pieces[u] as Location;
      const [slope, intercept] = [activation.slopes[lower] as bigint, activation.intercepts[lower] as bigint];
      return row.map((c, l) => c * slope + (l === network.inputs ? intercept * preactivationDenominator : 0n));
    });
    denominator *= activation.denominator;
  });
  return {
    A: rows.map((row) => row.slice(0, -1).map((c) => rational(c, denominator))),
    b: rows.map((row) => rational(row[network.inputs] as bigint, denominator)),
  };
}

/** What is said of one unit over all data. */
export interface UnitState {
  readonly stage: number;
  readonly unit: number;
  /** strictly inside slope-0 pieces at every sample: near θ nothing that it reads can change what it says */
  readonly dead: boolean;
  /** samples at which it is on a kink */
  readonly onKink: readonly number[];
}

export function unitStates(network: Network, { regions }: Regions): readonly UnitState[] {
  return network.stages.slice(0, -1).flatMap(({ units, activation }, stage) =>
    Array.from({ length: units }, (_, unit): UnitState => {
      const at = regions.map(({ locations, samples }) => ({ location: locations[stage]?.[unit] as Location, samples }));
      return {
        stage,
        unit,
        dead: at.every(({ location: { lower, upper } }) => lower === upper && activation.slopes[lower] === 0n),
        onKink: at
          .flatMap(({ location: { lower, upper }, samples }) => (lower === upper ? [] : samples))
          .sort((a, b) => a - b),
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
