import { type Fields, type Plain, quantity, vectorJson } from '../formats/write.js';
import { lcm } from '../kernel/arithmetic/gcd.js';
import {
  add,
  compare,
  divide,
  multiply,
  negate,
  one,
  type Rational,
  rational,
  subtract,
  zero,
} from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { evaluateExactly } from '../kernel/model/evaluation.js';
import { hiddenLayer } from '../kernel/model/hidden-layer.js';
import { Instance } from '../kernel/model/instance.js';
import type { DenseValues, Parameters, Stage } from '../kernel/model/network.js';
import { type Hyperplanes, hyperplanesOf, type KeptLeaf } from '../kernel/rules/sign-tree.js';
import type { SampleProblem } from '../kernel/statement.js';
import { Refusal } from '../kernel/verdict.js';
import { conicFit, type ExactFit, exactConicFit } from '../numerics/conic-fit.js';
import { findFeasibleExactly } from '../numerics/linear-program.js';
import { denseOf } from './dense-of.js';
import { findPatterns, isHomogeneous, LeafRays, type Ray } from './pattern-cones.js';
import type { LineStore, Observe } from './prover.js';

/** One piece for each datum and one sign of v: the cone of what a unit can add to the predictions. */
interface Choice {
  readonly leaf: KeptLeaf;
  readonly sigma: 1n | -1n;
  readonly rays: readonly Ray[];
  readonly generators: readonly (readonly bigint[])[];
  readonly floats: readonly Float64Array[];
}

/** The best predictions of one combination of choices, exactly. */
interface BestFit extends ExactFit {
  readonly support: readonly number[];
  readonly risk: Rational;
}

/** A global minimum, one for each different vector of predictions. */
export interface GlobalMinimum {
  readonly parameters: Parameters;
  /** over one denominator */
  readonly predictions: readonly bigint[];
  readonly denominator: bigint;
}

export type FoundMinima =
  | { readonly kind: 'found'; readonly risk: Rational; readonly minima: readonly GlobalMinimum[] }
  | { readonly kind: 'not-attained'; readonly infimum: Rational };

export type ProvedMinimum =
  | { readonly kind: 'proved'; readonly node: Fields }
  /** some combination goes below the risk */
  | { readonly kind: 'lower'; readonly infimum: Rational };

/** Fits whose distance is within this part of the least one are compared exactly. */
const nearLeast = 1e-7;
/** How many of the bounds found before are kept and tried again, the latest first. */
const mostTried = 400;
const observedSteps = 256;

/**
 * All combinations of activation patterns and signs of a network with one hidden layer, one output and the squared loss (theory.md 6): on
 * each, the risk is a convex function on a polyhedral cone.
 */
export class PatternEnumeration {
  readonly #Y: readonly bigint[];
  readonly #weights: readonly bigint[];
  /** R = factor · Σ μ_i (p_i T − y_i T)² with the numerators of μ, and T the denominator of y */
  readonly #factor: Rational;
  readonly #free: readonly (readonly bigint[])[];

  private constructor(
    readonly problem: SampleProblem,
    readonly hyperplanes: Hyperplanes,
    /** of the rows x̃ */
    readonly rowDenominator: bigint,
    readonly tree: Fields,
    readonly leaves: readonly KeptLeaf[],
    readonly choices: readonly Choice[],
    readonly units: number,
    readonly hasOutputBias: boolean,
  ) {
    const { loss, data } = problem;
    if (loss.family !== 'polynomial') throw new Error('Cannot happen: the loss is squared');
    const n = data.weights.values.length;
    this.#Y = data.targets.rows.map(([y]) => y as bigint);
    this.#weights = data.weights.values;
    const T = data.targets.denominator;
    this.#factor = rational(loss.pieces[0]?.[2] as bigint, loss.denominator * data.weights.denominator * T * T);
    this.#free = hasOutputBias ? [new Array<bigint>(n).fill(1n)] : [];
  }

