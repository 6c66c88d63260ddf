import { integers } from '../arithmetic/integers.js';
import { Span } from '../arithmetic/matrix.js';
import { locationOf, mostBits, type StageValues } from '../model/evaluation.js';
import type { Instance } from '../model/instance.js';
import type { Stage } from '../model/network.js';
import { firstVisibleStage } from '../model/signature.js';
import { type Ledger, reject } from '../verdict.js';

/** Samples whose units take the same pieces near θ, so that one affine function of x serves them all. */
export interface Group {
  readonly samples: number[];
  /** hidden stages before this one are shadowed at these samples */
  readonly visibleFrom: number;
  /** the piece of each unit, by hidden stage; empty for shadowed stages */
  readonly pieces: readonly (readonly number[])[];
}

/** Σ_{i∈G} g_i ⊗ x_i (k × d) and Σ_{i∈G} g_i (length k), as numerators over one positive denominator each. */
interface Moments<T> {
  readonly first: readonly (readonly T[])[];
  readonly zeroth: readonly T[];
}

/**
 * Shows that θ is a local minimum: near θ the realization is affine on each group of samples, and the residual gradients are
 * orthogonal to all that these affine functions can become.
 *
 *  (i) Every preactivation lies strictly inside an affine piece, unless its unit is shadowed.
 *  (ii) F(θ') = Σ_i ⟨g_i, N_θ'(x_i)⟩, a polynomial near θ, has only zero coefficients. Groups whose moments Σ g_i ⊗ (x_i, 1)
 *       vanish add nothing to any coefficient; for the others, all paths from the output back to the input are followed.
 *
 * Then F(θ') = F(θ) near θ, and Lemma 0 gives R(θ') ≥ R(θ): every loss of model/loss.ts is convex and differentiable.
 *
 * @see theory.md 1; proofs/rules/affine-span.md
 */
export function checkAffineSpan<T>(instance: Instance<T>, ledger: Ledger): void {
  const groups = groupBySignature(instance, ledger);
  const { inputs, outputs } = instance.problem.network;
  const open: { readonly group: Group; readonly moments: Moments<T> }[] = [];
  for (const group of groups) {
    const moments = momentsOf(instance, group);
    if (vanish(instance, moments)) ledger.discharge('group-moment', outputs * (inputs + 1));
    else open.push({ group, moments });
  }
  if (open.length > 0) checkPaths(instance, open, ledger);
}

/** Condition (i), and the groups of condition (ii). */
export function groupBySignature<T>(instance: Instance<T>, ledger: Ledger): readonly Group[] {
  const { stages } = instance.problem.network;
  const hidden = stages.slice(0, -1);
  const groups = new Map<string, Group>();
  let last: Group | null = null;
  for (let i = 0; i < instance.problem.data.inputs.rows.length; i++) {
    const visibleFrom = firstVisibleStage(instance, i);
    const pieces = hidden.map((stage, s) => {
      if (s >= visibleFrom) return strictPieces(stage, instance.evaluation.stages[s] as StageValues<T>, i, ledger);
      ledger.discharge('shadowed-unit', stage.units);
      return [];
    });
    if (last === null || !samePieces(last.pieces, pieces)) {
      const signature = pieces.map((taken) => taken.join()).join(';');
      last = groups.get(signature) ?? { samples: [], visibleFrom, pieces };
      groups.set(signature, last);
    }
    last.samples.push(i);
  }
  return [...groups.values()];
}

function samePieces(a: Group['pieces'], b: Group['pieces']): boolean {
  for (let s = 0; s < a.length; s++) {
    const [left, right] = [a[s] as readonly number[], b[s] as readonly number[]];
    if (left.length !== right.length) return false;
    for (let u = 0; u < left.length; u++) if (left[u] !== right[u]) return false;
  }
  return true;
}

function strictPieces<T>(stage: Stage, values: StageValues<T>, i: number, ledger: Ledger): readonly number[] {
  const pieces = new Array<number>(stage.units);
  for (let u = 0; u < stage.units; u++) {
    const { lower, upper } = locationOf(stage.activation, values.locations, i, u);
    if (lower !== upper) {
      reject('on-a-kink', '$.statement.point', `unit ${u} of layer ${stage.layer} is on a kink at sample ${i}`);
    }
    pieces[u] = lower;
  }
  if (stage.activation.breakpoints.length > 0) ledger.discharge('strict-piece', stage.units);
  return pieces;
}

