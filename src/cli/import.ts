import { resolve } from 'node:path';
import type { Command } from 'commander';
import { escaped, quoted } from '../formats/quoted.js';
import type { UnreadableFile } from '../formats/unreadable.js';
import type { Fields } from '../formats/write.js';
import type { Rational } from '../kernel/arithmetic/rational.js';
import type { Reason } from './answer.js';
import { examples, exits } from './command.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { Failure } from './failure.js';
import { namedFunction } from './named-function.js';
import { list, oneOf } from './options.js';
import { needBytes, shownPath } from './read.js';
import { print, tell } from './terminal.js';

interface ImportOptions {
  readonly output: string;
  readonly problem?: string;
  readonly data?: string;
  readonly inputs?: readonly string[];
  readonly targets?: readonly string[];
  readonly loss?: string;
  readonly reduction?: Reduction;
  readonly pointOut?: string;
}

type Reduction = 'sum' | 'mean';

export function addImport(program: Command): void {
  program
    .command('import')
    .summary('bring trained weights and models, bit for bit')
    .description(
      "Reads weights (.npz, .safetensors) into a point of a problem, or an ONNX model and its data into a problem and a point. A weight's " +
        'float is taken as the exact number that it is. What was matched with what is said on stderr.\n' +
        'Exit code: 0 written, 2 the network is none that this version reads, 3 the file or an option cannot be understood.',
    )
    .argument('<file>', 'W.npz, W.safetensors or MODEL.onnx')
    .requiredOption('-o, --output <file>', 'where the point is written; of an ONNX model the problem')
    .option('--problem <file>', 'weights only: the problem whose layers they are')
    .option('--data <csv>', 'ONNX only: the data, a CSV file with a header row')
    .option('--inputs <names>', 'columns, between commas (default: all that are no target)', list)
    .option('--targets <names>', 'columns, between commas (default: the last)', list)
    .option('--loss <name>', 'such as squared (the default), huber:threshold=1, logistic or cross-entropy')
    .option(
      '--reduction <name>',
      'sum (the default), or mean: the mean over the samples and outputs, as PyTorch’s losses take it',
      oneOf(['sum', 'mean']),
    )
    .option('--point-out <file>', 'ONNX only: where the point is written')
    .addHelpText(
      'after',
      examples(
        'import weights.safetensors --problem problem.json -o trained.json',
        'import model.onnx --data train.csv --targets y --reduction mean -o problem.json --point-out trained.json',
      ),
    )
    .action(exits(importFile));
}

async function importFile(file: string, options: ImportOptions): Promise<ExitCode> {
  const format = /\.(npz|safetensors|onnx)$/i.exec(file)?.[1]?.toLowerCase();
  if (format === 'npz' || format === 'safetensors') return importWeights(file, format, options);
  if (format === 'onnx') return importModel(file, options);
  throw new Failure(`${shownPath(file)}: expected a file .npz, .safetensors or .onnx`);
}

async function importWeights(
  file: string,
  format: 'npz' | 'safetensors',
  { output, problem: problemFile, ...rest }: ImportOptions,
): Promise<ExitCode> {
  const [other] = Object.keys(rest);
  if (other !== undefined) throw new Failure(`${shownOption(other)} is for ONNX models; weights belong to a --problem`);
  if (problemFile === undefined) throw new Failure('--problem is missing: weights do not say what network they are of');
  const [{ given, need, readProblemFile }, { needWritable, writeAtomically }, { defaultLimits }, { readPoint }] =
    await Promise.all([
      import('./problem-file.js'),
      import('./write-atomically.js'),
      import('../kernel/limits.js'),
      import('../kernel/check.js'),
    ]);
  const [{ parseWeights }, { matchWeights }, { writeFile }] = await Promise.all([
    import('../formats/weights.js'),
    import('../formats/match-weights.js'),
    import('../formats/write.js'),
  ]);
  needWritable(output, [file, problemFile]);
  const problem = need(problemFile, readProblemFile(problemFile));
  const weights = needRead(file, parseWeights(needBytes(file, defaultLimits.bytes), format, defaultLimits));
  const { point, notes } = needRead(file, matchWeights(weights, problem));
  const text = writeFile(point);
  need(file, given(file, readPoint(text, problem)));
  for (const note of notes) tell(note);
  await writeAtomically([output, text]);
  print(`written: ${shownPath(output)}`);
  return exitCode({ kind: 'built' });
}

