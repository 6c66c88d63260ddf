import type { Command } from 'commander';
import { examples, exits } from './command.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { Failure } from './failure.js';
import { oneOf } from './options.js';
import { shownPath } from './read.js';
import { print } from './terminal.js';

export function addInspect(program: Command): void {
  program
    .command('inspect')
    .summary('show the regions, kinks and formulas of a network at a point')
    .description(
      'Shows what a point makes of the data: activation regions and the affine function on each, kinks, dead units, margins.\n' +
        'Exit code: 0; 2 where this version cannot compute it; 3 problem or point cannot be read.',
    )
    .argument('<problem>', 'the problem: network, loss and data')
    .requiredOption('--point <file>', 'the point to look at')
    .option('--format <name>', 'text or markdown', oneOf(['text', 'markdown']), 'text')
    .addHelpText('after', examples('inspect problem.json --point trained.json'))
    .action(exits(showRegions));
}

const notInspected = {
  ...{ box: 'boxes', 'gaussian-teacher': 'a Gaussian teacher', 'parametrized-target': 'parametrized targets' },
  'decayed-samples': 'weight decay',
} as const;

async function showRegions(
  problemFile: string,
  { point: pointFile, format }: { readonly point: string; readonly format: 'text' | 'markdown' },
): Promise<ExitCode> {
  const [{ needProblemAndPoint }, { withRefusals }, { inspect }] = await Promise.all([
    import('./problem-file.js'),
    import('./refusals.js'),
    import('../report/inspect.js'),
  ]);
  const { problem, point } = needProblemAndPoint(problemFile, pointFile);
  if (problem.type !== 'samples') {
    throw new Failure(
      `${shownPath(problemFile)}: $.data.type: inspect shows what a point makes of samples, and has nothing for ${notInspected[problem.type]} in this version`,
      'undecided',
    );
  }
  if (point.algebraic !== null) {
    throw new Failure(
      `${shownPath(pointFile)}: $.field: inspect shows rational points, and this one has numbers of a field; certify and risk take it`,
      'undecided',
    );
  }
  const text = await withRefusals(pointFile, () => inspect(problem, point, { format }));
  print(text.trimEnd());
  return exitCode({ kind: 'built' });
}
