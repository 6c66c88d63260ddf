import { compare, type Rational, rational, subtract } from '../kernel/arithmetic/rational.js';
import type { Activation } from '../kernel/model/activation.js';
import type { Samples } from '../kernel/model/data.js';
import type { Loss } from '../kernel/model/loss.js';
import type { DenseValues } from '../kernel/model/network.js';
import { ratio } from '../numerics/floats.js';
import { type AffineFit, findAffineFit } from '../provers/affine-fit.js';
import { denseOf } from '../provers/dense-of.js';
import { seeded } from '../provers/random.js';
import type { ConstructionInput } from './construction.js';
import type { Channel, FrontLayout } from './image-channels.js';
import { riskOf } from './risk-levels.js';

export interface BetterChannels {
  readonly channels: readonly Channel[];
  /** the dense output layer that reads all channels */
  readonly output: DenseValues;
  readonly risk: Rational;
}

/** Outer weights keep so many bits behind the point, if that keeps 99 % of the gain. */
const roundings = [8n, 12n, 16n, 24n, 32n, 48n];

/**
 * Gives the spare channels small integer kernels, drawn by chance, and biases that put kinks among the data; of several, that one whose pooled
 * values take most off the residuals, in doubles. Then the output layer is fitted exactly, and rounded as far as keeps the gain.
 *
 * @param base   channels that stay
 * @param spare  channels to be found
 * @param fit    of the pooled values of the base, to be beaten
 * @returns null where nothing better was found
 */
export function findBetterChannels(
  layout: FrontLayout,
  h: Activation,
  data: Samples,
  loss: Loss,
  base: readonly Channel[],
  spare: number,
  { fit, risk }: { readonly fit: AffineFit; readonly risk: Rational },
  { seed, effort, observe }: ConstructionInput,
): BetterChannels | null {
  const random = seeded(seed);
  const k = data.targets.rows[0]?.length ?? 0;
  const basis = new Basis();
  const floats = ({ rows, denominator }: { rows: readonly (readonly bigint[])[]; denominator: bigint }) =>
    rows.map((row) => row.map((v) => ratio(v, denominator)));
  const n = data.inputs.rows.length;
  basis.add(new Float64Array(n).fill(1));
  for (const column of columns(floats(layout.features(h, base, data.inputs)))) basis.add(column);
  let residuals: readonly Float64Array[] = Array.from({ length: k }, (_, c) =>
    Float64Array.from({ length: n }, (__, i) => {
      const y = ratio(data.targets.rows[i]?.[c] as bigint, data.targets.denominator);
      return y - ratio(fit.fitted[i]?.[c] as bigint, fit.fittedDenominator);
    }),
  );
  const chosen: Channel[] = [];
  const tries = 4 * effort;
  for (let e = 0; e < spare; e++) {
    let best: { readonly channel: Channel; readonly gain: number; readonly added: Basis } | null = null;
    for (let t = 0; t < tries; t++) {
      observe?.('kernels', e * tries + t, spare * tries);
      const kernel = Array.from({ length: layout.taps }, () => rational(BigInt(random.integer(-2, 2))));
      const channel = { kernel, bias: kinkAmong(layout, kernel, data, random.uniform()) };
      const added = basis.copy();
      const from = added.size;
      for (const column of columns(floats(layout.pooled(h, channel, data.inputs)))) added.add(column);
      const gain = residuals.reduce((sum, r) => sum + added.captured(r, from), 0);
      if (best === null || gain > best.gain) best = { channel, gain, added };
    }
    if (best === null) break;
    const { channel, added } = best;
    chosen.push(channel);
    residuals = residuals.map((r) => added.without(r, basis.size));
    basis.take(added);
  }
  const channels = [...base, ...chosen];
  const features = layout.features(h, channels, data.inputs);
  const part: Samples = { ...data, inputs: features };
  const better = findAffineFit(part, loss, { constant: false });
  if (better === null) return null;
  const reached = riskOf(part, loss, better);
  const gain = subtract(risk, reached);
  if (gain.num <= 0n) return null;
  for (const bits of roundings) {
    const output = rounded(better, bits);
    const found = riskOf(part, loss, valuesOf(output, part));
    // 99 (risk − reached) ≤ 100 (risk − found)
    const [wanted, got] = [gain, subtract(risk, found)];
    if (compare(rational(99n * wanted.num, wanted.den), rational(100n * got.num, got.den)) <= 0) {
      return { channels, output, risk: found };
    }
  }
  return { channels, output: denseOf(better.A, better.b, better.denominator), risk: reached };
}

/** @returns a bias that puts a kink of relu at about this share of the preactivations of some samples */
function kinkAmong(layout: FrontLayout, kernel: readonly Rational[], { inputs }: Samples, share: number): Rational {
  const step = Math.max(1, Math.floor(inputs.rows.length / 50));
  const values: bigint[] = [];
  for (let i = 0; i < inputs.rows.length; i += step) {
    const x = inputs.rows[i] as readonly bigint[];
    for (const patch of layout.patches) {
      values.push(patch.reduce((sum, q, t) => sum + (kernel[t] as Rational).num * (x[q] as bigint), 0n));
    }
  }
  values.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const at = values[Math.floor((0.1 + 0.8 * share) * (values.length - 1))] as bigint;
  return rational(-2n * at - 1n, 2n * inputs.denominator);
}

function columns(rows: readonly (readonly number[])[]): Float64Array[] {
  return (rows[0] ?? []).map((_, j) => Float64Array.from(rows, (row) => row[j] as number));
}

/** Orthonormal vectors. */
class Basis {
  #vectors: Float64Array[] = [];

  get size(): number {
    return this.#vectors.length;
  }

  copy(): Basis {
    const copy = new Basis();
    copy.#vectors = [...this.#vectors];
    return copy;
  }

  take(other: Basis): void {
    this.#vectors = other.#vectors;
  }

  add(v: Float64Array): void {
    const before = Math.sqrt(dot(v, v));
    let rest = v;
    for (let pass = 0; pass < 2; pass++) rest = this.without(rest, 0);
    const norm = Math.sqrt(dot(rest, rest));
    if (norm > 1e-8 * before) this.#vectors.push(rest.map((c) => c / norm));
  }

  /** @returns v less its parts along the vectors from `from` on */
  without(v: Float64Array, from: number): Float64Array {
    const rest = v.slice();
    for (let b = from; b < this.#vectors.length; b++) {
      const q = this.#vectors[b] as Float64Array;
      const c = dot(q, rest);
      for (let i = 0; i < rest.length; i++) rest[i] = (rest[i] as number) - c * (q[i] as number);
    }
    return rest;
  }

  /** @returns the square of the part of v along the vectors from `from` on */
  captured(v: Float64Array, from: number): number {
    return this.#vectors.slice(from).reduce((sum, q) => sum + dot(q, v) ** 2, 0);
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function rounded({ A, b, denominator }: AffineFit, bits: bigint): DenseValues {
  const round = (n: bigint): bigint => {
    const twice = (n << (bits + 1n)) / denominator + (n < 0n ? -1n : 1n);
    return twice / 2n;
  };
  return denseOf(
    A.map((row) => row.map(round)),
    b.map(round),
    1n << bits,
  );
}

function valuesOf({ weights, bias, denominator }: DenseValues, { inputs }: Samples) {
  const fitted = inputs.rows.map((x) =>
    weights.map((w, c) =>
      w.reduce((sum, v, j) => sum + v * (x[j] as bigint), (bias?.[c] as bigint) * inputs.denominator),
    ),
  );
  return { fitted, fittedDenominator: denominator * inputs.denominator };
}
