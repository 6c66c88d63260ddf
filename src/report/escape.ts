/** Text that came from a file, made harmless for the place where it is shown. */
import { escaped, visible } from '../formats/quoted.js';
import { characterLatex } from './unicode-math.js';

/** The format allows texts of 2,000 characters; pages show all of it. */
const longest = 2_000;

/** @returns one line that a terminal shows and does not obey: every invisible character is written as \u{…} */
export function forTerminal(text: string): string {
  return escaped(text, longest);
}

/** @returns Markdown that shows the text: no link, tag, formula or emphasis can start in it */
export function forMarkdown(text: string): string {
  return visible(text).replaceAll(/[!-/:-@[-`{-~]/g, (c) => {
    if (c === '<') return '&lt;';
    if (c === '>') return '&gt;';
    return c === '&' ? '&amp;' : `\\${c}`;
  });
}

const latexNames: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  // Groups keep the signs apart that fonts would join: --, '' and ?`.
  '"': '{\\textquotedblright}',
  "'": "{'}",
  '`': '{\\textasciigrave}',
  // BibTeX counts braces, escaped ones too.
  '{': '{\\textbraceleft}',
  '}': '{\\textbraceright}',
};

/**
 * @returns ASCII that typesets the text in LaTeX: no command, comment, group or formula can start in it; a character that the usual fonts
 *   lack is shown by its number
 */
export function forLatex(text: string): string {
  return visible(text)
    .normalize('NFC')
    .replaceAll(/[\\~^<>|"'`#$%&_{}]|[^\0-\u007f]/gu, (c) =>
      c > '\u007f' ? characterLatex(c) : (latexNames[c] ?? `\\${c}`),
    )
    .replaceAll(/-(?=-)/g, '-{}');
}

const xmlNames: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&#39;',
};

/** @returns text for XML and HTML, elements and quoted attributes alike */
export function forXml(text: string): string {
  return visible(text).replaceAll(/[<>&"']/g, (c) => xmlNames[c] as string);
}
