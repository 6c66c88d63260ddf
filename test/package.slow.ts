/// <reference lib="dom" />
/** The package as people get it: packed, installed in a fresh folder, type-checked, run in Node and in Chromium: run by .ci/run. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { publint } from 'publint';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blocksOf } from './doc-blocks.js';
import { library } from './library.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cairn-package-'));
const consumer = join(folder, 'consumer');
const mostBytes = 3 * 2 ** 20;
const sample = 'certificates/yun-sra-jadbabaie-2019-theorem-1/iris-relu-8.cert.json';

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}
let packed: Packed;

function run(command: string, args: readonly string[], cwd = consumer): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

beforeAll(() => {
  mkdirSync(consumer);
  // What is packed has just been built; the reference of the API is not, and comes with publishing.
  const out = run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root);
  [packed] = JSON.parse(out) as [Packed];
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, packed.filename)]);
  blocks().forEach((text, i) => void writeFileSync(join(consumer, `example-${i}.ts`), text));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The examples of the documentation. */
function blocks(): readonly string[] {
  const page = readFileSync(join(root, 'src/web/docs/library.md'), 'utf8');
  return blocksOf(page).flatMap(({ language, text }) => (language === 'ts' ? [text] : []));
}

test('the package is of bounded size, and holds what it is for', () => {
  console.log(`${packed.filename}: ${packed.size} bytes of at most ${mostBytes}, ${packed.files.length} files`);
  expect(packed.size).toBeLessThan(mostBytes);
  const paths = packed.files.map(({ path }) => path);
  for (const name of ['dist/index.js', 'dist/kernel/index.d.ts', 'dist/web/index.html', 'dist/schemas/problem.json']) {
    expect(paths).toContain(name);
  }
  expect(paths).toContain('certificates/data/iris.csv');
  expect(paths.filter((path) => /\.(map|compiled)$|^test|^bench/.test(path))).toEqual([]);
});

test('publint finds nothing', async () => {
  const { messages } = await publint({ pkgDir: join(consumer, 'node_modules/cairn-certificates'), strict: true });
  expect(messages).toEqual([]);
});

test('attw finds the types of every entry point', () => {
  const attw = join(root, 'node_modules/.bin/attw');
  expect(run(attw, [join(folder, packed.filename), '--profile', 'esm-only'])).toContain('"cairn-certificates/kernel"');
});

describe('the examples of library.md', () => {
  test.each([
    ['node16', ts.ModuleKind.Node16, ts.ModuleResolutionKind.Node16],
    ['bundler', ts.ModuleKind.ESNext, ts.ModuleResolutionKind.Bundler],
  ])('type-check strictly with moduleResolution %s', (_name, module, moduleResolution) => {
    expect(blocks().length).toBeGreaterThan(3);
    const program = ts.createProgram(
      blocks().map((_, i) => join(consumer, `example-${i}.ts`)),
      {
        ...{ module, moduleResolution, strict: true, noEmit: true, exactOptionalPropertyTypes: true },
        ...{ target: ts.ScriptTarget.ES2023, lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'], types: [] },
      },
    );
    const host = {
      getCanonicalFileName: (f: string) => f,
      getCurrentDirectory: () => consumer,
      getNewLine: () => '\n',
    };
    expect(ts.formatDiagnostics(ts.getPreEmitDiagnostics(program), host)).toBe('');
  });

  test('run in Node', () => {
    for (const [i, text] of blocks().entries()) {
      const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
      const { outputText } = ts.transpileModule(text, { compilerOptions: options });
      writeFileSync(join(consumer, `example-${i}.mjs`), outputText);
      const printed = run(process.execPath, [`example-${i}.mjs`]);
      // What an example says that it prints.
      const said = [...text.matchAll(/^.*console\.log\(.*\/\/ (.*)$/gm)].map(([, comment = '']) => comment);
      for (const words of said) expect(printed).toContain(words.replace(/…$/, ''));
    }
  });
});

test('npx cairn works, and so do the files that it brings', () => {
  const cairn = join(consumer, 'node_modules/.bin/cairn');
  expect(run(cairn, ['--version']).trim()).toBe(
    (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version,
  );
  copyFileSync(join(root, sample), join(consumer, 'iris.cert.json'));
  expect(run(cairn, ['verify', 'iris.cert.json'])).toContain('1 proved, 0 rejected, 0 declined');
  expect(run(cairn, ['explain', 'iris.cert.json'])).toContain('A spurious local minimum');
  expect(run(cairn, ['demo'])).toContain('proved  spurious-local-minimum');
  expect(run(cairn, ['schema', 'point'])).toBe(
    readFileSync(join(consumer, 'node_modules/cairn-certificates/dist/schemas/point.json'), 'utf8'),
  );
  const missing = spawnSync(cairn, ['verify', 'nowhere.json'], { cwd: consumer });
  expect(missing.status).toBe(3);
});

test('the kernel entry point, bundled for browsers, checks certificates in Chromium', async () => {
  const outfile = join(folder, 'kernel.js');
  const { metafile } = await build({
    stdin: { contents: "export * from 'cairn-certificates/kernel';", resolveDir: consumer },
    ...{
      bundle: true,
      format: 'iife',
      globalName: 'cairn',
      platform: 'browser',
      outfile,
      metafile: true,
      minify: true,
    },
  });
  // No package but its own, and nothing of Node.
  const inputs = Object.keys(metafile.inputs).filter((name) => name !== '<stdin>');
  expect(inputs.filter((name) => !name.includes('node_modules/cairn-certificates/dist/kernel/'))).toEqual([]);
  console.log(`the kernel, bundled: ${Object.values(metafile.outputs)[0]?.bytes} bytes`);
  writeFileSync(join(folder, 'kernel.html'), '<!doctype html><script src="kernel.js"></script>');
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    await page.goto(`${pathToFileURL(join(folder, 'kernel.html'))}`);
    const texts = library().filter(({ text }) => text.length < 100_000);
    const kinds = await page.evaluate(
      (given) => {
        const { cairn } = window as unknown as { cairn: { checkCertificate: (text: string) => { kind: string } } };
        return given.map((text) => cairn.checkCertificate(text).kind);
      },
      texts.slice(0, 40).map(({ text }) => text),
    );
    expect(kinds).toEqual(kinds.map(() => 'proved'));
    expect(kinds.length).toBe(40);
    const damaged = readFileSync(join(root, sample), 'utf8').replace('"1/5"', '"2/5"');
    const verdict = await page.evaluate((text) => {
      const { cairn } = window as unknown as { cairn: { checkCertificate: (text: string) => { kind: string } } };
      return cairn.checkCertificate(text).kind;
    }, damaged);
    expect(verdict).toBe('rejected');
  } finally {
    await browser.close();
  }
});

test('the library, bundled for browsers, needs nothing of Node', async () => {
  const { metafile } = await build({
    stdin: { contents: "export * from 'cairn-certificates';", resolveDir: consumer },
    ...{ bundle: true, format: 'esm', platform: 'browser', write: false, outfile: 'out.js', metafile: true },
    external: ['node:*', 'fs', 'path', 'crypto'],
  });
  const outside = Object.entries(metafile.inputs).flatMap(([file, { imports }]) =>
    imports
      .filter(({ external }) => external === true)
      .map(({ path }) => `${file.replace(/.*node_modules\//, '')}: ${path}`),
  );
  expect(outside.filter((line) => line.startsWith('cairn-certificates/'))).toEqual([]);
});
