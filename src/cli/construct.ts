import type { Command } from 'commander';
import type { ConstructOptions } from '../constructions/construct.js';
import type { Built } from '../constructions/construction.js';
import type { ExactGap } from '../constructions/exact-gap.js';
import { quoted } from '../formats/quoted.js';
import type { Fields } from '../formats/write.js';
import { examples, exits } from './command.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { Failure } from './failure.js';
import { namedFunction } from './named-function.js';
import { assignment, count, counts, list } from './options.js';
import { startProgress } from './progress.js';
import { shownPath } from './read.js';
import type { StreamFile } from './stream-file.js';
import { print, tell } from './terminal.js';

interface ConstructCommandOptions {
  readonly output: string;
  readonly data?: string;
  readonly inputs?: readonly string[];
  readonly targets?: readonly string[];
  readonly box?: string;
  readonly target?: readonly string[];
  readonly hidden?: readonly number[];
  readonly activation: string;
  readonly loss: string;
  readonly set?: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly effort: number;
  readonly exactGap?: true;
}

export function addConstruct(program: Command): void {
  program
    .command('construct')
    .summary('build an instance of a theorem, with its certificate')
    .description(
      'Builds an instance of a theorem on your data and your architecture, and writes the certificate of it, which the kernel ' +
        'has proved. `cairn theorems` lists the theorems.\n' +
        'Exit code: 0 written, 1 a hypothesis of the theorem fails, 2 the search gave out at this effort, 3 data or options cannot be read.',
    )
    .argument('<theorem>', 'the id of a theorem')
    .requiredOption('-o, --output <file>', 'where the certificate is written')
    .option('--data <csv>', 'the data: a CSV file with a header row')
    .option('--inputs <names>', 'columns, between commas (default: all that are no target)', list)
    .option('--targets <names>', 'columns, between commas (default: the last)', list)
    .option('--box <ends>', 'instead of data: the true loss on a box, such as 0,1 or "0,1;-1,2", one pair a dimension')
    .option(
      '--target <polynomial>',
      'with --box: such as "x^2", "x1*x2 - 3/4" or, in pieces, "x; 1/2; 1 - x"; once for each output',
      several,
    )
    .option('--hidden <widths>', 'widths of the hidden layers (default: the smallest that the theorem allows)', counts)
    .option('--activation <name>', 'such as relu, or leaky-relu:slope=1/10', 'relu')
    .option('--loss <name>', 'such as squared:factor=1/2, or huber:threshold=1', 'squared')
    .option('--set <name=value>', "one of the theorem's own numbers; may be repeated", assignment)
    .option('--seed <n>', 'seed of the search', count(0), 1)
    .option('--effort <n>', 'search steps; the bytes repeat, whatever the machine', count(1), 10)
    .option(
      '--exact-gap',
      'small networks: make the better point a global minimum, and write its certificate beside, as FILE.global.cert.json',
    )
    .addHelpText(
      'after',
      examples(
        'construct yun-sra-jadbabaie-2019-theorem-1 --data iris.csv --targets petal_width -o iris.cert.json',
        'construct yun-sra-jadbabaie-2019-theorem-1 --data iris.csv --hidden 8 --loss squared:factor=1/2 -o half.cert.json',
        'construct christof-kowalczyk-2023-spurious-minima --box 0,1 --target "x^2" -o box.cert.json',
        'construct ibragimov-jentzen-kroeger-riekert-2022-theorem-1-2 --box 0,1 --target "x^3" -o list.cert.json',
      ),
    )
    .action(exits(construct));
}

