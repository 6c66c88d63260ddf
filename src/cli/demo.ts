import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { Built } from '../constructions/construction.js';
import type { Theorem } from '../kernel/theorem.js';
import { examples, exits } from './command.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { Failure } from './failure.js';
import { startProgress } from './progress.js';
import { readBytes, shownPath, systemMessage } from './read.js';
import { print } from './terminal.js';

const theoremId = 'yun-sra-jadbabaie-2019-theorem-1';
const columns = { inputs: ['sepal_length', 'sepal_width', 'petal_length'], targets: ['petal_width'] };
const hidden = [8];

export function addDemo(program: Command): void {
  program
    .command('demo')
    .summary('prove a spurious local minimum on real data, in seconds')
    .description(
      "Builds a spurious local minimum of a ReLU network on Fisher's iris data, has the kernel prove it, then damages the " +
        'certificate, and has the kernel refuse that.',
    )
    .option('-o, --output <folder>', 'where iris.cert.json, iris.md and iris.svg are written', 'cairn-demo')
    .addHelpText('after', examples('demo', 'demo -o /tmp/cairn'))
    .action(exits(demo));
}

async function demo({ output }: { readonly output: string }): Promise<ExitCode> {
  const start = performance.now();
  const [{ explain }, { plot }, { writeAtomically }, { provedTheorem }] = await Promise.all([
    import('../report/explain.js'),
    import('../report/plot.js'),
    import('./write-atomically.js'),
    import('./proved-theorem.js'),
  ]);
  makeFolder(output);
  const paths = {
    certificate: join(output, 'iris.cert.json'),
    page: join(output, 'iris.md'),
    picture: join(output, 'iris.svg'),
  };

  const built = await build();
  await writeAtomically([paths.certificate, built.text]);
  // What is shown from here on has been proved from the file that lies there now.
  const theorem = provedTheorem(paths.certificate);
  await showPoints(theorem);
  showVerdict(theorem);
  await showTampering(built.text);
  await writeAtomically([paths.page, await explain(theorem, 'markdown')], [paths.picture, plot(theorem)]);

  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  print(`\nWritten after ${seconds} s; \`cairn verify ${shownPath(paths.certificate)}\` checks it again:`);
  for (const path of Object.values(paths)) print(`  ${shownPath(path)}`);
  return exitCode({ kind: 'proved' });
}

/** One folder after the other: Node's own way of making all of them does not end where one can never be made, as below /proc. */
function makeFolder(path: string): void {
  const parent = dirname(path);
  if (parent !== path && !existsSync(parent)) makeFolder(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    if (existsSync(path) && statSync(path).isDirectory()) return;
    throw new Failure(`${shownPath(path)}: cannot make the folder: ${systemMessage(error)}`);
  }
}

const title = (text: string): void => print('', { text: `\n${text}`, colour: 'bold' });

/** Shows the data, and builds the certificate on them. */
async function build(): Promise<Extract<Built, { kind: 'built' }>> {
  const [{ createHash }, { findConstruction }, { parseCsv, selectColumns }, { defaultLimits }] = await Promise.all([
    import('node:crypto'),
    import('../constructions/index.js'),
    import('../formats/csv.js'),
    import('../kernel/limits.js'),
  ]);
  // The package brings the file.
  const path = fileURLToPath(new URL('../../certificates/data/iris.csv', import.meta.url));
  const read = readBytes(path, defaultLimits.bytes);
  if (read.kind !== 'bytes') throw new Failure(`${shownPath(path)}: ${read.message}`);
  const table = parseCsv(read.bytes, 'iris.csv');
  if (table.kind === 'refused') throw new Failure(table.message);
  const samples = selectColumns(table, columns);
  if (samples.kind === 'refused') throw new Failure(samples.message);

  title('The data');
  print(
    `  Fisher's iris flowers (R. A. Fisher 1936, as in scikit-learn 1.2.1): n = ${samples.inputs.length} samples, d = ${columns.inputs.length}`,
  );
  print(`  ${columns.inputs.join(', ')} → ${columns.targets.join(', ')}, in cm, read exactly`);
  print(`  iris.csv sha256:${createHash('sha256').update(read.bytes).digest('hex')}`);

  const found = findConstruction(theoremId);
  if (found.kind === 'unknown') throw new Error(`Cannot find the construction ${theoremId}`);
  const progress = startProgress();
  const built = await found.construction
    .build({
      ...samples,
      hidden,
      activation: { type: 'activation', function: 'relu' },
      loss: { function: 'squared' },
      settings: {},
      seed: 1,
      effort: 10,
      observe: progress.show,
    })
    .finally(progress.end);
  if (built.kind !== 'built') throw new Error(`Cannot build the demonstration: ${built.kind}`);
  return built;
}

