import { type Enclosures, largestExponent } from '../arithmetic/enclosure.js';
import { bitLength } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import { type Interval, point } from '../arithmetic/interval.js';
import { multiply, type Rational, rational } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import { decline } from '../verdict.js';
import type { SmoothPiece } from './activation.js';

/** Enclosures of a function and its first two derivatives over one interval. */
export interface Jet {
  readonly value: Interval;
  readonly first: Interval;
  readonly second: Interval;
}

/**
 * Charges for one enclosure of a function at z, over 2^bits: a series of about as many terms as bits, all of that length. e^x needs 3x/2
 * more bits, and so many more are assumed of every function.
 */
export function chargeFunction(meter: Meter, bits: number, { low, high }: Interval): void {
  const whole = high >> BigInt(bits);
  // A power of 2 above twice the whole part.
  const growth = whole > 0n && whole <= largestExponent ? 2 ** (bitLength(whole) + 1) : 0;
  const [below, above] = [bitLength(low), bitLength(high)];
  const size = bits + growth + (below > above ? below : above);
  meter.charge(2 * (200 + bits + growth), size, size);
}

/** @throws Refusal (declined) where there is no enclosure */
export function known(value: Interval | undefined): Interval {
  if (value === undefined) decline('irrational-value', '$.statement', 'a value is too large, or too wide, to enclose');
  return value;
}

/** @returns an enclosure of the piece over the whole interval t, numerators over 2^bits */
export function smoothValue(e: Enclosures, piece: SmoothPiece, t: Interval, meter: Meter): Interval {
  if (piece.function === 'polynomial') return polynomialValue(e, piece.coefficients, t, meter);
  const z = argumentOf(e, piece, t, meter);
  return e.add(of(e, piece.offset), e.multiply(of(e, piece.scale), functionValue(e, piece, z)));
}

/**
 * The piece and its first two derivatives over the whole interval t, numerators over 2^bits.
 *
 * @see proofs/rules/strongly-convex-ball.md 1, for the formulas
 */
export function smoothJet(e: Enclosures, piece: SmoothPiece, t: Interval, meter: Meter): Jet {
  if (piece.function === 'polynomial') {
    const first = derivativeOf(piece.coefficients);
    return {
      value: polynomialValue(e, piece.coefficients, t, meter),
      first: polynomialValue(e, first, t, meter),
      second: polynomialValue(e, derivativeOf(first), t, meter),
    };
  }
  const { value, first, second } = functionJet(e, piece, argumentOf(e, piece, t, meter));
  const [scale, rate] = [of(e, piece.scale), of(e, piece.rate)];
  const steep = e.multiply(scale, rate);
  return {
    value: e.add(of(e, piece.offset), e.multiply(scale, value)),
    first: e.multiply(steep, first),
    second: e.multiply(e.multiply(steep, rate), second),
  };
}

type FunctionPiece = Exclude<SmoothPiece, { function: 'polynomial' }>;

const of = (e: Enclosures, { num, den }: Rational): Interval => e.of(num, den);

function argumentOf(e: Enclosures, { rate, shift }: FunctionPiece, t: Interval, meter: Meter): Interval {
  const z = e.add(e.multiply(of(e, rate), t), of(e, shift));
  chargeFunction(meter, e.bits, z);
  return z;
}

function derivativeOf(coefficients: readonly Rational[]): readonly Rational[] {
  return coefficients.slice(1).map((c, k) => multiply(c, rational(BigInt(k + 1))));
}

function polynomialValue(e: Enclosures, coefficients: readonly Rational[], t: Interval, meter: Meter): Interval {
  const { length } = coefficients;
  const size = integers.mostBits([t.low, t.high]);
  const most = integers.mostBits(coefficients.map(({ num }) => num));
  meter.charge(4 * length, most + length * size, e.bits + size);
  return coefficients.reduceRight((value, c) => e.add(e.multiply(value, t), of(e, c)), point(0n));
}

