import { lcm } from '../arithmetic/gcd.js';
import { primitive } from '../arithmetic/matrix.js';
import { decline } from '../verdict.js';
import { locationOf, type StageValues } from './evaluation.js';
import type { Instance } from './instance.js';
import type { Stage } from './network.js';

/**
 * The one free hidden layer of a network (theory.md 2): N_θ(x) = c + Σ_j v_j h(w_j·x̃), where x̃ is (x, 1), or x without a bias, and
 * x is the datum or what a frozen first part of the network makes of it.
 */
export interface HiddenLayer<T> {
  readonly hidden: Stage;
  readonly output: Stage;
  readonly values: StageValues<T>;
  /** rows x̃_i as integers over one positive denominator */
  readonly rows: readonly (readonly bigint[])[];
}

/**
 * Finds the hidden layer.
 *
 * @throws Refusal (declined) where an affine layer before the hidden one is free: no rule of section 2 covers that
 */
export function hiddenLayer<T>({ problem, evaluation }: Instance<T>): HiddenLayer<T> {
  const { network, data } = problem;
  const at = network.stages.length - 2;
  const [hidden, output] = network.stages.slice(-2) as [Stage, Stage];
  if (at < 0 || network.stages.slice(0, at).some(({ fixed }) => fixed === null)) {
    decline('unsupported-combination', '$.statement.problem.network', 'this rule needs exactly one free hidden layer');
  }
  const values = evaluation.stages[at] as StageValues<T>;
  const constant = (a: T): bigint => evaluation.ring.constant(a) as bigint;
  const inputs = values.inputs?.map((row) => row.map(constant)) ?? data.inputs.rows;
  const one = constant(values.inputsDenominator);
  return { hidden, output, values, rows: hidden.bias ? inputs.map((row) => [...row, one]) : inputs };
}

/** A kink of ψ'(w_j; ·): the term κ max(e·x̃_sample, 0), rows on one hyperplane merged. */
export interface Kink<T> {
  /** the least sample index of the merged rows, which stands for them in hints */
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
 * @param gammas  numerators over gammaDenominator > 0, one per sample
 */
export function oneSidedDerivative<T>(
  { evaluation: { ring } }: Instance<T>,
  { rows, values, hidden: { activation } }: HiddenLayer<T>,
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
  rows.forEach((row, i) => {
    const gamma = gammas[i] as T;
    const { lower, upper } = locationOf(activation, values.locations, i, unit);
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
      merged = { sample: i, row, multiple, kappa: ring.zero };
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

/** @returns ψ(w_j) = Σ_i γ_i h(w_j·x̃_i), as a numerator over some positive denominator */
export function neuronValue<T>(
  { evaluation: { ring } }: Instance<T>,
  { values, hidden: { activation } }: HiddenLayer<T>,
  unit: number,
  gammas: readonly T[],
): T {
  let sum = ring.zero;
  values.preactivations.forEach((row, i) => {
    const { lower } = locationOf(activation, values.locations, i, unit);
    const linear = ring.scale(row[unit] as T, activation.slopes[lower] as bigint);
    const intercept = ring.scale(values.denominator, activation.intercepts[lower] as bigint);
    sum = ring.add(sum, ring.multiply(gammas[i] as T, ring.add(linear, intercept)));
  });
  return sum;
}
