/** Eigenvectors of a symmetric matrix with rational eigenvalues, exactly. */
import { lcm } from '../kernel/arithmetic/gcd.js';
import { compare, multiply, type Rational, rational, subtract } from '../kernel/arithmetic/rational.js';
import { ratio } from '../numerics/floats.js';
import { inner, kernelOf, type RationalRows, type RationalVector, rationalRows } from '../numerics/rational-matrix.js';

export interface Eigenvector {
  readonly value: Rational;
  readonly vector: RationalVector;
}

/**
 * @param A  symmetric
 * @returns orthogonal eigenvectors of the rational eigenvalues, the largest first, and whether these are all
 */
export function rationalEigenvectors(A: RationalRows): {
  readonly found: readonly Eigenvector[];
  readonly all: boolean;
} {
  const over = A.flat().reduce((common, { den }) => lcm(common, den), 1n);
  // Eigenvalues of the integer matrix over · A are algebraic integers: where rational, integers.
  const floats = eigenvalues(A.map((row) => row.map(({ num, den }) => ratio(num * (over / den), 1n))));
  const candidates = new Set(floats.filter(Number.isFinite).map((value) => BigInt(Math.round(value))));
  const found = [...candidates].flatMap((candidate): Eigenvector[] => {
    const value = rational(candidate, over);
    const shifted = A.map((row, i) => row.map((entry, j) => (i === j ? subtract(entry, value) : entry)));
    return orthogonal(rationalRows(kernelOf(shifted, A.length))).map((vector) => ({ value, vector }));
  });
  found.sort((a, b) => compare(b.value, a.value));
  return { found, all: found.length === A.length };
}

/** Gram and Schmidt. */
function orthogonal(basis: RationalRows): RationalRows {
  const done: RationalVector[] = [];
  for (const vector of basis) {
    let rest = vector;
    for (const other of done) {
      const [along, square] = [inner(rest, other), inner(other, other)];
      const factor = rational(along.num * square.den, along.den * square.num);
      rest = rest.map((entry, j) => subtract(entry, multiply(factor, other[j] as Rational)));
    }
    done.push(rest);
  }
  return done;
}

const sweeps = 60;

/** Jacobi's method. */
function eigenvalues(A: readonly (readonly number[])[]): readonly number[] {
  const M = A.map((row) => [...row]);
  const at = (i: number, j: number): number => M[i]?.[j] as number;
  const n = M.length;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (at(p, q) === 0) continue;
        const theta = (at(q, q) - at(p, p)) / (2 * at(p, q));
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          const row = M[k] as number[];
          const [a, b] = [row[p] as number, row[q] as number];
          [row[p], row[q]] = [c * a - s * b, s * a + c * b];
        }
        const [first, second] = [M[p] as number[], M[q] as number[]];
        for (let k = 0; k < n; k++) {
          const [a, b] = [first[k] as number, second[k] as number];
          [first[k], second[k]] = [c * a - s * b, s * a + c * b];
        }
      }
    }
  }
  return M.map((_, i) => at(i, i));
}
