/** README and the pages beside the web page: links lead somewhere, and commands print what the page says. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkCertificate, formatRational } from '../src/index.js';
import { cairnIn, main, temporaryFolder } from './cli/cairn.js';
import { type Block, blocksOf } from './doc-blocks.js';
import { library } from './library.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const docs = join(root, 'src/web/docs');
const pages = [join(root, 'README.md'), ...readdirSync(docs).map((name) => join(docs, name))];
const named = (path: string) => ({ name: relative(root, path), path, text: readFileSync(path, 'utf8') });

describe('links', () => {
  test.each(pages.map(named))('$name', ({ path, text }) => {
    const links = [...text.matchAll(/\]\(([^)#\s]*)(?:#([^)]*))?\)/g)].map(([, file = '', anchor]) => ({
      file,
      anchor,
    }));
    expect(links.length).toBeGreaterThan(0);
    for (const { file, anchor } of links) {
      if (/^https?:/.test(file)) continue;
      const target = file === '' ? path : join(dirname(path), file);
      expect([file, existsSync(target)]).toEqual([file, true]);
      if (anchor === undefined) continue;
      const headings = [...readFileSync(target, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
        anchorOf(title),
      );
      expect(headings).toContain(anchor);
    }
  });
});

/** As the usual renderers of Markdown make it. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');
}

/** Commands that take longer, or install something: .ci/run runs them. */
const elsewhere = ['npm ci && npx cairn demo', 'npx cairn verify certificates --jobs 2 --junit report.xml'];

/** A folder in which `npx cairn` is the one that was built, with the library, and with a model to import. */
function folder(): string {
  const at = temporaryFolder();
  mkdirSync(join(at, 'bin'));
  writeFileSync(join(at, 'bin/npx'), `#!/bin/sh\nshift\nexec "${process.execPath}" "${main}" "$@"\n`);
  chmodSync(join(at, 'bin/npx'), 0o755);
  symlinkSync(join(root, 'certificates'), join(at, 'certificates'));
  const fixtures = join(root, 'test/formats/fixtures');
  for (const [from, to] of [
    ['mlp.onnx', 'model.onnx'],
    ['mlp.csv', 'train.csv'],
    ['mlp.safetensors', 'weights.safetensors'],
  ] as const) {
    copyFileSync(join(fixtures, from), join(at, to));
  }
  return at;
}

/** A line … stands for any lines, and … at the end of a line for its rest. */
function pattern(printed: string): RegExp {
  const lines = printed.trimEnd().split('\n');
  const parts = lines.map((line) => {
    if (line === '…') return '(?:.*\\n)*?';
    const start = line.endsWith(' …');
    return `${(start ? line.slice(0, -1) : line).replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}${start ? '.*' : ''}\\n`;
  });
  return new RegExp(`^${parts.join('')}$`);
}

const withCommands = [
  'README.md',
  ...['tutorial', 'pytorch', 'format', 'literature', 'rules'].map((n) => `src/web/docs/${n}.md`),
];

describe('commands print what the page says', () => {
  test.each(withCommands)('%s', (name) => {
    const at = folder();
    const blocks = blocksOf(readFileSync(join(root, name), 'utf8'));
    const commands = blocks.filter(({ language, text }) => language === 'sh' && !elsewhere.includes(text.trim()));
    expect(commands.length).toBeGreaterThan(0);
    for (const block of commands) {
      const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', `set +e\n${block.text}`], {
        cwd: at,
        encoding: 'utf8',
        env: { ...process.env, PATH: `${join(at, 'bin')}:${process.env['PATH']}` },
      });
      expect({ command: block.text, status, stderr: status === 0 ? '' : stderr }).toMatchObject({ status: 0 });
      const next = blocks[blocks.indexOf(block) + 1];
      if (next?.language === 'text') expect(stdout).toMatch(pattern(next.text));
    }
  });
});

test('README: what the whole library prints', () => {
  const blocks = blocksOf(readFileSync(join(root, 'README.md'), 'utf8'));
  const at = blocks.findIndex(({ text }) => text.trim() === elsewhere[1]);
  const lines = (blocks[at + 1] as Block).text.trimEnd().split('\n');
  expect(lines[0]).toBe('…');
  expect(lines.at(-1)).toBe(`${library().length} proved, 0 rejected, 0 declined`);
  const shown = lines.slice(1, -1).filter((line) => line !== '…');
  const files = shown.map((line) => /certificates\/\S*/.exec(line)?.[0] as string);
  expect(files.length).toBeGreaterThan(2);
  const { out } = cairnIn(root)('verify', ...files);
  expect(out.split('\n').slice(0, shown.length)).toEqual(shown);
});

test('format.md: the annotated certificate is proved, with the risks that are said', () => {
  const page = readFileSync(join(docs, 'format.md'), 'utf8');
  const [annotated] = blocksOf(page).filter(({ language }) => language === 'jsonc');
  const verdict = checkCertificate((annotated as Block).text.replaceAll(/ *\/\/ .*$/gm, ''));
  if (verdict.kind !== 'proved') throw new Error(`${verdict.path}: ${verdict.reason.message}`);
  const { point, better, gap } = verdict.theorem.risk;
  for (const risk of [point, better, gap])
    expect(page).toContain(formatRational((risk as NonNullable<typeof risk>).lower));
});

test('rules.md: every page of proofs/rules', () => {
  const page = readFileSync(join(docs, 'rules.md'), 'utf8');
  for (const file of readdirSync(join(root, 'proofs/rules'))) expect(page).toContain(`proofs/rules/${file})`);
});
