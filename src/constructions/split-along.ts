/**
 * Splits samples into slabs a·x < t₁ < a·x < t₂ < …, each with its own affine fit: a search in doubles, for scalar targets. What it answers
 * is a direction in integers, and groups that are slabs along it exactly; that they fit well is only a hope.
 */

import type { Samples } from '../kernel/model/data.js';
import { ratio } from '../numerics/floats.js';
import { seeded } from '../provers/random.js';

/** Consecutive slabs along a direction, by increasing a·x; samples with equal a·x are in one. */
export interface Slabs {
  readonly direction: readonly bigint[];
  readonly groups: readonly (readonly number[])[];
}

export interface SplitSearch {
  readonly seed: number;
  readonly effort: number;
  readonly observe?: ((what: string, done: number, total: number) => void) | undefined;
}

/** Inputs with mean 0 and deviation 1, and a 1; targets. */
export class FloatSplits {
  readonly rows: readonly Float64Array[];
  readonly targets: readonly number[];
  readonly #weights: readonly number[];
  /** deviations of the inputs; 0 for a constant one */
  readonly #scales: readonly number[];
  /** of a group so large that an affine fit does not take all its samples, as a rule */
  readonly #usualSize: number;

  constructor(readonly data: Samples) {
    const { inputs, targets, weights } = data;
    const X = inputs.rows.map((row) => row.map((x) => ratio(x, inputs.denominator)));
    const n = X.length;
    const d = X[0]?.length ?? 0;
    const means = Array.from({ length: d }, (_, j) => X.reduce((sum, x) => sum + (x[j] as number), 0) / n);
    this.#scales = means.map((mean, j) => {
      const constant = inputs.rows.every((row) => row[j] === inputs.rows[0]?.[j]);
      return constant ? 0 : Math.sqrt(X.reduce((sum, x) => sum + ((x[j] as number) - mean) ** 2, 0) / n);
    });
    this.rows = X.map((x) => {
      const z = this.#scales.map((scale, j) => (scale === 0 ? 0 : ((x[j] as number) - (means[j] as number)) / scale));
      return Float64Array.from([...z, 1]);
    });
    this.targets = targets.rows.map((row) => ratio(row[0] as bigint, targets.denominator));
    this.#weights = weights.values.map((w) => ratio(w, weights.denominator));
    this.#usualSize = this.#scales.filter((scale) => scale > 0).length + 2;
  }

  /** @returns directions worth a try: single inputs, the fit's own, and random ones */
  *directions({ seed, effort }: SplitSearch): Generator<readonly bigint[]> {
    const d = this.#scales.length;
    const moving = this.#scales.flatMap((scale, j) => (scale > 0 ? [j] : []));
    const step = Math.max(1, Math.ceil(moving.length / (8 * effort)));
    for (let p = 0; p < moving.length; p += step) {
      yield Array.from({ length: d }, (_, j) => (j === moving[p] ? 1n : 0n));
    }
    if (moving.length < 2) return;
    const fit = this.#fit(this.rows.map((_, i) => i));
    if (fit !== null) yield this.#integers(fit.subarray(0, d), 4);
    const random = seeded(seed);
    for (let t = 0; t < effort; t++) {
      yield this.#integers(
        Float64Array.from({ length: d }, () => random.normal()),
        2,
      );
    }
  }

  /** @returns an integer direction close to Σ v_j z_j in standardized inputs; entries that matter keep `bits` bits */
  #integers(v: Float64Array, bits: number): readonly bigint[] {
    const most = v.reduce((size, c) => Math.max(size, Math.abs(c)), 0);
    const raw = this.#scales.map((scale, j) => {
      const c = v[j] as number;
      return scale === 0 || Math.abs(c) < most / 16 ? 0 : c / scale;
    });
    const least = raw.reduce((size, c) => (c === 0 ? size : Math.min(size, Math.abs(c))), Number.POSITIVE_INFINITY);
    return raw.map((c) => BigInt(Math.round((c / least) * 2 ** bits)));
  }

  /** @returns samples by increasing a·x, and where a·x grows from one to the next */
  sorted(
    direction: readonly bigint[],
    group: readonly number[],
  ): { order: readonly number[]; grows: readonly boolean[] } {
    const support = direction.flatMap((c, j) => (c === 0n ? [] : [j]));
    const place = new Map(
      group.map((i) => {
        const x = this.data.inputs.rows[i] as readonly bigint[];
        return [i, support.reduce((sum, j) => sum + (direction[j] as bigint) * (x[j] as bigint), 0n)];
      }),
    );
    const order = [...group].sort((i, j) => {
      const [a, b] = [place.get(i) as bigint, place.get(j) as bigint];
      return a < b ? -1 : a > b ? 1 : i - j;
    });
    const grows = order.map((i, p) => p > 0 && place.get(order[p - 1] as number) !== place.get(i));
    return { order, grows };
  }

  /**
   * @param most  cuts tried; evenly spaced where there are more
   * @returns the cut of the group along the direction that leaves the least to its two fits, and what it leaves
   */
  bestCut(
    direction: readonly bigint[],
    group: readonly number[],
    most: number,
  ): { readonly parts: readonly [readonly number[], readonly number[]]; readonly left: number } | null {
    const { order, grows } = this.sorted(direction, group);
    const n = order.length;
    const within = (size: number): number[] => grows.flatMap((g, p) => (g && p >= size && n - p >= size ? [p] : []));
    const usual = within(this.#usualSize);
    const all = usual.length > 0 ? usual : within(1);
    if (all.length === 0) return null;
    const step = Math.max(1, all.length / most);
    const places = new Set<number>();
    for (let k = 0; k < Math.min(most, all.length); k++)
      places.add(all[Math.floor((k + 0.5) * step)] ?? (all[k] as number));
    const m = (this.rows[0] as Float64Array).length + 1;
    const prefix = new Float64Array(m * m);
    const prefixes: { readonly at: number; readonly gram: Float64Array }[] = [];
    order.forEach((i, p) => {
      if (places.has(p)) prefixes.push({ at: p, gram: prefix.slice() });
      this.#accumulate(prefix, i);
    });
    const uncut = residual(prefix, m);
    let best: { at: number; left: number } | null = null;
    let exactOnly: { at: number; left: number } | null = null;
    for (const { at, gram } of prefixes) {
      const rest = prefix.map((total, k) => total - (gram[k] as number));
      const left = residual(gram, m) + residual(rest, m);
      const found = { at, left };
      // A cut that leaves nothing would leave no better point either.
      if (left <= 1e-9 * uncut) exactOnly ??= found;
      else if (best === null || left < best.left) best = found;
    }
    const chosen = best ?? exactOnly;
    return chosen === null ? null : { parts: [order.slice(0, chosen.at), order.slice(chosen.at)], left: chosen.left };
  }

  /** @returns what the best affine fit of the group leaves */
  residual(group: readonly number[]): number {
    const m = (this.rows[0] as Float64Array).length + 1;
    const gram = new Float64Array(m * m);
    for (const i of group) this.#accumulate(gram, i);
    return residual(gram, m);
  }

  #accumulate(gram: Float64Array, i: number): void {
    const z = this.rows[i] as Float64Array;
    const [y, w] = [this.targets[i] as number, this.#weights[i] as number];
    const m = z.length + 1;
    for (let a = 0; a < m; a++) {
      const va = w * (a < z.length ? (z[a] as number) : y);
      if (va === 0) continue;
      for (let b = 0; b <= a; b++) {
        gram[a * m + b] = (gram[a * m + b] as number) + va * (b < z.length ? (z[b] as number) : y);
      }
    }
  }

  #fit(group: readonly number[]): Float64Array | null {
    const m = (this.rows[0] as Float64Array).length + 1;
    const gram = new Float64Array(m * m);
    for (const i of group) this.#accumulate(gram, i);
    return coefficients(gram, m);
  }

  /**
   * Max-affine regression with two pieces: fit both groups, give every sample to the larger (or smaller) fit, and so on until nothing moves.
   *
   * @returns the two groups, by increasing difference of the fits, and that difference in standardized inputs; null if it never settles
   */
  alternate(
    start: readonly [readonly number[], readonly number[]],
    extreme: 'max' | 'min',
  ): { readonly parts: readonly [readonly number[], readonly number[]]; readonly difference: Float64Array } | null {
    let parts = start;
    for (let round = 0; round < mostRounds; round++) {
      const fits = parts.map((part) => this.#fit(part)) as [Float64Array | null, Float64Array | null];
      const [one, two] = fits;
      if (one === null || two === null) return null;
      const difference = two.map((c, j) => c - (one[j] as number));
      // Where the second fit is larger, it is the one of the maximum.
      const side = this.rows.map((z) => z.reduce((sum, c, j) => sum + c * (difference[j] as number), 0));
      const toSecond = side.map((value) => (extreme === 'max' ? value > 0 : value < 0));
      const next: [number[], number[]] = [[], []];
      toSecond.forEach((second, i) => {
        next[second ? 1 : 0].push(i);
      });
      // A fit that takes all samples of its group is one of many, and says nothing about the others.
      if (next[0].length < this.#usualSize || next[1].length < this.#usualSize) return null;
      if (next[0].join() === parts[0].join()) {
        return extreme === 'max' ? { parts: next, difference } : { parts: [next[1], next[0]], difference };
      }
      parts = next;
    }
    return null;
  }

  /** @returns an integer direction close to the difference that has all of the first part before all of the second, or null */
  separating(
    difference: Float64Array,
    [first, second]: readonly [readonly number[], readonly number[]],
  ): readonly bigint[] | null {
    const d = this.#scales.length;
    const raw = this.#scales.map((scale, j) => (scale === 0 ? 0 : (difference[j] as number) / scale));
    const most = raw.reduce((size, c) => Math.max(size, Math.abs(c)), 0);
    if (!(most > 0)) return null;
    const before = new Set(first);
    for (const bits of [4, 8, 12, 16, 24, 32, 40, 50]) {
      const direction = raw.map((c) => BigInt(Math.round((c / most) * 2 ** bits)));
      const { order, grows } = this.sorted(direction, [...first, ...second]);
      const apart = order.every((i, p) => before.has(i) === p < first.length) && grows[first.length] === true;
      if (apart && direction.length === d) return direction;
    }
    return null;
  }
}

const mostRounds = 200;

/** Lower triangle of the products of (z, 1, y); the factor of Cholesky with a small ridge, in place of the first m − 1 rows. */
function factorized(gram: Float64Array, m: number): { readonly L: Float64Array; readonly p: number } {
  const p = m - 1;
  const L = new Float64Array(p * p);
  let trace = 0;
  for (let a = 0; a < p; a++) trace += gram[a * m + a] as number;
  const ridge = (1e-10 * trace) / p + 1e-300;
  for (let a = 0; a < p; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = (gram[a * m + b] as number) + (a === b ? ridge : 0);
      for (let k = 0; k < b; k++) sum -= (L[a * p + k] as number) * (L[b * p + k] as number);
      L[a * p + b] = a === b ? Math.sqrt(Math.max(sum, ridge)) : sum / (L[b * p + b] as number);
    }
  }
  return { L, p };
}

