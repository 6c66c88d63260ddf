import type { Matrix } from '../arithmetic/matrix.js';
import type { DecodedProblem } from '../format.js';
import { decline, reject } from '../verdict.js';
import type { Activation } from './activation.js';
import type { Loss } from './loss.js';
import type { Network, Stage } from './network.js';

/** x ~ N(0, I) in R^d, y = Σ_j relu(v_j·x): the data of the population loss of Safran and Shamir. */
export interface GaussianTeacher {
  readonly dimension: number;
  /** v_j by rows, none of them 0 */
  readonly teacher: Matrix;
}

type WrittenGaussian = Extract<DecodedProblem['data'], { type: 'gaussian-teacher' }>;

/** Checks that the student is x ↦ Σ_j relu(w_j·x) with free w_j, that the loss is half the square, and the teacher's shape. */
export function interpretGaussianTeacher(
  data: WrittenGaussian,
  network: Network,
  loss: Loss,
  path: string,
): GaussianTeacher {
  const { dimension, teacher } = data;
  const { stages, inputs } = network;
  const [hidden, output] = stages as readonly [Stage, Stage?];
  const isStudent =
    stages.length === 2 && isFreeDense(hidden) && isRelu(hidden.activation) && output !== undefined && addsUp(output);
  if (!isStudent) {
    decline(
      'unsupported-combination',
      `${path}.network`,
      'with a Gaussian teacher the network must be dense without bias, relu, dense of 1 unit without bias, fixed to ones',
    );
  }
  if (!isHalfSquare(loss)) {
    decline('unsupported-loss', `${path}.loss`, 'with a Gaussian teacher the loss must be squared with factor 1/2');
  }
  if (dimension !== inputs) {
    reject(
      'wrong-shape',
      `${path}.data.dimension`,
      `expected ${inputs}, the inputs of the network, found ${dimension}`,
    );
  }
  teacher.rows.forEach((row, j) => {
    const at = `${path}.data.teacher[${j}]`;
    if (row.length !== dimension) reject('wrong-shape', at, `expected ${dimension} entries, found ${row.length}`);
    if (row.every((v) => v === 0n)) reject('out-of-range', at, 'expected a row that is not 0');
  });
  if (teacher.rows.length === 0) reject('empty-list', `${path}.data.teacher`, 'expected at least 1 row, found 0');
  return { dimension, teacher };
}

function isFreeDense({ kind, bias, fixed }: Stage): boolean {
  return kind === 'dense' && !bias && fixed === null;
}

function isRelu({ breakpoints, slopes, intercepts, denominator }: Activation): boolean {
  const [left, right] = slopes;
  return (
    breakpoints.length === 1 &&
    breakpoints[0] === 0n &&
    left === 0n &&
    right === denominator &&
    intercepts.every((intercept) => intercept === 0n)
  );
}

/** Dense of one unit, without bias, fixed to ones. */
function addsUp({ kind, bias, fixed, units }: Stage): boolean {
  if (fixed === null) return false;
  const isOne = (w: bigint): boolean => w === fixed.denominator;
  return kind === 'dense' && !bias && units === 1 && fixed.weights.every((row) => row.every(isOne));
}

function isHalfSquare(loss: Loss): boolean {
  if (loss.family === 'smooth' || loss.pieces.length > 1) return false;
  const [constant, linear, square, ...more] = loss.pieces[0] as readonly bigint[];
  return constant === 0n && linear === 0n && 2n * (square ?? 0n) === loss.denominator && more.every((c) => c === 0n);
}
