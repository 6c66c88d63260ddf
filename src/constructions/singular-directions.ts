/** The span of some eigenvectors of a rational symmetric matrix, exactly: over the rationals, or over one field Q(a). */
import { type AlgebraicNumbers, algebraicNumbers, type Fraction } from '../kernel/arithmetic/algebraic.js';
import { type Polynomial, squareFreePart } from '../kernel/arithmetic/polynomial.js';
import { negate, type Rational, rational } from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { Matrices, type RowsOf, transpose, type VectorOf } from '../numerics/matrices.js';
import { type RationalRows, type RationalVector, rationalMatrices } from '../numerics/rational-matrix.js';
import { isolated, mostFactorDegree, type RealFactor, realFactors } from '../numerics/real-factors.js';
import { fieldOf, integersOf } from '../numerics/real-field.js';
import { constantIn, fieldOfRoots, plus, times } from './square-roots.js';

/** What is kept: the eigenvectors of the largest eigenvalues, or of the least that are not 0. */
export type Choice = 'largest' | 'least';

export type Directions =
  | { readonly kind: 'rational'; readonly columns: RationalRows }
  | { readonly kind: 'in-field'; readonly numbers: AlgebraicNumbers; readonly columns: RowsOf<Fraction> }
  /** the span has no basis in the rationals or in one field that is looked for: why */
  | { readonly kind: 'none'; readonly message: string };

/** A root, and of how many of its eigenvectors the span is made. */
interface Root {
  readonly multiplicity: number;
  readonly kept: number;
}

/**
 * Finds a basis, as a list of vectors, of the span of eigenvectors of so many eigenvalues. Where all conjugates of an eigenvalue are kept alike, the
 * rationals will do; else one eigenvalue of degree at most four is, or is not, kept in another way than its conjugates, and its field will do; or square
 * roots, two independent ones at most.
 *
 * @param A  symmetric, positive semidefinite
 */
export function singularDirections(A: RationalRows, count: number, choice: Choice): Directions {
  const N = primitiveMultiple(A);
  const p = integersIn(rationalMatrices.characteristic(N.map((row) => row.map(negate))));
  const meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
  const factors = realFactors(squareFreePart(p, meter));
  const multiplicities = new Map<number, number>();
  for (const factor of factors) {
    const kernel = kernelOfPolynomial(N, factor.polynomial);
    for (const root of factor.roots) multiplicities.set(root, kernel.length / factor.roots.length);
  }
  const order = [...multiplicities.keys()].sort((a, b) => a - b);
  const zero = factors.find(({ polynomial: [constant] }) => constant === 0n)?.roots[0];
  const usable = choice === 'least' ? order.filter((root) => root !== zero) : [...order].reverse();
  const roots = new Map<number, Root>(
    order.map((root) => [root, { multiplicity: multiplicities.get(root) as number, kept: 0 }]),
  );
  let left = count;
  for (const root of usable) {
    const { multiplicity } = roots.get(root) as Root;
    const kept = Math.min(left, multiplicity);
    roots.set(root, { multiplicity, kept });
    left -= kept;
  }
  if (left > 0) {
    return {
      kind: 'none',
      message: `${count - left} of the ${A.length} eigenvalues are not 0, and ${count} are asked for`,
    };
  }
  const partial = factors.filter(({ roots: all, polynomial }) => polynomial.length > 2 && !isAlike(all, roots));
  const whole = factors
    .filter((factor) => !partial.includes(factor))
    // The largest eigenvalues first.
    .sort((a, b) => Math.max(...b.roots) - Math.max(...a.roots))
    .flatMap(({ polynomial, roots: all }): RationalRows => {
      const { kept } = roots.get(all[0] as number) as Root;
      if (kept === 0) return [];
      const basis = orthogonal(kernelOfPolynomial(N, polynomial));
      if (polynomial.length > 2) return basis;
      return choice === 'largest' ? basis.slice(0, kept) : basis.slice(-kept);
    });
  if (partial.length === 0) return { kind: 'rational', columns: whole };
  return overOneField(N, partial, roots, whole);
}

