/**
 * Times solveIntegerSystem against FLINT's fmpz_mat_solve_dixon, with the conversion to fractions in lowest terms, on
 * the same normal equations Xᵀ X c = Xᵀ y with random X (2n × n) and y; one thread each, in turns, the best of 3
 * runs or more.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { solveIntegerSystem } from '../src/numerics/dixon.js';
import { gramRows } from '../src/numerics/gram.js';

type System = { readonly n: number; readonly bits: number; readonly A: bigint[][]; readonly b: bigint[][] };

const sizes = [50, 100, 200, 400];
const entryBits = [8, 20];
const program = 'flint-dixon';

/** @returns the table, header first; without FLINT, with dashes in its columns */
export async function run(): Promise<readonly (readonly string[])[]> {
  const flint = compileFlint();
  const rows = entryBits
    .flatMap((bits) => sizes.map((n) => normalEquations(n, bits)))
    .map((system) => {
      const [solveMs, convertMs] = flint === null ? [] : timeFlint(flint, system);
      const oursMs = timeOurs(system);
      const theirs = solveMs === undefined || convertMs === undefined ? null : solveMs + convertMs;
      return [
        String(system.n),
        String(system.bits),
        oursMs.toFixed(1),
        theirs === null ? '-' : `${theirs.toFixed(1)} (${solveMs?.toFixed(1)} + ${convertMs?.toFixed(1)})`,
        theirs === null ? '-' : (oursMs / theirs).toFixed(2),
      ];
    });
  if (flint !== null) rmSync(flint, { recursive: true });
  return [['n', 'bits of X', 'cairn ms', 'FLINT ms (Dixon + fractions)', 'cairn / FLINT'], ...rows];
}

function normalEquations(n: number, bits: number): System {
  let state = n + bits;
  const random = () => {
    state = (69069 * state + 1) % 2 ** 32;
    return BigInt(Math.floor((state / 2 ** 32 - 0.5) * 2 ** bits));
  };
  const Xy = Array.from({ length: 2 * n }, () => Array.from({ length: n + 1 }, random));
  const weights = Xy.map(() => 1n);
  const products = gramRows(Xy, n, weights, () => {});
  return { n, bits, A: products.map((row) => row.slice(0, n)), b: products.map((row) => row.slice(n)) };
}

/** @returns the best of at least 3 runs and half a second, so that small systems are timed after JIT compilation */
function timeOurs({ A, b }: System): number {
  const times: number[] = [];
  while (times.length < 3 || times.reduce((sum, time) => sum + time) < 500) {
    const start = performance.now();
    solveIntegerSystem(A, b);
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}

/** @returns the folder of the compiled program; null, with a word on the console, without gcc or FLINT */
function compileFlint(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'flint-dixon-'));
  const source = fileURLToPath(new URL('flint-dixon.c', import.meta.url));
  try {
    execFileSync('gcc', ['-O2', '-o', join(folder, program), source, '-lflint', '-lgmp'], { stdio: 'ignore' });
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    console.error('No comparison with FLINT: it needs gcc and FLINT (Debian: apt-get install gcc libflint-dev)');
    return null;
  }
}

/** @returns the milliseconds to solve, and those to convert to fractions */
function timeFlint(folder: string, { n, A, b }: System): number[] {
  const entries = (M: bigint[][]) => M.map((row) => row.join(' ')).join('\n');
  const input = `${n}\n${entries(A)}\n${entries(b)}\n`;
  return execFileSync(join(folder, program), { input, encoding: 'utf8' }).trim().split(' ').map(Number);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const table = await run();
  const widths = table[0]?.map((_, c) => Math.max(...table.map((row) => row[c]?.length ?? 0))) ?? [];
  for (const row of table) console.log(row.map((cell, c) => cell.padStart(widths[c] ?? 0)).join('  '));
}
