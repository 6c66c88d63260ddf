/** Deep linear networks: rule `eckart-young`, and the ranks that theorems about them speak of. */

import { algebraicNumbers, type Numbers } from '../kernel/arithmetic/algebraic.js';
import { rational } from '../kernel/arithmetic/rational.js';
import { withNumbers } from '../kernel/claims/with-numbers.js';
import { isIdentity } from '../kernel/model/activation.js';
import type { Risk } from '../kernel/model/enclosing.js';
import type { Network } from '../kernel/model/network.js';
import type { AnyPoint } from '../kernel/statement.js';
import { Matrices, type RowsOf } from '../numerics/matrices.js';
import { rationalMatrices, rationalRows } from '../numerics/rational-matrix.js';
import { fieldOf } from '../numerics/real-field.js';
import { type Block, display, formula, paragraph, table } from './document.js';
import { unlimited } from './motion.js';
import { cell, equation } from './numbers.js';
import { pointRisk } from './risk-string.js';
import type { Subject } from './subject.js';

/** Rule `eckart-young`: no matrix of this rank is better. */
export function arguesEckartYoung({ problem, steps, theorem }: Subject): readonly Block[] {
  const node = steps['globalMinimum'];
  if (node?.rule !== 'eckart-young') throw new Error('Cannot explain another rule as eckart-young');
  const { network } = problem;
  const { inputs: d, outputs: k, stages } = network;
  const rank = stages.slice(0, -1).reduce((least, { units }) => Math.min(least, units), d);
  const { threshold, excess } = node;
  const { point } = theorem.statement;
  const { lambda, trace } = withNumbers(problem, point, unlimited(), ({ numbers, number, matrix }) => {
    const enclosed = <T>(a: T, over: bigint, of: Numbers<T>): Risk => of.enclosed(a, of.fromInteger(over), 64);
    const [L, S] = [number(threshold, '$'), matrix(excess, [k, k], '$')];
    const sum = S.rows.reduce((all, row, c) => numbers.add(all, row[c] as (typeof row)[number]), numbers.zero);
    return {
      lambda: enclosed(L.rows[0]?.[0] as typeof sum, L.denominator, numbers),
      trace: enclosed(sum, S.denominator, numbers),
    };
  });
  return [
    paragraph(
      'For every θ′ the network is ',
      formula('N_θ′(x) = M x + b', "N_{\\theta'}(x) = M x + b"),
      ` with one k × d matrix M, k = ${k} and d = ${d}, whose rank is at most r = ${rank}: everything passes a layer of ${rank === d ? `${d} inputs` : `width ${rank}`}.`,
    ),
    paragraph(
      'The certificate carries the best affine map A x + a of all, found by the kernel to satisfy the normal equations. Let u_i be A x_i (less the mean, where there are biases), and ',
      formula('Σ = Σ_i μ_i u_i u_iᵀ', '\\Sigma = \\sum_i \\mu_i u_i u_i^{\\top}'),
      '. Whatever M is, the projection Q onto the complement of its columns has rank at least k − r, and what M x + b misses of A x + a is at least what Q sees of Σ: ',
    ),
    display(
      formula(
        'R(θ′) ≥ R(A, a) + κ tr(QΣ) ≥ R(A, a) + κ(λ(k − r) − tr S)',
        "R(\\theta') \\ge R(A, a) + \\kappa \\operatorname{tr}(Q\\Sigma) \\ge R(A, a) + \\kappa\\,(\\lambda (k - r) - \\operatorname{tr} S)",
      ),
    ),
    paragraph(
      'for every λ ≥ 0 and every S ⪰ 0 with Σ − λI + S ⪰ 0. Here ',
      equation(formula('λ', '\\lambda'), lambda),
      ', which separates the eigenvalues of Σ that the network keeps from those that it has to leave out, and ',
      equation(formula('tr S', '\\operatorname{tr} S'), trace),
      '. The right-hand side is R(θ), where ',
      equation(formula('R(θ)', 'R(\\theta)'), pointRisk(theorem)),
      ', so no θ′ has lower risk: this is the theorem of Eckart and Young.',
    ),
    ...rankBlocks(network, point),
  ];
}

/** Layers up to so many inputs and units: beyond, ranks take long. */
const mostWidth = 40;

/** The ranks that theorems about deep linear networks speak of; nothing for other networks. */
export function rankBlocks(network: Network, point: AnyPoint): readonly Block[] {
  const { stages, inputs: d, outputs: k } = network;
  const isLinear = stages.every(({ kind, activation }) => kind === 'dense' && isIdentity(activation));
  const widths = [d, ...stages.map(({ units }) => units)];
  if (!isLinear || stages.length < 2 || widths.some((width) => width > mostWidth)) return [];
  const product = ranksAt(point, widths);
  const L = stages.length;
  const layers = stages.map((_, j) => ({ above: product(j + 1, L), below: product(0, j) }));
  const hidden = widths.slice(1, -1);
  const least = Math.min(d, k);
  const narrow = hidden.filter((width) => width < least).length;
  const full = layers.findIndex(({ above, below }) => above === k && below === d);
  return [
    paragraph(
      `This is a deep linear network: ${L} matrices, whose product W_${L}⋯W_1 has rank ${product(0, L)}; min(d, k) = ${least}. `,
      narrow === 0
        ? `All hidden layers have at least this width, so by the theorem of Yun, Sra and Jadbabaie (2019, Theorem 4) a critical point is a global minimum if the gradient by the product vanishes, and else a saddle.`
        : `${narrow === 1 ? 'One hidden layer is' : `${narrow} hidden layers are`} narrower, so the product cannot be every matrix.`,
      full < 0
        ? ' For no layer j have both the matrices above it full row rank and those below it full column rank: the theorem’s sufficient condition for a minimum does not hold.'
        : ` For layer ${full + 1} the matrices above it have full row rank ${k} and those below it full column rank ${d}: at a critical point the gradient by the product vanishes.`,
    ),
    table(
      ['layer j', 'W_j', 'rank of W_L⋯W_{j+1}', 'rank of W_{j−1}⋯W_1'],
      layers.map(({ above, below }, j) => [
        String(j + 1),
        `${widths[j + 1]} × ${widths[j]}`,
        cell(rational(BigInt(above))),
        cell(rational(BigInt(below))),
      ]),
    ),
  ];
}

/** @returns the ranks of W_to ⋯ W_{from+1}, exactly */
function ranksAt({ parameters, algebraic }: AnyPoint, widths: readonly number[]): (from: number, to: number) => number {
  if (algebraic === null) {
    const weights = parameters.map(({ weights: rows, denominator }) => rationalRows(rows, denominator));
    return ranksOf(rationalMatrices, weights, widths);
  }
  const matrices = new Matrices(fieldOf(algebraicNumbers(algebraic.field, unlimited())));
  const weights = algebraic.parameters.map(({ weights: rows, denominator }) =>
    rows.map((row) => row.map((numerator) => ({ numerator, denominator }))),
  );
  return ranksOf(matrices, weights, widths);
}

function ranksOf<E>(
  matrices: Matrices<E>,
  weights: readonly RowsOf<E>[],
  widths: readonly number[],
): (from: number, to: number) => number {
  return (from, to) => {
    const [first, ...others] = weights.slice(from, to);
    if (first === undefined) return widths[from] as number;
    return matrices.rank(others.reduce((below, W) => matrices.times(W, below), first));
  };
}
