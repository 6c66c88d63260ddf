/**
 * Reads the files in a zip archive, into memory only: names are names, and nothing is ever written under them. What npz needs, no
 * more: stored and deflated files, no encryption, no zip64 (its archives are larger than what is read here).
 *
 * A declared size is a promise, kept or refused: files are inflated piece by piece, and no further than that. Runs in browsers.
 */
import { Inflate } from 'fflate';
import { quoted } from './quoted.js';
import { Unreadable } from './unreadable.js';

export interface ZippedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const signature = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 } as const;
const headerLength = { local: 30, central: 46, end: 22 } as const;
const longestComment = 65_535;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  /** where its local header stands */
  readonly offset: number;
}

/**
 * @param bytes   the archive (untrusted)
 * @param atMost  bytes of all files together, as the archive declares them: refused before anything is inflated
 * @throws Unreadable
 */
export function readZip(bytes: Uint8Array, atMost: number): readonly ZippedFile[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view);
  const entries = readDirectory(bytes, view, end);
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total > atMost) throw new Unreadable(`expected at most ${atMost} bytes in the archive, found ${total}`);
  const names = new Set<string>();
  for (const { name } of entries) {
    if (names.has(name)) throw new Unreadable(`the archive has two files named ${quoted(name)}`);
    names.add(name);
  }
  return entries.map((entry) => ({ name: entry.name, bytes: extract(bytes, view, entry) }));
}

/** The last record of an archive; only a comment may follow it, exactly as long as it says. */
function findEnd(view: DataView): number {
  const last = view.byteLength - headerLength.end;
  for (let at = last; at >= Math.max(0, last - longestComment); at--) {
    if (view.getUint32(at, true) === signature.end && view.getUint16(at + 20, true) === last - at) return at;
  }
  throw new Unreadable('expected a zip archive, found no end of one: the file is another kind, or cut off');
}

function readDirectory(bytes: Uint8Array, view: DataView, end: number): Entry[] {
  const count = view.getUint16(end + 10, true);
  const [size, start] = [view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
  if (count === 0xffff || size === 0xffffffff || start === 0xffffffff) {
    throw new Unreadable('zip64 archives are not read');
  }
  if (start + size > end) throw new Unreadable('the directory of the archive is cut off');
  const entries: Entry[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + headerLength.central > end || view.getUint32(at, true) !== signature.central) {
      throw new Unreadable(`the directory of the archive is damaged at file ${i}`);
    }
    const nameLength = view.getUint16(at + 28, true);
    const next = at + headerLength.central + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) throw new Unreadable(`the directory of the archive is damaged at file ${i}`);
    const name = nameAt(bytes, at + headerLength.central, nameLength);
    if ((view.getUint16(at + 8, true) & 1) !== 0) throw new Unreadable(`${quoted(name)} is encrypted`);
    const entry = {
      name,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    };
    if ([entry.packedSize, entry.size, entry.offset].includes(0xffffffff)) {
      throw new Unreadable(`${quoted(name)}: zip64 archives are not read`);
    }
    entries.push(entry);
    at = next;
  }
  return entries;
}

function nameAt(bytes: Uint8Array, start: number, length: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(start, start + length));
  } catch {
    throw new Unreadable('the archive has a file whose name is not UTF-8');
  }
}

function extract(
  bytes: Uint8Array,
  view: DataView,
  { name, method, crc, packedSize, size, offset }: Entry,
): Uint8Array {
  const damaged = (what: string): Unreadable => new Unreadable(`${quoted(name)}: ${what}`);
  if (offset + headerLength.local > bytes.length || view.getUint32(offset, true) !== signature.local) {
    throw damaged('the archive has no file where its directory says');
  }
  const nameLength = view.getUint16(offset + 26, true);
  const start = offset + headerLength.local + nameLength + view.getUint16(offset + 28, true);
  if (start + packedSize > bytes.length) throw damaged('the file is cut off');
  if (nameAt(bytes, offset + headerLength.local, nameLength) !== name) throw damaged('the file has two names');
  const content = unpack(bytes.subarray(start, start + packedSize), method, size, damaged);
  if (content.length !== size) throw damaged(`expected ${size} bytes, found ${content.length}`);
  if (crc32(content) !== crc) throw damaged('the checksum is another one: the file is damaged');
  return content;
}

function unpack(packed: Uint8Array, method: number, size: number, damaged: (what: string) => Unreadable): Uint8Array {
  if (method === 0) return packed;
  if (method !== 8) throw damaged(`expected a stored or deflated file, found method ${method}`);
  try {
    return inflated(packed, size);
  } catch {
    throw damaged(`expected ${size} deflated bytes, found more or damaged ones`);
  }
}

/** A byte inflates to a thousand at most, so that no piece is beyond 64 MiB. */
const bytesAtOnce = 65_536;

/** @throws where there are more bytes than `size`, or damaged ones */
function inflated(packed: Uint8Array, size: number): Uint8Array {
  const content = new Uint8Array(size);
  let length = 0;
  const inflate = new Inflate((piece) => {
    content.set(piece, length);
    length += piece.length;
  });
  let from = 0;
  do {
    const next = from + bytesAtOnce;
    inflate.push(packed.subarray(from, next), next >= packed.length);
    from = next;
  } while (from < packed.length);
  return content.subarray(0, length);
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest;
});

function crc32(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = (crcTable[(rest ^ byte) & 255] as number) ^ (rest >>> 8);
  return (rest ^ 0xffffffff) >>> 0;
}
