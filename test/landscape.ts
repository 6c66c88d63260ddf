/**
 * A second, independent way to compute risks, for tests of the kernel: plain fractions, one sample at a time, nothing shared with
 * src/kernel. It reads the problems and points that test/certificate.ts builds.
 */
import type { Affine, Fields, Quantity } from './certificate.js';

/** n/d with d > 0, not necessarily in lowest terms. */
export type Fraction = readonly [n: bigint, d: bigint];

const long = 1n << 512n;

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

const fraction = (n: bigint, d: bigint): Fraction => {
  if (d < long) return [n, d];
  const g = gcd(n, d);
  return [n / g, d / g];
};

export function read(q: Quantity): Fraction {
  const [n, d] = String(q).split('/');
  return [BigInt(n as string), BigInt(d ?? '1')];
}

export const write = ([n, d]: Fraction): string => {
  const g = gcd(n, d);
  return d / g === 1n ? String(n / g) : `${n / g}/${d / g}`;
};

export const plus = ([a, b]: Fraction, [c, d]: Fraction): Fraction =>
  b === d ? [a + c, b] : fraction(a * d + c * b, b * d);
export const times = ([a, b]: Fraction, [c, d]: Fraction): Fraction => fraction(a * c, b * d);
export const minus = (a: Fraction, [c, d]: Fraction): Fraction => plus(a, [-c, d]);
/** Divides by a number ≠ 0. */
export const over = (a: Fraction, [c, d]: Fraction): Fraction => times(a, c < 0n ? [-d, -c] : [d, c]);
export const signOf = ([n]: Fraction): -1 | 0 | 1 => (n < 0n ? -1 : n > 0n ? 1 : 0);
export const below = (a: Fraction, b: Fraction): boolean => signOf(minus(a, b)) < 0;
const size = (a: Fraction): Fraction => (a[0] < 0n ? [-a[0], a[1]] : a);

/** Weights [unit][input], and biases or null. */
export interface Layer {
  readonly weights: readonly (readonly Fraction[])[];
  readonly bias: readonly Fraction[] | null;
}
export type Theta = readonly Layer[];

export const theta = (layers: readonly Affine[]): Theta =>
  layers.map(([weights, bias]) => ({
    weights: weights.map((row) => row.map(read)),
    bias: bias === undefined ? null : bias.map(read),
  }));

export const affineOf = (point: Theta): Affine[] =>
  point.map(({ weights, bias }): Affine => {
    const rows = weights.map((row) => row.map(write));
    return bias === null ? [rows] : [rows, bias.map(write)];
  });

/** θ + t·ξ */
export const moved = (at: Theta, t: Fraction, xi: Theta): Theta =>
  at.map(({ weights, bias }, l) => ({
    weights: weights.map((row, u) => row.map((w, j) => plus(w, times(t, xi[l]?.weights[u]?.[j] as Fraction)))),
    bias: bias?.map((b, u) => plus(b, times(t, xi[l]?.bias?.[u] as Fraction))) ?? null,
  }));

/** Replaces every number, with its running index. */
export function mapped(at: Theta, f: (value: Fraction, index: number) => Fraction): Theta {
  let index = 0;
  return at.map(({ weights, bias }) => ({
    weights: weights.map((row) => row.map((w) => f(w, index++))),
    bias: bias?.map((b) => f(b, index++)) ?? null,
  }));
}

export const parametersOf = (at: Theta): number => {
  let count = 0;
  mapped(at, (value) => {
    count++;
    return value;
  });
  return count;
};

/** h by its definition. */
export function activate(h: Fields, z: Fraction): Fraction {
  const [zero, one]: Fraction[] = [
    [0n, 1n],
    [1n, 1n],
  ];
  switch (h['function']) {
    case 'relu':
      return signOf(z) > 0 ? z : (zero as Fraction);
    case 'abs':
      return size(z);
    case 'leaky-relu':
    case 'prelu':
      return signOf(z) > 0 ? z : times(z, read(h['slope'] as string));
    case 'hardtanh':
      return below(z, [-1n, 1n]) ? [-1n, 1n] : below(one as Fraction, z) ? (one as Fraction) : z;
    case 'identity':
      return z;
    default:
      throw new Error(`no definition of ${String(h['function'])}`);
  }
}

