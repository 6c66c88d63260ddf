import { basename } from 'node:path';
import type { Command } from 'commander';
import type { Theorem } from '../kernel/theorem.js';
import type { Cited } from '../report/paper.js';
import { examples, exits } from './command.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { oneOf } from './options.js';
import { print } from './terminal.js';

const formats = ['text', 'markdown', 'html', 'latex', 'latex-body', 'bibtex'] as const;
type Format = (typeof formats)[number];

export function addExplain(program: Command): void {
  program
    .command('explain')
    .summary('explain a proved certificate: the theorem, and why it holds')
    .description(
      'Checks a certificate and explains what it proves and why. Of an unproved certificate it shows nothing but the reason.\n' +
        'Exit code: 0 proved, 1 rejected, 2 declined, 3 it cannot be read.',
    )
    .argument('<file>', 'a certificate')
    .option(
      '--format <name>',
      'text, markdown, html (one file, with pictures), latex (a document for pdflatex: theorem, proof, tables), ' +
        'latex-body (the same to \\input: needs amsmath, amssymb, amsthm, an environment theorem) or bibtex (the certificate, and its claimed source)',
      oneOf(formats),
      'text',
    )
    .addHelpText(
      'after',
      examples(
        'explain iris.cert.json',
        'explain iris.cert.json --format markdown > iris.md',
        'explain iris.cert.json --format html > iris.html',
        'explain iris.cert.json --format latex > iris.tex && pdflatex iris',
        'explain iris.cert.json --format bibtex >> paper.bib',
      ),
    )
    .action(exits(showExplanation));
}

async function showExplanation(file: string, { format }: { readonly format: Format }): Promise<ExitCode> {
  const [{ provedFile }, { withRefusals }] = await Promise.all([
    import('./proved-theorem.js'),
    import('./refusals.js'),
  ]);
  const { theorem, text } = provedFile(file);
  print((await withRefusals(file, () => explained(theorem, { file, text }, format))).trimEnd());
  return exitCode({ kind: 'proved' });
}

async function explained(
  theorem: Theorem,
  read: { readonly file: string; readonly text: string },
  format: Format,
): Promise<string> {
  if (format === 'html') return (await import('../report/explanation-page.js')).explanationPage(theorem);
  if (format === 'text' || format === 'markdown')
    return (await import('../report/explain.js')).explain(theorem, format);
  const [papers, cited] = await Promise.all([import('../report/paper.js'), citedFrom(theorem, read)]);
  const print = { latex: papers.paper, 'latex-body': papers.paperBody, bibtex: papers.bibtex }[format];
  return print(theorem, cited);
}

/** The construction is looked up by the name that the file gives; nobody has checked that the theorem is an instance of it. */
async function citedFrom(
  { about }: Theorem,
  { file, text }: { readonly file: string; readonly text: string },
): Promise<Cited> {
  const [{ findConstruction }, { sha256 }] = await Promise.all([
    import('../constructions/index.js'),
    import('../report/digest.js'),
  ]);
  const found = about?.theorem === undefined ? null : findConstruction(about.theorem);
  const source = found?.kind === 'found' ? found.construction : null;
  return {
    name: basename(file),
    sha256: await sha256(text),
    source: source === null ? null : { citation: source.source, bibtex: source.bibtex },
  };
}
