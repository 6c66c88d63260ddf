import { extname } from 'node:path';
import type { Command } from 'commander';
import { quoted } from '../formats/quoted.js';
import type { View } from '../report/plot.js';
import { examples, exits } from './command.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { Failure } from './failure.js';
import { count, oneOf, words } from './options.js';
import { shownPath } from './read.js';
import { print } from './terminal.js';

const views = ['segment', 'slice', 'realization', 'residual', 'family'] as const satisfies readonly View[];

interface PlotOptions {
  readonly output: string;
  readonly view?: (typeof views)[number];
  readonly plane?: number;
  readonly inputName?: string;
  readonly outputName?: string;
}

export function addPlot(program: Command): void {
  program
    .command('plot')
    .summary('draw a proved certificate as SVG or PDF')
    .description(
      'Checks a certificate and draws it. Of an unproved certificate it shows nothing but the reason.\n' +
        'Exit code: 0 proved and drawn, 1 rejected, 2 declined, 3 it cannot be read or written.',
    )
    .argument('<file>', 'a certificate')
    .requiredOption('-o, --output <file>', 'where the picture is written: a name that ends in .svg or .pdf')
    .option(
      '--view <name>',
      `one of ${views.join(', ')} (default: realization for one input, else segment)`,
      oneOf(views),
    )
    .option('--plane <seed>', 'seed of the random plane of a slice', count(0))
    .option('--input-name <text>', 'what the axis of the input is called, with its unit', words)
    .option('--output-name <text>', 'what the axis of the output is called, with its unit', words)
    .addHelpText(
      'after',
      examples(
        'plot iris.cert.json -o iris.svg',
        'plot iris.cert.json --view slice --plane 7 -o slice.pdf',
        'plot line.cert.json --input-name "petal length (cm)" --output-name "petal width (cm)" -o line.pdf',
      ),
    )
    .action(exits(draw));
}

async function draw(file: string, { output, view, plane, ...names }: PlotOptions): Promise<ExitCode> {
  const [{ provedTheorem }, { withRefusals }, { lacking, NoSuchAxis, plot }, { needWritable, writeAtomically }] =
    await Promise.all([
      import('./proved-theorem.js'),
      import('./refusals.js'),
      import('../report/plot.js'),
      import('./write-atomically.js'),
    ]);
  needWritable(output, [file]);
  const format = formatOf(output);
  const theorem = provedTheorem(file);
  const missing = view === undefined ? null : lacking(theorem, view);
  if (missing !== null) throw new Failure(`${shownPath(file)}: --view ${view} ${missing}`);
  const options = { ...(view === undefined ? {} : { view }), ...(plane === undefined ? {} : { planeSeed: plane }) };
  const svg = await withRefusals(file, () => {
    try {
      return plot(theorem, { ...options, ...names });
    } catch (error) {
      if (!(error instanceof NoSuchAxis)) throw error;
      throw new Failure(`${shownPath(file)}: --${error.what}-name: the picture has no axis of the ${error.what}`);
    }
  });
  await writeAtomically([output, format === 'svg' ? svg : await (await import('./pdf.js')).pdf(svg)]);
  print(`written: ${shownPath(output)}`);
  return exitCode({ kind: 'proved' });
}

/** @returns what the name of the file asks for, or ends the command */
function formatOf(output: string): 'svg' | 'pdf' {
  const extension = extname(output).toLowerCase();
  if (extension === '.svg') return 'svg';
  if (extension === '.pdf') return 'pdf';
  throw new Failure(
    `${shownPath(output)}: cannot draw: expected a name that ends in .svg or .pdf, found ${extension === '' ? 'no extension' : quoted(extension)}`,
  );
}