const isAlike = (all: readonly number[], roots: ReadonlyMap<number, Root>): boolean =>
  all.every((root) => [0, roots.get(root)?.multiplicity].includes(roots.get(root)?.kept)) &&
  new Set(all.map((root) => roots.get(root)?.kept)).size === 1;

function overOneField(
  N: RationalRows,
  partial: readonly RealFactor[],
  roots: ReadonlyMap<number, Root>,
  whole: RationalRows,
): Directions {
  const none = (why: string): Directions => ({
    kind: 'none',
    message: `${why}: the directions are not in one field that is looked for (of one eigenvalue of degree at most ${mostFactorDegree}, or of two square roots)`,
  });
  const names = partial.map(({ polynomial }) => inWords(polynomial)).join(' and ');
  const long = partial.find(({ irreducible }) => !irreducible);
  if (long !== undefined) return none(`some, but not all roots of ${inWords(long.polynomial)} are kept`);
  const quadratic = partial.every(({ polynomial }) => polynomial.length === 3);
  if (!quadratic && partial.length > 1) return none(`some, but not all roots are kept of ${names}`);
  const found = quadratic ? quadraticEigenvalues(partial, roots) : oneEigenvalue(partial[0] as RealFactor, roots);
  if (found === null)
    return none(`some, but not all roots of ${names} are kept, and no single one of them is told apart`);
  const { numbers, eigenvalues } = found;
  const matrices = new Matrices(fieldOf(numbers));
  const lift = (rows: RationalRows): RowsOf<Fraction> => rows.map((row) => row.map((q) => constantIn(numbers, q)));
  const columns = partial.flatMap((factor, at) => {
    const { root, value } = eigenvalues[at] as Eigenvalue;
    const { multiplicity, kept } = roots.get(root) as Root;
    const vectors = eigenvectors(matrices, lift(N), value);
    const others = factor.roots.filter((other) => other !== root && (roots.get(other) as Root).kept > 0);
    if (others.length === 0) return vectors.slice(0, kept);
    // All others are kept whole: what is orthogonal, in the space of all, to the vectors that are not.
    const all = lift(transpose(kernelOfPolynomial(N, factor.polynomial)));
    const left = vectors.slice(0, multiplicity - kept);
    const coordinates = matrices.kernel(matrices.times(left, all), all[0]?.length ?? 0);
    return coordinates.map((x) => matrices.timesVector(all, x));
  });
  return { kind: 'in-field', numbers, columns: [...lift(whole), ...columns] };
}

/** One root of a factor that is kept in another way than the others, as a number of the field. */
interface Eigenvalue {
  readonly root: number;
  readonly value: Fraction;
}

interface Eigenvalues {
  readonly numbers: AlgebraicNumbers;
  /** one for each factor */
  readonly eigenvalues: readonly Eigenvalue[];
}

/** @returns a root such that all others are kept whole, or none of the others at all */
function exception({ roots: all }: RealFactor, roots: ReadonlyMap<number, Root>): number | null {
  const at = (root: number): Root => roots.get(root) as Root;
  const found = all.find((root) => {
    const others = all.filter((other) => other !== root).map(at);
    return others.every(({ kept }) => kept === 0) || others.every(({ kept, multiplicity }) => kept === multiplicity);
  });
  return found ?? null;
}

function oneEigenvalue(factor: RealFactor, roots: ReadonlyMap<number, Root>): Eigenvalues | null {
  const root = exception(factor, roots);
  if (root === null) return null;
  const index = [...factor.roots].sort((a, b) => a - b).indexOf(root);
  const { polynomial } = factor;
  const numbers = algebraicNumbers({ polynomial, ...isolated(polynomial, index), index }, unlimited());
  return { numbers, eigenvalues: [{ root, value: { numerator: [0n, 1n], denominator: 1n } }] };
}

