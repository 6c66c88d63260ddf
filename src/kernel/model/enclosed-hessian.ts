import { bitLength } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import type { Interval } from '../arithmetic/interval.js';
import { pack, unpack } from '../arithmetic/packed.js';
import type { Meter } from '../limits.js';
import type { SummedProblem } from '../statement.js';
import { predictionsOn, targetsOf, weightOf } from './enclosed-gradient.js';
import { type Bend, LossOfOutputs } from './loss-of-outputs.js';
import type { Slice } from './slice.js';
import { type Adjoint, bitsOf, type Recorder, type StageTape, type Tape } from './tape.js';
import { decayOf, withDecay } from './weight-decay.js';
import type { StageWiring } from './wiring.js';

/** Every Hessian is M + E', M symmetric and E' symmetric with |E'| ≤ E entrywise; all over 2^(2·bits). */
export interface EnclosedHessian {
  /** the lower triangle of M by rows: row j has entries 0, …, j */
  readonly M: readonly (readonly bigint[])[];
  /** upper bounds of Σ_j E_ij */
  readonly rowSums: readonly bigint[];
}

/**
 * Encloses the Hessian of the risk in the slice over the box of a recorder. At each sample, with z of all entries before their activations,
 *
 *   ∇²R_i = μ Σ_cd ∂²ℓ/∂p_c∂p_d ∇p_c ∇p_dᵀ + Σ_entries β h''(z) ∇z ∇zᵀ + Σ_weights δ (e_W ∇a_jᵀ + ∇a_j e_Wᵀ),
 *
 * δ = μ Σ_c ∂ℓ/∂p_c ∂p_c/∂z and β the same by what comes after the activation. Gradients of entries are midpoints and radii, so that sums run
 * over integers, whole rows at once; radii are summed by rows.
 * Weight decay adds 2 · decay · I.
 *
 * @param observe  told every tape
 * @throws Refusal (rejected) where the recorder or the loss has no second derivative
 * @see theory.md 3 (ii); proofs/rules/strongly-convex-ball.md 3 and 4
 */
export function encloseHessian(
  problem: SummedProblem,
  slice: Slice,
  recorder: Recorder,
  path: string,
  observe: (tape: Tape, i: number) => void,
): EnclosedHessian {
  const { loss, data } = problem;
  const { e, meter } = recorder;
  const near = new LossOfOutputs(loss, e, meter, path);
  const layout = layoutOf(recorder.wiring, slice, meter, path);
  const sum = new SymmetricSum(slice.dimension, e.bits, meter, path);
  const scratch = new Scratch(slice.dimension);
  data.inputs.rows.forEach((_, i) => {
    const tape = recorder.record(data, i);
    observe(tape, i);
    const mu = weightOf({ data, recorder }, i);
    const [p, y] = [predictionsOn(tape), targetsOf({ data, recorder }, i)];
    const bends = near.bends(p, y, i).map((bend) => ({ ...bend, size: e.multiply(mu, bend.size) }));
    const g = near.gradient(p, y).map((derivative) => e.multiply(mu, derivative));
    addSample(sum, scratch, layout, slice, recorder, tape, recorder.pullBack(tape, g), bends);
  });
  const decay = decayOf(problem);
  return decay === null ? sum.total() : withDecay(sum.total(), decay, e.bits);
}

/** ∇z of one entry in the slice, over 2^bits: within `radii` of `middles`, entry by entry, at the coordinates `support`. */
interface Tangent {
  readonly support: readonly number[];
  readonly middles: readonly bigint[];
  readonly radii: readonly bigint[];
}

/** Which coordinates each entry of a stage depends on, and where it is read by weights that move. */
interface StageLayout {
  /** by entry */
  readonly supports: readonly (readonly number[])[];
  /** how many of them are coordinates of earlier stages */
  readonly inherited: readonly number[];
  /** by entry: the entries of the next stage that read it, with the coordinate of the weight; only weights that move */
  readonly readers: readonly (readonly { readonly entry: number; readonly coordinate: number }[])[];
  readonly reads: number;
  /** how many products the tangents of one sample take */
  readonly products: number;
}

