import { integers } from '../arithmetic/integers.js';
import type { Matrix, Vector } from '../arithmetic/matrix.js';
import type { Sign } from '../arithmetic/ordered.js';
import { compare, one, rational, shown } from '../arithmetic/rational.js';
import type { UnitHint } from '../format.js';
import { type DenseOver, mostBits } from '../model/evaluation.js';
import {
  type HiddenLayer,
  hiddenChannels,
  type Kink,
  neuronValue,
  type OneSidedDerivative,
  outgoingDerivative,
  outgoingWeights,
} from '../model/hidden-layer.js';
import type { Instance } from '../model/instance.js';
import { type Ledger, reject } from '../verdict.js';

const point = '$.statement.point';

/**
 * Shows that θ is a local minimum of a network with one free hidden layer, kinks and units with v_j = 0 included.
 *
 * With ψ(w) = Σ_i g_i h(w·x̃_i), which is piecewise affine:
 *  - Σ_i g_i = 0, where the output has a free bias;
 *  - ψ(w_j) = 0 for every unit j, where outgoing weights are free;
 *  - v_j ψ'(w_j; e) ≥ 0 for all e where v_j ≠ 0, and ψ'(w_j; ·) ≡ 0 where v_j = 0 (where incoming weights are free).
 * Then Σ g_i (N_θ'(x_i) − N_θ(x_i)) = Σ_j v'_j ψ(w'_j) ≥ 0 near θ, and Lemma 0 gives R(θ') ≥ R(θ).
 *
 * A convolution's unit is a channel: its rows are the patches of all samples. Where the output reads a channel as one mean of all positions,
 * this is the theorem above with the weights g_i / (number of positions). Where it reads m entries of a channel (positions, or means over
 * windows q), or where there are k ≥ 2 outputs, v_j has k·m components, and ψ(w_j) = 0 is asked of each, with Ψ_aq(w) = Σ_i g_ia ·
 * mean_{p∈q} h(w·x̃_ip). Then v_j lies inside the cross-polytope of the vertices v_j ± c_j·(unit vector), and the condition
 * ⟨u, Ψ'(w_j; e)⟩ ≥ 0 at its vertices u, which is linear in u, gives it for every v'_j near v_j.
 *
 * @param units  one hint per unit, from the certificate (untrusted)
 * @see theory.md 2; proofs/rules/neuron-dominance.md
 */
export function checkNeuronDominance<T>(
  instance: Instance<T>,
  units: readonly UnitHint[],
  path: string,
  ledger: Ledger,
): void {
  instance.needConvexNear();
  const layer = hiddenChannels(instance);
  const { hidden, output, windows } = layer;
  const { ring } = instance.evaluation;
  const { rows } = instance.gradients;
  const k = output.units;
  const column = (c: number): readonly T[] => rows.map((row) => row[c] as T);
  const columns = Array.from({ length: k }, (_, c) => column(c));
  const rowBits = mostBits(integers, layer.rows);
  const components = k * windows.length;
  const sides = components === 1 ? 1 : 2 * components;
  const read = windows.length * layer.windowSize;
  const patches = rows.length * (read > hidden.positions ? read : hidden.positions);
  const terms = patches * hidden.units * sides * k * (hidden.inputs + 1);
  instance.meter.charge(terms, instance.gradients.bits, layer.values.bits);
  instance.meter.charge(terms, rowBits, rowBits);
  if (units.length !== hidden.units) {
    reject('wrong-length', `${path}.units`, `expected ${hidden.units} hints, one a unit, found ${units.length}`);
  }
  if (output.bias && output.fixed === null) {
    columns.forEach((gammas, c) => {
      if (ring.sign(gammas.reduce(ring.add, ring.zero)) !== 0) {
        reject('nonzero-residual-sum', point, `the residual gradients of output ${c} do not add up to 0`);
      }
      ledger.discharge('residual-sum');
    });
  }
  for (const [j, hint] of units.entries()) {
    const at = `${path}.units[${j}]`;
    if (output.fixed === null) {
      columns.forEach((gammas, c) => {
        windows.forEach((under, q) => {
          if (ring.sign(neuronValue(instance, layer, j, gammas, under)) !== 0) {
            const where = windows.length === 1 ? '' : `, entry ${q} of the channel`;
            reject('nonzero-neuron-value', point, `Σ g h(w·x) is not 0 at unit ${j}, output ${c}${where}`);
          }
          ledger.discharge('neuron-value');
        });
      });
    }
    if (hidden.fixed !== null) {
      expectEmpty(hint, 'a frozen unit does not move', at);
      ledger.discharge('frozen-unit');
      continue;
    }
    const { weights, denominator } = instance.evaluation.parameters.at(-1) as DenseOver<T>;
    const outgoing = outgoingWeights(layer, j, weights);
    if (components === 1) {
      const sign = ring.sign(outgoing[0] as T);
      if (sign === undefined) throw new Error(`Cannot happen: the outgoing weight of unit ${j} has no definite sign`);
      checkScalarUnit(instance, layer, j, sign, hint, at, ledger);
    } else {
      checkVertices(instance, layer, j, outgoing, denominator, hint, at, ledger);
    }
  }
}