function forward({ L, p }: { readonly L: Float64Array; readonly p: number }, gram: Float64Array): Float64Array {
  const c = new Float64Array(p);
  for (let a = 0; a < p; a++) {
    let sum = gram[p * (p + 1) + a] as number;
    for (let k = 0; k < a; k++) sum -= (L[a * p + k] as number) * (c[k] as number);
    c[a] = sum / (L[a * p + a] as number);
  }
  return c;
}

function residual(gram: Float64Array, m: number): number {
  const c = forward(factorized(gram, m), gram);
  return Math.max(
    0,
    c.reduce((rest, value) => rest - value * value, gram[m * m - 1] as number),
  );
}

/** @returns the coefficients of (z, 1), or null where doubles do not do */
export function coefficients(gram: Float64Array, m: number): Float64Array | null {
  const factors = factorized(gram, m);
  const { L, p } = factors;
  const x = forward(factors, gram);
  for (let a = p - 1; a >= 0; a--) {
    let sum = x[a] as number;
    for (let k = a + 1; k < p; k++) sum -= (L[k * p + a] as number) * (x[k] as number);
    x[a] = sum / (L[a * p + a] as number);
  }
  return x.every(Number.isFinite) ? x : null;
}

/** @returns the direction whose best single cut leaves the least, or null if the samples have only one input */
export function findDirection(splits: FloatSplits, search: SplitSearch): readonly bigint[] | null {
  const all = splits.rows.map((_, i) => i);
  let best: { readonly direction: readonly bigint[]; readonly left: number } | null = null;
  const candidates = [...splits.directions(search)];
  candidates.forEach((direction, tried) => {
    search.observe?.('directions', tried, candidates.length);
    const cut = splits.bestCut(direction, all, 2 * search.effort + 4);
    if (cut !== null && (best === null || cut.left < best.left)) best = { direction, left: cut.left };
  });
  return (best as { readonly direction: readonly bigint[] } | null)?.direction ?? null;
}

