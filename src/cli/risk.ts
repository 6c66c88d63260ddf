import type { Command } from 'commander';
import { examples, exits } from './command.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { shownPath } from './read.js';
import { print, printJson, tell } from './terminal.js';

export function addRisk(program: Command): void {
  program
    .command('risk')
    .summary('compute the exact risk of a point')
    .description('Computes the exact risk R(θ) of a point. Exit code: 0, or 2 where this version cannot compute it, or 3.')
    .argument('<problem>', 'the problem: network, loss and data')
    .requiredOption('--point <file>', 'the point θ')
    .option('--json', 'one JSON object')
    .addHelpText('after', examples('risk problem.json --point trained.json'))
    .action(exits(risk));
}

async function risk(
  problemFile: string,
  { point: pointFile, json = false }: { readonly point: string; readonly json?: boolean },
): Promise<ExitCode> {
  const { readInstance } = await import('./problem-file.js');
  const instance = readInstance(problemFile, pointFile);
  if (instance.kind === 'declined') return declined(instance.file, instance.reason)
}
