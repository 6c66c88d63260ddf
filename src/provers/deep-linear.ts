/**
 * Decides critical points of deep linear networks that are no global minima by rule `convex-span`: a saddle by a chain of rank one, or, where a layer is
 * narrow, a global minimum or a saddle by the eigenvalues of the best fit.
 *
 * @see proofs/deep-linear.md
 */
import type { Fields } from '../formats/write.js';
import type { Rational } from '../kernel/arithmetic/rational.js';
import type { Additive } from '../kernel/model/formal-gradient.js';
import type { FirstOrder, Instance } from '../kernel/model/instance.js';
import type { Loss } from '../kernel/model/loss.js';
import type { SampleProblem } from '../kernel/statement.js';
import { type RowsOf, transpose } from '../numerics/matrices.js';
import type { RationalRows } from '../numerics/rational-matrix.js';
import { integersOf } from '../numerics/real-field.js';
import type { ExactPlace } from './exact-place.js';
import { curveOf, linearNetworkAt } from './linear-network.js';
import { decideNarrow } from './narrow-linear.js';
import type { Decision } from './one-hidden-layer.js';
import type { Undecided } from './prover.js';
import { chainsOf, type FindNonzero, movesOf } from './rank-one-chain.js';

export interface DeepLinear<T, E> {
  readonly problem: SampleProblem;
  readonly place: ExactPlace<T, E>;
  readonly instance: Instance<T>;
  /** for G = Σ_i g_i x_iᵀ, and for its transpose */
  readonly nonzero: readonly [FindNonzero<E>, FindNonzero<E>];
}

/** Of dense free layers with the identity between them, at a critical point at which the product of the matrices is not optimal among all matrices. */
export function decideDeepLinear<T, E>(
  at: DeepLinear<T, E>,
): Decision | { readonly kind: 'global-minimum'; readonly node: Fields } {
  return findChain(at) ?? decideNarrow(at) ?? { kind: 'undecided', reason: undecidedReason(at) };
}

/** What deep-linear.md 4 leaves undecided, by name. */
function undecidedReason<T, E>({ problem: { network, loss } }: DeepLinear<T, E>): Undecided {
  const biases = network.stages.filter(({ bias }) => bias).length;
  const why =
    biases > 0 && biases < network.stages.length
      ? 'some layers have a bias and some have none, so that a matrix cannot move without a constant'
      : loss.family !== 'polynomial' || loss.pieces.length > 1 || loss.degree !== 2
        ? 'the product has the rank of the narrowest layer, and the loss is no square'
        : 'neither a chain nor the eigenvalues of the best fit decide it';
  return {
    code: 'no-rule-applies',
    path: '$',
    message: `a critical point of a deep linear network that is not decided: ${why}`,
  };
}

/** A curve for each side; what both rest on is checked by the kernel's own rule. */
function findChain<T, E>({ problem, place, nonzero: [find, findReversed] }: DeepLinear<T, E>): Decision | null {
  const { matrices } = place;
  const linear = linearNetworkAt(problem.network, place);
  const center = new Array<E>(problem.network.inputs).fill(matrices.field.zero);
  for (const chain of chainsOf(linear, find, findReversed)) {
    for (let N = 1; N <= mostPower(problem.loss, chain.slack); N++) {
      const curve = (sign: 1n | -1n) => curveOf(linear, movesOf(matrices, chain, N, sign), center);
      const [plus, minus] = [curve(1n), curve(-1n)];
      if (plus === null || minus === null) break;
      const down = place.curveNode(plus, 'descent');
      const node = down ?? place.curveNode(minus, 'descent');
      if (node === null) continue;
      const ascent = place.curveNode(down === null ? plus : minus, 'ascent');
      if (ascent !== null) return { kind: 'descends', node, ascent };
    }
  }
  return null;
}

/** For |p − y|^q with q < 2 the error of the first-order part is O(t^(qN)), else O(t^(2N)). */
function mostPower(loss: Loss, slack: number): number {
  if (loss.family !== 'smooth' || loss.name !== 'power') return slack + 1;
  const { num, den } = loss.exponent;
  const power = num < 2n * den ? (BigInt(slack) * den) / (num - den) + 1n : BigInt(slack) + 1n;
  return Number(power < mostDegree ? power : mostDegree);
}

const mostDegree = 100n;

/** Σ_i g_i x_iᵀ up to a positive factor, with every loss: whether its product with a rational matrix is 0, for it and for its transpose. */
export function nonzeroIn(instance: Instance<bigint>): readonly [FindNonzero<Rational>, FindNonzero<Rational>] {
  let found: readonly [FindNonzero<Rational>, FindNonzero<Rational>] = [() => null, () => null];
  instance.withFirstOrder(<G>({ numbers, rows }: FirstOrder<G>) => {
    const { inputs } = instance.problem.data;
    const { inputs: d, outputs: k } = instance.problem.network;
    const G = Array.from({ length: k }, () => new Array<G>(d).fill(numbers.zero));
    rows.forEach((row, i) => {
      row.forEach((g, c) => {
        numbers.addMultiples(G[c] as G[], g, inputs.rows[i] as readonly bigint[]);
      });
    });
    const transposed = Array.from({ length: d }, (_, j) => G.map((row) => row[j] as G));
    found = [nonzeroOf(numbers, G), nonzeroOf(numbers, transposed)];
  });
  return found;
}

function nonzeroOf<G>(numbers: Additive<G>, rows: readonly (readonly G[])[]): FindNonzero<Rational> {
  return (A: RationalRows) => {
    const columns = transpose(A).map(integersOf);
    for (const [row, entries] of rows.entries()) {
      for (const [column, factors] of columns.entries()) {
        const product = entries.reduce(
          (sum, entry, j) => numbers.add(sum, numbers.scale(entry, factors[j] as bigint)),
          numbers.zero,
        );
        if (!numbers.isZero(product)) return { row, column };
      }
    }
    return null;
  };
}

/** The same at a point with numbers of any kind, for losses that are piecewise polynomials. */
export function nonzeroAt<T, E>(
  { gradients: { rows }, problem: { data, network } }: Instance<T>,
  { numbers, matrices, element }: ExactPlace<T, E>,
): readonly [FindNonzero<E>, FindNonzero<E>] {
  const G = Array.from({ length: network.outputs }, () => new Array<T>(network.inputs).fill(numbers.zero));
  rows.forEach((row, i) => {
    row.forEach((g, c) => {
      numbers.addMultiples(G[c] as T[], g, data.inputs.rows[i] as readonly bigint[]);
    });
  });
  const whole = G.map((row) => row.map((g) => element(g, 1n)));
  const find =
    (left: RowsOf<E>): FindNonzero<E> =>
    (A) => {
      const product = matrices.times(left, A);
      for (const [row, entries] of product.entries()) {
        const column = entries.findIndex((entry) => !matrices.isZero(entry));
        if (column >= 0) return { row, column };
      }
      return null;
    };
  return [find(whole), find(transpose(whole, network.inputs))];
}
