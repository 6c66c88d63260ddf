import type { Limits } from '../kernel/limits.js';
import type { FloatTensor } from './float-tensor.js';
import { readNpz } from './npy.js';
import { readSafetensors } from './safetensors.js';
import { orRefused, type UnreadableFile } from './unreadable.js';

export interface WeightsFile {
  readonly kind: 'weights';
  readonly tensors: readonly FloatTensor[];
  /** whether the order is that in which they were saved; safetensors files are sorted by type and name */
  readonly ordered: boolean;
}

/**
 * Reads all tensors of a file, bit for bit.
 *
 * @param bytes  the file (untrusted): nothing is allocated on its word, and what it declares is refused beyond `limits`
 */
export function parseWeights(
  bytes: Uint8Array,
  format: 'npz' | 'safetensors',
  limits: Pick<Limits, 'bytes' | 'numbers'>,
): WeightsFile | UnreadableFile {
  return orRefused(() =>
    format === 'npz'
      ? { kind: 'weights', tensors: readNpz(bytes, limits), ordered: true }
      : { kind: 'weights', tensors: readSafetensors(bytes, limits), ordered: false },
  );
}
