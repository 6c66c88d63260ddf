#!/usr/bin/env node
/** The command line: proofs/format.md 10 and 11. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { exitCode } from './exit-code.js';
import { Failure, oneLine } from './failure.js';
import { tell, visible } from './terminal.js';
import { addVerify } from './verify.js';

/** Whatever went wrong, exit code 1 would read as "rejected". */
function fail(error: unknown): void {
  process.exitCode = exitCode({ kind: 'failed' });
  if (error instanceof Failure) tell(error.message);
  else tell(`cairn: internal error: ${oneLine(error)}`);
}

process.on('uncaughtException', (error) => {
  fail(error);
  process.exit();
});
// Whoever reads our output may stop early (cairn … | head): that is no failure. A full disk is one.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') fail(error);
});

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

const program = new Command('cairn')
  .description(
    'Proves facts about the loss landscapes of neural networks, with certificates that a small kernel checks.',
  )
  .version(version(), '--version', 'print the version')
  .helpOption('-h, --help', 'print this help')
  .exitOverride()
  .configureOutput({ writeErr: (text) => void process.stderr.write(visible(text)) })
  .showSuggestionAfterError();

for (const add of [addVerify]) add(program);

try {
  await program.parseAsync();
} catch (error) {
  // Commander has said what is wrong; help and version are no errors.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitCode({ kind: 'failed' });
  else fail(error);
}