function layoutOf(wiring: readonly StageWiring[], slice: Slice, meter: Meter, path: string): readonly StageLayout[] {
  const found: StageLayout[] = [];
  let cells = 0;
  const supportsOf = (s: number): readonly (readonly number[])[] => found[s]?.supports ?? [];
  wiring.forEach(({ entries, beside }, s) => {
    // Entries that read the same sources inherit the same coordinates.
    const known = new Map<readonly number[], readonly number[]>();
    const inheritedBy = (sources: readonly number[], entry: number): readonly number[] => {
      const before = known.get(sources);
      if (before !== undefined && beside === null) return before;
      const all = new Set<number>();
      let size = supportsOf(beside ?? -1)[entry]?.length ?? 0;
      for (const source of sources) size += supportsOf(s - 1)[source]?.length ?? 0;
      // Putting a number into a set takes as long as many products; then they are sorted.
      meter.charge(16 * size, 1, 1);
      for (const source of sources) for (const at of supportsOf(s - 1)[source] ?? []) all.add(at);
      if (beside !== null) for (const at of supportsOf(beside)[entry] ?? []) all.add(at);
      const support = [...all].sort((a, b) => a - b);
      known.set(sources, support);
      return support;
    };
    let products = 0;
    const inherited: number[] = [];
    const supports = entries.map(({ unit, sources, taps }, entry) => {
      const support = inheritedBy(sources, entry);
      inherited.push(support.length);
      for (const source of sources) products += supportsOf(s - 1)[source]?.length ?? 0;
      const own = (taps ?? []).flatMap((tap) => {
        const at = slice.weights[s]?.[unit]?.[tap] as number;
        return at < 0 ? [] : [at];
      });
      const bias = slice.biases[s]?.[unit] ?? -1;
      const whole = [...support, ...own, ...(bias < 0 ? [] : [bias])];
      cells += whole.length + sources.length;
      meter.hold(cells, 64, path);
      return whole;
    });
    const next = wiring[s + 1];
    let reads = 0;
    const readers = entries.map((): { entry: number; coordinate: number }[] => []);
    next?.entries.forEach(({ unit, sources, taps }, entry) => {
      sources.forEach((source, j) => {
        const coordinate = taps === null ? -1 : (slice.weights[s + 1]?.[unit]?.[taps[j] as number] as number);
        if (coordinate < 0) return;
        readers[source]?.push({ entry, coordinate });
        reads++;
      });
    });
    found.push({ supports, inherited, readers, reads, products });
  });
  return found;
}

/** Sums by coordinate, zero between uses. */
class Scratch {
  readonly middles: bigint[];
  readonly radii: bigint[];

  constructor(dimension: number) {
    this.middles = new Array<bigint>(dimension).fill(0n);
    this.radii = new Array<bigint>(dimension).fill(0n);
  }
}

/** An interval as a middle and a radius: integers. */
interface Around {
  readonly middle: bigint;
  readonly radius: bigint;
}

function around({ low, high }: Interval): Around {
  const middle = (low + high) >> 1n;
  return { middle, radius: high - middle };
}

const absolute = (a: bigint): bigint => (a < 0n ? -a : a);

function addSample(
  sum: SymmetricSum,
  scratch: Scratch,
  layout: readonly StageLayout[],
  slice: Slice,
  recorder: Recorder,
  tape: Tape,
  { deltas, betas }: Adjoint,
  bends: readonly Bend[],
): void {
  const { e, meter } = recorder;
  const tangents: (readonly Tangent[])[] = [];
  const last = layout.length - 1;
  layout.forEach(({ readers, reads }, s) => {
    const derivatives = [...(betas[s] as readonly Interval[]), ...(deltas[s + 1] ?? [])];
    meter.charge(
      4 * (readers.length + reads),
      bitsOf(derivatives),
      bitsOf((tape.stages[s] as StageTape).first) + e.bits,
    );
    tangents.push(tangentsOf(tangents, scratch, layout, slice, recorder, tape, s));
    // The outputs of the network are entries of the last stage, which has no activation, and nothing reads them.
    if (s === last) return;
    const { first, second } = tape.stages[s] as StageTape;
    (tangents[s] as readonly Tangent[]).forEach((tangent, entry) => {
      const curvature = e.multiply((betas[s] as readonly Interval[])[entry] as Interval, second[entry] as Interval);
      const slope = first[entry] as Interval;
      const mixed = (readers[entry] ?? []).map(({ entry: reader, coordinate }) => ({
        coordinate,
        factor: around(e.multiply((deltas[s + 1] as readonly Interval[])[reader] as Interval, slope)),
      }));
      sum.add(tangent, around(curvature), mixed);
    });
  });
  const outputs = tangents[last] as readonly Tangent[];
  for (const { output, other, size } of bends) {
    const own = outputs[output] as Tangent;
    const tangent = other === null ? own : difference(own, outputs[other] as Tangent, scratch, meter);
    sum.add(tangent, around(size), []);
  }
}

