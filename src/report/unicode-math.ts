/** The mathematical signs of the prose as LaTeX: nothing that is printed needs more than ASCII and amssymb. */

const letters: Readonly<Record<string, string>> = {
  ...{ α: '\\alpha', β: '\\beta', γ: '\\gamma', δ: '\\delta', ε: '\\varepsilon', ζ: '\\zeta', η: '\\eta' },
  ...{ θ: '\\theta', κ: '\\kappa', λ: '\\lambda', μ: '\\mu', ν: '\\nu', ξ: '\\xi', π: '\\pi', ρ: '\\rho' },
  ...{ σ: '\\sigma', τ: '\\tau', φ: '\\varphi', χ: '\\chi', ψ: '\\psi', ω: '\\omega' },
  ...{
    Γ: '\\Gamma',
    Δ: '\\Delta',
    Θ: '\\Theta',
    Λ: '\\Lambda',
    Ξ: '\\Xi',
    Π: '\\Pi',
    Φ: '\\Phi',
    Ψ: '\\Psi',
    Ω: '\\Omega',
  },
  ...{
    ℓ: '\\ell',
    ℝ: '\\mathbb{R}',
    ℚ: '\\mathbb{Q}',
    '∞': '\\infty',
    '∂': '\\partial',
    '∇': '\\nabla',
    '∅': '\\emptyset',
  },
  ...{ '½': '\\tfrac12', Σ: '\\Sigma' },
};

/** Relations, operations and the like: no braces around them, so that TeX knows where to put space and where lines may break. */
const signs: Readonly<Record<string, string>> = {
  ...{
    '−': '-',
    '·': '\\cdot ',
    '×': '\\times ',
    '⊗': '\\otimes ',
    '±': '\\pm ',
    '∈': '\\in ',
    '→': '\\to ',
    '↦': '\\mapsto ',
  },
  ...{
    '≤': '\\le ',
    '≥': '\\ge ',
    '≠': '\\neq ',
    '≈': '\\approx ',
    '⪰': '\\succeq ',
    '⟨': '\\langle ',
    '⟩': '\\rangle ',
  },
  ...{
    '…': '\\dots ',
    '⋯': '\\cdots ',
    '∫': '\\int ',
    '√': '\\surd ',
    '⌊': '\\lfloor ',
    '⌋': '\\rfloor ',
    '•': '\\bullet ',
  },
};

const raised: Readonly<Record<string, string>> = {
  ...{ '⁰': '0', '¹': '1', '²': '2', '³': '3', '⁴': '4', '⁵': '5', '⁶': '6', '⁷': '7', '⁸': '8', '⁹': '9' },
  ...{ '⁺': '+', '⁻': '-', ᵀ: '\\mathsf{T}', '°': '\\circ ', '′': '\\prime ', '″': '\\prime\\prime ', '*': '*' },
};

const lowered: Readonly<Record<string, string>> = {
  ...{ '₀': '0', '₁': '1', '₂': '2', '₃': '3', '₄': '4', '₅': '5', '₆': '6', '₇': '7', '₈': '8', '₉': '9' },
  ...{ '₊': '+', '₋': '-' },
};

const accents: Readonly<Record<string, string>> = { '\u0302': '\\hat', '\u0303': '\\tilde', '\u0304': '\\bar' };

const typographic: Readonly<Record<string, string>> = {
  ...{ '“': '``', '”': "''", '‘': '`', '’': "'", '–': '--', '—': '---', '\u00a0': '~' },
};

/** Accents over letters of text, by their combining characters. */
const textAccents: Readonly<Record<string, string>> = {
  ...{ '\u0300': '\\`', '\u0301': "\\'", '\u0302': '\\^', '\u0303': '\\~', '\u0304': '\\=', '\u0306': '\\u' },
  ...{
    '\u0307': '\\.',
    '\u0308': '\\"',
    '\u030a': '\\r',
    '\u030b': '\\H',
    '\u030c': '\\v',
    '\u0327': '\\c',
    '\u0328': '\\k',
  },
};

