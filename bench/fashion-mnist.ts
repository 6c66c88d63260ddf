/**
 * The 10,000 test images of Fashion-MNIST (Xiao, Rasul, Vollgraf 2017, MIT licence), from Debian's package
 * dataset-fashion-mnist. Nothing of it is in the repository: 31 MB are fetched once into a folder under os.tmpdir().
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export type FashionMnist =
  | {
      readonly kind: 'images';
      /** 10,000 rows of 28 · 28 grey values 0 … 255, row by row */
      readonly images: readonly (readonly bigint[])[];
      /** 10,000 classes 0 … 9 */
      readonly labels: readonly number[];
    }
  | { readonly kind: 'unavailable'; readonly message: string };

const samples = 10_000;
const pixels = 28 * 28;
const minutes = 60_000;
const images = {
  name: 't10k-images-idx3-ubyte.gz',
  sha256: 'cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa',
};
const labels = {
  name: 't10k-labels-idx1-ubyte.gz',
  sha256: '8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05',
};
const installed = '/usr/share/datasets/fashion-mnist';

/** @param cache  where the two files are kept; Debian's package is asked only if they are neither here nor installed */
export function loadFashionMnist(cache = join(tmpdir(), 'cairn-fashion-mnist')): FashionMnist {
  try {
    const folder =
      [installed, cache].find((path) => isGenuine(path, images) && isGenuine(path, labels)) ?? fetchInto(cache);
    const grey = readIdx(folder, images.name, [samples, 28, 28]);
    const classes = readIdx(folder, labels.name, [samples]);
    const levels = Array.from({ length: 256 }, (_, level) => BigInt(level));
    return {
      kind: 'images',
      images: Array.from({ length: samples }, (_, i) =>
        Array.from(grey.subarray(i * pixels, (i + 1) * pixels), (level) => levels[level] as bigint),
      ),
      labels: Array.from(classes),
    };
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { kind: 'unavailable', message: `Cannot get Debian's dataset-fashion-mnist: ${reason}` };
  }
}

function isGenuine(folder: string, file: { readonly name: string; readonly sha256: string }): boolean {
  const path = join(folder, file.name);
  return existsSync(path) && createHash('sha256').update(readFileSync(path)).digest('hex') === file.sha256;
}

/** @returns the cache's folder, with both files in it */
function fetchInto(cache: string): string {
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'fetch-'));
  try {
    const run = (command: string, args: readonly string[]) =>
      execFileSync(command, args, { cwd: work, stdio: 'pipe', timeout: 10 * minutes });
    run('apt-get', ['download', 'dataset-fashion-mnist']);
    const deb = readdirSync(work).find((name) => name.endsWith('.deb'));
    if (deb === undefined) throw new Error('apt-get download left no .deb');
    run('dpkg', ['-x', deb, 'unpacked']);
    for (const file of [images, labels]) {
      const unpacked = join(work, 'unpacked', installed);
      if (!isGenuine(unpacked, file)) throw new Error(`${file.name} is missing or has another SHA-256 than in 2026`);
      renameSync(join(unpacked, file.name), join(cache, file.name));
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return cache;
}

/** An idx file: 0, 0, type 8 (u8), the number of dimensions, each of them as a 32-bit big-endian number, then the bytes. */
function readIdx(folder: string, name: string, shape: readonly number[]): Uint8Array {
  const bytes = gunzipSync(readFileSync(join(folder, name)));
  const header = 4 + 4 * shape.length;
  const size = shape.reduce((product, length) => product * length, 1);
  const asExpected =
    bytes.length === header + size &&
    bytes.readUInt32BE(0) === 0x800 + shape.length &&
    shape.every((length, i) => bytes.readUInt32BE(4 + 4 * i) === length);
  if (!asExpected) throw new Error(`${name} does not hold ${shape.join(' × ')} bytes`);
  return bytes.subarray(header);
}