/** ∇p_c − ∇p_d, exactly: middles are subtracted, and radii added. */
function difference(a: Tangent, b: Tangent, scratch: Scratch, meter: Meter): Tangent {
  meter.charge(16 * (a.support.length + b.support.length), 64, 64);
  const support = [...new Set([...a.support, ...b.support])].sort((p, q) => p - q);
  const put = ({ support, middles, radii }: Tangent, sign: bigint): void => {
    support.forEach((at, k) => {
      scratch.middles[at] = (scratch.middles[at] as bigint) + sign * (middles[k] as bigint);
      scratch.radii[at] = (scratch.radii[at] as bigint) + (radii[k] as bigint);
    });
  };
  put(a, 1n);
  put(b, -1n);
  const [middles, radii] = [
    support.map((at) => scratch.middles[at] as bigint),
    support.map((at) => scratch.radii[at] as bigint),
  ];
  for (const at of support) {
    scratch.middles[at] = 0n;
    scratch.radii[at] = 0n;
  }
  return { support, middles, radii };
}

/** ∇z of all entries of stage s: Σ_sources (weight · h') ∇z_source, and by its own weights and bias what they multiply. */
function tangentsOf(
  tangents: readonly (readonly Tangent[])[],
  scratch: Scratch,
  layout: readonly StageLayout[],
  slice: Slice,
  { e, meter, wiring, parameters, weightBits }: Recorder,
  { inputs, stages }: Tape,
  s: number,
): readonly Tangent[] {
  const { stage, entries, count, beside } = wiring[s] as StageWiring;
  const { supports, inherited, products } = layout[s] as StageLayout;
  const before = s === 0 ? inputs : (stages[s - 1] as StageTape).outputs;
  const { winners } = stages[s] as StageTape;
  const share = e.of(1n, BigInt(count));
  const one = e.of(1n);
  const shift = BigInt(e.bits);
  const previous = tangents[s - 1] ?? [];
  const { weights } = parameters[s] as (typeof parameters)[number];
  const size = previous.reduce((most, { middles, radii }) => {
    const bits = integers.mostBits(middles.concat(radii));
    return bits > most ? bits : most;
  }, 1);
  meter.charge(4 * products, size, (weightBits[s] as number) + e.bits);
  const include = (from: readonly Tangent[], source: number, factor: Interval): void => {
    const { support, middles, radii } = from[source] as Tangent;
    const { middle, radius } = around(factor);
    const size = absolute(middle);
    for (let k = 0; k < support.length; k++) {
      const at = support[k] as number;
      const [m, r] = [middles[k] as bigint, radii[k] as bigint];
      scratch.middles[at] = (scratch.middles[at] as bigint) + middle * m;
      scratch.radii[at] = (scratch.radii[at] as bigint) + size * r + radius * (absolute(m) + r);
    }
  };
  const slopeOf = (at: number, source: number): Interval =>
    ((stages[at] as StageTape).first[source] ?? one) as Interval;
  return entries.map(({ unit, sources, taps }, entry): Tangent => {
    const support = supports[entry] as readonly number[];
    const middles: bigint[] = [];
    const radii: bigint[] = [];
    if (s > 0) {
      const taken = stage.kind === 'maximum' ? [winners[entry] as number] : sources;
      taken.forEach((source, j) => {
        if ((previous[source] as Tangent).support.length === 0) return;
        const slope = slopeOf(s - 1, source);
        const weight = taps === null ? share : ((weights[unit] as readonly Interval[])[taps[j] as number] as Interval);
        include(previous, source, taps === null && count === 1 ? slope : e.multiply(weight, slope));
      });
    }
    if (beside !== null && beside >= 0) {
      include(tangents[beside] as readonly Tangent[], entry, slopeOf(beside, entry));
    }
    for (let k = 0; k < (inherited[entry] as number); k++) {
      const at = support[k] as number;
      middles.push((scratch.middles[at] as bigint) >> shift);
      // One unit more: the middle was rounded.
      radii.push(-(-(scratch.radii[at] as bigint) >> shift) + 1n);
      scratch.middles[at] = 0n;
      scratch.radii[at] = 0n;
    }
    (taps ?? []).forEach((tap, j) => {
      if ((slice.weights[s]?.[unit]?.[tap] as number) < 0) return;
      const { middle, radius } = around(before[sources[j] as number] as Interval);
      middles.push(middle);
      radii.push(radius);
    });
    if ((slice.biases[s]?.[unit] ?? -1) >= 0) {
      middles.push(one.low);
      radii.push(0n);
    }
    return { support, middles, radii };
  });
}

/** Sums of c·t tᵀ and of c·(e tᵀ + t eᵀ) for enclosed c and t: a symmetric matrix of integers and bounds of its errors. */
class SymmetricSum {
  #rows: bigint[];
  /** what was packed before the width last grew */
  readonly #earlier: bigint[][];
  /** bits of one entry of a packed row, and a bound of the size of all of them */
  #width: number;
  #bound = 0n;
  /** bounds of the sums of the errors in each row, over 2^(3·bits) */
  readonly #errors: bigint[];

