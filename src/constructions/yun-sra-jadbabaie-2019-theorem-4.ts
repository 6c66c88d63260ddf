import { type Fields, pointInFieldJson, pointJson, writeFile } from '../formats/write.js';
import type { Rational } from '../kernel/arithmetic/rational.js';
import { readAnyPoint } from '../kernel/check.js';
import type { DenseValues } from '../kernel/model/network.js';
import type { SampleProblem } from '../kernel/statement.js';
import { Matrices, type RowsOf, transpose } from '../numerics/matrices.js';
import { rationalMatrices } from '../numerics/rational-matrix.js';
import { coefficientsOf, fieldOf } from '../numerics/real-field.js';
import { certify } from '../provers/certify.js';
import { denseOf } from '../provers/dense-of.js';
import type { LayerOf } from '../provers/exact-place.js';
import { bestFit, type LinearFit } from '../provers/narrow-linear.js';
import type { Built, Construction, ConstructionInput } from './construction.js';
import { proveBuilt } from './prove-built.js';
import { singularDirections } from './singular-directions.js';
import { commonDenominator, fails, numerators, poseNetwork, unknownSetting } from './training-problem.js';
import { bibtex, paper } from './yun-sra-jadbabaie-2019.js';

const hypotheses = {
  linear: { name: 'linear network', text: 'dense layers with nothing between them, all free; no activation is named' },
  squared: {
    name: 'squared loss',
    text: 'the squared error, with any factor; a saddle of rank 0 without biases takes every loss of the format',
  },
  wide: {
    name: 'wide enough',
    text: 'all hidden widths are at least min(d, k); with narrower layers, which the theorem does not speak of, a global minimum needs directions in one field',
  },
  improvable: {
    name: 'not optimal',
    text: 'the gradient by the product of the matrices is not 0 (of a saddle): else the point is a global minimum',
  },
  directions: {
    name: 'directions in one field',
    text: 'the directions that a product of the rank asked for keeps span a space with a basis in the rationals or in one field Q(a): eigenvectors of what the best linear fit explains, of which one eigenvalue of degree at most 4, or two of degree 2, are kept without their conjugates',
  },
} as const;

export const yunSraJadbabaie2019Theorem4: Construction = {
  id: 'yun-sra-jadbabaie-2019-theorem-4',
  title: 'Deep linear networks: every critical point is a global minimum or a saddle',
  source: `${paper}, Theorem 4`,
  bibtex,
  hypotheses: Object.values(hypotheses),
  settings: [
    {
      name: 'kind',
      type: 'choice',
      default: 'saddle',
      text: 'saddle: a critical point whose product leaves out what it could explain; global: the best product of the widths',
    },
    {
      name: 'rank',
      type: 'integer',
      default: '0',
      text: 'the rank of the product, of a saddle; it keeps the directions that explain least, so that the point is no global minimum of narrow layers either',
    },
    { name: 'bias', type: 'choice', default: 'no', text: 'no, as in the theorem; yes: biases everywhere' },
  ],
  build,
};

async function build(input: ConstructionInput): Promise<Built> {
  const construction = yunSraJadbabaie2019Theorem4;
  const unknown = unknownSetting(input, construction.settings);
  if (unknown !== null) return { kind: 'usage', message: unknown };
  const { kind = 'saddle', bias = 'no', rank = '0' } = input.settings;
  if (kind !== 'saddle' && kind !== 'global') {
    return { kind: 'usage', message: 'the setting "kind" must be saddle or global' };
  }
  if (bias !== 'no' && bias !== 'yes') return { kind: 'usage', message: 'the setting "bias" must be yes or no' };
  if (!/^(0|[1-9][0-9]{0,3})$/.test(rank)) {
    return { kind: 'usage', message: 'the setting "rank" must be an integer ≥ 0' };
  }
  // The command line says relu where nothing was said.
  if (!['relu', 'identity'].includes(input.activation['function'] as string)) {
    return fails(hypotheses.linear, 'an activation is named: the theorem is about networks without any');
  }
  const d = input.inputs[0]?.length ?? 0;
  const k = input.targets[0]?.length ?? 0;
  const widths = input.hidden === null || input.hidden.length === 0 ? [Math.min(d, k)] : input.hidden;
  const layers = [...widths, k].map((units) => ({ type: 'dense', units, ...(bias === 'yes' ? {} : { bias: false }) }));
  const posed = poseNetwork(input, { input: [d], layers });
  if (posed.kind !== 'posed') return posed;
  const { problem } = posed;

  const kept = directionsOf(problem, kind === 'global' ? null : Number(rank), widths, bias === 'yes');
  if ('kind' in kept) return kept;
  const point = readAnyPoint(writeFile({ format: 'cairn-point', version: 1, ...kept.point }), problem);
  if (point.kind !== 'read') throw new Error(`Cannot happen: ${point.reason.message}`);
  const answer = await certify(problem, point.value, { seed: input.seed, effort: input.effort });
  if (answer.kind === 'undecided') return { kind: 'gave-up', message: answer.reason.message };
  if (answer.claim === 'global-minimum' && kind === 'saddle') {
    return fails(hypotheses.improvable, `the product of rank ${kept.rank} is optimal`);
  }
  const { statement, proof } = JSON.parse(answer.text) as { readonly statement: Fields; readonly proof: Fields };
  return proveBuilt(construction, statement, proof, notesOf(widths, d, k, kept.rank));
}

