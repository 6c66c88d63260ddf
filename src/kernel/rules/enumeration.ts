import { bitLength } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import type { Vector } from '../arithmetic/matrix.js';
import { type Rational, shown } from '../arithmetic/rational.js';
import { countOf } from '../decode.js';
import { combinationSchema, type Decoded, largestCount, type ProofNode } from '../format.js';
import type { Meter } from '../limits.js';
import { mostBits } from '../model/evaluation.js';
import { hiddenLayer } from '../model/hidden-layer.js';
import type { Instance } from '../model/instance.js';
import { convexEverywhere, polynomialLoss } from '../model/loss.js';
import type { Stage } from '../model/network.js';
import { exactRisk, residualsOf } from '../model/risk.js';
import type { Line, Streams } from '../streams.js';
import { decline, type Ledger, reject } from '../verdict.js';
import { checkSignTree, type Hyperplanes, hyperplanesOf, type KeptLeaf, type SignOf } from './sign-tree.js';

type Enumeration = Extract<ProofNode, { rule: 'enumeration' }>;

/**
 * Shows that θ is a global minimum: one hidden layer, a piecewise affine h, one output, a convex C¹ loss.
 *
 * On a kept leaf of the tree and for one sign of v, a unit adds v·h(w·x̃_i) = σ(a_i u·x̃_i + κ_i t) to the prediction of sample i, u = |v|w,
 * t = |v|: linear on the cone t ≥ 0, σ_s(u·x̃_s − τ_s t) ≥ 0 of the leaf. For every multiset of (leaf, sign), one a unit, some p̂ ∈ Qⁿ is
 * carried, and with g = ∂R(p̂):
 *  - Σ g_i = 0, where the output bias is free, or frozen and nonzero;
 *  - ⟨g,·⟩ ≥ 0 on each unit's cone: σ Σ g_i a_i x̃_i = Σ ν_s σ_s x̃_s with ν ≥ 0, and σ Σ g_i κ_i + Σ ν_s σ_s τ_s ≥ 0;
 *  - R(p̂) − ⟨g,p̂⟩ ≥ R(θ).
 * Then R(p) ≥ R(p̂) + ⟨g, p − p̂⟩ ≥ R(θ) for all predictions p whose units are on these leaves with these signs; and all are on some.
 *
 * @param node     from the certificate (untrusted)
 * @param streams  lends the combinations, one a line, where they are not in the certificate
 * @see theory.md 6; proofs/rules/enumeration.md
 */
export function checkEnumeration(
  instance: Instance<bigint>,
  node: Enumeration,
  path: string,
  ledger: Ledger,
  streams: Streams,
): void {
  const { problem, evaluation, meter } = instance;
  const { loss, data } = problem;
  polynomialLoss(loss);
  convexEverywhere(loss);
  const layer = hiddenLayer(instance);
  if (layer.output.units !== 1) {
    decline('unsupported-combination', '$.statement.problem.network', 'this rule needs exactly one output');
  }
  const hyperplanes = hyperplanesOf(layer);
  const leaves = checkSignTree(hyperplanes, node.tree, meter, `${path}.tree`, ledger);
  const risk = exactRisk(evaluation, loss, data, meter);
  const needsZeroSum = movesOutput(layer.output);
  // Choice 2l is leaf l with a negative v, choice 2l + 1 with a positive one.
  const choices = new Array<number>(layer.hidden.units).fill(0);
  let at = 0;
  for (const combination of combinationsOf(
    node,
    2 * leaves.length,
    choices.length,
    `${path}.combinations`,
    meter,
    streams,
  )) {
    // Those that are believed are passed over here, too.
    for (; at < combination.index; at++) advance(choices, 2 * leaves.length);
    const { prediction, multipliers } = combination.entry;
    const metered = { problem, meter: combination.meter };
    const g = checkBound(metered, prediction, risk, needsZeroSum, combination.path);
    if (multipliers.length !== choices.length) {
      reject(
        'wrong-length',
        `${combination.path}.multipliers`,
        `expected ${choices.length} lists, one a unit, found ${multipliers.length}`,
      );
    }
    metered.meter.charge(choices.length, 1, 1);
    choices.forEach((choice, j) => {
      const leaf = leaves[choice >> 1] as KeptLeaf;
      checkNonnegativeOnCone(
        metered,
        hyperplanes,
        leaf,
        choice % 2 === 0 ? -1n : 1n,
        g,
        multipliers[j] as Vector,
        `${combination.path}.multipliers[${j}]`,
      );
    });
    ledger.discharge('combination');
  }
}

