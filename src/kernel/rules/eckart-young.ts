import type { Numbers } from '../arithmetic/algebraic.js';
import { bitLength, lcm } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import type { Matrix, Vector } from '../arithmetic/matrix.js';
import type { Ordered } from '../arithmetic/ordered.js';
import { rational, shown } from '../arithmetic/rational.js';
import { evaluateExactly, predictions } from '../model/evaluation.js';
import { Instance } from '../model/instance.js';
import { type PolynomialLoss, polynomialLoss } from '../model/loss.js';
import { type DenseValues, denseOnly, interpretNetwork, type Network } from '../model/network.js';
import type { MatrixOver } from '../model/number-field.js';
import { exactRisk, risk as riskOver } from '../model/risk.js';
import { decline, type Ledger, reject } from '../verdict.js';

/** What the node carries; nothing here is trusted. */
export interface EckartYoungHints<T> {
  /** A, k × d, and a */
  readonly bestFit: { readonly weights: Matrix; readonly bias?: Vector };
  /** λ, as a matrix of one entry */
  readonly threshold: MatrixOver<T>;
  /** S, k × k */
  readonly excess: MatrixOver<T>;
}

/**
 * Shows that θ is a global minimum of a linear network with a narrow layer: N_θ'(x) = Mx + b with rank M ≤ r for every θ', r the least of the widths
 * of the hidden layers and of d. For the loss κ|p − y|² + … (κ > 0) let A x + a be the best affine map, and Σ = Σ_i μ_i u_i u_iᵀ with u_i = A x_i less
 * the mean of the A x_i; without biases u_i = A x_i, a = 0 and b = 0.
 *
 *  (i) Σ_i μ_i ∂ℓ(A x_i + a, y_i) ⊗ (x_i, 1) = 0; without the 1 where nothing adds a constant.
 *  (ii) λ ≥ 0, S ⪰ 0 and Σ − λI + S ⪰ 0.
 *  (iii) R(θ) ≤ R(A, a) + κ(λ(k − r) − tr S).
 *
 * Let Q project onto the complement of the columns of M. R(M, b) − R(A, a) = κ Σ_i μ_i |Mx_i + b − Ax_i − a|² ≥ κ tr(QΣ) ≥ κ(λ tr Q − tr(QS)), and tr Q ≥ k − r,
 * tr(QS) ≤ tr S. With λ between the r-th and the next eigenvalue of Σ this is the theorem of Eckart and Young. A, a and Σ are rational whatever θ is;
 * λ and S are numbers of θ's field.
 *
 * @param numbers  of θ
 * @see theory.md 6; proofs/rules/eckart-young.md
 */
