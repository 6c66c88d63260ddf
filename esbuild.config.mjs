/**
 * Bundles the command line, so that it starts at once: Node spends more on finding seventy small modules than the kernel on a
 * certificate. Packages that few commands need stay outside and are loaded when asked for. What is bundled keeps its licence.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const outdir = 'dist/cli';
// What tsc left there are the unbundled modules.
rmSync(outdir, { recursive: true, force: true });
/** Commander could start programs for its commands, and cairn has none: for it, Node's part for that is empty. */
const noSubprograms = {
  name: 'no subprograms',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ path, importer }) =>
      /[\\/]node_modules[\\/]commander[\\/]/.test(importer) ? { path, namespace: 'unused' } : { path, external: true },
    );
    onLoad({ filter: /./, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};
const { metafile } = await build({
  entryPoints: ['main', 'verify-alone', 'all', 'verify-worker', 'resume-worker'].map((name) => `src/cli/${name}.ts`),
  outdir,
  bundle: true,
  minifyWhitespace: true,
  // CommonJS: importing Node's own modules loads all that they export lazily, requiring them does not.
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  define: { 'import.meta.url': 'thisFile' },
  banner: { js: "const thisFile = require('node:url').pathToFileURL(__filename).href;" },
  platform: 'node',
  target: 'node20',
  supported: { 'dynamic-import': false },
  sourcemap: true,
  metafile: true,
  external: ['nerdamer', 'highs', 'cli-progress', '@bufbuild/protobuf', 'pdfkit', 'svg-to-pdfkit'],
  plugins: [noSubprograms],
});

const packages = new Set(
  Object.keys(metafile.inputs).flatMap((file) => /^(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []),
);
const licences = [...packages].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const text = ['LICENSE', 'LICENSE.md', 'LICENCE.md', 'LICENCE'].flatMap((file) => {
    try {
      return [readFileSync(`${folder}/${file}`, 'utf8').trim()];
    } catch {
      return [];
    }
  })[0];
  if (text === undefined) throw new Error(`Cannot bundle ${name}: found no licence in ${folder}`);
  return `${name} ${version} (${license})\n\n${text}\n`;
});
writeFileSync(`${outdir}/LICENCES.txt`, licences.join(`\n${'-'.repeat(80)}\n\n`));

/** main.ts starts a program from what V8 has compiled once it has run: all that is used at a start and in checking a certificate. */
function keepCompiled(name, args) {
  const file = `${process.cwd()}/${outdir}/${name}.cjs`;
  const script = `
    const { readFileSync, writeFileSync } = require('node:fs');
    const { createRequire, wrap } = require('node:module');
    const { Script } = require('node:vm');
    const file = ${JSON.stringify(file)};
    process.argv = [process.argv[0], file, ...${JSON.stringify(args)}];
    const program = new Script(wrap(readFileSync(file, 'utf8')), { filename: file });
    process.on('exit', () => writeFileSync(file + '.compiled', program.createCachedData()));
    program.runInThisContext()({}, createRequire(file), { exports: {} }, file, ${JSON.stringify(`${process.cwd()}/${outdir}`)});`;
  execFileSync(process.execPath, ['-'], { input: script, stdio: ['pipe', 'ignore', 'inherit'] });
}
keepCompiled('verify-alone', ['verify', 'certificates/yun-sra-jadbabaie-2019-theorem-1/iris-relu-8.cert.json']);
keepCompiled('all', ['--help']);
