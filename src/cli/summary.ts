/** The tables at the end of `verify`: what came of which folder, and what was proved by which rules. */
import { dirname } from 'node:path';
import type { Checked } from './check-file.js';
import { shownPath } from './read.js';

/** Beyond so many rows a table is no summary. */
const mostRows = 20;
const mostRules = 4;
const longestName = 60;

/** @returns aligned lines: a row a folder, then a row a kind that was proved */
export function summary(results: readonly Checked[]): string[] {
  const folders = groups(results, ({ line }) => shownPath(dirname(line.file)));
  const kinds = groups(
    results.filter(({ kind }) => kind === 'proved'),
    ({ line }) => line.kind ?? '',
  );
  const failed = results.some(({ kind }) => kind === 'failed');
  const ends = (['proved', 'rejected', 'declined', ...(failed ? (['failed'] as const) : [])] as const).map(
    (end) => [end, end === 'failed' ? 'not checked' : end] as const,
  );
  const byFolder = folders.map(([name, of]) => [
    shortened(name),
    ...ends.map(([end]) => `${of.filter(({ kind }) => kind === end).length}`),
    seconds(of),
  ]);
  const byKind = kinds.map(([name, of]) => [name, `${of.length}`, seconds(of), rulesOf(of)]);
  return [
    ...table(['folder', ...ends.map(([, shown]) => shown), 'time'], byFolder),
    ...(byKind.length === 0 ? [] : ['', ...table(['kind', 'proved', 'time', 'by'], byKind)]),
  ];
}

function groups(results: readonly Checked[], nameOf: (checked: Checked) => string): [string, Checked[]][] {
  const found = new Map<string, Checked[]>();
  for (const checked of results) {
    const name = nameOf(checked);
    found.set(name, [...(found.get(name) ?? []), checked]);
  }
  return [...found];
}

function seconds(results: readonly Checked[]): string {
  return `${(results.reduce((sum, { line }) => sum + line.ms, 0) / 1000).toFixed(1)} s`;
}

/** The rules under the kinds' first proof keys, the most frequent first. */
function rulesOf(results: readonly Checked[]): string {
  const rules = groups(results, ({ line }) => line.rule ?? '').sort(([, a], [, b]) => b.length - a.length);
  const more = rules.length - mostRules;
  const named = rules.slice(0, mostRules).map(([rule, of]) => (rules.length === 1 ? rule : `${rule} ${of.length}`));
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The end of a path says more than its beginning. */
function shortened(name: string): string {
  const characters = [...name];
  return characters.length <= longestName ? name : `…${characters.slice(1 - longestName).join('')}`;
}

/** Columns with numbers are aligned to the right, the first one and the words of a last one to the left. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const shown = [head, ...rows.slice(0, mostRows)];
  const widths = head.map((_, j) => Math.max(...shown.map((row) => [...(row[j] ?? '')].length)));
  const more = rows.length - mostRows;
  const lines = shown.map((row) =>
    row
      .map((cell, j) => {
        const gap = ' '.repeat((widths[j] ?? 0) - [...cell].length);
        return j === 0 || head[j] === 'by' ? cell + gap : gap + cell;
      })
      .join('  ')
      .trimEnd(),
  );
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}