async function importModel(file: string, options: ImportOptions): Promise<ExitCode> {
  const { output, pointOut, data, problem: other } = options;
  if (other !== undefined) throw new Failure('--problem is for weights: an ONNX model is a network of its own');
  if (data === undefined) throw new Failure('--data is missing: an ONNX model has no data');
  if (pointOut === undefined) throw new Failure('--point-out is missing: it says where the point is written');
  if (resolve(output) === resolve(pointOut)) throw new Failure('--output and --point-out are the same file');
  const [{ given }, { needWritable, writeAtomically }, { needSamples }, { defaultLimits }, { readPoint, readProblem }] =
    await Promise.all([
      import('./problem-file.js'),
      import('./write-atomically.js'),
      import('./data-file.js'),
      import('../kernel/limits.js'),
      import('../kernel/check.js'),
    ]);
  const [{ parseOnnxNetwork }, { writeFile }, { formatRational }] = await Promise.all([
    import('../formats/onnx-network.js'),
    import('../formats/write.js'),
    import('../kernel/arithmetic/rational.js'),
  ]);
  for (const path of [output, pointOut]) needWritable(path, [file, data]);
  const imported = needRead(file, parseOnnxNetwork(needBytes(file, defaultLimits.bytes), defaultLimits));
  const samples = needSamples(data, options);
  const loss = await readLoss(options, imported.outputs, samples.inputs.length);
  const classes = classTargets(samples.targets, loss.function, imported.outputs, data);
  const rows = (matrix: readonly (readonly Rational[])[]) => matrix.map((row) => row.map(formatRational));
  const problemText = writeFile({
    format: 'cairn-problem',
    version: 1,
    network: imported.network,
    loss: loss.fields,
    data: { type: 'samples', inputs: rows(samples.inputs), targets: classes ?? rows(samples.targets) },
  });
  const pointText = writeFile(imported.point);
  const both = `${shownPath(file)} with ${shownPath(data)}`;
  const problem = given(both, readProblem(problemText));
  const notes = [...imported.notes, loss.note];
  if (classes !== null) notes.push('the target is a class: it is written as a row of 0 and a 1');
  if (problem.kind === 'given') {
    const point = given(both, readPoint(pointText, problem.value));
    if (point.kind === 'declined') throw declined(both, point.reason);
  } else if (problem.reason.code === 'unsupported-activation') {
    // The format knows it, and a later version may have rules for it.
    notes.push(`no rule of this version is about it yet: ${problem.reason.path}: ${problem.reason.message}`);
  } else throw declined(both, problem.reason);
  for (const note of notes) tell(note);
  await writeAtomically([output, problemText], [pointOut, pointText]);
  print(`written: ${shownPath(output)}, ${shownPath(pointOut)}`);
  return exitCode({ kind: 'built' });
}

function declined(what: string, { code, path, message }: Reason): Failure {
  return new Failure(`${what}: ${path}: ${message} [${code}]`, 'undecided');
}

interface ReadLoss {
  readonly function: string;
  readonly fields: Fields;
  /** which factor was used, and why */
  readonly note: string;
}

/** PyTorch's mean is over all numbers of the output, but over the samples alone where each is one class. */
async function readLoss(
  { loss: text = 'squared', reduction = 'sum' }: ImportOptions,
  outputs: number,
  samples: number,
): Promise<ReadLoss> {
  const [{ parseQuantity }, { divide, formatRational, rational }] = await Promise.all([
    import('../constructions/training-problem.js'),
    import('../kernel/arithmetic/rational.js'),
  ]);
  const fields = namedFunction('loss', text);
  const name = String(fields['function']);
  const given = fields['factor'] === undefined ? '1' : String(fields['factor']);
  const factor = parseQuantity(given);
  if (factor === null) throw new Failure(`--loss: expected a quantity as the factor, found ${quoted(given)}`);
  if (reduction === 'sum') {
    const note = `loss ${escaped(name, 40)}, factor ${formatRational(factor)}: the risk is a sum (--reduction mean is PyTorch's default)`;
    return { function: name, fields, note };
  }
  const count = name === 'cross-entropy' ? samples : samples * outputs;
  const mean = formatRational(divide(factor, rational(BigInt(count))));
  const over = name === 'cross-entropy' ? `${samples} samples` : `${samples} samples and ${outputs} outputs`;
  const note = `loss ${escaped(name, 40)}, factor ${mean}: the risk is the mean over ${over}`;
  return { function: name, fields: { ...fields, factor: mean }, note };
}

/** @returns rows of 0 and a 1 where there is one column of class indices, as PyTorch's CrossEntropyLoss takes it; else null */
function classTargets(
  targets: readonly (readonly Rational[])[],
  loss: string,
  outputs: number,
  data: string,
): string[][] | null {
  if (loss !== 'cross-entropy' || outputs === 1 || targets[0]?.length !== 1) return null;
  const units = Array.from({ length: outputs }, (_, unit) => unit);
  return targets.map(([target], i) => {
    const found = units.find((unit) => target?.den === 1n && target.num === BigInt(unit));
    if (found === undefined) {
      throw new Failure(`${shownPath(data)}: sample ${i}: expected a class from 0 to ${outputs - 1} as the target`);
    }
    return units.map((unit) => (unit === found ? '1' : '0'));
  });
}

/** @returns what was read, or ends the command */
function needRead<V extends { readonly kind: 'weights' | 'matched' | 'network' }>(
  file: string,
  read: V | UnreadableFile,
): V {
  if (read.kind === 'refused') throw new Failure(`${shownPath(file)}: ${read.message}`);
  return read;
}

/** `pointOut` as it is typed. */
function shownOption(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
