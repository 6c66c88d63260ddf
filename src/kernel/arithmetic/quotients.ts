/** The field of rational functions of one variable. */
import type { Meter } from '../limits.js';
import { product, type RationalFunction } from './families.js';
import { bitLength } from './gcd.js';
import { integers } from './integers.js';
import { add, commonDivisor, derivative, divideExactly, negate, numeratorAt, type Polynomial } from './polynomial.js';
import { type Rational, rational } from './rational.js';

/** A quotient of polynomials with integer coefficients, in lowest terms, the leading coefficient below positive: equal functions have equal fields. */
export type Quotient = RationalFunction<Polynomial>;

/** Every operation is charged before it is done, and declined beyond the degree limit. */
export class Quotients {
  constructor(readonly meter: Meter) {}

  /** @throws RangeError if the denominator is 0 */
  of(numerator: Polynomial, denominator: Polynomial): Quotient {
    if (denominator.length === 0) throw new RangeError('Cannot make a rational function: its denominator is 0');
    const divisor = commonDivisor(numerator, denominator, this.meter);
    const over = (denominator[denominator.length - 1] as bigint) < 0n ? negate(divisor) : divisor;
    return {
      numerator: divideExactly(numerator, over, this.meter),
      denominator: divideExactly(denominator, over, this.meter),
    };
  }

  constant({ num, den }: Rational): Quotient {
    return { numerator: num === 0n ? [] : [num], denominator: [den] };
  }

  sum(...terms: readonly Quotient[]): Quotient {
    return terms.reduce((a, b) =>
      this.of(
        add(this.#product(a.numerator, b.denominator), this.#product(b.numerator, a.denominator)),
        this.#product(a.denominator, b.denominator),
      ),
    );
  }

  subtract(a: Quotient, b: Quotient): Quotient {
    return this.sum(a, { numerator: negate(b.numerator), denominator: b.denominator });
  }

  product(...factors: readonly Quotient[]): Quotient {
    return factors.reduce((a, b) =>
      this.of(this.#product(a.numerator, b.numerator), this.#product(a.denominator, b.denominator)),
    );
  }

  /** @throws RangeError if b = 0 */
  divide(a: Quotient, b: Quotient): Quotient {
    return this.of(this.#product(a.numerator, b.denominator), this.#product(a.denominator, b.numerator));
  }

  derivative({ numerator: n, denominator: d }: Quotient): Quotient {
    const [rising, falling] = [this.#product(derivative(n), d), this.#product(n, derivative(d))];
    return this.of(add(rising, negate(falling)), this.#product(d, d));
  }

  isZero({ numerator }: Quotient): boolean {
    return numerator.length === 0;
  }

  /** @returns the number that f is everywhere, or null where f varies */
  constantOf({ numerator, denominator }: Quotient): Rational | null {
    return numerator.length > 1 || denominator.length > 1 ? null : rational(numerator[0] ?? 0n, denominator[0]);
  }

  /** @throws RangeError if f has a pole at x */
  valueAt({ numerator: n, denominator: d }: Quotient, x: Rational): Rational {
    const [top, bottom] = [numeratorAt(n, x, this.meter), numeratorAt(d, x, this.meter)];
    const [degree, below] = [n.length === 0 ? 0 : n.length - 1, d.length - 1];
    const size = bitLength(top) + bitLength(bottom) + (degree + below) * bitLength(x.den);
    this.meter.charge(2, size, size);
    return rational(top * x.den ** BigInt(below), bottom * x.den ** BigInt(degree));
  }

  #product(a: Polynomial, b: Polynomial): Polynomial {
    return product(a, b, this.meter);
  }
}

/**
 * @param p  a polynomial over a positive integer
 * @returns  ∫₀ p, over another one
 */
export function antiderivative({ numerator, denominator }: Quotient, meter: Meter): Quotient {
  const quotients = new Quotients(meter);
  const [over] = denominator;
  if (over === undefined || denominator.length > 1) throw new RangeError('Cannot integrate what is no polynomial');
  const n = numerator.length;
  // The factorial of n is a multiple of each divisor, of at most n times the bits of n.
  const size = n * bitLength(BigInt(n)) + 1;
  meter.charge(3 * (n + 1), size, size + integers.mostBits([...numerator, over]));
  meter.hold(n + 1, size + integers.mostBits([...numerator, over]), '$.statement');
  let factorial = 1n;
  for (let k = 2n; k <= BigInt(n); k++) factorial *= k;
  const integrated = numerator.map((c, k) => c * (factorial / BigInt(k + 1)));
  return quotients.of(n === 0 ? [] : [0n, ...integrated], [factorial * over]);
}