function momentsOf<T>(
  { problem, evaluation: { ring }, gradients, meter }: Instance<T>,
  { samples }: Group,
): Moments<T> {
  const { inputs: d, outputs: k } = problem.network;
  const { inputs } = problem.data;
  meter.charge(samples.length * k * (d + 1), gradients.bits, inputs.bits);
  const first = Array.from({ length: k }, () => new Array<T>(d).fill(ring.zero));
  const zeroth = new Array<T>(k).fill(ring.zero);
  for (const i of samples) {
    const x = inputs.rows[i] as readonly bigint[];
    const g = gradients.rows[i] as readonly T[];
    for (let c = 0; c < k; c++) {
      zeroth[c] = ring.add(zeroth[c] as T, g[c] as T);
      ring.addMultiples(first[c] as T[], g[c] as T, x);
    }
  }
  return { first, zeroth };
}

function vanish<T>({ evaluation: { ring } }: Instance<T>, { first, zeroth }: Moments<T>): boolean {
  const isZero = (a: T) => ring.sign(a) === 0;
  return zeroth.every(isZero) && first.every((row) => row.every(isZero));
}

/**
 * The path form. A vector β over the groups holds, up to one positive factor, the products of slopes along a path from the
 * output down to a stage. The coefficient that a path contributes to F is Σ_G β_G · (moment of G), for each output.
 *
 * A bias asks for the zeroth moments of every β that reaches its layer, a nonzero intercept for those of β times the intercepts,
 * and the first layer's weights for the first moments. Shadowed units are given slope 0 and intercept 0: what they do is
 * multiplied by a slope 0 above them.
 */
function checkPaths<T>(
  instance: Instance<T>,
  open: readonly { readonly group: Group; readonly moments: Moments<T> }[],
  ledger: Ledger,
): void {
  const { network } = instance.problem;
  const { ring } = instance.evaluation;
  const needZero = (beta: readonly bigint[], moment: (moments: Moments<T>) => T, what: string): void => {
    let sum = ring.zero;
    open.forEach(({ moments }, G) => {
      const factor = beta[G] as bigint;
      if (factor !== 0n) sum = ring.add(sum, ring.scale(moment(moments), factor));
    });
    if (ring.sign(sum) !== 0) {
      const first = open.map(({ group }) => group.samples[0]).join(', ');
      reject('nonzero-path-moment', '$.statement.point', `the groups of samples ${first} leave a nonzero ${what}`);
    }
    ledger.discharge('path-moment');
  };
  let betas: readonly (readonly bigint[])[] = [open.map(() => 1n)];
  for (let s = network.stages.length - 1; s >= 0; s--) {
    const stage = network.stages[s] as Stage;
    const hasBias = stage.bias && (stage.fixed?.bias?.some((b) => b !== 0n) ?? true);
    for (const beta of betas) {
      for (let c = 0; c < network.outputs; c++) {
        const where = `of output ${c} at layer ${stage.layer}`;
        if (hasBias) needZero(beta, ({ zeroth }) => zeroth[c] as T, `Σ g ${where}`);
        if (s > 0) continue;
        for (let j = 0; j < network.inputs; j++) {
          needZero(beta, ({ first }) => (first[c] as readonly T[])[j] as T, `Σ g x_${j} ${where}`);
        }
      }
    }
    if (s === 0) return;
    const { units, activation, layer } = network.stages[s - 1] as Stage;
    // Elimination may make entries as long as the rank times what they are.
    const bits = mostBits(integers, [...betas, activation.slopes, activation.intercepts]);
    const rank = units * betas.length < open.length ? units * betas.length : open.length;
    instance.meter.charge(units * betas.length * open.length * (1 + rank), bits * units, bits * units);
    instance.meter.charge(units * betas.length * open.length * network.outputs, bits, instance.gradients.bits);
    const span = new Span(open.length);
    const next: (readonly bigint[])[] = [];
    for (let u = 0; u < units; u++) {
      const pieces = open.map(({ group }) => (s - 1 < group.visibleFrom ? null : (group.pieces[s - 1]?.[u] as number)));
      const times = (beta: readonly bigint[], table: readonly bigint[]): readonly bigint[] =>
        beta.map((b, G) => (pieces[G] === null ? 0n : b * (table[pieces[G] as number] as bigint)));
      for (const beta of betas) {
        const intercepts = times(beta, activation.intercepts);
        if (intercepts.some((b) => b !== 0n)) {
          for (let c = 0; c < network.outputs; c++) {
            needZero(intercepts, ({ zeroth }) => zeroth[c] as T, `Σ g · intercept of output ${c} at layer ${layer}`);
          }
        }
        const slopes = times(beta, activation.slopes);
        if (span.add(slopes)) next.push(slopes);
      }
    }
    betas = next;
  }
}