  constructor(
    readonly dimension: number,
    readonly bits: number,
    readonly meter: Meter,
    readonly path: string,
  ) {
    this.#width = 2 * bits + 24;
    meter.hold(dimension * dimension, this.#width, path);
    this.#rows = new Array<bigint>(dimension).fill(0n);
    this.#errors = new Array<bigint>(dimension).fill(0n);
    this.#earlier = Array.from({ length: dimension }, (_, j) => new Array<bigint>(j + 1).fill(0n));
  }

  /**
   * Adds c t tᵀ, and for each coordinate p of `mixed` with its factor c_p the matrix c_p (e_p tᵀ + t e_pᵀ).
   *
   * @param mixed  coordinates larger than all of t's: those entries lie below the diagonal
   */
  add(
    { support, middles, radii }: Tangent,
    c: Around,
    mixed: readonly { readonly coordinate: number; readonly factor: Around }[],
  ): void {
    const isFlat = c.middle === 0n && c.radius === 0n;
    if (support.length === 0 || (isFlat && mixed.length === 0)) return;
    const shift = BigInt(this.bits);
    let [sizes, spread, largest] = [0n, 0n, 0n];
    middles.forEach((m, k) => {
      const size = absolute(m);
      sizes += size;
      spread += radii[k] as bigint;
      if (size > largest) largest = size;
    });
    const all = sizes + spread;
    const size = absolute(c.middle);
    let [factors, factorRadii] = [0n, 0n];
    for (const { factor } of mixed) {
      factors += absolute(factor.middle);
      factorRadii += factor.radius;
    }
    this.#makeRoom((((size * largest) >> shift) + 1n + factors) * largest);
    const from = support.reduce((least, at) => (at < least ? at : least), support[0] as number);
    const to = support.reduce((most, at) => (at > most ? at : most), 0);
    const place = BigInt(this.#width * from);
    const count = (isFlat ? 0 : support.length) + mixed.length;
    this.meter.charge(
      count,
      this.bits + bitLength(size) + bitLength(factors) + bitLength(largest),
      this.#width * (to + 1),
    );
    const dense = new Array<bigint>(to - from + 1).fill(0n);
    support.forEach((at, k) => {
      dense[at - from] = middles[k] as bigint;
    });
    const packed = pack(dense, this.#width);
    // Row p is read up to its diagonal only: what is certainly beyond is left out, eighth by eighth.
    const eighth = (dense.length >> 3) + 1;
    const cuts = Array.from({ length: 8 }, (_, k) => BigInt.asIntN(this.#width * eighth * (k + 1), packed));
    const addTo = (row: number, factor: bigint): void => {
      let k = 0;
      while (k < 7 && from + eighth * (k + 1) <= row) k++;
      const product = factor * (cuts[k] as bigint);
      this.#rows[row] = (this.#rows[row] as bigint) + (from === 0 ? product : product << place);
    };
    for (const { coordinate, factor } of mixed) {
      addTo(coordinate, factor.middle);
      this.#blame(coordinate, (factor.radius * all + absolute(factor.middle) * spread) << shift);
    }
    const length = BigInt(support.length);
    support.forEach((at, k) => {
      const [m, r] = [middles[k] as bigint, radii[k] as bigint];
      const most = absolute(m) + r;
      this.#blame(at, (factorRadii * most + factors * r) << shift);
      if (isFlat) return;
      addTo(at, (c.middle * m) >> shift);
      // The factor of a row was rounded by less than 1, in its own row and mirrored into the others.
      const rounding = (sizes + length * absolute(m)) << shift;
      this.#blame(at, c.radius * most * all + size * (most * spread + r * all) + rounding);
    });
  }

  total(): EnclosedHessian {
    this.#unpack();
    const shift = BigInt(this.bits);
    return { M: this.#earlier, rowSums: this.#errors.map((error) => -(-error >> shift)) };
  }

  #blame(row: number, error: bigint): void {
    this.#errors[row] = (this.#errors[row] as bigint) + error;
  }

  /** @param more  how much an entry may grow now */
  #makeRoom(more: bigint): void {
    this.#bound += more;
    if (bitLength(this.#bound) + 2 <= this.#width) return;
    this.#unpack();
    this.#bound = more;
    const wanted = bitLength(more) + 24;
    if (wanted > this.#width) this.#width = wanted;
    this.meter.hold(this.dimension * this.dimension, this.#width, this.path);
  }

  #unpack(): void {
    this.meter.charge(this.dimension, this.#width * this.dimension, 64);
    this.#rows.forEach((row, j) => {
      const earlier = this.#earlier[j] as bigint[];
      unpack(row, j + 1, this.#width).forEach((value, k) => {
        earlier[k] = (earlier[k] as bigint) + value;
      });
    });
    this.#rows = new Array<bigint>(this.dimension).fill(0n);
  }
}
