import type { Command } from 'commander';
import { examples, exits } from './command.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { Failure } from './failure.js';
import { shownPath } from './read.js';
import { print, printJson } from './terminal.js';

export function addRisk(program: Command): void {
  program
    .command('risk')
    .summary('compute the exact risk of a point')
    .description('Computes the exact risk R(θ) of a point. Exit code: 0; 2 where this version cannot compute it; 3.')
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
  const [{ needProblemAndPoint }, { riskOf }, { riskString }, { equation, exactly, exactAmount }] = await Promise.all([
    import('./problem-file.js'),
    import('../report/risk.js'),
    import('../report/risk-string.js'),
    import('../report/numbers.js'),
  ]);
  const { problem, point } = needProblemAndPoint(problemFile, pointFile);
  const answer = riskOf(problem, point);
  if (answer.kind === 'declined') {
    const { path, reason } = answer;
    const file = path.startsWith('$.data') ? problemFile : pointFile;
    throw new Failure(`${shownPath(file)}: ${path}: ${reason.message} [${reason.code}]`, 'undecided');
  }
  const { risk: value } = answer;
  if (json) printJson({ risk: riskString(value) });
  else if (exactAmount(value) === null) print(equation('R', value).unicode);
  else print(`R = ${exactly(value).unicode}`);
  return exitCode({ kind: 'built' });
}
