import { integers } from '../arithmetic/integers.js';
import { Span } from '../arithmetic/matrix.js';
import type { FirstOrder, Instance } from '../model/instance.js';
import type { Stage } from '../model/network.js';
import { type Ledger, reject } from '../verdict.js';
import type { Group } from './signature-groups.js';

/** Σ_{i∈G} g_i ⊗ x_i (k × d) and Σ_{i∈G} g_i (length k), all up to one positive factor; x_i and 1 up to another. */
export interface Moments<G> {
  readonly first: readonly (readonly G[])[];
  readonly zeroth: readonly G[];
}

/** A group whose own moments do not vanish. */
export interface Open<G> {
  readonly group: Group;
  readonly moments: Moments<G>;
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
export function checkPaths<T, G>(
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
