import type { Command } from 'commander';
import { formatRational, type Rational } from '../kernel/arithmetic/rational.js';
import type { Kind } from '../kernel/format.js';
import type { AnyPoint, Problem } from '../kernel/statement.js';
import type { Answer, Undecided } from '../provers/prover.js';
import type { CertifyLine } from './answer.js';
import { examples, exits } from './command.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { Failure } from './failure.js';
import { count, oneOf, positive } from './options.js';
import type { Given } from './problem-file.js';
import { startProgress } from './progress.js';
import { shownPath } from './read.js';
import type { StreamFile } from './stream-file.js';
import { print, printJson, tell } from './terminal.js';

interface CertifyCommandOptions {
  readonly point: string;
  readonly better?: string;
  readonly near?: Rational;
  readonly claim?: Kind;
  readonly seed: number;
  readonly effort: number;
  readonly output: string;
  readonly json?: true;
}

const claims = [
  'local-minimum',
  'spurious-local-minimum',
  'global-minimum',
  'not-global-minimum',
  'not-local-minimum',
  'saddle',
  'no-local-minimum-near',
  'local-minimum-near',
  'spurious-local-minimum-near',
] as const satisfies readonly Kind[];

export function addCertify(program: Command): void {
  program
    .command('certify')
    .summary('decide what a point of a problem is, and write the proof')
    .description(
      'Decides what a point is: a local minimum (spurious, where a better point is known or found), a global one, a saddle, ' +
        'no local minimum; and writes the certificate of it, which the kernel has proved.\n' +
        'Exit code: 0 the claim is proved, 1 its negation is, 2 undecided, 3 problem or point cannot be read.',
    )
    .argument('<problem>', 'the problem: network, loss and data')
    .requiredOption('--point <file>', 'the point to decide')
    .option('--better <file>', 'a point that is hoped to have lower risk; without it, one is looked for')
    .option('--near <radius>', 'ask about all points within this distance, such as 1/1000', positive)
    .option('--claim <kind>', 'ask for this claim (default: local-minimum)', oneOf(claims))
    .option('--seed <n>', 'seed of the search', count(0), 1)
    .option('--effort <n>', 'search steps; more may find more', count(1), 10)
    .requiredOption('-o, --output <file>', 'where the certificate is written')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      examples(
        'certify problem.json --point trained.json -o trained.cert.json',
        'certify problem.json --point trained.json --near 1/1000000 -o near.cert.json',
        'certify problem.json --point a.json --better b.json -o spurious.cert.json',
      ),
    )
    .action(exits(certify));
}

async function certify(problemFile: string, options: CertifyCommandOptions): Promise<ExitCode> {
  const start = performance.now();
  const [{ readPointFile, readProblemFile }, { needWritable, writeAtomically }, { hasStream, StreamFile }] =
    await Promise.all([import('./problem-file.js'), import('./write-atomically.js'), import('./stream-file.js')]);
  const { point: pointFile, better: betterFile, output } = options;
  needMatchingRadius(options);
  const sources = [problemFile, pointFile, ...(betterFile === undefined ? [] : [betterFile])];
  needWritable(output, sources);
  const stream = options.claim === 'global-minimum' ? StreamFile.beside(output, sources) : null;

  const problem = readProblemFile(problemFile);
  if (problem.kind === 'declined') return undecided(problemFile, problem.reason, options, start);
  const point = readPointFile(pointFile, problem.value);
  if (point.kind === 'declined') return undecided(pointFile, point.reason, options, start);
  const better = betterFile === undefined ? null : readPointFile(betterFile, problem.value);
  if (better?.kind === 'declined') {
    const { path, message } = better.reason;
    tell(`${shownPath(betterFile as string)}: ${path}: ${message}; it is ignored`);
  }

  const answer = await search(problem.value, point.value, better, stream, options);
  if (answer.kind === 'undecided') {
    for (const note of answer.notes) tell(note);
    return undecided(pointFile, answer.reason, options, start);
  }
  const published = stream !== null && hasStream(answer.theorem) ? stream : null;
  await writeAtomically(...(published === null ? [] : [published.file()]), [output, answer.text]);
  for (const note of answer.notes) tell(note);
  if (options.json) {
    printLine({ verdict: answer.claim, kind: answer.claim, certificate: output, reason: null }, options, start);
  } else {
    const { showWritten } = await import('./in-words.js');
    await showWritten(answer.theorem, output);
    if (published !== null) print(`written: ${shownPath(published.shown)}`);
    const { fallInWords } = await import('../report/fall.js');
    const fall = fallInWords(answer.theorem);
    if (fall !== null) tell(fall);
  }
  return exitCode({ kind: 'certified', holds: answer.holds });
}

/** Claims about a ball need its radius, and others have none. */
function needMatchingRadius({ claim, near }: CertifyCommandOptions): void {
  if (claim === undefined || claim.endsWith('-near') === (near !== undefined)) return;
  throw new Failure(near === undefined ? `--claim ${claim} needs --near` : `--near excludes --claim ${claim}`);
}

async function search(
  problem: Problem,
  point: AnyPoint,
  better: Given<AnyPoint> | null,
  stream: StreamFile | null,
  { near, claim, seed, effort }: CertifyCommandOptions,
): Promise<Answer> {
  const { certify: decide } = await import('../provers/certify.js');
  const progress = startProgress();
  try {
    return await decide(problem, point, {
      ...(better?.kind === 'given' ? { better: better.value } : {}),
      ...(near === undefined ? {} : { radius: near }),
      ...(claim === undefined ? {} : { claim }),
      seed,
      effort,
      observe: progress.show,
      ...(stream === null ? {} : { store: stream }),
    });
  } finally {
    progress.end();
  }
}

function undecided(file: string, reason: Undecided, options: CertifyCommandOptions, start: number): ExitCode {
  if (options.json) printLine({ verdict: 'undecided', kind: null, certificate: null, reason }, options, start);
  else {
    const line = `${shownPath(file)}: ${reason.path}: ${reason.message} [${reason.code}]`;
    print(line, { text: 'undecided  ', colour: 'yellow' });
  }
  return exitCode({ kind: 'undecided' });
}

function printLine(
  { verdict, kind, certificate, reason }: Omit<CertifyLine, 'near' | 'ms'>,
  { near }: CertifyCommandOptions,
  start: number,
): void {
  const radius = near === undefined ? null : formatRational(near);
  const line: CertifyLine = {
    verdict,
    kind,
    certificate,
    near: radius,
    reason,
    ms: Math.round(performance.now() - start),
  };
  printJson(line);
}
