import type { Command } from 'commander';
import { formatRational } from '../kernel/arithmetic/rational.js';
import type { AnyStatement } from '../kernel/statement.js';
import { examples, exits } from './command.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { print } from './terminal.js';

export function addDiff(program: Command): void {
  program
    .command('diff')
    .summary('tell whether two certificates prove the same statement')
    .description(
      'Compares what two certificates prove, by value: the way numbers are written, the proofs and the claimed sources do not count.\n' +
        'Exit code: 0 the same statement, 1 another one, 3 one of them is not proved or cannot be read.',
    )
    .argument('<a>', 'a certificate')
    .argument('<b>', 'another one')
    .addHelpText('after', examples('diff ours.cert.json theirs.cert.json'))
    .action(exits(diff));
}

async function diff(a: string, b: string): Promise<ExitCode> {
  const [{ provedTheorem }, canonical] = await Promise.all([
    import('./proved-theorem.js'),
    import('../kernel/canonical.js'),
  ]);
  const [first, second] = [a, b].map((file) => provedTheorem(file, 'failed').statement) as [AnyStatement, AnyStatement];
  const parts: readonly [string, (statement: AnyStatement) => string][] = [
    ['kind', ({ kind }) => kind],
    [
      'network and loss',
      ({ problem }) => canonical.canonicalProblem(problem).split(canonical.canonicalData(problem), 1).join(''),
    ],
    ['weight decay', ({ problem }) => (problem.type === 'decayed-samples' ? formatRational(problem.decay) : '')],
    ['data', ({ problem }) => canonical.canonicalData(problem)],
    ['point', ({ point }) => canonical.canonicalPoint(point)],
    ['better point', ({ betterPoint }) => (betterPoint === null ? '' : canonical.canonicalPoint(betterPoint))],
    ['radius', ({ radius }) => (radius === null ? '' : `${radius.num}/${radius.den}`)],
    ['family', (statement) => (statement.family === null ? '' : canonical.canonicalStatement(statement))],
    ['list', (statement) => (statement.list === null ? '' : canonical.canonicalTexts(statement).point)],
  ];
  const same = canonical.canonicalStatement(first) === canonical.canonicalStatement(second);
  const differing = parts.filter(([, text]) => text(first) !== text(second)).map(([name]) => name);
  print(same ? 'the same statement' : `different: ${differing.join(', ')}`);
  return exitCode({ kind: same ? 'same' : 'different' });
}
