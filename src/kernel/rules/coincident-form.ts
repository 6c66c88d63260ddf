import { Enclosures } from '../arithmetic/enclosure.js';
import { bitLength, lcm } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import { type Interval, intervals, point } from '../arithmetic/interval.js';
import type { Matrix } from '../arithmetic/matrix.js';
import { chargeLocating, locate } from '../arithmetic/ordered.js';
import { type Rational, rational } from '../arithmetic/rational.js';
import { isSemidefinite } from '../arithmetic/semidefinite.js';
import type { Meter } from '../limits.js';
import { type Activation, type AffinePiece, affinePieceOf } from '../model/activation.js';
import type { ConstantFit } from '../model/constant-fit.js';
import { independentColumns, type Samples } from '../model/data.js';
import { type Loss, polynomialLoss } from '../model/loss.js';
import type { DenseValues } from '../model/network.js';
import { smoothJet } from '../model/smooth-piece.js';
import type { SampleProblem } from '../statement.js';
import { decline, type Ledger, reject } from '../verdict.js';
import type { Coincidence, TwoLayers } from './coincident-preactivations.js';

/** What the node carries; nothing here is trusted. */
export interface FormHints {
  /** of the box around θ, in every free coordinate */
  readonly halfWidth: Rational;
  /** z_1, …, z_r, one entry per sample */
  readonly vectors: Matrix;
  readonly bits: number;
}

/** A point where every unit sees one value at all samples. */
export interface CoincidentPoint extends TwoLayers {
  readonly values: Coincidence;
  /** v and c */
  readonly outgoing: DenseValues;
  readonly fit: ConstantFit;
}

/** h' and h'' over everything that one unit sees, and v', over the box: enclosures over 2^bits. */
interface UnitRange {
  readonly first: Interval;
  readonly second: Interval;
  readonly outgoing: Interval;
}

/** Σ_i c_i t_i for numbers t_i of one interval: the sums of the positive c_i and of the negative ones, over a common denominator. */
interface SplitSum {
  readonly positive: bigint;
  readonly negative: bigint;
}

/**
 * Shows that
 *
 *   ½ Σ_j v'_j Σ_i g_i h''(ξ_ij) e_ij² + Σ_s (Σ_j v'_j Σ_i z_si h'(ζ_ij) e_ij)² / Σ_i (z_si²/λ_i)  ≥  0
 *
 * for all v' of the box, all ξ_ij and ζ_ij that units see over it, and all e_ij = w'_j·(x̃_i − x̃_1). The z_s ≠ 0 are orthogonal to 1, and among themselves
 * in Σ_i z_si z_ti/λ_i; λ_i = μ_i c if the loss is c r² plus an affine function of r. For other losses there may be no vectors.
 *
 * The e_·j are B t_j, t_j ∈ R^q linear in w'_j, where the columns of B are independent columns of the x_i − x_1. In the coordinates (t_j) the form is one of the
 * symmetric matrices that an interval matrix encloses, for each choice of v', ξ, ζ another one.
 *
 * @see theory.md 4; proofs/rules/coincident-preactivations.md 3
 */
