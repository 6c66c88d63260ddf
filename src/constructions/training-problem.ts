import { didYouMean } from '../formats/did-you-mean.js';
import { quoted } from '../formats/quoted.js';
import { type Fields, matrixJson, pointJson, problemJson, vectorJson, writeFile } from '../formats/write.js';
import { lcm } from '../kernel/arithmetic/gcd.js';
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import { readProblem } from '../kernel/check.js';
import type { Parameters } from '../kernel/model/network.js';
import type { Problem, SampleProblem } from '../kernel/statement.js';
import { type AffineFit, findAffineFit, isBestOfAllFunctions } from '../provers/affine-fit.js';
import type { Built, Construction, ConstructionInput } from './construction.js';
import { type Named, proveBuilt } from './prove-built.js';

/** Why a construction stops. */
type Stopped = Exclude<Built, { kind: 'built' }>;
type Hypothesis = Construction['hypotheses'][number];

export function fails({ name }: Hypothesis, message: string): Stopped {
  return { kind: 'hypothesis-fails', hypothesis: name, message };
}

/** A problem of dense layers, as the kernel reads it. */
export type PosedProblem = { readonly kind: 'posed'; readonly problem: SampleProblem } | Stopped;

/** @returns the widths asked for, or one layer of the theorem's smallest width; or what is wrong with them */
export function widthsOf(
  { hidden, targets }: ConstructionInput,
  smallest: number,
  hypothesis: Hypothesis,
): readonly number[] | Stopped {
  const widths = hidden === null || hidden.length === 0 ? [smallest] : hidden;
  const narrow = widths.findIndex((width) => width < smallest);
  if (narrow < 0) return widths;
  const k = targets[0]?.length ?? 1;
  const where = widths.length === 1 ? '' : ` in hidden layer ${narrow + 1}`;
  return fails(hypothesis, `found width ${widths[narrow]}${where} for ${k} output${k === 1 ? '' : 's'}`);
}

/**
 * Finds the best affine (or constant) fit, which the local minimum realizes, where some function is better: else there is nothing to find.
 *
 * @param better  the hypothesis that a function is better
 */
export function fitToBeat(
  { data, loss }: SampleProblem,
  { observe }: ConstructionInput,
  constant: boolean,
  better: Hypothesis,
): AffineFit | Stopped {
  const fit = findAffineFit(data, loss, {
    constant,
    observe: (done, total) => observe?.(`best ${constant ? 'constant' : 'affine'} fit`, done, total),
  });
  if (fit === null) {
    return {
      kind: 'gave-up',
      message: `the best ${constant ? 'constant' : 'affine'} fit for this loss is irrational, as far as was found: a later version proves a local minimum near it`,
    };
  }
  const { distinct, best } = isBestOfAllFunctions(data, fit);
  if (!best) return fit;
  return fails(
    better,
    `${constant ? 'a constant' : 'an affine function'} is as good as any function on the data, which have ${distinct} distinct input${distinct === 1 ? '' : 's'}`,
  );
}

/**
 * Makes the training problem of a construction, and lets the kernel read it: whatever it refuses is not ours to judge.
 *
 * @param hidden  widths of the hidden layers
 */
export function poseProblem(
  { inputs, targets, weights, activation, loss }: ConstructionInput,
  hidden: readonly number[],
): PosedProblem {
  const d = inputs[0]?.length ?? 0;
  const k = targets[0]?.length ?? 0;
  if (inputs.length === 0) return { kind: 'usage', message: 'there are no data: --data FILE.csv gives them' };
  if (d === 0 || k === 0) {
    return {
      kind: 'usage',
      message: `expected at least one input and target, found samples of ${d} inputs and ${k} targets`,
    };
  }
  const layers = [
    ...hidden.flatMap((units) => [
      { type: 'dense', units },
      { type: 'activation', ...activation },
    ]),
    { type: 'dense', units: k },
  ];
  return poseNetwork({ inputs, targets, weights, loss }, { input: [d], layers });
}

/** The same for any network, as the format writes it. */
export function poseNetwork(
  { inputs, targets, weights, loss }: Pick<ConstructionInput, 'inputs' | 'targets' | 'weights' | 'loss'>,
  network: Fields,
): PosedProblem {
  const data: Fields = { type: 'samples', inputs: rowsJson(inputs), targets: rowsJson(targets) };
  const read = readProblem(
    writeFile({
      format: 'cairn-problem',
      version: 1,
      network,
      loss,
      data: weights === null ? data : { ...data, weights: rowJson(weights) },
    }),
  );
  if (read.kind === 'read') {
    if (read.value.type === 'samples') return { kind: 'posed', problem: read.value };
    throw new Error('Cannot happen: the data are samples');
  }
  const message = `${read.path}: ${read.reason.message}`;
  return read.kind === 'declined' ? { kind: 'gave-up', message } : { kind: 'usage', message };
}

function rowsJson(rows: readonly (readonly Rational[])[]) {
  const denominator = rows.reduce((common, row) => commonDenominator(row, common), 1n);
  return matrixJson(
    rows.map((row) => numerators(row, denominator)),
    denominator,
  );
}

function rowJson(row: readonly Rational[]) {
  const denominator = commonDenominator(row);
  return vectorJson(numerators(row, denominator), denominator);
}

export function commonDenominator(row: readonly Rational[], start = 1n): bigint {
  return row.reduce((common, { den }) => (den === 1n ? common : lcm(common, den)), start);
}

export function numerators(row: readonly Rational[], denominator: bigint): bigint[] {
  return row.map(({ num, den }) => (den === denominator ? num : num * (denominator / den)));
}

const quantityPattern = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+)|\/([1-9][0-9]*))?$/;

/** @returns a quantity of the format (proofs/format.md 1), or null */
export function parseQuantity(text: string): Rational | null {
  const found = quantityPattern.exec(text);
  if (found === null || text === '-0' || text.length > 10_000) return null;
  const [, sign = '', whole = '', decimals = '', den = '1'] = found;
  const num = BigInt(`${sign}${whole}${decimals}`);
  return rational(num, decimals === '' ? BigInt(den) : 10n ** BigInt(decimals.length));
}

/** @returns a message about the first setting that the theorem does not have, or null */
export function unknownSetting({ settings }: ConstructionInput, known: Construction['settings']): string | null {
  const names = known.map(({ name }) => name);
  for (const name of Object.keys(settings)) {
    if (names.includes(name)) continue;
    const meant = didYouMean(name, names);
    const hint = meant === null ? `it has ${names.map(quoted).join(', ') || 'none'}` : `did you mean ${quoted(meant)}?`;
    return `the theorem has no setting ${quoted(name)}: ${hint}`;
  }
  return null;
}

/** A certificate of a spurious local minimum by rule `affine-span`. */
export function proveSpurious(
  problem: Problem,
  point: Parameters,
  betterPoint: Parameters,
  construction: Named,
  notes: readonly string[],
  text?: string,
): Built {
  const statement = {
    kind: 'spurious-local-minimum',
    problem: problemJson(problem),
    point: pointJson(problem.network, point),
    betterPoint: pointJson(problem.network, betterPoint),
  };
  const proof = { localMinimum: { rule: 'affine-span' }, lowerRisk: { rule: 'lower-risk' } };
  return proveBuilt(construction, statement, proof, notes, { text });
}
