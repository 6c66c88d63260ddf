import { integers } from './integers.js';
import { type Ordered, ordered, type Sign } from './ordered.js';

/**
 * A polynomial c₀ + c₁t + …, lowest degree first, seen from t → 0⁺: its sign is the sign that it has on some interval (0, ε), which is the sign of
 * its lowest nonzero coefficient. The empty list is 0.
 */
export type GermOver<C> = readonly C[];

/** With integer coefficients. */
export type Germ = GermOver<bigint>;

/**
 * The ordered ring of germs at 0⁺ (theory.md 7, `descent-curve`), or of germs modulo t^(order+1), with integer coefficients.
 *
 * @param order  the highest power kept; null keeps all
 */
export function germs(order: number | null): Ordered<Germ> {
  return germsOver(integers, order);
}

/**
 * The same with coefficients in any ordered ring whose signs are decided.
 *
 * Truncated, a germ that is 0 through the order has sign 0: at a breakpoint either piece then gives the same expansion
 * through the order, because both pieces are affine and agree there.
 *
 * @param order  the highest power kept; null keeps all
 */
export function germsOver<C>(ring: Ordered<C>, order: number | null): Ordered<GermOver<C>> {
  const kept = order === null ? Number.POSITIVE_INFINITY : order + 1;
  const { add, multiply, scale } = ring;
  /** Written as 0: what is 0 for another reason is only carried along. */
  const isNothing = (c: C): boolean => ring.constant(c) === 0n;
  return ordered<GermOver<C>>({
    zero: [],
    fromInteger: (n) => (n === 0n ? [] : [ring.fromInteger(n)]),
    add(a, b) {
      if (a.length === 0) return b;
      if (b.length === 0) return a;
      const [long, short] = a.length >= b.length ? [a, b] : [b, a];
      const sum = [...long];
      for (let k = 0; k < short.length; k++) sum[k] = add(long[k] as C, short[k] as C);
      return sum;
    },
    negate: (a) => a.map(ring.negate),
    multiply(a, b) {
      if (a.length === 0 || b.length === 0) return [];
      const length = a.length + b.length - 1 < kept ? a.length + b.length - 1 : kept;
      const product = new Array<C>(length).fill(ring.zero);
      for (let i = 0; i < a.length && i < length; i++) {
        const c = a[i] as C;
        if (isNothing(c)) continue;
        for (let j = 0; j < b.length && i + j < length; j++)
          product[i + j] = add(product[i + j] as C, multiply(c, b[j] as C));
      }
      return product;
    },
    scale: (a, n) => (n === 0n ? [] : a.map((c) => scale(c, n))),
    sign: (a) => lowestTerm(ring, a)?.sign ?? 0,
    constant: (a) => (a.length === 0 ? 0n : a.slice(1).every(isNothing) ? ring.constant(a[0] as C) : null),
    // 64 more a coefficient, so that products of long germs with short coefficients are charged by their lengths.
    bits: (a) => a.reduce((sum, c) => sum + 64 + ring.bits(c), 0),
  });
}

/** @returns the exponent of the lowest nonzero term, its coefficient and the sign of that, or null for 0 */
export function lowestTerm<C>(
  ring: Ordered<C>,
  a: GermOver<C>,
): { readonly order: number; readonly coefficient: C; readonly sign: Sign } | null {
  for (let k = 0; k < a.length; k++) {
    const coefficient = a[k] as C;
    const sign = ring.sign(coefficient);
    if (sign === undefined) throw new RangeError('Cannot order germs: a coefficient has no sign');
    if (sign !== 0) return { order: k, coefficient, sign };
  }
  return null;
}
