/**
 * Times the kernel on deep networks and on a convolutional one: the same data and claims, six hidden layers of width 64 against one. Points
 * are constructed ones (mostly zeros) and dense ones with 16-bit weights.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { carriedFit } from '../src/constructions/carried-fit.js';
import { type Fields, pointJson, problemJson, writeCertificate } from '../src/formats/write.js';
import { checkCertificate, parseCsv, readProblem, selectColumns } from '../src/index.js';
import type { Parameters } from '../src/kernel/model/network.js';
import type { Problem } from '../src/kernel/statement.js';
import { findAffineFit } from '../src/provers/affine-fit.js';
import { widestSegment } from '../src/provers/segments.js';
import { runNode } from './verify.js';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const kernel = here('../dist/kernel/check.js');

type Samples = Extract<Problem, { type: 'samples' }>;

function digits(count: number, layers: readonly Fields[], input: readonly number[]): Samples {
  const table = parseCsv(readFileSync(here('../certificates/data/digits.csv')), 'digits.csv');
  if (table.kind === 'refused') throw new Error(table.message);
  const selected = selectColumns(table, {});
  if (selected.kind === 'refused') throw new Error(selected.message);
  const cell = (a: { num: bigint; den: bigint }): string => `${a.num}/${a.den}`;
  const read = readProblem(
    JSON.stringify({
      format: 'cairn-problem',
      version: 1,
      network: { input, layers },
      loss: { function: 'squared' },
      data: {
        type: 'samples',
        inputs: selected.inputs.slice(0, count).map((row) => row.map(cell)),
        targets: selected.targets.slice(0, count).map((row) => row.map(cell)),
      },
    }),
  );
  if (read.kind !== 'read' || read.value.type !== 'samples') throw new Error('Cannot read the digits');
  return read.value;
}

const relu: Fields = { type: 'activation', function: 'relu' };
const dense = (units: number): Fields => ({ type: 'dense', units });
const deep = (depth: number): readonly Fields[] => [
  ...Array.from({ length: depth }, () => [dense(64), relu]).flat(),
  dense(1),
];

/** The best affine fit, carried through all layers: a local minimum. */
function constructed(problem: Samples): string {
  const fit = findAffineFit(problem.data, problem.loss, { constant: false });
  const segment = widestSegment(problem.network.stages[0]?.activation as never, false);
  if (fit === null || segment === null) throw new Error('no fit');
  return writeCertificate({
    statement: {
      kind: 'local-minimum',
      problem: problemJson(problem),
      point: pointJson(problem.network, carriedFit(problem.network, fit, segment)),
    },
    proof: { localMinimum: { rule: 'affine-span' } },
  });
}

/** Weights of 16 bits, no zeros; one is not the best, since the same point with other output weights is better. */
function dense16(problem: Samples): string {
  let state = 99;
  const next = (): bigint => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return BigInt((state >> 8) % 65535) - 32767n || 1n;
  };
  const { stages } = problem.network;
  const random: Parameters = stages.map(({ units, inputs, fixed, bias }) =>
    fixed !== null
      ? fixed
      : {
          weights: Array.from({ length: units }, () => Array.from({ length: inputs }, next)),
          bias: bias ? Array.from({ length: units }, next) : null,
          denominator: 32768n * 8n,
          bits: 18,
        },
  );
  const calm = random.map((values, s) =>
    s + 1 < stages.length
      ? values
      : { ...values, weights: values.weights.map((row) => row.map(() => 0n)), bias: [5n], denominator: 1n },
  );
  return writeCertificate({
    statement: {
      kind: 'not-global-minimum',
      problem: problemJson(problem),
      point: pointJson(problem.network, random),
      betterPoint: pointJson(problem.network, calm),
    },
    proof: { lowerRisk: { rule: 'lower-risk' } },
  });
}

/** Milliseconds a check after the first two, and the largest resident set. */
function timed(folder: string, name: string, text: string): { readonly ms: number; readonly mb: number } {
  const verdict = checkCertificate(text);
  if (verdict.kind !== 'proved') throw new Error(`${name}: ${verdict.kind}: ${verdict.reason.message}`);
  const file = join(folder, `${name}.cert.json`);
  writeFileSync(file, text);
  const script = `import { checkCertificate } from ${JSON.stringify(kernel)};
    import { readFileSync } from 'node:fs';
    const text = readFileSync(${JSON.stringify(file)}, 'utf8');
    const times = [];
    for (let i = 0; i < 7; i++) {
      const start = performance.now();
      if (checkCertificate(text).kind !== 'proved') throw new Error('not proved');
      times.push(performance.now() - start);
    }
    console.log(times.slice(2).sort((a, b) => a - b)[2]);`;
  const { stdout, mb } = runNode(['--input-type=module', '-e', script]);
  return { ms: Number(stdout), mb };
}

/** @returns the table, header first */
export async function run(): Promise<readonly (readonly string[])[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-bench-'));
  const rows: string[][] = [];
  const all = 1797;
  const measure = (name: string, text: string) => timed(folder, name, text);
  const compare = (what: string, name: string, make: (problem: Samples) => string, target: number): void => {
    const one = measure(`${name}-1`, make(digits(all, deep(1), [64])));
    const six = measure(`${name}-6`, make(digits(all, deep(6), [64])));
    rows.push([
      `6 hidden layers of width 64 ÷ 1, 1,797 × 64, ${what}`,
      `${(six.ms / one.ms).toFixed(1)}× (${six.ms.toFixed(0)} ÷ ${one.ms.toFixed(0)} ms), ${six.mb.toFixed(0)} MB`,
      `≤ ${target}×, < 500 MB`,
    ]);
  };
  compare('constructed minimum', 'constructed', constructed, 3);
  compare('dense 16-bit points', 'dense', dense16, 10);
  const cnn = digits(
    500,
    [
      { type: 'conv2d', channels: 8, kernel: [3, 3], padding: [1, 1] },
      relu,
      { type: 'maxpool', kernel: [2, 2] },
      { type: 'conv2d', channels: 8, kernel: [3, 3] },
      relu,
      { type: 'flatten' },
      dense(1),
    ],
    [1, 8, 8],
  );
  const { ms, mb } = measure('cnn', dense16(cnn));
  rows.push([
    'two convolutions of 8 channels on 500 digits, dense 16-bit points',
    `${ms.toFixed(0)} ms, ${mb.toFixed(0)} MB`,
    '< 10 s, < 500 MB',
  ]);
  rmSync(folder, { recursive: true });
  return [['depth', 'measured', 'target'], ...rows];
}