  /** @returns null where the rule has no say, or where there are more combinations than `most` */
  static of(problem: SampleProblem, most: number): PatternEnumeration | null {
    const { network, loss, data } = problem;
    if (!isSquared(problem)) return null;
    const meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
    const origin = network.stages.map((stage) => stage.fixed ?? zeros(stage));
    try {
      const instance = new Instance(problem, evaluateExactly(network, origin, data, meter), meter);
      const { hidden, output, ...layer } = hiddenLayer(instance);
      if (output.units !== 1 || loss.family !== 'polynomial') return null;
      const hyperplanes = hyperplanesOf({ hidden, output, ...layer });
      // Without a bend the network is affine, and `convex-span` has its say.
      if (hyperplanes.activation.breakpoints.length === 0) return null;
      const found = findPatterns(hyperplanes, mostLeaves(hidden.units, most));
      if (found === null) return null;
      const rays = new LeafRays(hyperplanes);
      const choices = found.leaves.flatMap((leaf) => {
        const own = rays.of(leaf);
        return ([-1n, 1n] as const).map((sigma): Choice => {
          const generators = own.map(({ image }) => image.map((c) => sigma * c));
          return { leaf, sigma, rays: own, generators, floats: generators.map(floatsOf) };
        });
      });
      const hasBias = output.bias && (output.fixed === null || output.fixed.bias?.[0] !== 0n);
      const over = layer.values.inputsDenominator;
      const { tree, leaves } = found;
      return new PatternEnumeration(problem, hyperplanes, over, tree, leaves, choices, hidden.units, hasBias);
    } catch (error) {
      if (error instanceof Refusal) return null;
      throw error;
    }
  }

  get combinations(): number {
    return multisets(this.choices.length, this.units);
  }

