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

/** The precision of risks that are irrational. */
const bits = 64;

async function risk(
  problemFile: string,
  { point: pointFile, json = false }: { readonly point: string; readonly json?: boolean },
): Promise<ExitCode> {
  const [{ needProblemAndPoint }, { withRefusals }, { riskOfAny }, { gaussianRisk }, { defaultLimits, Meter }] =
    await Promise.all([
      import('./problem-file.js'),
      import('./refusals.js'),
      import('../kernel/claims/in-field.js'),
      import('../kernel/model/arc-cosine.js'),
      import('../kernel/limits.js'),
    ]);
  const [{ riskString }, { equation, exactly, exactAmount }] = await Promise.all([
    import('../report/risk-string.js'),
    import('../report/numbers.js'),
  ]);
  const { problem, point } = needProblemAndPoint(problemFile, pointFile);
  if (problem.type === 'parametrized-target') {
    const why = 'of a parametrized target the integral of its square is not computed, and so no risk';
    throw new Failure(`${shownPath(problemFile)}: $.data: ${why}`, 'undecided');
  }
  const meter = new Meter(defaultLimits);
  const value = await withRefusals(pointFile, () =>
    problem.type === 'gaussian-teacher' && point.algebraic === null
      ? gaussianRisk(problem.data, point.parameters, bits, meter)
      : riskOfAny(problem, point, bits, meter, '$'),
  );
  if (json) printJson({ risk: riskString(value) });
  else if (exactAmount(value) === null) print(equation('R', value).unicode);
  else print(`R = ${exactly(value).unicode}`);
  return exitCode({ kind: 'built' });
}
