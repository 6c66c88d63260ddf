import type { Command } from 'commander';
import type { Limits } from '../kernel/limits.js';
import type { Checked, Question } from './check-file.js';
import { examples, exits } from './command.js';
import { type ExitCode, exitCode, worst } from './exit-code.js';
import { Failure } from './failure.js';
import { count, limit } from './options.js';
import { startProgress } from './progress.js';
import { needText, shownPath } from './read.js';
import { type Colour, print, printJson, tell } from './terminal.js';
import type { VerdictCache } from './verdict-cache.js';

interface VerifyOptions {
  readonly problem?: string;
  readonly point?: string;
  readonly jobs: number;
  readonly junit?: string;
  readonly cache?: string;
  readonly resume?: string;
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
    .option('--cache <file>', 'keep proved verdicts in this file, and do not check again what it has')
    .option(
      '--resume <state>',
      'of a long stream: keep in this file how far the check has come, and go on from there if it exists',
    )
    .option('--limit <name=value>', 'another limit, such as digits=1000000; may be repeated', limit)
    .option('--verbose', 'say each theorem in words, however many there are')
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      examples(
        'verify iris.cert.json',
        'verify certificates --jobs 4 --junit results.xml',
        'verify certificates --cache .cairn-cache',
        'verify theirs.cert.json --problem mine.json --point trained.json',
        'verify long.cert.json --resume long.state',
      ),
    )
    .action(exits(verify));
}

/** Up to so many theorems are said in words unasked; of more files a summary is made. */
const fewFiles = 3;

async function verify(paths: readonly string[], options: VerifyOptions): Promise<ExitCode> {
  const [{ findCertificates }, { checkFile, notProved }] = await Promise.all([
    import('./certificate-files.js'),
    import('./check-file.js'),
  ]);
  const { json = false, verbose = false, jobs, junit } = options;
  if (options.resume !== undefined && (json || junit !== undefined)) {
    throw new Failure(
      '--resume excludes --json and --junit: these have no place for how much of the proof an earlier run is believed to have checked',
    );
  }
  const cache = options.cache === undefined ? null : await openCache(options.cache, paths, junit);
  if (junit !== undefined) {
    const { needWritable } = await import('./write-atomically.js');
    needWritable(junit, paths);
  }
  const expected = await readExpected(options);
  const found = findCertificates(paths);
  const files = found.flatMap(({ kind, path }) => (kind === 'file' ? [path] : []));
  const words = json ? 'none' : verbose || files.length <= fewFiles ? 'sentence' : 'short';
  const questions = files.map((file): Question => ({ file, ...expected, words, keep: cache !== null }));

  const results: Checked[] = [];
  const answered = (checked: Checked, question?: Question) => {
    results.push(checked);
    if (question !== undefined && !checked.cached) cache?.keep(question, checked);
    progress.end();
    show(checked, json);
  };
  const known = (question: Question) => cache?.find(question) ?? null;
  const progress = startProgress();
  if (options.resume !== undefined) {
    const { checkResumably } = await import('./resume.js');
    answered(await checkResumably(onlyOne(questions, found.length), options.resume, progress));
  } else if (jobs > 1 && questions.length > 1) {
    const { checkOnThreads } = await import('./pool.js');
    await checkOnThreads(questions, jobs, known, answered, (done) =>
      progress.show('checking files', done, files.length),
    );
  } else {
    for (const question of questions) {
      const name = shownPath(question.file);
      const watch = {
        observe: (what: string) => progress.show(`${name}: ${what}`, results.length, files.length),
        observeLines: (checked: number, total: number) => progress.show(`${name}: combinations`, checked, total),
      };
      answered(known(question) ?? (await checkFile(question, watch)), question);
    }
  }
  progress.end();

  for (const { path, message } of found.filter((entry) => entry.kind === 'nothing')) {
    answered(notProved(path, { kind: 'failed', reason: { code: 'no-certificate', path: '$', message } }, 0));
  }
  if (!json && results.length > fewFiles) {
    const { summary } = await import('./summary.js');
    print(`\n${summary(results).join('\n')}\n`);
  }
  const cached = results.filter((checked) => checked.cached).length;
  if (cached > 0) (json ? tell : print)(`${cached} of ${results.length} verdicts are of earlier runs (--cache)`);
  if (!json) print(tally(results));
  await cache?.save();
  if (junit !== undefined) {
    const [{ writeAtomically }, { junit: xml }] = await Promise.all([
      import('./write-atomically.js'),
      import('./junit.js'),
    ]);
    await writeAtomically([junit, xml(results)]);
  }
  return worst(results.map(exitCode));
}

