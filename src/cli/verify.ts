import type { Command } from 'commander';
import { canonicalProblem } from '../kernel/canonical.js';
import type { Limits } from '../kernel/limits.js';
import { type Checked, checkFile, type Question } from './check-file.js';
import { findCertificates } from './certificate-files.js';
import { examples, exits } from './command.js';
import { shown } from './decimal.js';
import { type ExitCode, exitCode, worst } from './exit-code.js';
import { Failure } from './failure.js';
import { count, limit } from './options.js';
import { startProgress } from './progress.js';
import { needText, shownPath } from './read.js';
import { print, printJson, tell } from './terminal.js';

interface VerifyOptions {
  readonly problem?: string;
  readonly point?: string;
  readonly jobs: number;
  readonly junit?: string;
  readonly limit?: Partial<Limits>;
  readonly verbose?: true;
  readonly json?: true;
}

export function addVerify(program: Command): void {
  program
    .command('verify')
    .summary('check certificates, and say what they prove')
    .description(
      'Checks certificates in exact arithmetic, and says what they prove. Folders are searched for *.cert.json.\n' +
        'Exit code: 0 all proved, 1 some rejected, 2 some declined and none rejected, 3 something cannot be read.',
    )
    .argument('<path...>', 'certificate files, or folders')
    .option('--problem <file>', 'reject certificates about another problem than this one')
    .option('--point <file>', 'reject certificates about another point than this one')
    .option('--jobs <n>', 'check so many files at the same time', count(1), 1)
    .option('--junit <file>', 'write the results as JUnit XML, too')
    .option('--limit <name=value>', 'another limit, such as digits=1000000; may be repeated', limit)
    .option('--verbose', 'say each theorem in words, however many there are')
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      examples(
        'verify iris.cert.json',
        'verify certificates --jobs 4 --junit results.xml',
        'verify theirs.cert.json --problem mine.json --point trained.json',
      ),
    )
    .action(exits(verify));
}

/** Up to so many theorems are said in words unasked. */
const fewFiles = 3;

async function verify(paths: readonly string[], options: VerifyOptions): Promise<ExitCode> {
  const limits = options.limit ?? {};
  const about = await expected(options, limits);
  const found = findCertificates(paths);
  const questions = found.flatMap(({ kind, path }): Question[] => (kind === 'file' ? [{ file: path, limits, ...about }] : []));
  const inWords = options.json !== true && (options.verbose === true || questions.length <= fewFiles);
  const results: Checked[] = [];
  const progress = startProgress();
  const answered = async (checked: Checked) => {};
  progress.end();
  return worst([]);
}