function expectEmpty(hint: UnitHint, why: string, path: string): void {
  if (Object.keys(hint).length > 0) reject('wrong-hint', path, `expected {}: ${why}`);
}

function checkScalarUnit<T>(
  instance: Instance<T>,
  layer: HiddenLayer<T>,
  j: number,
  sign: Sign,
  hint: UnitHint,
  path: string,
  ledger: Ledger,
): void {
  const { ring } = instance.evaluation;
  const one = ring.fromInteger(1n);
  if (sign !== 0) {
    const derivative = outgoingDerivative(instance, layer, j, [sign === 1 ? one : ring.negate(one)], one);
    checkNonnegative(instance, derivative, hint, path);
    ledger.discharge('one-sided-derivative');
    return;
  }
  expectEmpty(hint, `the outgoing weight of unit ${j} is 0`, path);
  // v_j = 0, frozen: the unit adds v_j ψ(w'_j) = 0 whatever w'_j is.
  if (layer.output.fixed !== null) {
    ledger.discharge('frozen-zero-weight');
    return;
  }
  const { M, kinks } = outgoingDerivative(instance, layer, j, [one], one);
  if (M.some((c) => ring.sign(c) !== 0) || kinks.some(({ kappa }) => ring.sign(kappa) !== 0)) {
    reject(
      'nonzero-one-sided-derivative',
      point,
      `unit ${j} has outgoing weight 0, and Σ g h'(w·x; e) is not 0 for all e`,
    );
  }
  ledger.discharge('one-sided-derivative');
}

function checkVertices<T>(
  instance: Instance<T>,
  layer: HiddenLayer<T>,
  j: number,
  outgoing: readonly T[],
  outgoingDenominator: T,
  hint: UnitHint,
  path: string,
  ledger: Ledger,
): void {
  const { ring } = instance.evaluation;
  const { radius, vertices, ...rest } = hint;
  if (radius === undefined || vertices === undefined || Object.keys(rest).length > 0) {
    const why =
      layer.windows.length === 1 ? 'the network has several outputs' : 'a channel has several outgoing weights';
    return reject('wrong-hint', path, `expected "radius" and "vertices": ${why}`);
  }
  if (radius.num <= 0n) reject('nonpositive-radius', `${path}.radius`, `expected a radius > 0, found ${shown(radius)}`);
  const expected = 2 * outgoing.length;
  if (vertices.length !== expected) {
    reject('wrong-length', `${path}.vertices`, `expected ${expected} hints, one a vertex, found ${vertices.length}`);
  }
  const uDenominator = ring.scale(outgoingDenominator, radius.den);
  vertices.forEach((vertex, at) => {
    const moved = at >> 1;
    const step = ring.scale(outgoingDenominator, at % 2 === 0 ? radius.num : -radius.num);
    const u = outgoing.map((v, c) => {
      const scaled = ring.scale(v, radius.den);
      return c === moved ? ring.add(scaled, step) : scaled;
    });
    const derivative = outgoingDerivative(instance, layer, j, u, uDenominator);
    checkNonnegative(instance, derivative, vertex, `${path}.vertices[${at}]`);
    ledger.discharge('one-sided-derivative');
  });
}

