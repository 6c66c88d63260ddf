/** A theorem for a paper: a LaTeX document with theorem, proof and tables that can be cut out, and entries for BibTeX. */
import { formatRational, type Rational, rational } from '../kernel/arithmetic/rational.js';
import { type DenseValues, freeParameters, type Network, type Parameters } from '../kernel/model/network.js';
import type { AnyPoint } from '../kernel/statement.js';
import type { Theorem } from '../kernel/theorem.js';
import { digestsOf } from './digest.js';
import { type Block, formula, type Inline, table } from './document.js';
import { forLatex } from './escape.js';
import { explanation } from './explain.js';
import { parameterFormula, parameterNames } from './formulas.js';
import { codeLatex, digestLatex, inlinesLatex, latex, tabular } from './latex.js';
import { decimal, fraction } from './numbers.js';
import { samplesTable } from './samples-table.js';
import { claimTitle, restatement } from './statement.js';

/** The file that a paper cites, and the source that the file claims. */
export interface Cited {
  /** the name of the certificate's file, without folders */
  readonly name: string;
  /** SHA-256 of its bytes, as 64 hexadecimal digits */
  readonly sha256: string;
  /** the citation and the BibTeX entry of the theorem that `about.theorem` names, or null where no construction has this name */
  readonly source: { readonly citation: string; readonly bibtex: string } | null;
}

const mostParameters = 36;
const mostSamples = 30;
const mostColumns = 6;
const longestNumber = 22;

/** What the printed theorems need. */
export const preamble = `\\documentclass[11pt]{article}
\\usepackage{amsmath,amssymb,amsthm}
\\newtheorem{theorem}{Theorem}
\\emergencystretch=3em
`;

/** @returns a document for pdflatex, xelatex and lualatex, in ASCII */
export async function paper(theorem: Theorem, cited: Cited): Promise<string> {
  const keys = await keysOf(theorem, cited);
  const entries = bibtexEntries(theorem, cited, keys);
  return `% A theorem, its proof and its numbers, printed by cairn from a certificate that its kernel has proved.
% What stands between the two lines of scissors can be pasted into a paper with this preamble;
% "cairn explain --format latex-body" prints it alone, to \\input, and "--format bibtex" the entries for BibTeX.
${preamble}\\begin{document}
% ---- 8< ----
${await bodyOf(theorem, cited, keys)}% ---- >8 ----
\\begin{thebibliography}{9}
\\bibitem{${keys.certificate}}
${certificateWords(cited)}
${sourceItem(theorem, cited, keys)}\\end{thebibliography}
\\end{document}
% The same for BibTeX:
${entries.replaceAll(/^/gm, '% ').trimEnd()}
`;
}

/** @returns theorem, proof and tables, for amsmath, amssymb, amsthm and an environment \`theorem\`; they cite the keys of \`bibtex\` */
export async function paperBody(theorem: Theorem, cited: Cited): Promise<string> {
  return bodyOf(theorem, cited, await keysOf(theorem, cited));
}

/** @returns an entry for the certificate, and one for the source that it claims, where a construction of cairn names it */
export async function bibtex(theorem: Theorem, cited: Cited): Promise<string> {
  return bibtexEntries(theorem, cited, await keysOf(theorem, cited));
}

interface Keys {
  /** the first digits of the statement's digest: unique labels in a paper with several theorems */
  readonly label: string;
  readonly certificate: string;
  /** null where the file claims no source */
  readonly source: string | null;
}