function functionValue(e: Enclosures, { function: name, alpha }: FunctionPiece, z: Interval): Interval {
  switch (name) {
    case 'exp':
      return known(e.exp(z));
    case 'tanh':
      return e.tanh(z);
    case 'sigmoid':
      return e.sigmoid(z);
    case 'atan':
      return e.atan(z);
    case 'sin':
      return e.sin(z);
    case 'softplus':
      return e.softplus(z);
    case 'erf':
      return e.erf(z);
    case 'isru':
      return known(e.divide(z, known(e.sqrt(stretched(e, alpha, z)))));
    case 'silu':
      return e.multiply(z, e.sigmoid(z));
    case 'gelu':
      return e.multiply(z, normal(e, z).below);
  }
}

function functionJet(e: Enclosures, piece: FunctionPiece, z: Interval): Jet {
  const one = e.of(1n);
  const twice = (a: Interval): Interval => e.scale(a, 2n);
  const value = functionValue(e, piece, z);
  switch (piece.function) {
    case 'exp':
      return { value, first: value, second: value };
    case 'tanh': {
      const first = e.subtract(one, e.square(value));
      return { value, first, second: e.multiply(e.scale(value, -2n), first) };
    }
    case 'sigmoid': {
      const first = e.multiply(value, e.subtract(one, value));
      return { value, first, second: e.multiply(first, e.subtract(one, twice(value))) };
    }
    case 'atan': {
      const first = known(e.divide(one, e.add(one, e.square(z))));
      return { value, first, second: e.multiply(e.scale(z, -2n), e.square(first)) };
    }
    case 'sin':
      return { value, first: e.cos(z), second: e.negate(value) };
    case 'softplus': {
      const first = e.sigmoid(z);
      return { value, first, second: e.multiply(first, e.subtract(one, first)) };
    }
    case 'erf': {
      const first = e.scale(known(e.divide(gaussian(e, e.square(z)), known(e.sqrt(e.pi)))), 2n);
      return { value, first, second: e.multiply(e.scale(z, -2n), first) };
    }
    case 'isru': {
      const q = stretched(e, piece.alpha, z);
      const first = known(e.divide(one, e.multiply(q, known(e.sqrt(q)))));
      const second = known(e.divide(e.multiply(of(e, piece.alpha), e.multiply(e.scale(z, -3n), first)), q));
      return { value, first, second };
    }
    case 'silu': {
      const s = e.sigmoid(z);
      const rest = e.subtract(one, s);
      const bend = e.add(e.of(2n), e.multiply(z, e.subtract(one, twice(s))));
      return {
        value,
        first: e.multiply(s, e.add(one, e.multiply(z, rest))),
        second: e.multiply(e.multiply(s, rest), bend),
      };
    }
    case 'gelu': {
      const { below, density } = normal(e, z);
      return {
        value,
        first: e.add(below, e.multiply(z, density)),
        second: e.multiply(density, e.subtract(e.of(2n), e.square(z))),
      };
    }
  }
}

/** 1 + αz² */
function stretched(e: Enclosures, alpha: Rational, z: Interval): Interval {
  return e.add(e.of(1n), e.multiply(of(e, alpha), e.square(z)));
}

/** e^(−a) for a ≥ 0 */
function gaussian(e: Enclosures, a: Interval): Interval {
  return known(e.exp(e.negate(a)));
}

/** The distribution function Φ(z) = (1 + erf(z/√2))/2 of the standard normal law, and its density. */
function normal(e: Enclosures, z: Interval): { readonly below: Interval; readonly density: Interval } {
  const two = e.of(2n);
  const doubled = e.add(e.of(1n), e.erf(known(e.divide(z, known(e.sqrt(two))))));
  const bell = gaussian(e, known(e.divide(e.square(z), two)));
  return {
    below: known(e.divide(doubled, two)),
    density: known(e.divide(bell, known(e.sqrt(e.scale(e.pi, 2n))))),
  };
}
