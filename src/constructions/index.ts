import { didYouMean } from '../formats/did-you-mean.js';
import { cheriditoJentzenRossmannek2022LeakyRelu } from './cheridito-jentzen-rossmannek-2022-leaky-relu.js';
import { cheriditoJentzenRossmannek2022Quadratic } from './cheridito-jentzen-rossmannek-2022-quadratic.js';
import { cheriditoJentzenRossmannek2022Relu } from './cheridito-jentzen-rossmannek-2022-relu.js';
import { christofKowalczyk2023IllPosedness } from './christof-kowalczyk-2023-ill-posedness.js';
import { christofKowalczyk2023 } from './christof-kowalczyk-2023-spurious-minima.js';
import type { Construction } from './construction.js';
import { heWangTao2020 } from './he-wang-tao-2020.js';
import { ibragimovJentzenKroegerRiekert2022 } from './ibragimov-jentzen-kroeger-riekert-2022-theorem-1-1.js';
import { ibragimovJentzenKroegerRiekert2022Theorem2 } from './ibragimov-jentzen-kroeger-riekert-2022-theorem-1-2.js';
import { liu2021Convolutional } from './liu-2021-convolutional.js';
import { liu2021FullyConnected } from './liu-2021-fully-connected.js';
import { yunSraJadbabaie2019Theorem1 } from './yun-sra-jadbabaie-2019-theorem-1.js';
import { yunSraJadbabaie2019Theorem2 } from './yun-sra-jadbabaie-2019-theorem-2.js';
import { yunSraJadbabaie2019Theorem4 } from './yun-sra-jadbabaie-2019-theorem-4.js';

/** The theorems that can be instantiated. */
export const constructions: readonly Construction[] = [
  yunSraJadbabaie2019Theorem1,
  yunSraJadbabaie2019Theorem2,
  yunSraJadbabaie2019Theorem4,
  christofKowalczyk2023,
  christofKowalczyk2023IllPosedness,
  heWangTao2020,
  liu2021FullyConnected,
  liu2021Convolutional,
  cheriditoJentzenRossmannek2022Relu,
  cheriditoJentzenRossmannek2022LeakyRelu,
  cheriditoJentzenRossmannek2022Quadratic,
  ibragimovJentzenKroegerRiekert2022Theorem2,
  ibragimovJentzenKroegerRiekert2022,
];

/** What stands under an id. */
export type Found =
  | { readonly kind: 'found'; readonly construction: Construction }
  /** the id that was probably meant, or null */
  | { readonly kind: 'unknown'; readonly meant: string | null };

/** @returns the theorem of this id */
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
