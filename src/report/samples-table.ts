/** The data of a theorem as a table of exact numbers. */
import { rational } from '../kernel/arithmetic/rational.js';
import type { Problem } from '../kernel/statement.js';
import { type Block, formula, heading, type Inline, paragraph, table } from './document.js';
import { plural } from './inspect.js';
import { decimal, fraction } from './numbers.js';

const mostSamples = 60;
const mostColumns = 12;
/** Longer fractions say less than their decimals. */
const longestNumber = 24;

/** @returns nothing where the data are no samples */
export function samplesTable(problem: Problem): readonly Block[] {
  if (problem.type !== 'samples' && problem.type !== 'decayed-samples') return [];
  const { inputs, targets, weights } = problem.data;
  const n = inputs.rows.length;
  const number = (num: bigint, den: bigint): Inline => {
    const value = rational(num, den);
    const exact = fraction(value);
    return exact.unicode.length <= longestNumber
      ? exact
      : formula(`≈ ${decimal(value).unicode}`, `\\approx ${decimal(value).latex}`);
  };
  const columns = (name: string, width: number): readonly Inline[] =>
    Array.from({ length: Math.min(width, mostColumns) }, (_, c) => formula(`${name}${c + 1}`, `${name}_{${c + 1}}`));
  const cells = (row: readonly bigint[], denominator: bigint): readonly Inline[] =>
    row.slice(0, mostColumns).map((entry) => number(entry, denominator));
  const [d, k] = [inputs.rows[0]?.length ?? 0, targets.rows[0]?.length ?? 0];
  const cut = [
    ...(n > mostSamples ? [`the first ${mostSamples} of ${n} samples`] : []),
    ...(Math.max(d, k) > mostColumns ? [`the first ${mostColumns} of ${d} inputs and ${k} outputs at most`] : []),
  ];
  return [
    heading(2, 'Data'),
    paragraph(`${plural(n, 'sample')}${cut.length === 0 ? '' : `, of which are shown ${cut.join(' and ')}`}.`),
    table(
      ['i', ...columns('x', d), ...columns('y', k), 'weight'],
      inputs.rows
        .slice(0, mostSamples)
        .map((row, i) => [
          formula(`${i + 1}`),
          ...cells(row, inputs.denominator),
          ...cells(targets.rows[i] ?? [], targets.denominator),
          number(weights.values[i] as bigint, weights.denominator),
        ]),
    ),
  ];
}