async function construct(theorem: string, options: ConstructCommandOptions): Promise<ExitCode> {
  const [{ needWritable, writeAtomically }, { construct: build }, { hasStream, StreamFile }] = await Promise.all([
    import('./write-atomically.js'),
    import('../constructions/construct.js'),
    import('./stream-file.js'),
  ]);
  const { output, data: file, hidden, set: settings = {}, seed, effort } = options;
  const sources = file === undefined ? [] : [file];
  needWritable(output, sources);
  const stream = StreamFile.beside(output, sources);
  const activation = namedFunction('activation', options.activation);
  const loss = namedFunction('loss', options.loss);
  const box = await readBox(options);
  const data = await readSamples(options);
  const progress = startProgress();
  let built: Built;
  try {
    built = await build(theorem, {
      ...{ activation, loss, settings, seed, effort, observe: progress.show },
      ...(hidden === undefined ? {} : { hidden }),
      ...(box === undefined ? {} : { box }),
      ...(data === undefined ? {} : { data }),
      ...(stream === null ? {} : { store: stream }),
    });
  } finally {
    progress.end();
  }
  switch (built.kind) {
    case 'built': {
      const { showWritten } = await import('./in-words.js');
      const beside = besideGlobal(output);
      const globalStream = options.exactGap === true ? StreamFile.beside(beside, sources) : null;
      const gap = options.exactGap === true ? await exactGap(built, effort, globalStream) : null;
      if (gap?.kind === 'exact') {
        needWritable(beside, []);
        const published = globalStream !== null && hasStream(gap.globalTheorem) ? globalStream : null;
        const streams = published === null ? [] : [published.file()];
        await writeAtomically(...streams, [output, gap.text], [beside, gap.globalText]);
        for (const note of gap.notes) tell(note);
        await showWritten(gap.theorem, output);
        print(`written: ${shownPath(beside)}`);
        if (published !== null) print(`written: ${shownPath(published.shown)}`);
        return exitCode(built);
      }
      const published = stream !== null && hasStream(built.theorem) ? stream : null;
      await writeAtomically(...(published === null ? [] : [published.file()]), [output, built.text]);
      for (const note of [...built.notes, ...(gap === null ? [] : [gap.message])]) tell(note);
      await showWritten(built.theorem, output);
      if (published !== null) print(`written: ${shownPath(published.shown)}`);
      return exitCode(built);
    }
    case 'hypothesis-fails':
      tell(`${theorem}: the hypothesis "${built.hypothesis}" fails: ${built.message}`);
      return exitCode(built);
    case 'gave-up':
      tell(`${theorem}: gave up at effort ${effort}: ${built.message}`);
      return exitCode(built);
    case 'usage':
      throw new Failure(usageMessage(theorem, built, options));
  }
}

/** By the option as it is typed. */
function usageMessage(
  theorem: string,
  { option, message }: Extract<Built, { kind: 'usage' }>,
  { activation, loss }: ConstructCommandOptions,
): string {
  switch (option) {
    case 'theorem':
      return `${message} (\`cairn theorems\` lists them)`;
    case 'settings':
      return `--set: ${message}`;
    case 'activation':
      return `--activation ${quoted(activation)}: ${message}`;
    case 'loss':
      return `--loss ${quoted(loss)}: ${message}`;
    case 'box':
      return `--box: ${message}`;
    default:
      return `${theorem}: ${message}`;
  }
}

async function exactGap(
  { text, theorem }: Extract<Built, { kind: 'built' }>,
  effort: number,
  stream: StreamFile | null,
): Promise<ExactGap> {
  const { withExactGap } = await import('../constructions/exact-gap.js');
  const progress = startProgress();
  try {
    return withExactGap(text, theorem, effort, { observe: progress.show, store: stream ?? undefined });
  } finally {
    progress.end();
  }
}

/** The certificate of the global minimum stands beside that of the spurious one. */
function besideGlobal(output: string): string {
  return `${output.replace(/(\.cert)?\.json$/, '')}.global.cert.json`;
}

/** --box and --target, as data of the format. */
async function readBox({ box, target, data }: ConstructCommandOptions): Promise<Fields | undefined> {
  if (box === undefined) {
    if (target !== undefined) throw new Failure('--target is the target on a box: it needs --box');
    return undefined;
  }
  if (data !== undefined) throw new Failure('--box and --data exclude each other');
  if (target === undefined) throw new Failure('--box needs --target');
  const [{ parseTarget }, { parseQuantity }] = await Promise.all([
    import('../formats/expression.js'),
    import('../constructions/training-problem.js'),
  ]);
  const sides = box.split(';').map((side) => side.split(',').map((end) => end.trim()));
  for (const side of sides) {
    const wrong = side.length === 2 ? side.find((end) => parseQuantity(end) === null) : side.join(',');
    if (wrong !== undefined) {
      throw new Failure(`--box: expected two numbers a dimension such as "0,1;-1/2,2", found ${quoted(wrong)}`);
    }
  }
  const targets = target.map((text) => {
    const read = parseTarget(text, sides.length);
    if (read.kind === 'refused') throw new Failure(`--target ${quoted(text)}: ${read.message}`);
    return read.target;
  });
  const [lower, upper] = [sides.map(([a]) => a as string), sides.map(([, b]) => b as string)];
  return { type: 'box', lower, upper, targets };
}

function several(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** Theorems that bring their own data are asked without. */
async function readSamples({ data, inputs, targets }: ConstructCommandOptions): Promise<ConstructOptions['data']> {
  if (data === undefined) {
    if (inputs !== undefined || targets !== undefined)
      throw new Failure('--inputs and --targets name columns of --data');
    return undefined;
  }
  const { needSamples } = await import('./data-file.js');
  return needSamples(data, { inputs, targets });
}