/** Σ u_j (u_jᵀA)/|u_j|² for orthogonal directions, factored. */
interface Kept {
  readonly rank: number;
  readonly point: Fields;
}

/** @param rank  null: as large as the widths let it be */
function directionsOf(
  problem: SampleProblem,
  rank: number | null,
  widths: readonly number[],
  biased: boolean,
): Kept | ReturnType<typeof fails> {
  const { loss, network } = problem;
  const { inputs: d, outputs: k } = network;
  const rationally = ({ columns, rows }: Factors<Rational>, fit: LinearFit | null): Kept => ({
    rank: columns.length,
    point: pointJson(network, factored(problem, rationalMatrices, columns, rows, fit).map(overOne)),
  });
  const isSquare = loss.family === 'polynomial' && loss.pieces.length === 1 && loss.degree === 2;
  if (!isSquare) {
    if (rank !== 0 || biased) return fails(hypotheses.squared, 'the loss is another one');
    return rationally({ columns: [], rows: [] }, null);
  }
  const fit = bestFit(problem, biased);
  const least = Math.min(d, k, ...widths);
  const most = rank ?? least;
  if (most > least) {
    return fails(hypotheses.directions, `the rank ${most} is more than min(d, k) and the widths let through, ${least}`);
  }
  if (rank === null && least >= k)
    return rationally(projected(rationalMatrices, rationalMatrices.identity(k), fit.A), fit);
  if (rank === null && least >= d)
    return rationally({ columns: transpose(fit.A, d), rows: rationalMatrices.identity(d) }, fit);
  const found = singularDirections(fit.scatter, most, rank === null ? 'largest' : 'least');
  switch (found.kind) {
    case 'none':
      return fails(hypotheses.directions, found.message);
    case 'rational':
      return rationally(projected(rationalMatrices, found.columns, fit.A), fit);
    case 'in-field': {
      const { numbers } = found;
      const matrices = new Matrices(fieldOf(numbers));
      const A = fit.A.map((row) => row.map(matrices.field.fromRational));
      const { columns, rows } = projected(matrices, found.columns, A);
      const layers = factored(problem, matrices, columns, rows, fit).map(({ weights, bias }) => ({
        weights: weights.map((row) => row.map((a) => coefficientsOf(numbers, a))),
        bias: bias === null ? null : bias.map((a) => coefficientsOf(numbers, a)),
      }));
      return { rank: columns.length, point: pointInFieldJson(numbers.field, layers) };
    }
  }
}

/** Of a product of matrices, Σ_j column_j row_jᵀ. */
interface Factors<E> {
  readonly columns: RowsOf<E>;
  readonly rows: RowsOf<E>;
}

/** The rows that make the product the projection of A onto the span of the columns: (UUᵀ)⁻¹ U A, where U has the columns as its rows. */
function projected<E>(matrices: Matrices<E>, U: RowsOf<E>, A: RowsOf<E>): Factors<E> {
  if (U.length === 0) return { columns: [], rows: [] };
  return { columns: U, rows: matrices.quotient(matrices.times(U, transpose(U)), matrices.times(U, A)) };
}

/** W_1 takes the rows, the layers between pass them on, W_L has the columns; what is left over is 0. The last bias makes the mean's prediction the fit's. */
function factored<E>(
  { network }: SampleProblem,
  matrices: Matrices<E>,
  columns: RowsOf<E>,
  rows: RowsOf<E>,
  fit: LinearFit | null,
): readonly LayerOf<E>[] {
  const { zero, one, add, subtract, fromRational } = matrices.field;
  const last = network.stages.length - 1;
  const mean = fit?.mean.map(fromRational) ?? [];
  const constant =
    fit === null || fit.a === null
      ? null
      : rationalMatrices
          .timesVector(fit.A, fit.mean)
          .map((entry, c) => fromRational(rationalMatrices.field.add(entry, fit.a?.[c] as Rational)));
  return network.stages.map(({ units, inputs, bias }, s) => {
    const entry = (u: number, j: number): E => {
      if (s === last) return columns[j]?.[u] ?? zero;
      if (s === 0) return rows[u]?.[j] ?? zero;
      return u === j && u < rows.length ? one : zero;
    };
    const shift = (u: number): E => {
      if (s < last || constant === null) return zero;
      const through = rows.reduce(
        (sum, row, j) => add(sum, matrices.field.multiply(columns[j]?.[u] as E, matrices.inner(row, mean))),
        zero,
      );
      return subtract(constant[u] as E, through);
    };
    return {
      weights: Array.from({ length: units }, (_, u) => Array.from({ length: inputs }, (__, j) => entry(u, j))),
      bias: bias ? Array.from({ length: units }, (_, u) => shift(u)) : null,
    };
  });
}

function overOne({ weights, bias }: LayerOf<Rational>): DenseValues {
  const common = commonDenominator([...weights.flat(), ...(bias ?? [])]);
  return denseOf(
    weights.map((row) => numerators(row, common)),
    bias === null ? null : numerators(bias, common),
    common,
  );
}

function notesOf(widths: readonly number[], d: number, k: number, rank: number): readonly string[] {
  const least = Math.min(d, k);
  const narrow = widths.filter((width) => width < least);
  return [
    `the product has rank ${rank}, of at most ${Math.min(least, ...widths)}`,
    narrow.length === 0
      ? `all hidden widths are at least min(d, k) = ${least}, as the theorem asks`
      : `a hidden width of ${Math.min(...narrow)} is less than min(d, k) = ${least}: the theorem does not speak of it, the certificate does`,
  ];
}