/** M·e + Σ_P κ max(e·x̃, 0) + Σ_Q κ max(e·x̃, 0) with κ > 0 on P and κ < 0 on Q; kinks with κ = 0 are gone. */
interface Split<T> {
  readonly M: readonly T[];
  readonly scale: T;
  readonly P: readonly Kink<T>[];
  readonly Q: readonly Kink<T>[];
}

/** Shows that the one-sided derivative is ≥ 0 in every direction e, by the hint. */
function checkNonnegative<T>(
  instance: Instance<T>,
  { M, kinks, scale }: OneSidedDerivative<T>,
  hint: UnitHint,
  path: string,
): void {
  const { ring } = instance.evaluation;
  for (const { kappa, sample } of kinks) {
    if (ring.sign(kappa) === undefined)
      throw new Error(`Cannot happen: no definite sign at the kink of sample ${sample}`);
  }
  const split = {
    M,
    scale,
    P: kinks.filter(({ kappa }) => ring.sign(kappa) === 1),
    Q: kinks.filter(({ kappa }) => ring.sign(kappa) === -1),
  };
  if (hint.transport !== undefined) checkTransport(instance, split, hint, hint.transport, path);
  else checkTree(instance, split, hint, path, []);
}

/** A sign that the path above has fixed: ε·(e·x̃) ≥ 0 for the kink of Q. */
interface Decided<T> {
  readonly kink: Kink<T>;
  readonly sign: 1 | -1;
  /** false where it follows from the others */
  readonly split: boolean;
}

function checkTree<T>(
  instance: Instance<T>,
  split: Split<T>,
  hint: UnitHint,
  path: string,
  decided: readonly Decided<T>[],
): void {
  if (hint.sample === undefined) {
    checkLeaf(instance, split, hint, path, decided);
    return;
  }
  const { sample, nonnegative, nonpositive, implied, ...rest } = hint;
  if (Object.keys(rest).length > 0) reject('wrong-hint', path, 'a split has no other keys');
  const kink = split.Q.find((candidate) => candidate.sample === sample);
  if (kink === undefined) {
    return reject(
      'not-a-concave-kink',
      `${path}.sample`,
      `sample ${sample} does not stand for a kink with negative coefficient`,
    );
  }
  if (decided.some((earlier) => earlier.kink === kink)) {
    reject('repeated-kink', `${path}.sample`, `sample ${sample} is decided above`);
  }
  const branch = (sign: 1 | -1, child: UnitHint): void =>
    checkTree(instance, split, child, `${path}.${sign === 1 ? 'nonnegative' : 'nonpositive'}`, [
      ...decided,
      { kink, sign, split: implied === undefined },
    ]);
  if (implied === undefined) {
    if (nonnegative === undefined || nonpositive === undefined) {
      return reject('wrong-hint', path, 'a split needs both "nonnegative" and "nonpositive"');
    }
    branch(1, nonnegative);
    branch(-1, nonpositive);
    return;
  }
  if ((nonnegative === undefined) === (nonpositive === undefined)) {
    reject('wrong-hint', path, 'an implied sign needs exactly one of "nonnegative" and "nonpositive"');
  }
  const sign = nonnegative !== undefined ? 1 : -1;
  checkImplied(instance, kink, sign, implied, decided, `${path}.implied`);
  branch(sign, (nonnegative ?? nonpositive) as UnitHint);
}

