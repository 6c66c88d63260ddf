import type { Command } from 'commander';
import { examples, exits } from './command.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { print, printJson } from './terminal.js';

export function addTheorems(program: Command): void {
  program
    .command('theorems')
    .summary('list the theorems that construct can instantiate')
    .description('Lists the theorems that construct can instantiate: source, hypotheses, and settings for --set.')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', examples('theorems', 'theorems --json'))
    .action(exits(theorems));
}

async function theorems({ json = false }: { readonly json?: boolean }): Promise<ExitCode> {
  const { constructions } = await import('../constructions/index.js');
  for (const { id, title, source, bibtex, hypotheses, settings } of constructions) {
    if (json) {
      printJson({ id, title, source, bibtex, hypotheses, settings });
      continue;
    }
    print(`\n  ${title}\n  ${source}`, { text: id, colour: 'bold' });
    if (hypotheses.length > 0) print('  hypotheses');
    for (const { name, text } of hypotheses) print(`    ${name}: ${text}`);
    if (settings.length > 0) print('  settings');
    for (const { name, type, default: value, text } of settings) {
      print(`    ${name} (${type}, default ${value === '' ? 'none' : value}): ${text}`);
    }
    print('');
  }
  return exitCode({ kind: 'built' });
}