const wholeLetters: Readonly<Record<string, string>> = {
  ...{
    ß: '\\ss{}',
    ø: '\\o{}',
    Ø: '\\O{}',
    æ: '\\ae{}',
    Æ: '\\AE{}',
    œ: '\\oe{}',
    Œ: '\\OE{}',
    ł: '\\l{}',
    Ł: '\\L{}',
    ı: '\\i{}',
  },
};

const classOf = (table: Readonly<Record<string, string>>): string => Object.keys(table).join('');
const decorations = new RegExp(`[${classOf(raised)}]+`, 'u');
const indices = new RegExp(`[${classOf(lowered)}]+`, 'u');

/** One visible character that is not ASCII, or a special one, for running text. */
export function characterLatex(c: string): string {
  const typeset = typographic[c] ?? wholeLetters[c];
  if (typeset !== undefined) return typeset;
  const [base, mark, ...more] = c.normalize('NFD');
  const accent = mark === undefined || more.length > 0 ? undefined : textAccents[mark];
  if (accent !== undefined && /^[A-Za-z]$/.test(base as string)) return `${accent}{${base}}`;
  const math = letters[c] ?? signs[c] ?? withScript(c);
  if (math !== null) return `$${math.trim()}$`;
  return `{[U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]}`;
}

function withScript(c: string): string | null {
  if (raised[c] !== undefined) return `{}^{${raised[c].trim()}}`;
  return lowered[c] === undefined ? null : `{}_{${lowered[c]}}`;
}

/**
 * A formula as LaTeX for math mode: of Unicode such as R(θ°) = c₁t², and of LaTeX with single signs of Unicode in it.
 *
 * @param text  written by this project
 */
export function mathLatex(text: string): string {
  let latex = '';
  let rest = text;
  while (rest !== '') {
    const [taken, written] = nextOf(rest);
    latex += written;
    rest = rest.slice(taken);
  }
  // The space of "\\ " is a command.
  return latex
    .replaceAll(/(?<!\\) {2,}/g, ' ')
    .replace(/(?<!\\) +$/, '')
    .trimStart();
}

/** Combining characters stand after what they are put on. */
const accented = /^(.)([\u0302-\u0304])/u;
const command = /^\\(?:[A-Za-z]+|.)/u;

function nextOf(rest: string): readonly [number, string] {
  const words = /^\\(text|operatorname)\{/.exec(rest);
  if (words !== null) {
    const end = closing(rest, words[0].length - 1);
    const inside = rest.slice(words[0].length, end);
    return [end + 1, `\\${words[1]}{${words[1] === 'text' ? proseLatex(inside) : inside}}`];
  }
  const known = command.exec(rest);
  if (known !== null) return [known[0].length, known[0]];
  const count = /^\u00a0\[(\d+)\u00a0digits\]/.exec(rest);
  if (count !== null) return [count[0].length, `\\,[\\text{${count[1]} digits}]`];
  if (rest.startsWith(' ~ ')) return [3, ' \\sim '];
  const root = /^√\(/.exec(rest);
  if (root !== null) {
    const end = closing(rest, 1);
    return [end + 1, `\\sqrt{${mathLatex(rest.slice(2, end))}}`];
  }
  const over = accented.exec(rest);
  if (over !== null) return [over[0].length, `${accents[over[2] as string]}{${mathLatex(over[1] as string)}}`];
  const low = new RegExp(`^${indices.source}`, 'u').exec(rest);
  if (low !== null) return [low[0].length, `_{${[...low[0]].map((c) => lowered[c]).join('')}}`];
  // After a letter: what is raised, all of it in one group. A star alone, or the degrees of 90°, are no formula of this project.
  const above = /^(?:\p{L}|\)|\||\}|\d)/u.test(rest) ? new RegExp(`^.(${decorations.source})`, 'u').exec(rest) : null;
  if (above !== null && above[1] !== '*') return [above[0].length, raisedOn(rest.slice(0, 1), above[1] as string)];
  if (above !== null && /^(?:\p{Script=Greek}|\p{L}\*(?:$|[)]))/u.test(rest))
    return [2, raisedOn(rest.slice(0, 1), '*')];
  const [c] = rest as unknown as [string];
  if (raised[c] !== undefined && c !== '*') {
    const run = new RegExp(`^${decorations.source}`, 'u').exec(rest) as RegExpExecArray;
    return [run[0].length, `^{${[...run[0]].map((each) => raised[each]).join('')}}`];
  }
  const index = /^_(\p{L}[°′]|\p{L}{2}(?![\p{L}(])|\p{L}|\d+)/u.exec(rest);
  if (index !== null && (index[1] as string).length + 1 > 2)
    return [index[0].length, `_{${mathLatex(index[1] as string)}}`];
  const character = String.fromCodePoint(rest.codePointAt(0) as number);
  if (letters[character] !== undefined) return [character.length, `{${letters[character]}}`];
  const sign = signs[character];
  if (sign !== undefined) return [character.length, sign];
  if (character > '\u007f') return [character.length, `\\text{${characterLatex(character)}}`];
  return [1, character];
}

