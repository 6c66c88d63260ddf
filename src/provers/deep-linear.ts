/**
 * Decides critical points of deep linear networks that are no global minima by rule `convex-span`: a saddle by a chain of rank one, or, where a layer is
 * narrow, a global minimum or a saddle by the eigenvalues of the best fit.
 *
 * @see proofs/deep-linear.md
 */
import { type Fields, pointJson } from '../formats/write.js';
import { defaultBits } from '../kernel/claims/claim.js';
import type { Additive } from '../kernel/model/formal-gradient.js';
import type { FirstOrder, Instance } from '../kernel/model/instance.js';
import type { Loss } from '../kernel/model/loss.js';
import type { Parameters } from '../kernel/model/network.js';
import { checkRationalCurve, type Slope } from '../kernel/rules/curve.js';
import { checkRationalZeroGradient } from '../kernel/rules/zero-gradient.js';
import type { SampleProblem } from '../kernel/statement.js';
import { integersOf, type RationalRows, rationalRows, transpose } from '../numerics/rational-matrix.js';
import { passes } from './any-depth.js';
import { curveOf, isDeepLinear, linearNetworkAt } from './linear-network.js';
import { decideNarrow } from './narrow-linear.js';
import type { Decision } from './one-hidden-layer.js';
import type { Undecided } from './prover.js';
import { chainsOf, type FindNonzero, movesOf } from './rank-one-chain.js';

export interface DeepLinear {
  readonly problem: SampleProblem;
  readonly theta: Parameters;
  readonly instance: Instance<bigint>;
}

/** @returns true for dense free layers with the identity between them, at a critical point */
export function isCriticalDeepLinear({ problem, theta, instance }: DeepLinear): boolean {
  return isDeepLinear(problem.network) && passes((ledger) => checkRationalZeroGradient(instance, theta, ledger));
}

/** At a critical point at which the product of the matrices is not optimal among all matrices. */
export function decideDeepLinear(
  at: DeepLinear,
): Decision | { readonly kind: 'global-minimum'; readonly node: Fields } {
  return findChain(at) ?? decideNarrow(at) ?? { kind: 'undecided', reason: noRule };
}

const noRule: Undecided = {
  code: 'no-rule-applies',
  path: '$',
  message: 'a critical point of a deep linear network that neither a chain nor the eigenvalues of the best fit decide',
};

/** A curve for each side; what both rest on is checked by the kernel's own rule. */
function findChain(at: DeepLinear): Decision | null {
  const { problem, theta, instance } = at;
  const linear = linearNetworkAt(problem.network, theta);
  const [find, findReversed] = nonzeroIn(instance);
  const center = new Array(problem.network.inputs).fill(0n);
  for (const chain of chainsOf(linear, find, findReversed)) {
    for (let N = 1; N <= mostPower(problem.loss, chain.slack); N++) {
      const curve = (sign: 1n | -1n) => curveOf(linear, movesOf(chain, N, sign), rationalRows([center])[0] ?? []);
      const [plus, minus] = [curve(1n), curve(-1n)];
      if (plus === null || minus === null) break;
      const [descent, ascent] = isCurve(at, plus, 'descent') ? [plus, minus] : [minus, plus];
      if (!isCurve(at, descent, 'descent') || !isCurve(at, ascent, 'ascent')) continue;
      return {
        kind: 'descends',
        node: curveNode(at, descent, 'descent'),
        ascent: curveNode(at, ascent, 'ascent'),
      };
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

export function isCurve({ problem, theta, instance }: DeepLinear, curve: readonly Parameters[], slope: Slope): boolean {
  return passes((ledger) => checkRationalCurve(problem, theta, curve, slope, defaultBits, '$', instance.meter, ledger));
}

export function curveNode({ problem }: DeepLinear, curve: readonly Parameters[], slope: Slope): Fields {
  return {
    rule: `${slope}-curve`,
    coefficients: curve.map((coefficient) => pointJson(problem.network, coefficient)),
  };
}

/** Σ_i g_i x_iᵀ up to a positive factor: whether its product with a matrix is 0, for it and for its transpose. */
function nonzeroIn(instance: Instance<bigint>): readonly [FindNonzero, FindNonzero] {
  let found: readonly [FindNonzero, FindNonzero] = [() => null, () => null];
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

function nonzeroOf<G>(numbers: Additive<G>, rows: readonly (readonly G[])[]): FindNonzero {
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
