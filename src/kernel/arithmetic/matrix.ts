/** Matrices and vectors of rationals as integer numerators over one positive denominator: no gcd in hot loops. */
import { gcd } from './gcd.js';
import { type Rational, rational } from './rational.js';

export interface Matrix {
  /** every row has as many entries as the first */
  readonly rows: readonly (readonly bigint[])[];
  readonly denominator: bigint;
  /** an upper bound of the bits of every numerator and of the denominator, for the meter */
  readonly bits: number;
}

/** Nested lists of rationals: rows are what stands under each first index, in C order. */
export interface Tensor extends Matrix {
  /** at least two extents */
  readonly shape: readonly number[];
}

export interface Vector {
  readonly values: readonly bigint[];
  readonly denominator: bigint;
  readonly bits: number;
}

/** @returns entry j of the vector, in lowest terms */
export function entry(v: Vector, j: number): Rational {
  return rational(v.values[j] as bigint, v.denominator);
}

/** Row reduction over the integers: keeps what is given, and answers whether a new vector adds to the span. */
export class Span {
  readonly #rows: { readonly pivot: number; readonly values: readonly bigint[] }[] = [];

  constructor(readonly length: number) {}

  get dimension(): number {
    return this.#rows.length;
  }

  /** @returns true if v was not in the span of what came before; v is in it now */
  add(v: readonly bigint[]): boolean {
    if (this.#rows.length === this.length) return false;
    let rest = v;
    for (const { pivot, values } of this.#rows) {
      const factor = rest[pivot] as bigint;
      if (factor === 0n) continue;
      const lead = values[pivot] as bigint;
      // Without the common factor entries are no longer than minors, which elimination alone would exceed by far.
      rest = primitive(rest.map((c, j) => c * lead - factor * (values[j] as bigint)));
    }
    const pivot = rest.findIndex((c) => c !== 0n);
    if (pivot < 0) return false;
    this.#rows.push({ pivot, values: primitive(rest) });
    return true;
  }
}

/** @returns v divided by the gcd of its entries, with the first nonzero entry positive; the zero vector stays */
export function primitive(v: readonly bigint[]): readonly bigint[] {
  let g = 0n;
  for (const c of v) {
    g = gcd(g, c);
    if (g === 1n) break;
  }
  if (g === 0n) return v;
  const first = v.find((c) => c !== 0n) as bigint;
  const divisor = first < 0n ? -g : g;
  return divisor === 1n ? v : v.map((c) => c / divisor);
}
