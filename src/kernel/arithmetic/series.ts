import type { Interval } from './interval.js';

/**
 * A power series Σ σ^k P_k/w_k with σ = ±1, P_0 given, P_{k+1} = P_k·y·u/v_k and weights w_k ≥ 1, at y ≥ 0.
 *
 * v_k must be positive and nondecreasing in k, so that from some k on the powers P_k at least halve at each step.
 */
interface Series {
  readonly alternating: boolean;
  readonly u: bigint;
  readonly v: (k: bigint) => bigint;
  readonly w: (k: bigint) => bigint;
}

const one = () => 1n;
const odd = (k: bigint) => 2n * k + 1n;

const exponential: Series = { alternating: false, u: 1n, v: (k) => k + 1n, w: one };
const sine: Series = { alternating: true, u: 1n, v: (k) => (2n * k + 2n) * (2n * k + 3n), w: one };
const cosine: Series = { alternating: true, u: 1n, v: (k) => (2n * k + 1n) * (2n * k + 2n), w: one };
const arcTangent: Series = { alternating: true, u: 1n, v: one, w: odd };
const areaTangent: Series = { alternating: false, u: 1n, v: one, w: odd };
const errorFunction: Series = { alternating: false, u: 2n, v: (k) => 2n * k + 3n, w: one };

/** @returns ⌈n/d⌉ for n ≥ 0, d > 0 */
function ceiling(n: bigint, d: bigint): bigint {
  return (n + d - 1n) / d;
}

/**
 * Encloses a series on an interval, all numbers over 2^bits.
 *
 * Once 2·y·u ≤ v_n, each later power is at most half of the one before, so the terms after the n-th add up to at most P_n in
 * absolute value. The loop ends with P_n at most one unit.
 *
 * @param first  encloses P_0 ≥ 0
 * @param y      ends ≥ 0; if v is constant, 2·y·u ≤ v (otherwise the loop would not end)
 * @see          proofs/rules/enclosures.md 2
 */
function sum(series: Series, first: Interval, y: Interval, bits: bigint): Interval {
  if (first.low < 0n || y.low < 0n) throw new RangeError('Cannot sum a series: its argument must be ≥ 0');
  const yLow = y.low * series.u;
  const yHigh = y.high * series.u;
  let { low: powerLow, high: powerHigh } = first;
  let low = 0n;
  let high = 0n;
  for (let k = 0n; ; k += 1n) {
    const w = series.w(k);
    const termLow = powerLow / w;
    const termHigh = ceiling(powerHigh, w);
    if (series.alternating && k % 2n === 1n) {
      low -= termHigh;
      high -= termLow;
    } else {
      low += termLow;
      high += termHigh;
    }
    const v = series.v(k);
    if (powerHigh <= 1n && 2n * yHigh <= v << bits) break;
    // ⌊⌊n/2^bits⌋/v⌋ = ⌊n/(2^bits v)⌋, and likewise for ⌈ ⌉; a shift is faster than a long division.
    powerLow = ((powerLow * yLow) >> bits) / v;
    powerHigh = ceiling(-((-powerHigh * yHigh) >> bits), v);
  }
  return { low: series.alternating ? low - powerHigh : low, high: high + powerHigh };
}

function square(x: Interval, bits: bigint): Interval {
  if (x.low < 0n) throw new RangeError('Cannot sum a series: its argument must be ≥ 0');
  return { low: (x.low * x.low) >> bits, high: -((-x.high * x.high) >> bits) };
}

function smallSquare(x: Interval, bits: bigint): Interval {
  const y = square(x, bits);
  if (2n * y.high > 1n << bits) throw new RangeError('Cannot sum a series: its argument must be at most √½');
  return y;
}

const unit = (bits: bigint): Interval => ({ low: 1n << bits, high: 1n << bits });

/** Encloses e^x on x ≥ 0 */
export function expSeries(x: Interval, bits: bigint): Interval {
  return sum(exponential, unit(bits), x, bits);
}

/** Encloses sin on x ≥ 0 */
export function sinSeries(x: Interval, bits: bigint): Interval {
  return sum(sine, x, square(x, bits), bits);
}

/** Encloses cos on x ≥ 0 */
export function cosSeries(x: Interval, bits: bigint): Interval {
  return sum(cosine, unit(bits), square(x, bits), bits);
}

/** Encloses atan on 0 ≤ x, x² ≤ 1/2 with room for rounding */
export function atanSeries(x: Interval, bits: bigint): Interval {
  return sum(arcTangent, x, smallSquare(x, bits), bits);
}

/** Encloses artanh on 0 ≤ x, x² ≤ 1/2 with room for rounding */
export function atanhSeries(x: Interval, bits: bigint): Interval {
  return sum(areaTangent, x, smallSquare(x, bits), bits);
}

/** Encloses Σ 2^k x^{2k+1}/(1·3·…·(2k+1)) = e^{x²}·∫₀ˣ e^{-t²} dt on x ≥ 0 */
export function erfSeries(x: Interval, bits: bigint): Interval {
  return sum(errorFunction, x, square(x, bits), bits);
}
