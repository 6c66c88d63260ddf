import { isPositiveDefinite } from '../arithmetic/definite.js';
import { bitLength } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import { Span } from '../arithmetic/matrix.js';
import { columnOf, independentColumns } from '../model/data.js';
import { locationOf, type StageValues } from '../model/evaluation.js';
import { type FirstOrder, type Instance, refuseNotConvex } from '../model/instance.js';
import type { Stage } from '../model/network.js';
import { Ties } from '../model/ties.js';
import { isVisible, type Visibility, type Visible, visibility } from '../model/visibility.js';
import { type Ledger, reject } from '../verdict.js';

/** Samples at which all that is visible takes the same pieces and winners near θ, so that one affine function of x serves them all. */
export interface Group {
  readonly samples: number[];
  /** by stage and entry the piece taken; −1 where shadowed */
  readonly pieces: readonly (readonly number[])[];
  /** by stage and entry, for maximum pools, the input entry that wins; −1 where shadowed; empty for other stages */
  readonly winners: readonly (readonly number[])[];
}

/** Σ_{i∈G} g_i ⊗ x_i (k × d) and Σ_{i∈G} g_i (length k), all up to one positive factor; x_i and 1 up to another. */
interface Moments<G> {
  readonly first: readonly (readonly G[])[];
  readonly zeroth: readonly G[];
}

/** A group whose own moments do not vanish. */
interface Open<G> {
  readonly group: Group;
  readonly moments: Moments<G>;
}

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
      // Minors of m rows have m times the bits of an entry.
      meter.charge(m * m * m, entryBits * m, entryBits * m);
      meter.hold(m * m, entryBits * m, '$.statement');
      const H = columns.map((j) =>
        columns.map((l) =>
          samples.reduce(
            (sum, i, at) => sum + (weighted[at] as bigint) * columnOf(data, i, j) * columnOf(data, i, l),
            0n,
          ),
        ),
      );
      if (!isPositiveDefinite(H)) refuseNotConvex({ sample: at, output: c });
      ledger.discharge('curved-group');
    }
  }
}

/** Condition (i), and the groups of condition (ii). */
export function groupBySignature<T>(instance: Instance<T>, ledger: Ledger): readonly Group[] {
  const { stages } = instance.problem.network;
  const groups = new Map<string, Group>();
  let last: Group | null = null;
  for (let i = 0; i < instance.problem.data.inputs.rows.length; i++) {
    const visible = visibility(instance, i);
    const ties = new Ties(instance, i);
    const pieces: (readonly number[])[] = [];
    const winners: (readonly number[])[] = [];
    for (const [s, stage] of stages.entries()) {
      const { mixed, output } = visible[s] as Visibility;
      pieces.push(strictPieces(stage, instance.evaluation.stages[s] as StageValues<T>, output, i, ledger));
      winners.push(stage.kind === 'maximum' ? strictWinners(instance, s, mixed, ties, ledger) : []);
    }
    if (last === null || !sameLists(last.pieces, pieces) || !sameLists(last.winners, winners)) {
      const signature = [...pieces, ...winners].map((taken) => taken.join()).join(';');
      last = groups.get(signature) ?? { samples: [], pieces, winners };
      groups.set(signature, last);
    }
    last.samples.push(i);
  }
  return [...groups.values()];
}

function sameLists(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): boolean {
  for (let s = 0; s < a.length; s++) {
    const [left, right] = [a[s] as readonly number[], b[s] as readonly number[]];
    for (let e = 0; e < left.length; e++) if (left[e] !== right[e]) return false;
  }
  return true;
}

