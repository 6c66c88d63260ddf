import { addDotProducts } from './dot-products.js';
import { addDotProductsModulo, reduceAll, residue, roundingShift } from './modular.js';
import { maxBits, piecesFor, splitInteger } from './pieces.js';

/** A matrix as a sum of matrices of doubles: piece 0 counts once, piece j counts 2^(lowest + (j - 1) width) times. */
type SplitMatrix = {
  readonly pieces: readonly Float64Array[];
  readonly lowest: number;
  readonly width: number;
};

/**
 * The widths of pieces for rows of n entries. Digits to the base p are at most 2^23 in size. The upper pieces are so
 * narrow that a row of them times a vector of digits, and what the division by p carries down, add up exactly:
 * (n + 2) 2^(width - 1) 2^23 ≤ 2^51.
 *
 * The lowest piece may be wider. What it adds up to is rounded, but the sum is known to be a multiple of p, and the
 * error is below (n + 2)² 2^(lowest - 1) 2^-53 p ≤ p / 4, so that rounding the quotient to an integer corrects it.
 */
function pieceWidths(n: number): { lowest: number; width: number } {
  return { lowest: 52 - Math.ceil(2 * Math.log2(n + 2)), width: 29 - Math.ceil(Math.log2(n + 2)) };
}

/** @returns A, n × n, by rows */
export function splitSquare(A: readonly (readonly bigint[])[]): SplitMatrix {
  const n = A.length;
  const { lowest, width } = pieceWidths(n);
  const pieces = Array.from({ length: piecesFor(maxBits(A), lowest, width) }, () => new Float64Array(n * n));
  A.forEach((A_i, i) => {
    A_i.forEach((a, j) => {
      splitInteger(a, lowest, width, pieces, i * n + j);
    });
  });
  return { pieces, lowest, width };
}

/** @returns the residues modulo p of the entries of a split matrix, in the same order */
export function residuesOf({ pieces, lowest, width }: SplitMatrix, p: number): Float64Array {
  const residues = new Float64Array(pieces[0]?.length ?? 0);
  for (let j = pieces.length - 1; j >= 0; j--) {
    const piece = pieces[j] as Float64Array;
    const unit = residue(2 ** (j === 0 ? lowest : width), p);
    for (let e = 0; e < residues.length; e++) {
      residues[e] = (residues[e] as number) * unit + residue(piece[e] as number, p);
    }
    reduceAll(residues, p);
  }
  return residues;
}

/**
 * Finds the solution X of A X = B to the base p, a digit of all its entries at a time: with the residual R, at first B,
 * the digit is C R modulo p, and then R gives way to (R - A digit) / p, an integer again.
 *
 * @param A  n × n
 * @param B  n × r by rows
 * @param C  A⁻¹ modulo p by rows
 * @returns  without end the next digits of the entries of X, by columns, from -p/2 - 2 to p/2 + 2
 * @see Dixon, Exact solution of linear equations using p-adic expansions, Numerische Mathematik 40, 1982
 */
export function* liftDigits(
  A: SplitMatrix,
  B: readonly (readonly bigint[])[],
  C: Float64Array,
  p: number,
): Generator<Int32Array, never> {
  const n = B.length;
  const r = B[0]?.length ?? 0;
  const { lowest, width } = A;
  // The residual is at most max(|B|, 1.2 n |A|).
  const bitsOfA = lowest + width * (A.pieces.length - 1);
  const bits = Math.max(maxBits(B), bitsOfA + Math.ceil(Math.log2(n + 1)) + 1);
  const R = Array.from({ length: piecesFor(bits, lowest, width) }, () => new Float64Array(n * r));
  B.forEach((B_i, i) => {
    B_i.forEach((b, k) => {
      splitInteger(b, lowest, width, R, k * n + i);
    });
  });
  const digit = new Float64Array(n * r);
  const product = new Float64Array(n * r);
  const remainder = new Float64Array(n * r);
  for (;;) {
    digit.fill(0);
    addDotProductsModulo(digit, C, n, residuesOf({ pieces: R, lowest, width }, p), r, n, p);
    yield Int32Array.from(digit);
    remainder.fill(0);
    for (let j = R.length - 1; j >= 0; j--) {
      product.fill(0);
      const A_j = A.pieces[j];
      if (A_j !== undefined) addDotProducts(product, A_j, n, digit, r, n, 0, n);
      divide(R[j] as Float64Array, product, remainder, 2 ** (j === 0 ? lowest : width), p);
    }
    for (let j = 1; j < R.length; j++) {
      carry(R[j - 1] as Float64Array, R[j] as Float64Array, 2 ** (j === 1 ? lowest : width));
    }
  }
}

/** Long division of R - product by p in one piece: the remainder comes from the piece above, and goes to the next. */
function divide(R: Float64Array, product: Float64Array, remainder: Float64Array, unit: number, p: number): void {
  const inverse = 1 / p;
  for (let e = 0; e < R.length; e++) {
    const x = (remainder[e] as number) * unit + ((R[e] as number) - (product[e] as number));
    const quotient = x * inverse + roundingShift - roundingShift;
    R[e] = quotient;
    remainder[e] = x - quotient * p;
  }
}

/** Makes a piece as narrow as it should be, and lets the piece above take what it loses. */
function carry(piece: Float64Array, above: Float64Array, unit: number): void {
  const inverse = 1 / unit;
  for (let e = 0; e < piece.length; e++) {
    const x = piece[e] as number;
    const high = x * inverse + roundingShift - roundingShift;
    piece[e] = x - high * unit;
    above[e] = (above[e] as number) + high;
  }
}
