import { bitLength, lcm } from '../arithmetic/gcd.js';
import { divide, formatRational, multiply, one, add as plus, type Rational, rational } from '../arithmetic/rational.js';
import { exactRoot } from '../arithmetic/roots.js';
import type { Meter } from '../limits.js';
import { unreachable } from '../verdict.js';
import type { Samples } from './data.js';
import type { SmoothLoss } from './loss.js';

/**
 * Σ_k c_k τ_k with integers c_k, where τ_k are real numbers with names: "1", values of tanh, of powers or of softmax. Where all c_k are 0 the
 * sum is 0. (For tanh at different positive rationals, and 1, the converse holds as well, since they are linearly independent: proofs/rules/smooth-losses.md.)
 */
export type FormalSum = ReadonlyMap<string, bigint>;

/** What rule `affine-span` needs of residual gradients: sums, multiples, and whether one is certainly 0. */
export interface Additive<G> {
  readonly zero: G;
  readonly add: (a: G, b: G) => G;
  readonly scale: (a: G, n: bigint) => G;
  /** Adds factor · n_j to every sums_j, in place: each must be `zero`, or made here. */
  readonly addMultiples: (sums: G[], factor: G, n: readonly bigint[]) => void;
  readonly isZero: (a: G) => boolean;
}

const none: FormalSum = new Map();

function add(a: FormalSum, b: FormalSum): FormalSum {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  const sum = new Map(a);
  accumulate(sum, b, 1n);
  return sum;
}

/** Adds a · n to the sum, in place. */
function accumulate(sum: Map<string, bigint>, a: FormalSum, n: bigint): void {
  for (const [name, c] of a) {
    const total = (sum.get(name) ?? 0n) + c * n;
    if (total === 0n) sum.delete(name);
    else sum.set(name, total);
  }
}

function scale(a: FormalSum, n: bigint): FormalSum {
  return n === 0n ? none : new Map([...a].map(([name, c]) => [name, c * n]));
}

export const formalSums: Additive<FormalSum> = {
  zero: none,
  add,
  scale,
  addMultiples(sums, factor, n) {
    n.forEach((c, j) => {
      if (c === 0n) return;
      if (sums[j] === none) sums[j] = new Map();
      accumulate(sums[j] as Map<string, bigint>, factor, c);
    });
  },
  isZero: (a) => a.size === 0,
};

/**
 * Residual gradients g_i of a smooth loss at rational predictions, all up to one positive factor, and how to add them up.
 *
 * - log-cosh: tanh r. Logistic: σ(p) − y = ½ + ½ tanh(p/2) − y. Cross-entropy of two classes: the same with p_0 − p_1.
 * - power: sign(r)|r|^(q−1). Cross-entropy: softmax_a(p) − y_a, named by the logits less the least of them.
 *
 * @param p  predictions, n × k, as numerators over one positive denominator
 * @returns rows: C g_i with C = scale
 */
export function formalGradients(
  loss: SmoothLoss,
  p: readonly (readonly bigint[])[],
  denominator: bigint,
  { inputs, targets, weights }: Samples,
  meter: Meter,
): {
  readonly rows: readonly (readonly FormalSum[])[];
  readonly bits: number;
  readonly numbers: Additive<FormalSum>;
  readonly scale: Rational;
} {
  const over = targets.denominator;
  const k = p[0]?.length ?? 0;
  meter.charge(p.length * k * (k + 4), bitLength(denominator) * 4, bitLength(denominator) * 4);
  const radicands = new Map<string, Rational>();
  const softmax = loss.name === 'cross-entropy' && k !== 2 ? new Softmax(p, denominator) : null;
  const rows = p.map((row, i) => {
    const mu = weights.values[i] as bigint;
    const y = targets.rows[i] as readonly bigint[];
    return row.map((z, c): FormalSum => {
      switch (loss.name) {
        case 'log-cosh':
          return tanh(z * over - (y[c] as bigint) * denominator, denominator * over, mu);
        case 'power': {
          const n = z * over - (y[c] as bigint) * denominator;
          if (n === 0n) return none;
          const r = rational(n < 0n ? -n : n, denominator * over);
          const name = `power ${formatRational(r)}`;
          radicands.set(name, r);
          return new Map([[name, n < 0n ? -mu : mu]]);
        }
        case 'logistic':
          return sigmoidLess(z, denominator, y[c] as bigint, over, mu);
        case 'cross-entropy':
          return softmax === null
            ? sigmoidLess(z - (row[1 - c] as bigint), denominator, y[c] as bigint, over, mu)
            : softmax.less(i, c, y[c] as bigint, over, mu);
        default:
          return unreachable(loss.name);
      }
    });
  });
  const names = new Set(rows.flatMap((row) => row.flatMap((sum) => [...sum.keys()])));
  const terms = rows.reduce((most, row) => row.reduce((m, { size }) => (size > m ? size : m), most), 1);
  const bits = terms * (bitLength(over) + weights.bits + (softmax === null ? 0 : bitLength(softmax.common)) + 64);
  // A moment may have a term for every name.
  meter.hold(k * ((inputs.rows[0]?.length ?? 0) + 1) * names.size, bits, '$.statement');
  const scale = divide(rational(weights.denominator * scaleOf(loss, over, softmax)), loss.factor);
  if (loss.name !== 'power') return { rows, bits, numbers: formalSums, scale };
  radicands.set('1', one);
  const isZero = (sum: FormalSum): boolean => sum.size === 0 || radicalsCancel(sum, radicands, loss.exponent, meter);
  return { rows, bits, numbers: { ...formalSums, isZero }, scale: divide(scale, loss.exponent) };
}

