import { isIdentity } from './activation.js';
import { locationOf, patchesOf, type StageValues } from './evaluation.js';
import type { Instance } from './instance.js';
import type { Stage } from './network.js';

/**
 * Whether entries that tie for a maximum at one sample tie near θ as well, so that any of them may stand for the maximum (theory.md 1): each
 * is strictly inside a slope-0 piece, hence constant near θ; or they are the same function of θ, made by the same units from inputs of the
 * network that are exactly equal, hence equal at every θ'. Equal values at θ are not enough.
 */
export class Ties<T> {
  #same: SameFunctions<T> | null = null;

  constructor(
    readonly instance: Instance<T>,
    readonly sample: number,
  ) {}

  /** @param entries  of what the pool at stage s reads */
  mayTie(s: number, entries: readonly number[]): boolean {
    if (this.#constant(s - 1, entries)) return true;
    this.#same ??= new SameFunctions(this.instance, this.sample);
    return this.#same.same(s, entries);
  }

  #constant(s: number, entries: readonly number[]): boolean {
    const stage = this.instance.problem.network.stages[s];
    if (stage === undefined) return false;
    const { locations } = this.instance.evaluation.stages[s] as StageValues<T>;
    return entries.every((entry) => {
      const { lower, upper } = locationOf(stage.activation, locations, this.sample, entry);
      return lower === upper && stage.activation.slopes[lower] === 0n;
    });
  }
}

/** Gives entries the same name, anywhere in the network, only where they are shown to be the same function of θ, at one sample. */
class SameFunctions<T> {
  readonly #names = new Map<string, number>();
  /** by stage: the names of what it reads */
  readonly #inputs: (readonly number[])[] = [];

  constructor(
    readonly instance: Instance<T>,
    i: number,
  ) {
    const { network, data } = instance.problem;
    let names: readonly number[] = (data.inputs.rows[i] as readonly bigint[]).map((x) => this.#name(`x ${x}`));
    const forks: (readonly number[])[] = [];
    for (const [s, stage] of network.stages.entries()) {
      this.#inputs.push(names);
      const mixed = this.#mixed(s, stage, names, forks);
      // What comes out of an activation is another function than what goes in: the padding is 0, also where a fork makes h(0) of a datum 0.
      names = isIdentity(stage.activation) ? mixed : mixed.map((name) => this.#name(`${s} bent ${name}`));
    }
  }

  same(s: number, entries: readonly number[]): boolean {
    const names = this.#inputs[s] as readonly number[];
    return entries.every((entry) => names[entry] === names[entries[0] as number]);
  }

  #name(text: string): number {
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    const fresh = this.#names.size;
    this.#names.set(text, fresh);
    return fresh;
  }

  /** @returns the names of a stage's preactivations */
  #mixed(s: number, stage: Stage, names: readonly number[], forks: (readonly number[])[]): readonly number[] {
    const { kind, units, positions, inputPositions, places, inputs, size } = stage;
    const read = positions * inputs + size * (1 + (places[0]?.length ?? 0));
    this.instance.meter.charge(read, 64, 64);
    switch (kind) {
      case 'flatten':
        return names;
      case 'fork':
        forks.push(names);
        return names;
      case 'join': {
        const before = forks.pop() as readonly number[];
        return names.map((name, e) => this.#name(`${s} join ${before[e]} ${name}`));
      }
      case 'average':
      case 'maximum':
        // In the window's order: a pool of the same functions is the same function.
        return Array.from({ length: size }, (_, e) => {
          const [u, p] = [(e - (e % positions)) / positions, e % positions];
          const under = (places[p] as readonly number[]).map((q) => names[u * inputPositions + q]);
          return this.#name(`${s} pool ${under.join(' ')}`);
        });
      default: {
        // The padding is 0, like data that are 0.
        const padding = this.#name('x 0');
        const patches = patchesOf(inputs, positions, inputPositions, places).map((patch) => {
          const taps = patch.map((entry) => (entry < 0 ? padding : names[entry]));
          return this.#name(`${s} patch ${taps.join(' ')}`);
        });
        return Array.from({ length: units }, (_, u) =>
          patches.map((patch) => this.#name(`${s} unit ${u} of ${patch}`)),
        ).flat();
      }
    }
  }
}
