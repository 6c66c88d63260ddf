import { bitLength, gcd } from '../kernel/arithmetic/gcd.js';
import type { DenseValues } from '../kernel/model/network.js';

/** @returns the values of a layer in lowest common terms */
export function denseOf(
  weights: readonly (readonly bigint[])[],
  bias: readonly bigint[] | null,
  denominator: bigint,
): DenseValues {
  const rows = bias === null ? weights : [...weights, bias];
  let g = denominator;
  for (const row of rows) {
    for (const w of row) {
      if (g === 1n) break;
      g = gcd(g, w);
    }
  }
  const lower = (row: readonly bigint[]): readonly bigint[] => (g === 1n ? row : row.map((w) => w / g));
  let bits = bitLength(denominator / g);
  for (const row of rows) for (const w of row) bits = Math.max(bits, bitLength(w));
  return {
    weights: weights.map(lower),
    bias: bias === null ? null : lower(bias),
    denominator: denominator / g,
    bits,
  };
}
