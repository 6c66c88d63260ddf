/** Every certificate of the library as a paper, set by pdflatex: run by .ci/run. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { constructions, findConstruction } from '../../src/constructions/index.js';
import { checkCertificate } from '../../src/kernel/check.js';
import type { Theorem } from '../../src/kernel/theorem.js';
import { sha256 } from '../../src/report/digest.js';
import { bibtex, type Cited, paper, paperBody, preamble } from '../../src/report/paper.js';
import { library } from '../library.js';
import { theoremOf, worked } from './instances.js';

/** Points by which a line may be too long: in narrow columns of tables. */
const mostOverfull = 15;
const folder = mkdtempSync(join(tmpdir(), 'cairn-paper-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Log lines are not broken, and nothing outside the folder is written or run. */
const options = {
  cwd: folder,
  env: { ...process.env, max_print_line: '10000', openout_any: 'p', openin_any: 'p' },
  maxBuffer: 2 ** 28,
};
const command = ['-interaction=nonstopmode', '-halt-on-error', '-no-shell-escape'];

/** @returns the log; fails where TeX does */
async function set(name: string, source: string): Promise<string> {
  writeFileSync(join(folder, `${name}.tex`), source);
  const { code } = await promisify(execFile)('pdflatex', [...command, name], options).then(
    () => ({ code: 0 }),
    ({ code, stdout }) => ({ code: `${code}: ${/^!.*\n.*\n.*\n/m.exec(stdout)?.[0]}` }),
  );
  expect(code).toBe(0);
  return readFileSync(join(folder, `${name}.log`), 'latin1');
}

async function citedIn({ about }: Theorem, name: string, text: string): Promise<Cited> {
  const found = findConstruction(about?.theorem ?? '');
  return {
    name: basename(name),
    sha256: await sha256(text),
    source: found.kind === 'found' ? { citation: found.construction.source, bibtex: found.construction.bibtex } : null,
  };
}

const overfull = (log: string): readonly number[] =>
  [...log.matchAll(/^Overfull \\hbox \(([\d.]+)pt/gm)].map(([, points]) => Number(points));

const driver = (bodies: readonly string[]): string => `${preamble}\\begin{document}
${bodies.join('\n')}
\\typeout{READ TO THE END}
\\end{document}
`;

test('every certificate compiles, and hardly a line is too long', async () => {
  const files = library();
  const middle = files.length / 2;
  const runs: Promise<string>[] = [];
  let bodies: string[] = [];
  for (const [k, { name, text }] of files.entries()) {
    const verdict = checkCertificate(text);
    if (verdict.kind !== 'proved') throw new Error(`${name}: ${verdict.reason.message}`);
    const body = await paperBody(verdict.theorem, await citedIn(verdict.theorem, name, text));
    bodies.push(`\\typeout{FILE ${name}}\n${body}\\clearpage`);
    // The first half is set while the second is written.
    if (k + 1 < middle || (k + 1 > middle + 1 && k + 1 < files.length)) continue;
    runs.push(set(`half-${runs.length}`, driver(bodies)));
    bodies = [];
  }
  const logs = await Promise.all(runs);
  expect(logs.join('').match(/^FILE /gm)).toHaveLength(files.length);
  for (const log of logs) expect(log).toContain('READ TO THE END');
  const wide = logs.flatMap(overfull);
  console.log(`${wide.length} overfull lines, the worst by ${Math.max(0, ...wide)} pt`);
  expect(Math.max(0, ...wide)).toBeLessThan(mostOverfull);
});

test.each([
  'liu-2021/max-of-two-fits',
  'christof-kowalczyk-2023-spurious-minima/family-iris-hard-sigmoid-2',
  'complete-lists/square',
])('%s compiles alone, with every reference and citation', async (name) => {
  const file = library().find((each) => each.name === `${name}.cert.json`);
  if (file === undefined) throw new Error(name);
  const verdict = checkCertificate(file.text);
  if (verdict.kind !== 'proved') throw new Error(name);
  const source = await paper(verdict.theorem, await citedIn(verdict.theorem, file.name, file.text));
  await set('alone', source);
  expect(await set('alone', source)).not.toMatch(/undefined|multiply defined/i);
});

const hostile = [
  '\\end{document}\\immediate\\write18{touch x}\\input{/etc/passwd}',
  '} } {{ % $ $$ # & ^^5c ^ ~ _ \\csname x\\endcsname \\verb|x|',
  "?` !` -- --- '' `` ,, << >> \" | @ [x] \\\\ \\",
  'é ß Ł ȳ 中文 😀 א \u0301 ℝ θ ∑ x\u0302',
];

function hostileOf(text: string): readonly [Theorem, Cited] {
  const theorem = theoremOf({ ...worked, about: { theorem: text, source: text, text } });
  return [theorem, { name: text.replaceAll('/', ''), sha256: 'a'.repeat(64), source: null }];
}

test('hostile files compile and do nothing', async () => {
  const bodies: string[] = [];
  for (const text of hostile) {
    bodies.push(await paperBody(...hostileOf(text)));
    await set('alone', await paper(...hostileOf(text)));
  }
  const log = await set('hostile', driver(bodies));
  expect(log).toContain('READ TO THE END');
  expect(log).not.toMatch(/\(\/etc|runsystem/);
});

test('BibTeX reads all entries', async () => {
  const theorem = theoremOf(worked);
  const entries = [
    ...(await Promise.all(hostile.map((text) => bibtex(...hostileOf(text))))).map((entry, k) =>
      entry.replaceAll(/^@misc\{(cairn|claimed):/gm, `$&${k}`),
    ),
    ...new Set(constructions.map(({ bibtex }) => bibtex)),
    await bibtex(theorem, { name: 'a_b.cert.json', sha256: 'b'.repeat(64), source: null }),
  ];
  writeFileSync(join(folder, 'all.bib'), entries.join('\n'));
  writeFileSync(join(folder, 'all.aux'), '\\citation{*}\n\\bibstyle{plain}\n\\bibdata{all}\n');
  const { status, stdout } = spawnSync('bibtex', ['all'], { ...options, encoding: 'utf8' });
  expect([status, stdout.match(/error|repeated/gi)]).toEqual([0, null]);
  const items = readFileSync(join(folder, 'all.bbl'), 'latin1');
  expect(items.match(/\\bibitem\{/g)?.length).toBe(entries.join('\n').match(/^@/gm)?.length);
  const log = await set('bibliography', `${preamble}\\begin{document}\n${items}\n\\end{document}\n`);
  expect(log).not.toMatch(/\(\/etc|runsystem/);
});
