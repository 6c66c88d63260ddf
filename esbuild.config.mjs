/**
 * Bundles the command line, so that it starts at once: Node spends more on finding seventy small modules than the kernel on a
 * certificate. Packages that few commands need stay outside and are loaded when asked for. What is bundled keeps its licence.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const outdir = 'dist/cli';
// What tsc left there are the unbundled modules.
rmSync(outdir, { recursive: true, force: true });
/** main.ts starts one of these. */
const programs = { filter: /^\.\/(?:verify-alone|all)\.js$/ };
const { metafile } = await build({
  entryPoints: ['main', 'verify-alone', 'all', 'verify-worker'].map((name) => `src/cli/${name}.ts`),
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
  external: ['nerdamer', 'highs', 'cli-progress'],
  plugins: [{ name: 'programs stay apart', setup: (bundler) => bundler.onResolve(programs, ({ path }) => ({ path: path.replace(/js$/, 'cjs'), external: true })) }],
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
