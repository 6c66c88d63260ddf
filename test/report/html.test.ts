/** Pages as HTML: everything escaped, formulas as MathML, and the file that stands by itself. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { display, formula, heading, list, paragraph, print, table } from '../../src/report/document.js';
import { explain } from '../../src/report/explain.js';
import { explanationPage } from '../../src/report/explanation-page.js';
import { samplesTable } from '../../src/report/samples-table.js';
import { all, theoremOf, worked } from './instances.js';

const hostile = `</script><img src=x onerror="alert('1')">&lt;\u202e`;
const harmless = '&lt;/script&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;lt;\\u{202e}';

test('text is escaped wherever it stands', async () => {
  const claimed = { claimed: hostile };
  const blocks = [
    heading(1, hostile, claimed),
    paragraph(hostile, { code: hostile }),
    { block: 'quote', content: [claimed] } as const,
    list([claimed], [hostile]),
    table([hostile, claimed], [[{ code: hostile }, hostile]]),
  ];
  const page = await print(blocks, 'html');
  expect(page.split(harmless)).toHaveLength(12);
  expect(page).not.toMatch(/<img|<\/script|\u202e/);
});

test('formulas are MathML, without style attributes', async () => {
  const page = await print(
    [paragraph('so ', formula('x²', 'x^2')), display(formula('Σ_i x_i', '\\sum_i x_i'))],
    'html',
  );
  expect(page).toContain('<msup><mi>x</mi><mn>2</mn></msup>');
  expect(page).toMatch(/<p class="display"><span class="katex"><math [^>]*display="block"/);
  expect(page).not.toContain('style=');
});

test('the reals are no risk: browsers do not know the variant of letters that KaTeX writes', async () => {
  const page = await explain(theoremOf(worked), 'html');
  expect(page).toContain('<mi mathvariant="normal">ℝ</mi>');
  expect(page).not.toContain('double-struck');
});

test('a formula that KaTeX cannot read is shown as text, escaped', async () => {
  expect(await print([paragraph(formula('a < b', '\\frac{'))], 'html')).toBe(
    '<p><span class="formula">a &lt; b</span></p>\n',
  );
});

test('what KaTeX could be told to fetch or to link is not', async () => {
  const page = await print([paragraph(formula('link', '\\href{javascript:alert(1)}{x}'))], 'html');
  expect(page).not.toContain('href="');
});

describe('every theorem has a page in HTML', () => {
  test.each(Object.keys(all))('%s', async (name) => {
    const theorem = theoremOf(all[name] ?? {});
    const page = await explanationPage(theorem);
    expect(page).toContain((await explain(theorem, 'html')).slice(0, 200));
    expect(page).not.toMatch(/undefined|NaN|\[object|class="formula"/);
    // Nothing is loaded from anywhere; the name of SVG is a name.
    expect(page.replaceAll(/xmlns="[^"]*"/g, '')).not.toMatch(/https?:|src=|<script|<link|@import|url\((?!#)/);
    expect(await explanationPage(theorem)).toBe(page);
    // Clip paths of different pictures must not be mixed up.
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test('the policy of the file admits its style and nothing else', async () => {
  const page = await explanationPage(theoremOf(worked));
  const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(page).toContain(`content="default-src 'none'; style-src 'sha256-${hash}'"`);
});

test('claims of a file about itself stay text', async () => {
  const theorem = theoremOf({ ...worked, about: { source: '<b onclick="x">$\\href{x}{y}$</b>' } });
  const page = await explanationPage(theorem);
  expect(page).toContain('&lt;b onclick=&quot;x&quot;&gt;$\\href{x}{y}$&lt;/b&gt;');
});

test('the data are shown exactly', async () => {
  const { problem } = theoremOf(worked).statement;
  const page = await print(samplesTable(problem), 'html');
  expect(page.match(/<tr>/g)).toHaveLength(7);
});
