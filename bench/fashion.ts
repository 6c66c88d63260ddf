/** Constructs and verifies at 10,000 × 784: Debian's Fashion-MNIST test set, class number as the label, by the command line as people use it. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadFashionMnist } from './fashion-mnist.js';
import { runNode } from './verify.js';

const cli = fileURLToPath(new URL('../dist/cli/main.cjs', import.meta.url));

/** @returns the table, header first; one row that says why, where the data cannot be had */
export async function run(): Promise<readonly (readonly string[])[]> {
  const header = ['Fashion-MNIST 10,000 × 784', 'measured', 'target'];
  const data = loadFashionMnist();
  if (data.kind === 'unavailable') return [header, ['not run', data.message, '-']];
  const folder = mkdtempSync(join(tmpdir(), 'cairn-fashion-'));
  const csv = join(folder, 'fashion.csv');
  const certificate = join(folder, 'fashion.cert.json');
  const names = (data.images[0] as readonly bigint[]).map((_, j) => `p${j}`);
  const lines = data.images.map((image, i) => `${image.join(',')},${data.labels[i]}`);
  writeFileSync(csv, `${[...names, 'label'].join(',')}\n${lines.join('\n')}\n`);
  const built = runNode([cli, 'construct', 'yun-sra-jadbabaie-2019-theorem-1', '--data', csv, '-o', certificate]);
  const size = statSync(certificate).size / 2 ** 20;
  const verified = runNode([cli, 'verify', certificate]);
  rmSync(folder, { recursive: true });
  const shown = ({ ms, mb }: { ms: number; mb: number }): string => `${(ms / 1000).toFixed(1)} s, ${mb.toFixed(0)} MB`;
  return [
    header,
    ['construct', `${shown(built)} (a file of ${size.toFixed(0)} MiB)`, '< 300 s, < 4,000 MB'],
    ['verify', shown(verified), '< 60 s, < 2,000 MB'],
  ];
}
