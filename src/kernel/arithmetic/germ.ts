import { bitLength } from './gcd.js';
import { type Ordered, ordered } from './ordered.js';

/**
 * A polynomial c₀ + c₁t + … with integer coefficients, lowest degree first, seen from t → 0⁺: its sign is the sign that it has
 * on some interval (0, ε), which is the sign of its lowest nonzero coefficient. The empty list is 0.
 */
export type Germ = readonly bigint[];

/**
 * The ordered ring of germs at 0⁺ (theory.md 7, `descent-curve`), or of germs modulo t^(order+1).
 *
 * Truncated, a germ that is 0 through the order has sign 0: at a breakpoint either piece then gives the same expansion
 * through the order, because both pieces are affine and agree there.
 *
 * @param order  the highest power kept; null keeps all
 */
export function germs(order: number | null): Ordered<Germ> {
  const kept = order === null ? Number.POSITIVE_INFINITY : order + 1;
  return ordered<Germ>({
    zero: [],
    fromInteger: (n) => (n === 0n ? [] : [n]),
    add(a, b) {
      if (a.length === 0) return b;
      if (b.length === 0) return a;
      const [long, short] = a.length >= b.length ? [a, b] : [b, a];
      const sum = [...long];
      for (let k = 0; k < short.length; k++) sum[k] = (long[k] as bigint) + (short[k] as bigint);
      return sum;
    },
    negate: (a) => a.map((c) => -c),
    multiply(a, b) {
      if (a.length === 0 || b.length === 0) return [];
      const length = a.length + b.length - 1 < kept ? a.length + b.length - 1 : kept;
      const product = new Array<bigint>(length).fill(0n);
      for (let i = 0; i < a.length && i < length; i++) {
        const c = a[i] as bigint;
        if (c === 0n) continue;
        for (let j = 0; j < b.length && i + j < length; j++)
          product[i + j] = (product[i + j] as bigint) + c * (b[j] as bigint);
      }
      return product;
    },
    scale: (a, n) => (n === 0n ? [] : a.map((c) => c * n)),
    sign(a) {
      for (const c of a) if (c !== 0n) return c < 0n ? -1 : 1;
      return 0;
    },
    constant: (a) => (a.length === 0 ? 0n : a.slice(1).some((c) => c !== 0n) ? null : (a[0] as bigint)),
    // 64 more a coefficient, so that products of long germs with short coefficients are charged by their lengths.
    bits: (a) => a.reduce((sum, c) => sum + 64 + bitLength(c), 0),
  });
}

/** @returns the exponent and the coefficient of the lowest nonzero term, or null for 0 */
export function lowestTerm(a: Germ): { readonly order: number; readonly coefficient: bigint } | null {
  for (let k = 0; k < a.length; k++) {
    const coefficient = a[k] as bigint;
    if (coefficient !== 0n) return { order: k, coefficient };
  }
  return null;
}