/** The combinations that are carried, as many as there are of choices and units, in their order: those of a list, or those of a stream. */
function* combinationsOf(
  { combinations }: Enumeration,
  choices: number,
  units: number,
  path: string,
  meter: Meter,
  streams: Streams,
): Generator<Line<Decoded<typeof combinationSchema>>, void, undefined> {
  if ('stream' in combinations) {
    const count = multisets(choices, units, largestCount);
    if (count === null) {
      return decline('unsupported-stream', `${path}.stream`, `there are more than ${largestCount} combinations`);
    }
    return yield* streams.entries(combinations, combinationSchema, countOf(`${count}`), path, meter.limits);
  }
  const count = multisets(choices, units, combinations.length);
  if (count !== BigInt(combinations.length)) {
    const expected = count === null ? `more than ${combinations.length}` : `${count}`;
    reject('wrong-length', path, `expected ${expected} combinations, one for each choice of leaves and signs`);
  }
  for (const [index, entry] of combinations.entries()) yield { index, entry, path: `${path}[${index}]`, meter };
}

/** Whether the output adds a constant to all predictions that is not always 0. */
function movesOutput({ bias, fixed }: Stage): boolean {
  return bias && (fixed === null || fixed.bias?.[0] !== 0n);
}

/** @returns C(choices + units − 1, units), the number of multisets, or null where it is more than `most`: no more is computed */
function multisets(choices: number, units: number, most: number): bigint | null {
  let count = 1n;
  for (let j = 1; j <= units && count <= BigInt(most); j++) {
    count = (count * BigInt(choices - 1 + j)) / BigInt(j);
  }
  return count <= BigInt(most) ? count : null;
}

/** The next nondecreasing tuple of choices, in lexicographic order; the caller has counted that there is one. */
function advance(choices: number[], most: number): void {
  let at = choices.length - 1;
  while (at > 0 && choices[at] === most - 1) at--;
  choices.fill((choices[at] as number) + 1, at);
}

/** The problem, and the meter of one combination. */
type Metered = Pick<Instance<bigint>, 'problem' | 'meter'>;

/** g_i = μ_i ∂_pℓ(p̂_i, y_i), as numerators over one positive denominator. */
interface Slopes {
  readonly values: readonly bigint[];
  readonly denominator: bigint;
  readonly bits: number;
}

/** Shows Σ g_i = 0, if it is needed, and R(p̂) − ⟨g,p̂⟩ ≥ R(θ). */
function checkBound(
  { problem: { loss, data }, meter }: Metered,
  prediction: Vector,
  risk: Rational,
  needsZeroSum: boolean,
  path: string,
): Slopes {
  const { weights, targets } = data;
  const n = weights.values.length;
  if (prediction.values.length !== n) {
    reject(
      'wrong-length',
      `${path}.prediction`,
      `expected ${n} numbers, one a sample, found ${prediction.values.length}`,
    );
  }
  const { values: p, denominator, bits } = prediction;
  const { loss: L, rows } = residualsOf(
    integers,
    { preactivations: p.map((value) => [value]), denominator, bits },
    loss,
    data,
    meter,
  );
  const sizes = L.valueDenominator * weights.denominator;
  const most = bitLength(sizes) + bits + weights.bits;
  meter.charge(3 * n + 2, most, bits + weights.bits + targets.bits);
  // Over (denominator of L)·(denominator of μ): R(p̂) − ⟨g,p̂⟩. L's denominator is that of L' times those of p̂ and y.
  let bound = 0n;
  let sum = 0n;
  const g = rows.map(([r], i) => {
    const mu = weights.values[i] as bigint;
    const slope = mu * L.derivative(r as bigint);
    bound += mu * L.value(r as bigint) - slope * (p[i] as bigint) * targets.denominator;
    sum += slope;
    return slope;
  });
  if (needsZeroSum && sum !== 0n) {
    reject('nonzero-residual-sum', `${path}.prediction`, 'the residual gradients do not add up to 0');
  }
  meter.charge(2, most, bitLength(risk.num) + bitLength(risk.den));
  if (bound * risk.den < risk.num * sizes) {
    reject('bound-too-low', `${path}.prediction`, `R(p̂) − ⟨g,p̂⟩ is below the risk ${shown(risk)} of the point`);
  }
  const gradientDenominator = L.derivativeDenominator * weights.denominator;
  return { values: g, denominator: gradientDenominator, bits: mostBits(integers, [g, [gradientDenominator]]) };
}

