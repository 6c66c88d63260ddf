import { didYouMean } from '../formats/did-you-mean.js';
import { christofKowalczyk2023 } from './christof-kowalczyk-2023-spurious-minima.js';
import type { Construction } from './construction.js';
import { yunSraJadbabaie2019Theorem1 } from './yun-sra-jadbabaie-2019-theorem-1.js';

export const constructions: readonly Construction[] = [yunSraJadbabaie2019Theorem1, christofKowalczyk2023];

export type Found =
  | { readonly kind: 'found'; readonly construction: Construction }
  /** the id that was probably meant, or null */
  | { readonly kind: 'unknown'; readonly meant: string | null };

export function findConstruction(id: string): Found {
  const construction = constructions.find((candidate) => candidate.id === id);
  if (construction !== undefined) return { kind: 'found', construction };
  return {
    kind: 'unknown',
    meant: didYouMean(
      id,
      constructions.map((candidate) => candidate.id),
    ),
  };
}
