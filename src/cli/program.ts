/** The command line: proofs/format.md 10 and 11. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { hint } from '../formats/did-you-mean.js';
import { quoted } from '../formats/quoted.js';
import type { AddCommand } from './command.js';
import { exitCode } from './exit-code.js';
import { Failure, oneLine } from './failure.js';
import { systemMessage } from './read.js';
import { tell, visible } from './terminal.js';

/** Whatever went wrong, exit code 1 would read as "rejected". */
function fail(error: unknown): void {
  const expected = error instanceof Failure;
  process.exitCode = exitCode({ kind: expected ? error.kind : 'failed' });
  tell(expected ? error.message : `cairn: internal error: ${oneLine(error)}`);
}

process.on('uncaughtException', (error) => {
  fail(error);
  process.exit();
});
// Whoever reads our output may stop early (cairn … | head): that is no failure, and the exit code is still that of the whole work.
// A full disk is one, whatever the command answers later.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  tell(`cairn: cannot write the output: ${systemMessage(error)}`);
  process.exit(exitCode({ kind: 'failed' }));
});
process.stderr.on('error', () => {});

const exitCodes = `
Exit codes (each command's own help says what they mean there):
  0  proved, written, the same
  1  refuted: a certificate is wrong, the negation is proved, a hypothesis fails, the statements differ
  2  not decided: declined, undecided, the search gave out
  3  not even asked: a file or an option that cannot be understood, or a bug of cairn
  130 or 143 after Ctrl-C or a request to end: no file is left half written`;

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** Commander puts what was meant on a line of its own. */
function onOneLine(text: string): string {
  return text.replace(/\n(\(Did you mean [^\n]*\))/, ' $1');
}

export type Commands = Readonly<Record<string, () => Promise<AddCommand>>>;

async function run(commands: Commands): Promise<void> {
  const program = new Command('cairn')
    .description(
      'Proves facts about the loss landscapes of neural networks, with certificates that a small kernel checks.',
    )
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({ writeErr: (text) => void process.stderr.write(visible(onOneLine(text))) })
    .showSuggestionAfterError()
    .addHelpText('after', exitCodes);
  // The command that is named is loaded alone, and starts sooner; help and misspelt names need all of them.
  const named = process.argv[2] ?? '';
  const wanted = Object.hasOwn(commands, named) ? [named] : Object.keys(commands);
  for (const name of wanted) (await commands[name]?.())?.(program);
  const [helped] = named === 'help' ? process.argv.slice(3) : [];
  if (helped !== undefined && !helped.startsWith('-') && !Object.hasOwn(commands, helped)) {
    throw new Failure(`unknown command ${quoted(helped)}; ${hint(helped, Object.keys(commands))}`);
  }
  await program.parseAsync();
}

/** Runs the command that was asked for, and sets the exit code. */
export function start(commands: Commands): void {
  run(commands).catch((error: unknown) => {
    // Commander has said what is wrong; help and version are no errors.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitCode({ kind: 'failed' });
    else fail(error);
  });
}
