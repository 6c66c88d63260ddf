/**
 * Builds the web page as one file: script, worker, style and some certificates inside, nothing from outside. Its
 * Content-Security-Policy admits that script and that style by their hashes, and no network at all.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import { pageStyle } from './src/report/page-style.ts';

/** Small ones of different kinds. */
const library = [
  'liu-2021/max-of-two-fits',
  'yun-sra-jadbabaie-2019-theorem-1/xor-relu-2',
  'yun-sra-jadbabaie-2019-theorem-2/three-points-tanh-2',
  'cheridito-jentzen-rossmannek-2022/relu-4-kinks',
  'christof-kowalczyk-2023-spurious-minima/near-log-cosh-relu-3',
  'christof-kowalczyk-2023-spurious-minima/iris-relu-8-4',
  'continua/huber-different-functions',
  'complete-lists/square',
  'christof-kowalczyk-2023-ill-posedness/relu-1',
  'safran-shamir-2018/point-0-of-6-units',
];

const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
/** For a script element of JSON. */
const forScript = (value) => JSON.stringify(value).replaceAll('<', '\\u003c');

/** The packages of which something is in the page or in its worker. */
const packages = new Set();
const notePackages = {
  name: 'note packages',
  moduleParsed({ id }) {
    const found = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(id);
    if (found !== null) packages.add(found[1]);
  },
};

/** What is bundled keeps its licence. */
function licences() {
  return [...packages].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`Cannot bundle ${name}: found no licence in ${folder}`);
    return `${name} ${version} (${license})\n\n${readFileSync(`${folder}/${file}`, 'utf8').trim()}`;
  });
}

const oneFile = {
  name: 'one file',
  enforce: 'post',
  generateBundle(_, bundle) {
    const take = (suffix) => {
      const found = Object.values(bundle).filter(({ fileName }) => fileName.endsWith(suffix));
      if (found.length !== 1) throw new Error(`Cannot inline ${suffix}: found ${found.map(({ fileName }) => fileName)}`);
      delete bundle[found[0].fileName];
      return found[0].type === 'chunk' ? found[0].code : `${found[0].source}`;
    };
    const script = take('.js').trim().replaceAll(/<(?=\/script|!--)/gi, '\\x3c');
    const style = `${pageStyle}${take('.css')}`;
    const policy = [
      "default-src 'none'",
      `script-src ${hash(script)}`,
      'worker-src blob:',
      `style-src ${hash(style)}`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ].join('; ');
    const certificates = library.map((name) => ({
      name,
      text: readFileSync(`certificates/${name}.cert.json`, 'utf8'),
    }));
    const page = bundle['index.html'];
    const put = (pattern, text) => {
      if (!pattern.test(page.source)) throw new Error(`Cannot build the page: it has no ${pattern}`);
      page.source = page.source.replace(pattern, () => text);
    };
    put(/\s*<script type="module"[^>]*><\/script>/, '');
    put(/\s*<link rel="stylesheet"[^>]*>/, '');
    put(/(?<=<meta charset="utf-8">)/, `\n<meta http-equiv="Content-Security-Policy" content="${policy}">`);
    put(/(?=<\/head>)/, `<style>${style}</style>\n`);
    put(/\[\](?=<\/script>)/, forScript(certificates));
    put(
      /(?=<\/body>)/,
      `<script type="application/json" id="licences">${forScript(licences())}</script>\n`,
    );
    put(/(?=<\/body>)/, `<script type="module">${script}</script>\n`);
  },
};

export default defineConfig({
  root: 'src/web',
  base: './',
  logLevel: 'warn',
  plugins: [notePackages, oneFile],
  worker: { format: 'iife', plugins: () => [notePackages] },
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4096,
  },
});
