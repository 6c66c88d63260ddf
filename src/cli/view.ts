import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { examples, exits } from './command.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { Failure } from './failure.js';
import { readText, shownPath } from './read.js';
import { print, tell } from './terminal.js';

interface ViewOptions {
  readonly output?: string;
  readonly open: boolean;
}

export function addView(program: Command): void {
  program
    .command('view')
    .summary('open a certificate on a page, where the kernel checks it again')
    .description(
      'Checks a certificate, and writes a web page that has it and the kernel inside: theorem, pictures, explanation, and the text to change.\n' +
        'The page needs no server and no network. Exit code: 0 proved, 1 rejected, 2 declined, 3 it cannot be read or written.',
    )
    .argument('<file>', 'a certificate')
    .option('-o, --output <file>', 'where the page is written (default: a new temporary file)')
    .option('--no-open', 'write the page, but do not open it')
    .addHelpText('after', examples('view iris.cert.json', 'view iris.cert.json -o iris.html --no-open'))
    .action(exits(view));
}

async function view(file: string, { output, open }: ViewOptions): Promise<ExitCode> {
  const [{ checkFile }, { needWritable, writeAtomically }, { defaultLimits }] = await Promise.all([
    import('./check-file.js'),
    import('./write-atomically.js'),
    import('../kernel/limits.js'),
  ]);
  if (output !== undefined) needWritable(output, [file]);
  const limits = defaultLimits;
  const read = readText(file, limits.bytes);
  if (read.kind !== 'text') {
    throw new Failure(`${shownPath(file)}: ${read.message}`, read.kind === 'too-large' ? 'declined' : 'failed');
  }
  const page = filled(needPage(), { name: basename(file), text: read.text });
  const path =
    output ?? join(mkdtempSync(join(tmpdir(), 'cairn-')), `${basename(file).replace(/\.cert\.json$/, '')}.html`);
  await writeAtomically([path, page]);
  print(`written: ${shownPath(path)}`);
  if (open && !(await isOpened(path))) tell('no program here opens it: open it in a browser');
  const question = { file, limits, problem: null, point: null, words: 'none', keep: false } as const;
  const { kind, line } = await checkFile(question, { alone: true });
  if (line.reason !== null) {
    tell(`${shownPath(file)}: ${line.reason.path}: ${line.reason.message} [${line.reason.code}]`);
  }
  return exitCode({ kind });
}

function needPage(): string {
  const path = new URL('../web/index.html', import.meta.url);
  const read = readText(fileURLToPath(path), 2 ** 26);
  if (read.kind !== 'text')
    throw new Failure(`Cannot find the web page of cairn: ${read.message}; npm run build makes it`);
  return read.text;
}

const place = '<script type="application/json" id="opened">null</script>';

/** In a script element, "<" could end the element; as a JSON escape it cannot. */
function filled(page: string, opened: { readonly name: string; readonly text: string }): string {
  if (page.split(place).length !== 2) throw new Error('Cannot fill the web page: it has no place for a certificate');
  const json = JSON.stringify(opened).replaceAll('<', '\\u003c');
  return page.replace(place, () => place.replace('null', () => json));
}

/** @returns whether the platform's opener was started */
function isOpened(path: string): Promise<boolean> {
  const [command, ...args] = openerOf(process.platform);
  return new Promise((resolve) => {
    const opener = spawn(command, [...args, path], { detached: true, stdio: 'ignore' });
    opener.once('error', () => resolve(false));
    opener.once('spawn', () => {
      opener.unref();
      resolve(true);
    });
  });
}

function openerOf(platform: NodeJS.Platform): readonly [string, ...string[]] {
  if (platform === 'darwin') return ['open'];
  // cmd's start takes the first quoted word for a title.
  return platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
}