/** Shows σ Σ g_i (a_i u·x̃_i + κ_i t) ≥ 0 wherever t ≥ 0 and σ_s(u·x̃_s − τ_s t) ≥ 0, by ν ≥ 0. */
function checkNonnegativeOnCone(
  { meter }: Metered,
  { rows, activation, bits }: Hyperplanes,
  { signs, pieces }: KeptLeaf,
  sigma: 1n | -1n,
  g: Slopes,
  multipliers: Vector,
  path: string,
): void {
  const { values: nu, denominator } = multipliers;
  if (nu.length !== signs.length) {
    reject(
      'wrong-length',
      path,
      `expected ${signs.length} multipliers, one a split above the leaf, found ${nu.length}`,
    );
  }
  const { breakpoints, breakpointDenominator, slopes, intercepts } = activation;
  const width = rows[0]?.length ?? 0;
  // Every number below is a product of one of each, and a sum of at most as many as there are samples and splits.
  const table = integers.mostBits([...slopes, ...intercepts, breakpointDenominator, activation.denominator]);
  const size = g.bits + multipliers.bits + 2 * table + bitLength(BigInt(rows.length + signs.length));
  meter.charge((rows.length + signs.length + 4) * (width + 2), size, bits + table);
  // Over (denominator of g)·(that of the pieces): σ Σ g_i a_i x̃_i (times that of x̃) and σ Σ g_i κ_i.
  const linear = new Array<bigint>(width).fill(0n);
  let constant = 0n;
  pieces.forEach((piece, i) => {
    const slope = slopes[piece] as bigint;
    const gi = g.values[i] as bigint;
    if (slope !== 0n) integers.addMultiples(linear, sigma * gi * slope, rows[i] as readonly bigint[]);
    constant += sigma * gi * (intercepts[piece] as bigint);
  });
  // Over the denominator of ν: Σ ν_s σ_s x̃_s (times that of x̃) and Σ ν_s σ_s τ_s (times that of τ).
  const combined = new Array<bigint>(width).fill(0n);
  let tau = 0n;
  nu.forEach((value, s) => {
    if (value < 0n) reject('negative-multiplier', `${path}[${s}]`, 'expected a number ≥ 0');
    if (value === 0n) return;
    const { sample, breakpoint, sign } = signs[s] as SignOf;
    integers.addMultiples(combined, sign * value, rows[sample] as readonly bigint[]);
    tau += sign * value * (breakpoints[breakpoint] as bigint);
  });
  const over = g.denominator * activation.denominator;
  for (let j = 0; j < width; j++) {
    if ((linear[j] as bigint) * denominator !== (combined[j] as bigint) * over) {
      reject('nonzero-combination', path, `the multipliers do not give the coefficient of incoming parameter ${j}`);
    }
  }
  if (constant * denominator * breakpointDenominator + tau * over < 0n) {
    reject('negative-on-a-cone', path, 'the coefficient of |v| is negative: the multipliers show no sign');
  }
}