async function keysOf(theorem: Theorem, { source }: Cited): Promise<Keys> {
  const label = (await digestsOf(theorem.statement)).sha256.slice(0, 8);
  const entry = /^@\w+\{([^,\s]+),/.exec(source?.bibtex ?? '')?.[1];
  const claims = theorem.about?.source ?? theorem.about?.theorem;
  return {
    label,
    certificate: `cairn:${label}`,
    source: entry ?? (claims === undefined ? null : `claimed:${label}`),
  };
}

async function bodyOf(theorem: Theorem, cited: Cited, { label, certificate, source }: Keys): Promise<string> {
  const { setting, argument, checked } = await explanation(theorem);
  const numbers = setting.findIndex(({ block }) => block === 'table');
  const rest = setting.filter(({ block }, k) => k !== numbers && block !== 'heading');
  const statement = await restatement(theorem);
  const claim =
    source === null ? '' : ` The certificate claims~\\cite{${source}} as its source, which nobody has checked.`;
  // The obligations are told in the proof.
  const afterwards = checked.slice(checked.findIndex(({ block }) => block === 'table') + 1);
  return `\\begin{theorem}[{${inlinesLatex(claimTitle(theorem))}}]\\label{thm:${label}}
\\emergencystretch=0.25\\linewidth
${inlinesLatex(statement)}.
\\end{theorem}

\\begin{proof}
\\emergencystretch=0.25\\linewidth
The certificate~\\cite{${certificate}} was checked in exact arithmetic: ${obligations(theorem)}. Its numbers are in Table~\\ref{tab:${label}}; what follows is the argument.${claim}

${latex([...rest, ...argument])}\\end{proof}

${await tables(theorem, cited, setting[numbers], label)}
${latex(afterwards)}`;
}

function obligations({ obligations: { by, total } }: Theorem): string {
  const parts = Object.entries(by).map(([name, count]) => `${forLatex(name)} (${count})`);
  const words = total === 1 ? 'its one obligation was' : `its ${total} obligations were`;
  return `${words} discharged, none assumed: ${parts.join(', ')}`;
}

async function tables(theorem: Theorem, cited: Cited, quantities: Block | undefined, label: string): Promise<string> {
  if (quantities === undefined || quantities.block !== 'table') throw new Error('Cannot happen: there are numbers');
  const { statement } = theorem;
  const digests = await digestsOf(statement);
  const digestRows = [
    ['statement', digests.sha256],
    ['problem', digests.problem],
    ['data', digests.data],
    [
      statement.family === null ? (statement.list === null ? 'point $\\theta$' : 'list') : 'family $\\theta(t)$',
      digests.point,
    ],
    ...(digests.better === null ? [] : [['better point $\\theta^\\circ$', digests.better]]),
    ['file', cited.sha256],
  ] as const;
  const rows = digestRows.map(([what, digest]) => `${what} & ${digestLatex(digest as string)} \\\\`);
  const shown = [
    float(
      `The numbers of Theorem~\\ref{thm:${label}}, and the SHA-256 digests of what it is about; the certificate is the file ${codeLatex(cited.name)}.`,
      `tab:${label}`,
      `${tabular(quantities)}\n\n\\medskip\n{\\scriptsize\n\\begin{tabular}{@{}lp{0.77\\linewidth}@{}}\n${rows.join('\n')}\n\\end{tabular}}`,
    ),
  ];
  const parameters = parametersTable(theorem);
  if (parameters !== null) shown.push(float(parameters.caption, `tab:${label}:parameters`, tabular(parameters.table)));
  const data = dataTable(theorem);
  if (data !== null) shown.push(float('The data.', `tab:${label}:data`, tabular(data)));
  return shown.join('\n');
}

function float(caption: string, label: string, content: string): string {
  return `\\begin{table}[htbp]
\\centering
\\caption{${caption}}\\label{${label}}
\\smallskip
${content}
\\end{table}
`;
}

type Table = Extract<Block, { block: 'table' }>;

/** The entries of the points that are single and rational, where they are few. */
function parametersTable({ statement }: Theorem): { readonly table: Table; readonly caption: string } | null {
  const { problem, point, betterPoint, family, list, other } = statement;
  const { network } = problem;
  if (freeParameters(network) > mostParameters || list !== null) return null;
  const named: readonly (readonly [Inline, AnyPoint | null])[] = [
    [formula('θ', '\\theta'), family === null ? point : null],
    [formula('θ°', '\\theta^\\circ'), betterPoint],
    [formula('θ₂', '\\theta_2'), other?.point ?? null],
  ];
  const points = named.flatMap(([name, at]) => (at === null || at.algebraic !== null ? [] : [{ name, at }]));
  if (points.length === 0) return null;
  const columns = points.map(({ at }) => entriesOf(network, at.parameters));
  const rows = (columns[0] ?? []).map(({ name }, k): readonly Inline[] => [
    parameterFormula(name),
    ...columns.map((entries) => shortNumber((entries[k] as { readonly value: Rational }).value)),
  ]);
  const names = inlinesLatex(points.flatMap(({ name }, k) => (k === 0 ? [name] : [' and ', name])));
  return {
    table: table(['parameter', ...points.map(({ name }) => name)], rows) as Table,
    caption: `The parameters of ${names}; the exact ones are in the certificate.`,
  };
}

function entriesOf(
  network: Network,
  parameters: Parameters,
): readonly { readonly name: string; readonly value: Rational }[] {
  const names = parameterNames(network);
  return network.stages.flatMap(({ entry }, s) => {
    if (entry === null) return [];
    const { weights, bias, denominator } = parameters[s] as DenseValues;
    return [
      ...weights.flatMap((row, u) =>
        row.map((n, j) => ({ name: names.weight(s, u, j), value: rational(n, denominator) })),
      ),
      ...(bias ?? []).map((n, u) => ({ name: names.bias(s, u), value: rational(n, denominator) })),
    ];
  });
}

/** The fraction where it is short, else a decimal and how many digits the parts of the fraction have. */
function shortNumber(a: Rational): Inline {
  const exact = fraction(a);
  if (exact.unicode.length <= longestNumber) return exact;
  const { unicode, latex: decimalLatex } = decimal(a, 8);
  const [top, bottom] = formatRational(a).replace('-', '').split('/') as [string, string | undefined];
  const digits = bottom === undefined ? `${top.length} digits` : `${top.length}/${bottom.length} digits`;
  return formula(`≈ ${unicode} [${digits}]`, `\\approx ${decimalLatex}\\ \\text{[${digits}]}`);
}

function dataTable({ statement: { problem } }: Theorem): Table | null {
  if (problem.type !== 'samples' && problem.type !== 'decayed-samples') return null;
  const { inputs } = problem.data;
  if (inputs.rows.length > mostSamples || problem.network.inputs + problem.network.outputs > mostColumns) return null;
  return samplesTable(problem).find((block): block is Table => block.block === 'table') ?? null;
}

function certificateWords({ name, sha256 }: Cited): string {
  return `Certificate ${codeLatex(name)}, SHA-256 ${digestLatex(sha256)}; checked by the kernel of cairn.`;
}

function sourceItem({ about }: Theorem, { source }: Cited, keys: Keys): string {
  if (keys.source === null) return '';
  const words = source === null ? forLatex(about?.source ?? about?.theorem ?? '') : forLatex(source.citation);
  return `\\bibitem{${keys.source}}\n${words}. (Claimed by the certificate, not checked.)\n`;
}

function bibtexEntries({ about }: Theorem, cited: Cited, keys: Keys): string {
  const { name, sha256, source } = cited;
  const claimed = about?.source ?? about?.theorem;
  const entries = [
    `@misc{${keys.certificate},
  title        = {Certificate \\texttt{${forLatex(name)}}},
  howpublished = {Checked by the kernel of cairn},
  note         = {SHA-256 ${digestLatex(sha256)}}
}`,
    ...(source !== null
      ? [`Claimed by the certificate, not checked:\n${source.bibtex}`]
      : claimed === undefined
        ? []
        : [`Claimed by the certificate, not checked:\n@misc{${keys.source},\n  title = {${forLatex(claimed)}}\n}`]),
  ];
  return `${entries.join('\n\n')}\n`;
}
