/**
 * The kernel and the Python checker, which share no code, agree on every certificate of the library, whole and damaged: on what is proved, and on
 * the exact risks and gaps; and on random small networks of every kind of layer. Whether a broken file is declined or rejected may depend on which of its faults is met first.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compare, formatRational, type Rational } from '../../src/kernel/arithmetic/rational.js';
import { checkCertificate } from '../../src/kernel/check.js';
import type { Fields } from '../certificate.js';
import { Chance, read } from '../landscape.js';
import { library } from '../library.js';
import { type Json, oneChangeAway } from '../one-change-away.js';
import { randomClaim } from '../random-claims.js';

const checker = fileURLToPath(new URL('check.py', import.meta.url));
/** Damaged copies of one file are thinned out evenly to so many characters in all: plain fractions are slow on large data. */
const mostCharacters = 400_000;
const [fewestCopies, mostCopies] = [3, 600];

/** What the reference has no rule for, and declines by name (test/reference/check.py). */
const beyondReference =
  /"kind": "(spurious-local-minimum-near|local-minimum-near|spurious-family)"|"type": "(box|gaussian-teacher)"|"function": "(log-cosh|logistic|cross-entropy|power|polynomial|elu|celu|selu|isrlu|hardswish|exp|tanh|sigmoid|softplus|atan|sin|erf|isru)"|conv/;

interface Answer {
  readonly proved: boolean;
  /** by the reference: it has no rule for this */
  readonly declined?: boolean;
  readonly risk: { readonly point: string | null; readonly better: string | null; readonly gap: string | null };
}

function kernelAnswer(text: string): Answer {
  const verdict = checkCertificate(text);
  /** Where the kernel has only an enclosure, the reference has no rule. */
  const shown = (a: { readonly lower: Rational; readonly upper: Rational } | null) =>
    a === null ? null : compare(a.lower, a.upper) === 0 ? formatRational(a.lower) : 'enclosed';
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
    yield { name, proved: verdict === 'proved', declined: verdict === 'declined', risk };
  }
  await feeding;
}

function* copies(text: string): Generator<{ name: string; text: string }> {
  yield { name: 'as it is', text };
  const all = [...oneChangeAway(JSON.parse(text) as Json)];
  const most = Math.min(mostCopies, Math.max(fewestCopies, Math.floor(mostCharacters / text.length)));
  const step = Math.max(1, Math.floor(all.length / most));
  for (let at = 0; at < all.length; at += step) {
    const { path, what, changed } = all[at] as (typeof all)[number];
    yield { name: `${path} ${what}`, text: JSON.stringify(changed) };
  }
}

test.each(library())('$name', async ({ text }) => {
  const jobs = [...copies(text)];
  let at = 0;
  for await (const { name, proved, declined, risk } of pythonAnswers(jobs)) {
    const job = jobs[at++] as (typeof jobs)[number];
    if (declined === true && beyondReference.test(text)) continue;
    const kernel = kernelAnswer(job.text);
    expect({ name, proved, risk }).toEqual({ name, ...kernel });
  }
  expect(at).toBe(jobs.length);
});

/** What the kernel asks beyond the reference, in claims where the reference is content (proofs/rules/affine-span.md). */
function isStricter({ layers }: { readonly layers: readonly Fields[] }, code: string): boolean {
  const last = layers.at(-1)?.['type'] as string;
  return code === 'nonzero-path-moment' && last.startsWith('conv');
}

test.each<[string, number, readonly string[]]>([
  ['inputs that differ', 61, ['-2', '-1', '-1/2', '0', '1/3', '1', '3/2', '2']],
  ['inputs that tie', 62, ['0', '0', '1', '1', '2']],
])('random networks, %s', async (_, seed, pixels) => {
  const chance = new Chance(seed);
  const claims = Array.from({ length: 1_800 }, () => randomClaim(chance, pixels.map(read))).filter(
    (claim) => claim !== null,
  );
  const jobs = claims.map(({ certificate }, at) => ({ name: String(at), text: JSON.stringify(certificate) }));
  const counts = { proved: 0, refused: 0, stricter: 0 };
  let at = 0;
  for await (const { proved, risk } of pythonAnswers(jobs)) {
    const { text } = jobs[at] as (typeof jobs)[number];
    const { net } = claims[at++] as (typeof claims)[number];
    const verdict = checkCertificate(text);
    const kernel = kernelAnswer(text);
    if (proved && verdict.kind !== 'proved' && isStricter(net, verdict.reason.code)) {
      counts.stricter++;
      continue;
    }
    // Nothing is shown where nothing is free or read, and nothing is asked.
    if (verdict.kind !== 'proved' && verdict.reason.code === 'no-obligations') continue;
    expect({ text, proved, risk }).toEqual({ text, ...kernel });
    counts[proved ? 'proved' : 'refused']++;
  }
  expect(at).toBe(jobs.length);
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(3);
  expect(counts.proved).toBeGreaterThan(300);
});
