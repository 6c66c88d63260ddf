/**
 * Times long enumerations from one end to the other, by the built command line in a temporary folder: the search that writes a stream, the kernel
 * that reads it, and how much memory either takes; beside it the same combinations as a list, and the reference checker on the first of them.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Fields, pointJson, writeFile } from '../src/formats/write.js';
import { readProblem } from '../src/index.js';
import { PatternEnumeration } from '../src/provers/enumeration.js';

const cairn = fileURLToPath(new URL('../dist/cli/main.cjs', import.meta.url));
const reference = fileURLToPath(new URL('../test/reference/check.py', import.meta.url));
const labels = [4, 2, 7, 2, 4, 1, 9, 4, 2, 6, 5, 1, 3, 8, 2, 7, 1];
const combinationsAStep = 2_500;
/** The reference takes milliseconds for each. */
const prefix = 1_000;

/** @returns the table, header first */
export async function run(): Promise<readonly (readonly string[])[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-bench-'));
  try {
    // C(70, 3) and C(44, 5) combinations.
    const rows = process.argv.includes('million') ? measured(folder, 10, 5) : measured(folder, 17, 3);
    return [['streams', 'measured', 'target'], ...rows];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measured(folder: string, samples: number, units: number): readonly (readonly string[])[] {
  const at = (name: string) => join(folder, name);
  const fields: Fields = {
    format: 'cairn-problem',
    version: 1,
    network: {
      input: [1],
      layers: [
        { type: 'dense', units },
        { type: 'activation', function: 'relu' },
        { type: 'dense', units: 1 },
      ],
    },
    loss: { function: 'squared' },
    data: {
      type: 'samples',
      inputs: Array.from({ length: samples }, (_, i) => [String(i)]),
      targets: Array.from({ length: samples }, (_, i) => [String(labels[i])]),
    },
  };
  const read = readProblem(writeFile(fields));
  if (read.kind !== 'read' || read.value.type !== 'samples') throw new Error('not a problem of samples');
  const enumeration = PatternEnumeration.of(read.value, 2_000_000);
  const found = enumeration?.findMinima();
  const [minimum] = found?.kind === 'found' ? found.minima : [];
  if (enumeration === null || minimum === undefined) throw new Error('no minimum was found');
  const count = enumeration.combinations;
  writeFileSync(at('p.json'), writeFile(fields));
  writeFileSync(
    at('q.json'),
    writeFile({ format: 'cairn-point', version: 1, ...pointJson(read.value.network, minimum.parameters) }),
  );
  writeFileSync(
    at('peak.cjs'),
    "process.on('exit', () => process.stderr.write('\\npeak ' + process.resourceUsage().maxRSS + '\\n'));",
  );

  const effort = String(Math.ceil(count / combinationsAStep));
  const made = timed(
    folder,
    'certify',
    'p.json',
    '--point',
    'q.json',
    '--claim',
    'global-minimum',
    '--effort',
    effort,
    '-o',
    's.cert.json',
  );
  const checked = timed(folder, 'verify', 's.cert.json');
  const size = statSync(at('s.leaves.jsonl')).size;
  const rate = (ms: number, of = count) => `${Math.round((1_000 * of) / ms).toLocaleString('en')} a second`;
  const name = `relu, d = 1, n = ${samples}, ${units} units`;
  const peer = referenceRate(folder);
  return [
    [
      `${name}: search and check`,
      `${(made.ms / 1_000).toFixed(1)} s, ${count} combinations, ${(size / 1e6).toFixed(1)} MB, peak ${made.peak} MB`,
      '',
    ],
    [`${name}: verify`, `${rate(checked.ms)}, peak ${checked.peak} MB`, '> 2,000 a second'],
    ...(size > 2 ** 27 ? [] : [listRow(folder, name, checked)]),
    [
      `${name}: the reference on ${prefix} lines`,
      `${rate(peer, prefix)}, ${(((peer / prefix) * count) / checked.ms).toFixed(0)} times as long`,
      '',
    ],
  ];
}

interface Timed {
  readonly ms: number;
  /** megabytes */
  readonly peak: number;
}

function timed(folder: string, ...args: readonly string[]): Timed {
  const start = performance.now();
  const ran = spawnSync(process.execPath, ['--require', join(folder, 'peak.cjs'), cairn, ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  const ms = performance.now() - start;
  if (ran.status !== 0) throw new Error(`cairn ${args.join(' ')}: ${ran.stdout}${ran.stderr}`);
  const peak = /^peak (\d+)$/m.exec(ran.stderr)?.[1];
  return { ms, peak: Math.round(Number(peak) / 1024) };
}

/** The same combinations as a list in the certificate. */
function listRow(folder: string, name: string, streamed: Timed): readonly string[] {
  const text = readFileSync(join(folder, 's.cert.json'), 'utf8');
  const lines = readFileSync(join(folder, 's.leaves.jsonl'), 'utf8').trimEnd().split('\n');
  const listed = text.replace(/\{"stream": "s.leaves.jsonl"\}/, () => `[${lines.join(',')}]`);
  writeFileSync(join(folder, 'l.cert.json'), listed);
  const { ms, peak } = timed(folder, 'verify', 'l.cert.json');
  const times = (a: number, b: number) => `${(a / b).toFixed(2)} times`;
  return [
    `${name}: the same as a list`,
    `${times(ms, streamed.ms)} as long, ${times(peak, streamed.peak)} the memory`,
    '',
  ];
}

/** @returns milliseconds for the first lines; the stream being too short, it is refused at its end */
function referenceRate(folder: string): number {
  const bytes = Buffer.alloc(2 ** 23);
  const file = openSync(join(folder, 's.leaves.jsonl'), 'r');
  const got = readSync(file, bytes, 0, bytes.length, 0);
  closeSync(file);
  const lines = bytes.subarray(0, got).toString().split('\n').slice(0, prefix);
  writeFileSync(join(folder, 'x.leaves.jsonl'), `${lines.join('\n')}\n`);
  const text = readFileSync(join(folder, 's.cert.json'), 'utf8').replace('s.leaves.jsonl', 'x.leaves.jsonl');
  writeFileSync(join(folder, 'x.cert.json'), text);
  const start = performance.now();
  const { stdout } = spawnSync('python3', [reference, 'x.cert.json'], { cwd: folder, encoding: 'utf8' });
  if (!stdout.includes('not one for each combination')) throw new Error(stdout);
  return performance.now() - start;
}
