import { isPositiveSemidefinite } from '../arithmetic/definite.js';
import { bitLength, lcm } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import type { Matrix, Vector } from '../arithmetic/matrix.js';
import { add, compare, multiply, type Rational, rational, shown, subtract } from '../arithmetic/rational.js';
import { evaluateExactly, predictions } from '../model/evaluation.js';
import { Instance } from '../model/instance.js';
import { type PolynomialLoss, polynomialLoss } from '../model/loss.js';
import { type DenseValues, denseOnly, interpretNetwork, type Network } from '../model/network.js';
import { exactRisk } from '../model/risk.js';
import { decline, type Ledger, reject } from '../verdict.js';

/** What the node carries; nothing here is trusted. */
export interface EckartYoungHints {
  /** A, k × d, and a */
  readonly bestFit: { readonly weights: Matrix; readonly bias?: Vector };
  /** λ */
  readonly threshold: Rational;
  /** S, k × k */
  readonly excess: Matrix;
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
 * tr(QS) ≤ tr S. With λ between the r-th and the next eigenvalue of Σ this is the theorem of Eckart and Young.
 *
 * @see theory.md 6; proofs/rules/eckart-young.md
 */
export function checkEckartYoung(
  { problem, evaluation, meter }: Instance<bigint>,
  { bestFit, threshold, excess }: EckartYoungHints,
  path: string,
  ledger: Ledger,
): void {
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
  if (threshold.num < 0n) {
    reject('negative-multiplier', `${path}.threshold`, `expected a threshold ≥ 0, found ${shown(threshold)}`);
  }
  expectSymmetric(excess, k, `${path}.excess`);
  const scatter = scatterOf(fit, biased);
  const longest = integers.mostBits(scatter.rows.flat()) + bitLength(scatter.denominator);
  const most = longest + excess.bits * 2 + bitLength(threshold.num) + bitLength(threshold.den);
  // Minors of k rows have k times the bits of an entry.
  meter.hold(k * k, most * k, path);
  meter.charge(2 * k * k * k + 8 * k * k, most * k, most * k);
  const { num, den } = threshold;
  const bound = scatter.rows.map((row, a) =>
    row.map((s, b) => {
      const diagonal = a === b ? num * scatter.denominator * excess.denominator : 0n;
      return s * den * excess.denominator - diagonal + (excess.rows[a]?.[b] as bigint) * scatter.denominator * den;
    }),
  );
  if (!isPositiveSemidefinite(excess.rows)) {
    reject('not-semidefinite', `${path}.excess`, 'the excess S is not positive semidefinite');
  }
  if (!isPositiveSemidefinite(bound)) {
    reject('not-semidefinite', `${path}.excess`, 'Σ − λI + S is not positive semidefinite');
  }
  ledger.discharge('semidefinite', 2);

  // (iii)
  const trace = rational(
    excess.rows.reduce((sum, row, c) => sum + (row[c] as bigint), 0n),
    excess.denominator,
  );
  const kappa = rational(loss.pieces[0]?.[2] as bigint, loss.denominator);
  const tail = subtract(multiply(threshold, rational(BigInt(k - rank))), trace);
  const least = add(exactRisk(fit.evaluation, loss, data, meter), multiply(kappa, tail));
  const risk = exactRisk(evaluation, loss, data, meter);
  if (compare(risk, least) > 0) {
    reject('bound-not-attained', '$.statement.point', `expected a risk of ${shown(least)}, found ${shown(risk)}`);
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
  { weights, bias }: EckartYoungHints['bestFit'],
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

function expectSymmetric({ rows }: Matrix, k: number, path: string): void {
  if (rows.length !== k || rows[0]?.length !== k) {
    reject('wrong-length', path, `expected ${k} rows of ${k} entries`);
  }
  rows.forEach((row, a) => {
    row.forEach((entry, b) => {
      if (entry !== rows[b]?.[a]) reject('wrong-hint', path, `entries [${a}][${b}] and [${b}][${a}] differ`);
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
