/** The true loss on an interval: the table of Cheridito, Jentzen and Rossmannek for three units, certified again and verified. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { certify, checkCertificate } from '../src/index.js';
import { python } from './verify.js';

const folder = fileURLToPath(new URL('../certificates/cheridito-jentzen-rossmannek-2022/', import.meta.url));

/** @returns the table, header first */
export async function run(): Promise<readonly (readonly string[])[]> {
  const texts = readdirSync(folder)
    .filter((name) => /^[a-z-]+-3-/.test(name))
    .map((name) => readFileSync(folder + name, 'utf8'));
  const start = performance.now();
  const theorems = texts.map((text) => {
    const verdict = checkCertificate(text);
    if (verdict.kind !== 'proved') throw new Error(verdict.reason.message);
    return verdict.theorem;
  });
  const verified = performance.now() - start;
  const startCertifying = performance.now();
  for (const { statement } of theorems) {
    const { point } = statement;
    // Points in Q(a) are constructed, not decided.
    if (point.algebraic !== null) continue;
    const answer = await certify(statement.problem, point, { seed: 1, effort: 10 });
    if (answer.kind !== 'certified') throw new Error('undecided');
  }
  const certified = performance.now() - startCertifying;
  const reference = python(texts, 1);
  return [
    ['intervals', 'measured', 'target'],
    [
      `certify the ${texts.length} critical points of three units`,
      `${(certified / 1000).toFixed(1)} s, ${(certified / verified).toFixed(1)}× verifying them`,
      '< 60 s',
    ],
    ['verify them', `${(verified / 1000).toFixed(2)} s`, '< 5 s'],
    ['the same: Python reference ÷ kernel', `${(reference / verified).toFixed(0)}×`, '≥ 1×'],
  ];
}
