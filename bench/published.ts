/** Decides all points that Safran and Shamir published, and times the kernel on the certificates, in one process. */
import { pointsPublished, published } from '../certificates/safran-shamir.js';
import { checkCertificate } from '../src/kernel/check.js';

/** @returns the table, header first */
export async function run(): Promise<readonly (readonly string[])[]> {
  const kinds = new Map<string, number>();
  let [total, slowest, fastest] = [0, 0, Number.POSITIVE_INFINITY];
  for (let at = 0; at < pointsPublished; at++) {
    process.stderr.write(`\rpoint ${at + 1} of ${pointsPublished}`);
    const text = await published(at).make();
    const start = performance.now();
    const verdict = checkCertificate(text);
    const ms = performance.now() - start;
    if (verdict.kind !== 'proved') throw new Error(`point ${at}: ${verdict.reason.message}`);
    const { kind } = verdict.theorem.statement;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    total += ms;
    slowest = Math.max(slowest, ms);
    fastest = Math.min(fastest, ms);
  }
  process.stderr.write('\n');
  return [
    ['published points of a Gaussian teacher', 'measured', 'target'],
    ...[...kinds].map(([kind, count]) => [kind, `${count} of ${pointsPublished}`, '']),
    ['all certificates verified, one core', `${(total / 1000).toFixed(0)} s`, '< 300 s'],
    ['slowest ÷ fastest', `${(slowest / fastest).toFixed(0)}× (${slowest.toFixed(0)} ÷ ${fastest.toFixed(0)} ms)`, ''],
  ];
}
