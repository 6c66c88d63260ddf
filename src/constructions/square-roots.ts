/** The field of the square roots of some rationals, where one or two of them are independent. */
import {
  type Algebraic,
  type AlgebraicNumbers,
  algebraicNumbers,
  type Fraction,
} from '../kernel/arithmetic/algebraic.js';
import { divide, type Rational, rational } from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';

/** Numbers of one field, with their arithmetic. */
export interface FieldOfRoots {
  readonly numbers: AlgebraicNumbers;
  /** √r of each radicand, in their order */
  readonly roots: readonly Fraction[];
}

const largestSquareFactor = 1_000n;

/**
 * @param radicands  r > 0
 * @returns Q(√r_1, √r_2, …), or null where more than two of the roots are independent
 */
export function fieldOfRoots(radicands: readonly Rational[]): FieldOfRoots | null {
  // √(n/d) = √(n d)/d, and n d = factor² · D.
  const parts = radicands.map(({ num, den }) => ({ ...withoutSquares(num * den), over: den }));
  const independent: bigint[] = [];
  for (const { D } of parts) {
    const rest = [D, ...independent.map((other) => D * other)];
    if (independent.length === 2) rest.push(D * (independent[0] as bigint) * (independent[1] as bigint));
    if (!rest.some((n) => rootOf(n) !== null)) independent.push(D);
  }
  if (independent.length > 2) return null;
  const numbers = numbersWith(independent);
  const generators = independent.map((_, k) => generator(numbers, independent, k));
  const roots = parts.map(({ D, factor, over }) => {
    const whole = rootOf(D);
    if (whole !== null) return fraction(numbers, [factor * whole], over);
    // √D √D_k = s, or √D √D_1 √D_2 = s: √D is s over the others.
    const k = independent.findIndex((other) => rootOf(D * other) !== null);
    const used = k < 0 ? generators : [generators[k] as Fraction];
    const product = used.reduce((sum, root) => times(numbers, sum, root), fraction(numbers, [1n], 1n));
    const others = k < 0 ? independent : [independent[k] as bigint];
    const s = rootOf(others.reduce((sum, other) => sum * other, D)) as bigint;
    return quotient(numbers, fraction(numbers, [factor * s], over), product);
  });
  return { numbers, roots };
}

/** a = 1, √D, or √D_1 + √D_2. */
function numbersWith([D, E]: readonly bigint[]): AlgebraicNumbers {
  const meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
  const field = (polynomial: readonly bigint[], from: bigint, to: bigint, index: number) =>
    algebraicNumbers({ polynomial, from: rational(from), to: rational(to), index }, meter);
  if (D === undefined) return field([-1n, 1n], 0n, 2n, 0);
  if (E === undefined) return field([-D, 0n, 1n], floorRoot(D), floorRoot(D) + 1n, 1);
  const low = floorRoot(D) + floorRoot(E);
  return field([(D - E) ** 2n, 0n, -2n * (D + E), 0n, 1n], low, low + 2n, 3);
}

/** √D_k in powers of a: a³ = (D + 3E)√D + (3D + E)√E where a = √D + √E. */
function generator(numbers: AlgebraicNumbers, [D, E]: readonly bigint[], k: number): Fraction {
  if (D === undefined || E === undefined) return fraction(numbers, [0n, 1n], 1n);
  const [own, other] = k === 0 ? [D, E] : [E, D];
  return fraction(numbers, [0n, -(3n * own + other), 0n, 1n], 2n * (other - own));
}

function fraction(numbers: AlgebraicNumbers, numerator: Algebraic, denominator: bigint): Fraction {
  return numbers.quotient(numerator, numbers.fromInteger(denominator));
}

export function constantIn(numbers: AlgebraicNumbers, { num, den }: Rational): Fraction {
  return fraction(numbers, numbers.fromInteger(num), den);
}

export function plus(numbers: AlgebraicNumbers, a: Fraction, b: Fraction): Fraction {
  const sum = numbers.add(numbers.scale(a.numerator, b.denominator), numbers.scale(b.numerator, a.denominator));
  return fraction(numbers, sum, a.denominator * b.denominator);
}

export function times(numbers: AlgebraicNumbers, a: Fraction, b: Fraction): Fraction {
  return fraction(numbers, numbers.multiply(a.numerator, b.numerator), a.denominator * b.denominator);
}

/** @throws RangeError if b = 0 */
export function quotient(numbers: AlgebraicNumbers, a: Fraction, b: Fraction): Fraction {
  return numbers.quotient(numbers.scale(a.numerator, b.denominator), numbers.scale(b.numerator, a.denominator));
}

/** The coefficients of 1, a, …; the leading coefficient of a's polynomial is 1 here. */
export function coefficientsOf({ numerator, denominator }: Fraction): readonly Rational[] {
  return numerator.length === 0 ? [rational(0n)] : numerator.map((c) => divide(rational(c), rational(denominator)));
}

/** n = factor² · D; square factors of n beyond a bound stay in D. */
function withoutSquares(n: bigint): { readonly D: bigint; readonly factor: bigint } {
  let [D, factor] = [n, 1n];
  for (let k = 2n; k <= largestSquareFactor && k * k <= D; k++) {
    while (D % (k * k) === 0n) [D, factor] = [D / (k * k), factor * k];
  }
  return { D, factor };
}

/** @returns √n, or null where it is irrational */
function rootOf(n: bigint): bigint | null {
  const root = floorRoot(n);
  return root * root === n ? root : null;
}

/** ⌊√n⌋ by Newton's method from above */
function floorRoot(n: bigint): bigint {
  let root = n + 1n;
  for (let next = (root + n / root) / 2n; next < root; next = (root + n / root) / 2n) root = next;
  return root;
}