/** x² + bx + c has the roots (−b ± √(b² − 4c))/2. */
function quadraticEigenvalues(factors: readonly RealFactor[], roots: ReadonlyMap<number, Root>): Eigenvalues | null {
  const discriminants = factors.map(({ polynomial: [c = 0n, b = 0n] }) => rational(b * b - 4n * c));
  const field = fieldOfRoots(discriminants);
  if (field === null) return null;
  const { numbers } = field;
  const eigenvalues = factors.map((factor, at): Eigenvalue => {
    const root = exception(factor, roots) as number;
    const half = constantIn(numbers, rational(root === Math.max(...factor.roots) ? 1n : -1n, 2n));
    const middle = constantIn(numbers, rational(-(factor.polynomial[1] as bigint), 2n));
    return { root, value: plus(numbers, middle, times(numbers, half, field.roots[at] as Fraction)) };
  });
  return { numbers, eigenvalues };
}

function eigenvectors(matrices: Matrices<Fraction>, N: RowsOf<Fraction>, value: Fraction): RowsOf<Fraction> {
  const shifted = N.map((row, i) => row.map((entry, j) => (i === j ? matrices.field.subtract(entry, value) : entry)));
  return orthogonalIn(matrices, matrices.kernel(shifted, N.length));
}

function kernelOfPolynomial(N: RationalRows, f: Polynomial): RationalRows {
  const n = N.length;
  const shifted = (rows: RationalRows, c: bigint): RationalRows =>
    rows.map((row, i) => row.map((entry, j) => (i === j ? rationalMatrices.field.add(entry, rational(c)) : entry)));
  const start: RationalRows = N.map((row) => row.map(() => rational(0n)));
  const value = [...f].reverse().reduce((rows, c) => shifted(rationalMatrices.times(rows, N), c), start);
  return rationalMatrices.kernel(value, n);
}

const orthogonal = (basis: RationalRows): RationalRows => orthogonalIn(rationalMatrices, basis);

/** Gram and Schmidt. */
function orthogonalIn<E>(matrices: Matrices<E>, basis: RowsOf<E>): RowsOf<E> {
  const { field } = matrices;
  const done: VectorOf<E>[] = [];
  for (const vector of basis) {
    let rest = vector;
    for (const other of done) {
      const factor = field.divide(matrices.inner(rest, other), matrices.inner(other, other));
      rest = rest.map((entry, j) => field.subtract(entry, field.multiply(factor, other[j] as E)));
    }
    done.push(rest);
  }
  return done;
}

/** An integer matrix with the same eigenvectors, and eigenvalues in the same order. */
function primitiveMultiple(A: RationalRows): RationalRows {
  const numerators = integersOf(A.flat());
  const sign = A.some((row, i) => (row[i] as Rational).num > 0n && (numerators[i * A.length + i] as bigint) < 0n)
    ? -1n
    : 1n;
  return A.map((row, i) => row.map((_, j) => rational(sign * (numerators[i * A.length + j] as bigint))));
}

function integersIn(coefficients: RationalVector): Polynomial {
  return coefficients.map(({ num, den }) => {
    if (den !== 1n)
      throw new Error(`Cannot happen: a characteristic polynomial of integers has the coefficient ${num}/${den}`);
    return num;
  });
}

/** x² − 3x + 1 */
function inWords(p: Polynomial): string {
  const terms = p.flatMap((c, k) => (c === 0n ? [] : [{ c, k }])).reverse();
  return terms
    .map(({ c, k }, at) => {
      const sign = c < 0n ? (at === 0 ? '−' : ' − ') : at === 0 ? '' : ' + ';
      const size = c < 0n ? -c : c;
      return `${sign}${k > 0 && size === 1n ? '' : size}${k === 0 ? '' : k === 1 ? 'x' : `x^${k}`}`;
    })
    .join('');
}

function unlimited(): Meter {
  return new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
}
