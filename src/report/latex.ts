/** Pages as LaTeX in ASCII, for amsmath, amssymb and amsthm. What came from a file is escaped, so that no command can start in it. */
import type { Block, Inline } from './document.js';
import { forLatex } from './escape.js';
import { mathLatex, proseLatex } from './unicode-math.js';

/** Longer tables are set in pieces that fit a page. */
const mostRows = 34;
/** Characters of a line of text: where the columns of a table are wider together, those with the longest cells are broken. */
const lineWidth = 60;
/** Tables with as many columns are set small where they are too wide. */
const manyColumns = 4;
const smallLineWidth = 76;

/** @returns what stands between \begin{document} and \end{document}, or within a proof */
export function latex(blocks: readonly Block[]): string {
  return `${blocks.map((block, k) => `${k === 0 ? '' : continues(blocks, k) ? '\n' : '\n\n'}${blockLatex(block)}`).join('')}\n`;
}

/** Whether a paragraph goes on with the sentence before a display or a table: then no new one starts there. */
function continues(blocks: readonly Block[], k: number): boolean {
  const [before, block] = [blocks[k - 1], blocks[k]];
  if (block?.block === 'display') return before?.block === 'paragraph';
  const first = block?.block === 'paragraph' ? block.content[0] : undefined;
  return (
    (before?.block === 'display' || before?.block === 'table') && typeof first === 'string' && /^[a-z,;.]/.test(first)
  );
}

function blockLatex(block: Block): string {
  switch (block.block) {
    case 'heading':
      return block.level === 1
        ? `\\section*{${inlinesLatex(block.content)}}`
        : `\\paragraph{${inlinesLatex(block.content)}.}`;
    case 'paragraph':
      return inlinesLatex(block.content);
    case 'quote':
      return `\\begin{quote}\n${inlinesLatex(block.content)}\n\\end{quote}`;
    case 'list':
      return `\\begin{itemize}\n${block.items.map((item) => `\\item[$\\bullet$] ${inlinesLatex(item)}`).join('\n')}\n\\end{itemize}`;
    case 'display':
      return displayLatex(block.formula.latex);
    case 'table':
      return `\\begin{center}\n${tabular(block)}\n\\end{center}`;
  }
}

/** A display on one line if it is short, else broken before a relation or after a comma. */
function displayLatex(formula: string): string {
  const lines = displayLines(mathLatex(formula));
  if (lines.length === 1) return `\\[\n${lines[0]}\n\\]`;
  return `\\begin{multline*}\n${lines.join(' \\\\\n')}\n\\end{multline*}`;
}

const displayWidth = 56;

/** About as many characters as are seen: a command is one. */
const seen = (formula: string): number =>
  formula
    .replaceAll(/\\(?:text|operatorname|mathrm|mathbb)\{([^}]*)\}/g, '$1')
    .replaceAll(/\\[A-Za-z]+|\\./g, 'x')
    .replaceAll(/[{}_^ ]/g, '').length;

function displayLines(formula: string): readonly string[] {
  if (seen(formula) <= displayWidth) return [formula];
  const lines: string[] = [];
  let current = '';
  for (const part of brokenAtRelations(formula)) {
    if (current !== '' && seen(current) + seen(part) > displayWidth) {
      lines.push(current);
      current = part;
    } else current += part;
  }
  return [...lines, current];
}

/** Pieces of a formula that may start a line: none of them within brackets of any kind. */
function brokenAtRelations(formula: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let k = 0; k < formula.length; k++) {
    const c = formula[k] as string;
    if (/[({[]/.test(c)) depth++;
    if (/[)}\]]/.test(c)) depth--;
    const opens = /^\\(?:Big|big|left|Bigl|langle|lfloor)(?![A-Za-z])/.exec(formula.slice(k));
    if (opens !== null && (opens[0] === '\\left' || opens[0] === '\\langle')) depth++;
    if (/^\\(?:right|rangle)(?![A-Za-z])/.test(formula.slice(k))) depth--;
    const breaks =
      /^(?:\\(?:ge|le|approx|quad|in|to)(?![A-Za-z])|[=<>])/.test(formula.slice(k)) ||
      formula.slice(0, k).endsWith('digits}] /');
    if (breaks && depth === 0 && k > 0 && formula[k - 1] !== '\\') {
      parts.push(formula.slice(start, k));
      start = k;
    }
  }
  return [...parts, formula.slice(start)];
}

/** @returns the content in one paragraph */
export function inlinesLatex(content: readonly Inline[]): string {
  return content.map(inlineLatex).join('');
}

