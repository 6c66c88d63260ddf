import { bitLength } from '../arithmetic/gcd.js';
import { formatRational, rational } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import { unreachable } from '../verdict.js';
import type { Samples } from './data.js';
import type { SmoothLoss } from './loss.js';

/**
 * Σ_k c_k τ_k with integers c_k, where τ_k are real numbers with names: "1", values of tanh, of powers or of softmax. Where all c_k are 0 the
 * sum is 0; nothing else is ever concluded. (For tanh at different positive rationals, and 1, the converse holds as well, since they are
 * linearly independent: proofs/rules/smooth-losses.md.)
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
 * Residual gradients g_i of a smooth loss at rational predictions, all up to one positive factor.
 *
 * - log-cosh: tanh r. Logistic: σ(p) − y = ½ + ½ tanh(p/2) − y. Cross-entropy of two classes: the same with p_0 − p_1.
 * - power: sign(r)|r|^(q−1). Cross-entropy: softmax_a(p) − y_a, named by the differences of the logits.
 *
 * @param p  predictions, n × k, as numerators over one positive denominator
 */
export function formalGradients(
  loss: SmoothLoss,
  p: readonly (readonly bigint[])[],
  denominator: bigint,
  { targets, weights }: Samples,
  meter: Meter,
): { readonly rows: readonly (readonly FormalSum[])[]; readonly bits: number } {
  const over = targets.denominator;
  const k = p[0]?.length ?? 0;
  meter.charge(p.length * k * (k + 4), bitLength(denominator) * 4, bitLength(denominator) * 4);
  const rows = p.map((row, i) => {
    const mu = weights.values[i] as bigint;
    const y = targets.rows[i] as readonly bigint[];
    return row.map((z, c): FormalSum => {
      switch (loss.name) {
        case 'log-cosh':
          return odd('tanh', z * over - (y[c] as bigint) * denominator, denominator * over, mu);
        case 'power':
          return odd('power', z * over - (y[c] as bigint) * denominator, denominator * over, mu);
        case 'logistic':
          return sigmoidLess(z, denominator, y[c] as bigint, over, mu);
        case 'cross-entropy':
          if (k === 2) return sigmoidLess(z - (row[1 - c] as bigint), denominator, y[c] as bigint, over, mu);
          return softmaxLess(row, c, denominator, y[c] as bigint, over, mu);
        default:
          return unreachable(loss.name);
      }
    });
  });
  return { rows, bits: bitLength(over) + weights.bits + 64 };
}

/** mu · f(n/d) for an odd function f */
function odd(f: string, n: bigint, d: bigint, mu: bigint): FormalSum {
  if (n === 0n) return none;
  return new Map([[`${f} ${formatRational(rational(n < 0n ? -n : n, d))}`, n < 0n ? -mu : mu]]);
}

/** 2 · over · mu · (σ(n/d) − y/over) = mu · (over − 2y + over · tanh(n/(2d))) */
function sigmoidLess(n: bigint, d: bigint, y: bigint, over: bigint, mu: bigint): FormalSum {
  const constant = mu * (over - 2n * y);
  return add(odd('tanh', n, 2n * d, mu * over), constant === 0n ? none : new Map([['1', constant]]));
}

/** k · over · mu · (softmax_c − y/over): equal logits give 1/k */
function softmaxLess(row: readonly bigint[], c: number, d: bigint, y: bigint, over: bigint, mu: bigint): FormalSum {
  const k = BigInt(row.length);
  const differences = row.map((z) => z - (row[c] as bigint));
  const isUniform = differences.every((z) => z === 0n);
  const constant = mu * (isUniform ? over - k * y : -k * y);
  // The order of the other logits does not change the softmax.
  const name = differences.map((z) => formatRational(rational(z, d))).sort();
  const value: FormalSum = isUniform ? none : new Map([[`softmax ${name.join(' ')}`, k * over * mu]]);
  return add(value, constant === 0n ? none : new Map([['1', constant]]));
}