/** ℓ of one residual by its definition. */
export function lossOf(loss: Fields, r: Fraction): Fraction {
  switch (loss['function']) {
    case 'squared':
      return times(r, r);
    case 'power': {
      let value: Fraction = [1n, 1n];
      for (let k = 0; k < Number(loss['exponent']); k++) value = times(value, size(r));
      return value;
    }
    case 'huber': {
      const d = read(loss['threshold'] as string);
      const half: Fraction = [1n, 2n];
      return below(d, size(r)) ? minus(times(d, size(r)), times(half, times(d, d))) : times(half, times(r, r));
    }
    default:
      throw new Error(`no definition of ${String(loss['function'])}`);
  }
}

export interface Landscape {
  /** activations between the layers; null for none */
  readonly activations: readonly Fields[];
  readonly loss: Fields;
  readonly x: readonly (readonly Fraction[])[];
  readonly y: readonly (readonly Fraction[])[];
  readonly weights: readonly Fraction[];
}

export function predict({ activations }: Landscape, at: Theta, x: readonly Fraction[]): readonly Fraction[] {
  let values = x;
  at.forEach(({ weights, bias }, l) => {
    const z = weights.map((row, u) =>
      row.reduce((sum, w, j) => plus(sum, times(w, values[j] as Fraction)), bias?.[u] ?? ([0n, 1n] as Fraction)),
    );
    const h = activations[l];
    values = h === undefined ? z : z.map((value) => activate(h, value));
  });
  return values;
}

export function riskOf(landscape: Landscape, at: Theta): Fraction {
  let risk: Fraction = [0n, 1n];
  landscape.x.forEach((x, i) => {
    predict(landscape, at, x).forEach((p, c) => {
      const r = minus(p, landscape.y[i]?.[c] as Fraction);
      risk = plus(risk, times(landscape.weights[i] as Fraction, lossOf(landscape.loss, r)));
    });
  });
  return risk;
}

/** Seeded chance (mulberry32). */
export class Chance {
  #state: number;
  constructor(seed: number) {
    this.#state = seed;
  }

  /** an integer from 0 to below n */
  below(n: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  list<T>(n: number, of: () => T): T[] {
    return Array.from({ length: n }, of);
  }
}

export const lowest = ([n, d]: Fraction): Fraction => {
  const g = gcd(n, d);
  return [n / g, d / g];
};

/** A basis of the vectors of m entries that are orthogonal to all rows. */
export function nullspace(rows: readonly (readonly Fraction[])[], m: number): Fraction[][] {
  const pivots: { at: number; row: readonly Fraction[] }[] = [];
  const without = (row: readonly Fraction[], at: number, pivot: readonly Fraction[]): readonly Fraction[] => {
    const f = row[at] as Fraction;
    return signOf(f) === 0 ? row : row.map((a, j) => lowest(minus(a, times(f, pivot[j] as Fraction))));
  };
  for (const given of rows) {
    const rest = pivots.reduce((row, { at, row: pivot }) => without(row, at, pivot), given);
    const at = rest.findIndex((a) => signOf(a) !== 0);
    if (at < 0) continue;
    const lead = rest[at] as Fraction;
    const unit = rest.map((a) => lowest(over(a, lead)));
    for (const pivot of pivots) pivot.row = without(pivot.row, at, unit);
    pivots.push({ at, row: unit });
  }
  const free = Array.from({ length: m }, (_, j) => j).filter((j) => pivots.every(({ at }) => at !== j));
  return free.map((j) =>
    Array.from({ length: m }, (_, k): Fraction => {
      if (k === j) return [1n, 1n];
      const pivot = pivots.find(({ at }) => at === k);
      return pivot === undefined ? [0n, 1n] : minus([0n, 1n], pivot.row[j] as Fraction);
    }),
  );
}
