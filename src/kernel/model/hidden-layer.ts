import { lcm } from '../arithmetic/gcd.js';
import { primitive } from '../arithmetic/matrix.js';
import { decline } from '../verdict.js';
import { isIdentity } from './activation.js';
import { locationOf, patchesOf, type StageValues } from './evaluation.js';
import type { Instance } from './instance.js';
import { affineOnly, type Network, type Stage } from './network.js';

/**
 * The one free hidden layer of a network (theory.md 2): N_θ(x)_a = c_a + Σ_j Σ_q v_jaq · mean_{p∈q} h(w_j·x̃_p). The rows x̃_p are the
 * patches that a kernel meets at its positions p, with a 1 at the end, or without one where the layer has no bias; windows q are those of an
 * average pool, or the single positions. A dense layer has one position, its patch is the whole input, and its one window holds it. The input
 * x is the datum or what a frozen first part of the network makes of it.
 */
export interface HiddenLayer<T> {
  readonly hidden: Stage;
  readonly output: Stage;
  readonly values: StageValues<T>;
  /** row i·P + p is the patch of sample i at position p, of P positions; integers over one positive denominator, 0 in the padding */
  readonly rows: readonly (readonly bigint[])[];
  /** for each entry of a channel that the output layer reads, in its order: the positions that it is the mean of */
  readonly windows: readonly (readonly number[])[];
  /** how many positions every window has */
  readonly windowSize: number;
}

/**
 * Finds the hidden layer where it is dense, for rules that know nothing of shared weights.
 *
 * @throws Refusal (declined) where it is not dense, or where an affine layer before it is free
 */
export function hiddenLayer<T>(instance: Instance<T>): HiddenLayer<T> {
  const { stages } = instance.problem.network;
  const at = stages.length - 2;
  if (stages[at]?.kind !== 'dense' || !isOnlyHidden(instance.problem.network, at)) {
    decline(
      'unsupported-combination',
      '$.statement.problem.network',
      'this rule needs exactly one free hidden layer, a dense one',
    );
  }
  return layerAt(instance, at);
}

/**
 * Finds the hidden layer, dense or convolutional; between a convolution and the output there is a flatten, and an average pool or none.
 *
 * @throws Refusal (declined) where there is something else, or where an affine layer before the hidden one is free: no rule of section 2
 * covers that
 */
export function hiddenChannels<T>(instance: Instance<T>): HiddenLayer<T> {
  const { network } = instance.problem;
  const { stages } = network;
  const past = (kind: Stage['kind'], s: number): number => {
    const stage = stages[s];
    return stage?.kind === kind && isIdentity(stage.activation) ? s - 1 : s;
  };
  const at = past('average', past('flatten', stages.length - 2));
  if (!isOnlyHidden(network, at)) {
    decline(
      'unsupported-combination',
      '$.statement.problem.network',
      'this rule needs exactly one free hidden layer, and at most an average pool between it and a dense output layer',
    );
  }
  return layerAt(instance, at);
}

/** Whether stage s is affine, and only it and a dense output layer may be free. */
function isOnlyHidden({ stages }: Network, s: number): boolean {
  const kind = stages[s]?.kind;
  return (
    (kind === 'dense' || kind === 'convolution') &&
    stages[stages.length - 1]?.kind === 'dense' &&
    stages.slice(0, s).every(({ fixed }) => fixed !== null)
  );
}

function layerAt<T>({ problem, evaluation, meter }: Instance<T>, at: number): HiddenLayer<T> {
  const { network, data } = problem;
  affineOnly(network);
  const { stages } = network;
  const [hidden, output] = [stages[at], stages[stages.length - 1]] as [Stage, Stage];
  const values = evaluation.stages[at] as StageValues<T>;
  const constant = (a: T): bigint => evaluation.ring.constant(a) as bigint;
  const inputs = values.inputs?.map((row) => row.map(constant)) ?? data.inputs.rows;
  const one = constant(values.inputsDenominator);
  const withOne = (row: readonly bigint[]): readonly bigint[] => (hidden.bias ? [...row, one] : row);
  const pool = stages.slice(at + 1, -1).find(({ kind }) => kind === 'average');
  const windows = pool?.places ?? Array.from({ length: hidden.positions }, (_, p) => [p]);
  const rest = { hidden, output, values, windows, windowSize: (windows[0] as readonly number[]).length };
  if (hidden.kind === 'dense') return { ...rest, rows: inputs.map(withOne) };
  const { positions, inputPositions, places } = hidden;
  // The entries of patches are those of the inputs, so only the places that refer to them are new.
  meter.hold(inputs.length * positions * (hidden.inputs + 1), 64, '$.statement');
  const patches = patchesOf(hidden.inputs, positions, inputPositions, places);
  const entry = (row: readonly bigint[], e: number): bigint => (e < 0 ? 0n : (row[e] as bigint));
  return { ...rest, rows: inputs.flatMap((row) => patches.map((patch) => withOne(patch.map((e) => entry(row, e))))) };
}

/** A kink of ψ'(w_j; ·): the term κ max(e·x̃_sample, 0), rows on one hyperplane merged. */
export interface Kink<T> {
  /** the least index of the merged rows, which stands for them in hints; for a dense layer it counts samples, else patches */
  readonly sample: number;
  /** x̃_sample, as integers over the rows' denominator */
  readonly row: readonly bigint[];
  /** numerator over the derivative's scale; may be 0 */
  readonly kappa: T;
}

/** The one-sided derivative e ↦ Σ_i γ_i h'(w_j·x̃_i; e) = M·e + Σ κ max(e·x̃, 0), up to the rows' denominator. */
export interface OneSidedDerivative<T> {
  /** numerators over scale */
  readonly M: readonly T[];
  /** in increasing order of sample */
  readonly kinks: readonly Kink<T>[];
  /** positive */
  readonly scale: T;
}