async function openCache(path: string, paths: readonly string[], junit: string | undefined): Promise<VerdictCache> {
  const [{ VerdictCache: Cache }, { digestOfRunningCode }, { needWritable }] = await Promise.all([
    import('./verdict-cache.js'),
    import('./running-code.js'),
    import('./write-atomically.js'),
  ]);
  needWritable(path, junit === undefined ? paths : [...paths, junit]);
  const cache = new Cache(path, digestOfRunningCode());
  if (cache.damaged > 0) tell(`${shownPath(path)}: left out entries that are damaged: ${cache.damaged}`);
  return cache;
}

/** A state is about one certificate. */
function onlyOne([question, ...others]: readonly Question[], found: number): Question {
  if (question === undefined || others.length > 0 || found > 1) {
    throw new Failure(`--resume goes on with one certificate, found ${found === 1 ? 'none' : found}`);
  }
  return question;
}

/** The problem and the point that the certificates must be about. */
async function readExpected({
  limit: limits = {},
  ...options
}: VerifyOptions): Promise<Omit<Question, 'file' | 'words' | 'keep'>> {
  if (options.problem === undefined && options.point === undefined) return { limits, problem: null, point: null };
  const [{ need, readPointFile, readProblemFile }, { canonicalProblem }, { defaultLimits }] = await Promise.all([
    import('./problem-file.js'),
    import('../kernel/canonical.js'),
    import('../kernel/limits.js'),
  ]);
  const point = options.point === undefined ? null : needText(options.point, limits.bytes ?? defaultLimits.bytes);
  if (options.problem === undefined) return { limits, problem: null, point };
  // No certificate can be about a problem or a point that the kernel does not know.
  const problem = need(options.problem, readProblemFile(options.problem, limits));
  if (options.point !== undefined) need(options.point, readPointFile(options.point, problem, limits));
  return { limits, problem: canonicalProblem(problem), point };
}

const words: Readonly<Record<'proved' | 'rejected' | 'declined', { readonly text: string; readonly colour: Colour }>> =
  {
    proved: { text: 'proved    ', colour: 'green' },
    rejected: { text: 'REJECTED  ', colour: 'red' },
    declined: { text: 'declined  ', colour: 'yellow' },
  };

function show({ kind, line, short, sentence, source, cached }: Checked, json: boolean): void {
  if (json) printJson(line);
  const file = shownPath(line.file);
  const { reason } = line;
  if (kind === 'failed') {
    if (reason !== null) tell(`${file}: ${reason.message}`);
    return;
  }
  if (json) return;
  if (reason !== null) print(`${file}: ${reason.path}: ${reason.message} [${reason.code}]`, words[kind]);
  else print(`${file}  ${short}${cached ? ' (cached)' : ''}`, words[kind]);
  if (sentence === null) return;
  print(`\n  ${sentence}`);
  if (source !== null) print(`  claimed source (not checked): ${source}`);
  print('');
}

function tally(results: readonly Checked[]): string {
  const of = (wanted: Checked['kind']) => results.filter(({ kind }) => kind === wanted).length;
  const failed = of('failed');
  const counts = [`${of('proved')} proved`, `${of('rejected')} rejected`, `${of('declined')} declined`];
  return [...counts, ...(failed > 0 ? [`${failed} not checked`] : [])].join(', ');
}
