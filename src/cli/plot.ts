import type { Command } from 'commander';
import type { View } from '../report/plot.js';
import { examples, exits } from './command.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { Failure } from './failure.js';
import { count, oneOf } from './options.js';
import { shownPath } from './read.js';
import { print } from './terminal.js';

const views = ['segment', 'slice', 'realization', 'residual', 'family'] as const satisfies readonly View[];

const notSamples = {
  ...{ samples: 'samples', 'decayed-samples': 'samples', box: 'a box' },
  ...{ 'gaussian-teacher': 'a Gaussian teacher', 'parametrized-target': 'a parametrized target' },
} as const;

interface PlotOptions {
  readonly output: string;
  readonly view?: (typeof views)[number];
  readonly plane?: number;
}

export function addPlot(program: Command): void {
  program
    .command('plot')
    .summary('draw a proved certificate as SVG')
    .description(
      'Checks a certificate and draws it. Of an unproved certificate it shows nothing but the reason.\n' +
        'Exit code: 0 proved and drawn, 1 rejected, 2 declined, 3 it cannot be read or written.',
    )
    .argument('<file>', 'a certificate')
    .requiredOption('-o, --output <file>', 'where the picture is written')
    .option(
      '--view <name>',
      `one of ${views.join(', ')} (default: realization for one input, else segment)`,
      oneOf(views),
    )
    .option('--plane <seed>', 'seed of the random plane of a slice', count(0))
    .addHelpText(
      'after',
      examples('plot iris.cert.json -o iris.svg', 'plot iris.cert.json --view slice --plane 7 -o slice.svg'),
    )
    .action(exits(draw));
}

async function draw(file: string, { output, view, plane }: PlotOptions): Promise<ExitCode> {
  const [{ provedTheorem }, { withRefusals }, { plot }, { needWritable, writeAtomically }] = await Promise.all([
    import('./proved-theorem.js'),
    import('./refusals.js'),
    import('../report/plot.js'),
    import('./write-atomically.js'),
  ]);
  needWritable(output, [file]);
  const theorem = provedTheorem(file);
  const { type, network } = theorem.statement.problem;
  const { inputs } = network;
  const found = notSamples[type];
  if (view === 'realization' && inputs !== 1) {
    throw new Failure(`${shownPath(file)}: --view realization needs a network with one input, found ${inputs}`);
  }
  if (
    (view === 'residual' && !['samples', 'decayed-samples'].includes(type) && !(type === 'box' && inputs === 1)) ||
    (view === 'realization' && type === 'gaussian-teacher')
  ) {
    throw new Failure(`${shownPath(file)}: --view ${view} needs samples or an interval, found ${found}`);
  }
  if (type === 'parametrized-target' && (view === 'segment' || view === 'slice')) {
    throw new Failure(
      `${shownPath(file)}: --view ${view} needs risks, which are known only up to a common number here`,
    );
  }
  if (view === 'family' && theorem.statement.family === null) {
    throw new Failure(`${shownPath(file)}: --view family needs a certificate about a family`);
  }
  const options = { ...(view === undefined ? {} : { view }), ...(plane === undefined ? {} : { planeSeed: plane }) };
  writeAtomically(output, await withRefusals(file, () => plot(theorem, options)));
  print(`written: ${shownPath(output)}`);
  return exitCode({ kind: 'proved' });
}
