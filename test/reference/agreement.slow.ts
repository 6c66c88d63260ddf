/**
 * The kernel and the Python checker, which share no code, agree on every certificate of the library, whole and damaged: on what is proved, and on
 * the risks and gaps, exact or enclosed; and on random small networks of every kind of layer, and on intervals. Whether a broken file is declined or rejected may depend on which of its faults is met first.
 */
import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compare, formatRational, type Rational, rational } from '../../src/kernel/arithmetic/rational.js';
import { checkCertificate } from '../../src/kernel/check.js';
import type { Risk } from '../../src/kernel/model/enclosing.js';
import { dense, type Fields, problem, relu } from '../certificate.js';
import { enumerated, streamed } from '../enumerated.js';
import { Chance, read as readFraction } from '../landscape.js';
import { isTableRow, type LibraryFile, library, named } from '../library.js';
import { type Json, oneChangeAway } from '../one-change-away.js';
import { randomClaim } from '../random-claims.js';

const checker = fileURLToPath(new URL('check.py', import.meta.url));
/** Damaged copies of one file are thinned out evenly to so many characters in all: plain fractions are slow on large data. */
const mostCharacters = 200_000;
const mostCopies = 600;
/** Hessians with enclosures take longer for their size; of the largest (more than 64 parameters) the whole file is compared, and no copies. */
const costs: readonly (readonly [RegExp, number])[] = [
  [/"units": (9|\d\d)[\s\S]*"gaussian-teacher"/, Number.POSITIVE_INFINITY],
  [/"gaussian-teacher"/, 10],
  [/-near"/, 4],
  // Every sign in a field takes a sequence of remainders.
  [/"field"/, 4],
  // Plain fractions through many layers.
  [/"type": ?"conv2d"/, 4],
  [/"theorem": ?"yun-sra-jadbabaie-2019-theorem-4"/, 4],
];

interface Job {
  readonly name: string;
  readonly text: string;
  /** of its streams, by name */
  readonly lines?: Readonly<Record<string, readonly string[]>>;
}

/** Ends as the texts have them; upper is null where only a lower bound is claimed. */
interface Bounds {
  readonly lower: string;
  readonly upper: string | null;
}

interface Answer {
  readonly proved: boolean;
  /** by the reference: it has no rule for this */
  readonly declined: boolean;
  /** a text: exact */
  readonly risk: Readonly<Record<'point' | 'better' | 'gap', string | Bounds | null>>;
}

const read = (text: string): Rational => {
  const [num, den] = text.split('/');
  return rational(BigInt(num as string), BigInt(den ?? '1'));
};

/**
 * Whether the kernel's risk is the reference's: the same number where the reference knows it exactly; else the two enclosures, both of which hold the
 * number, meet. The kernel's gap along a family is only the lower bound that is claimed.
 */
function isSameRisk(kernel: Risk | null, reference: string | Bounds | null, isLowerBound: boolean): boolean {
  if (kernel === null || reference === null) return kernel === reference;
  const [lower, upper] =
    typeof reference === 'string' ? [reference, reference] : [reference.lower, reference.upper ?? reference.lower];
  if (isLowerBound) return compare(kernel.lower, read(upper)) <= 0;
  if (typeof reference === 'string')
    return formatRational(kernel.lower) === reference && formatRational(kernel.upper) === reference;
  return compare(kernel.lower, read(upper)) <= 0 && compare(read(lower), kernel.upper) <= 0;
}

/** Either of the two may be sharper where a box is about as wide as the form allows: they take other sections through the samples. */
const mayBeSharper = { change: /^\$\.proof\.localMinimum\.halfWidth /, code: 'not-semidefinite' } as const;

/** What is wrong with the reference's answer, in the light of the kernel's; null if they agree. */
function difference({ name, text, lines }: Job, { proved, declined, risk }: Answer): string | null {
  const verdict = checkCertificate(text, lines === undefined ? {} : { lines: (stream) => lines[stream] as string[] });
  if (verdict.kind !== 'proved') {
    const { code } = verdict.reason;
    if (!proved || (mayBeSharper.change.test(name) && code === mayBeSharper.code)) return null;
    return `the reference proves what the kernel refuses: ${code}`;
  }
  if (!proved) return `the kernel proves what the reference ${declined ? 'declines' : 'rejects'}`;
  for (const key of ['point', 'better', 'gap'] as const) {
    const isLowerBound = key === 'gap' && verdict.theorem.statement.kind === 'spurious-family';
    if (!isSameRisk(verdict.theorem.risk[key], risk[key], isLowerBound)) return `they differ in risk.${key}`;
  }
  return null;
}

/** Answers of the Python checker, in order. */
async function* pythonAnswers(texts: Iterable<Job>): AsyncGenerator<{ name: string } & Answer> {
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

/** Copies of rows of a table are fewer by so much. */
const tableCost = 8;

function* copies(file: LibraryFile): Generator<Job> {
  const { text } = file;
  yield { name: 'as it is', text };
  const cost = (costs.find(([pattern]) => pattern.test(text))?.[1] ?? 1) * (isTableRow(file) ? tableCost : 1);
  const all = [...oneChangeAway(JSON.parse(text) as Json)];
  const most = Math.min(mostCopies, Math.floor(mostCharacters / cost / text.length));
  if (most === 0) return;
  const step = Math.max(1, Math.floor(all.length / most));
  for (let at = 0; at < all.length; at += step) {
    const { path, what, changed } = all[at] as (typeof all)[number];
    yield { name: `${path} ${what}`, text: JSON.stringify(changed) };
  }
}

/** Every certificate is decided by both, as it is and in copies: the reference declines nothing that the kernel proves. */
test.each(named(library()))('%s', async (_, file) => {
  const jobs = [...copies(file)];
  let at = 0;
  for await (const { name, ...answer } of pythonAnswers(jobs)) {
    const job = jobs[at++] as Job;
    expect({ name, difference: difference(job, answer) }).toEqual({ name, difference: null });
  }
  expect(at).toBe(jobs.length);
});

/** A certificate with its list of combinations in a stream, and with one line of so many damaged in several ways. */
function* streams(listed: Fields, each: number): Generator<Job> {
  const { certificate, lines } = streamed(listed, 's.leaves.jsonl');
  const text = JSON.stringify(certificate);
  const job = (name: string, given: readonly string[]): Job => ({ name, text, lines: { 's.leaves.jsonl': given } });
  yield { name: 'no lines are lent', text };
  yield job('as it is', lines);
  for (const [c, line] of lines.entries()) {
    if (c % each !== 0) continue;
    yield job(`${c} left out`, lines.toSpliced(c, 1));
    yield job(`${c} twice`, lines.toSpliced(c, 0, line));
    yield job(`${c} again at the end`, [...lines, line]);
    yield job(`${c} in the place of the next`, lines.with((c + 1) % lines.length, line));
    for (const damaged of [`${line} `, `\ufeff${line}`, line.slice(0, -1), '', '{}']) {
      yield job(`${c}: ${damaged.slice(0, 40)}`, lines.with(c, damaged));
    }
    for (const { what, changed } of [...oneChangeAway(JSON.parse(line) as Json)].filter((_, k) => k % 5 === c % 5)) {
      yield job(`${c}: ${what}`, lines.with(c, JSON.stringify(changed)));
    }
  }
}

test.each<[string, Fields, number]>([
  ['one unit', problem({ layers: [dense(1), relu, dense(1)], x: [-1, 0, 1], y: [1, 0, 1] }), 1],
  ['two units', problem({ layers: [dense(2), relu, dense(1)], x: [0, 1, 2], y: [4, 2, 7] }), 8],
])('streams of %s', async (_, posed, each) => {
  const jobs = [...streams(enumerated(posed), each)];
  const counts = { proved: 0, refused: 0 };
  let at = 0;
  for await (const { name, ...answer } of pythonAnswers(jobs)) {
    expect({ name, difference: difference(jobs[at++] as Job, answer) }).toEqual({ name, difference: null });
    counts[answer.proved ? 'proved' : 'refused']++;
  }
  expect(at).toBe(jobs.length);
  expect(counts.proved).toBeGreaterThan(0);
  expect(counts.refused).toBeGreaterThan(100);
});

/** The certificates that a Python script of this folder prints. */
function printedBy(script: string, ...options: readonly string[]): readonly Job[] {
  const file = fileURLToPath(new URL(script, import.meta.url));
  return execFileSync('python3', [file, ...options], { encoding: 'utf8', maxBuffer: 2 ** 28 })
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Job);
}

/** Made by hand, most of them to be refused: the rows of the reference's self-test, and the wrong certificates of test/rejected. */
function handMade(): readonly Job[] {
  const folder = new URL('../rejected/', import.meta.url);
  return [
    ...printedBy('self_test.py', '--rows'),
    ...readdirSync(folder)
      .filter((name) => name.endsWith('.cert.json'))
      .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') })),
  ];
}

test('certificates made by hand', async () => {
  const jobs = handMade();
  const counts = { proved: 0, refused: 0, wider: 0 };
  let at = 0;
  for await (const { name, ...answer } of pythonAnswers(jobs)) {
    const job = jobs[at++] as Job;
    const { text } = job;
    const verdict = checkCertificate(text);
    // The reference may know more: it proves what the kernel declines, or asks nothing of; or, of a convolution at the end, less than the kernel.
    if (answer.proved && verdict.kind !== 'proved') {
      const { code } = verdict.reason;
      const isKnown =
        code === 'no-obligations' || (code === 'nonzero-path-moment' && /"type": "conv\dd"[^{]*\}\]/.test(text));
      expect({ name, code, isWider: verdict.kind === 'declined' || isKnown }).toEqual({ name, code, isWider: true });
      counts.wider++;
      continue;
    }
    expect({ name, difference: difference(job, answer) }).toEqual({ name, difference: null });
    counts[answer.proved ? 'proved' : 'refused']++;
  }
  expect(at).toBe(jobs.length);
  expect(counts.proved).toBeGreaterThan(100);
  expect(counts.refused).toBeGreaterThan(300);
});

