/** What became of the examples of the literature: README's table, row by row. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkCertificate, formatRational } from '../src/index.js';
import { compare } from '../src/kernel/arithmetic/rational.js';
import { pointRisk } from '../src/report/risk-string.js';
import { library } from './library.js';

const readme = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');
const files = library().filter(({ name }) => name.startsWith('literature/'));

test.each(files)('$name', ({ name, text }) => {
  const verdict = checkCertificate(text);
  if (verdict.kind !== 'proved') throw new Error(verdict.reason.message);
  const { statement, about } = verdict.theorem;
  const { lower, upper } = pointRisk(verdict.theorem);
  const claimed = /^claimed: (.*)$/.exec(about?.text ?? '')?.[1] as string;
  const found = statement.kind === claimed ? 'confirmed' : `refuted: ${statement.kind}`;
  const exact = formatRational(lower);
  const value =
    compare(lower, upper) === 0 && exact.length <= 16
      ? exact
      : `≈ ${(Number(lower.num) / Number(lower.den)).toPrecision(6)}`;
  const row = `| \`${name.replace(/^literature\/|\.cert\.json$/g, '')}\` | ${claimed} | ${found} | ${value} |`;
  expect(readme).toContain(row);
});

test('README lists no other', () => {
  const listed = readme.split('\n').filter((line) => /^\| `[a-z0-9-]+` \| [a-z-]+ \| (confirmed|refuted)/.test(line));
  expect(listed).toHaveLength(files.length);
});
