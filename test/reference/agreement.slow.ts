/**
 * The kernel and the Python checker, which share no code, agree on every certificate of the library, whole and damaged: on what is proved, and on
 * the exact risks and gaps. Whether a broken file is declined or rejected may depend on which of its faults is met first.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { formatRational, type Rational } from '../../src/kernel/arithmetic/rational.js';
import { checkCertificate } from '../../src/kernel/check.js';
import { library } from '../library.js';
import { type Json, oneChangeAway } from '../one-change-away.js';

const checker = fileURLToPath(new URL('check.py', import.meta.url));
/** Damaged copies of one file beyond this number are thinned out evenly: Python is slow on large data. */
const mostCopies = 600;
const largeText = 100_000;
const mostLargeCopies = 20;

interface Answer {
  readonly proved: boolean;
  readonly risk: { readonly point: string | null; readonly better: string | null; readonly gap: string | null };
}

function kernelAnswer(text: string): Answer {
  const verdict = checkCertificate(text);
  const shown = (a: Rational | null) => (a === null ? null : formatRational(a));
  if (verdict.kind !== 'proved') return { proved: false, risk: { point: null, better: null, gap: null } };
  const { point, better, gap } = verdict.theorem.risk;
  return { proved: true, risk: { point: shown(point), better: shown(better), gap: shown(gap) } };
}

/** Answers of the Python checker, in order. */
async function* pythonAnswers(
  texts: Iterable<{ name: string; text: string }>,
): AsyncGenerator<{ name: string } & Answer> {
  const child = spawn('python3', [checker, '-'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const feed = async () => {
    for (const job of texts) {
      if (!child.stdin.write(`${JSON.stringify(job)}\n`))
        await new Promise((resolve) => child.stdin.once('drain', resolve));
    }
    child.stdin.end();
  };
  const feeding = feed();
  for await (const line of createInterface({ input: child.stdout })) {
    const { name, verdict, risk } = JSON.parse(line) as { name: string; verdict: string; risk: Answer['risk'] };
    yield { name, proved: verdict === 'proved', risk };
  }
  await feeding;
}

function* copies(text: string): Generator<{ name: string; text: string }> {
  yield { name: 'as it is', text };
  const all = [...oneChangeAway(JSON.parse(text) as Json)];
  const most = text.length > largeText ? mostLargeCopies : mostCopies;
  const step = Math.max(1, Math.floor(all.length / most));
  for (let at = 0; at < all.length; at += step) {
    const { path, what, changed } = all[at] as (typeof all)[number];
    yield { name: `${path} ${what}`, text: JSON.stringify(changed) };
  }
}

test.each(library())('$name', async ({ text }) => {
  const jobs = [...copies(text)];
  let at = 0;
  for await (const { name, proved, risk } of pythonAnswers(jobs)) {
    const kernel = kernelAnswer((jobs[at++] as (typeof jobs)[number]).text);
    expect({ name, proved, risk }).toEqual({ name, ...kernel });
  }
  expect(at).toBe(jobs.length);
});