/** C · factor / D_μ, without the exponent of `power`. */
function scaleOf({ name }: SmoothLoss, over: bigint, softmax: Softmax | null): bigint {
  switch (name) {
    case 'log-cosh':
    case 'power':
      return 1n;
    case 'logistic':
      return 2n * over;
    case 'cross-entropy':
      return softmax === null ? 2n * over : softmax.common * over;
    default:
      return unreachable(name);
  }
}

/**
 * Whether Σ c_r r^(q−1) = 0 for rationals r > 0. With q − 1 = a/b in lowest terms r^(a/b) is a rational multiple u^a of t^(a/b) if and only
 * if r/t is the b-th power of a rational u; and radicals of which none is such a multiple of another are linearly independent.
 */
function radicalsCancel(
  sum: FormalSum,
  radicands: ReadonlyMap<string, Rational>,
  { num, den: b }: Rational,
  meter: Meter,
): boolean {
  const a = num - b;
  const classes: { readonly base: Rational; total: Rational }[] = [];
  for (const [name, c] of sum) {
    const r = radicands.get(name) as Rational;
    let found = false;
    for (const known of classes) {
      const size = bitsOf(r) + bitsOf(known.base);
      // Newton's method takes fewer steps than the number has bits.
      meter.charge(size + 64, size, size);
      const u = exactRoot(divide(r, known.base), b);
      if (u === undefined) continue;
      let power = rational(c);
      for (let k = 0n; k < a; k++) {
        // The product is brought to lowest terms.
        meter.charge(4, bitsOf(power) + bitsOf(u), bitsOf(power));
        power = multiply(power, u);
      }
      meter.charge(4, bitsOf(power) + bitsOf(known.total), bitsOf(power) + bitsOf(known.total));
      known.total = plus(known.total, power);
      found = true;
      break;
    }
    if (!found) classes.push({ base: r, total: rational(c) });
  }
  return classes.every(({ total }) => total.num === 0n);
}

function bitsOf({ num, den }: Rational): number {
  return bitLength(num) + bitLength(den);
}

/** mu · tanh(n/d) */
function tanh(n: bigint, d: bigint, mu: bigint): FormalSum {
  if (n === 0n) return none;
  return new Map([[`tanh ${formatRational(rational(n < 0n ? -n : n, d))}`, n < 0n ? -mu : mu]]);
}

/** 2 · over · mu · (σ(n/d) − y/over) = mu · (over − 2y + over · tanh(n/(2d))) */
function sigmoidLess(n: bigint, d: bigint, y: bigint, over: bigint, mu: bigint): FormalSum {
  const constant = mu * (over - 2n * y);
  return add(tanh(n, 2n * d, mu * over), constant === 0n ? none : new Map([['1', constant]]));
}

/**
 * Softmax at given logits. With d_b ≥ 0 the logits less the least one and E = Σ_b e^(d_b), softmax_b = e^(d_b)/E is named by d_b and the
 * first sample with these d, in any order. The least logits, m of them, have (1 − Σ_{d_b > 0} e^(d_b)/E)/m, and no name of their own.
 */
class Softmax {
  /** by sample and output; null for the least logits */
  readonly #names: readonly (readonly (string | null)[])[];
  /** m, by sample */
  readonly #least: readonly bigint[];
  /** a multiple of every m */
  readonly common: bigint;

  constructor(logits: readonly (readonly bigint[])[], denominator: bigint) {
    const first = new Map<string, number>();
    this.#names = logits.map((row, i) => {
      const least = row.reduce((a, b) => (a < b ? a : b));
      const d = row.map((z) => formatRational(rational(z - least, denominator)));
      const all = [...d].sort().join(' ');
      const sample = first.get(all) ?? i;
      first.set(all, sample);
      return d.map((text) => (text === '0' ? null : `softmax ${text} of sample ${sample}`));
    });
    this.#least = this.#names.map((row) => row.reduce((m, name) => (name === null ? m + 1n : m), 0n));
    this.common = this.#least.reduce(lcm, 1n);
  }

  /** common · over · mu · (softmax_c − y/over) at sample i */
  less(i: number, c: number, y: bigint, over: bigint, mu: bigint): FormalSum {
    const names = this.#names[i] as readonly (string | null)[];
    const own = names[c] as string | null;
    const whole = this.common * over * mu;
    const constant = y === 0n ? none : new Map([['1', -this.common * mu * y]]);
    if (own !== null) return add(constant, new Map([[own, whole]]));
    const share = whole / (this.#least[i] as bigint);
    const sum = new Map([['1', share]]);
    for (const name of names) if (name !== null) accumulate(sum, new Map([[name, 1n]]), -share);
    return add(sum, constant);
  }
}