  /** Nondecreasing tuples of choices in lexicographic order, as the certificate wants them. */
  *#all(): Generator<readonly number[]> {
    const most = this.choices.length;
    const choices = new Array<number>(this.units).fill(0);
    for (;;) {
      yield choices;
      let at = choices.length - 1;
      while (at >= 0 && choices[at] === most - 1) at--;
      if (at < 0) return;
      choices.fill((choices[at] as number) + 1, at);
    }
  }

  /** The exact minimum over all parameters, and every vector of predictions that attains it. */
  findMinima(observe?: Observe): FoundMinima {
    const total = this.combinations;
    const y = floatsOf(this.#Y);
    const weights = floatsOf(this.#weights);
    const distances = new Float64Array(total);
    let at = 0;
    for (const choices of this.#all()) {
      if (at % observedSteps === 0) observe?.('combinations', at, total);
      distances[at++] = this.#floatFit(choices, y, weights).distance;
    }
    const scale = y.reduce((sum, y_i, i) => sum + y_i * y_i * (weights[i] as number), 0);
    const limit = distances.reduce((a, b) => Math.min(a, b)) * (1 + nearLeast) + 1e-12 * scale;
    let least: Rational | null = null;
    let best: { readonly choices: readonly number[]; readonly fit: BestFit }[] = [];
    at = 0;
    for (const choices of this.#all()) {
      const k = at++;
      if ((distances[k] as number) > limit) continue;
      const fit = this.#exactFit(choices, this.#floatFit(choices, y, weights).support);
      const order = least === null ? -1 : compare(fit.risk, least);
      if (order > 0) continue;
      if (order < 0) best = [];
      least = fit.risk;
      best.push({ choices: [...choices], fit });
    }
    const risk = least as Rational;
    const minima = new Map<string, GlobalMinimum>();
    for (const { choices, fit } of best) {
      const T = this.problem.data.targets.denominator;
      const key = vectorKey(fit.p, fit.denominator * T);
      if (minima.has(key)) continue;
      const parameters = this.#realize(choices, fit);
      if (parameters !== null) {
        minima.set(key, { parameters, predictions: fit.p, denominator: fit.denominator * T });
      }
    }
    if (minima.size === 0) return { kind: 'not-attained', infimum: risk };
    return { kind: 'found', risk, minima: [...minima.values()] };
  }

  /** Finds what `enumeration` carries for a point of this risk; many combinations are made one by one, for the store. */
  prove(
    risk: Rational,
    { observe, store }: { readonly observe?: Observe | undefined; readonly store?: LineStore | undefined } = {},
  ): ProvedMinimum {
    const found: { lower: Rational | null } = { lower: null };
    const entries = this.#entries(risk, observe, (infimum) => {
      found.lower = infimum;
    });
    let combinations: Plain;
    if (store === undefined || this.combinations <= store.above) combinations = [...entries];
    else {
      store.write(asLines(entries));
      combinations = { stream: store.name };
    }
    if (found.lower !== null) return { kind: 'lower', infimum: found.lower };
    return { kind: 'proved', node: { rule: 'enumeration', tree: this.tree, combinations } };
  }

  /** The combinations as the certificate has them, as far as none goes below the risk. */
  *#entries(
    risk: Rational,
    observe: Observe | undefined,
    below: (infimum: Rational) => void,
  ): Generator<Fields, void, undefined> {
    const total = this.combinations;
    const y = floatsOf(this.#Y);
    const weights = floatsOf(this.#weights);
    const bounds: Bound[] = [];
    let at = 0;
    for (const choices of this.#all()) {
      if (at % observedSteps === 0) observe?.('bounding the combinations', at, total);
      at++;
      let bound: Bound | undefined;
      for (let b = bounds.length - 1; b >= 0 && bound === undefined; b--) {
        const candidate = bounds[b] as Bound;
        if (choices.every((choice) => candidate.covers(choice))) bound = candidate;
      }
      if (bound === undefined) {
        const fit = this.#exactFit(choices, this.#floatFit(choices, y, weights).support);
        if (compare(fit.risk, risk) < 0) return below(fit.risk);
        bound = this.#boundOf(fit);
        bounds.push(bound);
        if (bounds.length > mostTried) bounds.shift();
      }
      const { prediction, multipliers } = bound;
      yield { prediction, multipliers: choices.map(multipliers) };
    }
  }

  #floatFit(choices: readonly number[], y: Float64Array, weights: Float64Array) {
    const G = [...this.#free.map(floatsOf), ...distinct(choices).flatMap((c) => (this.choices[c] as Choice).floats)];
    return conicFit(G, this.#free.length, y, weights);
  }

  #exactFit(choices: readonly number[], start: readonly number[]): BestFit {
    const G = [...this.#free, ...distinct(choices).flatMap((c) => (this.choices[c] as Choice).generators)];
    const fit = exactConicFit(G, this.#free.length, this.#Y, this.#weights, start);
    const distance = fit.p.reduce((sum, p, i) => {
      const r = p - (this.#Y[i] as bigint) * fit.denominator;
      return sum + (this.#weights[i] as bigint) * r * r;
    }, 0n);
    return { ...fit, risk: multiply(this.#factor, rational(distance, fit.denominator * fit.denominator)) };
  }

  #boundOf({ p, denominator }: BestFit): Bound {
    const { loss, data } = this.problem;
    if (loss.family !== 'polynomial') throw new Error('Cannot happen: the loss is squared');
    const { activation, rows } = this.hyperplanes;
    const T = data.targets.denominator;
    // g_i = scale · H · slope_i, with H the denominator of the pieces.
    const slopes = p.map((p_i, i) => (this.#weights[i] as bigint) * (p_i - (this.#Y[i] as bigint) * denominator));
    const scale = rational(
      2n * (loss.pieces[0]?.[2] as bigint),
      loss.denominator * data.weights.denominator * denominator * T * activation.denominator,
    );
    const covered = new Map<number, boolean>();
    const covers = (choice: number): boolean => {
      const known = covered.get(choice);
      if (known !== undefined) return known;
      const found = (this.choices[choice] as Choice).generators.every(
        (column) => column.reduce((sum, c, i) => sum + c * (slopes[i] as bigint), 0n) >= 0n,
      );
      covered.set(choice, found);
      return found;
    };
    const written = new Map<number, Fields[string]>();
    const multipliers = (choice: number): Fields[string] => {
      const known = written.get(choice);
      if (known !== undefined) return known;
      const { leaf, sigma } = this.choices[choice] as Choice;
      const width = rows[0]?.length ?? 0;
      const sum = (of: (i: number, piece: number) => bigint): bigint =>
        leaf.pieces.reduce((total, piece, i) => total + sigma * (slopes[i] as bigint) * of(i, piece), 0n);
      const A = [
        ...Array.from({ length: width }, (_, j) => [
          ...leaf.signs.map(({ sample, sign }) => sign * (rows[sample]?.[j] as bigint)),
          0n,
        ]),
        [...leaf.signs.map(({ breakpoint, sign }) => sign * (activation.breakpoints[breakpoint] as bigint)), -1n],
      ];
      const b = [
        ...Array.from({ length: width }, (_, j) =>
          sum((i, piece) => (activation.slopes[piece] as bigint) * (rows[i]?.[j] as bigint)),
        ),
        -sum((_, piece) => (activation.intercepts[piece] as bigint) * activation.breakpointDenominator),
      ];
      const found = findFeasibleExactly(
        A,
        b,
        (A[0] as readonly bigint[]).map(() => null),
      );
      if (found.kind === 'infeasible') throw new Error('Cannot happen: the form is nonnegative on the cone');
      const list = found.x.slice(0, -1).map((nu) => quantity(multiply(nu, scale)));
      written.set(choice, list);
      return list;
    };
    return { covers, multipliers, prediction: vectorJson(p, denominator * T) };
  }

  /** @returns parameters that make the predictions, or null where none was found: perhaps only a limit of parameters makes them */
  #realize(choices: readonly number[], fit: BestFit): Parameters | null {
    const { network, data } = this.problem;
    const { activation, rows } = this.hyperplanes;
    const [hidden, output] = network.stages.slice(-2) as [Stage, Stage];
    if (hidden.fixed !== null || output.fixed !== null) return null;
    const homogeneous = isHomogeneous(this.hyperplanes);
    const width = rows[0]?.length ?? 0;
    const chosen = distinct(choices).map((c) => this.choices[c] as Choice);
    const over = fit.denominator * data.targets.denominator;
    const size = this.#free.length + chosen.reduce((sum, { rays }) => sum + rays.length, 0);
    let alpha = new Array<Rational>(size).fill(zero);
    fit.support.forEach((k, s) => {
      alpha[k] = rational(fit.alpha[s] as bigint, over);
    });
    if (!homogeneous) {
      const moved = this.#withPositiveT(chosen, alpha, fit);
      if (moved === null) return null;
      alpha = moved;
    }
    let next = this.#free.length;
    const H = rational(activation.denominator);
    const incoming: Rational[][] = [];
    const outgoing: Rational[] = [];
    for (const { rays, sigma } of chosen) {
      // u = z·(denominator of x̃) and t = t·(denominator of τ), both times H: images are over the denominator H of the pieces.
      const u = new Array<Rational>(width).fill(zero);
      let t = zero;
      for (const ray of rays) {
        const weight = multiply(H, alpha[next++] as Rational);
        ray.z.forEach((z_j, j) => {
          u[j] = add(u[j] as Rational, multiply(weight, rational(z_j * this.rowDenominator)));
        });
        t = add(t, multiply(weight, rational(ray.t * activation.breakpointDenominator)));
      }
      const isSilent = u.every(({ num }) => num === 0n);
      incoming.push(t.num === 0n ? u : u.map((u_j) => divide(u_j, t)));
      const v = t.num !== 0n ? t : isSilent ? zero : one;
      outgoing.push(sigma > 0n ? v : negate(v));
    }
    while (outgoing.length < this.units) {
      incoming.push(new Array<Rational>(width).fill(zero));
      outgoing.push(zero);
    }
    const d = hidden.bias ? width - 1 : width;
    const parameters = [
      ...network.stages.slice(0, -2).map(({ fixed }) => fixed as DenseValues),
      denseOfRationals(
        incoming.map((row) => row.slice(0, d)),
        hidden.bias ? incoming.map((row) => row[d] as Rational) : null,
      ),
      denseOfRationals([outgoing], output.bias ? [alpha[0] as Rational] : null),
    ];
    const meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
    const made = evaluateExactly(network, parameters, data, meter).stages.at(-1);
    const agrees = made?.preactivations.every(
      ([q], i) => (q as bigint) * over === (fit.p[i] as bigint) * made.denominator,
    );
    return agrees === true ? parameters : null;
  }

  /** Other coefficients of the same predictions with |v| > 0 in every unit that has a u; null where there are none. */
  #withPositiveT(
    chosen: readonly Choice[],
    alpha: readonly Rational[],
    { p, denominator }: BestFit,
  ): Rational[] | null {
    let next = this.#free.length;
    const units = chosen.map(({ rays }) => {
      const from = next;
      next += rays.length;
      const own = rays.map((_, r) => alpha[from + r] as Rational);
      const isActive = own.some(({ num }) => num !== 0n);
      const hasT = own.some(({ num }, r) => num !== 0n && rays[r]?.t !== 0n);
      return { rays, from, isActive, isBad: isActive && !hasT };
    });
    if (!units.some(({ isBad }) => isBad)) return [...alpha];
    // α ≥ 0 and s ≥ 0 with Σ α_k G_k = s p, and Σ t_k α_k ≥ 1 in every active unit; the constant has two signs.
    const active = units.filter(({ isActive }) => isActive);
    const T = this.problem.data.targets.denominator;
    const columns = [...this.#free, ...chosen.flatMap(({ generators }) => generators)];
    const slacks = active.map(() => 0n);
    const A = [
      ...p.map((p_i, i) => [
        ...columns.map((column) => (column[i] as bigint) * denominator * T),
        -p_i,
        ...this.#free.map((column) => -(column[i] as bigint) * denominator * T),
        ...slacks,
      ]),
      ...active.map(({ from, rays }, a) => [
        ...columns.map((_, k) => (k >= from && k < from + rays.length ? (rays[k - from]?.t as bigint) : 0n)),
        0n,
        ...this.#free.map(() => 0n),
        ...slacks.map((_, b) => (a === b ? -1n : 0n)),
      ]),
    ];
    const b = [...p.map(() => 0n), ...active.map(() => 1n)];
    const found = findFeasibleExactly(
      A,
      b,
      (A[0] as readonly bigint[]).map(() => null),
    );
    if (found.kind === 'infeasible') return null;
    const s = found.x[columns.length] as Rational;
    return columns.map((_, k) => {
      const back = k < this.#free.length ? (found.x[columns.length + 1 + k] as Rational) : zero;
      const step = subtract(found.x[k] as Rational, back);
      return s.num === 0n ? add(alpha[k] as Rational, step) : divide(step, s);
    });
  }
}

/** A lower bound of the risk on many combinations: predictions, and multipliers by choice. */
interface Bound {
  readonly prediction: Fields[string];
  readonly covers: (choice: number) => boolean;
  readonly multipliers: (choice: number) => Fields[string];
}

/** Whether the loss is c·(p − y)², c > 0. */
function isSquared({ loss }: SampleProblem): boolean {
  if (loss.family !== 'polynomial' || loss.pieces.length > 1 || loss.degree !== 2 || !loss.convex) return false;
  const [constant, linear] = loss.pieces[0] as readonly bigint[];
  return constant === 0n && linear === 0n;
}

function zeros({ units, inputs, bias }: Stage): DenseValues {
  const row = (length: number): bigint[] => new Array<bigint>(length).fill(0n);
  return {
    weights: Array.from({ length: inputs > 0 ? units : 0 }, () => row(inputs)),
    bias: bias ? row(units) : null,
    denominator: 1n,
    bits: 1,
  };
}

/** @returns C(choices + units − 1, units) */
function multisets(choices: number, units: number): number {
  let count = 1;
  for (let j = 1; j <= units; j++) count = (count * (choices - 1 + j)) / j;
  return count;
}

/** @returns how many leaves give at most so many combinations */
function mostLeaves(units: number, most: number): number {
  let leaves = 0;
  while (multisets(2 * (leaves + 1), units) <= most) leaves++;
  return leaves;
}

function* asLines(entries: Iterable<Fields>): Generator<string, void, undefined> {
  for (const entry of entries) yield JSON.stringify(entry);
}

/** Two units with one choice add up to one. */
function distinct(choices: readonly number[]): readonly number[] {
  return [...new Set(choices)];
}

function floatsOf(values: readonly bigint[]): Float64Array {
  return Float64Array.from(values, Number);
}

function vectorKey(values: readonly bigint[], denominator: bigint): string {
  return values.map((value) => quantity(rational(value, denominator))).join();
}

function denseOfRationals(rows: readonly (readonly Rational[])[], bias: readonly Rational[] | null): DenseValues {
  const common = [...rows, bias ?? []].flat().reduce((most, { den }) => lcm(most, den), 1n);
  const over = (row: readonly Rational[]): bigint[] => row.map(({ num, den }) => num * (common / den));
  return denseOf(rows.map(over), bias === null ? null : over(bias), common);
}
