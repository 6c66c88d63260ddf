import type { Command } from 'commander';
import { examples, exits } from './command.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { oneOf } from './options.js';
import { print } from './terminal.js';

export function addExplain(program: Command): void {
  program
    .command('explain')
    .summary('explain a proved certificate: the theorem, and why it holds')
    .description(
      'Checks a certificate and explains what it proves and why. Of an unproved certificate it shows nothing but the reason.\n' +
        'Exit code: 0 proved, 1 rejected, 2 declined, 3 it cannot be read.',
    )
    .argument('<file>', 'a certificate')
    .option('--format <name>', 'text or markdown', oneOf(['text', 'markdown']), 'text')
    .addHelpText('after', examples('explain iris.cert.json', 'explain iris.cert.json --format markdown > iris.md'))
    .action(exits(showExplanation));
}

async function showExplanation(file: string, { format }: { readonly format: 'text' | 'markdown' }): Promise<ExitCode> {
  const [{ provedTheorem }, { withRefusals }, { explain }] = await Promise.all([
    import('./proved-theorem.js'),
    import('./refusals.js'),
    import('../report/explain.js'),
  ]);
  const theorem = provedTheorem(file);
  const text = await withRefusals(file, () => explain(theorem, format));
  print(text.trimEnd());
  return exitCode({ kind: 'proved' });
}
