import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { AnyPoint, AnyStatement, Problem } from '../kernel/statement.js';
import { examples, exits } from './command.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { Failure } from './failure.js';
import { shownPath } from './read.js';
import { print } from './terminal.js';

interface ExtractOptions {
  readonly problem?: string;
  readonly point?: string;
  readonly better?: string;
}

export function addExtract(program: Command): void {
  program
    .command('extract')
    .summary('write the problem and the points of a proved certificate as files')
    .description(
      'Checks a certificate, and writes its problem and its points as files of their own, which certify, risk, inspect and verify take. ' +
        'Of an unproved certificate it writes nothing.\n' +
        'Exit code: 0 written, 1 rejected, 2 declined, 3 it cannot be read or written, or has no such part.',
    )
    .argument('<file>', 'a certificate')
    .option('--problem <file>', 'where the problem is written: network, loss and data')
    .option('--point <file>', 'where the point is written that the certificate is about')
    .option('--better <file>', 'where the better point is written')
    .addHelpText(
      'after',
      examples(
        'extract iris.cert.json --problem problem.json --point minimum.json --better better.json',
        'extract iris.cert.json --problem problem.json',
      ),
    )
    .action(exits(extract));
}

async function extract(file: string, { problem, point, better }: ExtractOptions): Promise<ExitCode> {
  const [{ provedTheorem }, { needWritable, writeAtomically }] = await Promise.all([
    import('./proved-theorem.js'),
    import('./write-atomically.js'),
  ]);
  const given = [problem, point, better].filter((path) => path !== undefined);
  if (given.length === 0) throw new Failure('Cannot extract nothing: expected --problem, --point or --better');
  const twice = given.find((path, i) => given.slice(0, i).some((other) => resolve(other) === resolve(path)));
  if (twice !== undefined) throw new Failure(`${shownPath(twice)}: cannot write: two parts would go there`);
  for (const path of given) needWritable(path, [file]);
  const { statement } = provedTheorem(file);
  const none = (option: string, why: string) => new Failure(`${shownPath(file)}: ${option}: ${why}`);
  const pointWhy = withoutPoint(statement);
  if (point !== undefined && pointWhy !== null) throw none('--point', pointWhy);
  const betterWhy = withoutBetterPoint(statement);
  if (better !== undefined && betterWhy !== null) throw none('--better', betterWhy);

  const texts: [string, string][] = [];
  if (problem !== undefined) texts.push([problem, await problemText(statement.problem)]);
  if (point !== undefined) texts.push([point, await pointText(statement.problem, statement.point)]);
  if (better !== undefined) texts.push([better, await pointText(statement.problem, statement.betterPoint as AnyPoint)]);
  await writeAtomically(...texts);
  print(`written: ${texts.map(([path]) => shownPath(path)).join(', ')}`);
  return exitCode({ kind: 'proved' });
}

/** @returns why there is no point that a file could hold, or null */
function withoutPoint({ family, list }: AnyStatement): string | null {
  if (family !== null) return 'the certificate is about a family of points, and not about one';
  if (list !== null) return 'the certificate is about a list of realizations, and not about one point';
  return null;
}

function withoutBetterPoint({ kind, betterPoint }: AnyStatement): string | null {
  return betterPoint === null ? `a certificate of the kind ${kind} names no better point` : null;
}

async function problemText(problem: Problem): Promise<string> {
  const [{ problemJson, writeFile }, { readProblem }, { canonicalProblem }] = await Promise.all([
    import('../formats/write.js'),
    import('../kernel/check.js'),
    import('../kernel/canonical.js'),
  ]);
  const text = writeFile({ format: 'cairn-problem', version: 1, ...problemJson(problem) });
  const read = readProblem(text);
  if (read.kind !== 'read' || canonicalProblem(read.value) !== canonicalProblem(problem)) {
    throw new Error('Cannot extract the problem: what would be written is another one');
  }
  return text;
}

async function pointText(problem: Problem, point: AnyPoint): Promise<string> {
  const [{ writePoint }, { readAnyPoint }, { canonicalPoint }] = await Promise.all([
    import('../formats/write.js'),
    import('../kernel/check.js'),
    import('../kernel/canonical.js'),
  ]);
  const text = writePoint(problem, point);
  const read = readAnyPoint(text, problem);
  if (read.kind !== 'read' || canonicalPoint(read.value) !== canonicalPoint(point)) {
    throw new Error('Cannot extract the point: what would be written is another one');
  }
  return text;
}