/** Digests are shortened: the whole ones are in the table of the numbers. */
const shortDigest = (hexadecimal: string): string => `\\texttt{sha256:${hexadecimal.slice(0, 8)}\\ldots}`;

function inlineLatex(part: Inline): string {
  if (typeof part === 'string') return withBreaks(proseLatex(part, shortDigest));
  if ('unicode' in part)
    return `$${withBreaks(mathLatex(part.latex).replaceAll(/(?<!\\),(?=[ \d\\-])/g, ',\\allowbreak '))}$`;
  if ('code' in part) return codeLatex(part.code);
  return forLatex(part.claimed);
}

/** TeX breaks formulas in running text after relations and signs; here also within long fractions, and above after commas. */
function withBreaks(text: string): string {
  return text
    .replaceAll(/digits\}\] ?\/ ?/g, 'digits}] /\\allowbreak ')
    .replaceAll(/ ?\\,\[\\text\{(\d+ digits)\}\]/g, '\\allowbreak\\,[\\text{$1}]')
    .replaceAll(/(\d{5,}) ?\/ ?(\d{5,})/g, '$1/\\allowbreak $2');
}

export function codeLatex(code: string): string {
  return `\\texttt{${forLatex(code).replaceAll(/[/-](?=.)/g, '$&\\allowbreak ')}}`;
}

/** @returns 64 hexadecimal digits that can be broken after every eighth */
export function digestLatex(hexadecimal: string): string {
  return `\\texttt{${hexadecimal.replaceAll(/.{8}(?=.)/g, '$&\\allowbreak ')}}`;
}

type Table = Extract<Block, { block: 'table' }>;

/** @returns one tabular, or several one after the other where one would be longer than a page */
export function tabular({ header, rows }: Table): string {
  const { columns, isSmall } = layoutOf([header, ...rows]);
  const line = (row: readonly Inline[]): string => {
    const cells = row.map((cell, c) => `${columns[c] === 'l' ? '' : '\\raggedright '}${inlineLatex(cell)}`);
    return `${cells.join(' & ')} \\tabularnewline`;
  };
  const pieces = Array.from({ length: Math.max(1, Math.ceil(rows.length / mostRows)) }, (_, k) =>
    [
      `\\begin{tabular}{@{}${columns.join('')}@{}}`,
      '\\hline',
      line(header),
      '\\hline',
      ...rows.slice(k * mostRows, (k + 1) * mostRows).map(line),
      '\\hline',
      '\\end{tabular}',
    ].join('\n'),
  );
  const whole = pieces.join('\n\n\\medskip\n');
  const small = isSmall ? '\\footnotesize\\setlength{\\tabcolsep}{4pt}' : '';
  return `{${small}\\renewcommand{\\arraystretch}{1.15}%\n${whole}}`;
}

/** Columns as wide as their cells; where these are too wide together, paragraphs share what the narrow ones leave. */
function layoutOf(rows: readonly (readonly Inline[])[]): {
  readonly columns: readonly string[];
  readonly isSmall: boolean;
} {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, c) => Math.max(1, ...rows.map((row) => widthOf(row[c] ?? ''))));
  const gaps = 2.5 * (columns - 1);
  const total = widths.reduce((a, b) => a + b, 0) + gaps;
  const isSmall = columns >= manyColumns && total > lineWidth;
  const line = isSmall ? smallLineWidth : lineWidth;
  if (total <= line) return { columns: widths.map(() => 'l'), isSmall };
  // Narrowest first, as many as get no more than a fair share of what is left stay whole.
  let left = line - gaps;
  const narrow = new Set<number>();
  for (const [n, c] of widths
    .map((_, c) => c)
    .sort((a, b) => (widths[a] as number) - (widths[b] as number))
    .entries()) {
    const width = widths[c] as number;
    if (width > left / (columns - n)) break;
    narrow.add(c);
    left -= width;
  }
  const wide = widths.reduce((sum, w, c) => (narrow.has(c) ? sum : sum + Math.sqrt(w)), 0);
  return {
    columns: widths.map((w, c) =>
      narrow.has(c) ? 'l' : `p{${((left * Math.sqrt(w)) / (wide * line)).toFixed(3)}\\linewidth}`,
    ),
    isSmall,
  };
}

function widthOf(cell: Inline): number {
  if (typeof cell === 'string') return [...cell].length;
  if ('unicode' in cell) return [...cell.unicode].length;
  return [...('code' in cell ? cell.code : cell.claimed)].length;
}