/**
 * Computes ψ'(w_j; ·) with weights γ_i in place of g_i (theory.md 2: M, κ and "Merge first").
 *
 * @param gammas  numerators over gammaDenominator > 0, one per row
 */
export function oneSidedDerivative<T>(
  { evaluation: { ring } }: Instance<T>,
  { rows, values, hidden: { activation, positions } }: HiddenLayer<T>,
  unit: number,
  gammas: readonly T[],
  gammaDenominator: T,
): OneSidedDerivative<T> {
  const width = rows[0]?.length ?? 0;
  const M = new Array<T>(width).fill(ring.zero);
  const addToM = (factor: T, row: readonly bigint[]): void => {
    for (let j = 0; j < width; j++) {
      const x = row[j] as bigint;
      if (x !== 0n) M[j] = ring.add(M[j] as T, ring.scale(factor, x));
    }
  };
  /** multiple: x̃_sample = multiple · (primitive integer vector), so that all rows of a class compare exactly */
  const classes = new Map<string, { sample: number; row: readonly bigint[]; multiple: bigint; kappa: T }>();
  rows.forEach((row, r) => {
    const gamma = gammas[r] as T;
    const p = r % positions;
    const { lower, upper } = locationOf(activation, values.locations, (r - p) / positions, unit * positions + p);
    const below = activation.slopes[lower] as bigint;
    if (below !== 0n) addToM(ring.scale(gamma, below), row);
    if (lower === upper) return;
    const pivot = row.findIndex((c) => c !== 0n);
    if (pivot < 0) return;
    const normal = primitive(row);
    const multiple = (row[pivot] as bigint) / (normal[pivot] as bigint);
    const kappa = ring.scale(gamma, (activation.slopes[upper] as bigint) - below);
    const key = normal.join();
    let merged = classes.get(key);
    if (merged === undefined) {
      merged = { sample: r, row, multiple, kappa: ring.zero };
      classes.set(key, merged);
    }
    // e·x̃_i = t (e·x̃_sample) with t = multiple / merged.multiple, and max(t z, 0) = |t| max(z, 0) + (t < 0 ? t z : 0).
    merged.kappa = ring.add(merged.kappa, ring.scale(kappa, size(multiple)));
    if (multiple < 0n !== merged.multiple < 0n) addToM(kappa, row);
  });
  // So far κ belongs to the primitive vector; x̃_sample is |multiple| times as long.
  let common = 1n;
  for (const { multiple } of classes.values()) common = lcm(common, size(multiple));
  return {
    M: M.map((c) => ring.scale(c, common)),
    kinks: [...classes.values()].map(({ sample, row, multiple, kappa }) => ({
      sample,
      row,
      kappa: ring.scale(kappa, common / size(multiple)),
    })),
    scale: ring.scale(gammaDenominator, common * activation.denominator),
  };
}

function size(n: bigint): bigint {
  return n < 0n ? -n : n;
}

/**
 * Computes ⟨u, Ψ'(w_j; ·)⟩, where Ψ_aq(w) = Σ_i g_ia · mean_{p∈q} h(w·x̃_ip): the derivative along incoming weights, were u outgoing.
 *
 * @param u  numerators over uDenominator > 0, one for each output a and window q, in the order of `outgoingWeights`
 */
export function outgoingDerivative<T>(
  instance: Instance<T>,
  layer: HiddenLayer<T>,
  unit: number,
  u: readonly T[],
  uDenominator: T,
): OneSidedDerivative<T> {
  const { ring } = instance.evaluation;
  const { rows, denominator } = instance.gradients;
  const { hidden, windows, windowSize } = layer;
  const gammas = new Array<T>(rows.length * hidden.positions).fill(ring.zero);
  rows.forEach((g, i) => {
    windows.forEach((under, q) => {
      const gamma = g.reduce(
        (sum, ga, a) => ring.add(sum, ring.multiply(ga, u[a * windows.length + q] as T)),
        ring.zero,
      );
      for (const p of under) {
        const r = i * hidden.positions + p;
        gammas[r] = ring.add(gammas[r] as T, gamma);
      }
    });
  });
  const over = ring.multiply(ring.scale(denominator, BigInt(windowSize)), uDenominator);
  return oneSidedDerivative(instance, layer, unit, gammas, over);
}

/** @returns the weights v_jaq that lead out of the unit, for output 0 one a window, then for output 1, and so on */
export function outgoingWeights<T>(
  { windows }: HiddenLayer<T>,
  unit: number,
  weights: readonly (readonly T[])[],
): readonly T[] {
  return weights.flatMap((row) => row.slice(unit * windows.length, (unit + 1) * windows.length));
}

/** @returns ψ(w_j) = Σ_i γ_i Σ_{p∈under} h(w_j·x̃_ip), as a numerator over some positive denominator */
export function neuronValue<T>(
  { evaluation: { ring } }: Instance<T>,
  { values, hidden: { activation, positions }, windows }: HiddenLayer<T>,
  unit: number,
  gammas: readonly T[],
  under: readonly number[] = windows[0] as readonly number[],
): T {
  let sum = ring.zero;
  values.preactivations.forEach((row, i) => {
    for (const p of under) {
      const entry = unit * positions + p;
      const { lower } = locationOf(activation, values.locations, i, entry);
      const linear = ring.scale(row[entry] as T, activation.slopes[lower] as bigint);
      const intercept = ring.scale(values.denominator, activation.intercepts[lower] as bigint);
      sum = ring.add(sum, ring.multiply(gammas[i] as T, ring.add(linear, intercept)));
    }
  });
  return sum;
}
