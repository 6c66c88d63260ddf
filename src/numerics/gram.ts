import { addDotProducts } from './dot-products.js';
import type { IntegerMatrix } from './exact-matrix.js';
import { maxBits, piecesFor, splitInteger } from './pieces.js';

/** Pieces of 22 bits with sign: their products are at most 2^42, and 2048 of these are added exactly. */
const width = 22;
/** Beyond this many pieces, bigints are faster. */
const mostPieces = 6;
/** Sizes for which the parts of the matrices in use stay in the cache. */
const rowsAtOnce = 64;
const termsAtOnce = 128;

/**
 * Computes the products of the columns of Z that normal equations are made of, exactly and mostly in doubles.
 *
 * @param Z        N × q by rows
 * @param m        how many of the columns have a row in the answer, at most q
 * @param weights  length N
 * @param observe  called with a part of the rows done and their number
 * @returns        the first m rows of Zᵀ diag(weights) Z, m × q
 */
export function gramRows(
  Z: IntegerMatrix,
  m: number,
  weights: readonly bigint[],
  observe: (done: number, total: number) => void,
): bigint[][] {
  const q = Z[0]?.length ?? 0;
  const weighted = weights.every((w) => w === 1n) ? Z : Z.map((Z_t, t) => Z_t.map((z) => (weights[t] as bigint) * z));
  const right = splitColumns(Z);
  const left = weighted === Z ? right : splitColumns(weighted);
  const G = Array.from({ length: m }, () => Array<bigint>(q).fill(0n));
  for (let from = 0; from < m; from += rowsAtOnce) {
    const to = Math.min(from + rowsAtOnce, m);
    if (left === null || right === null) addBigProducts(G, weighted, Z, from, to);
    else addPieceProducts(G, left, right, Z.length, from, to);
    observe(to, m);
  }
  for (let i = 0; i < m; i++) for (let j = 0; j < i; j++) (G[i] as bigint[])[j] = G[j]?.[i] as bigint;
  return G;
}

/** The pieces of a matrix, each by columns, and a bound for their entries in bits. */
type SplitColumns = { readonly pieces: readonly Float64Array[]; readonly bits: number };

/** @returns null if there would be more than `mostPieces` */
function splitColumns(Z: IntegerMatrix): SplitColumns | null {
  const bits = maxBits(Z);
  const count = piecesFor(bits, width, width);
  if (count > mostPieces) return null;
  const pieces = Array.from({ length: count }, () => new Float64Array(Z.length * (Z[0]?.length ?? 0)));
  Z.forEach((Z_t, t) => {
    Z_t.forEach((z, j) => {
      splitInteger(z, width, width, pieces, j * Z.length + t);
    });
  });
  return { pieces, bits: Math.min(bits, width - 1) };
}

/** Fills the places i ≤ j of the rows from ≤ i < to of G. */
function addPieceProducts(
  G: bigint[][],
  left: SplitColumns,
  right: SplitColumns,
  N: number,
  from: number,
  to: number,
): void {
  const exactTerms = 2 ** (53 - left.bits - right.bits);
  const columns = (G[0]?.length ?? 0) - from;
  const sums = new Float64Array((to - from) * columns);
  left.pieces.forEach((L, a) => {
    right.pieces.forEach((R, b) => {
      let terms = 0;
      for (let t = 0; t < N; t += termsAtOnce) {
        addDotProducts(
          sums,
          R.subarray(from * N),
          columns,
          L.subarray(from * N),
          to - from,
          N,
          t,
          Math.min(t + termsAtOnce, N),
        );
        terms += termsAtOnce;
        if (terms + termsAtOnce <= exactTerms && t + termsAtOnce < N) continue;
        for (let i = from; i < to; i++) {
          const G_i = G[i] as bigint[];
          for (let j = i; j < G_i.length; j++) {
            const sum = BigInt(sums[(i - from) * columns + j - from] as number);
            G_i[j] = (G_i[j] as bigint) + (sum << BigInt(width * (a + b)));
          }
        }
        sums.fill(0);
        terms = 0;
      }
    });
  });
}

function addBigProducts(G: bigint[][], weighted: IntegerMatrix, Z: IntegerMatrix, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const G_i = G[i] as bigint[];
    for (let j = i; j < G_i.length; j++) {
      G_i[j] = Z.reduce((sum, Z_t, t) => sum + (weighted[t]?.[i] as bigint) * (Z_t[j] as bigint), 0n);
    }
  }
}