test('random networks on an interval, most of them critical', async () => {
  const jobs = printedBy('random_intervals.py', '7', '300');
  const counts = { proved: 0, refused: 0 };
  let at = 0;
  for await (const { name, ...answer } of pythonAnswers(jobs)) {
    const job = jobs[at++] as Job;
    expect({ ...job, name, difference: difference(job, answer) }).toEqual({ ...job, difference: null });
    counts[answer.proved ? 'proved' : 'refused']++;
  }
  expect(at).toBe(jobs.length);
  expect(counts.proved).toBeGreaterThan(30);
  expect(counts.refused).toBeGreaterThan(100);
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
  const claims = Array.from({ length: 1_800 }, () => randomClaim(chance, pixels.map(readFraction))).filter(
    (claim) => claim !== null,
  );
  const jobs = claims.map(({ certificate }, at) => ({ name: String(at), text: JSON.stringify(certificate) }));
  const counts = { proved: 0, refused: 0, stricter: 0 };
  let at = 0;
  for await (const answer of pythonAnswers(jobs)) {
    const { proved } = answer;
    const job = jobs[at] as Job;
    const { net } = claims[at++] as (typeof claims)[number];
    const verdict = checkCertificate(job.text);
    if (proved && verdict.kind !== 'proved' && isStricter(net, verdict.reason.code)) {
      counts.stricter++;
      continue;
    }
    // Nothing is shown where nothing is free or read, and nothing is asked.
    if (verdict.kind !== 'proved' && verdict.reason.code === 'no-obligations') continue;
    expect({ ...job, difference: difference(job, answer) }).toEqual({ ...job, difference: null });
    counts[proved ? 'proved' : 'refused']++;
  }
  expect(at).toBe(jobs.length);
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(3);
  expect(counts.proved).toBeGreaterThan(300);
});