function strictPieces<T>(
  { activation, size, positions, layer }: Stage,
  { locations }: StageValues<T>,
  visible: Visible,
  i: number,
  ledger: Ledger,
): readonly number[] {
  const pieces = new Array<number>(size);
  let strict = 0;
  for (let e = 0; e < size; e++) {
    if (!isVisible(visible, e)) {
      pieces[e] = -1;
      continue;
    }
    const { lower, upper } = locationOf(activation, locations, i, e);
    if (lower !== upper) {
      const unit = positions === 1 ? `${e}` : `${(e - (e % positions)) / positions} at position ${e % positions}`;
      reject('on-a-kink', '$.statement.point', `unit ${unit} of layer ${layer} is on a kink at sample ${i}`);
    }
    if (activation.slopes[lower] === null) {
      reject(
        'in-a-smooth-piece',
        '$.statement.point',
        `unit ${e} of layer ${layer} is in a smooth piece at sample ${i}`,
      );
    }
    pieces[e] = lower;
    strict++;
  }
  if (activation.breakpoints.length > 0) ledger.discharge('strict-piece', strict);
  ledger.discharge('shadowed-unit', size - strict);
  return pieces;
}

function strictWinners<T>(
  instance: Instance<T>,
  s: number,
  visible: Visible,
  ties: Ties<T>,
  ledger: Ledger,
): readonly number[] {
  const { winners } = instance.evaluation.stages[s] as StageValues<T>;
  const i = ties.sample;
  return (winners[i] as readonly (readonly number[])[]).map((entries, e) => {
    if (!isVisible(visible, e)) return -1;
    if (entries.length > 1 && !ties.mayTie(s, entries)) {
      const { layer } = instance.problem.network.stages[s] as Stage;
      reject(
        'tied-pool',
        '$.statement.point',
        `entry ${e} of the pool of layer ${layer} has no strict winner at sample ${i}`,
      );
    }
    ledger.discharge('pool-winner');
    return entries[0] as number;
  });
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

/**
 * The path form. A *multiplier* β holds, up to one positive factor, for each open group and position the product of what multiplies a
 * path from the output down to an entry at that position. The coefficient that such paths contribute to F is Σ β · (moment).
 *
 * A bias asks for the zeroth moments of every β that reaches its layer, a nonzero intercept for those of β times the intercepts,
 * and the network's inputs for the first moments. Weights of different units are different coordinates, so below an affine layer
 * every β serves every channel; a tap of a convolution moves β from output to input positions. Shadowed entries are given slope 0
 * and intercept 0: what they do is multiplied by a 0 above them.
 */
function checkPaths<T, G>(
  instance: Instance<T>,
  gradients: FirstOrder<G>,
  open: readonly Open<G>[],
  ledger: Ledger,
): void {
  const { stages } = instance.problem.network;
  const { units, positions } = stages[stages.length - 1] as Stage;
  for (let p = 0; p < positions; p++) {
    const start = new Array<bigint>(open.length * positions).fill(0n);
    open.forEach((_, G) => {
      start[G * positions + p] = 1n;
    });
    const outputs = Array.from({ length: units }, (_, u) => u * positions + p);
    new Paths(instance, gradients, open, outputs, ledger).follow(start);
  }
}

/** Multipliers at one place of the network: the same for all channels, or some for each. */
type Multipliers =
  | { readonly shared: readonly Multiplier[] }
  | { readonly byChannel: readonly (readonly Multiplier[])[] };
type Multiplier = readonly bigint[];

function ofChannel(multipliers: Multipliers, channel: number): readonly Multiplier[] {
  return 'shared' in multipliers ? multipliers.shared : (multipliers.byChannel[channel] as readonly Multiplier[]);
}

class Paths<T, G> {
  constructor(
    readonly instance: Instance<T>,
    readonly gradients: FirstOrder<G>,
    readonly open: readonly Open<G>[],
    /** the outputs that these paths start from */
    readonly outputs: readonly number[],
    readonly ledger: Ledger,
  ) {}

  follow(start: Multiplier): void {
    const { network } = this.instance.problem;
    const forks: Multipliers[] = [];
    let multipliers: Multipliers = { shared: [start] };
    for (let s = network.stages.length - 1; s >= 0; s--) {
      const stage = network.stages[s] as Stage;
      const mixed = this.#throughActivation(s, stage, multipliers);
      switch (stage.kind) {
        case 'join':
          forks.push(mixed);
          multipliers = mixed;
          break;
        case 'fork':
          multipliers = this.#union(stage, mixed, forks.pop() as Multipliers);
          break;
        case 'maximum':
        case 'average':
          multipliers = this.#throughPool(s, stage, mixed);
          break;
        case 'flatten':
          multipliers = this.#throughFlatten(stage, mixed);
          break;
        default:
          multipliers = this.#throughWeights(stage, mixed);
      }
    }
    const positions = (network.stages[0] as Stage).inputPositions;
    const channels = network.inputs / positions;
    for (let c = 0; c < channels; c++) {
      for (const beta of ofChannel(multipliers, c)) {
        for (const output of this.outputs) {
          const moment = ({ first }: Moments<G>, q: number) => first[output]?.[c * positions + q] as G;
          this.#needZero(beta, positions, moment, `Σ g x of output ${output}, input channel ${c}`);
        }
      }
    }
  }

  /** Σ over open groups and positions of β times the moment is 0. */
  #needZero(beta: Multiplier, positions: number, moment: (moments: Moments<G>, q: number) => G, what: string): void {
    const { numbers } = this.gradients;
    this.instance.meter.charge(beta.length, this.gradients.bits, integers.mostBits(beta));
    let total = numbers.zero;
    this.open.forEach(({ moments }, G) => {
      for (let q = 0; q < positions; q++) {
        const factor = beta[G * positions + q] as bigint;
        if (factor !== 0n) total = numbers.add(total, numbers.scale(moment(moments, q), factor));
      }
    });
    if (!numbers.isZero(total)) {
      const first = this.open.map(({ group }) => group.samples[0]).join(', ');
      reject('nonzero-path-moment', '$.statement.point', `the groups of samples ${first} leave a nonzero ${what}`);
    }
    this.ledger.discharge('path-moment');
  }

  #needZeroth(beta: Multiplier, positions: number, where: string): void {
    for (const output of this.outputs) {
      this.#needZero(beta, positions, ({ zeroth }) => zeroth[output] as G, `Σ g ${where}, output ${output}`);
    }
  }

  /** Before so many multipliers like β are made, each of so many entries. */
  #charge(count: number, length: number, beta: Multiplier): void {
    const bits = integers.mostBits(beta);
    this.instance.meter.charge(count * length, bits, 64);
    this.instance.meter.hold(count * length, bits, '$.statement');
  }

  /** @returns a basis of the span of what is given, row by row */
  #basis(length: number, given: Iterable<Multiplier>): readonly Multiplier[] {
    const { meter } = this.instance;
    const span = new Span(length);
    const basis: Multiplier[] = [];
    for (const beta of given) {
      // Elimination may make entries as long as the rank times what they are.
      const bits = integers.mostBits(beta) * (1 + span.dimension);
      meter.charge(length * (1 + span.dimension), bits, bits);
      meter.hold(length * (1 + span.dimension), bits, '$.statement');
      if (span.add(beta)) basis.push(beta);
    }
    return basis;
  }

  #union({ units, positions }: Stage, a: Multipliers, b: Multipliers): Multipliers {
    const length = this.open.length * positions;
    if ('shared' in a && 'shared' in b) return { shared: this.#basis(length, [...a.shared, ...b.shared]) };
    return {
      byChannel: Array.from({ length: units }, (_, c) => this.#basis(length, [...ofChannel(a, c), ...ofChannel(b, c)])),
    };
  }

  #throughActivation(s: number, { activation, units, positions, layer }: Stage, above: Multipliers): Multipliers {
    const shadows = this.open.some(({ group }) => group.pieces[s]?.includes(-1));
    if (activation.breakpoints.length === 0 && !shadows) {
      // Condition (i) has refused smooth pieces.
      const [slope, intercept] = [activation.slopes[0] as bigint, activation.intercepts[0] as bigint];
      // One positive or negative factor for all does not matter; 0 ends all paths.
      if (intercept === 0n) return slope === 0n ? { shared: [] } : above;
    }
    const byChannel = Array.from({ length: units }, (_, u) =>
      ofChannel(above, u).map((beta) => {
        this.#charge(2, beta.length, beta);
        const times = (table: readonly (bigint | null)[]): Multiplier =>
          beta.map((b, at) => {
            if (b === 0n) return 0n;
            const [G, p] = [(at - (at % positions)) / positions, at % positions];
            const piece = this.open[G]?.group.pieces[s]?.[u * positions + p] as number;
            return piece < 0 ? 0n : b * (table[piece] as bigint);
          });
        const intercepts = times(activation.intercepts);
        if (intercepts.some((b) => b !== 0n)) {
          this.#needZeroth(intercepts, positions, `· intercept of unit ${u} at layer ${layer}`);
        }
        return times(activation.slopes);
      }),
    );
    return { byChannel };
  }

  #throughWeights(stage: Stage, above: Multipliers): Multipliers {
    const { positions, inputPositions, places, bias, fixed, layer } = stage;
    const groups = this.open.length;
    const all = 'shared' in above ? above.shared : above.byChannel.flat();
    const betas = this.#basis(groups * positions, all);
    if (bias && (fixed?.bias?.some((b) => b !== 0n) ?? true)) {
      for (const beta of betas) this.#needZeroth(beta, positions, `at the biases of layer ${layer}`);
    }
    const { meter } = this.instance;
    const moved = function* (): Iterable<Multiplier> {
      for (const beta of betas) {
        meter.charge(places.length * groups * (positions + inputPositions), integers.mostBits(beta), 64);
        for (const tap of places) {
          const below = new Array<bigint>(groups * inputPositions).fill(0n);
          for (let G = 0; G < groups; G++) {
            for (let p = 0; p < positions; p++) {
              const q = tap[p] as number;
              const b = beta[G * positions + p] as bigint;
              if (q >= 0 && b !== 0n) below[G * inputPositions + q] = (below[G * inputPositions + q] as bigint) + b;
            }
          }
          yield below;
        }
      }
    };
    return { shared: this.#basis(groups * inputPositions, moved()) };
  }

  #throughPool(s: number, { kind, units, positions, inputPositions, places }: Stage, above: Multipliers): Multipliers {
    const groups = this.open.length;
    const through = (beta: Multiplier, u: number): Multiplier => {
      this.#charge(1, beta.length * (places[0] as readonly number[]).length + groups * inputPositions, beta);
      const below = new Array<bigint>(groups * inputPositions).fill(0n);
      this.open.forEach(({ group }, G) => {
        for (let p = 0; p < positions; p++) {
          const b = beta[G * positions + p] as bigint;
          if (b === 0n) continue;
          const winner =
            kind === 'maximum' ? (group.winners[s]?.[u * positions + p] as number) - u * inputPositions : null;
          for (const q of winner === null ? (places[p] as readonly number[]) : winner < 0 ? [] : [winner]) {
            below[G * inputPositions + q] = (below[G * inputPositions + q] as bigint) + b;
          }
        }
      });
      return below;
    };
    // A mean divides by the window's size: one positive factor for all.
    if (kind === 'average' && 'shared' in above) return { shared: above.shared.map((beta) => through(beta, 0)) };
    return {
      byChannel: Array.from({ length: units }, (_, u) => ofChannel(above, u).map((beta) => through(beta, u))),
    };
  }

  /** Every entry below is a channel above. */
  #throughFlatten({ units, inputPositions }: Stage, above: Multipliers): Multipliers {
    const groups = this.open.length;
    const all = 'shared' in above ? above.shared : above.byChannel.flat();
    const each = 'shared' in above ? inputPositions : 1;
    for (const beta of all) this.#charge(each, groups * inputPositions, beta);
    const at = (beta: Multiplier, q: number): Multiplier => {
      const below = new Array<bigint>(groups * inputPositions).fill(0n);
      for (let G = 0; G < groups; G++) below[G * inputPositions + q] = beta[G] as bigint;
      return below;
    };
    const positions = Array.from({ length: inputPositions }, (_, q) => q);
    if ('shared' in above) {
      return { shared: positions.flatMap((q) => above.shared.map((beta) => at(beta, q))) };
    }
    return {
      byChannel: Array.from({ length: units / inputPositions }, (_, c) =>
        positions.flatMap((q) => ofChannel(above, c * inputPositions + q).map((beta) => at(beta, q))),
      ),
    };
  }
}
