/**
 * Times `cairn verify`: against Node's own start, many certificates in one process, growth with the number of samples, and against the Python
 * reference checker on the same certificates. Every ratio compares two measurements of the same run.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeCertificate } from '../src/formats/write.js';
import { leastSquares } from '../src/numerics/least-squares.js';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const cli = here('../dist/cli/main.cjs');
const reference = here('../test/reference/check.py');
const library = here('../certificates/');
const iris = join(library, 'yun-sra-jadbabaie-2019-theorem-1/iris-relu-8.cert.json');
const digits = join(library, 'yun-sra-jadbabaie-2019-theorem-1/digits-relu-4.cert.json');

export interface Run {
  readonly ms: number;
  readonly mb: number;
  readonly stdout: string;
}

/** Runs Node, and tells wall time and the largest resident set. */
export function runNode(args: readonly string[]): Run {
  const hook =
    "data:text/javascript,process.on('exit',()=>process._rawDebug('maxRSS='+process.resourceUsage().maxRSS))";
  const start = performance.now();
  const child = spawnSync(process.execPath, ['--import', hook, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const ms = performance.now() - start;
  if (child.status !== 0) throw new Error(`${args.join(' ')}: exit ${child.status}: ${child.stderr}`);
  const mb = Number(/maxRSS=(\d+)/.exec(child.stderr)?.[1]) / 1024;
  return { ms, mb, stdout: child.stdout };
}

/** The middle of an odd number of measurements. */
function median(count: number, measure: () => number): number {
  const values = Array.from({ length: count }, measure).sort((a, b) => a - b);
  return values[count >> 1] as number;
}

/** One process, the kernel as published, the text read once: milliseconds a certificate, after the first. */
function inOneProcess(file: string, count: number): number {
  const script = `import { checkCertificate } from ${JSON.stringify(here('../dist/kernel/check.js'))};
    import { readFileSync } from 'node:fs';
    const text = readFileSync(${JSON.stringify(file)}, 'utf8');
    const start = performance.now();
    for (let i = 0; i < ${count}; i++) if (checkCertificate(text).kind !== 'proved') throw new Error('not proved');
    console.log((performance.now() - start) / ${count});`;
  return Number(runNode(['--input-type=module', '-e', script]).stdout);
}

/** A spurious minimum of n samples in 64 dimensions, entries 0 … 16: the affine fit through one relu. */
function synthetic(n: number): string {
  let state = 12345;
  const next = (): bigint => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return BigInt(state >> 16) % 17n;
  };
  const X = Array.from({ length: n }, () => [...Array.from({ length: 64 }, next), 1n]);
  const Y = X.map(() => [next()]);
  const { numerators, denominator } = leastSquares(X, Y).coefficients;
  const w = numerators.map(([c]) => c as bigint);
  const least = X.map((x) => x.reduce((sum, c, j) => sum + c * (w[j] as bigint), 0n)).reduce((a, b) => (a < b ? a : b));
  const eta = least / denominator - 2n;
  return writeCertificate({
    statement: {
      kind: 'local-minimum',
      problem: {
        network: {
          input: [64],
          layers: [
            { type: 'dense', units: 1 },
            { type: 'activation', function: 'relu' },
            { type: 'dense', units: 1 },
          ],
        },
        loss: { function: 'squared' },
        data: {
          type: 'samples',
          inputs: X.map((x) => x.slice(0, 64).map(String)),
          targets: Y.map((y) => y.map(String)),
        },
      },
      point: {
        layers: [
          { weights: [w.slice(0, 64).map(String)], bias: [String((w[64] as bigint) - eta * denominator)] },
          { weights: [[`1/${denominator}`]], bias: [String(eta)] },
        ],
      },
    },
    proof: { localMinimum: { rule: 'affine-span' } },
  });
}

/** @returns the table, header first */
export async function run(): Promise<readonly (readonly string[])[]> {
  const rows: string[][] = [];
  const add = (what: string, measured: string, target: string): void => void rows.push([what, measured, target]);
  const empty = median(7, () => runNode(['-e', '0']).ms);
  const one = median(7, () => runNode([cli, 'verify', iris]).ms);
  add(
    'verify iris 150 × 4, width 8, above an empty Node',
    `${(one - empty).toFixed(0)} ms (${one.toFixed(0)} − ${empty.toFixed(0)})`,
    '< 100 ms',
  );
  add('the same certificate 1,000 times in one process', `${inOneProcess(iris, 1000).toFixed(2)} ms each`, '< 2 ms');
  const large = runNode([cli, 'verify', digits]);
  add(
    'verify digits 1,797 × 64',
    `${(large.ms - empty).toFixed(0)} ms, ${large.mb.toFixed(0)} MB`,
    '< 1,000 ms, < 300 MB',
  );
  const folder = mkdtempSync(join(tmpdir(), 'cairn-bench-'));
  const sizes = [2000, 4000, 8000, 16000];
  const times = sizes.map((n) => {
    const file = join(folder, `${n}.cert.json`);
    writeFileSync(file, synthetic(n));
    return median(3, () => inOneProcess(file, 3));
  });
  const exponent =
    Math.log((times[3] as number) / (times[0] as number)) / Math.log((sizes[3] as number) / (sizes[0] as number));
  add(
    `growth from ${sizes[0]} to ${sizes[3]} samples of 64 inputs`,
    `n^${exponent.toFixed(2)} (${times.map((t) => `${t.toFixed(0)} ms`).join(', ')})`,
    'n^1',
  );
  for (const [name, file] of [
    ['iris', iris],
    ['digits', digits],
  ] as const) {
    const text = readFileSync(file, 'utf8');
    const count = name === 'iris' ? 100 : 3;
    const ours = inOneProcess(file, 10 * count);
    const theirs = python([text], count);
    add(
      `${name}: Python reference ÷ kernel`,
      `${(theirs / ours).toFixed(0)}× (${theirs.toFixed(1)} ÷ ${ours.toFixed(1)} ms)`,
      '≥ 20×',
    );
  }
  rmSync(folder, { recursive: true });
  return [['verify', 'measured', 'target'], ...rows];
}

/** Milliseconds for all of the certificates in the Python checker, its start not counted, on average over so many times. */
export function python(texts: readonly string[], count: number): number {
  const round = texts.map((text) => `${JSON.stringify({ name: 'bench', text })}\n`).join('');
  const time = (jobs: number): number => {
    const start = performance.now();
    const child = spawnSync('python3', [reference, '-'], {
      input: round.repeat(jobs),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    if (child.status !== 0) throw new Error(child.stderr);
    return performance.now() - start;
  };
  return (time(count + 1) - time(1)) / count;
}