/**
 * Cuts one group more at a time, where that helps most.
 *
 * @param start  slabs along one direction
 * @returns slabs with as many groups as `start`, then one more, … up to `most`, as far as there are cuts
 */
export function refinements(
  splits: FloatSplits,
  start: Slabs,
  most: number,
  { effort }: SplitSearch,
): readonly Slabs[] {
  const { direction } = start;
  const tries = 4 * effort + 8;
  const refined = (group: readonly number[]) => ({
    group,
    before: splits.residual(group),
    cut: splits.bestCut(direction, group, tries),
  });
  let groups = start.groups.map(refined);
  const ladder: Slabs[] = [start];
  while (groups.length < most) {
    let [at, gain] = [-1, 0];
    groups.forEach(({ before, cut }, g) => {
      if (cut !== null && before - cut.left > gain) [at, gain] = [g, before - cut.left];
    });
    const chosen = groups[at]?.cut;
    if (!chosen) break;
    groups = groups.flatMap((entry, g) => (g === at ? chosen.parts.map(refined) : [entry]));
    ladder.push({ direction, groups: groups.map(({ group }) => group) });
  }
  return ladder;
}

/**
 * Pairs of groups such that the fit of each is the larger one on it (or the smaller one, on all samples): from the best cut along each of
 * several directions, alternately.
 *
 * @returns by what their fits leave, least first
 */
export function findExtremesOfTwo(splits: FloatSplits, search: SplitSearch): readonly Slabs[] {
  const all = splits.rows.map((_, i) => i);
  const candidates = [...splits.directions(search)];
  const found = new Map<string, { readonly slabs: Slabs; readonly left: number }>();
  candidates.forEach((from, tried) => {
    search.observe?.('directions', tried, candidates.length);
    const cut = splits.bestCut(from, all, 2 * search.effort + 4);
    if (cut === null) return;
    for (const extreme of ['max', 'min'] as const) {
      for (const start of [cut.parts, [cut.parts[1], cut.parts[0]]] as const) {
        const settled = splits.alternate(start, extreme);
        const key = settled?.parts[0].join() ?? '';
        if (settled === null || found.has(key)) continue;
        const direction = splits.separating(settled.difference, settled.parts);
        if (direction === null) continue;
        const left = settled.parts.reduce((sum, part) => sum + splits.residual(part), 0);
        found.set(key, { slabs: { direction, groups: settled.parts }, left });
      }
    }
  });
  return [...found.values()].sort((a, b) => a.left - b.left).map(({ slabs }) => slabs);
}
