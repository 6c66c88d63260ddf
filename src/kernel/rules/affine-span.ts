import { definiteness } from '../arithmetic/definite.js';
import { bitLength } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import { columnOf, independentColumns } from '../model/data.js';
import { type FirstOrder, type Instance, refuseNotConvex } from '../model/instance.js';
import type { Ledger } from '../verdict.js';
import { checkPaths, type Moments, type Open } from './path-moments.js';
import { type Group, groupBySignature } from './signature-groups.js';

/**
 * Shows that θ is a local minimum: near θ the realization is affine on each group of samples, and the residual gradients are
 * orthogonal to all that these affine functions can become.
 *
 *  (i) Every preactivation lies strictly inside an affine piece, and every maximum pool has one winner (or a tie that lasts, ties.ts),
 *      unless nothing that the output depends on reads them.
 *  (ii) F(θ') = Σ_i ⟨g_i, N_θ'(x_i)⟩, a polynomial near θ, has only zero coefficients. Groups whose moments Σ g_i ⊗ (x_i, 1)
 *       vanish add nothing to any coefficient; for the others, all paths from the output back to the input are followed.
 *
 *  (iii) The loss is convex near the predictions; or, for a group whose moments vanish, Σ_{i∈G} μ_i ∂²ℓ(p_i, y_i) is positive definite
 *        on the affine functions of x on G.
 *
 * Then F(θ') = F(θ) near θ, and Lemma 0 gives R(θ') ≥ R(θ): the loss is differentiable, and convex near the predictions. On a group that
 * is positive definite its part of the risk, a function of the affine function, has a strict local minimum at θ.
 *
 * @see theory.md 1; proofs/rules/affine-span.md
 */
export function checkAffineSpan<T>(instance: Instance<T>, ledger: Ledger): void {
  const groups = groupBySignature(instance, ledger);
  instance.withFirstOrder((gradients) => checkGroups(instance, gradients, groups, ledger));
}

/** Condition (ii). */
function checkGroups<T, G>(
  instance: Instance<T>,
  gradients: FirstOrder<G>,
  groups: readonly Group[],
  ledger: Ledger,
): void {
  const { inputs, outputs } = instance.problem.network;
  const { isZero } = gradients.numbers;
  const open: Open<G>[] = [];
  for (const group of groups) {
    const moments = momentsOf(instance, gradients, group);
    const vanish = moments.zeroth.every(isZero) && moments.first.every((row) => row.every(isZero));
    if (vanish) ledger.discharge('group-moment', outputs * (inputs + 1));
    else open.push({ group, moments });
  }
  if (open.length > 0) checkPaths(instance, gradients, open, ledger);
  checkCurvature(instance, groups, new Set(open.flatMap(({ group }) => group.samples)), ledger);
}

/**
 * Condition (iii).
 *
 * @param open  samples whose groups have moments that do not vanish
 */
function checkCurvature<T>(
  instance: Instance<T>,
  groups: readonly Group[],
  open: ReadonlySet<number>,
  ledger: Ledger,
): void {
  const below = instance.notConvexNear();
  const [first] = below;
  if (first === undefined) return;
  const alone = below.find(({ sample }) => open.has(sample));
  if (alone !== undefined) refuseNotConvex(alone);
  const {
    problem: { data, network },
    evaluation: { ring },
    meter,
  } = instance;
  const curvatures = instance.curvatures();
  const concerned = new Set(below.map(({ sample }) => sample));
  for (const { samples } of groups) {
    const at = samples.find((i) => concerned.has(i));
    if (at === undefined) continue;
    const columns = independentColumns(data, samples, meter);
    const m = columns.length;
    for (let c = 0; c < network.outputs; c++) {
      const bend = samples.map((i) => ring.constant((curvatures[i] as readonly T[])[c] as T));
      // Along a family the curvature may vary.
      if (bend.includes(null)) refuseNotConvex({ sample: at, output: c });
      const weighted = bend.map((b, l) => (b as bigint) * (data.weights.values[samples[l] as number] as bigint));
      const entryBits = integers.mostBits(weighted) + 2 * data.inputs.bits + bitLength(BigInt(samples.length));
      meter.charge(samples.length * m * m, entryBits, data.inputs.bits);
      meter.hold(m * m, entryBits, '$.statement');
      const H = columns.map((j) =>
        columns.map((l) =>
          samples.reduce(
            (sum, i, at) => sum + (weighted[at] as bigint) * columnOf(data, i, j) * columnOf(data, i, l),
            0n,
          ),
        ),
      );
      if (definiteness(H, meter, '$.statement') !== 'definite') refuseNotConvex({ sample: at, output: c });
      ledger.discharge('curved-group');
    }
  }
}

function momentsOf<T, G>(
  { problem, meter }: Instance<T>,
  { numbers, rows, bits }: FirstOrder<G>,
  { samples }: Group,
): Moments<G> {
  const { inputs: d, outputs: k } = problem.network;
  const { inputs } = problem.data;
  meter.charge(samples.length * k * (d + 1), bits, inputs.bits);
  const first = Array.from({ length: k }, () => new Array<G>(d).fill(numbers.zero));
  const zeroth = Array.from({ length: k }, () => [numbers.zero]);
  for (const i of samples) {
    const x = inputs.rows[i] as readonly bigint[];
    const g = rows[i] as readonly G[];
    for (let c = 0; c < k; c++) {
      numbers.addMultiples(zeroth[c] as G[], g[c] as G, [1n]);
      numbers.addMultiples(first[c] as G[], g[c] as G, x);
    }
  }
  return { first, zeroth: zeroth.map(([sum]) => sum as G) };
}