export function checkForm(
  { data, loss }: SampleProblem,
  at: CoincidentPoint,
  { halfWidth, vectors, bits }: FormHints,
  path: string,
  meter: Meter,
  ledger: Ledger,
): void {
  const e = new Enclosures(bits);
  const shares = vectors.rows.length === 0 ? [] : vectorShares(data, loss, vectors, e, path, meter);
  ledger.discharge('orthogonal-vector', shares.length);
  const ranges = rangesOver(at, data, halfWidth, e, meter);
  ledger.discharge('strict-piece', ranges.length);
  const B = differences(data, meter);
  const q = B[0]?.length ?? 0;
  const dimension = ranges.length * q;
  const size = bits + integers.mostBits(ranges.flatMap((range) => Object.values(range).flatMap(endsOf)));
  const work = data.inputs.bits * 2 + at.fit.bits + vectors.bits;
  meter.hold(dimension * dimension + vectors.rows.length * dimension, 2 * size + work, path);
  meter.charge(data.inputs.rows.length * q * (q + vectors.rows.length), work, data.inputs.bits);
  meter.charge(6 * ranges.length * q * (q + vectors.rows.length), size + work, work);
  const { denominator: D } = data.inputs;
  const bends = Array.from({ length: q }, (_, a) =>
    Array.from({ length: a + 1 }, (_, b) =>
      splitSum(B, (row, i) => (at.fit.gradients[i] as bigint) * (row[a] as bigint) * (row[b] as bigint)),
    ),
  );
  const tilts = vectors.rows.map((z) =>
    Array.from({ length: q }, (_, a) => splitSum(B, (row, i) => (z[i] as bigint) * (row[a] as bigint))),
  );
  /** by vector and coordinate: v'_j Σ_i z_si h'(ζ_ij) B_ia */
  const slopes = tilts.map((tilt) =>
    ranges.flatMap(({ first, outgoing }) =>
      tilt.map((sums) => e.multiply(outgoing, spread(e, sums, first, vectors.denominator * D))),
    ),
  );
  const most = integers.mostBits(slopes.flat().flatMap(endsOf)) + size;
  meter.charge(5 * (shares.length + 1) * dimension * (dimension + 1), most, most);
  const matrix = Array.from({ length: dimension }, (_, row) =>
    Array.from({ length: row + 1 }, (_, column) => {
      const [a, b] = [row % q, column % q];
      const { second, outgoing } = ranges[(row - a) / q] as UnitRange;
      const isOneUnit = row - a === column - b;
      const bend = bends[a]?.[b];
      let total =
        isOneUnit && bend !== undefined
          ? e.multiply(outgoing, spread(e, bend, second, 2n * at.fit.denominator * D * D))
          : point(0n);
      shares.forEach((share, s) => {
        const slope = slopes[s] as readonly Interval[];
        const [left, right] = [slope[row] as Interval, slope[column] as Interval];
        total = e.add(total, e.multiply(share, row === column ? e.square(left) : e.multiply(left, right)));
      });
      return total;
    }),
  );
  if (!isNonnegative(matrix, meter, path)) {
    reject('not-semidefinite', path, 'the quadratic form is not shown to be ≥ 0 over the box');
  }
  ledger.discharge('nonnegative-form');
}

const endsOf = ({ low, high }: Interval): readonly bigint[] => [low, high];

function splitSum(B: readonly (readonly bigint[])[], term: (row: readonly bigint[], i: number) => bigint): SplitSum {
  let [positive, negative] = [0n, 0n];
  B.forEach((row, i) => {
    const c = term(row, i);
    if (c > 0n) positive += c;
    else negative += c;
  });
  return { positive, negative };
}

/** @returns what holds Σ_i c_i t_i / denominator, for all t_i of the interval over 2^bits: the t_i may differ, so c_i of both signs do not cancel */
function spread(e: Enclosures, { positive, negative }: SplitSum, t: Interval, denominator: bigint): Interval {
  const sum = intervals.add(intervals.scale(t, positive), intervals.scale(t, negative));
  return e.over(sum, denominator << BigInt(e.bits));
}

/** x_i − x_1 in columns that are independent, and span the others; numerators over the inputs' denominator. */
function differences({ inputs, ...data }: Samples, meter: Meter): readonly (readonly bigint[])[] {
  const d = inputs.rows[0]?.length ?? 0;
  const columns = independentColumns({ inputs, ...data }, [...inputs.rows.keys()], meter).filter((j) => j < d);
  const first = inputs.rows[0] as readonly bigint[];
  return inputs.rows.map((x) => columns.map((j) => (x[j] as bigint) - (first[j] as bigint)));
}

/**
 * Checks the vectors.
 *
 * @returns for each 1/Σ_i (z_si²/λ_i)
 */
function vectorShares(
  { weights }: Samples,
  given: Loss,
  { rows, denominator, bits }: Matrix,
  e: Enclosures,
  path: string,
  meter: Meter,
): readonly Interval[] {
  const loss = polynomialLoss(given);
  const curvature = loss.pieces[0]?.[2] ?? 0n;
  if (loss.pieces.length > 1 || loss.degree !== 2 || curvature <= 0n) {
    decline('unsupported-combination', `${path}.vectors`, 'vectors are for losses that are one quadratic polynomial');
  }
  const n = weights.values.length;
  rows.forEach((z, s) => {
    if (z.length !== n) {
      reject('wrong-length', `${path}.vectors[${s}]`, `expected ${n} entries, one a sample, found ${z.length}`);
    }
  });
  // 1/μ_i = inverses_i · (weights' denominator) / common
  let common = 1n;
  for (const mu of weights.values) {
    meter.charge(4, bitLength(common), weights.bits);
    common = lcm(common, mu);
  }
  const long = bitLength(common);
  meter.hold(n, long, path);
  meter.charge(n * (rows.length * (rows.length + 3) + 2), long + bits, long + bits);
  const inverses = weights.values.map((mu) => common / mu);
  const product = (z: readonly bigint[], other: readonly bigint[]): bigint =>
    z.reduce((sum, c, i) => sum + c * (other[i] as bigint) * (inverses[i] as bigint), 0n);
  return rows.map((z, s) => {
    const at = `${path}.vectors[${s}]`;
    const square = product(z, z);
    if (square === 0n) reject('wrong-hint', at, 'expected a vector that is not 0');
    if (z.reduce((sum, c) => sum + c, 0n) !== 0n) {
      reject('not-orthogonal', at, 'expected entries that add up to 0');
    }
    for (let t = 0; t < s; t++) {
      if (product(z, rows[t] as readonly bigint[]) !== 0n) {
        reject('not-orthogonal', at, `expected a vector orthogonal to vector ${t}, by the inverse weights`);
      }
    }
    const { num, den } = rational(
      denominator * denominator * common * curvature,
      square * weights.denominator * loss.denominator,
    );
    return e.of(num, den);
  });
}

