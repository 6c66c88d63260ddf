import type { Command } from 'commander';
import { examples, exits } from './command.js';
import { type ExitCode, exitCode } from './exit-code.js';
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
  const [{ needProblemAndPoint }, { withRefusals }, { evaluateExactly, exactRisk }, { defaultLimits, Meter }] =
    await Promise.all([
      import('./problem-file.js'),
      import('./refusals.js'),
      import('../kernel/model/evaluation.js'),
      import('../kernel/limits.js'),
    ]);
  const [{ formatRational }, { exactly }] = await Promise.all([
    import('../kernel/arithmetic/rational.js'),
    import('../report/numbers.js'),
  ]);
  const { problem, point } = needProblemAndPoint(problemFile, pointFile);
  const { network, loss, data } = problem;
  const meter = new Meter(defaultLimits);
  const value = await withRefusals(pointFile, () =>
    exactRisk(evaluateExactly(network, point.parameters, data, meter), loss, data, meter),
  );
  if (json) printJson({ risk: formatRational(value) });
  else print(`R = ${exactly(value).unicode}`);
  return exitCode({ kind: 'built' });
}