/** e·x̃_i has the sign if ±x̃_i is a nonnegative combination of the rows ε_s x̃_s of the splits above. */
function checkImplied<T>(
  instance: Instance<T>,
  kink: Kink<T>,
  sign: 1 | -1,
  implied: Vector,
  decided: readonly Decided<T>[],
  path: string,
): void {
  const above = decided.filter(({ split }) => split);
  if (implied.values.length !== above.length) {
    reject(
      'wrong-length',
      path,
      `expected ${above.length} coefficients, one a split above, found ${implied.values.length}`,
    );
  }
  expectNonnegative(implied.values, path);
  instance.meter.charge((above.length + 1) * kink.row.length, implied.bits, instance.problem.data.inputs.bits);
  kink.row.forEach((x, j) => {
    let sum = -BigInt(sign) * x * implied.denominator;
    above.forEach((split, s) => {
      sum += (implied.values[s] as bigint) * BigInt(split.sign) * (split.kink.row[j] as bigint);
    });
    if (sum !== 0n)
      reject('wrong-implication', path, `the combination differs from the row of sample ${kink.sample} at input ${j}`);
  });
}

/** On the cone of the decided signs the derivative is at least (M + Σ_S κ x̃ + Σ_P λ x̃)·e, which the leaf writes as Σ ±ν (e·x̃) ≥ 0. */
function checkLeaf<T>(
  instance: Instance<T>,
  split: Split<T>,
  hint: UnitHint,
  path: string,
  decided: readonly Decided<T>[],
): void {
  const { ring } = instance.evaluation;
  const { multipliers, cone, ...rest } = hint;
  if (multipliers === undefined || Object.keys(rest).length > 0) {
    return reject('wrong-hint', path, 'a leaf has "multipliers", and "cone" below a split');
  }
  const open = split.Q.find((kink) => !decided.some((earlier) => earlier.kink === kink));
  if (open !== undefined)
    reject('undecided-kink', path, `sample ${open.sample} stands for a concave kink that no split decides`);
  if ((cone !== undefined) !== split.Q.length > 0) {
    reject(
      'wrong-hint',
      path,
      split.Q.length > 0 ? 'a leaf below a split needs "cone"' : '"cone" stands only below a split',
    );
  }
  checkMultipliers(instance, split.P, split.scale, multipliers, `${path}.multipliers`, () => one);
  const nu = cone ?? { values: [], denominator: 1n, bits: 1 };
  expectLength(nu, split.Q, `${path}.cone`);
  expectNonnegative(nu.values, `${path}.cone`);
  const signs = split.Q.map((kink) => (decided.find((earlier) => earlier.kink === kink) as Decided<T>).sign);
  // All terms over scale · multipliers.denominator · cone.denominator.
  const all = multipliers.denominator * nu.denominator;
  const size = instance.gradients.bits + multipliers.bits + nu.bits;
  instance.meter.charge(
    2 * (split.P.length + split.Q.length + 1) * split.M.length,
    size,
    instance.problem.data.inputs.bits,
  );
  expectZeroCombination(instance, split, path, (j) => {
    let sum = ring.scale(split.M[j] as T, all);
    split.Q.forEach(({ row, kappa }, q) => {
      const x = row[j] as bigint;
      if (signs[q] === 1) sum = ring.add(sum, ring.scale(kappa, x * all));
      const signed = -BigInt(signs[q] as number) * (nu.values[q] as bigint) * multipliers.denominator;
      sum = ring.add(sum, ring.scale(split.scale, signed * x));
    });
    return ring.add(sum, ring.scale(weightedRows(instance, split, multipliers, j), nu.denominator));
  });
}

/** scale · Σ_P λ_p x̃_pj over the multipliers' denominator */
function weightedRows<T>(
  { evaluation: { ring } }: Instance<T>,
  { P, scale }: Split<T>,
  multipliers: Vector,
  j: number,
): T {
  let sum = 0n;
  P.forEach(({ row }, p) => {
    sum += (multipliers.values[p] as bigint) * (row[j] as bigint);
  });
  return ring.scale(scale, sum);
}

function expectZeroCombination<T>(
  { evaluation: { ring } }: Instance<T>,
  { M }: Split<T>,
  path: string,
  at: (j: number) => T,
): void {
  for (let j = 0; j < M.length; j++) {
    if (ring.sign(at(j)) !== 0) {
      reject('nonzero-combination', path, `the multipliers leave a nonzero coefficient of incoming parameter ${j}`);
    }
  }
}

