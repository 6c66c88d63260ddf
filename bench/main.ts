/** `npm run bench`, or `npm run bench verify`: every benchmark, or the named ones, as tables; `npm run bench streams million` takes the long one. */
import { run as boxes } from './boxes.js';
import { run as completeLists } from './complete-lists.js';
import { run as depth } from './depth.js';
import { run as enumeration } from './enumeration.js';
import { run as fashion } from './fashion.js';
import { run as hessians } from './hessians.js';
import { run as intervals } from './intervals.js';
import { run as leastSquares } from './least-squares.js';
import { run as published } from './published.js';
import { run as streams } from './streams.js';
import { run as verify } from './verify.js';

const all: Readonly<Record<string, () => Promise<readonly (readonly string[])[]>>> = {
  verify,
  depth,
  boxes,
  'complete-lists': completeLists,
  hessians,
  intervals,
  enumeration,
  streams,
  published,
  'least-squares': leastSquares,
  fashion,
};

const wanted = process.argv.slice(2);
for (const [name, run] of Object.entries(all)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const rows = await run();
  const widths = (rows[0] as readonly string[]).map((_, c) =>
    Math.max(...rows.map((row) => (row[c] as string).length)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, c) => cell.padEnd(widths[c] as number)).join(' | ')} |`;
  const [header, ...body] = rows as [readonly string[], ...(readonly string[])[]];
  console.log(
    [line(header), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body.map(line)].join('\n'),
    '\n',
  );
}
