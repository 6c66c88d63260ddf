import { bitLength } from './gcd.js';
import { type Interval, intervals, point } from './interval.js';
import type { Sign } from './ordered.js';
import { ceilingSquareRoot, floorRoot } from './roots.js';
import { atanhSeries, atanSeries, cosSeries, erfSeries, expSeries, sinSeries } from './series.js';

/** exp is enclosed up to here: e^4096 has 5,910 bits. */
export const largestExponent = 4096n;
/** sin and cos of numbers that need more bits than this before the binary point are given as [-1, 1]. */
const largestTurn = 1024;
/** e^x is computed as (e^(x/256))^256. */
const squarings = 8n;
/** atan x as 16 atan of the tangent of a sixteenth of the angle. */
const bisections = 4n;

function floorQuotient(n: bigint, d: bigint): bigint {
  const q = n / d;
  return n < 0n && q * d !== n ? q - 1n : q;
}

function ceilingQuotient(n: bigint, d: bigint): bigint {
  return -floorQuotient(-n, d);
}

/** Divides the ends by 2^shift, outward. `>>` rounds down, negative numbers too. */
function outward(a: Interval, shift: bigint): Interval {
  return { low: a.low >> shift, high: -(-a.high >> shift) };
}

/** @returns extra bits for a computation that is known to lose `need` of them: a power of 2, at least 48 more than that */
function guardFor(need: bigint): number {
  let guard = 64;
  while (BigInt(guard) < need + 48n) guard *= 2;
  return guard;
}

/**
 * Enclosures of real functions by intervals whose ends are integers over 2^bits. Every result holds f of every member (inclusion),
 * and ends are always rounded outward, so numbers stay small.
 *
 * Besides, each function of one variable gives the smallest such interval, so it is inclusion isotone and does not depend on how
 * it was computed. That is not proved (it asks that no value comes closer to a multiple of 2^-bits than the working precision
 * tells apart) and no proof may use it; inclusion does not rest on it.
 *
 * `undefined` means: no enclosure, because f is not defined on the whole interval, or the result would be too large.
 *
 * @see proofs/rules/enclosures.md
 */
export class Enclosures {
  readonly #shift: bigint;
  readonly #one: bigint;
  readonly #finer = new Map<number, Enclosures>();
  #pi: Interval | undefined;
  #ln2: Interval | undefined;

  /** @throws RangeError unless bits is a positive integer */
  constructor(readonly bits: number) {
    if (!Number.isSafeInteger(bits) || bits < 1)
      throw new RangeError(`Cannot make enclosures of ${bits} bits: expected an integer > 0`);
    this.#shift = BigInt(bits);
    this.#one = 1n << this.#shift;
  }

  /** @returns what holds num/den; den > 0 */
  of(num: bigint, den = 1n): Interval {
    return this.over(point(num), den);
  }