function expectLength<T>(values: Vector, kinks: readonly Kink<T>[], path: string): void {
  if (values.values.length !== kinks.length) {
    reject('wrong-length', path, `expected ${kinks.length} entries, one a kink, found ${values.values.length}`);
  }
}

function expectNonnegative(values: readonly bigint[], path: string): void {
  const at = values.findIndex((c) => c < 0n);
  if (at >= 0) reject('negative-multiplier', `${path}[${at}]`, 'expected a number ≥ 0');
}

/** 0 ≤ λ_p ≤ share(p)·κ_p */
function checkMultipliers<T>(
  { evaluation: { ring }, meter }: Instance<T>,
  P: readonly Kink<T>[],
  scale: T,
  multipliers: Vector,
  path: string,
  share: (p: number) => { readonly num: bigint; readonly den: bigint },
): void {
  expectLength(multipliers, P, path);
  expectNonnegative(multipliers.values, path);
  meter.charge(P.length * (P[0]?.row.length ?? 0), multipliers.bits, ring.bits(scale));
  P.forEach(({ kappa, sample }, p) => {
    const { num, den } = share(p);
    const most = ring.scale(kappa, num * multipliers.denominator);
    const found = ring.scale(scale, den * (multipliers.values[p] as bigint));
    const room = ring.sign(ring.add(most, ring.negate(found)));
    if (room !== 0 && room !== 1) {
      reject(
        'multiplier-too-large',
        `${path}[${p}]`,
        `expected at most the coefficient of the kink of sample ${sample}`,
      );
    }
  });
}

/**
 * |κ_q| x̃_q = Σ_p Γ_pq κ_p x̃_p with Γ ≥ 0: by subadditivity of max(·, 0) the terms of Q cost at most γ_p = Σ_q Γ_pq of the term of p,
 * so λ_p ≤ (1 − γ_p) κ_p may still be used to cancel M.
 */
function checkTransport<T>(
  instance: Instance<T>,
  split: Split<T>,
  hint: UnitHint,
  transport: Matrix,
  path: string,
): void {
  const { ring } = instance.evaluation;
  const { P, Q } = split;
  const { multipliers, transport: _, ...rest } = hint;
  if (multipliers === undefined || Object.keys(rest).length > 0 || Q.length === 0) {
    return reject(
      'wrong-hint',
      path,
      'a transport stands with "multipliers", where some kink has a negative coefficient',
    );
  }
  const at = `${path}.transport`;
  if (transport.rows.length !== P.length || (P.length > 0 && transport.rows[0]?.length !== Q.length)) {
    reject('wrong-shape', at, `expected ${P.length} × ${Q.length} entries`);
  }
  transport.rows.forEach((row, p) => {
    expectNonnegative(row, `${at}[${p}]`);
    if (
      compare(
        rational(
          row.reduce((a, b) => a + b, 0n),
          transport.denominator,
        ),
        one,
      ) > 0
    ) {
      reject('multiplier-too-large', `${at}[${p}]`, 'the shares of one kink add up to more than 1');
    }
  });
  const size = instance.gradients.bits + transport.bits;
  instance.meter.charge((P.length + 1) * (Q.length + 1) * split.M.length, size, instance.problem.data.inputs.bits);
  Q.forEach(({ kappa, row, sample }, q) => {
    row.forEach((x, j) => {
      let sum = ring.scale(kappa, x * transport.denominator);
      P.forEach((p, i) => {
        sum = ring.add(sum, ring.scale(p.kappa, (transport.rows[i]?.[q] as bigint) * (p.row[j] as bigint)));
      });
      if (ring.sign(sum) !== 0)
        reject('nonzero-combination', at, `the transport misses the row of sample ${sample} at input ${j}`);
    });
  });
  checkMultipliers(instance, P, split.scale, multipliers, `${path}.multipliers`, (p) => {
    const used = (transport.rows[p] as readonly bigint[]).reduce((a, b) => a + b, 0n);
    return { num: transport.denominator - used, den: transport.denominator };
  });
  expectZeroCombination(instance, split, path, (j) =>
    ring.add(ring.scale(split.M[j] as T, multipliers.denominator), weightedRows(instance, split, multipliers, j)),
  );
}
