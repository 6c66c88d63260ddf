/** The paper of Theorems 1, 2 and 4. */
export const paper =
  'Yun, Sra, Jadbabaie, Small nonlinearities in activation functions create bad local minima in neural networks, ICLR 2019';

export const bibtex = `@inproceedings{yun2019small,
  title     = {Small nonlinearities in activation functions create bad local minima in neural networks},
  author    = {Yun, Chulhee and Sra, Suvrit and Jadbabaie, Ali},
  booktitle = {International Conference on Learning Representations},
  year      = {2019},
  eprint    = {1802.03487},
  archivePrefix = {arXiv}
}`;