export function checkEckartYoung<T>(
  { problem, evaluation, meter }: Instance<T>,
  numbers: Numbers<T>,
  { bestFit, threshold, excess }: EckartYoungHints<T>,
  path: string,
  ledger: Ledger,
): void {
  const ring: Ordered<T> = numbers;
  const { network, data } = problem;
  const { inputs: d, outputs: k } = network;
  const loss = quadratic(polynomialLoss(problem.loss));
  const { rank, biased } = shapeOf(network);

  // (i)
  const plain = {
    ...problem,
    network: interpretNetwork({ input: [d], layers: [{ type: 'dense', units: k, bias: biased }] }, meter, path),
  };
  const values = valuesOf(bestFit, k, d, biased, path);
  const fit = new Instance(plain, evaluateExactly(plain.network, [values], data, meter), meter);
  const { rows: g, bits } = fit.gradients;
  meter.charge(data.inputs.rows.length * k * (d + 1), bits, data.inputs.bits);
  for (let c = 0; c < k; c++) {
    const moments = new Array<bigint>(d).fill(0n);
    let sum = 0n;
    data.inputs.rows.forEach((x, i) => {
      const derivative = g[i]?.[c] as bigint;
      integers.addMultiples(moments, derivative, x);
      sum += derivative;
    });
    if (moments.some((moment) => moment !== 0n) || (biased && sum !== 0n)) {
      reject('nonzero-residual-moment', `${path}.bestFit`, `output ${c} is not the best affine map of the inputs`);
    }
    ledger.discharge('fit-moment', d + (biased ? 1 : 0));
  }

  // (ii)
  const lambda = threshold.rows[0]?.[0] as T;
  if (ring.sign(lambda) !== 0 && ring.sign(lambda) !== 1) {
    const found = shown(numbers.enclosed(lambda, ring.fromInteger(threshold.denominator), 64).lower);
    reject('negative-multiplier', `${path}.threshold`, `expected a threshold ≥ 0, found ${found}`);
  }
  expectSymmetric(ring, excess, k, `${path}.excess`);
  const scatter = scatterOf(fit, biased);
  const longest = integers.mostBits(scatter.rows.flat()) + bitLength(scatter.denominator);
  const most =
    longest + excess.bits + bitLength(excess.denominator) + threshold.bits + bitLength(threshold.denominator);
  meter.hold(k * k, most, path);
  meter.charge(4 * k * k, most, most);
  // Σ − λI + S over the three denominators, which are > 0.
  const [overScatter, overLambda, overExcess] = [scatter.denominator, threshold.denominator, excess.denominator];
  const shift = ring.scale(lambda, -overScatter * overExcess);
  const bound = scatter.rows.map((row, a) =>
    row.map((s, b) => {
      const above = ring.scale(excess.rows[a]?.[b] as T, overScatter * overLambda);
      const entry = ring.add(ring.fromInteger(s * overLambda * overExcess), above);
      return a === b ? ring.add(entry, shift) : entry;
    }),
  );
  if (numbers.definiteness(excess.rows, meter, `${path}.excess`) === 'neither') {
    reject('not-semidefinite', `${path}.excess`, 'the excess S is not positive semidefinite');
  }
  if (numbers.definiteness(bound, meter, `${path}.excess`) === 'neither') {
    reject('not-semidefinite', `${path}.excess`, 'Σ − λI + S is not positive semidefinite');
  }
  ledger.discharge('semidefinite', 2);

  // (iii)
  const trace = excess.rows.reduce((sum, row, c) => ring.add(sum, row[c] as T), ring.zero);
  const kappa = rational(loss.pieces[0]?.[2] as bigint, loss.denominator);
  const least = exactRisk(fit.evaluation, loss, data, meter);
  const { value: risk, denominator: overRisk } = riskOver(evaluation, loss, data, meter);
  const sizes = bitLength(least.den) + bitLength(kappa.den) + bitLength(overLambda) + bitLength(overExcess);
  meter.charge(8, sizes + most, ring.bits(risk) + ring.bits(overRisk));
  // λ(k − r) − tr S over both denominators, then all over the product of the four.
  const tail = ring.add(ring.scale(lambda, BigInt(k - rank) * overExcess), ring.negate(ring.scale(trace, overLambda)));
  const bottom = least.den * kappa.den * overLambda * overExcess;
  const top = ring.add(
    ring.fromInteger(least.num * kappa.den * overLambda * overExcess),
    ring.scale(tail, kappa.num * least.den),
  );
  const beyond = ring.sign(ring.add(ring.scale(risk, bottom), ring.negate(ring.multiply(top, overRisk))));
  if (beyond !== 0 && beyond !== -1) {
    const of = (numerator: T, denominator: T): string => shown(numbers.enclosed(numerator, denominator, 64).lower);
    const expected = of(top, ring.fromInteger(bottom));
    reject('bound-not-attained', '$.statement.point', `expected a risk of ${expected}, found ${of(risk, overRisk)}`);
  }
  ledger.discharge('attained-bound');
}

/** @throws Refusal (declined) where the loss is not one polynomial κr² + … with κ > 0 */
function quadratic(loss: PolynomialLoss): PolynomialLoss {
  const [piece, ...others] = loss.pieces;
  if (others.length > 0 || loss.degree !== 2 || (piece?.[2] as bigint) <= 0n) {
    decline('unsupported-combination', '$.statement.problem.loss', 'this rule needs a loss that is a square');
  }
  return loss;
}

