import { type Fields, pointJson, writeFile } from '../formats/write.js';
import { add, divide, multiply, one, type Rational, subtract, zero } from '../kernel/arithmetic/rational.js';
import { readPoint } from '../kernel/check.js';
import type { Parameters } from '../kernel/model/network.js';
import type { SampleProblem } from '../kernel/statement.js';
import {
  identityRows,
  inner,
  type RationalRows,
  type RationalVector,
  timesVector,
  transpose,
} from '../numerics/rational-matrix.js';
import { certify } from '../provers/certify.js';
import { denseOf } from '../provers/dense-of.js';
import { bestFit, type LinearFit } from '../provers/narrow-linear.js';
import type { Built, Construction, ConstructionInput } from './construction.js';
import { proveBuilt } from './prove-built.js';
import { rationalEigenvectors } from './rational-eigenvectors.js';
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
    text: 'all hidden widths are at least min(d, k); with narrower layers, which the theorem does not speak of, a global minimum needs rational directions',
  },
  improvable: {
    name: 'not optimal',
    text: 'the gradient by the product of the matrices is not 0 (of a saddle): else the point is a global minimum',
  },
  rational: {
    name: 'rational directions',
    text: 'the directions that a product of the rank asked for keeps are eigenvectors, with rational eigenvalues, of what the best linear fit explains',
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
  const written = pointJson(problem.network, factored(problem, kept));
  const point = readPoint(writeFile({ format: 'cairn-point', version: 1, ...written }), problem);
  if (point.kind !== 'read') throw new Error(`Cannot happen: ${point.reason.message}`);
  const answer = await certify(problem, point.value, { seed: input.seed, effort: input.effort });
  if (answer.kind === 'undecided') return { kind: 'gave-up', message: answer.reason.message };
  if (answer.claim === 'global-minimum' && kind === 'saddle') {
    return fails(hypotheses.improvable, `the product of rank ${kept.columns.length} is optimal`);
  }
  const { statement, proof } = JSON.parse(answer.text) as { readonly statement: Fields; readonly proof: Fields };
  return proveBuilt(construction, statement, proof, notesOf(widths, d, k, kept));
}

interface Kept {
  /** u_1, …, u_s: the product is Σ u_j (u_jᵀA)/|u_j|² */
  readonly columns: RationalRows;
  readonly rows: RationalRows;
  /** what is predicted at the mean of the inputs, or null without biases */
  readonly constant: RationalVector | null;
  readonly fit: LinearFit | null;
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
  const isSquare = loss.family === 'polynomial' && loss.pieces.length === 1 && loss.degree === 2;
  if (!isSquare) {
    if (rank !== 0 || biased) return fails(hypotheses.squared, 'the loss is another one');
    return { columns: [], rows: [], constant: null, fit: null };
  }
  const fit = bestFit(problem, biased);
  const least = Math.min(d, k, ...widths);
  const most = rank ?? least;
  const constant =
    fit.a === null ? null : timesVector(fit.A, fit.mean).map((entry, c) => add(entry, fit.a?.[c] as Rational));
  const along = (columns: RationalRows): Kept => ({
    columns,
    rows: columns.map((u) => {
      const square = inner(u, u);
      return timesVector(transpose(fit.A, d), u).map((entry) => divide(entry, square));
    }),
    constant,
    fit,
  });
  if (most > least) {
    return fails(hypotheses.rational, `the rank ${most} is more than min(d, k) and the widths let through, ${least}`);
  }
  if (rank === null && least >= k) return along(identityRows(k));
  if (rank === null && least >= d) return { ...along([]), columns: transpose(fit.A, d), rows: identityRows(d) };
  const { found, all } = rationalEigenvectors(fit.scatter);
  const explaining = found.filter(({ value }) => value.num !== 0n);
  if (rank === null ? !all : explaining.length < most) {
    return fails(
      hypotheses.rational,
      `${found.length} of the ${k} eigenvalues ${found.length === 1 ? 'is' : 'are'} rational, as far as was found; a product of rank ${most} needs ${rank === null ? 'all' : `${most} that are not 0`}`,
    );
  }
  const chosen = rank === null ? found.slice(0, most) : explaining.slice(explaining.length - most);
  return along(chosen.map(({ vector }) => vector));
}

/** W_1 takes the rows, the layers between pass them on, W_L has the columns; what is left over is 0. */
function factored({ network }: SampleProblem, { columns, rows, constant, fit }: Kept): Parameters {
  const last = network.stages.length - 1;
  return network.stages.map(({ units, inputs, bias }, s) => {
    const entry = (u: number, j: number): Rational => {
      if (s === last) return columns[j]?.[u] ?? zero;
      if (s === 0) return rows[u]?.[j] ?? zero;
      return u === j && u < rows.length ? one : zero;
    };
    const W = Array.from({ length: units }, (_, u) => Array.from({ length: inputs }, (__, j) => entry(u, j)));
    const shift = (u: number): Rational => {
      if (s < last || constant === null || fit === null) return zero;
      const through = rows.reduce(
        (sum, row, j) => add(sum, multiply(columns[j]?.[u] as Rational, inner(row, fit.mean))),
        zero,
      );
      return subtract(constant[u] as Rational, through);
    };
    const b = bias ? Array.from({ length: units }, (_, u) => shift(u)) : null;
    const common = commonDenominator([...W.flat(), ...(b ?? [])]);
    return denseOf(
      W.map((row) => numerators(row, common)),
      b === null ? null : numerators(b, common),
      common,
    );
  });
}

function notesOf(widths: readonly number[], d: number, k: number, { columns }: Kept): readonly string[] {
  const least = Math.min(d, k);
  const narrow = widths.filter((width) => width < least);
  return [
    `the product has rank ${columns.length}, of at most ${Math.min(least, ...widths)}`,
    narrow.length === 0
      ? `all hidden widths are at least min(d, k) = ${least}, as the theorem asks`
      : `a hidden width of ${Math.min(...narrow)} is less than min(d, k) = ${least}: the theorem does not speak of it, the certificate does`,
  ];
}
