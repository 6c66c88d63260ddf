import { match, P } from 'ts-pattern';
import type { Fields } from '../formats/write.js';
import {
  type HiddenLayer,
  hiddenChannels,
  neuronValue,
  outgoingDerivative,
  outgoingWeights,
} from '../kernel/model/hidden-layer.js';
import type { Instance } from '../kernel/model/instance.js';
import { Refusal } from '../kernel/verdict.js';
import { Direction } from './directions.js';
import type { Undecided } from './prover.js';
import { seeded } from './random.js';
import { decideUnit, derivativeAlong, type UnitSearch } from './unit-dominance.js';

/** What theory.md 2 says about a point: a node for `localMinimum`, a node for `descent`, or why neither. */
export type Decision =
  | { readonly kind: 'local-minimum'; readonly node: Fields }
  /** with a node for `ascent` where one is known */
  | { readonly kind: 'descends'; readonly node: Fields; readonly ascent?: Fields }
  | { readonly kind: 'undecided'; readonly reason: Undecided };

/** @returns true where exactly one hidden layer can be free: all that comes before it is frozen */
export function isOneHiddenLayer(instance: Instance<bigint>): boolean {
  const { network, loss } = instance.problem;
  const { stages } = network;
  if (stages.length >= 2 && stages.slice(0, -2).every(({ fixed }) => fixed !== null)) return true;
  if (loss.family !== 'polynomial') return false;
  try {
    hiddenChannels(instance);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/**
 * Decides a point of a network with one free hidden layer by rule 2, which is a complete criterion for scalar outputs.
 *
 * Each condition that fails gives a refutation: Σ g ≠ 0 and ψ(w_j) ≠ 0 a direction of an outgoing parameter, f(e) < 0 a direction of
 * incoming ones, and v_j = 0 with ψ'(w_j; e) ≠ 0 the rule `flat-then-descent`.
 */
export async function decideOneHiddenLayer(instance: Instance<bigint>, search: UnitSearch): Promise<Decision> {
  const { network } = instance.problem;
  const layer = hiddenChannels(instance);
  const { hidden, output, windows } = layer;
  const last = network.stages.length - 1;
  const { rows } = instance.gradients;
  const k = output.units;
  const columns = Array.from({ length: k }, (_, c) => rows.map((row) => row[c] as bigint));
  const direction = (set: (direction: Direction) => Direction): Decision => ({
    kind: 'descends',
    node: { rule: 'descent-direction', direction: set(new Direction(network)).json() },
  });
  if (output.fixed === null) {
    for (const [c, gammas] of columns.entries()) {
      const sum = gammas.reduce((a, b) => a + b, 0n);
      if (output.bias && sum !== 0n) return direction((d) => d.setBias(last, c, sum > 0n ? -1n : 1n));
      for (let j = 0; j < hidden.units; j++) {
        for (const [q, window] of windows.entries()) {
          const value = neuronValue(instance, layer, j, gammas, window);
          const entry = j * windows.length + q;
          if (value !== 0n) return direction((d) => d.setWeight(last, c, entry, value > 0n ? -1n : 1n));
        }
      }
    }
  }
  const { weights, denominator: outgoingDenominator } = instance.evaluation.parameters[last] as {
    weights: readonly (readonly bigint[])[];
    denominator: bigint;
  };
  const units: Fields[] = [];
  for (let j = 0; j < hidden.units; j++) {
    search.observe?.('units', j, hidden.units);
    const outgoing = outgoingWeights(layer, j, weights);
    const unit = { instance, layer, j, outgoing, outgoingDenominator, search };
    const decision = await (hidden.fixed !== null
      ? ({ kind: 'dominates', hint: {} } as const)
      : outgoing.length === 1
        ? decideScalar(unit)
        : decideVector(unit));
    const ended = match(decision)
      .returnType<Decision | null>()
      .with({ kind: 'dominates' }, ({ hint }) => {
        units.push(hint);
        return null;
      })
      .with({ kind: 'descends', e: P.select() }, (e) =>
        direction((d) => d.setIncoming(network.stages.indexOf(hidden), j, e)),
      )
      .with({ kind: 'flat', e: P.select() }, (e) => flatThenDescent(layer, j, e))
      .with({ kind: 'undecided' }, ({ code, message }) => ({
        kind: 'undecided',
        reason: { code, path: `$.layers[${hidden.entry ?? 0}] unit ${j}`, message },
      }))
      .exhaustive();
    if (ended !== null) return ended;
  }
  return { kind: 'local-minimum', node: { rule: 'neuron-dominance', units } };
}

/** The kernel's rule is for dense layers; elsewhere a search along curves comes next. */
function flatThenDescent({ hidden }: HiddenLayer<bigint>, j: number, e: readonly bigint[]): Decision {
  if (hidden.kind === 'dense') {
    return { kind: 'descends', node: { rule: 'flat-then-descent', unit: j, direction: e.map(String) } };
  }
  const message = 'the channel has outgoing weights 0 and is no local minimum, which no rule shows for a convolution';
  return {
    kind: 'undecided',
    reason: { code: 'unsupported-combination', path: `$.layers[${hidden.entry ?? 0}] unit ${j}`, message },
  };
}

interface Unit {
  readonly instance: Instance<bigint>;
  readonly layer: HiddenLayer<bigint>;
  readonly j: number;
  readonly outgoing: readonly bigint[];
  readonly outgoingDenominator: bigint;
  readonly search: UnitSearch;
}

type UnitAnswer =
  | { readonly kind: 'dominates'; readonly hint: Fields }
  | { readonly kind: 'descends' | 'flat'; readonly e: readonly bigint[] }
  | { readonly kind: 'undecided'; readonly code: string; readonly message: string };

async function decideScalar(unit: Unit): Promise<UnitAnswer> {
  const { instance, layer, j, outgoing, search } = unit;
  const [v] = outgoing as [bigint];
  if (v === 0n) {
    if (layer.output.fixed !== null) return { kind: 'dominates', hint: {} };
    const e = findNonzero(unit, [1n]);
    return e === null ? { kind: 'dominates', hint: {} } : { kind: 'flat', e };
  }
  const decision = await decideUnit(outgoingDerivative(instance, layer, j, [v > 0n ? 1n : -1n], 1n), search);
  return decision.kind === 'undecided' ? tooManyKinks(decision.hyperplanes) : decision;
}

function tooManyKinks(hyperplanes: number): UnitAnswer {
  return {
    kind: 'undecided',
    code: 'too-many-kinks',
    message: `${hyperplanes} distinct hyperplanes of concave kinks: too many cells, no transport and no descent found`,
  };
}

/** @returns a direction e with ⟨u, Ψ'(w_j; e)⟩ ≠ 0, or null where ⟨u, Ψ'(w_j; ·)⟩ ≡ 0 */
function findNonzero({ instance, layer, j, search }: Unit, u: readonly bigint[]): readonly bigint[] | null {
  const derivative = outgoingDerivative(instance, layer, j, u, 1n);
  if (derivative.M.every((c) => c === 0n) && derivative.kinks.every(({ kappa }) => kappa === 0n)) return null;
  // A nonzero piecewise linear function vanishes on no open set, so growing random integers soon find a direction.
  const random = seeded(search.seed);
  for (let size = 1; ; size++) {
    const e = derivative.M.map(() => BigInt(random.integer(-size, size)));
    if (derivativeAlong(derivative, e) !== 0n) return e;
  }
}

/** Radii of the cross-polytope around v_j that are tried, as powers of 1/16 of 1. */
const radiusSteps = 6;

/** Several outgoing weights: necessary conditions first, then the sufficient one at the vertices v_j ± c_j·(unit vector). */
async function decideVector(unit: Unit): Promise<UnitAnswer> {
  const { instance, layer, j, outgoing, outgoingDenominator, search } = unit;
  if (outgoing.every((v) => v === 0n) && layer.output.fixed === null) {
    for (const moved of outgoing.keys()) {
      const e = findNonzero(
        unit,
        outgoing.map((_, c) => (c === moved ? 1n : 0n)),
      );
      if (e !== null) return { kind: 'flat', e };
    }
  }
  const decide = (u: readonly bigint[], over: bigint) =>
    decideUnit(outgoingDerivative(instance, layer, j, u, over), search);
  const center = await decide(outgoing, outgoingDenominator);
  if (center.kind === 'descends') return center;
  if (center.kind === 'undecided') return tooManyKinks(center.hyperplanes);
  for (let step = 0; step < radiusSteps; step++) {
    const over = 16n ** BigInt(step);
    const vertices: Fields[] = [];
    for (let at = 0; at < 2 * outgoing.length; at++) {
      const u = outgoing.map((v, c) =>
        c === at >> 1 ? v * over + (at % 2 === 0 ? outgoingDenominator : -outgoingDenominator) : v * over,
      );
      const vertex = await decide(u, outgoingDenominator * over);
      if (vertex.kind !== 'dominates') break;
      vertices.push(vertex.hint);
    }
    if (vertices.length === 2 * outgoing.length) {
      return { kind: 'dominates', hint: { radius: over === 1n ? '1' : `1/${over}`, vertices } };
    }
  }
  return {
    kind: 'undecided',
    code: 'vector-dominance-fails',
    message:
      'the one-sided derivative is ≥ 0 at v_j, but not for all outgoing weights near v_j, and no descent was found',
  };
}
