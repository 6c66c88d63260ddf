import type { Command } from 'commander';
import type { Format } from '../report/document.js';
import { examples, exits } from './command.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { oneOf } from './options.js';
import { print } from './terminal.js';

const formats = ['text', 'markdown', 'html'] as const satisfies readonly Format[];

export function addExplain(program: Command): void {
  program
    .command('explain')
    .summary('explain a proved certificate: the theorem, and why it holds')
    .description(
      'Checks a certificate and explains what it proves and why. Of an unproved certificate it shows nothing but the reason.\n' +
        'Exit code: 0 proved, 1 rejected, 2 declined, 3 it cannot be read.',
    )
    .argument('<file>', 'a certificate')
    .option('--format <name>', 'text, markdown or html (one file, with pictures)', oneOf(formats), 'text')
    .addHelpText(
      'after',
      examples(
        'explain iris.cert.json',
        'explain iris.cert.json --format markdown > iris.md',
        'explain iris.cert.json --format html > iris.html',
      ),
    )
    .action(exits(showExplanation));
}

async function showExplanation(file: string, { format }: { readonly format: Format }): Promise<ExitCode> {
  const [{ provedTheorem }, { withRefusals }] = await Promise.all([
    import('./proved-theorem.js'),
    import('./refusals.js'),
  ]);
  const theorem = provedTheorem(file);
  const text = await withRefusals(file, async () =>
    format === 'html'
      ? (await import('../report/explanation-page.js')).explanationPage(theorem)
      : (await import('../report/explain.js')).explain(theorem, format),
  );
  print(text.trimEnd());
  return exitCode({ kind: 'proved' });
}
