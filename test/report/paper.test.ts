/** Papers without TeX: ASCII, formulas, labels, and texts of files that stay texts. paper.slow.ts sets them. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { bibtex, type Cited, paper, paperBody } from '../../src/report/paper.js';
import { characterLatex, mathLatex, proseLatex } from '../../src/report/unicode-math.js';
import { all, theoremOf, worked } from './instances.js';

const cited: Cited = { name: 'worked_example.cert.json', sha256: '0123456789abcdef'.repeat(4), source: null };

test.each([
  ['R(θ) − R(θ°)', 'R({\\theta}) - R({\\theta}^{\\circ})'],
  ['c₁t + c₂t²', 'c_{1}t + c_{2}t^{2}'],
  ['θ′', "{\\theta}'"],
  ['R(θ*)', 'R({\\theta}^{*})'],
  ['N_θ°(x̃_ip)', 'N_{{\\theta}^{\\circ}}(\\tilde{x}_{ip})'],
  ['√(|a|² − p²)', '\\sqrt{|a|^{2} - p^{2}}'],
  ['LDLᵀ', 'LDL^{\\mathsf{T}}'],
  ['10⁻⁶⁴', '10^{-64}'],
  ['x ~ N(0, I)', 'x \\sim N(0, I)'],
  ['\\text{leaky-relu(−1/2)} ≥ 0', '\\text{leaky-relu($-$1/2)}\\ge 0'],
])('the formula %s is %s', (unicode, expected) => {
  expect(mathLatex(unicode).replaceAll(/ (?=\\ge)/g, '')).toBe(expected);
});

test.each([
  ['so R(θ(t)) − R(θ) is a sum', 'so $R({\\theta}(t)) - R({\\theta})$ is a sum'],
  ['for small t > 0, a unit', 'for small $t > 0$, a unit'],
  ['Why θ is a minimum (rule affine-span)', 'Why $' + '{\\theta}$ is a minimum (rule affine-span)'],
  ['is λ-strongly convex', 'is $' + '{\\lambda}$-strongly convex'],
  ['A hinge is c + k h(x − q), a line', 'A hinge is $c + k h(x - q)$, a line'],
  ['samples 1–3 | “none”', "samples 1--3 $|$ ``none''"],
  ['12 of 30, 5 % & more', '12 of 30, 5 \\% \\& more'],
  ['on h(z) = 52535049…74926473 [31 digits]·z', 'on $h(z) = 52535049\\dots 74926473\\,[\\text{31 digits}]\\cdot z$'],
])('the words %j are %j', (words, expected) => {
  expect(proseLatex(words)).toBe(expected);
});

test('every sign that the reports write has a name in LaTeX', () => {
  const folder = fileURLToPath(new URL('../../src/report', import.meta.url));
  const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'unicode-math.ts');
  const signs = new Set(sources.flatMap((name) => [...readFileSync(`${folder}/${name}`, 'utf8')]));
  const unknown = [...signs]
    .filter((c) => c > '\u007f' && !/[\u0302-\u0304─\ue000]/u.test(c))
    .filter((c) => characterLatex(c).includes('U+'));
  expect(unknown).toEqual([]);
});

describe('every theorem is a paper', () => {
  test.each(Object.keys(all))('%s', async (name) => {
    const theorem = theoremOf(all[name] ?? {});
    const text = await paper(theorem, cited);
    expect(text).toMatch(/^[\n -~]*$/);
    expect(text).not.toMatch(/undefined|NaN|\[object|U\+/);
    expect(text).toContain(await paperBody(theorem, cited));
    expect(await paper(theorem, cited)).toBe(text);
    // Every dollar that is no letter opens or closes a formula, in every line.
    for (const line of text.split('\n')) expect((line.replaceAll('\\$', '').match(/\$/g)?.length ?? 0) % 2).toBe(0);
    for (const [, key] of text.matchAll(/\\cite\{([^}]*)\}/g)) expect(text).toContain(`\\bibitem{${key}}`);
    for (const [, key] of text.matchAll(/\\ref\{([^}]*)\}/g)) expect(text).toContain(`\\label{${key}}`);
  });
});

test('a paper cites the file by its digest, and abbreviates those of the statement', async () => {
  const body = await paperBody(theoremOf(worked), cited);
  expect(body.replaceAll('\\allowbreak ', '')).toContain(`file & \\texttt{${cited.sha256}}`);
  expect(body).toMatch(/the point \\texttt\{sha256:[0-9a-f]{8}\\ldots\} is a local minimum with \$R = 156\/29\$/);
});

const hostile = '\\end{document}\\input{/etc/passwd} } % $x$ #1 & ^^5c ~ _ 中 é';
const harmless =
  "{\\textbraceright} \\% \\$x\\$ \\#1 \\& \\textasciicircum{}\\textasciicircum{}5c \\textasciitilde{} \\_ {[U+4E2D]} \\'{e}";

test('what a file claims of itself stays text, and is called a claim', async () => {
  const theorem = theoremOf({ ...worked, about: { theorem: hostile, source: hostile, text: hostile } });
  for (const text of [await paper(theorem, cited), await bibtex(theorem, cited)]) {
    expect(text).toContain(harmless);
    expect(text).not.toMatch(/\\input\{|\\end\{document\}(?!\n)/);
    expect(text).toMatch(/not checked/);
  }
  const named = await paper(theorem, { ...cited, name: hostile });
  expect(named).not.toMatch(/\\input\{/);
});

test('entries of BibTeX have balanced braces and the keys that are cited', async () => {
  const source = { citation: 'Somebody, A theorem, 2020', bibtex: '@article{somebody2020,\n  title = {A theorem}\n}' };
  for (const about of [undefined, { source: 'Somebody } {' }, { theorem: 'known' }]) {
    const theorem = theoremOf({ ...worked, ...(about === undefined ? {} : { about }) });
    const from = about !== undefined && 'theorem' in about ? source : null;
    const entries = await bibtex(theorem, { ...cited, source: from });
    expect(entries.split('{').length).toBe(entries.split('}').length);
    const body = await paperBody(theorem, { ...cited, source: from });
    for (const [, key] of body.matchAll(/\\cite\{([^}]*)\}/g)) expect(entries).toContain(`{${key},`);
  }
});
