/**
 * Pages as HTML. Formulas become MathML, which browsers set with the fonts they have: it needs neither the fonts of KaTeX nor its
 * style attributes, which a strict Content-Security-Policy would have to allow.
 */
import katex from 'katex';
import type { Block, Formula, Inline } from './document.js';
import { forXml } from './escape.js';

/** Formulas from here on may be wider than a phone, and are scrolled by themselves. */
const longFormula = 36;

/** @returns elements for a body */
export function html(blocks: readonly Block[]): string {
  return `${blocks.map(element).join('\n')}\n`;
}

function element(block: Block): string {
  switch (block.block) {
    case 'heading':
      return `<h${block.level}>${inlines(block.content)}</h${block.level}>`;
    case 'paragraph':
      return `<p>${inlines(block.content)}</p>`;
    case 'quote':
      return `<blockquote><p>${inlines(block.content)}</p></blockquote>`;
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${inlines(item)}</li>`).join('\n')}\n</ul>`;
    case 'display':
      return `<p class="display">${mathMl(block.formula, true)}</p>`;
    case 'table': {
      const row = (name: 'th' | 'td', cells: readonly Inline[]): string =>
        `<tr>${cells.map((cell) => `<${name}${name === 'th' ? ' scope="col"' : ''}>${inline(cell)}</${name}>`).join('')}</tr>`;
      return [
        // What can be scrolled must be reached by the keyboard.
        '<div class="table" role="region" aria-label="Table" tabindex="0"><table>',
        `<thead>${row('th', block.header)}</thead>`,
        `<tbody>\n${block.rows.map((cells) => row('td', cells)).join('\n')}\n</tbody>`,
        '</table></div>',
      ].join('\n');
    }
  }
}

const inlines = (content: readonly Inline[]): string => content.map(inline).join('');

function inline(part: Inline): string {
  if (typeof part === 'string') return forXml(part).replaceAll(/[0-9a-f]{64}/g, '<span class="digest">$&</span>');
  if ('unicode' in part) {
    const math = mathMl(part, false);
    return [...part.unicode].length > longFormula ? `<span class="long" tabindex="0">${math}</span>` : math;
  }
  return 'code' in part ? `<code>${forXml(part.code)}</code>` : `<span class="claimed">${forXml(part.claimed)}</span>`;
}

/** Browsers do not know the variant, and would show the R of the reals as that of the risk. */
const doubleStruck = /<mi mathvariant="double-struck">([A-Z])<\/mi>/g;
const doubled: Readonly<Record<string, string>> = {
  R: '<mi mathvariant="normal">ℝ</mi>',
  Q: '<mi mathvariant="normal">ℚ</mi>',
  E: '<mi mathvariant="normal">\u{1d53c}</mi>',
};

/** What KaTeX cannot read is shown as text: the words of a page never depend on it. */
function mathMl({ latex, unicode }: Formula, displayMode: boolean): string {
  try {
    const math = katex.renderToString(latex, { output: 'mathml', displayMode, throwOnError: true, strict: 'ignore' });
    return math.replaceAll(doubleStruck, (whole, letter: string) => doubled[letter] ?? whole);
  } catch {
    return `<span class="formula">${forXml(unicode)}</span>`;
  }
}
