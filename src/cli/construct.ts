import type { Command } from 'commander';
import type { Built, Construction, ConstructionInput } from '../constructions/construction.js';
import type { ExactGap } from '../constructions/exact-gap.js';
import { didYouMean } from '../formats/did-you-mean.js';
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

interface ConstructOptions {
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

async function construct(id: string, options: ConstructOptions): Promise<ExitCode> {
  const [{ needWritable, writeAtomically }, { hasStream, StreamFile }] = await Promise.all([
    import('./write-atomically.js'),
    import('./stream-file.js'),
  ]);
  const { output, data } = options;
  const construction = await find(id);
  const sources = data === undefined ? [] : [data];
  needWritable(output, sources);
  const stream = StreamFile.beside(output, sources);
  needSettings(construction, options.set ?? {});
  const { activation, loss } = await layerAndLoss(options);
  const box = await readBox(construction, options);
  const samples = await readSamples(options);
  const { hidden = null, set: settings = {}, seed, effort } = options;
  const progress = startProgress();
  let built: Built;
  try {
    const observe = progress.show;
    built = await construction.build({
      ...{ ...samples, ...box, hidden, activation, loss, settings, seed, effort, observe },
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
        published?.publish();
        writeAtomically(output, gap.text);
        writeAtomically(beside, gap.globalText);
        for (const note of gap.notes) tell(note);
        await showWritten(gap.theorem, output);
        print(`written: ${shownPath(beside)}`);
        if (published !== null) print(`written: ${shownPath(published.shown)}`);
        return exitCode(built);
      }
      const published = stream !== null && hasStream(built.theorem) ? stream : null;
      published?.publish();
      writeAtomically(output, built.text);
      for (const note of [...built.notes, ...(gap === null ? [] : [gap.message])]) tell(note);
      await showWritten(built.theorem, output);
      if (published !== null) print(`written: ${shownPath(published.shown)}`);
      return exitCode(built);
    }
    case 'hypothesis-fails':
      tell(`${construction.id}: the hypothesis "${built.hypothesis}" fails: ${built.message}`);
      return exitCode(built);
    case 'gave-up':
      tell(`${construction.id}: gave up at effort ${effort}: ${built.message}`);
      return exitCode(built);
    case 'usage':
      throw new Failure(`${construction.id}: ${built.message}`);
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

async function find(id: string): Promise<Construction> {
  const { findConstruction } = await import('../constructions/index.js');
  const found = findConstruction(id);
  if (found.kind === 'found') return found.construction;
  const hint = found.meant === null ? '`cairn theorems` lists them' : `did you mean ${quoted(found.meant)}?`;
  throw new Failure(`unknown theorem ${quoted(id)}; ${hint}`);
}

function needSettings({ id, settings }: Construction, given: Readonly<Record<string, string>>): void {
  const names = settings.map(({ name }) => name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const meant = didYouMean(unknown, names);
  const hint = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  throw new Failure(
    `--set: ${id} has no setting ${quoted(unknown)}; ${meant === null ? hint : `did you mean ${quoted(meant)}?`}`,
  );
}

/** Both are judged by the kernel's own reader, in the smallest problem that contains them. */
async function layerAndLoss(
  options: ConstructOptions,
): Promise<{ readonly activation: Fields; readonly loss: Fields }> {
  const [{ readProblem }, { writeFile }] = await Promise.all([
    import('../kernel/check.js'),
    import('../formats/write.js'),
  ]);
  const activation = { type: 'activation', ...namedFunction('activation', options.activation) };
  const loss = namedFunction('loss', options.loss);
  const dense = { type: 'dense', units: 1 };
  const network = { input: [1], layers: [dense, activation, dense] };
  const data = { type: 'samples', inputs: [['0']], targets: [['0']] };
  const read = readProblem(writeFile({ format: 'cairn-problem', version: 1, network, loss, data }));
  if (read.kind === 'read') return { activation, loss };
  const at = read.path.startsWith('$.loss')
    ? `--loss ${quoted(options.loss)}`
    : `--activation ${quoted(options.activation)}`;
  throw new Failure(`${at}: ${read.reason.message}`);
}

/** --box and --target, as data of the format. */
async function readBox(
  { id, onBoxes = false }: Construction,
  { box, target, data }: ConstructOptions,
): Promise<{ readonly box?: Fields }> {
  if (box === undefined) {
    if (target !== undefined) throw new Failure('--target is the target on a box: it needs --box');
    return {};
  }
  if (!onBoxes) throw new Failure(`--box: ${id} is not about boxes in this version`);
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
  return { box: { type: 'box', lower, upper, targets } };
}

function several(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** Theorems that bring their own data are asked without. */
async function readSamples({
  data,
  inputs,
  targets,
}: ConstructOptions): Promise<Pick<ConstructionInput, 'inputs' | 'targets' | 'weights'>> {
  if (data === undefined) {
    if (inputs !== undefined || targets !== undefined)
      throw new Failure('--inputs and --targets name columns of --data');
    return { inputs: [], targets: [], weights: null };
  }
  const { needSamples } = await import('./data-file.js');
  return needSamples(data, { inputs, targets });
}
