import { expect, test } from 'vitest';
import { forLatex, forMarkdown, forTerminal, forXml } from '../../src/report/escape.js';
import { explain } from '../../src/report/explain.js';
import { inspect } from '../../src/report/inspect.js';
import { plot } from '../../src/report/plot.js';
import { changed, type Fields } from '../certificate.js';
import { sampleStatementOf, theoremOf, worked } from './instances.js';

test.each([
  ['\u001b[2J\u0007', '\\u{1b}[2J\\u{7}'],
  ['a\u202eb\u200b', 'a\\u{202e}b\\u{200b}'],
  ['C:\\x', 'C:\\\\x'],
])('a terminal is shown %j as %j', (text, expected) => {
  expect(forTerminal(text)).toBe(expected);
});

test.each([
  ['<script>&', '&lt;script&gt;&amp;'],
  ['[a](javascript:1)', '\\[a\\]\\(javascript\\:1\\)'],
  ['$x$ `y` *z* _w_', '\\$x\\$ \\`y\\` \\*z\\* \\_w\\_'],
  ['https://e.org', 'https\\:\\/\\/e\\.org'],
  ['a | b', 'a \\| b'],
])('Markdown is given %j as %j', (text, expected) => {
  expect(forMarkdown(text)).toBe(expected);
});

test.each([
  ['\\input{/etc/passwd}', '\\textbackslash{}input{\\textbraceleft}/etc/passwd{\\textbraceright}'],
  ['50% & #1 $x$ a_b ~ ^', '50\\% \\& \\#1 \\$x\\$ a\\_b \\textasciitilde{} \\textasciicircum{}'],
  [
    '<a> | "b" `c`',
    '\\textless{}a\\textgreater{} \\textbar{} {\\textquotedblright}b{\\textquotedblright} {\\textasciigrave}c{\\textasciigrave}',
  ],
  ["-- --- '' é ȳ θ 中", "-{}- -{}-{}- {'}{'} \\'{e} \\={y} $\\theta$ {[U+4E2D]}"],
])('LaTeX is given %j as %j', (text, expected) => {
  expect(forLatex(text)).toBe(expected);
});

test('XML is given entities', () => {
  expect(forXml('<a b="c">\'&')).toBe('&lt;a b=&quot;c&quot;&gt;&#39;&amp;');
});

const hostile = '</svg><script>alert(1)</script> $\\input{x}$ [l](javascript:1) `c` | **b** & # \\';

test('hostile `about` texts are shown, harmless, and called a claim that nobody checked', async () => {
  const theorem = theoremOf({ ...worked, about: { theorem: hostile, source: hostile, text: hostile } } as Fields);
  const [markdown, text, svg] = [await explain(theorem, 'markdown'), await explain(theorem, 'text'), plot(theorem)];
  expect(markdown).toContain('Claimed source (not checked)');
  expect(markdown).toContain(forMarkdown(hostile));
  expect(markdown).not.toMatch(/<script|javascript:1|[^\\]`c/);
  expect(text).toContain('Claimed source (not checked)');
  expect(svg).toContain('Claimed source (not checked)');
  expect(svg).not.toMatch(/<script|<\/svg>./);
});

test('without `about` no source is claimed', async () => {
  expect(await explain(theoremOf(worked), 'text')).not.toContain('Claimed');
});

test('names of layers are escaped and not called checked', async () => {
  const named = changed(worked, '$.statement.problem.network.layers[0].name', '<b>*x*</b>') as Fields;
  const { problem, point } = sampleStatementOf(named);
  if (problem.type !== 'samples') throw new Error('these are samples');
  const page = await inspect(problem, point, { format: 'markdown' });
  expect(page).toContain('names are not checked');
  expect(page).toContain(forMarkdown('<b>*x*</b>'));
});
