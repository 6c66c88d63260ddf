import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ImportedModel, ImportedWeights, ImportRefusal } from '../formats/import.js';
import type { Read } from '../kernel/check.js';
import type { Problem } from '../kernel/statement.js';
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
  const [{ need, readProblemFile }, { needWritable, writeAtomically }, { defaultLimits }, { importWeights: read }] =
    await Promise.all([
      import('./problem-file.js'),
      import('./write-atomically.js'),
      import('../kernel/limits.js'),
      import('../formats/import.js'),
    ]);
  needWritable(output, [file, problemFile]);
  const problem = need(problemFile, readProblemFile(problemFile));
  const { pointText, notes } = needImported(read(needBytes(file, defaultLimits.bytes), format, problem), {
    whole: shownPath(file),
  });
  for (const note of notes) tell(note);
  await writeAtomically([output, pointText]);
  print(`written: ${shownPath(output)}`);
  return exitCode({ kind: 'built' });
}

async function importModel(file: string, options: ImportOptions): Promise<ExitCode> {
  const { output, pointOut, data, problem: other } = options;
  if (other !== undefined) throw new Failure('--problem is for weights: an ONNX model is a network of its own');
  if (data === undefined) throw new Failure('--data is missing: an ONNX model has no data');
  if (pointOut === undefined) throw new Failure('--point-out is missing: it says where the point is written');
  if (resolve(output) === resolve(pointOut)) throw new Failure('--output and --point-out are the same file');
  const [{ needWritable, writeAtomically }, { needSamples }, { defaultLimits }, { importModel: read }] =
    await Promise.all([
      import('./write-atomically.js'),
      import('./data-file.js'),
      import('../kernel/limits.js'),
      import('../formats/import.js'),
    ]);
  for (const path of [output, pointOut]) needWritable(path, [file, data]);
  const bytes = needBytes(file, defaultLimits.bytes);
  const samples = needSamples(data, options);
  const { loss = 'squared', reduction = 'sum' } = options;
  const imported = needImported(read(bytes, samples, { loss: namedFunction('loss', loss), reduction }), {
    whole: `${shownPath(file)} with ${shownPath(data)}`,
    model: shownPath(file),
    data: shownPath(data),
    loss: '--loss',
  });
  for (const note of imported.notes) tell(note);
  await writeAtomically([output, imported.problemText], [pointOut, imported.pointText]);
  print(`written: ${shownPath(output)}, ${shownPath(pointOut)}`);
  return exitCode({ kind: 'built' });
}

/**
 * @param names  what messages call the whole, and its parts
 * @returns what was imported, or ends the command
 */
function needImported<I extends ImportedWeights | ImportedModel>(
  read: I | ImportRefusal | Exclude<Read<Problem>, { kind: 'read' }>,
  names: Readonly<Partial<Record<ImportRefusal['of'], string>>> & { readonly whole: string },
): I {
  switch (read.kind) {
    case 'imported':
      return read;
    case 'refused':
      throw new Failure(`${names[read.of] ?? names.whole}: ${read.message}`);
    case 'rejected':
      throw new Failure(`${names.whole}: ${read.path}: ${read.reason.message}`);
    case 'declined':
      throw new Failure(`${names.whole}: ${read.path}: ${read.reason.message} [${read.reason.code}]`, 'undecided');
  }
}

/** `pointOut` as it is typed. */
function shownOption(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