/**
 * Encloses what units see over the box: w'_j·x̃_i is within halfWidth · max_i |x̃_i|₁ of m_j, for all i.
 *
 * @throws Refusal (rejected) where a unit may meet a breakpoint: h has to be C²
 */
function rangesOver(
  { hidden, output, values, outgoing }: CoincidentPoint,
  { inputs }: Samples,
  halfWidth: Rational,
  e: Enclosures,
  meter: Meter,
): readonly UnitRange[] {
  const units = values.numerators.length;
  const size = integers.mostBits([...values.numerators, values.denominator, halfWidth.num, halfWidth.den]);
  meter.charge(8 * units, size + outgoing.bits + inputs.bits, size + e.bits + outgoing.bits);
  meter.charge(inputs.rows.length * ((inputs.rows[0]?.length ?? 0) + 1), inputs.bits, 1);
  let longest = 0n;
  for (const x of inputs.rows) {
    const length = x.reduce((sum, c) => sum + (c < 0n ? -c : c), hidden.bias ? inputs.denominator : 0n);
    if (length > longest) longest = length;
  }
  const { num, den } = halfWidth;
  const over = values.denominator * den;
  // values.denominator = (weights' denominator) · (inputs' denominator)
  const reach = num * longest * (values.denominator / inputs.denominator);
  chargeLocating(hidden.activation, units, 2 * (size + inputs.bits), meter);
  return values.numerators.map((m, unit): UnitRange => {
    const seen = { low: m * den - reach, high: m * den + reach };
    const { lower, upper } = locate(intervals, hidden.activation, seen, point(over));
    if (lower !== upper) {
      reject('on-a-kink', '$.statement.point', `unit ${unit} may meet a breakpoint within the half-width`);
    }
    const v = outgoing.weights[0]?.[unit] as bigint;
    const moved = output.fixed === null ? num * outgoing.denominator : 0n;
    return {
      ...derivatives(hidden.activation, lower, e.over(seen, over), e, meter),
      outgoing: e.over({ low: v * den - moved, high: v * den + moved }, outgoing.denominator * den),
    };
  });
}

function derivatives(
  h: Activation,
  piece: number,
  z: Interval,
  e: Enclosures,
  meter: Meter,
): { readonly first: Interval; readonly second: Interval } {
  const smooth = h.smooth?.[piece] ?? null;
  if (smooth !== null) {
    const { first, second } = smoothJet(e, smooth, z, meter);
    return { first, second };
  }
  const { slope } = affinePieceOf(h, piece) as AffinePiece;
  return { first: e.of(slope.num, slope.den), second: point(0n) };
}

/**
 * Whether every symmetric matrix that is enclosed is ⪰ 0: with middles M and radii E, M − diag(Σ_{k≠j} E_jk) − diag(E_jj) ⪰ 0. Coordinates whose
 * rows are 0 add nothing, and are left out.
 *
 * @param matrix  the lower triangle by rows
 */
function isNonnegative(matrix: readonly (readonly Interval[])[], meter: Meter, path: string): boolean {
  const isZero = ({ low, high }: Interval): boolean => low === 0n && high === 0n;
  const entry = (j: number, k: number): Interval => (j < k ? matrix[k]?.[j] : matrix[j]?.[k]) as Interval;
  const kept = [...matrix.keys()].filter((j) => matrix.some((_, k) => !isZero(entry(j, k))));
  const middle = ({ low, high }: Interval): bigint => (low + high) >> 1n;
  const A = kept.map((j, row) =>
    kept.slice(0, row + 1).map((k) => {
      if (j !== k) return middle(entry(j, k));
      return kept.reduce((rest, l) => {
        const { low, high } = entry(j, l);
        // The radius of an entry beside the diagonal: its middle was rounded down.
        return l === j ? rest : rest - (high - middle({ low, high }));
      }, entry(j, j).low);
    }),
  );
  return isSemidefinite(A, false, meter, path);
}