  /** @returns what holds every n/d for n in z; d > 0 */
  over(z: Interval, d: bigint): Interval {
    if (d <= 0n) throw new RangeError(`Cannot enclose numbers over ${d}: the denominator must be > 0`);
    return {
      low: floorQuotient(z.low << this.#shift, d),
      high: ceilingQuotient(z.high << this.#shift, d),
    };
  }

  /** @returns the sign that all members have; 0 only for the interval that is {0} */
  sign(a: Interval): Sign | undefined {
    return intervals.sign(a);
  }

  add(a: Interval, b: Interval): Interval {
    return { low: a.low + b.low, high: a.high + b.high };
  }

  subtract(a: Interval, b: Interval): Interval {
    return { low: a.low - b.high, high: a.high - b.low };
  }

  negate(a: Interval): Interval {
    return { low: -a.high, high: -a.low };
  }

  multiply(a: Interval, b: Interval): Interval {
    return outward(intervals.multiply(a, b), this.#shift);
  }

  /** @returns a · n, exactly */
  scale(a: Interval, n: bigint): Interval {
    return intervals.scale(a, n);
  }

  square(a: Interval): Interval {
    const { low, high } = this.abs(a);
    return outward({ low: low * low, high: high * high }, this.#shift);
  }

  /** @returns undefined if 0 is in b */
  divide(a: Interval, b: Interval): Interval | undefined {
    if (b.low <= 0n && b.high >= 0n) return undefined;
    return b.low > 0n ? this.#quotient(a, b) : this.#quotient(this.negate(a), this.negate(b));
  }

  /**
   * The result has about n·log₂|a| bits before the binary point: bound that first.
   *
   * @param n  an integer ≥ 0; a^0 = 1
   */
  power(a: Interval, n: number): Interval {
    if (!Number.isSafeInteger(n) || n < 0)
      throw new RangeError(`Cannot enclose the power ${n}: expected an integer ≥ 0`);
    if (n % 2 === 0) {
      const { low, high } = this.abs(a);
      return { low: this.#powerOf(low, n).low, high: this.#powerOf(high, n).high };
    }
    const odd = (end: bigint) => (end < 0n ? this.negate(this.#powerOf(-end, n)) : this.#powerOf(end, n));
    return { low: odd(a.low).low, high: odd(a.high).high };
  }

  hull(a: Interval, b: Interval): Interval {
    return { low: a.low < b.low ? a.low : b.low, high: a.high > b.high ? a.high : b.high };
  }

  /** @returns what holds the larger of two members */
  max(a: Interval, b: Interval): Interval {
    return { low: a.low > b.low ? a.low : b.low, high: a.high > b.high ? a.high : b.high };
  }

  /** @returns what holds the smaller of two members */
  min(a: Interval, b: Interval): Interval {
    return { low: a.low < b.low ? a.low : b.low, high: a.high < b.high ? a.high : b.high };
  }

  abs(a: Interval): Interval {
    if (a.low >= 0n) return a;
    if (a.high <= 0n) return this.negate(a);
    return { low: 0n, high: -a.low > a.high ? -a.low : a.high };
  }

  get pi(): Interval {
    this.#pi ??= Object.freeze(
      this.#tightest(0n, 0n, (E) => {
        // Machin: π = 16 atan(1/5) − 4 atan(1/239).
        const [fifth, other] = [atanSeries(E.of(1n, 5n), E.#shift), atanSeries(E.of(1n, 239n), E.#shift)];
        return E.subtract(E.scale(fifth, 16n), E.scale(other, 4n));
      }),
    );
    return this.#pi;
  }

  get ln2(): Interval {
    // artanh(1/3) = ½ log((1 + 1/3)/(1 − 1/3)) = ½ log 2
    this.#ln2 ??= Object.freeze(this.#tightest(0n, 0n, (E) => E.scale(atanhSeries(E.of(1n, 3n), E.#shift), 2n)));
    return this.#ln2;
  }

  /** @returns undefined if a has a member < 0 */
  sqrt(a: Interval): Interval | undefined {
    if (a.low < 0n) return undefined;
    return { low: floorRoot(a.low << this.#shift, 2n), high: ceilingSquareRoot(a.high << this.#shift) };
  }

  /** @returns undefined if a has a member > 4096 */
  exp(a: Interval): Interval | undefined {
    if (a.high > largestExponent << this.#shift) return undefined;
    return this.#increasing(a, (t) => {
      if (t < 0n && this.#vanishes(-t, this.#shift)) return { low: 0n, high: 1n };
      // e^x < 2^(3x/2), so this many more bits make the relative precision an absolute one.
      return this.#tightest(t, t > 0n ? (3n * t) / this.#one / 2n : 0n, (E, x) => E.#expOf(x));
    });
  }

  /** @returns undefined if a has a member ≤ 0 */
  log(a: Interval): Interval | undefined {
    if (a.low <= 0n) return undefined;
    return this.#increasing(a, (t) => {
      const power = bitLength(t) - 1;
      const below = 1n << BigInt(power);
      const k = power - this.bits;
      // t/2^bits = 2^k·m with m = t/below in [1, 2), and log m = 2 artanh((m − 1)/(m + 1)).
      return this.#tightest(t, BigInt(bitLength(BigInt(k))), (E) => {
        const logarithm = E.scale(atanhSeries(E.of(t - below, t + below), E.#shift), 2n);
        return k === 0 ? logarithm : E.add(logarithm, E.scale(E.ln2, BigInt(k)));
      });
    });
  }

  sin(a: Interval): Interval {
    return this.#wave(a, 0n);
  }

  cos(a: Interval): Interval {
    return this.#wave(a, 1n);
  }

  atan(a: Interval): Interval {
    return this.#increasing(a, (t) => this.#odd(t, (s) => this.#tightest(s, 0n, (E, x) => E.#atanOf(x))));
  }

  /**
   * Encloses acos on the members of a that lie in [-1, 1]: a is clipped. Sound for an enclosure of a number that is known to be
   * in [-1, 1], such as a cosine, where only rounding lets the enclosure stick out.
   *
   * @returns undefined if no member of a is in [-1, 1]
   */
  acos(a: Interval): Interval | undefined {
    const one = this.#one;
    if (a.low > one || a.high < -one) return undefined;
    const clipped = { low: a.low < -one ? -one : a.low, high: a.high > one ? one : a.high };
    // Decreasing: the ends change places.
    return this.#increasing({ low: clipped.high, high: clipped.low }, (t) => {
      const size = t < 0n ? -t : t;
      return this.#tightest(t, 0n, (E) => {
        // With c = |x|: acos c = 2 atan √((1 − c)/(1 + c)), and acos(−c) = π − acos c.
        const ratio = new Enclosures(2 * E.bits).of(one - size, one + size);
        const angle = E.scale(E.#atanOf({ low: floorRoot(ratio.low, 2n), high: ceilingSquareRoot(ratio.high) }), 2n);
        return t < 0n ? E.subtract(E.pi, angle) : angle;
      });
    });
  }

  tanh(a: Interval): Interval {
    return this.#increasing(a, (t) =>
      this.#odd(t, (s) => {
        // 1 − tanh x < 2e^(−2x)
        if (this.#vanishes(2n * s, this.#shift + 1n)) return { low: this.#one - 1n, high: this.#one };
        return this.#tightest(s, 0n, (E, x) => {
          const e = E.#expOf(E.scale(x, -2n));
          return E.subtract(E.#quotient(point(2n * E.#one), E.add(point(E.#one), e)), point(E.#one));
        });
      }),
    );
  }

