/**
 * A page as data, printed as text, Markdown or HTML. Every string is escaped where it is printed, so text that came from a file
 * cannot become markup; formulas are written by this project only.
 */
import { forMarkdown, forTerminal } from './escape.js';

/** One formula in both spellings. */
export interface Formula {
  readonly unicode: string;
  readonly latex: string;
}

/** Words, a formula or code of this project, or text from a file. */
export type Inline = string | Formula | { readonly code: string } | { readonly claimed: string };

export type Block =
  | { readonly block: 'heading'; readonly level: 1 | 2 | 3; readonly content: readonly Inline[] }
  | { readonly block: 'paragraph' | 'quote'; readonly content: readonly Inline[] }
  | { readonly block: 'list'; readonly items: readonly (readonly Inline[])[] }
  | { readonly block: 'display'; readonly formula: Formula }
  | { readonly block: 'table'; readonly header: readonly Inline[]; readonly rows: readonly (readonly Inline[])[] };

/** How a page is printed. */
export type Format = 'text' | 'markdown' | 'html';

export function formula(unicode: string, latex: string = unicode): Formula {
  return { unicode, latex };
}

/** Joins formulas and plain symbols into one formula. */
export function joined(...parts: readonly (Formula | string)[]): Formula {
  return formula(
    parts.map((part) => (typeof part === 'string' ? part : part.unicode)).join(''),
    parts.map((part) => (typeof part === 'string' ? part : part.latex)).join(''),
  );
}

export const heading = (level: 1 | 2 | 3, ...content: readonly Inline[]): Block => ({
  block: 'heading',
  level,
  content,
});
export const paragraph = (...content: readonly Inline[]): Block => ({ block: 'paragraph', content });
export const list = (...items: readonly (readonly Inline[])[]): Block => ({ block: 'list', items });
export const display = (shown: Formula): Block => ({ block: 'display', formula: shown });
export const table = (header: readonly Inline[], rows: readonly (readonly Inline[])[]): Block => ({
  block: 'table',
  header,
  rows,
});

const width = 100;
/** Stands for the spaces in code and short formulas until lines are broken; escaped text has no private characters. */
const unbroken = '\ue000';
const shortFormula = 40;

/** @returns the page; as HTML what stands in a body, and KaTeX is loaded when it is first asked for */
export async function print(blocks: readonly Block[], format: Format): Promise<string> {
  if (format === 'html') return (await import('./html.js')).html(blocks);
  const printed = blocks.map((block) => (format === 'text' ? textBlock(block) : markdownBlock(block)));
  return `${printed.join('\n\n').replaceAll(unbroken, ' ')}\n`;
}

function plain(inline: Inline): string {
  if (typeof inline === 'string') return inline;
  if ('unicode' in inline) {
    return length(inline.unicode) <= shortFormula ? inline.unicode.replaceAll(' ', unbroken) : inline.unicode;
  }
  return 'code' in inline ? inline.code.replaceAll(' ', unbroken) : forTerminal(inline.claimed);
}

const plainText = (content: readonly Inline[]): string => content.map(plain).join('');

function textBlock(block: Block): string {
  switch (block.block) {
    case 'heading': {
      const line = plainText(block.content);
      return block.level === 3 ? line : `${line}\n${(block.level === 1 ? '=' : '-').repeat(length(line))}`;
    }
    case 'paragraph':
      return wrapped(plainText(block.content), '', '');
    case 'quote':
      return wrapped(plainText(block.content), '  ', '  ');
    case 'list':
      return block.items.map((item) => wrapped(plainText(item), '  • ', '    ')).join('\n');
    case 'display':
      return `    ${block.formula.unicode}`;
    case 'table':
      return textTable([block.header, ...block.rows].map((row) => row.map(plain)));
  }
}

/** Characters, not UTF-16 units: the symbols used here are one column wide. */
const length = (text: string): number => [...text].length;

function wrapped(text: string, first: string, rest: string): string {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && length(line) + 1 + length(word) > width) {
      lines.push(line);
      line = rest + word;
    } else {
      line += empty ? word : ` ${word}`;
      empty = false;
    }
  }
  return [...lines, line].join('\n');
}

function textTable(rows: readonly (readonly string[])[]): string {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, c) => Math.max(...rows.map((row) => length(row[c] ?? ''))));
  const lines = rows.map((row) =>
    `  ${row.map((text, c) => text + ' '.repeat((widths[c] as number) - length(text))).join('  ')}`.trimEnd(),
  );
  const rule = `  ${widths.map((w) => '─'.repeat(w)).join('  ')}`;
  return [lines[0] as string, rule, ...lines.slice(1)].join('\n');
}

function markup(inline: Inline): string {
  if (typeof inline === 'string') return inline.replaceAll(/[\\`*_[\]<>$|~#]/g, (c) => (c === '<' ? '&lt;' : `\\${c}`));
  if ('unicode' in inline) return `$${inline.latex}$`;
  return 'code' in inline ? codeSpan(inline.code) : forMarkdown(inline.claimed);
}

/** A code span that no backquote inside can close. */
function codeSpan(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padding = longest > 0 ? ' ' : '';
  return `${fence}${padding}${text}${padding}${fence}`;
}

const markupText = (content: readonly Inline[]): string => content.map(markup).join('');

function markdownBlock(block: Block): string {
  switch (block.block) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${markupText(block.content)}`;
    case 'paragraph':
      return markupText(block.content);
    case 'quote':
      return `> ${markupText(block.content)}`;
    case 'list':
      return block.items.map((item) => `- ${markupText(item)}`).join('\n');
    case 'display':
      return `$$${block.formula.latex}$$`;
    case 'table': {
      const row = (cells: readonly Inline[]): string =>
        `| ${cells.map((text) => markup(text).replaceAll(/(?<!\\)\|/g, '\\vert ')).join(' | ')} |`;
      return [row(block.header), `|${' --- |'.repeat(block.header.length)}`, ...block.rows.map(row)].join('\n');
    }
  }
}