function raisedOn(base: string, run: string): string {
  const primes = /^[′″]+$/.test(run) ? run.replaceAll('″', "''").replaceAll('′', "'") : null;
  return `${mathLatex(base)}${
    primes ??
    `^{${[...run]
      .map((c) => raised[c])
      .join('')
      .trim()}}`
  }`;
}

/** @returns where the bracket at `open` is closed; the last place where it is not */
function closing(text: string, open: number): number {
  const pair = text[open] === '{' ? '{}' : '()';
  let depth = 0;
  for (let k = open; k < text.length; k++) {
    if (text[k] === pair[0]) depth++;
    else if (text[k] === pair[1] && --depth === 0) return k;
  }
  return text.length - 1;
}

/** As numbers.ts writes it, held together. */
const digitCount = /\u00a0\[(\d+)\u00a0digits\]/;

const specials: Readonly<Record<string, string>> = {
  ...{ '\\': '\\textbackslash{}', '~': '\\textasciitilde{}', '^': '\\textasciicircum{}', '"': "''" },
  ...{ '<': '$<$', '>': '$>$', '|': '$|$' },
};

/** Words of this project outside formulas. */
function wordsLatex(words: string): string {
  return words.replaceAll(/[\\~^<>|"#$%&_{}]|[^\0-\u007f]/gu, (c) =>
    c > '\u007f' ? characterLatex(c) : (specials[c] ?? `\\${c}`),
  );
}

const isSign = /^[=<>≤≥≈+−·×∈→⪰~≠±/]$/u;
const isNumber = /^[−-]?\d+(?:[./]\d+)?$/u;
/** A letter or sign of mathematics, an index, or a letter that stands alone and is no English word. */
const mathematical =
  /[\u0370-\u03ffℝℓ°′″⁰¹²³⁴-⁹⁺⁻₀-₉₊₋√∫⟨⟩∞∂∇∅·−≤≥⋯ᵀ]|[\u0302-\u0304]|\w_|^[B-HJ-Zb-z]$|^[A-Za-z]\*$|^[A-Za-z][\^/][A-Za-z0-9(]|^\p{L}'?\(.*\)|^…$|\d…\d/u;
/** Where brackets open within a formula: h(x − q), ⟨g, p⟩. */
const opens = /^(?:[A-Za-zΑ-ω√_°*′'²0-9|]{1,6}\(|[^(]*⟨)/u;

/** Names such as leaky-relu(−1/2) are words. */
const isFormula = (word: string): boolean => mathematical.test(word) && !/[a-z]{3}/.test(word.replace(digitCount, ''));

/**
 * Words of this project as LaTeX: formulas in them, such as "R(θ) − R(θ°)", become formulas.
 *
 * @param digest  how "sha256:" with 64 hexadecimal digits is shown
 */
export function proseLatex(words: string, digest: (hexadecimal: string) => string = (h) => `sha256:${h}`): string {
  const pieces: string[] = [];
  let run: string[] = [];
  const endRun = (): void => {
    if (run.length === 0) return;
    const isMath = run.some((word) => isFormula(word) || (isSign.test(word) && word !== '/'));
    pieces.push(isMath ? `$${mathLatex(run.join(' '))}$` : wordsLatex(run.join(' ')));
    run = [];
  };
  const split = joinedWords(words);
  split.forEach((word, k) => {
    const space = k === 0 ? '' : ' ';
    const hash = /sha256:([0-9a-f]{64})/.exec(word);
    if (hash !== null) {
      endRun();
      const [before, after] = word.split(hash[0]) as [string, string];
      pieces.push(space, wordsLatex(before), digest(hash[1] as string), wordsLatex(after));
      return;
    }
    const { before, core, after } = peeled(word);
    // "A x + a" is a formula, where the letters alone would be English words.
    const isLetter =
      (core === 'A' && /^x/u.test(split[k + 1] ?? '')) ||
      (core === 'a' && before === '' && isSign.test(run.at(-1) ?? ''));
    const isMathWord = isLetter || isFormula(core) || isSign.test(core) || isNumber.test(core);
    const compound = /^(\p{L}[₀-₉]*)(-\p{L}.*)$/u.exec(core);
    if (compound !== null && isFormula(compound[1] as string)) {
      endRun();
      pieces.push(
        space,
        wordsLatex(before),
        `$${mathLatex(compound[1] as string)}$`,
        wordsLatex((compound[2] as string) + after),
      );
      return;
    }
    if (!isMathWord) {
      endRun();
      pieces.push(space, wordsLatex(word));
      return;
    }
    const last = run.at(-1);
    const continues =
      before === '' &&
      last !== undefined &&
      (isSign.test(last) !== isSign.test(core) || last === 'A' || (isFormula(last) && isFormula(core)));
    if (!continues) {
      endRun();
      pieces.push(space, wordsLatex(before));
    }
    run.push(core);
    if (after !== '') {
      endRun();
      pieces.push(wordsLatex(after));
    }
  });
  endRun();
  return pieces.join('');
}

/** Split at spaces, but not within the brackets of "h(x − q)". */
function joinedWords(words: string): readonly string[] {
  const found: string[] = [];
  let open: string | null = null;
  for (const word of words.replaceAll(/ \[(\d+) digits\]/g, '\u00a0[$1\u00a0digits]').split(' ')) {
    const all: string = open === null ? word : `${open} ${word}`;
    const depth = [...all].reduce((d, c) => d + (/[(⟨]/u.test(c) ? 1 : /[)⟩]/u.test(c) ? -1 : 0), 0);
    if (depth > 0 && opens.test(all) && all.length < 60) open = all;
    else {
      found.push(all);
      open = null;
    }
  }
  return open === null ? found : [...found, ...open.split(' ')];
}

/** Brackets and punctuation around a word that are no part of a formula. */
function peeled(word: string): { readonly before: string; readonly core: string; readonly after: string } {
  const before = /^[“"‘]*/u.exec(word)?.[0] ?? '';
  let core = word.slice(before.length);
  let lead = before;
  let after = '';
  const count = (c: string): number => core.split(c).length - 1;
  for (;;) {
    const end = core.slice(-1);
    if (core.length > 1 && (/[.,;:?”"’]/u.test(end) || (end === ')' && count(')') > count('(')))) {
      after = end + after;
      core = core.slice(0, -1);
    } else if (core.length > 1 && core.startsWith('(') && count('(') > count(')')) {
      lead += '(';
      core = core.slice(1);
    } else if (
      core.length > 2 &&
      core.startsWith('(') &&
      core.endsWith(')') &&
      !isFormula(core[1] as string) &&
      core.length > 3
    ) {
      lead += '(';
      after = `)${after}`;
      core = core.slice(1, -1);
    } else return { before: lead, core, after };
  }
}