  /** 1/(1 + e^(−z)) */
  sigmoid(a: Interval): Interval {
    return this.#increasing(a, (t) => {
      const size = t < 0n ? -t : t;
      let right: Interval;
      // 1 − sigmoid(x) < e^(−x)
      if (this.#vanishes(size, this.#shift)) right = { low: this.#one - 1n, high: this.#one };
      else
        right = this.#tightest(size, 0n, (E, x) =>
          E.#quotient(point(E.#one), E.add(point(E.#one), E.#expOf(E.negate(x)))),
        );
      return t < 0n ? this.subtract(point(this.#one), right) : right;
    });
  }

  /** log(1 + e^z) = max(z, 0) + log(1 + e^(−|z|)) */
  softplus(a: Interval): Interval {
    return this.#increasing(a, (t) => {
      const [size, ramp] = t < 0n ? [-t, 0n] : [t, t];
      // log(1 + e^(−x)) < e^(−x)
      if (this.#vanishes(size, this.#shift)) return { low: ramp, high: ramp + 1n };
      const rest = this.#tightest(size, 0n, (E, x) => E.#log1pOf(E.#expOf(E.negate(x))));
      return this.add(point(ramp), rest);
    });
  }

  /** log((e^z + e^(−z))/2) = |z| + log(1 + e^(−2|z|)) − log 2 */
  logCosh(a: Interval): Interval {
    return this.#increasing(this.abs(a), (t) => {
      if (t === 0n) return point(0n);
      return this.#tightest(t, 0n, (E, x) => {
        const value = E.subtract(E.add(x, E.#log1pOf(E.#expOf(E.scale(x, -2n)))), E.ln2);
        return E.max(value, point(0n)); // cosh ≥ 1
      });
    });
  }

  /** (2/√π)·∫₀ᶻ e^(−t²) dt */
  erf(a: Interval): Interval {
    return this.#increasing(a, (t) =>
      this.#odd(t, (s) => {
        // 1 − erf x ≤ e^(−x²)
        if (this.#vanishes((s * s) >> this.#shift, this.#shift)) return { low: this.#one - 1n, high: this.#one };
        return this.#tightest(s, 0n, (E, x) => {
          const integral = E.#quotient(erfSeries(x, E.#shift), E.#expOf(E.square(x)));
          const rootPi = { low: floorRoot(E.pi.low << E.#shift, 2n), high: ceilingSquareRoot(E.pi.high << E.#shift) };
          return E.#quotient(E.scale(integral, 2n), rootPi);
        });
      }),
    );
  }

  /** Whether e^(−x) < 2^(−m) is certain, for x = t/2^bits: it is if 10 x ≥ 7 m, as e^7 > 2^10. */
  #vanishes(t: bigint, m: bigint): boolean {
    return 10n * t >= (7n * m) << this.#shift;
  }

  #quotient(a: Interval, b: Interval): Interval {
    // b > 0: the low end is the smallest quotient of low ends, which is over b.high if it is ≥ 0 and over b.low if not.
    return {
      low: floorQuotient(a.low << this.#shift, a.low < 0n ? b.low : b.high),
      high: ceilingQuotient(a.high << this.#shift, a.high < 0n ? b.high : b.low),
    };
  }

  /** Encloses (t/2^bits)^n for t ≥ 0, by squaring, with some bits more in between. */
  #powerOf(t: bigint, n: number): Interval {
    const length = bitLength(t) - this.bits;
    return this.#tightest(t, BigInt(2 * bitLength(BigInt(n)) + (length > 0 ? length * n : 0)), (E, x) => {
      let result = point(E.#one);
      for (const digit of n.toString(2)) {
        result = E.square(result);
        if (digit === '1') result = E.multiply(result, x);
      }
      return result;
    });
  }

  /** Joins the enclosures of an increasing function at both ends. */
  #increasing(a: Interval, at: (t: bigint) => Interval): Interval {
    const left = at(a.low);
    return a.low === a.high ? left : { low: left.low, high: at(a.high).high };
  }

  /** f(−x) = −f(x) */
  #odd(t: bigint, at: (size: bigint) => Interval): Interval {
    return t < 0n ? this.negate(at(-t)) : at(t);
  }

  /**
   * Encloses f(t/2^bits) at a higher precision, and rounds outward. Where the result is wider than one unit it tries again more
   * precisely, a few times; whatever the precision, the result is an enclosure.
   *
   * @param need  bits of which f is known to lose more than a few
   * @param at    encloses f at the point x, the argument over the denominator of E
   */
  #tightest(t: bigint, need: bigint, at: (E: Enclosures, x: Interval) => Interval): Interval {
    let guard = guardFor(need);
    const enough = 2 * this.bits + guard;
    for (;;) {
      const shift = BigInt(guard);
      const result = outward(at(this.#withGuard(guard), point(t << shift)), shift);
      if (result.high - result.low <= 1n || guard >= enough) return result;
      guard *= 4;
    }
  }

  /** Kept, so that its π and log 2 are computed once; a guard is a power of 2, so there are few. */
  #withGuard(guard: number): Enclosures {
    let fine = this.#finer.get(guard);
    if (fine === undefined) {
      fine = new Enclosures(this.bits + guard);
      this.#finer.set(guard, fine);
    }
    return fine;
  }

  /** Encloses e^x at this precision, relative to its size if it is large. */
  #expOf(x: Interval): Interval {
    if (x.high < 0n && this.#vanishes(-x.high, this.#shift)) return { low: 0n, high: 1n };
    const { ln2 } = this;
    // r = x − k log 2 ≥ 0 at both ends: k is rounded down, by the end of log 2 that the low end of r is made with.
    const k = floorQuotient(x.low, x.low < 0n ? ln2.low : ln2.high);
    const r = this.subtract(x, this.scale(ln2, k));
    let e = expSeries(outward(r, squarings), this.#shift);
    for (let s = 0n; s < squarings; s += 1n) e = this.square(e);
    return k < 0n ? outward(e, -k) : { low: e.low << k, high: e.high << k };
  }

  /** Encloses log(1 + x) = 2 artanh(x/(2 + x)) for 0 ≤ x ≤ 1 and a few units more. */
  #log1pOf(x: Interval): Interval {
    const ratio = this.#quotient(x, this.add(x, point(2n * this.#one)));
    return this.scale(atanhSeries(ratio, this.#shift), 2n);
  }

  /** Encloses atan x for x ≥ 0: tan(φ/2) = tan φ/(1 + √(1 + tan² φ)). */
  #atanOf(x: Interval): Interval {
    let tangent = x;
    for (let s = 0n; s < bisections; s += 1n) {
      const secant = this.add(this.square(tangent), point(this.#one));
      const root = {
        low: floorRoot(secant.low << this.#shift, 2n),
        high: ceilingSquareRoot(secant.high << this.#shift),
      };
      tangent = this.#quotient(tangent, this.add(root, point(this.#one)));
    }
    return this.scale(atanSeries(tangent, this.#shift), 1n << bisections);
  }

  /** Encloses sin(x + phase·π/2) on a: its values at both ends, and ±1 where a peak or a trough cannot be excluded. */
  #wave(a: Interval, phase: bigint): Interval {
    const whole = { low: -this.#one, high: this.#one };
    const length = bitLength(this.abs(a).high) - this.bits;
    if (a.high - a.low >= 7n * this.#one || length > largestTurn) return whole;
    const need = BigInt(length > 0 ? length : 0);
    const at = (t: bigint) => this.#tightest(t, need, (E, x) => E.#waveOf(x, phase));
    const ends = a.low === a.high ? at(a.low) : this.hull(at(a.low), at(a.high));

    // Peaks are at the quarter turns n with n + phase = 1 modulo 4, troughs at those with 3.
    const guard = guardFor(need);
    const fine = this.#withGuard(guard);
    const turns = fine.#quarterTurns({ low: a.low << BigInt(guard), high: a.high << BigInt(guard) });
    const first = -(-turns.low >> fine.#shift);
    const last = turns.high >> fine.#shift;
    const meets = (remainder: bigint) => first + BigInt.asUintN(2, remainder - phase - first) <= last;
    return { low: meets(3n) ? whole.low : ends.low, high: meets(1n) ? whole.high : ends.high };
  }

  /** Encloses x/(π/2). */
  #quarterTurns(x: Interval): Interval {
    return this.#quotient(this.scale(x, 2n), this.pi);
  }

  /** Encloses sin(x + phase·π/2) for a narrow x. */
  #waveOf(x: Interval, phase: bigint): Interval {
    const { pi } = this;
    // r = x − n π/2 ≥ 0 at both ends, as in #expOf.
    const n = floorQuotient(2n * x.low, x.low < 0n ? pi.low : pi.high);
    const twice = this.subtract(this.scale(x, 2n), this.scale(pi, n));
    const r = outward(twice, 1n);
    const quadrant = BigInt.asUintN(2, n + phase);
    const value = quadrant % 2n === 0n ? sinSeries(r, this.#shift) : cosSeries(r, this.#shift);
    const clipped = this.min(this.max(value, point(-this.#one)), point(this.#one));
    return quadrant < 2n ? clipped : this.negate(clipped);
  }
}
