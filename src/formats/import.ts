/**
 * Trained weights and models as points and problems, bit for bit: bytes in, the texts of the formats out. Every text that is answered
 * has been read by the kernel's own reader.
 */
import { parseQuantity } from '../constructions/training-problem.js';
import { divide, formatRational, type Rational, rational } from '../kernel/arithmetic/rational.js';
import { type Read, readPoint, readProblem } from '../kernel/check.js';
import { defaultLimits } from '../kernel/limits.js';
import type { Problem } from '../kernel/statement.js';
import type { Samples } from './csv.js';
import { matchWeights } from './match-weights.js';
import { parseOnnxNetwork } from './onnx-network.js';
import { escaped, quoted } from './quoted.js';
import { parseWeights } from './weights.js';
import { type Fields, writeFile } from './write.js';

/** Bytes that are not what they should be: which part of what was given, and why. */
export interface ImportRefusal {
  readonly kind: 'refused';
  readonly of: 'weights' | 'model' | 'data' | 'loss';
  readonly message: string;
}

type NotRead = Exclude<Read<Problem>, { kind: 'read' }>;

/** A point file, and what was matched with what, a line each. */
export interface ImportedWeights {
  readonly kind: 'imported';
  readonly pointText: string;
  readonly notes: readonly string[];
}

/**
 * Reads weights into a point of a problem. A float is the exact number that it is.
 *
 * @param bytes  the file (untrusted)
 * @returns `refused` where the file is not understood, or is not of this network; `rejected` or `declined` where the kernel does not read the point
 * @see proofs/format.md 15.20
 */
export function importWeights(
  bytes: Uint8Array,
  format: 'npz' | 'safetensors',
  problem: Problem,
): ImportedWeights | ImportRefusal | NotRead {
  const weights = parseWeights(bytes, format, defaultLimits);
  if (weights.kind === 'refused') return { ...weights, of: 'weights' };
  const matched = matchWeights(weights, problem);
  if (matched.kind === 'refused') return { ...matched, of: 'weights' };
  const pointText = writeFile(matched.point);
  const read = readPoint(pointText, problem);
  return read.kind === 'read' ? { kind: 'imported', pointText, notes: matched.notes } : read;
}

/** How a model was trained. */
export interface TrainingLoss {
  /** as the format writes it, such as { function: 'cross-entropy' }; squared by default */
  readonly loss?: Fields;
  /** `mean`: over the samples and outputs, as PyTorch's losses take it; `sum` by default */
  readonly reduction?: 'sum' | 'mean';
}

/** A problem file and a point file, and what became of what, a line each. */
export interface ImportedModel {
  readonly kind: 'imported';
  readonly problemText: string;
  readonly pointText: string;
  readonly notes: readonly string[];
}

/**
 * Reads an ONNX model into a problem and a point.
 *
 * @param bytes    the model (untrusted), up to its logits
 * @param samples  the data that it was trained on; one column of classes 0, 1, … will do for cross-entropy
 * @returns `refused` where model, data or loss are not understood; `rejected` or `declined` where the kernel does not read what they make
 * @see proofs/format.md 15.20
 */
export function importModel(
  bytes: Uint8Array,
  samples: Samples,
  training: TrainingLoss = {},
): ImportedModel | ImportRefusal | NotRead {
  const imported = parseOnnxNetwork(bytes, defaultLimits);
  if (imported.kind === 'refused') return { ...imported, of: 'model' };
  const loss = lossOf(training, imported.outputs, samples.inputs.length);
  if (loss.kind === 'refused') return loss;
  const classes = classTargets(samples.targets, loss.function, imported.outputs);
  if (classes !== null && 'kind' in classes) return classes;
  const rows = (matrix: readonly (readonly Rational[])[]) => matrix.map((row) => row.map(formatRational));
  const problemText = writeFile({
    format: 'cairn-problem',
    version: 1,
    network: imported.network,
    loss: loss.fields,
    data: { type: 'samples', inputs: rows(samples.inputs), targets: classes ?? rows(samples.targets) },
  });
  const pointText = writeFile(imported.point);
  const notes = [...imported.notes, loss.note];
  if (classes !== null) notes.push('the target is a class: it is written as a row of 0 and a 1');
  const problem = readProblem(problemText);
  if (problem.kind === 'read') {
    const point = readPoint(pointText, problem.value);
    if (point.kind !== 'read') return point;
  } else if (problem.reason.code === 'unsupported-activation') {
    // The format knows it, and a later version may have rules for it.
    notes.push(`no rule of this version is about it yet: ${problem.path}: ${problem.reason.message}`);
  } else return problem;
  return { kind: 'imported', problemText, pointText, notes };
}

interface ReadLoss {
  readonly kind: 'loss';
  readonly function: string;
  readonly fields: Fields;
  /** which factor was used, and why */
  readonly note: string;
}

/** PyTorch's mean is over all numbers of the output, but over the samples alone where each is one class. */
function lossOf(
  { loss: fields = { function: 'squared' }, reduction = 'sum' }: TrainingLoss,
  outputs: number,
  samples: number,
): ReadLoss | ImportRefusal {
  const name = String(fields['function']);
  const given = fields['factor'] === undefined ? '1' : String(fields['factor']);
  const factor = parseQuantity(given);
  if (factor === null) {
    return { kind: 'refused', of: 'loss', message: `expected a quantity as the factor, found ${quoted(given)}` };
  }
  if (reduction === 'sum') {
    const note = `loss ${escaped(name, 40)}, factor ${formatRational(factor)}: the risk is a sum (--reduction mean is PyTorch's default)`;
    return { kind: 'loss', function: name, fields, note };
  }
  const count = name === 'cross-entropy' ? samples : samples * outputs;
  const mean = formatRational(divide(factor, rational(BigInt(count))));
  const over = name === 'cross-entropy' ? `${samples} samples` : `${samples} samples and ${outputs} outputs`;
  const note = `loss ${escaped(name, 40)}, factor ${mean}: the risk is the mean over ${over}`;
  return { kind: 'loss', function: name, fields: { ...fields, factor: mean }, note };
}

/** @returns rows of 0 and a 1 where there is one column of class indices, as PyTorch's CrossEntropyLoss takes it; else null */
function classTargets(
  targets: readonly (readonly Rational[])[],
  loss: string,
  outputs: number,
): string[][] | ImportRefusal | null {
  if (loss !== 'cross-entropy' || outputs === 1 || targets[0]?.length !== 1) return null;
  const units = Array.from({ length: outputs }, (_, unit) => unit);
  const classes = targets.map(([target]) => units.find((unit) => target?.den === 1n && target.num === BigInt(unit)));
  const wrong = classes.indexOf(undefined);
  if (wrong >= 0) {
    const message = `sample ${wrong}: expected a class from 0 to ${outputs - 1} as the target`;
    return { kind: 'refused', of: 'data', message };
  }
  return classes.map((found) => units.map((unit) => (unit === found ? '1' : '0')));
}