async function showPoints(theorem: Theorem): Promise<void> {
  const { problem } = theorem.statement;
  const { better, gap } = theorem.risk;
  const [{ architecture, parameterCount, riskWords }, { exactly, percent }, { pointRisk }] = await Promise.all([
    import('../report/architecture.js'),
    import('../report/numbers.js'),
    import('../report/risk-string.js'),
  ]);
  const point = pointRisk(theorem);
  title('The problem');
  print(
    `  ${architecture(problem).unicode}, ${parameterCount(problem)}, to minimise ${riskWords(problem).formula.unicode}`,
  );
  title('Two points');
  print(`  a local minimum: R = ${exactly(point).unicode}`);
  if (better === null || gap === null) return;
  print(`  a better point:  R = ${exactly(better).unicode}`);
  print(
    `  the exact gap:       ${exactly(gap).unicode}, which is ${percent(gap, point).unicode} of the local minimum's risk`,
  );
}

function showVerdict({ statement: { kind }, rules, obligations: { total, by } }: Theorem): void {
  title("The kernel's verdict");
  print(`  ${kind} by ${rules.join(', ')}`, { text: '  proved', colour: 'green' });
  const parts = Object.entries(by).map(([name, times]) => `${times} ${name}`);
  print(`  ${total} obligations, each discharged in exact arithmetic: ${parts.join(', ')}`);
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Damages the certificate in three ways, and shows what the kernel says to each. */
async function showTampering(text: string): Promise<void> {
  const { checkCertificate } = await import('../kernel/check.js');
  title('The same certificate, damaged');
  const damages: readonly [string, (file: Json) => string | null][] = [
    ['one digit of a measurement', (file) => changeDigit(file, '$', '$.statement.problem.data.targets')],
    ['one digit of the local minimum', (file) => changeDigit(file, '$', '$.statement.point.layers[1]')],
    ['the two points exchanged', exchangePoints],
  ];
  for (const [name, damage] of damages) {
    const file = JSON.parse(text) as Json;
    const change = damage(file);
    if (change === null) continue;
    const verdict = checkCertificate(JSON.stringify(file));
    print(`  ${name}: ${change}`);
    if (verdict.kind === 'proved') throw new Error('Cannot happen: a damaged certificate is proved');
    print(`  ${verdict.path}: ${verdict.reason.message} [${verdict.reason.code}]`, {
      text: '    REJECTED',
      colour: 'red',
    });
  }
}

function exchangePoints(file: Json): string {
  const { statement } = file as { statement: { point: Json; betterPoint: Json } };
  [statement.point, statement.betterPoint] = [statement.betterPoint, statement.point];
  return '$.statement.point ↔ $.statement.betterPoint';
}

/** Changes the first number at or below a path. @returns what was changed, or null where there is no number */
function changeDigit(json: Json, at: string, wanted: string): string | null {
  if (typeof json !== 'object' || json === null) return null;
  const entries: [string, Json][] = Array.isArray(json)
    ? json.map((value, i) => [`[${i}]`, value])
    : Object.entries(json).map(([key, value]) => [`.${key}`, value]);
  for (const [step, value] of entries) {
    const path = at + step;
    if (!path.startsWith(wanted) && !wanted.startsWith(path)) continue;
    if (typeof value === 'string' && path.startsWith(wanted)) {
      // The last digit of the numerator: a denominator must not become 0.
      const changed = value.replace(/[0-9](?=\/|$)/, (digit) => (digit === '9' ? '8' : `${Number(digit) + 1}`));
      const key = step.startsWith('[') ? step.slice(1, -1) : step.slice(1);
      (json as { [key: string]: Json })[key] = changed;
      return `${path}, ${shortened(value)} → ${shortened(changed)}`;
    }
    const found = changeDigit(value, path, wanted);
    if (found !== null) return found;
  }
  return null;
}

function shortened(number: string): string {
  return number.length <= 24 ? number : `${number.slice(0, 10)}…${number.slice(-10)}`;
}
