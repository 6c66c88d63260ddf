#!/usr/bin/env node
/** The command line: proofs/format.md 10 and 11. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addCertify } from './certify.js';
import { addConstruct } from './construct.js';
import { addDemo } from './demo.js';
import { addDiff } from './diff.js';
import { exitCode } from './exit-code.js';
import { addExplain } from './explain.js';
import { Failure, oneLine } from './failure.js';
import { addInspect } from './inspect.js';
import { addPlot } from './plot.js';
import { addRisk } from './risk.js';
import { tell, visible } from './terminal.js';
import { addTheorems } from './theorems.js';
import { addVerify } from './verify.js';

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

const commands = [
  addDemo,
  addVerify,
  addCertify,
  addConstruct,
  addTheorems,
  addExplain,
  addPlot,
  addInspect,
  addRisk,
  addDiff,
];
for (const add of commands) add(program);

try {
  await program.parseAsync();
} catch (error) {
  // Commander has said what is wrong; help and version are no errors.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitCode({ kind: 'failed' });
  else fail(error);
}