/** The rank that every M can have, and whether anything adds a constant. */
function shapeOf(network: Network): { readonly rank: number; readonly biased: boolean } {
  denseOnly(network);
  let rank = network.inputs;
  let biased = false;
  network.stages.forEach(({ units, bias, activation, layer }, s) => {
    if (activation.breakpoints.length > 0 || activation.smooth !== null) {
      reject('not-linear', '$.statement.problem.network', `the activation after layer ${layer} is not affine`);
    }
    biased ||= bias || activation.intercepts.some((intercept) => intercept !== 0n);
    if (s + 1 < network.stages.length && units < rank) rank = units;
  });
  return { rank, biased };
}

function valuesOf(
  { weights, bias }: EckartYoungHints<unknown>['bestFit'],
  k: number,
  d: number,
  biased: boolean,
  path: string,
): DenseValues {
  if (weights.rows.length !== k || weights.rows[0]?.length !== d) {
    reject('wrong-length', `${path}.bestFit.weights`, `expected ${k} rows of ${d} entries, as the data have`);
  }
  if ((bias !== undefined) !== biased) {
    const expected = biased ? 'expected a bias' : 'the network adds no constant';
    reject('wrong-hint', `${path}.bestFit`, expected);
  }
  if (bias === undefined) return { ...weights, weights: weights.rows, bias: null };
  if (bias.values.length !== k) {
    reject('wrong-length', `${path}.bestFit.bias`, `expected ${k} entries, found ${bias.values.length}`);
  }
  const denominator = lcm(weights.denominator, bias.denominator);
  const [factor, biasFactor] = [denominator / weights.denominator, denominator / bias.denominator];
  return {
    weights: weights.rows.map((row) => row.map((a) => a * factor)),
    bias: bias.values.map((a) => a * biasFactor),
    denominator,
    bits: weights.bits + bias.bits,
  };
}

function expectSymmetric<T>(ring: Ordered<T>, { rows }: MatrixOver<T>, k: number, path: string): void {
  if (rows.length !== k || rows[0]?.length !== k) {
    reject('wrong-length', path, `expected ${k} rows of ${k} entries`);
  }
  rows.forEach((row, a) => {
    row.forEach((entry, b) => {
      if (b < a && ring.sign(ring.add(entry, ring.negate(rows[b]?.[a] as T))) !== 0)
        reject('wrong-hint', path, `entries [${a}][${b}] and [${b}][${a}] differ`);
    });
  });
}

/** Σ, integers over one positive denominator. */
function scatterOf(
  { problem: { data }, evaluation, meter }: Instance<bigint>,
  biased: boolean,
): { readonly rows: readonly (readonly bigint[])[]; readonly denominator: bigint } {
  const { preactivations: u, denominator, bits } = predictions(evaluation);
  const k = u[0]?.length ?? 0;
  const { values: mu, denominator: over, bits: weightBits } = data.weights;
  meter.charge(3 * u.length * k * (k + 1), 2 * bits + weightBits, bits + weightBits);
  const total = mu.reduce((sum, weight) => sum + weight, 0n);
  const sums = Array.from({ length: k }, (_, c) =>
    u.reduce((sum, row, i) => sum + (mu[i] as bigint) * (row[c] as bigint), 0n),
  );
  const rows = sums.map((first, a) =>
    sums.map((second, b) => {
      const products = u.reduce((sum, row, i) => sum + (mu[i] as bigint) * (row[a] as bigint) * (row[b] as bigint), 0n);
      // Σ μ (u − ū)(u − ū)ᵀ = Σ μ u uᵀ − (Σ μ u)(Σ μ u)ᵀ / Σ μ; a bias of the fit adds to u and to its mean alike.
      return biased ? products * total - first * second : products;
    }),
  );
  return { rows, denominator: over * denominator * denominator * (biased ? total : 1n) };
}
